"""The two incidents' checks stop a release that brings the fault back, and let the fixed one pass.

Real code bases, a real PostgreSQL, the real libraries, and the command as a pipeline calls it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.cli.prove import cache_folder
from generator.commands.accounts import scratch_folder
from generator.knowledge.base import load
from generator.proofs.services import SERVICES, Need, Provided, Workspace
from tests.conftest import ROOT
from tests.pace import PATIENCE
from tests.sites import command, environment

pytestmark = pytest.mark.slow

ALIAS = "sequelize-duplicate-association-alias"
SESSIONS = "postgresql-concurrent-create-table"
APPS = Path(__file__).parent / "data" / "apps"


@pytest.fixture(scope="module")
def services() -> Iterator[dict[str, Any]]:
    """Node.js and a PostgreSQL server, as the proofs get them."""
    # Not pytest's folder: the path of a Unix socket has to be short.
    scratch = scratch_folder("gate-", Path(tempfile.gettempdir()))
    started = {name: SERVICES[name](scratch) for name in ("node", "postgresql")}
    try:
        for name, service in started.items():
            service.start(Need(name))
        yield started
    finally:
        for service in started.values():
            service.close()
        shutil.rmtree(scratch, ignore_errors=True)


@pytest.fixture(scope="module", autouse=True)
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base of the two incidents; the library has checks for what else these servers have."""
    folder = tmp_path_factory.mktemp("two")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    for name in (ALIAS, SESSIONS):
        shutil.copytree(ROOT / "incidents" / name, folder / "incidents" / name)
    App.base = folder
    return folder


class App:
    """A repository with a server's code, and the variables that its commands see."""

    base: Path

    def __init__(self, root: Path, incident_id: str, services: dict[str, Any], *names: str) -> None:
        self.root = root
        self.backend = root / "backend"
        self.backend.mkdir(parents=True)
        proofs = ROOT / "incidents" / incident_id / "proofs"
        for name in ("package.json", "package-lock.json"):
            shutil.copy(proofs / name, self.backend)
        space = Workspace(f"gate_{os.getpid()}_{root.parent.name[-12:]}".replace("-", "_"), self.backend, self.backend, cache_folder())  # fmt: skip
        given: list[Provided] = [services[name].open(Need(name), space) for name in names]
        self.variables = environment()
        for each in given:
            self.variables |= {k: v for k, v in each.environment.items() if k != "PATH"}
        paths = [each.environment["PATH"] for each in given if "PATH" in each.environment]
        self.variables["PATH"] = os.pathsep.join([*paths, os.environ["PATH"]])
        (root / ".gitignore").write_text("node_modules\nchecklist-*\n")
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", "-C", self.root, *identity, *arguments], check=True)

    def commit(self, tag: str | None = None) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "release", "--allow-empty")
        if tag:
            self.git("tag", tag)

    def node(self, file: str) -> None:
        subprocess.run(["node", file], cwd=self.backend, env=self.variables, check=True)

    def gate(self, *options: str) -> tuple[int, dict[str, Any], str]:
        """Run the gate; return its exit code, the checks of its record by name, and what it said."""
        for old in self.root.glob("checklist-*"):
            old.unlink()
        done = subprocess.run(
            command("checklist", "run", "--root", self.base, "--repo", ".", "--changed-since", "v1", "--yes", *options),
            cwd=self.root, env=self.variables, capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        records = list(self.root.glob("checklist-*.json"))
        assert len(records) == 1, done.stderr
        record = json.loads(records[0].read_text("utf-8"))
        checks = {check["id"].partition("/")[2]: check for check in record["checks"]}
        return done.returncode, checks, done.stdout + done.stderr


def sets(**values: str) -> list[str]:
    return [part for name, value in values.items() for part in ("--set", f"{name}={value}")]


def test_an_alias_conflict_is_stopped_before_the_deploy(
    tmp_path: Path, services: dict[str, Any]
) -> None:
    app = App(tmp_path / "shop", ALIAS, services, "node")
    small = ROOT / "incidents" / ALIAS / "proofs/shared/backend"
    broken = small / "models/social/enhanced/index.mjs"
    shutil.copytree(small, app.backend, dirs_exist_ok=True)
    enhanced = app.backend / "models/social/enhanced/index.mjs"
    enhanced.write_text("export default () => {};\n")
    app.commit("v1")

    enhanced.write_bytes(broken.read_bytes())
    app.commit()
    before = ("--phase", "before", *sets(MODELS="models/index.mjs", MODEL="SocialShoppingCart", ALIAS="shoppingCarts"))  # fmt: skip
    code, checks, said = app.gate(*before)
    assert code == 1
    gate = checks["models-load-without-database"]
    assert gate["verdict"] == "failed", said
    assert "alias shoppingCarts in two separate associations" in gate["output"]
    assert {name for name, check in checks.items() if check["verdict"] == "passed"} == set()

    [change] = [c for c in load(ROOT).incidents[ALIAS].fix.changes if c.before]
    text = enhanced.read_text()
    assert change.before
    assert change.after
    assert change.before.split("{")[1] in text
    enhanced.write_text(text.replace(change.before.split("{")[1], change.after.split("{")[1]))
    app.commit()
    code, checks, said = app.gate(*before)
    assert code == 0, said
    assert {name: check["verdict"] for name, check in checks.items()} == {
        "models-load-without-database": "passed",
        "no-alias-twice-on-one-model": "passed",
        "no-include-under-old-alias": "passed",
    }


def test_a_deploy_whose_copies_create_tables_is_stopped(
    tmp_path: Path, services: dict[str, Any]
) -> None:
    app = App(tmp_path / "shop", SESSIONS, services, "node", "postgresql")
    app.commit("v1")
    server = app.variables["DATABASE_URL"].replace(app.variables["PGDATABASE"], "")
    values = {"TEST_SERVER": server}
    before = ("--phase", "before", "--allow", "changes-state")

    shutil.copytree(APPS / "sessions/fault", app.backend, dirs_exist_ok=True)
    app.commit()
    code, checks, said = app.gate(*before, *sets(**values))
    assert code == 1
    together = checks["several-copies-start-together"]
    assert together["verdict"] == "failed", said
    assert "failed starts: 3 of 4" in together["output"]
    assert "pg_type_typname_nsp_index" in together["output"] or "exists" in together["output"]

    shutil.copytree(APPS / "sessions/fixed", app.backend, dirs_exist_ok=True)
    app.commit()
    migration = "backend/migrations/create-sessions-table.js"
    code, checks, said = app.gate(*before, *sets(**values, MIGRATE=migration))
    assert code == 0, said
    # Nothing in this release drops a table. Other incidents have checks for it, too.
    own = {check.id for check in load(ROOT).incidents[SESSIONS].checks}
    assert {name: check["verdict"] for name, check in checks.items() if name in own} == {
        "several-copies-start-together": "passed",
        "no-sync-at-start": "passed",
    }

    during = ("--phase", "during", *sets(NEW_TABLE="UserSessions"))
    code, checks, said = app.gate(*during)
    assert code == 1, "the migration has not run yet"
    assert checks["table-exists-before-first-instance"]["exit"] == 10
    app.node("migrations/create-sessions-table.js")
    code, checks, said = app.gate(*during)
    assert code == 0, said


def test_without_leave_to_change_state_the_gate_fails_and_runs_nothing(
    tmp_path: Path, services: dict[str, Any]
) -> None:
    app = App(tmp_path / "shop", SESSIONS, services, "node", "postgresql")
    app.commit("v1")
    shutil.copytree(APPS / "sessions/fixed", app.backend, dirs_exist_ok=True)
    app.commit()
    code, checks, said = app.gate("--phase", "before", *sets(TEST_SERVER="postgres://127.0.0.1:9"))
    assert code == 1
    together = checks["several-copies-start-together"]
    assert together["verdict"] == "not-done", said
    assert "changes-state" in together["reason"]
