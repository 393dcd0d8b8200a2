"""The services that a proof may name in `needs`. CONTRIBUTING.md says how to add one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from generator.proofs.services.base import Need, NotAvailable, Provided, Service, Workspace
from generator.proofs.services.nginx import Nginx
from generator.proofs.services.node import Node
from generator.proofs.services.pgbouncer import PgBouncer
from generator.proofs.services.postgresql import PostgreSQL
from generator.proofs.services.redis import Redis

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
    "nginx": Nginx,
    "node": Node,
    "postgresql": PostgreSQL,
    "pgbouncer": PgBouncer,
    "redis": Redis,
}
"""Each service by its name in `needs`."""
