"""The turn machine as tables: windows of 20 ms in, decisions out. No asyncio and no clock."""

from __future__ import annotations

import itertools

import pytest

from agent.hearing.decisions import (
    Decision,
    Faded,
    Grew,
    Lasts,
    Patience,
    Recognize,
    SpeechStarted,
    TurnEnded,
)
from agent.hearing.tuning import Tuning
from agent.hearing.turns import Turns, has_words

WINDOW = 20.0
LOUD = b"\x10\x27" * 160
QUIET = bytes(320)


class Listener:
    """Feeds a script such as ``"300q 600s 500q"`` (ms of quiet or speech) and answers recognitions."""

    def __init__(self, words: str = "four people", patience_ms: float = 500.0, delay_ms: float = 140.0,
                 tuning: Tuning | None = None) -> None:  # fmt: skip
        self.turns = Turns(lambda text, spoken_ms: Patience(patience_ms), tuning=tuning or Tuning())
        self.words, self.delay_ms, self.confidence = words, delay_ms, 0.9
        self.decisions: list[tuple[float, Decision]] = []
        self.due: list[tuple[float, int]] = []
        self.audio: dict[int, Recognize] = {}

    def play(self, script: str) -> Listener:
        for part in script.split():
            ms, kind = int(part[:-1]), part[-1]
            if kind == "l":
                self._note(self.turns.lose(ms))
                continue
            for _ in range(round(ms / WINDOW)):
                pcm, probability = (LOUD, 0.9) if kind == "s" else (QUIET, 0.05)
                self._note(self.turns.push(pcm, [probability], WINDOW))
                self._answer()
        return self

    def _answer(self) -> None:
        for at, ticket in [entry for entry in self.due if entry[0] <= self.turns.now_ms]:
            self.due.remove((at, ticket))
            self._note(self.turns.recognized(ticket, self.words, self.confidence))

    def _note(self, decisions: list[Decision]) -> None:
        for decision in decisions:
            self.decisions.append((self.turns.now_ms, decision))
            if isinstance(decision, Recognize):
                self.audio[decision.ticket] = decision
                self.due.append((self.turns.now_ms + self.delay_ms, decision.ticket))

    def names(self, *, partials: bool = False) -> list[str]:
        return [
            type(d).__name__
            for _, d in self.decisions
            if partials or not (isinstance(d, Grew | Lasts) or (isinstance(d, Recognize) and d.partial))
        ]

    def only(self, kind: type[Decision]) -> Decision:
        found = [d for _, d in self.decisions if isinstance(d, kind)]
        assert len(found) == 1, self.decisions
        return found[0]


TABLE = [
    # script, patience, decisions (without partials)
    ("600q 100s 600q", 500, []),
    ("600q 140s 900q", 500, ["SpeechStarted", "Recognize", "TurnEnded"]),
    ("600q 600s 400q", 500, ["SpeechStarted", "Recognize"]),
    ("600q 600s 500q", 500, ["SpeechStarted", "Recognize", "TurnEnded"]),
    ("600q 600s 360q", 350, ["SpeechStarted", "Recognize", "TurnEnded"]),
    ("600q 600s 180q 600s 500q", 500, ["SpeechStarted", "Recognize", "TurnEnded"]),
    ("600q 600s 400q 600s 500q", 500, ["SpeechStarted", "Recognize", "Resumed", "Recognize", "TurnEnded"]),
    ("600q 600s 900q 600s 900q", 1000, ["SpeechStarted", "Recognize", "Resumed", "Recognize"]),
    ("600q 600s 900q 600s 1000q", 1000, ["SpeechStarted", "Recognize", "Resumed", "Recognize", "TurnEnded"]),
    # a click of 40 ms in the pause is no speech
    ("600q 600s 300q 40s 200q", 500, ["SpeechStarted", "Recognize", "TurnEnded"]),
    # what begins before the patience is over may be the next word
    ("600q 600s 480q 600s 500q", 500, ["SpeechStarted", "Recognize", "Resumed", "Recognize", "TurnEnded"]),
    # two turns
    ("600q 400s 600q 400s 600q", 500, ["SpeechStarted", "Recognize", "TurnEnded"] * 2),
    # a stuttered onset adds up, clicks far apart do not
    ("600q 80s 40q 100s 600q", 500, ["SpeechStarted", "Recognize", "TurnEnded"]),
    ("600q 80s 200q 80s 200q 80s 600q", 500, []),
    # the very first audio is speech
    ("400s 600q", 500, ["SpeechStarted", "Recognize", "TurnEnded"]),
    # 100 ms lost in speech, 100 ms lost in a pause, 400 ms lost in speech: none ends the turn
    ("600q 400s 100l 400s 500q", 500, ["SpeechStarted", "Recognize", "TurnEnded"]),
    ("600q 400s 160q 400l 400s 500q", 500, ["SpeechStarted", "Recognize", "Resumed", "Recognize", "TurnEnded"]),
    ("600q 400s 400l 400s 500q", 500, ["SpeechStarted", "Resumed", "Recognize", "TurnEnded"]),
    # a dead line does
    ("600q 400s 3000l 200q", 500, ["SpeechStarted", "Recognize", "TurnEnded"]),
]


@pytest.mark.parametrize(("script", "patience", "expected"), TABLE)
def test_what_is_decided(script: str, patience: int, expected: list[str]) -> None:
    assert Listener(patience_ms=patience).play(script).names() == expected


def test_times_are_the_true_ones() -> None:
    listener = Listener().play("600q 600s 500q")
    assert listener.only(SpeechStarted) == SpeechStarted(600.0)
    ended = listener.only(TurnEnded)
    assert ended == TurnEnded("four people", 600.0, 1200.0, 1700.0, 0.9, "silence")


def test_onset_is_reported_within_140_ms() -> None:
    at, first = Listener().play("600q 600s").decisions[0]
    assert isinstance(first, SpeechStarted)
    assert at - first.from_ms == 140.0


def test_the_audio_has_300_ms_before_and_200_ms_after() -> None:
    listener = Listener().play("1000q 300s 500q")
    asked = listener.only(Recognize)
    assert isinstance(asked, Recognize)
    assert asked.pcm16_8k == QUIET * 15 + LOUD * 15 + QUIET * 10


def test_the_audio_of_an_early_utterance_begins_with_the_call() -> None:
    asked = Listener().play("100q 300s 500q").only(Recognize)
    assert isinstance(asked, Recognize)
    assert asked.pcm16_8k == QUIET * 5 + LOUD * 15 + QUIET * 10


def test_recognition_is_asked_for_after_200_ms_of_silence() -> None:
    listener = Listener().play("600q 600s 500q")
    at = next(at for at, d in listener.decisions if isinstance(d, Recognize) and not d.partial)
    assert at == 1200.0 + 200.0


def test_words_are_looked_for_soon_and_not_for_ever() -> None:
    for words in ("table for four", ""):
        heard = Listener(words=words, delay_ms=100.0).play("600q 3000s 400q")
        first, second, *others = [at for at, d in heard.decisions if isinstance(d, Recognize) and d.partial]
        assert first - 600.0 <= 450.0 and second - first <= 310.0
        assert all(b - a >= 1_000.0 for a, b in itertools.pairwise((second, *others)))


def test_words_that_come_late_end_the_turn_when_they_come() -> None:
    listener = Listener(delay_ms=700.0, patience_ms=350.0).play("600q 600s 1000q")
    ended = listener.only(TurnEnded)
    assert isinstance(ended, TurnEnded)
    assert ended.decided_ms == 1200.0 + 200.0 + 700.0


def test_words_of_a_pause_that_was_none_are_void() -> None:
    listener = Listener(delay_ms=10_000.0).play("600q 600s 300q 600s 300q")
    first, second = [d for _, d in listener.decisions if isinstance(d, Recognize) and not d.partial]
    assert listener.turns.recognized(first.ticket, "half", 0.9) == []
    listener.play("300q")
    assert [type(d) for d in listener.turns.recognized(second.ticket, "whole", 0.9)] == [TurnEnded]


@pytest.mark.parametrize("text", ["", " ", ".", "...", "- -"])
def test_what_holds_no_words_fades(text: str) -> None:
    listener = Listener(words=text).play("600q 300s 600q")
    assert listener.names() == ["SpeechStarted", "Recognize", "Faded"]
    assert listener.only(Faded) == Faded(600.0, 900.0, "no words")
    assert not listener.turns.in_speech


def test_noise_is_decided_within_700_ms_of_its_onset() -> None:
    listener = Listener(words="").play("600q 300s 600q")
    assert listener.decisions[-1][0] - 600.0 <= 700.0


def test_a_short_sound_with_doubtful_words_is_noise() -> None:
    listener = Listener(words="you")
    listener.confidence = 0.1
    assert listener.play("600q 200s 600q").only(Faded) == Faded(600.0, 800.0, "noise")


def test_a_short_clear_word_is_no_noise() -> None:
    assert isinstance(Listener(words="no").play("600q 200s 600q").only(TurnEnded), TurnEnded)


def test_a_long_turn_is_ended_at_30_s() -> None:
    listener = Listener(delay_ms=500.0).play("600q 31000s")
    ended = listener.only(TurnEnded)
    assert isinstance(ended, TurnEnded)
    assert ended.reason == "longest"
    assert ended.to_ms - ended.from_ms == 30_000.0


def test_partials_come_at_most_once_a_second_and_ever_more_rarely() -> None:
    listener = Listener(words="and so").play("600q 12000s")
    times = [at for at, d in listener.decisions if isinstance(d, Recognize) and d.partial]
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert len(times) >= 4
    assert min(gaps[1:]) >= 1000.0, "but for the second look, which is soon"
    assert gaps[-1] > gaps[0]
    assert listener.names(partials=True).count("Grew") == 1, "the same words are not told twice"


def test_there_is_one_partial_at_a_time() -> None:
    listener = Listener(delay_ms=60_000.0).play("600q 6000s")
    assert sum(isinstance(d, Recognize) for _, d in listener.decisions) == 1


def test_the_words_of_an_unfinished_pause_are_shown() -> None:
    listener = Listener(words="my name is", patience_ms=1400.0).play("600q 600s 600q")
    assert listener.only(Grew) == Grew(600.0, "my name is")


@pytest.mark.parametrize(("speech", "expected"), [("600s", Faded), ("2400s", TurnEnded)])
def test_a_failed_recognition_falls_back_on_the_partial(speech: str, expected: type[Decision]) -> None:
    listener = Listener(words="table for four", delay_ms=100.0).play(f"600q {speech} 220q")
    ticket = max(ticket for ticket, asked in listener.audio.items() if not asked.partial)
    (decision,) = listener.turns.failed(ticket)
    assert isinstance(decision, expected)
    assert decision.reason == "recognizer"


def test_a_failed_partial_is_nothing() -> None:
    listener = Listener(delay_ms=60_000.0).play("600q 2000s")
    assert listener.turns.failed(1) == []
    assert listener.turns.in_speech


def test_when_no_audio_comes_any_more_the_turn_still_ends() -> None:
    listener = Listener(delay_ms=0.0).play("600q 600s")
    asked = listener.turns.stall(200.0)
    assert [type(d) for d in asked] == [Recognize]
    ticket = asked[0].ticket  # type: ignore[union-attr]
    assert [type(d) for d in listener.turns.recognized(ticket, "yes", 1.0)] == [Grew]
    assert [type(d) for d in listener.turns.stall(400.0)] == [TurnEnded]


def test_a_stall_in_quiet_is_nothing() -> None:
    assert Listener().turns.stall(60_000.0) == []


def test_hysteresis_keeps_a_weak_tail() -> None:
    turns = Turns(lambda text, spoken_ms: Patience(500.0))
    for probability in [0.9] * 8 + [0.4] * 50:
        turns.push(LOUD, [probability], WINDOW)
    assert turns.in_speech
    weak = Turns(lambda text, spoken_ms: Patience(500.0))
    assert all(not weak.push(LOUD, [0.4], WINDOW) for _ in range(50))


def test_memory_is_bounded_in_an_hour_of_silence() -> None:
    turns = Turns(lambda text, spoken_ms: Patience(500.0))
    for _ in range(60 * 60 * 5):
        turns.push(QUIET * 10, [0.0] * 10, WINDOW)
    assert len(turns._audio) <= 16 * 520


@pytest.mark.parametrize(("text", "expected"), [("yes", True), ("5", True), ("São", True), ("...", False), ("", False)])
def test_has_words(text: str, expected: bool) -> None:
    assert has_words(text) is expected
