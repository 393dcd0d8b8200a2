"""What a folder says of itself that has incidents of another knowledge base."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from generator.cache.exchange import put_in_place
from generator.cache.scratch import new_folder
from generator.knowledge.files import read_file
from generator.knowledge.records import ProofState
from generator.knowledge.roots import COPY_FILE, INCIDENTS
from generator.limits import SITE_INDEX_BYTES

_FORMAT = 1


@dataclass(frozen=True)
class CopiedIncident:
    """What is known of an incident that was copied.

    Attributes:
        digest: changes when it does.
        standing: what its records of proofs are worth, by the proof: as those say who have the proofs.
    """

    digest: str
    standing: Mapping[str, ProofState] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceCopy:
    """A folder that has incidents of another knowledge base.

    Attributes:
        name: the name of that knowledge base.
        address: the URL of its site; empty without one.
        incidents: what is known of each, by id.
        refused: why an incident is not in it, by id.
    """

    name: str
    address: str = ""
    incidents: Mapping[str, CopiedIncident] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def new_copy(folder: Path) -> Iterator[Path]:
    """Yield a new folder with an empty `incidents/`, which takes the place of a copy at the end.

    If the body raises, the new folder is removed and the old one does not change.

    Args:
        folder: the folder of the copy; its parent is created if needed.

    Raises:
        OSError: it cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with new_folder(folder.parent, folder.name) as new:
        (new / INCIDENTS).mkdir()
        yield new
        new.chmod(0o755)
        put_in_place(new, folder)


def read_copy(folder: Path) -> SourceCopy | None:
    """Return what a folder says of itself; None if it is no copy.

    Args:
        folder: the folder that contains `incidents/`.
    """
    try:
        content = json.loads(read_file(folder, COPY_FILE, SITE_INDEX_BYTES))
        if content["version"] != _FORMAT:
            return None
        incidents = {
            incident_id: CopiedIncident(
                row["digest"], {p: ProofState(s) for p, s in row["standing"].items()}
            )
            for incident_id, row in content["incidents"].items()
        }
        return SourceCopy(content["name"], content["address"], incidents, content["refused"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def write_copy(folder: Path, copy: SourceCopy) -> None:
    """Write what a folder says of itself.

    Raises:
        OSError: it cannot be written.
    """
    text = json.dumps({"version": _FORMAT, **asdict(copy)}, indent=1)
    (folder / COPY_FILE).write_text(text + "\n", "utf-8")
