"""The style sheets and scripts of the site: which files of `generator/assets/` become which file there.

A page loads one style sheet and one small script. `load.js`, a part of that script, loads the others
when a page has something for them, or when the reader uses it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

FOLDER = "assets/runbooks"
"""The folder of these files in the site."""

INDEX_FILE = f"{FOLDER}/search-index.js"
"""The search index, which `generator.search` makes; a large one has parts in `search/` beside it."""

STYLE = "runbooks.css"
"""The style sheet of every page."""

SCRIPT = "runbooks.js"
"""The script of every page."""

JOINED: Mapping[str, tuple[str, ...]] = {
    STYLE: (
        "base.css",  # variables, text, badges, lists; first
        "card.css",
        "commands.css",
        "form.css",
        "search.css",
        "match.css",
        "checklist.css",
        "charts.css",
        "print.css",
    ),
    SCRIPT: (
        "clipboard.js",
        "page.js",  # shared functions
        "search-box.js",
        "card.js",
        "folds.js",  # after what folds
        "offline.js",
        "load.js",  # loads the others; last
    ),
    "commands.js": (
        "fill-in.js",
        "secrets.js",
        "values.js",
        "parameters.js",
        "copy.js",
        "tick-store.js",
        "matched.js",
        "ticks.js",
    ),
    "search.js": ("search.js",),
    "search-engine.js": ("search-engine.js",),
    "match.js": ("match.js",),
    "match-engine.js": ("match-engine.js",),
    "checklist.js": (
        "checklist-lists.js",  # reads lists of changed files
        "checklist-updates.js",  # versions in lock files
        "checklist-conditions.js",  # what must have changed, and where
        "checklist-engine.js",  # selects the checks that a release needs
        "checklist-formats.js",  # formats the selected checks
        "checklist-prose.js",
        "checklist-link.js",  # the files in a URL
        "checklist-choice.js",
        "checklist-form.js",
        "checklist-ticks.js",
        "checklist-values.js",
        "checklist-list.js",
        "checklist-exports.js",
        "checklist-page.js",  # combines the others; last
    ),
}
"""For each file of the site the files that it is made of, in their order."""

_UNREAD = {
    ".css": re.compile(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|^[ \t]+|^\n", re.MULTILINE),
    ".js": re.compile(r"^[ \t]*(?://.*)?\n|^[ \t]+", re.MULTILINE),
}


def slim(text: str, kind: str) -> str:
    """Return a style sheet or script without what only its authors read: a third less to load.

    These are the comments that have lines of their own, and the indentation. A test compares the
    tokens of all files with and without: no text of theirs goes over several lines.

    Args:
        text: one of our own files.
        kind: its ending, `.css` or `.js`.
    """
    return _UNREAD[kind].sub("", text)
