"""The options of `runbooks checklist` that describe a release, and the checklist for it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from generator.checklists.choose import (
    PathRules,
    Release,
    in_order,
    unknown_names,
)
from generator.checklists.conditions import problem_of
from generator.checklists.explain import Explanation
from generator.checklists.glob_syntax import GlobError, alternatives, nothing_but_exclusions
from generator.checklists.items import Checklist
from generator.checklists.path_rules import path_rules
from generator.checklists.summary_index import read_rows
from generator.checklists.target_rules import strictest
from generator.cli.completion import incident_ids
from generator.cli.judging import Judge, judges
from generator.cli.messages import say
from generator.cli.opening import say_missing_sources
from generator.cli.options import F
from generator.cli.progress import bar
from generator.cli.release import Selection, described_release, say_what_is_odd
from generator.cli.targeting import rules_of_target, say_what_is_altered
from generator.cli.waiving import waived_checks
from generator.knowledge.loader import INCIDENT_FILE, INCIDENTS, STANDING_FILE, STANDING_ID
from generator.knowledge.settings import CONFIG_FILE, load_settings
from generator.knowledge.sources.kinds import source_kinds
from generator.model import Level, Phase
from generator.text.labels import plural

_NAME = re.compile(r"(?:[a-z0-9-]+/)?[A-Z][A-Z0-9_]{0,63}\Z")


def read_values(context: click.Context, parameter: click.Parameter, given: Iterable[str]) -> dict[str, str]:  # fmt: skip # noqa: ARG001
    """Read the values of `--set NAME=VALUE`."""
    values = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not _NAME.match(name):
            raise click.BadParameter(
                f"{text!r} is not NAME=VALUE or INCIDENT/NAME=VALUE; names are upper-case: TABLE=Sessions"
            )
        values[name] = value.replace("\0", "")
    return values


_OPTIONS = (
    click.option(
        "--changed-since",
        metavar="REV",
        help="Tag, branch or commit; the release is everything that has changed in git since then. A..B and A...B are as in git diff; auto asks the pipeline.",
    ),
    click.option(
        "--changed-files",
        type=click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True),
        metavar="FILE",
        help="List of the changed files, as `git diff --name-only` prints it; other forms of git, a whole diff and JSON of forges are read, too. - is standard input.",
    ),
    click.option(
        "--component",
        "components",
        multiple=True,
        metavar="C",
        help="Component that the release touches. Can be repeated, like the next four options.",
    ),
    click.option(
        "--kind", "kinds", multiple=True, metavar="K", help="Kind of change, such as migration."
    ),
    click.option(
        "--incident",
        "incidents",
        multiple=True,
        metavar="ID",
        shell_complete=incident_ids,
        help="Include all checks of this incident.",
    ),
    click.option(
        "--phase",
        "phases",
        multiple=True,
        type=click.Choice([phase.value for phase in Phase]),
        help="Include only checks of this phase.",
    ),
    click.option(
        "--level",
        "levels",
        multiple=True,
        type=click.Choice([level.value for level in Level]),
        help="Include only checks of this level.",
    ),
    click.option("--all", "everything", is_flag=True, help="Include all checks."),
    click.option(
        "--repo",
        "repository",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=".",
        metavar="DIR",
        help="Repository of the release. Default: the current folder.",
    ),
    click.option(
        "--rules-from",
        metavar="REV",
        help="Revision whose rules count, too: checks that the release removes or weakens stay. Default: with auto, the target of a pull request.",
    ),
    click.option(
        "--set",
        "values",
        multiple=True,
        callback=read_values,
        metavar="NAME=VALUE",
        help="Value of a parameter; INCIDENT/NAME=VALUE is for the checks of one incident only.",
    ),
)


def selection_options(command: F) -> F:
    """Add the options that describe a release; the command gets them as `selection`."""

    @wraps(command)
    def collected(*context: Any, **options: Any) -> Any:
        names = [name for name in Selection.__dataclass_fields__ if name in options]
        source = click.get_current_context().get_parameter_source("repository")
        selection = Selection(
            **{name: options.pop(name) for name in names},
            is_repository_named=source is not ParameterSource.DEFAULT,
        )
        return command(*context, selection=selection, **options)

    decorated: Callable[..., Any] = collected
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated  # type: ignore[return-value]


def make_checklist(
    root: Path,
    selection: Selection,
    waived: Mapping[str, str] | None = None,
    operator: str = "",
    may_be_empty: bool = True,
    explanation: Explanation | None = None,
) -> Checklist:
    """Return the checklist of the release that the options describe.

    Args:
        root: the knowledge base.
        selection: the options.
        waived: reasons of waivers for this run, by the id of the check.
        operator: who gives these.
        may_be_empty: whether a release without a single changed file is one.
        explanation: gets what the checks were chosen by.

    Raises:
        click.UsageError: nothing describes the release, or a name or a revision is unknown.
    """
    described = described_release(selection)
    release = described.release
    if described.is_empty and not may_be_empty:
        raise click.UsageError(
            f"{described.about}: a release without changed files needs no checks, and is mostly a wrong "
            "revision or an empty list; if it is right, add --allow-empty"
        )
    settings, problems = load_settings(root)
    for problem in problems:
        raise click.ClickException(f"{problem.file}: {problem.message} ({problem.hint})")
    _refuse_bad_rules(path_rules(settings, ()))
    progress: list[Any] = []

    def read(done: int, total: int) -> None:
        if not progress:
            shown = bar("Reading incidents", total)
            progress.extend((shown, shown.__enter__()))
        progress[1]()
        if done == total:
            progress[0].__exit__()

    missing = say_missing_sources(root)
    rows = read_rows(root, read)
    target = rules_of_target(root, selection, described.target, rows, settings)
    if not settings.drafts:
        rows = rows.published()
    rules = path_rules(settings, rows.kinds, source_kinds(root))
    # If only incidents are named, no other incident's check can be on the list.
    named = release == Release(incidents=release.incidents) and selection.changed_since is None
    unreadable = tuple(i for i in rows.unreadable if not named or i == STANDING_ID)
    left_out = {} if named else dict(rows.left_out)
    if not named and not release.everything:
        for one in dict.fromkeys((*rows.undecided, *rules.undefined(rows))):
            if source := rows.rows[one].get("source"):
                left_out[one] = source
            else:
                unreadable = (*unreadable, one)
    for source in dict.fromkeys(left_out.values()):
        unknown = [one for one, of in left_out.items() if of == source]
        count = plural(len(unknown), "incident")
        say(f"Of {source}, the checks of {count} are not known: {', '.join(unknown)}")
    if unreadable:
        # Before anything else: one of them may define a name that is unknown otherwise.
        say(
            f"Not all checks are known: {plural(len(unreadable), 'file')} with errors "
            f"({', '.join(map(_file, unreadable))}); see `runbooks lint`"
        )
    judged_by = judges(described, rows, rules, target)
    _refuse_unknown_names(root, selection, judged_by)
    if explanation is not None:
        explanation.take(rows, rules, release.paths)
    chosen, *by_target = [by.selected(selection.values) for by in judged_by]
    for theirs in by_target:
        chosen = strictest(chosen, theirs, rows)
    items = in_order(chosen, map(Phase, selection.phases), map(Level, selection.levels))
    now = datetime.now(UTC)
    items = waived_checks(root, items, waived or {}, operator, now.date(), target)
    say_what_is_altered(items)
    if not items:
        say_what_is_odd(selection, described)
    return Checklist(
        items,
        described.about,
        settings.site_url,
        f"{now:%Y-%m-%dT%H:%M:%SZ}",
        unreadable,
        described.head,
        missing_sources=() if named else missing,
    )


def _refuse_bad_rules(rules: PathRules) -> None:
    """Refuse globs of mkdocs.yml that match nothing: no check of what they map would be listed."""
    for key, name, globs in rules.globs:
        try:
            useless = nothing_but_exclusions(globs) or not all(map(alternatives, globs))
        except GlobError as error:
            raise click.ClickException(
                f"{CONFIG_FILE}: {key}: {name}: {error} ({error.hint})"
            ) from None
        if useless:
            raise click.ClickException(
                f"{CONFIG_FILE}: {key}: {name}: the globs only exclude, so they match no file"
            )
    for name, kind in rules.kinds.items():
        for rule in kind:
            wrong = problem_of(rule.when)
            if wrong:
                raise click.ClickException(f"{CONFIG_FILE}: kinds: {name}: {wrong[0]} ({wrong[1]})")


def _refuse_unknown_names(root: Path, selection: Selection, judged_by: Sequence[Judge]) -> None:
    """Refuse names of the options that the knowledge base does not know."""
    own = judged_by[0]
    for unknown in unknown_names(own.rows, own.rules, own.release):
        if unknown.what == "incident":
            _refuse_what_gives_no_checks(root, unknown.name, own.rows.unreadable)
        near = difflib.get_close_matches(unknown.name, unknown.known, 3, 0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else _known(unknown.known)
        raise click.UsageError(f"no {unknown.what} has the name {unknown.name!r}; {hint}")
    for name in selection.values:
        incident, slash, parameter = name.rpartition("/")
        asking = [
            row
            for by in judged_by
            for row in ([by.rows.rows.get(incident, {})] if slash else by.rows.rows.values())
        ]
        if not any(parameter in row.get("parameters", ()) for row in asking):
            of = f"of {incident} " if slash else ""
            raise click.UsageError(f"no check {of}has the parameter {parameter}")


def _refuse_what_gives_no_checks(root: Path, name: str, unreadable: tuple[str, ...]) -> None:
    if name in unreadable:
        what = _file(name) if name == STANDING_ID else f"the incident {name!r}"
        raise click.UsageError(f"{what} has errors; see `runbooks lint`")
    if re.fullmatch(r"[a-z0-9-]+", name) and (root / INCIDENTS / name / INCIDENT_FILE).is_file():
        raise click.UsageError(
            f"the incident {name!r} has no checks here: it is withdrawn, or it is a draft, and mkdocs.yml "
            "leaves out drafts (`drafts: false`)"
        )


def _file(incident_id: str) -> str:
    return f"{INCIDENTS}/{STANDING_FILE}" if incident_id == STANDING_ID else incident_id


def _known(names: tuple[str, ...]) -> str:
    if not names:
        return "no names are known"
    more = f" and {len(names) - 20:,} more" if len(names) > 20 else ""
    return f"known names: {', '.join(names[:20])}{more}"
