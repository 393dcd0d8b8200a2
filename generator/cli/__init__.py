"""The command `runbooks`. Only this package prints or exits."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from typing import Any

import click

from generator.cache.memory import collect_rarely
from generator.cli.groups import CommandGroup
from generator.cli.messages import EXIT_FINDINGS, EXIT_INTERNAL, EXIT_USAGE, CannotPrint, echo, say
from generator.cli.options import root_for_commands_option
from generator.text.controls import written_out
from generator.text.extras import NotInstalled

# Each command with its module, its name there, and the line of `runbooks --help`.
COMMANDS = {
    "actions": ("generator.cli.actions:actions_command", "List the action items of all incidents."),
    "build": ("generator.cli.build:build_command", "Build the site."),
    "checklist": (
        "generator.cli.checklist:checklist_command",
        "Print the checks that a release needs.",
    ),
    "completion": (
        "generator.cli.completion:completion_command",
        "Print the completion script of a shell.",
    ),
    "coverage": ("generator.cli.coverage:coverage_command", "Find alerts without a runbook."),
    "export": ("generator.cli.export:export_command", "Export a post-mortem or action items."),
    "export-signatures": (
        "generator.cli.export_signatures:export_signatures_command",
        "Write the signatures of all incidents for a log system.",
    ),
    "import": (
        "generator.cli.import_:import_command",
        "Import write-ups, and records of runs, as drafts.",
    ),
    "init": ("generator.cli.init:init_command", "Create a knowledge base in DIR."),
    "lint": (
        "generator.cli.lint:lint_command",
        "Check all incidents, or those named by id or path.",
    ),
    "match": (
        "generator.cli.match:match_command",
        "Find the incidents that an error or a log shows.",
    ),
    "mcp": (
        "generator.cli.mcp:mcp_command",
        "Answer assistants from the runbooks, over the Model Context Protocol.",
    ),
    "new": ("generator.cli.new:new_command", "Create a draft of an incident."),
    "notify": (
        "generator.cli.notify:notify_command",
        "Tell a chat or a pager what another command has found.",
    ),
    "prove": (
        "generator.cli.prove:prove_command",
        "Run the proofs of all incidents, or of those named.",
    ),
    "reference": (
        "generator.cli.reference:reference_command",
        "Write the reference pages (fields, limits, commands, rules) and the man page to DIR.",
    ),
    "render": (
        "generator.cli.render:render_command",
        "Write to DIR what any site engine needs, or what assistants read.",
    ),
    "run": ("generator.cli.run:run_command", "Walk through a runbook."),
    "schema": (
        "generator.cli.schema:schema_command",
        "Print the JSON Schema of what authors write.",
    ),
    "search": ("generator.cli.search:search_command", "Find incidents and pages by words."),
    "serve": ("generator.cli.build:serve_command", "Serve the site with live reload."),
    "show": ("generator.cli.show:show_command", "Show one incident's runbook."),
    "signature": ("generator.cli.signature:signature_command", "Propose a signature for an error."),
    "sources": (
        "generator.cli.sources:sources_command",
        "Show the sources of incidents, and what was taken of them.",
    ),
    "stats": (
        "generator.cli.stats:stats_command",
        'Print the figures of the site\'s page "Insights".',
    ),
}


class _Commands(CommandGroup):
    """The group of all commands; it prints what a file says as text."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.ClickException as error:  # click prints it, and it may quote a file
            error.message = written_out(error.message)  # type: ignore[misc]
            raise


def _version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:  # noqa: ARG001
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        from generator.signatures.prefilter import finder_version

        echo(f"runbooks {version('incident-runbooks')} (matching: {finder_version()})")
        context.exit()


@click.group(
    cls=_Commands,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and the engine that `match` uses, and exit.")  # fmt: skip
@root_for_commands_option
def runbooks() -> None:
    """Check an incident knowledge base, render its runbooks, and serve them.

    \b
    Examples:
      runbooks serve               serve the site on http://127.0.0.1:8000 with live reload
      runbooks lint                check all incidents
      runbooks match server.log    find the incidents that a log shows, and what to do first
      runbooks show SOME-ID        show one runbook in the terminal
      runbooks run SOME-ID         walk through one, step by step, with a record
      runbooks checklist --changed-since v1.2   print the checks that a release needs
      runbooks init ops-runbooks   create a knowledge base
      runbooks new                 create a draft of an incident
    """


def main() -> None:
    """Run the command line and exit with its exit code.

    Exit codes: 0 clean, 1 findings, 2 usage, 3 internal error.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by the caller, as with `<&-`
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
    collect_rarely()  # while modules are imported, too: all that they make stays
    try:
        runbooks(prog_name="runbooks")
    except BrokenPipeError:
        # The reader of the pipe is gone, as in `runbooks lint | head`, which is not an error.
        _drop_output()
        sys.exit(0)
    except CannotPrint as error:
        _drop_output()
        with contextlib.suppress(CannotPrint):
            say(f"Error: cannot write to standard output: {error}")
        sys.exit(EXIT_FINDINGS)
    except NotInstalled as error:
        say(f"Error: {error}")
        sys.exit(EXIT_USAGE)
    except Exception as error:
        if os.environ.get("RUNBOOKS_DEBUG"):
            traceback.print_exc()
        if _is_of_a_template(error):
            say(f"Error: {error}")
            sys.exit(EXIT_USAGE)
        say(f"Internal error: {type(error).__name__}: {error}")
        say("This is a bug. To see where it happened, set RUNBOOKS_DEBUG=1.")
        sys.exit(EXIT_INTERNAL)


def _drop_output() -> None:
    """Send what is still to be written nowhere: Python would complain again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_of_a_template(error: Exception) -> bool:
    """Say whether a template of the knowledge base is wrong; most commands never import Jinja2."""
    sandbox = sys.modules.get("generator.text.template_sandbox")
    return sandbox is not None and isinstance(error, sandbox.BadTemplate)
