"""`--changed-since auto`: what a pipeline compares with, in clones as runners make them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.checklists.baseline import find_baseline
from generator.checklists.changes import changed_since
from generator.checklists.git_reading import NoChanges
from generator.checklists.pipelines import Trigger, read_pipeline
from generator.cli import runbooks
from tests.forge_clones import Repository, github_variables, pull_request_event
from tests.releases import check, incident, write_base

ZEROS = "0" * 40
MOVED_ON = 14


def files(variables: dict[str, str], clone: Repository) -> tuple[str, ...]:
    """Return the changed files that a pipeline finds in its clone."""
    found = find_baseline(read_pipeline(variables), clone.folder)
    return changed_since(clone.folder, found.revision).paths


@pytest.fixture
def server(tmp_path: Path) -> Repository:
    """The branch `topic` changes docs; later, main changes 14 services, each with a check."""
    made = Repository(tmp_path / "server")
    checks = {
        f"service-{n}": incident(check("gate", applies_to={"paths": [f"services/{n}/**"]}))
        for n in range(MOVED_ON)
    }
    write_base(made.folder, checks)
    made.commit("README.md")
    made.branch("topic")
    made.commit("docs/a.md")
    made.branch("main", "main")
    return made


def moved_on(server: Repository) -> None:
    server.git("checkout", "--quiet", "main")
    for n in range(MOVED_ON):
        server.commit(f"services/{n}/x.js")


def pull_request(server: Repository, tmp_path: Path, **more: str) -> dict[str, str]:
    base, head = server.git("rev-parse", "main"), server.git("rev-parse", "topic")
    event = pull_request_event(base, head)
    return github_variables(
        tmp_path / "github", "pull_request", event, GITHUB_BASE_REF="main", **more
    )


def test_a_stale_base_adds_no_check_of_others(server: Repository, tmp_path: Path) -> None:
    """The replay: with the base of the event, 14 checks of others are on the list."""
    variables = pull_request(server, tmp_path)  # the event is of now,
    moved_on(server)  # and the merge of later
    merged = server.merge("main", "topic", "refs/pull/7/merge")
    clone = server.cloned(tmp_path / "clone", "refs/pull/7/merge")
    variables |= {"GITHUB_SHA": merged, "GITHUB_REF": "refs/pull/7/merge"}

    def made(since: str) -> tuple[int, str]:
        arguments = ["checklist", "--root", str(clone.folder), "--repo", str(clone.folder)]
        done = CliRunner(env=variables).invoke(
            runbooks, [*arguments, "--changed-since", since, "--format", "json"]
        )
        assert done.exit_code == 0, done.output
        data = json.loads(done.stdout)
        return len(data["checks"]), data["about"]

    stale = json.loads(Path(variables["GITHUB_EVENT_PATH"]).read_text())["pull_request"]["base"]
    assert made(stale["sha"])[0] == MOVED_ON
    target = server.git("rev-parse", "main")
    assert made("auto") == (
        0,
        f"Changed since the target branch main at {target[:12]} (1 file)",
    )


@pytest.mark.parametrize("depth", [2, 0])
def test_a_merge_of_the_forge_is_compared_with_its_first_parent(
    server: Repository, tmp_path: Path, depth: int
) -> None:
    variables = pull_request(server, tmp_path)
    moved_on(server)
    merged = server.merge("main", "topic", "refs/pull/7/merge")
    variables |= {"GITHUB_SHA": merged, "GITHUB_REF": "refs/pull/7/merge"}
    clone = server.cloned(tmp_path / "clone", "refs/pull/7/merge", depth=depth)
    assert files(variables, clone) == ("docs/a.md",)
    # Without the event, and if the branch got a commit in between.
    Path(variables["GITHUB_EVENT_PATH"]).write_text("{")
    assert files(variables, clone) == ("docs/a.md",)


def test_the_branch_itself_is_compared_with_where_it_left_the_target(
    server: Repository, tmp_path: Path
) -> None:
    moved_on(server)
    variables = pull_request(server, tmp_path, GITHUB_REF="refs/pull/7/merge")
    clone = server.cloned(tmp_path / "clone", "refs/heads/topic")
    assert files(variables, clone) == ("docs/a.md",)


def test_a_merge_that_people_made_is_no_merge_of_the_forge(
    server: Repository, tmp_path: Path
) -> None:
    """The branch brought itself up to date; its newest commit has two parents, the branch first."""
    variables = pull_request(server, tmp_path)
    stale = Path(variables["GITHUB_EVENT_PATH"]).read_text()
    moved_on(server)
    server.git("checkout", "--quiet", "topic")
    server.git("merge", "--quiet", "--no-edit", "main")
    head = server.git("rev-parse", "topic")
    event = json.loads(stale)
    event["pull_request"]["head"]["sha"] = head
    Path(variables["GITHUB_EVENT_PATH"]).write_text(json.dumps(event))
    clone = server.cloned(tmp_path / "clone", "refs/heads/topic")
    assert files(variables, clone) == ("docs/a.md",)
    # Gitea and Forgejo run for the branch, and say where it left the target.
    for name in ("GITEA_ACTIONS", "FORGEJO_ACTIONS"):
        gitea = {**variables, name: "true", "GITHUB_REF": "refs/pull/7/head", "GITHUB_SHA": head}
        assert files(gitea, clone) == ("docs/a.md",)


def test_a_merged_target_does_not_hide_the_branch(server: Repository, tmp_path: Path) -> None:
    """A run that is repeated after the merge: main contains all of it."""
    variables = pull_request(server, tmp_path)
    server.git("checkout", "--quiet", "main")
    server.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
    clone = server.cloned(tmp_path / "clone", "refs/heads/topic")
    assert files(variables, clone) == ("docs/a.md",)


def test_a_shallow_clone_says_what_to_write(server: Repository, tmp_path: Path) -> None:
    variables = pull_request(server, tmp_path)
    moved_on(server)
    merged = server.merge("main", "topic", "refs/pull/7/merge")
    variables |= {"GITHUB_SHA": merged, "GITHUB_REF": "refs/pull/7/merge"}
    clone = server.cloned(tmp_path / "clone", "refs/pull/7/merge", depth=1)
    done = CliRunner(env=variables).invoke(
        runbooks,
        ["checklist", "--root", str(clone.folder), "--repo", str(clone.folder), "--changed-since", "auto"],
    )  # fmt: skip
    assert done.exit_code == 2
    assert "the target branch main is not in this clone" in done.stderr
    assert "`fetch-depth: 0` at actions/checkout" in done.stderr


def test_another_checkout_than_the_pull_request_is_refused(
    server: Repository, tmp_path: Path
) -> None:
    """As with `pull_request_target`, which checks out the target."""
    variables = pull_request(server, tmp_path)
    clone = server.cloned(tmp_path / "clone", "refs/heads/main")
    with pytest.raises(NoChanges, match="is not of the pull request"):
        files(variables, clone)


@pytest.mark.parametrize("pushed_since", [False, True])
def test_a_merge_that_the_job_itself_checks_out(
    server: Repository, tmp_path: Path, pushed_since: bool
) -> None:
    """With `pull_request_target` and the ref of the merge, perhaps of a later push than the event."""
    variables = pull_request(server, tmp_path, GITHUB_REF="refs/heads/main")
    variables |= {"GITHUB_EVENT_NAME": "pull_request_target"}
    variables |= {"GITHUB_SHA": server.git("rev-parse", "main")}
    if pushed_since:
        server.git("checkout", "--quiet", "topic")
        server.commit("docs/b.md")
    moved_on(server)
    server.merge("main", "topic", "refs/pull/7/merge")
    clone = server.cloned(tmp_path / "clone", "refs/pull/7/merge")
    assert files(variables, clone) == ("docs/a.md", *(["docs/b.md"] if pushed_since else []))


def test_a_merge_queue_counts_only_its_own_entry(server: Repository, tmp_path: Path) -> None:
    """The replay: two pull requests wait, and the second is compared with the first, not with main."""
    moved_on(server)
    server.branch("other", "main")
    server.commit("services/3/y.js")
    first = server.merge("main", "other", "refs/heads/gh-readonly-queue/main/pr-6-x")
    second = server.merge(first, "topic", "refs/heads/gh-readonly-queue/main/pr-7-x")
    clone = server.cloned(tmp_path / "clone", second)
    group = {
        "head_sha": second,
        "head_ref": f"refs/heads/gh-readonly-queue/main/pr-7-{first}",
        "base_sha": first,
        "base_ref": "refs/heads/main",
    }
    variables = github_variables(
        tmp_path / "github", "merge_group", {"merge_group": group}, GITHUB_SHA=second
    )
    pipeline = read_pipeline(variables)
    assert pipeline
    assert (pipeline.trigger, pipeline.number, pipeline.target) == (Trigger.MERGE_QUEUE, 7, "main")
    assert find_baseline(pipeline, clone.folder).proposed
    assert files(variables, clone) == ("docs/a.md",)


def gitlab(source: str, **more: str) -> dict[str, str]:
    common = {"CI_DEFAULT_BRANCH": "main", "CI_PROJECT_ID": "4", "CI_JOB_NAME": "checks"}
    return {"GITLAB_CI": "true", "CI_PIPELINE_SOURCE": source, **common, **more}


def merge_request(kind: str, **more: str) -> dict[str, str]:
    return gitlab(
        "merge_request_event",
        CI_MERGE_REQUEST_IID="7",
        CI_MERGE_REQUEST_EVENT_TYPE=kind,
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main",
        CI_MERGE_REQUEST_PROJECT_ID="4",
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID="4",
        **more,
    )


def test_gitlab_runs_for_the_branch_the_merged_result_or_the_train(
    server: Repository, tmp_path: Path
) -> None:
    base = server.git("rev-parse", "main")
    head = server.git("rev-parse", "topic")
    moved_on(server)
    detached = server.cloned(tmp_path / "detached", "refs/heads/topic")
    # The diff's base may be older than the branch: it has since merged its target.
    variables = merge_request("detached", CI_COMMIT_SHA=head, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert files(variables, detached) == ("docs/a.md",)

    merged = server.merge("main", "topic", "refs/merge-requests/7/merge")
    result = server.cloned(tmp_path / "result", "refs/merge-requests/7/merge", depth=2)
    variables = merge_request(
        "merged_result",
        CI_COMMIT_SHA=merged,
        CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=head,
        CI_MERGE_REQUEST_DIFF_BASE_SHA=base,
    )
    assert files(variables, result) == ("docs/a.md",)

    server.branch("other", "main")
    server.commit("services/3/y.js")
    first = server.merge("main", "other", "refs/merge-requests/6/train")
    second = server.merge(first, "topic", "refs/merge-requests/7/train")
    train = server.cloned(tmp_path / "train", "refs/merge-requests/7/train", depth=2)
    variables = merge_request(
        "merge_train",
        CI_COMMIT_SHA=second,
        CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=head,
        CI_MERGE_REQUEST_TARGET_BRANCH_SHA=server.git("rev-parse", "main"),
        CI_MERGE_REQUEST_DIFF_BASE_SHA=base,
    )
    assert files(variables, train) == ("docs/a.md",)


def test_a_fork_on_gitlab_does_not_take_its_own_main_for_the_target(
    server: Repository, tmp_path: Path
) -> None:
    base = server.git("rev-parse", "main")
    server.branch("main", "topic")  # in the fork, main has the first commit of the change
    server.branch("topic", "main")
    head = server.commit("docs/b.md")
    clone = server.cloned(tmp_path / "clone", "refs/heads/topic")
    variables = merge_request("detached", CI_COMMIT_SHA=head, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    variables |= {"CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "4"}
    pipeline = read_pipeline(variables)
    assert pipeline
    assert pipeline.fork
    assert files(variables, clone) == ("docs/a.md", "docs/b.md")


def test_bitbucket_merges_the_target_into_the_branch(server: Repository, tmp_path: Path) -> None:
    base = server.git("rev-parse", "main")
    moved_on(server)
    clone = server.cloned(tmp_path / "clone", "refs/heads/topic")
    head = clone.git("rev-parse", "HEAD")
    clone.git("merge", "--quiet", "--no-edit", "refs/remotes/origin/main")
    variables = {
        "BITBUCKET_BUILD_NUMBER": "1",
        "BITBUCKET_COMMIT": head,
        "BITBUCKET_PR_ID": "7",
        "BITBUCKET_PR_DESTINATION_BRANCH": "main",
        "BITBUCKET_PR_DESTINATION_COMMIT": base[:12],
    }
    assert files(variables, clone) == ("docs/a.md",)


def pushed(tmp_path: Path, branch: str, before: str, sha: str) -> list[dict[str, str]]:
    """Return the variables of a push, on GitHub and on GitLab."""
    return [
        github_variables(
            tmp_path / "github", "push", {"before": before},
            GITHUB_REF=f"refs/heads/{branch}", GITHUB_SHA=sha,
        ),
        gitlab("push", CI_COMMIT_BRANCH=branch, CI_COMMIT_BEFORE_SHA=before, CI_COMMIT_SHA=sha),
    ]  # fmt: skip


def test_a_push_is_compared_with_the_push_before(server: Repository, tmp_path: Path) -> None:
    before = server.git("rev-parse", "main")
    server.commit("services/1/x.js")
    head = server.commit("services/2/x.js")
    clone = server.cloned(tmp_path / "clone", "refs/heads/main")
    for variables in pushed(tmp_path, "main", before, head):
        assert files(variables, clone) == ("services/1/x.js", "services/2/x.js")


def test_a_new_branch_is_compared_with_the_default_branch(
    server: Repository, tmp_path: Path
) -> None:
    moved_on(server)
    clone = server.cloned(tmp_path / "clone", "refs/heads/topic")
    for variables in pushed(tmp_path, "topic", ZEROS, server.git("rev-parse", "topic")):
        assert files(variables, clone) == ("docs/a.md",)


def test_a_push_with_force_to_a_branch_counts_all_of_it(server: Repository, tmp_path: Path) -> None:
    before = server.git("rev-parse", "topic")
    moved_on(server)
    server.branch("topic", "main")  # rebased: the commit before is gone for a clone
    head = server.commit("docs/new.md")
    clone = server.cloned(tmp_path / "clone", "refs/heads/topic")
    for variables in pushed(tmp_path, "topic", before, head):
        assert files(variables, clone) == ("docs/new.md",)
    clone.git("fetch", "--quiet", "origin", before)  # and if somebody gets it
    for variables in pushed(tmp_path, "topic", before, head):
        assert files(variables, clone) == ("docs/new.md",)


def test_a_push_with_force_to_the_default_branch_counts_what_is_gone(
    server: Repository, tmp_path: Path
) -> None:
    start = server.git("rev-parse", "main")
    before = server.commit("services/1/x.js")
    server.branch("main", start)
    head = server.commit("services/2/x.js")
    clone = server.cloned(tmp_path / "clone", "refs/heads/main")
    for variables in pushed(tmp_path, "main", before, head):
        with pytest.raises(NoChanges, match="the push before"):
            files(variables, clone)
    clone.git("fetch", "--quiet", "origin", before)
    for variables in pushed(tmp_path, "main", before, head):
        assert files(variables, clone) == ("services/1/x.js", "services/2/x.js")


def test_the_first_push_of_all_has_nothing_before_it(server: Repository, tmp_path: Path) -> None:
    clone = server.cloned(tmp_path / "clone", "refs/heads/main")
    for variables in pushed(tmp_path, "main", ZEROS, server.git("rev-parse", "main")):
        with pytest.raises(NoChanges, match="nothing precedes this branch"):
            files(variables, clone)


def test_a_forge_that_does_not_say_what_was_pushed(server: Repository, tmp_path: Path) -> None:
    """Bitbucket: a branch leaves the default branch somewhere; in that branch, nothing is known."""
    clone = server.cloned(tmp_path / "clone", "refs/heads/topic")
    variables = {"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_BRANCH": "topic"}
    with pytest.raises(NoChanges, match="the default branch is not in this clone"):
        files(variables, clone)
    clone.git("remote", "set-head", "origin", "main")
    assert files(variables, clone) == ("docs/a.md",)
    clone.git("checkout", "--quiet", "--detach", "refs/remotes/origin/main")
    with pytest.raises(NoChanges, match="a run for 'push'; name a tag"):
        files({**variables, "BITBUCKET_BRANCH": "main"}, clone)


def test_a_tag_is_compared_with_the_tag_before(server: Repository, tmp_path: Path) -> None:
    server.git("checkout", "--quiet", "main")
    server.git("tag", "v1")
    head = server.commit("services/1/x.js")
    server.git("tag", "v2")
    clone = server.cloned(tmp_path / "clone", "refs/tags/v2")
    for variables in (
        github_variables(tmp_path / "github", "push", {"before": ZEROS}, GITHUB_REF="refs/tags/v2"),
        gitlab("push", CI_COMMIT_TAG="v2", CI_COMMIT_SHA=head),
        {"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_TAG": "v2"},
    ):
        assert files(variables, clone) == ("services/1/x.js",)
    first = server.cloned(tmp_path / "first", "refs/tags/v1")
    with pytest.raises(NoChanges, match="no tag precedes this one"):
        files(variables, first)


def test_what_nobody_can_know_is_an_error(server: Repository, tmp_path: Path) -> None:
    clone = server.cloned(tmp_path / "clone", "refs/heads/main")
    with pytest.raises(NoChanges, match="auto works in a pipeline of GitHub"):
        files({}, clone)
    scheduled = github_variables(tmp_path / "github", "schedule", {}, GITHUB_REF="refs/heads/main")
    with pytest.raises(NoChanges, match="a run for 'schedule'"):
        files(scheduled, clone)
    with pytest.raises(NoChanges, match="a run for 'web'"):
        files(gitlab("web", CI_COMMIT_BRANCH="main"), clone)
    empty = Repository(tmp_path / "empty")
    with pytest.raises(NoChanges, match="not a git repository with a commit"):
        files(scheduled, empty)


@pytest.mark.parametrize(
    "event",
    [[], {"pull_request": 3}, {"pull_request": {"base": [], "head": None, "number": "x" * 40}}, {"merge_group": {"head_ref": 7}}, {"repository": "x", "before": 1}, None],
)  # fmt: skip
def test_an_odd_event_is_no_crash(event: object, server: Repository, tmp_path: Path) -> None:
    variables = github_variables(tmp_path / "github", "pull_request", {})
    text = "[" * 100_000 if event is None else json.dumps(event)
    Path(variables["GITHUB_EVENT_PATH"]).write_text(text)
    clone = server.cloned(tmp_path / "clone", "refs/heads/topic")
    with pytest.raises(NoChanges):
        files(variables, clone)
    assert read_pipeline(variables | {"GITHUB_REF": f"refs/pull/{'9' * 5000}/merge"})
