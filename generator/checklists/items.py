"""A checklist: the checks that a release needs, each with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from generator.commands.exports import filled_in
from generator.model import Expect, Level, Phase, Poll, Risk, Rollback


class Stage(StrEnum):
    """The part of a runbook to which a step belongs, in the order in which they are walked."""

    DIAGNOSIS = "diagnosis"
    MITIGATION = "mitigation"
    FIX = "fix"
    VERIFICATION = "verification"


PHASES: tuple[Phase, ...] = tuple(Phase)
"""In the order of a deploy; the checks of a rollback are separate, at the end."""


@dataclass(frozen=True, slots=True)
class ReleaseMatch:
    """The part of a release for which a check was selected.

    Attributes:
        kind: `path`, `component`, `kind`, `incident`, `standing` or `all`; `rules` says what the
        release does to the check itself.
        value: the path, or the name of the component, kind or incident; a key of `RULE_CHANGES`.
        rule: the glob that matched; empty if a name was given.
        path: for a component or a kind that comes from a path: that path.
        more: how many other paths the glob matches.
        lines: what decided in the file, shortened: `+` or `-` and a changed line, `~` and an updated
            dependency, `=` and a kind of change, `!` for a new file.
        lines_unknown: whether there is a condition on lines, and they are not known.
        repository: what identified the repository: `name` and its name, or `file` and a file, perhaps with a text in it.
        repository_unknown: whether there is a condition on the repository, and it is not known.
    """

    kind: str
    value: str = ""
    rule: str = ""
    path: str = ""
    more: int = 0
    lines: tuple[str, ...] = ()
    lines_unknown: bool = False
    repository: tuple[str, ...] = ()
    repository_unknown: bool = False

    @property
    def unsure(self) -> bool:
        """Whether something is not known that could leave the check out."""
        return self.lines_unknown or self.repository_unknown


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a check is on the list: where it comes from, and what in the release matched.

    Attributes:
        id: `<incident>/<check>`.
        incident: the incident's id; empty for a standing check.
        title: the incident's title.
        severity: SEV1 to SEV4, or unknown; empty for a standing check.
        status: the incident's status; empty for a standing check.
        date: the day of the incident, `2026-11-20`; empty if it is not known.
        documented: whether the day is the day of its newest source, not its start.
        matched: what matched; at least one.
        source: the source that the incident comes from; empty if it is ours.
    """

    id: str
    incident: str
    title: str
    severity: str
    status: str
    date: str
    documented: bool
    matched: tuple[ReleaseMatch, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A parameter of a check's command.

    Attributes:
        name: the environment variable.
        description: what it is and where to find it.
        example: a realistic value; never used as a value.
        value: the given value, else the default; None if neither is known.
        given: whether somebody gave the value for this checklist.
        needed: whether the command cannot run without it.
    """

    name: str
    description: str
    example: str = ""
    value: str | None = None
    given: bool = False
    needed: bool = True


@dataclass(frozen=True, slots=True)
class AppliedWaiver:
    """Somebody's decision that a check of this list need not hold.

    Attributes:
        reason: why.
        who: the role that decided it.
        until: its last day, `2026-12-24`; empty if it is for this run only.
        ended: whether that day is over, so that the check counts again.
    """

    reason: str
    who: str
    until: str = ""
    ended: bool = False


@dataclass(frozen=True, slots=True)
class ChosenCheck:
    """One check of a checklist, or one step of a runbook.

    Attributes:
        id: `<incident>/<check>`, of the first of its reasons; stable.
        phase: when it runs; for a step, its stage.
        level: whether the deploy stops if it fails.
        check: what must hold.
        run: the command; empty if a person does the check.
        expect: how to tell that it passed.
        risk: the risk of the command; None if it is not declared.
        rollback: how to undo it.
        needs: what it requires.
        timeout: its timeout, such as `30s`; empty for the default.
        values: the parameters that the command reads.
        reasons: why it is on the list: its own reason, then reasons of checks with the same command.
        if_not: for a step: what to do if the result is not as expected.
        poll: how long the result may take to become as expected; None if it must be so at once.
        approval: whether the command also needs the word of a second person.
        waiver: the decision that it need not hold, if there is one.
    """

    id: str
    phase: Phase | Stage
    level: Level
    check: str
    run: str
    expect: Expect
    risk: Risk | None
    rollback: Rollback | None
    needs: tuple[str, ...]
    timeout: str
    values: tuple[ParameterValue, ...]
    reasons: tuple[Reason, ...]
    if_not: str = ""
    poll: Poll | None = None
    approval: bool = False
    waiver: AppliedWaiver | None = None

    @property
    def waived(self) -> bool:
        """Whether it need not hold, and does not run."""
        return self.waiver is not None and not self.waiver.ended

    @property
    def name(self) -> str:
        """Its id without the incident: `mitigation-1`."""
        return self.id.rpartition("/")[2]

    @property
    def source(self) -> str:
        """The source that its command comes from; empty if it is one of ours, too."""
        ours = any(not reason.source for reason in self.reasons)
        return "" if ours else self.reasons[0].source

    @property
    def step(self) -> bool:
        """Whether it is a step of a runbook."""
        return isinstance(self.phase, Stage)

    @property
    def blocking(self) -> bool:
        """Whether the deploy stops if it fails."""
        return self.level is Level.BLOCKING

    @property
    def manual(self) -> bool:
        """Whether a person does it, without a command."""
        return not self.run

    @property
    def command(self) -> str:
        """The command with its values set before it, for a POSIX shell."""
        return self._filled_in(self.run)

    @property
    def undo(self) -> str:
        """The command of the rollback in the same way; empty if there is none."""
        run = self.rollback.run if self.rollback else None
        return self._filled_in(run) if run else ""

    def _filled_in(self, run: str) -> str:
        return filled_in(run, {v.name: v.value for v in self.values})

    @property
    def asked(self) -> tuple[ParameterValue, ...]:
        """The required values that are missing."""
        return tuple(v for v in self.values if v.needed and v.value is None)


@dataclass(frozen=True)
class Checklist:
    """The checks of one release, or the steps of one runbook, in order.

    Attributes:
        items: the checks.
        about: the description of the release: `changed since v1.2 (12 files)`.
        site_url: the URL of the site, for links; None if it is not set.
        made: when it was made, RFC 3339, for the document's footer.
        unreadable: incidents that have errors, so that their checks are not known.
        revision: the git revision of the release, if it is known.
        incident: the id of the incident whose runbook it is; empty for the checks of a release.
        missing_sources: sources that are not here, so that their checks are not known.
    """

    items: tuple[ChosenCheck, ...]
    about: str
    site_url: str | None = None
    made: str = ""
    unreadable: tuple[str, ...] = ()
    revision: str = ""
    incident: str = ""
    missing_sources: tuple[str, ...] = ()
    by_phase: Mapping[Phase, tuple[ChosenCheck, ...]] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the checks into their phases."""
        found = {phase: tuple(i for i in self.items if i.phase is phase) for phase in PHASES}
        object.__setattr__(self, "by_phase", {p: items for p, items in found.items() if items})
