"""Secrets in a text, found by detect-secrets' expressions, ours and one for URLs; nothing is verified or sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple


class _Detector(NamedTuple):
    """A plugin of detect-secrets, and what all its matches contain.

    Searching for that first is much cheaper than the plugin's expressions, and usually finds nothing.

    Attributes:
        module: the module: its whole name, or that of one in `detect_secrets.plugins`.
        name: the class in it.
        needs: texts of which a match contains one; lower-case texts match any case. None: no such text.
        apart: whether such a text can stand outside of a long word, in which case all of a text is searched
            for it, and not only its long words, which are a fifth.
        run: the least length of a run of letters, digits, `_` and `-` in a match.
        word: the least length of a run of letters and digits alone. Ids of incidents are long runs, too,
            but no long words.
        shape: an expression of bounded length that finds something in each match.
    """

    module: str
    name: str
    needs: tuple[str, ...] | None
    run: int = 0
    word: int = 0
    shape: str = ""
    apart: bool = False


_OURS = "generator.text.token_plugins"
# Left out: public IP addresses, which are no secrets; high entropy, which hashes in error samples
# have too; basic authentication and keywords, for which there are expressions below; and those
# that ours replace: for tokens of npm and OpenAI, and JSON Web Tokens.
_DETECTORS = (
    _Detector(
        "artifactory", "ArtifactoryDetector", ("AKC", *(f"AP{c}" for c in "0123456789ABCDEF"))
    ),
    _Detector("aws", "AWSKeyDetector", ("AKIA", "ASIA", "ABIA", "ACCA", "A3T", "aws"), apart=True),
    _Detector("azure_storage_key", "AzureStorageKeyDetector", ("AccountKey=",)),
    _Detector(
        *("cloudant", "CloudantDetector", ("cl",)),
        word=24,
        shape="[A-Za-z]{24}|[0-9A-Fa-f]{64}",
        apart=True,
    ),
    _Detector(
        "discord", "DiscordBotTokenDetector", None, 27, shape=r"[MNO][\w-]{23,25}\.[\w-]{6}\."
    ),
    _Detector("github_token", "GitHubTokenDetector", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    _Detector("gitlab_token", "GitLabTokenDetector", ("gl", "GR1348941"), 20),
    _Detector(
        "ibm_cloud_iam", "IbmCloudIamDetector", ("key", "pwd", "pass", "token"), 44, apart=True
    ),
    _Detector("ibm_cos_hmac", "IbmCosHmacDetector", ("secret",), word=48, apart=True),
    _Detector("mailchimp", "MailchimpDetector", ("-us",), word=32),
    _Detector(
        "private_key", "PrivateKeyDetector", ("PRIVATE KEY", "PuTTY-User-Key-File"), apart=True
    ),
    _Detector("pypi_token", "PypiTokenDetector", ("pypi-",)),
    _Detector("sendgrid", "SendGridDetector", ("SG.",)),
    _Detector("slack", "SlackDetector", ("xox", "hooks.slack.com"), apart=True),
    _Detector("softlayer", "SoftlayerDetector", ("sl", "softlayer"), word=64, apart=True),
    _Detector("square_oauth", "SquareOAuthDetector", ("sq0csp-",)),
    _Detector("stripe", "StripeDetector", ("k_live_",)),
    _Detector("telegram_token", "TelegramBotTokenDetector", None, 35, shape=r"\d{8}:[\w-]{35}"),
    _Detector("twilio", "TwilioKeyDetector", ("AC", "SK"), word=34),
    _Detector(_OURS, "AnthropicDetector", ("sk-ant-",)),
    _Detector(
        _OURS, "DigitalOceanDetector", tuple(f"do{kind}_v1_" for kind in ("o", "p", "r")), 64
    ),
    _Detector(_OURS, "GitHubFineGrainedDetector", ("github_pat_",)),
    _Detector(_OURS, "GoogleApiKeyDetector", ("AIza", "GOCSPX-")),
    _Detector(_OURS, "GrafanaDetector", ("glsa_", "glc_", "eyJrIjoi")),
    _Detector(_OURS, "HuggingFaceDetector", ("hf_", "api_org_"), 34),
    _Detector(_OURS, "JwtDetector", ("eyJ",), apart=True),
    _Detector(_OURS, "NpmTokenDetector", ("npm_", "_authToken="), 36, apart=True),
    _Detector(_OURS, "OpenAIKeyDetector", ("T3BlbkFJ",)),
    _Detector(_OURS, "SlackAppDetector", ("xapp-",), 40),
    _Detector(_OURS, "VaultDetector", ("hvs.", "hvb.", "hvr."), 24),
)
# Each with its texts that match any case, and the others.
_SOUGHT = [
    (
        detector,
        [part for part in detector.needs or () if part.islower()],
        [part for part in detector.needs or () if not part.islower()],
    )
    for detector in _DETECTORS
]
# The shortest match that stands in one word: `AP`, one more character, and 8 of a password.
_LONG = 11
# What detect-secrets writes between a name and its value, and the same in linear time.
_ASSIGNS = "(?: *)(?:=|:|:=|=>| +|::)(?: *)"
_ASSIGNS_ONCE = "(?: *+(?:=>|:=|::|=|:) *+| ++)"
_RUNS = re.compile(r"[0-9A-Za-z_-]{20,}")
_WORDS = re.compile(r"[0-9A-Za-z]{20,}")
# Wider than detect-secrets' own expression: passwords with `!` or `$` in them and an empty
# user name, as in redis://:password@host, count too.
_URL = re.compile(r"://([^\s:/?#@'\"<>]*):([^\s/?#@'\"]+)@([^\s/:?#'\"]*)")
# Signs of a placeholder: an expansion, a gap to fill in, a usual word.
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


def mask(text: str) -> str:
    """Return a text with every secret in it replaced by three dots."""
    shown, last = [], 0
    for begin, end, _ in sorted(find_secrets(text)):
        if begin >= last:
            shown += [text[last:begin], "..."]
            last = end
    return "".join([*shown, text[last:]])


def find_secrets(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the secrets in a text: start, end, and description; a position may come twice."""
    if "://" in text and "@" in text:
        for match in _URL.finditer(text):
            if not _is_example(match[1], match[2], match[3]):
                yield *match.span(2), "a password in a URL"
    for detector in _worth_running(text):
        plugin = _plugin(detector)
        for regex in plugin.denylist:
            for match in regex.finditer(text):
                if not _is_dummy(match[0]) and any(plugin.analyze_string(match[0])):
                    begin = match.start() + len(match[0]) - len(match[0].lstrip())
                    yield begin, begin + len(match[0].strip()), f"a secret ({plugin.secret_type})"


def _worth_running(text: str) -> list[_Detector]:
    """Return the detectors that can find something in a text."""
    long = " ".join([word for word in text.split() if len(word) >= _LONG])
    run, word = (max(map(len, kind.findall(long)), default=0) for kind in (_RUNS, _WORDS))
    places = {False: (long, long.casefold()), True: (text, text.casefold())}
    return [
        detector
        for detector, any_case, exact in _SOUGHT
        if detector.run <= run
        and detector.word <= word
        and (
            detector.needs is None
            or any(map(places[detector.apart][1].__contains__, any_case))
            or any(map(places[detector.apart][0].__contains__, exact))
        )
        and (not detector.shape or re.search(detector.shape, text))
    ]


@cache
def _plugin(detector: _Detector) -> Any:
    # Imported when first needed: detect-secrets brings an HTTP client along.
    name = (
        detector.module if "." in detector.module else f"detect_secrets.plugins.{detector.module}"
    )
    plugin = getattr(import_module(name), detector.name)()
    plugin.denylist = [
        re.compile(regex.pattern.replace(_ASSIGNS, _ASSIGNS_ONCE), regex.flags)
        for regex in plugin.denylist
    ]
    return plugin


def _is_example(user: str, password: str, host: str) -> bool:
    if is_placeholder(password) or password == user or _NOBODY.match(host):
        return True
    return host in _LOOPBACK and (len(password) < 8 or password.isalpha())


def is_placeholder(word: str) -> bool:
    """Return whether a word is a placeholder for a secret: `$TOKEN`, `changeme`."""
    return bool(_STANDS_FOR.search(word) or _USUAL_WORD.fullmatch(word))


def _is_dummy(token: str) -> bool:
    """Whether a token only shows its format, such as ghp_xxxxxxxx or AKIA...EXAMPLE."""
    return "EXAMPLE" in token or (len(token) > 19 and len(set(token[-12:])) <= 3)
