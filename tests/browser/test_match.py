"""Pasting an error: the same answers as Python's, in a real browser, from file://, without network."""

from __future__ import annotations

import gzip
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from generator.cli import runbooks
from generator.signatures.expression import compile_regex
from generator.signatures.ordinary import ordinary_text
from generator.site.match_data import signature_row
from tests.browser.test_every_page import serious
from tests.browser.test_hostile import FORBIDDEN
from tests.conftest import ROOT
from tests.test_automaton import EXPRESSIONS, texts_for
from tests.test_match import IN_ORDER
from tests.vectors import load_vectors

POSTGRES = "postgresql-concurrent-create-table"
SEQUELIZE = "sequelize-duplicate-association-alias"

ERROR = """\
2026-11-21 02:09:26.729 UTC [7726] ERROR:  duplicate key value violates unique constraint "pg_type_typname_nsp_index"
2026-11-21 02:09:26.729 UTC [7726] DETAIL:  Key (typname, typnamespace)=(Sessions, 2200) already exists.
"""
ALIAS = (
    "AssociationError [SequelizeAssociationError]: You have used the alias shoppingCarts "
    "in two separate associations. Aliased associations must have unique aliases."
)
UNKNOWN = 'ERROR:  duplicate key value violates unique constraint "users_email_key"'

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def paste(page, text: str, box: str = ".kb-form__text") -> None:
    """Paste as a reader does: from the clipboard, with the keyboard."""
    page.locator(box).first.focus()
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


def status(page) -> str:
    """Wait for the answer and return it."""
    page.wait_for_function(
        "document.querySelector('.kb-match__status').textContent.match(/match|Cancelled|could not/)"
    )
    return page.locator(".kb-match__status").inner_text()


TITLES = ".kb-match__list > li > h2"


def test_pasting_works_anywhere_on_the_home_page(site: Path, visit) -> None:
    page = visit(site / "index.html")
    page.locator(".kb-match__status").wait_for(state="attached")
    page.evaluate("text => navigator.clipboard.writeText(text)", ERROR)
    page.locator("h1").click()
    page.keyboard.press("Control+V")
    assert status(page) == "1 incident matches."
    expect(page.locator(".kb-form__text")).to_be_focused()
    # A field of its own keeps what is pasted into it.
    page.locator(".kb-home-search input").focus()
    page.keyboard.press("Control+V")
    expect(page.locator(".kb-form__text")).to_have_value(ERROR)


def test_the_home_page_shows_what_a_match_looks_like(site: Path, visit) -> None:
    page = visit(site / "index.html", **PHONE)
    example = page.locator(".kb-example")
    leads_to = example.locator("a").inner_text()
    example.get_by_role("button", name="Try it").click()
    assert "match" in status(page)
    expect(page.locator(TITLES).first).to_have_text(leads_to)


def test_the_runbook_shows_what_was_pasted(site: Path, visit) -> None:
    page = visit(site / "index.html", **PHONE)
    paste(page, f"<img src=x onerror=alert(1)>\n{ERROR}")
    status(page)
    page.locator(".kb-match__open").click()
    pasted = page.locator(".kb-matched")
    expect(pasted).to_contain_text(ERROR.splitlines()[0])
    expect(pasted).to_contain_text("TABLE is Sessions")
    page.reload()
    expect(pasted).to_be_visible()
    pasted.get_by_role("button").click()
    page.reload()
    expect(page.locator(".kb-tick").first).to_be_attached()
    expect(pasted).to_have_count(0)


def test_the_runbook_shows_each_line_that_gave_a_value(site: Path, visit) -> None:
    """The best line need not be the one that a value comes from."""
    page = visit(site / "index.html", **PHONE)
    lines = ERROR.splitlines()
    paste(page, "\n".join([lines[0], "something else", *lines[1:]]))
    status(page)
    page.locator(".kb-match__open").click()
    pasted = page.locator(".kb-matched")
    expect(pasted).to_contain_text("TABLE is Sessions")
    shown = pasted.locator("pre").all_inner_texts()
    assert len(shown) == len(set(shown)) > 1
    assert any("Sessions" in text for text in shown)


def test_a_captured_secret_is_in_no_address(site: Path, visit) -> None:
    page = visit(site / "index.html")
    paste(page, ALIAS.replace("shoppingCarts", "Kd03mZq1Lx7Rt5Wv9Yb2Nc4"))
    status(page)
    opened = page.locator(".kb-match__open").first
    expect(opened).to_have_text("Open the runbook")
    assert "Kd03" not in opened.get_attribute("href")


@pytest.mark.parametrize("name", ["index.html", "match/index.html"])
@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_a_pasted_error_leads_to_its_runbook_filled_in(
    site: Path, visit, name: str, options: dict
) -> None:
    page = visit(site / name, **options)
    page.context.set_offline(True)
    paste(page, ERROR)
    assert status(page) == "1 incident matches."
    result = page.locator(".kb-match__list > li")
    for text in ("Line 1, once", "SEV1", "TABLE is Sessions"):
        expect(result).to_contain_text(text)
    opens_the_runbook_filled_in(page)


def opens_the_runbook_filled_in(page) -> None:
    """Follow the link from the answer to `ERROR`."""
    page.get_by_role("link", name="Open the runbook with TABLE filled in").click()
    page.wait_for_url(f"**/incidents/{POSTGRES}/index.html#TABLE=Sessions")
    expect(page.locator("[data-name=TABLE]")).to_have_value("Sessions")
    users = page.locator(".kb-command:has-text('\"$TABLE\"') .kb-exports")
    expect(users.nth(1)).to_contain_text("export TABLE='Sessions'")
    for shown in users.all():
        expect(shown).to_contain_text("export TABLE='Sessions'")


def test_coming_back_finds_the_answer_still_there(site: Path, visit) -> None:
    page = visit(site / "index.html")
    paste(page, ALIAS)
    status(page)
    page.get_by_role("link", name="Open the runbook with ALIAS filled in").click()
    page.wait_for_url(f"**/incidents/{SEQUELIZE}/**")
    page.go_back()
    expect(page.locator(".kb-match__status")).to_have_text("1 incident matches.")
    expect(page.locator(".kb-form__text")).to_have_value(ALIAS)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".kb-match__status")).to_have_text("")
    page.reload()
    expect(page.locator(".kb-form__text")).to_have_value("")


def test_first_steps_are_copied_with_what_was_captured(site: Path, visit, copied) -> None:
    page = visit(site / "match/index.html")
    paste(page, ALIAS)
    status(page)
    steps = page.locator(".kb-match__step")
    expect(steps.locator("h3")).to_have_text(["Is it this?", "Stop the pain"])
    step = steps.nth(1)
    expect(step.locator(".kb-exports")).to_contain_text("export ALIAS='shoppingCarts'")
    step.locator(".kb-copy").click()
    assert "export ALIAS='shoppingCarts'\n" in copied(page)


def test_the_reader_chooses_between_several_captured_values(site: Path, visit, copied) -> None:
    page = visit(site / "match/index.html", **PHONE)
    derived, plain = (ALIAS.replace("shoppingCarts", name) for name in ("users_id_seq", "users"))
    paste(page, f"{derived}\n{plain}")
    status(page)
    group = page.get_by_role("group", name="Use as ALIAS")
    expect(group.get_by_role("radio", name="users", exact=True)).to_be_checked()
    page.get_by_role("radio", name="users", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(group.get_by_role("radio", name="users_id_seq")).to_be_checked()
    expect(group.get_by_role("radio", name="users_id_seq")).to_be_focused()
    page.locator(".kb-match__step").nth(1).locator(".kb-copy").click()
    assert "export ALIAS='users_id_seq'\n" in copied(page)
    assert serious(page) == []
    page.get_by_role("link", name="Open the runbook with ALIAS filled in").click()
    page.wait_for_url(f"**/incidents/{SEQUELIZE}/index.html#ALIAS=users_id_seq")


def test_what_is_derived_comes_later_as_in_python(site: Path, visit) -> None:
    page = visit(site / "match/index.html")
    page.evaluate("runbooks.load('match-engine.js')")
    for values, wanted in IN_ORDER:
        captured = page.evaluate(SEVERAL, values)
        assert (captured["captures"]["NAME"], captured["values"]["NAME"]) == (wanted[0], wanted)


SEVERAL = """values => {
  const index = runbooksMatch.compile([[0, "lost {NAME} here"]]);
  return runbooksMatch.scanText(index, values.map((value) => `lost ${value} here`).join("\\n")).matches[0];
}"""


def test_a_webhook_body_of_alertmanager_is_understood(site: Path, visit) -> None:
    page = visit(site / "match/index.html")
    labels = {"alertname": "BackendDown", "note": ALIAS}
    paste(page, json.dumps({"status": "firing", "alerts": [{"labels": labels}, None, {}]}))
    assert status(page) == "2 incidents match, best first."
    expect(page.locator(".kb-match__list > li")).to_contain_text(
        ["ALIAS is shoppingCarts", "Alert: BackendDown"]
    )


def test_typing_works_as_pasting_does(site: Path, visit) -> None:
    page = visit(site / "match/index.html")
    page.locator(".kb-form__text").press_sequentially(ALIAS[35:130])
    expect(page.locator(TITLES)).to_have_text(
        ["Server does not start: one Sequelize association alias is used twice"]
    )


def test_without_a_match_it_says_so_and_shows_what_is_similar(site: Path, visit) -> None:
    page = visit(site / "match/index.html")
    page.context.set_offline(True)
    paste(page, UNKNOWN)
    assert status(page) == "No known incident matches."
    similar = page.locator(".kb-match__similar")
    expect(similar.locator("h2")).to_have_text("Not a match, but similar")
    assert page.locator(TITLES).count() == 0
    link = similar.locator("a").first.get_attribute("href")
    assert re.search(r"/incidents/postgresql-[a-z-]+/index\.html$", link)
    expect(similar).to_contain_text("Has in common: ")
    expect(similar).to_contain_text("constraint")
    page.locator(".kb-form__text").fill("")
    paste(page, "hello world")
    expect(similar).to_have_count(0)
    expect(page.locator(".kb-match__status")).to_have_text("No known incident matches.")


@pytest.mark.parametrize(
    "told", [UNKNOWN, "relation catalog type name index violation"], ids=["telling", "plain"]
)
def test_page_and_terminal_say_the_same_is_similar(site: Path, visit, told: str) -> None:
    lines = ordinary_text().splitlines()
    plain = [line for line in lines if "Sequelize" not in line and "users_email" not in line]
    text = "\n".join([*plain[:8], told, *(plain * 2 if told == UNKNOWN else [])])
    page = visit(site / "match/index.html")
    paste(page, text)
    page.locator(".kb-match__similar").wait_for()
    said = page.locator(".kb-match__similar .kb-lead").all_inner_texts()
    found = CliRunner().invoke(runbooks, ["match", "--root", str(ROOT)], input=text)
    shared = [line.partition("has in common: ")[2] for line in found.stdout.splitlines()]
    assert [f"Has in common: {words}" for words in shared if words] == said


HOSTILE = """\
<img src=x onerror=alert(1)> <script>alert(2)</script> </textarea><svg onload=alert(3)>
DETAIL:  Key (typname, typnamespace)=(<img src=x onerror=alert(4)>&X=1#'"; rm -rf ~, 2200) already exists.
"""


def test_hostile_text_stays_text(site: Path, visit) -> None:
    page = visit(site / "match/index.html")
    paste(page, HOSTILE)
    status(page)
    value = "<img src=x onerror=alert(4)>&X=1#'\"; rm -rf ~"
    expect(page.locator(".kb-match__why")).to_contain_text(value)
    assert page.evaluate(FORBIDDEN) == []
    page.locator(".kb-match__open").click()
    page.wait_for_url(f"**/incidents/{POSTGRES}/**")
    expect(page.locator("[data-name=TABLE]")).to_have_value(value)
    assert page.evaluate(FORBIDDEN) == []


def test_hostile_text_without_a_match_stays_text(site: Path, visit) -> None:
    page = visit(site / "match/index.html")
    paste(page, HOSTILE.splitlines()[0] + "\nconstraint duplicate key")
    status(page)
    page.locator(".kb-match__similar").wait_for()
    assert page.evaluate(FORBIDDEN) == []


def test_the_search_box_knows_an_error(site: Path, visit) -> None:
    page = visit(site / "tags/index.html")
    page.keyboard.press("/")
    paste(page, ERROR, "dialog .kb-search__input")
    first = page.locator("dialog .kb-result").first
    expect(first).to_contain_text("matches this error")
    assert first.get_attribute("href").endswith(f"incidents/{POSTGRES}/index.html#TABLE=Sessions")
    page.keyboard.press("Enter")
    page.wait_for_url("**#TABLE=Sessions")
    expect(page.locator("[data-name=TABLE]")).to_have_value("Sessions")


def test_ordinary_words_in_the_search_box_are_no_error(site: Path, visit) -> None:
    page = visit(site / "tags/index.html")
    page.keyboard.press("/")
    paste(page, "duplicate key value in the sessions table", "dialog .kb-search__input")
    page.locator("dialog .kb-result").first.wait_for()
    page.wait_for_timeout(300)
    assert page.locator("dialog .kb-matches").count() == 0


# -- the engine ----------------------------------------------------------------------------------

ENGINE = """({incidents, rows, texts}) => {
    const ids = Object.keys(incidents).sort();
    const first = ids.map((_, n) => rows.findIndex(row => row[0] === n));
    const index = runbooksMatch.compile(rows);
    return texts.map(text => runbooksMatch.scanText(index, text).matches.map(
        ({incident, hits: [best], captures}) => [ids[incident], {
            signature: best.number - first[incident],
            captures, line: best.line, count: best.count,
        }]));
}"""


def rows_of(data: dict[str, Any]) -> list[list[object]]:
    """Return the signatures of the vectors as a page has them."""
    return [
        signature_row(number, one)
        for number, incident in enumerate(sorted(data["incidents"]))
        for one in data["incidents"][incident]
    ]


def test_expressions_find_what_python_finds(site: Path, visit) -> None:
    page = visit(site / "match/index.html")
    page.evaluate("runbooks.load('match-engine.js')")
    for pattern in EXPRESSIONS:
        texts = texts_for(pattern)
        found = page.evaluate(
            """({row, texts}) => {
                const {signatures: [{slots: [{form: [{find}]}]}]} = runbooksMatch.compile([row]);
                return texts.map((text) => {
                    const hit = find(text, 0, text.length);
                    return hit && [hit.start, hit.end];
                });
            }""",
            {"row": signature_row(0, {"regex": pattern}), "texts": texts},
        )
        compiled = compile_regex(pattern)
        expected = []
        for text in texts:
            hit = compiled.find(text)
            expected.append(hit and [units(text[: hit.start]), units(text[: hit.end])])
        assert found == expected, pattern


def units(text: str) -> int:
    """Return how long JavaScript says that a text is."""
    return len(text.encode("utf-16-le")) // 2


def test_every_vector_gives_what_python_gives(site: Path, visit) -> None:
    data = load_vectors()
    vectors = data["vectors"]
    assert len(vectors) >= 150
    page = visit(site / "match/index.html")
    page.evaluate("runbooks.load('match-engine.js')")
    texts = [vector["text"] for vector in vectors]
    answers = page.evaluate(
        ENGINE, {"incidents": data["incidents"], "rows": rows_of(data), "texts": texts}
    )
    wrong = {}
    for vector, answer in zip(vectors, answers, strict=True):
        order = [incident for incident, _ in answer]
        if dict(answer) != vector["expect"] or order != vector.get("order", order):
            wrong[vector["name"]] = (answer, vector["expect"])
    assert wrong == {}


SERVICES = "auth billing cart checkout gateway inventory ledger mailer orders search".split()


def test_a_trace_against_ten_thousand_signatures(site: Path, visit) -> None:
    rows = [
        [
            n,
            f"{SERVICES[n % 10]}: could not {{_}} the {SERVICES[n // 10 % 10]} record {{ID}}: code E{n:05} given by handler{n % 977}",
            0,
        ]
        for n in range(10_000)
    ]
    frames = "".join(
        f"    at Object.handler{n} (/app/src/{SERVICES[n % 10]}/record.js:{n}:{n % 80})\n"
        for n in range(49)
    )
    text = (
        "Error: orders: could not write the mailer record 77: code E06278 given by handler416\n"
        + frames
    )
    page = visit(site / "match/index.html")
    page.evaluate("runbooks.load('match-engine.js')")
    found = page.evaluate(
        """({rows, text}) => runbooksMatch.scanText(runbooksMatch.compile(rows), text)
            .matches.map(m => [m.incident, m.captures])""",
        {"rows": rows, "text": text},
    )
    assert found == [[6278, {"ID": "77"}]]


def test_how_a_text_is_cut_makes_no_difference(site: Path, visit) -> None:
    data = load_vectors()
    page = visit(site / "match/index.html")
    page.evaluate("runbooks.load('match-engine.js')")
    answers = page.evaluate(
        """async ({rows, text}) => {
            const index = runbooksMatch.compile(rows);
            const whole = runbooksMatch.scanText(index, text);
            const pieces = await runbooksMatch.scanFile(index, new Blob([text]), () => {});
            return [whole, pieces].map(found => JSON.stringify([found.matches, found.lines]));
        }""",
        {
            "rows": rows_of(data),
            "text": "\n".join(
                v["text"] + "\n" + FILLER.format(1, 2) * 200 for v in data["vectors"]
            ),
        },
    )
    assert answers[0] == answers[1]
    assert len(answers[0]) > 1000


# -- files ---------------------------------------------------------------------------------------

FILLER = "2026-11-21 02:09:26.729 UTC [{}] LOG:  statement: SELECT id, name FROM products WHERE id = {}\n"


LARGE = "".join(FILLER.format(n * 7919 % 9973, n * 104729 % 99991) for n in range(2000))


@pytest.fixture(scope="module")
def large_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100 MB with a known error on two places, one of them just before the end."""
    path = tmp_path_factory.mktemp("log") / "large.log"
    block = "".join(FILLER.format(n % 9000, n) for n in range(10_000))
    with path.open("w", encoding="utf-8") as file:
        file.write(block * 50 + ERROR)
        while file.tell() < 100_000_000:
            file.write(block)
        file.write(ERROR + FILLER.format(1, 1))
    return path


def test_a_large_file_is_searched_while_the_page_stays_responsive(
    site: Path, visit, large_log: Path
) -> None:
    page = visit(site / "match/index.html")
    page.evaluate(
        """() => {
            window.frames_ = []; window.steps_ = new Set();
            const tick = (now) => {
                frames_.push(now);
                const bar = document.querySelector('.kb-match__progress');
                if (!bar.hidden) steps_.add(bar.querySelector('progress').value);
                requestAnimationFrame(tick);
            };
            requestAnimationFrame(tick);
        }"""
    )
    page.locator(".kb-match input[type=file]").set_input_files(large_log)
    page.wait_for_selector(".kb-match__list", timeout=60_000)
    frames, steps = page.evaluate("[frames_, [...steps_]]")
    longest = max(later - before for before, later in pairwise(frames))
    # A page that waits for its worker, or does its work, draws nothing until the end.
    assert longest < 0.5 * (frames[-1] - frames[0]), longest
    assert len(steps) > 3, steps
    lines = large_log.read_bytes().count(b"\n")
    assert status(page) == f"1 incident matches. large.log: {lines:,} lines searched."
    expect(page.locator(".kb-match__list > li")).to_contain_text("Line 500,001, 2 times")
    expect(page.locator(".kb-match__progress")).to_be_hidden()


def test_a_search_can_be_cancelled(site: Path, visit, large_log: Path) -> None:
    page = visit(site / "match/index.html")
    page.locator(".kb-match input[type=file]").set_input_files(large_log)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".kb-match__status")).to_have_text("Cancelled.")
    paste(page, ERROR)
    page.wait_for_selector(".kb-match__list")


def test_a_dropped_file_is_searched(site: Path, visit) -> None:
    page = visit(site / "index.html")
    page.evaluate(
        """text => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], 'app.log'));
            for (const type of ['dragover', 'drop']) {
                document.body.dispatchEvent(
                    new DragEvent(type, {dataTransfer, bubbles: true, cancelable: true}));
            }
        }""",
        ERROR,
    )
    assert status(page) == "1 incident matches. app.log: 2 lines searched."


FORMS = {
    "app.log.gz": (gzip.compress(ERROR.encode()), ""),
    "utf-16.log": (ERROR.encode("utf-16"), ""),
    "bom.log": (b"\xef\xbb\xbf" + ERROR.replace("\n", "\r\n").encode(), ""),
    "coloured.log": (ERROR.replace("key", "\x1b[31mkey\x1b[0m\0").encode(), ""),
    "not-utf-8.log": (b"\xff\xfe?\n".replace(b"\xff\xfe", b"\xfe\x80") + ERROR.encode(), ""),
    "cut.gz": (gzip.compress((ERROR + LARGE).encode())[:-2000], "It is damaged"),
}


@pytest.mark.parametrize("name", FORMS)
def test_files_of_every_form_are_read(site: Path, visit, tmp_path: Path, name: str) -> None:
    content, note = FORMS[name]
    (tmp_path / name).write_bytes(content)
    page = visit(site / "match/index.html")
    page.locator(".kb-match input[type=file]").set_input_files(tmp_path / name)
    told = status(page)
    assert told.startswith("1 incident matches.")
    assert note in told
    assert ("damaged" in told) == bool(note)
    expect(page.locator(".kb-match__why")).to_contain_text("TABLE is Sessions")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("app.zst", b"\x28\xb5\x2f\xfd1234", "compressed with zstd"),
        ("empty.log", b"", "No known incident matches in 0 lines"),
        ("binary", bytes(range(256)) * 5000, "No known incident matches"),
        ("one-line.log", b"x" * 5_000_000, "No known incident matches in 1 line of"),
    ],
)
def test_odd_files_get_a_plain_answer(
    site: Path, visit, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(content)
    page = visit(site / "match/index.html")
    page.locator(".kb-match input[type=file]").set_input_files(tmp_path / name)
    assert told in status(page)


def test_a_hostile_incident_is_shown_as_it_is(full_site: Path, visit) -> None:
    page = visit(full_site / "match/index.html")
    paste(page, "x </code></pre><script>alert(3)</script> $(id)' | ```")
    assert status(page) == "1 incident matches."
    expect(page.locator(TITLES)).to_contain_text("<script>alert(1)</script>")
    assert page.evaluate(FORBIDDEN) == []
    page.locator(".kb-match__open").click()
    page.wait_for_url("**/incidents/hostile/**")
    expect(page.locator("[data-name=NAME]")).to_have_value("$(id)'")


def test_a_long_paste_does_not_go_through_the_text_field(site: Path, visit) -> None:
    page = visit(site / "index.html")
    paste(page, FILLER.format(1, 2) * 5000 + ERROR)
    assert status(page) == "1 incident matches. Pasted text: 5,002 lines searched."
    expect(page.locator(".kb-form__text")).to_have_value("")


# -- looks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("text", [ERROR + ALIAS, UNKNOWN], ids=["matched", "unmatched"])
def test_answers_are_accessible(site: Path, visit, scheme: str, text: str) -> None:
    page = visit(site / "match/index.html", color_scheme=scheme, reduced_motion="reduce")
    paste(page, text)
    status(page)
    page.locator(".kb-match__list, .kb-match__similar").first.wait_for()
    assert serious(page) == []


@pytest.mark.parametrize("name", ["index.html", "match/index.html"])
@pytest.mark.parametrize("text", [ERROR + ALIAS + "x" * 600, UNKNOWN], ids=["matched", "unmatched"])
def test_answers_do_not_widen_a_phone(site: Path, visit, name: str, text: str) -> None:
    page = visit(site / name, viewport={"width": 360, "height": 740}, has_touch=True)
    paste(page, text)
    status(page)
    page.locator(".kb-match__list, .kb-match__similar").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate(
        """() => [...document.querySelectorAll('.kb-match :is(button, .kb-button)')]
            .filter(e => e.checkVisibility())
            .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, box]) => box.width < 44 || box.height < 44)
            .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
    )
    assert small == []
