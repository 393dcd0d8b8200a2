"""Changes one field in the text of a draft, and leaves the rest of the file as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from generator.importers.writing import field_text
from generator.knowledge.source import Source, compose


class CannotEdit(Exception):
    """A file cannot be changed; the message says why."""


def with_field(source: Source, name: str, value: Any, order: Sequence[str]) -> str:
    """Return the text of a file with another value of one of its fields.

    Comments inside the old value move above the field. Everything else stays as it is.

    Args:
        source: the file.
        name: the key at its top.
        value: what it is to hold; None to remove the field.
        order: all fields, in the order in which a new one is put among the others.

    Raises:
        CannotEdit: the fields do not stand one below the other.
        SourceError: the file cannot be read.
    """
    text = source.text
    _, root = compose(source.file, text.encode())
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise CannotEdit("its fields are not on lines of their own")
    begins = {key.value: key.start_mark.index for key, _ in root.value}
    places = sorted(begins.values())
    if name in begins:
        begin = begins[name]
        following = next((place for place in places if place > begin), len(text))
        end = begin + len(_without_end(text[begin:following]))
    else:
        later = order[order.index(name) + 1 :]
        begin = end = min((begins[key] for key in later if key in begins), default=len(text))
    if any(place and text[place - 1] not in "\n\r" for place in (begin, *places)):
        raise CannotEdit("its fields are not on lines of their own")
    line_end = "\r\n" if "\r\n" in text else "\n"
    new = "" if value is None else field_text(name, value)
    if name in begins:
        first, last = text.count("\n", 0, begin) + 1, text.count("\n", 0, end)
        kept = [f"# {said}\n" for line, said in source.comments if first <= line <= last]
        new = "".join(kept) + new
    elif new:
        new += "\n"
    return text[:begin] + new.replace("\n", line_end) + text[end:]


def _without_end(block: str) -> str:
    """Return the text of a field without blank lines and comments below it."""
    lines = block.splitlines(keepends=True)
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].startswith("#")):
        lines.pop()
    return "".join(lines)
