"""The hottest statement: what it writes is what is read, and a connection that was cut is no outage."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import create_async_engine

from calls.chain import Envelope
from calls.events import CallerBegan, CarrierReplaced
from calls.memory_sink import MemorySink
from calls.record import CallRecord
from records.appending import APPEND, Appender, arrays_of
from records.log import PostgresSink
from records.store import FIELDS

AWKWARD = ['"', "\\", "{", "}", ",", "NULL", "", " ", "\n\t", "café ☎", 'a"b\\c', "\\x41", "é", "\x7f"]


async def envelopes_of(count: int, call: str = "CA1") -> list[Envelope]:
    memory = MemorySink()
    record = await CallRecord.open(memory, "main", call)
    record.append([CallerBegan(float(n)) for n in range(count)], 0.0)
    return await memory.load(record.stream)


def test_every_text_number_and_byte_comes_back_as_it_was(fresh_database: str) -> None:
    texts = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), max_size=5)
    numbers = st.floats(allow_nan=False)
    (model,) = asyncio.run(envelopes_of(1))
    types = {"seq": "int8", "epoch": "int8", "at_ms": "float8", "schema_version": "int4", "body": "bytea"}
    columns = ", ".join(f"(%s::{types.get(name, 'text')}[])[1]" for name in FIELDS)
    address = fresh_database.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:

        @given(texts, numbers, st.binary())
        def same(words: list[str], at_ms: float, body: bytes) -> None:
            for text in (*words, *AWKWARD):
                envelope = replace(model, tenant=text, stream=text, key_id=text, at_ms=at_ms, body=body)
                row = connection.execute(f"SELECT {columns}".encode(), arrays_of([envelope])).fetchone()
                assert row == tuple(getattr(envelope, name) for name in FIELDS)

        same()


def test_a_group_is_written_in_the_order_in_which_streams_are_locked() -> None:
    later, sooner = asyncio.run(envelopes_of(2, "B")), asyncio.run(envelopes_of(1, "A"))
    arrays = dict(zip(FIELDS, arrays_of([later[1], *sooner, later[0]]), strict=True))
    assert arrays["stream"] == '{"call:A","call:B","call:B"}'
    assert arrays["seq"] == "{1,1,2}"
    assert APPEND.count("$") == len(FIELDS)


def test_a_connection_cut_while_idle_is_no_outage(
    fresh_database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database, pool_pre_ping=True)
        async with PostgresSink(engine, "w1", tmp_path).running() as sink:
            record = await CallRecord.open(sink, "main", "CA1")
            for at in range(3):
                record.append([CarrierReplaced()], float(at))
                await record.durable()
                assert await asyncio.to_thread(cut, fresh_database) > 0
            assert sink.present
        assert list(tmp_path.iterdir()) == []
        await engine.dispose()

    with caplog.at_level(logging.WARNING):
        asyncio.run(main())
    assert "Postgres is away" not in caplog.text


def cut(url: str) -> int:
    """End every connection to the database; how many there were."""
    server, _, rest = url.replace("+psycopg", "").partition("@/")
    name, _, place = rest.partition("?")
    with psycopg.connect(f"{server}@/postgres?{place}", autocommit=True) as connection:
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        return len(connection.execute(ended, [name]).fetchall())


def test_what_the_database_refuses_leaves_the_connection_as_it_was(fresh_database: str) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        appender, kept = Appender(engine), None
        for _ in range(2):
            with pytest.raises(psycopg.Error) as refused:
                await appender.append(await envelopes_of(1))
            assert refused.value.sqlstate == "SB001", "nobody has claimed the stream"
            assert kept is None or kept is appender._kept
            kept = appender._kept
            assert kept is not None
        await appender.close()
        await engine.dispose()

    asyncio.run(main())


def test_a_text_no_database_can_hold_harms_only_its_own_stream(fresh_database: str, tmp_path: Path) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        async with PostgresSink(engine, "w1", tmp_path).running() as sink:
            good = await CallRecord.open(sink, "main", "good")
            await sink.claim("main", "call:bad")
            (envelope,) = await envelopes_of(1, "bad")
            sink.append([replace(envelope, key_id="a\0b")])
            good.append([CarrierReplaced()], 1.0)
            await good.durable()
            assert sink.present
        assert (tmp_path / "refused.jsonl").read_text().count("\n") == 1
        await engine.dispose()

    asyncio.run(main())
