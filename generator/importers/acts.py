"""Words for what people do in an incident: they mend it, act on it, look at it, or come to help."""

from __future__ import annotations

import re

LOOKS = re.compile(
    r"\b(?:check(?:ed|s|ing)?|look(?:ed|s|ing)? (?:at|for|into|up)|quer(?:y|ied|ies|ying)|inspect\w*|compar\w+|confirm\w*|verif\w+"
    r"|to (?:see|find|tell|know|learn|count|list)|shows?|showed|finds?|found|sees?|saw|investigat\w+|search\w*|measur\w+|identif\w+|diagnos\w+"
    r"|an eye on|watch(?:ed|es|ing)?|monitor(?:ed|s|ing)?|examin\w+|trac(?:ed|es|ing))\b",
    re.IGNORECASE,
)
"""They look."""
MENDS = re.compile(
    r"\b(?:mitigat\w*|fix(?:ed|es|ing)?|repair\w*|restor\w*|recover\w*|rolls? back|roll(?:ed|ing) back|rollback|revert\w*|way out|(?:last|known)[ -]good"
    r"|back to normal|undo|undid|unblock\w*|did the work|brought \w+ back|by hand|work(?:ed)?[ -]?arounds?)\b",
    re.IGNORECASE,
)
"""They mend it."""
ACTS = re.compile(
    r"\b(?:restart\w*|disabl\w*|turn(?:ed|s)? (?:it )?off|stop(?:s|ped|ping)?|paus\w+|abort\w*|cancel\w*|kill\w*|terminat\w*|drain\w*|depool\w*"
    r"|fail(?:s|ed)? over|scal(?:es?|ed|ing)|rais\w+|increas\w+|reduc\w+|limit(?:s|ed|ing)?|throttl\w*|block(?:s|ed|ing)?|purg\w*|flush\w*|clear(?:s|ed|ing)?"
    r"|pin(?:s|ned|ning)|freez\w*|froze\w*|re-?queue\w*|replay\w*|re-?deploy\w*|re-?appl\w*|appl(?:y|ied|ies)|push(?:ed|es|ing)?|patch\w*|rotat\w*|renew\w*"
    r"|reissu\w*|resiz\w*|extend\w*|free[sd]? up|cordon\w*|evict\w*|reboot\w*|reset\w*|switch(?:ed|es)?|re-?rout\w+|promot\w+|reload\w*|rebalanc\w*)\b",
    re.IGNORECASE,
)
"""They act on it, for better or worse."""
_COMES = re.compile(
    r"\b(?:joined|joins|answered|came online|(?:was|were|is|are|got|been) paged|paged|escalated|woken|woke up|assembled|took over|handed over|on leave"
    r"|war room|incident room|bridge call|acknowledged)\b",
    re.IGNORECASE,
)


def tells_who_came(text: str) -> bool:
    """Whether a passage only tells who joined, was paged, or answered: it mitigates nothing."""
    return bool(_COMES.search(text)) and not (MENDS.search(text) or ACTS.search(text))
