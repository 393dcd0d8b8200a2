"""Which sentences get a hint about blame, hindsight and names, and which do not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.knowledge.base import load
from generator.knowledge.diagnostics import Severity
from generator.rules import RULES, blameless, lint
from tests.conftest import SHARED
from tests.rule_examples import incident_text, write_base

CORPORA = SHARED / "corpora"
CODES = ("KB705", "KB706", "KB707")


def hints(root: Path, sentence: str) -> list[str]:
    """Return the hints for a sentence in the lessons of an incident."""
    quoted = "'" + sentence.replace("'", "''") + "'"
    base = load(write_base(root, incident_text(f"lessons:\n  went_wrong:\n    - {quoted}\n")))
    found = [d for d in lint(base, RULES) if "example" in d.file]
    assert all(d.severity is Severity.HINT and d.hint for d in found if d.code in CODES)
    return [d.code for d in found if d.code in CODES]


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("The outage was due to human error.", ["KB705"]),
        ("It was an operator mistake.", ["KB705"]),
        ("We forgot to renew the certificate.", ["KB705"]),
        ("The on-call engineer failed to notice the alert.", ["KB705"]),
        ("The team neglected to test the rollback.", ["KB705"]),
        ("Somebody made a mistake in the configuration.", ["KB705"]),
        ("It was the developer's fault.", ["KB705"]),
        ("The reviewer overlooked the missing index.", ["KB705"]),
        ("Engineers must be more careful with deletes.", ["KB705"]),
        ("The vendor is to blame.", ["KB705"]),
        ("The change was deployed carelessly.", ["KB705"]),
        ("The script should have been tried on one host.", ["KB706"]),
        ("They shouldn't have deployed on a Friday.", ["KB706"]),
        ("The alert should never have been silenced.", ["KB706"]),
        ("We ought to have asked.", ["KB706"]),
        ("You should've known that.", ["KB706"]),
        ("Jane Doe restarted the service.", ["KB707"]),
        ("Peter deleted the wrong table.", ["KB707"]),
        ("The job was started by Søren.", ["KB707"]),
        ("Mr. Miller approved the change.", ["KB707"]),
        ("Ayşe Öztürk noticed the graph.", ["KB707"]),
        ("Michael van der Berg found it.", ["KB707"]),
        ("@jdoe merged the change.", ["KB707"]),
        ("Peter Miller should have asked.", ["KB706", "KB707"]),
    ],
)
def test_hints(sentence: str, codes: list[str], tmp_path: Path) -> None:
    assert hints(tmp_path, sentence) == codes


@pytest.mark.parametrize(
    "sentence",
    """\
The pod failed to start, and the server failed to bind the port.
An attempt to delete the volume failed to complete.
Lazy loading of images was off.
Fault tolerance was off; the page fault count rose.
A fault in the power supply.
This was not a human error but a missing lock.
Each pod should have a limit, and the table should have three rows.
The alert did not fire, because its threshold was a day.
The message was ignored, and the connection was rejected.
The on-call engineer restarted the service.
The Platform team found the cause.
Prometheus Operator restarted the pod.
Amazon Web Services reported an outage.
Azure DevOps started a build; GitHub Actions pushed the image.
Max Connections was 100.
San Francisco was down, and so was St. Petersburg.
Apache Kafka was slow, and Jenkins was restarted.
The annotation @Transactional was missing.
The package @sequelize/core and the action actions/checkout@v4.
@channel was told, and @sre-oncall came.
`Peter Miller forgot` stood in the log.
The log says "user error: should have been called".""".splitlines(),
)
def test_no_hints(sentence: str, tmp_path: Path) -> None:
    assert hints(tmp_path, sentence) == []


def test_what_the_cause_rule_reports_is_not_reported_twice(tmp_path: Path) -> None:
    text = "root_cause:\n  statement: The restart of all hosts was a human error.\n  trigger: A human error.\n"
    base = load(write_base(tmp_path, incident_text(text)))
    found = [(d.code, d.position.line) for d in lint(base, RULES)]
    assert found == [("KB701", 3), ("KB705", 4)]


def test_words_of_sources_samples_and_notes_are_nobody_s_wording(tmp_path: Path) -> None:
    text = """\
symptom:
  description: The page shows an error.
  alerts: [LoginDown]
  signatures: ["operator error: Peter Miller should have been asked"]
notes: Peter Miller forgot it. It was human error, and he should have asked.
sources:
  - {id: s, title: The mail, kind: write-up, says: Peter Miller should have asked.}
"""
    base = load(write_base(tmp_path, incident_text(text)))
    assert not {d.code for d in lint(base, RULES)} & set(CODES)


def test_a_hint_is_silenced_by_a_comment(tmp_path: Path) -> None:
    text = "summary: Max Planck was slow, and Martin Luther was up. # lint: ignore[KB707] names of hosts\n"
    base = load(write_base(tmp_path, incident_text(text)))
    assert [d.code for d in lint(base, RULES)] == []


@pytest.mark.parametrize(
    ("expression", "look"),
    [
        (blameless._JUDGED, blameless._may_blame),
        (blameless._FELL_SHORT, blameless._may_blame),
        (blameless._HINDSIGHT, blameless._may_judge),
        (blameless._NAMED, blameless._may_name),
        (blameless._HANDLE, blameless._may_name),
    ],
    ids=["judged", "fell-short", "hindsight", "named", "handle"],
)
def test_the_cheap_look_first_loses_nothing(
    expression: re.Pattern[str], look: Callable[[str], bool]
) -> None:
    letters = st.characters(min_codepoint=32, max_codepoint=0xFF)

    @settings(max_examples=150, database=None)
    @given(st.from_regex(expression, alphabet=letters))
    def every_match_is_looked_for(text: str) -> None:
        assert look(text)

    every_match_is_looked_for()


@pytest.mark.shared
def test_real_write_ups_get_few_hints_and_apt_ones() -> None:
    found = []
    for path in sorted(CORPORA.rglob("*.md")):
        text = re.sub(r"(?s)```.*?```", "", path.read_text("utf-8", "replace"))
        for sentence in re.split(r"(?<=[.!?])\s+|\n\s*\n|\n(?=[-*|#])", text):
            shown = blameless._QUOTED.sub("…", sentence)
            for hit in (
                blameless.blame_in(shown),
                blameless._found(blameless._JUDGED.search(shown)),
                blameless._found(blameless._FELL_SHORT.search(shown)),
                blameless._found(blameless._HINDSIGHT.search(shown)),
                blameless._person_named(shown),
            ):
                if hit:
                    found.append(hit)
    # In some 4,400 sentences; each was read, and all but one are about people or hindsight.
    assert sorted(found) == [
        "Be more careful", "Niels Lunn", "Peter Taylor", "Peter Taylor", "Søren Iversen",
        "should have been", "should have been", "should have been", "shouldn't have been",
        "shouldn't have been", "user error", "we failed to",
    ]  # fmt: skip
