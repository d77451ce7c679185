"""E-mail addresses as said: "john dot smith at gmail dot com", "j smith forty two at example dot org"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .digits import read_digit_group
from .found import CORRECTION, Found
from .kinds import Context
from .letters import read_spelling
from .tokens import MASK, Utterance, phrases

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
# ISO 3166-1 codes that are top-level domains, and the generic ones people have (IANA root zone database).
_ENDINGS_KNOWN = frozenset(
    ["com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "name", "pro", "aero", "coop", "museum", "app", "dev", "io", "ai", "co", "me", "tv", "xyz", "online", "site", "shop", "store", "tech", "blog", "email", "cloud", "agency", "studio", "design", "club", "live", "life", "world", "today", "news", "media", "group", "team", "company", "solutions", "services", "digital", "london", "nyc", "scot", "wales", "irish", "cymru", "health", "care", "law", "legal", "dental", "clinic", "salon", "hotel", "restaurant", "cafe", "bar", "pizza", "church", "school", "academy", "university", "energy", "space", "fun", "page", "link", "bank", "money", "finance", "consulting", "ac", "ad", "ae", "af", "ag", "al", "am", "ao", "ar", "as", "at", "au", "aw", "az", "ba", "bb", "bd", "be", "bf", "bg", "bh", "bi", "bj", "bm", "bn", "bo", "br", "bs", "bt", "bw", "by", "bz", "ca", "cc", "cd", "cf", "cg", "ch", "ci", "ck", "cl", "cm", "cn", "cr", "cu", "cv", "cw", "cx", "cy", "cz", "de", "dj", "dk", "dm", "do", "dz", "ec", "ee", "eg", "er", "es", "et", "eu", "fi", "fj", "fk", "fm", "fo", "fr", "ga", "gd", "ge", "gf", "gg", "gh", "gi", "gl", "gm", "gn", "gp", "gq", "gr", "gs", "gt", "gu", "gw", "gy", "hk", "hm", "hn", "hr", "ht", "hu", "id", "ie", "il", "im", "in", "iq", "ir", "is", "it", "je", "jm", "jo", "jp", "ke", "kg", "kh", "ki", "km", "kn", "kp", "kr", "kw", "ky", "kz", "la", "lb", "lc", "li", "lk", "lr", "ls", "lt", "lu", "lv", "ly", "ma", "mc", "md", "mg", "mh", "mk", "ml", "mm", "mn", "mo", "mp", "mq", "mr", "ms", "mt", "mu", "mv", "mw", "mx", "my", "mz", "na", "nc", "ne", "nf", "ng", "ni", "nl", "no", "np", "nr", "nu", "nz", "om", "pa", "pe", "pf", "pg", "ph", "pk", "pl", "pm", "pn", "pr", "ps", "pt", "pw", "py", "qa", "re", "ro", "rs", "ru", "rw", "sa", "sb", "sc", "sd", "se", "sg", "sh", "si", "sk", "sl", "sm", "sn", "so", "sr", "ss", "st", "su", "sv", "sx", "sy", "sz", "tc", "td", "tf", "tg", "th", "tj", "tk", "tl", "tm", "tn", "to", "tr", "tt", "tw", "tz", "ua", "ug", "uk", "us", "uy", "uz", "va", "vc", "ve", "vg", "vi", "vn", "vu", "wf", "ws", "ye", "yt", "za", "zm", "zw"]
)
_NO_LABELS = frozenset({"the", "a", "an", "my", "your", "his", "her", "our", "their", "this", "that", "some", "about"})


def _piece(words: Sequence[str], i: int, *, local: bool) -> tuple[str, int] | None:
    """One part of an address: a sign, a spelled stretch, digits, or a word."""
    word = words[i]
    if word in ("full", "under") and words[i + 1 : i + 2] in (("stop",), ("score",)):
        return ("." if word == "full" else "_"), i + 2
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
        remark = _REMARKS.match(words[:end], i)
        if remark and (text or i + remark < end):
            i += remark
            continue
        if words[i] in ("capital", "letter", "number") and i + 1 < end:
            i += 1
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
        domain = _corrected_domain(words, domain)
        local = _join(words, start, at, local=True) if start < at else None
        value = f"{local}@{domain[0]}".lower()
        if local and len(value) <= 254 and VALID_EMAIL.fullmatch(value) and _plausible(domain[0]):
            best = Found(start, domain[1], value, domain[2])
    return best


def _plausible(domain: str) -> bool:
    labels = domain.lower().split(".")
    return labels[-1] in _ENDINGS_KNOWN and labels[0] not in _NO_LABELS


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
        if words[start] == MASK:
            return start + 1
        length = _START.ends_at(words, start)
        if length:
            return start
    return max(0, at - 30)
