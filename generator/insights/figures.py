"""All figures about the incidents, which pages and commands show.

A figure has the ids of its incidents, so that pages and commands can list them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from generator.insights.actions import action_items
from generator.insights.counted import CountedIncident, counted
from generator.insights.recurrence import Chain, chains
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.records import ProofState
from generator.model import INTERVALS, Detector, Evidence, SeverityLevel, Status

LEAST = 5
"""The number of incidents from which a median is shown; with fewer, it is not meaningful."""

NOT_PROVED = "not-proved"
"""A cause that is marked as proved, but whose proof has no good record."""

SUPPORT = (
    Evidence.PROVED.value,
    NOT_PROVED,
    Evidence.OBSERVED.value,
    Evidence.REPORTED.value,
)

MOST_NAMED = 15
"""The most components, or tags, in groups of their own; the rest is one group."""

_QUARTERS = 16
_YEARS = 24

Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IncidentGroup:
    """Incidents that have something in common, newest first."""

    name: str
    incidents: Ids


@dataclass(frozen=True, slots=True)
class IncidentGroups:
    """Incidents by a value, such as a component.

    Attributes:
        named: the groups, largest first, or in their own order.
        rest: the incidents that have one of the other names.
        rest_names: the number of other names.
        without: the incidents that have none.
    """

    named: tuple[IncidentGroup, ...]
    rest: Ids = ()
    rest_names: int = 0
    without: Ids = ()


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter or a year.

    Attributes:
        name: `2026 Q1`, `2026`, or `before 2003`.
        severities: its incidents by severity, worst first; includes every severity.
    """

    name: str
    severities: tuple[IncidentGroup, ...]

    @property
    def incidents(self) -> Ids:
        """All incidents of the period."""
        return tuple(i for group in self.severities for i in group.incidents)


@dataclass(frozen=True, slots=True)
class OverTime:
    """Incidents by when they began.

    Attributes:
        unit: quarter or year.
        periods: the periods without a gap, oldest first.
        undated: the incidents without a start in the timeline.
    """

    unit: str
    periods: tuple[Period, ...]
    undated: Ids


@dataclass(frozen=True, slots=True)
class Measure:
    """A time to detect, mitigate or resolve, for all incidents whose timeline has it.

    Attributes:
        short: TTD, TTM or TTR.
        name: its meaning.
        spent: the incidents with their seconds, shortest first.
        stated: incidents that only report a duration; excluded from the statistics.
    """

    short: str
    name: str
    spent: tuple[tuple[str, float], ...]
    stated: Ids

    @property
    def enough(self) -> bool:
        """Whether there are enough incidents for a meaningful median."""
        return len(self.spent) >= LEAST

    @property
    def median(self) -> timedelta | None:
        """The median, if there are at least `LEAST` incidents."""
        return timedelta(seconds=median(s for _, s in self.spent)) if self.enough else None

    @property
    def shortest(self) -> timedelta | None:
        """The shortest time, if there are at least `LEAST` incidents."""
        return timedelta(seconds=self.spent[0][1]) if self.enough else None

    @property
    def longest(self) -> timedelta | None:
        """The longest time, if there are at least `LEAST` incidents."""
        return timedelta(seconds=self.spent[-1][1]) if self.enough else None


@dataclass(frozen=True, slots=True)
class Causes:
    """What incidents say about their causes.

    Attributes:
        supported: incidents by the evidence for their root cause.
        unwritten: drafts that do not name a root cause yet.
        tags: incidents by tag.
        triggered: incidents that name a trigger.
        factors: incidents that name contributing factors.
        ruled_out: incidents that rule out claims.
        claims: the number of such claims.
    """

    supported: tuple[IncidentGroup, ...]
    unwritten: Ids
    tags: IncidentGroups
    triggered: Ids
    factors: Ids
    ruled_out: Ids
    claims: int


@dataclass(frozen=True, slots=True)
class Proofs:
    """The state of the records of proofs.

    Attributes:
        max_age_days: how many days a record stays good.
        by_state: proofs by state, the best first, each proof as `incident#proof`.
        incidents: the incidents that have proofs.
    """

    max_age_days: int
    by_state: tuple[IncidentGroup, ...]
    incidents: Ids


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a knowledge base.

    Attributes:
        incidents: the incidents that count, newest first.
        drafts: the drafts among them.
        sources: those of other knowledge bases, by the name of the source.
        withdrawn: the number of withdrawn incidents, which do not count.
        hidden_drafts: the number of drafts that do not count, because the site does not show them.
        over_time: by start.
        components: by component.
        causes: what they say about their causes.
        found: by how they were detected.
        measures: TTD, TTM and TTR.
        stated_otherwise: incidents that report a duration of an unknown kind.
        proofs: the state of the records of proofs.
        chains: incidents that recurred.
        actions: the number of action items, by status.
    """

    incidents: Ids
    drafts: Ids
    sources: tuple[IncidentGroup, ...]
    withdrawn: int
    hidden_drafts: int
    over_time: OverTime
    components: IncidentGroups
    causes: Causes
    found: IncidentGroups
    measures: tuple[Measure, ...]
    stated_otherwise: Ids
    proofs: Proofs
    chains: tuple[Chain, ...]
    actions: tuple[tuple[str, int], ...]


def told_sources(figures: Figures) -> str:
    """Return how many of the incidents come from which source, in words; empty if all are ours."""
    return ", ".join(f"{len(group.incidents):,} from {group.name}" for group in figures.sources)


def figures(
    base: KnowledgeBase, today: date, visible: Mapping[str, CountedIncident] | None = None
) -> Figures:
    """Compute all figures.

    Figures count the incidents that the site shows and that are not withdrawn. A draft counts: the
    incident happened, whoever has read its text since.

    Args:
        base: the knowledge base.
        today: the date against which due dates are checked; the age of proofs uses `base.today`.
        visible: what is counted of each incident that the site shows, if it is known.
    """
    if visible is None:
        visible = counted(base.shown)
    those = {i: it for i, it in visible.items() if it.status != Status.WITHDRAWN}
    ids = tuple(i for i in base.newest if i in those)
    incidents = {i: those[i] for i in ids}
    return Figures(
        incidents=ids,
        drafts=_having(incidents, lambda it: it.status == Status.DRAFT),
        sources=_by_source(base, ids),
        withdrawn=len(visible) - len(those),
        hidden_drafts=len(base.facts) - len(visible),
        over_time=_over_time(incidents),
        components=_groups(incidents, lambda it: it.components),
        causes=_causes(base, incidents),
        found=_found(incidents),
        measures=tuple(
            _measure(incidents, short, name, until.value) for short, name, until in INTERVALS
        ),
        stated_otherwise=_having(
            incidents, lambda it: any(until not in _UNTIL for until in it.stated)
        ),
        proofs=_proofs(base, incidents),
        chains=chains(visible),
        actions=tuple(action_items(visible, today).counts().items()),
    )


def _by_source(base: KnowledgeBase, ids: Ids) -> tuple[IncidentGroup, ...]:
    members: dict[str, list[str]] = {}
    for i in ids:
        if source := base.source_of(i):
            members.setdefault(source, []).append(i)
    return tuple(IncidentGroup(source, tuple(members[source])) for source in sorted(members))


def _having(
    incidents: Mapping[str, CountedIncident], has: Callable[[CountedIncident], object]
) -> Ids:
    return tuple(i for i, incident in incidents.items() if has(incident))


def _over_time(incidents: Mapping[str, CountedIncident]) -> OverTime:
    days = {i: day for i, it in incidents.items() if (day := it.occurred)}
    undated = tuple(i for i in incidents if i not in days)
    if not days:
        return OverTime("quarter", (), undated)
    first, last = min(days.values()), max(days.values())
    by_quarter = _quarter(last) - _quarter(first) < _QUARTERS
    number = _quarter if by_quarter else _year
    begin = max(number(first), number(last) - _YEARS + 1)
    # A mistyped date can be centuries back; a chart has no room for that.
    names = {n: f"{n // 4} Q{n % 4 + 1}" if by_quarter else f"{n}" for n in range(begin, number(last) + 1)}  # fmt: skip
    if number(first) < begin:
        names = {begin - 1: f"before {names[begin]}", **names}
    members: dict[int, dict[str, list[str]]] = {n: {} for n in names}
    for i, day in days.items():
        period = members[max(number(day), min(names))]
        period.setdefault(incidents[i].severity, []).append(i)
    periods = tuple(
        Period(
            name,
            tuple(
                IncidentGroup(s.value, tuple(members[n].get(s.value, ()))) for s in SeverityLevel
            ),
        )
        for n, name in names.items()
    )
    return OverTime("quarter" if by_quarter else "year", periods, undated)


def _quarter(day: date) -> int:
    return day.year * 4 + (day.month - 1) // 3


def _year(day: date) -> int:
    return day.year


def _groups(
    incidents: Mapping[str, CountedIncident], names: Callable[[CountedIncident], Iterable[str]]
) -> IncidentGroups:
    """Group incidents by a value; an incident that has several values counts for each."""
    members: dict[str, dict[str, None]] = {}
    without: list[str] = []
    for i, incident in incidents.items():
        named = tuple(names(incident))
        if not named:
            without.append(i)
        for name in named:
            members.setdefault(name, {})[i] = None
    order = sorted(members, key=lambda name: (-len(members[name]), name))
    rest = {i for name in order[MOST_NAMED:] for i in members[name]}
    return IncidentGroups(
        tuple(IncidentGroup(name, tuple(members[name])) for name in order[:MOST_NAMED]),
        tuple(i for i in incidents if i in rest),
        len(order[MOST_NAMED:]),
        tuple(without),
    )


def _causes(base: KnowledgeBase, incidents: Mapping[str, CountedIncident]) -> Causes:
    unwritten = _having(incidents, lambda it: not it.has_cause)
    drafted = set(unwritten)
    written = [i for i in incidents if i not in drafted]
    support = {i: _support(base, i, incidents[i].evidence) for i in written}
    return Causes(
        supported=tuple(
            IncidentGroup(name, tuple(i for i in written if support[i] == name)) for name in SUPPORT
        ),
        unwritten=unwritten,
        tags=_groups(incidents, lambda it: it.tags),
        triggered=_having(incidents, lambda it: it.triggered),
        factors=_having(incidents, lambda it: it.has_factors),
        ruled_out=_having(incidents, lambda it: it.ruled_out),
        claims=sum(it.ruled_out for it in incidents.values()),
    )


def _support(base: KnowledgeBase, incident_id: str, evidence: str) -> str:
    """Return the evidence for a cause; proved only if a record of its proof is good."""
    if evidence != Evidence.PROVED:
        return evidence
    incident = base.incidents[incident_id]
    proof = next((p for p in incident.proofs if p.id == incident.root_cause.proof), None)
    holds = proof and base.proof_state(incident_id, proof).holds
    return Evidence.PROVED.value if holds else NOT_PROVED


def _found(incidents: Mapping[str, CountedIncident]) -> IncidentGroups:
    members: dict[str, list[str]] = {}
    for i, incident in incidents.items():
        members.setdefault(incident.detected_by, []).append(i)
    named = tuple(IncidentGroup(by.value, tuple(members[by])) for by in Detector if by in members)
    return IncidentGroups(named, without=tuple(members.get("", ())))


_UNTIL = frozenset(interval.until.value for interval in INTERVALS)


def _measure(
    incidents: Mapping[str, CountedIncident], short: str, name: str, until: str
) -> Measure:
    spent = {i: it.seconds[short] for i, it in incidents.items() if short in it.seconds}
    stated = tuple(i for i, it in incidents.items() if i not in spent and until in it.stated)
    return Measure(short, name, tuple(sorted(spent.items(), key=lambda s: (s[1], s[0]))), stated)


def _proofs(base: KnowledgeBase, incidents: Mapping[str, CountedIncident]) -> Proofs:
    members: dict[ProofState, list[str]] = {}
    for i in _having(incidents, lambda it: it.proofs):
        for proof in base.incidents[i].proofs:
            members.setdefault(base.proof_state(i, proof), []).append(f"{i}#{proof.id}")
    order = (
        ProofState.GOOD,
        ProofState.OLD,
        ProofState.STALE,
        ProofState.FAILED,
        ProofState.MISSING,
    )
    return Proofs(
        base.settings.proof_max_age_days,
        tuple(IncidentGroup(s.value, tuple(members[s])) for s in order if s in members),
        _having(incidents, lambda it: it.proofs),
    )
