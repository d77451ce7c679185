"""Tone around any hearing, the switch of the line, and stressed words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from agent.ports import CallContext, HearingSession, HearingTraits
from agent.tone.hearing import ToneHearing
from agent.tone.listener import ToneListener
from agent.tone.sound import Sound
from agent.tone.stress import stressed_words
from calls.audio import AudioFrame
from calls.clock import LoopClock
from calls.guidance import Guidance
from calls.line import Line
from calls.ports import Emit, WordTime
from calls.signals import CallerSaid, Signal, SpeechBegan, TurnLikely
from calls.speech import Heard, HeardBy, Tone
from calls.virtual_time import run_virtual
from tests.agent.tone.sounds import frames, quiet, voice

LINE = Line(id="front", number="*", script="book", agent_name="Robin", business="Harbor Dental", greeting="Hello.")
WORDS = "i would like to book a cleaning"


class Plays:
    """A hearing that says what it is told to."""

    traits = HearingTraits("played/1", "vendor")

    def __init__(self, signals: Sequence[Signal]) -> None:
        self.signals = signals
        self.frames: list[AudioFrame] = []

    async def warm(self, line: Line) -> None:
        """Nothing."""

    def open(self, context: CallContext) -> HearingSession:
        return self

    def hear(self, frame: AudioFrame) -> None:
        self.frames.append(frame)

    def expect(self, guidance: Guidance) -> None:
        """Nothing."""

    async def run(self, emit: Emit) -> None:
        for signal in self.signals:
            emit(signal)


def played(signals: Sequence[Signal], audio: Sequence[AudioFrame], *, tone: bool) -> list[Signal]:
    """What leaves a hearing once ``audio`` was heard."""
    within, out = Plays(signals), list[Signal]()

    async def run() -> None:
        session = ToneHearing(within).open(CallContext("c", replace(LINE, tone=tone), LoopClock(), out.append))
        for frame in audio:
            session.hear(frame)
        async with asyncio.timeout(5):
            await session.run(out.append)

    run_virtual(run())
    assert within.frames == list(audio)
    return out


def talk(levels: Sequence[float], pitches: Sequence[float]) -> tuple[list[AudioFrame], list[Heard]]:
    """A turn of 2 s for each level and pitch, a second apart."""
    said, heard = [quiet(1.0)], []
    for n, (level, hertz) in enumerate(zip(levels, pitches, strict=True)):
        said += [voice(hertz, 2.0, level), quiet(1.0)]
        heard.append(Heard(WORDS, 1_000 + 3_000 * n, 3_000 + 3_000 * n))
    return frames(np.concatenate(said)), heard


def test_every_turn_leaves_with_its_tone_and_who_heard_it_and_nothing_else_changes() -> None:
    audio, turns = talk([0.05, 0.05, 0.05, 0.3], [120, 120, 120, 160])
    began = SpeechBegan(1_000)
    out = played([began, *map(CallerSaid, turns)], audio, tone=True)
    tones = [signal.heard.tone for signal in out if isinstance(signal, CallerSaid)]
    assert out[0] is began
    assert [tone.feeling for tone in tones if tone] == ["neutral", "neutral", "neutral", "angry"]
    assert tones[3] is not None and (tones[3].energy, tones[3].pitch) == ("high", "high")
    said = [s.heard for s in out if isinstance(s, CallerSaid)]
    assert [replace(heard, tone=None, provider="") for heard in said] == turns
    assert {heard.provider for heard in said} == {"played/1"}


def test_off_no_label_passes_and_nothing_is_measured() -> None:
    audio, turns = talk([0.05], [120])
    label = replace(turns[0], tone=Tone("angry", confidence=0.9))
    bare = replace(turns[0], provider="played/1")
    assert played([CallerSaid(label), TurnLikely(label)], audio, tone=False) == [CallerSaid(bare), TurnLikely(bare)]


def test_on_a_providers_label_is_taken_along() -> None:
    audio, turns = talk([0.05], [120])
    (said,) = played([CallerSaid(replace(turns[0], tone=Tone("sad", confidence=0.7)))], audio, tone=True)
    assert isinstance(said, CallerSaid) and said.heard.tone is not None
    assert (said.heard.tone.feeling, said.heard.tone.evidence) == ("sad", ("provider: sad 0.70",))


def test_a_likely_turn_is_not_learned_of() -> None:
    audio, turns = talk([0.05, 0.05, 0.3], [120, 120, 160])
    once, often = ToneListener(), ToneListener()
    for listener in (once, often):
        for frame in audio:
            listener.hear(frame)
    for heard in turns:
        for _ in range(5):
            often.likely(heard)
        assert once.tone(heard) == often.tone(heard)


def test_keys_have_no_tone_and_an_unheard_turn_a_neutral_one() -> None:
    listener = ToneListener()
    assert listener.tone(Heard("12", 0, 10, by=HeardBy.KEYS)) is None
    assert listener.tone(Heard("hello", 0, 900)) == Tone()


def test_a_word_with_weight_is_told() -> None:
    words = [("i", 120, 0.06), ("said", 120, 0.06), ("tuesday", 165, 0.24), ("not", 120, 0.06), ("thursday", 120, 0.06)]
    sound, times = Sound(), []
    said = [quiet(0.2)]
    for n, (word, hertz, level) in enumerate(words):
        said += [voice(hertz, 0.26, level), quiet(0.04)]
        times.append(WordTime(word, 200 + 300 * n, 460 + 300 * n))
    for frame in frames(np.concatenate(said)):
        sound.hear(frame)
    stretch = sound.between(180, 1_720)
    assert stressed_words(stretch, "I said Tuesday, not Thursday", times) == ("tuesday",)
    assert stressed_words(stretch, "no") == ()
