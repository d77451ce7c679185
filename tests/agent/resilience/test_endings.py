"""What is left before its end: streams given up, probes nobody waited for, bugs of plug-ins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from agent.ports import VoicePiece, VoiceTraits
from agent.resilience.breaker import BreakerRules, BreakerState
from agent.resilience.breakers import Breakers
from agent.resilience.candidates import Candidate
from agent.resilience.race import Attempt, Patience, Race
from agent.resilience.speaking import ResilientVoice
from agent.resilience.thinking import ResilientModel
from agent.thinking.model import Message, ModelRequest
from calls.clock import LoopClock
from calls.errors import ProviderError
from calls.speech import NEUTRAL, SpeechStyle
from calls.virtual_time import run_virtual
from tests.agent.resilience.faults import FaultyModel, FaultyVoice, Told, context

ASKED = ModelRequest((), (Message("caller", "hello"),), None)
LOST = ProviderError("understanding", "a/one", "lost")


@dataclass
class Slow:
    """Gives one item after ``first_ms``; takes ``closing_ms`` to be closed."""

    first_ms: float
    closing_ms: float = 0.0
    open: int = 0
    clock: LoopClock = field(default_factory=LoopClock)

    async def stream(self) -> AsyncIterator[str]:
        self.open += 1
        try:
            await self.clock.sleep_ms(self.first_ms)
            yield "first"
            await asyncio.Event().wait()
        finally:
            if self.closing_ms:
                await self.clock.sleep_ms(self.closing_ms)
            self.open -= 1


def test_a_winner_is_closed_when_the_race_is_given_up_while_the_loser_still_closes() -> None:
    slow, quick = Slow(5_000.0, closing_ms=100.0), Slow(10.0)

    async def main() -> None:
        attempts = [Attempt("a/one", slow.stream), Attempt("a/two", quick.stream)]
        race = Race[str]("understanding", attempts, Patience(50.0, 2_000.0), Breakers(LoopClock()))
        task = asyncio.get_running_loop().create_task(race.run(lambda _: None))
        await LoopClock().sleep_ms(100)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert quick.open == 0

    run_virtual(main())


@pytest.mark.parametrize("stage", ["understanding", "speaking"])
def test_a_probe_whose_answer_is_cut_short_makes_room_for_the_next(stage: str) -> None:
    """A caller who cuts in says nothing about the provider: nobody is to wait for the probe's time to run out."""

    async def main() -> None:
        told = Told()
        breakers = Breakers(told.clock, BreakerRules(faults=1, rest_ms=1_000.0))
        breakers.failed(stage, "a/one", LOST, told)  # type: ignore[arg-type]
        await told.clock.sleep_ms(1_500)
        if stage == "understanding":
            model = ResilientModel([Candidate("a/one", FaultyModel("a/one", "hello there " * 9))], breakers)
            answer = model.stream(ASKED, context(told))
            await anext(answer)
            await answer.aclose()  # type: ignore[attr-defined]
        else:
            voice = ResilientVoice([Candidate("a/one", FaultyVoice("a/one"))], breakers).open(context(told))
            pieces = voice.speak("one two three four five six seven", NEUTRAL)
            await anext(pieces)
            await pieces.aclose()  # type: ignore[attr-defined]
        assert breakers.state(stage, "a/one") is not BreakerState.HALF_OPEN  # type: ignore[arg-type]
        assert breakers.ready(stage, ["a/zero", "a/one"]) == [0, 1]  # type: ignore[arg-type]

    run_virtual(main())


class _Broken:
    """A plug-in's voice whose connection cannot be held, for a reason that is no error of ours."""

    traits = VoiceTraits("a/broken")

    async def warm(self, line: object) -> None:
        return

    def open(self, context: object) -> _Broken:
        return self

    async def run(self) -> None:
        raise ValueError("no such attribute")

    async def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
        raise ProviderError("speaking", "a/broken", "lost")
        yield VoicePiece(b"")


def test_a_bug_in_holding_a_voice_is_no_end_of_a_call() -> None:
    async def main() -> list[VoicePiece]:
        told = Told()
        candidates = [Candidate("a/broken", _Broken()), Candidate("a/two", FaultyVoice("a/two"))]
        session = ResilientVoice(candidates, Breakers(told.clock)).open(context(told))  # type: ignore[arg-type]
        async with asyncio.TaskGroup() as group:
            holding = group.create_task(session.run())
            await told.clock.sleep_ms(10)
            pieces = [piece async for piece in session.speak("one two three", NEUTRAL)]
            holding.cancel()
        return pieces

    assert run_virtual(main())
