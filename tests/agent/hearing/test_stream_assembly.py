"""Turns out of a vendor's transcripts, in made-up time."""

from __future__ import annotations

from agent.hearing.patience import WordPatience
from agent.hearing.stream.assembly import LATE_MS, VANISHED_MS, Assembly, Stretch
from agent.hearing.stream.telling import Telling
from agent.hearing.stream.wire import Now
from calls.guidance import NOTHING_EXPECTED, Guidance, SlotExpectation
from calls.signals import CallerSaid, Signal, SpeechBegan, SpeechFaded, TurnLikely, TurnResumed
from calls.speech import Heard

PHONE = Guidance("phone", primary="phone", slots=(SlotExpectation("phone", "phone"),))
DAY = Guidance("day", primary="day", slots=(SlotExpectation("day", "date"),))


class Call:
    """A vendor which is 100 ms behind a caller; ``at`` is where the audio is."""

    def __init__(self, guidance: Guidance = NOTHING_EXPECTED) -> None:
        self.telling = Telling()
        self.turns = Assembly(self.telling, WordPatience(guidance), 500.0)
        self.told: list[Signal] = []
        self.flushes: list[float] = []

    def now(self, at: float) -> Now:
        return Now(at, at + 50_000.0)

    def interim(self, at: float, text: str, from_ms: float, to_ms: float, sure: float = 0.9) -> None:
        self.turns.interim(Stretch(text, from_ms, to_ms, sure, sure), self.now(at))
        self.told += self.telling.take()

    def final(self, at: float, text: str, from_ms: float, to_ms: float, *, pauses: bool = True) -> None:
        self.turns.final(Stretch(text, from_ms, to_ms), at - 20.0, self.now(at), pauses=pauses)
        self.told += self.telling.take()

    def passes(self, from_ms: float, to_ms: float) -> None:
        at = from_ms
        while at <= to_ms:
            if self.turns.tick(self.now(at)):
                self.flushes.append(at)
            self.told += self.telling.take()
            at += 20.0

    @property
    def said(self) -> list[Heard]:
        return [signal.heard for signal in self.told if isinstance(signal, CallerSaid)]

    def kinds(self, *wanted: type) -> list[type]:
        return [type(signal) for signal in self.told if isinstance(signal, wanted)]


def test_the_vendors_pause_ends_a_turn_whose_words_want_no_more() -> None:
    call = Call()
    call.final(2_100.0, "a table for four", 600.0, 2_000.0)
    (heard,) = call.said
    assert (heard.text, heard.from_ms, heard.to_ms, heard.reason) == ("a table for four", 600.0, 2_000.0, "vendor")


def test_words_that_dangle_wait() -> None:
    call = Call()
    call.final(2_100.0, "my name is", 600.0, 2_000.0)
    call.passes(2_120.0, 3_380.0)
    assert call.said == []
    call.passes(3_400.0, 3_440.0)
    assert call.said[0].reason == "dangling"


def test_the_patient_wait_for_a_second_and_think_ahead_meanwhile() -> None:
    call = Call(Guidance("a", patience="patient"))
    call.final(2_100.0, "a table for four", 600.0, 2_000.0)
    assert call.kinds(TurnLikely, CallerSaid) == [TurnLikely]
    call.passes(2_120.0, 3_020.0)
    assert call.kinds(TurnLikely, CallerSaid) == [TurnLikely, CallerSaid]


def test_a_number_waits_for_its_rest_and_its_last_digit_is_thought_ahead() -> None:
    call = Call(PHONE)
    call.final(1_600.0, "two one two five five five", 600.0, 1_500.0)
    call.passes(1_620.0, 2_400.0)
    call.interim(2_900.0, "zero one nine two", 2_300.0, 2_860.0)
    assert call.kinds(TurnLikely) == [TurnLikely]
    call.final(2_960.0, "zero one nine two", 2_300.0, 2_860.0)
    assert [heard.text for heard in call.said] == ["two one two five five five zero one nine two"]


def test_an_expected_value_is_likely_whole_with_its_last_word() -> None:
    call = Call(DAY)
    call.interim(900.0, "on", 600.0, 800.0)
    assert call.kinds(TurnLikely) == []
    call.interim(1_300.0, "on Thursday", 600.0, 1_250.0)
    assert call.kinds(TurnLikely) == [TurnLikely]
    call.interim(1_700.0, "on Thursday the eighth", 600.0, 1_650.0)
    assert call.kinds(TurnLikely, TurnResumed) == [TurnLikely, TurnResumed, TurnLikely]


def test_a_word_the_vendor_is_unsure_of_is_no_end() -> None:
    call = Call(DAY)
    call.interim(1_300.0, "Thursday", 600.0, 1_250.0, sure=0.4)
    assert call.kinds(TurnLikely) == []


def test_speech_that_sets_in_again_stops_the_wait_before_its_words_are_known() -> None:
    call = Call()
    call.final(2_100.0, "my name is", 600.0, 2_000.0)
    call.turns.noticed(3_200.0, call.now(3_300.0))
    call.passes(3_320.0, 3_900.0)
    call.final(4_000.0, "Anna Miller", 3_250.0, 3_900.0)
    assert [heard.text for heard in call.said] == ["my name is Anna Miller"]


def test_words_that_stay_unsure_are_asked_for_and_then_taken_as_they_are() -> None:
    call = Call()
    call.interim(2_040.0, "a table for four", 600.0, 2_000.0)
    call.passes(2_060.0, 2_000.0 + 500.0 + 500.0 + LATE_MS + 40.0)
    assert call.flushes == [3_000.0]
    assert call.said[0].reason == "late"


def test_final_words_that_come_after_all_are_not_heard_twice() -> None:
    call = Call()
    call.interim(2_040.0, "a table for four", 600.0, 2_000.0)
    call.passes(2_060.0, 4_000.0)
    call.final(4_100.0, "a table for four", 600.0, 2_000.0)
    assert len(call.said) == 1
    assert call.kinds(SpeechBegan) == [SpeechBegan]


def test_final_words_without_a_pause_end_all_the_same() -> None:
    call = Call()
    call.final(2_100.0, "a table for four", 600.0, 2_000.0, pauses=False)
    call.passes(2_120.0, 4_000.0)
    assert [heard.reason for heard in call.said] == ["late"]


def test_noise_fades() -> None:
    call = Call()
    call.turns.noticed(600.0, call.now(700.0))
    call.passes(720.0, 700.0 + VANISHED_MS + 20.0)
    assert call.kinds(SpeechBegan, SpeechFaded) == [SpeechBegan, SpeechFaded]


def test_audio_that_runs_ahead_of_the_vendor_ends_no_turn() -> None:
    """Ten seconds handed over at once: nothing has been heard behind these words yet."""
    call = Call(PHONE)
    now = Now(10_000.0, 50_000.0)
    call.turns.final(Stretch("two one two", 600.0, 1_500.0), 1_600.0, now, pauses=True)
    assert not call.turns.tick(Now(10_000.0, 50_400.0))
    assert [type(signal) for signal in call.telling.take() if isinstance(signal, CallerSaid)] == []


def test_half_a_minute_without_a_pause_is_a_turn() -> None:
    call = Call()
    for n in range(8):
        at = 4_000.0 * (n + 1)
        call.final(at, "and so on", at - 4_000.0, at - 100.0, pauses=False)
    assert [heard.reason for heard in call.said] == ["longest"]


def test_a_reconnect_starts_the_wait_for_words_anew() -> None:
    call = Call()
    call.interim(1_300.0, "I need", 600.0, 1_250.0)
    call.turns.reconnected(call.now(2_600.0))
    call.passes(2_620.0, 3_900.0)
    assert call.kinds(SpeechFaded) == []
    call.interim(3_920.0, "I need a table", 600.0, 1_700.0)
    assert call.kinds(SpeechBegan, SpeechFaded) == [SpeechBegan]
