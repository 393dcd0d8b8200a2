"""Serves the site, and builds it again when a file is saved.

Every build has its own folder, and the server switches to it when it is complete: during a build, and
if a build fails, readers keep the last site.
"""

from __future__ import annotations

import os
import shutil
import time
import traceback
import webbrowser
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from threading import Thread, active_count
from typing import Any

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config.defaults import MkDocsConfig

from generator.cache.memory import calm_collector
from generator.cache.parallel import beside_threads
from generator.cache.scratch import Scratch
from generator.cache.store import FILE, Store
from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.knowledge.settings import CONFIG_FILE
from generator.plugin.building import BuildFailed
from generator.plugin.first_pages import ShownFirst, first_pages
from generator.plugin.hooks import PreparedBuild, RunbooksPlugin
from generator.plugin.kept_site import KeptSite, Rows
from generator.plugin.mkdocs_site import failing, read_config, the_plugin
from generator.plugin.server import Server
from generator.plugin.site_builder import SiteBuilder
from generator.site.templates import TEMPLATES

_POLL_SECONDS = 0.25


class _Live:
    """One run of `runbooks serve`."""

    def __init__(
        self,
        root: Path,
        today: Callable[[], date],
        tell: Callable[[str], None],
        show: Callable[[tuple[Diagnostic, ...]], None],
        check_code: Callable[[], None],
    ) -> None:
        self.root = root
        self.check_code = check_code
        self.today = today
        self.tell = tell
        self.show = show
        self.builder = SiteBuilder(root, store=Store(root / FILE, remember=True))
        self._scratch = Scratch("runbooks-serve-")
        self.folder = self._scratch.folder
        self.server: Server | None = None
        self.url = ""
        self._shown: tuple[Diagnostic, ...] = ()
        self._number = 0
        self._current: Path | None = None
        self._last: Path | None = None
        self._rows: Rows = {}
        self._notes: dict[str, Any] = {}
        self._plugin: RunbooksPlugin | None = None
        self._is_alone = False  # no thread but those of the server, which only answers with files

    def build(self) -> MkDocsConfig:
        """Build the site as it is now.

        Raises:
            BuildFailed: the settings are broken, or MkDocs stopped.
        """
        self.check_code()
        config = read_config(self.root)
        plugin = the_plugin(config)
        if self._current is None:
            config.plugins.on_startup(command="serve", dirty=False)
            self._is_alone = active_count() == 1
        today = self.today()
        checked = self.builder.check(today, plugin.settings_in(config))
        shown = tuple(d for d in checked.findings if d.severity >= Severity.WARNING)
        if shown != self._shown:
            self._shown = shown
            self.show(shown)
        # Only this process writes there; removing the last folder but one changes its files' times.
        kept = KeptSite(self._rows, self._current or self.folder, self._notes, private=True)
        plugin.prepared = PreparedBuild(self.builder, checked, today, kept, is_served=True)
        self._number += 1
        new = self.folder / str(self._number)
        kept.begin(new)
        config.site_dir = str(new)
        config.site_url = self.url
        try:
            with failing("MkDocs"):
                mkdocs_build(config, serve_url=self.url)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        self._rows, self._notes = kept.placed, kept.notes
        self._plugin = plugin
        if self.server is not None:
            self.server.root = str(new)
        # An earlier request may still read from the previous folder.
        if self._last is not None:
            # In the background, because the reader waits for the page, not for this.
            Thread(target=shutil.rmtree, args=(self._last, True), daemon=True).start()
        self._last, self._current = self._current, new
        return config

    def rebuild(self) -> None:
        """Build again; problems are reported, and the last good site stays."""
        began = time.monotonic()
        first, built = self.show_first(), None
        try:
            with calm_collector(), beside_threads() if self._is_alone else nullcontext():
                config = self.build()
        except BuildFailed as error:
            self.tell(f"{error}. The page shows the last good state.")
        except Exception as error:
            if os.environ.get("RUNBOOKS_DEBUG"):
                self.tell(traceback.format_exc())
            self.tell(
                f"The build failed: {type(error).__name__}: {error}. The page shows the last good state."
            )
        else:
            self.tell(f"Built again in {time.monotonic() - began:.1f} s")
            if self.server is not None:
                self.watch(self.server, config)
            built = self._current
        again = first is not None and not (built and first.are_in(built))
        if first and not built:
            first.take_back()
        if self.server is not None:
            self.server.show_all(again=again)

    def show_first(self) -> ShownFirst | None:
        """Show the pages of what was saved before the site is built again; return them, if there are any."""
        if self.server is None or self._current is None:
            return None
        plugin = self._plugin
        if plugin is None or plugin.finisher is None:
            return None
        try:
            opened = self.server.last_pages()
            pages = first_pages(self.builder, plugin.finisher, self.today(), opened)
            if not pages:
                return None
            shown = ShownFirst(self._current, pages)
        except Exception:  # whatever it is, the build that follows meets it, and reports it
            return None
        self.server.show_first({*pages, *plugin.fixed})
        return shown

    def watch(self, server: Server, config: MkDocsConfig) -> None:
        """Watch folders that are not watched yet; new folders may exist."""
        own = [config.docs_dir, str(self.root / CONFIG_FILE), str(self.root / TEMPLATES)]
        for path in (*own, config.theme.custom_dir or "", *config.watch):
            if path and Path(path).exists():
                server.watch(path)

    def close(self) -> None:
        """Remove everything."""
        self.builder.store.close()
        self._scratch.close()


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
    """Serve the site until interrupted.

    Args:
        root: the knowledge base.
        host: the host to listen on.
        port: the port; 0 for any free port.
        today: the date against which due dates are checked.
        tell: called with lines for people.
        show: called with the findings of lint if they change.
        open_browser: whether to open the page in a browser.
        check_code: raises `BuildFailed` if `mkdocs.yml` names code that may not run.

    Raises:
        CannotServe: the port is taken.
        BuildFailed: the first build failed.
    """
    live = _Live(root, today, tell, show, check_code)
    server = None
    try:
        server = Server(
            builder=live.rebuild,
            host=host,
            port=port,
            root=str(live.folder),
            polling_interval=_POLL_SECONDS,
        )
        server.server_address = (host, port)
        server.take_address()
        with calm_collector():
            live.url = server.url
            config = live.build()
        live.server = server
        server.root = str(live.folder / "1")
        server.error_handler = lambda code: _error_page(Path(server.root) / f"{code}.html")
        live.watch(server, config)
        config.plugins.on_serve(server, config=config, builder=live.rebuild)

        def ready() -> None:
            tell(f"Serving on {server.url} - Ctrl-C stops")
            if open_browser:
                webbrowser.open(server.url)

        server.run(ready)
    except KeyboardInterrupt:
        tell("Stopped")
    finally:
        if server is not None:
            server.shutdown()
        live.close()


def _error_page(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
