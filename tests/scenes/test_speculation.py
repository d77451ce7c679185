"""Turns that are understood before they are over: on virtual time, with an ear that tells of likely ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from agent.cascade import CascadeEngine
from agent.hearing.energy import EnergyDetector
from agent.hearing.local import LocalHearing
from agent.ports import CallContext, Hearing, HearingSession, HearingTraits
from agent.scripted import ScriptedRecognizer, ScriptedVoice
from agent.thinking.scripted import ScriptedModel
from agent.understanding.local import LocalUnderstander
from calls import events as ev
from calls.audio import AudioFrame
from calls.clock import LoopClock
from calls.guidance import Guidance
from calls.line import Line
from calls.ports import Emit
from calls.signals import CallerSaid, Signal, TurnLikely, TurnResumed
from calls.speech import Heard
from switchboard.rehearsal.replaying import Replayer
from telephony.twin import Caller
from tests.scenes.stage import LINES, SCRIPTS, Played, asked, run_scene
from tests.scenes.test_composed import ANSWERS, LINE, closings, model_of
from workflows.advance import ScriptDirector

EAGER_MS = 250.0
"""ms by which the likely end is told before the end"""


class EagerHearing(Hearing):
    """The offline hearing, whose ends of turns are told twice: as likely at once, as settled a little later.

    ``guesses``: the words that seem to be the turn; the caller has said more when they are others.
    """

    def __init__(self, guesses: Callable[[str], str]) -> None:
        self._real = LocalHearing(ScriptedRecognizer(), EnergyDetector, name="scripted")
        self._guesses = guesses

    @property
    def traits(self) -> HearingTraits:
        return HearingTraits("scripted/eager", "ours", eager=True)

    async def warm(self, line: Line) -> None:
        await self._real.warm(line)

    def open(self, context: CallContext) -> HearingSession:
        return EagerSession(self._real.open(context), context.clock, self._guesses)  # type: ignore[arg-type]


class EagerSession(HearingSession):
    def __init__(self, real: HearingSession, clock: LoopClock, guesses: Callable[[str], str]) -> None:
        self._real = real
        self._clock = clock
        self._guesses = guesses

    def hear(self, frame: AudioFrame) -> None:
        self._real.hear(frame)

    def expect(self, guidance: Guidance) -> None:
        self._real.expect(guidance)

    async def run(self, emit: Emit) -> None:
        async with asyncio.TaskGroup() as group:

            async def settle(signal: CallerSaid) -> None:
                await self._clock.sleep_ms(EAGER_MS)
                emit(signal)

            def tell(signal: Signal) -> None:
                if not isinstance(signal, CallerSaid):
                    emit(signal)
                    return
                heard = signal.heard
                guess = self._guesses(heard.text)
                emit(TurnLikely(Heard(guess, heard.from_ms, heard.to_ms, heard.confidence)))
                if guess != heard.text:
                    emit(TurnResumed())
                group.create_task(settle(signal))

            await self._real.run(tell)


def played(caller: Callable[[Caller], Any], model: ScriptedModel, guesses: Callable[[str], str]) -> Played:
    engine = CascadeEngine(EagerHearing(guesses), ScriptedVoice(), LocalUnderstander(), model)
    return run_scene(caller, to=ANSWERS, engine=engine, lines=LINES + LINE)


async def asks(phone: Caller) -> None:
    await asked(phone, "What would you like to know")
    await phone.says("can I bring my children along")
    await asked(phone, "Children are welcome")
    await phone.hangs_up()


def reply() -> ScriptedModel:
    return model_of(lambda words: ([], "Children are welcome when an adult comes along."))


def waited(scene: Played) -> float:
    """ms from the end of the turn to the first composed clause."""
    return scene.at(ev.ClauseComposed)[0] - scene.at(ev.CallerSpoke)[0]


def test_a_turn_that_was_what_it_seemed_is_answered_sooner() -> None:
    model, plain = reply(), reply()
    scene = played(asks, model, lambda words: words)
    without = played(asks, plain, lambda words: "")
    assert [body.used for body in scene.all(ev.SpeculationEnded)] == [True]
    assert without.all(ev.SpeculationEnded) == []
    assert len(model.asked) == len(plain.asked) == 1
    assert waited(without) - waited(scene) >= 0.8 * EAGER_MS
    assert closings(scene) == [("done", "")]


def test_a_turn_that_went_on_leaves_no_trace_of_what_was_begun() -> None:
    model = reply()
    scene = played(asks, model, lambda words: "can I bring")
    assert [(body.used, body.reason) for body in scene.all(ev.SpeculationEnded)] == [(False, "resumed")]
    assert [body.turn for body in scene.all(ev.CommandsUnderstood)] == [1]
    assert len(scene.all(ev.ReplyOpened)) == 1
    assert len(model.asked) <= 2 and closings(scene) == [("done", "")]


def test_a_composed_call_is_decided_alike_when_it_is_replayed() -> None:
    for guesses in (lambda words: words, lambda words: "can I bring"):
        scene = played(asks, reply(), guesses)
        line = next(line for line in scene.house.book.lines if line.id == "answers")
        replayed = Replayer(line, ScriptDirector(SCRIPTS, "answers")).replay(scene.events)
        assert replayed.identical, replayed.divergences
