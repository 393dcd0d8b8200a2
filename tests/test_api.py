"""The static API: every file fits its schema, and says what the knowledge base holds."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator.knowledge.base import KnowledgeBase, load
from generator.model import Incident
from generator.plugin.site_builder import SiteBuilder
from generator.site import build_assets
from generator.site.api import build_api
from generator.text.urls import API
from tests.conftest import FULL, ROOT
from tests.teaching import TODAY, base_of, story, write_base

CHECK = {
    "id": "queue-moves", "phase": "after", "check": "The queue moves", "run": "queue length",
    "expect": {"exit": 0}, "level": "advisory", "applies_to": {"paths": ["queue/**"]},
}  # fmt: skip


def api_of(base: KnowledgeBase) -> dict[str, Any]:
    """Return all files, read, by their path below `api/v1/`."""
    assets = {asset.path: asset.content for asset in build_api(base)}
    assert all(path.startswith(f"{API}/") for path in assets)
    return {path.removeprefix(f"{API}/"): json.loads(data) for path, data in assets.items()}


def api_contents(base: KnowledgeBase) -> list[tuple[str, bytes]]:
    return [(asset.path, asset.content) for asset in build_api(base)]


def kind_of(path: str) -> str:
    return "incident" if path.startswith("incidents/") else path.removesuffix(".json")


def bases(tmp_path: Path) -> dict[str, KnowledgeBase]:
    told = story()
    told["first"]["checks"] = [CHECK]
    told["gone"]["checks"] = [CHECK]
    root = write_base(tmp_path, told)
    (root / "incidents/checks.yaml").write_text(
        "checks:\n  - {id: hosts, phase: before, check: All hosts answer}\n"
    )
    return {
        "own": load(ROOT, today=TODAY),
        "full": load(FULL, today=TODAY),
        "story": load(root, today=TODAY),
        "nothing": base_of({}),
    }


@pytest.mark.parametrize("name", ["own", "full", "story", "nothing"])
def test_every_file_fits_its_schema(tmp_path: Path, name: str) -> None:
    base = bases(tmp_path)[name]
    files = api_of(base)
    schemas = {p.removeprefix("schemas/"): f for p, f in files.items() if p.startswith("schemas/")}
    assert set(schemas) == {"incidents.json", "incident.json", "signatures.json", "checks.json"}
    checkers = {}
    for path, schema in schemas.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        checkers[path.removesuffix(".json")] = jsonschema.Draft202012Validator(
            schema, format_checker=jsonschema.FormatChecker()
        )
    for path, content in files.items():
        if not path.startswith("schemas/"):
            errors = [e.message for e in checkers[kind_of(path)].iter_errors(content)]
            assert not errors, path
    assert sum(path.startswith("incidents/") for path in files) == len(base.incidents)


def test_a_schema_refuses_what_does_not_fit(tmp_path: Path) -> None:
    files = api_of(bases(tmp_path)["story"])
    one = files["incidents/first.json"]
    checker = jsonschema.Draft202012Validator(files["schemas/incident.json"])
    for broken in (
        {**one, "severity": "SEV9"},
        {**one, "incident": {**one["incident"], "nonsense": 1}},
        {key: value for key, value in one.items() if key != "derived"},
    ):
        assert not checker.is_valid(broken)


def test_an_incident_stands_there_whole(tmp_path: Path) -> None:
    base = bases(tmp_path)["story"]
    files = api_of(base)
    one = files["incidents/first.json"]
    # What is written by the model is read by the model.
    assert Incident.model_validate(without_nulls(one["incident"])) == base.incidents["first"]
    assert one["derived"]["seconds"] == {"ttd": 300, "ttm": 1200, "ttr": 5400}
    assert one["derived"]["referrers"] == ["second"]
    assert one["occurred"] == "2025-10-01"
    assert files["incidents/draft.json"]["derived"]["unwritten"][0] == "severity"
    row = next(row for row in files["incidents.json"]["incidents"] if row["id"] == "first")
    assert {key: one[key] for key in row} == row
    assert row["api"] == f"{API}/incidents/first.json"


def without_nulls(value: Any) -> Any:
    """Drop nulls, and write whole numbers as YAML's text: so a file would say it."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list):
        return [without_nulls(v) for v in value]
    return value


def test_withdrawn_incidents_are_marked_and_their_checks_are_gone(tmp_path: Path) -> None:
    files = api_of(bases(tmp_path)["story"])
    status = {row["id"]: row["status"] for row in files["incidents.json"]["incidents"]}
    assert status["gone"] == "withdrawn"
    checks = files["checks.json"]["checks"]
    assert [(check["incident"], check["id"]) for check in checks] == [
        ("first", "queue-moves"),
        (None, "hosts"),
    ]
    applies = {key: names for key, names in checks[0]["applies_to"].items() if names}
    assert applies == {"paths": ["queue/**"]}
    assert (checks[0]["phase"], checks[0]["level"]) == ("after", "advisory")


def test_drafts_are_left_out_where_the_site_leaves_them_out() -> None:
    files = api_of(base_of(story(), drafts=False))
    assert "incidents/draft.json" not in files
    assert "draft" not in {row["id"] for row in files["incidents.json"]["incidents"]}


def test_addresses_are_whole_where_the_site_is_known() -> None:
    base = base_of(story(), site_url="https://kb.example/")
    row = api_of(base)["incidents.json"]["incidents"][0]
    assert row["url"] == "https://kb.example/incidents/case-0/"
    assert row["address"] == "incidents/case-0/index.html"
    assert api_of(base_of(story()))["incidents.json"]["incidents"][0]["url"] is None


def test_the_same_base_gives_the_same_bytes_on_every_day(tmp_path: Path) -> None:
    root = write_base(tmp_path, story())
    once = api_contents(load(root, today=TODAY))
    assert api_contents(load(root, today=TODAY.replace(year=2030))) == once


def test_proofs_say_what_they_are_worth() -> None:
    base = load(ROOT, today=TODAY)
    with_proofs = next(i for i, it in base.incidents.items() if it.proofs)
    proofs = api_of(base)[f"incidents/{with_proofs}.json"]["derived"]["proofs"]
    assert {proof["standing"] for proof in proofs} == {"good"}
    assert all(re.match(r"\d{4}-\d\d-\d\dT", proof["run"]) for proof in proofs)


def test_what_it_says_of_pages_and_files_is_there() -> None:
    base = load(ROOT)
    assets = {asset.path for asset in build_assets(base)}
    for row in api_of(base)["incidents.json"]["incidents"]:
        assert {row["file"], row["api"]} <= assets


def digests(base: KnowledgeBase) -> dict[str, str]:
    return {row["id"]: row["digest"] for row in api_of(base)["incidents.json"]["incidents"]}


@pytest.mark.parametrize("name", ["own", "full", "story"])
def test_a_digest_is_that_of_the_file_without_its_first_line(tmp_path: Path, name: str) -> None:
    base = bases(tmp_path)[name]
    contents = dict(api_contents(base))
    for incident_id, told in digests(base).items():
        content = contents[f"{API}/incidents/{incident_id}.json"]
        _, _, rest = content.partition(b"\n")
        assert sha256(rest).hexdigest() == told
        assert json.loads(b"{" + rest).keys() == {"incident", "record", "standing"}
        assert json.loads(content)["digest"] == told, "both places say the same"


def test_a_digest_changes_with_the_incident_and_with_nothing_else(tmp_path: Path) -> None:
    root = write_base(tmp_path, story())
    before = digests(load(root, today=TODAY))
    told = story()
    told["new"] = {**told["first"], "recurrence_of": "second"}
    told["first"]["title"] = "Another title"
    root = write_base(tmp_path / "later", told)
    later = load(root, today=TODAY.replace(year=2031))
    assert "new" in later.referrers["second"], "else this would show nothing"
    after = digests(later)
    assert {i for i in before if before[i] != after[i]} == {"first"}


def test_records_of_proofs_are_whole_and_of_any_age() -> None:
    base = load(ROOT, today=TODAY)
    with_proofs = next(i for i, it in base.incidents.items() if it.proofs)
    one = api_of(base)[f"incidents/{with_proofs}.json"]
    record = base.record(with_proofs)
    assert record is not None
    assert one["record"] == json.loads(record.text())
    assert set(one["standing"].values()) == {"good"}
    old = load(ROOT, today=TODAY.replace(year=2040))
    again = api_of(old)[f"incidents/{with_proofs}.json"]
    assert {proof["standing"] for proof in again["derived"]["proofs"]} == {"old"}
    assert again["standing"] == one["standing"]
    assert digests(old)[with_proofs] == digests(base)[with_proofs]


def test_a_new_record_changes_the_index_of_the_next_build(tmp_path: Path) -> None:
    root = write_base(tmp_path, story())
    own = ROOT / "incidents/nodejs-cannot-find-module"
    copied = root / "incidents/proved"
    (copied / "proofs").mkdir(parents=True)
    for name in ("incident.yaml", "proofs.yaml", "sources.yaml"):
        (copied / name).write_bytes((own / name).read_bytes())

    def index() -> dict[str, Any]:
        builder = SiteBuilder(root)
        checked = builder.check(TODAY)
        made = {asset.path: asset for asset in builder.assets(checked)}
        asset = made[f"{API}/incidents.json"]
        builder.store.flush()
        rows = {row["id"]: row for row in json.loads(asset.content)["incidents"]}
        return {"key": asset.key, "digest": rows["proved"]["digest"]}  # type: ignore[union-attr]

    alone = index()
    assert index() == alone
    record = (own / "proofs/record.json").read_bytes()
    (copied / "proofs/record.json").write_bytes(record)
    with_record = index()
    assert with_record["key"] != alone["key"]
    assert with_record["digest"] == digests(load(root))["proved"] != alone["digest"]
    (copied / "proofs/record.json").unlink()
    (copied / "proofs").rmdir()
    assert index()["digest"] == alone["digest"]


def test_a_schema_says_where_it_is() -> None:
    known = api_of(base_of(story(), site_url="https://kb.example/docs/"))
    for name in ("incidents", "incident", "signatures", "checks"):
        schema = known[f"schemas/{name}.json"]
        assert schema["$id"] == f"https://kb.example/docs/api/v1/schemas/{name}.json"
    unknown = api_of(base_of(story()))
    assert unknown["schemas/incident.json"]["$id"] == "urn:incident-runbooks:api:v1:incident"
    assert known["incidents.json"]["url"] == "https://kb.example/docs/"
    assert unknown["incidents.json"]["url"] is None
    assert unknown["incidents.json"]["name"] == "Incident runbooks"
