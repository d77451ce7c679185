"""E-mail addresses as said: "john dot smith at gmail dot com", "j smith forty two at example dot org"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .digits import read_digit_group
from .found import CORRECTION, Found
from .kinds import Context
from .letters import read_spelling
from .numbers import read_cardinal
from .tokens import MASK, Utterance, phrases
from .top_level import TOP_LEVEL

_WRITTEN = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}")
VALID_EMAIL = re.compile(
    r"[a-z0-9_%+\-]+(\.[a-z0-9_%+\-]+)*@[a-z0-9]([a-z0-9\-]*[a-z0-9])?(\.[a-z0-9\-]+)*\.[a-z]{2,24}"
)
_SIGNS = {
    "dot": ".", "point": ".", "period": ".", "underscore": "_", "dash": "-", "hyphen": "-", "minus": "-",
    "plus": "+", "_": "_", "+": "+", "underline": "_", "fullstop": ".",
}  # fmt: skip
_PROVIDERS = {
    "gmail": "gmail.com", "g mail": "gmail.com", "gee mail": "gmail.com", "hotmail": "hotmail.com",
    "hot mail": "hotmail.com", "yahoo": "yahoo.com", "outlook": "outlook.com", "icloud": "icloud.com",
    "i cloud": "icloud.com", "aol": "aol.com", "a o l": "aol.com", "protonmail": "protonmail.com",
    "proton mail": "protonmail.com", "live": "live.com", "msn": "msn.com", "m s n": "msn.com",
    "btinternet": "btinternet.com", "bt internet": "btinternet.com", "comcast": "comcast.net",
    "verizon": "verizon.net", "googlemail": "googlemail.com", "google mail": "googlemail.com", "mac": "mac.com",
}  # fmt: skip
_PROVIDER_PHRASES = phrases("|".join(_PROVIDERS))
_ENDINGS = {"calm": "com", "come": "com", "comm": "com", "kom": "com", "nett": "net", "ork": "org", "orgs": "org"}
_START = phrases(
    """my email is | my emails | my email address is | email is | email address is | the email is | the emails |
    the address is | the mail is | my mail is | address is | the email address is | my address is | the best email is |
    its | it is | thats | that is | that would be | itll be | it would be | it should be | should be | at is | sure |
    yes | yeah | yep | okay | ok | well | um | uh | er | erm | hmm | so | is | my e mail is | my e mails | e mail is |
    e mail address is | send it to | send to | write to | write me at | reach me at | email me at | mail me at |
    contact me at | reach me on | email me on | get me at | me at | all lowercase | lower case | lowercase |
    all lower case | all small letters | you can use | you could use | please use | use | try | no | nope | sorry |
    i mean | i meant | actually | wait | hang on | hold on | to | email | mail | hi | hello | hey | please | right |
    oh | ah | like | i think its | i guess | im | put | put down | write down | take down | its just | just | make it |
    make that | scratch that | the first part is | one word | all one word | all together | no spaces | id say | be"""
)
# After the local part, saying how it is written: nothing of the address.
_REMARKS = phrases(
    """all one word | one word | all together | altogether | no spaces | no space | without spaces | all lowercase |
    all lower case | lowercase | lower case | all small | all in lowercase | in lowercase | all joined up |
    joined together | no dots | no dot | thats one word | all as one word | as one word | written together"""
)
_PAUSES = frozenset({"um", "uh", "er", "erm"})
_NO_LABELS = frozenset({"the", "a", "an", "my", "your", "his", "her", "our", "their", "this", "that", "some", "about"})


def _piece(words: Sequence[str], i: int, *, local: bool) -> tuple[str, int] | None:
    """One part of an address: a sign, a spelled stretch, digits, or a word."""
    word = words[i]
    if word in ("full", "under") and words[i + 1 : i + 2] in (("stop",), ("score",)):
        return ("." if word == "full" else "_"), i + 2
    if word in _SIGNS and not (word in ("point", "period") and not local):
        return _SIGNS[word], i + 1
    if word == "double" and words[i + 1 : i + 2] in (("u",), ("you",)):
        return "w", i + 2
    if words[i + 1 : i + 2] == ("thousand",) and (year := read_cardinal(words, i)):
        return str(year[0]), year[1]
    spelling = read_spelling(words, i)
    if spelling and (spelling.firm >= 2 or spelling.end - i >= 3):
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
        if words[i] in _PAUSES and text:
            i += 1
            continue
        remark = _REMARKS.match(words[:end], i)
        if remark and (text or i + remark < end):
            i += remark
            continue
        if words[i] == "the" and words[i + 1 : i + 2] in (("number",), ("letter",), ("word",)):
            i += 1
        if words[i] in ("capital", "letter", "number", "then", "word") and i + 1 < end:
            i += 1
        piece = _piece(words[:end], i, local=local)
        if piece is None:
            return None
        # "Sam, S A M" spells what was said.
        again = piece[1] - i == len(piece[0]) > 1 and text.endswith(piece[0].lower())
        text, i = text if again else text + piece[0], piece[1]
    return text


def _domain(words: Sequence[str], i: int) -> tuple[str, int, float] | None:
    """The domain at word ``i``: text, index after, how sure. A provider's name alone gets its ending."""
    if i >= len(words):
        return None
    provider = _PROVIDER_PHRASES.match(words, i)
    name = _PROVIDERS[" ".join(words[i : i + provider])] if provider else ""
    if provider and not (i + provider < len(words) and words[i + provider] in ("dot", ".")):
        end = i + provider
        return name, end + (words[end : end + 1] == ("com",)), 0.7
    label, j = name.partition(".")[0], i + provider
    while j < len(words) and j - i < 14 and not (label and words[j] == "dot"):
        piece = _piece(words, j, local=False)
        if piece is None:
            return None
        label, j = label + piece[0], piece[1]
        said = next((end for end in ("com", "net", "org") if words[j - 1] == end and label != end), "")
        if said and j == len(words):
            # "Jane at example com", the dot not heard.
            return f"{label.removesuffix(said)}.{said}", j, 0.7
    return _endings(words, j, label) if label else None


def _endings(words: Sequence[str], j: int, first: str) -> tuple[str, int, float] | None:
    """The labels after the first: "dot co dot uk", "dot c o m"."""
    labels = [first]
    while j + 1 < len(words) and words[j] == "dot" and len(labels) < 5:
        spelled = read_spelling(words, j + 1)
        if spelled and spelled.firm >= 2 and len(spelled.characters) <= 4:
            labels.append(spelled.characters)
            j = spelled.end
        elif words[j + 1].isascii() and words[j + 1].isalpha():
            labels.append(_ENDINGS.get(words[j + 1], words[j + 1]))
            j += 2
        else:
            return None
    return (".".join(labels), j, 0.9) if len(labels) > 1 else None


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
    return _with_written_dots(u) or _spoken(words)


def _with_written_dots(u: Utterance) -> Found | None:
    """ "t.jones at example.com": the dots are written, the sign is a word."""
    words: list[str] = []
    place: list[int] = []
    for i, word in enumerate(u.words):
        if i and u.between(i) == ".":
            words.append("dot")
            place.append(i)
        words.append(word)
        place.append(i)
    found = _spoken(tuple(words)) if len(words) > len(u.words) else None
    return replace(found, start=place[found.start], end=place[found.end - 1] + 1) if found else None


def _spoken(words: Sequence[str]) -> Found | None:
    best: Found | None = None
    for at in range(1, len(words) - 1):
        if words[at] not in ("at", "@"):
            continue
        # "At the rate" is how the sign is called in India.
        after = at + 3 if words[at + 1 : at + 3] == ("the", "rate") else at + 1
        after += words[after : after + 1] in (("sign",), ("symbol",))
        domain = _domain(words, after)
        if domain is None:
            continue
        start = _local_start(words, at)
        domain = _corrected_domain(words, domain)
        local = _join(words, start, at, local=True) if start < at else None
        value = f"{local}@{domain[0]}".lower()
        if local and len(value) <= 254 and VALID_EMAIL.fullmatch(value) and _plausible(domain[0]):
            best = Found(start, domain[1], value, domain[2])
    return best


def _plausible(domain: str) -> bool:
    labels = domain.lower().split(".")
    return labels[-1] in TOP_LEVEL and labels[0] not in _NO_LABELS


def _corrected_domain(words: Sequence[str], domain: tuple[str, int, float]) -> tuple[str, int, float]:
    """ "At Gmail, no, Hotmail dot com": another domain after a correction, unless a whole address follows."""
    for i in range(domain[1], min(len(words), domain[1] + 3)):
        length = CORRECTION.match(words, i)
        start = i + length
        start += length > 0 and words[start : start + 1] in (("at",), ("its",))
        other = _domain(words, start) if length and start < len(words) else None
        if other and "at" not in words[start : start + 8] and _plausible(other[0]):
            return other
        if length:
            break
    return domain


def _local_start(words: Sequence[str], at: int) -> int:
    """Where the part before "at" begins: after the last lead-in such as "my email is"."""
    for start in range(at - 1, max(-1, at - 30), -1):
        if words[start] in (MASK, "or") or (words[start] == "com" and words[start - 1] == "dot"):
            return start + 1
        length = _START.ends_at(words, start)
        if length and not (words[start - 1] in _PAUSES and start > 1 and words[start - 2] in _SIGNS):
            return start
    return max(0, at - 30)
