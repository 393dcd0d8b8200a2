"""The rules of `runbooks lint`, in one table.

To add a rule: write a check (a function that takes a `Subject` and yields `Finding`s, and whose
docstring is the user's documentation), and bind it to the next free code of its group with a
valid and an invalid example. The tests and the page in the docs are made from these.
"""

from generator.rules.base import Finding, Rule, Subject
from generator.rules.blameless import BLAMELESS
from generator.rules.card_length import CARD
from generator.rules.checks import CHECKS
from generator.rules.duplicates import DUPLICATES
from generator.rules.engine import lint
from generator.rules.evidence import EVIDENCE
from generator.rules.files import FILES
from generator.rules.imported import IMPORTED
from generator.rules.links import LINKS
from generator.rules.parameters import PARAMETERS
from generator.rules.patterns import PATTERNS
from generator.rules.people import PEOPLE
from generator.rules.proofs import PROOFS
from generator.rules.reviews import REVIEWS
from generator.rules.schema import SCHEMA
from generator.rules.secrets import SECRETS
from generator.rules.signatures import SIGNATURES
from generator.rules.steps import STEPS
from generator.rules.times import TIMES
from generator.rules.waivers import WAIVERS
from generator.rules.wording import WORDING

_TABLES: tuple[tuple[Rule, ...], ...] = (
    FILES,
    SCHEMA,
    LINKS,
    DUPLICATES,
    TIMES,
    PEOPLE,
    STEPS,
    CARD,
    PARAMETERS,
    PATTERNS,
    CHECKS,
    WAIVERS,
    SIGNATURES,
    EVIDENCE,
    PROOFS,
    WORDING,
    BLAMELESS,
    REVIEWS,
    IMPORTED,
    SECRETS,
)
RULES: tuple[Rule, ...] = tuple(
    sorted((rule for table in _TABLES for rule in table), key=lambda rule: rule.code)
)
"""Every rule, in the order of codes."""


def source_files() -> dict[str, str]:
    """Return the source file of each rule by code, as a path in the repository.

    A rule that the loader or the engine reports has no check. It is in the same file as the checks
    of its table.
    """
    files = {}
    for table in _TABLES:
        module = next(rule.check.__module__ for rule in table if rule.check)
        for rule in table:
            files[rule.code] = f"{module.replace('.', '/')}.py"
    return files


__all__ = ["RULES", "Finding", "Rule", "Subject", "lint", "source_files"]
