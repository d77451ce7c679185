"""Keys become one entry: pure, fed with presses and with the silence after them."""

from __future__ import annotations

from dataclasses import dataclass, field

from calls.guidance import NOTHING_EXPECTED, Guidance
from calls.speech import Heard, HeardBy

PAUSE_MS = 2_500
"""Without a further key for this long, the entry is complete."""

QUICK_MS = 700
"""The same, for a single key where one key says it all: yes, no, a choice, 0 for a person."""

LONGEST = 32
"""More keys than any entry has; what follows is dropped."""

_ONE_KEY_KINDS = {"choice", "yes_no"}


@dataclass(slots=True)
class KeyEntry:
    """The digits of an entry so far. ``#`` completes it, ``*`` starts it anew."""

    guidance: Guidance = NOTHING_EXPECTED
    digits: str = ""
    from_ms: float = 0.0
    to_ms: float = 0.0
    dropped: int = field(default=0)

    @property
    def open(self) -> bool:
        """True while an entry has begun."""
        return bool(self.digits)

    def press(self, digit: str, at_ms: float) -> Heard | None:
        """Take one key; returns the entry when it is complete by this key."""
        if digit == "*":
            self.digits = ""
            return None
        if digit == "#":
            return self.finish("terminator")
        if len(self.digits) >= LONGEST:
            self.dropped += 1
            return None
        if not self.digits:
            self.from_ms = at_ms
        self.digits += digit
        self.to_ms = at_ms
        primary = self.guidance.slot(self.guidance.primary)
        if primary is not None and primary.length and len(self.digits) >= primary.length:
            return self.finish("length")
        return None

    def wait_ms(self) -> float:
        """How long to wait for a further key."""
        primary = self.guidance.slot(self.guidance.primary)
        one_key = self.guidance.proposed is not None or (primary and primary.kind in _ONE_KEY_KINDS)
        return QUICK_MS if len(self.digits) == 1 and one_key else PAUSE_MS

    def finish(self, reason: str) -> Heard | None:
        """The entry as it stands; None when there is none."""
        if not self.digits:
            return None
        heard = Heard(self.digits, self.from_ms, self.to_ms, by=HeardBy.KEYS, reason=reason)
        self.digits = ""
        return heard
