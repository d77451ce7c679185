"""How loud a frame is, is measured once, and says of a long frame what its pieces say."""

from __future__ import annotations

import random
from array import array

from hypothesis import given
from hypothesis import strategies as st

from agent.companding import level, levels, linear_to_mulaw
from agent.hearing.echo import EchoGate
from agent.hearing.stream.loudness import Loudness
from calls.audio import AudioFrame, mulaw_ms


def sound(seed: int, size: int) -> bytes:
    """Seconds of loud and soft noise, in stretches of 60 ms."""
    chance = random.Random(seed)
    heights = [chance.choice((5.0, 60.0, 400.0, 3_000.0)) for _ in range(size // 480 + 1)]
    samples = [max(-32_000, min(32_000, round(chance.gauss(0, heights[n // 480])))) for n in range(size)]
    return linear_to_mulaw(array("h", samples).tobytes())


def pieces(frame: AudioFrame) -> list[AudioFrame]:
    """The same in frames of 20 ms."""
    places = range(0, len(frame.samples), 160)
    return [AudioFrame(frame.samples[at : at + 160], frame.offset_ms + mulaw_ms(at)) for at in places]


@given(st.integers(0, 99), st.integers(0, 1_000))
def test_each_20_ms_are_as_loud_as_they_would_be_alone(seed: int, size: int) -> None:
    frame = AudioFrame(sound(seed, size), 40.0)
    assert levels(frame) == tuple(level(piece) for piece in pieces(frame))
    assert levels(frame) is levels(frame)
    assert frame == AudioFrame(frame.samples, 40.0)


@given(st.integers(0, 99), st.lists(st.sampled_from((160, 480, 800)), min_size=1, max_size=30))
def test_a_long_frame_is_as_loud_as_its_pieces(seed: int, sizes: list[int]) -> None:
    theirs = sound(seed, sum(sizes))
    whole, cut = Loudness(), Loudness()
    place = 0
    for size in sizes:
        frame = AudioFrame(theirs[place : place + size], mulaw_ms(place))
        place += size
        whole.hear(frame)
        for piece in pieces(frame):
            cut.hear(piece)
    assert (whole.began_ms, whole.ended_ms, whole.loud_ms) == (cut.began_ms, cut.ended_ms, cut.loud_ms)


def test_what_is_no_echo_is_passed_on_as_it_is() -> None:
    gate = EchoGate()
    gate.played(0.0, sound(1, 1_600))
    frame = AudioFrame(sound(7, 800), 5_000.0)
    assert gate.pass_on(frame) is frame
