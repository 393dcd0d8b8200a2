"""KB801 and KB802: secrets, found by detect-secrets' expressions; nothing is verified or sent."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from generator.diagnostics import Position, Severity
from generator.rules.base import Finding, Rule, Subject


class _Detector(NamedTuple):
    """One of detect-secrets' plugins, and what stands in everything that it finds.

    Looking for that first is much cheaper than the plugin's expressions, and mostly in vain.

    Attributes:
        module: the module in `detect_secrets.plugins`.
        name: the class in it.
        needs: texts of which one stands there; lower-case ones in any case. None: no such text.
        run: how many letters, digits, `_` and `-` stand there side by side, at least.
    """

    module: str
    name: str
    needs: tuple[str, ...] | None
    run: int = 0


# Left out: public IP addresses, which are no secrets; high entropy, which hashes in error samples
# have too; and basic authentication and keywords, for which there are expressions below.
_DETECTORS = (
    _Detector(
        "artifactory", "ArtifactoryDetector", ("AKC", *(f"AP{c}" for c in "0123456789ABCDEF"))
    ),
    _Detector("aws", "AWSKeyDetector", ("AKIA", "ASIA", "ABIA", "ACCA", "A3T", "aws")),
    _Detector("azure_storage_key", "AzureStorageKeyDetector", ("AccountKey=",)),
    _Detector("cloudant", "CloudantDetector", ("cl",), 24),
    _Detector("discord", "DiscordBotTokenDetector", None, 27),
    _Detector("github_token", "GitHubTokenDetector", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    _Detector("gitlab_token", "GitLabTokenDetector", ("gl", "GR1348941"), 20),
    _Detector("ibm_cloud_iam", "IbmCloudIamDetector", ("key", "pwd", "pass", "token"), 44),
    _Detector("ibm_cos_hmac", "IbmCosHmacDetector", ("secret",), 48),
    _Detector("jwt", "JwtTokenDetector", ("eyJ",)),
    _Detector("mailchimp", "MailchimpDetector", ("-us",), 32),
    _Detector("npm", "NpmDetector", ("_authToken=",)),
    _Detector("openai", "OpenAIDetector", ("T3BlbkFJ",)),
    _Detector("private_key", "PrivateKeyDetector", ("PRIVATE KEY", "PuTTY-User-Key-File")),
    _Detector("pypi_token", "PypiTokenDetector", ("pypi-",)),
    _Detector("sendgrid", "SendGridDetector", ("SG.",)),
    _Detector("slack", "SlackDetector", ("xox", "hooks.slack.com")),
    _Detector("softlayer", "SoftlayerDetector", ("sl", "softlayer"), 64),
    _Detector("square_oauth", "SquareOAuthDetector", ("sq0csp-",)),
    _Detector("stripe", "StripeDetector", ("k_live_",)),
    _Detector("telegram_token", "TelegramBotTokenDetector", None, 35),
    _Detector("twilio", "TwilioKeyDetector", ("AC", "SK"), 34),
)
_RUNS = re.compile(r"[0-9A-Za-z_-]{20,}")
# Wider than detect-secrets' own expression: passwords with `!` or `$` in them and an empty
# user name, as in redis://:password@host, count too.
_URL = re.compile(r"://([^\s:/?#@'\"<>]*):([^\s/?#@'\"]+)@([^\s/:?#'\"]*)")
# What shows that a value stands for another: an expansion, a gap to fill in, a usual word.
_STANDS_FOR = re.compile(
    r"^[$%]|\$[{(]|[<{]|\*{3}|\.{3}|…|x{3}|example|^your|redacted|placeholder|change[-_]?me|dummy",
    re.IGNORECASE,
)
_USUAL_WORD = re.compile(
    r"(?:my|the|a|some)?[-_]?(?:pass|password|passwd|passphrase|pw|pwd|secret|token|key|user|username"
    r"|root|admin|postgres|mysql|dead|test|testing|foo|bar|baz|none|null|empty|local|dev|guest|demo"
    r"|true|false|string|text|value|sample)\d{0,3}",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:.*\.)?(?:example|invalid|test)\Z|(?:.*\.)?example\.(?:com|net|org)\Z", re.I
)
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "[::1]", "[", "host.docker.internal"))


def secret(subject: Subject) -> Iterator[Finding]:
    """A secret stands in the file: a token, a key, a password in an address.

    What was committed once is known to everybody who can read the repository, for ever. Revoke
    it first; removing the line is not enough. Then write a parameter (`"$API_TOKEN"`) or a
    placeholder (`<password>`). Taken as placeholders are expansions, `<...>`, `***`, the usual
    words (`password`, `changeme`, `postgres`), a password equal to the user's name, hosts under
    `example.com` or `.test`, and short plain words for `localhost`. The expressions are those of
    detect-secrets; no token is sent anywhere to try it. The secret itself is not repeated in the
    report. A comment behind `run: |` silences all lines of that text.
    """
    text = subject.source.text
    lines: list[int] = []
    last = 0
    for begin, end, what in sorted(_secrets(text)):
        if begin < last:  # Two expressions that find the same place are one finding.
            continue
        last = end
        lines = lines or _line_starts(text)
        yield Finding(
            (),
            f"{what}: {_masked(text[begin:end])}",
            "revoke it, then write a parameter or a placeholder such as <token>",
            at=_position(lines, begin),
        )


def mask(text: str) -> str:
    """Return a text with every secret in it replaced by three dots."""
    shown, last = [], 0
    for begin, end, _ in sorted(_secrets(text)):
        if begin >= last:
            shown += [text[last:begin], "..."]
            last = end
    return "".join([*shown, text[last:]])


def _secrets(text: str) -> Iterator[tuple[int, int, str]]:
    if "://" in text and "@" in text:
        for match in _URL.finditer(text):
            if not _is_example(match[1], match[2], match[3]):
                yield *match.span(2), "a password in an address"
    for detector in _worth_running(text):
        plugin = _plugin(detector)
        for regex in plugin.denylist:
            for match in regex.finditer(text):
                if not _is_dummy(match[0]) and any(plugin.analyze_string(match[0])):
                    begin = match.start() + len(match[0]) - len(match[0].lstrip())
                    yield begin, begin + len(match[0].strip()), f"a secret ({plugin.secret_type})"


def _worth_running(text: str) -> list[_Detector]:
    """Return the detectors that can find something in a text."""
    folded = text.casefold()
    longest = max(map(len, _RUNS.findall(text)), default=0)
    return [
        detector
        for detector in _DETECTORS
        if detector.run <= longest
        and (
            detector.needs is None
            or any(part in (folded if part.islower() else text) for part in detector.needs)
        )
    ]


@cache
def _plugin(detector: _Detector) -> Any:
    # Imported when first needed: detect-secrets brings an HTTP client along.
    module = import_module(f"detect_secrets.plugins.{detector.module}")
    return getattr(module, detector.name)()


def _is_example(user: str, password: str, host: str) -> bool:
    if _is_placeholder(password) or password == user or _NOBODY.match(host):
        return True
    return host in _LOOPBACK and (len(password) < 8 or password.isalpha())


def _is_placeholder(word: str) -> bool:
    return bool(_STANDS_FOR.search(word) or _USUAL_WORD.fullmatch(word))


def _is_dummy(token: str) -> bool:
    """Whether a token is written out to show its form, as ghp_xxxxxxxx or AKIA...EXAMPLE."""
    return "EXAMPLE" in token or (len(token) > 19 and len(set(token[-12:])) <= 3)


def _masked(value: str) -> str:
    return f"{value[:4]}..." if len(value) >= 12 else "..."


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _position(lines: list[int], offset: int) -> Position:
    line = bisect_right(lines, offset)
    return Position(line, offset - lines[line - 1] + 1)


_KEYWORDS = ("pass", "pwd", "secret", "key", "token")
# Matched where a keyword begins; the whole name is looked up backwards when the rest matches.
_ASSIGNED = re.compile(
    r"""\w+['"\]]{0,2}[ \t]*(?::=|={1,3}|:)[ \t]*
        (?P<quote>['"`]?)(?P<value>[^\s'"`,;)}\]]{6,})(?P=quote)""",
    re.VERBOSE,
)
_NAME_BEFORE = re.compile(r"\w*\Z")
# Names that end in "key" or "token" and hold a secret; a key of a table or a map is none.
_SECRET_NAME = re.compile(
    r"pass(?:word|wd|phrase)?|pwd|secret|(?:api|auth|private|access|service|client|account)_?(?:key|token)",
    re.IGNORECASE,
)


def assigned_secret(subject: Subject) -> Iterator[Finding]:
    """Something that is named like a secret is given a value that looks like one.

    `DB_PASSWORD=...` or `api_key: ...` with a value of letters and digits mixed is probably real.
    Revoke it if it is, and write a parameter (`"$DB_PASSWORD"`) or a placeholder instead. Values
    that refer to something else (`$NAME`, `process.env.NAME`, `get_secret(...)`), words without a
    digit and the usual placeholders are not reported.
    """
    text = subject.source.text
    lines: list[int] = []
    seen: set[int] = set()
    for match in _assignments(text):
        value = match["value"]
        before = _NAME_BEFORE.search(text, max(0, match.start() - 40), match.start())
        name = (before[0] if before else "") + re.split(r"\W", match[0], maxsplit=1)[0]
        if not _SECRET_NAME.search(name) or _is_placeholder(value) or not _looks_random(value):
            continue
        if match.start("value") in seen:  # `secret_key` holds two keywords.
            continue
        seen.add(match.start("value"))
        lines = lines or _line_starts(text)
        yield Finding(
            (),
            f"`{name}` is given a value that looks like a secret: {_masked(value)}",
            "revoke it if it is real, then write a parameter or a placeholder such as <password>",
            at=_position(lines, match.start("value")),
        )


def _assignments(text: str) -> Iterator[re.Match[str]]:
    """Yield what looks like an assignment to something with a keyword in its name."""
    lower = text.lower() if text.isascii() else text.translate(_TO_LOWER)
    for word in _KEYWORDS:
        begin = lower.find(word)
        while begin >= 0:
            match = _ASSIGNED.match(text, begin)
            if match:
                yield match
            begin = lower.find(word, begin + 1)


# Keeps the length, which str.lower does not for some letters.
_TO_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def _looks_random(value: str) -> bool:
    """Whether letters and digits are mixed, as people's words and references are not."""
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
