"""`runbooks export`: what a post-mortem says, and the command around it."""

from __future__ import annotations

import csv
import io
import os
import pty
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from icalendar import Calendar

from generator.cli import runbooks
from generator.knowledge.base import load
from generator.postmortems import FORMATS, ExportRequest
from generator.postmortems.contents import post_mortem
from generator.postmortems.document import MissingPart, PostMortem, PrintedTable, without_styles
from tests.conftest import FULL, ROOT

BASE = Path(__file__).parent / "data" / "postmortem"
GOLDEN = Path(__file__).parent / "golden" / "postmortem"
TODAY = date(2026, 11, 21)

ORDER = [
    "Summary",
    "Impact",
    "Timeline",
    "Root cause",
    "What it was not",
    "Detection",
    "Resolution",
    "Lessons learned",
    "Action items",
    "Deploy checks",
    "Sources",
    "Notes",
]


def run(*arguments: str | Path, root: Path = BASE) -> Result:
    return CliRunner().invoke(runbooks, ["export", *map(str, arguments), "--root", str(root)])


def document(incident_id: str, root: Path = BASE) -> PostMortem:
    base = load(root, today=TODAY)
    return post_mortem(base, incident_id, base.settings.site_url, TODAY)


def changed(tmp_path: Path, **fields: object) -> Path:
    """A knowledge base with one incident: `checkout-timeouts`, with other fields."""
    shutil.copytree(BASE, tmp_path / "kb")
    path = tmp_path / "kb/incidents/checkout-timeouts/incident.yaml"
    incident = yaml.load(path.read_text(), yaml.BaseLoader)
    incident |= fields
    path.write_text(yaml.safe_dump({k: v for k, v in incident.items() if v is not None}))
    return tmp_path / "kb"


def text_of(of: PostMortem, key: str) -> str:
    """All words of a section, block by block."""

    def told(block: object) -> str:
        match block:
            case PrintedTable(head, rows, _):
                cells = [head, *([without_styles(c) for c in row] for row in rows)]
                return "\n".join(" | ".join(row) for row in cells)
            case MissingPart(text):
                return text
            case _ if hasattr(block, "items"):
                return "\n".join(told(b) for item in block.items for b in item)
            case _:
                value = block.text
                return value if isinstance(value, str) else without_styles(value)

    section = next(s for s in of.sections if s.key == key)
    return "\n".join(told(block) for block in section.blocks)


# -- what it says --------------------------------------------------------------------------------


def test_sections_come_in_the_order_that_reviewers_know() -> None:
    assert [s.title for s in document("checkout-timeouts").sections] == ORDER


def test_what_a_draft_lacks_is_shown_as_lacking() -> None:
    of = document("unwritten")
    standard = [
        t for t in ORDER if t not in ("What it was not", "Deploy checks", "Sources", "Notes")
    ]
    assert [s.title for s in of.sections] == standard
    for section in of.sections:
        assert any(isinstance(block, MissingPart) for block in section.blocks), section.title
        assert "Not written yet." in text_of(of, section.key)
    assert "draft" in without_styles(of.notice)


def test_factors_without_a_cause_do_not_hide_that_it_lacks(tmp_path: Path) -> None:
    cause = {"statement": "Not written yet.", "contributing_factors": ["Nobody looked."]}
    of = document("checkout-timeouts", changed(tmp_path, status="draft", root_cause=cause))
    assert text_of(of, "root-cause").splitlines() == [
        "Not written yet.",
        "Contributing factors",
        "Nobody looked. (reported)",
    ]


def test_what_a_published_one_lacks_is_not_recorded() -> None:
    of = document("cache-stampede")
    assert text_of(of, "impact") == "Nothing is recorded."
    assert "Not written yet." not in "".join(text_of(of, s.key) for s in of.sections)
    assert not of.notice


def test_a_withdrawn_one_says_so_and_what_replaces_it() -> None:
    of = document("withdrawn-one")
    assert without_styles(of.notice) == "This post-mortem is withdrawn."
    assert (
        without_styles(dict(of.facts)["Replaced by"]) == "cache-stampede: All caches expire at once"
    )


def test_title_block() -> None:
    facts = {label: without_styles(value) for label, value in document("checkout-timeouts").facts}
    assert facts == {
        "Id": "checkout-timeouts",
        "Also known as": "INC-311",
        "Severity": "SEV2",
        "Status": "reviewed",
        "Components": "checkout, postgresql",
        "Began": "2026-03-03 10:02 UTC",
        "Documented": "2026-03-04",
        "Recurrence of": "cache-stampede: All caches expire at once",
        "Related": "cache-stampede: All caches expire at once",
        "Reviews": "2026-03-04 draft by Checkout team\n"
        "2026-03-09 reviewed by Site reliability (Timeline compared with the logs.)",
        "Runbook": "https://kb.example/incidents/checkout-timeouts/",
    }


def test_times_are_in_utc_and_in_order() -> None:
    rows = text_of(document("checkout-timeouts"), "timeline").splitlines()
    assert rows[1:4] == [
        "2026-03-03 10:02 | 4.2 is out. | started",
        "2026-03-03 10:09:30 | The alert fires | twice. (observed; source 1) | detected",
        "2026-03-03 12:04 | 4.1 is back. | mitigated",
    ]


def test_durations_say_whether_they_are_derived_or_stated() -> None:
    told = text_of(document("checkout-timeouts"), "timeline")
    assert "(TTD) | 7 min 30 s | computed from the timeline: started to detected" in told
    assert "(TTR) | unknown | no event of the timeline is marked as resolved" in told
    assert "Time to recovery | about 2 hours | reported, not computed, up to resolved" in told


def test_milestones_in_the_wrong_order_give_no_duration(tmp_path: Path) -> None:
    events = [
        {"at": "2026-03-03T10:00:00Z", "what": "a", "marks": "detected"},
        {"at": "2026-03-03T11:00:00Z", "what": "b", "marks": "started"},
    ]
    told = text_of(document("checkout-timeouts", changed(tmp_path, timeline=events)), "timeline")
    assert "(TTD) | unknown | in the timeline, it was detected before it started" in told


def test_stated_durations_are_shown_without_a_timeline(tmp_path: Path) -> None:
    told = text_of(document("checkout-timeouts", changed(tmp_path, timeline=None)), "timeline")
    assert told.startswith("Not written yet.")
    assert "about 2 hours" in told
    assert "derived from" not in told


def test_nothing_is_called_proved_that_is_not() -> None:
    cause = text_of(document("everything", FULL), "root-cause")
    assert "(not proved: proof reads-once never ran; sources 1, 2)" in cause
    own = document("postgresql-concurrent-create-table", ROOT)
    assert "(proved by race; sources " in text_of(own, "root-cause")
    assert "proved false by no-built-in-type" in text_of(own, "ruled-out")


def test_values_are_explained_where_commands_use_them() -> None:
    told = text_of(document("postgresql-concurrent-create-table", ROOT), "resolution")
    values = told.partition("Values in the commands")[2]
    assert "NEW_TABLE | The table that the fixed release uses" in values
    assert "TEST_SERVER" not in values  # only the checks use it, and they are not shown as commands


def test_overdue_items_are_marked_from_the_day_of_the_export() -> None:
    rows = text_of(document("checkout-timeouts"), "action-items").splitlines()
    assert "| open, overdue | OPS-7" in rows[1]
    assert "| in-progress |" in rows[2]
    assert "| done |" in rows[4]


# -- golden files --------------------------------------------------------------------------------


def dump(content: bytes) -> bytes:
    """A DOCX as text: what a reader sees, with the style of each paragraph."""
    import docx
    from docx.table import Table as DocxTable

    lines = []
    for block in docx.Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(block, DocxTable):
            lines += ["| " + " | ".join(c.text for c in row.cells) + " |" for row in block.rows]
        else:
            lines.append(f"[{block.style.name}] {block.text}")
    return "\n".join(lines).encode() + b"\n"


@pytest.mark.golden
@pytest.mark.parametrize("form", list(FORMATS))
@pytest.mark.parametrize("incident_id", ["checkout-timeouts", "unwritten"])
def test_golden(form: str, incident_id: str, request: pytest.FixtureRequest) -> None:
    base = load(BASE, today=TODAY)
    made = FORMATS[form].write(ExportRequest(base, (incident_id,), TODAY, base.settings.site_url))
    content = dump(made.content) if form == "docx" else made.content
    ending = ".docx.txt" if form == "docx" else FORMATS[form].endings[0]
    golden = GOLDEN / f"{incident_id}{ending}"
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(content)
    # A checkout may have changed the line ends that CSV and iCalendar prescribe.
    expected = golden.read_bytes().replace(b"\r\n", b"\n")
    assert content.replace(b"\r\n", b"\n") == expected, "if it is meant: make golden"


@pytest.mark.parametrize("form", list(FORMATS))
def test_the_same_incident_gives_the_same_bytes(form: str) -> None:
    def made() -> bytes:
        return FORMATS[form].write(ExportRequest(load(BASE), ("checkout-timeouts",), TODAY)).content

    assert made() == made()


# -- the command ---------------------------------------------------------------------------------


def test_markdown_is_printed_unless_something_else_is_asked_for() -> None:
    result = run("checkout-timeouts")
    assert result.exit_code == 0
    assert result.stdout.startswith("# Checkout times out")
    assert result.stdout == run("checkout-timeouts", "--format", "markdown").stdout
    assert result.stdout == run("checkout-timeouts", "-o", "-").stdout


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("a.md", b"# Checkout"),
        ("a.html", b"<!doctype html>"),
        ("a.DOCX", b"PK"),
        ("a.csv", b"incident,"),
        ("a.ics", b"BEGIN:VCALENDAR"),
        ("a", b"# Checkout"),
    ],
)
def test_the_name_of_the_file_says_which_format(tmp_path: Path, name: str, begins: bytes) -> None:
    result = run("checkout-timeouts", "-o", tmp_path / name)
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_name_that_says_nothing_known_is_asked_about(tmp_path: Path) -> None:
    result = run("checkout-timeouts", "-o", tmp_path / "a.pdf")
    assert result.exit_code == 2
    assert "no format has the extension .pdf; add --format" in result.stderr
    assert not list(tmp_path.iterdir())
    assert run("checkout-timeouts", "-o", tmp_path / "a.pdf", "--format", "csv").exit_code == 0


def test_ids_may_be_aliases_and_beginnings() -> None:
    for name in ("INC-311", "check", "checkout-timeouts"):
        assert run(name).stdout.startswith("# Checkout times out")


@pytest.mark.parametrize("form", list(FORMATS))
def test_an_unknown_id_gets_near_ones(form: str) -> None:
    result = run("chekout-timeout", "--format", form)
    assert result.exit_code == 2
    assert "did you mean checkout-timeouts?" in result.stderr


def test_a_broken_incident_leads_to_lint(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    result = run("everything", "broken", "--format", "csv", "-o", target, root=FULL)
    assert result.exit_code == 1
    assert "incidents/broken/incident.yaml:3:11: error[KB104]" in result.stderr
    assert "fix what `runbooks lint broken` reports" in result.stderr
    assert not target.exists()


def test_what_lint_calls_an_error_is_not_exported(tmp_path: Path) -> None:
    root = changed(tmp_path)
    file = root / "incidents/cache-stampede/incident.yaml"
    file.write_text(file.read_text() + "escalation: [{role: On-call, contact: 'javascript:alert(1)'}]\n")  # fmt: skip
    target = tmp_path / "a.html"
    result = run("cache", "-o", target, root=root)
    assert result.exit_code == 1
    assert "error[KB207]" in result.stderr
    assert "cache-stampede has errors, so nothing was exported" in result.stderr
    assert "warning[" not in result.stderr
    assert "hint[" not in result.stderr
    assert not target.exists()
    result = run("--all", "--format", "csv", root=root)
    assert result.exit_code == 0
    assert "left out: 1 incident with errors: cache-stampede; run runbooks lint" in result.stderr
    assert {row["incident"] for row in csv.DictReader(io.StringIO(result.stdout))} == {"checkout-timeouts"}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "no incident is named; add its ID"),
        (["--format", "csv"], "or --all"),
        (["checkout-timeouts", "unwritten"], "markdown takes one incident at a time"),
        (["--all", "--format", "html"], "csv and ics take several"),
        (["unwritten", "--all", "--format", "csv"], "not both"),
        (["unwritten", "--format", "pdf"], "'pdf' is not one of"),
    ],
)
def test_wrong_usage(arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr


def test_several_incidents_in_one_table() -> None:
    def ids(*arguments: str) -> list[str]:
        rows = list(csv.DictReader(io.StringIO(run(*arguments, "--format", "csv").stdout)))
        return list(dict.fromkeys(row["incident"] for row in rows))

    assert ids("checkout-timeouts", "cache", "checkout") == ["checkout-timeouts", "cache-stampede"]
    assert ids("--all") == ["cache-stampede", "checkout-timeouts"]
    assert ids("withdrawn-one") == ["withdrawn-one"]


def test_all_says_what_could_not_be_read() -> None:
    result = run("--all", "--format", "csv", root=FULL)
    assert result.exit_code == 0
    assert "1 incident cannot be read: left out" in result.stderr


def test_what_has_no_due_date_is_counted() -> None:
    result = run("checkout-timeouts", "--format", "ics")
    assert result.stderr == "left out: 1 action item without a due date: checkout-timeouts #3\n"
    events = Calendar.from_ical(result.stdout_bytes).walk("VEVENT")
    assert [str(e["summary"]).partition(": ")[2] for e in events] == [
        "Put the pool on a dashboard",
        '=HYPERLINK("https://evil.example")',
    ]


def test_the_address_of_the_site_can_be_given_or_lack(tmp_path: Path) -> None:
    given = run("cache", "--site-url", "https://other.example").stdout
    assert "<https://other.example/incidents/cache-stampede/>" in given
    root = changed(tmp_path)
    settings = root / "mkdocs.yml"
    settings.write_text(re.sub(r"(?m)^site_url:.*\n", "", settings.read_text()))
    result = run("cache", root=root)
    assert (result.exit_code, "Runbook" in result.stdout) == (0, False)


def test_a_terminal_gets_no_docx() -> None:
    ours, theirs = pty.openpty()
    try:
        command = [sys.executable, "-m", "generator", "export", "unwritten", "--format", "docx"]
        ended = subprocess.run(
            [*command, "--root", BASE], stdout=theirs, stderr=subprocess.PIPE, cwd=ROOT, check=False
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert ended.returncode == 2
    assert b"name a file: -o unwritten.docx" in ended.stderr


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    result = run("unwritten", "-o", tmp_path / "no" / "a.docx")
    assert result.exit_code == 1
    assert "cannot write" in result.stderr
    target = tmp_path / "a.html"
    target.write_text("before")
    assert run("unwritten", "-o", target).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]


def test_templates_of_ones_own_win(tmp_path: Path) -> None:
    root = changed(tmp_path)
    own = root / "templates" / "postmortem" / "document.md.j2"
    own.parent.mkdir(parents=True)
    own.write_text("Ours: {{ title }}\n")
    assert run("checkout", root=root).stdout == (
        "Ours: Checkout times out after the connection pool is used up\n"
    )
