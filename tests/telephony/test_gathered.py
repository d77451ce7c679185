"""Frames that are heard by threes: nothing is lost, moved or turned round, and keys stay where they were pressed."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.audio import AudioFrame, mulaw_ms
from calls.clock import LoopClock
from calls.virtual_time import run_virtual
from telephony.gathered import MOST_MS, WAITS_S, GatheredFrames


def samples(frames: list[AudioFrame]) -> dict[int, int]:
    """Place of each sample (1/8 ms) -> the sample."""
    return {round(frame.offset_ms * 8) + n: byte for frame in frames for n, byte in enumerate(frame.samples)}


QUIET = b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\x7f\x7e\x7d\x7c"
LOUD = b"\x20\xa0" * 80


def test_with_little_to_do_every_frame_is_heard_at_once() -> None:
    heard: list[AudioFrame] = []
    gathered = GatheredFrames(heard.append, lambda: 0.4)
    for n in range(5):
        gathered.take(20.0 * n, bytes([n]) * 160)
        assert len(heard) == n + 1


def test_with_much_to_do_three_are_heard_as_one() -> None:
    heard: list[AudioFrame] = []
    gathered = GatheredFrames(heard.append, lambda: 0.6)
    for n in range(7):
        gathered.take(20.0 * n, QUIET[n : n + 1] * 160)
    assert [(frame.offset_ms, frame.duration_ms) for frame in heard] == [(0.0, 60.0), (60.0, 60.0)]
    gathered.pass_on()
    assert (heard[2].offset_ms, heard[2].samples) == (120.0, QUIET[6:7] * 160)
    gathered.pass_on()
    assert len(heard) == 3


def test_with_very_much_to_do_five_are_heard_as_one() -> None:
    heard: list[AudioFrame] = []
    gathered = GatheredFrames(heard.append, lambda: 0.8)
    for n in range(11):
        gathered.take(20.0 * n, QUIET[n : n + 1] * 160)
    assert [(frame.offset_ms, frame.duration_ms) for frame in heard] == [(0.0, 100.0), (100.0, 100.0)]


def test_who_speaks_is_heard_by_twos_and_who_has_spoken_soon_by_fives_again() -> None:
    heard: list[AudioFrame] = []
    gathered = GatheredFrames(heard.append, lambda: 0.8)
    for n in range(160):
        gathered.take(20.0 * n, LOUD if 50 <= n < 100 else QUIET[:1] * 160)
    lengths = {round(frame.offset_ms): frame.duration_ms for frame in heard}
    assert lengths[0] == lengths[900] == 100.0
    assert {length for at, length in lengths.items() if 1_000 <= at < 2_900} == {40.0}
    assert {length for at, length in lengths.items() if at > 3_000} == {100.0}


def test_what_waits_goes_with_the_first_loud_frame() -> None:
    heard: list[AudioFrame] = []
    gathered = GatheredFrames(heard.append, lambda: 0.8)
    gathered.take(0.0, QUIET[:1] * 160)
    assert gathered.missing == 4
    gathered.take(20.0, LOUD)
    assert [frame.duration_ms for frame in heard] == [40.0] and gathered.missing == 2


def test_a_click_is_no_speech() -> None:
    heard: list[AudioFrame] = []
    gathered = GatheredFrames(heard.append, lambda: 0.8)
    for n in range(5):
        gathered.take(20.0 * n, LOUD[:2] + QUIET[:1] * 158)
    assert [frame.duration_ms for frame in heard] == [100.0]


def test_a_gap_is_not_bridged() -> None:
    heard: list[AudioFrame] = []
    gathered = GatheredFrames(heard.append, lambda: 1.0)
    gathered.take(0.0, QUIET[:1] * 160)
    gathered.take(100.0, QUIET[1:2] * 160)
    gathered.pass_on()
    assert [frame.offset_ms for frame in heard] == [0.0, 100.0]


def test_what_waits_when_the_strain_is_over_goes_first() -> None:
    heard: list[AudioFrame] = []
    strain = [0.6]
    gathered = GatheredFrames(heard.append, lambda: strain[0])
    gathered.take(0.0, QUIET[:1] * 160)
    strain[0] = 0.0
    for n in range(1, 4):
        gathered.take(20.0 * n, QUIET[1:2] * 160)
    assert [frame.offset_ms for frame in heard] == [0.0, 60.0]


@pytest.mark.parametrize("frames", [1, 2, 4, 6, 9])
def test_what_nothing_follows_is_heard_all_the_same(frames: int) -> None:
    heard: list[AudioFrame] = []

    async def carrier_stalls() -> None:
        gathered = GatheredFrames(heard.append, lambda: 0.8, asyncio.get_running_loop().call_later)
        for n in range(frames):
            await LoopClock().sleep_ms(20.0)
            gathered.take(20.0 * n, QUIET[n : n + 1] * 160)
        before = sum(frame.duration_ms for frame in heard)
        assert before < 20.0 * frames, "something waits"
        await LoopClock().sleep_ms(2_000 * WAITS_S)
        assert sum(frame.duration_ms for frame in heard) == 20.0 * frames
        gathered.take(20.0 * frames, QUIET[:1] * 160)
        await LoopClock().sleep_ms(2_000 * WAITS_S)
        assert heard[-1].offset_ms == 20.0 * frames, "and so is the next stall's"

    run_virtual(carrier_stalls())


def test_who_goes_on_is_heard_by_fives_whatever_the_timer_says() -> None:
    heard: list[AudioFrame] = []

    async def carrier_sends() -> None:
        gathered = GatheredFrames(heard.append, lambda: 0.8, asyncio.get_running_loop().call_later)
        for n in range(100):
            await LoopClock().sleep_ms(20.0)
            gathered.take(20.0 * n, QUIET[:1] * 160)

    run_virtual(carrier_sends())
    assert [frame.duration_ms for frame in heard] == [100.0] * 20


def test_nothing_is_heard_after_the_call() -> None:
    heard: list[AudioFrame] = []

    async def call_ends() -> None:
        gathered = GatheredFrames(heard.append, lambda: 0.8, asyncio.get_running_loop().call_later)
        gathered.take(0.0, QUIET[:1] * 160)
        gathered.close()
        gathered.take(20.0, QUIET[:1] * 160)
        await LoopClock().sleep_ms(1_000.0)

    run_virtual(call_ends())
    assert heard == []


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(1, 900), st.sampled_from((0, 0, 0, 20, 37)), st.booleans()), max_size=40
    )
)
def test_every_sample_keeps_its_place(course: list[tuple[float, int, int, bool]]) -> None:
    given_: list[AudioFrame] = []
    heard: list[AudioFrame] = []
    strain = [0.0]
    gathered = GatheredFrames(heard.append, lambda: strain[0])
    at_ms = 0.0
    for n, (strain[0], size, gap_ms, pressed) in enumerate(course):
        at_ms += gap_ms
        frame = AudioFrame(bytes([n]) * size, at_ms)
        given_.append(frame)
        gathered.take(frame.offset_ms, frame.samples)
        if pressed:
            gathered.pass_on()
            assert samples(heard) == samples(given_)
        at_ms += mulaw_ms(size)
    gathered.pass_on()
    assert samples(heard) == samples(given_)
    ends = [frame.ends_ms for frame in heard]
    assert ends == sorted(ends)
    longest = max((size for _, size, _, _ in course), default=0)
    assert all(frame.duration_ms < MOST_MS + mulaw_ms(longest) for frame in heard)
