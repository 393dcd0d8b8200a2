"""Vector: a VRL program for a `remap` transform, which adds the incidents that a line shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from generator.log_systems.base import PortableSignature, SignatureExport, SignatureExportOptions

_HEAD = """\
# Made by `runbooks export-signatures --format vector`; changes made here are lost.
# A program for Vector's `remap` transform. It adds the incidents that an event shows to `.incidents`.
# Docs: docs/guide/log-systems.md
"""


def export(
    signatures: Sequence[PortableSignature], options: SignatureExportOptions
) -> SignatureExport:
    """Write a program."""
    lines = [f'message = string(.{options.field}) ?? ""', "incidents = []"]
    for signature in signatures:
        lines += _test(signature)
    lines += ["if length(incidents) > 0 {", "  .incidents = incidents", "}"]
    return SignatureExport(_HEAD + "\n".join(lines) + "\n")


def _test(signature: PortableSignature) -> Iterator[str]:
    facts = {
        "incident": string(signature.incident),
        "signature": str(signature.number),
        "severity": string(signature.severity),
        "title": string(signature.title),
        "url": string(signature.address) if signature.address else "null",
        "captures": "captures",
    }
    found = ", ".join(f'"{name}": {value}' for name, value in facts.items())
    ruled_out = [f"!match(message, {regex(p.regex)})" for p in chain(*signature.without)]
    test = [
        f"captures, error = parse_regex(message, {regex(signature.pattern.regex)})",
        f"if {' && '.join(['error == null', *ruled_out])} {{",
        f"  incidents = push(incidents, {{ {found} }})",
        "}",
    ]
    yield f"# {signature.name}"
    if not signature.pattern.needle:
        yield from test
        return
    yield f"if contains(message, {string(signature.pattern.needle)}) {{"
    yield from (f"  {line}" for line in test)
    yield "}"


def string(text: str) -> str:
    """Write a text as a VRL string. `{{` begins a template; `\\{` does not."""
    for sign, escape in (("\\", "\\\\"), ('"', '\\"'), ("{", "\\{"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"), ("\0", "\\0")):  # fmt: skip
        text = text.replace(sign, escape)
    return f'"{text}"'


def regex(pattern: str) -> str:
    """Write a pattern as a VRL regular expression, which a single quote would end."""
    written: list[str] = []
    escaped = False
    for sign in pattern:
        if sign in "'\n\r":
            if escaped:
                written.pop()
            written.append({"'": r"\x27", "\n": r"\n", "\r": r"\r"}[sign])
            escaped = False
        else:
            written.append(sign)
            escaped = sign == "\\" and not escaped
    return "r'" + "".join(written) + "'"
