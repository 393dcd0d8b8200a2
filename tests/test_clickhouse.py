"""`runbooks export-signatures --format clickhouse`, run by the engine of ClickHouse."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.cli import runbooks
from generator.knowledge.base import load
from generator.log_systems import clickhouse, portable_signatures
from generator.log_systems.base import SignatureExportOptions
from generator.signatures.language import compile_signature
from generator.signatures.survey import find_in
from generator.signatures.template import compile_template
from tests.bench.match import templates
from tests.conftest import FULL, ROOT
from tests.log_bases import HOSTILE, base_of, samples
from tests.programs import missing

pytestmark = pytest.mark.slow


class Engine:
    """ClickHouse in this process."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def run(self, script: str) -> list[dict[str, Any]]:
        """Run the statements of a script; return the rows of the last."""
        answer = b""
        for statement in script.split(";\n"):
            if statement.strip():
                answer = self.session.query(statement, "JSONEachRow").bytes()
        return [json.loads(line) for line in answer.decode(errors="replace").split("\n") if line]

    def insert(self, table: str, lines: list[str]) -> None:
        values = ", ".join(f"({n}, {clickhouse.string(line)})" for n, line in enumerate(lines))
        self.run(f"INSERT INTO {table} VALUES {values}")


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    try:
        session = importlib.import_module("chdb.session").Session()
    except ImportError:
        missing("ClickHouse", "make installs chdb-core, which has it")
    yield session
    session.close()


@pytest.fixture
def engine(server: Any) -> Iterator[Engine]:
    engine = Engine(server)
    engine.run("CREATE DATABASE d; \nUSE d")
    engine.run("CREATE TABLE logs (time UInt32, message String) ENGINE = MergeTree ORDER BY time")
    yield engine
    engine.run("USE default;\nDROP DATABASE d")


def exported(root: Path, *more: str) -> str:
    arguments = ["export-signatures", "--format", "clickhouse", "--root", str(root), *more]
    result = CliRunner().invoke(runbooks, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def left_out(root: Path) -> set[str]:
    """Return the signatures that the query cannot express, as the command says them."""
    arguments = ["export-signatures", "--format", "clickhouse", "--root", str(root)]
    said = CliRunner().invoke(runbooks, arguments).stderr
    return set(re.findall(r"left out: (\S+): ", said))


def seen(rows: list[dict[str, Any]]) -> set[tuple[str, int]]:
    return {(f"{row['incident']}#{row['signature']}", row["time"]) for row in rows}


APART = 60
"""Rows from one sample to the next: further than a signature looks at what is near."""


def apart(texts: list[str]) -> list[str]:
    return [row for text in texts for row in (text, *["ready"] * (APART - 1))]


@pytest.mark.parametrize("root", [ROOT, FULL])
def test_a_query_finds_the_samples_and_no_rejected_text(engine: Engine, root: Path) -> None:
    found, rejected = samples(load(root))
    left = left_out(root)
    engine.insert("logs", apart([text for _, text in (*found, *rejected)]))
    rows = engine.run(exported(root, "--copy", "time"))
    shown = seen(rows)
    for number, (name, _) in enumerate(found):
        assert ((name, number * APART) in shown) is (name not in left)
    for number, (name, _) in enumerate(rejected, len(found)):
        assert (name, number * APART) not in shown


def test_captures_are_those_of_the_matcher(engine: Engine) -> None:
    base = load(ROOT)
    found, _ = samples(base)
    engine.insert("logs", apart([text for _, text in found]))
    captured = {
        (f"{row['incident']}#{row['signature']}", row["time"]): row["captures"]
        for row in engine.run(exported(ROOT, "--copy", "time"))
    }
    signatures = {
        f"{incident_id}#{number}": compile_signature(signature.source)
        for incident_id, incident in base.incidents.items()
        for number, signature in enumerate(incident.symptom.signatures, 1)
    }
    compared = 0
    left = left_out(ROOT)
    for number, (name, text) in enumerate(found):
        if name in left:
            continue
        own = find_in(signatures[name], text)
        assert own is not None
        assert captured[name, number * APART] == own.captures
        compared += bool(own.captures)
    assert compared > 3


LANGUAGE: list[tuple[dict[str, object], list[tuple[str, dict[str, str] | None]]]] = [
    (
        {"any": ["npm ERR! code {CODE} at {HOST}", "on {HOST}: npm error code {CODE}"]},
        [
            ("npm ERR! code E1 at db-1", {"CODE": "E1", "HOST": "db-1"}),
            ("on db-2: npm error code E2", {"CODE": "E2", "HOST": "db-2"}),
            ("npm notice code E3", None),
        ],
    ),
    (
        {"text": "{LEVEL=WARN|FATAL} quota{= of {USER}|} exceeded"},
        [
            ("FATAL quota of ann exceeded", {"LEVEL": "FATAL", "USER": "ann"}),
            ("WARN quota exceeded", {"LEVEL": "WARN"}),
            ("INFO quota exceeded", None),
        ],
    ),
    (
        {"text": "Broker {NAME} lost", "ignore_case": True},
        [("BROKER Kafka-1 LOST", {"NAME": "Kafka-1"}), ("brokers lost", None)],
    ),
    (
        {"fields": {"queue": "{QUEUE}", "exit code": "137"}},
        [
            ('{"exitCode": 137, "queue": "mail out"}', {"QUEUE": "mail out"}),
            ("queue=mail exit_code=137", {"QUEUE": "mail"}),
            ("queue=mail exit_code=1370", None),
            ("exit_code=137", None),
        ],
    ),
    (
        {"text": "could not start {JOB} now", "all": ["because {WHY=disk|memory} is full"]},
        [
            ("because disk is full, could not start backup now", {"JOB": "backup", "WHY": "disk"}),
            ("could not start backup now", None),
        ],
    ),
    (
        {"text": "exited on signal {SIGNAL}", "without": ["shutdown requested", "asked to stop"]},
        [
            ("exited on signal 9", {"SIGNAL": "9"}),
            ("asked to stop, exited on signal 9", None),
            ("asked to stop, exited on signal 9\nexited on signal 15", {"SIGNAL": "15"}),
        ],
    ),
    ({"text": "chunk {#} of {FILE} lost"}, [("chunk 17 of a.dat lost", {"FILE": "a.dat"})]),
    ({"regex": "[0-9]{2,40} (?:a|b)x"}, [("at 123 ax", {}), ("at 1 ax", None)]),
    ({"fields": {"on call": "{WHO}"}}, [("OnCall: ann", {"WHO": "ann"}), ("call: ann", None)]),
]


def test_every_form_of_the_language(engine: Engine, tmp_path: Path) -> None:
    root = base_of(tmp_path, [source for source, _ in LANGUAGE])
    lines = [(number, line) for number, (_, ways) in enumerate(LANGUAGE, 1) for line in ways]
    engine.insert("logs", [text for _, (text, _) in lines])
    rows = engine.run(exported(root, "--copy", "time"))
    found = {(row["signature"], row["time"]): row["captures"] for row in rows}
    assert len(found) == len(rows), "one row for each signature"
    for place, (number, (text, captures)) in enumerate(lines):
        own = find_in(compile_signature(LANGUAGE[number - 1][0]), text)
        assert (own and own.captures) == captures, text
        assert found.get((number, place)) == captures, text


def test_what_other_lines_rule_out_is_left_out(tmp_path: Path) -> None:
    root = base_of(tmp_path, [{"text": "it stopped at once", "without": ["asked to"], "within": 3}])
    arguments = ["export-signatures", "--format", "clickhouse", "--root", str(root)]
    result = CliRunner().invoke(runbooks, arguments)
    assert "left out: one#1: another line can rule it out" in result.stderr


def test_a_view_reads_what_is_inserted(engine: Engine, tmp_path: Path) -> None:
    root = base_of(tmp_path, [{"text": "no table {TABLE} here"}], title="It's \\ a title\n")
    view = exported(root, "--target", "d.known", "--copy", "time")
    engine.insert("logs", ["no table before here"])
    for _ in range(2):  # again, because incidents change
        engine.run(view)
    engine.insert("logs", ["all is well", 'no table "My Table" here'])
    (row,) = engine.run("SELECT * FROM known")
    row.pop("seen")
    assert row == {
        "incident": "one", "signature": 1, "severity": "SEV2", "title": "It's \\ a title",
        "url": "https://kb.example/incidents/one/", "captures": {"TABLE": '"My Table"'},
        "matched": 'no table "My Table" here', "line": 'no table "My Table" here', "time": 1,
    }  # fmt: skip


def test_only_some_rows_are_searched_in_a_column_of_any_kind(
    engine: Engine, tmp_path: Path
) -> None:
    root = base_of(tmp_path, [{"text": "no table {TABLE} here"}])
    engine.run(
        "CREATE TABLE odd (number UInt8, line LowCardinality(Nullable(String))) ENGINE = Memory;\n"
        "INSERT INTO odd VALUES (1, 'no table a here'), (2, NULL), (3, 'no table b here')"
    )
    options = ("--table", "odd", "--field", "line", "--copy", "number")
    rows = engine.run(exported(root, *options, "--where", "number > 1 AND notEmpty(line)"))
    assert [(row["number"], row["captures"]) for row in rows] == [(3, {"TABLE": "b"})]


def test_characters_of_sql_mean_nothing(engine: Engine, tmp_path: Path) -> None:
    signatures: list[dict[str, object]] = [{"text": text} for text in HOSTILE]
    signatures += [{"regex": "[Ii][Tt]'s [0-9]+ or \\\\more"}, {"regex": "^alpha.omega$"}]
    root = base_of(tmp_path, signatures, title="'); DROP TABLE logs; --")
    value = dict.fromkeys(("{X}", "{_}", "{B}", "{C}", "{WHO}"), "v") | {"{LONG...}": "a\nb"}
    lines = list(HOSTILE)
    for name, text in value.items():
        lines = [line.replace(name, text) for line in lines]
    lines += ["IT's 7 or \\more", "first\nalpha omega\nlast", "alpha\nomega"]
    engine.insert("logs", [f"before {line} after" if n < 6 else line for n, line in enumerate(lines)])  # fmt: skip
    rows = engine.run(exported(root, "--copy", "time"))
    assert seen(rows) == {(f"one#{n + 1}", n) for n in range(8)}
    assert {row["title"] for row in rows} == {"'); DROP TABLE logs; --"}


def test_a_thousand_signatures(engine: Engine, tmp_path: Path) -> None:
    texts = templates(1_000)
    root = base_of(tmp_path, [{"text": text} for text in texts])
    lines = [t.replace("{NAME}", f"orders {n}").replace("{_}", "3") for n, t in enumerate(texts)]
    engine.insert("logs", [line for pair in zip(lines, lines[::-1], strict=True) for line in (pair[0], "no error")])  # fmt: skip
    rows = engine.run(exported(root, "--copy", "time"))
    assert {(row["signature"], row["time"], row["captures"]["NAME"]) for row in rows} == {
        (n + 1, 2 * n, f"orders {n}") for n in range(1_000)
    }
    engine.run(exported(root, "--target", "known", "--copy", "time"))
    engine.insert("logs", lines[:500])
    assert engine.run("SELECT count() AS n FROM known") == [{"n": 500}]


def test_without_signatures_nothing_is_found(engine: Engine) -> None:
    engine.run(clickhouse.export([], SignatureExportOptions(target="known")).text)
    engine.insert("logs", ["a line"])
    assert engine.run("SELECT * FROM known") == []
    assert engine.run(clickhouse.export([], SignatureExportOptions()).text) == []


def test_what_captures_too_much_is_left_out(engine: Engine, tmp_path: Path) -> None:
    eight, nine = (" and ".join(f"a {{N{n}}}" for n in range(most)) for most in (8, 9))
    root = base_of(tmp_path, [{"text": f"{nine} end"}, {"text": f"{eight} end"}])
    arguments = ["export-signatures", "--format", "clickhouse", "--root", str(root)]
    result = CliRunner().invoke(runbooks, arguments)
    assert "left out: one#1: it captures more than 8 values" in result.stderr
    engine.insert("logs", [" and ".join(f"a {n}" for n in range(8)) + " end"])
    (row,) = engine.run(result.stdout)
    assert row["signature"] == 2
    assert row["captures"] == {f"N{n}": str(n) for n in range(8)}


def test_bytes_that_are_no_text_do_no_harm(engine: Engine, tmp_path: Path) -> None:
    root = base_of(tmp_path, [{"text": "größte Datei {FILE} fehlt"}])
    engine.run("INSERT INTO logs VALUES (1, concat(unhex('ffc3'), ' die größte Datei x fehlt ', unhex('e9')))")  # fmt: skip
    assert [row["captures"] for row in engine.run(exported(root))] == [{"FILE": "x"}]


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=40))
@example("'\\\0\n\r\t\x7f\x1b`\"")
def test_strings_hold_what_they_are_given(server: Any, text: str) -> None:
    (row,) = Engine(server).run(f"SELECT {clickhouse.string(text)} AS text")
    assert row == {"text": text}
    assert not {"\n", "\0", "\r"} & set(clickhouse.string(text))


LITERAL = (
    st.text("ab.*+?()[]{}|^$\\'\"-#/@%; é日", min_size=1, max_size=8)
    .filter(str.strip)
    .filter(lambda text: "{#}" not in text)
)


@settings(max_examples=40, deadline=None)
@given(LITERAL, LITERAL)
def test_any_template_finds_its_text(server: Any, before: str, after: str) -> None:
    from generator.log_systems.base import PortableSignature
    from generator.log_systems.patterns import pattern_of

    text = f"{before} {{NAME}} {after}end"
    pattern = pattern_of(compile_template(text))
    signature = PortableSignature("one", 1, "T", "SEV1", text, 1, pattern, "", "")
    line = clickhouse.string(text.strip().replace("{NAME}", "v"))
    options = SignatureExportOptions(table="one_line")
    Engine(server).run(f"CREATE OR REPLACE TABLE one_line ENGINE = Memory AS SELECT {line} AS message")  # fmt: skip
    (row,) = Engine(server).run(clickhouse.export([signature], options).text)
    assert set(row["captures"]) == {"NAME"}


@pytest.mark.parametrize(
    "wrong",
    [
        ("--table", "a b"), ("--table", "a.b.c"), ("--target", "`x`"), ("--where", "1; DROP TABLE logs"),
        ("--where", "a\nb"), ("--where", " "), ("--copy", "a.b"), ("--copy", "line"), ("--copy", "time", "--copy", "time"),
    ],
)  # fmt: skip
def test_wrong_names_are_refused(wrong: tuple[str, ...]) -> None:
    arguments = ["export-signatures", "--format", "clickhouse", "--root", str(ROOT), *wrong]
    result = CliRunner().invoke(runbooks, arguments)
    assert result.exit_code == 2
    assert "Error: Invalid value for" in result.stderr


def test_the_same_base_gives_the_same_query() -> None:
    options = SignatureExportOptions()
    signatures, _ = portable_signatures(load(ROOT), options)
    assert clickhouse.export(signatures, options) == clickhouse.export(signatures, options)
