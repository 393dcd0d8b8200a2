"""Builds the site with MkDocs, or with ProperDocs, which is MkDocs under another name."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import jinja2
import mkdocs
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, ConfigurationError, MkDocsException
from mkdocs.utils import get_theme_names
from mkdocs.utils.yaml import yaml_load

from generator.knowledge.diagnostics import Severity
from generator.knowledge.settings import CONFIG_FILE, NO_PLUGIN, PLUGIN, load_settings
from generator.plugin.building import BuildFailed, HasErrors, building
from generator.plugin.hooks import PreparedBuild, RunbooksPlugin
from generator.plugin.kept_site import KeptSite
from generator.plugin.markdown_cache import is_pure
from generator.plugin.page_cache import can_frame
from generator.plugin.site_builder import Progress, silent
from generator.plugin.themes import MATERIAL_THEMES
from generator.plugin.unchanged import (
    BuildRequest,
    BuiltSite,
    Folders,
    SiteRecord,
    is_said,
    read_record,
    what_is_read,
    what_was_done,
    write_record,
)
from generator.rules.sources import SOURCE_CODES
from generator.text.templating import TEMPLATES, packaged_templates

# Whose plugins are known.
_ENGINES = ("mkdocs", "properdocs", "material", "materialx")


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
    request = BuildRequest(root, site_dir, mkdocs.__name__, strict, today)
    with listening() as heard:
        config = read_config(root, site_dir=site_dir, strict=strict)
        plugin = the_plugin(config)
        target = Path(config.site_dir).resolve()
        folders = folders_read(config)
        read = None if folders is None else what_is_read(request, folders)
        record = read_record(root)
        if record.target != str(target):
            record = SiteRecord(str(target), {}, {}, {})
        kept = KeptSite(record.rows, target, record.notes)
        with building(root, target, today, plugin.settings_in(config), strict, progress) as work:
            plugin.prepared = PreparedBuild(work.builder, work.checked, today, kept)
            config.site_dir = str(work.folder)
            kept.begin(work.folder)
            made = work.folder.stat().st_ino
            run_mkdocs(config)
    findings = work.checked.findings
    done = {}
    # A source that could not be copied is tried again by the next build.
    missing = any(d.code in SOURCE_CODES and d.severity is Severity.ERROR for d in findings)
    if folders is not None and read is not None and not heard.warnings and not missing:
        done = what_was_done(request, folders, read, plugin.written, findings)
    with suppress(OSError):  # somebody has removed the site already
        rows = kept.finish(target)
        # Another build at the same time may have put its site there, made from other files.
        if target.stat().st_ino == made:
            write_record(root, SiteRecord(str(target), rows, kept.notes, done))
    return BuiltSite(plugin.written, target, findings)


class _Warnings(logging.Handler):
    """Counts warnings and errors, and what ours says: all that each build must say again."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.warnings = 0

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        self.warnings += 1

    def filter(self, record: logging.LogRecord) -> bool:
        """Say that other messages are not heard here."""
        return is_said(record)


@contextmanager
def listening() -> Iterator[_Warnings]:
    """Count what the engine warns of."""
    heard = _Warnings()
    log = logging.getLogger(mkdocs.__name__)
    log.addHandler(heard)
    try:
        yield heard
    finally:
        log.removeHandler(heard)


def folders_read(config: MkDocsConfig) -> Folders | None:
    """Return the folders from which a site is made, besides `incidents/`.

    Returns:
        None if a build may read something else, or may show what is in no file.
    """
    raw = Path(config.config_file_path).read_bytes()
    if (
        not all(map(_is_plain, config.plugins.items()))
        or config.hooks
        or config.extra_templates
        or b"!ENV" in raw
        or b"INHERIT" in raw
        or not all(map(is_pure, config.markdown_extensions))
        or not can_frame(config)
    ):
        return None
    root = Path(config.config_file_path).parent
    own = [str(root / TEMPLATES), str(packaged_templates()), config.docs_dir]
    folders: list[tuple[str, list[str]]] = [(folder, []) for folder in own]
    # The icons are as old as the package.
    return [*folders, *((folder, [".icons", "__pycache__"]) for folder in config.theme.dirs)]


def _is_plain(plugin: tuple[str, object]) -> bool:
    """Say whether a plugin is known to read only settings and pages."""
    name, of = plugin
    package = type(of).__module__.partition(".")[0]
    return name == PLUGIN or (name.rpartition("/")[2] == "search" and package in _ENGINES)


def read_config(root: Path, *, site_dir: Path | None = None, strict: bool = False) -> MkDocsConfig:
    """Read `mkdocs.yml`.

    Raises:
        BuildFailed: it has errors; MkDocs has logged each.
    """
    _, wrong = load_settings(root)
    if wrong:  # MkDocs would end with an error of Python's, or wait for a pipe
        raise HasErrors(tuple(wrong))
    # Material prints an announcement about MkDocs 2 on every start unless this is set.
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    options: dict[str, object] = {"strict": True} if strict else {}
    if site_dir is not None:
        options["site_dir"] = str(site_dir.resolve())
    with failing(CONFIG_FILE):
        options |= _adapted(root)
        return load_config(config_file=str(root / CONFIG_FILE), **options)  # type: ignore[arg-type]


def _adapted(root: Path) -> dict[str, object]:
    """Return the theme to use instead of Material if its successor MaterialX is installed.

    Both have the same options, so a knowledge base need not change with the engine.

    Raises:
        BuildFailed: a file that it inherits cannot be read.
    """
    known = get_theme_names()
    try:
        # As a stream, beside whose name MkDocs looks for what the file inherits.
        with (root / CONFIG_FILE).open("rb") as stream:
            config = yaml_load(stream)
    except (OSError, ConfigurationError):
        return {}  # what is wrong with the file is said when it is read whole
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise BuildFailed(f"{CONFIG_FILE}: what it inherits cannot be read: {error}") from None
    if not isinstance(config, dict):
        return {}
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
