"""Which dependencies a lock file updates, from its changed lines.

`assets/checklist-updates.js` does the same in the browser, with the same table: the script with the
data of the checklist page has it. So each expression means the same in Python and in JavaScript.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from generator.checklists.changed_lines import ABOVE, HUNK

FORMATS: tuple[tuple[str, str, str], ...] = (
    (r"(?:^|/)(?:package-lock|npm-shrinkwrap)\.json$", r'^ *"version": "([0-9][^"]*)"', r'^ *"([^"]+)": \{$'),
    (r"(?:^|/)yarn\.lock$", r'^  version:? "?([0-9][^" ]*)', r'^"?(@?[^@" ]+)@'),
    (r"(?:^|/)pnpm-lock\.yaml$", r"^ {2}'?/?(@?[^@' (]+)[@/]([0-9][^:' (_]*)", ""),
    (r"(?:^|/)(?:poetry|uv|Cargo)\.lock$", r'^version = "([^"]+)"', r'^name = "([^"]+)"'),
    (r"(?:^|/)composer\.lock$", r'^ *"version": "v?([0-9][^"]*)"', r'^ *"name": "([^"]+)"'),
    (r"(?:^|/)(?:(?:requirements|constraints)[^/]*|requirements/[^/]+)\.(?:txt|in)$", r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])? *[=~>]= *v?([0-9][^ ;,]*)", ""),
    (r"(?:^|/)go\.mod$", r"^(?:require )?[ \t]*([a-z0-9][^ \t]*) v([0-9][^ \t]*)", ""),
    (r"(?:^|/)Gemfile\.lock$", r"^ {4}([A-Za-z0-9][^ ]*) \(([0-9][^)]*)\)$", ""),
    (r"(?:^|/)package\.json$", r'^[ \t]*"(?!version")(@?[a-z0-9][^"]*)": *"[~^>=v ]*([0-9][^" ]*)', ""),
)  # fmt: skip
"""Files with versions: which ones, a line with a name and a version, and the line above it.

If there is a third expression, the name stands in the line above, and the line has only the version.
"""

_UNNAMED = "@@"
_LEADING = re.compile(r"(?:0\.)*[0-9]+")
_GO_MAJOR = re.compile(r"/v[0-9]+$")


@dataclass(frozen=True)
class DependencyUpdate:
    """A dependency with another version than before.

    Attributes:
        name: its name; empty if it is not known.
        old: the version before.
        new: the version after.
        lines: the changed lines that say so, with the line above them.
    """

    name: str
    old: str
    new: str
    lines: tuple[str, ...]

    @property
    def is_major(self) -> bool:
        """Whether the first number changed that is not 0."""
        return _leading(self.old) != _leading(self.new)


def updates(path: str, lines: Sequence[str]) -> list[DependencyUpdate]:
    """Return the dependencies that a file updates, in the order of what it removes.

    Args:
        path: the file.
        lines: its changed lines, as in `changed_lines.py`.
    """
    form = _form(path)
    if form is None:
        return []
    removed: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    added: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for sign, name, version, of in _versions(*form, lines):
        (removed if sign == "-" else added).setdefault(name, []).append((version, of))
    found: list[DependencyUpdate] = []
    for name, before in removed.items():
        after = added.get(name, [])
        old = [one for one in before if one[0] not in {version for version, _ in after}]
        new = [one for one in after if one[0] not in {version for version, _ in before}]
        for one, other in zip(old, new, strict=False):
            shown = "" if name.startswith(_UNNAMED) else name
            found.append(DependencyUpdate(shown, one[0], other[0], (*one[1], *other[1])))
    return found


def _versions(
    line_with: re.Pattern[str], above_with: re.Pattern[str] | None, lines: Iterable[str]
) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Yield each version that a line removes or adds: the sign, name, version, and the lines.

    A version without a name has a name of its own for each hunk, so that two are compared only if they
    stand together.
    """
    number = 0
    above: dict[str, str] = {}  # the line above the next one with this sign
    for line in lines:
        if line == HUNK:
            number += 1
            above = {}
            continue
        sign = line[:1]
        if sign == ABOVE:
            above = {"-": line, "+": line}
        if sign not in ("-", "+"):
            continue
        found = line_with.match(line[1:])
        over = above.get(sign, "")
        above[sign] = line
        if not found:
            continue
        if above_with is None:
            yield sign, _GO_MAJOR.sub("", found[1]), found[2], (line,)
        elif not over:
            yield sign, f"{_UNNAMED}{number}", found[1], (line,)
        elif named := above_with.match(over[1:]):
            yield sign, named[1].rpartition("node_modules/")[2], found[1], (over, line)


@cache
def _form(path: str) -> tuple[re.Pattern[str], re.Pattern[str] | None] | None:
    for files, line, above in FORMATS:
        if re.search(files, path):
            return re.compile(line), re.compile(above) if above else None
    return None


def _leading(version: str) -> str:
    found = _LEADING.match(version)
    return found[0] if found else version
