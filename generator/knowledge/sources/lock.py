"""What was taken of each source: `sources.lock.yaml`, beside `mkdocs.yml`.

Only `runbooks sources update` writes it, and people commit it. A digest is one of everything in an
incident's folder, so that tools, which readers run, cannot change unseen.

    version: 1
    sources:
      platform:
        git: ../platform
        commit: 5c7c...
        taken: 2026-11-27
        incidents:
          full-disk: 3f0a...
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generator.knowledge.files import FileRefused, read_file
from generator.knowledge.roots import LOCK_FILE
from generator.knowledge.validation import in_words, place_in_words
from generator.limits import LOCK_BYTES

try:
    from yaml.cyaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - PyYAML built without LibYAML
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

_HEAD = "# What was taken of each source. `runbooks sources update` writes this file; commit it.\n"

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")]


class LockedSource(BaseModel):
    """What was taken of one source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    place: str
    """Where it was, as `mkdocs.yml` said: `git: ../platform`."""
    commit: str = ""
    """The commit, of a checkout."""
    taken: date
    """The day."""
    incidents: dict[str, Digest] = {}
    """A digest of each incident's folder, by its id there."""


class SourcesLock(BaseModel):
    """What was taken of all sources, by their names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    sources: dict[str, LockedSource] = {}

    def text(self) -> str:
        """Return the file."""
        data = self.model_dump(mode="json", exclude_defaults=True)
        data = {"version": 1, "sources": {}} | data
        return _HEAD + yaml.safe_dump(data, sort_keys=False, width=1000)


class BadLock(Exception):
    """The lock cannot be read; the message says why."""


def read_lock(root: Path) -> SourcesLock:
    """Return the lock of a knowledge base; one of nothing if there is none.

    Raises:
        BadLock: it cannot be read.
    """
    try:
        raw = read_file(root, LOCK_FILE, LOCK_BYTES)
        data = yaml.load(raw, _Loader)
        return SourcesLock.model_validate(data if data is not None else {})
    except FileNotFoundError:
        return SourcesLock()
    except FileRefused as error:
        raise BadLock(error.strerror or "") from None
    except OSError as error:
        raise BadLock(f"cannot be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadLock(f"{place_in_words(first)}: {in_words(first)}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = getattr(error, "problem", None) or type(error).__name__
        raise BadLock(f"it is not YAML: {said}") from None
