"""A call's audio on its way to a vendor: times, replays, bounds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.hearing.stream.audio import CallAudio

FRAME = b"\x01" * 160


def filled(ms: float, from_ms: float = 0.0) -> CallAudio:
    audio = CallAudio()
    for n in range(int(ms / 20)):
        audio.add(from_ms + 20.0 * n, FRAME)
    return audio


def drained(audio: CallAudio, most_ms: float = 240.0) -> list[bytes]:
    messages = []
    while message := audio.take(20.0, most_ms):
        messages.append(message)
    return messages


def test_frames_go_out_as_they_came() -> None:
    assert drained(filled(100.0), most_ms=20.0) == [FRAME] * 5


def test_little_audio_waits_for_more() -> None:
    audio = filled(60.0)
    assert audio.take(100.0, 240.0) == b""
    assert len(audio.take(60.0, 240.0)) == 480


def test_times_are_the_calls() -> None:
    audio = filled(200.0, from_ms=5_000.0)
    drained(audio)
    assert audio.at_ms(0.1) == 5_100.0


def test_a_gap_moves_the_times_behind_it() -> None:
    audio = filled(100.0)
    audio.add(9_000.0, FRAME, missing_ms=8_900.0)
    drained(audio)
    assert audio.at_ms(0.1) == 7_000.0  # two seconds of silence stand in for the gap
    assert audio.at_ms(2.1) == 9_000.0


def test_in_silence_for_the_vendors_sake_the_call_stands_still() -> None:
    audio = filled(100.0)
    audio.pad(500.0)
    audio.add(100.0, FRAME)
    drained(audio)
    assert audio.at_ms(0.35) == 100.0
    assert audio.at_ms(0.61) == 110.0


def test_a_new_connection_hears_from_where_it_is_told() -> None:
    audio = filled(1_000.0)
    drained(audio)
    audio.add(1_000.0, FRAME)
    assert audio.begin(600.0) == 400.0
    assert sum(map(len, drained(audio))) == 420 * 8
    assert audio.at_ms(0.0) == 600.0


def test_what_is_forgotten_is_not_sent_again() -> None:
    audio = filled(1_000.0)
    drained(audio)
    audio.forget(900.0)
    assert audio.begin(0.0) == 100.0
    assert audio.kept_bytes == 800


def test_what_nobody_takes_is_lost_and_counted() -> None:
    audio = filled(25_000.0)
    assert audio.kept_bytes == 160_000
    assert audio.lost_ms == 5_000.0
    drained(audio)
    assert audio.at_ms(0.0) == 5_000.0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["frame", "gap", "pad", "take", "begin", "forget"]), st.integers(0, 500)), max_size=60
    )
)
def test_every_moment_of_sent_audio_is_found_again(steps: list[tuple[str, int]]) -> None:
    """Whatever came before, the time told for the last sample sent is that of the frame it was in."""
    audio, at_ms, sent = CallAudio(), 0.0, 0
    for step, number in steps:
        match step:
            case "frame":
                audio.add(at_ms, FRAME)
                at_ms += 20.0
            case "gap":
                at_ms += number
                audio.add(at_ms, FRAME, missing_ms=float(number))
                at_ms += 20.0
            case "pad":
                audio.pad(float(number // 20 * 20 + 20))
            case "take":
                sent += len(b"".join(drained(audio)))
            case "begin":
                audio.begin(float(number))
                sent = 0
            case _:
                audio.forget(float(number))
        assert 0 <= audio.kept_bytes <= 160_000
    audio.add(at_ms, FRAME)
    sent += len(b"".join(drained(audio)))
    assert audio.at_ms(sent / 8_000) == pytest.approx(at_ms + 20.0, abs=5.1)
