"""The search index: its contents, and that it is safe, small and the same each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.knowledge.base import load
from generator.model import Incident
from generator.model.roles import Weight
from generator.search import index as search
from generator.search.index import OtherPage
from generator.search.words import DIGITS, WORD_MAX
from generator.site.assets import INDEX_FILE
from tests.bench.generate import write
from tests.conftest import ROOT


def incident(**fields: object) -> Incident:
    least = {
        "title": "T",
        "severity": "SEV2",
        "symptom": "s",
        "root_cause": "c",
        "fix": "f",
        "verification": "v",
    }
    return Incident.model_validate({**least, **fields})


def read(content: bytes) -> dict:
    text = content.decode()
    assert text.startswith(f"window.{search.VARIABLE}=")
    return json.loads(text.partition("=")[2].rstrip().removesuffix(";"))


def postings(index: dict) -> dict[str, dict[int, int]]:
    """Decode words and postings as the browser does: word, page, weight."""
    digits = DIGITS
    found, before = {}, ""
    for coded, post in zip(index["words"].split(" "), index["posts"].split(" "), strict=True):
        before = before[: digits.index(coded[0])] + coded[1:]
        found[before] = holders = {}
        page = value = 0
        for digit in post:
            n = digits.index(digit)
            value = value * 45 + n % 45
            if n < 45:
                page += value >> 2
                holders[page] = value & 3
                value = 0
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pg_type_nsp", {"pg_type_nsp", "pg", "type", "nsp"}),
        ("UniqueConstraintError", {"uniqueconstrainterror", "unique", "constraint", "error"}),
        ("XMLHttpRequest", {"xmlhttprequest", "xml", "http", "request"}),
        ("at query.js:370", {"at", "query", "js", "370"}),
        ("ECONNREFUSED 23505", {"econnrefused", "23505"}),
        ("__init__ _a _ __", {"init", "a"}),
        ("Größe ﬁle", {"größe", "file"}),
        ("", set()),
    ],
)
def test_words(text: str, found: set[str]) -> None:
    assert search.words_to_index(text) == found


def test_a_word_has_the_weight_of_its_best_place() -> None:
    extract = search.extract(
        "an-id",
        incident(
            title="shared onlytitle",
            symptom={
                "description": "shared onlyprose",
                "signatures": [{"text": "shared onlyerror {NAME}"}],
                "alerts": ["PageDown"],
            },
            root_cause={"statement": "c", "ruled_out": [{"claim": "onlyclaim", "why": "w"}]},
            mitigation=[{"do": "shared onlybody", "run": "restart a_whole_name"}],
            components=["onlycomponent"],
        ),
    )
    expected = {
        "shared": Weight.TITLE, "onlytitle": Weight.TITLE, "an": Weight.TITLE,
        "onlyerror": Weight.ERROR, "pagedown": Weight.ERROR, "onlycomponent": Weight.ERROR,
        "onlyprose": Weight.PROSE, "onlyclaim": Weight.PROSE, "onlybody": Weight.BODY, "whole": Weight.BODY,
    }  # fmt: skip
    assert {word: extract.words[word] for word in expected} == expected
    assert "name" in extract.words  # from the command
    assert "a_whole_name" not in extract.words


def test_what_is_written_can_be_read_again() -> None:
    pages = [
        search.PageExtract(
            f"p{n}", f"P{n}", "SEV1", "draft", ("x",), "", {f"w{n % 7}": n % 4, "é日": 2}, ("l",)
        )
        for n in range(150)
    ]
    found = postings(read(search.merge(pages)))
    assert found["é日"] == dict.fromkeys(range(150), 2)
    assert found["w3"] == {n: n % 4 for n in range(3, 150, 7)}


def test_other_pages_are_found_too() -> None:
    document = OtherPage("guide/author.html", "Writing", "Begin with the symptom.\nThen the cause.")
    index = read(search.merge([search.extract_document(document)]))
    assert index["docs"] == [
        ["guide/author.html", "Writing", -1, -1, [], "", "Begin with the symptom.\nThen the cause."]
    ]
    assert postings(index)["symptom"] == {0: Weight.BODY}


def test_nothing_in_it_ends_the_script() -> None:
    hostile = '</script><!-- <script> \u2028\u2029 " \\ ]]>'
    content = search.merge(
        [
            search.extract(
                "x", incident(title="<b>" + hostile.replace("\u2028\u2029", ""), symptom=hostile)
            )
        ]
    )
    text = content.decode()
    assert "<" not in text.partition("=")[2]
    assert not {"\u2028", "\u2029"} & set(text)
    assert len(text.splitlines()) == 1
    assert "</script>" in read(content)["docs"][0][1]


def test_an_empty_base_has_an_index() -> None:
    assert read(search.merge([]))["docs"] == []


def test_the_same_base_gives_the_same_bytes(full: Path) -> None:
    documents = [OtherPage("a.html", "A", "text")]
    first, second = (search.build_index(load(full), documents) for _ in range(2))
    assert first == second
    assert INDEX_FILE == "assets/runbooks/search-index.js"


def test_what_is_kept_of_a_page_is_the_same_in_every_process() -> None:
    """Words are found in sets, whose order differs; a build would make the index again each time."""
    code = (
        "from generator.search.index import OtherPage, extract_document; "
        "print(extract_document(OtherPage('a.html', 'A', 'many words in any order')).row())"
    )
    rows = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(rows) == 1


def test_a_very_long_word_is_cut() -> None:
    assert search.words_to_index("x" * 1_000_000) == {"x" * WORD_MAX}


def test_a_thousand_incidents_fit_into_a_megabyte(tmp_path: Path) -> None:
    write(tmp_path, 200)
    base = load(tmp_path)
    extracts = [search.extract(name, base.incidents[name]) for name in base.newest]
    assert len(search.merge(extracts * 5)) < 1_000_000
