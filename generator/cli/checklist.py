"""`runbooks checklist`: the checks that a release needs."""

from __future__ import annotations

from pathlib import Path

import click

from generator.checklists import wording
from generator.checklists.explain import Explanation
from generator.checklists.formats import FORMATS
from generator.checklists.formats.json_format import SCHEMA
from generator.cli.files import write_whole
from generator.cli.groups import CommandGroup
from generator.cli.messages import echo, say
from generator.cli.options import given_root_option, output_option, resolved_root, schema_option
from generator.cli.release import Selection, tracked_files
from generator.cli.selection import make_checklist, selection_options

COMMANDS = {
    "comment": (
        "generator.cli.checklist_comment:comment_command",
        "Add a checklist as a comment to a pull request.",
    ),
    "run": ("generator.cli.checklist_run:run_command", "Perform the checks of a release."),
}


@click.group("checklist", cls=CommandGroup, table=COMMANDS, invoke_without_command=True)
@selection_options
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="markdown",
    show_default=True,
    help="; ".join(f"{name}: {form.about}" for name, form in FORMATS.items()) + ".",
)
@click.option("--explain", is_flag=True, help="Also say which changed files no glob matches, and which globs match no file of --repo.")  # fmt: skip
@output_option
@schema_option("the format json", lambda: SCHEMA)
@given_root_option
@click.pass_context
def checklist_command(context: click.Context, selection: Selection, form: str, explain: bool, output: Path | None, root: Path | None) -> None:  # fmt: skip
    """Print the checks that a release needs.

    Each check is listed with its reasons; `run` performs the checks. A check is listed if the
    release touches one of its files, components or kinds of change. Changed files map to components
    and kinds through globs in mkdocs.yml. If no check applies, it says so and exits 0.

    \b
    Examples:
      runbooks checklist --changed-since v1.41.0 --repo ../shop
      git diff --name-only main... | runbooks checklist --changed-files - --format github
      runbooks checklist --component session-store --phase before -o checklist.md
      runbooks checklist run --changed-since v1.41.0
    """
    if context.invoked_subcommand is not None:
        return
    explanation = Explanation() if explain else None
    checklist = make_checklist(resolved_root(root), selection, explanation=explanation)
    if explanation is not None:
        for line in explanation.lines(tracked_files([selection.repository])):
            say(line)
    text = FORMATS[form].text(checklist)
    if output is None:
        if not checklist.items and not FORMATS[form].says:
            say(wording.NOTHING)
        echo(text, nl=False)
        return
    # A value may be a secret, so a file with values is readable only by its owner.
    mode = (
        (0o700 if form == "sh" else 0o600) if selection.values else 0o755 if form == "sh" else 0o644
    )
    # As on standard output, bytes of a value that are not UTF-8 are written unchanged.
    write_whole(output, text.encode("utf-8", "surrogateescape"), mode)
    say(f"{output}: {wording.summary(checklist)}")
