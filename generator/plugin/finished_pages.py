"""Pages of the knowledge base that are finished without the engine: all that no navigation lists.

To the engine such a page is a file that is copied, at a path that ends in `.md`, so that links to it
are followed and checked as before. It is rendered, put into the theme's frame and written here, one at a
time, or, where the last build has made the same page, taken from the old site without being read.

This needs a frame that depends on nothing else (`can_frame`), and no other plugin that could want to
see or change a page.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import mkdocs
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

from generator.cache.parallel import can_fork, run_in_processes
from generator.cache.store import Store, Value
from generator.plugin.frames import Frames
from generator.plugin.kept_site import KeptSite, Row
from generator.plugin.markdown_cache import MarkdownCache, RunbookPage, metadata
from generator.plugin.page_cache import PageCache
from generator.site.page import LatePage, Page

Link = tuple[str, str]
"""What a page links to: a path among the files, and its address."""

_BATCH = 200
"""So many new renderings are held in memory before they are written to the cache."""


class FinishedFile(File):
    """A page for links and lists of pages, and a file without content for everything else."""

    def is_documentation_page(self) -> bool:
        """Return False, so that the engine does not render it."""
        return False

    def copy_file(self, dirty: bool = False) -> None:
        """Do nothing; it is written already."""


class FinishedPage(RunbookPage):
    """A page that is not kept in memory."""

    _anchors: set[str] | None = None

    @property
    def present_anchor_ids(self) -> set[str] | None:
        """The anchors that can be linked to; read when a page with such a link is checked."""
        if self._anchors is None and self.key is not None:
            known = self._renderings.find(self.key)
            if known is not None:
                self._anchors = set(known["anchors"])
        return self._anchors

    @present_anchor_ids.setter
    def present_anchor_ids(self, anchors: set[str] | None) -> None:
        self._anchors = anchors

    def forget(self) -> None:
        """Let go of everything that the cache has."""
        self.made = None
        self.content, self.markdown = None, ""
        if self.key is not None:
            self._anchors, self.links_to_anchors = None, None
            self.toc = []  # type: ignore[assignment]


def add_finished(
    files: Files, config: MkDocsConfig, made: LatePage, renderings: MarkdownCache
) -> FinishedPage:
    """Add a page to the files of a site.

    Args:
        files: the files.
        config: the settings.
        made: the page.
        renderings: the earlier renderings.
    """
    file = FinishedFile.generated(
        config, made.path, content="", inclusion=InclusionLevel.NOT_IN_NAV
    )
    file.dest_uri = made.url
    files.append(file)
    return FinishedPage(None, file, config, renderings, made)


class FinishedPages:
    """The pages of one build."""

    def __init__(
        self,
        config: MkDocsConfig,
        files: Files,
        renderings: MarkdownCache,
        frames: tuple[PageCache, Frames],
        kept: KeptSite,
        store: Store,
    ) -> None:
        """Begin.

        Args:
            config: the settings, complete.
            files: all files.
            renderings: the earlier renderings.
            frames: the digest of what is around a page, and how a page gets it.
            kept: the old site and the new one.
            store: the cache.
        """
        self._config = config
        self._files = files
        self._renderings = renderings
        self._keys, self._frames = frames
        self._kept = kept
        self._store = store
        self._before = _unpacked(kept.notes)
        self._links: dict[str, Sequence[Link]] = {}
        self._unsaved = 0

    def make(self, pages: Sequence[FinishedPage], done: Callable[[], None]) -> None:
        """Write all pages into the new site.

        Args:
            pages: the pages.
            done: called once for each.
        """
        new = [page for page in pages if not self._take(page)]
        for _ in range(len(pages) - len(new)):
            done()
        new = [page for page in new if not self._finish_known(page, done)]
        written: set[int] = set()
        if can_fork(len(new)):
            for number, (row, value) in run_in_processes(self._elsewhere, new):
                written.add(number)
                self._renderings.keep(new[number], value)
                self._note(new[number], row, value)
                if len(written) % _BATCH == 0:
                    self._store.flush()
                done()
        for number, page in enumerate(new):
            if number not in written:
                self._here(page)
                done()
        self._frames.keep()
        self._kept.notes = _packed(self._links)

    def again(self, page: Page) -> bytes | None:
        """Return a page of this build as it is now, in its frame.

        Args:
            page: the page; the build had one with the same path.

        Returns:
            None if there was none, or if the engine must render it, which reports what is wrong.
        """
        file = self._files.get_file_from_path(page.path)
        if not isinstance(file, FinishedFile):
            return None
        late = LatePage(page, page.key, lambda: page.markdown)
        new = FinishedPage(None, file, self._config, self._renderings, late)
        new.read_source(self._config)
        if new.render_quietly(self._files) is None:
            return None
        return self._in_frame(new)

    def validate(self, pages: Iterable[FinishedPage], level: int) -> None:
        """Report links to anchors that do not exist, as the engine does.

        Args:
            pages: the pages.
            level: how serious that is, as a level of logging.
        """
        for page in pages:
            known = self._renderings.find(page.key) if page.key else None
            if known is not None:
                page.restore(known, self._files)
            page.validate_anchor_links(files=self._files, log_level=level)
            page.forget()

    def _take(self, page: FinishedPage) -> bool:
        """Take a page from the old site, if it would be made from the same things."""
        assert page.made
        page.markdown, page.meta = "", metadata(page.made)  # a page with neither has no title
        links = self._before.get(page.file.dest_uri)
        if links is not None and self._renderings.pure:
            page.key = self._renderings.key_of_made(page)
            if all(map(self._holds, links)) and self._kept.link(
                page.file.dest_uri, self._key(page)
            ):
                self._store.touch([page.key])
                self._links[page.file.dest_uri] = links
                page.forget()
                return True
            page.key = None
        page.read_source(self._config)
        return False

    def _finish_known(self, page: FinishedPage, done: Callable[[], None]) -> bool:
        """Finish a page whose rendering is known, or whose frame is not."""
        known = self._renderings.recall(page)
        if known is not None:
            page.restore(known, self._files)
            self._note(page, self._write(page), known)
        elif self._frames.wants(page):
            self._here(page)
        else:
            return False
        done()
        return True

    def _here(self, page: FinishedPage) -> None:
        value = page.render_anew(self._config, self._files)
        self._renderings.keep(page, value)
        self._note(page, self._write(page), value)
        self._unsaved += 1
        if self._unsaved % _BATCH == 0:
            self._store.flush()

    def _elsewhere(self, page: FinishedPage) -> Value | None:
        value = page.render_anew(self._config, self._files)
        if value is None:
            return None
        page.key = self._renderings.key(page) if self._renderings.pure else None
        return [self._write(page), value]  # type: ignore[return-value]

    def _write(self, page: FinishedPage) -> Row:
        return self._kept.write(page.file.dest_uri, self._key(page), self._in_frame(page))

    def _in_frame(self, page: FinishedPage) -> bytes:
        return self._frames.finish(page).encode("utf-8", "xmlcharrefreplace")

    def _note(self, page: FinishedPage, row: Row, value: Value | None) -> None:
        self._kept.placed[page.file.dest_uri] = row
        if value is not None:
            self._links[page.file.dest_uri] = [*value["links"].items()]
        page.forget()

    def _key(self, page: RunbookPage) -> str:
        """Return the key of a finished page, empty if it must be made each time."""
        return self._keys.key(page).hex() if page.key else ""

    def _holds(self, link: Link) -> bool:
        return self._renderings.link_holds(*link)


def _packed(links: Mapping[str, Sequence[Link]]) -> dict[str, Any]:
    """Write the links of pages, which name the same files again and again."""
    numbers: dict[Link, int] = {}
    pages = {
        path: [numbers.setdefault((to, url), len(numbers)) for to, url in found]
        for path, found in links.items()
    }
    return {"links": [list(link) for link in numbers], "pages": pages}


def _unpacked(notes: Mapping[str, Any]) -> dict[str, Sequence[Link]]:
    links = [(to, url) for to, url in notes.get("links", ())]
    return {path: [links[n] for n in found] for path, found in notes.get("pages", {}).items()}


def is_heard(level: int) -> bool:
    """Return whether anybody hears messages of a level: `runbooks build` prints warnings only."""
    probe = logging.LogRecord(mkdocs.__name__, level, "", 0, "", None, None)
    log: logging.Logger | None = logging.getLogger(mkdocs.__name__)
    while log is not None:
        handlers = (h for h in log.handlers if type(h) is not logging.NullHandler)
        if any(handler.level <= level and handler.filter(probe) for handler in handlers):
            return True
        log = log.parent if log.propagate else None
    return False
