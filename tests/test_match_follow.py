"""`runbooks match --follow`, with files and pipes that grow while it reads."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path

from generator.signatures.follow import PAUSE, often_idle
from tests.conftest import ROOT

PG = "postgresql-concurrent-create-table"
ERROR = 'ERROR:  duplicate key value violates unique constraint "pg_type_typname_nsp_index"\n'
KEY = "DETAIL:  Key (typname, typnamespace)=({}, 2200) already exists.\n"


@contextmanager
def following(*arguments: str) -> Iterator[tuple[subprocess.Popen, Callable[[], str]]]:
    """Start the command; yield it, and what returns its next line."""
    command = [sys.executable, "-m", "generator", "match", "--follow", *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True)  # fmt: skip
    timer = threading.Timer(60, process.kill)
    timer.start()
    try:
        yield process, process.stdout.readline
    finally:
        process.kill()
        process.wait()
        timer.cancel()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()


def write(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_values_that_come_later_are_told_as_json():
    with following("--format", "json") as (process, line):
        for text, new, captures in [
            (ERROR, {}, {}),
            (KEY.format("a_pkey"), {"TABLE": ["a_pkey"]}, {"TABLE": "a_pkey"}),
            (KEY.format("a"), {"TABLE": ["a"]}, {"TABLE": "a"}),
            (KEY.format("a"), {}, {"TABLE": "a"}),
        ]:
            process.stdin.write(text)
            process.stdin.flush()
            found = json.loads(line())
            assert found["incident"] == PG
            assert found["new"]["values"] == new
            assert found["captures"] == captures
        assert found["new"]["signatures"] == []
        process.stdin.close()
        assert process.wait() == 0


def test_what_comes_later_does_not_repeat_the_card():
    with following() as (process, line):
        process.stdin.write(ERROR)
        process.stdin.flush()
        card = list(itertools.takewhile(lambda text: "Full runbook" not in text, iter(line, "")))
        assert line() == "\n"
        assert card[0] == f"{PG}  SEV1\n"
        process.stdin.write(KEY.format("t1"))
        process.stdin.flush()
        more = [line() for _ in range(5)]
    assert more == [
        f"{PG}  more is known:\n",
        "    matched  line 2\n",
        "             DETAIL:  Key (typname, typnamespace)=(t1, 2200) already exists.\n",
        "    because  (typname, typnamespace)=({TABLE}, {#}) (or one of 13 other texts)\n",
        "    export TABLE='t1'\n",
    ]


def test_lines_count_from_1_in_each_file(tmp_path):
    log = tmp_path / "app.log"
    log.write_text("x\n" * 5 + ERROR)
    places = itemgetter("file_number", "line", "last_file_number", "last_line", "count")
    with following("--format", "json", str(log)) as (process, line):
        first = json.loads(line())
        assert places(first) == (1, 6, 1, 6, 1)
        assert first["filled"] == {"LOG": str(log)}
        new = tmp_path / "new"
        write(new, "x\n" + ERROR)
        new.replace(log)  # at once, so that no moment without a file is seen
        assert places(json.loads(line())) == (1, 6, 2, 2, 2)
        os.truncate(log, 0)
        assert process.stderr.readline().startswith(f"{log} was replaced; ")
        assert process.stderr.readline().startswith(f"{log} was truncated; ")
        write(log, "x\n" * 2 + ERROR)
        assert places(json.loads(line())) == (1, 6, 3, 3, 3)


def test_a_place_in_a_later_file_names_it(tmp_path):
    log = tmp_path / "app.log"
    log.write_text("x\n" * 5 + ERROR)
    with following(str(log)) as (_, line):
        while "Full runbook" not in line():
            pass
        assert line() == "\n"
        log.rename(tmp_path / "app.log.1")
        write(log, ERROR)
        assert line() == f"{PG}  2 times, last on line 1 of {log} (file 2): {ERROR}"


def test_data_that_never_stops_is_answered_all_the_same():
    now = itertools.count(0, PAUSE / 4)
    parts = [b"x"] * 20
    got = list(often_idle(iter(parts), lambda: next(now)))
    assert [part for part in got if part] == parts
    assert 2 < got.count(None) < 6
