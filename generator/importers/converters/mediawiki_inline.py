"""The inline markup of MediaWiki as Markdown."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

from generator.importers.converters.markdown_text import (
    Run,
    code_span,
    escaped,
    image,
    joined_runs,
    link,
)

_INLINE = re.compile(
    r"""
    (?P<bold>'{3,5}) | (?P<italic>'')
    | \[\[(?P<kind>File|Image|Datei|Fichier|Archivo|Ficheiro):(?P<file>[^\[\]|\n]{1,300})(?P<caption>(?:\|[^\[\]|\n]{0,500}){0,9})\]\]
    | \[\[:?(?P<page>[^\[\]|\n]{1,300})(?:\|(?P<text>[^\[\]\n]{1,300}))?\]\]
    | \[(?P<url>(?:https?|ftp|mailto):[^\s\[\]<>"]{1,1000})(?:[ ]+(?P<named>[^\[\]\n]{1,300}))?\]
    | (?P<address>\b(?:https?|ftp)://[^\s\[\]{}|<>"]+)
    | <(?P<verbatim>code|nowiki|tt|kbd|samp|syntaxhighlight|source)\b[^<>\n]{0,200}>(?P<inside>[^<\n]{0,1000})</(?P=verbatim)\s*>
    | (?P<break><br\s{0,3}/?>)
    | (?P<struck><(?P<end>/)?(?:s|del|strike)>)
    | <ref\b[^<>\n]{0,200}(?<!/)>(?P<note>[^<\n]{0,1000})</ref\s{0,3}>
    | </?[A-Za-z][^<>\n]{0,300}>
    | \{\{(?P<template>[^{}\n]{1,500})\}\}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SIGNS = {"done": "✅", "resolved": "✅", "yes": "✅", "declined": "❌", "no": "❌", "not done": "❌", "in progress": "🚧", "doing": "🚧"}  # fmt: skip
# Words for how an image is shown.
_SHOWN = re.compile(r"(?:thumb(?:nail)?|frame(?:d|less)?|border|right|left|center|none|upright|\d{1,5}(?:x\d{1,5})?px|alt=.*|link=.*)\Z", re.IGNORECASE)  # fmt: skip


def runs_of(text: str, dropped: Counter[str]) -> list[Run]:
    """Return a line of MediaWiki markup as inline Markdown.

    Args:
        text: the line.
        dropped: counts what says nothing to a reader.
    """
    runs: list[Run] = []
    end, bold, struck = 0, False, False
    for match in _INLINE.finditer(text):
        runs.append(Run(escaped(unescape(text[end : match.start()])), bold))
        end = match.end()
        if match["bold"]:
            bold = not bold
        elif match["struck"]:
            if struck == bool(match["end"]):
                struck = not struck
                runs.append(Run("~~", bold))
        else:
            runs.append(Run(_one(match, dropped), bold))
    runs.append(Run(escaped(unescape(text[end:])), bold))
    return [*runs, Run("~~")] if struck else runs


def inline(text: str, dropped: Counter[str]) -> str:
    """Return a line as inline Markdown."""
    return joined_runs(runs_of(text, dropped))


def plain(text: str, dropped: Counter[str]) -> str:
    """Return a line as inline Markdown, without bold."""
    return joined_runs(Run(run.text.replace("\n", " ")) for run in runs_of(text, dropped))


def _one(match: re.Match[str], dropped: Counter[str]) -> str:
    part = match.groupdict()
    if part["file"]:
        named = [text for text in part["caption"].split("|")[1:] if text and not _SHOWN.match(text.strip())]  # fmt: skip
        return image(named[-1] if named else "", part["file"].strip().replace(" ", "_"))
    if part["page"]:
        return escaped((part["text"] or part["page"]).strip())
    if part["url"]:
        said = part["named"]
        return link(escaped(said.strip()), part["url"]) if said else escaped(part["url"])
    if part["verbatim"]:
        inside = unescape(part["inside"])
        return escaped(inside) if part["verbatim"].lower() == "nowiki" else code_span(inside)
    if part["break"]:
        return "\n"
    if part["note"]:
        return f" ({escaped(unescape(part['note'].strip()))})"
    if part["template"]:
        return template(part["template"], dropped)
    return escaped(part["address"] or "")


def template(text: str, dropped: Counter[str]) -> str:
    """Return what a template in a line says: its arguments, or a sign for its name.

    Args:
        text: what stands between its braces.
        dropped: counts those that say nothing.
    """
    name, *arguments = text.split("|")
    said = [part.strip() for part in arguments if part.strip() and "=" not in part]
    if sign := _SIGNS.get(name.strip().casefold()):
        return " ".join((sign, *map(escaped, said)))
    if not said:
        dropped["template"] += 1
    return escaped(" ".join(said))
