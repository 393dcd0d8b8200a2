"""The gate in a real git repository: what changed between two commits chooses the checks that run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.checklists import (
    LONG,
    RUN,
    Terminal,
    base,
    check,
    left_behind,
    record,
    record_file,
    verdicts,
)
from tests.pace import PATIENCE
from tests.test_checklist import commit, git

pytestmark = pytest.mark.slow

DB = {"applies_to": {"paths": ["db/**"]}}
WAIVER = """\
waivers:
  - check: x/fails
    reason: The disk is ordered
    who: release manager
    until: {until}
"""


def release(folder: Path, **checks: dict[str, object]) -> Path:
    """Return a knowledge base beside a repository whose last commit changes `db/1.sql`."""
    root = base(folder, **{name: {**DB, **fields} for name, fields in checks.items()})
    app = folder / "app"
    git(app, "init", "-q", "-b", "main")
    commit(app, readme="1\n")
    commit(app, db__1="select 1;\n")
    return root


def words(root: Path, *more: str | Path) -> list[str]:
    given = ("--changed-since", "HEAD~1", "--root", root, "--record-dir", root.parent / "records", "--trust")  # fmt: skip
    return [*RUN, *map(str, (*given, *more))]


def gate(root: Path, *more: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words(root, "--yes", *more), cwd=root.parent / "app", capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=PATIENCE,
    )  # fmt: skip


def revision(root: Path) -> str:
    return git(root.parent / "app", "rev-parse", "HEAD")


def test_what_changed_decides_which_checks_run(tmp_path: Path) -> None:
    root = release(
        tmp_path,
        counts=check("true"),
        other=check("touch other", applies_to={"paths": ["web/**"]}),
        line=check("true 1", applies_to={"paths": ["db/**"], "when_added": "select"}),
        gone=check("touch gone", applies_to={"paths": ["db/**"], "when_removed": "select"}),
    )
    done = gate(root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert verdicts(root) == {"counts": "passed", "line": "passed"}
    assert record(root)["revision"] == revision(root)
    assert "db/1 matches db/**, added: select 1;" in record(root)["by_id"]["line"]["why"][0]


def test_no_change_is_no_pass(tmp_path: Path) -> None:
    root = release(tmp_path, counts=check("true"))
    none = ("--changed-since", "HEAD")
    assert gate(root, *none).returncode == 2
    assert gate(root, *none, "--allow-empty").returncode == 0


@pytest.mark.parametrize(("until", "code", "verdict"), [("2999-12-31", 0, "waived"), ("2020-01-01", 1, "failed")])  # fmt: skip
def test_a_waiver_stands_wherever_the_check_stands(
    tmp_path: Path, until: str, code: int, verdict: str
) -> None:
    root = release(tmp_path, fails=check("false"))
    (root / "incidents/waivers.yaml").write_text(WAIVER.format(until=until), "utf-8")
    junit = tmp_path / "j.xml"
    done = gate(root, "--junit", junit)
    assert done.returncode == code
    made = record(root)["by_id"]["fails"]
    assert made["verdict"] == verdict
    (case,) = ElementTree.parse(junit).getroot()[0]
    comment = subprocess.run(
        [*RUN[:-1], "--changed-since", "HEAD~1", "--root", root, "--format", "github"],
        cwd=tmp_path / "app", capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert f"Waived by: release manager until {until}: The disk is ordered" in comment
    if code:
        assert "its waiver ended on 2020-01-01" in made["wrong"]
        assert case[0].tag == "failure"
        assert "this has ended, so the check counts" in comment
    else:
        assert (made["waived_by"], made["waived_until"]) == ("release manager", until)
        assert (case[0].tag, "The disk is ordered" in str(case[0].get("message"))) == (
            "skipped",
            True,
        )


def test_a_waiver_of_one_run_needs_a_reason_and_a_check_of_the_list(tmp_path: Path) -> None:
    root = release(tmp_path, fails=check("false"))
    assert gate(root, "--waive", "x/fails").returncode == 2
    assert gate(root, "--waive", "x/none=Ordered").returncode == 2
    done = gate(root, "--waive", "x/fails=Ordered", "--operator", "Ada")
    assert done.returncode == 0, done.stdout + done.stderr
    made = record(root)["by_id"]["fails"]
    assert (made["verdict"], made["reason"], made["waived_by"]) == ("waived", "Ordered", "Ada")


def test_a_resumed_run_keeps_skips_and_belongs_to_one_commit(tmp_path: Path) -> None:
    root = release(tmp_path, a=check("touch a"), fails=check("test -e mended"))
    app = tmp_path / "app"
    with closing(Terminal(words(root), app)) as seen:
        seen.until("[q]uit: ")
        seen.type("s")
        seen.until("hy")  # why it is skipped
        seen.type("Done by hand")
        seen.until("[q]uit: ")
        seen.type("r")
        assert seen.ends() == 1
    (app / ".git/info/exclude").write_text("mended\n")
    (app / "mended").touch()
    resumed = ("--resume", record_file(root))
    done = gate(root, *resumed)
    assert done.returncode == 0, done.stdout + done.stderr
    made = record(root)["by_id"]
    assert (made["a"]["verdict"], made["a"]["reason"]) == ("skipped", "Done by hand")
    assert (made["fails"]["verdict"], len(made["fails"]["earlier"])) == ("passed", 1)
    assert not (app / "a").exists()
    commit(app, db__2="select 2;\n")
    done = gate(root, *resumed)
    assert done.returncode == 2
    assert "it belongs to revision" in done.stderr


def test_all_that_fails_is_shown_and_a_report_stops_nothing(tmp_path: Path) -> None:
    root = release(tmp_path, a=check("false"), b=check("exit 3"), c=check("true"))
    assert gate(root).returncode == 1
    assert verdicts(root) == {"a": "failed", "b": "not-reached", "c": "not-reached"}
    record_file(root).unlink()
    done = gate(root, "--keep-going", "--report-only")
    assert done.returncode == 0
    assert verdicts(root) == {"a": "failed", "b": "failed", "c": "passed"}
    assert "Only reported" in done.stdout


def test_what_waits_what_needs_two_and_what_comes_after(tmp_path: Path) -> None:
    third = "echo x >>../tries; test $(wc -l <../tries) -ge 3"
    root = release(
        tmp_path,
        waits=check(third, poll={"every": "10ms", "for": "5m"}),
        two=check("touch two", approval="second-person", level="advisory"),
        later=check("touch later", phase="after"),
    )
    done = gate(root)
    assert done.returncode == 0, done.stdout + done.stderr
    made = record(root)["by_id"]
    assert {name: each["verdict"] for name, each in made.items()} == {
        "waits": "passed",
        "two": "not-done",
    }
    assert made["waits"]["tries"] == 3
    assert "second person" in made["two"]["reason"]
    record_file(root).unlink()
    assert gate(root, "--phase", "after").returncode == 0
    assert (tmp_path / "app/later").exists()
    assert not (tmp_path / "app/two").exists()


def test_two_runs_do_not_write_one_record(tmp_path: Path) -> None:
    root = release(tmp_path, a=check("touch begun; sleep 300"))
    began = subprocess.Popen(
        words(root, "--yes"), cwd=tmp_path / "app", stdout=subprocess.PIPE, text=True
    )
    assert began.stdout is not None
    while "timeout" not in began.stdout.readline():
        assert began.poll() is None
    other = gate(root, "--resume", record_file(root))
    began.send_signal(signal.SIGINT)
    began.communicate(timeout=PATIENCE)
    assert (other.returncode, began.returncode) == (2, 130)
    assert "another run writes" in other.stderr


def test_junit_says_what_the_exit_code_says_and_merged_checks_say_both(tmp_path: Path) -> None:
    same = {"run": "exit 3", "level": "advisory"}
    root = release(
        tmp_path,
        one=check(**same, check="The first holds"),
        two=check(**same, check="The second holds"),
    )
    done = gate(root, "--junit", tmp_path / "j.xml")
    assert done.returncode == 0
    suite = ElementTree.parse(tmp_path / "j.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("1", "0", "1")
    assert record(root)["checks"][0]["check"] == "The first holds; The second holds"


def test_the_exported_script_runs_in_the_clone(tmp_path: Path) -> None:
    child = f"sh -c 'trap \"\" TERM HUP INT; {LONG}; {LONG}' >/dev/null 2>&1 &"
    root = release(
        tmp_path, a=check(f"{child} git log -1 --format=%s", expect={"contains": "change"})
    )
    script = tmp_path / "gate.sh"
    asked = [*RUN[:-1], "--changed-since", "HEAD~1", "--root", root, "--format", "sh", "-o", script]
    subprocess.run(asked, cwd=tmp_path / "app", check=True, capture_output=True)
    done = subprocess.run(
        ["bash", script], cwd=tmp_path / "app", input="r\n", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert "1 of 1 checks passed." in done.stdout
    assert left_behind() == []


def test_names_that_no_terminal_should_get(tmp_path: Path) -> None:
    root = release(tmp_path, a=check("true"))
    app = tmp_path / "app"
    for name in (b"db/new\nline", b"db/\x1b[31m", b"db/\xff"):
        (app / os.fsdecode(name)).write_text("x\n")
    git(app, "add", "-A")
    git(app, "commit", "-qm", "names")
    done = gate(root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\x1b" not in done.stdout
    listed = subprocess.run(
        [*RUN[:-1], "--changed-since", "HEAD~1", "--root", root, "--format", "json"],
        cwd=app, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (reason,) = json.loads(listed.stdout)["checks"][0]["reasons"]
    assert reason["why"] == '"db/\\033[31m" and 2 more files match db/**'
