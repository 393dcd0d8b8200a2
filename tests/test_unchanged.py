"""Builds of what has not changed: nothing is done; and what was written before is linked, not copied."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from generator.plugin import kept_site, unchanged
from generator.plugin.building import HasErrors
from generator.plugin.kept_site import KeptSite
from generator.plugin.mkdocs_site import build_site
from generator.plugin.unchanged import FILE, BuildRequest
from tests.sites import environment, incident_file, new_base, replace_line, runbooks, tree

pytestmark = pytest.mark.slow
if not kept_site.CAN_TELL:
    pytest.skip("this system does not tell changes", allow_module_level=True)

TODAY = date(2026, 11, 21)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # What was written a moment ago could be written again at the same time.
    monkeypatch.setattr(unchanged, "_RECENT_NS", -(10**18))
    return new_base(tmp_path / "kb")


def build(root: Path, today: date = TODAY) -> dict[str, bytes]:
    return tree(build_site(root, today).target)


def known(root: Path, today: date = TODAY, *, strict: bool = False) -> bool:
    request = BuildRequest(root, None, "mkdocs", strict, today)
    return unchanged.unchanged(request) is not None


def clean(root: Path) -> dict[str, bytes]:
    return tree(build_site(root, TODAY, site_dir=root.parent / "clean").target)


def test_nothing_is_done_where_nothing_has_changed(root: Path) -> None:
    assert not known(root)
    build(root)
    assert known(root)
    assert not known(root, TODAY + timedelta(days=1))
    assert not known(root, strict=True)


BUILD = """
import sys
from datetime import date
from pathlib import Path
import generator.plugin.unchanged as module
module._RECENT_NS = -10**18
root, today = Path(sys.argv[1]), date(2026, 11, 21)
"""
MADE = f"{BUILD}from generator.plugin.mkdocs_site import build_site\nbuild_site(root, today)"
FOUND = f"""{BUILD}
assert module.unchanged(module.BuildRequest(root, None, "mkdocs", False, today))
assert not {{"mkdocs", "jinja2", "pydantic", "yaml"}} & set(sys.modules)
"""


def test_no_engine_is_imported_where_nothing_has_changed(root: Path) -> None:
    for program in (MADE, FOUND):
        command = [sys.executable, "-c", program, str(root)]
        subprocess.run(command, check=True, env=environment())


def test_the_command_says_so_with_the_same_findings(root: Path) -> None:
    path = incident_file(root)
    more = "parameters:\n  - {name: UNUSED, description: nothing uses it, example: x}\n"
    path.write_text(path.read_text().replace("parameters:\n", more))
    first = runbooks("build", cwd=root)
    again = runbooks("build", cwd=root)
    assert (first.returncode, again.returncode) == (0, 0)
    assert "nothing has changed" in again.stderr
    assert first.stderr.splitlines()[:-1] == again.stderr.splitlines()[:-1]
    assert "warning" in again.stderr


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _same_size_and_time(path: Path) -> None:
    about, text = path.stat(), path.read_text()
    path.write_text(text.replace("SEV", "sev"))
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


INPUTS: dict[str, Callable[[Path], object]] = {
    "a step": lambda root: replace_line(incident_file(root), "if_not", "changed"),
    "a title": lambda root: replace_line(incident_file(root), "title", "Changed"),
    "an incident goes": lambda root: incident_file(root, 2).unlink(),
    "a tool": lambda root: _write(incident_file(root).parent / "tools" / "a.sh", "echo a\n"),
    "a template": lambda root: _write(root / "templates" / "pages" / "x.md.j2", "x"),
    "a page of docs": lambda root: _write(root / "docs" / "guide.md", "# Another\n"),
    "a file of docs": lambda root: _write(root / "docs" / "node_modules" / "a.txt", "x"),
    "a setting": lambda root: _write(
        root / "mkdocs.yml", (root / "mkdocs.yml").read_text().replace("Bench", "Other")
    ),
    "a link": lambda root: (root / "docs" / "more").symlink_to(root / "incidents"),
    "the time of a file": lambda root: os.utime(root / "docs" / "guide.md"),
    "same size and time": lambda root: _same_size_and_time(incident_file(root, 1)),
    "a hook": lambda root: (
        _write(root / "hook.py", ""),
        _write(root / "mkdocs.yml", (root / "mkdocs.yml").read_text() + "hooks: [hook.py]\n"),
    ),
}


@pytest.mark.parametrize("change", INPUTS.values(), ids=INPUTS)
def test_whatever_is_read_counts(root: Path, change: Callable[[Path], object]) -> None:
    build(root)
    assert known(root)
    change(root)
    assert not known(root)


@pytest.mark.parametrize(
    "text",
    [
        "hooks: [hook.py]\n",
        "extra_templates: [time.html]\n",
        "site_description: !ENV [WHATEVER, x]\n",
        "INHERIT: base.yml\n",
    ],
)
def test_where_a_build_may_read_more_it_is_done_every_time(root: Path, text: str) -> None:
    _write(root / "hook.py", "")
    _write(root / "base.yml", "site_author: me\n")
    _write(root / "docs" / "time.html", "{{ build_date_utc }}")
    with (root / "mkdocs.yml").open("a") as stream:
        stream.write(text)
    build(root)
    assert not known(root)


def test_a_warning_of_the_engine_is_said_each_time(root: Path) -> None:
    _write(root / "docs" / "guide.md", "# Guide\n\n[gone](gone.md)\n")
    build(root)
    assert not known(root)


def test_a_commit_counts(root: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)

    git("init", "-q")
    build(root)
    assert known(root)
    git("add", "incidents")
    git("commit", "-qm", "all")
    assert not known(root)
    build(root)
    assert known(root)


PAGE = "incidents/case-1/index.html"
API = "api/v1/incidents.json"


def _replaced(path: Path) -> None:
    path.rename(path.with_suffix(".old"))
    path.with_suffix(".old").write_bytes(b"other")
    path.symlink_to(path.with_suffix(".old").name)


def _edited(path: Path) -> None:
    about, content = path.stat(), path.read_bytes()
    path.write_bytes(bytes(len(content)))
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def _rename(root: Path) -> None:
    (root / "site").rename(root / "elsewhere")


TAMPERED: dict[str, Callable[[Path], object]] = {
    "a page is edited": lambda root: _edited(root / "site" / PAGE),
    "a style sheet is edited": lambda root: _edited(root / "site/assets/runbooks/runbooks.css"),
    "the API is edited": lambda root: _edited(root / "site" / API),
    "a page is a link": lambda root: _replaced(root / "site" / PAGE),
    "the API is a link": lambda root: _replaced(root / "site" / API),
    "a page is gone": lambda root: (root / "site" / PAGE).unlink(),
    "a page is touched": lambda root: os.utime(root / "site" / PAGE),
    "a page has another name": lambda root: os.link(root / "site" / PAGE, root / "kept"),
    "there is another file": lambda root: _write(root / "site" / "more.html", "x"),
    "the site is gone": _rename,
    "the record is broken": lambda root: _edited(root / FILE),
    "the record is another's": lambda root: _write(root / FILE, '{"target":1}'),
    "the record is gone": lambda root: (root / FILE).unlink(),
}


@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
@pytest.mark.parametrize("edited", [False, True])
def test_what_was_done_to_the_site_is_not_in_the_next(
    root: Path, change: Callable[[Path], object], edited: bool
) -> None:
    first = build(root)
    change(root)
    assert not known(root)
    if edited:
        replace_line(incident_file(root), "title", "Changed")
    # Where nothing was edited, the first build is one from nothing.
    assert build(root) == (clean(root) if edited else first)


def test_files_that_did_not_change_are_the_same_files(root: Path) -> None:
    build(root)
    before = {path: path.stat() for path in (root / "site").rglob("*") if path.is_file()}
    replace_line(incident_file(root), "title", "Changed")
    build(root)
    same = {p for p, about in before.items() if p.exists() and p.stat().st_ino == about.st_ino}
    names = {path.relative_to(root / "site").as_posix() for path in same}
    assert {"assets/runbooks/runbooks.css", "api/v1/incidents/case-1.json"} <= names
    assert {"incidents/case-0/incident.yaml", "api/v1/incidents.json"}.isdisjoint(names)
    assert {path.stat().st_nlink for path in before if path.exists()} == {1}
    assert all(before[path].st_mtime_ns == path.stat().st_mtime_ns for path in same)


def test_where_links_fail_files_are_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build(root)

    def no(*names: object, **options: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    replace_line(incident_file(root), "if_not", "changed")
    expected = clean(root)
    (root / FILE).unlink()
    replace_line(incident_file(root), "if_not", "before")
    build(root)
    replace_line(incident_file(root), "if_not", "changed")
    monkeypatch.setattr(os, "link", no)
    assert build(root) == expected != first


def test_a_build_that_fails_leaves_the_site_and_the_next_is_whole(root: Path) -> None:
    build(root)
    replace_line(incident_file(root), "severity", "nonsense")
    with pytest.raises(HasErrors):
        build(root)
    replace_line(incident_file(root), "severity", "SEV1")
    assert build(root) == clean(root)


def test_another_builds_file_is_not_taken(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    site = KeptSite({}, tmp_path)
    site.begin(old)
    site.put("a", "key", lambda: b"one")
    rows = site.finish(old)
    (old / "a").unlink()
    (old / "a").write_bytes(b"two")
    again = KeptSite(rows, old)
    again.begin(new)
    again.put("a", "key", lambda: b"three")
    assert (new / "a").read_bytes() == b"three"


def test_a_build_does_not_record_the_site_of_another(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(root)
    replace_line(incident_file(root), "title", "Newer")
    original = KeptSite.finish

    def finish(self: KeptSite, site: Path) -> kept_site.Rows:
        other = root / "other"
        subprocess.run(["cp", "-r", str(site), str(other)], check=True)
        site.rename(root / "gone")
        other.rename(site)
        (site / PAGE).write_text("made from older files")
        return original(self, site)

    with monkeypatch.context() as patch:
        patch.setattr(KeptSite, "finish", finish)
        build(root)
    assert not known(root)
    assert build(root) == clean(root)


def test_two_builds_at_once_leave_a_whole_site(root: Path) -> None:
    build(root)
    replace_line(incident_file(root), "title", "Changed")
    command = [sys.executable, "-c", MADE, str(root)]
    both = [subprocess.Popen(command, env=environment()) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    expected = clean(root)
    assert tree(root / "site") == expected
    assert build(root) == expected
    assert [path.name for path in root.glob(".site-*")] == []


def test_a_killed_build_leaves_the_old_site(root: Path) -> None:
    first = build(root)
    replace_line(incident_file(root), "title", "Changed")
    program = (
        f"{BUILD}import os\nfrom generator.plugin import hooks, mkdocs_site\n"
        "hooks.RunbooksPlugin.on_post_build = lambda *a, **k: os._exit(9)\n"
        "mkdocs_site.build_site(root, today)"
    )
    command = [sys.executable, "-c", program, str(root)]
    assert subprocess.run(command, env=environment(), check=False).returncode == 9
    assert tree(root / "site") == first
    assert build(root) == clean(root)
