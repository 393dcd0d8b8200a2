"""The inline markup of AsciiDoc as Markdown."""

from __future__ import annotations

import posixpath
import re

from generator.importers.converters.markdown_text import (
    Run,
    code_span,
    escaped,
    image,
    joined_runs,
    link,
    tidy,
)
from generator.limits import YAML_CHARACTERS

_BRACKETS = r"\[(?P<{}>(?:[^\]\\\n]|\\.){{0,1000}})\]"
_INLINE = re.compile(
    rf"""
    \\(?P<literal>[*_`\#^~{{<+\[]|(?:https?|link|image|xref|mailto):)
    | (?<!\w)pass:[a-z,]{{0,20}}{_BRACKETS.format("passed")}
    | \+\+\+(?P<raw>[^\n]{{1,500}}?)\+\+\+
    | (?P<quote>["'])`(?=\S)(?P<quoted>[^`\n]{{1,300}}?)(?<=\S)`(?P=quote)
    | ``(?P<code2>[^\n]{{1,500}}?)``
    | (?<![\w`])`(?=\S)(?P<code>[^`\n]{{1,500}}?)(?<=\S)`(?![\w`])
    | (?P<kind>\b(?:link|xref|image|mailto)):(?!:)(?P<to>[^\s\[\]]{{1,1000}}){_BRACKETS.format("text")}
    | (?P<url>(?<![\w"'])(?:https?|ftp|irc)://[^\s\[\]<>]+)(?:{_BRACKETS.format("urltext")})?
    | <<(?P<ref>[^,<>\n]{{1,200}})(?:,(?P<reftext>[^<>\n]{{1,300}}))?>>
    | \b(?:kbd|btn|stem|latexmath|asciimath):{_BRACKETS.format("key")}
    | \bmenu:(?P<menu>[^\[\]\n]{{1,100}}){_BRACKETS.format("entry")}
    | \bfootnote(?:ref)?:(?:[\w-]{{1,60}})?{_BRACKETS.format("note")}
    | \b(?:icon|anchor|indexterm):[^\s\[\]]{{0,100}}\[[^\]\n]{{0,200}}\]
    | \[\[[\w.:-]{{1,100}}(?:,[^\]\n]{{0,200}})?\]\]
    | \(\(\([^()\n]{{1,200}}\)\)\)
    | \(\((?P<term>[^()\n]{{1,200}})\)\)
    | \{{(?P<attribute>[a-zA-Z0-9_][\w-]{{0,60}})\}}
    | (?:\[[.\#\w -]{{1,60}}\])?(?:
        \*\*(?=\S)(?P<bold2>[^\n]{{1,300}}?)\*\*
      | __(?=\S)(?P<italic2>[^\n]{{1,300}}?)__
      | \#\#(?=\S)(?P<mark2>[^\n]{{1,300}}?)\#\#
      | (?<![\w*])\*(?=\S)(?P<bold>[^*\n]{{1,300}}?)(?<=\S)\*(?:(?=footnote(?:ref)?:)|(?![\w*]))
      | (?<!\w)_(?=\S)(?P<italic>[^_\n]{{1,300}}?)(?<=\S)_(?!\w)
      | (?<![\w\#])\#(?=\S)(?P<mark>[^\#\n]{{1,300}}?)(?<=\S)\#(?![\w\#])
    )
    | (?<!\w)\+\+?(?=\S)(?P<plain>[^+\n]{{1,300}}?)(?<=\S)\+\+?(?!\w)
    | \^(?=\S)(?P<above>[^^\s]{{1,60}}?)\^
    | ~(?=\S)(?P<below>[^~\s]{{1,60}}?)~
    | (?P<dash>(?<=\s)--(?=\s))
    """,
    re.VERBOSE,
)
_STYLED = ("italic2", "mark2", "italic", "mark", "above", "below", "term")
# What every document may use: https://docs.asciidoctor.org/asciidoc/latest/attributes/character-replacement-ref/
_CHARACTERS = {
    "blank": "", "empty": "", "sp": " ", "nbsp": " ", "zwsp": "", "wj": "", "apos": "'", "quot": '"', "lsquo": "\u2018",
    "rsquo": "\u2019", "ldquo": "“", "rdquo": "”", "deg": "°", "plus": "+", "brvbar": "¦", "vbar": "|", "amp": "&",
    "lt": "<", "gt": ">", "startsb": "[", "endsb": "]", "caret": "^", "asterisk": "*", "tilde": "~", "backslash": "\\",
    "backtick": "`", "two-colons": "::", "two-semicolons": ";;", "cpp": "C++", "cxx": "C++", "pp": "++",
}  # fmt: skip
_LONGEST_VALUE = 2_000
_MOST_NESTED = 4
_BACKSLASHES = re.compile(r"\\([\]\[])")


class AsciiDocInline:
    """Turns lines into inline Markdown, with the attributes that the document has set so far."""

    def __init__(self) -> None:
        self.attributes = dict(_CHARACTERS)
        self._room = int(YAML_CHARACTERS)

    def set(self, name: str, value: str) -> None:
        """Set an attribute; its value is filled in now, and is bounded."""
        self.attributes[name.lower()] = self.filled(value)[:_LONGEST_VALUE]

    def filled(self, text: str) -> str:
        """Return a text with the values of attributes, as for a target."""
        return _ATTRIBUTE.sub(lambda match: self._value(match[1], match[0]), text)

    def markdown(self, text: str) -> str:
        """Return a line as inline Markdown."""
        return joined_runs(self.runs(text))

    def plain(self, text: str) -> str:
        """Return a line as inline Markdown, without bold."""
        return tidy(joined_runs(Run(run.text) for run in self.runs(text))).replace("\n", " ")

    def runs(self, text: str, depth: int = 0) -> list[Run]:
        """Return a line as inline Markdown; a line feed in it ends a line.

        Args:
            text: the line.
            depth: how many styles are around it.
        """
        runs: list[Run] = []
        end = 0
        for match in _INLINE.finditer(text):
            runs.append(Run(escaped(text[end : match.start()])))
            runs += self._one(match, depth)
            end = match.end()
        return [*runs, Run(escaped(text[end:]))]

    def image(self, target: str, attributes: str) -> str:
        """Return an image: in the folder that `imagesdir` names, with its alternative text."""
        folder = self.attributes.get("imagesdir", "")
        target = self.filled(target)
        if folder and "://" not in target and not target.startswith("/"):
            target = posixpath.join(folder, target)
        alt = next((p for p in attributes.split(",") if p.strip() and "=" not in p), "")
        named = re.search(r"\balt=\"?([^\",\]]{1,300})", attributes)
        return image((named[1] if named else alt).strip(' "'), target)

    def _value(self, name: str, otherwise: str) -> str:
        """Return the value of an attribute; what is not known, or too much, stays as it is."""
        value = self.attributes.get(name.lower())
        if value is None or len(value) > self._room:
            return otherwise
        self._room -= len(value)
        return value

    def _one(self, match: re.Match[str], depth: int) -> list[Run]:
        part = match.groupdict()
        for name in ("literal", "passed", "raw", "plain"):
            if part[name]:
                return [Run(escaped(part[name]))]
        if code := part["code2"] or part["code"]:
            inner = re.fullmatch(r"\+(.+)\+", code)
            return [Run(code_span(inner[1] if inner else self.filled(code)))]
        if part["kind"]:
            return [Run(self._link(part["kind"], part["to"] or "", part["text"] or ""))]
        if part["url"]:
            return [Run(self._link("link", part["url"], part["urltext"] or ""))]
        if part["ref"]:
            return [Run(escaped((part["reftext"] or part["ref"].strip("#")).strip()))]
        if part["note"]:
            return [Run(f" ({tidy(joined_runs(self.runs(part['note'], depth + 1)))})")] if depth < _MOST_NESTED else [Run(escaped(match[0]))]  # fmt: skip
        if part["menu"]:
            return [Run(escaped(f"{part['menu']} > {part['entry']}" if part["entry"] else part["menu"]))]  # fmt: skip
        if part["attribute"]:
            return [Run(escaped(self._value(part["attribute"], match[0])))]
        if part["key"] or part["dash"]:
            return [Run(escaped(part["key"]) if part["key"] else "—")]
        return self._styled(part, match[0], depth)

    def _styled(self, part: dict[str, str | None], whole: str, depth: int) -> list[Run]:
        """Return text with a style, of which Markdown keeps bold."""
        if depth >= _MOST_NESTED:
            return [Run(escaped(whole))]
        if part["quoted"]:
            begin, end = "“”" if part["quote"] == '"' else "\u2018\u2019"
            return [Run(begin), *self.runs(part["quoted"], depth + 1), Run(end)]
        if bold := part["bold2"] or part["bold"]:
            return [Run(run.text, bold=True) for run in self.runs(bold, depth + 1)]
        inner = next((said for name in _STYLED if (said := part[name])), None)
        return self.runs(inner, depth + 1) if inner else []  # nothing: an anchor, an icon

    def _link(self, kind: str, to: str, text: str) -> str:
        """Return a link; its text ends where attributes such as `window=` begin."""
        text = _BACKSLASHES.sub(r"\1", re.split(r",\s*\w+=", text, maxsplit=1)[0]).strip(' "^')
        to = self.filled(to)
        if kind == "image":
            return self.image(to, text)
        if kind == "xref":
            return escaped(text or to.partition("#")[2] or to)
        address = f"mailto:{to}" if kind == "mailto" else to
        return link(escaped(text), address) if text else escaped(to)


_ATTRIBUTE = re.compile(r"\{([a-zA-Z0-9_][\w-]{0,60})\}")
