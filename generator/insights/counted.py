"""Which incidents are shown, and which of them count."""

from __future__ import annotations

from collections.abc import Mapping

from generator.knowledge.base import KnowledgeBase
from generator.model import Incident, Status


def shown(base: KnowledgeBase) -> Mapping[str, Incident]:
    """Return the incidents that the site shows, by id: all, or all except drafts."""
    return base.shown.incidents


def counted(base: KnowledgeBase) -> Mapping[str, Incident]:
    """Return the incidents that figures count, by id: all shown incidents that are not withdrawn.

    A draft counts, because the incident happened.
    """
    return {i: it for i, it in shown(base).items() if it.status is not Status.WITHDRAWN}
