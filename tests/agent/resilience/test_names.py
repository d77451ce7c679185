"""Whoever was at work is named: what a turn took is counted for them, and for nobody who only was to be."""

from __future__ import annotations

from agent.resilience.breakers import Breakers
from agent.resilience.candidates import Candidate
from agent.resilience.speaking import ResilientVoice
from agent.resilience.thinking import ResilientModel
from agent.speaking.speaker import Speaker
from agent.thinking.model import Message, ModelRequest
from calls.speech import Clause
from calls.virtual_time import run_virtual
from tests.agent.resilience.faults import Fault, FaultyModel, FaultyVoice, Told, context

ASKED = ModelRequest((), (Message("caller", "hello"),), None)


def test_an_answer_names_the_model_that_gave_it() -> None:
    async def main() -> list[str]:
        told = Told()
        candidates = [
            Candidate("a/one", FaultyModel("a/one", "x" * 12, Fault("refuse"))),
            Candidate("a/two", FaultyModel("a/two", "hello there")),
        ]
        model = ResilientModel(candidates, Breakers(told.clock))
        return [event.provider async for event in model.stream(ASKED, context(told))]

    assert run_virtual(main()) == ["a/two", "", "", "a/two"]


def test_audio_names_the_voice_that_made_it() -> None:
    async def main(first: Fault | None) -> set[str]:
        told = Told()
        candidates = [Candidate("a/one", FaultyVoice("a/one", first)), Candidate("a/two", FaultyVoice("a/two"))]
        speaker = Speaker(ResilientVoice(candidates, Breakers(told.clock))).open(context(told))
        return {piece.provider async for piece in speaker.speak(Clause("r1.1", "one two three four"))}

    assert run_virtual(main(None)) == {"a/one"}
    assert run_virtual(main(Fault("refuse"))) == {"a/two"}
