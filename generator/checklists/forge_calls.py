"""Calls of a forge's API: what is refused says why, a busy forge gets time, nothing goes elsewhere."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from generator.limits import FORGE_BYTES
from generator.text.no_redirects import opener

_SECONDS = 30.0
_TRIES = 4
_LONGEST_WAIT = 60.0
_NO_RIGHT = (401, 403, 404)  # 404 hides what the token may not see
_BUSY = (500, 502, 503, 504)


class ForgeRefused(Exception):
    """A forge does not do what it is asked for; the message says why and what to do.

    Attributes:
        no_right: whether the token is missing, or may not do it.
        code: the HTTP status; 0 if there is none.
        answer: the beginning of what the forge said.
    """

    def __init__(
        self, message: str, *, no_right: bool = False, code: int = 0, answer: str = ""
    ) -> None:
        """Describe what went wrong."""
        super().__init__(message)
        self.no_right = no_right
        self.code = code
        self.answer = answer


class ForgeCaller:
    """Calls the API of one forge with one token."""

    def __init__(
        self,
        name: str,
        headers: Mapping[str, str],
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare the calls.

        Args:
            name: what the calls are about, for messages: `owner/name#12`.
            headers: the headers of each call; they contain the token.
            wait: waits some seconds.
        """
        self.name = name
        self._headers = headers
        self._wait = wait
        self._opener = opener()

    def __call__(self, method: str, url: str, data: object = None) -> Any:
        """Call the API, and return what it answers.

        A call that the forge limits is made again when the forge says so, within a minute. If the
        forge has an error of its own, only a call that can be repeated is made again.

        Raises:
            ForgeRefused: it refused, cannot be reached, or answered with no JSON.
        """
        waited = 0.0
        for number in range(_TRIES):
            try:
                return self._once(method, url, data)
            except urllib.error.HTTPError as error:
                with error:
                    pause = _pause(error, method, number)
                    waited += pause or 0
                    if pause is None or number == _TRIES - 1 or waited > _LONGEST_WAIT:
                        raise self._refused(method, error) from None
                self._wait(pause)
            except (OSError, ValueError, http.client.HTTPException) as error:
                reason = getattr(error, "reason", None) or error
                raise ForgeRefused(f"{self.name}: {method}: {reason}") from None
        raise AssertionError("unreachable")

    def _once(self, method: str, url: str, data: object) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the URL comes from the forge or the configuration
            url,
            json.dumps(data).encode() if data is not None else None,
            {
                **self._headers,
                "Content-Type": "application/json",
                "User-Agent": "incident-runbooks",
            },
            method=method,
        )
        with self._opener.open(request, timeout=_SECONDS) as answer:
            content = answer.read(FORGE_BYTES + 1)
        if len(content) > FORGE_BYTES:
            raise ValueError(f"the answer is larger than {FORGE_BYTES.shown}")
        try:
            return json.loads(content) if content.strip() else None
        except (ValueError, RecursionError) as error:
            raise ValueError(f"the answer is no JSON ({error})") from None

    def _refused(self, method: str, error: urllib.error.HTTPError) -> ForgeRefused:
        said = error.read(2000).decode("utf-8", "replace")
        if 300 <= error.code < 400:
            hint = f" to {error.headers.get('Location', 'another address')}, which is not followed"
        elif error.code in _NO_RIGHT:
            hint = ": may the token do this?"
        elif error.code == 429 or _limited(error):
            hint = ": too many calls; run the job again later"
        else:
            hint = ""
        no_right = error.code in _NO_RIGHT and not _limited(error)
        return ForgeRefused(
            f"{self.name}: {method} returned {error.code}{hint}",
            no_right=no_right,
            code=error.code,
            answer=said,
        )


def _limited(error: urllib.error.HTTPError) -> bool:
    """Whether a refusal is a limit of calls: GitHub also answers 403 then."""
    return "Retry-After" in error.headers or error.headers.get("X-RateLimit-Remaining") == "0"


def _pause(error: urllib.error.HTTPError, method: str, number: int) -> float | None:
    """Return for how many seconds to wait before the call is made again; None if it is not."""
    if error.code == 429 or (error.code == 403 and _limited(error)):
        asked = error.headers.get("Retry-After", "")
        return float(asked) if asked.isdecimal() and len(asked) < 6 else 2.0**number * 5
    return 2.0**number if error.code in _BUSY and method != "POST" else None
