"""Prometheus rule files: the alerts that they define, with positions.

A file is read as YAML nodes, not as data; everything except alerts is ignored. A file may have
several documents, including `PrometheusRule` objects of the Prometheus operator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from generator.knowledge.diagnostics import Diagnostic, Position, Severity

try:
    from yaml.cyaml import CBaseLoader as _Loader
except ImportError:  # pragma: no cover - PyYAML built without LibYAML
    from yaml import BaseLoader as _Loader  # type: ignore[assignment]

MAX_BYTES = 16 * 1_048_576
MAX_DEPTH = 60
MAX_VALUES = 500_000
"""The maximum number of values in a file after its aliases are expanded."""

RUNBOOK_URL = "runbook_url"
ANNOTATIONS = "annotations"
_HELM = re.compile(r"\{\{-? *(?:\.|if |range |include |with |define |end\b)")
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


@dataclass(frozen=True)
class AlertRule:
    """One alerting rule.

    Attributes:
        name: the alert's name.
        runbook_url: its annotation, or empty.
        name_at: the position of the name.
        url_at: the position of the annotation, or of the name if there is none.
        node: the rule itself, for editing.
    """

    name: str
    runbook_url: str
    name_at: Position
    url_at: Position
    node: yaml.MappingNode


@dataclass(frozen=True)
class RuleFile:
    """A rule file.

    Attributes:
        file: its name as given.
        text: its text, without a byte order mark.
        has_mark: whether it begins with a byte order mark.
        alerts: its alerting rules, in order.
        problems: what is wrong with it; the rest is still read.
    """

    file: str
    text: str
    has_mark: bool = False
    alerts: tuple[AlertRule, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def read_rules(file: str, raw: bytes) -> RuleFile:
    """Read a rule file.

    Args:
        file: the name to report.
        raw: its bytes.
    """

    def failed(code: str, message: str, hint: str, at: Position | None = None) -> RuleFile:
        problem = Diagnostic(file, at or Position(), code, Severity.ERROR, message, hint)
        return RuleFile(file, "", problems=(problem,))

    if len(raw) > MAX_BYTES:
        return failed("CV001", f"the file is larger than {MAX_BYTES >> 20} MiB", "split it")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return failed("CV001", "the file is not UTF-8", "save it as UTF-8", Position(line))
    has_mark = text.startswith("\ufeff")
    text = text.removeprefix("\ufeff")
    try:
        documents = parse_documents(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Position(mark.line + 1, mark.column + 1) if mark else None
        hint = "check quotes and indentation"
        if _HELM.search(text):
            hint = "a Helm template is not a rule file: use the output of `helm template`"
        return failed("CV002", f"not YAML: {error.problem or 'not readable'}", hint, at)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        offset = getattr(error, "position", 0) or 0
        at = Position(text.count("\n", 0, offset) + 1)
        why = getattr(error, "reason", "") or str(error).splitlines()[0]
        return failed("CV002", f"not YAML: {why}", "check the file", at)
    reader = _Reader(file)
    for document in documents:
        reader.document(document)
    if not documents:
        reader.problem(Position(), "CV003", "the file has no rules", "check the path of the file")
    return RuleFile(file, text, has_mark, tuple(reader.alerts), tuple(reader.problems))


def parse_documents(text: str) -> list[yaml.Node]:
    """Return the documents of a YAML text as nodes with places.

    Raises:
        yaml.YAMLError: it is not YAML.
        ValueError: it is nested too deeply, or its aliases expand without limit.
    """
    depth = 0
    for event in yaml.parse(text, _Loader):  # Events need no stack; nodes do.
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    documents = [node for node in yaml.compose_all(text, _Loader) if node is not None]
    sizes: dict[int, int] = {}
    if sum(_size(node, sizes) for node in documents) > MAX_VALUES:
        raise ValueError(f"more than {MAX_VALUES:,} values after its aliases are expanded")
    return documents


def _size(node: yaml.Node, sizes: dict[int, int]) -> int:
    if isinstance(node, yaml.ScalarNode):
        return 1
    if id(node) not in sizes:
        sizes[id(node)] = MAX_VALUES + 1  # its size if it contains itself
        pairs = isinstance(node, yaml.MappingNode)
        below = (part for pair in node.value for part in pair) if pairs else node.value
        sizes[id(node)] = 1 + sum(_size(part, sizes) for part in below)
    return sizes[id(node)]


def entry(node: yaml.Node, key: str) -> tuple[yaml.ScalarNode, yaml.Node] | None:
    """Return a key of a mapping and its value, including those of a merge key (`<<`)."""
    if not isinstance(node, yaml.MappingNode):
        return None
    merged: list[yaml.Node] = []
    for key_node, value in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            continue
        if key_node.value == key:
            return key_node, value
        if key_node.value == "<<":
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
    return next((found for other in merged if (found := entry(other, key))), None)


def is_null(node: yaml.Node) -> bool:
    """Return whether a value is null: empty, `~` or `null`."""
    # LibYAML gives a plain scalar no style.
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in _NULLS


def position_of(node: yaml.Node) -> Position:
    """Return where a node begins."""
    return Position(node.start_mark.line + 1, node.start_mark.column + 1)


class _Reader:
    """Walks the documents of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.alerts: list[AlertRule] = []
        self.problems: list[Diagnostic] = []
        self._seen: set[int] = set()

    def problem(self, at: Position, code: str, message: str, hint: str) -> None:
        self.problems.append(Diagnostic(self.file, at, code, Severity.ERROR, message, hint))

    def document(self, node: yaml.Node) -> None:
        """Read one document; the operator's objects have their groups under `spec`."""
        if is_null(node):
            return
        kind = entry(node, "kind")
        if kind and isinstance(kind[1], yaml.ScalarNode) and kind[1].value == "List":
            for item in self._items(node, "items"):
                self.document(item)
            return
        spec = entry(node, "spec")
        if kind and isinstance(kind[1], yaml.ScalarNode) and kind[1].value != "PrometheusRule":
            return  # Another Kubernetes object in the same file.
        holder = spec[1] if kind and spec else node
        if not isinstance(holder, yaml.MappingNode) or entry(holder, "groups") is None:
            hint = "begin the file with `groups:`; a PrometheusRule has them under `spec`"
            self.problem(position_of(holder), "CV003", "this is not a rule file: no `groups`", hint)
            return
        for group in self._items(holder, "groups"):
            if not isinstance(group, yaml.MappingNode):
                hint = "check the file with `promtool check rules`"
                self.problem(position_of(group), "CV003", "a group must be a mapping", hint)
                continue
            for rule in self._items(group, "rules"):
                self._rule(rule)

    def _items(self, node: yaml.Node, key: str) -> Iterator[yaml.Node]:
        found = entry(node, key)
        if found is None or is_null(found[1]):
            return
        if not isinstance(found[1], yaml.SequenceNode):
            at = position_of(found[1])
            self.problem(at, "CV003", f"`{key}` must be a list", "write `- ` before each entry")
            return
        for item in found[1].value:
            if id(item) not in self._seen:  # An alias repeats an entry that was already read.
                self._seen.add(id(item))
                yield item

    def _rule(self, node: yaml.Node) -> None:
        if not isinstance(node, yaml.MappingNode):
            hint = "check the file with `promtool check rules`"
            self.problem(position_of(node), "CV003", "a rule must be a mapping", hint)
            return
        alert = entry(node, "alert")
        if alert is None:
            return  # A recording rule.
        name = alert[1]
        if not isinstance(name, yaml.ScalarNode) or not name.value.strip():
            self.problem(
                position_of(name), "CV003", "`alert` must be a name", "write `alert: Name`"
            )
            return
        annotations = entry(node, ANNOTATIONS)
        if annotations and not (
            isinstance(annotations[1], yaml.MappingNode) or is_null(annotations[1])
        ):
            at = position_of(annotations[1])
            self.problem(
                at, "CV003", "`annotations` must be a mapping", "write `name: text` below it"
            )
            return
        url = entry(annotations[1], RUNBOOK_URL) if annotations else None
        text = url[1].value.strip() if url and isinstance(url[1], yaml.ScalarNode) else ""
        at = position_of(name)
        self.alerts.append(
            AlertRule(name.value, text, at, position_of(url[1]) if url else at, node)
        )
