"""`runbooks run` in a real terminal and unattended: what it asks, what runs, what the record says."""

from __future__ import annotations

import json
import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.checklists.commands import CommandRunner
from generator.checklists.record import RunOutcome, RunSession, new_record
from generator.checklists.runbook import walk_of
from generator.checklists.running import Answer, Decision, PreparedCheck, run_checks
from generator.checklists.turns import suggested
from generator.cli.run_prompts import UnattendedDecider
from generator.cli.run_screen import Screen
from generator.model import Incident
from tests import started
from tests.checklists import LONG, Terminal, left_behind
from tests.pace import PATIENCE
from tests.sites import command, environment

READ = "[r]un (Enter), [s]kip, [q]uit: "
CHANGE = "It changes state. [r]un, [s]kip, [q]uit: "
GO = "[c]ontinue (Enter), [s]kip these, [q]uit: "


@pytest.fixture(autouse=True)
def nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONPATH", environment()["PYTHONPATH"])
    yield
    assert left_behind() == []


def step(run: str | None = "true", **fields: object) -> dict[str, object]:
    """Return a step that reads only and holds when its command exits with 0."""
    given: dict[str, object] = {"do": "Do it", "expect": {"exit": 0}, "risk": "read-only"}
    return {k: v for k, v in ({"run": run, **given} | fields).items() if v is not None}


def base(folder: Path, **fields: object) -> Path:
    """Write a knowledge base with one incident, `x`; return its root."""
    incident = {
        "title": "Nobody can log in", "status": "draft", "severity": "SEV2", "symptom": "s",
        "root_cause": "r", "fix": "Not written yet.", "verification": [step("echo all is well")],
    } | fields  # fmt: skip
    path = folder / "kb/incidents/x/incident.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    (folder / "kb/mkdocs.yml").write_text("site_name: x\n", "utf-8")
    path.write_text(yaml.safe_dump(incident, sort_keys=False), "utf-8")
    (folder / "app").mkdir(exist_ok=True)
    return folder / "kb"


def words(root: Path, *more: str | Path) -> list[str]:
    return command("run", "x", "--root", root, "--record-dir", root.parent / "records", *more)


def run(root: Path, *more: str | Path) -> subprocess.CompletedProcess[str]:
    """Walk unattended."""
    return started.run(words(root, *more), root.parent / "app", dict(os.environ), PATIENCE)


def terminal(root: Path, *more: str | Path) -> Terminal:
    return Terminal(words(root, *more), root.parent / "app")


def file(root: Path) -> Path:
    (path,) = (root.parent / "records").glob("*.json")
    return path


def record(root: Path) -> dict[str, Any]:
    """Return the only record, with its steps by name."""
    read: dict[str, Any] = json.loads(file(root).read_text("utf-8"))
    read["by_name"] = {each["id"].removeprefix("x/"): each for each in read["checks"]}
    return read


def verdicts(root: Path) -> dict[str, str]:
    return {name: each["verdict"] for name, each in record(root)["by_name"].items()}


@pytest.mark.slow
def test_a_walk(tmp_path: Path) -> None:
    root = base(
        tmp_path,
        parameters=[{"name": "HOST", "description": "The host", "example": "db-1"}],
        diagnosis=[step('echo "host $HOST"', expect={"exit": 0, "shows": "the host"})],
        mitigation=[step("touch changed", risk="changes-state"), step(None, do="Tell everybody", risk=None, expect={})],
        fix=[step("touch fixed", risk="changes-state")],
    )  # fmt: skip
    seen = terminal(root)
    try:
        seen.until("HOST (empty: unknown) = ")
        seen.type("db-7")
        seen.until(READ)
        seen.type()
        seen.until("│ host db-7")
        seen.until("Does it show that? [y]es, [n]o, [s]kip, [q]uit: ")
        seen.type("y")
        seen.until("Continue if it is this incident")
        seen.until(GO)
        seen.type()
        seen.until("STOP THE PAIN")
        seen.until(CHANGE)
        seen.type()  # Enter is no answer
        seen.until(CHANGE)
        seen.type("r")
        seen.until("Done? [y]es, [n]o, [s]kip, [q]uit: ")
        seen.type("y")
        seen.until("they may wait")
        seen.until(GO)
        seen.type("s")
        seen.until(GO)
        seen.type("c")
        seen.until(READ)
        seen.type()
        seen.until("Done: every step of the verification holds. 4 passed, 1 not reached.")
        assert seen.ends() == 0
    finally:
        seen.close()
    assert {path.name for path in (tmp_path / "app").iterdir()} == {"changed"}
    made = record(root)
    assert made["incident"] == "x"
    assert made["by_name"]["diagnosis-1"]["values"] == {"HOST": "db-7"}
    assert file(root).stat().st_mode & 0o777 == 0o600
    assert "# Runbook run" in file(root).with_suffix(".md").read_text("utf-8")


@pytest.mark.slow
def test_if_not_leads_to_a_step_and_back(tmp_path: Path) -> None:
    root = base(
        tmp_path,
        diagnosis=[step("exit 1", if_not="It is the other case: the last step of the mitigation.")],
        mitigation=[step("touch first", risk="changes-state"), step("touch second", risk="changes-state")],
        verification=[step("test -e ready", if_not="Go back to the mitigation.")],
    )  # fmt: skip
    seen = terminal(root)
    try:
        seen.until(READ)
        seen.type()
        seen.until("the last step of the mitigation")
        seen.until(
            "Go on with: mitigation-2 (Enter), [n]ext, the name of a step or stage, or [q]uit: "
        )
        seen.type()
        seen.until("mitigation-2")
        seen.until(CHANGE)
        seen.type("r")
        seen.until(GO)
        seen.type()
        seen.until(READ)
        seen.type()
        seen.until("Go on with: mitigation-1 (Enter)")
        (tmp_path / "app/ready").touch()
        seen.type("mitigation")
        seen.until("mitigation-1")
        seen.until(CHANGE)
        seen.type("verification-1")
        seen.until(READ)
        seen.type()
        seen.until("Done: every step")
        assert seen.ends() == 0
    finally:
        seen.close()
    steps = record(root)["by_name"]
    assert verdicts(root) == {"diagnosis-1": "failed", "mitigation-1": "not-reached", "mitigation-2": "passed", "verification-1": "passed"}  # fmt: skip
    assert [each["verdict"] for each in steps["verification-1"]["earlier"]] == ["failed"]


@pytest.mark.slow
def test_a_resumed_walk_asks_for_no_value_twice(tmp_path: Path) -> None:
    asks = 'echo "host $HOST" with "${DB_PASSWORD:0:1}"'
    root = base(
        tmp_path,
        diagnosis=[step(asks), step(asks)],
        parameters=[
            {"name": "HOST", "description": "The host."},
            {"name": "DB_PASSWORD", "description": "Its password."},
        ],
    )
    seen = terminal(root)
    try:
        seen.until("HOST (empty: unknown) = ")
        seen.type("db-1")
        seen.until("= ")
        seen.type("secret-of-db-1")
        seen.until(READ)
        seen.type()
        seen.until(READ)
        seen.type("q")
        assert seen.ends() == 1
    finally:
        seen.close()
    again = terminal(root, "--resume", file(root))
    try:
        shown = again.until("DB_PASSWORD (not shown; empty: unknown) = ")
        assert "HOST (" not in shown
        again.type("secret-of-db-1")
        assert "HOST=db-1  (the record)" in again.until(READ)
        again.type()
        again.until("host db-1 with s")
        again.until(GO)
        again.type("q")
        assert again.ends() == 1
    finally:
        again.close()


@pytest.mark.slow
def test_a_destructive_step_wants_a_second_person(tmp_path: Path) -> None:
    destroys = step("touch gone", risk="destructive", rollback="Restore", approval="second-person")
    root = base(tmp_path, mitigation=[destroys])
    seen = terminal(root)
    other = None
    try:
        seen.until("To run it, type mitigation-1")
        seen.type("mitigation-1")
        seen.until("Role of the second person (empty: nobody): ")
        seen.type("Database on-call")
        seen.until("Code that this person was shown")
        seen.type("000")
        seen.until("It is another code.")
        waits = file(root).with_suffix(".approval")
        assert waits.stat().st_mode & 0o777 == 0o600
        piped = command("run", "--approve", file(root), "mitigation-1")
        done = subprocess.run(piped, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode == 2
        assert "needs a terminal" in done.stderr
        other = Terminal(command("run", "--approve", str(file(root)), "mitigation-1"), tmp_path)
        other.until("touch gone")
        other.until("If it may run, type mitigation-1")
        other.type("mitigation-1")
        other.until("Tell the operator this code: ")
        other.ends()
        code = re.search(r"code: (\d{6})", other.shown)
        assert code
        assert not (tmp_path / "app/gone").exists()
        seen.type(code[1])
        seen.until(GO)
        seen.type("c")
        seen.until(READ)
        seen.type()
        assert seen.ends() == 0
    finally:
        seen.close()
        if other:
            other.close()
    assert (tmp_path / "app/gone").exists()
    assert not waits.exists()
    assert record(root)["by_name"]["mitigation-1"]["approved_by"] == "Database on-call"


@pytest.mark.slow
def test_without_a_second_person_it_does_not_run(tmp_path: Path) -> None:
    destroys = step("touch gone", risk="destructive", rollback="Restore", approval="second-person")
    root = base(tmp_path, mitigation=[destroys])
    seen = terminal(root)
    try:
        seen.until("To run it, type mitigation-1")
        seen.type("mitigation-1")
        seen.until("Role of the second person")
        seen.type()
        seen.until("NOT DONE: nobody else agreed")
        seen.until(GO)
        seen.type("q")
        assert seen.ends() == 1
    finally:
        seen.close()
    assert not (tmp_path / "app/gone").exists()
    assert run(root, "--yes", "--allow", "mitigation-1").returncode == 1
    assert not (tmp_path / "app/gone").exists()


@pytest.mark.slow
def test_an_interrupted_walk_goes_on_where_it_stood(tmp_path: Path) -> None:
    root = base(
        tmp_path,
        diagnosis=[step("touch looked; false")],
        mitigation=[step(LONG, risk="changes-state")],
    )
    seen = terminal(root)
    try:
        seen.until(READ)
        seen.type()
        seen.until("Go on with: [n]ext")
        seen.type("n")
        seen.until(GO)
        seen.type()
        seen.until(CHANGE)
        seen.type("r")
        seen.until("running")
        assert verdicts(root)["mitigation-1"] == "running", (
            "it is written before the command begins"
        )
        seen.press(b"\x03")
        assert seen.ends() == 130
    finally:
        seen.close()
    assert verdicts(root)["mitigation-1"] == "interrupted"
    (tmp_path / "app/looked").unlink()
    again = terminal(root, "--resume", file(root))
    try:
        again.until("mitigation-1")
        again.until(CHANGE)
        again.type("q")
        assert again.ends() == 1
    finally:
        again.close()
    assert not (tmp_path / "app/looked").exists()
    assert verdicts(root)["diagnosis-1"] == "failed"


def test_unattended_only_what_reads_and_what_is_named_runs(tmp_path: Path) -> None:
    root = base(
        tmp_path,
        diagnosis=[step("touch read")],
        mitigation=[step("touch one", risk="changes-state"), step("touch two", risk="destructive", rollback="r"), step("touch three", risk=None)],
    )  # fmt: skip
    done = run(root, "--yes", "--allow", "mitigation-1")
    assert done.returncode == 1, done.stderr
    assert {path.name for path in (tmp_path / "app").iterdir()} == {"read", "one"}
    assert "it is destructive; to run it, use --allow mitigation-2" in done.stdout
    assert verdicts(root)["mitigation-3"] == "not-done"
    file(root).unlink()
    all_of_them = [w for n in (1, 2, 3) for w in ("--allow", f"mitigation-{n}")]
    done = run(root, "--yes", *all_of_them)
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "app/two").exists()


def test_unattended_it_goes_where_if_not_says_but_not_for_ever(tmp_path: Path) -> None:
    root = base(tmp_path, diagnosis=[step()], verification=[step("echo x >>tries; false", if_not="Go back to the diagnosis.")])  # fmt: skip
    done = run(root, "--yes")
    assert done.returncode == 1
    assert "It goes on with diagnosis-1." in done.stdout
    assert (tmp_path / "app/tries").read_text() == "x\nx\n"


def test_a_step_of_the_verification_waits_until_it_is_so(tmp_path: Path) -> None:
    third = "echo try >>tries; test $(wc -l <tries) -ge 3"
    poll = {"every": "10ms", "for": "5m"}
    root = base(tmp_path, verification=[step(third, expect={"exit": 0}, poll=poll)])
    done = run(root, "--yes")
    assert done.returncode == 0, done.stdout
    made = record(root)["by_name"]["verification-1"]
    assert (made["verdict"], made["tries"]) == ("passed", 3)
    assert "tried again every 10ms for at most 5m" in run(root, "--dry-run").stdout


def test_unattended_output_that_a_person_must_look_at_is_kept(tmp_path: Path) -> None:
    root = base(
        tmp_path,
        diagnosis=[
            step("echo seen", expect={"exit": 0, "shows": "s"}),
            step("echo seen", expect={"shows": "s"}),
            step("echo seen", expect={"contains": "seen", "shows": "s"}),
        ],
    )
    done = run(root, "--yes")
    assert done.returncode == 1
    steps = record(root)["by_name"]
    assert [each["verdict"] for each in steps.values()] == [
        "not-done",
        "not-done",
        "passed",
        "passed",
    ]
    assert steps["diagnosis-1"]["output"] == "seen"
    assert steps["diagnosis-2"]["reason"] == "it ran, and a person has to look at its output"


def test_a_dry_run_runs_nothing(tmp_path: Path) -> None:
    root = base(
        tmp_path,
        parameters=[{"name": "HOST", "description": "The host"}],
        mitigation=[step('touch "$HOST"', risk="changes-state", if_not="Call")],
    )
    done = run(root, "--dry-run", "--stage", "mitigation", "--set", "HOST=db-1")
    assert done.returncode == 0, done.stderr
    assert "HOST=db-1  (--set)" in done.stdout
    assert "with --yes" not in done.stdout.lower()
    unattended = run(root, "--dry-run", "--yes").stdout
    assert (
        "Not done with --yes: it changes state; to run it, use --allow mitigation-1" in unattended
    )
    assert "  Runs with --yes" in unattended
    assert "Call" in done.stdout
    assert list((tmp_path / "app").iterdir()) == []
    assert not (tmp_path / "records").exists()


def test_secrets_are_not_in_the_record(tmp_path: Path) -> None:
    root = base(
        tmp_path,
        parameters=[{"name": "TOKEN", "description": "t"}],
        diagnosis=[step('echo "it is $TOKEN"')],
    )
    run(root, "--yes", "--set", "TOKEN=hunter2hunter2")
    assert "hunter2" not in file(root).read_text("utf-8")
    assert record(root)["by_name"]["diagnosis-1"]["values"] == {"TOKEN": "..."}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "standard input is not a terminal"),
        (("--allow", "fix-1"), "--allow needs --yes"),
        (("--yes", "--allow", "fix-9"), "no step has the name 'fix-9'; steps: verification-1"),
        (("--yes", "--stage", "fix"), "the runbook has no step of the stage fix"),
        (("--yes", "--set", "A=1"), "x has no parameter A; it has no parameters"),
        (("--yes", "--set", "a"), "is not NAME=VALUE"),
        (("--yes", "--resume", "nosuch"), "does not exist"),
    ],
)
def test_wrong_usage(tmp_path: Path, more: tuple[str, ...], said: str) -> None:
    done = run(base(tmp_path), *more)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert not (tmp_path / "records").exists()


def test_a_record_of_something_else_is_not_resumed(tmp_path: Path) -> None:
    root = base(tmp_path)
    run(root, "--yes")
    path = file(root)
    for old, said in (
        ('"incident": "x"', "it is the record of the runbook y"),
        (path.read_text(), "it is another file, or damaged"),
    ):
        other = tmp_path / "other.json"
        other.write_text(
            path.read_text().replace(old, old.replace('"x"', '"y"') if "y" in said[-1] else "{")
        )
        done = run(root, "--yes", "--resume", other)
        assert done.returncode == 2
        assert said in done.stderr


def test_the_engine_itself_runs_nothing_that_nobody_else_has_agreed_to(tmp_path: Path) -> None:
    incident = Incident.model_validate(
        {
            "title": "t", "status": "draft",
            "mitigation": [step(f"touch {tmp_path}/gone", risk="destructive", approval="second-person")],
        }
    )  # fmt: skip
    walk = walk_of("x", incident, {})
    session = RunSession(operator="o", begun=datetime(2026, 11, 27, tzinfo=UTC))
    begun = new_record(walk, walk.items, "t", "", session)

    class Careless(UnattendedDecider):
        def decides(self, prepared: PreparedCheck) -> Decision:
            return Decision(Answer.RUN)

    commands = CommandRunner(tmp_path, tmp_path, {}, 5.0)
    decider = Careless(Screen(1, None), ())
    done = run_checks(begun, walk.items, commands, decider, lambda _: None, lambda: session.begun)
    assert done.outcome is RunOutcome.FAILED
    assert done.checks[0].reason == "nobody else has agreed to it"
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize(
    ("if_not", "leads_to"),
    [
        ("Run the first step of the fix, then restart.", "fix-1"),
        ("Not the race; go back to the diagnosis.", "diagnosis-1"),
        ("See mitigation-2.", "mitigation-2"),
        ("Do the last step of the mitigation.", "mitigation-2"),
        ("Then the next step decides.", "mitigation-1"),
        ("Continue with the verification.", "verification-1"),
        ("The fix is not in every process.", ""),
        ("The third step of the mitigation.", ""),
        ("mitigation-9", ""),
        ("Go to the fix. If it is large, go to the mitigation.", ""),
        ("This is another incident.", ""),
    ],
)
def test_where_if_not_leads(if_not: str, leads_to: str) -> None:
    parts = {"mitigation": [step(), step()], "fix": [step()], "verification": [step()]}
    data = {"title": "t", "status": "draft", "diagnosis": [step(if_not=if_not)], **parts}
    items = walk_of("x", Incident.model_validate(data), {}).items
    found = suggested(items, 0)
    assert (items[found].name if found is not None else "") == leads_to
