"""The settings with which any engine builds the rendered pages, plugin or not.

For an engine without the plugin `runbooks`, they include everything that the plugin would set.
The settings of the knowledge base are kept; only what the pages need is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from generator.knowledge.config_file import read_config
from generator.knowledge.settings import CONFIG_FILE, NO_PLUGIN, NO_PLUGINS, PLUGIN, plugins
from generator.site.assets import FOLDER, SCRIPT, STYLE
from generator.site.markdown_needs import EXTENSIONS, FORBIDDEN, without_instant
from generator.site.page import Page

DOCS = "docs"
"""The folder of the pages, beside the settings."""

OVERRIDES = "overrides"
"""The folder of templates that override the templates of the theme."""

# Keys that name files or programs of the knowledge base, or that the rendered folder sets itself.
_DROPPED = ("docs_dir", "site_dir", "hooks", "watch", "INHERIT", "edit_uri", "edit_uri_template")


class CannotConfigure(Exception):
    """The settings cannot be made from the settings of the knowledge base. The message says why."""


class _Kept:
    """A value with a tag of MkDocs, such as `!ENV NAME`, which is kept as written."""

    def __init__(self, node: yaml.Node) -> None:
        self.node = node


class _Loader(yaml.SafeLoader):
    pass


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True  # write a shared list twice instead of as an alias


_Loader.add_multi_constructor("", lambda _loader, _suffix, node: _Kept(node))
_Dumper.add_representer(_Kept, lambda _dumper, kept: kept.node)


def read_raw(root: Path) -> dict[str, Any]:
    """Return the contents of `mkdocs.yml` of a knowledge base, with tags kept for `write`.

    Raises:
        CannotConfigure: the file is missing, or is not a YAML mapping.
    """
    source, problems = read_config(root)
    if problems:
        at = problems[0].position
        raise CannotConfigure(f"{CONFIG_FILE}:{at.line}:{at.column}: {problems[0].message}")
    if source is None:
        raise CannotConfigure(f"{CONFIG_FILE} is missing")
    try:
        config: dict[str, Any] = yaml.load(source.text, _Loader)  # noqa: S506
    except (ValueError, yaml.YAMLError) as error:
        raise CannotConfigure(f"{CONFIG_FILE} is not YAML: {error}") from None
    return config


def docs_folder(config: dict[str, Any]) -> str:
    """Return the folder of the handwritten pages of a knowledge base, as a path from its root."""
    return str(config.get("docs_dir") or DOCS).rstrip("/")


def complete(config: dict[str, Any], pages: Sequence[Page], documents: Iterable[str]) -> str:
    """Return the settings as YAML.

    Args:
        config: what `read_raw` returned.
        pages: the pages that were made.
        documents: the paths of the handwritten pages.

    Raises:
        CannotConfigure: the knowledge base does not list the plugin, or has settings that would
            make its pages unsafe.
    """
    listed = config.get("plugins")
    if not isinstance(listed, list | dict | None):
        raise CannotConfigure(NO_PLUGINS)
    others = plugins(config)
    if PLUGIN not in others:
        raise CannotConfigure(NO_PLUGIN)
    made = {key: value for key, value in config.items() if key not in _DROPPED}
    made["site_name"] = config.get("site_name") or "Incident runbooks"
    made["docs_dir"], made["site_dir"] = DOCS, "site"
    # One URL works on a server and from file://: incidents/some-id/index.html.
    made["use_directory_urls"] = False
    made["theme"] = _theme(config.get("theme"))
    made["markdown_extensions"] = _extensions(config.get("markdown_extensions"))
    made["extra_css"] = [f"{FOLDER}/{STYLE}", *_list(config, "extra_css")]
    made["extra_javascript"] = [f"{FOLDER}/{SCRIPT}", *_list(config, "extra_javascript")]
    made["nav"] = config.get("nav") or _nav(pages, documents)
    # The pages have their own search; a second one confuses.
    kept = {
        name: of for name, of in others.items() if name.rpartition("/")[2] not in (PLUGIN, "search")
    }
    made["plugins"] = [
        {"search": {"enabled": False}},
        *({n: of} if of else n for n, of in kept.items()),
    ]
    text = yaml.dump(made, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return f"# Made by `runbooks render` from {CONFIG_FILE} of the knowledge base; changes are overwritten.\n{text}"


def _list(config: dict[str, Any], key: str) -> list[Any]:
    value = config.get(key)
    return list(value) if isinstance(value, list) else []


def _theme(theme: Any) -> dict[str, Any]:
    options = dict(theme) if isinstance(theme, dict) else {"name": theme or "material"}
    options.setdefault("font", False)  # the default is fetched from another host
    features = options.get("features")
    if isinstance(features, list):
        options["features"] = without_instant(map(str, features))
    return {**options, "custom_dir": OVERRIDES}


def _extensions(listed: Any) -> list[Any]:
    if isinstance(listed, dict):
        listed = [{name: of} if of else name for name, of in listed.items()]
    entries = list(listed) if isinstance(listed, list) else []
    names = {str(next(iter(e), "")) if isinstance(e, dict) else str(e) for e in entries}
    for name, why in FORBIDDEN.items():
        if name in names:
            raise CannotConfigure(f"{why}; remove {name} from markdown_extensions")
    return [*entries, *(name for name in EXTENSIONS if name not in names)]


def _nav(pages: Sequence[Page], documents: Iterable[str]) -> list[dict[str, str]]:
    """Return a navigation without incidents, which would take too long to render."""
    listed = [{page.title: page.path} for page in pages if page.listed]
    return listed + [{Path(path).stem: path} for path in documents if path.endswith(".md")]
