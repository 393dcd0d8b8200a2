"""What the text of a field is for. Each field declares it; code that needs it walks the fields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Weight(IntEnum):
    """How much a word counts in a search, by its field."""

    BODY = 0
    """Steps, commands, checks, and the text of other pages: the lowest weight."""
    PROSE = 1
    """Symptom, cause, claims; headings of other pages."""
    ERROR = 2
    """Error samples, signatures, alerts, components, tags."""
    TITLE = 3
    """Title, id, aliases."""


@dataclass(frozen=True, slots=True)
class Role:
    """What the text of a field is for, besides being shown.

    On a field with parts, it is the role of those texts of the parts that have no role themselves.

    Attributes:
        weight: how much its words count in a search; None if they are not searched.
        template: its `{NAME}` are placeholders for values, not words.
        story: it says who did what, so lint checks it for blame and personal data.
        personal: lint checks it only for personal data: it is quoted, or it is about users.
        who: it names a role or a team, not a person.
        passage: import fills it with the text under a heading or label of its name, which is
            a `Topic`; the main text of a part has the name of the part.
        section: the section of the post-mortem that ends with it, after the name of the field:
            a key of `sections` in `postmortems/contents.py`, such as `impact`. What needs more
            than that is printed there.
    """

    weight: Weight | None = None
    template: bool = False
    story: bool = False
    personal: bool = False
    who: bool = False
    passage: bool = False
    section: str = ""


SHOWN = Role()
"""The role of a text that is only shown."""
