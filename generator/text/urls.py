"""URLs of pages, for all modules that link to them."""

from __future__ import annotations

import re

INCIDENT_PAGES = "incidents/"
"""The folder of the incidents' pages, relative to the site root."""
API_VERSION = 1
API = f"api/v{API_VERSION}"
"""The path of the static API, relative to the site root."""


def slug(name: str) -> str:
    """Convert any name, such as an alert's, to a folder name that is valid on every system."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "unnamed"


def incident_address(incident_id: str) -> str:
    """Return the URL of an incident, relative to the site root: `incidents/some-id/`."""
    return f"{INCIDENT_PAGES}{incident_id}/"


def alert_address(name: str) -> str:
    """Return the URL of an alert's page, relative to the site root: `alerts/Name/`."""
    return f"alerts/{slug(name)}/"


def on_site(site: str, address: str) -> str:
    """Return the full URL of a page.

    Args:
        site: the URL of the site, with or without a final slash.
        address: the URL of the page, relative to the site root.
    """
    return site.rstrip("/") + "/" + address
