"""Knowledge bases for the tests of insights, action items, feeds and the API."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from generator.knowledge.base import KnowledgeBase
from generator.knowledge.loader import Entry
from generator.knowledge.settings import Settings
from generator.model import Incident

TODAY = date(2026, 11, 21)


def content(**values: Any) -> dict[str, Any]:
    """Return a short incident, with these values on top."""
    return {
        "title": "The shop does not open",
        "status": "published",
        "severity": "SEV2",
        "symptom": "An empty page",
        "root_cause": "The disk was full",
        "fix": "Delete old logs",
        "verification": "Open the shop",
        **values,
    }


def timeline(day: str, detected: int = 5, mitigated: int = 20, resolved: int = 90) -> list[Any]:
    """Return a timeline that begins at 08:00; the numbers are minutes."""
    marks = {"started": 0, "detected": detected, "mitigated": mitigated, "resolved": resolved}
    return [
        {
            "at": f"{day}T{8 + minutes // 60:02d}:{minutes % 60:02d}:00Z",
            "what": f"It was {mark}",
            "marks": mark,
        }
        for mark, minutes in marks.items()
    ]


def base_of(
    incidents: dict[str, dict[str, Any]], root: Path = Path("/nowhere"), **settings: Any
) -> KnowledgeBase:
    """Return a knowledge base that no disk holds."""
    entries = tuple(
        Entry(i, f"incidents/{i}/incident.yaml", None, Incident.model_validate(values))
        for i, values in sorted(incidents.items())
    )
    return KnowledgeBase(root, entries, Settings(**settings), today=TODAY)


def write_base(root: Path, incidents: dict[str, dict[str, Any]], config: str = "") -> Path:
    """Write a knowledge base to the disk."""
    for incident_id, values in incidents.items():
        folder = root / "incidents" / incident_id
        folder.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
        (folder / "incident.yaml").write_text(text, "utf-8")
    (root / "docs").mkdir(exist_ok=True)
    (root / "mkdocs.yml").write_text(
        config or "site_name: Shop\ntheme: {name: material, font: false}\nplugins: [runbooks]\n",
        "utf-8",
    )
    return root


def story() -> dict[str, dict[str, Any]]:
    """Return incidents of which every kind of figure, list and chain has something to say."""
    many = {
        f"case-{n}": content(
            title=f"Case {n}: orders wait",
            severity=f"SEV{n % 4 + 1}",
            components=[f"part-{n % 3}", "shop"],
            tags=["deploy"] if n % 2 else ["disk", "deploy"],
            timeline=timeline(f"2026-{n + 1:02d}-10", 2 + n, 10 * n + 10, 15 * n + 60),
            detection={"description": "Somebody saw it", "by": ["alert", "customer"][n % 2]},
        )
        for n in range(7)
    }
    return {
        **many,
        "first": content(
            title="The queue stands still",
            components=["queue"],
            timeline=timeline("2025-10-01"),
            action_items=[
                {"do": "Alert on the queue's length", "owner": "Platform team", "due": "2025-12-01", "priority": "P1", "ticket": "OPS-7"},
                {"do": "Write down who may restart it", "owner": "Shop team", "due": "2027-01-15", "priority": "P2", "state": "in-progress"},
                {"do": "Add a second consumer", "state": "dropped", "owner": "Platform team", "due": "2025-12-01"},
                {"do": "Read the manual", "state": "proposed"},
                {"do": "Restart it every night", "state": "done", "owner": "Shop team", "due": "2025-11-01"},
            ],
        ),
        "second": content(
            title="The queue stands still once more",
            components=["queue"],
            recurrence_of="first",
            timeline=timeline("2026-02-01"),
            action_items=[
                {"do": "Move the queue", "owner": "platform  team", "due": "2026-11-20", "priority": "P0"},
                {"do": "Tell the customers", "state": "unknown"},
                {"do": "Order more disks", "owner": "Buying", "due": "2026-08-01", "state": "done"},
            ],
        ),
        "third": content(
            title="The queue, a third time", recurrence_of="second", timeline=timeline("2026-07-01")
        ),
        "stated": content(
            title="A night without mail",
            stated_durations=[{"of": "Time to recovery", "says": "about 20 minutes", "until": "resolved"}],
        ),
        "draft": {"title": "Something with the login", "status": "draft"},
        "gone": content(title="A mistake of ours", status="withdrawn", action_items=[{"do": "Nothing", "owner": "Shop team", "due": "2026-01-01"}]),
    }  # fmt: skip
