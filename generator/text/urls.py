"""Where pages are on the site: one place that says so, for all that link to them."""

from __future__ import annotations

import re


def slug(name: str) -> str:
    """Turn any name, such as an alert's, into one folder's name that every system can hold."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "unnamed"


def incident_address(incident_id: str) -> str:
    """Return an incident's address from the top of the site: `incidents/some-id/`."""
    return f"incidents/{incident_id}/"


def alert_address(name: str) -> str:
    """Return the address of an alert's page from the top of the site: `alerts/Name/`."""
    return f"alerts/{slug(name)}/"


def on_site(site: str, address: str) -> str:
    """Return the whole address of a page.

    Args:
        site: where the site is, with or without a slash at the end.
        address: the page's address from the top of the site.
    """
    return site.rstrip("/") + "/" + address
