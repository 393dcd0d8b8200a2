"""Checks what a file says against a model: pydantic's errors as diagnostics, with places and hints."""

from __future__ import annotations

import difflib
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from generator.knowledge.diagnostics import Diagnostic, Position, Severity
from generator.knowledge.source import Route, Source
from generator.model.base import keys_of
from generator.model.docstrings import field_descriptions

M = TypeVar("M", bound=BaseModel)


def validate(source: Source, model: type[M]) -> tuple[M | None, list[Diagnostic]]:
    """Check a file's content against a model.

    Returns:
        What the file says, or None and what is wrong with it, each with its position.
    """
    if not isinstance(source.data, dict):
        return None, [
            failure(
                source.file,
                "KB008",
                "not a mapping of fields",
                f"begin with `{next(iter(model.model_fields))}: ...`; `runbooks schema` prints all fields",
                source.position(()),
            )
        ]
    try:
        return model.model_validate(source.data), []
    except ValidationError as error:
        return None, [_explain(source, e, model) for e in error.errors(include_url=False)]


def failure(
    file: str, code: str, message: str, hint: str, position: Position | None = None
) -> Diagnostic:
    """Return an error in a file; without a position, it is about the whole file."""
    return Diagnostic(file, position or Position(), code, Severity.ERROR, message, hint)


def in_words(error: Any) -> str:
    """Return what one of pydantic's errors says, in the words of this program, without its place.

    Args:
        error: one of `ValidationError.errors()`.
    """
    kind: str = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "literal_error":
        return f"expected {error['ctx']['expected']}"
    return _MESSAGES.get(kind) or str(error["msg"])


def place_in_words(error: Any) -> str:
    """Return where one of pydantic's errors is, as an author reads it: `sources[2].site`."""
    return _spell(error["loc"])


def near_names(error: Any, model: type[BaseModel]) -> str:
    """Return a hint to an unknown field: the known one with the most similar name, or all."""
    *above, name = error["loc"]
    names = _field_names(tuple(above), model)
    near = difflib.get_close_matches(str(name).lower().replace("-", "_"), names, 1, 0.6)
    return f"did you mean `{near[0]}`?" if near else "known fields: " + ", ".join(names)


def _explain(source: Source, error: Any, model: type[BaseModel]) -> Diagnostic:
    """Convert one of pydantic's errors to a diagnostic with its position and a hint."""
    route: Route = error["loc"]
    source = source.holder(route)
    kind: str = error["type"]
    name = str(route[-1]) if route else ""
    place = _spell(route[:-1])
    if kind == "missing":
        message = f"`{name}` is missing" + (f" in `{place}`" if place else "")
        hint = _field_description(route, model)
        return failure(source.file, "KB101", message, hint, source.position(route, of_key=True))
    if kind == "extra_forbidden":
        message = f"unknown field `{name}`" + (f" in `{place}`" if place else "")
        hint = near_names(error, model)
        return failure(source.file, "KB102", message, hint, source.position(route, of_key=True))
    position = source.position(route)
    if kind == "enum":
        expected = error["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
        near = difflib.get_close_matches(str(error["input"]).lower(), expected.split(", "), 1, 0.6)
        message = f"`{_spell(route)}` is {_quote(error['input'])}, not one of {expected}"
        hint = f"did you mean `{near[0]}`?" if near else f"write one of: {expected}"
        return failure(source.file, "KB104", message, hint, position)
    code, hint = _KINDS.get(kind, ("KB104", _field_description(route, model)))
    message = f"`{_spell(route)}`: {in_words(error)}"
    return failure(source.file, code, message, hint, position)


# pydantic's error types, each with its code and what to do about it.
_KINDS = {
    "not_text": ("KB103", "write plain text here"),
    "model_type": ("KB103", "write its fields below it, indented"),
    "model_attributes_type": ("KB103", "write its fields below it, indented"),
    "tuple_type": ("KB103", "write a list: each item on its own line, after `- `"),
    "int_type": ("KB103", "write a whole number"),
    "int_parsing": ("KB103", "write a whole number"),
    "bool_type": ("KB103", "write true or false"),
    "bool_parsing": ("KB103", "write true or false"),
    "empty_text": ("KB104", "write the text, or remove the field"),
    "unprintable": ("KB104", "remove the character; paste errors as text, not as bytes"),
    "hidden": ("KB104", "spell it out for the shell, such as $'\\x1b' or $'\\u202e'"),
    "several_lines": (
        "KB104",
        "shorten it to one line; put details into a field that allows paragraphs",
    ),
    "slug": ("KB104", "use lower-case letters and digits, joined by single hyphens: two-words"),
    "parameter_name": ("KB104", "write it as an environment variable: TABLE_NAME"),
    "time": ("KB105", "write it as in RFC 3339: 2026-11-20T03:12:00Z, or +01:00 instead of Z"),
    "time_zone": ("KB105", "add Z for UTC, or the offset: +01:00"),
    "date": ("KB105", "write the day as 2026-11-20"),
    "duration": ("KB104", "write a number and its unit: 500ms, 30s, 5m, 1h"),
    "signature_form": ("KB104", "write one of them; `text` is nearly always enough"),
    "empty_fix": ("KB101", "write `steps`, `changes`, or one sentence"),
}
_MESSAGES = {
    "missing": "it is missing",
    "extra_forbidden": "it is not known",
    "dict_type": "expected fields, found something else",
    "list_type": "expected a list",
    "string_type": "expected a text",
    "string_pattern_mismatch": "it does not have the right form",
    "model_type": "expected fields, found something else",
    "model_attributes_type": "expected fields, found something else",
    "tuple_type": "expected a list",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "greater_than_equal": "the number is too small",
}


def _quote(value: Any) -> str:
    if not isinstance(value, str):
        return "not text"
    return repr(value if len(value) <= 60 else value[:57] + "...")


def _spell(route: Route) -> str:
    """Write a route as an author reads it: `fix.steps[2].run`, counted from 1."""
    spelled = ""
    for step in route:
        spelled += (
            f"[{step + 1}]" if isinstance(step, int) else f".{step}" if spelled else str(step)
        )
    return spelled


def _model_at(route: Route, top: type[BaseModel]) -> type[BaseModel] | None:
    """Return the model that a route leads to, or None if it leads to plain values."""
    model: type[BaseModel] | None = top
    for step in route:
        if isinstance(step, int):
            continue
        info = keys_of(model).get(step) if model else None
        model = _model_in(info.annotation) if info else None
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)


def _field_names(route: Route, top: type[BaseModel]) -> list[str]:
    model = _model_at(route, top)
    return list(keys_of(model)) if model else []


def _field_description(route: Route, top: type[BaseModel]) -> str:
    """Return what a field is for: the first line of its documentation."""
    steps = [step for step in route if isinstance(step, str)]
    if not steps:
        return ""
    model = _model_at(tuple(steps[:-1]), top)
    descriptions = field_descriptions(model) if model else {}
    description = descriptions.get(steps[-1], "").partition("\n")[0]
    return f"{steps[-1]}: {description}" if description else ""
