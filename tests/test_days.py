"""When the events of a write-up were: the nearest statement wins, and what is open stays open."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.importers.dates import days_in, find_date, only_day
from generator.importers.times import read_relative, read_stated_time
from generator.importers.zones import named_zone, settled, stated_zone
from generator.model import Moment
from tests.write_ups import draft_of, fields, lost

TIMELINE = "## Timeline (UTC)\n\n- 10:00 error\n- 11:00 fixed\n"


def events(text: str, name: str = "write-up.md") -> list[tuple[str, str]]:
    draft = draft_of(text, name)
    assert not lost(text, draft)
    return [(event["at"], event["what"]) for event in fields(draft).get("timeline", ())]


def first_day(text: str, name: str = "write-up.md") -> str:
    found = events(text, name)
    return found[0][0][:10] if found else ""


def said(text: str, name: str = "write-up.md") -> str:
    return " ".join(draft_of(text, name).remarks)


@pytest.mark.parametrize(
    ("text", "name", "day"),
    [
        # The first paragraph is nearer than a label, a label than the title, the title than the file name.
        ("---\ndate: 2024-07-09\n---\n\nOn July 2, 2024 the API failed.\n\n", "x.md", "2024-07-02"),
        ("# Down on 2024-07-05\n\nOn 2 July 2024 the API failed.\n\n**Date**: 2024-07-04\n\n", "x.md", "2024-07-02"),
        ("# Down on 2024-07-05\n\n**Date**: 2024-07-04\n\n", "2024-07-09-x.md", "2024-07-04"),
        ("# Down\n\n**Date**: 2024-07-09\n\n**Date of incident**: 2024-07-04\n\n", "x.md", "2024-07-04"),
        ("# Down on July 5, 2024\n\n", "2024-07-09-x.md", "2024-07-05"),
        ("# Down\n\n", "2024-07-09-x.md", "2024-07-09"),
        ("# Down\n\n", "postmortem_20240709.md", "2024-07-09"),
        ("---\ntitle: Down on July 5, 2024\ndate: 2024-07-09\n---\n\n", "x.md", "2024-07-05"),
        ("---\ntitle: Down\nincident_date: 2024-07-05\ndate: 2024-07-09\n---\n\n", "x.md", "2024-07-05"),
        # The year of a day without one comes from farther away; a day of publication is at most its year.
        ("---\ndate: 2024-07-09\n---\n\nOn July 2 the API failed.\n\n", "x.md", "2024-07-02"),
        ("---\ndate: 2025-01-09\n---\n\nOn December 30 the API failed.\n\n", "x.md", "2024-12-30"),
        ("# Outage of 2 July\n\n**Date**: 2024-07-09\n\n", "x.md", "2024-07-09"),
        ("# Outage of 2 July\n\n", "2024-07-outages.md", "2024-07-02"),
        ("---\ndate: 2026-03-08\n---\n\nOn August 15 the API failed.\n\n", "x.md", ""),  # which year?
        ("# API down\n\nOn July 2 the API failed.\n\n", "api-down-2024.md", "2024-07-02"),
        ("# API outage, Q3 2024\n\nOn July 2 the API failed.\n\n", "x.md", "2024-07-02"),
        ("# API outage\n\n_Last updated: July 9th, 2024_\n\nOn July 2 the API failed.\n\n", "x.md", "2024-07-02"),
        # A publication is no event.
        ("---\ndate: 2024-07-09\n---\n\n", "x.md", ""),
        ("---\nlastmod: 2024-07-09\n---\n\n", "x.md", ""),
        ("---\ndate: 2024-07-09\nlayout: post\n---\n\n", "2024-07-09-x.md", ""),
        ("+++\ndate = 2024-07-09\n+++\n\n", "x.md", ""),
        ("# Down\n\nPublished on July 9, 2024.\n\n", "x.md", ""),
        ("# Down\n\n*By Ann, July 9, 2024*\n\n", "x.md", ""),
        ("# Down\n\n**Last updated**: 2024-07-09\n\n", "x.md", ""),
        ("# Down\n\n**Meeting scheduled**: 2024-07-09\n\n", "x.md", ""),
        # What the nearest place leaves open, none that is farther away decides.
        ("# Down on 2024-07-05\n\nOn 01/10/2024 the API failed.\n\n", "x.md", ""),
        # Two nights of one incident begin on the first; several days are settled by another place.
        ("# Down\n\n**Date**: 2024-07-02 to 2024-07-03\n\n", "x.md", "2024-07-02"),
        ("# Down on 2024-07-05\n\nOn March 1, 2023 we moved. On July 5, 2024 the API failed.\n\n", "x.md", "2024-07-05"),
        ("# Down\n\nOn March 1, 2023 we moved. On July 5, 2024 the API failed.\n\n", "x.md", ""),
    ],
)  # fmt: skip
def test_the_day_of_events_without_a_day(text: str, name: str, day: str) -> None:
    assert first_day(text + TIMELINE, name) == day
    if not day:
        assert any(
            why in said(text + TIMELINE, name)
            for why in ("no day is stated", "no year is stated", "may be", "several days")
        )


@pytest.mark.parametrize(
    ("heading", "day"),
    [
        ("## Timeline of 2024-07-02 (UTC)", "2024-07-02"),
        ("## Timeline, 2nd of July 2024, UTC", "2024-07-02"),
        ("## Timeline (UTC)\n\n### July 2nd", "2024-07-02"),
        ("## Timeline (UTC)\n\n### Tuesday, July 2", "2024-07-02"),
        ("## Timeline (UTC)\n\n### Monday, July 2", ""),  # it was a Tuesday in 2024
        ("## Timeline (UTC)\n\n### 2 juillet 2024", "2024-07-02"),
        ("## Timeline (UTC)\n\n### 2. Juli", "2024-07-02"),
        ("## Timeline (UTC)\n\n### 2024年7月2日", "2024-07-02"),
        ("## Timeline (UTC)\n\n**July 2:**", "2024-07-02"),
        ("## Timeline (UTC)\n\n02.07.2024", "2024-07-02"),
        ("## Timeline (UTC)\n\n02/07/2024", ""),  # February or July
    ],
)
def test_a_heading_or_line_is_nearer_than_the_write_up(heading: str, day: str) -> None:
    text = f"# Down\n\n**Date**: 2024-06-20\n\n{heading}\n\n- 10:00 error\n- 11:00 fixed\n"
    assert first_day(text) == day


def test_a_contradiction_is_told() -> None:
    text = f"# Down on 2024-07-05\n\nOn July 2, 2024 the API failed.\n\n{TIMELINE}"
    assert "Times without a day are on 2024-07-02" in said(text)
    assert "its title says 2024-07-05" in said(text)


@pytest.mark.parametrize(
    ("first", "second", "at"),
    [
        ("03/04/2024", "14/04/2024", "2024-04-03"),
        ("03/04/2024", "03/14/2024", "2024-03-04"),
        ("03-04-2024", "14-04-2024", "2024-04-03"),
        ("3/4/24", "14/4/24", "2024-04-03"),
        ("03/04", "14/04/2024", "2024-04-03"),
        ("03/04/2024", "4 March 2024", "2024-03-04"),  # the same day in another form
        ("04/04/2024", "05/04/2024", "2024-04-04"),
        ("03.04.2024", "05.04.2024", "2024-04-03"),
        ("03/04/2024", "05/06/2024", ""),
        ("03/04/2024", "14/04/2024 and 04/15/2024", ""),
    ],
)
def test_another_day_settles_the_order(first: str, second: str, at: str) -> None:
    found = events(
        f"# Down\n\n## Timeline (UTC)\n\n- {first} 10:00 error\n- {second} 11:00 fixed\n"
    )
    assert [when[:10] for when, what in found if what == "error"] == ([at] if at else [])


@pytest.mark.parametrize(
    ("zone", "day", "offset", "remark"),
    [
        ("PST", "2024-01-02", "-08:00", ""),
        ("PST", "2024-07-02", "-07:00", "America/Los_Angeles"),
        ("PDT", "2024-01-02", "-08:00", "America/Los_Angeles"),
        ("PT", "2024-07-02", "-07:00", ""),
        ("EST", "2024-07-02", "-04:00", "America/New_York"),
        ("CET", "2024-07-02", "+02:00", "Europe/Berlin"),
        ("CEST", "2024-07-02", "+02:00", ""),
        ("Europe/Berlin", "2024-07-02", "+02:00", ""),
        ("America/New_York", "2024-12-02", "-05:00", ""),
        ("BST", "2024-07-02", "+01:00", "British Summer Time"),
        ("JST", "2024-07-02", "+09:00", ""),
        ("UTC+5:30", "2024-07-02", "+05:30", ""),
        ("GMT-3", "2024-07-02", "-03:00", ""),
        ("IST (UTC+05:30)", "2024-07-02", "+05:30", ""),
        ("CST (UTC-6)", "2024-01-02", "-06:00", ""),
        ("IST", "2024-07-02", "", "India, Ireland, Israel"),
        ("CST", "2024-07-02", "", "names several zones"),
        ("MST", "2024-07-02", "", "Arizona"),
        ("Atlantis/Deep", "2024-07-02", "", "no zone"),
        ("PST", "2024-11-03", "-08:00", ""),
    ],
)
@pytest.mark.parametrize("place", ["entry", "column", "heading", "sentence"])
def test_zones_by_the_calendar(zone: str, day: str, offset: str, remark: str, place: str) -> None:
    rows = f"| {day} 10:00 | error |\n"
    text = {
        "entry": f"## Timeline\n\n- {day} 10:00 {zone} - error\n",
        "column": f"## Timeline\n\n| Time ({zone}) | What |\n|-|-|\n{rows}",
        "heading": f"## Timeline (all times {zone})\n\n- {day} 10:00 - error\n",
        "sentence": f"## Timeline\n\nAll times in {zone}.\n\n- {day} 10:00 - error\n",
    }[place]
    found = events(f"# Down\n\n{text}")
    assert [at for at, _ in found] == ([f"{day}T10:00:00{offset}"] if offset else [])
    assert remark in said(f"# Down\n\n{text}")
    if not remark:
        assert not said(f"# Down\n\n{text}")


def test_a_clock_that_was_changed_is_open() -> None:
    assert not events("# D\n\n## Timeline\n\n- 2024-11-03 01:30 PT - error\n")  # it was twice 01:30
    assert not events("# D\n\n## Timeline\n\n- 2024-03-10 02:30 PT - error\n")  # it was never 02:30
    assert events("# D\n\n## Timeline\n\n- 2024-11-03 01:30 PDT - error\n") == [("2024-11-03T01:30:00-07:00", "error")]  # fmt: skip


def test_a_write_up_settles_a_name_of_several_zones() -> None:
    zone = named_zone("CST")
    assert zone
    assert zone.several
    assert settled(zone, "from CST to CDT").place == "America/Chicago"
    assert settled(zone, "China Standard Time").place == "Asia/Shanghai"
    assert settled(zone, "CDT, China Standard Time").several


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("All times in CET.", "CET"), ("(all times PST)", "PST"), ("All times are UTC+2.", "UTC+02:00"),
        ("All timestamps are in Europe/Berlin", "Europe/Berlin"), ("Alle Zeiten in MESZ", "MESZ"),
        ("Toutes les heures sont en CET", "CET"), ("all times PST/PDT", "PST/PDT"),
        ("all times are met", None), ("The call times out.", None),
    ],
)  # fmt: skip
def test_sentences_about_all_times(text: str, name: str | None) -> None:
    zone = stated_zone(text)
    assert (zone.name if zone else None) == name


@pytest.mark.parametrize(
    ("entry", "at", "what"),
    [
        ("10:00 - error", "2024-07-02T10:00:00Z", "error"),
        ("14h30 : panne", "2024-07-02T14:30:00Z", "panne"),
        ("14.30 Uhr - Ausfall", "2024-07-02T14:30:00Z", "Ausfall"),
        ("7:32 PM - The chain stalled.", "2024-07-02T19:32:00Z", "The chain stalled."),
        ("7 PM - The chain stalled.", "2024-07-02T19:00:00Z", "The chain stalled."),
        ("1430Z error", "2024-07-02T14:30:00Z", "error"),
        ("10:00 - 10:15 error", "2024-07-02T10:00:00Z", "error (10:00 - 10:15)"),
        (
            "10:00\u201310:15 (15 min): error",
            "2024-07-02T10:00:00Z",
            "error (15 min) (10:00\u201310:15)",
        ),
        ("~10:00 error", "2024-07-02T10:00:00Z", "error (~10:00)"),
        ("around 10:00 error", "2024-07-02T10:00:00Z", "error (around 10:00)"),
        ("At 10:00, errors began", "2024-07-02T10:00:00Z", "errors began"),
        ("July 3, 10:00 error", "2024-07-03T10:00:00Z", "error"),
        ("10:00 on July 3 error", "2024-07-03T10:00:00Z", "error"),
        ("10:00 CEST error", "2024-07-02T10:00:00+02:00", "error"),
        ("10:00 - 10:15 CEST error", "2024-07-02T10:00:00+02:00", "error (10:00 - 10:15 CEST)"),
        ("Detected: 2024-07-03 10:00", "2024-07-03T10:00:00Z", "Detected"),
        ("T+95m error", "2024-07-02T11:05:00Z", "error"),
        ("T+1h 35min: error", "2024-07-02T11:05:00Z", "error"),
        ("2h outage begins", None, ""),
        ("10 hosts fail", None, ""),
        ("25:00 error", None, ""),
    ],
)
def test_entries(entry: str, at: str | None, what: str) -> None:
    text = f"# Down\n\n**Start time**: 2024-07-02 09:30 UTC\n\n## Timeline (UTC)\n\n- {entry}\n- 2024-07-04 10:00 end\n"
    found = [event for event in events(text) if not event[0].startswith("2024-07-04") and event[1] != "Start time"]  # fmt: skip
    assert found == ([(at, what)] if at else [])


def test_an_entry_before_the_stated_day_leaves_the_next_open() -> None:
    text = "# Down\n\n**Date**: 2024-07-02\n\n## Timeline (UTC)\n\n- 2024-06-01 10:00 merged\n- 10:00 error\n"
    assert [what for _, what in events(text)] == ["merged"]
    assert "the entry before has another day" in said(text)


def test_no_midnight_is_guessed() -> None:
    newest_first = "# D\n\n**Date**: 2024-07-02\n\n## Timeline (UTC)\n\n- 02:00 c\n- 01:00 b\n- 00:20 a\n- 23:50 z\n"
    assert [what for _, what in events(newest_first)] == ["a", "b", "c"]
    parts = "# D\n\n**Date**: 2024-07-02\n\n## Timeline (UTC)\n\n### Team A\n\n- 23:50 z\n\n### Team B\n\n- 00:20 a\n"
    assert [what for _, what in events(parts)] == ["z"]
    headings = (
        "# D\n\n**Date**: 2024-07-02\n\n## Timeline (UTC)\n\n### 23:50\n\nz\n\n### 00:20\n\na\n"
    )
    assert events(headings) == [("2024-07-02T23:50:00Z", "z"), ("2024-07-03T00:20:00Z", "a")]


@pytest.mark.parametrize(
    ("what", "mark"),
    [
        ("OUTAGE BEGINS", Moment.STARTED), ("Incident started", Moment.STARTED), ("DETECTED by alert", Moment.DETECTED),
        ("Incident was detected by the alert", Moment.DETECTED), ("First detected", Moment.DETECTED),
        ("OUTAGE MITIGATED -- traffic goes elsewhere", Moment.MITIGATED), ("Incident resolved", Moment.RESOLVED),
        ("Rolled back (resolved)", Moment.RESOLVED), ("RESOLVED: rolled back", Moment.RESOLVED), ("OUTAGE ENDS", Moment.RESOLVED),
        ("Incident resolved for some users", None), ("Incident not resolved", None), ("Was it resolved?", None),
        ("Power is lost. OUTAGE BEGINS", Moment.STARTED), ("Alert fires", None), ("We started the rollback", None), ("partially mitigated", None),
    ],
)  # fmt: skip
def test_milestones(what: str, mark: Moment | None) -> None:
    incident = draft_of(f"# D\n\n## Timeline (UTC)\n\n- 2024-07-02 10:00 {what}\n").incident
    assert [event.marks for event in incident.timeline] == [mark]


@given(st.text(max_size=60))
def test_no_text_breaks_the_readers(text: str) -> None:
    for reader in (read_stated_time, read_relative, named_zone, stated_zone, only_day, find_date):
        reader(text)  # type: ignore[operator]
    list(days_in(text))


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.times(), st.sampled_from(["%Y-%m-%d %H:%M", "%d %B %Y, %H:%M", "%B %d, %Y %I:%M %p", "%Y/%m/%d %H:%M:%S", "%a, %d %b %Y %H:%M"]))  # fmt: skip
def test_whole_times_are_read_as_written(day: date, clock: time, form: str) -> None:
    at = datetime.combine(day, clock, UTC)
    stamp = read_stated_time(f"{at.strftime(form)} UTC - it broke")
    assert stamp
    assert stamp.day
    assert stamp.day.sure() == at.date()
    assert (stamp.clock.hour, stamp.clock.minute) == (at.hour, at.minute)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_a_day_of_numbers_is_sure_or_open(day: date) -> None:
    stated = only_day(f"{day:%d/%m/%Y}")
    assert stated
    assert stated.sure() == (day if day.day > 12 or day.day == day.month else None)
