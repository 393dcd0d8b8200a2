"""A checklist as a bash script, for machines without this product."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from generator.checklists import wording
from generator.checklists.formats import plain_words
from generator.checklists.formats.bash_text import Bash, literal, literal_bytes
from generator.checklists.formats.ere import to_ere
from generator.checklists.items import Checklist, ChosenCheck, ParameterValue
from generator.commands.expectations import compares
from generator.knowledge.roots import INCIDENTS
from generator.model import Expect, seconds
from generator.text.prose import one_line
from generator.text.templating import new_environment, packaged_templates

if TYPE_CHECKING:
    from jinja2 import Environment


def as_sh(checklist: Checklist) -> str:
    """Return a checklist as a script that shows each check, asks, runs its command and compares."""
    template = _environment().get_template("checklists/checklist.sh.j2")
    return template.render(
        title=wording.TITLE,
        about=one_line(checklist.about),
        summary=wording.summary(checklist),
        revision=f"Revision {checklist.revision}." if checklist.revision else "",
        unreadable=plain_words.unreadable(checklist),
        checks=[_check(item, checklist.site_url) for item in checklist.items],
    )


def _environment() -> Environment:
    """Return the package's templates of scripts. Custom templates are not used, because their text runs."""
    return new_environment([packaged_templates()], _quoted)


def _quoted(value: Any) -> str:
    return value if isinstance(value, Bash) else literal(str(value))


def _check(item: ChosenCheck, site_url: str | None) -> dict[str, Any]:
    expect = item.expect
    expressions = [(pattern, to_ere(pattern)) for pattern in expect.matches]
    return {
        "id": item.id,
        "phase": item.phase.value,
        "phase_title": wording.PHASE_TITLES[item.phase],
        "level": item.level.value,
        "says": one_line(item.check),
        "because": plain_words.because(item),
        "runbook": plain_words.runbooks(item, site_url),
        "waiver": one_line(wording.waiver(item)),
        "waived": item.waived,
        "approval": item.approval,
        "needs": plain_words.needs(item),
        "expect": plain_words.expected(item),
        "rollback": one_line(item.rollback.do) if item.rollback else "",
        "undo": item.rollback.run or "" if item.rollback else "",
        "risk": item.risk.value if item.risk else "",
        "command": item.run,
        "limit": math.ceil(seconds(item.timeout)) if item.timeout else 0,
        "poll_every": max(1, math.ceil(seconds(item.poll.every))) if item.poll else 0,
        "poll_for": math.ceil(seconds(item.poll.within)) if item.poll else 0,
        "wanted_exit": expect.exit,
        "wanted_empty": {None: "", True: "yes", False: "no"}[expect.empty],
        "contains": expect.contains,
        "matches": [
            {"pattern": pattern, "ere": literal_bytes(ere)}
            for pattern, ere in expressions
            if ere is not None
        ],
        "questions": list(_questions(expect, [p for p, ere in expressions if ere is None])),
        "parameters": [_value(item, value) for value in item.values if _wanted(value)],
    }


def _questions(expect: Expect, unsaid: list[str]) -> list[str]:
    """Return the questions that a person must answer.

    Args:
        expect: what is expected.
        unsaid: the regular expressions that bash cannot evaluate.
    """
    questions = [f"Expected: the output matches {pattern} -" for pattern in unsaid]
    if not compares(expect):
        questions.append(
            f"Expected: {one_line(expect.shows or 'what the check says').rstrip('.')}."
        )
    return questions


def _wanted(value: ParameterValue) -> bool:
    return value.value is not None or value.needed


def _value(item: ChosenCheck, value: ParameterValue) -> dict[str, Any]:
    about = one_line(value.description)
    own = tuple(f"{INCIDENTS}/{reason.incident}/" for reason in item.reasons if reason.incident)
    texts: tuple[str, ...]
    if value.value is None:
        how, texts = "needed", (about, value.example)
    elif value.given:
        how, texts = "given", (value.value,)
    elif own and value.value.startswith(own):
        how, texts = "default_path", (value.value, about)
    else:
        how, texts = "default", (value.value,)
    return {"how": Bash(how), "name": Bash(value.name), "texts": texts}
