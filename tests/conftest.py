"""Fixtures that all tests share."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from generator.cache import state
from tests.made_once import MadeOnce
from tests.programs import services_on_path

ROOT = Path(__file__).parents[1]
FULL = Path(__file__).parent / "data" / "full"
# Write-ups of others. They are no part of the repository, so a clone may be without them.
SHARED = ROOT.parent / "shared"

# A shell script that puts the tests into the background lets them, and all that they start, ignore
# Ctrl-C; some tests show what it does.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests start more than a thousand processes, and without bytecode each compiles every module anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# No test may depend on how fast the machine is. In continuous integration a test tries the same
# examples each time, so that it fails because of a change or not at all.
CI = os.environ.get("CI", "").lower() in ("1", "true")
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("tests"), derandomize=True, database=None)
settings.load_profile("ci" if CI else "tests")


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests keep nothing in the user's folders, and the knowledge bases that they make are theirs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.setenv("RUNBOOKS_TRUST", "1")
        patch.setenv("PATH", services_on_path())
        state.key.cache_clear()  # a module that loads a knowledge base at its top has read the user's
        yield


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeOnce]:
    """Folders that are slow to make, such as built sites: no test may change them."""
    made = MadeOnce(tmp_path_factory)
    yield made
    assert made.changed() == []


@pytest.fixture(scope="session")
def wheel(made_once: MadeOnce) -> Path:
    """The wheel of this checkout."""
    from tests.beds import build_wheel

    (wheel,) = made_once.folder("wheel", build_wheel).glob("*.whl")
    return wheel


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many processes again as there are cores: a test often waits for what it has started."""
    here = getattr(os, "sched_getaffinity", None)
    cores = len(here(0)) if here else os.cpu_count() or 1
    return cores + cores // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # A file is one process's, and what takes longest begins first, so that nobody waits for it at the end.
    items.sort(key=lambda item: item.path.name != "test_own_proofs.py")
    if SHARED.is_dir():
        return
    absent = pytest.mark.skip(reason="../shared, with the write-ups of others, is not beside this clone")  # fmt: skip
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(absent)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped, and why, in a line for each reason."""
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    terminalreporter.section("not run")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count} {'test' if count == 1 else 'tests'}: {reason}")


@pytest.fixture
def full() -> Path:
    """A knowledge base whose incidents use every field, among them a hostile and a broken one."""
    return FULL
