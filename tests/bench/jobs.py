"""Measures in turns, so that all that is compared sees the same noise of the machine."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from tests.bench.processes import Failed, Run
from tests.bench.report import Cell


@dataclass(frozen=True)
class Job:
    """What is run and measured.

    Attributes:
        name: what it is, told while it runs.
        rows: the rows that it fills, each with the attribute of a run.
        measure: runs it, once or several times.
        after: the job that must come before it in each round.
        once: one round suffices.
    """

    name: str
    rows: Mapping[str, str]
    measure: Callable[[], Sequence[Run]]
    after: str = ""
    once: bool = False


@dataclass(frozen=True)
class Pace:
    """How often to repeat: so many rounds, but none begins after so many seconds."""

    rounds: int
    seconds: float


class Progress:
    """Tells on standard error what is being measured."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, text: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        print(f"{minutes:3}:{seconds:02} {text}", file=sys.stderr, flush=True)


def chosen(jobs: Sequence[Job], rows: Collection[str]) -> list[Job]:
    """Return the jobs that fill one of these rows, and the jobs that must come before them."""
    names = {job.name for job in jobs if not job.rows.keys().isdisjoint(rows)}
    for job in reversed(jobs):
        if job.name in names and job.after:
            names.add(job.after)
    return [job for job in jobs if job.name in names]


def measure(jobs: Sequence[Job], about: str, pace: Pace, tell: Callable[[str], None]) -> dict[str, Cell]:  # fmt: skip
    """Run all jobs in turns.

    Args:
        jobs: what to run, in this order in each round.
        about: the size, for who waits.
        pace: how often.
        tell: is told what runs now.

    Returns:
        What each row has; for a job that failed, why.
    """
    found: dict[str, list[float]] = {}
    problems: dict[str, str] = {}
    began = time.monotonic()
    for turn in range(pace.rounds):
        if turn and time.monotonic() - began > pace.seconds:
            break
        for number, job in enumerate(jobs, 1):
            if job.name in problems or (turn and job.once):
                continue
            tell(f"{about}: {job.name} ({number} of {len(jobs)}, round {turn + 1} of {pace.rounds} at most)")  # fmt: skip
            try:
                if problem := problems.get(job.after):
                    raise Failed(problem)
                for run in job.measure():
                    for row, attribute in job.rows.items():
                        found.setdefault(row, []).append(getattr(run, attribute))
            except Failed as problem:
                problems[job.name] = str(problem)
    cells = {row: Cell.of(values) for row, values in found.items()}
    failed = {row: Cell(problem=problems[j.name]) for j in jobs if j.name in problems for row in j.rows}  # fmt: skip
    return {**cells, **failed}
