"""Write-ups in other formats than Markdown: what becomes of them, and what of bad input."""

from __future__ import annotations

import json
import re
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cli import runbooks
from generator.importers import Imported, Refused, import_write_up, read
from generator.importers.converters import CONVERTERS, converter_of
from generator.importers.parsing import parse_write_up
from generator.importers.words import words
from generator.knowledge.base import load
from generator.limits import EXPORT_BYTES, YAML_BYTES
from generator.text import extras
from tests.write_ups import data_of, draft_of, fields

DATA = Path(__file__).parent / "data" / "other-formats"
GOLDEN = Path(__file__).parent / "golden" / "formats"
FILES = sorted(path for path in DATA.iterdir() if path.is_file())


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


@pytest.mark.parametrize(
    ("module", "text", "name"), [("lxml", "<p>a", "a.html"), ("docutils", "a", "a.rst")]
)
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
    assert said == "Left out: 1 script, 1 hidden passage, 1 image inside the file, 2 words around the page: c d."  # fmt: skip


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


# Wiki markup and AsciiDoc.


@pytest.mark.parametrize(("wiki", "expected"), [
    ("h2. *A* b\nc", "## A b\n\nc\n"),
    ("* a\n** b\n*# c\n# d\n\ne", "- a\n  - b\n  1. c\n1. d\n\ne\n"),
    ("*** a\n* b\nc goes on", "- a\n- b c goes on\n"),
    ("# a\n{code:sh}\nls -l\n{code}\n# b", "1. a\n\n   ```sh\n   ls -l\n   ```\n2. b\n"),
    ("{code}x{code} after", "```\nx\n```\n\nafter\n"),
    ("{noformat}\n{code}\n*a*\n{noformat}", "```\n{code}\n*a*\n```\n"),
    ("before {quote}a\nb{quote} after", "before\n\n> a\\\n> b\n\nafter\n"),
    ("||A||B||\n|a [x|http://y/|z]|{{b|c}}|", "| A | B |\n| --- | --- |\n| a [x](http://y/) | `b\\|c` |\n"),
    ("|a\nb|c|", "|  |  |\n| --- | --- |\n| a<br>b | c |\n"),
    ("a *b* _c_ +d+ {{e}} -f g- h-i-j 5 * 6 * 7 ??k?? x^2^", "a **b** c d `e` ~~f g~~ h-i-j 5 \\* 6 \\* 7 k x2\n"),
    ("[t|http://a/b] [http://c] [~user] [^file.log] [#top] [A page]", "[t](http://a/b) http://c @user file.log top A page\n"),
    ("!a b.png! !pic.png|width=3! wow!", "!a b.png! ![](pic.png) wow!\n"),
    ("{color:red}a{color} {status:colour=Red|title=SEV1} {jira:AB-1} {unknown} \\{code}", "a SEV1 AB-1 {unknown} {code}\n"),
    ("{panel:title=Impact}\na\n{panel}\n{toc}\n----\nb", "**Impact**\n\na\n\nb\n"),
    ("{code}\nnever closed", "```\nnever closed\n```\n"),
    ("(/) a (x) b f(x) (n)", "✅ a ❌ b f(x) 👎\n"),
])  # fmt: skip
def test_wiki(wiki: str, expected: str) -> None:
    assert markdown(wiki, "a.wiki") == expected


@pytest.mark.parametrize(("adoc", "expected"), [
    ("= T\nA B <a@b>\n:severity: SEV1\n:toc:\n\n== S\nx", "# T\n\n**Author**: A B \\<a@b>\n\n**severity**: SEV1\n\n## S\n\nx\n"),
    ("Title\n-----\n\nx", "## Title\n\nx\n"),
    ("* a\n** b\n* c\n+\n----\nd\n----\n\n. e", "- a\n  - b\n- c\n\n  ```\n  d\n  ```\n  1. e\n"),
    ("[source,sh]\n----\nls # <1>\n----\n<1> lists", "```sh\nls\n```\n\n- lists\n"),
    ("a *b* _c_ `d` `+e*+` **f**g #h# [.r]#i# x^2^ H~2~O", "a **b** c `d` `e*` fg h i x2 H2O\n"),
    ("http://a[t] link:b.html[c,window=_blank] <<s,d>> xref:e.adoc#f[] mailto:x@y.example[m]", "[t](http://a) [c](b.html) d f [m](mailto:x@y.example)\n"),
    (":x: 1\n\n{x} {y} {nbsp}z", "1 {y} z\n"),
    ("a +\nb", "a\\\nb\n"),
    ("|===\n|A |B\n\n|a\n|b 1\nb 2\n|===", "| A | B |\n| --- | --- |\n| a | b 1 b 2 |\n"),
    ("[cols=2*]\n|===\n|a\n.2+|b\n|c\n|===", "|  |  |\n| --- | --- |\n| a | b |\n| c | b |\n"),
    ("[%header,format=csv]\n|===\nA,B\n\"a, x\",b\n|===", "| A | B |\n| --- | --- |\n| a, x | b |\n"),
    ("NOTE: a\n\n[WARNING]\n====\nb\n====", "Note: a\n\nWarning:\n\nb\n"),
    ("a:: b\nc::\n  d\ne;; f", "- **a**: b\n- **c**: d\n  - **e**: f\n"),
    ("[quote,Who,Where]\n____\na\n____", "> a\n\nWho, Where\n"),
    ("++++\n<script>x</script>\n++++\n\n////\nx\n////\n// x\na", "a\n"),
    ("----\nnever closed", "```\nnever closed\n```\n"),
    (".Impact\nnone\n\n.Other\nx", "**Impact**\n\nnone\n\nOther\n\nx\n"),
    ("image::a.png[An image,200]\n\nimage:b.png[]", "![An image](a.png)\n\n![](b.png)\n"),
])  # fmt: skip
def test_asciidoc(adoc: str, expected: str) -> None:
    assert markdown(adoc, "a.adoc") == expected


def test_asciidoc_includes_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.adoc"
    secret.write_text("the secret")
    text = f"a\n\ninclude::{secret}[]\n\n++++\n<b>x</b>\n++++\n"
    assert markdown(text, "a.adoc") == "a\n"
    assert remarks(text, "a.adoc") == "Left out: 1 included file, 1 passage of HTML."


def test_attributes_of_asciidoc_that_grow_do_no_harm() -> None:
    bomb = ":a: 0123456789\n" + "".join(
        f":{chr(98 + n)}: {('{' + chr(97 + n) + '}') * 10}\n" for n in range(20)
    )
    assert len(markdown(f"{bomb}\nx " + "{u} " * 10_000, "a.adoc")) < YAML_BYTES


@pytest.mark.parametrize(("mediawiki", "expected"), [
    ("== A '''b''' ==\nc\nd", "## A b\n\nc d\n"),
    ("* a\n** b\n*# c\n# d\n\ne", "- a\n  - b\n  1. c\n1. d\n\ne\n"),
    ("; a : b\n: c", "- **a**: b\n- c\n"),
    ("a '''b''' ''c'' <code>d</code> <s>e</s> <nowiki>''f''</nowiki>", "a **b** c `d` ~~e~~ ''f''\n"),
    ("[[A page]] [[B|b]] [http://c d] [http://e] http://f", "A page b [d](http://c) http://e http://f\n"),
    ("[[File:A b.png|thumb|400px|What it shows]]", "![What it shows](A_b.png)\n"),
    ("<pre>\na\n b\n</pre>\nc", "```\na\n b\n```\n\nc\n"),
    ('<syntaxhighlight lang="sql">SELECT 1</syntaxhighlight>', "```sql\nSELECT 1\n```\n"),
    ('a <syntaxhighlight lang="sh" inline>ls -l</syntaxhighlight> b', "a `ls -l` b\n"),
    ("<blockquote>a\nb</blockquote>", "> a b\n"),
    ('{| class="wikitable"\n|+ A table\n|-\n! A !! B\n|-\n| a || style="x" | b\n|}', "A table\n\n| A | B |\n| --- | --- |\n| a | b |\n"),
    ('{|\n! rowspan="2" | A\n| a\n|-\n| b\n|}', "|  |  |\n| --- | --- |\n| A | a |\n|  | b |\n"),
    ("{{Card\n| start = 1\n| end =\n| impact = {{x|none}}\n}}\na", "**start**: 1\n\n**impact**: none\n\na\n"),
    ("* {{done}} {{task|T1}} a {{declined}}", "- ✅ T1 a ❌\n"),
    ("a <!-- b\nc --> d\n__NOTOC__\n[[Category:E]]", "a d\n\n**Categories**: E\n"),
    ("<pre>\nnever closed", "```\nnever closed\n```\n"),
    ('{| class="a"\n| never closed', "|  |\n| --- |\n| never closed |\n"),
    ("{| a\nb\n|- c\n| d\n|} e", "a\n\nb\n\nc\n\ne\n\n|  |\n| --- |\n| d |\n"),
    ("{{Never\n| closed = 1", "**closed**: 1\n"),
])  # fmt: skip
def test_mediawiki(mediawiki: str, expected: str) -> None:
    assert markdown(mediawiki, "a.mediawiki") == expected


def test_the_ending_wiki_means_several_kinds_of_markup() -> None:
    text = "== Impact ==\n\n'''Nobody''' could log in.\n"
    assert converter_of("a.wiki", text) == converter_of("a.txt", text) == "mediawiki"
    assert converter_of("a.wiki", "h2. Impact\n\n*Nobody* could log in.") == "wiki"


MARKUP = {
    "a.mediawiki": ["== ", " ==", "* ", "** ", "# ", ": ", "; ", "{|", "|}", "|-", "| ", "! ", "||", "!!", "'''", "''", "[[", "]]", "[http://w4 ", "]", "<pre>", "</pre>",
                    "<code>", "</code>", "<s>", "</s>", "<blockquote>", "<br>", "----", "<ref>", "</ref>"],
    "a.wiki": ["h2. ", "* ", "** ", "# ", "|", "||", "*", "_", "-", "{{", "}}", "[", "]", "{quote}", "{panel:title=w4}", "{panel}",
               "{code}", "{noformat}", "{expand:w5}", "\\\\", "!", "bq. ", "----", "{color:red}", "\\", "^", "+"],
    "a.adoc": ["== ", "* ", "** ", ". ", "|===", "|", "a|", ".2+|", "*", "_", "`", "----", "====", "____", "....", "--", "+",
               "NOTE: ", "[NOTE]", "w6:: ", "[quote]", ".w7", "link:w8[", "]", "<<", ">>", "footnote:[", "#", "****", "<1> ", "  "],
}  # fmt: skip


@settings(max_examples=300)
@given(st.sampled_from(sorted(MARKUP)), st.data())
def test_no_word_of_other_markup_is_lost(name: str, data: st.DataObject) -> None:
    pieces = st.sampled_from([*MARKUP[name], " w1 ", " w2 w3 ", "\n", "\n\n", "\n"])
    text = "start\n\n" + "".join(data.draw(st.lists(pieces, max_size=40)))
    assert {word for word in words(text) if word[0] == "w"} <= set(words(markdown(text, name)))


@pytest.mark.parametrize("name", sorted(MARKUP))
@pytest.mark.parametrize("unit", ["[", "*a", "{{", "{quote}", "|", "\n* ", "\n====\n", "<<", "((", "\n+\n", "`", "\n:a: {b}", "a::\n", "~a", "\n|===\n", "+a", "{", "!a", "_", "\\"])  # fmt: skip
def test_hostile_markup_is_read(name: str, unit: str) -> None:
    assert markdown("x " + unit * (20_000 // len(unit)), name)


# Chats.


def chat(*messages: dict[str, Any] | str, **more: Any) -> str:
    made = [
        {"type": "message", "user": "U1", "ts": f"{1785791000 + n}.000100", "text": m}
        if isinstance(m, str)
        else m
        for n, m in enumerate(messages)
    ]
    return json.dumps({"messages": made, **more} if more else made)


@pytest.mark.parametrize(("text", "expected"), [
    ("a *b* _c_ ~d~ `e_f` &lt;g&gt; &amp;amp; 5 * 6", "a **b** c ~~d~~ `e_f` \\<g> \\&amp; 5 \\* 6"),
    ("<@U1> <@U2|two> <#C1|ops> <!here> <!date^1^{time}|noon> <!subteam^S1|@team>", "@U1 @two #ops @here noon @team"),
    ("<https://a.example/?x=1&amp;y=2> <https://b.example|b [1]> <mailto:x@y.example|x>", "https://a.example/?x=1&y=2 [b \\[1\\]](https://b.example) [x](mailto:x@y.example)"),
    ("# a", "\\# a"),
])  # fmt: skip
def test_text_of_a_message(text: str, expected: str) -> None:
    said = markdown(chat(text), "a.json")
    assert said == f"## Timeline\n\n- 2026-08-03T21:03:20Z U1: {expected}\n"


def test_code_and_quotes_of_a_message() -> None:
    said = markdown(chat("a\n```b\n  c```\n&gt; d\ne"), "a.json")
    assert said == (
        "## Timeline\n\n- 2026-08-03T21:03:20Z U1: a\n\n  ```\n  b\n    c\n  ```\n\n  > d\n\n  e\n"
    )


def test_messages_are_in_order_and_once() -> None:
    late = {"type": "message", "user": "U1", "ts": "1785792000.1", "text": "late"}
    early = {"type": "message", "user": "U2", "ts": "1785791000.1", "text": "early", "user_profile": {"real_name": "Two"}}  # fmt: skip
    reply = {**early, "ts": "1785791500.1", "thread_ts": "1785791000.1", "text": "reply", "user": "U1"}  # fmt: skip
    said = markdown(chat(late, early, reply, late), "a.json")
    assert said.index("early") < said.index("reply") < said.index("late")
    assert said.count("late") == 1
    assert "in reply to Two: reply" in said


@pytest.mark.parametrize(("text", "why"), [
    ("[{", "not JSON"), ("[" * 100_000, "nests too deeply|not JSON"), ('{"messages": []}', "no messages"),
    ('{"messages": {"ts": 1}}', "no messages"), ("[1, null, []]", "no messages"), ("[]", "no messages"),
])  # fmt: skip
def test_json_that_is_no_chat_is_refused(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        read("a.json", text.encode())


@settings(max_examples=200)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.sampled_from(["a", "1785791000.1", "rich_text", "message", "```", "<@U1>"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["ts", "text", "user", "blocks", "elements", "type", "attachments", "files", "fields", "thread_ts", "subtype", "user_profile", "bot_profile", "title"]), inner, max_size=5), max_leaves=20))  # fmt: skip
def test_whatever_a_message_holds_is_read(value: Any) -> None:
    good = {"ts": "1785791000.1", "text": "good"}
    odd = {**value, "ts": "1785791001.1"} if isinstance(value, dict) else value
    assert "good" in markdown(json.dumps([good, odd]), "a.json")


def test_what_says_nothing_about_the_incident_is_counted() -> None:
    join = {"ts": "1785791000.1", "subtype": "channel_join", "text": "x has joined"}
    said = remarks(chat("a", join, {"ts": "soon", "text": "b"}, {"ts": "1785791000.2"}), "a.json")
    assert said == "Left out: 1 message about the channel, 1 entry without a time, 1 message without text."  # fmt: skip


@pytest.fixture
def base(tmp_path: Path) -> Path:
    root = tmp_path / "kb"
    (root / "incidents").mkdir(parents=True)
    (root / "mkdocs.yml").write_text("site_name: x\nplugins: [runbooks]\n")
    return root


def test_a_channel_becomes_one_draft(base: Path) -> None:
    folder = DATA / "slack-export" / "inc-2026-08-03-checkout"
    for expected in ("incident.yaml", "already imported"):
        result = CliRunner().invoke(runbooks, ["import", "--root", str(base), str(folder)])
        assert result.exit_code == 0, result.output
        assert expected in result.output
    (incident,) = load(base).incidents.values()
    assert incident.title == "Checkout errors after release 9.1"
    assert len(incident.timeline) == 7
    assert incident.timeline[1].what.startswith("ines: I am looking at it. @Tomas Berg")
    copy = (base / "incidents" / "checkout-errors-after-release-9-1" / f"{folder.name}.json").read_text()  # fmt: skip
    assert "Tomas Berg" in copy
    assert "ines@example.com" not in copy


def test_a_whole_export_asks_for_a_channel(base: Path) -> None:
    arguments = ["import", "--root", str(base), str(DATA / "slack-export")]
    result = CliRunner().invoke(runbooks, arguments)
    assert "name the folder of the incident's channel" in result.output
    assert not list((base / "incidents").iterdir())


def test_a_chat_of_50_mb_is_refused_and_its_memory_is_bounded(base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "inc-large"
    folder.mkdir()
    message = chat("word " * 200)[1:-1]
    day = f"[{','.join([message] * (5 * 1024 * 1024 // len(message)))}]"
    for number in range(1, 11):
        (folder / f"2026-08-{number:02}.json").write_text(day)
    one = tmp_path / "one.json"
    one.write_text(f"[{','.join([message] * (50 * 1024 * 1024 // len(message)))}]")
    tracemalloc.start()
    result = CliRunner().invoke(runbooks, ["import", "--root", str(base), str(folder), str(one)])  # fmt: skip
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.exit_code == 1
    assert f"its days are together larger than {EXPORT_BYTES.shown}; copy the days" in result.output
    assert f"the file is larger than {EXPORT_BYTES.shown}" in result.output
    assert most < 40 * 1024 * 1024


# reStructuredText.


@pytest.mark.parametrize(("rst", "expected"), [
    ("T\n=\n\na *b* **c** ``d`` :e:`f` :ref:`g <h>`\n\nS\n=\n\nx", "## T\n\na b **c** `d` f g\n\n## S\n\nx\n"),
    ("T\n===\n\n:Date: 2026-01-02\n:Severity: SEV2\n\nx", "# T\n\n**Date**: 2026-01-02\n\n**Severity**: SEV2\n\nx\n"),
    ("* a\n\n  - b\n\n3. c\n4. d", "- a\n\n  - b\n\n3. c\n4. d\n"),
    ("a::\n\n  b\n   c\n\n>>> d\ne", "a:\n\n```\nb\n c\n```\n\n```\n>>> d\ne\n```\n"),
    (".. code-block:: sh\n   :linenos:\n   :caption: C\n\n   ls", "C\n\n```sh\nls\n```\n"),
    (".. note:: a\n\n.. warning::\n\n   - b", "Note: a\n\nWarning:\n\n- b\n"),
    (".. unknown:: a\n   :x: y\n\n   b *c*\n\n   .. other::\n\n      d", "a:\n\nb c\n\nd\n"),
    ("=====  =====\nA      B\n=====  =====\n1      2 | 3\n=====  =====", "| A | B |\n| --- | --- |\n| 1 | 2 \\| 3 |\n"),
    ("a [1]_ b_ `c <http://d/>`_ http://e/\n\n.. [1] f\n.. _b: http://g/", "a \\[1] [b](http://g/) [c](http://d/) http://e/\n\n\\[1] f\n"),
    ("a\n   b\nc\n   d\n\n   e", "- **a**: b\n- **c**: d\n\n  e\n"),
    ("| a\n| b\n\n   quote\n\n   -- who", "a\\\nb\n\n> quote\n>\n> — who\n"),
    (".. figure:: a.png\n   :alt: b\n\n   c\n\n.. |d| image:: e.png\n\n|d|", "![b](a.png)\n\nc\n\n![d](e.png)\n"),
    (".. contents::\n\n.. comment\n\n.. toctree::\n\n   other\n\na", "a\n"),
])  # fmt: skip
def test_rest(rst: str, expected: str) -> None:
    assert markdown(rst, "a.rst") == expected


def test_rest_includes_and_runs_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    text = (
        f"a\n\n.. include:: {secret}\n\n.. literalinclude:: {secret}\n\n.. csv-table::\n   :file: {secret}\n\n"
        f".. raw:: html\n   :file: {secret}\n\n.. raw:: html\n\n   <script>x</script>\n\n.. code::\n   :file: {secret}\n"
        f"\n.. role:: r(raw)\n   :format: html\n\n:r:`<b>`\n\n.. figure:: {secret}\n   :figwidth: image\n\n.. math::\n   :file: {secret}\n"
    )
    said = markdown(text, "a.rst")
    assert said.startswith("a\n")
    assert "the secret" not in said
    assert "<script" not in said
    assert "3 included files, 2 passages of HTML" in remarks(text, "a.rst")


def test_one_text_changes_no_role_for_the_next() -> None:
    markdown(".. default-role:: code\n\n.. role:: strong(emphasis)\n\n`a`", "a.rst")
    assert markdown("`a` :strong:`b`", "a.rst") == "a **b**\n"


@pytest.mark.parametrize(("text", "why"), [
    ("*a " * 30_000, "the passage on line 1 has too much markup"),
    ("a\n\n" + "`b " * 30_000, "the passage on line 3 has too much markup"),
    ("\n".join(" " * n + "- x" for n in range(400)), "nests too deeply"),
    ("\n\n".join(" " * n + "x" for n in range(500)), "nests too deeply"),
])  # fmt: skip
def test_rest_that_would_take_too_long_is_refused(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        markdown(text, "a.rst")


def test_addresses_that_no_link_names_are_shown() -> None:
    text = ".. _used: https://a.example\n.. _other: https://b.example\n\nsee used_\n"
    assert markdown(text, "a.rst") == "other: https://b.example\n\nsee [used](https://a.example)\n"


def test_text_before_the_first_bar_of_a_table_is_a_cell() -> None:
    assert "| lead | a |" in markdown("|===\nlead | a\n| b | c\n|===\n", "a.adoc")


REST = ["* ", "- ", "1. ", "  ", "   ", "*", "**", "``", "`", "|", "_", "::", ".. note:: ", ".. w4:: ", ":ref:`", ":w5: ", "====", "----", "+---+", "[1]_", ".. [1] ", "w6\n  ", ">>> "]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*REST, " w1 ", " w2 w3 ", "\n", "\n\n", "\n"]), max_size=30))
def test_no_word_of_rest_is_lost(pieces: list[str]) -> None:
    text = "start\n\n" + "".join(pieces)
    # An address over several lines loses its blanks, so words can be joined.
    shown = " ".join(words(markdown(text, "a.rst")))
    assert all(word in shown for word in words(text) if word in ("w1", "w2", "w3", "w6"))


def test_a_day_that_is_damaged_is_named(base: Path, tmp_path: Path) -> None:
    folder = tmp_path / "inc"
    folder.mkdir()
    (folder / "2026-08-03.json").write_text(chat("a"))
    (folder / "2026-08-04.json").write_text("[{")
    result = CliRunner().invoke(runbooks, ["import", "--root", str(base), str(folder)])
    assert result.exit_code == 1
    assert "not imported: 2026-08-04.json: not JSON" in result.output


def test_other_json_is_neither_a_chat_nor_a_record(base: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"foo": 1}')
    result = CliRunner().invoke(runbooks, ["import", "--root", str(base), str(path)])
    assert result.exit_code == 1
    assert "not the record of a run: it is another file, or damaged" in result.output
    assert "or a chat export of Slack" in result.output


@pytest.mark.parametrize("name", ["a.xml", "a.txt"])
def test_xml_that_is_no_page_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="it is XML"):
        read(name, b'<?xml version="1.0"?><rss><channel><item><title>A</title')
    assert markdown('<?xml version="1.0"?><html><body><h1>A', name) == "# A\n"


def test_the_comments_at_the_top_of_a_page_of_nikola_are_read() -> None:
    text = ".. title: The mill stood\n.. slug: mill\n.. date: 2026-03-12 15:00:00 UTC\n.. tags: mill, belt\n\nOn March 4, 2026 it stood.\n\nTimeline\n--------\n\n- 10:00 UTC It stops\n"
    data = data_of(text, name="mill.rst")
    assert (data["title"], data["tags"]) == ("The mill stood", ["mill", "belt"])
    assert data["timeline"][0]["at"] == "2026-03-04T10:00:00Z"


def test_a_field_whose_body_is_a_list_heads_it() -> None:
    text = "The mill\n========\n\nAction items\n------------\n\n:Now: - Oil the belt\n      - Sweep the floor\n:Later: - Paint it\n"
    items = data_of(text, name="mill.rst")["action_items"]
    assert [item["do"] for item in items] == ["Oil the belt", "Sweep the floor", "Paint it"]


def test_links_to_other_posts_are_around_the_page() -> None:
    page = "<html><body><main><h1>The mill</h1><h2>What is next?</h2><ul><li>Oil the belt</li></ul><aside><h4>Read next</h4><ul><li><a href='/x'>Five years of mills</a></li></ul></aside></main></body></html>"
    draft = draft_of(page, "mill.html")
    assert [item["do"] for item in fields(draft)["action_items"]] == ["Oil the belt"]
    assert any("Five years of mills" in remark for remark in draft.remarks)
