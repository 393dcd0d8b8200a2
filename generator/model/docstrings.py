"""What each field is for: the text after it in the code.

Few commands say it, and to read it the code is parsed, so it is read when it is asked for and not
when the model is imported.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache

from pydantic import BaseModel


@cache
def field_descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the description of each field that has one, by its key, also of those that are inherited."""
    found: dict[str, str] = {}
    for part in reversed(model.__mro__):
        for name, description in _fields(part.__module__).get(part.__qualname__, ()):
            if name in model.model_fields:
                found[model.model_fields[name].alias or name] = description
    return {name: text for name, text in found.items() if text}


@cache
def _fields(module: str) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return the fields of each class of a module, each with its description, which may be empty."""
    if not module.startswith(f"{__name__.partition('.')[0]}."):
        return {}
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except OSError:  # only the compiled code is installed
        return {}
    classes = (part for part in tree.body if isinstance(part, ast.ClassDef))
    return {part.name: tuple(_described(part.body)) for part in classes}


def _described(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, after in zip(body, [*body[1:], None], strict=True):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        text = after.value if isinstance(after, ast.Expr) else None
        is_text = isinstance(text, ast.Constant) and isinstance(text.value, str)
        yield field.target.id, inspect.cleandoc(text.value) if is_text else ""  # type: ignore[union-attr]
