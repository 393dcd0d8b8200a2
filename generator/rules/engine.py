"""Runs the rules over a knowledge base and applies the suppressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generator.cache.kept_files import read_kept, write_kept
from generator.cache.memory import collector_off
from generator.cache.parallel import do_all
from generator.cache.rows import Rows
from generator.cache.trust import FOLDER
from generator.checklists.near_globs import RepositoryFiles
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Diagnostic, Position, Severity
from generator.knowledge.loader import STANDING_ID, Entry
from generator.knowledge.source import Source
from generator.model import Incident, Status
from generator.rules.base import Finding, Rule, Subject
from generator.rules.checks import lint_config
from generator.rules.others import ASKED_ALWAYS, Answers, Others
from generator.rules.sources import lint_sources
from generator.rules.strays import strays
from generator.rules.waivers import lint_waivers

FILE = f"{FOLDER}/findings.rows"
HELD = f"{FOLDER}/held.json"

_SUPPRESSION = re.compile(r"lint:\s*ignore\[([A-Z0-9,\s]*)\]\s*(.*)")


@dataclass(slots=True)
class _Suppression:
    """A comment `# lint: ignore[KB501] reason`.

    It applies to its own line, or to the next line that is not a comment.
    """

    comment_line: int
    target_line: int
    codes: tuple[str, ...]
    reason: str
    used: set[str]

    def covers(self, position: Position, source: Source) -> bool:
        """Return whether it applies to a position, or to the first line of the text around it."""
        return self.target_line in (position.line, source.first_line(position.line))


def lint(
    base: KnowledgeBase,
    rules: Sequence[Rule],
    ids: Collection[str] | None = None,
    progress: Callable[[], None] = lambda: None,
    files: RepositoryFiles | None = None,
    sources: Mapping[str, str] | None = None,
    least: Severity = Severity.HINT,
) -> list[Diagnostic]:
    """Return all findings of all files, sorted by file and position.

    If the knowledge base uses what earlier runs have kept, their findings count too: those in a text
    that did not change, if the answers to all questions of the rules (`Others`) are the same.

    Args:
        base: the knowledge base; for broken incidents, the findings are the loader's diagnostics. What
            comes from its sources is not checked: its authors do that.
        rules: the rules to apply.
        ids: the incidents to check; None for all incidents and the settings.
        progress: called once for each incident.
        files: the files of the repositories that are released, for the globs of checks.
        sources: why sources could not be copied just now, by their names.
        least: of incidents that can be read, what matters less is not looked for.
    """
    own = base.own
    entries = [entry for entry in own.entries if ids is None or entry.id in ids]
    found = [*(base.diagnostics if ids is None else ()), *strays(own, ids)]
    linter = _Linter(base, rules, Answers(own, base, files), least)
    with collector_off():
        for diagnostics in linter.all(entries, progress):
            found.extend(diagnostics)
        if ids is None:
            found.extend(lint_standing(base, rules, files))
            found.extend(lint_config(base, files))
            found.extend(lint_waivers(base))
            found.extend(lint_sources(base, sources))
    return sorted(found, key=lambda d: d.sort_key)


class _Held:
    """Incidents whose questions about others had the same answers, as long as no file changes.

    Whoever asks nothing about others needs none of them, however many there are.
    """

    def __init__(self, base: KnowledgeBase) -> None:
        self._path = base.root / HELD
        now = base.kept.places.stamp() if base.kept else ""
        self._stamp = now and f"{now} {base.settings.model_dump_json()}"
        self._ids = set(read_kept(self._path, self._stamp) or ()) if now else set()
        self._before = len(self._ids)

    def __contains__(self, incident_id: str) -> bool:
        return incident_id in self._ids

    def add(self, incident_id: str) -> None:
        self._ids.add(incident_id)

    def save(self) -> None:
        if self._stamp and len(self._ids) != self._before:
            write_kept(self._path, self._stamp, sorted(self._ids))


class _Linter:
    """Checks incidents, and keeps what it finds, with the severity from which on that is all."""

    def __init__(
        self, base: KnowledgeBase, rules: Sequence[Rule], answers: Answers, least: Severity
    ) -> None:
        self._rules = rules
        self._least = least
        self._answers = answers
        own = {entry.id for entry in base.own.entries} if base.kept else ()
        stamps = {i: now for i, now in base.kept.stamps.items() if i in own} if base.kept else {}
        codes = " ".join(rule.code for rule in rules)
        self._kept = Rows(base.root / FILE, stamps, codes) if base.kept else None
        self._held = _Held(base)

    def all(
        self, entries: Sequence[Entry], progress: Callable[[], None]
    ) -> Iterator[list[Diagnostic]]:
        """Yield the findings in each incident, in any order."""
        new = []
        for entry in entries:
            known = self._known(entry)
            if known is None:
                new.append(entry)
            else:
                progress()
                yield known
        for entry, [found, asked] in self._checked(new):
            if self._kept and entry.readable:
                self._kept.put(entry.id, [found, asked, self._least])
                self._held.add(entry.id)
            progress()
            yield [Diagnostic.from_row(row) for row in found]
        if self._kept:
            self._kept.save()
            self._held.save()

    def _known(self, entry: Entry) -> list[Diagnostic] | None:
        row = self._kept.get(entry.id) if self._kept and entry.readable else None
        if row is None or row[2] > self._least:
            return None
        found, asked, _ = row
        if entry.id in self._held:
            asked = [one for one in asked if one[0] in ASKED_ALWAYS]
        if not self._answers.hold(asked):
            return None
        self._held.add(entry.id)
        known = map(Diagnostic.from_row, found)
        return [diagnostic for diagnostic in known if diagnostic.severity >= self._least]

    def _checked(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, list[Any]]]:
        """Yield each incident with its findings and questions; several processes find them."""
        return do_all(self._check, entries, self._answers.prepare)

    def _check(self, entry: Entry) -> list[Any]:
        others = Others(self._answers, entry.id)
        found = [d.row() for d in lint_entry(entry, others, self._rules, self._least)]
        return [found, others.asked]


def lint_entry(
    entry: Entry, others: Others, rules: Sequence[Rule], least: Severity = Severity.HINT
) -> Iterator[Diagnostic]:
    """Yield the findings in one incident's files, except suppressed ones.

    Diagnostics of the loader cannot be suppressed: without a valid file there is no incident. If only
    a file beside it has errors, the rules check the rest.

    Args:
        entry: the incident.
        others: answers what rules ask about others.
        rules: the rules to apply.
        least: what matters less is left out; an incident with errors has a page that shows all.
    """
    yield from entry.diagnostics
    incident, source = entry.incident, entry.source
    if incident is None:
        incident, rules = entry.partial, [rule for rule in rules if not rule.needs_whole]
        least = Severity.HINT
    if incident is None or source is None:
        return
    suppressions = {one.file: _suppressions(one) for one in source.files}
    subject = Subject(entry, source, incident, others)
    # Whether a suppression is used, only the finding tells.
    looked_for = Severity.HINT if any(suppressions.values()) else least
    for within, diagnostic in _findings(subject, rules, looked_for):
        silent = [
            s
            for s in suppressions[within.file]
            if diagnostic.code in s.codes and s.reason and s.covers(diagnostic.position, within)
        ]
        for suppression in silent:
            suppression.used.add(diagnostic.code)
        if not silent and diagnostic.severity >= least:
            yield diagnostic
    for file, found in suppressions.items():
        for problem in _suppression_problems(file, found, {rule.code for rule in rules}):
            # What it is for may be in the file that has errors.
            if entry.incident is not None or problem.code != "KB020":
                yield problem


def lint_standing(
    base: KnowledgeBase, rules: Sequence[Rule], files: RepositoryFiles | None = None
) -> Iterator[Diagnostic]:
    """Yield the findings in the file of the standing checks, which do not come from an incident.

    The rules see an incident that has only checks and parameters. Findings about other parts are
    left out.
    """
    standing = base.standing_checks
    yield from standing.diagnostics
    if standing.source is None or standing.diagnostics:
        return
    content = standing.content
    incident = Incident.model_validate(
        {
            "title": "Standing checks",  # nobody sees it
            "status": Status.DRAFT,
            "checks": content.checks,
            "parameters": content.parameters,
        }
    )
    entry = Entry(STANDING_ID, standing.source.file, standing.source, incident)
    others = Others(Answers(replace(base, entries=(entry,), kept=None), base, files), entry.id)
    yield from lint_entry(entry, others, [_about_checks(rule) for rule in rules])


def _about_checks(rule: Rule) -> Rule:
    check = rule.check
    if check is None:
        return rule

    def narrowed(subject: Subject) -> Iterator[Finding]:
        assert check is not None
        return (f for f in check(subject) if f.route[:1] in (("checks",), ("parameters",)))

    return replace(rule, check=narrowed, lenient_in_drafts=False)


def _findings(
    subject: Subject, rules: Iterable[Rule], least: Severity
) -> Iterator[tuple[Source, Diagnostic]]:
    """Yield each finding with the file that it is in."""
    is_draft = subject.incident.status is Status.DRAFT
    for rule in rules:
        severity = Severity.HINT if is_draft and rule.lenient_in_drafts else rule.severity
        if rule.check is None or severity < least:
            continue
        for finding in rule.check(subject):
            within = finding.within or subject.source.holder(finding.route)
            at = finding.at or within.position(finding.route, of_key=finding.of_key)
            yield (
                within,
                Diagnostic(within.file, at, rule.code, severity, finding.message, finding.hint),
            )


def _suppressions(source: Source) -> list[_Suppression]:
    if "lint:" not in source.text:
        return []
    lines = source.text.splitlines()
    found = []
    for number, comment in source.comments:
        match = _SUPPRESSION.match(comment)
        if not match:
            continue
        target = number
        if lines[number - 1].lstrip().startswith("#"):
            while target < len(lines) and lines[target - 1].lstrip()[:1] in ("#", ""):
                target += 1
        codes = tuple(code.strip() for code in match[1].split(",") if code.strip())
        found.append(_Suppression(number, target, codes, match[2].strip(), set()))
    return found


def _suppression_problems(
    file: str, suppressions: Iterable[_Suppression], known: set[str]
) -> Iterator[Diagnostic]:
    for s in suppressions:
        at = Position(s.comment_line)
        if not s.codes or not s.reason:
            yield Diagnostic(
                file,
                at,
                "KB021",
                Severity.ERROR,
                "a suppression needs codes and a reason",
                "write `# lint: ignore[KB501] reason`",
            )
            continue
        for code in s.codes:
            if code not in s.used:
                why = "finds nothing on this line" if code in known else "is an unknown rule"
                yield Diagnostic(
                    file,
                    at,
                    "KB020",
                    Severity.WARNING,
                    f"unused suppression: {code} {why}",
                    "remove it",
                )
