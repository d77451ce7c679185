from __future__ import annotations

import asyncio
from typing import cast

import pytest

from calls import events as ev
from calls.clock import LoopClock
from calls.house_ports import Admission
from calls.line import IncomingCall
from calls.memory_sink import MemorySink
from calls.record import CallRecord
from calls.virtual_time import run_virtual
from switchboard.hang_up import PATIENCE_MS, HangUpWatch
from switchboard.live import TailedSink
from telephony.door import Door


class Control:
    def __init__(self) -> None:
        self.ended: list[str] = []

    async def hang_up(self, call: str) -> None:
        self.ended.append(call)


class NoAdmission:
    def release(self, call: str) -> None:
        pass


@pytest.mark.parametrize(
    ("asked", "carrier", "expected"), [(False, "twilio", ["CA1"]), (True, "twilio", []), (False, "browser", [])]
)
def test_a_call_nobody_asked_about_is_ended_by_rest(asked: bool, carrier: str, expected: list[str]) -> None:
    async def scene() -> None:
        clock, control, sink = LoopClock(), Control(), TailedSink(MemorySink())
        door = Door(cast(Admission, NoAdmission()), clock)
        visit = door.visit(IncomingCall("CA1", "", "", carrier))
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(HangUpWatch(sink, door, control, clock).run())
            await clock.sleep_ms(1)
            record = await CallRecord.open(sink, "main", "CA1")
            record.append([ev.CallEnded("agent_hung_up", "booked", 9.0)], 9.0)
            await clock.sleep_ms(PATIENCE_MS / 2)
            if asked:
                door.leave(visit)
            assert control.ended == []
            await clock.sleep_ms(PATIENCE_MS)
            assert control.ended == expected
            watching.cancel()

    run_virtual(scene())
