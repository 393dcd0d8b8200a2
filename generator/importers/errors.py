"""Makes signatures from errors in a write-up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.importers.document import WriteUpCode
from generator.importers.draft import Draft
from generator.signatures.language import SignatureError, compile_signature
from generator.signatures.ordinary import ordinary_text
from generator.signatures.survey import find_in
from generator.triage.propose import propose

_LOGS = frozenset(
    "log logs console text txt plain plaintext error output traceback pytb stacktrace none".split()
)
_ERROR = re.compile(
    r"\b\w*(?:[Ee]rror|ERROR|Exception|Failure)\b|\bFATAL\b|\bPANIC\b|\bpanic:|\b[Ff]ailed\b|\bFAILED\b"
    r"|\b[Cc]annot\b|\b[Cc]ould not\b|\brefused\b|\bdenied\b|\btimed out\b|\bnot found\b|\bTraceback\b"
    r"|\bOOMKilled\b|\bsegfault\b|\bunable to\b|\bexceeded\b|\bCrashLoopBackOff\b|\bcore dumped\b"
    r"|\b[45]\d\d (?:[A-Z][a-z]+ ?)+"
)
_COMMANDS = re.compile(r"^[^\S\n]*[$#>] \S", re.MULTILINE)
_CODE = re.compile(
    r"[;{][^\S\n]*$|^[^\S\n]*(?:import|from|def|class|function|const|let|var|if|for|return|SELECT)\b",
    re.M,
)
_WORD = re.compile(r"[A-Za-z]{4}")
# A message in quotation marks after a word such as "error".
_QUOTED = re.compile(
    r"\b(?:[Ee]rrors?|[Mm]essages?|[Ee]xceptions?|[Ww]arnings?)\b[^\"\u201c\u201d`.,\n]{0,40}"
    r"[\"\u201c`]([^\"\u201c\u201d`{\n]{16,300})[\"\u201d`]"
)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_LEAST_WORDS = 3
_LEAST = 12
_LONGEST = 20_000
_SAID = re.compile(
    r'"(?:msg|message|error|err|exception|reason|detail)"\s*:\s*"((?:[^"\\]|\\.){12,400})"'
    r'|\b(?:msg|err|error|reason)="((?:[^"\\]|\\.){12,400})"'
)
_NAMED = re.compile(r"\{[A-Z][A-Z0-9_]*(\.\.\.)?\}")


def looks_like_error(code: WriteUpCode) -> bool:
    """Whether a block is an error from a log or a screen."""
    if code.language and code.language not in _LOGS:
        return False
    if len(code.text) > _LONGEST or _COMMANDS.search(code.text):
        return False
    if not _ERROR.search(code.text):
        return False
    return bool(code.language) or not _CODE.search(code.text.partition("\n")[0])


def signature_for(sample: str) -> str | None:
    """Return a signature that matches a sample and can be used, or None.

    Nothing is captured, because the author decides which parameters exist.
    """
    for said in (*_messages(sample), sample):
        if text := _usable(propose([said]), sample):
            return text
    return None


def _messages(sample: str) -> Iterator[str]:
    """Yield the texts of errors in lines of JSON or of keys and values, the longest first."""
    found = [a or b for a, b in _SAID.findall(sample)]
    yield from sorted(filter(_ERROR.search, found), key=len, reverse=True)


def _usable(proposed: str, sample: str) -> str | None:
    """Return a proposed signature without captures, if it matches the sample and little else."""
    text = _NAMED.sub(lambda m: "{_...}" if m[1] else "{_}", proposed)
    text = re.sub(r"\{_\}(?:\s*\{_\})+", "{_}", text)
    try:
        compiled = compile_signature(text)
    except SignatureError:
        return None
    if compiled.weight < _LEAST or not compiled.every_way(
        lambda part: any(map(_WORD.search, part.words))
    ):
        return None
    if not find_in(compiled, sample):
        return None
    if any(find_in(compiled, line) for line in ordinary_text().splitlines()):
        return None
    return text


def errors_in(draft: Draft, text: str) -> None:
    """Make signatures from the messages that a text quotes; the text stays unchanged."""
    for match in _QUOTED.finditer(text):
        message = match[1].strip()
        if len(_WORDS.findall(message)) >= _LEAST_WORDS:
            place_error(draft, message)


def place_error(draft: Draft, sample: str) -> bool:
    """Add a sample to the symptom; False if it cannot be made into a signature."""
    sample = sample.strip("\n")
    for signature in draft.fields.get("symptom", {}).get("signatures", ()):
        if sample in signature["matches"]:
            draft.count("symptom", sample)
            return True
    text = signature_for(sample)
    if text is None:
        return False
    for signature in draft.fields.get("symptom", {}).get("signatures", ()):
        if signature["text"] == text:
            signature["matches"].append(sample)
            draft.count("symptom", sample)
            return True
    draft.in_symptom("signatures", {"text": text, "matches": [sample]}, sample)
    return True
