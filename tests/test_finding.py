"""`runbooks search`: the ranking of the browser's search, from the shell."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from generator.cli import runbooks
from generator.cli.search import SEVERITIES
from generator.knowledge.base import load
from generator.model import SeverityLevel
from generator.search.index import (
    PageExtract,
    counted_index,
    extract_all,
    index_of,
    patched,
    words_to_index,
)
from generator.search.kept import FILE, kept_engine
from generator.search.ranking import SearchEngine, age, marked
from generator.signatures.ordinary import ordinary_text
from tests import search_cases
from tests.bench.generate import write
from tests.conftest import ROOT
from tests.pace import growth

INDEX, CASES = search_cases.read()
ENGINE = SearchEngine(INDEX)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(runbooks, ["search", *(str(a) for a in arguments)])


def name_of(page: Any) -> str:
    return page.incident or page.address


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["query"][:40])
def test_case(case: dict[str, Any]) -> None:
    wanted = case.get("component"), case.get("severity")
    found = ENGINE.search(
        case["query"],
        keep=lambda page: (
            (not wanted[0] or wanted[0] in page.components)
            and (not wanted[1] or wanted[1] == page.severity)
        ),
    )
    names = [name_of(hit.page) for hit in found.hits]
    if case.get("none"):
        assert names == []
    else:
        order = case["order"]
        assert names[: len(order)] == order, names


def test_a_phrase_stands_above_its_words_in_titles() -> None:
    pages = [
        PageExtract(f"i{n}", title, "SEV1", "draft", (), "", found, (line,))
        for n, (title, found, line) in enumerate(
            [
                ("Beta alpha gamma", {"alpha": 3, "beta": 3, "gamma": 3}, "x"),
                ("Other", {"alpha": 0, "beta": 0, "gamma": 0, "other": 3}, "run alpha beta gamma now"),
            ]
        )
    ]  # fmt: skip
    found = SearchEngine(index_of(pages)).search("alpha beta gamma")
    assert [hit.page.incident for hit in found.hits] == ["i1", "i0"]


def test_words_come_out_as_the_index_splits_them() -> None:
    from generator.search.ranking import _query_words

    for text in ("pg_type_x UniqueConstraintError __init__ ﬁle", "", "é_É aB" + "x" * 100):
        assert {word.text for word in _query_words(text)} == words_to_index(text)


@given(st.text(max_size=60))
def test_any_query_is_answered(query: str) -> None:
    found = ENGINE.search(query)
    assert len(found.hits) <= found.total
    for hit in found.hits:
        assert "".join(piece for piece, _ in marked(hit.line, hit.terms)) == hit.line


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-21", "today"), ("2026-11-20", "1 day ago"), ("2026-10-20", "1 month ago"),
        ("2026-01-01", "10 months ago"), ("2024-11-01", "2 years ago"), ("2027-01-01", "today"),
    ],
)  # fmt: skip
def test_age(day: str, said: str) -> None:
    assert age(day, date(2026, 11, 21)) == said


# -- similar incidents ---------------------------------------------------------------------------

POSTGRES = "postgresql-concurrent-create-table"
ALIAS = "sequelize-duplicate-association-alias"

PLAIN = """\
hello world
Lorem ipsum dolor sit amet, consectetur adipiscing elit
The quick brown fox jumps over the lazy dog
Can somebody tell me why the page is so slow today?
We will have lunch at one in the meeting room
Please restart the server when you have time
You have already used this word twice in one sentence
Can you check whether the two users have separate accounts on this server?
The value of this constraint is not clear to me
My name is Ann and my key does not open the door
I would like to order a table for two
The first user creates an account and the second user logs in
An unexpected error occurred. Please try again later.
Internal Server Error
Error: timeout""".splitlines()


def similar_to(engine: SearchEngine, text: str) -> list[str]:
    return [found.page.incident for found in engine.similar(text)]


@pytest.mark.parametrize("case", search_cases.similar(), ids=lambda case: case["text"][:40])
def test_similar_case(case: dict[str, Any]) -> None:
    found = ENGINE.similar(case["text"])
    assert [[one.page.incident, *one.shared] for one in found] == case["order"]


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> tuple[SearchEngine, SearchEngine]:
    """Return two of this repository's incidents, by themselves and among many others."""
    many = tmp_path_factory.mktemp("many")
    write(many, 300)
    base = load(ROOT)
    first = [entry for entry in base.entries if entry.id in (POSTGRES, ALIAS)]
    own = extract_all(replace(base, entries=tuple(first)))
    return SearchEngine(index_of(own)), SearchEngine(index_of([*own, *extract_all(load(many))]))


def test_near_misses_are_similar_and_the_right_one_is_first(
    bases: tuple[SearchEngine, SearchEngine],
) -> None:
    for name in (POSTGRES, ALIAS):
        for signature in load(ROOT).incidents[name].symptom.signatures:
            for text in signature.rejects:
                for engine in bases:
                    assert similar_to(engine, text)[:1] == [name], text


def test_a_rare_identifier_comes_first(bases: tuple[SearchEngine, SearchEngine]) -> None:
    text = 'ERROR: relation "UserSessions" could not be created while models were loading, association alias already declared in Order.belongsTo'
    for engine in bases:
        first = engine.similar(text)[0]
        assert (first.page.incident, first.shared[0]) == (POSTGRES, "UserSessions")


def test_plain_text_and_ordinary_lines_are_not_similar(
    bases: tuple[SearchEngine, SearchEngine],
) -> None:
    # The texts that are really similar to these incidents.
    near = ("Validation error", "duplicate key value", "/sequelize/lib/dialects/postgres/")
    lines = [
        line for line in ordinary_text().splitlines() if not any(text in line for text in near)
    ]
    for engine in bases:
        assert {
            line: found for line in (*PLAIN, *lines) if (found := similar_to(engine, line))
        } == {}
        assert similar_to(engine, "\n".join((*PLAIN, *lines))) == []


def test_a_withdrawn_incident_is_not_similar() -> None:
    pages = [PageExtract("i", "T", "SEV1", status, (), "", {"alpha": 2, "betas": 3}, ()) for status in ("withdrawn", "draft")]  # fmt: skip
    found = [len(SearchEngine(index_of([page])).similar("alpha betas")) for page in pages]
    assert found == [0, 1]


def test_what_was_kept_is_used_until_something_changes(tmp_path: Path) -> None:
    write(tmp_path, 3)
    time.sleep(0.03)  # what has changed just now counts as changed
    loads: list[int] = []

    def loaded() -> Any:
        loads.append(1)
        return load(tmp_path)

    first = kept_engine(tmp_path, loaded).engine.pages
    assert kept_engine(tmp_path, loaded).engine.pages == first
    assert len(loads) == 1
    (tmp_path / FILE).write_bytes(b"rubbish")
    assert kept_engine(tmp_path, loaded).engine.pages == first
    (tmp_path / "docs/guide.md").write_text("# Other")
    assert kept_engine(tmp_path, loaded).engine.pages != first
    assert len(loads) == 3


# -- the command ---------------------------------------------------------------------------------

FINDS = [
    ("pg_type_typname_nsp_index", "postgresql-concurrent-create-table"),
    ("typname_nsp", "postgresql-concurrent-create-table"),
    ("UniqueConstraintError", "postgresql-duplicate-key-concurrent-upsert"),
    ("shopping carts alias", "sequelize-duplicate-association-alias"),
    ("SequelizeAssociationEror", "sequelize-duplicate-association-alias"),
]


@pytest.mark.parametrize(("query", "first"), FINDS)
def test_the_repository_s_incidents_are_found(query: str, first: str) -> None:
    result = run(*query.split(), "--root", ROOT)
    assert result.exit_code == 0
    assert result.stdout.split()[0] == first


def test_a_result_shows_id_severity_age_title_and_line(full: Path) -> None:
    result = run("UploadErrorsHigh", "--root", full)
    lines = result.stdout.splitlines()
    assert lines[0].startswith("everything  SEV2 · 20")
    assert " ago)" in lines[0] or "(today)" in lines[0]
    assert "upload, proxy" in lines[0]
    assert lines[1:3] == ["    Uploads fail with status 502", "    Alert: UploadErrorsHigh"]


def test_json(full: Path) -> None:
    result = run("UploadErrorsHigh", "--format", "json", "--root", full)
    report = json.loads(result.stdout)
    assert report["version"] == 1
    first = report["results"][0]
    assert first["incident"] == "everything"
    assert first["severity"] == "SEV2"
    assert first["line"] == "Alert: UploadErrorsHigh"
    assert first["age_days"] >= 0
    assert first["address"] == "incidents/everything/index.html"
    assert report["total"] >= len(report["results"])


def test_nothing_found_is_exit_code_1(full: Path) -> None:
    result = run("zzzzqqqq", "--root", full)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Nothing found" in result.stderr
    as_json = run("zzzzqqqq", "--format", "json", "--root", full)
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["results"] == []


def test_narrowing(full: Path) -> None:
    assert "everything" in run("certificate", "--component", "proxy", "--root", full).stdout
    assert run("certificate", "--severity", "SEV1", "--root", full).exit_code == 1
    assert run("certificate", "--severity", "sev2", "--root", full).exit_code == 0
    wrong = run("certificate", "--component", "prxy", "--root", full)
    assert wrong.exit_code == 2
    assert "proxy" in wrong.stderr


def test_wrong_usage(full: Path) -> None:
    assert run("--root", full).exit_code == 2
    assert run("x", "-n", "0", "--root", full).exit_code == 2


def test_hostile_text_does_not_reach_the_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "incidents/x"
    folder.mkdir(parents=True)
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    (folder / "incident.yaml").write_text(
        'title: T\nseverity: SEV4\nsymptom: "odd \\e[31mred \\u202e"\nroot_cause: c\nfix: f\nverification: v\n'
    )
    result = run("odd", "--root", tmp_path)
    assert "\\x1b[31m" in result.output
    assert not {"\x1b", "\u202e"} & set(result.output)


def test_it_pipes_well(full: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m generator search certificate --root {full} | grep -o '^[^ ]*' | head -n 1",
        shell=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout == "everything\n"
    assert "Error" not in done.stderr


def test_broken_incidents_are_named(full: Path) -> None:
    assert "1 incident cannot be read: not searched" in run("certificate", "--root", full).stderr


def test_a_search_takes_linear_time() -> None:
    pages = [
        PageExtract(f"incident-{n}", f"Incident {n}", "SEV2", "published", (), "2026-01-01",
                {f"word{(n * k) % 4001}": k % 4 for k in range(1, 200)} | {f"unique{n}thing": 2},
                (f"Error: unique{n}thing",))
        for n in range(5000)
    ]  # fmt: skip
    engines = {count: SearchEngine(index_of(pages[-count:])) for count in (625, 5000)}
    found = engines[5000].search("Error word17 word18 unique4321thing")
    assert found.hits[0].page.incident == "incident-4321"
    for query in ("Error word17 word18 unique4999thing", "uniqe4999thing"):
        assert growth(lambda count, query=query: engines[count].search(query), 625) < 24


def test_site_url_makes_addresses(tmp_path: Path, full: Path) -> None:
    base = load(full)
    assert base.settings.site_url is None
    (tmp_path / "incidents").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nsite_url: https://kb.example/x\n")
    assert load(tmp_path).settings.site_url == "https://kb.example/x/"
    assert extract_all(load(tmp_path)) == []


def test_a_known_error_stands_first(tmp_path: Path) -> None:
    texts = {
        "a-words": ("Key exists already, typname typnamespace", "'nothing {X} of this'"),
        "b-known": ("Something else", "'Key (typname, typnamespace)=({TABLE}, {_}) already exists.'"),
    }  # fmt: skip
    for name, (title, signature) in texts.items():
        folder = tmp_path / "incidents" / name
        folder.mkdir(parents=True)
        (folder / "incident.yaml").write_text(
            f"title: '{title}'\nseverity: SEV2\nsymptom:\n  description: s\n  signatures: [{signature}]\n"
            "root_cause: c\nfix: f\nverification: v\n"
        )
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    error = "DETAIL:  Key (typname, typnamespace)=(Carts, 2200) already exists."
    result = run(error, "--root", tmp_path)
    assert result.stdout.startswith("b-known  matches this error · SEV2")
    report = json.loads(run(error, "--format", "json", "-n", "1", "--root", tmp_path).stdout)
    assert [(r["incident"], r["matches"]) for r in report["results"]] == [("b-known", True)]
    assert report["total"] == 2
    narrowed = run(error, "--severity", "SEV1", "--root", tmp_path)
    assert narrowed.exit_code == 1
    words_to_index = run("typname", "typnamespace", "--root", tmp_path).stdout
    assert words_to_index.startswith("a-words  SEV2")


WORDS = ["disk", "full", "the", "of", "a_b", "connection", "é"]
PAGES = st.lists(
    st.builds(
        PageExtract,
        st.just(""),
        st.sampled_from(["One", "Two"]),
        st.sampled_from(["SEV1", ""]),
        st.sampled_from(["draft", "published", ""]),
        st.lists(st.sampled_from(["api", "db", "web"]), max_size=2, unique=True).map(tuple),
        st.sampled_from(["2026-01-01", ""]),
        st.dictionaries(st.sampled_from(WORDS), st.integers(0, 3)),
        st.lists(st.sampled_from(["A line", "Another " * 40]), max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=8,
)


@given(pages=PAGES, others=PAGES, many=st.sampled_from([1, 30, 60]), data=st.data())
def test_an_index_that_is_patched_is_the_index_of_all_pages(
    pages: list[PageExtract], others: list[PageExtract], many: int, data: st.DataObject
) -> None:
    before = pages * many
    index, counts = counted_index(before)
    places = data.draw(st.sets(st.integers(0, len(before) - 1), max_size=4))
    new = {place: data.draw(st.sampled_from(others)) for place in places}
    now = [new.get(n, page) for n, page in enumerate(before)]
    found = patched(index, counts, {n: before[n] for n in places}, new)
    if found is None:
        assert len(before) >= 200
    else:
        assert list(found[0].items()) == list(index_of(now).items())
        assert found[1] == counted_index(now)[1]
        assert found[1] == {word: n for word, n in found[1].items() if n}


def test_a_fresh_search_does_not_load_the_knowledge_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 3)
    (tmp_path / "incidents/broken").mkdir()
    (tmp_path / "incidents/broken/incident.yaml").write_text("title: 1\n")
    words = ("connection refused by the checkout", "--root", tmp_path)
    time.sleep(0.03)  # what has changed just now counts as changed
    first = run(*words)
    monkeypatch.setattr("generator.cli.search.load_base", pytest.fail)
    again = run(*words)
    assert (again.stdout, again.stderr, again.exit_code) == (
        first.stdout, first.stderr, first.exit_code,
    )  # fmt: skip
    assert "1 incident cannot be read: not searched" in again.stderr


def test_severities_of_the_command_are_those_of_the_model() -> None:
    assert tuple(level.value for level in SeverityLevel) == SEVERITIES
