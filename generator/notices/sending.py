"""Sends a message, only to the URL that the user names."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.parse import urlsplit

from generator.text.no_redirects import is_this_machine, opener

_SECONDS = 30.0
_ANSWER = 500


class NotSent(Exception):
    """A message could not be sent; the text says why, without the URL, which is often a secret."""


def receiver(url: str) -> str:
    """Return the host of a URL, which can be shown.

    Raises:
        NotSent: it is no https URL. Plain http is only for this machine.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise NotSent("the URL is not valid") from None
    if not host or parts.scheme not in ("https", "http"):
        raise NotSent("the URL does not begin with https://")
    if parts.scheme == "http" and not is_this_machine(host):
        raise NotSent(f"http:// to {host} can be read on the way: use https://")
    return host


def send(url: str, body: bytes) -> None:
    """Send a message as JSON.

    Args:
        url: where to.
        body: the message.

    Raises:
        NotSent: the URL is not for this, or the receiver refused it or cannot be reached.
    """
    host = receiver(url)
    headers = {"Content-Type": "application/json", "User-Agent": "incident-runbooks"}
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - `receiver` checks it
    try:
        with opener().open(request, timeout=_SECONDS):
            return
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(_ANSWER).decode("utf-8", "replace").strip()
        more = f": {said}" if said else ""
        where = " (it points to another URL; use that)" if 300 <= error.code < 400 else ""
        raise NotSent(f"{host} answered {error.code}{where}{more}") from None
    except (OSError, ValueError) as error:
        raise NotSent(
            f"{host} cannot be reached: {getattr(error, 'reason', None) or error}"
        ) from None
