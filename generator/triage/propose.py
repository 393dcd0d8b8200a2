"""Proposes a signature for an error: replaces what varies with placeholders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from generator.signatures.normal_text import normal, unescaped_forms
from generator.signatures.template import line_prefix

_ERROR = re.compile(
    r"[Ee]rror|ERROR|Exception|FATAL|PANIC|panic|[Ff]ailed|[Cc]annot|refused|denied"
)
_NOT_THE_ERROR = re.compile(r"\s*(?:at |\^|throw |File \"|\.\.\. )|.*\$\{")
_FORGET, _KEPT = "{_}", "{%s}"
_BLANKS = " \t\n\r\f\v"

# Each kind of varying text, the most specific first. With a name it is captured, without not.
_KINDS = (
    ("time", "", r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?|\b\d\d:\d\d:\d\d(?:[.,]\d+)?"),
    ("address", "ADDRESS", r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>)\]]+|[\w.+-]+@[\w-]+\.[\w.-]+|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\b(?:[\w-]+\.)+[a-z]{2,}:\d+\b"),
    ("id", "", r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b|\b0x[0-9a-fA-F]+\b|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b"),
    ("path", "PATH_NAME", r"(?<![\w.])(?:~|\.{1,2})?/(?:[\w.@+-]+/)*[\w.@+-]+(?::\d+)*|\b[A-Za-z]:\\[\w.\\ -]*\w"),
    ("name", "NAME", r"(?<![\w.{])[a-z]+(?:[A-Z][a-z0-9]+)+(?![\w.(}])"),
    ("number", "", r"(?<![\w.])-?\d+(?:\.\d+)*(?:ms|s|kB|MB|GB|%)?(?![\w])"),
)  # fmt: skip
_VARIES = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, _, pattern in _KINDS))
_NAMES = {kind: name for kind, name, _ in _KINDS}
# A quoted name: short, without spaces. Three lowercase words joined by underscores are the name of
# a constraint or an index, which identifies the error.
_QUOTED = re.compile(r"([\"'`])((?!\{)[^\s\"'`{}]{1,80})\1")
_TELLS = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+){2,}")
_TOKEN = re.compile(r"\{[A-Z_][A-Z0-9_]*\}|\w+|\s+|.")


def propose(examples: Sequence[str]) -> str:
    """Return a template that matches all examples.

    Args:
        examples: error texts, each of one or several lines.

    Returns:
        The template; empty if the examples have no text in common.
    """
    templates = [_template(_error_line(example)) for example in examples]
    common = templates[0]
    for other in templates[1:]:
        common = _common(common, other)
    return _tidy(common)


def _error_line(example: str) -> str:
    """Return the line that says what is wrong, without the log's prefix."""
    text = normal(example)
    if '\\"' in text or "\\n" in text:
        text = "\n".join(next(unescaped_forms(line), line) for line in text.split("\n"))
    lines = [line for line in text.split("\n") if line.strip()]
    good = [line for line in lines if not _NOT_THE_ERROR.match(line)] or lines or [""]
    line = next((line for line in good if _ERROR.search(line)), good[0])
    return line[line_prefix(line) :].strip()[:1000]


def _template(line: str) -> str:
    taken: set[str] = set()

    def named(name: str) -> str:
        if not name or name in taken:
            return _FORGET
        taken.add(name)
        return _KEPT % name

    def quoted(match: re.Match[str]) -> str:
        mark, value = match[1], match[2]
        if _TELLS.fullmatch(value):
            return match[0]
        kind = _VARIES.fullmatch(value)
        return f"{mark}{named(_NAMES[kind.lastgroup or ''] if kind else 'NAME')}{mark}"

    line = _QUOTED.sub(quoted, line)
    return _VARIES.sub(lambda match: named(_NAMES[match.lastgroup or ""]), line)


def _common(one: str, other: str) -> str:
    """Return the common text of two templates, with placeholders for the differences."""
    left, right = _TOKEN.findall(one), _TOKEN.findall(other)
    parts: list[str] = []
    for tag, start, end, begin, stop in SequenceMatcher(None, left, right, False).get_opcodes():
        if tag == "equal":
            parts += left[start:end]
        elif end > start and stop > begin:
            parts.append(_same_name(left[start:end], right[begin:stop]))
        elif any(token.strip() for token in (*left[start:end], *right[begin:stop])):
            parts.append("\0")  # Only one has text here: the template must begin or end here.
    pieces = "".join(parts).split("\0")
    return max(pieces, key=lambda piece: len(re.sub(r"\{\w+\}", "", piece)))


def _same_name(left: list[str], right: list[str]) -> str:
    names = [token for token in (*left, *right) if re.fullmatch(r"\{[A-Z]\w*\}", token)]
    return names[0] if names else _FORGET


def _tidy(template: str) -> str:
    """Join adjacent placeholders, and remove those at the edges, which add nothing."""
    template = re.sub(r"(?:\{[A-Z_]\w*\}){2,}", _FORGET, template)
    seen: set[str] = set()
    parts: list[str] = []
    for token in _TOKEN.findall(template):
        if re.fullmatch(r"\{[A-Z]\w*\}", token):
            parts.append(_FORGET if token in seen else token)
            seen.add(token)
        else:
            parts.append(token)
    template = "".join(parts)
    return _without_edges(template)


def _without_edges(template: str) -> str:
    """Cut placeholders off both ends, and the punctuation that belongs to them.

    Loops, because an expression would try all ways to share blanks out among placeholders.
    """
    template = template.strip()
    while template.startswith(_FORGET):
        template = template[len(_FORGET) :].lstrip(f"{_BLANKS}:;,.)]-")
    while (begin := template.rstrip(f"{_BLANKS}.")).endswith(_FORGET):
        template = begin[: -len(_FORGET)].rstrip(f"{_BLANKS}:;,([-")
    return template.strip()
