"""What rules ask about the rest of a knowledge base: other incidents, files, settings.

Every question of an incident's rules is noted with its answer. As long as the incident's text and
all answers stay the same, so do the findings, and the rules need not run again.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.cache.fingerprints import digest
from generator.checklists.near_globs import RepositoryFiles
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.built_in_kinds import built_in_kinds
from generator.knowledge.loader import STANDING_ID
from generator.knowledge.roots import INCIDENTS
from generator.rules.foreign import FILE, Foreign, foreign_samples

Asked = list[list[Any]]
"""Questions with their answers, as data for JSON: name, arguments, answer."""


class Answers:
    """Answers the questions of all incidents.

    Attributes:
        base: the incidents that are compared.
        whole: where kinds and components are defined, and what can be referred to; `base` can be a
            part of it.
        files: the files of the repositories that are released; None if nobody named one.
    """

    def __init__(
        self,
        base: KnowledgeBase,
        whole: KnowledgeBase | None = None,
        files: RepositoryFiles | None = None,
    ) -> None:
        self.base = base
        self.whole = whole or base
        self.files = files

    def answer(self, name: str, arguments: Iterable[Any]) -> Any:
        """Return the answer to a question of `QUESTIONS`, as data for JSON."""
        return QUESTIONS[name](self, *arguments)

    def hold(self, asked: Asked) -> bool:
        """Return whether all answers are still the same."""
        return all(self.answer(name, arguments) == answer for name, arguments, answer in asked)

    def prepare(self) -> None:
        """Find out what many will ask, once here, not once in each process."""
        base = self.base
        _ = (
            self.foreign,
            self.defined,
            base.by_title,
            base.by_alias,
            base.by_signature,
            base.referrers,
        )

    @cached_property
    def foreign(self) -> Foreign:
        """Which signatures match which samples of other incidents."""
        signatures = {i: facts.signatures for i, facts in self.base.facts.items()}
        kept = self.base.root / FILE if self.base.kept else None
        return foreign_samples(signatures, kept)

    @cached_property
    def defined(self) -> Mapping[str, frozenset[str]]:
        """The `kinds` and `components` that `mkdocs.yml` or an incident defines."""
        settings = self.whole.settings
        kinds = frozenset(settings.kinds) | frozenset(built_in_kinds())
        return {
            "kinds": kinds,
            "when_kind": kinds,
            "components": frozenset(settings.components) | frozenset(self.whole.by_component),
        }

    @cached_property
    def ids(self) -> str:
        """A digest of all ids."""
        return digest("\n".join(self.whole.by_id)).hex()


class Others:
    """Asks for the rules of one incident.

    Attributes:
        asked: the questions, with their answers.
    """

    def __init__(self, answers: Answers, incident_id: str) -> None:
        self._answers = answers
        self._id = incident_id
        self._known: dict[tuple[Any, ...], Any] = {}

    @property
    def asked(self) -> Asked:
        """The questions so far, with their answers."""
        return [[name, list(arguments), found] for (name, *arguments), found in self._known.items()]

    def _ask(self, name: str, *arguments: Any) -> Any:
        key = (name, *arguments)
        if key not in self._known:
            self._known[key] = self._answers.answer(name, arguments)
        return self._known[key]

    def has(self, incident_id: str) -> bool:
        """Return whether there is a folder of this name, even with errors in it."""
        return bool(self._ask("has", incident_id))

    def near(self, incident_id: str) -> str | None:
        """Return the id that is most like a wrong one."""
        self._ask("ids")
        near = difflib.get_close_matches(incident_id, self._answers.whole.by_id, 1, 0.7)
        return near[0] if near else None

    def status(self, incident_id: str) -> str | None:
        """Return the status of an incident; None if there is none that can be read."""
        found: str | None = self._ask("status", incident_id)
        return found

    def following(self, incident_id: str, field: str) -> str | None:
        """Return what an incident names in `recurrence_of` or `superseded_by`."""
        found: str | None = self._ask("following", incident_id, field)
        return found

    def titled(self, title: str) -> list[str]:
        """Return the incidents with a title, ignoring case, the newest first."""
        return list(self._ask("titled", title.casefold()))

    def also_named(self, alias: str) -> list[str]:
        """Return the incidents with an alias, the newest first."""
        return list(self._ask("also_named", alias))

    def signed(self, signature: str) -> list[str]:
        """Return the incidents with a signature, the newest first."""
        return list(self._ask("signed", signature))

    def referrers(self) -> list[str]:
        """Return the incidents that name this one as related, repeated or superseding."""
        return list(self._ask("referrers", self._id))

    def foreign(self, index: int) -> Mapping[str, str]:
        """Return the samples of other incidents that a signature matches, one of each."""
        return dict(self._ask("foreign", self._id, index))

    @property
    def is_standing(self) -> bool:
        """Whether the rules see the standing checks, which come from no incident."""
        return self._id == STANDING_ID

    def defines(self, key: str, name: str) -> bool:
        """Return whether `mkdocs.yml` or an incident defines one of the `kinds` or `components`."""
        return bool(self._ask("defines", key, name))

    def near_name(self, key: str, name: str) -> str | None:
        """Return the name that is most like a wrong one of the `kinds` or `components`."""
        found: str | None = self._ask("near_name", key, name)
        return found

    def suggestion(self, glob: str) -> str | None:
        """Return what matches a file where a glob matches none, empty if nothing does.

        None if the glob matches a file, or if nobody named a repository.
        """
        found: str | None = self._ask("suggestion", glob)
        return found

    def has_file(self, path: str) -> bool:
        """Return whether there is a file in the incident's folder, and not outside of it."""
        return bool(self._ask("has_file", self._id, path))

    def has_folder(self, path: str) -> bool:
        """Return whether there is a folder in the incident's folder."""
        return bool(self._ask("has_folder", self._id, path))

    def proof(self, proof_id: str) -> tuple[str, str, str]:
        """Return the state of a proof of this incident, and how its last run ended, and why."""
        state, outcome, reason = self._ask("proof", self._id, proof_id)
        return state, outcome, reason

    def proof_age(self) -> int:
        """Return how many days the record of a proof is good."""
        return int(self._ask("proof_age"))


def _status(answers: Answers, incident_id: str) -> str | None:
    facts = answers.whole.facts.get(incident_id)
    return facts.status if facts else None


def _following(answers: Answers, incident_id: str, field: str) -> str | None:
    facts = answers.whole.facts.get(incident_id)
    return getattr(facts, field) if facts else None


def _foreign(answers: Answers, incident_id: str, index: int) -> list[list[str]]:
    one = answers.foreign[incident_id][index]
    return [[other, one[1][other]] for other in sorted(one[1])] if one else []


def _defines(answers: Answers, key: str, name: str) -> bool:
    if name in answers.defined[key] or not answers.defined[key]:
        return True
    # Where mkdocs.yml defines no kinds at all, whoever releases names them: `--kind migration`.
    named = key == "kinds" and not answers.whole.settings.kinds
    return named and not difflib.get_close_matches(name, answers.defined[key], 1, 0.9)


def _near_name(answers: Answers, key: str, name: str) -> str | None:
    near = difflib.get_close_matches(name, sorted(answers.defined[key]), 1, 0.6)
    return near[0] if near else None


def _has_file(answers: Answers, incident_id: str, path: str) -> bool:
    folder = _folder(answers, incident_id)
    try:
        return (folder / path).resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # missing, a loop of links, a NUL character
        return False


def _has_folder(answers: Answers, incident_id: str, path: str) -> bool:
    return (_folder(answers, incident_id) / path).is_dir()


def _folder(answers: Answers, incident_id: str) -> Path:
    return answers.base.root / INCIDENTS / incident_id


def _proof(answers: Answers, incident_id: str, proof_id: str) -> list[str]:
    base = answers.base
    proof = next(p for p in base.incidents[incident_id].proofs if p.id == proof_id)
    record = base.record(incident_id)
    run = record.run(proof_id) if record else None
    how = [run.outcome.value, run.reason] if run else ["", ""]
    return [base.proof_state(incident_id, proof).value, *how]


QUESTIONS: dict[str, Callable[..., Any]] = {
    "has": lambda answers, i: i in answers.whole.by_id,
    "ids": lambda answers: answers.ids,
    "status": _status,
    "following": _following,
    "titled": lambda answers, title: list(answers.base.by_title.get(title, ())),
    "also_named": lambda answers, alias: list(answers.base.by_alias.get(alias, ())),
    "signed": lambda answers, text: list(answers.base.by_signature.get(text, ())),
    "referrers": lambda answers, i: list(answers.base.referrers.get(i, ())),
    "foreign": _foreign,
    "defines": _defines,
    "near_name": _near_name,
    "suggestion": lambda answers, glob: answers.files.suggestion(glob) if answers.files else None,
    "has_file": _has_file,
    "has_folder": _has_folder,
    "proof": _proof,
    "proof_age": lambda answers: answers.base.settings.proof_max_age_days,
}
"""Every question, by name; an answer is data for JSON."""

ASKED_ALWAYS = frozenset(("suggestion", "has_file", "has_folder", "proof"))
"""Questions whose answers can change though no incident and no setting has changed."""
