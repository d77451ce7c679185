"""Words that are not for us: what a caller says to somebody in the room while the telephone is at their ear.

Decided by the words alone, or with less of them where hearing tells that they came from farther away. When in doubt
they are for us: to ask once more costs a moment, to overhear the caller costs the call.
"""

from __future__ import annotations

import re

from calls.guidance import Guidance
from calls.phrases import bare_words

MOST_WORDS = 14



def _any(*ways: str) -> str:
    return "(?:" + "|".join(way.replace(" _", r" \w+") for way in ways) + ")"


_NAMES = _any(
    *("honey", "hon", "sweetie", "sweetheart", "darling", "babe", "baby", "mom", "mum", "mommy", "mummy", "dad"),
    *("daddy", "grandma", "grandpa", "kids", "guys", "buddy"),
)
_CALL = "(?:the |a )?(?:phone|telephone|call)"
_ON_IT = (
    _any("im", "i am", "mommys", "mummys", "daddys", "moms", "mums", "dads")
    + f" (?:still |just )?(?:on {_CALL}|talking (?:here|on {_CALL}))"
)
_SOON = _any(
    *("not now", "in a (?:minute|second|moment|sec)", "just a (?:minute|second|sec)", "one (?:minute|second|sec)"),
    *("later", "wait", "hang on", "hold on"),
)
_TO_ROOM = _any(
    *("stop (?:it|that)", "put (?:it|that|them) (?:down|back|away)", "leave (?:it|that|him|her|them) alone"),
    *("get down", "come here", "sit down", "be quiet", "quiet", "hush", "shush", "keep it down"),
    *("go (?:and )?(?:play|outside|upstairs)", "go to your room", "(?:get|answer|open|close|shut) the (?:door|window)"),
    *("(?:turn|switch) (?:it|that|the (?:tv|telly|television|radio|music)) (?:down|off)", "what do you want"),
    *("ill be (?:right |just )?(?:there|with you|down|up)", "what is it", "whats wrong", "who is it"),
    *("give (?:it|that) (?:back|back to _|to (?:him|her|me))", "dont (?:do|touch) that", "where are (?:my|the|your) _"),
    *("(?:dinner|lunch|tea|breakfast)s (?:ready|on the table)", "have you seen (?:my|the) _"),
)
_PLAIN = (
    # What nobody says to an agent on the telephone.
    rf"(?:{_NAMES} )?(?:{_SOON} )?(?:{_NAMES} )?{_ON_IT}(?: {_NAMES})?(?: {_SOON})?",
    r"(?:shh+ ?)+(?:\w+ )?(?:im|i am) on (?:the |a )?(?:phone|call)",
    r"(?:shh+ ?)+",
    r"(?:good|bad) (?:boy|girl|dog)(?: \w+)?",
    r"(?:no |down )?(?:down|off) (?:boy|girl)",
    rf"(?:please )?{_TO_ROOM}(?: please| now)? {_NAMES}(?: {_ON_IT})?",
    rf"{_NAMES} (?:please )?{_TO_ROOM}(?: please| now)?(?: {_ON_IT})?",
    rf"{_TO_ROOM}(?: please| now)? {_ON_IT}",
    rf"{_ON_IT} (?:please )?{_TO_ROOM}",
    rf"{_SOON} {_NAMES}",
    rf"{_NAMES} {_SOON}",
    r"(?:theres (?:someone|somebody)|there is (?:someone|somebody)|someones|somebodys) at the door",
    r"(?:no )?get down(?: get down| now)*",
    r"(?:go )?ask (?:your|his|her) (?:mother|father|mom|mum|dad|brother|sister|teacher)",
    r"(?:eat|finish|brush|tie|put on) your (?:\w+ )?\w+",
    r"put your \w+ on",
    r"(?:can|could|will) (?:you|somebody|someone) (?:please )?(?:get|answer) the door(?: please)?",
)
_FAINT = (*_PLAIN, _TO_ROOM, rf"{_NAMES}(?: \w+){{0,8}}", rf"(?:\w+ ){{0,8}}{_NAMES}")
"""Enough where the words came softly: neither alone would do."""

_plain = re.compile("|".join(f"(?:{pattern})" for pattern in _PLAIN))
_faint = re.compile("|".join(f"(?:{pattern})" for pattern in _FAINT))


def is_aside(text: str, guidance: Guidance, *, faint: bool = False) -> bool:
    """Whether ``text`` was said to somebody else. ``faint``: it came softer than this caller speaks."""
    words = bare_words(text)
    if not words or len(words) > MOST_WORDS or _takes_any_words(guidance):
        return False
    said = " ".join(words)
    return (_faint if faint else _plain).fullmatch(said) is not None and not _is_expected(said, guidance)


def _takes_any_words(guidance: Guidance) -> bool:
    """A message may well be "tell her dinner's ready"."""
    slot = guidance.slot(guidance.primary)
    return slot is not None and slot.kind == "free_text"


def _is_expected(said: str, guidance: Guidance) -> bool:
    options = [option for slot in guidance.slots for option in slot.options]
    ways = (way for option in (*options, *guidance.workflows, *guidance.topics) for way in option.says)
    return any(said == " ".join(bare_words(way)) for way in ways)
