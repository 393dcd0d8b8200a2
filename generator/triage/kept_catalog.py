"""What is kept of a catalog between runs, in three files, so that each run reads only what it needs.

`matching.json` has what finds a match: a paste is answered with it, and with the cards of what it
shows, which are rows by incident in `cards.rows`. `choices.json` has what is needed to choose anchors
again after a change. All are in the folder of the knowledge base; `generator.cache` decides whether
they are used.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, NamedTuple

from generator.cache.kept_files import read_kept, write_kept
from generator.cache.rows import Rows
from generator.cache.trust import FOLDER
from generator.knowledge.roots import INCIDENTS
from generator.knowledge.sources.places import incident_places
from generator.signatures.anchors import Choices
from generator.signatures.source import Source
from generator.triage.cards import IncidentRow, ShownRow, row_of

FILE = f"{FOLDER}/matching.json"
CHOICES = f"{FOLDER}/choices.json"
CARDS = f"{FOLDER}/cards.rows"

Anchors = list[list[str | None]]


class CatalogSettings(NamedTuple):
    """What matters of `mkdocs.yml`, with its stamp."""

    stamp: str
    site: str | None
    bad: bool


class KnownFolder(NamedTuple):
    """What is known of a folder, to make a catalog again after a change.

    Attributes:
        stamp: the stamp of its files; empty if they are read again each time.
        has_card: whether its incident can match.
        alerts: the names of its alerts.
        number: how many signatures it has.
        skipped: how many of them cannot be used.
        choices: see `IncidentRow`.
        anchors: of each signature.
    """

    stamp: str
    has_card: bool
    alerts: Sequence[str]
    number: int
    skipped: int
    choices: Sequence[Choices]
    anchors: Anchors

    @classmethod
    def of(cls, row: IncidentRow, stamp: str) -> KnownFolder:
        """Return what is known of a folder with this row, without anchors."""
        number = len(row.signatures)
        return cls(stamp, bool(row.card), row.alerts, number, row.skipped, row.choices, [])


class CatalogParts(NamedTuple):
    """What finds a match, as data for JSON.

    Attributes:
        stamp: of all that it was made from; empty if it is made again each time.
        settings: of `mkdocs.yml`.
        ids: the incidents that can match.
        stamps: the stamps of their files.
        counts: how many signatures each has.
        anchors: of each signature.
        alerts: ids of incidents by alert name.
        skipped: how many signatures cannot be used.
    """

    stamp: str
    settings: CatalogSettings
    ids: Sequence[str]
    stamps: Sequence[str]
    counts: Sequence[int]
    anchors: Anchors
    alerts: Mapping[str, Sequence[str]]
    skipped: int

    @classmethod
    def of(
        cls, stamp: str, settings: CatalogSettings, folders: Mapping[str, KnownFolder]
    ) -> CatalogParts:
        """Make them from what is known of each folder, by name."""
        used = {name: folder for name, folder in folders.items() if folder.has_card}
        alerts: dict[str, list[str]] = {}
        for name, folder in used.items():
            for alert in folder.alerts:
                alerts.setdefault(alert, []).append(name)
        return cls(
            stamp,
            settings,
            list(used),
            [folder.stamp for folder in used.values()],
            [folder.number for folder in used.values()],
            list(chain.from_iterable(folder.anchors for folder in used.values())),
            alerts,
            sum(folder.skipped for folder in used.values()),
        )


def read_parts(root: Path) -> CatalogParts | None:
    """Return what a knowledge base keeps to find a match, or None."""
    kept = read_kept(root / FILE, "")
    if kept is None:
        return None
    stamp, settings, *others = kept
    return CatalogParts(stamp, CatalogSettings(*settings), *others)


def read_folders(root: Path) -> dict[str, KnownFolder] | None:
    """Return what a knowledge base keeps of each folder, by name, or None."""
    kept = read_kept(root / CHOICES, "")
    return None if kept is None else {name: KnownFolder(*row) for name, row in kept.items()}


def write_all(root: Path, parts: CatalogParts, folders: Mapping[str, KnownFolder], shown: ShownRows) -> None:  # fmt: skip
    """Keep a catalog; it is not an error if it cannot be written."""
    shown.save()
    write_kept(root / CHOICES, "", dict(folders))
    write_kept(root / FILE, "", parts)


class ShownRows:
    """What is shown of each incident that can match, read when somebody asks for it."""

    def __init__(self, root: Path, stamps: Mapping[str, str]) -> None:
        """Open nothing yet.

        Args:
            root: the folder of the knowledge base.
            stamps: the stamp of each incident's files, by its id.
        """
        self._root = root
        self._stamps = stamps
        self._fresh: dict[str, ShownRow] = {}
        self._rows: Rows | None = None

    def add(self, incident_id: str, row: ShownRow) -> None:
        """Add what was just made."""
        self._fresh[incident_id] = row

    def __call__(self, incident_id: str) -> ShownRow:
        """Return what is shown of an incident; of one that is not kept, as its files have it now.

        Raises:
            FileRefused: its files are not what they were when the catalog was made.
        """
        found = self._fresh.get(incident_id)
        if found is None:
            kept = self._opened().get(incident_id)
            found = ShownRow(*kept) if kept else self._read(incident_id)
            self._fresh[incident_id] = found
        return found

    def save(self) -> None:
        """Keep what was added, and drop what is outdated."""
        rows = self._opened()
        for incident_id, row in self._fresh.items():
            rows.put(incident_id, row)
        rows.save()

    def _opened(self) -> Rows:
        if self._rows is None:
            self._rows = Rows(self._root / CARDS, self._stamps)
        return self._rows

    def _read(self, incident_id: str) -> ShownRow:
        from generator.knowledge.files import FileRefused  # rarely needed

        places = incident_places(self._root)
        if incident_id in places.stamps:
            row = row_of(places.load(incident_id).incident)
            if row.card:
                there = places.foreign.get(incident_id)
                return shown_of(row, there.origin.name if there else "")
        path = self._root / INCIDENTS / incident_id
        raise FileRefused(path, "the file changed while it was read", "run the command again")


def shown_of(row: IncidentRow, source: str) -> ShownRow:
    """Return what is shown of an incident.

    Args:
        row: its row.
        source: the source that it comes from; empty if it is ours.
    """
    return ShownRow(source, row.card, row.alerts, row.signatures)


class NumberedSignatures(Sequence[tuple[str, int, Source]]):
    """Each signature with its incident and its place there; read when somebody asks for it."""

    def __init__(self, ids: Sequence[str], counts: Iterable[int], shown: ShownRows) -> None:
        """Remember how many signatures each incident has.

        Args:
            ids: the incidents.
            counts: how many signatures each of them has.
            shown: where they are.
        """
        self._ids = ids
        self._ends = list(accumulate(counts))
        self._shown = shown

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, number: Any) -> Any:
        if not 0 <= number < len(self):
            raise IndexError(number)
        place = bisect_right(self._ends, number)
        index = number - (self._ends[place - 1] if place else 0)
        incident = self._ids[place]
        return incident, index, self._shown(incident).signatures[index]
