"""What a pipeline of a forge says about what it runs for, from its variables: one reader for each forge.

Variables: docs.github.com/actions/reference/workflows-and-actions/variables (Gitea and Forgejo set the
same), docs.gitlab.com/ci/variables/predefined_variables,
support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

Variables = Mapping[str, str]

_QUEUED = re.compile(r"refs/heads/gh-readonly-queue/.+/pr-([0-9]{1,18})-[0-9a-f]{40}")
_MERGE_REF = re.compile(r"refs/pull/([0-9]{1,18})/merge")
_NUMBER = re.compile(r"[0-9]{1,18}")


class Trigger(StrEnum):
    """Why a pipeline runs."""

    PULL_REQUEST = "pull request"
    MERGE_QUEUE = "merge queue"
    PUSH = "push"
    TAG = "tag"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What a pipeline runs for, as the forge says it. What it does not say is empty.

    Attributes:
        forge: the name of the forge.
        trigger: why it runs.
        event: the same, in the forge's own word.
        commit: the commit for which it runs.
        history: what makes the forge's clone contain the whole history.
        merges: whether `commit` is a merge that the forge made, of the target and then the branch.
        number: the number of the pull request.
        target: the branch into which the pull request is to be merged.
        head: the newest commit of the pull request's branch.
        bases: commits and names of remote branches with which it can be compared.
        branch: the branch that was pushed.
        default_branch: the default branch of the repository.
        before: the commit to which the branch pointed before the push.
        fork: whether the pull request comes from another repository, or from a bot without rights.
        job: the name of the job, for a comment of its own.
        folder: the folder that contains the checkout.
    """

    forge: str
    trigger: Trigger
    event: str
    commit: str
    history: str
    merges: bool = False
    number: int | None = None
    target: str = ""
    head: str = ""
    bases: tuple[str, ...] = ()
    branch: str = ""
    default_branch: str = ""
    before: str = ""
    fork: bool = False
    job: str = ""
    folder: str = ""


def read_pipeline(variables: Variables) -> Pipeline | None:
    """Return what the pipeline runs for; None if this is no pipeline of a known forge.

    Args:
        variables: the environment.
    """
    return next((found for read in READERS if (found := read(variables))), None)


def remote(branch: str) -> str:
    """Return the name that a clone has for a branch of its origin."""
    return f"refs/remotes/origin/{branch}"


def _github(variables: Variables) -> Pipeline | None:
    """Read what GitHub Actions sets, and the runners of Gitea and Forgejo."""
    named = {"FORGEJO_ACTIONS": "Forgejo", "GITEA_ACTIONS": "Gitea", "GITHUB_ACTIONS": "GitHub"}
    forge = next((name for key, name in named.items() if variables.get(key) == "true"), None)
    if forge is None:
        return None
    event = github_event(variables)
    name = variables.get("GITHUB_EVENT_NAME", "")
    ref = variables.get("GITHUB_REF", "")
    pull = event.get("pull_request")
    about: dict[str, Any] = pull if isinstance(pull, dict) else {}
    common: dict[str, Any] = {
        "forge": forge,
        "event": name,
        "commit": variables.get("GITHUB_SHA", ""),
        "history": "`fetch-depth: 0` at actions/checkout",
        "default_branch": _text(event, "repository", "default_branch"),
        "job": "/".join(filter(None, map(variables.get, ("GITHUB_WORKFLOW", "GITHUB_JOB")))),
        "folder": variables.get("GITHUB_WORKSPACE", ""),
    }
    merge_ref = _MERGE_REF.fullmatch(ref)
    if about or merge_ref:
        target = variables.get("GITHUB_BASE_REF") or _text(about, "base", "ref")
        base = remote(target) if target else ""
        ours = _text(about, "base", "repo", "full_name") or variables.get("GITHUB_REPOSITORY", "")
        return Pipeline(
            **common,
            trigger=Trigger.PULL_REQUEST,
            merges=merge_ref is not None,
            number=_number(about.get("number")) or (int(merge_ref[1]) if merge_ref else None),
            target=target,
            head=_text(about, "head", "sha"),
            bases=_known(base, _text(about, "base", "sha"), _text(about, "merge_base")),
            fork=_text(about, "head", "repo", "full_name") not in ("", ours)
            or variables.get("GITHUB_ACTOR") == "dependabot[bot]",
        )
    queued = event.get("merge_group")
    if isinstance(queued, dict):
        of = _QUEUED.fullmatch(_text(queued, "head_ref"))
        return Pipeline(
            **common,
            trigger=Trigger.MERGE_QUEUE,
            number=int(of[1]) if of else None,
            target=_text(queued, "base_ref").removeprefix("refs/heads/"),
            head=_text(queued, "head_sha"),
            bases=_known(_text(queued, "base_sha")),
        )
    if variables.get("GITHUB_REF_TYPE") == "tag" or ref.startswith("refs/tags/"):
        return Pipeline(**common, trigger=Trigger.TAG)
    if name == "push":
        branch = ref.removeprefix("refs/heads/")
        return Pipeline(
            **common, trigger=Trigger.PUSH, branch=branch, before=_text(event, "before")
        )
    issue = event.get("issue")  # a comment on a pull request is one on an issue
    number = (
        _number(issue.get("number"))
        if isinstance(issue, dict) and "pull_request" in issue
        else None
    )
    return Pipeline(**common, trigger=Trigger.OTHER, number=number)


def github_event(variables: Variables) -> dict[str, Any]:
    """Return the event for which GitHub Actions runs; empty if it cannot be read."""
    try:
        event = json.loads(Path(variables["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    except (KeyError, ValueError, OSError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def _gitlab(variables: Variables) -> Pipeline | None:
    if variables.get("GITLAB_CI") != "true":
        return None
    source = variables.get("CI_PIPELINE_SOURCE", "")
    common: dict[str, Any] = {
        "forge": "GitLab",
        "event": source,
        "commit": variables.get("CI_COMMIT_SHA", ""),
        "history": "`GIT_DEPTH: 0` in the variables of the job",
        "default_branch": variables.get("CI_DEFAULT_BRANCH", ""),
        "job": variables.get("CI_JOB_NAME", ""),
        "folder": variables.get("CI_PROJECT_DIR", ""),
    }
    number = _number(variables.get("CI_MERGE_REQUEST_IID"))
    if number is not None:
        kind = variables.get("CI_MERGE_REQUEST_EVENT_TYPE", "")
        target = variables.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")
        project = variables.get("CI_MERGE_REQUEST_PROJECT_ID", "")
        merges = kind in ("merged_result", "merge_train")
        # In a fork, a branch of this name is another one.
        here = variables.get("CI_PROJECT_ID", project) == project
        return Pipeline(
            **common,
            trigger=Trigger.MERGE_QUEUE if kind == "merge_train" else Trigger.PULL_REQUEST,
            merges=merges,
            number=number,
            target=target,
            head=variables.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "")
            or ("" if merges else common["commit"]),
            bases=_known(
                variables.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", ""),
                variables.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", ""),
                remote(target) if here and target and not merges else "",
            ),
            fork=variables.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", project) != project,
        )
    if variables.get("CI_COMMIT_TAG"):
        return Pipeline(**common, trigger=Trigger.TAG)
    branch = variables.get("CI_COMMIT_BRANCH", "")
    trigger = Trigger.PUSH if source == "push" else Trigger.OTHER
    before = variables.get("CI_COMMIT_BEFORE_SHA", "")
    return Pipeline(**common, trigger=trigger, branch=branch, before=before)


def _bitbucket(variables: Variables) -> Pipeline | None:
    if not variables.get("BITBUCKET_BUILD_NUMBER"):
        return None
    commit = variables.get("BITBUCKET_COMMIT", "")
    common: dict[str, Any] = {
        "forge": "Bitbucket",
        "commit": commit,
        "history": "`clone: {depth: full}` in bitbucket-pipelines.yml",
        "job": variables.get("BITBUCKET_STEP_NAME", "")
        or variables.get("BITBUCKET_PIPELINE_NAME", ""),
        "folder": variables.get("BITBUCKET_CLONE_DIR", ""),
    }
    number = _number(variables.get("BITBUCKET_PR_ID"))
    if number is not None:
        target = variables.get("BITBUCKET_PR_DESTINATION_BRANCH", "")
        return Pipeline(
            **common,
            event="pull request",
            trigger=Trigger.PULL_REQUEST,
            number=number,
            target=target,
            head=commit,  # the target is merged into it before the steps run
            bases=_known(
                remote(target) if target else "",
                variables.get("BITBUCKET_PR_DESTINATION_COMMIT", ""),
            ),
        )
    if variables.get("BITBUCKET_TAG"):
        return Pipeline(**common, event="tag", trigger=Trigger.TAG)
    branch = variables.get("BITBUCKET_BRANCH", "")
    return Pipeline(**common, event="push", trigger=Trigger.PUSH, branch=branch)


READERS: tuple[Callable[[Variables], Pipeline | None], ...] = (_github, _gitlab, _bitbucket)


def _text(data: Any, *keys: str) -> str:
    """Return the text at a place of an event; empty if there is none."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, str) else ""


def _number(value: Any) -> int | None:
    return int(value) if _NUMBER.fullmatch(str(value)) else None


def _known(*names: str) -> tuple[str, ...]:
    return tuple(filter(None, names))
