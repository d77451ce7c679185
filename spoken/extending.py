"""A value completed over turns: digits in groups, letters, a year after a day, a flat after a street."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .addresses import written_address
from .cards import luhn
from .codes import code_fits
from .date_kinds import calendar_for
from .digits import digit_runs, settle_runs
from .durations import read_stretch
from .found import CORRECTION
from .full_names import title
from .hesitations import without_hesitations
from .kinds import Context, Kind, Parsed, Value
from .letters import LETTER_NAMES, NATO, spellings
from .parsing import parse
from .phones import normalize_phone
from .postcodes import UK_POSTCODE
from .tokens import Utterance, phrases, without_fillers
from .years import read_year

_THATS_IT = phrases(
    """thats it | that is it | thats all | that is all | thats all of it | thats the number | thats the whole thing |
    thats everything | thats the lot | no more | nothing else | the end | end | done | finished | full stop |
    thats the end | thats my number | thats the code | no thats it | thats the whole number | period"""
)
_ANEW = phrases(
    "start again | start over | from the start | from the beginning | let me start again | lets start again"
)
_DIGIT_KINDS = frozenset({Kind.phone, Kind.card, Kind.postcode, Kind.code})


def extend(kind: Kind | str, earlier: Value, text: str, context: Context) -> Parsed | None:
    """Complete a part over turns; the result's ``text`` and ``span`` are those of this turn.

    ``earlier`` is the value of a ``Parsed`` with ``complete=False`` (a code or a spelled name may go on anyway). A new
    whole value replaces the part; "sorry, five six" replaces as many characters at its end; "that's it" ends it.
    """
    kind = Kind(kind)
    fresh = parse(kind, text, context)
    u = without_hesitations(Utterance.of(text))
    if any(_ANEW.match(u.words, i) for i in range(len(u.words))):
        return fresh
    if kind in _DIGIT_KINDS:
        whole = fresh is not None and fresh.complete and (kind is not Kind.code or _bounded(context))
        return fresh if whole else _characters(kind, str(earlier), u, context) or _ended(kind, earlier, u, context)
    if kind is Kind.spelled_name:
        return _letters(str(earlier), u) or _ended(kind, earlier, u, context) or fresh
    if kind is Kind.datetime:
        return _datetime(str(earlier), fresh)
    if kind is Kind.date_of_birth:
        return fresh if fresh and fresh.complete else _birth_year(str(earlier), u, context) or fresh
    if kind is Kind.date_range:
        return fresh if fresh and fresh.complete else _last_day(str(earlier), u, context) or fresh
    if kind is Kind.address:
        return _address(str(earlier), u, fresh) or _ended(kind, earlier, u, context)
    if kind is Kind.person_name:
        return _surname(str(earlier), u, fresh)
    return fresh


def _bounded(context: Context) -> bool:
    return context.length is not None or context.pattern is not None


def _corrects(u: Utterance, start: int) -> bool:
    """Whether the words before ``start`` take something back: "sorry, five six"."""
    return CORRECTION.within(u.words, 0, start)


def _joined(earlier: str, new: str, corrects: bool) -> str:
    if corrects and len(new) <= len(earlier):
        return earlier[: len(earlier) - len(new)] + new
    return new if corrects else earlier + new


def _parsed(kind: Kind, value: str, u: Utterance, place: tuple[int, int], sure: float, *, whole: bool) -> Parsed:
    span = u.span(*place)
    return Parsed(kind, value, u.text[slice(*span)], span, sure, (), whole)


def _characters(kind: Kind, earlier: str, u: Utterance, context: Context) -> Parsed | None:
    lettered = kind is Kind.code or (kind is Kind.postcode and context.locale == "en-GB")
    read = _spelled(u, digits=True) if lettered else None
    if not lettered:
        run = settle_runs(digit_runs(u), u)
        read = (run.start, run.end, run.digits) if run else None
    if read is None:
        return None
    start, end, new = read
    kept = earlier.replace(" ", "") if lettered else "".join(c for c in earlier if c in "0123456789")
    value, whole = _joined(kept, new.upper().replace("-", ""), _corrects(u, start)), False
    sure = 0.5
    if kind is Kind.phone:
        value, sure, whole = normalize_phone(value, context, plus=earlier.startswith("+"))
    elif kind is Kind.card:
        whole = 13 <= len(value) <= 19 and luhn(value)
    elif kind is Kind.code:
        whole = code_fits(value, context)
    elif lettered:
        match = UK_POSTCODE.fullmatch(value)
        whole = match is not None
        value = f"{match[1]} {match[2]}" if match else value
    else:
        whole = len(value) in (5, 9)
        value = f"{value[:5]}-{value[5:]}" if len(value) == 9 else value
    return _parsed(kind, value, u, (start, end), 0.9 if whole and kind is not Kind.phone else sure, whole=whole)


def _spelled(u: Utterance, *, digits: bool) -> tuple[int, int, str] | None:
    """What is spelled in this turn; here a letter by itself is one."""
    stretches = spellings(u.words, digits=digits)
    if stretches:
        return stretches[0].start, stretches[-1].end, "".join(each.characters for each in stretches)
    kept = without_fillers(u.words)
    if not kept or not _one_letter(u.words[kept[-1]]):
        return None
    i = kept[-1]
    others = [j for j in kept[:-1] if not CORRECTION.match(u.words, j)]
    return None if others else (i, i + 1, _one_letter(u.words[i]))


def _one_letter(word: str) -> str:
    return word if len(word) == 1 and word.isalpha() else NATO.get(word) or LETTER_NAMES.get(word, "")


def _letters(earlier: str, u: Utterance) -> Parsed | None:
    read = _spelled(u, digits=False)
    if read is None:
        return None
    start, end, new = read
    again = len(new) >= 3 and (_corrects(u, start) or new[:2].lower() == earlier[:2].lower())
    value = title(new if again else _joined(earlier, new, _corrects(u, start)))
    return _parsed(Kind.spelled_name, value, u, (start, end), 0.85, whole=True)


def _ended(kind: Kind, earlier: Value, u: Utterance, context: Context) -> Parsed | None:
    """ "That's it": the value is what it was; whole where nothing says how long it has to be."""
    place = next((i for i in range(len(u.words)) if _THATS_IT.match(u.words, i)), None)
    if place is None:
        return None
    whole = kind in (Kind.spelled_name, Kind.address) or (kind is Kind.code and code_fits(str(earlier), context))
    end = place + _THATS_IT.match(u.words, place)
    return _parsed(kind, str(earlier), u, (place, end), 0.8 if whole else 0.5, whole=whole)


def _datetime(earlier: str, fresh: Parsed | None) -> Parsed | None:
    if fresh is None or fresh.complete:
        return fresh
    part = str(fresh.value)
    if ("-" in part) == ("-" in earlier):
        return fresh
    day, clock = (earlier, part) if "-" in earlier else (part, earlier)
    others = tuple(f"{day}T{a}" if "-" in earlier else f"{a}T{clock}" for a in fresh.alternatives)
    return Parsed(Kind.datetime, f"{day}T{clock}", fresh.text, fresh.span, fresh.confidence, others)


def _birth_year(earlier: str, u: Utterance, context: Context) -> Parsed | None:
    """ "Eighty two" after the fourth of March."""
    calendar = calendar_for(context, strict=False, birth=True)
    for i in range(len(u.words)):
        year = read_year(u.words, i, calendar) if earlier.startswith("--") else None
        if year:
            try:
                day = date(year[0], int(earlier[2:4]), int(earlier[5:7]))
            except ValueError:
                return None
            return _parsed(Kind.date_of_birth, day.isoformat(), u, (i, year[1]), 0.9, whole=True)
    return None


def _last_day(earlier: str, u: Utterance, context: Context) -> Parsed | None:
    """ "Until Friday", "three nights" after the first day."""
    try:
        first = date.fromisoformat(earlier)
    except ValueError:
        return None
    for i in range(len(u.words)):
        stay = read_stretch(u.words, i)
        if stay and stay[0].minutes >= 1440:
            nights = any(word in ("night", "nights") for word in u.words[i : stay[1]])
            last = first + timedelta(days=int(stay[0].minutes // 1440) - (0 if nights else 1))
            return _parsed(Kind.date_range, f"{first}/{last}", u, (i, stay[1]), 0.85, whole=True)
    # The end is looked for from the first day on.
    then = datetime.combine(first, time(12), ZoneInfo(context.tz))
    end = parse(Kind.date, u.text, replace(context, now=then))
    if end is None or str(end.value) < earlier:
        return None
    return replace(end, kind=Kind.date_range, value=f"{earlier}/{end.value}", alternatives=())


def _address(earlier: str, u: Utterance, fresh: Parsed | None) -> Parsed | None:
    if fresh is not None and fresh.complete:
        return fresh
    more = written_address(u)
    if more is None:
        return None
    start, end, text = more
    numbered = earlier[:1].isdigit() or earlier.split(" ")[0].lower() in ("flat", "apartment", "unit", "suite")
    if text.rstrip("ABCDEFGH").isdigit() and not numbered:
        return _parsed(Kind.address, f"{text} {earlier}", u, (start, end), 0.7, whole=True)
    joined = f"{earlier.rstrip(',')}, {text}"
    return _parsed(Kind.address, joined, u, (start, end), 0.7 if numbered else 0.5, whole=numbered)


def _surname(earlier: str, u: Utterance, fresh: Parsed | None) -> Parsed | None:
    """ "And the last name is Miller" after a first name."""
    last = bool({"last", "surname", "surnames", "family"} & set(u.words))
    if fresh is None or not last or " " in earlier or " " in str(fresh.value):
        return fresh
    return replace(fresh, value=f"{earlier} {fresh.value}", alternatives=())
