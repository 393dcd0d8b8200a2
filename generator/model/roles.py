"""What the text of a field is for. It stands at the field, and whoever needs it walks the fields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Weight(IntEnum):
    """How much a word tells a search, by where it stands."""

    BODY = 0
    """Steps, commands, checks, and the text of other pages."""
    PROSE = 1
    """Symptom, cause, claims; headings of other pages."""
    ERROR = 2
    """Error samples, signatures, alerts, components, tags."""
    TITLE = 3
    """Title, id, aliases."""


@dataclass(frozen=True, slots=True)
class Role:
    """What the text of a field is for, beside being shown.

    At a field that holds parts, it is the role of those of their texts that have none themselves.

    Attributes:
        weight: how much its words tell a search; None where nobody searches for them.
        template: its `{NAME}` stand for values and are no words.
        story: somebody words here who did what, so it is linted for blame and personal data.
        personal: it is linted for personal data alone: it is quoted, or it is about users.
        who: a role or a team stands here, and no person.
        passage: import fills it with what stands under a heading or label of its name, which is
            a `Topic`; the main text of a part has the name of the part.
        section: the section of the post-mortem at whose end it stands, behind `label`. What needs
            more than a label is printed in `postmortems/contents.py`.
        label: see `section`.
    """

    weight: Weight | None = None
    template: bool = False
    story: bool = False
    personal: bool = False
    who: bool = False
    passage: bool = False
    section: str = ""
    label: str = ""


SHOWN = Role()
"""The role of a text that is shown, and nothing else."""
