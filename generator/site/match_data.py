"""The data of the paste box: one script that a page loads when somebody pastes an error.

`match-engine.js` compiles the signatures and finds them; `match.js` shows the matches.

What the script contains:

- `incidents`: one row for each incident that is not withdrawn, ordered by id: id, title, severity,
  status, parameters, first steps, alerts, and the source of one that is not ours. A parameter is its name, with "=" and its default if it
  has one. A step is the part of the card whose first step it is, what to do, its command, the risk
  of the command, and how to undo it.
- `headings`: the heading of each part.
- `signatures`: one row each: number of the incident, and what is searched for. That is a template, or an
  object: `text` for people, `key`, `others`, `without` and `within` (see
  `generator.signatures.language.CompiledSignature`), with forms as lists of parts. A part is a template, or
  {template, constants, ignoreCase}, {regex, automaton}, {pair, name, chunks, key, ignoreCase}.
  - `telling`: a regular expression for lines that say what went wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from generator.knowledge.base import KnowledgeBase
from generator.model import Incident, Parameter, Status, Step
from generator.search.index import TELLING
from generator.signatures.language import (
    Form,
    Pair,
    Searched,
    SignatureError,
    Template,
    compile_signature,
)
from generator.signatures.source import Source, described
from generator.site.assets import FOLDER
from generator.site.page import LateAsset
from generator.site.pieces import Pieces
from generator.text.labels import HEADINGS
from generator.text.scripts import compact, script_of

DATA_FILE = f"{FOLDER}/match-data.js"
VARIABLE = "runbooksMatchData"
FORMAT = 2


def build_match_data(base: KnowledgeBase, pieces: Pieces | None = None) -> LateAsset:
    """Build the script with the data of the paste box.

    Args:
        base: the knowledge base.
        pieces: what the script takes from each incident; it may be kept.
    """
    pieces = pieces or Pieces(base, match_piece)
    return LateAsset(DATA_FILE, pieces.key("match"), partial(_content, base, pieces))


def _content(base: KnowledgeBase, pieces: Pieces) -> bytes:
    found = [pieces.of(i)["match"] for i in sorted(base.facts)]
    kept = [piece for piece in found if piece]
    signatures = (f"[{number},{rest}" for number, (_, rows) in enumerate(kept) for rest in rows)
    return script_of(
        VARIABLE,
        f'{{"format":{FORMAT},"incidents":[{",".join(row for row, _ in kept)}],'
        f'"signatures":[{",".join(signatures)}],"telling":{compact(TELLING)},'
        f'"headings":{compact(HEADINGS)}}}',
    )


def match_piece(base: KnowledgeBase, incident_id: str) -> dict[str, Any]:
    """Return what the script takes from one incident, as JSON.

    Returns:
        Its row, and its signatures without the number with which they begin; nothing of a withdrawn
        incident.
    """
    incident = base.incidents[incident_id]
    if incident.status is Status.WITHDRAWN:
        return {"match": []}
    rows = [signature_row(0, s.source) for s in incident.symptom.signatures]
    signatures = [compact(row[1:])[1:] for row in rows]
    return {
        "match": [compact(_row(incident_id, incident, base.source_of(incident_id))), signatures]
    }


def _row(incident_id: str, incident: Incident, source: str) -> list[object]:
    return [
        incident_id,
        incident.title,
        incident.severity.value,
        incident.status.value,
        [_parameter(parameter) for parameter in incident.parameters],
        [_step(part, step) for part, step in incident.urgent_steps],
        list(incident.symptom.alerts),
        *([source] if source else []),
    ]


def _parameter(parameter: Parameter) -> str:
    default = parameter.default
    return f"{parameter.name}={default}" if default is not None else parameter.name


def _step(part: str, step: Step) -> list[str]:
    risk = step.risk.value if step.risk else ""
    undo = _first_paragraph(step.rollback.do) if step.rollback else ""
    return [part, _first_paragraph(step.do), (step.run or "").rstrip("\n"), risk, undo]


def _first_paragraph(text: str) -> str:
    return " ".join(text.strip().split("\n\n")[0].split())


def signature_row(number: int, source: Source) -> list[object]:
    """Return a signature as the page's engine compiles it.

    Args:
        number: the number of its incident.
        source: its plain form.
    """
    try:
        signature = compile_signature(source)
    except SignatureError:
        return [number, {"key": []}]  # lint reports it
    key = _forms(signature.key)
    if isinstance(source, str) and key == [[source]]:
        return [number, source]
    what: dict[str, object] = {"text": described(source), "key": key}
    if signature.others:
        what["others"] = _forms(signature.others)
    if signature.without:
        what["without"] = _forms(signature.without)
    if not signature.is_alone:
        what["within"] = signature.within
    return [number, what]


def _forms(forms: Iterable[Form]) -> list[list[object]]:
    return [[_part(part) for part in form] for form in forms]


def _part(part: Searched) -> object:
    if isinstance(part, Template):
        given = {"constants": part.constants, "ignoreCase": part.ignore_case}
        given = {name: value for name, value in given.items() if value}
        return {"template": part.source, **given} if given else part.source
    if isinstance(part, Pair):
        given = {"name": "".join(part.names), "chunks": part.chunks, "key": part.key}
        return {"pair": part.regex, **given, "ignoreCase": part.ignore_case}
    found: dict[str, object] = {"regex": part.pattern.pattern}
    if part.automaton is not None:
        found["automaton"] = part.automaton.as_data()
    return found
