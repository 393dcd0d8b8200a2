"""What all parts of an incident share: strictness, text types, short forms, evidence.

YAML scalars reach the model as text (see `generator.knowledge.source`), so that `no`, `010` and `12:30`
stay as typed; only a field's type decides what its text means.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from generator.model.docstrings import field_descriptions
from generator.model.roles import SHOWN
from generator.text.controls import acting

# The C0 and C1 control characters that no incident needs, and lone surrogates, which cannot be
# written as UTF-8. Tab, line feed and carriage return stay, and so does ESC: error samples
# pasted from a terminal contain it.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)([Zz]|[+-]\d\d:\d\d)?\Z"
)
_DURATION = re.compile(r"(\d{1,6})(ms|s|m|h)\Z")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def _text(value: Any) -> Any:
    """Check that a value is readable text, and drop the line ends that YAML block scalars add."""
    if not isinstance(value, str):
        raise PydanticCustomError(
            "not_text", "expected text, found {found}", {"found": kind_of(value)}
        )
    # `isprintable` is far cheaper, and right for nearly every text of one line.
    found = None if value.isprintable() else _UNPRINTABLE.search(value)
    if found:
        raise PydanticCustomError(
            "unprintable",
            "the text contains the control character {character}",
            {"character": f"U+{ord(found[0]):04X}"},
        )
    value = value.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    if not value.strip():
        raise PydanticCustomError("empty_text", "the text is empty")
    return value


def kind_of(value: Any) -> str:
    """Return the YAML kind of a value, in an author's words."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return "text" if isinstance(value, str) else "nothing"


def _one_line(value: str) -> str:
    if "\n" in value:
        raise PydanticCustomError("several_lines", "expected one line, found several")
    return value.strip()


def _nothing_hidden(value: str) -> str:
    hidden = acting(value)
    if hidden:
        raise PydanticCustomError(
            "hidden",
            "the command holds the character {character}, which nobody sees",
            {"character": f"U+{ord(hidden):04X}"},
        )
    return value


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", value) or len(value) > 100:
        raise PydanticCustomError(
            "slug",
            "{value} is not a slug: lower-case letters and digits, joined by single hyphens",
            {"value": repr(value[:120])},
        )
    return value


def _parameter_name(value: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]{0,63}", value):
        raise PydanticCustomError(
            "parameter_name",
            "{value} is not a parameter name: upper-case letters, digits and underscores",
            {"value": repr(value[:120])},
        )
    return value


def _time(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    found = _TIME.match(value) if isinstance(value, str) else None
    if not found:
        raise PydanticCustomError(
            "time", "expected a time as in RFC 3339, such as 2026-11-20T03:12:00Z"
        )
    if not found[3]:
        raise PydanticCustomError("time_zone", "the time has no zone")
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3].upper()}")
    except ValueError as error:
        raise PydanticCustomError("time", "not a valid time: {why}", {"why": str(error)}) from error


def _date(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise PydanticCustomError(
                "date", "not a valid date: {why}", {"why": str(error)}
            ) from error
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise PydanticCustomError("date", "expected a date, such as 2026-11-20")


def _duration(value: str) -> str:
    if not _DURATION.match(value):
        raise PydanticCustomError("duration", "expected a duration, such as 500ms, 30s, 5m or 1h")
    return value


def seconds(duration: str) -> float:
    """Convert a duration such as `30s` or `5m` to seconds.

    Args:
        duration: text that the `Duration` type has accepted.
    """
    number, unit = _DURATION.fullmatch(duration).groups()  # type: ignore[union-attr]
    return int(number) * _SECONDS[unit]


# Editors read plain YAML scalars as numbers or booleans, while the loader keeps text. The schema
# allows both, so that an editor does not mark what `runbooks lint` accepts.
_SCALAR = ["string", "number", "boolean"]

SHORT_FORM = ["string", "number"]
"""What the schema allows as a short form. Editors would propose `true` and `false` as well."""

Text = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": _SCALAR})]
"""Readable text of one or several lines."""

Command = Annotated[Text, AfterValidator(_nothing_hidden), WithJsonSchema({"type": _SCALAR})]
"""A command, or a part of one. It holds no character that acts on what shows it: nobody must run
what they cannot see."""

ONE_LINE = AfterValidator(_one_line)
"""Part of every type that allows only one line."""

Value = Annotated[Command, ONE_LINE, WithJsonSchema({"type": _SCALAR})]
"""A value of a command, on one line."""

Line = Annotated[Text, ONE_LINE, WithJsonSchema({"type": _SCALAR})]
"""Readable text of one line."""

Slug = Annotated[
    Line,
    AfterValidator(_slug),
    WithJsonSchema(
        {
            "type": ["string", "integer"],
            "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
            "maxLength": 100,
        }
    ),
    SHOWN,
]
"""A name for URLs and files: lower-case letters and digits joined by hyphens."""

ParameterName = Annotated[
    Line,
    AfterValidator(_parameter_name),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z][A-Z0-9_]{0,63}$"}),
    SHOWN,
]
"""The name of a parameter, which is the name of an environment variable."""

Time = Annotated[
    datetime,
    BeforeValidator(_time),
    # RFC 3339 as JSON Schema has it, or with a space for the T, or without seconds.
    WithJsonSchema(
        {
            "type": "string",
            "anyOf": [
                {"format": "date-time"},
                {"pattern": "^[0-9-]{10}[Tt ][0-9]{2}:[0-9:.]+([Zz]|[+-][0-9]{2}:[0-9]{2})$"},
            ],
        }
    ),
]
"""A point in time, RFC 3339, always with a zone."""

Date = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
"""A calendar day, such as 2026-11-20."""

Duration = Annotated[
    Line,
    AfterValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,6}(ms|s|m|h)$"}),
    SHOWN,
]
"""A duration, such as 500ms, 30s, 5m or 1h."""


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class _OneOrMany:
    """A list that may also be written as its only element, when that is plain text."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = handler(core_schema)
        return {"anyOf": [{"type": SHORT_FORM}, schema]}


OneOrMany = (BeforeValidator(_listed), _OneOrMany())
"""Annotations for a tuple field whose short form is one plain string."""


def or_nothing(schema: JsonSchemaValue) -> JsonSchemaValue:
    """Return the schema of a field whose key may have no value, which JSON calls null."""
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return schema if "null" in types else {**schema, "type": [*types, "null"]}
    forms = schema.get("anyOf") or [{"$ref": schema["$ref"]}]
    nothing = {"type": "null"}
    kept = {key: value for key, value in schema.items() if key != "$ref"}
    return {**kept, "anyOf": forms if nothing in forms else [*forms, nothing]}


def given(name: str, types: list[str]) -> JsonSchemaValue:
    """Return the schema of a mapping in which the field of this name has a value.

    Args:
        name: the field.
        types: the types of JSON that a value may have.
    """
    return {"required": [name], "properties": {name: {"type": types, "minItems": 1}}}


class Model(BaseModel):
    """Base of every part: unknown keys are errors, values never change.

    A subclass names in `short_form` the field that a plain string stands for, if there is one.
    """

    # Most commands check a few parts or none, so what checks a part is built when it is first used. For
    # this, a default value that is a part is made with `model_construct`, which checks nothing.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    short_form: ClassVar[str | None] = None

    @model_validator(mode="before")
    @classmethod
    def _expand_short_form(cls, value: Any) -> Any:
        """Expand the short form, and treat a key without a value as absent."""
        if isinstance(value, dict):
            if None in value.values():
                known = keys_of(cls)
                return {k: v for k, v in value.items() if v is not None or k not in known}
            return value
        if isinstance(value, str) and cls.short_form:
            return {cls.short_form: value}
        return value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        for info in cls.model_fields.values():
            if isinstance(info.default, Model):
                info.default.model_rebuild()  # older releases of pydantic do not build it to print it
        schema = handler(core_schema)
        long_form = handler.resolve_ref_schema(schema)
        required = long_form.get("required", ())
        descriptions = field_descriptions(cls)
        for name, field in long_form["properties"].items():
            if name in descriptions:
                field = dict(sorted({**field, "description": descriptions[name]}.items()))
            long_form["properties"][name] = field if name in required else or_nothing(field)
        cls._narrow(long_form)
        if cls.short_form is None:
            return schema
        short = {"type": SHORT_FORM, "description": f"Short form: only `{cls.short_form}`."}
        alternatives = {"anyOf": [short, dict(long_form)]}
        if "description" in long_form:
            alternatives["description"] = long_form["description"]
        long_form.clear()
        long_form.update(alternatives)
        return schema

    @classmethod
    def _narrow(cls, long_form: JsonSchemaValue) -> None:
        """Add to the schema of a mapping what else a validator of this part asks for.

        Args:
            long_form: the schema, which is changed.
        """


def keys_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by their keys in a file: a key can be a word that Python reserves."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


class Evidence(StrEnum):
    """How well a statement is supported."""

    REPORTED = "reported"
    """Somebody wrote it."""
    OBSERVED = "observed"
    """A log or a measurement is attached."""
    PROVED = "proved"
    """A proof reproduces it."""


class Supported(Model):
    """A statement, with what supports it."""

    evidence: Evidence = Evidence.REPORTED
    """How well this is supported: reported, observed (with a source attached) or proved (with a proof)."""
    source: Annotated[tuple[Slug, ...], *OneOrMany] = ()
    """Ids of the `sources` that this statement comes from."""
    proof: Slug | None = None
    """Id of the proof that reproduces it. Required when the evidence is `proved`."""


class Statement(Supported):
    """One statement with its evidence. The short form is `text`."""

    short_form = "text"

    text: Text = Field()
    """What is stated."""
