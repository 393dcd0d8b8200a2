"""From write-ups to drafts: what goes into which field, and that no word is lost."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.importers import FORMATS, Refused, read
from generator.importers.decoding import repaired
from generator.importers.writing import draft_text
from generator.knowledge.base import load
from generator.knowledge.diagnostics import Severity
from generator.model import ItemState, Moment, Risk, SeverityLevel, Status
from generator.rules import RULES, lint
from tests.write_ups import (
    CORPORA,
    NAMES,
    OWN,
    SOURCES,
    corpus,
    data_of,
    draft_of,
    draft_of_file,
    fields,
    improper,
    lost,
)

GOLDEN = Path(__file__).parent / "golden" / "import"
OWN_FILES = sorted(OWN.iterdir())


# Whole drafts, beside what they looked like when somebody last read them.


def golden(name: str, text: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / f"{name}.yaml"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8"), "if it is meant: make golden"


@pytest.mark.golden
@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.stem)
def test_whole_draft(path: Path, request: pytest.FixtureRequest) -> None:
    golden(path.stem, draft_of_file(path).text, request)


@pytest.mark.golden
@pytest.mark.shared
@pytest.mark.parametrize("name", ["000_260ef20975a513ce", "004_debeab0410e50605"])
def test_whole_draft_of_a_source(name: str, request: pytest.FixtureRequest) -> None:
    golden(name, draft_of_file(SOURCES / f"{name}.txt").text, request)


def test_every_golden_draft_is_of_a_write_up() -> None:
    names = {path.stem for path in OWN_FILES} | {"000_260ef20975a513ce", "004_debeab0410e50605"}
    assert {path.stem for path in GOLDEN.glob("*.yaml")} == names


@pytest.mark.golden
@pytest.mark.shared
@pytest.mark.parametrize("name", NAMES)
def test_corpus_goes_where_it_went_before(name: str, request: pytest.FixtureRequest) -> None:
    """Of the write-ups of others only figures are kept: per file how many words went where."""
    found = {}
    for path in corpus(name):
        draft = draft_of_file(path)
        found[path.relative_to(CORPORA / name).as_posix()] = {
            "kind": draft.form,
            **dict(sorted(draft.placed.items())),
        }
    expected = GOLDEN / f"{name}.json"
    text = "{\n" + ",\n".join(f"  {json.dumps(key)}: {json.dumps(found[key])}" for key in sorted(found)) + "\n}\n"  # fmt: skip
    if request.config.getoption("--update-golden"):
        expected.write_text(text, "utf-8")
    assert text == expected.read_text("utf-8"), "if it is meant: make golden"


# No word is lost.


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.stem)
def test_no_word_of_ours_is_lost(path: Path) -> None:
    draft = draft_of_file(path)
    assert not lost(path.read_text("utf-8"), draft)
    assert not improper(draft.said_by_field_names)


@pytest.mark.shared
@pytest.mark.parametrize("name", [*NAMES, "sources"])
def test_no_word_of_theirs_is_lost(name: str) -> None:
    for path in corpus(name) if name != "sources" else sorted(SOURCES.iterdir()):
        write_up = read(path.name, path.read_bytes())
        draft = draft_of_file(path)
        assert not lost(write_up.text, draft), path.name
        assert not improper(draft.said_by_field_names), path.name


WORD = st.one_of(
    st.sampled_from(
        "foo Bar_baz x1 007 é ß ﬁ İ 日本 a.b foo/bar.js N/A SEV1 P2 ² ½ &amp; [x] **b** `c` it's - | # >".split()
    ),
    st.text(min_size=1, max_size=6),
)
PIECES = [
    "# {}", "## Summary", "## Timeline", "## Root cause", "## Fix", "### Fix {}", "## Action items",
    "### Immediate (P0)", "## Lessons", "## Stats", "## Diagnosis", "## Mitigation", "## {} {}",
    "## Files modified", "## Verification", "**Impact**: lost {}", "**Severity**: SEV-2",
    "Severity: critical {}", "**Date**: 2024-01-05", "- {} {}", "- [ ] do {} (owner: Ops, due: 2024-02-01)",
    "- [x] {}", "1. {}", "2) {}", "1- {}\n2- {}", "   - nested {}", "> quote {}\n> - x", "<div>{}</div>",
    "| Time | Event |\n|---|---|\n| 2024-01-01 10:00 | {} |\n| {} | x | extra |",
    "| Action | Owner | Due | Status |\n|--|--|--|--|\n| {} | Bob Smith | 1 May 2024 | done |",
    "| File | Change | Impact |\n|--|--|--|\n| `a/{}.js` | Line 7: {} | bad |",
    "```\nError: cannot open {}\n```", "```js\n// BEFORE (Line 7)\nfoo({});\n// AFTER (Fixed)\nbar();\n```",
    "```sh\n$ kubectl get {}\noutput {}\n```", "```diff\n-a {}\n+b\n```", "```{}\nunclosed",
    '[{}](http://x.y/{} "t")', "![alt {}](i.png)", "[{}]: http://z/{}", "[a][{}]", "&amp; {} &lt;",
    "- 11:05 UTC - {}", "10:04 {}", "All times in CET.", "**{}**", "**What happened?**:  \n{}",
    "Time to detection: 5 minutes", "- **File Modified**: `src/{}.py`\n- **Change**: {}", "---",
    "Before:", "After:", "- Duration: 3h {}", "a  \nb {}", "\\*{}\\*", "`{}``", "\t{}", "#### ",
    "Fix: {}", "Tags: {}, {} and {}", "3.", "- ", "====", "{}<br>{}", "Jan 3, 2024 3:14 PM PST: {}",
]  # fmt: skip


@st.composite
def write_ups(draw: st.DrawFn) -> str:
    parts = []
    if draw(st.integers(0, 4)) == 0:
        parts.append(f"---\ntitle: {draw(WORD)}\ntags: [a, b]\nseverity: high\n---")
    for _ in range(draw(st.integers(1, 12))):
        piece = draw(st.sampled_from(PIECES))
        parts.append(re.sub(r"\{\}", lambda _: draw(WORD), piece))
    return draw(st.sampled_from(["\n", "\n\n"])).join(parts)


@settings(max_examples=250)
@given(write_ups())
def test_no_word_of_a_write_up_is_lost(text: str) -> None:
    raw = text.encode("utf-8", "ignore")
    try:
        write_up = read("x.md", raw)
        draft = draft_of(raw)
    except Refused:
        return
    assert not lost(write_up.text, draft)
    assert not any("could not be parsed" in remark.lower() for remark in draft.remarks)
    assert draft.incident.status is Status.DRAFT


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "ignore"))))  # fmt: skip
def test_any_bytes_become_a_draft_or_a_clear_refusal(raw: bytes) -> None:
    try:
        draft = draft_of(raw)
    except Refused as error:
        refused = error
    else:
        assert not lost(read("x.md", raw).text, draft)
        return
    assert str(refused)
    assert refused.hint


# What is understood.


def test_label_lines_are_facts() -> None:
    text = "# Down\n\n**Severity**: SEV-1\n**Services affected**: web, api and cache-2\n**Users affected**: some 400\n\n## Impact\n\nAll.\n"
    draft = draft_of(text).incident
    assert draft.severity is SeverityLevel.SEV1
    assert draft.components == ("web", "api", "cache-2")
    assert draft.impact is not None
    assert draft.impact.users == "some 400"


@pytest.mark.parametrize(
    ("stated", "level"),
    [("SEV2", "SEV2"), ("sev-3", "SEV3"), ("1", "SEV1"), ("Critical", "SEV1"), ("minor", "SEV4"), ("SEV0", "SEV1"), ("unclear", None)],
)  # fmt: skip
def test_severity_only_where_it_is_stated(stated: str, level: str | None) -> None:
    data = data_of(f"# Down\n\n**Severity**: {stated}\n\n## Impact\n\nAll.\n")
    assert data.get("severity") == level
    assert "severity" not in data_of("# Down\n\n## Impact\n\nA critical outage.\n")


@pytest.mark.parametrize(
    ("when", "around", "at"),
    [
        ("2020-01-21 15:36", "All times in CET.", "2020-01-21T15:36:00+01:00"),
        ("2020-07-21 15:36 CEST", "", "2020-07-21T15:36:00+02:00"),
        ("2021-12-10   15:40", "All times in UTC.", "2021-12-10T15:40:00Z"),
        ("Jan 3, 2024 3:14 PM PST", "", "2024-01-03T15:14:00-08:00"),
        ("3 January 2024, 15:14 UTC", "", "2024-01-03T15:14:00Z"),
        ("2018 October 21 22:52 UTC", "", "2018-10-21T22:52:00Z"),
        ("2018 February 30 22:52 UTC", "", None),
        ("2024-05-01T10:00:00+02:00", "", "2024-05-01T10:00:00+02:00"),
        ("09:05 UTC", "**Date**: 2024-05-01", "2024-05-01T09:05:00Z"),
        ("12:05 am UTC", "**Date**: 2024-05-01", "2024-05-01T00:05:00Z"),
        ("2020-10-06 09:00-11:00", "All times are UTC", "2020-10-06T09:00:00Z"),
        ("2024-07-01 10:00 Pacific Time", "", "2024-07-01T10:00:00-07:00"),
        ("2024-07-01 10:00 UTC+2", "", "2024-07-01T10:00:00+02:00"),
        ("[10:05] UTC", "**Date**: 2024-05-01", "2024-05-01T10:05:00Z"),
        ("Feb 6 20:31", "**Date**: February 7, 2026. All times in UTC.", "2026-02-06T20:31:00Z"),
        ("31 Dec, 23:59", "**Date**: 2026-01-01. All times in UTC.", "2025-12-31T23:59:00Z"),
        ("2020-01-21 15:36", "", None),  # no zone is known
        ("15:36 UTC", "", None),  # no day is known
        ("20202-01-16 12:00", "All times in UTC.", None),  # a slip of the pen
        ("2019-12-03 --:--", "All times in UTC.", None),
        ("2021-02-30 10:00", "All times in UTC.", None),
        ("2020-01-21 15:36 IST", "", None),  # three zones have this name
    ],
)
def test_times_are_read_and_never_invented(when: str, around: str, at: str | None) -> None:
    text = f"# Down\n\n{around}\n\n## Timeline\n\n| Time | Event |\n|---|---|\n| {when} | It broke |\n| 2020-01-01 10:00 UTC | Another |\n"
    data = data_of(text)
    found = [event["at"] for event in data["timeline"] if event["what"].startswith("It broke")]
    assert found == ([at] if at else [])
    if at is None:
        assert "It broke" in str(data["notes"])


@pytest.mark.parametrize(
    ("column", "offset"),
    [("Time (UTC)", "Z"), ("Time (UTC+2)", "+02:00"), ("Date and Time in CET", "+01:00"), ("Time (Europe/Berlin)", "+01:00"), ("Time (GMT-03:00)", "-03:00")],
)  # fmt: skip
def test_a_column_names_the_zone(column: str, offset: str) -> None:
    text = f"# D\n\n## Timeline\n\n| {column} | Event |\n|---|---|\n| 2024-02-01 10:00 | x |\n"
    assert data_of(text)["timeline"][0]["at"] == f"2024-02-01T10:00:00{offset}"


def test_a_timeline_goes_past_midnight() -> None:
    text = "# Down\n\n**Date**: 2024-05-01\n\n## Timeline (UTC)\n\n- 23:50 - It broke\n- 00:20 - It was mended\n"
    assert [event["at"] for event in data_of(text)["timeline"]] == ["2024-05-01T23:50:00Z", "2024-05-02T00:20:00Z"]  # fmt: skip


def test_milestones_only_where_the_write_up_says_so() -> None:
    text = """# Down

## Timeline

| Time (UTC) | Event |
|---|---|
| 2024-05-01 10:00 | A deploy (incident started) |
| 2024-05-01 10:05 | Alert fires |
| 2024-05-01 10:07 | OUTAGE MITIGATED -- traffic goes elsewhere |
| 2024-05-01 10:09 | Resolved: rolled back |
"""
    marks = [event.marks for event in draft_of(text).incident.timeline]
    assert marks == [Moment.STARTED, None, Moment.MITIGATED, Moment.RESOLVED]


def test_events_stand_in_the_order_of_their_times() -> None:
    text = "# D\n\n## Timeline\n\n| Time (UTC) | Event |\n|---|---|\n| 2024-05-02 10:00 | second |\n| 2024-05-01 10:05 | first |\n"
    assert [event["what"] for event in data_of(text)["timeline"]] == ["first", "second"]


def test_durations_are_stated_and_never_reckoned() -> None:
    text = "# D\n\n## Summary\n\nX.\n\n# Stats\n\n- Time to detection: about an hour\n- Time to recovery:  148 minutes\n- Duration: ?\n"
    data = data_of(text)
    assert data["stated_durations"] == [
        {"of": "Time to detection", "says": "about an hour", "until": "detected"},
        {"of": "Time to recovery", "says": "148 minutes", "until": "resolved"},
    ]
    assert data["notes"] == [{"heading": "Stats", "text": "- Duration: ?"}]


def test_action_items_of_a_table() -> None:
    text = """# D

## Action items

| Action | Owner | Due | Ticket | Priority | Status |
|---|---|---|---|---|---|
| Add a lock | Platform team | 2024-06-01 | OPS-7 | P1 | done |
| Watch the log | Jane Doe | soon | https://t.example/1 | high | |
"""
    first, second = draft_of(text).incident.action_items
    assert (first.owner, first.due, first.ticket, first.priority, first.state) == ("Platform team", date(2024, 6, 1), "OPS-7", "P1", ItemState.DONE)  # fmt: skip
    assert second.do == "Watch the log (Owner: Jane Doe; Due: soon; Priority: high)"
    assert (second.owner, second.due, second.state) == (None, None, ItemState.UNKNOWN)


def test_priority_of_action_items_comes_from_their_heading() -> None:
    text = "# D\n\n## Next steps\n\n### Immediate (P0)\n\n1. Deploy\n\n### Later (P2)\n\n- [x] Test\n- P1: Look\n"
    items = draft_of(text).incident.action_items
    assert [(i.do, i.priority, i.state) for i in items] == [
        ("Deploy", "P0", ItemState.UNKNOWN),
        ("Test", "P2", ItemState.DONE),
        ("Look", "P1", ItemState.UNKNOWN),
    ]


def test_error_block_becomes_a_signature_that_matches_it() -> None:
    text = '# D\n\n## Problem\n\nIt said:\n\n```\n2024-05-01 10:00:00 ERROR could not extend file "base/16384/2613": No space left on device\n```\n'
    (signature,) = draft_of(text).incident.symptom.signatures
    assert signature.text is not None
    assert "No space left on device" in signature.text
    assert "16384" not in signature.text
    assert signature.samples[0].startswith("2024-05-01 10:00:00 ERROR")


def test_code_before_and_after_becomes_a_change() -> None:
    text = """# D

## Fix

The file is `src/app.py` (line 12).

```python
# BEFORE
a = 1
# AFTER
a = 2
```
"""
    (change,) = draft_of(text).incident.fix.changes
    assert (change.file, change.line, change.language) == ("src/app.py", 12, "python")
    assert (change.before, change.after) == ("a = 1", "a = 2")


def test_code_of_an_unnamed_file_is_kept_with_its_language() -> None:
    text = "# D\n\n## Fix\n\nBefore:\n\n```python\na = 1\n```\n\nAfter:\n\n```python\na = 2\n```\n"
    (note,) = data_of(text)["notes"]
    assert "Before:\n\n```python\na = 1\n```" in note["text"]
    assert "After:\n\n```python\na = 2\n```" in note["text"]


def test_a_diff_becomes_a_change() -> None:
    text = "# D\n\n## Fix\n\n```diff\n--- a/src/app.py\n+++ b/src/app.py\n@@ -12,1 +12,1 @@\n-a = 1\n+a = 2\n```\n"
    (change,) = draft_of(text).incident.fix.changes
    assert (change.file, change.line, change.before, change.after) == ("src/app.py", 12, "a = 1", "a = 2")  # fmt: skip


def test_commands_become_steps_with_a_risk_only_where_it_is_plain() -> None:
    text = """# HighLoad

## Meaning

Load.

## Diagnosis

Look:

```console
$ kubectl get pods
web-1   0/1   CrashLoopBackOff
```

## Mitigation

1. Drain it:

   ```sh
   kubectl drain node-1
   ```
2. Remove it:

   ```sh
   rm -rf /var/lib/web
   ```
"""
    incident = draft_of(text).incident
    (look,), (drain, remove) = incident.diagnosis, incident.mitigation
    assert (look.run, look.expect.shows, look.risk) == ("kubectl get pods", "web-1   0/1   CrashLoopBackOff", Risk.READ_ONLY)  # fmt: skip
    assert (drain.run, drain.risk) == ("kubectl drain node-1", None)
    assert remove.risk is Risk.DESTRUCTIVE
    assert incident.symptom.alerts == ("HighLoad",)


def steps_of(text: str) -> list[tuple[str, str | None, Any]]:
    made = data_of(f"# T\n\n## Symptoms\n\nX.\n\n## Diagnosis\n\n{text}\n")
    return [(s, None, None) if isinstance(s, str) else (s["do"], s.get("run"), s.get("expect")) for s in made.get("diagnosis", ())]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (
            "Look at the graph:\n\n```promql\na / b\n```\n\n```sh\netcdctl defrag\n```",
            [("Look at the graph: `a / b`", None, None), ("Run this", "etcdctl defrag", None)],
        ),
        (
            "Count them:\n\n```sql\nSELECT 1\nFROM t;\n```",
            [("Count them: `SELECT 1 FROM t;`", None, None)],
        ),
        (
            "List:\n\n```sh\nkubectl get pods\n```\n\n```sh\nkubectl get nodes\n```",
            [("List:", "kubectl get pods", None), ("Run this", "kubectl get nodes", None)],
        ),
        (
            "List:\n\n```sh\nkubectl get pods\n```\n\n```\nNAME READY\n```",
            [("List:", "kubectl get pods", {"shows": "NAME READY"})],
        ),
        (
            "List:\n\n```sh\nkubectl get pods\n```\n\nYou should see:\n\n```\nNAME READY\n```",
            [("List:", "kubectl get pods", {"shows": "You should see:\nNAME READY"})],
        ),
        (
            '1. Look:\n\n   ```logql\n   {a="b"}\n   ```\n\n   ```sh\n   logcli query x\n   ```',
            [('Look: `{a="b"}`', None, None), ("Run this", "logcli query x", None)],
        ),
        (
            "Look:\n\n```sh\nsum by (a) (rate(b[5m]))\n```",
            [("Look: `sum by (a) (rate(b[5m]))`", None, None)],
        ),
        (
            "List:\n\n```sh\nls\n```\n\nThis prints something like the example output:\n\n```sh\na b\n```",
            [("List:", "ls", {"shows": "This prints something like the example output:\na b"})],
        ),
        (
            "Example output:\n\n```sh\nOct 18 19:39:36 h chronyd: ok\n```",
            [("Example output: `Oct 18 19:39:36 h chronyd: ok`", None, None)],
        ),
        (
            "In the node:\n\n```\nsh-5.1# chroot /host\n```",
            [("In the node:", "chroot /host", None)],
        ),
        ("Wait:\n\n```sh\n# nothing to run\n```", [("Wait: `# nothing to run`", None, None)]),
        (
            "Wait:\n\n```\nmake sure that it is gone\n```",
            [("Wait: `make sure that it is gone`", None, None)],
        ),
        (
            "As root:\n\n```console\nroot@db:~# systemctl status x\nactive\n```",
            [("As root:", "systemctl status x", {"shows": "active"})],
        ),
    ],
)
def test_a_command_only_where_the_write_up_has_one(text: str, steps: list[Any]) -> None:
    assert steps_of(text) == steps


@pytest.mark.parametrize("text", ["N/A", "There is no workaround available for this.", "None"])
def test_no_workaround_is_no_step(text: str) -> None:
    data = data_of(
        f"# T\n\n## Summary\n\nX breaks.\n\n## Simulation\n\n1. Open X\n\n## Workaround\n\n{text}\n"
    )
    assert "mitigation" not in data
    assert {"heading": "Workaround", "text": text} in data["notes"]


def test_lessons_go_where_their_headings_say() -> None:
    text = "# D\n\n## Lessons learned\n\n### What went well\n\n- Alert\n\n### What went wrong\n\n- Late\n\n### Where we got lucky\n\n- Night\n"
    assert data_of(text)["lessons"] == {"went_well": ["Alert"], "went_wrong": ["Late"], "got_lucky": ["Night"]}  # fmt: skip


@pytest.mark.parametrize("heading", ["Lessons learned", "Takeaways", "What did we learn?"])
def test_a_lesson_without_a_side_gets_none(heading: str) -> None:
    text = (
        f"# D\n\n## {heading}\n\n- Luckily it was night, and the alert worked well\n- Set limits\n"
    )
    assert data_of(text)["lessons"] == {"learned": ["Luckily it was night, and the alert worked well", "Set limits"]}  # fmt: skip


def test_unknown_headings_are_kept_under_their_names() -> None:
    text = "# D\n\n## Impact\n\nAll.\n\n## Seating plan\n\nRow **one**, see [plan](https://x.example/p).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    (note,) = data_of(text)["notes"]
    assert note["heading"] == "Seating plan"
    assert note["text"].startswith("Row one, see plan (https://x.example/p).")
    assert "| 1 | 2 |" in note["text"]


def test_nothing_is_ruled_out_by_the_import() -> None:
    text = "# D\n\n## Root cause\n\nWe first thought it was DNS, which was wrong.\n"
    assert draft_of(text).incident.root_cause.ruled_out == ()


# The formats.


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("# A\n\n## Summary\n\nx\n\n## Timeline\n\ny\n", "post-mortem"),
        ("---\ntitle: A\n---\n\n## Impact\n\ny\n", "front-matter"),
        ("+++\ntitle = 'A'\n+++\n\n## Impact\n\ny\n", "front-matter"),
        ("## Summary\n\nx\n\n## Simulation\n\ny\n\n## Workaround\n\nz\n", "known-issue"),
        ("# HighLoad\n\n## Meaning\n\nx\n\n## Mitigation\n\ny\n", "alert-runbook"),
    ],
)
def test_format_is_found(text: str, form: str) -> None:
    assert draft_of(text).form == form


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_keeps_every_write_up(form: str) -> None:
    for path in OWN_FILES:
        draft = draft_of(path.read_bytes(), path.name, form)
        assert draft.form == form
        assert not lost(path.read_text("utf-8"), draft)


def test_front_matter() -> None:
    text = "---\ntitle: 'A: b'\nincident_date: 2024-05-01\nseverity: SEV3\ntags: [x, Y z]\nodd: {a: 1}\n---\n\n## Timeline\n\n- 10:00 UTC: foo\n"
    data = data_of(text)
    assert (data["title"], data["severity"], data["tags"]) == ("A: b", "SEV3", ["x", "y-z"])
    assert data["timeline"][0]["at"] == "2024-05-01T10:00:00Z"
    assert "odd: {a: 1}" in data["notes"][0]["text"]


def test_each_key_of_front_matter_is_read_once() -> None:
    """Keys of a table of TOML are not those above it, and what looks like a key in a text is none."""
    text = '+++\ntitle = "Outer"\ndescription = """\n# hash\ntitle = x\n"""\n[params]\ntitle = "inner"\nseverity = "SEV1"\n+++\n\n## Impact\n\ny\n'
    data = data_of(text)
    assert (data["title"], data["summary"]) == ("Outer", "# hash\ntitle = x")
    assert "severity" not in data
    assert 'title = "inner"\nseverity = "SEV1"' in data["notes"][0]["text"]


def test_settings_of_a_page_do_not_hide_what_follows() -> None:
    imported = draft_of(
        '---\nlayout: post\n"severity": SEV2\n# note\ntags: a b\n---\n\n## Impact\n\ny\n'
    )
    data = fields(imported)
    assert (data["severity"], data["tags"]) == ("SEV2", ["a", "b"])
    assert [part.text for part in imported.dropped] == ["layout: post", "# note"]


@pytest.mark.parametrize("text", [
    '{"title": "A\\ud800b", "x": "\\u0000"}\n\n## Impact\n\ny\n',
    '---\ntitle: "A\\uD800b"\nx: "\\0"\n---\n\n## Impact\n\ny\n',
])  # fmt: skip
def test_escapes_of_front_matter_give_only_what_a_file_may_have(text: str) -> None:
    assert data_of(text)["title"] == "A\ufffdb"


@pytest.mark.parametrize("text", [
    '{"title": "A", \n\n## Impact\n\ny\n',
    '{"title": ' + "[" * 5_000 + "]" * 5_000 + "}\n\n## Impact\n\ny\n",
    "{Impact} is no front matter\n\n## Impact\n\ny\n",
])  # fmt: skip
def test_braces_that_are_no_front_matter_stay_text(text: str) -> None:
    imported = draft_of(text)
    assert fields(imported)["impact"] == "y"
    assert not lost(text, imported)


_FRONT_LINES = ["title: w1", "layout: w2", "tags: [w3, w4]", "odd:", "  - w5", "# w6", '"severity": SEV2', "title = 'w1'", "[w2]", "[[w3]]", "draft = true", 'x = """', "w4", '"""', "---", "+++", "{", "}", '"w5": {}', ""]  # fmt: skip


@given(st.sampled_from(["---", "+++", "{"]), st.lists(st.sampled_from(_FRONT_LINES), max_size=12))
@settings(max_examples=200, deadline=None)
def test_front_matter_loses_no_word(begin: str, lines: list[str]) -> None:
    end = "}" if begin == "{" else begin
    text = "\n".join((begin, *lines, end, "", "## Impact", "", "y", ""))
    assert not lost(text, draft_of(text))


# Text that was decoded wrongly.


@pytest.mark.parametrize("codec", ["mac_roman", "cp1252", "latin-1", "cp437"])
def test_garbled_text_is_repaired(codec: str) -> None:
    text = "## ✅ Gelöst → größer 🚀 “so”"
    garbled = text.encode().decode(codec, "ignore") if codec != "cp1252" else text.encode().decode("sloppy-windows-1252")  # fmt: skip
    if codec == "cp437":
        garbled = text.encode().decode("cp437")
    assert repaired(garbled)[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "naïve café — “fine” → ✅ 🚀",
        "Søren schrieb: größer, Ä ö ü",
        "The name was shown as JosÃ© instead of José, and MÃ¼ller instead of Müller.",
        "The column held `JosÃ©` after the migration.",
        "Ã la carte © ® ™",
        "Привет, 日本語, ελληνικά",
    ],
)
def test_sound_text_is_left_alone(text: str) -> None:
    assert repaired(text) == (text, "")


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=200)
def test_what_was_garbled_comes_back(text: str) -> None:
    try:
        garbled = f"# é {text}".encode().decode("mac_roman")
    except UnicodeError:
        return
    repaired_text = repaired(garbled)[0]
    assert "é" in repaired_text or repaired_text == garbled


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("- [ ] Add it [#45](https://git.example/o/r/issues/45)", {"state": "open", "ticket": "https://git.example/o/r/issues/45"}),
        ("- [x] Add it (OPS-4)", {"state": "done", "ticket": "OPS-4"}),
        ("- [Add it](https://git.example/g/p/-/issues/77)", {"ticket": "https://git.example/g/p/-/issues/77"}),
        ("- [OPS-9](https://jira.example/browse/OPS-9) Add it", {"ticket": "https://jira.example/browse/OPS-9"}),
        ("- Add it https://git.example/o/r/issues/9", {"ticket": "https://git.example/o/r/issues/9", "do": "Add it https://git.example/o/r/issues/9"}),
        ("- Add it (due 2024-08-01)", {"due": "2024-08-01"}),
        ("- Add it, due: 2024-08-01", {"due": "2024-08-01"}),
        ("- Add it by 1 August 2024", {"due": "2024-08-01", "do": "Add it by 1 August 2024"}),
        ("- **[P1]** Add it — SRE — due 2024-08-01", {"owner": "SRE", "due": "2024-08-01", "priority": "P1"}),
        ("- Add it - P1 - Billing - done", {"owner": "Billing", "priority": "P1", "state": "done"}),
        ("- Add it | Web team | 2024-08-01 | DONE", {"owner": "Web team", "due": "2024-08-01", "state": "done"}),
        ("- Add it (owner: Web team; due: 2024-08-01)", {"owner": "Web team", "due": "2024-08-01"}),
        ("- Add it — owner: Web team, due: 2024-08-01", {"owner": "Web team", "due": "2024-08-01"}),
        ("- **Owner:** Web team — Add it", {"owner": "Web team"}),
        ("- Add it. Owner: Web team", {"owner": "Web team", "do": "Add it."}),
        ("- Add it ✅", {"state": "done"}),
        ("- ☑️ Add it", {"state": "done"}),
        ("- 🚧 Add it", {"state": "in-progress"}),
        ("- (done) Add it", {"state": "done"}),
        ("- Add it\n  - Owner: SRE\n  - Due: 2024-08-01\n  - Ticket: [OPS-9](https://jira.example/browse/OPS-9)", {"owner": "SRE", "due": "2024-08-01", "ticket": "https://jira.example/browse/OPS-9"}),
        ("- **Action:** Add it", {}),
        # What is in the middle of the text, or no detail, stays.
        ("- As in [the doc](https://docs.example/a), add it", {"do": "As in the doc (https://docs.example/a), add it"}),
        ("- Add it (see OPS-7, and the log)", {"do": "Add it (see OPS-7, and the log)", "ticket": "OPS-7"}),
        ("- Add it (Owner: Jane Doe)", {"do": "Add it (Owner: Jane Doe)"}),
        ("- Improve detection: add it", {"do": "Improve detection: add it"}),
        ("- Add it - and more", {"do": "Add it - and more"}),
        ("- Add it (ops review)", {"do": "Add it (ops review)"}),
    ],
)  # fmt: skip
def test_action_items_as_they_stand(text: str, item: dict[str, str]) -> None:
    made = data_of(f"# D\n\n## Action items\n\n{text}\n")
    assert made["action_items"] == [{"do": "Add it", "state": "unknown", **item}]
    assert not lost(text, draft_of(f"# D\n\n## Action items\n\n{text}\n"))


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1. **One**\nWe saw:\n\n- a\n- b\n\n2. **Two**", ["One\nWe saw:\n- a\n- b", "Two"]),
        ("1. One\n\n- a\n\n2. Two\n\nAnd so on.\n\n3. Three", ["One\n- a", "Two\nAnd so on.", "Three"]),
        ("- One\n  - a\n    - b\n- Two", ["One\n- a\n  - b", "Two"]),
        ("**Move the big table**\n\n- a\n- b\n\n**Clear the old queue**\n\n- c", ["Move the big table\n- a\n- b", "Clear the old queue\n- c"]),
        ("We will:\n\n- One\n- Two", ["One", "Two"]),
        ("**Short term**\n\n- One\n\n**Long term**\n\n- Two", ["One", "Two"]),
        ("1. One:\n\n- a\n- b", ["One:\n- a\n- b"]),
    ],
)  # fmt: skip
def test_a_list_below_an_item_belongs_to_it(text: str, items: list[str]) -> None:
    made = data_of(f"# D\n\n## Action items\n\n{text}\n")
    assert [item["do"] for item in made["action_items"]] == items


# Drafts are good drafts.


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn"), include_characters="\n\t"), max_size=300))  # fmt: skip
@settings(max_examples=300)
def test_text_stands_in_the_file_as_it_is(text: str) -> None:
    """Whatever the text, YAML gives it back; blanks at the ends of lines and line breaks in prose may go."""
    text = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
    if not text.strip() or "\ufeff" in text:
        return
    data = {"title": "x", "summary": text, "fix": {"changes": [{"file": "a", "after": text}]}}
    loaded: Any = yaml.load(draft_text(data, ["One."]), Loader=yaml.BaseLoader)
    assert loaded["fix"]["changes"][0]["after"] == text
    assert loaded["summary"].split() == text.split()


@pytest.mark.shared
def test_drafts_of_all_write_ups_have_no_errors(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nplugins: [runbooks]\n")
    paths = [*OWN_FILES, *SOURCES.iterdir(), *(p for name in NAMES for p in corpus(name)[::7])]
    for number, path in enumerate(paths):
        folder = tmp_path / "incidents" / f"n{number}"
        folder.mkdir(parents=True)
        (folder / "incident.yaml").write_text(draft_of_file(path).text, "utf-8")
    found = lint(load(tmp_path), RULES)
    assert [d for d in found if d.severity is Severity.ERROR] == []


@given(
    st.text(
        st.characters(
            codec="utf-8", exclude_characters="".join(map(chr, [*range(9), 11, 12, *range(14, 32), *range(127, 160)]))
        )
        | st.sampled_from("\n\t \x85\u2028: #'\"-|>&*"),
        min_size=1,
    )
)  # fmt: skip
@settings(max_examples=500)
def test_every_text_is_read_back_as_it_was_written(text: str) -> None:
    # White space at the ends of lines says nothing, and a block of YAML cannot show it.
    text = "\n".join(line.rstrip() for line in text.replace("\r", "\n").split("\n")).strip()
    written = draft_text({"notes": [{"text": text}]}, [])
    read_back = yaml.load(written, Loader=yaml.CSafeLoader)["notes"][0]["text"]
    assert read_back == text


def test_items_name_owner_and_day_in_brackets_and_their_state_behind_the_ticket() -> None:
    items = data_of(
        "# Out\n\n## Action items\n\n- P1 (DB team, by 2018-12-01): Audit the failover\n- Look (OPS-77)\n\n"
        "| Action item | Type | Owner | Bug |\n| --- | --- | --- | --- |\n"
        "| Update the playbook | mitigate | Search team | n/a **DONE** |\n"
        "| Plug the leak | prevent | Crawl team | Bug 5554825 **TODO** |\n"
    )["action_items"]
    first, second, third, fourth = items
    assert (first["owner"], str(first["due"]), first["priority"]) == ("DB team", "2018-12-01", "P1")
    assert "owner" not in second
    assert third["state"] == "done"
    assert "ticket" not in third
    assert (fourth["state"], fourth["ticket"]) == ("open", "5554825")


def test_several_lengths_of_time_in_one_line_are_several() -> None:
    stated = data_of("# Out\n\nDuration: 24 h 11 min. Time to detect: 2 min. MTTR = 3h.\n")["stated_durations"]  # fmt: skip
    assert [(one["of"], one["says"], one.get("until")) for one in stated] == [
        ("Duration", "24 h 11 min", None),
        ("Time to detect", "2 min", "detected"),
        ("MTTR", "3h", "resolved"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "There is a warning `level` alert at greater than `70` usage and a `critical` one at `90` usage.",
        "Look at the error metric `sum(rate(ledger_drift_total[5m])) by (shard) > 0` first.",
        "An error with the labels `alertname = LedgerDrifted` comes in.",
        "Errors: `kubectl logs deploy/ledger --since 1h | grep drift` shows them.",
        "The message is in `ledger_drift_threshold_seconds` of the error log.",
        "```\nlevel=error component=ledger msg=\n```",
        "```\nalert: LedgerDrifted\nexpr: ledger_failed > 0\n```",
        "```\n - alertname = LedgerFailed\n - job_name = failed\n```",
        'The error budget for "checkout requests answered in a second" was used up.',
        'Support posted the message "We are looking into the shopping carts" in the channel.',
        "```\n14:05 the ledger deploy failed\n14:10 Jo could not find the shard\n```",
        "Either `level=error` or the ledger shard warning is set, then `shard_drifted` fires as an error.",
        "The `LedgerDriftedErrors` alert has the error code `E` and the `shard` label.",
        "```promql\nledger_failed_total > 0 and on (shard) ledger_error_ratio > 1\n```",
    ],
)  # fmt: skip
def test_what_is_no_error_becomes_no_signature(text):
    made = data_of(f"# The ledger drifts\n\n## Symptoms\n\n{text}\n")
    assert "signatures" not in made.get("symptom", {})


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("It logs the error `shard 7 drifted from its ledger` often.", "drifted from its ledger"),
        ("```\nlevel=error ts=1 msg=\"ledger of the shard drifted\"\n```", "ledger of the shard drifted"),
        ("It stops with `FATAL: the ledger of shard seven drifted apart` at once.", "drifted apart"),
        ("In its log is `shop.ledger.DriftError: shard seven drifted apart`.", "drifted apart"),
        ('Clients saw the message "The ledger drifted from its shard".', "ledger drifted"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "heading", ["Symptoms", "Fault", "Root cause", "Detection", "Trigger", "Contributing factors"]
)
def test_a_quoted_error_becomes_a_signature(text, source, heading):
    made = data_of(f"# The ledger drifts\n\n## {heading}\n\n{text}\n")
    [signature] = made["symptom"]["signatures"]
    assert source in signature["text"]
