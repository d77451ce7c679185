from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from calls.clock import LoopClock
from calls.house_ports import Admitted, Declined
from calls.line import BlockedNumber, IncomingCall, Limits
from calls.virtual_time import run_virtual
from switchboard.admission import Door
from switchboard.lines import LineBook
from switchboard.rates import HOUR_MS, CallRates
from tests.switchboard.test_lines import GOOD

NOW = datetime(2026, 3, 10, 14, tzinfo=UTC)


@dataclass
class OnePause:
    kind: str
    value: str


@dataclass
class Pauses:
    rows: dict[str, OnePause] = field(default_factory=dict)
    away: bool = False

    async def current(self) -> Mapping[str, OnePause]:
        if self.away:
            raise ConnectionError("database away")
        return dict(self.rows)


def door(tmp_path: Path, limits: Limits | None = None, pauses: Pauses | None = None, human: bool = True) -> Door:
    path = tmp_path / "lines.yaml"
    path.write_text(GOOD + ("    human: {number: '+15550199'}\n" if human else ""))
    book = LineBook(path)
    if limits is not None:
        book._lines = tuple(replace(line, limits=limits) for line in book.lines)
    clock = LoopClock(NOW)
    return Door(book, pauses or Pauses(), CallRates(None, b"k", clock), clock)


def call(number: int = 1, caller: str = "+15550111", called: str = "+15550100") -> IncomingCall:
    return IncomingCall(f"CA{number}", caller, called)


def test_a_call_comes_in(tmp_path: Path) -> None:
    assert isinstance(run_virtual(door(tmp_path).admit(call())), Admitted)


def test_an_unknown_number_hears_a_sentence(tmp_path: Path) -> None:
    verdict = run_virtual(door(tmp_path).admit(call(called="+19990000")))
    assert isinstance(verdict, Declined) and verdict.reason == "unknown_line" and verdict.message


@pytest.mark.parametrize("human", [True, False])
def test_over_the_concurrent_limit_a_person_or_the_busy_line(tmp_path: Path, human: bool) -> None:
    async def scene() -> None:
        here = door(tmp_path, Limits(concurrent_calls=1), human=human)
        assert isinstance(await here.admit(call(1)), Admitted)
        verdict = await here.admit(call(2))
        assert isinstance(verdict, Declined) and verdict.reason == "busy"
        assert verdict.dial == ("+15550199" if human else "")
        assert verdict.message
        here.release("CA1")
        here.release("CA1")
        assert isinstance(await here.admit(call(3)), Admitted)

    run_virtual(scene())


def test_a_caller_who_calls_too_often_is_told_and_forgiven_after_an_hour(tmp_path: Path) -> None:
    async def scene() -> None:
        here = door(tmp_path, Limits(calls_per_caller_and_hour=2))
        verdicts = [await here.admit(call(n)) for n in range(3)]
        assert [type(v).__name__ for v in verdicts] == ["Admitted", "Admitted", "Declined"]
        assert isinstance(await here.admit(call(9, caller="+15550112")), Admitted)
        await LoopClock().sleep_ms(HOUR_MS + 1)
        assert isinstance(await here.admit(call(4)), Admitted)

    run_virtual(scene())


def test_a_blocked_number_is_refused_until_its_block_expires(tmp_path: Path) -> None:
    async def scene() -> None:
        block = BlockedNumber("+15550111", "abuse", NOW + timedelta(minutes=1))
        here = door(tmp_path, Limits(blocked=(block,)))
        verdict = await here.admit(call(1))
        assert isinstance(verdict, Declined) and verdict.reason == "blocked" and not verdict.dial
        await LoopClock().sleep_ms(61_000)
        assert isinstance(await here.admit(call(2)), Admitted)

    run_virtual(scene())


def test_a_pause_counts_for_the_next_call(tmp_path: Path) -> None:
    async def scene() -> None:
        pauses = Pauses()
        here = door(tmp_path, pauses=pauses)
        pauses.rows["desk"] = OnePause("to", "+15550777")
        verdict = await here.admit(call(1))
        assert isinstance(verdict, Declined) and (verdict.reason, verdict.dial) == ("paused", "+15550777")
        pauses.rows["desk"] = OnePause("message", "We are closed.")
        verdict = await here.admit(call(2))
        assert isinstance(verdict, Declined) and verdict.message == "We are closed."

    run_virtual(scene())


def test_with_the_database_away_the_last_pauses_hold(tmp_path: Path) -> None:
    async def scene() -> None:
        pauses = Pauses({"desk": OnePause("to", "+15550777")})
        here = door(tmp_path, pauses=pauses)
        await here.admit(call(1))
        pauses.away = True
        assert isinstance(await here.admit(call(2)), Declined)

    run_virtual(scene())


def test_a_slip_in_an_edit_closes_no_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    at_the_door = door(tmp_path)
    (tmp_path / "lines.yaml").write_text(GOOD + "    colour: blue\n")
    admitted = run_virtual(at_the_door.admit(call()))
    assert isinstance(admitted, Admitted)
    assert "lines.yaml:8 has a mistake" in caplog.text


def test_calls_that_come_at_once_are_counted_at_once(tmp_path: Path) -> None:
    async def scene() -> None:
        here = door(tmp_path, Limits(concurrent_calls=2))
        verdicts = await asyncio.gather(*(here.admit(call(n, caller=f"+155501{n:02}")) for n in range(8)))
        assert sum(isinstance(verdict, Admitted) for verdict in verdicts) == 2

    run_virtual(scene())
