"""Where Jinja2 templates are, and what all environments for them share.

Printed values are escaped for the output format: each format has its own environment with its
escaping. An undefined name in a template is an error, never an empty text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

TEMPLATES = "templates"


def packaged_templates() -> Path:
    """Return the folder of the package's templates.

    In a wheel, they are inside the package; in a checkout, beside it.
    """
    package = Path(__file__).parents[1]
    inside = package / TEMPLATES
    return inside if inside.is_dir() else package.parent / TEMPLATES


def packaged_assets() -> Path:
    """Return the folder of the pages' scripts; exported documents include some of them."""
    return Path(__file__).parents[1] / "assets"


def template_folders(root: Path) -> list[Path]:
    """Return the folders of templates; the first that has a file is used."""
    own = root / TEMPLATES
    packaged = packaged_templates()
    return [own, packaged] if own.is_dir() and own.resolve() != packaged.resolve() else [packaged]


def new_environment(
    folders: Iterable[Path],
    finalize: Callable[[Any], str] | None = None,
    *,
    autoescape: bool = False,
) -> Environment:
    """Return an environment for templates of one kind.

    Args:
        folders: the folders to search, in order.
        finalize: escapes printed values; None if the values of the templates are already escaped.
        autoescape: whether values are escaped for HTML.
    """
    return Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=autoescape,  # noqa: S701 - Markdown and scripts are not HTML
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
