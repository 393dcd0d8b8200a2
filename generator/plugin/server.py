"""The HTTP server of `runbooks serve`: it answers those that it was started for, and nobody else."""

from __future__ import annotations

import ipaddress
import posixpath
import socket
from collections.abc import Callable, Collection, Iterable
from threading import BoundedSemaphore
from typing import Any

from mkdocs.livereload import LiveReloadServer

from generator.plugin.building import CannotServe

CONNECTIONS = 200
"""Connections at one time. Each open page holds one; a browser opens six more while it loads."""

_LAST_PAGES = 4
"""Of so many pages that were asked for last, each is probably open in a browser."""

_IDLE_SECONDS = 75.0  # longer than the minute for which a page waits for news
_SETTLE_SECONDS = 0.05  # an editor writes a file and renames it
_EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - compared, not listened on


class Server(LiveReloadServer):
    """MkDocs's server, which takes its port before anything is built.

    Args:
        host: the address or name to listen on.
        **more: as for `LiveReloadServer`.
    """

    request_queue_size = 32

    def __init__(self, *, host: str, **more: Any) -> None:
        super().__init__(host=host, **more)
        self.build_delay = _SETTLE_SECONDS
        self._listens_on = host
        self._free = BoundedSemaphore(CONNECTIONS)
        self._first: Collection[str] | None = None  # what is fresh; None if all is
        self._last_pages: list[str] = []

    def take_address(self) -> None:
        """Take the port, or fail before somebody has waited for a build.

        Raises:
            CannotServe: another program has it.
        """
        host, port = str(self.server_address[0]), self.server_address[1]
        try:
            self.server_bind()
        except OSError as error:
            self.server_close()
            raise CannotServe(f"cannot serve on {host}:{port}: {error.strerror}") from error
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self.server_port}/"

    def run(self, ready: Callable[[], None]) -> None:
        """Serve, and build when something changes, until interrupted."""
        self.server_activate()
        self.observer.start()
        self.serve_thread.start()
        ready()
        self._build_loop()  # type: ignore[no-untyped-call]

    def last_pages(self) -> Collection[str]:
        """Return the pages that were asked for last, by their path in the site."""
        return tuple(self._last_pages)

    def show_first(self, files: Collection[str]) -> None:
        """Answer for some files of the site, and let pages load again, while the rest is being built.

        Args:
            files: their paths in the site.
        """
        with self._epoch_cond:
            self._first = files
            self._visible_epoch = self._wanted_epoch
            self._epoch_cond.notify_all()

    def show_all(self, *, again: bool) -> None:
        """Answer for all files after a build.

        Args:
            again: whether pages that were shown first must be loaded again.
        """
        with self._epoch_cond:
            self._first = None
            self._wanted_epoch += again
            self._epoch_cond.notify_all()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread; a connection above the limit is closed at once."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        request.settimeout(_IDLE_SECONDS)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and let the next connection in."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: what can fail here is a reader who has gone."""

    def serve_request(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request, unless it is for another host or names no file."""
        if not self._is_for_us(environ.get("HTTP_HOST", "")):
            return _refusal(start_response, "403 Forbidden", f"This server is {self.url} only.")
        if "\0" in environ["PATH_INFO"]:
            return _refusal(start_response, "400 Bad Request", "A path holds no NUL character.")
        return super().serve_request(environ, start_response)

    def _serve_request(
        self, environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes] | None:
        """Answer once a build that is running is done: it may be about what is asked for."""
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "ignore")
        if not path.startswith("/livereload/"):
            file = posixpath.normpath(f"/{path}index.html" if path.endswith("/") else path).lstrip(
                "/"
            )
            with self._epoch_cond:
                if file.endswith(".html"):
                    self._last_pages = [*[p for p in self._last_pages if p != file], file][
                        -_LAST_PAGES:
                    ]
                self._epoch_cond.wait_for(lambda: self._is_fresh(file))
        return super()._serve_request(environ, start_response)

    def _is_fresh(self, file: str) -> bool:
        is_built = self._visible_epoch == self._wanted_epoch
        return is_built and (self._first is None or file in self._first)

    def _is_for_us(self, host: str) -> bool:
        """Whether a `Host` header names this server.

        A page of another site can make its own name mean 127.0.0.1 (DNS rebinding) and would then
        read what is served here; the header still has that name.
        """
        name = _host_name(host)
        if name in ("localhost", self._listens_on.lower(), ""):
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            own = {socket.gethostname().lower(), socket.getfqdn().lower()}
            return self._listens_on in _EVERY_ADDRESS and name in own
        return address.is_loopback or self._listens_on in _EVERY_ADDRESS


def _host_name(host: str) -> str:
    """Return the name in a `Host` header, without the port: `[::1]:8000` gives `::1`."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower().rstrip(".")


def _refusal(start_response: Any, status: str, reason: str) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{reason}\n".encode()]
