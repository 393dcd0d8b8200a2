"""What is expected of a command, in words, and whether it did that."""

from __future__ import annotations

import re

from generator.model.steps import Expect


def judge(expect: Expect, exit_code: int, output: str) -> list[str]:
    """Compare what a command did with what was expected.

    Args:
        expect: what was expected; `shows` is for people and is not compared.
        exit_code: the command's exit code.
        output: what it printed, standard output and standard error together.

    Returns:
        What was not as expected, in words; empty when everything was.
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
        if not re.search(pattern, output, re.MULTILINE)
    ]
    if expect.empty is not None and bool(output.strip()) == expect.empty:
        wrong.append("the output is not empty" if expect.empty else "the output is empty")
    return wrong


def in_words(expect: Expect) -> list[str]:
    """Return what is expected, each part in words, texts as they are."""
    words = [expect.shows.strip().rstrip(".")] if expect.shows else []
    if expect.exit is not None:
        words.append(f"exit code {expect.exit}")
    words += [f"output contains {text}" for text in expect.contains]
    words += [f"output matches {pattern}" for pattern in expect.matches]
    if expect.empty is not None:
        words.append("no output" if expect.empty else "some output")
    return words
