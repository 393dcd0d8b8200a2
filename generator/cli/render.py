"""`runbooks render`: write the pages as plain Markdown, for another site engine."""

from __future__ import annotations

from pathlib import Path

import click

from generator.assistants.skill_files import skill_files
from generator.cli.build import say_no_charts, show_findings
from generator.cli.messages import EXIT_FINDINGS, EXIT_USAGE, say, stop
from generator.cli.opening import load_base, today
from generator.cli.options import root_option
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Severity
from generator.rules import RULES
from generator.rules.engine import lint
from generator.search.documents import documents
from generator.search.index import extract_all, index_of
from generator.site import build_assets, build_pages
from generator.site.engine_config import CannotConfigure, docs_folder, read_raw
from generator.site.folder import NotOurPages, write_folder
from generator.site.project import project
from generator.site.search_data import search_assets
from generator.text.labels import plural


@click.command("render")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--format", "form", type=click.Choice(["site", "skills"]), default="site", show_default=True, help="site: what a site engine builds from; skills: files for assistants, SKILL.md and one for each incident.")  # fmt: skip
@click.option("--force", is_flag=True, help="Write to DIR even if it contains other files.")
@root_option
def render_command(folder: Path, form: str, force: bool, root: Path) -> None:
    """Write to DIR what any site engine needs, or what assistants read.

    Writes mkdocs.yml, and the pages as plain Markdown: Zensical, MkDocs and ProperDocs build the
    site from DIR, without a plugin. With --format skills, it writes SKILL.md, an index, and a file
    for each incident, for assistants without the protocol of `runbooks mcp`. A second run updates
    DIR and removes the files of deleted incidents; it keeps files that this command did not write.
    DIR must be new, empty, or written by this command.

    \b
    Examples:
      runbooks render pages/ && cd pages && zensical build
      runbooks render --format skills .claude/skills/incident-runbooks
    """
    base = load_base(root)
    findings = tuple(lint(base, RULES))
    if any(d.severity is Severity.ERROR for d in findings):
        show_findings(findings)
        stop("Nothing was written.", EXIT_FINDINGS)
    # Without errors every incident can be read, and no page shows findings.
    base = base.shown
    try:
        contents = skill_files(base) if form == "skills" else _site(root, base)
        written = write_folder(folder, contents, force=force)
    except CannotConfigure as error:
        stop(f"{error}. Nothing was written.")
    except NotOurPages as error:
        stop(f"{error}. Name another folder, or add --force", EXIT_USAGE)
    except OSError as error:
        stop(f"Cannot write {error.filename or folder}: {error.strerror}")
    removed = f", {written.removed:,} removed" if written.removed else ""
    if form == "skills":
        say(f"{plural(written.pages + written.others, 'file')} → {folder}/{removed}")
        return
    say_no_charts()
    say(f"{written.pages:,} pages and {written.others:,} files → {folder}/{removed}")
    say(f"To build the site: cd {folder} && zensical build")


def _site(root: Path, base: KnowledgeBase) -> dict[str, bytes]:
    config = read_raw(root)
    pages = list(build_pages(base, {}, today()))
    found = documents(root, docs_folder(config))
    index = search_assets(index_of(extract_all(base, found)))
    return project(root, config, pages, [*build_assets(base), *index])
