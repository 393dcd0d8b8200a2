"""What all incidents together teach: action items, recurrences, figures, and what is new.

Everything here is a pure function of the knowledge base and the day it is. `counted.py` says which
incidents count, `figures.py` holds every figure that a page or a command shows: one place
computes them.
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
