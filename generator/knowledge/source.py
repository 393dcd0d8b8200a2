"""YAML text with positions: what a file says, and where it says it.

Every scalar is text: the model's types decide what the text means, so `no`, `010` and `12:30`
stay as typed. Only a plain `null`, `~` or an empty value is None. Positions are looked up by
route only when they are needed, so a clean file costs nothing for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml

from generator.knowledge.diagnostics import Diagnostic, Position, Severity
from generator.limits import YAML_BYTES, YAML_CHARACTERS, YAML_DEPTH, YAML_VALUES, Limit

try:  # LibYAML is ten times as fast; PyYAML's wheels include it.
    from yaml.cyaml import CBaseLoader as _BaseLoader
except ImportError:  # pragma: no cover - PyYAML built without LibYAML
    from yaml import BaseLoader as _BaseLoader  # type: ignore[assignment]

Route = tuple[str | int, ...]
"""The way to a value: keys and list indexes, from the top."""

_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")
)
# Text that could nest deeper than YAML_DEPTH: brackets, deep indentation, `- - -` on one line. Every file is
# searched for these, so each is what is found fastest.
_INDENTED = "\n" + " " * YAML_DEPTH
_ON_ONE_LINE = re.compile(rf"[-?:] +(?:[-?:] +){{{YAML_DEPTH // 4 - 1},}}")
# Directives, and the lines that begin and end a document.
_MARKS = re.compile(r"\A(?:%[^\n]*\n)+|^(?:---|\.\.\.)[ \t]*\n", re.MULTILINE)
_NO_VALUE = frozenset(("", "~", "null", "Null", "NULL"))

# What LibYAML's messages mean to somebody who is writing an incident.
_HINTS = (
    (
        "mapping values are not allowed",
        "quote text that contains ': ', or use a block (`>-` or `|`)",
    ),
    (
        "could not find expected ':'",
        "write ': ' after the key; for text of several lines, use `|` or `>-`",
    ),
    ("did not find expected key", "check the indentation of this line and the quotes above it"),
    (
        "did not find expected '-' indicator",
        "check the indentation: align the items of the list",
    ),
    ("unexpected end of stream", "close the quote or bracket"),
    ("expected ',' or ']'", "close the bracket, or quote the item"),
    ("expected ',' or '}'", "close the brace, or quote the item"),
    ("undefined alias", "quote the text: in YAML, `*` begins an alias"),
    (
        "unknown escape character",
        "in double quotes, write the backslash twice; or use single quotes",
    ),
    ("expected a single document", "keep one incident in a file: remove the line `---`"),
    (
        "special characters are not allowed",
        "remove the control character, or write it as \\x.. in double quotes",
    ),
    (
        "control characters are not allowed",
        "remove the control character, or write it as \\x.. in double quotes",
    ),
)


_TAGS = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}


class _Loader(_BaseLoader):
    """Composes nodes without resolving the type of a plain scalar: it is text.

    PyYAML's own resolver, which this replaces, takes a fifth of the time of loading.
    """

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        """Keep no path, because no tag depends on it."""

    def ascend_resolver(self) -> None:
        """Keep no path, because no tag depends on it."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:  # noqa: ARG002
        """Return the tag of a node that names none."""
        return _TAGS[kind]


def _compose(text: str, loader_class: Any = _Loader) -> Any:
    loader = loader_class(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


class SourceError(Exception):
    """The text is not a readable document; has the diagnostics that say why."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(*(d.message for d in diagnostics))
        self.diagnostics = diagnostics


@dataclass(frozen=True)
class Source:
    """One YAML file that could be read.

    Attributes:
        file: its path relative to the root of the knowledge base, with forward slashes.
        text: what it says.
        data: its content as dicts, lists, str and None; None where nobody needs it, because what
            the file says is known.
        problems: what is wrong with it as YAML, although it could be read (duplicate keys).
        beside: the files beside it that hold one of its fields each, by that field; `data` has these
            fields, too.
    """

    file: str
    text: str
    data: Any
    problems: tuple[Diagnostic, ...] = ()
    beside: Mapping[str, Source] = field(default_factory=dict)

    @property
    def files(self) -> tuple[Source, ...]:
        """This file, and those beside it."""
        return (self, *self.beside.values())

    def holder(self, route: Route) -> Source:
        """Return the file that holds a value: this one, or one beside it."""
        return self.beside.get(str(route[0]), self) if route and self.beside else self

    @cached_property
    def _root(self) -> Any:
        """The tree with its positions, built again on demand: most files never need it."""
        return _compose(self.text)

    @property
    def whole(self) -> str:
        """The text of all files, as one text that says the same."""
        if not self.beside:
            return self.text
        texts = [_MARKS.sub("", one.text.rstrip("\n") + "\n") for one in self.files]
        # Keys in braces do not join on to more: then each file is a document.
        in_braces = any("\n{" in f"\n{text}" for text in texts)
        return ("---\n" if in_braces else "\n").join(texts)

    def position(self, route: Route, *, of_key: bool = False) -> Position:
        """Return where in this file a value begins, or its key.

        Args:
            route: the way to the value. If it leads past the end, the last part that exists counts:
                a missing field is reported at the mapping that lacks it.
            of_key: return the position of the key instead.
        """
        node = self._root
        mark = node.start_mark
        for step in route:
            if isinstance(node, yaml.MappingNode):
                found = next((kv for kv in node.value if kv[0].value == step), None)
                if found is None:
                    break
                key, node = found
                mark = key.start_mark if of_key or _is_block(node) else node.start_mark
            elif isinstance(node, yaml.SequenceNode):
                if isinstance(step, str):
                    continue  # A list that is the short form of this key: `fix: [...]`.
                if not 0 <= step < len(node.value):
                    break
                node = node.value[step]
                mark = node.start_mark
            else:
                break
        return _at(mark)

    def has(self, key: str) -> bool:
        """Return whether the file has a key at its top."""
        root = self._root
        return isinstance(root, yaml.MappingNode) and any(k.value == key for k, _ in root.value)

    def first_line(self, line: int) -> int:
        """Return the line on which the text begins that contains a line.

        A text of several lines cannot contain a comment, but a comment can follow its beginning.
        """
        for node in self._scalars:
            begin, end = node.start_mark.line + 1, node.end_mark.line + (node.end_mark.column > 0)
            if begin < line <= end:
                return begin
        return line

    @cached_property
    def _scalars(self) -> tuple[yaml.ScalarNode, ...]:
        return tuple(_scalar_nodes(self._root)) if self._root is not None else ()

    @cached_property
    def comments(self) -> tuple[tuple[int, str], ...]:
        """The comments, each with its line (from 1) and its text without the `#`."""
        spans = [_text_span(node) for node in self._scalars]
        found = []
        for number, line in enumerate(self.text.splitlines(), 1):
            for start in re.finditer(r"(?:^|(?<=\s))#", line):
                place = (number - 1, start.start())
                if not any(first <= place < last for first, last in spans):
                    found.append((number, line[start.end() :].strip()))
                    break
        return tuple(found)


def _is_block(node: yaml.Node) -> bool:
    """Whether a value begins on a line below its key, so that the key's position is more useful."""
    return not isinstance(node, yaml.ScalarNode) or node.style in ("|", ">")


def _scalar_nodes(root: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Yield each scalar once, keys included."""
    stack, seen = [root], set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            yield node
        elif isinstance(node, yaml.MappingNode):
            stack.extend(part for pair in node.value for part in pair)
        else:
            stack.extend(node.value)


def _text_span(node: yaml.ScalarNode) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return begin and end (line and column from 0) of where a `#` is not a comment."""
    begin, end = node.start_mark, node.end_mark
    if node.style in ("|", ">"):  # A comment can follow the indicator.
        return (begin.line + 1, 0), (end.line, end.column)
    return (begin.line, begin.column), (end.line, end.column)


def parse_yaml(file: str, raw: bytes) -> Source:
    """Read YAML text.

    Args:
        file: the name to report, relative to the root of the knowledge base.
        raw: the file's bytes.

    Raises:
        SourceError: it is not UTF-8, not YAML, or exceeds a limit.
    """
    text, root = compose(file, raw)
    problems: list[Diagnostic] = []
    data = Constructor(file, problems).build(root)
    return Source(file, text, data, tuple(problems))


def compose(file: str, raw: bytes, loader_class: Any = _Loader) -> tuple[str, yaml.Node]:
    """Return a YAML text, and the tree of its nodes.

    Args:
        file: the name to report, relative to the root of the knowledge base.
        raw: the file's bytes.
        loader_class: the loader of PyYAML that says what tag a plain scalar has.

    Raises:
        SourceError: it is not UTF-8, not YAML, or not what a person would write.
    """

    def fail(code: str, message: str, hint: str, position: Position | None = None) -> SourceError:
        at = position or Position()
        return SourceError(Diagnostic(file, at, code, Severity.ERROR, message, hint))

    if len(raw) > YAML_BYTES:
        raise fail(
            "KB003",
            f"the file is larger than {YAML_BYTES.shown}",
            "move logs and dumps to other files, and quote only the lines that matter",
        )
    text = _decode(raw, fail)
    if not text.strip():
        raise fail("KB008", "the file is empty", "write the fields that `runbooks schema` prints")
    if _may_be_deep(text):
        _refuse_deep(text, fail)
    try:
        root = _compose(text, loader_class)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, fail) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        position = _offset_position(text, getattr(error, "position", 0))
        why = getattr(error, "reason", "") or str(error).splitlines()[0]
        raise fail(
            "KB004", f"not YAML: {why}", "remove the character, or quote it", position
        ) from None
    if root is None:
        raise fail(
            "KB008",
            "the file contains only comments",
            "write the fields that `runbooks schema` prints",
        )
    return text, root


def _decode(raw: bytes, fail: Any) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise fail("KB002", "the file is UTF-16", "save it as UTF-8")
    if b"\0" in raw:
        line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
        raise fail("KB002", "the file is binary", "write a YAML file", Position(line))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line_start = before.rfind(b"\n") + 1
        position = Position(
            before.count(b"\n") + 1, len(before[line_start:].decode("utf-8", "replace")) + 1
        )
        raise fail(
            "KB002",
            f"the file is not UTF-8: byte 0x{raw[error.start]:02x}",
            "save it as UTF-8",
            position,
        ) from None


def _may_be_deep(text: str) -> bool:
    return (
        _INDENTED in text
        or text.startswith(_INDENTED[1:])
        or text.count("[") + text.count("{") > YAML_DEPTH
        or _ON_ONE_LINE.search(text) is not None
    )


def _refuse_deep(text: str, fail: Any) -> None:
    """Walk the events, which need no stack, before recursive code gets the text."""
    depth = 0
    parser = _Loader(text)
    try:
        while True:
            event = parser.get_event()
            if event is None or isinstance(event, yaml.StreamEndEvent):
                return
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > YAML_DEPTH:
                    raise fail(
                        "KB007",
                        f"nested deeper than {YAML_DEPTH.shown}",
                        "nest 8 levels at most, which is enough for an incident",
                        _at(event.start_mark),
                    )
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, fail) from None
    except (yaml.YAMLError, ValueError):
        return  # The loader gets the same error and reports it with its position.
    finally:
        parser.dispose()


def _syntax_error(error: yaml.MarkedYAMLError, text: str, fail: Any) -> Exception:
    mark = error.problem_mark or error.context_mark
    position = _at(mark) if mark else Position()
    problem = error.problem or error.context or "not readable"
    told = f"{problem} {error.context or ''}"
    hint = next((hint for part, hint in _HINTS if part in told), "check quotes and indentation")
    if "cannot start any token" in told and mark:
        character = text[mark.index : mark.index + 1]
        problem = f"found {character!r}, which cannot begin a value"
        hint = "indent with spaces instead of tabs" if character == "\t" else "quote the text"
    if "could not find expected ':'" in told and error.context_mark:
        position = _at(error.context_mark)
    return fail("KB004", f"not YAML: {problem}", hint, position)  # type: ignore[no-any-return]


def _at(mark: Any) -> Position:
    """Convert one of PyYAML's marks, which count from 0, to a position."""
    return Position(mark.line + 1, mark.column + 1)


def _offset_position(text: str, offset: int | None) -> Position:
    before = text[: offset or 0]
    return Position(before.count("\n") + 1, len(before) - before.rfind("\n"))


class Constructor:
    """Converts nodes to dicts, lists and text, and collects problems such as duplicate keys."""

    def __init__(self, file: str, problems: list[Diagnostic]) -> None:
        self.file = file
        self.problems = problems
        self.values = 0
        self.characters = 0
        self.open: set[int] = set()

    def problem(self, node: yaml.Node, code: str, message: str, hint: str) -> Diagnostic:
        """Return what is wrong with a node."""
        at = _at(node.start_mark)
        return Diagnostic(self.file, at, code, Severity.ERROR, message, hint)

    def build(self, node: yaml.Node) -> Any:
        """Return the plain data of a node.

        Raises:
            SourceError: aliases that grow without limit or refer to themselves.
        """
        self.values += 1
        if self.values > YAML_VALUES:
            raise self._too_much(node, YAML_VALUES)
        self.check_tag(node)
        if isinstance(node, yaml.ScalarNode):
            self._count(node)
            return self.scalar(node)
        if id(node) in self.open:
            raise SourceError(
                self.problem(
                    node,
                    "KB007",
                    "an alias refers to itself",
                    "write the values instead of the alias",
                )
            )
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.build(item) for item in node.value]
            return self.mapping(node)
        finally:
            self.open.discard(id(node))

    def check_tag(self, node: yaml.Node) -> None:
        """Note a tag that asks for something other than text."""
        if node.tag not in _PLAIN_TAGS:
            self.problems.append(
                self.problem(
                    node,
                    "KB006",
                    f"the tag {node.tag} is not allowed",
                    "remove the tag: every value is plain text",
                )
            )

    def scalar(self, node: yaml.ScalarNode) -> Any:
        """Return what a scalar says: text, or None where it says nothing."""
        # LibYAML gives a plain scalar no style; BaseLoader gives every one the tag `str`.
        return None if not node.style and node.value in _NO_VALUE else node.value

    def _count(self, node: yaml.ScalarNode) -> None:
        self.characters += len(node.value)
        if self.characters > YAML_CHARACTERS:
            raise self._too_much(node, YAML_CHARACTERS)

    def _too_much(self, node: yaml.Node, limit: Limit) -> SourceError:
        return SourceError(
            self.problem(
                node,
                "KB007",
                f"the file holds more than {limit.shown} once its aliases are written out",
                "write the values out; aliases of aliases grow without bound",
            )
        )

    def mapping(self, node: yaml.Node) -> dict[str, Any]:
        """Return what a mapping says, by its keys."""
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(
                    self.problem(
                        key_node,
                        "KB004",
                        "a key must be plain text",
                        "quote text that begins with [ or {",
                    )
                )
                continue
            key = key_node.value
            self._count(key_node)
            if key in result:
                self.problems.append(
                    self.problem(
                        key_node,
                        "KB005",
                        f"duplicate key `{key}` in this mapping",
                        "keep one; for several values, write a list",
                    )
                )
                continue
            result[key] = self.build(value_node)
        return result
