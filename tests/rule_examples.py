"""Knowledge bases with the examples of the rules, for the tests of `lint`.

A fragment contains whole top-level keys. They replace keys of the smallest valid incident: the file
consists of the schema comment, the fragment, and the keys that the fragment does not have. So line N
of the fragment is line N + 1 of the file.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from generator.knowledge.loader import load_entry
from generator.knowledge.records import (
    ProofOutcome,
    ProofRecord,
    ProofRun,
    proof_digest,
    record_path,
    statement_digest,
)

HEADER = "# yaml-language-server: $schema=../incident.schema.json\n"

MINIMAL = {
    "title": "title: Nobody can log in after a deploy\n",
    "status": "status: published\n",
    "severity": "severity: SEV2\n",
    "symptom": "symptom: {description: The login page shows an error., alerts: [LoginDown]}\n",
    "root_cause": "root_cause: Two processes create the same table at the same time.\n",
    "fix": "fix: Create the tables in one step before the service starts.\n",
    "verification": "verification: [Log in once more.]\n",
}

DISK_FULL = """\
# yaml-language-server: $schema=../incident.schema.json
title: The disk of the database server is full
aliases: OPS-41
status: published
reviews: [{status: published, by: Database team, date: 2026-11-20}]
severity: SEV1
symptom:
  description: Every write fails.
  signatures:
    - No space left on device
    - text: 'cache of thumbnails on {_} is full'
      matches: ["cache of thumbnails on db-1 is full"]
root_cause: The log of slow statements is never rotated and fills the disk.
fix: Rotate the log every day.
verification: [Write a row.]
"""

QUEUE_STUCK = """\
# yaml-language-server: $schema=../incident.schema.json
title: The queue is stuck
status: published
superseded_by: example
reviews: [{status: published, by: Queue team, date: 2026-11-20}]
severity: SEV3
symptom: {description: Nothing leaves the queue., alerts: [QueueStuck]}
root_cause: A message that cannot be read is put back at the head of the queue.
fix: Move such a message to a queue of its own.
verification: [Send a message.]
"""


def header_lines(fragment: str) -> int:
    """Return the number of lines before a fragment in its file: none if it begins with a header."""
    return 0 if fragment.startswith(("# yaml-language-server", "# An incident")) else 1


def incident_text(fragment: str) -> str:
    """Return the smallest incident with its fields replaced by those of the fragment."""
    keys = set(re.findall(r"(?m)^([a-z_]+):", fragment))
    rest = "".join(text for key, text in MINIMAL.items() if key not in keys)
    status = re.search(r"(?m)^status: *([a-z]+) *$", fragment + rest)
    if status and status[1] != "draft" and "reviews" not in keys:
        # At the end, so that the positions in the fragment do not change.
        rest += f"reviews: [{{status: {status[1]}, by: Platform team, date: 2026-11-20}}]\n"
    return HEADER * header_lines(fragment) + fragment + rest


def write_base(root: Path, example: str | bytes) -> Path:
    """Write a knowledge base with this text as the incident `example`; return its root."""
    files: dict[str, str | bytes] = {
        "mkdocs.yml": "site_name: Test\n",
        "incidents/disk-full/incident.yaml": DISK_FULL,
        "incidents/disk-full/server.log": "",
        "incidents/queue-stuck/incident.yaml": QUEUE_STUCK,
        "incidents/example/incident.yaml": example,
        "incidents/example/server.log": "No space left on device\n",
        "incidents/example/proofs/works/proof.sh": "true\n",
        "incidents/example/proofs/silent/proof.sh": "true\n",
    }
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    _record(root)
    return root


def _record(root: Path) -> None:
    """Record the proof `works` of the example as proved, if there is one."""
    folder = root / "incidents/example"
    incident = load_entry(root, "example").incident
    if incident is None:
        return
    runs = tuple(
        ProofRun(
            proof=proof.id,
            shows=proof.shows,
            outcome=ProofOutcome.PROVED,
            when=datetime(2026, 11, 21, tzinfo=UTC),
            seconds=0.1,
            command=proof.run,
            proof_digest=proof_digest(folder, proof),
            statement_digest=statement_digest(incident, proof),
        )
        for proof in incident.proofs
        if proof.id == "works"
    )
    record_path(folder).write_text(ProofRecord(proofs=runs).text(), "utf-8")
