"""The rule about comments that turn rules off in vain. It looks at what the other rules found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from msgspec import Struct

from nestwise.lint.file import File
from nestwise.lint.rule import Finding, Fix, Needs, Rule, Safety
from nestwise.lint.suppress import Suppression, matches
from nestwise.project.files import Role
from nestwise.project.model.project import Project
from nestwise.settings import Level
from nestwise.syntax.text import Edit, Span

ID = "nestwise/unused-suppression"


class Comments(Struct, frozen=True):
    """The comments of a file, with what is known about them after all rules have run."""

    suppressions: tuple[Suppression, ...]
    useful: Set[Span]
    rules: Set[str]
    """All rules that there are."""
    silent: Set[str]
    """Rules that are off or failed: nobody knows what they would have found."""
    all_ran: bool
    """Did every rule of the preset run?"""


def unused_suppression(comments: Comments) -> Iterator[Finding]:
    for one in comments.suppressions:
        if not one.opened:
            message = "No `nestwise-ignore-start` stands above this end of a range. Remove it"
            yield Finding(one.comment, message, data="all")
        elif not one.names:
            if one.comment not in comments.useful and comments.all_ran:
                message = "No rule reports anything here, so this comment turns nothing off. Remove it"
                yield Finding(one.comment, message, data="all")
        else:
            yield from _of_names(one, comments)


def _of_names(one: Suppression, comments: Comments) -> Iterator[Finding]:
    unused = []
    for name in one.names:
        meant = {rule for rule in comments.rules if matches(name.text, rule)}
        if not meant:
            yield _unknown(name.text, name.span, comments.rules)
        elif name.span not in comments.useful and not meant & comments.silent and ID not in meant:
            unused.append(name)
    if len(unused) == len(one.names):
        what = ", ".join(f"`{name.text}`" for name in unused)
        verb = "reports" if len(unused) == 1 else "report"
        message = f"{what} {verb} nothing here, so this comment turns nothing off. Remove it"
        yield Finding(one.comment, message, data="all")
        return
    for name in unused:
        yield Finding(name.span, f"`{name.text}` reports nothing here. Remove it from the comment", data="")


def _unknown(name: str, span: Span, rules: Set[str]) -> Finding:
    if " " in name:
        message = "A reason stands after `--`: without it, this is read as the name of a rule"
        return Finding(span, message, data="-- " if name.split()[0] not in rules else " -- ")
    import difflib  # few checks need it

    near = difflib.get_close_matches(name, sorted(rules), 1, 0.6)
    near = near or [rule for rule in sorted(rules) if rule.rpartition("/")[2] == name]
    hint = f" Did you mean `{near[0]}`?" if near else " `nestwise rules` lists them"
    return Finding(span, f"There is no rule `{name}`.{hint}", data=near[0] if near else "")


def remove(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    if finding.data == "all":
        yield Fix("Remove the comment", (Edit(_whole(file.data, finding.span), ""),))
    elif "--" in finding.data:
        start, end = finding.span.start, finding.span.start
        if finding.data != "-- ":  # the first word is a rule
            start += len(_text(file, finding.span).split()[0])
            end = start + 1
        yield Fix("Put `--` before the reason", (Edit(Span(start, end), finding.data),), Safety.UNSAFE)
    elif finding.data:
        title = f"Write `{finding.data}`"
        yield Fix(title, (Edit(finding.span, finding.data),), Safety.UNSAFE)
    else:
        yield from _from_list(finding.span, file)


def _from_list(span: Span, file: File) -> Iterator[Fix]:
    """Take a name out of its comment, and the comment away where it is the only one."""
    before = re.compile(rb",[ \t]*\Z").search(file.data[: span.start])
    after = re.compile(rb"[ \t]*,[ \t]*").match(file.data, span.end)
    if before is None and after is None:
        node = file.source.root.descendant_for_byte_range(span.start, span.end)
        if node is not None:
            comment = Span(node.start_byte, node.end_byte)
            yield Fix("Remove the comment", (Edit(_whole(file.data, comment), ""),))
        return
    start = before.start() if before else span.start
    end = span.end if before else after.end() if after else span.end
    yield Fix(f"Remove `{_text(file, span)}`", (Edit(Span(start, end), ""),))


def _text(file: File, span: Span) -> str:
    return file.data[span.start : span.end].decode(errors="replace")


def _whole(data: bytes, comment: Span) -> Span:
    """A comment with the blanks before it, and with its line where nothing else stands there."""
    start, end = comment.start, comment.end
    while start > 0 and data[start - 1] in b" \t":
        start -= 1
    tail = re.compile(rb"[ \t]*(?:\r\n|\n|\r|\Z)").match(data, end)
    if tail is None:  # code follows on the line
        return Span(comment.start, end + (data[end : end + 1] == b" "))
    alone = start == 0 or data[start - 1] in b"\r\n"
    return Span(start, tail.end() if alone else end)


UNUSED = Rule(
    ID, Level.INFORMATION, "0.1.0", False, unused_suppression, remove, frozenset(Role), lambda data: True,
    None, Needs(None),
)  # fmt: skip
