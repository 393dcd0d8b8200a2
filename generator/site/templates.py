"""The templates of pages: how values reach the page.

Templates loop and print. Whatever they print is escaped unless it is `Markdown` already, so a
template cannot let a field's text become markup by forgetting something.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment

from generator.knowledge.templates import template_sources
from generator.site.page import Page
from generator.text.markdown import Markdown, inline, plain
from generator.text.templating import (
    TEMPLATES,
    new_environment,
    packaged_templates,
)

__all__ = ["TEMPLATES", "environment", "make_page", "packaged_templates"]


def environment(root: Path) -> Environment:
    """Return the templates of a knowledge base: its own, file by file, before the package's.

    Args:
        root: the folder that holds `mkdocs.yml`; its `templates/` is optional.
    """
    # Pages are Markdown, where HTML's escaping would be wrong: `finalize` escapes instead.
    return new_environment(template_sources(root), _finalize)


def _finalize(value: Any) -> str:
    if isinstance(value, Markdown):
        return value
    return plain(str(value))


def make_page(
    templates: Environment,
    path: str,
    template: str,
    *,
    title: str,
    description: str = "",
    incident: str | None = None,
    listed: bool = False,
    **values: Any,
) -> Page:
    """Return the page that a template prints.

    Args:
        templates: the templates.
        path: where the page lies.
        template: the template's name below `pages/`.
        title: the page's title, as text.
        description: see `Page`.
        incident: see `Page`.
        listed: see `Page`.
        values: what the template prints besides its title.
    """
    shown = inline(title, links=False)
    text = templates.get_template(f"pages/{template}").render(title=shown, **values)
    # Templates may leave runs of empty lines where a part is absent.
    text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
    return Page(path, title, text, description, incident, listed)
