"""Times of day found in an utterance, and the hour of the day each one means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time as Time
from itertools import pairwise

from .found import CORRECTION
from .kinds import Context
from .plain import plain
from .times import DAYPARTS, TimeParts, read_time
from .tokens import MASK, Utterance, phrases, word_set

_GREETING = phrases("good morning | good afternoon | good evening | good night")
_BESIDE_A_TIME = phrases(
    """bang on | dead on | spot on | i can do | i could do | i can make | i could make | can manage | could manage |
    i can manage | i could manage | ill come | well come | i can come | i could come | come | be there |
    ill be there | book me in | book me | squeeze me in | would be better | is better | better | slot | appointment
    | time | the time is | my time is | free | available | the one | latest | earliest | at the latest |
    at the earliest | or later | or earlier | no later than | no earlier than | later than | not before | not after
    | onwards | thats fine | at night | tomorrow | today | tonight | if you have it | if its free | if its available
    | before | after | around | past | until | till | between | start | starting | meet | but | but not | its not
    | rather than | instead of"""
)
_NOT_BEFORE_A_TIME = word_set(
    """costs cost paid pay owe room flight gate line bus train channel page route highway exit apartment flat unit suite
    box section code pin zip phone extension card version chapter bill total price weighs weigh"""
)


@dataclass(frozen=True)
class TimeHit:
    """Time parts at the words ``[start, end)``."""

    start: int
    end: int
    parts: TimeParts


@dataclass(frozen=True)
class Clock:
    """A resolved time of day, how sure, and what else it may be."""

    time: Time
    sure: float
    others: tuple[Time, ...] = ()


def time_hits(u: Utterance, claimed: Utterance) -> list[TimeHit]:
    """Every time of the utterance; in a strict one only those that can be nothing else.

    ``claimed`` is the utterance before its own dates were masked: "eight tonight" may take the "tonight" in.
    """
    hits: list[TimeHit] = []
    i = 0
    while i < len(u.words):
        read = _read(u, i) if u.words[i] != MASK else None
        if read is not None and not read[0].half and _counts_something_else(u.said, i):
            i = read[1]
            continue
        if read is None or (u.strict and not read[0].firm and not _corrects(hits, i, u)):
            i += 1
            continue
        end = read[1]
        while MASK in claimed.words[i:end]:
            end -= 1
        hits.append(TimeHit(i, end, read[0]))
        i = end
    if not u.strict and not _told(hits, u):
        return []
    firm = [hit for hit in hits if hit.parts.firm]
    if firm and len(firm) < len(hits):
        # "at three, no, four": the bare number is a time because the first one is.
        # "five or six pm": so is the one before it.
        first = firm[0].start
        hits = [hit for hit in hits if hit.parts.firm or hit.start > first or _leads_to(hit.end, first, u.said)]
    return [_with_daypart(hit, u) for hit in hits]


def _read(u: Utterance, i: int) -> tuple[TimeParts, int] | None:
    """The time at word ``i``. "Not ten, eleven" speaks of two hours, and not of eleven past ten."""
    refused = u.words[max(0, i - 1) : i] == ("not",) or u.words[max(0, i - 2) : i] == ("not", "at")
    if refused and u.words[i + 1 : i + 2] in (("ten",), ("eleven",), ("twelve",)):
        return read_time(u.words[: i + 1], i, u.said[: i + 1])
    return read_time(u.words, i, u.said)


def _counts_something_else(words: Sequence[str], i: int) -> bool:
    """ "It costs ten fifty", "room two ten", "my pin is seven twelve"."""
    before = [word for word in words[max(0, i - 4) : i] if word not in ("is", "was", "number", "the", "its")]
    return bool(before) and before[-1] in _NOT_BEFORE_A_TIME


def _told(hits: Sequence[TimeHit], u: Utterance) -> bool:
    """Whether a time was told at all: one is firm, or a bare number is all the answer."""
    if any(hit.parts.firm for hit in hits):
        return True
    # "Seven seven one two" is a string of digits.
    run = sum(b.start == a.end for a, b in pairwise(hits))
    return run < 2 and plain(u, *((hit.start, hit.end) for hit in hits), also=_BESIDE_A_TIME)


def _corrects(hits: Sequence[TimeHit], i: int, u: Utterance) -> bool:
    """ "at three, no, four": the bare number directly follows the correction of a time."""
    return bool(hits) and CORRECTION.match(u.words, hits[-1].end) == i - hits[-1].end > 0


def _leads_to(end: int, start: int, words: Sequence[str]) -> bool:
    return 0 < start - end <= 3 and bool({"or", "and", "to", "no"} & set(words[end:start]))


def _with_daypart(hit: TimeHit, u: Utterance) -> TimeHit:
    """Lend a time the nearest "morning" or "evening" said elsewhere in the utterance."""
    if hit.parts.half or hit.parts.exact:
        return hit
    places = [
        i for i, word in enumerate(u.said) if word in DAYPARTS and not (i and _GREETING.match(u.said, i - 1) == 2)
    ]
    if not places:
        return hit
    nearest = min(places, key=lambda i: abs(i - hit.start))
    return replace(hit, parts=replace(hit.parts, half=DAYPARTS[u.said[nearest]]))


def resolve_time(parts: TimeParts, context: Context, *, after: Time | None = None) -> Clock:
    """The time of day meant. ``after``: it is later than this, when one of two readings can be (today)."""
    if parts.exact or parts.hour > 12 or parts.hour == 0:
        return Clock(Time(parts.hour, parts.minute), 0.95)
    morning = Time(parts.hour % 12, parts.minute)
    evening = Time(parts.hour % 12 + 12, parts.minute)
    if parts.half == "am":
        return Clock(morning, 0.95)
    if parts.half in ("pm", "evening"):
        return Clock(evening, 0.95)
    if parts.half == "night":
        early = parts.hour == 12 or parts.hour < 5
        return Clock(morning if early else evening, 0.9, (evening if early else morning,))
    candidates = [t for t in (morning, evening) if _open(t, context)] or [morning, evening]
    if after is not None:
        candidates = [t for t in candidates if t > after] or candidates
    if len(candidates) == 1:
        other = evening if candidates[0] == morning else morning
        return Clock(candidates[0], 0.9, (other,))
    guess = evening if parts.hour <= 7 or parts.hour == 12 else morning
    sure = 0.8 if parts.hour <= 5 or parts.hour == 12 else 0.6
    return Clock(guess, sure, (morning if guess == evening else evening,))


def _open(moment: Time, context: Context) -> bool:
    if context.business_hours is None:
        return True
    start, end = (Time.fromisoformat(edge.replace("24:", "00:")) for edge in context.business_hours)
    return start <= moment < end if start < end else moment >= start or moment < end
