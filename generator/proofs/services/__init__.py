"""The services that a proof may name in `needs`. CONTRIBUTING.md says how to add one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from generator.proofs.services.base import Need, NotAvailable, Provided, Service, Workspace
from generator.proofs.services.node import Node
from generator.proofs.services.postgresql import PostgreSQL

__all__ = [
    "SERVICES",
    "Make",
    "Need",
    "NotAvailable",
    "PostgreSQL",
    "Provided",
    "Service",
    "Workspace",
]

Make = Callable[[Path], Service]
"""Makes a service from a scratch folder. Other arguments of a service are bound before."""

SERVICES: Mapping[str, Make] = {
    "node": Node,
    "postgresql": PostgreSQL,
}
"""Each service by its name in `needs`."""
