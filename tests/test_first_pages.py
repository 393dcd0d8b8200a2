"""What is saved while the site is served is shown at once, and as the build that follows shows it."""

from __future__ import annotations

import random
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import yaml

from generator.plugin.first_pages import first_pages
from generator.plugin.server import Server
from generator.plugin.serving import _Live
from tests.bench.generate import liven
from tests.pace import PATIENCE
from tests.sites import incident_file, new_base, replace_line
from tests.test_edit_sequences import (
    _add,
    _break,
    _docs,
    _mend,
    _no_sources,
    _remove,
    _set_back,
    _sources,
    _step,
    _title,
    _touch_all,
)

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 21)
COUNT = 5
EDITS = (
    *(_step, _step, _step, _title, _title, _title, _set_back, _set_back),
    *(_sources, _no_sources, _add, _remove, _break, _mend, _docs, _touch_all),
)
PAGE = "incidents/case-0/index.html"


@contextmanager
def served(root: Path) -> Iterator[_Live]:
    """A site that is served, with a server that answers nobody yet."""
    said: list[str] = []
    live = _Live(root, lambda: TODAY, said.append, lambda _: None, lambda: None)
    server = Server(builder=live.rebuild, host="127.0.0.1", port=0, root=str(live.folder))
    try:
        live.build()
        live.server = server
        yield live
    finally:
        server.server_close()
        live.close()


def page(live: _Live) -> str:
    assert live.server
    return (Path(live.server.root) / PAGE).read_text()


@pytest.mark.parametrize("seed", range(4))
def test_pages_that_are_made_first_are_those_of_the_build(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    root = new_base(tmp_path / "kb", COUNT)
    liven(root, COUNT)
    made = 0
    with served(root) as live:
        for _ in range(8):
            edits = dice.sample(EDITS, dice.choice((1, 1, 2)))
            for edit in edits:
                edit(root, dice)
            time.sleep(0.1)  # as the server waits until an editor is done
            assert live._plugin
            assert live._plugin.finisher
            pages = first_pages(live.builder, live._plugin.finisher, TODAY)
            live.build()
            assert live._current
            for path, content in pages.items():
                assert (live._current / path).read_bytes() == content, (path, edits)
            made += len(pages)
    assert made


def test_a_saved_incident_is_shown_before_the_build(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb")
    (root / "own").mkdir()
    (root / "own" / "own.css").write_text("body {}")
    settings = yaml.safe_load((root / "mkdocs.yml").read_text())
    settings["theme"]["custom_dir"] = "own"
    (root / "mkdocs.yml").write_text(yaml.safe_dump(settings))
    with served(root) as live:
        live.rebuild()
        replace_line(incident_file(root), "title", "Saved now")
        first = live.show_first()
        assert "Saved now" in page(live)
        assert live.server
        assert live.server._first
        assert PAGE in live.server._first
        assert "assets/runbooks/runbooks.css" in live.server._first
        assert "assets/runbooks/match-data.js" not in live.server._first
        assert (Path(live.server.root) / "own.css").exists()
        assert "own.css" not in live.server._first
        assert any(name.endswith(".css") for name in live.server._first if "runbooks" not in name)
        live.rebuild()
        assert "Saved now" in page(live)
        assert first
        assert first.are_in(Path(live.server.root))
        assert live.server._first is None


def test_of_many_saved_incidents_the_open_one_is_shown_first(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb", COUNT)
    with served(root) as live:
        live.rebuild()
        assert live.server
        for number in range(COUNT):
            replace_line(incident_file(root, number, COUNT), "title", f"Saved now {number}")
        assert live.show_first() is None
        live.server._last_pages = ["index.html", PAGE]
        first = live.show_first()
        assert first
        assert "Saved now 0" in page(live)
        assert live.server._first
        assert PAGE in live.server._first
        assert "incidents/case-1/index.html" not in live.server._first
        live.rebuild()
        assert first.are_in(Path(live.server.root))


def test_a_page_is_taken_back_if_the_build_fails(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb")
    with served(root) as live:
        live.rebuild()
        assert live.server
        before, epoch = page(live), live.server._wanted_epoch
        replace_line(incident_file(root), "title", "Saved now")
        (root / "mkdocs.yml").write_text("site_name: [\n")
        live.rebuild()
        assert page(live) == before
        assert live.server._wanted_epoch > epoch  # so that a browser that has it loads it again


def test_a_page_that_comes_out_differently_is_loaded_again(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb")
    with served(root) as live:
        live.rebuild()
        assert live.server
        epoch = live.server._wanted_epoch
        replace_line(incident_file(root), "title", "Saved now")
        live.rebuild()
        assert live.server._wanted_epoch == epoch
        replace_line(incident_file(root), "title", "Saved later")
        replace_line(root / "mkdocs.yml", "site_name", "Renamed")
        live.rebuild()
        assert "Renamed" in page(live)
        assert live.server._wanted_epoch > epoch


def test_what_is_not_fresh_waits_for_the_build(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(f"old {name}")
    watched, finish = tmp_path / "watched", threading.Event()
    watched.mkdir()

    def build() -> None:
        (tmp_path / "a" / "index.html").write_text("new a")
        server.show_first({"a/index.html"})
        assert finish.wait(PATIENCE)
        (tmp_path / "b" / "index.html").write_text("new b")
        server.show_all(again=True)

    def get(path: str) -> str:
        with urllib.request.urlopen(f"{server.url}{path}", timeout=PATIENCE) as answer:
            return answer.read().decode()

    server = Server(
        builder=build, host="127.0.0.1", port=0, root=str(tmp_path), polling_interval=0.05
    )
    server.server_address = ("127.0.0.1", 0)
    server.take_address()
    server.watch(str(watched))
    ready = threading.Event()
    running = threading.Thread(target=server.run, args=(ready.set,))
    running.start()
    try:
        assert ready.wait(PATIENCE)
        epoch = server._visible_epoch
        assert "old a" in get("a/")
        (watched / "file").write_text("saved")
        first = int(get(f"livereload/{epoch}/1"))  # comes when there is something new
        assert first > epoch
        assert "new a" in get("a/")
        assert "new a" in get("a/index.html")
        late: list[str] = []
        waiting = threading.Thread(target=lambda: late.append(get("b/")))
        waiting.start()
        assert "new a" in get("a/")
        assert not late
        finish.set()
        waiting.join(PATIENCE)
        assert "new b" in late[0]
        assert set(server.last_pages()) == {"a/index.html", "b/index.html"}
        assert int(get(f"livereload/{first}/1")) > first
    finally:
        finish.set()
        server.shutdown()
        running.join(PATIENCE)
