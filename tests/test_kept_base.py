"""What is kept of incidents changes no answer: each command says the same as without a cache."""

from __future__ import annotations

import os
import random
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cache import state
from generator.cache.trust import FOLDER
from generator.cli import runbooks
from generator.knowledge.base import load
from generator.knowledge.loader import load_entry
from tests.conftest import ROOT
from tests.sites import incident_file, new_base, replace_line

COUNT = 6
COMMANDS = (
    ("lint", "--format", "json"),
    ("lint", "case-1", "--format", "json"),
    ("search", "connection", "refused", "--format", "json"),
    ("search", "FIRST", "lost", "a", "sample", "of", "host", "--format", "json"),
    ("show", "case-2", "--format", "markdown"),
    ("show", "case-2", "--format", "yaml"),
    ("show", "short-name"),
    ("checklist", "--all", "--format", "json"),
    ("stats", "--format", "json"),
    ("actions", "--format", "json"),
)

Answer = tuple[int, str, str]


def ask(root: Path, arguments: tuple[str, ...]) -> Answer:
    command, *others = arguments
    result = CliRunner().invoke(runbooks, [command, "--root", str(root), *others])
    assert result.exception is None or isinstance(result.exception, SystemExit), (
        arguments,
        result.exc_info,
    )
    return result.exit_code, result.stdout, result.stderr


def fresh(root: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> Answer:
    """The answer without a cache: without a key, nothing that is kept is read or written."""
    with monkeypatch.context() as patch:
        patch.setattr("generator.cache.trust.key", lambda: None)
        return ask(root, arguments)


def assert_same(root: Path, monkeypatch: pytest.MonkeyPatch, said: object) -> None:
    for arguments in COMMANDS:
        expected = fresh(root, arguments, monkeypatch)
        assert ask(root, arguments) == expected, (said, arguments)
        # Only an id can be unknown: it is renamed, removed, or one of several that begin like it.
        assert expected[0] in (0, 1) or "case-" in expected[2] or "short-name" in expected[2]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    root = new_base(tmp_path / "kb", COUNT)
    shutil.copytree(ROOT / "tests/data/full/incidents/everything", root / "incidents/everything")
    return root


class Edits:
    """Edits that a person, a checkout or an accident makes."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.root, self.chance, self.number = root, chance, 0

    @property
    def folders(self) -> list[Path]:
        return sorted(p for p in (self.root / "incidents").iterdir() if p.is_dir())

    def file(self) -> Path:
        return self.chance.choice(self.folders) / "incident.yaml"

    def title(self) -> None:
        self.number += 1
        replace_line(self.file(), "title", f"Title {self.number % 3}")

    def severity(self) -> None:
        replace_line(self.file(), "severity", self.chance.choice(["SEV1", "SEV2", "SEV3"]))

    def status(self) -> None:
        replace_line(self.file(), "status", self.chance.choice(["draft", "published"]))

    def relate(self) -> None:
        other = self.chance.choice(self.folders).name
        file = self.file()
        lines = [line for line in file.read_text().splitlines() if not line.startswith("related:")]
        file.write_text("\n".join([*lines, f"related: [{other}]", ""]))

    def alias(self) -> None:
        file = self.file()
        lines = [line for line in file.read_text().splitlines() if not line.startswith("aliases:")]
        alias = self.chance.choice(["OPS-1", "OPS-2", "short-name", self.folders[0].name])
        file.write_text("\n".join([*lines, f"aliases: [{alias}]", ""]))

    def signature(self) -> None:
        file = self.file()
        text = self.chance.choice(["FIRST lost a sample of {_}", "SECOND lost a sample of {_}"])
        sample = self.chance.choice(["FIRST lost a sample of host", "SECOND lost a sample of it"])
        head = [
            line for line in file.read_text().splitlines() if not line.startswith(("symptom:", " "))
        ]
        if any(line.startswith("title:") for line in head):
            file.write_text(
                f"title: One {self.chance.random()}\nstatus: draft\nsymptom:\n  description: It stops.\n"
                f"  signatures:\n    - text: '{text}'\n      matches: ['{sample}']\n"
            )

    def suppress(self) -> None:
        with self.file().open("a") as file:
            file.write("# lint: ignore[KB208] both are the same\n")

    def broken(self) -> None:
        with self.file().open("a") as file:
            file.write(self.chance.choice(["a: [\n", "nonsense: 1\n"]))

    def mend(self) -> None:
        name = self.chance.choice(range(COUNT))
        path = incident_file(self.root, name, COUNT)
        spare = new_base(self.root.parent / "spare", COUNT)
        path.parent.mkdir(exist_ok=True)
        shutil.copy(incident_file(spare, name, COUNT), path)

    def rename(self) -> None:
        folder = self.chance.choice(self.folders)
        target = folder.with_name(f"case-{self.chance.randrange(COUNT + 2)}")
        if not target.exists():
            folder.rename(target)

    def remove(self) -> None:
        if len(self.folders) > 3:
            shutil.rmtree(self.chance.choice(self.folders))

    def copy(self) -> None:
        target = self.root / "incidents" / f"case-{self.chance.randrange(COUNT + 4)}"
        if not target.exists():
            shutil.copytree(self.chance.choice(self.folders), target)

    def link(self) -> None:
        target = self.root / "incidents" / f"link-{self.chance.randrange(2)}"
        if target.is_symlink():
            target.unlink()
        else:
            target.symlink_to(self.chance.choice(self.folders).name)

    def touch(self) -> None:
        for folder in self.folders:
            if (folder / "incident.yaml").exists():
                os.utime(folder / "incident.yaml", ns=(1, 1))

    def same_size(self) -> None:
        file = self.file()
        times = file.stat()
        text = file.read_text()
        file.write_text(
            text.replace("SEV1", "SEV2") if "SEV1" in text else text.replace("SEV2", "SEV1")
        )
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))

    def evidence(self) -> None:
        path = self.root / "incidents/everything"
        if path.is_dir():
            files = [p for p in path.rglob("*") if p.is_file() and p.name != "incident.yaml"]
            if files:
                self.chance.choice(files).unlink()

    def beside(self) -> None:
        """Move a field into a file of its own, or back."""
        file = self.file()
        name = self.chance.choice(["proofs", "sources"])
        other, text = file.with_name(f"{name}.yaml"), file.read_text()
        if other.exists():
            file.write_text(text + other.read_text())
            other.unlink()
            return
        field = re.search(rf"(?m)^{name}:.*(?:\n[ #\n].*)*\n?", text)
        held = field[0] if field else f"{name}: []\n"
        other.write_text(held)
        file.write_text(text.replace(held, ""))

    def beside_another(self) -> None:
        file = self.file().with_name(self.chance.choice(["proofs.yaml", "sources.yaml"]))
        field = file.name.partition(".")[0]
        wrong = [f"{field}: [\n", "title: x\n", f"{field}:\n  - {{id: a, title: b, kind: log}}\n"]
        file.write_text(self.chance.choice([*wrong, f"{field}: []\n"]))

    def damage(self) -> None:
        kept = [p for p in (self.root / FOLDER).iterdir() if p.suffix in (".rows", ".json")]
        if kept:
            path = self.chance.choice(kept)
            content = bytearray(path.read_bytes())
            for _ in range(3):
                content[self.chance.randrange(len(content))] = self.chance.randrange(256)
            path.write_bytes(content[: self.chance.randrange(len(content)) + 1])

    def settings(self) -> None:
        path = self.root / "mkdocs.yml"
        text = path.read_text()
        plain = "- runbooks\n"
        hiding = "- runbooks: {drafts: false, proof_max_age_days: 1}\n"
        path.write_text(
            text.replace(plain, hiding) if plain in text else text.replace(hiding, plain)
        )

    def wait(self) -> None:
        time.sleep(0.03)

    def all(self) -> list[Callable[[], None]]:
        names = [
            n for n in vars(Edits) if not n.startswith("_") and n not in ("folders", "file", "all")
        ]
        return [getattr(self, name) for name in names]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_any_edits_give_what_a_base_without_a_cache_gives(
    seed: int, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    edits = Edits(base, chance)
    assert_same(base, monkeypatch, "at first")
    done: list[str] = []
    for _ in range(8):
        for edit in chance.choices(edits.all(), k=chance.choice([1, 1, 2, 4])):
            try:
                edit()
            except (OSError, AssertionError):  # such as a folder without a file
                continue
            done.append(edit.__name__)
        assert_same(base, monkeypatch, done)


@pytest.mark.parametrize("edit", [n.__name__ for n in Edits(Path(), random.Random()).all()])
def test_each_edit_gives_what_a_base_without_a_cache_gives(
    edit: str, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    time.sleep(0.03)
    for arguments in COMMANDS:
        ask(base, arguments)
    getattr(Edits(base, random.Random(edit)), edit)()
    assert_same(base, monkeypatch, edit)


@pytest.mark.parametrize("source", [ROOT, ROOT / "tests/data/full"], ids=lambda p: p.name)
def test_an_incident_that_was_kept_is_the_same(source: Path, tmp_path: Path) -> None:
    root = tmp_path / "kb"
    shutil.copytree(source / "incidents", root / "incidents")
    shutil.copy(source / "mkdocs.yml", root)
    time.sleep(0.03)
    expected = load(root)
    assert dict(load(root, kept=True).incidents) == dict(expected.incidents)
    again = load(root, kept=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.knowledge.kept.KeptIncidents._make", lambda *_: ())
        assert again.facts == expected.facts
        assert {i: repr(it) for i, it in again.incidents.items()} == {
            i: repr(it) for i, it in expected.incidents.items()
        }
    for entry, plain in zip(again.entries, expected.entries, strict=True):
        assert (entry.id, entry.file, entry.diagnostics) == (
            plain.id,
            plain.file,
            plain.diagnostics,
        )
        assert entry.incident is None or entry.incident.model_fields_set == (
            plain.incident and plain.incident.model_fields_set
        )
        assert entry.digest == plain.digest
        if plain.incident and plain.source:
            assert entry.source
            assert entry.source.text == plain.source.text


def test_what_did_not_change_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = new_base(tmp_path / "kb", COUNT)
    time.sleep(0.03)
    assert len(load(root, kept=True).facts) == COUNT
    read: list[str] = []

    def noted(root: Path, incident_id: str) -> object:
        read.append(incident_id)
        return load_entry(root, incident_id)

    monkeypatch.setattr("generator.knowledge.loader.load_entry", noted)
    base = load(root, kept=True)
    assert [base.incidents[i].title for i in base.newest]
    assert read == []
    replace_line(incident_file(root, 1, COUNT), "title", "Another")
    assert len(load(root, kept=True).newest) == COUNT
    assert read == ["case-1"]


def test_one_incident_is_read_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = new_base(tmp_path / "kb", COUNT)
    base = load(root, kept=True)
    monkeypatch.setattr("generator.knowledge.kept.KeptIncidents._make", None)
    assert base.by_id["case-3"].incident is not None


def test_state_is_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = new_base(tmp_path / "kb", COUNT)
    monkeypatch.setattr("generator.cache.trust.key", lambda: None)
    assert state.key is not None
    assert len(load(root, kept=True).incidents) == COUNT
    assert not (root / FOLDER).exists()
