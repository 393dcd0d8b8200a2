"""`runbooks reference DIR`: write the reference pages, which are made from the code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from jinja2 import Environment

from generator.cli.manual import CommandView, described_commands, manual_page
from generator.cli.messages import say, stop
from generator.cli.reference_pages import fields_page, rule_pages, write_pages
from generator.rules import RULES
from generator.site import environment
from generator.site.page import Page


@click.command("reference")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def reference_command(folder: Path) -> None:
    """Write the reference pages and the man page to DIR.

    The pages (fields, commands, rules) and the man page are made from the code, so they always
    match it. The pages are Markdown. The man page is runbooks.1; to read it, run: man ./runbooks.1

    \b
    Example:
      runbooks reference docs/reference
    """
    # The pages describe the package, so no knowledge base's own templates apply.
    templates = environment(folder / "none")
    top, *commands = described_commands()
    pages = [
        fields_page(templates),
        _commands_page(templates, commands),
        manual_page([top, *commands]),
        *rule_pages(templates, RULES),
    ]
    try:
        write_pages(pages, folder)
    except OSError as error:
        stop(f"cannot write {error.filename or folder}: {error.strerror}")
    say(f"wrote {len(pages)} pages to {folder}")


def _commands_page(templates: Environment, commands: Sequence[CommandView]) -> Page:
    text = templates.get_template("reference/commands.md.j2").render(commands=commands)
    return Page("commands.md", "Commands", text)
