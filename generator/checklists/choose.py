"""Selects the checks that a release needs: the same as `assets/checklist-engine.js` in the browser.

Change both together; `tests/data/checklist-cases.json` tests both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from generator.checklists.conditions import Condition, Conditions, FileDecision, FileRule
from generator.checklists.globs import ChangedPaths
from generator.checklists.items import PHASES, ChosenCheck, ParameterValue, Reason, ReleaseMatch
from generator.checklists.summary_index import Row, SummaryRows, kinds_in
from generator.checklists.wording import shown_path
from generator.commands.exports import mentions
from generator.knowledge.loader import STANDING_ID
from generator.model import Expect, Level, Phase, Poll, Risk, Rollback, SeverityLevel, seconds

_SEVERITIES = {level.value: number for number, level in enumerate(SeverityLevel)}
_LEVELS = list(Level)
_RISKS = {None: 0, Risk.READ_ONLY: 1, Risk.CHANGES_STATE: 2, Risk.DESTRUCTIVE: 3}


@dataclass(frozen=True)
class Release:
    """What a release touches. A check that applies to any part of it is on the list.

    Attributes:
        paths: changed files, relative to their repository, with forward slashes.
        components: the selected components.
        kinds: the selected kinds of change.
        incidents: incidents whose checks are all wanted.
        everything: whether all checks are wanted.
        lines: the changed lines of files, as in `changed_lines.py`; without an entry, they are not known.
        repository: what identifies its repository, as `conditions.py` says; None if it is not known.
    """

    paths: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    everything: bool = False
    lines: Mapping[str, Sequence[str]] = field(default_factory=dict)
    repository: Mapping[tuple[str, ...], Sequence[str]] | None = None


@dataclass(frozen=True)
class PathRules:
    """Rules for paths: by the name of a component or a kind, from `mkdocs.yml`.

    Attributes:
        components: the globs of components.
        kinds: the files that make each kind of change; one of its rules is enough.
        built_in: the kinds that no file of the knowledge base defines.
    """

    components: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[str, Sequence[FileRule]] = field(default_factory=dict)
    built_in: frozenset[str] = frozenset()

    def undefined(self, rows: SummaryRows) -> tuple[str, ...]:
        """Return the ids of incidents with a condition on a kind that nothing defines."""
        return tuple(
            i
            for i, row in rows.rows.items()
            if not all(name in self.kinds for check in row["checks"] for name in kinds_in(check))
        )

    @property
    def globs(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Every list of globs, with `kinds` or `components` and the name whose it is."""
        for name, kind in self.kinds.items():
            yield from (("kinds", name, rule.paths) for rule in kind)
        yield from (("components", name, globs) for name, globs in self.components.items())

    @property
    def conditions(self) -> Iterator[Condition]:
        """Every condition."""
        return (rule.when for kind in self.kinds.values() for rule in kind)


_Found = tuple[ReleaseMatch, Sequence[str]]  # a reason, and the files for which it holds


@dataclass(frozen=True)
class _Touched:
    """A component or a kind that a release touches.

    Attributes:
        match: the reason, for checks without a condition.
        found: every reason, with its files; none if a person named it.
    """

    match: ReleaseMatch
    found: Sequence[_Found] = ()


@dataclass(frozen=True)
class UnknownName:
    """A name that the knowledge base does not know.

    Attributes:
        what: `component`, `kind of change` or `incident`.
        name: the name.
        known: all known names.
    """

    what: str
    name: str
    known: tuple[str, ...]


def unknown_names(rows: SummaryRows, rules: PathRules, release: Release) -> list[UnknownName]:
    """Return the names in a release that the knowledge base does not know."""
    known = (
        ("component", release.components, rows.components | set(rules.components)),
        ("kind of change", release.kinds, rows.kinds | set(rules.kinds)),
        ("incident", release.incidents, set(rows.rows)),
    )
    return [
        UnknownName(what, name, tuple(sorted(names)))
        for what, wanted, names in known
        for name in wanted
        if name not in names
    ]


def choose_checks(
    rows: SummaryRows,
    release: Release,
    rules: PathRules,
    values: Mapping[str, str] | None = None,
    phases: Iterable[Phase] = (),
    levels: Iterable[Level] = (),
) -> tuple[ChosenCheck, ...]:
    """Return the checks that a release needs, in the order in which they run.

    Args:
        rows: the knowledge base.
        release: what the release touches.
        rules: the rules for paths.
        values: values of parameters, by `NAME` or, for one incident only, by `incident/NAME`.
        phases: the wanted phases; all of them if empty.
        levels: the wanted levels; all of them if empty.
    """
    return in_order(selected_checks(rows, release, rules, values), phases, levels)


def selected_checks(
    rows: SummaryRows,
    release: Release,
    rules: PathRules,
    values: Mapping[str, str] | None = None,
) -> list[ChosenCheck]:
    """Return each check that a release selects, as `choose_checks` does before it merges them."""
    asked = _Asked(release, rules)
    found: list[ChosenCheck] = []
    for row in rows.rows.values():
        for check in row["checks"]:
            matched = tuple(asked.matched(row, check))
            if matched:
                found.append(_item(row, check, matched, values or {}))
    return found


def in_order(
    found: Iterable[ChosenCheck], phases: Iterable[Phase] = (), levels: Iterable[Level] = ()
) -> tuple[ChosenCheck, ...]:
    """Merge checks with the same command, and return them in the order in which they run.

    Phase first, then what blocks, then the worst severity, then the newest, then the id.

    Args:
        found: the checks.
        phases: the wanted phases; all of them if empty.
        levels: the wanted levels; all of them if empty.
    """
    wanted_phases, wanted_levels = set(phases) or set(Phase), set(levels) or set(Level)
    wanted = [item for item in found if item.phase in wanted_phases]
    merged = sorted(_merged(sorted(wanted, key=_order)), key=_order)
    return tuple(item for item in merged if item.level in wanted_levels)


def files_with_conditions(rows: SummaryRows, release: Release, rules: PathRules) -> list[str]:
    """Return the changed files whose lines decide about a check, in order."""
    asked = _Asked(replace(release, lines={}), rules)
    for row in rows.rows.values():
        for check in row["checks"]:
            if check.get("when"):
                for _ in asked.matched(row, check):
                    pass
    return sorted(asked.conditions.asked)


@lru_cache(maxsize=1)
def _indexed(paths: tuple[str, ...]) -> ChangedPaths:
    """Return the changed files, which are asked twice where checks have conditions."""
    return ChangedPaths(paths)


class _Asked:
    """What a release touches.

    Attributes:
        conditions: what conditions are tested with.
    """

    def __init__(self, release: Release, rules: PathRules) -> None:
        self.release = release
        self.paths = _indexed(release.paths)
        self._reasons: dict[tuple[str, ...], list[ReleaseMatch]] = {}
        self.conditions = Conditions(
            release.lines, release.repository, self.paths, rules.kinds, release.kinds
        )
        components = {name: (FileRule(globs),) for name, globs in rules.components.items()}
        self.touched = {
            "component": self._touched(release.components, components, "component"),
            "kind": self._touched(release.kinds, rules.kinds, "kind"),
        }

    def _touched(
        self, named: Iterable[str], rules: Mapping[str, Sequence[FileRule]], kind: str
    ) -> dict[str, _Touched]:
        """Return the components, or the kinds, that a release touches, each with the reason."""
        touched: dict[str, _Touched] = {}
        for name, of in rules.items():
            match = ReleaseMatch(kind, name)
            found = [
                one
                for rule in of
                for one in self._narrowed(match, self.paths.matching(rule.paths), rule.when)
            ]
            found.sort(key=lambda one: one[0].unsure)
            if found:
                touched[name] = _Touched(found[0][0], tuple(found))
        touched.update({name: _Touched(ReleaseMatch(kind, name)) for name in named})
        return touched

    def _narrowed(
        self, match: ReleaseMatch, files: Mapping[str, Sequence[str]], when: Condition
    ) -> list[_Found]:
        """Return the reason for each glob with files for which a condition holds, and these files.

        What is sure comes first.
        """
        found: list[_Found] = []
        for glob, matching in files.items():
            kept, decision = self.conditions.narrowed(matching, when)
            if kept:
                shown = shown_path(kept[0])
                about = replace(match, rule=glob, path=shown, more=len(kept) - 1)
                found.append((_decided(about, decision), kept))
        return sorted(found, key=lambda one: one[0].unsure)

    def matched(self, row: Row, check: Row) -> Iterator[ReleaseMatch]:
        """Yield each reason why a check applies to the release."""
        when = check.get("when", ())
        if row["id"] in self.release.incidents:
            yield ReleaseMatch("incident", row["id"])
        yield from self._by_path(check.get("paths", ()), when)
        for key, of in (("components", "component"), ("kinds", "kind")):
            for name in check.get(key, ()):
                if name in self.touched[of]:
                    yield from self._by_name(self.touched[of][name], when)
        there = self.conditions.of_repository(when) if check.get("always") else None
        if there is not None:
            yield _decided(ReleaseMatch("standing"), there)
        elif self.release.everything:
            yield ReleaseMatch("all")

    def _by_path(self, globs: Sequence[str], when: Condition) -> Iterable[ReleaseMatch]:
        """Return the reasons for globs; many checks have the same ones."""
        key = tuple(globs)
        if not when and key in self._reasons:
            return self._reasons[key]
        narrowed = self._narrowed(ReleaseMatch("path"), self.paths.matching(globs), when)
        found = [replace(one, value=one.path, path="") for one, _ in narrowed]
        if not when:
            self._reasons[key] = found
        return found

    def _by_name(self, touched: _Touched, when: Condition) -> Iterator[ReleaseMatch]:
        """Yield the reason why a name that a check has was touched; none if its condition does not hold."""
        if not touched.found or not when:
            yield touched.match
            return
        found = [
            one
            for match, files in touched.found
            for one, _ in self._narrowed(match, {match.rule: files}, when)
        ]
        yield from sorted(found, key=lambda one: one.unsure)[:1]


def _decided(match: ReleaseMatch, decision: FileDecision) -> ReleaseMatch:
    """Add to a reason why a condition holds, after what it says of another condition."""
    return replace(
        match,
        lines=decision.lines or (() if decision.lines_unknown else match.lines),
        repository=decision.repository or match.repository,
        lines_unknown=match.lines_unknown or decision.lines_unknown,
        repository_unknown=match.repository_unknown or decision.repository_unknown,
    )


def _item(
    row: Row, check: Row, matched: tuple[ReleaseMatch, ...], values: Mapping[str, str]
) -> ChosenCheck:
    incident = "" if row["id"] == STANDING_ID else row["id"]
    check_id = f"{row['id']}/{check['id']}"
    reason = Reason(
        check_id,
        incident,
        row["title"],
        row.get("severity", ""),
        row.get("status", ""),
        row.get("date", ""),
        row.get("documented", False),
        matched,
        row.get("source", ""),
    )
    rollback = check.get("rollback")
    return ChosenCheck(
        id=check_id,
        phase=Phase(check["phase"]),
        level=Level(check["level"]),
        check=check["check"],
        run=check.get("run", ""),
        expect=Expect.model_validate(check.get("expect", {})),
        risk=Risk(check["risk"]) if check.get("risk") else None,
        rollback=Rollback.model_validate(rollback) if rollback else None,
        needs=tuple(check.get("needs", ())),
        timeout=check.get("timeout", ""),
        values=tuple(_values(row, check, values)),
        reasons=(reason,),
        poll=Poll.model_validate(check["poll"]) if check.get("poll") else None,
        approval=check.get("approval", False),
    )


def _values(row: Row, check: Row, values: Mapping[str, str]) -> Iterator[ParameterValue]:
    for name in check.get("uses", ()):
        declared: dict[str, Any] = row["parameters"][name]
        given = values.get(f"{row['id']}/{name}", values.get(name))
        yield ParameterValue(
            name,
            declared["description"],
            declared.get("example", ""),
            given if given is not None else declared.get("default"),
            given is not None,
            name in check.get("asks", ()),
        )


def _order(item: ChosenCheck) -> tuple[int, int, int, int, str]:
    # Standing checks have no severity; they come after checks of incidents.
    severity = min(_SEVERITIES.get(r.severity, len(_SEVERITIES)) for r in item.reasons)
    newest = max(int(r.date.replace("-", "") or 0) for r in item.reasons)
    return (
        PHASES.index(item.phase),
        _LEVELS.index(item.level),
        severity,
        -newest,
        item.id,
    )


def _merged(items: Iterable[ChosenCheck]) -> Iterator[ChosenCheck]:
    """Yield the checks, with checks that run the same command merged into one with all reasons."""
    groups: dict[object, ChosenCheck] = {}
    for item in items:
        if item.manual:
            yield item
            continue
        # The command must expand to the same, too: each incident has its own tools.
        named = mentions(item.run)
        read = tuple((v.name, v.value) for v in item.values if v.name in named)
        same = (item.phase, item.run, read)
        number = 0
        while (together := groups.get((same, number))) is not None:
            expect = _both(together.expect, item.expect)
            if expect is not None:
                groups[same, number] = _joined(together, item, expect)
                break
            number += 1  # the same command with the opposite expectation is another check
        else:
            groups[same, number] = item
    yield from groups.values()


def _joined(first: ChosenCheck, other: ChosenCheck, expect: Expect) -> ChosenCheck:
    """Merge two checks of the same command; the result says both, and is as strict as the stricter."""
    return replace(
        first,
        check=first.check if other.check in first.check else f"{first.check}; {other.check}",
        level=min(first.level, other.level, key=_LEVELS.index),
        expect=expect,
        risk=max(first.risk, other.risk, key=_RISKS.__getitem__),
        rollback=first.rollback or other.rollback,
        needs=tuple(dict.fromkeys((*first.needs, *other.needs))),
        timeout=max(first.timeout, other.timeout, key=lambda t: seconds(t) if t else 0),
        # Values that only a rollback reads belong to the rollback.
        values=first.values if first.rollback or not other.rollback else other.values,
        reasons=(*first.reasons, *other.reasons),
        poll=max(first.poll, other.poll, key=lambda p: seconds(p.within) if p else 0),
        approval=first.approval or other.approval,
    )


def _both(one: Expect, other: Expect) -> Expect | None:
    """Return an expectation that holds if both hold; None if both cannot hold."""
    for mine, theirs in ((one.exit, other.exit), (one.empty, other.empty)):
        if mine is not None and theirs is not None and mine != theirs:
            return None
    shows = tuple(dict.fromkeys(text for text in (one.shows, other.shows) if text))
    return Expect(
        shows=" ".join(shows) or None,
        exit=one.exit if one.exit is not None else other.exit,
        contains=tuple(dict.fromkeys((*one.contains, *other.contains))),
        matches=tuple(dict.fromkeys((*one.matches, *other.matches))),
        empty=one.empty if one.empty is not None else other.empty,
    )
