"""One contract for every EventSink, and what only the one on Postgres must do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from calls.chain import GENESIS, verify
from calls.errors import RecordError, StaleEpoch
from calls.events import CallEnded, CallerBegan, CarrierReplaced
from calls.memory_sink import MemorySink
from calls.ports import EventSink
from calls.record import CallRecord
from records.log import PostgresSink
from records.store import serve_as_app_role

Opening = Callable[[], AbstractAsyncContextManager[EventSink]]
Scene = Callable[[EventSink], Awaitable[None]]


@asynccontextmanager
async def in_memory() -> AsyncIterator[EventSink]:
    yield MemorySink()


@pytest.fixture(params=["memory", "postgres"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    if request.param == "memory":
        return in_memory
    url = request.getfixturevalue("fresh_database")

    @asynccontextmanager
    async def on_postgres() -> AsyncIterator[EventSink]:
        engine = create_async_engine(url)
        serve_as_app_role(engine)
        async with PostgresSink(engine, "w1", tmp_path).running() as sink:
            yield sink
        await engine.dispose()

    return on_postgres


def play(opening: Opening, scene: Scene) -> None:
    async def main() -> None:
        async with asyncio.timeout(20), opening() as sink:
            await scene(sink)

    asyncio.run(main())


def test_what_was_appended_is_loaded_in_order_and_chained(opening: Opening) -> None:
    async def scene(sink: EventSink) -> None:
        record = await CallRecord.open(sink, "main", "CA1")
        for at in range(50):
            record.append([CallerBegan(float(at)), CarrierReplaced()], at * 20.0)
        await record.durable()
        stored = await sink.load("call:CA1")
        assert verify(stored) == 100
        assert [event.at_ms for event in stored[::2]] == [at * 20.0 for at in range(50)]

    play(opening, scene)


def test_a_claim_gives_the_next_epoch_and_the_past(opening: Opening) -> None:
    async def scene(sink: EventSink) -> None:
        assert await sink.claim("main", "call:CA1") == (1, [])
        record = await CallRecord.open(sink, "main", "CA1")
        record.append([CarrierReplaced()], 1.0)
        epoch, past = await sink.claim("main", "call:CA1")
        assert (epoch, [event.seq for event in past]) == (3, [1])

    play(opening, scene)


def test_the_new_owner_goes_on_where_the_old_one_stopped(opening: Opening) -> None:
    async def scene(sink: EventSink) -> None:
        old = await CallRecord.open(sink, "main", "CA1")
        old.append([CarrierReplaced()], 1.0)
        new = await CallRecord.open(sink, "main", "CA1")
        new.append([CallerBegan(2.0)], 2.0)
        await new.durable()
        assert verify(await sink.load("call:CA1")) == 2

    play(opening, scene)


def test_a_stale_owner_is_refused_and_its_neighbours_are_not(opening: Opening) -> None:
    async def scene(sink: EventSink) -> None:
        old = await CallRecord.open(sink, "main", "CA1")
        neighbour = await CallRecord.open(sink, "main", "CA2")
        new = await CallRecord.open(sink, "main", "CA1")
        old.append([CarrierReplaced()], 1.0)
        neighbour.append([CarrierReplaced()], 1.0)
        new.append([CallerBegan(5.0)], 5.0)
        with pytest.raises(StaleEpoch):
            await old.durable()
        await neighbour.durable()
        await new.durable()
        assert [event.name for event in await sink.load("call:CA1")] == ["caller.began"]
        assert verify(await sink.load("call:CA2")) == 1

    play(opening, scene)


def test_an_old_owner_learns_of_the_new_one_even_with_nothing_new_to_say(opening: Opening) -> None:
    async def scene(sink: EventSink) -> None:
        old = await CallRecord.open(sink, "main", "CA1")
        old.append([CarrierReplaced()], 1.0)
        await old.durable()
        await sink.claim("main", "call:CA1")
        with pytest.raises(StaleEpoch):
            await old.durable()

    play(opening, scene)


def test_a_stream_nobody_wrote_is_empty(opening: Opening) -> None:
    async def scene(sink: EventSink) -> None:
        assert await sink.load("call:none") == []

    play(opening, scene)


def test_two_processes_share_one_log(fresh_database: str, tmp_path: Path) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        async with (
            PostgresSink(engine, "w1", tmp_path / "1").running() as one,
            PostgresSink(engine, "w2", tmp_path / "2").running() as two,
        ):
            old = await CallRecord.open(one, "main", "CA1")
            other = await CallRecord.open(one, "main", "CA2")
            old.append([CarrierReplaced()], 1.0)
            await old.durable()
            new = await CallRecord.open(two, "main", "CA1")
            old.append([CarrierReplaced()], 2.0)
            other.append([CarrierReplaced()], 2.0)
            new.append([CallerBegan(3.0)], 3.0)
            with pytest.raises(StaleEpoch):
                await old.durable()
            await other.durable()
            await new.durable()
            stored = await one.load("call:CA1")
            assert verify(stored) == 2
            assert [event.epoch for event in stored] == [1, 2]
        await engine.dispose()

    asyncio.run(main())


def test_nothing_is_kept_of_streams_that_ended_or_were_claimed_anew(fresh_database: str, tmp_path: Path) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        async with PostgresSink(engine, "w1", tmp_path).running() as sink:
            for at in range(5):
                record = await CallRecord.open(sink, "main", "CA1")
                record.append([CarrierReplaced()], float(at))
                await record.durable()
            assert len(sink._ledger) == 1
            record.append([CallEnded("caller_hung_up", "", 9.0)], 9.0)
            await record.durable()
            # A socket, or a callback, that comes after the end.
            await CallRecord.open(sink, "main", "CA1")
            assert len(sink._ledger) == 0
            assert sink._ledger.streams() == []
        await engine.dispose()

    asyncio.run(main())


def test_events_that_do_not_follow_are_set_aside_and_the_rest_of_the_group_is_stored(
    fresh_database: str, tmp_path: Path
) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        async with PostgresSink(engine, "w1", tmp_path).running() as sink:
            good = await CallRecord.open(sink, "main", "good")
            memory = MemorySink()
            forged = await CallRecord.open(memory, "main", "bad")
            forged.append([CarrierReplaced(), CarrierReplaced()], 1.0)
            await sink.claim("main", "call:bad")
            sink.append((await memory.load("call:bad"))[1:])
            good.append([CarrierReplaced()], 1.0)
            with pytest.raises(RecordError, match="does not follow"):
                await sink.durable("call:bad", 1, 2)
            await good.durable()
        assert (tmp_path / "refused.jsonl").read_text().count("\n") == 1
        await engine.dispose()

    asyncio.run(main())


def test_a_row_the_database_refuses_harms_only_its_own_stream(fresh_database: str, tmp_path: Path) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        async with PostgresSink(engine, "w1", tmp_path).running() as sink:
            good = await CallRecord.open(sink, "main", "good")
            memory = MemorySink()
            bad = await CallRecord.open(memory, "main", "bad")
            bad.append([CarrierReplaced()], 1.0)
            await sink.claim("main", "call:bad")
            (envelope,) = await memory.load("call:bad")
            assert envelope.prev == GENESIS
            sink.append([replace(envelope, leaf="not a digest")])
            good.append([CarrierReplaced()], 1.0)
            await good.durable()
            with pytest.raises(RecordError):
                await sink.durable("call:bad", 1, 1)
        await engine.dispose()

    asyncio.run(main())
