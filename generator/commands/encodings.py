"""How a known secret looks where a program encodes it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus


def plain_forms(secret: str) -> frozenset[str]:
    """Return a secret as it is, in an address and in JSON."""
    in_json = json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]
    encodable = secret.encode("utf-8", "replace").decode()
    return frozenset((secret, quote(encodable, safe=""), quote_plus(encodable), *in_json))


def base64_forms(secret: str) -> Iterator[str]:
    """Yield what stands in every base64 text of which a secret is a part, as `user:secret` is one.

    Base64 writes three bytes as four signs, so there are three forms, by what stands before. Signs
    that depend on what stands before or behind are left out.
    """
    raw = secret.encode("utf-8", "replace")
    for before, begin in ((0, 0), (1, 2), (2, 3)):
        end = (before + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(bytes(before) + raw).decode()[begin:end]
