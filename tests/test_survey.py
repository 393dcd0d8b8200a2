"""Comparing signatures with samples again, where something changed, finds what comparing all finds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.knowledge.facts import SignatureFacts
from generator.signatures.survey import compile_all, find_in, survey, survey_again

TEXTS = (
    "disk is full",
    "disk {_} is full",
    "{_} is full",
    "a{_}{_}",
    "é is {WORD...} full",
    "d{_}l",
    'disk "7" of {WORD} is full',
)
SAMPLES = (
    "disk is full",
    "disk 7 is full",
    r"log: \"disk 7\" is full",
    "é is\nvery full",
    "dl full",
    "disk 7 of the host is full",
    "disk `7` of &quot;it&quot; is full",
    'disk  \x1b[1m"7"\x1b[0m of it is\tfull',
)
SIGNATURES = st.lists(
    st.builds(
        SignatureFacts,
        st.sampled_from(TEXTS),
        st.lists(st.sampled_from(SAMPLES), max_size=2).map(tuple),
    )
    | st.just(SignatureFacts({"regex": "di.k"}, ("disk is full",))),
    max_size=2,
).map(tuple)
BASES = st.dictionaries(st.sampled_from("abcdef"), SIGNATURES)


@settings(max_examples=300)
@given(BASES, BASES)
def test_comparing_again_gives_what_comparing_all_gives(
    before: dict[str, tuple[SignatureFacts, ...]], now: dict[str, tuple[SignatureFacts, ...]]
) -> None:
    changed = {i for i, of in now.items() if before.get(i) != of}
    expected = survey(now)
    assert survey_again(now, survey(before), changed) == expected
    assert survey(now, sorted(now)[:2]) == {i: expected[i] for i in sorted(now)[:2]}


@settings(max_examples=300)
@given(BASES)
def test_a_survey_finds_every_sample_that_a_signature_matches_alone(
    base: dict[str, tuple[SignatureFacts, ...]],
) -> None:
    for incident_id, found in survey(base).items():
        usable = compile_all(base[incident_id]).usable
        for index, signature in usable.items():
            one = found[index]
            assert one is not None
            foreign = {
                other: next(
                    (t for of in signatures for t in of.samples if find_in(signature, t)), None
                )
                for other, signatures in base.items()
                if other != incident_id
            }
            assert one[1] == {i: text for i, text in foreign.items() if text is not None}
