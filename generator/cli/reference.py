"""`runbooks reference DIR`: the reference pages, made from the code."""

from __future__ import annotations

from pathlib import Path

import click
from jinja2 import Environment

from generator.cli.common import say, stop
from generator.cli.reference_pages import fields_page, rule_pages, write_pages
from generator.rules import RULES
from generator.site import environment
from generator.site.page import Page
from generator.text.markdown import Markdown

# The width of the help texts, whatever terminal this runs in: the pages must not differ.
_WIDTH = 88


@click.command("reference")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def reference_command(folder: Path) -> None:
    """Write the reference pages (fields, commands, rules) as Markdown into DIR.

    They are made from the code, so they cannot say anything else than what it does.

    \b
    Example:
      runbooks reference docs/reference
    """
    # The pages describe the package, so no knowledge base's own templates apply.
    templates = environment(folder / "none")
    pages = [fields_page(templates), _commands_page(templates), *rule_pages(templates, RULES)]
    try:
        write_pages(pages, folder)
    except OSError as error:
        stop(f"cannot write {error.filename or folder}: {error.strerror}")
    say(f"wrote {len(pages)} pages into {folder}")


def _commands_page(templates: Environment) -> Page:
    from generator.cli import runbooks

    def help_of(command: click.Command, name: str, parent: click.Context | None) -> Markdown:
        context = click.Context(
            command, info_name=name, parent=parent, terminal_width=_WIDTH, max_content_width=_WIDTH
        )
        return Markdown(command.get_help(context))

    # With the group's settings, as on the command line: `-h` is one of them.
    top = click.Context(runbooks, info_name="runbooks", **runbooks.context_settings)
    commands = []
    for name in runbooks.list_commands(top):
        command = runbooks.get_command(top, name)
        if command is None:
            continue
        commands.append({"name": name, "help": help_of(command, name, top)})
        if isinstance(command, click.Group):
            above = click.Context(command, info_name=name, parent=top)
            commands += [
                {"name": f"{name} {own}", "help": help_of(under, own, above)}
                for own, under in sorted(command.commands.items())
            ]
    text = templates.get_template("reference/commands.md.j2").render(commands=commands)
    return Page("commands.md", "Commands", text)
