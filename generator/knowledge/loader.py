"""From a folder to an incident: reads `incident.yaml` and checks it against the model."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from generator.cache.fingerprints import digest
from generator.knowledge.diagnostics import Diagnostic, Position, Severity
from generator.knowledge.facts import Facts, facts_of
from generator.knowledge.files import diagnostic, read_file
from generator.knowledge.roots import INCIDENTS as INCIDENTS
from generator.knowledge.roots import earlier_twins
from generator.knowledge.source import Route, Source, SourceError, parse_yaml
from generator.model import Incident, StandingChecks
from generator.model.docstrings import field_descriptions

INCIDENT_FILE = "incident.yaml"
STANDING_FILE = "checks.yaml"
"""The file under `incidents/` with the checks of every deploy."""

STANDING_ID = "standing"
"""The prefix of the ids of those checks, in place of an incident's id; no incident can have it."""

M = TypeVar("M", bound=BaseModel)

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_ID_MAX = 100
# Windows cannot create folders with these names, so nobody there could check out the repository.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")


class Entry:
    """One folder under `incidents/`."""

    def __init__(
        self,
        incident_id: str,
        file: str,
        source: Source | None,
        incident: Incident | None,
        diagnostics: tuple[Diagnostic, ...] = (),
    ) -> None:
        """Describe a folder.

        Args:
            incident_id: the folder's name.
            file: path of its `incident.yaml`, relative to the root, with forward slashes.
            source: what the file says; None if it could not be read as YAML.
            incident: the incident; None if there are errors.
            diagnostics: what is wrong with the file.
        """
        self.id = incident_id
        self.file = file
        self._source = source
        self._incident = incident
        self._diagnostics = diagnostics

    @property
    def source(self) -> Source | None:
        """What the file says; None if it could not be read as YAML."""
        return self._source

    @property
    def incident(self) -> Incident | None:
        """The incident; None if there are errors."""
        return self._incident

    @property
    def readable(self) -> bool:
        """Whether there are no errors; tells that without the incident itself."""
        return self.incident is not None

    @property
    def facts(self) -> Facts | None:
        """The facts of the incident, by which others find it; None if there are errors."""
        return facts_of(self.incident) if self.incident else None

    @property
    def digest(self) -> str:
        """A digest of what the file says; empty if there are errors."""
        return text_digest(self.source.text) if self.incident and self.source else ""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the file."""
        return self._diagnostics


def load_entries(root: Path, ids: Iterable[str], read: Callable[[str], Entry]) -> Iterator[Entry]:
    """Return the entries of a knowledge base, in the order of their ids.

    Args:
        root: the folder that contains `incidents/`.
        ids: the names of its folders, sorted.
        read: returns the entry of one; a broken one has its diagnostics.

    Yields:
        An entry for each folder.
    """
    names = tuple(ids)
    twins = earlier_twins(names)
    for name in names:
        twin = twins.get(name)
        if twin is None:
            yield read(name)
            continue
        entry = load_entry(root, name)
        clash = _error(
            entry.file,
            "KB009",
            f"the ids {twin!r} and {name!r} differ only in case",
            "rename one: on many systems, both are the same folder",
        )
        yield Entry(entry.id, entry.file, entry.source, None, (*entry.diagnostics, clash))


def text_digest(text: str) -> str:
    """Return a digest of what a file says."""
    return digest(text).hex()


def incident_file(incident_id: str) -> str:
    """Return the path of an incident's file from the root, with forward slashes."""
    return f"{INCIDENTS}/{incident_id}/{INCIDENT_FILE}"


def is_id(name: str) -> bool:
    """Say whether a folder with this name can contain an incident."""
    return bool(_ID.match(name)) and len(name) <= _ID_MAX and not _RESERVED.match(name)


def load_entry(root: Path, incident_id: str) -> Entry:
    """Load one incident.

    Args:
        root: the folder that contains `incidents/`.
        incident_id: the name of a folder in it; nothing else is ever read.
    """
    file = incident_file(incident_id)

    def broken(*diagnostics: Diagnostic, source: Source | None = None) -> Entry:
        return Entry(incident_id, file, source, None, diagnostics)

    if not is_id(incident_id):
        return broken(
            _error(
                file,
                "KB009",
                f"the folder's name {incident_id!r} is not an id",
                "use lower-case letters and digits, joined by single hyphens: two-words",
            )
        )
    if incident_id == STANDING_ID:
        return broken(
            _error(
                file,
                "KB009",
                f"the id {STANDING_ID!r} is reserved for the checks of {INCIDENTS}/{STANDING_FILE}",
                "rename the folder",
            )
        )
    try:
        raw = read_file(root, file)
    except FileNotFoundError:
        return broken(
            _error(
                file,
                "KB009",
                f"the folder {incident_id!r} has no {INCIDENT_FILE}",
                f"write {INCIDENT_FILE}, or move the folder out of {INCIDENTS}/",
            )
        )
    except OSError as error:
        return broken(diagnostic(file, error))
    try:
        source = parse_yaml(file, raw)
    except SourceError as error:
        return broken(*error.diagnostics)
    incident, diagnostics = validate(source, Incident)
    if source.problems or incident is None:
        return broken(*source.problems, *diagnostics, source=source)
    return Entry(incident_id, file, source, incident)


@dataclass(frozen=True, slots=True)
class StandingEntry:
    """The file of the checks that come from no incident.

    Attributes:
        source: what the file says; None if there is none, or if it could not be read as YAML.
        content: its checks; empty if there are errors.
        diagnostics: what is wrong with the file.
    """

    source: Source | None = None
    content: StandingChecks = field(default_factory=StandingChecks)
    diagnostics: tuple[Diagnostic, ...] = ()


def load_standing(root: Path) -> StandingEntry:
    """Load the checks that come from no incident, if there are any.

    Args:
        root: the folder that contains `incidents/`.
    """
    file = f"{INCIDENTS}/{STANDING_FILE}"
    try:
        source = parse_yaml(file, read_file(root, file))
    except FileNotFoundError:
        return StandingEntry()
    except OSError as error:
        return StandingEntry(diagnostics=(diagnostic(file, error),))
    except SourceError as error:
        return StandingEntry(diagnostics=tuple(error.diagnostics))
    content, diagnostics = validate(source, StandingChecks)
    if source.problems or content is None:
        return StandingEntry(source, diagnostics=(*source.problems, *diagnostics))
    return StandingEntry(source, content)


def validate(source: Source, model: type[M]) -> tuple[M | None, list[Diagnostic]]:
    """Check a file's content against a model.

    Returns:
        What the file says, or None and what is wrong with it, each with its position.
    """
    if not isinstance(source.data, dict):
        return None, [
            _error(
                source.file,
                "KB008",
                "not a mapping of fields",
                f"begin with `{next(iter(model.model_fields))}: ...`; `runbooks schema` prints all fields",
                source.position(()),
            )
        ]
    try:
        return model.model_validate(source.data), []
    except ValidationError as error:
        return None, [_explain(source, e, model) for e in error.errors(include_url=False)]


def _error(
    file: str, code: str, message: str, hint: str, position: Position | None = None
) -> Diagnostic:
    return Diagnostic(file, position or Position(), code, Severity.ERROR, message, hint)


def _explain(source: Source, error: Any, model: type[BaseModel]) -> Diagnostic:
    """Convert one of pydantic's errors to a diagnostic with its position and a hint."""
    route: Route = error["loc"]
    kind: str = error["type"]
    name = str(route[-1]) if route else ""
    place = _spell(route[:-1])
    if kind == "missing":
        message = f"`{name}` is missing" + (f" in `{place}`" if place else "")
        hint = _field_description(route, model)
        return _error(source.file, "KB101", message, hint, source.position(route, of_key=True))
    if kind == "extra_forbidden":
        message = f"unknown field `{name}`" + (f" in `{place}`" if place else "")
        names = _field_names(route[:-1], model)
        near = difflib.get_close_matches(name.lower().replace("-", "_"), names, 1, 0.6)
        hint = f"did you mean `{near[0]}`?" if near else "known fields: " + ", ".join(names)
        return _error(source.file, "KB102", message, hint, source.position(route, of_key=True))
    position = source.position(route)
    if kind == "enum":
        expected = error["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
        near = difflib.get_close_matches(str(error["input"]).lower(), expected.split(", "), 1, 0.6)
        message = f"`{_spell(route)}` is {_quote(error['input'])}, not one of {expected}"
        hint = f"did you mean `{near[0]}`?" if near else f"write one of: {expected}"
        return _error(source.file, "KB104", message, hint, position)
    code, hint = _KINDS.get(kind, ("KB104", _field_description(route, model)))
    message = f"`{_spell(route)}`: {_MESSAGES.get(kind, error['msg'])}"
    return _error(source.file, code, message, hint, position)


# pydantic's error types, each with its code and what to do about it.
_KINDS = {
    "not_text": ("KB103", "write plain text here"),
    "model_type": ("KB103", "write its fields below it, indented"),
    "model_attributes_type": ("KB103", "write its fields below it, indented"),
    "tuple_type": ("KB103", "write a list: each item on its own line, after `- `"),
    "int_type": ("KB103", "write a whole number"),
    "int_parsing": ("KB103", "write a whole number"),
    "bool_type": ("KB103", "write true or false"),
    "bool_parsing": ("KB103", "write true or false"),
    "empty_text": ("KB104", "write the text, or remove the field"),
    "unprintable": ("KB104", "remove the character; paste errors as text, not as bytes"),
    "hidden": ("KB104", "spell it out for the shell, such as $'\\x1b' or $'\\u202e'"),
    "several_lines": (
        "KB104",
        "shorten it to one line; put details into a field that allows paragraphs",
    ),
    "slug": ("KB104", "use lower-case letters and digits, joined by single hyphens: two-words"),
    "parameter_name": ("KB104", "write it as an environment variable: TABLE_NAME"),
    "time": ("KB105", "write it as in RFC 3339: 2026-11-20T03:12:00Z, or +01:00 instead of Z"),
    "time_zone": ("KB105", "add Z for UTC, or the offset: +01:00"),
    "date": ("KB105", "write the day as 2026-11-20"),
    "duration": ("KB104", "write a number and its unit: 500ms, 30s, 5m, 1h"),
    "signature_form": ("KB104", "write one of them; `text` is nearly always enough"),
    "empty_fix": ("KB101", "write `steps`, `changes`, or one sentence"),
}
_MESSAGES = {
    "model_type": "expected fields, found something else",
    "model_attributes_type": "expected fields, found something else",
    "tuple_type": "expected a list",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "greater_than_equal": "the number is too small",
}


def _quote(value: Any) -> str:
    if not isinstance(value, str):
        return "not text"
    return repr(value if len(value) <= 60 else value[:57] + "...")


def _spell(route: Route) -> str:
    """Write a route as an author reads it: `fix.steps[2].run`, counted from 1."""
    spelled = ""
    for step in route:
        spelled += (
            f"[{step + 1}]" if isinstance(step, int) else f".{step}" if spelled else str(step)
        )
    return spelled


def _model_at(route: Route, top: type[BaseModel]) -> type[BaseModel] | None:
    """Return the model that a route leads to, or None if it leads to plain values."""
    model: type[BaseModel] | None = top
    for step in route:
        if isinstance(step, int):
            continue
        info = model.model_fields.get(step) if model else None
        model = _model_in(info.annotation) if info else None
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)


def _field_names(route: Route, top: type[BaseModel]) -> list[str]:
    model = _model_at(route, top)
    return list(model.model_fields) if model else []


def _field_description(route: Route, top: type[BaseModel]) -> str:
    """Return what a field is for: the first line of its documentation."""
    steps = [step for step in route if isinstance(step, str)]
    if not steps:
        return ""
    model = _model_at(tuple(steps[:-1]), top)
    descriptions = field_descriptions(model) if model else {}
    description = descriptions.get(steps[-1], "").partition("\n")[0]
    return f"{steps[-1]}: {description}" if description else ""
