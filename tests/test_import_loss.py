"""What an import must not lose on the way: days of notes, forms of code, milestones, errors, details."""

from __future__ import annotations

import pytest

from generator.importers.milestones import mark_of
from tests.write_ups import data_of, draft_of, lost

HEAD = "# Search was down\n\n## Summary\n\nSearch was down for an hour.\n\n"


def notes(data: dict) -> str:
    return "\n".join(note["text"] for note in data.get("notes", ()))


def test_a_note_takes_along_the_line_with_its_day() -> None:
    text = HEAD + "## Timeline\n\nAll times are UTC.\n\n**2026-04-28**\n\n- 15:12: The tag moves.\n\n**2026-04-30**\n\n- The list is told\n"  # fmt: skip
    data = data_of(text)
    assert [event["at"] for event in data["timeline"]] == ["2026-04-28T15:12:00Z"]
    assert "- 2026-04-30: The list is told" in notes(data)


def test_a_row_in_the_notes_takes_along_the_heads_of_its_columns() -> None:
    text = HEAD + "## Timeline\n\n| Time (UTC) | State |\n| --- | --- |\n| 22:47 | Flag on |\n| 22:58 | Impact |\n"  # fmt: skip
    assert "- Time (UTC): 22:47 | State: Flag on" in notes(data_of(text))


def test_code_in_notes_stays_a_block() -> None:
    code = "```\ncurl -s 'https://search.example/_cat/shards'\n```"
    text = HEAD + f"## Timeline\n\n2026-04-17\n\n- 00:09 UTC He tries this:\n{code}\n- 00:17 UTC Traffic is moved\n"  # fmt: skip
    data = data_of(text)
    assert len(data["timeline"]) == 2
    assert code in notes(data)
    text = HEAD + "## Anything else\n\n```promql\nup == 0\n```\n"
    assert "```promql\nup == 0\n```" in notes(data_of(text))


def test_a_box_that_is_not_ticked_stays_in_notes_and_not_in_steps() -> None:
    text = HEAD + "## Anything else\n\n- [x] Told support\n- [ ] Told the press\n\n## Verification\n\n- [ ] Search answers\n"  # fmt: skip
    data = data_of(text)
    assert "- [x] Told support\n- [ ] Told the press" in notes(data)
    assert data["verification"][0]["do"] == "Search answers"


def test_what_stands_around_a_page_is_shown() -> None:
    page = (
        "<html><body><div class='page-metadata'>Created by Ann, modified on Feb 02, 2026</div>"
        "<div id='main-content'><h1>Search was down</h1><h2>Summary</h2><p>For an hour.</p></div>"
        "<p>Printed on paper</p></body></html>"
    )
    imported = draft_of(page, "page.html")
    said = " ".join(imported.remarks)
    assert "Created by Ann, modified on Feb 02, 2026" in said
    assert "Printed on paper" in said


def test_nothing_of_a_timeline_of_notes_is_lost() -> None:
    text = HEAD + "## Timeline\n\n**April 30**\n\n- 10:00 Announcement\n- Later, another\n"
    assert not lost(text, draft_of(text))


def test_a_time_that_was_read_is_no_passage_to_decide() -> None:
    text = HEAD + "## Timeline\n\nTuesday, April 28, 2026\n\n- 3:02 PM UTC: The job starts\n"
    data = data_of(text)
    assert data["timeline"] == [{"at": "2026-04-28T15:02:00Z", "what": "The job starts"}]
    assert "notes" not in data


@pytest.mark.parametrize(
    ("what", "moment"),
    [
        ("First scheduled run is skipped. IMPACT STARTS", "started"),
        ("The release moves the tag. Start of impact.", "started"),
        ("Lease deleted; runs go on. MITIGATED", "mitigated"),
        ("Purge of all manifests. Mitigated, new pulls are right.", "mitigated"),
        ("Last late payout sent, incident resolved.", "resolved"),
        ("Fix applied and verified from Tokyo. Resolved.", "resolved"),
        ("First cities receive it; workers exit.; Status: Impact starts", "started"),
        ("Fleet pinned.; Status: Main impact mitigated", "mitigated"),
        ("The alert fires for Lisbon.; Status: Automated detection", "detected"),
        ("Replica answers again \u00b7 State: Resolved \u00b7 Who: SRE", "resolved"),
    ],
)
def test_a_milestone_is_seen_in_a_sentence_or_cell_of_its_own(what: str, moment: str) -> None:
    assert mark_of(what) == moment


@pytest.mark.parametrize(
    "what",
    [
        "Mute of alerts ends.",
        "Status page set to resolved (we forgot)",
        "Ticket opened, closed",
        "Backup service STARTED",
        "The alert flaps, resolves itself",
        "Half of the fleet restarted. Not yet resolved.",
        "We believed that it was over. Resolved.",
        "Mitigated for one region",
        "First reports, impact starts to be discussed",
    ],
)
def test_what_only_resembles_a_milestone_is_none(what: str) -> None:
    assert mark_of(what) is None


def signatures(text: str) -> list[str]:
    found = data_of(text).get("symptom", {})
    return [sample for each in found.get("signatures", ()) for sample in each["matches"]]


LOGGED = "ERROR [scheduler-3] c.payout.Scheduler - java.lang.IllegalStateException: no valid lease for region au-1, run aborted"  # fmt: skip


@pytest.mark.parametrize("language", ["java", "text", "", "go"])
@pytest.mark.parametrize("heading", ["Root cause", "Anything else", "Impact"])
def test_an_error_in_code_is_seen_in_any_language_and_section(language: str, heading: str) -> None:
    text = HEAD + f"## {heading}\n\nIt logged, once a minute:\n\n```{language}\n{LOGGED}\n```\n"
    assert signatures(text) == [LOGGED]


@pytest.mark.parametrize(
    "code",
    [
        '```java\nthrow new IllegalStateException("no valid lease for the region");\n```',
        "```sql\nSELECT 1 FROM errors WHERE message = 'could not connect'\n```",
        "```yaml\nerror: the limit was exceeded on the server\n```",
        '```go\nif err != nil { return fmt.Errorf("cannot open the file") }\n```',
    ],
)
def test_code_that_only_handles_errors_is_none(code: str) -> None:
    assert not signatures(HEAD + f"## Anything else\n\n{code}\n")
