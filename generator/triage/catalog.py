"""The data of a knowledge base for matching, kept in a file so that a small paste answers at once.

The file is in the folder of the knowledge base; `generator.cache` decides whether it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.cache.fingerprints import incident_files, stamp_all
from generator.cache.kept_files import read_kept, write_kept
from generator.cache.trust import FOLDER
from generator.signatures.anchors import anchors
from generator.signatures.language import Signature, SignatureError, compile_signature
from generator.signatures.ordinary import ordinary_text
from generator.signatures.scanner import Matcher
from generator.text.urls import incident_address, on_site
from generator.triage.results import IncidentSignature

# The modules that load a knowledge base are slow to import, and a fresh catalog does not need them.
if TYPE_CHECKING:
    from generator.knowledge.base import KnowledgeBase

FILE = f"{FOLDER}/matching.json"
FIRST_STEPS = 3


@dataclass(frozen=True)
class FirstStep:
    """One of the first steps of an incident's card."""

    do: str
    run: str
    risk: str


@dataclass(frozen=True)
class IncidentCard:
    """The facts to show for an incident that matches."""

    id: str
    title: str
    severity: str
    status: str
    address: str
    alerts: tuple[str, ...]
    parameters: tuple[str, ...]
    defaults: dict[str, str]
    steps: tuple[FirstStep, ...]
    more_steps: int
    signatures: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Catalog:
    """All cards, and the anchors of their signatures."""

    cards: Mapping[str, IncidentCard]
    anchors: tuple[bytes | None, ...]
    skipped: int = 0

    @cached_property
    def named(self) -> Sequence[IncidentSignature]:
        """Every signature with its incident; each is compiled on first use."""
        return _Lazily(
            [
                (card.id, index, text, is_regex)
                for card in self.cards.values()
                for index, (text, is_regex) in enumerate(card.signatures)
            ]
        )

    @cached_property
    def matcher(self) -> Matcher:
        """The matcher of all signatures."""
        return Matcher(_Signatures(self.named), self.anchors)

    @cached_property
    def by_alert(self) -> Mapping[str, tuple[str, ...]]:
        """IDs of incidents by alert name."""
        found: dict[str, list[str]] = {}
        for card in self.cards.values():
            for alert in card.alerts:
                found.setdefault(alert, []).append(card.id)
        return {alert: tuple(ids) for alert, ids in found.items()}


class _Lazily(Sequence[IncidentSignature]):
    def __init__(self, rows: list[tuple[str, int, str, bool]]) -> None:
        self._rows = rows
        self._made: dict[int, IncidentSignature] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: Any) -> Any:
        if number not in self._made:
            incident, index, text, is_regex = self._rows[number]
            signature = compile_signature(None if is_regex else text, text if is_regex else None)
            self._made[number] = IncidentSignature(incident, index, signature)
        return self._made[number]


class _Signatures(Sequence[Signature]):
    def __init__(self, named: Sequence[IncidentSignature]) -> None:
        self._named = named

    def __len__(self) -> int:
        return len(self._named)

    def __getitem__(self, number: Any) -> Any:
        return self._named[number].signature


def catalog(root: Path, load: Callable[[], KnowledgeBase]) -> Catalog:
    """Return the catalog of a knowledge base, from its file if it is fresh.

    Args:
        root: the folder of the knowledge base.
        load: loads the knowledge base; called only if it must be read.
    """
    stamp = _stamp(root)
    path = root / FILE
    kept = _read(path, stamp)
    if kept is not None:
        return kept
    made = make_catalog(load())
    _write(path, stamp, made)
    return made


def make_catalog(base: KnowledgeBase) -> Catalog:
    """Make the catalog of a loaded knowledge base, without invalid signatures."""
    from generator.model import Status

    cards: dict[str, IncidentCard] = {}
    compiled: list[Signature] = []
    skipped = 0
    for incident_id, incident in base.incidents.items():
        if incident.status is Status.WITHDRAWN:
            continue
        kept = []
        for signature in incident.symptom.signatures:
            try:
                compiled.append(compile_signature(signature.text, signature.regex))
            except SignatureError:
                skipped += 1
                # A signature that never matches takes its place, so that later numbers stay right.
                compiled.append(compile_signature(_NEVER, None))
                kept.append((_NEVER, False))
                continue
            kept.append((signature.text or signature.regex or "", signature.text is None))
        steps = incident.first_steps
        address = incident_address(incident_id)
        site = base.settings.site_url
        cards[incident_id] = IncidentCard(
            incident_id,
            incident.title,
            incident.severity.value,
            incident.status.value,
            on_site(site, address) if site else address,
            incident.symptom.alerts,
            tuple(p.name for p in incident.parameters),
            {p.name: p.default for p in incident.parameters if p.default is not None},
            tuple(FirstStep(s.do, s.run or "", s.risk or "") for s in steps[:FIRST_STEPS]),
            max(len(steps) - FIRST_STEPS, 0),
            tuple(kept),
        )
    return Catalog(cards, tuple(anchors(compiled, ordinary_text())), skipped)


_NEVER = "\ufffd this signature cannot be used \ufffd"


def _stamp(root: Path) -> str:
    return stamp_all((str(root / "mkdocs.yml"), *incident_files(root)))


def _read(path: Path, stamp: str) -> Catalog | None:
    data = read_kept(path, stamp)
    if data is None:
        return None
    cards = {
        row["id"]: IncidentCard(
            **{
                **row,
                "alerts": tuple(row["alerts"]),
                "parameters": tuple(row["parameters"]),
                "steps": tuple(FirstStep(**step) for step in row["steps"]),
                "signatures": tuple((t, r) for t, r in row["signatures"]),
            }
        )
        for row in data["cards"]
    }
    texts = tuple(None if a is None else a.encode() for a in data["anchors"])
    return Catalog(cards, texts, data["skipped"])


def _write(path: Path, stamp: str, made: Catalog) -> None:
    data = {
        "cards": [asdict(card) for card in made.cards.values()],
        "anchors": [None if a is None else a.decode("utf-8", "ignore") for a in made.anchors],
        "skipped": made.skipped,
    }
    write_kept(path, stamp, data)
