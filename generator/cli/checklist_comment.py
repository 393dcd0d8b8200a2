"""`runbooks checklist comment`: add a checklist as a comment to a pull request."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from generator.checklists.comment_text import LINK, ChecklistComment, read_comment
from generator.checklists.forge_calls import ForgeCaller, ForgeRefused
from generator.checklists.forges import Forge, forge_of
from generator.checklists.pipelines import Pipeline, Trigger, read_pipeline
from generator.checklists.posting import own_comments, post, set_status, status_of
from generator.cli.messages import say
from generator.cli.options import given_root_option
from generator.commands.masking import visible
from generator.knowledge.roots import NotAKnowledgeBase, find_root

_LONGEST_KEY = 100


@click.command("comment")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, allow_dash=True))  # fmt: skip
@click.option("--key", metavar="KEY", help="Distinguishes this comment from those of other jobs. Default: the job, and the folder of the knowledge base if that is not the top folder.")  # fmt: skip
@click.option("--status", is_flag=True, help="Also set a status of the commit: how many blocking checks before the deploy are open. A branch rule can require it.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print where the comment would go, and send nothing.")
@given_root_option
def comment_command(file: str | None, key: str | None, status: bool, dry_run: bool, root: Path | None) -> None:  # fmt: skip
    """Add a checklist as a comment to a pull request.

    It is the pull request that this pipeline runs for. FILE is the output of `runbooks checklist
    --format github` (on Bitbucket, `--format bitbucket`); - is standard input. The comment of an
    earlier run with the same key is updated in place, if it is ours, and keeps the ticks at checks
    that are still the same. If no check applies, nothing is added.

    Without FILE, with --status: reads the ticks in our comments, and only sets the status. In a merge
    queue, the comment stays as it is, and its ticks count.

    Works in the pipelines of GitHub (with GITHUB_TOKEN), GitLab (GITLAB_TOKEN), Gitea and Forgejo
    (GITEA_TOKEN) and Bitbucket (BITBUCKET_TOKEN). Sends only FILE and the status, and only to that
    forge. For a pull request from a fork, the token may not be there; then it says so, and exits 0.

    \b
    Examples:
      runbooks checklist --changed-since auto --format github | runbooks checklist comment - --status
      runbooks checklist comment checklist.md --key shop --dry-run
      runbooks checklist comment --status
    """
    comment = _read(file)
    if comment is None and not status:
        raise click.UsageError("missing FILE; without it, --status sets only the status")
    pipeline = read_pipeline(os.environ)
    if pipeline is None:
        raise click.ClickException(
            "this is no pipeline of GitHub, GitLab, Bitbucket, Gitea or Forgejo: it only works in one"
        )
    if pipeline.number is None and pipeline.trigger is not Trigger.MERGE_QUEUE:
        raise click.ClickException(_NOT_FOR_ONE[pipeline.forge == "GitLab"])
    if comment is not None and (pipeline.forge == "Bitbucket") != (comment.frame == LINK):
        form = "bitbucket" if pipeline.forge == "Bitbucket" else "github"
        raise click.UsageError(f"on {pipeline.forge}, a comment is the output of --format {form}")
    try:
        forge = forge_of(pipeline, os.environ)
        ask = ForgeCaller(forge.name, forge.headers)
        if comment is None:
            _refresh(forge, ask, key, dry_run=dry_run)
        else:
            named = (key or _default_key(pipeline, root))[:_LONGEST_KEY]
            made = replace(comment, key=named, commit=forge.commit)
            _put(forge, ask, pipeline, made, status=status, dry_run=dry_run)
    except ForgeRefused as error:
        if not (error.no_right and pipeline.fork):
            raise click.ClickException(visible(str(error))) from None
        text = visible(f"{error}. Nothing was added: a pull request from a fork gets no token that may comment")  # fmt: skip
        # What the runner shows at the run, as long as it stands at the beginning of a line.
        say(f"::notice::{text}" if pipeline.forge not in ("GitLab", "Bitbucket") else text)


_NOT_FOR_ONE = {
    False: "this run is not for a pull request: run it `on: pull_request`",
    True: "this run is not for a merge request: give its job "
    "`rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}]`",
}


def _read(file: str | None) -> ChecklistComment | None:
    if file is None:
        return None
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        found = read_comment(content.decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(visible(f"{file}: {error}")) from None
    if found is None:
        raise click.UsageError(
            visible(f"{file} is not the output of `runbooks checklist --format github`")
        )
    return found


def _default_key(pipeline: Pipeline, root: Path | None) -> str:
    """Return the job, and the folder of the knowledge base in the checkout."""
    top = Path(pipeline.folder or ".").resolve()
    try:
        found = (root or find_root(Path.cwd())).resolve()
    except NotAKnowledgeBase:
        found = top
    folder = found.relative_to(top) if found.is_relative_to(top) else Path(found.name)
    parts = [pipeline.job, "" if folder == Path() else f"in {folder.as_posix()}"]
    return " ".join(filter(None, parts)) or "checklist"


def _put(forge: Forge, ask: ForgeCaller, pipeline: Pipeline, comment: ChecklistComment, *, status: bool, dry_run: bool) -> None:  # fmt: skip
    length = f"{len(comment.text()):,} characters"
    if dry_run:
        say(
            f"{forge.name}: would get a comment of {length}, with the key {visible(comment.key or '')}"
        )
        return
    queued = pipeline.trigger is Trigger.MERGE_QUEUE
    if forge.comments:
        done, comment = post(forge, ask, comment, may_post=not queued)
        if not queued:
            what = "" if comment.says_nothing else f" a comment of {length}"
            say(f"{forge.name}: {done.value}{what}")
    if status:
        _set(forge, ask, comment)


def _refresh(forge: Forge, ask: ForgeCaller, key: str | None, *, dry_run: bool) -> None:
    found = [
        one.content
        for one in own_comments(forge, ask)
        if one.content.commit and key in (None, one.content.key)
    ]
    if not found:
        say(f"{forge.name}: has no comment of ours with a checklist")
    for comment in found:
        if dry_run:
            say(f"{forge.name}: would get the status: {status_of(comment).says}")
        else:
            _set(forge, ask, comment)


def _set(forge: Forge, ask: ForgeCaller, comment: ChecklistComment) -> None:
    status = status_of(comment)
    set_status(forge, ask, comment.commit, status)
    say(visible(f"{forge.name}: {status.name} at {comment.commit[:12]}: {status.says}"))
