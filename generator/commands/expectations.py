"""The expected result of a command, in words, and whether the actual result is as expected."""

from __future__ import annotations

import re
from typing import NamedTuple

from generator.model.steps import Expect, Poll
from generator.signatures.automaton import TooLarge, automaton_of


def judge(expect: Expect, exit_code: int, output: str) -> list[str]:
    """Compare the result of a command with the expected one.

    Args:
        expect: the expected result; `shows` is for people and is not compared.
        exit_code: the command's exit code.
        output: what it printed, standard output and standard error together.

    Returns:
        What is not as expected, in words; empty if everything is.
    """
    wrong = []
    if expect.exit is not None and exit_code != expect.exit:
        wrong.append(f"exit code {exit_code}, expected {expect.exit}")
    wrong += [
        f"the output does not contain {text!r}" for text in expect.contains if text not in output
    ]
    wrong += [
        f"the output does not match {pattern!r}"
        for pattern in expect.matches
        if not _matches(pattern, output)
    ]
    if expect.empty is not None and bool(output.strip()) == expect.empty:
        wrong.append("the output is not empty" if expect.empty else "the output is empty")
    return wrong


def _matches(pattern: str, output: str) -> bool:
    try:
        automaton = automaton_of(pattern, multiline=True)
    except TooLarge:
        return False  # lint reports it
    if automaton is not None:
        return automaton.search(output) is not None
    return re.search(pattern, output, re.MULTILINE) is not None


def compares(expect: Expect) -> bool:
    """Whether a program can compare the result; otherwise a person must check it."""
    parts = (expect.exit, expect.empty, expect.contains or None, expect.matches or None)
    return any(part is not None for part in parts)


class ExpectationPart(NamedTuple):
    """One part of what is expected.

    Attributes:
        words: what is expected, as in `output contains`; empty before what a person sees.
        text: what a person sees, which is prose; after words, a text to show as code, or None.
    """

    words: str
    text: str | None


def described(expect: Expect, poll: Poll | None = None) -> list[ExpectationPart]:
    """Return the expected result, part by part. Every format and page uses these words.

    Args:
        expect: the expected result.
        poll: how long it may take to become so.
    """
    parts = [ExpectationPart("", expect.shows.strip().rstrip("."))] if expect.shows else []
    if expect.exit is not None:
        parts.append(ExpectationPart("exit code", str(expect.exit)))
    parts += [ExpectationPart("output contains", text) for text in expect.contains]
    parts += [ExpectationPart("output matches", pattern) for pattern in expect.matches]
    if expect.empty is not None:
        parts.append(ExpectationPart("no output" if expect.empty else "some output", None))
    if poll:
        parts.append(
            ExpectationPart(f"tried again every {poll.every} for at most {poll.within}", None)
        )
    return parts


def stands_below(text: str) -> bool:
    """Whether a text is too long for the sentence with the expected result."""
    return "\n" in text.strip() or len(text) > 60


def in_words(expect: Expect, poll: Poll | None = None) -> list[str]:
    """Return the expected result, each part in words, with unchanged texts."""
    return [" ".join(filter(None, part)) for part in described(expect, poll)]
