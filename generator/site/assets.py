"""The style sheets and scripts of the site, in the order in which a page loads them."""

from __future__ import annotations

FOLDER = "assets/runbooks"
"""Where they lie in the site; the files themselves are in `generator/assets/`."""

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
"""The search index, which `generator.search` makes; `search.js` loads it from beside itself."""

SCRIPTS: tuple[str, ...] = (
    "clipboard.js",
    "page.js",  # what the others share
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
    "checklist-engine.js",  # which checks a release needs
    "checklist-formats.js",  # the same in words
    "checklist-prose.js",
    "checklist-choice.js",
    "checklist-form.js",
    "checklist-ticks.js",
    "checklist-values.js",
    "checklist-list.js",
    "checklist-exports.js",
    "checklist-page.js",  # puts the others together; last
)
"""What the checklist page alone loads, by `checklist.js`, in this order."""
