"""KB501 to KB503, KB509, KB520 and KB533: the risk of steps, and the expected results of checks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from generator.commands.expectations import compares
from generator.knowledge.diagnostics import Severity
from generator.model import Action, Check, Risk, Step, seconds
from generator.rules.base import Finding, Rule, Subject

_DESTROYS = re.compile(
    r"""
    \b(?P<sql>
        DROP\s+(?:TABLE|DATABASE|SCHEMA|COLUMN|TYPE|DOMAIN|OWNED|ROLE|USER|EXTENSION|(?:MATERIALIZED\s+)?VIEW|TABLESPACE)\b
      | TRUNCATE\s+(?:TABLE\s+)?["\w]
      | (?P<delete>DELETE\s+FROM\s+[^\s;'"]*(?:"[^"]*")?)
    )
  | \b(?P<program>
        rm\s+(?:-\w+\s+)*(?:-\w*[rR]\w*|--recursive)\b
      | mkfs(?:\.\w+)?\s | wipefs\s | shred\s | dropdb\s | dropuser\s
      | dd\s[^\n|;]{0,400}\bof=
      | kubectl\s+(?:-\S+\s+(?:[^-\s]\S*\s+)?){0,40}delete\s+(?!pods?\b|po\b|event)
      | helm\s+(?:uninstall|delete)\b
      | docker\s+(?:volume\s+(?:rm|prune)|system\s+prune)\b | docker[ -]compose\s(?>[^\n|;]{0,400}?\bdown\s+)(?:\S+\s+){0,40}?(?:-v\b|--volumes)
      | terraform\s+(?:\S+\s+){0,40}destroy\b
      | aws\s+s3\s+(?:rb\b|rm\b)
      | git\s+(?:reset\s+--hard|clean\s+-\w*f|push\s+(?:\S+\s+){0,40}(?:--force\b|-f\b))
      | zfs\s+destroy\b | lvremove\s | vgremove\s
    )
  | \b(?P<command>FLUSHALL|FLUSHDB)\b
  | >\s*/dev/(?:sd|nvme|vd|xvd)
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Cheap to search for: every match of the expression above contains one of these.
_MAY_DESTROY = re.compile(
    r"drop|truncate|delete|rm\s|mkfs|wipefs|shred|of=|uninstall|prune|down|destroy|s3\s"
    r"|git\s|lvremove|vgremove|flush|/dev/",
    re.IGNORECASE,
)
# What limits a DELETE, and where its statement ends.
_WHERE_OR_END = re.compile(r"\bWHERE\b|;", re.IGNORECASE)
# Programs that only read their arguments.
_ONLY_READS = re.compile(
    r"\s{0,20}(?:sudo\s+)?(?:grep|egrep|fgrep|zgrep|rg|ag|journalctl|man|which)\b"
)


def destructive_text(command: str) -> str | None:
    """Return the part of a command that deletes something, or None."""
    if not _MAY_DESTROY.search(command):
        return None
    conditions = [match.start() for match in _WHERE_OR_END.finditer(command)]
    begin, seen = 0, 0
    for match in _DESTROYS.finditer(command):
        # Only what is new since the last match is searched.
        begin = max(begin, *(command.rfind(c, seen, match.start()) + 1 for c in "\n;|&"))
        seen = match.start()
        if match["delete"]:
            after = bisect_left(conditions, match.end())
            if after < len(conditions) and command[conditions[after]] != ";":
                continue
        if not _ONLY_READS.match(command, begin):
            return " ".join(match[0].split())
    return None


def destructive_without_rollback(subject: Subject) -> Iterator[Finding]:
    """A destructive step does not say how to undo it.

    Sooner or later, somebody runs the step at night on the wrong machine or after a wrong
    diagnosis, and must undo it at once. Write how in `rollback`: one sentence, or `do` and `run`.
    If nothing restores the data, say so, and say what to save first: `rollback: None; take a dump
    first (step 2)`.
    """
    for route, action in subject.actions:
        if action.risk is Risk.DESTRUCTIVE and action.rollback is None:
            yield Finding(
                (*route, "risk"),
                "destructive step has no rollback",
                "add `rollback:` that says how to undo the step, or what to save first",
            )


def hidden_destruction(subject: Subject) -> Iterator[Finding]:
    """A command deletes data but is not marked destructive.

    The rule detects DROP, TRUNCATE, DELETE without WHERE, `rm -r`, `mkfs`, `dd of=`,
    `kubectl delete` (except for pods, which are recreated), `git push --force`,
    `terraform destroy` and similar commands. A tired reader relies on the badge next to a command.
    Write `risk: destructive` and a `rollback`. If the command deletes only what it created itself,
    suppress the finding with that reason.
    """
    for route, action in subject.actions:
        if action.run and action.risk is not Risk.DESTRUCTIVE:
            found = destructive_text(action.run)
            if found:
                yield Finding(
                    (*route, "run"),
                    f"`{found}` deletes data but is not marked destructive",
                    "write `risk: destructive` and a `rollback`",
                )


def missing_risk(subject: Subject) -> Iterator[Finding]:
    """A command does not declare its risk.

    Before running a command, the reader needs to know whether it only reads, changes something,
    or can lose data. Write `risk: read-only`, `risk: changes-state` or `risk: destructive`.
    """
    for route, action in subject.actions:
        if action.run and action.risk is None and not destructive_text(action.run):
            yield Finding(
                (*route, "run"),
                "the command has no `risk`",
                "write `risk: read-only`, `changes-state` or `destructive`",
            )


def check_without_expectation(subject: Subject) -> Iterator[Finding]:
    """A check has no expected result.

    A release continues or stops depending on this check, so everybody must judge it in the same
    way. If the check has a command, a program judges it: write `expect` with at least one of
    `exit`, `contains`, `matches` or `empty`. Otherwise a person judges it: write in `expect` what
    they see when the check passes.
    """
    for index, check in enumerate(subject.incident.checks):
        if not _decidable(check):
            asked = (
                "`exit`, `contains`, `matches` or `empty`" if check.run else "what a person sees"
            )
            yield Finding(
                ("checks", index),
                f"the check {check.id!r} has no expected result",
                f"add `expect:` with {asked}",
            )


def approval_of_nothing(subject: Subject) -> Iterator[Finding]:
    """A step or a check without a command asks for the approval of a second person.

    `runbooks run` and `runbooks checklist run` ask the second person before they run the command.
    Without a command, they run nothing, so nobody is asked. Write the command as `run`, or write in
    `do` or `check` who has to agree.
    """
    for route, action in subject.actions:
        if action.approval and not action.run:
            noun, where = ("step", "do") if isinstance(action, Step) else ("check", "check")
            yield Finding(
                (*route, "approval"),
                f"nobody is asked for approval: the {noun} has no command",
                f"add `run:`, or write in `{where}` who has to agree",
            )


def poll_in_vain(subject: Subject) -> Iterator[Finding]:
    """A step or a check has a `poll` that cannot do what it is for.

    With `poll`, a command runs again until its result is as expected. So it needs a command, and a
    result that a program compares: `exit`, `contains`, `matches` or `empty`. The command should only
    read: it runs many times. And `every` has to be shorter than `for`, or there is only one try.
    """
    for route, action in subject.actions:
        if action.poll:
            problem = _in_vain(action)
            if problem:
                yield Finding((*route, "poll"), *problem)


def _in_vain(action: Action) -> tuple[str, str] | None:
    """Return what is wrong with a poll, and what to do; None if nothing is."""
    poll = action.poll
    assert poll is not None
    if not action.run:
        return "nothing is tried again: there is no command", "add `run:`, or remove `poll:`"
    if not compares(action.expect):
        return (
            "nothing tells when to stop trying: no result is compared",
            "add `expect:` with `exit`, `contains`, `matches` or `empty`",
        )
    if action.risk in (Risk.CHANGES_STATE, Risk.DESTRUCTIVE):
        return (
            f"a command that is {action.risk} runs again and again",
            "change in one step, and poll in the next, which only reads",
        )
    if seconds(poll.every) > seconds(poll.within):
        return (
            f"there is only one try: every {poll.every}, for {poll.within}",
            "write an `every` that is shorter than `for`",
        )
    return None


def _decidable(check: Check) -> bool:
    expect = check.expect
    if not check.run:
        return expect.shows is not None
    return (
        expect.exit is not None
        or expect.empty is not None
        or bool(expect.contains)
        or bool(expect.matches)
    )


STEPS = (
    Rule(
        "KB501",
        "destructive-without-rollback",
        Severity.ERROR,
        """\
mitigation:
  - do: Drop the empty table.
    run: psql -c 'DROP TABLE "Sessions"'
    risk: destructive
    rollback: Start one instance; it creates the table again.
""",
        """\
mitigation:
  - do: Drop the empty table.
    run: psql -c 'DROP TABLE "Sessions"'
    risk: destructive
""",
        (4, 11),
        destructive_without_rollback,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB502",
        "hidden-destruction",
        Severity.ERROR,
        """\
mitigation:
  - do: Look for the statement in the log.
    run: grep -i "drop table" server.log
    risk: read-only
""",
        """\
mitigation:
  - do: Make room on the disk.
    run: rm -rf /var/lib/app/cache
    risk: changes-state
""",
        (3, 10),
        hidden_destruction,
    ),
    Rule(
        "KB503",
        "missing-risk",
        Severity.WARNING,
        "mitigation:\n  - {do: Look at the disks., run: df -h, risk: read-only}\n",
        "mitigation:\n  - {do: Look at the disks., run: df -h}\n",
        (2, 35),
        missing_risk,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB509",
        "check-without-expectation",
        Severity.ERROR,
        """\
checks:
  - id: room-on-disk
    phase: before
    check: A tenth of the disk is free
    run: sh check-disk.sh
    risk: read-only
    expect: {exit: 0}
""",
        """\
checks:
  - id: room-on-disk
    phase: before
    check: A tenth of the disk is free
    run: sh check-disk.sh
    risk: read-only
""",
        (2, 5),
        check_without_expectation,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB520",
        "approval-of-nothing",
        Severity.WARNING,
        """\
mitigation:
  - do: Drop the empty table.
    run: psql -c 'DROP TABLE "Sessions"'
    risk: destructive
    approval: second-person
    rollback: Start one instance; it creates the table again.
""",
        """\
mitigation:
  - do: Drop the empty table by hand.
    approval: second-person
""",
        (3, 15),
        approval_of_nothing,
        lenient_in_drafts=True,
    ),
    Rule(
        "KB533",
        "poll-in-vain",
        Severity.WARNING,
        """\
verification:
  - do: Wait until the pods are ready.
    run: kubectl get pods --no-headers
    risk: read-only
    expect: {contains: 1/1}
    poll: {every: 10s, for: 5m}
""",
        """\
verification:
  - do: Wait until the pods are ready.
    run: kubectl get pods --no-headers
    risk: read-only
    poll: {every: 10s, for: 5m}
""",
        (5, 5),
        poll_in_vain,
        lenient_in_drafts=True,
    ),
)
