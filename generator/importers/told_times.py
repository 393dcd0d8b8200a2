"""Times that prose tells: `At 14:02 UTC, we ...`. They are events where a write-up has no timeline.

Only times whose day and zone are certain count. A sentence that is about no moment of the incident has none:
what happens every night, what would happen, and what a picture shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from generator.importers.dates import days_in, only_spells_a_time
from generator.importers.days import HALF_A_DAY, Calendar, Near
from generator.importers.times import StatedTime, read_stated_time, spell_time
from generator.importers.words import words
from generator.importers.zones import Zone, one_zone, settled

_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<![ap]\.m\.)(?<!\bapprox\.)(?<!\bvs\.)\s+(?=[\"'\u201c(\[`]?[A-Z0-9])"
)
# Where a time may begin, with the word before it.
_CLOCK = re.compile(
    r"(?<![\w:./-])(?:(?P<word>between|from|at|by|around|about|on|until|till|before|after|since|than|to|and|or)\s{1,3}(?:(?:around|about|approximately|roughly)\s)?)?"
    r"(?:~\s?)?(?P<clock>\d{1,2}(?:[:h]\d\d(?!\d)|(?:\.\d\d)?\s?[ap]\.?m\b)|(?:[01]\d|2[0-3])[0-5]\d(?=\s?(?:UTC|GMT|Z)\b))",
    re.IGNORECASE,
)
_BETWEEN_DAY_AND_CLOCK = re.compile(r"[\s,]{0,4}(?:(?:at|between|from|around|about|approximately|roughly|~)\s{0,3})*\Z", re.IGNORECASE)  # fmt: skip
# What may stand before a time at the beginning of a sentence.
_OPENING = re.compile(
    r"\W{0,4}(?:(?:then|later|finally|eventually|first|second|third|lastly|next|also|and|but|so|however|meanwhile|soon|starting|beginning|again|early|late)\b,?\s{0,3}){0,3}"
    r"(?:(?:on|at|by|around|about|from|between|approximately|roughly)\s{0,3}){0,3}\Z",
    re.IGNORECASE,
)
_JOIN = re.compile(r"\s{0,3}(?:[,;]\s{1,3}(?:(?:and|but|then|so)\s{1,3}){0,2}|(?:and|but)\s{1,3})", re.IGNORECASE)  # fmt: skip
_CLAUSE = re.compile(r"[,;]\s{1,3}(?:(?:and|but|then|so)\s{1,3}){0,2}\Z", re.IGNORECASE)
_SEMICOLON = re.compile(r";\s{1,3}")
_CLAUSES = re.compile(r"[,;]\s{1,3}(?:(?:and|but|then|so)\s{1,3}){1,2}|;\s{1,3}", re.IGNORECASE)
_JOIN_BEHIND = re.compile(r"[,;]?(?:\s(?:and|but|then|so))?\s{0,3}\Z")
_ENDS_CLAUSE = re.compile(
    r"[\s)*_`]{0,4}(?:[,;.!]|\Z)|\s(?:and|but|when|after which|where|by|because|due to|with|without|as|in|for|on|to|from|(?:on )?(?:that|the same) (?:day|night|morning|evening|afternoon))\b"
)
_LEADS_AWAY = frozenset("until till before after since than to or and".split())
_SUBORDINATE = re.compile(r"\W{0,4}(?:since|as|while|although|though|because|if|unless|whereas|until|before|after|had|when)\b", re.IGNORECASE)  # fmt: skip
_NO_MOMENT = re.compile(
    r"\b(?:(?:every|each) (?:\w+ )?(?:day|night|week|hour|morning|evening|month|weekday|time|monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?|daily|nightly|weekly|hourly|usually|typically|always|often|will|would|should|shall|(?-i:may)|might|could have"
    r"|plan(?:ned)? (?:to|for)|plans (?:to|for)|(?:have|has|had|are|is|was|were|we) (?:\w+ )?(?:plan|planned|planning)|scheduled (?:to|for)|runs? at|if|graph|chart|figure|screenshot|plot|diagram|dashboard below|earlier version|correction|meeting|timestamps?"
    r"|time ?zone|local time|business hours|office hours)\b",
    re.IGNORECASE,
)
_SAME_DAY = re.compile(
    r"\b(?:that|the same) (?:day|morning|afternoon|evening|night)\b", re.IGNORECASE
)
_HALF = re.compile(r"[ap]\.?m\b", re.IGNORECASE)
_JOINS = re.compile(r"\W{0,4}(?:and|to|until|till)?\W{0,4}", re.IGNORECASE)
_SOON = timedelta(hours=3)
"""How long after the last event a time without a day is still taken to be."""
_NEAR = timedelta(days=7)
_FEWEST_WORDS = 2
_MOST_CLOCKS = 2_000
_LONGEST = 2_000


@dataclass(frozen=True)
class Told:
    """A sentence, or a part of one, that tells what happened when.

    Attributes:
        begin: where it begins in the paragraph.
        text: the text.
        at: when it was, in the format of an incident's file.
        assumed: whether its day is that of the write-up, as nothing near it names one.
    """

    begin: int
    text: str
    at: str
    assumed: bool = False


@dataclass
class ToldTimes:
    """Finds events in the prose of one write-up, paragraph by paragraph, in order.

    Attributes:
        calendar: what the write-up says about its days and zones.
        zone: the zone of times that name none: the only one of the write-up.
        halves: whether the write-up has times such as `9:41 PM`, so that `9:41` may be either.
        doubtful: whether the events pass midnight, and nothing says on which side of it the day of the write-up is.
    """

    calendar: Calendar
    zone: Zone | None = None
    halves: bool = False
    doubtful: bool = False
    _last: datetime | None = None
    _first: datetime | None = None
    _one_day: date | None = None
    _assumes: bool = False
    # The first span whose day is stated: times in it are on that day.
    _span: tuple[date, time, time] | None = None

    def learn(self, paragraphs: Sequence[str]) -> bool:
        """Look at all paragraphs before the first is read.

        Args:
            paragraphs: their texts.

        Returns:
            Whether they have times, and not more than a story has.
        """
        clocks = 0
        zones: list[Zone] = []
        days: set[tuple[int, int]] = set()
        for text in paragraphs:
            for clock in _CLOCK.finditer(text):
                clocks += 1
                if clocks > _MOST_CLOCKS:
                    return False
                stamp = read_stated_time(text[clock.start("clock") : clock.end() + 60])
                zones += [stamp.zone] if stamp and stamp.zone else []
                self.halves = self.halves or _HALF.search(clock["clock"]) is not None
                around = text[max(0, clock.start() - 40) : clock.end() + 40]
                days |= {stated.readings[0][:2] for _, stated in days_in(around)}
        one = one_zone(zones)
        self.zone = self.calendar.zone or (one if one and not one.several else None)
        day = self.calendar.day
        self._one_day = day if day and days <= {(day.month, day.day)} else None
        return clocks > 0

    def events(self, paragraph: str) -> list[Told]:
        """Return the events of a paragraph, in its order."""
        if len(paragraph) > 4 * _LONGEST:
            return []
        found: list[Told] = []
        for begin, sentence in sentences(paragraph):
            parts = [] if _NO_MOMENT.search(sentence) else list(self._parts(sentence))
            for number, (start, stamp, day) in enumerate(parts):
                end = parts[number + 1][0] if number + 1 < len(parts) else len(sentence)
                text = sentence[start:end]
                at = self._time(stamp, day, sentence)
                if at is not None and _tells(text):
                    found.append(
                        Told(
                            begin + start, _JOIN_BEHIND.sub("", text), spell_time(at), self._assumes
                        )
                    )
        return found

    def _parts(self, sentence: str) -> Iterator[tuple[int, StatedTime, date | None]]:
        """Yield the times that the parts of a sentence are about: where each part begins, its time and its day."""
        behind = part = last = 0
        for clock in _CLOCK.finditer(sentence[:_LONGEST]):
            if clock.start() < behind:
                continue
            word = (clock["word"] or "").casefold()
            spans = word in ("between", "from") and read_stated_time(sentence[clock.start() :])
            begin = clock.start() if spans else clock.start("clock")
            stamp = read_stated_time(sentence[begin:])
            if stamp is None:
                continue
            # The part begins behind the last one: `..., and at 4:40 AM`, `... at 13:44 UTC and confirmed`.
            stated = self._day_before(sentence, clock.start())
            start, day = stated if stated else (clock.start(), None)
            if behind and not _tells(sentence[last:behind]):
                joined = _behind_clause(sentence, behind, start)
            else:
                joined = (
                    _JOIN.match(sentence, behind)
                    or _CLAUSE.search(sentence, behind, start)
                    or _SEMICOLON.search(sentence, behind, start)
                )
            part = joined.end() if behind and joined else 0
            apart = behind == 0 or joined is not None
            end, behind = behind, begin + stamp.end
            if self.halves and stamp.clock.hour < 13 and not _HALF.search(sentence[begin:behind]):
                continue
            if (
                not apart
                or word in _LEADS_AWAY
                or not self._is_about(sentence, part, start, behind)
            ):
                behind = end or behind
                continue
            day = self._day_of_span(sentence[begin:], stamp, day)
            if day is None and stamp.day:
                day = self.calendar.date_of(stamp.day, Near())[0]
                if day is None:
                    continue
            last = part
            yield part, stamp, day

    def _is_about(self, sentence: str, part: int, start: int, end: int) -> bool:
        """Whether a part of a sentence is about its time, which begins or ends it."""
        last = not any(map(str.isalnum, sentence[end:]))
        if _SUBORDINATE.match(sentence, part) and not last:
            return False
        opens = _OPENING.fullmatch(sentence, part, start) is not None
        return opens or last or _ENDS_CLAUSE.match(sentence, end) is not None

    def _day_before(self, sentence: str, position: int) -> tuple[int, date | None] | None:
        """Return the day directly before a time: `On June 3, 2026, between ...`."""
        for begin, stated in days_in(sentence[max(0, position - 60) : position]):
            begin += max(0, position - 60)
            end = max(0, position - 60) + stated.end
            if _BETWEEN_DAY_AND_CLOCK.match(sentence[end:position]):
                return begin, self.calendar.date_of(stated, Near())[0]
        return None

    def _day_of_span(self, text: str, stamp: StatedTime, day: date | None) -> date | None:
        """Return the day of a span that does not cross midnight, which may stand behind its end."""
        if stamp.day or stamp.clock_end >= stamp.end:
            return day
        joined = _JOINS.match(text, stamp.clock_end)
        last = read_stated_time(text[joined.end() :]) if joined else None
        if last is None or last.clock < stamp.clock:
            return day
        if last.day and day is None:
            day = self.calendar.date_of(last.day, Near())[0]
        if day and self._span is None and self.zone:
            self._span = day, stamp.clock, last.clock
        return day

    def _time(self, stamp: StatedTime, day: date | None, sentence: str) -> datetime | None:
        """Return when it was; None if the day or the zone is open."""
        zone = stamp.zone or self.zone
        if zone and zone.several:
            zone = settled(zone, self.calendar.text)
        if zone is None or zone.several or stamp.weekday is not None:
            return None
        known, day = day, day or self._assumed(stamp, sentence)
        if known:
            self._assumes = False
        if day and self.calendar.day and abs(day - self.calendar.day) > _NEAR:
            return None  # Long before the incident, or planned for some day after it.
        at = self.calendar.time_of(day, stamp.clock, (zone,)) if day else None
        if at is not None:
            self._last, self._first = at, self._first or at
        return at

    def _assumed(self, stamp: StatedTime, sentence: str) -> date | None:
        """Return the day of a time without one: soon after the last event, or on the only day there is."""
        last = self._last
        if last:
            if _SAME_DAY.search(sentence):
                return last.date()
            here = datetime.combine(last.date(), stamp.clock, last.tzinfo)
            passed = here < last and last - here > HALF_A_DAY
            here += timedelta(days=passed)
            if timedelta() <= here - last <= _SOON:
                self.doubtful = self.doubtful or (passed and self._assumes)
                return here.date()
        if self._span and self._span[1] <= stamp.clock <= self._span[2]:
            self._assumes = False
            return self._span[0]
        first = self._first
        if self._one_day is None:
            return None
        if first and (stamp.clock < first.time() or first.date() != self._one_day):
            return None
        self._assumes = True
        return self._one_day


def _behind_clause(sentence: str, begin: int, end: int) -> re.Match[str] | None:
    """Return what joins a second clause to that of a time before it: `At 19:30, A went down, and B was back by 23:30`."""
    for joined in _CLAUSES.finditer(sentence, begin, end):
        if _tells(sentence[begin : joined.start()]):
            return joined
    return None


def _tells(text: str) -> bool:
    """Whether a text says more than a time: `Mar 3, 2026 - 16:40 UTC` and `When: 10:05 to 12:10` tell nothing."""
    rest, behind = "", 0
    for clock in _CLOCK.finditer(text):
        if clock.start() >= behind:
            begin = clock.start("clock")
            stamp = read_stated_time(text[begin:])
            rest += f"{text[behind : clock.start()]} "
            behind = begin + stamp.end if stamp else clock.end()
    rest += text[behind:]
    told = [word for word in words(rest) if not any(map(str.isdecimal, word))]
    return sum(not only_spells_a_time(word) for word in told) >= _FEWEST_WORDS


def sentences(paragraph: str) -> Iterator[tuple[int, str]]:
    """Yield the sentences of a paragraph, each with where it begins."""
    begin = 0
    for gap in _SENTENCE_END.finditer(paragraph):
        yield begin, paragraph[begin : gap.start()]
        begin = gap.end()
    yield begin, paragraph[begin:]
