"""`runbooks init DIR`: create a knowledge base."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from generator.cache.scratch import NEW_ENDS, new_folder
from generator.cli.messages import say
from generator.cli.own_wheel import WHEELS, InstallSource, install_source
from generator.engines import extra_here
from generator.knowledge.loader import INCIDENT_FILE, INCIDENTS
from generator.knowledge.roots import LOCK_FILE
from generator.knowledge.schema import SCHEMA_COMMENT, SCHEMA_FILES, schema_text
from generator.knowledge.sources.library import library_digests
from generator.knowledge.sources.lock import LockedSource, SourcesLock
from generator.knowledge.sources.settings import LIBRARY, IncidentSource
from generator.knowledge.sources.taking import place_of, restore
from generator.knowledge.trusted import EVERYTHING, trust
from generator.search.documents import STAND_IN
from generator.site import environment
from generator.text.labels import plural
from generator.text.markdown import Markdown

_EXAMPLE = "disk-full-on-database-host"

# Where each file of a new knowledge base goes, and the template it is made from.
_FILES = {
    "mkdocs.yml": "scaffold/mkdocs.yml.j2",
    ".gitignore": "scaffold/gitignore.j2",
    ".github/workflows/runbooks.yml": "scaffold/github-workflow.yml.j2",
    ".gitlab-ci.yml": "scaffold/gitlab-ci.yml.j2",
    ".pre-commit-config.yaml": "scaffold/pre-commit-config.yaml.j2",
    "README.md": "scaffold/README.md.j2",
    "requirements.txt": "scaffold/requirements.txt.j2",
    "docs/index.md": "scaffold/index.md.j2",
    "docs/about.md": "scaffold/about.md.j2",
    f"{INCIDENTS}/{_EXAMPLE}/{INCIDENT_FILE}": "scaffold/incident.yaml.j2",
}


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", default="Incident runbooks", show_default=True, help="Name of the site.")
@click.option(
    "--with-library",
    is_flag=True,
    help="Show the library of this program, too: known failure modes, each proved.",
)
def init_command(folder: Path, name: str, with_library: bool) -> None:
    """Create a knowledge base in DIR.

    DIR must not exist, or be empty except for .git; nothing is overwritten. DIR gets one example
    incident, a README, pipelines for GitHub and GitLab, a hook for pre-commit, and a
    requirements.txt that installs this same version of the program.

    With --with-library, incidents of Node.js, PostgreSQL and what stands around them are shown beside
    yours, as a source: `runbooks sources update` takes those of a newer version.

    \b
    Examples:
      runbooks init ops-runbooks --name "Ops runbooks"
      runbooks init ops-runbooks --with-library
      cd ops-runbooks && runbooks serve
    """
    if folder.exists() and not all(map(_may_stay, folder.iterdir())):
        raise click.UsageError(f"{folder} is not empty; name a folder that does not exist yet")
    try:
        program = install_source(extra=extra_here())
        lock = _library_lock() if with_library else None
        _make(folder, name, program, lock)
    except OSError as error:
        raise click.ClickException(f"cannot create {folder}: {error.strerror}") from None
    trust(folder, [EVERYTHING])
    for source, why in restore(folder).items() if with_library else ():
        say(f"{source}: {why}; run `runbooks sources update`")
    say(f"Created a knowledge base in {folder}. Next:")
    say(f"  runbooks serve --root {folder}")
    say(f"  runbooks new --root {folder}    your first incident; {_EXAMPLE} is an example")
    if lock:
        count = plural(len(lock.sources[LIBRARY].incidents), "incident")
        say(f"  runbooks sources --root {folder}    the library: {count}")
    if program.clone:
        pip = f"{shlex.quote(sys.executable)} -m pip"
        wheels = shlex.quote(str(folder / WHEELS))
        say("This program runs from its source. Before others can install it, build its wheel:")
        say(f"  {pip} wheel --no-deps --wheel-dir {wheels} {shlex.quote(str(program.clone))}")
    if program.left_out:
        say("The user name and password of the repository's URL were left out of requirements.txt.")


def _may_stay(path: Path) -> bool:
    """Say whether a folder that holds this counts as empty: git's folder, or what a kill left."""
    return path.name == ".git" or path.name.endswith(NEW_ENDS)


def _library_lock() -> SourcesLock:
    """Return a lock of the library as it is installed here.

    Raises:
        OSError: this installation has none.
    """
    source = IncidentSource(name=LIBRARY, package=LIBRARY)
    day = datetime.now(UTC).date()
    taken = LockedSource(place=place_of(source), taken=day, incidents=library_digests())
    return SourcesLock(sources={LIBRARY: taken})


def _make(folder: Path, name: str, program: InstallSource, lock: SourcesLock | None) -> None:
    """Write all files to a temporary folder, then rename: a killed run leaves nothing half done.

    Raises:
        OSError: the parent folder does not exist or is not writable.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    above = folder if folder.exists() else folder.parent
    with new_folder(above, folder.name) as scratch:
        templates = environment(scratch)
        values = {
            "name": Markdown(name.replace("\n", " ").replace('"', "'")),
            "schema_comment": Markdown(SCHEMA_COMMENT),
            "today": Markdown(f"{datetime.now(UTC):%Y-%m-%d}"),
            "requirement": Markdown(program.requirement),
            "wheel": program.is_wheel,
            "stand_in": Markdown(STAND_IN),
            "library": Markdown(LIBRARY if lock else ""),
        }
        for file, template in _FILES.items():
            path = scratch / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(templates.get_template(template).render(values), "utf-8")
        if lock:
            (scratch / LOCK_FILE).write_text(lock.text(), "utf-8")
        for of, file in SCHEMA_FILES.items():
            (scratch / INCIDENTS / file).write_text(schema_text(of), "utf-8")
        for file, content in program.files.items():
            (scratch / file).parent.mkdir(exist_ok=True)
            (scratch / file).write_bytes(content)
        scratch.chmod(0o755)
        if folder.exists():
            # The folder itself is kept, because a shell may be in it.
            for made in sorted(scratch.iterdir()):
                made.replace(folder / made.name)
        else:
            scratch.replace(folder)
