"""`runbooks export-signatures`: the signatures for log systems."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import re2
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from generator.cli import runbooks
from generator.knowledge.base import load
from generator.log_systems import (
    FORMATS,
    PortableSignature,
    SignatureExportOptions,
    loki,
    portable_signatures,
    vector,
)
from generator.log_systems.json_format import SCHEMA
from generator.log_systems.patterns import pattern_of
from generator.signatures.expression import compile_regex
from generator.signatures.language import SignatureError, compile_signature
from generator.signatures.source import described
from generator.signatures.template import compile_template
from tests.conftest import FULL, ROOT
from tests.log_bases import samples, shows
from tests.programs import rules_problems

SITE = "https://kb.example/"
SAMPLES = [
    (incident_id, signature)
    for root in (ROOT, FULL)
    for incident_id, incident in load(root).incidents.items()
    for signature in incident.symptom.signatures
]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(runbooks, ["export-signatures", *(str(a) for a in arguments)])


def exported(form: str, root: Path = ROOT, *more: str) -> str:
    result = run("--format", form, "--root", root, "--site-url", SITE, *more)
    assert result.exit_code == 0, result.output
    return result.stdout


def base_with(
    folder: Path, *signatures: str | dict[str, object], title: str = "T", status: str = "draft"
) -> Path:
    path = folder / "incidents" / "one" / "incident.yaml"
    path.parent.mkdir(parents=True)
    (folder / "mkdocs.yml").write_text("site_name: x\n")
    incident = {
        "title": title, "severity": "SEV2", "status": status, "root_cause": "c", "fix": "f", "verification": "v",
        "symptom": {"description": "s", "signatures": list(signatures)},
    }  # fmt: skip
    path.write_text(yaml.safe_dump(incident))
    return folder


# -- regular expressions -------------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s[0]}-{described(s[1].source)[:30]}")
def test_every_exported_regex_is_re2_and_finds_its_samples(sample: tuple[str, Any]) -> None:
    _, signature = sample
    whole = compile_signature(signature.source)
    patterns = [pattern_of(one) for form in whole.key for one in form]
    without = [re2.compile(pattern_of(one).regex) for form in whole.without for one in form]
    compiled = [re2.compile(pattern.regex) for pattern in patterns]
    for one, pattern in zip(compiled, patterns, strict=True):
        assert tuple(sorted(one.groupindex)) == tuple(sorted(pattern.captures))
    for text in signature.samples:
        # Log systems look at each line alone.
        if not any(shows(signature.source, line) for line in text.splitlines()):
            continue
        assert any(one.search(text) for one in compiled), text
        assert any(pattern.needle in text for pattern in patterns)
        assert any(re.compile(pattern.regex).search(text) for pattern in patterns)
    if signature.all or signature.fields:
        return  # a log system looks at one part of it only
    for text in signature.rejects:
        if not any(one.search(text) for one in without):
            assert not any(one.search(text) for one in compiled), text


WORD = (
    st.text("ab.*+?()[]{}|^$\\'\"-#/ é日", min_size=1, max_size=8)
    .filter(str.strip)
    .filter(lambda text: "{#}" not in text)
)


@given(
    st.lists(WORD, min_size=1, max_size=4),
    st.booleans(),
    st.booleans(),
    st.text("xyz0", min_size=1, max_size=5),
)
def test_any_template_is_re2_and_finds_what_it_says(
    words: list[str], begins: bool, ends: bool, value: str
) -> None:
    names = [f"N{n}" for n in range(len(words) + 1)]
    text = "".join(f"{word} {{{name}}} " for word, name in zip(words, names[1:], strict=False))
    if not ends:
        text += "end"
    if begins:
        text = "{N0} " + text
    try:
        template = compile_template(text)
    except SignatureError:
        return
    line = re.sub(r"\{N\d\}", value, text).strip()
    pattern = pattern_of(template)
    assert re2.compile(pattern.regex).search(line), (pattern.regex, line)
    assert pattern.needle in line
    own = template.find(line)
    if own is not None:
        found = re2.compile(pattern.regex).search(line)
        assert set(found.groupdict()) == set(own.captures)


@pytest.mark.parametrize(
    ("template", "line", "captures"),
    [
        ("alias {ALIAS} in two", "the alias a b in two", {"ALIAS": "a b"}),
        ("host: {HOST}", 'to host: db-1.example, port', {"HOST": "db-1.example"}),
        ("ends {X}", "it ends here.", {"X": "here"}),
        ("{WHO} has failed", "job-7 has failed", {"WHO": "job-7"}),
        ("a {_} b {N...} c", "a 1 b 2 c", {"N": "2"}),
    ],
)  # fmt: skip
def test_captures_are_those_of_the_matcher(template: str, line: str, captures: dict) -> None:
    compiled = compile_template(template)
    assert compiled.find(line).captures == captures
    assert re2.compile(pattern_of(compiled).regex).search(line).groupdict() == captures


def test_a_case_that_is_ignored_gives_no_needle() -> None:
    assert pattern_of(compile_template("abcdef", None, ignore_case=True)).needle == ""
    assert pattern_of(compile_regex("abcdef [0-9]+")).needle == "abcdef"


# -- json ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", [ROOT, FULL])
def test_json_fits_its_schema(root: Path) -> None:
    report = json.loads(exported("json", root))
    jsonschema.validate(report, SCHEMA)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert report["version"] == 1
    assert report["signatures"][0]["url"].startswith(SITE + "incidents/")
    assert json.loads(run("--schema").stdout) == SCHEMA


# -- loki ----------------------------------------------------------------------------------------


def expressions(text: str) -> list[str]:
    return [rule["expr"] for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def go_strings(expression: str) -> list[str]:
    """Return the double-quoted strings of an expression, parsed as in Go."""
    return [json.loads(s) for s in re.findall(r'"(?:[^"\\\n]|\\.)*"', expression)]


@pytest.mark.parametrize("root", [ROOT, FULL])
def test_loki_rules(root: Path) -> None:
    text = exported("loki", root, "--selector", '{app="shop"}')
    signatures = of_single_lines(root)
    rules = yaml.safe_load(text)["groups"][0]["rules"]
    assert len(rules) == len(signatures)
    for rule, signature in zip(rules, signatures, strict=True):
        assert set(rule) == {"alert", "expr", "labels", "annotations"}
        assert rule["expr"].startswith('sum by (job) (count_over_time({app="shop"} |')
        strings = go_strings(rule["expr"])
        assert strings[-1 - len(signature.without)] == signature.pattern.regex
        assert strings[0] == "shop"
        assert rule["labels"]["incident"] == signature.incident
        assert rule["annotations"]["runbook_url"] == signature.address


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=40))
def test_loki_strings_hold_what_they_are_given(text: str) -> None:
    written = loki.logql_string(text)
    assert "\n" not in written
    assert go_strings(written) == [text]
    # The result of the ruler's templates.
    shown = re.sub(r'\{\{ "\{\{" \}\}', "{{", loki.escaped(text))
    assert shown == text
    assert "{{" not in loki.escaped(text).replace('{{ "{{" }}', "")


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1))
def test_loki_yaml_survives_any_selector_and_title(text: str) -> None:
    document = loki.export([], SignatureExportOptions(selector=text)).text
    assert yaml.safe_load(document) == {"groups": []}


def test_loki_titles_are_no_templates(tmp_path: Path) -> None:
    text = exported("loki", base_with(tmp_path, "an error of ours", title="{{ 7*7 }} {{{"))
    rule = yaml.safe_load(text)["groups"][0]["rules"][0]
    assert rule["annotations"]["summary"] == '{{ "{{" }} 7*7 }} {{ "{{" }}{'


def test_go_reads_every_string_regex_and_template(tmp_path: Path) -> None:
    """Promtool and Loki use the strings, regular expressions and templates of Go."""
    odd = base_with(
        tmp_path / "odd",
        *(r"back\slash \d {X} 'q' \"d\" `b`", "tab\tand ünï 日本 {_}", "{A} [x](y) *+?.^$| {B}: end"),
        "a {LONG...} b, c {{x}} {y",
        title="{{ define \"x\" }} {{{{ $labels }} %s",
    )  # fmt: skip
    for number, root in enumerate((ROOT, FULL, odd)):
        rules = yaml.safe_load(exported("loki", root))
        for rule in rules["groups"][0]["rules"]:
            *_, regex = re.findall(r'"(?:[^"\\\n]|\\.)*"', rule["expr"])
            rule["expr"] = f"up{{line=~{regex}}}"
        path = tmp_path / f"{number}.yaml"
        path.write_text(yaml.safe_dump(rules))
        assert rules_problems(path) == ""


# -- opensearch ----------------------------------------------------------------------------------


def percolates(document: dict[str, Any], line: str, field: str = "message") -> bool:
    """Evaluate an intervals query like OpenSearch, for the few forms that are exported."""
    tokens = [t.lower() for t in re.findall(r"\w+", line)]
    interval = document["_source"]["query"]["intervals"][field]
    parts = interval["all_of"]["intervals"] if "all_of" in interval else [interval]
    at = 0
    for part in parts:
        words = [t.lower() for t in re.findall(r"\w+", part["match"]["query"])]
        at = next(
            (n + len(words) for n in range(at, len(tokens)) if tokens[n : n + len(words)] == words),
            -1,
        )
        if at < 0:
            return False
    return True


def test_opensearch_documents_find_the_samples() -> None:
    result = run("--format", "opensearch", "--root", ROOT)
    report = json.loads(result.stdout)
    by_name = {d["_id"]: d for d in report["documents"]}
    left_out = {entry["signature"] for entry in report["left_out"]}
    assert all(f"left out: {name}" in result.stderr for name in left_out)
    for name, text in samples(load(ROOT))[0]:
        forms = [one for key, one in by_name.items() if key == name or key.startswith(f"{name}.")]
        if f"left out: {name}" not in result.stderr:
            assert any(percolates(one, text) for one in forms), text
    properties = report["index"]["body"]["mappings"]["properties"]
    assert properties["query"] == {"type": "percolator"}
    assert set(report["query"]["query"]["percolate"]["document"]) == {"message"}
    assert set(report["documents"][0]["_source"]) <= set(properties)


def test_opensearch_leaves_out_what_it_cannot_express(tmp_path: Path) -> None:
    root = base_with(tmp_path, "pre_{X}_post", "word {A}glued words end", "x-{Y}")
    report = json.loads(exported("opensearch", root, "--field", "log.text"))
    intervals = [d["_source"]["query"]["intervals"]["log.text"] for d in report["documents"]]
    assert [i.get("match", {}).get("query") for i in intervals] == [None, "x"]
    assert [p["match"]["query"] for p in intervals[0]["all_of"]["intervals"]] == [
        "word",
        "words end",
    ]
    assert [entry["signature"] for entry in report["left_out"]] == ["one#1"]


# -- vector --------------------------------------------------------------------------------------

ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", '"': '"', "\\": "\\", "{": "{", "'": "'"}


def vrl_string(written: str) -> str:
    """Read a string as VRL's lexer does (src/parser/lex.rs): escapes, and `{{` begins a template."""
    assert written[0] == written[-1] == '"'
    text, signs = "", iter(written[1:-1])
    for sign in signs:
        assert sign != '"'
        if sign == "\\":
            text += ESCAPES[next(signs)]
        else:
            assert sign != "{", "a template may begin here"
            text += sign
    return text


def vrl_regex(written: str) -> str:
    """Read a regular expression as VRL's lexer does: it ends at the first quote without a \\."""
    assert written.startswith("r'")
    end, escaped = 2, False
    while written[end] != "'" or escaped:
        escaped = written[end] == "\\" and not escaped
        end += 1
    assert end == len(written) - 1
    return written[2:end]


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_vector_strings_hold_what_they_are_given(text: str) -> None:
    assert vrl_string(vector.string(text)) == text


@given(st.text("ab'\\\\\n\r[]", max_size=12), st.text("ab'\\\n\r[]", max_size=12))
def test_vector_regexes_mean_the_same(pattern: str, line: str) -> None:
    try:
        before = re2.compile(pattern)
    except re2.error:
        return
    after = re2.compile(vrl_regex(vector.regex(pattern)))
    assert bool(before.search(line)) == bool(after.search(line))
    assert not {"\n", "\r"} & set(vector.regex(pattern))


@pytest.mark.parametrize("root", [ROOT, FULL])
def test_vector_program(root: Path) -> None:
    text = exported("vector", root, "--field", "log.message")
    signatures = of_single_lines(root)
    assert 'message = string(.log.message) ?? ""' in text
    code = re.sub(r"^#.*", "", text, flags=re.MULTILINE)
    code = re.sub(r"""r'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", "", code)
    assert code.count("{") == code.count("}")
    literals = re.findall(r"parse_regex\(message, (r'(?:[^'\\]|\\.)*')\)", text)
    assert [vrl_regex(literal) for literal in literals] == [
        s.pattern.regex.replace("'", r"\x27") for s in signatures
    ]
    needles = re.findall(r'contains\(message, ("(?:[^"\\]|\\.)*")\)', text)
    assert [vrl_string(n) for n in needles] == [s.pattern.needle for s in signatures if s.pattern.needle]  # fmt: skip


def of_single_lines(root: Path) -> list[PortableSignature]:
    """Return what Loki and Vector can say, which read each line alone."""
    options = SignatureExportOptions(site=SITE)
    return portable_signatures(load(root).shown, options, without=True)[0]


def test_a_text_that_rules_out_a_line(tmp_path: Path) -> None:
    root = base_with(tmp_path, {"text": "it has died", "without": ["as 'asked'", "{_} asked it"]})
    (expression,) = expressions(exported("loki", root))
    assert '|~ "it\\\\s+has\\\\s+died" !~ "as\\\\s+\'asked\'" !~ "(?:[' in expression
    program = exported("vector", root)
    assert r"if error == null && !match(message, r'as\s+\x27asked\x27') && !match(" in program
    for form in ("json", "opensearch"):
        said = run("--format", form, "--root", root).stderr
        assert "left out: one#1: it depends on what is near it" in said


# -- the command ---------------------------------------------------------------------------------


def test_output_goes_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "out.yaml"
    assert run("--format", "loki", "--root", ROOT, "-o", path).stdout == ""
    assert expressions(path.read_text("utf-8"))
    assert run("--format", "loki", "--root", ROOT, "-o", tmp_path / "no/out").exit_code == 1


def test_without_a_site_there_are_no_addresses(full: Path) -> None:
    report = json.loads(run("--format", "json", "--root", full).stdout)
    assert {s["url"] for s in report["signatures"]} == {None}
    assert "runbook_url" not in run("--format", "loki", "--root", full).stdout


def test_withdrawn_incidents_and_bad_signatures_are_left_out(tmp_path: Path) -> None:
    gone = base_with(tmp_path / "a", "an error of ours", status="withdrawn")
    assert json.loads(exported("json", gone))["signatures"] == []
    for form in FORMATS:
        assert run("--format", form, "--root", gone).exit_code == 0
    bad = base_with(tmp_path / "b", "{X}", "an error of ours")
    result = run("--format", "json", "--root", bad)
    assert "left out: one#1: the signature has no text except placeholders" in result.stderr
    assert [s["signature"] for s in json.loads(result.stdout)["signatures"]] == [2]


def test_wrong_usage(full: Path) -> None:
    assert run("--root", full).exit_code == 2
    assert run("--format", "splunk", "--root", full).exit_code == 2
    assert run("--format", "loki", "--selector", "app", "--root", full).exit_code == 2
    assert run("--format", "vector", "--field", 'a") ?? x', "--root", full).exit_code == 2


def test_the_same_base_gives_the_same_text() -> None:
    base = load(ROOT)
    for form in FORMATS.values():
        options = SignatureExportOptions()
        assert form(portable_signatures(base, options)[0], options) == form(
            portable_signatures(base, options)[0], options
        )


def test_every_format_is_documented() -> None:
    guide = (ROOT / "docs/guide/log-systems.md").read_text("utf-8")
    for name in FORMATS:
        assert f"--format {name}" in guide
