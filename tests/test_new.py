"""`runbooks new`: a draft that lints with hints, and overwrites nothing."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.knowledge.base import KnowledgeBase, load
from generator.knowledge.diagnostics import Severity
from generator.knowledge.drafting import NoTime, free_id, id_from, point_in_time, yaml_value
from generator.knowledge.loader import is_id
from generator.knowledge.source import parse_yaml
from generator.model import Evidence, Incident, Moment, SeverityLevel, Status
from generator.model.docstrings import field_descriptions
from generator.rules import RULES, lint
from tests.pace import PATIENCE
from tests.sites import command, environment, runbooks

NOW = datetime(2026, 11, 21, 9, 30, 15, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    (tmp_path / "incidents").mkdir()
    return tmp_path


def new(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return runbooks("new", "--root", root, *arguments)


def made(root: Path, incident_id: str) -> Incident:
    incident = load(root).incidents[incident_id]
    assert incident.status is Status.DRAFT
    return incident


def findings(base: KnowledgeBase) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for diagnostic in lint(base, RULES):
        found.setdefault(str(diagnostic.severity), []).append(diagnostic.message)
    return found


def test_a_title_is_enough(root: Path) -> None:
    run = new(root, "--title", "Logins fail after the deploy")
    assert run.returncode == 0, run.stderr
    path = root / "incidents/logins-fail-after-the-deploy/incident.yaml"
    assert run.stdout.strip() == str(path)
    assert "runbooks lint logins-fail-after-the-deploy" in run.stderr
    assert path.stat().st_mode & 0o777 == 0o644
    assert [p.name for p in path.parent.iterdir()] == ["incident.yaml"]
    assert made(root, path.parent.name).title == "Logins fail after the deploy"
    assert findings(load(root)) == {
        "hint": [
            f"`{name}` is not written yet"
            for name in ("severity", "symptom", "root_cause", "fix", "verification")
        ]
    }


def test_every_option_reaches_its_field(root: Path) -> None:
    run = new(
        root, "--title", "Disk: full", "--severity", "sev2", "--component", "database",
        "--component", "api", "--component", "database", "--symptom", 'Every "write" fails: #1\nAll of them',
        "--when", "2026-11-20 03:12 Europe/Berlin", "--id", "disk-is-full",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    incident = made(root, "disk-is-full")
    assert incident.severity is SeverityLevel.SEV2
    assert incident.components == ("database", "api")
    assert incident.symptom.description == 'Every "write" fails: #1\nAll of them'
    assert incident.moment(Moment.STARTED) == datetime(2026, 11, 20, 2, 12, tzinfo=UTC)
    assert (
        "2026-11-20T03:12:00+01:00" in (root / "incidents/disk-is-full/incident.yaml").read_text()
    )
    assert set(findings(load(root))) == {"hint"}


def test_the_examples_behind_the_hash_signs_are_good(root: Path) -> None:
    new(
        root,
        "--title",
        "Disk full",
        "--symptom",
        "Every write fails.",
        "--when",
        "2026-11-20T03:12:00Z",
    )
    path = root / "incidents/disk-full/incident.yaml"
    text = re.sub(r"(?m)^#( {2,})", r"\1", path.read_text())
    text = text.replace(
        "  statement:\n", "  statement: The disk was full of old logs of the proxy.\n"
    )
    path.write_text(text.replace("  trigger:\n", "  trigger: The log was made more verbose.\n"))
    base = load(root)
    assert base.entries[0].diagnostics == ()
    incident = base.incidents["disk-full"]
    for name in ("reviews", "diagnosis", "mitigation", "verification", "parameters", "detection",
                 "action_items", "lessons", "escalation", "sources"):  # fmt: skip
        assert getattr(incident, name), name
    assert incident.symptom.signatures
    assert incident.root_cause.ruled_out
    assert incident.fix.changes
    assert "error" not in findings(base), findings(base)


SIX = ["title", "severity", "symptom", "root_cause", "fix", "verification"]


def keys_of(path: Path) -> list[str]:
    return re.findall(r"(?m)^([a-z_]+):", path.read_text("utf-8"))


def test_a_short_draft_holds_six_fields_and_says_which_are_missing(root: Path) -> None:
    run = new(root, "--short", "--title", "Disk full")
    assert run.returncode == 0, run.stderr
    path = root / "incidents/disk-full/incident.yaml"
    assert run.stdout.strip() == str(path)
    assert keys_of(path) == ["title", "status", *SIX[1:]]
    assert findings(load(root)) == {"hint": [f"`{name}` is not written yet" for name in SIX[1:]]}
    path.write_text(path.read_text().replace("status: draft", "status: published"))
    assert findings(load(root))["error"] == [f"`{name}` is missing" for name in SIX[1:]]


def test_a_short_draft_is_an_incident_once_each_key_has_a_sentence(root: Path) -> None:
    new(root, "--short", "--title", "Disk full", "--severity", "SEV2")
    path = root / "incidents/disk-full/incident.yaml"
    path.write_text(
        re.sub(
            r"(?m)^([a-z_]+):$",
            r"\1: The disk was full of old logs of the proxy.",
            path.read_text(),
        )
    )
    incident = made(root, "disk-full")
    assert incident.unwritten == ()
    assert incident.verification[0].do == "The disk was full of old logs of the proxy."
    assert findings(load(root)) == {}


def test_a_short_draft_loses_nothing_of_what_was_given(root: Path) -> None:
    run = new(
        root, "--short", "--title", "Disk: full", "--severity", "sev2", "--component", "database",
        "--component", "api", "--symptom", 'Every "write" fails: #1\nAll of them',
        "--when", "2026-11-20 03:12 Europe/Berlin", "--id", "disk-is-full",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    path = root / "incidents/disk-is-full/incident.yaml"
    assert keys_of(path) == [
        "title", "status", "severity", "components", *SIX[2:], "timeline",
    ]  # fmt: skip
    incident = made(root, "disk-is-full")
    assert incident.title == "Disk: full"
    assert incident.severity is SeverityLevel.SEV2
    assert incident.components == ("database", "api")
    assert incident.symptom.description == 'Every "write" fails: #1\nAll of them'
    assert incident.moment(Moment.STARTED) == datetime(2026, 11, 20, 2, 12, tzinfo=UTC)
    assert incident.unwritten == ("root_cause", "fix", "verification")


def test_each_field_has_the_comment_of_the_model(root: Path) -> None:
    new(root, "--title", "x")
    text = (root / "incidents/x/incident.yaml").read_text()
    lines = text.splitlines()
    for number, line in enumerate(lines):
        key = re.match(r"([a-z_]+):", line)
        if key:
            description = field_descriptions(Incident)[key[1]].splitlines()[0]
            above = "\n".join(lines[number - 3 : number])
            assert description in above, key[1]


def test_a_draft_like_another_has_its_steps_and_helpers_and_not_its_story(
    full: Path, tmp_path: Path
) -> None:
    root = tmp_path / "kb"
    shutil.copytree(full, root)
    model = load(root).incidents["everything"]
    helpers = root / "incidents/everything/proofs"
    (helpers / "shared").mkdir(parents=True, exist_ok=True)
    (helpers / "shared/connect.mjs").write_text("export const one = 1;\n", "utf-8")
    (helpers / "package.json").write_text("{}\n", "utf-8")
    (helpers / "node_modules").mkdir()
    (helpers / "node_modules/left.js").write_text("1\n", "utf-8")
    run = new(root, "--like", "everything", "--title", "Another one", "--severity", "SEV4")
    assert run.returncode == 0, run.stderr
    incident = made(root, "another-one")
    assert incident.title == "Another one"
    assert incident.severity is SeverityLevel.SEV4
    assert (incident.components, incident.tags) == (model.components, model.tags)
    assert incident.related == ("everything",)
    assert incident.parameters == model.parameters
    for part in ("diagnosis", "mitigation", "verification", "checks"):
        own, its = getattr(incident, part), getattr(model, part)
        assert [(a.run, a.expect, a.risk, a.rollback) for a in own] == [
            (a.run, a.expect, a.risk, a.rollback) for a in its
        ]
        assert {(a.evidence, a.source, a.proof) for a in own} <= {(Evidence.REPORTED, (), None)}
    assert [step.run for step in incident.fix.steps] == [step.run for step in model.fix.steps]
    # Its story is its own.
    assert not incident.symptom.signatures
    assert not incident.timeline
    assert not incident.proofs
    assert not incident.sources
    folder = root / "incidents/another-one/proofs"
    assert (folder / "shared/connect.mjs").read_text("utf-8") == "export const one = 1;\n"
    assert (folder / "package.json").is_file()
    assert not (folder / "node_modules").exists()
    assert not (folder / "record.json").exists()
    errors = [d for d in lint(load(root), RULES) if "another-one" in str(d.file) and d.severity is Severity.ERROR]  # fmt: skip
    assert errors == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--like", "nosuch", "--title", "x"], "no incident has the id 'nosuch'"),
        (["--like", "everything"], "--like needs the title"),
        (["--like", "everything", "--title", "x", "--short"], "does not go with"),
        (["--like", "everything", "--title", "x", "--id", "everything"], "already exists"),
    ],
)
def test_what_a_draft_like_another_needs(full: Path, options: list[str], words: str) -> None:
    run = new(full, *options)
    assert run.returncode == 2
    assert words in run.stderr
    assert not (full / "incidents/x").exists()


def test_nothing_is_overwritten(root: Path) -> None:
    new(root, "--title", "Disk full")
    path = root / "incidents/disk-full/incident.yaml"
    path.write_text("title: mine\n")
    run = new(root, "--title", "Disk, full!")
    assert run.returncode == 2
    assert str(path) in run.stderr
    assert "disk-full-2" in run.stderr
    assert path.read_text() == "title: mine\n"
    assert new(root, "--title", "Disk full again", "--id", "disk-full").returncode == 2
    assert path.read_text() == "title: mine\n"
    assert new(root, "--title", "Disk full again", "--id", "disk-full-2").returncode == 0


def test_a_folder_with_attachments_alone_is_taken_over(root: Path) -> None:
    log = root / "incidents/disk-full/server.log"
    log.parent.mkdir()
    log.write_text("x")
    assert new(root, "--title", "Disk full").returncode == 0
    assert log.read_text() == "x"
    assert "disk-full" in load(root).incidents


def test_two_at_once_do_not_overwrite_each_other(root: Path) -> None:
    running = [
        subprocess.Popen(
            command("new", "--root", root, "--title", "Disk full", "--symptom", f"Seen {n} times"),
            stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(),
        )
        for n in range(3)
    ]  # fmt: skip
    outputs = [process.communicate(timeout=PATIENCE) for process in running]
    won = [n for n, process in enumerate(running) if process.returncode == 0]
    assert len(won) == 1, outputs
    assert made(root, "disk-full").symptom.description == f"Seen {won[0]} times"
    assert len(list((root / "incidents/disk-full").iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the title is missing"),
        (["--yes"], "the title is missing"),
        (["--title", "  "], "the text is empty"),
        (["--title", "a\nb"], "expected one line"),
        (["--title", "a\x07b"], "control character"),
        (["--title", "☃"], "no id can be made from the title"),
        (["--title", "x", "--severity", "high"], "SEV1, SEV2, SEV3, SEV4, unknown"),
        (["--title", "x", "--component", "My DB"], "write my-db"),
        (["--title", "x", "--when", "yesterday"], "2026-11-20 03:12 +01:00"),
        (["--title", "x", "--when", "2026-11-20 03:12"], "has no zone"),
        (["--title", "x", "--id", "My Disk"], "write my-disk"),
        (["--title", "x", "--id", "../x"], "is not an id"),
        (["--title", "x", "--id", "standing"], "standing"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_is_written(
    arguments: list[str], message: str, root: Path
) -> None:
    run = new(root, *arguments)
    assert run.returncode == 2
    assert message in run.stderr
    assert "Traceback" not in run.stderr
    assert list((root / "incidents").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_on_a_terminal_it_asks_again_until_it_understands(root: Path) -> None:
    new(root, "--title", "Disk full")
    answers = [
        "",
        "Disk full",
        "Disk full",
        "disk-full-2",
        "bad",
        "SEV3",
        "My DB",
        "database api",
        "",
        "now",
    ]
    said, path = on_a_terminal(root, answers)
    assert path == "incidents/disk-full-2/incident.yaml"
    assert "incidents/disk-full/incident.yaml already exists" in said
    assert "write my" in said
    incident = made(root, "disk-full-2")
    assert incident.severity is SeverityLevel.SEV3
    assert incident.components == ("database", "api")
    assert incident.unwritten[0] == "symptom"
    started = incident.moment(Moment.STARTED)
    assert started is not None
    assert abs(started - datetime.now(UTC)) < timedelta(minutes=10)


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_on_a_terminal_enter_leaves_out(root: Path) -> None:
    _, path = on_a_terminal(root, ["A title", "", "", "", ""])
    assert path == "incidents/a-title/incident.yaml"
    assert set(findings(load(root))) == {"hint"}


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_who_gives_up_has_written_nothing(root: Path) -> None:
    _, path = on_a_terminal(root, ["A title", "SEV1", "\x03"])
    assert path == ""
    assert list((root / "incidents").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_on_a_terminal_a_short_draft_holds_the_answers(root: Path) -> None:
    _, path = on_a_terminal(root, ["A title", "SEV3", "api", "It fails.", ""], "--short")
    assert keys_of(root / path) == ["title", "status", "severity", "components", *SIX[2:]]
    incident = made(root, "a-title")
    assert incident.components == ("api",)
    assert incident.symptom.description == "It fails."


def on_a_terminal(root: Path, answers: list[str], *arguments: str) -> tuple[str, str]:
    """Answer the questions on a terminal; return what was said and what was printed."""
    import pty

    terminal, inside = pty.openpty()
    with os.fdopen(terminal, "wb", buffering=0) as typing:
        process = subprocess.Popen(
            command("new", *arguments),
            cwd=root, stdin=inside, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment(), start_new_session=True, preexec_fn=lambda: _take_terminal(0),
        )  # fmt: skip
        os.close(inside)
        typing.write("".join(f"{answer}\n" for answer in answers).encode())
        printed, said = process.communicate(timeout=PATIENCE)
    return said, printed.strip()


def _take_terminal(descriptor: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(descriptor, termios.TIOCSCTTY, 0)


# --- its parts


def readable(text: str) -> str:
    """What the model makes of a text."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


READABLE = st.text(
    st.characters(
        exclude_categories=["Cs"],
        exclude_characters="".join(
            map(chr, (*range(9), 11, 12, *range(14, 27), *range(28, 32), 127))
        )
        + "".join(map(chr, (*range(0x80, 0x85), *range(0x86, 0xA0)))),
    ),
    min_size=1,
).filter(lambda text: bool(text.strip()))


@settings(max_examples=300)
@given(READABLE | st.sampled_from(["no", "~", "null", "12:30", "010", "- x", "# x", "a: b", "x #y", "'", '"', "{a}", "*a", "!!x", "%", "@", "\\", "\x85", "\u2028 x", "\ufeffx", "|", "---", "=", "<<", " x ", "\tx"]))  # fmt: skip
def test_any_text_comes_back(text: str) -> None:
    written = yaml_value(text)
    assert "\n" not in written
    source = parse_yaml("x", f"a: 1\nk: {written}\nz: 2\n".encode())
    assert source.data == {"a": "1", "k": text, "z": "2"}
    assert not source.problems
    inside = parse_yaml("x", f"k:\n  - {{ a: 1 }}\n  - k: {written}\n".encode())
    assert inside.data["k"][1] == {"k": text}


@settings(max_examples=200)
@given(st.text())
def test_any_title_gives_an_id_or_none(title: str) -> None:
    found = id_from(title)
    assert found == "" or (is_id(found) and found != "standing")
    assert len(found) <= 70


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Größe überschritten: 100 %!", "grosse-uberschritten-100"),
        ("Søren's disk", "sorens-disk"),
        ("KubePodCrashLooping", "kube-pod-crash-looping"),
        ("Ключ не найден", "klyuch-ne-nayden"),
        ("CON", "incident-con"),
        ("Standing", "incident-standing"),
        ("…", ""),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_ids(title: str, found: str) -> None:
    assert id_from(title) == found


def test_free_ids() -> None:
    assert free_id("a", {"b"}) == "a"
    assert free_id("a", {"a", "a-2"}) == "a-3"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("now", "2026-11-21T09:30:00+00:00"),
        ("2026-11-20T03:12:00Z", "2026-11-20T03:12:00+00:00"),
        ("2026-11-20t03:12:30.5+01:00", "2026-11-20T03:12:30.500000+01:00"),
        ("2026-11-20 03:12 +01:00", "2026-11-20T03:12:00+01:00"),
        ("2026-11-20 3:12 +0100", "2026-11-20T03:12:00+01:00"),
        ("2026-11-20 03:12 UTC", "2026-11-20T03:12:00+00:00"),
        ("2026-11-20 03:12Z", "2026-11-20T03:12:00+00:00"),
        ("2026-07-20 03:12 Europe/Berlin", "2026-07-20T03:12:00+02:00"),
        (" 2026-11-20   03:12:07   America/Argentina/Buenos_Aires ", "2026-11-20T03:12:07-03:00"),
    ],
)
def test_times(typed: str, found: str) -> None:
    assert point_in_time(typed, NOW).isoformat() == found


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "is not a time"),
        ("03:12", "is not a time"),
        ("20.11.2026 03:12", "is not a time"),
        ("2026-11-20", "is not a time"),
        ("2026-11-20 03:12", "has no zone"),
        ("2026-11-31 03:12Z", "is not a time"),
        ("2026-11-20 25:00Z", "is not a time"),
        ("2026-11-20 03:12 Europe/Atlantis", "unknown time zone"),
        ("2026-11-20 03:12 ../../etc/passwd", "is not a time"),
        ("2026-11-20 03:12 +99:00", "unknown time zone"),
        ("2026-10-25 02:30 Europe/Berlin", "clocks"),
        ("2026-03-29 02:30 Europe/Berlin", "clocks"),
        ("2026-11-21 10:00Z", "future"),
    ],
)
def test_no_times(typed: str, why: str) -> None:
    with pytest.raises(NoTime, match=why):
        point_in_time(typed, NOW)


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_any_other_text_is_no_time_and_no_crash(typed: str) -> None:
    with contextlib.suppress(NoTime):
        assert point_in_time(typed, NOW).tzinfo is not None


def test_the_severities_of_findings_in_a_draft_are_hints_for_what_is_missing(root: Path) -> None:
    new(root, "--title", "x")
    path = root / "incidents/x/incident.yaml"
    text = path.read_text().replace(
        "fix:\n", "fix: [{do: Drop it, run: 'dropdb \"$NAME\"', risk: destructive}]\n"
    )
    text += "\n# a token\nnotes: 'ghp_" + "a8Kd03mZq1Lx7Rt5Wv9Yb2Nc4Pe6Sf0Hg1Jk'\n"
    path.write_text(text.replace("action_items:\n", "action_items: [{do: Find out why}]\n"))
    found = {d.code: d.severity for d in lint(load(root), RULES)}
    assert found.pop("KB801") is Severity.ERROR  # a secret is one in a draft, too
    assert set(found) == {"KB106", "KB401", "KB402", "KB501", "KB504"}
    assert set(found.values()) == {Severity.HINT}
