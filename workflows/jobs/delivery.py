"""What is due to be sent, and how sending it may end: the words that the relay, the deliverer and channels share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

SMS, EMAIL, WEBHOOK = "sms", "email", "webhook"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happened: a row of the outbox."""

    id: int
    business: str
    kind: str
    """such as ``booking.created``"""
    subject: str
    """code or number of the row it happened to; the id of a call"""
    body: Mapping[str, Any]
    """without names, numbers or addresses of people"""
    created_at: datetime

    @classmethod
    def of(cls, row: Any, letterheads: Letterheads) -> Occurrence:
        """From a row of ``outbox``. One about a call only knows its line."""
        body = json.loads(row.body)
        business = row.business or letterheads.business_of(str(body.get("line", "")))
        return cls(row.id, business, row.kind, row.subject, body, row.created_at)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message that follows from an occurrence, claimed to be sent now."""

    id: int
    channel: str
    target: str
    """id of a webhook's endpoint, or empty"""
    run: int
    attempt: int
    """from 1"""


@dataclass(frozen=True, slots=True)
class Sent:
    """Taken over by whoever carries it."""

    reference: str = ""
    """its carrier's id"""


@dataclass(frozen=True, slots=True)
class NotSent:
    """There was a reason not to send it. Nothing tries again by itself."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be sent."""

    reason: str
    lasting: bool = False
    """trying again would not help"""


Outcome = Sent | NotSent | Failed


class Channel(Protocol):
    """A way to send."""

    @property
    def waits_s(self) -> tuple[float, ...]:
        """Seconds between attempts; after the last one it is given up."""

    async def send(self, delivery: Delivery, occurrence: Occurrence) -> Outcome:
        """Send it, or say why not. May raise OSError or TimeoutError, which count as failed."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: what a business is to the people it writes to."""

    business: str
    number: str
    """E.164: where it is called; empty when there is none"""
    timezone: str = "UTC"
    """IANA"""
    locale: str = "en-US"
    texts_from: str = ""
    """E.164, or the carrier's name of a service; empty: nothing can be texted"""


class Letterheads(Protocol):
    """Knows every business."""

    def of(self, business: str) -> Letterhead:
        """The business's own; a plain one when no line belongs to it."""

    def business_of(self, line: str) -> str:
        """The business of a line; empty when there is no such line any more."""


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery to be made."""

    channel: str
    target: str = ""
    due_at: datetime | None = None
    """None: at once"""
