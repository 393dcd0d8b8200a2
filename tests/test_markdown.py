"""Whatever stands in a field is shown as it is, and does nothing, in any dialect of Markdown.

Every text goes through Python-Markdown and through CommonMark.
"""

from __future__ import annotations

import html.parser
import re

import markdown
import pyromark
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.text.markdown import code, fence, inline, plain, prose

# Far more than the site switches on: a user's mkdocs.yml may hold any of these.
EXTENSIONS = [
    "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "smarty",
    "tables", "toc", "pymdownx.arithmatex", "pymdownx.betterem", "pymdownx.caret",
    "pymdownx.critic", "pymdownx.details", "pymdownx.emoji", "pymdownx.highlight",
    "pymdownx.inlinehilite", "pymdownx.keys", "pymdownx.magiclink", "pymdownx.mark",
    "pymdownx.smartsymbols", "pymdownx.superfences", "pymdownx.tabbed", "pymdownx.tasklist",
    "pymdownx.tilde",
]  # fmt: skip
SITE_EXTENSIONS = ["attr_list", "tables", "toc", "pymdownx.highlight", "pymdownx.superfences"]

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "{{ config }} {% raw %}",
    "```\nfence\n```",
    "a | b | c\n--- | --- | ---\n1 | 2 | 3",
    "# not a heading",
    "- not *a* list",
    " - not a list",
    "1. not a list",
    "+ plus",
    "> quote",
    "!!! note",
    "??? details",
    "=== tab",
    "[^1]: footnote",
    "*[HTML]: abbr",
    "term\n:   definition",
    "x{ #id .class onclick=alert(1) }",
    "{: onclick=alert(1) }",
    "&lt;b&gt; &amp; &#60;",
    "a\\*b \\\\ \\` \\<",
    "**b** __b__ _i_ ~~s~~ ==m== ^^u^^ H~2~O ++ctrl++ :smile: :100:",
    "    four spaces",
    "$x$ \\(y\\) {++a++} (c) (tm) --> 1/2",
    "www.example.com a@b.example @user #123",
    "<!-- comment --> <?php ?> <![CDATA[x]]>",
    "`a` ``b`` `unclosed",
    "pg_type_typname_nsp_index __init__ _x",
    "http://user:pw@host/<script>",
    "https://example.com/\"onmouseover=alert(1)",
    "---\ntitle: x\n---",
    "1) not a list",
    "/// html | script",
    "<https://evil.example/auto> <a@b.example>",
    "[x]: https://evil.example 'a definition'",
    "two spaces at the end  \nof a line\\\nand more",
    "&copy; &NotEqualTilde; &#x41; &nbsp; &;",
    "* * * - - - ___ ***",
    "**a**b *c*d* __e__f _g_h",
    "*\u00a0a* **\u2003b** \u200b**c**",
    "a | b\n:-: | ---\n1 | 2",
    "\ta tab \t inside",
    "`&#=[` and `a<~b` and `</em>` and `<!--`",
    "`#!bash ls` and `:::python x = 1`",
    "- a\n- b\n\n- c\n\nd\n- e",
    "\u202eright to left \u0000"[:-1],
]  # fmt: skip


class Shown(html.parser.HTMLParser):
    """The text that a reader sees, and the elements and attributes around it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Shown):
            return NotImplemented
        return squeezed(self.text) == squeezed(other.text) and self.links == other.links


def shown(text: str, extensions: list[str]) -> Shown:
    return Shown(markdown.markdown(text, extensions=extensions))


def both(text: str) -> tuple[Shown, Shown]:
    """Return what the site's extensions of Python-Markdown make of it, and what CommonMark does."""
    heading_attributes = pyromark.Options.ENABLE_HEADING_ATTRIBUTES
    html = pyromark.html(text.expandtabs(4), options=heading_attributes)
    pages = shown(text, SITE_EXTENSIONS), Shown(html)
    assert pages[0] == pages[1]
    return pages


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc"), whitelist_characters="\n"), max_size=60
    ),
    st.text("`*_[](){}<>!#|\\~^=+-:.&\"'$@ 1ax\n", max_size=60),
    st.lists(st.sampled_from(HOSTILE), max_size=3).map(" ".join),
).filter(lambda text: squeezed(text) != "")


@pytest.mark.parametrize("extensions", [SITE_EXTENSIONS, EXTENSIONS], ids=["site", "all"])
@given(text=texts)
def test_plain_text_is_shown_as_it_is(extensions: list[str], text: str) -> None:
    page = shown(
        plain(text), [e for e in extensions if e not in ("smarty", "pymdownx.smartsymbols")]
    )
    assert squeezed(page.text) == squeezed(text)
    assert page.tags <= {"p"}


@given(text=texts)
def test_plain_text_is_shown_by_commonmark_as_it_is(text: str) -> None:
    for page in both(plain(text)):
        assert squeezed(page.text) == squeezed(text)
        assert page.tags <= {"p"}


@given(text=texts)
def test_prose_makes_no_elements_but_its_own(text: str) -> None:
    for page in (shown(prose(text), EXTENSIONS), *both(prose(text))):
        assert page.tags <= {"p", "ul", "li", "code", "a"}
        assert page.attributes <= {"href", "class"}
        assert all(link.startswith(("http://", "https://")) for link in page.links)


@given(text=texts)
def test_inline_prose_shows_every_character_but_the_backticks(text: str) -> None:
    without = re.sub(r"(?<!`)`(?=\s*[^`\s])([^`]+)`(?!`)", lambda m: m[1].strip(), squeezed(text))
    for page in both(inline(text)):
        assert squeezed(page.text) == squeezed(without)
        assert page.tags <= {"p", "code", "a"}


@pytest.mark.parametrize(
    "template",
    [
        "{}",
        "- {}",
        '1.  <strong id="a" class="x">{}</strong> <em class="z">y</em>',
        '<span class="x">**Label:** {}</span>',
        "# {} {{ #a .b }}",
    ],
)
@given(text=texts)
def test_prose_stays_inert_wherever_a_template_puts_it(template: str, text: str) -> None:
    for page in both(template.format(inline(text, links=False))):
        assert page.tags <= {"p", "ul", "ol", "li", "code", "strong", "em", "h1", "span"}
        assert page.attributes <= {"class", "id"}
        assert not page.links


@given(text=texts)
def test_code_is_shown_as_it_is(text: str) -> None:
    for page in both(f"x {code(text)} y"):
        assert squeezed(page.text) == squeezed(f"x {squeezed(text)} y")
        assert page.tags <= {"p", "code"}


@pytest.mark.parametrize("indent", ["", "    "])
@given(
    text=texts, language=st.sampled_from(["bash", "text", "diff", "no such", "x{onclick=1}", ""])
)
def test_a_fence_shows_every_line_as_it_is(indent: str, text: str, language: str) -> None:
    before = "1.  item\n\n" if indent else ""
    for page in both(f"{before}{indent}{fence(text, language, indent)}"):
        lines = [line.rstrip() for line in text.expandtabs(4).split("\n")]
        seen = [line.rstrip() for line in page.text.removeprefix("\nitem\n").split("\n")]
        assert "\n".join(lines).strip("\n") in "\n".join(seen)
        assert page.tags <= {"ol", "li", "p", "div", "pre", "span", "code"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_a_list_of_steps(text: str) -> None:
    step = f'1.  <strong id="a" class="kb-do">{inline(text)}</strong> <em class="y">x</em>\n\n    {prose(text, "    ")}\n\n    {fence(text, "bash", "    ")}\n'
    own = {"ol", "ul", "li", "p", "strong", "em", "code", "a", "div", "pre", "span"}
    for page in both(step):
        assert not page.tags - own
        assert page.attributes <= {"class", "id", "href"}
        assert all(link.startswith(("http://", "https://")) for link in page.links)
