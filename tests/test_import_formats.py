"""Write-ups in other formats than Markdown: what becomes of them, and what of bad input."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.importers import Imported, Refused, import_write_up, read
from generator.importers.converters import CONVERTERS, converter_of
from generator.importers.parsing import parse_write_up
from generator.importers.words import words
from generator.limits import EXPORT_BYTES, YAML_BYTES
from generator.text import extras
from tests.write_ups import fields

DATA = Path(__file__).parent / "data" / "other-formats"
GOLDEN = Path(__file__).parent / "golden" / "formats"
FILES = sorted(path for path in DATA.iterdir() if path.is_file() and path.suffix == ".html")


def markdown(text: str | bytes, name: str = "x.html") -> str:
    return read(name, text if isinstance(text, bytes) else text.encode()).text


def draft(text: str, name: str = "x.html") -> dict[str, Any]:
    return fields(import_write_up(read(name, text.encode())))


def remarks(text: str, name: str = "x.html") -> str:
    return " ".join(read(name, text.encode()).remarks)


def golden(name: str, text: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / name
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8"), "if it is meant: make golden"


def imported(path: Path) -> Imported:
    return import_write_up(read(path.name, path.read_bytes()))


@pytest.mark.golden
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_whole_write_up(path: Path, request: pytest.FixtureRequest) -> None:
    write_up = read(path.name, path.read_bytes())
    golden(f"{path.name}.md", write_up.text, request)
    golden(f"{path.name}.yaml", import_write_up(write_up).text, request)


def test_every_golden_file_is_of_a_write_up() -> None:
    names = {f"{path.name}{end}" for path in FILES for end in (".md", ".yaml")}
    assert {path.name for path in GOLDEN.iterdir()} == names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_line_has_its_line_in_the_file(path: Path) -> None:
    write_up = read(path.name, path.read_bytes())
    lines = write_up.text.removesuffix("\n").split("\n")
    assert len(write_up.lines) == len(lines)
    source = path.read_text("utf-8").split("\n")
    assert all(1 <= number <= len(source) for number in write_up.lines)


@pytest.mark.parametrize("form", CONVERTERS)
def test_a_format_is_told_by_its_content_too(form: str) -> None:
    for path in FILES:
        if path.suffix in CONVERTERS[form].endings and "storage" not in path.name:
            assert converter_of("write-up", path.read_text("utf-8")) == form, path.name


@pytest.mark.parametrize(("module", "text", "name"), [("lxml", "<p>a", "a.html")])
def test_a_package_that_is_not_installed(module: str, text: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(extras.importlib.util, "find_spec", lambda found: None)
    with pytest.raises(Refused, match="needs a package that is not installed") as refused:
        read(name, text.encode())
    assert "pip install " in refused.value.hint


def test_a_large_export_is_refused_before_it_is_read() -> None:
    with pytest.raises(Refused, match=f"larger than {EXPORT_BYTES.shown}"):
        read("a.html", b"<p>" + b"word " * (EXPORT_BYTES // 5 + 1))


def test_the_text_of_an_export_is_limited_as_any_write_up() -> None:
    with pytest.raises(Refused, match=f"its text is larger than {YAML_BYTES.shown}"):
        read("a.html", b"<p>" + b"word " * (YAML_BYTES // 4))


# HTML.


@pytest.mark.parametrize(("html", "expected"), [
    ("<p>a *b* _c_ d_e `f` [g](h) <b>i</b>j &lt;k&gt; &amp;amp; \\ </p>", "a \\*b\\* \\_c\\_ d_e \\`f\\` \\[g\\](h) ij \\<k> \\&amp; \\\\\n"),
    ("<p># a</p><p>1. b</p><p>- c</p><p>---</p><p>&gt; d</p><p>===</p><p>~~~</p>", "\\# a\n\n1\\. b\n\n\\- c\n\n\\---\n\n\\> d\n\n\\===\n\n\\~~~\n"),
    ("<p><b>Impact:</b> none <b>a</b> b</p>", "**Impact:** none **a** b\n"),
    ("<p>a<br>b<br/></p>", "a\\\nb\n"),
    ("<pre><code class='language-sh'>a  b\n```\n</code></pre>", "````sh\na  b\n```\n````\n"),
    ("<p>x <code>a`b</code> <kbd>q</kbd></p>", "x `` a`b `` `q`\n"),
    ("<p><a href='https://a.example/x(1)'>t</a> <a href='javascript:x()'>u</a> <a href='#y'>v</a></p>", "[t](<https://a.example/x(1)>) u v\n"),
    ("<img src='a b.png' alt='A | B'><img src='data:image/png;base64,AAAA' alt='C'>", "![A | B](a%20b.png)C\n"),
    ("<ul><li>a<ul><li>b</ul><li>c</ul><ol start=3><li>d</ol>", "- a\n\n  - b\n- c\n\n3. d\n"),
    ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n   - b\n"),
    ("<table><tr><th>A<th>B<tr><td>x|y<td><p>1</p><p>2</p></table>", "| A | B |\n| --- | --- |\n| x\\|y | 1<br>2 |\n"),
    ("<table><tr><th>A<th>B<tr><td rowspan=2>x<td>1<tr><td>2</table>", "| A | B |\n| --- | --- |\n| x | 1 |\n| x | 2 |\n"),
    ("<table><tr><td>only<pre>code</pre></table>", "only\n\n```\ncode\n```\n"),
    ("<details><summary>More</summary><p>inside</details>after", "More\n\ninside\n\nafter\n"),
    ("<p>gone <del>not this</del> and <s>that</s></p>", "gone ~~not this~~ and ~~that~~\n"),
    ("<dl><dt>Impact<dd>none<dt>Log<dd><pre>x</pre></dl>", "- **Impact**: none\n- **Log**:\n\n  ```\n  x\n  ```\n"),
    ("<h1>A</h1><p>b</p><h3>C <code>d</code></h3>", "# A\n\nb\n\n### C `d`\n"),
    ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b\n"),
    ("text <div>a<div>b</div>c</div> tail", "text\n\na\n\nb\n\nc\n\ntail\n"),
])  # fmt: skip
def test_html(html: str, expected: str) -> None:
    assert markdown(html) == expected


@pytest.mark.parametrize("hidden", [
    "<p style='color:red; display : none'>{}</p>", "<p hidden>{}</p>", "<div aria-hidden=true>{}</div>",
    "<script>{}</script>", "<style>{}</style>", "<template>{}</template>", "<!-- {} -->", "<noscript>{}</noscript>",
    "<style>.q{{display:none}}</style><b class='p q'>{}</b>", "<svg><text>{}</text></svg>", "<iframe>{}</iframe>",
    "<nav>{}</nav>", "<footer>{}</footer>", "<object>{}</object>", "<button>{}</button>",
])  # fmt: skip
def test_what_a_browser_does_not_show_is_dropped_and_what_stands_behind_it_is_not(
    hidden: str,
) -> None:
    assert markdown(f"<p>before</p>{hidden.format('secret')}<p>after</p>") == "before\n\nafter\n"


def test_what_was_dropped_is_said() -> None:
    said = remarks("<p>a</p><script>x</script><p hidden>b</p><nav>c d</nav><img src='data:x'>")
    assert said == "Left out: 1 script, 1 hidden passage, 1 image inside the file, 2 words around the page (navigation, footer)."  # fmt: skip


WORDS = "one two three four five six seven eight".split()


@pytest.mark.parametrize("broken", [
    "<p>one <b>two <i>three </b>four <td>five </p></ul></table> six <li>seven <a href=x>eight",
    "<html><head><title>one</title><p>two three four five six seven eight",
    "<table><tr><td>one<table><tr><td>two</td><td>three</table></td><td>four five six seven eight",
    "<?xml version='1.0' encoding='utf-16'?><html><p>one two three four </q>five & six &#xZZ; &bogus; seven < eight",
    "<p>one <![CDATA[two <b>three</b>]]> four <![CDATA[five six seven eight",
    "<h2>one</h2></div></div><pre>two\nthree <li>four </pre> five<h3>six seven </h4> eight",
])  # fmt: skip
def test_broken_html_keeps_its_words(broken: str) -> None:
    assert set(WORDS) <= set(words(markdown(broken)))


TAGS = "p b i a div span ul ol li table tr td th pre code h2 h4 dl dt dd blockquote details summary br time section".split()  # fmt: skip
PIECES = st.one_of(
    st.sampled_from(TAGS).map("<{}>".format),
    st.sampled_from(TAGS).map("</{}>".format),
    st.sampled_from(
        [
            " w1 ",
            " w2 w3 ",
            "\n",
            " ",
            " &amp; ",
            "*",
            "`",
            "[",
            "|",
            "# ",
            "- ",
            "1. ",
            " < ",
            " > ",
            "\\",
        ]
    ),
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=40))
def test_no_word_of_a_page_is_lost(pieces: list[str]) -> None:
    page = "".join(pieces)
    said = set(words(re.sub(r"</?\w+>", " ", page).replace("&amp;", " ")))
    if said:
        text = markdown(f"<p>start</p>{page}")
        shown = {word for token in parse_write_up(text).sections for block in token.blocks for word in words(block.raw)}  # fmt: skip
        headings = {word for heading in parse_write_up(text).headings for word in words(heading)}
        assert said <= shown | headings


def test_html_that_nests_too_deeply_is_refused() -> None:
    with pytest.raises(Refused, match="nest more than 255 deep"):
        markdown("<div>" * 5_000 + "deep")
    assert "deep" in markdown("<div>" * 200 + "deep")
    assert "deep" in markdown("<ul><li>" * 100 + "deep")


def test_an_encoding_that_a_page_declares_is_used() -> None:
    page = '<meta charset="koi8-r"><p>Сбой базы</p>'
    assert "Сбой базы" in markdown(page.encode("koi8-r"))
    assert "été" in markdown(
        b'<?xml version="1.0" encoding="ISO-8859-15"?><p>' + "été €".encode("iso-8859-15")
    )
    assert "x" in markdown(b'<meta charset="no-such-thing"><p>x \xe9')
    assert "été" in markdown('<meta charset="ascii"><p>été'.encode())


def test_a_page_without_text_is_refused() -> None:
    for empty in ("<html></html>", "<script>x</script>", "<!-- x -->"):
        with pytest.raises(Refused):
            markdown(empty)


def test_markdown_with_html_in_it_stays_markdown() -> None:
    assert markdown("<details>\n\n**a**\n\n</details>\n", "a.md").startswith("<details>")
    assert markdown("<!DOCTYPE html><html><body><h1>A</h1></body></html>", "a.md") == "# A\n"
    assert markdown("Some <b>bold</b> text", "notes.txt") == "Some <b>bold</b> text"
