"""With what a pipeline compares the release: `--changed-since auto`.

What a forge says is often of another time than the clone: the base of a pull request's event is where
the target branch was when somebody pushed, and the merge that is checked out has later commits of it.
So the clone decides: with a merge of the forge's, the target as it was merged; otherwise, where the
branch left the target.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from generator.checklists.changes import revision_of
from generator.checklists.git_reading import NoChanges, run
from generator.checklists.pipelines import Pipeline, Trigger, remote

AUTO = "auto"
"""As a revision: what the pipeline says."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a release is compared with.

    Attributes:
        revision: the revision, or the range, for `changes.changed_since`.
        about: what that is, in words: `the target branch main`.
        proposed: whether the release is only proposed, so that the rules of the baseline count.
    """

    revision: str
    about: str
    proposed: bool = False


def find_baseline(pipeline: Pipeline | None, repository: Path) -> Baseline:
    """Return what the release of a pipeline is compared with.

    Args:
        pipeline: the pipeline; None if there is none.
        repository: a folder of the clone.

    Raises:
        NoChanges: this is no pipeline, its clone is too shallow, or nothing precedes the release.
    """
    if pipeline is None:
        raise NoChanges(
            f"{AUTO} works in a pipeline of GitHub, GitLab, Bitbucket, Gitea or Forgejo; elsewhere, name "
            "a tag, branch or commit"
        )
    head = revision_of(repository, "HEAD")
    if head is None:
        raise NoChanges(f"{repository} is not a git repository with a commit")
    match pipeline.trigger:
        case Trigger.PULL_REQUEST | Trigger.MERGE_QUEUE:
            return _of_proposal(pipeline, repository, head)
        case Trigger.TAG:
            return _of_tag(pipeline, repository)
        case Trigger.PUSH:
            return _of_push(pipeline, repository, head)
        case _:
            raise _unknown(pipeline)


def _of_proposal(pipeline: Pipeline, repository: Path, head: str) -> Baseline:
    queued = pipeline.trigger is Trigger.MERGE_QUEUE
    about = "what the merge queue merges first" if queued else _target(pipeline)
    parents = [revision_of(repository, f"HEAD^{number}") for number in (1, 2)]
    first, second = parents
    if first and second:
        if pipeline.merges and head == pipeline.commit:
            return Baseline(first, about, proposed=True)
        if pipeline.head != head and pipeline.head in parents:
            return Baseline(second if pipeline.head == first else first, about, proposed=True)
    known = pipeline.head and revision_of(repository, pipeline.head)
    if known and not _is_ancestor(repository, known, head):
        raise NoChanges(
            f"the commit that is checked out, {head[:12]}, is not of the {pipeline.trigger}, which ends "
            f"at {known[:12]}: check that out"
        )
    base = _nearest(repository, pipeline.bases, head)
    if base is None:
        raise _too_shallow(pipeline, about)
    return Baseline(base, about, proposed=True)


def _target(pipeline: Pipeline) -> str:
    return f"the target branch {pipeline.target}".strip()


def _of_push(pipeline: Pipeline, repository: Path, head: str) -> Baseline:
    on_default = bool(pipeline.branch) and pipeline.branch == pipeline.default_branch
    pushed = pipeline.before.strip("0")  # a new branch has only zeros
    before = revision_of(repository, pipeline.before) if pushed else None
    if before and _is_ancestor(repository, before, head):
        return Baseline(before, "the push before")
    # A branch that is new, or was pushed with force: all of it counts.
    default = (
        remote(pipeline.default_branch) if pipeline.default_branch else "refs/remotes/origin/HEAD"
    )
    base = None if on_default else _nearest(repository, (default,), head)
    # In the default branch itself there is nothing to see; not every forge says which one that is.
    if base and (base != head or (pipeline.default_branch and not before)):
        return Baseline(base, f"the branch {pipeline.default_branch}".strip())
    if before:
        # What the force took away is a change, too.
        return Baseline(f"{before}..{head}", "the push before, which force has replaced")
    if pushed:
        raise _too_shallow(pipeline, f"the push before ({pipeline.before[:12]})")
    if on_default:
        raise NoChanges("nothing precedes this branch; name a tag, branch or commit, or use --all")
    if base:
        raise _unknown(pipeline)
    raise _too_shallow(pipeline, f"the default branch {pipeline.default_branch}".strip())


def _of_tag(pipeline: Pipeline, repository: Path) -> Baseline:
    found = run(repository, "describe", "--tags", "--abbrev=0", "HEAD^")
    name = found.stdout.decode("utf-8", "surrogateescape").strip()
    if found.returncode or not name:
        raise NoChanges(
            "no tag precedes this one in the clone; name a tag, branch or commit, or fetch more: "
            f"{pipeline.history}"
        )
    return Baseline(f"refs/tags/{name}", f"the tag {name}")


def _nearest(repository: Path, names: Iterable[str], head: str) -> str | None:
    """Return the last commit that HEAD shares with one of these; None if none is in the clone.

    An older state of a branch shares less, so the nearest common commit is the right one. A branch
    that contains HEAD, as after a merge, tells nothing, if another one does.
    """
    shared = [
        base
        for name in names
        if (commit := revision_of(repository, name))
        and (base := _merge_base(repository, commit, head))
    ]
    behind = [base for base in shared if base != head] or shared
    nearest = None
    for base in behind:
        if nearest is None or _is_ancestor(repository, nearest, base):
            nearest = base
    return nearest


def _merge_base(repository: Path, one: str, other: str) -> str | None:
    found = run(repository, "merge-base", one, other)
    return found.stdout.decode().split("\n")[0] or None if found.returncode == 0 else None


def _is_ancestor(repository: Path, older: str, newer: str) -> bool:
    return _merge_base(repository, older, newer) == older


def _unknown(pipeline: Pipeline) -> NoChanges:
    event = pipeline.event or "this event"
    return NoChanges(
        f"nothing says with what {pipeline.forge} compares a run for {event!r}; name a tag, branch or commit"
    )


def _too_shallow(pipeline: Pipeline, what: str) -> NoChanges:
    return NoChanges(
        f"{what} is not in this clone, or too little of its history; write {pipeline.history}"
    )
