"""Everything that sends, put together: relay, queue and channels, in ``serve`` and in ``switchboard jobs work``."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from calls.clock import Clock
from calls.errors import ConfigurationError
from calls.randomness import Randomness
from switchboard.jobs_compose import Composer
from switchboard.lines import LineBook
from switchboard.settings import Settings
from telephony.messages import MESSAGE_STATUS
from telephony.twilio_messages import TwilioMessages
from workflows.customer_systems.addresses import Fence, fenced_session
from workflows.jobs.consents import start, stop
from workflows.jobs.delivering import Deliverer
from workflows.jobs.delivery import EMAIL, SMS, WEBHOOK, Letterhead
from workflows.jobs.mail import MailChannel
from workflows.jobs.planning import Planner
from workflows.jobs.queue import JobQueue
from workflows.jobs.quiet import QuietHours
from workflows.jobs.relay import Relay
from workflows.jobs.smtp import SmtpMail
from workflows.jobs.tables import deliveries
from workflows.jobs.texts import TextChannel
from workflows.jobs.webhooks import WebhookChannel

BROKEN = {"failed", "undelivered", "canceled"}
"""Twilio's words for a message that did not arrive."""


class BookLetterheads:
    """Businesses as the lines know them. ``number``: what texts come from instead of the line's own."""

    def __init__(self, book: LineBook, number: str = "") -> None:
        self._book = book
        self._number = number

    def of(self, business: str) -> Letterhead:
        """That of the first line of the business which has a number of its own."""
        mine = [line for line in self._book.lines if line.business == business]
        line = next((line for line in mine if line.number != "*"), mine[0] if mine else None)
        if line is None:
            return Letterhead(business, "", texts_from=self._number)
        own = line.number if line.number != "*" else ""
        return Letterhead(business, own, line.timezone, line.locale, self._number or own)

    def business_of(self, line: str) -> str:
        """The business of a line; empty when there is no such line any more."""
        return next((one.business for one in self._book.lines if one.id == line), "")


@dataclass(frozen=True, slots=True)
class Jobs:
    """What sends. ``run`` it in a process that is to do some of the work."""

    relay: Relay
    queue: JobQueue
    deliverer: Deliverer
    texts_possible: bool

    async def run(self) -> None:
        """Relay and work, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.relay.run())
            group.create_task(self.queue.run())

    async def once(self) -> None:
        """Everything there is to do now."""
        while await self.relay.pump():
            await self.queue.work(wait=False)


@contextlib.asynccontextmanager
async def open_jobs(
    database: AsyncEngine, book: LineBook, settings: Settings, clock: Clock, randomness: Randomness
) -> AsyncIterator[Jobs]:
    """Everything that sends, as the settings allow. Raises ConfigurationError."""
    # It tells of every job that comes and goes.
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    quiet, fence = quiet_hours(settings), Fence.of(settings.local_hosts)
    mail = mail_server(settings)
    heads = BookLetterheads(book, settings.text_number)
    async with contextlib.AsyncExitStack() as stack:
        fenced = await stack.enter_async_context(fenced_session(fence))
        texts = None
        if settings.twilio_account_sid and settings.twilio_auth_tokens:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            texts = _messages(settings, session)
        deliverer = Deliverer(
            database,
            clock,
            randomness,
            {
                SMS: TextChannel(database, clock, randomness, texts, heads),
                EMAIL: MailChannel(database, clock, mail, settings.mail_from, heads),
                WEBHOOK: WebhookChannel(database, fenced, fence, clock, Composer(database).compose),
            },
            heads,
        )
        queue = JobQueue(database, clock, deliverer.deliver)
        yield Jobs(Relay(database, clock, queue, Planner(heads, quiet)), queue, deliverer, texts is not None)


def _messages(settings: Settings, session: aiohttp.ClientSession) -> TwilioMessages:
    """The first auth token is the account's primary one. Without a public address nobody can tell how texts fared."""
    status_url = settings.public_url + MESSAGE_STATUS if settings.public_url else ""
    account, token = settings.twilio_account_sid, settings.twilio_auth_tokens[0]
    return TwilioMessages(settings.twilio_api_base_url, account, token, session, status_url)


def quiet_hours(settings: Settings) -> QuietHours | None:
    """When nobody is texted unasked. Raises ConfigurationError."""
    try:
        return QuietHours.read(settings.quiet_hours)
    except ValueError as why:
        raise ConfigurationError(f"SWITCHBOARD_QUIET_HOURS: {why}") from None


def mail_server(settings: Settings) -> SmtpMail | None:
    """The mail server; None when there is none. Raises ConfigurationError."""
    if not settings.smtp_url:
        return None
    local, _, domain = settings.mail_from.partition("@")
    if not local or "." not in domain or any(letter.isspace() or letter in "<>,;" for letter in settings.mail_from):
        raise ConfigurationError("MAIL_FROM must be an address such as desk@example.com, since SMTP_URL is set")
    return SmtpMail.read(settings.smtp_url)


class RecordedTexts:
    """Implements the port ``TextDesk``: who wants no texts, and how those we sent fared."""

    def __init__(self, database: AsyncEngine, clock: Clock, book: LineBook) -> None:
        self._database = database
        self._clock = clock
        self._book = book

    async def stopped(self, phone: str) -> None:
        """Withdraws every consent, and keeps texts away until START."""
        async with self._database.begin() as connection:
            await stop(connection, phone, self._clock.wall())

    async def started(self, phone: str) -> None:
        """Texts may go there again, once they are agreed to."""
        async with self._database.begin() as connection:
            await start(connection, phone)

    async def help_for(self, number: str) -> str:
        """Who we are, and how to stop."""
        line = next((line for line in self._book.lines if line.number == number), None)
        name = line.business if line is not None else "This number"
        return f"{name}: texts about your appointments. Nobody reads replies; please call. Reply STOP for no more."

    async def fared(self, message: str, status: str, error: str) -> None:
        """A message that did not arrive is listed with what could not be sent."""
        reason = f"carrier: {status}" + (f" ({error})" if error else "")
        changed = update(deliveries).where(deliveries.c.reference == message, deliveries.c.channel == SMS)
        values = {"state": "dead", "reason": reason} if status in BROKEN else {"reason": reason}
        async with self._database.begin() as connection:
            await connection.execute(changed.values(**values))
