"""The search index as files of the site."""

from __future__ import annotations

from typing import Any

from generator.search.parts import index_scripts
from generator.site.assets import FOLDER
from generator.site.page import Asset


def search_assets(index: dict[str, Any]) -> list[Asset]:
    """Return the files of an index.

    Args:
        index: what `generator.search` has made.
    """
    return [Asset(f"{FOLDER}/{name}", content) for name, content in index_scripts(index)]
