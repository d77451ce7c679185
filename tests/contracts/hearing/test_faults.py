"""What every vendor's hearing does when the vendor, or the way to it, has a bad minute."""

from __future__ import annotations

import logging

import pytest

from calls.errors import ProviderError
from calls.signals import CallerSaid, ProviderNoticed, SpeechBegan
from switchboard.loopback.hearing import Delays, Fault, Trouble
from tests.contracts.hearing.stand import VENDORS, Play, Played, play
from tests.loopback.tape import Tape

SENTENCE = "my telephone is broken and nobody answers at the office."
ONE = Tape([(1_600.0, SENTENCE)], 8_000.0)
LONG = Tape([(1_000.0, SENTENCE), (8_000.0, "that is all."), (20_000.0, "good bye then.")], 24_000.0)
FIRST = frozenset({0})
each_vendor = pytest.mark.parametrize("kind", VENDORS)


def failed(played: Played) -> ProviderError:
    assert isinstance(played.error, ProviderError), played.signals
    return played.error


@each_vendor
@pytest.mark.parametrize("after_ms", [0.0, 700.0, 1_620.0, 1_900.0, 2_480.0, 3_300.0, 4_300.0, 4_420.0, 4_700.0])
@pytest.mark.parametrize("trouble", [Trouble.LOSE, Trouble.CLOSE])
def test_a_lost_socket_loses_no_words(kind: str, after_ms: float, trouble: Trouble) -> None:
    played = play(kind, ONE, Play(faults=[Fault(trouble, after_ms, FIRST)]))
    assert played.error is None
    assert " ".join(played.texts) == SENTENCE
    assert len(played.texts) == len(played.of(CallerSaid)) == len(played.of(SpeechBegan)) == 1
    assert [notice.kind for notice in played.of(ProviderNoticed)] == ["reconnected"]
    (heard,) = played.said
    assert heard.from_ms == pytest.approx(1_600.0, abs=20.0)
    assert heard.to_ms == pytest.approx(ONE.words[-1].to_ms, abs=20.0)


@each_vendor
def test_a_socket_lost_twice_within_a_minute_is_for_a_fallback(kind: str) -> None:
    played = play(kind, LONG, Play(faults=[Fault(Trouble.LOSE, 2_000.0)]))
    assert failed(played).kind == "lost"
    assert played.session is not None
    assert played.session.counts.reconnects == 1


@each_vendor
@pytest.mark.parametrize(
    ("status", "fault"),
    [(401, "key"), (402, "payment"), (403, "key"), (429, "rate"), (500, "overloaded"), (400, "request")],
)
def test_a_refusal_gives_its_kind(kind: str, status: int, fault: str) -> None:
    refusal = Fault(Trouble.REFUSE, status=status, headers={"Retry-After": "7"})
    error = failed(play(kind, ONE, Play(faults=[refusal])))
    assert (error.stage, error.provider, error.kind) == ("hearing", kind, fault)
    assert error.retry_after_ms == 7_000.0


@each_vendor
def test_a_wrong_key_is_the_keys_fault(kind: str) -> None:
    assert failed(play(kind, ONE, Play(key="another"))).kind == "key"


@each_vendor
def test_a_refusal_at_the_reconnect_gives_its_kind(kind: str) -> None:
    faults = [Fault(Trouble.LOSE, 2_000.0, FIRST), Fault(Trouble.REFUSE, 0.0, frozenset({1}), status=402)]
    assert failed(play(kind, ONE, Play(faults=faults))).kind == "payment"


@pytest.mark.parametrize(
    ("kind", "code", "fault"),
    [
        ("deepgram/flux", "INTERNAL_SERVER_ERROR", "overloaded"),
        ("deepgram/flux", "ASR_PAYMENT_REQUIRED", "payment"),
        ("deepgram/nova-3", "SchemaError", "request"),
        ("deepgram/nova-3", "NET-0000", "overloaded"),
        ("elevenlabs/scribe", "quota_exceeded", "payment"),
        ("elevenlabs/scribe", "auth_error", "key"),
        ("elevenlabs/scribe", "rate_limited", "rate"),
        ("elevenlabs/scribe", "resource_exhausted", "overloaded"),
        ("elevenlabs/scribe", "invalid_request", "request"),
    ],
)
def test_an_error_in_mid_stream_gives_its_kind(kind: str, code: str, fault: str) -> None:
    error = failed(play(kind, ONE, Play(faults=[Fault(Trouble.ERROR, 2_000.0, text=code)])))
    assert error.kind == fault


@each_vendor
def test_a_vendor_that_falls_silent_while_somebody_speaks_has_stalled(kind: str) -> None:
    tape = Tape([(1_000.0, " ".join(["word"] * 60))], 20_000.0)
    played = play(kind, tape, Play(faults=[Fault(Trouble.MUTE, 2_000.0)]))
    assert failed(played).kind == "timeout"


@each_vendor
def test_a_vendor_may_be_silent_while_nobody_speaks(kind: str) -> None:
    tape = Tape([(40_000.0, "hello there.")], 43_000.0)
    assert play(kind, tape).texts == ["hello there."]


@each_vendor
def test_a_vendor_that_takes_no_audio_has_stalled_and_memory_stays_bounded(kind: str) -> None:
    tape = Tape([(1_000.0, "hello there.")], 60_000.0)
    played = play(kind, tape, Play(faults=[Fault(Trouble.DEAF, 200.0)]))
    assert failed(played).kind == "timeout"
    assert played.session is not None
    # Nobody runs the session any more, and it is still handed frames.
    assert played.session.kept_bytes <= 160_000


@each_vendor
def test_a_few_messages_that_cannot_be_read_are_counted(kind: str) -> None:
    played = play(kind, ONE, Play(faults=[Fault(Trouble.GARBAGE, 2_000.0, count=4)]))
    assert played.error is None
    assert played.texts == [SENTENCE]
    assert played.session is not None
    assert played.session.counts.garbage == 4


@each_vendor
def test_garbage_among_good_messages_is_no_reason_to_leave(kind: str) -> None:
    now_and_then = [Fault(Trouble.GARBAGE, at_ms, count=4) for at_ms in (2_000.0, 2_600.0, 3_200.0, 3_800.0)]
    played = play(kind, ONE, Play(faults=now_and_then))
    assert played.error is None
    assert played.session is not None
    assert played.session.counts.garbage == 16


@each_vendor
def test_nothing_but_garbage_is_given_up(kind: str) -> None:
    played = play(kind, ONE, Play(faults=[Fault(Trouble.GARBAGE, 2_000.0, count=5)]))
    assert failed(played).kind == "garbage"


@each_vendor
def test_messages_of_unknown_types_are_counted_and_ignored(kind: str) -> None:
    played = play(kind, ONE, Play(faults=[Fault(Trouble.UNKNOWN, 2_000.0, count=200)]))
    assert played.error is None
    assert played.texts == [SENTENCE]
    assert played.session is not None
    assert played.session.counts.unknown == 200


@pytest.mark.parametrize("kind", ["deepgram/nova-3", "elevenlabs/scribe"])
def test_words_that_stay_unsure_are_asked_for(kind: str) -> None:
    played = play(kind, ONE, Play(faults=[Fault(Trouble.NO_FINAL)]))
    assert played.texts == [SENTENCE]
    assert played.server is not None
    assert {"commit", '{"type":"Finalize"}'} & set(played.server.logs[0].texts)


@each_vendor
def test_a_slow_end_is_one_turn_all_the_same(kind: str) -> None:
    played = play(kind, ONE, Play(faults=[Fault(Trouble.SLOW_FINAL, ms=2_500.0)], tail_ms=6_000.0))
    assert played.error is None
    assert played.texts == [SENTENCE]


@each_vendor
def test_a_session_opened_in_mid_call_catches_up(kind: str) -> None:
    """A fallback hands over the last seconds at once, and then the call goes on."""
    played = play(kind, ONE, Play(burst_to_ms=3_000.0))
    (heard,) = played.said
    assert heard.text == SENTENCE
    assert heard.from_ms == pytest.approx(1_600.0, abs=20.0)
    assert heard.to_ms == pytest.approx(ONE.words[-1].to_ms, abs=20.0)


@each_vendor
def test_a_number_caught_up_with_keeps_its_pauses(kind: str) -> None:
    from tests.contracts.hearing.stand import PHONE
    from tests.contracts.hearing.test_turns import DIGITS

    played = play(kind, DIGITS, Play(guidance=PHONE, burst_to_ms=4_600.0))
    assert played.texts == ["two one two five five five zero one nine two"]


@each_vendor
def test_the_connection_is_kept_when_no_audio_flows(kind: str) -> None:
    played = play(kind, ONE, Play(stop_ms=6_000.0, tail_ms=60_000.0))
    assert played.error is None
    assert played.server is not None
    assert len(played.server.logs) == 1
    # Flux knows no KeepAlive, and Scribe neither: silence keeps theirs.
    assert ('{"type":"KeepAlive"}' in played.server.logs[0].texts) is (kind == "deepgram/nova-3")


@each_vendor
@pytest.mark.parametrize("after_ms", [9_000.0, 13_010.0])
def test_a_long_turn_survives_a_lost_socket(kind: str, after_ms: float) -> None:
    spoken = " ".join(f"word{n}" for n in range(50))
    tape = Tape([(600.0, spoken)], 18_000.0)
    played = play(kind, tape, Play(faults=[Fault(Trouble.LOSE, after_ms, FIRST)]))
    (heard,) = played.said
    assert heard.text == spoken
    assert (heard.from_ms, heard.to_ms) == pytest.approx((600.0, 15_600.0), abs=20.0)
    assert played.session is not None
    if kind == "deepgram/flux":
        assert played.session.counts.replayed_ms <= 4_500.0


@each_vendor
def test_cancelling_closes_the_connection(kind: str) -> None:
    played = play(kind, ONE)
    assert played.server is not None
    assert [log.ended for log in played.server.logs] == [True]


@each_vendor
def test_no_key_and_no_word_in_errors_or_logs(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    faults = [
        [Fault(Trouble.REFUSE, status=401)],
        [Fault(Trouble.ERROR, 3_000.0, text="SECRET broken")],
        [Fault(Trouble.GARBAGE, 3_000.0, count=9)],
        [Fault(Trouble.LOSE, 2_000.0)],
    ]
    for fault in faults:
        error = failed(play(kind, ONE, Play(faults=fault, key="loopback-key")))
        shown = f"{error} {error!r} {error.__cause__} {error.__context__!r} {caplog.text}"
        for secret in ("loopback-key", "another", "telephone", "SECRET"):
            assert secret not in shown
        assert error.__suppress_context__ or error.__context__ is None


@each_vendor
def test_a_warm_socket_is_taken_by_the_call(kind: str) -> None:
    played = play(kind, ONE, Play(warm=True))
    assert played.texts == [SENTENCE]
    assert played.server is not None
    assert len(played.server.logs) == 1


@each_vendor
def test_a_warm_socket_that_died_while_it_waited_is_no_loss(kind: str) -> None:
    faults = [Fault(Trouble.LOSE, 0.0, FIRST), Fault(Trouble.LOSE, 2_500.0, frozenset({1}))]
    played = play(kind, ONE, Play(warm=True, faults=faults))
    assert played.error is None
    assert played.texts == [SENTENCE]


@each_vendor
def test_a_long_call_is_heard_to_its_end_with_little_kept(kind: str) -> None:
    played = play(kind, LONG, Play(delays=Delays()))
    assert played.texts == [SENTENCE, "that is all.", "good bye then."]
    assert played.session is not None
    assert played.session.kept_bytes <= 8 * 4_200
