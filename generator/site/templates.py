"""The Jinja2 templates: where they are, and how values reach the page.

Templates loop and print. Whatever they print is escaped unless it is `Markdown` already, so a
template cannot let a field's text become markup by forgetting something.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from generator.site.markdown import Markdown, plain

TEMPLATES = "templates"


def packaged_templates() -> Path:
    """Return the folder of the templates that come with the package.

    A wheel carries them inside the package; in a checkout they lie beside it.
    """
    package = Path(__file__).parents[1]
    inside = package / TEMPLATES
    return inside if inside.is_dir() else package.parent / TEMPLATES


def template_folders(root: Path) -> list[Path]:
    """Return the folders that templates come from; the first that holds a file wins."""
    own = root / TEMPLATES
    packaged = packaged_templates()
    return [own, packaged] if own.is_dir() and own.resolve() != packaged.resolve() else [packaged]


def environment(root: Path) -> Environment:
    """Return the templates of a knowledge base: its own, file by file, before the package's.

    Args:
        root: the folder that holds `mkdocs.yml`; its `templates/` is optional.
    """
    return Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in template_folders(root)]),
        # Pages are Markdown, where HTML's escaping would be wrong: `finalize` escapes instead.
        autoescape=False,  # noqa: S701
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def _finalize(value: Any) -> str:
    if isinstance(value, Markdown):
        return value
    return plain(str(value))
