"""The files beside an incident's file, which hold one field of it each: `proofs.yaml`, `sources.yaml`.

They are for programs and for whoever checks a statement, so `incident.yaml` can hold what people read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator.cache.fingerprints import BESIDE_FILES
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.files import diagnostic, is_missing, read_file
from generator.knowledge.source import Source, SourceError, parse_yaml
from generator.knowledge.validation import failure, validate
from generator.model import Incident, Model, ProofsFile, SourcesFile

_HELD: tuple[type[Model], ...] = (ProofsFile, SourcesFile)

BESIDE: Mapping[str, type[Model]] = dict(zip(BESIDE_FILES, _HELD, strict=True))
"""What each of these files holds, by its name."""


@dataclass(frozen=True)
class Beside:
    """The files beside an incident's file.

    Attributes:
        files: the paths of those that exist.
        sources: those that could be read, by the field that they hold.
        diagnostics: what is wrong with the others.
    """

    files: tuple[str, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def read_beside(root: Path, folder: str) -> Beside:
    """Read the files beside an incident's file; most incidents have none.

    Args:
        root: the folder of the knowledge base.
        folder: the incident's folder, as a path from there.
    """
    files: list[str] = []
    sources: dict[str, Source] = {}
    problems: list[Diagnostic] = []
    for name, model in BESIDE.items():
        file = f"{folder}/{name}"
        if is_missing(root, file):
            continue
        try:
            raw = read_file(root, file)
        except FileNotFoundError:
            continue
        except OSError as error:
            files.append(file)
            problems.append(diagnostic(file, error))
            continue
        files.append(file)
        try:
            source = parse_yaml(file, raw)
        except SourceError as error:
            problems += error.diagnostics
            continue
        own = field_of(name)
        found = [*source.problems, *_misplaced(source, own), *_checked(source, own, model)]
        problems += found
        if not found:
            sources[own] = source
    return Beside(tuple(files), sources, tuple(problems))


def field_of(name: str) -> str:
    """Return the field that a file beside an incident's holds."""
    return name.removesuffix(".yaml")


def joined(source: Source, beside: Beside) -> tuple[Source, tuple[Diagnostic, ...]]:
    """Return what an incident's file says together with the files beside it.

    Args:
        source: the incident's file.
        beside: the files beside it.

    Returns:
        The whole, and the fields that have a value in two files, of which the file beside the
        incident's does not count.
    """
    if not isinstance(source.data, dict) or not beside.sources:
        return source, ()
    twice = {key for key in beside.sources if source.data.get(key) is not None}
    added = {key: one for key, one in beside.sources.items() if key not in twice}
    data = {**source.data, **{key: one.data[key] for key, one in added.items()}}
    return replace(source, data=data, beside=added), tuple(
        _twice(source, beside.sources[key], key) for key in sorted(twice)
    )


def _twice(source: Source, beside: Source, key: str) -> Diagnostic:
    first = source.position((key,), of_key=True)
    return failure(
        beside.file,
        "KB005",
        f"`{key}` is also at {source.file}:{first.line}:{first.column}",
        "keep it in one of the two files",
        beside.position((key,), of_key=True),
    )


def _misplaced(source: Source, own: str) -> Iterator[Diagnostic]:
    """Yield a finding for each key that is not the one that a file holds."""
    for key in source.data if isinstance(source.data, dict) else ():
        if key != own:
            yield failure(
                source.file,
                "KB102",
                f"unknown field `{key}`: this file holds only `{own}`",
                "move it to incident.yaml" if key in Incident.model_fields else "remove it",
                source.position((key,), of_key=True),
            )


def _checked(source: Source, own: str, model: type[Model]) -> list[Diagnostic]:
    """Return what is wrong with the value of the key that a file holds."""
    if isinstance(source.data, dict):
        source = replace(source, data={own: source.data.get(own)})
    return validate(source, model)[1]
