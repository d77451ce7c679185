"""Orders between processes: what a person wants done in a live call, whichever process has it.

An order is a row. Its giver inserts it, wakes the others (``NOTIFY``), and waits; the process with the call's socket
takes it, and the call's conversation answers on its record. What nobody has taken at the deadline has expired: the
row decides, so an order is never both expired and carried out.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import timedelta

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncEngine

from calls import events as ev
from calls.clock import Clock
from calls.errors import ConfigurationError
from calls.house_ports import OrderAnswer
from calls.randomness import Randomness
from calls.signals import CarrierGone, SupervisorOrdered
from switchboard.live import FellBehind, Tail, TailedSink
from telephony.door import Door
from workflows.jobs.listening import listening

EXPIRES_MS = 2_000
"""An order nobody has taken by then expires."""
TAKEN_MS = 1_000
"""How much longer one that was taken may take to be answered."""
LOOK_MS = 50.0
"""Between two looks at one's own order."""
POLL_MS = 500.0
"""Between two looks for others' orders while nobody can wake us."""
HEARING_POLL_MS = 1_000.0
"""The same while somebody can: a wake-up may be lost."""
KEPT = timedelta(days=1)
MOST_WORDS = 600
CHANNEL = "switchboard_orders"
KINDS = ("say", "hand_over", "end")
LINE_OVER = "line_over"
"""Between processes only: the carrier told one that a call is over which another has."""

log = logging.getLogger(__name__)

GIVE = text(
    """
    INSERT INTO call_orders (id, call, author, kind, body, given_at, deadline, state)
    VALUES (:id, :call, :author, :kind, :body, :now, :deadline, 'given')
    """
)
TELL = text("SELECT pg_notify(:channel, :call)")
READ = text("SELECT state, reason FROM call_orders WHERE id = :id")
EXPIRE = text("UPDATE call_orders SET state = 'expired' WHERE id = :id AND state = ANY(:states) RETURNING id")
TAKE = text(
    """
    UPDATE call_orders SET state = 'taken'
    WHERE state = 'given' AND call = ANY(:calls) AND deadline > :now
    RETURNING id, call, author, kind, body
    """
)
ANSWER = text("UPDATE call_orders SET state = :state, reason = :reason WHERE id = :id AND state = 'taken'")
FORGET = text("DELETE FROM call_orders WHERE given_at < :before")
OWNER = text("SELECT worker, expires_at > :now AS alive FROM stream_owners WHERE stream = :stream")


class Orders:
    """Gives orders to calls, here or elsewhere. ``worker`` names this process as the record's owners do."""

    def __init__(self, database: AsyncEngine, clock: Clock, randomness: Randomness, worker: str = "") -> None:
        self._database = database
        self._clock = clock
        self._randomness = randomness
        self._worker = worker

    async def give(self, call: str, author: str, kind: str, body: str = "") -> OrderAnswer:
        """Have ``kind`` done in ``call``; answered within 3 s. Raises ConfigurationError for what is no order."""
        body = " ".join(body.split())
        if kind not in KINDS:
            raise ConfigurationError(f"{kind!r} is no order; use one of {', '.join(KINDS)}")
        if kind == "say" and not 0 < len(body) <= MOST_WORDS:
            raise ConfigurationError(f"say takes 1 to {MOST_WORDS} characters of words (there are {len(body)})")
        if not author.strip():
            raise ConfigurationError("an order names its author, who stands on the call's record")
        return await self._give(call, author, kind, body)

    async def abandoned(self, call: str, reason: str) -> bool:
        """Tell the other process that has the call that its carrier ended it. True when there is none any more.

        False when it answers, and will end the record itself; and when the call is this process's own.
        """
        terms = {"stream": f"call:{call}", "now": self._clock.wall()}
        async with self._database.connect() as connection:
            owner = (await connection.execute(OWNER, terms)).first()
        if owner is None or owner.worker == self._worker:
            return False
        return not owner.alive or not (await self._give(call, self._worker, LINE_OVER, reason)).accepted

    async def _give(self, call: str, author: str, kind: str, body: str) -> OrderAnswer:
        id, now = self._randomness.identifier("ord"), self._clock.wall()
        deadline = now + timedelta(milliseconds=EXPIRES_MS)
        row = {"id": id, "call": call, "author": author, "kind": kind, "body": body, "now": now, "deadline": deadline}
        async with self._database.begin() as connection:
            await connection.execute(GIVE, row)
            await connection.execute(TELL, {"channel": CHANNEL, "call": call})
        return await self._wait(id)

    async def _wait(self, id: str) -> OrderAnswer:
        began = self._clock.now_ms()
        while True:
            async with self._database.connect() as connection:
                row = (await connection.execute(READ, {"id": id})).one()
            if row.state in ("accepted", "refused"):
                return OrderAnswer(row.state, row.reason)
            late_ms = self._clock.now_ms() - began - EXPIRES_MS
            states = ["given", "taken"] if late_ms >= TAKEN_MS else ["given"]
            if late_ms >= 0 and await self._expire(id, states):
                return OrderAnswer("expired", "no process has this call, or the one that has it does not answer")
            await self._clock.sleep_ms(LOOK_MS)

    async def _expire(self, id: str, states: list[str]) -> bool:
        async with self._database.begin() as connection:
            return (await connection.execute(EXPIRE, {"id": id, "states": states})).first() is not None


class OrderDesk:
    """Takes orders for the calls that have a socket here. Grammar: run() until cancelled."""

    def __init__(self, database: AsyncEngine, door: Door, sink: TailedSink, clock: Clock) -> None:
        self._database = database
        self._alone = database.execution_options(isolation_level="AUTOCOMMIT")
        """for a statement that is a transaction of its own"""
        self._door = door
        self._sink = sink
        self._clock = clock
        self._wake = asyncio.Event()
        self._poll_ms = POLL_MS

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._tell_answers())
            while True:
                try:
                    async with asyncio.timeout(self._poll_ms / 1000):
                        await self._wake.wait()
                except TimeoutError:
                    pass
                self._wake.clear()
                try:
                    await self._take()
                except Exception as why:
                    # Orders expire by themselves; calls go on without them.
                    log.warning("orders cannot be read (%s)", type(why).__name__)
                    await self._clock.sleep_ms(POLL_MS)

    async def forget_old(self) -> None:
        """Drop answered rows; what was ordered stands on the calls' records."""
        async with self._database.begin() as connection:
            await connection.execute(FORGET, {"before": self._clock.wall() - KEPT})

    async def _take(self) -> None:
        calls = self._door.seated_calls
        if not calls:
            return
        async with self._alone.connect() as connection:
            rows = (await connection.execute(TAKE, {"calls": calls, "now": self._clock.wall()})).mappings().all()
        for row in rows:
            await self._pass_on(row)

    async def _pass_on(self, row: RowMapping) -> None:
        visit = self._door.find(row["call"])
        seat = visit.seat if visit is not None else None
        if seat is None:
            await self._answer(row["id"], "refused", "the call has just left its line")
        elif row["kind"] == LINE_OVER:
            seat.tell(CarrierGone(True, row["body"]))
            await self._answer(row["id"], "accepted", "")
        else:
            seat.tell(SupervisorOrdered(row["id"], row["author"], row["kind"], row["body"]))

    async def _tell_answers(self) -> None:
        """What conversations decided, from the record to the rows."""
        while True:
            with contextlib.suppress(FellBehind), self._sink.following() as tail:
                await self._tell_answers_of(tail)

    async def _tell_answers_of(self, tail: Tail) -> None:
        while True:
            envelope = await tail.get()
            if envelope.name not in ("order.accepted", "order.refused"):
                continue
            try:
                body = envelope.event().body
                if isinstance(body, ev.OrderAccepted):
                    await self._answer(body.order, "accepted", "")
                elif isinstance(body, ev.OrderRefused):
                    await self._answer(body.order, "refused", body.reason)
            except Exception as why:
                log.warning("the author of an order could not be told (%s)", type(why).__name__)

    async def _answer(self, id: str, state: str, reason: str) -> None:
        async with self._database.begin() as connection:
            await connection.execute(ANSWER, {"id": id, "state": state, "reason": reason})

    async def _listen(self) -> None:
        """Be woken at once. Without a connection the poll finds orders, half a second later."""
        while True:
            try:
                async with listening(self._database, CHANNEL) as heard:
                    self._poll_ms = HEARING_POLL_MS
                    async for _ in heard:
                        self._wake.set()
            except Exception as why:
                log.info("orders are not announced just now (%s); looking for them instead", type(why).__name__)
            self._poll_ms = POLL_MS
            await self._clock.sleep_ms(POLL_MS * 4)
