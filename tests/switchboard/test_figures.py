"""Figures of many calls: from the database, of the calls that were asked for, and by hand."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from agent.resilience.prices import Prices
from calls import events as ev
from records.many_calls import StoredCall, Wanted, count_calls, read_calls
from switchboard.cli import main
from switchboard.commands.figures import since
from switchboard.figures import READ, Figures, FiguresFold, Spread
from switchboard.figures_table import as_text
from tests.switchboard.counted_calls import MODEL, fill, story

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PRICES = Prices("2026-03", 0.01, {"deepgram/nova-3": {"audio_seconds": 0.001}, MODEL: {"tokens_written": 0.0001}})


def call(disposition: str, *more: ev.EventBody, turns: int = 3, live: bool = False) -> StoredCall:
    told = [*story("CA1", NOON, "front", disposition, turns, random.Random(1)), *((50_000.0, body) for body in more)]
    events = [ev.CallEvent("call:CA1", n, at, body) for n, (at, body) in enumerate(told, 1)]
    return StoredCall("CA1", "front", NOON, live, disposition, events)


def fold(*calls: StoredCall) -> Figures:
    figures = FiguresFold(PRICES)
    for one in calls:
        figures.take(one)
    return figures.done()


def test_turns_are_counted_by_how_they_were_understood() -> None:
    turns = fold(call("booked"), call("booked", turns=6)).turns
    assert (turns.heard, turns.understood, turns.answered) == (9, 9, 9)
    assert (turns.fast, turns.asked, turns.one_call) == (6, 3, 3)
    assert turns.paths == [("grammar", 6), (MODEL, 3)]


def test_a_resolved_call_ended_without_a_person_and_with_something_settled() -> None:
    figures = fold(
        call("booked"), call("answered"), call("abandoned"), call(""), call("handed_over"), call("booked", live=True)
    )
    assert (figures.calls, figures.live, figures.contained, figures.resolved) == (6, 1, 4, 2)
    assert dict(figures.dispositions) == {"booked": 1, "answered": 1, "abandoned": 1, "none": 1, "handed_over": 1}


def test_the_cost_of_all_calls_is_borne_by_those_that_were_resolved() -> None:
    # 16.01 s of hearing, one begun minute of the carrier, one answer of 60 tokens
    one = 16.01 * 0.001 + 0.01 + 60 * 0.0001
    cost = fold(call("booked"), call("abandoned")).cost
    assert cost.usd == pytest.approx(2 * one, abs=1e-5)
    assert cost.per_call_usd == pytest.approx(one, abs=1e-5)
    assert cost.per_resolved_usd == pytest.approx(2 * one, abs=1e-5)
    assert cost.unpriced == []
    assert fold(call("abandoned")).cost.per_resolved_usd is None


def test_what_was_out_of_the_ordinary_is_counted_by_its_name() -> None:
    figures = fold(
        call(
            "booked",
            ev.SpeculationBegan(9, "x"),
            ev.SpeculationEnded(9, used=True),
            ev.SpeculationBegan(10, "x"),
            ev.SpeculationEnded(10, used=False, reason="resumed"),
            ev.GuardrailBlocked("r9.1", "price", 1.0),
            ev.GuardrailCleared("r9.2", "promise", "We will see.", 2.0),
            ev.ProviderNoticed("hearing", "deepgram/nova-3", "failed", "lost"),
            ev.ProviderNoticed("hearing", "deepgram/nova-3", "switched", to="elevenlabs/scribe"),
            ev.UsageCounted("speaking", "new/voice", {"characters": 9}),
        )
    )
    assert (figures.ahead_begun, figures.ahead_used, figures.ahead_discarded) == (2, 1, [("resumed", 1)])
    assert (figures.clauses, figures.blocked, figures.replaced) == (5, [("price", 1)], [("promise", 1)])
    assert figures.gate is not None and figures.gate.p99 == 2.0
    assert figures.faults == [("hearing deepgram/nova-3 lost", 1)]
    assert figures.cost.unpriced == ["new/voice"]
    page = as_text(figures, "Calls")
    for words in ("used           1   50.0 %", "blocked  price 1", "deepgram/nova-3 lost", "left out: new/voice"):
        assert words in page


def test_percentiles_are_those_of_each_stage_and_provider() -> None:
    figures = fold(*(call("booked", turns=30) for _ in range(4)))
    tokens = next(spread for spread in figures.stages if spread.what == "first_token")
    assert tokens == Spread("first_token", MODEL, 40, 200.0, 200.0, 200.0)
    assert [spread.provider for spread in figures.responses] == ["all", "fast path", "model"]
    voice = next(spread for spread in figures.providers if spread.what == "first audio")
    assert 70 <= voice.p50 < voice.p95 < voice.p99 <= 110


def test_of_no_call_there_is_no_figure() -> None:
    figures = fold()
    assert figures == FiguresFold(PRICES).done()
    assert as_text(figures, "Calls").splitlines()[2] == "0 calls, 0 of them live"


def test_the_calls_that_were_asked_for_are_read_in_one_pass(fresh_database: str) -> None:
    async def scene() -> None:
        engine = create_async_engine(fresh_database)
        await fill(engine, 20, NOON, turns=2)

        async def read(**more: object) -> list[StoredCall]:
            wanted = Wanted(NOON - timedelta(hours=2), READ, **more)  # type: ignore[arg-type]  # fields of Wanted
            return [one async for one in read_calls(engine, wanted)]

        every = await read()
        assert [one.call for one in every] == [f"CA{n:032}" for n in range(20)]
        assert all(one.events[0].body.name == "call.answered" and not one.unread for one in every)
        assert {body.name for one in every for body in (event.body for event in one.events)} <= set(READ)
        assert len(await read(line="back")) == 5
        assert [one.call for one in await read(most=3)] == [f"CA{n:032}" for n in (17, 18, 19)]
        later = Wanted(NOON - timedelta(minutes=4), READ)
        assert [one.call async for one in read_calls(engine, later)] == [f"CA{n:032}" for n in range(15, 20)]
        assert await count_calls(engine, later) == 5
        await engine.dispose()

    asyncio.run(scene())


def test_the_command_prints_them_for_people_and_programs(
    fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def before() -> None:
        engine = create_async_engine(fresh_database)
        await fill(engine, 10, NOON, turns=3)
        await engine.dispose()

    asyncio.run(before())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", fresh_database)
    assert main(["figures", "--since", "2026-03-02"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("Calls since 2026-03-02 00:00 UTC; prices of ")
    assert "10 calls, 0 of them live" in page
    assert "per resolved call $" in page
    assert "2025550123" not in page and "words of turn" not in page
    assert main(["figures", "--since", "2026-03-02", "--line", "front", "--most", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["calls"], told["calls_there"], told["line"]) == (2, 7, "front")
    assert main(["figures", "--since", "2026-03-02", "--line", "nowhere"]) == 1
    assert "no call on nowhere since" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "back"), [("30m", timedelta(minutes=30)), ("24h", timedelta(hours=24)), ("7d", timedelta(days=7))]
)
def test_times_ago_are_understood(text: str, back: timedelta) -> None:
    assert since(text, NOON) == NOON - back


def test_moments_are_utc_unless_they_say_otherwise() -> None:
    assert since("2026-03-02") == datetime(2026, 3, 2, tzinfo=UTC)
    assert since("2026-03-02T12:00+02:00") == datetime(2026, 3, 2, 10, tzinfo=UTC)
    for wrong in ("yesterday", "h", "24", "-3h", "999999999d"):
        with pytest.raises(argparse.ArgumentTypeError, match="write 30m, 24h, 7d"):
            since(wrong)
