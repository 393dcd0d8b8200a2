"""`runbooks checklist comment`: add a checklist as a comment to a pull request."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from generator.checklists.forges import NotPosted, post, target
from generator.checklists.formats.github import MARKER
from generator.cli.messages import say


@click.command("comment")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Print where the comment would go, and send nothing.")
def comment_command(file: str, dry_run: bool) -> None:
    """Add a checklist as a comment to a pull request.

    It is the pull request that this pipeline runs for. FILE is the output of `runbooks checklist
    --format github`; - is standard input. The comment of an earlier run is updated in place. Works
    in GitHub Actions (with GITHUB_TOKEN) and in GitLab CI (with GITLAB_TOKEN). Sends only FILE, and
    only to that GitHub or GitLab.

    \b
    Examples:
      runbooks checklist --changed-since origin/main --format github | runbooks checklist comment -
      runbooks checklist comment checklist.md --dry-run
    """
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        body = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file}: {error}") from None
    if not body.startswith(MARKER):
        raise click.UsageError(f"{file} is not the output of `runbooks checklist --format github`")
    try:
        to = target(os.environ)
        if dry_run:
            say(f"{to.name}: would get a comment of {len(body):,} characters")
            return
        say(f"{to.name}: {post(to, body)} a comment of {len(body):,} characters")
    except NotPosted as error:
        raise click.ClickException(str(error)) from None
