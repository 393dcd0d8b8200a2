"""The help of the commands as data, and the man page that is made from it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click

from generator.site.page import Page
from generator.text.markdown import Markdown
from generator.text.templating import new_environment, packaged_templates

# The width of the help texts, independent of the terminal, so that the pages do not differ.
_WIDTH = 88

# Characters that groff interprets or prints as others; a plain `-` becomes a hyphen, which a shell
# does not accept.
_ROFF = {
    "\\": r"\(rs",
    "-": r"\-",
    "'": r"\(aq",
    "`": r"\(ga",
    "^": r"\(ha",
    "~": r"\(ti",
    '"': r"\(dq",
}


@dataclass(frozen=True, slots=True)
class ManualPassage:
    """A passage of a help text.

    Attributes:
        text: running text; for lines that are kept, the line above them.
        lines: lines that are kept unchanged, as in an example.
    """

    text: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command, as the reference and the man page show it.

    Attributes:
        name: its name, after that of its group: `checklist run`; empty for `runbooks`.
        usage: its usage line: `runbooks lint [OPTIONS] [ID|PATH]...`.
        help: what `--help` prints.
        passages: its help text, in passages.
        options: its options, each with its help text.
    """

    name: str
    usage: str
    help: Markdown
    passages: Sequence[ManualPassage]
    options: Sequence[tuple[str, str]]


def described_commands() -> list[CommandView]:
    """Return `runbooks` and all its commands, in the order of their names."""
    from generator.cli import runbooks

    # With the group's settings, as on the command line: `-h` is one of them.
    settings = {**runbooks.context_settings, **_widths()}
    top = click.Context(runbooks, info_name="runbooks", **settings)
    return [_view(top), *_below(top)]


def _below(group: click.Context) -> Iterator[CommandView]:
    """Yield the commands of a group, and their subcommands."""
    assert isinstance(group.command, click.Group)
    for name in sorted(group.command.list_commands(group)):
        command = group.command.get_command(group, name)
        if command is None:
            continue
        context = click.Context(command, info_name=name, parent=group, **_widths())
        yield _view(context)
        if isinstance(command, click.Group):
            yield from _below(context)


def _widths() -> dict[str, Any]:
    return {"terminal_width": _WIDTH, "max_content_width": _WIDTH}


def _view(context: click.Context) -> CommandView:
    command = context.command
    options = (param for param in command.get_params(context) if isinstance(param, click.Option))
    records = [option.get_help_record(context) for option in options]
    return CommandView(
        context.command_path.partition(" ")[2],
        " ".join([context.command_path, *command.collect_usage_pieces(context)]),
        Markdown(command.get_help(context)),
        [_passage(text) for text in re.split(r"\n{2,}", inspect.cleandoc(command.help or ""))],
        [record for record in records if record],
    )


def _passage(text: str) -> ManualPassage:
    """Read a passage of a docstring; click keeps the lines of one that begins with a backspace."""
    if not text.startswith("\b\n"):
        return ManualPassage(" ".join(text.split()), ())
    lines = text.splitlines()[1:]
    above = lines.pop(0) if lines[0].endswith(":") and not lines[0].startswith(" ") else ""
    indent = min(len(line) - len(line.lstrip()) for line in lines)
    return ManualPassage(above, [line[indent:] for line in lines])


def roff(text: str) -> str:
    """Return text as a line of a man page, escaped so that groff interprets nothing in it.

    The result is ASCII, on one line, which every viewer of man pages can show.
    """
    escaped = "".join(map(_escaped, " ".join(text.splitlines())))
    # A line that begins with a dot would be a request; `\\&` prints nothing.
    return rf"\&{escaped}" if escaped.startswith(".") else escaped


def _escaped(character: str) -> str:
    if character in _ROFF:
        return _ROFF[character]
    if character.isascii():
        return character if character.isprintable() else " "
    return f"\\[u{ord(character):04X}]"


def manual_page(commands: Sequence[CommandView]) -> Page:
    """Return the man page `runbooks(1)`.

    Args:
        commands: `runbooks`, then its commands.
    """
    templates = new_environment([packaged_templates()], lambda value: roff(str(value)))
    text = templates.get_template("reference/runbooks.1.j2").render(commands=commands)
    return Page("runbooks.1", "runbooks(1)", text)
