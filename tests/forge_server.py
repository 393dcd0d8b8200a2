"""A forge on this machine: its calls for comments and statuses, as GitHub, GitLab, Gitea or Bitbucket answers."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "secret-token"
OURS = "release-bot"


@dataclass
class Ways:
    """How a kind of forge answers.

    Attributes:
        header: the header with the token.
        prefix: what stands before the token.
        change: the method that changes a comment.
        own: the path of the call that says whose the token is.
        login: the key of an author's name, and of the object around it.
        pages: whether the list of comments comes in pages.
    """

    header: str
    prefix: str
    change: str
    own: str
    login: tuple[str, str]
    pages: bool = True


WAYS = {
    "GitHub": Ways("Authorization", "Bearer ", "PATCH", "/graphql", ("user", "login")),
    "Gitea": Ways("Authorization", "token ", "PATCH", "/user", ("user", "login"), pages=False),
    "GitLab": Ways("PRIVATE-TOKEN", "", "PUT", "/user", ("author", "username")),
    "Bitbucket": Ways("Authorization", "Bearer ", "PUT", "/user", ("user", "uuid")),
}


@dataclass
class State:
    """What a server has, and what it was asked.

    Attributes:
        comments: the comments: number, author, text.
        statuses: the newest status of each commit and name.
        asked: method and path of each call, in order.
        next: answers for the next calls of some methods: status code and headers; then it is as usual.
        closed: whether it refuses to say whose the token is.
        comments_only: whether the token may set no status.
    """

    comments: list[dict[str, Any]] = field(default_factory=list)
    statuses: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    next: list[tuple[str, int, dict[str, str]]] = field(default_factory=list)
    closed: bool = False
    comments_only: bool = False

    def say(self, author: str, text: str) -> dict[str, Any]:
        """Add somebody's comment, and return it."""
        self.comments.append({"id": 1000 + len(self.comments), "author": author, "text": text})
        return self.comments[-1]

    def ours(self) -> list[str]:
        """Return the texts of our comments."""
        return [comment["text"] for comment in self.comments if comment["author"] == OURS]


class ForgeServer(ThreadingHTTPServer):
    """A forge of one kind, with one pull request."""

    def __init__(self, kind: str, token: str = TOKEN) -> None:
        """Begin to listen on a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.kind, self.ways, self.token, self.state = kind, WAYS[kind], token, State()

    @property
    def address(self) -> str:
        """The address of the API."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: ForgeServer

    def _answer(self, code: int, data: object, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())

    def _handle(self) -> None:
        forge, state, ways = self.server, self.server.state, self.server.ways
        path, _, query = self.path.partition("?")
        state.asked.append(f"{self.command} {path}")
        length = int(self.headers["Content-Length"] or 0)
        data = json.loads(self.rfile.read(length)) if length else {}
        if state.next and state.next[0][0] in ("*", self.command):
            _, code, headers = state.next.pop(0)
            return self._answer(code, {"message": "not now"}, headers)
        if self.headers[ways.header] != f"{ways.prefix}{forge.token}":
            return self._answer(403, {"message": "no"})
        if path == ways.own:
            if state.closed:
                return self._answer(403, {"message": "Resource not accessible by integration"})
            name = {"login": OURS, "username": OURS, "uuid": OURS}
            return self._answer(200, {"data": {"viewer": name}} if path == "/graphql" else name)
        if "/statuses/" in path and state.comments_only:
            return self._answer(403, {"message": "no"})
        if "/statuses/" in path:
            return self._status(path.rpartition("/")[2], data)
        if self.command == "GET":
            return self._answer(200, self._page(query))
        if self.command == "POST":
            return self._answer(201, self._shown(state.say(OURS, self._text(data))))
        if self.command != ways.change:
            return self._answer(405, {})
        number = int(path.rpartition("/")[2])
        found = [c for c in state.comments if c["id"] == number]
        if not found:
            return self._answer(404, {})
        found[0]["text"] = self._text(data)
        return self._answer(200, self._shown(found[0]))

    def _status(self, commit: str, data: dict[str, Any]) -> None:
        statuses = self.server.state.statuses
        key = commit, data.get("context") or data["name"]
        before = statuses.get(key, {}).get("state")
        if self.server.kind == "GitLab" and before == data["state"] == "pending":
            return self._answer(
                400, {"message": "Cannot transition status via :enqueue from :pending"}
            )
        statuses[key] = data
        return self._answer(201, data)

    def _page(self, query: str) -> Any:
        shown = [self._shown(c) for c in self.server.state.comments]
        if self.server.ways.pages:
            number = int(re.search(r"\bpage=(\d+)", query)[1])  # type: ignore[index]
            shown = shown[(number - 1) * 100 : number * 100]
        return {"values": shown} if self.server.kind == "Bitbucket" else shown

    def _shown(self, comment: dict[str, Any]) -> dict[str, Any]:
        around, name = self.server.ways.login
        text = comment["text"]
        body = {"content": {"raw": text}} if self.server.kind == "Bitbucket" else {"body": text}
        return {"id": comment["id"], around: {name: comment["author"]}, **body}

    def _text(self, data: dict[str, Any]) -> str:
        return str(data["content"]["raw"] if self.server.kind == "Bitbucket" else data["body"])

    do_GET = do_POST = do_PATCH = do_PUT = _handle  # noqa: N815

    def log_message(self, *_: object) -> None: ...


@contextmanager
def running(kind: str, token: str = TOKEN) -> Iterator[ForgeServer]:
    """Run a forge."""
    server = ForgeServer(kind, token)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
