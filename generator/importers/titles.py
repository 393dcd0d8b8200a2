"""The title of a write-up: its highest heading, or a better text."""

from __future__ import annotations

import re

from generator.importers.decoding import WriteUp
from generator.importers.document import ParsedWriteUp, WriteUpParagraph, WriteUpSection
from generator.importers.draft import Draft
from generator.importers.headings import Topic, exact_topic, heading_topic, label_topic, phrase
from generator.importers.words import words

# Words that do not say what broke.
_GENERIC = frozenset(
    """a an the of for post mortem postmortem incident report incidents outage issue issues problem fix
    fixed session complete completed critical production urgent hotfix resolved solved summary analysis
    root cause rca review retrospective document doc notes write up writeup template title bug error
    deployment final status update resolution major minor blameless""".split()
)
_LONGEST_TITLE = 300
# A prefix before the title that says that this is a post-mortem.
_KIND = re.compile(
    r"\A(?:incident )?(?:post[- ]?mortem|incident(?: report| review| analysis)?|rca|outage(?: report)?"
    r"|root cause analysis)(?: (?:of|for|on))?\s*[:\u2013\u2014-]\s+",
    re.IGNORECASE,
)


def title_section(document: ParsedWriteUp) -> WriteUpSection | None:
    """Return the section whose heading is the title of the write-up, if there is one."""
    named = [section for section in document.sections if section.heading]
    if not named or named[0].level > min(section.level for section in named):
        return None
    first = named[0]
    same = [section for section in named if section.level == first.level]
    if exact_topic(first.heading) and (len(same) > 1 or len(named) == 1):
        return None
    if first.level > 1 and len(same) > 1:
        return None
    if first.level > 1 and heading_topic(first.heading):
        return None
    return first


def set_title(
    draft: Draft, title: WriteUpSection | None, document: ParsedWriteUp, write_up: WriteUp
) -> None:
    """Set the title; a heading that does not say what broke becomes an alias."""
    heading = " ".join(title.heading.replace("`", "").split()).strip() if title else ""
    heading = re.sub(r"^[^\w\"'(\[<]+", "", heading) or heading
    if (shorter := _KIND.sub("", heading)) != heading and not _is_generic(shorter):
        draft.leftover_headings.append(heading)
        heading = shorter[:1].upper() + shorter[1:]
    if draft.title:
        if heading and phrase(heading) != phrase(draft.title) and heading not in draft.fields.get("symptom", {}).get("alerts", ()):  # fmt: skip
            _other_name(draft, heading)
        return
    candidates = [heading, _subject(document), words_of_file_name(write_up.name)]
    good = next((c for c in candidates if c and not _is_generic(c)), "")
    draft.title = (good or next(filter(None, candidates), "") or "Write-up")[
        :_LONGEST_TITLE
    ].strip()
    if heading and draft.title != heading:
        _other_name(draft, heading)
    draft.count("title", draft.title)


def _is_generic(text: str) -> bool:
    return all(word in _GENERIC or word.isdecimal() for word in words(text))


def _other_name(draft: Draft, heading: str) -> None:
    if len(heading) <= _LONGEST_TITLE:
        draft.name("aliases", heading)
    else:
        draft.leftover_headings.append(heading)


def _subject(document: ParsedWriteUp) -> str:
    """Return the subject of the write-up: a label such as `**Issue**`, else a subtitle."""
    for section in document.sections:
        for block in section.blocks:
            label = block.label if isinstance(block, WriteUpParagraph) else None
            if label and label.value and label_topic(label.name) in (Topic.SYMPTOM, Topic.TITLE):
                line = label.value.replace("`", "").split("\n")[0].strip()
                if 10 <= len(line) <= 150:
                    return line
    for section in document.sections[:2]:
        for block in section.blocks[:1]:
            if (
                isinstance(block, WriteUpParagraph)
                and not (block.label and block.label.value)
                and block.raw.startswith("**")
                and len(block.text) <= 150
                and not heading_topic(block.text)
            ):
                return block.text.split("\n")[0]
    return ""


def words_of_file_name(name: str) -> str:
    """Return a file name without its extension, as separate words."""
    plain = re.sub(
        r"\.(?:md|mdx|markdown|mdown|txt|text|rst|rest|html?|xhtml|adoc|asciidoc|asc|wiki|jira|confluence|json)\Z",
        "",
        name,
        flags=re.IGNORECASE,
    )
    return plain if " " in plain else " ".join(re.sub(r"[_-]+", " ", plain).split())
