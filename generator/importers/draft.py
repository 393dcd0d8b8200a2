"""The draft made from a write-up, and the count of its words by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Any

from generator.importers.dates import only_spells_a_time
from generator.importers.days import Calendar
from generator.importers.headings import Topic
from generator.importers.words import markdown_words, words
from generator.model import NOT_WRITTEN, Incident, walk

Values = dict[str, Any]


@dataclass(frozen=True)
class _Place:
    """The field for passages about a topic.

    Attributes:
        keys: the keys of the field.
        listed: whether each passage is a statement of a list.
        line: whether the field has one line.
    """

    keys: tuple[str, ...]
    listed: bool
    line: bool

    def whole(self, texts: Sequence[str]) -> Any:
        """Return the field's value: a list stays one, and prose becomes one text."""
        return texts if self.listed else " ".join(texts) if self.line else joined_passages(texts)


def _places(
    fields: tuple[walk.TextField, ...], above: tuple[str, ...] = (), *, listed: bool = False
) -> Iterator[tuple[Topic, _Place]]:
    for text in fields:
        keys = (*above, text.name)
        if text.role and text.role.passage:
            # The main text of a part has the name of the part, and represents it in a list.
            topic = Topic((above if text.main else keys)[-1])
            yield topic, _Place(above if listed else keys, listed or text.listed, text.line)
        yield from _places(text.parts, keys, listed=text.listed)


LEAD_IN = "an introduction to what is now in a field"
"""Why a sentence such as `We will do this:` is left out."""
PLACES = dict(_places(walk.text_fields(Incident)))
PROSE = frozenset(topic for topic, place in PLACES.items() if not place.listed)
LISTED = PLACES.keys() - PROSE
MAIN_TEXTS = {
    field.name: text.name
    for field in walk.text_fields(Incident)
    for text in field.parts
    if text.main and text.role and not field.listed
}
"""The required text of a part, which is all of a part without other fields."""

# Parts of the fix, which are collected beside the other fields.
_OF_FIX = {"steps": "fix", "changes": "fix"}


@dataclass
class _Unit:
    """A passage whose words must all be placed."""

    raw: str
    placed: list[str] = field(default_factory=list)


@dataclass
class Draft:
    """The parts of a write-up that have been read so far.

    Attributes:
        title: its title.
        fields: the values of the incident's fields, by name; texts are lists of paragraphs.
        notes: the notes: heading and text.
        placed: the number of words in each field, including `notes`.
        said_by_field_names: headings, labels and columns that are not repeated because a field's name says
            the same.
        dropped: what is left out of the draft, each with the reason, in a few words.
        leftover_headings: headings that say more than a field's name.
        last_file: the file, and its line, that was named last.
        files: the files that the passages about the fix name.
        pending_changes: changes of code whose file is not known yet.
        written: the day on which it was written, if it says so.
        several: the headings of the incidents that it tells of, if there are several.
        calendar: what it says about the days and zones of its events.
        labels: the labels of reference links.
    """

    title: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    notes: list[tuple[str, list[str]]] = field(default_factory=list)
    placed: Counter[str] = field(default_factory=Counter)
    said_by_field_names: list[str] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    leftover_headings: list[str] = field(default_factory=list)
    last_file: tuple[str, int | None] | None = None
    files: list[str] = field(default_factory=list)
    pending_changes: list[Values] = field(default_factory=list)
    written: date | None = None
    several: tuple[str, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)
    slug: str = ""
    labels: frozenset[str] = frozenset()
    times: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    _words_of_times: set[str] = field(default_factory=set)
    _units: list[_Unit] = field(default_factory=list)

    @contextmanager
    def unit(self, heading: str, raw: str, text: str = "") -> Iterator[None]:
        """Read a passage: if a part of it is not placed at the end, the whole passage becomes a note.

        Args:
            heading: the heading for a note.
            raw: the passage as in the write-up.
            text: the passage as prose, for the note; without it, the passage unchanged.
        """
        unit = _Unit(raw)
        self._units.append(unit)
        try:
            yield
        finally:
            self._units.pop()
        placed_words = {word for text in unit.placed for word in words(text)}
        if any(word not in placed_words for word in markdown_words(raw, self.labels)):
            self.note(heading, text or raw)
            unit.placed.append(raw)
        # A passage inside a passage also counts for the outer one.
        if self._units:
            self._units[-1].placed += unit.placed

    def count(self, name: str, *texts: str) -> None:
        """Record that texts are now in a field."""
        name = _OF_FIX.get(name, name)
        for text in texts:
            self.placed[name] += len(words(text))
            if self._units:
                self._units[-1].placed.append(text)

    def seen(self, text: str) -> None:
        """Record that a text is placed already, or will be."""
        if self._units:
            self._units[-1].placed.append(text)

    def said_by_field_name(self, text: str) -> None:
        """Record that the name of a field replaces a heading, label or column."""
        self.said_by_field_names.append(text)
        self.seen(text)

    def drop(self, raw: str, why: str) -> None:
        """Leave out a part of the write-up that tells a reader nothing; the report names it.

        Args:
            raw: the part, as in the write-up.
            why: what it is, such as `a tag of Jekyll`.
        """
        self.dropped.append((raw, why))
        self.seen(raw)

    def note(self, heading: str, text: str) -> None:
        """Keep a passage as a note, under its heading."""
        text = text.strip("\n")
        if not text.strip():
            return
        if not self.notes or self.notes[-1][0] != heading:
            same_heading = next((note for note in self.notes if note[0] == heading), None)
            if same_heading is None:
                self.placed["notes"] += len(words(heading))
                same_heading = (heading, [])
                self.notes.append(same_heading)
            same_heading[1].append(text)
        else:
            self.notes[-1][1].append(text)
        self.count("notes", text)

    def passage(self, topic: Topic, text: str) -> None:
        """Add a paragraph to a field of prose, or a statement to a list of them."""
        if not text.strip():
            return
        *above, key = PLACES[topic].keys
        held = self.fields
        for name in above:
            held = held.setdefault(name, {})
        held.setdefault(key, []).append(text)
        self.count(PLACES[topic].keys[0], text)

    def entry(self, name: str, value: Values, *texts: str) -> None:
        """Add an entry to a field that is a list of entries.

        Args:
            name: the field.
            value: the entry.
            texts: the words of the write-up in it, if they are not plain text.
        """
        if any(isinstance(part, str) and not part.strip() for part in value.values()):
            return  # No field may be empty; the text in the other fields goes into the notes.
        self.fields.setdefault(name, []).append(value)
        self.count(name, *texts, *_texts(value))

    def name(self, field_name: str, value: str, said: str = "") -> None:
        """Add a value to a list of names, unless it is already in it."""
        values = self.fields.setdefault(field_name, [])
        if value not in values:
            values.append(value)
        self.count(field_name, said or value)

    def in_symptom(self, key: str, value: Any, *texts: str) -> None:
        """Add a signature or an alert to the symptom."""
        values = self.fields.setdefault("symptom", {}).setdefault(key, [])
        if value not in values:
            values.append(value)
        self.count("symptom", *texts)

    def time_as_written(self, when: str, told: str) -> None:
        """Keep a time as written, if that says more than the format of the file.

        `3:36 PM` and `21 Jan` say no more; the name of a zone does, and is kept once.
        """
        plain = told.replace("T", " ").removesuffix("Z")
        lost = set(words(when)) - {*words(told), *words(plain)} - self._words_of_times
        if told.endswith("Z"):
            lost -= {"utc", "gmt", "z"}
            self.said_by_field_names.append("UTC GMT Z")
        spelled = {word for word in lost if only_spells_a_time(word, lost)}
        if spelled:
            lost -= spelled
            self.said_by_field_names.append(" ".join(sorted(spelled)))
        if lost:
            self.times.append(" ".join(when.split()))
            self._words_of_times |= set(words(when))
        if self._units:
            self._units[-1].placed.append(when)

    def data(self, names: tuple[str, ...]) -> Values:
        """Return the fields of an incident's file, in the order of `names`."""
        parts = {key: self.fields[key] for key in _OF_FIX if self.fields.get(key)}
        if parts:
            self.fields["fix"] = parts if "changes" in parts else parts["steps"]
        whole = {name: copy(self.fields[name]) for name in names if self.fields.get(name)}
        for place in PLACES.values():
            *above, key = place.keys
            held = reduce(lambda part, name: part.get(name, {}), above, whole)
            if key in held:
                held[key] = place.whole(held[key])
        for name, key in MAIN_TEXTS.items():
            if isinstance(part := whole.get(name), dict):
                part = {key: part.get(key, NOT_WRITTEN), **part}
                whole[name] = part if len(part) > 1 else part[key]
        return whole


def joined_passages(texts: Sequence[str]) -> str:
    """Join passages: list items go below each other, all others become separate paragraphs."""
    whole = ""
    for text in texts:
        point = text.startswith("- ") and whole.rpartition("\n")[2].startswith(("- ", "  "))
        whole += ("\n" if point else "\n\n") + text if whole else text
    return whole


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
    else:
        yield str(value)
