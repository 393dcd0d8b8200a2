"""A checklist as one HTML file, to tick off in a browser or to print.

It loads nothing from a network. Its content security policy allows its script and its style sheet by
their hashes, so nothing else can run, whatever the fields of an incident contain.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from generator.checklists import wording
from generator.checklists.formats import plain_words
from generator.checklists.formats.plain_words import printable
from generator.checklists.items import Checklist, ChosenCheck, Reason
from generator.checklists.wording import SentencePart
from generator.commands.expectations import described
from generator.text.prose import PieceKind, one_line, prose_pieces
from generator.text.templating import new_environment, packaged_assets, packaged_templates
from generator.text.urls import INCIDENT_PAGES, incident_address, on_site

if TYPE_CHECKING:
    from jinja2 import Environment

Prose = list[tuple[str, str]]

_SCRIPTS = ("clipboard.js", "tick-store.js", "checklists/checklist.js")
"""The script of the file: parts shared with the pages, and its own part."""


def as_html(checklist: Checklist) -> str:
    """Return a checklist as one self-contained HTML file."""
    environment = new_environment([packaged_templates(), packaged_assets()], autoescape=True)
    style = _source(environment, "checklists/checklist.css")
    script = Markup().join(_source(environment, name) for name in _SCRIPTS)
    phases = [
        {
            "id": phase.value,
            "title": wording.PHASE_TITLES[phase],
            "checks": [_check(item, checklist.site_url) for item in items],
        }
        for phase, items in checklist.by_phase.items()
    ]
    text = environment.get_template("checklists/checklist.html.j2").render(
        title=wording.TITLE,
        about=printable(one_line(checklist.about)),
        summary=wording.summary(checklist),
        revision=printable(checklist.revision),
        unreadable=plain_words.unreadable(checklist),
        runbooks=on_site(checklist.site_url, INCIDENT_PAGES) if checklist.site_url else None,
        made=checklist.made,
        total=len(checklist.items),
        phases=phases,
        # Another release is another list, which begins without ticks.
        key=_hash([checklist.about, checklist.revision, *map(_key, checklist.items)]),
        style=style,
        style_hash=_policy_hash(style),
        script=script,
        script_hash=_policy_hash(script),
    )
    # Bytes that are not UTF-8, in a given value, are lone surrogates; no file can contain them.
    return text.encode("utf-8", "replace").decode("utf-8")


def _source(environment: Environment, name: str) -> Markup:
    """Return a file of the package unchanged; it contains no text of an incident."""
    assert environment.loader is not None
    text, _, _ = environment.loader.get_source(environment, name)
    return Markup(text)  # noqa: S704


def _policy_hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def _key(item: ChosenCheck) -> str:
    """Return the key of a tick: an edited check is another check."""
    expect = item.expect.model_dump(mode="json")
    return _hash([item.id, item.phase.value, item.check, item.command, expect])


def _check(item: ChosenCheck, site_url: str | None) -> dict[str, Any]:
    kind = "by hand" if item.manual else item.risk.value if item.risk else "risk not declared"
    return {
        "id": item.id,
        "key": _key(item),
        "says": _prose(item.check),
        "level": item.level.value,
        "kind": kind,
        "kind_class": "hand" if item.manual else item.risk.value if item.risk else "unknown",
        "command": item.command if item.run else "",
        "shown": printable(item.command),
        "missing": [
            {"name": v.name, "about": _prose(v.description), "example": printable(v.example)}
            for v in item.asked
        ],
        "parts": [part for part in _parts(item) if part["lines"] or part["code"]],
        "reasons": [_reason(item, reason, site_url) for reason in item.reasons],
    }


def _parts(item: ChosenCheck) -> Iterator[dict[str, Any]]:
    if item.waiver:
        yield {"title": "Waived by", "lines": [_prose(wording.waiver(item))], "code": ""}
    if item.approval:
        yield {"title": "Approval", "lines": [_prose("a second person has to agree")], "code": ""}
    yield {"title": "Expect", "lines": list(_expected(item)), "code": ""}
    yield {"title": "Needs", "lines": [_prose(need) for need in item.needs], "code": ""}
    if item.timeout:
        yield {"title": "Timeout", "lines": [_prose(item.timeout)], "code": ""}
    if item.rollback:
        yield {
            "title": "Rollback",
            "lines": [_prose(item.rollback.do)],
            "code": printable(item.undo),
        }


def _expected(item: ChosenCheck) -> Iterator[Prose]:
    """Yield the parts of what is expected; texts and expressions as code."""
    for words, text in described(item.expect, item.poll):
        if words and text is not None:
            yield _words(f"{words} ", text)
        else:
            yield _prose(words or text or "")


def _reason(item: ChosenCheck, reason: Reason, site_url: str | None) -> dict[str, Any]:
    on_web = site_url is not None and site_url.startswith(("http://", "https://"))
    address = on_site(site_url, incident_address(reason.incident)) if site_url and on_web else ""

    def spelled(parts: Iterable[SentencePart]) -> list[tuple[str, str]]:
        return [
            (PieceKind.CODE.value if p.name else PieceKind.TEXT.value, printable(p.text))
            for p in parts
        ]

    return {
        "title": _unlinked(_prose(reason.title)) if reason.incident else [],
        "address": address,
        "about": spelled(wording.about(item, reason)) if reason.incident else [],
        "matched": spelled(wording.why(reason)),
    }


def _prose(text: str) -> Prose:
    """Return the pieces of an author's text: plain text, code and URLs."""
    return [(piece.kind.value, piece.text) for piece in prose_pieces(printable(one_line(text)))]


def _unlinked(prose: Iterable[tuple[str, str]]) -> Prose:
    """Return a text without links, for use in a link."""
    return [
        (PieceKind.TEXT.value if kind == PieceKind.ADDRESS.value else kind, text)
        for kind, text in prose
    ]


def _words(words: str, name: str) -> Prose:
    return [(PieceKind.TEXT.value, words), (PieceKind.CODE.value, printable(name))]
