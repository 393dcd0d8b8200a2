"""The formats of a checklist: they say the same, and no text of an incident can do anything in them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from generator.checklists.formats import FORMATS
from generator.checklists.formats.github import MOST, as_bitbucket, as_github
from generator.checklists.formats.json_format import SCHEMA
from generator.checklists.formats.markdown import as_markdown
from generator.checklists.items import Checklist, ChosenCheck, ParameterValue, Reason, ReleaseMatch
from generator.model import Expect, Level, Phase, Risk, Rollback
from generator.text.spreadsheet import spreadsheet_cell
from tests.conftest import FULL, ROOT
from tests.releases import check as new_check
from tests.releases import checklist, incident, write_base

HOSTILE = (
    '"; rm -rf ~', "%PATH%", "`id`", "$(id)", "</details><script>alert(1)</script>", "| a | b |",
    "[x](javascript:alert(1))", "@everyone #12", "- [ ] another", "=1+1", "```\n# x", "<!-- x", "&lt;",
)  # fmt: skip


def item(text: str = "All is well", **fields: object) -> ChosenCheck:
    known: dict[str, object] = {
        "id": "one/check",
        "phase": Phase.BEFORE,
        "level": Level.BLOCKING,
        "check": text,
        "run": "true",
        "expect": Expect(exit=0),
        "risk": Risk.READ_ONLY,
        "rollback": None,
        "needs": (),
        "timeout": "",
        "values": (),
        "reasons": (
            Reason(
                "one/check", "one", text, "SEV1", "draft", "2026-01-01", False,
                (ReleaseMatch("path", text, text),),
            ),
        ),
    }  # fmt: skip
    return ChosenCheck(**{**known, **fields})  # type: ignore[arg-type]


def hostile(text: str) -> Checklist:
    return Checklist(
        (
            item(
                text,
                run=text,
                expect=Expect(contains=(text,), shows=text),
                rollback=Rollback(do=text, run=text),
                needs=(text,),
                values=(ParameterValue("NAME", text, text, text),),
            ),
        ),
        text,
        unreadable=(text,),
    )


def blocks(markdown: str) -> list[str]:
    """Return the kinds of blocks that a reader of CommonMark finds."""
    return [token.type for token in MarkdownIt("commonmark").parse(markdown)]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_changes_nothing_in_markdown(text: str) -> None:
    for write in (as_markdown, as_github):
        plain, found = write(hostile("quiet")), write(hostile(text))
        kinds = [kind for kind in blocks(found) if kind != "html_block"]
        assert kinds == [kind for kind in blocks(plain) if kind != "html_block"]
        shown = MarkdownIt("commonmark").render(found)
        assert "<script" not in shown
        assert "href=" not in shown


def test_the_guide_has_every_format() -> None:
    guide = (ROOT / "docs/guide/release.md").read_text("utf-8")
    table = guide.split("## Formats")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {name.strip(" `") for cell in cells for name in cell.split(",")} == FORMATS.keys()


def test_nobody_is_notified_by_a_checklist() -> None:
    found = as_github(hostile("@team fixes #12"))
    outside_code = "\n".join(
        token.content
        for token in MarkdownIt("commonmark").parse(found)
        if token.type == "inline" and "<code>" not in token.content and "`" not in token.content
    )
    assert "@team" not in outside_code.replace("&#64;", "@")
    assert "#12" not in outside_code.replace("&#35;", "#")


@pytest.mark.parametrize("write", [as_github, as_bitbucket])
def test_a_secret_that_was_given_is_no_part_of_a_comment(
    write: Callable[[Checklist], str],
) -> None:
    values = (
        ParameterValue("API_TOKEN", "The token", value="hunter2hunter2", given=True),
        ParameterValue("URL", "Where", value="postgresql://me:hunter2hunter2@db/shop", given=True),
        ParameterValue("TABLE", "Which", value="Sessions", given=True),
    )
    secret = Checklist((item(run='psql "$URL" "$API_TOKEN" "$TABLE"', values=values),), "all")
    found = write(secret)
    assert "hunter2" not in found
    assert "export TABLE='Sessions'" in found
    assert "Set first: `API_TOKEN`: The token; `URL`: Where" in found
    assert "hunter2" in as_markdown(secret), "whoever asked for it keeps it"


@pytest.mark.parametrize("form", sorted(FORMATS.keys() - {"json", "sh"}))
def test_a_rollback_keeps_its_lines_and_gets_its_values(form: str) -> None:
    undo = Rollback(do="Put it back", run='cd shop\n./deploy "$TAG"')
    values = (ParameterValue("TAG", "Which", value="it's 1", given=True, needed=False),)
    text = FORMATS[form].write(Checklist((item(rollback=undo, values=values),), "all"))
    if form == "csv":
        text = next(csv.DictReader(io.StringIO(text)))["rollback"]
    lines = [line.removeprefix("undo1|").strip() for line in unescape(text).splitlines()]
    begin = next(n for n, line in enumerate(lines) if line.endswith("export TAG='it'\\''s 1'"))
    assert lines[begin + 1] == "cd shop"
    assert lines[begin + 2].removesuffix("</code></pre>") == './deploy "$TAG"'


def test_a_long_checklist_fits_into_a_comment() -> None:
    many = Checklist(tuple(item(f"check {n} " + "x" * 200) for n in range(2000)), "all")
    found = as_github(many)
    assert found.startswith("<!-- incident-runbooks checklist -->\n<!-- checks=2000 ")
    assert len(found) <= MOST
    assert "This list is cut" in found
    assert "<details>" not in found
    some = as_github(Checklist(many.items[:20], "all"))
    assert some.count("<details>") == some.count("</details>") == some.count("- [ ]") == 20


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1).filter(
    str.strip
)


@given(TEXTS | st.sampled_from(HOSTILE))
@settings(max_examples=150)
def test_csv_reads_back_and_holds_no_formula(text: str) -> None:
    found = list(csv.reader(io.StringIO(FORMATS["csv"].write(hostile(text)), newline="")))
    assert len(found) == 2
    assert len(found[0]) == len(found[1])
    assert found[1][3] in (text, f"'{text}")
    for value in found[1]:
        assert not value.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", " =1", "\uff1d1", "\rx"])
def test_what_a_spreadsheet_would_compute_is_text(text: str) -> None:
    assert spreadsheet_cell(text) == f"'{text}"
    assert spreadsheet_cell(f"x{text}") == f"x{text}"


@given(TEXTS | st.sampled_from(HOSTILE))
@settings(max_examples=60)
def test_json_holds_every_text_as_it_is(text: str) -> None:
    data = json.loads(FORMATS["json"].write(hostile(text)))
    jsonschema.validate(data, SCHEMA)
    [check] = data["checks"]
    assert check["check"] == check["run"] == check["expect"]["contains"][0] == text
    assert check["values"]["NAME"]["value"] == text


@pytest.mark.parametrize("root", [ROOT, FULL])
def test_json_of_real_incidents_is_what_its_schema_says(root: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    result = checklist(root, "--all", "--format", "json")
    data = json.loads(result.stdout)
    jsonschema.validate(data, SCHEMA)
    assert data["version"] == 1
    assert len(data["checks"]) > 1
    assert json.loads(checklist(root, "--schema").stdout) == SCHEMA


def test_values_are_filled_in_quoted(tmp_path: Path) -> None:
    base = write_base(
        tmp_path,
        {
            "one": incident(
                new_check("c", run='echo "$NAME"', risk="read-only", expect={"exit": 0}),
                parameters=[{"name": "NAME", "description": "A name."}],
            )
        },
    )
    empty = checklist(base, "--all").stdout
    assert "Set first: `NAME`: A name" in empty
    filled = checklist(base, "--all", "--set", "NAME=it's $HOME").stdout
    assert "export NAME='it'\\''s $HOME'\n  echo \"$NAME\"" in filled
    assert "Set first" not in filled


@pytest.mark.parametrize("form", list(FORMATS))
def test_a_file_is_written_whole_and_said(form: str, tmp_path: Path) -> None:
    target = tmp_path / "list.out"
    result = checklist(ROOT, "--all", "--format", form, "-o", target)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert f"{target}: " in result.stderr
    printed = checklist(ROOT, "--all", "--format", form).stdout_bytes
    assert len(target.read_bytes()) == len(printed)
    missing = tmp_path / "no" / "list.out"
    result = checklist(ROOT, "--all", "--format", form, "-o", missing)
    assert result.exit_code == 1
    assert "cannot write" in result.stderr
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("form", list(FORMATS))
def test_bytes_that_are_no_text_are_written_as_they_are_printed(form: str, tmp_path: Path) -> None:
    root = write_base(
        tmp_path / "kb",
        {
            "one": incident(
                new_check("c", run='echo "$NAME"', expect={"exit": 0}),
                parameters=[{"name": "NAME", "description": "A name"}],
            )
        },
    )
    command = (sys.executable, "-m", "generator", "checklist", "--root", root, "--all", "--format", form)  # fmt: skip
    given = ("--set", b"NAME=a\xff")
    printed = subprocess.run([*command, *given], capture_output=True, check=True).stdout
    target = tmp_path / "list"
    subprocess.run([*command, *given, "-o", target], capture_output=True, check=True)
    written = target.read_bytes()
    if form != "html":  # it says when it was made
        assert written == printed
    if form == "json":
        assert (
            json.loads(written.decode("utf-8"))["checks"][0]["values"]["NAME"]["value"] == "a\udcff"
        )
