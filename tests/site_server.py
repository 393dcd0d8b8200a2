"""A site on this machine: files, or answers that no site should give."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class ServedSite:
    """A site.

    Attributes:
        address: its URL.
        files: the content of each file, by its path.
        answers: what is answered instead, by the path.
        asked: the paths that were asked for, in order.
    """

    address: str
    files: dict[str, bytes]
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@contextmanager
def served(files: Mapping[str, bytes]) -> Iterator[ServedSite]:
    """Serve files; the address has a path, as that of many sites."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/team/")
            site.asked.append(path)
            if answer := site.answers.get(path):
                answer(self)
            elif path in site.files:
                send(self, site.files[path])
            else:
                self.send_error(404)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Say nothing: who asked may hang up at any time."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = ServedSite(f"http://127.0.0.1:{server.server_port}/team/", dict(files))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def send(handler: BaseHTTPRequestHandler, content: bytes, length: int | None = None) -> None:
    """Answer with a content, whatever length the head tells."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content) if length is None else length))
    handler.end_headers()
    handler.wfile.write(content)
