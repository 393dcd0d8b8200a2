"""Waivers: checks of a deploy that need not hold for a while, by somebody's decision."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

from generator.model.base import Date, Line, Model, Text

_CHECK_ID = re.compile(r"[a-z0-9-]{1,100}/[a-z0-9-]{1,100}\Z")


def _check_id(value: str) -> str:
    if not _CHECK_ID.match(value):
        raise PydanticCustomError(
            "check_id", "expected the id of a check, such as disk-full/space-left"
        )
    return value


CheckId = Annotated[
    Line,
    AfterValidator(_check_id),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9-]{1,100}/[a-z0-9-]{1,100}$"}),
]
"""The id of a check, as checklists show it: `<incident>/<check>`."""


class Waiver(Model):
    """A check that need not hold until a day."""

    check: CheckId
    """The check: `<incident>/<check>`, as on the checklist."""
    reason: Text
    """Why a release may go on without it."""
    who: Line
    """The role that decided it, such as release manager."""
    until: Date
    """The last day on which it counts, in UTC. Later, the check counts again."""


class Waivers(Model):
    """What need not hold for a while: `incidents/waivers.yaml`."""

    model_config = ConfigDict(title="Waivers")

    waivers: tuple[Waiver, ...] = ()
    """The waivers. `runbooks checklist run` reads them."""
