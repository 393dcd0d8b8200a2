"""What a new version of an incident changes of what others rely on: how it is found, and what stops a deploy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.model import Incident, Level, Status
from generator.signatures.source import described

_Parts = Mapping[str, object]


def relied_on(before: Incident | None, after: Incident | None) -> Iterator[str]:
    """Yield what differs in signatures, blocking checks and status, a line each.

    Args:
        before: the incident as it was; None if there was none, or it cannot be read.
        after: as it is now, in the same way.
    """
    if before and after and before.status is not after.status:
        yield f"status: {before.status} is now {after.status}"
    for what, parts in (("signature", _signatures), ("blocking check", _blocking)):
        was, now = parts(before), parts(after)
        for name in {**was, **now}:
            if name not in was:
                yield f"new {what}: {name}"
            elif name not in now:
                yield f"{what} removed: {name}"
            elif was[name] != now[name]:
                yield f"{what} changed: {name}"


def _signatures(incident: Incident | None) -> _Parts:
    if incident is None or incident.status is Status.WITHDRAWN:
        return {}
    return {described(one.source): None for one in incident.symptom.signatures}


def _blocking(incident: Incident | None) -> _Parts:
    if incident is None or incident.status is Status.WITHDRAWN:
        return {}
    return {one.id: one for one in incident.checks if one.level is Level.BLOCKING}
