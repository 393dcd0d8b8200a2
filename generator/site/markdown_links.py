"""Markdown links from a page to an incident, or to the incidents of a group."""

from __future__ import annotations

from generator.knowledge.base import KnowledgeBase
from generator.site.page import relative
from generator.text.markdown import Markdown, inline, styled
from generator.text.urls import incident_address, slug


def incident_path(incident_id: str) -> str:
    """Return the path of an incident's page."""
    return f"{incident_address(incident_id)}index.md"


def title_link(base: KnowledgeBase, path: str, incident_id: str) -> Markdown:
    """Return an incident's title as a link to it from the page at `path`."""
    title = inline(base.facts[incident_id].title, links=False)
    return Markdown(f"[{title}]({relative(path, incident_path(incident_id))})")


def group_link(path: str, kind: str, name: str) -> Markdown:
    """Return the badge that links from the page at `path` to the incidents of a group.

    Args:
        path: path of the page that has the link.
        kind: the kind of group: `components`, `severity`, `tags`, `status` or `alerts`.
        name: the name of the group.
    """
    style = {
        "severity": f"kb-{slug(name).lower()}",
        "status": f"kb-status kb-status-{slug(name)}",
        "components": "kb-component",
        "tags": "kb-tag",
        "alerts": "kb-alert",
    }[kind]
    link = relative(path, f"{kind}/{slug(name)}/index.html")
    return styled("a", f"kb-badge {style}", inline(name, links=False), link=link)
