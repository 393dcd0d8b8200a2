"""What comes from elsewhere is pinned, its hash is known, and its license is allowed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import licenses
from tests.conftest import ROOT
from tests.lock import LOCKS, RUNTIME_EXTRAS, Lock, blocks, everything, pins

pytestmark = pytest.mark.slow

_BLOCK = re.compile(r"\S+==\S+(?: ; [^\\\n]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+")
_TEXTS = {".yml", ".yaml", ".j2", ".md", ".sh"}
# What somebody must fill in.
_OURS = "OWNER/incident-runbooks@COMMIT"


def tracked(*suffixes: str) -> list[Path]:
    """Return files that are in git or could get there."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True,
    ).stdout.decode()  # fmt: skip
    files = [ROOT / name for name in filter(None, listed.split("\0"))]
    return [path for path in files if path.suffix in suffixes and path.is_file()]


# -- packages of Python ----------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_every_requirement_has_a_version_and_hashes(lock: Lock) -> None:
    text = lock.file.read_text("utf-8")
    assert "\n--require-hashes\n--only-binary :all:\n" in text
    assert "://" not in text
    pinned = pins()
    for name, block in blocks(text):
        assert _BLOCK.fullmatch(block), block
        assert block.split()[0] == f"{name}=={pinned[name]}", "run `make lock`"


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_a_file_has_what_pyproject_asks_for(lock: Lock) -> None:
    listed, pinned = everything(lock), pins()
    for requirement in map(Requirement, lock.requirements()):
        name = canonicalize_name(requirement.name)
        assert name in listed, "run `make lock`"
        assert requirement.specifier.contains(pinned[name]), "constraints.txt is too old or too new"


@pytest.mark.parametrize("name", ["light", "site", "test"])
def test_a_file_has_what_its_packages_need_in_turn(name: str) -> None:
    lock = LOCKS[name]
    assert licenses.closure(lock.requirements()) <= set(everything(lock)), "run `make lock`"


def test_every_pin_is_used() -> None:
    used = {name for lock in LOCKS.values() for name in everything(lock)}
    assert set(pins()) == used


def test_pip_refuses_a_file_with_another_hash(tmp_path: Path) -> None:
    """pip reads the file as we write it, and believes the hash, not the name of the file."""
    wheel = tmp_path / "harmless-1.0-py3-none-any.whl"
    wheel.write_bytes(b"not what was locked")
    text = (
        f"--require-hashes\n--only-binary :all:\nharmless==1.0 \\\n    --hash=sha256:{'0' * 64}\n"
    )
    (tmp_path / "lock.txt").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-index", "--find-links", tmp_path, "--dry-run",
         "--requirement", tmp_path / "lock.txt"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr


@pytest.mark.parametrize("name", ["Makefile", "action.yml", "tests/beds.py", "tests/pythons.py"])
def test_nothing_else_is_installed(name: str) -> None:
    """Each call of pip reads a file of requirements/, or installs what is here and nothing else."""
    text = (ROOT / name).read_text("utf-8")
    calls = re.findall(
        r"^.*(?:\$\(INSTALL\)|pip\"? (?:install|wheel)|_pip\(\"install|\*pip,).*$",
        text,
        re.MULTILINE,
    )
    assert calls
    for call in calls:
        assert re.search(
            r"^INSTALL :=|description:|requirement|locked|locks/|OURSELVES|--no-deps|ourselves",
            call,
        ), call
    assert not re.search(r"\"build\", (?!\"--no-isolation)", text)
    assert "-m build" not in text.replace("-m build --no-isolation", "")


# -- actions, images, npm --------------------------------------------------------------------------


def test_every_action_is_pinned_by_its_commit() -> None:
    uses = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in tracked(*_TEXTS)
        for line in path.read_text("utf-8").splitlines()
        if re.match(r"\s*(- )?uses: ", line)
    ]
    assert len(uses) >= 12
    pinned = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
    assert [one for one in uses if not pinned.search(one) and _OURS not in one] == []
    commits = {tuple(re.split(r"@| # ", one.partition("uses: ")[2])) for one in uses if _OURS not in one}  # fmt: skip
    actions = [action for action, *_ in commits]
    assert len(actions) == len(set(actions)), "one action, several versions"


def test_every_image_names_its_version_and_its_system() -> None:
    """A digest would stay as it is for ever: nobody would update Python in a job that works."""
    images = [
        line.split("image:")[1].split()[0]
        for path in tracked(*_TEXTS)
        for line in path.read_text("utf-8").splitlines()
        if re.match(r"\s*(- )?image: \S", line)
        and not {"incidents", "data", "golden"} & set(path.parts)
    ]
    assert len(images) >= 2
    for image in images:
        assert re.fullmatch(r"[\w./-]+:\d+\.\d+-\w+(@sha256:[0-9a-f]{64})?", image), image


def test_npm_installs_what_a_lock_file_names() -> None:
    packages = [path for path in tracked(".json") if path.name == "package.json" and "apps" not in path.parts]  # fmt: skip
    assert packages
    for path in packages:
        if "ependencies" not in path.read_text("utf-8"):
            continue  # it installs nothing
        locked = json.loads((path.parent / "package-lock.json").read_text("utf-8"))["packages"]
        for name, one in locked.items():
            covered = one.get("link") or one.get("inBundle")  # part of a package with a hash
            assert not name or covered or one["integrity"].startswith("sha512-"), name
    sources = [*(ROOT / "generator").rglob("*.py"), *(ROOT / "tests").glob("*.py")]
    calls = [call for path in sources for call in re.findall(r"\bnpm(?:_path)?, *\"(\w+)\"", path.read_text("utf-8"))]  # fmt: skip
    assert set(calls) == {"ci"}


# -- licenses --------------------------------------------------------------------------------------


def test_the_table_of_licenses_is_true() -> None:
    """Rows of packages that are not installed here, such as those of a bed, are checked by version."""
    packages, pinned = licenses.installed(), pins()
    rows = re.findall(r"^\| (\S+) \| (\S+) \| (.+) \| (.+) \|$", licenses.FILE.read_text("utf-8"), re.MULTILINE)[1:]  # fmt: skip
    found = {canonicalize_name(name): (version, said) for name, version, said, _ in rows if set(name) != {"-"}}  # fmt: skip
    locked = everything(LOCKS["runtime"])
    assert list(found) == sorted(locked), "run `make licenses`"
    for name, (version, said) in found.items():
        assert version == pinned[name], "run `make licenses`"
        assert licenses.is_allowed(name, said), f"{name}: {said} is not on the list of licenses.py"
        if (name, version) in packages:
            assert licenses.declared(packages[name, version]) == said, "run `make licenses`"
    assert sum((name, pinned[name]) in packages for name in found) > len(found) * 0.7


def test_what_the_core_needs_has_a_license_for_everybody() -> None:
    assert not set(licenses.ALLOWED_FOR) & set(everything(LOCKS["light"]))
    assert set(licenses.ALLOWED_FOR) <= set(everything(LOCKS["runtime"]))


@pytest.mark.parametrize(
    ("name", "said", "allowed"),
    [
        ("a", "MIT", True),
        ("a", "Apache-2.0 OR GPL-3.0-only", True),
        ("a", "MIT AND GPL-3.0-only", False),
        ("a", "LGPL-3.0-or-later", False),
        ("pygal", "LGPL-3.0-or-later", True),
        ("a", "BSD License", False),
        ("a", "?", False),
    ],
)
def test_only_licenses_on_the_list_are_allowed(name: str, said: str, allowed: bool) -> None:
    assert licenses.is_allowed(name, said) is allowed


def test_every_extra_is_for_users_or_for_us() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    section = text.split("[project.optional-dependencies]")[1].split("\n[")[0]
    extras = re.findall(r"^(\w+) = \[", section, re.MULTILINE)
    assert set(extras) == {*RUNTIME_EXTRAS, "test", "check", "release"}


# -- the release -----------------------------------------------------------------------------------


def test_the_workflow_of_a_release_is_what_its_schema_says() -> None:
    file = ROOT / ".github/workflows/release.yml"
    checker = Path(sys.executable).parent / "check-jsonschema"
    subprocess.run(
        [checker, "--builtin-schema", "vendor.github-workflows", file],
        check=True,
        capture_output=True,
    )


def test_only_the_job_that_uploads_has_an_identity_and_it_builds_nothing() -> None:
    text = (ROOT / ".github/workflows/release.yml").read_text("utf-8")
    build, publish = text.split("  publish:\n")
    assert "write" not in build.split("jobs:")[1].split("# The only job")[0]
    assert re.search(r"^permissions: \{\}$", build, re.MULTILINE)
    assert "id-token: write" in publish
    assert "environment: pypi" in publish
    runs = re.findall(r"run: (.+)", publish)
    assert runs == [
        "pip install --requirement requirements/release.txt",
        "python -m twine upload --non-interactive dist/*.whl dist/*.tar.gz",
    ]
