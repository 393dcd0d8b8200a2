"""ClickHouse: a query over a table of logs, or a materialized view that reads every new row.

`multiMatchAllIndices` searches all rows for a fixed text of each signature at once, which costs
little more than reading them. Only a row with such a text is compared with the signature's regular
expression, by `extractGroups`, which also gives the captures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.log_systems.base import PortableSignature, SignatureExport, SignatureExportOptions

COLUMNS = ("incident", "signature", "severity", "title", "url", "captures", "matched", "line")
"""The columns of the result, besides `seen` of a view and those that are copied."""

RESERVED = frozenset((*COLUMNS, "seen"))
"""Names that a copied column cannot have."""

_HEAD = """\
-- Made by `runbooks export-signatures --format clickhouse`; changes made here are lost.
-- {what} Docs: docs/guide/log-systems.md
"""
_QUERY = "A query: a row for each line and each signature that it shows."
_VIEW = "A table, and a materialized view that fills it from what is inserted from now on."
# The default for the text of a query is 256 KiB, which some 800 signatures fill.
_SETTINGS = "SET max_query_size = 268435456, max_ast_elements = 10000000, max_expanded_ast_elements = 10000000;"

_FACTS = "Array(Tuple(String, UInt32, String, String, String, Array(String)))"

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_ESCAPES = {"\\": "\\\\", "'": "\\'"} | {chr(n): f"\\x{n:02x}" for n in (*range(32), 127)}
_TO_ESCAPE = re.compile(r"[\\'\x00-\x1f\x7f]")


def export(
    signatures: Sequence[PortableSignature], options: SignatureExportOptions
) -> SignatureExport:
    """Write a query, or with a target the statements that create a table and its view."""
    query = _query(signatures, options)
    if options.target is None:
        return SignatureExport("\n".join([_HEAD.format(what=_QUERY) + _SETTINGS, query + ";\n"]))
    target, view = identifier(options.target), identifier(f"{options.target}_view")
    create = f"CREATE TABLE IF NOT EXISTS {target}\nENGINE = MergeTree ORDER BY (incident, signature, seen)\nEMPTY AS {query};"
    fill = f"CREATE MATERIALIZED VIEW {view} TO {target} AS\n{query};\n"
    statements = [_SETTINGS, create, f"DROP VIEW IF EXISTS {view};", fill]
    return SignatureExport(_HEAD.format(what=_VIEW) + "\n".join(statements))


def _query(signatures: Sequence[PortableSignature], options: SignatureExportOptions) -> str:
    also = "".join(f", {identifier(name)}" for name in options.copied)
    facts = ",\n    ".join(map(_facts, signatures))
    searched = ",\n        ".join(string(_searched(s)) for s in signatures)
    # Names that no table has: a condition must not read them instead of a column.
    return "\n".join(
        [
            f"WITH CAST([\n    {facts}\n], {string(_FACTS)}) AS runbooks_signatures",
            f"SELECT{' now64(3) AS seen,' if options.target else ''}",
            *_selected(),
            f"    runbooks_line AS line{also}",
            "FROM (",
            f"    SELECT runbooks_line{also}, runbooks_number,",
            *(f"        {line}" for line in _groups(signatures)),
            "    FROM (",
            f"        SELECT ifNull(toString({identifier(options.field)}), '') AS runbooks_line{also},",
            "        arrayJoin(multiMatchAllIndices(runbooks_line, CAST([",
            f"        {searched}",
            "        ], 'Array(String)'))) AS runbooks_number",
            f"        FROM {identifier(options.table)}",
            *([f"        WHERE {options.where}"] if options.where else []),
            "    )",
            ")",
            "WHERE notEmpty(runbooks_groups)",
        ]
    )


def _selected() -> Iterator[str]:
    fact = "runbooks_signatures[runbooks_number]"
    for place, name in enumerate(COLUMNS[:5], 1):
        yield f"    {fact}.{place} AS {name},"
    yield f"    mapFromArrays({fact}.6, arraySlice(runbooks_groups, 2, length({fact}.6))) AS captures,"
    yield "    runbooks_groups[1] AS matched,"


def _facts(signature: PortableSignature) -> str:
    texts = (signature.severity, signature.title, signature.address)
    names = ", ".join(map(string, signature.pattern.captures))
    facts = [string(signature.incident), str(signature.number), *map(string, texts), f"[{names}]"]
    return f"({', '.join(facts)})"


def _searched(signature: PortableSignature) -> str:
    needle = signature.pattern.needle
    return _SPECIAL.sub(r"\\\g<0>", needle) if needle else _one_line(signature)


def _one_line(signature: PortableSignature) -> str:
    """Return its expression; in one that people wrote, `.`, `^` and `$` mean those of a line."""
    regex = signature.pattern.regex
    return f"(?m-s:{regex})" if signature.text is None else regex


def _groups(signatures: Sequence[PortableSignature]) -> Iterator[str]:
    """Yield the lines of the expression that compares a row with the signature of a number."""
    if not signatures:
        yield "emptyArrayString() AS runbooks_groups"
        return
    yield "multiIf("
    for number, signature in enumerate(signatures, 1):
        regex = string(f"({_one_line(signature)})")
        yield f"    runbooks_number = {number}, extractGroups(runbooks_line, {regex}),"
    yield "    emptyArrayString()) AS runbooks_groups"


def string(text: str) -> str:
    """Write a text as a string of ClickHouse."""
    return "'" + _TO_ESCAPE.sub(lambda found: _ESCAPES[found[0]], text) + "'"


def identifier(name: str) -> str:
    """Write the name of a table or a column, which may have a part before a dot."""
    return ".".join(f"`{part}`" for part in name.split("."))
