"""Prints diagnostics as text, JSON, SARIF or GitHub workflow commands."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.rules.base import Rule
from generator.text.labels import plural

ReportFormat = Callable[[Sequence[Diagnostic], Sequence[Rule]], str]

_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
_GITHUB_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}


def text(diagnostics: Sequence[Diagnostic], rules: Sequence[Rule]) -> str:  # noqa: ARG001
    """Write each diagnostic on a line, with its hint below, then a summary; empty without any."""
    lines = []
    for d in diagnostics:
        place = f"{_plain(d.file)}:{d.position.line}:{d.position.column}"
        lines.append(f"{place}: {d.severity}[{d.code}] {_plain(d.message)}")
        if d.hint:
            lines.append(f"  hint: {_plain(d.hint)}")
    if diagnostics:
        files = len({d.file for d in diagnostics})
        counts = ", ".join(
            plural(number, str(severity))
            for severity, number in sorted(Counter(d.severity for d in diagnostics).items())[::-1]
        )
        lines.append(f"{counts} in {plural(files, 'file')}")
    return "\n".join(lines)


def as_json(diagnostics: Sequence[Diagnostic], rules: Sequence[Rule]) -> str:  # noqa: ARG001
    """Write a versioned object; later versions only add keys."""
    counts = Counter(d.severity for d in diagnostics)
    report = {
        "version": 1,
        "diagnostics": [
            {
                "file": _plain(d.file),
                "line": d.position.line,
                "column": d.position.column,
                "code": d.code,
                "severity": str(d.severity),
                "message": d.message,
                "hint": d.hint,
            }
            for d in diagnostics
        ],
        "summary": {
            f"{severity}s": counts[severity] for severity in sorted(Severity, reverse=True)
        },
    }
    return json.dumps(report, indent=2)


def sarif(diagnostics: Sequence[Diagnostic], rules: Sequence[Rule]) -> str:
    """Write SARIF 2.1.0, with every rule and its documentation."""
    indexes = {rule.code: index for index, rule in enumerate(rules)}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "runbooks lint",
                        "rules": [_sarif_rule(rule) for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(d, indexes) for d in diagnostics],
            }
        ],
    }
    return json.dumps(log, indent=2)


def _sarif_rule(rule: Rule) -> dict[str, Any]:
    markdown = rule.documentation
    if rule.invalid:
        markdown += (
            f"\n\nReported:\n\n```yaml\n{rule.invalid}```\n\nAccepted:\n\n```yaml\n{rule.valid}```"
        )
    return {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.documentation},
        "help": {"text": rule.documentation, "markdown": markdown},
        "defaultConfiguration": {"level": _SARIF_LEVELS[rule.severity]},
    }


def _sarif_result(d: Diagnostic, indexes: dict[str, int]) -> dict[str, Any]:
    message = d.message if not d.hint else f"{d.message} ({d.hint})"
    result: dict[str, Any] = {
        "ruleId": d.code,
        "level": _SARIF_LEVELS[d.severity],
        "message": {"text": message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(_plain(d.file))},
                    "region": {"startLine": d.position.line, "startColumn": d.position.column},
                }
            }
        ],
    }
    if d.code in indexes:
        result["ruleIndex"] = indexes[d.code]
    return result


def github(diagnostics: Sequence[Diagnostic], rules: Sequence[Rule]) -> str:
    """Write workflow commands, which GitHub Actions shows next to the changed lines."""
    names = {rule.code: rule.name for rule in rules}
    lines = []
    for d in diagnostics:
        title = f"{d.code} {names[d.code]}" if d.code in names else d.code
        message = d.message if not d.hint else f"{d.message}\n{d.hint}"
        lines.append(
            f"::{_GITHUB_COMMANDS[d.severity]} file={_property(_plain(d.file))},line={d.position.line},"
            f"col={d.position.column},title={_property(title)}::{_data(message)}"
        )
    return "\n".join(lines)


FORMATS: dict[str, ReportFormat] = {"text": text, "json": as_json, "sarif": sarif, "github": github}
"""Every format by its `--format` name. No output has a final newline."""


def _plain(value: str) -> str:
    """Escape control characters and characters that cannot be encoded; file names may have them."""
    if value.isprintable():
        return value
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
