"""A build with any engine: lint, build beside the old site, then replace it as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from generator.cache.memory import calm_collector
from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.knowledge.settings import Settings
from generator.plugin.atomic_swap import NotASite, check_target, replacing
from generator.plugin.site_builder import Checked, Progress, SiteBuilder
from generator.site.offline import has_own_worker, write_worker


class BuildFailed(Exception):
    """The site could not be built; the old site is unchanged. The message says why in one line."""


class CannotServe(Exception):
    """The port is not available. The message says why in one line."""


class HasErrors(BuildFailed):
    """Incidents have errors; contains all findings."""

    def __init__(self, findings: tuple[Diagnostic, ...]) -> None:
        super().__init__(f"{len(findings)} errors")
        self.findings = findings


@dataclass(frozen=True)
class BuildInput:
    """The input and the output folder of an engine.

    Attributes:
        builder: the knowledge base, with its cache.
        checked: its contents, without errors.
        folder: the folder to write to; it replaces `target` at the end.
        target: the folder of the site.
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

    If the body raises, the old site stays.

    Args:
        root: the knowledge base.
        target: the folder of the site.
        today: the date against which due dates are checked.
        settings: the options of the plugin.
        strict: whether a warning stops the build, like an error.
        progress: called with the progress.

    Raises:
        BuildFailed: it was not built, and the old site is unchanged.
    """
    try:
        check_target(target, root)
    except NotASite as error:
        raise BuildFailed(f"{error}. Name another folder with --site-dir") from None
    with calm_collector():
        builder = SiteBuilder(root, progress=progress)
        try:
            checked = builder.check(today, settings)
            warned = strict and any(d.severity >= Severity.WARNING for d in checked.findings)
            if warned or checked.errors:
                raise HasErrors(checked.findings)
            with replacing(target) as folder:
                yield BuildInput(builder, checked, folder, target)
                base = checked.base.shown
                if not has_own_worker(root / base.settings.docs_dir):
                    write_worker(folder, base.newest, base.settings.offline_megabytes)
        except OSError as error:
            raise BuildFailed(f"{error.filename or target}: {error.strerror}") from error
        finally:
            builder.store.close()
