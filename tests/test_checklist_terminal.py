"""`runbooks checklist run` in a real terminal: what it asks, and what the answers do."""

from __future__ import annotations

import shlex
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.checklists import (
    LONG,
    Terminal,
    arguments,
    base,
    check,
    left_behind,
    record,
    record_file,
    run,
    terminal,
    verdicts,
)

pytestmark = pytest.mark.slow

READ = "[r]un (Enter), [s]kip, [q]uit: "
CHANGE = "It changes state. [r]un, [s]kip, [q]uit: "


@pytest.fixture(autouse=True)
def nothing_is_left_behind():
    yield
    assert left_behind() == []


def test_a_walk_through_a_deploy(tmp_path: Path) -> None:
    root = base(
        tmp_path,
        reads=check("echo read it"),
        skips=check("touch skipped", level="advisory", risk="changes-state"),
        changes=check("touch changed", phase="during", risk="changes-state"),
        destroys=check("touch destroyed", phase="during", risk="destructive", rollback="Restore"),
        looks=check(None, phase="after", expect={"shows": "green tiles"}, risk=None),
        words=check("echo fine", phase="after", expect={"shows": "the word fine"}),
    )
    app = tmp_path / "app"
    with terminal(root) as seen:
        before = seen.until(READ)
        assert "1 of 6 · before · blocking" in before
        assert "x (SEV2, draft): Nobody can log in; all checks were selected" in before
        assert "    echo read it\n" in before
        seen.type()
        seen.until("│ read it")
        seen.until("passed")
        # What changes state does not run on Enter, and a skip needs a reason.
        seen.until(CHANGE)
        seen.type()
        seen.until(CHANGE)
        seen.type("skip")
        seen.until("Why is it skipped? ")
        seen.type("  ")
        seen.until("A skip needs a reason")
        seen.type("The table is not there yet")
        seen.until("skipped: The table is not there yet")
        # The deploy itself is done between two phases.
        seen.until("Begin the deploy now.")
        seen.until("[c]ontinue (Enter), [q]uit: ")
        seen.type()
        seen.until("DURING THE DEPLOY")
        seen.until(CHANGE)
        assert not (app / "changed").exists()
        seen.type("r")
        seen.until("passed")
        # What destroys runs only when its id is typed.
        seen.until("To run it, type x/destroys")
        for wrong in ("", "r", "y", "destroys"):
            seen.type(wrong)
            seen.until("x/destroys, [s]kip, [q]uit: ")
        assert not (app / "destroyed").exists()
        seen.type("x/destroys")
        seen.until("passed")
        assert (app / "destroyed").exists()
        seen.until("Finish the deploy now.")
        seen.type()
        seen.until("green tiles")
        seen.until("Does it hold? [y]es, [n]o, [s]kip, [q]uit: ")
        seen.type("y")
        # A command of which only words are expected: it runs, and a person judges.
        seen.until(READ)
        seen.type()
        seen.until("│ fine")
        seen.until("Does it show that?")
        seen.type("yes")
        seen.until("Passed. 5 passed, 1 skipped.")
        assert seen.ends() == 0
    assert {path.name for path in app.iterdir()} == {"changed", "destroyed"}
    made = record(root)["by_id"]
    assert made["skips"]["verdict"] == "skipped"
    assert made["skips"]["reason"] == "The table is not there yet"
    assert [each["verdict"] for name, each in made.items() if name != "skips"] == ["passed"] * 5
    # Nothing is wider than the terminal, but what has to be copied.
    assert max(map(len, seen.shown.replace(str(tmp_path), "").splitlines())) <= 80


def test_a_blocking_failure_offers_the_rollback(tmp_path: Path) -> None:
    back = {"do": "Go back to the release before", "run": 'echo "back to $RELEASE"; touch back'}
    root = base(
        tmp_path,
        site_url="https://runbooks.example.com",
        fails=check("echo bad; exit 3", risk="changes-state", rollback=back),
        later=check("touch reached", phase="after"),
    )
    with terminal(root) as seen:
        seen.until(CHANGE)
        seen.type("r")
        seen.until("FAILED")
        seen.until("exit code 3, expected 0")
        seen.until("Go back to the release before")
        seen.until("Run this rollback? [y]es, [n]o: ")
        assert not (tmp_path / "app/back").exists()
        seen.type()  # nothing is undone by Enter
        seen.until("Run this rollback? [y]es, [n]o: ")
        seen.type("y")
        seen.until("RELEASE (empty: unknown) = ")
        seen.type("v1.2")
        seen.until("│ back to v1.2")
        seen.until("the rollback succeeded")
        seen.until("https://runbooks.example.com/incidents/x/")
        seen.until("runbooks show x")
        assert seen.ends() == 1
    rollback = record(root)["by_id"]["fails"]["rollback"]
    assert (rollback["outcome"], rollback["output"]) == ("passed", "back to v1.2")
    assert verdicts(root) == {"fails": "failed", "later": "not-reached"}
    assert not (tmp_path / "app/reached").exists()


@pytest.mark.parametrize(
    ("command", "answers", "outcome"),
    [
        ("touch back", ["n"], "declined"),
        ("exit 3; touch back", ["y"], "failed"),
        ('touch back "$RELEASE"', ["y", ""], "declined"),
    ],
)
def test_a_rollback_that_is_not_wanted_or_fails(tmp_path: Path, command: str, answers: list[str], outcome: str) -> None:  # fmt: skip
    root = base(tmp_path, fails=check("exit 3", rollback={"do": "Go back", "run": command}))
    with terminal(root) as seen:
        seen.until(READ)
        seen.type()
        seen.until("Run this rollback?")
        for answer in answers:
            seen.type(answer)
            if answer == "y" and len(answers) > 1:
                seen.until("RELEASE (empty: unknown) = ")
        assert seen.ends() == 1
    assert record(root)["by_id"]["fails"]["rollback"]["outcome"] == outcome
    assert not (tmp_path / "app/back").exists()


def test_values_are_asked_for(tmp_path: Path) -> None:
    parameters = [
        {"name": "ALIAS", "description": "The alias", "example": "carts"},
        {"name": "API_TOKEN", "description": "A token"},
        {"name": "NOBODY_KNOWS", "description": "A riddle"},
    ]
    root = base(
        tmp_path,
        parameters=parameters,
        a=check('echo "$ALIAS $API_TOKEN"'),
        b=check('echo "again $ALIAS"'),
        c=check('touch ran "$NOBODY_KNOWS"', level="advisory"),
    )
    with terminal(root) as seen:
        asked = seen.until("ALIAS (empty: unknown) = ")
        assert "The alias" in asked
        assert "such as carts" in asked
        seen.type("two words; 'quoted'")
        seen.until("API_TOKEN (not shown; empty: unknown) = ")
        seen.type("tok-12345")
        shown = seen.until(READ)
        assert "ALIAS=two words; 'quoted'" in shown
        assert "API_TOKEN=..." in shown
        seen.type()
        seen.until("│ two words; 'quoted' ...")
        seen.until(READ)  # known by now: not asked again
        seen.type()
        seen.until("│ again two words; 'quoted'")
        seen.until("NOBODY_KNOWS (empty: unknown) = ")
        seen.type()
        seen.until(
            "It cannot run: needs NOBODY_KNOWS (A riddle); set it with --set NOBODY_KNOWS=..."
        )
        seen.until("[s]kip, [q]uit: ")
        seen.type("s")
        seen.until("Why is it skipped? ")
        seen.type("Nobody knows")
        assert seen.ends() == 0
    assert verdicts(root) == {"a": "passed", "b": "passed", "c": "skipped"}
    assert "tok-12345" not in seen.shown
    assert "tok-12345" not in record_file(root).read_text("utf-8")
    assert not (tmp_path / "app/ran").exists()


def test_ctrl_c_ends_what_runs(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("echo well"), b=check(f"echo begun; {LONG}"), c=check("touch c"))
    with terminal(root) as seen:
        seen.until(READ)
        seen.type()
        seen.until(READ)
        seen.type()
        seen.until("│ begun")
        seen.press(b"\x03")
        seen.until("Interrupted. 1 passed, 1 interrupted, 1 not reached.")
        assert seen.ends() == 130
    assert left_behind() == []
    assert record(root)["outcome"] == "interrupted"
    assert record(root)["by_id"]["b"]["output"] == "begun"
    # And on from there.
    with terminal(root, "--resume", record_file(root)) as seen:
        seen.until("passed before: x/a")
        seen.until(READ)
        seen.press(b"\x03")
        seen.until("Interrupted.")
        assert seen.ends() == 130
    assert verdicts(root) == {"a": "passed", "b": "not-reached", "c": "not-reached"}
    assert [attempt["verdict"] for attempt in record(root)["by_id"]["b"]["earlier"]] == ["interrupted"]  # fmt: skip


@pytest.mark.parametrize("key", [b"q\n", b"\x04"])
def test_leaving_is_no_pass(tmp_path: Path, key: bytes) -> None:
    root = base(tmp_path, a=check("touch ran"))
    with terminal(root) as seen:
        seen.until(READ)
        seen.press(key)
        seen.until("Stopped by the operator. 1 not reached.")
        assert seen.ends() == 1
    assert record(root)["outcome"] == "stopped"
    assert list((tmp_path / "app").iterdir()) == []


def test_leaving_before_a_judgement_is_no_pass(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("echo fine", expect={"shows": "fine"}), b=check("touch b"))
    with terminal(root) as seen:
        seen.until(READ)
        seen.type()
        seen.until("Does it show that?")
        seen.press(b"\x04")
        assert seen.ends() == 1
    assert verdicts(root) == {"a": "interrupted", "b": "not-reached"}
    assert record(root)["by_id"]["a"]["output"] == "fine"


def test_a_person_says_no(tmp_path: Path) -> None:
    root = base(tmp_path, a=check(None, expect={"shows": "green"}, risk=None), b=check("touch b"))
    with terminal(root) as seen:
        seen.until("Does it hold?")
        seen.type("n")
        seen.until("What did you see?")
        seen.type("red tiles")
        assert seen.ends() == 1
    assert record(root)["by_id"]["a"]["wrong"] == ["red tiles"]
    assert verdicts(root) == {"a": "failed", "b": "not-reached"}


def test_a_check_gets_no_terminal_and_nothing_that_is_typed(tmp_path: Path) -> None:
    tells = "test -t 0 || echo no input; test -t 1 || echo no output; exec 2>/dev/null </dev/tty || echo no terminal"
    root = base(tmp_path, a=check(tells), b=check("touch b", risk="changes-state"))
    with terminal(root) as seen:
        seen.until(READ)
        seen.type()
        seen.until("│ no input")
        seen.until("│ no output")
        seen.until(CHANGE)
        seen.type("q")
        assert seen.ends() == 1
    assert not (tmp_path / "app/b").exists()


def test_with_yes_nothing_is_asked_in_a_terminal_either(tmp_path: Path) -> None:
    root = base(tmp_path, a=check(), b=check("touch b", risk="destructive", rollback="r"))
    with terminal(root, "--yes") as seen:
        assert seen.ends() == 1
    assert arguments(root)
    assert verdicts(root) == {"a": "passed", "b": "not-done"}


def test_a_check_that_needs_a_second_person(tmp_path: Path) -> None:
    root = base(
        tmp_path,
        a=check("touch ran", risk="destructive", rollback="Restore", approval="second-person"),
    )
    done = run(root, "--allow", "changes-state")
    assert done.returncode == 1
    assert "it needs the word of a second person" in done.stdout
    record_file(root).unlink()
    with terminal(root) as seen:
        seen.until("x/a, [s]kip, [q]uit: ")
        seen.type("x/a")
        command = seen.until("Role of the second person").partition("runbooks run --approve ")[2]
        waiting = shlex.split("".join(command.split("\n  Role")[0].splitlines()))
        seen.type("database on-call")
        with closing(
            Terminal([sys.executable, "-m", "generator", "run", "--approve", *waiting], tmp_path)
        ) as other:
            other.until("touch ran")
            other.until("type a")
            other.type("a")
            other.until("this code: ")
            other.ends()
            code = other.shown.rpartition("this code: ")[2].strip()
        seen.until("Code that this person was shown")
        seen.type(code)
        seen.until("passed")
        assert seen.ends() == 0
    assert record(root)["by_id"]["a"]["approved_by"] == "database on-call"
    assert (tmp_path / "app/ran").exists()


def test_what_a_person_skipped_stays_skipped(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("touch ran"), b=check("test -e mended"))
    with terminal(root) as seen:
        seen.until(READ)
        seen.type("s")
        seen.until("Why is it skipped? ")
        seen.type("The table is not there yet")
        seen.until(READ)
        seen.type()
        seen.until("FAILED")
        assert seen.ends() == 1
    (tmp_path / "app/mended").touch()
    done = run(root, "--resume", record_file(root))
    assert done.returncode == 0
    assert "skipped before: x/a: The table is not there yet" in done.stdout
    assert verdicts(root) == {"a": "skipped", "b": "passed"}
    assert record(root)["by_id"]["a"]["reason"] == "The table is not there yet"


def test_the_wait_for_a_result_is_shown_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("echo no; false", poll={"every": "30s", "for": "5m"}))
    with terminal(root) as seen:
        seen.until(READ)
        seen.type()
        seen.until("not yet, after")
        seen.until("not as expected yet, ")
        seen.until("of at most 5 min")
        seen.press(b"\x03")
        seen.until("INTERRUPTED")
        assert seen.ends() == 130
    made = record(root)["by_id"]["a"]
    assert (made["verdict"], made["tries"], made["output"]) == ("interrupted", 1, "no")
