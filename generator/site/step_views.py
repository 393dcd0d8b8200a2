"""The view of a step or a check on a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.commands.expectations import ExpectationPart, described, stands_below
from generator.model import Action, Check, Step
from generator.site.evidence import BadgeLinks, evidence_badge, risk_badge
from generator.text.markdown import (
    LIST_INDENT,
    Markdown,
    code,
    fence,
    inline,
    prose,
    styled,
    with_code_marker,
)


@dataclass(frozen=True, slots=True)
class StepView:
    """A step or a check, ready to print inside a numbered list."""

    anchor: str
    do: Markdown
    details: Markdown
    badges: Markdown
    needs: Markdown
    command: Markdown
    expected: Markdown
    if_not: Markdown
    rollback: Markdown
    rollback_command: Markdown


def step_views(steps: Iterable[Step], section: str, support: BadgeLinks) -> list[StepView]:
    """Return the views of a section's steps.

    Args:
        steps: the steps, in order.
        section: the prefix of their anchors, such as `fix`.
        support: the page's sources and proofs.
    """
    return [
        _action_view(step, step.do, f"{section}-{n}", support, if_not=step.if_not or "")
        for n, step in enumerate(steps, 1)
    ]


def check_view(check: Check, support: BadgeLinks) -> StepView:
    """Return the view of a deploy check."""
    return _action_view(check, check.check, f"check-{check.id}", support, if_not="")


def _action_view(
    action: Action, text: str, anchor: str, support: BadgeLinks, if_not: str
) -> StepView:
    first, _, rest = text.strip().partition("\n\n")
    rollback = action.rollback
    return StepView(
        anchor=anchor,
        do=inline(first),
        details=prose(rest, LIST_INDENT),
        badges=_joined(risk_badge(action.risk), _approval(action), evidence_badge(action, support)),
        needs=Markdown(", ".join(inline(need) for need in action.needs)),
        command=_command(action.run),
        expected=expectation(action),
        if_not=_labelled("If not", "kb-if-not", if_not),
        rollback=_labelled("Rollback", "kb-rollback", rollback.do if rollback else ""),
        rollback_command=_command(rollback.run) if rollback else Markdown(),
    )


def _joined(*badges: Markdown) -> Markdown:
    return Markdown(" ".join(badge for badge in badges if badge))


def _approval(action: Action) -> Markdown:
    if not action.approval:
        return Markdown()
    return styled("em", "kb-badge kb-approval", "needs a second person")


def _command(run: str | None) -> Markdown:
    if not run:
        return Markdown()
    return with_code_marker("kb-command", fence(run, "bash", LIST_INDENT), run, LIST_INDENT)


def _labelled(label: str, style: str, text: str) -> Markdown:
    """Return prose after a label; the label has its own line if the prose begins with a list."""
    if not text:
        return Markdown()
    body = prose(text, LIST_INDENT)
    first, _, rest = (
        ("", "", LIST_INDENT + body) if body.startswith("- ") else body.partition("\n\n")
    )
    head = styled("span", style, f"**{label}:** {first}".rstrip())
    return Markdown(f"{head}\n\n{rest}" if rest else head)


def expectation(action: Action) -> Markdown:
    """Return the expected result of a step: a line for people, then what a program compares.

    Without words for people, the line has what a program compares. Long texts follow as blocks.
    """
    parts, timeout = described(action.expect, action.poll), action.timeout
    shown = [part for part in parts if not part.words]
    compared = [part for part in parts if part.words]
    if shown and compared:
        texts = [
            *_result("Expect", "kb-expect", shown),
            *_result("Exactly", "kb-exactly", compared, timeout),
        ]
    else:
        texts = _result("Expect", "kb-expect", parts, timeout)
    return Markdown(f"\n\n{LIST_INDENT}".join(texts))


def _result(
    label: str, style: str, expected: Iterable[ExpectationPart], timeout: str | None = None
) -> list[str]:
    parts: list[str] = []
    blocks: list[str] = []
    for words, text in expected:
        if not words:
            parts.append(inline(text or ""))
        elif text is None:
            parts.append(words)
        elif stands_below(text):
            parts.append(f"{words} the following text")
            block = fence(text.strip("\n"), "text", LIST_INDENT)
            blocks.append(with_code_marker("kb-output", block, indent=LIST_INDENT))
        else:
            parts.append(f"{words} {code(text)}")
    if timeout:
        parts.append(f"within {timeout}")
    if not parts:
        return []
    return [styled("span", style, f"**{label}:** {'; '.join(dict.fromkeys(parts))}."), *blocks]
