"""A long log, against signatures: ours, `rg -f` with the same patterns, and ClickHouse with our export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.bench.jobs import Job
from tests.bench.match import as_regex, mixed, templates, write_log
from tests.bench.processes import Failed, Run, run, run_program

_SCAN = """
import sys, time
from pathlib import Path
from generator.signatures.language import compile_signature
from generator.signatures.scanner import Matcher
from tests.bench.match import match_log, mixed, templates
count = int(sys.argv[2])
sources = mixed(count)[0] if sys.argv[3] == "mixed" else templates(count)
matcher = Matcher([compile_signature(source) for source in sources])
matcher.hits(b"", 1 << 20)
began = time.process_time()
_, hits = match_log(matcher, Path(sys.argv[1]))
print(time.process_time() - began, hits)
"""

# Both are measured without their preparation. The log is read from its file.
_CLICKHOUSE = """
import sys, time
from chdb.session import Session
from generator.log_systems import SignatureExportOptions, clickhouse
from generator.log_systems.base import PortableSignature
from generator.log_systems.patterns import pattern_of
from generator.signatures.template import compile_template
from tests.bench.match import templates
compiled = [compile_template(text) for text in templates(int(sys.argv[2]))]
signatures = [
    PortableSignature(f"i{n}", 1, "A title", "SEV2", one.source, 1, pattern_of(one), "", "")
    for n, one in enumerate(compiled)
]
script = clickhouse.export(signatures, SignatureExportOptions()).text
settings, query = (part.strip() for part in script.split(";\\n") if part.strip())
session = Session()
session.query(settings)
def found():
    return session.query(f"SELECT count() FROM ({query})", "TSV").bytes().decode().strip()
session.query("CREATE VIEW logs AS SELECT 'cannot after tries' AS message")
found()
session.query("DROP VIEW logs")
session.query(f"CREATE VIEW logs AS SELECT line AS message FROM file('{sys.argv[1]}', 'LineAsString')")
began = time.process_time()
hits = found()
print(time.process_time() - began, hits)
"""


def logs(folder: Path, signatures: int, megabytes: int) -> list[Job]:
    """Return what reads a log; the first that does writes it."""
    log, patterns = folder / f"log-{signatures}", folder / f"patterns-{signatures}"

    def found_by(program: str, kind: str, file: Path, errors: int) -> Sequence[Run]:
        done = run("-c", program, file, str(signatures), kind, cwd=folder)
        cpu, hits = done.output.split()
        if int(hits) != errors:
            raise Failed(f"{hits} of {errors} errors found")
        return [replace(done, cpu=float(cpu), amount=file.stat().st_size / 1e6)]

    @cache
    def written() -> tuple[float, int]:
        texts = templates(signatures)
        patterns.write_text("\n".join(map(as_regex, texts)) + "\n", "utf-8")
        errors = write_log(log, megabytes << 20, texts)
        return log.stat().st_size / 1e6, errors

    def ours() -> Sequence[Run]:
        return found_by(_SCAN, "plain", log, written()[1])

    def ours_mixed() -> Sequence[Run]:
        file = folder / f"log-{signatures}-mixed"
        errors = write_log(file, megabytes << 20, mixed(signatures)[1])
        return found_by(_SCAN, "mixed", file, errors)

    def clickhouse() -> Sequence[Run]:
        return found_by(_CLICKHOUSE, "plain", log, written()[1])

    def ripgrep() -> Sequence[Run]:
        size, errors = written()
        done = run_program("rg", "--count", "--file", patterns, log, cwd=folder)
        if int(done.output) != errors:
            raise Failed(f"{done.output.strip()} of {errors} errors found")
        return [replace(done, amount=size)]

    return [
        Job("ripgrep -f", {"ripgrep -f, per CPU s": "rate"}, ripgrep),
        Job("match a log", {"match a log, per CPU s": "rate"}, ours),
        Job(
            "match a log, a third any, fields, all",
            {"match a log, a third any, fields, all, per CPU s": "rate"},
            ours_mixed,
        ),
        Job("ClickHouse", {"ClickHouse, per CPU s": "rate"}, clickhouse),
    ]
