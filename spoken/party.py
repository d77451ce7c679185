"""How many people: "four of us", "table for two", "me and my wife", "two adults and a baby"."""

from __future__ import annotations

from collections.abc import Sequence

from .found import Found, settle_found
from .kinds import Context
from .number_kind import lone_homophone
from .numbers import HOMOPHONES, UNITS, read_number
from .times import DAYPARTS, clear_after
from .tokens import FILLERS, MASK, Utterance, phrases, word_set

_WHOLE = {
    "just me": 1, "only me": 1, "just myself": 1, "by myself": 1, "on my own": 1, "me alone": 1,
    "just one": 1, "myself": 1, "a single": 1, "solo": 1, "alone": 1, "a couple": 2,
    "couple of people": 2, "the couple": 2, "a pair": 2, "both of us": 2, "the both of us": 2,
    "half a dozen": 6, "a dozen": 12, "two couples": 4, "three couples": 6,
}  # fmt: skip
_WHOLE_PHRASES = phrases("|".join(_WHOLE))
_PEOPLE = word_set(
    """people person persons guests guest pax diners adults adult kids kid children child friends friend
    others other colleagues colleague seats covers passengers babies baby toddlers toddler toddler
    infants infant seniors ladies men women guys of grownups coworkers students teenagers"""
)
_COMPANY = word_set(
    """wife husband partner girlfriend boyfriend mother mom mum father dad sister brother son daughter
    friend boss colleague fiance fiancee spouse baby toddler child kid mate date assistant neighbor
    neighbour cousin aunt uncle grandmother grandfather grandma grandpa niece nephew roommate client
    guest missus hubby fella bloke pal gran nan granny grandson granddaughter stepson stepdaughter stepmother stepfather
    flatmate housemate carer nanny sitter toddler newborn"""
)
_PAIRS = frozenset({"parents", "grandparents", "folks", "inlaws", "twins"})
_KINDS = frozenset({"adults", "adult", "grownups", "men", "women", "ladies", "kids", "children", "seniors"})
_ADJECTIVES = frozenset({"other", "more", "small", "little", "young", "adult", "good", "extra"})
_SELF = frozenset({"me", "i", "myself", "im"})
_LEADS = frozenset({"for", "of", "be", "party", "table", "are", "were"})
_NOT_PEOPLE = word_set(
    """am pm oclock o minutes minute hours hour days day weeks week nights night dollars pounds st th nd rd
    past thirty fifteen hundred thousand january february march april may june july august september
    october november december percent half quarter"""
)


def _quantity(words: Sequence[str], i: int) -> tuple[int, int] | None:
    read = read_number(words, i)
    if read is not None:
        return (read[0], read[1]) if isinstance(read[0], int) and 0 <= read[0] <= 1000 else None
    if words[i] in ("a", "an"):
        return 1, i + 1
    return None


def _counted(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """ "two adults", "a baby", "four": a number and the people it counts."""
    read = _quantity(words, i)
    if read is None:
        return None
    n, j = read
    while j + 1 < len(words) and words[j] in _ADJECTIVES and words[j + 1] not in ("and", "plus", "with"):
        j += 1
    if j < len(words) and words[j] in _PEOPLE:
        if words[j] == "of" and not (j + 1 < len(words) and words[j + 1] in ("us", "them", "you")):
            return None
        if words[j] == "of" and words[j + 1] == "them" and n == 1:
            return None
        return n, j + (2 if words[j] == "of" else 1)
    return None


def _company(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """ "my wife", "our two kids", "two friends": people beside the caller."""
    j = i
    if words[j] in ("my", "our", "the", "his", "her"):
        j += 1
        if j >= len(words):
            return None
    counted = _counted(words, j)
    if counted and words[counted[1] - 1] not in ("us", "them", "you"):
        return counted
    if j > i and words[j] in _PAIRS:
        return 2, j + 1
    if (j > i or (i > 0 and words[i - 1] == "and")) and words[j] in _COMPANY:
        return 1, j + 1
    return None


def _with_self(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """A list in which the caller counts: "me and my wife", "our two kids and me", "me plus two"."""
    total, j, selves, members = 0, i, 0, 0
    end = i
    while j < len(words):
        if words[j] in ("and", "plus", "with", "also") and members:
            j += 1
            continue
        if words[j] in _SELF:
            selves, j = 1, j + 1
        else:
            company = _company(words, j)
            plain = _quantity(words, j) if members and words[j - 1] in ("plus", "and") else None
            if company is None and plain is None:
                break
            n, j = company or plain or (0, j)
            total += n
        members += 1
        end = j
    if members < 2 or (not selves and not any(w in ("my", "our") for w in words[i:end])):
        return None
    return total + 1, end


def _sum(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """ "two adults and two children" = 4, "four people"."""
    first = _counted(words, i)
    if first is None:
        return None
    total, j = first
    while j + 1 < len(words):
        joined = words[j] in ("and", "plus", "with")
        # "Two adults, one child": kinds of people listed without "and".
        listed = words[j - 1] in _KINDS and words[j] not in ("a", "an")
        more = _counted(words, j + joined) if joined or listed else None
        more = more or (_further(words, j + 1) if joined else None)
        if more is None:
            break
        total, j = total + more[0], more[1]
    if words[i] in ("a", "an") and j == first[1]:
        return None  # "a friend of mine" counts nobody
    return total, j


def _further(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """ "Two more", "one extra", "me", "my sister" after people already counted."""
    if words[i] in _SELF:
        return 1, i + 1
    quantity = _quantity(words, i)
    if quantity and words[quantity[1] : quantity[1] + 1] in (("more",), ("extra",), ("others",)):
        return quantity[0], quantity[1] + 1
    return _company(words, i)


def _hit(u: Utterance, i: int) -> Found | None:
    words = u.words
    for rule in (_with_self, _sum):
        read = rule(words, i)
        if read and read[0] > 0:
            return Found(i, read[1], read[0], 0.95)
    whole = _WHOLE_PHRASES.match(words, i)
    if whole and not (words[i + whole : i + whole + 1] == ("of",) and i + whole + 1 < len(words)
                      and words[i + whole + 1] not in _PEOPLE | {"us"}):  # fmt: skip
        key = " ".join(words[i : i + whole])
        alone = key in ("myself", "alone", "solo", "a single", "just one")
        if not (u.strict and alone) and not (
            key in ("just me", "only me") and words[i + whole : i + whole + 1] in (("and",), ("plus",))
        ):
            return Found(i, i + whole, _WHOLE[key], 0.9)
    return _plain(u, i)


def _added(words: Sequence[str], j: int) -> tuple[int, int] | None:
    """ "Two plus two"."""
    more = read_number(words, j + 1) if words[j] == "plus" else None
    return (more[0], more[1]) if more and isinstance(more[0], int) and more[0] > 0 else None


def _in_a_row(u: Utterance, i: int, j: int) -> bool:
    """Whether a number stands in a string of digits or a time ("seven thirty"): it counts nobody."""
    if "not" in u.words[max(0, i - 3) : i]:
        return False
    after = j < len(u.words) and not u.between(j).strip() and (read_number(u.words, j) or u.words[j] in ("oh", "o"))
    before = i > 0 and not u.between(i).strip() and read_number(u.words, i - 1)
    return bool(after or before)


def _plain(u: Utterance, i: int) -> Found | None:
    words = u.words
    led = i > 0 and words[i - 1] in _LEADS and words[max(0, i - 2) : i] != ("out", "of")
    read = read_number(words, i)
    if read is None and led and words[i - 1] in ("for", "of") and words[i] in HOMOPHONES:
        after = words[i + 1 : i + 2]
        if (
            words[i] != "for"
            or not after
            or FILLERS.match(words, i + 1)
            or after[0] in _PEOPLE
            or after[0] in ("at", "on", MASK, *DAYPARTS)
        ):
            at_table = i > 1 and words[i - 2] in ("table", "party", "reservation", "booking", "group")
            if at_table or not u.strict:
                return Found(i, i + 1, UNITS[HOMOPHONES[words[i]]], 0.6)
    if read is None or not isinstance(read[0], int) or not 0 <= read[0] <= 1000:
        return None
    n, j = read
    if (j < len(words) and words[j] in _NOT_PEOPLE) or (i > 0 and words[i - 1] in ("at", "past", "by", "to")):
        return None
    if u.strict and i > 0 and words[i - 1] == "around":
        return None
    # "At seven thirty": the thirty belongs to the clock.
    if i > 1 and read_number(words, i - 1) is not None and words[i - 2] in ("at", "around", "by", "for", "past"):
        return None
    if u.strict and not led:
        return None
    if j + 1 < len(words) and words[j] in ("and", "plus") and (more := _counted(words, j + 1) or _added(words, j)):
        return Found(i, more[1], n + more[0], 0.85)
    if _in_a_row(u, i, j):
        return None
    if words[j : j + 2] in (("of", "them"), ("of", "those")):
        return None
    seats = j < len(words) and words[j] in ("top", "seater", "including", "counting", "plus", "max", "altogether")
    paused = j < len(words) and u.between(j).strip() in (",", ".", ";")
    if not led and not seats and not paused and not clear_after(words, j):
        return None
    j += j < len(words) and words[j] in ("top", "seater")
    return Found(i, j, n, 0.95 if led else 0.9)


def find_party_size(u: Utterance, context: Context) -> Found | None:
    """The kind ``party_size``."""
    hits: list[Found] = []
    i = 0
    while i < len(u.words):
        hit = _hit(u, i) if u.words[i] != MASK else None
        if hit:
            hits.append(hit)
        i = hit.end if hit else i + 1
    if hits:
        return settle_found(hits, u)
    lone = None if u.strict else lone_homophone(u)
    return Found(lone[1], lone[1] + 1, lone[0], 0.6) if lone else None
