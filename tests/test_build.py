"""`runbooks build` as a user meets it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from generator.cache import exchange
from generator.plugin.atomic_swap import MARKER, NotASite, check_target, clean_up, replacing
from tests.sites import change, incident_file, new_base, runbooks, tree

pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return new_base(tmp_path / "kb")


def leftovers(root: Path) -> list[str]:
    return [path.name for path in root.iterdir() if path.name.startswith(".site-")]


def test_a_build_says_one_line(root: Path) -> None:
    done = runbooks("build", cwd=root)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert " pages in " in done.stderr
    assert done.stderr.rstrip().endswith("→ site/")
    assert (root / "site" / "incidents" / "case-0" / "index.html").is_file()
    assert leftovers(root) == []
    assert (root / "site").stat().st_mode & 0o777 == 0o777 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_another_folder(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "made" / "for" / "it"
    assert runbooks("build", "--root", root, "--site-dir", target).returncode == 0
    assert (target / "index.html").is_file()
    assert not (root / "site").exists()
    assert runbooks("build", "--root", root, "--site-dir", target).returncode == 0


def test_errors_leave_the_old_site(root: Path) -> None:
    assert runbooks("build", cwd=root).returncode == 0
    before = tree(root / "site")
    change(incident_file(root, 1), severity="SEV9")
    incident_file(root, 2).write_text("title: [\n")
    done = runbooks("build", cwd=root)
    assert done.returncode == 1
    assert "incidents/case-1/incident.yaml:4:11: error[KB104]" in done.stderr
    assert "incidents/case-2/incident.yaml:" in done.stderr
    assert "Traceback" not in done.stderr
    assert tree(root / "site") == before
    assert leftovers(root) == []


def test_warnings_stop_a_strict_build_only(root: Path) -> None:
    text = incident_file(root).read_text().replace("# yaml-language-server", "# yaml")
    incident_file(root).write_text(text)
    assert runbooks("build", "--strict", cwd=root).returncode == 1
    assert not (root / "site").exists()
    done = runbooks("build", cwd=root)
    assert done.returncode == 0
    assert "warning[KB011]" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("site_name: [\n", "mkdocs.yml"),
        ("site_name: x\nplugins: [runbooks]\ntheme: nonsense\n", "theme"),
        ("site_name: x\nplugins: []\n", "the plugin `runbooks` is missing"),
        ("site_name: x\nplugins: [{runbooks: {nonsense: 1}}]\n", "nonsense"),
    ],
)
def test_broken_settings_are_explained(root: Path, text: str, said: str) -> None:
    (root / "mkdocs.yml").write_text(text)
    done = runbooks("build", cwd=root)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (root / "site").exists()


def test_a_folder_of_somebody_else_is_refused(root: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.txt").write_text("ten years of work")
    for target in (home, root, tmp_path, home / "thesis.txt"):
        done = runbooks("build", "--root", root, "--site-dir", target)
        assert done.returncode in (1, 2), target
        assert "Traceback" not in done.stderr
    assert (home / "thesis.txt").read_text() == "ten years of work"
    assert incident_file(root).is_file()


def test_hidden_files_stay(root: Path) -> None:
    assert runbooks("build", cwd=root).returncode == 0
    (root / "site" / ".git").mkdir()
    (root / "site" / ".git" / "config").write_text("kept")
    (root / "site" / ".nojekyll").touch()
    (root / "site" / "stale.html").touch()
    assert runbooks("build", cwd=root).returncode == 0
    assert (root / "site" / ".git" / "config").read_text() == "kept"
    assert (root / "site" / ".nojekyll").exists()
    assert not (root / "site" / "stale.html").exists()


def test_a_link_to_the_site_stays_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    (root / "site").symlink_to(tmp_path / "www", target_is_directory=True)
    assert runbooks("build", cwd=root).returncode == 0
    assert (root / "site").is_symlink()
    assert (tmp_path / "www" / "index.html").is_file()


def test_control_c_leaves_the_old_site_and_no_leftovers(root: Path) -> None:
    assert runbooks("build", cwd=root).returncode == 0
    before = tree(root / "site")
    change(incident_file(root), title="Never seen")
    hook = root / "hook.py"
    hook.write_text(
        "import os, signal\ndef on_env(env, **_):\n    os.kill(os.getpid(), signal.SIGINT)\n"
    )
    with (root / "mkdocs.yml").open("a") as stream:
        stream.write("hooks: [hook.py]\n")
    done = runbooks("build", cwd=root)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert tree(root / "site") == before
    assert leftovers(root) == []


# -- putting a folder in place -------------------------------------------------------------


@pytest.fixture(params=["one step", "two steps"])
def steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "two steps":
        monkeypatch.setattr(exchange, "_rename_exchange", lambda one, other: False)
    elif sys.platform != "linux":
        pytest.skip("only Linux exchanges names in one step")
    return str(request.param)


def put(target: Path, text: str) -> None:
    with replacing(target) as new:
        (new / "index.html").write_text(text)


def test_a_site_is_replaced(tmp_path: Path, steps: str) -> None:
    target = tmp_path / "site"
    for text in ("one", "two", "three"):
        put(target, text)
        assert (target / "index.html").read_text() == text
        assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert (target / MARKER).is_file()


def test_a_failure_changes_nothing(tmp_path: Path, steps: str) -> None:
    target = tmp_path / "site"
    put(target, "one")

    def fail() -> None:
        with replacing(target) as new:
            (new / "index.html").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (target / "index.html").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_what_a_kill_between_two_steps_moved_away_comes_back(tmp_path: Path) -> None:
    target = tmp_path / "site"
    put(target, "one")
    target.rename(tmp_path / ".site-site-1-a-old")
    (tmp_path / ".site-site-1-a").mkdir()
    clean_up(target)
    assert (target / "index.html").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_build_that_is_running_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "site"
    with replacing(target) as first:
        (first / "index.html").write_text("first")
        put(target, "second")
        assert (first / "index.html").is_file()
        assert (target / "index.html").read_text() == "second"
    assert (target / "index.html").read_text() == "first"


def test_a_site_of_another_name_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / ".site-other-1-a"
    other.mkdir()
    put(tmp_path / "site", "one")
    assert other.is_dir()


def test_what_may_be_replaced(tmp_path: Path) -> None:
    root = tmp_path / "kb"
    root.mkdir()
    target = root / "site"
    check_target(target, root)
    target.mkdir()
    check_target(target, root)
    (target / "index.html").touch()
    with pytest.raises(NotASite):
        check_target(target, root)
    (target / "404.html").touch()
    (target / "sitemap.xml").touch()
    check_target(target, root)
    for above in (root, tmp_path):
        with pytest.raises(NotASite, match="knowledge base itself"):
            check_target(above, root)


def test_a_broken_template_is_explained(root: Path) -> None:
    template = root / "templates" / "pages" / "incident.md.j2"
    template.parent.mkdir(parents=True)
    for text, said in (
        ("{% nonsense %}", "incident.md.j2:1: "),
        ("{{ no.such.thing }}", "a template: "),
    ):
        template.write_text(text)
        done = runbooks("build", cwd=root)
        assert done.returncode == 1
        assert said in done.stderr
        assert "Traceback" not in done.stderr
