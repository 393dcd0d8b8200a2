"""`runbooks actions`: list the action items of all incidents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click

from generator.cli.completion import incident_ids
from generator.cli.messages import EXIT_FINDINGS, echo, echo_json, say
from generator.cli.opening import load_base, resolve_id, say_unreadable, today
from generator.cli.options import format_option, root_option
from generator.cli.tickets import write_back
from generator.insights import (
    ActionItemGroup,
    ActionItems,
    TrackedActionItem,
    action_items,
    counted,
)
from generator.insights.actions import by_incident, by_owner, owner_key
from generator.insights.report import item_report
from generator.insights.tickets import FORGES, script
from generator.knowledge.base import KnowledgeBase
from generator.text.controls import on_one_line
from generator.text.labels import plural
from generator.text.urls import incident_address, on_site

VERSION = 1

_LISTS = (
    ((ActionItemGroup.OVERDUE, ActionItemGroup.OPEN), ""),
    ((ActionItemGroup.PROPOSED,), "Proposed, not accepted yet"),
    ((ActionItemGroup.UNKNOWN,), "Unknown status"),
    ((ActionItemGroup.DONE,), "Done"),
    ((ActionItemGroup.DROPPED,), "Dropped"),
)


@click.command("actions")
@click.option("--open", "which", flag_value="open", default=True, help="List open items, overdue ones first. This is the default.")  # fmt: skip
@click.option("--overdue", "which", flag_value="overdue", help="List only overdue items; exit with 1 if there are any.")  # fmt: skip
@click.option("--all", "which", flag_value="all", help="List all items, also those that are proposed, done, dropped, or have an unknown status.")  # fmt: skip
@click.option("--owner", metavar="ROLE", multiple=True, help="List only items of this role. Can be repeated.")  # fmt: skip
@click.option("--incident", "incident_id", metavar="ID", shell_complete=incident_ids, help="List only items of this incident.")  # fmt: skip
@click.option("--script", "forge", type=click.Choice(list(FORGES)), help="Print a shell script that creates a ticket for each listed item that has none, with gh (GitHub) or glab (GitLab).")  # fmt: skip
@click.option("--tickets", metavar="FILE", type=click.Path(exists=True, dir_okay=False, allow_dash=True), help="Write the tickets that such a script has noted in FILE into the incidents.")  # fmt: skip
@click.option("--by", type=click.Choice(["owner", "incident"]), help="Group by owner role or by incident.")  # fmt: skip
@format_option
@root_option
@click.pass_context
def actions_command(context: click.Context, which: str, owner: tuple[str, ...], incident_id: str | None, forge: str | None, tickets: str | None, by: str | None, form: str, root: Path) -> None:  # fmt: skip
    """List the action items of all incidents.

    An open item is overdue from the day after its due date, in UTC. Items that are only proposed,
    and those with unknown status, are not open. Items of withdrawn incidents are left out.

    Exit codes: 0 success, 1 an item is overdue (only with --overdue), 2 wrong usage,
    3 internal error.

    \b
    Examples:
      runbooks actions --by owner
      runbooks actions --overdue || echo "action items are overdue"
      runbooks actions --owner "platform team" --format json | jq '.items[].do'
      runbooks actions --script gh > tickets.sh && sh tickets.sh && runbooks actions --tickets tickets.tsv
    """
    base = load_base(root).own  # others do theirs
    if tickets is not None:
        write_back(base, tickets)
        return
    now = today()
    every = action_items(counted(base), now)
    items = _narrowed(base, every, owner, incident_id)
    groups = {
        "open": (ActionItemGroup.OVERDUE, ActionItemGroup.OPEN),
        "overdue": (ActionItemGroup.OVERDUE,),
    }
    chosen = ActionItems(items.of(*groups.get(which, tuple(ActionItemGroup))))
    say_unreadable(base, "not included")
    if forge is not None:
        if all(item.ticket for item in chosen.all):
            say("No listed action item lacks a ticket: the script creates none")
        echo(script(forge, chosen.all, partial(_about, base)), nl=False)
        return
    if form == "json":
        echo_json(_as_json(items, chosen, now))
    else:
        text = "\n".join(_as_text(base, chosen, by))
        if text:
            echo(text)
        say(_summary(items, which))
    if which == "overdue" and chosen.all:
        context.exit(EXIT_FINDINGS)


def _about(base: KnowledgeBase, incident_id: str) -> str:
    """Return the title of an incident, and its URL if the site has one."""
    site = base.settings.site_url
    where = f" ({on_site(site, incident_address(incident_id))})" if site else ""
    return f"{base.facts[incident_id].title}{where}"


def _narrowed(
    base: KnowledgeBase, items: ActionItems, owners: Sequence[str], incident_id: str | None
) -> ActionItems:
    found = items.all
    if incident_id is not None:
        wanted = resolve_id(base, incident_id)
        found = tuple(item for item in found if item.incident == wanted)
    if owners:
        known = {owner_key(item.owner): item.owner for item in items.all if item.owner}
        for owner in owners:
            if owner_key(owner) not in known:
                names = ", ".join(on_one_line(known[key]) for key in sorted(known)) or "none"
                raise click.BadParameter(
                    f"no action item has the owner {owner!r}; known owners: {names}",
                    param_hint="--owner",
                )
        keys = {owner_key(owner) for owner in owners}
        found = tuple(item for item in found if owner_key(item.owner) in keys)
    return ActionItems(found)


def _as_json(items: ActionItems, chosen: ActionItems, now: date) -> dict[str, Any]:
    return {
        "version": VERSION,
        "today": now.isoformat(),
        "counts": items.counts(),
        "items": [item_report(item) for item in chosen.all],
    }


def _summary(items: ActionItems, which: str) -> str:
    counts = items.counts()
    text = f"{counts['open']:,} open, {counts['overdue']:,} of them overdue"
    apart = [
        f"{counts[where]:,} {word}"
        for where, word in (("proposed", "proposed"), ("unknown", "with unknown status"))
        if counts[where]
    ]
    if apart and which == "open":
        text += f"; not counted as open: {' and '.join(apart)} (--all lists them)"
    return text


def _as_text(base: KnowledgeBase, chosen: ActionItems, by: str | None) -> Iterator[str]:
    for kinds, heading in _LISTS:
        part = chosen.of(*kinds)
        if part and heading:
            yield f"\n{heading}:"
        if by is None:
            for item in part:
                yield from _item(base, item, named=True)
            continue
        groups = by_owner(part) if by == "owner" else by_incident(part)
        for name, of in groups.items():
            title = f": {base.incidents[name].title}" if by == "incident" else ""
            yield on_one_line(f"{name or 'No owner'}{title}")
            for item in of:
                yield from (f"  {line}" for line in _item(base, item, named=by == "owner"))


def _item(base: KnowledgeBase, item: TrackedActionItem, *, named: bool) -> Iterator[str]:
    """Yield an item: its state, what to do, and its incident."""
    about = (
        f"overdue by {plural(item.days_over, 'day')}" if item.days_over else item.state,
        item.priority,
        f"due {item.due}" if item.due else "",
        item.owner,
        item.ticket,
    )
    yield f"{item.name}  {on_one_line(' · '.join(part for part in about if part))}"
    yield from (f"    {on_one_line(line)}" for line in item.do.splitlines() if line.strip())
    if named:
        yield f"    ({on_one_line(base.incidents[item.incident].title)})"
