"""The same over real sockets on loopback: handshakes, a turn, a break, sockets opened ahead."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence

import aiohttp
import pytest

from agent.hearing.stream.provider import StreamedHearing
from agent.ports import CallContext
from calls.errors import ProviderError
from calls.signals import CallerSaid, ProviderNoticed, Signal
from switchboard.loopback.hearing import KEY, Fault, Trouble
from switchboard.loopback.listening import HearingServer
from tests.contracts.hearing.stand import CLOCK, LINE, VENDORS, hearing_of, server_of
from tests.loopback.tape import Tape, TapeEars

pytestmark = pytest.mark.wire
TAPE = Tape([(600.0, "a table for four please.")], 4_000.0)
each_vendor = pytest.mark.parametrize("kind", VENDORS)
SOON_S = 10.0


@contextlib.asynccontextmanager
async def vendor(
    kind: str, faults: Sequence[Fault] = (), key: str = KEY
) -> AsyncIterator[tuple[HearingServer, StreamedHearing]]:
    server = server_of(kind, lambda: TapeEars(TAPE), faults=faults)
    async with server.serving(), aiohttp.ClientSession() as session:
        yield server, hearing_of(kind, None, url=server.url, session=session, key=key)


async def first_turn(hearing: StreamedHearing) -> list[Signal]:
    """The whole tape handed over at once; what was told until the turn was over."""
    signals: list[Signal] = []
    over = asyncio.Event()

    def note(signal: Signal) -> None:
        signals.append(signal)
        if isinstance(signal, CallerSaid):
            over.set()

    session = hearing.open(CallContext("call-1", LINE, CLOCK, note))
    for frame in TAPE.frames():
        session.hear(frame)
    try:
        async with asyncio.timeout(SOON_S), asyncio.TaskGroup() as group:
            running = group.create_task(session.run(note))
            await over.wait()
            running.cancel()
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return signals


async def until_ended(server: HearingServer, connections: int) -> None:
    async with asyncio.timeout(SOON_S):
        while sum(log.ended for log in server.logs) < connections:
            await CLOCK.sleep_ms(5)


@each_vendor
def test_a_turn_is_heard(kind: str) -> None:
    async def scene() -> None:
        async with vendor(kind) as (server, hearing):
            signals = await first_turn(hearing)
            (heard,) = [s.heard for s in signals if isinstance(s, CallerSaid)]
            assert heard.text == "a table for four please."
            assert (heard.from_ms, heard.to_ms) == pytest.approx((600.0, 2_100.0), abs=20.0)
            await until_ended(server, 1)

    asyncio.run(scene())


@each_vendor
def test_a_broken_connection_is_replaced(kind: str) -> None:
    async def scene() -> None:
        faults = [Fault(Trouble.LOSE, 1_700.0, frozenset({0}))]
        async with vendor(kind, faults) as (_, hearing):
            signals = await first_turn(hearing)
            assert [s.heard.text for s in signals if isinstance(s, CallerSaid)] == ["a table for four please."]
            assert [s.kind for s in signals if isinstance(s, ProviderNoticed)] == ["reconnected"]

    asyncio.run(scene())


@each_vendor
@pytest.mark.parametrize(("status", "fault"), [(401, "key"), (402, "payment"), (429, "rate"), (503, "overloaded")])
def test_refusals(kind: str, status: int, fault: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def scene() -> ProviderError:
        refusal = Fault(Trouble.REFUSE, status=status, headers={"Retry-After": "3"})
        async with vendor(kind, [refusal]) as (_, hearing):
            with pytest.raises(ProviderError) as caught:
                await first_turn(hearing)
            return caught.value

    error = asyncio.run(scene())
    assert (error.kind, error.retry_after_ms) == (fault, 3_000.0)
    assert KEY not in f"{error} {error!r} {error.__cause__!r} {caplog.text}"
    assert error.__suppress_context__


@each_vendor
def test_a_wrong_key_is_refused(kind: str) -> None:
    async def scene() -> str:
        async with vendor(kind, key="wrong") as (_, hearing):
            with pytest.raises(ProviderError) as caught:
                await first_turn(hearing)
            return caught.value.kind

    assert asyncio.run(scene()) == "key"


@each_vendor
def test_nobody_there(kind: str) -> None:
    async def scene() -> str:
        async with aiohttp.ClientSession() as session:
            # Port 9 (discard) answers nowhere.
            hearing = hearing_of(kind, None, url="http://127.0.0.1:9", session=session)
            await hearing.warm(LINE)
            with pytest.raises(ProviderError) as caught:
                await first_turn(hearing)
            return caught.value.kind

    assert asyncio.run(scene()) == "lost"


@each_vendor
def test_a_socket_opened_ahead_serves_the_call(kind: str) -> None:
    async def scene() -> None:
        async with vendor(kind) as (server, hearing):
            await hearing.warm(LINE)
            assert (len(server.logs), len(hearing.waiting)) == (1, 1)
            signals = await first_turn(hearing)
            assert any(isinstance(s, CallerSaid) for s in signals)
            assert (len(server.logs), len(hearing.waiting)) == (1, 0)

    asyncio.run(scene())


@each_vendor
def test_a_socket_nobody_takes_is_closed(kind: str) -> None:
    async def scene() -> None:
        async with vendor(kind) as (server, hearing):
            hearing.waiting.age_ms = 30.0
            await hearing.warm(LINE)
            held = list(hearing.waiting)  # so that nothing but our closing it can end it
            await until_ended(server, 1)
            assert (len(held), len(hearing.waiting)) == (1, 0)

    asyncio.run(scene())
