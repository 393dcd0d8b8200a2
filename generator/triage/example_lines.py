"""Reads an example of an error: its messages, without what logs write before and around them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from generator.signatures.normal_text import normal, unescaped_forms
from generator.signatures.template import line_prefix

LONGEST_LINE = 1_000
MOST_LINES = 400
_SHORT, _LONGEST_RAW = 16_000, 4_000
_MOST_NESTED = 8

ERROR = re.compile(
    r"[Ee]rror|ERROR|ERR!|Exception|EXCEPTION|FATAL|[Ff]atal|PANIC|[Pp]anic|[Ff]ail(?:ed|ure)|FAILED"
    r"|[Cc]annot|[Cc]ould not|[Uu]nable|refused|denied|timed out|[Tt]imeout|exceeded|[Kk]illed|aborted"
    r"|[Rr]ejected|[Ii]nvalid|not found|deadlock|overflow|corrupt|[Ii]nsufficient|too many|out of memory"
)
# What is never the error: frames of a stack, source lines, rulers.
_NOT_THE_ERROR = re.compile(
    r"\s*(?:at |\^|~|throw |File \"|\.\.\. \d|goroutine \d|\d{1,3}: 0x|<---|-{3}|@{3}|#\d+ 0x|stack backtrace)|.*\$\{"
)
_FRAME = re.compile(r"\s*File \"")
# Advice, which stays the same for several errors, and properties of an error that is an object.
_ADVICE = re.compile(
    r"(?:note|help|See|Please|Run|For help|You|This may|If this|Another|More info|To avoid|Make sure)\b"
    r"|'?\$?\w+'?: (?:'[^']*'|-?\d+|\w+),?\Z|'?\$?\w+'?: .{1,400},\Z"
)
# What comes before the message, besides the prefixes that white space in a template skips.
_PREFIXES = re.compile(
    r"[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{1,9} {1,9}\d{1,9} [\w.-]{1,80}:\d{1,6}\] ?"
    r"|[\w-]{1,60}\.go:\d{1,6}\] "
    r"|(?:Warning|Normal) {2,40}\S{1,60} {1,40}\S{1,20}(?: \(x\d{1,9} over \S{1,20}\))? {1,40}\S{1,60} {2,40}"
    r"|(?:Warning|Normal) {1,40}[A-Z]\w{1,60} {2,40}\S{1,20}(?: \(x\d{1,9} over \S{1,20}\))? {1,40}\S{1,60} {1,40}"
    r"|Exception in thread \"[^\"]{1,80}\" |Caused by: |Unhandled [Ee]xception[.:] "
    r"|(?:\[[^\[\]]{0,80}\] ?){1,6}"
    r"|npm (?:ERR!|error|WARN|warn)(?: |\Z)"
    r"|\*\d{1,12} |#\d{1,4} \d{1,6}\.\d{1,6} "
    r"|--- \[[^\[\]]{0,80}\] \S{1,120} {1,40}: "
)
_EXCEPTION = re.compile(r"[\w.]{0,200}(?:Exception|Error): \S")
# The logger behind a message, as log4j writes it.
_LOGGER = re.compile(r" \([a-z]\w{0,40}(?:\.\w{1,60}){1,8}\)\Z")
# A property that names the error.
_STATES = re.compile(
    r"'?(?:code|codeName|errorCode|reason)'?: '?[A-Z]\w{5,60}'?,?\Z", re.IGNORECASE
)
_SHOUTED = re.compile(r"\b[A-Z]{4,30}\b")
_ADVICE_LEVEL = re.compile(r"\b(?:HINT|DETAIL|CONTEXT|STATEMENT|LOG)\b")
_ADVISES = 8.0
_LEVEL = re.compile(r"\b(?:ERROR|FATAL|PANIC|CRITICAL|crit|alert|emerg|error|fatal)\b")
_SAID = ("msg", "message", "error", "err", "exception", "reason", "detail", "details", "cause")
_LOGFMT = re.compile(r'\b(?:msg|message|err|error|reason|cause)="((?:[^"\\]|\\.){12,600})"')
# A line of this width may go on with a small letter in the next one.
_NARROW, _WIDE = 55, 100
_KLOG = re.compile(r'"([^"\n]{6,400})" ')
_WORDS_BEFORE = re.compile(r"((?:npm )?[A-Za-z]{3,20}[!:]?)\s*\Z")
_LETTERS = re.compile("[^\\W\\d_]{4}")
_DIGIT = re.compile("[0-9]")
_GOES_ON = re.compile(r"(?!at |to \S+$)[a-z]+[,.;)]?(?: |\Z)")
_UNFINISHED = re.compile(r" (?:the|a|an|of|to|in|on|for|and|or|by|with|is|are)\Z")
_HEADING = re.compile(r"[A-Z][\w -]{2,40}:\Z")


class Token(NamedTuple):
    """A piece of a line.

    Attributes:
        text: the text; of a gap, empty.
        kind: `word`, `mark`, `gap` (anything), `break` (nothing may stand here), or a kind of
            varying text.
        name: as which parameter it is captured; empty if it is not.
        space: whether white space is before it.
    """

    text: str
    kind: str
    name: str = ""
    space: bool = False

    @property
    def key(self) -> str:
        """What must be equal so that two tokens are the same."""
        return self.text if self.kind in ("word", "mark") else f"\0{self.kind}"

    @property
    def varies(self) -> bool:
        """Whether it stands for any text."""
        return self.kind not in ("word", "mark", "break")


@dataclass(frozen=True)
class ExampleLine:
    """A message in an example: a line, or several that are one wrapped line.

    Attributes:
        text: its text, without a prefix.
        bonus: how likely it is the error, apart from its words.
        before: the words directly before it, such as `npm ERR!`.
    """

    text: str
    bonus: float
    before: str = ""


def excerpt(example: str) -> str:
    """Return a short example as it is; of a long one, the lines that may be the error."""
    return example if len(example) < _SHORT else "\n".join(_likely(_lines(example)))


def _lines(example: str) -> list[str]:
    return [line for line in normal(example).split("\n") if line.strip()]


def example_lines(example: str) -> list[ExampleLine]:
    """Return the messages of an example, at most `MOST_LINES`."""
    lines = _lines(example)
    found: list[ExampleLine] = []
    after_frame = False
    for line in _joined(_likely(lines)):
        said = list(_said(line))
        found += [ExampleLine(text[:LONGEST_LINE], 1.0) for text in said]
        source, after_frame = after_frame, bool(_FRAME.match(line))
        if source and line.startswith("    "):
            continue  # the line of the program, not of the error
        if said:
            continue
        text, before = _without_prefix(line)
        text = _LOGGER.sub("", text)
        if not text or _NOT_THE_ERROR.match(text):
            continue
        bonus = 1.0 if ERROR.search(text) else 0.0
        bonus -= 3.0 if text.startswith("{") else 0.0
        bonus += 2.0 if _EXCEPTION.match(text) else 0.0
        bonus += 2.0 if _LEVEL.search(before) else 0.0
        bonus += 2.0 if len(_SHOUTED.findall(text, 0, LONGEST_LINE)) > 2 else 0.0
        stated = bool(_STATES.match(text))
        bonus -= 1.0 if stated else 0.0
        bonus -= (
            _ADVISES if not stated and (_ADVICE_LEVEL.search(before) or is_advice(text)) else 0.0
        )
        words = _WORDS_BEFORE.search(before[-40:])
        found.append(ExampleLine(text[:LONGEST_LINE], bonus, words[1] if words else ""))
    if not found and lines:
        found = [ExampleLine(_without_prefix(lines[0])[0][:LONGEST_LINE], 0.0)]
    return found[:MOST_LINES]


def _likely(lines: Sequence[str]) -> list[str]:
    """Return all lines of a short text; of a long one its ends, and what looks like errors."""
    if len(lines) <= MOST_LINES:
        return [line[:_LONGEST_RAW] for line in lines]
    part = MOST_LINES // 4
    kept = set(range(part)) | set(range(len(lines) - part, len(lines)))
    errors = 0
    for number, line in enumerate(lines):
        if ERROR.search(line, 0, LONGEST_LINE):
            kept.update((number, min(number + 1, len(lines) - 1)))
            errors += 1
            if errors == part:
                break
    return [lines[number][:_LONGEST_RAW] for number in sorted(kept)]


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines; where a long line goes on with a small letter, both as one."""
    held, width = "", 0
    for line in lines:
        before = line_prefix(line)
        text = line[before:]
        fits = _NARROW <= width <= _WIDE and not _DIGIT.search(line, 0, before)
        wraps = fits and (_GOES_ON.match(text) or _UNFINISHED.search(held[-10:]))
        if wraps and held[-1:] not in ".:;{" and _bar(held) == _bar(line) and len(held) < LONGEST_LINE:  # fmt: skip
            held, width = f"{held.rstrip()} {text}", len(line)
            continue
        if held:
            yield held
        held, width = line, len(line)
    if held:
        yield held


def is_advice(text: str) -> bool:
    """Whether a sentence is advice, which stays the same for several errors."""
    return bool(_ADVICE.match(text))


def _bar(line: str) -> str:
    return line[:1] if line[:1] in "\u2502|>" else ""


def _without_prefix(line: str) -> tuple[str, str]:
    """Return the message of a line, and what is before it."""
    at = 0
    for _ in range(4):
        begin = at
        at += len(line[at:]) - len(line[at:].lstrip())
        found = _PREFIXES.match(line, at)
        at = found.end() if found else at + line_prefix(line[at:])
        if at == begin:
            break
    return line[at:].strip(), line[:at]


def _said(line: str) -> Iterator[str]:
    """Yield the messages in a line of JSON, or of keys and values."""
    begin = line.find("{")
    if 0 <= begin < 200 and '":' in line:
        try:
            found = list(dict.fromkeys(_messages(json.loads(line[begin:]), 0)))
        except (ValueError, RecursionError):
            pass
        else:
            before = _without_prefix(line[:begin])[0]
            yield from [before] if _LETTERS.search(before) else []
            yield from found
            return
    plain = next(unescaped_forms(line), line) if "\\" in line else line
    found = [match[1] for match in _LOGFMT.finditer(plain)]
    first = _KLOG.match(_without_prefix(plain)[0]) if found else None
    yield from dict.fromkeys([*([first[1]] if first else []), *found])


def _messages(value: Any, depth: int) -> Iterator[str]:
    if depth > _MOST_NESTED:
        return
    if isinstance(value, list):
        for one in value[:20]:
            yield from _messages(one, depth + 1)
    elif isinstance(value, dict):
        for key, one in value.items():
            if isinstance(one, str):
                said = key.lower().endswith(_SAID)
                first = next((line for line in one.splitlines() if line.strip()), "").strip()
                if key.lower() == "stack" or (said and (" " in first or len(first) > 11)):
                    yield from (part for part in one.splitlines() if part.strip() and not _NOT_THE_ERROR.match(part))  # fmt: skip
            else:
                yield from _messages(one, depth + 1)


# Each kind of varying text, the most specific first. With a name it is captured, without not.
_KINDS = (
    ("time", "", r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?|\b\d\d:\d\d:\d\d(?:[.,]\d+)?"
        r"|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d(?: [+-]\d{4}| [A-Z]{3})?"),
    ("address", "ADDRESS", r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>)\]]*[^\s\"'<>)\]:,.;]|\barn:aws[\w:/*.-]*\w|[\w.+-]+@[\w-]+\.[\w.-]*\w|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|::1(?::\d+)?\b|\b(?:[\w-]+\.)+[a-z]{2,}:\d+\b"
        r"|\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|cloud|local|internal|example|lan|corp|test)(?:\.[a-z]{2})?\b(?!\.\w)(?:(?:/[\w.-]+)+(?::[\w.-]*\w)?)?"),
    ("id", "", r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b|\b0x[0-9a-fA-F]+\b|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b|\bsha256:[0-9a-f]+"),
    ("path", "PATH_NAME", r"(?<![\w.])(?:~|\.{1,2})?/(?:[\w.@+-]+/)*[\w.@+-]+(?::\d+)*|\b[A-Za-z]:\\[\w.\\ -]*\w|(?<![\w/.])(?:[\w@.+-]+/)+[\w@.+-]+\.\w{1,4}(?::\d+)*\b|(?<![\w/.])[a-z][a-z0-9.]*-[a-z0-9.-]*/[\w.-]*\w"),
    ("pod", "POD", r"\b[a-z][a-z0-9-]*-(?=[a-z]*\d)[a-z0-9]{8,10}-[a-z0-9]{5}(?:_[\w-]+|\b)"),
    ("version", "", r"(?<![\w@])@?[\w./-]+@[\^~]?\d[\w.-]*|(?<!\w)[\w.-]+[=<>~!]=[\w.*]*\w"),
    ("operation", "", r"\b[A-Z]\w+(?= operation\b)"),
    ("code", "", r"\b[A-Z]{1,5}-\d{2,6}\b"),
    ("item", "", r"\b[a-z_]\w*\.\d\w*|(?<![\w.-])[A-Za-z_][\w-]*-\d+\b(?!-)"),
    ("name", "NAME", r"(?<![\w.{])[a-z]+(?:[A-Z][a-z0-9]+)+(?![\w.(}])"),
    ("number", "", r"(?<![\w.])-?\d+(?:[.,]\d+)*(?:(?:ns|us|µs|ms|s|m|h|[kKMGT]i?[Bb]?|mb|gb|kb|%)(?:\d+(?:\.\d+)?(?:ms|s|m|h))*)?(?!\w)"),
)  # fmt: skip
_NAMES = {kind: name for kind, name, _ in _KINDS}
_VARIES = "|".join(f"(?P<{kind}>{pattern})" for kind, _, pattern in _KINDS)
# A quoted name: short, without spaces. Three lowercase words joined by underscores are the name of
# a constraint or an index, which identifies the error.
_QUOTED = r"(?P<open>[\"'`])(?P<quoted>(?!\{)[^\s\"'`{}]{1,80})(?P=open)"
_TELLS = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+){2,}")
_PIECE = re.compile(
    rf"(?P<blank>\s+)|{_QUOTED}|{_VARIES}|(?P<word>\w+(?:[-'\u2019]\w+)*)|(?P<mark>.)", re.DOTALL
)
# After these words, a number says which error it is.
_BEFORE_CODE = frozenset(
    "code status errno error exit signal http statuscode sqlstate state errors returned".split()
)
_NOUNS = frozenset(
    """
    alias bucket column configmap constraint container database endpoint extension function image index job
    module partition pod queue relation role schema secret sequence table topic user volume
    """.split()
)


# What follows a name after a noun: `container api in pod ...`, `endpoint web (...)`.
_IS_NAME = re.compile(r" \(| in (?:pod|namespace|database|schema|vhost)\b")


def tokens_of(line: str) -> list[Token]:
    """Split a line into words, marks and varying text."""
    found: list[Token] = []
    space = False
    last = ""  # the last word, in lower case
    for piece in _PIECE.finditer(line):
        kind, text = piece.lastgroup or "", piece[0]
        if piece["blank"]:
            space = True
            continue
        if piece["quoted"] is not None:
            found += _quoted(piece["open"], piece["quoted"], space, last)
        elif kind == "code" or (kind == "number" and _is_code(text, last, line[piece.end() :])):
            found.append(Token(text, "word", "", space))
        elif kind == "word" and _is_program(found, last):
            found.append(Token(text, "program"))
        elif kind == "word" and last in _NOUNS and _IS_NAME.match(line, piece.end()):
            found.append(Token(text, "quoted", last.upper(), space))
        elif kind in _NAMES:
            name = last.upper() if kind in ("name", "pod") and last in _NOUNS else _NAMES[kind]
            found.append(Token(text, kind, name, space))
        else:
            found.append(Token(text, kind, "", space))
        if kind == "word":
            last = text.lower()
        space = False
    return found


def _quoted(quote: str, text: str, space: bool, last: str) -> Iterator[Token]:
    yield Token(quote, "mark", "", space)
    if _TELLS.fullmatch(text) or "(" in text or "::" in text:
        yield Token(text, "word")
    else:
        found = _PIECE.fullmatch(text)
        kind = (found.lastgroup or "") if found else ""
        kind = kind if kind in _NAMES else "quoted"
        name = _NAMES.get(kind, "NAME")
        never = kind in ("id", "time", "number")
        yield Token(text, kind if never else "quoted", last.upper() if last in _NOUNS else name)
    yield Token(quote, "mark")


def _is_program(before: Sequence[Token], last: str) -> bool:
    """Whether a word is the name of a program: `process 12 (java)`."""
    return last in ("process", "pid") and len(before) > 1 and before[-1].text == "(" and before[-2].varies  # fmt: skip


def _is_code(number: str, last: str, after: str) -> bool:
    if not number.isdigit() or len(number) > 5:
        return False
    return last in _BEFORE_CODE or (len(number) == 3 and bool(re.match(r" [A-Z][a-z]+", after)))


def parameter_of(heading: str, label: str) -> str:
    """Return the name of a parameter for the value of a label, such as the lock's `ID:`."""
    first = heading.split()[0] if _HEADING.match(heading) else ""
    words = re.findall(r"[A-Za-z]+", f"{first} {label}" if label.lower() == "id" else label)
    return "_".join(words).upper()
