"""Builds sites to be looked at, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

COMMAND = (sys.executable, "-m", "generator")
"""The public command, in the environment of the tests."""


def build(root: Path, site: Path) -> None:
    """Build as a reader would, with the public command."""
    _run("generator", "build", "--root", root, "--site-dir", site)


def build_in_spite_of_findings(root: Path, site: Path) -> None:
    """Build a base that lint rejects, as `serve` shows it: broken and hostile incidents included."""
    _run("tests.browser.building", root, site)


def _run(module: str, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == 0, f"the build failed\n{done.stdout}\n{done.stderr}"


def main(root: Path, site: Path) -> None:
    from generator.plugin.hooks import PreparedBuild
    from generator.plugin.mkdocs_site import read_config, run_mkdocs, the_plugin
    from generator.plugin.site_builder import SiteBuilder

    config = read_config(root, site_dir=site)
    plugin = the_plugin(config)
    builder = SiteBuilder(root)
    today = date(2026, 11, 21)
    plugin.prepared = PreparedBuild(
        builder, builder.check(today, plugin.settings_in(config)), today
    )
    run_mkdocs(config)
    builder.store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
