"""What `mkdocs.yml` says about the knowledge base: the options of the `runbooks` plugin."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from generator.knowledge.config_file import CODE, read_config
from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.knowledge.files import is_inside
from generator.knowledge.roots import CONFIG_FILE as CONFIG_FILE
from generator.knowledge.source import Route
from generator.knowledge.sources.settings import IncidentSource, without_twins
from generator.knowledge.validation import in_words, near_names, place_in_words
from generator.limits import SOURCES
from generator.model import FileConditions

PLUGIN = "runbooks"


class ChangeKind(FileConditions):
    """A kind of change. The short form is `paths`."""

    paths: tuple[str, ...] = ()
    """The files that it changes, as globs of .gitignore. Default, if there is a condition: all files."""

    @model_validator(mode="before")
    @classmethod
    def _expand_globs(cls, value: Any) -> Any:
        if isinstance(value, dict) and "paths" not in value:
            return {**value, "paths": ("**",)}
        return {"paths": value} if isinstance(value, list | tuple) else value


def _alternatives(value: Any) -> Any:
    """Return a kind as a list of what makes it, each of which is enough."""
    if isinstance(value, dict | ChangeKind):
        return (value,)
    if isinstance(value, list | tuple) and not any(
        isinstance(one, dict | ChangeKind) for one in value
    ):
        return (value,)
    return value


class TagPage(BaseModel):
    """What the page of a tag says besides its list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str | None = None
    """The title of the page; without it, the page is called by its tag."""
    about: str = ""
    """What the incidents with this tag have in common. Their own pages say it, too."""
    by: tuple[str, ...] = ()
    """Tags into which the list is divided, in this order."""


class Settings(BaseModel):
    """Options of the `runbooks` plugin, with their defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site_name: str = "Incident runbooks"
    """The name of the site; taken from `mkdocs.yml` itself."""
    site_url: str | None = None
    """The URL of the site, with a slash at the end; taken from `mkdocs.yml` itself."""
    docs_dir: str = "docs"
    """The folder of the handwritten pages; taken from `mkdocs.yml` itself."""
    custom_dir: str | None = None
    """The folder of templates that override the theme's; taken from `mkdocs.yml` itself."""
    proof_max_age_days: int = Field(default=180, ge=1)
    """How many days old a proof's record may be before it is reported."""
    newest: int = Field(default=10, ge=1)
    """How many incidents the home page lists as newest."""
    offline_megabytes: int = Field(default=20, ge=0)
    """How many megabytes of a served site a browser keeps for when the network is gone; 0 keeps nothing."""
    drafts: bool = True
    """Whether the site shows drafts, marked as drafts; `false` leaves them out."""
    kinds: dict[str, Annotated[tuple[ChangeKind, ...], BeforeValidator(_alternatives)]] = {}
    """Kinds of change, each with the files that it changes, as globs of .gitignore; with conditions, see the guide."""
    components: dict[str, tuple[str, ...]] = {}
    """Components, each with its files, as globs of .gitignore."""
    tags: dict[str, TagPage] = {}
    """Tags whose pages have a title, a text and parts of their own."""
    sources: Annotated[tuple[IncidentSource, ...], AfterValidator(without_twins)] = Field(
        default=(), max_length=SOURCES
    )
    """Other knowledge bases whose incidents are shown beside ours, the first ones first; see the guide."""
    engine: Literal["mkdocs", "properdocs", "zensical"] | None = None
    """The site engine, if several are installed; `--engine` on the command line takes precedence."""
    edit_url: str | None = None
    """The URL at which an incident is edited; `{path}` stands for its path in the repository."""

    @property
    def published(self) -> tuple[str, ...]:
        """The folders of which the engine makes the site, besides incidents."""
        return (self.docs_dir, *([self.custom_dir] if self.custom_dir else []))


NO_PLUGIN = f"{CONFIG_FILE}: the plugin `{PLUGIN}` is missing. Add: plugins: [{PLUGIN}]"
"""What a build says if the plugin is missing."""

NO_PLUGINS = f"{CONFIG_FILE}: plugins is not a list. Write: plugins: [{PLUGIN}]"
"""What a build says if `plugins` is neither a list nor a mapping."""


def plugins(config: dict[str, Any]) -> dict[str, dict[str, Any] | None]:
    """Return the plugins that a configuration lists, with their options.

    Args:
        config: the content of `mkdocs.yml`, in which plugins are a list of names and mappings, or
            one mapping. Anything else is left out: MkDocs reports it.
    """
    listed = config.get("plugins") or []
    found: dict[str, dict[str, Any] | None] = {}
    for entry in (
        [listed] if isinstance(listed, dict) else listed if isinstance(listed, list) else ()
    ):
        pairs = entry.items() if isinstance(entry, dict) else [(entry, None)]
        found |= {str(name): of if isinstance(of, dict) else None for name, of in pairs}
    return found


def load_settings(root: Path) -> tuple[Settings, list[Diagnostic]]:
    """Read the plugin's options from a knowledge base's `mkdocs.yml`.

    Args:
        root: the folder that contains `mkdocs.yml`.

    Returns:
        The options, with defaults for those that the file does not set, and what is wrong with it.
    """
    source, problems = read_config(root)
    if source is None:
        return Settings(), problems

    def wrong(route: Route, message: str, hint: str) -> None:
        at = source.position(route)
        problems.append(Diagnostic(CONFIG_FILE, at, CODE, Severity.ERROR, message, hint))

    config = source.data
    if not isinstance(config.get("plugins"), list | dict | None):
        wrong(("plugins",), "plugins is not a list", f"write: plugins: [{PLUGIN}]")
    parent = config.get("INHERIT")
    if parent is not None and not (_text(parent) and _is_file(root, parent)):
        wrong(
            ("INHERIT",),
            "INHERIT does not name a file",
            "write the path of a file, from the folder of mkdocs.yml",
        )
    around = {
        "site_name": _text(config.get("site_name")),
        "site_url": (_text(config.get("site_url")) or "").rstrip("/") + "/",
    }
    around = {name: value for name, value in around.items() if value and value != "/"}
    for name, (route, value) in _folders(config).items():
        if _leads_out(root, value):
            wrong(route, f"{name} leads out of the knowledge base", "name a folder inside it")
        else:
            around[name] = value
    options = plugins(config).get(PLUGIN) or {}
    try:
        return Settings.model_validate(options | around), problems
    except ValidationError as error:
        for found in error.errors():
            route = (*options_route(config), *found["loc"])
            unknown = found["type"] == "extra_forbidden"
            hint = near_names(found, Settings) if unknown else "see the reference of settings"
            wrong(route, f"plugins: {PLUGIN}: {place_in_words(found)}: {in_words(found)}", hint)
    return Settings.model_validate(around), problems


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _folders(config: dict[str, Any]) -> dict[str, tuple[Route, str]]:
    """Return the folders of which the site is made, each with the way to where it is named."""
    theme = config.get("theme")
    custom = theme.get("custom_dir") if isinstance(theme, dict) else None
    named: dict[str, tuple[Route, Any]] = {
        "docs_dir": (("docs_dir",), config.get("docs_dir")),
        "custom_dir": (("theme", "custom_dir"), custom),
    }
    return {name: place for name, place in named.items() if _text(place[1])}


def _is_file(root: Path, name: str) -> bool:
    """Say whether the site engine can read a file; where it lies is its business."""
    return "\0" not in name and (root / name).is_file()


def _leads_out(root: Path, folder: str) -> bool:
    """Say whether a folder lies outside; one that is a link is looked at with what it holds."""
    top = os.path.abspath(root)  # noqa: PTH100 - as text: links stay
    named = os.path.abspath(os.path.join(top, folder.replace("\0", "?")))  # noqa: PTH100, PTH118
    beside = named == top or named.startswith(os.path.join(top, ""))  # noqa: PTH118
    return "\0" in folder or not (beside or is_inside(root, folder))


def options_route(config: dict[str, Any]) -> Route:
    """Return the way to the options of the plugin."""
    listed = config.get("plugins")
    if isinstance(listed, list):
        for index, entry in enumerate(listed):
            if isinstance(entry, dict) and PLUGIN in entry:
                return "plugins", index, PLUGIN
    return "plugins", PLUGIN
