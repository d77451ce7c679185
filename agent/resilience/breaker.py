"""A circuit breaker: who failed again and again is not asked for a while, then tried with single requests.

The transition table is data; ``agent/resilience/breakers.py`` keeps one breaker per stage and provider.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from calls.errors import ProviderFault


class BreakerState(StrEnum):
    """Where a breaker stands."""

    CLOSED = "closed"
    """asked as usual"""
    OPEN = "open"
    """not asked"""
    HALF_OPEN = "half_open"
    """one request is out which tries it; others are not let through"""


class Cue(StrEnum):
    """What moves a breaker."""

    STRUCK = "struck"
    """a fault that fills the measure"""
    RESTED = "rested"
    """asked again after its rest: this request is the probe"""
    ANSWERED = "answered"
    FAILED = "failed"
    DROPPED = "dropped"
    """the probe was ended by us before it could tell: the next request is another"""


TRANSITIONS: dict[BreakerState, dict[Cue, BreakerState]] = {
    BreakerState.CLOSED: {Cue.STRUCK: BreakerState.OPEN},
    BreakerState.OPEN: {Cue.RESTED: BreakerState.HALF_OPEN},
    BreakerState.HALF_OPEN: {
        Cue.ANSWERED: BreakerState.CLOSED,
        Cue.FAILED: BreakerState.OPEN,
        Cue.STRUCK: BreakerState.OPEN,
        Cue.DROPPED: BreakerState.OPEN,
    },
}
"""A cue without a row changes nothing."""

LASTING: frozenset[ProviderFault] = frozenset({"key", "payment"})
"""Faults that no second try mends: one is enough, and the rest is the longest there is."""

HARMLESS: frozenset[ProviderFault] = frozenset({"refused"})
"""Answers about the question, not about the provider's health."""


@dataclass(frozen=True, slots=True)
class BreakerRules:
    """When it opens, and for how long; ms."""

    faults: int = 3
    """within ``window_ms``"""
    window_ms: float = 30_000
    rest_ms: float = 5_000
    """the first time; twice as long each time a probe fails"""
    longest_rest_ms: float = 120_000
    probe_ms: float = 15_000
    """a probe that has not told by then counts as dropped"""


RULES = BreakerRules()


@dataclass(frozen=True, slots=True)
class Breaker:
    """A value; every method gives the next one. ``at_ms`` is monotonic and never goes back."""

    rules: BreakerRules = RULES
    state: BreakerState = BreakerState.CLOSED
    faults: tuple[float, ...] = ()
    """when, within the window; closed only"""
    until_ms: float = 0.0
    """open: until when; half open: until when the probe may take"""
    rests: int = 0
    """one after another"""

    def lets_through(self, at_ms: float) -> bool:
        """Whether a request may be made now."""
        return self.state is BreakerState.CLOSED or at_ms >= self.until_ms

    def asked(self, at_ms: float) -> Breaker:
        """A request goes out; only after ``lets_through``. After a rest it is the probe."""
        if self.state is BreakerState.CLOSED or at_ms < self.until_ms:
            return self
        return replace(self, state=BreakerState.HALF_OPEN, until_ms=at_ms + self.rules.probe_ms)

    def answered(self) -> Breaker:
        """A request was served."""
        if self.state is BreakerState.OPEN:
            return self  # asked before it opened
        return Breaker(self.rules)

    def dropped(self, at_ms: float) -> Breaker:
        """A request was ended by us before it could tell."""
        if self.state is not BreakerState.HALF_OPEN:
            return self
        return replace(self, state=TRANSITIONS[self.state][Cue.DROPPED], until_ms=at_ms)

    def failed(self, at_ms: float, fault: ProviderFault, retry_after_ms: float | None = None) -> Breaker:
        """A request failed. ``retry_after_ms``: the provider asked for that much rest."""
        if fault in HARMLESS:
            return self.answered()
        recent = (*(when for when in self.faults if at_ms - when < self.rules.window_ms), at_ms)
        probing = self.state is BreakerState.HALF_OPEN
        struck = fault in LASTING or retry_after_ms is not None or len(recent) >= self.rules.faults
        cue = Cue.STRUCK if struck else Cue.FAILED
        to = TRANSITIONS[self.state].get(cue, self.state)
        if to is not BreakerState.OPEN or self.state is BreakerState.OPEN:
            return replace(self, faults=recent) if self.state is BreakerState.CLOSED else self
        rests = self.rests + 1 if probing else 1
        return Breaker(self.rules, to, (), at_ms + self._rest_ms(rests, fault, retry_after_ms), rests)

    def _rest_ms(self, rests: int, fault: ProviderFault, retry_after_ms: float | None) -> float:
        rules = self.rules
        if fault in LASTING:
            return rules.longest_rest_ms
        doubled = rules.rest_ms * 2.0 ** min(rests - 1, 16)
        return min(max(doubled, retry_after_ms or 0.0), rules.longest_rest_ms)
