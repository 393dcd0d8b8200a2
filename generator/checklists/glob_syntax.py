"""What a glob may say: braces are written out, and what can match no file is refused with a hint.

Globs are those of .gitignore, with braces as in a shell: `*.{yml,yaml}` stands for `*.yml` and
`*.yaml`. People write other languages out of habit: paths of Windows, `./`, `@(a|b)`, commas, regular
expressions. Git would take each sign as part of a name that no file has, and match nothing, silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from generator.limits import GLOB_ALTERNATIVES

_PLAIN = re.compile(
    r"(?!\.?\.?/)(?!\.\.?\Z)[^\\{}\[\]()|,^$#!\s](?:[^\\{}\[\]()|,^$#!]*[^\\{}\[\]()|,^$#!\s])?"
)
_ODD_NAMES = ("/./", "/../", "//")
_RANGE = re.compile(r"(?:-?[0-9]{1,9}|[A-Za-z])\.\.(?:-?[0-9]{1,9}|[A-Za-z])")
_DEPTH = 20
_NO_SPECIAL_SIGN = "Put a backslash before a sign that is part of a name"


class GlobError(ValueError):
    """A glob that is not valid, or that no file can match.

    Attributes:
        hint: what to write instead.
    """

    def __init__(self, message: str, hint: str = "write it as in .gitignore: backend/models/**") -> None:  # fmt: skip
        super().__init__(message)
        self.hint = hint


@cache
def alternatives(glob: str) -> tuple[str, ...]:
    """Return the globs without braces that a glob stands for; most stand for themselves.

    A `!` before braces is put before each of them.

    Args:
        glob: one line as in .gitignore, see git-scm.com/docs/gitignore, with braces as in a shell.

    Raises:
        GlobError: no file can match it, or it stands for too many.
    """
    if _PLAIN.fullmatch(glob) and not any(odd in glob for odd in _ODD_NAMES):
        return (glob,)
    sign = "!" if glob.startswith("!") else ""
    pieces = list(_pieces(glob, len(sign)))
    groups = _groups(glob, pieces)
    if not any(commas for commas, _ in groups.values()):
        found = [glob.removeprefix(sign)]
    else:
        # What braces begin with is part of a name: only a glob itself begins with a sign.
        written = _written_out(glob, pieces, groups, 0, len(pieces))
        found = [f"\\{text}" if text[:1] in ("!", "#") else text for text in written]
    for text in found:
        _refuse(glob, text)
    return tuple(sign + text for text in dict.fromkeys(found))


def nothing_but_exclusions(globs: Sequence[str]) -> bool:
    """Return whether a list of globs only excludes files, and so matches none."""
    return bool(globs) and all(glob.startswith("!") for glob in globs)


def is_bad(globs: Sequence[str]) -> bool:
    """Return whether one of a list of globs is refused, or the whole list matches no file."""
    try:
        return nothing_but_exclusions(globs) or not all(map(alternatives, globs))
    except GlobError:
        return True


def _pieces(glob: str, start: int) -> Iterator[str]:
    """Yield an escape, a set in brackets, or one other sign, one after the other."""
    position = start
    while position < len(glob):
        end = position + 1
        if glob[position] == "\\":
            if end == len(glob):
                raise GlobError(f"{glob!r} ends with a backslash, which matches nothing")
            end += 1
        elif glob[position] == "[":
            end = _set_end(glob, position)
        yield glob[position:end]
        position = end


def _set_end(glob: str, start: int) -> int:
    position = start + 1
    if glob[position : position + 1] in ("!", "^"):
        position += 1
    first = position
    while position < len(glob):
        if glob[position] == "\\":
            position += 1
        elif glob[position] == "]" and position > first:
            return position + 1
        elif glob[position] == "-" and first < position < len(glob) - 1 and glob[position + 1] not in "]\\" and glob[position - 1] > glob[position + 1]:  # fmt: skip
            raise GlobError(
                f"{glob!r} has a range that is the wrong way round",
                f"write [{glob[position + 1]}-{glob[position - 1]}]",
            )
        position += 1
    raise GlobError(f"{glob!r} has an open bracket, which matches nothing", "close it with ], or write \\[")  # fmt: skip


_Groups = dict[int, tuple[list[int], int]]


def _groups(glob: str, pieces: Sequence[str]) -> _Groups:
    """Return the braces: where each opens, with its commas and where it closes."""
    open_braces: list[tuple[int, list[int]]] = []
    found: _Groups = {}
    for number, piece in enumerate(pieces):
        if piece == "{":
            open_braces.append((number, []))
        elif piece == "," and not open_braces:
            raise GlobError(
                f"a comma does not part globs: {glob!r} matches only a file with a comma in its name",
                "write a list of globs: [a/**, b/**], or {a,b} for a part of one, or \\, for a comma",
            )
        elif piece == ",":
            open_braces[-1][1].append(number)
        elif piece == "}" and open_braces:
            begin, commas = open_braces.pop()
            inside = "".join(pieces[begin + 1 : min(number, begin + 30)])
            if _RANGE.fullmatch(inside):
                raise GlobError(f"{glob!r} has a range in braces", "write all of it: {1,2,3}, or a set: [1-3]")  # fmt: skip
            found[begin] = commas, number
    if any(commas for _, commas in open_braces):
        raise GlobError(f"{glob!r} has an open brace", "close it with }, or write \\{ for a brace in a name")  # fmt: skip
    return found


def _written_out(glob: str, pieces: Sequence[str], groups: _Groups, start: int, end: int, depth: int = 0) -> list[str]:  # fmt: skip
    if depth > _DEPTH:
        raise _too_many(glob)
    made = [""]
    literal = position = start
    while position < end:
        commas, close = groups.get(position, ((), position))
        if commas:
            text = "".join(pieces[literal:position])
            options = [
                option
                for before, behind in pairwise((position, *commas, close))
                for option in _written_out(glob, pieces, groups, before + 1, behind, depth + 1)
            ]
            if len(made) * len(options) > GLOB_ALTERNATIVES:
                raise _too_many(glob)
            made = [begun + text + option for begun in made for option in options]
            literal, position = close + 1, close
        position += 1
    text = "".join(pieces[literal:end])
    return [begun + text for begun in made]


def _too_many(glob: str) -> GlobError:
    return GlobError(
        f"the braces of {glob!r} make more than {GLOB_ALTERNATIVES.shown}",
        "write several globs, or * instead of braces",
    )


def _refuse(glob: str, text: str) -> None:
    """Refuse a glob without braces that no file can match.

    Args:
        glob: as it was written, for the message.
        text: the glob, without a `!` before it.

    Raises:
        GlobError: it says why.
    """
    if not text.strip() or not text.strip("/ "):
        raise GlobError(f"{glob!r} matches nothing")
    if text.startswith("#"):
        raise GlobError(f"{glob!r} is a comment, and matches nothing", "write \\# for a name that begins with #")  # fmt: skip
    if text[0].isspace():
        raise GlobError(f"{glob!r} begins with a space, as no file does", "remove it, or write \\ before it")  # fmt: skip
    names = text.rstrip().split("/")
    if names[0] == "." and len(names) > 1:
        raise GlobError(f"paths do not begin with ./, so {glob!r} matches nothing", f"write {text[2:].lstrip('/') or '**'}")  # fmt: skip
    if "." in names or ".." in names:
        raise GlobError(f"no path has the names . and .., so {glob!r} matches nothing", "write paths from the top folder of the repository")  # fmt: skip
    if "" in names[1:-1] or (len(names) > 2 and names[:2] == ["", ""]):
        raise GlobError(f"no path has two slashes in a row, so {glob!r} matches nothing", "write one slash, or /**/ for any folders")  # fmt: skip
    pieces = list(_pieces(text, 0))
    for piece in pieces:
        if piece[0] == "\\" and piece[1] in "./_":
            raise GlobError(f"a glob is no regular expression: {piece} stands for {piece[1]} in {glob!r}", f"write {piece[1]} without a backslash; * is any text in a name")  # fmt: skip
        if piece[0] == "\\" and piece[1].isalnum():
            raise GlobError(f"a backslash does not part folders, so {glob!r} matches nothing", f"write slashes: {glob.replace(chr(92), '/')}")  # fmt: skip
    if "|" in pieces:
        without = "!" in pieces
        raise GlobError(f"{glob!r} has alternatives in parentheses, which match nothing", "write one glob for all of it, then one with ! before it for what is left out" if without else f"write them in braces: {_in_braces(pieces)}")  # fmt: skip
    if pieces[0] == "^" or pieces[-1] == "$":
        raise GlobError(f"{glob!r} is a regular expression, not a glob", f"write a glob: backend/**/*.sql. {_NO_SPECIAL_SIGN}")  # fmt: skip
    for first, second in pairwise(pieces):
        if second == "(" and first in "@+" and ")" in pieces:
            raise GlobError(f"globs have no {first}(...), so {glob!r} matches nothing", f"write {{a,b}} for alternatives. {_NO_SPECIAL_SIGN}")  # fmt: skip


def _in_braces(pieces: Sequence[str]) -> str:
    """Write `@(a|b)` and `(a|b)` as `{a,b}`."""
    if "(" not in pieces:
        return "{a,b}"
    text = "".join({"(": "{", ")": "}", "|": ","}.get(piece, piece) for piece in pieces)
    return re.sub(r"[@+?*]\{", "{", text)
