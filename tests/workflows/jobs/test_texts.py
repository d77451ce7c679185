"""Texts: only with consent, never against STOP, not at night, and codes not too often. Twilio is a loopback server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from sqlalchemy import insert

from calls.randomness import SeededRandomness
from calls.run import ActionRequest
from telephony.twilio_messages import TwilioMessages
from tests.workflows.backends.world import BOOK
from tests.workflows.dialogue import FACTS, TODAY
from tests.workflows.jobs.office import BUSINESS, NOON, Office, OneLetterhead, Receiver, SetClock, office, receiving
from workflows.actions import ActionRunner
from workflows.backends.practice import DEMO
from workflows.backends.seed import seed
from workflows.backends.tables import one_time_codes
from workflows.jobs.consents import BOOKING_SCOPE, give, start, stop
from workflows.jobs.quiet import QuietHours
from workflows.jobs.texts import TextChannel

PHONE = "+12125550143"
NIGHT = datetime(2026, 3, 17, 2, 30, tzinfo=UTC)
"""half past ten in the evening in New York"""


class Desk:
    """A business, its calls and Twilio."""

    def __init__(self, one: Office, twilio: Receiver, actions: ActionRunner) -> None:
        self.one = one
        self.twilio = twilio
        self.actions = actions
        self._number = 0

    async def ask(self, action: str, subject: str = "", **arguments: Any) -> Any:
        self._number += 1
        now = self.one.clock.now.isoformat()
        facts = replace(FACTS, wall=now, business=BUSINESS, verified_subject=subject)
        writes = action in ("book", "reschedule", "cancel_booking")
        request = ActionRequest(f"k{self._number}/{now}", action, arguments, writes)
        settled = await self.actions.run("CA1", facts, request)
        self.one.clock.passes(seconds=5)
        return settled

    async def agrees(self) -> None:
        async with self.one.engine.begin() as connection:
            await give(connection, BUSINESS, PHONE, BOOKING_SCOPE, "CA0", self.one.clock.now)
        self.one.clock.passes(seconds=5)

    def texts(self) -> list[dict[str, str]]:
        return [dict(parse_qsl(body.decode())) for _, body in self.twilio.got]


Story = Callable[[Desk], Awaitable[None]]


@asynccontextmanager
async def desk(url: str, now: datetime = NOON, quiet: str = "none", account: bool = True) -> AsyncIterator[Desk]:
    clock = SetClock(now)
    async with receiving() as twilio, aiohttp.ClientSession() as session, office(url, clock=clock, quiet=quiet) as one:
        twilio.statuses, twilio.reply = [201] * 50, json.dumps({"sid": "SM1", "status": "queued"}).encode()
        rest = TwilioMessages(twilio.url, "AC1", "secret token", session, "https://x.example/twilio/message-status")
        channel = TextChannel(one.engine, clock, SeededRandomness(3), rest if account else None, OneLetterhead())
        one.deliverer._channels = {"sms": channel}
        await seed(one.engine, BUSINESS, TODAY, DEMO)
        async with ActionRunner(one.engine, clock) as actions:
            yield Desk(one, twilio, actions)


def play(url: str, story: Story, **how: Any) -> None:
    async def main() -> None:
        async with desk(url, **how) as one:
            await story(one)

    asyncio.run(main())


def test_who_agreed_is_texted_what_was_booked_moved_and_cancelled(fresh_database: str) -> None:
    async def story(at: Desk) -> None:
        await at.agrees()
        done = await at.ask("book", **BOOK)
        code = done.receipt.result["code"]
        await at.one.goes_on()
        assert at.texts() == [
            {
                "To": PHONE,
                "From": "+15550100",
                "Body": f"Harbor Dental: your Cleaning is booked for Tuesday, March 17 at 2:30 PM. Code {code}. "
                "To change it, call +15550100. Reply STOP for no more texts.",
                "StatusCallback": "https://x.example/twilio/message-status",
            }
        ]
        await at.ask("reschedule", f"booking:{code}", date="2026-03-18", time="10:00")
        await at.one.goes_on()
        await at.ask("cancel_booking", f"booking:{code}")
        await at.one.goes_on()
        assert [text["Body"].split(".")[0] for text in at.texts()[1:]] == [
            "Harbor Dental: your Cleaning is now Wednesday, March 18 at 10:00 AM",
            "Harbor Dental: your Cleaning on Wednesday, March 18 at 10:00 AM is cancelled",
        ]
        assert [row.reference for row in await at.one.rows()] == ["SM1"] * 3

    play(fresh_database, story)


def test_nobody_is_texted_who_did_not_agree(fresh_database: str) -> None:
    async def story(at: Desk) -> None:
        await at.ask("book", **BOOK)
        await at.one.goes_on()
        assert at.texts() == [] and await at.one.rows() == []
        await at.ask("send_confirmation")
        await at.one.goes_on()
        assert len(at.texts()) == 1

    play(fresh_database, story)


def test_stop_holds_for_what_is_on_its_way_and_what_comes(fresh_database: str) -> None:
    async def story(at: Desk) -> None:
        await at.ask("book", **BOOK)
        await at.ask("send_confirmation")
        async with at.one.engine.begin() as connection:
            await stop(connection, PHONE, at.one.clock.now)
        await at.one.goes_on()
        assert at.texts() == []
        assert [(row.state, row.reason) for row in await at.one.rows()] == [
            ("not_sent", "this number has sent STOP")
        ]
        assert (await at.ask("send_confirmation")).refusal == "stopped"
        assert (await at.ask("record_consent", phone=PHONE)).refusal == "stopped"
        async with at.one.engine.begin() as connection:
            await start(connection, PHONE)
        await at.ask("book", **{**BOOK, "time": "16:00"})
        await at.one.goes_on()
        # START alone is no consent: it has to be given again.
        assert at.texts() == []
        assert (await at.ask("send_confirmation")).refusal == ""
        await at.one.goes_on()
        assert len(at.texts()) == 1

    play(fresh_database, story)


def test_the_carrier_may_have_heard_stop_before_us(fresh_database: str) -> None:
    async def story(at: Desk) -> None:
        await at.ask("book", **BOOK)
        at.twilio.statuses, at.twilio.reply = [400], b'{"code": 21610}'
        await at.ask("send_confirmation")
        await at.one.goes_on()
        assert [row.state for row in await at.one.rows()] == ["not_sent"]
        assert (await at.ask("record_consent", phone=PHONE)).refusal == "stopped"

    play(fresh_database, story)


def test_nobody_is_woken(fresh_database: str) -> None:
    async def story(at: Desk) -> None:
        await at.agrees()
        await at.ask("book", **BOOK)
        await at.one.goes_on()
        assert at.texts() == []
        at.one.clock.now = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
        await at.one.goes_on()
        assert len(at.texts()) == 1

    play(fresh_database, story, now=NIGHT, quiet="21:00-08:00")


def test_who_has_just_asked_is_awake(fresh_database: str) -> None:
    async def awake(at: Desk) -> None:
        await at.ask("book", **BOOK)
        await at.ask("send_confirmation")
        await at.one.goes_on()
        assert len(at.texts()) == 1

    play(fresh_database, awake, now=NIGHT, quiet="21:00-08:00")


@pytest.mark.parametrize(
    ("now", "zone", "until"),
    [
        ("2026-03-17T20:59-04:00", "America/New_York", "2026-03-17T20:59-04:00"),
        ("2026-03-17T21:00-04:00", "America/New_York", "2026-03-18T08:00-04:00"),
        ("2026-03-18T07:59-04:00", "America/New_York", "2026-03-18T08:00-04:00"),
        ("2026-03-18T08:00-04:00", "America/New_York", "2026-03-18T08:00-04:00"),
        # The night in which the clocks change: eight o'clock is eight o'clock.
        ("2026-03-07T22:00-05:00", "America/New_York", "2026-03-08T08:00-04:00"),
        ("2026-10-31T22:00-04:00", "America/New_York", "2026-11-01T08:00-05:00"),
        ("2026-03-17T22:00-04:00", "America/Los_Angeles", "2026-03-17T22:00-04:00"),
    ],
)
def test_quiet_hours_are_those_of_where_somebody_is(now: str, zone: str, until: str) -> None:
    hours = QuietHours.read("21:00-08:00")
    assert hours is not None
    assert hours.over(datetime.fromisoformat(now), zone) == datetime.fromisoformat(until)


@pytest.mark.parametrize("written", ["9-5", "21:00", "25:00-08:00", "08:00-08:00", ""])
def test_hours_that_are_none_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="hours"):
        QuietHours.read(written)


def test_without_an_account_it_stands_there_that_nothing_was_sent(fresh_database: str) -> None:
    async def story(at: Desk) -> None:
        await at.agrees()
        await at.ask("book", **BOOK)
        await at.one.goes_on()
        [row] = await at.one.rows()
        assert (row.state, row.attempts) == ("not_sent", 1)
        assert "TWILIO_ACCOUNT_SID" in row.reason

    play(fresh_database, story, account=False)


def test_codes_go_without_consent_but_not_too_often(fresh_database: str) -> None:
    async def story(at: Desk) -> None:
        for number in range(7):
            await at.one.happens("one_time_code", await at_code(at, number))
        await at.one.goes_on()
        assert len(at.texts()) == 5
        codes = [text["Body"].split("code is ")[1][:6] for text in at.texts()]
        assert all(code.isdigit() for code in codes)
        assert sorted(row.state for row in await at.one.rows()) == ["not_sent"] * 2 + ["sent"] * 5
        at.one.clock.passes(hours=2)
        await at.one.happens("one_time_code", await at_code(at, 9))
        await at.one.goes_on()
        assert len(at.texts()) == 6

    play(fresh_database, story)


async def at_code(at: Desk, number: int) -> str:
    row = {
        "number": f"N{number}", "business": BUSINESS, "caller": "c", "claim": "d", "subject": "customer:c1",
        "call": "CA1", "key": f"otc{number}", "created_at": at.one.clock.now,
    }  # fmt: skip
    async with at.one.engine.begin() as connection:
        await connection.execute(insert(one_time_codes).values(**row))
    return f"N{number}"


def test_a_carrier_that_is_away_is_asked_again_for_half_an_hour(fresh_database: str) -> None:
    async def story(at: Desk) -> None:
        await at.agrees()
        at.twilio.statuses = [500, 503, 429, 500, 500, 201]
        await at.ask("book", **BOOK)
        await at.one.goes_on()
        while (row := (await at.one.rows())[0]).state == "waiting":
            at.one.clock.now = row.due_at
            await at.one.goes_on()
        assert (row.state, row.attempts) == ("dead", 5)
        assert "secret" not in row.reason and "AC1" not in row.reason

    play(fresh_database, story)


def test_a_number_the_carrier_refuses_is_not_asked_again(fresh_database: str) -> None:
    async def story(at: Desk) -> None:
        await at.agrees()
        at.twilio.statuses, at.twilio.reply = [400], b'{"code": 21211}'
        await at.ask("book", **BOOK)
        await at.one.goes_on()
        assert [(row.state, row.attempts) for row in await at.one.rows()] == [("dead", 1)]

    play(fresh_database, story)
