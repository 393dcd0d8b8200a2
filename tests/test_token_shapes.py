"""Today's shapes of tokens are found, by lint and in records.

No token stands in this file: each is put together from a prefix and a body while the test runs, so
that no forge takes the file for a leak.
"""

from __future__ import annotations

import base64
import json
import random
import string
from typing import NamedTuple

import pytest

from generator.commands.masking import Masker, kept
from generator.text.secrets import find_secrets, mask
from tests.test_bad_input import VALID, lint, write_base

LETTERS = string.ascii_letters
ALNUM = LETTERS + string.digits
UPPER = string.ascii_uppercase + string.digits
WEB = f"{ALNUM}_-"
HEX = "0123456789abcdef"


class Shape(NamedTuple):
    """One shape of a token: parts of its prefix, and how many signs of which kind follow."""

    vendor: str
    prefix: tuple[str, ...]
    body: tuple[tuple[str, int] | str, ...]

    def token(self, short: int = 0) -> str:
        """Return a token of this shape; `short` leaves out so many signs of its last part."""
        draw = random.Random(self.vendor)
        parts = list(self.body)
        signs, count = parts[-1]
        parts[-1] = (signs, count - short)
        made = (p if isinstance(p, str) else "".join(draw.choices(p[0], k=p[1])) for p in parts)
        return "".join((*self.prefix, *made))


SHAPES = (
    Shape("Anthropic", ("sk", "-ant-", "api03-"), ((WEB, 93), (LETTERS, 2))),
    Shape("AWS", ("AK", "IA"), ((UPPER, 16),)),
    Shape("DigitalOcean", ("do", "p_v1_"), ((HEX, 64),)),
    Shape("DigitalOcean OAuth", ("do", "o_v1_"), ((HEX, 64),)),
    Shape("GitHub", ("gh", "p_"), ((ALNUM, 36),)),
    Shape("GitHub fine-grained", ("github", "_pat_"), ((ALNUM, 22), "_", (ALNUM, 59))),
    Shape("GitLab", ("gl", "pat-"), ((ALNUM, 20),)),
    Shape("Google API", ("AI", "za"), ((WEB, 35),)),
    Shape("Google OAuth", ("GO", "CSPX-"), ((WEB, 28),)),
    Shape("Grafana", ("gl", "sa_"), ((ALNUM, 32), "_", (HEX, 8))),
    Shape("Grafana Cloud", ("gl", "c_"), ((ALNUM, 80),)),
    Shape("Grafana API key", ("eyJr", "Ijoi"), ((ALNUM, 80),)),
    Shape("Hugging Face", ("h", "f_"), ((LETTERS, 34),)),
    Shape("npm", ("np", "m_"), ((ALNUM, 36),)),
    Shape("OpenAI", ("sk", "-"), ((ALNUM, 20), "T3Blbk", "FJ", (ALNUM, 20))),
    Shape("OpenAI project", ("sk", "-proj-"), ((WEB, 74), "T3Blbk", "FJ", (WEB, 74))),
    Shape("PyPI", ("py", "pi-", "AgEIcHlwaS5vcmc"), ((WEB, 90),)),
    Shape("SendGrid", ("SG", "."), ((ALNUM, 22), ".", (ALNUM, 43))),
    Shape("Slack", ("xo", "xb-"), ((string.digits, 12), "-", (string.digits, 12), "-", (HEX, 24))),
    Shape("Slack app", ("xa", "pp-1-"), ((UPPER, 11), "-", (string.digits, 13), "-", (HEX, 64))),
    Shape("Stripe", ("sk", "_live_"), ((ALNUM, 24),)),
    Shape("Twilio", ("S", "K"), ((HEX, 32),)),
    Shape("Vault", ("hv", "s."), ((WEB, 95),)),
    Shape("Vault root", ("hv", "s."), ((ALNUM, 24),)),
    Shape("Vault batch", ("hv", "b."), ((WEB, 150),)),
)
OURS = ("Anthropic", "GitHub fine-grained", "Google API", "Hugging Face", "npm", "Grafana", "Vault root")  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.vendor)
def test_each_shape_is_found(shape):
    token = shape.token()
    for before, behind in (("TOKEN=", " curl"), ("  key: '", "'\n"), ('{"t": "', '"}'), ("", "")):
        text = f"{before}{token}{behind}"
        assert any(
            begin <= len(before) and end >= len(before) + len(token)
            for begin, end, _ in find_secrets(text)
        )
        assert token[6:] not in mask(text)


@pytest.mark.parametrize("vendor", OURS)
def test_a_prefix_alone_is_no_token(vendor):
    (shape,) = (shape for shape in SHAPES if shape.vendor == vendor)
    prefix = "".join(shape.prefix)
    for text in (f"tokens begin with {prefix} or so", f"it is {prefix}abcdef12", f"{prefix}..."):
        assert list(find_secrets(text)) == []


def test_lint_reports_each_shape_and_repeats_none(tmp_path):
    lines = [f"TOKEN={shape.token()} curl" for shape in SHAPES]
    text = f"{VALID}mitigation:\n" + "".join(f"  - do: {line}\n" for line in lines)
    found = lint(write_base(tmp_path, text))
    for number, shape in enumerate(SHAPES, start=VALID.count("\n") + 2):
        assert any(f":{number}:" in line and "KB801" in line for line in found), shape.vendor
        assert not any(shape.token()[8:] in line for line in found)


def test_records_keep_no_token():
    output = "\n".join(f"got {shape.token()} from {shape.vendor}" for shape in SHAPES)
    record = kept(output, Masker({"TABLE": "sessions"}))
    assert [shape.vendor for shape in SHAPES if shape.token()[6:] in record] == []


# --- known secrets, encoded


@pytest.mark.parametrize("secret", ["q7Rk!mXw$9", "pässwörter?", "s3cr", "x" * 70 + "?>~" * 9])
@pytest.mark.parametrize("before", ["", "u", "me", "app:"])
@pytest.mark.parametrize("behind", ["", "1", "12"])
def test_a_known_secret_is_hidden_in_base64_too(secret, before, behind):
    masker = Masker({"API_TOKEN": secret})
    whole = f"{before}{secret}{behind}".encode()
    for encoded in (
        base64.b64encode(whole),
        base64.urlsafe_b64encode(whole),
        base64.encodebytes(whole),
    ):
        shown = kept(f"Authorization: Basic {encoded.decode()}", masker)
        assert "..." in shown
        left = shown.removeprefix("Authorization: Basic ").replace("\n", "").split("...")
        for part in left:
            raw = base64.b64decode(
                part.rstrip("=") + "A" * (-len(part.rstrip("=")) % 4), altchars=b"-_"
            )
            for place in range(len(secret) - 3):
                assert secret[place : place + 4].encode() not in raw


def test_a_known_secret_is_hidden_in_addresses_and_json_too():
    secret = 'q7 Rk/m"Xü9'
    masker = Masker({"DB_PASSWORD": secret})
    assert masker(json.dumps({"p": secret})) == '{"p": "..."}'
    assert masker("curl https://a/?p=q7+Rk%2Fm%22X%C3%BC9&x=1") == "curl https://a/?p=...&x=1"
    assert masker("curl https://a/q7%20Rk%2Fm%22X%C3%BC9/x") == "curl https://a/.../x"


def test_a_password_in_a_value_is_hidden_in_base64_too():
    masker = Masker({"DATABASE_URL": "postgres://app:q7Rk2mXw9@db.internal/app"})
    assert "..." in masker(base64.b64encode(b"app:q7Rk2mXw9").decode())
