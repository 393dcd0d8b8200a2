"""What is kept between runs: a change of any file of the package is a miss, and nothing foreign counts."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.cache import fingerprints, trust
from generator.cache.kept_files import read_kept, write_kept
from generator.cache.store import FILE, Store

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "generator"
FILES = [
    str(path.relative_to(PACKAGE))
    for path in sorted(PACKAGE.rglob("*"))
    if path.is_file() and "__pycache__" not in path.parts
]
KEY = fingerprints.digest("key")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package and its templates, to be changed and run."""
    folder = tmp_path_factory.mktemp("program")
    for name in ("generator", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "generator"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / trust.FOLDER / "kept.json"
    write_kept(path, "sources", ["value"])
    assert read_kept(path, "sources") == ["value"]
    return path


def test_every_file_of_the_package_is_in_the_fingerprint_of_the_code(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprints, "__file__", str(package / "cache" / "fingerprints.py"))
    code = fingerprints.code_fingerprint.__wrapped__
    assert {"signatures/ordinary.txt", "text/durations.py", "cli/checklist.py"} <= set(FILES)
    for name in FILES:
        before = code()
        path = package / name
        about, content = path.stat(), path.read_bytes()
        # Same size, same time, same number: as from an installer that sets all times alike.
        path.write_bytes(bytes(byte ^ 1 for byte in content) or b" ")
        os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
        assert code() != before, name
        path.write_bytes(content)
    before = code()
    (package / "new.py").touch()
    assert code() != before
    (package / "new.py").unlink()


def test_all_that_is_kept_depends_on_the_code(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = kept.parents[2] / FILE
    store = Store(database)
    store.put_many({KEY: {"n": 1}})
    store.save()
    assert Store(database).get_many([KEY])
    monkeypatch.setattr(fingerprints, "code_fingerprint", lambda: b"another")
    assert Store(database).get_many([KEY]) == {}
    assert read_kept(kept, "sources") is None


def _link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _link_folder(path: Path) -> None:
    path.parent.rename(path.parents[2] / "elsewhere")
    path.parent.symlink_to(path.parents[2] / "elsewhere")


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DISTRUSTED: dict[str, Callable[[Path], object]] = {
    "a symbolic link": _link,
    "a folder that is a symbolic link": _link_folder,
    "writable by others": lambda path: path.chmod(0o666),
    "writable by a group": lambda path: path.chmod(0o660),
    "a folder writable by others": lambda path: path.parent.chmod(0o777),
    "a pipe": _fifo,
    "absent": lambda path: path.unlink(),
}


@pytest.mark.skipif(sys.platform == "win32", reason="no owners, no permissions")
@pytest.mark.parametrize("change", DISTRUSTED.values(), ids=DISTRUSTED)
def test_a_file_that_cannot_be_trusted_is_a_miss(
    kept: Path, change: Callable[[Path], None]
) -> None:
    change(kept)
    assert read_kept(kept, "sources") is None


@pytest.mark.skipif(sys.platform == "win32", reason="no owners, no permissions")
def test_a_file_of_somebody_else_is_a_miss_and_replaced(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = kept.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    assert read_kept(kept, "sources") is None
    before = kept.read_bytes()
    write_kept(kept, "sources", ["another"])  # the folder is not ours, either
    assert kept.read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content.replace(b"value", b"VALUE"),
        lambda content: b"\n" + content,
        lambda content: content.partition(b"\n")[0],
        lambda content: b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_a_miss(kept: Path, damage: Callable[[bytes], bytes]) -> None:
    kept.write_bytes(damage(kept.read_bytes()))
    assert read_kept(kept, "sources") is None


def test_other_sources_are_a_miss(kept: Path) -> None:
    assert read_kept(kept, "other sources") is None


@pytest.mark.skipif(sys.platform == "win32", reason="no permissions")
def test_what_is_kept_is_for_its_user_alone_and_not_for_git(kept: Path) -> None:
    database = kept.parents[2] / FILE
    Store(database).save()
    assert {stat.S_IMODE(path.stat().st_mode) for path in (kept, database)} == {0o600}
    assert kept.with_name(".gitignore").read_text() == "*\n"


@pytest.mark.skipif(sys.platform == "win32", reason="no permissions")
def test_nothing_is_written_through_a_link_that_a_clone_brought(tmp_path: Path) -> None:
    target = tmp_path / "home"
    target.mkdir()
    base = tmp_path / "base"
    base.mkdir()
    (base / ".cache").symlink_to(target)
    write_kept(base / trust.FOLDER / "kept.json", "sources", 1)
    assert not Store(base / FILE).persistent
    assert list(target.iterdir()) == []
    (base / ".cache").unlink()
    (base / trust.FOLDER).mkdir(parents=True)
    foreign = tmp_path / "foreign.sqlite"
    foreign.touch()
    (base / FILE).symlink_to(foreign)
    assert Store(base / FILE).persistent
    assert not (base / FILE).is_symlink()
    assert foreign.read_bytes() == b""


# --- end to end: a text in a module changes, and the commands say the new one

BASE = """\
title: A shard cannot be opened
severity: SEV4
symptom: {description: It stops., signatures: ['cannot open shard {_} here']}
root_cause: A disk was full.
fix: Make room.
verification: It starts.
checks: [{id: room, phase: before, check: There is room on the disk.}]
"""
CHANGES = {
    "checklist": (
        "checklists/summary_index.py",
        '"check": " ".join(check.check.split()),',
        '"check": "NEW " + check.check,',
        ("checklist", "--all"),
    ),
    "match": (
        "triage/cards.py",
        "        incident.title,",
        '        "NEW " + incident.title,',
        ("match", "error.log"),
    ),
    "match, by a module that it only imports": (
        "text/urls.py",
        'return f"{INCIDENT_PAGES}',
        'return f"NEW/{INCIDENT_PAGES}',
        ("match", "error.log"),
    ),
    "build, by code": (
        "site/incident_page.py",
        "        title=incident.title,",
        '        title="NEW " + incident.title,',
        ("build",),
    ),
    "build, by a template": (
        "../templates/pages/incident.md.j2",
        "## Fix it for good { #fix-it-for-good .kb-card }",
        "## NEW Fix it for good { #fix-it-for-good .kb-card }",
        ("build",),
    ),
}


def _run(package: Path, base: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "generator", *arguments],
        cwd=base,
        env={**os.environ, "PYTHONPATH": str(package.parent), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    page = base / "site/incidents/one/index.html"
    return done.stdout + (page.read_text() if page.exists() else "")


@pytest.mark.parametrize(
    ("name", "old", "new", "command"),
    [
        # A site engine is needed for a build.
        pytest.param(*change, id=name, marks=[pytest.mark.slow] if change[-1] == ("build",) else [])
        for name, change in CHANGES.items()
    ],
)
def test_a_command_says_what_the_changed_code_says(
    package: Path, tmp_path: Path, name: str, old: str, new: str, command: tuple[str, ...]
) -> None:
    incident = tmp_path / "incidents/one/incident.yaml"
    incident.parent.mkdir(parents=True)
    incident.write_text(BASE)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# Start\n")
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ntheme: material\nplugins: [runbooks]\n")
    (tmp_path / "error.log").write_text("cannot open shard 3 here\n")
    first = _run(package, tmp_path, *command)
    assert first == _run(package, tmp_path, *command)
    assert "NEW" not in first
    path = package / name
    content = path.read_text()
    assert old in content
    try:
        path.write_text(content.replace(old, new))
        assert "NEW" in _run(package, tmp_path, *command)
    finally:
        path.write_text(content)
