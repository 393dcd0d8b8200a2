"""What a write-up does not say, its draft does not say either: when in doubt, the notes."""

from __future__ import annotations

from typing import Any

import pytest

from generator.importers.headings import Topic, heading_topic
from tests.write_ups import draft_of, fields, lost


def made_of(text: str, name: str = "write-up.md") -> dict[str, Any]:
    """The draft of a write-up, of which no word is lost."""
    draft = draft_of(text, name)
    assert not lost(text, draft)
    return fields(draft)


def notes_of(data: dict[str, Any]) -> str:
    return "\n".join(note["text"] for note in data.get("notes", ()))


@pytest.mark.parametrize(
    ("heading", "topic"),
    [
        ("Things that did not go well", Topic.WENT_WRONG),
        ("What hasn't worked", Topic.WENT_WRONG),
        ("What did not work for us", Topic.WENT_WRONG),
        ("What could have worked better", Topic.WENT_WRONG),
        ("Things that worked", Topic.WENT_WELL),
        ("What went well?", Topic.WENT_WELL),
        # Both sides under one heading are on no side.
        ("What went well, what went wrong", Topic.LESSONS),
        ("What went well and what went wrong", Topic.LESSONS),
        ("What's next", Topic.ACTIONS),
        ("What is next?", Topic.ACTIONS),
        ("Actionables", Topic.ACTIONS),
        ("Et maintenant ?", Topic.ACTIONS),
        ("So why did it happen?", Topic.ROOT_CAUSE),
        # One general word decides nothing when others stand beside it.
        ("Incident Response Analysis", None),
        ("Failure analysis", None),
        ("The response", Topic.MITIGATION),
        ("How was the root cause diagnosed?", Topic.DIAGNOSIS),
    ],
)
def test_what_headings_mean(heading: str, topic: Topic | None) -> None:
    assert heading_topic(heading) is topic


def test_questions_in_a_list_are_headings_of_their_answers() -> None:
    text = """# The mill stood

## Incident Response Analysis

1. **How was the incident detected?**
   1. The miller saw it.
2. **How was the root cause diagnosed?**
   1. We opened the gear box.
3. **What went well?**
   1. The spare belt was there.
4. **Who wrote this?**
   1. The clerk.
"""
    data = made_of(text)
    assert "miller" in data["detection"]
    assert [step["do"] for step in data["diagnosis"]] == ["We opened the gear box."]
    assert data["lessons"] == {"went_well": ["The spare belt was there."]}
    assert "mitigation" not in data
    assert "The clerk." in notes_of(data)


ITEMS = "- [x] Buy a belt\n- [ ] Oil the gears ([MILL-7](https://t.example/MILL-7))\n"


@pytest.mark.parametrize("heading", ["What's next", "Our promises", "Looking ahead"])
def test_a_list_of_action_items_is_one_whatever_its_heading_says(heading: str) -> None:
    data = made_of(f"# The mill stood\n\nIt stood.\n\n## {heading}\n\n{ITEMS}")
    assert [(item["do"].partition(" (")[0], item["state"]) for item in data["action_items"]] == [
        ("Buy a belt", "done"),
        ("Oil the gears", "open"),
    ]
    assert "lessons" not in data


@pytest.mark.parametrize(
    "items",
    [
        "- [MILL-7](https://t.example/MILL-7)\n- [MILL-8](https://t.example/MILL-8)\n",
        "- North mill ✅\n- South mill ✅\n",
        "- A belt\n- A gear\n",
    ],
)
def test_links_and_results_are_no_action_items(items: str) -> None:
    data = made_of(f"# The mill stood\n\nIt stood.\n\n## Our promises\n\n{items}")
    assert "action_items" not in data


@pytest.mark.parametrize(
    "remark",
    ["One ticket for each, please.", "Thanks to everyone in the mill.", "![graph](graph.png)"],
)
def test_a_remark_beside_action_items_is_none(remark: str) -> None:
    for text in (f"{remark}\n\n{ITEMS}", f"{ITEMS}\n\n{remark}\n"):
        data = made_of(f"# The mill stood\n\n## Action items\n\n{text}")
        assert len(data["action_items"]) == 2
        assert words_in(remark) in notes_of(data)


def words_in(remark: str) -> str:
    return "graph.png" if remark.startswith("!") else remark


def test_paragraphs_without_a_list_are_action_items() -> None:
    text = "# The mill stood\n\n## Action items\n\nBuy a belt.\n\nOil the gears.\n"
    assert len(made_of(text)["action_items"]) == 2


@pytest.mark.parametrize(
    "owner", ["help wanted", "you?", "*volunteers needed*", "anyone", "to be decided", "Mill team?"]
)
def test_a_search_for_an_owner_is_no_owner(owner: str) -> None:
    table = f"| Action | Owner |\n|---|---|\n| Buy a belt | {owner} |\n| Oil it | Mill team |\n"
    items = made_of(f"# The mill stood\n\n## Action items\n\n{table}")["action_items"]
    assert [item.get("owner") for item in items] == [None, "Mill team"]
    assert owner.strip("*?") in items[0]["do"]


ROWS = "| Time (UTC) | What |\n|---|---|\n| 23:40 | stopped |\n| 23:50 | rang |\n| 00:12 ({day}) | found |\n| 00:30 | ran |\n"


def times_of(data: dict[str, Any]) -> list[str]:
    return [event["at"] for event in data.get("timeline", ())]


@pytest.mark.parametrize(
    "byline",
    [
        "2026-03-05",
        "March 5, 2026",
        "**Thursday, March 5, 2026**",
        "5 March 2026 · 9 min read",
        "March 5, 2026 | Updated March 7, 2026 | 5 minutes",
        "*A. Miller*\nMarch 5, 2026",
    ],
)
def test_a_day_alone_under_the_title_is_that_of_publication(byline: str) -> None:
    rows = ROWS.replace("{day}", "March 4")
    data = made_of(
        f"# The mill stood on March 3, 2026\n\n{byline}\n\nIt stood.\n\n## Timeline\n\n{rows}"
    )
    days = ("03T23:40", "03T23:50", "04T00:12", "04T00:30")
    assert times_of(data) == [f"2026-03-{day}:00Z" for day in days]
    assert data["sources"][0]["date"] == "2026-03-05"


def test_the_day_of_publication_alone_dates_no_event() -> None:
    text = "# The mill stood\n\n2026-03-05\n\nIt stood.\n\n## Timeline\n\n- 10:00 UTC it stopped\n"
    assert "timeline" not in made_of(text)
    assert "2026-03-05 is the day of publication" in " ".join(draft_of(text).remarks)


@pytest.mark.parametrize("day", ["2026-03-05", "**March 5, 2026**"])
def test_a_day_above_times_is_theirs(day: str) -> None:
    for times in (
        "- 10:00 stopped\n- 11:00 ran\n- 12:00 ok\n",
        "10:00 - stopped\n\n11:00 - ran\n\n12:00 - ok\n",
    ):
        text = f"# The mill stood\n\nAll times in UTC.\n\n{day}\n\n{times}"
        assert times_of(made_of(text)) == [f"2026-03-05T{hour}:00:00Z" for hour in (10, 11, 12)]


def test_a_day_further_on_overrules_the_day_that_is_assumed() -> None:
    rows = ROWS.replace("{day}", "March 4")
    data = made_of(f"# The mill stood\n\n**Date**: 2026-03-05\n\n## Timeline\n\n{rows}")
    # Nothing says when 23:40 was; it was not on March 5, after 00:12 on March 4.
    assert not {"2026-03-05T23:40:00Z", "2026-03-05T23:50:00Z"} & set(times_of(data))
    assert all(what in notes_of(data) for what in ("23:40", "23:50"))


def test_a_day_further_on_that_goes_with_the_assumed_one_changes_nothing() -> None:
    rows = ROWS.replace("{day}", "March 6")
    data = made_of(f"# The mill stood\n\n**Date**: 2026-03-05\n\n## Timeline\n\n{rows}")
    assert times_of(data)[0] == "2026-03-05T23:40:00Z"
    assert len(times_of(data)) == 4


@pytest.mark.parametrize(
    "text",
    [
        "~~The disk was full~~",
        "~~The disk was full~~ (we thought so; it was not)",
        "~~The disk was full.~~ No.",
        "**~~The disk was full~~**: wrong, see below",
        "<del>The disk was full</del>",
    ],
)
@pytest.mark.parametrize(
    "heading",
    ["Contributing factors", "Root cause", "Action items", "What went well", "Mitigation"],
)
def test_what_is_struck_out_is_no_fact(heading: str, text: str) -> None:
    data = made_of(f"# The mill stood\n\n## {heading}\n\n- The belt was old.\n- {text}\n")
    notes = notes_of(data)
    assert "The disk was full" in notes
    del data["notes"]
    assert "The disk was full" not in str(data)
    assert "The belt was old." in str(data)


def test_struck_out_rows_events_and_nested_items_are_no_facts() -> None:
    text = """# The mill stood on 2026-03-05

## Timeline (UTC)

- 10:00 it stopped
- 10:10 ~~the disk was full~~
- 11:00 it ran

## Root cause

The belt:

- It was old.
  - ~~It was wet.~~
  - It was thin.

## Action items

| Action | Owner |
|---|---|
| ~~Dry the belt~~ | Mill team |
| Buy a belt | Mill team |
"""
    data = made_of(text)
    notes = notes_of(data)
    assert all(said in notes for said in ("disk was full", "It was wet.", "Dry the belt"))
    assert times_of(data) == ["2026-03-05T10:00:00Z", "2026-03-05T11:00:00Z"]
    assert "It was thin." in str(data["root_cause"])
    assert [item["do"] for item in data["action_items"]] == ["Buy a belt"]


def test_a_correction_inside_a_statement_stays() -> None:
    data = made_of("# The mill stood\n\n## Impact\n\n~~100~~ 200 bakers had no flour that day.\n")
    assert "200 bakers" in data["impact"]


@pytest.mark.parametrize("heading", ["What went wrong", "What failed?", "Was ist schiefgelaufen?"])
def test_a_story_of_what_went_wrong_is_the_cause(heading: str) -> None:
    text = f"# The mill stood\n\n## {heading}\n\nThe belt was old.\n\nIt broke at noon.\n\n## Impact\n\nNo bread.\n"
    data = made_of(text)
    assert data["root_cause"] == "The belt was old.\n\nIt broke at noon."
    assert "lessons" not in data


@pytest.mark.parametrize(
    "text",
    [
        "## What went wrong\n\n- No alert\n",
        "## Lessons learned\n\n### What went wrong\n\nNo alert\n",
        "## What went well\n\nFast\n\n## What went wrong\n\nNo alert\n",
        "## What went wrong\n\nNo alert\n\n## Luck\n\nNight\n",
    ],
)
def test_what_went_wrong_among_lessons_is_a_lesson(text: str) -> None:
    data = made_of(f"# The mill stood\n\nIt stood.\n\n{text}")
    assert data["lessons"]["went_wrong"] == ["No alert"]
    assert "root_cause" not in data


@pytest.mark.parametrize(
    "value",
    [
        "MILL-7",
        "[MILL-7](https://t.example/browse/MILL-7) RESOLVED",
        "MILL-7 (done)",
        "`MILL-7` IN PROGRESS",
    ],
)
@pytest.mark.parametrize("label", ["Issue", "Bug", "Problem"])
def test_a_ticket_is_no_symptom(label: str, value: str) -> None:
    for row in (
        f"| | |\n|-|-|\n| {label} | {value} |\n| Severity | SEV2 |\n",
        f"**{label}**: {value}\n",
    ):
        data = made_of(f"# The mill stood\n\n{row}\n## Impact\n\nNo bread.\n")
        assert "symptom" not in data
        assert data["aliases"] == ["MILL-7"]


def test_a_symptom_that_begins_with_a_ticket_is_one() -> None:
    data = made_of(
        "# The mill stood\n\n**Issue**: MILL-7 made the belt slip\n\n## Impact\n\nNo bread.\n"
    )
    assert "made the belt slip" in data["symptom"]


FRONT = (
    "![The mill](mill.png)\n*The mill at noon*",
    "- [x] Fill in the summary\n- [ ] Tell the baker",
    "> **Guidelines**\n> Fill in this page before the meeting.",
    "< [Incidents](/wiki/Incidents)",
    "This post is also available in [Deutsch](/de/mill).",
    "March 5, 2026\n\nAda Miller, Ben Baker\n\n9 min read",
)


@pytest.mark.parametrize("front", FRONT)
def test_the_summary_is_the_story_alone(front: str) -> None:
    text = f"# The mill stood\n\n{front}\n\nThe mill stood for an hour.\n\n## Impact\n\nNo bread.\n"
    data = made_of(text)
    assert data["summary"] == "The mill stood for an hour."
    assert data["notes"]


@pytest.mark.parametrize(
    "story",
    [
        "On March 5, 2026 the mill stood.",
        "> The mill stood. That is a quote.",
        "- The belt broke\n- No bread",
        "The [mill](https://m.example) stood.",
    ],
)
def test_a_story_with_a_day_a_quote_or_a_link_stays_in_the_summary(story: str) -> None:
    assert made_of(f"# The mill\n\n{story}\n\n## Impact\n\nNo bread.\n")["summary"]


def test_a_footnote_behind_a_label_hides_no_field() -> None:
    text = "= The mill stood\n\n*Summary:* It stood.\n\n*Impact:*footnote:[For bakers.] No bread.\n\n*Root causes:*footnote:[Two.] An old belt.\n"
    data = fields(draft_of(text, "mill.adoc"))
    assert data["summary"] == "It stood."
    assert "No bread." in data["impact"]
    assert "An old belt." in data["root_cause"]


STORY = "The mill stood for an hour and no baker had flour, because the belt was old and broke when the wind rose. We put on the spare belt and the mill ran again.\n"


@pytest.mark.parametrize(
    ("lead", "headings"),
    [
        (
            "In June, we experienced three incidents.",
            ("**June 3 09:18 UTC**", "**June 12 21:40 UTC**", "**June 19 10:00 UTC**"),
        ),
        (
            "This is about June.",
            ("## June 3 09:18 UTC (lasting 4 minutes)", "## June 12 21:40 UTC (lasting 1 hour)"),
        ),
        ("This is about June.", ("## Incident 1: the belt", "## Incident 2: the gear")),
    ],
)
def test_several_incidents_in_a_write_up_are_said_aloud(
    lead: str, headings: tuple[str, ...]
) -> None:
    parts = "\n".join(f"{heading}\n\n{STORY}" for heading in headings)
    text = f"# Report of June 2026\n\n{lead}\n\n{parts}"
    assert f"seems to tell of {len(headings)} incidents" in " ".join(draft_of(text).remarks)
    assert "timeline" not in made_of(text)


@pytest.mark.parametrize(
    "text",
    [
        f"## What happened\n\n### June 3\n\n{STORY}\n### June 4\n\n{STORY}",
        f"In June, we had two incidents. This is the first.\n\n## Timeline\n\n### June 3\n\n{STORY}\n### June 4\n\n{STORY}",
        "### June 3\n\n- 10:00 UTC it stopped\n- 11:00 UTC it ran\n\n### June 4\n\n- 10:00 UTC it stopped\n",
        f"## Incident 1\n\n{STORY}",
    ],
)
def test_days_of_one_incident_are_not_several(text: str) -> None:
    assert "seems to tell of" not in " ".join(draft_of(f"# The mill, 2026\n\n{text}").remarks)


def test_paragraphs_with_times_below_days_are_a_timeline_and_no_summary() -> None:
    text = """# The week of 2026 in which the mill stood

#### How an old belt broke, twice

The mill stood on two days.

## What happened

### Tuesday, March 3

**10:00 UTC**: The belt slips.

**10:10 UTC**: The belt breaks.

`mill stop`

**11:00 UTC**: It runs.

### Wednesday, March 4

**09:00 UTC**: It breaks again.

**09:30 UTC**: We put on a new one.

**09:40 UTC**: It runs.

We watched it all day.
"""
    data = made_of(text)
    hours = ("03T10:00", "03T10:10", "03T11:00", "04T09:00", "04T09:30", "04T09:40")
    assert times_of(data) == [f"2026-03-{hour}:00Z" for hour in hours]
    assert data["summary"] == "The mill stood on two days."
    assert all(said in notes_of(data) for said in ("mill stop", "watched", "How an old belt"))


STATES = ("Resolved", "Monitoring", "Investigating")
HOURS = ("16:40", "15:31", "14:58")


def _page(update: str) -> dict[str, Any]:
    told = zip(STATES, HOURS, strict=True)
    updates = "\n\n".join(update.format(state=state, hour=hour) for state, hour in told)
    return made_of(f"# The mill stands still\n\n{updates}\n\nThis affected the wheel.\n")


@pytest.mark.parametrize(
    "update",
    [
        "**{state}** - The wheel was {state}.\nMar 3, 2026 - {hour} UTC",
        "{state}\nThe wheel was {state}.\nPosted 2 months ago. Mar 03, 2026 - {hour} UTC",
        "{state}\nThe wheel was {state}.\n\nPosted on Mar 03, 2026 - {hour} UTC",
        "{state} - The wheel was {state}.\n\n*March 3, 2026, {hour} UTC*",
    ],
)
def test_updates_of_a_status_page_stand_above_their_times(update: str) -> None:
    data = _page(update)
    assert times_of(data) == [f"2026-03-03T{hour}:00Z" for hour in sorted(HOURS)]
    told = [event["what"] for event in data["timeline"]]
    for state, what in zip(reversed(STATES), told, strict=True):
        assert what.startswith(state)
        assert what.endswith(f"The wheel was {state}.")
    assert data["timeline"][-1]["marks"] == "resolved"
    assert data["summary"] == "This affected the wheel."
    assert "notes" not in data


def test_a_time_above_what_happened_is_not_taken_for_one_below() -> None:
    data = made_of(
        "# The mill stands still\n\nAll about it.\n\n2026-03-03 10:00 UTC\n\nThe wheel stops.\n\n"
        "2026-03-03 11:00 UTC\n\nThe wheel turns.\n"
    )
    for event in data.get("timeline", []):
        assert ("stops" in event["what"]) == (event["at"] == "2026-03-03T10:00:00Z")


@pytest.mark.parametrize(
    "heading",
    [
        "What went wrong / right?", "What went well, or badly", "What worked / what didn't", "What worked and what did not",
        "What went well? What didn't?", "What went well & less well", "Things that went well and poorly",
    ],
)  # fmt: skip
def test_a_heading_with_both_sides_decides_none(heading: str) -> None:
    lessons = made_of(f"# Mill\n\n## {heading}\n\n- The pager rang\n")["lessons"]
    assert lessons == {"learned": ["The pager rang"]}


@pytest.mark.parametrize(
    ("heading", "side"),
    [
        ("What did not go right", "went_wrong"), ("What didn't go well this time", "went_wrong"),
        ("What went well after the rollback", "went_well"), ("What could have worked better", "went_wrong"),
    ],
)  # fmt: skip
def test_a_heading_with_one_side_keeps_it(heading: str, side: str) -> None:
    assert list(made_of(f"# Mill\n\n## {heading}\n\n- The pager\n")["lessons"]) == [side]


@pytest.mark.parametrize(
    ("title", "lead", "at"),
    [
        ("Report of 2026-02-11 (PST)", "", "2026-02-11T09:58:00-08:00"),
        ("Bericht", "Am 11. Februar 2026 stand die M\u00fchle von 9:58 Uhr bis 10:20 Uhr (MEZ).", "2026-02-11T09:58:00+01:00"),
    ],
)  # fmt: skip
def test_a_zone_in_the_title_or_behind_a_clock_of_the_lead_counts(
    title: str, lead: str, at: str
) -> None:
    data = made_of(f"# {title}\n\n{lead}\n\n## Timeline\n\n- 9:58: The wheel stops.\n")
    assert times_of(data) == [at]


def test_a_place_in_the_title_is_no_zone() -> None:
    text = "# Europe/Berlin is down, 2026-02-11\n\n## Timeline\n\n- 9:58: The wheel stops.\n"
    assert "timeline" not in made_of(text)


def test_a_day_as_jira_writes_it_has_its_year() -> None:
    data = made_of("# Mill\n\n## Timeline\n\n- 02/Jun/26 8:14 AM UTC: The wheel stops.\n")
    assert times_of(data) == ["2026-06-02T08:14:00Z"]


@pytest.mark.parametrize(
    ("item", "due"),
    [
        ("Buy a wheel, by 05/11/2026", "2026-11-05"), ("Ein Rad kaufen, bis 30.10.2026", "2026-10-30"),
        ("Delete rows from before 20/10/2026, as they are wrong", None),
        ("Delete what was written until 20/10/2026 in the log", None),
    ],
)  # fmt: skip
def test_the_order_of_other_days_settles_when_an_item_is_due(item: str, due: str | None) -> None:
    (found,) = made_of(
        f"# Mill\n\n**Incident start:** 14/10/2026 07:41 UTC\n\n## Action items\n\n- {item}\n"
    )["action_items"]
    assert found.get("due") == due
