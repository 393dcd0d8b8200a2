"""What the heuristics of the rules detect: people, secrets, shell commands, expressions, causes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.commands.shell import read_command
from generator.rules import secrets as rules
from generator.rules.parameters import _RESERVED
from generator.rules.people import person_in
from generator.rules.steps import destructive_text
from generator.rules.wording import _EMPTY_WORDS, blame_in
from generator.signatures.dialect import problem_in
from generator.text import secrets
from tests.pace import growth

# --- people


@pytest.mark.parametrize(
    "role",
    """\
Platform team
Database on-call
SRE
Site Reliability Engineering
Incident Commander
Release Manager
Head of Engineering
Payments
Payments Squad
Backend Developers
Whoever is on call
Author of the migration
Customer Support (second line)
DBA, then Platform team
QA
Team Phoenix
Database On-Call Engineer
the reviewer of the change
Web Operations
PostgreSQL Administrators
#database-incidents
@platform-oncall
@sre-team
PagerDuty: database
https://pager.example.com/schedules/PABC123
ext. 4711
INC-2024-000123
Render.com Support""".splitlines(),
)
def test_roles_are_fine(role):
    assert person_in(role, mailbox_allowed=True) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Jane Doe", "a person's name"),
        ("Dr. Jane Doe", "a person's name"),
        ("Jane A. Doe", "a person's name"),
        ("Ludwig van Beethoven", "a person's name"),
        ("Jean-Luc Picard", "a person's name"),
        ("Mary O'Neil", "a person's name"),
        ("Jürgen Müller", "a person's name"),
        ("Jane Doe (SRE)", "a person's name"),
        ("Jane Doe, Platform team", "a person's name"),
        ("jane.doe@example.com", "an e-mail address"),
        ("Platform team <jane.doe@example.com>", "an e-mail address"),
        ("@jdoe", "one person's handle"),
        ("+49 170 1234567", "a phone number"),
        ("Database on-call, +1 (555) 123-4567", "a phone number"),
        ("555-123-4567", "a phone number"),
        ("0170 1234567", "a phone number"),
    ],
)
def test_people_are_found(text, found):
    assert person_in(text, mailbox_allowed=False) == found


def test_a_mailbox_of_a_role_is_a_contact_and_no_owner():
    assert person_in("dba-oncall@example.com", mailbox_allowed=True) is None
    assert person_in("dba-oncall@example.com", mailbox_allowed=False) == "an e-mail address"
    assert person_in("jane@example.com", mailbox_allowed=True) == "an e-mail address"


# --- secrets: written in parts, so that no scanner reports a leak in this file

REAL = [
    "AK" + "IAQ3EGV7TZK2PLMWXN",
    "gh" + "p_a8Kd03mZq1Lx7Rt5Wv9Yb2Nc4Pe6Sf0Hg1Jk",
    "gl" + "pat-a8Kd03mZq1Lx7Rt5Wv9Y",
    "xo" + "xb-123456789012-a8kd03mzq1lx",
    "sk" + "_live_a8Kd03mZq1Lx7Rt5Wv9Yb2Nc",
    "https://hooks." + "slack.com/services/T0A1B2C3D/B0A1B2C3D/a8Kd03mZq1Lx7Rt5",
    "-----BEGIN RSA " + "PRIVATE KEY-----",
    "ey" + "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "SG." + "a8Kd03mZq1Lx7Rt5Wv9Yb2.a8Kd03mZq1Lx7Rt5Wv9Yb2Nc4Pe6Sf0Hg1Jkqwertyu",
    "postgres://app:" + "q7Rk2mXw9@db.internal/app",
    "postgres://app:" + "q7Rk!mXw$9@db.internal/app",
    "redis://:" + "q7Rk2mXw9@cache:6379",
    "postgres://app:" + "q7Rk2mXw9@localhost:5432/app",
    "https://jane:" + "hunter2@git.internal/repo.git",
]
PLACEHOLDERS = [
    "postgres://user:password@localhost/app",
    "postgres://user:<password>@db.internal/app",
    'psql "postgres://app:$PASSWORD@db.internal/app"',
    "postgres://app:${PASSWORD}@db.internal/app",
    "postgres://dead:dead@127.0.0.1:1/dead",
    "postgres://postgres:postgres@db/app",
    "postgres://app:***@db.internal/app",
    "postgres://app:changeme@db.internal/app",
    "https://app:q7Rk2mXw9@db.example.com/",
    "postgres://app:hunter@localhost/app",
    "git@github.com:owner/repo.git",
    "https://example.com/@scope/package:tag",
    "https://packages.internal/@scope%2fname",
    "AKIAIOSFODNN7EXAMPLE",
    "gh" + "p_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "duplicate key value violates unique constraint pg_type_typname_nsp_index",
    "eyJ is how a token begins",
]


@pytest.mark.parametrize("text", REAL)
def test_real_secrets_are_found_and_masked(text):
    found = list(secrets.find_secrets(f"before\n  run: {text} after\n"))
    assert found
    for begin, end, what in found:
        assert 12 <= begin < end
        assert text not in what


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_placeholders_are_no_secrets(text):
    assert list(secrets.find_secrets(f"  run: {text}\n")) == []


def _expressions():
    for detector in secrets._DETECTORS:
        for number, regex in enumerate(secrets._plugin(detector).denylist):
            yield pytest.param(detector, regex, id=f"{detector.name}-{number}")


@pytest.mark.parametrize(("detector", "regex"), list(_expressions()))
def test_the_cheap_look_first_loses_nothing(detector, regex):
    ascii_only = st.characters(min_codepoint=32, max_codepoint=126)

    @settings(max_examples=25, database=None)
    @given(st.from_regex(regex, alphabet=ascii_only))
    def every_match_is_worth_running(text):
        assert detector in secrets._worth_running(text)

    every_match_is_worth_running()


def test_our_expression_finds_what_detect_secrets_finds_in_addresses():
    from detect_secrets.plugins.basic_auth import BasicAuthDetector

    ascii_only = st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="'\"<>")

    @settings(max_examples=100, database=None)
    @given(st.from_regex(BasicAuthDetector.denylist[0], alphabet=ascii_only, fullmatch=True))
    def found(text):
        assert secrets._URL.search(text)

    found()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PGPASSWORD=q7Rk2mXw9 psql", True),
        ("password: q7Rk2mXw9", True),
        ("api_key = 'a8Kd03mZq1'", True),
        ('"secretKey": "a8Kd03mZq1"', True),
        ("API_TOKEN=a8Kd03mZq1", True),
        ("password: <password>", False),
        ("PGPASSWORD=$DB_PASSWORD psql", False),
        ("password: what the user types", False),
        ("password = process.env.DB_PASSWORD1", False),
        ("password = get_secret('db1')", False),
        ("duplicate key: value1234", False),
        ("primary_key: user_id_2", False),
        ("PASSWORD=/run/secrets/db1", False),
        ("tokens: 123456", False),
        ("password: changeme123", False),
    ],
)
def test_assigned_secrets(text, found):
    hits = [
        match["value"]
        for match in rules._assignments(text)
        if rules._SECRET_NAME.search(text[: match.start("value")])
        and not secrets.is_placeholder(match["value"])
        and rules._looks_random(match["value"])
    ]
    assert bool(hits) is found


# --- shell


@pytest.mark.parametrize(
    ("command", "uses"),
    [
        ('psql -v name="$TABLE"', ["TABLE"]),
        ("psql -v name=$TABLE", ["TABLE!"]),
        ("T=$TABLE; echo ${T}", ["TABLE", "T!"]),
        ("awk '$NF' \"$FILE\"", ["FILE"]),
        ('echo "it\'s $X" $Y', ["X", "Y!"]),
        ('echo "$(ls $DIR)" "$(ls "$DIR")"', ["DIR!", "DIR"]),
        ("cat <<EOF\n'$TABLE'\nEOF\necho $A", ["TABLE", "A!"]),
        ("cat <<'EOF'\n$TABLE\nEOF\necho $A", ["A!"]),
        ("cat <<-\\EOF\n\t$TABLE\n\tEOF\necho $A", ["A!"]),
        ('grep x <<< "$TEXT"', ["TEXT"]),
        ("echo # it's $NOT\necho $A", ["A!"]),
        ('echo "# $A"', ["A"]),
        ("[[ $A == $B ]] && echo $C", ["A", "B", "C!"]),
        (
            'echo "${A:-none}" "${B-}" "${C:?missing}" "${#D}" "${E%.log}"',
            ["A?", "B?", "C", "D", "E"],
        ),
        ("echo \\$A $$ $1 $? $lower ${lower}", []),
        ('curl "http://$HOST:$PORT/"', ["HOST", "PORT"]),
    ],
)
def test_uses_of_variables(command, uses):
    found = [
        use.name + ("" if use.quoted else "!") + ("?" if use.optional else "")
        for use in read_command(command).uses
    ]
    assert found == uses


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ('A=1 B="x y" cmd "$A"', {"A", "B"}),
        ('export A=1; echo "$A"', {"A"}),
        ('for F in *; do echo "$F"; done', {"F"}),
        ('while read -r A B; do echo "$A"; done', {"A", "B"}),
        ("mapfile -t L < x; echo $L", {"L"}),
        ("printf -v P x; echo $P", {"P"}),
        ('if true; then A=1; fi; echo "$A"', {"A"}),
        ("psql -v TABLE=$X", set()),
        ("docker run -e TABLE=$X img", set()),
        ("echo $X", set()),
    ],
)
def test_assigned_variables(command, names):
    assert read_command(command).assigned == names


@given(st.text(alphabet="$\"'(){}<>[]# \n\\AEOF=;|&-:`", max_size=60))
def test_any_command_can_be_read(text):
    read_command(text)
    destructive_text(text)


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "IFS",
        "LD_PRELOAD",
        "BASH_ENV",
        "ENV",
        "PYTHONPATH",
        "NODE_OPTIONS",
        "PGOPTIONS",
        "PS4",
        "GIT_SSH_COMMAND",
    ],
)
def test_reserved_names(name):
    assert _RESERVED.match(name)


@pytest.mark.parametrize(
    "name",
    ["TABLE", "APP_PATH", "DATABASE_URL", "PGHOST", "HOST", "ENVIRONMENT", "PATHS", "GIT", "LOG"],
)
def test_free_names(name):
    assert not _RESERVED.match(name)


@pytest.mark.parametrize(
    "command",
    [
        "psql -c 'DROP TABLE x'",
        'psql -c "drop database app"',
        "psql -c 'TRUNCATE sessions'",
        "psql -c 'DELETE FROM sessions'",
        "psql -c 'delete from \"Sessions\";'",
        "rm -rf /var/x",
        "sudo rm -fr x",
        "rm -v --recursive x",
        "mkfs.ext4 /dev/sdb",
        "dd if=/dev/zero of=/dev/sdb",
        "kubectl delete namespace x",
        "kubectl -n app delete deployment x",
        "git push --force origin main",
        "git reset --hard HEAD~1",
        "terraform destroy",
        "redis-cli FLUSHALL",
        "docker volume prune",
        "docker compose down -v",
        "aws s3 rm s3://x --recursive",
        "dropdb app",
        "grep x y && rm -rf z",
        "psql <<EOF\nDROP TABLE x;\nEOF",
    ],
)
def test_destructive_commands(command):
    assert destructive_text(command)


@pytest.mark.parametrize(
    "command",
    [
        "grep -i 'drop table' log",
        "rg 'DELETE FROM' src",
        "psql -c 'DELETE FROM sessions WHERE expired'",
        "psql -c 'SELECT 1'",
        "rm x.tmp",
        "kubectl delete pod x",
        "kubectl get pods",
        "git push",
        "git reset HEAD~1",
        "docker compose down",
        "npm run format",
        "systemctl restart app",
        "psql -c 'CREATE TABLE dropped (truncated int)'",
    ],
)
def test_harmless_commands(command):
    assert destructive_text(command) is None


@pytest.mark.parametrize(
    "unit",
    [
        "kubectl -a ",
        "-a ",
        "rm -r",
        "A=1 ",
        "A=",
        '"$A" ',
        "$(",
        "<<A ",
        "read -r A ",
        "git push x ",
        "terraform x ",
        "dd x ",
        "docker compose x ",
        "docker compose down x ",
        "DELETE FROM x ",
    ],
)
def test_long_commands_are_read_in_linear_time(unit):
    def read(count: int) -> None:
        for command in (unit * count, "kubectl " + unit * count, unit * count + "$A WHERE"):
            read_command(command)
            destructive_text(command)

    assert growth(read, 500) < 24


# --- expressions


@pytest.mark.parametrize(
    "pattern",
    [
        r"a|b",
        r"^relation \"\w+\" (?:already exists|does not exist)$",
        r"[A-Za-z_][\w.-]*",
        r"[^\]\[]+",
        r"\d{1,3}(?:\.\d{1,3}){3}",
        r"(a+?)(b*?)c{2,}",
        r"\{x\}",
        r"\x41\t",
        r"",
    ],
)
def test_patterns_of_the_shared_dialect(pattern):
    assert problem_in(pattern) is None
    re.compile(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"(?=a)", r"(?!a)", r"(?<=a)b", r"(?<!a)b", r"(a)\1", r"(?P<n>a)", r"(?<n>a)", r"(?P=n)"),
        *(
            r"(?i)a",
            r"(?i:a)",
            r"(?>a)",
            r"a++",
            r"a*+",
            r"a{2}+",
            r"\Aa",
            r"a\Z",
            r"a\z",
            r"\p{L}",
        ),
        *(r"[[:alpha:]]", r"[a--b]", r"[a&&b]", r"[]a]", r"[^]a]", r"a{,3}", r"a{1001}", r"\u0041"),
        *(
            r"(",
            r"[",
            r"a**",
            r"*",
            "\\",
            r"[\b]",
            r"(?#x)",
            r"(?(1)a|b)",
            r"[z-a]",
            r"\k<n>",
            r"[\1]",
        ),
    ],
)
def test_patterns_outside_the_shared_dialect(pattern):
    message, hint = problem_in(pattern)
    assert message
    assert hint


@given(st.text(alphabet=r"()[]{}?*+|\^$.,:=!<>P-&1aZbdi#", max_size=12))
def test_a_pattern_that_is_accepted_compiles_without_a_warning(pattern):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if problem_in(pattern) is None:
            re.compile(pattern)


# --- causes


@pytest.mark.parametrize(
    "text",
    ["human error", "Operator mistake.", "It was a human error by the on-call", "carelessness"],
)
def test_blame(text):
    assert blame_in(text)


@pytest.mark.parametrize(
    "text",
    ["This was not a human error.", "The parser reports an error.", "An error in the user service"],
)
def test_no_blame(text):
    assert blame_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "unknown",
        "TBD",
        "The cause is unknown.",
        "Root cause unclear",
        "it was down",
        "???",
        "N/A",
        "A bug.",
    ],
)
def test_empty_words(text):
    assert _EMPTY_WORDS.fullmatch(text)


@pytest.mark.parametrize(
    "text",
    ["A bug in the parser of dates", "The unknown host was not resolved", "Two writers race."],
)
def test_words_that_say_something(text):
    assert not _EMPTY_WORDS.fullmatch(text)
