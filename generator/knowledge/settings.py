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
    """Where the site is, with a slash at the end; taken from `mkdocs.yml` itself."""
    proof_max_age_days: int = Field(default=180, ge=1)
    """How old a proof's record may be before it is reported."""
    newest: int = Field(default=10, ge=1)
    """How many incidents the home page lists as newest."""
    drafts: bool = True
    """Whether the site shows drafts, marked as such; with `false` it leaves them out."""
    kinds: dict[str, tuple[str, ...]] = {}
    """Kinds of change by the files that tell them, as globs of .gitignore."""
    components: dict[str, tuple[str, ...]] = {}
    """Components by their files, as globs of .gitignore."""
    engine: Literal["mkdocs", "properdocs", "zensical"] | None = None
    """The site engine, where several are installed; `--engine` on the command line wins."""
    edit_url: str | None = None
    """Where an incident is edited; `{path}` stands for its path in the repository."""


NO_PLUGIN = f"{CONFIG_FILE} lists no plugin `{PLUGIN}`. Add to it: plugins: [{PLUGIN}]"
"""What a build says where the plugin is missing."""

NO_PLUGINS = f"{CONFIG_FILE}: plugins is not a list. Write: plugins: [{PLUGIN}]"
"""What a build says where `plugins` is neither a list nor a mapping."""


def plugins(config: dict[str, Any]) -> dict[str, dict[str, Any] | None]:
    """Return the plugins that a configuration lists, with their options.

    Args:
        config: what `mkdocs.yml` holds; a list of names and mappings, or one mapping, both are
            right there. What is neither is left out: MkDocs reports it.
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
        root: the folder that holds `mkdocs.yml`.

    Returns:
        The options, defaults where the file says nothing, and what is wrong with it.
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
            problem(f"cannot be read: {error}", "check the file's rights and encoding")
        ]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = Position(mark.line + 1, mark.column + 1) if mark else None
        return Settings(), [problem("not YAML", str(error).splitlines()[0], at)]
    if not isinstance(config, dict):
        return Settings(), [
            problem("not a mapping", "see `runbooks init --help` for a working file")
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
                "see the reference of settings",
            )
            for e in error.errors()
        ]
