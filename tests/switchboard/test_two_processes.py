"""What two processes share: places on lines, opened sockets, ownership, late receipts, and a caller who calls back."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as StoreAway
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls import events as ev
from calls.chain import verify
from calls.clock import LoopClock
from calls.errors import ConfigurationError, StaleEpoch
from calls.line import IncomingCall, Line
from calls.record import CallRecord
from records.log import PostgresSink
from records.store import serve_as_app_role
from switchboard.desk import RecordDesk
from switchboard.house import _warn_of_other_keys
from switchboard.lines import LineBook
from switchboard.places import HOLD_MS, Places
from switchboard.returning import BrokenOff
from switchboard.secret import signing_key
from switchboard.sockets import OpenedSockets

NOW = datetime(2026, 3, 10, 14, tzinfo=UTC)
LINE = Line("desk", "+15550100", "book", "Robin", "Harbor Dental", "Hello.")
CALLER = "+12125550111"


class HandClock(LoopClock):
    """A wall clock that is moved by hand."""

    def __init__(self, wall: datetime = NOW) -> None:
        super().__init__()
        self.at = wall

    def wall(self) -> datetime:
        return self.at


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(url)
    serve_as_app_role(engine)
    try:
        yield engine
    finally:
        await engine.dispose()


def run(database: str, scene: Callable[[AsyncEngine], Awaitable[None]]) -> None:
    async def main() -> None:
        async with opened(database) as engine:
            await scene(engine)

    asyncio.run(main())


# --- places -----------------------------------------------------------------------------------------


def with_places(url: str, scene: Callable[[Places, Places, HandClock], Awaitable[None]]) -> None:
    async def main() -> None:
        clock = HandClock()
        stores = [Redis.from_url(url) for _ in range(2)]
        try:
            await scene(Places(stores[0], clock, "one"), Places(stores[1], clock, "two"), clock)
        finally:
            for store in stores:
                await store.aclose()

    asyncio.run(main())


def test_places_are_counted_over_all_processes_and_a_call_has_one(valkey_url: str) -> None:
    async def scene(one: Places, two: Places, _clock: HandClock) -> None:
        assert await one.take("desk", "CA1") == 1
        assert await two.take("desk", "CA2") == 2
        assert await two.take("desk", "CA1") == 2
        assert await one.take("other", "CA3") == 1
        two.leave("CA2")
        two.leave("CA2")
        await two._tell(two._store)  # type: ignore[arg-type]
        assert await one.take("desk", "CA4") == 2

    with_places(valkey_url, scene)


def test_a_killed_process_frees_its_places_and_a_living_one_keeps_them(valkey_url: str) -> None:
    async def scene(one: Places, two: Places, clock: HandClock) -> None:
        await one.take("desk", "CA1")
        await two.take("desk", "CA2")
        two.seated = lambda: ["CA2"]
        clock.at += timedelta(milliseconds=HOLD_MS - 1_000)
        await two._tell(two._store)  # type: ignore[arg-type]
        clock.at += timedelta(milliseconds=2_000)
        assert await two.take("desk", "CA3") == 2

    with_places(valkey_url, scene)


def test_processes_know_of_each_other_until_they_go(valkey_url: str) -> None:
    async def scene(one: Places, two: Places, clock: HandClock) -> None:
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(one.run()), group.create_task(two.run())]
            while await one.others() != 1 or await two.others() != 1:
                await asyncio.sleep(0)
            await two.absent()
            assert await one.others() == 0
            for task in running:
                task.cancel()
        assert await two.others() == 0

    with_places(valkey_url, scene)


def test_a_process_with_another_secret_is_noticed(valkey_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        store = Redis.from_url(valkey_url)
        for name in ("one aaaaaaaa", "two aaaaaaaa", "three bbbbbbbb"):
            await Places(store, LoopClock(), name)._tell(store)
        newcomer = Places(store, LoopClock(), "four aaaaaaaa")
        await _warn_of_other_keys(newcomer, "aaaaaaaa")
        await store.aclose()
        await _warn_of_other_keys(Places(None, LoopClock()), "aaaaaaaa")

    asyncio.run(main())
    (told,) = [record.getMessage() for record in caplog.records]
    assert told.startswith("1 other process(es) have another secret") and "SWITCHBOARD_SECRET" in told


def test_without_the_store_each_process_counts_its_own() -> None:
    async def main() -> None:
        away = Redis.from_url("unix:///nowhere/valkey.sock")
        places = Places(away, HandClock(), "one")
        assert [await places.take("desk", f"CA{n}") for n in range(3)] == [1, 2, 3]
        places.leave("CA1")
        assert await places.take("desk", "CA9") == 3
        assert await places.others() == 0
        await away.aclose()

    asyncio.run(main())


def test_places_left_while_the_store_is_away_are_not_kept_for_ever() -> None:
    class Hours(HandClock):
        def now_ms(self) -> float:
            return self.at.timestamp() * 1000

    async def main() -> None:
        away, clock = Redis.from_url("unix:///nowhere/valkey.sock"), Hours()
        places = Places(away, clock, "one")
        for n in range(100):
            await places.take("desk", f"CA{n}")
            places.leave(f"CA{n}")
            clock.at += timedelta(milliseconds=HOLD_MS / 10)
            with suppress(StoreAway):
                await places._tell(away)
        assert len(places._left) <= 10
        await away.aclose()

    asyncio.run(main())


# --- sockets, ownership, keys ---------------------------------------------------------------------------


def test_a_token_opens_one_socket_in_all_processes_and_an_older_one_none(fresh_database: str) -> None:
    async def scene(engine: AsyncEngine) -> None:
        clock = HandClock()
        one, two = OpenedSockets(engine, clock), OpenedSockets(engine, clock)
        assert await one.newest("CA1", 5)
        assert not await two.newest("CA1", 5)
        assert not await two.newest("CA1", 4)
        assert await two.newest("CA1", 6)
        assert await two.newest("CA2", 1)
        async with asyncio.TaskGroup() as group:
            tries = [group.create_task(which.newest("CA3", 1)) for which in (one, two) * 10]
        assert sum(one.result() for one in tries) == 1
        assert not await one.is_closed("CA1")
        await one.close("CA1")
        assert await two.is_closed("CA1") and not await two.newest("CA1", 10**16)
        clock.at += timedelta(days=2)
        assert await one.forget_old() == 3

    run(fresh_database, scene)


@pytest.mark.parametrize("how", ["by writing", "by renewing"])
def test_a_stale_writer_learns_that_it_is_one(fresh_database: str, how: str) -> None:
    async def scene(engine: AsyncEngine) -> None:
        lost: list[str] = []
        with tempfile.TemporaryDirectory() as folder:
            old = PostgresSink(engine, "old", Path(folder) / "a", on_lost=lost.append)
            async with old.running(), PostgresSink(engine, "new", Path(folder) / "b").running() as new:
                stale = await CallRecord.open(old, "main", "CA1")
                fresh = await CallRecord.open(new, "main", "CA1")
                if how == "by writing":
                    stale.append([ev.CarrierReplaced()], 1.0)
                    with pytest.raises(StaleEpoch):
                        await stale.durable()
                else:
                    old._renew_at = 0.0
                    old._wake.set()
                    async with asyncio.timeout(5):
                        while not lost:
                            await asyncio.sleep(0)
                fresh.append([ev.CarrierReplaced()], 1.0)
                await fresh.durable()
                # A process that takes its own call over is not told: it knows.
                again = await CallRecord.open(new, "main", "CA1")
                again.append([ev.CarrierReplaced()], 2.0)
                await again.durable()
        assert lost == ["call:CA1"]

    run(fresh_database, scene)


def test_the_key_is_shared_by_setting_or_by_folder(tmp_path: Path) -> None:
    keys = {signing_key(tmp_path / "var") for _ in range(3)}
    assert len(keys) == 1 and len(keys.pop()) == 32
    assert list((tmp_path / "var").iterdir()) == [tmp_path / "var" / "session.key"]
    assert (tmp_path / "var" / "session.key").stat().st_mode & 0o077 == 0
    assert signing_key(tmp_path / "a", "s" * 32) == signing_key(tmp_path / "b", "s" * 32)
    assert signing_key(tmp_path / "a", "s" * 32) != signing_key(tmp_path / "a", "t" * 32)
    with pytest.raises(ConfigurationError, match="at least 32"):
        signing_key(tmp_path, "short")


# --- what comes late ------------------------------------------------------------------------------------


@asynccontextmanager
async def record_of(engine: AsyncEngine, call: str, clock: HandClock) -> AsyncIterator[CallRecord]:
    with tempfile.TemporaryDirectory() as folder:
        async with PostgresSink(engine, f"writer of {call}", Path(folder), clock).running() as sink:
            record = await CallRecord.open(sink, "main", call)
            yield record
            await record.durable()


def answered(call: str, caller: str = CALLER, at: datetime = NOW) -> ev.CallAnswered:
    return ev.CallAnswered(
        call, "twilio", caller, "+15550100", "desk", "v", "cascade", "en-US", "UTC", at.isoformat()
    )


def test_two_processes_that_are_told_of_the_same_end_write_it_once(fresh_database: str, tmp_path: Path) -> None:
    async def scene(engine: AsyncEngine) -> None:
        book = LineBook(Path(__file__).parents[2] / "lines.yaml")
        sinks = [PostgresSink(engine, name, tmp_path / name) for name in ("one", "two")]
        async with sinks[0].running(), sinks[1].running():
            for n in range(10):
                call = f"CA{n}"
                record = await CallRecord.open(sinks[0], "main", call)
                record.append([answered(call), ev.CarrierLost("socket_lost")], 10.0)
                await record.durable()
                desks = [RecordDesk(sink, book, HandClock()) for sink in sinks]
                async with asyncio.TaskGroup() as group:
                    ends = [group.create_task(suppressed(desk.over(call, "completed"))) for desk in desks]
                assert sum(end.result() for end in ends) >= 1
                past = await sinks[0].load(f"call:{call}")
                assert [envelope.name for envelope in past].count("call.ended") == 1
                assert verify(past) == len(past)

    run(fresh_database, scene)


async def suppressed(end: Awaitable[None]) -> bool:
    """Whether it went through; a claim of the other process may overtake it, which its carrier's repeat finds done."""
    try:
        await end
    except StaleEpoch:
        return False
    return True


# --- a caller who calls back ------------------------------------------------------------------------------

SLOT = ev.SlotFilled("date", "2026-03-17", "tuesday", 0.9)
PROGRESS = (ev.WorkflowStarted("book", "d" * 64), ev.StepEntered("time"), SLOT)
LOST = ev.CarrierLost("socket_lost")
HUNG_UP = ev.CallEnded("caller_hung_up", "", 60_000.0)


@pytest.mark.parametrize(
    ("bodies", "later", "caller", "offered"),
    [
        ((*PROGRESS, LOST), 1, CALLER, True),
        ((*PROGRESS, ev.CallerHungUp(), HUNG_UP), 9, CALLER, True),
        ((*PROGRESS, LOST, ev.CallEnded("process_lost", "", 60_000.0)), 9, CALLER, True),
        ((*PROGRESS, LOST), 12, CALLER, False),
        ((*PROGRESS, HUNG_UP), 12, CALLER, False),
        ((*PROGRESS, LOST), 1, "+19175550111", False),
        ((*PROGRESS, LOST), 1, "", False),
        (PROGRESS, 1, CALLER, False),
        (PROGRESS[:2], 1, CALLER, False),
        ((*PROGRESS, ev.CallEnded("agent_hung_up", "", 60_000.0)), 1, CALLER, False),
        ((*PROGRESS, ev.OutcomeReached("booked"), HUNG_UP), 1, CALLER, False),
    ],
    ids=[
        "line lost", "hung up in the middle", "process lost", "too long ago", "ended too long ago",
        "another number that ends alike", "number withheld", "still going on", "nothing said yet",
        "ended by us", "done",
    ],
)  # fmt: skip
def test_a_call_that_broke_off_is_offered_to_the_same_number_within_ten_minutes(
    fresh_database: str, bodies: tuple[ev.EventBody, ...], later: int, caller: str, offered: bool
) -> None:
    async def scene(engine: AsyncEngine) -> None:
        clock = HandClock()
        async with record_of(engine, "CA1", clock) as record:
            record.append([answered("CA1"), *bodies], 60_000.0)
        clock.at = NOW + timedelta(minutes=1 + later)
        earlier = await BrokenOff(engine, clock).earlier(IncomingCall("CA2", caller, "+15550100"), LINE)
        assert (earlier is not None) is offered
        if earlier is not None:
            assert earlier.call == "CA1"

    run(fresh_database, scene)


def test_only_the_newest_call_counts(fresh_database: str) -> None:
    async def scene(engine: AsyncEngine) -> None:
        clock = HandClock()
        async with record_of(engine, "CA1", clock) as record:
            record.append([answered("CA1"), *PROGRESS, LOST], 60_000.0)
        async with record_of(engine, "CA2", clock) as record:
            since = NOW + timedelta(minutes=2)
            done = ev.OutcomeReached("booked")
            record.append([answered("CA2", at=since), *PROGRESS, done, HUNG_UP], 60_000.0)
        clock.at = NOW + timedelta(minutes=4)
        asked = IncomingCall("CA3", CALLER, "+15550100")
        assert await BrokenOff(engine, clock).earlier(asked, LINE) is None

    run(fresh_database, scene)


def test_without_a_database_nobody_waits_for_an_offer() -> None:
    async def main() -> None:
        engine = create_async_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
        assert await BrokenOff(engine, HandClock()).earlier(IncomingCall("CA1", CALLER, "+1"), LINE) is None

    asyncio.run(main())
