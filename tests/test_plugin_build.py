"""The plugin inside MkDocs: what it makes, and that a cache never changes it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort

from generator.cache import parallel as forks
from generator.cache.store import FILE, Store
from generator.knowledge.diagnostics import Severity
from generator.plugin import markdown_cache as rendering
from generator.plugin import page_cache as framing
from generator.plugin import site_builder
from generator.plugin.building import BuildFailed, HasErrors
from generator.plugin.documents import text_of
from generator.plugin.mkdocs_site import build_site
from tests.sites import HOSTILE, change, incident_file, new_base, replace_line, tree

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logger = logging.getLogger("mkdocs")
    level = logger.level
    yield
    logger.setLevel(level)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return new_base(tmp_path / "kb")


def build(root: Path, **options: object) -> dict[str, bytes]:
    built = build_site(root, TODAY, **options)  # type: ignore[arg-type]
    return tree(built.target)


def build_without_cache(root: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    with monkeypatch.context() as patch:
        patch.setattr(site_builder, "Store", lambda path: Store())
        patch.setattr(rendering.MarkdownCache, "recall", lambda self, page: None)
        patch.setattr(framing.PageCache, "prepare", lambda self, pages, files: None)
        return build(root)


def add_to_config(root: Path, text: str) -> None:
    with (root / "mkdocs.yml").open("a", encoding="utf-8") as stream:
        stream.write(text)


def test_every_page_is_there(root: Path) -> None:
    site = build(root)
    for path in (
        "index.html",
        "incidents/case-0/index.html",
        "incidents/case-0/incident.yaml",
        "incidents/index.html",
        "severity/index.html",
        "errors/index.html",
        "guide.html",
        "404.html",
        "assets/runbooks/search-index.js",
        "assets/runbooks/search.js",
        "assets/runbooks/runbooks.css",
    ):
        assert path in site
    assert site["incidents/case-0/incident.yaml"] == incident_file(root).read_bytes()
    page = site["incidents/case-0/index.html"].decode()
    assert 'src="../../assets/runbooks/runbooks.js"' in page
    assert 'href="../../assets/runbooks/runbooks.css"' in page
    assert b"guide.html" in site["assets/runbooks/search-index.js"]


def test_incidents_stay_out_of_the_navigation(root: Path) -> None:
    page = build(root)["guide.html"].decode()
    assert "incidents/index.html" in page
    assert "case-0" not in page


def test_titles_in_the_navigation_are_those_of_the_settings(root: Path) -> None:
    nav = re.findall(r'class="md-ellipsis">\s*([^<]*?)\s*<', build(root)["guide.html"].decode())
    assert {"Home", "Guide", "Incidents", "Components", "Errors"} <= set(nav)


def test_a_file_in_docs_wins(root: Path) -> None:
    (root / "docs" / "incidents" / "case-1").mkdir(parents=True)
    (root / "docs" / "incidents" / "case-1" / "index.md").write_text("# Mine\n\nHandwritten.\n")
    assert b"Handwritten." in build(root)["incidents/case-1/index.html"]


@pytest.mark.parametrize("options", ["nonsense: 1", "newest: none", "proof_max_age_days: 0"])
def test_a_wrong_option_is_an_error(root: Path, options: str) -> None:
    config = root / "mkdocs.yml"
    config.write_text(config.read_text().replace("- runbooks", f"- runbooks: {{ {options} }}"))
    with pytest.raises(HasErrors) as caught:
        build(root)
    (found,) = caught.value.findings
    assert options.split(":")[0] in found.message
    assert found.position.line > 1


def test_a_site_without_the_plugin_is_refused(root: Path) -> None:
    config = root / "mkdocs.yml"
    config.write_text(config.read_text().replace("- runbooks", "- search"))
    with pytest.raises(BuildFailed, match="the plugin `runbooks` is missing"):
        build(root)


def test_needed_settings_come_by_themselves(root: Path) -> None:
    (root / "mkdocs.yml").write_text("site_name: Bare\ntheme: material\nplugins: [runbooks]\n")
    site = build(root)
    page = site["incidents/case-0/index.html"].decode()
    assert 'class="kb-title"' in page
    assert "highlight" in page
    assert "fonts.g" not in page


class _Elements(HTMLParser):
    """All elements of a page, with the text of scripts and of the title."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"script": [], "title": [], "style": []}
        self._open = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in self.texts:
            self.texts[self._open].append(data)


@pytest.mark.parametrize(
    "hostile",
    [
        HOSTILE,
        "</title>" + HOSTILE,
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "{{ config }} {% x %} &amp;quot;",
    ],
)
def test_hostile_text_in_titles_is_inert(root: Path, hostile: str) -> None:
    change(
        incident_file(root),
        title=f"{hostile} title",
        summary=f"{hostile} summary",
        symptom__description=f"{hostile} description",
        root_cause__statement=f"{hostile} statement",
    )
    site = build(root)
    clean = {name for name, _ in _Elements(site["guide.html"].decode()).elements}
    for path, content in site.items():
        if not path.endswith(".html"):
            continue
        page = _Elements(content.decode())
        assert not any("alert(1)" in script for script in page.texts["script"]), path
        for tag, attributes in page.elements:
            assert not any(name.startswith("on") for name in attributes), (path, tag)
    page = _Elements(site["incidents/case-0/index.html"].decode())
    assert f"{hostile} title - Bench" in " ".join("".join(page.texts["title"]).split())
    described = [
        a["content"] for tag, a in page.elements if tag == "meta" and a.get("name") == "description"
    ]
    assert described == [f"{hostile} summary"]
    assert "script" in clean


def _requests(path: str, content: bytes) -> Iterator[str]:
    """Yield the addresses that a file makes a browser ask for by itself."""
    text = content.decode("utf-8", "replace")
    if path.endswith(".html"):
        for tag, attributes in _Elements(text).elements:
            for name in ("src", "srcset", "data", "poster"):
                yield attributes.get(name) or ""
            if tag == "link" and attributes.get("rel") != "canonical":
                yield attributes.get("href") or ""
    if path.endswith((".css", ".html")):
        yield from re.findall(r"url\(\s*['\"]?([^)'\"]+)", text)
        yield from re.findall(r"@import\s+['\"]([^'\"]+)", text)


def test_no_other_host_is_asked_for_anything(root: Path) -> None:
    add_to_config(
        root, "repo_url: https://github.com/example/runbooks\nsite_url: https://runbooks.example/\n"
    )
    site = build(root)
    asked = {url for path, content in site.items() for url in _requests(path, content)}
    assert {url for url in asked if re.match(r"(https?:)?//", url)} == set()
    # Material's script asks api.github.com for stars wherever it finds this mark.
    assert all(
        b'data-md-component="source"' not in c for p, c in site.items() if p.endswith(".html")
    )
    assert b"https://github.com/example/runbooks" in site["index.html"]
    # What else it could ask for stands behind features that are not in use.
    bundle = b"".join(
        c
        for p, c in site.items()
        if p.startswith("assets/javascripts/bundle") and p.endswith(".js")
    )
    hosts = set(re.findall(rb"https?://([a-z.]+)", bundle)) - {b"www.w"}
    assert hosts <= {
        b"api.github.com",
        b"unpkg.com",
        b"gitlab.com",
        b"clipboardjs.com",
        b"www.w3.org",
    }
    own = b"".join(
        c
        for p, c in site.items()
        if p.startswith("assets/runbooks/") and p.endswith((".js", ".css"))
    )
    assert not re.search(rb"fetch\(\s*['\"]https?:|XMLHttpRequest", own)


def _edit_title(root: Path) -> None:
    replace_line(incident_file(root, 1), "title", "Another title")


def _delete(root: Path) -> None:
    incident_file(root, 2).unlink()
    incident_file(root, 2).parent.rmdir()


def _override(root: Path) -> None:
    (root / "theme").mkdir()
    (root / "theme" / "main.html").write_text(
        '{% extends "base.html" %}{% block announce %}Announced{% endblock %}'
    )
    text = (root / "mkdocs.yml").read_text()
    (root / "mkdocs.yml").write_text(
        text.replace("name: material", "name: material\n  custom_dir: theme")
    )


def _page_template(root: Path) -> None:
    path = root / "templates" / "pages" / "incident.md.j2"
    path.parent.mkdir(parents=True)
    path.write_text("# {{ title }}\n\nFrom my own template.\n")


CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda root: None,
    "a title": _edit_title,
    "an incident goes": _delete,
    "the site's name": lambda root: (root / "mkdocs.yml").write_text(
        (root / "mkdocs.yml").read_text().replace("site_name: Bench", "site_name: Other")
    ),
    "the site's address": lambda root: add_to_config(
        root, "site_url: https://runbooks.example/x/\n"
    ),
    "an extra": lambda root: add_to_config(root, "copyright: Somebody\n"),
    "the navigation": lambda root: (root / "mkdocs.yml").write_text(
        (root / "mkdocs.yml").read_text().replace("Guide: guide.md", "How: guide.md")
    ),
    "an extension": lambda root: (root / "mkdocs.yml").write_text(
        (root / "mkdocs.yml").read_text().replace("permalink: true", "permalink: false")
    ),
    "a page of docs": lambda root: (root / "docs" / "guide.md").write_text(
        "# New guide\n\n## Part\n"
    ),
    "a theme of one's own": _override,
    "a template of one's own": _page_template,
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_cache_changes_nothing(name: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(root)
    CHANGES[name](root)
    warm = build(root)
    assert warm == build_without_cache(root, monkeypatch)
    assert warm == build(root)


def test_the_second_build_renders_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(root)

    def never(*arguments: object) -> None:
        raise AssertionError("rendered again")

    monkeypatch.setattr(rendering.RunbookPage, "render_anew", never)
    monkeypatch.setattr(framing.PageCache, "keep", lambda self, page, output: page.whole or never())
    build(root)


@pytest.mark.parametrize("where", ["versions", "code_fingerprint"])
def test_another_version_renders_anew(
    where: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(root)
    value = "other" if where == "versions" else b"other"
    monkeypatch.setattr(rendering.fingerprints, where, lambda: value)
    rendered = []
    original = rendering.RunbookPage.render_anew
    monkeypatch.setattr(
        rendering.RunbookPage, "render_anew", lambda *a: rendered.append(1) or original(*a)
    )
    assert len(rendered) == 0
    build(root)
    assert len(rendered) > 10


def test_a_tampered_cache_is_never_shown(root: Path) -> None:
    import sqlite3

    clean = build(root)
    with sqlite3.connect(root / FILE) as database:
        for number, payload in database.execute("SELECT id, payload FROM payloads").fetchall():
            database.execute(
                "UPDATE payloads SET payload = ? WHERE id = ?",
                (payload.replace(b"case", b"EVIL"), number),
            )
    database.close()
    assert build(root) == clean


@pytest.mark.parametrize("damage", [b"garbage" * 999, b""])
def test_a_broken_cache_is_no_obstacle(root: Path, damage: bytes) -> None:
    clean = build(root)
    (root / FILE).write_bytes(damage)
    assert build(root) == clean


def test_a_hook_that_changes_pages_is_heeded(root: Path) -> None:
    build(root)
    text = (root / "mkdocs.yml").read_text()
    for word in ("one", "two"):
        (root / f"{word}.py").write_text(
            f"def on_page_content(html, **_):\n    return html + '<p>{word}</p>'\n"
        )
        (root / "mkdocs.yml").write_text(f"{text}hooks: [{word}.py]\n")
        for _ in range(2):
            assert f"<p>{word}</p>".encode() in build(root)["incidents/case-0/index.html"]


def test_a_hook_that_changes_markdown_is_heeded(root: Path) -> None:
    build(root)
    (root / "hook.py").write_text(
        "def on_page_markdown(markdown, **_):\n    return markdown + '\\n\\nappended\\n'\n"
    )
    add_to_config(root, "hooks: [hook.py]\n")
    for _ in range(2):
        assert b"<p>appended</p>" in build(root)["incidents/case-0/index.html"]


def test_a_template_that_shows_the_time_is_never_remembered(root: Path) -> None:
    _override(root)
    path = root / "theme" / "main.html"
    path.write_text(path.read_text().replace("Announced", "{{ build_date_utc.timestamp() }}"))
    first = build(root)["incidents/case-0/index.html"]
    assert build(root)["incidents/case-0/index.html"] != first


def with_extension(root: Path, name: str) -> None:
    config = root / "mkdocs.yml"
    config.write_text(
        config.read_text().replace(
            "- attr_list", f"- {name}: {{ base_path: [{root}] }}\n  - attr_list"
        )
    )


def test_an_extension_that_reads_files_is_never_remembered(root: Path) -> None:
    with_extension(root, "pymdownx.b64")
    config = root / "mkdocs.yml"
    config.write_text(config.read_text().replace(f"[{root}]", str(root / "docs")))
    (root / "docs" / "guide.md").write_text("# Guide\n\n![picture](picture.png)\n")
    pages = []
    for content in (b"before", b"after!"):
        (root / "docs" / "picture.png").write_bytes(content)
        pages.append(build(root)["guide.html"])
    assert b"data:image/png;base64" in pages[0]
    assert pages[0] != pages[1]


def test_an_extension_that_includes_files_is_refused(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with_extension(root, "pymdownx.snippets")
    with pytest.raises(BuildFailed):
        build(root)
    assert "pymdownx.snippets lets the text of an incident include files" in caplog.text


def test_a_broken_link_is_told_every_time(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    (root / "docs" / "guide.md").write_text("# Guide\n\n[gone](gone.md)\n")
    for _ in range(2):
        caplog.clear()
        build(root)
        assert "gone.md" in caplog.text
    with pytest.raises(BuildFailed, match="strict"):
        build(root, strict=True)


def test_a_link_follows_its_target(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    (root / "docs" / "guide.md").write_text("# Guide\n\n[case](incidents/case-2/index.md)\n")
    assert b'href="incidents/case-2/index.html"' in build(root)["guide.html"]
    _delete(root)
    caplog.clear()
    build(root)
    assert "case-2" in caplog.text


@pytest.mark.skipif(not forks.can_fork(1000), reason="one core, or no fork on this system")
def test_forking_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = new_base(tmp_path / "kb", 60)
    over_all_cores = build(root)
    for module in (forks, rendering, framing):
        monkeypatch.setattr(module, "can_fork", lambda pieces: False)
    assert over_all_cores == build_without_cache(root, monkeypatch)


def test_an_error_stops_the_build(root: Path) -> None:
    before = build(root)
    incident_file(root).write_text("title: [\n")
    with pytest.raises(HasErrors) as caught:
        build(root)
    errors = [d.file for d in caught.value.findings if d.severity is Severity.ERROR]
    assert errors == ["incidents/case-0/incident.yaml"]
    assert tree(root / "site") == before


def test_mkdocs_itself_stops_before_it_cleans(root: Path) -> None:
    from mkdocs.commands.build import build as mkdocs_build
    from mkdocs.config import load_config

    def alone() -> None:
        config = load_config(str(root / "mkdocs.yml"))
        config.plugins.on_startup(command="build", dirty=False)
        mkdocs_build(config)

    alone()
    before = tree(root / "site")
    assert "incidents/case-0/index.html" in before
    incident_file(root).write_text("title: [\n")
    with pytest.raises(Abort):
        alone()
    assert tree(root / "site") == before


def test_plain_style_gives_the_same_html() -> None:
    import markdown

    from generator.plugin.plain_style import use_plain_style

    text = "\n\n".join(
        f"```{language}\n{code}\n```"
        for language, code in (
            ("bash", 'for x in $(ls | wc -l); do echo "$x"; done # all'),
            ("python", "@a\ndef f(x: int = 3) -> str:\n    '''d'''\n    return f'{x!r}'"),
            ("diff", "-old\n+new\n same"),
            ("sql", "SELECT 'a' FROM b WHERE c = 1 -- d"),
            ("js", "const a = /b/.test(`${c}`);"),
            ("yaml", "a: [1, two]\nb: &c\n  - !!str d"),
            ("text", "<script>"),
        )
    )

    def html(options: dict[str, object]) -> str:
        extensions = ["pymdownx.highlight", "pymdownx.superfences"]
        return markdown.markdown(
            text, extensions=extensions, extension_configs={"pymdownx.highlight": options}
        )

    plain: dict[str, object] = {"anchor_linenums": True}
    use_plain_style(plain)
    assert html(plain) == html({"anchor_linenums": True})
    coloured: dict[str, object] = {"noclasses": True}
    use_plain_style(coloured)
    assert coloured == {"noclasses": True}


def test_text_for_the_search_index() -> None:
    html = '<h1 id="a">Title<a class="headerlink" href="#a">¶</a></h1><p>One <b>two</b>\n three &lt;x&gt;</p><style>p{}</style><script>no()</script><ul><li>item</li></ul>'
    assert text_of(html) == "Title\nOne two three <x>\nitem"
