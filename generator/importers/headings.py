"""The words that write-ups use for the fields of an incident.

The tables here have all of them: headings, labels (`**Impact**: ...`), columns of tables and keys of
front matter. Phrases are compared without case, numbering, symbols and punctuation.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Topic(StrEnum):
    """The topic of a passage; most topics have the name of the field for it."""

    SUMMARY = "summary"
    SYMPTOM = "symptom"
    IMPACT = "impact"
    DETECTION = "detection"
    DIAGNOSIS = "diagnosis"
    ROOT_CAUSE = "root_cause"
    TRIGGER = "trigger"
    FACTORS = "contributing_factors"
    MITIGATION = "mitigation"
    FIX = "fix"
    CHANGES = "changes"
    VERIFICATION = "verification"
    TIMELINE = "timeline"
    ACTIONS = "action_items"
    LESSONS = "learned"
    WENT_WELL = "went_well"
    WENT_WRONG = "went_wrong"
    GOT_LUCKY = "got_lucky"
    FALSE_POSITIVES = "false_positives"
    ESCALATION = "escalation"
    STATS = "stats"
    # Topics of labels, columns and front matter only.
    TITLE = "title"
    DATE = "date"
    SEVERITY = "severity"
    COMPONENTS = "components"
    TAGS = "tags"
    ALIASES = "aliases"
    ALERTS = "alerts"
    DURATION = "duration"
    USERS = "users"
    DATA = "data"
    ZONE = "zone"
    SLUG = "slug"
    MOMENT = "moment"
    """A milestone with its time: `**Start time**: 2026-11-20 03:12 UTC`."""
    WRITTEN = "written"
    NOTES = "notes"
    """Kept as a note on purpose: a passage that fits in no field."""


HEADINGS: dict[Topic, str] = {
    Topic.SUMMARY: """
        summary | executive summary | incident summary | overview | incident overview | tl;dr | tldr
        | abstract | synopsis | in short | what happened | description | incident description
        | background | introduction | context""",
    Topic.SYMPTOM: """
        problem | problems | the problem | problem statement | problem description | issue | issues
        | the issue | issue description | issue summary | symptom | symptoms | error | errors
        | error message | error messages | error log | error logs | what was seen | what we saw
        | observed behavior | observed behaviour | actual behavior | actual behaviour | actual result
        | current behavior | current behaviour | bug | bug description | failure | meaning
        | what does this alert mean | alert description | fault""",
    Topic.IMPACT: """
        impact | impacts | customer impact | user impact | business impact | service impact
        | the impact | effect | effects | consequences | scope | blast radius | damage
        | affected users | who was affected | impact assessment | impact analysis | severity and impact""",
    Topic.DETECTION: """
        detection | how it was detected | how was it detected | how we noticed | discovery
        | how was the incident detected | how did we find out | detected by | how detected""",
    Topic.DIAGNOSIS: """
        diagnosis | diagnostics | diagnose | diagnostic steps | troubleshooting
        | troubleshooting steps | debugging | how to diagnose | how to check | simulation
        | how to simulate | reproduction | reproduction steps | steps to reproduce | how to reproduce
        | to reproduce | repro | repro steps | triage | how to verify the problem
        | identification""",
    Topic.ROOT_CAUSE: """
        root cause | root causes | root cause analysis | root cause s | rca | cause | causes | the cause
        | the root cause | underlying cause | the underlying issue | underlying issue
        | why | why did it happen | why did this happen | why it happened | what went wrong technically
        | technical cause | cause analysis | reason | reasons | the reason | probable cause
        | five whys | 5 whys""",
    Topic.TRIGGER: """
        trigger | triggers | the trigger | triggering event | what triggered it | proximate cause""",
    Topic.FACTORS: """
        contributing factors | contributing factor | contributing causes | factors
        | contributing conditions | contributors | aggravating factors | risk factors""",
    Topic.MITIGATION: """
        mitigation | mitigations | mitigation steps | workaround | workarounds | work around
        | temporary fix | temporary solution | quick fix | immediate actions taken | immediate fix
        | short term fix | hotfix | stop the bleeding | recovery | recovery steps | remedy
        | temporary workaround | immediate mitigation | response | how to mitigate""",
    Topic.FIX: """
        fix | fixes | the fix | solution | solutions | the solution | resolution | resolutions
        | permanent fix | permanent solution | long term fix | long term solution | remediation
        | correction | corrective action taken | how it was fixed | how we fixed it | repair
        | what we changed | changes made""",
    Topic.CHANGES: """
        files modified | modified files | files changed | changed files | changes | code changes
        | files | file changes | files created | files added | files touched | files affected
        | files updated | affected files | files deleted | new files""",
    Topic.VERIFICATION: """
        verification | verifications | verify | validation | testing | tests | test | test plan
        | test results | how to verify | how to test | verification steps | testing performed
        | expected results | expected result | expected outcome | expected outcomes
        | checks | how to check that it is over | confirmation""",
    Topic.TIMELINE: """
        timeline | time line | timelines | incident timeline | timeline of events | chronology
        | events | sequence of events | chain of events | history | event log | incident log | detailed timeline""",
    Topic.ACTIONS: """
        action items | action item | actions | actions items | follow up actions | follow up | follow ups
        | followups | followup | follow up items | next steps | next step | todo | todos | to do | tasks
        | corrective actions | preventive actions | prevention | preventative measures
        | preventive measures | preventative actions | recommendations | improvements
        | remediation items | action plan | planned actions | future work | how we prevent it
        | corrective and preventive actions | corrective and preventative measures
        | corrective measures | backlog items | remaining work | future prevention""",
    Topic.LESSONS: """
        lessons learned | lessons learnt | lessons | lesson learned | learnings | learning
        | what we learned | what we learnt | what did we learn | takeaways | key takeaways
        | retrospective | reflections | findings""",
    Topic.WENT_WELL: """
        what went well | went well | things that went well | what worked | what worked well | the good
        | positives | good""",
    Topic.WENT_WRONG: """
        what went wrong | went wrong | what went badly | what went poorly | things that went badly
        | things that went poorly | what didnt go well | what did not go well | what could be improved
        | what could have gone better | what didnt work | what did not work | the bad
        | areas for improvement | what could be better | what can be improved""",
    Topic.GOT_LUCKY: """
        where we got lucky | got lucky | we got lucky | where did we get lucky | luck | lucky
        | what was lucky | how we got lucky""",
    Topic.FALSE_POSITIVES: """
        false positives | false positive | not this | similar issues | what looks the same
        | known false positives""",
    Topic.ESCALATION: """
        escalation | escalations | escalation path | contacts | contact | who to contact | who to call
        | on call | support contacts | escalate to""",
    Topic.STATS: """
        stats | statistics | metrics | incident metrics | key metrics | numbers | facts | key facts
        | metadata | incident details | details | at a glance | incident data | general information
        | incident information""",
}
"""Which headings mean which topic."""

LABELS: dict[Topic, str] = {
    Topic.TITLE: "title | incident title | name",
    Topic.DATE: """
        date | incident date | date of incident | date of the incident | occurred | occurred on | day
        | date and time""",
    Topic.SEVERITY: """
        severity | severity level | incident severity | sev | incident level | severity rating""",
    Topic.COMPONENTS: """
        component | components | affected component | affected components | service | services
        | affected service | affected services | services affected | service affected | system
        | systems | affected system | affected systems | systems affected | affected systems services
        | impacted services | services impacted | impacted service | product | product team""",
    Topic.TAGS: "tag | tags | category | categories | keyword | keywords | labels | topic | topics",
    Topic.ALIASES: """
        incident id | incident number | incident | ticket | ticket number | incident ticket
        | internal reference | reference number | id | jira | issue id""",
    Topic.ALERTS: "alert | alerts | alert name | alert names | alerts fired | alertname | firing alert",
    Topic.DURATION: """
        duration | incident duration | outage duration | total duration | downtime | total downtime
        | length | outage length | impact duration | time to detection | time to detect | ttd | mttd
        | time to acknowledge | time to acknowledgement | tta | mtta | time to mitigate
        | time to mitigation | ttm | mttm | time to recovery | time to recover | time to resolve
        | time to resolution | time to restore | time to restoration | time to repair | time to fix
        | ttr | mttr | detection time | recovery time | resolution time | time to respond
        | response time to incident | duration of impact | duration of the incident | time to respond""",
    Topic.USERS: "users affected | affected users | customers affected | affected customers | users impacted | impacted users",
    Topic.DATA: "data loss | lost data | data lost | data affected",
    Topic.ZONE: "time zone | timezone | all times in",
    Topic.MOMENT: """
        start time | started | started at | start | incident start | incident started | end time | ended
        | ended at | end | incident end | resolved | resolved at | time resolved | detected | detected at
        | time detected | mitigated | mitigated at | time mitigated | acknowledged at""",
    Topic.SLUG: "slug",
    Topic.WRITTEN: "written | last updated | updated | published | report date | date of report",
}
"""Which labels mean which topic, besides labels that are also headings."""

COLUMNS: dict[str, str] = {
    "at": """
        time | times | date | date time | date and time | datetime | timestamp | when | at | day
        | hour | clock time | event time""",
    "what": """
        event | events | what | what happened | description | action | activity | details | update
        | entry | comment | comments | notes | note | status update""",
    "do": """
        action | action item | action items | item | task | what | description | to do | todo | title
        | follow up | recommendation | improvement | step | measure""",
    "owner": "owner | owners | assignee | assigned to | who | responsible | team | responsibility | dri",
    "due": """
        due | due date | deadline | by when | target date | eta | when | target | date | due by""",
    "priority": "priority | prio | p | urgency",
    "state": "status | state | progress | done",
    "ticket": "ticket | tickets | tracking | jira | issue | bug | tracking bug | link | issue link | ref",
    "file": "file | files | path | file path | filename | file name | file modified | modified file",
    "change": "change | changes | description | what changed | modification | purpose | summary | reason",
    "key": "metric | metrics | field | key | property | attribute | item | name | stat | measure",
    "value": "value | values | data | result | details | duration | description | amount",
}
"""Which column headings mean which part of a table of events, actions, files or figures."""

# Words around a phrase that do not change its meaning.
_AROUND = frozenset(
    """the a an our this that of for and implemented identified applied resolved solved fixed found
    taken performed completed complete done created detailed details full brief initial final
    technical incident production proposed suggested possible known current analysis section
    overview steps list table log notes""".split()
)
_FILE_WORDS = frozenset("file files tool tools script scripts".split())
_CHANGED_WORDS = frozenset(
    "modified changed created added touched updated deleted removed affected".split()
)
_KINDS_OF_FILES = frozenset(
    "and new verification test testing helper deployment source code".split()
)

# The topic of a longer heading that contains one of these; the first match counts.
_WITHIN: tuple[tuple[str, Topic], ...] = (
    (r"root causes?|underlying (?:cause|issue)", Topic.ROOT_CAUSE),
    (r"contributing", Topic.FACTORS),
    (r"(?:went|worked|go) well|worked", Topic.WENT_WELL),
    (r"went (?:wrong|badly|poorly)|could .{0,40}better|be improved", Topic.WENT_WRONG),
    (r"luck(?:y|ily)?", Topic.GOT_LUCKY),
    (r"lessons?|learned|learnt|learnings?", Topic.LESSONS),
    (r"action items?|next steps?|follow ups?", Topic.ACTIONS),
    (r"improvements?|immediate actions?|prevent(?:ion|ive|ative)(?: measures| actions)?", Topic.ACTIONS),
    (r"timeline|chronology|chain of events", Topic.TIMELINE),
    (r"work ?arounds?|mitigations?", Topic.MITIGATION),
    (r"reproduc\w*|troubleshoot\w*|diagnos\w*|simulation", Topic.DIAGNOSIS),
    (r"impact(?:ed)?", Topic.IMPACT),
    (r"detection|detected", Topic.DETECTION),
    (r"expected .{0,40}results?|expected outcomes?|verification|verify|validation|testing", Topic.VERIFICATION),
    (r"(?:quality|safety|sanity|health|smoke) (?:checks?|tests?)", Topic.VERIFICATION),
    (r"solution|resolution|remediation|permanent fix|fix", Topic.FIX),
    (r"symptoms?|problems?", Topic.SYMPTOM),
    (r"trigger(?:ed)?", Topic.TRIGGER),
    (r"executive summary|tl dr", Topic.SUMMARY),
)  # fmt: skip
_WITHIN_PATTERNS = tuple((re.compile(rf"\b(?:{pattern})\b"), topic) for pattern, topic in _WITHIN)
_MOST_WORDS = 6

_NUMBERING = re.compile(
    r"^\s*(?:(?:step|part|section)\s+)?(?:(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivx]+)[.):]|\d{1,3}(?:\.\d{1,3})+)\s+",
    re.IGNORECASE,
)
_PARENTHESES = re.compile(r"\([^()]*\)")
_NO_WORD = re.compile(r"[^\w;]+|_+")


def phrase(text: str) -> str:
    """Return a heading or label in normal form: plain lower-case words."""
    text = text.replace("\u2019", "").replace("'", "").casefold()
    return " ".join(_NO_WORD.sub(" ", _NUMBERING.sub("", text)).replace(";", " ").split())


def without_number(heading: str) -> str:
    """Return a heading without the number before it: `2. Updated the script`."""
    return _NUMBERING.sub("", heading) or heading


def says_no_more(label: str) -> bool:
    """Whether the name of the field says the same as a label."""
    return phrase(label) in _BY_LABEL


def _inverted(table: dict[Topic, str]) -> dict[str, Topic]:
    found: dict[str, Topic] = {}
    for topic, names in table.items():
        for name in names.split("|"):
            found.setdefault(phrase(name), topic)
    return found


_BY_HEADING = _inverted(HEADINGS)
_BY_LABEL = {**_BY_HEADING, **_inverted(LABELS)}
_BY_COLUMN = {
    kind: frozenset(phrase(name) for name in names.split("|")) for kind, names in COLUMNS.items()
}


def exact_topic(heading: str) -> Topic | None:
    """Return the topic of a heading that says no more than the topic; its field replaces it."""
    return _BY_HEADING.get(phrase(heading))


def heading_topic(heading: str) -> Topic | None:
    """Return the topic of a heading, or None if no field fits."""
    plain = phrase(heading)
    found = _BY_HEADING.get(plain) or _BY_HEADING.get(phrase(_PARENTHESES.sub(" ", heading)))
    if found:
        return found
    words = plain.split()
    plain_words = set(words)
    if (
        plain_words & _FILE_WORDS
        and plain_words & _CHANGED_WORDS
        and plain_words <= _FILE_WORDS | _CHANGED_WORDS | _KINDS_OF_FILES
    ):
        return Topic.CHANGES
    core = [word for word in words if word not in _AROUND]
    found = _BY_HEADING.get(" ".join(core)) if core else None
    if found:
        return found
    outside = phrase(_PARENTHESES.sub(" ", _PARENTHESES.sub(" ", heading)))
    if len(outside.split()) > _MOST_WORDS:
        return None
    return next((topic for pattern, topic in _WITHIN_PATTERNS if pattern.search(outside)), None)


def label_topic(label: str) -> Topic | None:
    """Return the topic of a label, or None."""
    plain = phrase(label)
    return _BY_LABEL.get(plain) or _BY_LABEL.get(
        " ".join(word for word in plain.split() if word not in _AROUND)
    )


def is_column(text: str, kind: str) -> bool:
    """Whether the heading of a column means one of the kinds in `COLUMNS`.

    Words in parentheses, such as a zone, are ignored.
    """
    return phrase(_PARENTHESES.sub(" ", text)) in _BY_COLUMN[kind]
