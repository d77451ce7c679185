"""Signed webhooks, in the form of Standard Webhooks: an id that stays, a timestamp, and an HMAC over both and the body.

Source: the Standard Webhooks specification 1.0.0 (headers, ``whsec_`` secrets, ``v1,`` signatures).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from calls.clock import Clock
from calls.errors import ConfigurationError
from calls.randomness import Randomness
from workflows.customer_systems.addresses import Fence, Forbidden
from workflows.jobs.backoff import PATIENT_S
from workflows.jobs.delivery import Delivery, Failed, NotSent, Occurrence, Outcome, Sent
from workflows.jobs.planning import ANNOUNCED
from workflows.jobs.tables import webhook_endpoints

TIMEOUT_S = 10.0
MOST_REPLY_BYTES = 16 * 1024
GONE = 410

Compose = Callable[[Occurrence], Awaitable[bytes | None]]
"""The body that tells of an occurrence; None when there is nothing left to tell of."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Who wants to hear of what."""

    id: str
    business: str
    """empty = all"""
    url: str
    events: tuple[str, ...]
    """empty = all"""
    secret: str = ""


def new_secret(randomness: Randomness) -> str:
    """A secret as receivers' libraries expect it."""
    return "whsec_" + base64.b64encode(randomness.token(24).encode()).decode()


def sign(secret: str, message: str, timestamp: int, body: bytes) -> str:
    """The header ``webhook-signature``. Raises ValueError for a secret that is none."""
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    digest = hmac.new(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


async def add_endpoint(
    connection: AsyncConnection, url: str, events: Sequence[str], business: str, fence: Fence, now: datetime,
    randomness: Randomness,
) -> Endpoint:  # fmt: skip
    """A new endpoint, with the secret to tell its receiver. Raises ConfigurationError."""
    fence.check(url)
    unknown = [event for event in events if event not in ANNOUNCED]
    if unknown:
        raise ConfigurationError(f"{unknown[0]!r} is told to nobody; choose among: {', '.join(ANNOUNCED)}")
    new = Endpoint(randomness.identifier("we"), business, url, tuple(events), new_secret(randomness))
    row = {"id": new.id, "business": business, "url": url, "secret": new.secret, "events": list(events)}
    await connection.execute(insert(webhook_endpoints).values(**row, created_at=now))
    return new


async def remove_endpoint(connection: AsyncConnection, endpoint: str, now: datetime) -> bool:
    """Tell it nothing more; False when there is no such endpoint."""
    mine = (webhook_endpoints.c.id == endpoint, webhook_endpoints.c.removed_at.is_(None))
    changed = update(webhook_endpoints).where(*mine).values(removed_at=now)
    return (await connection.execute(changed.returning(webhook_endpoints.c.id))).first() is not None


async def endpoints(connection: AsyncConnection) -> Sequence[Endpoint]:
    """Those that are told, without their secrets."""
    query = select(webhook_endpoints).where(webhook_endpoints.c.removed_at.is_(None))
    rows = await connection.execute(query.order_by(webhook_endpoints.c.created_at, webhook_endpoints.c.id))
    return [Endpoint(row.id, row.business, row.url, tuple(row.events)) for row in rows]


async def _endpoint(engine: AsyncEngine, name: str) -> Endpoint | None:
    query = select(webhook_endpoints).where(
        webhook_endpoints.c.id == name, webhook_endpoints.c.removed_at.is_(None)
    )
    async with engine.connect() as connection:
        row = (await connection.execute(query)).first()
    return None if row is None else Endpoint(row.id, row.business, row.url, tuple(row.events), row.secret)


class WebhookChannel:
    """``session`` is a fenced one. Only the status of a reply is looked at."""

    waits_s = PATIENT_S

    def __init__(
        self, engine: AsyncEngine, session: aiohttp.ClientSession, fence: Fence, clock: Clock, compose: Compose
    ) -> None:
        self._engine = engine
        self._session = session
        self._fence = fence
        self._clock = clock
        self._compose = compose

    async def send(self, delivery: Delivery, occurrence: Occurrence) -> Outcome:
        """One POST. Its id is that of the occurrence and its endpoint: the same however often it is sent."""
        endpoint = await _endpoint(self._engine, delivery.target)
        if endpoint is None:
            return NotSent("the endpoint was removed")
        body = await self._compose(occurrence)
        if body is None:
            return NotSent("there is nothing left to tell of")
        message = f"msg_{occurrence.id}_{endpoint.id}"
        timestamp = int(self._clock.wall().timestamp())
        headers = {
            "content-type": "application/json",
            "user-agent": "Switchboard",
            "webhook-id": message,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(endpoint.secret, message, timestamp, body),
        }
        try:
            url = self._fence.check(endpoint.url)
            async with self._session.post(
                url,
                data=body,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
            ) as response:
                status = response.status
                await response.content.read(MOST_REPLY_BYTES)
        except Forbidden as why:
            return Failed(str(why), lasting=True)
        except TimeoutError:
            return Failed(f"no answer within {TIMEOUT_S:.0f} s")
        except (aiohttp.ClientError, OSError) as why:
            # Without its text: that may hold the address, and the address a secret.
            return Failed(f"it could not be reached ({type(why).__name__})")
        if 200 <= status < 300:
            return Sent(message)
        return Failed(f"it answered {status}", lasting=status == GONE)
