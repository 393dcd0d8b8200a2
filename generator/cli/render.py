"""`runbooks render`: write the pages as plain Markdown, for another site engine."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.build import say_no_charts, show_findings
from generator.cli.messages import EXIT_FINDINGS, EXIT_USAGE, say, stop
from generator.cli.opening import load_base, today
from generator.cli.options import root_option
from generator.knowledge.diagnostics import Severity
from generator.rules import RULES
from generator.rules.engine import lint
from generator.search.documents import documents
from generator.search.index import build_index
from generator.site import Asset, build_assets, build_pages
from generator.site.assets import INDEX_FILE
from generator.site.engine_config import CannotConfigure, docs_folder, read_raw
from generator.site.folder import NotOurPages, write_folder
from generator.site.project import project


@click.command("render")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--force", is_flag=True, help="Write to DIR even if it contains other files.")
@root_option
def render_command(folder: Path, force: bool, root: Path) -> None:
    """Write to DIR what any site engine needs.

    Writes mkdocs.yml, and the pages as plain Markdown. Zensical, MkDocs and ProperDocs build the
    site from DIR, without a plugin. A second run updates DIR and removes the pages of deleted
    incidents; it keeps files that this command did not write. DIR must be new, empty, or written by
    this command.

    \b
    Example:
      runbooks render pages/
      cd pages && zensical build
    """
    base = load_base(root)
    findings = tuple(lint(base, RULES))
    if any(d.severity is Severity.ERROR for d in findings):
        show_findings(findings)
        stop("Nothing was written.", EXIT_FINDINGS)
    # Without errors every incident can be read, and no page shows findings.
    base = base.shown
    try:
        config = read_raw(root)
        pages = list(build_pages(base, {}, today()))
        found = documents(docs_folder(root, config))
        index = Asset(INDEX_FILE, build_index(base, found))
        contents = project(root, config, pages, [*build_assets(base), index])
        written = write_folder(folder, contents, force=force)
    except CannotConfigure as error:
        stop(f"{error}. Nothing was written.")
    except NotOurPages as error:
        stop(f"{error}. Name another folder, or add --force", EXIT_USAGE)
    except OSError as error:
        stop(f"Cannot write {error.filename or folder}: {error.strerror}")
    say_no_charts()
    removed = f", {written.removed:,} removed" if written.removed else ""
    say(f"{written.pages:,} pages and {written.others:,} files → {folder}/{removed}")
    say(f"To build the site: cd {folder} && zensical build")
