"""A highlighting style without colours, for output that only has classes.

The HTML formatter of Pygments computes the colours of every kind of token when it is created, and
pymdownx creates one for every block of code, but the theme sets the colours. That takes a tenth of
the time of a runbook. The HTML is the same; a test compares it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pygments.style import Style  # type: ignore[import-untyped]


class _NoTokens(type(Style)):  # type: ignore[misc]
    """Has no kinds of token."""

    def __iter__(cls) -> Iterator[Any]:
        return iter(())

    def __len__(cls) -> int:
        return 0


class PlainStyle(Style, metaclass=_NoTokens):  # type: ignore[misc]
    """No colours."""

    name = "plain"


def use_plain_style(options: dict[str, Any]) -> None:
    """Change the options of `pymdownx.highlight`, unless they put colours into the HTML."""
    if not options.get("noclasses"):
        options["pygments_style"] = PlainStyle
