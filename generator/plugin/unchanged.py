"""Whether there is nothing to build: nothing that a build reads has changed, and the site is untouched.

A build records what it has read, and the files that it has written. If all of that is as it was, the
site is what a build would make, so nothing is read, and no site engine is imported. Where a build may
read what nobody here knows of (another plugin, a hook, a template that shows the time), it records
nothing, and the next one builds.
"""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from generator.cache.fingerprints import digest, stamp, told
from generator.cache.kept_files import read_kept, write_kept
from generator.cache.trust import FOLDER
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.files import INSTALLED
from generator.knowledge.git import git
from generator.knowledge.roots import CONFIG_FILE, INCIDENTS, LOCK_FILE
from generator.knowledge.sources.origins import origins
from generator.plugin.kept_site import Rows, is_untouched

FILE = f"{FOLDER}/site.json"
"""Its path, relative to the root of the knowledge base."""

Folders = Sequence[tuple[str, Collection[str]]]
"""Folders of which a build reads every file, each with the names of folders below that it does not."""

_RECENT_NS = 50_000_000
# What else says how git reads a repository, and what a site engine takes for the time.
_VARIABLES = ("GIT_", "SOURCE_DATE_EPOCH", "XDG_CONFIG_HOME", "HOME", "PATH")


@dataclass(frozen=True)
class BuiltSite:
    """A site, which a build has made, or would make in the same way.

    Attributes:
        pages: the number of its pages.
        target: its folder.
        findings: the findings of lint that did not stop the build.
    """

    pages: int
    target: Path
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class BuildRequest:
    """What was asked of a build.

    Attributes:
        root: the knowledge base.
        site_dir: the folder that was named for the site.
        engine: the name of the site engine.
        strict: whether a warning stops the build.
        today: the date against which due dates are checked.
    """

    root: Path
    site_dir: Path | None
    engine: str
    strict: bool
    today: date

    @property
    def asked(self) -> str:
        """The request as text, as a stamp."""
        named = self.site_dir and str(self.site_dir.resolve())
        return repr((str(self.root.resolve()), named, self.engine, self.strict))


@dataclass(frozen=True)
class SiteRecord:
    """What is kept of the last build.

    Attributes:
        target: the folder of its site.
        rows: the files of its site.
        notes: what is kept with them.
        build: what was asked, read and said; empty where a build may read what is not known.
    """

    target: str
    rows: Rows
    notes: dict[str, Any]
    build: dict[str, Any]


def read_record(root: Path) -> SiteRecord:
    """Return what is kept of the last build; an empty record if there is none."""
    found = read_kept(root / FILE, "")
    try:
        return SiteRecord(found["target"], found["rows"], found["notes"], found["build"])
    except (TypeError, KeyError):
        return SiteRecord("", {}, {}, {})


def write_record(root: Path, record: SiteRecord) -> None:
    """Keep what the next build needs to know of this one."""
    write_kept(root / FILE, "", vars(record))  # `asdict` would copy every row


def is_said(record: logging.LogRecord) -> bool:
    """Return whether a build prints a message: a warning, or what this program itself says.

    A site that is kept would not say it again, so after such a message nothing is kept.
    """
    return record.levelno >= logging.WARNING or "generator." in record.name


def unchanged(request: BuildRequest) -> BuiltSite | None:
    """Return the site of the last build, if the same build would make the same site; None otherwise."""
    record = read_record(request.root)
    build = record.build
    if not build or build["asked"] != request.asked:
        return None
    try:
        read = what_is_read(request, build["folders"])
        if read is None or read != build["read"]:
            return None
        target = Path(record.target)
        if not is_untouched(target, record.rows):
            return None
    except OSError:
        return None
    findings = tuple(Diagnostic.from_row(row) for row in build["findings"])
    return BuiltSite(build["pages"], target, findings)


def what_was_done(
    request: BuildRequest,
    folders: Folders,
    read: str,
    pages: int,
    findings: Iterable[Diagnostic],
) -> dict[str, Any]:
    """Return the record of a build.

    Args:
        request: what was asked.
        folders: what it was made from, besides `incidents/`.
        read: what `what_is_read` returned before it began.
        pages: the number of pages.
        findings: the findings of lint.
    """
    return {
        "asked": request.asked,
        "folders": folders,
        "read": read,
        "pages": pages,
        "findings": [d.row() for d in findings],
    }


def what_is_read(request: BuildRequest, folders: Folders) -> str | None:
    """Return a digest of everything that a build reads.

    Args:
        request: what is asked of it.
        folders: what it is made from, besides `incidents/`.

    Returns:
        None if that cannot be told: a link leads elsewhere, or a file has just changed, and could
        change again without another time.
    """
    root = request.root
    begun = time.time_ns()
    config = (root / CONFIG_FILE).stat()
    rows = [f"{CONFIG_FILE} {_told(config)}"]
    newest = max(config.st_ctime_ns, config.st_mtime_ns)
    theirs = [(str(one.folder / INCIDENTS), INSTALLED) for one in origins(root)]
    for folder, skip in ((str(root / INCIDENTS), INSTALLED), *theirs, *folders):
        for path, about in _files(folder, skip):
            if about is None:
                return None
            newest = max(newest, about.st_ctime_ns, about.st_mtime_ns)
            rows.append(f"{path}\0{_told(about)}")
    if newest > begun - _RECENT_NS:
        return None
    rows += [
        *(stamp(str(one.folder / CONFIG_FILE)) for one in origins(root)),
        stamp(str(root / LOCK_FILE)),
        str(request.today),
        str(datetime.now(UTC).date()),
        *(f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith(_VARIABLES)),
        *_packages(),
        *_git(root),
    ]
    return digest("\n".join(rows)).hex()


def _told(about: os.stat_result) -> str:
    return f"{told(about)} {about.st_mode:o}"


def _files(top: str, skip: Collection[str]) -> Iterator[tuple[str, os.stat_result | None]]:
    """Yield all below a folder, in the order of names; None for a link, which may lead anywhere."""
    if not os.path.lexists(top):
        return
    if os.path.islink(top):  # noqa: PTH114
        yield top, None
    waiting = [top]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                about = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(about.st_mode):
                    if entry.name not in skip:
                        waiting.append(entry.path)
                else:
                    yield entry.path, None if stat.S_ISLNK(about.st_mode) else about


def _packages() -> Iterator[str]:
    """Yield the installed packages, with their versions."""
    yield sys.version
    for folder in sys.path:
        yield folder
        try:
            with os.scandir(folder or ".") as entries:
                yield from sorted(
                    f"{entry.name} {entry.stat().st_mtime_ns}"
                    for entry in entries
                    if entry.name.endswith((".dist-info", ".egg-info", ".egg-link", ".pth"))
                )
        except OSError:
            continue


def _git(root: Path) -> Iterator[str]:
    """Yield what git's answers about the history depend on."""
    asked = ("--is-shallow-repository", "--git-common-dir", "HEAD")
    try:
        said = os.fsdecode(git(root, "rev-parse", *asked, timeout=10.0).stdout)
    except (OSError, subprocess.TimeoutExpired):
        return
    yield said
    lines = said.splitlines()
    common = root / lines[1] if len(lines) > 1 else root
    home = Path.home()
    files = [common / name for name in ("config", "shallow", "info/grafts", "refs/replace")]
    files += [home / ".gitconfig", home / ".config/git/config", Path("/etc/gitconfig")]
    for path in files:
        try:
            yield f"{path} {_told(path.stat())}"
        except OSError:
            yield f"{path} is missing"
