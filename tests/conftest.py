"""Fixtures that all tests share."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FULL = Path(__file__).parent / "data" / "full"

# A shell script that puts the tests into the background lets them, and all that they start, ignore
# Ctrl-C; some tests show what it does.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name every test that was skipped, in the last lines: nobody should have to look for it."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.section("not run")
        for report in skipped:
            terminalreporter.line(f"{report.nodeid}: {report.longrepr[2]}")


@pytest.fixture
def full() -> Path:
    """A knowledge base whose incidents use every field, among them a hostile and a broken one."""
    return FULL
