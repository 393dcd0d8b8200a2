"""Commands in a timeline, a cause or a lesson are steps only if the words above them say what they were for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_import_truth import made_of

_LEAD = "# The mill stood still\n\n## Summary\n\nOn March 4, 2026 the mill stood still.\n\n"
_STOP = "```bash\nmillctl stop --wheel first\n```"
_READ = "```sql\nSELECT wheel FROM wheels;\n```"


def _steps(data: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (field, step.get("run") or step["do"].partition("\n\n")[2])
        for field in ("diagnosis", "mitigation")
        for step in data.get(field, ())
    ]


def _below(heading: str, lead: str, code: str) -> dict[str, Any]:
    return made_of(f"{_LEAD}## {heading}\n\n{lead}\n\n{code}\n")


@pytest.mark.parametrize(
    ("heading", "lead", "code", "steps"),
    [
        ("Root cause", "The box was full. To see which wheel stood we queried:", _READ, [("diagnosis", "`SELECT wheel FROM wheels;`")]),
        ("Root cause", "The box was full. We mended it by hand:", _STOP, [("mitigation", "millctl stop --wheel first")]),
        ("Root cause", "We went back to the last known good belt:", _STOP, [("mitigation", "millctl stop --wheel first")]),
        # These broke it.
        ("Root cause", "The miller stopped the wrong wheel:", _STOP, []),
        ("Root cause", "The miller stopped the wheel with:", _STOP, []),
        ("Root cause", "It broke when we tried to fix the belt:", _STOP, []),
        ("Trigger", "We restarted it:", _STOP, []),
        # Advice.
        ("Root cause", "Customers can check theirs with:", _READ, []),
        ("Root cause", "You can restore yours by hand:", _STOP, []),
        ("Further words", "We mended it by hand:", _STOP, []),
        # What deletes is no check.
        ("Root cause", "To see more we ran:", "```bash\nrm -rf /var/mill\n```", []),
    ],
)  # fmt: skip
def test_sections(heading: str, lead: str, code: str, steps: list[tuple[str, str]]) -> None:
    assert _steps(_below(heading, lead, code)) == steps


@pytest.mark.parametrize(
    ("entries", "steps"),
    [
        ("- 10:00 UTC Impact starts\n- 10:05 UTC Bea stops the wheel:\n\n  {code}", [("mitigation", "millctl stop --wheel first")]),
        ("- 10:00 UTC We're paged\n- 10:05 UTC Bea stops the wheel:\n{code}", [("mitigation", "millctl stop --wheel first")]),
        ("- 10:00 UTC Bea looks at the wheel:\n\n  {code}", [("diagnosis", "millctl stop --wheel first")]),
        ("- 10:00 UTC It stands\n\nThe command that did the work:\n\n{code}", [("mitigation", "millctl stop --wheel first")]),
        # Before it began, and without a word about what it was for.
        ("- 10:00 UTC Bea stops the wheel:\n\n  {code}\n- 10:05 UTC Impact starts", []),
        ("- 10:00 UTC Impact starts\n- 10:05 UTC Bea stops the wheel, which made it worse:\n\n  {code}", []),
        ("- 10:00 UTC Impact starts\n- 10:05 UTC Bea tries this:\n\n  {code}", []),
    ],
)  # fmt: skip
def test_timelines(entries: str, steps: list[tuple[str, str]]) -> None:
    nested = "\n  ".join(_STOP.split("\n"))
    code = nested if "  {code}" in entries else _STOP
    data = made_of(f"{_LEAD}## Timeline\n\n{entries.format(code=code)}\n")
    assert _steps(data) == steps
    assert all("10:0" not in step["do"] for step in data.get("mitigation", ()))


def test_an_entry_keeps_its_words_and_not_its_command() -> None:
    nested = "\n  ".join(_STOP.split("\n"))
    text = f"{_LEAD}## Timeline\n\n- 10:00 UTC Impact starts\n- 10:05 UTC Bea stops it:\n\n  {nested}\n"
    data = made_of(text)
    assert data["timeline"][1]["what"] == "Bea stops it:"
    assert data["mitigation"][0]["do"] == "Bea stops it:"


def test_an_answer_in_a_list_can_have_a_command() -> None:
    nested = "\n  ".join(_STOP.split("\n"))
    data = made_of(
        f"{_LEAD}## Lessons learned\n\n- The belt is old. We mended it by hand:\n\n  {nested}\n"
    )
    assert data["lessons"]["learned"] == ["The belt is old. We mended it by hand:"]
    assert _steps(data) == [("mitigation", "millctl stop --wheel first")]


def test_each_statement_of_a_query_is_code_by_itself() -> None:
    code = "```sql\nSELECT wheel\nFROM wheels;\nDELETE FROM wheels;\n```"
    (step,) = _below("Mitigation", "We looked, and removed it:", code)["mitigation"]
    assert step["do"].endswith("`SELECT wheel FROM wheels;` `DELETE FROM wheels;`")
    assert "run" not in step


def test_a_query_below_a_fix_is_no_change_of_code() -> None:
    code = "```sql\nSELECT wheel\nFROM wheels;\n```"
    data = _below("Fix", "We oiled it.\n\nAfterwards we checked that no wheel stands:", code)
    assert data["fix"][-1]["do"].endswith("`SELECT wheel FROM wheels;`")
    assert "notes" not in data
