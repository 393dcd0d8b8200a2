"""Figures of all incidents together: what is counted, what is not, and what the page says of it."""

from __future__ import annotations

import json
import posixpath
import re
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cli import runbooks
from generator.cli import stats as command
from generator.insights import LEAST, CountedIncident, UnfinishedReason, chains, figures
from generator.knowledge.loader import incident_of
from generator.model import Incident
from generator.plugin.site_builder import SiteBuilder
from generator.rules import RULES
from generator.rules.engine import lint
from generator.site import Page, Pages, build_pages, charts, environment
from tests.conftest import ROOT
from tests.teaching import TODAY, base_of, content, story, timeline, write_base


def of(incidents: dict[str, dict[str, object]], **options: object):
    return figures(base_of(incidents, **options), TODAY)


def test_a_withdrawn_incident_is_left_out_and_a_draft_counts() -> None:
    known = of(story())
    assert "gone" not in known.incidents
    assert known.withdrawn == 1
    assert known.drafts == ("draft",)
    hidden = of(story(), drafts=False)
    assert hidden.drafts == ()
    assert "draft" not in hidden.incidents
    assert hidden.hidden_drafts == 1


def test_quarters_stand_without_a_gap() -> None:
    known = of(
        {
            "a": content(timeline=timeline("2025-12-31"), severity="SEV1"),
            "b": content(timeline=timeline("2026-07-01")),
            "c": content(),
        }
    )
    periods = known.over_time.periods
    assert [p.name for p in periods] == ["2025 Q4", "2026 Q1", "2026 Q2", "2026 Q3"]
    assert [p.incidents for p in periods] == [("a",), (), (), ("b",)]
    assert known.over_time.undated == ("c",)


def test_a_long_span_is_in_years_and_a_slip_of_the_pen_does_not_make_it_endless() -> None:
    days = ["0026-03-01", "2019-01-01", "2026-02-01"]
    known = of({f"n{n}": content(timeline=timeline(day)) for n, day in enumerate(days)})
    names = [period.name for period in known.over_time.periods]
    assert known.over_time.unit == "year"
    assert names[0] == "before 2003"
    assert names[-1] == "2026"
    assert sum(len(p.incidents) for p in known.over_time.periods) == 3


def test_the_rest_of_many_components_is_one_group() -> None:
    many = {f"n{n:02}": content(components=[f"c{n:02}", "all"]) for n in range(20)}
    groups = of(many).components
    assert groups.named[0].name == "all"
    assert len(groups.named) == 15
    assert groups.rest_names == 6
    assert len(groups.rest) == 6


def times(count: int) -> dict[str, dict[str, object]]:
    return {f"n{n}": content(timeline=timeline("2026-01-01", detected=n + 1)) for n in range(count)}


def test_a_median_is_shown_from_five_incidents_on() -> None:
    few = of(times(LEAST - 1)).measures[0]
    assert (few.median, few.shortest, few.longest) == (None, None, None)
    enough = of(times(LEAST)).measures[0]
    assert enough.median == timedelta(minutes=3)
    assert enough.shortest == timedelta(minutes=1)
    assert enough.longest == timedelta(minutes=5)


def test_a_stated_duration_is_named_and_never_reckoned_with() -> None:
    stated = [{"of": "Time to recovery", "says": "20 minutes", "until": "resolved"}]
    known = of(
        {
            "both": content(timeline=timeline("2026-01-01"), stated_durations=stated),
            "only": content(stated_durations=stated),
            "other": content(stated_durations=[{"of": "Downtime", "says": "an hour"}]),
        }
    )
    resolve = known.measures[2]
    assert [i for i, _ in resolve.spent] == ["both"]
    assert resolve.stated == ("only",)
    assert known.stated_otherwise == ("other",)


def test_a_timeline_in_the_wrong_order_gives_no_time() -> None:
    events = [
        {"at": "2026-01-01T10:00:00Z", "what": "x", "marks": "started"},
        {"at": "2026-01-01T09:00:00Z", "what": "y", "marks": "detected"},
    ]
    assert of({"a": content(timeline=events)}).measures[0].spent == ()


def test_causes_are_counted_by_what_supports_them() -> None:
    causes = of(story()).causes
    assert causes.unwritten == ("draft",)
    assert {g.name: len(g.incidents) for g in causes.supported} == {
        "proved": 0, "not-proved": 0, "observed": 0, "reported": 11,
    }  # fmt: skip


def test_a_cause_is_proved_only_by_a_good_record() -> None:
    from generator.knowledge.base import load
    from tests.conftest import FULL

    def supported(root: Path) -> dict[str, int]:
        causes = figures(load(root, today=TODAY), TODAY).causes
        return {group.name: len(group.incidents) for group in causes.supported}

    assert supported(ROOT)["not-proved"] == 0
    assert supported(ROOT)["proved"] > 0
    assert supported(FULL)["not-proved"] == 1  # nobody has ever run it
    assert supported(FULL)["proved"] == 0


def test_the_repositorys_own_proofs_are_fresh_or_named() -> None:
    from generator.knowledge.base import load

    base = load(ROOT, today=TODAY)
    known = figures(base, TODAY).proofs
    proofs = sum(len(it.proofs) for it in base.incidents.values())
    assert sum(len(group.incidents) for group in known.by_state) == proofs > 0
    later = load(ROOT, today=TODAY + timedelta(days=1000))
    assert [g.name for g in figures(later, TODAY).proofs.by_state] == ["old"]


# -- what came back --------------------------------------------------------------------------------


def of_each(values: dict[str, dict[str, object]]) -> dict[str, CountedIncident]:
    return {i: CountedIncident.of(Incident.model_validate(v)) for i, v in values.items()}


def test_a_chain_says_what_was_not_done() -> None:
    (chain,) = chains(of_each(story()))
    assert chain.members == ("first", "second", "third")
    second, third = chain.returns
    assert [(r.number, r.why) for r in second.unfinished] == [
        (1, UnfinishedReason.OPEN),
        (2, UnfinishedReason.OPEN),
        (3, UnfinishedReason.DROPPED),
        (4, UnfinishedReason.PROPOSED),
    ]
    assert second.done_undated == 1  # done, due before it came back: nothing says when
    assert [
        (r.incident, r.number) for r in third.unfinished if r.why is UnfinishedReason.LATER
    ] == [("second", 3)]
    assert {r.incident for r in third.open} == {"first", "second"}


def test_an_incident_that_names_nothing_known_or_itself() -> None:
    found = chains(of_each({"a": content(recurrence_of="lost"), "b": content(recurrence_of="b")}))
    assert [(c.first, c.known, [r.incident for r in c.returns]) for c in found] == [
        ("lost", False, ["a"])
    ]
    assert found[0].returns[0].unfinished == ()


def test_a_withdrawn_incident_did_not_come_back() -> None:
    values = {"a": content(), "b": content(recurrence_of="a", status="withdrawn")}
    assert chains(of_each(values)) == ()


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdefx"), max_size=6))
def test_circles_and_gaps_end(links: dict[str, str]) -> None:
    days = {name: f"2026-01-{n + 10}" for n, name in enumerate("abcdef")}
    found = chains(
        of_each(
            {
                i: content(recurrence_of=of, timeline=timeline(days[i]), action_items=[{"do": "x"}])
                for i, of in links.items()
            }
        )
    )
    members = [member for chain in found for member in chain.members]
    assert len(members) == len(set(members))
    for chain in found:
        for back in chain.returns:
            assert back.incident not in {left.incident for left in back.unfinished}
    # Whoever names another is in a chain.
    assert {i for i, of in links.items() if i != of} <= set(members)


def test_a_long_chain_takes_no_time() -> None:
    values = {f"n{n:04}": content(recurrence_of=f"n{n - 1:04}") for n in range(1, 1500)}
    (chain,) = chains(of_each(values))
    assert len(chain.returns) == 1499
    assert chain.first == "n0000"


# -- the page and the command ----------------------------------------------------------------------


def page_of(values: dict[str, dict[str, object]], path: str = "insights/index.md") -> Page:
    base = base_of(values)
    maker = Pages(base, environment(Path("/nowhere")), TODAY)
    return {page.path: page for page in maker.insight_pages.pages()}[path]


def test_every_chart_has_a_name_and_a_table() -> None:
    text = page_of(story()).markdown
    pictures = re.findall(r"<svg .*?</svg>", text)
    assert len(pictures) >= 5
    for picture in pictures:
        svg = ElementTree.fromstring(picture)
        assert svg.get("role") == "img"
        assert len(svg.get("aria-label", "")) > 20
        # Colours are the style sheet's affair, and nothing is fetched.
        assert not re.search(r"(fill|style|href|id|onload)=|<script|<style|http", picture)
    tables = text.count('<table class="kb-figures">')
    assert tables >= len(pictures)


def test_the_page_says_what_is_too_little_and_what_is_left_out() -> None:
    few = page_of({**times(3), "gone": content(status="withdrawn"), "d": {"title": "x", "status": "draft"}}).markdown  # fmt: skip
    assert "A median needs at least 5 incidents" in few
    assert "TTD has 3" in few
    assert "too few" in few
    assert "1 withdrawn incident" in few
    assert "including 1 draft." in few
    nothing = page_of({}).markdown
    assert "<svg" not in nothing
    assert "No incident has a start in its timeline" in nothing


def test_every_figure_leads_to_its_incidents() -> None:
    text = page_of(story()).markdown
    for incident_id in ("case-0", "third", "stated", "draft"):
        assert f'href="../incidents/{incident_id}/index.html"' in text
    assert "incidents/gone/" not in text


def test_hostile_titles_do_nothing() -> None:
    evil = '</a><script>alert(1)</script> {{ 7 }} {% x %} "'
    text = page_of({"a": content(title=evil), "b": content(title=evil, recurrence_of="a")}).markdown
    assert "<script" not in text
    assert "{{" not in text
    assert "{%" not in text


def test_charts_are_the_same_every_time_and_with_any_library_for_xml() -> None:
    from pygal.etree import etree

    def draw() -> list[str]:
        return [
            charts.bars("n", {"a": 1, "b" * 90: 12}),
            charts.stacked_bars("n", ["x", "y"], {"A": [1, 0], "B": [0, 3]}, ["a", "b"]),
            charts.ranges("n", {"T": [0.0, 1, 60, 3600, 86400 * 400]}),
        ]

    once = draw()
    was_lxml = etree.lxml
    try:
        etree.to_etree()
        assert draw() == once
    finally:
        if was_lxml:
            etree.to_lxml()
    assert draw() == once


@settings(max_examples=40)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=5))
def test_an_axis_has_few_whole_numbers_up_to_the_largest(numbers: list[int]) -> None:
    picture = charts.bars("n", {f"row {n}": number for n, number in enumerate(numbers)})
    svg = ElementTree.fromstring(picture)
    axis = [
        float(text.text or "")
        for group in svg.iter("g")
        if "kb-c-axis" in (group.get("class") or "") and "kb-c-x" in (group.get("class") or "")
        for text in group.iter("text")
    ]
    assert 2 <= len(axis) <= 7
    assert max(axis) >= max(numbers)
    assert all(tick.is_integer() for tick in axis)


def test_the_command_prints_the_figures_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "today", lambda: TODAY)
    root = str(write_base(tmp_path, story()))
    text = CliRunner().invoke(runbooks, ["stats", "--root", root])
    assert text.exit_code == 0
    for line in (
        "Incidents: 12, 1 of them drafts; left out: 1 withdrawn",
        "  2026 Q1     1     2     1     0    4",
        "TTR, time to resolve   1 h 30 min       1 h  2 h 30 min         10              1",
        "    recurred as second on 2026-02-01; action items still not done: 2",
    ):
        assert line in text.stdout
    report = json.loads(CliRunner().invoke(runbooks, ["stats", "--format", "json", "--root", root]).stdout)  # fmt: skip
    assert report["version"] == 1
    assert report["times"]["measures"][0]["median_seconds"] == 300
    assert report["action_items"]["overdue"] == 2
    assert [r["recurrence_of"] for r in report["recurrences"][0]["returns"]] == ["first", "second"]
    shown = page_of(story()).markdown
    assert "1 h 30 min" in shown
    assert "3 action items open, 2 overdue" in shown


# -- what is made again, and when ------------------------------------------------------------------


def made(session: SiteBuilder, day: date = TODAY) -> list[Page]:
    checked = session.check(day)
    found = session.pages(checked, day)
    session.store.save()
    return found


def edit(root: Path, incident_id: str, old: str, new: str) -> None:
    path = root / "incidents" / incident_id / "incident.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("incident_id", "old", "new"),
    [
        ("first", "Alert on the queue's length", "Changed"),
        ("first", "state: in-progress", "state: done"),
        ("first", "title: The queue stands still", "title: Changed"),
        ("second", "2026-02-01T08:00", "2026-02-02T08:00"),
        ("second", "recurrence_of: first", "recurrence_of: case-1"),
        ("case-3", "by: customer", "by: deploy"),
        ("stated", "until: resolved", "until: detected"),
        ("case-1", "status: published", "status: withdrawn"),
    ],
)
def test_what_is_kept_is_what_is_made_from_nothing(
    tmp_path: Path, incident_id: str, old: str, new: str
) -> None:
    from generator.knowledge.base import load

    root = write_base(tmp_path, story())
    session = SiteBuilder(root)
    before = made(session)
    edit(root, incident_id, old, new)
    base = load(root, today=TODAY)
    findings = lint(base, RULES)
    by_id = {i: [f for f in findings if incident_of(f.file) == i] for i in base.by_id}
    fresh = list(build_pages(base, by_id, TODAY))
    assert fresh != before
    assert made(session) == fresh  # what is in memory
    assert made(SiteBuilder(root)) == fresh  # what the disk has kept


def test_the_pages_of_a_chain_change_with_its_members(tmp_path: Path) -> None:
    root = write_base(tmp_path, story())
    session = SiteBuilder(root)
    made(session)
    edit(root, "first", "Alert on the queue's length", "Count the messages")
    third = {page.path: page for page in made(session)}["incidents/third/index.md"]
    assert "Count the messages" in third.markdown  # two steps away


def test_every_link_leads_somewhere(tmp_path: Path) -> None:
    from generator.knowledge.base import load
    from generator.site import build_assets

    base = load(write_base(tmp_path, story()), today=TODAY)
    pages = {page.path: page.markdown for page in build_pages(base, {}, TODAY)}
    assets = {asset.path for asset in build_assets(base)}
    seen = 0
    for path in ("actions/index.md", "insights/index.md", "incidents/third/index.md"):
        for address in re.findall(r'href="([^"]+)"|\]\(([^)]+)\)', pages[path]):
            target, _, anchor = "".join(address).partition("#")
            full = posixpath.normpath(posixpath.join(posixpath.dirname(path), target or "index.md"))
            full = full.partition("?")[0]
            page = full if full in pages else full.removesuffix(".html") + ".md"
            assert page in pages or full in assets, (path, address)
            if anchor and page in pages:
                assert re.search(rf'#{anchor}[ }}]|id="{anchor}"', pages[page]), (path, address)
            seen += 1
    assert seen > 60
