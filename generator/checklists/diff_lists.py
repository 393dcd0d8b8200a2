"""The files of a whole diff, read line by line: it may be as large as it likes.

Formats: git-scm.com/docs/diff-format, and unified diffs of other tools. Every line must be one that a
diff has at its place. Otherwise a name in a list that looks like the head of a diff would hide all
names after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from generator.checklists.quoted_paths import NotAFileList, shortened, unquoted

_HEADS = ("diff --git ", "diff --cc ", "diff --combined ", "Index: ")
# `git show` and `git log -p` print these above a diff; the words of a message are indented.
_ABOVE = re.compile(r"commit [0-9a-f]{7,64}(?: .*)?|(?:Author|AuthorDate|Commit|CommitDate|Date|Merge): .*|    .*|")  # fmt: skip
_EXTENDED = re.compile(
    r"(?:index |mode |old mode |new mode |new file mode |deleted file mode |similarity index |"
    r"dissimilarity index |copy from |Binary files |Files |={20}|GIT binary patch|(?:literal|delta) [0-9]+)",
)
_HUNK = re.compile(r"@@ -[0-9]+(?:,([0-9]{1,12}))? \+[0-9]+(?:,([0-9]{1,12}))? @@")
_MANY_PARENTS = re.compile(r"@@@+ ")
_BASE_85 = re.compile(r"[A-Za-z][0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]+")
# `git format-patch`: the words of a message stand between this line and the diff, as they are.
_MAIL = re.compile(r"From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001")
_NO_FILE = "/dev/null"
_ABOVE_LENGTH = 200  # characters that are kept of an unchanged line


class TakesLines(Protocol):
    """What collects the changed lines of a diff: `generator.checklists.changed_lines`."""

    def kept(self, line: str) -> tuple[str, ...]:
        """Return what is kept of a changed line."""

    def add(self, names: Iterable[str], lines: Iterable[str]) -> None:
        """Take the lines of a file, under each of its names."""


def is_diff(lines: Iterable[str]) -> bool:
    """Return whether text is a diff, by its first lines."""
    previous = ""
    for line in lines:
        if not previous and _MAIL.fullmatch(line):
            return True
        if line.startswith(_HEADS) or (previous.startswith("--- ") and line.startswith("+++ ")):
            return True
        if not _ABOVE.fullmatch(line) and not line.startswith("--- "):
            return False
        previous = line
    return False


def diff_paths(lines: Iterable[str], changed: TakesLines | None = None) -> Iterator[str]:
    """Yield the files that a diff changes; of a renamed one, both names.

    Args:
        lines: the lines without their ends; long ones may be cut off.
        changed: gets the lines that each file adds and removes.

    Raises:
        NotAFileList: a line is no part of a diff, or a file has no name.
    """
    file = _File()
    old = new = 0  # lines of a hunk that are still to come
    merged = binary = mail = outside = False
    for number, line in enumerate(lines, 1):
        if old > 0 or new > 0:
            if changed is not None:
                file.take_line(line, changed)
            if line[:1] in ("", " "):
                old, new = old - 1, new - 1
            elif line[0] == "-":
                old -= 1
            elif line[0] == "+":
                new -= 1
            elif line[0] != "\\":
                raise _no_part(number, line)
            continue
        if line.startswith(_HEADS):
            yield from file.finished(changed)
            file, merged, binary, outside = _File(line, number), False, False, False
        elif _MAIL.fullmatch(line) and (mail or number == 1):
            mail = outside = True
        elif outside or (mail and line == "-- "):
            outside = True
        elif found := _HUNK.match(line):
            old, new = (int(count or 1) for count in found.groups())
            file.begin_hunk()
        elif _MANY_PARENTS.match(line):
            merged = True
            file.lines.append("?")
        elif merged and line[:1] in ("", " ", "+", "-", "\\"):
            continue
        elif line.startswith("--- ") and not file.head:
            yield from file.finished(changed)
            file = _File("", number)
            file.take(line)
        elif line.startswith(("--- ", "+++ ", "rename ", "copy to ")):
            file.take(line)
        elif _EXTENDED.match(line):
            binary = binary or line == "GIT binary patch"
            if binary or line.startswith(("Binary files ", "Files ")):
                file.lines.append("?")
            if line.startswith("new file mode "):
                file.is_new()
        elif line.startswith("\\ ") or (binary and _BASE_85.fullmatch(line)):
            continue
        elif not _ABOVE.fullmatch(line):
            raise _no_part(number, line)
    if old > 0 or new > 0:
        raise NotAFileList("the diff ends in the middle")
    yield from file.finished(changed)


def _no_part(number: int, line: str) -> NotAFileList:
    return NotAFileList(f"line {number} is no part of a diff: {shortened(line)}")


class _File:
    """The names of one file in a diff, as far as they have been read."""

    def __init__(self, head: str = "", number: int = 0) -> None:
        self.head, self.number = head, number
        self.old = self.new = ""
        self.renamed: list[str] = []
        self.lines: list[str] = []
        self._above: str | None = None  # the last unchanged line of the hunk

    def is_new(self) -> None:
        """Take that the file did not exist before."""
        if "!" not in self.lines:
            self.lines.append("!")

    def begin_hunk(self) -> None:
        """Take the head of a hunk."""
        self.lines.append("@")
        self._above = None

    def take_line(self, line: str, changed: TakesLines) -> None:
        """Take a line of a hunk; what is unchanged ends what belongs together."""
        if line[:1] in ("", " "):
            if self.lines[-1] != "@":
                self.lines.append("@")
            self._above = f" {line[1:]}"
        elif line[0] in ("+", "-"):
            if self._above is not None:
                self.lines += changed.kept(self._above[:_ABOVE_LENGTH])
                self._above = None
            self.lines += changed.kept(line)

    def take(self, line: str) -> None:
        """Take a line with a name: `--- a/x`, `+++ b/x`, `rename from x`, `rename to y`, `copy to y`."""
        if line.startswith("--- "):
            self.old = line[4:]
            if self.old.partition("\t")[0] == _NO_FILE:
                self.is_new()
        elif line.startswith("+++ "):
            self.new = line[4:]
        else:
            self.renamed.append(unquoted(line.partition(" ")[2].partition(" ")[2]))

    def finished(self, changed: TakesLines | None) -> Iterator[str]:
        """Yield the names, after the lines have gone where they belong."""
        names = list(self.names())
        if changed is not None:
            changed.add(names, self.lines)
        yield from names

    def names(self) -> Iterator[str]:
        """Yield the names.

        Raises:
            NotAFileList: there are none.
        """
        rest = self.head[11:] if self.head.startswith("diff --git ") else ""
        if self.renamed:
            yield from self.renamed
        elif self.head.startswith("Index: "):
            yield self.head[7:]
        elif rest or (not self.head and (self.old or self.new)):
            found = _same_name(rest) if rest else ""
            yield from [found] if found else self._marked()
        elif self.head:
            yield unquoted(self.head.split(" ", 2)[2])

    def _marked(self) -> list[str]:
        # Other tools write the time of a file behind a tab.
        old, new = (unquoted(name.partition("\t")[0]) for name in (self.old, self.new))
        if not old or not new:
            raise NotAFileList(f"line {self.number}: the names of a file cannot be told apart")
        if _NO_FILE not in (old, new):
            rest = old.partition("/")[2]
            return [rest] if rest and rest == new.partition("/")[2] else [_plain(old), _plain(new)]
        return [_plain(name) for name in (old, new) if name != _NO_FILE]


def _plain(name: str) -> str:
    return name[2:] if name.startswith(("a/", "b/")) else name


def _same_name(rest: str) -> str:
    """Return the name that `a/x b/x` or `x x` has twice; empty if the two names differ."""
    if rest.endswith('"'):
        middle = rest.find(' "')
        old, new = unquoted(rest[:middle]), unquoted(rest[middle + 1 :])
    else:
        middle = len(rest) // 2
        old, new = rest[:middle], rest[middle + 1 :]
        if rest[middle : middle + 1] != " ":
            return ""
    if old == new:
        return old
    plain = old.partition("/")[2]
    return plain if plain and plain == new.partition("/")[2] else ""
