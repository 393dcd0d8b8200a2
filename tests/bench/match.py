"""How fast a log is matched: `python -m tests.bench.match [--size MB] [--signatures N...]`.

Beside `rg -f` with the same patterns as regular expressions, the finder alone, and `wc -l`, in seconds
of CPU. Read the ratios.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generator.signatures.language import compile_signature
from generator.signatures.prefilter import finder_version
from generator.signatures.scanner import Matcher, Scanner
from generator.signatures.source import Source
from generator.signatures.streams import READ, decoded_pieces
from tests.bench.generate import write

_SYLLABLES = "ka to mi ra ne lu so vi pe da ro shi ba ten mor gal fin dex rum pol".split()


def templates(count: int, seed: int = 1) -> list[str]:
    """Error messages with placeholders, each different."""
    pick = random.Random(seed)

    def word() -> str:
        return "".join(pick.choices(_SYLLABLES, k=pick.randint(2, 4)))

    return [
        f'{word()} {word()}: cannot {word()} "{{NAME}}" of {word()}_{word()}_{n} after {{_}} tries'
        for n in range(count)
    ]


def mixed(count: int) -> tuple[list[Source], list[str]]:
    """Return signatures of which a third are `any`, `fields` and `all`, and an error for each."""
    sources: list[Source] = []
    errors = []
    for n, text in enumerate(templates(count)):
        error = text
        source: Source = text
        head, tail = text.split(": cannot ")
        if n % 9 == 0:
            error = f"{head}: could not {tail}"
            source = {"any": [text, error]}
        elif n % 9 == 3:
            source = {"fields": {"queue": "{NAME}", "error code": f"{tail.split()[3]}"}}
            error = f"level=error queue={{NAME}} error_code={tail.split()[3]}"
        elif n % 9 == 6:
            source = {"text": text, "all": [f"caused by {head.replace(' ', '_')}"], "within": 3}
            error = f"{text}\n  caused by {head.replace(' ', '_')}"
        sources.append(source)
        errors.append(error)
    return sources, errors


def write_log(path: Path, size: int, texts: list[str], every: int = 5_000) -> int:
    """Write a log of ordinary lines of 137 bytes with an error every so many; return the errors."""
    pick = random.Random(2)
    block = []
    for n in range(20_000):
        head = (
            f"2026-11-21T03:{n % 60:02d}:{n // 7 % 60:02d}.{n % 1000:03d}Z INFO [worker-{n % 16}] "
        )
        tail = " ".join("".join(pick.choices(_SYLLABLES, k=3)) for _ in range(14))
        block.append((head + tail)[:136])
    errors = written = 0
    with path.open("w") as stream:
        while written < size:
            for begin in range(0, len(block), every):
                text = pick.choice(texts).replace("{NAME}", "orders").replace("{_}", "3")
                lines = [*block[begin : begin + every], f"2026-11-21T03:00:00.000Z ERROR {text}"]
                written += stream.write("\n".join(lines) + "\n")
                errors += 1
    return errors


def as_regex(text: str) -> str:
    parts = re.split(r"(\{NAME\}|\{_\})", text)
    return "".join(".+?" if part in ("{NAME}", "{_}") else re.escape(part).replace("\\ ", " ") for part in parts)  # fmt: skip


def timed(command: list[str]) -> float:
    """Return the seconds of CPU of a command."""
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    return end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime


def match_log(matcher: Matcher, path: Path) -> tuple[float, int]:
    """Return the seconds of CPU that it takes to match a log, as the command does, and the errors."""
    start = time.process_time()
    scanner = Scanner(matcher)
    with path.open("rb", buffering=0) as stream:
        for part in decoded_pieces(stream, print):
            scanner.feed(part)
    scanner.finish()
    return time.process_time() - start, sum(f.count for f in scanner.found.values())


def alone(matcher: Matcher, path: Path) -> float:
    """Return the seconds of CPU that reading and the finder take without all else."""
    start = time.process_time()
    with path.open("rb", buffering=0) as stream:
        while part := stream.read(READ):
            matcher.hits(part, 1 << 20)
    return time.process_time() - start


def shell(incidents: int = 1_000) -> None:
    """Print how long the command takes for a small paste, without its cache and with it."""
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), incidents)
        command = [sys.executable, "-m", "generator", "match", "--root", name]
        took = []
        for _ in range(6):
            start = time.perf_counter()
            subprocess.run(command, input=b"connection refused", capture_output=True, check=False)
            took.append(time.perf_counter() - start)
        print(
            f"a small paste from the shell, {incidents:,} incidents: {took[0]:.2f} s the first time, "
            f"then {statistics.median(took[1:]):.2f} s"
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=256, help="MB of log (default 256)")
    parser.add_argument("--signatures", type=int, nargs="*", default=[100, 1_000, 10_000])
    parser.add_argument("--engine", help="hyperscan, re2 or python; default: the fastest")
    parser.add_argument(
        "--rg-limit", type=int, default=64, help="MB for rg from 10,000 patterns on"
    )
    parser.add_argument("--runs", type=int, default=5, help="runs of each (default 5); medians")
    options = parser.parse_args()
    print(f"engine: {options.engine or finder_version()}; log: {options.size} MB")
    print(f"{'signatures':>10} {'prepare s':>10} {'match MB/s':>11} {'rg MB/s':>9} {'ratio':>6} {'finder alone':>12} {'wc MB/s':>8} {'paste ms':>9}")  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        for count in options.signatures:
            texts = templates(count)
            log = Path(name) / "log"
            errors = write_log(log, options.size << 20, texts)
            start = time.perf_counter()
            matcher = Matcher([compile_signature(text) for text in texts], finder=options.engine)
            matcher.hits(b"", 1 << 20)
            prepared = time.perf_counter() - start
            size = log.stat().st_size / 1e6
            patterns = Path(name) / "patterns"
            patterns.write_text("\n".join(map(as_regex, texts)) + "\n")
            part = log
            if count >= 10_000 and options.size > options.rg_limit:
                part = Path(name) / "part"
                write_log(part, options.rg_limit << 20, texts)
            ratio = part.stat().st_size / log.stat().st_size
            rates = []
            for turn in range(options.runs):  # one after the other, because the machine is noisy
                seconds, hits = match_log(matcher, log)
                assert hits == errors, (hits, errors)
                finder = alone(matcher, log)
                searched = 0.0
                if shutil.which("rg") and not (turn and count >= 10_000):
                    searched = timed(["rg", "-c", "-f", str(patterns), str(part)]) / ratio
                wc = timed(["wc", "-l", str(log)])
                rates.append([size / t if t else 0.0 for t in (seconds, finder, searched, wc)])
            rate, finder_rate, _, wc_rate = map(statistics.median, zip(*rates, strict=True))
            rg = statistics.median([r[2] for r in rates if r[2]] or [0.0])
            paste = "\n".join(["    at step (/app/server.js:10:5)"] * 49 + [texts[7].replace("{_}", "3")])  # fmt: skip
            fresh = Matcher([compile_signature(text) for text in texts])
            start = time.perf_counter()
            assert fresh.scan(paste)
            pasted = (time.perf_counter() - start) * 1000
            print(f"{count:>10,} {prepared:>10.2f} {rate:>11.0f} {rg:>9.0f} {rate / rg if rg else 0:>6.1f} {finder_rate:>12.0f} {wc_rate:>8.0f} {pasted:>9.1f}", flush=True)  # fmt: skip
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if not shutil.which("rg"):
        print("rg is not installed (Debian's package is ripgrep): nothing to compare with")
    shell()


if __name__ == "__main__":
    main()
