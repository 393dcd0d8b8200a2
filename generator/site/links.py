"""Pieces of HTML for long lists: thousands of links are cheap if no Markdown is parsed in them."""

from __future__ import annotations

from functools import lru_cache

from generator.site.page import relative
from generator.text.markdown import Markdown, attribute, html_inline
from generator.text.urls import incident_address

_ENTITIES = {ord(character): f"&#{ord(character)};" for character in "{}[]*"}


@lru_cache(maxsize=8192)
def text_html(value: str) -> Markdown:
    """Return one line of HTML that shows a prose text and that Markdown does not change."""
    return Markdown(html_inline(value).translate(_ENTITIES))


def link_html(address: str, text: str) -> Markdown:
    """Return a link.

    Args:
        address: the target, relative to the page that has the link.
        text: the text of the link; markup in it does not become another link.
    """
    return Markdown(f'<a href="{attribute(address)}">{text_html(text)}</a>')


def badge_html(text: str, style: str = "") -> Markdown:
    """Return a badge."""
    name = f"kb-badge {style}".strip()
    return Markdown(f'<em class="{name}">{text_html(text)}</em>')


def incident_link(page: str, incident_id: str, title: str, anchor: str = "") -> Markdown:
    """Return a link to an incident.

    Args:
        page: path of the page that has the link.
        incident_id: the incident's id.
        title: the incident's title.
        anchor: an anchor on its page; may be empty.
    """
    target = f"{incident_address(incident_id)}index.html{f'#{anchor}' if anchor else ''}"
    return link_html(relative(page, target), title)
