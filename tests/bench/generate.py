"""Writes knowledge bases of any size that look like real ones, the same for the same seed."""

from __future__ import annotations

import random
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

SEED = 20261121

_SCHEMA = "# yaml-language-server: $schema=../incident.schema.json"

SERVICES = (
    "checkout catalog search cart pricing payments ledger invoices shipping tracking accounts sessions "
    "identity gateway notifications mailer recommendations inventory warehouse reports exports imports "
    "scheduler media thumbnails webhooks audit billing refunds coupons"
).split()
PARTS = ("api", "worker", "consumer", "cron", "proxy", "cache", "replica", "migrator")
TECHNOLOGIES = {
    "postgresql": ("psql", "5432"),
    "redis": ("redis-cli", "6379"),
    "kafka": ("kafka-consumer-groups.sh", "9092"),
    "rabbitmq": ("rabbitmqctl", "5672"),
    "nginx": ("nginx", "443"),
    "kubernetes": ("kubectl", "6443"),
    "elasticsearch": ("curl", "9200"),
    "nodejs": ("node", "3000"),
    "python": ("python3", "8080"),
    "terraform": ("terraform", "443"),
}
TAGS = (
    "deploy start-up migration connection-pool timeout memory disk certificate dns quota retry-storm "
    "deadlock configuration rollback lock-contention backlog replication schema cache-stampede clock"
).split()
FAULTS = (
    (
        "refuses new connections",
        "ConnectionRefused",
        "the pool is full and nothing returns what it borrowed",
    ),
    (
        "times out under load",
        "DeadlineExceeded",
        "every call waits for one lock that a slow query holds",
    ),
    (
        "restarts in a loop",
        "CrashLoop",
        "the start-up check needs a table that the migration has not made yet",
    ),
    (
        "serves stale data",
        "StaleRead",
        "a replica fell behind and the router kept sending it reads",
    ),
    (
        "loses messages",
        "MessageDropped",
        "the consumer commits its offset before it has done the work",
    ),
    ("fills its disk", "NoSpaceLeft", "the log of slow queries is never rotated"),
    (
        "rejects every login",
        "TokenExpired",
        "two hosts disagree about the time by more than a minute",
    ),
    ("answers with the wrong tenant", "TenantMismatch", "a cache key leaves out the tenant"),
    ("fails its health check", "ProbeFailed", "the probe asks a dependency that may be down"),
    ("runs out of memory", "OutOfMemory", "a report loads whole tables instead of pages"),
    ("writes an order twice", "DuplicateKey", "a retry has no idempotency key"),
    (
        "cannot reach its database",
        "HostUnreachable",
        "a firewall rule names an address that has changed",
    ),
)
SUBJECTS = (
    "The release",
    "A retry",
    "The scheduler",
    "One replica",
    "The migration",
    "A slow query",
    "The proxy",
    "An expired certificate",
    "The queue",
    "A feature flag",
    "The batch job",
    "Each worker",
    "The health check",
)
VERBS = (
    "held the lock on",
    "kept open",
    "overwrote",
    "flooded",
    "waited for",
    "dropped",
    "duplicated",
    "read stale values from",
    "raised the load on",
    "blocked",
    "restarted",
    "filled",
    "timed out against",
)
OBJECTS = (
    "the connection pool",
    "the primary",
    "the message log",
    "the session store",
    "the shared cache",
    "the table of orders",
    "its own replica",
    "the load balancer",
    "the configuration map",
    "the audit log",
    "the search index",
    "the outbox",
    "the leader election",
    "the token endpoint",
)
ENDINGS = (
    "after a deploy",
    "for as long as the peak lasted",
    "until somebody noticed by chance",
    "whenever two instances started together",
    "at the turn of the hour",
    "in one zone only",
    "because a limit was left at its default",
    "although every check was green",
    "within seconds",
    "while a long report was running",
    "as soon as the cache was cold",
    "on hosts with the new kernel",
)
ROLES = (
    "database on-call",
    "platform on-call",
    "payments on-call",
    "release manager",
    "incident commander",
)


class _Text(str):
    """Text that is written as a block."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.add_representer(
    _Text,
    lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style="|"),
)


class _Writer:
    """Invents one incident."""

    def __init__(self, number: int, total: int, seed: int) -> None:
        self.random = random.Random(seed * 1_000_003 + number)
        self.number = number
        self.total = total
        self.service = f"{self.pick(SERVICES)}-{self.pick(PARTS)}"
        self.technology = self.pick(tuple(TECHNOLOGIES))
        self.program, self.port = TECHNOLOGIES[self.technology]
        self.fault, self.error, self.cause = self.pick(FAULTS)

    def pick(self, values):
        return self.random.choice(values)

    def sentence(self) -> str:
        return (
            f"{self.pick(SUBJECTS)} {self.pick(VERBS)} {self.pick(OBJECTS)} of "
            f"{self.pick(SERVICES)} {self.pick(ENDINGS)}."
        )

    def text(self, sentences: int) -> str:
        return " ".join(self.sentence() for _ in range(sentences))

    def command(self) -> str:
        """A command with values of its own, as they are written in real runbooks."""
        n = self.random.randrange(1_000, 99_999)
        own = (
            f'{self.program} --host "$HOST" --port {self.port} status --limit {n % 90 + 10} | grep -c {self.error}',
            f"kubectl -n {self.service} get pods -o wide --field-selector=status.phase!=Running | head -n {n % 40 + 5}",
            f'curl -fsS --max-time {n % 25 + 3} "http://$HOST:{self.port}/healthz?probe={n}" | jq .status',
            f"psql \"$DATABASE_URL\" -c \"SELECT pid, state, wait_event FROM pg_stat_activity WHERE application_name = '{self.service}' AND query_start < now() - interval '{n % 50 + 5} seconds'\"",
            f'journalctl -u {self.service} --since "-{n % 50 + 10} min" --no-pager | grep -E "{self.error}|E{n}" | tail -n {n % 30 + 5}',
            f'ss -tn state established "( dport = :{self.port} )" | wc -l',
            f'for host in $(cat hosts-{n % 7}.txt); do\n  ssh "$host" systemctl is-active {self.service} || echo "$host {n}"\ndone',
        )
        return self.pick(own)

    def step(self, *, risky: bool = False) -> dict:
        step: dict = {
            "do": f"{self.pick(('Ask', 'Look at', 'Count', 'Compare'))} {self.pick(OBJECTS)} of {self.service}"
        }
        step["run"] = _Text(self.command() + "\n")
        step["expect"] = {
            "exit": 0,
            "contains": f"{self.random.randrange(10, 99)} {self.pick(('ok', 'active', 'ready', 'rows'))}",
        }
        step["if_not"] = self.sentence()
        step["risk"] = "changes-state" if risky else "read-only"
        if risky:
            step["rollback"] = {
                "do": f"Put {self.pick(OBJECTS)} back",
                "run": _Text(self.command() + "\n"),
            }
        return step

    def signature(self) -> dict:
        code = f"{self.error[:3].upper()}{self.number:05d}"
        kind = self.pick(("Error", "Exception", "Failure"))
        where = self.pick(OBJECTS)
        template = (
            f"{code} {self.error}{kind}: {self.service} lost {where} on {{HOST}} after {{_}} ms"
        )
        sample = f"{code} {self.error}{kind}: {self.service} lost {where} on node-{self.number % 17}.internal after {self.random.randrange(100, 9999)} ms"
        return {
            "text": template,
            "matches": [f"2026-03-0{self.number % 9 + 1}T10:00:00Z {sample}"],
            "rejects": [f"{kind}: {self.sentence()}"],
        }

    def timeline(self) -> list[dict]:
        start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=self.random.randrange(900_000))
        events = []
        for marks in ("started", "detected", "mitigated", "resolved"):
            events.append(
                {"at": f"{start:%Y-%m-%dT%H:%M:%SZ}", "what": self.sentence(), "marks": marks}
            )
            start += timedelta(seconds=self.random.randrange(60, 7_000))
        return events

    def incident(self) -> dict:
        components = sorted({self.service.rsplit("-", 1)[0], self.technology, self.pick(SERVICES)})
        found = {
            "title": f"{self.service} {self.fault} ({self.technology}, case {self.number})",
            "status": "published",
            "severity": f"SEV{self.random.choices((1, 2, 3, 4), (1, 3, 5, 3))[0]}",
            "components": components,
            "tags": sorted({self.pick(TAGS), self.pick(TAGS)}),
            "summary": self.text(3),
            "symptom": {
                "description": f"{self.service} {self.fault}. {self.text(2)}",
                "signatures": [self.signature()],
                "alerts": [f"{self.service.title().replace('-', '')}Down"],
            },
            "diagnosis": [self.step(), self.step()],
            "root_cause": {
                "statement": f"In {self.service}, {self.cause}. {self.text(2)}",
                "trigger": self.sentence(),
                "contributing_factors": [self.sentence(), self.sentence()],
                "ruled_out": [{"claim": self.sentence(), "why": self.sentence()}],
            },
            "mitigation": [self.step(risky=True)],
            "fix": {
                "steps": [
                    {"do": self.sentence(), "risk": "changes-state", "rollback": self.sentence()}
                ],
                "changes": [
                    {
                        "file": f"{self.service}/src/{self.pick(TAGS).replace('-', '_')}.py",
                        "line": self.random.randrange(5, 700),
                        "language": "python",
                        "before": _Text(
                            f"pool = connect(host, size={self.random.randrange(1, 9)})\nreturn pool.get()\n"
                        ),
                        "after": _Text(
                            f"with connect(host, size={self.random.randrange(10, 99)}) as pool:\n    return pool.get(timeout={self.random.randrange(1, 30)})\n"
                        ),
                    }
                ],
            },
            "verification": [self.step()],
            "parameters": [
                {
                    "name": "HOST",
                    "description": "the host that the alert names",
                    "example": f"node-{self.number % 17}.internal",
                },
                {
                    "name": "DATABASE_URL",
                    "description": "the address of the database",
                    "example": "postgresql:///app",
                },
            ],
            "checks": [
                {
                    "id": f"{self.pick(TAGS)}-{n}",
                    "phase": phase,
                    "check": self.sentence(),
                    "run": _Text(self.command() + "\n"),
                    "expect": {"exit": 0},
                    "risk": "read-only",
                    "applies_to": {
                        "components": components[:1],
                        "paths": [f"{self.service}/**", f"**/{self.technology}/*.conf"],
                        "kinds": ["migration"],
                    },
                }
                for n, phase in enumerate(("before", "after"), 1)
            ],
            "action_items": [
                {
                    "do": self.sentence(),
                    "owner": self.pick(ROLES),
                    "due": "2030-01-31",
                    "priority": "P2",
                    "state": "done",
                }
            ],
            "lessons": {"went_well": [self.sentence()], "went_wrong": [self.sentence()]},
            "escalation": [
                {"role": self.pick(ROLES), "when": "the mitigation does not help within 15 minutes"}
            ],
            "reviews": [{"status": "published", "by": "Platform team", "date": "2026-01-02"}],
        }
        asked = repr(found)
        found["parameters"] = [
            p
            for p in found["parameters"]
            if f"${p['name']}" in asked or f"{{{p['name']}}}" in asked
        ]
        if self.number % 4 == 0:
            found["timeline"] = self.timeline()
        if self.number % 5 == 4:
            found["related"] = [identifier(self.number - 1, self.total)]
        return found


def identifier(number: int, total: int) -> str:
    """The id of an incident of a generated knowledge base."""
    return f"case-{number:0{len(str(total))}d}"


def write(root: Path, count: int, *, seed: int = SEED, first: int = 0, total: int = 0) -> None:
    """Write a knowledge base.

    Args:
        root: an empty or missing folder.
        count: how many incidents.
        seed: another seed gives other texts.
        first: the number of the first.
        total: how many there are in all knowledge bases whose numbers differ; as many as here by default.
    """
    total = total or count
    (root / "docs").mkdir(parents=True)
    (root / "docs" / "guide.md").write_text("# Guide\n\nHow we use these runbooks.\n", "utf-8")
    (root / "mkdocs.yml").write_text(
        "site_name: Bench\ntheme:\n  name: material\n  font: false\n  features: [navigation.footer, navigation.top]\n"
        "plugins:\n  - runbooks\n"
        "markdown_extensions:\n  - attr_list\n  - tables\n  - toc: { permalink: true }\n"
        "  - pymdownx.highlight: { anchor_linenums: false }\n  - pymdownx.superfences\n"
        "nav:\n  - Home: index.md\n  - Guide: guide.md\n  - Incidents: incidents/index.md\n"
        "  - Components: components/index.md\n  - Errors: errors/index.md\n",
        "utf-8",
    )
    for number in range(first, first + count):
        folder = root / "incidents" / identifier(number, total)
        folder.mkdir(parents=True)
        text = yaml.dump(
            _Writer(number, total, seed).incident(),
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            width=100,
        )
        (folder / "incident.yaml").write_text(f"{_SCHEMA}\n{text}", "utf-8")


def edit(path: Path, key: str) -> str:
    """Write something new into the first field of a name, and return what."""
    mark = f"changed{time.time_ns()}"
    text = path.read_text("utf-8")
    # A value may go on in the next lines, which stand further to the right.
    pattern = rf"^( *(?:- )?){key}: [^\n]*(?:\n\1  +[^\n:]*(?=\n))*"
    path.write_text(re.sub(pattern, rf"\g<1>{key}: {mark}", text, count=1, flags=re.M), "utf-8")
    return mark


def liven(root: Path, count: int) -> None:
    """Give incidents what insights are about: open action items, and recurrences."""
    for number in range(count):
        path = root / "incidents" / identifier(number, count) / "incident.yaml"
        text = path.read_text("utf-8")
        if number % 3 == 0:
            text = text.replace("state: done", "state: open", 1)
        if number % 10 == 9:
            text += f"recurrence_of: {identifier(number - 1, count)}\n"
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
