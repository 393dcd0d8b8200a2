"""`runbooks coverage`: alerts without a runbook, and runbooks without an alert."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cli import runbooks
from generator.coverage.edits import set_urls
from generator.coverage.rulefiles import MAX_BYTES, read_rules
from tests.programs import rules_problems

SITE = "https://kb.example/runbooks/"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A knowledge base with the alerts DiskFull, QueueStuck and "Odd name/x"."""
    root = tmp_path / "base"
    for name, alerts in (("disk", "[DiskFull]"), ("queue", "[QueueStuck, 'Odd name/x']")):
        folder = root / "incidents" / name
        folder.mkdir(parents=True)
        (folder / "incident.yaml").write_text(
            f"title: {name}\nseverity: SEV2\nsymptom:\n  description: s\n  alerts: {alerts}\n"
            "root_cause: c\nfix: f\nverification: v\n"
        )
    (root / "mkdocs.yml").write_text(f"site_name: x\nsite_url: {SITE}\n")
    return root


@pytest.fixture
def rules(tmp_path: Path):
    def write(text: str, name: str = "rules.yml") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode())
        return path

    return write


def run(base: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(
        runbooks, ["coverage", *(str(a) for a in arguments), "--root", str(base)]
    )


def report(base: Path, *arguments: str | Path) -> dict[str, Any]:
    return json.loads(run(base, *arguments, "--format", "json").stdout)


def group(*alerts: str) -> str:
    return "groups:\n  - name: g\n    rules:\n" + "".join(alerts)


def alert(name: str, url: str = "") -> str:
    text = f"      - alert: {name}\n        expr: up == 0\n"
    return text + (f"        annotations:\n          runbook_url: {url}\n" if url else "")


ALL = group(
    alert("DiskFull", f"{SITE}alerts/DiskFull/"),
    alert("QueueStuck", f"{SITE}alerts/QueueStuck/index.html"),
    alert("Odd name/x", f"{SITE}alerts/Odd-name-x/#top"),
)


def test_no_gaps(base: Path, rules) -> None:
    result = run(base, rules(ALL))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "3 alerting rules, 3 with a page" in result.stderr


def test_every_kind_of_gap_with_its_place(base: Path, rules) -> None:
    path = rules(
        group(
            alert("DiskFull"),
            alert("Unknown", "https://wiki.example/x"),
            alert("QueueStuck", f"{SITE}alerts/QueueStock/"),
        )
    )
    result = run(base, path)
    assert result.exit_code == 1
    for line in (
        f"{path}:4:16: error[CV103] the alert DiskFull has a page",
        f"{path}:6:16: error[CV101] no incident names the alert Unknown",
        f"{path}:13:24: error[CV102] the runbook_url of QueueStuck points to a page that does not exist",
        "incidents/queue/incident.yaml:5:24: error[CV104] no rule defines the alert Odd name/x",
    ):
        assert line in result.stdout, result.stdout
    found = report(base, path)
    assert found["version"] == 1
    assert [g["alert"] for g in found["alerts_without_page"]] == ["Unknown"]
    assert [g["alert"] for g in found["urls_that_lead_nowhere"]] == ["QueueStuck"]
    assert [g["alert"] for g in found["alerts_without_url"]] == ["DiskFull"]
    assert [g["alert"] for g in found["pages_without_alert"]] == ["Odd name/x"]
    assert found["alerts_without_url"][0]["address"] == f"{SITE}alerts/DiskFull/"
    assert (found["alerts"], found["covered"]) == (3, 2)


def test_files_count_together(base: Path, rules) -> None:
    one = rules(group(alert("DiskFull", f"{SITE}alerts/DiskFull/")), "a.yml")
    two = rules(ALL, "b.yml")
    assert run(base, one).exit_code == 1
    assert run(base, one, two, two).exit_code == 0


@pytest.mark.parametrize(
    ("url", "is_gap"),
    [
        (f"{SITE}alerts/Gone/", True),
        (f"{SITE}alerts/DiskFull", False),
        (f"{SITE}alerts/Disk%46ull/", False),
        (f"{SITE}incidents/disk/", False),
        (f"{SITE}incidents/disk/index.html#fix-1", False),
        (f"{SITE}incidents/gone/", True),
        ("https://KB.example/runbooks/alerts/Gone/", True),
        ("https://kb.example/wiki/alerts/Gone/", False),
        ("https://other.example/runbooks/alerts/Gone/", False),
        ("'https://[kb.example/'", True),
    ],
)
def test_where_urls_lead(base: Path, rules, url: str, is_gap: bool) -> None:
    found = report(base, rules(group(alert("DiskFull", url))))
    assert bool(found["urls_that_lead_nowhere"]) is is_gap


def test_templates_and_unknown_sites_are_not_judged(base: Path, rules) -> None:
    path = rules(group(alert("DiskFull", f"'{SITE}alerts/{{{{ $labels.x }}}}/'")))
    assert report(base, path)["unchecked"] == 1
    (base / "mkdocs.yml").write_text("site_name: x\n")
    other = rules(group(alert("DiskFull", f"{SITE}alerts/Gone/")))
    result = run(base, other)
    assert "1 runbook_urls were not checked" in result.stderr
    assert report(base, other, "--site-url", SITE)["urls_that_lead_nowhere"]
    usage = run(base, other, "--write")
    assert usage.exit_code == 2
    assert "--site-url" in usage.stderr
    assert run(base, other, "--site-url", "kb.example").exit_code == 2


def test_the_operator_s_objects(base: Path, rules) -> None:
    text = (
        "apiVersion: v1\nkind: ConfigMap\ndata: {groups: no}\n---\n"
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n"
        + "".join(f"  {line}\n" for line in ALL.splitlines())
        + "---\n"
    )
    assert run(base, rules(text)).exit_code == 0


# -- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("groups:\n  - name: [\n", ":3:1", "CV002"),
        ("{{- if .Values.x }}\ngroups: []\n", ":1:", "Helm"),
        ("a: b\n", ":1:1", "no `groups`"),
        ("- x\n", ":1:1", "no `groups`"),
        ("", ":1:1", "no rules"),
        ("groups: x\n", ":1:9", "`groups` must be a list"),
        ("groups:\n  - x\n", ":2:5", "must be a mapping"),
        ("groups:\n  - rules: [x]\n", ":2:13", "must be a mapping"),
        ("groups:\n  - rules:\n    - alert: []\n", ":3:14", "must be a name"),
        ("groups:\n  - rules:\n    - {alert: A, annotations: x}\n", ":3:31", "`annotations`"),
        ("a: &a [*a]\n", ":1:", "CV00"),
        ("[" * 100 + "]" * 100, ":1:", "nested deeper"),
        ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)), ":1:", "aliases"),
        ("a: \x00\n", ":1:", "CV00"),
        ("groups: []\x1b[31m", ":1", "CV002"),
    ],
)  # fmt: skip
def test_bad_files_are_diagnostics_with_a_place(
    base: Path, rules, text: str, place: str, said: str
) -> None:
    path = rules(text)
    result = run(base, path)
    assert result.exit_code == 1, result.output
    assert f"{path}{place}" in result.stdout
    assert said in result.stdout
    assert "CV104" not in result.stdout  # which alerts are unused is not known
    assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit)
    assert report(base, path)["problems"]


def test_unreadable_files(base: Path, rules, tmp_path: Path) -> None:
    assert run(base, tmp_path / "none.yml").exit_code == 2
    assert run(base, tmp_path).exit_code == 2
    path = tmp_path / "utf16.yml"
    path.write_bytes(ALL.encode("utf-16"))
    assert "not UTF-8" in run(base, path).stdout
    assert read_rules("x", b" " * (MAX_BYTES + 1)).problems[0].code == "CV001"


def test_one_bad_file_does_not_hide_another(base: Path, rules) -> None:
    result = run(base, rules("a: [", "a.yml"), rules(group(alert("Unknown")), "b.yml"))
    assert "CV002" in result.stdout
    assert "CV101" in result.stdout


# -- writing -------------------------------------------------------------------------------------

LAYOUTS = {
    "annotations": (
        "  - alert: DiskFull\n    expr: up\n    annotations:   # said\n"
        "      # what it says\n      summary: 'x'   # kept\n",
        "    annotations:   # said\n      runbook_url: URL\n      # what it says\n",
    ),
    "none": (
        "  - alert: DiskFull\n    expr: up  # kept\n\n  # the next\n  - alert: Other\n    expr: up\n",
        "    expr: up  # kept\n    annotations:\n      runbook_url: URL\n\n  # the next\n",
    ),
    "block text last": (
        "  - alert: DiskFull\n    expr: |\n      up\n      # of PromQL\n\n    # not\n  - alert: Other\n    expr: up\n",
        "      # of PromQL\n    annotations:\n      runbook_url: URL\n\n    # not\n",
    ),
    "deeper indentation": (
        "  -   alert: DiskFull\n      labels:\n          a: b\n      expr: up\n",
        "      expr: up\n      annotations:\n          runbook_url: URL\n",
    ),
    "flow annotations": (
        "  - alert: DiskFull\n    expr: up\n    annotations: { a: b }  # c\n",
        "    annotations: {runbook_url: URL,  a: b }  # c\n",
    ),
    "empty flow": (
        "  - alert: DiskFull\n    expr: up\n    annotations: {}\n",
        "    annotations: {runbook_url: URL}\n",
    ),
    "nothing": (
        "  - alert: DiskFull\n    annotations:\n    expr: up\n",
        "    annotations:\n      runbook_url: URL\n    expr: up\n",
    ),
    "null": (
        "  - alert: DiskFull\n    annotations: ~ # none\n    expr: up\n",
        "    annotations: {runbook_url: URL} # none\n",
    ),
    "empty": (
        "  - alert: DiskFull\n    annotations:\n      runbook_url:\n      a: b\n    expr: up\n",
        "      runbook_url: URL\n      a: b\n",
    ),
    "empty text": (
        "  - alert: DiskFull\n    annotations: {runbook_url: '', a: b}\n    expr: up\n",
        "    annotations: {runbook_url: URL, a: b}\n",
    ),
    "flow rule": (
        "  - {alert: DiskFull, expr: up}\n",
        "  - {annotations: {runbook_url: URL}, alert: DiskFull, expr: up}\n",
    ),
    "no line end behind block text": (
        "  - alert: DiskFull\n    expr: |\n      up\n      == 1",
        "    annotations:\n      runbook_url: URL\n    expr: |\n      up\n      == 1",
    ),
    "no line end": ("  - alert: DiskFull\n    expr: up", "    expr: up\n    annotations:\n"),
}


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_write_keeps_all_else(base: Path, rules, name: str, line_end: str) -> None:
    before, expected = LAYOUTS[name]
    text = "# ours — ü\ngroups:\n- name: g   # first\n  rules:\n" + before
    path = rules(text.replace("\n", line_end))
    path.chmod(0o640)
    result = run(base, path, "--write")
    after = path.read_bytes().decode()
    url = f'"{SITE}alerts/DiskFull/"'
    assert expected.replace("URL", url).replace("\n", line_end) in after
    assert path.stat().st_mode & 0o777 == 0o640
    # Only lines were added, or one of them was changed.
    kept = [line for line in text.split("\n") if line.strip()]
    others = [line.rstrip("\r") for line in after.split("\n")]
    assert len([line for line in kept if line not in others]) <= 1
    assert "runbook_url" in result.stdout
    data = yaml.safe_load(after)
    rule = data["groups"][0]["rules"][0]
    assert rule["annotations"].pop("runbook_url") == f"{SITE}alerts/DiskFull/"
    was = yaml.safe_load(text)["groups"][0]["rules"][0]
    assert {k: v for k, v in rule.items() if k != "annotations"} == {
        k: v for k, v in was.items() if k != "annotations"
    }
    again = run(base, path, "--write")
    assert path.read_bytes().decode() == after
    assert "---" not in again.stdout


def test_a_dry_run_shows_and_writes_nothing(base: Path, rules) -> None:
    path = rules(group(alert("DiskFull")))
    before = path.read_bytes()
    result = run(base, path, "--dry-run")
    assert f'+          runbook_url: "{SITE}alerts/DiskFull/"' in result.stdout
    assert path.read_bytes() == before
    assert run(base, path, "--write", "--dry-run").exit_code == 1
    assert path.read_bytes() == before


def test_the_report_after_writing_is_about_what_stands_there(base: Path, rules) -> None:
    path = rules(ALL + alert("DiskFull"))
    result = run(base, path, "--write", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["alerts_without_url"] == []
    assert "+          runbook_url" in result.stderr


def test_alerts_without_a_page_are_left_alone(base: Path, rules) -> None:
    path = rules(group(alert("Unknown")))
    before = path.read_bytes()
    assert run(base, path, "--write").exit_code == 1
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        "x: &a {summary: s}\ngroups:\n- rules:\n  - alert: DiskFull\n    expr: up\n    annotations: *a\n",
        "groups:\n- rules:\n  - alert: DiskFull\n    expr: up\n    annotations: &a {s: t}\n  - alert: Other\n    expr: up\n    annotations: *a\n",
        "x: &a\n  annotations: {s: t}\ngroups:\n- rules:\n  - alert: DiskFull\n    expr: up\n    <<: *a\n",
    ],
)
def test_what_others_share_is_not_touched(base: Path, rules, text: str) -> None:
    path = rules(text)
    result = run(base, path, "--write")
    assert path.read_text() == text
    assert "CV201" in result.stdout
    assert result.exit_code == 1


def test_one_that_cannot_be_edited_does_not_stop_the_others(base: Path, rules) -> None:
    path = rules(
        "x: &a {s: t}\ngroups:\n- rules:\n"
        "  - alert: DiskFull\n    expr: up\n    annotations: *a\n"
        "  - alert: QueueStuck\n    expr: up\n"
    )
    assert "CV201" in run(base, path, "--write").stdout
    assert f"{SITE}alerts/QueueStuck/" in path.read_text()
    assert "DiskFull/" not in path.read_text()


def test_a_link_is_followed_and_a_byte_order_mark_stays(base: Path, rules, tmp_path: Path) -> None:
    target = rules("\ufeff" + group(alert("DiskFull")))
    link = tmp_path / "link.yml"
    link.symlink_to(target)
    run(base, link, "--write")
    assert link.is_symlink()
    assert target.read_text("utf-8").startswith("\ufeffgroups:")
    assert "runbook_url" in target.read_text("utf-8")


WORDS = st.text("abc: #'\"{}[]|>&*!%@`-\nü日", max_size=12)


@settings(max_examples=60)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"alert": st.sampled_from(["DiskFull", "Other"]), "expr": WORDS},
            optional={
                "for": st.just("5m"),
                "labels": st.dictionaries(st.sampled_from("ab"), WORDS, max_size=2),
                "annotations": st.dictionaries(st.sampled_from(["summary", "x y"]), WORDS, max_size=2),
            },
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([None, False, True]),
    st.integers(2, 6),
    st.booleans(),
)  # fmt: skip
def test_any_file_says_the_same_plus_the_annotations(
    alerts: list[dict[str, Any]], flow: bool | None, indent: int, sort: bool
) -> None:
    data = {"groups": [{"name": "g", "rules": alerts}]}
    text = yaml.safe_dump(
        copy.deepcopy(data), default_flow_style=flow, indent=indent, sort_keys=sort, allow_unicode=True
    )  # fmt: skip
    file = read_rules("f", text.encode())
    chosen = [rule for rule in file.alerts if rule.name == "DiskFull"]
    edited = set_urls(file, chosen, lambda _: "https://x/?a=b#c: 'd' \"e\"")
    assert edited.problems == ()
    for rule in alerts:
        if rule["alert"] == "DiskFull":
            rule["annotations"] = {
                **rule.get("annotations", {}),
                "runbook_url": "https://x/?a=b#c: 'd' \"e\"",
            }
    assert yaml.safe_load(edited.text) == data


# -- promtool ------------------------------------------------------------------------------------


def test_promtool_reads_what_was_written(base: Path, rules) -> None:
    body = "".join(
        text.rstrip("\n").replace("alert: Other", f"alert: Other{n}").replace("expr: up", f"expr: up == {n}") + "\n"
        for n, (text, _) in enumerate(LAYOUTS.values())
        if "of PromQL" not in text
    )  # fmt: skip
    path = rules("groups:\n- name: g\n  rules:\n" + body)
    assert rules_problems(path) == ""
    assert run(base, path, "--write").exit_code == 1
    assert path.read_text().count('runbook_url: "https') == len(LAYOUTS) - 1
    assert rules_problems(path) == ""
