"""What calls cost: prices, the fold, limits of a call and of a day, with and without the shared store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.ports import CallContext
from agent.resilience.cost import cost_of
from agent.resilience.prices import SHIPPED, TYPICAL, Prices, read_prices
from agent.resilience.thrift import Thrift
from calls import events as ev
from calls.clock import LoopClock
from calls.errors import ConfigurationError
from calls.house_ports import Admitted, Declined
from calls.line import IncomingCall, Limits, Line
from calls.provision import Unit
from calls.signals import Signal, SpendNoticed, UsageCounted
from calls.virtual_time import run_virtual
from switchboard.admission import Door
from switchboard.spending import MeteredEngine, SpendBook, crossed

LINE = Line("desk", "+15550100", "book", "Robin", "Harbor Dental", "Hello.", timezone="America/New_York")
EPOCH = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
"""still the 20th in New York"""
PRICES = Prices(
    "2026-11-21",
    0.01,
    {"acme/dear": {"characters": 0.001}, "acme/cheap": {"characters": 0.0001}, "acme/ear": {"audio_seconds": 0.001}},
)


# --- prices ---------------------------------------------------------------------------------------


def test_every_shipped_price_has_a_source_and_every_provider_a_price() -> None:
    from agent.providers.registry import KINDS
    from agent.providers.registry import SHIPPED as OFFERED

    prices = read_prices()
    assert prices.dated == "2026-11-21"
    named = {name.replace(".", "/", 1) for kind in KINDS for name in OFFERED[kind] if "." in name}
    assert named <= set(prices.providers)
    assert prices.cost("anthropic/claude-haiku-5-5", {"tokens_written": 1e6}) == pytest.approx(0.50)
    assert prices.cost("deepgram/flux", {"audio_seconds": 60}) == pytest.approx(0.0077)


def test_what_has_no_price_costs_none_and_this_machine_nothing() -> None:
    assert PRICES.cost("nobody/x", {"characters": 9}) is None
    assert PRICES.cost("offline", {"characters": 9}) == 0.0
    assert PRICES.a_minute("speaking", "nobody/x") == float("inf")
    assert set(TYPICAL) == {"hearing", "understanding", "speaking"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dated: x", "the table has dated, carrier and providers"),
        ("[", "not YAML"),
        ("{dated: x, carrier: {call_minute: -1}, providers: {}}", "carrier: call_minute is -1; write US dollars"),
        ("{dated: x, carrier: {call_minute: 1}, providers: {a/b: {request: 1}}}", "a/b has no source"),
        ("{dated: x, carrier: {call_minute: 1}, providers: {a/b: {hug: 1, source: s}}}", "a/b has no price by 'hug'"),
        ("{dated: x, carrier: {call_minute: 1}, providers: {a/b: {request: yes, source: s}}}", "a/b: request is True"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=says):
        read_prices(path)


def test_the_shipped_table_is_package_data() -> None:
    assert SHIPPED.is_file()


# --- the fold ---------------------------------------------------------------------------------------


def event(at_ms: float, body: Any) -> ev.CallEvent:
    return ev.CallEvent("call:1", 1, at_ms, body)


def test_a_calls_cost_is_a_fold_over_its_events() -> None:
    used = [
        event(1_000, ev.UsageCounted("hearing", "acme/ear", {"audio_seconds": 10})),
        event(2_000, ev.UsageCounted("speaking", "acme/dear", {"characters": 40})),
        event(3_000, ev.UsageCounted("speaking", "acme/dear", {"characters": 60})),
        event(3_500, ev.UsageCounted("understanding", "new/model", {"tokens_written": 5})),
        event(60_001, ev.CallEnded("agent_hung_up", "booked", 60_001)),
    ]
    cost = cost_of(used, PRICES)
    assert cost.carrier_usd == pytest.approx(0.02), "two minutes were begun"
    assert cost.by_provider == pytest.approx({"acme/ear": 0.01, "acme/dear": 0.1})
    assert cost.unpriced == {"new/model"}
    assert cost.usd == pytest.approx(0.13)


@pytest.mark.parametrize(
    ("before", "after", "limit", "steps"),
    [
        (0.0, 0.5, 0.0, []),
        (0.0, 0.79, 1.0, []),
        (0.7, 0.8, 1.0, ["warned", "economised"]),
        (0.8, 0.9, 1.0, []),
        (0.9, 1.0, 1.0, ["exceeded"]),
        (0.0, 9.0, 1.0, ["warned", "economised", "exceeded"]),
        (1.0, 9.0, 1.0, []),
    ],
)
def test_every_step_is_told_once(before: float, after: float, limit: float, steps: list[str]) -> None:
    assert list(crossed(before, after, limit)) == steps


# --- saving -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["call", "line", "house"])
def test_who_has_to_save_is_served_by_cheaper_providers(why: str) -> None:
    thrift = Thrift(PRICES)
    context = CallContext("call-1", LINE, LoopClock(), lambda _: None)
    names = ["acme/dear", "acme/cheap", "nobody/x", "offline"]
    assert thrift.order(context, "speaking", names, [0, 1, 2]) == [0, 1, 2]
    thrift.calls |= {"call-1"} if why == "call" else set()
    thrift.lines |= {LINE.id} if why == "line" else set()
    thrift.house = why == "house"
    assert thrift.order(context, "speaking", names, [0, 1, 2, 3]) == [3, 1, 0, 2]


# --- a call -----------------------------------------------------------------------------------------


class Session:
    """A session that is told what it uses: (ms, characters of the dear voice)."""

    def __init__(self, uses: list[tuple[float, float]]) -> None:
        self.call = "call-1"
        self.uses = uses

    async def run(self, emit: Callable[[Signal], None]) -> None:
        clock = LoopClock()
        for at_ms, characters in self.uses:
            await clock.sleep_until_ms(at_ms)
            amounts: dict[Unit, float] = {"characters": characters}
            emit(UsageCounted("speaking", "acme/dear", amounts))
        await clock.sleep_ms(10_000_000)


class OneSession:
    traits: Any = None

    def __init__(self, session: Session) -> None:
        self.session = session

    def open(self, line: Line, offset_ms: float) -> Session:
        return self.session


def told_in(
    line: Line,
    uses: list[tuple[float, float]],
    length_ms: float,
    house_usd: float = 0.0,
    past: list[ev.CallEvent] | None = None,
) -> tuple[list[SpendNoticed], SpendBook]:
    async def call() -> tuple[list[SpendNoticed], SpendBook]:
        clock, told = LoopClock(EPOCH), list[Signal]()
        book = SpendBook(clock, PRICES, house_usd)
        session = MeteredEngine(OneSession(Session(uses)), book, clock).open(line, 0.0)  # type: ignore[arg-type]
        book.remember(session, past or [])
        async with asyncio.TaskGroup() as group:
            running = group.create_task(session.run(told.append))
            await clock.sleep_ms(length_ms)
            running.cancel()
        return [signal for signal in told if isinstance(signal, SpendNoticed)], book

    return run_virtual(call())


def limited(**limits: float) -> Line:
    return replace(LINE, limits=replace(Limits(), **limits))  # type: ignore[arg-type]


def test_a_call_is_warned_saves_and_ends_by_its_own_limit() -> None:
    told, _ = told_in(limited(call_usd=0.10), [(1_000, 50), (2_000, 25), (3_000, 20)], 4_000)
    assert [(one.scope, one.step, one.spent_usd) for one in told] == [
        ("call", "warned", 0.085), ("call", "economised", 0.085), ("call", "exceeded", 0.105),
    ]  # fmt: skip


def test_a_call_that_is_taken_up_again_has_spent_what_it_spent_before() -> None:
    before = [event(1_000, ev.UsageCounted("speaking", "acme/dear", {"characters": 60}))]
    line = limited(call_usd=0.10, day_usd=9.0)
    told, book = told_in(line, [(1_000, 40)], 2_000, past=before)
    assert [(one.step, one.spent_usd) for one in told] == [
        ("warned", 0.11), ("economised", 0.11), ("exceeded", 0.11),
    ]  # fmt: skip
    totals = run_virtual(book.add(line, 0.0))
    assert totals.line_usd == pytest.approx(0.05), "the day has counted the rest already"


def test_a_limit_that_was_reached_as_the_line_was_lost_is_told_after_it() -> None:
    before = [event(1_000, ev.UsageCounted("speaking", "acme/dear", {"characters": 200}))]
    told, _ = told_in(limited(call_usd=0.10), [], 1_000, past=before)
    assert [one.step for one in told] == ["exceeded"]
    said = event(1_001, ev.SpendNoticed("call", "exceeded", 0.2, 0.1))
    assert told_in(limited(call_usd=0.10), [], 1_000, past=[*before, said])[0] == []


def test_the_carriers_minutes_count_too() -> None:
    told, _ = told_in(limited(call_usd=0.02), [], 130_000)
    assert [(one.step, one.spent_usd) for one in told] == [("warned", 0.02), ("economised", 0.02), ("exceeded", 0.02)]


def test_the_days_totals_are_those_of_the_line_and_of_the_house() -> None:
    line = limited(day_usd=0.05)
    told, book = told_in(line, [(1_000, 45)], 20_000, house_usd=0.06)
    assert {(one.scope, one.step) for one in told} == {
        ("line", "warned"), ("line", "economised"), ("line", "exceeded"), ("house", "warned"), ("house", "economised"),
    }  # fmt: skip

    async def later() -> tuple[str, str, float]:
        totals = await book.add(line, 0.0)
        return await book.spent(line), await book.spent(replace(LINE, id="other")), totals.line_usd

    assert run_virtual(later()) == ("line", "", pytest.approx(0.055))
    assert book.thrift.lines == {"desk"} and book.thrift.house


def test_tomorrow_is_another_day() -> None:
    class Wall(LoopClock):
        now = EPOCH

        def wall(self) -> datetime:
            return self.now

    async def days() -> list[str]:
        clock = Wall()
        book, line = SpendBook(clock, PRICES), limited(day_usd=0.05)
        await book.add(line, 0.06)
        found = [await book.spent(line)]
        clock.now = EPOCH.replace(hour=6)  # one in the morning of the 21st, there
        found.append(await book.spent(line))
        return found

    assert asyncio.run(days()) == ["line", ""]


def test_a_store_that_is_away_leaves_each_process_its_own_count() -> None:
    class Away:
        def pipeline(self, transaction: bool) -> Any:
            raise ConnectionError("gone")

    async def count() -> float:
        book = SpendBook(LoopClock(EPOCH), PRICES)
        book.share(Away())  # type: ignore[arg-type]
        await book.add(LINE, 0.01)
        return (await book.add(LINE, 0.01)).line_usd

    assert asyncio.run(count()) == pytest.approx(0.02)


def test_two_processes_share_the_days_totals(valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a store that is late does is another test's; a machine with much to do must not make this one that.
    monkeypatch.setattr("switchboard.spending.ANSWER_S", 10.0)

    async def count() -> list[float]:
        from redis.asyncio import Redis

        store = Redis.from_url(valkey_url)
        line = replace(LINE, id="shared-spending")
        books = [SpendBook(LoopClock(EPOCH), PRICES, 1.0) for _ in range(2)]
        for book in books:
            book.share(store)
        found = [(await book.add(line, 0.02)).line_usd for book in (*books, *books)]
        await store.aclose()
        return found

    assert asyncio.run(count()) == pytest.approx([0.02, 0.04, 0.06, 0.08])


def test_no_further_call_is_taken_once_the_days_limit_is_used_up() -> None:
    class Book:
        def reload(self) -> None: ...

        def find(self, _called: str) -> Line:
            return replace(limited(day_usd=0.05), busy_message="Call again tomorrow.")

    class Nothing:
        async def current(self) -> dict[str, Any]:
            return {}

        async def count(self, *_: str) -> int:
            return 1

    async def admit(usd: float) -> Admitted | Declined:
        clock = LoopClock(EPOCH)
        spending = SpendBook(clock, PRICES)
        await spending.add(LINE, usd)
        door = Door(Book(), Nothing(), Nothing(), clock, spent=spending.spent)  # type: ignore[arg-type]
        return await door.admit(IncomingCall("CA1", "+15550142", "+15550100"))

    assert isinstance(run_virtual(admit(0.04)), Admitted)
    declined = run_virtual(admit(0.05))
    assert declined == Declined("over_budget", "Call again tomorrow.")
