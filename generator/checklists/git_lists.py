"""What git prints about changed files, besides their names: one reader for each form.

`--name-status`, `--numstat`, `--stat`, `--raw` and `git status`, also with tabs that became spaces on
the way through a terminal, and the same forms with NULs (`-z`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from generator.checklists.quoted_paths import NotAFileList, both_names, unquoted

Reader = Callable[[str], list[str] | None]
"""Returns the paths of a line, none of a line that only belongs to the form; None for another line."""

_STATUS = re.compile(r"[ACDMRTUXB][0-9]{0,3}")
_SPACED_STATUS = re.compile(r"([ACDMRTUXB])[0-9]{0,3}( +)([^ ].*)", re.DOTALL)
_COUNT = re.compile(r"[0-9]+|-")
_SPACED_COUNTS = re.compile(r"(?:[0-9]+|-) +(?:[0-9]+|-) +([^ ].*)", re.DOTALL)
_RAW = re.compile(r":+[0-7]{6} (?:[0-9a-f.]+ )+([A-Z]+)[0-9]*")
_SHORT = re.compile(r"([ MTADRCU?!][ MTADRCU?!]) ([^ ].*)", re.DOTALL)
_LONG = re.compile(r"[12u] [.MTADRCU]{2} [NS][.CMU]{3} ")
_GRAPH = re.compile(r" *(?:[0-9]+(?: [+-]+)?|Bin(?: .*)?|Unmerged) *")
_ABOUT = re.compile(r" (?:[0-9]+ files? changed|(?:create|delete) mode |rename |copy |mode change |rewrite )")  # fmt: skip
_MARK = re.compile(r" \((?:new|gone|mode [+-][xl]|new [+-][xl])\)\Z")


def _name_status(line: str) -> list[str] | None:
    status, *names = line.split("\t")
    if not names or not _STATUS.fullmatch(status):
        return None
    return _of_status(status, [unquoted(name) for name in names])


def _of_status(status: str, names: list[str]) -> list[str] | None:
    if len(names) != (2 if status[0] in "RC" else 1):
        return None
    return names[1:] if status[0] == "C" else names  # what was copied has not changed


def _numstat(line: str) -> list[str] | None:
    parts = line.split("\t")
    if len(parts) != 3 or not all(map(_COUNT.fullmatch, parts[:2])):
        return None
    return both_names(parts[2])


def _raw(line: str) -> list[str] | None:
    about, *names = line.split("\t")
    found = _RAW.fullmatch(about)
    return _of_status(found[1], [unquoted(name) for name in names]) if found else None


def _porcelain_2(line: str) -> list[str] | None:
    if line.startswith("# "):
        return []
    if line.startswith(("? ", "! ")):
        return [unquoted(line[2:])] if line[0] == "?" else []
    if not _LONG.match(line):
        return None
    fields = {"1": 8, "2": 9, "u": 10}[line[0]]
    parts = line.split(" ", fields)
    if len(parts) <= fields:
        return None
    return [unquoted(name) for name in parts[fields].split("\t")]


def _porcelain(line: str) -> list[str] | None:
    if line.startswith("## "):
        return []
    found = _SHORT.fullmatch(line)
    if not found or found[1] == "  ":
        return None
    if found[1] == "!!":
        return []
    if "R" not in found[1] and "C" not in found[1]:
        return [unquoted(found[2])]
    old, arrow, new = found[2].partition(" -> ")
    return [unquoted(old), unquoted(new)] if arrow else None


def _stat(line: str) -> list[str] | None:
    if _ABOUT.match(line):
        return []
    name, bar, graph = line.rpartition(" | ")
    if not bar or not _GRAPH.fullmatch(graph):
        return None
    name = _MARK.sub("", name.strip())
    if name.startswith("..."):
        raise NotAFileList("--stat has cut off the beginning of a name; use --name-only")
    return both_names(name)


def _spaced_numstat(line: str) -> list[str] | None:
    found = _SPACED_COUNTS.fullmatch(line)
    return both_names(found[1]) if found else None


def _spaced_status(line: str) -> list[str] | None:
    found = _SPACED_STATUS.fullmatch(line)
    if not found or len(found[2]) == 1:
        return None
    if found[1] not in "RC":
        return [unquoted(found[3])]
    # A tab became at least one space, and a name can have one.
    names = [name for name in re.split(" {2,}", found[3]) if name]
    names = names if len(names) > 1 else found[3].split(" ")
    return _of_status(found[1], [unquoted(name) for name in names])


def _one_space(line: str) -> list[str] | None:
    # As other version control systems print it, and as some names begin.
    return [] if (found := _SPACED_STATUS.fullmatch(line)) and len(found[2]) == 1 else None


STRICT: Mapping[str, Reader] = {
    "git diff --raw": _raw,
    "git diff --name-status": _name_status,
    "git diff --numstat": _numstat,
    "git status --porcelain=v2": _porcelain_2,
    "git diff --stat": _stat,
}
"""Forms that no list of names looks like: a line of one decides about all."""

LOOSE: Mapping[str, Reader] = {
    "git status --porcelain": _porcelain,
    "git diff --numstat": _spaced_numstat,
    "git diff --name-status": _spaced_status,
    "": _one_space,
}
"""Forms that a single odd name looks like, too: all lines must have it. What has no name is refused."""


def between_nuls(fields: list[str]) -> list[str] | None:
    """Return the paths of a form with NULs (`-z`); None if the fields are names and nothing else."""
    for read in (_status_fields, _numstat_fields, _porcelain_fields):
        try:
            found = list(read(iter(fields)))
        except (StopIteration, RuntimeError, _OtherForm):
            continue
        if found:
            return found
    return None


class _OtherForm(Exception):
    """The fields are of another form."""


def _status_fields(fields: Iterator[str]) -> Iterator[str]:
    """Read `--name-status -z` and `--raw -z`: a status, then its names."""
    for field in fields:
        raw = _RAW.fullmatch(field)
        status = raw[1] if raw else field
        if not _STATUS.fullmatch(status):
            raise _OtherForm
        yield from _taken(fields, status)


def _taken(fields: Iterator[str], status: str) -> Iterator[str]:
    first = next(fields)
    if status[0] in "RC":
        second = next(fields)
        yield second
        if status[0] == "C":
            return
    yield first


def _numstat_fields(fields: Iterator[str]) -> Iterator[str]:
    for field in fields:
        parts = field.split("\t", 2)
        if len(parts) != 3 or not all(map(_COUNT.fullmatch, parts[:2])):
            raise _OtherForm
        if parts[2]:
            yield parts[2]
        else:
            yield next(fields)
            yield next(fields)


def _porcelain_fields(fields: Iterator[str]) -> Iterator[str]:
    for field in fields:
        if field.startswith(("# ", "## ", "! ", "!! ")):
            continue
        if field.startswith("? "):
            yield field[2:]
        elif _LONG.match(field):
            number = {"1": 8, "2": 9, "u": 10}[field[0]]
            parts = field.split(" ", number)
            if len(parts) <= number:
                raise _OtherForm
            yield parts[number]
            if field[0] == "2":
                yield next(fields)
        else:
            found = _SHORT.fullmatch(field)
            if not found or found[1] == "  ":
                raise _OtherForm
            yield found[2]
            if "R" in found[1] or "C" in found[1]:
                yield next(fields)
