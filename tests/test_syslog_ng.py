"""`runbooks export-signatures --format syslog-ng`, run by syslog-ng's own pdbtool."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.cli import runbooks
from generator.knowledge.base import load
from generator.log_systems import SignatureExportOptions, syslog_ng
from generator.log_systems.base import PortableSignature
from generator.log_systems.patterns import pattern_of
from generator.signatures.language import SignatureError
from generator.signatures.template import compile_template
from tests.bench.match import templates
from tests.conftest import FULL, ROOT
from tests.log_bases import HOSTILE, base_of, samples
from tests.programs import PDBTOOL

pytestmark = pytest.mark.slow

RULE, SEPARATOR = "${.classifier.rule_id}", "\x1f"


def exported(root: Path) -> tuple[str, str]:
    arguments = ["export-signatures", "--format", "syslog-ng", "--root", str(root)]
    result = CliRunner().invoke(runbooks, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def written(folder: Path, text: str) -> Path:
    path = folder / "patterns.xml"
    path.write_text(text, "utf-8")
    return path


def problems(database: Path) -> str:
    """Let pdbtool test a database against its schema and its own examples."""
    done = PDBTOOL.ask("test", "--validate", database)
    return "" if done.returncode == 0 else f"{done.returncode} {done.stdout}{done.stderr}"


def matched(database: Path, message: str, *values: str) -> list[str]:
    """Return the rule that matches a message, and values."""
    shown = SEPARATOR.join([RULE, *(f"${{incident.{value}}}" for value in values)])
    done = PDBTOOL.ask("match", "-p", database, "-P", "x", "-M", message, "-T", shown)
    return done.stdout.rstrip("\n").split(SEPARATOR)


def examples(text: str) -> dict[str, int]:
    """Return how many examples each rule has."""
    rules = ElementTree.fromstring(text.encode()).iter("rule")
    return {rule.attrib["id"]: len(list(rule.iter("example"))) for rule in rules}


@pytest.mark.parametrize("root", [ROOT, FULL])
def test_a_database_fits_its_schema_and_its_examples(root: Path, tmp_path: Path) -> None:
    text, said = exported(root)
    database = written(tmp_path, text)
    assert problems(database) == ""
    own = examples(text)
    found, rejected = samples(load(root))
    names = {name for name, _ in found}
    for name in names:
        assert (name in own) != (f"left out: {name}: " in said)
    assert sum(own.values()) > len(names) / 2
    for name, message in rejected:
        assert matched(database, message)[0] != name


def test_values_name_the_incident(tmp_path: Path) -> None:
    root = base_of(tmp_path, [{"text": "no table {TABLE} on {HOST}"}], title="It costs $5 & <more> ${HOST}")  # fmt: skip
    database = written(tmp_path, exported(root)[0])
    names = ("id", "signature", "severity", "title", "url", "captures.TABLE", "captures.HOST")
    assert matched(database, "ERROR no table My Table on db-1.example.", *names) == [
        "one#1", "one", "1", "SEV2", "It costs $5 & <more> ${HOST}", "https://kb.example/incidents/one/",
        "My Table", "db-1.example",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("template", "line", "captures"),
    [
        ("alias {ALIAS} in two", "the alias a b in two", {"ALIAS": "a b"}),
        ("host: {HOST}", "to host: db-1.example, port", {"HOST": "db-1.example"}),
        ("ends {X}", "it ends here.", {"X": "here"}),
        ("ends {X}", "it ends “wört”", None),
        ("say {X}", "to say wört“ more", {"X": "wört"}),
        ("{WHO} has failed", "the job-7 has failed", {"WHO": "job-7"}),
        ("{WHO} has failed", "\u2018job\u2019 has failed, job has failed", {"WHO": "job"}),
        ("a {_} b {N...} c", "a 1 b 2 c", {"N": "2"}),
        ("page {#} of {N} pages", "page 17 of 20 pages", {"N": "20"}),
        ("user@{HOST} left", "the user@db-1 left", {"HOST": "db-1"}),
        ("ERROR: no file {N}!", "ERROR:  no file a!", None),
        ("no file {N}  at all", "ERROR:  no file a at   all", {"N": "a"}),
        ("job {N} ended", "job ended, then job 7 ended", {"N": "ended, then job 7"}),
    ],
)  # fmt: skip
def test_captures_are_those_of_the_matcher(
    template: str, line: str, captures: dict[str, str] | None, tmp_path: Path
) -> None:
    root = base_of(tmp_path, [{"text": template}])
    name = next(iter(captures or {"": ""}))
    found = matched(written(tmp_path, exported(root)[0]), line, f"captures.{name}")
    own = compile_template(template).find(line)
    if captures is None:  # where they differ; see the guide
        assert found[0] == ""
    else:
        assert found == ["one#1", captures[name]]
        assert own is not None
        assert own.captures == captures


def test_spaces_that_a_sample_has_are_known(tmp_path: Path) -> None:
    message = "ERROR:  no  file a!"
    root = base_of(tmp_path, [{"text": "ERROR: no file {N}!", "matches": [message]}])
    text, _ = exported(root)
    database = written(tmp_path, text)
    assert problems(database) == ""
    assert examples(text) == {"one#1": 1}
    for line in (message, "ERROR: no file a!"):
        assert matched(database, f"x {line}", "captures.N") == ["one#1", "a"]


def test_forms_of_the_language(tmp_path: Path) -> None:
    root = base_of(
        tmp_path,
        [
            {"any": ["npm ERR! code {CODE}", "npm error code {CODE}"]},
            {"text": "{LEVEL=WARN|FATAL} quota exceeded"},
            {"text": "Broker {NAME} lost", "ignore_case": True},
            {"fields": {"reason": "OOMKilled"}},
            {"regex": "[0-9]+ or [a-z]+"},
            {"text": "it stopped", "without": ["as@ked to", "{_} may   {N} stop"]},
            {"text": "npm ERR! code {CODE}"},
        ],
    )
    text, said = exported(root)
    database = written(tmp_path, text)
    assert problems(database) == ""
    for line, *expected in (
        ("npm error code E1", "one#1.2", "E1", "", ""),
        ("now FATAL quota exceeded", "one#2.2", "", "FATAL", ""),
        ("bROKER Kafka LOST", "one#3", "", "", "Kafka"),
        ("reason=OOMKilled", "", "", "", ""),
        ("so it stopped", "one#6", "", "", ""),
        ("so it stopped, as@ked to", "", "", "", ""),
        ("you may not stop, it stopped", "", "", "", ""),
    ):
        names = ("captures.CODE", "captures.LEVEL", "captures.NAME")
        assert matched(database, line, *names) == expected
    for number, why in ((4, "not a template"), (5, "not a template"), (7, "another signature has the same pattern")):  # fmt: skip
        assert f"left out: one#{number}: {why}" in said


def test_characters_of_the_language_mean_nothing(tmp_path: Path) -> None:
    signatures: list[dict[str, object]] = []
    for text in HOSTILE:
        line = text
        for name in ("{X}", "{_}", "{B}", "{C}", "{WHO}", "{LONG...}"):
            line = line.replace(name, "v")
        signatures.append({"text": text, "matches": [f"before {line} after"]})
    text, said = exported(base_of(tmp_path, signatures, title="]]> & <x> \x1b[1m"))
    assert said == ""
    assert problems(written(tmp_path, text)) == ""
    assert examples(text) == {f"one#{number}": 1 for number in range(1, len(HOSTILE) + 1)}


def test_a_thousand_signatures(tmp_path: Path) -> None:
    texts = templates(1_000)
    lines = [t.replace("{NAME}", f"orders {n}").replace("{_}", "3") for n, t in enumerate(texts)]
    root = base_of(tmp_path, [{"text": t, "matches": [f"x {line}"]} for t, line in zip(texts, lines, strict=True)])  # fmt: skip
    text, said = exported(root)
    assert said == ""
    database = written(tmp_path, text)
    assert problems(database) == ""
    assert examples(text) == {f"one#{number}": 1 for number in range(1, 1_001)}
    log = tmp_path / "log"
    head = "<13>Nov 26 10:00:00 host prog[1]: "
    log.write_text("".join(f"{head}{line}\n{head}no error\n" for line in lines))
    shown = f"{RULE} ${{incident.captures.NAME}}\n"
    done = PDBTOOL.ask("match", "-p", database, "-f", log, "-T", shown)
    got = [line for line in done.stdout.splitlines() if line.strip()]
    assert got == [f"one#{n + 1} orders {n}" for n in range(1_000)]


PIECE = (
    st.text("ab.*+?()[]{}|^$\\'\"-#/@%:;&<> é日“\x1b", min_size=1, max_size=8)
    .filter(str.strip)
    .filter(lambda text: "{#}" not in text)
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    pieces=st.lists(st.tuples(PIECE, PIECE), min_size=1, max_size=8),
    value=st.text("xyz0é", min_size=1, max_size=4),
)
def test_any_template_passes_its_own_test(
    pieces: list[tuple[str, str]], value: str, tmp_path: Path
) -> None:
    signatures = []
    for number, (before, after) in enumerate(pieces):
        text = f"n{number}{before}{{NAME}}{after}end"
        try:
            template = compile_template(text)
        except SignatureError:
            continue
        sample = f"a {text.replace('{NAME}', value)} b"
        pattern = pattern_of(template)
        signatures.append(
            PortableSignature(
                "one", number, "T", "SEV1", text, 1, pattern, "", "",
                template=template, samples=(sample,),
            )
        )  # fmt: skip
    text = syslog_ng.export(signatures, SignatureExportOptions()).text
    assert problems(written(tmp_path, text)) == ""
    for signature in signatures:
        patterns = syslog_ng.patterns_of(signature.template, signature.samples)
        assert any(syslog_ng.captured(pattern, signature.samples[0]) for pattern in patterns)
