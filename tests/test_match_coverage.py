"""`runbooks match --coverage`: which texts of a folder are known."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from generator.cli import runbooks

SIGNATURES = {"disk-full": "no space left on {DEVICE}", "pool-empty": "pool {NAME} is empty"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A knowledge base of two incidents, each with a signature; one has an alert."""
    for name, signature in SIGNATURES.items():
        incident = {
            "title": name, "severity": "SEV2", "root_cause": "r", "fix": "f", "verification": "v",
            "symptom": {"description": "s", "signatures": [signature], "alerts": [f"Alert-{name}"]},
        }  # fmt: skip
        file = tmp_path / "kb/incidents" / name / "incident.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(yaml.safe_dump(incident), "utf-8")
    (tmp_path / "kb/mkdocs.yml").write_text("site_name: x\n", "utf-8")
    return tmp_path / "kb"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    return folder


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")


def cover(root: Path, folder: Path, *options: str) -> Result:
    return CliRunner().invoke(
        runbooks, ["match", "--root", str(root), "--coverage", str(folder), *options]
    )


def test_known_texts_are_named_and_the_exit_code_is_0(root: Path, texts: Path) -> None:
    write(texts, a="no space left on sda", b="x\npool main is empty\nno space left on sda\n")
    done = cover(root, texts)
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "a.txt  disk-full",
        "b.txt  disk-full (also pool-empty)",
        "",
        "2 texts: 2 known (100%), 0 unknown (0%)",
        "     2  disk-full",
    ]


def test_an_unknown_text_is_a_finding(root: Path, texts: Path) -> None:
    write(texts, a="no space left on sda", b="something else", c="", d="more")
    done = cover(root, texts)
    assert done.exit_code == 1
    assert "b.txt  none" in done.output.splitlines()
    assert "4 texts: 1 known (25%), 3 unknown (75%)" in done.output.splitlines()


def test_a_folder_says_what_its_texts_should_show(root: Path, texts: Path) -> None:
    for name in ("disk-full", "none", "somewhere"):
        (texts / name).mkdir()
    write(texts / "disk-full", right="no space left on sda", other="pool main is empty", missed="?")
    write(texts / "none", right="fine", other="pool main is empty")
    write(texts / "somewhere", any="pool main is empty")
    done = cover(root, texts, "--format", "json")
    assert done.exit_code == 1
    said = json.loads(done.output)
    assert {t["file"]: (t["state"], t["expected"]) for t in said["texts"]} == {
        "disk-full/missed.txt": ("unknown", "disk-full"),
        "disk-full/other.txt": ("wrong", "disk-full"),
        "disk-full/right.txt": ("known", "disk-full"),
        "none/other.txt": ("wrong", "none"),
        "none/right.txt": ("none", "none"),
        "somewhere/any.txt": ("known", None),
    }
    assert said["totals"] == {"texts": 6, "known": 2, "unknown": 1, "wrong": 2, "none": 1, "unreadable": 0}  # fmt: skip
    assert said["incidents"] == {"pool-empty": 3, "disk-full": 1}
    assert "none/other.txt        pool-empty  WRONG: expected none" in cover(root, texts).output


def test_texts_that_rightly_show_nothing_are_no_finding(root: Path, texts: Path) -> None:
    (texts / "none").mkdir()
    write(texts / "none", a="fine")
    assert cover(root, texts).exit_code == 0


def test_an_alert_counts(root: Path, texts: Path) -> None:
    alert = {"status": "firing", "labels": {"alertname": "Alert-pool-empty"}}
    body = {"version": "4", "status": "firing", "alerts": [alert]}
    (texts / "webhook.json").write_text(json.dumps(body), "utf-8")
    assert cover(root, texts).output.startswith("webhook.json  pool-empty\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in the file system")
def test_what_cannot_be_read_is_said_and_the_rest_is_answered(root: Path, texts: Path) -> None:
    write(texts, a="no space left on sda")
    os.mkfifo(texts / "pipe")
    (texts / "outside").symlink_to(root / "mkdocs.yml")
    (texts / "broken.gz").write_bytes(b"\x1f\x8b broken")
    (texts / ".hidden").mkdir()
    write(texts / ".hidden", x="pool main is empty")
    done = cover(root, texts, "--format", "json")
    assert done.exit_code == 2
    said = json.loads(done.stdout)
    assert {t["file"]: t["state"] for t in said["texts"]} == {
        "a.txt": "known", "broken.gz": "unreadable", "outside": "unreadable", "pipe": "unreadable",
    }  # fmt: skip
    notes = {t["file"]: " ".join(t["notes"]) for t in said["texts"]}
    assert notes["pipe"] == "pipe: it is not a regular file"
    assert notes["outside"] == "outside: the path leads out of the folder"
    assert "damaged" in notes["broken.gz"]


def test_hostile_names_and_texts_do_nothing_to_the_terminal(root: Path, texts: Path) -> None:
    (texts / "a\x1b]0;owned\x07.txt").write_bytes(
        b"\xff\x00\x1b[2J no space left on \x1b[31m\n" * 9
    )
    done = cover(root, texts)
    assert "\x1b" not in done.output
    assert done.exit_code in (0, 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--coverage", "nowhere"], "does not exist"),
        (["--coverage", "mkdocs.yml"], "is a file"),
        (["--coverage", ".", "server.log"], "neither FILE nor --follow"),
        (["--coverage", ".", "--follow"], "neither FILE nor --follow"),
        (["--coverage", "empty"], "has no files"),
    ],
)
def test_wrong_usage_is_said(
    arguments: list[str], said: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    (root / "empty").mkdir()
    done = CliRunner().invoke(runbooks, ["match", *arguments])
    assert done.exit_code == 2
    assert said in done.output


def test_a_thousand_texts_are_read_once_each(root: Path, texts: Path) -> None:
    for number in range(1000):
        write(texts, **{f"t{number:04}": f"pool p{number} is empty"})
    said = json.loads(cover(root, texts, "--format", "json").output)
    assert said["totals"]["known"] == 1000
    assert [t["file"] for t in said["texts"]] == sorted(t["file"] for t in said["texts"])
