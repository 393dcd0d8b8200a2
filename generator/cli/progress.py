"""Progress bars on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

# Slow imports are done where they are used: `match` must answer at once.
if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

# Fewer incidents than this load too fast for a progress bar.
_WORTH_A_BAR = 200


def display(console: Console, **options: bool) -> Progress:
    """Return a progress bar that disappears at the end; `options` are those of rich's `Progress`."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, transient=True, **options)  # type: ignore[arg-type]


class bar:  # noqa: N801 - reads as a verb where it is used
    """A progress bar on standard error; none in a pipe, and none for short work.

    Args:
        label: what is being done.
        total: how many steps it takes.
    """

    def __init__(self, label: str, total: int) -> None:
        self._progress: Progress | None = None
        if total < _WORTH_A_BAR or not sys.stderr.isatty():
            return
        from rich.console import Console

        self._progress = display(Console(stderr=True))
        self._task = self._progress.add_task(label, total=total)

    def __enter__(self) -> Callable[[], None]:
        if self._progress is None:
            return lambda: None
        self._progress.start()
        return partial(self._progress.advance, self._task)

    def __exit__(self, *exception: object) -> None:
        if self._progress is not None:
            self._progress.stop()
