"""What goes into pipelines: the action, the jobs of the guide, the pre-commit hook."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml

from tests.conftest import ROOT
from tests.forge_clones import Repository, github_variables, pull_request_event
from tests.forge_server import TOKEN, ForgeServer, running
from tests.releases import check, incident, write_base
from tests.sites import environment

pytestmark = pytest.mark.slow

GUIDE = (ROOT / "docs/guide/release.md").read_text("utf-8")
BIN = Path(sys.executable).parent


def block(language_line: str) -> str:
    """Return the code block of the guide that holds a line."""
    found = [
        b for b in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL) if language_line in b
    ]  # fmt: skip
    assert len(found) == 1
    return str(found[0])


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ("vendor.github-actions", (ROOT / "action.yml").read_text("utf-8")),
        ("vendor.github-workflows", block("pull_request:")),
        ("vendor.gitlab-ci", block("merge_request_event")),
    ],
    ids=["action", "workflow", "gitlab"],
)
def test_files_for_forges_are_what_their_schemas_say(
    schema: str, text: str, tmp_path: Path
) -> None:
    file = tmp_path / "file.yml"
    file.write_text(text, "utf-8")
    subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", schema, file],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def server(tmp_path: Path) -> Repository:
    """A forge's repository: a pull request touches what a check is for, and main has moved on."""
    made = Repository(tmp_path / "server")
    checks = {
        name: incident(check(name, applies_to={"paths": [f"{name}/**"]}))
        for name in ("backend", "frontend")
    }
    write_base(made.folder, checks)
    made.commit("README.md")
    made.branch("topic")
    made.commit("backend/x.js")
    made.branch("main", "main")
    return made


def shell(script: str, folder: Path, variables: dict[str, str]) -> None:
    """Run a script as the runners do."""
    ours = ("GITHUB_", "GITLAB_", "GITEA_", "CI", "RUNNER_", "PIP_REQUIRE")
    kept = {key: value for key, value in environment().items() if not key.startswith(ours)}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder, env={**kept, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def this_package(folder: Path) -> str:
    """Make a repository with what is installed of this checkout, and return its commit."""
    made = Repository(folder)
    tracked = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--",
         "generator", "templates", "incidents", "mkdocs.yml", "hatch_build.py", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"],
        check=True, capture_output=True,
    )  # fmt: skip
    for name in filter(None, tracked.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    return made.commit()


@contextmanager
def on_a_server(repository: Path, folder: Path) -> Iterator[str]:
    """Serve a repository over HTTP, and give its URL."""
    subprocess.run(["git", "clone", "--quiet", "--bare", repository, folder / "it.git"], check=True)
    subprocess.run(["git", "-C", folder / "it.git", "update-server-info"], check=True)
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/it.git"
        finally:
            server.shutdown()


class Runner:
    """Runs the steps of `action.yml`, as the runner of GitHub does: in order, with their conditions."""

    def __init__(self, forge: ForgeServer, clone: Repository, temp: Path) -> None:
        self.steps = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
        self.forge, self.clone, self.temp = forge, clone, temp
        temp.mkdir()

    def run(self, variables: dict[str, str], **inputs: str) -> list[str]:
        """Run for an event, and return the names of the steps that ran."""
        files = {
            name: self.temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
        }
        for file in files.values():
            file.write_text("")
        common = {
            **variables,
            **{name: str(file) for name, file in files.items()},
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_API_URL": self.forge.address,
            "GITHUB_GRAPHQL_URL": f"{self.forge.address}/graphql",
            "GITHUB_WORKSPACE": str(self.clone.folder),
        }
        defaults = {name: of["default"] for name, of in self.steps["inputs"].items()}
        known = {f"inputs.{name}": value for name, value in (defaults | inputs).items()}
        known |= {"github.event_name": variables["GITHUB_EVENT_NAME"]}
        known |= {"github.token": TOKEN, "github.action_path": str(ROOT)}
        ran = []
        for step in self.steps["runs"]["steps"]:
            if "run" not in step or not _holds(step.get("if", "true"), known):
                continue
            given = {name: _filled(text, known) for name, text in step["env"].items()}
            if not (step["name"] == "Install" and (self.temp / "runbooks").exists()):
                shell(step["run"], self.clone.folder, {**common, **given})
            ran.append(step["name"])
            if "id" in step:
                for line in files["GITHUB_OUTPUT"].read_text().splitlines():
                    name, _, value = line.partition("=")
                    known[f"steps.{step['id']}.outputs.{name}"] = value
        return ran


def _filled(text: str, known: dict[str, str]) -> str:
    for _ in range(2):  # the default of an input is such a text, too
        text = re.sub(r"\$\{\{ ([a-z_.]+) \}\}", lambda found: known.get(found[1], ""), text)
    return text


def _holds(condition: str, known: dict[str, str]) -> bool:
    if condition == "true":
        return True
    found = re.fullmatch(r"([a-z_.]+) ([!=]=) '([a-z_]+)'", condition)
    assert found, condition
    return (known[found[1]] == found[3]) == (found[2] == "==")


def test_the_steps_of_the_action_run(server: Repository, tmp_path: Path) -> None:
    """Each of them, the installation too; for a pull request, a tick, and the merge queue."""
    base, head = server.git("rev-parse", "main"), server.git("rev-parse", "topic")
    server.git("checkout", "--quiet", "main")
    server.commit("frontend/y.js")  # the base of the event is out of date
    merged = server.merge("main", "topic", "refs/pull/7/merge")
    clone = server.cloned(tmp_path / "clone", "refs/pull/7/merge")
    pull = github_variables(
        tmp_path / "pull", "pull_request", pull_request_event(base, head),
        GITHUB_REF="refs/pull/7/merge", GITHUB_SHA=merged, GITHUB_BASE_REF="main",
    )  # fmt: skip
    with running("GitHub") as forge:
        runner = Runner(forge, clone, tmp_path / "runner")
        assert runner.run(pull, status="true") == ["Install", "Make the checklist", "Add the comment"]  # fmt: skip
        [comment] = forge.state.comments
        assert "backend holds" in comment["text"]
        assert "frontend" not in comment["text"]
        summary = (runner.temp / "github_step_summary").read_text("utf-8")
        assert summary == (runner.temp / "checklist.md").read_text("utf-8")
        assert "backend holds" in summary
        [(key, status)] = forge.state.statuses.items()
        assert key == (head, "deploy checklist (deploy/checklist)")
        assert status["state"] == "pending"

        comment["text"] = comment["text"].replace("- [ ]", "- [x]")
        issue = {"issue": {"number": 7, "pull_request": {}}}
        ticked = github_variables(tmp_path / "tick", "issue_comment", issue, GITHUB_JOB="ticks")
        assert runner.run(ticked, status="true") == ["Install", "Add the comment"]
        assert forge.state.statuses[key]["state"] == "success"

        group = {"head_sha": merged, "head_ref": f"refs/heads/gh-readonly-queue/main/pr-7-{base}"}
        group["base_sha"] = clone.git("rev-parse", "HEAD^1")
        queue = github_variables(
            tmp_path / "queue", "merge_group", {"merge_group": group}, GITHUB_SHA=merged
        )
        runner.run(queue, status="true")
        assert forge.state.statuses[merged, key[1]]["description"] == "Done: 1 blocking check"
        assert len(forge.state.comments) == 1

        with running("Gitea") as runner.forge:
            at_gitea = {**pull, "GITEA_ACTIONS": "true", "GITHUB_REF": "refs/pull/7/head"}
            runner.run({**at_gitea, "GITHUB_SHA": head}, status="true")
            assert "backend holds" in runner.forge.state.ours()[0]
            assert list(runner.forge.state.statuses) == [key]

        runner.forge = forge
        runner.run(pull, key="another job")
        assert len(forge.state.comments) == 2
        assert runner.run(pull, comment="false")[-1] == "Make the checklist"


def test_the_job_for_gitlab_runs(server: Repository, tmp_path: Path) -> None:
    """All of its script; pip installs this checkout from a repository on a server."""
    base, head = server.git("rev-parse", "main"), server.git("rev-parse", "topic")
    clone = server.cloned(tmp_path / "clone", "refs/heads/topic")
    job = yaml.safe_load(block("merge_request_event"))["deploy-checklist"]
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "image"], check=True)
    commit = this_package(tmp_path / "package")
    with running("GitLab") as forge, on_a_server(tmp_path / "package", tmp_path) as package:
        variables = {
            **{name: str(value) for name, value in job["variables"].items()},
            "PATH": f"{tmp_path / 'image/bin'}{os.pathsep}{os.environ['PATH']}",
            "RUNBOOKS_REPOSITORY": package,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "RUNBOOKS_COMMIT": commit,
            "GITLAB_CI": "true",
            "GITLAB_TOKEN": TOKEN,
            "CI_API_V4_URL": forge.address,
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
            "CI_PROJECT_ID": "42",
            "CI_JOB_NAME": "deploy-checklist",
            "CI_COMMIT_SHA": head,
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        }
        shell("\n".join(job["script"]), clone.folder, variables)
        [comment] = forge.state.comments
        assert "backend holds" in comment["text"]
        [(key, status)] = forge.state.statuses.items()
        assert key == (head, "deploy checklist (deploy-checklist)")
        assert status["state"] == "pending"


def test_pre_commit_runs_the_hook(tmp_path: Path) -> None:
    """In a scratch repository, with the hook of this checkout installed by pre-commit itself."""
    hooks = tmp_path / "hooks"
    revision = this_package(hooks)
    base = tmp_path / "base"
    base.mkdir()
    write_base(base, {"one": incident()})
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run([*git, "-C", base, "init", "-q"], check=True)
    subprocess.run([*git, "-C", base, "add", "-A"], check=True)
    config = {"repos": [{"repo": str(hooks), "rev": revision, "hooks": [{"id": "runbooks-lint"}]}]}
    (base / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    subprocess.run([*git, "-C", base, "add", "-A"], check=True)

    def hook() -> subprocess.CompletedProcess[str]:
        variables = {
            k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PYTHONPATH"))
        }
        return subprocess.run(
            [BIN / "pre-commit", "run", "--all-files"],
            cwd=base, capture_output=True, text=True, check=False,
            env={**variables, "PRE_COMMIT_HOME": str(tmp_path / "cache")},
        )  # fmt: skip

    clean = hook()
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert "lint the incidents" in clean.stdout
    file = base / "incidents/one/incident.yaml"
    file.write_text(file.read_text().replace("SEV2", "SEV9"))
    subprocess.run([*git, "-C", base, "add", "-A"], check=True)
    broken = hook()
    assert broken.returncode == 1
    assert "KB104" in broken.stdout
