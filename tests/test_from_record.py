"""A draft made of the record of a run: its timeline, its parameters, its steps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from generator.knowledge.source import parse_yaml
from generator.knowledge.validation import validate
from generator.model import Incident
from tests.sites import environment, runbooks
from tests.test_run import base, file, run, step


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", environment()["PYTHONPATH"])


def walked(folder: Path) -> tuple[Path, Path]:
    """Walk through a runbook; return the knowledge base and the record."""
    root = base(
        folder,
        components=["login"],
        parameters=[
            {"name": "HOST", "description": "The host", "example": "db-1"},
            {"name": "TOKEN", "description": "The token"},
            {"name": "OTHER", "description": "Not read by what was run", "example": "o"},
        ],
        diagnosis=[step('echo "it is $HOST"; : "$TOKEN"', needs=["ssh"]), step("exit 3", do="Look again.")],
        mitigation=[step("true", do="Restart", risk="changes-state"), step('echo "$OTHER"', risk="changes-state")],
    )  # fmt: skip
    incident = root / "incidents/x/incident.yaml"
    data = yaml.safe_load(incident.read_text("utf-8"))
    data["diagnosis"][1]["if_not"] = "Continue with the mitigation."
    incident.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
    done = run(root, "--yes", "--allow", "mitigation-1", "--set", "HOST=db-7", "--set", "TOKEN=hunter2hunter2")  # fmt: skip
    assert done.returncode == 1, done.stderr  # mitigation-2 was not allowed
    return root, file(root)


def draft(root: Path, incident_id: str) -> dict[str, object]:
    text = (root / "incidents" / incident_id / "incident.yaml").read_text("utf-8")
    assert "hunter2" not in text
    data = yaml.safe_load(text)
    Incident.model_validate(data)
    return data


@pytest.mark.parametrize("made_by", ["new", "import"])
def test_the_response_becomes_a_draft(tmp_path: Path, made_by: str) -> None:
    root, path = walked(tmp_path)
    words = ("new", "--from-record", path) if made_by == "new" else ("import", path)
    done = runbooks(*words, "--id", "again", "--root", root, cwd=root)
    assert done.returncode == 0, done.stderr
    assert "incidents/again/incident.yaml" in done.stdout
    made = draft(root, "again")
    assert made["related"] == ["x"]
    assert made["components"] == ["login"]
    assert [event["what"] for event in made["timeline"]] == [
        "The runbook x is begun.",
        "Do it. As expected. Output: it is db-7",
        "Look again. Not as expected: exit code 3, expected 0.",
        "Restart. As expected.",
        "Do it. As expected. Output: all is well",
    ]
    assert made["parameters"] == [
        {"name": "HOST", "description": "The host", "example": "db-7"},
        {"name": "TOKEN", "description": "The token"},
    ]
    assert made["diagnosis"][0]["needs"] == ["ssh"]
    assert [each["do"] for each in made["mitigation"]] == ["Restart"]
    linted = runbooks("lint", "again", "--root", root, cwd=root)
    assert linted.returncode == 0, linted.stdout
    assert "error[" not in linted.stdout
    again = runbooks("import", path, "--root", root, cwd=root)
    assert "already imported as again" in again.stdout


def test_a_runbook_that_has_changed_or_gone_is_read_from_the_record(tmp_path: Path) -> None:
    root, path = walked(tmp_path)
    (root / "incidents/x/incident.yaml").write_text("title: [", "utf-8")
    assert runbooks("new", "--from-record", path, "--id", "a", "--root", root).returncode == 0
    made = draft(root, "a")
    assert made["diagnosis"][0]["run"] == 'echo "it is $HOST"; : "$TOKEN"'
    assert made["parameters"][0] == {"name": "HOST", "description": "As in the runbook x.", "example": "db-7"}  # fmt: skip
    (root / "incidents/a/incident.yaml").unlink()  # it is imported only once
    (root / "incidents/x/incident.yaml").unlink()
    (root / "incidents/x").rmdir()
    assert runbooks("new", "--from-record", path, "--id", "b", "--root", root).returncode == 0
    assert "related" not in draft(root, "b")


def test_a_run_that_has_resolved_it_marks_when(tmp_path: Path) -> None:
    root = base(tmp_path, mitigation=[step("true")])
    assert run(root, "--yes").returncode == 0
    done = runbooks("new", "--from-record", file(root), "--root", root)
    assert done.returncode == 0, done.stderr
    (made,) = (path for path in (root / "incidents").iterdir() if path.name != "x")
    assert [e.get("marks") for e in draft(root, made.name)["timeline"]] == [None, "mitigated", "resolved"]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not the record of a run"),
        ("[]", "it has no messages"),  # a list is taken for a chat
        ('{"version": 1}', "not the record of a run"),
        ("\udcff", "not the record of a run"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path: Path, content: str, said: str) -> None:
    root = base(tmp_path)
    path = tmp_path / "r.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    for words in (("new", "--from-record", path), ("import", path)):
        done = runbooks(*words, "--root", root)
        assert done.returncode in (1, 2)
        assert said in " ".join(done.stderr.split())
        assert "Traceback" not in done.stderr
    assert [each.name for each in (root / "incidents").iterdir()] == ["x"]


def test_a_hostile_record_becomes_text(tmp_path: Path) -> None:
    root, path = walked(tmp_path)
    data = json.loads(path.read_text("utf-8"))
    data["incident"] = "../../etc"
    data["about"] = "a: b\n- c # \x1b[2J"
    data["checks"][0]["check"] = "x\nroot_cause: injected"
    data["checks"][0]["output"] = "\x00\x07{{ 1 }}"
    hostile = tmp_path / "hostile.json"
    hostile.write_text(json.dumps(data), "utf-8")
    done = runbooks("new", "--from-record", hostile, "--id", "h", "--root", root)
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    if done.returncode == 0:
        assert "root_cause" not in draft(root, "h")


@pytest.mark.parametrize("when", ["2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "x", 5, None])
def test_odd_times_are_no_bug(tmp_path: Path, when: object) -> None:
    root, path = walked(tmp_path)
    data = json.loads(path.read_text("utf-8"))
    data["checks"][0]["when"] = when
    odd = tmp_path / "odd.json"
    odd.write_text(json.dumps(data), "utf-8")
    done = runbooks("new", "--from-record", odd, "--id", "o", "--root", root)
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr


def test_only_the_id_goes_with_a_record(tmp_path: Path) -> None:
    root, path = walked(tmp_path)
    done = runbooks("new", "--from-record", path, "--title", "t", "--root", root)
    assert done.returncode == 2
    assert "takes no other option" in done.stderr


def test_events_that_a_page_copies_are_valid_in_an_incident() -> None:
    """The page copies events in this form, for pasting below `timeline:`; each text is JSON."""
    texts = [
        "Find: what # fills - the disk",
        'Drop "replica_2": it\'s \\ gone',
        "{x} [y] \U0001f600",
    ]
    pasted = "".join(
        f"  - at: 2026-11-20T03:1{number}:00Z\n    what: {json.dumps(text, ensure_ascii=False)}\n"
        for number, text in enumerate(texts)
    )
    source = parse_yaml("incident.yaml", f"title: t\nstatus: draft\ntimeline:\n{pasted}".encode())
    incident, problems = validate(source, Incident)
    assert problems == []
    assert incident is not None
    assert [event.what for event in incident.timeline] == texts
