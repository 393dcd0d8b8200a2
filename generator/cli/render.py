"""`runbooks render`: the pages as plain Markdown, for another site generator."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.build import show_findings
from generator.cli.common import EXIT_FINDINGS, EXIT_USAGE, load_base, root_option, say, stop, today
from generator.diagnostics import Severity
from generator.finding.documents import documents
from generator.finding.index import build_index
from generator.rules import RULES
from generator.rules.engine import lint
from generator.site import Asset, build_assets, build_pages
from generator.site.assets import FOLDER, INDEX_FILE, SCRIPTS, STYLES
from generator.site.folder import NotOurs, package_assets, write_folder


@click.command("render")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--force", is_flag=True, help="Write into a folder that holds other files too.")
@root_option
def render_command(folder: Path, force: bool, root: Path) -> None:
    """Write the pages into DIR as plain Markdown, with everything they need.

    Any generator that reads Python-Markdown with attribute lists can build them, such as Zensical.
    A second run updates DIR and removes the pages of deleted incidents; files that this command
    did not write stay. DIR must be new, empty, or written by this command.

    \b
    Example:
      runbooks render pages/
    """
    base = load_base(root)
    findings = tuple(lint(base, RULES))
    if any(d.severity is Severity.ERROR for d in findings):
        show_findings(findings)
        stop("Nothing was written.", EXIT_FINDINGS)
    # Without errors every incident can be read, and no page shows findings.
    base = base.shown
    pages = build_pages(base, {}, today())
    index = Asset(INDEX_FILE, build_index(base, documents(root / "docs")))
    assets = [*build_assets(base), *package_assets(), index]
    try:
        written = write_folder(folder, pages, assets, root / "docs", force=force)
    except NotOurs as error:
        stop(f"{error}. Name another folder, or add --force", EXIT_USAGE)
    except OSError as error:
        stop(f"Cannot write {error.filename or folder}: {error.strerror}")
    removed = f", {written.removed:,} removed" if written.removed else ""
    say(f"{written.pages:,} pages and {written.others:,} files → {folder}/{removed}")
    say("The generator that builds them needs, in its settings:")
    say("  use_directory_urls: false")
    say(f"  extra_css: [{', '.join(f'{FOLDER}/{name}' for name in STYLES)}]")
    say(f"  extra_javascript: [{', '.join(f'{FOLDER}/{name}' for name in SCRIPTS)}]")
