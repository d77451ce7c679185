"""Tokens for ``/api/v1`` and the console: shown once, kept as a digest."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from calls.errors import ConfigurationError
from calls.randomness import Randomness, SystemRandomness
from records.tables import api_tokens

CALLS_READ = "calls:read"

CALLS_STEER = "calls:steer"
PHONE_USE = "phone:use"
METRICS_READ = "metrics:read"
SCOPES = {
    CALLS_READ: "read the call log, events, transcripts and recordings",
    CALLS_STEER: "say words in a live call, hand it over, or end it",
    METRICS_READ: "read the metrics of a process, as Prometheus does",
    PHONE_USE: "call from the browser's softphone",
}
"""Every scope there is."""

_SHAPE = re.compile(r"sb\.(tok_[0-9a-z]{20})\.[A-Za-z0-9_-]{20,100}")


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret."""

    id: str
    scopes: tuple[str, ...]
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def valid(self, now: datetime) -> bool:
        """True unless it has expired or was taken back."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class Tokens:
    """The tokens of this installation."""

    def __init__(self, engine: AsyncEngine, randomness: Randomness | None = None) -> None:
        self._engine = engine
        self._randomness = randomness or SystemRandomness()

    async def create(
        self, scopes: Sequence[str], now: datetime, label: str = "", expires_at: datetime | None = None
    ) -> str:
        """Make a token and return its plaintext, which is nowhere kept. Raises ConfigurationError."""
        unknown = sorted(set(scopes) - set(SCOPES))
        if unknown or not scopes:
            named = ", ".join(unknown) or "none given"
            raise ConfigurationError(f"unknown scope ({named}); choose from: {', '.join(sorted(SCOPES))}")
        name = self._randomness.identifier("tok")
        plain = f"sb.{name}.{self._randomness.token(32)}"
        row = {
            "id": name,
            "digest": _digest(plain),
            "scopes": sorted(set(scopes)),
            "label": label,
            "created_at": now,
            "expires_at": expires_at,
        }
        async with self._engine.begin() as connection:
            await connection.execute(insert(api_tokens).values(row))
        return plain

    async def identify(self, plain: str, now: datetime) -> Token | None:
        """Whose token this is; None when it is nobody's, has expired, or was taken back."""
        shape = _SHAPE.fullmatch(plain)
        if shape is None:
            return None
        row = await self._row(shape[1])
        # compared even where there is no such token, so that the time taken does not tell
        kept = row["digest"] if row is not None else "0" * 64
        if not hmac.compare_digest(_digest(plain), kept) or row is None:
            return None
        token = _token(row)
        return token if token.valid(now) else None

    async def check(self, plain: str, scope: str, now: datetime) -> bool:
        """True when ``plain`` is a valid token with ``scope``."""
        token = await self.identify(plain, now)
        return token is not None and scope in token.scopes

    async def get(self, name: str) -> Token | None:
        """The token with id ``name``."""
        row = await self._row(name)
        return _token(row) if row is not None else None

    async def find(self) -> list[Token]:
        """All tokens, oldest first."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(api_tokens).order_by(api_tokens.c.created_at, api_tokens.c.id))
            return [_token(row) for row in rows.mappings()]

    async def revoke(self, name: str, now: datetime) -> bool:
        """Take a token back; False when there is none of that id."""
        change = update(api_tokens).where(api_tokens.c.id == name, api_tokens.c.revoked_at.is_(None))
        async with self._engine.begin() as connection:
            return (await connection.execute(change.values(revoked_at=now))).rowcount > 0

    async def _row(self, name: str) -> RowMapping | None:
        async with self._engine.connect() as connection:
            found = await connection.execute(select(api_tokens).where(api_tokens.c.id == name))
            return found.mappings().first()


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()


def _token(row: RowMapping) -> Token:
    def utc(moment: datetime | None) -> datetime | None:
        return moment.astimezone(UTC) if moment else None

    return Token(
        row["id"],
        tuple(row["scopes"]),
        row["label"],
        row["created_at"].astimezone(UTC),
        utc(row["expires_at"]),
        utc(row["revoked_at"]),
    )
