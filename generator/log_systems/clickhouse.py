"""ClickHouse: a query over a table of logs, or a materialized view that reads every new row.

`multiMatchAllIndices` searches all rows for a fixed text of each signature at once, which costs
little more than reading them. Only a row with such a text is compared with the signature's regular
expression, by `extractGroups`, which also gives the captures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from generator.log_systems.base import PortableSignature, SignatureExport, SignatureExportOptions
from generator.log_systems.patterns import PortablePattern

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
    whole = [tuple(forms) for _, forms in groupby(signatures, key=lambda s: (s.incident, s.number))]
    facts = ",\n    ".join(map(_facts, whole))
    searched = ",\n        ".join(string(s.pattern.hint) for s in signatures)
    # Several forms are one signature.
    which = ", ".join(str(n) for n, forms in enumerate(whole, 1) for _ in forms)
    # Names that no table has: a condition must not read them instead of a column.
    return "\n".join(
        [
            f"WITH CAST([\n    {facts}\n], {string(_FACTS)}) AS runbooks_signatures",
            f"SELECT{' now64(3) AS seen,' if options.target else ''}",
            *_selected(),
            f"    runbooks_line AS line{also}",
            "FROM (",
            f"    SELECT runbooks_line{also}, runbooks_number,",
            *(f"        {line}" for line in _groups(whole)),
            "    FROM (",
            f"        SELECT ifNull(toString({identifier(options.field)}), '') AS runbooks_line{also},",
            f"        arrayJoin(arrayDistinct(arrayMap(form -> CAST([{which}], 'Array(UInt32)')[form],",
            "        multiMatchAllIndices(runbooks_line, CAST([",
            f"        {searched}",
            "        ], 'Array(String)'))))) AS runbooks_number",
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
    pairs = f"mapFromArrays({fact}.6, arraySlice(runbooks_groups, 2, length({fact}.6)))"
    yield f"    mapFilter((name, value) -> value != '', {pairs}) AS captures,"
    yield "    runbooks_groups[1] AS matched,"


def _facts(forms: Sequence[PortableSignature]) -> str:
    first = forms[0]
    texts = [string(text) for text in (first.severity, first.title, first.address)]
    names = ", ".join(map(string, _names(forms)))
    return f"({', '.join([string(first.incident), str(first.number), *texts])}, [{names}])"


def _names(forms: Sequence[PortableSignature]) -> list[str]:
    """Return the names of all captures of a signature, in the order of its groups."""
    parts = [[form.pattern for form in forms], *forms[0].near]
    return list(dict.fromkeys(name for part in parts for name in _captured(part)))


def _captured(patterns: Sequence[PortablePattern]) -> list[str]:
    """Return what any of several forms captures."""
    names: dict[str, None] = {}
    for pattern in patterns:
        names |= dict.fromkeys([*pattern.captures, *dict(pattern.constants), *([pattern.field] if pattern.field else [])])  # fmt: skip
    return list(names)


def _groups(whole: Sequence[Sequence[PortableSignature]]) -> Iterator[str]:
    """Yield the lines of the expression that compares a row with the signature of a number."""
    if not whole:
        yield "emptyArrayString() AS runbooks_groups"
        return
    yield "multiIf("
    for number, forms in enumerate(whole, 1):
        yield f"    runbooks_number = {number}, {_compared(forms)},"
    yield "    emptyArrayString()) AS runbooks_groups"


def _compared(forms: Sequence[PortableSignature]) -> str:
    """Return what is found and all captures, as one array; it is empty if this is no match."""
    groups = _first([form.pattern for form in forms])
    near, without = forms[0].near, forms[0].without
    if not (near or without):
        return groups
    tests = [f"notEmpty({_first(form)})" for form in near]
    tests += [f"empty({_first(form)})" for form in without]
    names, more = _captured([form.pattern for form in forms]), []
    for form in near:
        for place, name in enumerate(_captured(form), 2):
            if name not in names:
                names.append(name)
                more.append(f"{_first(form)}[{place}]")
    everything = f"arrayConcat({groups}, [{', '.join(more)}])" if more else groups
    return f"if(notEmpty({groups}) AND {' AND '.join(tests)}, {everything}, emptyArrayString())"


def _first(patterns: Sequence[PortablePattern]) -> str:
    """Return the array of the first of several forms that matches."""
    names = _captured(patterns)
    arrays = [_array(pattern, names) for pattern in patterns]
    if len(arrays) == 1:
        return arrays[0]
    return f"arrayFirst(found -> notEmpty(found), [{', '.join(arrays)}])"


def _array(pattern: PortablePattern, names: Sequence[str]) -> str:
    """Return the array of what a form finds, then of its captures of these names."""
    groups = f"extractGroups(runbooks_line, {string(f'({_one_line(pattern)})')})"
    if names == list(pattern.captures):
        return groups
    values = {name: f"found[{place}]" for place, name in enumerate(pattern.captures, 2)}
    values |= {name: string(value) for name, value in pattern.constants}
    if pattern.field:
        values[pattern.field] = "arrayFirst(group -> notEmpty(group), arraySlice(found, 2))"
    inside = ", ".join(["found[1]", *(values.get(name, "''") for name in names)])
    return f"arrayMap(found -> if(empty(found), found, [{inside}]), [{groups}])[1]"


def _one_line(pattern: PortablePattern) -> str:
    """Return its expression; in one without captures, `.`, `^` and `$` mean those of a line."""
    return pattern.regex if pattern.literals else f"(?m-s:{pattern.regex})"


def string(text: str) -> str:
    """Write a text as a string of ClickHouse."""
    return "'" + _TO_ESCAPE.sub(lambda found: _ESCAPES[found[0]], text) + "'"


def identifier(name: str) -> str:
    """Write the name of a table or a column, which may have a part before a dot."""
    return ".".join(f"`{part}`" for part in name.split("."))
