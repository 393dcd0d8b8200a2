"""Reads logs from files: plain, gzip or zstd, UTF-8 or UTF-16."""

from __future__ import annotations

import codecs
import importlib
import importlib.util
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

READ = 1 << 20
LIMIT = 16 << 30
"""The maximum size of an uncompressed file; the rest is not read."""

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def is_compressed(head: bytes) -> bool:
    """Return whether a log is compressed, by its first four bytes."""
    return head.startswith((_GZIP, _ZSTD))


class Readable(Protocol):
    """The source of a log."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; none at the end."""


class NotReadable(Exception):
    """A log cannot be read; the message says why and what to do.

    Attributes:
        extra: the extra of this distribution that reads it; empty if there is none.
    """

    def __init__(self, why: str, extra: str = "") -> None:
        super().__init__(why)
        self.extra = extra


def decoded_pieces(
    stream: Readable, note: Callable[[str], None], limit: int = LIMIT
) -> Iterator[bytes]:
    """Yield the text of a log as bytes of UTF-8.

    Args:
        stream: the log; its first bytes identify the compression.
        note: called with facts that affect the result, such as that the file ends too early.
        limit: the maximum number of bytes to read from a compressed file.

    Raises:
        NotReadable: its compression is not supported here.
    """
    head = stream.read(READ)
    while head and len(head) < len(_ZSTD):
        more = stream.read(READ)
        head += more
        if not more:
            break
    if head.startswith(_GZIP):
        parts = _limited(_gunzip(head, stream, note), note, limit)
    elif head.startswith(_ZSTD):
        parts = _limited(_unzstd(head, stream, note), note, limit)
    else:
        parts = _plain(head, stream)
    yield from _utf8(parts)


def _plain(head: bytes, stream: Readable) -> Iterator[bytes]:
    while head:
        yield head
        head = stream.read(READ)


def _limited(parts: Iterator[bytes], note: Callable[[str], None], limit: int) -> Iterator[bytes]:
    total = 0
    for part in parts:
        total += len(part)
        if total > limit:
            note(f"holds more than {limit:,} bytes; the rest was not read")
            return
        yield part


def _gunzip(head: bytes, stream: Readable, note: Callable[[str], None]) -> Iterator[bytes]:
    member: Any = zlib.decompressobj(31)
    data = head
    while True:
        try:
            part = member.decompress(data, READ)
        except zlib.error:
            note("is damaged: invalid gzip data; only the part before it was read")
            return
        if part:
            yield part
        if member.eof:
            data = member.unused_data.lstrip(b"\0") or stream.read(READ).lstrip(b"\0")
            if not data:
                return
            if not data.startswith(_GZIP[: len(data)]):
                note("has other data after its gzip data, which was not read")
                return
            member = zlib.decompressobj(31)
            continue
        data = member.unconsumed_tail
        if not data:
            data = stream.read(READ)
            if not data:
                note("is truncated: the gzip data ends too early; only the part before was read")
                return


def _unzstd(head: bytes, stream: Readable, note: Callable[[str], None]) -> Iterator[bytes]:
    if not importlib.util.find_spec("zstandard"):
        raise NotReadable(
            "is compressed with zstd; decompress it first: zstd -dc FILE | runbooks match", "match"
        )
    zstandard: Any = importlib.import_module("zstandard")
    reader = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(
        _Joined(head, stream), read_across_frames=True
    )
    try:
        while part := reader.read(READ):
            yield part
    except zstandard.ZstdError as error:
        note(f"is damaged: {error}; only the part before was read")


class _Joined:
    """A stream with its first bytes put back at the beginning."""

    def __init__(self, head: bytes, stream: Readable) -> None:
        self._head, self._stream = head, stream

    def read(self, size: int = READ, /) -> bytes:
        if self._head:
            part, self._head = self._head[:size], self._head[size:]
            return part
        return self._stream.read(size)


def _utf8(parts: Iterator[bytes]) -> Iterator[bytes]:
    head = b""
    for part in parts:
        head += part
        if len(head) >= 3:
            break
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        yield decoder.decode(head).encode("utf-8", "replace")
        for part in parts:
            yield decoder.decode(part).encode("utf-8", "replace")
        yield decoder.decode(b"", True).encode("utf-8", "replace")
        return
    if head:
        yield head.removeprefix(codecs.BOM_UTF8)
    yield from parts
