"""Alertmanager itself sends its webhook, and `runbooks match` reads what came."""

from __future__ import annotations

import json
import queue
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from generator.cli import runbooks
from generator.knowledge.base import load
from tests.conftest import ROOT
from tests.programs import ALERTMANAGER, missing

pytestmark = pytest.mark.slow

POSTGRESQL = "postgresql-concurrent-create-table"
SEQUELIZE = "sequelize-duplicate-association-alias"
KEY = 'ERROR:  duplicate key value violates unique constraint "pg_type_typname_nsp_index"\nDETAIL:  Key (typname, typnamespace)=(Sessions, 2200) already exists.'
WAIT = 30
"""Seconds until a test fails because nothing came."""

Send = Callable[[list[dict[str, Any]]], bytes]


@pytest.fixture(scope="module")
def received() -> Iterator[tuple[str, queue.Queue[bytes]]]:
    """A server that keeps what is sent to it: its URL and the bodies."""
    bodies: queue.Queue[bytes] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook", bodies
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def send(
    received: tuple[str, queue.Queue[bytes]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Send]:
    """Give alerts to Alertmanager; return the body of the webhook that it sends."""
    url, bodies = received
    folder = tmp_path_factory.mktemp("alertmanager")
    settings = {
        "route": {"receiver": "hook", "group_by": ["job"], "group_wait": "0s", "group_interval": "1s"},
        "receivers": [{"name": "hook", "webhook_configs": [{"url": url, "send_resolved": False}]}],
    }  # fmt: skip
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(settings))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        own = f"127.0.0.1:{free.getsockname()[1]}"
    command = [
        *started(), f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}",
        f"--web.listen-address={own}", "--cluster.listen-address=",
    ]  # fmt: skip
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def give(alerts: list[dict[str, Any]]) -> bytes:
        request = urllib.request.Request(
            f"http://{own}/api/v2/alerts",
            json.dumps(alerts).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=WAIT):
            return bodies.get(timeout=WAIT)

    try:
        _wait_for(f"http://{own}/-/ready", folder / "log")
        yield give
    finally:
        process.terminate()
        process.wait(WAIT)


def started() -> list[str]:
    """Return the command that starts it. It finds its templates in no place but their own."""
    program = ALERTMANAGER.need()
    if program != str(ALERTMANAGER.own):
        return [program]
    bind = f"mount --bind '{ALERTMANAGER.tree}/usr/share' /usr/share && exec \"$@\""
    if subprocess.run(["unshare", "-rm", "true"], check=False).returncode != 0:
        missing("place for its templates", "install prometheus-alertmanager, or allow namespaces")
    return ["unshare", "-rm", "sh", "-c", bind, "sh", program]


def _wait_for(url: str, log: Path) -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=WAIT):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"Alertmanager does not answer: {log.read_text()}")


def match(body: bytes, *more: str) -> tuple[int, str]:
    arguments = ["match", "--root", str(ROOT), *more]
    result = CliRunner().invoke(runbooks, arguments, input=body)
    return result.exit_code, result.stdout


def test_the_name_of_an_alert_finds_its_incident(send: Send) -> None:
    name = load(ROOT).incidents[POSTGRESQL].symptom.alerts[0]
    body = send([{"labels": {"alertname": name, "job": "by-name"}, "annotations": {"summary": "down"}}])  # fmt: skip
    code, shown = match(body)
    assert code == 0
    assert POSTGRESQL in shown
    assert "alert    " in shown
    assert name in shown


def test_the_text_of_an_alert_is_searched_like_a_log(send: Send) -> None:
    body = send([{"labels": {"alertname": "LogErrors", "job": "by-text"}, "annotations": {"description": f"The log has:\n{KEY}"}}])  # fmt: skip
    code, shown = match(body, "--format", "json")
    (found,) = json.loads(shown)["matches"]
    assert code == 0
    assert found["incident"] == POSTGRESQL
    assert found["captures"] == {"TABLE": "Sessions"}


def test_several_alerts_of_one_group_give_all_incidents(send: Send) -> None:
    alias = "You have used the alias <carts> in two separate associations. Aliased associations must have unique aliases."
    body = send(
        [
            {"labels": {"alertname": "A", "job": "both"}, "annotations": {"message": KEY}},
            {"labels": {"alertname": "B", "job": "both"}, "annotations": {"message": f"SequelizeAssociationError: {alias}"}},
        ]
    )  # fmt: skip
    code, shown = match(body, "--format", "json")
    assert code == 0
    found = {one["incident"]: one["captures"] for one in json.loads(shown)["matches"]}
    assert found[POSTGRESQL] == {"TABLE": "Sessions"}
    assert found[SEQUELIZE] == {"ALIAS": "<carts>"}


def test_an_alert_that_is_no_incident(send: Send) -> None:
    body = send([{"labels": {"alertname": "Watchdog", "job": "none"}, "annotations": {"summary": "always"}}])  # fmt: skip
    assert match(body)[0] == 1


def test_what_an_alert_shows_is_told_to_a_chat(
    send: Send, received: tuple[str, queue.Queue[bytes]]
) -> None:
    """From end to end: Alertmanager, its webhook, the incident, the message."""
    url, bodies = received
    body = send([{"labels": {"alertname": "Told", "job": "told"}, "annotations": {"description": KEY}}])  # fmt: skip
    code, found = match(body, "--format", "json")
    assert code == 0
    sent = CliRunner().invoke(runbooks, ["notify", "slack", "--url", url], input=found)
    assert sent.exit_code == 0, sent.output
    message = json.loads(bodies.get(timeout=WAIT))
    assert "TABLE = Sessions" in message["blocks"][1]["text"]["text"]
    assert "Stop the pain" in message["blocks"][1]["text"]["text"]
