"""What a site engine would run because `mkdocs.yml` says so: code of the knowledge base, or chosen by it.

The file is read without acting on it. What is known to be harmless is left out, and all else is
named: a plugin that nobody here knows counts, as its options may name programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import yaml

from generator.knowledge.files import read_file
from generator.knowledge.roots import CONFIG_FILE
from generator.knowledge.settings import PLUGIN

_YAML = "tag:yaml.org,2002:"
_PLAIN = frozenset(f"{_YAML}{kind}" for kind in ("str", "seq", "map"))
_DATA_TAGS = re.compile(rf"{_YAML}(?!python)[a-z]+\Z|!ENV\Z|!relative\Z")
# What the documentation of Material and of its extensions tells people to write.
_KNOWN_NAMES = re.compile(
    rf"{_YAML}python/(?:name:(?:material\.extensions\.emoji|materialx\.emoji|zensical\.extensions\.emoji"
    r"|pymdownx\.(?:superfences|slugs|emoji|arithmatex))\.[a-z_0-9]+"
    r"|object/apply:pymdownx\.slugs\.slugify)\Z"
)
_KNOWN_PLUGINS = frozenset({PLUGIN, "search", "tags", "material/search", "material/tags"})
_KNOWN_EXTENSIONS = re.compile(
    r"(?:markdown\.extensions\.)?(?:abbr|admonition|attr_list|codehilite|def_list|extra|fenced_code"
    r"|footnotes|legacy_attrs|legacy_em|md_in_html|meta|nl2br|sane_lists|smarty|tables|toc|wikilinks)\Z"
    r"|pymdownx\.(?!snippets|b64)[a-z.]+\Z"
)

RUN = ("hooks", "INHERIT", "extra_templates", "plugins", "markdown_extensions", "theme")
"""Keys of `mkdocs.yml` whose values can make an engine run code; a test knows all others."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Something that would run.

    Attributes:
        text: what it is, for people.
        digest: changes when it does.
    """

    text: str
    digest: str


def code_of_a_build(root: Path) -> tuple[Runs, ...]:
    """Return what building the site would run, besides this program and its engine.

    Args:
        root: the knowledge base.

    Returns:
        Nothing where `mkdocs.yml` cannot be read: then nothing is built, and that is said.
    """
    try:
        config = yaml.compose(read_file(root, CONFIG_FILE), yaml.SafeLoader)
        return tuple(dict.fromkeys(_found(config)))
    except (OSError, yaml.YAMLError, ValueError):
        return ()
    except RecursionError:
        return (Runs(f"{CONFIG_FILE}, which is too deeply nested to be checked", "nested"),)


def _found(config: yaml.Node | None) -> Iterator[Runs]:
    if config is None:
        return
    if config.tag != f"{_YAML}map":
        yield _runs(f"{CONFIG_FILE} as a whole: a value with a tag", config)
        return
    for tag, node in _tags(config):
        yield _runs(f"Python by a tag: {tag.removeprefix(_YAML)}", node)
    for key, value in _pairs(config):
        if key.tag != f"{_YAML}str":
            yield _runs(f"a setting whose name has the tag {key.tag}", value)
        elif key.value in RUN and not _is_nothing(value):
            yield from _of_key(key.value, value)


def _of_key(key: str, value: yaml.Node) -> Iterator[Runs]:
    if key == "theme":
        yield from _of_theme(value)
    elif key in ("plugins", "markdown_extensions"):
        for name, node in _names(value):
            plain = _text(name) if name.tag == f"{_YAML}str" else ""
            if key == "plugins" and plain not in _KNOWN_PLUGINS:
                yield _runs(f"the plugin {_text(name)}", node)
            elif key != "plugins" and not _KNOWN_EXTENSIONS.match(plain):
                yield _runs(f"the Markdown extension {_text(name)}", node)
    else:
        what = {
            "hooks": "hooks",
            "INHERIT": "more settings",
            "extra_templates": "templates in docs",
        }
        for node in value.value if isinstance(value, yaml.SequenceNode) else (value,):
            yield _runs(f"{what[key]}: {_text(node)}", node)


def _of_theme(value: yaml.Node) -> Iterator[Runs]:
    if value.tag not in _PLAIN:
        yield _runs(f"a theme with the tag {value.tag}", value)
    for key, node in _pairs(value):
        if key.tag != f"{_YAML}str" or key.value == "custom_dir":
            yield _runs(f"templates of the theme: {_text(node)}", node)


def _names(listed: yaml.Node) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Yield the entries of a list of names, or of names with options: the name, and all of it."""
    if isinstance(listed, yaml.SequenceNode) and listed.tag in _PLAIN:
        for entry in listed.value:
            if isinstance(entry, yaml.MappingNode) and entry.tag in _PLAIN:
                yield from _pairs(entry)
            else:
                yield entry, entry
    elif isinstance(listed, yaml.MappingNode) and listed.tag in _PLAIN:
        yield from _pairs(listed)
    else:
        yield listed, listed


def _pairs(node: yaml.Node, seen: frozenset[int] = frozenset()) -> Iterator[tuple[yaml.Node, yaml.Node]]:  # fmt: skip
    """Yield keys and values of a mapping, those that `<<` merges into it too."""
    if isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from _pairs(inner, seen | {id(node)})
    if not isinstance(node, yaml.MappingNode) or id(node) in seen:
        return
    for key, value in node.value:
        if key.tag == f"{_YAML}merge":
            yield from _pairs(value, seen | {id(node)})
        else:
            yield key, value


def _tags(top: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
    """Yield the tags that are neither data nor known, each node once, however often it is named."""
    seen: set[int] = set()
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if not _DATA_TAGS.match(node.tag) and not _KNOWN_NAMES.match(node.tag):
            yield node.tag, node
        if isinstance(node, yaml.SequenceNode):
            waiting += reversed(node.value)
        elif isinstance(node, yaml.MappingNode):
            waiting += (part for pair in reversed(node.value) for part in reversed(pair))


def _is_nothing(node: yaml.Node) -> bool:
    return node.tag == f"{_YAML}null" or (
        isinstance(node, yaml.CollectionNode) and node.tag in _PLAIN and not node.value
    )


def _text(node: yaml.Node) -> str:
    """Return a node as it is written, on one line."""
    if isinstance(node, yaml.ScalarNode) and node.tag == f"{_YAML}str":
        return str(node.value)
    shown = node.value if isinstance(node, yaml.ScalarNode) else "..."
    return f"{node.tag.removeprefix(_YAML)} {shown}"


def _runs(text: str, node: yaml.Node) -> Runs:
    return Runs(text, blake2b(f"{text}\0{_digest(node, {})}".encode(), digest_size=20).hexdigest())


def _digest(node: yaml.Node, known: dict[int, str]) -> str:
    """Return a digest of a node; one that is named often is read once, one inside itself is nothing."""
    if id(node) not in known:
        known[id(node)] = ""
        if isinstance(node, yaml.SequenceNode):
            parts = [_digest(inner, known) for inner in node.value]
        elif isinstance(node, yaml.MappingNode):
            parts = [_digest(part, known) for pair in node.value for part in pair]
        else:
            parts = [str(node.value)]
        content = repr((node.tag, parts)).encode("utf-8", "surrogatepass")
        known[id(node)] = blake2b(content, digest_size=20).hexdigest()
    return known[id(node)]
