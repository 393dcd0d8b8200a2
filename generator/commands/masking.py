"""Makes a command's output and values safe to show and keep."""

from __future__ import annotations

import re
from collections.abc import Mapping

from generator.text.secrets import mask

KEEP = 64 * 1024
"""Characters of an output that a record keeps, half from its beginning and half from its end."""

_HIDDEN = "..."
_MARGIN = 1024  # more than the longest secret, so that none is cut in two and missed
_SHORTEST = 4  # a shorter secret would also hide parts of ordinary words
# The password of a URL, whatever it contains; an example's password is also hidden.
_PASSWORD = re.compile(r"(://[^\s/?#:@]*:)(\S+)(@)")
_SECRET_NAME = re.compile(r"PASS|PWD|SECRET|TOKEN|CREDENTIAL|(?:^|_)KEY(?:_|$)")
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])")
# Control characters, lone surrogates, and characters that change the direction of writing.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Masker:
    """Hides the secrets among some values, wherever they are.

    Attributes:
        values: the values, safe to show.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        secrets: set[str] = set()
        self.values = {}
        for name, value in values.items():
            if value and is_secret(name):
                secrets.add(value)
                self.values[name] = _HIDDEN
            else:
                secrets.update(match[2] for match in _PASSWORD.finditer(value))
                self.values[name] = visible(mask(_PASSWORD.sub(rf"\1{_HIDDEN}\3", value)))
        self._secrets = sorted((s for s in secrets if len(s) >= _SHORTEST), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return a text with every secret in it replaced by three dots."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return mask(text)


def is_secret(name: str) -> bool:
    """Whether a parameter has the name of a secret."""
    return bool(_SECRET_NAME.search(name))


def visible(text: str) -> str:
    """Return a text that cannot control a terminal: without colours, other control characters escaped."""
    plain = _ANSI.sub("", text).replace("\r\n", "\n")
    return _INVISIBLE.sub(_written_out, plain)


def _written_out(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def kept(output: str, masker: Masker) -> str:
    """Return what a record keeps of an output: masked, visible, and not too long.

    Args:
        output: everything that was printed.
        masker: hides the secrets among the command's values.
    """
    half = KEEP // 2
    if len(output) <= KEEP:
        return masker(visible(output)).strip("\n")
    # Masked with a margin that is then dropped: half a secret would not look like one.
    first = masker(visible(output[: half + _MARGIN]))[:half]
    last = masker(visible(output[-half - _MARGIN :]))[-half:]
    left_out = len(output) - 2 * half
    return f"{first}\n[... {left_out:,} characters left out ...]\n{last}".strip("\n")
