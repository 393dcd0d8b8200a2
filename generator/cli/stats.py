"""`runbooks stats`: print statistics of all incidents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import click

from generator.cli.messages import echo, echo_json
from generator.cli.opening import load_base, say_unreadable, today
from generator.cli.options import format_option, root_option
from generator.insights import LEAST, Figures, figures
from generator.insights.figures import NOT_PROVED, IncidentGroups, Measure, told_sources
from generator.insights.report import figures_report
from generator.text.durations import spell_duration

Rows = Sequence[tuple[str, ...]]


@click.command("stats")
@format_option
@root_option
def stats_command(form: str, root: Path) -> None:
    """Print the figures of the site's page "Insights".

    Withdrawn incidents are left out; drafts count, unless mkdocs.yml leaves them out of the site.
    Times come only from timelines. With --format json, every figure names the incidents that it
    comes from.

    \b
    Examples:
      runbooks stats
      runbooks stats --format json | jq '.times.measures[] | {name, median_seconds}'
    """
    base = load_base(root)
    now = today()
    known = figures(base, now)
    say_unreadable(base, "not counted")
    if form == "json":
        echo_json(figures_report(known, now))
    else:
        echo("\n".join(_lines(known)))


def _lines(known: Figures) -> Iterator[str]:
    left_out = [
        f"{number:,} {what}"
        for number, what in ((known.withdrawn, "withdrawn"), (known.hidden_drafts, "drafts"))
        if number
    ]
    drafts = f", {len(known.drafts):,} of them drafts" if known.drafts else ""
    sources = f", {told_sources(known)}" if known.sources else ""
    out = f"; left out: {', '.join(left_out)}" if left_out else ""
    yield f"Incidents: {len(known.incidents):,}{drafts}{sources}{out}"
    yield from _over_time(known)
    yield from _section("By component", _groups(known.components))
    causes = known.causes
    rows = [
        (f"cause {g.name}", f"{len(g.incidents):,}")
        for g in causes.supported
        if g.incidents or g.name != NOT_PROVED
    ]
    rows += [
        ("cause not written yet", f"{len(causes.unwritten):,}"),
        ("name a trigger", f"{len(causes.triggered):,}"),
        ("name contributing factors", f"{len(causes.factors):,}"),
        (f"rule out claims ({causes.claims:,} in total)", f"{len(causes.ruled_out):,}"),
    ]
    yield from _section("Causes", rows)
    yield from _section("By tag", _groups(causes.tags))
    found = [(g.name, f"{len(g.incidents):,}") for g in known.found.named]
    yield from _section("Detected by", [*found, ("not recorded", f"{len(known.found.without):,}")])
    yield from _times(known)
    records = [(g.name, f"{len(g.incidents):,}") for g in known.proofs.by_state]
    yield from _section("Records of proofs", records or [("no incident has a proof", "")])
    yield from _recurrences(known)
    yield from _section("Action items", [(name, f"{n:,}") for name, n in known.actions])


def _section(title: str, rows: Rows) -> Iterator[str]:
    yield ""
    yield title
    if not rows:
        return
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for first, *rest in rows:
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        yield f"  {'  '.join(cells)}".rstrip()


def _groups(groups: IncidentGroups) -> Rows:
    rows = [(group.name, f"{len(group.incidents):,}") for group in groups.named]
    if groups.rest_names:
        rows.append((f"{groups.rest_names:,} others", f"{len(groups.rest):,}"))
    if groups.without:
        rows.append(("none", f"{len(groups.without):,}"))
    return rows


def _over_time(known: Figures) -> Iterator[str]:
    over = known.over_time
    if over.periods:
        names = [group.name for group in over.periods[0].severities]
        used = [
            n for n in range(len(names)) if any(p.severities[n].incidents for p in over.periods)
        ]
        head = (over.unit, *(names[n] for n in used), "all")
        rows = [
            (
                period.name,
                *(f"{len(period.severities[n].incidents):,}" for n in used),
                f"{len(period.incidents):,}",
            )
            for period in over.periods
        ]
        yield from _section("Over time", [head, *rows])
    else:
        yield from _section("Over time", ())
    if over.undated:
        yield f"  without a timeline: {len(over.undated):,}"


def _times(known: Figures) -> Iterator[str]:
    head = ("", "median", "shortest", "longest", "incidents", "only reported")
    yield from _section("Times", [head, *(_measure(measure) for measure in known.measures)])
    if not all(measure.enough for measure in known.measures):
        yield f"  A median is shown for {LEAST} or more incidents."


def _measure(measure: Measure) -> tuple[str, ...]:
    def cell(length: timedelta | None) -> str:
        return "-" if length is None else spell_duration(length)

    return (
        f"{measure.short}, {measure.name}",
        cell(measure.median),
        cell(measure.shortest),
        cell(measure.longest),
        f"{len(measure.spent):,}",
        f"{len(measure.stated):,}",
    )


def _recurrences(known: Figures) -> Iterator[str]:
    yield ""
    yield f"Recurrences: {sum(len(chain.returns) for chain in known.chains):,}"
    for chain in known.chains:
        yield f"  {chain.first}{'' if chain.known else ' (not in this knowledge base)'}"
        for back in chain.returns:
            when = f" on {back.occurred}" if back.occurred else ""
            still = len(back.open)
            yield f"    recurred as {back.incident}{when}; action items still not done: {still:,}"
