"""Builds the site with MkDocs, or with ProperDocs, which is MkDocs under another name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import jinja2
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError, MkDocsException
from mkdocs.utils import get_theme_names
from mkdocs.utils.yaml import yaml_load

from generator.knowledge.settings import CONFIG_FILE, NO_PLUGIN, NO_PLUGINS, PLUGIN
from generator.plugin.building import BuildFailed, BuiltSite, building
from generator.plugin.hooks import PreparedBuild, RunbooksPlugin
from generator.plugin.site_builder import Progress, silent
from generator.plugin.themes import MATERIAL_THEMES


def build_site(
    root: Path,
    today: date,
    *,
    site_dir: Path | None = None,
    strict: bool = False,
    progress: Progress = silent,
) -> BuiltSite:
    """Build the site.

    Args:
        root: the knowledge base.
        today: the date against which due dates are checked.
        site_dir: the folder of the site, instead of the one in `mkdocs.yml`.
        strict: whether a warning stops the build, like an error.
        progress: called with the progress.

    Raises:
        BuildFailed: it was not built, and the old site is unchanged.
    """
    config = read_config(root, site_dir=site_dir, strict=strict)
    plugin = the_plugin(config)
    with building(
        root, Path(config.site_dir), today, plugin.settings_in(config), strict, progress
    ) as work:
        plugin.prepared = PreparedBuild(work.builder, work.checked, today)
        config.site_dir = str(work.folder)
        run_mkdocs(config)
    return BuiltSite(plugin.written, Path(work.target), work.checked.findings)


def read_config(root: Path, *, site_dir: Path | None = None, strict: bool = False) -> MkDocsConfig:
    """Read `mkdocs.yml`.

    Raises:
        BuildFailed: it has errors; MkDocs has logged each.
    """
    # Material prints an announcement about MkDocs 2 on every start unless this is set.
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    options: dict[str, object] = {"strict": True} if strict else {}
    if site_dir is not None:
        options["site_dir"] = str(site_dir.resolve())
    with failing(CONFIG_FILE):
        options |= _adapted(root / CONFIG_FILE)
        return load_config(config_file=str(root / CONFIG_FILE), **options)  # type: ignore[arg-type]


def _adapted(path: Path) -> dict[str, object]:
    """Return the theme to use instead of Material if its successor MaterialX is installed.

    Both have the same options, so a knowledge base need not change with the engine.

    Raises:
        BuildFailed: `plugins` is not a list.
    """
    known = get_theme_names()
    try:
        with path.open("rb") as stream:
            config = yaml_load(stream)
    except (OSError, ConfigurationError):
        return {}  # errors in the file are reported when it is read completely
    if not isinstance(config, dict):
        return {}
    if not isinstance(config.get("plugins"), list | dict | None):
        raise BuildFailed(NO_PLUGINS)
    theme = config.get("theme")
    options = {"name": theme} if isinstance(theme, str) else theme
    if not isinstance(options, dict) or options.get("name") not in MATERIAL_THEMES:
        return {}
    found = next((name for name in MATERIAL_THEMES if name in known), None)
    if found is None or options["name"] in known:
        return {}
    return {"theme": {**options, "name": found}}


def the_plugin(config: MkDocsConfig) -> RunbooksPlugin:
    """Return the plugin of this package.

    Raises:
        BuildFailed: `mkdocs.yml` does not name it.
    """
    plugin = config.plugins.get(PLUGIN)
    if not isinstance(plugin, RunbooksPlugin):
        raise BuildFailed(NO_PLUGIN)
    return plugin


def run_mkdocs(config: MkDocsConfig) -> None:
    """Build as `mkdocs build` does.

    Raises:
        BuildFailed: MkDocs stopped; it has logged why.
    """
    with failing("MkDocs"):
        config.plugins.on_startup(command="build", dirty=False)
        try:
            mkdocs_build(config)
        finally:
            config.plugins.on_shutdown()


@contextmanager
def failing(what: str) -> Iterator[None]:
    """Convert the exceptions with which MkDocs stops into one."""
    try:
        yield
    except (MkDocsException, Abort) as error:
        raise BuildFailed(f"{what}: {str(error).rstrip('!.')}") from error
    except jinja2.TemplateSyntaxError as error:
        raise BuildFailed(f"{error.filename}:{error.lineno}: {error.message}") from error
    except jinja2.TemplateError as error:
        raise BuildFailed(f"a template: {error.message}") from error
