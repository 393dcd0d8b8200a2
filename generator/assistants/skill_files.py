"""The runbooks as files for assistants that read files and speak no protocol.

`SKILL.md` is the index, with the front matter that assistants look for (name and description); each
incident has a file of its own, which an assistant reads only when it needs it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from generator.assistants.card import card
from generator.assistants.data_marks import RULE, as_data
from generator.assistants.evidence import IncidentEvidence
from generator.checklists.formats.markdown import span
from generator.knowledge.base import KnowledgeBase
from generator.model import Status
from generator.text.controls import written_out
from generator.text.labels import spell_severity
from generator.text.prose import one_line

INDEX = "SKILL.md"
FOLDER = "incidents"
_ERRORS = 3
"""How many error texts of an incident are in the index."""


def skill_files(base: KnowledgeBase) -> dict[str, bytes]:
    """Return the files, by their paths with forward slashes.

    Withdrawn incidents have none, and drafts only if the site shows them.

    Args:
        base: the knowledge base.
    """
    base = base.shown
    shown = {
        i: IncidentEvidence(base, i)
        for i in base.newest
        if base.facts[i].status != Status.WITHDRAWN
    }
    files = {INDEX: _index(base, shown)}
    for i, evidence in shown.items():
        text = card(i, base.incidents[i], evidence, {}, base.source_of(i))
        files[f"{FOLDER}/{i}.md"] = as_data(text, base.by_id[i].file) + "\n"
    return {path: text.encode("utf-8", "replace") for path, text in files.items()}


def _index(base: KnowledgeBase, shown: Mapping[str, IncidentEvidence]) -> str:
    components = ", ".join(base.by_component) or "none"
    about = (
        "Runbooks of known incidents, with evidence. Use them when there is an error, a stack trace, "
        f"an alert or an outage to explain. Components: {components}."
    )
    rows = (line for i, evidence in shown.items() for line in _row(base, i, evidence))
    return "\n".join(
        [
            "---",
            "name: incident-runbooks",
            f"description: {json.dumps(about[:1_000], ensure_ascii=False)}",
            "---",
            "",
            "# Incident runbooks",
            "",
            "1. Compare the error with the texts below. Without `runbooks` (see below) this is only a "
            "comparison of words: say so.",
            f"2. Read the file of the incident, and follow its sections in their order. {RULE}",
            "3. Say how well each statement is proved. A command that changes something has its risk, "
            "its guard and how to undo it in its block: show them, and let a person run it.",
            "4. If no incident fits, say that none is known. Do not invent a runbook.",
            "",
            "If the command `runbooks` is there, `runbooks match FILE` finds the incident and the "
            "values for the commands, and `runbooks mcp` answers over the Model Context Protocol.",
            "",
            *as_data(written_out("\n".join(rows) or "No incidents."), "incidents/").splitlines(),
            "",
        ]
    )


def _row(base: KnowledgeBase, incident_id: str, evidence: IncidentEvidence) -> list[str]:
    facts = base.facts[incident_id]
    head = f"- [{incident_id}]({FOLDER}/{incident_id}.md): {one_line(facts.title)}"
    source = base.source_of(incident_id)
    whose = f", from {source}" if source else ""
    about = f"({spell_severity(facts.severity)}, {facts.status}{whose})"
    lines = [f"{head} {about}. {evidence.summary}"]
    for signature in base.incidents[incident_id].symptom.signatures[:_ERRORS]:
        lines.append(f"  - {span(signature.example.strip().splitlines()[0][:300])}")
    lines += [f"  - alert {span(alert)}" for alert in facts.alerts[:_ERRORS]]
    return lines
