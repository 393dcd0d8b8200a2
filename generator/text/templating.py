"""Where Jinja2 templates are, and what all environments for them share.

What is printed is escaped for the format that is made: every format has its own environment and
says how. A template that names something that is not there is an error, never an empty place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

TEMPLATES = "templates"


def packaged_templates() -> Path:
    """Return the folder of the templates that come with the package.

    A wheel carries them inside the package; in a checkout they lie beside it.
    """
    package = Path(__file__).parents[1]
    inside = package / TEMPLATES
    return inside if inside.is_dir() else package.parent / TEMPLATES


def packaged_assets() -> Path:
    """Return the folder of the pages' scripts, of which an exported document may hold some."""
    return Path(__file__).parents[1] / "assets"


def new_environment(
    sources: Iterable[Path | BaseLoader],
    finalize: Callable[[Any], str] | None = None,
    *,
    autoescape: bool = False,
) -> Environment:
    """Return an environment for templates of one kind.

    Args:
        sources: where templates are looked for, in order: folders of this package, and what
            reads those of a knowledge base.
        finalize: escapes what a template prints; None where the templates are given nothing but
            text that is escaped already.
        autoescape: whether values are escaped for HTML.
    """
    return Environment(
        loader=ChoiceLoader(
            [FileSystemLoader(one) if isinstance(one, Path) else one for one in sources]
        ),
        autoescape=autoescape,  # noqa: S701 - Markdown and scripts are no HTML
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
