"""The pages that somebody waits for, shown by `runbooks serve` before the rest of the site is built.

Somebody who saves an incident waits for its page, and after a change of many incidents for the one that
is open. Such a page is made from what the last build knows, so it takes as long as one page, and not as
long as a look at all. The build that follows makes it again with everything else; if it comes out
differently, or the build fails, the page is replaced once more.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

from generator.cache.scratch import new_file
from generator.plugin.finished_pages import FinishedPages
from generator.plugin.site_builder import SiteBuilder


def first_pages(
    builder: SiteBuilder, finisher: FinishedPages, today: date, opened: Collection[str] = ()
) -> dict[str, bytes]:
    """Return pages of incidents that have changed since the last build, by their path in the site.

    Args:
        builder: has made the last build.
        finisher: has finished its pages.
        today: the date against which due dates are checked.
        opened: paths of pages that are probably open; if many incidents have changed, only these are made.

    Returns:
        Nothing if something else has changed, or if one of the incidents has problems: the build reports
        them.
    """
    pages: dict[str, bytes] = {}
    for page in builder.first_pages(today, opened):
        content = finisher.again(page)
        if content is None:
            return {}
        pages[page.url] = content
    return pages


class ShownFirst:
    """Pages that are put into the site that is served now."""

    def __init__(self, site: Path, pages: Mapping[str, bytes]) -> None:
        """Put them there.

        Args:
            site: its folder; nobody else writes there.
            pages: the pages, by their path.
        """
        self._site = site
        self._pages = pages
        self._before = {path: (site / path).read_bytes() for path in pages}
        self._put(pages)

    def are_in(self, site: Path) -> bool:
        """Return whether a build has made the same pages."""
        try:
            return all((site / p).read_bytes() == content for p, content in self._pages.items())
        except FileNotFoundError:
            return False

    def take_back(self) -> None:
        """Put back the pages that were there before."""
        with suppress(OSError):
            self._put(self._before)

    def _put(self, pages: Mapping[str, bytes]) -> None:
        # The file may have another name in the folder of an earlier build, so it is replaced, not changed.
        for path, content in pages.items():
            target = self._site / path
            with new_file(target.parent, target.name) as (descriptor, new):
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(content)
                new.replace(target)
