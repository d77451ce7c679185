"""Clauses to frames: padding, loudness, digits in words, the shelf."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from agent.companding import mulaw_to_linear, rms
from agent.ports import CallContext, VoicePiece, VoiceTraits
from agent.speaking.plain import PlainSession, close_stream
from agent.speaking.shelf import Ready, Shelf, ShelfKey
from agent.speaking.speaker import Speaker
from calls.audio import Encoding
from calls.clock import LoopClock
from calls.errors import EngineError
from calls.line import Line
from calls.ports import VoicedAudio, WordTime
from calls.speech import Clause, SpeechStyle


class PiecewiseVoice:
    """Gives fixed pieces of a steady tone and remembers what it was asked to say."""

    def __init__(self, sizes: list[int], renders: frozenset[str] = frozenset({"pace"}), *, mulaw: bool = False) -> None:
        self.sizes, self.said, self.mulaw = sizes, list[tuple[str, float]](), mulaw
        self.traits = VoiceTraits("piecewise", renders)

    async def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
        self.said.append((text, style.pace))
        for n, size in enumerate(self.sizes):
            words = (WordTime(f"w{n}", n, n + 1),)
            if self.mulaw:
                yield VoicePiece(bytes([n + 1]) * size, words, Encoding.MULAW)
            else:
                yield VoicePiece(b"\x00\x10" * size, words, dropped=("emotion:warm",) if n == 0 else ())

    async def warm(self, line: Line) -> None:
        """Nothing to do."""

    def open(self, context: CallContext) -> PlainSession:
        return PlainSession(self)


CONTEXT = CallContext("c1", Line("l", "*", "book", "Robin", "Acme", "Hello."), LoopClock(), lambda _signal: None)


def voiced(speaker: Speaker, clause: Clause) -> list[VoicedAudio]:
    async def collect() -> list[VoicedAudio]:
        return [piece async for piece in speaker.open(CONTEXT).speak(clause)]

    return asyncio.run(collect())


@pytest.mark.parametrize(
    ("sizes", "frames"), [([160], [1]), ([100, 100], [1, 1]), ([1], [1]), ([500, 20, 120], [3, 1]), ([320, 1], [2, 1])]
)
def test_pieces_are_whole_frames_and_lose_no_word(sizes: list[int], frames: list[int]) -> None:
    pieces = voiced(Speaker(PiecewiseVoice(sizes)), Clause("a", "some words"))
    assert [len(piece.mulaw) / 160 for piece in pieces] == frames
    assert [w.word for piece in pieces for w in piece.words] == [f"w{n}" for n in range(len(sizes))]
    assert pieces[-1].mulaw.count(b"\xff") == 160 * sum(frames) - sum(sizes)


def test_a_voice_that_makes_no_sound_is_an_error() -> None:
    with pytest.raises(EngineError, match="no sound"):
        voiced(Speaker(PiecewiseVoice([])), Clause("a", "some words"))


@pytest.mark.parametrize("text", ["", "...", " - "])
def test_a_clause_without_words_is_a_frame_of_silence(text: str) -> None:
    voice = PiecewiseVoice([160])
    assert [piece.mulaw for piece in voiced(Speaker(voice), Clause("a", text))] == [b"\xff" * 160]
    assert voice.said == []


def test_volume_is_rendered_for_every_voice() -> None:
    usual, soft = (
        rms(
            mulaw_to_linear(
                voiced(Speaker(PiecewiseVoice([160])), Clause("a", "x", style=SpeechStyle(volume=v)))[0].mulaw
            )
        )
        for v in (1.0, 0.5)
    )
    assert soft == pytest.approx(usual / 2, rel=0.05)


def test_pace_stays_within_reason() -> None:
    voice = PiecewiseVoice([160])
    voiced(Speaker(voice), Clause("a", "x", style=SpeechStyle(pace=0.01)))
    assert voice.said == [("x", 0.5)]


def test_what_the_voice_drops_is_told_also_of_known_texts() -> None:
    speaker, clause = Speaker(PiecewiseVoice([160, 160])), Clause("a", "x", style=SpeechStyle(emotion="warm"))
    assert [piece.dropped_style for piece in voiced(speaker, clause)] == [("emotion:warm",)] * 2
    asyncio.run(speaker.prerender(["x"]))
    assert voiced(speaker, clause)[0].dropped_style == ("emotion:warm",)


def test_mulaw_passes_untouched_and_is_softened_where_asked() -> None:
    speaker = Speaker(PiecewiseVoice([160, 80], mulaw=True))
    assert b"".join(p.mulaw for p in voiced(speaker, Clause("a", "x"))) == b"\1" * 160 + b"\2" * 80 + b"\xff" * 80
    soft = voiced(speaker, Clause("a", "x", style=SpeechStyle(volume=0.5)))[0].mulaw
    assert rms(mulaw_to_linear(soft)) == pytest.approx(rms(mulaw_to_linear(b"\1" * 160)) / 2, rel=0.05)


def test_a_pause_comes_before_the_first_word_and_moves_the_words() -> None:
    pieces = voiced(Speaker(PiecewiseVoice([160])), Clause("a", "x", style=SpeechStyle(pause_before_ms=250)))
    assert pieces[0].mulaw[: 240 * 8] == b"\xff" * 240 * 8, "whole frames"
    assert len(pieces[0].mulaw) == 240 * 8 + 160
    assert (pieces[0].words[0].start_ms, pieces[0].words[0].end_ms) == (240, 241)


def test_a_voice_without_sound_is_an_error_also_after_a_pause() -> None:
    with pytest.raises(EngineError, match="no sound"):
        voiced(Speaker(PiecewiseVoice([])), Clause("a", "x", style=SpeechStyle(pause_before_ms=250)))


def test_a_stream_left_early_is_closed_at_the_voice() -> None:
    closed = []

    class Watched(PiecewiseVoice):
        async def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
            try:
                yield VoicePiece(bytes(320))
                yield VoicePiece(bytes(320))
            finally:
                closed.append(text)

    async def leave() -> None:
        stream = Speaker(Watched([])).open(CONTEXT).speak(Clause("a", "x"))
        await anext(stream)
        await close_stream(stream)
        assert closed == ["x"]

    asyncio.run(leave())


def test_prerendered_audio_is_keyed_by_what_changes_the_sound() -> None:
    voice = PiecewiseVoice([160])
    speaker = Speaker(voice)
    assert asyncio.run(speaker.prerender(["hello"])) == 1
    assert voiced(speaker, Clause("a", "hello"))[0].cached
    assert voiced(speaker, Clause("a", "hello", style=SpeechStyle(emotion="warm")))[0].cached, "it cannot be heard"
    assert not voiced(speaker, Clause("a", "hello", style=SpeechStyle(pace=0.8)))[0].cached
    assert not voiced(speaker, Clause("a", "hello!"))[0].cached


def test_a_callers_words_are_never_kept() -> None:
    shelf = Shelf()
    voiced(Speaker(PiecewiseVoice([160]), shelf), Clause("a", "Thank you, Anna Miller"))
    assert shelf.size == 0


def test_the_shelf_drops_the_least_recently_used() -> None:
    shelf = Shelf(most_bytes=300)
    keys = [ShelfKey("v", text, "") for text in "abc"]
    for key in keys[:2]:
        shelf.put(key, Ready(bytes(100), ()))
    assert shelf.take(keys[0]) is not None
    shelf.put(keys[2], Ready(bytes(150), ()))
    assert [shelf.take(key) is not None for key in keys] == [True, False, True]
    assert shelf.size == 250
    shelf.put(keys[2], Ready(bytes(301), ()))
    assert shelf.take(keys[2]) is None
    assert shelf.size == 100


def test_what_is_the_same_in_every_call_is_voiced_once() -> None:
    voice = PiecewiseVoice([320, 200])
    speaker = Speaker(voice)
    speaker.keep(["What day?"])
    first = voiced(speaker, Clause("a", "What day?"))
    (again,) = voiced(speaker, Clause("b", "What day?"))
    assert (again.cached, again.mulaw) == (True, b"".join(piece.mulaw for piece in first))
    assert [word.word for word in again.words] == ["w0", "w1"] and again.dropped_style == ("emotion:warm",)
    voiced(speaker, Clause("c", "On Monday, Anna."))
    voiced(speaker, Clause("d", "On Monday, Anna."))
    assert [text for text, _ in voice.said] == ["What day?", "On Monday, Anna.", "On Monday, Anna."]


def test_what_was_cut_is_not_kept() -> None:
    voice = PiecewiseVoice([320, 200])
    speaker = Speaker(voice)
    speaker.keep(["What day?"])

    async def cut() -> None:
        pieces = speaker.open(CONTEXT).speak(Clause("a", "What day?"))
        await anext(pieces)
        await close_stream(pieces)

    asyncio.run(cut())
    assert not voiced(speaker, Clause("b", "What day?"))[0].cached
