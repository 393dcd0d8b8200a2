"""KB401 to KB404: action items and people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.knowledge.diagnostics import Severity
from generator.rules.base import Finding, Rule, Subject


def item_without_owner(subject: Subject) -> Iterator[Finding]:
    """An open action item has no owner.

    What belongs to nobody is not done, and the incident comes back. Write the role or the team
    that does it, such as `Platform team`. Where the write-up does not say how an item stands,
    its state is `unknown`, which asks for neither owner nor date; nor do `done` and `dropped`.
    """
    for index, item in enumerate(subject.incident.action_items):
        if item.is_open and not item.owner:
            yield Finding(
                ("action_items", index),
                "the open action item has no owner",
                "add `owner:` with a role or team, or `state: unknown` if the source names none",
            )


def item_without_due(subject: Subject) -> Iterator[Finding]:
    """An open action item has no due date.

    Without a day nobody notices that it is late. Write the day by which it is to be done as
    `due: 2026-11-20`. Items whose state is `unknown`, `done` or `dropped` need none.
    """
    for index, item in enumerate(subject.incident.action_items):
        if item.is_open and not item.due:
            yield Finding(
                ("action_items", index),
                "the open action item has no due date",
                "add `due:` with a day, or `state: unknown` if the source names none",
            )


_EMAIL = re.compile(r"(?<![\w/:.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b(?![:/])")
_PHONE = re.compile(
    r"(?<![\w.+-])(?:\+\d{1,3}[ ()./-]*\d(?:[ ()./-]*\d){6,12}"
    r"|\(?0\d{2,5}\)?[ /-]\d{3,}(?:[ -]?\d{2,})*|\(?\d{3}\)?[ .-]\d{3}[.-]\d{4})(?![\w-])"
)
_HANDLE = re.compile(r"@[\w.-]+\Z")
# Capitalised words only, at least two, perhaps an initial or a particle between them.
_NAME_WORD = r"(?:[A-Z]['\u2019])?[^\W\d_a-zß-öø-ÿ][^\W\d_]*[^\W\d_A-Z](?:['\u2019-][^\W\d_]+)*"
_PERSON = re.compile(
    rf"(?:(?:Mr|Mrs|Ms|Dr|Prof)\.? )?{_NAME_WORD}"
    rf"(?: [A-Z]\.?| (?:van|von|de|der|den|da|di|del|la|le|bin|al|el|dos))*(?: {_NAME_WORD}){{1,2}}"
)
_BEHIND_NAME = re.compile(r"(?<!\s)\s*+[(,/;:]| - | \u2013 ")
# Words of teams and roles: a capitalised phrase with one of these is no person.
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
    """Say whether a text holds a word of a team or a role, so that it is no person's name."""
    return not _ROLES.isdisjoint(re.findall(r"[a-z]+", text.lower()))


def person_in(text: str, *, mailbox_allowed: bool) -> str | None:
    """Say what names a person here: an e-mail address, a phone number, a handle, a name."""
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
    """A role is expected, and a person is named.

    People change teams, sleep and leave; a role is staffed at any hour. Names, private addresses
    and phone numbers also do not belong into a repository that many can read. Write the role or
    the team (`Platform team`, `Database on-call`) and, as `contact`, a channel, a paging schedule
    or the shared mailbox of a role (`dba-oncall@...`). Two capitalised words without any word of a role
    look like a name: add one (`Apollo Hermes team`).
    """
    for route, text, role in subject.texts:
        if role.who and (found := person_in(text, mailbox_allowed=route[-1] == "contact")):
            yield Finding(
                route,
                f"{route[-1]} must be a role, found {found}",
                "write the role or team: Database on-call",
            )


def personal_data(subject: Subject) -> Iterator[Finding]:
    """An e-mail address or a phone number stands in the story of the incident.

    A post-mortem says what happened and which role acted, not who: blame hides causes, and the
    address stays in the repository's history for ever. Write the role instead: `the on-call
    engineer`, `a customer`.
    """
    told = [(route, text) for route, text, role in subject.texts if role.story or role.personal]
    text = "\n\n".join(value for _, value in told)
    if not _EMAIL.search(text) and not _PHONE.search(text):
        return
    for route, value in told:
        for what, pattern in (("an e-mail address", _EMAIL), ("a phone number", _PHONE)):
            if pattern.search(value):
                yield Finding(route, f"{what} in the text", "write the role instead")


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
