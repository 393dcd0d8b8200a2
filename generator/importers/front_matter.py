"""Post-mortems with front matter: title, date, severity and more above the text."""

from __future__ import annotations

from generator.importers.base import WriteUpFormat
from generator.importers.headings import Topic

FORMAT = WriteUpFormat(
    about="a write-up with front matter (YAML or TOML)",
    fits=lambda document: bool(document.front),
    front={
        # The day of publication, not of the incident.
        "date": Topic.WRITTEN,
        "start": Topic.DATE,
        "started": Topic.DATE,
        "level": Topic.SEVERITY,
        "priority": Topic.SEVERITY,
        "updated": Topic.WRITTEN,
        "lastmod": Topic.WRITTEN,
        "summary": Topic.SUMMARY,
        "description": Topic.SUMMARY,
        "impact": Topic.IMPACT,
        "root_cause": Topic.ROOT_CAUSE,
    },
)
