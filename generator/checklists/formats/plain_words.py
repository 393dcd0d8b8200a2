"""The texts of the scripts, as plain text; the markup of prose stays as typed."""

from __future__ import annotations

from generator.checklists import wording
from generator.checklists.items import Checklist, ChosenCheck, Reason
from generator.commands.expectations import in_words
from generator.commands.masking import visible
from generator.text.prose import one_line
from generator.text.urls import incident_address, on_site


def printable(text: str) -> str:
    """Return a text that is safe for a terminal and hides nothing: control characters are escaped."""
    return visible(text.replace("\x1b", "\\x1b"))


def because(item: ChosenCheck) -> str:
    """Return why a check is on the list, a line for each of its reasons."""
    return "\n".join(_reason(item, reason) for reason in item.reasons)


def _reason(item: ChosenCheck, reason: Reason) -> str:
    matched = wording.joined(wording.why(reason))
    if not reason.incident:
        return f"{matched}."
    about = wording.joined(wording.about(item, reason))
    return f"{one_line(reason.title)}{about and f' ({about})'}: {matched}."


def runbooks(item: ChosenCheck, site_url: str | None) -> str:
    """Return the runbooks of a check, a line for each incident that it comes from."""
    incidents = dict.fromkeys(reason.incident for reason in item.reasons if reason.incident)
    if site_url:
        return "\n".join(on_site(site_url, incident_address(name)) for name in incidents)
    return "\n".join(f"runbooks show {name}" for name in incidents)


def needs(item: ChosenCheck) -> str:
    """Return what a check requires."""
    return "; ".join(one_line(need) for need in item.needs)


def expected(item: ChosenCheck) -> str:
    """Return what is expected; on one line, unless a part has several lines."""
    parts = in_words(item.expect, item.poll)
    return ("\n" if any("\n" in part for part in parts) else "; ").join(parts)


def unreadable(checklist: Checklist) -> str:
    """Return what is said about missing checks; empty if no checks are missing."""
    why = (
        ("these incidents have errors", checklist.unreadable),
        ("these sources are not here", checklist.missing_sources),
    )
    said = (f"{what}: {', '.join(map(one_line, names))}" for what, names in why if names)
    return " ".join(f"Not all checks are known: {one}." for one in said)
