"""The catalog for matching is patched by incident, and equals one that is made whole."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.knowledge.base import load
from generator.triage.catalog import Catalog, catalog, make_catalog
from generator.triage.kept_catalog import FILE, read_folders, read_parts
from tests.conftest import ROOT

WORDS = "shard queue lease quorum replica cursor ledger socket broker bucket".split()


def _never() -> None:
    raise AssertionError("the whole knowledge base is loaded")


def _write(root: Path, name: str, pick: random.Random) -> None:
    words = [pick.choice(WORDS) for _ in range(6)]
    first = f"cannot open {words[0]} {{_}} of {words[1]}-{pick.randint(0, 30)}"
    other = pick.choice(
        [f"{words[2]} {{A}} is lost", "{A}{B}", f"E{pick.randint(0, 99)} {words[3]}"]
    )
    status = pick.choice(["published", "draft", "withdrawn"])
    alerts = f"alerts: [{words[4].title()}Down], " if pick.random() < 0.5 else ""
    path = root / "incidents" / name / "incident.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"title: {' '.join(words)}\nstatus: {status}\nseverity: SEV{pick.randint(1, 4)}\n"
        f"symptom: {{description: It stops., {alerts}signatures: ['{first}', '{other}']}}\n"
        f"root_cause: c\nfix: {{steps: [{{do: Restart {words[5]}., risk: read-only}}]}}\nverification: e\n"
    )


def _names(root: Path) -> list[str]:
    return sorted(p.name for p in (root / "incidents").iterdir() if p.is_dir())


def _break(root: Path, name: str, pick: random.Random) -> None:
    (root / "incidents" / name / "incident.yaml").write_text("title: [\n")


def _unlink(root: Path, name: str, pick: random.Random) -> None:
    (root / "incidents" / name / "incident.yaml").unlink(missing_ok=True)


def _remove(root: Path, name: str, pick: random.Random) -> None:
    shutil.rmtree(root / "incidents" / name)


def _rename(root: Path, name: str, pick: random.Random) -> None:
    (root / "incidents" / name).rename(root / "incidents" / f"{name}-{pick.randint(0, 999)}")


def _swap(root: Path, name: str, pick: random.Random) -> None:
    one, other = root / "incidents" / name, root / "incidents" / pick.choice(_names(root))
    if one != other:
        one.rename(root / "aside")
        other.rename(one)
        (root / "aside").rename(other)


def _add(root: Path, name: str, pick: random.Random) -> None:
    _write(root, f"new-{pick.randint(0, 999)}", pick)


def _touch_all(root: Path, name: str, pick: random.Random) -> None:
    for path in root.glob("incidents/*/incident.yaml"):
        os.utime(path, ns=(1_000_000_000, 1_000_000_000 * pick.randint(1, 3)))


def _same_time_and_size(root: Path, name: str, pick: random.Random) -> None:
    path = root / "incidents" / name / "incident.yaml"
    if not path.exists():
        return
    about = path.stat()
    new = path.with_name("new")
    new.write_bytes(path.read_bytes().replace(b"cannot", b"CANNOT"))
    os.utime(new, ns=(about.st_atime_ns, about.st_mtime_ns))
    new.replace(path)  # another inode


def _twin(root: Path, name: str, pick: random.Random) -> None:
    twin = root / "incidents" / name.title()
    if twin.is_dir():
        twin.rmdir()
    elif name.islower():
        twin.mkdir()


def _site(root: Path, name: str, pick: random.Random) -> None:
    config = f"site_name: x\nsite_url: https://{pick.choice(WORDS)}.example\nplugins: {pick.choice(['[runbooks]', '7'])}\n"
    (root / "mkdocs.yml").write_text(config)


Edit = Callable[[Path, str, random.Random], None]
EDITS: list[Edit] = [
    *(_write, _write, _write, _break, _unlink, _remove, _rename, _swap, _add, _add),
    *(_touch_all, _same_time_and_size, _twin, _site),
]


def _told(known: Catalog) -> object:
    return dict(known.cards), list(known.rows), known.anchors, known.by_alert, known.skipped, known.bad_settings  # fmt: skip


def _kept(root: Path) -> object:
    """What is kept, without stamps: what was written just now has none."""
    parts, folders = read_parts(root), read_folders(root)
    assert parts is not None
    assert folders is not None
    parts = parts._replace(stamp="", stamps=(), settings=parts.settings._replace(stamp=""))
    return parts, {name: folder._replace(stamp="") for name, folder in folders.items()}


@pytest.mark.parametrize("seed", range(6))
def test_a_patched_catalog_equals_one_made_whole(tmp_path: Path, seed: int) -> None:
    pick = random.Random(seed)
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    for number in range(12):
        _write(tmp_path, f"case-{number}", pick)
    catalog(tmp_path, lambda: load(tmp_path))
    for _ in range(40):
        edit = pick.choice(EDITS)
        names = _names(tmp_path)
        edit(tmp_path, pick.choice(names), pick)
        if not (tmp_path / "incidents").is_dir() or not _names(tmp_path):
            _write(tmp_path, "again", pick)
        if pick.random() < 0.2:
            continue  # several edits at once
        cold = _told(make_catalog(load(tmp_path)))
        assert _told(catalog(tmp_path, _never)) == cold, edit.__name__  # type: ignore[arg-type]
        assert _told(catalog(tmp_path, _never)) == cold, edit.__name__  # type: ignore[arg-type]
        patched = _kept(tmp_path)
        (tmp_path / FILE).unlink()
        catalog(tmp_path, lambda: load(tmp_path))
        assert _kept(tmp_path) == patched


def test_of_many_changes_all_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    pick = random.Random(1)
    for number in range(60):
        _write(tmp_path, f"case-{number}", pick)
    catalog(tmp_path, lambda: load(tmp_path))
    _touch_all(tmp_path, "", pick)
    loads = []

    def loaded():
        loads.append(1)
        return load(tmp_path)

    found = catalog(tmp_path, loaded)
    assert loads == [1]
    assert _told(found) == _told(make_catalog(load(tmp_path)))


def test_what_has_no_file_loads_no_model(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    for name in ("empty", "one"):
        (tmp_path / "incidents" / name).mkdir(parents=True)
    _write(tmp_path, "one", random.Random(1))
    path = tmp_path / "incidents/one/incident.yaml"
    os.utime(path)
    time.sleep(0.1)  # the stamp of a file that has just changed is not kept
    code = (
        "import sys; from pathlib import Path; from generator.triage.catalog import catalog;"
        "catalog(Path(sys.argv[1]), None);"
        "print(*(m for m in sys.modules if m in ('pydantic', 'yaml', 'generator.model')))"
    )
    catalog(tmp_path, lambda: load(tmp_path))
    before = (tmp_path / FILE).stat()
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, cwd=ROOT)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
    assert (tmp_path / FILE).stat().st_ino == before.st_ino  # not written again
