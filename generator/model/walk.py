"""Walks through an incident: every text, every command, every statement, each with its route."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin

from generator.model.base import ONE_LINE, Model, Supported
from generator.model.incident import Incident
from generator.model.roles import Role
from generator.model.sections import LESSON_TITLES
from generator.model.steps import Action, Expect

Route = tuple[str | int, ...]
"""The way to a value: keys and list indexes, from the top."""


@dataclass(frozen=True, slots=True)
class TextField:
    """A field of a model that contains text, or parts with text.

    Attributes:
        name: its key.
        attribute: its name in the model; another one where Python reserves the key.
        listed: it is a list.
        keyed: it is a mapping from names.
        role: what its text is for; None if no field declares it, or if it has parts.
        parts: the fields of its parts; empty if it is text.
        main: it is the text that its part's short form stands for.
        line: it has only one line.
    """

    name: str
    attribute: str
    listed: bool
    keyed: bool
    role: Role | None
    parts: tuple[TextField, ...]
    main: bool
    line: bool


@cache
def text_fields(model: type[Model], role: Role | None = None) -> tuple[TextField, ...]:
    """Return the fields of a model that contain text, in its order.

    Args:
        model: the model.
        role: the role of those texts that have no role themselves.
    """
    found = []
    for attribute, info in model.model_fields.items():
        name = info.alias or attribute
        types, roles = _within(info.annotation)
        roles += [part for part in info.metadata if isinstance(part, Role)]
        own = roles[-1] if roles else role
        part = next((t for t in types if isinstance(t, type) and issubclass(t, Model)), None)
        below = text_fields(part, own) if part else ()
        if below or str in types:
            main, line = name == model.short_form, ONE_LINE in (*types, *info.metadata)
            own = None if below else own
            listed, keyed = tuple in types, dict in types
            found.append(TextField(name, attribute, listed, keyed, own, below, main, line))
    return tuple(found)


def _within(annotation: Any) -> tuple[list[Any], list[Role]]:
    """Return the types in an annotation, and the roles in it."""
    if isinstance(annotation, Role):
        return [], [annotation]
    types, roles = [annotation, get_origin(annotation)], []
    for part in get_args(annotation):
        inner, said = _within(part)
        types += inner
        roles += said
    return types, roles


def texts(incident: Incident) -> list[tuple[Route, str, Role]]:
    """Return every text of an incident, with its route and what it is for."""
    found: list[tuple[Route, str, Role]] = []
    _collect(found, incident, (), text_fields(Incident))
    return found


def _collect(
    found: list[tuple[Route, str, Role]], part: Model, route: Route, fields: tuple[TextField, ...]
) -> None:
    for field in fields:
        value = getattr(part, field.attribute)
        if not value:
            continue
        here = (*route, field.name)
        items = [(here, value)]
        if field.listed or field.keyed:
            items = [
                ((*here, n), v) for n, v in (value.items() if field.keyed else enumerate(value))
            ]
        for at, item in items:
            if field.parts:
                _collect(found, item, at, field.parts)
            elif field.role is not None:
                found.append((at, item, field.role))


def actions(incident: Incident) -> Iterator[tuple[Route, Action]]:
    """Yield every step and every check, in the order of a runbook."""
    for name, steps in (
        ("diagnosis", incident.diagnosis),
        ("mitigation", incident.mitigation),
        ("verification", incident.verification),
        ("checks", incident.checks),
    ):
        for index, step in enumerate(steps):
            yield (name, index), step
    for index, step in enumerate(incident.fix.steps):
        yield ("fix", "steps", index), step


def commands(incident: Incident) -> Iterator[tuple[Route, str]]:
    """Yield every command: of steps, checks, their rollbacks, and proofs."""
    for route, action in actions(incident):
        if action.run is not None:
            yield (*route, "run"), action.run
        if action.rollback is not None and action.rollback.run is not None:
            yield (*route, "rollback", "run"), action.rollback.run
    for index, proof in enumerate(incident.proofs):
        yield ("proofs", index, "run"), proof.run


def expectations(incident: Incident) -> Iterator[tuple[Route, Expect]]:
    """Yield the expected result of every step, check and proof."""
    for route, action in actions(incident):
        yield (*route, "expect"), action.expect
    for index, proof in enumerate(incident.proofs):
        yield ("proofs", index, "expect"), proof.expect


def statements(incident: Incident) -> Iterator[tuple[Route, Supported]]:
    """Yield everything that has evidence."""
    yield ("symptom",), incident.symptom
    yield from _listed(("symptom", "false_positives"), incident.symptom.false_positives)
    yield from actions(incident)
    cause = incident.root_cause
    yield ("root_cause",), cause
    yield from _listed(("root_cause", "contributing_factors"), cause.contributing_factors)
    yield from _listed(("root_cause", "ruled_out"), cause.ruled_out)
    yield from _listed(("fix", "changes"), incident.fix.changes)
    if incident.impact is not None:
        yield ("impact",), incident.impact
    if incident.detection is not None:
        yield ("detection",), incident.detection
    yield from _listed(("timeline",), incident.timeline)
    yield from _listed(("stated_durations",), incident.stated_durations)
    yield from _listed(("action_items",), incident.action_items)
    if incident.lessons is not None:
        for name in LESSON_TITLES:
            yield from _listed(("lessons", name), getattr(incident.lessons, name))


def _listed(route: Route, items: tuple[Supported, ...]) -> Iterator[tuple[Route, Supported]]:
    for index, item in enumerate(items):
        yield (*route, index), item
