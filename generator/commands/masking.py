"""Makes a command's output and values safe to show and keep."""

from __future__ import annotations

import re
from collections.abc import Mapping

from generator.text.controls import written_out
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
    return written_out(plain)


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
