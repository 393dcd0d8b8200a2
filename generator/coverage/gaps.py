"""Gaps between alerts and runbooks, as diagnostics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from generator.coverage.rulefiles import RUNBOOK_URL, AlertRule, RuleFile
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Diagnostic, Position, Severity
from generator.text.urls import alert_address, on_site, slug

NO_PAGE = "CV101"
LEADS_NOWHERE = "CV102"
NO_URL = "CV103"
UNUSED = "CV104"

KINDS = {
    NO_PAGE: "alerts_without_page",
    LEADS_NOWHERE: "urls_that_lead_nowhere",
    NO_URL: "alerts_without_url",
    UNUSED: "pages_without_alert",
}
"""Each kind of gap by its permanent code, with its name in the JSON report."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A missing link between an alert and its runbook.

    Attributes:
        alert: the alert's name.
        diagnostic: what is missing, and where.
        address: the `runbook_url` that the alert has or should have; may be empty.
    """

    alert: str
    diagnostic: Diagnostic
    address: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The result of a comparison.

    Attributes:
        alerts: the number of alerting rules.
        covered: the number of alerting rules with a page.
        unchecked: the number of alerting rules whose `runbook_url` cannot be checked, because it
            is a template or the site's URL is not known.
        gaps: what is missing, in the order of the files.
        problems: what is wrong with the files themselves.
    """

    alerts: int
    covered: int
    unchecked: int
    gaps: tuple[Gap, ...]
    problems: tuple[Diagnostic, ...]


def compare(base: KnowledgeBase, files: Sequence[RuleFile], site: str | None) -> Coverage:
    """Compare the alerts of rule files with the alerts that incidents name.

    Args:
        base: the knowledge base.
        files: the rule files.
        site: the site's URL; None if it is not known.
    """
    pages = {slug(name) for name in base.by_alert}
    used: set[str] = set()
    gaps: list[Gap] = []
    rules = [(file, rule) for file in files for rule in file.alerts]
    unchecked = 0
    for file, rule in rules:
        name = slug(rule.name)
        used.add(name)
        if name not in pages:
            gaps.append(_no_page(file, rule))
        if not rule.runbook_url:
            if name in pages:
                gaps.append(_no_url(file, rule, site))
        elif "{{" in rule.runbook_url or site is None:
            unchecked += 1
        elif not _leads_somewhere(base, pages, rule.runbook_url, site):
            gaps.append(_leads_nowhere(file, rule))
    # An alert of an unreadable file would be reported as unused by mistake.
    problems = tuple(problem for file in files for problem in file.problems)
    if not problems:
        gaps += [_unused(base, name) for name in base.by_alert if slug(name) not in used]
    covered = sum(slug(rule.name) in pages for _, rule in rules)
    return Coverage(len(rules), covered, unchecked, tuple(gaps), problems)


def wanted_url(rule: AlertRule, site: str) -> str:
    """Return the `runbook_url` that an alert should have."""
    return on_site(site, alert_address(rule.name))


def _leads_somewhere(base: KnowledgeBase, pages: set[str], url: str, site: str) -> bool:
    """Return whether a URL belongs to another site or is an existing page of this site."""
    try:
        here, there = urlsplit(site), urlsplit(url)
    except ValueError:
        return False
    top = here.path.rstrip("/") + "/"
    if (there.netloc.lower(), there.path[: len(top)]) != (here.netloc.lower(), top):
        return True
    kind, _, rest = unquote(there.path[len(top) :]).partition("/")
    name = rest.removesuffix("index.html").rstrip("/")
    if kind == "alerts":
        return name in pages or not name
    if kind == "incidents":
        return not name or name.split("/")[0] in base.by_id
    return True


def _no_page(file: RuleFile, rule: AlertRule) -> Gap:
    message = f"no incident names the alert {rule.name}, so it has no page"
    hint = "add it to `alerts` of the incident that it shows, or write an incident"
    diagnostic = _gap(file.file, rule.name_at, NO_PAGE, message, hint)
    return Gap(rule.name, diagnostic, rule.runbook_url)


def _no_url(file: RuleFile, rule: AlertRule, site: str | None) -> Gap:
    message = f"the alert {rule.name} has a page but no {RUNBOOK_URL}"
    hint = f"run `runbooks coverage --write {file.file}`, which sets it"
    url = wanted_url(rule, site) if site else ""
    return Gap(rule.name, _gap(file.file, rule.name_at, NO_URL, message, hint), url)


def _leads_nowhere(file: RuleFile, rule: AlertRule) -> Gap:
    message = (
        f"the {RUNBOOK_URL} of {rule.name} points to a page that does not exist: {rule.runbook_url}"
    )
    hint = f"correct the URL; the page of the alert is {alert_address(rule.name)}"
    diagnostic = _gap(file.file, rule.url_at, LEADS_NOWHERE, message, hint)
    return Gap(rule.name, diagnostic, rule.runbook_url)


def _unused(base: KnowledgeBase, name: str) -> Gap:
    incident_id = base.by_alert[name][0]
    number = base.incidents[incident_id].symptom.alerts.index(name)
    item = base.by_id[incident_id]
    at = item.source.position(("symptom", "alerts", number)) if item.source else Position()
    message = f"no rule defines the alert {name}"
    hint = "remove it, correct its name, or add the rule file that defines it to the command"
    return Gap(name, _gap(item.file, at, UNUSED, message, hint), alert_address(name))


def _gap(file: str, at: Position, code: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(file, at, code, Severity.ERROR, message, hint)
