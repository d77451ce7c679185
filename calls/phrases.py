"""The few words the conversation itself may say, whatever the script; all else comes from scripts."""

from __future__ import annotations

import re

FILLER = "One moment, please."
"""while an action takes longer than a breath"""

WITHHELD = "I'm sorry, I can't say more about that."
"""in place of a clause the speech gate stopped"""

ACKNOWLEDGEMENTS = frozenset(
    {
        *("mm hm", "mhm", "mm", "hmm", "uh huh", "uhhuh", "aha", "ah", "oh", "okay", "ok", "right", "sure"),
        *("yeah", "yep", "yes", "i see", "got it", "all right", "alright", "great", "good", "fine"),
    }
)
"""Said while the agent is in the middle of something, these mean "go on"."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'])")
_ABBREVIATION = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|St|No|a\.m|p\.m|[A-Z])\.$")


def is_acknowledgement(text: str) -> bool:
    """True for "mm-hm", "okay, right" and the like, in any punctuation."""
    words = re.sub(r"[^a-z ]+", " ", text.lower()).split()
    if not words or len(words) > 4:
        return False
    joined = " ".join(words)
    return joined in ACKNOWLEDGEMENTS or all(word in ACKNOWLEDGEMENTS for word in words)


def clauses_of(text: str) -> list[str]:
    """Cut a reply into sentences, so that the first is voiced while the next is still being made."""
    out: list[str] = []
    for piece in _SENTENCE_END.split(text.strip()):
        if out and _ABBREVIATION.search(out[-1]):
            out[-1] = f"{out[-1]} {piece}"
        elif piece:
            out.append(piece)
    return out
