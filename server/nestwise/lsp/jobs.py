"""Work that waits for its turn: generators that run in slices while no message waits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from inspect import GEN_RUNNING, getgeneratorstate
from typing import Any

log = logging.getLogger(__name__)

Work = Generator[float | None, None, Any]
"""Yields often: None to go on as soon as nothing else is to do, or seconds to rest first."""

_SLICE = 0.004
"""Seconds that work goes on before the inbox is looked at again."""


@dataclass
class _Job:
    work: Work
    due: float


class Jobs:
    """Jobs by name, in turn. A job added under the name of another one takes its place."""

    def __init__(self) -> None:
        self._jobs: dict[object, _Job] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._jobs

    def add(self, name: object, work: Work, delay: float = 0) -> None:
        self.cancel(name)
        self._jobs[name] = _Job(work, time.monotonic() + delay)

    def cancel(self, name: object) -> bool:
        job = self._jobs.pop(name, None)
        if job is not None and getgeneratorstate(job.work) != GEN_RUNNING:  # else `step` closes it
            job.work.close()
        return job is not None

    def wait(self) -> float | None:
        """Seconds until a job is due; None if there is none."""
        if not self._jobs:
            return None
        return max(0.0, min(job.due for job in self._jobs.values()) - time.monotonic())

    def step(self, go_on: Callable[[], bool]) -> None:
        """Run jobs that are due, each for a slice, as long as `go_on` says so."""
        for name, job in list(self._jobs.items()):
            start = time.monotonic()
            if job.due > start or self._jobs.get(name) is not job:
                continue
            while True:
                try:
                    rest = next(job.work)
                except StopIteration:
                    self._forget(name, job)
                    break
                except Exception:
                    self._forget(name, job)
                    log.exception("%s failed; this is a bug in nestwise, please report it", name)
                    break
                if self._jobs.get(name) is not job:
                    job.work.close()
                    break
                now = time.monotonic()
                if rest is not None:
                    job.due = now + rest
                if rest is not None or now - start > _SLICE or not go_on():
                    break
            if self._jobs.get(name) is job:  # to the end of the line
                del self._jobs[name]
                self._jobs[name] = job
            if not go_on():
                return

    def _forget(self, name: object, job: _Job) -> None:
        if self._jobs.get(name) is job:
            del self._jobs[name]
