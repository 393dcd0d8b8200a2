"""Whatever stands in a field is shown as it is, and does nothing, in any dialect of Markdown."""

from __future__ import annotations

import html.parser
import re

import markdown
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


def shown(text: str, extensions: list[str]) -> Shown:
    return Shown(markdown.markdown(text, extensions=extensions))


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
def test_prose_makes_no_elements_but_its_own(text: str) -> None:
    page = shown(prose(text), EXTENSIONS)
    assert page.tags <= {"p", "ul", "li", "code", "a"}
    assert page.attributes <= {"href", "class"}
    assert all(link.startswith(("http://", "https://")) for link in page.links)


@given(text=texts)
def test_inline_prose_shows_every_character_but_the_backticks(text: str) -> None:
    page = shown(inline(text), SITE_EXTENSIONS)
    without = re.sub(r"(?<!`)`(?=\s*[^`\s])([^`]+)`(?!`)", lambda m: m[1].strip(), squeezed(text))
    assert squeezed(page.text) == squeezed(without)
    assert page.tags <= {"p", "code", "a"}


@pytest.mark.parametrize(
    "template", ["{}", "- {}", "1.  **{}**{{ .x }} *y*{{ .z }}", "# {} {{ #a .b }}"]
)
@given(text=texts)
def test_prose_stays_inert_wherever_a_template_puts_it(template: str, text: str) -> None:
    page = shown(template.format(inline(text, links=False)), SITE_EXTENSIONS)
    assert page.tags <= {"p", "ul", "ol", "li", "code", "strong", "em", "h1"}
    assert page.attributes <= {"class", "id"}
    assert not page.links


@given(text=texts)
def test_code_is_shown_as_it_is(text: str) -> None:
    page = shown(f"x {code(text)} y", SITE_EXTENSIONS)
    assert squeezed(page.text) == squeezed(f"x {squeezed(text)} y")
    assert page.tags <= {"p", "code"}


@pytest.mark.parametrize("indent", ["", "    "])
@given(
    text=texts, language=st.sampled_from(["bash", "text", "diff", "no such", "x{onclick=1}", ""])
)
def test_a_fence_shows_every_line_as_it_is(indent: str, text: str, language: str) -> None:
    before = "1.  item\n\n" if indent else ""
    page = shown(f"{before}{indent}{fence(text, language, indent)}", SITE_EXTENSIONS)
    lines = [line.rstrip() for line in text.split("\n")]
    seen = [line.rstrip() for line in page.text.removeprefix("\nitem\n").split("\n")]
    assert "\n".join(lines).strip("\n") in "\n".join(seen)
    assert page.tags <= {"ol", "li", "p", "div", "pre", "span", "code"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_a_list_of_steps(text: str) -> None:
    step = f"1.  **{inline(text)}**{{ #a .kb-do }} *x*{{ .y }}\n\n    {prose(text, '    ')}\n\n    {fence(text, 'bash', '    ')}\n"
    page = shown(step, SITE_EXTENSIONS)
    assert not page.tags - {
        "ol",
        "ul",
        "li",
        "p",
        "strong",
        "em",
        "code",
        "a",
        "div",
        "pre",
        "span",
    }
    assert page.attributes <= {"class", "id", "href"}
    assert all(link.startswith(("http://", "https://")) for link in page.links)
