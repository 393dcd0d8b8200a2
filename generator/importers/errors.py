"""Makes signatures from errors in a write-up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.importers.document import WriteUpCode
from generator.importers.draft import Draft
from generator.importers.shell import commands_and_output
from generator.signatures.source import Source
from generator.triage.propose import propose, without_captures

_LOGS = frozenset(
    "log logs console text txt plain plaintext error output traceback pytb stacktrace none".split()
)
# What such a language begins like a log is a timeline or a test.
_NEVER = frozenset("sql promql logql diff patch yaml yml markdown md mermaid".split())
_ERROR = re.compile(
    r"\b\w*(?:[Ee]rror|ERROR|Exception|Failure)\b|\bFATAL\b|\bPANIC\b|\bpanic:|\b[Ff]ailed\b|\bFAILED\b"
    r"|\b[Cc]annot\b|\b[Cc]ould not\b|\brefused\b|\bdenied\b|\btimed out\b|\bnot found\b|\bTraceback\b"
    r"|\bOOMKilled\b|\bsegfault\b|\bunable to\b|\bexceeded\b|\bCrashLoopBackOff\b|\bcore dumped\b"
    r"|\b[45]\d\d (?:[A-Z][a-z]+ ?)+|\b[Oo]ut of memory\b|\bKilled process \d|\binvoked oom-killer\b"
)
_COMMANDS = re.compile(r"^[^\S\n]*[$#>] \S", re.MULTILINE)
_CODE = re.compile(
    r"[;{][^\S\n]*$|^[^\S\n]*(?:import|from|def|class|function|const|let|var|if|for|return|SELECT)\b",
    re.M,
)
# A line as a log has it, whatever language its block is said to be in: a level, or a time with seconds,
# or a dotted class of exceptions, at its beginning.
_LOG_LINE = re.compile(
    r"^[\s\[(]{0,3}(?:(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d\S{0,12}|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)[\])]?\s"
    r"|^[\s\[(]{0,3}(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|SEVERE|CRITICAL)\b[\])]?:?\s"
    r"|^(?:[a-z]\w{0,40}\.){2,9}[A-Z]\w{0,60}(?:Exception|Error)\b:"
    r"|^(?:[Ee]rror response|Traceback)\b",
    re.MULTILINE,
)
# A message in quotation marks, or in a code span, after a word such as "error". A code span is read
# whole, so that what is between two of them is none.
_QUOTED = re.compile(
    r"`(?P<code>[^`\n]{1,400})`|[\"\u201c](?P<text>[^\"\u201c\u201d`{\n]{16,300})[\"\u201d]"
)
_INNER = re.compile(r"[\"'\u201c]([^\"\u201c\u201d]+)[\"'\u201d]")
# A record of a log in JSON.
_RECORD = re.compile(r"\s*\{.*\"(?:message|msg|error|err)\"\s{0,9}:", re.IGNORECASE)
_LEVEL = re.compile(
    r"\"(?:log\.)?(?:level|lvl|severity|loglevel|levelname)\"\s{0,9}:\s{0,9}\"(?:err(?:or)?|fatal|critical|panic|alert|emerg\w{0,9})\"",
    re.IGNORECASE,
)
_WARNS = re.compile(r"\"(?:log\.)?(?:level|lvl|severity|loglevel|levelname)\"\s{0,9}:\s{0,9}\"warn", re.IGNORECASE)  # fmt: skip
# `failed with ...`, `threw ...`; and `saw ...`, if it is an error.
_FAILED_WITH = re.compile(
    r"\b(?:(?:fail\w{0,3}|died|dies|exit\w{0,2}|crash\w{0,3}|abort\w{0,3}|errored|reject\w{0,3})(?:\s(?:out|up))?\swith|threw|throws|throwing|raised|raises)\b[^\"\u201c\u201d`.,\n]{0,25}\Z"
)
_SAW = re.compile(
    r"\b(?:saw|sees|got|received|returned|returns|showed|shown|displayed|logged|print\w{0,3}|respond\w{0,3} with|answered with)\b[^\"\u201c\u201d`.,\n]{0,25}\Z"
)
_SAYS = re.compile(
    r"\b(?P<says>(?:[Ee]rrors?|[Ee]xceptions?)(?!\W{1,3}(?:budget|rate|ratio|count|page|metric|handl|track|level|class)\w{0,5}\b)"
    r"|[Mm]essages?|[Ww]arnings?)\b[^\"\u201c\u201d`.,\n]{0,40}\Z"
)
# People write messages, too.
_WRITTEN = re.compile(
    r"\b(?:posted|posts?|wrote|writes?|sent|sends?|replied|told|announced?|tweet\w{0,3}|slack|channel|chat|e-?mail\w{0,3}|commit)\b",
    re.IGNORECASE,
)
# An error that says so itself, such as `FATAL: ...` and `java.io.IOException: ...`.
_ERROR_ITSELF = re.compile(
    r"(?:(?:\w{1,60}[.:]{1,2}){0,9}[A-Z]\w{0,60}(?:Error|Exception)|(?i:error|fatal|panic|fatal error))\b\s?(?:\[\w{1,20}\])?: \S"
)
# Notes of what somebody did when: a clock without seconds begins a line. Logs have seconds.
_TOLD = re.compile(
    r"^\W{0,6}(?:\d{4}-\d\d-\d\d[ T]|\w{3} \d{1,2},? )?\d{1,2}[:.]\d\d(?![:.,]?\d)", re.MULTILINE
)
# What write-ups quote in the same way, and what is no error: queries and names of metrics, commands,
# settings, and labels of a log without its message.
_NO_ERROR = re.compile(
    r"\b(?:rate|irate|increase|sum|avg|min|max|count|histogram_quantile|absent|delta|topk|by)\s{0,5}\("
    r"|\[\d{1,4}[smhdwy]\]|[a-z0-9]_(?:total|bytes|seconds|count|sum|bucket|ratio|info)\b"
    r"|\w=~?\"[^\"]*\"\}"
    r"|\A\s*(?:[$#>] |(?:kubectl|docker|helm|terraform|aws|gcloud|curl|git|npm|pip|systemctl|journalctl"
    r"|ssh|sudo|psql|mysql|redis-cli|grep|cat|tail|ls|cd|export|oc|etcdctl|promtool|amtool)\b(?!:))"
    r"|\A\s*(?:- )?(?:alert|alertname|expr|record|for|annotations|labels|apiVersion|kind)\s*[:=]"
    r"|%[vsdqwx][^\"]{0,60}\",\s{0,3}\w|\A\s*(?:level|lvl|severity)=\w+(?:\s+\w+=\S*){0,5}\s*\Z"
)
_WORDS = re.compile(r"(?<!\S)[^\W\d_]{2,}(?![^\s.,:;!?)\"'])")
_LEAST_WORDS = 3
_LONGEST = 20_000


def looks_like_error(code: WriteUpCode) -> bool:
    """Whether a block is an error from a log or a screen."""
    logged = _LOG_LINE.match(code.text.lstrip("\n")) is not None
    if len(code.text) > _LONGEST or _COMMANDS.search(code.text):
        return False
    if all(_RECORD.match(line) for line in code.text.split("\n")):
        warns = _WARNS.search(code.text) and _ERROR.search(code.text)
        return _LEVEL.search(code.text) is not None or bool(warns)
    if code.language and code.language not in _LOGS and (not logged or code.language in _NEVER):
        return False
    if not _ERROR.search(code.text) or _NO_ERROR.search(code.text):
        return False
    if 2 * len(_TOLD.findall(code.text)) >= code.text.count("\n") + 1:
        return False
    return bool(code.language) or logged or not _CODE.search(code.text.partition("\n")[0])


def place_error_of(draft: Draft, code: WriteUpCode) -> bool:
    """Place the error that a block shows, which may be printed by a command in it.

    Returns:
        Whether the block is now in the symptom as a whole.
    """
    _, output = commands_and_output(code)
    if output:
        printed = WriteUpCode("", output, "console")
        if looks_like_error(printed):
            place_error(draft, output)
        return False
    return looks_like_error(code) and place_error(draft, code.text)


def signature_for(sample: str) -> Source | None:
    """Return a signature that matches a sample and can be used, or None.

    Nothing is captured, because the author decides which parameters exist.
    """
    proposal = propose([sample])
    return without_captures(proposal) if proposal and not proposal.warnings else None


def errors_in(draft: Draft, text: str) -> None:
    """Make signatures from the messages that a text quotes; the text stays unchanged."""
    for message in _quoted(text):
        words = len(_WORDS.findall(message))
        if words >= _LEAST_WORDS and not _NO_ERROR.search(message):
            place_error(draft, message)


def _quoted(text: str) -> Iterator[str]:
    """Yield the errors in quotation marks and code spans: after a word such as "error", or by themselves."""
    for match in _QUOTED.finditer(text):
        message = (match["code"] or match["text"]).strip()
        begin = max(0, match.start() - 80)
        says = _SAYS.search(text, begin, match.start())
        if says and says["says"].casefold().startswith("mess") and not _ERROR.search(message):
            says = None if _WRITTEN.search(text, begin, match.start()) else says
        if not says and (match["code"] or _ERROR.search(message)):
            says = _FAILED_WITH.search(text, begin, match.start())
        if not says and _ERROR.search(message):
            says = _SAW.search(text, begin, match.start())
        if says or (match["code"] and _ERROR_ITSELF.match(message)):
            inner = _INNER.fullmatch(message)
            yield inner[1] if inner else message


def place_error(draft: Draft, sample: str) -> bool:
    """Add a sample to the symptom; False if it cannot be made into a signature."""
    sample = sample.strip("\n")
    for signature in draft.fields.get("symptom", {}).get("signatures", ()):
        if sample in signature["matches"]:
            draft.count("symptom", sample)
            return True
    source = signature_for(sample)
    if source is None:
        return False
    given = {"text": source} if isinstance(source, str) else source
    for signature in draft.fields.get("symptom", {}).get("signatures", ()):
        if {k: v for k, v in signature.items() if k != "matches"} == given:
            signature["matches"].append(sample)
            draft.count("symptom", sample)
            return True
    draft.in_symptom("signatures", {**given, "matches": [sample]}, sample)
    return True
