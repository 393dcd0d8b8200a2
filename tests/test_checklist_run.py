"""`runbooks checklist run --yes`: what runs, what it does to the release, and its record."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.checklists.commands import CommandRunner
from generator.commands import processes
from generator.commands.masking import KEEP, Masker, kept, visible
from generator.commands.sandbox import Sandbox
from tests.checklists import (
    LONG,
    RUN,
    arguments,
    base,
    check,
    left_behind,
    record,
    record_file,
    run,
    verdicts,
)
from tests.pace import PATIENCE

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def nothing_is_left_behind():
    yield
    assert left_behind() == []


# -- verdicts and exit codes -----------------------------------------------------------------------


def test_all_pass(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("echo well", expect={"exit": 0, "contains": "well"}), b=check())
    done = run(root, "--operator", "Ada")
    assert done.returncode == 0, done.stdout + done.stderr
    made = record(root)
    assert made["outcome"] == "passed"
    assert made["sessions"][0]["operator"] == "Ada"
    assert made["sessions"][0]["ended"]
    assert made["by_id"]["a"] | {"seconds": 0, "when": ""} == {
        "id": "x/a", "phase": "before", "level": "blocking", "check": "It holds",
        "run": "echo well", "expect": {"exit": 0, "contains": ["well"]}, "risk": "read-only",
        "why": ["x (SEV2, draft): Nobody can log in; all checks were selected"],
        "verdict": "passed", "reason": "", "wrong": [], "values": {}, "exit": 0, "output": "well",
        "seconds": 0, "tries": 1, "poll": None, "when": "", "operator": "Ada", "approved_by": "", "waived_by": "",
        "waived_until": "", "rollback": None, "earlier": [],
    }  # fmt: skip
    twin = record_file(root).with_suffix(".md").read_text("utf-8")
    assert "### passed: It holds" in twin
    assert "```text\nwell\n```" in twin
    assert f"Record: {record_file(root)}" in done.stdout.partition("BEFORE")[0]
    assert str(record_file(root)) in done.stdout.splitlines()[-1]


def test_a_command_is_shown_before_it_runs(tmp_path: Path) -> None:
    done = run(base(tmp_path, a=check("echo $((40 + 2))")))
    assert done.stdout.index("echo $((40 + 2))") < done.stdout.index("│ 42")


def test_a_blocking_failure_ends_the_run(tmp_path: Path) -> None:
    root = base(
        tmp_path,
        site_url="https://runbooks.example.com/",
        a=check("echo bad; exit 3", rollback={"do": "Go back", "run": "touch rolled-back"}),
        b=check("touch reached"),
        c=check("touch reached", phase="during", level="advisory"),
    )
    done = run(root)
    assert done.returncode == 1
    assert verdicts(root) == {"a": "failed", "b": "not-reached", "c": "not-reached"}
    assert record(root)["by_id"]["a"]["wrong"] == ["exit code 3, expected 0"]
    # The rollback and the page are shown; nobody has agreed to run it.
    assert "Go back" in done.stdout
    assert "touch rolled-back" in done.stdout
    assert "https://runbooks.example.com/incidents/x/" in done.stdout
    assert "runbooks show x" in done.stdout
    assert record(root)["by_id"]["a"]["rollback"]["outcome"] == "shown"
    assert list((tmp_path / "app").iterdir()) == []


def test_an_advisory_failure_goes_on(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("false", level="advisory"), b=check(phase="during"))
    done = run(root)
    assert done.returncode == 0
    assert verdicts(root) == {"a": "failed", "b": "passed"}
    assert "x/a (advisory): exit code 1, expected 0" in done.stdout


WRONG = (
    ({"exit": 0}, "exit 4", "exit code 4, expected 0"),
    ({"contains": "yes"}, "echo no", "the output does not contain 'yes'"),
    ({"matches": "^[1-9]"}, "echo 0", "the output does not match '^[1-9]'"),
    ({"empty": True}, "echo >&2 no", "the output is not empty"),
    ({"empty": False}, "true", "the output is empty"),
    ({"exit": 0}, "no-such-program-here", "a program that it calls does not exist"),
    ({"exit": 0}, "/etc/passwd", "a program that it calls cannot be run"),
    ({"exit": 0}, "kill -9 $$", "it was ended by the signal SIGKILL"),
    ({"contains": "in"}, "echo in; kill -TERM $$", "it was ended by the signal SIGTERM"),
    ({"exit": 0}, "exec </dev/tty", "it asks for a terminal or for input, and a check has neither"),
    ({"exit": 0}, "python3 -c 'input()'", "it asks for a terminal or for input, and a check has neither"),
    ({"exit": 0}, "read -r line", "exit code 1, expected 0"),
    ({"exit": 0}, "yes | head -c 1G", "printed more than 32 MiB; it was ended, with all its processes"),
)  # fmt: skip


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    checks = {f"n{n}": check(c, expect=e, level="advisory") for n, (e, c, _) in enumerate(WRONG)}
    root = base(tmp_path, **checks)
    assert run(root).returncode == 0
    made = record(root)["by_id"]
    for number, (_, command, wrong) in enumerate(WRONG):
        assert made[f"n{number}"]["verdict"] == "failed", command
        assert wrong in made[f"n{number}"]["wrong"], command


def test_a_command_ends_by_a_closed_pipe_as_in_a_shell(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("yes | head -n 2", expect={"exit": 0}))
    assert run(root).returncode == 0
    assert record(root)["by_id"]["a"]["output"] == "y\ny"


def test_a_long_output_is_judged_whole_and_kept_cut(tmp_path: Path) -> None:
    command = "seq 1 200000; echo in the middle; seq 1 200000"
    root = base(tmp_path, a=check(command, expect={"exit": 0, "contains": "in the middle"}))
    done = run(root)
    assert done.returncode == 0
    output = record(root)["by_id"]["a"]["output"]
    assert output.startswith("1\n2\n")
    assert output.endswith("\n199999\n200000")
    assert "characters left out" in output
    assert len(output) < KEEP + 200
    assert len(done.stdout) < 10_000


def test_binary_output_is_made_visible(tmp_path: Path) -> None:
    root = base(tmp_path, a=check(r"printf '\377\000\033[31mred\033[0m\033]0;title\007\a\b\n'"))
    done = run(root)
    assert record(root)["by_id"]["a"]["output"] == "\ufffd\ufffdred\\x07\\x08"
    for text in (done.stdout, record_file(root).with_suffix(".md").read_text("utf-8")):
        assert visible(text) == text


# -- ending what hangs -----------------------------------------------------------------------------


def test_a_time_limit_ends_everything_that_was_started(tmp_path: Path) -> None:
    command = f"echo begun; setsid {LONG} & {LONG} & nohup {LONG} >/dev/null 2>&1 & {LONG}"
    root = base(tmp_path, a=check(command, timeout="3s"))
    assert run(root).returncode == 1
    made = record(root)["by_id"]["a"]
    assert made["wrong"] == ["timed out after 3 s; it was ended, with all its processes"]
    assert made["exit"] is None
    assert made["output"] == "begun"
    assert left_behind() == []


def test_the_default_time_limit_can_be_chosen(tmp_path: Path) -> None:
    root = base(tmp_path, a=check(LONG))
    assert run(root, "--timeout", "300ms").returncode == 1
    assert "timed out after 0.3 s" in record(root)["by_id"]["a"]["wrong"][0]


def test_what_is_ended_early_may_clean_up(tmp_path: Path) -> None:
    command = f"trap 'touch cleaned; exit 1' TERM; {LONG} & wait"
    root = base(tmp_path, a=check(command, timeout="3s"))
    assert run(root).returncode == 1
    assert (tmp_path / "app/cleaned").exists()


def test_what_ignores_that_is_killed(tmp_path: Path) -> None:
    root = base(tmp_path, a=check(f"trap '' TERM; {LONG}; {LONG}", timeout="300ms"))
    assert run(root).returncode == 1
    assert left_behind() == []


def test_a_child_that_stays_does_not_hold_up_the_run(tmp_path: Path) -> None:
    root = base(tmp_path, a=check(f"{LONG} & echo begun"))
    assert run(root).returncode == 0
    assert record(root)["by_id"]["a"]["output"] == "begun"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_says_so(tmp_path: Path, number: int) -> None:
    command = f"echo begun; touch begun; {LONG}"
    root = base(tmp_path, a=check("echo well"), b=check(command), c=check("touch reached"))
    process = subprocess.Popen(
        arguments(root, "--yes"), cwd=tmp_path / "app", stdout=subprocess.PIPE, text=True
    )
    _wait_for(tmp_path / "app/begun")
    process.send_signal(number)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert left_behind() == []
    assert record(root)["outcome"] == "interrupted"
    assert verdicts(root) == {"a": "passed", "b": "interrupted", "c": "not-reached"}
    assert record(root)["by_id"]["b"]["output"] == "begun"
    assert f"--resume {record_file(root)}" in said
    assert not (tmp_path / "app/reached").exists()


# A counter in a file: the third try is as expected.
_THIRD = "echo try >>tries; cat tries; test $(wc -l <tries) -ge 3"


def test_a_check_that_becomes_true_is_tried_again(tmp_path: Path) -> None:
    junit = tmp_path / "j.xml"
    root = base(
        tmp_path,
        a=check(_THIRD, poll={"every": "10ms", "for": "5m"}),
        never=check("echo no; exit 4", poll={"every": "10ms", "for": "300ms"}, level="advisory"),
        hangs=check(LONG, timeout="100ms", poll={"every": "1ms", "for": "2s"}, level="advisory"),
        once=check("echo x >>once", poll="5m"),
    )
    done = run(root, "--junit", junit)
    assert done.returncode == 0, done.stdout
    made = record(root)["by_id"]
    assert verdicts(root) == {"a": "passed", "never": "failed", "hangs": "failed", "once": "passed"}
    assert made["a"]["tries"] == 3
    assert made["a"]["output"] == "try\ntry\ntry"
    assert made["a"]["poll"] == {"every": "10ms", "for": "5m"}
    assert made["once"]["tries"] == 1
    assert (tmp_path / "app/once").read_text() == "x\n"
    never = made["never"]
    assert never["tries"] > 1
    assert re.fullmatch(
        rf"exit code 4, expected 0\nafter {never['tries']} tries in \d s", "\n".join(never["wrong"])
    )
    assert made["hangs"]["tries"] > 1
    assert "timed out after 0.1 s" in made["hangs"]["wrong"][0]
    assert "tried again every 10ms for at most 5m" in done.stdout
    assert len(re.findall(r"not yet, after \d s: exit code 1, expected 0", done.stdout)) == 1
    assert "│ try\n  │ try\n  │ try\n" in done.stdout
    assert "Expected: exit code 0; tried again every 10ms for at most 5m." in (
        record_file(root).with_suffix(".md").read_text("utf-8")
    )
    (case,) = (c for c in ElementTree.parse(junit).getroot()[0] if c.get("name") == "a")
    assert "(3 tries)" in case[0].text


def test_an_interrupt_ends_the_wait_for_another_try(tmp_path: Path) -> None:
    poll = {"every": "1h", "for": "10h"}
    root = base(tmp_path, a=check("touch begun; echo no; false", poll=poll), b=check("touch b"))
    process = subprocess.Popen(
        arguments(root, "--yes"), cwd=tmp_path / "app", stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while "not yet" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    made = record(root)["by_id"]["a"]
    assert (made["verdict"], made["tries"], made["output"]) == ("interrupted", 1, "no")
    assert not (tmp_path / "app/b").exists()


def _wait_for(path: Path) -> None:
    limit = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < limit
        time.sleep(0.02)


# -- what runs without a person --------------------------------------------------------------------

RISKY = {
    "reads": check("touch reads"),
    "changes": check("touch changes", risk="changes-state"),
    "unknown": check("touch unknown", risk=None),
    "destroys": check("touch destroys", risk="destructive", rollback="Restore it"),
    "manual": check(None, expect={"shows": "green tiles"}, risk=None),
    "words": check("touch words", expect={"shows": "green"}),
}


@pytest.mark.parametrize(
    ("more", "made"),
    [((), {"reads"}), (("--allow", "changes-state"), {"reads", "changes", "unknown"})],
)
def test_only_what_may_runs_alone(tmp_path: Path, more: tuple[str, ...], made: set[str]) -> None:
    root = base(tmp_path, **RISKY)
    done = run(root, *more)
    assert done.returncode == 1  # what blocks and is not done is a failure
    assert {path.name for path in (tmp_path / "app").iterdir()} == made
    assert verdicts(root) == {n: "passed" if n in made else "not-done" for n in RISKY}
    reasons = {name: each["reason"] for name, each in record(root)["by_id"].items()}
    assert "destructive" in reasons["destroys"]
    assert reasons["manual"] == "it needs a person"
    assert "a person has to check its output" in reasons["words"]
    if not more:
        assert reasons["changes"] == "it changes state; to run it, use --allow changes-state"
        assert reasons["unknown"].startswith("risk not declared; to run it, use --allow")


def test_what_is_advisory_and_not_done_is_no_failure(tmp_path: Path) -> None:
    root = base(tmp_path, a=check(None, level="advisory", expect={"shows": "g"}, risk=None))
    assert run(root).returncode == 0
    assert verdicts(root) == {"a": "not-done"}


def test_checks_of_a_rollback_run_only_when_asked_for(tmp_path: Path) -> None:
    root = base(tmp_path, a=check(), b=check(phase="rollback"))
    done = run(root)
    assert "1 check of the phase rollback (--phase rollback)" in done.stdout
    assert verdicts(root) == {"a": "passed"}
    record_file(root).unlink()
    run(root, "--phase", "rollback")
    assert verdicts(root) == {"b": "passed"}


def test_nothing_matched_is_said_and_leaves_no_record(tmp_path: Path) -> None:
    done = run(base(tmp_path, a=check()), "--level", "advisory")
    assert done.returncode == 0
    assert "No check applies to this release." in done.stderr
    assert not (tmp_path / "records").exists()


# -- values ----------------------------------------------------------------------------------------

PARAMETERS = [
    {"name": "ALIAS", "description": "The alias. It stands in the error.", "example": "carts"},
    {"name": "TOOLS", "description": "Tools", "default": "incidents/x/tools"},
    {"name": "PLACE", "description": "A folder", "default": "backend"},
]
SHOWS = check('printf "%s|" "$ALIAS" "$TOOLS" "$PLACE"', phase="before")


def test_a_missing_value_is_not_guessed(tmp_path: Path) -> None:
    root = base(tmp_path, parameters=PARAMETERS, a=SHOWS)
    assert run(root).returncode == 1
    assert verdicts(root) == {"a": "not-done"}
    assert (
        record(root)["by_id"]["a"]["reason"]
        == "needs ALIAS (The alias); set it with --set ALIAS=..."
    )


@pytest.mark.parametrize(
    ("more", "environment", "alias", "source"),
    [
        (("--set", "ALIAS=one"), {"ALIAS": "two"}, "one", "--set"),
        (("--set", "x/ALIAS=own", "--set", "ALIAS=all"), {}, "own", "--set"),
        ((), {"ALIAS": "two"}, "two", "environment"),
        (("--set", "ALIAS="), {"ALIAS": "two"}, "", "--set"),
    ],
)
def test_where_values_come_from(tmp_path: Path, more: tuple[str, ...], environment: dict[str, str], alias: str, source: str) -> None:  # fmt: skip
    root = base(tmp_path, parameters=PARAMETERS, a=SHOWS)
    done = run(root, *more, **environment)
    assert done.returncode == 0, done.stdout
    # The incident's own folder is found from the repository of the release.
    tools = f"{root}/incidents/x/tools"
    assert record(root)["by_id"]["a"]["output"] == f"{alias}|{tools}|backend|"
    assert record(root)["by_id"]["a"]["values"] == {"ALIAS": alias, "TOOLS": tools, "PLACE": "backend"}  # fmt: skip
    assert f"ALIAS={alias}  ({source})" in done.stdout
    assert done.stdout.index(f"ALIAS={alias}  (") < done.stdout.index("│ ")


TEXTS = st.text(
    st.one_of(st.sampled_from("\"'`$;&|<>(){}[]*?~#!%^\\\n\r\t =-\u202e\u00e4\U0001f600"), st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    max_size=40,
)  # fmt: skip


@settings(max_examples=40)
@given(TEXTS)
def test_any_value_reaches_the_command_unchanged(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:  # fmt: skip
    folder = tmp_path_factory.getbasetemp() / "values"
    folder.mkdir(exist_ok=True)
    commands = CommandRunner(folder, folder, dict(os.environ), 60.0)
    ran = commands.run('printf %s "$V" > out', {"V": value}, 60.0, lambda _: None, lambda _: None)
    assert (ran.exit, ran.output) == (0, "")
    assert (folder / "out").read_bytes() == value.encode()
    assert [path.name for path in folder.iterdir()] == ["out"]


def test_hostile_values_are_text(tmp_path: Path) -> None:
    values = ['"; touch hurt; #', "$(touch hurt)", "%PATH%", "a\nb' `touch hurt`", "--help"]
    names = [f"VALUE_{number}" for number in range(len(values))]
    parameters = [{"name": name, "description": "Anything"} for name in names]
    root = base(
        tmp_path, parameters=parameters, a=check(" && ".join(f'printf "%s|" "${n}"' for n in names))
    )
    given = [f"--set={name}={value}" for name, value in zip(names, values, strict=True)]
    done = run(root, *given)
    assert done.returncode == 0, done.stdout
    assert record(root)["by_id"]["a"]["output"] == "|".join(values) + "|"
    assert list((tmp_path / "app").iterdir()) == []


def test_a_value_that_no_program_can_take_fails_the_check(tmp_path: Path) -> None:
    commands = CommandRunner(tmp_path, tmp_path, {}, 60.0)
    ran = commands.run("true", {"V": "x" * 300_000}, 60.0, lambda _: None, lambda _: None)
    assert ran.stopped == "it cannot start: Argument list too long"


# -- secrets ---------------------------------------------------------------------------------------


def test_secrets_are_masked_wherever_they_would_stand(tmp_path: Path) -> None:
    parameters = [
        {"name": "DB_PASSWORD", "description": "p"},
        {"name": "DATABASE_URL", "description": "u"},
    ]
    token = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"
    command = f'echo "$DB_PASSWORD" "$DATABASE_URL" {token[:9]}""{token[9:]}; exit 1'
    root = base(tmp_path, parameters=parameters, a=check(command))
    junit = tmp_path / "j.xml"
    done = run(
        root, "--set", "DB_PASSWORD=hunter22", "--set", "DATABASE_URL=postgres://me:s3cr@t/x@db/app",
        "--junit", junit,
    )  # fmt: skip
    assert record(root)["by_id"]["a"]["values"] == {
        "DB_PASSWORD": "...", "DATABASE_URL": "postgres://me:...@db/app",
    }  # fmt: skip
    assert record(root)["by_id"]["a"]["output"] == "... postgres://me:...@db/app ..."
    written = [path.read_text("utf-8") for path in (*(tmp_path / "records").iterdir(), junit)]
    for text in (*written, done.stdout, done.stderr):
        assert "hunter22" not in text
        assert "s3cr" not in text
        assert token not in text


@given(st.text(min_size=4, max_size=30), st.text(max_size=200), st.text(max_size=200))
def test_a_named_secret_is_never_kept(secret: str, before: str, behind: str) -> None:
    masker = Masker({"API_TOKEN": secret})
    shown = masker(f"{before}{secret}{behind}")
    assert secret not in shown or secret in f"{before}...{behind}" or secret in "..."


AROUND = st.integers(KEEP // 2 - 40, KEEP // 2 + 40)


@settings(max_examples=40)
@given(AROUND, st.integers(2 * KEEP, 3 * KEEP), st.booleans())
def test_a_secret_that_is_cut_is_not_kept_in_part(near: int, far: int, first: bool) -> None:
    secret = "s3cret-Pass-w0rd-1234567890"
    before, behind = (near, far) if first else (far, near)
    output = kept("a" * before + secret + "b" * behind, Masker({"PASSWORD": secret}))
    assert secret[:12] not in output
    assert secret[-12:] not in output
    assert len(output) <= KEEP + 100


@given(st.text())
def test_what_is_made_visible_drives_no_terminal(text: str) -> None:
    shown = visible(text)
    assert not any(ord(c) < 32 and c not in "\n\t" for c in shown)
    assert "\x9b" not in shown
    shown.encode()


# -- the record ------------------------------------------------------------------------------------


def _git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()  # fmt: skip


def _repository(folder: Path) -> str:
    (folder / "file").write_text("one\n", "utf-8")
    _git(folder, "init", "-q")
    _git(folder, "add", ".")
    _git(folder, "commit", "-qm", "one")
    return _git(folder, "rev-parse", "HEAD")


def test_the_record_holds_the_revision(tmp_path: Path) -> None:
    root = base(tmp_path, a=check())
    revision = _repository(tmp_path / "app")
    run(root)
    assert record(root)["revision"] == revision
    assert record(root)["changes"] == ""
    record_file(root).unlink()
    (tmp_path / "app/file").write_text("two\n", "utf-8")
    done = run(root)
    assert f"Revision {revision[:12]}, with uncommitted changes" in done.stdout
    assert len(record(root)["changes"]) == 64


@pytest.mark.parametrize("more", [("--yes",), ("--yes", "--junit", "records/j.xml")])
def test_a_folder_that_cannot_be_written_is_an_error_before_anything_runs(tmp_path: Path, more: tuple[str, ...]) -> None:  # fmt: skip
    root = base(tmp_path, a=check("touch ran"))
    (tmp_path / "app/records").mkdir()
    folder = tmp_path / "app/other" if len(more) > 1 else tmp_path / "app/records"
    (tmp_path / "app/other").mkdir()
    # Even root cannot write where the kernel was told so.
    done = processes.run(
        [*RUN, "--all", "--root", str(root), "--record-dir", str(folder), *more],
        tmp_path / "app", os.environ, 60.0,
        sandbox=Sandbox((str(tmp_path / "app/other"), str(root)), ("/",)),
    )  # fmt: skip
    if (tmp_path / "app/ran").exists():
        pytest.skip("this kernel has no Landlock")
    assert done.exit == 1, done.output
    assert "Error: cannot write" in done.output
    assert "It holds" not in done.output


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("touch ran"))
    (tmp_path / "file").touch()
    done = run(root, "--record-dir", tmp_path / "file/records")
    assert done.returncode == 1
    assert "cannot create the folder" in done.stderr
    assert list((tmp_path / "app").iterdir()) == []


def test_two_runs_of_one_second_do_not_share_a_record(tmp_path: Path) -> None:
    root = base(tmp_path, a=check())
    both = [
        subprocess.Popen(arguments(root, "--yes"), cwd=tmp_path / "app", stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [process.wait(PATIENCE) for process in both] == [0] * 2
    assert len(list((tmp_path / "records").glob("*.json"))) == 2


def test_a_run_of_nothing_writes_junit_too(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("touch ran", phase="rollback"))
    for more, said in (
        ((), "Only 1 check of the phase rollback; to perform: --phase rollback"),
        (("--phase", "after"), "No check applies to this release."),
    ):
        junit = tmp_path / f"{len(more)}.xml"
        done = run(root, "--junit", junit, *more)
        assert done.returncode == 0
        assert said in done.stderr
        (suite,) = ElementTree.parse(junit).getroot()
        assert (suite.get("tests"), len(suite)) == ("0", 0)
    assert not (tmp_path / "records").exists()
    assert not list((tmp_path / "app").iterdir())


def test_junit(tmp_path: Path) -> None:
    checks = {
        **RISKY,
        "bell": check(r"printf 'a\001b\n<&>]]>'; exit 1", level="advisory"),
        "fails": check("exit 1", phase="during"),
    }
    junit = tmp_path / "j.xml"
    run(base(tmp_path, **checks), "--junit", junit)
    (suite,) = ElementTree.parse(junit).getroot()
    kinds = {
        case.get("name"): (case[0].tag if case[0].tag != "system-out" else "") for case in suite
    }
    assert kinds == {
        "reads": "", "changes": "failure", "unknown": "failure", "destroys": "failure",
        "manual": "failure", "words": "failure", "bell": "skipped", "fails": "failure",
    }  # fmt: skip
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("8", "6", "1")
    (bell,) = (case for case in suite if case.get("name") == "bell")
    assert bell[0].get("message") == "advisory, failed: exit code 1, expected 0"
    assert "<&>]]>" in bell[1].text


def test_checks_after_the_deploy_are_not_made_where_nobody_waits_for_it(tmp_path: Path) -> None:
    root = base(tmp_path, a=check(), b=check("touch ran", phase="after"))
    done = run(root)
    assert done.returncode == 0
    assert "Left out: 1 check of the phase after (--phase after)" in done.stdout
    assert verdicts(root) == {"a": "passed"}
    record_file(root).unlink()
    assert run(root, "--phase", "after").returncode == 0
    assert verdicts(root) == {"b": "passed"}


def test_keep_going_shows_all_that_fail(tmp_path: Path) -> None:
    undo = {"do": "Go back", "run": "touch undone"}
    root = base(tmp_path, a=check("exit 3", rollback=undo), b=check("exit 4"), c=check())
    done = run(root, "--keep-going")
    assert done.returncode == 1
    assert verdicts(root) == {"a": "failed", "b": "failed", "c": "passed"}
    assert "touch undone" in done.stdout
    assert list((tmp_path / "app").iterdir()) == []


def test_report_only_stops_no_deploy(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("exit 3"), b=check(None), c=check())
    done = run(root, "--report-only")
    assert done.returncode == 0
    assert verdicts(root) == {"a": "failed", "b": "not-done", "c": "passed"}
    assert record(root)["outcome"] == "failed"
    assert done.stdout.splitlines()[-1] == "Only reported: the exit code is 0."


def test_merged_checks_keep_what_each_says(tmp_path: Path) -> None:
    both = {name: check("true", check=text) for name, text in (("a", "No lock"), ("b", "No wait"))}
    root = base(tmp_path, **both)
    assert run(root).returncode == 0
    assert record(root)["by_id"]["a"]["check"] == "No lock; No wait"


# -- waivers ---------------------------------------------------------------------------------------


def waive(root: Path, check: str, until: str, **more: str) -> None:
    """Write the knowledge base's waivers: one."""
    one = {
        "check": check,
        "reason": "The disk is ordered",
        "who": "release manager",
        "until": until,
    }
    (root / "incidents/waivers.yaml").write_text(yaml.safe_dump({"waivers": [one | more]}), "utf-8")


def test_a_waived_check_does_not_run_and_stops_nothing(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("touch ran; exit 3"), b=check())
    waive(root, "x/a", "2099-12-31")
    junit = tmp_path / "j.xml"
    done = run(root, "--junit", junit)
    assert done.returncode == 0
    assert verdicts(root) == {"a": "waived", "b": "passed"}
    made = record(root)["by_id"]["a"]
    assert (made["reason"], made["waived_by"], made["waived_until"]) == (
        "The disk is ordered", "release manager", "2099-12-31"
    )  # fmt: skip
    assert "A waiver applies: x/a (release manager until 2099-12-31: The disk is" in done.stdout
    assert (
        "waived by release manager until 2099-12-31"
        in record_file(root).with_suffix(".md").read_text()
    )
    (suite,) = ElementTree.parse(junit).getroot()
    assert suite[0][0].tag == "skipped"
    assert suite[0][0].get("message") == "blocking, waived: The disk is ordered"
    assert list((tmp_path / "app").iterdir()) == []


def test_a_waiver_that_has_ended_waives_nothing(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("exit 3"), b=check(None))
    waive(root, "x/a", "2026-01-31")
    done = run(root)
    assert done.returncode == 1
    assert "A waiver ended: x/a" in done.stdout
    assert record(root)["by_id"]["a"]["wrong"] == [
        "exit code 3, expected 0", "its waiver ended on 2026-01-31"
    ]  # fmt: skip


def test_a_waiver_of_this_run(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("exit 3"), b=check())
    done = run(root, "--waive", "x/a=The disk is  ordered", "--operator", "Ada")
    assert done.returncode == 0
    made = record(root)["by_id"]["a"]
    assert (made["verdict"], made["reason"], made["waived_by"]) == (
        "waived", "The disk is ordered", "Ada"
    )  # fmt: skip
    for waiver, said in (
        ("x/aa=why", "no check of this list has the id 'x/aa'; did you mean x/a"),
        ("x/a", "is not ID=REASON"),
        ("x/a= ", "is not ID=REASON"),
    ):
        done = run(root, "--waive", waiver)
        assert done.returncode == 2, waiver
        assert said in done.stderr


def test_a_resumed_run_asks_the_waivers_again(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("exit 3"), b=check("test -e mended"))
    assert run(root, "--waive", "x/a=Today only").returncode == 1
    (tmp_path / "app/mended").touch()
    assert run(root, "--resume", record_file(root)).returncode == 1
    assert verdicts(root) == {"a": "failed", "b": "not-reached"}


def test_waivers_with_errors_stop_the_run(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("touch ran"))
    waive(root, "x/a", "next week")
    done = run(root)
    assert done.returncode == 2 or done.returncode == 1
    assert "incidents/waivers.yaml:" in done.stderr
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "app").iterdir()) == []


def test_one_line_of_two_checks_is_waived_if_both_are(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("exit 3", check="No lock"), b=check("exit 3", check="No wait"))
    assert run(root, "--waive", "x/a=why").returncode == 1
    record_file(root).unlink()
    assert run(root, "--waive", "x/a=why", "--waive", "x/b=why").returncode == 0


# -- resuming --------------------------------------------------------------------------------------


def _killed(root: Path, *more: str) -> None:
    """Begin a run, and kill it at once when its second check has begun."""
    process = subprocess.Popen(
        arguments(root, "--yes", *more), cwd=root.parent / "app", stdout=subprocess.DEVNULL
    )
    _wait_for(root.parent / "app/begun")
    process.kill()
    process.wait()
    limit = time.monotonic() + PATIENCE
    while left_behind():
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_a_killed_run_resumes_and_repeats_nothing_that_passed(tmp_path: Path) -> None:
    root = base(
        tmp_path,
        a=check("echo once >> count"),
        b=check(f"test -e begun || {{ touch begun; {LONG}; }}"),
        c=check("echo third >> count", phase="during"),
    )
    _killed(root)
    assert verdicts(root) == {"a": "passed", "b": "running", "c": "not-reached"}
    assert record(root)["sessions"][0]["ended"] is None
    done = run(root, "--resume", record_file(root), "--operator", "Ada")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed before: x/a" in done.stdout
    assert (tmp_path / "app/count").read_text("utf-8") == "once\nthird\n"
    made = record(root)
    assert verdicts(root) == {"a": "passed", "b": "passed", "c": "passed"}
    assert [session["outcome"] for session in made["sessions"]] == ["running", "passed"]
    assert made["sessions"][1]["operator"] == "Ada"
    assert [attempt["verdict"] for attempt in made["by_id"]["b"]["earlier"]] == ["running"]
    assert made["by_id"]["c"]["earlier"] == []
    # Once more: nothing is left to do.
    assert run(root, "--resume", record_file(root)).returncode == 0
    assert (tmp_path / "app/count").read_text("utf-8") == "once\nthird\n"


def test_a_failed_run_resumes_with_what_failed(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("echo once >> count"), b=check("test -e mended || exit 5"))
    assert run(root).returncode == 1
    (tmp_path / "app/mended").touch()
    assert run(root, "--resume", record_file(root)).returncode == 0
    assert (tmp_path / "app/count").read_text("utf-8") == "once\n"
    twin = record_file(root).with_suffix(".md").read_text("utf-8")
    assert "Earlier attempt: FAILED" in twin


def test_two_runs_do_not_share_a_record(tmp_path: Path) -> None:
    slow = "echo once >> count; while [ ! -e end ]; do sleep 0.05; done"
    root = base(tmp_path, a=check("test -e second"), b=check(slow))
    run(root)
    (tmp_path / "app/second").touch()
    with subprocess.Popen(
        arguments(root, "--yes", "--resume", str(record_file(root))), cwd=tmp_path / "app",
        stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    ) as first:  # fmt: skip
        try:
            limit = time.monotonic() + PATIENCE
            while not (tmp_path / "app/count").exists():
                assert time.monotonic() < limit
                time.sleep(0.05)
            before = record_file(root).read_bytes()
            done = run(root, "--resume", record_file(root))
            assert done.returncode == 2
            assert "another run writes" in done.stderr
            assert record_file(root).read_bytes() == before
        finally:
            (tmp_path / "app/end").touch()
        assert first.wait(PATIENCE) == 0
    assert (tmp_path / "app/count").read_text("utf-8") == "once\n"
    names = {path.suffix for path in (tmp_path / "records").iterdir()}
    assert names == {".json", ".md"}, "no lock is left"


def test_a_record_of_another_checklist(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("touch ran"), b=check())
    run(root)
    (tmp_path / "app/ran").unlink()
    before = record_file(root).read_bytes()
    for checks, said in (
        ({"a": check("touch ran; true")}, "x/b is not on the checklist"),
        (
            {"a": check("touch ran"), "b": check(), "c": check("true # c")},
            "x/c is not in the record",
        ),
        ({"a": check("touch ran; :"), "b": check()}, "x/a runs another command"),
        ({"a": check("touch ran", expect={"exit": 7}), "b": check()}, "x/a expects something else"),
        ({"a": check("touch ran", phase="during"), "b": check()}, "x/a runs in another phase"),
    ):
        done = run(base(tmp_path, **checks), "--resume", record_file(root))
        assert done.returncode == 2, said
        assert said in done.stderr
        assert record_file(root).read_bytes() == before
        assert list((tmp_path / "app").iterdir()) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Invalid JSON"),
        (b'{"version": 1, "ch', "Invalid JSON"),
        (b"[]", "cannot be resumed: it is another file, or damaged"),
        (b'{"version": 2}', "version"),
        (b"\xff\xfe", "cannot be resumed: it is another file, or damaged"),
    ],
)
def test_a_record_that_is_damaged(tmp_path: Path, content: bytes, said: str) -> None:
    root = base(tmp_path, a=check("touch ran"))
    (tmp_path / "r.json").write_bytes(content)
    done = run(root, "--resume", tmp_path / "r.json")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "r.json").read_bytes() == content
    assert list((tmp_path / "app").iterdir()) == []


def test_what_passed_with_another_value_has_not_passed(tmp_path: Path) -> None:
    names = [{"name": "TABLE", "description": "t"}, {"name": "A_TOKEN", "description": "s"}]
    a = check('echo "$TABLE" "$A_TOKEN"; touch "$TABLE"')
    root = base(tmp_path, parameters=names, a=a, b=check("false"))
    run(root, "--set", "TABLE=one", "--set", "A_TOKEN=secret-1")
    before = record_file(root).read_bytes()
    done = run(
        root, "--set", "TABLE=two", "--set", "A_TOKEN=secret-1", "--resume", record_file(root)
    )
    assert done.returncode == 2
    assert "x/a passed with another TABLE" in done.stderr
    assert record_file(root).read_bytes() == before
    done = run(
        root, "--set", "TABLE=one", "--set", "A_TOKEN=secret-1", "--resume", record_file(root)
    )
    assert done.returncode == 1
    assert "passed before: x/a" in done.stdout
    assert [path.name for path in (tmp_path / "app").iterdir()] == ["one"]


def test_a_record_of_another_revision(tmp_path: Path) -> None:
    root = base(tmp_path, a=check(), b=check("false"))
    _repository(tmp_path / "app")
    run(root)
    (tmp_path / "app/file").write_text("two\n", "utf-8")
    done = run(root, "--resume", record_file(root))
    assert done.returncode == 2
    assert "files have changed since" in done.stderr
    _git(tmp_path / "app", "commit", "-qam", "two")
    done = run(root, "--resume", record_file(root))
    assert done.returncode == 2
    assert "it belongs to revision" in done.stderr


# -- usage -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--all",), "standard input is not a terminal"),
        (("--all", "--allow", "changes-state"), "--allow needs --yes"),
        (("--all", "--yes", "--timeout", "soon"), "is not a duration"),
        (("--all", "--yes", "--timeout", "0s"), "is not a duration"),
        (("--yes",), "nothing describes the release"),
        (("--all", "--yes", "--resume", "no-such-file"), "does not exist"),
        (("--all", "--yes", "--allow", "destructive"), "is not 'changes-state'"),
        (("--changed-files", "-"), "pass the changed files as a file"),
    ],
)
def test_usage(tmp_path: Path, more: tuple[str, ...], said: str) -> None:
    root = base(tmp_path, a=check("touch ran"))
    done = subprocess.run(
        [*RUN, "--root", root, *more],
        cwd=tmp_path / "app",
        capture_output=True,
        text=True,
        input="",
    )
    assert done.returncode == 2
    assert said in done.stderr.replace("\n", " ")
    assert list((tmp_path / "app").iterdir()) == []


@pytest.mark.parametrize(("more", "code"), [((), 2), (("--yes",), 0)])
def test_without_standard_input(tmp_path: Path, more: tuple[str, ...], code: int) -> None:
    root = base(tmp_path, a=check("cat"))
    closed = ["bash", "-c", '"$@" <&-', "bash", *arguments(root, *more)]
    done = subprocess.run(closed, cwd=tmp_path / "app", capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert ("standard input is not a terminal" in done.stderr) == (code == 2)


def test_without_bash(tmp_path: Path) -> None:
    root = base(tmp_path, a=check("touch ran"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").symlink_to(shutil.which("git") or "git")
    done = run(root, PATH=str(tmp_path / "bin"))
    assert done.returncode == 1
    assert "bash is not on PATH" in done.stderr
    assert not (tmp_path / "records").exists()


def test_a_reader_that_leaves_is_no_pass(tmp_path: Path) -> None:
    # Nothing runs that nobody is shown.
    root = base(tmp_path, a=check("echo x >> count"))
    process = subprocess.Popen(
        arguments(root, "--yes"), cwd=tmp_path / "app", stdout=subprocess.PIPE
    )
    process.stdout.close()
    assert process.wait(PATIENCE) == 1
    assert not (tmp_path / "app/count").exists()
    assert verdicts(root) == {"a": "not-reached"}


def test_what_a_check_prints_may_be_any_text_in_a_plain_locale(tmp_path: Path) -> None:
    done = run(base(tmp_path, a=check("echo '✓ ä'")), PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_the_schema_is_complete(tmp_path: Path) -> None:
    printed = json.loads(subprocess.run([*RUN, "--schema"], capture_output=True, check=True).stdout)
    assert printed["additionalProperties"] is False
    assert set(printed["$defs"]["Verdict"]["enum"]) == {
        "passed", "failed", "skipped", "waived", "not-done", "interrupted", "running", "not-reached",
    }  # fmt: skip


def test_a_gate_that_does_not_know_all_checks_fails_and_runs_nothing(tmp_path: Path) -> None:
    root = base(tmp_path, one=check("touch ran"))
    broken = root / "incidents/y/incident.yaml"
    broken.parent.mkdir()
    broken.write_text("title: [\n")
    done = run(root)
    assert done.returncode == 1
    assert "Not all checks are known: 1 file with errors (y)" in done.stderr
    assert "--yes needs all checks" in done.stderr
    assert not (root.parent / "app/ran").exists()
    named = subprocess.run(
        [*RUN, "--root", root, "--record-dir", root.parent, "--yes", "--incident", "x"],
        cwd=root.parent / "app", capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert named.returncode == 0, "the incident that was named has no errors"
    assert (root.parent / "app/ran").exists()
