"""Badges: how severe, how risky, and how well supported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from generator.knowledge.records import ProofRun, ProofState
from generator.model import Evidence, Incident, Supported
from generator.model.steps import Risk
from generator.text.markdown import Markdown, inline, styled


def source_numbers(incident: Incident) -> dict[str, int]:
    """Return the number of each source on the page, by its id."""
    return {source.id: number for number, source in enumerate(incident.sources, 1)}


@dataclass(frozen=True, slots=True)
class BadgeLinks:
    """The targets of badges on an incident's page.

    Attributes:
        numbers: the numbers of the sources, by id.
        proofs: the badge of each proof, by id; empty without proofs.
    """

    numbers: Mapping[str, int]
    proofs: Mapping[str, ProofBadge] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProofBadge:
    """The badge of a proof: a link to its program and output, and what its record says."""

    link: str
    holds: bool
    facts: str


def proof_badge(
    link: str,
    state: ProofState,
    run: ProofRun | None,
    components: Sequence[str] = (),
    by: str = "",
) -> ProofBadge:
    """Return the badge of a proof.

    Args:
        link: URL of its program and output in the site.
        state: what its record is worth.
        run: its record, if there is one.
        components: show only the versions of these, if the record has any; a badge has room for
            what the incident is about, not for each library that it uses.
        by: the source that ran it; empty if it is ours.
    """
    if run is None or not state.holds:
        return ProofBadge(link, False, f"proof {state.value}")
    old = ", long ago" if state is ProofState.OLD else ""
    on = run_on(run, components)
    whose = f"by {by}, " if by else ""
    return ProofBadge(link, True, f"{whose}{run.when:%Y-%m-%d}{old}{on}, {run.seconds:.1f} s")


def run_on(run: ProofRun, components: Sequence[str] = ()) -> str:
    """Return on which versions a proof ran: ` on PostgreSQL 15.18`; empty if its record has none.

    Args:
        run: its record.
        components: show only the versions of these, if the record has any.
    """
    # The scope of a package names the component: @sequelize/core belongs to sequelize.
    main = {
        name: v
        for name, v in run.versions.items()
        if not set(name.casefold().split("/")[0].split("@")).isdisjoint(components)
    }
    versions = ", ".join(f"{name} {v}" for name, v in (main or run.versions).items())
    return f" on {versions}" if versions else ""


def evidence_badge(statement: Supported, support: BadgeLinks, proved: str = "proved") -> Markdown:
    """Return the badge of a statement, with a link to its proof or first source, then other sources.

    A statement whose proof has no good record is never shown as proved.

    Args:
        statement: the statement.
        support: the page's sources and proofs; unknown ids are left out.
        proved: the label of a statement whose proof has a good record.
    """
    level = statement.evidence.value
    known = [source for source in statement.source if source in support.numbers]
    badge = support.proofs.get(statement.proof or "")
    if statement.evidence is Evidence.PROVED and badge:
        style = "kb-proved" if badge.holds else "kb-unproved"
        word = proved if badge.holds else "not proved"
        facts = f"{word} {inline(badge.facts)}"
        first = styled("a", f"kb-evidence {style}", facts, link=badge.link)
        rest = known
    elif known:
        first = styled("a", f"kb-evidence kb-{level}", level, link=f"#source-{known[0]}")
        rest = known[1:]
    else:
        return styled("em", f"kb-evidence kb-{level}", level)
    return Markdown(" ".join([first, *source_links(rest, support)]))


def source_links(sources: Iterable[str], support: BadgeLinks) -> Iterator[Markdown]:
    """Yield the number of each source as a link to it; unknown ids are left out."""
    for source in sources:
        number = support.numbers.get(source)
        if number is not None:
            yield Markdown(
                f'<a class="kb-evidence-more" title="Source {number}" href="#source-{source}">{number}</a>'
            )


def risk_badge(risk: Risk | None) -> Markdown:
    """Return the badge for the risk of a command; empty if no risk is declared."""
    return styled("em", f"kb-risk kb-{risk.value}", risk.label) if risk else Markdown()
