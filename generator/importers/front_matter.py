"""Front matter of write-ups, as generators of sites read it: title, date, severity and more above the text.

In YAML between `---` (Jekyll, Docusaurus, Hugo, Material for MkDocs), in TOML between `+++`, or in JSON (Hugo).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import yaml

from generator.importers.base import WriteUpFormat
from generator.importers.decoding import visible
from generator.importers.headings import Topic

_FRONT = re.compile(
    r"\A\s*(---|\+\+\+)[ \t]*\n(.*?)(?:^|\n)(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL
)
# Keys of Jekyll, Hugo, Docusaurus, Material and their themes that say how a page looks or where it is.
_PAGE_SETTINGS = frozenset(
    """
    layout permalink comments weight draft toc excerpt_separator sidebar_position sidebar_label
    sidebar_class_name displayed_sidebar hide_table_of_contents hide_title pagination_label pagination_prev
    pagination_next custom_edit_url toc_min_heading_level toc_max_heading_level unlisted linktitle menu outputs
    cascade sitemap robots nav_order has_children nav_exclude search_exclude mathjax math comment_id showtoc tocopen
    hidesummary showreadingtime disableshare isCJKLanguage hide template pin sticky sharing excerpt_image
    sidebar parent grand_parent mermaid redirect_from redirect_to aliases_enabled
    """.casefold().split()
)
PAGE_SETTING = "a setting of a site generator"
"""Why such a key is left out."""
PAGE_ADDRESS = "the address of the page"
"""Why a key that gives the name of the page is left out."""
_KEY = re.compile(r"(?:([A-Za-z_][\w .-]*+)|\"([^\"\n]+)\"|'([^'\n]+)')\s*+[:=]")
_TABLE = re.compile(r"\[\[?[ \t]{0,9}([\w-]+)[\w. \"'-]{0,200}\]\]?[ \t]{0,9}(?:#[^\n]*)?$")
COMMENT = "#"
"""The key of a comment."""
# Jekyll parts these by blanks; everybody else writes a list.
_WORDS = frozenset(("tags", "categories"))

FORMAT = WriteUpFormat(
    about="a write-up with front matter (YAML, TOML or JSON)",
    fits=lambda document: bool(document.front),
    front={
        # The day of publication, not of the incident.
        "date": Topic.WRITTEN,
        "start": Topic.DATE,
        "started": Topic.DATE,
        "level": Topic.SEVERITY,
        "priority": Topic.SEVERITY,
        "updated": Topic.WRITTEN,
        "lastmod": Topic.WRITTEN,
        "summary": Topic.SUMMARY,
        "description": Topic.SUMMARY,
        "impact": Topic.IMPACT,
        "affected": Topic.COMPONENTS,
        "root_cause": Topic.ROOT_CAUSE,
    },
)


def is_page_setting(key: str, value: Any) -> bool:
    """Whether a key of front matter is about the page, and not about the incident."""
    # `published` has a day elsewhere than in Jekyll.
    is_switch = key.casefold() == "published" and value in ("true", "false")
    return is_switch or key.casefold() in _PAGE_SETTINGS


def front_parts(raw: str, front: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each part of front matter with the key that it gives a value; all parts make up the whole.

    Lines before the first key have none; those of comments have `COMMENT`. A table of TOML is one part.

    Args:
        raw: the lines of the front matter.
        front: what they say.
    """
    is_text_of_lines = '"""' in raw or "'''" in raw  # In it, `#` begins no comment.
    parts: list[tuple[str, list[str]]] = [("", [])]
    comments: list[str] = []
    left = set(front)
    for line in raw.split("\n"):
        match = _KEY.match(line)
        key = (match[1] or match[2] or match[3]).strip() if match else ""
        if table := _TABLE.match(line):
            parts.append((table[1], [line]))
            left.clear()  # The keys below are those of the table.
        elif key in left:
            parts.append((key, [line]))
            left.discard(key)
        elif line.startswith("#") and not is_text_of_lines:
            comments.append(line)
        else:
            parts[-1][1].append(line)
    for key, lines in (*parts, *((COMMENT, [line]) for line in comments)):
        part = "\n".join(lines).strip("\n")
        if part.strip():
            yield key, part


def front_text(key: str, value: Any) -> str | None:
    """Return the value of a key of front matter as one text; None if it is more than a list of words.

    Args:
        key: the key.
        value: a text, or a list or mapping of such.
    """
    if isinstance(value, list):
        return ", ".join(value) if all(isinstance(one, str) for one in value) else None
    if not isinstance(value, str):
        return None
    return ", ".join(value.split()) if key.casefold() in _WORDS and "," not in value else value


def read_front_matter(text: str) -> tuple[dict[str, Any], str, str, str]:
    """Return the front matter, its lines, the text below it, and what is wrong with it.

    It is in YAML between `---`, in TOML between `+++`, or in JSON between braces.
    """
    if text.startswith("{"):
        return _json_front_matter(text)
    match = _FRONT.match(text)
    if not match or not match[2].strip():
        return {}, "", text[match.end() :] if match else text, ""
    raw, body = match[2].strip("\n"), text[match.end() :]
    try:
        if match[1] == "+++":
            data: Any = _as_text(tomllib.loads(match[2]))
        elif raw.count("[") + raw.count("{") > 200 or (
            "&" in raw and "*" in raw and len(raw) > 20_000
        ):
            raise ValueError("it nests too deeply")
        else:
            # Every value stays text as typed.
            data = _as_text(yaml.load(match[2], Loader=yaml.BaseLoader))  # noqa: S506 - builds text alone
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if match[1] == "---" and not re.match(r"[\w-]+:", raw):
            return {}, "", text, ""  # Two rules with text between them, not front matter.
        why = str(error).partition("\n")[0]
        return {}, raw, body, f"Its front matter cannot be read ({why}); kept in notes."
    if not isinstance(data, dict):
        return {}, "", text, ""
    return data, raw, body, ""


def _json_front_matter(text: str) -> tuple[dict[str, Any], str, str, str]:
    """Return front matter in JSON, as Hugo reads it, with a line for each key."""
    try:
        data, end = json.JSONDecoder().raw_decode(text)
        if not isinstance(data, dict) or text[end : end + 1] not in ("", "\n"):
            return {}, "", text, ""
        values = _as_text(data)
        raw = "\n".join(
            visible(
                f"{key}: {one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)}"
            )
            for key, one in data.items()
        )
    except (ValueError, RecursionError):
        return {}, "", text, ""
    return values, raw, text[end:], ""


def _as_text(value: Any) -> Any:
    """Return a value with all that is in it as text; escapes can stand for characters that no file may have."""
    if isinstance(value, dict):
        return {visible(str(key)): _as_text(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_text(one) for one in value]
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).replace("+00:00", "Z")
    return "" if value is None else visible(str(value))
