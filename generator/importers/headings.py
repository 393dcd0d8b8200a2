"""What headings, labels and columns of a write-up mean. The words themselves stand in `vocabulary.py`."""

from __future__ import annotations

import re
from functools import lru_cache

from generator.importers.vocabulary import Topic, languages, phrase, without_number
from generator.model import ItemState

_FILE_WORDS = frozenset("file files tool tools script scripts".split())
_CHANGED_WORDS = frozenset(
    "modified changed created added touched updated deleted removed affected".split()
)
_KINDS_OF_FILES = frozenset(
    "and new verification test testing helper deployment source code".split()
)

_SMALL = frozenset("a an the this that our of and for so some bit little more".split())
_MOST_WORDS = 6
_NEGATED = re.compile(r"\b(?:not|never|(?:did|does|do|was|were|has|have|is|could|would)nt)\b")
_PARENTHESES = re.compile(r"\([^()]*\)")


def says_no_more(label: str) -> bool:
    """Whether the name of the field says the same as a label."""
    plain = phrase(label)
    return any(plain in language.labels for language in languages())


def exact_topic(heading: str) -> Topic | None:
    """Return the topic of a heading that says no more than the topic; its field replaces it."""
    plain = phrase(heading)
    return next((found for each in languages() if (found := each.headings.get(plain))), None)


def strict_topic(heading: str) -> tuple[Topic, bool] | None:
    """Return the topic of a heading that says no more, but for parentheses and words around it.

    Returns:
        The topic, and whether it is weak: whether the heading means it only where no section around it
        has a topic. None if the heading says more.
    """
    for text in (heading, _PARENTHESES.sub(" ", heading)):
        plain = phrase(text)
        for language in languages():
            if plain in language.headings:
                return language.headings[plain], plain in language.weak
    plain = phrase(heading)
    for language in languages():
        core = " ".join(word for word in plain.split() if word not in language.around)
        if core in language.headings:
            # One general word decides nothing: "Incident response analysis" is no response.
            if core in language.weak and not set(plain.split()) - set(core.split()) <= _SMALL:
                continue
            return language.headings[core], core in language.weak
    return None


@lru_cache(2_000)
def heading_topic(heading: str) -> Topic | None:
    """Return the topic of a heading, or None if no field fits."""
    if found := exact_topic(heading):
        return found
    plain = phrase(heading)
    plain_words = set(plain.split())
    if (
        plain_words & _FILE_WORDS
        and plain_words & _CHANGED_WORDS
        and plain_words <= _FILE_WORDS | _CHANGED_WORDS | _KINDS_OF_FILES
    ):
        return Topic.CHANGES
    if strict := strict_topic(heading):
        return strict[0]
    outside = phrase(_PARENTHESES.sub(" ", _PARENTHESES.sub(" ", heading)))
    if len(outside.split()) > _MOST_WORDS:
        return None
    within = (pair for language in languages() for pair in language.within)
    matches = ((match, topic) for pattern, topic in within if (match := pattern.search(outside)))
    first = next(matches, None)
    if first is None or first[1] not in (Topic.WENT_WRONG, Topic.WENT_WELL):
        return first[1] if first else None
    seen, side = first
    # "What could have worked better" is one side; "what went well and went wrong" are both.
    other = Topic.WENT_WELL if side is Topic.WENT_WRONG else Topic.WENT_WRONG
    again = next((match for match, topic in matches if topic is other), None)
    if again and (again.end() <= seen.start() or seen.end() <= again.start()):
        return Topic.LESSONS
    return Topic.LESSONS if _names_other(outside, seen, other) else side


def _names_other(heading: str, found: re.Match[str], other: Topic) -> bool:
    """Whether a heading names the other side besides what was found: "What worked, what didn't"."""
    if other is Topic.WENT_WELL and _NEGATED.search(found[0]):
        return False  # "What did not go right"
    around = f"{heading[: found.start()]} {heading[found.end() :]}".split()
    return any(not language.sides[other].isdisjoint(around) for language in languages())


def may_tell_cause(heading: str) -> bool:
    """Whether a heading of what went wrong tells the cause, if prose stands below it.

    "What went wrong the first time?" says more, and may tell it as well.
    """
    plain = phrase(heading)
    return any(plain.startswith(begin) for language in languages() for begin in language.cause)


def may_sum_up(heading: str) -> bool:
    """Whether a heading at the end sums the story up, if prose stands below it."""
    plain = phrase(heading)
    return any(plain in language.closing for language in languages())


def label_topic(label: str) -> Topic | None:
    """Return the topic of a label, or None."""
    plain = phrase(label)
    for language in languages():
        if found := language.labels.get(plain):
            return found
    for language in languages():
        core = " ".join(word for word in plain.split() if word not in language.around)
        if core and (found := language.labels.get(core)):
            return found
    return None


def state_word(text: str) -> tuple[ItemState, bool] | None:
    """Return the state that a text begins with, and whether it says no more; None if with none."""
    plain = phrase(text).split()
    for length in range(min(len(plain), 4), 0, -1):
        begin = " ".join(plain[:length])
        for language in languages():
            if begin in language.states:
                return language.states[begin], length == len(plain)
    return None


def is_column(text: str, kind: str) -> bool:
    """Whether the heading of a column means one of the kinds in `columns`.

    Words in parentheses, such as a zone, are ignored.
    """
    plain = phrase(_PARENTHESES.sub(" ", text))
    return any(plain in language.columns[kind] for language in languages())


__all__ = [
    "Topic",
    "exact_topic",
    "heading_topic",
    "is_column",
    "label_topic",
    "may_sum_up",
    "may_tell_cause",
    "phrase",
    "says_no_more",
    "state_word",
    "strict_topic",
    "without_number",
]
