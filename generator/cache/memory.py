"""The garbage collector of Python, while much is read that is kept."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_off() -> Iterator[None]:
    """Turn off the cyclic garbage collector: it would walk all incidents, which are all kept."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def collect_rarely() -> None:
    """Collect rarely from now on: a command reads many objects that live until it ends."""
    gc.set_threshold(50_000, 20, 100)


@contextmanager
def calm_collector() -> Iterator[None]:
    """Collect rarely in the body."""
    before = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.set_threshold(*before)
