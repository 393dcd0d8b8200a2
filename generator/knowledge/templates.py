"""A knowledge base's own Jinja2 templates, which stand before those of the package."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import Path

from jinja2 import BaseLoader, Environment, TemplateNotFound, TemplateSyntaxError
from jinja2.loaders import split_template_path

from generator.knowledge.files import find_files, read_file
from generator.text.templating import TEMPLATES, packaged_templates


class OwnTemplates(BaseLoader):
    """Reads templates of a knowledge base; one that is not opened is missing here."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002 # fmt: skip
        """Return a template's text, where it lies, and that it is not read again."""
        name = posixpath.join(TEMPLATES, *split_template_path(template))
        path = str(self.root / name)
        try:
            return read_file(self.root, name).decode("utf-8"), path, lambda: True
        except OSError:
            raise TemplateNotFound(template) from None
        except UnicodeDecodeError:
            raise TemplateSyntaxError("not UTF-8", 1, template, path) from None

    def list_templates(self) -> list[str]:
        """Return the names of all templates."""
        return [name.removeprefix(f"{TEMPLATES}/") for name in find_files(self.root, TEMPLATES)]


def template_sources(root: Path) -> list[BaseLoader | Path]:
    """Return where templates come from; the first that has a template wins."""
    own, packaged = root / TEMPLATES, packaged_templates()
    if own.is_dir() and own.resolve() != packaged.resolve():
        return [OwnTemplates(root), packaged]
    return [packaged]


def overrides_pages(root: Path) -> bool:
    """Return whether a knowledge base has templates of its own for pages."""
    own = len(template_sources(root)) > 1
    return own and any(find_files(root, f"{TEMPLATES}/pages"))


def template_files(root: Path) -> list[str]:
    """Return the paths of all templates, for whoever asks whether one has changed."""
    own = [str(root / name) for name in find_files(root, TEMPLATES)]
    packaged = packaged_templates()
    return [*own, *sorted(str(path) for path in packaged.rglob("*"))]
