"""A large search index in parts, so that a browser loads only those that a query needs.

The script `search-index.js` of a large index has all that is needed to know which parts those are:
every word, and of each page its severity and status. The parts are scripts beside it, in `search/`,
named by their content, so that an old page never reads new parts:

- of postings: those of words that follow each other in the order of words;
- of pages: their rows, so many in each;
- of components: the numbers of the components of each page.

`search-engine.js` reads both forms.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.cache.fingerprints import digest
from generator.search.index import VARIABLE
from generator.text.scripts import compact, script, script_of

HEAD = "search-index.js"
FOLDER = "search"
"""The folder of the parts, beside the script of the index."""

_PARTS = "runbooksSearchParts"
_POSTS_BYTES = 24_000
_PAGES_EACH = 32
_NONE = "-"


def index_scripts(index: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield the scripts of an index, each with its path: one, or one and its parts.

    Args:
        index: the result of `index_of`.
    """
    if not index["large"]:
        yield HEAD, script(VARIABLE, index)
        return
    docs, posts = index["docs"], index["posts"].split(" ")
    made: dict[str, list[str]] = {"pages": [], "postings": []}

    def part(value: object) -> tuple[str, bytes]:
        data = compact(value)
        name = digest(data)[:8].hex()
        return name, script_of(f'{_PARTS}["{name}"]', data)

    for at in range(0, len(docs), _PAGES_EACH):
        name, content = part(docs[at : at + _PAGES_EACH])
        made["pages"].append(name)
        yield f"{FOLDER}/{name}.js", content
    starts = [*_starts(posts)]
    for first, after in zip(starts, [*starts[1:], len(posts)], strict=True):
        name, content = part(" ".join(posts[first:after]))
        made["postings"].append(name)
        yield f"{FOLDER}/{name}.js", content
    name, content = part([row[4] for row in docs])
    yield f"{FOLDER}/{name}.js", content
    head = {key: value for key, value in index.items() if key not in ("docs", "posts")}
    head["pages"] = {
        "count": len(docs),
        "each": _PAGES_EACH,
        "parts": made["pages"],
        "severity": "".join(_digit(row[2]) for row in docs),
        "status": "".join(_digit(row[3]) for row in docs),
        "components": name,
    }
    head["postings"] = {"starts": starts, "parts": made["postings"]}
    yield HEAD, script(VARIABLE, head)


def _starts(posts: list[str]) -> Iterator[int]:
    """Yield the number of the word with which each part begins."""
    size = _POSTS_BYTES
    for number, text in enumerate(posts):
        if size + len(text) > _POSTS_BYTES:
            yield number
            size = 0
        size += len(text) + 1


def _digit(number: int) -> str:
    return str(number) if number >= 0 else _NONE
