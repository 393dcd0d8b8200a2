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
    "page.js",  # what the others share; first
    "fill-in.js",
    "parameters.js",
    "copy.js",
    "ticks.js",
    "search-engine.js",
    "search.js",
    "match-engine.js",
    "match.js",
    "checklist-engine.js",
    "checklist-formats.js",
    "checklist.js",
)
