"""Two `serve` processes over one record: any of them answers any call, also after kill -9 of the one that had it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import aiohttp
import pytest

from telephony.twin import Caller, CallResult
from tests.counts import count, full_counts
from tests.databases import Databases
from tests.wire.crashes import Moment, Remembering, Story, caller, crash
from tests.wire.process import NUMBER, Finished, Server, environment, switchboard, twin_of
from tests.wire.two import PUBLIC, QUICK, fronted

pytestmark = pytest.mark.wire

KILLS = count(50, 3)
AT_ONCE = 3
RECOVERY_MS = 2_500.0
ACTING = ("look", "hold", "book")
"""steps at which something is being done: its answer moves the script on"""


@pytest.fixture
def recoveries(databases: Databases, valkey_url: str, folder: Path) -> Iterator[list[Story]]:
    """Calls whose server was killed, each over stores of its own, three at once."""
    with ExitStack() as stack:
        stores = [
            {"DATABASE_URL": stack.enter_context(databases.fresh()), "REDIS_URL": valkey_url} for _ in range(KILLS)
        ]

        async def main() -> list[Story]:
            room = asyncio.Semaphore(AT_ONCE)

            async def one(seed: int) -> Story:
                async with room:
                    home = folder / f"k{seed}"
                    (home / "var").mkdir(parents=True)
                    return await crash(home, stores[seed], Moment.drawn(seed))

            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(seed)) for seed in range(KILLS)]
            return [task.result() for task in tasks]

        yield asyncio.run(main())


def test_every_call_goes_on_where_it_was_when_its_process_was_killed(recoveries: list[Story]) -> None:
    for story in recoveries:
        assert len(story.result.streams) == 2 and not story.result.gave_up, story
        before, after = story.runs()
        assert {name: value.value for name, value in after.slots.items()} == {
            name: value.value for name, value in before.slots.items()
        }, story
        if before.step not in ACTING:
            assert (after.script, after.step) == (before.script or after.script, before.step or after.step), story
        assert story.repeated <= 1, story
        assert (story.bookings, story.receipts) == (1, 1), story

    took = sorted(story.recovery_ms for story in recoveries)
    noticed = sorted(story.detected_ms for story in recoveries)
    p95 = took[min(len(took) - 1, round(0.95 * len(took)))]
    print(
        f"\n{len(took)} kills ({sum(story.moment.in_transaction for story in recoveries)} inside the booking's"
        f" transaction): recovery median {took[len(took) // 2]:.0f} ms, p95 {p95:.0f} ms, longest {took[-1]:.0f} ms;"
        f" the carrier noticed within {noticed[-1]:.0f} ms (not counted); questions repeated:"
        f" {sum(story.repeated for story in recoveries)}"
    )
    assert p95 <= RECOVERY_MS


async def _says_that_it_drains(server: Server) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(5):
        while True:
            async with session.get(f"{server.url}/health") as answer:
                if answer.status == 503:
                    return
            await asyncio.sleep(0.02)


def test_sigterm_lets_calls_go_on_and_then_hands_them_over(folder: Path, stores: dict[str, str]) -> None:
    """New callers reach the other process at once; one who is inside is handed over after a second."""

    async def main() -> tuple[CallResult, CallResult, Remembering, list[str], str]:
        more = stores | {"PUBLIC_URL": PUBLIC, "SWITCHBOARD_DRAIN_SECONDS": "1"}
        first, second = (Server(folder / "var", options=QUICK, more=more) for _ in range(2))
        inside, late = caller(0), caller(1)
        late.most_turns = 1
        if not full_counts():
            # That it goes on is seen by then; what comes after is as in any call.
            inside.most_turns = 4
        async with first, second, fronted([first, second]) as network, asyncio.TaskGroup() as group:
            placed = group.create_task(
                twin_of(PUBLIC, network).place_call(to=NUMBER, from_="+12125550142", script=inside)
            )
            while len(inside.heard) < 2:
                await asyncio.sleep(0.02)
            first.terminate()
            await _says_that_it_drains(first)
            newcomer = await twin_of(PUBLIC, network).place_call(to=NUMBER, from_="+12125550143", script=late)
            result = await placed
            env = environment(folder / "var", second.port, **more)
            told = await switchboard("transcript", result.call_sid, env=env, folder=folder)
        return result, newcomer, inside, [line for line in first.log if "handed over" in line], told.out + told.err

    result, newcomer, inside, logged, told = asyncio.run(main())

    assert not result.gave_up and len(result.streams) == 2, (inside.heard, result.findings)
    assert logged and "handed over to whoever answers next: 1" in logged[0]
    assert "service filled = cleaning" in told and "The line dropped" in told.replace("the line", "The line"), told
    assert not full_counts() or told.rstrip().endswith("booked"), told
    assert sum(times - 1 for times in inside.used.values()) <= 1, inside.used
    assert newcomer.streams and newcomer.agent, newcomer.findings


def test_orders_reach_the_call_from_another_process(folder: Path, stores: dict[str, str]) -> None:
    async def main() -> tuple[CallResult, list[Finished], str]:
        more = stores | {"PUBLIC_URL": PUBLIC}
        servers = [Server(folder / "var", options=QUICK, more=more) for _ in range(2)]
        env = environment(folder / "var", servers[0].port, **more)
        calling: list[Caller] = []

        async def listens(phone: Caller) -> None:
            calling.append(phone)
            await phone.waits(60)

        async def order(call: str, *what: str) -> Finished:
            return await switchboard("call-order", call, *what, "--author", "dana", env=env, folder=folder)

        async with servers[0], servers[1], fronted(servers) as network, asyncio.TaskGroup() as group:
            twin = twin_of(PUBLIC, network)
            placed = group.create_task(twin.place_call(to=NUMBER, from_="+12125550142", script=listens))
            while not calling:
                await asyncio.sleep(0.02)
            (call,) = twin.live
            done = [await order(call, "say", "We close early today."), await order("CA" + "0" * 32, "end")]
            done.append(await order(call, "end"))
            result = await placed
            told = await switchboard("transcript", result.call_sid, env=env, folder=folder)
        return result, done, told.out + told.err

    result, done, told = asyncio.run(main())

    assert [one.code for one in done] == [0, 1, 0], done
    assert "expired" in done[1].err
    assert "We close early today." in told and "ended_by_supervisor" in told, told
    assert result.end_reason == "server_hung_up"
