"""The exported scripts: run for real with answers on standard input, and read as text."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from shutil import which

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.checklists.commands import CommandRunner, judged
from generator.checklists.formats.bash_text import encoded, literal
from generator.checklists.formats.batch import as_bat
from generator.checklists.formats.ere import to_ere
from generator.checklists.formats.html_format import as_html
from generator.checklists.formats.shell import as_sh
from generator.checklists.items import (
    AppliedWaiver,
    Checklist,
    ChosenCheck,
    ParameterValue,
    Reason,
    ReleaseMatch,
)
from generator.model import Expect, Level, Phase, Poll, Risk, Rollback
from tests.checklists import Terminal
from tests.conftest import ROOT
from tests.pace import PATIENCE
from tests.programs import script_problems

pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).parent / "golden" / "checklists"
# Unlike any other process of the machine, so that what was left behind is found.
LONG = f"sleep 6{os.getpid()}"
HOSTILE = (
    '"; rm -rf ~', "$(touch x)", "`touch x`", "it's", "two\nlines\n", "%PATH%", "!PATH!", "a & b | c > d ^ e",
    "\x1b[31m", "\\", "-n", "", "~", "*", "a\tb", "ä€\u202eb\u200b", "'\"'\"'", "EOF", "$'x'", "REM", ")", "||",
)  # fmt: skip


def item(run: str = "true", name: str = "one", **fields: object) -> ChosenCheck:
    reason = Reason(
        f"an-incident/{name}", "an-incident", "A title", "SEV2", "published", "2026-01-01", False,
        (ReleaseMatch("path", "a/b.sql", "a/**"),),
    )  # fmt: skip
    known: dict[str, object] = {
        "id": f"an-incident/{name}",
        "phase": Phase.BEFORE,
        "level": Level.BLOCKING,
        "check": "It holds",
        "run": run,
        "expect": Expect(exit=0),
        "risk": Risk.READ_ONLY,
        "rollback": None,
        "needs": (),
        "timeout": "",
        "values": (),
        "reasons": (reason,),
    }
    return ChosenCheck(**{**known, **fields})  # type: ignore[arg-type]


def checklist(*items: ChosenCheck, **fields: object) -> Checklist:
    return Checklist(items, **{"about": "a release", **fields})  # type: ignore[arg-type]


class Script:
    """An exported script in a folder of its own."""

    def __init__(self, folder: Path, made: Checklist) -> None:
        self.path = folder / "checklist.sh"
        self.path.write_text(as_sh(made), "utf-8")
        self.folder = folder / "elsewhere"
        self.folder.mkdir()

    def run(
        self, *answers: str, options: tuple[str, ...] = (), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", self.path, *options], cwd=self.folder, text=True, errors="replace",
            input="".join(f"{answer}\n" for answer in answers),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE,
            env={**os.environ, **environment},
        )  # fmt: skip

    @property
    def log(self) -> str:
        (path,) = self.path.parent.glob("checklist-*.log")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        return path.read_text("utf-8", "replace")


@pytest.fixture
def script(tmp_path: Path):
    return lambda *items, **fields: Script(tmp_path, checklist(*items, **fields))


# -- what comes of a walk ------------------------------------------------------------------------


def test_all_that_blocks_passes(script) -> None:
    made = script(item("echo well"), item("exit 3", "two", expect=Expect(exit=3)))
    done = made.run("r", "r")
    assert done.returncode == 0, done.stdout
    assert "> well" in done.stdout
    assert "2 of 2 checks passed." in done.stdout
    assert "a/b.sql matches a/**" in done.stdout
    assert "A title (SEV2, 2026-01-01)" in made.log
    assert "> well" in made.log
    assert "Run it? [r]un, [s]kip, [q]uit: r" in made.log


def test_a_failed_check_that_blocks_stops_and_says_how_to_undo(script) -> None:
    made = script(
        item(
            "echo x; exit 1",
            expect=Expect(exit=0, contains=("y",)),
            rollback=Rollback(do="Put it back", run="put it back"),
        ),
        item("touch made", "two"),
        site_url="https://runbooks.example.com/kb",
    )
    done = made.run("r", "r")
    assert done.returncode == 1
    assert "FAILED: exit code 1, expected 0" in done.stdout
    assert "FAILED: the output does not contain 'y'" in done.stdout
    assert "To undo: Put it back" in done.stdout
    assert "with:    put it back" in done.stdout
    assert "https://runbooks.example.com/kb/incidents/an-incident/" in done.stdout
    assert not (made.folder / "made").exists()
    assert "STOP: this check blocks the deploy." in made.log


def test_a_failed_check_that_advises_lets_it_go_on(script) -> None:
    made = script(item("false", level=Level.ADVISORY), item("touch made", "two"))
    done = made.run("r", "r")
    assert done.returncode == 0
    assert (made.folder / "made").exists()
    assert "failed: an-incident/one (advisory): exit code 1, expected 0" in done.stdout


def test_a_skip_needs_a_reason_and_does_not_run(script) -> None:
    made = script(item("touch made"))
    done = made.run("s", "", "   ", "no database \x1b[31mhere")
    assert done.returncode == 0
    assert not (made.folder / "made").exists()
    assert done.stdout.count("A skip needs a reason.") == 2
    assert "skipped: an-incident/one (blocking): no database ?[31mhere" in made.log


@pytest.mark.parametrize(
    "answers", [("q",), (), ("", "x", "7"), ("s",)], ids=["quit", "nobody", "nonsense", "no-reason"]
)
def test_nothing_runs_unasked(script, answers: tuple[str, ...]) -> None:
    made = script(item("touch made"))
    assert made.run(*answers).returncode == 1
    assert not (made.folder / "made").exists()
    assert "Stopped by the operator." in made.log or "No answer" in made.log


@pytest.mark.parametrize("risk", [Risk.CHANGES_STATE, Risk.DESTRUCTIVE, None])
def test_what_changes_something_is_confirmed(script, risk: Risk | None) -> None:
    made = script(item("touch made", risk=risk))
    assert made.run("r", "y", "no").returncode == 0  # skipped; `no` is the reason
    assert not (made.folder / "made").exists()
    assert made.run("r", "yes").returncode == 0
    assert (made.folder / "made").exists()


def test_checks_by_hand(script) -> None:
    made = script(item("", "one"), item("", "two"), item("", "three", level=Level.ADVISORY))
    assert made.run("y", "s", "later", "n").returncode == 0
    assert "1 of 3 checks passed." in made.log
    assert "failed: an-incident/three (advisory): a person says that it does not hold" in made.log


def test_what_no_program_can_compare_is_asked(script) -> None:
    made = script(
        item("echo 7 rows", expect=Expect(shows="A few rows.")),
        item("echo a; echo b", "two", expect=Expect(matches=("a$\nb",))),
    )
    done = made.run("r", "y", "r", "n")
    assert "Expected: A few rows. Does that hold?" in done.stdout
    assert done.returncode == 1
    assert "FAILED: a person says that it does not hold" in done.stdout


def test_phases(script) -> None:
    made = script(
        item("touch before"),
        item("touch after", "two", phase=Phase.AFTER),
        item("touch back", "three", phase=Phase.ROLLBACK),
    )
    done = made.run("r", "r", "n")
    assert done.returncode == 0, done.stdout
    assert done.stdout.index("== Before the deploy ==") < done.stdout.index(
        "== After the deploy =="
    )
    assert {path.name for path in made.folder.iterdir()} == {"before", "after"}
    only = made.run("r", options=("--phase", "rollback", "--log", "rollback.log"))
    assert only.returncode == 0, only.stdout
    assert {path.name for path in made.folder.iterdir()} == {
        "before",
        "after",
        "back",
        "rollback.log",
    }


def test_no_checks(tmp_path: Path) -> None:
    made = Script(tmp_path, checklist())
    done = made.run()
    assert done.returncode == 0
    assert "No check applies to this release." in done.stdout
    assert not list(tmp_path.glob("*.log"))


def test_help_and_wrong_options(script) -> None:
    made = script(item("touch made"))
    assert "usage: bash checklist.sh" in made.run("r", options=("--help",)).stdout
    for options in (("--phase", "later"), ("--phase",), ("--log",), ("--yes",)):
        assert made.run("r", options=options).returncode == 2, options
    assert not list(made.folder.iterdir())


# -- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_a_value_is_text(script, text: str) -> None:
    made = script(
        item("printf '%s' \"$V\" >got", values=(ParameterValue("V", text, text, text, given=True),))
    )
    done = made.run("r", V="from the environment")
    assert done.returncode == 0, done.stdout
    assert (made.folder / "got").read_bytes() == encoded(text)
    assert {path.name for path in made.folder.iterdir()} == {"got"}
    assert "\x1b" not in done.stdout + made.log


@pytest.mark.parametrize("write", [as_sh, as_bat, as_html])
def test_bytes_that_are_no_text_can_be_written(write) -> None:
    value = ParameterValue("V", "d", value="a\udcff", given=True)
    made = checklist(item('echo "$V"', values=(value,)), about="\udcff", revision="\udcff")
    write(made).encode("utf-8")


def test_bytes_that_are_no_text(script) -> None:
    made = script(
        item(
            "printf '%s' \"$V\" >got",
            values=(ParameterValue("V", "d", value="a\udcff\r\0b", given=True),),
        )
    )
    assert made.run("r").returncode == 0
    assert (made.folder / "got").read_bytes() == b"a\xff\rb"


def test_a_default_gives_way_to_the_environment(script) -> None:
    values = (ParameterValue("V", "d", value="the default"),)
    made = script(item('echo "<$V>"', values=values))
    assert "<the default>" in made.run("r").stdout
    made.path.write_text(made.path.read_text())
    done = made.run("r", options=("--log", "second.log"), V="mine")
    assert "<mine>" in done.stdout
    assert "V from the environment" in done.stdout


def test_what_is_missing_is_asked_for_once(script) -> None:
    values = (ParameterValue("NAME", "the table; see the error", "Sessions"),)
    made = script(
        item("printf '%s' \"$NAME\" >got", values=values),
        item('test "$NAME" = "$(cat got)"', "two", values=values),
    )
    typed = "it's \"; touch x; $(touch x) %PATH%"
    done = made.run("r", "", typed, "r")
    assert done.returncode == 0, done.stdout
    assert (made.folder / "got").read_text() == typed
    assert "The command needs NAME: the table; see the error" in done.stdout
    assert "For example: Sessions" in done.stdout
    assert "NAME typed in before" in done.stdout
    assert typed not in made.log
    assert not (made.folder / "x").exists()


def test_a_path_of_the_knowledge_base_is_asked_for_where_it_is_not(script) -> None:
    values = (ParameterValue("TOOLS", "the tools", value="incidents/an-incident/tools"),)
    made = script(item('echo "<$TOOLS>"', values=values))
    assert "<mine>" in made.run("r", "mine").stdout
    (made.folder / "incidents/an-incident/tools").mkdir(parents=True)
    done = made.run("r", options=("--log", "2.log"))
    assert "<incidents/an-incident/tools>" in done.stdout


def test_secrets_are_not_shown(script) -> None:
    values = (
        ParameterValue("DATABASE_URL", "d", value="postgres://me:hidden1@db/x", given=True),
        ParameterValue("API_TOKEN", "d", value="hidden2", given=True),
    )
    made = script(item('echo "$DATABASE_URL"', values=values))
    done = made.run("r")
    assert "postgres://me:...@db/x" in done.stdout
    assert "hidden" not in made.log
    assert "hidden2" not in done.stdout


def test_a_variable_of_the_shell_itself_can_be_a_parameter(script) -> None:
    names = ("PATH", "IFS", "HOSTNAME", "LOG", "BASH_ENV", "LC_ALL", "TMPDIR")
    values = tuple(ParameterValue(name, "d", value="/usr/bin:/bin", given=True) for name in names)
    made = script(item("", "first"), item('echo "$PATH$IFS$HOSTNAME$LOG"', values=values))
    done = made.run("y", "r")
    assert done.returncode == 0, done.stdout
    assert "2 of 2" in made.log


# -- commands ------------------------------------------------------------------------------------

JUDGED = (
    ("true", {}, True),
    ("exit 3", {"exit": 3}, True),
    ("exit 3", {"exit": 0}, False),
    ("no-such-program", {"exit": 0}, False),
    ("kill -9 $$", {"contains": ("x",)}, False),
    ("kill -9 $$", {"empty": True}, False),
    ("echo one; echo two >&2", {"contains": ("one\ntwo",)}, True),
    ("echo 'a*b'", {"contains": ("a*b",)}, True),
    ("echo 'aab'", {"contains": ("a*b",)}, False),
    ("printf 'x'", {"empty": True}, False),
    ("printf ' \\n\\t\\n'", {"empty": True}, True),
    ("true", {"empty": False}, False),
    ("printf 'a\\n0\\n'", {"matches": (r"^[01]\s*$",)}, True),
    ("echo 12", {"matches": (r"^[01]\s*$",)}, False),
    ("printf '3\\n'", {"matches": (r"^[1-9][0-9]*\s*$",)}, True),
    ("printf 'x \\nworld'", {"matches": (r"x\s+world$",)}, True),
    ("printf 'x\\nworld'", {"matches": (r"x.world",)}, False),
    ("echo HTTP/2 200", {"matches": (r"\b(?:200|204)\b",)}, True),
    ("echo HTTP/2 2004", {"matches": (r"\b(?:200|204)\b",)}, False),
    ("printf 'a\\0b\\377c'", {"contains": ("b",)}, True),
    ("printf '1\\r\\n2\\r\\n'", {"matches": ("^1$",)}, False),
    ("cat; read -r x && echo got", {"empty": True}, True),
    ("cat <<'SQL'\nSELECT \"it's\" $HOME\nSQL", {"contains": ("SELECT \"it's\" $HOME",)}, True),
    ("echo ä€", {"matches": ("^ä.$",), "contains": ("€",)}, True),
    ("if true\nthen echo \"a\\\nb\"\nfi | tr a c", {"contains": ("cb",)}, True),
)  # fmt: skip


def test_the_script_judges_as_the_tool_does(script, tmp_path: Path) -> None:
    items = [
        item(run, f"n{number}", expect=Expect(**expect), level=Level.ADVISORY)  # type: ignore[arg-type]
        for number, (run, expect, _) in enumerate(JUDGED)
    ]
    made = script(*items)
    done = made.run(*(answer for i in items for answer in ("r", *("y" if _asks(i) else ""))))
    assert done.returncode == 0, done.stdout
    failed = set(re.findall(r"failed: an-incident/n(\d+) ", done.stdout))
    commands = CommandRunner(tmp_path, tmp_path, os.environ, 30.0)
    for number, (each, (run, expect, passes)) in enumerate(zip(items, JUDGED, strict=True)):
        ran = commands.run(run, {}, 30.0, lambda _: None, lambda _: None)
        assert bool(judged(each.expect, ran)) is not passes, (run, expect)
        assert (str(number) not in failed) == passes, (run, expect, done.stdout)


def _asks(made: ChosenCheck) -> bool:
    expect = made.expect
    return made.expect == Expect() or any(to_ere(pattern) is None for pattern in expect.matches)


def test_a_command_that_hangs_ends_with_all_it_started(script) -> None:
    made = script(
        item(f"trap '' TERM; {LONG} & {LONG}", timeout="500ms", level=Level.ADVISORY),
        item("echo next", "two"),
    )
    done = made.run("r", "r")
    assert "FAILED: it took longer than 1 s; it was ended, with all its processes" in done.stdout
    assert "> next" in done.stdout
    assert done.returncode == 0
    assert not _left_behind()


def test_a_check_that_becomes_true_is_tried_again(script) -> None:
    third = "echo try >>tries; test $(wc -l <tries) -ge 3"
    made = script(
        item(third, poll=Poll.model_validate({"every": "10ms", "for": "5m"})),
        item("false", "two", poll=Poll.model_validate("10ms"), level=Level.ADVISORY),
        item(
            "echo x >>three; false",
            "three",
            poll=Poll.model_validate({"every": "1s", "for": "2s"}),
        ),
    )
    done = made.run("r", "r", "r")
    assert done.returncode == 1
    assert "exit code 0; tried again every 10ms for at most 5m" in done.stdout
    assert done.stdout.count("Not yet: exit code 1, expected 0. Next try in 1 s.") >= 3
    assert "1 of 3 checks passed." in done.stdout
    tries = (made.folder / "three").read_text().count("x")
    assert tries > 1
    assert f"FAILED: after {tries} tries in" in done.stdout
    assert (made.folder / "tries").read_text() == "try\n" * 3


def test_a_waived_check_does_not_run(script) -> None:
    waiver = AppliedWaiver("It's ordered", "release manager", "2999-12-31")
    made = script(
        item("touch ran", waiver=waiver),
        item("touch two", "two", waiver=replace(waiver, ended=True)),
    )
    done = made.run("r")
    assert done.returncode == 0, done.stdout
    assert "waived by: release manager until 2999-12-31: It's ordered" in done.stdout
    assert "waived: an-incident/one (blocking): release manager until" in made.log
    assert "this has ended, so the check counts" in done.stdout
    assert [path.name for path in made.folder.iterdir()] == ["two"]
    assert "Waived by" in as_html(checklist(item(waiver=waiver)))


def test_a_second_person_is_asked_for(script) -> None:
    made = script(item("touch ran", approval=True))
    assert made.run("r", " ", "nobody here").returncode == 0
    assert "skipped: an-incident/one (blocking): nobody here" in made.log
    assert list(made.folder.iterdir()) == []


def test_what_a_second_person_agrees_to_runs(script) -> None:
    made = script(item("touch ran", approval=True))
    assert made.run("r", "database owner").returncode == 0
    assert "agree. Type the role of that person: database owner" in made.log
    assert (made.folder / "ran").exists()


def test_what_a_command_leaves_running_holds_nothing_up(script) -> None:
    done = script(item(f"{LONG} & echo started")).run("r")
    assert done.returncode == 0
    assert "> started" in done.stdout
    assert not _left_behind()


SHELLS = [
    shell for shell in ("bash", "dash", "busybox sh", "ksh", "zsh") if which(shell.split()[0])
]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("rest", ["echo started", "exit 1", LONG], ids=["ends", "fails", "hangs"])
def test_a_child_that_ignores_signals_ends_with_its_check(script, shell: str, rest: str) -> None:
    child = f"{shell} -c 'trap \"\" TERM HUP INT; {LONG}; {LONG}' >/dev/null 2>&1 &"
    level = Level.ADVISORY
    done = script(item(f"{child} {rest}", timeout="1s", level=level), item("echo next", "two")).run(
        "r", "r"
    )
    assert done.returncode == 0, done.stdout
    assert "> next" in done.stdout
    assert not _left_behind()


def test_a_command_that_is_ended_as_it_starts_ends_nothing_else(script) -> None:
    ended = [item(name=f"n{n}", timeout="1s", level=Level.ADVISORY) for n in range(8)]
    made = script(*ended, item("echo next", "last"))
    text = made.path.read_text("utf-8")
    made.path.write_text(text.replace("limit='1'", "limit='0'"), "utf-8")
    done = made.run(*"r" * 9)
    assert done.returncode == 0, done.stdout
    assert "it took longer than 0 s" in done.stdout
    assert "> next" in done.stdout


@pytest.mark.parametrize("shell", SHELLS[1:])
def test_another_shell_is_told_to_call_bash(script, shell: str) -> None:
    made = script(item("touch ran"))
    done = subprocess.run(
        [*shell.split(), made.path], cwd=made.folder, capture_output=True, text=True, input="r\n"
    )
    assert done.returncode == 2
    assert f"This script needs bash: bash {made.path}" in done.stderr
    assert list(made.folder.iterdir()) == []


def test_endless_output_fills_nothing(script) -> None:
    made = script(
        item("yes", timeout="1s", level=Level.ADVISORY),
        item("yes | head -c 9000000; echo end; exit 4", "two", expect=Expect(exit=4)),
        item("yes | head -c 9000000; echo end", "three", expect=Expect(contains=("end",))),
    )
    done = made.run("r", "r", "r")
    assert done.returncode == 1
    assert "failed: an-incident/two" not in done.stdout
    assert "only the first 2 MB of the output were compared" in done.stdout
    assert "(more than is shown)" in done.stdout
    assert len(done.stdout) < 20_000
    assert len(made.log) < 1_000_000


def test_output_cannot_drive_the_terminal(script) -> None:
    run = r"printf '\033[2J\033]0;title\007 \302\2331m \342\200\256 text\r\n\b'"
    made = script(item(run, check="Look \x1b[31m\x07 here\u202e"))
    done = made.run("r")
    assert done.returncode == 0
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", done.stdout)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", made.log)
    assert "text" in done.stdout


def test_a_signal_ends_the_script_and_its_command(script) -> None:
    made = script(item(f"echo begun; {LONG}"), item("touch made", "two"))
    with subprocess.Popen(
        ["bash", made.path],
        cwd=made.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        running.stdin.write("r\n")
        running.stdin.flush()
        end = time.monotonic() + PATIENCE
        while "begun" not in running.stdout.readline():
            assert time.monotonic() < end
        running.send_signal(signal.SIGINT)
        out = running.communicate(timeout=PATIENCE)[0]
    assert running.returncode == 130, out
    assert "Stopped by the operator." in made.log
    assert not _left_behind()


def _left_behind() -> list[str]:
    return subprocess.run(["pgrep", "-f", LONG], capture_output=True, text=True).stdout.split()


def test_in_a_terminal(script) -> None:
    """Answers come from the keyboard; a command that asks for one gets none, and Ctrl-C ends it."""
    made = script(
        item("read -r x </dev/tty; echo got", timeout="1s", level=Level.ADVISORY),
        item(f"echo begun; {LONG}", "two"),
    )
    opened = Terminal(["/usr/bin/env", "bash", str(made.path)], made.folder)
    try:
        opened.until("Run it? [r]un, [s]kip, [q]uit: ")
        opened.type("r")
        assert "> got" not in opened.until("[2 of 2]")
        assert "FAILED" in opened.shown
        opened.type("r")
        opened.until("> begun")
        opened.press(b"\x03")
        opened.until("Stopped by the operator.")
        assert opened.ends() == 130
    finally:
        opened.close()
    assert "Run it? [r]un, [s]kip, [q]uit: r" in made.log
    assert not _left_behind()


def test_without_a_log_nothing_runs(script) -> None:
    made = script(item("touch made"))
    for place in ("/no/such/folder/x.log", str(made.folder)):
        done = made.run("r", options=("--log", place))
        assert done.returncode == 1
        assert "Nothing was run" in done.stdout
    (made.folder / "there.log").write_text("kept")
    assert "The log already exists" in made.run("r", options=("--log", "there.log")).stdout
    assert (made.folder / "there.log").read_text() == "kept"
    assert not (made.folder / "made").exists()


def test_in_a_read_only_folder_nothing_runs() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = Script(folder, checklist(item("touch made")))
        folder.chmod(0o555)
        nobody: Mapping[str, int] = {"user": 65534} if os.geteuid() == 0 else {}
        done = subprocess.run(
            ["bash", made.path], cwd=folder, input="r\n", capture_output=True, text=True,
            timeout=PATIENCE, **nobody,
        )  # fmt: skip
        assert done.returncode == 1
        assert "Cannot write the log" in done.stderr
        assert "--log FILE" in done.stderr
        assert not (folder / "made").exists()
        folder.chmod(0o755)


def test_the_repository_s_own_checks(tmp_path: Path) -> None:
    """A code base whose deploy drops a table is stopped; without that, the same check passes."""
    done = subprocess.run(
        [sys.executable, "-m", "generator", "checklist", "--phase", "before", "--format", "sh",
         "--incident", "postgresql-concurrent-create-table", "--root", ROOT, "-o", tmp_path / "checklist.sh"],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (tmp_path / "backend").mkdir()
    deploy = tmp_path / "backend/deploy-production.js"
    for text, code in (
        ("db.query('DROP TABLE s')\n", "STOP"),
        ("db.query('SELECT 1')\n", "PASSED"),
    ):
        deploy.write_text(text)
        walked = subprocess.run(
            ["bash", "checklist.sh"], cwd=tmp_path, input="r\nq\n", capture_output=True, text=True
        )
        assert "[1 of " in walked.stdout
        assert "Nothing that runs with the deploy drops a table" in walked.stdout
        assert code in walked.stdout


# -- the text of the scripts ---------------------------------------------------------------------


def everything() -> Checklist:
    """One of each: what a person reads in the golden files."""
    given = (
        ParameterValue("TABLE", "The table", "Sessions", "it's \"; rm -rf ~", given=True),
        ParameterValue("URL", "The address; see `mkdocs.yml`", "https://example.com"),
        ParameterValue("BACKEND", "The folder", value="backend"),
        ParameterValue("TOOLS", "The tools", value="incidents/an-incident/tools"),
    )
    return checklist(
        item(
            "psql \"$URL\" -v t=\"$TABLE\" <<'SQL'\nSELECT '%PATH%' FROM :\"t\";\nSQL\n\"$TOOLS/x\" \"$BACKEND\"",
            check="The `users` table is there, see https://example.com/a",
            expect=Expect(exit=0, contains=("a & b", "<script>"), matches=(r"^\d+ rows?$", "a$b"), empty=False),
            needs=("psql", "read access"),
            timeout="90s",
            values=given,
            rollback=Rollback(do="Put it back", run='psql "$URL"'),
        ),
        item("rm -rf build", "clean", risk=Risk.DESTRUCTIVE, level=Level.ADVISORY),
        item("", "look", phase=Phase.DURING, expect=Expect(shows="The queue is empty.")),
        item("echo \x1b[31m\u202e", "odd", phase=Phase.ROLLBACK, risk=None, expect=Expect()),
        about="changed since v1.2 (12 files)",
        site_url="https://runbooks.example.com/",
        made="2026-11-21T05:00:00Z",
        unreadable=("broken-one",),
        revision="0123456789ab",
    )  # fmt: skip


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    hostile = [item(text or "true", f"h{n}", check=text or "x", values=(ParameterValue("V", text, text, text),))
               for n, text in enumerate(HOSTILE)]  # fmt: skip
    for number, made in enumerate(
        (everything(), checklist(item()), checklist(), checklist(*hostile))
    ):
        path = tmp_path / f"{number}.sh"
        path.write_text(as_sh(made), "utf-8")
        assert script_problems(path) == ""


@pytest.mark.golden
def test_golden_files(request: pytest.FixtureRequest) -> None:
    """What is the same in every script is not in them."""
    sh = as_sh(everything())
    bat = as_bat(everything()).replace("\r\n", "\n")
    texts = {
        "checks.sh": sh[sh.index("# -- The checks") :],
        "checklist.bat": re.sub("^sh\\| .*\n", "", bat, flags=re.MULTILINE),
        "checklist.html": re.sub(
            "sha256-[^']+|(?s:(?<=<(?:style)>).*?(?=</style>))|(?s:(?<=<script>).*?(?=</script>))", "...",
            as_html(everything()),
        ),
    }  # fmt: skip
    for name, text in texts.items():
        if request.config.getoption("--update-golden"):
            GOLDEN.mkdir(parents=True, exist_ok=True)
            (GOLDEN / name).write_text(text, "utf-8")
        assert text == (GOLDEN / name).read_text("utf-8"), "if it is meant: make golden"
    assert {path.name for path in GOLDEN.iterdir()} == set(texts)


texts = st.text(
    st.characters(codec="utf-8") | st.sampled_from("'\"\\$`\n\t !%^&|<>()"), max_size=80
)


@given(st.lists(texts | st.sampled_from(HOSTILE), min_size=1, max_size=8))
@example(["a" * 5000, "'" * 3000, "\x1b" * 3000, "ä" * 3000 + "\n" + "x" * 899])
@settings(max_examples=60)
def test_a_literal_is_the_very_text(given_texts: list[str]) -> None:
    wanted = [text.replace("\0", "") for text in given_texts]
    words = [literal(text) for text in given_texts]
    script = "printf '%s\\0' " + " ".join(words)
    # A whole script, not an argument: a literal may be longer than the system lets arguments be.
    done = subprocess.run(["bash"], input=encoded(script), capture_output=True, check=True)
    assert done.stdout.split(b"\0")[:-1] == [encoded(text) for text in wanted]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", script)
    assert max(len(line) for word in words for line in word.split("\n")) < 8_000


LETTER = st.sampled_from(
    [
        "a",
        "b",
        "0",
        "_",
        " ",
        ",",
        r"\.",
        r"\\",
        r"\n",
        "]",
        "}",
        "-",
        r"\x61",
        "ä",
        r"\^",
        r"\$",
        r"\[",
    ]
)
CLASS = st.sampled_from(
    [".", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", "[a-c]", "[^a]", r"[^\n]", r"[\]^-]", "[^-]", r"[\w.]",
     "[äb]", "[^ab]", r"[\s,]", r"[^\s]", "[a-]", r"[\^]", r"[.[]", r"[\\]"]
)  # fmt: skip
TIMES = st.sampled_from(["", "*", "+", "?", "{2}", "{0,1}", "{1,}", "*?", "+?"])
ATOM = st.tuples(LETTER | CLASS, TIMES).map("".join)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map("".join)
    ways = st.lists(body | st.just("") | body.map("^{}".format) | body.map("{}$".format),
                    min_size=1, max_size=3).map("|".join)  # fmt: skip
    return st.tuples(st.sampled_from(["(", "(?:"]), ways, st.sampled_from(["", "?"])).map(
        lambda parts: f"{parts[0]}{parts[1]}){parts[2]}"
    )


PATTERN = st.tuples(
    st.sampled_from(["", "", "^", r"\b"]),
    st.lists(ATOM | _grown(ATOM), min_size=1, max_size=4).map("".join),
    st.sampled_from(["", "", "$", r"\b"]),
).map("".join)
SAMPLE = st.text(st.sampled_from("aabbc0_ ,.\\\n\n]}-^$[ä"), max_size=8)


@given(PATTERN, st.lists(SAMPLE, min_size=1, max_size=6))
@example("^$", ["", "a", "a\n", "\n", "a\n\nb"])
@example(r"(?:^|,)a", ["ba", "b,a", "b\na"])
@example(r"\ba+\b", ["ba", "a", ",aa.", "ab"])
@settings(max_examples=150)
def test_bash_finds_what_python_finds(pattern: str, samples: list[str]) -> None:
    """Where an expression is translated at all. What is not ASCII is no letter in shared dialects."""
    ere = to_ere(pattern)
    if ere is None:
        return
    if re.search(r"\\[wWsSdDb]", pattern):
        samples = [sample.replace("ä", "") for sample in samples]
    script = b"LC_ALL=C\nwhat=$1\nshift\nfor o; do [[ $o =~ $what ]] && printf y || printf n; done"
    done = subprocess.run(
        [b"bash", b"-c", script, b"bash", ere, *(encoded(s) for s in samples)],
        capture_output=True, check=True,
    )  # fmt: skip
    wanted = ["y" if re.search(pattern, sample, re.MULTILINE) else "n" for sample in samples]
    assert done.stderr == b""
    assert done.stdout.decode() == "".join(wanted), (pattern, ere, samples)


def test_most_expressions_are_translated() -> None:
    plain = (
        r"^[1-9][0-9]*\s*$",
        r"^[01]\s*$",
        r"\b200\b",
        "(?:ready|up)$",
        r"\d{1,3}%",
        "^ok: [^,]+, .*$",
    )
    assert [pattern for pattern in plain if to_ere(pattern) is None] == []
    not_faithful = (
        "a$b",
        "a^b",
        "(?i)a",
        r"a\bb",
        "a{2,300}",
        "(?=a)",
        r"\A",
        r"(a)\1",
        "[a",
        "a)",
        "(^a)+",
    )
    assert not any(to_ere(pattern) for pattern in not_faithful)


# -- batch files ---------------------------------------------------------------------------------

END = "rem -- the end of the program"


def parts_of(bat: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Return a batch file's program, and its data: a name and a text for each line."""
    assert bat.endswith("\r\n")
    lines = bat.split("\r\n")[:-1]
    assert not [line for line in lines if "\n" in line or "\r" in line]
    end = next(number for number, line in enumerate(lines) if line.startswith(END))
    data = [line.split("| ", 1) for line in lines[end + 1 :]]
    return lines[: end + 1], [(name, text) for name, text in data]


def test_a_batch_file_holds_the_very_script() -> None:
    _, data = parts_of(as_bat(everything()))
    assert "\n".join(text for name, text in data if name == "sh") == as_sh(everything())


def test_a_batch_file_s_program_skips_itself() -> None:
    program, _ = parts_of(as_bat(everything()))
    assert {int(n) for line in program for n in re.findall(r"skip=(\d+)", line)} == {len(program)}
    labels = {line[1:] for line in program if re.match(r":\w", line)}
    jumps = set(re.findall(r"(?:goto |call :)(\w+)", "\n".join(program)))
    assert jumps == labels - {"finished"} | {"finished"}


@given(texts | st.sampled_from(HOSTILE), st.sampled_from(HOSTILE))
@settings(max_examples=60)
def test_nothing_of_an_incident_reaches_the_command_prompt(one: str, other: str) -> None:
    """The program is the same, whatever the texts are; everything else is data behind its end."""

    def made(one: str, other: str) -> Checklist:
        return checklist(
            item(one or "true", check=other, needs=(one,), rollback=Rollback.model_construct(do=other, run=one),
                 expect=Expect.model_construct(contains=(one,), shows=other),
                 values=(ParameterValue("V", one, other, one),)),
            about=one, revision=other, unreadable=(other,),
        )  # fmt: skip

    program, data = parts_of(as_bat(made(one, other)))
    assert program == parts_of(as_bat(made("a", "b")))[0]
    assert {name for name, _ in data} == {"about", "before", "1", "undo1", "sh"}
    assert all(len(text) < 8_000 for _, text in data)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "".join(text for _, text in data))


def test_long_lines_are_broken_where_that_is_said() -> None:
    run = "echo " + "x" * 20_000
    _, data = parts_of(as_bat(checklist(item(run))))
    assert all(len(text) < 2_000 for _, text in data)
    shown = "".join(
        text.removesuffix(" [continued on the next line]") for name, text in data if name == "1"
    )
    assert run in shown


# -- HTML ----------------------------------------------------------------------------------------


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(" ".join([tag, *sorted(name for name, _ in attrs)]))
        self.text += "".join(f"[{value}]" for name, value in attrs if name == "data-copy")

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    "text", [*HOSTILE, "</script><img src=x onerror=alert(1)>", '" onclick="x', "<!--"]
)
def test_hostile_text_makes_no_element(text: str) -> None:
    def page(text: str) -> _Elements:
        made = checklist(
            item(text, check=text, needs=(text,), rollback=Rollback.model_construct(do=text, run=text),
                 expect=Expect.model_construct(contains=(text,), shows=text),
                 values=(ParameterValue("V", text, text),)),
            about=text, revision="r", unreadable=(text,),
        )  # fmt: skip
        parser = _Elements()
        parser.feed(as_html(made))
        return parser

    shown = page(text or "-")
    assert set(shown.found) <= set(page("`x`").found)
    if text and not re.search("[\x00-\x1f\u202e\u200b]", text):
        assert f"[{text}]" in shown.text


def test_the_page_asks_for_nothing() -> None:
    page = as_html(everything())
    assert "default-src 'none'" in page
    assert not re.search(r"<(?:link|img|iframe|object)\b|\bsrc=|@import|url\(", page)
