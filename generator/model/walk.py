"""Ways through an incident: every command and every statement, each with its route."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model.base import Supported
from generator.model.incident import Incident
from generator.model.steps import Action, Expect

Route = tuple[str | int, ...]
"""The way to a value: keys and list indexes, from the top."""


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
    """Yield what every step, check and proof is expected to show."""
    for route, action in actions(incident):
        yield (*route, "expect"), action.expect
    for index, proof in enumerate(incident.proofs):
        yield ("proofs", index, "expect"), proof.expect


def statements(incident: Incident) -> Iterator[tuple[Route, Supported]]:
    """Yield everything that carries evidence."""
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
        yield from _listed(("lessons", "went_well"), incident.lessons.went_well)
        yield from _listed(("lessons", "went_wrong"), incident.lessons.went_wrong)
        yield from _listed(("lessons", "got_lucky"), incident.lessons.got_lucky)


def _listed(route: Route, items: tuple[Supported, ...]) -> Iterator[tuple[Route, Supported]]:
    for index, item in enumerate(items):
        yield (*route, index), item
