from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import create_async_engine

from calls import events as ev
from calls.chain import verify
from calls.clock import LoopClock
from calls.record import CallRecord, stream_of
from records.call_index import CallIndex
from records.log import PostgresSink
from switchboard.desk import RecordDesk
from switchboard.lines import LineBook
from switchboard.sweeper import GRACE, Sweeper
from tests.switchboard.test_desk import ANSWERED

NOW = datetime(2026, 3, 10, 14, tzinfo=UTC)


def desk_of(sink: PostgresSink) -> RecordDesk:
    return RecordDesk(sink, LineBook(Path(__file__).parents[2] / "lines.yaml"), Stopped(NOW + timedelta(hours=1)))


class Stopped(LoopClock):
    """A wall clock that stands still."""

    def __init__(self, wall: datetime) -> None:
        super().__init__()
        self._wall = wall

    def wall(self) -> datetime:
        return self._wall


def test_a_call_whose_process_died_is_ended_after_its_grace(fresh_database: str) -> None:
    async def scene() -> None:
        engine = create_async_engine(fresh_database)
        with tempfile.TemporaryDirectory() as folder:
            async with PostgresSink(engine, "one", Path(folder) / "a", Stopped(NOW)).running() as sink:
                record = await CallRecord.open(sink, "main", "CA1")
                record.append([ANSWERED, ev.CallerBegan(5.0)], 1_000)
                await record.durable()
            later = Stopped(NOW + GRACE + timedelta(minutes=1))
            async with PostgresSink(engine, "two", Path(folder) / "b", later).running() as sink:
                soon = Sweeper(engine, desk_of(sink), Stopped(NOW + timedelta(minutes=1)))
                assert await soon.sweep() == []
                assert await Sweeper(engine, desk_of(sink), later).sweep() == ["CA1"]
                assert await Sweeper(engine, desk_of(sink), later).sweep() == []
                past = await sink.load(stream_of("CA1"))
                assert verify(past) == 3
                assert past[-1].event().body == ev.CallEnded("process_lost", "", 1_000.0)
            row = await CallIndex(engine).get("CA1")
            assert row is not None and not row.live
        await engine.dispose()

    asyncio.run(scene())
