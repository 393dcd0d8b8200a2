"""What goes into pipelines: the comment, the action, the GitLab job, the pre-commit hook."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.checklists.formats.github import MARKER
from tests.conftest import ROOT
from tests.releases import check, incident, write_base
from tests.sites import environment

pytestmark = pytest.mark.slow

GUIDE = (ROOT / "docs/guide/release.md").read_text("utf-8")
BIN = Path(sys.executable).parent


class Forge(ThreadingHTTPServer):
    """The two calls of a forge that comments need, as GitHub and GitLab answer them."""

    def __init__(self, header: str, token: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.header, self.token = header, token
        self.comments: list[dict[str, Any]] = [
            {"id": n, "body": f"somebody's comment {n}"} for n in range(150)
        ]
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Forge

    def _answer(self, code: int, data: object) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())

    def _handle(self) -> None:
        forge = self.server
        forge.asked.append(f"{self.command} {self.path}")
        if self.headers[forge.header] != forge.token:
            return self._answer(403, {"message": "no"})
        length = int(self.headers["Content-Length"] or 0)
        data = json.loads(self.rfile.read(length)) if length else {}
        if self.command == "GET":
            page = int(re.search(r"\bpage=(\d+)", self.path)[1])  # type: ignore[index]
            return self._answer(200, forge.comments[(page - 1) * 100 : page * 100])
        if self.command == "POST":
            forge.comments.append({"id": 1000 + len(forge.comments), **data})
            return self._answer(201, forge.comments[-1])
        number = int(self.path.rpartition("/")[2])
        [comment] = [c for c in forge.comments if c["id"] == number]
        comment.update(data)
        return self._answer(200, comment)

    do_GET = do_POST = do_PATCH = do_PUT = _handle  # noqa: N815

    def log_message(self, *_: object) -> None: ...


@contextmanager
def forge(header: str, token: str) -> Iterator[Forge]:
    server = Forge(header, token)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def on_github(server: Forge, folder: Path, base: str = "", head: str = "") -> dict[str, str]:
    event = folder / "event.json"
    about = {"number": 7, "base": {"sha": base}, "head": {"sha": head}}
    event.write_text(json.dumps({"pull_request": about}))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "shop/app",
        "GITHUB_API_URL": server.address,
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_TOKEN": "secret",
    }


def comment(variables: dict[str, str], body: str, *more: str) -> subprocess.CompletedProcess[str]:
    kept = {
        k: v for k, v in environment().items() if not k.startswith(("GITHUB_", "GITLAB_", "CI"))
    }
    return subprocess.run(
        [sys.executable, "-m", "generator", "checklist", "comment", "-", *more],
        input=body, capture_output=True, text=True, check=False, env={**kept, **variables},
    )  # fmt: skip


def test_github_gets_one_comment_that_later_runs_change(tmp_path: Path) -> None:
    with forge("Authorization", "Bearer secret") as server:
        variables = on_github(server, tmp_path)
        first = comment(variables, f"{MARKER}\nfirst")
        assert first.returncode == 0, first.stderr
        assert "shop/app#7: added" in first.stderr
        assert "POST /repos/shop/app/issues/7/comments" in server.asked
        second = comment(variables, f"{MARKER}\nsecond @team")
        assert "changed" in second.stderr
        assert [c["body"] for c in server.comments[150:]] == [f"{MARKER}\nsecond @team"]
        asked = len(server.asked)
        dry = comment(variables, f"{MARKER}\nthird", "--dry-run")
        assert dry.returncode == 0
        assert len(server.asked) == asked


def test_gitlab_gets_one_comment_that_later_runs_change() -> None:
    with forge("PRIVATE-TOKEN", "secret") as server:
        variables = {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": f"{server.address}/api/v4",
            "CI_MERGE_REQUEST_IID": "3",
            "CI_MERGE_REQUEST_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_PROJECT_PATH": "shop/app",
            "GITLAB_TOKEN": "secret",
        }
        for text in ("first", "second"):
            done = comment(variables, f"{MARKER}\n{text}")
            assert done.returncode == 0, done.stderr
        assert "shop/app!3: changed" in done.stderr
        assert [c["body"] for c in server.comments[150:]] == [f"{MARKER}\nsecond"]
        assert server.asked[-1] == f"PUT /api/v4/projects/42/merge_requests/3/notes/{1150}"


def test_what_cannot_be_commented_says_why(tmp_path: Path) -> None:
    body = f"{MARKER}\nx"
    with forge("Authorization", "Bearer other") as server:
        variables = on_github(server, tmp_path)
        refused = comment(variables, body)
        assert refused.returncode == 1
        assert "403: may the token write comments?" in refused.stderr
        assert "secret" not in refused.stderr
        address = server.address
    gone = comment({**variables, "GITHUB_API_URL": address}, body)
    assert gone.returncode == 1
    assert "refused" in gone.stderr
    for less, words in (
        ("GITHUB_TOKEN", "GITHUB_TOKEN is not set"),
        ("GITHUB_EVENT_PATH", "not for a pull request"),
        ("GITHUB_ACTIONS", "neither GitHub Actions nor GitLab CI"),
    ):
        without = {k: v for k, v in variables.items() if k != less}
        done = comment(without, body)
        assert done.returncode == 1
        assert words in done.stderr
    other = comment(variables, "# something else")
    assert other.returncode == 2
    assert "is not the output of `runbooks checklist --format github`" in other.stderr


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
        ("vendor.github-workflows", block("on: pull_request")),
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
def released(tmp_path: Path) -> tuple[Path, str, str]:
    """A repository with a knowledge base, and a commit that touches what a check is for."""
    root = tmp_path / "work"
    root.mkdir()
    write_base(root, {"one": incident(check("gate", applies_to={"paths": ["backend/**"]}))})
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", root, *identity, *arguments], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "base")
    base = git("rev-parse", "HEAD")
    (root / "backend").mkdir()
    (root / "backend/x.js").write_text("1")
    git("add", "-A")
    git("commit", "-qm", "change")
    return root, base, git("rev-parse", "HEAD")


def shell(script: str, folder: Path, variables: dict[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder, env={**environment(), **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_steps_of_the_action_run(released: tuple[Path, str, str], tmp_path: Path) -> None:
    """All but the installation, for which the tests' own stands in."""
    root, base, head = released
    temp = tmp_path / "runner"
    (temp / "runbooks").mkdir(parents=True)
    (temp / "runbooks/bin").symlink_to(BIN)
    steps = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
    make, put = (step["run"] for step in steps if "run" in step)
    make = "\n".join(line for line in make.splitlines() if not re.search("venv|pip|locks=", line))
    with forge("Authorization", "Bearer secret") as server:
        variables = {
            **on_github(server, tmp_path, base, head),
            "RUNNER_TEMP": str(temp),
            "GITHUB_OUTPUT": str(temp / "output"),
            "GITHUB_STEP_SUMMARY": str(temp / "summary"),
            "ROOT": ".",
            "REPOSITORY": ".",
            "SINCE": yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]["since"][
                "default"
            ],
        }
        shell(make, root, variables)
        shell(put, root, variables)
        [posted] = [c["body"] for c in server.comments if c["body"].startswith(MARKER)]
    assert "gate holds" in posted
    assert (temp / "summary").read_text("utf-8") == posted
    assert (temp / "output").read_text() == f"file={temp}/checklist.md\n"


def test_the_job_for_gitlab_runs(released: tuple[Path, str, str]) -> None:
    root, base, head = released
    job = yaml.safe_load(block("merge_request_event"))["deploy-checklist"]
    script = "\n".join(line for line in job["script"] if not line.startswith("pip "))
    with forge("PRIVATE-TOKEN", "secret") as server:
        variables = {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "GITLAB_CI": "true",
            "GITLAB_TOKEN": "secret",
            "CI_API_V4_URL": server.address,
            "CI_MERGE_REQUEST_IID": "3",
            "CI_PROJECT_ID": "42",
            "CI_COMMIT_SHA": head,
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        }
        variables["GITHUB_ACTIONS"] = "false"
        shell(script, root, variables)
        assert any("gate holds" in c["body"] for c in server.comments)


def test_pre_commit_runs_the_hook(tmp_path: Path) -> None:
    """In a scratch repository, with the hook of this checkout installed by pre-commit itself."""
    hooks = tmp_path / "hooks"
    tracked = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--",
         "generator", "templates", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"],
        check=True, capture_output=True,
    )  # fmt: skip
    for name in filter(None, tracked.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            target = hooks / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    base = tmp_path / "base"
    base.mkdir()
    write_base(base, {"one": incident()})
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for folder in (hooks, base):
        subprocess.run([*git, "-C", folder, "init", "-q"], check=True)
        subprocess.run([*git, "-C", folder, "add", "-A"], check=True)
    subprocess.run([*git, "-C", hooks, "commit", "-qm", "hooks"], check=True)
    revision = subprocess.check_output([*git, "-C", hooks, "rev-parse", "HEAD"], text=True).strip()
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
