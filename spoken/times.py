"""The grammar of a time of day: "half past two", "quarter to nine", "seven oh five pm", "at seven"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .found import CORRECTION
from .numbers import HOMOPHONES, TEN_WORDS, UNITS
from .plain import COURTESY
from .tokens import FILLERS, MASK, is_digits, word_set
from .years import at

DAYPARTS = {
    "morning": "am", "mornings": "am", "afternoon": "pm", "afternoons": "pm", "evening": "evening",
    "evenings": "evening", "night": "night", "tonight": "night", "nighttime": "night", "lunchtime": "pm",
}  # fmt: skip
_LEADS = frozenset({"at", "around", "about", "by", "say", "roughly", "approximately", "from", "until", "till",
                    "before", "after", "between", "like"})  # fmt: skip
_NOT_CLOCK = word_set(
    """people persons guests of adults kids children minutes minute hours hour days day weeks week nights
    dollars pounds euros percent st nd rd th times months month years seats chairs double"""
)
_FOLLOWERS = word_set(
    """am pm p a m on in at for with if because but so when then is isnt would wouldnt should could can works has was
    tomorrow today tonight next this the my our i we me us he she they and or to till until til onwards latest earliest
    slot appointment reservation start eastern pacific central gmt est time local monday tuesday wednesday thursday
    friday saturday sunday january february march april may june july august september october november december
    oclock do does doesnt dont wont cant before after except instead not that thatll thatd it its well ill id i'll
    of from by each every as per party table be works suits under my
    name please could can you may might right since here there what thanks thank"""
) | {MASK}
_DIRECTIONS = {"past": 1, "after": 1, "to": -1, "till": -1, "til": -1, "before": -1, "of": -1}


@dataclass(frozen=True)
class TimeParts:
    """A time as said: ``hour`` 0-23, ``half`` of the day if known (``am pm evening night``), ``exact``
    when it needs no half (14:30, noon, midnight), ``firm`` when nothing but a time is said like this."""

    hour: int
    minute: int = 0
    half: str = ""
    exact: bool = False
    firm: bool = True


def _hour(words: Sequence[str], i: int, *, noisy: bool = False) -> tuple[int, int] | None:
    """An hour 0-23 at word ``i``."""
    if i >= len(words):
        return None
    word = words[i].removesuffix("ish")
    if is_digits(word):
        return (int(word), i + 1) if len(word) <= 2 and int(word) < 24 else None
    if word in UNITS:
        return UNITS[word], i + 1
    if word == "twenty":
        unit = UNITS.get(words[i + 1], 0) if i + 1 < len(words) else 0
        return (20 + unit, i + 2) if 1 <= unit <= 3 else (20, i + 1)
    if noisy and word in HOMOPHONES:
        return UNITS[HOMOPHONES[word]], i + 1
    return None


def _minute(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """Minutes after the hour: "thirty", "forty five", "oh five", "15"."""
    if i >= len(words):
        return None
    word = words[i].removesuffix("ish")
    if is_digits(word):
        return (int(word), i + 1) if len(word) == 2 and int(word) < 60 else None
    if word in ("oh", "o", "zero") and i + 1 < len(words) and 1 <= UNITS.get(words[i + 1], 0) <= 9:
        return UNITS[words[i + 1]], i + 2
    if 10 <= UNITS.get(word, 0) <= 19:
        return UNITS[word], i + 1
    if word in TEN_WORDS and TEN_WORDS[word] < 60:
        unit = UNITS.get(words[i + 1], 0) if i + 1 < len(words) else 0
        return (TEN_WORDS[word] + unit, i + 2) if 1 <= unit <= 9 else (TEN_WORDS[word], i + 1)
    return None


def _named(words: Sequence[str], i: int) -> tuple[TimeParts, int] | None:
    j = i + (words[i] in ("twelve", "12") and i + 1 < len(words) and words[i + 1] in ("noon", "midnight", "midday"))
    if words[j].removesuffix("ish") in ("noon", "midday", "noontime"):
        return TimeParts(12, exact=True), j + 1
    if words[j] == "midnight":
        return TimeParts(0, exact=True), j + 1
    return None


def _relative_to_hour(words: Sequence[str], i: int) -> tuple[TimeParts, int] | None:
    """ "half past two", "half two", "quarter to nine", "twenty past six", "five minutes before noon"."""
    j = i + (words[i] == "a" and i + 1 < len(words) and words[i + 1] == "quarter")
    if words[j] == "half":
        k = j + 2 if j + 1 < len(words) and words[j + 1] in ("past", "after", "passed") else j + 1
        hour = _named_or_hour(words, k, noisy=k == j + 2)
        if hour and k == j + 1 and (hour[0].exact or hour[0].hour > 12):
            return None
        return (replace(hour[0], minute=30), hour[1]) if hour else None
    if words[j] == "quarter":
        amount, k = 15, j + 1
    else:
        read = _minute(words, j) or ((UNITS[words[j]], j + 1) if words[j] in UNITS else None)
        if read is None and is_digits(words[j]) and len(words[j]) == 1:
            read = int(words[j]), j + 1
        if read is None or not 0 < read[0] < 60:
            return None
        amount, k = read
        k += k < len(words) and words[k] in ("minutes", "minute", "mins")
    if k >= len(words):
        return None
    word = "past" if words[k] == "passed" else words[k]
    if word in ("two", "too") and words[j] == "quarter":
        word = "to"
    direction = _DIRECTIONS.get(word)
    if direction is None or (word == "of" and words[j] != "quarter" and amount not in (5, 10, 20, 25)):
        return None
    hour = _named_or_hour(words, k + 1, noisy=True)
    if hour is None or (words[j] != "quarter" and amount not in (5, 10, 20, 25) and "minute" not in words[k - 1]):
        return None
    if word == "of" and words[j] != "quarter" and not clear_after(words, hour[1]):
        return None  # "five of eight people"
    base = hour[0]
    minutes = (base.hour * 60 + direction * amount) % (24 * 60 if base.exact or base.hour > 12 else 12 * 60)
    at_twelve = minutes // 60 == 0 and not base.exact and base.hour <= 12
    return replace(base, hour=12 if at_twelve else minutes // 60, minute=minutes % 60), hour[1]


def _named_or_hour(words: Sequence[str], i: int, *, noisy: bool) -> tuple[TimeParts, int] | None:
    if i >= len(words):
        return None
    named = _named(words, i)
    if named:
        return named
    hour = _hour(words, i, noisy=noisy)
    return (TimeParts(hour[0], exact=hour[0] == 0 or hour[0] > 12), hour[1]) if hour else None


def _written(words: Sequence[str], i: int, after_lead: bool) -> tuple[TimeParts, int] | None:
    """ "7:30", "7.30", "0730", "730" (the last only after "at" or before am/pm)."""
    word = words[i]
    for separator in (":", "."):
        hour, found, minute = word.partition(separator)
        if found and is_digits(hour) and is_digits(minute) and len(minute) == 2:
            return _clock_parts(int(hour), int(minute), hour[0] == "0" and len(hour) == 2, i + 1)
    if is_digits(word) and 3 <= len(word) <= 4 and not (i + 1 < len(words) and is_digits(words[i + 1])):
        marked = i + 1 < len(words) and words[i + 1] in ("am", "pm", "hours")
        if marked or after_lead or len(word) == 4 or len(words) <= 3:
            read = _clock_parts(
                int(word[:-2]), int(word[-2:]), word[0] == "0" or words[i + 1 : i + 2] == ("hours",), i + 1
            )
            return (replace(read[0], firm=marked or after_lead), read[1]) if read else None
    return None


def _clock_parts(hour: int, minute: int, exact: bool, end: int) -> tuple[TimeParts, int] | None:
    if hour > 23 or minute > 59:
        return None
    return TimeParts(hour, minute, exact=exact or hour > 12 or hour == 0), end


def _spoken(words: Sequence[str], i: int, after_lead: bool) -> tuple[TimeParts, int] | None:
    """ "seven", "seven thirty", "seven o'clock", "fourteen hundred", "oh nine hundred"."""
    lead_zero = words[i] in ("oh", "o", "zero") and i + 1 < len(words)
    hour = _hour(words, i + lead_zero, noisy=i > 0 and words[i - 1] == "at")
    if hour is None or (lead_zero and hour[0] > 9):
        return None
    h, j = hour
    exact = lead_zero or h > 12 or h == 0
    if j < len(words) and words[j] == "hundred":
        return TimeParts(h, exact=True, firm=True), j + 1 + at(words, j + 1, "hours")
    if j < len(words) and words[j] in ("oclock", "o") and (words[j] == "oclock" or at(words, j + 1, "clock")):
        return TimeParts(h, exact=h > 12 or h == 0), j + (1 if words[j] == "oclock" else 2)
    minute = _minute(words, j)
    if minute and not (minute[1] < len(words) and words[minute[1]] in _NOT_CLOCK):
        return TimeParts(h, minute[0], exact=exact, firm=clear_after(words, minute[1])), minute[1]
    if lead_zero or (h == 0 and not is_digits(words[i])):
        return None
    ish = j < len(words) and words[j] in ("ish", "sharp", "exactly")
    return TimeParts(h, exact=exact, firm=(after_lead and clear_after(words, j)) or ish), j + ish


def clear_after(words: Sequence[str], j: int) -> bool:
    """Whether the sentence goes on as after a time, not with what a number counts ("two thirty Main Street")."""
    if j >= len(words) or words[j] in _FOLLOWERS or words[j] in DAYPARTS:
        return True
    return bool(FILLERS.match(words, j) or COURTESY.match(words, j) or CORRECTION.match(words, j))


def _half(words: Sequence[str], j: int) -> tuple[str, int]:
    """The half of the day that follows at word ``j``: "pm", "in the evening", "tomorrow night"."""
    if j >= len(words):
        return "", j
    if words[j] in ("am", "pm"):
        return words[j], j + 1
    if words[j] in ("a", "p") and at(words, j + 1, "m"):
        return words[j] + "m", j + 2
    for lead in (
        ("in", "the"),
        ("at",),
        ("in",),
        ("this",),
        ("tomorrow",),
        ("on", "the"),
        ("yesterday",),
        (),
    ):
        k = j + len(lead)
        if at(words, j, *lead) and k < len(words) and words[k] in DAYPARTS:
            # "tomorrow" is left for the grammar of days.
            return DAYPARTS[words[k]], j if lead in (("tomorrow",), ("yesterday",)) else k + 1
    return "", j


_NAMED = frozenset({("the", "time", "to"), ("the", "time", "is"), ("the", "hour", "to"), ("the", "time", "for")})


def read_time(words: Sequence[str], i: int, original: Sequence[str]) -> tuple[TimeParts, int] | None:
    """A time at word ``i`` and the index after it; ``original`` are the words before masking."""
    after_lead = i > 0 and (
        original[i - 1] in _LEADS
        or (original[i - 1] in ("and", "or") and i > 2 and original[i - 3] == "between")
        or tuple(original[i - 3 : i]) in _NAMED  # "the day to Friday and the time to eleven"
    )
    read = (
        _named(words, i)
        or _relative_to_hour(words, i)
        or _written(words, i, after_lead)
        or _spoken(words, i, after_lead)
    )
    if read is None or MASK in words[i : read[1]]:
        return None
    parts, j = read
    half, end = _half(original, j)
    if half:
        if parts.hour == 0 and not parts.exact:
            return None
        # "A table for two tonight" is no time, "at two tonight" and "two thirty tonight" are.
        people = i > 0 and original[i - 1] == "for" and not parts.firm and half == "night"
        return replace(parts, half=half, firm=not people), end
    if not parts.firm and j + 1 == len(words) and words[j] in _DIRECTIONS:
        return None  # "five to" is half a time
    if not parts.firm and j < len(words) and words[j] in _NOT_CLOCK:
        return None
    return parts, j
