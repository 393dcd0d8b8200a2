"""What a release touches, as the options of `runbooks checklist` describe it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from generator.checklists.baseline import AUTO, Baseline, find_baseline
from generator.checklists.changed_lines import ChangedLines, read_changed_lines
from generator.checklists.changes import ChangedFiles, changed_since, revision_of
from generator.checklists.choose import Release
from generator.checklists.file_lists import read_file_list
from generator.checklists.git_reading import NoChanges
from generator.checklists.globs import ChangedPaths
from generator.checklists.near_globs import RepositoryFiles
from generator.checklists.pipelines import read_pipeline
from generator.checklists.quoted_paths import NotAFileList
from generator.checklists.submodules import ChangedSubmodule, tracked
from generator.cli.messages import say
from generator.commands.masking import visible
from generator.text.labels import plural


@dataclass(frozen=True)
class Selection:
    """The options that describe a release, as given."""

    changed_since: str | None
    changed_files: str | None
    components: tuple[str, ...]
    kinds: tuple[str, ...]
    incidents: tuple[str, ...]
    everything: bool
    phases: tuple[str, ...]
    levels: tuple[str, ...]
    repository: Path
    is_repository_named: bool
    values: dict[str, str]
    rules_from: str | None = None


@dataclass(frozen=True)
class DescribedRelease:
    """A release, with its description in words.

    Attributes:
        release: what it touches.
        about: the description: `Changed since v1.2 (12 files)`.
        head: the commit that is released; empty if it is not known.
        is_empty: whether it should have changed files and has none, and nothing else describes it.
        lines: reads the changed lines of files, as far as they are known.
        repository: its repository; None if that may be another one than the folder.
        target: what a pipeline compares it with, if it is only proposed.
    """

    release: Release
    about: str
    head: str
    is_empty: bool
    lines: Callable[[Sequence[str]], Mapping[str, Sequence[str]]]
    repository: Path | None
    target: ChangedFiles | None = None


def described_release(selection: Selection) -> DescribedRelease:
    """Return what the release touches, and say what is not known about it.

    Raises:
        click.UsageError: nothing describes it, a revision is unknown, or a list is none.
    """
    paths: list[str] = []
    about: list[str] = []
    head = _head(selection.repository)
    compared: tuple[str, str] | None = None
    in_git: frozenset[str] = frozenset()
    target: ChangedFiles | None = None
    listed: tuple[str, ...] = ()
    changed_lines = ChangedLines()
    if selection.changed_since is not None:
        try:
            baseline = _baseline(selection)
            changed = changed_since(selection.repository, baseline.revision)
        except NoChanges as error:
            raise click.UsageError(visible(str(error))) from None
        _say_what_is_missing(changed, baseline.revision)
        paths += changed.paths
        in_git = frozenset(changed.paths)
        head = changed.head
        compared = changed.start, changed.head
        target = changed if baseline.proposed else None
        about.append(f"changed {_since(baseline, changed.start)} ({_files(changed)})")
    if selection.changed_files is not None:
        try:
            listed = _read(selection.changed_files, changed_lines)
        except NotAFileList as error:
            raise click.UsageError(visible(f"--changed-files: {error}")) from None
        paths += listed
        about.append(f"a list of {plural(len(listed), 'changed file')}")
    files_described = bool(about)
    for noun, names in (
        ("component", selection.components),
        ("kind of change", selection.kinds),
        ("incident", selection.incidents),
    ):
        if names:
            about.append(f"{noun} {', '.join(dict.fromkeys(names))}")
    if selection.everything:
        about.append("all checks")
    if not about:
        raise click.UsageError(
            "nothing describes the release; use --changed-since v1.2, --changed-files FILE, --component C, "
            "--kind K, --incident ID, or --all"
        )
    release = Release(
        tuple(paths),
        selection.components,
        selection.kinds,
        selection.incidents,
        selection.everything,
    )
    is_empty = files_described and release == Release()
    if selection.phases:
        about.append(f"phase {', '.join(dict.fromkeys(selection.phases))}")
    if selection.levels:
        about.append(f"{', '.join(dict.fromkeys(selection.levels))} only")
    text = "; ".join(about)
    changed_lines.add_unknown([path for path in listed if path not in changed_lines.by_path])

    def lines(of: Sequence[str]) -> Mapping[str, Sequence[str]]:
        wanted = [path for path in of if path in in_git]
        if compared is not None and wanted:
            read_changed_lines(selection.repository, *compared, wanted, changed_lines)
        return changed_lines.by_path

    known = compared is not None or selection.is_repository_named
    repository = selection.repository if known else None
    return DescribedRelease(
        release, text[0].upper() + text[1:], head, is_empty, lines, repository, target
    )


def _baseline(selection: Selection) -> Baseline:
    assert selection.changed_since is not None
    if selection.changed_since == AUTO:
        return find_baseline(read_pipeline(os.environ), selection.repository)
    return Baseline(selection.changed_since, "")


def _since(baseline: Baseline, start: str) -> str:
    if baseline.about:
        return f"since {baseline.about} at {start[:12]}"
    return f"in {baseline.revision}" if ".." in baseline.revision else f"since {baseline.revision}"


def _files(changed: ChangedFiles) -> str:
    files = plural(len(changed.paths), "file")
    if not changed.submodules:
        return files
    return f"{files}; submodules {', '.join(one.path for one in changed.submodules)}"


def _say_what_is_missing(changed: ChangedFiles, revision: str) -> None:
    if changed.uncommitted:
        say(f"Not included: uncommitted changes in {plural(changed.uncommitted, 'file')}")
    if not changed.checked_out:
        say(f"{revision} ends at {changed.head[:12]}, and another commit is checked out")
    if not changed.parted:
        say(
            f"Compared with {revision} itself, perhaps with too many files: this "
            "clone does not contain the common ancestor (to get it: git fetch --unshallow)"
        )
    for one in changed.submodules:
        say(_submodule(one))


def _submodule(one: ChangedSubmodule) -> str:
    what = f"{one.old[:12] or 'nothing'} to {one.new[:12] or 'nothing'}"
    if one.files is not None:
        return f"Submodule {one.path}: {what}, {plural(one.files, 'file')} included"
    return (
        f"Submodule {one.path}: {what}. Its files are not included, as these commits are not here "
        f"(to get them: git submodule update --init {one.path})"
    )


def _read(file: str, changed: ChangedLines) -> tuple[str, ...]:
    if file != "-":
        with Path(file).open("rb") as stream:
            return read_file_list(stream, changed)
    if sys.stdin.isatty():
        say("Paste the changed files, one on each line, then press Ctrl-D:")
    return read_file_list(sys.stdin.buffer, changed)


def _head(repository: Path) -> str:
    try:
        return revision_of(repository, "HEAD") or ""
    except NoChanges:
        return ""


def say_what_is_odd(selection: Selection, described: DescribedRelease) -> None:
    """Say why a list of files that selects no check may not be the right list."""
    paths = described.release.paths
    if selection.changed_files is None or selection.changed_since is not None:
        return
    if described.is_empty:
        say("The list of changed files is empty. If the command that prints it failed, so that it is empty, no check is known.")  # fmt: skip
        return
    try:
        known = paths and set(tracked(selection.repository))
    except NoChanges:
        return
    if known and known.isdisjoint(paths):
        where = visible(str(selection.repository.resolve()))
        say(
            f"Of {plural(len(paths), 'file')} in the list, none is in the repository {where}. "
            "Names are those from its top folder; --repo names another repository."
        )


def tracked_files(repositories: Iterable[Path]) -> RepositoryFiles:
    """Return the files of some repositories.

    Raises:
        click.UsageError: one is no repository with a commit.
    """
    try:
        names = [path for repository in repositories for path in tracked(repository)]
    except NoChanges as error:
        raise click.UsageError(str(error)) from None
    return RepositoryFiles(ChangedPaths(names))
