"""The numbers the turn machine goes by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tuning:
    """The numbers hearing goes by. Times in ms, probabilities 0 to 1."""

    on: float = 0.5
    """a window at least this likely is speech"""
    off: float = 0.35
    """... and so is one after it, down to this"""
    faint: float = 0.15
    """... and, where letters and digits are said one by one, one within a turn: alone they hardly sound like speech"""
    loud: float = 0.3
    """the same for a window this loud against the caller's speech, whatever the detector says"""
    faint_ms: float = 1_000.0
    """but no more of it than this: it may be noise"""
    onset_ms: float = 125.0
    """four windows of 32 ms, seven of 20 ms"""
    resume_ms: float = 60.0
    """a click in a pause is shorter"""
    eager_ms: float = 200.0
    before_ms: float = 300.0
    after_ms: float = 200.0
    between_ms: float = 300.0
    """What is recognized has no longer pause within: recognizers for sentences answer nothing after a long one."""
    rejoin_ms: float = 1_500.0
    """Speech without words this long before a turn is recognized once more, together with it: a single letter is
    often not understood, a row of them is."""
    again_before_ms: float = 100.0
    again_after_ms: float = 0.0
    """the same for a second look, where others talk around the caller: as little of them as can be"""
    hardly: float = 0.25
    """Words recognized with less confidence than this, on such a line, are what others said."""
    partial_ms: float = 1_000.0
    """at least between two partials; grows with the utterance, which is decoded whole each time"""
    first_ms: float = 300.0
    """after it was noticed: whether it has words must be known soon, for the agent fell silent for it"""
    second_ms: float = 200.0
    """after that; the first look may have come in the middle of the first word"""
    sure: float = 0.9
    """a window at least this likely is surely speech: of words nearly all are, of laughter and coughs few"""
    sure_share: float = 0.6
    """of the windows since the onset, for all of it to be"""
    lasts_ms: float = 640.0
    """after the onset, and ..."""
    lasts_again_ms: float = 90.0
    """... then each time it is told that speech lasts"""
    wordless_ms: float = 500.0
    """of speech in which a recognizer that has looked at it found no word: it is told no more, there is nothing to wait
    for. Laughter and hums are surely voices"""
    lasts_most_ms: float = 3_000.0
    """after the onset; a recognizer that has no words by then will not have them soon"""
    longest_ms: float = 30_000.0
    gap_ms: float = 100.0
    """lost audio counts as silence up to here: a burst of loss must not end a turn"""
    dead_ms: float = 2_000.0
    """... but a gap this long is silence"""
    noise_ms: float = 250.0
    noise_confidence: float = 0.25
    """less speech than noise_ms, recognized with less than noise_confidence, is a cough"""


DEFAULT = Tuning()
