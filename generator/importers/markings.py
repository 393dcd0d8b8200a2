"""What is in the file of a write-up but not for its readers: comments, and tags of site generators.

Comments of HTML, tags of Jekyll (Liquid) and of Hugo (shortcodes), edges of boxes and components (Docusaurus,
VitePress), attribute lists of kramdown, marks for a table of contents, quick actions of GitLab, and the empty answers of GitHub's forms. Code stays as it is.
Tags of figures become images of Markdown, and tags around code become fences.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

Dropped = list[tuple[str, str]]
"""What is left out, each part with what it is."""

_TAG = "a tag of a site generator"
TAG = "a tag of HTML"
"""Why a tag between paragraphs is left out."""
A_COMMENT = "a comment"
"""Why a comment is left out."""
_FENCE = re.compile(r"^[ \t>]{0,20}(?:[-*+] +|\d{1,9}[.)] +)?(`{3,}|~{3,})", re.MULTILINE)
_CODE_SPAN = re.compile(r"(?<!`)(`{1,3})(?!`)[^`\n]{1,2000}(?<!`)\1(?!`)")
_ARGUMENT = re.compile(r"\b(src|link|url|image_path|image|file|path|caption|alt|title)\s?=\s?(?:\"([^\"\n]{0,400})\"|'([^'\n]{0,400})')")  # fmt: skip
_IMAGES = frozenset("figure image img picture screenshot include include_cached".split())
_LINE_TAG = re.compile(r"(?<!\{)\{%-?[ \t]{0,9}(?P<end>end)?(?P<name>\w{1,40})(?P<rest>(?:[^%\n]|%(?!\})){0,400})%\}")  # fmt: skip
_SHORTCODE = re.compile(r"\{\{[<%][ \t]{0,9}(?P<end>/)?[ \t]{0,9}(?P<name>[\w-]{1,40})(?P<rest>[^{}\n]{0,400})[>%]\}\}")  # fmt: skip
_OUTPUT = re.compile(r"\{\{-?[ \t]{0,9}(?:site|page|post|layout)\.[\w.]{1,60}[ \t]{0,9}(?:\|[^{}\n]{0,80})?\}\}")  # fmt: skip
_ADDRESS = re.compile(r"\{\{-?[ \t]{0,9}[\"'](?P<text>[^\"'{}\n]{1,400})[\"'][ \t]{0,9}\|[^{}\n]{1,80}\}\}")  # fmt: skip
_TOC = re.compile(r"^[ \t]{0,9}(?:[-*+1][.)]? TOC[ \t]{0,9}\n)?[ \t]{0,9}(?:\{:toc\}|\[TOC\]|\[\[_TOC_\]\])[ \t]{0,9}$", re.MULTILINE | re.IGNORECASE)  # fmt: skip
_ATTRIBUTES = re.compile(r"(?:^|(?<=[^\s{]))[ \t]{0,9}\{:?[ \t]{0,9}[#.:][\w-][^{}\n]{0,200}\}[ \t]{0,9}$", re.MULTILINE)  # fmt: skip
# `import Tabs from '@theme/Tabs';`, `<TabItem value="a">`, and `:::note[Title]` with `:::` at the end of the box.
_MDX = re.compile(r"^(?:import[ \t](?:[\w*{][\w*{}, \t]{0,200}[ \t]from[ \t])?['\"][^'\"\n]{1,200}['\"];?|</?(?:Tabs|TabItem|Admonition|CodeBlock|DocCardList|TOCInline)(?:[ \t][^<>\n]{0,400})?>)[ \t]{0,9}$", re.MULTILINE)  # fmt: skip
_BOX = re.compile(r"^[ \t]{0,9}:{3,9}[ \t]*+(?:[a-z][\w-]{0,40}+(?:\[(?P<text>[^\]\n]{0,200}+)\]|(?P<title>[ \t][^:\n]{0,200}+))?+)?+[ \t]*+$", re.MULTILINE)  # fmt: skip
# cstate writes the time of an entry at its end: `*Resolved* - Mail works. {{< track "2026-07-01 11:00:00" >}}`.
_TRACK = re.compile(r"^(?P<said>[^\n{]{1,4000})\{\{<[ \t]{0,9}track[ \t]{0,9}\"(?P<at>[^\"\n]{1,60})\"[ \t]{0,9}>\}\}[ \t]{0,9}$", re.MULTILINE)  # fmt: skip
_QUICK = re.compile(r"^/(?:label|unlabel|assign|unassign|cc|milestone|confidential|relate|due|estimate|weight|epic|copy_metadata|title|todo|subscribe)\b[^\n]{0,400}$", re.MULTILINE)  # fmt: skip
_NO_ANSWER = re.compile(r"^[ \t]{0,9}_No response_[ \t]{0,9}$", re.MULTILINE)
_CUTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (_TOC, _TAG),
    (_LINE_TAG, _TAG),
    (_SHORTCODE, _TAG),
    (_OUTPUT, _TAG),
    (_ADDRESS, _TAG),
    (_MDX, _TAG),
    (_BOX, _TAG),
    (_ATTRIBUTES, _TAG),
    (_QUICK, "a quick action of GitLab"),
    (_NO_ANSWER, "an empty answer"),
)
# Links between pages, which are read as links.
_LINKS = frozenset(("ref", "relref"))


def without_markings(text: str) -> tuple[str, Dropped]:
    """Return a text without what is not for its readers, and what was left out.

    Args:
        text: Markdown, without its front matter.
    """
    dropped: Dropped = []
    if "<!--" in text:
        text = _without_comments(text, dropped)
    text = _TRACK.sub(lambda match: _time_first(match, dropped), text)
    for pattern, why in _CUTS:
        if pattern.search(text):
            is_code = _code_in(text)
            text = pattern.sub(lambda match: _instead(match, why, is_code, dropped), text)  # noqa: B023 - used at once
    return text, dropped


def _time_first(match: re.Match[str], dropped: Dropped) -> str:
    """Return an entry of cstate with its time before it, as timelines have it."""
    dropped.append((match[0][len(match["said"]) :].strip(), _TAG))
    return f"{match['at']} {match['said']}"


def _instead(
    match: re.Match[str], why: str, is_code: Callable[[int], bool], dropped: Dropped
) -> str:
    """Return what stands for a tag, and record it."""
    named = match.groupdict()
    name = (named.get("name") or "").casefold()
    if is_code(match.start()) or name in _LINKS:
        return match[0]
    rest = named.get("rest") or ""
    dropped.append((match[0].strip(), why))
    if name == "highlight":
        return "```" if named.get("end") else f"```{(rest.split() or [''])[0]}"
    if name in _IMAGES and not named.get("end"):
        given = {found[1]: found[2] or found[3] or "" for found in _ARGUMENT.finditer(rest)}
        source = next((given[key] for key in ("src", "image_path", "link", "url", "image", "file", "path") if given.get(key)), "")  # fmt: skip
        if source:
            said = given.get("caption") or given.get("alt") or given.get("title") or ""
            return f"![{said.replace('[', '(').replace(']', ')')}](<{source}>)"
    return (named.get("text") or named.get("title") or "").strip()


def _without_comments(text: str, dropped: Dropped) -> str:
    is_code = _code_in(text)
    kept: list[str] = []
    at = 0
    while (begin := text.find("<!--", at)) >= 0:
        end = text.find("-->", begin + 4)
        if end < 0:
            break
        if is_code(begin):
            kept.append(text[at : begin + 4])
            at = begin + 4
            continue
        kept.append(text[at:begin])
        dropped.append((text[begin : end + 3], A_COMMENT))
        at = end + 3
    return "".join((*kept, text[at:]))


def _code_in(text: str) -> Callable[[int], bool]:
    """Return a function that says whether a position is in a fenced block or a code span."""
    begins: list[int] = []
    ends: list[int] = []
    fence, begin = "", 0
    for match in _FENCE.finditer(text):
        if not fence:
            fence, begin = match[1], match.start()
        elif match[1][0] == fence[0] and len(match[1]) >= len(fence):
            begins.append(begin)
            ends.append(match.end())
            fence = ""
    if fence:
        begins.append(begin)
        ends.append(len(text))
    spans = [match.span() for match in _CODE_SPAN.finditer(text)]

    def inside(position: int, begins: list[int], ends: list[int]) -> bool:
        found = bisect_right(begins, position) - 1
        return found >= 0 and position < ends[found]

    span_begins, span_ends = [s[0] for s in spans], [s[1] for s in spans]
    return lambda at: inside(at, begins, ends) or inside(at, span_begins, span_ends)
