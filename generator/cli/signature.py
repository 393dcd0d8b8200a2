"""`runbooks signature`: propose a signature for an error, to paste into an incident."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from generator.cli.messages import EXIT_FINDINGS, echo, say
from generator.cli.opening import load_base
from generator.cli.options import root_option
from generator.signatures.language import compile_signature
from generator.signatures.source import Source
from generator.signatures.survey import find_in
from generator.text.controls import on_one_line
from generator.triage.propose import Proposal, first_line, first_match, propose

_OPTION = re.compile(r"--[a-z-]+=")
_MOST_LINES, _AROUND = 60, 10
_TEXT = "\0"
"""Marks an argument that looks like an option, and is a text."""


class _Texts(click.Command):
    """A command whose arguments are texts, which may begin with `-`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take what begins with `-` and has a blank as a text."""
        marked = [
            f"{_TEXT}{arg}"
            if arg[:1] == "-" and re.search(r"\s", arg) and not _OPTION.match(arg)
            else arg
            for arg in args
        ]
        return super().parse_args(ctx, marked)


@click.command("signature", cls=_Texts)
@click.argument("examples", metavar="['ERROR TEXT'...]", nargs=-1)
@root_option
@click.pass_context
def signature_command(context: click.Context, examples: tuple[str, ...], root: Path) -> None:
    """Propose a signature for an error.

    Prints YAML to paste under `signatures:`. It looks for the words that make the error itself:
    those that ordinary logs and the other incidents do not have. Numbers, ids, times, paths,
    addresses and quoted names become placeholders. Give two or three examples, if you have them:
    it keeps what they have in common, and writes `any` if they have no words in common. Without an
    argument, it reads one example from standard input.

    It also says how specific the proposal is, and which incidents have samples that it would match.

    Exit codes: 0 a usable signature, 1 none, or one that matches too much, 2 wrong usage.

    \b
    Examples:
      runbooks signature 'ERROR: could not extend file "base/16384/2613": No space left on device'
      runbooks signature "worker 12 lost its lease" "worker 7 lost its lease"
      tail -n 20 app.log | runbooks signature
    """
    examples = tuple(example.removeprefix(_TEXT) for example in examples)
    if not examples:
        if sys.stdin.isatty():
            say(
                "Paste the error, then press Ctrl-D on an empty line (on Windows, Ctrl-Z and Enter)."
            )
        examples = (sys.stdin.buffer.read(1 << 20).decode("utf-8", "replace"),)
    if not any(example.strip() for example in examples):
        raise click.UsageError("the error text is empty")
    known = _known(root)
    proposal = propose(examples, known)
    if proposal is None:
        say("The examples have too little text in common.")
        context.exit(EXIT_FINDINGS)
    echo(_as_yaml(proposal.source, [_sample(proposal.source, example) for example in examples]))
    _explain(proposal, known)
    context.exit(EXIT_FINDINGS if proposal.warnings else 0)


def _known(root: Path) -> dict[str, list[str]]:
    """Return the samples of all incidents by ID."""
    return {
        incident_id: [sample for signature in facts.signatures for sample in signature.samples]
        for incident_id, facts in load_base(root).facts.items()
    }


def _explain(proposal: Proposal, known: Mapping[str, Sequence[str]]) -> None:
    """Say what the signature captures, how specific it is, and what is wrong with it."""
    words = ", ".join(map(on_one_line, proposal.telling[:5]))
    say(
        f"How specific it is: {proposal.specific}."
        + (f" These words are rare: {words}." if words else "")
    )
    for name in proposal.captures:
        say(f"{{{name}}} fills in the parameter {name}: declare it under `parameters`, rename it, or write {{_}}.")  # fmt: skip
    others = False
    for incident, samples in known.items():
        sample = first_match(proposal, samples)
        if sample is not None:
            others = True
            say(f"It would match a sample of {incident}: {on_one_line(first_line(sample))}")
    if not others:
        say("It matches no sample of any incident here.")
    for problem in proposal.warnings:
        say(on_one_line(problem))
    if not proposal.warnings:
        say("It matches the examples, and none of the ordinary log lines.")


def _as_yaml(source: Source, examples: Sequence[str]) -> str:
    given = {"text": source} if isinstance(source, str) else source
    lines = []
    for key, value in given.items():
        if isinstance(value, str):
            lines.append(f"  {key}: {_scalar(value)}")
        else:
            lines += [f"  {key}:", *(f"    - {_scalar(text)}" for text in value)]
    lines.append("  matches:")
    for example in examples:
        example = example.strip("\n")
        if _fits_a_block(example):
            indent = "2" if example[0].isspace() else ""  # the first line would set it
            lines += [
                f"    - |{indent}",
                *(f"      {line}".rstrip() for line in example.splitlines()),
            ]
        else:
            lines.append(f"    - {_scalar(example)}")
    return "- " + "\n".join(lines)[2:]


def _sample(source: Source, example: str) -> str:
    """Return an example; of a long log, the lines around the error."""
    lines = example.splitlines()
    if len(lines) <= _MOST_LINES:
        return example
    compiled = compile_signature(source)
    found = find_in(compiled, example)
    near = lines[max(found.line - _AROUND, 0) : found.line + _AROUND] if found else []
    part = "\n".join(near)
    return part if find_in(compiled, part) else example


def _fits_a_block(example: str) -> bool:
    """Whether an example has several lines, which a block of YAML shows as they are."""
    lines = example.split("\n")
    return len(lines) > 1 and bool(lines[0].strip()) and all(map(str.isprintable, lines))


def _scalar(text: str) -> str:
    import yaml

    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    dumped: str = yaml.safe_dump(text, default_style='"', width=10_000, allow_unicode=True)
    return dumped.strip()
