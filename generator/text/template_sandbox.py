"""Templates of a knowledge base may be somebody else's: they print values, and reach nothing more.

Jinja2's sandbox keeps a template away from what is inside of Python's objects. Here it may not call
methods of the product's objects either, only those of texts, numbers, times and lists, its own
macros, and Jinja2's functions; and it changes no list that it was given.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from datetime import date, time, timedelta
from pathlib import Path
from types import BuiltinMethodType, MethodType
from typing import Any, NoReturn

from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner

_DATA = (str, int, float, list, tuple, dict, set, frozenset, date, time, timedelta)
_OF_JINJA = (BlockReference, Cycler, Joiner, LoopContext, Macro)
_FUNCTIONS = tuple(DEFAULT_NAMESPACE.values())


class BadTemplate(TemplateError):
    """A template of a knowledge base is wrong, or asks for what it may not have. Says where, and why."""


class TemplateSandbox(ImmutableSandboxedEnvironment):
    """An environment for templates of a knowledge base."""

    def __init__(self, folders: Sequence[Path], **options: Any) -> None:
        super().__init__(**options)
        self._folders = tuple(folders)

    def is_safe_callable(self, obj: Any) -> bool:
        """Say whether a template may call an object."""
        method = getattr(obj, "__wrapped__", obj)  # Jinja2 wraps `format` of a text
        if isinstance(method, MethodType | BuiltinMethodType):
            return isinstance(method.__self__, (*_DATA, *_OF_JINJA))
        return isinstance(obj, _OF_JINJA) or obj is self.globals["range"] or obj in _FUNCTIONS

    def handle_exception(self, source: str | None = None) -> NoReturn:
        """Say where in which template something is wrong.

        Raises:
            BadTemplate: always.
        """
        try:
            super().handle_exception(source)
        except BadTemplate:
            raise
        except TemplateSyntaxError as error:
            where = self._shown(error.filename or error.name or "")
            raise BadTemplate(f"{where}:{error.lineno}: {error.message}") from error
        except Exception as error:
            raise BadTemplate(f"{self._place(error)}{_reason(error)}") from error

    def _place(self, error: Exception) -> str:
        """Return the innermost line of a template that led to an error."""
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if any(Path(frame.filename).is_relative_to(folder) for folder in self._folders):
                return f"{self._shown(frame.filename)}:{frame.lineno}: "
        return ""

    def _shown(self, filename: str) -> str:
        """Return a template's file as it lies in the knowledge base, or in the package."""
        for folder in self._folders:
            if Path(filename).is_relative_to(folder):
                return str(Path(filename).relative_to(folder.parent))
        return filename


def _reason(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.name}"
    return str(error) or type(error).__name__
