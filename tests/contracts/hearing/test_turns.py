"""What every hearing does with a caller's turns, whoever is behind it."""

from __future__ import annotations

import itertools

import pytest

from calls.guidance import Guidance
from calls.signals import CallerSaid, SpeechBegan, SpeechFaded, SpeechGrew, TurnLikely, TurnResumed
from switchboard.loopback.hearing import Delays
from tests.contracts.hearing.stand import ALL, OFFLINE, PHONE, VENDORS, Play, play
from tests.loopback.tape import Tape

SENTENCE = "I would like a table for four people at seven please."
ONE = Tape([(600.0, SENTENCE)], 6_000.0)
TWO = Tape([(600.0, "good morning to you."), (3_600.0, "a table please.")], 7_000.0)
DIGITS = Tape([(600.0, "two one two"), (2_300.0, "five five five"), (4_000.0, "zero one nine two")], 9_000.0)


@pytest.mark.parametrize("kind", ALL)
def test_speech_begins_grows_and_ends(kind: str) -> None:
    played = play(kind, ONE)
    assert played.error is None
    assert played.texts == [SENTENCE]
    order = [type(signal) for signal in played.of(SpeechBegan, SpeechGrew, CallerSaid)]
    assert order[0] is SpeechBegan
    assert order[-1] is CallerSaid
    assert order.count(SpeechGrew) >= 1
    assert order.count(SpeechBegan) == 1


@pytest.mark.parametrize("kind", ALL)
def test_words_grow_one_by_one_from_the_beginning(kind: str) -> None:
    grown = [signal.text for signal in play(kind, ONE).of(SpeechGrew)]
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(grown))
    assert SENTENCE.startswith(grown[0])


@pytest.mark.parametrize("kind", ALL)
def test_two_turns(kind: str) -> None:
    assert play(kind, TWO).texts == ["good morning to you.", "a table please."]


@pytest.mark.parametrize("kind", ALL)
def test_silence_gives_nothing(kind: str) -> None:
    played = play(kind, Tape([], 30_000.0))
    assert played.error is None
    assert [s for s in played.signals if type(s).__module__ == "calls.signals" and "Speech" in type(s).__name__] == []
    assert played.said == []


@pytest.mark.parametrize("kind", ALL)
def test_a_cough_is_no_turn(kind: str) -> None:
    played = play(kind, Tape([(6_000.0, "a table please.")], 9_000.0, noises=[(1_000.0, 300)]))
    assert played.texts == ["a table please."]
    began, faded = played.of(SpeechBegan), played.of(SpeechFaded)
    assert len(began) == len(faded) + 1


@pytest.mark.parametrize("kind", ALL)
def test_offsets_are_right_within_20_ms(kind: str) -> None:
    for heard, first, last in zip(play(kind, TWO).said, (0, 4), (3, 6), strict=True):
        assert heard.from_ms == pytest.approx(TWO.words[first].from_ms, abs=20.0)
        assert heard.to_ms == pytest.approx(TWO.words[last].to_ms, abs=20.0)


@pytest.mark.parametrize("kind", ALL)
def test_offsets_are_right_after_audio_that_never_came(kind: str) -> None:
    played = play(kind, TWO, Play(drop=lambda index: 110 <= index < 150))
    (_, heard) = played.said
    assert heard.from_ms == pytest.approx(TWO.words[4].from_ms, abs=20.0)
    assert heard.to_ms == pytest.approx(TWO.words[6].to_ms, abs=20.0)


@pytest.mark.parametrize("kind", ALL)
def test_offsets_count_from_answer_when_the_call_is_joined_late(kind: str) -> None:
    (heard,) = play(kind, TWO, Play(from_ms=2_600.0)).said
    assert heard.from_ms == pytest.approx(TWO.words[4].from_ms, abs=20.0)


@pytest.mark.parametrize("kind", ALL)
def test_digits_wait_for_the_rest_of_the_number(kind: str) -> None:
    assert play(kind, DIGITS, Play(guidance=PHONE)).texts == ["two one two five five five zero one nine two"]


@pytest.mark.parametrize("kind", ALL)
def test_the_same_pauses_end_turns_where_no_number_is_expected(kind: str) -> None:
    assert len(play(kind, DIGITS, Play(guidance=Guidance("topic"))).texts) == 3


@pytest.mark.parametrize("kind", ALL)
def test_the_turn_ends_when_the_audio_stops(kind: str) -> None:
    # Its last frame is the last word's.
    assert play(kind, ONE, Play(stop_ms=ONE.words[-1].to_ms)).texts == [SENTENCE]


@pytest.mark.parametrize("kind", ALL)
def test_the_same_call_is_the_same(kind: str) -> None:
    first = play(kind, TWO)
    assert all(play(kind, TWO).timed == first.timed for _ in range(3))


@pytest.mark.parametrize("kind", VENDORS)
def test_a_likely_end_comes_first_and_with_the_same_words(kind: str) -> None:
    played = play(kind, ONE)
    (likely,) = played.of(TurnLikely)
    (heard,) = played.said
    assert likely.heard.text == heard.text
    assert played.at(TurnLikely) < played.at(CallerSaid)
    assert played.of(TurnResumed) == []


@pytest.mark.parametrize("kind", VENDORS)
def test_who_goes_on_takes_the_likely_end_back(kind: str) -> None:
    # 200 ms: longer than Flux's eager 120 ms, shorter than any end of turn; a sentence that could be whole.
    tape = Tape([(600.0, "I have a question."), (2_000.0, "what are your hours?")], 5_000.0)
    played = play(kind, tape, Play(delays=Delays(final=300.0)))
    assert played.texts == ["I have a question. what are your hours?"]
    order = [type(signal) for signal in played.of(TurnLikely, TurnResumed, CallerSaid)]
    assert order == [TurnLikely, TurnResumed, TurnLikely, CallerSaid]
    assert played.of(TurnLikely)[-1].heard.text == played.texts[0]


@pytest.mark.parametrize("kind", ALL)
def test_frames_of_a_foreign_rate_are_reported_once(kind: str) -> None:
    from calls.signals import StageFailed

    tape = Tape([], 400.0)
    odd = Tape([], 400.0)
    odd.frames = lambda *_: [f.__class__(bytes(320), f.offset_ms, 16_000) for f in tape.frames()]  # type: ignore[method-assign]
    (fault,) = play(kind, odd).of(StageFailed)
    assert "16000 Hz" in fault.reason


@pytest.mark.parametrize(
    ("kind", "limit_ms"), [("deepgram/nova-3", 105.0), ("deepgram/flux", 255.0), ("elevenlabs/scribe", 560.0)]
)
def test_a_turn_is_told_as_soon_as_the_vendor_knows(kind: str, limit_ms: float) -> None:
    """Nova's final at 100 ms; Flux's end at 250 ms; Scribe's pause of 400 ms and 100 ms more."""
    played = play(kind, ONE)
    # The first frame is handed over at 20 ms, when its audio is complete.
    assert played.at(CallerSaid) - ONE.words[-1].to_ms <= limit_ms


def test_offline_has_no_likely_end() -> None:
    assert play(OFFLINE, ONE).of(TurnLikely) == []
