"""What matching needs of each incident: its card, and its signatures; as rows that can be kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.signatures.anchors import Choices, anchor_choices
from generator.signatures.language import SignatureError, compile_signature
from generator.signatures.source import Source
from generator.text.urls import incident_address, on_site

# The model is slow to import, and what is kept does not need it.
if TYPE_CHECKING:
    from generator.model import Incident

_NEVER = "\ufffd this signature cannot be used \ufffd"


@dataclass(frozen=True)
class FirstStep:
    """The first step of a part of an incident's card.

    Attributes:
        part: the part: `diagnosis`, `mitigation` or `fix`.
        do: what to do.
        run: the command; empty if there is none.
        risk: what the command does; empty if nobody says.
        rollback: how to undo it; empty if nobody says.
    """

    part: str
    do: str
    run: str
    risk: str
    rollback: str


@dataclass(frozen=True)
class IncidentCard:
    """The facts to show for an incident that matches.

    Attributes:
        id: its id.
        title: its title.
        severity: its severity.
        status: its status.
        address: the URL of its page, or its path from the site root if no site is known.
        source: the source that it comes from; empty if it is ours.
        alerts: the names of its alerts.
        parameters: the names of its parameters.
        defaults: their defaults, where they have one.
        log_files: the parameters that are the log.
        steps: the first steps.
        more_steps: how many steps follow.
        signatures: each in its plain form.
    """

    id: str
    title: str
    severity: str
    status: str
    address: str
    source: str
    alerts: tuple[str, ...]
    parameters: tuple[str, ...]
    defaults: dict[str, str]
    log_files: tuple[str, ...]
    steps: tuple[FirstStep, ...]
    more_steps: int
    signatures: tuple[Source, ...]


class IncidentRow(NamedTuple):
    """What matching needs of one folder; without a card, its incident cannot match.

    Attributes:
        card: what only a result shows, as data for JSON; empty if it has no card.
        alerts: the names of its alerts.
        signatures: each in its plain form.
        skipped: how many of them cannot be used.
        choices: of each slot of each signature, the texts that can be its anchor.
    """

    card: tuple[Any, ...] = ()
    alerts: tuple[str, ...] = ()
    signatures: tuple[Source, ...] = ()
    skipped: int = 0
    choices: tuple[Choices, ...] = ()


class ShownRow(NamedTuple):
    """What is only needed of incidents that match.

    Attributes:
        source: the source that it comes from; empty if it is ours.
        card: see `IncidentRow`.
        alerts: see `IncidentRow`.
        signatures: see `IncidentRow`.
    """

    source: str
    card: tuple[Any, ...]
    alerts: tuple[str, ...]
    signatures: tuple[Source, ...]


NO_CARD = IncidentRow()
"""The row of a folder without an incident that can match."""


def row_of(incident: Incident | None) -> IncidentRow:
    """Return the row of an incident.

    Args:
        incident: the incident; None if it cannot be read.
    """
    if incident is None:
        return NO_CARD
    from generator.model import FillWith, Status

    if incident.status is Status.WITHDRAWN:
        return NO_CARD
    kept = []
    choices = []
    skipped = 0
    for signature in incident.symptom.signatures:
        source = signature.source
        try:
            compiled = compile_signature(source)
        except SignatureError:
            skipped += 1
            # A signature that never matches takes its place, so that later numbers stay right.
            source = _NEVER
            compiled = compile_signature(source)
        kept.append(source)
        choices.append(anchor_choices(compiled))
    steps = incident.urgent_steps
    card = (
        incident.title,
        incident.severity.value,
        incident.status.value,
        [p.name for p in incident.parameters],
        {p.name: p.default for p in incident.parameters if p.default is not None},
        [p.name for p in incident.parameters if p.fill_with is FillWith.LOG_FILE],
        [
            (part, s.do, s.run or "", s.risk or "", s.rollback.do if s.rollback else "")
            for part, s in steps
        ],
        len(incident.first_steps) - len(steps),
    )
    alerts = tuple(incident.symptom.alerts)
    return IncidentRow(card, alerts, tuple(kept), skipped, tuple(choices))


class Cards(Mapping[str, IncidentCard]):
    """The cards by ID, each made when it is first asked for: few incidents match."""

    def __init__(
        self, ids: Collection[str], shown: Callable[[str], ShownRow], site: str | None
    ) -> None:
        """Remember which incidents have a card.

        Args:
            ids: their ids, each once.
            shown: returns what is shown of one.
            site: the URL of the site, if it is known.
        """
        self._ids = dict.fromkeys(ids)
        self._shown = shown
        self._site = site
        self._made: dict[str, IncidentCard] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, incident_id: str) -> IncidentCard:
        card = self._made.get(incident_id)
        if card is None:
            if incident_id not in self._ids:
                raise KeyError(incident_id)
            card = self._made[incident_id] = self._card(incident_id)
        return card

    def _card(self, incident_id: str) -> IncidentCard:
        row = self._shown(incident_id)
        title, severity, status, parameters, defaults, log_files, steps, more = row.card
        address = incident_address(incident_id)
        return IncidentCard(
            incident_id,
            title,
            severity,
            status,
            on_site(self._site, address) if self._site else address,
            row.source,
            tuple(row.alerts),
            tuple(parameters),
            defaults,
            tuple(log_files),
            tuple(FirstStep(*step) for step in steps),
            more,
            tuple(row.signatures),
        )
