"""Facts about all incidents: action items, recurrences, figures, and the feed.

Everything here is a pure function of the knowledge base and the day it is.
`figures.py` says which incidents count, and holds every figure that a page or a command shows: one
place computes them.
"""

from __future__ import annotations

from generator.insights.actions import ActionItemGroup, ActionItems, TrackedActionItem, action_items
from generator.insights.atom import feed
from generator.insights.counted import CountedIncident, counted
from generator.insights.figures import LEAST, Figures, figures
from generator.insights.recurrence import Chain, Recurrence, UnfinishedReason, chains

__all__ = [
    "LEAST",
    "ActionItemGroup",
    "ActionItems",
    "Chain",
    "CountedIncident",
    "Figures",
    "Recurrence",
    "TrackedActionItem",
    "UnfinishedReason",
    "action_items",
    "chains",
    "counted",
    "feed",
    "figures",
]
