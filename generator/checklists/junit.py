"""A run as JUnit XML, for pipelines that show it."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

from generator.checklists.record import CheckRecord, RunRecord, Verdict
from generator.model import Level

# Characters that XML 1.0 cannot contain, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(record: RunRecord) -> str:
    """Return a run as JUnit XML.

    As the exit code says it: a blocking check that failed or is not done is a failure. An interrupted
    check is an error. Skipped checks, checks not reached, and advisory ones that failed or are not done
    are skipped.
    """
    kinds = Counter(_kind(check) for check in record.checks)
    suite = ElementTree.Element(
        "testsuite",
        name="runbooks checklist",
        tests=str(len(record.checks)),
        failures=str(kinds["failure"]),
        errors=str(kinds["error"]),
        skipped=str(kinds["skipped"]),
        time=f"{sum(check.seconds or 0 for check in record.checks):.2f}",
        timestamp=f"{record.sessions[0].begun:%Y-%m-%dT%H:%M:%S}",
    )
    for check in record.checks:
        incident, _, name = check.id.partition("/")
        case = ElementTree.SubElement(
            suite, "testcase", classname=incident, name=name, time=f"{check.seconds or 0:.2f}"
        )
        kind = _kind(check)
        if kind:
            ElementTree.SubElement(case, kind, message=_text(_message(check)))
        tries = f"({check.tries} tries)" if check.tries > 1 else ""
        out = "\n".join(
            part
            for part in (check.check, check.run and f"$ {check.run}", tries, check.output)
            if part
        )
        ElementTree.SubElement(case, "system-out").text = _text(out)
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _kind(check: CheckRecord) -> str:
    """Return the element for the result of a check; empty for a check that passed."""
    match check.verdict:
        case Verdict.PASSED:
            return ""
        case Verdict.FAILED | Verdict.NOT_DONE if check.level is Level.BLOCKING:
            return "failure"
        case Verdict.RUNNING | Verdict.INTERRUPTED:
            return "error"
        case _:
            return "skipped"


def _message(check: CheckRecord) -> str:
    words = check.verdict.value.replace("-", " ")
    why = check.reason or "; ".join(check.wrong)
    return f"{check.level.value}, {words}{f': {why}' if why else ''}"


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
