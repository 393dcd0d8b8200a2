"""The templates of the theme, including ours; read again only if they change."""

from __future__ import annotations

import os
from pathlib import Path

import jinja2
from mkdocs.theme import Theme

from generator.text.compiled_templates import CompiledTemplates

THEME = str(Path(__file__).parent / "theme")
"""The folder of this package's templates: they override Material's; the user's override them."""

MATERIAL_THEMES = ("material", "materialx")
"""Material for MkDocs and its successor, which has the same templates and options."""

MATERIAL = str(Path(__file__).parent / "theme-material")
"""The folder of templates that fill blocks of Material's templates."""

WHOLE = "runbooks-whole.html"
"""The template that prints a finished page."""


class _Loader(jinja2.FileSystemLoader):
    """Finds templates like its base class, and lists them without walking hidden folders.

    MkDocs lists all templates to find the theme's other files, and drops hidden files. Material has
    14,000 icons in a hidden folder, which would cost half a second in every build.
    """

    def list_templates(self) -> list[str]:
        found: set[str] = set()
        for top in self.searchpath:
            for where, below, names in os.walk(top, followlinks=self.followlinks):
                below[:] = [name for name in below if not name.startswith(".")]
                folder = Path(where).relative_to(top)
                found.update((folder / name).as_posix() for name in names)
        return sorted(found)


_COMPILED = CompiledTemplates()


def cache_templates(theme: Theme) -> None:
    """Make a theme's environment with the loader and the template cache of this module."""
    original = theme.get_env

    def get_env() -> jinja2.Environment:
        environment = original()
        if type(environment.loader) is jinja2.FileSystemLoader:
            environment.loader = _Loader(environment.loader.searchpath)
        environment.bytecode_cache = _COMPILED
        return environment

    theme.get_env = get_env  # type: ignore[method-assign]
