"""The formats of a checklist, in one table.

CONTRIBUTING.md says how to add one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from generator.checklists.formats.batch import as_bat
from generator.checklists.formats.csv_format import as_csv
from generator.checklists.formats.github import as_bitbucket, as_github
from generator.checklists.formats.html_format import as_html
from generator.checklists.formats.json_format import as_json
from generator.checklists.formats.markdown import as_markdown
from generator.checklists.formats.shell import as_sh
from generator.checklists.items import Checklist
from generator.text.controls import written_out


@dataclass(frozen=True)
class ChecklistFormat:
    """One format of a checklist.

    Attributes:
        write: makes the text.
        ending: the file extension.
        about: its purpose, in a few words.
        says: whether the text itself says that no check applies.
        is_script: whether it runs commands, so that values in it stay as they are.
    """

    write: Callable[[Checklist], str]
    ending: str
    about: str
    says: bool = False
    is_script: bool = False

    def text(self, checklist: Checklist) -> str:
        """Make the text; none of its characters drives a terminal or turns a line's direction."""
        text = self.write(checklist)
        return text if self.is_script else written_out(text)


FORMATS: Mapping[str, ChecklistFormat] = {
    "markdown": ChecklistFormat(as_markdown, "md", "a task list", says=True),
    "github": ChecklistFormat(
        as_github, "md", "a comment on a pull request, or an issue; not on Bitbucket", says=True
    ),
    "bitbucket": ChecklistFormat(as_bitbucket, "md", "a comment on Bitbucket", says=True),
    "json": ChecklistFormat(as_json, "json", "for programs"),
    "csv": ChecklistFormat(as_csv, "csv", "for a spreadsheet"),
    "html": ChecklistFormat(
        as_html, "html", "one file to tick off in a browser, or to print", says=True
    ),
    "sh": ChecklistFormat(
        as_sh, "sh", "a script that asks and runs, for bash", says=True, is_script=True
    ),
    "bat": ChecklistFormat(
        as_bat, "bat", "the same script, for the Windows command prompt", says=True, is_script=True
    ),
}
