"""The shapes of write-ups: what stands for a heading, and what is not for readers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.importers.markings import without_markings
from tests.write_ups import data_of, draft_of, lost

LESSONS = {"went_well": ["Fast"], "went_wrong": ["No alert"], "got_lucky": ["Night"]}


@pytest.mark.parametrize(
    "text",
    [
        "## Lessons learned\n\n**What went well**\n\n- Fast\n\n**What went wrong**\n\n- No alert\n\n**Where we got lucky**\n\n- Night",
        "## How'd We Do?\n\n### What Went Well?\n\n- Fast\n\n### What Didn't Go So Well?\n\n- No alert\n\n### Where did we get lucky?\n\n- Night",
        "**What went well:**\n- Fast\n\n**What could have gone better:**\n- No alert\n\n**Luck:**\n- Night",
        "- **What went well**\n  - Fast\n- **What went badly**\n  - No alert\n- **Where we got lucky**\n  - Night",
        "## Retrospective\n\nWhat went well?\n\n- Fast\n\nWhat went wrong:\n\n- No alert\n\n__Where we got lucky__\n\n- Night",
        "## Bilan\n\n**Ce qui s\u2019est bien passé**\n\n- Fast\n\n**Ce qui s\u2019est mal passé**\n\n- No alert\n\n**Chance**\n\n- Night",
    ],
)  # fmt: skip
def test_lessons_are_on_the_side_that_the_write_up_says(text: str) -> None:
    assert data_of(f"# The mill\n\nIt stood.\n\n{text}\n")["lessons"] == LESSONS


WHOLE = {"impact": "No bread.", "root_cause": "A belt broke.", "detection": "An alert fired."}


@pytest.mark.parametrize(
    "text",
    [
        "**Impact**\n\nNo bread.\n\n**Root cause**\n\nA belt broke.\n\n**Detection**\n\nAn alert fired.",
        "**Impact:** No bread.\n**Root Causes:** A belt broke.\n**Detection:** An alert fired.",
        "**Impact:** No bread.\n\n**Root cause:** A belt broke.\n\n**Detection:** An alert fired.",
        "## Impact\n\nNo bread.\n\n**Root cause**\n\nA belt broke.\n\n**Detection**\n\nAn alert fired.",
        "- **Impact**:\n\n  No bread.\n- **Root cause**:\n\n  A belt broke.\n- **Detection**:\n\n  An alert fired.",
        "| | |\n|-|-|\n| Impact | No bread. |\n| Root cause | A belt broke. |\n| Detection | An alert fired. |",
        "<details><summary>Impact</summary>\n\nNo bread.\n\n</details>\n\n<details>\n<summary><b>Root cause</b></summary>\n\nA belt broke.\n\n</details>\n\n### How was it detected?\n\nAn alert fired.",
        "**Who was impacted?**\n\nNo bread.\n\n**What caused it?**\n\nA belt broke.\n\n**How did we notice?**\n\nAn alert fired.",
    ],
)  # fmt: skip
def test_what_stands_for_a_heading(text: str) -> None:
    write_up = f"# The mill\n\n{text}\n"
    made = data_of(write_up)
    assert {name: made.get(name) for name in WHOLE} == WHOLE
    assert not lost(write_up, draft_of(write_up))


@pytest.mark.parametrize(
    ("text", "route", "value"),
    [
        ("## Root cause analysis\n\nIt broke.\n\n### The Technical Problem\n\nIt was old.", ("root_cause",), "It broke.\n\nThe Technical Problem: It was old."),
        ("## Root cause\n\n### Issue\n\nIt was old.", ("root_cause",), "It was old."),
        ("## Impact\n\n### Errors\n\n300 of them.", ("impact",), "300 of them."),
        ("## Detection\n\n### Why it took long\n\nNo alert.", ("detection",), "Why it took long: No alert."),
        ("## Root cause\n\nIt broke.\n\n**The problem**\n\nIt was old.", ("root_cause",), "It broke.\n\nThe problem\n\nIt was old."),
        ("## Impact\n\nMuch.\n\n### Root cause\n\nIt was old.", ("root_cause",), "It was old."),
    ],
)  # fmt: skip
def test_a_heading_inside_a_section_starts_another_field_only_if_it_says_so(
    text: str, route: tuple[str, ...], value: str
) -> None:
    found: Any = data_of(f"# The mill\n\n{text}\n")
    for key in route:
        found = found[key]
    assert found == value
    assert "symptom" not in data_of(f"# The mill\n\n{text}\n")


def test_a_bold_line_of_another_kind_ends_the_field_before_it() -> None:
    made = data_of(
        "# T\n\n**Impact**\n\nMuch.\n\n**Communication**\n\nNone.\n\n**Root cause**\n\nA belt.\n"
    )
    assert (made["impact"], made["root_cause"]) == ("Much.", "A belt.")
    assert {"heading": "Communication", "text": "None."} in made["notes"]


def test_a_list_below_a_label_belongs_to_it() -> None:
    made = data_of(
        "# T\n\n**Impact:** Two things:\n\n- bread\n- cake\n\nMore was not.\n\n## Fix\n\nMend it.\n"
    )
    assert made["impact"] == "Two things:\n\n- bread\n- cake"
    assert made["summary"] == "More was not."


@pytest.mark.parametrize(
    ("text", "kept", "dropped"),
    [
        ("a <!-- who? --> b", "a  b", ["<!-- who? -->"]),
        ("a <!-- who\n- x\n--> b", "a  b", ["<!-- who\n- x\n-->"]),
        ("a <!-- b", "a <!-- b", []),
        ("`<!-- b -->` and {% raw %}`{% x %}`", "`<!-- b -->` and `{% x %}`", ["{% raw %}"]),
        ("```\n<!-- b -->\n{% x %}\n```", "```\n<!-- b -->\n{% x %}\n```", []),
        ("~~~\n```\n<!-- b -->\n~~~\n<!-- c -->", "~~~\n```\n<!-- b -->\n~~~\n", ["<!-- c -->"]),
        ('{% include figure.html src="a.png" caption="Orders" %}', "![Orders](<a.png>)", ['{% include figure.html src="a.png" caption="Orders" %}']),
        ('{{< figure src="a.png" title="Orders" >}}', "![Orders](<a.png>)", ['{{< figure src="a.png" title="Orders" >}}']),
        ("{{% notice note %}}\nx\n{{% /notice %}}", "\nx\n", ["{{% notice note %}}", "{{% /notice %}}"]),
        ("{% highlight sh %}\nls\n{% endhighlight %}", "```sh\nls\n```", ["{% highlight sh %}", "{% endhighlight %}"]),
        ("[x]({{ site.baseurl }}/y)", "[x](/y)", ["{{ site.baseurl }}"]),
        ('[x]({{ "/y" | relative_url }})', "[x](/y)", ['{{ "/y" | relative_url }}']),
        ('[x]({{< ref "y.md" >}})', '[x]({{< ref "y.md" >}})', []),
        ("## Fix {#fix}", "## Fix", ["{#fix}"]),
        ("x\n{: .note}", "x\n", ["{: .note}"]),
        ("/label ~incident\n/var/log is full", "\n/var/log is full", ["/label ~incident"]),
        ("{{ $labels.instance }} is down", "{{ $labels.instance }} is down", []),
        ("_No response_", "", ["_No response_"]),
    ],
)  # fmt: skip
def test_what_is_not_for_readers(text: str, kept: str, dropped: list[str]) -> None:
    assert without_markings(text)[0] == kept
    assert [raw for raw, _ in without_markings(text)[1]] == dropped


@given(st.lists(st.sampled_from(["<!--", "-->", "```", "~~~", "`", "\n", "{% a %}", "{{< b >}}", "x", "{: #c}", " "]), max_size=40).map("".join))  # fmt: skip
def test_nothing_else_is_left_out(text: str) -> None:
    kept, dropped = without_markings(text)
    assert kept.count("x") + sum(raw.count("x") for raw, _ in dropped) == text.count("x")
    assert without_markings(kept)[0].count("x") <= kept.count("x")


def test_the_report_says_what_was_left_out() -> None:
    draft = draft_of("---\nlayout: post\n---\n# T\n\n## Impact <!-- who? -->\n\nAll.\n\n<br>\n")
    assert {(part.text, part.heading) for part in draft.dropped} == {
        ("layout: post", "a setting of a site generator"),
        ("<!-- who? -->", "a comment"),
        ("<br>", "a tag of HTML"),
    }
    assert "notes" not in data_of("# T\n\n## Impact <!-- who? -->\n\nAll.\n")


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<img src="a.png" alt="Orders">', "Orders (a.png)"),
        ('<p align="center"><img alt="Orders" width=4 src="a.png"></p>', "Orders (a.png)"),
        ("<div>\n<img src='a.png'>\n</div>", "a.png"),
    ],
)
def test_images_in_tags_are_kept(html: str, said: str) -> None:
    assert data_of(f"# T\n\n## Impact\n\nAll.\n\n{html}\n")["impact"] == f"All.\n\n{said}"
