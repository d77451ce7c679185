"""People's names: "my name is Anna Miller", "under Miller", "Miller, m i double l e r", or spelled alone."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from .days import MONTHS, WEEKDAYS
from .found import CORRECTION, Found
from .kinds import Context
from .letters import Spelling, spellings
from .numbers import TEN_WORDS, UNITS
from .tokens import MASK, Utterance, phrases, word_set

_CUES = phrases(
    """my name is | my names | my full name is | the name is | the names | name is | names |
    under the name of | under the name | in the name of | under my name | the name of | by the name of |
    this is | im called | i am called | call me | its under | its for | under | put it under |
    put it down as | reservation for | booking for | last name is | my last name is | surname is |
    my surname is | family name is | first name is | my first name is | last name | surname |
    family name | first name | my name would be | my names actually | you can call me | they call me |
    i go by | name | should be under"""
)
_SOFT_CUES = phrases(
    """its | it is | im | i am | thats | that is | for | that would be | thatd be | yes its | yeah its |
    make it | no its | make that | change it to | it should be | to"""
)
_FIRST_NAME = frozenset({"first"})
_STOP = (
    word_set(
        """please thanks thank you and at on for tomorrow today tonight from with calling speaking here again
    but is was my the a an i im its it that thats this i'd id want need would like have to by in about
    because who as or so phone number email table party time next yes yeah no not spelled spelt spell
    spells spelling written like actually sorry wait mean um uh er erm ok okay just all one of them
    there hello hi hey what when where why how can could do does did are you we us our your me if will
    be been get got make change book booking cancel order problem help hang moment second wife husband
    noon midnight morning afternoon evening are how's good great sure well right correct wrong really
    think know dont cant question speak talk agent person human representative operator looking trying
    wondering calling interested available hoping going here late early happy afraid appointment
    reservation reschedule fine later first last surname family"""
    )
    | set(WEEKDAYS)
    | (set(MONTHS) - {"april", "may", "june", "august"})
    | set(UNITS)
    | set(TEN_WORDS)
)
_FILL = word_set("""um uh er erm well so yes yeah yep sure okay ok oh ah hi hello hey""")
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mister", "missus", "dr", "doctor", "sir", "madam", "professor"})
_PARTICLES = word_set("""van von der den de la le di da del dos al bin ibn ter ten""")
MAX_NAME_WORDS = 5


def _capital(u: Utterance, i: int) -> str:
    """The word as a name is written; a spelling with inner capitals is kept ("McDonald")."""
    raw = u.original(i).replace("’", "'")
    if any(c.isupper() for c in raw[1:]) and not raw.isupper():
        return raw
    word = raw.lower()
    if word in _PARTICLES:
        return word
    if len(word) > 3 and word.startswith("mc"):
        return "Mc" + word[2:].capitalize()
    return "'".join(part[:1].upper() + part[1:] for part in word.split("'")) if word[-2:] != "'s" else word.capitalize()


def _take(u: Utterance, i: int, stops: Sequence[range]) -> tuple[list[str], int, int]:
    """Name words from word ``i`` on: the words, the place of the first, the index after the last."""
    while i < len(u.words) and (u.words[i] in _TITLES or u.words[i] in _FILL):
        i += 1
    start = i
    taken: list[str] = []
    while i < len(u.words) and len(taken) < MAX_NAME_WORDS:
        word = u.words[i]
        will = word == "will" and not taken and i + 1 < len(u.words) and u.words[i + 1] not in _STOP
        if word == MASK or (word in _STOP and not will) or not word[0].isalpha() or any(i in r for r in stops):
            break
        if taken and any(mark in u.between(i) for mark in ".;?!") and len(u.words[i - 1]) > 1:
            break
        part = _capital(u, i)
        if taken and u.between(i) == "-":
            taken[-1] += "-" + part
        else:
            taken.append(part)
        i += 1
    return taken, start, i


def _spelled_ranges(u: Utterance) -> list[Spelling]:
    return [s for s in spellings(u.words) if len(s.characters) >= 3 and (s.firm >= 2 or s.end - s.start >= 3)]


def _title(characters: str) -> str:
    if len(characters) > 4 and characters.lower().startswith("mc") and characters.isalpha():
        return "Mc" + characters[2:].capitalize()
    name = "-".join(part[:1].upper() + part[1:] for part in characters.lower().split("-"))
    name = " ".join(part[:1].upper() + part[1:] for part in name.split(" "))
    return "'".join(part[:1].upper() + part[1:] for part in name.split("'"))


def _cue_hits(u: Utterance, spelled: Sequence[Spelling], *, soft: bool) -> list[Found]:
    stops = [range(s.start, s.end) for s in spelled]
    hits: list[Found] = []
    i = 0
    while i < len(u.words):
        firm = _CUES.match(u.words, i)
        length = firm or _SOFT_CUES.match(u.words, i)
        if not length or u.words[i] == MASK:
            i += 1
            continue
        names, start, end = _take(u, i + length, stops)
        if not firm and not soft and not _written_as_name(u, start, end):
            names = []
        if names:
            hits.append(Found(start, end, " ".join(names), 0.85 if firm else 0.7))
        i = max(end, i + length) if names else i + length
    return hits


def _written_as_name(u: Utterance, start: int, end: int) -> bool:
    """Whether a recognizer that writes capitals wrote these words with them."""
    if u.text.isupper() or start == 0:
        return False
    return all(u.original(i)[0].isupper() for i in range(start, end))


def _trailing(u: Utterance) -> Found | None:
    """ "Anna Miller speaking", "Miller here"."""
    for i, word in enumerate(u.words):
        if word in ("speaking", "here") and i > 0:
            start = i
            while (
                start > 0
                and i - start < 3
                and u.words[start - 1] not in _STOP | _FILL
                and u.words[start - 1][0].isalpha()
            ):
                start -= 1
            if start < i:
                return Found(start, i, " ".join(_capital(u, n) for n in range(start, i)), 0.8)
    return None


def _bare(u: Utterance, spelled: Sequence[Spelling]) -> Found | None:
    """An answer that is nothing but a name."""
    stops = [range(s.start, s.end) for s in spelled]
    start = 0
    for i in range(len(u.words)):
        if CORRECTION.match(u.words, i):
            start = i + CORRECTION.match(u.words, i)
    names, first, end = _take(u, start, stops)
    # "Garcia with a G" still is nothing but a name.
    tail = u.words[end : end + 6] if u.words[end : end + 1] != ("with",) else ()
    rest = [w for i, w in enumerate(tail, end) if w not in _STOP and not any(i in r for r in stops)]
    if not names or rest:
        return None
    return Found(first, end, " ".join(names), 0.75 if len(names) <= 3 else 0.5)


def find_person_name(u: Utterance, context: Context) -> Found | None:
    """The kind ``person_name``. A spelled tail corrects the word it spells."""
    spelled = _spelled_ranges(u)
    hits = _cue_hits(u, spelled, soft=not u.strict)
    found = _last_meant(hits, u) or _trailing(u) or (None if u.strict else _bare(u, spelled))
    if not spelled:
        return found
    letters = spelled[-1]
    name = _title(letters.characters)
    if found is None:
        return Found(letters.start, letters.end, name, 0.85) if not u.strict or letters.firm >= 3 else None
    if found.start > letters.start:
        return found
    parts = str(found.value).split(" ")
    if len(parts) == 1 and SequenceMatcher(None, parts[0].lower(), name.lower()).ratio() < 0.4:
        # "John, S M I T H": the spelled word is the next one, not a correction of the first.
        return Found(found.start, letters.end, f"{parts[0]} {name}", 0.8)
    at = max(range(len(parts)), key=lambda n: (_common_prefix(parts[n], name), n))
    parts[at if _common_prefix(parts[at], name) else len(parts) - 1] = name
    return Found(found.start, letters.end, " ".join(parts), 0.9)


def _common_prefix(a: str, b: str) -> int:
    n = 0
    for x, y in zip(a.lower(), b.lower(), strict=False):
        if x != y:
            break
        n += 1
    return n


def _last_meant(hits: Sequence[Found], u: Utterance) -> Found | None:
    """The name after the last correction; first and last name said apart are put together."""
    if not hits:
        return None
    chosen = hits[0]
    for hit in hits[1:]:
        gap = u.words[chosen.end : hit.start]
        if CORRECTION.within(u.words, chosen.end, hit.start):
            chosen = hit
        elif {"last", "surname", "family"} & set(gap):
            chosen = Found(chosen.start, hit.end, f"{chosen.value} {hit.value}", 0.85)
        elif {"first"} & set(gap):
            chosen = Found(chosen.start, hit.end, f"{hit.value} {chosen.value}", 0.85)
        elif hit.confidence > chosen.confidence:
            chosen = hit
    return _after_correction(chosen, u)


def _after_correction(chosen: Found, u: Utterance) -> Found:
    """ "My name is Miller, no, Mueller": the new name follows the correction without a cue."""
    for i in range(chosen.end, len(u.words)):
        length = CORRECTION.match(u.words, i)
        if length:
            names, start, end = _take(u, i + length, [])
            if names:
                return Found(start, end, " ".join(names), 0.8, also=((chosen.start, chosen.end),))
    return chosen


def find_spelled_name(u: Utterance, context: Context) -> Found | None:
    """The kind ``spelled_name``: letters, "M as in Mike"; a plain name is a part to be spelled."""
    runs = spellings(u.words)
    runs = [run for run in runs if len(run.characters) >= (3 if u.strict else 1)]
    if runs:
        chosen = runs[0]
        for run in runs[1:]:
            text = chosen.characters + run.characters
            start = chosen.start
            if CORRECTION.within(u.words, chosen.end, run.start):
                text, start = run.characters, run.start
            chosen = Spelling(start, run.end, text, chosen.firm + run.firm)
        return Found(chosen.start, chosen.end, _title(chosen.characters), 0.9 if chosen.firm >= 2 else 0.7)
    if u.strict:
        return None
    named = find_person_name(u, context)
    return Found(named.start, named.end, named.value, 0.4, complete=False) if named else None
