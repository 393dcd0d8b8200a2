"""The templates of pages.

Every value that a template prints is escaped unless it is `Markdown`, so a mistake in a template
cannot turn the text of a field into markup.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment

from generator.knowledge.templates import template_sources
from generator.site.charts import Chart
from generator.site.page import Page
from generator.text.markdown import Markdown, inline, plain
from generator.text.templating import (
    TEMPLATES,
    new_environment,
    packaged_templates,
)

__all__ = ["TEMPLATES", "environment", "make_page", "packaged_templates"]


def environment(root: Path) -> Environment:
    """Return the templates of a knowledge base: its own files override the package's.

    Args:
        root: the folder that contains `mkdocs.yml`; its `templates/` is optional.
    """
    # Pages are Markdown, in which HTML escaping would be wrong: `finalize` escapes instead.
    return new_environment(template_sources(root), _finalize)


def _finalize(value: Any) -> str:
    if isinstance(value, Chart):
        return value.drawn()
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
    """Render a page from a template.

    Args:
        templates: the templates.
        path: the path of the page.
        template: the name of the template in `pages/`.
        title: the title of the page, as text.
        description: see `Page`.
        incident: see `Page`.
        listed: see `Page`.
        values: the other values of the template.
    """
    shown = inline(title, links=False)
    text = templates.get_template(f"pages/{template}").render(title=shown, **values)
    # Templates may leave several empty lines if a part is absent.
    text = re.sub("\n\n\n+", "\n\n", text).strip() + "\n"
    return Page(path, title, text, description, incident, listed)
