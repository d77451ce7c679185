"""Sessions in a signed cookie: whose token it came from, and until when. Nothing else is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

COOKIE = "switchboard_session"

LASTS = timedelta(hours=12)

LOCAL = "local"
"""Subject of a session given by the machine itself, to whoever followed its one-use link."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person."""

    subject: str
    """id of the token they signed in with, or ``local``"""
    expires_at: datetime


class Signer:
    """Writes and reads sessions. Raises ValueError for a key under 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("the session key needs at least 32 random bytes")
        self._key = hashlib.sha256(b"switchboard session v1\x00" + key).digest()

    def write(self, session: Session) -> str:
        """The cookie's value."""
        told = {"sub": session.subject, "exp": int(session.expires_at.timestamp())}
        payload = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
        return f"{payload}.{self._sign(payload)}"

    def read(self, value: str, now: datetime) -> Session | None:
        """The session in a cookie; None when it was not written with this key, or is over."""
        payload, _, signature = value.partition(".")
        if len(value) > 500 or not value.isascii() or not hmac.compare_digest(self._sign(payload), signature):
            return None
        told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        session = Session(str(told["sub"]), datetime.fromtimestamp(told["exp"], UTC))
        return session if now < session.expires_at else None

    def _sign(self, payload: str) -> str:
        return hmac.new(self._key, payload.encode(), hashlib.sha256).hexdigest()
