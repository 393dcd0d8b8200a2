"""ClickHouse: a query over a table of logs, or a materialized view that reads every new row.

`multiMatchAllIndices` searches all rows for a fixed text of each signature at once, which costs
little more than reading them. Only a row with such a text is compared with the signature's regular
expressions, by `match`. `replaceRegexpOne` gives the captures: both take expressions from an array,
so the query names each function once, however many signatures there are.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from itertools import chain, groupby

from generator.log_systems.base import (
    LeftOutSignature,
    PortableSignature,
    SignatureExport,
    SignatureExportOptions,
)
from generator.log_systems.patterns import PortablePattern

COLUMNS = ("incident", "signature", "severity", "title", "url", "captures", "matched", "line")
"""The columns of the result, besides `seen` of a view and those that are copied."""

Forms = tuple[PortableSignature, ...]
"""All forms of one signature."""

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

_FORM = "Tuple(regex String, captures Array(Tuple(String, String)))"
_FACTS = (
    "Array(Tuple(incident String, signature UInt32, severity String, title String, url String, "
    f"forms Array({_FORM}), near Array(Array({_FORM})), without Array(String)))"
)
# It uses names that no table has: a condition must not read them instead of a column.
_STATEMENT = """\
{known}SELECT{seen}
    runbooks_signature.incident AS incident,
    runbooks_signature.signature AS signature,
    runbooks_signature.severity AS severity,
    runbooks_signature.title AS title,
    runbooks_signature.url AS url,
    mapFilter((name, value) -> value != '', mapFromArrays(
        arrayMap(capture -> capture.1, runbooks_captures),
        arrayMap(capture -> replaceRegexpOne(runbooks_text, capture.2, capture.3), runbooks_captures)
    )) AS captures,
    replaceRegexpOne(runbooks_text, {match}, {all}) AS matched,
    runbooks_line AS line{also}
FROM (
    SELECT runbooks_line{also}, runbooks_signature,
        if(empty(runbooks_signature.without), runbooks_line, arrayStringConcat(arrayFilter(
            one -> NOT arrayExists(regex -> match(one, regex), runbooks_signature.without),
            splitByChar({newline}, runbooks_line)
        ), {newline})) AS runbooks_text,
        arrayFirst(form -> match(runbooks_text, form.regex), runbooks_signature.forms) AS runbooks_form,
        arrayMap(
            forms -> arrayFirst(form -> match(runbooks_text, form.regex), forms),
            runbooks_signature.near
        ) AS runbooks_near,
        arrayFlatten(arrayMap(
            form -> arrayMap(capture -> (capture.1, {around}, capture.2), form.captures),
            arrayPushFront(runbooks_near, runbooks_form)
        )) AS runbooks_captures
    FROM (
        SELECT runbooks_line{also}, {signature} AS runbooks_signature
        FROM (
            SELECT ifNull(toString({column}), '') AS runbooks_line{also},
                arrayJoin(arrayDistinct(arrayMap(
                    form -> CAST([{owners}], 'Array(UInt32)')[form],
                    multiMatchAllIndices(runbooks_line, CAST([
        {hints}
                    ], 'Array(String)'))
                ))) AS runbooks_number
            FROM {table}{where}
        ){join}
    )
)
WHERE runbooks_form.regex != ''
    AND arrayAll(form -> form.regex != '', runbooks_near)"""
_MOST_GROUPS = 8  # `\\9` is the last that a replacement can name, and the match itself is one, too

_BEFORE, _AFTER = r"(?s)^\C*?(", r")\C*$"
_ESCAPES = {"\\": "\\\\", "'": "\\'"} | {chr(n): f"\\x{n:02x}" for n in (*range(32), 127)}
_TO_ESCAPE = re.compile(r"[\\'\x00-\x1f\x7f]")


def export(
    signatures: Sequence[PortableSignature], options: SignatureExportOptions
) -> SignatureExport:
    """Write a query, or with a target the statements that create a table and its view."""
    whole, left_out = _by_signature(signatures)
    facts = ",\n    ".join(map(_facts, whole))
    known = f"CAST([\n    {facts}\n], {string(_FACTS)})"
    if options.target is None:
        query = _query(whole, options, known=f"WITH {known} AS runbooks_signatures\n")
        what, statements = _QUERY, [f"{query};\n"]
    else:
        what, statements = _VIEW, _view(whole, options, known)
    text = "\n".join([_HEAD.format(what=what) + _SETTINGS, *statements])
    return SignatureExport(text, tuple(left_out))


def _view(whole: Sequence[Forms], options: SignatureExportOptions, known: str) -> list[str]:
    """Return the statements that make the table and its view, and keep the signatures in a table.

    In the view's query, they would cost each INSERT as much as thousands of rows.
    """
    target, view, kept = (identifier(f"{options.target}{end}") for end in ("", "_view", "_kept"))
    query = _query(whole, options, kept=kept)
    return [
        f"DROP VIEW IF EXISTS {view};",
        f"CREATE OR REPLACE TABLE {kept} ENGINE = MergeTree ORDER BY number AS\n"
        f"SELECT toUInt32(number) AS number, signature FROM (SELECT {known} AS known)\n"
        "ARRAY JOIN known AS signature, arrayEnumerate(known) AS number;",
        f"CREATE TABLE IF NOT EXISTS {target}\n"
        f"ENGINE = MergeTree ORDER BY (incident, signature, seen)\nEMPTY AS {query};",
        f"CREATE MATERIALIZED VIEW {view} TO {target} AS\n{query};\n",
    ]


def _by_signature(
    signatures: Sequence[PortableSignature],
) -> tuple[list[Forms], list[LeftOutSignature]]:
    """Put the forms of each signature together, and leave out what captures too much."""
    whole: list[Forms] = []
    left_out = []
    for _, group in groupby(signatures, key=lambda s: (s.incident, s.number)):
        forms = tuple(group)
        patterns = [*(form.pattern for form in forms), *chain(*forms[0].near)]
        if any(len(pattern.captures) > _MOST_GROUPS for pattern in patterns):
            left_out.append((forms[0].name, f"it captures more than {_MOST_GROUPS} values"))
        else:
            whole.append(forms)
    return whole, left_out


def _query(
    whole: Sequence[Forms], options: SignatureExportOptions, known: str = "", kept: str = ""
) -> str:
    also = "".join(f", {identifier(name)}" for name in options.copied)
    hints = ",\n        ".join(string(form.pattern.hint) for forms in whole for form in forms)
    # Several forms are one signature.
    owners = ", ".join(str(n) for n, forms in enumerate(whole, 1) for _ in forms)
    return _STATEMENT.format(
        known=known,
        signature="kept.signature" if kept else "runbooks_signatures[runbooks_number]",
        join=f" AS lines INNER JOIN {kept} AS kept ON kept.number = runbooks_number"
        if kept
        else "",
        seen=" now64(3) AS seen," if options.target else "",
        also=also,
        match=_around("runbooks_form.regex"),
        all=string(r"\1"),
        newline=string("\n"),
        around=_around("form.regex"),
        column=identifier(options.field),
        owners=owners,
        hints=hints,
        table=identifier(options.table),
        where=f"\n            WHERE {options.where}" if options.where else "",
    )


def _around(regex: str) -> str:
    """Write the expression for all of a line, with the match as its first group.

    `.` matches no byte that is not valid UTF-8; `\\C` matches any.
    """
    return f"concat({string(_BEFORE)}, {regex}, {string(_AFTER)})"


def _facts(forms: Forms) -> str:
    first = forms[0]
    texts = map(string, (first.severity, first.title, first.address))
    own = {name for form in forms for name in _values(form.pattern)}
    near = (_array(_form(pattern, own) for pattern in patterns) for patterns in first.near)
    facts = [
        string(first.incident),
        str(first.number),
        *texts,
        _array(_form(form.pattern) for form in forms),
        _array(near),
        _array(string(_one_line(pattern)) for pattern in chain(*first.without)),
    ]
    return f"({', '.join(facts)})"


def _form(pattern: PortablePattern, known: Container[str] = ()) -> str:
    """Write an expression, with the replacement that gives each value that is not known yet."""
    values = {name: value for name, value in _values(pattern).items() if name not in known}
    pairs = _array(f"({string(name)}, {string(value)})" for name, value in values.items())
    return f"({string(_one_line(pattern))}, {pairs})"


def _values(pattern: PortablePattern) -> dict[str, str]:
    values = {name: f"\\{place}" for place, name in enumerate(pattern.captures, 2)}
    values |= {name: value.replace("\\", "\\\\") for name, value in pattern.constants}
    if pattern.field:
        # One group for each way to write the value: all but one are empty.
        values[pattern.field] = r"\2\3\4\5"
    return values


def _array(values: Iterable[str]) -> str:
    return f"[{', '.join(values)}]"


def _one_line(pattern: PortablePattern) -> str:
    """Return its expression; in one without captures, `.`, `^` and `$` mean those of a line."""
    return pattern.regex if pattern.literals else f"(?m-s:{pattern.regex})"


def string(text: str) -> str:
    """Write a text as a string of ClickHouse."""
    return "'" + _TO_ESCAPE.sub(lambda found: _ESCAPES[found[0]], text) + "'"


def identifier(name: str) -> str:
    """Write the name of a table or a column, which may have a part before a dot."""
    return ".".join(f"`{part}`" for part in name.split("."))
