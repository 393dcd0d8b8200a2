"""Calls of other hosts that go where they are sent, and nowhere else."""

from __future__ import annotations

import urllib.request
from typing import Any


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would send a token, or what is told, to wherever an answer points."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing; the answer becomes an error with its code."""


def opener() -> urllib.request.OpenerDirector:
    """Return what opens URLs without following where an answer points."""
    return urllib.request.build_opener(_NoRedirect)
