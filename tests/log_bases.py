"""Knowledge bases whose signatures log systems must find, and what they must find in them."""

from __future__ import annotations

from pathlib import Path

import yaml

from generator.knowledge.base import KnowledgeBase
from generator.signatures.language import compile_signature
from generator.signatures.source import Source

HOSTILE = (
    r"back\slash \d {X} 'q' \'d\" `b` end",
    "tab\tand ünï 日本 {_} --; DROP",
    "[x](y) *+?.^$| {B}: {{end}} %s ${home}",
    "a@b @ESTRING::x@ {C} @@ <d> & </pattern>",
    "{WHO} has given up",
    "long {LONG...} end of it",
)
"""Templates with characters that mean something to a language."""


def base_of(folder: Path, signatures: list[dict[str, object]], title: str = "T") -> Path:
    """Write a knowledge base with one incident."""
    path = folder / "incidents" / "one" / "incident.yaml"
    path.parent.mkdir(parents=True)
    (folder / "mkdocs.yml").write_text("site_name: x\nsite_url: https://kb.example/\n")
    incident = {
        "title": title, "severity": "SEV2", "status": "draft", "root_cause": "c", "fix": "f", "verification": "v",
        "symptom": {"description": "s", "signatures": signatures},
    }  # fmt: skip
    path.write_text(yaml.safe_dump(incident, allow_unicode=True), "utf-8")
    return folder


def samples(base: KnowledgeBase) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return what signatures must find and what they must not, each with the signature's name.

    A log system searches a text as it is, so a sample that only a normal form of it shows is left out.
    """
    found, rejected = [], []
    for incident_id, incident in base.incidents.items():
        for number, signature in enumerate(incident.symptom.signatures, 1):
            name = f"{incident_id}#{number}"
            found += [(name, text) for text in signature.samples if shows(signature.source, text)]
            rejected += [(name, text) for text in signature.rejects]
    return found, rejected


def shows(source: Source, text: str) -> bool:
    """Say whether a text shows what a signature searches for first, as it is."""
    return any(one.find(text) for form in compile_signature(source).key for one in form)
