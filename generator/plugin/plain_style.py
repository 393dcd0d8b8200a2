"""A highlighting style without colours, for output that names classes only.

Pygments' HTML formatter works out the colours of every kind of token when it is made, pymdownx
makes one for every block of code, and nobody looks at the result: the theme has the colours. That
is a tenth of the time that a runbook takes. The HTML is the same, which a test compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pygments.style import Style  # type: ignore[import-untyped]


class _NoTokens(type(Style)):  # type: ignore[misc]
    """Lists no kinds of token."""

    def __iter__(cls) -> Iterator[Any]:
        return iter(())

    def __len__(cls) -> int:
        return 0


class PlainStyle(Style, metaclass=_NoTokens):  # type: ignore[misc]
    """No colours."""

    name = "plain"


def use_plain_style(options: dict[str, Any]) -> None:
    """Change the options of `pymdownx.highlight`, unless they want colours in the HTML itself."""
    if not options.get("noclasses"):
        options["pygments_style"] = PlainStyle
