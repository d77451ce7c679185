"""Codes in a sentence: written as a block ("AB1204"), spelled ("A B, one two"), by words ("B as in Bravo")."""

from __future__ import annotations

from agent.guardrail.readings import Code, Value
from spoken.digits import read_digit_group
from spoken.tokens import Utterance, word_set

ENDINGS = word_set("ending ends last starts starting begins beginning")
"""Words which announce that only a part is said."""

_SPELLING = word_set(
    """alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november
    oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu"""
)
_ALPHABET = {word: word[0] for word in _SPELLING}
_PLAIN = word_set("us uk id ok tv am pm ai eu")
"""Letters that are words"""
_LINKS = word_set("dash hyphen then")


def read_code(u: Utterance, i: int) -> tuple[Value | None, int] | None:
    """The code at word ``i`` and the index after it; it has a letter in it. None: no value, pass it over."""
    text, letters, j, end = "", 0, i, i
    block = True
    while j < len(u.words):
        if j > i and u.between(j).strip() not in ("", ",", "-", "–", "."):
            break
        if j > i and u.words[j] in _LINKS:
            j += 1
            continue
        if j > i and block and "," in u.between(j) and text[-1:].isdigit() and _counts(u, j):
            break  # "A119, two pairs"
        block = block and (j == i or u.between(j) in ("", "-"))
        element = _element(u, j, bool(text))
        if element is None:
            break
        text += element[0]
        letters += element[0].isalpha()
        j = end = element[1]
    mixed = letters and any(character.isdigit() for character in text)
    if letters == 1 and len(text) == 2 and text[0].isdigit() and u.words[i].isalpha():
        return None, end  # "with one L"
    if not (mixed or letters > 1) or text in _PLAIN or (text[:1] == "i" and letters == 1 and end - i > 1):
        return None
    return Code(text, bool(set(u.words[max(0, i - 4) : i]) & ENDINGS)), end


def _element(u: Utterance, j: int, began: bool) -> tuple[str, int] | None:
    word, written = u.words[j], u.original(j)
    read = read_digit_group(u.words, j)
    if word.isalpha() and (read is None or len(word) == 1):
        if u.words[j + 1 : j + 3] in (("as", "in"), ("like", "in")) and len(word) == 1 and j + 3 < len(u.words):
            return word, j + 4
        if len(word) == 1:
            # "A" and "I" are words: "a thirty dollar fee", "RX88, I have it". A small letter counts among others.
            follows = u.words[j + 1] if j + 1 < len(u.words) else ""
            if word == "a" and written == "a" and not (began and _lone_letter(u, j - 1)):
                return None
            if word == "i" and follows.isalpha() and len(follows) > 1 and read_digit_group(u.words, j + 1) is None:
                return None
            if word == "a" and not began and _opens(u, j) and not _spelled(u, j + 2):
                return None  # "A thirty minute walk"
            return (word, j + 1) if began or _spelled(u, j + 1) else None
        if word in _ALPHABET and (began or (j + 1 < len(u.words) and u.words[j + 1] in _ALPHABET)):
            return _ALPHABET[word], j + 1
        touches = (j + 1 < len(u.words) and u.between(j + 1) in ("", "-") and u.words[j + 1][0].isdigit()) or (
            began and u.between(j) in ("", "-")
        )
        near = written.isupper() and (began or (j + 1 < len(u.words) and u.words[j + 1][0].isdigit()))
        if word in ("am", "pm", "st", "nd", "rd", "th", "min", "mins", "k", "covid"):
            return None
        return (word, j + 1) if (touches and len(word) <= 6) or (near and len(word) <= 5) else None
    if read is not None and (began or _spelled(u, read[1])):
        return read
    return None


def _counts(u: Utterance, j: int) -> bool:
    """Whether a number at word ``j`` counts what follows."""
    read = read_digit_group(u.words, j)
    if read is None or read[1] >= len(u.words) or u.between(read[1]).strip():
        return False
    following = u.words[read[1]]
    return following.isalpha() and len(following) > 2 and read_digit_group(u.words, read[1]) is None


def _opens(u: Utterance, j: int) -> bool:
    return j == 0 or u.between(j).strip() in (".", "?", "!", ":", ";")


def _lone_letter(u: Utterance, j: int) -> bool:
    return j >= 0 and len(u.words[j]) == 1 and u.words[j].isalpha()


def _spelled(u: Utterance, j: int) -> bool:
    """Whether what follows at word ``j`` is a letter or digit of a code."""
    if j >= len(u.words) or u.between(j).strip() not in ("", ",", "-"):
        return False
    word = u.words[j]
    if word.isalpha() and len(word) == 1:
        return u.original(j).isupper() or word not in "ai"
    touching = u.between(j) in ("", "-") and word.isalpha() and u.original(j).isupper() and len(word) <= 4
    return touching or read_digit_group(u.words, j) is not None
