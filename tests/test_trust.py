"""Nothing of a knowledge base runs before it was listed and confirmed: every command on a hostile clone."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from generator.cli import COMMANDS, runbooks
from generator.cli.trusting import ask_to_run, commands_that_run
from generator.knowledge.foreign_code import RUN, code_of_a_build
from generator.plugin.building import BuildFailed
from tests.checklists import Terminal
from tests.conftest import ROOT
from tests.pace import PATIENCE
from tests.sites import change, command, environment, incident_file, new_base
from tests.test_git import commit, git, poison

PAGE = (ROOT / "docs/guide/untrusted.md").read_text("utf-8")
ONE = ("--incident", "case-0", "--yes")
REFUSED = "You have not said yet that you trust it, so nothing was run."


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """What each payload makes when it runs."""
    return tmp_path / "it-ran"


@pytest.fixture(autouse=True)
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who has not used this program before."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("RUNBOOKS_TRUST")
    monkeypatch.setenv("PYTHONPATH", environment()["PYTHONPATH"])


@pytest.fixture
def clone(tmp_path: Path, canary: Path) -> Path:
    """A clone with a payload at every place that can run something."""
    root = new_base(tmp_path / "kb")
    touch = f"touch {canary}"
    change(
        incident_file(root),
        proofs=[{"id": "p", "shows": "symptom", "description": "d", "run": touch, "expect": {"contains": "x"}}],
        diagnosis=[{"do": "d", "run": touch, "expect": {"exit": 0}, "risk": "read-only"}],
        checks=[{"id": "c", "phase": "before", "check": "c", "run": touch, "expect": {"exit": 0}, "risk": "read-only"}],
    )  # fmt: skip
    (root / "proofs").mkdir()
    (incident_file(root).parent / "proofs/p").mkdir(parents=True)
    attack = f"{{{{ cycler.__init__.__globals__.os.system('{touch}') }}}}"
    for name in ("scaffold/new.yaml.j2", "postmortem/document.md.j2", "pages/incident.md.j2", "reference/fields.md.j2", "checklists/checklist.sh.j2"):  # fmt: skip
        path = root / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(attack)
    (root / "theme").mkdir()
    (root / "theme/main.html").write_text(attack)
    (root / "hook.py").write_text(f"import os\nos.system({touch!r})\n")
    (root / "mkdocs.yml").write_text(
        "site_name: x\nplugins: [runbooks]\nhooks: [hook.py]\ntheme: {name: material, custom_dir: theme}\n"
        f"extra: {{a: !!python/object/apply:os.system [{touch!r}]}}\n"
    )
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n{touch}\ncat\n")
    program.chmod(0o755)
    git(root, "init", "--quiet")
    commit(root, "one", "one")
    commit(root, "two", "two")
    poison(root, program)
    (tmp_path / "rules.yaml").write_text("groups: []\n")
    (tmp_path / "found.json").write_text('{"version": 1, "matches": []}')
    (tmp_path / "text.md").write_text("# Something broke\n\nIt broke.\n")
    return root


def run(root: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command without a terminal."""
    return subprocess.run(
        command(*arguments), cwd=root, env=environment(), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=PATIENCE,
    )  # fmt: skip


# --- every command

CALLS: dict[str, tuple[str, ...]] = {
    "actions": (),
    "build": (),
    "checklist": ("--changed-since", "HEAD~1", "--format", "sh"),
    "checklist comment": ("../text.md", "--dry-run"),
    "checklist run": ONE,
    "completion": ("bash",),
    "coverage": ("../rules.yaml",),
    "export": ("case-0",),
    "export-signatures": ("--format", "json"),
    "import": ("../text.md",),
    "init": ("../new",),
    "lint": (),
    "match": ("../text.md",),
    "mcp": (),
    "new": ("--title", "x"),
    "notify": ("slack", "../found.json"),
    "prove": (),
    "reference": ("../reference",),
    "render": ("../pages",),
    "run": ("case-0", "--yes"),
    "schema": (),
    "search": ("broke",),
    "serve": ("--port", "0"),
    "show": ("case-0", "--format", "markdown"),
    "signature": ("it broke",),
    "sources": (),
    "sources update": (),
    "stats": (),
}
GATED = ("build", "serve", "prove", "checklist run", "run")
SANDBOXED = ("export", "new", "show", "render")


def _all_commands() -> set[str]:
    found = set()
    for name in COMMANDS:
        found.add(name)
        group = runbooks.get_command(click.Context(runbooks), name)
        if isinstance(group, click.Group):
            found |= {f"{name} {inner}" for inner in group.list_commands(click.Context(group))}
    return found


def test_every_command_is_called_below_and_stands_on_the_page() -> None:
    rows = dict(re.findall(r"(?m)^\| `runbooks ([a-z -]+)` \| (.*) \|$", PAGE))
    assert set(rows) == set(CALLS) == _all_commands()
    asks = {name for name, row in rows.items() if "before the first time" in row}
    assert asks == set(GATED)
    assert {name for name, row in rows.items() if "[sandbox]" in row} == set(SANDBOXED)
    others = {name for name, row in rows.items() if not row.startswith("nothing")}
    assert others == {*GATED, *SANDBOXED}


NEEDS_MORE = ("build", "mcp", "serve")  # than the light core


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.slow) if n in NEEDS_MORE else n for n in CALLS],
)
def test_a_command_runs_nothing_of_a_clone(clone: Path, canary: Path, name: str) -> None:
    done = run(clone, *name.split(), *CALLS[name])
    assert not canary.exists(), done.stderr
    assert "Traceback" not in done.stderr
    if name in GATED:
        assert done.returncode == 2
        assert f"{REFUSED} If you do: runbooks {name} --trust" in done.stderr
    elif name in SANDBOXED:
        assert done.returncode == 2
        assert "access to attribute '__init__' of 'type' object is unsafe" in done.stderr
    else:
        usage = {2} if name == "checklist comment" else set()  # there is no pull request here
        assert done.returncode in {0, 1} | usage, done.stderr


@pytest.mark.parametrize("name", ["checklist run", "prove", "run"])
def test_what_would_run_is_listed(clone: Path, canary: Path, name: str) -> None:
    assert f"touch {canary}" in run(clone, *name.split(), *CALLS[name]).stderr


@pytest.mark.slow
def test_a_build_lists_all_that_it_would_run(clone: Path) -> None:
    said = run(clone, "build").stderr
    for text in (
        "hooks: hook.py",
        "templates of the theme: theme",
        "python/object/apply:os.system",
    ):
        assert text in said


def test_the_payloads_work_where_somebody_says_that_they_may(clone: Path, canary: Path) -> None:
    """Shows that the checks above would see something."""
    assert run(clone, "checklist", "run", *ONE, "--trust").returncode == 0
    assert canary.exists()


# --- the question


def on_terminal(root: Path, answer: str, *arguments: str) -> str:
    terminal = Terminal(command(*arguments), root)
    try:
        terminal.until("Do you trust whoever wrote it?")
        terminal.type(answer)
        terminal.ends()
    finally:
        terminal.close()
    return terminal.shown


def trusted(tmp_path: Path) -> dict[str, list[str]]:
    path = tmp_path / "state/incident-runbooks/trusted.json"
    known: dict[str, list[str]] = json.loads(path.read_text()) if path.exists() else {}
    return known


def test_the_question_is_asked_once(clone: Path, tmp_path: Path, canary: Path) -> None:
    asked = on_terminal(clone, "n", "checklist", "run", *ONE)
    assert "Nothing was run." in asked
    assert trusted(tmp_path) == {}
    assert not canary.exists()
    on_terminal(clone, "y", "checklist", "run", *ONE)
    assert trusted(tmp_path) == {str(clone): ["checks"]}
    canary.unlink()
    done = run(clone, "checklist", "run", *ONE)
    assert done.returncode == 0, done.stderr
    assert canary.exists()
    assert run(clone, "prove").returncode == 2  # nobody has asked about proofs
    (tmp_path / "link").symlink_to(clone)
    assert run(tmp_path / "link", "checklist", "run", *ONE).returncode == 0
    moved = clone.rename(tmp_path / "moved")
    assert run(moved, "checklist", "run", *ONE).returncode == 2


@pytest.mark.parametrize(
    ("variables", "arguments", "code"),
    [
        ({"RUNBOOKS_TRUST": "1"}, (), 0),
        ({"RUNBOOKS_TRUST": "0"}, (), 2),
        ({"RUNBOOKS_TRUST": ""}, (), 2),
        ({"CI": "true"}, (), 2),
        ({}, ("--trust",), 0),
    ],
)
def test_a_pipeline_says_so_itself(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], arguments: tuple[str, ...], code: int
) -> None:  # fmt: skip
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    done = run(clone, "checklist", "run", *ONE, *arguments)
    assert done.returncode == code, done.stderr
    assert trusted(tmp_path) == {}  # for this run alone


def test_a_knowledge_base_that_somebody_has_made_is_trusted(tmp_path: Path) -> None:
    assert run(tmp_path, "init", "mine").returncode == 0
    assert trusted(tmp_path) == {str(tmp_path / "mine"): ["*"]}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: os.chown(path, 65534, 65534),
        lambda path: os.chown(path.parent, 65534, 65534),
        lambda path: path.chmod(0o666),
        lambda path: path.write_text("{"),
        lambda path: path.write_text('["*"]'),
        lambda path: path.write_text('{"x": 5}'),
    ],
)
def test_what_others_could_have_written_is_not_believed(clone: Path, tmp_path: Path, spoil) -> None:
    path = tmp_path / "state/incident-runbooks/trusted.json"
    path.parent.mkdir(mode=0o700, parents=True)
    path.write_text(json.dumps({str(clone): ["checks"]}))
    path.chmod(0o600)
    assert run(clone, "checklist", "run", *ONE).returncode == 0
    spoil(path)
    assert run(clone, "checklist", "run", *ONE).returncode == 2


def test_control_characters_of_a_command_reach_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = "true \x1b]52;c;eA==\x07\u202e\n" + "x" * 5000
    with click.Context(runbooks, info_name="runbooks"), pytest.raises(SystemExit) as ended:
        ask_to_run(Path("/x\x1b[2J"), commands_that_run("checks", [hostile]), trusted=False)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert not set(said) & set("\x1b\x07\u202e")
    assert max(map(len, said.splitlines())) < 200


# --- what a build would run

HARMLESS = [
    "plugins: [runbooks, search]",
    "plugins: {runbooks: {}, tags: {}}",
    "plugins: []",
    "hooks: []",
    "hooks:",
    "markdown_extensions: [toc: {permalink: true}, pymdownx.superfences, admonition, pymdownx.blocks.tab]",
    "theme: material",
    "theme: {name: material, features: [a]}",
    "site_name: !ENV [NAME, x]",
    "markdown_extensions: [{pymdownx.emoji: {emoji_index: !!python/name:material.extensions.emoji.twemoji ''}}]",
    "markdown_extensions: [{toc: {slugify: !!python/object/apply:pymdownx.slugs.slugify {kwds: {case: lower}}}}]",
    "markdown_extensions: [{pymdownx.superfences: {custom_fences: [{format: !!python/name:pymdownx.superfences.fence_code_format ''}]}}]",
    "extra: {a: 2026-01-01, b: 1.5, c: !!binary aaaa}",
    "",
    "[not, closed",
]


@pytest.mark.parametrize("settings", HARMLESS)
def test_nobody_is_asked_about_what_runs_nothing(tmp_path: Path, settings: str) -> None:
    (tmp_path / "mkdocs.yml").write_text(settings)
    assert code_of_a_build(tmp_path) == ()


HARMFUL = {
    "hooks: [a.py, b.py]": ["hooks: a.py", "hooks: b.py"],
    "hooks: a.py": ["hooks: a.py"],
    "hooks: !ENV [X, [a.py]]": ["hooks: X", "hooks: seq ..."],
    "INHERIT: ../other.yml": ["more settings: ../other.yml"],
    "extra_templates: [a.html]": ["templates in docs: a.html"],
    "plugins: [runbooks, macros]": ["the plugin macros"],
    "plugins: {gen-files: {scripts: [a.py]}}": ["the plugin gen-files"],
    "plugins: macros": ["the plugin macros"],
    "plugins: [!ENV [X, macros]]": ["the plugin !ENV ..."],
    "plugins: !ENV [X, [macros]]": ["the plugin !ENV ..."],
    "markdown_extensions: [pymdownx.snippets]": ["the Markdown extension pymdownx.snippets"],
    "markdown_extensions: [tools.evil]": ["the Markdown extension tools.evil"],
    "markdown_extensions: ['toc:Evil']": ["the Markdown extension toc:Evil"],
    "theme: {name: material, custom_dir: x}": ["templates of the theme: x"],
    "x: &t {custom_dir: x}\ntheme: {<<: *t, name: material}": ["templates of the theme: x"],
    "x: &t {hooks: [a.py]}\n<<: *t": ["hooks: a.py"],
    "x: &t {hooks: [a.py]}\n<<: [*t, *t]": ["hooks: a.py"],
    "!ENV [X, hooks]: [a.py]": ["a setting whose name has the tag !ENV"],
    "!ENV [X, {hooks: [a.py]}]": ["mkdocs.yml as a whole: a value with a tag"],
    "theme: !ENV [X, {custom_dir: x}]": ["a theme with the tag !ENV", "templates of the theme: x"],
    "extra: !!python/object/apply:os.system [x]": [
        "Python by a tag: python/object/apply:os.system"
    ],
    "extra: !!python/name:os.system ''": ["Python by a tag: python/name:os.system"],
    "extra: !!python/name:pymdownx.superfences.x.os ''": [
        "Python by a tag: python/name:pymdownx.superfences.x.os"
    ],
    "%TAG ! tag:yaml.org,2002:python/\n---\nextra: !object/apply:os.system [x]": [
        "Python by a tag: python/object/apply:os.system"
    ],
    "extra: !unknown x": ["Python by a tag: !unknown"],
    "hooks: [a.py]\nhooks: []": ["hooks: a.py"],
}


@pytest.mark.parametrize("settings", HARMFUL)
def test_what_a_build_would_run_is_named(tmp_path: Path, settings: str) -> None:
    (tmp_path / "mkdocs.yml").write_text(settings)
    assert [each.text for each in code_of_a_build(tmp_path)] == HARMFUL[settings]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("plugins: [{macros: {module_name: a}}]", "plugins: [{macros: {module_name: b}}]", False),
        ("plugins: [macros]", "nav: [x]\nplugins: [search, macros]", True),
        ("hooks: [a.py]", "hooks: [a.py]\nsite_name: y", True),
    ],
)
def test_other_options_are_asked_about_again(
    tmp_path: Path, one: str, other: str, same: bool
) -> None:
    found = []
    for settings in (one, other):
        (tmp_path / "mkdocs.yml").write_text(settings)
        found.append({each.digest for each in code_of_a_build(tmp_path)})
    assert (found[0] == found[1]) is same


def test_settings_that_grow_or_nest_are_read_in_no_time(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    (tmp_path / "mkdocs.yml").write_text("\n".join([*lines, "plugins: [{macros: *a59}]"]))
    assert [each.text for each in code_of_a_build(tmp_path)] == ["the plugin macros"]
    (tmp_path / "mkdocs.yml").write_text("plugins: [{macros: &a [*a]}]")
    assert [each.text for each in code_of_a_build(tmp_path)] == ["the plugin macros"]
    (tmp_path / "mkdocs.yml").write_text("a: " + "[" * 3000)
    assert len(code_of_a_build(tmp_path)) <= 1


@pytest.mark.slow
def test_every_setting_of_mkdocs_is_known() -> None:
    """A setting that MkDocs adds is looked at by somebody before it counts as one that runs nothing."""
    from mkdocs.config.defaults import MkDocsConfig

    runs_nothing = """
        config_file_path site_name nav pages exclude_docs draft_docs not_in_nav site_url site_description
        site_author docs_dir site_dir copyright google_analytics dev_addr use_directory_urls repo_url
        repo_name edit_uri_template edit_uri extra_css extra_javascript mdx_configs strict remote_branch
        remote_name extra watch validation
    """.split()  # fmt: skip
    known = {name for name, _ in MkDocsConfig._schema}
    assert known - {"INHERIT"} == {*runs_nothing, *RUN} - {"INHERIT"}


# --- while the site is served


@pytest.mark.slow
def test_code_that_is_named_while_the_site_is_served_does_not_run(
    tmp_path: Path, canary: Path
) -> None:
    from generator.cli.opening import today
    from generator.cli.trusting import not_asked_about
    from generator.plugin.serving import _Live

    root = new_base(tmp_path / "kb")

    def check_code() -> None:
        new = not_asked_about(root, code_of_a_build(root), trusted=False)
        if new:
            raise BuildFailed(new)

    said: list[str] = []
    live = _Live(root, today, said.append, lambda _: None, check_code)
    try:
        live.rebuild()
        assert said[0].startswith("Built again")
        (root / "hook.py").write_text(f"open({str(canary)!r}, 'w')\n")
        with (root / "mkdocs.yml").open("a") as stream:
            stream.write("hooks: [hook.py]\n")
        live.rebuild()
        assert said[1] == "hooks: hook.py. The page shows the last good state."
        assert not canary.exists()
    finally:
        live.close()


@pytest.mark.slow
def test_a_hook_that_is_trusted_runs(tmp_path: Path, canary: Path) -> None:
    root = new_base(tmp_path / "kb")
    settings = yaml.safe_load((root / "mkdocs.yml").read_text())
    (root / "mkdocs.yml").write_text(yaml.safe_dump({**settings, "hooks": ["hook.py"]}))
    (root / "hook.py").write_text(
        f"def on_config(config):\n    open({str(canary)!r}, 'w').close()\n    return config\n"
    )
    assert run(root, "build").returncode == 2
    assert not canary.exists()
    assert run(root, "build", "--trust").returncode == 0
    assert canary.exists()
