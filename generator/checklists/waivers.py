"""Which checks of a list need not hold: the waivers of the knowledge base, and those of this run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from generator.checklists.items import AppliedWaiver, ChosenCheck
from generator.model import Waiver


def with_waivers(
    items: Iterable[ChosenCheck],
    waivers: Sequence[Waiver],
    given: Mapping[str, str],
    operator: str,
    today: date,
) -> tuple[ChosenCheck, ...]:
    """Return the checks, each with the decision that it need not hold.

    Checks with the same command are one line of the list: it is waived if all of them are.

    Args:
        items: the checks of the list.
        waivers: the waivers of the knowledge base.
        given: the reasons of waivers for this run, by the id of the check.
        operator: who gives those.
        today: the day in UTC; a waiver counts until its last day is over.
    """
    known = {
        waiver.check: AppliedWaiver(
            " ".join(waiver.reason.split()),
            waiver.who,
            waiver.until.isoformat(),
            today > waiver.until,
        )
        for waiver in sorted(waivers, key=lambda waiver: waiver.until)
    }
    known |= {name: AppliedWaiver(reason, operator) for name, reason in given.items()}

    def waiver_of(item: ChosenCheck) -> AppliedWaiver | None:
        found = [known.get(reason.id) for reason in item.reasons]
        ended = next((one for one in found if one and one.ended), None)
        return ended or (found[0] if all(found) else None)

    return tuple(replace(item, waiver=waiver_of(item)) for item in items)
