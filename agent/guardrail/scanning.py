"""Every value in a sentence, in any wording: firm ones first (with unit, month, o'clock), then bare numbers.

Nothing numeric is passed over: what no grammar takes is a bare number. The grammars are those of ``spoken``.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

from agent.guardrail.codes import ENDINGS, read_code
from agent.guardrail.idioms import FRACTIONS, IDIOMS
from agent.guardrail.readings import (
    Amount,
    Bare,
    Clock,
    Day,
    Daypart,
    Month,
    Percent,
    Piece,
    Reading,
    Span,
    Value,
)  # fmt: skip
from spoken.dates import read_date
from spoken.days import MONTHS, WEEKDAYS
from spoken.digits import read_digit_group
from spoken.numbers import ORDINALS, SCALES, TEN_WORDS, UNITS, read_number, read_ordinal
from spoken.times import TimeParts, read_time
from spoken.tokens import MASK, Utterance, word_set
from spoken.years import Calendar, read_year

_SYMBOLS = {"$": "USD", "£": "GBP", "€": "EUR"}
_CURRENCIES = _SYMBOLS | {
    "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD", "usd": "USD", "pound": "GBP", "pounds": "GBP",
    "quid": "GBP", "gbp": "GBP", "euro": "EUR", "euros": "EUR", "eur": "EUR", "yen": "JPY", "francs": "CHF",
}  # fmt: skip
_CENTS = word_set("cent cents penny pence pennies")
_PRICED = word_set("cost costs price priced total comes runs owe")
_COUNTED = word_set("people guests persons adults children kids of tickets items times")
_AFTER_RANK = word_set(
    """of at on in is works work would will can could should might may does has have suits suit for with and or it then
    from until till to through looks sounds seems still also too please now again instead i we you he she they there
    between before after around about was if as so but that this not our my your the a an"""
)
_PLACES = word_set("floor door street avenue exit building gate room stop row left right level house entrance caller")
_BEFORE_ONE = word_set("at by until till before after from room suite number gate screen row seat table for")
_UNITS = {
    "minute": ("minute", 1), "minutes": ("minute", 1), "min": ("minute", 1), "mins": ("minute", 1),
    "hour": ("minute", 60), "hours": ("minute", 60), "day": ("day", 1), "days": ("day", 1), "week": ("day", 7),
    "weeks": ("day", 7), "night": ("day", 1), "nights": ("day", 1), "month": ("month", 1), "months": ("month", 1),
    "year": ("year", 1), "years": ("year", 1), "seconds": ("minute", 1 / 60), "fortnight": ("day", 14),
}  # fmt: skip
_DAYPARTS = word_set("morning mornings afternoon afternoons evening evenings")
_DAY_WORDS = word_set("today tonight tomorrow yesterday tomorrows")
_STARTS_DATE = frozenset(WEEKDAYS) | frozenset(MONTHS) | _DAY_WORDS | word_set("the in a next this last week weekend")
_NUMBERS = (
    frozenset(UNITS) | frozenset(TEN_WORDS) | frozenset(ORDINALS)
    | word_set("dozen hundred thousand half quarter double")
)  # fmt: skip
COUNTING = _NUMBERS | frozenset(_CURRENCIES) | _CENTS | {"and", "point", "oh", "million"}
"""Words a price is made of"""
_WITHIN = frozenset(SCALES) | {"hundred", "point", "oh", "o"}
_ALSO = word_set("a an hour noon midday")
_TWELVE = 12 * 60
_CLOCK_WORDS = word_set("noon midday midnight oclock past quarter half")
_BEFORE_MONTH = word_set("in of by until till since this next last early late mid through")


class Scanner:
    """Reads sentences of one day and one reading direction of figures. Holds no state between them."""

    def __init__(self, today: date, day_first: bool = False) -> None:
        self._calendar = Calendar(today, day_first, strict=False, years=(1900, today.year + 10))

    def readings(self, text: str) -> list[Reading]:
        """Every value but names, from left to right."""
        u = Utterance.of(text)
        words = u.words
        found: list[Reading] = []
        i = 0
        while i < len(words):
            read = self._at(u, i)
            if read is None:
                i += self._idiom(u, i) or 1
                continue
            value, end = read
            if value is not None:
                found.append(Reading(value, *u.span(i, end)))
            i = end
        return found

    def _at(self, u: Utterance, i: int) -> tuple[Value | None, int] | None:
        """The reading at word ``i`` and the index after it; a value of None passes words over."""
        words, word = u.words, u.words[i]
        if word == MASK:
            return None
        code = read_code(u, i)
        numeric = _numeric(word) or _a_hundred(words, i)
        if not (numeric or code or word in _STARTS_DATE or word in _CURRENCIES or word in _ALSO):
            if word in _DAYPARTS:
                return self._part(u, i)
            return (Clock(frozenset({0})), i + 1) if word == "midnight" else None
        if code is not None and not _clocklike(words, i):
            return code
        if idiom := self._idiom(u, i):
            return None, i + idiom
        return (
            self._money(u, i) or self._day(u, i) or self._span(words, i) or self._clock(u, i)
            or self._month(u, i) or (self._bare(u, i) if numeric else None)
        )  # fmt: skip

    @staticmethod
    def _idiom(u: Utterance, i: int) -> int:
        """Words of an idiom at word ``i``; 0 where a stop parts them, or where "the one" goes on as a number."""
        words, length = u.words, IDIOMS.match(u.words, i)
        if any(u.between(k).strip() not in ("", "-") for k in range(i + 1, i + length)):
            return 0
        return 0 if length and words[i + length - 1] == "one" and _counted_on(words, i + length) else length

    @staticmethod
    def _money(u: Utterance, i: int) -> tuple[Value, int] | None:
        words = u.words
        read: tuple[int | float, int] | None
        if words[i] in _SYMBOLS:
            read = read_number(words, i + 1)
            if read is None:
                return None
            return Amount(_hundredths(read[0]), _SYMBOLS[words[i]]), read[1]
        j = i + (words[i] == "a" and i + 1 < len(words) and words[i + 1] in ("hundred", "thousand"))
        if words[i] == "a" and i + 1 < len(words) and words[i + 1] in ("dollar", "pound", "euro", "buck"):
            read = (1, i + 1)
        elif words[i] in ("hundred", "thousand"):
            read = (100 if words[i] == "hundred" else 1000), i + 1
        else:
            read = read_number(words, i) if not (words[i] == "a" and j == i) else None
        if read is None or read[1] >= len(words):
            return None
        amount, end = read
        if words[end] in _CENTS:
            return Amount(round(amount), ""), end + 1
        if words[end] not in _CURRENCIES or words[end] in _SYMBOLS:
            return None
        currency, end = _CURRENCIES[words[end]], end + 1
        k = end + (end < len(words) and words[end] == "and")
        small = read_number(words, k) if k < len(words) and _numeric(words[k]) else None
        if small and 0 < small[0] < 100 and "," not in u.between(end):
            cents = words[small[1]] in _CENTS if small[1] < len(words) else False
            if cents or k == end:
                return Amount(round(amount * 100 + small[0]), currency), small[1] + cents
        return Amount(_hundredths(amount), currency), end

    def _day(self, u: Utterance, i: int) -> tuple[Value, int] | None:
        words = u.words
        if words[i] == "a" and not (i + 1 < len(words) and words[i + 1] in ("week", "fortnight", "month")):
            return None
        if words[i] in ("may", "mar", "sun", "sat", "mon", "wed", "fri", "dec") and u.original(i)[:1].islower():
            return None
        read = read_date(words, i, self._calendar)
        if read is None:
            return None
        parts, end = read
        if (parts.fixed is not None or parts.days) and any("," in u.between(k) for k in range(i + 1, end)):
            return None  # "five days, Monday to Friday"
        if words[end - 1] == "may" and words[end : end + 1] and words[end] in ("i", "we", "you"):
            return None
        said = words[i:end]
        named = any(w in WEEKDAYS or w in MONTHS or w in _DAY_WORDS or w in ("week", "month", "weekend") for w in said)
        figures = any("/" in w or "-" in w or w.count(".") == 2 for w in said)
        offset = parts.fixed is not None and len(said) > 1
        if not named and not figures and not offset:
            # From the fourth on nobody takes "the fourteenth" for a rank.
            ranked = read_ordinal(words, end - 1) is not None and (parts.day or 0) > 3 and not _ranks(u, end)
            return (Day(parts), end) if ranked else None
        return Day(parts), end

    def _span(self, words: tuple[str, ...], i: int) -> tuple[Value, int] | None:
        for phrase, minutes in FRACTIONS.items():
            if words[i : i + len(phrase)] == phrase:
                return Span(minutes, "minute"), i + len(phrase)
        lone = words[i] in ("a", "an", "the", "in", "hour") and not _a_hundred(words, i)
        read = (1, i + 1) if words[i : i + 2] == ("an", "hour") else None if lone else read_number(words, i)
        if read is None or read[1] >= len(words):
            return None
        number, end = read
        if words[end] in ("%", "percent"):
            return Percent(float(number)), end + 1
        end += words[end] in ("business", "working") and end + 1 < len(words)
        unit = _UNITS.get(words[end])
        if unit is None:
            return None
        name, each = unit
        end += 1
        total = number * each
        if words[end : end + 3] == ("and", "a", "half"):
            return Span(total + each / 2, name), end + 3
        more = read_number(words, end + (words[end : end + 1] == ("and",))) if end < len(words) else None
        if more and words[end - 1] in ("hour", "hours") and words[more[1] : more[1] + 1] in (("minutes",), ("minute",)):
            return Span(total + more[0], "minute"), more[1] + 1
        return Span(total, name), end

    def _clock(self, u: Utterance, i: int) -> tuple[Value, int] | None:
        words = u.words
        if words[i] in _CURRENCIES or words[i] in ("the", "in", "this", "next", "last"):
            return None
        read = read_time(words, i, words)
        if read is None:
            return None
        parts, end = read
        said = words[i:end]
        marked = ":" in words[i] or parts.half != "" or not _CLOCK_WORDS.isdisjoint(said)
        marked = marked or (len(said) > 2 and said[-2] in ("to", "till", "of", "before", "after"))
        figures = words[i].isdigit() and len(words[i]) > 2
        led = i > 0 and words[i - 1] in ("at", "by", "until", "till") and parts.firm and not figures
        lone = len(words[i:end]) == 1 and "." in words[i]
        if lone or not (marked or led):
            return None
        ends: tuple[frozenset[int], ...] = ()
        if len(said) == 3 and said[1] == "to" and said[0] != "quarter":
            read_ends = (read_time(said[:1], 0, said[:1]), read_time(said[2:], 0, said[2:]))
            ends = tuple(minutes_of(each[0]) for each in read_ends if each)
        return Clock(minutes_of(parts), ends), end

    def _month(self, u: Utterance, i: int) -> tuple[Value, int] | None:
        word = u.words[i]
        if word not in MONTHS or u.original(i)[:1].islower():
            return None
        # "May I", "March on": only where a month stands.
        verb = word in ("may", "march") and (not i or u.words[i - 1] not in _BEFORE_MONTH)
        return None if verb else (Month(MONTHS[word]), i + 1)

    @staticmethod
    def _part(u: Utterance, i: int) -> tuple[Value, int] | None:
        before = u.words[max(0, i - 2) : i]
        if before[-1:] in (("good",), ("every",)) or not before:
            return None
        return Daypart(u.words[i].rstrip("s")), i + 1

    def _bare(self, u: Utterance, i: int) -> tuple[Value, int] | None:
        words, end = u.words, i + 1
        starts = [i]
        while end < len(words):
            gap = u.between(end).strip()
            joins = words[end] == "and" and words[end - 1] in ("hundred", "thousand") and _follows(words, end + 1)
            if self._money(u, end) or self._span(words, end):
                break
            if gap not in ("", ",", "-", "–", "(", ")", "/") or not (_follows(words, end) or joins):
                break
            if self._idiom(u, end) or _UNITS.get(words[end]) or words[end] in ("half", "quarter"):
                break
            # "Twenty-first" is one number, "nine - ten" are two.
            if gap and not (gap == "-" and words[end].isalpha() and u.between(end) == "-"):
                starts.append(end)
            end += 1
        if re.fullmatch(r"[A-Z]s", u.original(end) if end < len(words) else ""):
            return None  # "with two Ls"
        if (end == i + 1 or words[i + 1] == "one") and _no_value(u, i):
            return None
        bounds = [*starts, end]
        ending = bool(set(words[max(0, i - 4) : i]) & ENDINGS)
        pieces = tuple(
            self._piece(words, start, stop, stop == end and _counts(u, end)) for start, stop in pairwise(bounds)
        )
        return Bare(pieces, "".join(piece.digits for piece in pieces), ending), end

    def _piece(self, words: tuple[str, ...], start: int, end: int, counts: bool = False) -> Piece:
        number, ordinal = read_number(words[:end], start), read_ordinal(words[:end], start)
        time = read_time(words[:end], start, words[:end])
        year = read_year(words[:end], start, self._calendar)
        return Piece(
            frozenset({float(number[0])} if number and number[1] == end else ()),
            _digits(words, start, end),
            minutes_of(time[0]) if time and time[1] == end else frozenset(),
            year[0] if year and year[1] == end else 0,
            ordinal[0] if ordinal and ordinal[1] == end else 0,
            bool(set(words[max(0, start - 3) : start]) & _PRICED) and words[end : end + 1] not in _NOT_PRICED,
            start > 0 and words[start - 1] in ("from", "until", "till", "between", "to", "and"),
            counts,
            _timed(words, start, end),
        )


def minutes_of(parts: TimeParts) -> frozenset[int]:
    """Minutes since midnight a time may mean."""
    at = parts.hour * 60 + parts.minute
    if parts.half in ("", "night", "evening") and (parts.exact or parts.hour > 12):
        return frozenset({at})
    at %= _TWELVE
    if parts.half == "am":
        return frozenset({at})
    if parts.half == "night":
        return frozenset({at if at < 5 * 60 else at + _TWELVE})
    if parts.half in ("pm", "evening"):
        return frozenset({at + _TWELVE})
    return frozenset({at, at + _TWELVE})


_NOT_PRICED = frozenset((word,) for word in _COUNTED)


def _counted_on(words: tuple[str, ...], i: int) -> bool:
    """ "The one hundred dollars": what looked like "the one" goes on as a number."""
    return i < len(words) and (_follows(words, i) or words[i] in _UNITS or words[i] in _CURRENCIES)


def _a_hundred(words: tuple[str, ...], i: int) -> bool:
    return words[i] in ("a", "an") and i + 1 < len(words) and words[i + 1] in ("hundred", "thousand", "dozen")


def _timed(words: tuple[str, ...], start: int, end: int) -> bool:
    if start == 0 or words[start - 1] not in ("at", "around", "by", "until", "till"):
        return False
    return end >= len(words) or words[end] in _AFTER_RANK


def _counts(u: Utterance, end: int) -> bool:
    """Whether what ends before word ``end`` counts things: "five dentists" is no time."""
    if end >= len(u.words) or u.between(end).strip():
        return False
    after = u.words[end]
    return (
        u.original(end).isalpha() and len(after) > 4 and after.endswith("s") and not after.endswith("ss")
        and after not in _AFTER_RANK and after not in WEEKDAYS and after not in _DAYPARTS
        and after.removesuffix("s") not in _DAY_WORDS
    )  # fmt: skip


def _ranks(u: Utterance, end: int) -> bool:
    """Whether an ordinal before word ``end`` counts a thing: "the fifth floor" is no day."""
    if end >= len(u.words) or u.between(end).strip():
        return False
    after = u.words[end]
    return (
        after.isalpha() and len(after) > 2 and after not in _AFTER_RANK and after not in MONTHS and not _numeric(after)
    )


def _no_value(u: Utterance, i: int) -> bool:
    """ "The earlier one", "the first visit", "a double room", "just half"."""
    word, before = u.words[i], u.words[i - 1] if i else ""
    after = u.words[i + 1] if i + 1 < len(u.words) and not u.between(i + 1).strip() else ""
    if word == "one":
        # "For one dog" counts nothing that could be wrong; "for one" at its end may be a time, or a table.
        return before not in _BEFORE_ONE or (before == "for" and after.isalpha() and after not in _AFTER_RANK)
    if word in ("first", "second", "third", "1st", "2nd", "3rd"):
        if after in _PLACES:
            return False
        return before != "the" or (after != "" and after not in _AFTER_RANK and after not in MONTHS)
    return word in ("half", "quarter", "double") or (word in ("two", "three", "four") and before == "the")


def _clocklike(words: tuple[str, ...], i: int) -> bool:
    return words[i + 1 : i + 2] in (("am",), ("pm",))


def _hundredths(amount: float) -> int:
    """-1 for what no coin is small enough for: nothing costs that."""
    whole = round(amount * 100)
    return whole if abs(amount * 100 - whole) < 1e-6 else -1


def _numeric(word: str) -> bool:
    return word[0].isdigit() or word in _NUMBERS


def _follows(words: tuple[str, ...], i: int) -> bool:
    return i < len(words) and (_numeric(words[i]) or words[i] in _WITHIN)


def _digits(words: tuple[str, ...], start: int, end: int) -> str:
    digits, i = "", start
    while i < end:
        read = read_digit_group(words[:end], i)
        if read is None:
            return digits if i > start and words[i] == "and" else ""
        digits, i = digits + read[0], read[1]
    return digits
