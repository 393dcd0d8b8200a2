"""The examples of every rule, and behavior that the examples do not show."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.knowledge.base import load
from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.knowledge.drafting import MADE_BY_IMPORT
from generator.rules import RULES, Rule, lint, source_files
from tests.conftest import ROOT
from tests.rule_examples import header_lines, incident_text, write_base

BY_CODE = {rule.code: rule for rule in RULES}
WITH_EXAMPLES = [
    pytest.param(rule, id=f"{rule.code}-{rule.name}") for rule in RULES if rule.invalid
]


def lint_text(root: Path, text: str) -> list[Diagnostic]:
    base = load(write_base(root, text))
    return [d for d in lint(base, RULES) if d.file == "incidents/example/incident.yaml"]


def lint_fragment(root: Path, fragment: str) -> list[Diagnostic]:
    return lint_text(root, incident_text(fragment))


def codes(diagnostics: list[Diagnostic]) -> list[str]:
    return [d.code for d in diagnostics]


def test_the_smallest_incident_is_clean(tmp_path):
    assert lint(load(write_base(tmp_path, incident_text(""))), RULES) == []


@pytest.mark.parametrize("rule", WITH_EXAMPLES)
def test_invalid_example_is_found_at_its_place(rule: Rule, tmp_path):
    found = [d for d in lint_fragment(tmp_path, rule.invalid) if d.code == rule.code]
    assert found, "not found"
    line, column = rule.at
    place = (found[0].position.line - header_lines(rule.invalid), found[0].position.column)
    assert place == (line, column)
    assert found[0].severity is rule.severity
    assert found[0].message
    assert found[0].hint
    assert "\n" not in found[0].message + found[0].hint


@pytest.mark.parametrize("rule", WITH_EXAMPLES)
def test_valid_example_is_clean(rule: Rule, tmp_path):
    found = lint_fragment(tmp_path, rule.valid)
    assert [d for d in found if d.code == rule.code or d.severity is Severity.ERROR] == []


@pytest.mark.parametrize("rule", WITH_EXAMPLES)
def test_invalid_example_has_no_other_errors(rule: Rule, tmp_path):
    found = lint_fragment(tmp_path, rule.invalid)
    others = {d.code for d in found if d.severity is Severity.ERROR} - {rule.code}
    assert others <= {"KB101"}  # a misspelled field is a missing field too


def test_codes_and_names_are_unique_and_well_formed():
    assert len(BY_CODE) == len(RULES) == len({rule.name for rule in RULES})
    for rule in RULES:
        assert rule.code[:2] == "KB"
        assert len(rule.code) == 5
        lines = rule.documentation.splitlines()
        assert lines[0].endswith("."), rule.code
        assert lines[1] == "", rule.code
        assert len(lines) > 3, rule.code


def test_every_code_in_the_sources_is_a_rule():
    import re

    import generator

    folder = Path(generator.__file__).parent
    modules = list((folder / "knowledge").glob("*.py"))
    modules += [folder / "rules" / name for name in ("engine.py", "sources.py", "waivers.py")]
    named = {code for module in modules for code in re.findall(r'"(KB\d{3})"', module.read_text())}
    assert named <= set(BY_CODE)
    assert {rule.code for rule in RULES if rule.check is None} == {
        code for code in named if BY_CODE[code].check is None
    }


def test_the_table_of_rules_names_the_file_of_each_rule():
    files = source_files()
    table = (ROOT / "docs/reference/rules/index.md").read_text("utf-8")
    for rule in RULES:
        assert f'"{rule.code}"' in (ROOT / files[rule.code]).read_text("utf-8"), rule.code
        (row,) = [line for line in table.splitlines() if line.startswith(f"| [{rule.code}]")]
        assert row.endswith(f"| `{files[rule.code]}` |"), rule.code


# --- suppression


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("root_cause: Disk was full. # lint: ignore[KB702] nothing more is known\n", []),
        ("# lint: ignore[KB702] nothing more is known\nroot_cause: Disk was full.\n", []),
        (
            "# lint: ignore[KB702] nothing more is known\n\n# Short.\nroot_cause: Disk was full.\n",
            [],
        ),
        ("root_cause: Disk was full. # lint: ignore[KB702]\n", ["KB021", "KB702"]),
        ("root_cause: Disk was full. # lint: ignore[] because\n", ["KB021", "KB702"]),
        ("root_cause: Disk was full. # lint: ignore[KB701] wrong code\n", ["KB020", "KB702"]),
        ("root_cause: Disk was full. # lint: ignore[KB999] no such code\n", ["KB020", "KB702"]),
        ("root_cause: Disk was full. # lint: ignore[KB701, KB702] one of them\n", ["KB020"]),
        (
            "tags: [a] # lint: ignore[KB702] another line\nroot_cause: Disk was full.\n",
            ["KB020", "KB702"],
        ),
        (
            "summary: |\n  # lint: ignore[KB702] this is text\nroot_cause: Disk was full.\n",
            ["KB702"],
        ),
        ('summary: "x # lint: ignore[KB702] text"\nroot_cause: Disk was full.\n', ["KB702"]),
    ],
)
def test_suppression(fragment, expected, tmp_path):
    assert sorted(codes(lint_fragment(tmp_path, fragment))) == expected


def test_several_codes_are_suppressed_at_once(tmp_path):
    fragment = """\
mitigation:
  - do: Make room.
    # lint: ignore[KB502, KB504] the folder is the script's own, and TARGET comes from it
    run: rm -r "$TARGET"
    risk: changes-state
"""
    assert codes(lint_fragment(tmp_path, fragment)) == []


def test_suppression_beside_a_block_covers_its_lines(tmp_path):
    step = """\
mitigation:
  - do: Connect.
    run: |{comment}
      echo begin

      psql postgres://app:q7Rk2mXw9@db.internal/app
    risk: read-only
"""
    found = lint_fragment(tmp_path, step.format(comment=""))
    assert [(d.code, d.position.line, d.position.column) for d in found] == [("KB801", 7, 27)]
    comment = " # lint: ignore[KB801] revoked, and the error shows it"
    assert codes(lint_fragment(tmp_path, step.format(comment=comment))) == []


def test_loader_errors_cannot_be_suppressed(tmp_path):
    found = lint_fragment(tmp_path, "severity: high # lint: ignore[KB104] we say high\n")
    assert codes(found) == ["KB104"]


def test_drafts_are_judged_mildly(tmp_path):
    fragment = (
        "status: draft\nroot_cause: TBD\naction_items: [{do: Find out why.}]\nverification: []\n"
    )
    found = lint_fragment(tmp_path, fragment)
    assert [(d.code, d.severity) for d in found] == [
        ("KB701", Severity.HINT),
        ("KB401", Severity.HINT),
        ("KB402", Severity.HINT),
    ]


def test_a_draft_says_what_is_not_written_yet(tmp_path):
    header = "# yaml-language-server: $schema=../incident.schema.json\n"
    found = lint_text(tmp_path, header + "title: Nobody can log in\nstatus: draft\nfix:\n")
    assert [(d.code, d.severity, d.position.line, d.message.split()[0]) for d in found] == [
        ("KB106", Severity.HINT, 3, "`root_cause`"),
        ("KB106", Severity.HINT, 3, "`severity`"),
        ("KB106", Severity.HINT, 3, "`symptom`"),
        ("KB106", Severity.HINT, 3, "`verification`"),
        ("KB106", Severity.HINT, 4, "`fix`"),
    ]
    assert all(d.hint for d in found)


def test_of_an_imported_draft_one_finding_names_all_that_is_not_written(tmp_path):
    header = (
        f"# yaml-language-server: $schema=../incident.schema.json\n# {MADE_BY_IMPORT} from a.md:\n"
    )
    found = lint_text(tmp_path, header + "title: Nobody can log in\nstatus: draft\nfix:\n")
    assert [(d.code, d.position.line, d.message) for d in found] == [
        (
            "KB106",
            4,
            "not written yet: `severity`, `symptom`, `root_cause`, `fix`, `verification`",
        )
    ]


@pytest.mark.parametrize("status", ["reviewed", "published", "withdrawn"])
def test_only_a_draft_may_lack_what_is_required(status, tmp_path):
    header = "# yaml-language-server: $schema=../incident.schema.json\n"
    found = lint_text(tmp_path, f"{header}title: Nobody can log in\nstatus: {status}\n")
    assert codes(found) == ["KB101"] * 5


def test_dangers_and_false_claims_are_errors_in_a_draft_too(tmp_path):
    token = (
        "gh" + "p_a8Kd03mZq1Lx7Rt5Wv9Yb2Nc4Pe6Sf0Hg1Jk"
    )  # in parts, so that no scanner reports it as a leak
    fragment = """\
status: draft
related: [nothing-there]
impact: {description: Nobody could log in., evidence: proved}
mitigation: [{do: Drop it., run: dropdb app, risk: read-only}]
parameters: [{name: PATH, description: The path.}]
"""
    fragment += f"summary: The token is {token}.\n"
    found = {d.code for d in lint_fragment(tmp_path, fragment) if d.severity is Severity.ERROR}
    assert found == {"KB801", "KB201", "KB602", "KB502", "KB508"}


@pytest.mark.parametrize("status", ["draft", "published"])
def test_a_draft_spoils_no_finished_incident(status, tmp_path):
    fragment = f"""\
title: The disk of the database server is full
status: {status}
aliases: [OPS-41]
symptom: {{description: x, signatures: [No space left on device, 'cache of thumbnails on db-1']}}
"""
    base = load(write_base(tmp_path, incident_text(fragment)))
    found = {(d.file.split("/")[1], d.code, str(d.severity)) for d in lint(base, RULES)}
    both = {"KB208", "KB209", "KB211", "KB516"}
    if status == "draft":
        assert found == {("example", code, "hint") for code in both}
    else:
        assert {(i, "error") for i, _, _ in found} == {("example", "error"), ("disk-full", "error")}
        assert {code for _, code, _ in found} == both


# --- places


@pytest.mark.parametrize(
    ("fragment", "place"),
    [
        ("fix: [{do: Drop it., run: dropdb x, risk: read-only}]\n", (2, 27)),
        ("fix:\n  - {do: Drop it., run: dropdb x, risk: read-only}\n", (3, 25)),
        ("fix:\n  steps:\n    - do: Drop it.\n      run: |\n        dropdb x\n", (5, 7)),
    ],
)
def test_places_in_short_and_long_forms_of_the_fix(fragment, place, tmp_path):
    (found,) = lint_fragment(tmp_path, fragment)
    assert (found.code, found.position.line, found.position.column) == ("KB502", *place)


def test_each_reference_in_a_circle_is_reported_in_its_file(tmp_path):
    base = load(write_base(tmp_path, incident_text("superseded_by: queue-stuck\n")))
    found = [(d.file.split("/")[1], d.code, str(d.position.line)) for d in lint(base, RULES)]
    assert found == [("example", "KB203", "2"), ("queue-stuck", "KB203", "4")]


def test_a_reference_to_a_broken_incident_is_no_dead_end(tmp_path):
    root = write_base(tmp_path, incident_text("related: [broken]\n"))
    (root / "incidents/broken").mkdir()
    (root / "incidents/broken/incident.yaml").write_text("title: [\n")
    assert {d.code for d in lint(load(root), RULES)} == {"KB004"}


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("server.log", None),
        ("proofs/works/proof.sh", None),
        ("server.log#L3", None),
        ("https://example.com/a?b=c#d", None),
        ("missing.log", "KB206"),
        ("/etc/passwd", "KB206"),
        ("~/x", "KB206"),
        ("../disk-full/server.log", "KB206"),
        ("proofs\\works", "KB206"),
        ("C:/x", "KB206"),
        ("link-out", "KB206"),
        ("https://", "KB207"),
        ("http://[::1", "KB207"),
        ("https://exa mple.com/", "KB207"),
        ("ftp://example.com/x", "KB207"),
        ("file:///etc/passwd", "KB207"),
        ("JavaScript:alert(1)", "KB207"),
        ("data:text/html,x", "KB207"),
    ],
)
def test_locations(location, code, tmp_path):
    text = incident_text(
        f"sources:\n  - {{id: log, title: Log, kind: log, location: {location!r}}}\n".replace(
            "\\\\", "\\"
        )
    )
    root = write_base(tmp_path, text)
    (root / "incidents/example/link-out").symlink_to("/etc/hostname")
    found = [d for d in lint(load(root), RULES) if d.file == "incidents/example/incident.yaml"]
    assert codes(found) == ([code] if code else [])
