"""Files of a knowledge base are opened in one place, which follows no link out and waits for nothing."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path, PurePosixPath

import click
import pytest
from click.testing import CliRunner, Result

from generator.cli import runbooks
from generator.knowledge import files
from generator.knowledge.base import load
from generator.knowledge.files import FileRefused, find_files, read_file, walk
from generator.limits import FILE_BYTES, FOLDER_DEPTH, FOLDER_FILES, RECORD_BYTES, YAML_BYTES
from generator.search.documents import documents
from generator.search.index import build_index
from generator.site import build_assets, build_pages
from generator.site.engine_config import docs_folder, read_raw
from generator.site.project import project
from tests.conftest import ROOT
from tests.rule_examples import DISK_FULL, incident_text, write_base

SECRET = "the-key-that-nobody-may-see-7731"
DAY = date(2026, 11, 26)

# -- nothing else opens files ------------------------------------------------------------------

# Calls that open files, or that look for some. `stat` and `is_file` tell nothing of the content.
OPENING = frozenset(
    "open fdopen read_text read_bytes copyfile copytree FileSystemLoader rglob glob iterdir "
    "scandir listdir fwalk".split()
)
# Names of much else, too: these count as calls of these modules.
OPENING_IN = {"os": {"walk"}, "shutil": {"copy", "copy2", "move"}}
OTHER_THINGS = {("webbrowser", "open"), ("self", "open")}

# Where else something is opened, and what it is: never a file that a page or a finding is made of.
ELSEWHERE: dict[str, tuple[str, str]] = {
    "cache/fingerprints.py": ("scandir walk", "names, sizes and times"),
    "cache/kept_files.py": ("read_bytes fdopen", "the cache: see trust.py"),
    "cache/parallel.py": ("fdopen", "a pipe"),
    "cache/rows.py": ("read_bytes fdopen", "the cache: see trust.py"),
    "cache/scratch.py": ("glob open", "temporary folders"),
    "cache/state.py": ("read_bytes open fdopen", "the user's own state"),
    "cache/store.py": ("open", "the cache: see trust.py"),
    "checklists/forge_calls.py": ("open", "a forge, over the network"),
    "checklists/pipelines.py": ("read_text", "what the environment of CI names"),
    "cli/__init__.py": ("open", "standard streams"),
    "cli/approval.py": ("read_text", "what the command line names"),
    "cli/checklist_comment.py": ("read_bytes", "what the command line names"),
    "cli/coverage.py": ("read_bytes", "what the command line names"),
    "cli/files.py": ("fdopen", "writes"),
    "cli/import_.py": ("iterdir", "ids that are taken"),
    "cli/init.py": ("iterdir", "the folder that it makes"),
    "cli/match_answers.py": ("open", "what the command line names"),
    "cli/match_reading.py": ("open", "what the command line names"),
    "cli/new.py": ("iterdir", "ids that are taken"),
    "cli/notify.py": ("open", "what the command line names"),
    "cli/own_wheel.py": ("read_text read_bytes", "this package"),
    "cli/reference_pages.py": ("glob", "pages that it has written"),
    "cli/recording.py": ("read_text", "what the command line names"),
    "cli/release.py": ("open", "what the command line names"),
    "cli/tickets.py": ("read_bytes", "what the command line names"),
    "commands/processes/supervisor.py": ("open", "processes"),
    "commands/accounts.py": ("read_text walk glob", "accounts and scratch folders"),
    "commands/guards.py": ("fdopen", "a pipe"),
    "commands/processes/__init__.py": ("open", "a pipe"),
    "commands/processes/orphans.py": ("read_text glob", "processes"),
    "commands/sandbox/landlock.py": ("open", "folders that a sandbox names"),
    "commands/sandbox/limits.py": ("listdir scandir", "processes"),
    "commands/sandbox/namespaces.py": ("open", "folders that a sandbox names"),
    "engines/zensical.py": ("iterdir", "the site"),
    "knowledge/files.py": ("open scandir listdir", "the place itself"),
    "knowledge/sources/library.py": ("iterdir", "incidents of this package"),
    "knowledge/sources/site_calls.py": ("open", "another site, over the network"),
    "knowledge/templates.py": ("rglob", "templates of this package"),
    "notices/sending.py": ("open", "sends to a URL"),
    "plugin/atomic_swap.py": ("iterdir glob copytree copy2", "the site"),
    "plugin/first_pages.py": ("fdopen read_bytes", "the site"),
    "plugin/kept_site.py": (
        "open scandir copyfile",
        "the site; static files, after `_need_own_files`",
    ),
    "plugin/mkdocs_site.py": ("open read_bytes", "mkdocs.yml, which files.py has read before"),
    "plugin/serving.py": ("read_bytes", "the site"),
    "plugin/site_builder.py": ("walk", "names, sizes and times"),
    "plugin/themes.py": ("walk", "the theme, after `_need_own_files`"),
    "plugin/unchanged.py": ("scandir", "names, sizes and times"),
    "proofs/helpers/__init__.py": ("glob read_bytes", "helpers of this package"),
    "proofs/runner.py": ("open glob", "services; scratch folders"),
    "proofs/services/base.py": ("copytree copy2 read_text", "the copy of a server, and its log"),
    "proofs/services/node.py": ("read_bytes read_text copy open", "the copy of a proof"),
    "proofs/services/postgresql.py": ("read_text glob", "its own server"),
    "proofs/services/programs.py": ("glob", "libraries beside a program"),
    "signatures/follow.py": ("open", "what the command line names"),
    "signatures/ordinary.py": ("read_text", "a list of this package"),
    "knowledge/built_in_kinds.py": ("read_text", "the table of this package"),
    "importers/vocabulary.py": ("read_text", "words of this package"),
    "site/folder.py": ("iterdir read_text read_bytes", "the folder that it writes"),
    "site/offline.py": (
        "read_bytes read_text glob",
        "the site that was built; assets of this package",
    ),
    "site/project.py": ("read_bytes", "assets of this package"),
    "text/templating.py": ("FileSystemLoader", "templates of this package"),
}


def openings(path: Path) -> set[str]:
    """What a module calls that opens files."""
    return {
        called for node in ast.walk(ast.parse(path.read_text("utf-8"))) for called in calls(node)
    }


def calls(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom) and node.module in OPENING_IN:
        yield from OPENING_IN[node.module] & {alias.name for alias in node.names}
    if not isinstance(node, ast.Call):
        return
    called = node.func
    if isinstance(called, ast.Name) and called.id in OPENING:
        yield called.id
    elif isinstance(called, ast.Attribute):
        of = called.value.id if isinstance(called.value, ast.Name) else ""
        if (
            called.attr in OPENING | OPENING_IN.get(of, set())
            and (of, called.attr) not in OTHER_THINGS
        ):
            yield called.attr


def test_nothing_else_opens_files_of_a_knowledge_base() -> None:
    """Whoever opens a file somewhere else reads it through `files.py` instead, or says here why not."""
    generator = ROOT / "generator"
    found = {
        path.relative_to(generator).as_posix(): openings(path) for path in generator.rglob("*.py")
    }
    listed = {name: set(names.split()) for name, (names, _) in ELSEWHERE.items()}
    assert {n: c - listed.get(n, set()) for n, c in found.items() if c - listed.get(n, set())} == {}
    gone = {n: c - found.get(n, set()) for n, c in listed.items() if c - found.get(n, set())}
    assert gone == {}, "is not opened there any more: take it out of the list"


def test_an_opening_is_found_however_it_is_written(tmp_path: Path) -> None:
    for line in (
        "open(x)", "x.open()", "os.open(x)", "x.read_text()", "shutil.copy(x, y)", "os.walk(x)",
        "from shutil import copy", "jinja2.FileSystemLoader(x)", "Path(x).rglob('*')",
    ):  # fmt: skip
        path = tmp_path / "module.py"
        path.write_text(line, "utf-8")
        assert openings(path), line


# -- one file ----------------------------------------------------------------------------------


class Late(BaseException):
    """It waits, or has no end; nothing takes this for an error of a file."""


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    """End a test that waits for a pipe, or reads a device, instead of letting it hang."""

    def late(number: int, frame: object) -> None:
        raise Late

    signal.signal(signal.SIGALRM, late)
    signal.alarm(120)
    yield
    signal.alarm(0)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with a secret, beside every knowledge base."""
    folder = tmp_path / "outside"
    folder.mkdir()
    for name in ("key", "incident.yaml", "index.md", "main.html", "home.md.j2"):
        (folder / name).write_text(f"{SECRET}\n", "utf-8")
    return folder


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)


def link_out(path: Path, outside: Path) -> None:
    """A link to a file outside; for a folder, to a folder."""
    to = outside if path.is_dir() else outside / "key"
    remove(path)
    path.symlink_to(to)


def link_by_a_link(path: Path, outside: Path) -> None:
    """A link to a link that leads out."""
    to = outside if path.is_dir() else outside / "key"
    remove(path)
    between = path.with_name(f"to-{path.name}")
    between.symlink_to(to)
    path.symlink_to(between.name)


def endless(path: Path, outside: Path) -> None:
    remove(path)
    path.symlink_to("/dev/zero")


def pipe(path: Path, outside: Path) -> None:
    remove(path)
    os.mkfifo(path)


def listening(path: Path, outside: Path) -> None:
    remove(path)
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(path.parent)  # the whole path may be too long for a socket
        try:
            made.bind(path.name)
        finally:
            os.chdir(here)


def circle(path: Path, outside: Path) -> None:
    remove(path)
    path.symlink_to(path.name)


def hidden(path: Path, outside: Path) -> None:
    """A link to what git keeps, which may hold a token."""
    root = next(folder for folder in path.parents if (folder / "incidents").is_dir())
    (root / ".git").mkdir(exist_ok=True)
    (root / ".git/config").write_text(SECRET, "utf-8")
    to = root / ".git" if path.is_dir() else root / ".git/config"
    remove(path)
    path.symlink_to(os.path.relpath(to, path.parent))


def huge(path: Path, outside: Path) -> None:
    remove(path)
    with path.open("wb") as stream:
        stream.truncate(50 << 30)


TRAPS: dict[str, Callable[[Path, Path], None]] = {
    trap.__name__: trap
    for trap in (link_out, link_by_a_link, endless, pipe, listening, circle, hidden, huge)
}


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("from_folder", [True, False], ids=["descriptors", "paths"])
def test_what_is_no_file_of_the_knowledge_base_is_not_read(
    trap: str, from_folder: bool, tmp_path: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_FROM_FOLDER", from_folder)
    root = write_base(tmp_path / "kb", incident_text(""))
    TRAPS[trap](root / "docs/page.md", outside)
    with pytest.raises(OSError) as caught:  # noqa: PT011 - a circle has no class of its own
        read_file(root, "docs/page.md")
    assert isinstance(caught.value, FileRefused) or trap == "circle"
    assert list(find_files(root, "docs")) == []
    assert next(found.name for found in walk(root, "docs") if found.why) == "docs/page.md"


@pytest.mark.parametrize("from_folder", [True, False], ids=["descriptors", "paths"])
def test_links_inside_are_followed(
    from_folder: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_FROM_FOLDER", from_folder)
    root = write_base(tmp_path / "kb", incident_text(""))
    (tmp_path / "link").symlink_to(root)
    (root / "incidents/linked").symlink_to("disk-full")
    (root / "docs").mkdir()
    (root / "docs/all").symlink_to("../incidents/disk-full")
    (root / "docs/page.md").symlink_to(root / "incidents/disk-full/incident.yaml")
    for base in (root, tmp_path / "link"):
        for name in ("incidents/linked/incident.yaml", "docs/page.md", "docs/../docs/page.md"):
            assert read_file(base, name).decode() == DISK_FULL
        assert list(find_files(base, "docs")) == [
            "docs/all/incident.yaml", "docs/all/server.log", "docs/page.md"
        ]  # fmt: skip


def test_a_folder_that_holds_itself_ends(tmp_path: Path) -> None:
    root = write_base(tmp_path, incident_text(""))
    (root / "docs/a").mkdir(parents=True)
    (root / "docs/b").mkdir()
    (root / "docs/all").symlink_to("..")
    (root / "docs/a/b").symlink_to("../b")
    (root / "docs/b/a").symlink_to("../a")
    found = {f.name: f.why and f.why.strerror for f in walk(root, "docs")}
    assert set(found) == {"docs/all", "docs/a/b/a", "docs/b/a/b"}
    assert set(found.values()) == {"the link leads to a folder that contains it"}


def test_folders_of_links_to_folders_of_links_end(tmp_path: Path) -> None:
    root = write_base(tmp_path, incident_text(""))
    for number in range(24):  # 2 to the power of 24 ways to the last
        (root / f"docs/{number}").mkdir(parents=True)
        for name in "ab":
            (root / f"docs/{number}/{name}").symlink_to(f"../{number + 1}")
    (root / "docs/24").mkdir()
    (root / "docs/24/page.md").touch()
    *_, last = walk(root, "docs/0")
    assert str(last.why.strerror) == f"it contains more than {FOLDER_FILES.shown}"


def test_deep_folders_end(tmp_path: Path) -> None:
    root = write_base(tmp_path, incident_text(""))
    (root / "docs" / "/".join("d" * 900)).mkdir(parents=True)
    (found,) = walk(root, "docs")
    assert found.why.strerror == f"it lies deeper than {FOLDER_DEPTH.shown}"


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("incidents/x/incident.yaml", YAML_BYTES),
        ("incidents/checks.yaml", YAML_BYTES),
        ("mkdocs.yml", YAML_BYTES),
        ("incidents/x/proofs/record.json", RECORD_BYTES),
        ("incidents/x/tools/dump", FILE_BYTES),
    ],
)
def test_a_file_is_as_large_as_its_limit_and_no_larger(
    name: str, limit: int, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    os.truncate(path, limit)
    assert len(read_file(tmp_path, name)) == limit
    os.truncate(path, limit + 1)
    with pytest.raises(FileRefused) as caught:
        read_file(tmp_path, name)
    assert caught.value.code == "KB003"


# -- every place -------------------------------------------------------------------------------

PROOFS = """\
proofs:
  - {id: works, shows: symptom, description: Logs in and fails., run: sh proof.sh, expect: {contains: x}}
"""
SETTINGS = """\
site_name: Test
theme: {name: material, custom_dir: overrides}
plugins: [runbooks]
"""
MORE = {
    "mkdocs.yml": SETTINGS,
    "incidents/checks.yaml": "checks: [{id: look, phase: before, level: blocking, check: Look at it.}]\n",
    "incidents/example/proofs/record.json": '{"version": 1, "proofs": []}\n',
    "incidents/example/proofs/common.sh": "true\n",
    "incidents/example/proofs/shared/common.sh": "true\n",
    "incidents/example/tools/look.sh": "true\n",
    "docs/index.md": "# Home\n",
    "docs/more/page.md": "# Page\n",
    "docs/more/picture.png": "",
    "templates/pages/home.md.j2": "{{ title }}\n",
    "templates/pages/parts/own.md.j2": "",
    "overrides/main.html": "{% extends 'base.html' %}\n",
    "overrides/partials/copyright.html": "",
}


def whole_base(root: Path) -> Path:
    """A knowledge base with every kind of file that is read, shown or run."""
    write_base(root, incident_text(PROOFS))
    for name, content in MORE.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return root


def places() -> list[str]:
    """Every file and folder in which a trap can lie."""
    own = [name for name in MORE if name != "mkdocs.yml"]
    own += ["incidents/example/incident.yaml", "incidents/example/server.log", "incidents/example/proofs/works/proof.sh"]  # fmt: skip
    folders = {parent.as_posix() for name in own for parent in PurePosixPath(name).parents}
    return sorted(set(own) | folders - {".", "incidents"})


def run(*arguments: str | Path, text: str = "") -> Result:
    return CliRunner().invoke(runbooks, [*map(str, arguments)], input=text)


@pytest.mark.parametrize("place", places())
@pytest.mark.parametrize("trap", ["link_out", "endless", "pipe"])
def test_lint_names_each(trap: str, place: str, tmp_path: Path, outside: Path) -> None:
    root = whole_base(tmp_path / "kb")
    TRAPS[trap](root / place, outside)
    result = run("lint", "--root", root)
    assert result.exit_code == 1, result.output
    if place == "incidents/example" and trap != "link_out":
        return  # no folder, and so no incident
    shown = f"{place}/incident.yaml" if place == "incidents/example" else place
    begin = f"{shown}:1:1: error[KB001] "
    assert begin in result.output
    assert result.output.partition(begin)[2].splitlines()[1].startswith("  hint: ")
    assert result.output.count(f"{place}:1:1: ") <= 1
    assert SECRET not in result.output


def made_of(root: Path) -> bytes:
    """All that a site is made of, also where lint has found something."""
    base = load(root, today=DAY)
    config = read_raw(root)
    pages = list(build_pages(base, {}, DAY))
    index = build_index(base, documents(root, docs_folder(config)))
    contents = project(root, config, pages, build_assets(base))
    return b"\0".join([index, *contents.values(), *map(str.encode, contents)])


@pytest.mark.parametrize("place", places())
@pytest.mark.parametrize("trap", ["link_out", "link_by_a_link", "hidden", "pipe"])
def test_nothing_from_outside_is_published(
    trap: str, place: str, tmp_path: Path, outside: Path
) -> None:
    """The readers themselves leave out what is not inside: they do not rely on lint."""
    root = whole_base(tmp_path / "kb")
    TRAPS[trap](root / place, outside)
    assert SECRET.encode() not in made_of(root)


def test_a_whole_base_is_clean_and_published(tmp_path: Path) -> None:
    root = whole_base(tmp_path / "kb")
    result = run("lint", "--root", root)
    assert "KB001" not in result.output
    (root / "docs/more/page.md").write_text(SECRET, "utf-8")
    assert SECRET.encode() in made_of(root)


COMMANDS: dict[str, tuple[str, ...]] = {
    "actions": ("actions",),
    "checklist": ("checklist", "--all"),
    "coverage": ("coverage", "RULES"),
    "export": ("export", "disk-full"),
    "export-signatures": ("export-signatures",),
    "import": ("import", "--dry-run", "WRITE-UP"),
    "lint": ("lint",),
    "match": ("match",),
    "mcp": ("mcp",),
    "new": ("new", "--title", "A new one"),
    "prove": ("prove", "--list"),
    "prove the example": ("prove", "example"),
    "render": ("render", "PAGES"),
    "build": ("build",),
    "run": ("run", "disk-full", "--dry-run"),
    "search": ("search", "disk"),
    "show": ("show", "disk-full"),
    "signature": ("signature",),
    "sources": ("sources",),
    "stats": ("stats",),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_no_command_waits_or_tells(trap: str, tmp_path: Path, outside: Path) -> None:
    """All at once: whatever is not needed for a command to begin is a trap."""
    rules, write_up = tmp_path / "rules.yml", tmp_path / "write-up.md"
    rules.write_text("groups: []\n", "utf-8")
    write_up.write_text("# It broke\n\nIt was broken.\n", "utf-8")
    given = {"RULES": str(rules), "WRITE-UP": str(write_up), "PAGES": str(tmp_path / "pages")}
    root = whole_base(tmp_path / "kb")
    for name in MORE:
        if name != "mkdocs.yml":
            TRAPS[trap](root / name, outside)
    signal.alarm(300)
    for name, arguments in COMMANDS.items():
        words = [given.get(word, word) for word in arguments]
        result = run(words[0], "--root", root, *words[1:], text="No space left on device\n")
        assert result.exit_code in (0, 1, 2, 4), (name, result.output, result.exception)
        assert SECRET not in result.output, name
    assert not any(path.is_file() and SECRET in path.read_text("utf-8", "replace") for path in (tmp_path / "pages").rglob("*"))  # fmt: skip
    assert not (root / "site").exists()


def test_commands_are_all_that_read_a_knowledge_base() -> None:
    """A new command is added to `COMMANDS`, or here with why it reads none."""
    reading = {words[0] for words in COMMANDS.values()}
    others = {"completion", "init", "notify", "reference", "schema"} | {"serve"}  # serve: as build
    assert set(runbooks.list_commands(click.Context(runbooks))) == reading | others


def test_a_record_is_not_written_through_a_link(tmp_path: Path, outside: Path) -> None:
    root = whole_base(tmp_path / "kb")
    link_out(root / "incidents/example/proofs", outside)
    before = sorted(outside.iterdir())
    result = run("prove", "--root", root, "example")
    assert result.exit_code not in (0, 3)
    assert sorted(outside.iterdir()) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("docs_dir: ../outside\n", "mkdocs.yml:4:11: error[KB010] docs_dir leads out"),
        ("docs_dir: {outside}\n", "mkdocs.yml:4:11: error[KB010] docs_dir leads out"),
        ('docs_dir: "a\\0b"\n', "mkdocs.yml:4:11: error[KB010] docs_dir leads out"),
        ("INHERIT: /dev/zero\n", "mkdocs.yml:4:10: error[KB010] INHERIT does not name a file"),
        ("INHERIT: 5\n", "mkdocs.yml:4:10: error[KB010] INHERIT does not name a file"),
    ],
)
def test_folders_that_the_settings_name(key: str, line: str, tmp_path: Path, outside: Path) -> None:
    root = whole_base(tmp_path / "kb")
    (root / "mkdocs.yml").write_text(SETTINGS + key.replace("{outside}", str(outside)), "utf-8")
    result = run("lint", "--root", root)
    assert line in result.output
    result = run("build", "--root", root)
    assert result.exit_code == 1
    assert line in result.output
