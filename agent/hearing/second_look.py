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
    """The one that the script has a use for; else what was recognized with more confidence. Words that come with the
    second look alone, and are of no use, are none: a cough that is looked at twice has two chances to be words."""
    if not first.holds_words:
        return second if is_useful(second.text) else first
    if not second.holds_words:
        return first
    useful = is_useful(first.text), is_useful(second.text)
    if useful[0] != useful[1]:
        return first if useful[0] else second
    return first if first.confidence >= second.confidence else second
