"""The first five minutes of another team: from a clone to a knowledge base with pipelines and a hook."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request
from importlib.metadata import Distribution
from pathlib import Path

import pytest
import yaml

from generator.cli.own_wheel import InstallSource, install_source
from tests.conftest import ROOT
from tests.pace import PATIENCE

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent
GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@example.com")
WORKFLOW = ".github/workflows/runbooks.yml"


def environment(home: Path) -> dict[str, str]:
    """Return variables as a colleague has them: nothing of this checkout, versions that are known."""
    own = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "GIT_"))
    }
    return own | {
        "HOME": str(home),
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PIP_CONSTRAINT": str(ROOT / "constraints.txt"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_COMPILE": "1",  # few of the modules are ever imported
        "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR") or str(Path.home() / ".cache/pip"),
    }


def bash(lines: list[str], folder: Path, home: Path) -> str:
    """Run lines as somebody who types them one after the other, and stops at one that fails."""
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(lines)],
        cwd=folder, env=environment(home), capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, f"{lines}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def commands(markdown: str) -> list[str]:
    """Return the lines of the shell blocks of a page."""
    blocks = re.findall(r"^```sh\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def without(lines: list[str], *beginnings: str) -> list[str]:
    left = [line for line in lines if not line.startswith(beginnings)]
    assert len(left) == len(lines) - len(beginnings)
    return left


def commit(folder: Path) -> None:
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "begin"]):
        subprocess.run([*GIT, "-C", folder, *command], check=True)


def init(folder: Path, *more: str) -> str:
    """Make a knowledge base with the program of this checkout; return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "generator", "init", folder, *more],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr


class Team:
    """Somebody who begins a knowledge base as our README says, and a colleague who clones it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        section = (
            (ROOT / "README.md").read_text("utf-8").partition("## Your own knowledge base\n")[2]
        )
        lines = commands(section.partition("\n## ")[0])
        # `new` asks, and `serve` does not end.
        bash(without(lines, "runbooks new", "runbooks serve"), ROOT, home)
        self.begun = home / "ops-runbooks"
        commit(self.begun)
        self.clone = home / "clone"
        subprocess.run(["git", "clone", "-q", self.begun, self.clone], check=True)
        self.readme = commands((self.clone / "README.md").read_text("utf-8"))
        bash(without(self.readme, "runbooks serve"), self.clone, home)

    def runs(self, *lines: str) -> str:
        """Run lines in the colleague's environment."""
        return bash([". .venv/bin/activate", *lines], self.clone, self.home)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return Team(tmp_path_factory.mktemp("home"))


def test_the_commands_of_both_readmes_run(team: Team) -> None:
    assert "disk of the database host" in (team.clone / "site/index.html").read_text("utf-8")
    assert (team.clone / "incidents/logins-fail-after-the-deploy/incident.yaml").is_file()
    assert (team.clone / ".git/hooks/pre-commit").is_file()
    where = team.runs("python -c 'import generator; print(generator.__file__)'").strip()
    assert Path(where).is_relative_to(team.clone / ".venv")


def test_serve_answers_as_the_readme_says(team: Team) -> None:
    [line] = [line for line in team.readme if line.startswith("runbooks serve")]
    process = subprocess.Popen(
        ["bash", "-c", f". .venv/bin/activate; exec {line.partition('#')[0]} --port 0"],
        cwd=team.clone, env=environment(team.home), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    limit = threading.Timer(PATIENCE, process.kill)
    limit.start()
    try:
        assert process.stderr
        said = []
        for printed in process.stderr:
            said.append(printed)
            if found := re.search(r"Serving on (http://\S+)", printed):
                break
        else:
            pytest.fail("".join(said))
        with urllib.request.urlopen(found[1], timeout=PATIENCE) as answer:
            assert "Incident runbooks" in answer.read().decode()
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        assert process.wait() == 0
    finally:
        limit.cancel()
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


def test_a_proof_of_a_new_knowledge_base_has_the_helpers_of_the_program(team: Team) -> None:
    folder = team.home / "proofs"
    folder.mkdir()
    base = folder / "base"
    (base / "incidents/queue-stuck/proofs/empties").mkdir(parents=True)
    (base / "mkdocs.yml").write_text("site_name: x\n", "utf-8")
    (base / "incidents/queue-stuck/incident.yaml").write_text(
        "title: The queue is stuck\nseverity: SEV2\nsymptom: Nothing is sent.\nroot_cause: c\nverification: v\n"
        "fix:\n  - {do: Empty it, run: echo emptied, risk: read-only, evidence: proved, proof: empties}\n"
        "proofs:\n  - {id: empties, shows: fix, description: Runs the fix., run: node proof.mjs, needs: node,\n"
        "     expect: {contains: 'fix: emptied'}}\n",
        "utf-8",
    )
    (base / "incidents/queue-stuck/proofs/empties/proof.mjs").write_text(
        "import { runbook, shows } from '../helpers/runbook.mjs';\n"
        "shows('fix', await runbook('fix-1'), 'emptied; exit 0');\n",
        "utf-8",
    )
    assert "1 proved" in team.runs(f"runbooks prove --trust --root {base} queue-stuck")
    assert "error" not in team.runs(f"runbooks lint --root {base} 2>&1")


def test_what_git_leaves_out_is_what_the_commands_write(team: Team) -> None:
    status = subprocess.check_output(
        [*GIT, "-C", team.clone, "status", "--porcelain", "--ignored"], text=True
    )
    assert {line for line in status.splitlines() if not line.startswith("!!")} <= {
        "?? incidents/logins-fail-after-the-deploy/"
    }
    assert {"!! .cache/", "!! .venv/", "!! site/"} <= set(status.splitlines())


def test_the_steps_of_both_pipelines_run(team: Team) -> None:
    steps = yaml.safe_load((team.clone / WORKFLOW).read_text("utf-8"))["jobs"]["site"]["steps"]
    github = [step["run"] for step in steps if "run" in step]
    gitlab = yaml.safe_load((team.clone / ".gitlab-ci.yml").read_text("utf-8"))["runbooks"][
        "script"
    ]
    assert github[0] == gitlab[0] == "pip install -r requirements.txt"
    assert "::notice" in team.runs(*github), "the draft lacks fields, which is no reason to fail"
    team.runs(*gitlab)
    # GitHub keeps the folder without its hidden files.
    assert steps[-1]["with"]["path"] == "site/"
    assert (team.clone / "site/index.html").is_file()


def test_the_hook_stops_a_commit_with_an_error(team: Team) -> None:
    file = team.clone / "incidents/disk-full-on-database-host/incident.yaml"
    right = file.read_text("utf-8")
    try:
        file.write_text(right.replace("SEV2", "SEV9"), "utf-8")
        told = team.runs(f"{' '.join(GIT)} commit -qam wrong 2>&1 && exit 9 || true")
        assert "KB104" in told
        file.write_text(right.replace("SEV2", "SEV3"), "utf-8")
        assert "Passed" in team.runs(f"{' '.join(GIT)} commit -qam right 2>&1")
    finally:
        file.write_text(right, "utf-8")


def test_the_wheel_of_the_wheel_is_the_same(team: Team) -> None:
    """So what the colleague has is all there is, and a new wheel is a new program."""
    again = team.home / "again"
    team.runs(f"runbooks init {again}")
    [first] = (team.begun / "wheels").iterdir()
    [second] = (again / "wheels").iterdir()
    assert first.name == second.name == "incident_runbooks-0.1.0-py3-none-any.whl"
    assert first.read_bytes() == second.read_bytes()
    assert (
        (team.begun / "requirements.txt")
        .read_text("utf-8")
        .endswith(f"\n./wheels/{first.name}[site]\n")
    )


# -- the files -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "ops"
    init(folder)
    return folder


@pytest.mark.parametrize(
    "check",
    [
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW],
        ["check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", ".gitlab-ci.yml"],
        ["pre-commit", "validate-config", ".pre-commit-config.yaml"],
    ],
    ids=["github", "gitlab", "pre-commit"],
)
def test_each_file_is_what_its_checker_takes(check: list[str], base: Path) -> None:
    done = subprocess.run(
        [BIN / check[0], *check[1:]], cwd=base, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_actions_are_pinned_by_commit(base: Path) -> None:
    files = [base / WORKFLOW, ROOT / "action.yml", ROOT / "docs/guide/release.md"]
    uses = [
        line
        for file in files
        for line in file.read_text("utf-8").splitlines()
        if re.match(r"\s*(- )?uses:", line)
    ]
    assert len(uses) >= 6
    for line in uses:
        assert re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$|OWNER/incident-runbooks@COMMIT", line), (
            line
        )


def test_a_folder_that_holds_nothing_but_a_repository_is_empty(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    init(tmp_path)
    assert (tmp_path / ".git/HEAD").is_file()
    assert (tmp_path / "requirements.txt").is_file()
    assert not list(tmp_path.glob("..*"))


# -- where the program is from -------------------------------------------------------------------


def test_from_source_init_names_the_command_that_makes_the_wheel(tmp_path: Path) -> None:
    folder = tmp_path / "our runbooks"
    said = init(folder)
    assert not (folder / "wheels").exists()
    command = said.splitlines()[-1]
    bash([command], tmp_path, tmp_path)
    [wheel] = (folder / "wheels").iterdir()
    requirements = (folder / "requirements.txt").read_text("utf-8").splitlines()
    assert requirements[-1] == f"./wheels/{wheel.name}[site]"


def installed_from(origin: dict[str, object], folder: Path) -> InstallSource:
    """Say what a knowledge base gets from an installation with this `direct_url.json`."""
    metadata = folder / "incident_runbooks-0.1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: incident-runbooks\nVersion: 0.1.0\n"
    )
    (metadata / "direct_url.json").write_text(json.dumps(origin))
    return install_source(Distribution.at(metadata))


@pytest.mark.parametrize(
    ("url", "written", "left_out"),
    [
        ("https://git.example.com/ops/r.git", "https://git.example.com/ops/r.git", False),
        ("https://me:s3cret@git.example.com/r", "https://git.example.com/r", True),
        ("https://s3cret@git.example.com:8443/r", "https://git.example.com:8443/r", True),
        ("https://${TOKEN}@git.example.com/r", "https://${TOKEN}@git.example.com/r", False),
        ("ssh://git@git.example.com/r", "ssh://git@git.example.com/r", False),
        ("ssh://git:s3cret@git.example.com/r", "ssh://git.example.com/r", True),
    ],
)
def test_a_repository_is_named_with_its_commit_and_without_secrets(
    url: str, written: str, left_out: bool, tmp_path: Path
) -> None:
    got = installed_from({"url": url, "vcs_info": {"vcs": "git", "commit_id": "0123abc"}}, tmp_path)
    assert got.requirement == f"incident-runbooks[site] @ git+{written}@0123abc"
    assert (got.left_out, got.is_wheel, got.files, got.clone) == (left_out, False, {}, None)


def test_a_folder_of_a_repository_is_named(tmp_path: Path) -> None:
    origin = {
        "url": "https://git.example.com/r",
        "subdirectory": "tools",
        "vcs_info": {"vcs": "git", "commit_id": "0123abc"},
    }
    got = installed_from(origin, tmp_path)
    assert got.requirement.endswith("+https://git.example.com/r@0123abc#subdirectory=tools")


def test_a_repository_on_this_machine_is_of_no_use_to_others(tmp_path: Path) -> None:
    origin = {"url": "file:///srv/r.git", "vcs_info": {"vcs": "git", "commit_id": "0123abc"}}
    assert installed_from(origin, tmp_path).is_wheel


def test_what_is_installed_but_does_not_run_is_not_packed(tmp_path: Path) -> None:
    """As with PYTHONPATH: the wheel would be another program."""
    shutil.copytree(ROOT / "generator/model", tmp_path / "generator/model")
    (tmp_path / "generator/__init__.py").write_text("")
    got = installed_from({"url": "file:///srv/r.whl", "archive_info": {}}, tmp_path)
    assert (got.files, got.clone) == ({}, ROOT)
