"""The inline markup of Jira and Confluence as Markdown."""

from __future__ import annotations

import re

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
    (?P<break>\\\\(?=\s|\Z))
    | \\(?P<literal>[{}\[\]*_+^~!|\\\#?-])
    | \{\{(?P<code>[^\n]{1,500}?)\}\}
    | \[(?P<kind>[~^])?(?P<text>[^\[\]\n|]{1,300})(?:\|(?P<to>[^\[\]\n|]{1,1000}))?(?:\|[^\[\]\n]{0,200})?\]
    | !(?P<image>[^\s!|"'<>]{1,300}\.\w{2,5})(?:\|[^!\n]{0,200})?!
    | \{(?:color|bgcolor)(?::[^{}\n]{0,40})?\}
    | \{status(?::(?P<status>[^{}\n]{0,200}))?\}
    | \{(?:jira|jiraissues):(?:[^{}\n|=]{0,40}=)?(?P<issue>[\w-]{1,60})[^{}\n]{0,200}\}
    | (?P<url>\b(?:https?|ftp|mailto):[^\s\[\]{}|<>"]+)
    | (?P<sign>(?<!\w)\((?:/|x|!|\?|i|\*|y|n|\+|-)\)(?!\w))
    | (?P<dash>(?<=\s)---?(?=\s))
    | (?<![\w*])\*(?=\S)(?P<bold>[^*\n]{1,300}?)(?<=\S)\*(?![\w*])
    | (?<![\w~-])-(?=[^\s-])(?P<deleted>[^\n-]{1,200}?)(?<=[^\s-])-(?![\w-])
    | (?<!\w)_(?=\S)(?P<italic>[^_\n]{1,300}?)(?<=\S)_(?!\w)
    | (?<![\w+])\+(?=\S)(?P<inserted>[^+\n]{1,200}?)(?<=\S)\+(?![\w+])
    | \?\?(?=\S)(?P<cited>[^?\n]{1,200}?)\?\?
    | \^(?=\S)(?P<above>[^^\n]{1,60}?)\^
    """,
    re.VERBOSE,
)
_SIGNS = {"(/)": "✅", "(y)": "👍", "(x)": "❌", "(n)": "👎", "(!)": "⚠️", "(?)": "❓", "(i)": "\u2139\ufe0f", "(*)": "⭐", "(+)": "\u2795", "(-)": "\u2796"}  # fmt: skip
_STYLED = ("italic", "inserted", "cited", "above")
_UNESCAPED = re.compile(r"\\([^\w\s])")
_MOST_NESTED = 4


def runs_of(text: str, depth: int = 0) -> list[Run]:
    """Return a line of wiki markup as inline Markdown.

    Args:
        text: the line.
        depth: how many styles are around it.
    """
    runs: list[Run] = []
    end = 0
    for match in _INLINE.finditer(text):
        runs.append(Run(escaped(text[end : match.start()])))
        runs += _one(match, depth)
        end = match.end()
    return [*runs, Run(escaped(text[end:]))]


def plain(text: str) -> str:
    """Return a line as inline Markdown, without bold."""
    return joined_runs(Run(run.text.replace("\n", " ")) for run in runs_of(text))


def _one(match: re.Match[str], depth: int) -> list[Run]:
    part = match.groupdict()
    if part["break"]:
        return [Run("\n")]
    if part["literal"]:
        return [Run(escaped(part["literal"]))]
    if part["code"]:
        return [Run(code_span(_UNESCAPED.sub(r"\1", part["code"])))]
    if part["text"]:
        return _link(part["kind"] or "", part["text"], part["to"] or "")
    if part["image"]:
        return [Run(image("", part["image"]))]
    if part["status"] is not None:
        named = dict(p.split("=", 1) for p in part["status"].split("|") if "=" in p)
        return [Run(escaped(named.get("title", part["status"] if "=" not in part["status"] else "")))]  # fmt: skip
    if part["issue"] or part["url"]:
        return [Run(escaped(part["issue"] or part["url"]))]
    if part["sign"]:
        return [Run(_SIGNS[part["sign"]])]
    if part["dash"]:
        return [Run("—" if len(part["dash"]) == 3 else "\u2013")]
    return _styled(part, match[0], depth)


def _styled(part: dict[str, str | None], whole: str, depth: int) -> list[Run]:
    """Return text with a style; Markdown keeps bold, and what was struck out."""
    if depth >= _MOST_NESTED:
        return [Run(escaped(whole))]
    if part["bold"]:
        return [Run(run.text, bold=True) for run in runs_of(part["bold"], depth + 1)]
    if part["deleted"]:
        # Without a mark, a text that was struck out would say the opposite.
        inside = joined_runs(Run(run.text) for run in runs_of(part["deleted"], depth + 1))
        return [Run(f"~~{inside}~~")]
    inner = next((said for name in _STYLED if (said := part[name])), None)
    return runs_of(inner, depth + 1) if inner else []  # nothing: the color of what follows


def _link(kind: str, text: str, to: str) -> list[Run]:
    if kind:
        return [Run(escaped(f"@{text}" if kind == "~" else text))]
    if not to:
        # A name of a page, an anchor, or an address.
        return [Run(escaped(text.strip().removeprefix("#")))]
    return [Run(link(plain(text).strip(), to))]
