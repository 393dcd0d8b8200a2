"""Our own pages are the same whichever engine renders them: Python-Markdown, or the CommonMark engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as MkDocsPage

from generator.knowledge.base import load
from generator.plugin import commonmark
from generator.plugin.commonmark import _ALIKE, Renderer
from generator.plugin.hooks import _need_extensions
from generator.plugin.markdown_cache import _url, token_of
from generator.site import Page, build_assets, build_pages
from tests.conftest import FULL, ROOT
from tests.dom import dom
from tests.sites import incident_file, new_base, replace_line
from tests.test_markdown import texts

pytestmark = pytest.mark.slow

TODAY = date(2026, 3, 1)

# The keys of an incident that anything can be written for, or anything on one line.
TEXTS = frozenset(
    "summary description note if_not statement trigger why do before after data what says when"
    " went_well went_wrong got_lucky learned contributing_factors text claim".split()
)
LINES = frozenset("title role contact users location owner ticket needs heading versions".split())


def configure(folder: Path, extensions: object = (), **more: object) -> MkDocsConfig:
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    text = {
        "site_name": "x",
        "use_directory_urls": False,
        "markdown_extensions": extensions,
        **more,
    }
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(text))
    config = load_config(str(folder / "mkdocs.yml"))
    config.plugins._current_plugin = "runbooks"  # as MkDocs sets it while a plugin adds files
    _need_extensions(config)
    return config


class Made:
    """What is made of a knowledge base, whatever the settings of its site say."""

    def __init__(self, root: Path) -> None:
        base = load(root, today=TODAY)
        self.pages = [*build_pages(base, {}, TODAY)]
        pages = [(page.path, page.markdown) for page in self.pages]
        self.files = [*pages, *((asset.path, asset.content) for asset in build_assets(base))]


class Both:
    """The pages of a knowledge base, for both engines."""

    def __init__(self, made: Made, config: MkDocsConfig) -> None:
        self.pages = made.pages
        self.config = config
        self.renderer = Renderer(config)
        files = made.files
        self.files = Files([File.generated(config, path, content=of) for path, of in files])

    def fast(self, page: Page) -> Mapping[str, Any]:
        file = self.files.get_file_from_path(page.path)
        assert file
        target = partial(_url, self.files)
        found = self.renderer.render(page.markdown, page.path, file.url, target)
        assert found is not None, (page.path, self.renderer.why_not)
        return found

    def slow(self, page: Page) -> MkDocsPage:
        file = self.files.get_file_from_path(page.path)
        made = MkDocsPage(page.title, file, self.config)  # type: ignore[arg-type]
        made.markdown = page.markdown
        made.render(self.config, self.files)
        return made

    def compare(self, page: Page) -> None:
        fast, slow = self.fast(page), self.slow(page)
        assert dom(fast["content"]) == dom(slow.content or ""), page.path
        assert toc(fast["toc"]) == toc([token_of(item) for item in slow.toc])
        assert dom(fast["title"]) == dom(slow._title_from_render or "")
        assert set(fast["anchors"]) <= (slow.present_anchor_ids or set())
        linked = {file.src_uri: of for file, of in (slow.links_to_anchors or {}).items()}
        # MkDocs also notes that each heading links to itself.
        own, all_own = (of.get(page.path, {}).items() for of in (fast["anchored"], linked))
        assert own <= all_own
        assert {**fast["anchored"], page.path: {}} == {**linked, page.path: {}}


def toc(tokens: list[dict[str, Any]]) -> list[object]:
    return [(t["level"], t["id"], dom(t["name"]), toc(t["children"])) for t in tokens]


@pytest.fixture(scope="module", params=[FULL, ROOT], ids=["full", "own"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Both:
    config = configure(tmp_path_factory.mktemp("settings"), [{"toc": {"permalink": True}}])
    return Both(Made(request.param), config)


def test_every_page_is_the_same(both: Both) -> None:
    for page in both.pages:
        both.compare(page)


def test_the_pages_of_long_lists_are_the_same(tmp_path: Path) -> None:
    root = new_base(tmp_path / "kb", 120)
    for number in range(120):
        replace_line(incident_file(root, number, 120), "state", "open")
    pages = Both(Made(root), configure(tmp_path / "settings"))
    lists = [page for page in pages.pages if page.incident is None]
    assert sum("kb-pages" in page.markdown for page in lists) > 10
    for page in lists:
        pages.compare(page)


def test_the_pages_of_a_generated_knowledge_base_are_the_same(tmp_path: Path) -> None:
    pages = Both(Made(new_base(tmp_path / "kb", 12)), configure(tmp_path / "settings"))
    for page in pages.pages:
        pages.compare(page)


def replaced(value: Any, key: str, new: Callable[[], str]) -> Any:
    """Return a part of an incident with other texts."""
    if isinstance(value, dict):
        return {k: v if k == "signatures" else replaced(v, k, new) for k, v in value.items()}
    if isinstance(value, list):
        return [replaced(part, key, new) for part in value]
    if isinstance(value, str) and key in LINES:
        return " ".join(new().split())[:100] or "x"
    return new() if isinstance(value, str) and key in TEXTS else value


EVERYTHING = yaml.safe_load((FULL / "incidents/everything/incident.yaml").read_text("utf-8"))
NOTES = [{"heading": "x", "text": "x", "source": "write-up"}, {"text": "x"}]


@pytest.fixture(scope="module")
def hostile_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    (root / "mkdocs.yml").write_text("site_name: x\nplugins: [runbooks]\n")
    (root / "incidents/everything").mkdir(parents=True)
    return root


# A page is long: what fails is found in the difference, and shrinking would take minutes.
@settings(max_examples=25, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(data=st.data())
def test_whatever_an_incident_says_its_pages_are_the_same(
    hostile_base: Path, data: st.DataObject
) -> None:
    drawn = data.draw(st.lists(texts, min_size=20, max_size=60))
    rest: Iterator[str] = iter(drawn * 20)
    incident = replaced({**EVERYTHING, "notes": NOTES}, "", lambda: next(rest))
    file = hostile_base / "incidents/everything/incident.yaml"
    file.write_text(yaml.safe_dump(incident, allow_unicode=True, sort_keys=False), "utf-8")
    pages = Both(Made(hostile_base), configure(hostile_base / "settings"))
    assert any(page.title != "everything: cannot be shown" for page in pages.pages if page.incident)
    for page in pages.pages:
        pages.compare(page)


# -- settings of others ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made_of_full() -> Made:
    return Made(FULL)


@pytest.fixture(scope="module")
def plain_both(tmp_path_factory: pytest.TempPathFactory, made_of_full: Made) -> Both:
    return Both(made_of_full, configure(tmp_path_factory.mktemp("plain")))


@pytest.mark.parametrize("name", sorted(_ALIKE))
def test_an_extension_that_is_known_changes_no_page(
    tmp_path: Path, made_of_full: Made, plain_both: Both, name: str
) -> None:
    pages = Both(made_of_full, configure(tmp_path, [name]))
    assert pages.renderer.why_not is None
    for page in pages.pages:
        pages.compare(page)
        assert pages.fast(page) == plain_both.fast(page)


@pytest.mark.parametrize(
    "extension",
    [
        {"toc": {"permalink": True, "title": "On this page"}},
        {"toc": {"permalink": "<#>", "permalink_title": 'Link "here"', "toc_depth": 2}},
        {"toc": {"toc_depth": "2-3", "permalink_title": ""}},
        {
            "pymdownx.highlight": {
                "anchor_linenums": True,
                "line_spans": "__span",
                "pygments_lang_class": True,
            }
        },
        {
            "pymdownx.highlight": {
                "linenums": True,
                "anchor_linenums": True,
                "linenums_style": "inline",
            }
        },
        {"pymdownx.highlight": {"line_anchors": "line", "linenums": True}},
        {"footnotes": {"BACKLINK_TEXT": "back"}},
        {"pymdownx.betterem": {"smart_enable": "all"}},
        {"pymdownx.highlight": {"use_pygments": False}},
        {"pymdownx.highlight": {"noclasses": True, "pygments_style": "monokai"}},
        {
            "pymdownx.highlight": {
                "pygments_lang_class": True,
                "auto_title": True,
                "css_class": "hl",
            }
        },
        {"pymdownx.magiclink": {"repo_url_shorthand": True, "user": "a", "repo": "b"}},
        {"pymdownx.superfences": {"css_class": "box"}},
        {"pymdownx.superfences": {"custom_fences": [{"name": "mermaid", "class": "mermaid"}]}},
        {"pymdownx.tabbed": {"alternate_style": True}},
        {"pymdownx.tasklist": {"custom_checkbox": True}},
    ],
    ids=str,
)
def test_known_options_have_the_same_effect(
    tmp_path: Path, made_of_full: Made, extension: dict[str, object]
) -> None:
    pages = Both(made_of_full, configure(tmp_path, [extension]))
    assert pages.renderer.why_not is None
    for page in pages.pages:
        pages.compare(page)


@pytest.mark.parametrize(
    ("extension", "said"),
    [
        ("smarty", "extension smarty"),
        ("markdown.extensions.nl2br", "extension markdown.extensions.nl2br"),
        ("pymdownx.smartsymbols", "extension pymdownx.smartsymbols"),
        ({"pymdownx.inlinehilite": {"style_plain_text": "bash"}}, "option style_plain_text of the Markdown extension pymdownx.inlinehilite"),
        ({"abbr": {"glossary": {"HTML": "language"}}}, "option glossary of the Markdown extension abbr"),
        ({"toc": {"anchorlink": True}}, "option anchorlink of the Markdown extension toc"),
        ({"pymdownx.highlight": {"auto_title_map": {"Bash": "sh"}}}, "option auto_title_map of the Markdown extension pymdownx.highlight"),
        ({"pymdownx.superfences": {"preserve_tabs": True}}, "option preserve_tabs of the Markdown extension pymdownx.superfences"),
        ({"pymdownx.superfences": {"custom_fences": [{"name": "*", "class": "x"}]}}, "option custom_fences of the Markdown extension pymdownx.superfences"),
    ],
    ids=str,
)  # fmt: skip
def test_what_may_change_our_pages_is_left_to_python_markdown(
    tmp_path: Path, extension: object, said: str
) -> None:
    assert said in (Renderer(configure(tmp_path, [extension])).why_not or "")


def test_templates_of_a_knowledge_base_may_print_any_markdown(tmp_path: Path) -> None:
    config = configure(tmp_path)
    assert Renderer(config).why_not is None
    (tmp_path / "templates/pages").mkdir(parents=True)
    (tmp_path / "templates/pages/home.md.j2").write_text("# Mine { .mine }\n")
    assert "templates/pages/" in (Renderer(config).why_not or "")


def test_a_fence_that_is_rendered_in_a_special_way_is_left_to_python_markdown(
    tmp_path: Path,
) -> None:
    fences = [{"name": "bash", "class": "terminal"}]
    renderer = Renderer(configure(tmp_path, [{"pymdownx.superfences": {"custom_fences": fences}}]))
    assert renderer.render("```bash\nls\n```\n", "a.md", "a.html", str) is None
    assert renderer.render("```text\nls\n```\n", "a.md", "a.html", str) is not None


@pytest.mark.parametrize(
    "markdown", ["[x](y.md)", "[x](/y.md)", "![x](x.png)", "> quote", "    code", "a  \nb", "***"]
)
def test_what_our_templates_do_not_print_is_left_to_python_markdown(
    tmp_path: Path, markdown: str
) -> None:
    renderer = Renderer(configure(tmp_path))
    assert renderer.render(markdown, "a.md", "a.html", lambda path: None) is None


def test_without_the_engine_python_markdown_renders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commonmark, "pyromark", None)
    assert "pyromark" in (Renderer(configure(tmp_path)).why_not or "")
