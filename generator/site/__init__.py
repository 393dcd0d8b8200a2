"""The site as pages of Markdown: pure functions from a knowledge base to pages and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Diagnostic
from generator.site.page import Asset, LateAsset, Page, relative
from generator.site.pages import Pages, build_assets
from generator.site.templates import environment

__all__ = [
    "Asset",
    "LateAsset",
    "Page",
    "Pages",
    "build_assets",
    "build_pages",
    "environment",
    "relative",
]


def build_pages(
    base: KnowledgeBase, diagnostics: Mapping[str, Sequence[Diagnostic]], today: date
) -> Iterator[Page]:
    """Yield every page of a knowledge base.

    Args:
        base: the knowledge base.
        diagnostics: findings by id; the page of an incident that cannot be read shows its findings.
        today: the date against which due dates are checked.
    """
    return Pages(base, environment(base.root), today).all(diagnostics)
