"""Lines of a text that its author broke only to fit a file, put together for another width."""

from __future__ import annotations

_BEGINS = ("- ", "* ", "+ ", "> ", "#", "|")
_FENCES = ("```", "~~~")


def without_soft_breaks(text: str) -> list[str]:
    """Return the paragraphs and list items of a Markdown text, each on one line; an empty line stays.

    Args:
        text: the text. Its code in fences keeps its lines.
    """
    lines: list[str] = []
    fenced, joins = False, False
    for line in text.strip().splitlines():
        words = line.strip()
        fence = words.startswith(_FENCES)
        if fenced or fence:
            lines.append(line.rstrip())
            fenced = fenced is not fence
            joins = False
        elif joins and words and not _begins(words):
            lines[-1] += f" {words}"
        else:
            lines.append(words)
            joins = bool(words) and not words.startswith(("#", "|"))
    return lines


def _begins(words: str) -> bool:
    """Whether a line begins something of its own, such as a list item."""
    number, dot, _ = words.partition(". ")
    return words.startswith(_BEGINS) or (bool(dot) and number.isascii() and number.isdigit())
