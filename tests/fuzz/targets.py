"""What is fuzzed: for each target, its corpus and the functions that its command calls.

A target is a function that gets a folder of its own and returns what to do with an input. That
raises nothing: a problem of the input is a value, or an exception that the command turns into a
message, which the target catches by its name.
"""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from generator.cache.fingerprints import BESIDE_FILES
from generator.checklists import record as run_records
from generator.checklists.changed_lines import ChangedLines
from generator.checklists.choose import (
    PathRules,
    Release,
    choose_checks,
    files_with_conditions,
)
from generator.checklists.comment_text import read_comment
from generator.checklists.conditions import condition_of, problem_of
from generator.checklists.file_lists import listed_paths, read_file_list
from generator.checklists.formats import FORMATS as CHECKLIST_FORMATS
from generator.checklists.glob_syntax import GlobError, alternatives
from generator.checklists.globs import ChangedPaths, glob_regex
from generator.checklists.items import Checklist
from generator.checklists.junit import as_junit
from generator.checklists.path_rules import path_rules
from generator.checklists.pipelines import read_pipeline
from generator.checklists.posting import status_of
from generator.checklists.quoted_paths import NotAFileList
from generator.checklists.record_markdown import as_markdown
from generator.checklists.summary_index import SummaryRows, incident_row, standing_row
from generator.checklists.wording import joined, why
from generator.cli.coverage import _diff, _edited
from generator.cli.signature import _as_yaml
from generator.cli.terminal import runbook_text
from generator.coverage.gaps import compare
from generator.coverage.rulefiles import read_rules
from generator.importers import Refused, import_write_up, read
from generator.importers.deciding import CHOICES, CannotMove, moved, passages
from generator.knowledge.base import KnowledgeBase, load
from generator.knowledge.built_in_kinds import built_in_kinds
from generator.knowledge.loader import STANDING_ID, load_entry
from generator.knowledge.records import read_record
from generator.knowledge.settings import Settings, load_settings
from generator.model import AppliesTo, Check, Phase
from generator.postmortems.contents import post_mortem
from generator.rules import RULES, lint
from generator.rules.reports import FORMATS as REPORTS
from generator.search.documents import documents
from generator.search.index import extract_all, index_of
from generator.search.ranking import SearchEngine, marked
from generator.signatures.dialect import problem_in
from generator.signatures.language import SignatureError, compile_signature
from generator.signatures.scanner import Scanner
from generator.signatures.streams import NotReadable, decoded_pieces
from generator.signatures.survey import find_in
from generator.site import Pages, environment
from generator.text.controls import on_one_line
from generator.triage.alerts import alert_names
from generator.triage.catalog import make_catalog
from generator.triage.propose import propose
from generator.triage.results import matched_incidents
from generator.triage.times import time_in
from tests.fuzz.mutations import HOSTILE, TEXT_TOKENS, YAML_TOKENS, mutated, reshaped

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
TODAY = date(2026, 11, 26)

Use = Callable[[bytes], object]
_INCIDENT = (
    "title: Writes fail\nseverity: SEV3\nsymptom:\n  description: Every write fails.\n  alerts: [DiskFull]\n"
    "  signatures:\n    - text: 'No space left on {DEVICE} now'\n      matches: [No space left on sda now]\n"
    "root_cause: The disk was full.\nfix: Remove files.\nverification: Writes work.\ncomponents: [storage]\n"
)
_SETTINGS = "site_name: x\nsite_url: https://kb.example/\nplugins: [runbooks]\n"


@dataclass(frozen=True)
class Target:
    """What is fuzzed.

    Attributes:
        name: what `--only` calls it.
        prepare: gets a folder, returns what to do with an input.
        corpus: the files that are mutated.
        tokens: what is inserted.
        documents: the same files as data; every other input is one of them with other values.
    """

    name: str
    prepare: Callable[[Path], Use]
    corpus: Callable[[], Sequence[bytes]]
    tokens: Sequence[str] = YAML_TOKENS
    documents: Callable[[], Sequence[Any]] = tuple

    def input(self, seed: int, number: int) -> bytes:
        """Return an input; it depends on nothing else."""
        rng = random.Random(f"{seed}:{self.name}:{number}")
        documents = self.documents()
        if documents and rng.random() < 0.5:
            return reshaped(rng, documents)
        return mutated(rng, self.corpus(), self.tokens)


# -- corpora -----------------------------------------------------------------------------------


@cache
def _incidents() -> tuple[bytes, ...]:
    found = [path.read_bytes() for path in sorted(DATA.glob("*/incidents/*/incident.yaml"))]
    return (*found, _INCIDENT.encode(), _scaffold("incident"))


def _scaffold(part: str) -> bytes:
    names = sorted(path for path in (ROOT / "templates").rglob("*") if part in path.name)
    return b"\n".join(path.read_bytes() for path in names)


@cache
def _large_incidents() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(ROOT.glob("incidents/*/*.yaml")))


def _as_data(files: Sequence[bytes]) -> tuple[Any, ...]:
    found = []
    for content in files:
        try:
            data = yaml.load(content, yaml.CBaseLoader)
        except yaml.YAMLError:
            continue
        found += [data] if isinstance(data, dict) else []
    return tuple(found)


@cache
def _incident_data() -> tuple[Any, ...]:
    large = _as_data(_large_incidents())
    parts = [{**data, key: value} for data in _as_data([_INCIDENT.encode()]) for one in large for key, value in one.items()]  # fmt: skip
    return (*_as_data(_incidents()), *parts)


@cache
def _settings() -> tuple[bytes, ...]:
    more = (
        "site_name: a\nplugins:\n  - search\n  - runbooks:\n      proof_max_age_days: 9\n      newest: 3\n"
        "      kinds: {migration: ['db/**', '!db/x']}\n      components: {storage: ['src/*.py']}\n      drafts: no\n"
    )
    files = [ROOT / "mkdocs.yml", *sorted(DATA.glob("*/mkdocs.yml"))]
    return (*(path.read_bytes() for path in files), more.encode(), _SETTINGS.encode())


@cache
def _checks() -> tuple[bytes, ...]:
    text = (
        "parameters:\n  - {name: TABLE, description: The table., example: Sessions}\nchecks:\n  - id: one\n"
        '    check: Look at it.\n    phase: before\n    run: test -n "$TABLE"\n    expect: {exit: 0}\n'
        "    risk: read-only\n    applies_to: {paths: ['*a*b', '**/x', '!y'], components: [storage]}\n"
        "  - id: two\n    check: And again.\n    phase: after\n    level: advisory\n    needs: [one]\n    timeout: 5s\n"
        "    run: echo x\n    expect: {contains: [x], matches: '^x'}\n    rollback: {do: Undo it., run: 'true'}\n"
    )
    listed = [one["checks"] for one in _as_data(_large_incidents()) if one.get("checks")]
    return (text.encode(), *(yaml.safe_dump({"checks": checks}).encode() for checks in listed))


@cache
def _write_ups() -> tuple[bytes, ...]:
    files = (*sorted(DATA.glob("write-ups/*.md")), *sorted(ROOT.glob("docs/guide/*.md"))[:6])
    return tuple(path.read_bytes()[:6000] for path in files)


@cache
def _logs() -> tuple[bytes, ...]:
    declared = [
        g
        for one in _as_data(_large_incidents())
        if "symptom" in one
        for g in one["symptom"]["signatures"]
    ]
    samples = [s if isinstance(s, str) else s["text"] for g in declared for s in g["matches"]]
    lines = "\n".join(f"2026-11-20T03:12:0{n % 10}.123Z web-{n} {s}" for n, s in enumerate(samples))
    as_json = "\n".join(json.dumps({"level": "error", "message": s, "inner": json.dumps({"msg": s})}) for s in samples)  # fmt: skip
    body = {"status": "firing", "alerts": [{"labels": {"alertname": "DiskFull"}, "annotations": {"summary": s}} for s in samples[:3]]}  # fmt: skip
    import gzip

    packed = [gzip.compress(lines.encode()), gzip.compress(as_json.encode())]
    try:
        import zstandard

        packed.append(zstandard.ZstdCompressor().compress(lines.encode()))
    except ImportError:
        pass
    plain = [lines, as_json, json.dumps(body), *samples]
    return (*(text.encode() for text in plain), *packed)


@cache
def _rule_files() -> tuple[bytes, ...]:
    group = (
        "groups:\n  - name: g\n    rules:\n      - alert: DiskFull\n        expr: up == 0\n        for: 5m\n"
        "        labels: {severity: page}\n        annotations:\n          summary: 'x {{ $labels.instance }}'\n"
        "      - alert: Other\n        annotations: {runbook_url: https://kb.example/alerts/Other/}\n"
        "      - record: a:b\n        expr: sum(x)\n      - {alert: DiskFull, expr: 'y'}\n"
        "      - alert: DiskFull\n        annotations: &a\n          <<: {x: y}\n      - alert: QueueStuck\n        annotations: *a\n"
    )
    kind = "apiVersion: v1\nkind: PrometheusRule\nspec:\n" + "".join(f"  {line}\n" for line in group.splitlines())  # fmt: skip
    several = f"---\n{group}...\n---\n{kind}---\nkind: List\nitems: []\n"
    return tuple(text.encode() for text in (group, kind, several, "\ufeff" + group.replace("\n", "\r\n")))  # fmt: skip


@cache
def _proof_records() -> tuple[bytes, ...]:
    found = []
    for path in sorted(ROOT.glob("incidents/*/proofs/record.json")):
        record = json.loads(path.read_bytes())
        found += [json.dumps({**record, "proofs": record["proofs"][n : n + 2]}).encode() for n in range(0, 6, 2)]  # fmt: skip
    return tuple(found)


@cache
def _run_records() -> tuple[bytes, ...]:
    session = run_records.RunSession(operator="me", begun=run_records.to_second(_NOW()))
    record = run_records.new_record(_checklist(), _checklist().items, "x 1", "", session)
    return (record.text().encode(),)


def _NOW() -> Any:  # noqa: N802
    from datetime import UTC, datetime

    return datetime(2026, 11, 20, 3, 12, tzinfo=UTC)


@cache
def _rows() -> SummaryRows:
    base = load(ROOT)
    return SummaryRows({i: incident_row(i, incident) for i, incident in base.incidents.items()})


@cache
def _checklist() -> Checklist:
    items = choose_checks(_rows(), Release(everything=True), PathRules())
    return Checklist(items, "All checks", None, "2026-11-20T03:12:00Z", (), "0" * 40)


_PATHS = (
    b"src/app/models/cart.py\ndb/migrations/0001-create.sql\n./docs/index.md\nMakefile\n",
    b'"a\\tb"\n"\\303\\251.js"\n"x\\\\y"\r\nsrc/a b/c.js\r\n',
    b"src/a.js\0src/b.js\0",
    "\ufeffsrc/\u00e9.js\n".encode("utf-16-le"),
    b"M\tsrc/a.js\nR087\told name\tnew.js\n", b"12\t3\tsrc/{old => new}/b.js\n-\t-\tlogo.png\n",
    b" src/a.js | 12 ++--\n logo.png | Bin 0 -> 1 bytes\n 2 files changed, 3 insertions(+)\n",
    b" M src/a.js\nR  old.js -> new.js\n?? x\n", b"R100\0old\0new\0M\0x\0",
    b'diff --git a/src/a b.js b/src/a b.js\n--- a/src/a b.js\n+++ b/src/a b.js\n@@ -1,2 +1 @@\n-a\n b\ndiff --git "a/\\t" "b/\\t"\nrename from a\nrename to b\n',
    b'[{"filename": "src/a.js"}, {"old_path": "b", "new_path": "c"}]', b'{"values": [{"old": {"path": "a"}, "path": {"toString": "b"}}], "overflow": false}',
)  # fmt: skip
_BETWEEN = b"\n---- 8< ----\n"
_CONDITIONS = tuple(
    written + _BETWEEN + diff
    for written, diff in (
        (b"paths: ['**']\nwhen_added: [addIndex, {regex: '^\\s*(?:a|b)+c'}]\nwhen_removed: x", b"diff --git a/db/1 b/db/1\n--- a/db/1\n+++ b/db/1\n@@ -1,3 +1,3 @@\n a\n-x\n+addIndex\n b\n"),
        (b"kinds: [new-migration, environment-variable]\nrepositories: [acme/shop, {file: '*.json', contains: x}]", b"diff --git a/db/migrations/1.js b/db/migrations/1.js\nnew file mode 100644\n--- /dev/null\n+++ b/db/migrations/1.js\n@@ -0,0 +1,2 @@\n+process.env.A\n+x\n"),
        (b"paths: ['**']\nwhen_updated: ['*', {name: 'a*', update: major}]\nwhen_kind: [major-update]", b"--- a/yarn.lock\n+++ b/yarn.lock\n@@ -1,2 +1,2 @@\n-a@^1:\n-  version \"1.0.0\"\n+a@^2:\n+  version \"2.0.0\"\n--- a/package-lock.json\n+++ b/package-lock.json\n@@ -1,2 +1,2 @@\n     \"node_modules/@b/c\": {\n-      \"version\": \"0.1.0\",\n+      \"version\": \"0.2.0\",\n"),
    )
)  # fmt: skip
_CHANGE_TOKENS = ("+++ b/", "--- a/", "@@ -1,2 +1,2 @@", "\n+", "\n-", "\n ", "go.mod", "poetry.lock", "\tv1.0.0", "1.2.3", '"', "when_new: true", "regex: ", "(a*)*", "\xff")  # fmt: skip
_GLOBS = (b"src/**/*.py", b"*.js", b"!docs/*", b"/a/b/", b"**/node_modules/**", b"[a-z]?[!x]*", b"a\\*b", b"*a*a*b", b"**/a/**/b/**")  # fmt: skip
_GLOB_TOKENS = ("*", "**", "/", "?", "[", "]", "!", "\\", "[!", "[[:alpha:]]", "a-", "-z", "^", "**/", "/**", " ", "\\ ", "#", "{a,b}", "$", "(?", "+")  # fmt: skip
_SIGNATURES = (b"No space left on {DEVICE} now", b'relation "{TABLE}" does not exist', b"(?P<HOST>[a-z.]+):\\d{2,5} refused", b"^ERROR .* (timeout|reset)$", b"{_} failed: {X} of {Y}")  # fmt: skip
_SIGNATURE_TOKENS = ("{X}", "{_}", "{{", "}}", "{", "}", "(?:", "(?P<X>", ")", "*", "+", "?", "{2,}", "{1000}", "|", "[^", "]", "\\b", "\\d", "\\p{L}", "(?i)", "(?=", "\\1", "^", "$", ".*")  # fmt: skip
_QUERIES = (b"typname_nsp", b"shopping carts alias SEV1", b"No space left on device", b"disk ful", b"relation does not exist", b"\xc3\xa9t\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97")  # fmt: skip


# -- what is done with an input ----------------------------------------------------------------


def _base(folder: Path, settings: str = _SETTINGS) -> Path:
    for name in ("known", "fuzzed"):
        (folder / "incidents" / name).mkdir(parents=True)
        (folder / "incidents" / name / "incident.yaml").write_text(_INCIDENT, "utf-8")
    (folder / "mkdocs.yml").write_text(settings, "utf-8")
    return folder


def _lint(folder: Path) -> Use:
    root = _base(folder)
    path = root / "incidents/fuzzed/incident.yaml"

    def use(content: bytes) -> None:
        path.write_bytes(content)
        found = lint(load(root, today=TODAY), RULES)
        for report in REPORTS.values():
            report(found, RULES)

    return use


def _beside(folder: Path) -> Use:
    """What stands beside an incident, once as its proofs, once as its sources."""
    root = _base(folder)
    path = root / "incidents/fuzzed/incident.yaml"

    def use(content: bytes) -> None:
        for name in BESIDE_FILES:
            path.with_name(name).write_bytes(content)
        REPORTS["text"](lint(load(root, today=TODAY), RULES), RULES)

    return use


def _load(folder: Path) -> Use:
    root = _base(folder)
    path = root / "incidents/fuzzed/incident.yaml"

    def use(content: bytes) -> None:
        path.write_bytes(content)
        REPORTS["text"](load_entry(root, "fuzzed").diagnostics, RULES)

    return use


def _shown(folder: Path) -> Use:
    """What prints an incident: `show`, its page, the post-mortem, the checklist."""
    root = _base(folder)
    path = root / "incidents/fuzzed/incident.yaml"
    templates = environment(root)
    known = load(root, today=TODAY)

    def use(content: bytes) -> None:
        path.write_bytes(content)
        entry = load_entry(root, "fuzzed")
        base = KnowledgeBase(root, (known.by_id["known"], entry), known.settings, today=TODAY)
        Pages(base, templates, TODAY).incident(entry, entry.diagnostics)
        if entry.incident is None:
            return
        runbook_text(entry.id, entry.incident)
        post_mortem(base, entry.id, known.settings.site_url, TODAY)
        row = incident_row("fuzzed", entry.incident)
        _printed(SummaryRows({"fuzzed": row} if row.get("checks") else {}))

    return use


def _printed(rows: SummaryRows) -> None:
    items = choose_checks(rows, Release(paths=("src/a.py", "db/x"), everything=True), PathRules())
    made = Checklist(items, "All checks", None, "2026-11-20T03:12:00Z", (), "")
    for each in CHECKLIST_FORMATS.values():
        each.text(made)


def _mkdocs(folder: Path) -> Use:
    root = _base(folder)
    path = root / "mkdocs.yml"

    def use(content: bytes) -> None:
        path.write_bytes(content)
        settings, found = load_settings(root)
        REPORTS["text"](found, RULES)
        rules = path_rules(settings, built_in_kinds())
        choose_checks(_rows(), Release(paths=("src/a.py", "db/x")), rules)

    return use


def _standing(folder: Path) -> Use:
    root = _base(folder)
    path = root / "incidents/checks.yaml"

    def use(content: bytes) -> None:
        path.write_bytes(content)
        base = load(root, today=TODAY)
        REPORTS["text"](lint(base, RULES), RULES)
        content_of = base.standing_checks.content
        if content_of.checks:
            _printed(SummaryRows({STANDING_ID: standing_row(content_of.checks, content_of.parameters)}))  # fmt: skip

    return use


def _import(folder: Path) -> Use:
    root = _base(folder)
    path = root / "incidents/fuzzed/incident.yaml"

    def use(content: bytes) -> None:
        try:
            made = import_write_up(read("fuzzed.md", content))
        except Refused:
            return
        path.write_text(made.text, "utf-8", newline="\n")
        entry = load_entry(root, "fuzzed")
        assert entry.incident is not None, entry.diagnostics
        assert entry.source is not None
        # As if somebody had chosen a field for the first passages of the notes.
        for number, passage in enumerate(islice(passages(entry.incident), 3), len(content)):
            with suppress(CannotMove):
                moved(entry.source, passage, CHOICES[number % len(CHOICES)])

    return use


def _match(folder: Path) -> Use:
    known = make_catalog(load(ROOT))

    def use(content: bytes) -> None:
        scanner = Scanner(known.matcher)
        with suppress(NotReadable):  # zstd without the package that reads it
            for part in islice(decoded_pieces(io.BytesIO(content), str), 64):
                scanner.feed(part)
        scanner.finish()
        for one in matched_incidents(known.named, scanner.found):
            for _, found in one.signatures:
                time_in(found.text)
                on_one_line(found.text)
        alert_names(content)

    return use


def _signature(folder: Path) -> Use:
    def use(content: bytes) -> None:
        examples = tuple(content.decode("utf-8", "replace").split("\n\n")[:3])
        proposal = propose(examples)
        if proposal is not None:
            [made] = yaml.safe_load(_as_yaml(proposal.source, examples))
            compile_signature({key: made[key] for key in made if key != "matches"})

    return use


def _language(folder: Path) -> Use:
    log = b"\n".join(_logs()[3:9]).decode("utf-8", "replace")

    def use(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        with suppress(SignatureError):
            find_in(compile_signature(text), log)
        with suppress(SignatureError):
            find_in(compile_signature({"regex": text}), log)
        problem_in(text)
        one, two, three, *_ = (*text.splitlines(), "reason", "{X}", "lost")
        for source in (
            {"any": [one, two, three], "ignore_case": len(text) % 2 == 1},
            {"text": one, "all": [two], "without": [three], "within": 1 + len(text) % 100},
            {"fields": {one: two, three: one}},
        ):
            with suppress(SignatureError):
                compiled = compile_signature(source)
                find_in(compiled, log)
                find_in(compiled, text)

    return use


def _coverage(folder: Path) -> Use:
    base = load(_base(folder))
    site = "https://kb.example/"

    def use(content: bytes) -> None:
        file = read_rules("rules.yaml", content)
        edited = _edited(base, file, site)
        if edited.changed:
            _diff(file, edited)
            again = read_rules("rules.yaml", edited.text.encode())
            assert not again.problems or file.problems, again.problems
        found = compare(base, [file], site)
        REPORTS["text"]([*found.problems, *(gap.diagnostic for gap in found.gaps)], ())

    return use


def _comments() -> tuple[bytes, ...]:
    forms = (CHECKLIST_FORMATS[name].text(_checklist()) for name in ("github", "bitbucket"))
    return tuple(text.encode("utf-8", "surrogateescape") for text in forms)


_EVENTS = tuple(
    json.dumps(event).encode()
    for event in (
        {"pull_request": {"number": 7, "base": {"sha": "a", "ref": "main", "repo": {"full_name": "a/b"}},
                          "head": {"sha": "b", "repo": {"full_name": "a/b"}}}},
        {"merge_group": {"head_sha": "a", "base_sha": "b", "base_ref": "refs/heads/main",
                         "head_ref": f"refs/heads/gh-readonly-queue/main/pr-7-{'a' * 40}"}},
        {"before": "a" * 40, "repository": {"default_branch": "main"}},
        {"issue": {"number": 7, "pull_request": {}}},
    )
)  # fmt: skip


def _proof_record(folder: Path) -> Use:
    root = _base(folder)
    proofs = root / "incidents/fuzzed/proofs"
    proofs.mkdir()
    declared = "proofs:\n  - {id: race, shows: root-cause, description: It races., run: 'true'}\n"
    (root / "incidents/fuzzed/incident.yaml").write_text(_INCIDENT + declared, "utf-8")
    base = load(root, today=TODAY)
    rules = [rule for rule in RULES if rule.code.startswith("KB7")]

    def use(content: bytes) -> None:
        (proofs / "record.json").write_bytes(content)
        base.__dict__.pop("_records", None)
        record = read_record(root / "incidents/fuzzed")
        incident = base.incidents.get("fuzzed")
        for proof in incident.proofs if incident else ():
            base.proof_state("fuzzed", proof)
        lint(base, rules)
        if record:
            record.text()

    return use


def _run_record(folder: Path) -> Use:
    session = run_records.RunSession(operator="me", begun=run_records.to_second(_NOW()))
    made = _checklist()

    def use(content: bytes) -> None:
        try:
            old = run_records.read_record(content.decode("utf-8", "replace"))
            changed = run_records.resumed(old, made, made.items, "", session)
        except run_records.NotARecord:
            return
        changed.text()
        as_markdown(changed)
        as_junit(changed)

    return use


def _changed_files(folder: Path) -> Use:
    globs = [glob.decode() for glob in _GLOBS]

    def use(content: bytes) -> None:
        try:
            paths = listed_paths(content)
        except NotAFileList:
            return
        ChangedPaths(paths).matching(globs)
        choose_checks(_rows(), Release(paths), PathRules({"x": tuple(globs)}))

    return use


def _comment(folder: Path) -> Use:
    made = read_comment(CHECKLIST_FORMATS["github"].text(_checklist()))
    assert made

    def use(content: bytes) -> None:
        earlier = read_comment(content.decode("utf-8", "replace"))
        if earlier:
            status_of(made.with_ticks_of(earlier))
            again = read_comment(earlier.text())
            assert again
            assert again.boxes == earlier.boxes

    return use


def _event(folder: Path) -> Use:
    file = folder / "event.json"
    refs = ("refs/pull/7/merge", "refs/tags/v1", "refs/heads/main")

    def use(content: bytes) -> None:
        file.write_bytes(content)
        for ref in refs:
            variables = {
                "GITHUB_ACTIONS": "true",
                "GITHUB_EVENT_PATH": str(file),
                "GITHUB_REF": ref,
            }
            assert read_pipeline(variables)

    return use


def _conditions(folder: Path) -> Use:
    """Conditions, and what a release changes: a mapping in YAML, then a diff."""

    def use(content: bytes) -> None:
        written, _, diff = content.partition(_BETWEEN)
        lines = ChangedLines()
        try:
            applies = AppliesTo.model_validate(yaml.load(written, yaml.CBaseLoader))
            paths = read_file_list(io.BufferedReader(io.BytesIO(diff)), lines)
        except (NotAFileList, ValidationError, yaml.YAMLError):
            return
        check = Check.model_construct(id="c", phase=Phase.BEFORE, check="x", applies_to=applies)
        rows = SummaryRows({"fuzzed": standing_row((check,), ())})
        problem_of(condition_of(applies))
        rules = path_rules(Settings(), (*rows.kinds, *built_in_kinds()))
        known = {("name", "acme/shop"): ("name", "acme/shop")}
        for repository in (None, known):
            release = Release(paths, lines=lines.by_path, repository=repository)
            assert set(files_with_conditions(rows, release, rules)) <= set(paths)
            for item in choose_checks(rows, release, rules):
                joined(why(item.reasons[0])).encode("utf-8")

    return use


def _glob(folder: Path) -> Use:
    paths = [path for content in _PATHS for path in listed_paths(content)]
    paths += ["a/" * 200 + "b", "a" * 250 + "c"]

    def use(content: bytes) -> None:
        globs = content.decode("utf-8", "replace").split("\n")[:20]
        for glob in globs:
            with suppress(GlobError):
                for simple in alternatives(glob):
                    glob_regex(simple)
        ChangedPaths(paths).matching(globs)

    return use


def _search(folder: Path) -> Use:
    base = load(ROOT)
    engine = SearchEngine(index_of(extract_all(base, documents(ROOT, "docs"))))
    known = make_catalog(base)

    def use(content: bytes) -> None:
        query = content.decode("utf-8", "replace")
        for hit in engine.search(query, 12).hits:
            "".join(on_one_line(piece) for piece, _ in marked(hit.line, hit.terms))
        engine.similar(query)
        known.matcher.scan(query)

    return use


TARGETS = (
    Target("load", _load, _incidents, documents=_incident_data),
    Target("lint", _lint, _incidents, documents=_incident_data),
    Target("show", _shown, _incidents, documents=_incident_data),
    Target("large", _lint, _large_incidents),
    Target("beside", _beside, _large_incidents),
    Target("settings", _mkdocs, _settings, documents=cache(lambda: _as_data(_settings()))),
    Target("checks", _standing, _checks, documents=cache(lambda: _as_data(_checks()))),
    Target("import", _import, _write_ups, TEXT_TOKENS),
    Target("match", _match, _logs, TEXT_TOKENS),
    Target("signature", _signature, lambda: _logs()[3:], TEXT_TOKENS),
    Target("language", _language, lambda: _SIGNATURES, _SIGNATURE_TOKENS),
    Target("coverage", _coverage, _rule_files, documents=cache(lambda: _as_data(_rule_files()))),
    Target("proof-record", _proof_record, _proof_records, documents=cache(lambda: _as_data(_proof_records()))),
    Target("run-record", _run_record, _run_records, documents=cache(lambda: _as_data(_run_records()))),
    Target("changed-files", _changed_files, lambda: _PATHS, _GLOB_TOKENS),
    Target("comment", _comment, _comments, TEXT_TOKENS),
    Target("event", _event, lambda: _EVENTS, documents=cache(lambda: [json.loads(e) for e in _EVENTS])),

    Target("conditions", _conditions, lambda: _CONDITIONS, (*YAML_TOKENS, *_CHANGE_TOKENS)),
    Target("globs", _glob, lambda: _GLOBS, _GLOB_TOKENS),
    Target("search", _search, lambda: (*_QUERIES, *_logs()[3:6]), HOSTILE),
)  # fmt: skip
"""All targets; `python -m tests.fuzz --only NAME` runs one."""
