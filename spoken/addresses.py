"""Street addresses: number words become digits, the rest is kept as said. Never surer than 0.7."""

from __future__ import annotations

from collections.abc import Sequence

from .digits import read_digit_group
from .everyday import EVERYDAY
from .found import CORRECTION, Found
from .kinds import Context
from .numbers import read_small_ordinal
from .tokens import MASK, Utterance, phrases, word_set

_STREETS = word_set(
    """street st avenue ave av road rd drive dr lane ln boulevard blvd court ct place pl way terrace square sq close
    crescent highway hwy parkway pkwy circle row mews hill gardens grove walk broadway loop trail alley green park
    quay rise view vale wharf yard esplanade plaza turnpike pike route mount crossing run point path drove parade
    common embankment street's bypass heights meadow meadows ridge landing cove bend creek"""
)
_FIRMLY_STREETS = word_set(
    "street avenue ave road drive lane boulevard terrace crescent highway parkway mews close grove"
)
_UNITS = frozenset({"apartment", "apt", "flat", "unit", "suite", "floor", "room", "building", "block", "box", "studio"})
_ARTICLES = frozenset({"the", "a", "an", "my", "our", "your", "his", "her", "their", "this", "that", "which", "what"})
_BEFORE_A_HOUSE = frozenset(
    {"at", "is", "its", "address", "number", "to", "erm", "um", "uh", "yes", "yeah", "sure", "be"}
)
_NOT_HOUSES = word_set(
    """am pm oclock people person persons guests minutes minute hours hour days day weeks week months month years year
    percent dollars pounds of times o nights adults kids children past to and or in on at for"""
)
_TAIL = phrases(
    """please | thanks | thank you | cheers | thats | if thats ok | and its | and thats | and my | and the | and i |
    and we | its the | its a | if you | because | but | so | on monday | on tuesday | on wednesday | on thursday |
    on friday | on saturday | on sunday | is my address | is the address | is where | i think | i believe | um | uh |
    erm | got that | did you get that | for delivery | for the delivery"""
)
_ADDED = phrases(
    """and | its | it is | its in | thats | thats in | in | um | uh | erm | well | so | yes | yeah | the city is |
    city is | the town is | the house number is | house number | number | the number is | the flat is | oh and | also |
    the zip is | zip code | postcode | the postcode is"""
)
_LAST = frozenset({"love", "mate", "right", "ta", "okay", "ok", "dear", "pal", "yes", "yeah"})


def find_address(u: Utterance, context: Context) -> Found | None:
    """The kind ``address``: from the flat or house number to the end of the utterance or of the last correction.

    A street without a number, or a number with a name but no street, is a part.
    """
    best: Found | None = None
    for start, end in _segments(u):
        found = _in_segment(u, start, end)
        if found is None:
            best = _house_corrected(best, u, start, end)
        elif best is None or found.complete or not best.complete:
            best = found
    if best is not None and u.strict and not best.complete:
        return None
    return best


def written_address(u: Utterance) -> tuple[int, int, str] | None:
    """What one more turn adds to an address: first word, index after the last, and the words as written."""
    start = 0
    while start < len(u.words) and (length := _ADDED.match(u.words, start)):
        start += length
    end = _tail(u, start, len(u.words)) if start < len(u.words) else start
    words = u.words[start:end]
    if not words or all(word in EVERYDAY and word not in _UNITS for word in words):
        return None
    return start, end, _written(u, start, end)


def _segments(u: Utterance) -> list[tuple[int, int]]:
    """The stretches between corrections and claimed words."""
    cuts: list[tuple[int, int]] = []
    start = i = 0
    while i < len(u.words):
        length = CORRECTION.match(u.words, i) or (u.words[i] == MASK)
        if length:
            cuts.append((start, i))
            start = i + length
        i += length or 1
    return [(a, b) for a, b in [*cuts, (start, len(u.words))] if b > a]


def _in_segment(u: Utterance, start: int, end: int) -> Found | None:
    words = u.words
    streets = [i for i in range(start, end) if words[i] in _STREETS and _has_a_name(words, start, i)]
    for i in range(start, end):
        unit = words[i] in _UNITS and i + 1 < end and _house(u, i + 1, end, letters=True) is not None
        house = None if unit else _house(u, i, end)
        if not unit and (house is None or not _goes_on_as_an_address(words, i, house[1], end)):
            continue
        if unit and words[i] == "box" and words[start:i][-1:] in (("po",), ("o",)):
            return _found(u, i - 1 - (words[i - 1] == "o"), _tail(u, i, end), 0.6, whole=True)
        if not any(street > i for street in streets):
            led = i == start or words[i - 1] in _BEFORE_A_HOUSE
            rest = set(words[house[1] : _tail(u, i, end)]) if house else set()
            numbered = led and 0 < len(rest) <= 5 and not rest & (EVERYDAY - _ARTICLES)
            if not numbered and not (unit and i == start):
                continue
            return _found(u, i, _tail(u, i, end), 0.5, whole=False)
        return _found(u, i, _tail(u, i, end), 0.7, whole=True)
    if not streets or u.strict:
        return None
    # "Rose Cottage, Mill Lane": a house with a name instead of a number.
    first = streets[0] - 1
    while first > start and words[first - 1] not in EVERYDAY:
        first -= 1
    named_house = streets[0] - first >= 3 and "," in "".join(u.between(i) for i in range(first + 1, streets[0]))
    return _found(u, first, _tail(u, first, end), 0.6 if named_house else 0.4, whole=named_house)


def _found(u: Utterance, start: int, end: int, sure: float, *, whole: bool) -> Found | None:
    return Found(start, end, _written(u, start, end), sure, complete=whole) if end > start else None


def _has_a_name(words: Sequence[str], start: int, street: int) -> bool:
    """ "Main Street", "the Crescent" after a number; not "the road", "right way", "street"."""
    if words[street] == "broadway":
        return True
    before = words[street - 1] if street > start else ""
    if before == "the":
        return street - 2 >= start and read_digit_group(words, street - 2) is not None
    if not before or before in _ARTICLES:
        return False
    named = before not in EVERYDAY or read_small_ordinal(words, street - 1) is not None
    return named or (words[street] in _FIRMLY_STREETS and before in ("high", "church", "station", "new", "old", "park"))


def _house(u: Utterance, i: int, end: int, *, letters: bool = False) -> tuple[str, int] | None:
    """A house number at word ``i``, its letter with it ("221B"), and the index after it."""
    words, digits, j = u.words[:end], "", i
    if read_small_ordinal(words, i):
        return None
    while j < end and len(digits) < 8:
        group = read_digit_group(words, j)
        if group is None or (words[j] == "o" and not digits) or (digits and "," in u.between(j)):
            break
        if digits and "-" in u.between(j):
            digits += "-"
        digits, j = digits + group[0], group[1]
    if not digits:
        single = letters and len(words[i]) == 1 and words[i].isalpha()
        return (words[i].upper(), i + 1) if single else None
    letter = j < end and len(words[j]) == 1 and words[j].isalpha()
    if letter and (letters or u.between(j) == "" or words[j] in "bcdefgh"):
        digits, j = digits + words[j].upper(), j + 1
    return digits, j


def _goes_on_as_an_address(words: Sequence[str], start: int, i: int, end: int) -> bool:
    if i >= end or words[i] in _NOT_HOUSES:
        return False
    named = words[i] not in EVERYDAY or words[i] in _UNITS or read_small_ordinal(words, i) is not None
    return named or (i + 1 < end and (words[i + 1] in _STREETS or words[i] == "the"))


def _house_corrected(best: Found | None, u: Utterance, start: int, end: int) -> Found | None:
    """ "7 Park Place, no, 9": a number alone replaces the house number."""
    house = _house(u, start, end)
    if best is None or house is None or house[1] != end:
        return best
    parts = str(best.value).split(" ")
    if not parts[0][:1].isdigit():
        return best
    return Found(best.start, end, " ".join([house[0], *parts[1:]]), best.confidence, complete=best.complete)


def _tail(u: Utterance, start: int, end: int) -> int:
    """Where the address ends: before the courtesy or the sentence that follows it."""
    end = next((i for i in range(start + 1, end) if _TAIL.match(u.words, i)), end)
    while end - 1 > start and u.words[end - 1] in _LAST:
        end -= 1
    return end


def _written(u: Utterance, start: int, end: int) -> str:
    parts: list[str] = []
    i = start
    while i < end:
        word = u.words[i]
        ordinal = read_small_ordinal(u.words, i)
        number = None if ordinal else _house(u, i, end, letters=bool(parts) and parts[-1].lower() in _UNITS)
        if ordinal:
            parts.append(word if word[0].isdigit() else _suffixed(ordinal[0]))
            i = ordinal[1]
        elif number:
            parts.append(number[0])
            i = number[1]
        else:
            if word in _UNITS and parts and word != "box":
                parts[-1] = parts[-1].rstrip(",") + ","
            parts.append(_capital(u.original(i)))
            i += 1
        if i < end and "," in u.between(i) and parts:
            parts[-1] = parts[-1].rstrip(",") + ","
    return " ".join(parts)


def _capital(raw: str) -> str:
    if raw[:1].isupper():
        return raw
    if raw == "po":
        return "PO"
    return "'".join(part.capitalize() if not n or len(part) > 2 else part for n, part in enumerate(raw.split("'")))


def _suffixed(n: int) -> str:
    if 11 <= n % 100 <= 13:
        return f"{n}th"
    return f"{n}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th') }"
