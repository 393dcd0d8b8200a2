"""The option `sources`: other knowledge bases whose incidents are shown beside ours."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from generator.model.base import Slug
from generator.text.controls import on_one_line

_NAME_MAX = 40
LIBRARY = "library"
"""The only package whose incidents can be taken: this one."""


class OriginKind(StrEnum):
    """What a source is; each is the key of its own place."""

    FOLDER = "folder"
    GIT = "git"
    SITE = "site"
    PACKAGE = "package"


class OnlyThese(BaseModel):
    """Which incidents of a source are taken: those that are in every list which is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    components: tuple[Slug, ...] = ()
    """Of these components: one of them is enough."""
    tags: tuple[Slug, ...] = ()
    """With these tags: one of them is enough."""


def _short(name: str) -> str:
    if len(name) > _NAME_MAX:
        raise ValueError(f"the name has more than {_NAME_MAX} characters")
    return name


def _plain(text: str) -> str:
    if not text.strip() or on_one_line(text) != text:
        raise ValueError("it is empty, or has characters that nobody sees")
    return text


Place = Annotated[str, AfterValidator(_plain)]


class IncidentSource(BaseModel):
    """Another knowledge base: its name here, and one of folder, git, site and package."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[Slug, AfterValidator(_short)]
    """What it is called here; incidents show it, and ids begin with it where they collide."""
    folder: Place | None = None
    """A folder, from that of `mkdocs.yml`; it is read where it is."""
    git: Place | None = None
    """A checkout on this machine, from the folder of `mkdocs.yml`; it is read at a commit."""
    ref: Place | None = None
    """The branch, tag or commit of the checkout; its HEAD by default."""
    site: Place | None = None
    """The URL of a site that this program has made; its `api/v1` is read."""
    package: Place | None = None
    """`library`: the incidents that come with this program."""
    only: OnlyThese = Field(default_factory=OnlyThese)
    """Which of its incidents are taken; all by default."""

    @field_validator("site")
    @classmethod
    def _check_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        from generator.knowledge.sources.site_calls import (  # most have no site
            SiteRefused,
            site_address,
        )

        try:
            return site_address(value)
        except SiteRefused as error:
            raise ValueError(str(error)) from None

    @field_validator("package")
    @classmethod
    def _check_package(cls, value: str | None) -> str | None:
        if value not in (None, LIBRARY):
            raise ValueError(f"the only package with incidents is {LIBRARY}")
        return value

    @model_validator(mode="after")
    def _check_place(self) -> IncidentSource:
        if len(list(self._places())) != 1:
            kinds = ", ".join(OriginKind)
            raise ValueError(f"write one of {kinds}: where its incidents are")
        if self.ref is not None and self.git is None:
            raise ValueError("only git has a ref")
        if self.ref is not None and self.ref.startswith("-"):
            raise ValueError("a ref does not begin with -")
        return self

    def _places(self) -> Iterator[tuple[OriginKind, str]]:
        for kind in OriginKind:
            if (place := getattr(self, kind.value)) is not None:
                yield kind, place

    @property
    def kind(self) -> OriginKind:
        """What it is."""
        return next(self._places())[0]

    @property
    def place(self) -> str:
        """Where it is, as it is written."""
        return next(self._places())[1]


def without_twins(sources: tuple[IncidentSource, ...]) -> tuple[IncidentSource, ...]:
    """Return the sources.

    Raises:
        ValueError: two have the same name.
    """
    names = [source.name for source in sources]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two sources have the name {twice[0]!r}")
    return sources
