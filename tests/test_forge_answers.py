"""Whatever a forge answers, a comment is found, or the command says what went wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.checklists.comment_text import read_comment
from generator.checklists.forge_calls import ForgeCaller, ForgeRefused
from generator.checklists.forges import FORGES, forge_of
from generator.checklists.pipelines import Pipeline, Trigger, read_pipeline
from generator.checklists.posting import own_comments, post, set_status, status_of

MARKED = "<!-- incident-runbooks checklist key=a -->\n<!-- checks=1 unknown=0 hidden=0 -->\nx"
TOKENS = dict.fromkeys(("GITHUB_TOKEN", "GITLAB_TOKEN", "BITBUCKET_TOKEN"), "t")
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just(MARKED)
KEYS = st.sampled_from(["id", "body", "user", "login", "author", "username", "content", "raw", "uuid", "values", "data", "viewer"])  # fmt: skip
ANSWERS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


class Answering(ForgeCaller):
    """Answers with what it is given, and with the last of it for ever."""

    def __init__(self, answers: list[Any]) -> None:
        super().__init__("x", {})
        self.answers = answers

    def __call__(self, method: str, url: str, data: object = None) -> Any:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@given(st.sampled_from(sorted(FORGES)), st.lists(ANSWERS, min_size=1, max_size=6))
def test_any_json_is_an_answer(name: str, answers: list[Any]) -> None:
    pipeline = Pipeline(name, Trigger.PULL_REQUEST, "x", "c" * 40, "", number=7)
    forge = forge_of(pipeline, TOKENS)
    comment = read_comment(MARKED)
    assert comment
    with suppress(ForgeRefused):
        own_comments(forge, Answering(list(answers)))
        _, posted = post(forge, Answering(list(answers)), comment)
        set_status(forge, Answering(list(answers)), "c" * 40, status_of(posted))


@given(st.dictionaries(
    st.sampled_from([
        "GITHUB_ACTIONS", "GITEA_ACTIONS", "FORGEJO_ACTIONS", "GITLAB_CI", "BITBUCKET_BUILD_NUMBER",
        "GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REF", "GITHUB_REF_TYPE", "GITHUB_BASE_REF",
        "CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_EVENT_TYPE", "CI_PIPELINE_SOURCE", "CI_COMMIT_TAG",
        "BITBUCKET_PR_ID", "BITBUCKET_TAG",
    ]),
    st.sampled_from(["true", "7", "", "merge_train", "refs/pull/3/merge", "refs/tags/x", "push", "\n", "٣"])
    | st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20),
))  # fmt: skip
def test_any_variables_are_a_pipeline_or_none(variables: dict[str, str]) -> None:
    pipeline = read_pipeline(variables)
    assert pipeline is None or pipeline.forge in FORGES
    if pipeline and pipeline.number is not None:
        assert str(pipeline.number).isascii()


@contextmanager
def answering(content: bytes, length: int | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            if length is not None:
                self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


@pytest.mark.parametrize(
    ("content", "length", "said"),
    [
        (b"<html>log in</html>", None, "the answer is no JSON"),
        (b"\x80", None, "the answer is no JSON"),
        (b"[1, 2", 900, "IncompleteRead|the answer is no JSON"),
        (b'["' + b"x" * (17 << 20) + b'"]', None, "larger than 16 MiB"),
        (b"[" * 100_000, None, "the answer is no JSON"),
    ],
    ids=["page", "bytes", "cut", "large", "deep"],
)
def test_what_is_no_json_is_said(content: bytes, length: int | None, said: str) -> None:
    with answering(content, length) as url, pytest.raises(ForgeRefused, match=f"x: GET: .*(?:{said})"):  # fmt: skip
        ForgeCaller("x", {})("GET", url)
