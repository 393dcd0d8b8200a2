"""Defines a converter: from another format to the Markdown that the importer reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from generator.importers.decoding import Refused
from generator.text.extras import install_command, is_installed

EXTRA = "import"
"""The extra of this distribution with the packages that converters need."""


@dataclass(frozen=True)
class Converted:
    """A write-up as Markdown.

    Attributes:
        text: the Markdown.
        lines: for each line of the Markdown, the line of the source that it comes from.
        remarks: what was left out, in sentences.
    """

    text: str
    lines: tuple[int, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Converter:
    """A format other than Markdown.

    Attributes:
        about: what it is, in one line.
        endings: the ends of the names of such files, in lower case.
        fits: whether a text whose name says nothing is in this format.
        convert: returns the text as Markdown. Raises `Refused` if it cannot be read.
    """

    about: str
    endings: tuple[str, ...]
    fits: Callable[[str], bool]
    convert: Callable[[str], Converted]


def need(module: str, what: str) -> None:
    """Check that an optional package is there.

    Args:
        module: its module.
        what: the format that needs it.

    Raises:
        Refused: it is not installed; the hint has the command that installs it.
    """
    if not is_installed(module):
        raise Refused(
            f"reading {what} needs a package that is not installed",
            f"install it: {install_command(EXTRA)}",
        )


def left_out(what: Iterable[str]) -> tuple[str, ...]:
    """Return a remark about what a conversion has left out, if there is anything.

    Args:
        what: each kind of thing, with its number or its line: `2 scripts`.
    """
    found = ", ".join(what)
    return (f"Left out: {found}.",) if found else ()


def counted(number: int, noun: str) -> str:
    """Return `1 script`, `2 scripts`.

    Args:
        number: how many there are.
        noun: what they are; `|` stands before the plural if it does not only take an `s`.
    """
    one, _, more = noun.partition("|")
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"
