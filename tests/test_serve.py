"""`runbooks serve` from outside: a process, a port, and files that are saved."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pace import PATIENCE
from tests.sites import change, command, environment, incident_file, new_base, runbooks

pytestmark = pytest.mark.slow


class Served:
    """A running `runbooks serve`."""

    def __init__(self, root: Path, *options: str) -> None:
        self.root = root
        self.said: list[str] = []
        self.process = subprocess.Popen(
            command("serve", "--root", root, "--port", "0", *options),
            env=environment(),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = self.until(lambda: re.search(r"Serving on (http://\S+)", self.log))[1]

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.said.append(line)

    @property
    def log(self) -> str:
        return "".join(self.said)

    def until(self, condition):  # type: ignore[no-untyped-def]
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = condition()
            if found:
                return found
            assert self.process.poll() is None, f"it has ended; it said:\n{self.log}"
            time.sleep(0.05)
        raise AssertionError(f"waited in vain; it said:\n{self.log}")

    def get(self, path: str) -> str:
        try:
            with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return f"status {error.code}"

    def shows(self, path: str, text: str) -> None:
        self.until(lambda: text in self.get(path))

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        if self.process.stderr:
            self.process.stderr.close()
        return code


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(new_base(tmp_path / "kb"))
    yield served
    if served.process.poll() is None:
        served.end(signal.SIGKILL)


def test_saving_shows(served: Served) -> None:
    root, page = served.root, "incidents/case-0/"
    assert "livereload(" in served.get(page)
    assert "livereload(" in served.get("incidents/case-0/index.html")

    change(incident_file(root), title="Saved while served")
    served.shows(page, "Saved while served")
    served.shows("incidents/", "Saved while served")

    # A page waits with this request, and loads itself anew when the number grows.
    epoch = re.search(r"livereload\((\d+), \d+\)", served.get(page))
    assert epoch
    assert int(served.get(f"livereload/{int(epoch[1]) - 1}/1")) == int(epoch[1])

    good = incident_file(root, 1).read_text()
    incident_file(root, 1).write_text(good + "nonsense: 1\n")
    served.shows("incidents/case-1/", "KB102")
    assert "unknown field `nonsense`" in served.log
    assert "incidents/case-1/incident.yaml:" in served.log
    assert "Saved while served" in served.get(page)
    incident_file(root, 1).write_text(good)
    served.shows("incidents/case-1/", "kb-title")

    (root / "incidents" / "brand-new").mkdir()
    shutil.copy(incident_file(root, 2), root / "incidents" / "brand-new" / "incident.yaml")
    change(root / "incidents" / "brand-new" / "incident.yaml", title="Brand new")
    served.shows("incidents/brand-new/", "Brand new")
    served.shows("assets/runbooks/search-index.js", "brand-new")
    shutil.rmtree(root / "incidents" / "brand-new")
    served.until(lambda: served.get("incidents/brand-new/") == "status 404")

    settings = (root / "mkdocs.yml").read_text()
    (root / "mkdocs.yml").write_text("site_name: [\n")
    served.until(lambda: "last good state" in served.log)
    assert "Saved while served" in served.get(page)
    (root / "mkdocs.yml").write_text(settings.replace("Bench", "Renamed"))
    served.shows(page, "Renamed")

    (root / "docs" / "guide.md").write_text("# Guide\n\nWritten while served.\n")
    served.shows("guide.html", "Written while served")

    assert "Traceback" not in served.log
    assert served.end() == 0
    assert "Traceback" not in served.log
    assert not list(Path("/tmp").glob(f"runbooks-{served.process.pid}-*"))


def test_a_page_that_is_asked_for_is_built_at_once(served: Served) -> None:
    for number in range(3):
        change(incident_file(served.root), title=f"Saved {number}")
        assert f"Saved {number}" in served.get("incidents/case-0/index.html")
        assert f"Saved {number}" in served.get("incidents/index.html")


def test_templates_are_watched(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb")
    template = root / "templates" / "pages" / "incident.md.j2"
    template.parent.mkdir(parents=True)
    template.write_text("# {{ title }}\n\nbefore\n")
    served = Served(root)
    served.shows("incidents/case-0/", "before")
    template.write_text("# {{ title }}\n\nafterwards\n")
    served.shows("incidents/case-0/", "afterwards")
    template.write_text("{% nonsense %}")
    served.until(lambda: "last good state" in served.log)
    assert "afterwards" in served.get("incidents/case-0/")
    assert served.end(signal.SIGTERM) == 0


def test_a_site_with_errors_comes_up(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb")
    incident_file(root).write_text("title: [\n")
    served = Served(root)
    served.shows("incidents/case-0/", "KB004")
    assert "error[KB004]" in served.log
    assert "kb-title" in served.get("incidents/case-1/")
    assert served.end() == 0


def test_a_taken_port_is_explained(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        began = time.monotonic()
        done = runbooks("serve", "--root", root, "--port", str(port))
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - began < PATIENCE


def test_broken_settings_at_the_start_are_explained(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb")
    (root / "mkdocs.yml").write_text("site_name: [\n")
    done = runbooks("serve", "--root", root, "--port", "0")
    assert done.returncode == 1
    assert "mkdocs.yml" in done.stderr
    assert "Traceback" not in done.stderr


def answer(served: Served, request: bytes) -> bytes:
    """Return the first line of an answer to a raw request."""
    host, _, port = served.url.removeprefix("http://").rstrip("/").partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(request)
        return connection.makefile("rb").readline()


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("localhost", 200), ("127.0.0.1", 200), ("[::1]", 200), ("LOCALHOST:8000", 200),
        ("evil.example", 403), ("127.0.0.1.evil.example", 403), ("10.0.0.1:8000", 403), ("[::2", 403),
    ],
)  # fmt: skip
def test_a_site_of_others_cannot_read_the_served_one(host: str, code: int, shared: Served) -> None:
    line = answer(shared, f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert f" {code} " in line.decode()


def test_a_path_that_is_no_path(shared: Served) -> None:
    assert shared.get("a%00b") == "status 400"
    assert shared.get("..%2f..%2fetc/passwd") == "status 404"
    assert "Traceback" not in shared.log


def test_connections_are_bounded(shared: Served) -> None:
    host, _, port = shared.url.removeprefix("http://").rstrip("/").partition(":")
    idle = [socket.create_connection((host, int(port)), timeout=PATIENCE) for _ in range(300)]
    try:
        shared.until(lambda: threads_of(shared.process.pid) >= 150)
        assert threads_of(shared.process.pid) < 230
    finally:
        for connection in idle:
            connection.close()
    assert "livereload(" in shared.get("incidents/case-0/")


def threads_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"Threads:\s+(\d+)", status)[1])


def test_what_a_killed_run_left_goes_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    root = new_base(tmp_path / "kb")
    first = Served(root)
    second = Served(root)
    first.end(signal.SIGKILL)
    left = sorted(temporary.glob("runbooks-serve-*"))
    assert len(left) == 2
    for folder in left:  # older than a folder that is being made
        os.utime(folder, (0, 0))
    third = Served(root)
    assert len(list(temporary.glob("runbooks-serve-*"))) == 2
    assert "kb-title" in second.get("incidents/case-0/")
    second.end()
    third.end()
    assert not list(temporary.glob("runbooks-serve-*"))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(new_base(tmp_path_factory.mktemp("serve") / "kb"))
    yield served
    served.end(signal.SIGKILL)
