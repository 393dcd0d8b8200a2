"""A checklist for programs, with its JSON Schema."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from generator.checklists import wording
from generator.checklists.items import Checklist, ChosenCheck, Reason
from generator.model import Level, Phase, Poll, Risk
from generator.text.controls import json_text

VERSION = 1


def as_json(checklist: Checklist) -> str:
    """Return a checklist as JSON; `SCHEMA` says what it holds."""
    return json_text(as_data(checklist)) + "\n"


def as_data(checklist: Checklist) -> dict[str, Any]:
    """Return a checklist as plain data."""
    return {
        "version": VERSION,
        "about": checklist.about,
        "revision": checklist.revision,
        "unreadable": list(checklist.unreadable),
        "missing_sources": list(checklist.missing_sources),
        "checks": [_item(item) for item in checklist.items],
    }


def _item(item: ChosenCheck) -> dict[str, Any]:
    return {
        "id": item.id,
        "phase": item.phase.value,
        "level": item.level.value,
        "check": item.check,
        "run": item.run or None,
        "expect": item.expect.model_dump(mode="json", exclude_defaults=True),
        "risk": item.risk.value if item.risk else None,
        "rollback": item.rollback.model_dump(mode="json", exclude_defaults=True)
        if item.rollback
        else None,
        "needs": list(item.needs),
        "timeout": item.timeout or None,
        "poll": polled(item.poll),
        "approval": item.approval,
        "values": {
            v.name: {"value": v.value, "given": v.given, "needed": v.needed} for v in item.values
        },
        "waiver": asdict(item.waiver) if item.waiver else None,
        "reasons": [_reason(reason) for reason in item.reasons],
    }


def polled(poll: Poll | None) -> dict[str, str] | None:
    """Return how long a result may take, by the keys of the file."""
    return poll.model_dump(mode="json", by_alias=True) if poll else None


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "id": reason.id,
        "incident": reason.incident or None,
        "title": reason.title,
        "severity": reason.severity or None,
        "status": reason.status or None,
        "date": reason.date or None,
        "documented": reason.documented,
        "source": reason.source or None,
        "why": wording.joined(wording.why(reason)),
        "matched": [
            {
                key: list(value) if isinstance(value, tuple) else value
                for key, value in asdict(match).items()
                if value
            }
            for match in reason.matched
        ],
    }


def _maybe(kind: str) -> dict[str, Any]:
    return {"type": [kind, "null"]}


def _texts() -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}}


def _fields(optional: dict[str, Any] | None = None, **required: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


_TEXT = {"type": "string"}
_WHOLE = {"type": "integer"}

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Deploy checklist",
    **_fields(
        version={"const": VERSION},
        about={**_TEXT, "description": "The description of the release."},
        revision={**_TEXT, "description": "The git revision; may be empty."},
        unreadable={**_texts(), "description": "Incidents with errors; their checks are missing."},
        missing_sources={
            **_texts(),
            "description": "Sources that are not here; their checks are missing.",
        },
        checks={
            "type": "array",
            "description": "The checks, in the order in which they run.",
            "items": _fields(
                id={**_TEXT, "description": "<incident>/<check>; stable."},
                phase={"enum": [phase.value for phase in Phase]},
                level={"enum": [level.value for level in Level]},
                check={**_TEXT, "description": "What must hold."},
                run={
                    **_maybe("string"),
                    "description": "The command; null if a person does the check.",
                },
                expect=_fields(
                    {
                        "shows": _TEXT,
                        "exit": _WHOLE,
                        "contains": _texts(),
                        "matches": _texts(),
                        "empty": {"type": "boolean"},
                    }
                ),
                risk={"enum": [*(risk.value for risk in Risk), None]},
                rollback={"anyOf": [_fields({"run": _TEXT}, do=_TEXT), {"type": "null"}]},
                needs=_texts(),
                timeout=_maybe("string"),
                poll={
                    "anyOf": [_fields(every=_TEXT, **{"for": _TEXT}), {"type": "null"}],
                    "description": "How often, and how long, it is tried until it is as expected.",
                },
                approval={
                    "type": "boolean",
                    "description": "Whether a second person has to agree to the command.",
                },
                values={
                    "type": "object",
                    "additionalProperties": _fields(
                        value=_maybe("string"),
                        given={"type": "boolean"},
                        needed={"type": "boolean"},
                    ),
                },
                waiver={
                    "anyOf": [
                        _fields(
                            reason=_TEXT,
                            who={**_TEXT, "description": "The role that decided it."},
                            until={**_TEXT, "description": "Its last day; empty: this run only."},
                            ended={
                                "type": "boolean",
                                "description": "Whether that day is over: the check counts again.",
                            },
                        ),
                        {"type": "null"},
                    ],
                    "description": "The decision that the check need not hold.",
                },
                reasons={
                    "type": "array",
                    "minItems": 1,
                    "items": _fields(
                        id=_TEXT,
                        incident=_maybe("string"),
                        title=_TEXT,
                        severity=_maybe("string"),
                        status=_maybe("string"),
                        date=_maybe("string"),
                        documented={
                            "type": "boolean",
                            "description": "Whether the date is the date of its newest source.",
                        },
                        source={
                            **_maybe("string"),
                            "description": "The source that it comes from; null if it is ours.",
                        },
                        why={**_TEXT, "description": "What in the release matched, in words."},
                        matched={
                            "type": "array",
                            "minItems": 1,
                            "items": _fields(
                                {
                                    "value": _TEXT,
                                    "rule": _TEXT,
                                    "path": _TEXT,
                                    "more": _WHOLE,
                                    "lines": {
                                        **_texts(),
                                        "description": "What decided in the file: + or - and a changed line, ~ and an updated dependency, = and a kind of change, ! for a new file.",
                                    },
                                    "lines_unknown": {"type": "boolean"},
                                    "repository": {
                                        **_texts(),
                                        "description": "What identified the repository.",
                                    },
                                    "repository_unknown": {"type": "boolean"},
                                },
                                kind={
                                    "enum": [
                                        "path",
                                        "component",
                                        "kind",
                                        "incident",
                                        "standing",
                                        "all",
                                        "rules",
                                    ]
                                },
                            ),
                        },
                    ),
                },
            ),
        },
    ),
}
"""What `as_json` returns."""
