"""Play-out with a clock, through a stream and a socket, in real order of time."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from calls.clock import LoopClock
from calls.ports import Recorded, WordTime
from calls.signals import PlaybackBegan, PlaybackEnded, Signal
from calls.speech import Clause
from calls.virtual_time import run_virtual
from telephony.media_stream import MediaStream
from telephony.playout import StreamPlayOut
from telephony.tones import key_tones
from telephony.twin.memory import MemorySocket, memory_pair

WORDS = tuple(WordTime(word, n * 500.0, n * 500.0 + 400.0) for n, word in enumerate(["one", "two", "three", "four"]))
TEXT = "one two three four"


def tone(ms: int, seed: int = 1) -> bytes:
    return bytes((n * 7 + seed) % 251 for n in range(ms * 8))


@dataclass
class Phone:
    """The far end of a socket: what it was sent, and when."""

    socket: MemorySocket
    clock: LoopClock
    got: list[tuple[float, str, str]] = field(default_factory=list)
    """(ms, event, payload or mark name)"""

    async def listen(self) -> None:
        while (text := await self.socket.receive()) is not None:
            message = json.loads(text)
            event = message["event"]
            body = message.get(event, {})
            self.got.append((self.clock.now_ms(), event, body.get("payload") or body.get("name", "")))

    def audio(self) -> bytes:
        return b"".join(base64.b64decode(payload) for _, event, payload in self.got if event == "media")

    def events(self) -> list[str]:
        return [event for _, event, _ in self.got]


@dataclass
class Tape:
    """A recorder that remembers the agent's side."""

    agent_side: list[tuple[float, bytes]] = field(default_factory=list)

    def caller(self, offset_ms: float, mulaw: bytes) -> None:
        raise AssertionError("the play-out knows nothing of the caller's side")

    def agent(self, offset_ms: float, mulaw: bytes) -> None:
        self.agent_side.append((offset_ms, mulaw))

    async def finish(self) -> Recorded:
        return Recorded(0.0, "")


@dataclass
class Stage:
    playout: StreamPlayOut
    phone: Phone
    signals: list[Signal]
    tape: Tape
    clock: LoopClock

    async def after(self, ms: float) -> None:
        await self.clock.sleep_ms(ms)


def play(scene: object, *, lead_ms: float = 800.0) -> Stage:
    """Run ``scene(stage)`` beside a play-out on virtual time; returns the stage."""

    async def main() -> Stage:
        clock = LoopClock()
        await clock.sleep_ms(1_000)
        near, far = memory_pair()
        stream = MediaStream()
        stream.receive_text(json.dumps({"event": "start", "streamSid": "MZ1", "start": {"callSid": "CA1"}}))
        signals: list[Signal] = []
        stage = Stage(StreamPlayOut(stream, near, clock, lead_ms=lead_ms), Phone(far, clock), signals, Tape(), clock)
        stage.playout.tell(signals.append)
        stage.playout.record_to(stage.tape)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(stage.playout.run()), group.create_task(stage.phone.listen())]
            await clock.sleep_ms(0)
            await scene(stage)  # type: ignore[operator]
            for task in tasks:
                task.cancel()
        return stage

    return run_virtual(main())


def say(stage: Stage, ms: int, clause: str = "r1.1") -> None:
    stage.playout.begin(Clause(clause, TEXT))
    stage.playout.feed(clause, tone(ms), WORDS)
    stage.playout.finish(clause)


def test_first_audio_is_on_the_wire_in_the_instant_it_is_fed() -> None:
    async def scene(stage: Stage) -> None:
        await stage.after(333)
        fed = stage.clock.now_ms()
        say(stage, 1_000)
        await stage.after(1)
        assert stage.phone.got[0][0] - fed < 1
        assert stage.signals == [PlaybackBegan("r1.1")]

    play(scene)


def test_a_clause_is_sent_marked_and_ends_with_its_mark() -> None:
    async def scene(stage: Stage) -> None:
        say(stage, 2_000)
        await stage.after(2_000)
        assert stage.phone.events()[-1] == "mark"
        stage.playout.mark_returned("r1.1#1")

    stage = play(scene)
    assert stage.phone.audio() == tone(2_000)
    assert stage.signals == [PlaybackBegan("r1.1"), PlaybackEnded("r1.1", 2_000.0)]


def test_a_cut_is_on_the_wire_before_anything_said_after_it() -> None:
    async def scene(stage: Stage) -> None:
        say(stage, 3_000)
        await stage.after(500)
        stage.playout.cut()
        say(stage, 160, "r2.1")
        await stage.after(1)
        assert stage.phone.events()[-5:] == ["clear", "mark", "mark", "media", "mark"]

    play(scene)


def test_pausing_keeps_the_rest_and_resuming_repeats_the_word() -> None:
    async def scene(stage: Stage) -> None:
        say(stage, 2_000)
        await stage.after(700)
        stage.playout.pause()
        await stage.after(5_000)
        assert stage.phone.events()[-2:] == ["clear", "mark"]
        before = len(stage.phone.audio())
        stage.playout.resume()
        await stage.after(2_000)
        assert stage.phone.audio()[before:] == tone(2_000)[500 * 8 :]
        assert stage.phone.got[-1][1:] == ("mark", "r1.1#2")

    play(scene)


def test_a_missing_mark_ends_the_clause_two_seconds_late() -> None:
    async def scene(stage: Stage) -> None:
        say(stage, 320)
        await stage.after(2_310)
        assert stage.signals == [PlaybackBegan("r1.1")]
        await stage.after(20)
        assert stage.signals[-1] == PlaybackEnded("r1.1", 320.0)
        assert stage.playout.faults == 1

    play(scene)


def test_the_recording_holds_what_sounded_where_it_sounded() -> None:
    async def scene(stage: Stage) -> None:
        await stage.after(400)
        say(stage, 1_000)
        await stage.after(555)
        stage.playout.cut()

    stage = play(scene)
    assert stage.tape.agent_side[0][0] == pytest.approx(400, abs=1)
    recorded = b"".join(mulaw for _, mulaw in stage.tape.agent_side)
    assert len(recorded) == pytest.approx(555 * 8, abs=8)
    assert recorded == tone(1_000)[: len(recorded)]


def test_the_play_out_ends_when_the_socket_is_gone() -> None:
    async def scene(stage: Stage) -> None:
        await stage.phone.socket.abort()
        say(stage, 1_000)
        await stage.after(3_000)

    assert play(scene).signals == []


def test_the_ear_is_told_ahead_what_will_sound_and_what_will_not() -> None:
    told: list[tuple[float, int]] = []

    async def scene(stage: Stage) -> None:
        stage.playout.reference_to(lambda at_ms, mulaw: told.append((at_ms, len(mulaw) // 8)))
        say(stage, 2_000)
        await stage.after(500)
        stage.playout.pause()

    play(scene)
    sent = [(at_ms, ms) for at_ms, ms in told if ms]
    assert sent[0] == (0.0, 200)
    assert all(abs(at_ms + ms - after) < 0.01 for (at_ms, ms), (after, _) in pairwise(sent))
    assert sent[-1][0] > 1_000, "before it sounds"
    assert told[-1] == (500.0, 0), "nothing sounds after the clear"


# --- keys, and what covers a wait --------------------------------------------------------------------------------


def test_keys_sound_in_place_of_words_and_end_like_a_clause() -> None:
    async def scene(stage: Stage) -> None:
        stage.playout.press(Clause("r1.1", "(keys)", press="12#"))
        await stage.after(900)
        stage.playout.mark_returned("r1.1#1")

    stage = play(scene)
    assert b"".join(audio for _, audio in stage.tape.agent_side)[: len(key_tones("12#"))] == key_tones("12#")
    assert stage.signals == [PlaybackBegan("r1.1"), PlaybackEnded("r1.1", 600.0)]


def test_a_held_sound_stops_when_a_clause_begins() -> None:
    async def scene(stage: Stage) -> None:
        stage.playout.hold("music")
        await stage.after(3_000)
        assert stage.phone.events().count("clear") == 0
        say(stage, 500)
        await stage.after(10)
        assert stage.phone.events().count("clear") == 1
        position = stage.playout.position()
        assert position is not None and position.clause == "r1.1"

    stage = play(scene)
    sounded = sum(len(audio) for _, audio in stage.tape.agent_side)
    assert sounded <= 8 * (3_000 + 510 + 60), "nothing of it after the clear"


def test_a_held_sound_that_is_silenced_leaves_nothing_behind() -> None:
    async def scene(stage: Stage) -> None:
        stage.playout.hold("gentle")
        await stage.after(1_000)
        stage.playout.unhold()
        stage.playout.unhold()
        await stage.after(2_000)
        assert stage.playout.position() is None

    stage = play(scene)
    assert stage.phone.events().count("clear") == 1
    assert stage.playout.faults == 0


def test_there_is_no_other_sound_to_hold() -> None:
    async def scene(stage: Stage) -> None:
        with pytest.raises(ValueError, match="use one of music, gentle"):
            stage.playout.hold("polka")

    play(scene)
