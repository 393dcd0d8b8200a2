"""What a command printed and which values it got, made fit to be shown and kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from generator.text.controls import written_out
from generator.text.secrets import mask

KEEP = 64 * 1024
"""Characters of an output that a record keeps, of its beginning and its end together."""

_HIDDEN = "..."
_MARGIN = 1024  # more than the longest secret, so that none is cut in two and missed
_SHORTEST = 4  # a shorter secret would be hidden all over a text, in words that are none
# The password of an address, whatever stands in it; an example's password is hidden as well.
_PASSWORD = re.compile(r"(://[^\s/?#:@]*:)(\S+)(@)")
_SECRET_NAME = re.compile(r"PASS|PWD|SECRET|TOKEN|CREDENTIAL|(?:^|_)KEY(?:_|$)")
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])")


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
                secrets.update(match[2] for match in _PASSWORD.finditer(value))
                self.values[name] = visible(mask(_PASSWORD.sub(rf"\1{_HIDDEN}\3", value)))
        self._secrets = sorted((s for s in secrets if len(s) >= _SHORTEST), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return a text with every secret in it replaced by three dots."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return mask(text)


def is_secret(name: str) -> bool:
    """Whether a parameter is named like something that nobody else must see."""
    return bool(_SECRET_NAME.search(name))


def visible(text: str) -> str:
    """Return a text that drives no terminal: colours left out, other control characters written out."""
    plain = _ANSI.sub("", text).replace("\r\n", "\n")
    return written_out(plain)


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
