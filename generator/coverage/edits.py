"""Sets `runbook_url` in the text of a rule file, and leaves every other character as it is.

The text is edited at the positions that the parser gives, and never written again as a whole: no
library that writes YAML keeps the whole layout of a file. The edited text is parsed again and must
contain the same data as before, plus the annotation. If it does not (because of an alias or an
unusual form), nothing is changed and the rule is reported.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import yaml

from generator.coverage.rulefiles import (
    ANNOTATIONS,
    RUNBOOK_URL,
    AlertRule,
    RuleFile,
    entry,
    is_null,
    parse_documents,
)
from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.limits import RULE_FILE_TRIED, RULE_FILE_TRIES

CANNOT_EDIT = "CV201"

Url = Callable[[AlertRule], str]


@dataclass(frozen=True, slots=True)
class EditedRuleFile:
    """A rule file's text after editing.

    Attributes:
        text: the whole text, with its byte order mark if it had one.
        changed: the rules that got the annotation.
        problems: diagnostics for the rules that could not be edited.
    """

    text: str
    changed: tuple[AlertRule, ...]
    problems: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class _Edit:
    """Replaces the text between two offsets."""

    start: int
    end: int
    text: str


def set_urls(file: RuleFile, rules: Sequence[AlertRule], url: Url) -> EditedRuleFile:
    """Set the `runbook_url` of the given rules.

    Args:
        file: the rule file.
        rules: the rules of the file without one.
        url: returns the URL for a rule.
    """
    step = _indent_step(file)
    before = parse_documents(file.text)
    shared = _shared(before)
    edits = {
        n: None if _annotations_place(rule) in shared else _edit(file.text, rule, url(rule), step)
        for n, rule in enumerate(rules)
    }
    left = count(max(RULE_FILE_TRIES, RULE_FILE_TRIED // (len(file.text) + 1)), -1)
    good = _harmless(
        [n for n, edit in edits.items() if edit is not None],
        lambda chosen: (
            next(left) > 0
            and _says_the_same(
                before,
                _applied(file.text, [edits[n] for n in chosen]),
                {_place(rules[n].node): url(rules[n]) for n in chosen},
            )
        ),
    )
    problems = tuple(_cannot(file, rule) for n, rule in enumerate(rules) if n not in good)
    text = _applied(file.text, [edits[n] for n in good])
    if file.has_mark:
        text = "\ufeff" + text
    return EditedRuleFile(text, tuple(rules[n] for n in good), problems)


def _harmless(chosen: list[int], is_harmless: Callable[[list[int]], bool]) -> list[int]:
    """Return the harmless edits, found by bisection; fewer if that takes too many tries."""
    if not chosen or is_harmless(chosen):
        return chosen
    if len(chosen) == 1:
        return []
    half = len(chosen) // 2
    one = _harmless(chosen[:half], is_harmless)
    other = _harmless(chosen[half:], is_harmless)
    if not (one and other) or is_harmless([*one, *other]):
        return [*one, *other]
    return max(one, other, key=len)


def _cannot(file: RuleFile, rule: AlertRule) -> Diagnostic:
    return Diagnostic(
        file.file,
        rule.name_at,
        CANNOT_EDIT,
        Severity.ERROR,
        f"{RUNBOOK_URL} of {rule.name} cannot be set without changing something else",
        "add it by hand: its annotations are shared by an alias or in an unusual form",
    )


def _edit(text: str, rule: AlertRule, url: str, step: int) -> _Edit | None:
    """Return the edit that sets a rule's annotation, or None if there is no safe edit."""
    # A JSON string is a double-quoted YAML string.
    line = f"{RUNBOOK_URL}: {json.dumps(url, ensure_ascii=False)}"
    own = next((pair for pair in rule.node.value if pair[0].value == ANNOTATIONS), None)
    if own is None:
        if entry(rule.node, ANNOTATIONS) is not None:
            return None  # They come from a merge key: a separate key would hide them.
        return _new_annotations(text, rule.node, line, step)
    key, value = own
    if value.start_mark.index < key.end_mark.index:
        return None  # An alias: the annotations are elsewhere and belong to other rules too.
    if isinstance(value, yaml.MappingNode) and value.value:
        return _into_annotations(text, key, value, line)
    if is_null(value) and value.start_mark.index == value.end_mark.index:
        return _line_below(text, key.end_mark.index, key.start_mark.column + step, line)
    start, end = value.start_mark.index, value.end_mark.index
    return _Edit(start, end, f"{{{line}}}")  # replaces `{}` or `null`


def _into_annotations(
    text: str, key: yaml.Node, value: yaml.MappingNode, line: str
) -> _Edit | None:
    empty = next((v for k, v in value.value if k.value == RUNBOOK_URL), None)
    if empty is not None:
        start, end = empty.start_mark.index, empty.end_mark.index
        if text[start:end] not in ("", '""', "''", "~", "null"):
            return None
        space = "" if text[start - 1].isspace() else " "
        return _Edit(start, end, space + line.removeprefix(f"{RUNBOOK_URL}: "))
    if value.flow_style:
        return _into_flow(text, value, line)
    return _line_below(text, key.end_mark.index, value.value[0][0].start_mark.column, line)


def _into_flow(text: str, node: yaml.MappingNode, line: str) -> _Edit | None:
    start = text.find("{", node.start_mark.index)
    if start < 0:
        return None
    return _Edit(start + 1, start + 1, f"{line}, " if node.value else line)


def _line_below(text: str, index: int, column: int, line: str) -> _Edit:
    """Insert a line below the line of an offset."""
    end, newline = _line_end(text, index)
    if end == len(text) and not text.endswith("\n"):
        return _Edit(end, end, f"{newline}{' ' * column}{line}")
    return _Edit(end, end, f"{' ' * column}{line}{newline}")


def _line_end(text: str, index: int) -> tuple[int, str]:
    """Return where the line of an offset ends, including its newline, and the file's newline."""
    end = text.find("\n", index)
    first = text.find("\n")
    newline = "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"
    return (len(text) if end < 0 else end + 1), newline


def _new_annotations(text: str, rule: yaml.MappingNode, line: str, step: int) -> _Edit | None:
    if rule.flow_style:
        return _into_flow(text, rule, f"{ANNOTATIONS}: {{{line}}}")
    column = rule.value[0][0].start_mark.column
    end = _end_of(text, rule, column)
    both = f"{' ' * column}{ANNOTATIONS}:{{}}{' ' * (column + step)}{line}"
    at, newline = _line_end(text, max(end - 1, 0))
    both = both.replace("{}", newline, 1)
    if at < len(text) or text.endswith("\n"):
        return _Edit(at, at, both + newline)
    # A newline after a block of text would become part of the text, so insert above its key.
    above = text.rfind("\n", 0, rule.value[-1][0].start_mark.index) + 1
    if "\n" in text[above:] and text[above : above + column].isspace():
        return _Edit(above, above, both + newline)
    return _Edit(at, at, newline + both)


def _end_of(text: str, rule: yaml.MappingNode, column: int) -> int:
    """Return the offset after the last line of a rule, without blank lines and comments.

    The parser's end mark is where the next node begins, after blank lines and comments. These
    belong to the next node, unless they are part of a block of text, which is indented deeper.
    """
    last = rule.value[-1][1]
    while not isinstance(last, yaml.ScalarNode) and last.value and not last.flow_style:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    start = last.start_mark.index
    if start < rule.start_mark.index:  # An alias: its value is elsewhere.
        return int(rule.value[-1][0].end_mark.index)
    end = max(last.end_mark.index, rule.value[-1][0].end_mark.index)
    is_block = text[start : start + 1] in ("|", ">")
    body = text[start:end]
    if not is_block:
        return int(start + len(body.rstrip()))
    lines = body.splitlines(keepends=True)
    while len(lines) > 1:
        shown = lines[-1].strip()
        indent = len(lines[-1]) - len(lines[-1].lstrip(" "))
        if shown and not (shown.startswith("#") and indent <= column):
            break
        lines.pop()
    return int(start + len("".join(lines)))


def _indent_step(file: RuleFile) -> int:
    """Return how many spaces this file indents the values in a rule; 2 if none are indented."""
    for rule in file.alerts:
        for key, value in rule.node.value:
            if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
                step = value.value[0][0].start_mark.column - key.start_mark.column
                if step > 0 and value.start_mark.index > key.end_mark.index:
                    return int(step)
    return 2


def _applied(text: str, edits: Sequence[_Edit | None]) -> str:
    known = [edit for edit in edits if edit is not None]
    for edit in sorted(known, key=lambda e: e.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _says_the_same(
    before: Sequence[yaml.Node], text: str, urls: dict[tuple[int, int], str]
) -> bool:
    """Return whether an edited text has the same data as before, plus the annotations.

    Args:
        before: the original documents.
        text: the edited text.
        urls: the annotations, by the original place of their rule.
    """
    try:
        after = parse_documents(text)
        expected = [_Plain(urls).of(node) for node in before]
        return expected == [_Plain({}).of(node) for node in after] and not _left_over(urls, before)
    except (yaml.YAMLError, ValueError, RecursionError):
        return False


def _annotations_place(rule: AlertRule) -> tuple[int, int] | None:
    found = entry(rule.node, ANNOTATIONS)
    return _place(found[1]) if found else None


def _shared(documents: Sequence[yaml.Node]) -> set[tuple[int, int]]:
    """Return the places of nodes that an alias repeats, so that they belong to several rules."""
    seen: set[int] = set()
    twice: set[tuple[int, int]] = set()
    stack = list(documents)
    while stack:
        node = stack.pop()
        if isinstance(node, yaml.ScalarNode):
            continue
        if id(node) in seen:
            twice.add(_place(node))
            continue
        seen.add(id(node))
        pairs = isinstance(node, yaml.MappingNode)
        stack += [part for pair in node.value for part in pair] if pairs else node.value
    return twice


def _left_over(urls: dict[tuple[int, int], str], documents: Sequence[yaml.Node]) -> bool:
    """Return whether a rule to edit is not one of the documents' mappings."""
    places: set[tuple[int, int]] = set()
    stack = list(documents)
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            places.add(_place(node))
            stack += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            stack += node.value
    return not urls.keys() <= places


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.index, node.end_mark.index


@dataclass(frozen=True)
class _Plain:
    """Turns nodes into plain data: sorted pairs, so that duplicate keys make a difference."""

    urls: dict[tuple[int, int], str]

    def of(self, node: yaml.Node) -> Any:
        """Return the data of a node, with the annotation if the node is a rule to edit."""
        if isinstance(node, yaml.ScalarNode):
            return node.tag, bool(node.style), node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.of(item) for item in node.value]
        pairs = [(self.of(key), self.of(value)) for key, value in node.value]
        url = self.urls.get(_place(node))
        if url is not None:
            pairs = _with_url(pairs, url)
        return sorted(pairs, key=repr)


def _with_url(pairs: list[tuple[Any, Any]], url: str) -> list[tuple[Any, Any]]:
    text = "tag:yaml.org,2002:str"
    name = (text, False, ANNOTATIONS)
    new = ((text, False, RUNBOOK_URL), (text, True, url))
    others = [pair for pair in pairs if pair[0][2:] != (ANNOTATIONS,)]
    before: Any = next((value for key, value in pairs if key[2:] == (ANNOTATIONS,)), [])
    kept = [p for p in before if p[0][2] != RUNBOOK_URL] if isinstance(before, list) else []
    return [*others, (name, sorted([*kept, new], key=repr))]
