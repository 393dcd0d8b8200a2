from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from generator.cache import parallel as forks
from generator.cache.store import FILE, Store
from generator.knowledge.base import KnowledgeBase, load
from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.knowledge.loader import Entry, incident_of
from generator.plugin import site_builder as module
from generator.plugin.site_builder import SiteBuilder
from generator.rules import RULES
from generator.rules.engine import lint
from generator.search.index import build_index
from generator.site import Asset, LateAsset, Page, Pages, build_assets, build_pages
from generator.site.assets import INDEX_FILE
from tests.sites import incident_file, new_base, replace_line

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 21)
COUNT = 8


def made(builder: SiteBuilder, today: date = TODAY) -> tuple[object, ...]:
    checked = builder.check(today)
    pages, assets = builder.pages(checked, today), builder.assets(checked)
    contents = [(asset.path, asset.content) for asset in assets]
    result = checked.findings, pages, builder.index(checked, ()), contents
    builder.store.save()
    return result


def made_from_nothing(root: Path, today: date = TODAY) -> tuple[object, ...]:
    base = load(root, today=today)
    findings = lint(base, RULES, least=Severity.WARNING)
    every = lint(base, RULES)
    told = {d for d in every if d.severity > Severity.HINT or not _readable(base, d)}
    assert {*findings} == told
    by_id = {i: [f for f in findings if incident_of(f.file) == i] for i in base.by_id}
    index = [Asset(INDEX_FILE, build_index(base, ()))]
    contents = [(asset.path, asset.content) for asset in build_assets(base.shown)]
    return tuple(findings), list(build_pages(base, by_id, today)), index, contents


def _readable(base: KnowledgeBase, found: Diagnostic) -> bool:
    """Say whether a finding is in an incident that can be read."""
    entry = base.by_id.get(incident_of(found.file))
    return entry is not None and entry.readable


def _append(root: Path, number: int, text: str) -> None:
    path = incident_file(root, number, COUNT)
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def _remove(root: Path, number: int) -> None:
    path = incident_file(root, number, COUNT)
    path.unlink()
    path.parent.rmdir()


def _beside(root: Path, name: str, text: str) -> None:
    incident_file(root, 2, COUNT).with_name(name).write_text(text, "utf-8")


def _copy(root: Path) -> None:
    new = root / "incidents" / "new-one" / "incident.yaml"
    new.parent.mkdir()
    new.write_bytes(incident_file(root, 1, COUNT).read_bytes())


def _template(root: Path) -> None:
    path = root / "templates" / "pages" / "broken.md.j2"
    path.parent.mkdir(parents=True)
    path.write_text("# {{ title }}\n\nChanged {{ file }}\n", "utf-8")


# Incident 4 names incident 3 as related.
EDITS: dict[str, Callable[[Path], object]] = {
    "a step": lambda root: replace_line(incident_file(root, 2, COUNT), "if_not", "changed"),
    "the title of a related one": lambda root: replace_line(
        incident_file(root, 3, COUNT), "title", "Changed"
    ),
    "the symptom of a related one": lambda root: replace_line(
        incident_file(root, 3, COUNT), "description", "Changed. Text."
    ),
    "a related one goes": lambda root: _remove(root, 3),
    "severity": lambda root: replace_line(incident_file(root, 1, COUNT), "severity", "SEV1"),
    "status": lambda root: replace_line(incident_file(root, 1, COUNT), "status", "draft"),
    "a new relation": lambda root: _append(root, 0, "related: [case-1]\n"),
    "succession": lambda root: _append(root, 0, "superseded_by: case-1\n"),
    "a duplicate": lambda root: _copy(root),
    "an error of YAML": lambda root: _append(root, 5, "a: [\n"),
    "an unknown key": lambda root: _append(root, 5, "nonsense: 1\n"),
    "a file beside it": lambda root: _beside(root, "sources.yaml", "sources: []\n"),
    "an error in a file beside it": lambda root: _beside(root, "proofs.yaml", "proofs: [\n"),
    "settings": lambda root: (root / "mkdocs.yml").write_text(
        (root / "mkdocs.yml")
        .read_text()
        .replace("- runbooks", "- runbooks: {edit_url: 'https://e.example/{path}', newest: 2}")
    ),
    "an own template": lambda root: (_append(root, 5, "a: [\n"), _template(root)),
}


@pytest.mark.parametrize("name", EDITS)
def test_what_is_remembered_is_what_is_made_from_nothing(name: str, tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb", COUNT)
    lasting = SiteBuilder(root, store=Store(root / FILE, remember=True))
    assert made(lasting) == made_from_nothing(root)
    EDITS[name](root)
    expected = made_from_nothing(root)
    assert made(lasting) == expected
    assert made(SiteBuilder(root)) == expected
    lasting.store.close()


def test_pages_of_long_lists_are_what_is_made_from_nothing(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb", 120)
    made(SiteBuilder(root))
    replace_line(incident_file(root, 7, 120), "title", "Changed")
    replace_line(incident_file(root, 9, 120), "state", "open")
    shutil.copytree(incident_file(root, 3, 120).parent, root / "incidents" / "copy")
    shutil.rmtree(incident_file(root, 5, 120).parent)
    expected = made_from_nothing(root)
    assert made(SiteBuilder(root)) == expected
    assert made(SiteBuilder(root)) == expected


def test_the_text_of_a_known_page_is_made_again_when_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = new_base(tmp_path / "kb", COUNT)
    first = SiteBuilder(root)
    pages = first.pages(first.check(TODAY), TODAY)
    first.store.save()
    made_again: list[str] = []
    original = Pages.of

    def counted(self: Pages, entry: Entry, *rest: Any) -> Iterator[Page]:
        made_again.append(entry.id)
        return original(self, entry, *rest)

    monkeypatch.setattr(Pages, "of", counted)
    later = SiteBuilder(root)
    late = later.late_pages(later.check(TODAY), TODAY)
    # The engine reads the pages that the navigation may have, whether they have changed or not.
    assert [page.whole() for page in late if page.listed] == [p for p in pages if p.listed]
    assert not made_again
    assert [page.whole() for page in late] == pages
    assert len(made_again) == COUNT


def test_texts_need_no_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "no space left")

    root = new_base(tmp_path / "kb", COUNT)
    expected = made_from_nothing(root)
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    assert made(SiteBuilder(root)) == expected


def _record(root: Path) -> None:
    path = root / "incidents" / "everything" / "proofs" / "record.json"
    path.write_text(path.read_text() + " ") if path.exists() else (
        path.parent.mkdir(parents=True, exist_ok=True),
        path.write_text("{}"),
    )


def _file(root: Path, name: str) -> None:
    path = root / "incidents" / "everything" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\necho new\n")


def _proof_file(root: Path) -> None:
    proofs = load(root).incidents["everything"].proofs
    _file(root, f"proofs/{proofs[0].id if proofs else 'none'}/run.sh")


@pytest.mark.parametrize(
    "edit",
    [
        lambda root: None,
        _record,
        _proof_file,
        lambda root: _file(root, "tools/helper.sh"),
        lambda root: _file(root, "proofs/shared/common.sh"),
    ],
)
def test_files_beside_an_incident_count(
    edit: Callable[[Path], None], full: Path, tmp_path: Path
) -> None:
    root = tmp_path / "kb"
    shutil.copytree(full, root)
    lasting = SiteBuilder(root, store=Store(root / FILE, remember=True))
    assert made(lasting) == made_from_nothing(root)
    edit(root)
    expected = made_from_nothing(root)
    assert made(lasting) == expected
    assert made(SiteBuilder(root)) == expected
    later = TODAY + timedelta(days=1000)
    assert made(SiteBuilder(root), later) == made_from_nothing(root, later)
    lasting.store.close()


@pytest.mark.parametrize("edit", [lambda root: None, _record, _proof_file, *EDITS.values()])
def test_files_with_the_same_key_have_the_same_content(
    edit: Callable[[Path], object], full: Path, tmp_path: Path
) -> None:
    root = new_base(tmp_path / "kb", COUNT)
    shutil.copytree(full / "incidents" / "everything", root / "incidents" / "everything")

    def files() -> dict[tuple[str, str], bytes]:
        builder = SiteBuilder(root)
        assets = builder.assets(builder.check(TODAY))
        return {(a.path, a.key): a.content for a in assets if isinstance(a, LateAsset)}

    before = files()
    edit(root)
    after = files()
    assert all(before[name] == content for name, content in after.items() if name in before)


def test_a_due_date_passes(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb", COUNT)
    replace_line(incident_file(root, 0, COUNT), "state", "open")
    for day in (date(2030, 1, 31), date(2030, 1, 31) + timedelta(days=1)):
        assert made(SiteBuilder(root), day) == made_from_nothing(root, day)


def test_new_code_makes_everything_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = new_base(tmp_path / "kb", COUNT)
    made(SiteBuilder(root))
    monkeypatch.setattr(module.fingerprints, "code_fingerprint", lambda: b"another")
    store = Store(root / FILE)
    assert store.get_many([]) == {}
    calls = []
    original = module.Pages.incident
    monkeypatch.setattr(module.Pages, "incident", lambda *a: calls.append(1) or original(*a))
    made(SiteBuilder(root, store=store))
    assert len(calls) == COUNT


@pytest.mark.skipif(not forks.can_fork(1000), reason="one core, or no fork on this system")
def test_forking_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = new_base(tmp_path / "kb", 60)
    expected = made_from_nothing(root)
    assert made(SiteBuilder(root, store=Store())) == expected
    monkeypatch.setattr(forks, "can_fork", lambda pieces: False)
    assert made(SiteBuilder(root, store=Store())) == expected


@pytest.mark.skipif(not forks.can_fork(1000), reason="one core, or no fork on this system")
def test_a_worker_that_fails_leaves_its_part_to_the_caller() -> None:
    def work(piece: int) -> int | None:
        if piece == 3:
            raise ValueError("this one")
        if piece == 7:
            import os

            os.kill(os.getpid(), 9)
        return piece * piece

    found = dict(forks.run_in_processes(work, range(100)))
    assert 3 not in found
    assert 7 not in found
    assert len(found) >= 49
    assert all(value == number * number for number, value in found.items())


@pytest.mark.skipif(not forks.can_fork(1000), reason="one core, or no fork on this system")
def test_all_is_done_even_if_a_worker_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    # Tests before this one may have left a thread.
    monkeypatch.setattr(forks, "can_fork", lambda pieces: pieces == 100)
    caller = os.getpid()

    def work(piece: int) -> int:
        if piece == 7 and os.getpid() != caller:
            os.kill(os.getpid(), 9)
        return piece * piece

    prepared: list[bool] = []
    found = list(forks.do_all(work, range(100), lambda: prepared.append(True)))
    assert sorted(found) == [(n, n * n) for n in range(100)]
    assert prepared == [True]
    assert list(forks.do_all(work, [2, 3])) == [(2, 4), (3, 9)]


@pytest.mark.skipif(forks.cores() < 2 or sys.platform != "linux", reason="one core, or no fork")
def test_work_is_spread_beside_threads_only_where_the_caller_allows_it() -> None:
    caller, end = os.getpid(), threading.Event()
    other = threading.Thread(target=end.wait)
    other.start()
    try:
        assert not forks.can_fork(100)
        with forks.beside_threads():
            assert forks.can_fork(100)
            done = list(forks.do_all(lambda piece: [piece * piece, os.getpid()], range(100)))
        assert not forks.can_fork(100)
    finally:
        end.set()
        other.join()
    assert sorted((piece, value[0]) for piece, value in done) == [(n, n * n) for n in range(100)]
    assert len({value[1] for _, value in done} - {caller}) == min(forks.cores(), 99)


@pytest.mark.skipif(forks.cores() < 2 or sys.platform != "linux", reason="one core, or no fork")
def test_all_is_done_even_if_workers_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "_SILENT_SECONDS", 0.2)
    caller, lock = os.getpid(), threading.Lock()

    def work(piece: int) -> int:
        if os.getpid() != caller:
            lock.acquire()  # as if a thread had held it when the worker began
        return piece * piece

    lock.acquire()
    with forks.beside_threads():
        found = list(forks.do_all(work, range(100)))
    assert sorted(found) == [(n, n * n) for n in range(100)]


def test_lint_finds_the_hints_that_a_build_does_not_look_for(tmp_path: Path) -> None:
    root = new_base(tmp_path / "base", COUNT)
    expected = lint(load(root), RULES)
    assert any(d.severity is Severity.HINT for d in expected)
    builder = SiteBuilder(root)
    few = builder.check(TODAY).findings
    assert all(d.severity > Severity.HINT for d in few)
    assert lint(load(root, kept=True), RULES) == expected  # although a build has kept its own
    assert SiteBuilder(root).check(TODAY).findings == few  # although lint has kept more


def test_a_hint_that_is_silenced_is_no_unused_suppression_in_a_build(tmp_path: Path) -> None:
    root = new_base(tmp_path / "base", COUNT)
    hint = next(d for d in lint(load(root), RULES) if d.severity is Severity.HINT)
    path = root / hint.file
    lines = path.read_text("utf-8").splitlines(keepends=True)
    lines.insert(hint.position.line - 1, f"# lint: ignore[{hint.code}] known\n")
    path.write_text("".join(lines), "utf-8")
    assert "KB020" not in {d.code for d in SiteBuilder(root).check(TODAY).findings}
