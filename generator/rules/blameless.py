"""KB705 to KB707: words that blame or name a person. These rules only give hints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from generator.knowledge.diagnostics import Severity
from generator.knowledge.source import Route
from generator.rules.base import Finding, Rule, Subject
from generator.rules.people import has_role_word
from generator.rules.wording import blame_in

# Commands and messages are quoted; the author did not choose their words.
_QUOTED = re.compile(r"`[^`]*`|\"[^\"\n]*\"|\u201c[^\u201d\n]*\u201d")

_PERSON = (
    r"(?:I|we|he|she|they|who|somebody|someone|nobody|no one|everybody|everyone|people"
    r"|(?:the|our|an?|this|that|one|two|some|on-call|first|responding)\s(?:[\w-]+\s){0,3}?"
    r"(?:engineers?|developers?|operators?|admins?|administrators?|users?|authors?|reviewers?"
    r"|colleagues?|persons?|teams?|responders?|managers?|employees?|members?|contractors?"
    r"|maintainers?|vendor|supplier|consultants?|on-call))"
)
_JUDGED = re.compile(
    r"\b(?:careless(?:ly|ness)?|negligen(?:t|tly|ce)|sloppy|sloppily|stupid(?:ly|ity)?|incompeten(?:t|ce)"
    r"|unprofessional|irresponsib(?:le|ly)|thoughtless(?:ly)?|reckless(?:ly)?"
    r"|inattenti(?:ve|on)|lack of (?:attention|care|diligence|discipline)"
    r"|(?:is|are|was|were|be) to blame|blames? (?:it |this )?on"
    r"|(?:his|her|their|your|whose|\w+'s) (?:own )?(?:fault|negligence|oversight)\b(?! toleran)"
    r"|(?:be|being|were|was) (?:more|not|un|in)[ -]?(?:careful|attentive)(?: enough)?)\b",
    re.IGNORECASE,
)
_FELL_SHORT = re.compile(
    rf"\b{_PERSON}\s(?:(?:also|then|simply|just|again|clearly|obviously|has|have|had)\s)*"
    r"(?:failed to|neglected to|forgot(?:ten)?(?: to)?|omitted to|did(?: not|n['\u2019]t) bother to"
    r"|overlooked|ignored the|was careless|were careless|made (?:a|the) mistakes?|messed up|screwed up)\b",
    re.IGNORECASE,
)
_PARTICIPLE = (
    r"(?:[a-z]{2,}ed|been|seen|done|gone|known|run|set|put|read|kept|held|left|made|taken|given"
    r"|written|found|built|sent|caught|thought|brought|told|gotten|got|begun|become|chosen|shown"
    r"|drawn|driven|shut|cut|split|let|understood|had|come|led|met|paid|rolled|stood|woken)"
)
# Cheap to search for: every match of the expressions above contains one of these.
_BLAME_PARTS = (
    " fault",  # not default
    *"""
    mistake careless negligen sloppy sloppily stupid incompeten unprofessional irresponsib
    thoughtless reckless attenti lack blame oversight careful failed neglected forgot omitted
    bother overlooked ignored messed screwed
    """.split(),
)
_ADVERBS = (
    r"(?:(?:never|also|at least|already|only|just|really|first|probably|then|ever|[a-z]+ly)\s)*"
)
_HINDSIGHT = re.compile(
    rf"\b(?:should(?: not|n['\u2019]t)?|ought(?: not)? to)(?:\s{_ADVERBS}have|['\u2019]ve)\s"
    rf"{_ADVERBS}{_PARTICIPLE}\b",
    re.IGNORECASE,
)

# Given names that are not also technical terms. A list, because two capitalized words in this text
# are nearly always a product.
_GIVEN = """
    Adam Adrian Agnieszka Ahmed Aisha Alan Albert Alejandro Aleksander Alex Alexander Alexandra
    Ali Alice Alicia Amanda Amir Amit Amy Ana Anastasia Anders Andrea Andreas Andrei Andrew
    Andrzej Angela Anita Anja Anna Anne Annette Anthony Antonio Anton Arjun Arthur Barbara Ben
    Benjamin Bernd Bernhard Birgit Bob Boris Brandon Brenda Brian Bruno Camille Carl Carla
    Carlos Carol Caroline Catherine Cecilia Charlotte Chloe Chris Christian Christina Christine
    Christoph Christopher Claire Claudia Craig Cynthia Daniel Daniela David Deborah Deepak
    Denise Dennis Diana Diego Dieter Dimitri Dmitri Dmitry Dominik Donald Donna Dorothy Doug
    Douglas Eduardo Edward Elena Elisabeth Elizabeth Emil Emily Emma Eric Erik Eva Evelyn
    Fatima Felix Fernando Florian Francesca Francesco Francis Frank Franz Frederik Gabriel Gary
    Georg George Gerald Giovanni Giulia Giuseppe Gloria Gregory Guillaume Gunnar Guido Hanna
    Hannah Hans Harald Harry Hassan Heather Heike Heinz Helen Helena Helga Henrik Henry Hiroshi
    Holger Hugo Ibrahim Ingrid Irina Isabel Isabella Ivan Jaap Jacek Jacob Jacqueline Jacques
    Jakob Jakub James Jane Janet Jason Javier Jean Jeff Jeffrey Jennifer Jens Jeremy Jerry
    Jessica Jesper Jim Joachim Joan Joao Johan Johann Johannes John Jonas Jonathan Jorge Jose
    Joseph Joshua Juan Juha Julia Julian Julie Juergen Jürgen Justin Karen Karin Karl Karsten
    Katarzyna Kate Katharina Katherine Kathleen Kathryn Katja Keith Kelly Kenneth Kenji Kevin
    Kim Klaus Krzysztof Kumar Kyle Lars Laura Lauren Laurent Lena Leon Leonardo Linda Lisa
    Louis Lucas Lucia Luis Luisa Lukas Lukasz Maciej Magdalena Magnus Malik Manuel Marc Marcel
    Marcin Marco Marcus Maria Marie Marina Mario Marta Martha Martin Martina Mary Marek Mathias
    Matteo Matthew Matthias Maurice Maximilian Megan Melissa Michael Michal Michele Michelle
    Miguel Mikael Mike Mikkel Mohamed Mohammed Monica Monika Morten Muhammad Nadia Nancy
    Natalia Natalie Nathan Neha Nicholas Nicolas Nicole Niels Nikolai Nils Nina Noah Olaf Oleg
    Oliver Olga Olivia Omar Oscar Oskar Pablo Pamela Patricia Patrick Paul Paula Paulo Pavel
    Pawel Pedro Peter Petra Philip Philipp Pierre Piotr Priya Rachel Rafael Rahul Rainer Raj
    Rajesh Ralf Ramesh Raphael Rasmus Raul Rebecca Renate Ricardo Richard Rick Robert Roberto
    Roger Roland Ronald Rosa Ruth Ryan Sabine Samantha Samuel Sandra Sanjay Sara Sarah
    Sebastian Sergei Sergey Sergio Sharon Shirley Silvia Simon Simone Sofia Sofie Sonja Sophia
    Sophie Soren Søren Stefan Steffen Stephanie Stephen Steve Steven Sunil Suresh Susan Susanne
    Svetlana Sven Takashi Tamara Tatiana Terry Theresa Thomas Thorsten Tim Timothy Tina Tobias
    Todd Tom Tomas Tomasz Tony Torben Torsten Tyler Ulrich Ulrike Ursula Uwe Valentina Vanessa
    Vera Victor Victoria Vijay Viktor Vincent Virginia Vladimir Walter Werner William Wojciech
    Wolfgang Xavier Yannick Yuki Yuri Yusuf Yvonne Zoe
"""
# Only people do these; programs also restart, report and find.
_HUMAN = (
    r"forgot|forgets|noticed|realized|realised|thought|assumed|believed|misread|mistyped"
    r"|overlooked|remembered|misunderstood|typed|clicked|suspected|woke"
)
_HUMAN_WORDS = frozenset(_HUMAN.split("|"))
_ACTS = (
    rf"{_HUMAN}|decided|told|said|asked|suggested|was|were|had|has|is|did|ran|restarted|deployed|merged|pushed|deleted|dropped|applied"
    r"|changed|reverted|rolled|approved|called|wrote|executed|escalated|joined|acknowledged"
    r"|reported|investigated|confirmed|found|fixed|started|stopped|triggered|updated|upgraded"
    r"|removed|added|created|configured|committed|saw|made|turned|disabled|enabled|paged|pinged"
)
_WORD = r"[^\W\d_a-z]['\u2019]?[^\W\d_A-Z]+(?:[-'\u2019][^\W\d_]+)*"
_MIDDLE = r"(?: [A-Z]\.)?(?: (?:van|von|de|der|den|da|di|del|la|le|bin|al|el|dos))*"
_NAMES = "|".join(_GIVEN.split())
_NAMED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Dr|Prof)\.? {_WORD}"
    rf"|\b(?:{_NAMES}){_MIDDLE} {_WORD}(?!['\u2019-]?\w)"
    rf"|\b(?:{_NAMES})(?= (?:{_ACTS})\b)"
    rf"|\bby (?:{_NAMES})\b"
    rf"|\b{_WORD}{_MIDDLE} {_WORD}(?= (?:{_HUMAN})\b)"
)
_HANDLE = re.compile(
    r"(?<![\w/.@])@(?!here\b|channel\b|everyone\b|all\b)[a-z][\w.-]*[a-z0-9](?![\w/(])"
)


_TITLES = ("Mr", "Mrs", "Ms", "Dr", "Prof")
_KNOWN = frozenset((*_GIVEN.split(), *_TITLES))
_CAPITALISED = re.compile(r"\b[^\W\d_a-z]\w*")


def _worded(subject: Subject, worth: Callable[[str], bool]) -> Iterator[tuple[Route, str]]:
    """Yield the texts of the story without quotations; the route is that of the whole statement.

    Args:
        subject: the incident.
        worth: a cheap test, run first, of whether a text can have a finding.
    """
    for route, text, role in subject.texts:
        if role.story and worth(text):
            yield route[:-1] if route[-1] == "text" else route, _QUOTED.sub("…", text)


def _may_blame(text: str) -> bool:
    lower = text.lower()
    return any(part in lower for part in _BLAME_PARTS)


def _may_judge(text: str) -> bool:
    lower = text.lower()
    return "should" in lower or "ought" in lower


def _may_name(text: str) -> bool:
    capitalised = _CAPITALISED.findall(text)
    return (
        "@" in text
        or not _KNOWN.isdisjoint(capitalised)
        or (len(capitalised) > 1 and any(word in text for word in _HUMAN_WORDS))
    )


def _found(match: re.Match[str] | None) -> str | None:
    return " ".join(match[0].split()) if match else None


def blaming_words(subject: Subject) -> Iterator[Finding]:
    """The text blames a person: "human error", "forgot to", "careless".

    People who expect blame do not report the next incident. Blame also ends the search for the
    cause too early: what made the mistake easy, and why did nothing catch it? Write the facts:
    which check was missing, what looked similar, what the page did not say. If "human error" is
    the whole root cause, KB701 reports it.
    """
    for route, text in _worded(subject, lambda text: bool(blame_in(text)) or _may_blame(text)):
        found = blame_in(text)
        if found and route[0] == "root_cause" and route[1] != "trigger":
            continue  # KB701 reports it
        if not found and _may_blame(text):
            found = _found(_JUDGED.search(text)) or _found(_FELL_SHORT.search(text))
        if found:
            yield Finding(
                route,
                f"{found!r} blames a person",
                "write what made the mistake easy, and why nothing caught it",
            )


def hindsight(subject: Subject) -> Iterator[Finding]:
    """The text says what somebody or something should have done.

    "Should have" judges past actions by what is known now. It says what did not happen, not why
    the actions made sense at the time. Write what people knew and did, and put improvements into
    `action_items`.
    """
    for route, text in _worded(subject, _may_judge):
        found = _found(_HINDSIGHT.search(text))
        if found:
            yield Finding(
                route,
                f"{found!r} judges by what is known now",
                "write what was done and why it made sense; add improvements to `action_items`",
            )


def named_person(subject: Subject) -> Iterator[Finding]:
    """The cause, the timeline or the lessons name a person.

    A post-mortem says which role acted, not who. Names invite blame, become outdated, and stay in
    the repository's history. Write the role: `the on-call engineer`, `the author of the change`.
    The rule guesses names from words. If it is not a name, suppress the hint with a comment.
    """
    for route, text in _worded(subject, _may_name):
        found = _person_named(text)
        if found:
            yield Finding(
                route,
                f"{found!r} looks like the name of a person",
                "write the role: the on-call engineer",
            )


def _person_named(text: str) -> str | None:
    for match in _NAMED.finditer(text):
        name = match[0].removeprefix("by ")
        if not has_role_word(name):
            return name
    for match in _HANDLE.finditer(text):
        if not has_role_word(match[0].replace("-", " ").replace("_", " ")):
            return match[0]
    return None


_FACTOR = "root_cause:\n  statement: The script takes an empty list of hosts for all hosts.\n"

BLAMELESS = (
    Rule(
        "KB705",
        "blaming-words",
        Severity.HINT,
        "lessons:\n  went_wrong:\n    - Nothing asks before all hosts are restarted.\n",
        "lessons:\n  went_wrong:\n    - The engineer forgot to name the hosts.\n",
        (3, 7),
        blaming_words,
    ),
    Rule(
        "KB706",
        "hindsight",
        Severity.HINT,
        "summary: The script was not tried on one host first, as nothing in it allows that.\n",
        "summary: The script should have been tried on one host first.\n",
        (1, 10),
        hindsight,
    ),
    Rule(
        "KB707",
        "named-person",
        Severity.HINT,
        _FACTOR + "  trigger: The on-call engineer restarted one host.\n",
        _FACTOR + "  trigger: Jane Doe restarted one host.\n",
        (3, 12),
        named_person,
    ),
)
