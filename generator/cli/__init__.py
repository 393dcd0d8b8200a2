"""The command `runbooks`. Only this package prints or exits."""

from __future__ import annotations

import importlib
import os
import sys
import traceback

import click

from generator.cli.groups import CommandGroup
from generator.cli.messages import EXIT_INTERNAL, EXIT_USAGE, say
from generator.cli.options import root_for_commands_option
from generator.text.extras import NotInstalled

# Each command with its module and its name there. A command is imported only when it is used, so
# that it does not wait for the libraries of others.
COMMANDS = {
    "actions": "generator.cli.actions:actions_command",
    "build": "generator.cli.build:build_command",
    "checklist": "generator.cli.checklist:checklist_command",
    "completion": "generator.cli.completion:completion_command",
    "coverage": "generator.cli.coverage:coverage_command",
    "export": "generator.cli.export:export_command",
    "export-signatures": "generator.cli.export_signatures:export_signatures_command",
    "import": "generator.cli.import_:import_command",
    "init": "generator.cli.init:init_command",
    "lint": "generator.cli.lint:lint_command",
    "match": "generator.cli.match:match_command",
    "new": "generator.cli.new:new_command",
    "prove": "generator.cli.prove:prove_command",
    "reference": "generator.cli.reference:reference_command",
    "render": "generator.cli.render:render_command",
    "schema": "generator.cli.schema:schema_command",
    "search": "generator.cli.search:search_command",
    "serve": "generator.cli.build:serve_command",
    "show": "generator.cli.show:show_command",
    "signature": "generator.cli.signature:signature_command",
    "stats": "generator.cli.stats:stats_command",
}


class _Commands(CommandGroup):
    """A group that looks up its commands in a table."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


def _version(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:  # noqa: ARG001
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        from generator.signatures.prefilter import finder_version

        click.echo(f"runbooks {version('incident-runbooks')} (matching: {finder_version()})")
        context.exit()


@click.group(
    cls=_Commands,
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
    try:
        runbooks(prog_name="runbooks")
    except BrokenPipeError:
        # The reader of the pipe is gone, as in `runbooks lint | head`, which is not an error. Without
        # this redirection, Python would report it again when it flushes standard output at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except NotInstalled as error:
        say(f"Error: {error}")
        sys.exit(EXIT_USAGE)
    except Exception as error:
        if os.environ.get("RUNBOOKS_DEBUG"):
            traceback.print_exc()
        say(f"Internal error: {type(error).__name__}: {error}")
        say("This is a bug. To see where it happened, set RUNBOOKS_DEBUG=1.")
        sys.exit(EXIT_INTERNAL)
