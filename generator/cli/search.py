"""`runbooks search WORDS`: find incidents by words, as the site's search does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.messages import EXIT_FINDINGS, echo, echo_json, say, styled
from generator.cli.opening import load_base, say_missing_sources, say_number_unreadable, today
from generator.cli.options import format_option, root_option
from generator.knowledge.sources.places import IncidentLists, incident_lists
from generator.search.kept import kept_engine
from generator.search.ranking import (
    FindablePage,
    SearchEngine,
    SearchHit,
    SearchResults,
    age,
    marked,
)
from generator.text.controls import on_one_line
from generator.text.labels import spell_severity
from generator.text.urls import on_site
from generator.triage.catalog import catalog
from generator.triage.results import matched_incidents

# The modules that load a knowledge base are slow to import, and fresh kept data does without.
if TYPE_CHECKING:
    from generator.knowledge.base import KnowledgeBase

VERSION = 1

SEVERITIES = ("SEV1", "SEV2", "SEV3", "SEV4", "unknown")
"""Those of the model, whose import would take as long as a search; a test compares them."""

_ERROR_LEAST = 12
"""Shorter text is not an error; `search.js` has the same number."""


@click.command("search")
@click.argument("words", metavar="WORDS...", nargs=-1, required=True)
@click.option(
    "--component",
    metavar="NAME",
    multiple=True,
    help="Find only incidents of this component. Can be repeated.",
)
@click.option(
    "--severity",
    type=click.Choice(SEVERITIES, case_sensitive=False),
    multiple=True,
    help="Find only incidents of this severity. Can be repeated.",
)
@click.option(
    "-n",
    "--number",
    type=click.IntRange(1, 10_000),
    default=12,
    show_default=True,
    metavar="N",
    help="Number of results to print.",
)
@format_option
@root_option
@click.pass_context
def search_command(context: click.Context, words: tuple[str, ...], component: tuple[str, ...], severity: tuple[str, ...], number: int, form: str, root: Path) -> None:  # fmt: skip
    """Find incidents and pages by words.

    The order is the same as in the site's search. Searches titles, symptoms, errors, signatures,
    alerts, components, tags, causes and steps, and also finds parts of identifiers and words with
    typos. An incident whose signature matches the words comes first. Each result begins with the
    incident's id at the start of a line; its other lines are indented.

    Exit codes: 0 found, 1 nothing found, 2 wrong usage, 3 internal error.

    \b
    Examples:
      runbooks search typname_nsp
      runbooks search shopping carts alias --severity SEV1
      runbooks search BackendDown --format json | jq -r '.results[].incident'
    """
    load = cache(partial(load_base, root, tells=False))  # fresh kept data does without
    say_missing_sources(root)
    lists = incident_lists(root)
    engine, unreadable = kept_engine(root, load, lists)
    _check_components(engine, component)
    query = " ".join(words)
    levels = set(severity)

    def keep(page: FindablePage) -> bool:
        return (not levels or page.severity in levels) and (
            not component or not set(component).isdisjoint(page.components)
        )

    known = [page for page in _shown_by(root, load, lists, engine, query) if keep(page)]
    results = engine.search(query, len(engine.pages) if known else number, keep)
    if known:
        results = _errors_first(results, known, number)
    say_number_unreadable(unreadable, "not searched")
    if form == "json":
        echo_json(_as_json(query, results, load().settings.site_url, today()))
    elif results.hits:
        echo("\n".join(_as_text(hit, today()) for hit in results.hits))
        if results.total > len(results.hits):
            say(f"{results.total} results, the best {len(results.hits)} shown; for more, use -n")
    if not results.hits:
        if form == "text":
            say(
                "Nothing found. Try fewer words, or a word of the error message. "
                "For whole errors and logs, use `runbooks match`."
            )
        context.exit(EXIT_FINDINGS)


def _shown_by(
    root: Path,
    load: Callable[[], KnowledgeBase],
    lists: IncidentLists,
    engine: SearchEngine,
    query: str,
) -> list[FindablePage]:
    """Return the incidents that a query shows if it is an error, the most certain first."""
    if len(query) < _ERROR_LEAST:
        return []
    known = catalog(root, load, lists)
    pages = {page.incident: page for page in engine.pages}
    found = matched_incidents(known.named, known.matcher.scan(query))
    return [pages[one.incident] for one in found if one.incident in pages]


def _errors_first(
    results: SearchResults, known: Sequence[FindablePage], most: int
) -> SearchResults:
    """Put the incidents that an error shows before all pages that only share words with it."""
    ranked = {hit.page.address: hit for hit in results.hits}
    first = [
        replace(ranked.pop(page.address, SearchHit(page, 0.0, page.title, ())), matches=True)
        for page in known
    ]
    return SearchResults(len(first) + len(ranked), (*first, *ranked.values())[:most])


def _check_components(engine: SearchEngine, wanted: Sequence[str]) -> None:
    for name in wanted:
        if name not in engine.components:
            known = ", ".join(engine.components) or "none"
            raise click.BadParameter(
                f"no incident has the component {name!r}; known components: {known}",
                param_hint="--component",
            )


def _as_json(query: str, results: SearchResults, site: str | None, now: date) -> dict[str, Any]:
    return {
        "version": VERSION,
        "query": query,
        "total": results.total,
        "results": [_hit_as_json(hit, site, now) for hit in results.hits],
    }


def _hit_as_json(hit: SearchHit, site: str | None, now: date) -> dict[str, Any]:
    page = hit.page
    return {
        "incident": page.incident or None,
        "title": page.title,
        "severity": page.severity or None,
        "status": page.status or None,
        "components": list(page.components),
        "day": page.day or None,
        "age_days": (now - date.fromisoformat(page.day)).days if page.day else None,
        "matches": hit.matches,
        "line": hit.line,
        "terms": list(hit.terms),
        "score": round(hit.score, 6),
        "address": page.address,
        "source": page.source or None,
        "url": on_site(site, page.address) if site else None,
    }


def _as_text(hit: SearchHit, now: date) -> str:
    page = hit.page
    about = [
        "matches this error" if hit.matches else "",
        spell_severity(page.severity) or "page",
        page.status if page.status != "published" else "",
        f"from {page.source}" if page.source else "",
        f"{page.day} ({age(page.day, now)})" if page.day else "",
        ", ".join(page.components),
    ]
    head = f"{page.incident or page.address}  {' · '.join(filter(None, about))}"
    lines = [_shown(page.title, hit.terms)]
    if hit.line and hit.line != page.title:
        lines.append(_shown(hit.line, hit.terms))
    return "\n".join([styled(head, bold=True), *(f"    {line}" for line in lines)])


def _shown(text: str, terms: Sequence[str]) -> str:
    """Return a text with what was found in it highlighted, harmless to a terminal."""
    return "".join(
        styled(piece, fg="yellow", bold=True) if hit else on_one_line(piece)
        for piece, hit in marked(text, terms)
    )
