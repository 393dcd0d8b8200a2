"""What a command printed and which values it got, made fit to be shown and kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from generator.commands.encodings import base64_forms, plain_forms
from generator.text.secrets import mask

KEEP = 64 * 1024
"""Characters of an output that a record keeps, of its beginning and its end together."""

_HIDDEN = "..."
_BASE64 = "0-9A-Za-z+/_-"
_MARGIN = 1024  # more than the longest secret, so that none is cut in two and missed
_SHORTEST = 4  # a shorter secret would be hidden all over a text, in words that are none
_RUN = re.compile(r"\S+")
_BEFORE_PASSWORD = re.compile(r"://[^\s/?#:@]*:(?=\S)")
_SECRET_NAME = re.compile(r"PASS|PWD|SECRET|TOKEN|CREDENTIAL|(?:^|_)KEY(?:_|$)")
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])")
# Control characters, half characters, and what turns the direction of writing.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Masker:
    """Hides the secrets among some values, wherever they stand.

    Attributes:
        values: the values, fit to be shown.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        secrets: set[str] = set()
        self.values = {}
        for name, value in values.items():
            if value and is_secret(name):
                secrets.add(value)
                self.values[name] = _HIDDEN
            else:
                passwords = list(_passwords(value))
                secrets.update(value[begin:end] for begin, end in passwords)
                for begin, end in reversed(passwords):
                    value = f"{value[:begin]}{_HIDDEN}{value[end:]}"
                self.values[name] = visible(mask(value))
        hidden = {form for s in secrets if len(s) >= _SHORTEST for form in plain_forms(s)}
        self._secrets = sorted(hidden, key=len, reverse=True)
        encoded = {form for s in secrets if len(s) >= _SHORTEST for form in base64_forms(s)}
        self._encoded = _any_of(sorted(encoded, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        """Return a text with every secret in it replaced by three dots."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        if self._encoded:
            text = self._encoded.sub(_HIDDEN, text)
        return mask(text)


def _any_of(encoded: Sequence[str]) -> re.Pattern[str] | None:
    """Return an expression for texts in base64: with the signs that they share with their neighbours.

    Programs break long lines of base64.
    """
    if not encoded:
        return None
    forms = "|".join("\\n?".join(map(re.escape, form)) for form in encoded)
    return re.compile(f"[{_BASE64}]{{0,3}}(?:{forms})[{_BASE64}]{{0,2}}={{0,2}}")


def _passwords(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the passwords of addresses stand: up to the last `@`, whatever is in them.

    An example's password is hidden as well.
    """
    for run in _RUN.finditer(text):
        end = text.rfind("@", *run.span())
        before = _BEFORE_PASSWORD.search(text, run.start(), end) if end >= 0 else None
        if before:
            yield before.end(), end


def is_secret(name: str) -> bool:
    """Whether a parameter is named like something that nobody else must see."""
    return bool(_SECRET_NAME.search(name))


def visible(text: str) -> str:
    """Return a text that drives no terminal: colours left out, other control characters written out."""
    plain = _ANSI.sub("", text).replace("\r\n", "\n")
    return _INVISIBLE.sub(_written_out, plain)


def _written_out(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def kept(output: str, masker: Masker) -> str:
    """Return what a record keeps of an output: masked, visible, and not too long.

    Args:
        output: all that was printed.
        masker: hides the secrets among the command's values.
    """
    half = KEEP // 2
    if len(output) <= KEEP:
        return masker(visible(output)).strip("\n")
    # Masked with a margin that is thrown away: half a secret would look like none.
    first = masker(visible(output[: half + _MARGIN]))[:half]
    last = masker(visible(output[-half - _MARGIN :]))[-half:]
    left_out = len(output) - 2 * half
    return f"{first}\n[... {left_out:,} characters left out ...]\n{last}".strip("\n")
