"""KB401 to KB404: action items and people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.rules.base import Finding, Rule, Subject


def item_without_owner(subject: Subject) -> Iterator[Finding]:
    """An open action item has no owner.

    Nobody does an item without an owner, and the incident recurs. Write the role or the team that
    does it, such as `Platform team`. If the write-up does not say whether an item is done, its
    state is `unknown`. Items whose state is `unknown`, `done` or `dropped` need neither an owner
    nor a date.
    """
    for index, item in enumerate(subject.incident.action_items):
        if item.is_open and not item.owner:
            yield Finding(
                ("action_items", index),
                "the open action item has no owner",
                "add `owner:` with a role or team, or `state: unknown` if the source does not say",
            )


def item_without_due(subject: Subject) -> Iterator[Finding]:
    """An open action item has no due date.

    Without a due date, nobody notices that an item is late. Write the date as `due: 2026-11-20`.
    Items whose state is `unknown`, `done` or `dropped` do not need one.
    """
    for index, item in enumerate(subject.incident.action_items):
        if item.is_open and not item.due:
            yield Finding(
                ("action_items", index),
                "the open action item has no due date",
                "add `due:` with a date, or `state: unknown` if the source does not say",
            )


_EMAIL = re.compile(r"(?<![\w/:.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b(?![:/])")
_PHONE = re.compile(
    r"(?<![\w.+-])(?:\+\d{1,3}[ ()./-]*\d(?:[ ()./-]*\d){6,12}"
    r"|\(?0\d{2,5}\)?[ /-]\d{3,}(?:[ -]?\d{2,})*|\(?\d{3}\)?[ .-]\d{3}[.-]\d{4})(?![\w-])"
)
_HANDLE = re.compile(r"@[\w.-]+\Z")
# Only capitalized words, at least two, with an optional initial or particle between them.
_NAME_WORD = r"(?:[A-Z]['\u2019])?[^\W\d_a-zß-öø-ÿ][^\W\d_]*[^\W\d_A-Z](?:['\u2019-][^\W\d_]+)*"
_PERSON = re.compile(
    rf"(?:(?:Mr|Mrs|Ms|Dr|Prof)\.? )?{_NAME_WORD}"
    rf"(?: [A-Z]\.?| (?:van|von|de|der|den|da|di|del|la|le|bin|al|el|dos))*(?: {_NAME_WORD}){{1,2}}"
)
_BEHIND_NAME = re.compile(r"\s*[(,/;:]| - | \u2013 ")
# Words of teams and roles: a capitalized phrase with one of these is not a person.
_ROLE_WORDS = """
    access account admin administration administrator ai analyst analytics api app application
    architect architecture area assurance author automation backend backup billing board build
    business call centre center channel chief ci cloud commander committee communication
    communications compliance contact control coordinator core crew customer data database dba
    delivery department deploy deployment design designer desk developer developers development
    devops director duty edge engineer engineering engineers enterprise experience facilities
    finance first frontend full group growth guild handler head helpdesk help hosting identity
    incident incidents information infra infrastructure integration internal it junior kubernetes
    lead leader leads legal level line linux maintainer maintainers major manager management
    marketing member messaging mobile monitoring network networking night noc observability office
    officer on on-call oncall operation operations operator operators ops order orders owner
    owners pager partner payment payments person performance platform policy postgres postgresql
    president primary principal privacy product production programme program project provider qa
    quality queue rating recovery release reliability research response responder reviewer
    reviewers rota rotation runtime sales schedule scientist scrum search second secondary
    security senior server service services session shared shift site software solutions source
    specialist squad sre staff stack steward storage store stream success supervisor support
    system systems team teams tech technical technology test testing third tier tools tooling
    tribe trust unit user users vendor vice web whoever
"""


_ROLES = frozenset(_ROLE_WORDS.split())


def has_role_word(text: str) -> bool:
    """Return whether a text contains a word of a team or a role, so it is not a person's name."""
    return not _ROLES.isdisjoint(re.findall(r"[a-z]+", text.lower()))


def person_in(text: str, *, mailbox_allowed: bool) -> str | None:
    """Return what identifies a person: an e-mail address, a phone number, a handle or a name."""
    email = _EMAIL.search(text)
    if email and not (mailbox_allowed and has_role_word(email[0].partition("@")[0])):
        return "an e-mail address"
    if _PHONE.search(text):
        return "a phone number"
    if _HANDLE.match(text) and not has_role_word(text):
        return "one person's handle"
    name = _BEHIND_NAME.split(text, maxsplit=1)[0].strip()
    if _PERSON.fullmatch(name) and not has_role_word(name):
        return "a person's name"
    return None


def person_for_role(subject: Subject) -> Iterator[Finding]:
    """A field that needs a role names a person.

    People change teams, sleep and leave, but a role always has somebody on duty. Names, private
    e-mail addresses and phone numbers also do not belong in a repository that many people can
    read. Write the role or the team (`Platform team`, `Database on-call`). In `contact`, write a
    channel, a paging schedule or the shared mailbox of a role (`dba-oncall@...`). Two capitalized
    words without a word for a role look like a name, so add one (`Apollo Hermes team`).
    """
    for route, text, role in subject.texts:
        if role.who and (found := person_in(text, mailbox_allowed=route[-1] == "contact")):
            yield Finding(
                route,
                f"{route[-1]} must be a role, found {found}",
                "write the role or team: Database on-call",
            )


def personal_data(subject: Subject) -> Iterator[Finding]:
    """The text of the incident contains an e-mail address or a phone number.

    A post-mortem says what happened and which role acted, not who. Blame hides causes, and
    personal data stays in the repository's history forever. Write the role instead: `the on-call
    engineer`, `a customer`.
    """
    told = [(route, text) for route, text, role in subject.texts if role.story or role.personal]
    text = "\n\n".join(value for _, value in told)
    if not _EMAIL.search(text) and not _PHONE.search(text):
        return
    for route, value in told:
        for what, pattern in (("an e-mail address", _EMAIL), ("a phone number", _PHONE)):
            if pattern.search(value):
                yield Finding(
                    route,
                    f"the text contains {what}",
                    "write the role instead: the on-call engineer",
                )


PEOPLE = (
    Rule(
        "KB401",
        "item-without-owner",
        Severity.ERROR,
        """\
action_items:
  - {do: Lock the creation of tables., owner: Platform team, due: 2026-12-01}
  - {do: Watch the log., state: unknown}
""",
        "action_items:\n  - do: Lock the creation of tables.\n    due: 2026-12-01\n",
        (2, 5),
        item_without_owner,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB402",
        "item-without-due-date",
        Severity.ERROR,
        """\
action_items:
  - {do: Lock the creation of tables., owner: Platform team, due: 2026-12-01}
  - {do: Watch the log., state: done}
""",
        """\
action_items:
  - do: Lock the creation of tables.
    owner: Platform team
    state: in-progress
""",
        (2, 5),
        item_without_due,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB403",
        "person-for-role",
        Severity.ERROR,
        """\
escalation:
  - role: Database on-call
    contact: "#database-incidents"
""",
        'escalation:\n  - role: Jane Doe\n    contact: "#database-incidents"\n',
        (2, 11),
        person_for_role,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB404",
        "personal-data",
        Severity.WARNING,
        "summary: The on-call engineer restarted the service.\n",
        "summary: jane.doe@example.com restarted the service.\n",
        (1, 10),
        personal_data,
    ),
)
