"""`runbooks checklist comment`: against a server that answers as a forge does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from generator.checklists.comment_text import read_comment
from generator.checklists.forge_calls import ForgeCaller, ForgeRefused
from generator.checklists.formats import FORMATS
from generator.checklists.items import AppliedWaiver, Checklist, ChosenCheck
from generator.cli import runbooks
from generator.model import Level, Phase
from tests.forge_clones import github_variables, pull_request_event
from tests.forge_server import OURS, TOKEN, ForgeServer, running
from tests.test_checklist_formats import item

HEAD = "a" * 40
MARKER = "<!-- incident-runbooks checklist -->"
KINDS = ("GitHub", "Gitea", "GitLab", "Bitbucket")
TICKING = ("GitHub", "Gitea", "GitLab")
FORKING = ("GitHub", "Gitea", "GitLab")
"""Those that run pipelines for forks."""


@pytest.fixture(params=KINDS)
def forge(request: pytest.FixtureRequest) -> Iterator[ForgeServer]:
    with running(request.param) as server:
        yield server


def variables(server: ForgeServer, folder: Path, *, fork: bool = False) -> dict[str, str]:
    if server.kind == "GitLab":
        return {
            "GITLAB_CI": "true",
            "GITLAB_TOKEN": TOKEN,
            "CI_API_V4_URL": server.address,
            "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_PROJECT_PATH": "shop/app",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "43" if fork else "42",
            "CI_PROJECT_ID": "42",
            "CI_PIPELINE_ID": "9",
            "CI_COMMIT_SHA": HEAD,
            "CI_JOB_NAME": "checks",
        }
    if server.kind == "Bitbucket":
        return {
            "BITBUCKET_BUILD_NUMBER": "1",
            "BITBUCKET_TOKEN": TOKEN,
            "BITBUCKET_API_URL": server.address,
            "BITBUCKET_REPO_FULL_NAME": "shop/app",
            "BITBUCKET_PR_ID": "7",
            "BITBUCKET_COMMIT": HEAD,
            "BITBUCKET_STEP_NAME": "checks",
        }
    event = pull_request_event("b" * 40, HEAD, fork=fork)
    more = {"GITEA_ACTIONS": "true"} if server.kind == "Gitea" else {}
    return github_variables(
        folder / "github", "pull_request", event, **more,
        GITHUB_API_URL=server.address, GITHUB_TOKEN=TOKEN,
        GITHUB_GRAPHQL_URL=f"{server.address}/graphql",
    )  # fmt: skip


def run(given_variables: dict[str, str], text: str | None, *more: str) -> Result:
    argument = [] if text is None else ["-"]
    return CliRunner(env=given_variables).invoke(
        runbooks, ["checklist", "comment", *argument, *more], input=text or ""
    )


def written(server: ForgeServer, *items: ChosenCheck, unreadable: tuple[str, ...] = ()) -> str:
    form = "bitbucket" if server.kind == "Bitbucket" else "github"
    return FORMATS[form].text(Checklist(items, "Changed since v1 (1 file)", unreadable=unreadable))


def blocking(name: str, **fields: object) -> ChosenCheck:
    made = replace(
        item(f"{name} holds"), id=f"one/{name}", level=Level.BLOCKING, phase=Phase.BEFORE
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def tick(server: ForgeServer, check: str) -> None:
    """Tick a box, as a forge does when somebody clicks."""
    [comment] = [c for c in server.state.comments if c["author"] == OURS]
    lines = comment["text"].split("\n")
    [number] = [n for n, line in enumerate(lines) if f"<!-- check {check} " in line]
    lines[number] = lines[number].replace("- [ ]", "- [x]", 1)
    comment["text"] = "\r\n".join(lines)  # as a browser sends it


def test_one_comment_that_later_runs_change(forge: ForgeServer, tmp_path: Path) -> None:
    for number in range(150):
        forge.state.say("somebody", f"a comment {number}")
    known = variables(forge, tmp_path)
    first = run(known, written(forge, blocking("a")))
    assert first.exit_code == 0, first.stderr
    assert ": added a comment" in first.stderr
    again = run(known, written(forge, blocking("a")))
    assert ": unchanged a comment" in again.stderr
    second = run(known, written(forge, blocking("b")))
    assert ": changed a comment" in second.stderr
    [text] = forge.state.ours()
    assert "b holds" in text
    assert "a holds" not in text
    asked = len(forge.state.asked)
    dry = run(known, written(forge, blocking("c")), "--dry-run")
    assert dry.exit_code == 0
    assert "would get a comment" in dry.stderr
    assert len(forge.state.asked) == asked


def test_a_copied_mark_is_not_ours(forge: ForgeServer, tmp_path: Path) -> None:
    """A stranger's comment with our mark, older than ours, with every box ticked."""
    known = variables(forge, tmp_path)
    text = written(forge, blocking("a"))
    run(known, text)
    copy = forge.state.ours()[0].replace("- [ ]", "- [x]")
    forge.state.comments.clear()
    forge.state.say("stranger", copy)
    done = run(known, text)
    assert done.exit_code == 0, done.stderr
    assert forge.state.comments[0]["text"] == copy
    [ours] = forge.state.ours()
    assert "- [x]" not in ours


def test_two_jobs_have_two_comments(forge: ForgeServer, tmp_path: Path) -> None:
    known = variables(forge, tmp_path)
    for name, key in (("a", "shop -- eu>"), ("b", "shop"), ("c", "shop -- eu>")):
        done = run(known, written(forge, blocking(name)), "--key", key)
        assert done.exit_code == 0, done.stderr
    found = [read_comment(text) for text in forge.state.ours()]
    assert [one.key for one in found if one] == ["shop -- eu>", "shop"]
    assert all("--" not in text.split("\n")[0][4:-3] for text in forge.state.ours())
    assert "c holds" in forge.state.ours()[0]


def test_the_key_is_the_job_and_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "incidents").mkdir(parents=True)
        (tmp_path / name / "mkdocs.yml").write_text("site_name: x\n")
    monkeypatch.chdir(tmp_path)
    with running("GitHub") as server:
        known = variables(server, tmp_path) | {"GITHUB_WORKSPACE": str(tmp_path)}
        for more in ((), ("--root", "one"), ("--root", "two")):
            assert run(known, written(server, blocking("a")), *more).exit_code == 0
        monkeypatch.chdir(tmp_path / "one")
        assert ": unchanged" in run(known, written(server, blocking("a"))).stderr
        found = [read_comment(text) for text in server.state.ours()]
    keys = [one.key for one in found if one]
    assert keys == [
        "deploy/checklist", "deploy/checklist in one", "deploy/checklist in two",
    ]  # fmt: skip


def test_a_comment_of_an_older_version_is_taken_over(tmp_path: Path) -> None:
    with running("GitHub") as server:
        server.state.say(OURS, f"{MARKER}\nold")
        known = variables(server, tmp_path)
        assert ": changed" in run(known, written(server, blocking("a"))).stderr
        assert len(server.state.comments) == 1
        server.state.comments.insert(0, {"id": 1, "author": OURS, "text": f"{MARKER}\nold"})
        assert ": changed" in run(known, written(server, blocking("b"))).stderr
        assert server.state.comments[0]["text"] == f"{MARKER}\nold", "our own comes first"


@pytest.mark.parametrize("kind", TICKING)
def test_ticks_stay_where_the_check_is_the_same(kind: str, tmp_path: Path) -> None:
    with running(kind) as server:
        known = variables(server, tmp_path)
        run(known, written(server, blocking("a"), blocking("b"), blocking("c")))
        tick(server, "one/a")
        tick(server, "one/b")
        changed = blocking("b", run="something else")
        run(known, written(server, blocking("a"), changed, blocking("c"), blocking("d")))
        [text] = server.state.ours()
        found = read_comment(text)
        assert found
        assert {box.check: box.ticked for box in found.boxes.values()} == {
            "one/a": True, "one/b": False, "one/c": False, "one/d": False,
        }  # fmt: skip


def test_nothing_is_posted_when_no_check_applies(forge: ForgeServer, tmp_path: Path) -> None:
    known = variables(forge, tmp_path)
    done = run(known, written(forge))
    assert done.exit_code == 0
    assert "nothing to post: no check applies" in done.stderr
    assert forge.state.comments == []
    # What is not known is not nothing.
    run(known, written(forge, unreadable=("broken",)))
    assert len(forge.state.comments) == 1
    assert "Not all checks are known" in forge.state.ours()[0]
    # And an earlier comment does not tell of checks that apply no more.
    run(known, written(forge, blocking("a")))
    run(known, written(forge))
    [text] = forge.state.ours()
    assert "No check applies" in text
    assert "a holds" not in text


@pytest.mark.parametrize("kind", TICKING)
def test_the_status_says_how_many_are_open(kind: str, tmp_path: Path) -> None:
    waived = replace(blocking("w"), waiver=AppliedWaiver("ordered", "release manager"))
    later = replace(blocking("later"), phase=Phase.AFTER)
    advisory = replace(blocking("advice"), level=Level.ADVISORY)
    with running(kind) as server:
        known = variables(server, tmp_path)
        text = written(server, blocking("a"), blocking("b"), waived, later, advisory)

        def status() -> tuple[str, str]:
            [((commit, name), data)] = server.state.statuses.items()
            assert commit == HEAD
            job = "checks" if kind == "GitLab" else "deploy/checklist"
            assert name == f"deploy checklist ({job})"
            assert data.get("pipeline_id") == (9 if kind == "GitLab" else None)
            return data["state"], data["description"]

        assert run(known, text, "--status").exit_code == 0
        assert status() == ("pending", "Open: 2 of 2 blocking checks")
        tick(server, "one/a")
        assert run(known, text, "--status").exit_code == 0  # GitLab keeps its words then
        assert kind == "GitLab" or status() == ("pending", "Open: 1 of 2 blocking checks")
        tick(server, "one/b")
        # A run for the tick itself has no list, and perhaps another name.
        known |= {"GITHUB_JOB": "ticks"}
        refreshed = run(known, None, "--status")
        assert refreshed.exit_code == 0, refreshed.stderr
        assert status() == ("success", "Done: 2 blocking checks")


def test_the_status_of_nothing_and_of_not_everything(tmp_path: Path) -> None:
    with running("GitHub") as server:
        known = variables(server, tmp_path)

        def status() -> tuple[str, str]:
            [data] = server.state.statuses.values()
            return data["state"], data["description"]

        run(known, written(server), "--status")
        assert status() == ("success", "No blocking check applies before the deploy")
        run(known, written(server, unreadable=("x", "y")), "--status")
        assert status() == (
            "pending",
            "Not all checks are known: 2 files or sources cannot be read",
        )
        # What is cut off from a long list is open.
        many = [blocking(f"n{n}", check="x" * 300) for n in range(400)]
        run(known, written(server, *many), "--status")
        [text] = server.state.ours()
        assert text.count("- [ ]") < 400
        assert status() == ("pending", "Open: 400 of 400 blocking checks")


def test_a_comment_event_of_a_pull_request_sets_the_status(tmp_path: Path) -> None:
    with running("GitHub") as server:
        known = variables(server, tmp_path)
        run(known, written(server, blocking("a")))
        tick(server, "one/a")
        issue = {"issue": {"number": 7, "pull_request": {"url": "x"}}}
        known |= github_variables(tmp_path / "other", "issue_comment", issue, GITHUB_SHA="c" * 40)
        done = run(known, None, "--status")
        assert done.exit_code == 0, done.stderr
        assert list(server.state.statuses) == [(HEAD, "deploy checklist (deploy/checklist)")]
        # An issue that is no pull request has none.
        known |= github_variables(tmp_path / "third", "issue_comment", {"issue": {"number": 7}})
        assert "not for a pull request" in run(known, None, "--status").stderr


def test_a_merge_queue_gets_the_ticks_of_its_pull_request(tmp_path: Path) -> None:
    with running("GitHub") as server:
        known = variables(server, tmp_path)
        run(known, written(server, blocking("a"), blocking("b")))
        tick(server, "one/a")
        before = server.state.ours()
        group = {"head_sha": "d" * 40, "head_ref": f"refs/heads/gh-readonly-queue/main/pr-7-{HEAD}"}
        known |= github_variables(tmp_path / "queue", "merge_group", {"merge_group": group})
        done = run(known, written(server, blocking("a"), blocking("b")), "--status")
        assert done.exit_code == 0, done.stderr
        assert server.state.ours() == before
        [(key, data)] = server.state.statuses.items()
        assert key == ("d" * 40, "deploy checklist (deploy/checklist)")
        assert data["description"] == "Open: 1 of 2 blocking checks"


def test_bitbucket_has_no_boxes_for_a_status(tmp_path: Path) -> None:
    with running("Bitbucket") as server:
        known = variables(server, tmp_path)
        done = run(known, written(server, blocking("a")), "--status")
        assert done.exit_code == 1
        assert "use `runbooks checklist run`" in done.stderr
        [text] = server.state.ours()
        assert text.startswith("[//]: # (incident-runbooks checklist commit=aaa")
        assert "<!--" not in text
        assert "<details>" not in text
        assert "[ ]" not in text
        github = FORMATS["github"].text(Checklist((blocking("a"),), "x"))
        assert "the output of --format bitbucket" in run(known, github).stderr


@pytest.mark.parametrize(("kind", "author"), [("GitHub", "github-actions[bot]"), ("Gitea", "gitea-actions")])  # fmt: skip
def test_a_token_of_the_job_has_a_known_owner(kind: str, author: str, tmp_path: Path) -> None:
    with running(kind) as server:
        server.state.closed = True
        server.state.say("stranger", f"{MARKER}\nnot ours")
        server.state.say(author, f"{MARKER}\nours")
        done = run(variables(server, tmp_path), written(server, blocking("a")))
        assert ": changed" in done.stderr
        assert server.state.comments[0]["text"] == f"{MARKER}\nnot ours"
        assert "a holds" in server.state.comments[1]["text"]


@pytest.mark.parametrize(("author", "ours"), [(f"{OURS}[bot]", True), (f"{OURS}x", False)])
def test_an_app_is_its_bot(author: str, ours: bool, tmp_path: Path) -> None:
    with running("GitHub") as server:
        server.state.say(author, f"{MARKER}\nold")
        done = run(variables(server, tmp_path), written(server, blocking("a")))
        assert (": changed" in done.stderr) is ours


@pytest.mark.parametrize("kind", ["GitLab", "Bitbucket"])
def test_whose_a_comment_is_must_be_known(kind: str, tmp_path: Path) -> None:
    with running(kind) as server:
        server.state.closed = True
        text = written(server, blocking("a"))
        server.state.say("stranger", text)
        done = run(variables(server, tmp_path), text)
        assert done.exit_code == 1
        assert "does not say whose the token is" in done.stderr
        assert len(server.state.comments) == 1


@pytest.mark.parametrize("forge", FORKING, indirect=True)
def test_a_fork_without_a_token_is_a_notice(forge: ForgeServer, tmp_path: Path) -> None:
    own, fork = variables(forge, tmp_path / "own"), variables(forge, tmp_path / "fork", fork=True)
    text = written(forge, blocking("a"))
    names = ("GITHUB_TOKEN", "GITLAB_TOKEN")
    for known, code in ((own, 1), (fork, 0)):
        without = {key: value for key, value in known.items() if key not in names}
        wrong = {key: "other" if key in names else value for key, value in known.items()}
        missing = run(without, text, "--status")
        assert missing.exit_code == code
        assert "_TOKEN is not set" in missing.stderr
        refused = run(wrong, text, "--status")
        assert refused.exit_code == code
        assert "returned 403: may the token do this?" in refused.stderr
        assert TOKEN not in refused.output
        if forge.kind == "GitHub" and code == 0:
            assert refused.stderr.startswith("::notice::shop/app#7: ")


@pytest.mark.parametrize("code", [401, 403, 404])
def test_what_is_refused_says_so(code: int, tmp_path: Path) -> None:
    with running("GitHub") as server:
        server.state.next = [("POST", code, {})]
        done = run(variables(server, tmp_path), written(server, blocking("a")))
        assert done.exit_code == 1
        assert f"shop/app#7: POST returned {code}: may the token do this?" in done.stderr


@pytest.mark.parametrize("kind", TICKING)
def test_a_token_that_may_not_set_a_status(kind: str, tmp_path: Path) -> None:
    with running(kind) as server:
        known = variables(server, tmp_path)
        server.state.comments_only = True
        done = run(known, written(server, blocking("a")), "--status")
        assert len(server.state.ours()) == 1
        assert done.exit_code == 1
        assert "For a status, it needs: " in done.stderr


@pytest.mark.parametrize(
    "limit", [(429, {"Retry-After": "0"}), (403, {"Retry-After": "0"}), (429, {})]
)
def test_a_limit_is_waited_for(limit: tuple[int, dict[str, str]], tmp_path: Path) -> None:
    waits: list[float] = []
    with running("GitHub") as server:
        server.state.next = [("POST", *limit), ("POST", *limit)]
        ask = ForgeCaller("x", {"Authorization": f"Bearer {TOKEN}"}, waits.append)
        ask("POST", f"{server.address}/repos/a/b/issues/1/comments", {"body": "once"})
        assert server.state.ours() == ["once"]
        assert waits == ([0.0, 0.0] if limit[1] else [5.0, 10.0])
        # But not for ever, and not longer than a job should stand.
        for headers in ({"Retry-After": "0"}, {"Retry-After": "3600"}):
            server.state.next = [("GET", 429, headers)] * 9
            with pytest.raises(ForgeRefused, match="429: too many calls"):
                ask("GET", f"{server.address}/x?page=1")
        assert max(waits) < 60


def test_an_error_of_the_forge_is_tried_again_if_that_adds_nothing_twice() -> None:
    with running("GitHub") as server:
        ask = ForgeCaller("x", {"Authorization": f"Bearer {TOKEN}"}, lambda _: None)
        server.state.next = [("GET", 502, {}), ("GET", 503, {})]
        assert ask("GET", f"{server.address}/x?page=1") == []
        server.state.next = [("POST", 502, {})]
        with pytest.raises(ForgeRefused, match="POST returned 502"):
            ask("POST", f"{server.address}/comments", {"body": "x"})


def test_the_token_does_not_follow_a_redirect() -> None:
    with running("GitHub") as server, running("GitHub") as other:
        server.state.next = [("GET", 301, {"Location": f"{other.address}/x"})]
        ask = ForgeCaller("x", {"Authorization": f"Bearer {TOKEN}"})
        with pytest.raises(ForgeRefused, match=r"301 to http://.*, which is not followed"):
            ask("GET", f"{server.address}/x?page=1")
        assert other.state.asked == []


def test_a_forge_that_is_not_there(tmp_path: Path) -> None:
    with running("GitHub") as server:
        known = variables(server, tmp_path)
    done = run(known, written(server, blocking("a")))
    assert done.exit_code == 1
    assert "refused" in done.stderr


def test_wrong_use(tmp_path: Path) -> None:
    with running("GitHub") as server:
        known = variables(server, tmp_path)
        other = run(known, "# something else")
        assert other.exit_code == 2
        assert "is not the output of `runbooks checklist --format github`" in other.stderr
        assert run(known, None).exit_code == 2
        text = written(server, blocking("a"))
        push = known | github_variables(tmp_path / "push", "push", {})
        assert "not for a pull request" in run(push, text).stderr
        none = {**known, "GITHUB_ACTIONS": "false"}
        assert "no pipeline of GitHub" in run(none, text).stderr
        assert server.state.asked == []


@given(st.text(max_size=300), st.lists(st.sampled_from(["- [x] ", " <!-- check ", "a/b ", "0" * 12, " gate -->", "\n", "\r", MARKER, "<!-- checks=1 unknown=0 hidden=2 -->", "[//]: # (", "key=%zz", "x"]), max_size=30))  # fmt: skip
def test_any_text_can_be_read(text: str, parts: list[str]) -> None:
    for one in (text, f"{MARKER}\n{text}", "".join(parts), f"{MARKER}\n{''.join(parts)}"):
        found = read_comment(one)
        if found is not None:
            again = read_comment(found.text())
            assert again is not None
            assert (again.boxes, again.key, again.commit) == (found.boxes, found.key, found.commit)
            assert again.with_ticks_of(found).boxes == found.boxes


def test_marks_in_texts_of_incidents_are_none() -> None:
    """A check that looks like the marks, or like a second check that is done."""
    evil = "x\n- [x] **b holds** (blocking) <!-- check one/b 000000000000 -->"
    hostile = replace(blocking("a"), check=evil, run=f"true\n{evil}")
    text = FORMATS["github"].text(Checklist((hostile,), f"since {evil}"))
    found = read_comment(text)
    assert found
    assert [(box.check, box.ticked) for box in found.boxes.values()] == [("one/a", False)]
    assert json.dumps(found.gates) == "1"
