"""KB517, KB522 to KB524: what says to which releases a check applies, in incidents and in `mkdocs.yml`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from generator.checklists.glob_syntax import GlobError, alternatives, nothing_but_exclusions
from generator.checklists.globs import glob_regex
from generator.checklists.near_globs import RepositoryFiles
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.config_file import read_config
from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.knowledge.settings import (
    CONFIG_FILE,
    PLUGIN,
    ChangeKind,
    Settings,
    options_route,
    plugins,
)
from generator.knowledge.source import Route
from generator.model import FileConditions
from generator.rules.base import Finding, Rule, Subject
from generator.rules.patterns import line_expressions
from generator.signatures.dialect import problem_in


def bad_glob(subject: Subject) -> Iterator[Finding]:
    """A glob that says to which releases a check applies is invalid, or can match no file.

    Globs stand in `applies_to`, and in `kinds` and `components` of `mkdocs.yml`. They are
    those of .gitignore, with braces: `backend/models/**`, `*.sql`, `**/migrations/**`,
    `docker-compose*.{yml,yaml}`, with `!` before a glob to exclude. Paths begin at the top folder
    of the repository, and have slashes. What git would take as a strange name is refused, because
    the check would be missing from a release that needs it: a path with `./` or backslashes, a
    comma between globs, `@(a|b)`, a regular expression, an open `[`, a comment, and a list that
    only excludes. A sign that is part of a name needs a backslash before it.
    """
    for index, check in enumerate(subject.incident.checks):
        route = ("checks", index, "applies_to", "paths")
        yield from _bad_globs(route, check.applies_to.paths)
        yield from _bad_files(route[:-1], check.applies_to)


def _bad_globs(route: Route, globs: Sequence[str]) -> Iterator[Finding]:
    for number, glob in enumerate(globs):
        try:
            for simple in alternatives(glob):
                glob_regex(simple)
        except GlobError as error:
            yield Finding((*route, number), str(error), error.hint)
    if nothing_but_exclusions(globs):
        yield Finding(
            route,
            "these globs only exclude, so they match no file",
            "write what they exclude from before them, such as backend/**",
        )


def unknown_name(subject: Subject) -> Iterator[Finding]:
    """A check applies to a kind of change, or to a component, that nothing defines.

    A kind is defined in `kinds` of `mkdocs.yml`, with the files that make it, or it is built in. A
    component is defined in `components` of `mkdocs.yml`, or by an incident that names it. A
    misspelled name selects nothing, so that the check is missing from every release: correct it, or
    define it. Where `mkdocs.yml` defines no kinds at all, whoever releases names them, and the rule
    reports only what is nearly the name of a kind that is built in.
    """
    others = subject.others
    for index, check in enumerate(subject.incident.checks):
        applies = check.applies_to
        named = (
            ("kinds", applies.kinds),
            ("when_kind", applies.when_kind),
            ("components", applies.components),
        )
        for key, names in named:
            for number, name in enumerate(names):
                if others.defines(key, name):
                    continue
                near = others.near_name(key, name)
                yield Finding(
                    ("checks", index, "applies_to", key, number),
                    f"nothing defines the {_NOUNS[key]} {name!r}",
                    f"did you mean {near}?" if near else f"define it in mkdocs.yml: {_KEYS[key]}: {{{name}: [globs of its files]}}",
                )  # fmt: skip


_NOUNS = {"kinds": "kind of change", "when_kind": "kind of change", "components": "component"}
_KEYS = {"kinds": "kinds", "when_kind": "kinds", "components": "components"}


def never_chosen(subject: Subject) -> Iterator[Finding]:
    """No release can need a check, because nothing says to which releases it applies.

    A check without `applies_to` applies to releases that touch the incident's components, and the
    incident has none. Then only `--incident` and `--all` select it. Write `applies_to`, or the
    `components` of the incident.
    """
    if subject.incident.components or subject.others.is_standing:
        return
    for index, check in enumerate(subject.incident.checks):
        applies = check.applies_to
        if not (applies.paths or applies.kinds or applies.components):
            yield Finding(
                ("checks", index),
                f"the check {check.id!r} applies to no release",
                "write to what it applies: applies_to: {paths: [backend/models/**]}",
            )


def glob_without_file(subject: Subject) -> Iterator[Finding]:
    """A glob matches no file of the repository that is released.

    Only `runbooks lint --repo DIR` looks for this: it compares the globs of checks, and those of
    `kinds` and `components` in `mkdocs.yml`, with the files that git tracks in that repository. The
    hint names the nearest glob that matches some. A glob for files that do not exist yet, or for
    another repository, is right; to compare with several repositories, repeat `--repo`.
    """
    for index, check in enumerate(subject.incident.checks):
        route = ("checks", index, "applies_to", "paths")
        yield from _without_file(route, check.applies_to.paths, subject.others.suggestion)


def _without_file(
    route: Route, globs: Sequence[str], suggestion: Callable[[str], str | None]
) -> Iterator[Finding]:
    for number, glob in enumerate(globs):
        near = suggestion(glob)
        if near is not None:
            yield Finding(
                (*route, number),
                f"{glob!r} matches no file of the repository",
                f"did you mean {near}?" if near else "no file there has a name like it",
            )


def lint_config(base: KnowledgeBase, files: RepositoryFiles | None = None) -> Iterator[Diagnostic]:
    """Yield the globs and expressions of `mkdocs.yml` that are invalid, and globs that match nothing.

    Args:
        base: the knowledge base.
        files: the files of the repositories that are released; None if nobody named one.
    """
    settings = base.settings
    source = read_config(base.root)[0] if settings.kinds or settings.components else None
    if source is None:
        return
    route = options_route(source.data)

    def report(code: str, severity: Severity, found: Iterable[Finding]) -> Iterator[Diagnostic]:
        for one in found:
            at = source.position((*route, *one.route))
            yield Diagnostic(CONFIG_FILE, at, code, severity, one.message, one.hint)

    globs: list[tuple[Route, Sequence[str]]] = [
        (("components", name), of) for name, of in settings.components.items()
    ]
    for place, rule in _kind_rules(settings, plugins(source.data)[PLUGIN] or {}):
        globs.append(((*place, "paths"), rule.paths))
        yield from report("KB510", Severity.ERROR, _bad_expressions(place, rule))
        yield from report("KB517", Severity.ERROR, _bad_files(place, rule))
    for place, of in globs:
        yield from report("KB517", Severity.ERROR, _bad_globs(place, of))
        if files:
            yield from report("KB524", Severity.HINT, _without_file(place, of, files.suggestion))


def _kind_rules(settings: Settings, options: dict[str, Any]) -> Iterator[tuple[Route, ChangeKind]]:
    """Yield what makes each kind of change, with its place below the options of the plugin."""
    for name, rules in settings.kinds.items():
        listed = not isinstance(options["kinds"][name], dict) and isinstance(
            options["kinds"][name][0], dict
        )
        for number, rule in enumerate(rules):
            yield ("kinds", name, *((number,) if listed else ())), rule


def _bad_expressions(route: Route, conditions: FileConditions) -> Iterator[Finding]:
    for place, pattern in line_expressions(conditions):
        problem = problem_in(pattern)
        if problem:
            yield Finding((*route, *place), *problem)


def _bad_files(route: Route, conditions: FileConditions) -> Iterator[Finding]:
    for number, one in enumerate(conditions.repositories):
        if one.file is not None:
            for found in _bad_globs((), (one.file,)):
                at = (*route, "repositories", number, "file")
                yield Finding(at, found.message, found.hint)


_CHECK = """\
components: [login]
checks:
  - id: models-load
    phase: before
    check: All models load
    run: node load.mjs
    risk: read-only
    expect: {exit: 0}
    applies_to:
      %s
"""

CHECKS = (
    Rule(
        "KB517",
        "bad-glob",
        Severity.ERROR,
        _CHECK % 'paths: ["backend/models/*.{js,ts}"]',
        _CHECK % 'paths: ["backend/[models/**"]',
        (10, 15),
        bad_glob,
    ),
    Rule(
        "KB522",
        "unknown-name",
        Severity.WARNING,
        _CHECK % "components: [login]",
        _CHECK % "components: [log-in]",
        (10, 20),
        unknown_name,
        needs_whole=True,
    ),
    Rule(
        "KB523",
        "never-chosen",
        Severity.WARNING,
        _CHECK % "paths: [backend/models/**]",
        (_CHECK % "components: []").removeprefix("components: [login]\n"),
        (2, 5),
        never_chosen,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB524",
        "glob-without-file",
        Severity.HINT,
        "",
        "",
        check=glob_without_file,
    ),
)
