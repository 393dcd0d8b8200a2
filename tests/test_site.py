"""Pages as a whole: what exists, what leads where, and what each incident's page says."""

from __future__ import annotations

import html
import posixpath
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from generator.knowledge.base import load
from generator.site import Page, build_assets, build_pages
from tests.conftest import FULL, ROOT

TODAY = date(2026, 3, 1)


def pages(root: Path = FULL) -> dict[str, Page]:
    return {page.path: page for page in build_pages(load(root), {}, TODAY)}


def without_code(text: str) -> str:
    """Leave code out: what looks like a link in it is none."""
    return re.sub(r"`[^`\n]+`", "", re.sub(r"(?ms)^ *(`{3,}).*?^ *\1$", "", text))


def anchors(page: Page) -> set[str]:
    found = re.findall(r"\{ #([\w-]+)| id=\"([\w-]+)\"", page.markdown)
    return {"".join(one) for one in found}


@pytest.mark.parametrize("root", [FULL, ROOT], ids=["full", "own"])
def test_every_link_leads_to_a_page_or_a_file(root: Path) -> None:
    found = pages(root)
    assets = {asset.path for asset in build_assets(load(root))}
    for page in found.values():
        text = without_code(page.markdown)
        for link in re.findall(
            r"\]\(([^)#][^)]*)\)|<a [^>]*?href=\"([^\"#:&]+(?:#[^\"]*)?)\"", text
        ):
            file, _, anchor = "".join(link).partition("#")
            file = file.partition("?")[0]
            if link[1] and file.endswith("/index.html"):  # in the site
                file = file.removesuffix("html") + "md"
            target = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), file))
            assert target in found or target in assets, (page.path, link)
            assert not anchor or anchor in anchors(found[target]), (page.path, link)


@pytest.mark.parametrize("root", [FULL, ROOT], ids=["full", "own"])
def test_every_anchor_is_there(root: Path) -> None:
    for page in pages(root).values():
        linked = re.findall(r"\]\(#([\w-]+)\)|href=\"#([\w-]+)\"", page.markdown)
        assert {"".join(one) for one in linked} <= anchors(page), page.path


def test_every_alert_has_an_address_of_its_own() -> None:
    assert "alerts/UploadErrorsHigh/index.md" in pages()
    assert "alerts/Bad-Alert/index.md" in pages()  # no sign that a folder's name cannot hold


def test_alerts_that_share_a_folder_share_a_page(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n", "utf-8")
    for number, alert in enumerate(("Disk full", "Disk/full")):
        folder = tmp_path / f"incidents/n{number}"
        folder.mkdir(parents=True)
        (folder / "incident.yaml").write_text(
            f"title: t{number}\nseverity: SEV3\nroot_cause: c\nfix: f\nverification: v\n"
            f"symptom: {{description: d, alerts: [{alert}]}}\n",
            "utf-8",
        )
    made = [page for page in build_pages(load(tmp_path), {}, TODAY) if "alerts/Disk" in page.path]
    assert [page.path for page in made] == ["alerts/Disk-full/index.md"]
    assert ">t0</a>" in made[0].markdown
    assert ">t1</a>" in made[0].markdown


def test_only_index_pages_may_stand_in_the_navigation() -> None:
    listed = {path for path, page in pages().items() if page.listed}
    assert listed == {
        "index.md", "match/index.md", "checklist/index.md", "incidents/index.md", "components/index.md", "severity/index.md",
        "tags/index.md", "status/index.md", "alerts/index.md", "errors/index.md", "actions/index.md", "insights/index.md",
    }  # fmt: skip


def test_the_card_comes_first_and_in_order() -> None:
    text = pages()["incidents/everything/index.md"].markdown
    headings = re.findall(r"^## ([^{]+?) \{", text, re.MULTILINE)
    assert headings[:6] == [
        "Is it this?", "Stop the pain", "Fix it for good", "Check that it worked", "If not", "Who to wake",
    ]  # fmt: skip


def test_derived_times_and_overdue_items() -> None:
    text = pages()["incidents/everything/index.md"].markdown
    assert "time to detect: 6 min, time to mitigate: 33 min, time to resolve: 1 d 47 min" in text
    assert '<em class="kb-badge kb-overdue">overdue</em> Watch the served certificate' in text
    assert '<em class="kb-badge">unknown</em> Tell the other teams' in text


def test_a_replaced_incident_says_by_what() -> None:
    text = pages()["incidents/short/index.md"].markdown
    assert "**This runbook is replaced by** [Uploads fail" in text


def test_a_broken_incident_shows_its_diagnostics_and_the_rest_stays_up() -> None:
    found = pages()
    text = html.unescape(found["incidents/broken/index.md"].markdown)
    assert "incidents/broken/incident.yaml:3:11" in text
    assert "did you mean `root_cause`?" in text
    assert "incidents/everything/index.md" in found


def test_the_sessions_runbook_rules_out_what_its_write_up_claimed() -> None:
    text = pages(ROOT)["incidents/postgresql-concurrent-create-table/index.md"].markdown
    ruled_out = text[text.index("{ #ruled-out }") :]
    assert re.search(r">Not true: .*built-in type", ruled_out)
    assert re.search(r">Not true: .*[Rr]enam", ruled_out)
    assert 'built-in type named "Sessions"' not in text[: text.index("{ #if-not ")]


def test_the_write_ups_marketing_stays_out() -> None:
    for file in ROOT.glob("incidents/*/*.yaml"):
        words = r"swan|galaxy|cosmic|award|revolutionary|wellness|alchemist|seamless|CRITICAL PRODUCTION"
        assert not re.search(words, file.read_text("utf-8"), re.IGNORECASE), file


def test_error_texts_are_spread_when_there_are_many(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n", "utf-8")
    for number in range(160):
        folder = tmp_path / f"incidents/n{number}"
        folder.mkdir(parents=True)
        (folder / "incident.yaml").write_text(
            f"title: t{number}\nseverity: SEV3\nroot_cause: c\nfix: f\nverification: v\n"
            f"symptom:\n  description: d\n  signatures: ['alpha {number}', '{{_}} beta {number}']\n",
            "utf-8",
        )
    found = pages(tmp_path)
    assert "[a](a/index.md): 160" in found["errors/index.md"].markdown
    assert found["errors/b/index.md"].markdown.count("\n- ") == 100
    assert found["errors/b/page/2/index.md"].markdown.count("\n- ") == 60


def test_a_base_s_own_template_comes_first(tmp_path: Path) -> None:
    root = tmp_path / "base"
    shutil.copytree(FULL, root)
    own = root / "templates/pages/parts/lines.md.j2"
    own.parent.mkdir(parents=True)
    own.write_text("{% for line in lines %}\n- OWN {{ line.title }}\n{% endfor %}\n", "utf-8")
    found = pages(root)
    assert "- OWN Uploads fail" in found["index.md"].markdown
    assert "## Is it this?" in found["incidents/everything/index.md"].markdown


def test_nothing_depends_on_the_order_of_folders_or_on_the_clock() -> None:
    assert pages() == pages()
