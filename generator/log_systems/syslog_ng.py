"""syslog-ng: a pattern database (patterndb, version 5) with a rule for each form of a signature.

A pattern begins where the message begins, and each of its parsers where the one before it ended. So
the first parser skips everything up to the first piece of the template, as fast as `strstr` does, and
each placeholder becomes an expression that looks ahead to the next piece. Nothing goes back to an
earlier parser, as in the template itself.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from generator.log_systems.base import (
    LeftOutSignature,
    PortableSignature,
    SignatureExport,
    SignatureExportOptions,
)
from generator.signatures.template import (
    DIGITS,
    MAX_CAPTURE,
    MAX_LONG_CAPTURE,
    TOKEN_ENDS,
    TRAILING,
    Literal,
    Placeholder,
    Template,
)

VALUES = "incident."
"""What the names of all values begin with: `HOST` alone would replace the host of the message."""
CAPTURES = VALUES + "captures."
_PROGRAM = "incident"
_MOST_EXAMPLES = 20
_AT = r"\x40"
_START = 8  # so many characters of a first piece decide which patterns are tried on a sample

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by `runbooks export-signatures`, format syslog-ng; changes made here are lost.
     Check it: pdbtool test FILE. Docs: docs/guide/log-systems.md
     It has no real date, so that the same signatures give the same file. -->
<patterndb version="5" pub_date="1970-01-01">
  <ruleset name="incident-signatures" id="incident-signatures">
    <rules>
"""
_TAIL = """\
    </rules>
  </ruleset>
</patterndb>
"""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# `@` ends a parser. Control characters are no XML.
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$@\x00-\x1f\x7f]")
_ASCII_ENDS = "".join(f"\\x{ord(sign):02x}" for sign in sorted(TOKEN_ENDS) if sign < "\x80")
# The expressions see bytes, so other characters are no part of a class.
_OTHER_ENDS = sorted(sign for sign in TOKEN_ENDS if sign >= "\x80")
_NO_END = f"(?!{'|'.join(_OTHER_ENDS)})"
_LETTER = f"(?:{_NO_END}[^{_ASCII_ENDS}])"
_LAST = f"(?:{_NO_END}[^{_ASCII_ENDS}{re.escape(TRAILING)}])"
_TOKEN_BEGINS = "(?:" + "|".join([f"(?<![^{_ASCII_ENDS}])", *(f"(?<={s})" for s in _OTHER_ENDS)]) + ")"  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parser:
    """A parser of a pattern.

    Attributes:
        value: a text to skip to and past, or an expression for what comes next.
        name: what it captures; empty for nothing.
        skips: whether it is a text to skip to.
    """

    value: str
    name: str = ""
    skips: bool = False

    def __str__(self) -> str:
        name = CAPTURES + self.name if self.name else ""
        return f"@{'ESTRING' if self.skips else 'PCRE'}:{name}:{self.value}@"


Pattern = tuple[Parser, ...]


def export(
    signatures: Sequence[PortableSignature],
    options: SignatureExportOptions,  # noqa: ARG001
) -> SignatureExport:
    """Write the database."""
    rules: dict[str, tuple[PortableSignature, list[Pattern]]] = {}
    left_out: list[LeftOutSignature] = []
    known: set[Pattern] = set()
    for signature in signatures:
        if signature.template is None:
            left_out.append((signature.name, "not a template"))
            continue
        ruled_out = [pattern.regex for pattern in chain(*signature.without)]
        if not all(pattern.literals for pattern in chain(*signature.without)) or _NOT_XML.search("".join(ruled_out)):  # fmt: skip
            left_out.append((signature.name, "what rules it out is not a template"))
            continue
        # A look ahead takes nothing, and comes first because it sees all of the message.
        guards = tuple(Parser(f"(?!(?s:.*?){regex.replace('@', _AT)})") for regex in ruled_out)
        ways = (guards + way for way in patterns_of(signature.template, signature.samples))
        patterns = [way for way in ways if way not in known]
        if not patterns:
            left_out.append((signature.name, "another signature has the same pattern"))
            continue
        known.update(patterns)
        rules[signature.name] = signature, patterns
    examples = _examples(rules)
    text = "".join(_rule(*rule, examples[name]) for name, rule in rules.items())
    return SignatureExport(_HEAD + text + _TAIL, tuple(left_out))


# -- patterns ------------------------------------------------------------------------------------


def patterns_of(template: Template, samples: Sequence[str]) -> list[Pattern]:
    """Return a template as patterns: one for each way in which its first piece is spaced."""
    rest = tuple(_rest(template))
    first = template.literals[0]
    if template.before:
        piece = _expression(first, template)
        token = Parser(f"{_LETTER}{{1,{MAX_CAPTURE}}}?(?={piece})", _name(template.before))
        skip = Parser(f"(?s:.*?){_TOKEN_BEGINS}(?={_LETTER}{{1,{MAX_CAPTURE}}}?{piece})")
        return [(skip, token, Parser(piece), *rest)]
    text = " ".join(first)
    if template.ignore_case or "@" in text or DIGITS in text or _NOT_XML.search(text):
        return [(Parser(f"(?s:.*?){_expression(first, template)}"), *rest)]
    spaced = re.compile(r"[^\S\n]+".join(map(re.escape, first)))
    ways = [text, *(found[0] for one in (template.source, *samples) for found in spaced.finditer(one))]  # fmt: skip
    return [(Parser(way, skips=True), *rest) for way in dict.fromkeys(ways) if not _NOT_XML.search(way)]  # fmt: skip


def _rest(template: Template) -> Iterator[Parser]:
    last = len(template.literals) - 1
    for number, hole in enumerate(template.holes):
        if hole and number < last:
            piece = _expression(template.literals[number + 1], template)
            some = f"(?s:.{{1,{MAX_LONG_CAPTURE}}}?)" if hole.long else f"[^\\n]{{1,{MAX_CAPTURE}}}?"  # fmt: skip
            yield Parser(f"{some}(?={piece})", _name(hole))
            yield Parser(piece)
        elif hole:
            yield Parser(f"(?:{_LETTER}{{0,{MAX_CAPTURE}}}{_LAST}|{_LETTER})", _name(hole))


def _name(hole: Placeholder) -> str:
    return "" if hole.name == "_" else hole.name


def _expression(literal: Literal, template: Template) -> str:
    chunks = (_SPECIAL.sub(_escaped, chunk) for chunk in literal)
    expression = r"\s+".join(chunks)
    return f"(?i:{expression})" if template.ignore_case else expression


def _escaped(found: re.Match[str]) -> str:
    sign = found[0]
    if sign == DIGITS:
        return "[0-9]{1,20}"
    return f"\\x{ord(sign):02x}" if sign == "@" or sign < " " or sign == "\x7f" else f"\\{sign}"


# -- examples ------------------------------------------------------------------------------------


def captured(pattern: Pattern, text: str) -> dict[str, str] | None:
    """Return what syslog-ng captures with a pattern; None if the text does not match."""
    at, found = 0, {}
    for parser in pattern:
        if parser.skips:
            begin = text.find(parser.value, at)
            if begin < 0:
                return None
            at = begin + len(parser.value)
            continue
        match = _compiled(parser.value).match(text, at)
        if not match:
            return None
        at = match.end()
        if parser.name:
            found[parser.name] = match[0]
    return found


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.ASCII)


def _examples(
    rules: dict[str, tuple[PortableSignature, list[Pattern]]],
) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """Return for each rule the samples that it alone finds: syslog-ng names one rule for a message."""
    finders: dict[str, list[tuple[str, str, Pattern]]] = {}
    for name, (signature, patterns) in rules.items():
        for pattern in patterns:
            skipped = next((parser.value for parser in pattern if parser.skips), "")
            first = skipped or signature.pattern.needle
            start = first[:_START] if len(first) >= _START else ""
            finders.setdefault(start, []).append((first, name, pattern))
    examples: dict[str, list[tuple[str, dict[str, str]]]] = {name: [] for name in rules}
    samples = {s.strip() for signature, _ in rules.values() for s in signature.samples}
    for text in sorted(samples):
        if _NOT_XML.search(text) or not text or "\r" in text:
            continue
        starts = {"", *(text[at : at + _START] for at in range(len(text) - _START + 1))}
        hits = [
            (name, found)
            for start in starts & finders.keys()
            for first, name, pattern in finders[start]
            if first in text and (found := captured(pattern, text)) is not None
        ]
        if len(hits) == 1 and len(examples[hits[0][0]]) < _MOST_EXAMPLES:
            examples[hits[0][0]].append((text, hits[0][1]))
    return examples


# -- XML -----------------------------------------------------------------------------------------


def _rule(
    signature: PortableSignature,
    patterns: Sequence[Pattern],
    examples: Sequence[tuple[str, dict[str, str]]],
) -> str:
    values = {
        "id": signature.incident,
        "signature": str(signature.number),
        "severity": signature.severity,
        "title": signature.title,
        **({"url": signature.address} if signature.address else {}),
    }
    values |= {f"captures.{name}": value for name, value in signature.pattern.constants}
    lines = [
        f'<rule provider="incident-runbooks" id="{html.escape(signature.name)}" class="violation">',
        "  <patterns>",
        *(f"    <pattern>{_xml(''.join(map(str, pattern)))}</pattern>" for pattern in patterns),
        "  </patterns>",
        "  <values>",
        *(_value(name, value) for name, value in values.items()),
        "  </values>",
    ]
    if examples:
        lines += ["  <examples>", *(line for one in examples for line in _example(*one)), "  </examples>"]  # fmt: skip
    lines.append("</rule>")
    return "".join(f"      {line}\n" for line in lines)


def _example(text: str, captures: dict[str, str]) -> Iterator[str]:
    yield "    <example>"
    yield f'      <test_message program="{_PROGRAM}">{_xml(text)}</test_message>'
    if captures:
        yield "      <test_values>"
        for name, value in captures.items():
            yield f'        <test_value name="{html.escape(CAPTURES + name)}">{_xml(value)}</test_value>'
        yield "      </test_values>"
    yield "    </example>"


def _value(name: str, value: str) -> str:
    return f'    <value name="{html.escape(VALUES + name)}">{_template(value)}</value>'


def _template(text: str) -> str:
    """Write the text of a value, in which `$` begins a macro."""
    return _xml(_NOT_XML.sub("\ufffd", text).replace("$", "$$"))


def _xml(text: str) -> str:
    return html.escape(text, quote=False)
