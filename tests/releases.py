"""What the tests of checklists share: small knowledge bases with checks, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner, Result

from generator.cli import runbooks

CONFIG = """\
site_name: Shop
plugins:
  - runbooks:
      kinds:
        migration: ["**/migrations/**"]
        dependency: [package.json]
      components:
        cart: ["services/cart/**"]
"""


def check(check_id: str, **fields: Any) -> dict[str, Any]:
    """Return a check with what it must have."""
    return {"id": check_id, "phase": "before", "check": f"{check_id} holds", **fields}


def incident(*checks: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return an incident with what it must have."""
    return {
        "title": "It stopped",
        "status": "published",
        "severity": "SEV2",
        "components": ["shop"],
        "symptom": "It stops",
        "root_cause": "A reason",
        "fix": "Mend it",
        "verification": ["Look"],
        "checks": list(checks),
        **fields,
    }


def began(day: str) -> list[dict[str, str]]:
    """Return a timeline that begins on a day."""
    return [{"at": f"{day}T03:00:00Z", "what": "It begins", "marks": "started"}]


def write_base(
    root: Path, incidents: dict[str, Any], standing: Any = None, config: str = CONFIG
) -> Path:
    """Write a knowledge base, and return it."""
    for incident_id, content in incidents.items():
        file = root / "incidents" / incident_id / "incident.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else yaml.safe_dump(content), "utf-8")
    (root / "incidents").mkdir(parents=True, exist_ok=True)
    if standing is not None:
        (root / "incidents" / "checks.yaml").write_text(yaml.safe_dump(standing), "utf-8")
    (root / "mkdocs.yml").write_text(config, "utf-8")
    return root


def checklist(root: Path, *arguments: str | Path, given: str | bytes | None = None) -> Result:
    """Run `runbooks checklist` and return what it said."""
    return CliRunner().invoke(
        runbooks, ["checklist", "--root", str(root), *map(str, arguments)], input=given
    )


def chosen(root: Path, *arguments: str | Path, given: str | bytes | None = None) -> list[Any]:
    """Run `runbooks checklist --format json` and return the checks."""
    result = checklist(root, "--format", "json", *arguments, given=given)
    assert result.exit_code == 0, result.output
    checks: list[Any] = json.loads(result.stdout)["checks"]
    return checks


def ids(checks: list[Any]) -> list[str]:
    """Return the ids of checks, less the names of their incidents."""
    return [check["id"].partition("/")[2] for check in checks]
