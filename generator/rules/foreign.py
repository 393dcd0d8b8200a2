"""Which signatures match samples of other incidents; kept, and found again where something changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.cache.fingerprints import digest
from generator.cache.json_text import encode
from generator.cache.kept_files import read_kept, write_kept
from generator.cache.trust import FOLDER
from generator.knowledge.facts import SignatureFacts
from generator.signatures.survey import Surveyed, survey, survey_again

FILE = f"{FOLDER}/foreign.json"

Foreign = Mapping[str, list[Surveyed | None]]
"""By id, each signature of an incident with what is foreign to it; None for an invalid one."""


def foreign_samples(
    signatures: Mapping[str, Sequence[SignatureFacts]], kept: Path | None
) -> Foreign:
    """Return which signatures match samples of other incidents.

    Args:
        signatures: the signatures of all incidents by id.
        kept: the file in which the result is kept; None for none.
    """
    digests = {i: digest(encode([s.row() for s in of])).hex() for i, of in signatures.items()}
    before: dict[str, tuple[str, list[Surveyed | None]]] = (read_kept(kept, "") if kept else None) or {}  # fmt: skip
    changed = {i for i, of in digests.items() if i not in before or before[i][0] != of}
    if not changed and len(before) == len(digests):
        return {i: of for i, (_, of) in before.items()}
    if len(changed) * 2 > len(digests):
        found = survey(signatures)
    else:
        found = survey_again(signatures, {i: of for i, (_, of) in before.items()}, changed)
    if kept:
        write_kept(kept, "", {i: [digests[i], found[i]] for i in signatures})
    return found
