"""Writes a draft as readable YAML: blocks for long text, and comments with the next steps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import yaml

from generator.knowledge.schema import SCHEMA_COMMENT

_WIDTH = 110
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
_BULLET = re.compile(r"\s*- ")


class _Dumper(yaml.SafeDumper):
    """PyYAML's dumper, with lists indented under their keys, and tabs allowed in blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)

    def analyze_scalar(self, scalar: str) -> Any:
        analysis = super().analyze_scalar(scalar.replace("\t", " "))
        analysis.scalar = scalar
        if "\t" in scalar:
            analysis.allow_flow_plain = analysis.allow_block_plain = False
            analysis.allow_single_quoted = False
        return analysis

    def determine_block_hints(self, text: str) -> str:
        hints: str = super().determine_block_hints(text)
        # A tab at the begin would be taken for indentation.
        return f"{self.best_indent}{hints}" if text.startswith("\t") else hints

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


class _Verbatim(str):
    """Text whose lines must not change: code, samples, notes."""

    __slots__ = ()


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if _LINE_ENDS.search(text):
        style = '"'  # every other style reads them back as line feeds or blanks
    elif "\n" in text:
        style = "|"
    elif (
        len(text) > 100
        and not isinstance(text, _Verbatim)
        and text == text.strip()
        and "  " not in text
    ):
        style = ">"
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style=style)


# Times need no quotes: to the loader every value is text.
_Dumper.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
}
_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(_Verbatim, _represent_text)

# Keys whose text is shown or run unchanged.
_CODE = frozenset("run before after matches".split())
_EXACT = frozenset("run before after matches text title says location contains shows of".split())


def draft_text(data: dict[str, Any], comments: Iterable[str]) -> str:
    """Return an incident's file.

    Args:
        data: the fields, in order.
        comments: lines at the top.
    """
    parts = [SCHEMA_COMMENT, *(f"# {line}".rstrip() for line in comments)]
    blocks = []
    short: dict[str, Any] = {}
    for key, value in data.items():
        if (isinstance(value, str) and len(value) < 200) or key in (
            "components",
            "tags",
            "aliases",
            "related",
        ):
            short[key] = value
            continue
        if short:
            blocks.append(_dump(short))
            short = {}
        blocks.append(_dump({key: value}))
    if short:
        blocks.append(_dump(short))
    return "\n".join([*parts, "\n".join(blocks)])


def field_text(name: str, value: Any) -> str:
    """Return one field of an incident's file, as `draft_text` writes it."""
    return _dump({name: value})


def _dump(value: dict[str, Any]) -> str:
    return yaml.dump(
        _laid_out(value, ""), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )  # fmt: skip


def _laid_out(value: Any, key: str) -> Any:
    """Break the long lines of prose; what is exact stays exact."""
    if isinstance(value, dict):
        return {name: _laid_out(part, name) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_laid_out(part, key) for part in value]
    if not isinstance(value, str):
        return value
    if key in _EXACT and ("\n" in value or key in _CODE):
        return _Verbatim(_no_blanks_at_ends(value))
    return _wrapped(value) if "\n" in value else value


def _no_blanks_at_ends(text: str) -> str:
    """Drop blanks before line ends, which a block of YAML cannot show."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n") or text


def _wrapped(text: str) -> str:
    """Break the lines of prose at spaces, if that does not change how it is shown."""
    lines = []
    fenced = False
    for line in text.split("\n"):
        line = line.rstrip()
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if (
            fenced
            or len(line) <= _WIDTH
            or line.lstrip().startswith(("|", "`", "<", "~"))
            or line.startswith("    ")
        ):
            lines.append(line)
            continue
        bullet = _BULLET.match(line)
        lines += _broken(line, " " * (len(bullet[0]) if bullet else len(line) - len(line.lstrip())))
    return "\n".join(lines).strip("\n")


def _broken(line: str, indent: str) -> Iterable[str]:
    """Split a long line; no part begins with a character that would begin a list item."""
    begin = line[: len(line) - len(line.lstrip())]
    words = line.split()
    current = begin + words[0]
    open_code = words[0].count("`") % 2 == 1
    for word in words[1:]:
        starts_item = word in ("-", "*", "+") or word.startswith(("|", "`", "~", "#"))
        if len(current) + 1 + len(word) > _WIDTH and not starts_item and not open_code:
            yield current
            current = indent + word
        else:
            current += f" {word}"
        open_code ^= word.count("`") % 2 == 1
    yield current
