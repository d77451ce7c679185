"""Orders over a real Postgres, between a giver and an owner which are two processes as far as the rows can tell."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls import events as ev
from calls.audio import AudioFrame
from calls.clock import LoopClock
from calls.errors import ConfigurationError
from calls.house_ports import Admitted, Declined
from calls.line import IncomingCall
from calls.memory_sink import MemorySink
from calls.randomness import SystemRandomness
from calls.record import CallRecord
from calls.signals import CarrierGone, Signal, SupervisorOrdered
from records.store import serve_as_app_role
from switchboard.live import TailedSink
from switchboard.orders import EXPIRES_MS, OrderDesk, Orders
from telephony.door import Door, Seat


class Nobody:
    """Implements ``Admission``; asked by nobody here."""

    async def admit(self, call: IncomingCall) -> Admitted | Declined:
        raise AssertionError("nobody calls")

    async def readmit(self, call: IncomingCall) -> Admitted | Declined:
        raise AssertionError("nobody calls")

    def release(self, call: str) -> None:
        return None


@dataclass
class Owner:
    """A process with one live call, which answers orders on its record as a conversation would."""

    database: AsyncEngine
    refuses: str = ""
    silent: bool = False
    taken: list[Signal] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sink = TailedSink(MemorySink())
        self.door = Door(Nobody(), LoopClock())
        visit = self.door.visit(IncomingCall("CA1", "+15550111", "+15550100"))
        visit.seat = Seat(1)
        visit.seat.take(self)
        self.desk = OrderDesk(self.database, self.door, self.sink, LoopClock())

    async def open(self) -> None:
        self.record = await CallRecord.open(self.sink, "main", "CA1")

    def hear(self, frame: AudioFrame) -> None:
        return None

    async def run(self) -> None:
        return None

    def signal(self, signal: Signal) -> None:
        self.taken.append(signal)
        if self.silent or not isinstance(signal, SupervisorOrdered):
            return
        if self.refuses:
            body: ev.EventBody = ev.OrderRefused(signal.id, signal.author, signal.kind, self.refuses)
        else:
            body = ev.OrderAccepted(signal.id, signal.author, signal.kind, signal.words)
        self.record.append([body], 10.0)


@asynccontextmanager
async def running(owner: Owner):  # type: ignore[no-untyped-def]
    await owner.open()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(owner.desk.run())
        yield
        task.cancel()


def run(database: str, scene: Callable[[AsyncEngine, Orders], Awaitable[None]]) -> None:
    async def main() -> None:
        engine = create_async_engine(database)
        serve_as_app_role(engine)
        try:
            await scene(engine, Orders(engine, LoopClock(), SystemRandomness(), "giver"))
        finally:
            await engine.dispose()

    asyncio.run(main())


def test_the_owner_answers(fresh_database: str) -> None:
    async def scene(database: AsyncEngine, orders: Orders) -> None:
        owner = Owner(database)
        async with running(owner):
            assert (await orders.give("CA1", "dana", "say", " We close \n early. ")).accepted
            owner.refuses = "the call is ending"
            answer = await orders.give("CA1", "dana", "end")
            assert (answer.state, answer.reason) == ("refused", "the call is ending")
        first, second = owner.taken
        assert isinstance(first, SupervisorOrdered) and (first.author, first.words) == ("dana", "We close early.")
        assert isinstance(second, SupervisorOrdered) and second.kind == "end"

    run(fresh_database, scene)


@pytest.mark.parametrize("there", [True, False], ids=["an owner that hangs", "nobody"])
def test_an_order_expires_and_is_carried_out_no_more(fresh_database: str, there: bool) -> None:
    async def scene(database: AsyncEngine, orders: Orders) -> None:
        owner = Owner(database, silent=True)
        began = asyncio.get_running_loop().time()
        if there:
            async with running(owner):
                answer = await orders.give("CA1", "dana", "say", "Hello.")
        else:
            answer = await orders.give("CA1", "dana", "say", "Hello.")
        took_ms = (asyncio.get_running_loop().time() - began) * 1000
        assert answer.state == "expired" and EXPIRES_MS <= took_ms < EXPIRES_MS + 1_500
        late = Owner(database)
        async with running(late):
            await late.desk._take()
        assert late.taken == []

    run(fresh_database, scene)


def test_only_one_process_takes_an_order(fresh_database: str) -> None:
    async def scene(database: AsyncEngine, orders: Orders) -> None:
        both = [Owner(database), Owner(database)]
        async with running(both[0]), running(both[1]):
            for _ in range(10):
                assert (await orders.give("CA1", "dana", "say", "Hello.")).accepted
        assert sum(len(owner.taken) for owner in both) == 10

    run(fresh_database, scene)


@pytest.mark.parametrize(
    ("kind", "author", "words", "reason"),
    [
        ("sing", "dana", "la", "is no order"),
        ("line_over", "dana", "", "is no order"),
        ("say", "dana", "  ", "1 to 600"),
        ("say", "dana", "x" * 601, "1 to 600"),
        ("end", " ", "", "names its author"),
    ],
)
def test_what_is_no_order_is_refused_at_once(
    fresh_database: str, kind: str, author: str, words: str, reason: str
) -> None:
    async def scene(_database: AsyncEngine, orders: Orders) -> None:
        with pytest.raises(ConfigurationError, match=reason):
            await orders.give("CA1", author, kind, words)

    run(fresh_database, scene)


async def owned_by(database: AsyncEngine, worker: str, expires: str) -> None:
    statement = "INSERT INTO stream_owners VALUES ('call:CA1', 'main', 1, :worker, '2026-01-01Z', :expires)"
    async with database.begin() as connection:
        await connection.execute(text(statement.replace(":expires", f"'{expires}'")), {"worker": worker})


@pytest.mark.parametrize(
    ("worker", "expires", "answers", "abandoned"),
    [
        ("giver", "2100-01-01Z", False, False),
        ("other", "2100-01-01Z", True, False),
        ("other", "2100-01-01Z", False, True),
        ("other", "2020-01-01Z", False, True),
    ],
    ids=["its own", "another's, alive", "another's, dead but leased", "another's, dead"],
)
def test_a_call_that_is_over_at_the_carrier_is_ended_by_its_process_or_by_us(
    fresh_database: str, worker: str, expires: str, answers: bool, abandoned: bool
) -> None:
    async def scene(database: AsyncEngine, orders: Orders) -> None:
        await owned_by(database, worker, expires)
        owner = Owner(database)
        if answers:
            async with running(owner):
                assert await orders.abandoned("CA1", "completed") is abandoned
            assert owner.taken == [CarrierGone(True, "completed")]
        else:
            assert await orders.abandoned("CA1", "completed") is abandoned

    run(fresh_database, scene)
