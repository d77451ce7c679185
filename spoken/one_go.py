"""First and last name spelled in one go, "C O L I N M C B R I D E": where the first ends, by what people are called."""

from __future__ import annotations

from collections.abc import Mapping

from .census import family_names, given_names
from .full_names import title

LEAST_LETTERS = 2
"""of each of the two names"""
_RARE = 0.0005
"""per cent: the share of a listed name that is too rare for the three digits of the lists"""
_UNLISTED = 0.01
"""per cent: the share of a name in no list, of one letter..."""
_FEWER = 0.35
"""... and how much rarer each letter more makes it"""
_MOST_UNLISTED = 0.00003
"""per cent: more than so many have none"""
_COMMON = 0.008
"""per cent: from here on one listed name is enough to tell where it ends or begins"""
_FLOOR = 1e-9
"""per cent: two names which are rarer together are as likely one that is in no list"""
_AS_GIVEN = 0.02
"""of those who have a family name, about as many have it as a given name: Wyatt, Harper"""
_VOWELS = frozenset("aeiouy")


def first_and_last(name: str) -> str:
    """One word made of letters as first and last name: "Colinmcbride" is Colin McBride. As it is where none are well
    founded: for the rules see ``in_two``.
    """
    parts = in_two(name)
    return " ".join(title(part) for part in parts.split(" ")) if " " in parts else name


def in_two(characters: str) -> str:
    """The letters with a space after the given name; as they are where no two names are well founded.

    Of all places the one is meant whose two names are the most common together. One of them may be in no list, if it
    could be a name and the other is common; and nothing is split that is one name at least as common as the two
    ("Johnson" is no John Son).
    """
    letters = characters.casefold()
    if not letters.isascii() or not letters.replace("'", "").isalpha():
        return characters
    places = range(LEAST_LETTERS, len(letters) - LEAST_LETTERS + 1)
    together = {at: _given(letters[:at], letters[at:]) for at in places}
    at = max(places, key=lambda n: (together[n], n), default=0)
    whole = max(_share(given_names(), letters), _share(family_names(), letters))
    return f"{characters[:at]} {characters[at:]}" if at and together[at] > max(whole, _FLOOR) else characters


def _given(first: str, last: str) -> float:
    """How common (per cent) a person of these two names is; 0 when nothing says that they are names."""
    given, family = _share(given_names(), first), _share(family_names(), last)
    given = given or _AS_GIVEN * _share(family_names(), first)
    if given and family:
        return given * family / 100.0
    if family >= _COMMON and _may_be_name(first):
        return _unlisted(first) * family / 100.0
    if given >= _COMMON and _may_be_name(last):
        return _unlisted(last) * given / 100.0
    return 0.0


def _unlisted(letters: str) -> float:
    return min(_MOST_UNLISTED, _UNLISTED * _FEWER ** (len(letters) - 1))


def _share(names: Mapping[str, float], letters: str) -> float:
    share = names.get(letters.replace("'", ""))
    return 0.0 if share is None else max(share, _RARE)


def _may_be_name(letters: str) -> bool:
    """Whether letters in no list look like a name: long enough, and with a vowel where a syllable needs one."""
    return len(letters) > LEAST_LETTERS and not _VOWELS.isdisjoint(letters[:3])
