"""Where Jinja2 templates are, and what all environments for them share.

Printed values are escaped for the output format: each format has its own environment with its
escaping. An undefined name in a template is an error, never an empty text. Templates of a knowledge
base run in a sandbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # most commands render no template
    from jinja2 import BaseLoader, Environment

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


def new_environment(
    sources: Iterable[Path | BaseLoader],
    finalize: Callable[[Any], str] | None = None,
    *,
    autoescape: bool = False,
) -> Environment:
    """Return an environment for templates of one kind.

    Args:
        sources: where to search for templates, in order: folders of this package, and loaders for
            those of a knowledge base.
        finalize: escapes printed values; None if the values of the templates are already escaped.
        autoescape: whether values are escaped for HTML.
    """
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

    from generator.text.compiled_templates import compiled_with

    places = tuple(sources)
    trusted = set(places) <= {packaged_templates(), packaged_assets()}
    options: dict[str, Any] = {
        "loader": ChoiceLoader(
            [FileSystemLoader(one) if isinstance(one, Path) else one for one in places]
        ),
        "autoescape": autoescape,
        "finalize": finalize,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": True,
        "auto_reload": False,
        "bytecode_cache": compiled_with(trusted, finalize, autoescape),
    }
    if trusted:
        return Environment(**options)  # noqa: S701 - Markdown and scripts are no HTML
    from generator.text.template_sandbox import TemplateSandbox

    return TemplateSandbox([_folder(place) for place in places], **options)


def _folder(place: Path | BaseLoader) -> Path:
    """Return where templates lie, for messages."""
    return place if isinstance(place, Path) else Path(getattr(place, "root", ".")) / TEMPLATES
