"""Matching a stream: finders, splits, compressed and broken files, the command."""

from __future__ import annotations

import contextlib
import gettext
import gzip
import io
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
import zlib
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cli import runbooks
from generator.knowledge.base import load
from generator.signatures.anchors import slots
from generator.signatures.follow import follow_file
from generator.signatures.language import compile_signature
from generator.signatures.ordinary import ordinary_text
from generator.signatures.prefilter import FINDERS, make_finder
from generator.signatures.scanner import Matcher, Scanner
from generator.signatures.streams import NotReadable, decoded_pieces
from generator.signatures.survey import find_in
from generator.triage.catalog import catalog
from generator.triage.kept_catalog import CARDS, CHOICES, FILE
from generator.triage.propose import propose
from generator.triage.results import IncidentSignature, matched_incidents
from generator.triage.times import time_in
from tests.conftest import ROOT
from tests.vectors import load_vectors, named_signatures

DATA = load_vectors()
NAMED = named_signatures(DATA)
SIGNATURES = [named.signature for named in NAMED]
PG = "postgresql-concurrent-create-table"
ALIAS = "SequelizeAssociationError: You have used the alias carts in two separate associations"
KEY = "DETAIL:  Key (typname, typnamespace)=(Sessions, 2200) already exists."
LOG = "\n".join(v["text"] for v in DATA["vectors"] if len(v["text"]) < 5000)


def scan(data: bytes, cuts: list[int] = [], finder: str | None = None):  # noqa: B006
    scanner = Scanner(Matcher(SIGNATURES, finder=finder))
    for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        scanner.feed(data[start:end])
    scanner.finish()
    return scanner.found


def available(name: str) -> bool:
    import importlib.util

    return not FINDERS[name][0] or importlib.util.find_spec(FINDERS[name][0]) is not None


# --- finders and splits


@pytest.mark.parametrize("name", FINDERS)
def test_every_finder_gives_the_same(name):
    if not available(name):
        pytest.skip(f"{name} is not installed")
    assert scan(LOG.encode(), finder=name) == scan(LOG.encode(), finder="python")
    data = b"abcabc\nxx abc\n" * 3000
    found = make_finder([b"abc", b"xx", b"c\nx"], name).hits(data)
    assert found == sorted(found)
    assert len(found) == 9000 + 3000 + 3000


@settings(max_examples=25)
@given(st.lists(st.integers(0, len(LOG.encode())), max_size=6))
def test_cuts_do_not_matter(cuts):
    assert scan(LOG.encode(), sorted(cuts)) == in_one_piece()


@cache
def in_one_piece():
    return scan(LOG.encode())


LONG_LOG = (LOG + "\n" + "ordinary\n" * 500).encode() * 3


@cache
def in_whole_blocks():
    from generator.signatures import scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanner, "BLOCK", len(LONG_LOG) + 1)
        return scan(LONG_LOG, finder="python")


@pytest.mark.parametrize("block", [1 << 14, 1 << 15, 100_003])
def test_blocks_do_not_matter(block, monkeypatch):
    from generator.signatures import scanner

    monkeypatch.setattr(scanner, "BLOCK", block)
    assert scan(LONG_LOG, finder="python") == in_whole_blocks()


def test_the_order_of_signatures_does_not_matter():
    order = list(range(len(SIGNATURES)))
    random.Random(1).shuffle(order)
    mixed = Matcher([SIGNATURES[n] for n in order]).scan(LOG)
    assert {order[n]: found for n, found in mixed.items()} == scan(LOG.encode())


def test_the_prefilter_loses_nothing():
    # Each signature at each place takes long. A signature's own vectors are asked one by one elsewhere.
    log = "\n".join(v["text"] for v in DATA["vectors"][::5] if len(v["text"]) < 400)
    every = Matcher(SIGNATURES, [[None] * len(slots(s)) for s in SIGNATURES]).scan(log)
    assert every == scan(log.encode())


@given(st.binary(max_size=400))
def test_any_bytes(data):
    scan(data)


def test_one_very_long_line():
    data = (
        b"x " * 1_500_000 + ALIAS.encode() + b" y" * 1_500_000 + KEY.encode() + b"\n" + KEY.encode()
    )
    found = {NAMED[n].incident: f for n, f in scan(data).items() if NAMED[n].index in (0, 2)}
    assert found[PG].count == 2
    assert found[PG].captures == {"TABLE": "Sessions"}


@pytest.mark.slow
def test_many_hits_are_counted_in_bounded_memory():
    import tracemalloc

    scanner = Scanner(Matcher(SIGNATURES))
    part = (KEY + "\n").encode() * 1000
    peaks = []
    tracemalloc.start()
    for _ in range(2):
        for _ in range(16):
            scanner.feed(part)
        peaks.append(tracemalloc.get_traced_memory()[1])
    scanner.finish()
    tracemalloc.stop()
    assert [f.count for f in scanner.found.values()] == [32_000]
    assert peaks[1] < 1.1 * peaks[0]


def test_nothing_ordinary_matches():
    assert ordinary_text().count("\n") >= 300
    assert Matcher(SIGNATURES).scan(ordinary_text()) == {}


# --- compressed and broken files


def read(data: bytes, limit: int = 1 << 30) -> tuple[bytes, list[str]]:
    notes: list[str] = []
    return b"".join(decoded_pieces(io.BytesIO(data), notes.append, limit)), notes


TEXT = (KEY + "\n").encode() * 2000


def test_plain_and_packed():
    assert read(TEXT) == (TEXT, [])
    assert read(gzip.compress(TEXT)) == (TEXT, [])
    assert read(gzip.compress(TEXT) + gzip.compress(b"more")) == (TEXT + b"more", [])
    assert read(b"") == (b"", [])
    assert read(b"a") == (b"a", [])


def test_zstd():
    zstandard = pytest.importorskip("zstandard")
    packed = zstandard.ZstdCompressor().compress(TEXT)
    assert read(packed) == (TEXT, [])
    read(packed[:-9])
    got, notes = read(packed[:4] + b"\xff" * 50)
    assert got == b""
    assert "damaged" in notes[0]


def test_zstd_without_its_library(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(NotReadable, match="zstd -dc") as raised:
        read(b"\x28\xb5\x2f\xfd....")
    assert raised.value.extra == "match"


def test_gzip_that_ends_too_early_or_is_damaged():
    packed = gzip.compress(os.urandom(5000) + TEXT)
    got, notes = read(packed[:3000])
    assert got
    assert "truncated" in notes[0]
    got, notes = read(packed[:1000] + b"\xff" * 99 + packed[1099:])
    assert "damaged" in notes[0]
    got, notes = read(gzip.compress(TEXT) + b"rubbish")
    assert got == TEXT
    assert "other data" in notes[0]


def test_a_gzip_bomb_is_bounded():
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    size, notes = 0, []
    for part in decoded_pieces(io.BytesIO(bomb), notes.append, 10 << 20):
        assert len(part) <= 1 << 20
        size += len(part)
    assert size <= 10 << 20
    assert "the rest was not read" in notes[0]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_byte_order_marks(encoding):
    assert read(("ä€😀\n" * 90_000).encode(encoding)) == (("ä€😀\n" * 90_000).encode(), [])


def test_utf_16_big_endian():
    assert read(b"\xfe\xff" + "größe\n".encode("utf-16-be"))[0] == "größe\n".encode()


# --- several values

IN_ORDER = [
    (["a"], ["a"]),
    (["users_id_seq", "users"], ["users", "users_id_seq"]),
    (["users_pkey", "orders", "users_id_seq", "users"], ["orders", "users", "users_pkey", "users_id_seq"]),
    (["usersx", "users", "Users_x"], ["usersx", "users", "Users_x"]),
    (["a_b_c", "a_b", "a"], ["a", "a_b_c", "a_b"]),
    (["t6_x", "t1", "t2", "t3", "t4", "t6"], ["t6_x", "t1", "t2", "t3", "t4"]),
]  # fmt: skip
"""Values in the order of a text, and in which they are offered; in the browser, too."""


@pytest.mark.parametrize(("values", "wanted"), IN_ORDER)
def test_what_is_derived_comes_later(values, wanted):
    named = [IncidentSignature("one", 0, compile_signature("lost {NAME} here"))]
    text = "\n".join(f"lost {value} here" for value in values)
    (found,) = matched_incidents(named, Matcher([named[0].signature]).scan(text))
    assert found.captures == {"NAME": wanted[0]}
    assert found.values == ({"NAME": wanted} if len(wanted) > 1 else {})


def test_values_of_all_signatures_are_offered_those_of_the_best_first():
    named = [
        IncidentSignature("one", 0, compile_signature("lost {NAME} here")),
        IncidentSignature("one", 1, compile_signature("the place where {NAME} was lost")),
    ]
    matcher = Matcher([one.signature for one in named])
    found = matched_incidents(named, matcher.scan("lost a here\nthe place where b was lost"))
    assert [one.values for one in found] == [{"NAME": ["b", "a"]}]


# --- following


def test_follow_growth_rotation_and_truncation(tmp_path):
    log = tmp_path / "app.log"
    log.write_text("one\n")
    notes, got = [], []
    steps = iter(
        [
            lambda: log.write_text(log.read_text() + "two\n"),
            lambda: (log.rename(tmp_path / "app.log.1"), log.write_text("three\n")),
            lambda: log.write_text("x\n"),
            lambda: log.unlink(),
            lambda: log.write_text("back\n"),
        ]
    )

    def pause(_seconds: float) -> None:
        step = next(steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    with contextlib.suppress(KeyboardInterrupt):
        for part in follow_file(log, notes.append, pause):
            if part:
                got.append(part)
    assert b"".join(got) == b"one\ntwo\nthree\nx\nback\n"
    assert [n.split(";")[0] for n in notes] == [
        "was replaced",
        "was truncated",
        "was removed",
        "was replaced",
    ]


def test_flush_finds_a_message_whose_rest_comes_later():
    scanner = Scanner(Matcher(SIGNATURES))
    scanner.feed(b"duplicate key value violates unique\n")
    scanner.flush()
    assert scanner.found == {}
    scanner.feed(b'  constraint "pg_type_typname_nsp_index"\nand')
    scanner.flush()
    scanner.flush()
    scanner.finish()
    assert [(f.line, f.count) for f in scanner.found.values()] == [(1, 1)]


def test_follow_a_pipe_that_does_not_end():
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "match", "--follow", "--format", "json"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    timer = threading.Timer(30, process.kill)
    timer.start()
    process.stdin.write(f"{KEY}\n".encode())
    process.stdin.flush()
    first = json.loads(process.stdout.readline())
    assert (first["incident"], first["count"]) == (PG, 1)
    process.stdin.write(f"{KEY}\n{KEY}\n".encode())
    process.stdin.close()
    assert json.loads(process.stdout.readline())["count"] == 3
    assert process.wait() == 0
    process.stdout.close()
    timer.cancel()


# --- the command


def run(*arguments: str, stdin: str | bytes = "") -> object:
    return CliRunner().invoke(runbooks, ["match", "--root", str(ROOT), *arguments], input=stdin)


def test_a_match_says_why_and_what_to_do():
    found = run(stdin=f"2026-11-21 02:09:26 UTC [7] {KEY}\n2026-11-21 02:10:00 UTC [7] {KEY}")
    assert found.exit_code == 0
    for text in (PG, "SEV1", "line 1; 2 times, last on line 2", "(typname, typnamespace)=({TABLE}, {#})", "export TABLE='Sessions'", "2026-11-21 02:09:26 UTC to 2026-11-21 02:10:00 UTC", "page "):  # fmt: skip
        assert text in found.stdout


def test_json():
    report = json.loads(run("--format", "json", "-", stdin=KEY).stdout)
    assert report["version"] == 1
    (match,) = report["matches"]
    assert match["incident"] == PG
    assert match["captures"] == {"TABLE": "Sessions"}
    assert (match["count"], match["line"], report["similar"]) == (1, 1, [])


def test_no_match_says_so_and_what_is_similar():
    found = run(stdin="Association with alias shoppingCarts does not exist, sequelize hasMany")
    assert found.exit_code == 1
    assert "No incident matches." in found.stderr
    assert "Not a match, but similar:" in found.stdout
    assert "has in common: shoppingCarts, " in found.stdout
    nothing = run(stdin="hello world")
    assert (nothing.exit_code, nothing.stdout) == (1, "")
    report = json.loads(run("--format", "json", stdin="sequelize association alias twice").stdout)
    assert report["matches"] == []
    assert report["similar"][0]["incident"] == "sequelize-duplicate-association-alias"


def test_a_match_loads_nothing_of_the_search(tmp_path):
    shutil.copytree(ROOT / "incidents", tmp_path / "incidents")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    code = "import sys; from generator.cli.match import match_command; match_command(['-', '--root', sys.argv[1]], standalone_mode=False); print(*(m for m in sys.modules if m.startswith('generator.search') or m == 'pydantic'), file=sys.stderr)"
    time.sleep(0.5)  # what has just changed is read again
    # The catalog is fresh now. A process of its own: this one knows the program as it was when it began.
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], input=KEY, capture_output=True, text=True, cwd=ROOT, check=True)  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], input=KEY, capture_output=True, text=True, cwd=ROOT)  # fmt: skip
    assert PG in done.stdout
    assert done.stderr.split() == []


def test_alertmanager(tmp_path):
    body = {"version": "4", "alerts": [{"labels": {"alertname": load(ROOT).incidents[PG].symptom.alerts[0]}}]}  # fmt: skip
    found = run(stdin=json.dumps(body, indent=1))
    assert found.exit_code == 0
    assert PG in found.stdout
    assert "alert    " in found.stdout
    for broken in (
        '{"alerts": [',
        '{"alerts": 5}',
        '{"alerts": [1, {"labels": []}]}',
        "[" * 100_000,
    ):
        assert run(stdin=broken).exit_code == 1


def test_several_files_and_missing_ones(tmp_path):
    (tmp_path / "a.log").write_text(f"x\n{KEY}\n")
    (tmp_path / "b.log.gz").write_bytes(gzip.compress(f"{KEY}\n".encode() * 2))
    found = run(str(tmp_path / "a.log"), str(tmp_path / "b.log.gz"))
    assert found.exit_code == 0
    where = f"line 2 of {tmp_path}/a.log; 3 times, last on line 2 of {tmp_path}/b.log.gz"
    assert where in found.stdout
    assert run(str(tmp_path)).exit_code == 2
    assert run("--follow", "a", "b").exit_code == 2


def test_what_cannot_be_read_makes_the_answer_incomplete(tmp_path):
    (tmp_path / "a.log").write_text(f"x\n{KEY}\n")
    (tmp_path / "quiet.log").write_text("x\n")
    (tmp_path / "cut.log.gz").write_bytes(gzip.compress(os.urandom(5000) + TEXT)[:3000])
    found = run(str(tmp_path / "none"), str(tmp_path / "a.log"))
    assert (found.exit_code, f"export LOG='{tmp_path}/a.log'" in found.stdout) == (2, True)
    assert "none cannot be read: No such file" in found.stderr
    quiet = run(str(tmp_path / "quiet.log"), str(tmp_path / "none"))
    assert (quiet.exit_code, quiet.stdout) == (2, "")
    assert "No incident matches." in quiet.stderr
    only = run(str(tmp_path / "none"))
    assert only.exit_code == 2
    assert "No incident matches." not in only.stderr
    assert run(str(tmp_path / "cut.log.gz")).exit_code == 2
    report = json.loads(run("--format", "json", str(tmp_path / "a.log"), str(tmp_path)).stdout)
    assert report["unreadable"] == [str(tmp_path)]
    assert [one["incident"] for one in report["matches"]] == [PG]


def test_escape_characters_reach_no_terminal():
    text = "You have used the alias a\x9b31mb in two separate associations"
    found = run(stdin=f"SequelizeAssociationError: {text}")
    assert found.exit_code == 0
    assert "\x9b" not in found.stdout
    assert "\x1b" not in found.stdout


@pytest.mark.parametrize("output", [v for v in DATA["vectors"] if v["name"].startswith("real:") and v["expect"]], ids=lambda v: v["name"])  # fmt: skip
def test_real_outputs_give_their_incident(output):
    report = json.loads(run("--format", "json", stdin=output["text"]).stdout)
    assert next(iter(output["expect"])) in [one["incident"] for one in report["matches"]]


# --- cache


def test_the_cache_is_made_used_and_never_trusted(tmp_path):
    incident = tmp_path / "incidents/one/incident.yaml"
    incident.parent.mkdir(parents=True)
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    body = "title: A\nseverity: SEV4\nsymptom: {{description: b, signatures: ['{}']}}\nroot_cause: c\nfix: d\nverification: e\n"  # fmt: skip
    incident.write_text(body.format("cannot open shard {_} here"))
    loads: list[int] = []

    def loaded():
        loads.append(1)
        return load(tmp_path)

    first = catalog(tmp_path, loaded)
    assert catalog(tmp_path, loaded) == first
    assert len(loads) == 1
    path = tmp_path / FILE
    for damage in (
        b"",
        b"rubbish",
        path.read_bytes()[:-5],
        path.read_bytes().replace(b"one", b"two"),
    ):
        path.write_bytes(damage)
        assert catalog(tmp_path, loaded) == first
    assert len(loads) == 5
    time.sleep(0.1)  # the stamp of a file that has just changed is not kept
    catalog(tmp_path, loaded)
    for name in (CARDS, CHOICES):
        kept = (tmp_path / name).read_bytes()
        for damage in (b"", b"rubbish", kept[:-5], kept.replace(b"shard", b"xxxxx")):
            (tmp_path / name).write_bytes(damage)
            assert catalog(tmp_path, loaded) == first
    assert len(loads) == 5  # a card is read from its incident, and nothing has changed
    (tmp_path / CHOICES).write_bytes(kept)
    incident.write_text(body.format("cannot close shard {_} now"))
    assert catalog(tmp_path, loaded).cards["one"].signatures[0] == "cannot close shard {_} now"
    assert len(loads) == 5  # only what changed is read
    incident.write_text(body.format("{A}{B}"))
    broken = catalog(tmp_path, loaded)
    assert broken.skipped == 1
    assert broken.matcher.scan("anything") == {}


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / ".cache").write_text("a file")
    (tmp_path / "incidents").mkdir()
    (tmp_path / "mkdocs.yml").write_text("")
    assert catalog(tmp_path, lambda: load(tmp_path)).cards == {}


# --- small parts


@pytest.mark.parametrize(
    ("line", "time_"),
    [
        ("2026-11-21 02:09:26.729 UTC [1] LOG", "2026-11-21 02:09:26.729 UTC"),
        ('{"time":"2026-11-21T02:09:26Z"}', "2026-11-21T02:09:26Z"),
        ("1.1.1.1 - - [21/Nov/2026:02:09:26 +0000] x", "21/Nov/2026:02:09:26 +0000"),
        ("Nov  1 02:09:26 db-1 x", "Nov  1 02:09:26"),
        ("no time", None),
    ],
)
def test_times(line, time_):
    assert time_in(line) == time_


@pytest.mark.parametrize(
    ("examples", "expected"),
    [
        (["ERROR:  could not extend file \"base/1/2\": No space left on device"], 'could not extend file "{NAME}": No space left on device'),
        (["worker 12 lost its lease", "worker 7 lost its lease"], "worker {_} lost its lease"),
        (['violates unique constraint "pg_type_typname_nsp_index"'], 'violates unique constraint "pg_type_typname_nsp_index"'),
        (["2026-11-21T02:02:02Z [main] cannot reach 10.0.0.3:5432 now"], "cannot reach {ADDRESS} now"),
        (["job a1b2c3d4-0000-4000-8000-123456789abc failed for good"], "job {_} failed for good"),
        (["cannot read /var/lib/x.db at all"], "cannot read {PATH_NAME} at all"),
        (["used the alias shoppingCarts in two"], "used the alias {ALIAS} in two"),
        (["Error: shard red of host a is gone", "Error: shard blue of host b is gone"], "shard {_} of host {_} is gone"),
    ],
)  # fmt: skip
def test_proposals(examples, expected):
    proposal = propose(examples)
    assert proposal is not None
    assert proposal.source == expected
    assert all(find_in(compile_signature(proposal.source), example) for example in examples)


def test_the_signature_command():
    def invoke(*arguments, stdin=""):
        return CliRunner().invoke(runbooks, ["signature", "--root", str(ROOT), *arguments], input=stdin)  # fmt: skip

    made = invoke(stdin=KEY)
    assert made.exit_code == 0
    assert f"would match a sample of {PG}" in made.stderr
    assert made.stdout.startswith("- text: ")
    assert invoke("12 34").exit_code == 1
    assert invoke("").exit_code == 2
    assert invoke("the shard of x is not a function y").exit_code == 0


def test_version_names_the_engine():
    shown = CliRunner().invoke(runbooks, ["--version"]).output
    assert any(f"matching: {name}" in shown for name in FINDERS)


def test_files_are_where_the_package_is():
    assert (Path(ROOT) / "generator/signatures/ordinary.txt").is_file()


CATALOGS = sorted(Path("/usr/share/locale").glob("*/LC_MESSAGES/postgres-15.mo"))


@pytest.mark.skipif(not CATALOGS, reason="no message catalogs of PostgreSQL 15 are installed")
def test_the_race_is_found_in_every_language_of_the_server():
    known = catalog(ROOT, lambda: load(ROOT))
    for path in CATALOGS:
        with path.open("rb") as file:
            translated = gettext.GNUTranslations(file).gettext
        for index in ("pg_type_typname_nsp_index", "pg_extension_name_index"):
            message = translated('duplicate key value violates unique constraint "%s"') % index
            detail = translated("Key %s already exists.") % "(typname, typnamespace)=(My Table, v2, 2200)"  # fmt: skip
            (found,) = matched_incidents(known.named, known.matcher.scan(message))
            assert found.incident == "postgresql-concurrent-create-table", message
            (found,) = matched_incidents(known.named, known.matcher.scan(detail))
            assert found.captures == {"TABLE": "My Table, v2"}, detail
