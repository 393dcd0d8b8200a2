"""The offline copy of a served site: which files a browser keeps for when the network is gone.

The worker is `generator/assets/service-worker.js`; a build sets its list of files. See
https://www.w3.org/TR/service-workers/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath

from generator.search.parts import FOLDER as PARTS
from generator.site.assets import FOLDER, INDEX_FILE
from generator.site.match_data import DATA_FILE
from generator.text.urls import incident_address

WORKER = "service-worker.js"
"""Where the worker lies in the site; it serves what is below its own folder."""

_SOURCE = Path(__file__).parents[1] / "assets" / WORKER
_NO_FILES = "const FILES = {};"
_PAGES = ("index.html", "match/index.html")
_DATA = (INDEX_FILE, DATA_FILE)
_SCRIPTS = ("commands.js", "search.js", "search-engine.js", "match.js", "match-engine.js")
# What a page loads at once: style sheets, icons, scripts, images.
_LOADED = re.compile(r"""<(?:link|script|img)\b[^<>]*?\b(?:href|src)=["']?([^"'\s>]+)""")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/", re.IGNORECASE)
_DIGITS = 16  # of a digest; enough that no other file of the site has it


def idle_worker() -> bytes:
    """Return the worker that keeps nothing, and removes a copy that an earlier one has kept."""
    return _SOURCE.read_bytes()


def has_own_worker(docs: Path) -> bool:
    """Return whether a folder of handwritten pages brings a worker, which is left alone."""
    return (docs / WORKER).exists()


def write_worker(site: Path, newest: Iterable[str], megabytes: int) -> None:
    """Write the worker of a site that is built.

    Args:
        site: the folder of the site.
        newest: ids of incidents, the newest first; as many of their pages are kept as fit.
        megabytes: what a browser keeps at most; 0 keeps nothing.

    Raises:
        OSError: a file cannot be read or written.
    """
    worker = _SOURCE.read_text("utf-8")
    if megabytes:
        files = json.dumps(_files(site, newest, megabytes * 1_000_000), indent=0, sort_keys=True)
        worker = worker.replace(_NO_FILES, f"const FILES = {files};")
    path = site / WORKER
    path.unlink(missing_ok=True)  # it may be the same file as in the old site
    path.write_text(worker, "utf-8")


def _files(site: Path, newest: Iterable[str], most: int) -> dict[str, str]:
    """Return the files to keep, with their digests: what every runbook needs, then runbooks."""
    found: dict[str, str] = {}
    size = 0

    def keep(name: str) -> bytes:
        nonlocal size
        if name in found or not (site / name).is_file():
            return b""
        content = (site / name).read_bytes()
        size += len(content)
        found[name] = sha256(content).hexdigest()[:_DIGITS]
        return content

    first, *others = [f"{incident_address(i)}index.html" for i in newest] or [""]
    for name in (*_DATA, *(f"{FOLDER}/{script}" for script in _SCRIPTS), *_parts(site, most)):
        keep(name)
    for page in (*_PAGES, first):
        for name in _loaded(page, keep(page).decode("utf-8", "replace")):
            keep(name)
    for page in others:
        path = site / page
        if path.is_file() and size + path.stat().st_size <= most:
            keep(page)
    return found


def _parts(site: Path, most: int) -> list[str]:
    """Return the parts of a large search index, if they leave room for as much of runbooks."""
    folder = f"{FOLDER}/{PARTS}"
    names = [f"{folder}/{path.name}" for path in sorted((site / folder).glob("*.js"))]
    fit = sum((site / name).stat().st_size for name in names) <= most // 2
    return names if fit else []


def _loaded(page: str, text: str) -> Iterator[str]:
    """Yield the files of the site that a page loads."""
    for address in _LOADED.findall(text):
        name = normpath(join(dirname(page), address.partition("?")[0].partition("#")[0]))
        is_elsewhere = name.startswith("..") or _ELSEWHERE.match(address)
        if not is_elsewhere and not name.endswith((".html", ".xml", ".")):
            yield name
