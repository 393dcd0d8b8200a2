"""Prometheus rule files, with places: the alerts that they define, and where each stands.

Read as YAML with marks and never as data: what is not about alerts is nobody's business here.
A file may hold several documents; a `PrometheusRule` of the Prometheus operator is one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from generator.knowledge.diagnostics import Diagnostic, Position, Severity
from generator.limits import RULE_FILE_BYTES, RULE_FILE_VALUES, YAML_DEPTH

try:
    from yaml.cyaml import CBaseLoader as _Loader
except ImportError:  # pragma: no cover - PyYAML built without LibYAML
    from yaml import BaseLoader as _Loader  # type: ignore[assignment]

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
        name_at: where the name stands.
        url_at: where the annotation stands; the name's place without one.
        node: the rule itself, for whoever edits the file.
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
        file: its name as it was given.
        text: its text, without a byte order mark.
        has_mark: whether a byte order mark stood in front.
        alerts: its alerting rules, in their order.
        problems: what is wrong with it; the rest of it is read all the same.
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

    if len(raw) > RULE_FILE_BYTES:
        return failed("CV001", f"the file is larger than {RULE_FILE_BYTES.shown}", "split it")
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
            hint = "a Helm template is no rule file yet: give what `helm template` prints"
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
        reader.problem(Position(), "CV003", "the file holds no rules", "is it the right one?")
    return RuleFile(file, text, has_mark, tuple(reader.alerts), tuple(reader.problems))


def parse_documents(text: str) -> list[yaml.Node]:
    """Return the documents of a YAML text as nodes with places.

    Raises:
        yaml.YAMLError: it is not YAML.
        ValueError: it is nested too deep, or its aliases grow without bound.
    """
    depth = 0
    for event in yaml.parse(text, _Loader):  # Events need no stack; nodes do.
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > YAML_DEPTH:
                raise ValueError(f"nested deeper than {YAML_DEPTH.shown}")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    documents = [node for node in yaml.compose_all(text, _Loader) if node is not None]
    sizes: dict[int, int] = {}
    if sum(_size(node, sizes) for node in documents) > RULE_FILE_VALUES:
        raise ValueError(f"more than {RULE_FILE_VALUES.shown} once its aliases are written out")
    return documents


def _size(node: yaml.Node, sizes: dict[int, int]) -> int:
    if isinstance(node, yaml.ScalarNode):
        return 1
    if id(node) not in sizes:
        sizes[id(node)] = RULE_FILE_VALUES + 1  # what it counts for if it leads back into itself
        pairs = isinstance(node, yaml.MappingNode)
        below = (part for pair in node.value for part in pair) if pairs else node.value
        sizes[id(node)] = 1 + sum(_size(part, sizes) for part in below)
    return sizes[id(node)]


def entry(node: yaml.Node, key: str) -> tuple[yaml.ScalarNode, yaml.Node] | None:
    """Return a key of a mapping and its value, those of a merge key (`<<`) included."""
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
    """Whether a value is nothing: empty, `~` or `null`."""
    # LibYAML gives a plain scalar no style.
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in _NULLS


def place(node: yaml.Node) -> Position:
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
        """Read one document; the operator keeps its groups under `spec`."""
        if is_null(node):
            return
        kind = entry(node, "kind")
        if kind and isinstance(kind[1], yaml.ScalarNode) and kind[1].value == "List":
            for item in self._items(node, "items"):
                self.document(item)
            return
        spec = entry(node, "spec")
        if kind and isinstance(kind[1], yaml.ScalarNode) and kind[1].value != "PrometheusRule":
            return  # Another Kubernetes object beside it is none of our business.
        holder = spec[1] if kind and spec else node
        if not isinstance(holder, yaml.MappingNode) or entry(holder, "groups") is None:
            hint = "a rule file begins with `groups:`; a PrometheusRule has them under `spec`"
            self.problem(place(holder), "CV003", "this is no rule file: it has no `groups`", hint)
            return
        for group in self._items(holder, "groups"):
            if not isinstance(group, yaml.MappingNode):
                self.problem(place(group), "CV003", "a group must be a mapping", "see promtool")
                continue
            for rule in self._items(group, "rules"):
                self._rule(rule)

    def _items(self, node: yaml.Node, key: str) -> Iterator[yaml.Node]:
        found = entry(node, key)
        if found is None or is_null(found[1]):
            return
        if not isinstance(found[1], yaml.SequenceNode):
            at = place(found[1])
            self.problem(at, "CV003", f"`{key}` must be a list", "put `- ` before each of them")
            return
        for item in found[1].value:
            if id(item) not in self._seen:  # One that is an alias stands elsewhere already.
                self._seen.add(id(item))
                yield item

    def _rule(self, node: yaml.Node) -> None:
        if not isinstance(node, yaml.MappingNode):
            self.problem(place(node), "CV003", "a rule must be a mapping", "see promtool")
            return
        alert = entry(node, "alert")
        if alert is None:
            return  # A recording rule.
        name = alert[1]
        if not isinstance(name, yaml.ScalarNode) or not name.value.strip():
            self.problem(place(name), "CV003", "`alert` must be a name", "see promtool")
            return
        annotations = entry(node, ANNOTATIONS)
        if annotations and not (
            isinstance(annotations[1], yaml.MappingNode) or is_null(annotations[1])
        ):
            at = place(annotations[1])
            self.problem(at, "CV003", "`annotations` must be a mapping", "write `name: text`")
            return
        url = entry(annotations[1], RUNBOOK_URL) if annotations else None
        text = url[1].value.strip() if url and isinstance(url[1], yaml.ScalarNode) else ""
        at = place(name)
        self.alerts.append(AlertRule(name.value, text, at, place(url[1]) if url else at, node))
