"""Tickets: their names, and their addresses in issue trackers."""

from __future__ import annotations

import re

from generator.importers.words import words

_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]()]+[^\s<>\"'`|\\^{}\[\]().,;:!?]\Z")
TICKET_NAME = r"[A-Z][A-Z0-9]{1,9}-\d{1,7}|#\d{1,7}|(?:[\w.-]{1,60}/){1,5}[\w.-]{1,60}[#!]\d{1,7}"
"""The name of a ticket, as a regular expression."""
# The tasks of some trackers have a letter and a number alone, which means a ticket only at the beginning.
_NUMBERED = r"T\d{5,8}"
_TICKET = re.compile(rf"`?({TICKET_NAME})`?\Z")
_TICKET_IN_TEXT = re.compile(r"(?<![\w/-])([A-Z][A-Z0-9]{1,9}-\d{1,7})(?![\w-])")
_NOT_TICKETS = re.compile(r"(?:CVE|UTF|ISO|RFC|SHA|SEV|PM|HTTP|TLS|SSL|AES|MD|IPV|KB|P)-?\d*-")
_BARE_TICKET = re.compile(r"(?:(?:bug|issue|ticket)\s*)?#?(\d{3,9})\Z", re.IGNORECASE)
_KINDS_OF_TICKETS = frozenset("bug issue ticket pr mr pull request merge task story jira".split())
# The address of an issue, whatever system it is in.
_OF_TICKET = re.compile(
    r"/(?:issues?|pull|pulls|merge_requests|browse|tickets?|bugs?|work_items|edit|stor(?:y|ies)|cards?|task)/[\w/-]{0,80}\w"
    r"|show_bug\.cgi\?id=\d|//[\w.-]{0,80}\b(?:jira|bugs?|issues|tickets?|tracker|youtrack)\b[\w.-]{0,80}/\S{0,120}\d"
    r"|/[A-Z][A-Z0-9]{1,9}-\d{1,7}\b|/T\d{3,7}\b"
)
# A link, as prose has it: its text, and its address in parentheses.
_LINKED = re.compile(r"(?P<name>[^()\n]{1,120}?)\s?\((?P<url>https?://[^\s()]{3,400})\)\Z")
LEADS = re.compile(
    rf"\[?(?P<name>{TICKET_NAME}|{_NUMBERED})\]?\s?\((?P<url>https?://[^\s()]{{3,400}})\)\s*(?:[:,\u2013\u2014-]\s*)?"
)
"""A linked ticket at the beginning of a text, with what separates it from the rest."""
_LEADING = re.compile(
    rf"[\[`]?(?P<name>{TICKET_NAME}|{_NUMBERED})(?![\w-])[\]`]?(?:\s?\(https?://[^\s()]{{3,400}}\))?(?P<rest>[^\n]{{0,80}})\Z"
)
BARE_LEADS = re.compile(rf"\[?(?P<name>{TICKET_NAME}|{_NUMBERED})\]?:?\s+(?=[\"'`A-Z])")
"""A ticket without a link at the beginning of a text, before a sentence that begins in upper case."""
_LINK_IN_TEXT = re.compile(
    rf"(?P<name>{TICKET_NAME}|[^\s()]{{1,60}}) \((?P<url>https?://[^\s()]{{3,400}})\)"
)
_URL_IN_TEXT = re.compile(r"(?<![\w(])https?://[^\s()<>\"']{3,400}[\w/]")


def leading_ticket(text: str) -> tuple[str, str] | None:
    """Return the name of the ticket that a text begins with, and what stands behind it and its link; or None."""
    match = _LEADING.match(text)
    return (match["name"], match["rest"].strip()) if match else None


def is_ticket(text: str) -> bool:
    """Whether a text is the name of a ticket, or an address that can only be that of a ticket."""
    return not _ADDRESS.match(text) or _OF_TICKET.search(text) is not None


def ticket_of(cell: str) -> tuple[str, bool] | None:
    """Read the cell of a column of tickets: a name, a number, a link or any address.

    Returns:
        The ticket, and whether the cell says no more; None if it has none.
    """
    if found := _TICKET.fullmatch(cell) or _BARE_TICKET.fullmatch(cell):
        return found[1], set(words(cell)) <= {*words(found[1]), *_KINDS_OF_TICKETS}
    if link := _LINKED.match(cell):
        return linked(link)
    return (cell, True) if _ADDRESS.fullmatch(cell) else None


def linked(link: re.Match[str]) -> tuple[str, bool] | None:
    """Return the address of a linked ticket, which has its name, and whether it says all."""
    name, url = link["name"].strip(" `*[]"), link["url"].rstrip(".,;")
    if not (_TICKET.match(name) or _BARE_TICKET.match(name) or _OF_TICKET.search(url)):
        return None
    return url, set(words(name)) <= {*words(url), *_KINDS_OF_TICKETS}


def ticket_inside(text: str) -> str:
    """Return the first ticket that a text names; may be empty."""
    for link in _LINK_IN_TEXT.finditer(text):
        if read := linked(link):
            return read[0]
    for url in _URL_IN_TEXT.finditer(text):
        if _OF_TICKET.search(url[0]):
            return url[0]
    ticket = _TICKET_IN_TEXT.search(text)
    return ticket[1] if ticket and not _NOT_TICKETS.match(ticket[1]) else ""
