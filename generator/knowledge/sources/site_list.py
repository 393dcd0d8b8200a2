"""The list of a site: which incidents it has, and in which version; hostile until it is checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from generator.knowledge.loader import STANDING_ID, is_id
from generator.knowledge.sources.site_calls import SiteCaller, SiteRefused
from generator.limits import SITE_INDEX_BYTES
from generator.text.controls import on_one_line
from generator.text.urls import API, API_VERSION

UPGRADE = "install the version of incident-runbooks that made the site"
"""What to do about a site that a newer version has made."""

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_INDEX = f"{API}/incidents.json"


@dataclass(frozen=True, slots=True)
class SiteRow:
    """An incident in the list of a site.

    Attributes:
        id: its id.
        digest: changes when the incident, or the record of its proofs, does.
        components: its components.
        tags: its tags.
    """

    id: str
    digest: str
    components: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class SiteIndex:
    """The list of a site.

    Attributes:
        address: the URL of the site.
        name: the name of its knowledge base.
        rows: its incidents, by id.
        refused: why entries of the list are not taken, by what they call themselves.
    """

    address: str
    name: str
    rows: Mapping[str, SiteRow]
    refused: Mapping[str, str] = field(default_factory=dict)


def read_site(caller: SiteCaller) -> SiteIndex:
    """Fetch the list of a site.

    Args:
        caller: makes the calls.

    Raises:
        SiteRefused: it cannot be had, or is no such list.
    """
    content = read_json(caller.get(_INDEX, SITE_INDEX_BYTES), f"{caller.host}: {_INDEX}")
    if not isinstance(content, dict) or not isinstance(content.get("incidents"), list):
        raise SiteRefused(f"{caller.host}: {_INDEX} is no list of incidents")
    version = content.get("version")
    if version != API_VERSION or isinstance(version, bool):
        raise SiteRefused(
            f"{caller.host}: the API has version {_told(version)}, and this program reads {API_VERSION}",
            UPGRADE,
        )
    rows: dict[str, SiteRow] = {}
    refused: dict[str, str] = {}
    for number, row in enumerate(content["incidents"], 1):
        one, why = _row(row)
        if one is None or one.id in rows:
            shown = row.get("id") if isinstance(row, dict) else None
            called = _told(shown) if isinstance(shown, str) else f"number {number}"
            refused[called] = why or "its id is there twice"
        else:
            rows[one.id] = one
    return SiteIndex(caller.address, _text(content.get("name")) or caller.host, rows, refused)


def _row(row: Any) -> tuple[SiteRow | None, str]:
    """Return an entry of the list, or why it is not taken."""
    if not isinstance(row, dict):
        return None, "it is no incident"
    incident_id, digest = row.get("id"), row.get("digest")
    if not isinstance(incident_id, str) or not is_id(incident_id) or incident_id == STANDING_ID:
        return None, "its id cannot be one"
    if not isinstance(digest, str) or not _DIGEST.match(digest):
        return None, "it has no digest: the site was made by an older version of incident-runbooks"
    names = _texts(row.get("components")), _texts(row.get("tags"))
    return SiteRow(incident_id, digest, *names), ""


def read_json(content: bytes, what: str) -> Any:
    """Return what a text in JSON says.

    Args:
        content: the text.
        what: what it is, for messages.

    Raises:
        SiteRefused: it is none.
    """
    try:
        return json.loads(content, parse_constant=_no_number)
    except RecursionError:
        raise SiteRefused(f"{what} is nested too deep") from None
    except ValueError as error:
        raise SiteRefused(f"{what} is no JSON: {error}") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _text(value: Any) -> str:
    """Return a text of one line, made safe to show."""
    return _told(value) if isinstance(value, str) else ""


def _told(value: object) -> str:
    return on_one_line(str(value)[:200])


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
