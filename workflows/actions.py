"""The action runner: does what scripts ask for, exactly once per key, and outlives the call that asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from calls.clock import Clock
from calls.errors import ConfigurationError
from calls.run import ActionRequest, ActionSettled, CallFacts, Receipt
from workflows.backends import plans
from workflows.backends.agenda_query import OffersDue
from workflows.backends.handlers import Glance, Handler, shipped_glances, shipped_handlers
from workflows.backends.offers import businesses_due, pass_on
from workflows.backends.outbox import announce
from workflows.backends.plans import Plan
from workflows.backends.receipts import find_receipt, keep_receipt, lock_key
from workflows.backends.taking_back import undo, undone_key
from workflows.backends.wishes import Answer, Done, Refused, Wish, receipt_of, settled
from workflows.language.catalogue import ACTIONS, UNAVAILABLE

log = logging.getLogger(__name__)

RETRIED = frozenset({"40001", "40P01", "23505", "23P01", "55P03", "57P01", "57P02", "57P03"})
"""SQLSTATE (PostgreSQL manual, appendix A): serialization failure, deadlock, a row or range taken in between, lock not
available, and a server that is going down or coming up."""

BACKOFF_MS = (20.0, 80.0, 250.0, 600.0, 1_200.0, 2_400.0)
"""ms between attempts at a write; after the last one it is given up"""


PASS_ON = "pass_on"


class ActionRunner:
    """Implements the port ``Actions`` on Postgres. Use as ``async with ActionRunner(engine, clock) as actions``.

    Writes belong to the process: they run in the runner's own task group, a caller who hangs up only stops waiting.
    Leaving the block lets every write under way finish; from then on everything is refused as ``unavailable``, as is
    what this house cannot do (``without``). ``also``: actions of customer systems.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        *,
        handlers: Mapping[str, Handler] | None = None,
        also: Mapping[str, Handler] | None = None,
        without: Collection[str] = (),
        read_timeout_s: float = 4.0,
    ) -> None:
        self._engine = engine
        self._clock = clock
        known = {**(handlers if handlers is not None else shipped_handlers()), **(also or {})}
        self._handlers = {name: handler for name, handler in known.items() if name not in without}
        self._glances: Mapping[str, Glance] = shipped_glances() if handlers is None else {}
        # A look needs no transaction: begin and commit would be two round trips more than the look itself.
        self._looking = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._read_timeout_s = read_timeout_s
        self._group = asyncio.TaskGroup()
        self._open = False
        self._writing: dict[str, asyncio.Task[ActionSettled]] = {}

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        # Writes under way are let finish even when the block is left by a fault: the group would cancel them.
        try:
            if self._writing:
                await asyncio.wait(list(self._writing.values()))
        finally:
            await self._group.__aexit__(None, None, None)

    async def run(self, call: str, facts: CallFacts, request: ActionRequest) -> ActionSettled:
        """Answers with a receipt, with facts, or with a refusal; never raises for what the world does."""
        wish = Wish.of(call, facts, request)
        handler = self._handlers.get(request.action)
        if handler is None or not self._open:
            log.error("action %s refused: %s", request.action, "unknown" if handler is None else "the runner is closed")
            return settled(wish, Refused(UNAVAILABLE))
        spec = ACTIONS.get(request.action)
        if request.writes or (spec is not None and (spec.writes or spec.leaves_trace)):
            return await self._await_write(wish, handler)
        return await self._read(wish, handler)

    async def run_together(
        self, call: str, facts: CallFacts, requests: Sequence[ActionRequest]
    ) -> list[ActionSettled]:
        """One wish of several actions, in order: when one is refused, those before it are undone, the last first.

        The answers given so far come back; a last one with a refusal means that nothing of the wish stands. It is
        written down first: when this process dies on the way, ``end_plans`` of another does what is left.
        """
        if not requests:
            return []
        plan = Plan.of(call, facts, requests)
        async with plans.taken(self._looking, plan.id, waits=True) as connection:
            assert connection is not None
            return await self._follow(connection, await plans.write_down(connection, plan, self._clock.wall()))

    async def end_plans(self) -> int:
        """Go on with the wishes of processes that died: to their end, or back where that had begun; how many."""
        async with self._looking.connect() as connection:
            names = await plans.begun(connection)
        ended = 0
        for name in names:
            async with plans.taken(self._looking, name, waits=False) as connection:
                plan = await plans.read(connection, name) if connection is not None else None
                if connection is not None and plan is not None:
                    await self._follow(connection, plan)
                    ended += 1
        return ended

    async def _follow(self, connection: AsyncConnection, plan: Plan) -> list[ActionSettled]:
        done: list[ActionSettled] = []
        if plan.state == plans.DOING:
            for request in plan.requests:
                done.append(await self.run(plan.call, plan.facts, request))
                if done[-1].refusal:
                    await plans.turn_back(connection, plan)
                    break
            else:
                await plans.end(connection, plan)
                return done
        kept = [await find_receipt(connection, request.key) for request in plan.requests]
        undone = [
            await self.compensate(plan.call, plan.facts, receipt) for receipt in reversed(kept) if receipt is not None
        ]
        # What could not be undone for want of a database is tried again; what cannot be undone at all is not.
        if all(answer.refusal != UNAVAILABLE for answer in undone):
            await plans.end(connection, plan)
        last = ActionSettled(plan.requests[-1].key, plan.requests[-1].action, refusal=UNAVAILABLE)
        return done or [last]

    async def compensate(self, call: str, facts: CallFacts, receipt: Receipt) -> ActionSettled:
        """Undo what ``receipt`` proves; a second time does nothing. Refused ``not_found`` when nothing can undo it."""
        request = ActionRequest(undone_key(receipt.key), f"undo_{receipt.action}", {})
        wish = Wish.of(call, facts, request)

        async def undoing(connection: AsyncConnection, wish: Wish) -> Answer:
            return await undo(connection, wish, receipt)

        return await self._await_write(wish, undoing)

    async def _await_write(self, wish: Wish, handler: Handler) -> ActionSettled:
        task = self._writing.get(wish.key)
        if task is None:
            task = self._group.create_task(self._write(wish, handler))
            self._writing[wish.key] = task
            task.add_done_callback(lambda _: self._writing.pop(wish.key, None))
        # The wait may be cancelled; what is waited for may not.
        return await asyncio.shield(task)

    async def pass_offers_on(self, timezones: Mapping[str, str]) -> int:
        """Tell those next on the wait lists now instead of when somebody asks; how many businesses had any.

        ``timezones``: business -> the IANA zone of its line.
        """
        now = self._clock.wall()
        async with self._looking.connect() as connection:
            due = await businesses_due(connection, now)
        mine = [business for business in due if self._open and business in timezones]
        for business in mine:
            key = f"{PASS_ON}/{business}/{now.isoformat()}"
            await self._pass_on(Wish(key, PASS_ON, business, "", timezones[business], now, {}))
        return len(mine)

    async def _pass_on(self, wish: Wish) -> None:
        await self._await_write(replace(wish, key=f"{wish.key}/{PASS_ON}", action=PASS_ON), pass_on)

    async def _read(self, wish: Wish, handler: Handler) -> ActionSettled:
        try:
            async with asyncio.timeout(self._read_timeout_s):
                try:
                    return await self._look(wish, handler)
                except OffersDue:
                    await self._pass_on(wish)
                    return await self._look(wish, handler)
        except OffersDue:
            log.error("action %s (key %s) failed: offers could not be passed on", wish.action, wish.key[:12])
            return settled(wish, Refused(UNAVAILABLE))
        except (TimeoutError, SQLAlchemyError, OSError, ConfigurationError, ValueError) as why:
            _tell(wish, why)
            return settled(wish, Refused(UNAVAILABLE))

    async def _look(self, wish: Wish, handler: Handler) -> ActionSettled:
        async with self._looking.connect() as connection:
            return settled(wish, await handler(connection, wish))

    async def _write(self, wish: Wish, handler: Handler) -> ActionSettled:
        for wait_ms in (*BACKOFF_MS, None):
            try:
                return await self._glanced(wish) or await self._attempt(wish, handler)
            except OffersDue:
                await self._pass_on(wish)
            except (SQLAlchemyError, OSError) as why:
                if wait_ms is None or not _passes(why):
                    _tell(wish, why)
                    break
                await self._clock.sleep_ms(wait_ms)
            except Exception as why:  # a fault here must not take the other writes of the group along
                _tell(wish, why)
                break
        return settled(wish, Refused(UNAVAILABLE))

    async def _glanced(self, wish: Wish) -> ActionSettled | None:
        glance = self._glances.get(wish.action)
        if glance is None:
            return None
        try:
            async with self._looking.connect() as connection:
                return await glance(connection, wish)
        except (ValueError, ConfigurationError):
            # Whether it was done before under this key counts first, whatever is asked now.
            return None

    async def _attempt(self, wish: Wish, handler: Handler) -> ActionSettled:
        """One transaction: the change, its receipt and its notices together, or nothing at all."""
        async with self._engine.connect() as connection:
            async with connection.begin() as transaction:
                await lock_key(connection, wish.key)
                earlier = await find_receipt(connection, wish.key)
                if earlier is not None:
                    return ActionSettled(wish.key, wish.action, receipt=earlier)
                answer = await handler(connection, wish)
                if isinstance(answer, Refused):
                    if not answer.keeps:
                        await transaction.rollback()
                    return settled(wish, answer)
                if isinstance(answer, Done) and not wish.key.endswith(undone_key("")):
                    await keep_receipt(connection, wish, receipt_of(wish.key, wish.action, answer.result))
                await announce(connection, wish, answer.notices)
            return settled(wish, answer)


def _passes(why: Exception) -> bool:
    """Whether trying again may help. A connection lost at the commit is safe to retry: the key finds the receipt."""
    if isinstance(why, PoolTimeout | OSError):
        return True
    if not isinstance(why, DBAPIError):
        return False
    state = getattr(why.orig, "sqlstate", None)
    return why.connection_invalidated or state in RETRIED or state is None or str(state).startswith("08")


def _tell(wish: Wish, why: Exception) -> None:
    # Only names: a database's message can carry what a caller said.
    state = getattr(getattr(why, "orig", None), "sqlstate", "")
    shown = str(why) if isinstance(why, ConfigurationError) else type(why).__name__
    log.error("action %s (key %s) failed: %s %s", wish.action, wish.key[:12], shown, state)
