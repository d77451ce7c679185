"""Things said sign by sign: codes, telephone numbers, postcodes, spelled names, e-mail addresses.

Each function gives the pieces a template of the phrase bank can be filled with, by name.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable

from switchboard.simulation.numerals import cardinal, digit

_ALPHABET_WORDS = (
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo "
    "sierra tango uniform victor whiskey x-ray yankee zulu"
)
_HOMELY_WORDS = (
    "apple boy cat dog egg frank george harry igloo john king larry mary nancy orange peter queen robert sam tom "
    "umbrella victor william xylophone yellow zebra"
)
_NATO = {word[0]: word for word in _ALPHABET_WORDS.split()}
_HOMELY = {word[0]: word for word in _HOMELY_WORDS.split()}
_SOUND_ALIKE = frozenset("bdptvmnfs")
_RUNS = {2: "double", 3: "triple"}


def letters(value: str, rng: random.Random, locale: str) -> dict[str, str]:
    """The pieces of a code or postcode; signs other than letters and digits are not said."""
    signs = [sign for sign in value.lower() if sign.isascii() and sign.isalnum()]
    if not signs:
        raise ValueError(f"{value!r} has no letters or digits to say")
    plain = [_sign(sign, locale) for sign in signs]
    nato = _each(signs, _NATO.__getitem__)
    as_in = [f"{sign} as in {_HOMELY[sign]}" if sign in _HOMELY else digit(sign) for sign in signs]
    some = [long if sign in _SOUND_ALIKE else short for sign, long, short in zip(signs, as_in, plain, strict=True)]
    pauses = _paused(plain, rng)
    made = {
        "letters": " ".join(plain),
        "nato": " ".join(nato),
        "as_in": " ".join(as_in),
        "as_in_some": " ".join(some),
        "for_words": " ".join(_each(signs, lambda sign: f"{sign} for {_NATO[sign]}")),
        "like": " ".join(_each(signs, lambda sign: f"{sign} like {_HOMELY[sign]}")),
        "letter_pauses": pauses,
        "joined": "".join(signs),
        "joined_upper": "".join(signs).upper(),
    }
    for name in ("letters", "nato"):
        made[f"{name}_oh"] = _oh(made[name])
    made["letter_pauses_oh"] = _oh(pauses)
    return made


def phone(value: str, rng: random.Random, locale: str) -> dict[str, str]:
    """The pieces of a telephone number, E.164 or national digits; the country's own prefix is not said."""
    digits = national(value, locale)
    groups = phone_groups(digits)
    spoken = [" ".join(digit(one) for one in group) for group in groups]
    made = {
        "digits": " ".join(digit(one) for one in digits),
        "groups": ", ".join(spoken),
        "doubles": " ".join(_doubled(group, locale) for group in groups),
        "pairs": " ".join((*spoken[:-1], _paired(groups[-1]))),
        "pauses": _paused(spoken, rng),
    }
    made |= {f"{name}_oh": _oh(text) for name, text in made.items()}
    return made | {"numerals": "-".join(groups), "numerals_plain": digits}


def national(value: str, locale: str) -> str:
    """Digits as dialled at home: +1 falls away in en-US, +44 becomes 0 in en-GB."""
    digits = re.sub(r"\D", "", value)
    if not digits:
        raise ValueError(f"{value!r} has no digits to say")
    if value.strip().startswith("+"):
        if locale == "en-US" and digits.startswith("1"):
            return digits[1:]
        if locale == "en-GB" and digits.startswith("44"):
            return "0" + digits[2:]
    return digits


def phone_groups(digits: str) -> list[str]:
    """Digits as people pause: 555-0142, 617-555-0142, 07700-900-123; short ones stay whole."""
    if len(digits) == 7:
        return [digits[:3], digits[3:]]
    if len(digits) == 10:
        return [digits[:3], digits[3:6], digits[6:]]
    if len(digits) == 11:
        return [digits[:5], digits[5:8], digits[8:]]
    return [digits[at : at + 3] for at in range(0, len(digits), 3)]


def name(value: str, locale: str) -> dict[str, str]:
    """The pieces of a person's name; one word has no `last`."""
    parts = value.lower().split()
    if not parts:
        raise ValueError("an empty name cannot be said")
    made = {"full": " ".join(parts), "spelled": spelled("".join(parts), locale)}
    if len(parts) > 1:
        made |= {"first": parts[0], "last": " ".join(parts[1:]), "spelled_last": spelled("".join(parts[1:]), locale)}
    return made


def spelled(word: str, locale: str = "en-US") -> str:
    """The letters of a word one by one, "double l" for two alike in en-GB; other signs are not said."""
    signs = [sign for sign in word.lower() if sign.isalnum()]
    if locale != "en-GB":
        return " ".join(signs)
    return re.sub(r"\b(\w) \1\b", r"double \1", " ".join(signs))


def email(value: str) -> dict[str, str]:
    """The pieces of an e-mail address: words as they stand, and the part before the sign spelled."""
    before, sign, after = value.lower().partition("@")
    if not (before and sign and after):
        raise ValueError(f"{value!r} is not an e-mail address")
    domain = _address_words(after)
    return {
        "email_words": f"{_address_words(before)} at {domain}",
        "email_spelled": f"{' '.join(_address_words(one) for one in before)} at {domain}",
        "before": _address_words(before),
        "after": f"at {domain}",
    }


def _address_words(text: str) -> str:
    for mark, word in ((".", " dot "), ("-", " dash "), ("_", " underscore "), ("+", " plus ")):
        text = text.replace(mark, word)
    return " ".join(re.sub(r"\d", lambda match: f" {digit(match.group())} ", text).split())


def _sign(sign: str, locale: str) -> str:
    if sign.isdigit():
        return digit(sign)
    return "zed" if sign == "z" and locale == "en-GB" else sign


def _each(signs: Iterable[str], letter: Callable[[str], str]) -> list[str]:
    return [digit(sign) if sign.isdigit() else letter(sign) for sign in signs]


def _oh(text: str) -> str:
    return re.sub(r"\bzero\b", "oh", text)


def _paused(pieces: list[str], rng: random.Random) -> str:
    said = [pieces[0]]
    for piece in pieces[1:]:
        said.append(rng.choice(("", "", "um", "uh", "then")))
        said.append(piece)
    return " ".join(one for one in said if one)


def _doubled(group: str, locale: str) -> str:
    said: list[str] = []
    for match in re.finditer(r"(\d)\1{0,2}", group):
        run = _RUNS.get(len(match.group()), "")
        run = "treble" if run == "triple" and locale == "en-GB" else run
        said.append(f"{run} {digit(match.group(1))}".strip())
    return " ".join(said)


def _paired(group: str) -> str:
    if len(group) % 2:
        return " ".join(digit(one) for one in group)
    pairs = [group[at : at + 2] for at in range(0, len(group), 2)]
    return " ".join(cardinal(int(one)) if one[0] != "0" else " ".join(map(digit, one)) for one in pairs)
