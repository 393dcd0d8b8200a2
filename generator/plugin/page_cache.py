"""Caches the finished files that the theme's templates make from the HTML of pages.

The frame is everything that a template reads besides the page: settings, navigation, its own files. A
page whose HTML and frame are known skips the template; `runbooks-whole.html` prints it unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jinja2
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.utils import get_theme_dir

from generator.cache import fingerprints
from generator.cache.fingerprints import digest
from generator.cache.parallel import can_fork, run_in_processes
from generator.cache.store import Store, Value
from generator.knowledge.files import read_file, walk
from generator.plugin.markdown_cache import RunbookPage
from generator.plugin.themes import MATERIAL_THEMES, THEME, WHOLE

# A template that uses these shows something that is not in the frame: the time, other pages.
_UNFRAMED = re.compile(r"\b(build_date_utc|update_date|pages|files|now|random)\b")

# Paths, which differ from build to build and which no template prints.
_PLACES = ("site_dir", "plugins", "theme", "hooks", "nav", "config_file_path", "docs_dir", "watch")


# Icons depend only on the theme's version, and there are thousands.
_UNSTAMPED = frozenset({".icons", "assets", "__pycache__"})


class PageCache:
    """The finished pages of one build."""

    def __init__(
        self, store: Store, config: MkDocsConfig, nav: Navigation, env: jinja2.Environment
    ) -> None:
        """Begin.

        Args:
            store: the earlier finished pages.
            config: the settings, complete.
            nav: the navigation, its pages rendered.
            env: the theme's templates.
        """
        self._store = store
        self._config = config
        self._nav = nav
        self._env = env
        self._frame = digest(
            "frame",
            fingerprints.versions(),
            fingerprints.describe({k: v for k, v in config.items() if k not in _PLACES}),
            # A module of `hooks` stands among the plugins, and has no options.
            fingerprints.describe(
                {name: getattr(p, "config", None) for name, p in config.plugins.items()}
            ),
            fingerprints.describe([*config.theme.items()]),
            fingerprints.stamp_folders(config.theme.dirs, _UNSTAMPED),
            fingerprints.describe(list(_nav_items(nav))),
        )

    def prepare(self, pages: Sequence[RunbookPage], files: Files) -> None:
        """Finish the pages before MkDocs: from the cache, else on all cores.

        Args:
            pages: pages whose rendering is cached.
            files: all files.
        """
        documents = files.documentation_pages()
        pages = [page for page in pages if page.key and "template" not in page.meta]
        keys = [self.key(page) for page in pages]
        known = self._store.get_many(keys)
        new: list[tuple[RunbookPage, bytes]] = []
        for page, key in zip(pages, keys, strict=True):
            if key in known:
                _finish(page, known[key])
            else:
                new.append((page, key))
        if not can_fork(len(new)):
            return

        def finish(piece: tuple[RunbookPage, bytes]) -> Value:
            page = piece[0]
            page.active = True
            try:
                context = get_context(self._nav, documents, self._config, page)
                return _around(page, self._env.get_template("main.html").render(context))
            finally:
                page.active = False

        # The first page compiles the templates; the workers then find them compiled.
        finish(new[0])
        for number, value in run_in_processes(finish, new):
            page, key = new[number]
            self._store.put_many({key: value})
            _finish(page, value)

    def keep(self, page: RunbookPage, output: str) -> None:
        """Cache a page that MkDocs has finished itself."""
        if page.key and not page.whole and "template" not in page.meta:
            self._store.put_many({self.key(page): _around(page, output)})

    def error_page(self) -> str | None:
        """Return the page for what does not exist, if it is known."""
        key = digest("error page", self._frame)
        known = self._store.get_many([key]).get(key)
        return known["text"] if known else None

    def keep_error_page(self, text: str) -> None:
        """Cache the page for what does not exist: all of it is frame."""
        self._store.put_many({digest("error page", self._frame): {"text": text}})

    def frames(self, around: str) -> Value:
        """Return the frames that are known.

        Args:
            around: what else they depend on.
        """
        key = digest("frames", self._frame, around)
        return self._store.get_many([key]).get(key) or {}

    def keep_frames(self, around: str, frames: Value) -> None:
        """Cache the frames of this build."""
        self._store.put_many({digest("frames", self._frame, around): frames})

    def key(self, page: RunbookPage) -> bytes:
        """Return the key of a finished page, whose rendering has a key."""
        around = [page.previous_page, page.next_page, page.parent]
        seen: list[Any] = [
            [None if one is None else (one.title, getattr(one, "url", "")) for one in around],
            page.title,
            page.url,
            page.canonical_url,
            page.edit_url,
            page.is_homepage,
            page.meta,
        ]
        return digest(self._frame, page.key or b"", fingerprints.describe(seen))


def can_frame(config: MkDocsConfig) -> bool:
    """Return whether a finished page depends only on its frame."""
    if config.theme.name not in MATERIAL_THEMES:
        return False
    known = {
        THEME,
        get_theme_dir(config.theme.name),
        *config.theme.dirs[-1:],
    }  # the last one belongs to MkDocs
    folders = (Path(folder) for folder in config.theme.dirs if folder not in known)
    return not any(map(_shows_more, folders))


def _shows_more(folder: Path) -> bool:
    """Say whether a template shows what is not in the frame, or cannot be read here."""
    return any(
        found.why is not None
        or _UNFRAMED.search(read_file(folder, found.name).decode("utf-8", "replace"))
        for found in walk(folder, "")
        if found.name.endswith(".html")
    )


def _around(page: RunbookPage, output: str) -> Value:
    """Return the parts of a finished page around its HTML, which is cached already."""
    before, content, after = output.partition(page.content or "")
    return {"before": before, "content": bool(content), "after": after}


def _finish(page: RunbookPage, around: Value) -> None:
    content = page.content or "" if around["content"] else ""
    page.whole = f"{around['before']}{content}{around['after']}"
    page.meta["template"] = WHOLE


def _nav_items(items: Iterable[Any], depth: int = 0) -> Iterable[tuple[int, str, str, str]]:
    for item in items:
        yield depth, type(item).__name__, str(item.title), str(getattr(item, "url", "") or "")
        yield from _nav_items(item.children or (), depth + 1)
