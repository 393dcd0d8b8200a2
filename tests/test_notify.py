"""`runbooks notify`: what a chat or a pager is told, and that nothing is sent to anybody else."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cli import runbooks
from generator.notices import FORMATS, NotANotice, NotSent, read_notice
from generator.notices.sending import receiver
from tests.conftest import FULL, ROOT

HOSTILE = "*a* _b_ `c` <!channel> <https://evil.example|click> @here [x](https://evil.example) \x1b[31m & \u202e"
PASSWORD = "s3cr3t-Hunter2"


def match(**fields: object) -> dict[str, Any]:
    one = {
        "incident": "disk-full", "title": "The disk is full", "severity": "SEV2", "status": "published",
        "address": "https://kb.example/incidents/disk-full/", "captures": {"DEVICE": "sda1"}, "line": 7,
        "text": "no space left on sda1",
        "steps": [
            {"heading": "Is it this?", "do": "Look", "run": "df -h", "risk": "read-only", "rollback": None},
            {"heading": "Stop the pain", "do": "Remove logs", "run": "rm -rf x", "risk": "destructive", "rollback": "Restore them"},
        ],
    } | fields  # fmt: skip
    return {"version": 1, "matches": [one]}


CHECKS = {
    "version": 1, "about": "Changed since v1",
    "checks": [{"id": "disk-full/space", "phase": "before", "level": "blocking", "check": "Space is left", "run": "df", "waiver": None, "reasons": [{"why": "path x"}]}],
}  # fmt: skip
ACTIONS = {
    "version": 1, "today": "2026-11-27",
    "items": [{"name": "disk-full#1", "do": "Rotate", "owner": "Ops", "due": "2026-11-20", "ticket": "https://t.example/1", "overdue": True, "days_overdue": 7}],
}  # fmt: skip


def run(*arguments: str, text: str = "", **environment: str) -> Result:
    return CliRunner().invoke(runbooks, ["notify", *arguments], input=text, env=environment)


@pytest.fixture
def server() -> Iterator[tuple[str, queue.Queue[bytes], list[int]]]:
    """A receiver: its URL, the bodies that it got, and the answers that it gives, 200 without any."""
    bodies: queue.Queue[bytes] = queue.Queue()
    answers: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.put(self.rfile.read(int(self.headers["Content-Length"])))
            code = answers.pop(0) if answers else 200
            self.send_response(code)
            if code in (301, 302, 307, 308):
                self.send_header("Location", self.path + "/elsewhere")
            self.end_headers()
            self.wfile.write(b"invalid_blocks" if code >= 400 else b"ok")

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}/T0/B0/{PASSWORD}", bodies, answers
        http.shutdown()
        thread.join()


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("data", [match(), CHECKS, ACTIONS], ids=["match", "checklist", "actions"])
def test_each_receiver_is_told_what_was_found(to: str, data: dict[str, Any]) -> None:
    printed = run(to, text=json.dumps(data))
    assert printed.exit_code == 0, printed.output
    told = json.dumps(json.loads(printed.stdout)).replace("\\", "")
    assert "disk-full" in told
    for item in read_notice(data).items:
        assert item.title in told


def test_a_step_that_changes_something_is_told_with_its_risk_and_its_way_back() -> None:
    (item,) = read_notice(match()).items
    assert "Stop the pain: Remove logs (destructive)" in item.lines
    assert "Undo: Restore them" in item.lines
    assert item.command == "df -h"


def test_a_message_says_whose_incident_it_is_and_what_to_set_first() -> None:
    found = match(source="platform", defaults={"PORT": "5432"}, not_set=["SLOT", "HOST"])
    (item,) = read_notice(found).items
    assert item.lines[0] == "Severity SEV2, published, from platform"
    assert {"DEVICE = sda1", "PORT = 5432 (default)", "Set first: SLOT, HOST"} <= set(item.lines)
    (ours,) = read_notice(match(source=None)).items
    assert ours.lines[0] == "Severity SEV2, published"


def test_what_other_commands_print_is_read(tmp_path: Path) -> None:
    def printed(*arguments: str, text: str = "") -> str:
        return CliRunner().invoke(runbooks, [*arguments, "--format", "json"], input=text).stdout

    error = "SequelizeAssociationError: You have used the alias carts in two separate associations. Aliased associations must have unique aliases."
    found = json.loads(printed("match", "--root", str(ROOT), text=error))
    assert read_notice(found).items[0].id == "sequelize-duplicate-association-alias"
    assert read_notice(found).level == "critical"
    checks = json.loads(printed("checklist", "--root", str(FULL), "--all"))
    assert read_notice(checks).items
    actions = json.loads(printed("actions", "--root", str(FULL), "--all"))
    assert read_notice(actions).items


def test_a_message_has_no_markup_of_others_and_no_secrets() -> None:
    data = match(
        title=HOSTILE, text=f"postgres://app:{PASSWORD}@db/x {HOSTILE}",
        captures={"DB_PASSWORD": PASSWORD, "NAME": HOSTILE}, address="javascript:alert(1)",
    )  # fmt: skip
    for to, form in FORMATS.items():
        told = json.dumps(form.write(read_notice(data)), ensure_ascii=False)
        assert PASSWORD not in told, to
        assert "\x1b" not in told
        assert "\u202e" not in told
        assert "javascript:" not in told
    slack = json.dumps(FORMATS["slack"].write(read_notice(data)))
    assert "<!channel>" not in slack
    assert "<https://evil" not in slack
    teams = json.dumps(FORMATS["teams"].write(read_notice(data)))
    assert "](https" not in teams


@pytest.mark.parametrize("to", FORMATS)
def test_long_messages_keep_within_what_receivers_take(to: str) -> None:
    many = {"version": 1, "matches": match(title="t" * 10_000, text="x" * 10_000)["matches"] * 300}
    notice = read_notice(many)
    message = FORMATS[to].write(notice)
    assert len(notice.items) + notice.left_out == 300
    assert len(json.dumps(message)) < 100_000
    if to == "slack":
        assert len(message["blocks"]) <= 50
        assert all(len(b["text"]["text"]) <= 3000 for b in message["blocks"] if b["type"] == "section")  # fmt: skip
        assert len(message["blocks"][0]["text"]["text"]) <= 150


def test_it_is_sent_where_the_user_says_and_the_url_stays_secret(server: tuple[str, queue.Queue[bytes], list[int]]) -> None:  # fmt: skip
    url, bodies, answers = server
    sent = run("slack", "--url", url, text=json.dumps(match()))
    assert sent.exit_code == 0
    assert "Sent to 127.0.0.1: 1 known incident in the log" in sent.stderr
    assert json.loads(bodies.get(timeout=30))["blocks"]
    answers.append(400)
    refused = run("slack", "--url", url, text=json.dumps(match()))
    assert refused.exit_code == 2
    assert "Not sent: 127.0.0.1 answered 400: invalid_blocks" in refused.stderr
    bodies.get(timeout=30)
    answers.append(307)
    moved = run("slack", "--url", url, text=json.dumps(match()))
    assert moved.exit_code == 2
    assert "it points to another URL" in moved.stderr
    bodies.get(timeout=30)
    assert bodies.empty()
    for result in (sent, refused, moved):
        assert PASSWORD not in result.output


def test_pagerduty_gets_its_key_when_it_is_sent(server: tuple[str, queue.Queue[bytes], list[int]]) -> None:  # fmt: skip
    url, bodies, _ = server
    missing = run("pagerduty", "--url", url, text=json.dumps(match()), PAGERDUTY_ROUTING_KEY="")
    assert missing.exit_code == 2
    assert "PAGERDUTY_ROUTING_KEY is not set" in missing.stderr
    sent = run("pagerduty", "--url", url, text=json.dumps(match()), PAGERDUTY_ROUTING_KEY="k" * 32)
    assert sent.exit_code == 0
    event = json.loads(bodies.get(timeout=30))
    assert event["routing_key"] == "k" * 32
    again = run("pagerduty", text=json.dumps(match(line=9)))
    assert json.loads(again.stdout)["dedup_key"] == event["dedup_key"]
    assert json.loads(again.stdout)["routing_key"] == "$PAGERDUTY_ROUTING_KEY"


def test_nothing_is_sent_when_there_is_nothing_to_tell(server: tuple[str, queue.Queue[bytes], list[int]]) -> None:  # fmt: skip
    url, bodies, _ = server
    result = run("slack", "--url", url, text=json.dumps({"version": 1, "matches": []}))
    assert result.exit_code == 0
    assert "Nothing to tell" in result.stderr
    assert bodies.empty()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://chat.example/x", "use https://"),
        ("ftp://chat.example/x", "does not begin with https://"),
        ("chat.example", "does not begin with https://"),
        ("https://", "does not begin with https://"),
        ("https://[::1", "not valid"),
        ("https://chat.example:port/", "not valid"),
        ("file:///etc/passwd", "does not begin with https://"),
    ],
)
def test_a_url_that_is_none_of_a_receiver(url: str, why: str) -> None:
    with pytest.raises(NotSent, match=why):
        receiver(url)


@pytest.mark.parametrize(
    "text",
    ["", "no JSON", "[]", "1", '{"version": 2, "matches": []}', '{"version": 1}',
     '{"version": 1, "matches": [1]}', '{"version": 1, "items": [{}]}', "[" * 100_000],
)  # fmt: skip
def test_what_no_command_printed_is_refused(text: str) -> None:
    result = run("slack", text=text)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert "Error: " in result.stderr


_FIELDS = (
    "incident title severity status text line alert captures steps id check phase level reasons run "
    "waiver name do owner due ticket overdue days_overdue address"
).split()
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_FIELDS), inner, max_size=4)
    ),
)
items = st.fixed_dictionaries({}, optional=dict.fromkeys(_FIELDS, values))
whole = st.fixed_dictionaries(dict.fromkeys(_FIELDS, values))


@settings(max_examples=25)
@given(st.lists(items | whole, max_size=2), st.sampled_from(["matches", "checks", "items"]))
def test_no_json_breaks_it(listed: list[Any], key: str) -> None:
    try:
        notice = read_notice({"version": 1, key: listed})
    except NotANotice:
        return
    for form in FORMATS.values():
        json.dumps(form.write(notice))
