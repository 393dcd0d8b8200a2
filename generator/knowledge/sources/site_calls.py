"""Fetches files of another site: over https, from nowhere else, within limits of size and time.

Whoever runs the site decides what it answers. So a redirect is not followed, an answer is read only
as far as its limit, and everything together ends in time, also if the server sends a byte now and
then.
"""

from __future__ import annotations

import http.client
import queue
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from generator.limits import SITE_BYTES, SITE_SECONDS, Limit
from generator.text.controls import on_one_line
from generator.text.no_redirects import is_this_machine, opener

_SILENT_SECONDS = 30.0
_PART = 1 << 16
_AT_ONCE = 8


class SiteRefused(Exception):
    """A site is not read. The message says why, on one line.

    Attributes:
        hint: what to do about it.
    """

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(on_one_line(why))
        self.hint = hint


def site_address(text: str) -> str:
    """Return the address of a site as it is used: with a slash at the end.

    Args:
        text: what somebody has written.

    Raises:
        SiteRefused: it is no https URL of a site. Plain http is only for this machine.
    """
    hint = "write https://host/path/"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise SiteRefused("the URL of the site is not valid", hint) from None
    if not host or on_one_line(text) != text or not text.isascii() or " " in text:
        raise SiteRefused("the URL of the site is not valid", hint)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(host)):
        raise SiteRefused("the URL of the site does not begin with https://", hint)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise SiteRefused("the URL of the site has a user name, a query or a fragment", hint)
    path = parts.path.removesuffix("index.html").rstrip("/") + "/"
    return urlunsplit((parts.scheme, parts.netloc.lower(), path, "", ""))


class SiteCaller:
    """Fetches files of one site."""

    def __init__(self, address: str, seconds: float = SITE_SECONDS, most: int = SITE_BYTES) -> None:
        """Prepare the calls.

        Args:
            address: what `site_address` has returned.
            seconds: how long all calls may take.
            most: how many bytes all answers may have.
        """
        self.address = address
        self.host = urlsplit(address).netloc
        self._end = time.monotonic() + seconds
        self._left = most
        self._lock = threading.Lock()
        self._opener = opener()

    def get(self, path: str, most: Limit) -> bytes:
        """Return a file of the site.

        Args:
            path: its path, relative to the site root.
            most: how large it may be.

        Raises:
            SiteRefused: there is none, it is too large, or there is no time left.
        """
        [(_, content)] = self.get_all([path], most)
        if isinstance(content, SiteRefused):
            raise content
        return content

    def get_all(
        self, paths: Sequence[str], most: Limit
    ) -> Iterator[tuple[str, bytes | SiteRefused]]:
        """Yield files of the site, or why one cannot be had, in any order.

        Args:
            paths: their paths, relative to the site root.
            most: how large each may be.

        Raises:
            SiteRefused: there is no time left, or all together are too large.
        """
        waiting = deque(paths)
        done: queue.SimpleQueue[tuple[str, bytes | SiteRefused]] = queue.SimpleQueue()

        def work() -> None:
            while not self._is_over():
                try:
                    path = waiting.popleft()
                except IndexError:
                    return
                try:
                    done.put((path, self._get(path, most)))
                except SiteRefused as error:
                    done.put((path, error))
                except Exception as error:  # else somebody would wait for what never comes
                    done.put((path, self._refused(path, error)))

        # A server can keep a call for as long as it sends a byte now and then. So nobody waits for
        # these threads, which end with the process at the latest.
        for _ in range(min(_AT_ONCE, len(paths))):
            threading.Thread(target=work, daemon=True).start()
        try:
            for _ in paths:
                yield done.get(timeout=max(0, self._end - time.monotonic()))
                if self._left < 0:
                    raise self._too_much()
        except queue.Empty:
            raise SiteRefused(
                f"{self.host}: it takes longer than {SITE_SECONDS.shown}", "try again"
            ) from None
        finally:
            waiting.clear()

    def _get(self, path: str, most: Limit) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - `site_address` has checked it
            self.address + path,
            headers={
                "User-Agent": "incident-runbooks",
                "Accept": "application/json",
                # An answer that is packed could be any number of times as large.
                "Accept-Encoding": "identity",
            },
        )
        try:
            with self._opener.open(request, timeout=_SILENT_SECONDS) as answer:
                return self._content(answer, path, most)
        except urllib.error.HTTPError as error:
            with error:
                raise self._answered(path, error) from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise self._refused(path, error) from None

    def _content(self, answer: Any, path: str, most: Limit) -> bytes:
        if (answer.length or 0) > most:
            raise SiteRefused(f"{self.host}: {path} is larger than {most.shown}")
        parts: list[bytes] = []
        size = 0
        while part := answer.read1(_PART):
            parts.append(part)
            size += len(part)
            with self._lock:
                self._left -= len(part)
            if size > most:
                raise SiteRefused(f"{self.host}: {path} is larger than {most.shown}")
            if self._left < 0:
                raise self._too_much()
        if answer.length:  # the server has promised more
            raise SiteRefused(f"{self.host}: {path} ends too early", "try again")
        return b"".join(parts)

    def _refused(self, path: str, error: Exception) -> SiteRefused:
        reason = getattr(error, "reason", None) or error
        reason = getattr(reason, "strerror", None) or reason
        why = f"{self.host}: {path} cannot be fetched: {str(reason) or type(reason).__name__}"
        return SiteRefused(why, "check the URL and the network")

    def _answered(self, path: str, error: urllib.error.HTTPError) -> SiteRefused:
        why = f"{self.host}: {path}: the server answered {error.code}"
        if 300 <= error.code < 400:
            target = error.headers.get("Location", "another URL")
            return SiteRefused(
                f"{why}, to {target}", "a redirect is not followed: write its target"
            )
        if error.code == 404:
            return SiteRefused(why, "the URL must be that of a site which this program has made")
        return SiteRefused(why, "check the URL; a site that needs a login cannot be read")

    def _is_over(self) -> bool:
        return time.monotonic() >= self._end

    def _too_much(self) -> SiteRefused:
        return SiteRefused(f"{self.host}: its files are larger than {SITE_BYTES.shown} together")
