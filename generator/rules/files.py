"""KB001 to KB021: files and YAML. The loader and the engine report all of these except KB011."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.knowledge.diagnostics import Position, Severity
from generator.knowledge.schema import SCHEMA_COMMENT
from generator.rules.base import Finding, Rule, Subject

_MARK = "yaml-language-server:"
_SCHEMA = re.compile(r"^#[ \t]*yaml-language-server:[ \t]*\$schema=\S", re.MULTILINE)


def missing_schema(subject: Subject) -> Iterator[Finding]:
    """The file does not name the JSON Schema.

    With this comment, editors that support YAML (VS Code, Neovim, JetBrains, Zed) complete fields,
    show what each one is for, and mark mistakes as you type. `runbooks init` writes the comment in
    its example, and `runbooks schema` prints the schema. Write the comment as the first line.
    """
    text = subject.source.text
    if _MARK not in text or not _SCHEMA.search(text):
        yield Finding(
            (),
            "the file does not name the JSON Schema",
            f"write `{SCHEMA_COMMENT}` as the first line",
            at=Position(),
        )


FILES = (
    Rule(
        "KB001",
        "unreadable-file",
        Severity.ERROR,
        "",
        "",
        explanation="""
        The file cannot be read.

        `incident.yaml` is not a regular file, you do not have permission to read it, or it is a
        symbolic link out of the knowledge base, which is never followed. Replace it with a file.
        """,
    ),
    Rule(
        "KB002",
        "not-utf-8",
        Severity.ERROR,
        "",
        "",
        explanation="""
        The file is not UTF-8 text.

        Some editors on Windows save files as UTF-16 or in a regional encoding. Save the file as
        UTF-8. A byte order mark is allowed.
        """,
    ),
    Rule(
        "KB003",
        "too-large",
        Severity.ERROR,
        "",
        "",
        explanation="""
        The file is larger than 1 MiB.

        People read incidents, and even a long one has only 10 KiB. Keep logs and dumps as files in
        the same folder, quote the lines that matter, and name the files in `sources`.
        """,
    ),
    Rule(
        "KB004",
        "not-yaml",
        Severity.ERROR,
        "summary: 'It said: not found'\n",
        "summary: It said: not found\n",
        (1, 17),
        explanation="""
        The file is not YAML.

        Usually a text that contains `: ` or ` #` needs quotes, a tab is used instead of spaces, or
        the indentation of a line is wrong. Write text with many special characters as a block:
        `|` keeps line breaks, and `>-` joins lines.
        """,
    ),
    Rule(
        "KB005",
        "duplicate-key",
        Severity.ERROR,
        "tags: [startup, database]\n",
        "tags: [startup]\ntags: [database]\n",
        (2, 1),
        explanation="""
        A mapping has a duplicate key.

        Most YAML parsers silently keep the last value and drop the first. Keep one. To give
        several values, write a list.
        """,
    ),
    Rule(
        "KB006",
        "tag",
        Severity.ERROR,
        "summary: Restarted by hand.\n",
        "summary: !!python/name:os.system Restarted by hand.\n",
        (1, 10),
        explanation="""
        A value has a YAML tag.

        A tag asks the parser to create an object instead of text. A knowledge base never needs
        that, and hostile files abuse it. No object is created. Remove the tag.
        """,
    ),
    Rule(
        "KB007",
        "bomb",
        Severity.ERROR,
        "tags: &all [startup]\ncomponents: *all\n",
        "tags: &all [*all]\n",
        (1, 7),
        explanation="""
        The file is nested too deeply, or its aliases expand without limit.

        The limits are 60 levels and 50,000 values. An incident needs 8 levels. Use an alias
        (`*name`) to repeat a value, but never inside the value itself. Write out the values.
        """,
    ),
    Rule(
        "KB008",
        "no-incident",
        Severity.ERROR,
        "",
        "",
        explanation="""
        The file does not contain an incident.

        It is empty, contains only comments, or is not a mapping of fields. Begin with
        `title: ...`. To list all fields, run `runbooks schema`.
        """,
    ),
    Rule(
        "KB009",
        "bad-folder",
        Severity.ERROR,
        "",
        "",
        explanation="""
        A folder under `incidents/` is not the folder of an incident.

        The folder's name is the incident's ID and part of its URL: lowercase letters and digits
        joined by single hyphens, at most 100 characters, not a name that Windows reserves, and not
        another incident's ID in different case. The folder contains `incident.yaml`. Rename the
        folder, add the file, or move the folder elsewhere.
        """,
    ),
    Rule(
        "KB010",
        "bad-settings",
        Severity.ERROR,
        "",
        "",
        explanation="""
        `mkdocs.yml` has an invalid option.

        The options of the `runbooks` plugin are checked like an incident. The message names the
        option, and the reference of settings lists all options.
        """,
    ),
    Rule(
        "KB011",
        "missing-schema",
        Severity.WARNING,
        "# yaml-language-server: $schema=../incident.schema.json\ntags: [startup]\n",
        "# An incident, written by hand.\ntags: [startup]\n",
        (1, 1),
        missing_schema,
    ),
    Rule(
        "KB020",
        "unused-suppression",
        Severity.WARNING,
        "root_cause: Disk was full. # lint: ignore[KB702] the sources say no more\n",
        "title: Two disks are full # lint: ignore[KB702] the sources say no more\n",
        (1, 1),
        explanation="""
        A suppression has no effect.

        Its finding no longer exists or is on another line, or the rule is unknown. Remove the
        comment, so that it does not hide a later finding.
        """,
    ),
    Rule(
        "KB021",
        "bad-suppression",
        Severity.ERROR,
        "root_cause: Disk was full. # lint: ignore[KB702] the sources say no more\n",
        "root_cause: Disk was full. # lint: ignore[KB702]\n",
        (1, 1),
        explanation="""
        A suppression has no code or no reason.

        Write `# lint: ignore[KB702] the sources say no more` at the end of the reported line, or
        on a separate line above it. Separate several codes with commas. A text of several lines
        cannot contain a comment, so write it after the `|` or `>-` where the text begins. Without
        a reason, nobody can decide later whether the suppression is still right, so it has no
        effect. What the loader reports (KB001 to KB010 and KB101 to KB105) cannot be suppressed.
        """,
    ),
)
