"""Proposals of signatures: measured on errors of many programs."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from generator.cli import runbooks
from generator.signatures.language import SignatureError, compile_signature
from generator.signatures.survey import find_in
from generator.triage.propose import Specific, propose

DATA = Path(__file__).parent / "data" / "proposal-cases.json"
CASES: list[dict[str, Any]] = json.loads(DATA.read_text("utf-8"))


def fits(examples: list[str], case: dict[str, Any]) -> bool:
    """Whether a proposal matches examples and the unseen text, and not the sibling."""
    proposal = propose(examples)
    if proposal is None:
        return False
    try:
        compiled = compile_signature(proposal.source)
    except SignatureError:
        return False
    wanted = [*examples, case["unseen"]]
    return all(find_in(compiled, text) for text in wanted) and not find_in(compiled, case["sibling"])  # fmt: skip


# The proposer was written with those to tune, then measured on those held back; the second and the
# third were written after that, and showed what was still wrong.
HALVES = ("tune", "held back", "second", "third")


def missed(number: int | None) -> dict[str, list[str]]:
    """Return the cases of each part that a proposal from so many examples does not fit."""
    return {
        half: [
            c["name"] for c in CASES if c["half"] == half and not fits(c["examples"][:number], c)
        ]
        for half in HALVES
    }


def test_nine_of_ten_proposals_match_the_unseen_text_and_reject_the_sibling():
    found = missed(None)
    assert sum(map(len, found.values())) * 10 <= len(CASES), found
    assert len(found["held back"]) <= 1


def test_most_proposals_from_one_example_do_so_too():
    found = missed(1)
    assert sum(map(len, found.values())) * 3 <= len(CASES), found


def test_a_large_paste_answers_soon():
    line = "2026-03-01 10:00:01 [main] request 12 failed: connection 10.2.3.4 was a{b}c, and 'x' {} ((("
    text = "\n".join(f"{line} {n}" for n in range(12_000))
    begin = time.process_time()
    propose([text, text])
    propose(["x " * 500_000, "{" * 500_000, '{"a":' * 100_000])
    assert time.process_time() - begin < 5


def test_what_is_specific_is_said():
    found = propose(["FATAL:  sorry, too many clients already"])
    assert found is not None
    assert found.specific is not Specific.LOW
    low = propose(["Error: connection failed"])
    assert low is not None
    assert low.specific is Specific.LOW
    assert low.warnings


@pytest.mark.parametrize(
    ("examples", "source"),
    [
        # One line is of any container that ended, the next one says why.
        (["    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n"], "Last State: Terminated Reason: OOMKilled"),
        # The ID is of the lock, and later steps need it.
        (["Error: QuorumLostException: the quorum\nLock Info:\n  ID:  0a0a0a0a-b03f-e35c-da30-4083cdbb99ae\n"],
         {"text": "QuorumLostException: the quorum", "all": ["Lock Info: ID: {LOCK_ID}"]}),
        # That of a request is of no use.
        (["QuorumLostException: the quorum\nRequest ID: 0a0a0a0a-b03f-e35c-da30-4083cdbb99ae\n"], "QuorumLostException: the quorum"),
        # Pod suffixes, counters, dates of klog, offsets.
        (["E0612 03:04:05.678901    1202 shard.go:19] drained shard of pod cart-6d4f9c7b8-x2k4q at offset 8812"],
         "drained shard of pod {POD} at offset"),
        # What an exception was made from, as Python prints it: the sentence is the error.
        (["OperationalError: (1205, 'Shard wait timeout exceeded; try restarting the quorum')"],
         "({_}, 'Shard wait timeout exceeded; try restarting the quorum')"),
        # A short note beside a number is not.
        (["cannot drain the shard of the quorum (110: Connection timed out) while rebalancing"],
         "cannot drain the shard of the quorum ({_}) while rebalancing"),
        (['  Warning  Drained  3s (x2 over 20s)  shardlet  Broken quorum of shard 7'], "Broken quorum of shard"),
    ],
)  # fmt: skip
def test_what_makes_the_error(examples, source):
    found = propose(examples)
    assert found is not None
    assert found.source == source
    assert not found.warnings


def test_words_of_other_incidents_are_not_rare():
    text = "quorum of the shard drifted\nbalance of ledger mismatched"
    known = {n: ["the quorum of the shard drifted away"] for n in ("one", "two")}
    alone, beside = propose([text]), propose([text], known)
    assert alone is not None
    assert alone.source == "quorum of the shard drifted"
    assert beside is not None
    assert beside.source == "balance of ledger mismatched"


def test_different_wordings_become_any():
    texts = ["the shard of host 7 drifted away", "Scherbe auf Rechner 7 abgetrieben"]
    found = propose(texts)
    assert found is not None
    assert isinstance(found.source, dict)
    assert len(found.source["any"]) == 2
    assert not found.warnings


def test_an_indented_example_stays_as_it_is(tmp_path):
    (tmp_path / "incidents").mkdir()
    (tmp_path / "mkdocs.yml").write_text("")
    text = "    Last State:  Terminated\n      Reason:  OOMKilled"
    shown = CliRunner().invoke(runbooks, ["signature", "--root", str(tmp_path), text])
    [made] = yaml.safe_load(shown.stdout)
    assert made["matches"] == [f"{text}\n"]
    assert shown.exit_code == 0


@pytest.mark.parametrize("text", ["- error: the shard drifted", "--- FAIL: TestShard", "-h is no flag here"])  # fmt: skip
def test_a_text_may_begin_like_an_option(text, tmp_path):
    (tmp_path / "incidents").mkdir()
    (tmp_path / "mkdocs.yml").write_text("")
    shown = CliRunner().invoke(runbooks, ["signature", "--root", str(tmp_path), text])
    assert shown.exit_code in (0, 1)
    assert shown.stdout.startswith("- text: ")


def test_of_a_long_log_the_sample_is_the_lines_around_the_error(tmp_path):
    (tmp_path / "incidents").mkdir()
    (tmp_path / "mkdocs.yml").write_text("")
    lines = [f"2026-03-01 10:00:01 INFO request served in ms {n}" for n in range(5000)]
    lines[3000] = "2026-03-01 10:00:01 ERROR ledger balance mismatch for account 7731"
    shown = CliRunner().invoke(runbooks, ["signature", "--root", str(tmp_path)], input="\n".join(lines))  # fmt: skip
    [made] = yaml.safe_load(shown.stdout)
    assert made["text"] == "ledger balance mismatch for account"
    [sample] = made["matches"]
    assert lines[3000] in sample
    assert len(sample.splitlines()) <= 20


def test_a_short_text_gets_the_words_before_it():
    old = "npm ERR! code E404\nnpm ERR! 404 Not Found\n"
    new = "npm error code E404\nnpm error 404 Not Found\n"
    one, both = propose([old]), propose([old, new])
    assert one is not None
    assert one.source == "npm ERR! code E404"
    assert both is not None
    assert both.source == {"any": ["npm ERR! code E404", "npm error code E404"]}
