"""Another language was asked for."""

from __future__ import annotations

from calls.repairs import Repair
from workflows.repair.back import back
from workflows.turn import Turn
from workflows.walk import hand_over

NAMES = {
    "ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "fr": "French", "hi": "Hindi", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "pl": "Polish", "pt": "Portuguese", "ru": "Russian", "vi": "Vietnamese",
    "zh": "Chinese",
}  # fmt: skip
"""ISO 639-1 -> what it is called here"""


def other_language(turn: Turn, language: str) -> None:
    """To a person who speaks it where the line has one; otherwise what is spoken here is named, and on it goes."""
    if turn.facts.locale.lower().startswith(language.lower()):
        back(turn)  # it is spoken already
        return
    turn.applied(Repair.OTHER_LANGUAGE)
    if turn.has_human and language in turn.facts.human_languages:
        turn.word("language_human", f"{NAMES.get(language, 'your language')}.")
        hand_over(turn)
        return
    turn.word("language")
    back(turn)
