"""Forges: how each takes comments on a pull request and statuses of a commit, in one table.

APIs: docs.github.com/rest/issues/comments and /rest/commits/statuses (Gitea and Forgejo have the same
below /api/v1), docs.gitlab.com/api/notes and /api/commits,
developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from generator.checklists.forge_calls import ForgeRefused
from generator.checklists.pipelines import Pipeline, Variables

Route = tuple[str, ...]
"""The keys that lead to a value in JSON."""


@dataclass(frozen=True, slots=True)
class CommitStatus:
    """What a forge shows at a commit.

    Attributes:
        name: by which a branch rule can require it.
        done: whether nothing is left to do.
        says: what is left, in words.
        link: an address about it; may be empty.
    """

    name: str
    done: bool
    says: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Forge:
    """A pull request or a merge queue on a forge, with the calls for it.

    Attributes:
        name: its name in messages: `owner/name#12`.
        headers: the headers of each call; they contain the token.
        comments: the URL of the comments; empty without a pull request.
        comment: the URL of one comment, before its number.
        page: the part of a URL that asks for a page, before its number.
        change: the HTTP method that changes a comment.
        text: where a comment has its text; new ones, too.
        author: where a comment has its author.
        who: the call that says whose the token is: method, URL, data, and where the answer is.
        otherwise: whose it is if that is refused; empty for nobody.
        commit: the commit that gets a status.
        statuses: the URL of statuses, before the commit; empty if there are none.
        right: what the token needs for a status.
        status: makes the data of a status.
    """

    name: str
    headers: Mapping[str, str]
    comments: str
    comment: str
    page: str
    change: str
    text: Route
    author: Route
    who: tuple[str, str, object, Route]
    otherwise: tuple[str, ...]
    commit: str
    statuses: str
    right: str
    status: Callable[[CommitStatus], dict[str, Any]]


def forge_of(pipeline: Pipeline, variables: Variables) -> Forge:
    """Return the forge that runs a pipeline.

    Args:
        pipeline: the pipeline.
        variables: its environment.

    Raises:
        ForgeRefused: the token is missing.
    """
    return FORGES[pipeline.forge](pipeline, variables)


def _named(repository: str, sign: str, pipeline: Pipeline) -> str:
    return repository if pipeline.number is None else f"{repository}{sign}{pipeline.number}"


def _token(variables: Variables, *names: str, rights: str) -> str:
    found = next((value for name in names if (value := variables.get(name))), None)
    if found is None:
        raise ForgeRefused(f"{names[0]} is not set: {rights}", no_right=True)
    return found


def _github(pipeline: Pipeline, variables: Variables) -> Forge:
    token = _token(
        variables,
        "GITHUB_TOKEN",
        "GH_TOKEN",
        rights="pass it in `env`, with pull-requests: write (and statuses: write for --status)",
    )
    api = variables.get("GITHUB_API_URL") or "https://api.github.com"
    # An installation has no user, so only this call says whose its token is.
    default = api.removesuffix("/v3") + "/graphql"
    graphql = variables.get("GITHUB_GRAPHQL_URL") or default
    query = {"query": "query { viewer { login } }"}
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    who = ("POST", graphql, query, ("data", "viewer", "login"))
    return _like_github(pipeline, variables, api, headers, who, ("github-actions[bot]",))


def _gitea(pipeline: Pipeline, variables: Variables) -> Forge:
    token = _token(
        variables,
        "GITEA_TOKEN",
        "FORGEJO_TOKEN",
        "GITHUB_TOKEN",
        rights="pass one in `env` that can write to issues (and to the repository for --status)",
    )
    server = variables.get("GITHUB_SERVER_URL", "")
    api = variables.get("GITHUB_API_URL") or f"{server}/api/v1"
    headers = {"Authorization": f"token {token}", "Accept": "application/json"}
    who = ("GET", f"{api}/user", None, ("login",))
    own = ("gitea-actions", "forgejo-actions")
    return _like_github(pipeline, variables, api, headers, who, own)


def _like_github(
    pipeline: Pipeline,
    variables: Variables,
    api: str,
    headers: Mapping[str, str],
    who: tuple[str, str, object, Route],
    otherwise: tuple[str, ...],
) -> Forge:
    repository = variables.get("GITHUB_REPOSITORY", "")
    base = f"{api}/repos/{quote(repository)}"
    return Forge(
        name=_named(repository, "#", pipeline),
        headers=headers,
        comments=f"{base}/issues/{pipeline.number}/comments" if pipeline.number else "",
        comment=f"{base}/issues/comments/",
        page="?per_page=100&page=",
        change="PATCH",
        text=("body",),
        author=("user", "login"),
        who=who,
        otherwise=otherwise,
        commit=pipeline.head or pipeline.commit,
        statuses=f"{base}/statuses/",
        right="statuses: write" if pipeline.forge == "GitHub" else "write to the repository",
        status=lambda status: {
            "state": "success" if status.done else "pending",
            "context": status.name,
            "description": status.says[:140],
            **({"target_url": status.link} if status.link else {}),
        },
    )


def _gitlab(pipeline: Pipeline, variables: Variables) -> Forge:
    token = _token(variables, "GITLAB_TOKEN", rights="a project access token with the scope `api`")
    api = variables.get("CI_API_V4_URL") or "https://gitlab.com/api/v4"
    here = variables.get("CI_PROJECT_ID", "")
    project = variables.get("CI_MERGE_REQUEST_PROJECT_ID") or here
    notes = f"{api}/projects/{quote(project, safe='')}/merge_requests/{pipeline.number}/notes"
    run = variables.get("CI_PIPELINE_ID", "")
    return Forge(
        name=_named(variables.get("CI_MERGE_REQUEST_PROJECT_PATH") or project, "!", pipeline),
        headers={"PRIVATE-TOKEN": token},
        comments=notes if pipeline.number else "",
        comment=f"{notes}/",
        page="?sort=asc&order_by=created_at&per_page=100&page=",
        change="PUT",
        text=("body",),
        author=("author", "username"),
        who=("GET", f"{api}/user", None, ("username",)),
        otherwise=(),
        commit=pipeline.commit,
        statuses=f"{api}/projects/{quote(here or project, safe='')}/statuses/",
        right="the role Developer",
        status=lambda status: {
            "state": "success" if status.done else "pending",
            "name": status.name,
            "description": status.says[:255],
            **({"target_url": status.link} if status.link else {}),
            **({"pipeline_id": int(run)} if run.isdecimal() else {}),
        },
    )


def _bitbucket(pipeline: Pipeline, variables: Variables) -> Forge:
    token = _token(
        variables,
        "BITBUCKET_TOKEN",
        rights="an access token with the scopes pullrequest:write and account",
    )
    api = variables.get("BITBUCKET_API_URL") or "https://api.bitbucket.org/2.0"
    repository = variables.get("BITBUCKET_REPO_FULL_NAME", "")
    base = f"{api}/repositories/{quote(repository)}"
    comments = f"{base}/pullrequests/{pipeline.number}/comments"
    return Forge(
        name=_named(repository, "#", pipeline),
        headers={"Authorization": f"Bearer {token}"},
        comments=comments if pipeline.number else "",
        comment=f"{comments}/",
        page="?pagelen=100&page=",
        change="PUT",
        text=("content", "raw"),
        author=("user", "uuid"),
        who=("GET", f"{api}/user", None, ("uuid",)),
        otherwise=(),
        commit=pipeline.commit,
        statuses="",  # its comments have no boxes, so a status would wait for ever
        right="",
        status=lambda _: {},
    )


FORGES: Mapping[str, Callable[[Pipeline, Variables], Forge]] = {
    "GitHub": _github,
    "Gitea": _gitea,
    "Forgejo": _gitea,
    "GitLab": _gitlab,
    "Bitbucket": _bitbucket,
}
"""The forges by their name, as `Pipeline.forge` has it."""
