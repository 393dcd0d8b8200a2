"""Makes the text of a draft from a write-up, and counts its words."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.importers.base import WriteUpFormat
from generator.importers.beside import place_of
from generator.importers.changes import place_changes_without_file
from generator.importers.day_places import calendar_of
from generator.importers.decoding import Refused, WriteUp
from generator.importers.document import ParsedWriteUp
from generator.importers.draft import Draft, joined_passages
from generator.importers.figures import place_figure, stated_severity
from generator.importers.front_matter import (
    COMMENT,
    PAGE_ADDRESS,
    PAGE_SETTING,
    front_parts,
    front_text,
    is_page_setting,
)
from generator.importers.headings import Topic, label_topic
from generator.importers.markings import A_COMMENT
from generator.importers.parsing import parse_write_up
from generator.importers.places import PlacedPassage, Places
from generator.importers.reading import read_sections
from generator.importers.same_errors import KnownErrors
from generator.importers.timeline_order import events_in_order, mark_page, repeated
from generator.importers.titles import set_title, title_section, words_of_file_name
from generator.importers.words import markdown_words, words
from generator.importers.writing import draft_text
from generator.knowledge.drafting import (
    FRONT_MATTER_LEFT,
    HEADINGS_LEFT,
    LINES_LEFT,
    MADE_BY_IMPORT,
    TIMES_LEFT,
    WHOLE_WRITE_UP,
    id_from,
    latin_slug,
)
from generator.knowledge.source import SourceError, parse_yaml
from generator.knowledge.validation import validate
from generator.limits import YAML_BYTES
from generator.model import NOT_WRITTEN, Incident, Status
from generator.text.secrets import find_secrets

_SOURCE = "write-up"
_MOST_LINES = 6


@dataclass(frozen=True)
class Imported:
    """A draft made of a write-up.

    Attributes:
        name: the id from its title, not yet compared with other incidents.
        title: its title.
        form: the name of the format.
        text: the draft, as `incident.yaml` holds it.
        incident: the same, loaded.
        placed: how many words stand in which field, `notes` among them.
        said_by_field_names: headings, labels and columns whose words a field's name stands for.
        remarks: what somebody should know about it, in sentences.
        undecided: the passages that are in the notes.
        dropped: what is left out, each with the reason as its heading.
        links: the targets of the images and links in the write-up, as written.
    """

    name: str
    title: str
    form: str
    text: str
    incident: Incident
    placed: Mapping[str, int]
    said_by_field_names: tuple[str, ...]
    remarks: tuple[str, ...]
    undecided: tuple[PlacedPassage, ...] = ()
    dropped: tuple[PlacedPassage, ...] = ()
    links: tuple[str, ...] = ()


def make(
    write_up: WriteUp,
    formats: Mapping[str, WriteUpFormat],
    known_errors: Callable[[], KnownErrors],
    titles: Container[str],
) -> Imported:
    """Make a draft.

    Args:
        write_up: the write-up.
        formats: the possible formats; the first that fits is used.
        known_errors: returns the errors of all incidents.
        titles: the titles of all incidents, casefolded.

    Raises:
        Refused: it has no words, or the draft would be too large.
    """
    if not words(write_up.text):
        raise Refused("the file has no words", "give a file with a write-up in Markdown")
    document = parse_write_up(write_up.text)
    form = next((name for name, f in formats.items() if f.fits(document)), next(iter(formats)))
    draft = Draft(labels=document.labels, remarks=[*write_up.remarks, *_secrets(write_up)])
    draft.dropped += document.dropped
    if document.problem:
        draft.remarks.append(document.problem)
    _read(draft, document, formats[form], write_up)
    if draft.title.casefold() in titles and (day := _day(draft)):
        # In lists, only the title identifies an incident.
        draft.title = f"{draft.title} ({day})"
    data = _data(draft, document, write_up)
    text, incident, problem = _load(draft, data, write_up)
    if incident is None:
        # A draft must load: if it does not, the whole text goes into its notes.
        draft = Draft(title=draft.title, labels=document.labels, remarks=draft.remarks)
        draft.remarks.append(f"Could not be parsed into fields ({problem}); kept in notes.")
        draft.note(WHOLE_WRITE_UP, write_up.text)
        data = _data(draft, document, write_up)
        text, incident, problem = _load(draft, data, write_up)
    if incident and incident.symptom.signatures and (related := known_errors().of(incident)):
        draft.remarks.append(f"The same error matches {', '.join(related)}: see `related`.")
        data = {
            name: {**data, "related": list(related)}[name]
            for name in Incident.model_fields
            if name in data or name == "related"
        }
        text, incident, problem = _load(draft, data, write_up)
    if incident is None:
        raise Refused(f"its draft cannot be read: {problem}", "split the write-up, or report this")
    placed = {name: number for name, number in draft.placed.items() if name and number}
    name = draft.slug or id_from(draft.title) or id_from(words_of_file_name(write_up.name))
    name = name or f"write-up-{write_up.digest.partition(':')[2][:8]}"
    places = Places(write_up.text, write_up.line_in_file)
    return Imported(
        name,
        draft.title,
        form,
        text,
        incident,
        placed,
        tuple(draft.said_by_field_names),
        tuple(draft.remarks),
        places.passages(draft.notes),
        places.passages((why, [raw]) for raw, why in draft.dropped),
        document.links,
    )


def _secrets(write_up: WriteUp) -> Iterator[str]:
    """Yield what to say about secrets in a write-up: the draft has them, and so has the copy."""
    lines: list[int] = []
    line, last = 1, 0
    for begin in sorted({begin for begin, _, _ in find_secrets(write_up.text)}):
        line += write_up.text.count("\n", last, begin)
        last = begin
        lines.append(write_up.line_in_file(line))
    lines = sorted(set(lines))
    if lines:
        named = ", ".join(map(str, lines[:_MOST_LINES]))
        more = f" and {len(lines) - _MOST_LINES:,} more" if len(lines) > _MOST_LINES else ""
        noun = "Line" if len(lines) == 1 else "Lines"
        yield f"{noun} {named}{more}: a secret. Revoke it, and remove it from the draft and from the copy of the write-up."  # fmt: skip


def _day(draft: Draft) -> str:
    """Return the day that the write-up is about, or on which it was written; may be empty."""
    events = draft.fields.get("timeline", ())
    day = draft.calendar.day or draft.written
    return str(events[0]["at"])[:10] if events else day.isoformat() if day else ""


def _load(
    draft: Draft, data: dict[str, Any], write_up: WriteUp
) -> tuple[str, Incident | None, str]:
    """Return the draft as a file, its incident, and why it has none.

    Raises:
        Refused: the file would be too large.
    """
    text = draft_text(data, _comments(draft, data, write_up))
    if len(text.encode()) > YAML_BYTES:
        raise Refused(f"its draft would be larger than {YAML_BYTES.shown}", "split the write-up")
    try:
        incident, problems = validate(parse_yaml(write_up.name, text.encode()), Incident)
    except SourceError as error:
        return text, None, error.diagnostics[0].message
    return text, incident, problems[0].message if problems else ""


def _read(draft: Draft, document: ParsedWriteUp, form: WriteUpFormat, write_up: WriteUp) -> None:
    _front_matter(draft, document, form)
    title = title_section(document)
    draft.calendar = calendar_of(document, write_up.text, write_up.name, title)
    read_sections(draft, document, form.headings, title)
    form.finish(draft, document)
    set_title(draft, title, document, write_up)
    place_changes_without_file(draft)
    heading = f"{draft.title}\n{title.heading if title else ''}"
    if "severity" not in draft.fields and (severity := stated_severity(heading, write_up.text)):
        draft.fields["severity"] = severity
    if "timeline" in draft.fields:
        events = draft.fields["timeline"]
        for event in repeated(events):
            events.remove(event)
            draft.said_by_field_name(event["what"])
        draft.fields["timeline"] = events_in_order(events)
        mark_page(draft.fields["timeline"])
    draft.remarks += draft.calendar.remarks()


def _front_matter(draft: Draft, document: ParsedWriteUp, form: WriteUpFormat) -> None:
    """Place the values of the front matter; lines that fit in no field are kept."""
    raw = document.front_raw
    if not document.front:
        draft.note(FRONT_MATTER_LEFT, raw)
        return
    for key, part in front_parts(raw, document.front):
        value = document.front.get(key)
        if key == COMMENT or is_page_setting(key, value):
            draft.drop(part, A_COMMENT if key == COMMENT else PAGE_SETTING)
            continue
        text = front_text(key, value)
        topic = form.front.get(key) or label_topic(key)
        if topic is Topic.SLUG and text and latin_slug(last := text.strip("/").rpartition("/")[2], 100) == last:  # fmt: skip
            draft.slug = draft.slug or last
            draft.drop(part, PAGE_ADDRESS)
            continue
        if text and text.strip() and text != "null" and topic is not Topic.NOTES:
            with draft.unit(FRONT_MATTER_LEFT, part, f"- {part}"):
                placed = place_figure(draft, topic, key, text, FRONT_MATTER_LEFT)
                if placed:
                    draft.said_by_field_name(key)
                if not placed:
                    draft.note(FRONT_MATTER_LEFT, f"- {part}")
        else:
            draft.note(FRONT_MATTER_LEFT, f"- {part}")


def _data(draft: Draft, document: ParsedWriteUp, write_up: WriteUp) -> dict[str, Any]:
    """Return the fields of the draft, with notes for everything else."""
    draft.fields["title"] = " ".join(draft.title.split())
    draft.fields["status"] = Status.DRAFT.value
    source: dict[str, Any] = {
        "id": _SOURCE,
        "title": f"Write-up: {' '.join(draft.title.split())}",
        "kind": "write-up",
        "location": place_of(write_up.name),
        "versions": [write_up.digest],
    }
    if written := draft.written or draft.calendar.written:
        source["date"] = written.isoformat()
    draft.fields["sources"] = [source]
    names = tuple(Incident.model_fields)
    data = draft.data(names)
    words_of_draft = set(words(_flat({**data, "sources": []}) + _flat(draft.notes)))
    for heading, texts in (
        (TIMES_LEFT, list(dict.fromkeys(draft.times))),
        (
            HEADINGS_LEFT,
            [h for h in draft.leftover_headings if not set(words(h)) <= words_of_draft],
        ),
    ):
        if texts:
            draft.note(heading, "\n".join(f"- {text}" for text in texts))
    _keep_unplaced_lines(draft, document, write_up, data)
    if draft.notes:
        data["notes"] = [
            {"heading": _line(heading), "text": joined_passages(texts)} if _line(heading) else {"text": joined_passages(texts)}
            for heading, texts in draft.notes
        ]  # fmt: skip
    return data


def _keep_unplaced_lines(
    draft: Draft, document: ParsedWriteUp, write_up: WriteUp, data: dict[str, Any]
) -> None:
    """Keep every line of the write-up with a word that is not in the draft yet."""
    words_of_draft = set(words(_flat({**data, "sources": []})))
    words_of_draft |= set(words(_flat(draft.notes)))
    words_of_draft |= {word for text in draft.said_by_field_names for word in words(text)}
    words_of_draft |= {word for raw, _ in draft.dropped for word in words(raw)}
    lines = []
    for line in write_up.text.split("\n"):
        if any(word not in words_of_draft for word in markdown_words(line, document.labels)):
            lines.append(line.rstrip())
    if lines:
        draft.note(LINES_LEFT, "\n".join(lines))


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{key}\n{_flat(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(map(_flat, value))
    return str(value)


def _line(text: str) -> str:
    """Return a text as one line that is safe to print."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split())).strip()


def _comments(draft: Draft, data: dict[str, Any], write_up: WriteUp) -> list[str]:
    """Return the comments at the top of the draft: what was done, and what to do next."""
    fields = sum(number for name, number in draft.placed.items() if name and name != "notes")
    notes = draft.placed["notes"]
    comments = [
        f"{MADE_BY_IMPORT} from {_line(write_up.name)}:",
        f"{fields:,} words went into fields, {notes:,} into `notes` at the end.",
        *draft.remarks,
    ]
    lacking = [
        name
        for name in ("severity", "symptom", "root_cause", "fix", "verification")
        if (part := data.get(name)) is None
        or (isinstance(part, dict) and NOT_WRITTEN in part.values())
    ]
    todo = []
    if lacking:
        todo.append(f"write {', '.join(lacking)}")
    if notes:
        todo.append("move the text in `notes` to the right fields, or remove it")
    if "timeline" in data and not any("marks" in event for event in data["timeline"]):
        todo.append("in the timeline, mark the events started, detected, mitigated and resolved")
    if any(not step.get("risk") for name in ("diagnosis", "mitigation", "verification") for step in data.get(name, ()) if "run" in step):  # fmt: skip
        todo.append("declare the risk of each command (`risk`)")
    todo.append("compare it with the write-up: nothing has been checked")
    comments.append("Next steps:")
    comments += [f"- {text}" for text in todo]
    return comments


__all__ = ["Imported", "make"]
