"""Labels for values, and the headings of a card."""

from __future__ import annotations

HEADINGS = {
    "diagnosis": "Is it this?",
    "mitigation": "Stop the pain",
    "fix": "Fix it for good",
    "verification": "Check that it worked",
}
"""The headings of steps, by the field of an incident, as `templates/pages/incident.md.j2` has them."""


def spell_severity(severity: str) -> str:
    """Return the label of a severity; only "unknown" would not say what is unknown."""
    return "severity unknown" if severity == "unknown" else severity


def plural(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 incident`, `2,000 incidents`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
