"""Wishes of several actions, written down before the first: what a process that died had begun is ended by the next.

Whoever works on a plan holds an advisory lock of its session, which goes with the process; nobody else touches it then.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from calls.codec import canonical, from_json, to_json
from calls.run import ActionRequest, CallFacts
from workflows.backends.tables import action_plans

DOING, UNDOING = "doing", "undoing"


@dataclass(frozen=True, slots=True)
class Plan:
    """Several actions that stand or fall together."""

    id: str
    """the key of the last action"""
    call: str
    facts: CallFacts
    requests: tuple[ActionRequest, ...]
    state: str = DOING

    @classmethod
    def of(cls, call: str, facts: CallFacts, requests: Sequence[ActionRequest]) -> Plan:
        """A plan that begins."""
        return cls(requests[-1].key, call, facts, tuple(requests))


@contextlib.asynccontextmanager
async def taken(engine: AsyncEngine, name: str, *, waits: bool) -> AsyncIterator[AsyncConnection | None]:
    """A connection that holds the plan until the block is left; None when another has it and ``waits`` is false.

    ``engine`` commits every statement by itself.
    """
    key = func.hashtextextended(f"plan/{name}", 0)
    async with engine.connect() as connection:
        if waits:
            await connection.execute(select(func.pg_advisory_lock(key)))
        elif not (await connection.execute(select(func.pg_try_advisory_lock(key)))).scalar_one():
            yield None
            return
        try:
            yield connection
        finally:
            await connection.execute(select(func.pg_advisory_unlock(key)))


async def write_down(connection: AsyncConnection, plan: Plan, now: datetime) -> Plan:
    """Keep ``plan``; the one that is on file when the same wish was begun before."""
    row = {
        "id": plan.id, "call": plan.call, "facts": _text(plan.facts), "requests": _text(list(plan.requests)),
        "state": plan.state, "created_at": now,
    }  # fmt: skip
    await connection.execute(insert(action_plans).values(row).on_conflict_do_nothing())
    return await read(connection, plan.id) or plan


async def read(connection: AsyncConnection, name: str) -> Plan | None:
    """A plan that is not ended."""
    row = (await connection.execute(select(action_plans).where(action_plans.c.id == name))).first()
    if row is None:
        return None
    facts = cast(CallFacts, from_json(CallFacts, json.loads(row.facts)))
    requests = tuple(cast(ActionRequest, from_json(ActionRequest, one)) for one in json.loads(row.requests))
    return Plan(row.id, row.call, facts, requests, row.state)


async def turn_back(connection: AsyncConnection, plan: Plan) -> None:
    """From now on it is undone, whoever goes on with it."""
    await connection.execute(update(action_plans).where(action_plans.c.id == plan.id).values(state=UNDOING))


async def end(connection: AsyncConnection, plan: Plan) -> None:
    """All is done, or all is undone."""
    await connection.execute(delete(action_plans).where(action_plans.c.id == plan.id))


async def begun(connection: AsyncConnection) -> Sequence[str]:
    """Every plan that is not ended, the oldest first; some may be somebody's work just now."""
    query = select(action_plans.c.id).order_by(action_plans.c.created_at, action_plans.c.id)
    return (await connection.execute(query)).scalars().all()


def _text(value: Any) -> str:
    return canonical(to_json(value)).decode()
