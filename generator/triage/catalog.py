"""The data of a knowledge base for matching, kept so that a small paste answers at once.

What is kept (`kept_catalog.py`) has the stamp of each incident's files, so that only what changed is
read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.cache.fingerprints import INCIDENT_FILE, stamp
from generator.cache.memory import collector_off
from generator.knowledge.roots import earlier_twins
from generator.knowledge.sources.places import IncidentLists, IncidentPlaces, incident_lists
from generator.signatures.anchors import MANY, choose_anchor
from generator.signatures.language import CompiledSignature, compile_signature
from generator.signatures.ordinary import ordinary_text
from generator.signatures.scanner import Matcher
from generator.signatures.source import Source
from generator.triage.cards import Cards, IncidentCard, row_of
from generator.triage.kept_catalog import (
    CatalogParts,
    CatalogSettings,
    KnownFolder,
    NumberedSignatures,
    ShownRows,
    read_folders,
    read_parts,
    shown_of,
    write_all,
)
from generator.triage.results import IncidentSignature

# The modules that load a knowledge base are slow to import, and a fresh catalog does not need them.
if TYPE_CHECKING:
    from generator.knowledge.base import KnowledgeBase
    from generator.model import Incident

_FEW = 50
"""So many changed incidents are read one by one; of more, whoever loads all shows the progress."""

_MISSING, _TWIN = "missing", "twin"
"""Stamps of folders that have no incident: without a file, or like an earlier one except for case."""

Folders = Mapping[str, KnownFolder]


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
    rows: Sequence[tuple[str, int, Source]] = field(compare=False)
    anchors: Sequence[Sequence[str | None]]
    by_alert: Mapping[str, Sequence[str]]
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


def catalog(
    root: Path, load: Callable[[], KnowledgeBase], lists: IncidentLists | None = None
) -> Catalog:
    """Return the catalog of a knowledge base, from what is kept as far as that is fresh.

    Args:
        root: the folder of the knowledge base.
        load: loads the knowledge base; called only if most of it must be read.
        lists: which incidents there are, if that was looked up already.
    """
    with collector_off():
        return _fresh(root, load, lists or lists_of(root))


def _fresh(root: Path, load: Callable[[], KnowledgeBase], lists: IncidentLists) -> Catalog:
    config = stamp(str(root / "mkdocs.yml"))
    now = lists.stamp and f"{lists.stamp} {config}"
    kept = read_parts(root)
    if kept is not None and now and kept.stamp == now:
        return _catalog(kept, ShownRows(root, dict(zip(kept.ids, kept.stamps, strict=True))))
    places = lists.places()
    stamps = _stamps(places)
    before = read_folders(root) if kept and stamps else None
    changed = [n for n, told in stamps.items() if not told or _stamp_of(before, n) != told]
    shown = ShownRows(root, stamps)
    if kept is None or before is None or len(changed) > max(_FEW, len(stamps) // 4):
        base = load()
        settings = CatalogSettings(config, base.settings.site_url, bool(base.diagnostics))
        folders = _made(base, stamps, shown)
    else:
        settings = _settings(root, kept.settings, config)
        folders = _patched(places, before, changed, stamps, shown)
    parts = CatalogParts.of(now if all(stamps.values()) else "", settings, folders)
    write_all(root, parts, folders, shown)
    return _catalog(parts, shown)


def lists_of(root: Path) -> IncidentLists:
    """Return which incidents there are; none where the folder cannot be read, which loading it reports."""
    try:
        return incident_lists(root)
    except OSError:
        return IncidentLists(root, {}, (), {}, {})


def _stamps(places: IncidentPlaces) -> dict[str, str]:
    """Return the stamp of each folder's file, in the order of names; empty if it is always read."""
    twins = earlier_twins(places.stamps)
    return {
        name: _TWIN if name in twins else now or (_MISSING if _is_missing(places, name) else "")
        for name, now in places.stamps.items()
    }


def _is_missing(places: IncidentPlaces, name: str) -> bool:
    return stamp(str(places.folder(name) / INCIDENT_FILE)) == _MISSING


def _stamp_of(folders: Folders | None, name: str) -> str:
    known = folders.get(name) if folders else None
    return known.stamp if known else ""


def make_catalog(base: KnowledgeBase) -> Catalog:
    """Make the catalog of a loaded knowledge base, without invalid signatures."""
    shown = ShownRows(base.root, {})
    folders = _made(base, dict.fromkeys(base.incidents, ""), shown)
    settings = CatalogSettings("", base.settings.site_url, bool(base.diagnostics))
    return _catalog(CatalogParts.of("", settings, folders), shown)


def _made(base: KnowledgeBase, stamps: Mapping[str, str], shown: ShownRows) -> Folders:
    folders = {
        name: _folder(name, base.incidents.get(name), base.source_of(name), now, shown)
        for name, now in stamps.items()
    }
    return _with_anchors({}, folders)


def _patched(places: IncidentPlaces, before: Folders, changed: Iterable[str], stamps: Mapping[str, str], shown: ShownRows) -> Folders:  # fmt: skip
    """Read again what has changed, and keep the rest."""
    fresh = {}
    for name in changed:
        there, now = places.foreign.get(name), stamps[name]
        source = there.origin.name if there else ""
        fresh[name] = _folder(name, _incident(places, name, now), source, now, shown)
    return _with_anchors(before, {n: fresh[n] if n in fresh else before[n] for n in stamps})


def _folder(name: str, incident: Incident | None, source: str, now: str, shown: ShownRows) -> KnownFolder:  # fmt: skip
    row = row_of(incident)
    if row.card:
        shown.add(name, shown_of(row, source))
    return KnownFolder.of(row, now)


def _incident(places: IncidentPlaces, name: str, now: str) -> Incident | None:
    return None if now in (_MISSING, _TWIN) else places.load(name).incident


def _settings(root: Path, known: CatalogSettings, config: str) -> CatalogSettings:
    if known.stamp == config:
        return known
    from generator.knowledge.settings import load_settings

    read, problems = load_settings(root)
    return CatalogSettings(config, read.site_url, bool(problems))


def _with_anchors(before: Folders, folders: Folders) -> Folders:
    """Choose the anchors of all signatures; only those are chosen again that can have changed.

    A choice depends on how many signatures have the same text, and so on other incidents.

    Args:
        before: the folders for which anchors are known.
        folders: all folders; those that have not changed are the same objects.
    """
    kept = {name for name, folder in folders.items() if before.get(name) is folder}
    often = _counted(folders.values())
    gone = _counted(folder for name, folder in before.items() if name not in kept)
    came = _counted(folder for name, folder in folders.items() if name not in kept)
    moved = {
        text
        for text in (gone | came)
        if min(often[text] - came[text] + gone[text], MANY) != min(often[text], MANY)
    }

    def chosen(folder: KnownFolder) -> KnownFolder:
        anchors = [
            [choose_anchor(texts, often, ordinary_text()) for texts in of] for of in folder.choices
        ]
        return folder._replace(anchors=anchors)

    return {
        name: folder if name in kept and moved.isdisjoint(_texts(folder)) else chosen(folder)
        for name, folder in folders.items()
    }


def _counted(folders: Iterable[KnownFolder]) -> Counter[str]:
    return Counter(chain.from_iterable(map(_texts, folders)))


def _texts(folder: KnownFolder) -> Iterable[str]:
    return chain.from_iterable(chain.from_iterable(folder.choices))


def _catalog(parts: CatalogParts, shown: ShownRows) -> Catalog:
    return Catalog(
        Cards(parts.ids, shown, parts.settings.site),
        NumberedSignatures(parts.ids, parts.counts, shown),
        parts.anchors,
        parts.alerts,
        parts.skipped,
        parts.settings.bad,
    )
