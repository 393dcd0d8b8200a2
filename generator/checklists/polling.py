"""Runs the command of a check, again and again if its result may take a while to become as expected."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from generator.checklists.commands import CommandResult, CommandRunner, judged
from generator.checklists.items import ChosenCheck
from generator.model import Poll, seconds

_SHORTEST = 0.1  # seconds between two tries, whatever a check says
_TICK = 0.1


class TriesFollower(Protocol):
    """Is told how it goes."""

    def prints(self, chunk: bytes) -> None:
        """Called with output as it arrives; of several tries, with that of the first and the last."""

    def waits(self, spent: float) -> None:
        """Called several times a second with the seconds since the first try began."""

    def tries_again(self, wrong: Sequence[str], spent: float) -> None:
        """Called when another try follows: what is not as expected yet, after so many seconds."""


@dataclass(frozen=True, slots=True)
class TriedResult:
    """What came of a command.

    Attributes:
        ran: the result of the last try; its seconds are those of all tries and of the time between.
        wrong: what was not as expected, in words; empty if everything was.
        tries: how often it ran.
    """

    ran: CommandResult
    wrong: tuple[str, ...]
    tries: int


def run_tries(
    commands: CommandRunner,
    item: ChosenCheck,
    values: Mapping[str, str],
    timeout: float,
    follower: TriesFollower,
) -> TriedResult:
    """Run the command of a check until its result is as expected, or the time for it is over.

    An interrupt ends it, also between two tries.

    Args:
        commands: runs it.
        item: the check; without `poll`, there is one try.
        values: the values of its parameters.
        timeout: seconds after which one try is ended.
        follower: who is told.
    """
    began = time.monotonic()

    def spent() -> float:
        return time.monotonic() - began

    def once(on_output: Callable[[bytes], None]) -> tuple[CommandResult, list[str]]:
        ran = commands.run(item.run, values, timeout, on_output, lambda _: follower.waits(spent()))
        return replace(ran, seconds=spent()), judged(item.expect, ran)

    ran, wrong = once(follower.prints)
    tries = 1
    while wrong and not ran.interrupted and _another(item.poll, spent()):
        try:
            follower.tries_again(wrong, spent())
            _wait(item.poll, spent, follower)
        except KeyboardInterrupt:
            return TriedResult(replace(ran, seconds=spent(), interrupted=True), tuple(wrong), tries)
        ran, wrong = once(lambda _: None)
        tries += 1
    if tries > 1:
        follower.prints(ran.output.encode("utf-8", "replace"))
        wrong = [*wrong, f"after {tries} tries in {spent():.0f} s"] if wrong else []
    return TriedResult(ran, tuple(wrong), tries)


def _every(poll: Poll) -> float:
    return max(seconds(poll.every), _SHORTEST)


def _another(poll: Poll | None, spent: float) -> bool:
    """Whether another try begins in time."""
    return poll is not None and spent + _every(poll) <= seconds(poll.within)


def _wait(poll: Poll | None, spent: Callable[[], float], follower: TriesFollower) -> None:
    """Wait for the next try."""
    assert poll is not None
    end = spent() + _every(poll)
    while spent() < end:
        follower.waits(spent())
        time.sleep(min(_TICK, max(end - spent(), 0)))
