"""One business on either back end, asked in one line: `await world.ask("book", time="14:30")`."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls.clock import LoopClock
from calls.commands import Value
from calls.randomness import SeededRandomness
from calls.run import ActionRequest, ActionSettled
from tests.workflows.dialogue import FACTS, TODAY
from workflows.actions import ActionRunner
from workflows.backends.one_time_codes import OneTimeCode, draw_code
from workflows.backends.practice import DEMO, Practice
from workflows.backends.seed import seed
from workflows.backends.tables import outbox
from workflows.language.catalogue import ACTIONS
from workflows.memory_actions import MemoryActions

TUESDAY = "2026-03-17"
NOW = datetime.fromisoformat(FACTS.wall)
NAMED: dict[str, Value] = {"name": "Alex Kim", "phone": "+12125550143"}
SLOT: dict[str, Value] = {"service": "cleaning", "date": TUESDAY, "time": "14:30"}
BOOK: dict[str, Value] = {**SLOT, **NAMED}


class World:
    """A business, and the calls it gets. Every request is a wish of its own unless it is given a key."""

    def __init__(self, actions: ActionRunner | MemoryActions, engine: AsyncEngine | None, business: str) -> None:
        self.actions = actions
        self.business = business
        self.engine = engine
        self.now = NOW
        self._numbers = itertools.count(1)

    def facts(self, **facts: Any) -> Any:
        return replace(FACTS, **{"wall": self.now.isoformat(), "business": self.business, **facts})

    def request(self, action: str, key: str = "", **arguments: Value) -> ActionRequest:
        spec = ACTIONS.get(action)
        key = f"{self.business}/{key or next(self._numbers)}"
        return ActionRequest(key, action, arguments, spec is None or spec.writes)

    async def ask(
        self, action: str, *, call: str = "CA1", key: str = "", caller: str = "+12125550192", subject: str = "",
        earlier: str = "", **arguments: Value,
    ) -> ActionSettled:  # fmt: skip
        facts = self.facts(call=call, caller=caller, verified_subject=subject, earlier_call=earlier)
        return await self.actions.run(call, facts, self.request(action, key, **arguments))

    async def code(self, call: str = "CA1", **changed: Value) -> str:
        """The code of a booking just made."""
        done = await self.ask("book", call=call, **{**BOOK, **changed})
        assert done.receipt is not None, done
        return str(done.receipt.result["code"])

    async def times(self, **changed: Value) -> list[str]:
        """What is free on a day."""
        found = await self.ask("find_times", **{"service": "cleaning", "date": TUESDAY, **changed})
        return [time for time in str(found.found["times"]).split(",") if time]

    async def outbox(self) -> list[tuple[str, str]]:
        """What others are to hear of, in order: kind and subject."""
        if isinstance(self.actions, MemoryActions):
            return [(notice.kind, notice.subject) for notice in self.actions.books.outbox]
        assert self.engine is not None
        async with self.engine.connect() as connection:
            mine = select(outbox).where(outbox.c.business == self.business).order_by(outbox.c.id)
            rows = await connection.execute(mine)
            return [(row.kind, row.subject) for row in rows]

    async def drawn(self) -> OneTimeCode | None:
        """The newest one-time code, as the job that sends it draws it."""
        numbers = [subject for kind, subject in await self.outbox() if kind == "one_time_code"]
        if not numbers:
            return None
        if isinstance(self.actions, MemoryActions):
            return self.actions.draw_code(numbers[-1], self.now, SeededRandomness(7))
        assert self.engine is not None
        async with self.engine.begin() as connection:
            return await draw_code(connection, numbers[-1], self.now, SeededRandomness(7))

    def passes(self, **time: float) -> None:
        """Time goes by."""
        self.now += timedelta(**time)


Opening = Callable[[Practice], AbstractAsyncContextManager[World]]


def opening_on(url: str, business: str = FACTS.business) -> Opening:
    """Opens the actions in memory, or with an address those on Postgres. Businesses do not see each other."""

    @asynccontextmanager
    async def opening(practice: Practice) -> AsyncIterator[World]:
        if not url:
            yield World(MemoryActions(TODAY, practice), None, business)
            return
        engine = create_async_engine(url, pool_size=2)
        try:
            await seed(engine, business, TODAY, practice)
            async with ActionRunner(engine, LoopClock()) as actions:
                yield World(actions, engine, business)
        finally:
            await engine.dispose()

    return opening


Story = Callable[[World], Awaitable[None]]


def play(opening: Opening, story: Story, **practice: Any) -> None:
    """Tells a story about a business which is the demo's but for what is given."""

    async def main() -> None:
        async with opening(replace(DEMO, **practice)) as world:
            await story(world)

    asyncio.run(main())


def won(answers: list[ActionSettled]) -> list[Mapping[str, Value]]:
    """The receipts among some answers."""
    return [answer.receipt.result for answer in answers if answer.receipt is not None]
