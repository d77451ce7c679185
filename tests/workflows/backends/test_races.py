"""Crowds on a real Postgres: one winner, nobody waits in a circle, and guessing at once counts like any guessing."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from calls.clock import LoopClock
from calls.run import ActionSettled
from tests.counts import count, full_counts
from tests.workflows.backends.world import BOOK, SLOT, TUESDAY, World, opening_on, won
from tests.workflows.dialogue import FACTS, TODAY
from workflows.actions import ActionRunner
from workflows.backends.agenda import Service
from workflows.backends.practice import DEMO, Practice, Room
from workflows.backends.seed import seed
from workflows.backends.tables import bookings

ONE_ROOM = replace(DEMO, resources=(("room_1", "Room 1"),))


async def crowd(world: World, bookers: int, **changed: str) -> list[ActionSettled]:
    async with asyncio.TaskGroup() as group:
        asked = [
            group.create_task(world.ask("book", call=f"CA{n}", **{**BOOK, **changed})) for n in range(bookers)
        ]
    return [task.result() for task in asked]


def test_of_many_bookers_for_one_slot_exactly_one_wins(
    fresh_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    bookers = count(1_000, 150)

    async def main() -> None:
        # The pool `serve` has.
        engine = create_async_engine(fresh_database, pool_size=10, max_overflow=10, pool_pre_ping=True)
        await seed(engine, FACTS.business, TODAY, ONE_ROOM)
        async with ActionRunner(engine, LoopClock()) as actions:
            world = World(actions, engine, FACTS.business)
            clock = asyncio.get_running_loop().time
            began = clock()
            answers = await crowd(world, bookers)
            took = clock() - began
            assert len(won(answers)) == 1
            losers = [answer for answer in answers if answer.receipt is None]
            assert {answer.refusal for answer in losers} == {"slot_taken"}
            nearest = f"{TUESDAY}T13:30,{TUESDAY}T14:00,{TUESDAY}T15:00"
            assert {answer.found["nearest"] for answer in losers} == {nearest}
            assert await world.outbox() == [("booking.created", won(answers)[0]["code"])]
            print(f"{bookers} bookers for one slot: {took:.2f} s")
            if full_counts():
                assert took <= 2.0, f"{took:.2f} s"
        await engine.dispose()

    asyncio.run(main())
    assert not caplog.records, "no deadlock, no retry that gave up"


def test_two_processes_give_a_slot_to_one(fresh_database: str) -> None:
    """Each has its own runner and its own connections: only the database is shared."""

    async def main() -> None:
        opening = opening_on(fresh_database)
        async with opening(ONE_ROOM) as here, opening(ONE_ROOM) as there, asyncio.TaskGroup() as group:
            there._numbers = iter(range(1_000, 2_000))  # type: ignore[assignment]
            asked = [
                group.create_task(world.ask("book", call=f"CA{n}", **BOOK))
                for n in range(40)
                for world in (here, there)
            ]
        assert len(won([task.result() for task in asked])) == 1

    asyncio.run(main())


def test_a_group_takes_as_many_as_it_has_seats(fresh_database: str) -> None:
    yoga = replace(
        ONE_ROOM, details=(Service("cleaning", 30, capacity=7),), rooms=(Room("room_1", capacity=7),)
    )

    async def main() -> None:
        async with opening_on(fresh_database)(yoga) as world:
            assert len(won(await crowd(world, 60))) == 7

    asyncio.run(main())


def overlapping(rows: list[tuple[str, datetime, datetime]]) -> list[str]:
    pairs = itertools.pairwise(sorted(rows))
    return [one[0] for one, other in pairs if one[0] == other[0] and other[1] < one[2]]


@pytest.mark.parametrize("seed_", range(count(20, 3)))
def test_everybody_books_moves_holds_and_cancels_at_once(
    fresh_database: str, seed_: int, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(seed_)
    practice: Practice = replace(
        DEMO, details=(Service("consultation", 60, before=10, after=20, every=15), Service("cleaning", 30, every=15))
    )

    async def caller(world: World, n: int) -> Counter[str]:
        met: Counter[str] = Counter()
        for _ in range(4):
            slot = {"service": chance.choice(["cleaning", "consultation"]), "date": TUESDAY,
                    "time": f"{chance.randint(9, 11):02}:{chance.choice(['00', '15', '30', '45'])}"}  # fmt: skip
            call = {"call": f"CA{n}"}
            if chance.random() < 0.4:
                met[(await world.ask("hold_time", **call, **slot)).refusal] += 1
            booked = await world.ask("book", **call, **{**BOOK, **slot, "phone": f"+12125551{n:03}"})
            met[booked.refusal] += 1
            if booked.receipt is None:
                continue
            who = f"booking:{booked.receipt.result['code']}"
            if chance.random() < 0.6:
                moved = await world.ask("reschedule", subject=who, **call, date=TUESDAY, time=slot["time"][:3] + "15")
                met[moved.refusal] += 1
            if chance.random() < 0.5:
                met[(await world.ask("cancel_booking", subject=who, **call)).refusal] += 1
        return met

    async def main() -> None:
        async with opening_on(fresh_database)(practice) as world:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(caller(world, n)) for n in range(30)]
            met = sum((task.result() for task in tasks), Counter())
            assert set(met) <= {"", "slot_taken", "already_booked"}, met
            assert met[""] >= 5
            assert world.engine is not None
            async with world.engine.connect() as connection:
                rows = (await connection.execute(select(bookings).where(bookings.c.status == "booked"))).all()
        assert not overlapping([(row.resource, row.busy_from, row.busy_until) for row in rows])

    asyncio.run(main())
    assert not caplog.records


def test_guesses_at_once_count_like_any(fresh_database: str) -> None:
    async def main() -> None:
        async with opening_on(fresh_database)(DEMO) as world:
            async with asyncio.TaskGroup() as group:
                asked = [
                    group.create_task(world.ask("verify_caller", call=f"CA{n}", what="booking", code=f"ZZZ{n:02}"))
                    for n in range(30)
                ]
            refusals = Counter(task.result().refusal for task in asked)
        assert refusals == {"not_matched": 5, "locked": 25}

    asyncio.run(main())


def test_holds_that_are_over_never_trip_the_constraint(fresh_database: str) -> None:
    async def main() -> None:
        async with opening_on(fresh_database)(ONE_ROOM) as world:
            assert not (await world.ask("hold_time", call="CA0", **{**SLOT, "service": "consultation"})).refusal
            world.now += timedelta(minutes=11)
            assert len(won(await crowd(world, 12, time="15:00"))) == 1
            assert len(won(await crowd(world, 12, time="14:30"))) == 1

    asyncio.run(main())
