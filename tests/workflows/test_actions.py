"""The port ``Actions``: one contract for Postgres and for the actions in memory."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls.clock import LoopClock
from calls.codec import canonical
from calls.commands import Value
from calls.ports import Actions
from calls.run import ActionRequest, ActionSettled
from tests.counts import count
from tests.workflows.dialogue import FACTS, TODAY
from workflows.actions import ActionRunner
from workflows.backends.receipts import receipts_of_call
from workflows.backends.seed import seed
from workflows.backends.tables import bookings, callbacks, messages, receipts, services, tickets
from workflows.backends.wishes import CODE_LETTERS
from workflows.memory_actions import MemoryActions

APPOINTMENT: dict[str, Value] = {
    "service": "cleaning",
    "date": "2026-03-17",
    "time": "14:30",
    "name": "Alex Kim",
    "phone": "+12125550143",
}


def wish(action: str, key: str = "", **arguments: Value) -> ActionRequest:
    digest = key or hashlib.sha256(canonical([action, dict(arguments)])).hexdigest()  # type: ignore[list-item]
    return ActionRequest(digest, action, arguments, writes=action not in ("find_times", "order_status"))


async def ask(actions: Actions, request: ActionRequest, **facts: str) -> ActionSettled:
    return await actions.run("CA1", replace(FACTS, **facts), request)


@asynccontextmanager
async def on_postgres(url: str, pool: int = 20) -> AsyncIterator[tuple[ActionRunner, AsyncEngine]]:
    engine = create_async_engine(url, pool_size=pool, max_overflow=0)
    try:
        await seed(engine, FACTS.business, TODAY)
        async with ActionRunner(engine, LoopClock()) as actions:
            yield actions, engine
    finally:
        await engine.dispose()


Open = Callable[[], AbstractAsyncContextManager[Actions]]


@pytest.fixture(params=["memory", "postgres"])
def opened(request: pytest.FixtureRequest) -> Open:
    """Opens one of the implementations, holding the demo practice."""

    @asynccontextmanager
    async def opening() -> AsyncIterator[Actions]:
        if request.param == "memory":
            yield MemoryActions(TODAY)
            return
        async with on_postgres(url) as (actions, _):
            yield actions

    url = request.getfixturevalue("fresh_database") if request.param == "postgres" else ""
    return opening


def play(opened: Open, story: Callable[[Actions], Awaitable[None]]) -> None:
    async def main() -> None:
        async with opened() as actions:
            await story(actions)

    asyncio.run(main())


def test_free_times_of_a_day(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        found = await ask(actions, wish("find_times", service="cleaning", date="2026-03-17"))
        times = str(found.found["times"]).split(",")
        assert (times[0], times[-1], len(times)) == ("09:00", "17:30", 18)
        long = await ask(actions, wish("find_times", service="consultation", date="2026-03-17"))
        assert str(long.found["times"]).split(",")[-1] == "17:00"
        assert found.receipt is None

    play(opened, story)


def test_times_of_today_begin_after_now(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        found = await ask(actions, wish("find_times", service="cleaning", date="2026-03-16"))
        assert str(found.found["times"]).startswith("10:30,11:00")

    play(opened, story)


def test_a_closed_day_names_the_next(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        closed = await ask(actions, wish("find_times", service="cleaning", date="2026-03-22"))
        assert closed.refusal == "closed"
        assert closed.found == {"times": "", "next_date": "2026-03-23"}

    play(opened, story)


def test_a_day_gone_by_has_no_times(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        past = await ask(actions, wish("find_times", service="cleaning", date="2026-03-13"))
        assert past.refusal == "no_times"
        assert past.found["next_date"] == "2026-03-16"

    play(opened, story)


def test_a_booking_leaves_a_receipt_that_proves_it(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        done = await ask(actions, wish("book", **APPOINTMENT))
        assert done.receipt is not None
        result = done.receipt.result
        code = str(result["code"])
        assert len(code) == 5
        assert set(code) <= set(CODE_LETTERS)
        assert {**result, "code": ""} == {"code": "", "service": "cleaning", "date": "2026-03-17", "time": "14:30"}
        body = canonical({"action": "book", "result": dict(result)})
        assert done.receipt.digest == hashlib.sha256(body).hexdigest()

    play(opened, story)


def test_the_same_key_again_gets_the_same_receipt(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        first = await ask(actions, wish("book", **APPOINTMENT))
        second = await ask(actions, wish("book", **APPOINTMENT))
        assert first == second
        taken = await ask(actions, wish("find_times", service="cleaning", date="2026-03-17"))
        assert "14:30" in str(taken.found["times"]), "the second room is still free: nothing was booked twice"

    play(opened, story)


def test_both_rooms_taken_refuses_with_what_is_left(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        for n in range(2):
            assert (await ask(actions, wish("book", key=f"k{n}", **APPOINTMENT))).receipt
        third = await ask(actions, wish("book", key="k2", **APPOINTMENT))
        assert third.refusal == "slot_taken"
        left = str(third.found["times"]).split(",")
        assert "14:30" not in left
        assert "14:00" in left
        longer = await ask(
            actions, wish("book", key="k3", **{**APPOINTMENT, "service": "consultation", "time": "14:00"})
        )
        assert longer.refusal == "slot_taken", "an hour from two would run into it"

    play(opened, story)


@pytest.mark.parametrize(
    "when",
    [
        {"time": "08:00"},
        {"time": "17:45"},
        {"time": "14:10"},
        {"date": "2026-03-22"},
        {"date": "2026-03-13"},
    ],
)
def test_a_time_outside_the_hours_is_never_booked(opened: Open, when: dict[str, str]) -> None:
    async def story(actions: Actions) -> None:
        refused = await ask(actions, wish("book", **{**APPOINTMENT, **when}))
        assert (refused.refusal, refused.receipt) == ("slot_taken", None)

    play(opened, story)


@pytest.mark.parametrize(
    ("day", "zone", "wall"),
    [
        ("2026-03-29", "Europe/Berlin", "2026-03-28T12:00:00+01:00"),
        ("2026-11-01", "America/New_York", "2026-10-31T12:00:00-04:00"),
    ],
)
def test_days_on_which_the_clocks_change(opened: Open, day: str, zone: str, wall: str) -> None:
    """Both are Sundays: closed, and the Monday after has a whole day of times at the new offset."""

    async def story(actions: Actions) -> None:
        closed = await ask(actions, wish("find_times", service="cleaning", date=day), timezone=zone, wall=wall)
        monday = str(closed.found["next_date"])
        open_day = await ask(actions, wish("find_times", service="cleaning", date=monday), timezone=zone, wall=wall)
        assert len(str(open_day.found["times"]).split(",")) == 18
        booked = wish("book", **{**APPOINTMENT, "date": monday, "time": "09:00"})
        assert (await ask(actions, booked, timezone=zone, wall=wall)).receipt

    play(opened, story)


@pytest.mark.parametrize(
    ("code", "words", "day"),
    [
        ("482913", "is on its way", "2026-03-18"),
        ("774402", "has arrived", ""),
        ("905561", "will not be sent, because it was called off", ""),
    ],
)
def test_an_order(opened: Open, code: str, words: str, day: str) -> None:
    async def story(actions: Actions) -> None:
        found = await ask(actions, wish("order_status", code=code))
        assert found.found == {"order_status": words, "expected_on": day}

    play(opened, story)


def test_an_order_nobody_knows(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        missing = await ask(actions, wish("order_status", code="1' or '1'='1"))
        assert missing.refusal == "not_found"

    play(opened, story)


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("open_ticket", {"problem": "It leaks", "phone": "+12125550143", "name": "Bo"}),
        ("open_ticket", {"problem": "Robert'); drop table tickets;--", "phone": "+12125550143"}),
        ("leave_callback", {"phone": "+12125550143", "reason": "a new appointment"}),
        ("leave_message", {"message": "Call 2 people", "phone": ""}),
    ],
)
def test_what_is_left_with_the_desk_gets_a_number(opened: Open, action: str, arguments: dict[str, Value]) -> None:
    async def story(actions: Actions) -> None:
        done = await ask(actions, wish(action, **arguments))
        assert done.receipt is not None
        assert len(str(done.receipt.result["number"])) == 5
        assert await ask(actions, wish(action, **arguments)) == done

    play(opened, story)


@pytest.mark.parametrize(
    "request_", [wish("launch_rocket"), wish("find_times", service="surgery", date="2026-03-17"),
                 wish("find_times", service="cleaning", date="soon"), wish("book", **{**APPOINTMENT, "time": "late"})],
    ids=["unknown action", "unknown service", "no date", "no time"],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_not_raised(opened: Open, request_: ActionRequest) -> None:
    async def story(actions: Actions) -> None:
        answer = await ask(actions, request_)
        assert (answer.refusal, answer.receipt) == ("unavailable", None)

    play(opened, story)


# --- Postgres alone ---------------------------------------------------------------------------------


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
                group.create_task(ask(actions, wish("book", key=f"booker {n}", **APPOINTMENT))) for n in range(bookers)
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
        for n in range(2):
            assert (await ask(actions, wish("book", key=f"k{n}", **APPOINTMENT))).receipt
        again = "insert into bookings select 'OTHER', business, service, resource, starts_at, ends_at, name, phone, "
        again += "status, call, 'other', created_at from bookings limit 1"
        with pytest.raises(Exception, match="ex_bookings_one_at_a_time"):
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
