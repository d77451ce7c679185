"""Understanding and composing as tasks of a call: begun ahead, used, replaced, stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from calls import effects as ef
from calls import signals as sg
from calls.clock import LoopClock
from calls.commands import Affirm
from calls.errors import EngineError
from calls.guidance import NOTHING_EXPECTED
from calls.run import CallFacts
from calls.speech import Heard
from calls.thinking import Thinking
from calls.virtual_time import run_virtual

FACTS = CallFacts("c", "", "l", "", "", "", "en-US", "UTC", "2026-03-16T10:00:00+00:00")
HEARD = Heard("yes", 0, 0)


@dataclass
class FakeEngine:
    """Takes 300 ms to understand, 100 ms a clause."""

    clock: LoopClock = field(default_factory=LoopClock)
    told: list[str] = field(default_factory=list)
    fails: bool = False

    async def understand(self, turn: int, *rest: Any) -> sg.Understood:
        self.told.append(f"began {turn}")
        try:
            await self.clock.sleep_ms(300)
        except asyncio.CancelledError:
            self.told.append(f"stopped {turn}")
            raise
        if self.fails:
            raise EngineError("understanding", "lost")
        return sg.Understood(turn, (Affirm(),), "m", 300.0)

    async def compose(self, asked: ef.Compose, facts: CallFacts) -> AsyncIterator[sg.Composed]:
        try:
            for text in ("One.", "Two."):
                await self.clock.sleep_ms(100)
                if self.fails:
                    raise EngineError("understanding", "lost")
                yield sg.Composed(asked.reply, text)
            yield sg.Composed(asked.reply, "", last=True)
        finally:
            self.told.append("closed")

    async def withdraw(self) -> None:
        self.told.append("withdrawn")


Play = Callable[[Callable[[Any], None], Callable[[float], Awaitable[None]]], Awaitable[None]]


def run(play: Play, *, fails: bool = False) -> tuple[list[tuple[float, sg.Signal]], list[str]]:
    """What was signalled, with the ms; and what the engine was told."""
    signals: list[tuple[float, sg.Signal]] = []

    async def main() -> list[str]:
        engine = FakeEngine(fails=fails)
        began = engine.clock.now_ms()
        thinking = Thinking(
            engine,  # type: ignore[arg-type]  # hears and speaks nothing here
            lambda signal: signals.append((round(engine.clock.now_ms() - began), signal)),
        )
        async with asyncio.TaskGroup() as group:
            await play(lambda order: thinking.perform(order, FACTS, group), engine.clock.sleep_ms)
        return engine.told

    return signals, run_virtual(main())


def understand(turn: int, *, anticipated: bool = False) -> ef.Understand:
    return ef.Understand(turn, HEARD, NOTHING_EXPECTED, (), anticipated)


COMPOSE = ef.Compose("r2", 1, "yes", NOTHING_EXPECTED)


def test_what_was_begun_ahead_answers_at_once() -> None:
    async def play(perform: Callable[[Any], None], wait: Callable[[float], Awaitable[None]]) -> None:
        perform(ef.Anticipate(1, HEARD, NOTHING_EXPECTED))
        await wait(400)
        perform(understand(1, anticipated=True))

    signals, told = run(play)
    assert [(at, type(signal).__name__) for at, signal in signals] == [(400, "Understood")]
    assert told == ["began 1"]


def test_what_is_still_under_way_answers_when_it_is_there() -> None:
    async def play(perform: Callable[[Any], None], wait: Callable[[float], Awaitable[None]]) -> None:
        perform(ef.Anticipate(1, HEARD, NOTHING_EXPECTED))
        await wait(100)
        perform(understand(1, anticipated=True))

    signals, _ = run(play)
    assert [at for at, _ in signals] == [300]


def test_what_is_thrown_away_signals_nothing() -> None:
    async def play(perform: Callable[[Any], None], wait: Callable[[float], Awaitable[None]]) -> None:
        perform(ef.Anticipate(1, HEARD, NOTHING_EXPECTED))
        await wait(100)
        perform(ef.Discard())
        await wait(1_000)

    signals, told = run(play)
    assert signals == []
    assert told == ["began 1", "withdrawn", "stopped 1"] or told == ["began 1", "stopped 1", "withdrawn"]


def test_a_fault_ahead_is_told_when_it_is_asked_for() -> None:
    async def play(perform: Callable[[Any], None], wait: Callable[[float], Awaitable[None]]) -> None:
        perform(ef.Anticipate(1, HEARD, NOTHING_EXPECTED))
        await wait(400)
        perform(understand(1, anticipated=True))

    signals, _ = run(play, fails=True)
    assert [type(signal).__name__ for _, signal in signals] == ["StageFailed"]


def test_a_newer_turn_replaces_the_older() -> None:
    async def play(perform: Callable[[Any], None], wait: Callable[[float], Awaitable[None]]) -> None:
        perform(understand(1))
        await wait(100)
        perform(understand(2))

    signals, told = run(play)
    assert [(at, signal.turn) for at, signal in signals if isinstance(signal, sg.Understood)] == [(400, 2)]
    assert "stopped 1" in told


def test_clauses_are_told_one_by_one() -> None:
    async def play(perform: Callable[[Any], None], wait: Callable[[float], Awaitable[None]]) -> None:
        perform(COMPOSE)

    signals, _ = run(play)
    told = [(at, signal.text, signal.last) for at, signal in signals if isinstance(signal, sg.Composed)]
    assert told == [(100, "One.", False), (200, "Two.", False), (200, "", True)]


def test_a_reply_that_is_withdrawn_is_closed_at_once() -> None:
    async def play(perform: Callable[[Any], None], wait: Callable[[float], Awaitable[None]]) -> None:
        perform(COMPOSE)
        await wait(150)
        perform(ef.Withdraw())
        await wait(1_000)

    signals, told = run(play)
    assert [at for at, _ in signals] == [100]
    assert sorted(told) == ["closed", "withdrawn"]


def test_a_reply_that_fails_says_which() -> None:
    async def play(perform: Callable[[Any], None], wait: Callable[[float], Awaitable[None]]) -> None:
        perform(COMPOSE)

    ((at, signal),), _ = run(play, fails=True)
    assert isinstance(signal, sg.StageFailed) and (at, signal.reply) == (100, "r2")


def test_withdrawing_a_reply_keeps_what_came_with_a_turn_understood_ahead() -> None:
    """The caller cuts in; the words for what they say now are there already."""

    async def play(perform: Callable[[Any], None], wait: Callable[[float], Awaitable[None]]) -> None:
        perform(COMPOSE)
        await wait(50)
        perform(ef.Anticipate(2, HEARD, NOTHING_EXPECTED))
        await wait(320)
        perform(ef.Withdraw())
        perform(understand(2, anticipated=True))
        await wait(100)
        perform(ef.Withdraw())

    _, told = run(play)
    assert told.count("withdrawn") == 1 and told[-1] == "withdrawn"
