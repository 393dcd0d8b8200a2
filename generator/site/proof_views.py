"""The view of a proof on the page of an incident's proofs."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from generator.knowledge.records import ProofRun, ProofState
from generator.model import Proof
from generator.site.evidence import proof_badge
from generator.text.markdown import Markdown, code, fence, inline, prose, styled, with_code_marker

_LANGUAGES = {
    ".cjs": "js",
    ".js": "js",
    ".json": "json",
    ".mjs": "js",
    ".py": "python",
    ".sh": "bash",
    ".sql": "sql",
    ".yaml": "yaml",
    ".yml": "yaml",
}


@dataclass(frozen=True, slots=True)
class ProofView:
    """A proof: what it shows, its result, its programs and its output."""

    id: str
    shows: str
    description: Markdown
    outcome: Markdown
    needs: Markdown
    command: Markdown
    files: list[tuple[Markdown, Markdown]]
    output: Markdown


def proof_view(
    proof: Proof,
    state: ProofState,
    run: ProofRun | None,
    files: Mapping[str, str],
    by: str = "",
) -> ProofView:
    """Return the view of a proof.

    Args:
        proof: the proof.
        state: what its record is worth.
        run: its record, if there is one.
        files: the content of its own files, by path relative to the proof's folder.
        by: the source that ran it; empty if it is ours.
    """
    badge = proof_badge("", state, run, by=by)
    style = "kb-proved" if badge.holds else "kb-unproved"
    word = "proved" if badge.holds else "not proved"
    return ProofView(
        proof.id,
        proof.shows.value.replace("-", " "),
        prose(proof.description),
        styled("em", f"kb-evidence {style}", f"{word} {inline(badge.facts)}"),
        inline(", ".join(proof.needs)),
        with_code_marker("kb-command", fence(proof.run, "bash"), proof.run),
        [
            (
                code(name),
                fence(text.rstrip("\n"), _LANGUAGES.get(posixpath.splitext(name)[1], "text")),
            )
            for name, text in files.items()
        ],
        with_code_marker("kb-output", fence(run.output)) if run and run.output else Markdown(),
    )
