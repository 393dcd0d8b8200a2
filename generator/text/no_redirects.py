"""Calls of other hosts that go where they are sent, and nowhere else."""

from __future__ import annotations

import urllib.request
from ipaddress import ip_address
from typing import Any


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would send a token, or what is told, to wherever an answer points."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing; the answer becomes an error with its code."""


def opener(*handlers: urllib.request.BaseHandler) -> urllib.request.OpenerDirector:
    """Return what opens URLs without following where an answer points.

    Args:
        handlers: how connections are opened, if not as usual.
    """
    return urllib.request.build_opener(_NoRedirect, *handlers)


def is_this_machine(host: str) -> bool:
    """Say whether a host is this machine: nobody else can read what is sent to it."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
