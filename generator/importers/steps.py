"""Steps of a runbook: of diagnosis, mitigation, fix and verification."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.importers.acts import tells_who_came
from generator.importers.blocks import is_prose, item_prose, note_text, one_line_code, prose_of
from generator.importers.document import (
    Html,
    List,
    ListItem,
    Quote,
    WriteUpBlock,
    WriteUpCode,
    WriteUpParagraph,
    WriteUpTable,
)
from generator.importers.draft import Draft, Values
from generator.importers.errors import errors_in, looks_like_error, place_error, place_error_of
from generator.importers.headings import without_number
from generator.importers.shell import (
    begins_with_command,
    commands_and_output,
    is_shell,
    risk_of,
)
from generator.importers.words import words

# Languages in which a line end is like a space, so that a query can be part of a sentence.
_QUERIES = frozenset(
    "promql logql metricsql sql mysql psql pgsql postgres postgresql plsql tsql cql kql kusto esql spl"
    " influxql traceql".split()
)
_COMMENTS_IN_QUERIES = re.compile(r"`|#|--|//|/\*")
_STATEMENT_END = re.compile(r"(?<=;)[^\S\n]{0,20}\n")
_OUTPUTS = frozenset(
    "output text txt plain plaintext none console log logs json terminal".split()
) | {""}
# What introduces the result of a command: `Example output:`. Not a failure: the result is what to expect.
_RESULT = re.compile(
    r"(?:(?:an?|the|this|for|expected|example|sample|typical|successful) )*(?:outputs?|results?|responses?|example)\b"
    r"|(?:this |it |which |that |the command )?(?:(?:should|will|would) )?(?:returns?|shows?|prints?|outputs?|looks?|displays?)\b"
    r"|you (?:should|will|would|may|might|can) (?:now )?(?:see|get)\b"
    r"|.{0,200}\b(?:(?:example|sample|following|expected) (?:output|response)|looks? (?:something )?like(?: this)?|similar to(?: this| the following)?|along the lines of)\b.{0,40}\Z",
    re.IGNORECASE,
)
_NO_RESULT = re.compile(
    r"\b(?:if|when|errors?|fail\w*|problems?|wrong|instead|bad)\b", re.IGNORECASE
)
_LONGEST_RESULT = 240
_NOTHING = re.compile(
    r"\W*(?:n ?/? ?a|no|none|nothing|tbd|todo|not applicable|unknown|-+)\W*\Z"
    r"|(?:.{0,60}\b)?(?:no|not|isnt|isn't|cannot|can't|unable|impossible|without)\b.{0,90}"
    r"\b(?:work\W?arr?ounds?|workarr?oud|simulat\w*|reproduc\w*|replicat\w*|steps?|solution|way|available|known)\b.{0,40}\Z",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip
_MOST_NOTHING = 24


def is_query(code: WriteUpCode) -> bool:
    """Whether a block is a query that can be part of a sentence."""
    return code.language in _QUERIES and not _COMMENTS_IN_QUERIES.search(code.text)


def as_queries(code: WriteUpCode) -> str:
    """Return a query as code in a sentence: each statement by itself."""
    statements = (" ".join(part.split()) for part in _STATEMENT_END.split(code.text))
    return " ".join(f"`{statement}`" for statement in statements if statement)


def with_command(step: Values, code: WriteUpCode) -> None:
    """Add the commands of a block to a step, and their expected output."""
    commands, output = commands_and_output(code)
    step["run"] = commands
    if output.strip():
        step["expect"] = {"shows": output.strip("\n")}
    if risk := risk_of(commands):
        step["risk"] = risk


def says_there_is_none(text: str) -> bool:
    """Whether a passage only says that there is no workaround, or no way to reproduce."""
    return len(words(text)) <= _MOST_NOTHING and bool(_NOTHING.match(text.strip()))


def read_steps(
    draft: Draft, name: str, blocks: Sequence[WriteUpBlock], heading: str, lead: str
) -> None:
    """Read blocks as steps: each sentence or item one, with the commands that follow it.

    Args:
        draft: the draft.
        name: the field; `steps` is the one of the fix.
        blocks: the blocks.
        heading: the heading for a note.
        lead: the heading of this part of the field, which begins its first step.
    """
    _Steps(draft, name, heading, lead).read(blocks)


class _Steps:
    def __init__(self, draft: Draft, name: str, heading: str, lead: str) -> None:
        self.draft, self.name, self.heading = draft, name, heading
        self.lead = without_number(lead)
        self.last: Values | None = None
        # Whether the next commands belong to the last step, and the next output to its commands.
        self.takes_command = self.takes_output = False

    def read(self, blocks: Sequence[WriteUpBlock]) -> None:
        self.blocks(blocks)
        if self.lead:
            self.draft.leftover_headings.append(self.lead)

    def blocks(self, blocks: Sequence[WriteUpBlock]) -> None:
        position = 0
        while position < len(blocks):
            block = blocks[position]
            following = blocks[position + 1] if position + 1 < len(blocks) else None
            position += 1
            if self._result(block, following):
                position += 1
                continue
            if (
                isinstance(block, WriteUpParagraph)
                and _introduces(block)
                and isinstance(following, List)
            ):
                if following.ordered or self.name == "verification" or not is_prose(following):
                    # "Do this:" begins the first of its steps.
                    self.lead = " ".join(
                        filter(None, (f"{self.lead}:" if self.lead else "", block.text))
                    )
                    self.draft.count("", block.text)
                    continue
                # "Other things to check:" and its list items are one step.
                with self.draft.unit(self.heading, f"{block.raw}\n{following.raw}"):
                    self.add(f"{block.text}\n\n{prose_of(following)}")
                position += 1
                continue
            with self.draft.unit(self.heading, block.raw, note_text(block)):
                self.block(block)

    def block(self, block: WriteUpBlock) -> None:
        if isinstance(block, WriteUpParagraph):
            if says_there_is_none(block.text) or (
                self.name == "mitigation" and tells_who_came(block.text)
            ):
                return  # It becomes a note.
            if block.is_image and self.last:
                self.last["do"] += f"\n\n{block.text}"
                self.draft.count(self.name, block.text)
            else:
                self.add(block.text)
        elif isinstance(block, List):
            for item in block.items:
                with self.draft.unit(self.heading, item.raw):
                    self.item(item)
        elif isinstance(block, WriteUpCode):
            self.code(block)
        elif isinstance(block, Quote):
            if is_prose(block):
                self.add(prose_of(block))
        elif isinstance(block, WriteUpTable | Html):
            return

    def _result(self, block: WriteUpBlock, following: WriteUpBlock | None) -> bool:
        """Read `Example output:` and the block below it as the result of the last command."""
        if not (
            isinstance(block, WriteUpParagraph)
            and isinstance(following, WriteUpCode)
            and _introduces(block)
            and len(block.text) <= _LONGEST_RESULT
            and _RESULT.match(block.text)
            and not begins_with_command(following)
        ):
            return False
        with self.draft.unit(self.heading, f"{block.raw}\n{following.raw}"):
            if self.takes_output and not _NO_RESULT.search(block.text):
                self._shows(f"{block.text}\n{following.text}")
            else:
                self.add(block.text)
                with self.draft.unit(self.heading, following.raw):
                    self.quoted(following)
        return True

    def item(self, item: ListItem) -> None:
        codes = [part for part in item.below if isinstance(part, WriteUpCode)]
        if self.name == "mitigation" and not codes and tells_who_came(item_prose(item)):
            return  # It becomes a note.
        commands = [code for code in codes if is_shell(code)]
        rest = [part for part in item.blocks if part not in commands]
        label = item.label
        mixed = (bool(commands) and len(codes) > 1) or any(map(looks_like_error, codes))
        if not item.text or mixed or not all(map(is_prose, rest)):
            self.blocks(item.blocks)
            return
        text = item_prose(ListItem(item.raw, tuple(rest), item.checked), boxed=False)
        if self.name == "verification" and label and label.bold and label.value and len(rest) == 1:
            self.add(label.name, expect=label.value)
        else:
            self.add(text)
        for code in commands:
            self.code(code)

    def add(self, text: str, expect: str = "") -> None:
        if self.lead:
            between = " " if self.lead.endswith((":", "\uff1a")) else ": "
            text, self.lead = f"{self.lead}{between}{text}", ""
        if self.name == "diagnosis":
            errors_in(self.draft, text)
        step: Values = {"do": text}
        if expect:
            step["expect"] = expect
        self.draft.entry(self.name, step)
        self.last, self.takes_command, self.takes_output = step, True, False

    def code(self, code: WriteUpCode) -> None:
        if is_shell(code):
            self.command(code)
        else:
            self.quoted(code)

    def quoted(self, code: WriteUpCode) -> None:
        """Read code that is not run: an error, a result, a query."""
        if place_error_of(self.draft, code):
            return
        if self.takes_output and code.language in _OUTPUTS:
            self._shows(code.text)
        elif is_query(code):
            self.inline(as_queries(code), code)
        elif (line := one_line_code(code.text)) is not None:
            self.inline(line, code)

    def command(self, code: WriteUpCode) -> None:
        """Add commands to the last step; if something stands between them, they are a step."""
        if self.last is None or not self.takes_command:
            self.add("Run this")
        step = self.last
        assert step is not None
        with_command(step, code)
        self.takes_command, self.takes_output = False, "expect" not in step
        output = WriteUpCode("", step.get("expect", {}).get("shows", ""))
        if self.name == "diagnosis" and looks_like_error(output):
            place_error(self.draft, output.text)
        self.draft.count(self.name, step["run"], output.text)

    def _shows(self, text: str) -> None:
        """Add a text as what the command of the last step shows."""
        assert self.last is not None
        self.last["expect"] = {"shows": text.strip("\n")}
        self.takes_output = False
        self.draft.count(self.name, text)

    def inline(self, text: str, code: WriteUpCode) -> None:
        if self.last is None or "run" in self.last:
            self.add(text)
        else:
            self.last["do"] += f" {text}" if len(text) < 90 else f"\n\n{text}"
            self.draft.count(self.name, code.text)
        self.takes_command = False


def _introduces(block: WriteUpParagraph) -> bool:
    return block.text.rstrip().endswith((":", "\uff1a"))
