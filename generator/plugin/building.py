"""A build, whatever the engine: lint first, then beside the old site, then in its place whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.knowledge.settings import Settings
from generator.plugin.atomic_swap import NotASite, check_target, replacing
from generator.plugin.site_builder import Checked, Progress, SiteBuilder, calm_collector


class BuildFailed(Exception):
    """The site could not be built; the old one is as it was. Says why in one line."""


class CannotServe(Exception):
    """The address is not to be had. Says why in one line."""


class HasErrors(BuildFailed):
    """Incidents have errors; holds all findings."""

    def __init__(self, findings: tuple[Diagnostic, ...]) -> None:
        super().__init__("incidents have errors")
        self.findings = findings


@dataclass(frozen=True)
class BuiltSite:
    """A site.

    Attributes:
        pages: how many pages it has.
        target: the folder it is in.
        findings: what lint has found that did not stop the build.
    """

    pages: int
    target: Path
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class BuildInput:
    """What an engine builds from, and where to.

    Attributes:
        builder: the knowledge base, with its cache.
        checked: what it holds, without errors.
        folder: where the engine writes; it takes the place of `target` at the end.
        target: where the site belongs.
    """

    builder: SiteBuilder
    checked: Checked
    folder: Path
    target: Path


@contextmanager
def building(
    root: Path, target: Path, today: date, settings: Settings, strict: bool, progress: Progress
) -> Iterator[BuildInput]:
    """Check a knowledge base, let an engine build in the body, and put the site in its place.

    When the body raises, the old site stays.

    Args:
        root: the knowledge base.
        target: where the site belongs.
        today: the day from which due dates are judged.
        settings: the plugin's options.
        strict: a warning stops the build as an error does.
        progress: told how far it is.

    Raises:
        BuildFailed: it was not built, and the old site is as it was.
    """
    try:
        check_target(target, root)
    except NotASite as error:
        raise BuildFailed(f"{error}. Name another folder with --site-dir") from None
    with calm_collector():
        builder = SiteBuilder(root, progress=progress)
        try:
            checked = builder.check(today, settings)
            worst = Severity.WARNING if strict else Severity.ERROR
            if any(d.severity >= worst for d in checked.findings):
                raise HasErrors(checked.findings)
            with replacing(target) as folder:
                yield BuildInput(builder, checked, folder, target)
        except OSError as error:
            raise BuildFailed(f"{error.filename or target}: {error.strerror}") from error
        finally:
            builder.store.close()
