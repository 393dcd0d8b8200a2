"""The values of the page of insights: for each figure a chart, its table, and its incidents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from generator.insights import LEAST, CountedIncident, Figures
from generator.insights.figures import NOT_PROVED, Ids, IncidentGroup, IncidentGroups, Measure
from generator.site import charts
from generator.site.charts import Chart
from generator.site.links import incident_link, link_html, text_html
from generator.site.page import relative
from generator.site.paging import MOST
from generator.text.durations import spell_duration
from generator.text.labels import plural
from generator.text.markdown import Markdown
from generator.text.urls import slug

PAGE = "insights/index.md"

_MOST = 100
"""The most links of one group on the page; `runbooks stats` lists all of them."""

_SUPPORT = {
    "proved": "Proved: a program reproduces it",
    "not-proved": "Not proved: marked as proved, but its proof has no good record",
    "observed": "Observed: a log or a measurement is attached",
    "reported": "Reported: somebody stated it",
}
_PROOF_STATES = {
    "good": "Good",
    "old": "Too old",
    "stale": "Stale: the proof, or what it proves, has changed since",
    "failed": "Failed when it last ran",
    "missing": "Never run",
}


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table: its head, and rows that begin with HTML."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Markdown, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class FigureOrigin:
    """The incidents that a figure comes from: groups of links (HTML), and how many more there are.

    In a large knowledge base it has no groups, but a link to the pages that list them.
    """

    summary: str
    groups: tuple[tuple[str, tuple[Markdown, ...], str], ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class OriginList:
    """The incidents that a figure comes from, for pages of their own.

    Attributes:
        path: the path of the first page.
        title: the title of every page.
        summary: says what the list has, on the first page.
        rows: the name of the group, and what `link` shows.
        link: returns the link (HTML) from a page to what a row shows.
        newest_first: whether new rows come first.
    """

    path: str
    title: str
    summary: str
    rows: tuple[tuple[str, str], ...]
    link: Callable[[str, str], Markdown]
    newest_first: bool


@dataclass(frozen=True, slots=True)
class FigureView:
    """A figure: its text, its chart, its table, and its incidents."""

    text: str = ""
    chart: Chart | None = None
    table: FigureTable | None = None
    origins: tuple[FigureOrigin, ...] = ()


@dataclass(frozen=True, slots=True)
class InsightSection:
    """A heading and the figures below it."""

    title: str
    anchor: str
    parts: tuple[FigureView, ...]


class InsightSections:
    """Makes the sections of the page."""

    def __init__(self, figures: Figures, incidents: Mapping[str, CountedIncident]) -> None:
        """Initialize the sections.

        Args:
            figures: all figures.
            incidents: what is counted of the incidents that the site shows.
        """
        self._figures = figures
        self._incidents = incidents
        self._apart = len(figures.incidents) > MOST
        self.lists: list[OriginList] = []

    def all(self) -> list[InsightSection]:
        """Return the sections about all incidents; recurrences have their own part."""
        figures = self._figures
        return [
            InsightSection("Incidents over time", "over-time", (self._over_time(),)),
            InsightSection("By component", "by-component", (self._by("components", "component", figures.components),)),
            InsightSection("Causes", "causes", tuple(self._causes())),
            InsightSection("How they were detected", "found", (self._found(),)),
            InsightSection("Times to detect, mitigate and resolve", "times", (self._times(),)),
            InsightSection("How fresh the proofs are", "proofs", (self._proofs(),)),
        ]  # fmt: skip

    # -- pieces --------------------------------------------------------------------------------

    def _link(self, page: str, incident_id: str) -> Markdown:
        return incident_link(page, incident_id, self._incidents[incident_id].title)

    def _origin(
        self,
        anchor: str,
        summary: str,
        groups: Iterable[tuple[str, Ids]],
        link: Callable[[str, str], Markdown] | None = None,
    ) -> tuple[FigureOrigin, ...]:
        """Return a list of incidents, or of what `link` says; none where there are none.

        Args:
            anchor: the name of its pages, if it has pages of its own.
            summary: says what it lists.
            groups: the ids by the name of the group.
            link: returns the link from a page to what an id shows; the default is the incident.
        """
        make = link or self._link
        shown = [(name, ids) for name, ids in groups if ids]
        if not shown:
            return ()
        if self._apart:
            path = f"insights/{anchor}/index.md"
            rows = tuple((name, i) for name, ids in shown for i in ids)
            ordered = len(shown) == 1 or anchor == "over-time"
            title = f"Insights: {anchor.replace('-', ' ')}"
            self.lists.append(OriginList(path, title, summary, rows, make, ordered))
            return (FigureOrigin(summary, (), f"{anchor}/index.html"),)
        found = tuple(
            (name, tuple(make(PAGE, i) for i in ids[:_MOST]), _more(ids)) for name, ids in shown
        )
        return (FigureOrigin(summary, found),)

    # -- figures -------------------------------------------------------------------------------

    def _over_time(self) -> FigureView:
        over = self._figures.over_time
        undated = self._origin(
            "undated",
            f"{plural(len(over.undated), 'incident')} without a start in the timeline",
            [("", over.undated)],
        )
        if not over.periods:
            return FigureView("No incident has a start in its timeline.", origins=undated)
        used = [
            n
            for n, group in enumerate(over.periods[0].severities)
            if any(period.severities[n].incidents for period in over.periods)
        ]
        names = [over.periods[0].severities[n].name for n in used]
        counts = {
            name: [len(period.severities[n].incidents) for period in over.periods]
            for n, name in zip(used, names, strict=True)
        }
        rows = tuple(
            (
                text_html(period.name),
                (*(f"{counts[name][n]:,}" for name in names), f"{len(period.incidents):,}"),
            )
            for n, period in enumerate(over.periods)
        )
        dated = sum(len(period.incidents) for period in over.periods)
        text = f"By the day on which the incident started, in {over.unit}s."
        if over.undated:
            text += f" {plural(len(over.undated), 'incident has', 'incidents have')} no start in the timeline and {'is' if len(over.undated) == 1 else 'are'} not counted."
        origins = self._origin(
            "over-time",
            f"The {plural(dated, 'incident')} counted here, by {over.unit}",
            [(period.name, period.incidents) for period in reversed(over.periods)],
        )
        return FigureView(
            text,
            Chart(charts.stacked_bars,
                f"Bar chart: incidents by {over.unit} and severity. The table below has the numbers.",
                [period.name for period in over.periods],
                counts,
                [f"kb-{name.lower()}" for name in names],
            ),
            FigureTable(f"Incidents by {over.unit} and severity", (over.unit.title(), *names, "All"), rows),
            (*origins, *undated),
        )  # fmt: skip

    def _by(self, kind: str, one: str, groups: IncidentGroups) -> FigureView:
        """Return the figure of components or of tags; their own pages list the incidents."""
        without = self._origin(
            f"no-{one}",
            f"{plural(len(groups.without), 'incident')} without a {one}",
            [("", groups.without)],
        )
        if not groups.named:
            return FigureView(f"No incident names a {one}.", origins=without)
        rows = {group.name: len(group.incidents) for group in groups.named}
        table = [
            (
                link_html(relative(PAGE, f"{kind}/{slug(name)}/index.html"), name),
                (f"{number:,}",),
            )
            for name, number in rows.items()
        ]
        text = (
            f"An incident that names several {one}s counts for each. The links list the incidents."
        )
        if groups.rest_names:
            label = f"{groups.rest_names:,} others"
            every = relative(PAGE, f"{kind}/index.html")
            table.append((link_html(every, label), (f"{len(groups.rest):,}",)))
            # In the chart they would dwarf all others.
            text += f" The chart has the {len(groups.named)} most frequent; the table combines the rest in one row."
        if groups.without:
            text += f" {plural(len(groups.without), 'incident names', 'incidents name')} none."
        return FigureView(
            text,
            Chart(
                charts.bars,
                f"Bar chart: incidents by {one}. The table below has the numbers.",
                rows,
            ),
            FigureTable(f"Incidents by {one}", (one.title(), "Incidents"), tuple(table)),
            without,
        )

    def _counted(
        self, what: str, head: str, groups: Iterable[IncidentGroup], origin: str
    ) -> FigureView:
        """Return a figure of a few groups, with all their incidents."""
        listed = list(groups)
        rows = {group.name: len(group.incidents) for group in listed}
        return FigureView(
            chart=Chart(
                charts.bars, f"Bar chart: {what}. The table below has the numbers.", _short(rows)
            ),
            table=FigureTable(
                what[:1].upper() + what[1:],
                (head, "Incidents"),
                tuple((text_html(name), (f"{number:,}",)) for name, number in rows.items()),
            ),
            origins=self._origin(
                slug(head).lower(), origin, [(group.name, group.incidents) for group in listed]
            ),
        )

    def _causes(self) -> Iterator[FigureView]:
        causes = self._figures.causes
        total = len(self._figures.incidents)
        yield FigureView(
            "Causes are free text, so this page does not classify them. It counts the evidence for them, "
            "and the tags that authors chose.",
        )
        if any(group.incidents for group in causes.supported):
            yield self._counted(
                "incidents by evidence for the root cause",
                "Evidence",
                [
                    IncidentGroup(_SUPPORT[g.name], g.incidents)
                    for g in causes.supported
                    if g.incidents or g.name != NOT_PROVED
                ],
                "The incidents by evidence for the root cause",
            )
        said = [
            ("Name a trigger", causes.triggered),
            ("Name contributing factors", causes.factors),
            (f"Rule out claims ({plural(causes.claims, 'claim')})", causes.ruled_out),
            ("Do not name a root cause yet", causes.unwritten),
        ]
        yield FigureView(
            table=FigureTable(
                f"What {plural(total, 'incident')} say about the cause",
                ("What", "Incidents"),
                tuple((text_html(name), (f"{len(ids):,}",)) for name, ids in said),
            ),
            origins=self._origin(
                "statements", "The incidents by what they say about the cause", said
            ),
        )
        yield self._by("tags", "tag", causes.tags)

    def _found(self) -> FigureView:
        found = self._figures.found
        if not found.named:
            return FigureView("No incident records how it was detected.")
        groups = [IncidentGroup(g.name.title(), g.incidents) for g in found.named]
        if found.without:
            groups.append(IncidentGroup("Not recorded", found.without))
        return self._counted(
            "incidents by how they were detected",
            "Detected by",
            groups,
            "The incidents by how they were detected",
        )

    def _times(self) -> FigureView:
        measures = self._figures.measures
        enough = [m for m in measures if m.enough]
        text = (
            "From the start to detection, mitigation and resolution, as timelines record it. "
            f"A median needs at least {LEAST} incidents; with fewer, it is not shown."
        )
        few = [f"{m.short} has {len(m.spent)}" for m in measures if not m.enough]
        if few:
            text += f" {', '.join(few)}."
        stated = tuple(dict.fromkeys(i for m in measures for i in m.stated))
        other = tuple(i for i in self._figures.stated_otherwise if i not in stated)
        if stated or other:
            text += (
                " A duration that a write-up reports without times is excluded: "
                f"{plural(len(stated) + len(other), 'incident reports', 'incidents report')} one."
            )
        chart = None
        if enough:
            text += (
                " In the chart, a box shows the middle half of the incidents, the line in it shows the "
                "median, and the whiskers end at the shortest and the longest time."
            )
            chart = Chart(
                charts.ranges,
                "Box plot on a logarithmic scale: shortest, median and longest times. The table below has the numbers.",
                {m.short: [seconds for _, seconds in m.spent] for m in enough},
            )
        spent: dict[str, list[str]] = {}
        for m in measures:
            for i, seconds in m.spent:
                spent.setdefault(i, []).append(
                    f"{m.short} {spell_duration(timedelta(seconds=seconds))}"
                )
        ids = tuple(i for i in self._figures.incidents if i in spent)

        def timed(page: str, i: str) -> Markdown:
            return Markdown(f"{self._link(page, i)}: {', '.join(spent[i])}")

        summary = f"The {plural(len(ids), 'incident')} with one of these times in the timeline"
        origins = list(self._origin("times", summary, [("", ids)], timed))
        origins += self._origin(
            "reported-times",
            f"{plural(len(stated) + len(other), 'incident')} with times that are only reported",
            [("For one of these", stated), ("For something else", other)],
        )
        return FigureView(text, chart, _times_table(measures), tuple(origins))

    def _proofs(self) -> FigureView:
        proofs = self._figures.proofs
        total = sum(len(group.incidents) for group in proofs.by_state)
        if not total:
            return FigureView("No incident has a proof.")
        rows = {_PROOF_STATES[g.name]: len(g.incidents) for g in proofs.by_state}
        origins = self._origin(
            "proofs",
            f"The {plural(total, 'proof')} of {plural(len(proofs.incidents), 'incident')}",
            [(_PROOF_STATES[g.name], g.incidents) for g in proofs.by_state],
            self._proof_link,
        )
        return FigureView(
            f"A record of a proof is valid for {plural(proofs.max_age_days, 'day')}, unless the proof or "
            "what it proves changes.",
            Chart(charts.bars, "Bar chart: proofs by the state of their record. The table below has the numbers.", _short(rows)),
            FigureTable(
                "Proofs by the state of their record",
                ("Record", "Proofs"),
                tuple((text_html(name), (f"{n:,}",)) for name, n in rows.items()),
            ),
            origins,
        )  # fmt: skip

    def _proof_link(self, page: str, name: str) -> Markdown:
        incident_id, _, proof = name.partition("#")
        address = relative(page, f"incidents/{incident_id}/proofs/index.html#{proof}")
        return link_html(address, f"{self._incidents[incident_id].title}: {proof}")


def _more(ids: Ids) -> str:
    return f"and {len(ids) - _MOST:,} more" if len(ids) > _MOST else ""


def _times_table(measures: Iterable[Measure]) -> FigureTable:
    def cell(length: timedelta | None) -> str:
        return "too few" if length is None else spell_duration(length)

    rows = tuple(
        (
            text_html(f"{m.name[:1].upper()}{m.name[1:]} ({m.short})"),
            (
                cell(m.median),
                cell(m.shortest),
                cell(m.longest),
                f"{len(m.spent):,}",
                f"{len(m.stated):,}",
            ),
        )
        for m in measures
    )
    head = ("Time", "Median", "Shortest", "Longest", "Incidents", "Only reported")
    return FigureTable("Times from timelines", head, rows)


def _short(rows: Mapping[str, int]) -> dict[str, int]:
    """Cut names before their explanation."""
    return {name.split(":")[0]: number for name, number in rows.items()}
