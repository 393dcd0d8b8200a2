"""KB517: globs that say to which releases a check applies."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checklists.globs import GlobError, glob_regex
from generator.knowledge.diagnostics import Severity
from generator.rules.base import Finding, Rule, Subject


def bad_glob(subject: Subject) -> Iterator[Finding]:
    """A glob in `applies_to.paths` is invalid, so it matches nothing.

    Paths are globs as in .gitignore: `backend/models/**`, `*.sql`, `**/migrations/**`, with `!`
    before a glob to exclude. A comment, an open `[` or a single backslash at the end matches no
    file, so the check would be missing from a release that needs it.
    """
    for index, check in enumerate(subject.incident.checks):
        for number, glob in enumerate(check.applies_to.paths):
            try:
                glob_regex(glob)
            except GlobError as error:
                route = ("checks", index, "applies_to", "paths", number)
                yield Finding(route, str(error), "write it as in .gitignore: backend/models/**")


_CHECK = """\
checks:
  - id: models-load
    phase: before
    check: All models load
    run: node load.mjs
    risk: read-only
    expect: {exit: 0}
    applies_to:
      paths:
        - "%s"
"""

CHECKS = (
    Rule(
        "KB517",
        "bad-glob",
        Severity.ERROR,
        _CHECK % "backend/models/**",
        _CHECK % "backend/[models/**",
        (10, 11),
        bad_glob,
    ),
)
