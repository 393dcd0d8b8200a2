"""The data of a knowledge base for matching, kept in a file so that a small paste answers at once.

The file is in the folder of the knowledge base; `generator.cache` decides whether it is used. It has a
row for each folder under `incidents/`, with the stamp of its file, so that only what changed is read
again. Its first line has all rows without their cards, the second the texts to choose anchors from,
and each other line a card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.cache.fingerprints import INCIDENT_FILE, stamp
from generator.cache.json_text import decode, encode
from generator.cache.kept_files import read_kept_bytes, write_kept_bytes
from generator.cache.memory import collector_off
from generator.cache.trust import FOLDER
from generator.knowledge.roots import earlier_twins
from generator.knowledge.sources.places import IncidentPlaces, incident_places
from generator.signatures.anchors import MANY, choose_anchor
from generator.signatures.language import CompiledSignature, compile_signature
from generator.signatures.ordinary import ordinary_text
from generator.signatures.scanner import Matcher
from generator.signatures.source import Source
from generator.triage.cards import Cards, IncidentCard, IncidentRow, row_of
from generator.triage.results import IncidentSignature

# The modules that load a knowledge base are slow to import, and a fresh catalog does not need them.
if TYPE_CHECKING:
    from generator.knowledge.base import KnowledgeBase
    from generator.model import Incident

FILE = f"{FOLDER}/matching.json"

_FEW = 50
"""So many changed incidents are read one by one; of more, whoever loads all shows the progress."""

Anchors = list[list[str | None]]


@dataclass(frozen=True)
class Catalog:
    """All cards, and the anchors of their signatures.

    Attributes:
        cards: by id.
        rows: each signature with its incident, as text.
        anchors: of each signature.
        by_alert: IDs of incidents by alert name.
        skipped: how many signatures cannot be used.
        bad_settings: `mkdocs.yml` has errors, and addresses may not be the site's.
    """

    cards: Mapping[str, IncidentCard]
    rows: Sequence[tuple[str, int, Source]]
    anchors: Sequence[Sequence[str | None]]
    by_alert: Mapping[str, tuple[str, ...]]
    skipped: int = 0
    bad_settings: bool = False

    @cached_property
    def named(self) -> Sequence[IncidentSignature]:
        """Every signature with its incident; each is compiled on first use."""
        return _Lazily(self.rows)

    def alerted(self, alerts: Iterable[str], seen: Iterable[str]) -> dict[str, str]:
        """Return the incidents that only an alert shows, each with the first such alert.

        Args:
            alerts: the names of alerts.
            seen: the incidents that a text shows already.
        """
        found: dict[str, str] = {}
        for alert in alerts:
            for incident in self.by_alert.get(alert, ()):
                found.setdefault(incident, alert)
        for incident in seen:
            found.pop(incident, None)
        return found

    @cached_property
    def matcher(self) -> Matcher:
        """The matcher of all signatures."""
        return Matcher(_Signatures(self.named), self.anchors)


class _Lazily(Sequence[IncidentSignature]):
    def __init__(self, rows: Sequence[tuple[str, int, Source]]) -> None:
        self._rows = rows
        self._made: dict[int, IncidentSignature] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: Any) -> Any:
        if number not in self._made:
            incident, index, source = self._rows[number]
            self._made[number] = IncidentSignature(incident, index, compile_signature(source))
        return self._made[number]


class _Signatures(Sequence[CompiledSignature]):
    def __init__(self, named: Sequence[IncidentSignature]) -> None:
        self._named = named

    def __len__(self) -> int:
        return len(self._named)

    def __getitem__(self, number: Any) -> Any:
        return self._named[number].signature


class _Settings(NamedTuple):
    """What matters of `mkdocs.yml`, with its stamp."""

    stamp: str
    site: str | None
    bad: bool


@dataclass
class _Known:
    """What is known of a knowledge base.

    Attributes:
        settings: of `mkdocs.yml`.
        stamps: of each incident's file, by the name of its folder.
        rows: by the same name; from a file, they come without choices of anchors.
        anchors: of each incident's signatures, by the same name.
        choices: the line with the choices, from a file.
    """

    settings: _Settings
    stamps: dict[str, str]
    rows: dict[str, IncidentRow]
    anchors: dict[str, Anchors]
    choices: bytes = b"[]"

    def with_choices(self) -> dict[str, IncidentRow]:
        """Return the rows with the choices of anchors."""
        every = decode(self.choices)
        return {
            name: row._replace(choices=choices)
            for (name, row), choices in zip(self.rows.items(), every, strict=True)
        }


def catalog(root: Path, load: Callable[[], KnowledgeBase]) -> Catalog:
    """Return the catalog of a knowledge base, from its file as far as that is fresh.

    Args:
        root: the folder of the knowledge base.
        load: loads the knowledge base; called only if most of it must be read.
    """
    with collector_off():
        return _fresh(root, load)


def _fresh(root: Path, load: Callable[[], KnowledgeBase]) -> Catalog:
    places = _places(root)
    config, stamps = stamp(str(root / "mkdocs.yml")), _stamps(places)
    sources = {i: there.origin.name for i, there in places.foreign.items()}
    path = root / FILE
    known = _read(path)
    if known is None or not stamps:
        known = _made(load(), config, stamps)
    elif (
        known.settings.stamp == config
        and list(known.stamps.items()) == list(stamps.items())
        and all(stamps.values())
    ):
        return _catalog(known, sources)
    else:
        known = _patched(places, load, known, config, stamps)
    _write(path, known)
    return _catalog(known, sources)


def _places(root: Path) -> IncidentPlaces:
    try:
        return incident_places(root)
    except OSError:
        return IncidentPlaces(root, {})


def _stamps(places: IncidentPlaces) -> dict[str, str]:
    """Return the stamp of each folder's file, in the order of names; empty if it is always read."""
    twins = earlier_twins(places.stamps)
    return {
        name: _TWIN if name in twins else now or (_MISSING if _is_missing(places, name) else "")
        for name, now in places.stamps.items()
    }


_MISSING, _TWIN = "missing", "twin"
"""Stamps of folders that have no incident: without a file, or like an earlier one except for case."""


def _is_missing(places: IncidentPlaces, name: str) -> bool:
    return stamp(str(places.folder(name) / INCIDENT_FILE)) == _MISSING


def make_catalog(base: KnowledgeBase) -> Catalog:
    """Make the catalog of a loaded knowledge base, without invalid signatures."""
    sources = {i: base.source_of(i) for i in base.incidents}
    return _catalog(_made(base, "", dict.fromkeys(base.incidents, "")), sources)


def _made(base: KnowledgeBase, config: str, stamps: dict[str, str]) -> _Known:
    rows = {name: row_of(base.incidents.get(name)) for name in stamps}
    settings = _Settings(config, base.settings.site_url, bool(base.diagnostics))
    return _Known(settings, stamps, rows, _anchors({}, rows, {}))


def _patched(places: IncidentPlaces, load: Callable[[], KnowledgeBase], known: _Known, config: str, stamps: dict[str, str]) -> _Known:  # fmt: skip
    """Read again what has changed, and keep the rest."""
    changed = [name for name, now in stamps.items() if not now or known.stamps.get(name) != now]
    if len(changed) > max(_FEW, len(stamps) // 4):
        return _made(load(), config, stamps)
    before = known.with_choices()
    fresh = {name: row_of(_incident(places, name, stamps[name])) for name in changed}
    rows = {name: fresh[name] if name in fresh else before[name] for name in stamps}
    settings = known.settings
    if settings.stamp != config:
        from generator.knowledge.settings import load_settings

        read, problems = load_settings(places.root)
        settings = _Settings(config, read.site_url, bool(problems))
    return _Known(settings, stamps, rows, _anchors(before, rows, known.anchors))


def _incident(places: IncidentPlaces, name: str, now: str) -> Incident | None:
    return None if now in (_MISSING, _TWIN) else places.load(name).incident


def _anchors(before: Mapping[str, IncidentRow], rows: Mapping[str, IncidentRow], known: Mapping[str, Anchors]) -> dict[str, Anchors]:  # fmt: skip
    """Choose the anchors of all signatures; only those are chosen again that can have changed.

    A choice depends on how many signatures have the same text, and so on other incidents.

    Args:
        before: the rows for which anchors are known.
        rows: all rows.
        known: these anchors.
    """
    kept = {name for name, row in rows.items() if before.get(name) is row}
    often = _counted(rows.values())
    gone = _counted(row for name, row in before.items() if name not in kept)
    came = _counted(row for name, row in rows.items() if name not in kept)
    moved = {
        text
        for text in (gone | came)
        if min(often[text] - came[text] + gone[text], MANY) != min(often[text], MANY)
    }
    return {
        name: known[name]
        if name in kept and moved.isdisjoint(_texts(row))
        else [[choose_anchor(texts, often, ordinary_text()) for texts in of] for of in row.choices]
        for name, row in rows.items()
    }


def _counted(rows: Any) -> Counter[str]:
    return Counter(chain.from_iterable(map(_texts, rows)))


def _texts(row: IncidentRow) -> Iterable[str]:
    return chain.from_iterable(chain.from_iterable(row.choices))


def _catalog(known: _Known, sources: Mapping[str, str]) -> Catalog:
    by_alert: dict[str, list[str]] = {}
    for name, row in known.rows.items():
        for alert in row.alerts:
            by_alert.setdefault(alert, []).append(name)
    return Catalog(
        Cards(known.rows, known.settings.site, sources),
        [
            (name, index, source)
            for name, row in known.rows.items()
            for index, source in enumerate(row.signatures)
        ],
        list(chain.from_iterable(known.anchors.values())),
        {alert: tuple(ids) for alert, ids in by_alert.items()},
        sum(row.skipped for row in known.rows.values()),
        known.settings.bad,
    )


def _read(path: Path) -> _Known | None:
    content = read_kept_bytes(path, "")
    if content is None:
        return None
    head, choices, *cards = content.split(b"\n")
    data = decode(head)
    stamps, rows, anchors = {}, {}, {}
    for (name, now, alerts, signatures, skipped, found), card in zip(
        data["rows"], cards, strict=True
    ):
        stamps[name] = now
        rows[name] = IncidentRow(card, alerts, signatures, skipped)
        anchors[name] = found
    return _Known(_Settings(*data["settings"]), stamps, rows, anchors, choices)


def _write(path: Path, known: _Known) -> None:
    rows = [
        (name, now, row.alerts, row.signatures, row.skipped, known.anchors[name])
        for (name, row), now in zip(known.rows.items(), known.stamps.values(), strict=True)
    ]
    lines = [
        encode({"settings": known.settings, "rows": rows}),
        encode([row.choices for row in known.rows.values()]),
        *(row.card for row in known.rows.values()),
    ]
    write_kept_bytes(path, "", b"\n".join(lines))
