"""Other knowledge bases whose incidents are shown beside ours, as `sources` in `mkdocs.yml` names them.

Each ends as a folder with `incidents/<id>/`: one that is named is read where it is, everything else is
a copy in our cache (`taking.py`). Their own sources are not followed, so no circle of sources has an
effect. Nothing is written into the folders of others; what is kept of them is in our cache.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.cache.fingerprints import digest, stamp
from generator.cache.kept_files import read_kept, write_kept
from generator.cache.trust import FOLDER
from generator.knowledge.files import read_file
from generator.knowledge.roots import CONFIG_FILE

FILE = f"{FOLDER}/origins.json"
COPIES = f"{FOLDER}/sources"
"""The folder of the copies, each in a folder with the name of its source."""


@dataclass(frozen=True)
class Origin:
    """Another knowledge base.

    Attributes:
        name: what it is called here.
        kind: what it is: folder, git, site or package.
        folder: the folder that contains its `incidents/`.
        site: the URL of its site; empty if that is not known.
        components: only incidents of these are taken; all if empty.
        tags: only incidents with these are taken; all if empty.
        kinds: the kinds of change that its `mkdocs.yml` defines, as JSON.
    """

    name: str
    kind: str
    folder: Path
    site: str = ""
    components: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kinds: str = "{}"

    @property
    def narrowed(self) -> bool:
        """Whether not all of its incidents are taken."""
        return bool(self.components or self.tags)


def origins(root: Path) -> tuple[Origin, ...]:
    """Return the sources of a knowledge base, as its `mkdocs.yml` names them; none where it has errors."""
    try:
        content = read_file(root, CONFIG_FILE)
    except OSError:
        return ()
    if b"sources" not in content:  # most have none, and this is a hundred times faster than YAML
        return ()
    key = digest(content).hex()
    kept = read_kept(root / FILE, key)
    if kept is not None:
        found = tuple(_origin(row) for row, _ in kept)
        if all(_told(origin) == told for origin, (_, told) in zip(found, kept, strict=True)):
            return found
    found = tuple(_resolved(root))
    rows = [
        [[o.name, o.kind, str(o.folder), o.site, o.components, o.tags, o.kinds], _told(o)]
        for o in found
    ]
    write_kept(root / FILE, key, rows)
    return found


def _origin(row: list[Any]) -> Origin:
    name, kind, folder, site, components, tags, kinds = row
    return Origin(name, kind, Path(folder), site, tuple(components), tuple(tags), kinds)


def _told(origin: Origin) -> str:
    """Return what changes when the settings of a source may have changed."""
    return stamp(str(origin.folder / CONFIG_FILE))


def _resolved(root: Path) -> Iterator[Origin]:
    from generator.knowledge.settings import load_settings

    for source in load_settings(root)[0].sources:
        folder = root / source.folder if source.folder else root / COPIES / source.name
        there = load_settings(folder)[0]
        site = source.site or there.site_url or ""
        kinds = there.model_dump(mode="json", by_alias=True, exclude_unset=True).get("kinds", {})
        yield Origin(
            source.name,
            source.kind.value,
            folder,
            site if site.startswith(("https://", "http://")) else "",
            source.only.components,
            source.only.tags,
            json.dumps(kinds),
        )


def is_in(
    only_components: Sequence[str],
    only_tags: Sequence[str],
    components: Sequence[str],
    tags: Sequence[str],
) -> bool:
    """Say whether an incident is in every list of `only` that is given: one entry of it is enough.

    Args:
        only_components: the components of `only`.
        only_tags: the tags of `only`.
        components: those of the incident.
        tags: those of the incident.
    """
    pairs = ((only_components, components), (only_tags, tags))
    return all(not wanted or not set(wanted).isdisjoint(has) for wanted, has in pairs)
