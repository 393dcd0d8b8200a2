"""`runbooks build` and `runbooks serve`: the site, as files or live."""

from __future__ import annotations

import logging
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.messages import EXIT_FINDINGS, EXIT_USAGE, say, stop
from generator.cli.opening import today
from generator.cli.options import F, root_option
from generator.cli.progress import display
from generator.cli.trusting import ask_to_run, not_asked_about, trust_option
from generator.engines import ENGINES, NoEngine, SiteEngine, choose_engine
from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.knowledge.foreign_code import code_of_a_build
from generator.knowledge.settings import CONFIG_FILE, load_settings
from generator.plugin.unchanged import BuildRequest, BuiltSite, is_said, unchanged
from generator.rules import RULES
from generator.rules.reports import FORMATS
from generator.site.charts import can_draw
from generator.text.extras import install_command

if TYPE_CHECKING:
    from rich.progress import Progress


def engine_option(command: F) -> F:
    """Add `--engine NAME`; the command gets it as `engine`, None without it."""
    return click.option(
        "--engine",
        type=click.Choice(list(ENGINES)),
        help="Site engine. Default: the one in mkdocs.yml, else the installed one.",
    )(command)


def chosen_engine(named: str | None, root: Path) -> SiteEngine:
    """Return the engine of the option, else of the settings, else the only installed one."""
    try:
        return choose_engine(named or load_settings(root)[0].engine)
    except NoEngine as error:
        stop(f"Cannot build: {error}", EXIT_USAGE)


@click.command("build")
@click.option(
    "--site-dir",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the site to DIR. Default: the folder in mkdocs.yml, else site/.",
)
@click.option("--strict", is_flag=True, help="Stop at warnings, too.")
@engine_option
@trust_option
@root_option
def build_command(root: Path, site_dir: Path | None, strict: bool, engine: str | None, trusted: bool) -> None:  # fmt: skip
    """Build the site.

    The site works on a server and from file://. The new site replaces the old one only when it is
    complete. If an incident has errors, or the build is interrupted, the old site stays unchanged.

    If nothing has changed since the last build, nothing is done. Files that did not change stay the
    same files, with their times.

    If mkdocs.yml names code, such as hooks and plugins, it asks before it runs that for the first time.

    \b
    Examples:
      runbooks build
      runbooks build --strict --site-dir /srv/runbooks
      runbooks build --engine zensical
    """
    began = time.monotonic()
    log_warnings()
    chosen = chosen_engine(engine, root)
    ask_to_run(root, code_of_a_build(root), trusted)
    as_it_was = unchanged(BuildRequest(root, site_dir, chosen.name, strict, today()))
    if as_it_was:
        show_findings(as_it_was.findings, Severity.WARNING)
        say_no_charts()
        _say_built(as_it_was, began, ", nothing has changed,")
        return
    # Importing an engine takes half a second; nothing else must wait for it.
    from generator.plugin.building import BuildFailed, HasErrors

    module = chosen.load(chosen.builds)
    with _Bar() as bar:
        try:
            built = module.build_site(
                root,
                today(),
                site_dir=site_dir,
                strict=strict,
                progress=bar.show,
            )
        except HasErrors as error:
            bar.stop()
            show_findings(error.findings)
            stop("Nothing was built; the old site is unchanged.")
        except BuildFailed as error:
            bar.stop()
            stop(f"{error}. The old site is unchanged.", EXIT_FINDINGS)
        except KeyboardInterrupt:
            bar.stop()
            stop("Stopped. The old site is unchanged.", 130)
    show_findings(built.findings, Severity.WARNING)
    say_no_charts()
    _say_built(built, began)


def _say_built(site: BuiltSite, began: float, how: str = "") -> None:
    target = site.target
    if target.is_relative_to(Path.cwd()):
        target = target.relative_to(Path.cwd())
    say(f"{site.pages:,} pages{how} in {time.monotonic() - began:.1f} s → {target}/")


@click.command("serve")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Host name or IP address to listen on."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 chooses a free one.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the page in a browser.")
@engine_option
@trust_option
@root_option
def serve_command(root: Path, host: str, port: int, open_browser: bool, engine: str | None, trusted: bool) -> None:  # fmt: skip
    """Serve the site with live reload.

    The page reloads when you save an incident. Errors in an incident appear on its page and in the
    terminal; the rest of the site stays up.

    If mkdocs.yml names code, such as hooks and plugins, it asks before it runs that for the first time.

    \b
    Examples:
      runbooks serve
      runbooks serve --port 8080 --open
    """
    log_warnings()
    from generator.plugin.building import BuildFailed, CannotServe, HasErrors

    chosen = chosen_engine(engine, root)
    ask_to_run(root, code_of_a_build(root), trusted)
    module = chosen.load(chosen.serves)
    signal.signal(signal.SIGTERM, _interrupt)

    def check_code() -> None:
        new = not_asked_about(root, code_of_a_build(root), trusted)
        if new:
            raise BuildFailed(f"{CONFIG_FILE} now runs {new}; start again to be asked")

    try:
        module.serve_site(
            root,
            host,
            port,
            today=today,
            tell=say,
            show=lambda findings: show_findings(findings) if findings else say("No findings"),
            open_browser=open_browser,
            check_code=check_code,
        )
    except CannotServe as error:
        other = port + 1 if port < 65535 else 8000
        stop(f"{error}. Choose another port: runbooks serve --port {other}")
    except HasErrors as error:
        show_findings(error.findings)
        stop("There is no site to serve.")
    except BuildFailed as error:
        stop(str(error))


def _interrupt(number: int, frame: object) -> None:  # noqa: ARG001
    """End as with Ctrl-C."""
    raise KeyboardInterrupt


def show_findings(findings: tuple[Diagnostic, ...], least: Severity = Severity.HINT) -> None:
    """Print findings of lint on standard error."""
    shown = [d for d in findings if d.severity >= least]
    if shown:
        say(FORMATS["text"](shown, RULES))


def say_no_charts() -> None:
    """Say that the pages have no charts, if the library for them is missing."""
    if not can_draw():
        say(
            f"Charts are left out; the tables are complete. For charts: {install_command('charts')}"
        )


class _Say(logging.Handler):
    """Prints warnings of MkDocs and its plugins, and what ours says, like this program's messages."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let through what is printed; whoever makes messages asks, and makes no others."""
        return is_said(record)

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            say(f"{record.levelname.lower()}: {record.getMessage()}")
        else:
            say(record.getMessage())


def log_warnings() -> None:
    """Show the engine's warnings and errors, and hide its progress messages."""
    for name in ("mkdocs", "properdocs"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.handlers[:] = [_Say()]


class _Bar:
    """A progress bar on a terminal, nothing elsewhere.

    It draws only when `show` is called. Drawing in the background needs a thread, and with another
    thread running, the work cannot be spread over the cores by forking.
    """

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._drawn = 0.0
        if sys.stderr.isatty():
            from rich.console import Console  # slow to import

            self._progress = display(Console(stderr=True), auto_refresh=False)
            self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> _Bar:
        if self._progress:
            self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def show(self, stage: str, done: int, total: int) -> None:
        """Draw, ten times a second at most."""
        if self._progress and (done == total or time.monotonic() - self._drawn > 0.1):
            self._drawn = time.monotonic()
            self._progress.update(self._task, description=stage, completed=done, total=total)
            self._progress.refresh()

    def stop(self) -> None:
        """Remove the bar."""
        if self._progress:
            self._progress.stop()
            self._progress = None
