"""A moment of each fuzzer, which `make fuzz` runs as long as you like, and a few kills."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cache.kept_files import write_kept
from generator.cache.scratch import new_file, new_folder
from generator.cli import import_, runbooks
from generator.cli.files import write_new, write_whole
from generator.coverage.edits import set_urls
from generator.coverage.rulefiles import read_rules
from generator.signatures.dialect import problem_in
from generator.signatures.expression import compile_regex
from tests.fuzz.kills import COMMANDS, Killed, kill
from tests.fuzz.running import attempt, fuzz, smaller
from tests.fuzz.targets import TARGETS, Target
from tests.pace import growth

SEED = 20261126
SECONDS = float(os.environ.get("FUZZ_SECONDS", "0.5"))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_no_input_ends_a_command(target: Target, tmp_path: Path) -> None:
    result = fuzz(target, SEED, SECONDS, tmp_path / "failures")
    assert result.inputs > 0
    assert result.failures == {}, tmp_path / "failures"


def test_an_input_depends_on_the_seed_and_its_number_alone() -> None:
    for target in TARGETS:
        assert target.input(1, 7) == target.input(1, 7)
        assert len({target.input(seed, 7) for seed in range(9)}) > 1


def _fails(wrong: Callable[[bytes], object]) -> Target:
    return Target("wrong", lambda _: wrong, lambda: (b"some text with an X in it",), ("X", "y"))


def test_what_fails_is_kept_and_made_smaller(tmp_path: Path) -> None:
    def wrong(content: bytes) -> None:
        if b"X" in content:
            raise KeyError(content)

    result = fuzz(_fails(wrong), SEED, 0.5, tmp_path)
    (number, said), *more = result.failures.values()
    assert (tmp_path / f"wrong-{number}").read_bytes() == b"X"
    assert "KeyError" in said
    assert more == []
    assert smaller(wrong, b"a long text, X, and more", attempt(wrong, b"X")[0]) == b"X"


def test_a_process_that_ends_is_a_failure_and_the_next_goes_on(tmp_path: Path) -> None:
    def wrong(content: bytes) -> None:
        if b"X" not in content:
            os._exit(7)

    result = fuzz(_fails(wrong), SEED, 0.5, tmp_path)
    assert "ended the process (7)" in result.failures
    assert result.inputs > 3


def test_a_process_gets_no_more_memory_than_its_limit(tmp_path: Path) -> None:
    result = fuzz(_fails(lambda content: bytearray(2 << 30)), SEED, 0.5, tmp_path)
    assert [kind.partition(" ")[0] for kind in result.failures] == ["MemoryError"]


# -- what the fuzzers have found ---------------------------------------------------------------


def test_a_set_that_may_mean_more_one_day_warns_nobody(recwarn: pytest.WarningsRecorder) -> None:
    assert problem_in("[[a]x")
    compile_regex(r"[\[a]x")
    assert not recwarn.list


def test_many_rules_that_cannot_be_edited_take_linear_time() -> None:
    rule = '{"alert": "A", "expr": "x", "annotations": {"summary": "y"}}, '

    def work(size: int) -> None:
        file = read_rules("rules.yaml", f'{{"groups": [{{"rules": [{rule * size}]}}]}}'.encode())
        assert set_urls(file, file.alerts, lambda _: "https://kb.example/").problems

    assert (
        growth(work, 40) < 32
    )  # the number of tries is bounded by a limit, which small files do not reach


# -- kills -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_kill_leaves_the_old_or_the_new_and_no_process(command: Killed) -> None:
    assert kill(command, 2, SEED).wrong == []


def _import(folder: Path) -> None:
    (folder / "incidents").mkdir(exist_ok=True)
    with suppress(FileExistsError):
        import_._write(folder, "new", "title: x\n", {})


def _init(folder: Path) -> None:
    (folder / "first.json").unlink(missing_ok=True)
    (folder / ".gitignore").unlink(missing_ok=True)
    done = CliRunner().invoke(runbooks, ["init", str(folder)])
    assert done.exit_code == 0, done.output
    shutil.rmtree(folder / ".github")
    for path in folder.glob(".*.y*ml"):
        path.unlink()


WRITES: dict[str, Callable[[Path], object]] = {
    "a file": lambda folder: write_whole(folder / "x.json", "new"),
    "a new file": lambda folder: write_new(folder / f"{os.getpid()}.json", "new"),
    "a kept file": lambda folder: write_kept(folder / "x.json", "", {"x": 1}),
    "a draft": _import,
    "a knowledge base": _init,
}


@pytest.mark.skipif(sys.platform == "win32", reason="files have no locks, processes no fork")
@pytest.mark.parametrize("name", WRITES)
def test_what_a_killed_write_left_goes_with_the_next(name: str, tmp_path: Path) -> None:
    def left() -> set[str]:
        return {path.name for path in tmp_path.glob(".*") if path.name != ".gitignore"}

    write_kept(tmp_path / "first.json", "", 1)  # makes the key that seals kept files
    child = os.fork()
    if child == 0:
        for place in ("fdopen", "chmod"):
            setattr(os, place, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        WRITES[name](tmp_path)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert len(left()) == 1
    WRITES[name](tmp_path)
    assert left() == set()


def test_what_another_process_is_writing_stays(tmp_path: Path) -> None:
    with new_file(tmp_path, "x") as (descriptor, new), new_folder(tmp_path, "y") as folder:
        write_whole(tmp_path / "z", "z")
        assert new.exists()
        assert folder.exists()
        os.close(descriptor)
    assert [path.name for path in tmp_path.iterdir()] == ["z"]
