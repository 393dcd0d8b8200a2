"""`runbooks completion SHELL`, and what completion offers for the values of commands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.groups import ROOT
from generator.knowledge.roots import NotAKnowledgeBase, find_root
from generator.knowledge.sources.places import incident_places

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# A name that is not an id is not offered: it might have a meaning in the shell.
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> None:
    """Print the completion script of a shell.

    With it, the shell completes commands, options and ids of incidents. Write it to a file once,
    then start a new shell:

    \b
    Examples:
      runbooks completion bash > ~/.local/share/bash-completion/completions/runbooks
      runbooks completion zsh > ~/.runbooks-completion.zsh
      runbooks completion fish > ~/.config/fish/completions/runbooks.fish

    bash and fish load these files automatically. If the folder does not exist, create it first with
    mkdir -p. In bash, this needs the package bash-completion; without it, add this line to
    ~/.bashrc:

    \b
      source <(runbooks completion bash)

    For zsh, add these lines to ~/.zshrc:

    \b
      autoload -Uz compinit && compinit
      source ~/.runbooks-completion.zsh
    """
    from click.shell_completion import ShellComplete, get_completion_class

    from generator.cli import runbooks

    kind = get_completion_class(shell)
    assert kind is not None
    # The class for bash would run this machine's bash; the script may be for another machine.
    click.echo(ShellComplete.source(kind(runbooks, {}, "runbooks", "_RUNBOOKS_COMPLETE")))


def incident_ids(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the ids that begin with what was typed: names of folders. Nothing is loaded."""
    from click.shell_completion import CompletionItem

    given = context.params.get("root") or context.meta.get(ROOT)
    taken = context.params.get(parameter.name or "") or ()
    try:
        # The shell passes on what was typed, without expanding a `~`.
        root = Path(given).expanduser() if given else find_root(Path.cwd())
        names = incident_places(root).stamps
    except (OSError, RuntimeError, NotAKnowledgeBase):
        return []
    return [
        CompletionItem(name)
        for name in names
        if name.startswith(incomplete) and _ID.fullmatch(name) and name not in taken
    ]


def incident_ids_or_paths(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the ids that begin with what was typed; if none does, let the shell complete a path."""
    return incident_ids(context, parameter, incomplete) or paths(context, parameter, incomplete)


def paths(
    context: click.Context,  # noqa: ARG001
    parameter: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[CompletionItem]:
    """Let the shell complete a path."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]
