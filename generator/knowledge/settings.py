"""What `mkdocs.yml` says about the knowledge base: the options of the `runbooks` plugin."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generator.knowledge.diagnostics import Diagnostic, Position, Severity
from generator.knowledge.roots import CONFIG_FILE as CONFIG_FILE

PLUGIN = "runbooks"


class Settings(BaseModel):
    """Options of the `runbooks` plugin, with their defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    site_name: str = "Incident runbooks"
    """The name of the site; taken from `mkdocs.yml` itself."""
    site_url: str | None = None
    """The URL of the site, with a slash at the end; taken from `mkdocs.yml` itself."""
    proof_max_age_days: int = Field(default=180, ge=1)
    """How many days old a proof's record may be before it is reported."""
    newest: int = Field(default=10, ge=1)
    """How many incidents the home page lists as newest."""
    drafts: bool = True
    """Whether the site shows drafts, marked as drafts; `false` leaves them out."""
    kinds: dict[str, tuple[str, ...]] = {}
    """Kinds of change, each with the files that it changes, as globs of .gitignore."""
    components: dict[str, tuple[str, ...]] = {}
    """Components, each with its files, as globs of .gitignore."""
    engine: Literal["mkdocs", "properdocs", "zensical"] | None = None
    """The site engine, if several are installed; `--engine` on the command line takes precedence."""
    edit_url: str | None = None
    """The URL at which an incident is edited; `{path}` stands for its path in the repository."""


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


class _TolerantLoader(yaml.SafeLoader):
    """Reads what MkDocs reads, `!ENV` and `!!python/name` included, without acting on a tag."""


_TolerantLoader.add_multi_constructor("", lambda *_: None)


def load_settings(root: Path) -> tuple[Settings, list[Diagnostic]]:
    """Read the plugin's options from a knowledge base's `mkdocs.yml`.

    Args:
        root: the folder that contains `mkdocs.yml`.

    Returns:
        The options, with defaults for those that the file does not set, and what is wrong with it.
    """

    def problem(message: str, hint: str, position: Position | None = None) -> Diagnostic:
        return Diagnostic(
            CONFIG_FILE, position or Position(), "KB010", Severity.ERROR, message, hint
        )

    try:
        config = yaml.load((root / CONFIG_FILE).read_text("utf-8-sig"), _TolerantLoader)  # noqa: S506
    except FileNotFoundError:
        return Settings(), []
    except (OSError, UnicodeDecodeError) as error:
        return Settings(), [
            problem(f"cannot be read: {error}", "check the file's permissions and encoding")
        ]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = Position(mark.line + 1, mark.column + 1) if mark else None
        return Settings(), [problem("not YAML", str(error).splitlines()[0], at)]
    if not isinstance(config, dict):
        return Settings(), [
            problem("not a mapping", "`runbooks init DIR` writes a working file as an example")
        ]
    options = dict(plugins(config).get(PLUGIN) or {})
    if isinstance(config.get("site_name"), str):
        options["site_name"] = config["site_name"]
    if isinstance(config.get("site_url"), str) and config["site_url"]:
        options["site_url"] = config["site_url"].rstrip("/") + "/"
    try:
        return Settings.model_validate(options), []
    except ValidationError as error:
        return Settings(), [
            problem(
                f"plugins: {PLUGIN}: {'.'.join(map(str, e['loc']))}: {e['msg']}",
                'see "Settings" in the reference of fields',
            )
            for e in error.errors()
        ]
