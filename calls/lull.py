"""What a conversation knows of its waits: since when the caller may speak, what covered a wait, keys being pressed."""

from __future__ import annotations

from dataclasses import dataclass

from calls import events as ev
from calls.changed import changed
from calls.speech import HeardBy

FILLER_LINE = "filler"
"""The line of a word that covers a wait."""

TAKEN_BACK = "keys"
"""why a turn that began with keys holds nothing"""

NO_WORDS = "no words"
"""why a turn holds nothing: hearing took it for speech, and recognized none"""

SPOKE_MS = 2_500.0
"""From its onset until it is known to hold no words: a cough, a door or a neighbour is over sooner, a number is not."""

TRIED_MS, TRIED_QUICK_MS = 1_000.0, 500.0
"""From its onset until it is known to hold no words: no answer is over sooner, nor is a yes."""

UNHEARD = 3
"""So often, one after the other, and it is no noise: the caller is asked as one who was not understood."""


@dataclass(frozen=True)
class Lull:
    """Changed by recorded events alone (``lulled``)."""

    since_ms: float | None = None
    """since when the caller has been silent; None while that is not known. A noise without words leaves it"""
    covers: int = 0
    """words that have covered the wait which goes on"""
    keying: bool = False
    """keys are being pressed: what is said meanwhile belongs to them"""
    holding: bool = False
    """music, or a gentle sound"""
    speech_ms: float | None = None
    """when speech set in whose words are still to come"""
    unheard: int = 0
    """so often in a row something long held no word that could be recognized"""
    tried_ms: float = 0.0
    """so long something lasted that held no word that could be recognized; nothing was said since, by anybody"""
    prompted: bool = False
    """the caller was silent, or seemed so, since they were last understood"""
    short: bool = False
    """the caller was told that the call comes near its longest"""


def lulled(lull: Lull, body: ev.EventBody, at_ms: float) -> Lull:
    """``lull`` after ``body``."""
    match body:
        case ev.ReplyCompleted():
            return changed(lull, since_ms=at_ms, tried_ms=0.0)
        case ev.CallerStayedSilent():
            return changed(lull, since_ms=at_ms, tried_ms=0.0, prompted=True)
        case ev.CallerSpoke():
            return changed(lull, since_ms=None, covers=0, speech_ms=None, unheard=0, tried_ms=0.0, prompted=False)
        case ev.CallerBegan(by=HeardBy.KEYS):
            return changed(lull, keying=True)
        case ev.CallerBegan():
            return changed(lull, speech_ms=body.from_ms)
        case ev.CallerPressed():
            return changed(lull, since_ms=None, covers=0, keying=False, unheard=0, tried_ms=0.0, prompted=False)
        case ev.CallerQuieted(reason="keys"):
            return changed(lull, keying=False)
        case ev.CallerQuieted():
            took_ms = 0.0 if lull.speech_ms is None or body.reason != NO_WORDS else at_ms - lull.speech_ms
            tried_ms = lull.tried_ms if lull.prompted else max(lull.tried_ms, took_ms)
            return changed(lull, speech_ms=None, unheard=lull.unheard + (took_ms >= SPOKE_MS), tried_ms=tried_ms)
        case ev.LineChosen() if all(clause.line == FILLER_LINE for clause in body.clauses):
            return changed(lull, covers=lull.covers + 1)
        case ev.LineChosen() | ev.ActionRequested():
            return changed(lull, covers=0)
        case ev.HoldBegan():
            return changed(lull, holding=True)
        case ev.HoldEnded():
            return changed(lull, holding=False)
        case ev.TimeRanShort():
            return changed(lull, short=True)
        case ev.CarrierLost() | ev.CarrierReplaced() | ev.CallerHungUp() | ev.CallEnded():
            return Lull(short=lull.short)
        case _:
            return lull
