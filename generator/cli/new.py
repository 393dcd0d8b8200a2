"""`runbooks new`: create a draft of an incident."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import BaseModel, TypeAdapter, ValidationError

from generator.cli.completion import incident_ids
from generator.cli.files import write_new
from generator.cli.messages import echo, say
from generator.cli.opening import today
from generator.cli.options import root_option
from generator.knowledge.drafting import NoTime, free_id, id_from, point_in_time, yaml_value
from generator.knowledge.loader import INCIDENT_FILE, INCIDENTS, STANDING_ID, is_id
from generator.knowledge.schema import SCHEMA_COMMENT
from generator.knowledge.templates import template_sources
from generator.knowledge.validation import in_words
from generator.model import Incident, RootCause, SeverityLevel, Symptom
from generator.model.base import Line, Slug, Text
from generator.model.docstrings import field_descriptions
from generator.text.templating import new_environment

_TEMPLATE = "scaffold/new.yaml.j2"
_SHORT_TEMPLATE = "scaffold/new-short.yaml.j2"
_LEVELS = [level.value for level in SeverityLevel]

T = TypeVar("T")
Reader = Callable[[str], T]
"""Converts typed text to a value; raises `click.BadParameter`, which says what to type instead."""


def _read_title(typed: str) -> str:
    return _valid(Line, typed)


def _read_symptom(typed: str) -> str:
    return _valid(Text, typed)


def _valid(kind: Any, typed: str) -> str:
    try:
        text: str = TypeAdapter(kind).validate_python(typed)
    except ValidationError as error:
        raise click.BadParameter(in_words(error.errors()[0])) from None
    return text


def _read_components(typed: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(_read_component(name) for name in re.split(r"[,\s]+", typed) if name)
    )


def _read_component(typed: str) -> str:
    try:
        return _valid(Slug, typed)
    except click.BadParameter as error:
        near = id_from(typed)
        raise click.BadParameter(error.message + (f"; write {near}" if near else "")) from None


def _read_severity(typed: str) -> str:
    found = next((level for level in _LEVELS if level.lower() == typed.strip().lower()), None)
    if found is None:
        raise click.BadParameter(f"{typed!r} is not one of {', '.join(_LEVELS)}")
    return found


def _read_when(typed: str) -> datetime:
    try:
        return point_in_time(typed, datetime.now(UTC))
    except NoTime as error:
        raise click.BadParameter(str(error)) from None


def _option(read: Reader[Any]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return the callback of an option that is read in the same way as a typed answer."""

    def callback(context: click.Context, parameter: click.Parameter, value: Any) -> Any:  # noqa: ARG001
        if isinstance(value, tuple):
            return tuple(dict.fromkeys(read(one) for one in value))
        return None if value is None else read(value)

    return callback


@click.command("new")
@click.option("--title", callback=_option(_read_title), help="What broke, in one line.")
@click.option(
    "--severity",
    callback=_option(_read_severity),
    metavar="|".join(_LEVELS),
    help="Severity; SEV1 is the worst.",
)
@click.option(
    "--component",
    "components",
    callback=_option(_read_component),
    multiple=True,
    metavar="NAME",
    help="Component in which it happened. Can be repeated.",
)
@click.option("--symptom", callback=_option(_read_symptom), metavar="TEXT", help="What was seen.")
@click.option(
    "--when",
    callback=_option(_read_when),
    metavar="TIME",
    help="When it began: now, 2026-11-20T03:12:00Z, or '2026-11-20 03:12 Europe/Berlin'.",
)
@click.option("--id", "wanted", metavar="ID", help="Name of the folder. Default: from the title.")
@click.option("--from-record", "record", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="RECORD", help="Make the draft of this record of `runbooks run`.")  # fmt: skip
@click.option("--like", "model", metavar="ID", shell_complete=incident_ids, help="Take steps, checks, parameters and what proofs share from this incident.")  # fmt: skip
@click.option("--short", is_flag=True, help="Write only the six fields that each incident needs.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask, even on a terminal.")
@root_option
def new_command(title: str | None, severity: str | None, components: tuple[str, ...], symptom: str | None, when: datetime | None, wanted: str | None, record: Path | None, model: str | None, short: bool, yes: bool, root: Path) -> None:  # fmt: skip
    """Create a draft of an incident.

    The draft is incidents/ID/incident.yaml, with a comment for each field. With --short, the draft
    has only the six fields that each incident needs, one sentence each, and the values of your
    options. What is not known yet stays empty, and `runbooks lint` reports it.

    On a terminal, it asks for values that no option gives. Only the title is required; to skip the
    others, press Enter. Nothing is overwritten. Prints the path of the new file.

    With --like, the draft has the steps, checks and parameters of another incident, without what says
    how well they are known, and the helpers and packages of its proofs are copied. Give the title and,
    where they differ, severity, components and symptom.

    With --from-record, timeline, parameters and steps come from the record of a run, and no other
    option but --id is used.

    Exit codes: 0 written, 1 not written, 2 wrong usage, 3 internal error.

    \b
    Examples:
      runbooks new
      runbooks new --title "Logins fail after the deploy" --severity SEV2 --when now
      runbooks new --title "Disk full on db-1" --component database --symptom "Every write fails"
      runbooks new --short --title "Disk full on db-1" --severity SEV2
      runbooks new --like disk-full --title "Disk full on the replica"
      runbooks new --from-record run-disk-full-20261121T070000Z.json
    """
    if record is not None:
        given = (title, severity, components, symptom, when, short, model)
        _from_record(root, record, wanted, alone=not any(given))
        return
    if model is not None:
        _like(root, model, wanted, title, severity, components, symptom, alone=not (when or short))
        return
    asks = sys.stdin.isatty() and not yes
    if title is None and not asks:
        raise click.UsageError(
            'the title is missing: --title "What broke, in one line"'
            + ("" if yes else " (on a terminal, runbooks new asks for it)")
        )
    if asks:
        title = title or _ask("Title: what broke, in one line", _read_title)
        # Checked before the other questions, so that no answer is typed in vain.
        wanted = _free(root, wanted, title, asks=True)
        severity = severity or _ask("Severity", _read_severity, SeverityLevel.UNKNOWN.value)
        components = components or _ask("Components, such as: database api", _read_components, "")
        symptom = symptom or _ask("What was seen", _optional(_read_symptom), "")
        when = when or _ask(
            "When it began: now, or 2026-11-20 03:12 +01:00", _optional(_read_when), ""
        )
    assert title is not None
    incident_id = wanted if asks and wanted else _free(root, wanted, title, asks=False)
    template = _SHORT_TEMPLATE if short else _TEMPLATE
    text = _text(root, template, title, severity, components, symptom, when)
    path = root / INCIDENTS / incident_id / INCIDENT_FILE
    write_new(path, text)
    _tell(path)


def _from_record(root: Path, record: Path, wanted: str | None, *, alone: bool) -> None:
    from generator.cli.import_ import draft_of_record

    if not alone:
        raise click.UsageError("--from-record takes no other option but --id and --root")
    if wanted is not None and not is_id(wanted):
        raise click.BadParameter(f"{wanted!r} is not an id", param_hint="--id")
    _tell(root / INCIDENTS / draft_of_record(root, record, wanted) / INCIDENT_FILE)


def _like(root: Path, model: str, wanted: str | None, title: str | None, severity: str | None, components: tuple[str, ...], symptom: str | None, *, alone: bool) -> None:  # fmt: skip
    from generator.cli.new_like import copy_shared, text_like
    from generator.cli.opening import load_base, resolve_id

    if not alone:
        raise click.UsageError("--like does not go with --when or --short")
    if title is None:
        raise click.UsageError('--like needs the title: --title "What broke, in one line"')
    base = load_base(root)
    model_id = resolve_id(base, model)
    if model_id not in base.incidents:
        raise click.ClickException(f"{model_id} has errors; see `runbooks lint {model_id}`")
    incident_id = _free(root, wanted, title, asks=False)
    given = {"title": title, "status": "draft", "severity": severity, "components": list(components), "symptom": symptom}  # fmt: skip
    text = text_like(base.incidents[model_id], model_id, {k: v for k, v in given.items() if v})
    path = root / INCIDENTS / incident_id / INCIDENT_FILE
    write_new(path, text)
    copied = copy_shared(base.folder(model_id), path.parent)
    _tell(path)
    if copied:
        say(f"  write proofs.yaml beside it; copied: {', '.join(copied)}")


def _tell(path: Path) -> None:
    """Print the path of the new file, and what to do next."""
    incident_id, shown = path.parent.name, _shown(path)
    echo(shown)
    say("Next:")
    say(f"  edit {shown}; comments describe the fields")
    say(f"  runbooks lint {incident_id}    list what is missing")
    say("  runbooks serve    see the page with live reload")


def _ask(question: str, read: Reader[T], default: str | None = None) -> T:
    """Ask on the terminal until the answer is valid; on standard error, as the path is output."""
    answer: T = click.prompt(
        question, default=default, show_default=bool(default), value_proc=read, err=True
    )
    return answer


def _optional(read: Reader[T]) -> Reader[T | None]:
    return lambda typed: read(typed) if typed.strip() else None


def _free(root: Path, wanted: str | None, title: str, *, asks: bool) -> str:
    """Return the id of the new incident.

    Args:
        root: the knowledge base.
        wanted: the id of the option; None for one from the title.
        title: the incident's title.
        asks: whether there is a person to ask for another id.

    Raises:
        click.UsageError: the id is taken or invalid, and there is nobody to ask.
    """
    taken = {path.name.casefold() for path in (root / INCIDENTS).iterdir()} | {STANDING_ID}

    def read(typed: str) -> str:
        if not is_id(typed):
            near = id_from(typed)
            raise click.BadParameter(
                f"{typed!r} is not an id: lower-case letters and digits, joined by single hyphens"
                + (f"; write {near}" if near else "")
            )
        if typed in taken and not _only_attachments(root / INCIDENTS / typed):
            there = _shown(root / INCIDENTS / typed / INCIDENT_FILE)
            raise click.BadParameter(
                f"{there} already exists and is not overwritten; "
                f"edit it, or choose another id, such as {free_id(typed, taken)}"
            )
        return typed

    proposed = wanted or id_from(title)
    try:
        if not proposed:
            raise click.BadParameter("no id can be made from the title; choose one")
        return read(proposed)
    except click.BadParameter as error:
        if not asks:
            raise click.UsageError(f"{error.message} (--id ID)") from None
        say(f"Error: {error.message}")
        return _ask("Id", read)


def _only_attachments(folder: Path) -> bool:
    """Say whether a folder exists without an incident, for example with logs only."""
    return folder.is_dir() and not folder.is_symlink() and not (folder / INCIDENT_FILE).exists()


def _text(root: Path, template: str, title: str, severity: str | None, components: tuple[str, ...], symptom: str | None, when: datetime | None) -> str:  # fmt: skip
    """Return the file, in which every value is written as YAML."""
    environment = new_environment(template_sources(root))
    known = severity if severity != SeverityLevel.UNKNOWN.value else None
    return environment.get_template(template).render(
        schema_comment=SCHEMA_COMMENT,
        about={model.__name__: _about(model) for model in (Incident, Symptom, RootCause)},
        title=yaml_value(title),
        severity=known or "",
        components=[yaml_value(name) for name in components],
        symptom=yaml_value(symptom) if symptom else "",
        when=when.isoformat().replace("+00:00", "Z") if when else "",
        today=today().isoformat(),
        example_time=f"{today().isoformat()}T03:12:00Z",
    )


def _about(model: type[BaseModel]) -> dict[str, str]:
    """Return what each field of a model is for: the first line of its documentation."""
    known = field_descriptions(model)
    return {name: known.get(name, "").partition("\n")[0] for name in model.model_fields}


def _shown(path: Path) -> str:
    """Return a path relative to the current folder, if it is inside."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
