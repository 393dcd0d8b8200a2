"""What an assistant can ask a knowledge base, and the answers: read-only, each with its evidence."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from generator.assistants.card import card, sentence
from generator.assistants.data_marks import as_data
from generator.assistants.evidence import IncidentEvidence
from generator.assistants.inputs import (
    Arguments,
    CannotAnswer,
    ChecklistArguments,
    EvidenceArguments,
    MatchArguments,
    SearchArguments,
    ShowArguments,
)
from generator.assistants.release_checks import checklist_for
from generator.checklists import wording
from generator.checklists.formats.markdown import as_markdown
from generator.knowledge.base import KnowledgeBase, load
from generator.model import Status
from generator.search.kept import kept_engine
from generator.signatures.source import described
from generator.site.evidence import run_on
from generator.text.controls import on_one_line, written_out
from generator.text.labels import plural, spell_severity
from generator.text.prose import one_line
from generator.text.urls import incident_address, on_site
from generator.triage.alerts import alert_names
from generator.triage.catalog import Catalog, catalog
from generator.triage.results import SIMILAR_BYTES, MatchedIncident, matched_incidents

_AND_TEXT = " and the text that was asked about"


@dataclass(frozen=True)
class ToolAnswer:
    """An answer.

    Attributes:
        text: for the assistant to read, as Markdown; what comes from elsewhere is marked as data.
        data: the same for programs.
    """

    text: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Tool:
    """A question that can be asked.

    Attributes:
        title: its name for people.
        about: what it is for; assistants choose by it.
        arguments: what it is asked.
        answer: answers.
    """

    title: str
    about: str
    arguments: type[Arguments]
    answer: Callable[[KnowledgeTools, Any], ToolAnswer]


class KnowledgeTools:
    """Answers from one knowledge base, each time as its files are now."""

    def __init__(self, root: Path, now: Callable[[], datetime]) -> None:
        """Remember where it is; it is loaded with the first question.

        Args:
            root: the folder that contains `mkdocs.yml` and `incidents/`.
            now: returns the time, in UTC; the age of a proof is judged by it.
        """
        self.root = root
        self._now = now
        self._loaded: KnowledgeBase | None = None

    def base(self) -> KnowledgeBase:
        """Return the knowledge base as it is now, without drafts if the site has none."""
        self._loaded = load(self.root, self._now().date(), kept=True, before=self._loaded)
        return self._loaded.shown

    def match(self, asked: MatchArguments) -> ToolAnswer:
        """Say which incidents a text shows."""
        base = self.base()
        known = catalog(self.root, lambda: base)
        text = asked.text.encode("utf-8", "surrogatepass")
        found = [
            one
            for one in matched_incidents(known.named, known.matcher.scan(text))
            if one.incident in base.facts
        ]
        by_alert = {
            incident: alert
            for incident, alert in known.alerted(
                alert_names(text) or (), (one.incident for one in found)
            ).items()
            if incident in base.facts
        }
        if not found and not by_alert:
            return self._unknown(base, known, text)
        rows = [self._matched(base, one) for one in found]
        rows += [self._alerted(base, i, alert) for i, alert in by_alert.items()]
        head = f"{plural(len(rows), 'known incident')} in this text, the most certain first."
        texts = [head, *(text for text, _ in rows)]
        texts.append("For the steps, call `show` with the incident and the captured values.")
        data = {"known": True, "incidents": [row for _, row in rows]}
        return ToolAnswer("\n\n".join(texts), data)

    def _matched(self, base: KnowledgeBase, one: MatchedIncident) -> tuple[str, dict[str, Any]]:
        lines = []
        for named, where in one.signatures:
            source = described(base.incidents[one.incident].symptom.signatures[named.index].source)
            times = plural(where.count, "time")
            lines.append(f"Matches: {_shown(source)}")
            lines.append(f"On line {where.line} ({times}): {_shown(where.text)}")
        for name, value in one.captures.items():
            others = one.values.get(name, [])[1:]
            also = f" (also {', '.join(map(_shown, others))})" if others else ""
            lines.append(f"Captured: {name} = {_shown(value)}{also}")
        best = one.best[1]
        matched = {"line": best.line, "text": best.text, "count": best.count}
        more = {"captures": one.captures, "values": one.values, "matched": matched, "alert": None}
        return self._about(base, one.incident, lines, more, _AND_TEXT)

    def _alerted(self, base: KnowledgeBase, incident_id: str, alert: str) -> tuple[str, dict[str, Any]]:  # fmt: skip
        lines = [f"Alert: {_shown(alert)}"]
        more: dict[str, Any] = {"captures": {}, "values": {}, "matched": None, "alert": alert}
        return self._about(base, incident_id, lines, more, _AND_TEXT)

    def _unknown(self, base: KnowledgeBase, known: Catalog, text: bytes) -> ToolAnswer:
        near = kept_engine(self.root, lambda: base).engine.similar(
            text[:SIMILAR_BYTES].decode("utf-8", "replace")
        )
        near = tuple(one for one in near if one.page.incident in base.facts)
        looked = (
            f"{plural(len(known.named), 'signature')} and {plural(len(known.by_alert), 'alert')} "
            f"of {plural(len(base.facts), 'incident')}"
        )
        lines = [f"No known incident. Looked for {looked}. Do not invent a runbook for it."]
        for one in near:
            shared = ", ".join(map(on_one_line, one.shared))
            about, _ = self._about(base, one.page.incident, [f"Words in common: {shared}"], {})
            lines += ["Not a match, but similar:", about]
        similar = [
            {"incident": one.page.incident, "source": one.page.source or None, "words": list(one.shared)}
            for one in near
        ]  # fmt: skip
        looked_for = {
            "signatures": len(known.named),
            "alerts": len(known.by_alert),
            "incidents": len(base.facts),
        }
        data = {"known": False, "incidents": [], "looked_for": looked_for, "similar": similar}
        return ToolAnswer("\n\n".join(lines), data)

    def search(self, asked: SearchArguments) -> ToolAnswer:
        """Find incidents by words."""
        base = self.base()
        engine = kept_engine(self.root, lambda: base).engine
        results = engine.search(asked.words, asked.most, lambda page: page.incident in base.facts)
        rows = [
            self._about(base, hit.page.incident, [f"Shows: {_shown(hit.line)}"] if hit.line else [], {"line": hit.line})
            for hit in results.hits
        ]  # fmt: skip
        if not rows:
            data = {"total": 0, "incidents": []}
            return ToolAnswer("Nothing found. Try fewer words, or a word of the error.", data)
        head = f"{plural(results.total, 'incident')} found, the best {len(rows)} shown."
        texts = [head, *(text for text, _ in rows)]
        return ToolAnswer(
            "\n\n".join(texts), {"total": results.total, "incidents": [r for _, r in rows]}
        )

    def show(self, asked: ShowArguments) -> ToolAnswer:
        """Show a runbook with values filled in."""
        base = self.base()
        incident_id = self._resolved(base, asked.incident)
        incident = base.incidents[incident_id]
        names = [parameter.name for parameter in incident.parameters]
        unknown = [name for name in asked.values if name not in names]
        if unknown:
            known = f"its parameters: {', '.join(names)}" if names else "it has no parameters"
            raise CannotAnswer(f"{incident_id} has no parameter {unknown[0]!r}; {known}")
        values = {name: value.replace("\0", "") for name, value in asked.values.items()}
        evidence = IncidentEvidence(base, incident_id)
        text = card(incident_id, incident, evidence, values, base.source_of(incident_id))
        lacking = [
            p.name for p in incident.parameters if values.get(p.name, p.default) is None
        ]  # fmt: skip
        data = self._facts(base, incident_id, evidence) | {
            "values": values,
            "values_not_known": lacking,
        }
        return ToolAnswer(as_data(text, base.by_id[incident_id].file), data)

    def evidence(self, asked: EvidenceArguments) -> ToolAnswer:
        """Say what is proved, when, on what, and what is ruled out."""
        base = self.base()
        incident_id = self._resolved(base, asked.incident)
        incident, known = base.incidents[incident_id], IncidentEvidence(base, incident_id)
        source = base.source_of(incident_id)
        lines = [*([f"{incident_id} is from {source}.", ""] if source else []), known.summary, ""]
        lines += [
            f"- {plural(number, 'statement')}: {level}" for level, number in known.counts().items()
        ]
        claims = incident.root_cause.ruled_out
        if claims:
            lines += ["", "Believed, and false:", ""]
        for claim in claims:
            why = f"{sentence(claim.claim)} {one_line(claim.why)}"
            lines.append(f"- NOT TRUE: {why} ({known.words(claim)})")
        runs: list[dict[str, Any]] = []
        for proof, state, run in known.proofs():
            told = f"{run.when:%Y-%m-%d}{run_on(run)}, {run.outcome.value}" if run else "never run"
            about = one_line(proof.description)
            lines += ["" if runs else "\nProofs:\n", f"- {proof.id} ({state.value}; {told}): {about}"]  # fmt: skip
            runs.append(
                {
                    "proof": proof.id,
                    "shows": proof.shows.value,
                    "state": state.value,
                    "outcome": run.outcome.value if run else None,
                    "when": f"{run.when:%Y-%m-%dT%H:%M:%SZ}" if run else None,
                    "versions": dict(run.versions) if run else {},
                }
            )
        data = self._facts(base, incident_id, known) | {
            "statements": known.counts(),
            "ruled_out": [
                {"claim": one.claim, "why": one.why, **known.statement_as_json(one)}
                for one in claims
            ],
            "proofs": runs,
        }
        return ToolAnswer(
            as_data(written_out("\n".join(lines)), base.by_id[incident_id].file), data
        )

    def checklist(self, asked: ChecklistArguments) -> ToolAnswer:
        """Say which checks a release needs."""
        found = checklist_for(self.base(), asked, self._now())
        checks = [
            {
                "id": one.id,
                "phase": one.phase.value,
                "blocking": one.blocking,
                "check": one.check,
                "risk": one.risk.value if one.risk else None,
                "incidents": [reason.incident or None for reason in one.reasons],
                "reasons": [
                    {"incident": reason.incident or None, "source": reason.source or None}
                    for reason in one.reasons
                ],
            }
            for one in found.items
        ]
        text = as_data(written_out(as_markdown(found)), "the checks of the incidents that it names")
        data = {"checks": checks, "unreadable": list(found.unreadable)}
        return ToolAnswer(f"{wording.summary(found)}\n\n{text}", data)

    def _about(self, base: KnowledgeBase, incident_id: str, lines: list[str], more: Mapping[str, Any], also_from: str = "") -> tuple[str, dict[str, Any]]:  # fmt: skip
        """Return an incident in a few lines, marked as data, and the same for programs."""
        facts = base.facts[incident_id]
        source = base.source_of(incident_id)
        whose = f", from {source}" if source else ""
        head = f"{incident_id} ({spell_severity(facts.severity)}, {facts.status}{whose}): {one_line(facts.title)}"  # fmt: skip
        evidence = IncidentEvidence(base, incident_id)
        text = written_out("\n".join([head, evidence.summary, *lines]))
        data = self._facts(base, incident_id, evidence) | dict(more)
        return as_data(text, f"{base.by_id[incident_id].file}{also_from}"), data

    def _facts(self, base: KnowledgeBase, incident_id: str, evidence: IncidentEvidence) -> dict[str, Any]:  # fmt: skip
        facts, site = base.facts[incident_id], base.settings.site_url
        return {
            "incident": incident_id,
            "title": facts.title,
            "severity": facts.severity,
            "status": facts.status,
            "source": base.source_of(incident_id) or None,
            "origin": base.by_id[incident_id].file,
            "url": on_site(site, incident_address(incident_id)) if site else None,
            "evidence": evidence.as_json(),
        }

    def _resolved(self, base: KnowledgeBase, wanted: str) -> str:
        found = base.named(wanted)
        if len(found) == 1 and found[0] in base.facts:
            return found[0]
        if len(found) == 1:
            raise CannotAnswer(f"{found[0]} has errors and cannot be read; see `runbooks lint`")
        if found:
            raise CannotAnswer(f"{wanted!r} is ambiguous; it can be {', '.join(found[:20])}")
        near = difflib.get_close_matches(wanted, list(base.facts), 3, 0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "call `search` to find one"
        raise CannotAnswer(f"no incident has the id {wanted[:200]!r}; {hint}")

    def listed(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the title of each incident that may be followed, the newest first."""
        base = self.base()
        for incident_id in base.newest:
            if base.facts[incident_id].status != Status.WITHDRAWN:
                yield incident_id, base.facts[incident_id].title


def _shown(text: str) -> str:
    return on_one_line(text[:500])


TOOLS: Mapping[str, Tool] = {
    "match": Tool(
        "Match an error",
        "Find the known incidents that an error, a stack trace or a log shows, with the values in it. Ask this first. If no incident is known, it says so, and what it looked for.",
        MatchArguments,
        KnowledgeTools.match,
    ),
    "search": Tool(
        "Search incidents",
        "Find incidents by words, if there is no error text.",
        SearchArguments,
        KnowledgeTools.search,
    ),
    "show": Tool(
        "Show a runbook",
        "Show the runbook of an incident: how to tell that it is this, how to stop the pain, the fix, how to check, with values filled into the commands. It runs nothing.",
        ShowArguments,
        KnowledgeTools.show,
    ),
    "evidence": Tool(
        "Show the evidence",
        "Say what of an incident is proved by running it, when and on which versions, and what was believed and is false.",
        EvidenceArguments,
        KnowledgeTools.evidence,
    ),
    "checklist": Tool(
        "Choose deploy checks",
        "Say which deploy checks a release needs, from its changed files.",
        ChecklistArguments,
        KnowledgeTools.checklist,
    ),
}
"""Every tool by its name."""
