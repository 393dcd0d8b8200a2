"""Posts a checklist on a pull request: one comment, updated in place at each push.

Only the given text is sent, and only to the forge whose pipeline runs this.
APIs: docs.github.com/rest/issues/comments, docs.gitlab.com/api/notes.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from generator.checklists.formats.github import MARKER
from generator.checklists.pipelines import read_pipeline

_PAGES = 50  # of 100 comments; a pull request with more gets another comment each time
_SECONDS = 30.0


class NotPosted(Exception):
    """The comment could not be posted on the pull request; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request, as its pipeline knows it.

    Attributes:
        name: its name in messages: `owner/name#12`.
        comments: the URL of its comments.
        comment: the URL of one comment, without its number.
        headers: the headers of each request; they contain the token.
        method: the HTTP method that changes a comment.
    """

    name: str
    comments: str
    comment: str
    headers: Mapping[str, str]
    method: str


def github(environment: Mapping[str, str]) -> PullRequest | None:
    """Return the pull request that GitHub Actions runs for; None outside GitHub Actions.

    Raises:
        NotPosted: it does not run for one, or the token is missing.
    """
    if environment.get("GITHUB_ACTIONS") != "true":
        return None
    repository = environment.get("GITHUB_REPOSITORY", "")
    number = _github_number(environment)
    token = environment.get("GITHUB_TOKEN") or environment.get("GH_TOKEN")
    if not token:
        raise NotPosted("GITHUB_TOKEN is not set: pass it in `env`, with pull-requests: write")
    api = environment.get("GITHUB_API_URL", "https://api.github.com")
    issues = f"{api}/repos/{quote(repository)}/issues"
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    return PullRequest(
        f"{repository}#{number}",
        f"{issues}/{number}/comments",
        f"{issues}/comments/",
        headers,
        "PATCH",
    )


def _github_number(environment: Mapping[str, str]) -> int:
    pipeline = read_pipeline(environment)
    if pipeline is None or pipeline.number is None:
        raise NotPosted("this run is not for a pull request: run it `on: pull_request`")
    return pipeline.number


def gitlab(environment: Mapping[str, str]) -> PullRequest | None:
    """Return the merge request that GitLab CI runs for; None outside GitLab CI.

    Raises:
        NotPosted: it does not run for one, or the token is missing.
    """
    if environment.get("GITLAB_CI") != "true":
        return None
    number = environment.get("CI_MERGE_REQUEST_IID", "")
    if not number.isdigit():
        raise NotPosted(
            "this run is not for a merge request: give its job "
            "`rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}]`"
        )
    token = environment.get("GITLAB_TOKEN")
    if not token:
        raise NotPosted("GITLAB_TOKEN is not set: a project access token with the scope `api`")
    api = environment.get("CI_API_V4_URL", "https://gitlab.com/api/v4")
    project = environment.get("CI_MERGE_REQUEST_PROJECT_ID") or environment.get("CI_PROJECT_ID", "")
    notes = f"{api}/projects/{quote(project, safe='')}/merge_requests/{number}/notes"
    path = environment.get("CI_MERGE_REQUEST_PROJECT_PATH", project)
    return PullRequest(f"{path}!{number}", notes, f"{notes}/", {"PRIVATE-TOKEN": token}, "PUT")


FORGES: tuple[Callable[[Mapping[str, str]], PullRequest | None], ...] = (github, gitlab)


def target(environment: Mapping[str, str]) -> PullRequest:
    """Return the pull request that this pipeline runs for.

    Args:
        environment: the variables of the pipeline.

    Raises:
        NotPosted: this is not a pipeline of a known forge, or it does not run for a pull request.
    """
    for forge in FORGES:
        found = forge(environment)
        if found is not None:
            return found
    raise NotPosted(
        "this is neither GitHub Actions nor GitLab CI: it only works in their pipelines"
    )


def post(to: PullRequest, body: str) -> str:
    """Post a comment on a pull request, or replace the comment of an earlier run.

    Args:
        to: the pull request.
        body: the comment; its first line is `MARKER`.

    Returns:
        `changed` or `added`.

    Raises:
        NotPosted: the forge refused it, or cannot be reached.
    """
    data = {"body": body}
    for comment in _comments(to):
        if str(comment.get("body") or "").startswith(MARKER):
            _ask(to, f"{to.comment}{int(comment['id'])}", to.method, data)
            return "changed"
    _ask(to, to.comments, "POST", data)
    return "added"


def _comments(to: PullRequest) -> Iterator[dict[str, Any]]:
    for page in range(1, _PAGES + 1):
        found = _ask(to, f"{to.comments}?per_page=100&page={page}", "GET")
        if not isinstance(found, list) or not found:
            return
        yield from found
        if len(found) < 100:
            return


def _ask(to: PullRequest, address: str, method: str, data: dict[str, Any] | None = None) -> Any:
    request = urllib.request.Request(  # noqa: S310 - the URL comes from the forge or the configuration
        address,
        json.dumps(data).encode() if data is not None else None,
        {**to.headers, "Content-Type": "application/json", "User-Agent": "incident-runbooks"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        hint = ": may the token write comments?" if error.code in (401, 403, 404) else ""
        raise NotPosted(f"{to.name}: {method} returned {error.code}{hint}") from None
    except (OSError, ValueError) as error:
        raise NotPosted(f"{to.name}: {getattr(error, 'reason', None) or error}") from None
