"""What a text field is for stands at the field, and nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from generator.importers.draft import PLACES
from generator.importers.vocabulary import languages
from generator.knowledge.base import load
from generator.model import Incident, StandingChecks, Statement
from generator.model.base import Model
from generator.model.roles import Role, Weight
from generator.model.walk import Route, TextField, text_fields, texts
from generator.postmortems.contents import post_mortem
from generator.rules import RULES, lint
from tests.rule_examples import incident_text, write_base


def leaves(fields: tuple[TextField, ...], *route: str) -> Iterator[tuple[str, Role | None]]:
    for field in fields:
        if field.parts:
            yield from leaves(field.parts, *route, field.name)
        else:
            yield ".".join((*route, field.name)), field.role


@pytest.mark.parametrize("model", [Incident, StandingChecks])
def test_every_text_field_says_what_it_is_for(model: type[Model]) -> None:
    fields = dict(leaves(text_fields(model)))
    assert [name for name, role in fields.items() if role is None] == [], (
        "say it at the field: Annotated[Text, Role(...)], or SHOWN (generator/model/roles.py)"
    )
    assert "checks.applies_to.paths" in fields


def test_a_field_without_a_role_is_noticed() -> None:
    assert dict(leaves(text_fields(Statement)))["text"] is None


def test_parts_take_the_role_of_the_field_that_holds_them() -> None:
    fields = dict(leaves(text_fields(Incident)))
    assert fields["root_cause.contributing_factors.text"] == Role(
        Weight.BODY, story=True, passage=True
    )
    assert fields["verification.expect.shows"] == Role(Weight.BODY)
    assert fields["checks.expect.shows"] == fields["verification.expect.matches"] == Role()


def value_at(part: object, route: Route) -> object:
    for step in route:
        # Python reserves the key `for`, so the field has another name.
        name = "within" if step == "for" else step
        part = part[name] if isinstance(name, int) else getattr(part, name)  # type: ignore[index]
    return part


def test_every_text_comes_with_its_route(full: Path) -> None:
    incident = load(full).incidents["everything"]
    found = texts(incident)
    assert [text for _, text, _ in found] == [value_at(incident, route) for route, _, _ in found]
    names = {name for name, _ in leaves(text_fields(Incident))}
    assert {".".join(s for s in route if isinstance(s, str)) for route, _, _ in found} <= names
    assert ("symptom", "signatures", 0, "text") in [route for route, _, _ in found]


@pytest.mark.parametrize(
    "fields",
    [
        "lessons:\n  got_lucky: {}\n",
        "impact: {}\n",
        "action_items:\n  - do: {}\n    state: done\n",
        "notes: {}\n",
    ],
)
def test_what_is_told_is_linted_for_personal_data(tmp_path: Path, fields: str) -> None:
    text = incident_text(fields.format("jane.doe@example.com woke up."))
    found = [d for d in lint(load(write_base(tmp_path, text)), RULES) if d.code == "KB404"]
    assert len(found) == 1


def test_import_knows_words_for_every_field_that_it_fills() -> None:
    for language in languages():
        known = set(language.labels.values())
        assert [topic for topic in PLACES if topic not in known] == []


def test_sections_of_the_post_mortem_exist(full: Path) -> None:
    document = post_mortem(load(full), "everything", None, date(2026, 11, 26))
    roles = [role for _, role in leaves(text_fields(Incident)) if role]
    assert {role.section for role in roles} - {""} <= {s.key for s in document.sections}
