"""The page that shows each format of a checklist, with the checks of an incident."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property

from jinja2 import Environment

from generator.checklists.choose import PathRules, Release, choose_checks
from generator.checklists.formats import FORMATS
from generator.checklists.items import Checklist
from generator.checklists.summary_index import SummaryRows, incident_row
from generator.knowledge.base import KnowledgeBase
from generator.model import Status
from generator.site.assets import FOLDER
from generator.site.page import Asset, Page, relative
from generator.site.templates import make_page
from generator.text.markdown import Markdown, code, fence, inline

PATH = "checklist/formats/index.md"
_FILES = f"{FOLDER}/examples"

_SHOWN = 40
"""The number of lines shown of a text that has more than one and a half times as many."""

_LANGUAGES = {"md": "markdown", "sh": "bash", "csv": "text", "txt": "text"}
"""Languages for highlighting, by file extension, where they have another name."""


@dataclass(frozen=True)
class Examples:
    """Makes the page for one knowledge base.

    Attributes:
        base: the knowledge base.
    """

    base: KnowledgeBase

    @cached_property
    def incident(self) -> str | None:
        """The newest incident that has checks; None if no incident has checks."""
        for incident_id in self.base.newest:
            incident = self.base.incidents[incident_id]
            if incident.checks and incident.status is not Status.WITHDRAWN:
                return incident_id
        return None

    @cached_property
    def checklist(self) -> Checklist:
        """The checklist that every format shows."""
        assert self.incident is not None
        row = incident_row(self.incident, self.base.incidents[self.incident])
        release = Release(incidents=(self.incident,))
        items = choose_checks(SummaryRows({self.incident: row}), release, PathRules())
        return Checklist(items, f"Incident {self.incident}", self.base.settings.site_url)

    def texts(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Yield each format: its name, its purpose, the command, the file extension and the text."""
        ask = f"runbooks checklist --incident {self.incident}"
        for name, form in FORMATS.items():
            yield (
                name,
                form.about,
                f"{ask} --format {name}",
                form.ending,
                form.text(self.checklist),
            )
        yield (
            "junit",
            "the result of a run, for a CI server; this run has not started",
            f"runbooks checklist run --incident {self.incident} --yes --junit checklist.xml",
            "xml",
            self._junit(),
        )

    def _junit(self) -> str:
        """Return the result of a run that has not started: building a page runs no commands."""
        # The models of records take long to import, and this page seldom changes.
        from generator.checklists.junit import as_junit
        from generator.checklists.record import RunSession, new_record

        assert self.incident is not None
        incident = self.base.incidents[self.incident]
        day = incident.occurred or incident.documented or date(2026, 1, 1)
        session = RunSession(operator="somebody", begun=datetime.combine(day, time(), UTC))
        return as_junit(new_record(self.checklist, self.checklist.items, "runbooks", "", session))

    def pages(self, templates: Environment) -> Iterator[Page]:
        """Yield the page, if an incident has checks."""
        if self.incident is None:
            return
        yield make_page(
            templates,
            PATH,
            "checklist-formats.md.j2",
            title="Checklist formats",
            of=code(self.incident),
            formats=[self._shown(*text) for text in self.texts()],
        )

    def assets(self) -> Iterator[Asset]:
        """Yield the full text of each format, which the page links to if it shows only the beginning."""
        if self.incident is None:
            return
        for _, _, _, ending, text in self.texts():
            if ending != "md":  # would become a page
                yield Asset(f"{_FILES}/checklist.{ending}", text.encode())

    def _shown(
        self, name: str, about: str, command: str, ending: str, text: str
    ) -> dict[str, object]:
        lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
        cut = len(lines) > _SHOWN * 3 // 2
        return {
            "name": code(name),
            "about": inline(about),
            "command": fence(command, "sh"),
            "text": fence(
                "\n".join(lines[:_SHOWN] if cut else lines), _LANGUAGES.get(ending, ending)
            ),
            "more": len(lines) - _SHOWN if cut else 0,
            "file": Markdown(relative(PATH, f"{_FILES}/checklist.{ending}"))
            if cut and ending != "md"
            else "",
        }
