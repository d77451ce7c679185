"""E-mail with a calendar file, over a real SMTP server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import UnthreadedController
from icalendar import Calendar

from calls.errors import ConfigurationError
from tests.workflows.backends.world import BOOK
from tests.workflows.dialogue import TODAY
from tests.workflows.jobs.office import BUSINESS, NOON, OneLetterhead, SetClock, office
from tests.workflows.jobs.test_texts import Desk
from workflows.actions import ActionRunner
from workflows.backends.practice import DEMO
from workflows.backends.seed import seed
from workflows.jobs.mail import MailChannel
from workflows.jobs.smtp import SmtpMail


class Post:
    """A mail server: keeps what it gets, and answers RCPT as it is told."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.answers: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        return "250 OK"

    def calendar(self, number: int) -> Calendar:
        part = next(part for part in self.got[number].walk() if part.get_content_type() == "text/calendar")
        return Calendar.from_ical(part.get_payload(decode=True))


@asynccontextmanager
async def posting(url: str, server: bool = True) -> AsyncIterator[tuple[Desk, Post]]:
    post, clock = Post(), SetClock(NOON)
    controller = UnthreadedController(post, hostname="127.0.0.1", port=0, loop=asyncio.get_running_loop())
    listener = await asyncio.get_running_loop().create_server(controller._factory_invoker, "127.0.0.1", 0)
    mail = SmtpMail.read(f"smtp://127.0.0.1:{listener.sockets[0].getsockname()[1]}") if server else None
    try:
        async with office(url, clock=clock) as one:
            channel = MailChannel(one.engine, clock, mail, "desk@harbor.example", OneLetterhead())
            one.deliverer._channels = {"email": channel}
            await seed(one.engine, BUSINESS, TODAY, DEMO)
            async with ActionRunner(one.engine, clock) as actions:
                yield Desk(one, None, actions), post  # type: ignore[arg-type]
    finally:
        listener.close()
        await listener.wait_closed()


WITH_MAIL = {**BOOK, "email": "alex.kim@example.com"}


def test_an_invitation_follows_its_booking_to_the_end(fresh_database: str) -> None:
    async def story() -> None:
        async with posting(fresh_database) as (at, post):
            done = await at.ask("book", **WITH_MAIL)
            code = done.receipt.result["code"]
            await at.one.goes_on()
            await at.ask("reschedule", f"booking:{code}", date="2026-03-18", time="10:00")
            await at.one.goes_on()
            await at.ask("cancel_booking", f"booking:{code}")
            await at.one.goes_on()
            first = post.got[0]
            assert first["To"] == "Alex Kim <alex.kim@example.com>"
            assert first["From"] == "Harbor Dental <desk@harbor.example>"
            assert first["Subject"] == "Booked: Cleaning, Tuesday, March 17 at 2:30 PM"
            body = first.get_body(("plain",))
            assert body is not None and f"Code:  {code}" in body.get_content()
            kinds = [part.get_content_type() for part in first.walk()]
            assert "text/calendar" in kinds and "application/ics" in kinds
            calendars = [post.calendar(number) for number in range(3)]
            events = [calendar.walk("VEVENT")[0] for calendar in calendars]
            assert [str(calendar["METHOD"]) for calendar in calendars] == ["REQUEST", "REQUEST", "CANCEL"]
            assert {str(event["UID"]) for event in events} == {f"{code}@harbor.example"}
            assert [int(event["SEQUENCE"]) for event in events] == [0, 1, 2]
            assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
            starts = [event["DTSTART"] for event in events]
            assert [f"{start.dt:%Y-%m-%dT%H:%M}" for start in starts] == [
                "2026-03-17T14:30", "2026-03-18T10:00", "2026-03-18T10:00",
            ]  # fmt: skip
            assert {start.params["TZID"] for start in starts} == {"America/New_York"}
            assert all(calendar.walk("VTIMEZONE") for calendar in calendars)
            assert len({message["Message-ID"] for message in post.got}) == 3

    asyncio.run(story())


def test_without_an_address_nothing_is_mailed(fresh_database: str) -> None:
    async def story() -> None:
        async with posting(fresh_database) as (at, post):
            await at.ask("book", **BOOK)
            await at.one.goes_on()
            assert post.got == [] and await at.one.rows() == []

    asyncio.run(story())


def test_without_a_server_it_stands_there_that_nothing_was_sent(fresh_database: str) -> None:
    async def story() -> None:
        async with posting(fresh_database, server=False) as (at, _):
            await at.ask("book", **WITH_MAIL)
            await at.one.goes_on()
            assert [(row.state, row.reason) for row in await at.one.rows()] == [
                ("not_sent", "there is no mail server: set SMTP_URL and MAIL_FROM")
            ]

    asyncio.run(story())


def test_a_greylisting_server_is_tried_again_and_a_firm_one_is_not(fresh_database: str) -> None:
    async def story() -> None:
        async with posting(fresh_database) as (at, post):
            post.answers = ["451 later please", "250 OK", "550 no such alex.kim@example.com"]
            await at.ask("book", **WITH_MAIL)
            await at.one.goes_on()
            [row] = await at.one.rows()
            assert (row.state, row.attempts) == ("waiting", 1)
            at.one.clock.now = row.due_at
            await at.one.goes_on()
            assert len(post.got) == 1
            await at.ask("book", **{**WITH_MAIL, "time": "16:00"})
            await at.one.goes_on()
            last = (await at.one.rows())[-1]
            assert (last.state, last.attempts) == ("dead", 1)
            assert "alex" not in last.reason

    asyncio.run(story())


@pytest.mark.parametrize("url", ["", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://h:port"])
def test_an_address_of_no_mail_server_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ConfigurationError, match="SMTP_URL"):
        SmtpMail.read(url)


def test_a_password_is_read_as_it_was_meant_and_shown_to_nobody() -> None:
    mail = SmtpMail.read("smtps://desk%40x:p%2Fw@mail.example.com")
    assert (mail.port, mail.implicit_tls, mail.user, mail.password) == (465, True, "desk@x", "p/w")
    assert "p/w" not in repr(mail)
