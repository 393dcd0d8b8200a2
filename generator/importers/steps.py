"""Steps of a runbook: of diagnosis, mitigation, fix and verification."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from generator.importers.blocks import is_prose, item_prose, one_line_code, prose_of
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
from generator.importers.errors import errors_in, looks_like_error, place_error
from generator.importers.headings import without_number
from generator.importers.words import words
from generator.model import Risk
from generator.rules.steps import destructive_text

_SHELL = frozenset(
    "sh bash shell console zsh shell-session shellsession terminal fish cmd powershell ps1 bat".split()
)
# Languages in which a line end is like a space, so that a query can be part of a sentence.
_QUERIES = frozenset("promql logql metricsql".split())
_PROMPT = re.compile(r"^\s*(?:\[?[\w.-]+@[\w.-]+[^$#\n]{0,40})?\$ (?=\S)")
_ROOT_PROMPT = re.compile(r"^\s*# (?=\S)")
_PROGRAMS = re.compile(
    r"^\s*(?:sudo\s+)?(?:kubectl|oc|docker|helm|aws|gcloud|az|terraform|systemctl|journalctl|curl|wget"
    r"|psql|mysql|redis-cli|etcdctl|promtool|amtool|git|npm|yarn|pip|python3?|node|ssh|scp|tail|cat|grep"
    r"|ls|ps|df|du|top|free|kill|pkill|chmod|chown|mkdir|rm|mv|cp|sed|awk|find|openssl|dig|nslookup|ping|ip"
    r"|ansible|ansible-playbook|make|service|crontab|mount|umount|lsof|ss|netstat|dmesg|nc|echo|export)\b(?![:=])"
)
_NOTHING = re.compile(
    r"\W*(?:n ?/? ?a|no|none|nothing|tbd|todo|not applicable|unknown|-+)\W*\Z"
    r"|(?:.{0,60}\b)?(?:no|not|isnt|isn't|cannot|can't|unable|impossible|without)\b.{0,90}"
    r"\b(?:work\W?arr?ounds?|workarr?oud|simulat\w*|reproduc\w*|replicat\w*|steps?|solution|way|available|known)\b.{0,40}\Z",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip
_MOST_NOTHING = 24

_READS = re.compile(
    r"(?:sudo\s+)?(?:(?:\S*/)?(?:ls|df|du|ps|free|uptime|cat|head|tail|grep|egrep|fgrep|zgrep|wc|sort|uniq"
    r"|cut|jq|journalctl|dmesg|ss|netstat|dig|nslookup|host|ping|lsof|lsblk|lscpu|id|whoami|date|hostname"
    r"|vmstat|iostat|which|stat)\b"
    r"|(?:kubectl|oc)\s+(?:(?:-n|--namespace|--context|-l)[ =]\S+\s+|-A\s+)*(?:get|describe|logs|top|version|explain|cluster-info|api-resources|auth\s+can-i)\b"
    r"|helm\s+(?:list|ls|status|get|history|version)\b"
    r"|docker\s+(?:ps|logs|inspect|images|stats|version|info)\b"
    r"|git\s+(?:log|status|diff|show|blame)\b"
    r"|systemctl\s+(?:status|is-active|is-enabled|list-units|show)\b"
    r"|etcdctl\s+(?:version|endpoint\s+(?:health|status))\b)"
)  # fmt: skip
_MAY_WRITE = re.compile(
    r"[>`]|\$\(|\b(?:tee|xargs|exec|delete|--output|-delete|-i\b)|\bsystemctl\s+(?:re)?start"
)


def is_shell(code: WriteUpCode) -> bool:
    """Whether a block holds commands to run."""
    if code.language in _SHELL:
        return True
    if code.language and code.language not in ("text", "txt", "plain", "none"):
        return False
    lines = [line for line in code.text.split("\n") if line.strip()]
    return bool(lines) and (bool(_PROMPT.match(lines[0])) or bool(_PROGRAMS.match(lines[0])))


def commands_and_output(code: WriteUpCode) -> tuple[str, str]:
    """Return the commands of a block without prompts, and their output.

    In a block without prompts, everything is commands. A line that begins with `#` stays unchanged,
    even if it may be the prompt of root: as a comment, it does no harm.
    """
    lines = code.text.split("\n")
    if not any(_PROMPT.match(line) for line in lines):
        return textwrap.dedent(code.text).strip("\n"), ""
    commands: list[str] = []
    output: list[str] = []
    goes_on, here = False, ""
    for line in lines:
        prompt = _PROMPT.match(line)
        if here or goes_on:
            commands.append(line)
            here = "" if here and line.strip() == here else here
        elif prompt:
            line = line[prompt.end() :]
            commands.append(line)
            begin = re.search(r"<<-?\s*['\"]?(\w+)", line)
            here = begin[1] if begin else ""
        elif _ROOT_PROMPT.match(line):
            commands.append(line.strip())
        elif line.strip():
            output.append(line)
        goes_on = line.rstrip().endswith("\\") and bool(prompt or goes_on)
    return "\n".join(commands), "\n".join(output)


def risk_of(command: str) -> str | None:
    """Return the risk of a command if it is obvious, else None."""
    if destructive_text(command):
        return Risk.DESTRUCTIVE.value
    joined = command.replace("\\\n", " ")
    lines = [line.strip() for line in joined.split("\n")]
    parts = [
        part.strip()
        for line in lines
        if line and not line.startswith("#")
        for part in re.split(r"\|\|?|&&|;", re.sub(r"'[^']*'|\"[^\"]*\"", "''", line))
    ]
    if parts and all(_READS.match(part) and not _MAY_WRITE.search(part) for part in parts if part):
        return Risk.READ_ONLY.value
    return None


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

    def read(self, blocks: Sequence[WriteUpBlock]) -> None:
        position = 0
        while position < len(blocks):
            block = blocks[position]
            following = blocks[position + 1] if position + 1 < len(blocks) else None
            position += 1
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
            with self.draft.unit(self.heading, block.raw, _note_text(block)):
                self.block(block)
        if self.lead:
            self.draft.leftover_headings.append(self.lead)

    def block(self, block: WriteUpBlock) -> None:
        if isinstance(block, WriteUpParagraph):
            if says_there_is_none(block.text):
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

    def item(self, item: ListItem) -> None:
        codes = [part for part in item.below if isinstance(part, WriteUpCode) and is_shell(part)]
        rest = [part for part in item.blocks if part not in codes]
        label = item.label
        if not item.text or not all(map(is_prose, rest)):
            for part in item.blocks:
                with self.draft.unit(self.heading, part.raw, _note_text(part)):
                    self.block(part)
            return
        text = item_prose(ListItem(item.raw, tuple(rest), item.checked))
        if self.name == "verification" and label and label.bold and label.value and len(rest) == 1:
            self.add(label.name, expect=label.value)
        else:
            self.add(text)
        for code in codes:
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
        self.last = step

    def code(self, code: WriteUpCode) -> None:
        if is_shell(code):
            self.command(code)
        elif looks_like_error(code) and place_error(self.draft, code.text):
            return
        elif code.language in _QUERIES and "`" not in code.text and "#" not in code.text:
            self.inline(f"`{' '.join(code.text.split())}`", code)
        elif (line := one_line_code(code.text)) is not None:
            self.inline(line, code)

    def command(self, code: WriteUpCode) -> None:
        if self.last is None:
            self.add("Run this")
        step = self.last
        assert step is not None
        if "run" in step:  # Nothing is between the two: they belong to one step.
            code = WriteUpCode(code.raw, "\n".join((step["run"], commands_and_output(code)[0])))
            step.pop("risk", None)
        with_command(step, code)
        output = WriteUpCode("", step.get("expect", {}).get("shows", ""))
        if self.name == "diagnosis" and looks_like_error(output):
            place_error(self.draft, output.text)
        self.draft.count(self.name, step["run"], step.get("expect", {}).get("shows", ""))

    def inline(self, text: str, code: WriteUpCode) -> None:
        if self.last is None or "run" in self.last:
            self.add(text)
            return
        self.last["do"] += f" {text}" if len(text) < 90 else f"\n\n{text}"
        self.draft.count(self.name, code.text)


def _introduces(block: WriteUpParagraph) -> bool:
    return block.text.rstrip().endswith((":", "\uff1a"))


def _note_text(block: WriteUpBlock) -> str:
    return prose_of(block) if is_prose(block) else ""
