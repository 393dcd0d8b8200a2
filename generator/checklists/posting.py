"""Posts a checklist on a pull request, and says at its commit what is left to do.

A comment is ours if the owner of the token has written it, and if its first line is our mark with the
same key: anybody can copy a mark. People's ticks in it stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from generator.checklists.comment_text import ChecklistComment, read_comment
from generator.checklists.forge_calls import ForgeCaller, ForgeRefused
from generator.checklists.forges import CommitStatus, Forge, Route
from generator.text.labels import plural

_PAGES = 50
_PER_PAGE = 100


class Posted(StrEnum):
    """What became of a comment."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOTHING = "nothing to post: no check applies"


@dataclass(frozen=True, slots=True)
class OwnComment:
    """A comment that we have posted before.

    Attributes:
        number: the number of the comment.
        text: its text as the forge has it.
        content: what we read in it.
    """

    number: str
    text: str
    content: ChecklistComment


def own_comments(forge: Forge, ask: ForgeCaller) -> list[OwnComment]:
    """Return our comments on a pull request, the oldest first.

    Raises:
        ForgeRefused: the forge refused, there are too many comments, or nobody knows whose they are.
    """
    marked = [
        (OwnComment(str(comment.get("id")), text, content), _at(comment, forge.author))
        for comment in _all(forge, ask)
        if (content := read_comment(text := _at(comment, forge.text))) is not None
    ]
    if not marked:
        return []
    owners = _owners(forge, ask)
    return [comment for comment, author in marked if author in owners]


def _owners(forge: Forge, ask: ForgeCaller) -> tuple[str, ...]:
    """Return the names under which the token writes comments."""
    method, url, data, route = forge.who
    try:
        name = _at(ask(method, url, data), route)
    except ForgeRefused as error:
        if not error.no_right:
            raise
        name = ""
    # GitHub says the name of an app with this ending, or without it; no person can have it.
    owners = (name, f"{name}[bot]") if name else forge.otherwise
    if not owners:
        raise ForgeRefused(
            f"{forge.name}: the forge does not say whose the token is, so that nobody can tell our "
            "comments from others'; give the token the right to read its own account",
            no_right=True,
        )
    return owners


def _all(forge: Forge, ask: ForgeCaller) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for page in range(1, _PAGES + 1):
        answer = ask("GET", f"{forge.comments}{forge.page}{page}")
        found = answer.get("values") if isinstance(answer, dict) else answer
        fresh = [
            comment
            for comment in (found if isinstance(found, list) else ())
            if isinstance(comment, dict) and str(comment.get("id")) not in seen
        ]
        seen.update(str(comment.get("id")) for comment in fresh)
        yield from fresh
        # A forge that knows no pages answers with the same again.
        if not fresh or len(found or ()) < _PER_PAGE:
            return
    raise ForgeRefused(
        f"{forge.name}: more than {_PAGES * _PER_PAGE:,} comments, so an earlier one cannot be found"
    )


def post(
    forge: Forge, ask: ForgeCaller, comment: ChecklistComment, *, may_post: bool = True
) -> tuple[Posted, ChecklistComment]:
    """Post a comment, or replace the one of an earlier run with the same key.

    If no check applies, only an earlier comment is changed, so that it does not tell of old checks.

    Args:
        forge: where.
        ask: makes the calls.
        comment: the comment, with its key.
        may_post: whether it is posted; without that, only ticks are read, as in a merge queue.

    Returns:
        What was done, and the comment with the ticks that people have made.

    Raises:
        ForgeRefused: the forge refused it, or cannot be reached.
    """
    own = own_comments(forge, ask)
    # One of an older version has no key.
    earlier = next(
        (one for key in (comment.key, None) for one in own if one.content.key == key), None
    )
    if earlier:
        comment = comment.with_ticks_of(earlier.content)
    if not may_post:
        return Posted.UNCHANGED, comment
    data = _with(forge.text, comment.text())
    if earlier is None:
        if comment.says_nothing:
            return Posted.NOTHING, comment
        ask("POST", forge.comments, data)
        return Posted.ADDED, comment
    if earlier.text.replace("\r\n", "\n").strip() == comment.text().strip():
        return Posted.UNCHANGED, comment
    ask(forge.change, f"{forge.comment}{earlier.number}", data)
    return Posted.CHANGED, comment


def status_of(comment: ChecklistComment, link: str = "") -> CommitStatus:
    """Return the status of the commit for which a comment was made."""
    name = f"deploy checklist ({comment.key})" if comment.key else "deploy checklist"
    if comment.unknown:
        of = plural(comment.unknown, "file or source", "files or sources")
        return CommitStatus(name, False, f"Not all checks are known: {of} cannot be read", link)
    if not comment.gates:
        return CommitStatus(name, True, "No blocking check applies before the deploy", link)
    of = plural(comment.gates, "blocking check")
    if not comment.open:
        return CommitStatus(name, True, f"Done: {of}", link)
    return CommitStatus(name, False, f"Open: {comment.open:,} of {of}", link)


def set_status(forge: Forge, ask: ForgeCaller, commit: str, status: CommitStatus) -> None:
    """Set the status of a commit.

    Raises:
        ForgeRefused: the forge refused it, or has none that can be met.
    """
    if not forge.statuses:
        raise ForgeRefused(
            f"{forge.name}: boxes of comments cannot be ticked on this forge; "
            "to stop a merge, use `runbooks checklist run`"
        )
    try:
        ask("POST", f"{forge.statuses}{commit}", forge.status(status))
    except ForgeRefused as error:
        # GitLab refuses to set what is pending to pending; then it is what it should be.
        if error.code == 400 and not status.done and "Cannot transition status" in error.answer:
            return
        if not error.no_right:
            raise
        raise ForgeRefused(
            f"{error} For a status, it needs: {forge.right}", no_right=True, code=error.code
        ) from None


def _at(data: Any, route: Route) -> str:
    for key in route:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, str) else ""


def _with(route: Route, text: str) -> dict[str, Any]:
    data: Any = text
    for key in reversed(route):
        data = {key: data}
    return data  # type: ignore[no-any-return]
