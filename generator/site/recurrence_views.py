"""The view of an incident that recurred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.insights import Chain, CountedIncident, Recurrence, UnfinishedReason
from generator.insights.recurrence import UnfinishedActionItem
from generator.site.links import incident_link, text_html
from generator.text.labels import plural
from generator.text.markdown import Markdown

_MOST = 20

_WHY = {
    UnfinishedReason.OPEN: "not done",
    UnfinishedReason.LATER: "done, but due only after the recurrence",
    UnfinishedReason.DROPPED: "dropped",
    UnfinishedReason.PROPOSED: "proposed, not accepted",
    UnfinishedReason.UNKNOWN: "status unknown",
}


@dataclass(frozen=True, slots=True)
class ReturnView:
    """One incident of a chain; HTML.

    Attributes:
        link: a link to the incident; on its own page, only its title.
        when: the day on which it began; empty if that is not known.
        here: whether the page is about this incident.
        left: action items of earlier incidents that were not done, each with the reason to list it.
        more: how many more there are, and what is unknown about them; may be empty.
    """

    link: Markdown
    when: str
    here: bool
    left: tuple[Markdown, ...] = ()
    more: str = ""


def chain_view(
    chain: Chain, incidents: Mapping[str, CountedIncident], page: str, here: str = ""
) -> list[ReturnView]:
    """Return the view of a chain: its first incident, then its recurrences, oldest first.

    Args:
        chain: the chain.
        incidents: what is counted of the incidents that the site shows.
        page: path of the page that shows it.
        here: the incident that the page is about, if any.
    """

    def link(incident_id: str) -> Markdown:
        if incident_id not in incidents:
            return Markdown(f"<code>{text_html(incident_id)}</code> (not in this knowledge base)")
        if incident_id == here:
            return text_html(incidents[incident_id].title)
        return incident_link(page, incident_id, incidents[incident_id].title)

    first = incidents.get(chain.first)
    began = first.occurred if first else None
    views = [ReturnView(link(chain.first), f"{began or ''}", chain.first == here)]
    for back in chain.returns:
        left = tuple(_left(item, incidents, page) for item in back.unfinished[:_MOST])
        when = f"{back.occurred or ''}"
        views.append(
            ReturnView(link(back.incident), when, back.incident == here, left, _more(back))
        )
    return views


def _left(
    item: UnfinishedActionItem, incidents: Mapping[str, CountedIncident], page: str
) -> Markdown:
    about = ", ".join(
        filter(None, (item.owner, f"due {item.due}" if item.due else "", _WHY[item.why]))
    )
    of = incident_link(page, item.incident, incidents[item.incident].title, "action-items")
    return Markdown(
        f'{text_html(item.do)} <span class="kb-about">({text_html(about)}; from {of})</span>'
    )


def _more(back: Recurrence) -> str:
    notes = []
    if len(back.unfinished) > _MOST:
        notes.append(f"{len(back.unfinished) - _MOST:,} more are not listed here.")
    if back.done_undated:
        are = "is" if back.done_undated == 1 else "are"
        items = plural(back.done_undated, "action item")
        notes.append(
            f"{items} of earlier incidents {are} done; the completion dates are not recorded."
        )
    return " ".join(notes)
