"""The JSON Schemas accept what the loader accepts, and refuse what it refuses."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generator.cache.fingerprints import BESIDE_FILES
from generator.knowledge.schema import SCHEMA_FILES, SCHEMAS, schema, schema_text
from generator.knowledge.source import Route, parse_yaml
from generator.model import Incident, Model
from tests.conftest import FULL, ROOT
from tests.test_model import SHORT

FILES = [
    *(FULL / "incidents" / name / "incident.yaml" for name in ("everything", "short", "hostile")),
    *sorted(ROOT.glob("incidents/*/incident.yaml")),
]


BESIDE = sorted(path for name in BESIDE_FILES for path in ROOT.glob(f"incidents/*/{name}"))


class _EditorLoader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: times stay text, only true and false are booleans."""


_EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith(("timestamp", "bool"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_EditorLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z"), list("tf")
)


@cache
def validator(of: str = "incident") -> Any:
    return jsonschema.Draft202012Validator(schema(of))


@cache
def as_editors_read(text: str) -> Any:
    return yaml.load(text, _EditorLoader)


@cache
def as_the_loader_reads(text: str) -> Any:
    return parse_yaml("x", text.encode()).data


def loads(data: Any, model: type[Model] = Incident) -> bool:
    try:
        model.model_validate(data)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_the_schema_accepts_what_the_loader_accepts(file: Path) -> None:
    validator().validate(as_editors_read(file.read_text("utf-8")))


@pytest.mark.parametrize("file", BESIDE, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_the_schemas_accept_the_files_beside_an_incident(file: Path) -> None:
    validator(file.stem).validate(as_editors_read(file.read_text("utf-8")))


@pytest.mark.parametrize("of", SCHEMAS)
def test_the_schema_is_valid_and_describes_every_field(of: str) -> None:
    made = schema(of)
    jsonschema.Draft202012Validator.check_schema(made)
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["$id"] == f"urn:incident-runbooks:schema:{of}"
    undescribed = [
        name for name, field in made["properties"].items() if not field.get("description")
    ]
    assert not undescribed


def test_the_schema_refuses_what_the_loader_refuses() -> None:
    assert validator().is_valid(SHORT)
    assert loads(SHORT)
    for wrong in (
        {"severity": "SEV9"},
        {"sevrity": "x"},
        {"tags": ["A b"]},
        {"symptom": {"desc": "x"}},
        {"fix": {}},
        {"fix": []},
        {"symptom": {"description": "x", "signatures": [{"note": "x"}]}},
        {"symptom": {"description": "x", "signatures": [{"text": "x", "regex": "x"}]}},
    ):
        assert not validator().is_valid({**SHORT, **wrong}), wrong
        assert not loads({**SHORT, **wrong}), wrong


@pytest.mark.parametrize(
    "field",
    [
        "symptom: 502",
        "tags: 2024",
        "components: [365, api]",
        "aliases: 4711",
        "timeline: [{ at: 2026-01-15 02:58Z, what: x }]",
        "timeline: [{ at: 2026-01-15T02:58+01:00, what: x }]",
    ],
)
def test_what_editors_read_as_a_number_or_a_time_is_accepted(field: str) -> None:
    kept = {name: value for name, value in SHORT.items() if not field.startswith(name)}
    text = f"{yaml.safe_dump(kept)}{field}\n"
    validator().validate(as_editors_read(text))
    assert loads(as_the_loader_reads(text))


# --- keys with nothing behind them


def with_nothing_behind(data: Any, route: Route) -> Any:
    """Return a copy in which a key has nothing behind it, whether it was there or not."""
    made = copy.deepcopy(data)
    at = made
    for step in route[:-1]:
        at = at[step]
    at[route[-1]] = None
    return made


def keys(data: Any, route: Route = ()) -> Iterator[Route]:
    """Yield the routes of all keys, from the top."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield (*route, name)
            yield from keys(value, (*route, name))
    elif isinstance(data, list | tuple):
        for index, value in enumerate(data):
            yield from keys(value, (*route, index))


def agree(text: str, *routes: Route, of: str = "incident") -> None:
    """Check that the schema and the loader say the same of a file in which keys are empty."""
    edited, loaded = as_editors_read(text), as_the_loader_reads(text)
    for route in routes:
        edited, loaded = with_nothing_behind(edited, route), with_nothing_behind(loaded, route)
    assert validator(of).is_valid(edited) == loads(loaded, SCHEMAS[of]), routes


def with_status(file: Path, status: str) -> str:
    """Return an incident's file with another status; empty for none."""
    text, count = re.subn(
        r"(?m)^status:.*\n", f"status: {status}\n" if status else "", file.read_text("utf-8")
    )
    return text if count or not status else f"{text}\nstatus: {status}\n"


@pytest.mark.parametrize("status", ["draft", "published", ""])
@pytest.mark.parametrize("file", FILES[:2], ids=lambda file: file.parent.name)
def test_each_key_may_be_empty_where_the_loader_lets_it(file: Path, status: str) -> None:
    """Of keys in a list of many, the first one stands for all."""
    text = with_status(file, status)
    once = {
        tuple(step for step in route if isinstance(step, str)): route
        for route in reversed(list(keys(as_the_loader_reads(text))))
    }
    once |= {(name,): (name,) for name in Incident.model_fields}
    for route in once.values():
        agree(text, route)
    agree(text, ("no_such_field",))


@settings(max_examples=150)
@given(st.data())
def test_several_keys_may_be_empty_where_the_loader_lets_them(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(FILES), "file")
    text = with_status(file, data.draw(st.sampled_from(["draft", "reviewed", "published", ""])))
    there = [*keys(as_the_loader_reads(text)), *((name,) for name in Incident.model_fields)]
    # The deepest first: what is emptied later may hold what was emptied before.
    routes = sorted(data.draw(st.lists(st.sampled_from(there), max_size=6)), key=len, reverse=True)
    agree(text, *routes)


def test_keys_of_the_standing_checks_may_be_empty_too() -> None:
    whole = as_editors_read(FILES[0].read_text("utf-8"))
    text = yaml.safe_dump({name: whole[name] for name in ("parameters", "checks")})
    agree(text, of="checks")
    for route in keys(as_the_loader_reads(text)):
        agree(text, route, of="checks")


@pytest.mark.parametrize("status", ["draft", "published"])
@pytest.mark.parametrize("missing", SHORT)
def test_only_a_draft_may_lack_what_is_required(missing: str, status: str) -> None:
    without = {k: v for k, v in SHORT.items() if k != missing} | {"status": status}
    may = status == "draft" and missing != "title"
    for data in (without, without | {missing: None}):
        assert validator().is_valid(data) == loads(data) == may


# --- the copies of it


@pytest.mark.parametrize("of", SCHEMA_FILES)
def test_the_repository_holds_the_schema_of_today(of: str) -> None:
    text = (ROOT / "incidents" / SCHEMA_FILES[of]).read_text("utf-8")
    assert text == schema_text(of), "run `make docs`"
