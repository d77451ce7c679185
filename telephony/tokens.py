"""Single-use call tokens: what a media socket must show to be given a call.

A token travels in the `<Parameter>` of our TwiML (or in the answer to the softphone's ticket request) and
comes back in `start.customParameters`. Presenting one uses it up, whatever the outcome.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from calls.clock import Clock
from calls.randomness import Randomness

TTL_MS: Final = 60_000.0
CAPACITY: Final = 10_000
"""Tokens waiting at once; beyond that the oldest is forgotten."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    call: str
    generation: int
    expires_ms: float


class CallTokens:
    """Mints and redeems. Holds digests only: a dump of this memory opens no socket."""

    def __init__(
        self, randomness: Randomness, clock: Clock, ttl_ms: float = TTL_MS, capacity: int = CAPACITY
    ) -> None:
        self._randomness = randomness
        self._clock = clock
        self._ttl_ms = ttl_ms
        self._capacity = capacity
        self._waiting: dict[bytes, _Waiting] = {}
        self._generation = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def mint(self, call: str) -> str:
        """A fresh token for ``call``, good once, for 60 s."""
        now = self._clock.now_ms()
        self._forget_expired(now)
        while len(self._waiting) >= self._capacity:
            del self._waiting[next(iter(self._waiting))]
        self._generation += 1
        token = self._randomness.token()
        self._waiting[_digest(token)] = _Waiting(call, self._generation, now + self._ttl_ms)
        return token

    def redeem(self, token: str, call: str) -> int | None:
        """The token's generation (a later one is larger); None when wrong, used, expired or another call's."""
        waiting = self._waiting.pop(_digest(token), None)
        if waiting is None or waiting.call != call or self._clock.now_ms() >= waiting.expires_ms:
            return None
        return waiting.generation

    def revoke(self, call: str) -> None:
        """No token of ``call`` is good any more."""
        for digest in [digest for digest, waiting in self._waiting.items() if waiting.call == call]:
            del self._waiting[digest]

    def _forget_expired(self, now: float) -> None:
        # All live equally long, so the oldest stand in front.
        while self._waiting and self._waiting[digest := next(iter(self._waiting))].expires_ms <= now:
            del self._waiting[digest]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
