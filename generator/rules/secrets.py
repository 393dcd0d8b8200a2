"""KB801 and KB802: secrets, found with detect-secrets' expressions; nothing is verified or sent."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from generator.knowledge.diagnostics import Position, Severity
from generator.knowledge.source import Source
from generator.rules.base import Finding, Rule, Subject
from generator.text.secrets import find_secrets, is_placeholder


def secret(subject: Subject) -> Iterator[Finding]:
    """The file contains a secret: a token, a key, a password in a URL.

    Everybody who can read the repository can read a committed secret forever. Revoke it first;
    removing the line is not enough. Then write a parameter (`"$API_TOKEN"`) or a placeholder
    (`<password>`). These count as placeholders: expansions, `<...>`, `***`, common words
    (`password`, `changeme`, `postgres`), a password equal to the user name, hosts under
    `example.com` or `.test`, and short plain words for `localhost`. The rule uses the expressions
    of detect-secrets and never sends a token anywhere to try it. The report does not repeat the
    secret. A comment after `run: |` suppresses the finding in all lines of that text.
    """
    for source in subject.source.files:
        yield from _secrets_in(source)


def _secrets_in(source: Source) -> Iterator[Finding]:
    text = source.text
    lines: list[int] = []
    last = 0
    for begin, end, what in sorted(find_secrets(text)):
        if begin < last:  # Two expressions that match the same text are one finding.
            continue
        last = end
        lines = lines or _line_starts(text)
        yield Finding(
            (),
            f"{what}: {_masked(text[begin:end])}",
            "revoke it, and write a parameter or a placeholder such as <token>",
            at=_position(lines, begin),
            within=source,
        )


def _masked(value: str) -> str:
    return f"{value[:4]}..." if len(value) >= 12 else "..."


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _position(lines: list[int], offset: int) -> Position:
    line = bisect_right(lines, offset)
    return Position(line, offset - lines[line - 1] + 1)


_KEYWORDS = ("pass", "pwd", "secret", "key", "token")
# Matched at the start of a keyword; if the rest matches, the name before it is searched backwards.
# Names and values have a longest length, because a text can be one long value.
_ASSIGNED = re.compile(
    r"""(?P<name>\w{1,80}+)['"\]]{0,2}[ \t]*+(?::=|={1,3}|:)[ \t]*+
        (?P<quote>['"`]?)(?P<value>[^\s'"`,;)}\]]{6,256}+)(?:(?P=quote)|(?=[^\s'"`,;)}\]]))""",
    re.VERBOSE,
)
_WORD = re.compile(r"\w*")
# Which names that end in "key" or "token" are secrets; the key of a table or a map is not.
_SECRET_NAME = re.compile(
    r"pass(?:word|wd|phrase)?|pwd|secret|(?:api|auth|private|access|service|client|account)_?(?:key|token)",
    re.IGNORECASE,
)


def assigned_secret(subject: Subject) -> Iterator[Finding]:
    """A variable or key with the name of a secret has a value that looks like a secret.

    `DB_PASSWORD=...` or `api_key: ...` with a value of mixed letters and digits is probably real.
    If it is, revoke it. Then write a parameter (`"$DB_PASSWORD"`) or a placeholder. References
    (`$NAME`, `process.env.NAME`, `get_secret(...)`), words without a digit and common placeholders
    are not reported.
    """
    for source in subject.source.files:
        yield from _assigned_in(source)


def _assigned_in(source: Source) -> Iterator[Finding]:
    text = source.text
    lines: list[int] = []
    seen: set[int] = set()
    for match in _assignments(text):
        value = match["value"]
        name = _before(text, match.start()) + match["name"]
        if not _SECRET_NAME.search(name) or is_placeholder(value) or not _looks_random(value):
            continue
        if match.start("value") in seen:  # `secret_key` contains two keywords.
            continue
        seen.add(match.start("value"))
        lines = lines or _line_starts(text)
        yield Finding(
            (),
            f"the value of `{name}` looks like a secret: {_masked(value)}",
            "revoke it if it is real, and write a parameter or a placeholder such as <password>",
            at=_position(lines, match.start("value")),
            within=source,
        )


def _before(text: str, end: int) -> str:
    """Return the part of a word that stands in front of a place."""
    found = _WORD.match(text[max(0, end - 40) : end][::-1])
    return found[0][::-1] if found else ""


def _assignments(text: str) -> Iterator[re.Match[str]]:
    """Yield what looks like an assignment to a name that contains a keyword."""
    lower = text.lower() if text.isascii() else text.translate(_TO_LOWER)
    for word in _KEYWORDS:
        begin = lower.find(word)
        while begin >= 0:
            match = _ASSIGNED.match(text, begin)
            if match:
                yield match
            begin = lower.find(word, begin + 1)


# Keeps the length; str.lower changes it for some letters.
_TO_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def _looks_random(value: str) -> bool:
    """Return whether a value mixes letters and digits, unlike words and references."""
    plain = not re.search(r"[(\[]|\w\.\w+\.|^/|^\./|^https?:", value)
    return plain and any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


SECRETS = (
    Rule(
        "KB801",
        "secret",
        Severity.ERROR,
        """\
mitigation:
  - do: Connect.
    run: psql "postgres://app:<password>@db.internal/app"
    risk: read-only
""",
        """\
mitigation:
  - do: Connect.
    run: psql "postgres://app:q7Rk2mXw9@db.internal/app"
    risk: read-only
""",
        (3, 31),
        secret,
    ),
    Rule(
        "KB802",
        "assigned-secret",
        Severity.WARNING,
        """\
parameters:
  - {name: DB_PASSWORD, description: The password of the user app.}
mitigation:
  - {do: Connect., run: PGPASSWORD="$DB_PASSWORD" psql -U app, risk: read-only}
""",
        """\
mitigation:
  - do: Connect.
    run: PGPASSWORD=q7Rk2mXw9 psql -U app
    risk: read-only
""",
        (3, 21),
        assigned_secret,
    ),
)
