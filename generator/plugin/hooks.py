"""The MkDocs plugin `runbooks`, which passes the pages of the knowledge base to MkDocs.

Nothing is decided here: pages come from `generator.site`, what has changed is known to the
builder, and MkDocs does the rest.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

import jinja2
from mkdocs.config.base import Config, ConfigErrors, ConfigWarnings, ValidationError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.theme import Theme
from mkdocs.utils import get_build_datetime, is_markdown_file
from mkdocs.utils.templates import TemplateContext
from pydantic import ValidationError as SettingsError

from generator.knowledge.base import KnowledgeBase
from generator.knowledge.loader import INCIDENTS
from generator.knowledge.settings import Settings
from generator.knowledge.sources.origins import origins
from generator.knowledge.validation import in_words, place_in_words
from generator.plugin.documents import text_of
from generator.plugin.finished_pages import (
    FinishedFile,
    FinishedPage,
    FinishedPages,
    add_finished,
    is_heard,
)
from generator.plugin.frames import Frames
from generator.plugin.kept_site import KeptSite
from generator.plugin.markdown_cache import MarkdownCache, RunbookPage
from generator.plugin.page_cache import PageCache, can_frame
from generator.plugin.plain_style import use_plain_style
from generator.plugin.site_builder import Checked, SiteBuilder
from generator.plugin.site_files import LateFile, keep_file
from generator.plugin.themes import MATERIAL, MATERIAL_THEMES, THEME, cache_templates
from generator.rules import RULES
from generator.rules.reports import text as report
from generator.rules.strays import strays_in
from generator.search.documents import is_stand_in
from generator.search.index import OtherPage
from generator.site.assets import FOLDER, JOINED, SCRIPT, STYLE
from generator.site.markdown_needs import EXTENSIONS, FORBIDDEN, without_instant
from generator.site.offline import WORKER, has_own_worker, idle_worker
from generator.site.page import LatePage
from generator.site.project import package_assets
from generator.site.templates import TEMPLATES

# The server brings an HTTP server and a watcher along, which a build does not need.
if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer

# Events in which a plugin can change a page before, or after, it is rendered.
_BEFORE = ("pre_page", "page_read_source", "page_markdown")
_AFTER = ("page_content", "env", "page_context", "post_page")
# Events in which one can see all pages, too.
_ANY = (
    *_BEFORE,
    *_AFTER,
    "files",
    "nav",
    "pre_template",
    "template_context",
    "post_template",
    "post_build",
)

_ERROR_PAGE = "404.html"

log = get_plugin_logger(__name__)


@dataclass(frozen=True)
class PreparedBuild:
    """The work that `runbooks build` and `runbooks serve` have done before MkDocs begins.

    Attributes:
        builder: has loaded and checked the knowledge base.
        checked: what it returned.
        today: the date against which due dates are checked.
        kept: puts files into the site.
        is_served: whether `first_pages` may ask for pages after the build.
    """

    builder: SiteBuilder
    checked: Checked
    today: date
    kept: KeptSite | None = None
    is_served: bool = False


class _Options(Config):  # type: ignore[no-untyped-call]
    """The options as given; `Settings` defines them."""


class RunbooksPlugin(BasePlugin[_Options]):  # type: ignore[no-untyped-call]
    """Adds the incidents to a site."""

    def __init__(self) -> None:
        self.prepared: PreparedBuild | None = None
        self.settings = Settings()
        self.written = 0
        # After a build that is served: what finishes pages, and the files that nobody edits.
        self.finisher: FinishedPages | None = None
        self.fixed: frozenset[str] = frozenset()
        self._own_builder: SiteBuilder | None = None
        self._serving = False
        self._pages: list[RunbookPage] = []
        self._finished: list[FinishedPage] = []
        self._finisher: FinishedPages | None = None
        self._files: Files | None = None
        self._kept: KeptSite | None = None
        self._renderings: MarkdownCache | None = None
        self._frames: PageCache | None = None
        self._nav: Navigation | None = None

    def load_config(
        self, options: dict[str, Any], config_file_path: str | None = None
    ) -> tuple[ConfigErrors, ConfigWarnings]:
        """Check the options; an unknown one is an error."""
        self.config = _Options(config_file_path=config_file_path)
        self.config.data.update(options)
        try:
            self.settings = Settings.model_validate(options)
        except SettingsError as error:
            return [(place_in_words(e), ValidationError(in_words(e))) for e in error.errors()], []
        return [], []

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:  # noqa: ARG002
        """Record whether a broken incident stops the build or is shown."""
        self._serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Load and check everything; set the options that the pages need.

        Raises:
            PluginError: an incident has errors. MkDocs has not touched the old site yet.
        """
        if self.prepared is None:
            self.prepared = self._prepare(config)
        _need_own_files(self.prepared.checked.base, config)
        _need_extensions(config)
        # One URL works on a server and from file://: incidents/some-id/index.html.
        config.use_directory_urls = False
        material = config.theme.name in MATERIAL_THEMES
        if material:
            if config.theme.get("font") == Theme(config.theme.name)["font"]:
                config.theme["font"] = False  # the default is fetched from another host
            config.theme["features"] = without_instant(config.theme["features"])
        elif config.theme.get("highlightjs") and config.theme.name in ("mkdocs", "readthedocs"):
            config.theme["highlightjs"] = False  # a script from another host
        for folder in (THEME, MATERIAL) if material else (THEME,):
            if folder not in config.theme.dirs:
                config.theme.dirs.insert(1 if config.theme.custom_dir else 0, folder)
        cache_templates(config.theme)
        config.extra_css.insert(0, f"{FOLDER}/{STYLE}")
        config.extra_javascript.insert(0, f"{FOLDER}/{SCRIPT}")
        return config

    def _prepare(self, config: MkDocsConfig) -> PreparedBuild:
        root = Path(config.config_file_path).parent
        if self._own_builder is None or self._own_builder.root != root:
            self._own_builder = SiteBuilder(root)
        today = get_build_datetime().date()
        checked = self._own_builder.check(today, self.settings_in(config))
        if checked.errors and not self._serving:
            raise PluginError("Incidents have errors.\n" + report(checked.errors, RULES))
        for diagnostic in checked.errors:
            log.warning(report([diagnostic], RULES).rsplit("\n", 1)[0])
        return PreparedBuild(self._own_builder, checked, today)

    def settings_in(self, config: MkDocsConfig) -> Settings:
        """Return the plugin's options, with the name of the site."""
        root, custom = Path(config.config_file_path).parent, config.theme.custom_dir
        return self.settings.model_copy(
            update={
                "site_name": config.site_name,
                "site_url": config.site_url or None,
                "docs_dir": _from_root(root, config.docs_dir),
                "custom_dir": _from_root(root, custom) if custom else None,
            }
        )

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the pages and assets; a file in `docs/` overrides one of the same path."""
        prepared = self._now
        listed = list(_nav_entries(config.nav))
        titles = {path: title for path, title in listed if title is not None}
        self.written = 0
        self._frames = self._finisher = self._kept = None
        self._finished = []
        taken = {file.dest_uri for file in files}
        alone = can_frame(config) and not self._others_hook(config, _ANY)
        in_nav = {PurePosixPath(path).as_posix().lstrip("/") for path, _ in listed}
        pages = prepared.builder.late_pages(prepared.checked, prepared.today)
        for page in pages:
            file = files.get_file_from_path(page.path)
            if file is not None and is_stand_in(file.content_bytes):
                files.remove(file)
        self._renderings = MarkdownCache(prepared.builder.store, config)
        if why := self._renderings.renderer.why_not:
            log.info(f"Python-Markdown renders the incidents' pages, which takes longer: {why}")
        self._pages = [
            RunbookPage(titles.get(file.src_uri), file, config, self._renderings)
            for file in files.documentation_pages()
            if file.page is None
        ]
        for page in pages:
            if alone and not page.listed and page.path not in in_nav and page.url not in taken:
                self._finished.append(add_finished(files, config, page, self._renderings))
                continue
            file = self._add(files, config, page.path, page.markdown, in_nav=page.listed)
            if file:
                title = titles.get(page.path)
                self._pages.append(RunbookPage(title, file, config, self._renderings, page))
        for asset in chain(prepared.builder.assets(prepared.checked), package_assets()):
            if not alone or asset.path in taken or is_markdown_file(asset.path):
                self._add(files, config, asset.path, asset.content)
            elif files.get_file_from_path(asset.path) is None:
                files.append(LateFile(asset, config, self._kept_site(config)))
        self._files = files
        return files

    def _add(
        self,
        files: Files,
        config: MkDocsConfig,
        path: str,
        content: str | bytes,
        *,
        in_nav: bool = False,
    ) -> File | None:
        if files.get_file_from_path(path) is not None:
            return None
        inclusion = InclusionLevel.INCLUDED if in_nav else InclusionLevel.NOT_IN_NAV
        file = File.generated(config, path, content=content, inclusion=inclusion)
        files.append(file)
        return file

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Render the pages of the knowledge base on all cores."""
        self._nav = nav
        if self._renderings:
            self._renderings.see(files)
        if self._renderings and not self._others_hook(config, _BEFORE):
            self._renderings.prepare([p for p in self._pages if p.made], config, files)
        return nav

    @event_priority(-100)  # after all other plugins, because their changes are part of the frame
    def on_env(
        self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files
    ) -> jinja2.Environment:
        """Add the search index, after the pages of `docs/` are rendered; finish known pages."""
        prepared = self._now
        documents = [
            OtherPage(page.url, html.unescape(str(page.title)), text_of(page.content or ""))
            for page in self._pages
            if page.made is None
        ]
        for asset in prepared.builder.index(prepared.checked, documents):
            self._add(files, config, asset.path, asset.content)
        alone = not self._others_hook(config, (*_BEFORE, *_AFTER))
        if alone and self._nav is not None and can_frame(config):
            self._frames = PageCache(prepared.builder.store, config, self._nav, env)
            self._frames.prepare(self._pages, files)
        kept = self._kept_site(config)
        if self._finished:
            assert self._frames
            assert self._nav is not None
            assert self._renderings
            around = [path for path, _ in _nav_entries(config.nav)]
            frames = Frames(
                config, self._nav, env, files.documentation_pages(), around, self._frames
            )
            both = self._frames, frames
            self._finisher = FinishedPages(
                config, files, self._renderings, both, kept, prepared.builder.store
            )
            self._finisher.make(self._finished, self._count_page)
        for file in files:
            keep_file(file, kept)
        return env

    def on_pre_template(
        self,
        template: jinja2.Template,
        *,
        template_name: str,
        config: MkDocsConfig,  # noqa: ARG002
    ) -> jinja2.Template:
        """Take the page for what does not exist from the cache, so that no template is compiled."""
        if template_name == _ERROR_PAGE and self._finished and self._frames:
            known = self._frames.error_page()
            if known is not None:
                template = jinja2.Template("{{ runbooks_page }}")
                template.globals["runbooks_page"] = known
        return template

    def on_post_template(
        self,
        output: str,
        *,
        template_name: str,
        config: MkDocsConfig,  # noqa: ARG002
    ) -> str:
        """Remember the page for what does not exist."""
        if template_name == _ERROR_PAGE and self._finished and self._frames:
            self._frames.keep_error_page(output)
        return output

    def on_template_context(
        self,
        context: TemplateContext,
        *,
        template_name: str,  # noqa: ARG002
        config: MkDocsConfig,  # noqa: ARG002
    ) -> TemplateContext:
        """List all pages in the sitemap, those too that are finished."""
        if self._finished and self._files:
            context["pages"] = [
                file
                for file in self._files
                if (file.is_documentation_page() or isinstance(file, FinishedFile))
                and file.inclusion.is_included()  # type: ignore[no-untyped-call]
            ]
        return context

    def _kept_site(self, config: MkDocsConfig) -> KeptSite:
        """Return what puts files into the site; without an old one if the engine builds alone."""
        if self._kept is None:
            self._kept = self._now.kept or KeptSite({}, Path(config.site_dir))
            self._kept.begin(Path(config.site_dir))
        return self._kept

    def _count_page(self) -> None:
        self.written += 1
        number = len(self._pages) + len(self._finished)
        self._now.builder.progress("Writing pages", self.written, number)

    def on_post_page(self, output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Remember a finished page.

        Raises:
            PluginError: the theme does not print what the page needs.
        """
        if isinstance(page, RunbookPage) and page.made and not page.whole:
            _need_scripts(page.made, output, config)
        if self._frames and isinstance(page, RunbookPage):
            self._frames.keep(page, output)
        self._count_page()
        return output

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Check the links to anchors that the engine does not see; save the caches; write the worker."""
        level = config.validation.links.anchors
        if self._finisher and is_heard(level):
            self._finisher.validate(self._finished, level)
        self._now.builder.store.save()
        # `runbooks build` replaces it: only there is the whole site known.
        if not has_own_worker(Path(config.docs_dir)):
            (Path(config.site_dir) / WORKER).write_bytes(idle_worker())
        if self._now.is_served:
            self.finisher, self.fixed = self._finisher, self._fixed(config)
        self._forget()

    def _fixed(self, config: MkDocsConfig) -> frozenset[str]:
        """Return the paths of the files that nobody edits: those of installed themes and of this package."""
        themes = {*config.theme.dirs} - {config.theme.custom_dir}
        found = (file.dest_uri for file in self._files or () if file.src_dir in themes)
        return frozenset((*found, *(f"{FOLDER}/{name}" for name in JOINED)))

    def on_build_error(self, *, error: Exception) -> None:  # noqa: ARG002
        """Forget a build that has failed."""
        self._forget()

    def _forget(self) -> None:
        """Let the next build of `mkdocs serve` load everything again."""
        self.prepared = None
        self._pages, self._finished = [], []
        self._finisher = None
        self._frames = self._renderings = self._nav = self._files = self._kept = None

    def on_serve(
        self,
        server: LiveReloadServer,
        *,
        config: MkDocsConfig,
        builder: Callable[..., Any],  # noqa: ARG002
    ) -> LiveReloadServer:
        """Watch incidents, those of sources too, and templates."""
        root = Path(config.config_file_path).parent
        theirs = (origin.folder / INCIDENTS for origin in origins(root))
        for folder in (root / INCIDENTS, root / TEMPLATES, *theirs):
            if folder.is_dir():
                server.watch(str(folder))
        return server

    @property
    def _now(self) -> PreparedBuild:
        if self.prepared is None:
            raise PluginError("on_config has not run")
        return self.prepared

    def _others_hook(self, config: MkDocsConfig, events: tuple[str, ...]) -> bool:
        """Return whether another plugin, or a hook, handles one of these events."""
        return any(
            getattr(method, "__self__", None) is not self
            for event in events
            for method in config.plugins.events[event]
        )


def _need_own_files(base: KnowledgeBase, config: MkDocsConfig) -> None:
    """See that the engine, which follows every link, finds none that leads out.

    Lint reports the same; what is served in spite of errors must not leak either.

    Raises:
        PluginError: there is one, or what it would wait for.
    """
    folders = (config.docs_dir, config.theme.custom_dir)
    found = [
        d for folder in folders if folder for d in strays_in(base, _from_root(base.root, folder))
    ]
    if found:
        raise PluginError("The site would hold what is not of it.\n" + report(found, RULES))


def _from_root(root: Path, folder: str) -> str:
    """Return a folder's path from the root; one that lies elsewhere stays as it is."""
    path, top = Path(folder).absolute(), root.absolute()
    return path.relative_to(top).as_posix() if path.is_relative_to(top) else folder


def _need_extensions(config: MkDocsConfig) -> None:
    for name, why in FORBIDDEN.items():
        if name in config.markdown_extensions:
            raise PluginError(f"{why}; remove {name} from markdown_extensions")
    for name in EXTENSIONS:
        if name not in config.markdown_extensions:
            config.markdown_extensions.append(name)
    use_plain_style(config.mdx_configs.setdefault("pymdownx.highlight", {}))


def _need_scripts(made: LatePage, output: str, config: MkDocsConfig) -> None:
    for name, setting in ((SCRIPT, "extra_javascript"), (STYLE, "extra_css")):
        if f"{FOLDER}/{name}" not in output:
            raise PluginError(
                f"the theme {config.theme.name or config.theme.custom_dir} does not print {setting}, so "
                f"{made.url} would lack values, copy buttons and search. Print config.{setting} in its "
                "templates as the built-in themes do, or use another: theme: {name: material}"
            )


def _nav_entries(nav: Any, title: str | None = None) -> Iterator[tuple[str, str | None]]:
    """Yield all paths that the navigation names, each with its title there, if it has one."""
    if isinstance(nav, str):
        yield nav, title
    elif isinstance(nav, dict):
        for name, value in nav.items():
            yield from _nav_entries(value, name)
    elif isinstance(nav, list):
        for item in nav:
            yield from _nav_entries(item)
