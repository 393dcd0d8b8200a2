"""What an editor shows of a YAML file: asks yaml-language-server, as VS Code, Neovim and Helix do."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any, Self

from tests.pace import PATIENCE
from tests.programs import YAML_LANGUAGE_SERVER

_SETTINGS = {
    # The only schema is the one that the file names; nothing is asked of another host.
    "yaml": {"schemaStore": {"enable": False}, "kubernetesCRDStore": {"enable": False},
             "validate": True, "hover": True, "completion": True},
}  # fmt: skip


class Editor:
    """An editor that has a folder open; a client of the language server protocol."""

    def __init__(self, folder: Path) -> None:
        """Start the server; without it the test is skipped, or fails where it must not be."""
        self._process = subprocess.Popen(
            [*YAML_LANGUAGE_SERVER.need(), "--stdio"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder,
        )  # fmt: skip
        self._watch = self._patience()
        self._number = 0
        self._opened: set[Path] = set()
        self._found: dict[str, list[dict[str, Any]]] = {}
        self._ask(
            "initialize",
            {
                "processId": None,
                "rootUri": folder.as_uri(),
                "capabilities": {"workspace": {"configuration": True}},
            },
        )
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": _SETTINGS})

    def _patience(self) -> Timer:
        """End the server where it does not answer; each request has the whole time."""
        watch = Timer(PATIENCE, self._process.kill)
        watch.daemon = True
        watch.start()
        return watch

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._watch.cancel()
        self._process.kill()
        self._process.communicate()

    def open(self, *files: Path) -> None:
        """Open files. The server waits for more typing before it looks at a file: at all in that time."""
        for file in files:
            self._opened.add(file)
            self._tell(
                "textDocument/didOpen",
                {
                    "textDocument": {
                        "uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": file.read_text("utf-8"),
                    }
                },
            )  # fmt: skip

    def problems(self, file: Path) -> list[tuple[int, str]]:
        """Return what is marked in a file: the line, from 1, and what is said."""
        if file not in self._opened:
            self.open(file)
        self._opened.discard(file)
        uri = file.as_uri()
        while uri not in self._found:
            self._read()
        return [(one["range"]["start"]["line"] + 1, one["message"]) for one in self._found.pop(uri)]

    def hover(self, file: Path, line: int, column: int) -> str:
        """Return what is shown over a place of an open file; both numbers are from 1."""
        found = self._ask("textDocument/hover", _place(file, line, column))
        return str(found["contents"]["value"]) if found else ""

    def completions(self, file: Path, line: int, column: int) -> list[str]:
        """Return what is proposed at a place of an open file; both numbers are from 1."""
        found = self._ask("textDocument/completion", _place(file, line, column))
        return [str(item["label"]) for item in found["items"]]

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _tell(self, method: str, params: dict[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._watch.cancel()
        self._watch = self._patience()
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        """Read one message, answer it where the server asks, keep it where it says what is wrong."""
        assert self._process.stdout is not None
        length = 0
        while (head := self._process.stdout.readline()) != b"\r\n":
            assert head, f"the server ended, or took longer than {PATIENCE} s"
            name, _, value = head.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self._found[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            asked = message["params"].get("items", []) if message.get("params") else []
            settings = [_SETTINGS.get(item.get("section"), {}) for item in asked]
            self._send({"id": message["id"], "result": settings})
        return message


def _place(file: Path, line: int, column: int) -> dict[str, Any]:
    return {
        "textDocument": {"uri": file.as_uri()},
        "position": {"line": line - 1, "character": column - 1},
    }
