"""How long tests wait, and how work grows: nothing here depends on how fast a machine is."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 300
"""How long a test waits for what must come, in seconds. It ends only a test that hangs."""

PATIENCE_WITH_PAGES = 30
"""How long a browser test waits for what a page must show, in seconds: as long as playwright waits for what it clicks."""


def growth(work: Callable[[int], object], size: int) -> float:
    """Return how much longer work takes that is eight times as large: 8 is linear, 64 quadratic.

    Processor time is counted, so that other programs do not matter.

    Args:
        work: does work of a size.
        size: the smaller size; the work should take a millisecond or more.
    """
    small, large = (min(_seconds(work, n) for _ in range(3)) for n in (size, 8 * size))
    return large / small


def _seconds(work: Callable[[int], object], size: int) -> float:
    began = time.process_time()
    work(size)
    return time.process_time() - began
