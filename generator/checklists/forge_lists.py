"""The files in what forges answer: JSON of GitHub, GitLab, Gitea, Forgejo, Bitbucket and Azure.

Formats: docs.github.com/rest/pulls/pulls (files; compare and commit have the same under `files`, `gh pr
view --json files`, pushes of webhooks), docs.gitlab.com/api/merge_requests (changes, diffs, compare),
the diffstat of Bitbucket Cloud and the changes of Bitbucket Server, and lists of names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from generator.checklists.quoted_paths import NotAFileList, shortened

_BEGINS = re.compile(r"\s*(?:\[\s*[\[{\"\]]|\{\s*[\"}])")
_LISTS = ("files", "changes", "diffs", "values", "changeEntries", "commits")
_PUSHED = ("added", "removed", "modified")
_DEPTH = 200
_MOST_COMPARED = 300  # files that GitHub returns when it compares two commits


def is_json(text: str) -> bool:
    """Return whether text begins as JSON that can hold files; `[id].tsx` does not."""
    return _BEGINS.match(text[:1000]) is not None


def forge_paths(text: str) -> Iterator[str]:
    """Yield the files of one or several JSON documents, one after the other; of renamed ones, both names.

    Raises:
        NotAFileList: it is no JSON, no list of files, or only a part of one.
    """
    try:
        for document in _documents(text):
            yield from _of(document)
    except RecursionError:
        raise NotAFileList("its JSON is nested too deeply") from None


def _documents(text: str) -> Iterator[Any]:
    read, position = json.JSONDecoder().raw_decode, 0
    while rest := re.compile(r"\S").search(text, position):
        try:
            if rest[0] not in "[{":
                raise ValueError(rest[0])
            value, position = read(text, rest.start())
        except ValueError:
            raise NotAFileList("its JSON cannot be read to the end") from None
        yield value


def _of(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > _DEPTH:
        raise NotAFileList("its JSON is nested too deeply")
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _of(one, depth + 1)
    elif not isinstance(value, dict):
        raise NotAFileList(f"{_shown(value)} in the JSON is no file")
    elif names := list(_names(value)):
        yield from names
    elif lists := [value[key] for key in _LISTS if isinstance(value.get(key), list)]:
        _refuse_parts(value)
        yield from _of(lists[0], depth + 1)
    elif pushed := [value[key] for key in _PUSHED if isinstance(value.get(key), list)]:
        for one in pushed:
            yield from _of(one, depth + 1)
    else:
        raise NotAFileList(f"an object of the JSON has no file: {_shown(value)}")


def _shown(value: Any) -> str:
    return shortened(json.dumps(value, separators=(",", ":"), ensure_ascii=False))


def _names(entry: dict[str, Any]) -> Iterator[str]:
    """Yield the names of one file, whatever the forge calls them."""
    for key in ("previous_filename", "filename", "old_path", "new_path", "originalPath", "path"):
        yield from _text(entry.get(key))
    for key in ("srcPath", "path", "old", "new", "item"):
        below = entry.get(key)
        if isinstance(below, dict):
            for inner in ("toString", "path"):
                yield from _text(below.get(inner))


def _text(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value.removeprefix("/")  # Azure writes one


def _refuse_parts(answer: dict[str, Any]) -> None:
    """Refuse an answer that says, or is known, to hold only some of the files."""
    more = answer.get("next") or answer.get("overflow") is True or answer.get("isLastPage") is False
    compared = "total_commits" in answer and len(answer.get("files") or ()) >= _MOST_COMPARED
    if more or compared:
        raise NotAFileList("the forge has more files than this answer; get all pages, or use git")
