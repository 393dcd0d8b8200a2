"""What must have changed, and where, for a check to be necessary."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError

from generator.model.base import SHORT_FORM, Line, Model, OneOrMany, given
from generator.model.roles import SHOWN

_TEXTS = [*SHORT_FORM, "boolean"]


class LinePattern(Model):
    """What a changed line contains. The short form is `text`. Give one of both."""

    short_form = "text"

    text: Annotated[Line | None, SHOWN] = None
    """A text that the line contains, exactly as written."""
    regex: Annotated[Line | None, SHOWN] = None
    """A regular expression that matches in the line, in the dialect of signatures."""

    @classmethod
    def _narrow(cls, long_form: JsonSchemaValue) -> None:
        long_form["oneOf"] = [given("text", _TEXTS), given("regex", _TEXTS)]

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.text is None) == (self.regex is None):
            raise PydanticCustomError("line_pattern", "give either `text` or `regex`")
        return self


class RepositoryPattern(Model):
    """What identifies a repository: its name, or a file. The short form is `name`. Give one of both."""

    short_form = "name"

    name: Annotated[Line | None, SHOWN] = None
    """Its name, with or without the owner: `shop`, `acme/shop`, `acme/*`."""
    file: Annotated[Line | None, SHOWN] = None
    """A glob, as in .gitignore, that matches one of its files."""
    contains: Annotated[Line | None, SHOWN] = None
    """A text that such a file contains, exactly as written."""

    @classmethod
    def _narrow(cls, long_form: JsonSchemaValue) -> None:
        alone = {"allOf": [given("name", _TEXTS), {"not": given("contains", _TEXTS)}]}
        long_form["oneOf"] = [alone, given("file", _TEXTS)]

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.name is None) == (self.file is None):
            raise PydanticCustomError("repository_pattern", "give either `name` or `file`")
        if self.contains is not None and self.file is None:
            raise PydanticCustomError("repository_pattern", "`contains` needs `file`")
        return self


class UpdateSize(StrEnum):
    """How much of a version must have changed."""

    ANY = "any"
    MAJOR = "major"


class DependencyPattern(Model):
    """A dependency whose version changed in a lock file. The short form is `name`."""

    short_form = "name"

    name: Annotated[Line, SHOWN]
    """Its name, as the lock file has it; `*` stands for any characters: `sequelize`, `@babel/*`, `*`."""
    update: UpdateSize = UpdateSize.ANY
    """major: only if the first number of the version changed; of versions such as 0.3.1, the second one."""


class FileConditions(Model):
    """What must have changed in a file. Each condition that is given must hold for the same file."""

    when_added: Annotated[tuple[LinePattern, ...], *OneOrMany] = ()
    """Only files in which an added line contains one of these."""
    when_removed: Annotated[tuple[LinePattern, ...], *OneOrMany] = ()
    """Only files in which a removed line contains one of these."""
    when_changed: Annotated[tuple[LinePattern, ...], *OneOrMany] = ()
    """Only files in which an added or a removed line contains one of these."""
    when_new: bool = False
    """Only files that the release adds."""
    when_updated: Annotated[tuple[DependencyPattern, ...], *OneOrMany] = ()
    """Only lock files in which the version of one of these dependencies changed."""
    repositories: Annotated[tuple[RepositoryPattern, ...], *OneOrMany] = ()
    """Only releases of one of these repositories."""
