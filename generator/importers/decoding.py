"""Decodes a write-up: encodings, and text that was decoded wrongly."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from generator.limits import Limit

# The most frequent mistakes: UTF-8 decoded as one of these. Encodings with `sloppy` come from ftfy;
# they also define the five bytes that Windows leaves undefined.
_CODECS = (
    "sloppy-windows-1252",
    "latin-1",
    "mac_roman",
    "cp437",
    "cp850",
    "sloppy-windows-1251",
    "sloppy-windows-1250",
)
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_PARTS = re.compile(r"([^\x00-\x7f]+)")
_CODE = re.compile(r"^(```+|~~~+).*?(?:^\1|\Z)|`[^`\n]+`", re.MULTILINE | re.DOTALL)
# Where HTML and XML say their own encoding, in their first lines.
_DECLARED = re.compile(
    rb"<(?:meta\b[^>]{0,200}\bcharset|\?xml\b[^>]{0,200}\bencoding)\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})",
    re.IGNORECASE,
)
_DECLARATION_BYTES = 4_096
# As in `generator.model.base`: characters that no field may contain.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029\x0b\x0c]")


class Refused(Exception):
    """A file cannot be imported. The message says why; `hint` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class WriteUp:
    """A write-up as text.

    Attributes:
        name: the file name, without folders, safe to print.
        text: the text, with LF as line end.
        digest: identifies this version of the file.
        remarks: what was done to the text, in sentences.
        lines: for each line of the text, its line in the file; empty if they are the same.
    """

    name: str
    text: str
    digest: str
    remarks: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()

    def line_in_file(self, number: int) -> int:
        """Return the line of the file that a line of the text comes from; both count from 1."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else number


def digest_of(raw: bytes) -> str:
    """Return an identifier of a file's content: the start of its SHA-256."""
    return f"sha256:{hashlib.sha256(raw).hexdigest()[:32]}"


def decode(name: str, raw: bytes, most: Limit) -> WriteUp:
    """Read a file's bytes as text, in whatever format.

    Args:
        name: the file name, without folders.
        raw: its content.
        most: how large it may be.

    Raises:
        Refused: it is empty, too large, binary, or in an encoding that cannot be detected.
    """
    if len(raw) > most:
        raise Refused(
            f"the file is larger than {most.shown}",
            "split it, or move logs and dumps to files in the incident's folder",
        )
    text, encoding = _decode(raw)
    if not text.strip():
        raise Refused("the file is empty", "give a file with a write-up")
    remarks = [f"It was read as {encoding}."] if encoding else []
    text = _LINE_ENDS.sub("\n", text)
    text, remark = repaired(text)
    remarks += [remark] if remark else []
    text, shown = _CONTROL.subn(_shown, text.replace("\ufeff", ""))
    if shown:
        noun = "control character was" if shown == 1 else "control characters were"
        remarks.append(f"{shown} {noun} replaced by a visible character.")
    name = "".join(c if c.isprintable() else " " for c in name).strip() or "write-up"
    return WriteUp(" ".join(name.split()), text, digest_of(raw), tuple(remarks))


def _decode(raw: bytes) -> tuple[str, str]:
    """Return the text, and the encoding if it is not UTF-8."""
    for mark, encoding in (
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if raw.startswith(mark):
            try:
                return raw.decode(encoding), encoding.upper()
            except UnicodeDecodeError:
                raise _binary() from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _guessed(raw)
    if _is_binary(text):
        raise _binary()
    return text, ""


def _guessed(raw: bytes) -> tuple[str, str]:
    """Return the text in the encoding that fits best."""
    from charset_normalizer import from_bytes

    if b"\0" in raw:
        raise _binary()
    if declared := _declared(raw):
        return declared
    western = raw.decode("cp1252", "replace")
    if _looks_western(western):
        return western, "Windows-1252"
    best = from_bytes(raw).best()
    if best is None:
        raise Refused("the file's encoding cannot be detected", "save it as UTF-8")
    text = str(best)
    if _is_binary(text):
        raise _binary()
    return text, best.encoding


def _declared(raw: bytes) -> tuple[str, str] | None:
    """Return the text in the encoding that it declares itself, if that is right."""
    said = _DECLARED.search(raw[:_DECLARATION_BYTES])
    if not said:
        return None
    try:
        text = raw.decode(said[1].decode("ascii", "replace"))
    except (LookupError, UnicodeError):
        return None
    return None if _is_binary(text) else (text, said[1].decode("ascii", "replace"))


def _looks_western(text: str) -> bool:
    """Whether characters beyond ASCII are used as in Western text."""
    foreign = "".join(_FOREIGN.findall(text))
    good = sum(
        c
        in "äöüÄÖÜßéèêëàâáãåæøÅÆØíìîïóòôõúùûñçÉÈÀÇÑ\u2019\u2018“”\u2013—…•°€£§·©®±²³½\u00d7»«¿¡\xa0"
        for c in foreign
    )
    return (
        "\ufffd" not in text and good >= 0.9 * len(foreign) and 20 * len(foreign) < len(text) + 400
    )


def _is_binary(text: str) -> bool:
    controls = len(_CONTROL.findall(text[:65_536]))
    return ("\0" in text[:65_536] and controls > 2) or 20 * controls > len(text[:65_536])


def _binary() -> Refused:
    return Refused("the file is binary", "give a file with a write-up, as text")


def visible(text: str) -> str:
    """Return a text with a visible form of each character that no file may have."""
    return _CONTROL.sub(_shown, _LINE_ENDS.sub("\n", text))


def _shown(match: re.Match[str]) -> str:
    """Return a visible form of a control character: ␀ for NUL, \\x9f for one without a symbol."""
    number = ord(match[0])
    if number < 0x20:
        return chr(0x2400 + number)
    return "\u2421" if number == 0x7F else f"\\x{number:02x}" if number < 256 else "\ufffd"


def repaired(text: str) -> tuple[str, str]:
    """Repair text that was decoded wrongly; leave every other text unchanged.

    UTF-8 that was decoded wrongly is easy to recognize: each run of foreign characters, converted back
    to bytes, is valid UTF-8. A correct write-up that quotes garbled text, because that was the incident,
    is left unchanged: most of its runs, or the runs outside code, are correct.

    Returns:
        The text, and a sentence about what was done; empty if nothing was.
    """
    if text.isascii():
        return text, ""
    layers = []
    for _ in range(3):
        codec = _garbled_by(text)
        if codec is None:
            break
        text = "".join(_back(part, codec) or part for part in _PARTS.split(text))
        layers.append(codec.removeprefix("sloppy-"))
    if not layers:
        return text, ""
    return text, f"Text that was UTF-8 read as {' and '.join(layers)} was repaired."


def _garbled_by(text: str) -> str | None:
    """Return the encoding with which most foreign runs of a text were decoded wrongly, or None."""
    import ftfy.bad_codecs  # noqa: F401 - makes the sloppy encodings known

    outside = _FOREIGN.findall(_CODE.sub(" ", text))
    runs = _FOREIGN.findall(text)
    best, most = None, 0
    for codec in _CODECS:
        if not any(_back(run, codec) for run in outside):
            continue
        garbled = sum(_back(run, codec) is not None for run in runs)
        if garbled > most:
            best, most = codec, garbled
    return best if most and most >= 4 * (len(runs) - most) else None


def _back(run: str, codec: str) -> str | None:
    """Return a run of foreign characters as it was before it was decoded wrongly, or None."""
    try:
        text = run.encode(codec).decode("utf-8")
    except UnicodeError:
        return None
    return text if len(text) < len(run) and not _CONTROL.search(text) else None
