"""Words for values, as they stand among other words."""

from __future__ import annotations


def spell_severity(severity: str) -> str:
    """Return a severity as it is shown; "unknown" alone would not say what is unknown."""
    return "severity unknown" if severity == "unknown" else severity
