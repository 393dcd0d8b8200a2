"""What pages need of the Markdown and the theme that render them, whatever the engine."""

from __future__ import annotations

from collections.abc import Iterable

EXTENSIONS = ("attr_list", "tables", "toc", "pymdownx.highlight", "pymdownx.superfences")
"""Extensions of Python-Markdown that must be on; a build adds those that are missing."""

FORBIDDEN = {
    # `--8<-- "file"` in an error that somebody pasted would put that file on the page.
    "pymdownx.snippets": "pymdownx.snippets lets the text of an incident include files of this machine",
}
"""Extensions that must be off, each with why."""


def without_instant(features: Iterable[str]) -> list[str]:
    """Return a theme's features without those that load pages by script.

    With them a page's scripts do not run when a reader comes from another page.
    """
    return [name for name in features if not name.startswith("navigation.instant")]
