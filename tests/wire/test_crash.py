"""kill -9 in the middle of a call: what was said is on record, and the caller is taken up again."""

from __future__ import annotations

import asyncio
import contextlib
import wave
from pathlib import Path

import pytest

from agent.hearing.energy import EnergyDetector
from agent.scripted import RECOGNITION_MS, scripted_speech, scripted_words
from records.recording_path import recording_path
from records.wav import repair
from switchboard.simulated import Persona
from telephony import g711
from telephony.twin import Caller, CallResult
from telephony.twin.web import WebNetwork
from tests.counts import full_counts
from tests.wire.callers import booker
from tests.wire.process import NUMBER, Balanced, Server, environment, switchboard, twin_of
from tests.wire.two import QUICK

pytestmark = pytest.mark.wire

CALLER = "+12125550142"
WORDS = tuple(f"n{ordinal}" for ordinal in range(1, 21))
"""each of 300 ms"""
WORD_MS = 300
LAST_SECOND_MS = 1_000
KILLS_MS = (2_600, 3_100, 3_700, 4_200) if full_counts() else (4_200,)
"""after the first word"""


class Rambler:
    """Counts, and is cut off."""

    def __init__(self, kill_after_ms: float) -> None:
        self._kill_after_ms = kill_after_ms
        self.call_ms = 0.0
        """of the call, when the server was killed"""
        self.began_ms = 0.0

    async def __call__(self, phone: Caller, server: Server) -> None:
        """The whole call; kills the server while speaking."""
        await phone.hears_greeting()
        self.began_ms = phone.now_s * 1000
        audio = scripted_speech(" ".join(WORDS), WORD_MS)
        async with asyncio.TaskGroup() as group:
            group.create_task(phone.says(audio))
            await phone.waits(self._kill_after_ms / 1000)
            self.call_ms = phone.now_s * 1000
            await server.kill()


async def _cut_off(server: Server, rambler: Rambler) -> CallResult:
    async with server, WebNetwork() as network:
        return await twin_of(server.url, network).place_call(
            to=NUMBER, from_=CALLER, script=lambda phone: rambler(phone, server)
        )


@pytest.mark.parametrize("kill_ms", KILLS_MS)
def test_what_was_said_until_the_last_second_is_on_record(folder: Path, stores: dict[str, str], kill_ms: int) -> None:
    server, rambler = Server(folder / "var", more=stores), Rambler(kill_ms)

    result = asyncio.run(_cut_off(server, rambler))
    told = asyncio.run(
        switchboard("transcript", result.call_sid, env=environment(server.var, server.port, **stores), folder=folder)
    )

    # `transcript` verifies the chain of events before it prints.
    assert told.code == 0, told.err
    assert "automated assistant of Harbor Dental" in told.out
    # What the recognizer had in hand is lost as well, and the word that was under way.
    spoken = int((rambler.call_ms - rambler.began_ms - LAST_SECOND_MS - RECOGNITION_MS) / WORD_MS) - 1
    assert spoken >= 3
    assert " ".join(WORDS[:spoken]) in told.out

    path = recording_path(server.var / "recordings", result.call_sid)
    length_ms = repair(path)
    assert length_ms >= rambler.call_ms - LAST_SECOND_MS
    with wave.open(str(path)) as wav:
        assert (wav.getnchannels(), wav.getframerate(), wav.getsampwidth()) == (2, 8_000, 2)
        frames = wav.readframes(wav.getnframes())
    left = b"".join(frames[n : n + 2] for n in range(0, len(frames), 4))
    assert " ".join(WORDS[: spoken - 1]) in scripted_words(g711.linear_to_ulaw(left))
    assert max(EnergyDetector().push(left[-8_000:])) > 0.5


async def _survive(first: Server, second: Server, persona: Persona) -> CallResult:
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(first)
        network = await stack.enter_async_context(WebNetwork())

        async def crash() -> None:
            while len(persona.heard) < 3:
                await asyncio.sleep(0.05)
            await first.kill()
            await stack.enter_async_context(second)

        async with asyncio.TaskGroup() as group:
            crashing = group.create_task(crash())
            twin = twin_of(first.url, Balanced(network))
            result = await twin.place_call(to=NUMBER, from_=CALLER, script=persona)
            crashing.cancel()
        assert crashing.done() and not crashing.cancelled(), f"the call ended before the crash: {persona.heard}"
        return result


def test_a_caller_is_taken_up_again_after_a_crash_and_gets_the_appointment(folder: Path) -> None:
    first = Server(folder / "var", options=QUICK)
    second = Server(first.var, port=first.port, options=QUICK)

    persona = booker()
    if not full_counts():
        # A time that is understood on the second line shows it; what comes after is as in any call.
        persona.most_turns = 5
    result = asyncio.run(_survive(first, second, persona))
    told = asyncio.run(
        switchboard("transcript", result.call_sid, env=environment(first.var, first.port), folder=folder)
    )

    story = "\n".join([*persona.heard, result.gave_up, *map(str, result.findings), told.out, told.err, second.story])
    assert not result.gave_up, story
    assert len(result.streams) == 2, story
    assert told.code == 0, story
    assert "The line is back" in told.out and "time filled = 09:00" in told.out, story
    if full_counts():
        assert result.end_reason in ("server_hung_up", "twiml_ended"), story
        assert "book committed" in told.out, story
        assert told.out.rstrip().endswith("booked"), story
