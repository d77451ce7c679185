"""Parse: one kind, several kinds in one answer, and a value completed over turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from .addresses import find_address
from .births import find_birth
from .cards import find_card, luhn
from .choices import find_choice
from .codes import code_fits, find_code
from .date_kinds import find_date
from .date_ranges import find_date_range
from .digits import digit_runs, settle_runs
from .durations import find_duration
from .emails import find_email
from .found import Found
from .kinds import Context, Kind, Parsed, Value
from .money import find_money
from .names import find_person_name
from .numbers import find_number
from .ordinals import find_ordinal
from .party import find_party_size
from .phones import find_phone, normalize_phone
from .plain import without_idioms
from .postcodes import find_postcode
from .spelled_names import find_spelled_name
from .time_kinds import find_datetime, find_time
from .tokens import MASK, Utterance, word_set
from .yes_no import find_yes_no

Range = tuple[int, int]
Grammar = Callable[[Utterance, Context], Found | None]


_SAYING_NOTHING = word_set(
    "um umm uh uhh uhm er err erm errm hmm hm mm mmm ah aah eh oh well so like er... and the a you know"
)


def _find_free_text(u: Utterance, context: Context) -> Found | None:
    kept = [i for i, word in enumerate(u.words) if word != MASK]
    if not kept or (u.strict and len(kept) < 2) or all(u.words[i] in _SAYING_NOTHING for i in kept):
        return None
    # With other values taken out, the longest stretch that is left.
    start = end = best_start = best_end = kept[0]
    for i in kept:
        if i != end:
            start = i
        end = i + 1
        if end - start > best_end - best_start:
            best_start, best_end = start, end
    first, last = u.span(best_start, best_end)
    return Found(best_start, best_end, u.text[first:last].strip(), 0.9)


# In the order in which they may claim words of a shared answer: the most unmistakable first.
GRAMMARS: dict[Kind, Grammar] = {
    Kind.email: find_email,
    Kind.card: find_card,
    Kind.phone: find_phone,
    Kind.date_of_birth: find_birth,
    Kind.datetime: find_datetime,
    Kind.date_range: find_date_range,
    Kind.date: find_date,
    Kind.time: find_time,
    Kind.money: find_money,
    Kind.duration: find_duration,
    Kind.postcode: find_postcode,
    Kind.code: find_code,
    Kind.party_size: find_party_size,
    Kind.choice: find_choice,
    Kind.spelled_name: find_spelled_name,
    Kind.person_name: find_person_name,
    Kind.address: find_address,
    Kind.ordinal: find_ordinal,
    Kind.number: find_number,
    Kind.yes_no: find_yes_no,
    Kind.free_text: _find_free_text,
}


def _parsed(kind: Kind, u: Utterance, found: Found) -> Parsed:
    start, end = u.span(found.start, found.end)
    others = tuple(dict.fromkeys(a for a in found.alternatives if a != found.value))
    return Parsed(
        kind, found.value, u.text[start:end], (start, end), round(found.confidence, 3), others, found.complete
    )


def parse(kind: Kind | str, text: str, context: Context) -> Parsed | None:
    """The value of ``kind`` in ``text``, or None when nothing of the kind was said.

    Never raises on any text; raises ValueError for an unknown kind and SpokenError for a broken context.
    """
    kind = Kind(kind)
    u = Utterance.of(text)
    found = GRAMMARS[kind](without_idioms(kind, u), context) if u.words else None
    return _parsed(kind, u, found) if found else None


def parse_all(kinds: Sequence[Kind | str], text: str, context: Context) -> list[Parsed]:
    """Values of several kinds in one answer, in the order they were said, no word used twice.

    A kind named twice may be found twice. With more than one kind a grammar asks for firm evidence: a name
    needs "under" or "my name is", a bare "seven" is no time without "at".
    """
    wanted = sorted((Kind(kind) for kind in kinds), key=list(GRAMMARS).index)
    whole = Utterance.of(text, strict=len(wanted) > 1)
    u = whole
    results: list[tuple[Kind, Found, list[Range]]] = []
    for kind in wanted:
        if not u.words:
            break
        found = GRAMMARS[kind](without_idioms(kind, u), context)
        if found is None:
            continue
        pieces = [piece for each in found.pieces or ((found.start, found.end),) for piece in _free(u, each)]
        if not pieces:
            continue
        results.append((kind, found, sorted(pieces)))
        u = u.masked([*pieces, *found.also])
    parsed = [_parsed(kind, whole, _placed(found, pieces, results)) for kind, found, pieces in results]
    return sorted(parsed, key=lambda each: each.span)


def _free(u: Utterance, piece: Range) -> list[Range]:
    """The stretches of a range that no earlier value has claimed."""
    stretches: list[Range] = []
    for i in range(*piece):
        if u.words[i] == MASK:
            continue
        if stretches and stretches[-1][1] == i:
            stretches[-1] = stretches[-1][0], i + 1
        else:
            stretches.append((i, i + 1))
    return stretches


def _placed(found: Found, pieces: Sequence[Range], results: Sequence[tuple[Kind, Found, list[Range]]]) -> Found:
    """The find with the span of all its pieces, or of the last one if another value lies between them."""
    start, end = pieces[0][0], pieces[-1][1]
    others = [piece for _, other, claimed in results if other is not found for piece in claimed]
    if any(start < stop and begin < end for begin, stop in others):
        start, end = pieces[-1]
    return replace(found, start=start, end=end)


def extend(kind: Kind | str, earlier: Value, text: str, context: Context) -> Parsed | None:
    """Complete a part over turns: digits in groups, then the time for a day already said (or the reverse).

    ``earlier`` is the value of a ``Parsed`` with ``complete=False``. The result's ``text`` and ``span`` are
    those of this turn. A new whole value simply replaces the part.
    """
    kind = Kind(kind)
    fresh = parse(kind, text, context)
    if kind is Kind.datetime:
        return _extend_datetime(str(earlier), text, context, fresh)
    if fresh is not None and fresh.complete and kind in (Kind.phone, Kind.card, Kind.postcode):
        return fresh
    if kind in (Kind.phone, Kind.card, Kind.code, Kind.postcode):
        return _extend_digits(kind, str(earlier), text, context, fresh)
    return fresh


def _extend_digits(kind: Kind, earlier: str, text: str, context: Context, fresh: Parsed | None) -> Parsed | None:
    if kind is Kind.code:
        if fresh is None:
            return None
        joined = earlier + str(fresh.value)
        whole = code_fits(joined, context)
        return Parsed(kind, joined, fresh.text, fresh.span, fresh.confidence if whole else 0.5, (), whole)
    u = Utterance.of(text)
    run = settle_runs(digit_runs(u), u)
    if run is None:
        return None
    digits = "".join(c for c in earlier if c in "0123456789") + run.digits
    value, sure, whole = digits, 0.5, False
    if kind is Kind.phone:
        value, sure, whole = normalize_phone(digits, context, plus=earlier.startswith("+"))
    elif kind is Kind.card:
        whole = 13 <= len(digits) <= 19 and luhn(digits)
    elif context.locale == "en-US":
        whole = len(digits) in (5, 9)
        value = f"{digits[:5]}-{digits[5:]}" if len(digits) == 9 else digits
    sure = 0.9 if whole and kind is not Kind.phone else sure
    span = u.span(run.start, run.end)
    return Parsed(kind, value, text[span[0] : span[1]], span, sure, (), whole)


def _extend_datetime(earlier: str, text: str, context: Context, fresh: Parsed | None) -> Parsed | None:
    if fresh is None or fresh.complete:
        return fresh
    part = str(fresh.value)
    if ("-" in part) == ("-" in earlier):
        return fresh
    day, clock = (earlier, part) if "-" in earlier else (part, earlier)
    others = tuple(f"{day}T{a}" if "-" in earlier else f"{a}T{clock}" for a in fresh.alternatives)
    return Parsed(Kind.datetime, f"{day}T{clock}", fresh.text, fresh.span, fresh.confidence, others)
