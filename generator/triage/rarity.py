"""How much a word says about an error: what every log has says little, the name of an error much."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from generator.signatures.ordinary import ordinary_text

CODE, RARE, GENERIC, SHORT = 3.0, 1.5, 0.4, 0.1
"""The weights of the name of an error, of a rare word, of an ordinary one, and of a short one."""

_WORD = re.compile(r"[^\W_]\w*")
# Words that errors of all kinds have.
_ERRORS = frozenset(
    """
    abort aborted access again already because before cannot cause caused check client close closed
    code command complete completed connect connected connecting connection could critical data
    denied detail does error errors exception exit exited expected fail failed failing failure fatal
    file find found from have host info internal into invalid issue its line listen loaded main
    message missing name node none null number occurred operation panic permission please port
    problem process query read reason received refused reject rejected request requests required
    response result retry return returned running runtime seconds server service severe signal start
    started state status stop stopped supported task terminated that thread time timed timeout trace
    traceback true type unable undefined undetermined unexpected unhandled unknown unsupported user
    value version wait waiting warn warning went when while with within without write wrong
    kubelet docker daemon kernel systemd java python application system
    about after all also always another any anything are around away been being both but came can
    come continue did different doing down each else ends even every few first follow following for
    given goes good here however instead into just keep kept know later least less like likely long
    look made make makes many may maybe might more most much must need needed needs never next nothing
    now off often once one only onto other otherwise our out over own part place possible probably
    put run same see seems set several shall should show since so some someone something soon still
    such take takes than their them then there these they thing things those through time together
    too try twice two under until unless update updated upon use used uses using usually very want
    wants way were what whether which who will would yet you your itself without
    space left device directory exists existing
    sorry processing something specified allowed valid current currently tried trying
    bad gateway unavailable not this more most recent last call panicked called calling loading reset peer broken pipe exceeded
    """.split()
)
# These look like the name of an error, and stand in errors of all kinds.
_ANY_CODE = frozenset(
    """
    EUSAGE ELIFECYCLE SQLSTATE HY000 WARN WARNING ERROR FATAL PANIC CRITICAL ALERT NOTICE INFO DEBUG TRACE
    SQL API TLS SSL DNS TCP UDP URL URI GET PUT LOG ERR SET KEY AND THE FOR BUT WAS HAS ARE EOF PID
    HTTP HTTPS JSON NULL TRUE FALSE MESSAGE EXCEPTION FAILED FAILURE POST SELECT INSERT UPDATE DELETE
    TypeError RuntimeError RuntimeException SQLException IOException OperationalError ReplyError
    DatabaseError ClientError SqlException InternalError SyntaxError AssertionError StackTrace
    """.split()
)
_LONGEST = 80
_HUMPS = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]{2}")
_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]{3,80}|[A-Z]{1,5}-?[0-9]{3,6}")


def _names_an_error(word: str) -> bool:
    """Whether a word is a name that a program gives an error: `OOMKilled`, `ERESOLVE`, `ORA-00060`."""
    if len(word) > _LONGEST:
        return False
    if word[0].isupper() and _HUMPS.search(word):
        return True
    return bool(_CONSTANT.fullmatch(word)) or (word.islower() and word.strip("_").count("_") > 1)


@cache
def _ordinary_words() -> frozenset[str]:
    return frozenset(_WORD.findall(ordinary_text().lower()))


class Rarity:
    """Weighs words."""

    def __init__(self, known: Mapping[str, Sequence[str]] | None = None) -> None:
        """Count in how many incidents words occur.

        Args:
            known: the errors of incidents, by ID.
        """
        counts = Counter(
            word
            for samples in (known or {}).values()
            for word in {word.lower() for sample in samples for word in _WORD.findall(sample)}
        )
        self._shared = {word for word, number in counts.items() if number > 1}
        self._weights: dict[str, float] = {}

    def __call__(self, word: str) -> float:
        """Return the weight of a word."""
        weight = self._weights.get(word)
        if weight is None:
            weight = self._weights[word] = self._weigh(word)
        return weight

    def _weigh(self, word: str) -> float:
        if "-" in word and not _names_an_error(word):
            return max(map(self, filter(None, word.split("-"))), default=SHORT)
        lower = word.lower()
        if len(word) == 3 and word.isupper() and word.isalpha() and lower not in _ERRORS:
            return RARE if word not in _ANY_CODE else SHORT
        if len(word) < 4 or lower in _ERRORS or word in _ANY_CODE:
            return GENERIC if len(word) > 3 else SHORT
        if _names_an_error(word):
            return RARE if lower in self._shared else CODE
        if lower in _ordinary_words() or lower in self._shared or not lower[0].isalpha():
            return GENERIC
        return RARE

    def telling(self, words: Iterable[str]) -> list[str]:
        """Return the words that are rare or name an error, each once, the rarest first."""
        found = dict.fromkeys(word for word in words if self(word) >= RARE)
        return sorted(found, key=self, reverse=True)
