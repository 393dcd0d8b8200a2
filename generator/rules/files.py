"""KB001 to KB021: files and YAML. The loader and the engine report all of these but KB011."""

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

    Editors with YAML support (VS Code, Neovim, JetBrains, Zed) read one comment and then
    complete fields, show what each is for and mark mistakes while typing. `runbooks init` writes
    it for its example; `runbooks schema` prints the schema. Write it as the first line.
    """
    text = subject.source.text
    if _MARK not in text or not _SCHEMA.search(text):
        yield Finding(
            (),
            "the file names no schema",
            f"begin with `{SCHEMA_COMMENT}`",
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
        A file cannot be read.

        It is a pipe, a device or something else that is no regular file, this user may not read
        it, or it is a link that leads out of the knowledge base, to something hidden such as
        `.git`, or in a circle. Such a link is never followed, so that no page holds a file of the
        machine that builds it. This concerns the folder of each incident, the handwritten pages,
        `templates/` and the theme's `custom_dir`. Replace the link by what it leads to.
        """,
    ),
    Rule(
        "KB002",
        "not-utf-8",
        Severity.ERROR,
        "",
        "",
        explanation="""
        The file is not text in UTF-8.

        Some editors on Windows save UTF-16 or a national encoding. Save the file as UTF-8; a byte
        order mark is fine.
        """,
    ),
    Rule(
        "KB003",
        "too-large",
        Severity.ERROR,
        "",
        "",
        explanation="""
        A file is too large.

        A file in YAML may have 1 MiB, a record 8 MiB and any other file 32 MiB. An incident is read
        by people; a long one has 10 KiB. Keep logs and dumps as files beside it, quote the lines
        that matter, and name the file in `sources`. The page *Limits* of the reference lists all.
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

        Most often text with `: ` or ` #` in it needs quotes, a tab stands where spaces belong, or
        a line is indented wrongly. Text with many special characters goes into a block: `|` keeps
        line ends, `>-` joins lines.
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

        Most readers of YAML silently keep the last and lose the first. Keep one; where several
        values are meant, write a list.
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

        Tags ask the reader to build something other than text, which a knowledge base never
        needs and a hostile file abuses. Nothing is built. Remove the tag.
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
        The file nests too deeply, or its aliases grow without bound.

        At most 60 levels, 50,000 values and 1,048,576 characters are read, and what an alias
        (`*name`) repeats counts each time; an incident needs 8 levels. Aliases are fine for
        repeating a value, but not inside themselves. Write the values out.
        """,
    ),
    Rule(
        "KB008",
        "no-incident",
        Severity.ERROR,
        "",
        "",
        explanation="""
        The file holds no incident.

        It is empty, holds comments alone, or is not a mapping of fields. Begin with `title: ...`;
        `runbooks schema` prints all fields.
        """,
    ),
    Rule(
        "KB009",
        "bad-folder",
        Severity.ERROR,
        "",
        "",
        explanation="""
        A folder under `incidents/` is not an incident's.

        Its name is the incident's id and address: lower-case letters and digits joined by single
        hyphens, at most 100, not a name that Windows reserves, and not another's id in other
        case. It holds `incident.yaml`. Rename the folder, add the file, or move it elsewhere.
        """,
    ),
    Rule(
        "KB010",
        "bad-settings",
        Severity.ERROR,
        "",
        "",
        explanation="""
        `mkdocs.yml` has an option that cannot be, or is not YAML.

        The options of the plugin `runbooks` are checked like an incident. The message names the
        option; the reference of settings lists all. A value that YAML cannot make, such as the
        date 2026-13-45, is reported wherever it stands: the site engine would stop at it. A folder
        of pages or templates (`docs_dir`, `custom_dir`) lies inside the knowledge base. Commands
        that need no site, such as `runbooks match`, go on with defaults.
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
        A suppression silences nothing.

        What it was written for is gone, or moved to another line, or the rule is unknown. Remove
        the comment, so that it does not hide the next finding.
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
        A suppression names no code, or gives no reason.

        Write `# lint: ignore[KB702] the sources say no more` at the end of the line that is
        reported, or on a line of its own above it; several codes are separated by commas. Inside
        a text of several lines no comment can stand: write it behind the `|` or `>-` where the
        text begins. Without a reason nobody can tell later whether it still holds, so it silences
        nothing. What the loader reports (KB001 to KB010, KB1xx) cannot be silenced.
        """,
    ),
)
