"""Text of a repository, shortened and safe to show: the same as in `assets/checklist-conditions.js`."""

from __future__ import annotations

import re

from generator.checklists.wording import shown_path

_SHOWN = 80  # characters of a quoted line
_SECRET = re.compile(
    "((?:PASS|PWD|SECRET|TOKEN|CREDENTIAL|[_-]KEY|APIKEY)[0-9A-Z_]{0,40}[\"']? ?(?:=>|[:=])).+",
    re.IGNORECASE | re.ASCII,
)
_PASSWORD_IN_URL = re.compile(r"://[^ /?#:@]{0,99}:[^ @]{1,99}@")
_RUN = re.compile(r"[0-9A-Za-z_-]{20,}")


def shown_line(line: str) -> str:
    """Return a line to quote: on one line, without what looks like a secret, and not too long."""
    text = _SECRET.sub(r"\1 ...", " ".join(line.split()))
    text = _PASSWORD_IN_URL.sub("://...@", text)
    text = _RUN.sub(lambda run: "..." if _is_random(run[0]) else run[0], text)
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    # A line of code often has quotation marks; only other signs need to be written out.
    plain = text.replace('"', "").replace("\\", "")
    return text if shown_path(plain) == plain else shown_path(text)


def _is_random(run: str) -> bool:
    return all(any(low <= c <= high for c in run) for low, high in ("az", "AZ", "09"))
