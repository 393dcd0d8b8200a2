"""`proofs.yaml` and `sources.yaml` beside an incident: what they say counts as said in `incident.yaml`."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.cache.fingerprints import BESIDE_FILES, incident_stamps
from generator.knowledge.base import load
from generator.knowledge.beside import BESIDE, field_of
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.records import ProofState
from generator.knowledge.source import Source
from generator.model import Incident
from generator.rules import RULES, Rule, lint
from tests.rule_examples import HEADER, incident_text, write_base
from tests.sites import runbooks

PROOFS = """\
proofs:
  - id: works
    shows: symptom
    description: Logs in and fails.
    run: sh proof.sh
    expect: {contains: refused}
"""
SOURCES = """\
sources:
  - {id: log, title: Log of the server, kind: log, location: server.log}
"""
CLAIM = """\
impact:
  description: Nobody could log in.
  evidence: proved
  proof: works
  source: log
"""
WHOLE = incident_text(CLAIM + PROOFS + SOURCES)
MAIN = incident_text(CLAIM)
FOLDER = "incidents/example"


def comment(field: str) -> str:
    return f"# yaml-language-server: $schema=../{field}.schema.json\n"


def base_of(root: Path, main: str = MAIN, **beside: str) -> Path:
    """Write a base in which files stand beside the example; the record is that of the whole."""
    write_base(root, WHOLE)
    (root / FOLDER / "incident.yaml").write_text(main)
    for field, text in beside.items():
        (root / FOLDER / f"{field}.yaml").write_text(text)
    return root


def split(root: Path) -> Path:
    return base_of(root, proofs=comment("proofs") + PROOFS, sources=comment("sources") + SOURCES)


def found(root: Path, code: str = "") -> list[str]:
    """Return the findings in the example as `file:line:column: code message`."""
    told: list[Diagnostic] = lint(load(root), RULES, ["example"])
    return [
        f"{d.file.removeprefix(FOLDER + '/')}:{d.position.line}:{d.position.column}: {d.code} {d.message}"
        for d in told
        if code in d.code
    ]


def test_each_file_holds_a_field_of_an_incident() -> None:
    assert tuple(BESIDE) == BESIDE_FILES
    for name, model in BESIDE.items():
        field = field_of(name)
        assert list(model.model_fields) == [field]
        assert model.model_fields[field].annotation == Incident.model_fields[field].annotation


def test_the_incident_is_the_union(tmp_path: Path) -> None:
    whole, parts = load(write_base(tmp_path / "a", WHOLE)), load(split(tmp_path / "b"))
    assert parts.incidents["example"] == whole.incidents["example"]
    assert parts.by_id["example"].files == tuple(
        f"{FOLDER}/{name}" for name in ("incident.yaml", *BESIDE_FILES)
    )
    assert found(parts.root) == found(whole.root) == []


def test_a_record_stays_good_when_the_proofs_move(tmp_path: Path) -> None:
    base = load(split(tmp_path))
    (proof,) = base.incidents["example"].proofs
    assert base.proof_state("example", proof) is ProofState.GOOD
    path = tmp_path / FOLDER / "proofs.yaml"
    path.write_text(path.read_text().replace("sh proof.sh", "sh proof.sh again"))
    again = load(tmp_path)
    assert again.proof_state("example", again.incidents["example"].proofs[0]) is ProofState.STALE


@pytest.mark.parametrize(
    ("field", "old", "new", "told"),
    [
        ("proofs", "symptom", "nothing", "proofs.yaml:4:12: KB104 `proofs[1].shows` is 'nothing'"),
        ("proofs", "    run: sh proof.sh\n", "", "proofs.yaml:3:5: KB101 `run` is missing"),
        ("proofs", "run:", "runs:", "proofs.yaml:6:5: KB102 unknown field `runs` in `proofs[1]`"),
        ("proofs", "contains: refused", "exit: 1", "proofs.yaml:7:5: KB606 the proof 'works'"),
        ("sources", "server.log", "no.log", "sources.yaml:3:62: KB206 the file 'no.log'"),
        ("sources", "kind: log", "kind: [log", "sources.yaml:3:73: KB004 not YAML"),
        ("sources", "id: log", "id: log, id: log", "sources.yaml:3:15: KB005 duplicate key `id`"),
        ("sources", SOURCES, "", "sources.yaml:1:1: KB008 the file contains only comments"),
        ("sources", SOURCES, "- a\n", "sources.yaml:2:1: KB008 not a mapping of fields"),
        ("sources", SOURCES, "sources:\n", "sources.yaml:2:1: KB101 `sources` is missing"),
        (
            "sources",
            SOURCES,
            SOURCES + "title: x\n",
            "sources.yaml:4:1: KB102 unknown field `title`",
        ),
        ("sources", "# yaml-", "# ", "sources.yaml:1:1: KB011 the file does not name"),
        (
            "sources",
            "Log of the server",
            "AKIAIOSFODNN7EXAMPLA of the server",
            "sources.yaml:3:22: KB801 ",
        ),
    ],
)
def test_a_finding_is_where_the_statement_stands(
    field: str, old: str, new: str, told: str, tmp_path: Path
) -> None:
    root = split(tmp_path)
    path = root / FOLDER / f"{field}.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert any(line.startswith(told) for line in found(root)), found(root)


def test_a_field_in_two_files_is_an_error_that_names_both_places(tmp_path: Path) -> None:
    root = base_of(tmp_path, WHOLE, sources=comment("sources") + SOURCES)
    line = WHOLE.splitlines().index("sources:") + 1
    assert found(root) == [f"sources.yaml:2:1: KB005 `sources` is also at {FOLDER}/incident.yaml:{line}:1"]  # fmt: skip


def test_an_empty_key_counts_as_left_out(tmp_path: Path) -> None:
    root = base_of(tmp_path, f"{WHOLE.replace(PROOFS, 'proofs:')}\n".replace("proofs:sources", "proofs:\nsources"),
                   proofs=comment("proofs") + PROOFS)  # fmt: skip
    assert found(root) == []
    assert load(root).incidents["example"].proofs


def test_what_to_do_about_a_field_in_the_wrong_file(tmp_path: Path) -> None:
    root = base_of(tmp_path, proofs=f"{comment('proofs')}{PROOFS}severity: SEV1\nsevrity: SEV1\n")
    hints = [d.hint for d in lint(load(root), RULES, ["example"]) if d.code == "KB102"]
    assert hints == ["move it to incident.yaml", "remove it"]


@pytest.mark.parametrize("name", BESIDE_FILES)
def test_a_file_without_an_incident(name: str, tmp_path: Path) -> None:
    root = split(tmp_path)
    for other in {"incident.yaml", *BESIDE_FILES} - {name}:
        (root / FOLDER / other).unlink()
    assert found(root) == [f"{name}:1:1: KB012 there is no incident.yaml beside this file"]


@pytest.mark.parametrize("name", BESIDE_FILES)
@pytest.mark.parametrize("trap", ["folder", "pipe", "out", "nowhere"])
def test_only_regular_files_are_read(name: str, trap: str, tmp_path: Path) -> None:
    root = split(tmp_path / "kb")
    path = root / FOLDER / name
    path.unlink()
    if trap == "folder":
        path.mkdir()
    elif trap == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/etc/passwd" if trap == "out" else "nowhere")
    assert len(found(root, "KB001")) == 1
    assert found(root, "KB001")[0].startswith(f"{name}:1:1: KB001 ")


def test_errors_in_one_file_do_not_hide_those_in_another(tmp_path: Path) -> None:
    main = MAIN.replace("SEV2", "SEV9").replace("description: Nobody", "descripton: Nobody")
    root = base_of(tmp_path, main, proofs="proofs: [\n", sources="sources: {}\n")
    told = {line.split(" ")[0] + line.split(" ")[1] for line in found(root)}
    assert {line.partition(":")[0] for line in told} == {"incident.yaml", "proofs.yaml", "sources.yaml"}  # fmt: skip
    assert {line[-5:] for line in told} == {"KB101", "KB102", "KB103", "KB104", "KB004"}


def test_the_rules_check_the_rest_of_an_incident(tmp_path: Path) -> None:
    main = MAIN.replace("Log in once more.", "Deploy https://user:q7Rk2mXw9@db.internal/app again.")
    root = base_of(tmp_path, main + "related: [disk-ful]\n", proofs="proofs: [\n", sources=SOURCES)
    codes = [line.split(" ")[1] for line in found(root)]
    assert {"KB004", "KB201", "KB801", "KB011"} == set(codes), codes


@pytest.mark.parametrize(
    "rule", [r for r in RULES if r.valid and r.code > "KB2"], ids=lambda rule: rule.code
)
def test_a_broken_file_leads_to_no_other_finding(rule: Rule, tmp_path: Path) -> None:
    root = write_base(tmp_path, incident_text(rule.valid))
    before = {line.split(" ")[1] for line in found(root)}
    data = yaml.safe_load(incident_text(rule.valid))
    for field in ("proofs", "sources"):
        data.pop(field, None)
        (root / FOLDER / f"{field}.yaml").write_text(f"{field}: [\n")
    (root / FOLDER / "incident.yaml").write_text(HEADER + yaml.safe_dump(data))
    after = [line.split(" ")[1] for line in found(root)]
    assert after.count("KB004") == 2
    assert {*after} <= before | {"KB004"}


def test_a_suppression_counts_in_its_own_file(tmp_path: Path) -> None:
    quiet = PROOFS.replace("contains: refused}", "exit: 1} # lint: ignore[KB606] it prints nothing")
    root = base_of(tmp_path, proofs=comment("proofs") + quiet, sources=comment("sources") + SOURCES)
    assert found(root, "KB606") == []
    idle = SOURCES.rstrip() + " # lint: ignore[KB206] it is there\n"
    (root / FOLDER / "sources.yaml").write_text(comment("sources") + idle)
    assert [line.partition(" unused")[0] for line in found(root, "KB020")] == ["sources.yaml:3:1: KB020"]  # fmt: skip


def test_stamps_know_the_files_beside(tmp_path: Path) -> None:
    root = base_of(tmp_path)
    time.sleep(0.03)

    def told() -> str:
        return incident_stamps(root)["example"]

    alone = told()
    assert alone
    path = root / FOLDER / "sources.yaml"
    path.write_text(SOURCES)
    assert told() == ""  # it changed just now
    time.sleep(0.03)
    with_sources = told()
    assert with_sources not in ("", alone)
    path.rename(root / FOLDER / "proofs.yaml")
    time.sleep(0.03)
    assert told() not in ("", alone, with_sources)
    (root / FOLDER / "proofs.yaml").rename(root / FOLDER / "kept")
    path.symlink_to("kept")
    assert told() == ""
    path.unlink()
    assert told() == alone


FORMS = (
    "{field}: [{value}]\n",
    "---\n{field}: [{value}]\n",
    "# a comment\n\n--- \n{field}:\n  - {value}\n\n",
    "{{{field}: [{value}]}}\n",
    "%YAML 1.1\n---\n{field}: [{value}]\n...\n",
    "{field}: |\n  ---\n   {value}\n",
    '{field}: "{value}"',
)


@given(st.lists(st.sampled_from(FORMS), min_size=3, max_size=3))
def test_the_text_of_all_files_says_the_same(forms: list[str]) -> None:
    fields = ("title", "proofs", "sources")
    texts = [form.format(field=f, value=f"a {f}") for form, f in zip(forms, fields, strict=True)]
    main, proofs, sources = (Source(f, text, None) for f, text in zip(fields, texts, strict=True))
    whole = Source("x", main.text, None, beside={"proofs": proofs, "sources": sources}).whole
    said: dict[str, object] = {}
    for document in yaml.safe_load_all(whole):
        said |= document
    expected: dict[str, object] = {}
    for text in texts:
        expected |= yaml.safe_load(text)
    assert said == expected


def test_show_prints_all_files(tmp_path: Path) -> None:
    done = runbooks("show", "example", "--format", "yaml", "--root", split(tmp_path))
    assert yaml.safe_load(done.stdout) == yaml.safe_load(WHOLE)


def test_the_site_and_its_api_have_all_files(tmp_path: Path) -> None:
    root = split(tmp_path)
    (root / "mkdocs.yml").write_text("site_name: Test\nplugins: [runbooks]\n")
    done = runbooks("render", "--root", root, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    out = next((tmp_path / "out").rglob(f"{FOLDER}/incident.yaml")).parent
    for name in ("incident.yaml", *BESIDE_FILES):
        assert (out / name).read_bytes() == (root / FOLDER / name).read_bytes()
    page = (out / "index.md").read_text()
    assert "[YAML](incident.yaml), [proofs.yaml](proofs.yaml), [sources.yaml](sources.yaml)" in page
    (data,) = (json.loads(p.read_text()) for p in (tmp_path / "out").rglob("api/v1/incidents/example.json"))  # fmt: skip
    assert data["files"] == [f"{FOLDER}/{name}" for name in ("incident.yaml", *BESIDE_FILES)]
    assert [proof["standing"] for proof in data["derived"]["proofs"]] == ["good"]
    assert data["incident"]["sources"][0]["id"] == "log"


def test_a_write_up_is_known_by_sources_yaml(tmp_path: Path) -> None:
    root = write_base(tmp_path / "kb", MAIN)
    write_up = tmp_path / "post-mortem.md"
    write_up.write_text("# The queue is full\n\n## Root cause\n\nA message was too long.\n")
    assert runbooks("import", write_up, "--root", root).returncode == 0
    path = root / "incidents/the-queue-is-full/incident.yaml"
    text = path.read_text()
    begin = text.index("\nsources:") + 1
    (path.parent / "sources.yaml").write_text(text[begin:])
    path.write_text(text[:begin])
    assert not runbooks("lint", "the-queue-is-full", "--root", root).returncode
    again = runbooks("import", write_up, "--root", root)
    assert "already imported as the-queue-is-full" in again.stdout


def test_a_new_base_has_the_schema_of_each_file(tmp_path: Path) -> None:
    assert runbooks("init", tmp_path / "kb").returncode == 0
    for field, text in (("proofs", PROOFS), ("sources", SOURCES)):
        schema = json.loads((tmp_path / f"kb/incidents/{field}.schema.json").read_text())
        validator = jsonschema.Draft202012Validator(schema)
        assert validator.is_valid(yaml.safe_load(text))
        assert not validator.is_valid({})
        assert not validator.is_valid({field: None})
        assert not validator.is_valid({**yaml.safe_load(text), "title": "x"})
