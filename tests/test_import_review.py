"""`runbooks import --review`: passages of the notes go to fields, and nothing else changes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.importers import import_write_up, read
from generator.importers.deciding import CHOICES, CannotMove, Passage, moved, passages
from generator.importers.draft import PLACES
from generator.importers.headings import Topic
from generator.importers.reading import STEPS
from generator.importers.words import markdown_words
from generator.knowledge.source import Source, parse_yaml
from generator.knowledge.validation import validate
from generator.model import Incident
from tests.checklists import Terminal
from tests.sites import environment
from tests.write_ups import draft_words

WRITE_UP = """\
# Mail is late

## Impact

Nobody gets mail.

## Seating

Row one.

Row two, with a [plan](https://example.com/plan)
and *two* lines.

## Food

- Bread &amp; butter
- Cheese
  from the farm

## Kitchen

Run this:

```sh
systemctl restart oven
```
"""
HEADER = "# yaml-language-server: $schema=../incident.schema.json\n"


def source_of(text: str) -> Source:
    return parse_yaml("incidents/x/incident.yaml", text.encode())


def incident_of(text: str) -> Incident:
    incident, problems = validate(source_of(text), Incident)
    assert incident is not None, problems
    return incident


def data_of(text: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(text, yaml.BaseLoader)
    return data


def passage_of(text: str, heading: str, split: tuple[str, ...] = ()) -> Passage:
    return next(p for p in passages(incident_of(text), split) if p.heading == heading)


def after(text: str, heading: str, topic: Topic | None, split: tuple[str, ...] = ()) -> str:
    return moved(source_of(text), passage_of(text, heading, split), topic).text


DRAFT = import_write_up(read("p.md", WRITE_UP.encode())).text

# -- one decision --------------------------------------------------------------------------------


def test_every_field_that_import_fills_can_be_chosen() -> None:
    whole = {*PLACES, *STEPS, Topic.FIX, Topic.TIMELINE, Topic.ACTIONS, Topic.ESCALATION}
    assert set(CHOICES) == whole - {Topic.USERS, Topic.DATA}


def test_prose_becomes_paragraphs_below_what_is_there() -> None:
    text = after(DRAFT, "Seating", Topic.IMPACT)
    assert data_of(text)["impact"] == (
        "Nobody gets mail.\n\nSeating: Row one.\n\n"
        "Row two, with a plan (https://example.com/plan) and two lines."
    )
    assert [note["heading"] for note in data_of(text)["notes"]] == ["Food", "Kitchen"]


def test_a_list_becomes_statements() -> None:
    data = data_of(after(DRAFT, "Food", Topic.GOT_LUCKY))
    assert data["lessons"]["got_lucky"] == ["Bread & butter", "Cheese from the farm"]


def test_a_command_becomes_a_step() -> None:
    text = after(DRAFT, "Kitchen", Topic.MITIGATION)
    (step,) = [s for s in incident_of(text).mitigation if s.run]
    assert step.run == "systemctl restart oven"


def test_an_event_goes_to_its_place_in_time() -> None:
    text = f"""{HEADER}title: Down
status: draft
timeline:
  - {{at: 2026-03-01T11:00:00Z, what: It is over.}}
notes:
  - heading: Log
    text: |-
      - 2026-03-01 10:00 UTC it broke
      - it was mended
"""
    decided = moved(source_of(text), passage_of(text, "Log"), Topic.TIMELINE)
    data = data_of(decided.text)
    assert [event["at"] for event in data["timeline"]] == ["2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z"]  # fmt: skip
    assert decided.left
    assert "it was mended" in data["notes"][0]["text"]


def test_what_has_no_time_is_no_event() -> None:
    with pytest.raises(CannotMove, match="a day, a time and a zone"):
        after(DRAFT, "Food", Topic.TIMELINE)


def test_one_part_of_a_note_goes_alone() -> None:
    text = after(DRAFT, "Food", Topic.WENT_WELL, ("Food",))
    data = data_of(text)
    assert data["lessons"] == {"went_well": ["Bread & butter"]}
    assert {"heading": "Food", "text": "- Cheese from the farm"} in data["notes"]
    text = after(text, "Seating", None, ("Seating",))
    rest = next(note for note in data_of(text)["notes"] if note["heading"] == "Seating")
    assert rest["text"].startswith("Row two")


def test_the_last_note_takes_the_field_with_it() -> None:
    text = DRAFT
    for heading in ("Seating", "Food", "Kitchen"):
        text = after(text, heading, None)
    assert "notes" not in data_of(text)
    assert data_of(text) == {k: v for k, v in data_of(DRAFT).items() if k != "notes"}


@pytest.mark.parametrize(
    ("before", "key", "value"),
    [
        ("root_cause: The disk.\n", "root_cause", {"statement": "The disk.", "trigger": "A note."}),
        ("fix: Mend it.\n", "fix", ["Mend it.", {"do": "A note."}]),
        ("lessons: {went_well: One.}\n", "lessons", {"went_well": ["One.", "A note."]}),
        ("", "root_cause", {"statement": "Not written yet.", "trigger": "A note."}),
    ],
)
def test_short_forms_become_long_ones(before: str, key: str, value: Any) -> None:
    text = f"{HEADER}title: Down\nstatus: draft\n{before}notes: A note.\n"
    topics = {"root_cause": Topic.TRIGGER, "fix": Topic.FIX, "lessons": Topic.WENT_WELL}
    data = data_of(after(text, "", topics[key]))
    found = data[key]
    if key == "root_cause" and not before:
        assert found["trigger"] == "A note."
    else:
        assert found == value
    assert "notes" not in data


def test_the_rest_of_the_file_stays_as_it_was_typed() -> None:
    text = f"""{HEADER}# Mine.
title:   "Down"   # a comment
status: draft

# About the impact.
impact: >-
  Nobody
  gets mail.
# About the tags.
tags: [a,   b]
notes:
  # Inside.
  - A note.
  - {{heading: Other, text: Two.}}

# The end.
"""
    crlf = text.replace("\n", "\r\n")
    for before in (text, crlf):
        changed = after(before, "", Topic.IMPACT).replace("\r\n", "\n")
        assert (
            changed
            == f"""{HEADER}# Mine.
title:   "Down"   # a comment
status: draft

# About the impact.
impact: |-
  Nobody gets mail.

  A note.
# About the tags.
tags: [a,   b]
# Inside.
notes:
  - heading: Other
    text: Two.

# The end.
"""
        )
    assert "\r\n" in after(crlf, "", Topic.IMPACT)
    assert "\n" not in after(crlf, "", Topic.IMPACT).replace("\r\n", "")


@pytest.mark.parametrize("odd", ["🔥 é 日本", "a\u2028b", "a\u0085b", "'\t'", "*x"])
def test_any_character_above_a_field_leaves_its_place_alone(odd: str) -> None:
    value = yaml.safe_dump(odd, allow_unicode=True).partition("\n...")[0].strip()
    text = f"{HEADER}title: {value}\nstatus: draft\nimpact: All.\ntags: [a]\nnotes: A note.\n"
    changed = after(text, "", Topic.IMPACT)
    assert changed == text.replace("All.", "|-\n  All.\n\n  A note.").replace(
        "notes: A note.\n", ""
    )


def test_what_an_alias_repeats_is_not_taken_away() -> None:
    text = f"{HEADER}title: Down\nstatus: draft\nsummary: &a One.\nimpact: *a\nnotes: A note.\n"
    with pytest.raises(CannotMove, match="undefined alias"):
        after(text, "", Topic.SUMMARY)


def test_a_draft_in_one_line_is_left_to_its_author() -> None:
    text = "{title: Down, status: draft, notes: [A note.]}\n"
    with pytest.raises(CannotMove, match="lines of their own"):
        after(text, "", Topic.IMPACT)


NOTE = st.lists(
    st.sampled_from(
        [
            "Row one.", "- a\n- b", "1. first\n2. second", "```sh\nls -l\n```", "| a | b |\n|---|---|\n| 1 | 2 |",
            "**Owner**: Ops", "- [ ] do it (owner: Ops)", "2026-03-01 10:00 UTC it broke", "> quoted", "# no heading",
            "Date: 2026-03-01", "Error: `cannot open x`", "Severity: SEV2", "key: 'v' # c", "---", "\u2028odd", "* x\n\n  y",
        ]
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(NOTE, st.sampled_from(CHOICES), st.booleans(), st.sampled_from(["", "Seating", "Headings"]))
def test_any_passage_moves_or_stays_and_no_word_is_lost(
    parts: list[str], topic: Topic, split: bool, heading: str
) -> None:
    note = {"text": "\n\n".join(parts)} | ({"heading": heading} if heading else {})
    text = HEADER + yaml.safe_dump({"title": "Down", "status": "draft", "impact": "All.", "notes": [note, "Other."]}, sort_keys=False)  # fmt: skip
    passage = passage_of(text, heading, (heading,) if split else ())
    try:
        changed = moved(source_of(text), passage, topic).text
    except CannotMove:
        assert topic in (Topic.TIMELINE, Topic.ESCALATION)
        return
    incident_of(changed)
    data = data_of(changed)
    assert "Other." in str(data["notes"])
    assert "All." in str(data["impact"])
    lost = set(markdown_words(passage.text)) - draft_words(data)
    assert lost <= {"owner", "utc", "error", "date", "severity"}, changed


# -- in the terminal -----------------------------------------------------------------------------

PROMPT = "[q]uit: "


@pytest.fixture
def base(tmp_path: Path) -> Path:
    root = tmp_path / "kb"
    (root / "incidents").mkdir(parents=True)
    (root / "mkdocs.yml").write_text("site_name: x\nplugins: [runbooks]\n")
    (tmp_path / "p.md").write_text(WRITE_UP)
    return root


def draft(base: Path) -> Path:
    return base / "incidents/mail-is-late/incident.yaml"


def arguments(base: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "generator", "import", "--root", str(base), "--review", *more, str(base.parent / "p.md")]  # fmt: skip


@contextmanager
def terminal(base: Path) -> Iterator[Terminal]:
    opened = Terminal(arguments(base), Path.cwd())
    try:
        yield opened
    finally:
        opened.close()


def test_each_passage_is_asked_about_and_written_at_once(base: Path) -> None:
    with terminal(base) as seen:
        shown = seen.until(PROMPT)
        assert "Mail is late: 3 to decide" in shown
        assert "Seating, lines 9-12 of p.md" in shown
        assert "    Row one." in shown
        seen.type("detec")
        assert "Moved to detection." in seen.until(PROMPT)
        assert "Row one." in data_of(draft(base).read_text())["detection"]
        seen.type("u")
        assert "Undone." in seen.until(PROMPT)
        assert "detection" not in data_of(draft(base).read_text())
        seen.type("went")
        assert "'went' can be went_well, went_wrong." in seen.until(PROMPT)
        seen.type("77")
        assert "No field is named '77'." in seen.until(PROMPT)
        seen.type("split")
        assert "Seating, line 9 of p.md" in seen.until(PROMPT)
        seen.type("1")
        assert "lines 11-12 of p.md" in seen.until(PROMPT)
        seen.type("d")
        assert "Food, lines 16-18 of p.md" in seen.until(PROMPT)
        seen.type("timeline")
        assert "Not moved: nothing in it can be read as timeline" in seen.until(PROMPT)
        seen.type("")
        assert "Kitchen, lines 22-25 of p.md" in seen.until(PROMPT)
        seen.type("miti gation")
        seen.until(PROMPT)
        seen.type("mitigation")
        assert "1 note left" in seen.until("left")
        assert seen.ends() == 0
    data = data_of(draft(base).read_text())
    assert [note["heading"] for note in data["notes"]] == ["Food"]
    assert "Row one." in data["summary"]
    assert data["mitigation"][-1]["run"] == "systemctl restart oven"


def test_interrupted_it_keeps_every_decision_and_goes_on_later(base: Path) -> None:
    with terminal(base) as seen:
        seen.until(PROMPT)
        seen.type("summary")
        seen.until(PROMPT)
        seen.press(b"\x03")
        assert "1 decided, 2 notes left" in seen.until("left")
        seen.ends()
    assert "Row one." in data_of(draft(base).read_text())["summary"]
    with terminal(base) as seen:
        shown = seen.until(PROMPT)
        assert "already imported as mail-is-late" in shown
        assert "Mail is late: 2 to decide" in shown
        seen.press(b"\x04")
        seen.until("0 decided, 2 notes left")
        assert seen.ends() == 0


def test_what_somebody_changes_meanwhile_is_kept(base: Path) -> None:
    with terminal(base) as seen:
        seen.until(PROMPT)
        draft(base).write_text(draft(base).read_text().replace("Nobody gets mail.", "Edited."))
        seen.type("impact")
        assert "changed in the meantime" in seen.until(PROMPT)
        seen.type("impact")
        seen.until(PROMPT)
        seen.type("q")
        seen.ends()
    assert data_of(draft(base).read_text())["impact"].startswith("Edited.\n\nSeating: Row one.")


def test_without_a_terminal_nothing_is_imported(base: Path) -> None:
    ended = subprocess.run(
        arguments(base), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=environment()
    )  # fmt: skip
    assert ended.returncode == 2
    assert "--review asks in a terminal, and this is none" in ended.stderr
    assert list((base / "incidents").iterdir()) == []


@pytest.mark.parametrize("more", [["--dry-run"], ["--format", "json"]])
def test_it_asks_and_writes_so_it_goes_with_neither(base: Path, more: list[str]) -> None:
    ended = subprocess.run(arguments(base, *more), capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert f"leave out {' '.join(more)}" in ended.stderr
