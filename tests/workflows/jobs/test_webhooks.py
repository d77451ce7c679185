"""Webhooks on a real Postgres and a real receiver: signed, retried, given up, replayed, and never sent inside."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from calls.errors import ConfigurationError
from calls.randomness import SeededRandomness
from tests.workflows.jobs.office import NOON, Office, Receiver, SetClock, office, receiving
from workflows.customer_systems.addresses import Fence, fenced_session
from workflows.jobs.delivery import Occurrence
from workflows.jobs.replaying import listed, replay, retry
from workflows.jobs.webhooks import WebhookChannel, add_endpoint, endpoints, remove_endpoint, sign

INSIDE = Fence(frozenset({"127.0.0.1"}))


async def told(what: Occurrence) -> bytes | None:
    return None if what.subject == "gone" else json.dumps({"type": what.kind, "about": what.subject}).encode()


@asynccontextmanager
async def business(url: str, *events: str) -> AsyncIterator[tuple[Office, Receiver, str, str]]:
    """An office and a receiver it tells: also the endpoint's id and secret."""
    async with receiving() as receiver, office(url) as one, fenced_session(INSIDE) as session:
        channel = WebhookChannel(one.engine, session, INSIDE, one.clock, told)
        one.deliverer._channels = {"webhook": channel}
        async with one.engine.begin() as connection:
            new = await add_endpoint(
                connection, f"{receiver.url}/hook?key=abc", events, "", INSIDE, NOON, SeededRandomness(1)
            )
        yield one, receiver, new.id, new.secret


def test_an_occurrence_is_told_once_and_signed(fresh_database: str) -> None:
    async def story() -> None:
        async with business(fresh_database) as (one, receiver, endpoint, secret):
            number = await one.happens("booking.created", "ACFHJ")
            await one.goes_on()
            await one.goes_on()
            assert len(receiver.got) == 1
            headers, body = receiver.got[0]
            assert json.loads(body) == {"type": "booking.created", "about": "ACFHJ"}
            assert headers["webhook-id"] == f"msg_{number}_{endpoint}"
            assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
            key = base64.b64decode(secret.removeprefix("whsec_"))
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
            assert headers["webhook-signature"] == f"v1,{expected}"
            assert await one.states() == [("webhook", "sent", 1)]

    asyncio.run(story())


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    """The test vector of the Standard Webhooks specification."""
    body = b'{"test": 2432232314}'
    signed = sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_fails_is_tried_again_from_ten_seconds_to_a_day_and_then_listed(fresh_database: str) -> None:
    async def story() -> None:
        async with business(fresh_database) as (one, receiver, _, _secret):
            receiver.statuses = [500] * 99
            await one.happens("booking.created", "ACFHJ")
            await one.goes_on()
            waits = []
            while (row := (await one.rows())[0]).state == "waiting":
                waits.append((row.due_at - one.clock.now).total_seconds())
                one.clock.now = row.due_at
                await one.goes_on()
            for wait, meant in zip(waits, (10, 60, 300, 1_800, 7_200, 21_600, 86_400), strict=True):
                assert meant * 0.8 <= wait <= meant * 1.2
            assert (row.state, row.attempts, row.reason) == ("dead", 8, "it answered 500")
            assert len(receiver.got) == 8
            assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
            receiver.statuses = []
            async with one.engine.begin() as connection:
                assert [line.state for line in await listed(connection, ("dead",))] == ["dead"]
                assert await retry(connection, [row.id], one.clock.now) == [row.id]
                assert await retry(connection, [row.id], one.clock.now) == []
            await one.goes_on()
            assert await one.states() == [("webhook", "sent", 1)]

    asyncio.run(story())


def test_an_endpoint_that_is_gone_is_not_asked_again(fresh_database: str) -> None:
    async def story() -> None:
        async with business(fresh_database) as (one, receiver, _, _secret):
            receiver.statuses = [410]
            await one.happens("booking.created", "ACFHJ")
            await one.goes_on()
            assert await one.states() == [("webhook", "dead", 1)]

    asyncio.run(story())


def test_a_redirect_is_not_followed(fresh_database: str) -> None:
    async def story() -> None:
        async with business(fresh_database) as (one, receiver, _, _secret):
            receiver.statuses, receiver.headers = [302], {"Location": f"{receiver.url}/elsewhere"}
            await one.happens("booking.created", "ACFHJ")
            await one.goes_on()
            assert len(receiver.got) == 1
            assert await one.states() == [("webhook", "waiting", 1)]

    asyncio.run(story())


def test_only_what_was_asked_for_is_told(fresh_database: str) -> None:
    async def story() -> None:
        async with business(fresh_database, "booking.cancelled") as (one, receiver, endpoint, _secret):
            await one.happens("booking.created", "ACFHJ")
            await one.happens("one_time_code", "XXXXX")
            await one.happens("booking.cancelled", "ACFHJ")
            await one.goes_on()
            assert [json.loads(body)["type"] for _, body in receiver.got] == ["booking.cancelled"]
            async with one.engine.begin() as connection:
                assert await remove_endpoint(connection, endpoint, one.clock.now)
                assert not await remove_endpoint(connection, endpoint, one.clock.now)
                assert await endpoints(connection) == []
            await one.happens("booking.cancelled", "ACFHJ")
            await one.goes_on()
            assert len(receiver.got) == 1

    asyncio.run(story())


def test_what_there_is_nothing_left_to_tell_of_is_listed_as_not_sent(fresh_database: str) -> None:
    async def story() -> None:
        async with business(fresh_database) as (one, receiver, _, _secret):
            await one.happens("booking.created", "gone")
            await one.goes_on()
            assert receiver.got == []
            assert [row.reason for row in await one.rows()] == ["there is nothing left to tell of"]

    asyncio.run(story())


def test_a_replay_tells_again_under_the_same_id(fresh_database: str) -> None:
    async def story() -> None:
        async with business(fresh_database) as (one, receiver, endpoint, _secret):
            await one.happens("booking.created", "ACFHJ")
            await one.goes_on()
            one.clock.passes(hours=2)
            await one.happens("booking.cancelled", "ACFHJ")
            await one.goes_on()
            async with one.engine.begin() as connection:
                since = one.clock.now.replace(minute=0)
                assert await replay(connection, endpoint, since, one.clock.now, one.clock.now) == 1
                assert await replay(connection, endpoint, NOON, one.clock.now, one.clock.now) == 2
            await one.goes_on()
            ids = [headers["webhook-id"] for headers, _ in receiver.got]
            assert len(ids) == 5 and len(set(ids)) == 2

    asyncio.run(story())


def test_several_processes_at_once_tell_of_everything_once(fresh_database: str) -> None:
    async def story() -> None:
        async with business(fresh_database) as (one, receiver, _, _secret):
            others = [Office(one.engine, one.clock, one.deliverer._channels, "none") for _ in range(3)]
            for number in range(40):
                await one.happens("booking.created", f"B{number}")
            async with asyncio.TaskGroup() as group:
                for each in (one, *others):
                    group.create_task(each.goes_on())
            about = sorted(json.loads(body)["about"] for _, body in receiver.got)
            assert about == sorted(f"B{number}" for number in range(40))

    asyncio.run(story())


def test_what_a_dead_process_had_taken_is_sent_by_another(fresh_database: str) -> None:
    async def story() -> None:
        async with business(fresh_database) as (one, receiver, _, _secret):
            await one.happens("booking.created", "ACFHJ")
            await one.relay.pump()
            # The job is lost: no worker is left to run it.
            number = (await one.rows())[0].id
            await one.deliverer._claim(number)
            await one.goes_on()
            assert receiver.got == []
            one.clock.passes(minutes=6)
            await one.goes_on()
            assert len(receiver.got) == 1
            assert await one.states() == [("webhook", "sent", 2)]

    asyncio.run(story())


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "https://127.0.0.1/", "https://10.0.0.8/", "https://[::1]/", "https://[fe80::1]/",
        "https://169.254.169.254/latest/meta-data", "https://[::ffff:10.0.0.1]/", "https://user:pw@example.com/",
        "https://example.com/#x", "ftp://example.com/", "nonsense", "https:///path", "https://100.64.0.1/",
        "https://[64:ff9b::a00:1]/", "https://0.0.0.0/",
    ],
)  # fmt: skip
def test_an_address_inside_is_no_endpoint(fresh_database: str, url: str) -> None:
    async def story() -> None:
        async with office(fresh_database, clock=SetClock()) as one, one.engine.begin() as connection:
            with pytest.raises(ConfigurationError):
                await add_endpoint(connection, url, (), "", Fence(), NOON, SeededRandomness(1))

    asyncio.run(story())


def test_an_unknown_event_is_refused_by_name(fresh_database: str) -> None:
    async def story() -> None:
        async with office(fresh_database) as one, one.engine.begin() as connection:
            with pytest.raises(ConfigurationError, match=r"booking\.made"):
                await add_endpoint(
                    connection, "https://example.com/", ["booking.made"], "", Fence(), NOON, SeededRandomness(1)
                )

    asyncio.run(story())
