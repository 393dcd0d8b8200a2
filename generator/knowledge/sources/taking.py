"""Taking the incidents of sources: what a source has now, what the lock says, and the copy between both.

Only `runbooks sources update` looks at what a source has now, and only a build makes a copy of what
the lock says where there is none. Everything else reads what is there, except that any command copies
what comes with this program: that needs nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from generator.cache.fingerprints import digest, incident_stamps, stamp_folders
from generator.cache.rows import Rows
from generator.cache.trust import FOLDER, can_make
from generator.knowledge.files import INSTALLED, find_files, read_file
from generator.knowledge.git_objects import NotInGit
from generator.knowledge.roots import INCIDENTS, LOCK_FILE, is_id
from generator.knowledge.settings import load_settings
from generator.knowledge.sources.copies import SourceCopy, read_copy
from generator.knowledge.sources.git_copy import copy_commit, look_at_commit, read_commit_copy
from generator.knowledge.sources.library import copy_library, library_digests
from generator.knowledge.sources.lock import LockedSource, read_lock
from generator.knowledge.sources.origins import COPIES, is_in
from generator.knowledge.sources.settings import IncidentSource, OriginKind
from generator.knowledge.sources.site_calls import SiteCaller, SiteRefused
from generator.knowledge.sources.site_copy import copy_site
from generator.knowledge.sources.site_list import SiteIndex, read_site


class NotTaken(Exception):
    """A source cannot be taken; the message says why, in one line."""


@dataclass(frozen=True)
class SourceContent:
    """What a source has, or a copy of it.

    Attributes:
        incidents: a digest of each incident, by its id there.
        commit: the commit, of a checkout.
        refused: what is not taken, each with the reason.
        site: the list of a site, which has just been fetched.
    """

    incidents: Mapping[str, str]
    commit: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    site: tuple[SiteCaller, SiteIndex] | None = field(default=None, compare=False, repr=False)

    def matches(self, locked: LockedSource) -> bool:
        """Say whether this is what a lock says."""
        return self.commit == locked.commit and dict(self.incidents) == locked.incidents


def place_of(source: IncidentSource) -> str:
    """Return where a source is, as the lock notes it: another place needs another look."""
    ref = f"@{source.ref}" if source.ref else ""
    only = source.only.model_dump(exclude_defaults=True) if source.kind is OriginKind.SITE else {}
    narrowed = "".join(f" {key}={','.join(values)}" for key, values in only.items())
    return f"{source.kind}: {source.place}{ref}{narrowed}"


def content_now(root: Path, source: IncidentSource) -> SourceContent:
    """Return what a source has now; of a site, this fetches the list.

    Raises:
        NotTaken: it cannot be told.
    """
    try:
        if source.kind is OriginKind.FOLDER:
            return _of_folder(root, source)
        if source.kind is OriginKind.GIT:
            found = look_at_commit(root / source.place, source.ref or "HEAD")
            return SourceContent(found.digests, found.commit)
        if source.kind is OriginKind.SITE:
            return _of_site(source)
        return SourceContent(library_digests())
    except (NotInGit, SiteRefused, OSError) as error:
        raise NotTaken(_said(error)) from None


def _of_site(source: IncidentSource) -> SourceContent:
    caller = SiteCaller(source.place)
    index = read_site(caller)
    only = source.only
    wanted = {
        i: row.digest
        for i, row in index.rows.items()
        if is_in(only.components, only.tags, row.components, row.tags)
    }
    if not index.rows and index.refused:
        raise SiteRefused(
            f"{caller.host}: no incident can be taken: {next(iter(index.refused.values()))}"
        )
    return SourceContent(wanted, refused=index.refused, site=(caller, index))


def take(root: Path, source: IncidentSource, wanted: SourceContent) -> SourceContent:
    """Copy the incidents of a source; one that is read where it is needs no copy.

    Args:
        root: the folder of our knowledge base.
        source: the source.
        wanted: what it must have; the commit decides in a checkout.

    Returns:
        What the copy has: less than was wanted, if some of it was refused.

    Raises:
        NotTaken: it has something else, or cannot be copied; the copy that was there stays.
    """
    folder = root / COPIES / source.name
    if source.kind is not OriginKind.FOLDER and not can_make(root / FOLDER / "any"):
        raise NotTaken(f"nothing can be written into {FOLDER}/")
    try:
        if source.kind is OriginKind.GIT:
            found = look_at_commit(root / source.place, wanted.commit)
            _same(wanted, SourceContent(found.digests, found.commit))
            found = copy_commit(root / source.place, wanted.commit, folder)
            return SourceContent(found.digests, found.commit, found.refused)
        if source.kind is OriginKind.SITE:
            if wanted.site is None:
                wanted = replace(_of_site(source), incidents=wanted.incidents)
            assert wanted.site is not None
            return _of_copy(copy_site(*wanted.site, folder, pinned=wanted.incidents))
        if source.kind is OriginKind.PACKAGE:
            now = SourceContent(library_digests())
            _same(wanted, now)
            return _of_copy(copy_library(folder, now.incidents))
    except (NotInGit, SiteRefused, OSError) as error:
        raise NotTaken(_said(error)) from None
    return wanted


def _same(wanted: SourceContent, found: SourceContent) -> None:
    """See that a source has what is wanted, before anything is replaced.

    Raises:
        NotTaken: it has something else.
    """
    different = changes(wanted.incidents, found.incidents)
    if different or wanted.commit != found.commit:
        raise NotTaken(f"it has something else now ({different.told() or 'another commit'})")


def content_of_copy(root: Path, source: IncidentSource) -> SourceContent | None:
    """Return what the copy of a source has; None if there is none.

    Of a folder, it is what the folder has: it is read where it is.
    """
    folder = root / COPIES / source.name
    if source.kind is OriginKind.FOLDER:
        try:
            return _of_folder(root, source)
        except OSError:
            return None
    if source.kind is OriginKind.GIT:
        found = read_commit_copy(folder)
        return SourceContent(found.digests, found.commit, found.refused) if found else None
    copy = read_copy(folder)
    return _of_copy(copy) if copy else None


def _of_copy(copy: SourceCopy) -> SourceContent:
    digests = {i: one.digest for i, one in copy.incidents.items()}
    return SourceContent(digests, refused=copy.refused)


def _of_folder(root: Path, source: IncidentSource) -> SourceContent:
    folder = root / source.place
    ids = [name for name in incident_stamps(folder) if is_id(name)]
    stamps = {
        f"{source.name}/{i}": stamp_folders([str(folder / INCIDENTS / i)], INSTALLED) for i in ids
    }

    def make(names: list[str]) -> Iterator[tuple[str, Any]]:
        for name in names:
            yield name, _digest(folder, name.partition("/")[2])

    rows = Rows(root / FOLDER / f"{source.name}-digests.rows", stamps).all(make)
    return SourceContent({i: rows[f"{source.name}/{i}"] for i in ids})


def _digest(root: Path, incident_id: str) -> str:
    """Return a digest of all files of an incident, without those that are installed."""
    parts: list[str | bytes] = []
    for name in find_files(root, f"{INCIDENTS}/{incident_id}", INSTALLED):
        parts += [name, read_file(root, name)]
    return digest(*parts).hex()


def _said(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or ''}: {error.strerror or type(error).__name__}".lstrip(": ")
    hint = error.hint if isinstance(error, SiteRefused) else ""
    return f"{error} ({hint})" if hint else str(error)


# -- the lock --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SourceState:
    """How a source stands to the lock.

    Attributes:
        source: the source.
        locked: what the lock says; None if it says nothing.
        content: what is here; None if nothing is.
        why: why that is not what the lock says; empty if it is.
        age: how many days ago it was taken; None if it was not.
    """

    source: IncidentSource
    locked: LockedSource | None
    content: SourceContent | None
    why: str
    age: int | None = None

    @property
    def is_folder(self) -> bool:
        """Whether it is read where it is, so that the lock only tells."""
        return self.source.kind is OriginKind.FOLDER


def source_states(root: Path, today: date | None = None) -> list[SourceState]:
    """Return how the sources of a knowledge base stand to its lock; nothing is fetched.

    Args:
        root: the folder of the knowledge base.
        today: the day from which their age is counted.

    Raises:
        BadLock: the lock cannot be read.
    """
    sources = load_settings(root)[0].sources
    lock = read_lock(root) if sources else None
    return [
        _state(root, source, lock.sources.get(source.name) if lock else None, today)
        for source in sources
    ]


def _state(
    root: Path, source: IncidentSource, locked: LockedSource | None, today: date | None
) -> SourceState:
    content = content_of_copy(root, source)
    age = (today - locked.taken).days if today and locked else None
    return SourceState(source, locked, content, _why(source, locked, content), age)


def _why(source: IncidentSource, locked: LockedSource | None, content: SourceContent | None) -> str:
    if locked is None:
        return f"{LOCK_FILE} does not say what was taken of it"
    if locked.place != place_of(source):
        return f"{LOCK_FILE} is about another place ({locked.place})"
    if content is None:
        return "there is no copy of it here"
    if content.matches(locked):
        return ""
    changed = changes(locked.incidents, content.incidents)
    return f"it is not what {LOCK_FILE} says ({changed.told() or 'another commit'})"


@dataclass(frozen=True)
class ChangedIncidents:
    """What differs between two contents: ids of incidents."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def told(self) -> str:
        """Return the numbers: `2 added, 1 changed`."""
        counts = {
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
        }
        return ", ".join(f"{len(ids):,} {what}" for what, ids in counts.items() if ids)


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> ChangedIncidents:
    """Return what differs between the digests of two contents."""
    return ChangedIncidents(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(i for i in after.keys() & before.keys() if after[i] != before[i])),
        tuple(sorted(before.keys() - after.keys())),
    )


def restore(root: Path, *, only: str | None = None) -> dict[str, str]:
    """Make the copies that the lock says, where they are missing or something else.

    Args:
        root: the folder of the knowledge base.
        only: the name of the only source to look at; None for all.

    Returns:
        Why a source could not be copied, by its name. What was there before is still there.

    Raises:
        BadLock: the lock cannot be read.
    """
    problems: dict[str, str] = {}
    for state in source_states(root):
        name, locked = state.source.name, state.locked
        if only not in (None, name) or state.is_folder or not state.why:
            continue
        if locked is None or locked.place != place_of(state.source):
            continue  # nobody has looked at it
        wanted = SourceContent(locked.incidents, locked.commit)
        try:
            if state.source.kind is OriginKind.SITE and state.content is None:
                problems |= _restored_in_part(root, state.source, wanted)
            else:
                take(root, state.source, wanted)
        except NotTaken as error:
            problems[name] = str(error)
    return problems


def _restored_in_part(root: Path, source: IncidentSource, wanted: SourceContent) -> dict[str, str]:
    """Copy of a site what is still as the lock says, where there is no copy: it keeps no old versions.

    Returns:
        What is not as the lock says, by the name of the source.

    Raises:
        NotTaken: nothing can be copied.
    """
    now = content_now(root, source)
    same = {i: of for i, of in wanted.incidents.items() if now.incidents.get(i) == of}
    take(root, source, replace(now, incidents=same))
    different = changes(wanted.incidents, same).told()
    if not different:
        return {}
    return {source.name: f"the site has something else now; left out: {different}"}
