"""The cascade with a vendor's hearing in it."""

from __future__ import annotations

import asyncio

import pytest

from agent.cascade import CascadeEngine
from agent.scripted import ScriptedVoice
from agent.understanding.local import LocalUnderstander
from calls.errors import ProviderError
from calls.guidance import Guidance
from calls.signals import CallerSaid, Signal, UsageCounted
from calls.virtual_time import run_virtual
from switchboard.loopback.hearing import Fault, Trouble
from tests.agent.cascade.test_cascade import FACTS, LINE
from tests.contracts.hearing.stand import CLOCK, VENDORS, hearing_of, server_of
from tests.loopback.tape import Tape, TapeEars

TAPE = Tape([(600.0, "yes please.")], 3_000.0)
each_vendor = pytest.mark.parametrize("kind", VENDORS)


async def call(engine: CascadeEngine) -> list[Signal]:
    signals: list[Signal] = []
    session = engine.open(LINE, 0.0)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(session.run(signals.append))
        for frame in TAPE.frames():
            await CLOCK.sleep_ms(20)
            session.hear(frame)
        running.cancel()
    (heard,) = [signal.heard for signal in signals if isinstance(signal, CallerSaid)]
    guidance = Guidance("check", allowed=frozenset({"Affirm", "Deny"}))
    understood = await session.understand(1, heard, guidance, FACTS)
    assert [type(command).__name__ for command in understood.commands] == ["Affirm"]
    return signals


@each_vendor
def test_a_caller_is_heard_and_understood(kind: str) -> None:
    async def scene() -> list[Signal]:
        server = server_of(kind, lambda: TapeEars(TAPE))
        async with server.network() as dial:
            return await call(CascadeEngine(hearing_of(kind, dial), ScriptedVoice(), LocalUnderstander()))

    assert sum(s.amounts["audio_seconds"] for s in run_virtual(scene()) if isinstance(s, UsageCounted)) > 2.5


@each_vendor
def test_a_vendor_that_refuses_is_the_engines_fault(kind: str) -> None:
    async def scene() -> None:
        server = server_of(kind, lambda: TapeEars(TAPE), faults=[Fault(Trouble.REFUSE, status=401)])
        async with server.network() as dial:
            session = CascadeEngine(hearing_of(kind, dial), ScriptedVoice(), LocalUnderstander()).open(LINE, 0.0)
            with pytest.raises(ProviderError) as caught:
                await session.run(lambda _: None)
            assert caught.value.kind == "key"

    run_virtual(scene())
