"""Texts of incidents in a terminal: lines that were broken to fit a file fit the terminal instead."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.text.soft_breaks import without_soft_breaks


def test_paragraphs_and_items_are_put_together() -> None:
    text = """
    Others reach it. Then nginx asks
    the wrong place:

    - A status such as 200: it is up again, or
      reloaded.
    - Exit code 28.
    1. First
    2. Second,
       and more

    ```
    one
      two
    ```
    After it."""
    assert without_soft_breaks("\n".join(line[4:] for line in text.split("\n"))) == [
        "Others reach it. Then nginx asks the wrong place:",
        "",
        "- A status such as 200: it is up again, or reloaded.",
        "- Exit code 28.",
        "1. First",
        "2. Second, and more",
        "",
        "```",
        "one",
        "  two",
        "```",
        "After it.",
    ]


def test_headings_and_tables_keep_their_lines() -> None:
    text = "# Cause\nA lock.\n| a | b |\n| 1 | 2 |"
    assert without_soft_breaks(text) == text.split("\n")


@given(st.text(alphabet="ab \n-#>|`1.~\t"))
def test_no_word_is_lost(text: str) -> None:
    assert " ".join(without_soft_breaks(text)).split() == text.split()
