"""E-mail addresses as said: "john dot smith at gmail dot com", "j smith forty two at example dot org"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .digits import read_digit_group
from .found import Found
from .kinds import Context
from .letters import read_spelling
from .tokens import MASK, Utterance, phrases

_WRITTEN = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}")
VALID_EMAIL = re.compile(
    r"[a-z0-9_%+\-]+(\.[a-z0-9_%+\-]+)*@[a-z0-9]([a-z0-9\-]*[a-z0-9])?(\.[a-z0-9\-]+)*\.[a-z]{2,24}"
)
_SIGNS = {
    "dot": ".", "point": ".", "period": ".", "underscore": "_", "dash": "-", "hyphen": "-", "minus": "-",
    "plus": "+", "_": "_", "+": "+",
}  # fmt: skip
_PROVIDERS = {
    "gmail": "gmail.com", "g mail": "gmail.com", "gee mail": "gmail.com", "hotmail": "hotmail.com",
    "hot mail": "hotmail.com", "yahoo": "yahoo.com", "outlook": "outlook.com", "icloud": "icloud.com",
    "i cloud": "icloud.com", "aol": "aol.com", "a o l": "aol.com", "protonmail": "protonmail.com",
    "proton mail": "protonmail.com", "live": "live.com", "msn": "msn.com", "m s n": "msn.com",
}  # fmt: skip
_PROVIDER_PHRASES = phrases("|".join(_PROVIDERS))
_ENDINGS = {"calm": "com", "come": "com", "comm": "com", "nett": "net", "ork": "org"}
_START = phrases(
    """my email is | my email address is | email is | email address is | the email is | the address is |
    address is | its | it is | thats | that is | that would be | at is | sure | yes | yeah | okay | ok |
    well | um | uh | so | is | my e mail is | e mail is | e mail address is | send it to | write to |
    reach me at | all lowercase | lower case | lowercase | all lower case | you can use | use | no |
    sorry | i mean | actually | to | email | mail"""
)


def _piece(words: Sequence[str], i: int, *, local: bool) -> tuple[str, int] | None:
    """One part of an address: a sign, a spelled stretch, digits, or a word."""
    word = words[i]
    if word in _SIGNS and not (word in ("point", "period") and not local):
        return _SIGNS[word], i + 1
    spelling = read_spelling(words, i)
    if spelling and spelling.firm >= 2:
        return spelling.characters, spelling.end
    digits = read_digit_group(words, i)
    if digits and word not in ("oh", "o"):
        return digits
    if word.isascii() and word.isalnum():
        return word, i + 1
    if word.count(".") == 1 and word.replace(".", "").isalnum() and word.isascii():
        return word, i + 1
    return None


def _join(words: Sequence[str], start: int, end: int, *, local: bool) -> str | None:
    text, i = "", start
    while i < end:
        piece = _piece(words[:end], i, local=local)
        if piece is None:
            return None
        text, i = text + piece[0], piece[1]
    return text


def _domain(words: Sequence[str], i: int) -> tuple[str, int, float] | None:
    """The domain at word ``i``: text, index after, how sure. A provider's name alone gets its ending."""
    if i >= len(words):
        return None
    provider = _PROVIDER_PHRASES.match(words, i)
    if provider and not (i + provider < len(words) and words[i + provider] in ("dot", ".")):
        end = i + provider
        return _PROVIDERS[" ".join(words[i:end])], end + (words[end : end + 1] == ("com",)), 0.7
    labels: list[str] = []
    label, j = "", i
    if provider:
        label, j = _PROVIDERS[" ".join(words[i : i + provider])].partition(".")[0], i + provider
    while j < len(words) and j - i < 14:
        if words[j] == "dot" and label and j + 1 < len(words):
            labels.append(label)
            nxt = words[j + 1]
            ending = read_spelling(words, j + 1)
            if ending and ending.firm >= 2 and len(ending.characters) <= 4:
                label, j = ending.characters, ending.end
            elif nxt.isascii() and nxt.isalpha():
                label, j = _ENDINGS.get(nxt, nxt), j + 2
            else:
                return None
            if not (j < len(words) and words[j] == "dot") and not (j < len(words) and labels and len(label) == 1):
                break
            continue
        if labels:
            break
        piece = _piece(words, j, local=False)
        if piece is None:
            return None
        label, j = label + piece[0], piece[1]
    if not labels or not label:
        return None
    return ".".join([*labels, label]), j, 0.9


def find_email(u: Utterance, context: Context) -> Found | None:
    """The kind ``email``; the value is lower case. The last address of the utterance counts."""
    words = u.words
    written = list(_WRITTEN.finditer(u.text[:2000]))
    if written:
        start, end = written[-1].span()
        inside = [n for n, (a, b) in enumerate(u.spans) if a < end and b > start and words[n] != MASK]
        value = written[-1].group().lower()
        if inside and VALID_EMAIL.fullmatch(value):
            return Found(inside[0], inside[-1] + 1, value, 0.98)
    best: Found | None = None
    for at in range(1, len(words) - 1):
        if words[at] not in ("at", "@"):
            continue
        # "At the rate" is how the sign is called in India.
        domain = _domain(words, at + 3 if words[at + 1 : at + 3] == ("the", "rate") else at + 1)
        if domain is None:
            continue
        start = _local_start(words, at)
        local = _join(words, start, at, local=True) if start < at else None
        value = f"{local}@{domain[0]}".lower()
        if local and len(value) <= 254 and VALID_EMAIL.fullmatch(value):
            best = Found(start, domain[1], value, domain[2])
    return best


def _local_start(words: Sequence[str], at: int) -> int:
    """Where the part before "at" begins: after the last lead-in such as "my email is"."""
    for start in range(at - 1, max(-1, at - 30), -1):
        if words[start] == MASK:
            return start + 1
        length = _START.ends_at(words, start)
        if length:
            return start
    return max(0, at - 30)
