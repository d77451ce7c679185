"""Parse: one kind, or several kinds in one answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from .addresses import find_address
from .births import find_birth
from .cards import find_card
from .choices import find_choice
from .codes import find_code
from .date_kinds import find_date
from .date_ranges import find_date_range
from .durations import find_duration
from .emails import find_email
from .found import Found
from .hesitations import without_hesitations
from .kinds import Context, Kind, Parsed
from .misheard import misheard
from .money import find_money
from .names import find_person_name
from .number_kind import find_number
from .ordinals import find_ordinal
from .party import find_party_size
from .phones import find_phone
from .plain import without_idioms
from .postcodes import find_postcode
from .spelled_names import find_spelled_name
from .time_kinds import find_datetime, find_time
from .tokens import MASK, Utterance, word_set, words_of
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


def _fluent(u: Utterance, kinds: Sequence[Kind], context: Context) -> Utterance:
    """The utterance without hesitations; words of a choice's name are none where one is asked for."""
    if Kind.choice not in kinds:
        return without_hesitations(u)
    return without_hesitations(u, {word for one in context.choices for name in one.says for word in words_of(name)})


def parse(kind: Kind | str, text: str, context: Context) -> Parsed | None:
    """The value of ``kind`` in ``text``, or None when nothing of the kind was said.

    Never raises on any text; raises ValueError for an unknown kind and SpokenError for a broken context.
    """
    kind = Kind(kind)
    u = _fluent(Utterance.of(text), (kind,), context)
    readable = without_idioms(kind, u)
    found = GRAMMARS[kind](readable, context) if u.words else None
    if found is None:
        return None
    others = misheard(kind, found, readable, context, GRAMMARS[kind])
    return _parsed(kind, u, replace(found, alternatives=(*found.alternatives, *others)) if others else found)


def parse_all(kinds: Sequence[Kind | str], text: str, context: Context) -> list[Parsed]:
    """Values of several kinds in one answer, in the order they were said, no word used twice.

    A kind named twice may be found twice. With more than one kind a grammar asks for firm evidence: a name
    needs "under" or "my name is", a bare "seven" is no time without "at".
    """
    wanted = sorted((Kind(kind) for kind in kinds), key=list(GRAMMARS).index)
    whole = _fluent(Utterance.of(text, strict=len(wanted) > 1), wanted, context)
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
