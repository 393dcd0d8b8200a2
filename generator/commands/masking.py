"""Makes a command's output and values safe to show and keep."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from generator.commands.encodings import base64_forms, plain_forms
from generator.text.controls import written_out
from generator.text.secrets import mask

KEEP = 64 * 1024
"""Characters of an output that a record keeps, half from its beginning and half from its end."""

_HIDDEN = "..."
_BASE64 = "0-9A-Za-z+/_-"
_MARGIN = 1024  # more than the longest secret, so that none is cut in two and missed
_SHORTEST = 4  # a shorter secret would be hidden all over a text, in words that are none
_RUN = re.compile(r"\S+")
_BEFORE_PASSWORD = re.compile(r"://[^\s/?#:@]*:(?=\S)")
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
    """Whether a parameter has the name of a secret."""
    return bool(_SECRET_NAME.search(name))


def is_whole(name: str, value: str) -> bool:
    """Whether a value that a record keeps is what was given: nothing is masked or spelled out.

    Args:
        name: the parameter.
        value: its value as `Masker.values` has it.
    """
    return bool(value) and not is_secret(name) and _HIDDEN not in value and "\\" not in value


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
