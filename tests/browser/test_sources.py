"""A second knowledge base: made by `init`, in its own style, with the library that comes with the program.

It matches, finds and picks checks from both, on pages opened from files, without a network.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

from tests.browser import building
from tests.browser.test_checklist import ids, wait_for
from tests.browser.test_match import PHONE, paste, status
from tests.sites import runbooks

OURS = "refund-queue-stuck"
INCIDENT = """\
# yaml-language-server: $schema=../incident.schema.json
title: Refunds stand still, because a worker holds the lock of the queue
severity: SEV2
components: refunds
symptom:
  description: Refunds are accepted, and none is paid.
  signatures: ["refund queue {_} is locked by worker {WORKER}"]
root_cause: A worker ended without giving back its lock.
diagnosis:
  - do: Show who holds the lock.
    run: echo "$WORKER"
    risk: read-only
mitigation: Restart the worker.
fix: Give the lock a time limit.
verification: The queue becomes shorter.
parameters:
  - {name: WORKER, description: The worker that holds the lock}
checks:
  - id: lock-has-a-limit
    phase: before
    level: blocking
    check: Each lock of the queue has a time limit
    applies_to: {paths: ["refunds/**"]}
"""
LIBRARY = "postgresql-create-index-concurrently"
ERROR = "ERROR:  CREATE INDEX CONCURRENTLY cannot run inside a transaction block"
OWN_ERROR = "refund queue eu-1 is locked by worker w-17"


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory, browser) -> Path:
    """The site of the second knowledge base."""
    root = tmp_path_factory.mktemp("second") / "refunds"
    assert runbooks("init", root, "--name", "Refunds").returncode == 0
    config = yaml.safe_load((root / "mkdocs.yml").read_text("utf-8"))
    config["theme"] = "readthedocs"
    [options] = (p["runbooks"] for p in config["plugins"] if isinstance(p, dict))
    options["sources"] = [{"name": "library", "package": "library"}]
    (root / "mkdocs.yml").write_text(yaml.safe_dump(config), "utf-8")
    file = root / "incidents" / OURS / "incident.yaml"
    file.parent.mkdir()
    file.write_text(INCIDENT, "utf-8")
    done = runbooks("sources", "update", "--root", root)
    assert done.returncode == 0, done.stderr
    done = runbooks("lint", "--root", root)
    assert done.returncode == 0, done.stdout
    site = root / "site"
    building.build(root, site)
    return site


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_a_pasted_error_finds_ours_and_theirs(second: Path, visit, options) -> None:
    page = visit(second / "match/index.html", **options)
    paste(page, f"{ERROR}\n{OWN_ERROR}\n")
    assert status(page).startswith("2 incidents match")
    found = page.locator(".kb-match__list > li")
    theirs = found.filter(has_text="CREATE INDEX CONCURRENTLY fails in a migration")
    ours = found.filter(has_text="Refunds stand still")
    expect(theirs.locator(".kb-origin")).to_have_text("from library")
    expect(ours.locator(".kb-origin")).to_have_count(0)
    theirs.locator(".kb-match__open").click()
    expect(page).to_have_url(re.compile(rf"incidents/{LIBRARY}/index\.html"))
    expect(page.locator(".kb-meta .kb-origin").first).to_have_text("from library")
    expect(page.locator(".kb-matched")).to_contain_text("CREATE INDEX CONCURRENTLY")


def test_the_checklist_picks_from_both(second: Path, visit) -> None:
    page = visit(second / "checklist/index.html")
    page.locator(".kb-checklist textarea").first.fill(
        "refunds/queue.js\nmigrations/20261127-index.js\n"
    )
    wait_for(page, "checks")
    listed = ids(page)
    assert f"{OURS}/lock-has-a-limit" in listed
    theirs = [one for one in listed if one.startswith("postgresql-")]
    assert theirs
    why = page.locator(".kb-checklist__why", has_text="from library")
    expect(why.first).to_be_attached()
    own = page.locator(".kb-checklist__why", has_text="Refunds stand still")
    expect(own).not_to_contain_text("from library")


def test_search_and_lists_say_where_incidents_come_from(second: Path, visit) -> None:
    page = visit(second / "incidents/index.html")
    row = page.locator("li", has=page.locator(f'a[href*="{LIBRARY}/"]')).first
    expect(row.locator(".kb-origin")).to_have_text("from library")
    own = page.locator("li", has=page.locator(f'a[href*="{OURS}/"]')).first
    expect(own.locator(".kb-origin")).to_have_count(0)
    page = visit(second / "index.html")
    box = page.locator(".kb-home-search input")
    box.fill("create index concurrently")
    result = page.locator(".kb-result").first
    expect(result.locator(".kb-origin")).to_have_text("from library")
