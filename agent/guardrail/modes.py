"""How much a model may say of its own at this moment: the step's mode, raised by what the caller just said."""

from __future__ import annotations

import re
from collections.abc import Iterable

from calls.guidance import Mode

_ANGRY = "angry"


def raised(mode: Mode, heard: str, feeling: str, signs: Iterable[re.Pattern[str]]) -> Mode:
    """The mode that counts. Never lower than ``mode``; pure.

    Words that try to steer the agent leave only the script's own lines. Anger takes free wording away: what is said
    to somebody angry is of weight, and must stand in the facts.
    """
    if any(sign.search(heard) for sign in signs):
        return "strict"
    return "composed" if mode == "free" and feeling == _ANGRY else mode
