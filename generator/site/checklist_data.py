"""What the checklist page needs to know: one script that it loads.

`checklist.js` loads it on that page, and then the scripts that it names.

What the script holds:

- `scripts`: what chooses and shows the checks, in the order in which it is loaded.
- `rows`: as in `generator.checklists.summary_index`; of an incident without checks only its id and its
  components, which may be chosen all the same.
- `globs`: every glob of a check or a rule, with the regular expression that finds it.
- `components`, `kinds`: the rules of `mkdocs.yml`, each name with its globs.
- `unreadable`: incidents with errors, whose checks are not known; `site`: where the site is.

Names stand in pairs, not as keys: a name such as `__proto__` is none in JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from generator.checklists.globs import GlobError, glob_regex
from generator.checklists.summary_index import Row, incident_row, standing_row
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.loader import STANDING_ID
from generator.model import Status
from generator.site.assets import CHECKLIST_SCRIPTS, FOLDER
from generator.site.page import Asset
from generator.text.scripts import script

DATA_FILE = f"{FOLDER}/checklist-data.js"
VARIABLE = "runbooksChecklistData"
FORMAT = 1


def build_checklist_data(base: KnowledgeBase) -> Asset:
    """Build the script that holds what the checklist page knows."""
    return Asset(DATA_FILE, script(VARIABLE, checklist_data(base)))


def checklist_data(base: KnowledgeBase) -> dict[str, object]:
    """Return what the script holds.

    Args:
        base: the knowledge base; what is withdrawn is left out.
    """
    settings = base.settings
    rows = list(_rows(base))
    return {
        "format": FORMAT,
        "scripts": list(CHECKLIST_SCRIPTS),
        "rows": [_lean(row) for row in rows],
        "globs": regexes(rows, settings.components, settings.kinds),
        "components": [[name, list(globs)] for name, globs in settings.components.items()],
        "kinds": [[name, list(globs)] for name, globs in settings.kinds.items()],
        "unreadable": list(_unreadable(base)),
        "site": settings.site_url or "",
    }


def _rows(base: KnowledgeBase) -> Iterator[Row]:
    for incident_id, incident in base.incidents.items():
        if incident.status is not Status.WITHDRAWN:
            yield incident_row(incident_id, incident)
    standing = base.standing_checks
    if not standing.diagnostics and standing.content.checks:
        yield standing_row(standing.content.checks, standing.content.parameters)


def _unreadable(base: KnowledgeBase) -> Iterator[str]:
    yield from (entry.id for entry in base.entries if entry.incident is None)
    if base.standing_checks.diagnostics:
        yield STANDING_ID


def _lean(row: Row) -> Row:
    if not row.get("checks"):
        return {key: row[key] for key in ("id", "components") if key in row}
    checks = [{k: v for k, v in check.items() if v is not False} for check in row["checks"]]
    return {key: value for key, value in {**row, "checks": checks}.items() if value}


def regexes(rows: Iterable[Row], *rules: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return every glob with its regular expression; those that cannot be read are left out.

    Args:
        rows: the rows whose checks name globs.
        rules: globs by name.
    """
    globs = dict.fromkeys(
        glob for row in rows for check in row.get("checks", ()) for glob in check.get("paths", ())
    )
    globs.update(dict.fromkeys(g for named in rules for of in named.values() for g in of))
    found = []
    for glob in globs:
        try:
            found.append([glob, glob_regex(glob)])
        except GlobError:
            continue  # it matches nothing, and `runbooks lint` says so
    return found
