"""Text messages: what they say, to whom they may go, and how they are sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from calls.clock import Clock
from calls.errors import TextRefused
from calls.randomness import Randomness
from workflows.backends.locks import lock
from workflows.backends.one_time_codes import ON_ITS_WAY, draw_code
from workflows.jobs.appointments import Appointment, appointment, offered
from workflows.jobs.backoff import BRIEF_S
from workflows.jobs.consents import BOOKING_SCOPE, stands, stop, stopped
from workflows.jobs.delivery import Delivery, Failed, Letterhead, Letterheads, NotSent, Occurrence, Outcome, Sent
from workflows.jobs.planning import OFFERED
from workflows.jobs.tables import deliveries

CODES_AN_HOUR = 5
TEXTS_A_DAY = 20
"""to one number, of all kinds"""
LONGEST = 480
"""three segments; nothing we compose comes near"""
NO_ACCOUNT = "there is no carrier for texts: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"

STATUS = {"booking.created": "booked", "booking.rescheduled": "booked", "booking.cancelled": "cancelled"}
"""what a booking has to be for a text that tells of it"""


class Texts(Protocol):
    """Sends text messages. ``sender`` and ``to`` are E.164."""

    async def send_text(self, sender: str, to: str, words: str) -> str:
        """The carrier's id of the message. Raises TextRefused."""


@dataclass(frozen=True, slots=True)
class TextMessage:
    """What is sent, and to whom."""

    to: str
    words: str
    is_code: bool = False


class TextChannel:
    """``texts`` None: nothing can be sent, and that stands on every delivery."""

    waits_s = BRIEF_S

    def __init__(
        self, engine: AsyncEngine, clock: Clock, randomness: Randomness, texts: Texts | None, letterheads: Letterheads
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._randomness = randomness
        self._texts = texts
        self._letterheads = letterheads

    async def send(self, delivery: Delivery, occurrence: Occurrence) -> Outcome:
        """Compose it from what is on file now, and send it if that number may be written to."""
        head = self._letterheads.of(occurrence.business)
        if self._texts is None:
            return NotSent(NO_ACCOUNT)
        if not head.texts_from:
            return NotSent("no line of this business has a number of its own: set TWILIO_TEXT_NUMBER")
        async with self._engine.begin() as connection:
            message = await self._compose(connection, occurrence, head)
            if isinstance(message, NotSent):
                return message
            refusal = await self._refusal(connection, message, occurrence, delivery)
            if refusal is not None:
                return refusal
        try:
            reference = await self._texts.send_text(head.texts_from, message.to, message.words[:LONGEST])
        except TextRefused as why:
            if why.stopped:
                # The carrier heard STOP before we did.
                async with self._engine.begin() as connection:
                    await stop(connection, message.to, self._clock.wall())
                return NotSent("this number has sent STOP")
            return Failed(str(why), lasting=why.lasting)
        return Sent(reference)

    async def _compose(
        self, connection: AsyncConnection, what: Occurrence, head: Letterhead
    ) -> TextMessage | NotSent:
        if what.kind == ON_ITS_WAY:
            code = await draw_code(connection, what.subject, self._clock.wall(), self._randomness)
            if code is None:
                return NotSent("there is nobody to send the code to")
            return TextMessage(code.phone, code_words(head, code.text), is_code=True)
        if what.kind == OFFERED:
            about = await offered(connection, what.subject, head.timezone)
        else:
            about = await appointment(connection, what.subject, head.timezone)
        if about is None:
            return NotSent("it is not on file any more")
        if STATUS.get(what.kind, about.status) != about.status:
            # A text that says the opposite has followed, or follows.
            return NotSent("the booking has been changed since")
        return TextMessage(about.phone, appointment_words(head, what.kind, about))

    async def _refusal(
        self, connection: AsyncConnection, message: TextMessage, what: Occurrence, delivery: Delivery
    ) -> NotSent | None:
        """Why this number is not written to; looked at when it is sent, for much may happen since it was planned."""
        if await stopped(connection, message.to):
            return NotSent("this number has sent STOP")
        if not message.is_code and not await stands(connection, what.business, message.to, BOOKING_SCOPE):
            return NotSent("there is no consent to text this number")
        now = self._clock.wall()
        since = timedelta(hours=1) if message.is_code else timedelta(days=1)
        recipient = recipient_of(message.to)
        # Several for one number may be under way at once: they are counted one after the other.
        await lock(connection, f"text/{recipient}")
        sent = await self._sent_since(connection, recipient, now - since, delivery.id)
        if sent >= (CODES_AN_HOUR if message.is_code else TEXTS_A_DAY):
            return NotSent("this number was sent too many texts already")
        mine = update(deliveries).where(deliveries.c.id == delivery.id)
        await connection.execute(mine.values(recipient=recipient))
        return None

    async def _sent_since(self, connection: AsyncConnection, recipient: str, since: datetime, but: int) -> int:
        query = select(func.count()).where(
            deliveries.c.recipient == recipient,
            deliveries.c.id != but,
            or_(deliveries.c.state == "sending", deliveries.c.reference != ""),
            deliveries.c.queued_at > since,
        )
        return int((await connection.execute(query)).scalar_one())


def recipient_of(phone: str) -> str:
    """What a number is counted under."""
    return hashlib.sha256(f"text/{phone}".encode()).hexdigest()


def code_words(head: Letterhead, code: str) -> str:
    """A one-time code. It says what it is for: nobody is to be talked into reading it to a stranger who calls them."""
    return (
        f"{head.business}: your code is {code}. Say it only in the call you are making to us. "
        f"It is good for ten minutes."
    )


def appointment_words(head: Letterhead, kind: str, about: Appointment) -> str:
    """A text about an appointment. How to stop stands in every one."""
    when = spoken_when(about, head.locale)
    where = f", {about.place}" if about.place else ""
    call = f" To change it, call {head.number}." if head.number else ""
    stop_line = " Reply STOP for no more texts."
    if kind == OFFERED:
        free = f"{about.service} on {when}{where} became free."
        return f"{head.business}: {free} Call {head.number} to take it.{stop_line}"
    if about.status == "cancelled":
        return f"{head.business}: your {about.service} on {when} is cancelled. Code {about.code}.{stop_line}"
    done = "is now" if kind == "booking.rescheduled" else "is booked for"
    return f"{head.business}: your {about.service} {done} {when}{where}. Code {about.code}.{call}{stop_line}"


def spoken_when(about: Appointment, locale: str) -> str:
    """Day and time as the locale writes them: 24 hours for en-GB."""
    start = about.local
    if locale == "en-GB":
        return f"{start:%A} {start.day} {start:%B} at {start:%H:%M}"
    hour = start.hour % 12 or 12
    return f"{start:%A}, {start:%B} {start.day} at {hour}:{start:%M} {'AM' if start.hour < 12 else 'PM'}"
