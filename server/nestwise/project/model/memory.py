"""Remembered answers, and how they stay true.

An answer knows what it was made of and what was made of it. When an input changes, all that rests on it is
marked as doubtful, and nothing else is touched: what is not in doubt holds, and is not even looked at. A
doubtful answer is *verified* when somebody asks for it: if all that it was made of still has the value that
it had, it holds; otherwise it is computed again, and if that gives an equal value, nobody who used it
notices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

Key = tuple[Any, ...]
"""A word for an input and what tells it from others."""
Question = Callable[..., Any]
"""A function of a snapshot and plain values."""


class CycleError(Exception):
    """A question needed its own answer."""


NONE: Any = object()
"""What stands for the answer that there is not yet."""


class Input:
    """Something that is not computed. Shares with `Memo` what readers need."""

    __slots__ = ("changed", "users")

    doubtful = False

    def __init__(self) -> None:
        self.changed = 0
        """The revision at which its value last became another one."""
        self.users: list[Memo] | None = None


class Memo:
    """An answer. Two are the same only if they are identical."""

    __slots__ = (
        "active", "arguments", "changed", "doubtful", "made_of", "question", "users", "value", "verified",
    )  # fmt: skip

    def __init__(self, question: Question, arguments: tuple[Any, ...]) -> None:
        self.question = question
        self.arguments = arguments
        self.value = NONE
        self.made_of: tuple[Read, ...] = ()
        self.doubtful = True
        """May it be out of date? Then so may all that was made of it."""
        self.active = False
        """Is it being computed or verified?"""
        self.verified = 0
        """The revision at which it was last known to hold; where it is not doubtful, it still does."""
        self.changed = 0
        self.users: list[Memo] | None = None


Read = Input | Memo


class Memory:
    """What is carried from snapshot to snapshot; the owner of all remembered answers."""

    __slots__ = ("computed", "inputs", "memos", "reads", "revision")

    def __init__(self) -> None:
        self.memos: dict[Question, dict[tuple[Any, ...], Memo]] = defaultdict(dict)
        """By question and arguments."""
        self.inputs: dict[Key, Input] = {}
        self.reads: dict[Read, None] | None = None
        """What was read since somebody began to record."""
        self.revision = 1
        self.computed = 0
        """How many answers were computed, ever: what tests of incremental work count."""

    def memo(self, question: Question, arguments: tuple[Any, ...]) -> Memo:
        """The place of an answer that is asked for the first time."""
        memo = self.memos[question][arguments] = Memo(question, arguments)
        return memo

    def note(self, key: Key) -> None:
        """Record that an input was read."""
        if self.reads is not None:
            found = self.inputs.get(key)
            if found is None:
                found = self.inputs[key] = Input()
            self.reads[found] = None

    def touch(self, keys: Iterable[Key]) -> None:
        """Inputs have other values, from the next revision on, which begins now."""
        self.revision += 1
        todo: list[Read] = []
        for key in keys:
            found = self.inputs.get(key)
            if found is not None:
                found.changed = self.revision
                todo.append(found)
        while todo:
            for user in todo.pop().users or ():
                if not user.doubtful:
                    user.doubtful = True
                    todo.append(user)

    def freshen(self, memo: Memo, snapshot: Any) -> None:
        """Make an answer one that holds now. Raises CycleError where that needs the answer itself."""
        if memo.active:
            raise CycleError(memo.question, memo.arguments)
        if memo.value is not NONE:
            memo.active = True
            try:
                holds = self.unchanged(memo.made_of, memo.verified, snapshot)
            finally:
                memo.active = False
            if holds:
                memo.verified = self.revision
                memo.doubtful = False
                return
        self._compute(memo, snapshot)

    def unchanged(self, reads: Iterable[Read], since: int, snapshot: Any) -> bool:
        """Has all that was read the value that it had at a revision?"""
        for read in reads:
            if read.doubtful:
                try:
                    self.freshen(read, snapshot)  # type: ignore[arg-type]  # an input is never doubtful
                except Exception:  # who needs it will raise it again
                    return False
            if read.changed > since:
                return False
        return True

    def _compute(self, memo: Memo, snapshot: Any) -> None:
        outer, self.reads = self.reads, {}
        memo.active = True
        try:
            value = memo.question(snapshot, *memo.arguments)
        except CycleError:
            # Who asked goes on with another answer, and must be in doubt whenever this one would be.
            self._settle(memo)
            memo.value = NONE
            raise
        else:
            self._settle(memo)
        finally:
            memo.active = False
            self.reads = outer
        self.computed += 1
        if memo.value is NONE or memo.value != value:
            memo.changed = self.revision
        memo.value = value

    def _settle(self, memo: Memo) -> None:
        """Take what was read as what an answer is made of."""
        reads = self.reads or {}
        old = memo.made_of
        memo.made_of = new = tuple(reads)
        if old != new:
            before = set(old)
            for read in new:
                if read not in before:
                    if read.users is None:
                        read.users = [memo]
                    else:
                        read.users.append(memo)
            for read in before:
                if read not in reads and read.users is not None:
                    read.users.remove(memo)
        memo.verified = self.revision
        memo.doubtful = False

    @contextmanager
    def recording(self) -> Iterator[dict[Read, None]]:
        """Record what is read meanwhile."""
        outer, self.reads = self.reads, {}
        try:
            yield self.reads
        finally:
            self.reads = outer


class Once(Memory):
    """For one pass over a project that stays as it is: nobody notes what an answer is made of, which saves an
    eighth of the time of a check. After a change, of whatever, all answers are computed again."""

    __slots__ = ()

    def note(self, key: Key) -> None:
        pass

    def touch(self, keys: Iterable[Key]) -> None:
        self.revision += 1
        self.memos.clear()

    def unchanged(self, reads: Iterable[Read], since: int, snapshot: Any) -> bool:
        return since == self.revision

    def freshen(self, memo: Memo, snapshot: Any) -> None:
        if memo.active:
            raise CycleError(memo.question, memo.arguments)
        memo.active = True
        try:
            memo.value = memo.question(snapshot, *memo.arguments)
        finally:
            memo.active = False
        memo.doubtful = False
        self.computed += 1

    @contextmanager
    def recording(self) -> Iterator[dict[Read, None]]:
        yield {}
