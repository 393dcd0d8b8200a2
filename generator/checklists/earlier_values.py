"""Values that a run was given before it was resumed, so that nobody is asked for them twice."""

from __future__ import annotations

from generator.checklists.record import RunRecord
from generator.commands.masking import is_whole


def values_before(record: RunRecord) -> dict[tuple[str, str], str]:
    """Return the values with which commands of a run were begun, the newest of each name.

    A value of which the record has only a part, because it is a secret, is left out.

    Args:
        record: the record of the run.

    Returns:
        The values, by incident and name.
    """
    attempts = [
        (attempt, check.id.partition("/")[0])
        for check in record.checks
        for attempt in (*check.earlier, check)
        if attempt.when
    ]
    attempts.sort(key=lambda each: each[0].when or record.sessions[0].begun)
    return {
        (incident, name): value
        for attempt, incident in attempts
        for name, value in attempt.values.items()
        if is_whole(name, value)
    }
