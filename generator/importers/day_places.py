"""Finds the places of a write-up that say when its events were, for `days`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from generator.importers.blocks import label_pairs, side_by_side
from generator.importers.dates import StatedDay, days_in, find_date, month_and_year, only_day
from generator.importers.days import FILE_NAME, Calendar, Near, SaidOfDays
from generator.importers.document import (
    List,
    ParsedWriteUp,
    Quote,
    WriteUpBlock,
    WriteUpCode,
    WriteUpParagraph,
    WriteUpSection,
    WriteUpTable,
)
from generator.importers.front_lines import is_byline, is_dateline, is_line_of_page, says_byline
from generator.importers.headings import Topic, heading_topic, label_topic, phrase
from generator.importers.prose import Label
from generator.importers.times import read_stated_time
from generator.importers.words import words
from generator.importers.years import Hint, YearHint, of_month, of_season
from generator.importers.zones import Zone, named_zone, one_zone, read_zone, stated_zone

# Before a day: that something was written or discussed on it, or is planned for it.
_WRITTEN = re.compile(
    r"\b(?:publish\w*|post(?:ed)?|updated?|modified|edited|written|authored|created|dated|as of|meeting|scheduled|reviewed)\b"
    r"[^.;\n]{0,25}\Z|\u00a9\s?\Z",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(?:due|deadline|by|until|copyright|version|release|eta|target|moved|postponed|rescheduled|shifted|planned|expected)\b[^.;\n]{0,25}\Z",
    re.IGNORECASE,
)
_OF_FILE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_. ]?(0[1-9]|1[0-2])[-_. ]?([0-2]\d|3[01])(?!\d)")
# Keys by which generators of sites publish a page: a day in its file name is then that of publication.
_OF_PAGE = frozenset(("date", "layout", "permalink", "published", "lastmod", "draft", "publishdate", "pubdate", "categories"))  # fmt: skip
_PUBLISHED = frozenset((*_OF_PAGE, "updated", "modified", "last modified", "created", "publish date", "published at", "publishedat"))  # fmt: skip
_OF_INCIDENT = re.compile(r"\b(?:incident|outage|occurred|event|start(?:ed)?|began|begin)\b")
_CLOCK = re.compile(
    r"(?<![\w:.+-])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:\s?[ap]\.?m\b\.?)?(?:\s(?:Uhr|hrs?|h)\b)?",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\(([^()\n]{1,40})\)")
_START = re.compile(r"(?<!\w)T\s?(?:\+?\s?0)?\s?(?:=|is|was|being|:|\()\s*", re.IGNORECASE)
_MOST_LINES = 4_000
_MOST_PARAGRAPHS = 3
_MOST_WORDS = 12
_ZONE_WORDS = 4


def calendar_of(
    document: ParsedWriteUp, text: str, name: str, title: WriteUpSection | None
) -> Calendar:
    """Return what a write-up says about when.

    Args:
        document: the write-up.
        text: the same, as text.
        name: the name of its file.
        title: the section whose heading is its title, if there is one.
    """
    front = {phrase(key): _told(value) for key, value in document.front.items()}
    labels = list(_labels(document))
    lead, datelines = _lead(document, title)
    heading = f"{title.heading if title else ''}\n{front.get('title', '')}"
    heading = re.sub(r"(?<=[A-Za-z])/", " / ", heading)  # `Incidents/2024-07-02`
    body = text.replace(document.front_raw, "", 1) if document.front_raw else text
    named = [*_days([heading, body])]
    orders = {stated.order for stated in (*named, *_short_days(body)) if stated.order}
    calendar = Calendar(
        text=text,
        order=orders.pop() if len(orders) == 1 else None,
        published=_publication(front, labels, body, datelines),
        written=_written(body, datelines),
    )
    of_file = _day_of_file(name)
    if of_file and document.front and _OF_PAGE & front.keys():
        calendar.published, of_file = calendar.published or of_file.sure(), None
    known = {day for stated in named if (day := stated.sure())} - {calendar.published}
    calendar.known = frozenset(known)
    calendar.years = list(_years(heading, name, calendar))
    incident = [label for label in labels if _is_of_incident(label)]
    plain = [label for label in labels if label_topic(label.name) is Topic.DATE and label not in incident]  # fmt: skip
    first = next(filter(None, (tuple(_days([text])) for text in lead)), ())
    of_title = {stated.readings[0][:2] for stated in _days([heading])}
    of_page = {calendar.published, calendar.written} - {None}
    if (
        of_title
        and len(first) == 1
        and first[0].sure() in of_page
        and first[0].readings[0][:2] not in of_title
    ):
        first = ()  # The day of publication, beside the title with that of the incident.
    calendar.learn((
        SaidOfDays("its first paragraph", first),
        SaidOfDays("a label", tuple(_days(label.value for label in incident))),
        SaidOfDays("a label", tuple(_days(label.value for label in plain))),
        SaidOfDays("its title", tuple(_days([heading]))),
        SaidOfDays(FILE_NAME, (of_file,) if of_file else ()),
        SaidOfDays("its front matter", tuple(_days(value for key, value in front.items() if label_topic(key) in (Topic.DATE, Topic.MOMENT) and key != "date"))),
    ))  # fmt: skip
    _learn_zone(calendar, lead, labels, front, body, heading)
    calendar.start = _start(calendar, labels, body)
    return calendar


def _told(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str) else ""


def _days(texts: Iterable[str]) -> Iterator[StatedDay]:
    for text in texts:
        none = True
        for begin, stated in days_in(text):
            none = False
            before = text[max(0, begin - 60) : begin]
            if not _WRITTEN.search(before) and not _PLANNED.search(before):
                yield stated
        if none and (alone := only_day(text)):
            yield alone


def _short_days(body: str) -> Iterator[StatedDay]:
    """Yield days such as `14/04` at the begin of entries and in cells."""
    for line in body.split("\n"):
        if "/" in line:
            for cell in line.lstrip(" \t-*#>\u2022").strip("|").split("|")[:3]:
                stamp = read_stated_time(cell)
                if day := only_day(cell) or (stamp.day if stamp else None):
                    yield day


def _years(heading: str, name: str, calendar: Calendar) -> Iterator[YearHint]:
    """Yield what tells the year of days without one, besides the days of the incident."""
    for where, text in (("the title", heading), ("the file name", _words_of_file(name))):
        if found := month_and_year(text, anywhere=True):
            sure = found[1] is not None and where == "the title"
            yield of_month(*found, "" if sure else where)
    if season := of_season(calendar.known, "other days of the write-up"):
        yield season
    if calendar.published:
        yield YearHint(
            Hint.PUBLICATION, calendar.published, f"the day of publication, {calendar.published}"
        )


def _is_of_incident(label: Label) -> bool:
    topic, name = label_topic(label.name), phrase(label.name)
    if topic is Topic.MOMENT:
        return "start" in name and read_stated_time(label.value) is not None
    return topic is Topic.DATE and bool(_OF_INCIDENT.search(name))


def _labels(document: ParsedWriteUp) -> Iterator[Label]:
    """Yield the labels of the write-up: at paragraphs, list items, rows of two cells, and headings."""
    for section in document.sections:
        if section.heading and len(section.blocks) == 1:
            yield Label(section.heading, section.blocks[0].raw, bold=True, alone=False)
        for block in section.blocks:
            yield from _labels_of(block)


def _labels_of(block: WriteUpBlock) -> Iterator[Label]:
    if isinstance(block, WriteUpParagraph) and block.label:
        yield block.label
    elif isinstance(block, List):
        for item in block.items:
            if item.label:
                yield item.label
    elif isinstance(block, WriteUpTable):
        if len(block.header.cells) == 2 or side_by_side(block):
            for name, value in label_pairs(block):
                yield Label(name, value, bold=True, alone=False)
    elif isinstance(block, Quote):
        for part in block.blocks:
            yield from _labels_of(part)


def _lead(document: ParsedWriteUp, title: WriteUpSection | None) -> tuple[list[str], list[str]]:
    """Return the first paragraphs of the write-up and of its summary, without labels, and the lines of a day alone.

    Such a line under the title says when the write-up was published, unless times stand below it.
    """
    sections = [s for s in document.sections[:2] if s is title or not s.heading]
    summary = next((s for s in document.sections if s not in sections and heading_topic(s.heading) is Topic.SUMMARY), None)  # fmt: skip
    lead: list[str] = []
    datelines: list[WriteUpParagraph] = []
    for section in (*sections, *([summary] if summary else [])):
        paragraphs = [b for b in section.blocks if isinstance(b, WriteUpParagraph)]
        if section is not summary:
            datelines += _datelines(section.blocks)
        texts = [
            None if block in datelines else block.text
            for block in paragraphs
            if not (block.label and _is_figure(block.label))
        ]
        lead += [text for text in texts[:_MOST_PARAGRAPHS] if text and not is_byline(text)]
    return lead, [line for block in datelines for line in block.raw.split("\n")]


def _datelines(blocks: Sequence[WriteUpBlock]) -> Iterator[WriteUpParagraph]:
    """Yield the first paragraphs that have a line of a day alone, as in a byline."""
    first = [*blocks[: 3 * _MOST_PARAGRAPHS], None]
    for block, following in pairwise(first):
        if not isinstance(block, WriteUpParagraph) or not is_line_of_page(block):
            continue
        lines = block.raw.strip().split("\n")
        below = following.text if isinstance(following, WriteUpParagraph) else ""
        heads = isinstance(following, List | WriteUpTable | WriteUpCode)
        if heads or any(map(read_stated_time, (*lines, below))):
            continue
        if any(map(is_dateline, lines)) and all(len(words(line)) <= _MOST_WORDS for line in lines):
            yield block


def _is_figure(label: Label) -> bool:
    return label_topic(label.name) not in (None, Topic.SUMMARY, Topic.SYMPTOM, Topic.IMPACT)


def _written(body: str, datelines: Iterable[str]) -> date | None:
    """Return the day of publication that a byline or a day alone under the title says."""
    bylines = (line for line in body[:2000].split("\n")[:12] if says_byline(line))
    return next(filter(None, map(find_date, (*bylines, *datelines))), None)


def _publication(
    front: Mapping[str, str], labels: list[Label], body: str, datelines: Iterable[str]
) -> date | None:
    """Return the day on which the write-up was published, as far as it says so."""
    told = [
        value
        for key, value in front.items()
        if key in _PUBLISHED or label_topic(key) is Topic.WRITTEN
    ]
    told += [label.value for label in labels if label_topic(label.name) is Topic.WRITTEN]
    found = next(filter(None, map(find_date, told)), None) or _written(body, datelines)
    in_text = (
        stated.sure()
        for begin, stated in days_in(body)
        if _WRITTEN.search(body[max(0, begin - 60) : begin])
    )
    return found or next(filter(None, in_text), None)


def _day_of_file(name: str) -> StatedDay | None:
    match = _OF_FILE.search(name)
    if match:
        stated = StatedDay(
            match[0], match.end(), int(match[1]), ((int(match[2]), int(match[3]), None),)
        )
        return stated if stated.sure() else None
    return next((stated for _, stated in days_in(_words_of_file(name)) if stated.sure()), None)


def _words_of_file(name: str) -> str:
    """Return the words of a file name; a month of numbers stays together."""
    stem = name.rpartition(".")[0] or name
    return re.sub(
        r"(?<!\d)((?:19|20)\d\d)[ ](0[1-9]|1[0-2])(?!\d)", r"\1-\2", re.sub(r"[_-]+", " ", stem)
    )


def _learn_zone(calendar: Calendar, lead: list[str], labels: list[Label], front: Mapping[str, str], body: str, heading: str) -> None:  # fmt: skip
    of_labels = [
        named_zone(label.value) for label in labels if label_topic(label.name) is Topic.ZONE
    ]
    of_front = [named_zone(value) for key, value in front.items() if label_topic(key) is Topic.ZONE]
    calendar.zone = next(filter(None, (stated_zone(body), *of_labels, *of_front)), None)
    if calendar.zone is None:
        # The zone of the times of the first paragraph, and of labels such as `Start`.
        zones = [
            read_zone(text, match.end())[0] for text in lead for match in _CLOCK.finditer(text)
        ]
        zones += [named_zone(label.value) for label in labels if label_topic(label.name) in (Topic.DATE, Topic.MOMENT)]  # fmt: skip
        calendar.zone = one_zone(filter(None, zones))
        if calendar.zone and not calendar.zone.several:
            calendar.zone_remark = f"Times without a zone are in {calendar.zone.name}, as other times of the write-up. Check them."  # fmt: skip
    # Without parentheses, a title is about a place: "Europe/Berlin cannot be reached".
    of_title = (named_zone(aside) for aside in _ASIDE.findall(heading) if len(words(aside)) <= _ZONE_WORDS)  # fmt: skip
    if calendar.zone is None and (zone := next(filter(None, of_title), None)):
        calendar.zone = zone
        calendar.zone_remark = (
            f"Times without a zone are in {zone.name}, as its title says. Check them."
        )
    if calendar.zone is None and (zone := _zone_of_entries(body)):
        calendar.zone = zone
        calendar.zone_remark = f"Times without a zone are in {zone.name}, as most others of the write-up. Check them."  # fmt: skip


def _zone_of_entries(body: str) -> Zone | None:
    """Return the only zone that entries name, if most of them name it."""
    zones: list[Zone] = []
    without = 0
    for line in body.split("\n")[:_MOST_LINES]:
        stamp = read_stated_time(line.lstrip(" \t-*#>|\u2022")) if _CLOCK.search(line) else None
        if stamp and stamp.zone:
            zones.append(stamp.zone)
        elif stamp:
            without += 1
    zone = one_zone(zones)
    settled = zone is not None and not zone.several
    return zone if settled and len(zones) > max(2, 2 * without) else None


def _start(calendar: Calendar, labels: list[Label], body: str) -> datetime | None:
    """Return the stated start of the incident: `T0 = ...`, or a label."""
    texts = [body[match.end() : match.end() + 80] for match in _START.finditer(body)]
    texts += [label.value for label in labels if label_topic(label.name) is Topic.MOMENT and "start" in phrase(label.name)]  # fmt: skip
    for text in texts:
        stamp = read_stated_time(text.split("\n")[0])
        if stamp is None:
            continue
        day = calendar.date_of(stamp.day, Near())[0] if stamp.day else calendar.day
        zone = stamp.zone or (None if calendar.zone_remark else calendar.zone)
        if day and zone:
            return zone.at(datetime.combine(day, stamp.clock))[0]
    return None
