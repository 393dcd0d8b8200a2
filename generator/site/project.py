"""A folder from which any engine builds the site: its settings, the pages as plain Markdown, templates."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from generator.knowledge.files import find_files, read_file
from generator.search.documents import is_stand_in
from generator.site.assets import FOLDER, JOINED, slim
from generator.site.engine_config import DOCS, OVERRIDES, complete, docs_folder
from generator.site.offline import WORKER, idle_worker
from generator.site.page import Asset, LateAsset, Page

_PACKAGE = Path(__file__).parents[1]
_ASSETS = _PACKAGE / "assets"

# Templates that fill blocks of the theme, and templates that override its own.
_TEMPLATES = (_PACKAGE / "plugin" / "theme-material", _PACKAGE / "plugin" / "theme")
_NOT_FOR_OTHERS = ("runbooks-whole.html",)  # prints the contents of the plugin's cache


def package_assets() -> Iterator[Asset]:
    """Yield the style sheets and scripts that pages need."""
    for name, parts in JOINED.items():
        text = "".join((_ASSETS / part).read_bytes().decode() for part in parts)
        yield Asset(f"{FOLDER}/{name}", slim(text, Path(name).suffix).encode())


def front_matter(page: Page) -> str:
    """Return a page's metadata, which goes above its Markdown.

    Engines print titles and descriptions unescaped, so both are escaped HTML. JSON is valid YAML
    and takes care of quotes.
    """
    lines = [f"title: {json.dumps(html.escape(page.title), ensure_ascii=False)}"]
    if page.description:
        text = json.dumps(html.escape(page.description), ensure_ascii=False)
        lines.append(f"description: {text}")
    return "---\n" + "\n".join(lines) + "\n---\n\n"


def project(
    root: Path, config: dict[str, Any], pages: Sequence[Page], assets: Iterable[Asset | LateAsset]
) -> dict[str, bytes]:
    """Return all files of the folder, by their paths with forward slashes.

    Args:
        root: the knowledge base, with its handwritten pages and templates for its theme.
        config: the settings that `read_raw` returned for it.
        pages: the pages; a handwritten page of the same path has priority.
        assets: the files besides pages, style sheets and scripts.

    Raises:
        CannotConfigure: the settings of the knowledge base are not valid for this.
        OSError: a file of the knowledge base cannot be read.
    """
    docs = _contents(root, docs_folder(config))
    made = {page.path for page in pages}
    docs = {n: c for n, c in docs.items() if not (n in made and is_stand_in(c))}
    contents = {f"{DOCS}/{a.path}": a.content for a in (*assets, *package_assets())}
    contents[f"{DOCS}/{WORKER}"] = idle_worker()
    for page in pages:
        text = front_matter(page) + page.markdown
        contents[f"{DOCS}/{page.path}"] = text.encode("utf-8", "replace")
    contents |= {f"{DOCS}/{name}": content for name, content in docs.items()}
    places = [(folder.parent, folder.name) for folder in _TEMPLATES]
    for place, folder in (*places, *((root, folder) for folder in _own_templates(config))):
        found = _contents(place, folder)
        contents |= {f"{OVERRIDES}/{name}": content for name, content in found.items()}
    for name in _NOT_FOR_OTHERS:
        contents.pop(f"{OVERRIDES}/{name}", None)
    contents["mkdocs.yml"] = complete(config, pages, docs).encode()
    return contents


def _own_templates(config: dict[str, Any]) -> Iterator[str]:
    theme = config.get("theme")
    if isinstance(theme, dict) and isinstance(theme.get("custom_dir"), str):
        yield theme["custom_dir"].rstrip("/")


def _contents(root: Path, folder: str) -> dict[str, bytes]:
    """Return the files of a folder below another, except hidden ones; none if it does not exist."""
    found = {}
    for file in find_files(root, folder):
        name = file.removeprefix(f"{folder}/")
        if not any(part.startswith(".") for part in name.split("/")):
            found[name] = read_file(root, file)
    return found
