"""Whatever stands in an incident, an exported file shows it and does nothing with it."""

from __future__ import annotations

import csv
import html.parser
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import markdown
import pytest
from docx.oxml.ns import qn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from markdown_it import MarkdownIt

from generator.knowledge.base import KnowledgeBase, load
from generator.knowledge.loader import Entry
from generator.model import Incident
from generator.postmortems import FORMATS, ExportRequest
from generator.postmortems.csv_format import COLUMNS
from generator.postmortems.document import (
    MissingPart,
    PostMortem,
    PrintedCode,
    PrintedTable,
    without_invisible_characters,
    without_styles,
)
from generator.text.controls import acting
from generator.text.prose import one_line
from generator.text.spreadsheet import spreadsheet_cell
from tests.conftest import FULL
from tests.test_export import BASE

TODAY = date(2026, 11, 21)

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></title></pre></code><svg onload=alert(1)>",
    "[x](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "{{ 7*7 }} {% raw %} {# x #}",
    "```\nfence\n```\n~~~",
    "a | b `|` | c",
    "# no heading\n- item\n1. one\n> quote\n---",
    "=1+1",
    "+1\n-1\n@SUM(A1)",
    "\t=cmd|'/C calc'!A0",
    "x\r\nEND:VEVENT\r\nBEGIN:VALARM\nATTACH:file:///etc/passwd",
    "a;b,c\\n:d \\; \\,",
    "\u2028END:VEVENT\u2028 \u0085x \u2029",
    "\x1b[31mred\x1b[0m \ufffe \uffff",
    "\u202eright to left",
    "https://example.com/\"onmouseover=alert(1) https://a.example/?a=1&copy;&b=%20",
    "` unclosed ``two`` `a|b` `<b>`",
    "日本語 é 🎉 _x_ *y* __z__ ~~s~~",
    "&lt;b&gt; &amp; &#60; _x0041_ <!-- -->",
]  # fmt: skip

texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=3).map(" ".join),
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40).map(
        lambda text: re.sub("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]", "", text)
    ),
    st.text("`*_[](){}<>!#|\\~=+-@:.&\"'$, 1ax\n", min_size=1, max_size=40),
).filter(lambda text: text.strip() != "")


def any_text(test: Callable[[str], None]) -> Callable[[], None]:
    """Run a test with each hostile text, and with some that hypothesis makes up."""
    for text in HOSTILE:
        test = example(text=text)(test)
    quick = settings(max_examples=20)
    return quick(given(text=texts)(test))


def base_of(text: str) -> KnowledgeBase:
    """A knowledge base of one incident, `x`, that holds a text wherever a text can stand."""
    line = re.sub(r"[\r\n]+", " ", text).strip()
    command = text.replace("\r", "\n") if not acting(text.replace("\r", "\n")) else "true"
    step = {
        "do": text, "run": command, "if_not": text, "needs": [line], "risk": "read-only",
        "expect": {"shows": text, "contains": [text], "matches": [text], "exit": 0},
        "rollback": {"do": text, "run": command},
    }  # fmt: skip
    said = {"text": text, "source": "s"}
    incident = Incident.model_validate(
        {
            "title": line, "severity": "SEV1", "summary": text, "aliases": [line],
            "components": ["c"], "related": ["other"],
            "reviews": [{"status": "draft", "by": line, "date": "2026-01-01", "note": text}],
            "symptom": {
                "description": text, "alerts": [line],
                "signatures": [{"text": "t", "note": text, "matches": [text]}],
            },
            "root_cause": {
                "statement": text, "trigger": text, "contributing_factors": [said],
                "ruled_out": [{"claim": text, "why": text}],
            },
            "mitigation": [step], "verification": [step],
            "fix": {
                "steps": [step],
                "changes": [{"file": line, "language": line, "before": text, "after": text, "description": text}],
            },
            "parameters": [{"name": "X", "description": text}],
            "checks": [{"id": "a", "phase": "before", "check": text}],
            "impact": {"description": text, "users": line, "data": text},
            "detection": {"description": text},
            "timeline": [{"at": "2026-01-01T00:00:00Z", "what": text, "marks": "started"}],
            "stated_durations": [{"of": line, "says": line}],
            "action_items": [
                {"do": text, "owner": line, "ticket": line, "due": "2026-12-01", "priority": "P0"},
                {"do": text, "owner": line, "ticket": line, "due": "2026-12-02"},
            ],
            "lessons": {"went_well": [text], "went_wrong": [text], "got_lucky": [said], "learned": [text]},
            "sources": [{"id": "s", "title": line, "kind": "log", "location": line, "versions": [line], "says": text}],
            "notes": [{"heading": line, "text": text, "source": "s"}],
        }
    )  # fmt: skip
    return KnowledgeBase(Path("/none"), (Entry("x", "incidents/x/incident.yaml", None, incident),))


def request(base: KnowledgeBase) -> ExportRequest:
    return ExportRequest(base, tuple(base.incidents), TODAY, "https://kb.example/")


def made(form: str, base: KnowledgeBase) -> bytes:
    return FORMATS[form].write(request(base)).content


def squeezed(text: str) -> str:
    """A text without white space: formats break lines where they like."""
    return re.sub(r"\s+", "", text)


def told(of: PostMortem) -> list[str]:
    """Every text of a document, in order."""

    def of_block(block: Any) -> list[str]:
        match block:
            case PrintedTable(head, rows, _):
                return [*head, *(without_styles(c) for row in rows for c in row)]
            case MissingPart(text) | PrintedCode(text, _):
                return [text]
            case _ if hasattr(block, "items"):
                return [t for item in block.items for b in item for t in of_block(b)]
            case _:
                return [without_styles(block.text)]

    facts = [part for label, value in of.facts for part in (label, without_styles(value))]
    blocks = [
        t for s in of.sections for t in [s.title, *(x for b in s.blocks for x in of_block(b))]
    ]
    return [of.title, without_styles(of.notice), *facts, *blocks]


def assert_holds_all(shown: str, of: PostMortem) -> None:
    """Assert that a text holds every text of the document, in order."""
    shown, at = squeezed(shown), 0
    for text in told(of):
        wanted = squeezed(text)
        found = shown.find(wanted, at)
        assert found >= 0, text
        at = found + len(wanted)


class Page(html.parser.HTMLParser):
    """What a browser makes of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.skip = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.skip += tag in ("head", "nav")

    def handle_endtag(self, tag: str) -> None:
        self.skip -= tag in ("head", "nav")

    def handle_data(self, data: str) -> None:
        if not self.skip:
            self.text += data


def harmless(links: list[str]) -> bool:
    return all(re.match(r"https?://|#[a-z-]+\Z", link) for link in links)


# -- HTML ----------------------------------------------------------------------------------------

TAGS = set(
    "html head meta title style body header h1 h2 h3 h4 p dl div dt dd nav ul ol li a main section "
    "strong code pre span br table colgroup col thead tbody tr th td footer".split()
)
ATTRIBUTES = set(
    "lang charset http-equiv content name class href rel id style role scope data-label aria-label".split()
)


@any_text
def test_html_shows_everything_and_runs_nothing(text: str) -> None:
    base = base_of(text)
    page = Page(made("html", base).decode())
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert harmless(page.links)
    assert_holds_all(page.text, request(base).document())


@pytest.mark.parametrize("base", [FULL, BASE], ids=["full", "postmortem"])
def test_html_of_the_fixtures(base: Path) -> None:
    for incident_id in load(base).incidents:
        html_text = (
            FORMATS["html"].write(ExportRequest(load(base), (incident_id,), TODAY)).content.decode()
        )
        page = Page(html_text)
        assert page.tags <= TAGS
        assert page.attributes <= ATTRIBUTES
        assert harmless(page.links)
        assert "default-src 'none'" in html_text
        assert not re.search(r"url\(|@import", html_text)


# -- Markdown ------------------------------------------------------------------------------------

MARKDOWN_TAGS = set(
    "h1 h2 h3 h4 p ul ol li a strong em code pre br hr table thead tbody tr th td".split()
)


def rendered(text: str) -> list[str]:
    """What an old dialect and a new one make of Markdown."""
    old = markdown.markdown(text, extensions=["tables", "pymdownx.superfences"])
    return [old, MarkdownIt("commonmark", {"html": True}).enable("table").render(text)]


@any_text
def test_markdown_shows_everything_and_makes_no_markup(text: str) -> None:
    base = base_of(text)
    of = request(base).document()
    rows = sum(len(b.rows) for s in of.sections for b in s.blocks if isinstance(b, PrintedTable))
    for shown in rendered(made("markdown", base).decode()):
        page = Page(shown)
        assert page.tags <= MARKDOWN_TAGS | {"div", "span"}  # what superfences put around code
        assert page.attributes <= {"href", "class", "style"}
        assert harmless(page.links)
        tables = [b for s in of.sections for b in s.blocks if isinstance(b, PrintedTable)]
        assert shown.count("<tr>") == rows + len(tables)
        assert shown.count("<td") == sum(len(t.rows) * len(t.head) for t in tables)
        assert shown.count("<h2") == len(of.sections)


@any_text
def test_markdown_of_common_mark_holds_all(text: str) -> None:
    base = base_of(text)
    shown = rendered(made("markdown", base).decode())[1]
    assert_holds_all(Page(shown).text, request(base).document())


def test_markdown_lists_may_be_long() -> None:
    base = load(BASE)
    path = "incidents/checkout-timeouts/incident.yaml"
    incident = base.incidents["checkout-timeouts"]
    many = incident.model_copy(update={"sources": incident.sources[:1] * 1001})
    base = KnowledgeBase(base.root, (Entry("x", path, None, many),))
    shown = rendered(made("markdown", base).decode())[1].partition("Sources</h2>")[2]
    assert shown.partition("<h2>")[0].count("<ol>") == 1
    assert shown.count("<pre>") == 1001 + len(incident.notes)


# -- DOCX ----------------------------------------------------------------------------------------


def docx_text(content: bytes) -> str:
    """All text of a DOCX in its order, that of links included."""
    body = docx.Document(io.BytesIO(content)).element.body
    signs = {qn("w:t"): None, qn("w:br"): "\n", qn("w:tab"): "\t", qn("w:p"): "\n"}
    return "".join(
        (node.text or "") if signs[node.tag] is None else str(signs[node.tag])
        for node in body.iter(*signs)
    )


@any_text
def test_docx_shows_everything(text: str) -> None:
    base = base_of(text)
    content = made("docx", base)
    assert_holds_all(docx_text(content), request(base).document())
    links = [
        relation.target_ref
        for relation in docx.Document(io.BytesIO(content)).part.rels.values()
        if relation.is_external
    ]
    assert harmless(links)


def test_docx_has_headings_tables_code_and_metadata() -> None:
    content = made("docx", load(BASE))  # the first incident: cache-stampede
    of = docx.Document(io.BytesIO(content))
    assert [p.text for p in of.paragraphs if p.style.name == "Title"] == [
        "All caches expire at once"
    ]
    headings = [p.text for p in of.paragraphs if p.style.name == "Heading 1"]
    assert headings[:3] == ["Summary", "Impact", "Timeline"]
    assert of.tables[1].rows[0].cells[0].text == "Time (UTC)"
    assert of.tables[1].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert of.styles["Code"].font.name == "Consolas"
    properties = of.core_properties
    assert (properties.title, properties.author) == ("All caches expire at once", "Shop runbooks")
    assert properties.created.date() == properties.modified.date() == TODAY
    assert properties.comments == ""


def test_docx_lists_count_from_one_each() -> None:
    base = load(BASE)
    content = FORMATS["docx"].write(ExportRequest(base, ("checkout-timeouts",), TODAY)).content
    of = docx.Document(io.BytesIO(content))
    numbers = [p._p.pPr.numPr.numId.val for p in of.paragraphs if p.style.name == "List Number"]
    assert len(numbers) == 4  # one mitigation, one verification, two sources
    assert [numbers.count(n) for n in dict.fromkeys(numbers)] == [1, 1, 2]


def test_docx_holds_no_clock() -> None:
    with zipfile.ZipFile(io.BytesIO(made("docx", load(BASE)))) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_docx_elements_stand_in_the_order_that_word_asks_for() -> None:
    order = "pStyle keepNext keepLines numPr pBdr shd tabs spacing ind jc rPr".split()
    with zipfile.ZipFile(io.BytesIO(made("docx", base_of("a\n\n- b")))) as archive:
        names = ("word/document.xml", "word/styles.xml", "word/footer1.xml")
        parts = [docx.oxml.parse_xml(archive.read(name)) for name in names]
    seen = 0
    for part in parts:
        for properties in part.iter(qn("w:pPr")):
            tags = [child.tag.partition("}")[2] for child in properties]
            known = [order.index(tag) for tag in tags if tag in order]
            assert known == sorted(known), tags
            seen += len(known)
    assert seen > 50


# -- CSV -----------------------------------------------------------------------------------------


@any_text
def test_csv_holds_what_it_is_given_and_no_formula(text: str) -> None:
    base = base_of(text)
    rows = list(csv.reader(io.StringIO(made("csv", base).decode(), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 3
    for row, item in zip(rows[1:], base.incidents["x"].action_items, strict=True):
        named = dict(zip(COLUMNS, row, strict=True))
        assert named["do"] == spreadsheet_cell(without_invisible_characters(item.do).strip())
        assert named["owner"] == spreadsheet_cell(
            one_line(without_invisible_characters(item.owner))
        )
        assert named["due"] == str(item.due)
        for value in row:
            assert not re.match(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]", value)


def test_csv_keeps_the_line_ends_of_its_standard() -> None:
    content = made("csv", base_of("one\ntwo"))
    assert content.count(b"\r\n") == 3
    assert content.endswith(b"\r\n")
    assert b'"one\ntwo"' in content


# -- iCalendar -----------------------------------------------------------------------------------


@any_text
def test_ics_holds_what_it_is_given_and_nothing_else(text: str) -> None:
    base = base_of(text)
    content = made("ics", base)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    raw = content.decode()
    assert not re.search("[\x0b\x0c\x1b\x85\u2028\u2029]|(?<!\r)\n|\r(?!\n)", raw)
    # A reader that takes every kind of line end for one sees the same lines.
    assert raw.splitlines() == raw.removesuffix("\r\n").split("\r\n")
    calendar = Calendar.from_ical(content)
    assert [c.name for c in calendar.walk()] == ["VCALENDAR", "VEVENT", "VEVENT"]
    incident = base.incidents["x"]
    for event, item in zip(calendar.walk("VEVENT"), incident.action_items, strict=True):
        urgent = "P0: " if item.priority else ""
        assert event["summary"] == urgent + one_line(without_invisible_characters(item.do))
        assert event["dtstart"].dt == item.due
        assert (event["dtend"].dt - item.due).days == 1
        assert without_invisible_characters(item.do).strip() in str(event["description"])
        assert event["url"] == "https://kb.example/incidents/x/"
        assert not event.errors
    assert len({event["uid"] for event in calendar.walk("VEVENT")}) == 2


def uids(*items: dict[str, Any]) -> list[str]:
    base = base_of("x")
    incident = Incident.model_validate(
        {
            "title": "t", "severity": "SEV1", "symptom": "s", "root_cause": "c", "fix": "f",
            "verification": "v", "action_items": [{"due": "2026-12-01", **i} for i in items],
        }
    )  # fmt: skip
    base = KnowledgeBase(base.root, (Entry("x", "x", None, incident),))
    return [str(e["uid"]) for e in Calendar.from_ical(made("ics", base)).walk("VEVENT")]


def test_an_item_keeps_its_uid_while_others_come_and_go() -> None:
    a, b = {"do": "a"}, {"do": "b", "ticket": "T-1"}
    (of_a, of_b) = uids(a, b)
    assert uids(b, {"do": "c"}, a)[::2] == [of_b, of_a]
    assert uids(a | {"due": "2027-01-01", "owner": "o"}) == [of_a]
    assert uids(b | {"do": "b, reworded"}) == [of_b]
    assert uids(a | {"do": "a, reworded"}) != [of_a]


def test_equal_items_are_different_events() -> None:
    twice = uids({"do": "a"}, {"do": "a"}, {"do": "b", "ticket": "T"}, {"do": "c", "ticket": "T"})
    assert len(set(twice)) == 4
    assert twice[:1] == uids({"do": "a"})


def test_the_last_day_there_is() -> None:
    assert len(uids({"do": "a", "due": "9999-12-31"}, {"do": "b", "due": "0001-01-01"})) == 2
