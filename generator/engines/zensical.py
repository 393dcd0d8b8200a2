"""Builds and serves the site with Zensical, which reads pages from a folder and runs no plugins."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from generator.cache.fingerprints import stamp_all
from generator.cache.scratch import Scratch
from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.knowledge.files import find_files
from generator.knowledge.roots import INCIDENTS
from generator.knowledge.settings import CONFIG_FILE, load_settings
from generator.knowledge.sources.origins import origins
from generator.plugin.building import BuildFailed, CannotServe, building
from generator.plugin.site_builder import Checked, Progress, SiteBuilder, silent
from generator.plugin.unchanged import BuiltSite
from generator.search.documents import documents
from generator.site.engine_config import DOCS, CannotConfigure, docs_folder, read_raw
from generator.site.folder import write_folder
from generator.site.project import project
from generator.text.templating import TEMPLATES

_PROJECT = ".zensical"
_POLL_SECONDS = 0.5


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
        site_dir: where to, instead of where `mkdocs.yml` says.
        strict: a warning stops the build as an error does.
        progress: told how far it is.

    Raises:
        BuildFailed: it was not built, and the old site is as it was.
    """
    try:
        config = read_raw(root)
        settings, wrong = load_settings(root)
        target = site_dir or root / str(config.get("site_dir") or "site")
        if wrong:
            raise BuildFailed(f"{CONFIG_FILE}: {wrong[0].message}")
        with building(root, target.resolve(), today, settings, strict, progress) as work:
            folder = work.folder / _PROJECT
            expected = _render(root, config, work.builder, work.checked, today, folder)
            work.builder.store.save()
            progress("Zensical builds", 0, len(expected))
            said = _run(folder, strict)
            for path in (folder / "site").iterdir() if (folder / "site").is_dir() else ():
                path.replace(work.folder / path.name)
            shutil.rmtree(folder)
            missing = [url for url in expected if not (work.folder / url).is_file()]
            if missing:
                raise BuildFailed(
                    f"Zensical did not build {len(missing)} pages, such as {missing[0]}. Its output: {said}"
                )
    except CannotConfigure as error:
        raise BuildFailed(str(error)) from None
    return BuiltSite(len(expected), target, work.checked.findings)


def _render(
    root: Path,
    config: dict[str, Any],
    builder: SiteBuilder,
    checked: Checked,
    today: date,
    folder: Path,
) -> list[str]:
    """Write the folder that Zensical builds.

    Returns:
        The URLs of its pages.

    Raises:
        CannotConfigure: the settings of the knowledge base do not fit.
        OSError: a file cannot be read or written.
    """
    pages = builder.pages(checked, today)
    found = documents(root, docs_folder(config))
    assets = [*builder.assets(checked), *builder.index(checked, found)]
    contents = project(root, config, pages, assets)
    write_folder(folder, contents)
    return [
        name.removeprefix("docs/").removesuffix(".md") + ".html"
        for name in contents
        if name.startswith("docs/") and name.endswith(".md")
    ]


def _run(folder: Path, strict: bool) -> str:
    # Without -P, Python would import modules that lie in the folder.
    command = [sys.executable, "-P", "-m", "zensical", "build", *(["--strict"] if strict else [])]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = (done.stderr.strip() or done.stdout.strip()).splitlines()
    if done.returncode:
        raise BuildFailed(f"Zensical: {said[-1] if said else f'exit code {done.returncode}'}")
    return said[-1] if said else "nothing"


def serve_site(
    root: Path,
    host: str,
    port: int,
    *,
    today: Callable[[], date],
    tell: Callable[[str], None],
    show: Callable[[tuple[Diagnostic, ...]], None],
    open_browser: bool = False,
    check_code: Callable[[], None] = lambda: None,
) -> None:
    """Serve the site until interrupted; a saved file is rendered again, and Zensical reloads.

    Args:
        root: the knowledge base.
        host: the address to listen on.
        port: the port; 0 takes any that is free.
        today: the date against which due dates are checked.
        tell: gets a line for people.
        show: gets what lint finds, whenever that changes.
        open_browser: open the page once it is up.
        check_code: raises `BuildFailed` where `mkdocs.yml` names code that may not run.

    Raises:
        CannotServe: the port is taken.
        BuildFailed: the first build failed, or Zensical stopped.
    """
    port = _free_port(host, port)
    builder = SiteBuilder(root)
    scratch = Scratch("runbooks-serve-")
    folder = scratch.folder
    shown: tuple[Diagnostic, ...] = ()

    def render() -> None:
        nonlocal shown
        check_code()
        settings, _ = load_settings(root)
        checked = builder.check(today(), settings)
        findings = tuple(d for d in checked.findings if d.severity >= Severity.WARNING)
        if findings != shown:
            shown = findings
            show(findings)
        _render(root, read_raw(root), builder, checked, today(), folder)

    server = None
    try:
        try:
            render()
        except (CannotConfigure, OSError) as error:
            raise BuildFailed(str(error)) from None
        command = [sys.executable, "-P", "-m", "zensical", "serve", "--dev-addr", f"{host}:{port}"]
        server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
        url = f"http://{host}:{port}/"
        tell(f"Serving on {url} - Ctrl-C stops")
        if open_browser:
            webbrowser.open(url)
        before = _stamp(root)
        while server.poll() is None:
            time.sleep(_POLL_SECONDS)
            now = _stamp(root)
            if now == before:
                continue
            before = now
            try:
                render()
            except (CannotConfigure, BuildFailed, OSError) as error:
                tell(f"{error}. The page shows the last good state.")
            else:
                tell("Rendered again")
        raise BuildFailed(f"Zensical stopped with exit code {server.returncode}")
    except KeyboardInterrupt:
        tell("Stopped")
    finally:
        if server is not None and server.poll() is None:
            server.terminate()
            server.wait()
        builder.store.close()
        scratch.close()


def _free_port(host: str, port: int) -> int:
    """Return a free port; checked before anything is rendered.

    Raises:
        CannotServe: the port is taken.
    """
    try:
        with socket.create_server((host, port)) as listening:
            found: int = listening.getsockname()[1]
            return found
    except OSError as error:
        raise CannotServe(f"cannot serve on {host}:{port}: {error.strerror}") from error


def _stamp(root: Path) -> str:
    """Return a value that changes if any input of the pages changes."""
    below = (name for place in (INCIDENTS, DOCS, TEMPLATES) for name in find_files(root, place))
    theirs = (
        str(one.folder / name)
        for one in origins(root)
        for name in find_files(one.folder, INCIDENTS)
    )
    return stamp_all((*(str(root / name) for name in (CONFIG_FILE, *below)), *theirs))
