"""The site engines: which are installed, which one builds, and what to do if none can."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

from packaging.requirements import Requirement

from generator.knowledge.settings import CONFIG_FILE
from generator.text.extras import install_command, packages


class NoEngine(Exception):
    """No engine can build. The message says why, and what to do."""


@dataclass(frozen=True)
class SiteEngine:
    """A program that turns pages of Markdown into a site.

    Attributes:
        name: its name for `--engine`, which is also the name of its distribution.
        title: its display name.
        extra: the extra of this distribution that installs it with a theme.
        builds: the module with `build_site`, imported when it is used.
        serves: the module with `serve_site`.
        imported_as: a module to import before those, if any.
    """

    name: str
    title: str
    extra: str
    builds: str
    serves: str
    imported_as: str = ""

    def load(self, module: str) -> ModuleType:
        """Return one of the modules of this engine: `builds` or `serves`."""
        if self.imported_as:
            importlib.import_module(self.imported_as)
        return importlib.import_module(module)


_MKDOCS = ("generator.plugin.mkdocs_site", "generator.plugin.serving")
_ZENSICAL = "generator.engines.zensical"


ENGINES = {
    engine.name: engine
    for engine in (
        SiteEngine("mkdocs", "MkDocs", "site", *_MKDOCS),
        SiteEngine(
            "properdocs",
            "ProperDocs",
            "properdocs",
            *_MKDOCS,
            "properdocs.replacement",  # from then on, `mkdocs` is another name for it
        ),
        SiteEngine("zensical", "Zensical", "zensical", _ZENSICAL, _ZENSICAL),
    )
}
"""All engines by name, the default first."""


def choose_engine(named: str | None) -> SiteEngine:
    """Return the engine to build with.

    Args:
        named: the name of an engine; None uses the installed engine.

    Raises:
        NoEngine: the named engine is missing or too old, none is installed, or several are
            installed and no setting names one.
    """
    _check_themes()
    if named is not None:
        engine = ENGINES[named]
        if _version(engine.name) is None:
            raise NoEngine(
                f"{engine.title} is not installed. Install it: {install_command(engine.extra)}"
            )
    else:
        found = list(_installed())
        if not found:
            raise NoEngine(
                "no site engine is installed. MkDocs with Material is the default; install it: "
                f"{install_command('site')}"
            )
        if len(found) > 1:
            names = " and ".join(one.name for one in found)
            raise NoEngine(
                f"several site engines are installed: {names}. Name one: --engine {found[0].name}, "
                f"or in {CONFIG_FILE}: plugins: [runbooks: {{engine: {found[0].name}}}]"
            )
        engine = found[0]
    _check_version(engine)
    return engine


def extra_here() -> str:
    """Return the extra of the installed engine; the extra of the default engine if none is installed."""
    return next((engine.extra for engine in _installed()), next(iter(ENGINES.values())).extra)


def _installed() -> Iterator[SiteEngine]:
    for engine in ENGINES.values():
        if _version(engine.name) is None:
            continue
        # MaterialX, which is for ProperDocs, also installs MkDocs; then MkDocs was not chosen.
        if engine.name == "mkdocs" and _version("properdocs") and not _version("mkdocs-material"):
            continue
        yield engine


def _check_themes() -> None:
    if _version("mkdocs-material") and _version("mkdocs-materialx"):
        raise NoEngine(
            "mkdocs-material and mkdocs-materialx are both installed, and each overwrites files of "
            "the other. Remove both, then install one of them again: "
            "pip uninstall mkdocs-material mkdocs-materialx"
        )


def _check_version(engine: SiteEngine) -> None:
    """Check that the version of an engine is supported.

    Raises:
        NoEngine: it is not supported.
    """
    found = _version(engine.name)
    for text in packages(engine.extra):
        wanted = Requirement(text)
        if wanted.name == engine.name and found and not wanted.specifier.contains(found, True):
            raise NoEngine(
                f"{engine.title} {found} is not supported: {text} is required. "
                f"Install it: {install_command(engine.extra)}"
            )


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
