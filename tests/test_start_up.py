"""What a command imports: a library that it does not use would make it wait."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import FULL, ROOT

SITE = ("mkdocs", "jinja2", "markdown", "pygments")
SLOW = (*SITE, "rich", "packaging", "hypothesis")
MODEL = ("pydantic", "yaml")

COMMANDS = {
    ("--help",): (*SLOW, *MODEL, "generator.model", "importlib.metadata", "pathspec", "asyncio"),
    ("--version",): (*SLOW, *MODEL, "generator.model", "pathspec", "asyncio"),
    ("match", "--help"): (*SLOW, *MODEL, "generator.model", "pathspec"),
    ("match", "mkdocs.yml"): (*SLOW, *MODEL, "pathspec"),
    ("show", "--help"): (*SLOW, *MODEL, "generator.model", "pathspec"),
    ("checklist", "--help"): (*SLOW, "generator.cli.checklist_run"),
    ("checklist", "--all"): (*SLOW, "generator.rules", "generator.site"),
    ("show", "everything"): (*SLOW, "generator.rules", "generator.site", "pathspec"),
    ("search", "timeout"): (*SLOW, "generator.rules", "generator.site", "pathspec"),
    ("lint", "everything"): (*SLOW, "generator.site", "generator.importers"),
    ("stats", "--help"): ("mkdocs", "rich"),
}
"""Each command with modules that it must not import."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("start") / "base"
    shutil.copytree(FULL, root)
    return root


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_imports_only_what_it_uses(root: Path, arguments: tuple[str, ...]) -> None:
    code = (
        "import sys\nfrom generator.cli import runbooks\n"
        "try:\n    runbooks(sys.argv[1:], prog_name='runbooks')\n"
        "except SystemExit:\n    pass\n"
        "print('\\n'.join(sorted(sys.modules)), file=sys.stderr)"
    )
    for _ in range(2):  # what is kept is used the second time
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=root, env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(root), "RUNBOOKS_TRUST": "1"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    imported = done.stderr.splitlines()
    assert "generator.cli" in imported
    assert [name for name in COMMANDS[arguments] if name in imported] == []


def test_the_model_is_built_when_it_is_used() -> None:
    code = "from generator import model; print(*(c.__name__ for c in vars(model).values() if getattr(c, '__pydantic_complete__', False)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
