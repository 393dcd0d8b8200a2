"""`python -m tests.bench [NAME [OPTION...]]`: one benchmark, or all of them, each with its table.

Machines are noisy: read ratios. `python -m tests.bench NAME --help` says what an option does.
"""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("table", "match", "browser", "phone", "proofs", "importing", "insights", "checklist")


def main(arguments: list[str]) -> int:
    """Run the benchmark that is named; without a name, all."""
    name, *rest = arguments or ["all"]
    if name in ("-h", "--help") or name not in (*NAMES, "all"):
        print(f"{__doc__}\nNAME: {', '.join(NAMES)}; all is the default.", file=sys.stderr)
        return 0 if name in ("-h", "--help") else 2
    for one in NAMES if name == "all" else (name,):
        # The benchmarks read the command line themselves.
        sys.argv = [f"python -m tests.bench {one}", *rest]
        import_module(f"tests.bench.{one}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
