"""A recording through the call's own machine: what it decides, and that it always decides the same."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from agent.companding import linear_to_mulaw
from agent.hearing.decisions import TurnEnded
from agent.hearing.energy import QUIET as QUIET_WINDOW
from agent.hearing.energy import EnergyDetector
from agent.hearing.listener import Listener
from agent.hearing.listening import Latency, Span, listen
from agent.hearing.patience import WordPatience
from agent.ports import Recognition, Recognized
from calls.guidance import NOTHING_EXPECTED

LOUD, QUIET = b"\x10\x27\xf0\xd8" * 80, bytes(320)


def sound(script: str) -> bytes:
    """mu-law of ``"600q 600s"``."""
    frames = [(LOUD if part[-1] == "s" else QUIET) * (int(part[:-1]) // 20) for part in script.split()]
    return linear_to_mulaw(b"".join(frames))


def heard(script: str, *texts: str, latency: Latency | None = None) -> tuple[list[TurnEnded], list[Span], int]:
    words = itertools.chain(texts, itertools.repeat("and that is all"))

    def recognize(pcm16_8k: bytes) -> Recognition:
        return Recognized(next(words))

    listener = Listener(EnergyDetector(), WordPatience(NOTHING_EXPECTED))
    found = listen(sound(script), listener, recognize, latency)
    return found.turns, found.speech, found.cuts


def test_a_turn_and_its_stretches_of_speech() -> None:
    turns, speech, _ = heard("600q 800s 400q 600s 1200q", "I would like", "I would like a table")
    (turn,) = turns
    assert (turn.text, turn.from_ms, turn.to_ms) == ("I would like a table", 600.0, 2_400.0)
    assert speech == [Span(600.0, 1_400.0), Span(1_800.0, 2_400.0)]
    assert 2_900.0 <= turn.decided_ms <= 2_920.0


def test_recognizing_takes_the_time_it_takes() -> None:
    slow = Latency(900.0, 0.0)
    (turn,), _, _ = heard("600q 800s 1400q", "it is broken", latency=slow)
    assert turn.decided_ms == 600.0 + 800.0 + 200.0 + 900.0


def test_the_last_turn_of_a_recording_ends() -> None:
    assert len(heard("600q 800s", "it is broken")[0]) == 1


class Lingering(EnergyDetector):
    """Hears speech for 80 ms longer than there is any, as neural detectors do."""

    def __init__(self) -> None:
        super().__init__()
        self._latest = [QUIET_WINDOW] * 4

    def push(self, pcm16_8k: bytes) -> Sequence[float]:
        found = []
        for probability in super().push(pcm16_8k):
            found.append(max(probability, *self._latest))
            self._latest = [*self._latest[1:], probability]
        return found


def test_no_speech_lies_behind_a_recording_that_breaks_off() -> None:
    listener = Listener(Lingering(), WordPatience(NOTHING_EXPECTED))
    found = listen(sound("600q 800s"), listener, lambda _: Recognized("it is broken"))
    (turn,) = found.turns
    assert found.speech == [Span(600.0, 1_400.0)] and turn.to_ms == 1_400.0 < turn.decided_ms


def test_what_holds_no_words_is_speech_and_no_turn() -> None:
    turns, speech, _ = heard("600q 800s 600q", "")
    assert (turns, speech) == ([], [Span(600.0, 1_400.0)])


def test_a_turn_that_was_cut_is_noticed_and_the_next_pause_waited_for() -> None:
    script = "600q 800s 700q 800s 1500q " * 2
    turns, _, cuts = heard(script, "it is broken", "since monday", "it is wet", "it is wet on the floor")
    assert cuts == 1
    assert [turn.text for turn in turns] == ["it is broken", "since monday", "it is wet on the floor"]


def test_the_same_sound_is_decided_the_same() -> None:
    script = "600q 800s 300q 500s 700q 140s 900q 2000s 400q 300s"
    assert heard(script) == heard(script)


def test_nothing_is_heard_in_nothing() -> None:
    assert heard("") == ([], [], 0)
