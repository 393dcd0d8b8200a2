"""The search box, from file:// and by keyboard."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from generator.knowledge.base import load
from generator.search import index as search
from generator.search import parts
from generator.search.ranking import SearchEngine
from generator.signatures.ordinary import ordinary_text
from tests import search_cases
from tests.bench.generate import write
from tests.browser.test_every_page import serious

POSTGRES = "postgresql-concurrent-create-table"
SEQUELIZE = "sequelize-duplicate-association-alias"

FINDS = [
    ("pg_type_typname_nsp_index", POSTGRES),
    ("typname_nsp", POSTGRES),
    (
        'ERROR:  duplicate key value violates unique constraint "users_email_typname_nsp_index"',
        POSTGRES,
    ),
    ("Key (typname, typnamespace)=(Carts, 2200) already exists.", POSTGRES),
    ("name of a built-in type", POSTGRES),
    ("shopping carts alias", SEQUELIZE),
    ("shoppingCarts", SEQUELIZE),
    ("SequelizeAssociationEror", SEQUELIZE),
    ("associaton alias", SEQUELIZE),
    ("You have used the alias orders in two separate associations", SEQUELIZE),
    ("two separate assoc", SEQUELIZE),
]


def test_finds_the_right_incident_first(site: Path, visit) -> None:
    page = visit(site / "tags/index.html")
    page.keyboard.press("/")
    wrong = {}
    for query, expected in FINDS:
        page.locator("dialog .kb-search__input").fill("")
        page.keyboard.insert_text(query)
        first = page.locator("dialog .kb-result").first
        first.wait_for()
        found = first.get_attribute("href")
        if f"incidents/{expected}/" not in found or not first.locator("mark, .kb-matches").count():
            wrong[query] = (found, first.inner_text())
    assert wrong == {}


def test_is_a_combobox_that_works_by_keyboard(site: Path, visit) -> None:
    page = visit(site / "tags/index.html")
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search")
    expect(box).to_be_focused()
    assert box.get_attribute("aria-expanded") == "false"
    page.keyboard.type("sequelize")
    page.locator("dialog .kb-result").nth(1).wait_for()
    expect(box).to_have_attribute("aria-expanded", "true")
    first = box.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    expect(box).not_to_have_attribute("aria-activedescendant", first)
    second = box.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{second}")).to_have_attribute("aria-selected", "true")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(1)
    expect(page.locator("dialog [role=status]")).to_contain_text("results")
    assert serious(page) == []
    target = page.locator(f"#{second}").get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(target)


def test_escape_closes_and_gives_the_focus_back(site: Path, visit) -> None:
    page = visit(site / "tags/index.html", viewport={"width": 390, "height": 800})
    page.locator(".kb-search-button").click()
    page.keyboard.type("x")
    expect(page.locator("dialog .kb-search__input")).to_have_value("x")
    page.keyboard.press("Escape")
    expect(page.locator(".kb-search-dialog")).to_be_hidden()
    expect(page.locator(".kb-search-button")).to_be_focused()


def test_the_home_page_has_a_large_box_of_its_own(site: Path, visit) -> None:
    page = visit(site / "index.html", viewport={"width": 390, "height": 800})
    box = page.get_by_role("combobox", name="Search all incidents")
    assert box.bounding_box()["y"] < 400
    page.keyboard.press("/")
    page.keyboard.type("typname")
    page.locator(".kb-home-search .kb-result").first.wait_for()
    page.keyboard.press("Escape")
    expect(box).to_have_value("")


def test_says_when_nothing_is_found(site: Path, visit) -> None:
    page = visit(site / "index.html")
    page.keyboard.press("/")
    page.keyboard.insert_text("zzzzqqqq")
    expect(page.locator(".kb-home-search [role=status]")).to_contain_text("Nothing found")


def test_a_slash_typed_into_a_field_stays_there(site: Path, visit) -> None:
    page = visit(site / f"incidents/{POSTGRES}/index.html")
    page.locator(".kb-parameters summary").click()
    page.locator("[data-name=LOG]").press("/")
    expect(page.locator("[data-name=LOG]")).to_have_value("/")
    assert not page.locator(".kb-search-dialog").is_visible()


WORDS = [
    "pg_type_typname_nsp_index",
    "SequelizeUniqueConstraintError: at query.js:370",
    "XMLHttpRequest __proto__ _a __ a_ ABC aB1C sha256",
    "Ünïcode GRÖSSE naïve ﬁle ½ ² 日本語 Ελλάδα",
    "emoji 🔥🔥 \u202e right \ufeff mark",
    "x" * 200,
    "user@example.com C:\\temp\\a.log --flag=1 $HOME",
    "constructor toString 12:30 010",
]


def test_both_sides_split_words_alike(site: Path, visit) -> None:
    page = visit(site / "index.html")
    page.evaluate("runbooks.load('search-engine.js')")
    found = page.evaluate(
        "texts => texts.map(t => runbooksSearch.words(t).map(w => w.word))", WORDS
    )
    assert [set(words) for words in found] == [search.words_to_index(text) for text in WORDS]


ASK = """([index, cases]) => {
    const engine = runbooksSearch.open(index);
    return cases.map(({query, component, severity}) => {
        const keep = (doc) =>
            (!component || doc.components.includes(component)) && (!severity || doc.severity === severity);
        const {total, results} = engine.search(query, {keep});
        return [total, results.map((r) => [r.address, r.line, r.terms, r.score])];
    });
}"""


def in_python(index: dict, cases: list[dict]) -> list[list]:
    engine = SearchEngine(index)
    answers = []
    for case in cases:
        component, severity = case.get("component"), case.get("severity")
        found = engine.search(
            case["query"],
            keep=lambda page, c=component, s=severity: (
                (not c or c in page.components) and (not s or s == page.severity)
            ),
        )
        hits = [[h.page.address, h.line, list(h.terms), h.score] for h in found.hits]
        answers.append([found.total, hits])
    return answers


def test_browser_and_command_rank_alike(site: Path, visit) -> None:
    index, cases = search_cases.read()
    page = visit(site / "index.html")
    page.evaluate("runbooks.load('search-engine.js')")
    expected = in_python(index, cases)
    for case, mine, other in zip(cases, expected, page.evaluate(ASK, [index, cases]), strict=True):
        rounded = [[t, [[*hit[:3], round(hit[3], 9)] for hit in hits]] for t, hits in (mine, other)]
        assert rounded[0] == rounded[1], case


def test_browser_and_command_find_the_same_similar(site: Path, visit, tmp_path: Path) -> None:
    write(tmp_path, 250)
    small, _ = search_cases.read()
    large = search.index_of(search.extract_all(load(tmp_path)))
    texts = [case["text"] for case in search_cases.similar()]
    texts += [
        *ordinary_text().splitlines(),
        ordinary_text(),
        "\n".join(texts),
        "x" * 5000 + " Größe ﬁle",
    ]
    page = visit(site / "index.html")
    page.evaluate("runbooks.load('search-engine.js')")
    for index in (small, large):
        engine = SearchEngine(index)
        mine = [[[s.page.address, round(s.score, 9), list(s.shared)] for s in engine.similar(text)] for text in texts]  # fmt: skip
        found = page.evaluate(
            """([index, texts]) => {
                const engine = window.runbooksSearch.open(index);
                return texts.map((text) => engine.similar(text).map((s) => [s.address, s.score, s.shared]));
            }""",
            [index, texts],
        )
        assert [[[a, round(score, 9), shared] for a, score, shared in one] for one in found] == mine


def test_browser_and_command_rank_alike_in_a_large_base(site: Path, visit, tmp_path: Path) -> None:
    write(tmp_path, 250)  # so many that common words are left out
    index = search.index_of(search.extract_all(load(tmp_path)))
    queries = "kafka timeout; MessageDropped; conection pool; psql pg_stat_activity; E1; rabbitmq consumer commits its offset; checkout-api; retry storm; the lock on the primary; INC; deadlok".split(
        ";"
    )
    cases = [{"query": query.strip()} for query in queries]
    cases += [{**case, "severity": "SEV1"} for case in cases]
    expected = in_python(index, cases)
    page = visit(site / "index.html")
    page.evaluate("runbooks.load('search-engine.js')")
    found = page.evaluate(ASK, [index, cases])
    for case, mine, other in zip(cases, expected, found, strict=True):
        assert mine[0] == other[0], case
        assert [hit[:3] for hit in mine[1]] == [hit[:3] for hit in other[1]], case


IN_PARTS = """([scripts, cases]) => {
    const run = (name) => new Function(scripts[name])();
    run("search-index.js");
    const engine = runbooksSearch.open(window.runbooksSearchIndex);
    const loaded = new Set();
    const ask = (method, ...query) => {
        for (;;) {
            const answer = engine[method](...query);
            const needed = engine.needs();
            if (!needed.length) return answer;
            for (const name of needed) {
                if (loaded.has(name)) throw new Error(`twice: ${name}`);
                loaded.add(name);
                run(name);
            }
        }
    };
    const found = cases.map(({query, component, severity}) => {
        const keep = (doc) =>
            (!component || doc.components.includes(component)) && (!severity || doc.severity === severity);
        const {total, results} = ask("search", query, {keep});
        return [total, results.map((r) => [r.address, r.line, r.terms, r.score])];
    });
    const first = loaded.size;
    const similar = cases.map(({query}) => ask("similar", query).map((s) => [s.address, s.score, s.shared]));
    return {found, similar, first, components: engine.components, severities: engine.severities};
}"""


def test_an_index_in_parts_answers_like_the_whole(
    site: Path, visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 250)
    monkeypatch.setattr(search, "LARGE", 100)
    monkeypatch.setattr(parts, "_POSTS_BYTES", 300)
    index = search.index_of(search.extract_all(load(tmp_path)))
    scripts = {name: content.decode() for name, content in parts.index_scripts(index)}
    assert len(scripts) > 30, "else this would show little"
    queries = "kafka; kafka timeout; conection pool; dlok; essageDrop; E1; commits its offset; checkout-api; deadlok".split(";")  # fmt: skip
    cases = [{"query": query.strip()} for query in queries]
    cases += [{**case, "severity": "SEV1"} for case in cases]
    cases += [{"query": "kafka", "component": index["components"][3]}]
    page = visit(site / "index.html")
    page.evaluate("runbooks.load('search-engine.js')")
    found = page.evaluate(IN_PARTS, [scripts, cases])
    for case, mine, other in zip(cases, in_python(index, cases), found["found"], strict=True):
        assert mine[0] == other[0], case
        assert [hit[:3] for hit in mine[1]] == [hit[:3] for hit in other[1]], case
    engine = SearchEngine(index)
    mine = [[[s.page.address, list(s.shared)] for s in engine.similar(c["query"])] for c in cases]
    assert [[[a, shared] for a, _, shared in one] for one in found["similar"]] == mine
    assert found["first"] < len(scripts) - 1, "not everything was loaded"
    assert found["components"] == index["components"]
    assert found["severities"] == ["SEV1", "SEV2", "SEV3", "SEV4"]


def test_a_page_loads_the_parts_that_a_query_needs(site: Path, visit, tmp_path: Path) -> None:
    copy = shutil.copytree(site, tmp_path / "site")
    scripts = copy / "assets/runbooks"
    data = (scripts / "search-index.js").read_text("utf-8").partition("=")[2].rstrip(";\n")
    names = dict(parts.index_scripts({**json.loads(data), "large": True}))
    (scripts / parts.FOLDER).mkdir()
    for name, content in names.items():
        (scripts / name).write_bytes(content)
    page = visit(copy / "index.html")
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.keyboard.press("/")
    page.keyboard.insert_text("sequelize")
    results = page.locator(".kb-home-search .kb-result")
    results.nth(1).wait_for()
    assert "sequelize" in results.first.get_attribute("href")
    every = results.count()
    page.locator(".kb-home-search").get_by_label("Component").select_option("session-store")
    expect(results).to_have_count(1)
    assert every > 1
    own = {url.rpartition("/")[2] for url in loaded if f"/{parts.FOLDER}/" in url}
    assert own <= {name.rpartition("/")[2] for name in names}
    assert len(own) == len([url for url in loaded if f"/{parts.FOLDER}/" in url]), "none twice"
    for part in (scripts / parts.FOLDER).iterdir():
        part.unlink()
    page.locator(".kb-home-search .kb-search__input").fill("postgresql")
    status = page.locator(".kb-home-search [role=status]")
    expect(status).to_have_text(re.compile("result|could not be loaded"))


def test_results_can_be_narrowed(site: Path, visit) -> None:
    page = visit(site / "tags/index.html", viewport={"width": 390, "height": 800}, has_touch=True)
    page.keyboard.press("/")
    page.keyboard.insert_text("sequelize")
    results = page.locator("dialog .kb-result")
    results.nth(1).wait_for()
    every = results.count()
    component = page.locator("dialog").get_by_label("Component")
    component.select_option("session-store")
    expect(results).to_have_count(1)
    assert POSTGRES in results.first.get_attribute("href")
    expect(page.locator("dialog [role=status]")).to_contain_text("1 result in session-store")
    assert "ago" in results.first.inner_text() or "today" in results.first.inner_text()
    offered = page.locator("dialog").get_by_label("Severity").locator("option").all_inner_texts()
    assert offered[:2] == ["All severities", "SEV1"]
    page.locator("dialog").get_by_label("Severity").select_option("SEV1")
    expect(page.locator("dialog [role=status]")).to_contain_text("in session-store in SEV1")
    page.locator("dialog .kb-search__input").fill("alias shoppingCarts zzzz")
    component.select_option("session-store")
    assert serious(page) == []
    component.select_option("")
    page.locator("dialog").get_by_label("Severity").select_option("")
    page.locator("dialog .kb-search__input").fill("sequelize")
    expect(results).to_have_count(every)
    for box in page.locator("dialog select").all():
        assert box.bounding_box()["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def index_of(count: int) -> str:
    """Return the index of so many pages."""
    pages = [
        search.PageExtract(
            f"incident-{n}",
            f"Incident {n}",
            "SEV2",
            "published",
            (),
            "2026-01-01",
            {f"word{(n * k) % 4001}": k % 4 for k in range(1, 200)} | {f"unique{n}thing": 2},
            (f"Error: unique{n}thing",),
        )
        for n in range(count)
    ]
    return search.merge(pages).decode().partition("=")[2].rstrip(";\n")


SEARCH = """([data, text, misspelt]) => {
    const engine = runbooksSearch.open(JSON.parse(data));
    let found = null;
    let least = Infinity;
    for (let number = 0; number < 5; number += 1) {
        const begin = performance.now();
        found = engine.search(text);
        engine.search(misspelt);
        least = Math.min(least, performance.now() - begin);
    }
    return [found.results[0].address, least];
}"""


def test_large_indexes_are_searched_in_linear_time(site: Path, visit) -> None:
    page = visit(site / "index.html")
    page.evaluate("runbooks.load('search-engine.js')")
    spent = []
    for count in (625, 5000):
        last = count - 1
        words = [f"Error word17 word18 unique{last}thing", f"uniqe{last}thing"]
        first, least = page.evaluate(SEARCH, [index_of(count), *words])
        assert first == f"incidents/incident-{last}/index.html"
        spent.append(least)
    small, large = spent
    assert large < 20 * max(small, 0.5)  # a page counts time in steps
