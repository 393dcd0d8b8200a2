"""Lists of changed files, in whatever form they come: a list is read right, or it is refused.

The same as `assets/checklist-lists.js` in the browser. Change both together; the lists of
`tests/data/checklist-cases.json` test both.
"""

from __future__ import annotations

import codecs
import io
import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice, takewhile
from typing import BinaryIO

from generator.checklists.diff_lists import TakesLines, diff_paths, is_diff
from generator.checklists.forge_lists import forge_paths, is_json
from generator.checklists.git_lists import LOOSE, STRICT, between_nuls
from generator.checklists.quoted_paths import NotAFileList, shortened, unquoted
from generator.limits import LIST_BYTES

_LINE = 1 << 16  # what is read of a line; a path has at most 4,096 bytes
_HEAD = 1 << 16  # enough to see what it is
_NO_PATHS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\A(?:fatal|error|warning|hint|usage|remote): "), "a message of a program"),
    (re.compile(r"\A(?:commit [0-9a-f]{40}(?: |\Z)|(?=[0-9]*[a-f])[0-9a-f]{7,40} [^/.]*\Z)"), "a commit"),
    (re.compile(r"\A [0-9]+ files? changed(?![A-Za-z0-9_])"), "a summary without names"),
    (re.compile(r"\A (?:(?:create|delete) mode [0-7]{6}|mode change [0-7]{6}|rename|copy|rewrite) "), "of a summary, which names only some files"),
    (re.compile(r"\A(?:total [0-9]+\Z|[bcdlps-](?:[r-][w-][xsStT-]){3})"), "of a listing of a folder"),
    (re.compile(r"\A[-*+\u2022] "), "of a list with bullets"),
    (re.compile(r"\A[`'].*[`']\Z|,\Z|[^ ] {2,}[^ ]"), "no name alone"),
    (re.compile(r"\A(?: {2,}\S|[ACDMRTUXB][0-9]{0,3} {2,}|(?:[0-9]+|-) {2,}(?:[0-9]+|-) {2,})"), "no name alone"),
    (re.compile(r"\A<[!?A-Za-z/]"), "HTML"),
    (re.compile(r"\A[A-Za-z][A-Za-z+.-]*://"), "a URL"),
    (re.compile(r"\A(?:/|~/|[A-Za-z]:[\\/])"), "no path from the top folder of the repository"),
    (re.compile(r"(?:\A|/)\.\.(?:/|\Z)"), "no path from the top folder of the repository"),
    (re.compile(r"\\"), "no path with slashes"),
    (re.compile(r"[\x00-\x1f\x7f]"), "no path that git prints"),
    (re.compile(r"\A[^./ ]+(?: [^./ ]+){3}(?: [^./ ]+)*[.:!]?\Z"), "a sentence"),
)  # fmt: skip

# `a.py b.py` and `a.py, b.py`, as some actions and scripts join names.
_JOINED = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}(?:, ?| )[^ ,]")

# Most lines are paths: one search says so.
_MAYBE_NO_PATH = re.compile("|".join(f"(?:{pattern.pattern})" for pattern, _ in _NO_PATHS))


def read_file_list(stream: BinaryIO, changed: TakesLines | None = None) -> tuple[str, ...]:
    r"""Return the changed files of a list, each once; of a renamed file, both names.

    What is read: names on lines or between NULs, with git's `"a\tb"` for names that are not plain text;
    what `git diff` prints with `--name-status`, `--numstat`, `--stat` or `--raw`; `git status` with
    `--porcelain`; a whole diff; JSON of forges. A leading `./` is removed, and a byte order mark.

    Args:
        stream: the list. A diff is read line by line, anything else at once.
        changed: gets the lines of a diff.

    Raises:
        NotAFileList: it is none of these, or too large.
    """
    head = stream.read(_HEAD)
    if head.startswith(codecs.BOM_UTF16_LE):  # a Windows shell
        text = _whole(head, stream).decode("utf-16", "replace")
        stream = io.BytesIO(text.encode("utf-8", "surrogatepass"))
        head = stream.read(_HEAD)
    head = head.removeprefix(codecs.BOM_UTF8)
    lines = head.split(b"\n")
    if len(head) > _HEAD - len(codecs.BOM_UTF8) - 1:
        lines.pop()  # it may not be whole
    if is_diff(os.fsdecode(line.removesuffix(b"\r")) for line in lines):
        found: Iterable[str] = diff_paths(_lines(head, stream), changed)
    else:
        found = [_file(path) for path in list(_listed(os.fsdecode(_whole(head, stream))))]
    return tuple(dict.fromkeys(path.removeprefix("./") for path in found))


def listed_paths(content: bytes) -> tuple[str, ...]:
    """Return the changed files of a list that is in memory.

    Raises:
        NotAFileList: it is none.
    """
    return read_file_list(io.BytesIO(content))


def _file(path: str) -> str:
    """Return a path that is a file's: `git status` names a new folder, and not what is in it."""
    if path.endswith("/"):
        raise NotAFileList(
            f"{shortened(path)} is a folder, not a file; git status names files with -uall"
        )
    return path


def _whole(head: bytes, stream: BinaryIO) -> bytes:
    content = head + stream.read(LIST_BYTES - len(head) + 1)
    if len(content) > LIST_BYTES:
        raise NotAFileList(f"it has more than {LIST_BYTES.shown}")
    return content


def _lines(head: bytes, stream: BinaryIO) -> Iterator[str]:
    """Yield the lines of a stream, the beginning of long ones."""
    joined = io.BufferedReader(_Joined(head, stream), 1 << 20)
    while line := joined.readline(_LINE):
        yield os.fsdecode(line.removesuffix(b"\n").removesuffix(b"\r"))
        while not line.endswith(b"\n") and (line := joined.readline(_LINE)):
            pass


class _Joined(io.RawIOBase):
    """What has been read of a stream, and then the rest of it."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = head, stream

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read as many bytes as there are at once."""
        if self._head:
            found, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            found = self._stream.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def _listed(text: str) -> Iterable[str]:
    if is_json(text):
        return forge_paths(text)
    if "\0" in text:
        fields = [field for field in text.split("\0") if field]
        found = between_nuls(fields)
        return fields if found is None else found
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    for form, read in STRICT.items():
        if any(read(line) for _, line in islice(numbered, 20)):
            return _of_form(form, numbered)
    for form, read in LOOSE.items():
        by_line = list(takewhile(lambda found: found is not None, (read(of) for _, of in numbered)))
        if not numbered or len(by_line) < len(numbered):
            continue
        if not form:
            raise NotAFileList("each line begins with a letter and a space; give the names alone")
        return [path for found in by_line for path in found or ()]
    paths = [_path(number, line) for number, line in numbered]
    if len(paths) == 1 and paths[0] is numbered[0][1] and _JOINED.search(paths[0]):
        raise NotAFileList(
            f"it has several names on one line: {shortened(paths[0])}; write a line for each, "
            "or one name in double quotes"
        )
    return paths


def _of_form(form: str, numbered: Iterable[tuple[int, str]]) -> Iterator[str]:
    read = STRICT[form]
    for number, line in numbered:
        found = read(line)
        if found is None:
            raise NotAFileList(f"line {number} is not what `{form}` prints: {shortened(line)}")
        yield from found


def _path(number: int, line: str) -> str:
    """Return the path of a line."""
    path = unquoted(line)
    if path is line and _MAYBE_NO_PATH.search(line):
        for pattern, what in _NO_PATHS:
            if pattern.search(line):
                raise NotAFileList(f"line {number} is {what}: {shortened(line)}")
    return path
