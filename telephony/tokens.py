"""Single-use call tokens: what a media socket must show to be given a call.

A token travels in the `<Parameter>` of our TwiML (or in the answer to the softphone's ticket request) and
comes back in `start.customParameters`. It names its call and is signed, so whichever process the socket reaches
can tell whose it is. Presenting one uses it up, whatever the outcome: in this process by its digest, between
processes by its generation, of which only a newer one may open a socket (`telephony.media.Sockets`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Final

from calls.clock import Clock
from calls.line import IncomingCall
from calls.randomness import Randomness

TTL_MS: Final = 60_000.0
CAPACITY: Final = 10_000
"""Used tokens remembered at once; beyond that the oldest is forgotten, and only the record refuses its replay."""
LONGEST: Final = 480
"""characters; with its name a `<Parameter>` stays under 500"""
CALLED_KEPT: Final = 100
"""bytes of a dialled address that travel; only a SIP address is longer, which no line is found by"""
MAC_BYTES: Final = 16
"""of HMAC-SHA-256; 128 bits, as RFC 2104 (5) allows at the least"""


class CallTokens:
    """Mints and redeems. Processes with the same ``key`` know each other's tokens; without one, only their own."""

    def __init__(
        self,
        randomness: Randomness,
        clock: Clock,
        key: bytes = b"",
        ttl_ms: float = TTL_MS,
        capacity: int = CAPACITY,
    ) -> None:
        secret = key or randomness.token(32).encode()
        self._key = hmac.new(secret, b"call tokens", hashlib.sha256).digest()
        self._clock = clock
        self._ttl = timedelta(milliseconds=ttl_ms)
        self._capacity = capacity
        self._used: dict[bytes, int] = {}
        """digest -> when it expires anyway, in us since 1970"""
        self._revoked: dict[str, int] = {}
        """call -> the newest generation that is good no more"""
        self._generation = 0

    def __len__(self) -> int:
        return len(self._used) + len(self._revoked)

    def mint(self, call: str, incoming: IncomingCall | None = None) -> str:
        """A fresh token for ``call``, good once, for 60 s. With ``incoming`` any process can take the call in."""
        now = self._now_us()
        # Later tokens are newer wherever they were made, as far as the machines' clocks agree.
        self._generation = max(self._generation + 1, now)
        expires = now + self._ttl // timedelta(microseconds=1)
        told = incoming or IncomingCall(call, "", "", "")
        called = told.called.encode("utf-8", "replace")[:CALLED_KEPT].decode("utf-8", "ignore")
        fields = [self._generation, expires, call, told.caller, called, told.account, told.carrier]
        body = _text_of(json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace"))
        return f"{body}.{_text_of(self._mac(body))}"

    def redeem(self, token: str, call: str) -> int | None:
        """The token's generation (a later one is larger); None when wrong, used, expired or another call's."""
        read = self._read(token)
        now = self._now_us()
        self._forget(now)
        if read is None:
            return None
        generation, expires, incoming = read
        digest = hashlib.sha256(token.encode()).digest()
        used = digest in self._used
        self._used[digest] = expires
        while len(self._used) > self._capacity:
            del self._used[next(iter(self._used))]
        if used or incoming.call != call or now >= expires or generation <= self._revoked.get(call, 0):
            return None
        return generation

    def bearer(self, token: str) -> IncomingCall | None:
        """The call a token of ours was made for, used or not; None when it is none, or names no carrier."""
        read = self._read(token)
        return read[2] if read is not None and read[2].carrier else None

    def revoke(self, call: str) -> None:
        """No token of ``call`` that was made until now is good any more."""
        self._revoked.pop(call, None)
        self._revoked[call] = self._generation = max(self._generation, self._now_us())
        while len(self._revoked) > self._capacity:
            del self._revoked[next(iter(self._revoked))]

    def _read(self, token: str) -> tuple[int, int, IncomingCall] | None:
        body, _, mac = token.partition(".")
        if len(token) > LONGEST or not token.isascii():
            return None
        if not hmac.compare_digest(mac, _text_of(self._mac(body))):
            return None
        try:
            fields = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
            generation, expires, call, caller, called, account, carrier = fields
        except (ValueError, TypeError, binascii.Error):
            return None  # signed by us, in a shape of another release
        return generation, expires, IncomingCall(call, caller, called, carrier, account)

    def _mac(self, body: str) -> bytes:
        return hmac.new(self._key, body.encode(), hashlib.sha256).digest()[:MAC_BYTES]

    def _now_us(self) -> int:
        return round(self._clock.wall().timestamp() * 1_000_000)

    def _forget(self, now: int) -> None:
        # All live equally long, and are used soon: the oldest stand in front.
        while self._used and self._used[digest := next(iter(self._used))] <= now:
            del self._used[digest]
        horizon = now - self._ttl // timedelta(microseconds=1)
        while self._revoked and self._revoked[call := next(iter(self._revoked))] < horizon:
            del self._revoked[call]


def _text_of(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
