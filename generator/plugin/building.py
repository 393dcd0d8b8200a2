"""Builds the site with MkDocs, beside the old one, and puts it in place whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import jinja2
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, MkDocsException

from generator.diagnostics import Diagnostic, Severity
from generator.plugin import Prepared, RunbooksPlugin
from generator.plugin.replace import NotOurs, check_target, replacing
from generator.plugin.session import Progress, Session, calm_collector, silent
from generator.settings import CONFIG_FILE, PLUGIN


class BuildFailed(Exception):
    """The site could not be built; the old one is as it was. Says why in one line."""


class HasErrors(BuildFailed):
    """Incidents have errors; holds all findings."""

    def __init__(self, findings: tuple[Diagnostic, ...]) -> None:
        super().__init__("incidents have errors")
        self.findings = findings


@dataclass(frozen=True)
class Built:
    """A site.

    Attributes:
        pages: how many pages it has.
        target: the folder it is in.
        findings: what lint has found that did not stop the build.
    """

    pages: int
    target: Path
    findings: tuple[Diagnostic, ...]


def build_site(
    root: Path,
    today: date,
    *,
    site_dir: Path | None = None,
    strict: bool = False,
    progress: Progress = silent,
) -> Built:
    """Build the site.

    Args:
        root: the knowledge base.
        today: the day from which due dates are judged.
        site_dir: where to, instead of where `mkdocs.yml` says.
        strict: a warning stops the build as an error does.
        progress: told how far it is.

    Raises:
        BuildFailed: it was not built, and the old site is as it was.
    """
    config = read_config(root, site_dir=site_dir, strict=strict)
    target = Path(config.site_dir)
    try:
        check_target(target, root)
    except NotOurs as error:
        raise BuildFailed(f"{error}. Name another folder with --site-dir") from None
    plugin = the_plugin(config)
    with calm_collector():
        session = Session(root, progress=progress)
        try:
            checked = session.check(today, plugin.settings_in(config))
            worst = Severity.WARNING if strict else Severity.ERROR
            if any(d.severity >= worst for d in checked.findings):
                raise HasErrors(checked.findings)
            plugin.prepared = Prepared(session, checked, today)
            with replacing(target) as new:
                config.site_dir = str(new)
                run_mkdocs(config)
        except OSError as error:
            raise BuildFailed(f"{error.filename or target}: {error.strerror}") from error
        finally:
            session.store.close()
    return Built(plugin.written, target, checked.findings)


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
        return load_config(config_file=str(root / CONFIG_FILE), **options)  # type: ignore[arg-type]


def the_plugin(config: MkDocsConfig) -> RunbooksPlugin:
    """Return the plugin of this package.

    Raises:
        BuildFailed: `mkdocs.yml` does not name it.
    """
    plugin = config.plugins.get(PLUGIN)
    if not isinstance(plugin, RunbooksPlugin):
        raise BuildFailed(
            f"{CONFIG_FILE} lists no plugin `{PLUGIN}`. Add to it: plugins: [{PLUGIN}]"
        )
    return plugin


def run_mkdocs(config: MkDocsConfig) -> None:
    """Build as `mkdocs build` does.

    Raises:
        BuildFailed: MkDocs gave up; it has logged why.
    """
    with failing("MkDocs"):
        config.plugins.on_startup(command="build", dirty=False)
        try:
            mkdocs_build(config)
        finally:
            config.plugins.on_shutdown()


@contextmanager
def failing(what: str) -> Iterator[None]:
    """Turn MkDocs's ways of giving up into one."""
    try:
        yield
    except (MkDocsException, Abort) as error:
        raise BuildFailed(f"{what}: {error}") from error
    except jinja2.TemplateSyntaxError as error:
        raise BuildFailed(f"{error.filename}:{error.lineno}: {error.message}") from error
    except jinja2.TemplateError as error:
        raise BuildFailed(f"a template: {error.message}") from error
