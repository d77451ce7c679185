"""The agent's side of a recording: where it begins, where a clear breaks it off, and what is done without an answer."""

from __future__ import annotations

from calls.speech import Clause
from telephony.agent_track import AgentTrack
from telephony.play_ledger import Clear, Mark, PlayLedger
from telephony.stream_clock import StreamClock
from tests.telephony.test_play_ledger import drain, loaded, tone


def recorded() -> tuple[PlayLedger, StreamClock, list[tuple[float, bytes]]]:
    """A loaded ledger, the media stream's clock (which began at 0 of ours), and what its recording was told."""
    ledger, clock = loaded(), StreamClock(0.0)
    told: list[tuple[float, bytes]] = []
    ledger.track = AgentTrack(clock, lambda at, mulaw: told.append((at, mulaw)))
    return ledger, clock, told


def frames(ledger: PlayLedger, clock: StreamClock, begin_ms: int, end_ms: int) -> None:
    for at in range(begin_ms, end_ms, 20):
        clock.frame(float(at), 20.0, at + 20.0)
        ledger.frame()


def test_what_sounded_goes_to_the_recording_in_one_piece_up_to_where_the_clear_landed() -> None:
    ledger, clock, told = recorded()
    assert drain(ledger, 0.0)[0] == Mark("distance.1#1")
    ledger.mark_returned("distance.1#1", 10.0)
    frames(ledger, clock, 0, 640)
    for now in (160.0, 320.0, 480.0, 600.0):
        drain(ledger, now)
    ledger.cut(643.0)
    assert drain(ledger, 643.0) == [Clear(), Mark("distance.2#2")]
    assert told[0][0] == 10.0, "the mark was back 10 ms after it left, and 10 ms is the shortest way"
    # Held up on its way back: but the frame before it says since when it was due, and the one behind it until when.
    ledger.mark_returned("distance.2#2", 700.0)
    frames(ledger, clock, 640, 660)
    assert b"".join(mulaw for _, mulaw in told) == tone(2_000)[: round(((653 + 660) / 2 - 10) * 8)]
    ends = [at + len(mulaw) / 8 for at, mulaw in told]
    assert [at for at, _ in told] == [10.0, *ends[:-1]]


def test_what_was_taken_for_heard_though_it_came_late_is_silence_again() -> None:
    ledger, clock, told = recorded()
    drain(ledger, 0.0)
    ledger.mark_returned("distance.1#1", 10.0)
    frames(ledger, clock, 0, 100)
    ledger.cut(100.0)
    drain(ledger, 100.0)
    ledger.mark_returned("distance.2#2", 110.0)
    frames(ledger, clock, 100, 200)
    ledger.begin(Clause("r2.1", "late"))
    ledger.feed("r2.1", tone(2_000))
    assert drain(ledger, 200.0)[0] == Mark("distance.3#2")
    frames(ledger, clock, 200, 400)
    ledger.mark_returned("distance.3#2", 405.0)  # held up for 200 ms on its way there
    frames(ledger, clock, 400, 640)
    ledger.cut(640.0)
    assert told[-1][0] + len(told[-1][1]) / 8 > 700.0, "by the model so much has sounded"
    drain(ledger, 640.0)
    ledger.mark_returned("distance.4#3", 645.0)
    frames(ledger, clock, 640, 660)
    tape = bytearray(b"\xff" * 8 * 1_000)
    for at, mulaw in told:
        tape[round(at * 8) : round(at * 8) + len(mulaw)] = mulaw
    assert 640.0 <= len(bytes(tape).rstrip(b"\xff")) / 8 <= 660.0, "the clear landed there"


def test_a_recording_does_not_wait_for_a_mark_that_never_comes() -> None:
    ledger, clock, told = recorded()
    drain(ledger, 0.0)
    frames(ledger, clock, 0, 480)
    ledger.position(480.0)
    assert told == [], "where it begins is not known yet"
    frames(ledger, clock, 480, 600)
    ledger.position(600.0)
    assert told[0][0] == 0.0
    ledger.cut(600.0)
    ledger.close(610.0)
    assert b"".join(mulaw for _, mulaw in told) == tone(2_000)[: 600 * 8]
