"""Helpers for proofs in JavaScript. The program puts them beside each proof, in `proofs/helpers/`.

Each `.mjs` file here is one subject. They belong to the program as the services do, so the digest of
a proof does not cover them. `docs/guide/author.md` lists what they offer.
"""

from __future__ import annotations

from pathlib import Path

HELPERS = "helpers"
"""The folder under `proofs/` that has them, so no proof and no folder of an incident has this name."""


def write_helpers(folder: Path) -> None:
    """Write the helpers into a new folder.

    Args:
        folder: where they belong, in the scratch copy of an incident.
    """
    folder.mkdir()
    for helper in Path(__file__).parent.glob("*.mjs"):
        (folder / helper.name).write_bytes(helper.read_bytes())
