"""Speech that is far from the telephone is no speech; a soft caller is one all the same."""

from __future__ import annotations

import random
from collections.abc import Sequence

from agent.companding import rms
from agent.hearing.nearness import NearDetector

WINDOW_MS = 32.0
SAMPLES = 256


class _Always:
    """A detector to which everything above the line's own hum is speech."""

    window_ms = WINDOW_MS

    def push(self, pcm16_8k: bytes) -> Sequence[float]:
        size = 2 * SAMPLES
        return [0.9 if rms(pcm16_8k[at : at + size]) > 60 else 0.0 for at in range(0, len(pcm16_8k) - size + 1, size)]

    def reset(self) -> None:
        pass


def sound(dbfs: float, ms: float, swing_db: float, seed: int = 1) -> bytes:
    """Tone whose level changes from window to window by as much as ``swing_db`` either way."""
    chance, out = random.Random(seed), bytearray()
    for _ in range(int(ms / WINDOW_MS)):
        level = int(32_768 * 10 ** ((dbfs + chance.uniform(-swing_db, swing_db)) / 20))
        out += (level.to_bytes(2, "little", signed=True) + (-level).to_bytes(2, "little", signed=True)) * (SAMPLES // 2)
    return bytes(out)


def speech(pushed: Sequence[float]) -> float:
    """Share of windows that count as speech."""
    return sum(probability > 0.35 for probability in pushed) / len(pushed)


def test_people_who_talk_behind_the_caller_are_no_speech() -> None:
    detector = NearDetector(_Always())
    detector.push(sound(-34, 1_000, 4))
    assert speech(detector.push(sound(-34, 20_000, 4))) == 0.0


def test_nor_are_they_when_the_call_begins() -> None:
    assert speech(NearDetector(_Always()).push(sound(-33, 3_000, 4))) == 0.0


def test_who_speaks_into_the_telephone_when_the_call_begins_is_heard_at_once() -> None:
    assert speech(NearDetector(_Always()).push(sound(-20, 300, 4))) > 0.8


def test_a_caller_in_front_of_them_is_and_the_turn_ends_with_them() -> None:
    detector = NearDetector(_Always())
    detector.push(sound(-32, 3_000, 4))
    assert speech(detector.push(sound(-18, 1_500, 5))) > 0.85
    after = detector.push(sound(-32, 2_000, 4, 2))
    assert speech(after[10:]) == 0.0, "250 ms later they are silent"


def test_a_soft_caller_on_a_quiet_line_is_heard_from_the_first_word() -> None:
    detector = NearDetector(_Always())
    detector.push(sound(-66, 2_000, 1))
    assert speech(detector.push(sound(-44, 1_000, 5))) > 0.95


def test_somebody_much_softer_than_the_caller_is_somebody_else_for_some_seconds() -> None:
    detector = NearDetector(_Always())
    detector.push(sound(-66, 2_000, 1))
    detector.push(sound(-20, 2_000, 4))
    detector.push(sound(-66, 500, 1))
    assert speech(detector.push(sound(-40, 1_000, 3))) == 0.0


def test_who_talks_on_without_a_pause_is_not_the_background_of_their_own_voice() -> None:
    detector = NearDetector(_Always())
    detector.push(sound(-66, 1_000, 1))
    words = [sound(-20, 480, 3, seed) + sound(-55, 96, 1, seed) for seed in range(50)]
    heard = [speech(detector.push(word)) for word in words]
    assert min(heard) > 0.8


def test_a_caller_who_becomes_soft_is_heard_again() -> None:
    detector = NearDetector(_Always())
    detector.push(sound(-66, 2_000, 1))
    detector.push(sound(-20, 2_000, 4))
    detector.push(sound(-66, 8_000, 1))
    assert speech(detector.push(sound(-40, 1_000, 3))) > 0.9


def test_windows_are_judged_in_step_however_the_audio_is_cut() -> None:
    audio = sound(-34, 2_000, 4) + sound(-18, 1_000, 5)
    whole = list(NearDetector(_Always()).push(audio))
    detector, pieces = NearDetector(_InStep()), list[float]()
    for at in range(0, len(audio), 320):
        pieces += detector.push(audio[at : at + 320])
    assert pieces == whole


class _InStep(_Always):
    """Keeps the rest of a window."""

    def __init__(self) -> None:
        self._rest = 0

    def push(self, pcm16_8k: bytes) -> Sequence[float]:
        self._rest += len(pcm16_8k)
        count, self._rest = divmod(self._rest, 2 * SAMPLES)
        return [0.9] * count
