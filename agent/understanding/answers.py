"""Yes and no where one is awaited."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from calls.commands import Affirm, Deny
from calls.guidance import Guidance
from calls.run import CallFacts
from spoken import Kind, parse
from spoken.tokens import words_of

from .refusing import mixed, refuses
from .values import context_for


class Answer(Enum):
    """What a turn answers to a yes-or-no question."""

    YES = "yes"
    NO = "no"
    YES_BUT = "yes, but"
    """nothing may be committed on it"""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer and how sure it is."""

    answer: Answer
    confidence: float
    alone: bool
    """the words hold nothing else"""
    text: str


def is_confirming(guidance: Guidance) -> bool:
    """A read-back awaits its yes: of one value, or of several at once."""
    return guidance.proposed is not None or (not guidance.primary and Affirm.__name__ in guidance.allowed)


_HAS_NONE = re.compile(
    r"\b(?:(?:do not|don'?t|haven'?t|have not|didn'?t) (?:have|got|own|get|use|want to give|know)"
    r"|have(?:n't)? (?:none|no \w+)|there(?:'s| is| isn'?t)? (?:none|no(?:ne| such))|got no(?:ne)?|not got (?:one|any)"
    r"|skip (?:it|that|this)|none|without (?:one|it)|not sure|any ?time|whenever)\b",
    re.IGNORECASE,
)
"""What callers say who have nothing to give where that is an answer."""
_SKIPS = re.compile(
    r"(?:(?:um|uh|er|oh|well|ok|okay|please|let'?s|i'?ll|i'?d (?:like|rather) (?:to )?|just|can (?:we|i|you)"
    r"|could (?:we|i))[\s,]+)*(?:skip|pass|pass on|leave out|move on(?: from)?|next(?: question| one)?|go on"
    r"|not applicable|no need|leave (?:it|that|this) (?:out|blank|empty|open)|(?:you|we) don'?t need)"
    r"(?:\s+(?:that|it|this|over|please|one|part|question|step|bit|for now))*[\s.!?]*",
    re.IGNORECASE,
)
"""the whole of what is said by somebody who would rather be asked the next thing"""
_THAT_IS_ALL = re.compile(
    r"(?:(?:um|uh|er|well|ok|okay|no|nope|yeah|yes|i think|i guess|alright|all right)[\s,]+)*"
    r"(?:that(?:'?s| is|'?ll be| will be| would be)|this is) (?:it|all|everything|enough|about it)\b",
    re.IGNORECASE,
)
"""No, to "is there anything else"; to a read-back it would be a yes."""
_LEADS_WITH_NO = re.compile(
    r"(?:(?:um|uh|er|oh|well|ok|okay|hmm)[\s,]+)*(?:no|nope|nah|nothing|not|that|this|i'?m|we'?re|i do|never)\b",
    re.IGNORECASE,
)
"""where it is asked what else there is, "there's something wrong with it" is no no"""
_LEAST_ASKED = 0.4
_LEAST_UNASKED = 0.6


def declines(text: str, guidance: Guidance) -> bool:
    """Whether "skip that" is said where what is asked for may be left out: it ends nothing but the question."""
    asked = guidance.slot(guidance.primary)
    return asked is not None and asked.optional and not is_confirming(guidance) and bool(_SKIPS.fullmatch(text.strip()))


def read_answer(text: str, guidance: Guidance, facts: CallFacts) -> Answered | None:
    """The yes or no in ``text``; None where there is none, or none that is sure enough."""
    awaited = is_confirming(guidance)
    asked = guidance.slot(guidance.primary)
    if asked is not None and asked.optional and not awaited and (_HAS_NONE.search(text) or declines(text, guidance)):
        return Answered(Answer.NO, 0.9, True, text)
    if not awaited and not guidance.allowed & {Affirm.__name__, Deny.__name__}:
        slot = guidance.slot(guidance.primary)
        if slot is None or slot.kind != Kind.yes_no:
            return None
    if guidance.more and _THAT_IS_ALL.match(text.strip()):
        return Answered(Answer.NO, 0.9, True, text)
    found = parse(Kind.yes_no, text, context_for((), facts))
    if awaited and refuses(text) and (found is None or found.value):
        return Answered(Answer.NO, 0.8, False, text)
    if found is None:
        return None
    if awaited and found.value and mixed(text):
        return Answered(Answer.YES_BUT, found.confidence, False, found.text)
    # A bare "now" where a yes or no is awaited is a "no" half heard, and no time of day.
    alone = found.confidence >= 0.9 or (awaited and words_of(found.text) == words_of(text))
    if guidance.more and not found.value and not alone and not _LEADS_WITH_NO.match(text.strip()):
        return None
    if not found.complete and found.alternatives == (True,):
        return Answered(Answer.YES_BUT, found.confidence, False, found.text)
    if found.confidence < (_LEAST_ASKED if awaited else _LEAST_UNASKED):
        return None
    return Answered(Answer.YES if found.value else Answer.NO, found.confidence, alone, found.text)
