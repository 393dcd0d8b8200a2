"""What the page of action items shows: each item once in full, then by owner role and incident."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from generator.insights import ActionItemGroup, ActionItems, CountedIncident, TrackedActionItem
from generator.site.links import badge_html, incident_link, link_html, text_html
from generator.site.paging import MOST
from generator.text.labels import plural
from generator.text.markdown import Markdown
from generator.text.urls import slug

PAGE = "actions/index.md"

_LISTED = (
    ActionItemGroup.OVERDUE,
    ActionItemGroup.OPEN,
    ActionItemGroup.PROPOSED,
    ActionItemGroup.UNKNOWN,
)


_FIRST = 20
"""The most urgent items, which the page shows of a long list that has pages of its own."""


@dataclass(frozen=True, slots=True)
class ItemList:
    """Action items on pages of their own."""

    path: str
    title: str
    items: tuple[TrackedActionItem, ...]


@dataclass(frozen=True, slots=True)
class ItemView:
    """An action item; HTML."""

    anchor: str
    badges: Markdown
    do: Markdown
    about: Markdown
    incident: Markdown


@dataclass(frozen=True, slots=True)
class GroupView:
    """The open items of a role or of an incident; HTML."""

    anchor: str
    name: Markdown
    counts: str
    items: tuple[Markdown, ...]


def item_lists(items: ActionItems) -> list[ItemList]:
    """Return the lists that have pages of their own; none if all items fit on one page."""
    listed = items.of(*_LISTED)
    if len(listed) <= MOST:
        return []
    found = [
        ItemList(f"actions/{group.value}/index.md", f"Action items: {group.value}", items.of(group))
        for group in _LISTED
    ]
    anchors = dict(zip(_owner_anchors(items), items.by_owner.items(), strict=True))
    found += [
        ItemList(f"actions/{anchor}/index.md", f"Action items: {owner or 'no owner'}", of)
        for anchor, (owner, of) in anchors.items()
    ]
    everything = tuple(item for of in items.by_incident.values() for item in of)
    found.append(ItemList("actions/by-incident/index.md", "Action items by incident", everything))
    return [one for one in found if one.items]


def action_values(items: ActionItems, incidents: Mapping[str, CountedIncident]) -> dict[str, Any]:
    """Return what the template of the page prints.

    Args:
        items: all action items.
        incidents: what is counted of the incidents that the site shows.
    """
    apart = len(items.of(*_LISTED)) > MOST

    def views(*groups: ActionItemGroup) -> list[ItemView]:
        of = items.of(*groups)
        return [item_view(item, incidents, PAGE) for item in (of[:_FIRST] if apart else of)]

    counts = items.counts()
    if apart:
        more = {group.value: f"{len(items.of(group)):,}" for group in _LISTED}
        by_owner = [
            GroupView(
                anchor, link_html(f"{anchor}/index.html", owner or "No owner"), _counts(of), ()
            )
            for anchor, (owner, of) in zip(
                _owner_anchors(items), items.by_owner.items(), strict=True
            )
        ]
        return {
            **_values(counts, views),
            "owners": by_owner,
            "incidents": [],
            "more": more,
        }
    return {
        **_values(counts, views),
        "owners": list(_owners(items)),
        "incidents": [
            GroupView(
                f"incident-{i}",
                incident_link(PAGE, i, incidents[i].title, "action-items"),
                _counts(of),
                _short(of),
            )
            for i, of in items.by_incident.items()
        ],
        "more": {},
    }


def _values(
    counts: Mapping[str, int],
    views: Callable[[ActionItemGroup], list[ItemView]],
) -> dict[str, Any]:
    return {
        "summary": _summary(counts),
        "overdue": views(ActionItemGroup.OVERDUE),
        "open": views(ActionItemGroup.OPEN),
        "apart": [
            (title, anchor, text, views(where))
            for where, title, anchor, text in (
                (ActionItemGroup.PROPOSED, "Proposed", "proposed", "Recommendations that nobody has accepted. They have no owner and no due date, and do not count as open."),
                (ActionItemGroup.UNKNOWN, "Status unknown", "unknown", "The source does not say whether these were done. They do not count as open."),
            )
            if counts[where]
        ],
    }  # fmt: skip


def _summary(counts: Mapping[str, int]) -> str:
    parts = [
        f"{counts['open']:,} open, {counts['overdue']:,} of them overdue",
        f"{counts['proposed']:,} proposed",
        f"{counts['unknown']:,} with unknown status",
        f"{counts['done']:,} done",
        f"{counts['dropped']:,} dropped",
    ]
    return "; ".join(parts) + "."


def _anchor(item: TrackedActionItem) -> str:
    return f"item-{item.incident}-{item.number}"


def _badges(item: TrackedActionItem) -> Markdown:
    badges = []
    if item.days_over:
        over = f"overdue by {plural(item.days_over, 'day')}"
        badges.append(badge_html(over, "kb-overdue"))
    if item.priority:
        badges.append(badge_html(item.priority))
    if item.state == "in-progress":
        badges.append(badge_html(item.state))
    return Markdown(" ".join(badges))


def item_view(
    item: TrackedActionItem, incidents: Mapping[str, CountedIncident], page: str
) -> ItemView:
    """Return an action item in full, for any page."""
    about = (item.owner or "no owner", f"due {item.due}" if item.due else "no due date")
    if item.group in (ActionItemGroup.PROPOSED, ActionItemGroup.UNKNOWN):
        about = (item.owner, f"due {item.due}" if item.due else "")
    return ItemView(
        _anchor(item),
        _badges(item),
        text_html(item.do),
        Markdown(", ".join([*(text_html(part) for part in about if part), *_ticket(item.ticket)])),
        incident_link(page, item.incident, incidents[item.incident].title, "action-items"),
    )


def _ticket(ticket: str) -> tuple[Markdown, ...]:
    """Return a ticket, if there is one; only http and https become links."""
    if ticket.startswith(("http://", "https://")):
        return (link_html(ticket, ticket),)
    return (text_html(ticket),) if ticket else ()


def _owners(items: ActionItems) -> Iterable[GroupView]:
    anchors = _owner_anchors(items)
    for anchor, (owner, of) in zip(anchors, items.by_owner.items(), strict=True):
        yield GroupView(anchor, text_html(owner or "No owner"), _counts(of), _short(of))


def _owner_anchors(items: ActionItems) -> Iterable[str]:
    taken: dict[str, int] = {}
    for owner in items.by_owner:
        anchor = f"owner-{slug(owner).lower()}" if owner else "no-owner"
        taken[anchor] = taken.get(anchor, 0) + 1
        if taken[anchor] > 1:  # names that differ only in characters that an anchor cannot contain
            anchor = f"{anchor}--{taken[anchor]}"
        yield anchor


def _counts(items: tuple[TrackedActionItem, ...]) -> str:
    over = sum(item.group is ActionItemGroup.OVERDUE for item in items)
    return f"{len(items):,} open" + (f", {over:,} overdue" if over else "")


def _short(items: tuple[TrackedActionItem, ...]) -> tuple[Markdown, ...]:
    return tuple(
        Markdown(f"{link_html(f'#{_anchor(item)}', item.do)}{_brief(item)}") for item in items
    )


def _brief(item: TrackedActionItem) -> str:
    """Say in plain words how urgent an item is; on a long page each element takes its time."""
    over = f"overdue by {plural(item.days_over, 'day')}" if item.days_over else ""
    due = f"due {item.due}" if item.due and not over else ""
    return "".join(f", {text_html(part)}" for part in (item.priority, over or due) if part)
