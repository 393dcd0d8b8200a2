"""The style sheets and scripts of the site, in the order in which a page loads them."""

from __future__ import annotations

FOLDER = "assets/runbooks"
"""The folder of these files in the site; the source is `generator/assets/`."""

STYLES: tuple[str, ...] = (
    "runbooks.css",  # variables, text, badges, lists; first
    "card.css",
    "commands.css",
    "form.css",
    "search.css",
    "match.css",
    "checklist.css",
    "charts.css",
    "print.css",
)

INDEX_FILE = f"{FOLDER}/search-index.js"
"""The search index, which `generator.search` makes; `search.js` loads it from its own folder."""

SCRIPTS: tuple[str, ...] = (
    "clipboard.js",
    "page.js",  # shared functions
    "fill-in.js",
    "values.js",
    "parameters.js",
    "copy.js",
    "tick-store.js",
    "ticks.js",
    "search-engine.js",
    "search.js",
    "match-engine.js",
    "match.js",
    "checklist.js",
)

CHECKLIST_SCRIPTS: tuple[str, ...] = (
    "checklist-engine.js",  # selects the checks that a release needs
    "checklist-formats.js",  # formats the selected checks
    "checklist-prose.js",
    "checklist-choice.js",
    "checklist-form.js",
    "checklist-ticks.js",
    "checklist-values.js",
    "checklist-list.js",
    "checklist-exports.js",
    "checklist-page.js",  # combines the others; last
)
"""Scripts that `checklist.js` loads, on the checklist page only, in this order."""
