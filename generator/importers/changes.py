"""Changes: lists and tables of files, and code before and after."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.importers.blocks import (
    is_prose,
    item_prose,
    note_text,
    plain_cells,
    prose_of,
    row_text,
)
from generator.importers.document import (
    List,
    ListItem,
    WriteUpBlock,
    WriteUpCode,
    WriteUpParagraph,
    WriteUpTable,
)
from generator.importers.draft import Draft, Values
from generator.importers.headings import is_column, phrase, without_number
from generator.importers.shell import is_shell
from generator.importers.snippets import LINE, SAME, code_change
from generator.importers.steps import read_steps
from generator.importers.words import words
from generator.knowledge.drafting import CODE_LEFT

_PATH = r"(?:[\w@.~-]+[/\\])*[\w@.~-]*\.[A-Za-z][\w./]{0,20}|(?:[\w@.~-]+/)+[\w@.~-]+|(?:Dockerfile|Makefile|Jenkinsfile|Procfile)"
_FILE = re.compile(
    rf"`({_PATH})`|(?<![\w`/@.~-])((?:[\w@.~-]++/)+[\w@.~-]+\.\w{{1,8}}|[\w@.~-]+\.(?:mjs|cjs|jsx?|tsx?|py|rb|go|rs|java|kt|cs|php|sql|ya?ml|json|toml|tf|sh|bat|ps1|conf|cfg|ini|env|xml|html|css|scss|md|c|h|cpp|vue|gradle))(?![\w/])"
)
_FILE_LABELS = re.compile(
    r"(?:new |affected |changed )?files?(?: ?(?:names?|paths?))?(?: (?:modified|changed|created|added|updated|deleted|removed|touched|affected))?"
    r"|(?:modified|changed|created|added|updated|new|deleted|removed) files?|path|location"
)
_SAYS_BEFORE = re.compile(
    r"\W*(before|old|previously|old code|before the fix|original)\b[^.\n]{0,40}\W*\Z", re.I
)
_SAYS_AFTER = re.compile(
    r"\W*(after|new|now|new code|after the fix|fixed)\b[^.\n]{0,40}\W*\Z", re.I
)
_ORDER = ("file", "line", "language", "before", "after", "description")


def is_file_table(table: WriteUpTable) -> bool:
    """Whether a table lists changed files."""
    return any(is_column(cell, "file") for cell in table.header.cells)


def file_in(text: str) -> tuple[str, int | None] | None:
    """Return the file that a text names, and its line if there is one."""
    match = _FILE.search(text)
    if not match:
        return None
    line = LINE.search(text)
    return match[1] or match[2], int(line[1]) if line else None


def is_file_label(label: str) -> bool:
    """Whether a label says that a file follows: `File Modified`."""
    return bool(_FILE_LABELS.fullmatch(phrase(label)))


def read_fix(draft: Draft, blocks: Sequence[WriteUpBlock], heading: str, lead: str) -> None:
    """Read the blocks of a fix: changed files with their code, and steps.

    Args:
        draft: the draft.
        blocks: the blocks under one heading.
        heading: the heading for a note.
        lead: the heading, if it is inside the fix, such as `1. Changed the name`.
    """
    if any(isinstance(block, List) and any(_names_file(item) for item in block.items) for block in blocks):  # fmt: skip
        _labelled(draft, blocks, heading, lead)
        return
    rest: list[WriteUpBlock] = []
    codes = [block for block in blocks if isinstance(block, WriteUpCode)]
    pending = ""
    for block in blocks:
        if isinstance(block, WriteUpTable) and is_file_table(block):
            read_changes(draft, [block], heading, "")
        elif isinstance(block, WriteUpCode) and (change := code_change(block, pending)):
            with draft.unit(heading, block.raw):
                _add_change(draft, change, block.text, stated=bool(pending))
            if pending and rest:
                # The change replaces "Before:".
                marker = rest.pop()
                if set(words(marker.raw)) - {"before", "after"}:
                    rest.append(marker)
                else:
                    draft.said_by_field_name(marker.raw)
            pending = ""
        else:
            rest.append(block)
            pending = _side(block) if codes else ""
            _remember_file(draft, block)
    if rest or lead:
        read_steps(draft, "steps", rest, heading, lead)


def _side(block: WriteUpBlock) -> str:
    if isinstance(block, WriteUpParagraph) and len(block.text) < 60:
        if _SAYS_BEFORE.match(block.text):
            return "before"
        if _SAYS_AFTER.match(block.text):
            return "after"
    return ""


def _remember_file(draft: Draft, block: WriteUpBlock) -> None:
    if isinstance(block, WriteUpParagraph) and (found := file_in(block.text)):
        draft.last_file = found
        if found[0] not in draft.files:
            draft.files.append(found[0])


def _names_file(item: ListItem) -> bool:
    return item.label is not None and is_file_label(item.label.name) and bool(file_in(item.label.value))  # fmt: skip


def _labelled(draft: Draft, blocks: Sequence[WriteUpBlock], heading: str, lead: str) -> None:
    """Read changes that are described by labels: File, Change, Purpose, and perhaps their code."""
    told: list[str] = [without_number(lead)] if lead else []
    change: Values = {}
    with draft.unit(heading, "\n".join(block.raw for block in blocks)):
        for block in blocks:
            if isinstance(block, List):
                for item in block.items:
                    if _names_file(item) and item.label:
                        found = file_in(item.label.value)
                        assert found is not None
                        if "file" in change:
                            _enter(draft, change, told)
                            change, told = {}, []
                        change["file"] = found[0]
                        if found[1]:
                            change["line"] = found[1]
                        draft.last_file = found
                        told += _label_words(draft, item.label.name, item.label.value)
                    else:
                        told += _said(draft, item)
            elif isinstance(block, WriteUpCode):
                made = code_change(block, "")
                if made and not {"before", "after"} & set(change):
                    change.update({k: v for k, v in made.items() if k != "description"})
                    told += [made["description"]] if "description" in made else []
                    draft.count("fix", block.text)
                    draft.seen(block.language)
                elif is_shell(block):
                    read_steps(draft, "steps", [block], heading, "")
                else:
                    with draft.unit(heading, block.raw):
                        pass
            elif is_prose(block):
                told.append(prose_of(block))
            else:
                with draft.unit(heading, block.raw):
                    pass
        _enter(draft, change, told)


def _label_words(draft: Draft, label: str, value: str) -> list[str]:
    """Return what a label such as `File Created` says, except that there is a file."""
    found = _FILE.search(value)
    rest = (value[: found.start()] + value[found.end() :]) if found else value
    rest = LINE.sub("", rest).strip(" -\u2013—:()")
    draft.count("fix", value)
    verb = [word for word in phrase(label).split() if word not in ("file", "files")]
    draft.said_by_field_name(label)
    if verb and verb != ["modified"] and verb != ["changed"]:
        return [f"{label.strip()}. {rest}".strip()] if rest else [f"{label.strip()}."]
    return [rest] if words(rest) else []


def _said(draft: Draft, item: ListItem) -> list[str]:
    """Return the description of a change in an item; the field replaces the label `Change`."""
    label = item.label
    if label and phrase(label.name) in ("change", "changes", "description"):
        draft.said_by_field_name(label.name)
        below = [prose_of(block) for block in item.below]
        return ["\n".join(part for part in (label.value, *below) if part.strip())]
    return [item_prose(item)]


def _enter(draft: Draft, change: Values, told: Sequence[str]) -> None:
    """Add a change with its description."""
    text = "\n\n".join(part for part in told if part.strip())
    if text:
        change["description"] = text
    _merge(draft, change)
    draft.count("fix", str(change["file"]), str(change.get("line", "")), text)


def _merge(draft: Draft, change: Values) -> None:
    """Add a change, or merge it into the existing change of the same file."""
    changes: list[Values] = draft.fields.setdefault("changes", [])
    for earlier in changes:
        code = {"before", "after"} & set(earlier) and {"before", "after"} & set(change)
        if earlier["file"] == change["file"] and not code:
            description = change.get("description", "")
            if description and description not in earlier.get("description", ""):
                earlier["description"] = "\n\n".join(filter(None, (earlier.get("description"), description)))  # fmt: skip
            for key in ("line", "language", "before", "after"):
                if key in change:
                    earlier.setdefault(key, change[key])
            return
    changes.append(change)


def keys_in_order(change: Values) -> Values:
    """Return a change with its keys in the order of the model."""
    return {key: change[key] for key in _ORDER if key in change}


def _add_change(draft: Draft, change: Values, raw: str, *, stated: bool) -> None:
    """Add a change of code to the file that was named last; without one, the change waits.

    Args:
        draft: the draft.
        change: the change.
        raw: the code as the write-up has it.
        stated: whether the write-up says that it is the code before or after.
    """
    change, place = dict(change), draft.last_file
    draft.count("fix", *(str(v) for v in change.values()))
    said = {word for value in change.values() for word in words(str(value))}
    markers = [word for word in words(raw) if word not in said]
    if set(markers) <= SAME | {"before", "after", "line", "lines"}:
        draft.said_by_field_name(" ".join(markers))  # The keys say so.
    if place and "file" not in change:
        change["file"] = place[0]
        if place[1] and "line" not in change:
            change["line"] = place[1]
    if "file" not in change:
        if not stated and "before" not in change and words(raw) == words(change["after"]):
            change["code"] = change.pop("after")
        draft.pending_changes.append(change)
        return
    _put(draft, change)


def _put(draft: Draft, change: Values) -> None:
    """Add a change; the code after it joins the code before it."""
    changes: list[Values] = draft.fields.setdefault("changes", [])
    side = {"before", "after"} & set(change)
    last = changes[-1] if changes else {}
    if (
        last.get("file") == change["file"]
        and len(side) == 1
        and not side & set(last)
        and {"before", "after"} & set(last)
    ):
        last.update({key: change[key] for key in side})  # The other half of the same change.
        return
    _merge(draft, change)


def place_changes_without_file(draft: Draft) -> None:
    """Add the only file of the write-up to changes without a file, or keep them as notes."""
    files = list(dict.fromkeys(change["file"] for change in draft.fields.get("changes", ())))
    files = files or draft.files
    for change in draft.pending_changes:
        if len(files) == 1:
            named = {"after" if key == "code" else key: value for key, value in change.items()}
            _put(draft, {**named, "file": files[0]})
            continue
        for key in ("description", "before", "after", "code"):
            if key in change:
                # The language is a word of the write-up, too.
                fence = f"```{change.get('language', '')}"
                code = change[key] if key == "description" else f"{fence}\n{change[key]}\n```"
                draft.note(CODE_LEFT, code if key == "code" else f"{key.capitalize()}:\n\n{code}")
    draft.pending_changes.clear()
    if "changes" in draft.fields:
        draft.fields["changes"] = [keys_in_order(change) for change in draft.fields["changes"]]


def read_changes(draft: Draft, blocks: Sequence[WriteUpBlock], heading: str, lead: str) -> None:
    """Read blocks that list changed files; blocks without a file become notes."""
    if any(isinstance(b, List) and any(map(_names_file, b.items)) for b in blocks) or _has_code(
        blocks
    ):
        read_fix(draft, blocks, heading, lead)
        return
    if lead:
        draft.leftover_headings.append(lead)
    for block in blocks:
        if isinstance(block, WriteUpTable) and is_file_table(block):
            with draft.unit(heading, block.raw):
                _file_table(draft, block, heading)
        elif isinstance(block, List) and any(file_in(item.text) for item in block.items):
            for item in block.items:
                with draft.unit(heading, item.raw, item_prose(item)):
                    _file_item(draft, item)
        elif isinstance(block, WriteUpParagraph) and (found := file_in(block.text)) and len(words(block.text)) < 40:  # fmt: skip
            with draft.unit(heading, block.raw, block.text):
                _file_text(draft, block.text, found)
        else:
            with draft.unit(heading, block.raw, note_text(block)):
                pass


def _has_code(blocks: Sequence[WriteUpBlock]) -> bool:
    return any(isinstance(block, WriteUpCode) for block in blocks)


def _file_item(draft: Draft, item: ListItem) -> None:
    found = file_in(item.text)
    if found and all(map(is_prose, item.blocks)):
        _file_text(draft, item_prose(ListItem(item.raw, item.blocks)), found)


def _file_text(draft: Draft, text: str, found: tuple[str, int | None]) -> None:
    """Read a text such as "`path` - what was done there"."""
    change: Values = {"file": found[0]}
    if found[1]:
        change["line"] = found[1]
    match = _FILE.search(text)
    assert match is not None
    rest = text[: match.start()] + text[match.end() :]
    rest = LINE.sub("", rest, count=1) if found[1] and text.count(str(found[1])) == 1 else rest
    # A file name may continue, as in `deploy.bat/.sh`.
    begins_well = re.match(r"\s*[-\u2013—:(]|\s+\w", rest[match.start() :] or " -") is not None
    rest = rest.strip().lstrip("-\u2013—:").strip() if begins_well else text
    if words(rest):
        change["description"] = rest
    draft.count("fix", text)
    _merge(draft, change)


def _file_table(draft: Draft, table: WriteUpTable, heading: str) -> None:
    header = list(table.header.cells)
    file_column = next(n for n, cell in enumerate(header) if is_column(cell, "file"))
    main = next((n for n, c in enumerate(header) if n != file_column and is_column(c, "change")), None)  # fmt: skip
    draft.said_by_field_name(header[file_column])
    if main is not None:
        draft.said_by_field_name(header[main])
    for row, cells in zip(table.rows, plain_cells(table), strict=True):
        with draft.unit(heading, row.raw, row_text(row)):
            found = file_in(cells[file_column])
            if not found:
                continue
            change: Values = {"file": found[0]}
            parts = []
            for n, cell in enumerate(cells):
                if n == file_column or not words(cell):
                    continue
                if n == main:
                    line = re.match(r"Lines? ([1-9]\d{0,5})\s*:\s*", cell)
                    if line:
                        change["line"] = int(line[1])
                        draft.said_by_field_name(line[0])
                        cell = cell[line.end() :]
                    parts.append(cell)
                else:
                    parts.append(f"{header[n]}: {cell}")
                    draft.count("fix", header[n])
            if found[1]:
                change.setdefault("line", found[1])
            if told := "\n\n".join(part for part in parts if part.strip()):
                change["description"] = told
            draft.count("fix", *cells, str(change.get("line", "")))
            _merge(draft, change)
