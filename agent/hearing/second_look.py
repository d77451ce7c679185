"""Words recognized twice, where others talk around the caller: which of the two to believe.

A recognizer makes other words of the same sentence when its cut is another, since what others say at its edges is read
along with it. What the script can use is more likely what was said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What a recognizer made of an utterance."""

    text: str
    confidence: float

    @property
    def holds_words(self) -> bool:
        """Whether there is any letter or digit; recognizers answer noise with dots and dashes."""
        return any(character.isalnum() for character in self.text)


def better(first: Reading, second: Reading, is_useful: Callable[[str], bool]) -> Reading:
    """The one with words; of two, the one that the script has a use for; else what was recognized with more
    confidence."""
    if not (first.holds_words and second.holds_words):
        return first if first.holds_words else second
    useful = is_useful(first.text), is_useful(second.text)
    if useful[0] != useful[1]:
        return first if useful[0] else second
    return first if first.confidence >= second.confidence else second
