"""Single-use call tokens: what ties a media socket to a webhook whose signature was checked."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from calls.clock import Clock
from calls.line import IncomingCall, Line
from calls.randomness import Randomness

LIFETIME_MS = 60_000.0
MOST = 10_000
"""tokens waiting at once; beyond that the oldest is forgotten, and its socket refused"""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token stands for."""

    incoming: IncomingCall
    line: Line


class CallTokens:
    """Keeps digests only: a dump of the memory holds nothing that opens a socket."""

    def __init__(self, randomness: Randomness, clock: Clock) -> None:
        self._randomness = randomness
        self._clock = clock
        self._waiting: OrderedDict[bytes, tuple[Claim, float]] = OrderedDict()

    def mint(self, claim: Claim) -> str:
        """A token for the call, good once and for a minute."""
        token = self._randomness.token()
        self._waiting[_digest(token)] = (claim, self._clock.now_ms() + LIFETIME_MS)
        while len(self._waiting) > MOST:
            self._waiting.popitem(last=False)
        return token

    def redeem(self, token: str, call: str) -> Claim | None:
        """What the token stands for; None when it is wrong, used, expired, or of another call."""
        claim, expires_ms = self._waiting.get(_digest(token), (None, 0.0))
        if claim is None or claim.incoming.call != call:
            # A token shown with a foreign call stays good for its own.
            return None
        del self._waiting[_digest(token)]
        return claim if self._clock.now_ms() <= expires_ms else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
