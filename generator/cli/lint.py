"""`runbooks lint`: check the incidents."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import click

from generator.cli.completion import incident_ids_or_paths
from generator.cli.files import write_whole
from generator.cli.messages import EXIT_FINDINGS, echo, styled
from generator.cli.opening import load_base
from generator.cli.options import root_option
from generator.cli.progress import bar
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Severity
from generator.knowledge.loader import INCIDENTS
from generator.rules import RULES, Rule, lint
from generator.rules.reports import FORMATS

_COLOURS = {"error": "red", "warning": "yellow", "hint": "cyan"}


def _explain(context: click.Context, parameter: click.Parameter, value: str | None) -> None:  # noqa: ARG001
    if value is None or context.resilient_parsing:
        return
    names = {name: rule for rule in RULES for name in (rule.code, rule.name)}
    rule = names.get(value) or names.get(value.upper())
    if rule is None:
        near = difflib.get_close_matches(value, names, 1, 0.5)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise click.BadParameter(f"unknown rule {value!r}{hint}")
    echo(_page(rule))
    context.exit()


def _page(rule: Rule) -> str:
    page = f"{rule.code} {rule.name} ({rule.severity})\n\n{rule.documentation}"
    for label, example in (("Found in", rule.invalid), ("Good", rule.valid)):
        if example:
            page += f"\n\n{label}:\n\n" + "\n".join(f"    {line}" for line in example.splitlines())
    return page


@click.command("lint")
@click.argument("chosen", metavar="[ID|PATH]...", nargs=-1, shell_complete=incident_ids_or_paths)
@root_option
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    help="Output format: text for people; json, sarif (2.1.0) and github for programs.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the report to FILE instead of standard output.",
)
@click.option(
    "--repo",
    "repositories",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    metavar="DIR",
    help="Repository that is released; report globs of checks that match none of its files. Can be repeated.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings, too.")
@click.option(
    "--explain",
    metavar="CODE",
    is_eager=True,
    expose_value=False,
    callback=_explain,
    help="Explain a rule, with examples, and exit.",
)
@click.pass_context
def lint_command(
    context: click.Context,
    chosen: tuple[str, ...],
    root: Path,
    form: str,
    output: Path | None,
    repositories: tuple[Path, ...],
    strict: bool,
) -> None:
    """Check all incidents, or those named by id or path.

    Prints each finding with its location, its permanent code and a hint; prints nothing if there
    are no findings. Suppress a finding with a comment at the end of its line:

    \b
      # lint: ignore[KB502] the step above creates the folder

    Exit codes: 0 no errors, 1 errors (with --strict, also warnings), 2 wrong usage,
    3 internal error.

    \b
    Examples:
      runbooks lint
      runbooks lint disk-full incidents/queue-stuck/incident.yaml
      runbooks lint --explain KB502
      runbooks lint --repo ../shop
      runbooks lint --format sarif -o lint.sarif
    """
    base = load_base(root, tells=False)
    ids = _resolve(base, chosen)
    files = None
    if repositories:
        from generator.cli.release import tracked_files  # slow to import, rarely needed

        files = tracked_files(repositories)
    with bar("Checking incidents", len(base.own.entries if ids is None else ids)) as advance:
        found = lint(base, RULES, ids, advance, files)
    report = FORMATS[form](found, RULES)
    if output:
        write_whole(output, report + "\n")
    elif report:
        echo(_coloured(report) if form == "text" else report)
    worst = max((d.severity for d in found), default=Severity.HINT)
    if worst >= (Severity.WARNING if strict else Severity.ERROR):
        context.exit(EXIT_FINDINGS)


def _resolve(base: KnowledgeBase, chosen: tuple[str, ...]) -> frozenset[str] | None:
    """Return the ids that some ids and paths stand for; None for all."""
    if not chosen:
        return None
    folder = (base.root / INCIDENTS).resolve()
    ids = set()
    for name in chosen:
        if name in base.own.by_id:
            ids.add(name)
            continue
        if name in base.by_id:
            raise click.BadParameter(
                f"{name!r} comes from the source {base.source_of(name)}, which checks it itself"
            )
        try:
            path = Path(name).resolve()
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL character
            raise click.BadParameter(f"{name!r} is not a path: {error}") from None
        if path == folder:
            return None
        inside = path.relative_to(folder).parts if path.is_relative_to(folder) else ()
        if not inside or inside[0] not in base.own.by_id:
            near = difflib.get_close_matches(name, base.own.by_id, 1, 0.6)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise click.BadParameter(
                f"{name!r} is neither an incident's id nor a path in {folder}{hint}"
            )
        ids.add(inside[0])
    return frozenset(ids)


def _coloured(report: str) -> str:
    """Colour the severities of a text report."""
    return re.sub(
        r"(?m)^(\S.*?:\d+:\d+: )(error|warning|hint)(\[\w+\])",
        lambda m: m[1] + styled(m[2] + m[3], fg=_COLOURS[m[2]], bold=True),
        report,
    )
