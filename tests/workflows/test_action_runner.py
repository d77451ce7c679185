"""The action runner on a real Postgres: one winner, nothing lost, nothing done twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls.clock import LoopClock
from calls.commands import Affirm, Deny, FillSlot
from calls.run import ActionSettled
from tests.counts import count
from tests.workflows.dialogue import FACTS, TODAY, Dialogue
from tests.workflows.wishes import APPOINTMENT, ask, on_postgres, wish
from workflows.actions import ActionRunner
from workflows.backends.receipts import receipts_of_call
from workflows.backends.seed import seed
from workflows.backends.tables import bookings, callbacks, messages, receipts, services, tickets


def on_database(url: str, story: Callable[[ActionRunner, AsyncEngine], Awaitable[None]], pool: int = 20) -> None:
    async def main() -> None:
        async with on_postgres(url, pool) as (actions, engine):
            await story(actions, engine)

    asyncio.run(main())


async def rows(engine: AsyncEngine, table: object) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())  # type: ignore[arg-type]


def test_many_bookers_for_one_slot_one_wins_per_room(fresh_database: str) -> None:
    bookers = count(1_000, 100)

    async def story(actions: ActionRunner, engine: AsyncEngine) -> None:
        began = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            asked = [
                group.create_task(ask(actions, wish("book", key=name, **{**APPOINTMENT, "name": name})))
                for name in (f"Booker {n}" for n in range(bookers))
            ]
        took = asyncio.get_running_loop().time() - began
        answers = [task.result() for task in asked]
        assert len([answer for answer in answers if answer.receipt]) == 2, "one for each of the two rooms"
        losers = [answer for answer in answers if not answer.receipt]
        assert {answer.refusal for answer in losers} == {"slot_taken"}
        assert all("14:00" in str(answer.found["times"]) for answer in losers)
        assert await rows(engine, bookings) == await rows(engine, receipts) == 2
        print(f"{bookers} bookers: {took:.2f} s")

    on_database(fresh_database, story)


def test_the_same_wish_from_many_at_once_is_done_once(fresh_database: str) -> None:
    """Two runners are two processes: they share only the database."""

    async def story(actions: ActionRunner, engine: AsyncEngine) -> None:
        async with ActionRunner(engine, LoopClock()) as other, asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(ask(runner, wish("open_ticket", problem="x", phone="+12125550143")))
                for runner in (actions, other) * 10
            ]
        first = tasks[0].result()
        assert first.receipt is not None
        assert all(task.result() == first for task in tasks)
        assert await rows(engine, tickets) == await rows(engine, receipts) == 1

    on_database(fresh_database, story)


def test_a_caller_who_hangs_up_does_not_undo_the_booking(fresh_database: str) -> None:
    async def story(actions: ActionRunner, engine: AsyncEngine) -> None:
        request = wish("book", **APPOINTMENT)
        async with asyncio.TaskGroup() as call:
            waiting = call.create_task(ask(actions, request))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            waiting.cancel()
        assert waiting.cancelled()
        done = await ask(actions, request)
        assert done.receipt is not None
        assert await rows(engine, bookings) == 1

    on_database(fresh_database, story)


def test_leaving_waits_for_what_is_under_way_and_takes_nothing_new(fresh_database: str) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        await seed(engine, FACTS.business, TODAY)
        async with asyncio.TaskGroup() as calls:
            async with ActionRunner(engine, LoopClock()) as actions:
                waiting = calls.create_task(ask(actions, wish("leave_message", message="x")))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            late = await ask(actions, wish("leave_message", message="y"))
        assert waiting.result().receipt is not None
        assert late.refusal == "unavailable"
        assert await rows(engine, messages) == 1
        await engine.dispose()

    asyncio.run(main())


def test_leaving_by_a_fault_still_finishes_what_is_under_way(fresh_database: str) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        waits: list[asyncio.Task[ActionSettled]] = []

        async def burning(calls: asyncio.TaskGroup) -> None:
            async with ActionRunner(engine, LoopClock()) as actions:
                waits.append(calls.create_task(ask(actions, wish("leave_message", message="x"))))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                raise RuntimeError("the house is on fire")

        async with asyncio.TaskGroup() as calls:
            with pytest.raises(RuntimeError, match="the house is on fire"):
                await burning(calls)
        (waiting,) = waits
        assert waiting.result().receipt is not None
        assert await rows(engine, messages) == 1
        await engine.dispose()

    asyncio.run(main())


def test_nothing_is_kept_without_its_receipt(fresh_database: str) -> None:
    """The receipt cannot be written (its table refuses): then the booking is not there either."""

    async def story(actions: ActionRunner, engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("alter table receipts add check (action <> 'leave_callback')")
        refused = await ask(actions, wish("leave_callback", phone="+12125550143"))
        assert refused.refusal == "unavailable"
        assert await rows(engine, callbacks) == 0

    on_database(fresh_database, story)


def test_a_booking_from_another_way_is_fenced_off_by_the_constraint(fresh_database: str) -> None:
    async def story(actions: ActionRunner, engine: AsyncEngine) -> None:
        for name in ("Alex Kim", "Sam Kim"):
            assert (await ask(actions, wish("book", key=name, **{**APPOINTMENT, "name": name}))).receipt
        again = "insert into bookings select 'OTHER', business, service, resource, starts_at, ends_at, name, phone, "
        again += "status, call, 'other', created_at, busy_from, busy_until from bookings limit 1"
        with pytest.raises(Exception, match="ex_bookings_one_per_seat"):
            async with engine.begin() as connection:
                await connection.exec_driver_sql(again)

    on_database(fresh_database, story)


def test_a_lost_connection_is_tried_again(fresh_database: str) -> None:
    """Every pooled connection is killed from outside; the next write finds out, and is done all the same."""

    async def story(actions: ActionRunner, engine: AsyncEngine) -> None:
        assert (await ask(actions, wish("leave_message", message="before"))).receipt
        killer = create_async_engine(fresh_database)
        async with killer.begin() as connection:
            await connection.exec_driver_sql(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        await killer.dispose()
        assert (await ask(actions, wish("leave_message", message="after"))).receipt
        assert await rows(engine, messages) == 2

    on_database(fresh_database, story, pool=1)


def test_a_database_that_is_away_is_unavailable_and_leaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        engine = create_async_engine("postgresql+psycopg://nobody@/none?host=/nowhere&port=1")
        async with ActionRunner(engine, LoopClock()) as actions:
            answer = await ask(actions, wish("order_status", code="482913"))
        assert answer.refusal == "unavailable"
        await engine.dispose()

    asyncio.run(main())
    assert "order_status" in caplog.text
    assert "482913" not in caplog.text


def test_receipts_of_a_call_are_found_for_recovery(fresh_database: str) -> None:
    async def story(actions: ActionRunner, engine: AsyncEngine) -> None:
        done = await ask(actions, wish("book", **APPOINTMENT))
        async with engine.connect() as connection:
            assert await receipts_of_call(connection, "CA1") == [done.receipt]
            assert await receipts_of_call(connection, "CA2") == []

    on_database(fresh_database, story)


def test_seeding_twice_changes_nothing(fresh_database: str) -> None:
    async def story(actions: ActionRunner, engine: AsyncEngine) -> None:
        before = await rows(engine, services)
        await seed(engine, FACTS.business, TODAY)
        assert await rows(engine, services) == before == 3

    on_database(fresh_database, story)


def test_a_whole_call_ends_with_the_appointment_in_the_table(fresh_database: str) -> None:
    async def story(actions: ActionRunner, engine: AsyncEngine) -> None:
        call = Dialogue("book", hold=True).opens()

        async def world() -> None:
            while call.pending is not None:
                call.settles(await actions.run(FACTS.call, FACTS, call.pending))

        for slot, value in APPOINTMENT.items():
            call.says(FillSlot(slot, value, str(value), 0.95))
            await world()
        call.says(Affirm())
        await world()
        assert "You are booked" in call.words
        call.says(Deny())
        assert call.ending == ("hang_up", "booked")
        async with engine.connect() as connection:
            row = (await connection.execute(select(bookings))).one()
        assert (row.code, row.call, row.name) == (call.run.receipts["book"].result["code"], FACTS.call, "Alex Kim")
        assert row.starts_at.isoformat() == "2026-03-17T18:30:00+00:00"

    on_database(fresh_database, story)
