"""KB001 to KB021: files and YAML. The loader and the engine report all of these except KB011."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from generator.knowledge.diagnostics import Position, Severity
from generator.knowledge.schema import schema_comment
from generator.rules.base import Finding, Rule, Subject

_MARK = "yaml-language-server:"
_SCHEMA = re.compile(r"^#[ \t]*yaml-language-server:[ \t]*\$schema=\S", re.MULTILINE)


def missing_schema(subject: Subject) -> Iterator[Finding]:
    """The file does not name the JSON Schema.

    With this comment, editors that support YAML (VS Code, Neovim, JetBrains, Zed) complete fields,
    show what each one is for, and mark mistakes as you type. `runbooks init` writes the comment in
    its example, and `runbooks schema` prints the schema; each file beside `incident.yaml` has its own.
    Write the comment as the first line.
    """
    for source in subject.source.files:
        if _MARK not in source.text or not _SCHEMA.search(source.text):
            comment = schema_comment(posixpath.basename(source.file))
            yield Finding(
                (),
                "the file does not name the JSON Schema",
                f"write `{comment}` as the first line",
                at=Position(),
                within=source,
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

        It is not a regular file (but a pipe or a device, for example), you do not have permission
        to read it, or it is a symbolic link out of the knowledge base, to something hidden such as
        `.git`, or to a folder that contains it. Such links are never followed, so no page can
        contain files of the machine that builds the site. The rule looks at the folder of each
        incident, the handwritten pages, `templates/` and the theme's `custom_dir`. Replace the
        link with a copy of its target.
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
        A file is too large.

        The limit is 1 MiB for YAML files, 8 MiB for records of proofs and 32 MiB for other files.
        People read incidents, and even a long one has only 10 KiB. Keep logs and dumps as files in
        the same folder, quote the lines that matter, and name the files in `sources`. The page
        *Limits* of the reference lists all limits.
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
        several values, write a list. The same is reported of a field that stands both in
        `incident.yaml` and in the file beside it, `proofs.yaml` or `sources.yaml`.
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

        The limits are 60 levels, 50,000 values and 1,048,576 characters, and what an alias
        (`*name`) repeats counts each time. An incident needs 8 levels. Use an alias to repeat a
        value, but never inside the value itself. Write out the values.
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
        `mkdocs.yml` has an invalid option, or is not YAML.

        The options of the `runbooks` plugin are checked like an incident. The message names the
        option, and the reference of settings lists all options. A value that YAML cannot read, such
        as the date 2026-13-45, is reported anywhere in the file, because the site engine would
        stop there. The folders in `docs_dir` and `custom_dir` must be inside the knowledge base.
        Commands that need no site, such as `runbooks match`, go on with defaults.
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
        "KB012",
        "orphan-file",
        Severity.ERROR,
        "",
        "",
        explanation="""
        A file that belongs to an incident has no `incident.yaml` beside it.

        `proofs.yaml` and `sources.yaml` hold one field each of the incident whose folder they are
        in. Alone they say nothing: no page shows them, and no proof runs. Write `incident.yaml`, or
        move the file to the folder of its incident.
        """,
    ),
    Rule(
        "KB013",
        "missing-source",
        Severity.ERROR,
        "",
        "",
        explanation="""
        The incidents of a source cannot be read.

        `sources` in `mkdocs.yml` names other knowledge bases. A folder must be there, with
        `incidents/` in it; of everything else there is a copy in `.cache/runbooks/sources/`, which
        `runbooks sources update` makes, and a build where `sources.lock.yaml` says what belongs into
        it. The site is built without these incidents; with `--strict`, nothing is built.
        """,
    ),
    Rule(
        "KB014",
        "source-differs",
        Severity.ERROR,
        "",
        "",
        explanation="""
        A source is not what `sources.lock.yaml` says.

        The file says of each source what somebody has looked at and taken. If the source has something
        else now, or nothing was taken yet, nobody has looked at that: it is left out, and the last copy
        is used. For a folder, which is read where it is, this is only a hint. Run `runbooks sources
        update`, look at what it shows, and commit the file.
        """,
    ),
    Rule(
        "KB015",
        "source-left-out",
        Severity.WARNING,
        "",
        "",
        explanation="""
        Not all incidents of a source are taken.

        Some have errors, or ids that are not ids here, or there are more than a source may have. The
        others are shown. An id that is taken already gets the name of the source before it; if that is
        taken too, or too long, the incident is left out. Its authors can mend it: `runbooks lint` in
        their knowledge base names each error. `only` in `mkdocs.yml` takes a part of a source.
        """,
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
