"""Clauses to frames: padding, loudness, digits in words, the shelf."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from agent.companding import mulaw_to_linear, rms
from agent.ports import VoicePiece, VoiceTraits
from agent.speaking.shelf import Ready, Shelf, ShelfKey
from agent.speaking.speaker import Speaker, as_said
from calls.errors import EngineError
from calls.ports import VoicedAudio, WordTime
from calls.speech import Clause, SpeechStyle


class PiecewiseVoice:
    """Gives fixed pieces of a steady tone and remembers what it was asked to say."""

    def __init__(self, sizes: list[int], renders: frozenset[str] = frozenset({"pace"})) -> None:
        self.sizes, self.said = sizes, list[tuple[str, float]]()
        self.traits = VoiceTraits("piecewise", renders)

    async def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
        self.said.append((text, style.pace))
        for n, size in enumerate(self.sizes):
            yield VoicePiece(b"\x00\x10" * size, (WordTime(f"w{n}", n, n + 1),))


def voiced(speaker: Speaker, clause: Clause) -> list[VoicedAudio]:
    async def collect() -> list[VoicedAudio]:
        return [piece async for piece in speaker.speak(clause)]

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


def test_dropped_style_by_traits() -> None:
    plain, rich = (
        Speaker(PiecewiseVoice([1], frozenset())),
        Speaker(PiecewiseVoice([1], frozenset({"emotion", "pace"}))),
    )
    style = SpeechStyle(emotion="apologetic", pace=0.8)
    assert plain.dropped(style) == ("emotion:apologetic", "pace")
    assert rich.dropped(style) == ()
    assert plain.dropped(SpeechStyle()) == ()


@pytest.mark.parametrize(
    ("text", "say_as", "said"),
    [
        ("Call 0192.", "digits", "Call oh one nine two."),
        ("Code AB12, please", "code", "Code A B, one two, please"),
        ("At 3 o'clock", "text", "At 3 o'clock"),
    ],
)
def test_digits_and_codes_become_words(text: str, say_as: str, said: str) -> None:
    assert as_said(text, SpeechStyle(say_as=say_as)) == said  # type: ignore[arg-type]


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
