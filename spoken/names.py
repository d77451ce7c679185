"""People's names: "my name is Anna Miller", "under Miller", "Miller, m i double l e r"."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from .found import CORRECTION, Found
from .full_names import holds_whole, like_heard, spelled_parts, title
from .kinds import Context
from .letters import Spelling, spellings
from .name_words import ALSO_SURNAMES, CUES, FILL, PARTICLES, RELATIONS, SOFT_CUES, STOP, TITLES
from .tokens import MASK, Utterance

MAX_NAME_WORDS = 5
_LEADS = frozenset(
    {"hi", "hello", "hey", "its", "it", "is", "me", "yes", "yeah", "sure", "ok", "okay", "so", "well", "a"}
)


_LETTERS_IN_A_WORD = frozenset({"am", "an", "at", "do", "go", "he", "in", "on", "up", "us", "we"})
"""What a recognizer makes of the first two letters of a spelled name; nobody begins to spell with such a word."""


def _capital(u: Utterance, i: int) -> str:
    """The word as a name is written; a spelling with inner capitals is kept ("McDonald")."""
    raw = u.original(i).replace("’", "'")
    if any(c.isupper() for c in raw[1:]) and not raw.isupper():
        return raw
    word = raw.lower()
    if word in PARTICLES:
        return word
    if len(word) > 3 and word.startswith("mc"):
        return "Mc" + word[2:].capitalize()
    return "'".join(part[:1].upper() + part[1:] for part in word.split("'")) if word[-2:] != "'s" else word.capitalize()


def _take(u: Utterance, i: int, stops: Sequence[range], *, announced: bool = True) -> tuple[list[str], int, int]:
    """Name words from word ``i`` on: the words, the place of the first, the index after the last."""
    i = _past_the_relation(u, i) if announced else i
    while i < len(u.words) and (u.words[i] in TITLES or u.words[i] in FILL):
        i += 1
    start = i
    taken: list[str] = []
    while i < len(u.words) and len(taken) < MAX_NAME_WORDS:
        word = u.words[i]
        will = word == "will" and not taken and i + 1 < len(u.words) and u.words[i + 1] not in STOP
        surname = bool(taken) and word in ALSO_SURNAMES
        if word == MASK or (word in STOP and not will and not surname) or not word[0].isalpha():
            break
        if any(i in r for r in stops):
            break
        if taken and any(mark in u.between(i) for mark in ".;?!") and len(u.words[i - 1]) > 1:
            break
        part = _capital(u, i)
        joint = _joint(u, i) if taken or word in ("o", "mc", "d") else ""
        if joint == "o" and i + 1 < len(u.words):
            i += 1
            i += u.words[i] == "apostrophe" and i + 1 < len(u.words)
            taken.append(("Mc" if word == "mc" else word.upper() + "'") + _capital(u, i))
        elif joint == "-" and i + 1 < len(u.words):
            i += 1
            taken[-1] += "-" + _capital(u, i)
        elif taken and part == taken[0] and len(part) > 1:
            # "Mark, Mark Feldman" begins anew; so does "Bond, James Bond".
            taken, start = [*taken[1:], part], (i if len(taken) == 1 else start + 1)
        elif taken and u.between(i) == "-":
            taken[-1] += "-" + part
        else:
            taken.append(part)
        i += 1
    return taken, start, i


def _spelled_ranges(u: Utterance) -> list[Spelling]:
    found = [s for s in spellings(u.words) if s.firm >= 2 or s.end - s.start >= 3]
    return [s for s in found if len(s.characters) >= 3 or (s.firm >= 2 and _spells_what_was_said(u, s))]


def _spells_what_was_said(u: Utterance, letters: Spelling) -> bool:
    """ "Sam Li, L I": so few letters spell a name only where they are the word before them."""
    before = letters.start - 1
    while before >= 0 and (u.words[before] in _LEADS or u.words[before] == "thats"):
        before -= 1
    return before >= 0 and u.words[before] == letters.characters.lower()


def _past_the_relation(u: Utterance, i: int) -> int:
    """After "my mother" and the like, when a name follows: "it's for my mother Eleanor Rigby"."""
    j = i + (i < len(u.words) and u.words[i] in ("my", "our", "his", "her"))
    if i < j < len(u.words) and u.words[j] in RELATIONS:
        j += 1
        while j < len(u.words) and u.words[j] in ("is", "called", "named", "its", "name"):
            j += 1
        return j
    return i


def _joint(u: Utterance, i: int) -> str:
    """How a name goes on at word ``i``: "-" said as a word, "o" before the rest of O'Brien."""
    after = u.words[i + 1] if i + 1 < len(u.words) else ""
    if u.words[i] in ("hyphen", "dash") and after:
        return "-"
    follows = len(after) > 2 and after[0].isalpha() and (after not in STOP or after == "apostrophe")
    if u.words[i] in ("o", "mc") and follows:
        return "o"
    return "o" if u.words[i] == "d" and after == "apostrophe" else ""


def _cue_hits(u: Utterance, spelled: Sequence[Spelling], *, soft: bool) -> list[Found]:
    stops = [range(s.start, s.end) for s in spelled]
    hits: list[Found] = []
    i = 0
    while i < len(u.words):
        firm = CUES.match(u.words, i)
        length = firm or SOFT_CUES.match(u.words, i)
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
                and u.words[start - 1] not in STOP | FILL
                and len(u.words[start - 1]) > 1
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
    while start < len(u.words) and u.words[start] in _LEADS:
        start += 1
    names, first, end = _take(u, start, stops, announced=False)
    said = {name.lower() for name in names}
    # "Garcia with a G" still is nothing but a name.
    tail = u.words[end : end + 6] if u.words[end : end + 1] != ("with",) else ()
    rest = [w for i, w in enumerate(tail, end) if w not in STOP and w not in said and not any(i in r for r in stops)]
    if not names or rest:
        return None
    return Found(first, end, " ".join(names), 0.75 if len(names) <= 3 else 0.5)


def find_person_name(u: Utterance, context: Context) -> Found | None:
    """The kind ``person_name``. A spelled tail corrects the word it spells."""
    spelled = _spelled_ranges(u)
    hits = _cue_hits(u, spelled, soft=not u.strict)
    found = _last_meant(hits, u) or _trailing(u) or (None if u.strict else _bare(u, spelled))
    found = _surname_before(u, found) if found and not u.strict else found
    if not spelled:
        return found
    letters = spelled[-1]
    whole = spelled_parts(u, spelled)
    if " " in whole and (found is None or found.start <= spelled[0].end or found.start > letters.start):
        return Found(spelled[0].start, letters.end, whole, 0.9)
    glued = _glued(u, letters) if found is None and letters.firm >= 3 else 0
    name = title("".join(u.words[letters.start - glued : letters.start]) + letters.characters)
    if found is None and glued:
        return Found(letters.start - glued, letters.end, name, 0.8)
    if found is None:
        after = _name_after(u, letters)
        if after is not None:
            return Found(letters.start, after.end, f"{name} {after.value}", 0.8)
        return Found(letters.start, letters.end, name, 0.85) if not u.strict or letters.firm >= 3 else None
    if found.start > letters.start:
        return found
    parts = str(found.value).split(" ")
    if "".join(parts).casefold() == letters.characters.casefold():
        return Found(found.start, letters.end, found.value, 0.9)  # first and last name, spelled in one go
    if holds_whole(letters.characters, str(found.value)):
        return Found(found.start, letters.end, like_heard(name, str(found.value)), 0.9)
    if len(parts) == 1 and SequenceMatcher(None, parts[0].lower(), name.lower()).ratio() < 0.4:
        # "John, S M I T H": the spelled word is the next one, not a correction of the first.
        return Found(found.start, letters.end, f"{parts[0]} {name}", 0.8)
    alike = [SequenceMatcher(None, part.lower(), name.lower()).ratio() for part in parts]
    at = max(range(len(parts)), key=lambda n: (_common_prefix(parts[n], name), alike[n], n))
    parts[at] = name
    return Found(found.start, letters.end, " ".join(parts), 0.9)


def _glued(u: Utterance, letters: Spelling) -> int:
    """How many words before ``letters`` are letters that were written as a word: "Am y, s, a, t, o" (0 or 1)."""
    before = letters.start - 1
    alone = before >= 0 and all(u.words[i] in FILL for i in range(before))
    return int(alone and u.words[before] in _LETTERS_IN_A_WORD)


def _name_after(u: Utterance, letters: Spelling) -> Found | None:
    """ "A M Y, Sato": the surname is only said."""
    names, start, end = _take(u, letters.end, [], announced=False)
    said = len(names) == 1 and start == letters.end and end == len(u.words) and _written_as_name(u, start, end)
    if u.strict or not said or SequenceMatcher(None, names[0].lower(), letters.characters.lower()).ratio() >= 0.6:
        return None
    return Found(start, end, names[0], 0.8)


def _surname_before(u: Utterance, found: Found) -> Found:
    """ "Novak, first name Peter": the surname stands before the cue, without one of its own."""
    at = found.start - (u.words[found.start - 1 : found.start] == ("is",))
    if u.words[max(0, at - 2) : at] != ("first", "name"):
        return found
    start = 0
    while start < at - 2 and u.words[start] in _LEADS | FILL:
        start += 1
    names, first, end = _take(u, start, [range(at - 2, at)])
    end += u.words[end : end + 1] == ("my",)
    return Found(first, found.end, f"{found.value} {' '.join(names)}", 0.85) if names and end == at - 2 else found


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
