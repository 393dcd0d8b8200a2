"""Puts pages into the frame that the theme makes: one rendering of the templates for many pages.

Pages of the same shape (as deep below the same folder, with or without a description, and so on)
differ in a few values only. The theme's templates render one such page with marks instead of the
values, and each page is what stands between the marks, with its values. The marks hold characters that
a template would escape, so one that changes a value is noticed. The first page of each shape is also
rendered as a whole: if that is not the same, every page of this shape is. Frames are kept between
builds, because compiling the theme's templates takes longer than all pages of a small change.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import jinja2
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File
from mkdocs.structure.nav import Navigation
from mkdocs.structure.toc import AnchorLink, get_toc

from generator.cache.fingerprints import describe, digest
from generator.plugin.markdown_cache import RunbookPage
from generator.plugin.page_cache import PageCache

_TOC_ITEM = "partials/toc-item.html"


class _Frame(NamedTuple):
    """A rendered page without its values.

    Attributes:
        parts: text, and in every second place the name of a value.
        between: what stands between two items of the table of contents.
    """

    parts: Sequence[str]
    between: str


class Frames:
    """The frames of one build."""

    def __init__(
        self,
        config: MkDocsConfig,
        nav: Navigation,
        env: jinja2.Environment,
        documents: Sequence[File],
        around: Sequence[object],
        kept: PageCache,
    ) -> None:
        """Begin.

        Args:
            config: the settings, complete.
            nav: the navigation, its pages rendered.
            env: the theme's templates.
            documents: all pages, for the templates.
            around: the addresses that are printed in every page, relative to it.
            kept: the frames of earlier builds.
        """
        self._config = config
        self._nav = nav
        self._env = env
        self._documents = documents
        self._kept = kept
        self._around = describe([*around, config.extra_css, config.extra, [*config.theme.items()]])
        self._around += describe([str(script) for script in config.extra_javascript])
        self._mark = f"kb{digest(self._around).hex()[:12]}"
        self._before = kept.frames(self._around)
        self._frames: dict[str, _Frame | None] = {
            shape: _Frame(*frame) if frame else None for shape, frame in self._before.items()
        }
        self._items: dict[tuple[Any, ...], str] = {}
        self._leaves: dict[int, Sequence[str] | None] = {}
        self._seen: set[tuple[str, int]] = set()
        # Templates of the user's may do anything with a value; so may a theme's own overrides.
        self._can = not config.theme.custom_dir

    def finish(self, page: RunbookPage) -> str:
        """Return a page in its frame, as the theme's templates make it.

        Args:
            page: a page that is rendered, and not in the navigation.
        """
        shape = self._shape(page) if self._can else None
        if shape is None:
            return self._whole(page)
        if shape not in self._frames:
            whole = self._whole(page)
            frame = self._make(page)
            if frame is not None and self._fill(frame, page) != whole:
                frame = None
            self._frames[shape] = frame
            return whole
        known = self._frames[shape]
        return self._whole(page) if known is None else self._fill(known, page)

    def keep(self) -> None:
        """Keep the frames for the next build."""
        if self._frames.keys() != self._before.keys():
            self._kept.keep_frames(self._around, dict(self._frames))

    def wants(self, page: RunbookPage) -> bool:
        """Return whether no page of this folder and depth has been finished yet."""
        kind = page.url.split("/")[0], page.url.count("/")
        known = kind in self._seen
        self._seen.add(kind)
        return not known

    def _shape(self, page: RunbookPage) -> str | None:
        """Return what pages must have in common for one frame; None for a page of its own kind."""
        parts = page.url.split("/")
        top = [item.level for item in page.toc]
        if len(parts) < 3 or top != [1] or f"{parts[0]}/{parts[1]}/" in self._around:
            return None
        given = {"title", "description"} & page.meta.keys()
        if page.meta.keys() - given or page.parent or page.previous_page or page.next_page:
            return None
        shape = (
            parts[0],
            *parts[2:],
            *sorted(given),
            page.edit_url,
            bool(page.canonical_url),
            bool(next(iter(page.toc)).children),
        )
        return repr(shape)

    def _whole(self, page: RunbookPage) -> str:
        page.active = True
        try:
            context = get_context(self._nav, self._documents, self._config, page)
            return self._env.get_template("main.html").render(context)
        finally:
            page.active = False

    def _make(self, page: RunbookPage) -> _Frame | None:
        """Render the frame of a page's shape; None if a template does more than print a value."""
        mark = self._mark
        other = copy.copy(page)
        other.file = copy.copy(page.file)
        folders = page.url.split("/")
        other.file.url = "/".join([folders[0], f"{mark}folder", *folders[2:]])
        other.file.dest_uri = other.file.url
        other.file.src_uri = f"{other.file.url.removesuffix('.html')}.md"
        values = {name: f"{mark}{name}&amp;&lt;&#x27;&quot;z" for name in page.meta}
        other.meta = values
        if page.canonical_url:
            other.canonical_url = f"https://{mark}canonical.example/%20"
            other.abs_url = f"/{mark}folder"
        other.content = f"<h1>{mark}content</h1>"
        items = [
            {"name": f"{mark}{name}", "id": f"{mark}{name}", "level": 2, "children": []}
            for name in ("one", "two")
        ]
        has_items = next(iter(page.toc)).children
        first: dict[str, Any] = {"name": f"{mark}name", "id": f"{mark}skip", "level": 1}
        first["children"] = items if has_items else []
        other.toc = get_toc([first])  # type: ignore[list-item]
        text = self._whole(other)
        between = ""
        slots = {
            **{value: name for name, value in values.items()},
            other.content: "content",
            f"#{mark}skip": "skip",
        }
        if other.canonical_url:
            slots[other.canonical_url] = "canonical"
        if has_items:
            one, two = (self._item(item) for item in next(iter(other.toc)).children)
            if text.count(one) != 1 or text.count(two) != 1:
                return None
            before, _, rest = text.partition(one)
            between, _, after = rest.partition(two)
            text = f"{before}{mark}items{after}"
            slots[f"{mark}items"] = "items"
        parts = _parts(text, slots)
        if mark in between or any(mark in part for part in parts[::2]):
            return None
        return _Frame(parts, between)

    def _fill(self, frame: _Frame, page: RunbookPage) -> str:
        first = next(iter(page.toc))
        values = {
            **page.meta,
            "content": page.content or "",
            "skip": first.url,
            "canonical": page.canonical_url,
            "items": "",
        }
        if "items" in frame.parts[1::2]:
            values["items"] = frame.between.join(map(self._item, first.children))
        return "".join(_filled(frame.parts, values))

    def _item(self, item: AnchorLink) -> str:
        """Return an item of the table of contents as the theme prints it."""
        key = _key(item)
        if key not in self._items:
            self._items[key] = self._leaf(item) or self._rendered(item)
        return self._items[key]

    def _leaf(self, item: AnchorLink) -> str | None:
        """Return an item without items below it; None if a template does more than print its values."""
        if item.children:
            return None
        if item.level not in self._leaves:
            names = {f"{self._mark}name": "name", f"#{self._mark}id": "url"}
            other = AnchorLink(f"{self._mark}name", f"{self._mark}id", item.level)
            parts = _parts(self._rendered(other), names)
            alike = "".join(_filled(parts, _values(item))) == self._rendered(item)
            self._leaves[item.level] = parts if alike else None
        known = self._leaves[item.level]
        return None if known is None else "".join(_filled(known, _values(item)))

    def _rendered(self, item: AnchorLink) -> str:
        context = {"config": self._config, "toc_item": item}
        return self._env.get_template(_TOC_ITEM).render(context)


def _parts(text: str, slots: Mapping[str, str]) -> list[str]:
    """Split a text at the marks that stand for values; in every second place is the name of one."""
    pattern = "|".join(re.escape(slot) for slot in sorted(slots, key=len, reverse=True))
    return [slots.get(part, part) for part in re.split(f"({pattern})", text)]


def _key(item: AnchorLink) -> tuple[Any, ...]:
    return item.title, item.id, item.level, *map(_key, item.children)


def _values(item: AnchorLink) -> dict[str, str]:
    return {"name": item.title, "url": item.url}


def _filled(parts: Sequence[str], values: dict[str, Any]) -> Iterator[str]:
    for number, part in enumerate(parts):
        yield values[part] if number % 2 else part
