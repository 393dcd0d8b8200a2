"""Badges: how severe, how risky, and how well supported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from generator.knowledge.records import ProofRun, ProofState
from generator.model import Evidence, Incident, Supported
from generator.model.steps import Risk
from generator.text.markdown import Markdown, inline


def source_numbers(incident: Incident) -> dict[str, int]:
    """Return the number under which each source stands on the page, by its id."""
    return {source.id: number for number, source in enumerate(incident.sources, 1)}


@dataclass(frozen=True, slots=True)
class BadgeLinks:
    """What badges lead to on one incident's page.

    Attributes:
        numbers: the sources with their numbers.
        proofs: what to write for each proof, and whether its record holds; empty without proofs.
    """

    numbers: Mapping[str, int]
    proofs: Mapping[str, ProofBadge] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProofBadge:
    """How a proof stands: where its program and output are, what its record says."""

    link: str
    holds: bool
    facts: str


def proof_badge(
    link: str, state: ProofState, run: ProofRun | None, components: Sequence[str] = ()
) -> ProofBadge:
    """Return how a proof stands.

    Args:
        link: address of its program and output.
        state: what its record is worth.
        run: its record, if there is one.
        components: name the versions of these alone, if there are any of them; a badge has room
            for what the incident is about, not for each library below it.
    """
    if run is None or state not in (ProofState.GOOD, ProofState.OLD):
        return ProofBadge(link, False, f"proof {state.value}")
    # A scoped package, @sequelize/core, is of the component that its scope names.
    main = {
        name: v
        for name, v in run.versions.items()
        if not set(name.casefold().split("/")[0].split("@")).isdisjoint(components)
    }
    versions = ", ".join(f"{name} {v}" for name, v in (main or run.versions).items())
    on = f" on {versions}" if versions else ""
    old = ", long ago" if state is ProofState.OLD else ""
    return ProofBadge(link, True, f"{run.when:%Y-%m-%d}{old}{on}, {run.seconds:.1f} s")


def evidence_badge(statement: Supported, support: BadgeLinks, proved: str = "proved") -> Markdown:
    """Return the badge of a statement, leading to its proof or first source, then other sources.

    A statement whose proof has no good record is not shown as proved, whatever it says itself.

    Args:
        statement: what is supported.
        support: the page's sources and proofs; ids that it lacks are left out.
        proved: what a good record says of the statement.
    """
    level = statement.evidence.value
    known = [source for source in statement.source if source in support.numbers]
    badge = support.proofs.get(statement.proof or "")
    if statement.evidence is Evidence.PROVED and badge:
        style = "kb-proved" if badge.holds else "kb-unproved"
        word = proved if badge.holds else "not proved"
        first = f"[{word} {inline(badge.facts)}]({badge.link}){{ .kb-evidence .{style} }}"
        rest = known
    elif known:
        first = f"[{level}](#source-{known[0]}){{ .kb-evidence .kb-{level} }}"
        rest = known[1:]
    else:
        return Markdown(f"*{level}*{{ .kb-evidence .kb-{level} }}")
    more = [
        f"[{support.numbers[source]}](#source-{source})"
        f"{{ .kb-evidence-more title='Source {support.numbers[source]}' }}"
        for source in rest
    ]
    return Markdown(" ".join([first, *more]))


def risk_badge(risk: Risk | None) -> Markdown:
    """Return the badge that says what a command does; empty where that is not stated."""
    return Markdown(f"*{risk.label}*{{ .kb-risk .kb-{risk.value} }}" if risk else "")
