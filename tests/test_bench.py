"""The tables of `make bench`: what they say about targets and the last time, and one real run."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.jobs import Job, Pace, chosen, measure
from tests.bench.processes import Failed, Run, run, run_program
from tests.bench.report import README, Cell, Machine, Table, load, markdown, save, short
from tests.bench.rows import BARE, ROWS, Row, wanted

MACHINE = Machine(cores=2, python="3.11.7", loop=0.5, date="2026-11-26", code="abc1234")
RATIO = Row("ours, CPU", of=BARE, target={100: 0.4})
ALONE = Row("search, CPU", target={100: 0.4})
RATE = Row("match", "MB/s", of="rg", target={100: 3}, at_least=True)


def table(loop: float = 0.5, **values: float) -> Table:
    cells = {(name.replace("_", " "), 100): Cell.of([value]) for name, value in values.items()}
    known = {"ours": RATIO.name, "bare": BARE, "search": ALONE.name}
    named = {(known.get(name, name), size): cell for (name, size), cell in cells.items()}
    return Table(replace(MACHINE, loop=loop), named)


@pytest.mark.parametrize(
    ("row", "values", "said"),
    [
        (RATIO, {"ours": 4, "bare": 10}, "met"),
        (RATIO, {"ours": 10, "bare": 10}, "missed 2.5 times"),
        (RATIO, {"ours": 4}, "not measured"),
        (ALONE, {"search": 0.39}, "met"),
        (ALONE, {"search": 4}, "missed 10 times"),
        (ALONE, {}, "not measured"),
        (RATE, {"match": 300, "rg": 100}, "met"),
        (RATE, {"match": 100, "rg": 100}, "missed 3 times"),
    ],
)
def test_a_target_is_met_or_missed_by_a_factor(row: Row, values: dict[str, float], said: str) -> None:  # fmt: skip
    assert table(**values).judge(row, 100) == said


def test_a_row_without_a_target_is_not_judged() -> None:
    assert table(ours=4, bare=10).judge(RATIO, 1_000) == ""


def test_a_number_that_could_not_be_measured_is_never_judged() -> None:
    failed = Table(MACHINE, {(ALONE.name, 100): Cell(problem="exit code 2")})
    assert failed.judge(ALONE, 100) == "not measured"
    assert failed.change(ALONE, 100, table(search=1)) == ""


@pytest.mark.parametrize(
    ("row", "before", "now", "said"),
    [
        # The machine is twice as slow, and so are both: nothing has changed.
        (RATIO, {"ours": 10, "bare": 10}, {"ours": 20, "bare": 20, "loop": 1}, "alike"),
        (RATIO, {"ours": 10, "bare": 10}, {"ours": 5, "bare": 20, "loop": 1}, "4 times better"),
        (RATIO, {"ours": 10, "bare": 10}, {"ours": 20, "bare": 10}, "2 times worse"),
        # Where a row is beside no other, the loop says how fast the machine is.
        (ALONE, {"search": 1}, {"search": 2, "loop": 1}, "alike"),
        (ALONE, {"search": 1}, {"search": 2}, "2 times worse"),
        (RATE, {"match": 100, "rg": 100}, {"match": 300, "rg": 100}, "3 times better"),
        (RATE, {"match": 100, "rg": 100}, {"match": 300}, ""),
        (RATIO, {}, {"ours": 5, "bare": 20}, ""),
    ],
)
def test_tables_of_two_machines_are_compared_by_ratios(
    row: Row, before: dict[str, float], now: dict[str, float], said: str
) -> None:
    assert table(**now).change(row, 100, table(**before)) == said


def test_a_row_can_be_compared_with_itself_at_another_size() -> None:
    row = next(row for row in ROWS if row.of == row.name)
    cells = {(row.name, 100): Cell.of([10]), (row.name, 5_000): Cell.of([12])}
    assert Table(MACHINE, cells).judge(row, 5_000) == "missed 1.1 times"
    assert "1.2 of that of 100" in markdown(Table(MACHINE, cells))


def test_a_cell_is_the_median_with_its_spread() -> None:
    name = "show ID, cold, CPU"
    text = markdown(Table(MACHINE, {(name, 1_000): Cell.of([3.0, 1.0, 2.0])}))
    assert f"| {name} | 1,000 | 2 s (1 to 3) |" in text


def test_a_problem_stands_in_its_row_and_breaks_no_table() -> None:
    cells = {("show ID, cold, CPU", 100): Cell(problem="exit code 2: a | b\nc")}
    (line,) = [line for line in markdown(Table(MACHINE, cells)).splitlines() if "show ID" in line]
    assert "exit code 2: a \\| b c" in line


@pytest.mark.parametrize(
    ("number", "text"), [(12_345.6, "12,346"), (44.84, "44.8"), (0.0123, "0.012"), (3, "3")]
)
def test_numbers_are_short(number: float, text: str) -> None:
    assert short(number) == text


def test_every_row_is_compared_with_a_row_that_is_there() -> None:
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)
    assert {row.of for row in ROWS} - {""} <= set(names)


def test_rows_are_chosen_together_with_what_they_are_compared_with() -> None:
    assert wanted("nothing changed") == {"nothing changed, CPU", BARE}
    assert wanted("HELP|nothing") == wanted("nothing") | wanted("--help")
    assert wanted("no such row") == frozenset()
    assert wanted("") == {row.name for row in ROWS}


def job(name: str, *runs: float, after: str = "", once: bool = False) -> Job:
    return Job(name, {name: "cpu"}, lambda: [Run(1, cpu) for cpu in runs], after, once)


def failing(name: str) -> Job:
    def measure_it() -> list[Run]:
        raise Failed("rg is not installed")

    return Job(name, {name: "cpu"}, measure_it)


def test_jobs_are_measured_in_turns() -> None:
    told: list[str] = []
    jobs = [job("a", 1), job("b", 2, 4), job("c", 3, once=True)]
    found = measure(jobs, "5 incidents", Pace(2, 60), told.append)
    assert [text.split(" (")[0][13:] for text in told] == ["a", "b", "c", "a", "b"]
    assert found["b"] == Cell(3, 2, 4, 4)
    assert found["c"].runs == 1


def test_no_round_begins_after_the_time() -> None:
    assert measure([job("a", 1)], "", Pace(9, -1), lambda _: None)["a"].runs == 1


def test_a_job_that_fails_is_not_repeated_and_takes_along_what_follows_from_it() -> None:
    told: list[str] = []
    found = measure([failing("a"), replace(job("b", 1), after="a"), job("c", 1)], "", Pace(2, 60), told.append)  # fmt: skip
    assert found["a"] == found["b"] == Cell(problem="rg is not installed")
    assert found["c"].runs == 2
    assert len(told) == 4


def test_what_must_come_before_a_chosen_job_is_chosen_too() -> None:
    jobs = [job("cold"), job("warm", after="cold"), job("change", after="warm"), job("other")]
    assert [one.name for one in chosen(jobs, {"change"})] == ["cold", "warm", "change"]
    assert chosen(jobs, {"nothing"}) == []


def test_a_program_that_is_missing_or_fails_is_said_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"^no-such-program is not installed$"):
        run_program("no-such-program", cwd=tmp_path)
    (tmp_path / "data").write_text("")
    with pytest.raises(Failed, match=r"^data cannot run: "):
        run_program(tmp_path / "data", cwd=tmp_path)
    with pytest.raises(Failed, match=r"^exit code 2: b\.txt is not c/d/e$"):
        run("-c", "import sys; print('1\\n/tmp/a/b.txt is not c/d/e'); sys.exit(2)", cwd=tmp_path)


def test_the_memory_of_a_process_is_that_of_its_children_too(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux says how much memory is shared")
    child = "import time; b = bytearray(200_000_000); time.sleep(1)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert run("-c", code, cwd=tmp_path).megabytes > 150


def test_the_committed_table_can_be_read_and_its_page_says_the_same(tmp_path: Path) -> None:
    last = load()
    assert last is not None
    assert {name for name, _ in last.cells} <= {row.name for row in ROWS}
    save(last, tmp_path / "last.json", tmp_path / "README.md")
    assert (tmp_path / "README.md").read_text("utf-8") == README.read_text("utf-8")
    assert load(tmp_path / "last.json") == last


@pytest.mark.parametrize("text", ["", "[]", '{"machine": 1, "rows": {}}', '{"rows": {"a": 1}}'])
def test_a_table_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "last.json").write_text(text)
    assert load(tmp_path / "last.json") is None
    assert load(tmp_path / "missing.json") is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "options", [["--only", "no such row"], ["--only", "lint", "--write"], ["--only", "("], ["--incidents", "x"], ["--code", "no-such"]]
)  # fmt: skip
def test_options_that_do_not_fit_are_wrong_usage(options: list[str]) -> None:
    from tests.bench.table import main

    with pytest.raises(SystemExit) as raised:
        main(options)
    assert raised.value.code == 2


@pytest.mark.slow
def test_a_tiny_knowledge_base_is_measured(capfd: pytest.CaptureFixture[str]) -> None:
    from tests.bench.table import main

    sizes = [
        "--incidents",
        "5",
        "--teams",
        "2",
        "--signatures",
        "10",
        "--log",
        "1",
        "--rounds",
        "1",
    ]
    main([*sizes, "--only", "search|nothing changed|match a log|saved"])
    printed, told = capfd.readouterr()
    lines = {line.split(" | ")[0][2:]: line for line in printed.splitlines() if line[:1] == "|"}
    for name in ("search, cold, CPU", "search, one change, CPU", "nothing changed, CPU", BARE, "match a log, per CPU s", "saved to fresh page, clock"):  # fmt: skip
        assert re.search(r"\| (5|10) \| [\d.,]+ (s|MB/s)", lines[name]), lines[name]
    assert "a loop of 10 M additions takes" in printed
    assert "5 incidents: search, warm (2 of 3, round 1 of 1 at most)" in told


def test_help_names_every_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    from tests.bench.__main__ import NAMES, main

    assert main(["--help"]) == 0
    assert main(["no-such"]) == 2
    said = capsys.readouterr().err
    assert all(name in said for name in NAMES)
