"""`runbooks signature`: propose a signature for an error, to paste into an incident."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.cli.messages import EXIT_FINDINGS, echo, say
from generator.cli.opening import load_base
from generator.cli.options import root_option
from generator.signatures.language import CompiledSignature, SignatureError, compile_signature
from generator.signatures.ordinary import ordinary_text
from generator.signatures.survey import find_in
from generator.text.controls import on_one_line
from generator.triage.propose import propose

LEAST_TEXT = 12


@click.command("signature")
@click.argument("examples", metavar="['ERROR TEXT'...]", nargs=-1)
@root_option
@click.pass_context
def signature_command(context: click.Context, examples: tuple[str, ...], root: Path) -> None:
    """Propose a signature for an error.

    Prints YAML to paste under `signatures:`. Numbers, ids, times, paths, addresses and quoted names
    become placeholders; words stay. From several examples, it keeps what they have in common.
    Without an argument, it reads standard input. It also reports the incidents with samples that
    the proposal would match, and whether it matches ordinary log lines.

    Exit codes: 0 a usable signature, 1 none, or one that matches too much, 2 wrong usage.

    \b
    Examples:
      runbooks signature 'ERROR: could not extend file "base/16384/2613": No space left on device'
      runbooks signature "worker 12 lost its lease" "worker 7 lost its lease"
      tail -n 1 app.log | runbooks signature
    """
    if not examples:
        if sys.stdin.isatty():
            say(
                "Paste the error, then press Ctrl-D on an empty line (on Windows, Ctrl-Z and Enter)."
            )
        examples = (sys.stdin.buffer.read(1 << 20).decode("utf-8", "replace"),)
    if not any(example.strip() for example in examples):
        raise click.UsageError("the error text is empty")
    text = propose(examples)
    try:
        compiled: CompiledSignature = compile_signature(text)
    except SignatureError as error:
        say(f"The examples have too little text in common: {error}.")
        context.exit(EXIT_FINDINGS)
    echo(_as_yaml(text, examples))
    problems = list(_problems(compiled, examples))
    for name in compiled.names:
        say(f"{{{name}}} fills in the parameter {name}: declare it under `parameters`, rename it, or write {{_}}.")  # fmt: skip
    others = _others(compiled, root)
    for incident, sample in others:
        say(f"It would match a sample of {incident}: {sample}")
    if not others:
        say("It matches no sample of any incident here.")
    for problem in problems:
        say(problem)
    if not problems:
        say("It matches the examples, and none of the ordinary log lines.")
    context.exit(EXIT_FINDINGS if problems else 0)


def _problems(compiled: CompiledSignature, examples: tuple[str, ...]) -> list[str]:
    found = []
    if compiled.weight < LEAST_TEXT:
        found.append(f"It has {compiled.weight} characters of text, which is too few: lint requires {LEAST_TEXT}.")  # fmt: skip
    found += [
        f"It does not match the example {_short(example)}; edit it."
        for example in examples
        if not find_in(compiled, example)
    ]
    line = next((line for line in ordinary_text().splitlines() if find_in(compiled, line)), None)
    if line:
        found.append(f"It matches an ordinary log line: {_short(line)}; add words.")
    return found


def _others(compiled: CompiledSignature, root: Path) -> list[tuple[str, str]]:
    found = []
    for incident_id, incident in load_base(root).incidents.items():
        samples = (s for signature in incident.symptom.signatures for s in signature.samples)
        sample = next((s for s in samples if find_in(compiled, s)), None)
        if sample is not None:
            found.append((incident_id, _short(sample)))
    return found


def _short(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    line = line if len(line) <= 90 else f"{line[:87]}..."
    return on_one_line(line)


def _as_yaml(text: str, examples: tuple[str, ...]) -> str:
    lines = [f"- text: {_scalar(text)}", "  matches:"]
    for example in examples:
        example = example.strip("\n")
        if "\n" in example:
            lines += ["    - |", *(f"      {line}".rstrip() for line in example.splitlines())]
        else:
            lines.append(f"    - {_scalar(example)}")
    return "\n".join(lines)


def _scalar(text: str) -> str:
    import yaml

    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    dumped: str = yaml.safe_dump(text, default_style='"', width=10_000, allow_unicode=True)
    return dumped.strip()
