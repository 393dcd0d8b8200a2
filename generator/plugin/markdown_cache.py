"""Caches the HTML that MkDocs renders from Markdown.

MkDocs lets a page render itself. `RunbookPage` first checks whether the same Markdown was rendered
before, with the same settings and versions, and with links that still have the same targets.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

import mkdocs
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, get_toc
from mkdocs.utils import meta

from generator.cache import fingerprints
from generator.cache.fingerprints import digest
from generator.cache.parallel import can_fork, run_in_processes
from generator.cache.store import Store, Value
from generator.plugin.commonmark import Renderer
from generator.site.page import LatePage

# Extensions whose output depends only on the Markdown and their options. Not among them:
# `pymdownx.snippets` and `pymdownx.b64`, which read other files, and unknown extensions.
_BUILT_IN = frozenset(
    "abbr admonition attr_list codehilite def_list extra fenced_code footnotes legacy_attrs legacy_em "
    "md_in_html meta nl2br sane_lists smarty tables toc wikilinks".split()
)
_KNOWN = ("markdown.extensions.", "pymdownx.", "material.extensions.emoji")
_IMPURE = ("pymdownx.snippets", "pymdownx.b64", "pymdownx.blocks.snippets")


class RunbookPage(MkDocsPage):
    """A page with a cached rendering.

    Attributes:
        made: the page of the knowledge base that it shows; None for a file of `docs/`.
        key: the cache key of its rendering; None if it must not be cached.
        whole: the finished file, with its template, if it is known.
    """

    def __init__(
        self,
        title: str | None,
        file: File,
        config: MkDocsConfig,
        renderings: MarkdownCache,
        made: LatePage | None = None,
    ) -> None:
        super().__init__(title, file, config)
        self.made = made
        self.key: bytes | None = None
        self.whole = ""
        self._renderings = renderings

    def read_source(self, config: MkDocsConfig) -> None:
        """Take Markdown and metadata from the knowledge base; a plugin may replace both."""
        if self.made is None:
            super().read_source(config)
            return
        source = config.plugins.on_page_read_source(page=self, config=config)
        if source is None:
            self.markdown, self.meta = self.made.markdown, metadata(self.made)
        else:
            self.markdown, self.meta = meta.get_data(source)

    def render(self, config: MkDocsConfig, files: Files) -> None:
        """Render, or use the cached rendering."""
        known = self._renderings.recall(self)
        if known is None:
            known = self.render_anew(config, files)
            self._renderings.keep(self, known)
        else:
            self.restore(known, files)

    def render_anew(self, config: MkDocsConfig, files: Files) -> Value | None:
        """Render without the cache: our own pages with the CommonMark engine, others with MkDocs.

        Returns:
            The rendering to cache, or None if the page had problems, so that they are reported again
            next time.
        """
        known = self.render_quietly(files)
        if known is not None:
            return known
        links = _Links(files)
        complaints = _Complaints()
        log = logging.getLogger(mkdocs.__name__)  # ProperDocs is MkDocs under another name
        log.addHandler(complaints)
        try:
            super().render(config, cast(Files, links))
        finally:
            log.removeHandler(complaints)
        if complaints.heard or None in links.found.values():
            return None
        return {
            "content": self.content,
            "toc": [token_of(item) for item in self.toc],
            "title": self._title_from_render,
            "anchors": sorted(self.present_anchor_ids or ()),
            "anchored": {
                file.src_uri: anchors for file, anchors in (self.links_to_anchors or {}).items()
            },
            "links": links.found,
        }

    def render_quietly(self, files: Files) -> Value | None:
        """Render with the CommonMark engine.

        Returns:
            The rendering to cache, or None if MkDocs must render the page, which tells what is wrong.
        """
        if self.made is None or self.markdown != self.made.markdown:
            return None
        known = self._renderings.renderer.render(
            self.made.markdown, self.file.src_uri, self.file.url, self._renderings.targets(files)
        )
        if known is not None:
            self.restore(known, files)
        return known

    def restore(self, known: Value, files: Files) -> None:
        """Take a cached rendering."""
        self.content = known["content"]
        self.toc = get_toc(known["toc"])
        self._title_from_render = known["title"]
        self.present_anchor_ids = set(known["anchors"])
        self.links_to_anchors = {
            file: anchors
            for path, anchors in known["anchored"].items()
            if (file := files.get_file_from_path(path)) is not None
        }


def metadata(made: LatePage) -> dict[str, Any]:
    """Return a page's metadata.

    Themes print titles and descriptions unescaped, and Material removes tags from a title without
    metadata by *unescaping* it. So both are escaped HTML.
    """
    found = {"title": html.escape(made.title)}
    if made.description:
        found["description"] = html.escape(made.description)
    return found


class MarkdownCache:
    """The renderings of one build.

    Attributes:
        renderer: renders the pages of the knowledge base.
    """

    def __init__(self, store: Store, config: MkDocsConfig) -> None:
        """Begin.

        Args:
            store: the earlier renderings.
            config: the settings, complete.
        """
        self._store = store
        self._files = Files([])
        self._targets: dict[str, str | None] = {}
        self.renderer = Renderer(config)
        self._salt = digest(
            "rendering",
            self.renderer.why_not or "",
            fingerprints.versions(),
            fingerprints.describe(config.markdown_extensions),
            fingerprints.describe(config.mdx_configs),
            str(config.use_directory_urls),
            fingerprints.describe(config.validation),
        )
        self.pure = all(map(is_pure, config.markdown_extensions))
        self._known: dict[bytes, Value] = {}

    def see(self, files: Files) -> None:
        """Record the files that can be targets of links."""
        self._files = files
        self._targets.clear()

    def prepare(self, pages: Sequence[RunbookPage], config: MkDocsConfig, files: Files) -> None:
        """Render the pages of the knowledge base before MkDocs, on all cores.

        Args:
            pages: pages whose Markdown nothing else will change.
            config: the settings.
            files: all files.
        """
        if not self.pure:
            return
        keys = [self.key_of_made(page) for page in pages if page.made]
        found = self._store.get_many(keys)
        self._known = {key: value for key, value in found.items() if self._links_hold(value)}
        new = [(p, k) for p, k in zip(pages, keys, strict=True) if k not in self._known]
        if not can_fork(len(new)):
            return

        def elsewhere(piece: tuple[RunbookPage, bytes]) -> Value | None:
            piece[0].read_source(config)
            return piece[0].render_anew(config, files)

        for number, value in run_in_processes(elsewhere, new):
            key = new[number][1]
            self._known[key] = value
            self._store.put_many({key: value})

    def recall(self, page: RunbookPage) -> Value | None:
        """Return the cached rendering of a page, if it is still valid."""
        if not self.pure or page.markdown is None:
            return None
        key = self.key(page)
        value = self._known.pop(key, None)
        if value is None:
            value = self._store.get_many([key]).get(key)
            if value is None or not self._links_hold(value):
                return None
        page.key = key
        return value

    def keep(self, page: RunbookPage, value: Value | None) -> None:
        """Cache the rendering of a page."""
        if self.pure and value is not None and page.markdown is not None:
            page.key = self.key(page)
            self._store.put_many({page.key: value})

    def find(self, key: bytes) -> Value | None:
        """Return the rendering with a key that a page of this build has."""
        return self._store.get_many([key]).get(key)

    def key(self, page: RunbookPage) -> bytes:
        """Return the key of the rendering of a page, whose Markdown is known."""
        if page.made is not None and page.markdown is page.made.markdown:
            return self.key_of_made(page)  # nobody has changed it
        return self._key(page, digest(page.markdown or "").hex())

    def key_of_made(self, page: RunbookPage) -> bytes:
        """Return the same key of a page whose Markdown is that of the knowledge base, without reading it."""
        assert page.made is not None
        return self._key(page, page.made.key)

    def _key(self, page: RunbookPage, text: str) -> bytes:
        return digest(self._salt, page.file.src_uri, page.file.dest_uri, text)

    def _links_hold(self, value: Value) -> bool:
        """Return whether every link still has the same target."""
        return all(self.link_holds(path, url) for path, url in value["links"].items())

    def link_holds(self, path: str, url: str) -> bool:
        """Return whether a path still has an address."""
        return self._target(path) == url

    def targets(self, files: Files) -> Callable[[str], str | None]:
        """Return what finds the address of a path among the files, as `link_holds` does."""
        return self._target if files is self._files else partial(_url, files)

    def _target(self, path: str) -> str | None:
        if path not in self._targets:
            self._targets[path] = _url(self._files, path)
        return self._targets[path]


def _url(files: Files, path: str) -> str | None:
    file = files.get_file_from_path(path)
    if file is None or file.inclusion in (InclusionLevel.EXCLUDED, InclusionLevel.DRAFT):
        return None
    return file.url


class _Links:
    """The files of the site for the links of a page; records each lookup and its result."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.found: dict[str, str | None] = {}

    def get_file_from_path(self, path: str) -> File | None:
        self.found[path] = _url(self._files, path)
        return self._files.get_file_from_path(path)


class _Complaints(logging.Handler):
    """Records whether a warning or an error was logged."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.heard = False

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        self.heard = True


def token_of(item: AnchorLink) -> Value:
    """Return an item of a table of contents as data."""
    return {
        "name": item.title,
        "id": item.id,
        "level": item.level,
        "children": [token_of(child) for child in item.children],
    }


def is_pure(extension: object) -> bool:
    """Return whether the output of a Markdown extension depends only on the text and its options."""
    name = str(extension)
    return name in _BUILT_IN or (name.startswith(_KNOWN) and not name.startswith(_IMPURE))
