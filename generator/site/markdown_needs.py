"""What pages require of the Markdown and the theme that render them, in every engine."""

from __future__ import annotations

from collections.abc import Iterable

EXTENSIONS = ("attr_list", "tables", "toc", "pymdownx.highlight", "pymdownx.superfences")
"""Required extensions of Python-Markdown; a build adds the missing ones."""

FORBIDDEN = {
    # `--8<-- "file"` in a pasted error would include that file in the page.
    "pymdownx.snippets": "pymdownx.snippets lets the text of an incident include files of this machine",
}
"""Forbidden extensions, each with the reason."""


def without_instant(features: Iterable[str]) -> list[str]:
    """Return a theme's features, except features that load pages by script.

    With these, the scripts of a page do not run if the reader comes from another page.
    """
    return [name for name in features if not name.startswith("navigation.instant")]
