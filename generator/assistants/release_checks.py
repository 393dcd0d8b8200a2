"""The deploy checks of a release that an assistant describes."""

from __future__ import annotations

import difflib
import io
from datetime import datetime

from generator.assistants.inputs import CannotAnswer, ChecklistArguments
from generator.checklists.changed_lines import ChangedLines
from generator.checklists.choose import Release, choose_checks, unknown_names
from generator.checklists.file_lists import read_file_list
from generator.checklists.items import Checklist
from generator.checklists.path_rules import path_rules
from generator.checklists.quoted_paths import NotAFileList
from generator.checklists.summary_index import read_rows
from generator.checklists.waivers import with_waivers
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.loader import load_waivers
from generator.knowledge.sources.kinds import source_kinds
from generator.text.labels import plural


def checklist_for(base: KnowledgeBase, asked: ChecklistArguments, now: datetime) -> Checklist:
    """Return the checks that a release needs, with the waivers of the knowledge base.

    Args:
        base: the knowledge base.
        asked: the release.
        now: the time, in UTC, for the list and for the end of waivers.

    Raises:
        CannotAnswer: nothing describes the release, or a name is unknown.
    """
    lines = ChangedLines()
    try:
        listed = io.BytesIO(asked.changed.encode("utf-8", "surrogatepass"))
        paths = read_file_list(listed, lines) if asked.changed.strip() else ()
    except NotAFileList as error:
        raise CannotAnswer(f"`changed` is no list of files: {error}") from None
    if not (paths or asked.components or asked.kinds):
        raise CannotAnswer("nothing describes the release; give changed, components or kinds")
    lines.add_unknown([path for path in paths if path not in lines.by_path])
    rows = read_rows(base.root)
    if not base.settings.drafts:
        rows = rows.published()
    rules = path_rules(base.settings, rows.kinds, source_kinds(base.root))
    release = Release(paths, asked.components, asked.kinds, lines=lines.by_path)
    for unknown in unknown_names(rows, rules, release):
        names = ", ".join(difflib.get_close_matches(unknown.name, unknown.known, 3, 0.5))
        near = names or ", ".join(unknown.known[:20]) or "none"
        raise CannotAnswer(f"no {unknown.what} has the name {unknown.name!r}; known: {near}")
    waivers = load_waivers(base.root)
    if waivers.diagnostics:
        raise CannotAnswer("the file of the waivers has errors; see `runbooks lint`")
    checks = with_waivers(
        choose_checks(rows, release, rules), waivers.content.waivers, {}, "", now.date()
    )
    broken = dict.fromkeys(
        (*rows.unreadable, *rows.left_out, *rows.undecided, *rules.undefined(rows))
    )
    return Checklist(
        checks,
        plural(len(paths), "changed file"),
        base.settings.site_url,
        f"{now:%Y-%m-%dT%H:%M:%SZ}",
        tuple(broken),
    )
