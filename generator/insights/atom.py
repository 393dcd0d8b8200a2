"""The feed of new and changed incidents, as Atom 1.0 (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from generator.knowledge.base import KnowledgeBase
from generator.knowledge.history import ChangeTimes
from generator.model import Incident, SeverityLevel, Status
from generator.text.urls import incident_address, on_site

FILE = "feed.xml"
"""Its path, relative to the site root."""

MOST = 50
"""The most incidents in the feed; older changes are on the site."""

_ATOM = "http://www.w3.org/2005/Atom"
_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)

# Characters that XML cannot contain, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_LEAD = 600


@dataclass(frozen=True, slots=True)
class _Dates:
    """When an incident's text was created and last changed."""

    published: datetime
    updated: datetime


def feed(
    base: KnowledgeBase,
    changes: Mapping[str, ChangeTimes],
    days_of: Callable[[str], Iterable[date]] | None = None,
) -> bytes:
    """Write the feed.

    The id of an entry does not change while the URL of the site stays the same. Without `site_url`, ids
    are made from the site's name, and links are relative to the feed.

    Args:
        base: the knowledge base.
        changes: when incidents were changed, from git; incidents that git does not know have
            their own dates: when they began, were documented and were reviewed.
        days_of: returns these dates, by the incident's id; they may be kept.

    Returns:
        The whole file; the same for the same input.
    """
    site = base.settings.site_url
    shown = base.shown
    days_of = days_of or (lambda i: own_days(shown.incidents[i]))
    dated = {i: _dates(days_of(i), changes.get(i)) for i in shown.facts}
    newest = sorted(dated, key=lambda i: (-dated[i].updated.timestamp(), i))[:MOST]
    root = ElementTree.Element("feed", {"xmlns": _ATOM})
    name = base.settings.site_name
    _add(root, "id", on_site(site, FILE) if site else _urn(name, ""))
    _add(root, "title", name)
    _add(root, "subtitle", "New and changed incidents")
    updated = max((dated[i].updated for i in newest), default=_UNDATED)
    _add(root, "updated", _time(updated))
    _add(_child(root, "author"), "name", name)
    _add(root, "generator", "incident-runbooks")
    _child(root, "link", rel="alternate", type="text/html", href=_href(site, "index.html"))
    if site:
        _child(root, "link", rel="self", type="application/atom+xml", href=on_site(site, FILE))
    for incident_id in newest:
        _entry(root, base, incident_id, dated[incident_id])
    ElementTree.indent(root, " ")
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _entry(root: ElementTree.Element, base: KnowledgeBase, incident_id: str, dates: _Dates) -> None:
    incident, site = base.incidents[incident_id], base.settings.site_url
    entry = _child(root, "entry")
    page = incident_address(incident_id)
    _add(entry, "id", on_site(site, page) if site else _urn(base.settings.site_name, incident_id))
    marked = {Status.DRAFT: "Draft: ", Status.WITHDRAWN: "Withdrawn: "}.get(incident.status, "")
    _add(entry, "title", marked + incident.title)
    _add(entry, "published", _time(dates.published))
    _add(entry, "updated", _time(dates.updated))
    href = on_site(site, page) if site else f"{page}index.html"
    _child(entry, "link", rel="alternate", type="text/html", href=href)
    _add(entry, "summary", _summary(incident))
    known = () if incident.severity is SeverityLevel.UNKNOWN else (incident.severity.value,)
    for term in (*known, incident.status.value, *incident.components, *incident.tags):
        _child(entry, "category", term=term)


def own_days(incident: Incident) -> list[date]:
    """Return when an incident began, was documented and was reviewed, as far as that is known."""
    days = (incident.occurred, incident.documented, *(r.date for r in incident.reviews))
    return [day for day in days if day]


def _dates(days: Iterable[date], change: ChangeTimes | None) -> _Dates:
    own = [_midnight(day) for day in days]
    if change is None:
        return _Dates(min(own, default=_UNDATED), max(own, default=_UNDATED))
    # A shallow clone does not have the first commit; the published date is never after the change.
    first = change.first or min((*own, change.last))
    return _Dates(min(first, change.last), change.last)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _summary(incident: Incident) -> str:
    if incident.status is Status.WITHDRAWN:
        return "This runbook is withdrawn. Do not follow it."
    text = " ".join((incident.summary or incident.symptom.description).split())
    return text if len(text) <= _LEAD else text[:_LEAD].rpartition(" ")[0] + " …"


def _time(moment: datetime) -> str:
    # Not strftime, which omits leading zeros of years before 1000.
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _urn(site_name: str, incident_id: str) -> str:
    return uuid5(NAMESPACE_URL, f"incident-runbooks:{quote(site_name)}/{incident_id}").urn


def _href(site: str | None, path: str) -> str:
    return on_site(site, "" if path == "index.html" else path) if site else path


def _child(parent: ElementTree.Element, name: str, **attributes: str) -> ElementTree.Element:
    clean = {key: _clean(value) for key, value in attributes.items()}
    return ElementTree.SubElement(parent, name, clean)


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    _child(parent, name).text = _clean(text)


def _clean(text: str) -> str:
    """Return a text that is valid in XML: invalid characters become U+FFFD."""
    return _FORBIDDEN.sub("\ufffd", text)
