"""Wishes to put to the actions, and the demo practice on Postgres."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls.clock import LoopClock
from calls.codec import canonical
from calls.commands import Value
from calls.ports import Actions
from calls.run import ActionRequest, ActionSettled
from tests.workflows.dialogue import FACTS, TODAY
from workflows.actions import ActionRunner
from workflows.backends.seed import DEMO, Practice, seed

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
async def on_postgres(
    url: str, pool: int = 20, practice: Practice = DEMO
) -> AsyncIterator[tuple[ActionRunner, AsyncEngine]]:
    engine = create_async_engine(url, pool_size=pool, max_overflow=0)
    try:
        await seed(engine, FACTS.business, TODAY, practice)
        async with ActionRunner(engine, LoopClock()) as actions:
            yield actions, engine
    finally:
        await engine.dispose()
