"""A process that dies in the middle of a wish of several actions: the next one ends it, forward or back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls.clock import LoopClock
from calls.run import ActionRequest
from tests.workflows.backends.world import BOOK, World, opening_on
from workflows.actions import ActionRunner
from workflows.backends import plans
from workflows.backends.plans import Plan
from workflows.backends.practice import DEMO
from workflows.backends.tables import action_plans

Scene = Callable[[World, ActionRunner, AsyncEngine], Awaitable[None]]
ONE_ROOM = replace(DEMO, resources=(("room_1", "Room 1"),))


def wish(world: World) -> list[ActionRequest]:
    return [
        world.request("leave_message", "first", message="I come with two children"),
        world.request("book", "second", **BOOK),
        world.request("leave_callback", "third", phone="+12125550143"),
    ]


def after_a_death(url: str, scene: Scene) -> None:
    async def main() -> None:
        engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
        async with opening_on(url)(ONE_ROOM) as world, ActionRunner(create(url, engines), LoopClock()) as other:
            await scene(world, other, engine)
            assert await other.end_plans() == 0
            async with engine.connect() as connection:
                assert (await connection.execute(select(func.count()).select_from(action_plans))).scalar_one() == 0
        for one in (engine, *engines):
            await one.dispose()

    engines: list[AsyncEngine] = []
    asyncio.run(main())


def create(url: str, engines: list[AsyncEngine]) -> AsyncEngine:
    engines.append(create_async_engine(url, pool_size=4))
    return engines[-1]


async def died(world: World, engine: AsyncEngine, done: int, *, undoing: bool = False, undone: int = 0) -> None:
    """What a process leaves that wrote the plan down, did some of it, and was killed."""
    plan = Plan.of("CA1", world.facts(), wish(world))
    async with engine.connect() as connection:
        await plans.write_down(connection, plan, world.now)
        if undoing:
            await plans.turn_back(connection, plan)
    receipts = [(await world.actions.run("CA1", world.facts(), one)).receipt for one in plan.requests[:done]]
    for receipt in list(reversed(receipts))[:undone]:
        assert receipt is not None
        await world.actions.compensate("CA1", world.facts(), receipt)


@pytest.mark.parametrize("done", [0, 1, 2, 3])
def test_what_was_begun_is_done_to_the_end_once(fresh_database: str, done: int) -> None:
    async def scene(world: World, other: ActionRunner, engine: AsyncEngine) -> None:
        await died(world, engine, done)
        assert await other.end_plans() == 1
        kinds = [kind for kind, _ in await world.outbox()]
        assert kinds == ["message.left", "booking.created", "callback.requested"]

    after_a_death(fresh_database, scene)


@pytest.mark.parametrize("done", [0, 1])
def test_what_cannot_be_done_any_more_is_undone(fresh_database: str, done: int) -> None:
    async def scene(world: World, other: ActionRunner, engine: AsyncEngine) -> None:
        await died(world, engine, done)
        await world.code(call="CA2")
        assert await other.end_plans() == 1
        kinds = [kind for kind, _ in await world.outbox()]
        assert kinds.count("message.left") == kinds.count("leave_message.undone") == 1
        assert kinds.count("booking.created") == 1
        assert "callback.requested" not in kinds

    after_a_death(fresh_database, scene)


@pytest.mark.parametrize("undone", [0, 1, 2])
def test_what_had_begun_to_be_undone_is_not_done_after_all(fresh_database: str, undone: int) -> None:
    async def scene(world: World, other: ActionRunner, engine: AsyncEngine) -> None:
        await died(world, engine, 2, undoing=True, undone=undone)
        assert await other.end_plans() == 1
        kinds = [kind for kind, _ in await world.outbox()]
        assert kinds == ["message.left", "booking.created", "booking.cancelled", "leave_message.undone"]
        assert "14:30" in await world.times()

    after_a_death(fresh_database, scene)


def test_nobody_touches_what_a_living_process_is_at(fresh_database: str) -> None:
    async def scene(world: World, other: ActionRunner, engine: AsyncEngine) -> None:
        await died(world, engine, 1)
        async with plans.taken(engine, wish(world)[-1].key, waits=False) as mine:
            assert mine is not None
            assert await other.end_plans() == 0
        assert await other.end_plans() == 1

    after_a_death(fresh_database, scene)


def test_asked_again_it_goes_on_where_the_other_stopped(fresh_database: str) -> None:
    async def scene(world: World, other: ActionRunner, engine: AsyncEngine) -> None:
        await died(world, engine, 1)
        answers = await other.run_together("CA1", world.facts(), wish(world))
        assert [answer.refusal for answer in answers] == ["", "", ""]
        assert len(await world.outbox()) == 3

    after_a_death(fresh_database, scene)
