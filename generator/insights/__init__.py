"""Facts about all incidents: action items, recurrences, figures, and the feed.

Everything here is a pure function of the knowledge base and the date. `counted.py` decides which
incidents count; `figures.py` computes every figure that a page or a command shows.
"""

from __future__ import annotations

from generator.insights.actions import Item, Items, Where, action_items
from generator.insights.atom import feed
from generator.insights.counted import counted, shown
from generator.insights.figures import LEAST, Figures, figures
from generator.insights.recurrence import Chain, Left, Recurrence, chains

__all__ = [
    "LEAST",
    "Chain",
    "Figures",
    "Item",
    "Items",
    "Left",
    "Recurrence",
    "Where",
    "action_items",
    "chains",
    "counted",
    "feed",
    "figures",
    "shown",
]
