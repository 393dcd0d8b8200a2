"""The table of limits: how much is read, and how much is made of it.

Whoever writes a file of a knowledge base, a log or a rule file decides how large it is; these
numbers decide what it can cost. A limit is a number with its reason, so that the reference can
print all of them. What is no limit of input stands where it is used: how many results are shown,
how long a word of the search index is.
"""

from __future__ import annotations

from typing import Self


class Limit(int):
    """A number, with what it limits and why.

    Attributes:
        unit: what is counted.
        of: what it limits.
        why: why it is this number.
    """

    unit: str
    of: str
    why: str

    def __new__(cls, most: int, unit: str, of: str, why: str) -> Self:
        """Return the number `most`, which knows what it is for."""
        limit = super().__new__(cls, most)
        limit.unit, limit.of, limit.why = unit, of, why
        return limit

    @property
    def shown(self) -> str:
        """The number as people read it: `1 MiB`, `50,000 values`."""
        if self.unit != "bytes":
            return f"{int(self):,} {self.unit}"
        size, name = next((s, n) for s, n in _SIZES if self % s == 0)
        return f"{self // size:,} {name}"


_SIZES = ((1 << 20, "MiB"), (1 << 10, "KiB"), (1, "bytes"))

YAML_BYTES = Limit(
    1 << 20,
    "bytes",
    "a file in YAML (such as incident.yaml, proofs.yaml, checks.yaml, mkdocs.yml), and a write-up",
    "A long incident has 10 KiB; logs and dumps are files beside it.",
)
YAML_CHARACTERS = Limit(
    1 << 20,
    "characters",
    "the texts of a file in YAML once its aliases are written out",
    "Aliases may not make a file larger than a file may be without them.",
)
YAML_DEPTH = Limit(
    60,
    "levels",
    "the nesting of a file in YAML",
    "An incident needs 8; what is deeper would use up the stack.",
)
YAML_VALUES = Limit(
    50_000,
    "values",
    "a file in YAML once its aliases are written out",
    "A long incident has 500; aliases of aliases grow without bound.",
)
EXPORT_BYTES = Limit(
    8 << 20,
    "bytes",
    "a write-up in another format than Markdown, and a chat export (runbooks import)",
    "Exports hold styles, images and each message twice; the text in them is limited as any write-up.",
)
REST_MARKUP = Limit(
    200_000_000,
    "marks times characters",
    "the paragraphs of a write-up in reStructuredText, all together",
    "Docutils searches the rest of a paragraph for each mark in it; this takes it some 5 seconds.",
)
RECORD_BYTES = Limit(
    8 << 20,
    "bytes",
    "a record of proofs (record.json)",
    "A run keeps some 4,000 characters of output, so this is room for over 1,000 proofs.",
)
FILE_BYTES = Limit(
    32 << 20,
    "bytes",
    "any other file of a knowledge base: tools, proofs, handwritten pages, templates",
    "Such files are held in memory while the site is built.",
)
IMPORTED_IMAGES = Limit(
    200,
    "images",
    "the images of one write-up that runbooks import copies",
    "Each becomes a file of the repository, for as long as it exists.",
)
FOLDER_FILES = Limit(
    20_000,
    "files",
    "what lies below one folder, what its links lead to included",
    "Links to folders that hold links grow without bound.",
)
FOLDER_DEPTH = Limit(
    60,
    "levels",
    "how deep folders lie in one another",
    "A walk through them needs as much of the stack.",
)
RULE_FILE_BYTES = Limit(
    16 << 20,
    "bytes",
    "a rule file of Prometheus (runbooks coverage)",
    "Generated rule files are larger than what people write.",
)
RULE_FILE_VALUES = Limit(
    500_000,
    "values",
    "a rule file of Prometheus once its aliases are written out",
    "Generated rule files hold thousands of alerts.",
)
RULE_FILE_TRIED = Limit(
    1 << 20,
    "characters",
    "what is read again to find the edits of a rule file that change nothing else",
    "If many edits do, each is tried, and each try reads the whole file.",
)
RULE_FILE_TRIES = Limit(
    30,
    "tries",
    "how often a large rule file is read again for that",
    "This is enough to find one such edit among 10,000.",
)
GLOB_ALTERNATIVES = Limit(
    100,
    "globs",
    "what the braces of one glob are written out to",
    "Braces in a row multiply; each glob is tried on every changed file.",
)
LIST_BYTES = Limit(
    64 << 20,
    "bytes",
    "a list of changed files that is no diff (runbooks checklist --changed-files)",
    "It is held in memory; 200,000 paths have 15 MiB. A diff is read line by line.",
)
CHANGED_LINES = Limit(
    16 << 20,
    "characters",
    "the changed lines that conditions of checks look at",
    "They are held in memory. Of files behind them, the lines count as not known, so their checks stay.",
)
ASSISTANT_TEXT = Limit(
    8 << 20,
    "characters",
    "a text that an assistant asks about (runbooks mcp)",
    "It comes in one message, which is held in memory; `runbooks match FILE` reads logs of any size.",
)
ASSISTANT_LIST = Limit(
    8 << 20,
    "characters",
    "the changed files that an assistant asks about (runbooks mcp)",
    "200,000 paths have more; `runbooks checklist` reads those.",
)
FORGE_BYTES = Limit(
    16 << 20,
    "bytes",
    "an answer of a forge (runbooks checklist comment)",
    "It is held in memory; 100 of the longest comments of GitHub have 7 MiB.",
)

SITE_INDEX_BYTES = Limit(
    64 << 20,
    "bytes",
    "the list of incidents of a site that is a source (api/v1/incidents.json)",
    "It is held in memory; 50,000 incidents have 40 MiB.",
)
SITE_INCIDENT_BYTES = Limit(
    10 << 20,
    "bytes",
    "an incident of such a site (api/v1/incidents/ID.json)",
    "As much as its incident.yaml and its record.json may have here.",
)
SITE_BYTES = Limit(
    1 << 30,
    "bytes",
    "what is fetched of such a site at once",
    "50,000 incidents with 20 KiB each.",
)
SITE_SECONDS = Limit(
    900,
    "seconds",
    "how long fetching such a site may take",
    "50,000 files, eight at once, from a server that answers in 100 ms, take 11 minutes.",
)
SOURCES = Limit(
    50,
    "sources",
    "the other knowledge bases whose incidents are shown (sources in mkdocs.yml)",
    "Every command looks at the files of each.",
)
SOURCE_INCIDENTS = Limit(
    50_000,
    "incidents",
    "what is taken of one such knowledge base",
    "Somebody else decides how many it has; 20 teams with 1,000 each have 20,000.",
)
SOURCE_BYTES = Limit(
    512 << 20,
    "bytes",
    "all files of one such knowledge base that is copied",
    "1,000 incidents with their proofs have some 20 MiB.",
)
LOCK_BYTES = Limit(
    32 << 20,
    "bytes",
    "what was taken of sources (sources.lock.yaml)",
    "It has a line of 100 characters for each incident of the sources.",
)

LIMITS = (
    YAML_BYTES,
    YAML_CHARACTERS,
    YAML_DEPTH,
    YAML_VALUES,
    EXPORT_BYTES,
    REST_MARKUP,
    RECORD_BYTES,
    FILE_BYTES,
    IMPORTED_IMAGES,
    FOLDER_FILES,
    FOLDER_DEPTH,
    RULE_FILE_BYTES,
    RULE_FILE_VALUES,
    RULE_FILE_TRIED,
    RULE_FILE_TRIES,
    GLOB_ALTERNATIVES,
    LIST_BYTES,
    CHANGED_LINES,
    FORGE_BYTES,
    ASSISTANT_TEXT,
    ASSISTANT_LIST,
    SITE_INDEX_BYTES,
    SITE_INCIDENT_BYTES,
    SITE_BYTES,
    SITE_SECONDS,
    SOURCES,
    SOURCE_INCIDENTS,
    SOURCE_BYTES,
    LOCK_BYTES,
)
"""All limits, in the order of the reference."""
