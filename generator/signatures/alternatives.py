r"""Alternatives in a template: `{=one|other}`, and `{NAME=one|other}`, which captures the one that is there.

A template with alternatives stands for several templates without them. They are tried in the order
in which the alternatives are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from generator.signatures.template import SignatureError

MOST = 64
"""The maximum number of templates that one text may stand for."""

_BEGIN = re.compile(r"\{([A-Z][A-Z0-9_]{0,63})?=")

Expanded = tuple[str, dict[str, str]]
"""A template without alternatives, and what it captures by the choice of an alternative."""


def expanded(text: str) -> list[Expanded]:
    """Return the templates that a template with alternatives stands for.

    Raises:
        SignatureError: they are more than `MOST`, or alternatives are inside alternatives.
    """
    parts = list(_parts(text))
    count = 1
    for _, choices in parts:
        count *= len(choices)
        if count > MOST:
            raise SignatureError(
                f"the alternatives have more than {MOST} combinations",
                "write several texts in `any`",
            )
    found: dict[str, Expanded] = {}
    for chosen in product(*(choices for _, choices in parts)):
        captures = {name: choice for (name, _), choice in zip(parts, chosen, strict=True) if name}
        whole = "".join(chosen)
        found.setdefault(f"{whole}\0{sorted(captures.items())}", (whole, captures))
    return list(found.values())


def _parts(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the parts of a text: the name of a capture or nothing, and the texts to choose from."""
    done = at = 0
    while begin := _BEGIN.search(text, at):
        choices, end = _choices(text, begin.end())
        at = end
        if len(choices) < 2:
            at = begin.end()  # literal text, such as `{=}` in a log
            continue
        _check(begin[1], choices)
        yield "", [text[done : begin.start()]]
        yield begin[1] or "", choices
        done = end
    yield "", [text[done:]]


def _choices(text: str, at: int) -> tuple[list[str], int]:
    """Return what stands between the `|` up to the closing brace, and where it ends; nothing without one."""
    choices, begin, depth = [], at, 0
    for place in range(at, len(text)):
        letter = text[place]
        if letter == "{":
            depth += 1
        elif letter == "}" and depth:
            depth -= 1
        elif letter in "|}" and not depth:
            choices.append(text[begin:place])
            begin = place + 1
            if letter == "}":
                return choices, place + 1
    return [], at


def _check(name: str | None, choices: list[str]) -> None:
    if any(_BEGIN.search(choice) for choice in choices):
        raise SignatureError("alternatives are inside alternatives", "write several texts in `any`")
    if name and not all(choice.strip() and "{" not in choice for choice in choices):
        raise SignatureError(
            f"an alternative that {{{name}=...}} captures is empty or has a placeholder",
            "write plain text, such as {LEVEL=ERROR|FATAL}",
        )
