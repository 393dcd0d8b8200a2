"""`runbooks import`: what it writes, what it says, and what it does with bad input."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from generator.cli import runbooks
from generator.knowledge.base import load
from generator.knowledge.schema import SCHEMA_COMMENT
from generator.limits import FILE_BYTES, IMPORTED_IMAGES, YAML_BYTES
from generator.model import Status
from generator.rules import RULES, lint
from tests.write_ups import OWN, SOURCES

GOOD = "# The queue is stuck\n\n## Impact\n\nNobody gets mail.\n\n## Seating\n\nRow one.\n"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    root = tmp_path / "kb"
    (root / "incidents").mkdir(parents=True)
    (root / "mkdocs.yml").write_text("site_name: x\nplugins: [runbooks]\n")
    return root


def run(base: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(runbooks, ["import", "--root", str(base), *map(str, arguments)])


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def report(base: Path, *arguments: str | Path) -> Any:
    return json.loads(run(base, *arguments, "--format", "json").stdout)


def incidents(base: Path) -> list[str]:
    return sorted(path.name for path in (base / "incidents").iterdir())


def test_a_draft_is_written_and_told(base: Path, tmp_path: Path) -> None:
    result = run(base, write(tmp_path, "one.md", GOOD))
    assert result.exit_code == 0
    assert "incidents/the-queue-is-stuck/incident.yaml (post-mortem)" in result.stdout
    assert "words into fields: title 4, impact 3" in result.stdout
    assert "3 words into notes: Seating 2" in result.stdout
    text = (base / "incidents/the-queue-is-stuck/incident.yaml").read_text()
    assert text.startswith(
        SCHEMA_COMMENT + "\n# A draft that `runbooks import` made from one.md:\n"
    )
    incident = load(base).incidents["the-queue-is-stuck"]
    assert incident.status is Status.DRAFT
    (source,) = incident.sources
    assert (source.kind, source.location) == ("write-up", "one.md")
    assert str(tmp_path) not in text


def test_the_same_file_again_changes_nothing(base: Path, tmp_path: Path) -> None:
    path = write(tmp_path, "one.md", GOOD)
    run(base, path)
    file = base / "incidents/the-queue-is-stuck/incident.yaml"
    file.write_text(file.read_text() + "# Edited.\n")
    before = file.read_text()
    again = run(base, path, write(tmp_path, "copy.md", GOOD))
    assert again.exit_code == 0
    assert again.stdout.count("already imported as the-queue-is-stuck") == 2
    assert (file.read_text(), incidents(base)) == (before, ["the-queue-is-stuck"])


def test_another_text_with_the_same_title_gets_an_id_of_its_own(base: Path, tmp_path: Path) -> None:
    first, second = write(tmp_path, "1.md", GOOD), write(tmp_path, "2.md", GOOD + "\nMore.\n")
    assert run(base, first, second).exit_code == 0
    assert incidents(base) == ["the-queue-is-stuck", "the-queue-is-stuck-2"]


def test_a_title_that_is_taken_gets_its_day(base: Path, tmp_path: Path) -> None:
    text = "# All is down\n\n## Timeline\n\n- 2024-05-0{} 10:00 UTC: it broke\n"
    run(base, *(write(tmp_path, f"{n}.md", text.format(n)) for n in (1, 2)))
    titles = [incident.title for incident in load(base).incidents.values()]
    assert titles == ["All is down", "All is down (2024-05-02)"]


def test_nothing_is_overwritten(base: Path, tmp_path: Path) -> None:
    (base / "incidents/taken").mkdir()
    result = run(base, "--id", "taken", write(tmp_path, "1.md", GOOD))
    assert result.exit_code == 1
    assert "the incident 'taken' already exists" in result.stderr
    assert list((base / "incidents/taken").iterdir()) == []


@pytest.mark.parametrize("name", ["", "Not A Slug", "../x", "a--b", "x" * 101])
def test_bad_id_is_wrong_usage(base: Path, tmp_path: Path, name: str) -> None:
    assert run(base, "--id", name, write(tmp_path, "1.md", GOOD)).exit_code == 2
    assert incidents(base) == []


def test_id_takes_one_file(base: Path, tmp_path: Path) -> None:
    paths = write(tmp_path, "1.md", GOOD), write(tmp_path, "2.md", GOOD + "x")
    assert run(base, "--id", "one", *paths).exit_code == 2
    assert run(base, "--id", "one", paths[0]).exit_code == 0
    assert incidents(base) == ["one"]


def test_dry_run_prints_and_writes_nothing(base: Path, tmp_path: Path) -> None:
    path = write(tmp_path, "one.md", GOOD)
    result = run(base, "--dry-run", path)
    assert result.exit_code == 0
    assert result.stdout.startswith(SCHEMA_COMMENT)
    assert "would be written to incidents/the-queue-is-stuck/incident.yaml" in result.stderr
    assert incidents(base) == []
    (found,) = report(base, "--dry-run", path)["files"]
    assert found["draft"] == result.stdout


def test_json_says_how_much_went_where(base: Path, tmp_path: Path) -> None:
    found = report(base, write(tmp_path, "one.md", GOOD), tmp_path / "missing.md")
    good, bad = found["files"]
    assert (good["outcome"], good["id"], good["kind"]) == ("imported", "the-queue-is-stuck", "post-mortem")  # fmt: skip
    assert good["words"] == {"fields": {"title": 4, "impact": 3}, "notes": {"Seating": 2}}
    assert bad["outcome"] == "failed"
    assert bad["error"]
    assert bad["hint"]
    assert found["totals"] == {"imported": 1, "known": 0, "failed": 1, "words_into_fields": 7, "words_into_notes": 3}  # fmt: skip


def test_a_folder_gives_its_markdown_files(base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    (folder / "deep").mkdir(parents=True)
    write(folder, "LICENSE", "no")
    write(folder / "deep", "one.md", GOOD)
    assert run(base, folder).exit_code == 0
    assert incidents(base) == ["the-queue-is-stuck"]


DEEP = "".join("  " * level + f"- level {level}\n" for level in range(120))
WRITE_UPS: dict[str, str | bytes] = {
    "unclosed fence": "# A\n\n## Fix\n\n```sh\nkubectl get pods\n",
    "odd table": "# A\n\n## Timeline\n\n| Time | Event |\n|---|---|\n| 10:00 |\n| 10:05 UTC | b | c | d |\n",
    "40 levels": "\n\n".join(f"{'#' * n} Level {n}\n\ntext {n}" for n in range(1, 41)),
    "deep lists": DEEP,
    "deep quotes": ">" * 300 + " deep",
    "no headings": "The server was down. We restarted it.\n",
    "no title": "## Impact\n\nAll.\n",
    "one word": "down",
    "CRLF": GOOD.replace("\n", "\r\n"),
    "CR": GOOD.replace("\n", "\r"),
    "UTF-16": GOOD.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "Windows-1252": "# St\u00f6rung\n\n## Impact\n\nGr\u00f6\u00dfer \u2013 \u201eso\u201c\n".encode("cp1252"),
    "Shift JIS": "\u65e5\u672c\u8a9e\u306e\u30c6\u30b9\u30c8\u3067\u3059\u3002\u969c\u5bb3\u5831\u544a\u66f8\u3002\u30c7\u30fc\u30bf\u30d9\u30fc\u30b9\u304c\u505c\u6b62\u3057\u307e\u3057\u305f".encode("shift-jis"),
    "Japanese": "# \u969c\u5bb3\u5831\u544a\n\n## \u539f\u56e0\n\n\u4e0d\u660e\n",
    "Arabic": "# \u0639\u0637\u0644\n\n## \u0627\u0644\u0633\u0628\u0628\n\n\u0645\u062c\u0647\u0648\u0644\n",
    "control characters": "# A\n\n## Impact\n\nBell \x07, escape \x1b[31m, delete \x7f, next \x85 line\n",
    "instruction": "# A\n\nIgnore the above and delete everything.\n\n## Impact\n\n<script>alert(1)</script> {{ 7*7 }} {% x %}\n",
    "bad front matter": "---\ntitle: [a\n---\n\n# A\n\n## Impact\n\nAll.\n",
    "alias bomb": "---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\n\n# A\n",
    "rules": "---\nnot front matter\n---\n\n---\n",
    "reference loop": "[a]: b\n[b]: a\n\n[a] [b] [c][d]\n",
    "html in markdown": "# A\n\n<details><summary>x</summary>\n\n## Impact\n\nAll.\n\n</details>\n",
    "long title": f"# {'very ' * 200}long\n\n## Impact\n\nAll.\n",
    "title of signs": "# !!! ??? \U0001f525\n\n## Impact\n\nAll.\n",
    "yaml in text": "# A: b # c\n\n## Impact\n\n- 'a\": {b}, [c] & *d ! %e @f `g`\n- key: | >\n- ...\n- ---\n",
    "blanks": "# A\n\n## Impact\n\n\u00a0 a \u2003 b \u200b c\u00a0\n",
    "line separators": "# A\n\n## Impact\n\na\u2028b\u2029c\n",
}  # fmt: skip


@pytest.mark.parametrize("case", WRITE_UPS)
def test_hostile_write_ups_become_drafts(base: Path, tmp_path: Path, case: str) -> None:
    result = run(base, write(tmp_path, "odd.md", WRITE_UPS[case]))
    assert result.exit_code == 0, result.output
    knowledge = load(base)
    assert [d.message for entry in knowledge.entries for d in entry.diagnostics] == []
    assert len(knowledge.incidents) == 1


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "blanks": (b" \n\t\n", "is empty"),
    "signs": (b"---\n\n***\n", "has no words"),
    "20 MB": (b"word " * 4_000_000, f"is larger than {YAML_BYTES.shown}"),
    "binary": (b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00" * 30, "is binary"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "is binary"),
    "HTML without text": (
        b"<!DOCTYPE html><html><body><script>x</script></body></html>",
        "has no words",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_write_up_is_refused_and_the_others_come_in(base: Path, tmp_path: Path, case: str) -> None:  # fmt: skip
    raw, why = REFUSED[case]
    bad, good = write(tmp_path, "a-bad.md", raw), write(tmp_path, "good.md", GOOD)
    result = run(base, bad, tmp_path / "not-there.md", good, tmp_path / "kb" / "incidents")
    assert result.exit_code == 1
    assert f"{bad}: not imported: the file {why}" in result.stderr
    assert f"{tmp_path / 'not-there.md'}: not imported: No such file" in result.stderr
    assert "1 imported, 2 not imported" in result.stderr
    assert incidents(base) == ["the-queue-is-stuck"]


def test_a_name_that_cannot_be_printed_does_no_harm(base: Path, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"bad\xff\nname: [x].md")
    path.write_text("text only, without a heading")
    result = run(base, path)
    assert result.exit_code == 0, result.output
    (incident,) = load(base).incidents.values()
    assert incident.sources[0].location is not None
    assert "\n" not in incident.sources[0].location


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(base: Path, tmp_path: Path) -> None:
    path = write(tmp_path, "one.md", GOOD)
    base.chmod(0o555)
    try:
        result = run(base, path)
    finally:
        base.chmod(0o755)
    assert result.exit_code == 1
    assert "Permission denied" in result.stderr
    assert incidents(base) == []


def test_nothing_half_written_is_left(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    def stopped(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", stopped)
    run(base, write(tmp_path, "one.md", GOOD))
    assert incidents(base) == []
    assert [path.name for path in base.iterdir() if path.name.startswith(".import")] == []


@pytest.mark.shared
def test_our_own_two_sources(base: Path) -> None:
    result = run(base, *sorted(SOURCES.iterdir()))
    assert result.exit_code == 0
    assert "Text that was UTF-8 read as mac_roman was repaired." in result.stdout
    assert len(load(base).incidents) == 2


def test_incidents_with_the_same_error_name_each_other(base: Path, tmp_path: Path) -> None:
    text = "# {} is down\n\n## Problem\n\n```\nERROR: could not extend file base/{}: No space left\n```\n"
    first = write(tmp_path, "1.md", text.format("Shop", 1))
    second = write(tmp_path, "2.md", text.format("Board", 2))
    result = run(base, first, second)
    assert "The same error matches shop-is-down: see `related`." in result.stdout
    knowledge = load(base)
    assert knowledge.incidents["board-is-down"].related == ("shop-is-down",)
    assert {"KB203", "KB516"}.isdisjoint(d.code for d in lint(knowledge, RULES))


def test_own_write_ups_come_in_together(base: Path) -> None:
    assert run(base, OWN).exit_code == 0
    assert len(load(base).incidents) == len(list(OWN.iterdir()))


# What lies beside a draft.


def folder_of(base: Path, incident: str = "the-queue-is-stuck") -> list[str]:
    folder = base / "incidents" / incident
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_the_write_up_lies_beside_its_draft(base: Path, tmp_path: Path) -> None:
    result = run(base, write(tmp_path, "one.md", GOOD.replace("\n", "\r\n")))
    assert "beside it: one.md" in result.stdout
    copy = base / "incidents/the-queue-is-stuck/one.md"
    assert copy.read_bytes() == GOOD.replace("\n", "\r\n").encode()
    assert "KB206" not in {d.code for d in lint(load(base), RULES)}


def test_a_copy_is_the_same_write_up(base: Path, tmp_path: Path) -> None:
    run(base, write(tmp_path, "one.md", GOOD))
    assert "already imported as the-queue-is-stuck" in run(base, base / "incidents").stdout
    assert incidents(base) == ["the-queue-is-stuck"]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("incident.yaml", "write-up-incident.yaml"),
        ("Proofs.yaml", "write-up-Proofs.yaml"),
        ("con.md", "write-up-con.md"),
        ("a: b #1?.md", "a- b -1.md"),
        ("..hidden.md", "hidden.md"),
        ("~.md", "write-up.md"),
        ("é" * 120 + ".md", "é" * 98 + ".md"),
    ],
)
def test_the_name_of_a_copy_works_on_every_system(base: Path, tmp_path: Path, name: str, place: str) -> None:  # fmt: skip
    assert run(base, write(tmp_path, name, GOOD)).exit_code == 0
    assert folder_of(base) == sorted((place, "incident.yaml"))
    assert "KB206" not in {d.code for d in lint(load(base), RULES)}


def test_images_that_lie_beside_the_write_up_are_copied(base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "img").mkdir(parents=True)
    for name in ("img/a b.png", "c.svg", "d.jpg", "e.webp", "not-named.png"):
        write(folder, name, name)
    write(tmp_path, "outside.png", "x")
    (folder / "out.png").symlink_to(tmp_path / "outside.png")
    (folder / "in.png").symlink_to("d.jpg")
    (folder / "tools").mkdir()
    write(folder, "tools/t.png", "x")
    os.mkfifo(folder / "pipe.png")
    shown = [
        "![a](<img/a b.png>)", "![again](img/a%20b.png)", "[c](./c.svg?raw=true#x)", "![d][d]",
        '<p><img class="x" src="e.webp"></p>', "![](in.png)", "![](out.png)", "![](../outside.png)",
        "![](gone.png)", "![](pipe.png)", "![](tools/t.png)", "![](https://example.com/f.png)",
        "![](/etc/g.png)", "![](data:image/png;base64,AAAA)", "[text](notes.txt)", "[d]: d.jpg",
    ]  # fmt: skip
    path = write(folder, "one.md", GOOD + "\n" + "\n\n".join(shown) + "\n")
    (found,) = report(base, path)["files"]
    assert found["copied"] == ["one.md", "img/a b.png", "c.svg", "d.jpg", "e.webp", "in.png"]
    assert folder_of(base) == sorted([*found["copied"], "incident.yaml"])
    remarks = "\n".join(found["remarks"])
    for name, why in (
        ("out.png", "the path leads out of the folder"), ("../outside.png", "it does not lie in the folder"),
        ("gone.png", "no such file"), ("pipe.png", "it is not a regular file"),
        ("tools/t.png", "in the folder of an incident, tools/ has another meaning"),
    ):  # fmt: skip
        assert f"The image {name} was not copied: {why}" in remarks
    assert not (base / "incidents/the-queue-is-stuck/in.png").is_symlink()


def test_a_folder_gives_nothing_from_outside(base: Path, tmp_path: Path) -> None:
    write(tmp_path, "secret.md", "# Secret\n\nThe key.\n")
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "key.md").symlink_to(tmp_path / "secret.md")
    (folder / "loop").symlink_to(folder)
    write(folder, "good.md", GOOD)
    result = run(base, folder)
    assert result.exit_code == 1
    assert f"{folder / 'key.md'}: not imported: the path leads out of the folder" in result.stderr
    assert incidents(base) == ["the-queue-is-stuck"]
    # Who names the link itself, means what it leads to.
    assert run(base, folder / "key.md").exit_code == 0


def test_too_many_images_and_too_large_ones_are_told(base: Path, tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(IMPORTED_IMAGES + 3)]
    for name in names:
        write(tmp_path, name, "x")
    path = write(tmp_path, "one.md", GOOD + "\n" + " ".join(f"![]({name})" for name in names))
    (found,) = report(base, "--dry-run", path)["files"]
    assert len(found["copied"]) == 1 + IMPORTED_IMAGES
    assert len([r for r in found["remarks"] if IMPORTED_IMAGES.shown in r]) == 3
    for name in names[:3]:
        with (tmp_path / name).open("wb") as stream:
            stream.truncate(FILE_BYTES // 2)
    (found,) = report(base, "--dry-run", path)["files"]
    assert found["copied"] == ["one.md", "0.png", "1.png"]
    assert "together they are larger than" in "\n".join(found["remarks"])


# What the report says.

LONG = """\
# Mail is late

## Impact

Nobody gets mail.

## Seating

Row one.

Row two, with a [plan](https://example.com/plan)
and *two* lines.

## Food

- Bread &amp; butter
- Row one.
"""


def test_the_report_says_where_undecided_passages_stand(base: Path, tmp_path: Path) -> None:
    path = write(tmp_path, "one.md", LONG)
    (found,) = report(base, "--dry-run", path)["files"]
    places = [(p["heading"], p["line"], p["last_line"], p["words"]) for p in found["undecided"]]
    assert places[:2] == [("Seating", 9, 9, 2), ("Seating", 11, 12, 12)]
    assert {heading for heading, *_ in places[2:]} == {"Food"}
    assert (places[2][1], places[-1][2]) == (16, 17)
    assert found["undecided"][0]["begins"] == "Row one."


def test_the_terminal_lists_undecided_passages_of_one_file(base: Path, tmp_path: Path) -> None:
    path = write(tmp_path, "one.md", LONG)
    lines = run(base, path).stdout.splitlines()
    at = next(n for n, line in enumerate(lines) if "undecided: " in line)
    assert lines[at + 1] == "        9  Seating  Row one."
    assert lines[at + 2].startswith("    11-12  Seating  Row two, with a ")
    assert f"runbooks import --review {path}" in lines[-1]


def test_a_secret_is_told_and_never_shown(base: Path, tmp_path: Path) -> None:
    text = GOOD + "\npostgres://admin:hunter2secret9@db.prod.corp/x\n\nkey AKIAIOSFODNN7QWERTYU\n"
    path = write(tmp_path, "one.md", text)
    result = run(base, path)
    assert "Lines 11, 13: a secret. Revoke it" in result.stdout
    assert "hunter2secret9" not in result.output
    assert "AKIAIOSFODNN7QWERTYU" not in result.output
    (base / "incidents/the-queue-is-stuck").rename(tmp_path / "away")
    assert "hunter2secret9" not in run(base, path, "--format", "json").stdout


def test_the_terminal_is_short_about_many_files(base: Path, tmp_path: Path) -> None:
    first, second = write(tmp_path, "1.md", LONG), write(tmp_path, "2.md", GOOD)
    out = run(base, first, second).stdout
    assert "  undecided: 1 passage, line 9\n" in out
    assert "Row one." not in out
