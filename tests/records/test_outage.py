"""Postgres goes away in mid-call: nothing is lost, nothing irreversible happens, order is kept."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from calls.chain import verify
from calls.errors import RecordError
from calls.events import CallerBegan
from calls.memory_sink import MemorySink
from calls.record import CallRecord
from records import log
from records.log import PostgresSink
from records.spool import Spool, orphans
from records.store import load_stream

pytestmark = pytest.mark.wire


@contextmanager
def away(url: str) -> Iterator[None]:
    """Every connection to the database is cut, and no new one is let in."""
    server, _, rest = url.replace("+psycopg", "").partition("@/")
    name, _, place = rest.partition("?")
    with psycopg.connect(f"{server}@/postgres?{place}", autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # type: ignore[arg-type]
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")  # type: ignore[arg-type]


@asynccontextmanager
async def sink_on(url: str, spool: Path, worker: str = "w1") -> AsyncIterator[PostgresSink]:
    engine = create_async_engine(url)
    async with asyncio.timeout(30), PostgresSink(engine, worker, spool).running() as sink:
        yield sink
    await engine.dispose()


async def until_away(sink: PostgresSink, backlog: int) -> None:
    while sink.present or sink.backlog < backlog or sink._in_hand:
        await asyncio.sleep(0.01)


def test_events_of_an_outage_are_replayed_in_order(fresh_database: str, tmp_path: Path) -> None:
    async def main() -> None:
        async with sink_on(fresh_database, tmp_path) as sink:
            records = [await CallRecord.open(sink, "main", f"CA{n}") for n in range(3)]
            for record in records:
                record.append([CallerBegan(0.0)], 0.0)
                await record.durable()
            with away(fresh_database):
                for at in range(40):
                    for record in records:
                        record.append([CallerBegan(float(at))], float(at))
                    await asyncio.sleep(0)
                await until_away(sink, 120)
                waiting = asyncio.gather(*(record.durable() for record in records))
                await asyncio.sleep(0.15)
                assert not waiting.done(), "nothing irreversible may happen during an outage"
            for record in records:
                record.append([CallerBegan(99.0)], 99.0)
            await waiting
            for record in records:
                await record.durable()
                assert verify(await sink.load(record.stream)) == 42
            assert sink.backlog == 0
        assert list(tmp_path.iterdir()) == []

    asyncio.run(main())


def test_a_new_call_is_refused_with_the_remedy_while_postgres_is_away(
    fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with sink_on(fresh_database, tmp_path) as sink:
            with monkeypatch.context() as hurried, away(fresh_database):
                hurried.setattr(log, "CLAIM_MS", 200.0)
                with pytest.raises(RecordError, match="DATABASE_URL"):
                    await sink.claim("main", "call:CA1")
            assert (await sink.claim("main", "call:CA1"))[0] >= 1

    asyncio.run(main())


def test_the_next_process_replays_what_the_last_one_left_before_it_claims(
    fresh_database: str, tmp_path: Path
) -> None:
    async def main() -> None:
        async with sink_on(fresh_database, tmp_path) as sink:
            record = await CallRecord.open(sink, "main", "CA1")
            record.append([CallerBegan(1.0)], 1.0)
            await record.durable()
            with away(fresh_database):
                record.append([CallerBegan(2.0), CallerBegan(3.0)], 3.0)
                await until_away(sink, 2)
                await sink.close()
        assert [path.name for path in tmp_path.iterdir()] == ["w1.spool"]
        async with sink_on(fresh_database, tmp_path, "w2") as sink:
            epoch, past = await sink.claim("main", "call:CA1")
            assert (epoch, verify(past)) == (2, 3)
        assert list(tmp_path.iterdir()) == []

    asyncio.run(main())


def test_a_cancelled_writer_leaves_the_rest_in_the_spool(fresh_database: str, tmp_path: Path) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        sink = PostgresSink(engine, "w1", tmp_path)
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(sink.run())
            record = await CallRecord.open(sink, "main", "CA1")
            record.append([CallerBegan(1.0)], 1.0)
            await asyncio.sleep(0)
            writer.cancel()
        await engine.dispose()
        async with sink_on(fresh_database, tmp_path, "w2") as sink:
            assert verify(await sink.load("call:CA1")) == 1

    asyncio.run(main())


def test_what_a_spool_promised_but_a_new_owner_shut_out_is_set_aside(fresh_database: str, tmp_path: Path) -> None:
    async def main() -> None:
        async with sink_on(fresh_database, tmp_path / "here") as sink:
            record = await CallRecord.open(sink, "main", "CA1")
            with away(fresh_database):
                record.append([CallerBegan(1.0)], 1.0)
                await until_away(sink, 1)
                await sink.close()
        async with sink_on(fresh_database, tmp_path / "elsewhere", "w2") as sink:
            await sink.claim("main", "call:CA1")
        async with sink_on(fresh_database, tmp_path / "here") as sink:
            await sink.claim("main", "call:CA2")
        _, _, kept = (tmp_path / "here" / "refused.jsonl").read_text().partition(" ")
        assert json.loads(kept)["stream"] == "call:CA1"

    asyncio.run(main())


def test_a_torn_spool_gives_back_every_whole_line(tmp_path: Path) -> None:
    async def envelopes() -> list[object]:
        memory = MemorySink()
        record = await CallRecord.open(memory, "main", "CA1")
        record.append([CallerBegan(float(n)) for n in range(5)], 0.0)
        return list(await memory.load("call:CA1"))

    events = asyncio.run(envelopes())
    spool = Spool(tmp_path, "w1")
    spool.put(events)  # type: ignore[arg-type]
    assert list(orphans(tmp_path)) == [], "a living process keeps its own"
    spool.close()
    path = tmp_path / "w1.spool"
    os.truncate(path, path.stat().st_size - 7)
    (orphan,) = orphans(tmp_path)
    assert list(orphan.events()) == events[:4]
    orphan.done()
    assert list(tmp_path.iterdir()) == []


def test_a_call_cut_off_after_its_commit_is_not_stored_twice(fresh_database: str, tmp_path: Path) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        async with sink_on(fresh_database, tmp_path) as sink:
            record = await CallRecord.open(sink, "main", "CA1")
            record.append([CallerBegan(1.0)], 1.0)
            await record.durable()
            sink.append(await sink.load("call:CA1"))
            record.append([CallerBegan(2.0)], 2.0)
            await record.durable()
        assert verify(await load_stream(engine, "call:CA1")) == 2
        await engine.dispose()

    asyncio.run(main())
