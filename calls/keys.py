"""Keys become one entry: pure, fed with presses and with the silence after them.

    0-9        belong to the entry
    #          completes it; alone, it is an entry of its own ("none", "go on")
    *          alone: an entry of its own ("say that again"); after keys: starts the entry anew, except where the star
               is part of the value (a decimal point): there it belongs to it, and pressed twice it starts anew

An entry is also complete with the last key its kind of value can have, and after a pause: short where one key says it
all, longer between the keys of a value, and as good as without end for a caller who needs time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from calls import signals as sg
from calls.guidance import NOTHING_EXPECTED, Guidance, KeyShape
from calls.lull import TAKEN_BACK
from calls.ports import Emit
from calls.speech import Heard, HeardBy
from calls.state import CallState

PAUSE_MS = 2_500
"""Without a further key for this long, the entry is complete."""

TEXT_PAUSE_MS = 6_000
"""The same for letters, each of which has to be found on the keys."""

WHOLE_MS = 1_500
"""The same where the keys are a whole value already, and more could only change it."""

QUICK_MS = 700
"""The same, for a single key where one key says it all: yes, no, a choice, 0 for a person."""

UNHURRIED_MS = 60_000
"""The same for a caller who needs time: no limit, but for an entry that nobody goes on with."""

UNHURRIED_ZERO_MS = 10_000
"""The same caller's first 0: they want a person, or begin a number with it."""

BREATH, BREATH_MS = "breath", 1_500
"""The timer of an entry which waits for the words before it: recognizing them takes no longer."""

TRAILS_MS = 2_000
"""A terminator this soon after an entry that was complete without it belongs to that entry."""

LONGEST = 32
"""More keys than any entry has whose kind does not say so; what follows is dropped."""

KEYS = "keys"
"""The timer of an entry; it never reaches the conversation."""

_ONE_KEY_KINDS = {"choice", "yes_no"}
_FREE = KeyShape(LONGEST)


class Clockwork(Protocol):
    """Timers as a keypad needs them."""

    def start(self, timer: str, ms: float) -> None:
        """Ring in ``ms``, anew if it was running."""

    def stop(self, timer: str) -> None:
        """Let it not ring."""


@dataclass(slots=True)
class KeyEntry:
    """The keys of an entry so far."""

    guidance: Guidance = NOTHING_EXPECTED
    digits: str = ""
    from_ms: float = 0.0
    to_ms: float = 0.0
    whole_ms: float = -1e9
    """when an entry was last complete by its length"""

    @property
    def open(self) -> bool:
        """True while an entry has begun."""
        return bool(self.digits)

    @property
    def shape(self) -> KeyShape:
        """How the value asked for is keyed; anything goes where none is."""
        primary = self.guidance.slot(self.guidance.primary)
        if primary is None or primary.keys is None:
            return _FREE
        return primary.keys

    def press(self, digit: str, at_ms: float) -> Heard | None:
        """Take one key; returns the entry when it is complete by this key."""
        if not self.digits:
            self.from_ms = at_ms
        self.to_ms = at_ms
        if digit == "#":
            self.digits = self.digits or "#"
            return self.finish("terminator")
        if digit == "*" and not self._takes_star():
            alone = not self.digits
            self.digits = "*" if alone else ""
            return self.finish("alone") if alone else None
        if len(self.digits) >= self.shape.most:
            return None
        self.digits += digit
        if not self._whole():
            return None
        self.whole_ms = at_ms
        return self.finish("length")

    def trails(self, digit: str, at_ms: float) -> bool:
        """Whether this is the terminator of the entry before: many close what is complete already."""
        return digit == "#" and not self.digits and at_ms - self.whole_ms <= TRAILS_MS

    def _takes_star(self) -> bool:
        return self.shape.star and bool(self.digits) and "*" not in self.digits

    def _whole(self) -> bool:
        """No key could follow. A value read back may be agreed to, so its first key says nothing yet."""
        if self.guidance.proposed is not None and len(self.digits) == 1:
            return False
        primary = self.guidance.slot(self.guidance.primary)
        if primary is not None and primary.keys is None and primary.length:
            return len(self.digits) >= primary.length
        return self.shape.fixed and len(self.digits) >= self.shape.most

    def wait_ms(self) -> float:
        """How long to wait for a further key."""
        primary = self.guidance.slot(self.guidance.primary)
        one_key = self.guidance.proposed is not None or primary is None or primary.kind in _ONE_KEY_KINDS
        if len(self.digits) == 1 and one_key:
            return QUICK_MS
        if self.guidance.unhurried:
            return UNHURRIED_ZERO_MS if self.digits == "0" else UNHURRIED_MS
        if self.digits == "0":
            return PAUSE_MS
        if self.shape.text:
            return TEXT_PAUSE_MS
        return WHOLE_MS if len(self.digits) in self.shape.whole else PAUSE_MS

    def finish(self, reason: str) -> Heard | None:
        """The entry as it stands; None when there is none."""
        if not self.digits:
            return None
        heard = Heard(self.digits, self.from_ms, self.to_ms, by=HeardBy.KEYS, reason=reason)
        self.digits = ""
        return heard


def awaits_words(state: CallState, heard: Heard) -> bool:
    """Whether keys came while words before them are still being recognized: they are one answer."""
    spoken_ms = state.lull.speech_ms
    return heard.by is HeardBy.KEYS and spoken_ms is not None and spoken_ms < heard.from_ms


def in_one_breath(state: CallState, heard: Heard) -> Heard:
    """``heard`` with what came just before it and is not understood yet: words with keys, or keys with words."""
    if heard.by is HeardBy.KEYS:
        return replace(heard, words=state.unanswered)
    if state.keyed is not None:
        first = heard.from_ms < state.keyed.from_ms
        words = state.unanswered or heard.text
        return replace(state.keyed, to_ms=heard.to_ms, words=words, words_first=first)
    return replace(heard, text=state.unanswered or heard.text)


class Keypad:
    """One call's keys. Emits ``SpeechBegan`` with the first key of an entry, then ``CallerSaid`` with all of them, or
    ``SpeechFaded`` when they were taken back."""

    def __init__(self, emit: Emit, timers: Clockwork) -> None:
        self._emit = emit
        self._timers = timers
        self._entry = KeyEntry()

    @property
    def open(self) -> bool:
        """True while an entry has begun."""
        return self._entry.open

    @property
    def guidance(self) -> Guidance:
        """What the script wants."""
        return self._entry.guidance

    def clear(self) -> None:
        """What was pressed of an entry counts for nothing."""
        self._timers.stop(KEYS)
        self._entry = KeyEntry(self._entry.guidance)

    def expect(self, guidance: Guidance) -> None:
        """What the script wants next. An entry that has begun goes on under it."""
        self._entry.guidance = guidance

    def press(self, digit: str, at_ms: float) -> None:
        """One key, ``0-9 * #``."""
        if self._entry.trails(digit, at_ms):
            return
        if not self._entry.open:
            self._emit(sg.SpeechBegan(at_ms, by=HeardBy.KEYS))
        self._told(self._entry.press(digit, at_ms))

    def rang(self) -> None:
        """Nothing followed for as long as was waited."""
        heard = self._entry.finish("pause")
        if heard is not None:
            self._emit(sg.CallerSaid(heard))

    def _told(self, heard: Heard | None) -> None:
        if heard is not None:
            self._timers.stop(KEYS)
            self._emit(sg.CallerSaid(heard))
        elif self._entry.open:
            self._timers.start(KEYS, self._entry.wait_ms())
        else:
            self._timers.stop(KEYS)
            self._emit(sg.SpeechFaded(TAKEN_BACK))
