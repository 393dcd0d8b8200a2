"""Moves passages of a draft's notes to other fields, as somebody decides."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from generator.importers.changes import place_changes_without_file
from generator.importers.draft import MAIN_TEXTS, PLACES, PROSE, Draft, joined_passages
from generator.importers.edits import CannotEdit, with_field
from generator.importers.headings import Topic, exact_topic, phrase
from generator.importers.outline import STEPS
from generator.importers.parsing import parse_write_up
from generator.importers.reading import read_sections
from generator.importers.timeline_order import events_in_order
from generator.importers.words import markdown_words, words
from generator.knowledge.drafting import NOTES_OF_IMPORT
from generator.knowledge.source import Source, SourceError, parse_yaml
from generator.knowledge.validation import validate
from generator.model import NOT_WRITTEN, Incident, ItemState

CHOICES = (
    Topic.SUMMARY,
    Topic.SYMPTOM,
    Topic.FALSE_POSITIVES,
    Topic.IMPACT,
    Topic.DETECTION,
    Topic.DIAGNOSIS,
    Topic.ROOT_CAUSE,
    Topic.TRIGGER,
    Topic.FACTORS,
    Topic.MITIGATION,
    Topic.FIX,
    Topic.VERIFICATION,
    Topic.TIMELINE,
    Topic.ACTIONS,
    Topic.LESSONS,
    Topic.WENT_WELL,
    Topic.WENT_WRONG,
    Topic.GOT_LUCKY,
    Topic.ESCALATION,
)
"""The fields to which a passage can be moved, in the order of the model."""

_WHY = {
    Topic.TIMELINE: "; an event needs a day, a time and a zone",
    Topic.ESCALATION: "; write the role that can be called, and how",
}
_ORDER = tuple(Incident.model_fields)
_HEADING = "Passage"
_ENTRIES: dict[Topic, tuple[str, dict[str, str]]] = {
    **{topic: (name, {}) for topic, name in STEPS.items()},
    Topic.FIX: ("steps", {}),
    Topic.ACTIONS: ("action_items", {"state": ItemState.UNKNOWN.value}),
}
"""Lists whose entries can be any sentence (`do`), with what else an entry then says."""


class CannotMove(Exception):
    """A passage does not fit in a field; the message says why."""


@dataclass(frozen=True)
class Passage:
    """A passage of the notes.

    Attributes:
        note: the number of its note, from 0.
        heading: the heading of the note; may be empty.
        text: the passage.
        parts: its paragraphs, or the items of its list.
    """

    note: int
    heading: str
    text: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Moved:
    """A draft after a decision.

    Attributes:
        text: its file.
        left: what did not fit in the field, and is still in the notes.
    """

    text: str
    left: tuple[str, ...] = ()


def passages(incident: Incident, split: Collection[str] = ()) -> Iterator[Passage]:
    """Yield the passages in the notes of an incident, in order.

    Args:
        incident: the incident.
        split: the headings of notes of which each part is a passage.
    """
    for number, note in enumerate(incident.notes):
        heading = note.heading or ""
        parts = tuple(_parts(note.text))
        if heading in split and len(parts) > 1:
            for part in parts:
                yield Passage(number, heading, part, (part,))
        else:
            yield Passage(number, heading, note.text, parts)


def moved(source: Source, passage: Passage, topic: Topic | None) -> Moved:
    """Return a draft after a decision about a passage.

    The passage is read as the import reads it below the heading of the field. What does not fit in
    the field stays in the note.

    Args:
        source: the draft.
        passage: the passage, of this draft.
        topic: its field; None to remove the passage.

    Raises:
        CannotMove: nothing of it fits in the field, or the file cannot be changed.
    """
    data = source.data
    fields, left = ({}, []) if topic is None else _read(passage, topic, str(data.get("title", "")))
    if topic is not None and not fields:
        raise CannotMove(f"nothing in it can be read as {topic.value}{_WHY.get(topic, '')}")
    try:
        text = with_field(source, "notes", _notes(data["notes"], passage, left), _ORDER)
        for name, value in fields.items():
            changed = parse_yaml(source.file, text.encode())
            text = with_field(changed, name, _joined(data.get(name), value, name), _ORDER)
        incident, problems = validate(parse_yaml(source.file, text.encode()), Incident)
    except CannotEdit as error:
        raise CannotMove(str(error)) from None
    except SourceError as error:
        raise CannotMove(error.diagnostics[0].message) from None
    if incident is None:
        raise CannotMove(problems[0].message)
    return Moved(text, tuple(left))


def _read(passage: Passage, topic: Topic, title: str) -> tuple[dict[str, Any], list[str]]:
    """Return a passage as fields, and what is left of it."""
    heading = passage.heading.rpartition(" / ")[2]
    says_more = heading and heading not in (*NOTES_OF_IMPORT, title) and not exact_topic(heading)
    above = f"## {_HEADING}\n\n" + (f"### {heading}\n\n" if says_more else "")
    document = parse_write_up(f"{above}{passage.text}\n")
    draft = Draft(labels=document.labels)
    read_sections(draft, document, {phrase(_HEADING): topic}, None)
    place_changes_without_file(draft)
    fields = draft.data(_ORDER)
    left = [text for _, texts in draft.notes for text in texts]
    there = {word for value in (fields, left, draft.said_by_field_names) for word in _all(value)}
    lost = set(markdown_words(passage.text, document.labels)) - there
    if (lost or left or not fields) and (topic in PLACES or topic in _ENTRIES):
        # The import would not put it there, but somebody has decided.
        return _as_it_stands(passage, topic), []
    return fields, [*left, *([passage.text] if lost and passage.text not in left else [])]


def _as_it_stands(passage: Passage, topic: Topic) -> dict[str, Any]:
    """Return a passage as fields, without looking at what it says."""
    draft = Draft()
    for text in [passage.text] if topic in PROSE else passage.parts:
        line = " ".join(text.split()).removeprefix("- ")
        if topic in _ENTRIES:
            name, more = _ENTRIES[topic]
            draft.entry(name, {"do": line, **more})
        else:
            draft.passage(topic, text if topic in PROSE else line)
    return draft.data(_ORDER)


def _all(value: Any) -> Iterator[str]:
    """Yield the words of a value and of all in it."""
    if isinstance(value, dict):
        value = [part for pair in value.items() for part in pair]
    if isinstance(value, list | tuple):
        for part in value:
            yield from _all(part)
    else:
        yield from words(str(value))


def _notes(notes: Any, passage: Passage, left: list[str]) -> list[dict[str, Any]] | None:
    """Return the notes without a passage, but with what is left of it."""
    listed = notes if isinstance(notes, list) else [notes]
    found = [note if isinstance(note, dict) else {"text": note} for note in listed]
    changed = found[passage.note]
    parts = _parts(changed["text"])
    if passage.text in parts and len(parts) > 1:
        at = parts.index(passage.text)
        # The items of a list stand below each other; other parts are paragraphs.
        separator = "\n" if "\n".join(parts) == changed["text"].strip("\n") else "\n\n"
        rest = separator.join([*parts[:at], *left, *parts[at + 1 :]])
    else:
        rest = joined_passages(left)
    found[passage.note : passage.note + 1] = [{**changed, "text": rest}] if rest else []
    return found or None


def _joined(old: Any, new: Any, name: str) -> Any:
    """Return a field with more in it: lists get longer, and texts get more paragraphs."""
    if old is None or old == NOT_WRITTEN:
        return new
    if new == NOT_WRITTEN:
        return old
    if isinstance(old, dict) or isinstance(new, dict):
        old, new = _whole(old, name), _whole(new, name)
        return {**old, **{key: _joined(old.get(key), value, key) for key, value in new.items()}}
    if isinstance(old, list) or isinstance(new, list):
        whole = [*_listed(old), *_listed(new)]
        return _in_order(whole) if name == "timeline" else whole
    return joined_passages([old, new])


def _in_order(events: list[Any]) -> list[Any]:
    try:
        return events_in_order(events)
    except (KeyError, TypeError, ValueError):  # typed by hand; lint says what is wrong
        return events


def _whole(value: Any, name: str) -> dict[str, Any]:
    """Return a field in its long form."""
    if isinstance(value, dict):
        return value
    return {MAIN_TEXTS[name]: value} if name in MAIN_TEXTS else {"steps": _listed(value)}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _parts(text: str) -> list[str]:
    """Split a note at blank lines outside code; one that is a single list, into its items."""
    parts: list[list[str]] = [[]]
    fence = ""
    for line in text.split("\n"):
        mark = line.lstrip()[:3]
        if mark in ("```", "~~~") and fence in ("", mark):
            fence = "" if fence else mark
        if not line.strip() and not fence:
            parts.append([])
        elif line.startswith((" ", "\t")) and not parts[-1] and len(parts) > 1:
            parts.pop()  # below an item of a list
            parts[-1] += ["", line]
        else:
            parts[-1].append(line)
    found = ["\n".join(lines) for lines in parts if lines]
    if len(found) == 1 and "\n" in found[0] and not found[0].startswith(("```", "~~~")):
        lines = found[0].split("\n")
        if all(line.startswith(("- ", "* ", "  ")) for line in lines) and lines[0][0] != " ":
            items: list[str] = []
            for line in lines:
                if line[0] == " ":
                    items[-1] += f"\n{line}"
                else:
                    items.append(line)
            return items
    return found
