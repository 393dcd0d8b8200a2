"""A long log, against signatures: ours, `rg -f` with the same patterns, and ClickHouse with our export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.bench.jobs import Job
from tests.bench.match import as_regex, templates, write_log
from tests.bench.processes import Failed, Run, run, run_program

_SCAN = """
import sys, time
from pathlib import Path
from generator.signatures.language import compile_signature
from generator.signatures.scanner import Matcher
from tests.bench.match import match_log, templates
matcher = Matcher([compile_signature(text) for text in templates(int(sys.argv[2]))])
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

    @cache
    def written() -> tuple[float, int]:
        texts = templates(signatures)
        patterns.write_text("\n".join(map(as_regex, texts)) + "\n", "utf-8")
        errors = write_log(log, megabytes << 20, texts)
        return log.stat().st_size / 1e6, errors

    def finds_all(program: str) -> Sequence[Run]:
        size, errors = written()
        done = run("-c", program, log, str(signatures), cwd=folder)
        cpu, hits = done.output.split()
        if int(hits) != errors:
            raise Failed(f"{hits} of {errors} errors found")
        return [replace(done, cpu=float(cpu), amount=size)]

    def ripgrep() -> Sequence[Run]:
        size, errors = written()
        done = run_program("rg", "--count", "--file", patterns, log, cwd=folder)
        if int(done.output) != errors:
            raise Failed(f"{done.output.strip()} of {errors} errors found")
        return [replace(done, amount=size)]

    return [
        Job("ripgrep -f", {"ripgrep -f, per CPU s": "rate"}, ripgrep),
        Job("match a log", {"match a log, per CPU s": "rate"}, lambda: finds_all(_SCAN)),
        Job("ClickHouse", {"ClickHouse, per CPU s": "rate"}, lambda: finds_all(_CLICKHOUSE)),
    ]
