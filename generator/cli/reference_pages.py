"""The reference pages of the documentation, made from the code that they describe."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

from jinja2 import Environment
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from generator.knowledge.settings import Settings
from generator.limits import LIMITS
from generator.model import Incident, Model, Supported
from generator.model.base import Date, Duration, Line, ParameterName, Slug, Text, Time, keys_of
from generator.model.docstrings import field_descriptions
from generator.rules import Rule, source_files
from generator.site.page import Page
from generator.text.markdown import Markdown

# Types that have a name in the model, with the name that an author would use.
_NAMES: tuple[tuple[Any, str], ...] = (
    (Slug, "slug"),
    (ParameterName, "parameter name"),
    (Duration, "duration"),
    (Line, "line"),
    (Text, "text"),
    (Time, "time"),
    (Date, "date"),
)
_SHARED = frozenset(Supported.model_fields)
_PLAIN = {str: "text", int: "whole number", bool: "true or false", datetime: "time", date: "date"}


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field, as the reference shows it."""

    name: str
    type: Markdown
    required: bool
    default: str
    description: Markdown


@dataclass(frozen=True, slots=True)
class PartView:
    """A model or a set of values, as the reference shows it."""

    name: str
    anchor: str
    description: Markdown
    short_form: str
    fields: Sequence[FieldView]
    values: Sequence[str]


def fields_page(templates: Environment) -> Page:
    """Return the reference of every field of an incident."""
    parts = [_part(model) for model in _models(Incident)]
    settings = _part(Settings)
    text = templates.get_template("reference/fields.md.j2").render(parts=parts, settings=settings)
    return Page("fields.md", "Fields", text)


def limits_page(templates: Environment) -> Page:
    """Return the reference of every limit."""
    text = templates.get_template("reference/limits.md.j2").render(limits=LIMITS)
    return Page("limits.md", "Limits", text)


def rule_pages(templates: Environment, rules: Sequence[Rule]) -> Iterator[Page]:
    """Yield the list of all rules, and a page for each."""
    files = source_files()
    views = [
        {
            "code": rule.code,
            "file": files[rule.code],
            "name": rule.name,
            "severity": str(rule.severity),
            "summary": Markdown(rule.documentation.partition("\n")[0]),
            "documentation": Markdown(rule.documentation),
            "valid": Markdown(rule.valid.strip("\n")),
            "invalid": Markdown(rule.invalid.strip("\n")),
        }
        for rule in sorted(rules, key=lambda rule: rule.code)
    ]
    index = templates.get_template("reference/rules.md.j2").render(rules=views)
    yield Page("rules/index.md", "Rules", index)
    for view in views:
        text = templates.get_template("reference/rule.md.j2").render(rule=view)
        yield Page(f"rules/{view['code']}.md", f"{view['code']} {view['name']}", text)


def _models(root: type[BaseModel]) -> list[type[Any]]:
    """Return a model and all models and sets of values in it, in the order of their fields."""
    found: dict[type[Any], None] = {}

    def visit(model: type[Any]) -> None:
        if model in found:
            return
        found[model] = None
        if issubclass(model, BaseModel):
            for info in model.model_fields.values():
                for inner in _inner(info.annotation):
                    visit(inner)

    visit(root)
    return list(found)


def _inner(annotation: Any) -> Iterator[type[Any]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel | Enum):
        yield annotation
    for argument in get_args(annotation):
        yield from _inner(argument)


def _part(model: type[Any]) -> PartView:
    doc = Markdown(" ".join((model.__doc__ or "").split()))
    anchor = model.__name__.lower()
    if issubclass(model, Enum):
        values = [str(member.value) for member in model]
        return PartView(model.__name__, anchor, doc, "", (), values)
    short = getattr(model, "short_form", None) or ""
    fields = [_field(model, name, info) for name, info in keys_of(model).items()]
    # A part's own fields come first, then those that it shares with others.
    inherited = getattr(model.__base__, "model_fields", {})
    fields.sort(key=lambda field: (field.name in _SHARED, field.name in inherited))
    return PartView(model.__name__, anchor, doc, short, fields, ())


def _field(model: type[BaseModel], name: str, info: FieldInfo) -> FieldView:
    default = "" if info.is_required() else _default(info.default)
    return FieldView(
        name,
        Markdown(_type(_annotation(info))),
        info.is_required(),
        default,
        Markdown(field_descriptions(model).get(name, "")),
    )


def _annotation(info: FieldInfo) -> Any:
    """Return the annotation with its metadata, which pydantic stores separately."""
    return Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation


def _default(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or value == () or isinstance(value, Model):
        return ""
    return str(value)


def _type(annotation: Any) -> str:
    for known, name in _NAMES:
        if annotation == known:
            return name
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        named = _by_metadata(annotation)
        return named or _type(arguments[0])
    if origin in (Union, types.UnionType):
        return " or ".join(_type(a) for a in arguments if a is not type(None))
    if origin is tuple:
        return f"list of {_type(arguments[0])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel | Enum):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return _PLAIN.get(annotation, "text")


def _by_metadata(annotation: Any) -> str:
    """Name an annotated type by its metadata, which begins like that of one of the named types."""
    metadata = annotation.__metadata__
    for known, name in _NAMES:
        if metadata[: len(known.__metadata__)] == known.__metadata__:
            return name
    return ""


def write_pages(pages: Sequence[Page], folder: Path) -> None:
    """Write pages to a folder, and remove pages of rules that no longer exist.

    Raises:
        OSError: the folder cannot be written.
    """
    for page in pages:
        path = folder / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.markdown, encoding="utf-8", newline="\n")
    kept = {folder / page.path for page in pages}
    for path in (folder / "rules").glob("KB*.md"):
        if path not in kept:
            path.unlink()
