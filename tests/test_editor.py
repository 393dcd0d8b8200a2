"""What authors write, as programs see it that know our schema: an editor, and check-jsonschema."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.editor import Editor
from tests.sites import replace_line, runbooks

pytestmark = pytest.mark.slow

CHECK = Path(sys.executable).parent / "check-jsonschema"
EXAMPLE = "disk-full-on-database-host"
MANY = ("--severity", "SEV2", "--component", "database", "--component", "api",
        "--symptom", 'Every "write" fails: #1\nAll of them', "--when", "2026-11-20T03:12:00Z")  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new knowledge base, with an incident of each kind that `runbooks new` writes."""
    root = tmp_path_factory.mktemp("editor") / "base"
    runs = [
        runbooks("init", root),
        runbooks("new", "--root", root, "--title", "Long"),
        runbooks("new", "--root", root, "--title", "Long with all", *MANY),
        runbooks("new", "--root", root, "--short", "--title", "Short"),
        runbooks("new", "--root", root, "--short", "--title", "Short with all", *MANY),
    ]
    assert [run.returncode for run in runs] == [0] * 5, [run.stderr for run in runs]
    return root


@pytest.fixture(scope="module")
def editor(base: Path) -> Iterator[Editor]:
    with Editor(base) as editor:
        yield editor


def incident(root: Path, incident_id: str) -> Path:
    return root / "incidents" / incident_id / "incident.yaml"


def written(base: Path, incident_id: str, text: str) -> Path:
    """Write an incident of one's own into the base."""
    path = incident(base, incident_id)
    path.parent.mkdir()
    path.write_text(f"# yaml-language-server: $schema=../incident.schema.json\n{text}", "utf-8")
    return path


def line_of(file: Path, key: str) -> int:
    lines = file.read_text("utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.startswith(f"{key}:"))


def refused(schema: Path, *files: Path) -> str:
    """Return what check-jsonschema complains about, empty for nothing."""
    done = subprocess.run([CHECK, "--schemafile", schema, *files], capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("made", [EXAMPLE, "long", "long-with-all", "short", "short-with-all"])
def test_what_a_new_base_holds_is_right_in_every_editor(
    made: str, base: Path, editor: Editor
) -> None:
    file = incident(base, made)
    assert editor.problems(file) == []
    assert refused(base / "incidents/incident.schema.json", file) == ""


def test_our_own_incidents_are_right_in_an_editor(editor: Editor) -> None:
    files = sorted(ROOT.glob("incidents/*/*.yaml"))
    assert len(files) > 100
    editor.open(*files)
    found = {file.relative_to(ROOT).as_posix(): editor.problems(file) for file in files}
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.parametrize("kind", ["incident", "proofs", "sources"])
def test_our_own_incidents_are_right_for_any_checker(kind: str) -> None:
    files = sorted(ROOT.glob(f"incidents/*/{kind}.yaml"))
    assert len(files) > 1
    assert refused(ROOT / f"incidents/{kind}.schema.json", *files) == ""


@pytest.mark.parametrize("status", ["draft", "published"])
def test_a_wrong_severity_is_marked_once_on_its_line(
    status: str, base: Path, editor: Editor
) -> None:
    text = incident(base, EXAMPLE).read_text("utf-8").partition("\n")[2]
    file = written(base, f"wrong-when-{status}", text)
    replace_line(file, "severity", "SEV9")
    replace_line(file, "status", status)
    [(line, message)] = editor.problems(file)
    assert line == line_of(file, "severity")
    assert '"SEV1", "SEV2", "SEV3", "SEV4"' in message
    assert "$.severity: 'SEV9'" in refused(base / "incidents/incident.schema.json", file)


def test_what_a_published_incident_lacks_is_marked(base: Path, editor: Editor) -> None:
    text = incident(base, "short").read_text("utf-8").partition("\n")[2]
    file = written(base, "published-too-early", text)
    replace_line(file, "status", "published")
    empty = ["severity", "symptom", "root_cause", "fix", "verification"]
    assert [line for line, _ in editor.problems(file)] == [line_of(file, key) for key in empty]
    complaints = refused(base / "incidents/incident.schema.json", file)
    assert re.findall(r"\$\.(\w+): None is not of type", complaints) == empty


def test_times_are_marked_as_lint_marks_them(base: Path, editor: Editor) -> None:
    times = ["2026-01-15T02:58:00Z", "2026-01-15 02:58+01:00", "2026-01-15T02:58:00", "2026-01-15"]
    events = "".join(f"  - {{ at: {time}, what: x }}\n" for time in times)
    file = written(base, "times", f"title: Times\nstatus: draft\ntimeline:\n{events}")
    marked = [line for line, _ in editor.problems(file)]
    assert marked == [7, 8]
    said = runbooks("lint", "--root", base, "times").stdout
    assert [int(line) for line in re.findall(r"yaml:(\d+):\d+: error", said)] == marked


def test_the_examples_behind_the_hash_signs_are_right_too(base: Path, editor: Editor) -> None:
    text = incident(base, "long-with-all").read_text("utf-8").partition("\n")[2]
    text = re.sub(r"(?m)^#( {2,})", r"\1", text)
    file = written(base, "examples", text.replace("  statement:\n", "  statement: A full disk.\n"))
    assert editor.problems(file) == []
    assert refused(base / "incidents/incident.schema.json", file) == ""


def test_empty_keys_of_the_standing_checks_are_right_too(base: Path, editor: Editor) -> None:
    schema = base / "incidents/checks.schema.json"
    assert runbooks("schema", "--of", "checks", "-o", schema).returncode == 0
    file = base / "incidents/checks.yaml"
    file.write_text(
        "# yaml-language-server: $schema=checks.schema.json\nparameters:\nchecks:\n"
        "  - { id: backup, phase: before, check: The backup is new, risk: , level: ,"
        " needs: , expect: Less than a day old. }\n"
    )
    assert editor.problems(file) == []
    assert refused(schema, file) == ""
    found = [d for d in runbooks("lint", "--root", base).stdout.splitlines() if file.name in d]
    assert [d.partition(" ")[2][:11] for d in found] == ["hint[KB530]"], "a person makes this check"


def test_an_editor_says_what_fields_are_for_and_proposes_values(base: Path, editor: Editor) -> None:
    file = written(
        base, "typing", "title: x\nstatus: draft\n\nseverity: \nsymptom:\n  description: y\n  "
    )
    assert editor.problems(file) == []
    assert "SEV1 (the worst) to SEV4" in editor.hover(file, 5, 3)
    assert "What is seen." in editor.hover(file, 6, 3)
    assert "who does not know the cause" in editor.hover(file, 7, 5)
    assert {"root_cause", "fix", "verification"} <= set(editor.completions(file, 4, 1))
    assert {"SEV1", "SEV2", "SEV3", "SEV4", "unknown"} <= set(editor.completions(file, 5, 11))
    assert {"signatures", "alerts"} <= set(editor.completions(file, 8, 3))
