"""Relay and worker left to themselves, in real time: what happens is told soon, and a stop leaves nothing half done."""

from __future__ import annotations

import asyncio
import json

import pytest

from calls.clock import LoopClock
from calls.randomness import SeededRandomness
from tests.workflows.jobs.office import NOON, Office, SetClock, office, receiving
from tests.workflows.jobs.test_webhooks import INSIDE, told
from workflows.customer_systems.addresses import fenced_session
from workflows.jobs.webhooks import WebhookChannel, add_endpoint

pytestmark = pytest.mark.wire


def test_what_happens_is_told_within_a_moment_and_a_stop_lets_it_finish(fresh_database: str) -> None:
    async def story() -> None:
        real = LoopClock()
        async with receiving() as receiver, office(fresh_database) as one, fenced_session(INSIDE) as session:
            one.clock = SetClock(real.wall())
            channel = WebhookChannel(one.engine, session, INSIDE, real, told)
            running = Office(one.engine, real, {"webhook": channel}, "none")  # type: ignore[arg-type]
            async with one.engine.begin() as connection:
                await add_endpoint(connection, f"{receiver.url}/", (), "", INSIDE, NOON, SeededRandomness(1))
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(running.relay.run()), group.create_task(running.queue.run())]
                await asyncio.sleep(0.5)
                began = real.now_ms()
                await one.happens("booking.created", "ACFHJ")
                while not receiver.got:
                    await asyncio.sleep(0.01)
                # Both wake up when they are told; left to their polling it would be up to ten seconds.
                assert real.now_ms() - began < 2_500
                receiver.stall = asyncio.Event()
                await one.happens("booking.cancelled", "ACFHJ")
                while [row.state for row in await one.rows()] != ["sent", "sending"]:
                    await asyncio.sleep(0.01)
                for task in tasks:
                    task.cancel()
                await asyncio.sleep(0.1)
                receiver.stall.set()
            assert [json.loads(body)["type"] for _, body in receiver.got] == ["booking.created", "booking.cancelled"]
            assert [row.state for row in await one.rows()] == ["sent", "sent"]

    asyncio.run(story())

