"""Diagnostics: what is wrong with the content of a knowledge base, as values.

A content problem is never an exception: it is a `Diagnostic` that says what is wrong, where, and
what to do about it. All diagnostics are collected and reported together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Severity(IntEnum):
    """How much a diagnostic matters. Higher is worse; only errors stop a build."""

    HINT = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text file. Both numbers count from 1; columns count characters."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Attributes:
        file: path relative to the root of the knowledge base, with forward slashes.
        position: where in that file; line 1, column 1 for the whole file.
        code: the permanent code of the rule, such as `KB104`.
        severity: error, warning or hint.
        message: what is wrong, in one line.
        hint: what to do about it, in one line; may be empty.
    """

    file: str
    position: Position
    code: str
    severity: Severity
    message: str
    hint: str = ""

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """The order in which diagnostics are reported: by file, place, code, message."""
        return (
            self.file,
            self.position.line,
            self.position.column,
            self.code,
            self.message,
        )

    def row(self) -> list[Any]:
        """Return the finding as data for JSON."""
        at = self.position
        return [
            self.file,
            at.line,
            at.column,
            self.code,
            int(self.severity),
            self.message,
            self.hint,
        ]

    @classmethod
    def from_row(cls, row: list[Any]) -> Diagnostic:
        """Return the finding that `row` has given."""
        file, line, column, code, severity, message, hint = row
        return cls(file, Position(line, column), code, Severity(severity), message, hint)
