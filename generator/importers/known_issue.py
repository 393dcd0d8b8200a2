"""Pages of known issues: Summary, Simulation, Workaround."""

from __future__ import annotations

from generator.importers.base import WriteUpFormat
from generator.importers.document import ParsedWriteUp
from generator.importers.headings import Topic, phrase


def _fits(document: ParsedWriteUp) -> bool:
    """Whether it has a summary with a simulation or a workaround, or its front matter says so."""
    if document.front.get("contentType") == "knownIssue" or "kiStatus" in document.front:
        return True
    headings = {phrase(heading) for heading in document.headings}
    return "simulation" in headings or ({"summary", "workaround"} <= headings and not headings & {"timeline", "root cause"})  # fmt: skip


FORMAT = WriteUpFormat(
    about="a known issue (Summary, Simulation, Workaround)",
    fits=_fits,
    # In this format, the summary is the symptom.
    headings={
        "summary": Topic.SYMPTOM,
        "description": Topic.SYMPTOM,
        "internal notes": Topic.NOTES,
    },
    front={
        "productTeam": Topic.COMPONENTS,
        "internalReference": Topic.ALIASES,
        "updatedAt": Topic.WRITTEN,
        "slug": Topic.SLUG,
        "slugEN": Topic.SLUG,
        "id": Topic.NOTES,
    },
)
