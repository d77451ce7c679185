"""Receipts that were committed after their call had ended."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from calls import events as ev
from calls.chain import verify
from calls.errors import UnknownEvent
from calls.run import Receipt
from records.cases import load_case
from switchboard.late_receipts import LateReceipts
from tests.switchboard.test_two_processes import NOW, HandClock, answered, record_of, run


def test_a_receipt_that_comes_after_the_end_gets_its_event_once(fresh_database: str) -> None:
    async def scene(engine: AsyncEngine) -> None:
        clock = HandClock()
        early, late = Receipt("k1", "book", {"code": "A"}, "d"), Receipt("k2", "book", {"code": "B"}, "d")
        async with record_of(engine, "CA1", clock) as record:
            record.append([answered("CA1"), ev.ActionCommitted(early, 1.0)], 10.0)
            record.append([ev.CallEnded("caller_hung_up", "", 60_000.0)], 60_000.0)
        kept = "INSERT INTO receipts VALUES (:key, 'b', 'CA1', 'book', '{}', 'd', :now)"
        async with engine.begin() as connection:
            for receipt in (early, late):
                await connection.execute(text(kept), {"key": receipt.key, "now": NOW + timedelta(seconds=50)})

        async def of_call(_call: str) -> list[Receipt]:
            return [early, late]

        clock.at += timedelta(minutes=2)
        processes = [LateReceipts(engine, of_call, clock) for _ in range(2)]
        async with asyncio.TaskGroup() as group:
            looks = [group.create_task(process.record()) for process in processes]
        assert sum(look.result() for look in looks) == 1
        assert await processes[0].record() == 0
        case = await load_case(engine, "CA1")
        assert verify(case) == 1 and case[0].event().body == ev.ActionCommitted(late, 0.0)
        assert case[0].at_ms == 120_000.0

    run(fresh_database, scene)


def test_a_call_that_cannot_be_read_keeps_no_other_from_its_receipt(fresh_database: str) -> None:
    async def scene(engine: AsyncEngine) -> None:
        clock = HandClock()
        for call in ("CA1", "CA2"):
            async with record_of(engine, call, clock) as record:
                record.append([answered(call), ev.CallEnded("caller_hung_up", "", 60_000.0)], 60_000.0)
        kept = "INSERT INTO receipts VALUES (:call, 'b', :call, 'book', '{}', 'd', :now)"
        async with engine.begin() as connection:
            for call in ("CA1", "CA2"):
                await connection.execute(text(kept), {"call": call, "now": NOW + timedelta(seconds=50)})

        for broken in ("CA1", "CA2"):

            async def of_call(call: str, broken: str = broken) -> list[Receipt]:
                if call == broken:
                    raise UnknownEvent("of another release")
                return [Receipt(call, "book", {"code": "A"}, "d")]

            assert await LateReceipts(engine, of_call, clock).record() == 1
        assert [len(await load_case(engine, call)) for call in ("CA1", "CA2")] == [1, 1]

    run(fresh_database, scene)
