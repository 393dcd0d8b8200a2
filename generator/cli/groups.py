"""A group of commands that says where to put an option that comes before its command."""

from __future__ import annotations

import difflib
import importlib
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# The keys under which a context keeps the words of the command line and the `--root` before the
# command.
_WORDS = f"{__name__}.words"
ROOT = f"{__name__}.root"


class CommandGroup(click.Group):
    """A group of commands.

    The options of a command come after it. Only `runbooks` itself has options that come before one.
    A command is imported only when it is used, so that it does not wait for the libraries of others.
    """

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]], **options: Any) -> None:
        """Begin.

        Args:
            args: as of `click.Group`.
            table: for each command its place, `module:name`, and the line that the help shows.
            options: as of `click.Group`.
        """
        super().__init__(*args, **options)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands."""
        return sorted(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; return None if there is no such command."""
        if cmd_name not in self._table:
            return None
        module, _, name = self._table[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, without importing any."""
        told = {name: click.Command(name, help=line) for name, (_, line) in self._table.items()}
        click.Group(commands=told).format_commands(ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse what comes before a command; for an unknown option, say where to put it.

        Raises:
            click.UsageError: an option is unknown here.
        """
        if ctx.parent is None:
            ctx.meta[_WORDS] = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            advice = _advice(ctx)
            if advice is None and ctx.parent is None and not error.possibilities:
                command = f"{ctx.command_path} COMMAND {error.option_name}"
                advice = click.UsageError(f"put options after the command: {command}", ctx)
            raise advice or error from None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command or an option, without importing any command."""
        from click.shell_completion import CompletionItem

        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*map(CompletionItem, names), *options]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called.

        Raises:
            click.UsageError: the command does not exist, or an option comes before it that belongs
                after it or does not exist.
        """
        if args[0] not in self.list_commands(ctx) and not ctx.resilient_parsing:
            raise click.UsageError(
                f"unknown command {args[0]!r}{_near(args[0], self.list_commands(ctx))}", ctx
            )
        name, command, rest = super().resolve_command(ctx, args)
        if command is None or ctx.resilient_parsing:
            return name, command, rest
        if ctx.parent is not None and any(
            ctx.get_parameter_source(param) is ParameterSource.COMMANDLINE for param in ctx.params
        ):
            raise _advice(ctx) or click.UsageError("put options after the command", ctx)
        asks_for_help = not set(rest).isdisjoint(ctx.help_option_names)
        if ctx.meta.get(ROOT) and not asks_for_help and "--root" not in _options(command):
            inner = click.Context(command, info_name=name, parent=ctx)
            raise click.UsageError(
                f"`{inner.command_path}` does not take --root: it needs no knowledge base", inner
            )
        return name, command, rest


@dataclass
class _Line:
    """A command line as it should be.

    Attributes:
        context: the context of the command, for its usage.
        words: names of commands, with the options that may come before them.
        moved: options that come before the command and belong after it, each with its value.
        rest: what comes after the command.
    """

    context: click.Context
    words: list[str] = field(default_factory=list)
    moved: list[list[str]] = field(default_factory=list)
    rest: Sequence[str] = ()


def _advice(ctx: click.Context) -> click.UsageError | None:
    """Say where to put options that come before their command; None if there are none."""
    root = ctx.find_root()
    line = _Line(root, [root.info_name or "runbooks"])
    if not _follow(line, root.meta.get(_WORDS, ())) or not line.moved:
        return None
    known = _options(line.context.command)
    for option, *_ in line.moved:
        name = _name(option, known)
        if name not in known:
            path = line.context.command_path
            return click.UsageError(
                f"`{path}` has no option {name}{_near(name, known)}", line.context
            )
    names = " and ".join(dict.fromkeys(_name(option, known) for option, *_ in line.moved))
    moved = [word for words in line.moved for word in words]
    correct = shlex.join([*line.words, *moved, *line.rest])
    return click.UsageError(f"put {names} after the command: {correct}", line.context)


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, 1, 0.8)
    return f"; did you mean {near[0]}?" if near else ""


def _follow(line: _Line, words: Sequence[str]) -> bool:
    """Follow a command line down to its command, and sort the options on the way.

    Returns:
        Whether the line names a command.
    """
    group = line.context.command
    assert isinstance(group, click.Group)
    own = _options(group) if line.context.parent is None else {}
    found = _find(group, line.context, words, own)
    if found is None:
        return False
    index, command, options = found
    for option in options:
        if _name(option[0], own) in own:
            line.words += option
        else:
            line.moved.append(option)
    line.words.append(words[index])
    line.rest = words[index + 1 :]
    line.context = click.Context(command, info_name=words[index], parent=line.context)
    if isinstance(command, click.Group):
        _follow(line, line.rest)
    return True


def _find(
    group: click.Group,
    context: click.Context,
    words: Sequence[str],
    own: Mapping[str, click.Option],
) -> tuple[int, click.Command, list[list[str]]] | None:
    """Return where the command is, the command, and the options before it.

    A value may look like the name of a command. So the first name wins that has only options before
    it that it takes; otherwise, the first name with any options before it.
    """
    possible = []
    for index, word in enumerate(words):
        command = None if word.startswith("-") else group.get_command(context, word)
        if command is None:
            continue
        known = {**own, **_options(command, below=True)}
        options = _chunks(words[:index], known)
        if options is None:
            continue
        if all(_name(option, known) in known for option, *_ in options):
            return index, command, options
        possible.append((index, command, options))
    return possible[0] if possible else None


def _options(command: click.Command, *, below: bool = False) -> dict[str, click.Option]:
    """Return a command's options by each of their names; with `below`, also its subcommands'."""
    found = {
        name: param
        for param in command.params
        if isinstance(param, click.Option)
        for name in (*param.opts, *param.secondary_opts)
    }
    if below and isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            found |= _options(inner) if inner else {}
    return found


def _chunks(words: Sequence[str], known: Mapping[str, click.Option]) -> list[list[str]] | None:
    """Split words into options, each with its value; None if the words are not options.

    What follows an unknown option counts as its value.
    """
    found: list[list[str]] = []
    left = iter(words)
    for word in left:
        if not word.startswith("-") or word == "-":
            if not found or _name(found[-1][0], known) in known:
                return None
            found[-1].append(word)
            continue
        values = list(_values(word, known, left))
        if None in values:
            return None
        found.append([word, *(value for value in values if value is not None)])
    return found


def _values(
    word: str, known: Mapping[str, click.Option], left: Iterator[str]
) -> Iterator[str | None]:
    """Yield the words that are the values of an option; None for each that is missing."""
    name = _name(word, known)
    option = known.get(name)
    if option is None or option.is_flag or option.count or word != name:
        return
    for _ in range(option.nargs):
        yield next(left, None)


def _name(word: str, known: Mapping[str, click.Option]) -> str:
    """Return the name of an option: of `--format=json` it is `--format`, of `-ofile` it is `-o`."""
    if word.startswith("--"):
        return word.partition("=")[0]
    return word[:2] if word[:2] in known else word
