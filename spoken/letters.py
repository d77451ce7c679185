"""Spelling: "m i double l e r", "M as in Mike", "mike india lima", "bee", "double u", digits among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from .digits import ZEROS, read_digit_group
from .everyday import EVERYDAY
from .numbers import HOMOPHONES, UNITS
from .tokens import is_digits, word_set
from .words import SPELLING_WORDS

NATO = {word.lower().replace("-", ""): letter for letter, word in SPELLING_WORDS.items()} | {
    "alpha": "a", "juliett": "j", "whisky": "w", "ex-ray": "x", "foxtrott": "f",
}  # fmt: skip
# Names of letters as a recognizer writes them; read only beside clearer letters.
LETTER_NAMES = {
    "ay": "a", "bee": "b", "be": "b", "see": "c", "sea": "c", "cee": "c", "dee": "d", "ee": "e", "eff": "f",
    "ef": "f", "gee": "g", "aitch": "h", "haitch": "h", "eye": "i", "jay": "j", "kay": "k", "el": "l",
    "ell": "l", "em": "m", "en": "n", "oh": "o", "pee": "p", "pea": "p", "queue": "q", "cue": "q", "are": "r",
    "ar": "r", "ess": "s", "es": "s", "tee": "t", "tea": "t", "you": "u", "vee": "v", "ex": "x", "why": "y",
    "wye": "y", "zee": "z", "zed": "z",
}  # fmt: skip
SIGNS = {"hyphen": "-", "dash": "-", "apostrophe": "'", "space": " "}
_REMARKS = frozenset({"with", "without"})
_SIZES = frozenset({"capital", "uppercase", "lowercase", "big", "small", "letter"})
# Short words that stand before digits without belonging to them: "my code is 12", "at 7".
_NOT_BLOCKS = word_set(
    """is its it the my for of to at in on um uh er so and or no yes yep ok oh a an be we me by as am pm pin id
    was i im code but not now i'm let has got add dot plus then that you your our his her she he they us all"""
)
# Said of nothing but a letter.
_ONLY_LETTERS = frozenset({"zed", "zee", "aitch", "haitch", "eff", "ess", "vee", "wye", "cee", "gee", "ell"})
_VERBS_OF_I = word_set(
    """mean meant think thought guess believe said say dont do have had am will suppose cant can need want was would
    forgot lost deleted got just know spell spelled see live work wrote gave should"""
)
_REPEATS = {"double": 2, "triple": 3, "treble": 3}


@dataclass(frozen=True)
class Spelling:
    """Characters spelled in the words ``[start, end)``. ``firm`` counts those that can be nothing else;
    ``zeros`` are the places of an "o" or "oh" that may be the letter or the digit."""

    start: int
    end: int
    characters: str
    firm: int
    zeros: tuple[int, ...] = ()

    def variants(self) -> list[str]:
        """The characters with every doubtful o as the digit, as the letter, then (up to four of them) mixed."""
        if not self.zeros:
            return [self.characters]
        mixed = product("0o", repeat=len(self.zeros)) if len(self.zeros) <= 4 else iter(())
        ways = [("0",) * len(self.zeros), ("o",) * len(self.zeros), *mixed]
        return list(dict.fromkeys(self._with(way) for way in ways))

    def _with(self, way: Sequence[str]) -> str:
        letters = list(self.characters)
        for place, letter in zip(self.zeros, way, strict=True):
            letters[place] = letter
        return "".join(letters)


@dataclass
class _Element:
    text: str
    end: int
    firm: bool
    doubtful: bool = False


def _letter(words: Sequence[str], i: int) -> _Element | None:
    word = words[i]
    if len(word) == 1 and word.isalpha():
        if word == "i" and i + 1 < len(words) and words[i + 1] in _VERBS_OF_I:
            return None
        if word == "x" and words[i + 1 : i + 2] == ("ray",):
            return _Element("x", i + 2, True)
        # "B bravo" names the letter twice.
        twice = i + 1 < len(words) and NATO.get(words[i + 1]) == word
        return _Element(word, i + 1 + twice, True)
    if word in NATO:
        return _Element(NATO[word], i + 1, False)
    if word in LETTER_NAMES:
        return _Element(LETTER_NAMES[word], i + 1, word in _ONLY_LETTERS)
    return None


def _with_example(words: Sequence[str], i: int) -> _Element | None:
    """ "m as in mike", "b for boy". The example word outweighs the letter, which is heard worse."""
    if tuple(words[i + 1 : i + 3]) in (("as", "in"), ("like", "in"), ("is", "in"), ("as", "and")):
        at = i + 3
        if at < len(words) and words[at][0].isalpha():
            x_ray = words[at] == "x" and words[at + 1 : at + 2] == ("ray",)
            return _Element(words[at][0], at + 1 + x_ray, True)
    if i + 2 < len(words) and words[i + 1] in ("for", "like") and len(words[i]) == 1:
        example = words[i + 2]
        if example[0] == words[i] and len(example) > 1:
            return _Element(words[i], i + 3, True)
    return None


def _block(words: Sequence[str], i: int, began: bool) -> _Element | None:
    """ "AB" before or after digits as one written word; "for" at the end of a code as a digit."""
    word = words[i]
    last = i + 1 == len(words)
    if began and word in HOMOPHONES and (last or read_digit_group(words, i + 1)):
        return _Element(str(UNITS[HOMOPHONES[word]]), i + 1, True)
    if not 2 <= len(word) <= 3 or not (word.isascii() and word.isalpha()):
        return None
    if word in _NOT_BLOCKS or word in NATO or word in LETTER_NAMES or (len(word) > 2 and word in EVERYDAY):
        return None
    before_digit = not last and words[i + 1] not in ZEROS and read_digit_group(words, i + 1) is not None
    after_digit = began and i > 0 and read_digit_group(words, i - 1) is not None
    return _Element(word, i + 1, True) if before_digit or after_digit else None


def _element(words: Sequence[str], i: int, *, digits: bool, began: bool) -> _Element | None:
    word = words[i]
    if word in _SIZES and i + 1 < len(words):
        return _element(words, i + 1, digits=digits, began=began)
    if word in _REPEATS and i + 1 < len(words):
        if word == "double" and words[i + 1] in ("u", "you", "yu"):
            return _Element("w", i + 2, True)
        inner = _letter(words, i + 1)
        if inner and not (digits and words[i + 1] in ZEROS):
            return _Element(inner.text * _REPEATS[word], inner.end, True)
    example = _with_example(words, i) if began or _letter(words, i) else None
    if example:
        return example
    if digits:
        if word in ("o", "oh"):
            return _Element("0", i + 1, word == "o", True)
        group = read_digit_group(words, i)
        if group:
            return _Element(group[0], group[1], True)
        block = _block(words, i, began)
        if block:
            return block
    if began and word in SIGNS and i + 1 < len(words):
        goes_on = words[i + 1] not in SIGNS and _element(words, i + 1, digits=digits, began=True)
        return _Element(SIGNS[word], i + 1, True) if goes_on else None
    return _letter(words, i)


def read_spelling(words: Sequence[str], i: int, *, digits: bool = False) -> Spelling | None:
    """The longest spelled stretch at word ``i``; None unless it holds something that is surely spelled.

    One letter alone is a spelling only with an example or a digit beside it; words that merely sound like
    letters ("you are") are not one. With ``digits`` numbers count as characters.
    """
    text, firm, j, last_firm = "", 0, i, i
    zeros: list[int] = []
    elements = nato = 0
    length_at_firm = 0
    while j < len(words) and len(text) < 64:
        element = _element(words, j, digits=digits, began=bool(text))
        if element is None or (text and _explains(words, i, j, element, text)):
            break
        if element.doubtful:
            zeros.append(len(text))
        spoken_nato = words[j] in NATO
        text += element.text
        elements += 1
        nato += spoken_nato
        firm += element.firm
        j = element.end
        # A trailing "you" or "are" belongs to the sentence, not to the word that was spelled,
        # unless the stretch is long enough to carry it.
        if element.firm or spoken_nato or firm >= 2:
            last_firm, length_at_firm = j, len(text)
    text = text[:length_at_firm].rstrip("- '")
    if not text or (firm == 0 and nato < 3) or firm + nato < 1:
        return None
    if nato == 0 and elements - firm + (not digits) > firm:
        return None  # "are you a": words that sound like letters, and an article
    if elements == 1 and len(text) == 1 and last_firm == i + 1 and not is_digits(text):
        return None
    return Spelling(i, last_firm, text, firm, tuple(z for z in zeros if z < len(text)))


def _goes_on(words: Sequence[str], i: int) -> bool:
    return i < len(words) and _letter(words, i) is not None


def _explains(words: Sequence[str], i: int, j: int, element: _Element, text: str) -> bool:
    """ "U one, U as in Uniform": the last words explain a letter said before."""
    example = len(words[j]) == 1 and element.end - j >= 3 and not {"as", "for", "like"} & set(words[i:j])
    return example and element.end == len(words) and element.text in text[:-1]


def _is_remark(words: Sequence[str], spelling: Spelling, earlier: Sequence[Spelling]) -> bool:
    """ "... an E at the end", "U as in Uniform" after the whole."""
    at_end = tuple(words[spelling.end : spelling.end + 3]) in (("at", "the", "end"), ("on", "the", "end"))
    if not earlier or len(spelling.characters) > 2:
        return False
    explained = spelling.end == len(words) and spelling.end - spelling.start >= 3
    explained = explained and not {"as", "for", "like"} & set(words[earlier[-1].start : earlier[-1].end])
    return at_end or (explained and spelling.characters in earlier[-1].characters[:-1])


def spellings(words: Sequence[str], *, digits: bool = False) -> list[Spelling]:
    """Every spelled stretch of the words, left to right; not the remarks ("Carl with a C", "no E at the end")."""
    found: list[Spelling] = []
    i = 0
    while i < len(words):
        if not digits and words[i] in _REMARKS and i + 1 < len(words):
            # The letters of "with a C" are no part of the name.
            i += 2 if words[i + 1] in ("a", "an", "one", "two", "no", "the") else 1
            i += i < len(words) and _letter(words, i) is not None and not _goes_on(words, i + 1)
            continue
        spelling = read_spelling(words, i, digits=digits)
        if spelling:
            if _is_remark(words, spelling, found):
                found[-1] = replace(found[-1], end=spelling.end)
            else:
                found.append(spelling)
            i = spelling.end
        else:
            i += 1
    return found
