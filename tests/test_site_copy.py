"""A folder made from another site's API has what the site has, and nothing that hostile sites want."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generator.cache.fingerprints import copy_stamps, incident_stamps, settled_stamp
from generator.knowledge.base import KnowledgeBase, load
from generator.knowledge.sources import site_list
from generator.knowledge.sources.copies import SourceCopy, read_copy
from generator.knowledge.sources.site_calls import SiteCaller, SiteRefused, site_address
from generator.knowledge.sources.site_copy import copy_site
from generator.knowledge.sources.site_list import read_site
from generator.limits import Limit
from generator.site.api import build_api
from generator.text.urls import API
from tests.conftest import FULL, ROOT
from tests.site_server import ServedSite, send, served
from tests.teaching import TODAY, base_of, content, story

INDEX = f"{API}/incidents.json"


def files_of(base: KnowledgeBase) -> dict[str, bytes]:
    return {asset.path: asset.content for asset in build_api(base)}


def take(address: str, folder: Path, **how: Any) -> SourceCopy:
    caller = SiteCaller(address)
    return copy_site(caller, read_site(caller), folder, **how)


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}  # fmt: skip


@pytest.fixture
def site() -> Iterator[ServedSite]:
    with served(files_of(base_of(story()))) as started:
        yield started


@pytest.mark.parametrize("name", ["own", "full", "story"])
def test_a_copy_has_the_incidents_and_the_records_of_the_site(tmp_path: Path, name: str) -> None:
    base = {"own": lambda: load(ROOT, today=TODAY), "full": lambda: load(FULL, today=TODAY),
            "story": lambda: base_of(story())}[name]()  # fmt: skip
    with served(files_of(base)) as site:
        copy = take(site.address, tmp_path / "copy")
    assert not copy.refused
    there = load(tmp_path / "copy")
    assert dict(there.incidents) == dict(base.incidents)
    assert {i: there.record(i) for i in there.incidents if there.incidents[i].proofs} == {
        i: base.record(i) for i in base.incidents if base.incidents[i].proofs
    }
    assert read_copy(tmp_path / "copy") == copy
    for incident_id, incident in base.incidents.items():
        if base.record(incident_id):
            assert copy.incidents[incident_id].standing == {
                proof.id: base.proof_state(incident_id, proof).without_age
                for proof in incident.proofs
            }


def test_only_what_has_changed_is_fetched(tmp_path: Path, site: ServedSite) -> None:
    first = take(site.address, tmp_path / "copy")
    assert len(site.asked) == 1 + len(first.incidents)
    site.asked.clear()
    assert take(site.address, tmp_path / "copy") == first
    assert site.asked == [INDEX]
    told = story()
    changed = sorted(first.incidents)[0]
    told[changed]["title"] = "Another title"
    del told[sorted(first.incidents)[1]]
    site.files.clear()
    site.files.update(files_of(base_of(told)))
    site.asked.clear()
    before = tree(tmp_path / "copy")
    take(site.address, tmp_path / "copy")
    assert len(site.asked) == 2
    after = load(tmp_path / "copy")
    assert "Another title" in {incident.title for incident in after.incidents.values()}
    assert len(after.incidents) == len(first.incidents) - 1
    assert tree(tmp_path / "copy") != before
    assert [path.name for path in tmp_path.iterdir()] == ["copy"], "nothing is left beside it"


def test_some_incidents_only(tmp_path: Path, site: ServedSite) -> None:
    copy = take(site.address, tmp_path / "copy", wanted=["case-0"])
    assert list(copy.incidents) == ["case-0"]
    assert list(load(tmp_path / "copy").by_id) == ["case-0"]
    assert len(site.asked) == 2


def test_a_pinned_digest_is_taken_and_no_other(tmp_path: Path, site: ServedSite) -> None:
    rows = read_site(SiteCaller(site.address)).rows
    pinned = {"case-0": rows["case-0"].digest}
    assert list(take(site.address, tmp_path / "copy", pinned=pinned).incidents) == ["case-0"]
    before = tree(tmp_path / "copy")
    with pytest.raises(SiteRefused, match="changed since it was pinned: case-0") as refused:
        take(site.address, tmp_path / "copy", pinned={"case-0": "0" * 64})
    assert "sources update" in refused.value.hint
    assert tree(tmp_path / "copy") == before


# -- hostile sites -----------------------------------------------------------------------------


def index_with(files: dict[str, bytes], change: Any) -> bytes:
    content = json.loads(files[INDEX])
    change(content)
    return json.dumps(content).encode()


def redirected(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "http://127.0.0.1:1/secret")
    handler.end_headers()


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"[" * (1 << 16))


WHOLE = [
    ("gone", None, "answered 404"),
    ("another version", lambda f: index_with(f, lambda c: c.update(version=2)), "version 2, and"),
    ("a version that is true", lambda f: index_with(f, lambda c: c.update(version=True)), "version"),
    ("no version", lambda f: index_with(f, lambda c: c.pop("version")), "version None"),
    ("no list", lambda f: b'{"version": 1, "incidents": {}}', "no list"),
    ("a number", lambda f: b"7", "no list"),
    ("no JSON", lambda f: b"<html>Log in</html>", "no JSON"),
    ("cut off", lambda f: f[INDEX][:-30], "no JSON"),
    ("no UTF-8", lambda f: b"\xff\xfe\xfa", "no JSON"),
    ("no number", lambda f: b'{"version": NaN, "incidents": []}', "NaN"),
    ("too deep", lambda f: b"[" * 200_000, "nested too deep"),
    ("too long a number", lambda f: b'{"version": ' + b"1" * 9000 + b"}", "no JSON"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "why"), WHOLE, ids=[row[0] for row in WHOLE])
def test_a_site_that_is_none_changes_nothing(
    tmp_path: Path, site: ServedSite, name: str, content: Any, why: str
) -> None:
    take(site.address, tmp_path / "copy")
    before = tree(tmp_path / "copy")
    if content is None:
        del site.files[INDEX]
    else:
        site.files[INDEX] = content(dict(site.files))
    with pytest.raises(SiteRefused, match=why):
        take(site.address, tmp_path / "copy")
    assert tree(tmp_path / "copy") == before
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_no_redirect_is_followed(tmp_path: Path, site: ServedSite) -> None:
    site.answers[INDEX] = redirected
    with pytest.raises(SiteRefused, match=r"answered 302, to http://127\.0\.0\.1:1/secret"):
        take(site.address, tmp_path / "copy")


def test_too_large_an_answer_is_not_read_to_its_end(
    tmp_path: Path, site: ServedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers[INDEX] = lambda handler: send(handler, b"", 500 << 20)
    with pytest.raises(SiteRefused, match="larger than 64 MiB"):
        take(site.address, tmp_path / "copy")
    monkeypatch.setattr(site_list, "SITE_INDEX_BYTES", Limit(1 << 20, "bytes", "", ""))
    site.answers[INDEX] = endless
    with pytest.raises(SiteRefused, match="larger than 1 MiB"):
        take(site.address, tmp_path / "copy")
    caller = SiteCaller(site.address, most=100)
    site.answers.clear()
    with pytest.raises(SiteRefused, match="together"):
        copy_site(caller, read_site(caller), tmp_path / "copy")


@pytest.mark.parametrize("where", ["head", "body"])
def test_a_slow_server_is_not_waited_for(tmp_path: Path, site: ServedSite, where: str) -> None:
    """A byte now and then begins every time limit of a socket again."""

    def dribble(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(
            b"HTTP/1.0 200 OK\r\n" if where == "head" else b"HTTP/1.0 200 OK\r\n\r\n"
        )
        while True:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    site.answers[INDEX] = dribble
    with pytest.raises(SiteRefused, match="takes longer than"):
        read_site(SiteCaller(site.address, seconds=1))


def test_what_ends_too_early_is_not_taken(tmp_path: Path, site: ServedSite) -> None:
    whole = site.files[INDEX]
    site.answers[INDEX] = lambda handler: send(handler, whole[:100], len(whole))
    with pytest.raises(SiteRefused, match="ends too early"):
        take(site.address, tmp_path / "copy")


BAD_IDS = ("../../escape", "..", "/etc", "a/b", "CON", "UPPER", "", "x" * 200, "standing", "-", 7, None,
           "caf\u00e9", "a\u202eb", "con", "a\n")  # fmt: skip


def test_ids_that_lead_elsewhere_are_refused_and_hide_no_other(
    tmp_path: Path, site: ServedSite
) -> None:
    good = sorted(read_site(SiteCaller(site.address)).rows)
    rows = [{"id": bad, "digest": "0" * 64, "title": "bad"} for bad in BAD_IDS]
    rows += [[], None, "text", {"id": good[0], "digest": "0" * 64}, {"id": "no-digest"}]  # type: ignore[list-item]
    site.files[INDEX] = index_with(site.files, lambda c: c["incidents"].extend(rows))
    copy = take(site.address, tmp_path / "copy")
    assert sorted(copy.incidents) == good
    assert sorted(load(tmp_path / "copy").by_id) == good
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]
    assert copy.refused["no-digest"].startswith("it has no digest")
    assert len(copy.refused) >= len(BAD_IDS)
    assert not {i for i in copy.refused if "\u202e" in i or "\n" in i}


def resealed(files: dict[str, bytes], incident_id: str, change: Any) -> None:
    """Change an incident and its digest, as a hostile site would."""
    path = f"{API}/incidents/{incident_id}.json"
    head, _, rest = files[path].partition(b"\n")
    content = json.loads(b"{" + rest)
    change(content)
    rest = json.dumps(content).encode()[1:]
    files[path] = head + b"\n" + rest
    told = sha256(rest).hexdigest()

    def seal(index: Any) -> None:
        next(r for r in index["incidents"] if r["id"] == incident_id)["digest"] = told

    files[INDEX] = index_with(files, seal)


def no_incident(whole: dict[str, Any]) -> None:
    whole["incident"] = ["none"]


def cut_off(files: dict[str, bytes], incident_id: str) -> None:
    path = f"{API}/incidents/{incident_id}.json"
    files[path] = files[path][:-40]


ONE = {
    "cut off": (cut_off, "digest"),
    "another one": (lambda f, i: f.update({f"{API}/incidents/{i}.json": b"{}"}), "digest"),
    "missing": (lambda f, i: f.pop(f"{API}/incidents/{i}.json"), "404"),
    "no incident": (lambda f, i: resealed(f, i, no_incident), "no incident"),
    "a new field": (lambda f, i: resealed(f, i, lambda c: c["incident"].update(guard="x")), "guard"),
    "a new value": (lambda f, i: resealed(f, i, lambda c: c["incident"].update(severity="SEV9")), "SEV9"),
    "control characters": (lambda f, i: resealed(f, i, lambda c: c["incident"].update(title="a\x00b")), ""),
    "half a character": (lambda f, i: resealed(f, i, lambda c: c["incident"].update(title="\ud800")), ""),
    "too long": (lambda f, i: resealed(f, i, lambda c: c["incident"].update(title="x" * (1 << 20))), "1 MiB"),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE)
def test_one_bad_incident_hides_no_other_and_its_last_good_version_stays(
    tmp_path: Path, site: ServedSite, name: str
) -> None:
    spoil, why = ONE[name]
    take(site.address, tmp_path / "known")
    before = load(tmp_path / "known").incidents["case-0"]
    good = {**site.files}
    resealed(site.files, "case-0", lambda c: c["incident"].update(title="Newer"))
    spoil(site.files, "case-0")
    fresh = take(site.address, tmp_path / "fresh")
    assert why in fresh.refused["case-0"]
    assert list(fresh.refused) == ["case-0"]
    there = load(tmp_path / "fresh")
    assert sorted(there.incidents) == sorted(load(tmp_path / "known").incidents.keys() - {"case-0"})
    assert "case-0" not in there.by_id
    later = take(site.address, tmp_path / "known")
    assert load(tmp_path / "known").incidents["case-0"] == before
    assert "case-0" in later.refused
    site.files.update(good)
    assert not take(site.address, tmp_path / "known").refused


def test_unused_new_fields_do_not_matter(tmp_path: Path, site: ServedSite) -> None:
    """The version rule of the guide: where a new field is not used, it is null, false or empty."""

    def newer(content: dict[str, Any]) -> None:
        content["incident"].update(
            guards=[], blast_radius=None, escalated=False, links={}, owner=""
        )
        content["incident"]["symptom"]["loudness"] = None
        content["added"] = {"later": True}

    resealed(site.files, "case-0", newer)
    assert not take(site.address, tmp_path / "copy").refused


def test_records_that_this_program_cannot_read_prove_nothing(tmp_path: Path) -> None:
    base = load(ROOT, today=TODAY)
    one = next(i for i in base.incidents if base.record(i))
    files = files_of(base)
    resealed(files, one, lambda c: c["record"].update(version=2))
    with served(files) as site:
        copy = take(site.address, tmp_path / "copy", wanted=[one])
    assert copy.incidents[one].standing == {}
    assert load(tmp_path / "copy").record(one) is None


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("https://kb.example", "https://kb.example/"),
        ("https://KB.example/docs", "https://kb.example/docs/"),
        ("https://kb.example:8443/docs/index.html", "https://kb.example:8443/docs/"),
        ("http://localhost:8000/", "http://localhost:8000/"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
    ],
)
def test_addresses_of_sites(text: str, used: str) -> None:
    assert site_address(text) == used


@pytest.mark.parametrize(
    "text",
    ["http://kb.example/", "ftp://kb.example/", "file:///etc/passwd", "kb.example", "", "https://",
     "https://user:secret@kb.example/", "https://kb.example/?token=1", "https://kb.example/#a",
     "https://kb.example:no/", "https://[::1/", "https://kb.example/a b", "https://kb.example/\n",
     "https://kb.ex\u0430mple/", "http://127.0.0.1.example.com/", "//kb.example/"],
)  # fmt: skip
def test_addresses_that_are_refused(text: str) -> None:
    with pytest.raises(SiteRefused) as refused:
        site_address(text)
    assert "secret" not in str(refused.value)


# -- whatever is answered ----------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
LISTED = st.fixed_dictionaries(
    {"id": st.sampled_from(["case-0", "case-1", "../x"]) | JSON,
     "digest": st.sampled_from(["0" * 64]) | JSON},
    optional={"title": JSON, "components": JSON, "tags": JSON},
)  # fmt: skip
INDEXES = st.fixed_dictionaries(
    {"version": st.just(1) | JSON, "incidents": st.lists(LISTED | JSON, max_size=4) | JSON},
    optional={"name": JSON, "url": JSON},
)


class Given(SiteCaller):
    """Answers with what it is given."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__("https://kb.example/")
        self.files = files

    def get_all(
        self, paths: Sequence[str], most: Limit
    ) -> Iterator[tuple[str, bytes | SiteRefused]]:
        for path in paths:
            yield path, self.files.get(path, b"")


@settings(deadline=None)
@given(INDEXES | JSON, JSON | st.fixed_dictionaries({"incident": JSON | st.dictionaries(st.text(), JSON)}))  # fmt: skip
def test_any_json_is_a_copy_or_refused(
    tmp_path_factory: pytest.TempPathFactory, index: Any, one: Any
) -> None:
    rest = json.dumps(one).encode()[1:]
    text = json.dumps(index).replace("0" * 64, sha256(rest).hexdigest()).encode()
    files = {f"{API}/incidents/case-{n}.json": b"{\n" + rest for n in range(2)}
    folder = tmp_path_factory.mktemp("any") / "copy"
    caller = Given({INDEX: text, **files})
    try:
        copy = copy_site(caller, read_site(caller), folder)
    except SiteRefused:
        assert not folder.exists()
    else:
        assert read_copy(folder) == copy
        assert set(load(folder).incidents) == set(copy.incidents) <= {"case-0", "case-1"}


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_arrives_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("text")
    try:
        base = base_of({"first": content(symptom=text)})
    except ValidationError:
        return  # a text that no incident can have
    caller = Given(files_of(base))
    copy_site(caller, read_site(caller), folder / "copy")
    assert dict(load(folder / "copy").incidents) == dict(base.incidents)


def test_one_look_tells_of_a_whole_copy(tmp_path: Path, site: ServedSite) -> None:
    take(site.address, tmp_path / "copy")
    about = tmp_path / "copy" / "source.json"
    copy = tmp_path / "copy"
    assert copy_stamps(copy, "source.json").keys() == incident_stamps(copy).keys()
    deadline = 500
    while not settled_stamp(str(about)) and deadline:
        deadline -= 1
        time.sleep(0.01)
    first = copy_stamps(copy, "source.json")
    assert set(first.values()) == {settled_stamp(str(about))}
    site.files.update(files_of(base_of({**story(), "added": content(title="Another")})))
    take(site.address, copy)
    later = copy_stamps(copy, "source.json")
    assert later.keys() == first.keys() | {"added"}
    assert not set(later.values()) & set(first.values())
