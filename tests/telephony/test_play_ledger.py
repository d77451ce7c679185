"""The books of play-out, alone: what was sent, marked, cleared and heard, in any order of things."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.errors import EngineError
from calls.ports import WordTime
from calls.speech import Clause
from telephony.heard_words import heard_text, word_start_ms
from telephony.play_ledger import OVERDUE_MS, Audio, Clear, Ended, Mark, PlayLedger
from telephony.voiced import FRAME_BYTES

WORDS = tuple(WordTime(word, n * 500.0, n * 500.0 + 400.0) for n, word in enumerate(["one", "two", "three", "four"]))
TEXT = "one two three four"


def tone(ms: int, seed: int = 1) -> bytes:
    return bytes((n * 7 + seed) % 251 for n in range(ms * 8))


def loaded(ms: int = 2_000, words: tuple[WordTime, ...] = WORDS) -> PlayLedger:
    ledger = PlayLedger()
    ledger.begin(Clause("r1.1", TEXT))
    ledger.feed("r1.1", tone(ms), words)
    ledger.finish("r1.1")
    return ledger


def drain(ledger: PlayLedger, now: float) -> list[Audio | Mark | Clear]:
    out: list[Audio | Mark | Clear] = []
    while (item := ledger.take(now)) is not None:
        out.append(item)
    return out


def audio_of(items: list[Audio | Mark | Clear]) -> bytes:
    return b"".join(item.mulaw for item in items if isinstance(item, Audio))


# --- the books ----------------------------------------------------------------------------------


def test_the_first_frame_leaves_at_once_behind_a_mark_that_measures_the_way() -> None:
    ledger = PlayLedger()
    ledger.begin(Clause("r1.1", "hello"))
    ledger.feed("r1.1", tone(20))
    assert drain(ledger, 5.0) == [Mark("distance.1#1"), Audio("r1.1", tone(20), first=True)]


def test_the_lead_is_between_600_and_1000_ms() -> None:
    ledger = loaded(10_000)
    sent = len(audio_of(drain(ledger, 0.0)))
    for now in range(20, 5_000, 20):
        sent += len(audio_of(drain(ledger, float(now))))
        assert 600 <= sent / 8 - now <= 1_000


def test_a_person_speaking_live_is_60_ms_ahead() -> None:
    ledger = PlayLedger(lead_ms=60.0)
    ledger.begin(Clause("live", ""))
    ledger.feed("live", tone(2_000))
    sent = len(audio_of(drain(ledger, 0.0)))
    for now in range(20, 1_000, 20):
        sent += len(audio_of(drain(ledger, float(now))))
        assert 40 <= sent / 8 - now <= 81


def test_chunks_are_100_to_200_ms_and_whole_frames() -> None:
    sizes = [len(item.mulaw) for item in drain(loaded(10_000), 0.0) if isinstance(item, Audio)]
    assert all(800 <= size <= 1_600 and size % FRAME_BYTES == 0 for size in sizes)


def test_the_mark_follows_the_last_byte_and_ends_the_clause() -> None:
    ledger = loaded(300)
    assert drain(ledger, 0.0)[-1] == Mark("r1.1#1")
    assert ledger.mark_returned("r1.1#1", 310.0) == [Ended("r1.1", 300.0)]
    assert ledger.mark_returned("r1.1#1", 311.0) == []


def test_a_mark_from_before_a_clear_was_not_heard() -> None:
    ledger = loaded(300)
    drain(ledger, 0.0)
    ledger.pause(100.0)
    assert ledger.mark_returned("r1.1#1", 105.0) == []
    assert ledger.strays == 1


def test_pause_clears_what_was_sent_to_the_end() -> None:
    ledger = loaded(300)
    drain(ledger, 0.0)
    ledger.pause(299.0)
    assert drain(ledger, 299.0) == [Clear()]


def test_nothing_is_cleared_when_nothing_was_sent() -> None:
    ledger = loaded()
    ledger.cut(0.0)
    assert drain(ledger, 0.0) == []


def test_resume_begins_with_the_word_that_was_cut() -> None:
    ledger = loaded()
    drain(ledger, 0.0)
    ledger.pause(700.0)
    assert drain(ledger, 700.0) == [Clear()]
    ledger.resume()
    again = drain(ledger, 1_500.0)
    assert audio_of(again)[:1_280] == tone(2_000)[500 * 8 : 500 * 8 + 1_280]
    assert not any(item.first for item in again if isinstance(item, Audio))


def test_what_was_heard_stays_heard_while_a_word_is_said_again() -> None:
    ledger = loaded()
    drain(ledger, 0.0)
    ledger.pause(950.0)
    ledger.resume()
    drain(ledger, 2_000.0)
    played = ledger.position(2_010.0)
    assert played is not None
    assert (played.heard_ms, played.heard_text) == (950.0, "one two")


def test_a_clause_heard_in_full_but_for_its_mark_ends_after_a_resume() -> None:
    ledger = loaded(300)
    drain(ledger, 0.0)
    ledger.pause(400.0)
    assert drain(ledger, 400.0) == [Clear()]
    ledger.resume()
    assert drain(ledger, 500.0) == [Mark("r1.1#2")]
    assert ledger.mark_returned("r1.1#2", 501.0) == [Ended("r1.1", 300.0)]


def test_the_position_is_the_last_mark_and_what_passed_since() -> None:
    ledger = loaded(320)
    ledger.begin(Clause("r1.2", TEXT))
    ledger.feed("r1.2", tone(2_000), WORDS)
    ledger.finish("r1.2")
    drain(ledger, 0.0)
    ledger.mark_returned("r1.1#1", 420.0)  # the way there and back took 100 ms
    played = ledger.position(420.0 + 450.0)
    assert played is not None
    assert (played.clause, played.heard_ms, played.heard_text) == ("r1.2", 450.0, "one")


def test_a_cut_clause_takes_no_more_audio_and_later_ones_are_fresh() -> None:
    ledger = loaded()
    drain(ledger, 0.0)
    ledger.cut(100.0)
    ledger.feed("r1.1", tone(100))
    ledger.finish("r1.1")
    ledger.begin(Clause("r2.1", "fresh"))
    ledger.feed("r2.1", tone(160, 9))
    ledger.finish("r2.1")
    assert drain(ledger, 100.0) == [Clear(), Audio("r2.1", tone(160, 9), True), Mark("r2.1#2")]


def test_a_mark_that_never_comes_counts_as_heard_and_as_a_fault() -> None:
    ledger = loaded(320)
    drain(ledger, 0.0)
    assert ledger.overdue(320.0 + OVERDUE_MS - 1) == []
    assert ledger.overdue(320.0 + OVERDUE_MS) == [Ended("r1.1", 320.0)]
    assert ledger.faults == 1


def test_a_lost_mark_is_made_good_by_the_next() -> None:
    ledger = loaded(320)
    ledger.begin(Clause("r1.2", "and"))
    ledger.feed("r1.2", tone(160))
    ledger.finish("r1.2")
    drain(ledger, 0.0)
    assert [ended.clause for ended in ledger.mark_returned("r1.2#1", 490.0)] == ["r1.1", "r1.2"]
    assert ledger.faults == 1


def test_a_flood_of_speech_is_refused() -> None:
    ledger = PlayLedger()
    ledger.begin(Clause("r1.1", "on and on"))
    ledger.feed("r1.1", bytes(299_000 * 8))
    with pytest.raises(EngineError):
        ledger.feed("r1.1", bytes(2_000 * 8))


def test_a_clause_without_end_keeps_little_of_its_past() -> None:
    ledger = PlayLedger(lead_ms=60.0)
    ledger.begin(Clause("live", ""))
    for now in range(0, 120_000, 20):
        ledger.feed("live", tone(20))
        drain(ledger, float(now))
    assert len(ledger._clauses["live"].mulaw) < 25_000 * 8


@pytest.mark.parametrize(
    ("heard_ms", "said"), [(0.0, ""), (399.0, ""), (400.0, "one"), (1_390.0, "one two"), (2_000.0, TEXT)]
)
def test_words_count_when_they_have_sounded_in_full(heard_ms: float, said: str) -> None:
    assert heard_text(TEXT, WORDS, heard_ms, 2_000.0) == said


def test_without_word_times_letters_are_the_measure() -> None:
    assert heard_text("aaaa bbbb cccc", (), 750.0, 1_400.0) == "aaaa"
    assert word_start_ms("aaaa bbbb cccc", (), 750.0, 1_400.0) == 500.0


# --- any order of things ------------------------------------------------------------------------


@dataclass
class Carrier:
    """A buffer that plays 8 bytes a millisecond and returns marks, `delay_ms` late."""

    ledger: PlayLedger
    now: float = 0.0
    queue: deque[Audio | Mark] = field(default_factory=deque)
    back: list[tuple[float, str]] = field(default_factory=list)
    heard: dict[str, bytearray] = field(default_factory=dict)
    ended: list[Ended] = field(default_factory=list)
    generation: int = 1
    credit: int = 0

    def pump(self) -> None:
        while (item := self.ledger.take(self.now)) is not None:
            if isinstance(item, Clear):
                self.back += [(self.now + 30, mark.name) for mark in self.queue if isinstance(mark, Mark)]
                self.queue.clear()
                self.generation += 1
                continue
            if isinstance(item, Mark):
                assert item.name.endswith(f"#{self.generation}"), "a mark of a cleared generation was sent"
            self.queue.append(item)

    def wait(self, ms: int) -> None:
        for _ in range(0, ms, 20):
            self.now += 20
            self._play(160)
            due = [name for at, name in self.back if at <= self.now]
            self.back = [(at, name) for at, name in self.back if at > self.now]
            for name in due:
                self.ended += self.ledger.mark_returned(name, self.now)
            self.ended += self.ledger.overdue(self.now)
            self.pump()

    def _play(self, room: int) -> None:
        while self.queue:
            head = self.queue[0]
            if isinstance(head, Mark):
                self.back.append((self.now + 30, head.name))
                self.queue.popleft()
                continue
            if room <= 0:
                return
            sounding = head.mulaw[:room]
            self.heard.setdefault(head.clause, bytearray()).extend(sounding)
            room -= len(sounding)
            if len(sounding) < len(head.mulaw):
                self.queue[0] = Audio(head.clause, head.mulaw[len(sounding) :], head.first)
                return
            self.queue.popleft()


def test_a_stall_of_half_a_second_leaves_no_gap() -> None:
    carrier = Carrier(loaded(6_000))
    carrier.pump()
    while carrier.now < 5_000:
        # Nothing is sent for 500 ms, at the worst moment: just before the next chunk was due.
        due = carrier.ledger.due(carrier.now)
        assert due is not None
        carrier.now = due + 499
        carrier._play(round(carrier.now * 8) - len(carrier.heard.get("r1.1", b"")))
        assert any(isinstance(item, Audio) for item in carrier.queue), "the caller heard a gap"
        carrier.pump()
    assert len(carrier.heard["r1.1"]) == round(carrier.now * 8)


STEP = st.one_of(
    st.tuples(st.just("feed"), st.integers(1, 6_000)),
    st.tuples(st.just("finish"), st.just(0)),
    st.tuples(st.just("wait"), st.integers(20, 1_200)),
    st.tuples(st.just("pause"), st.just(0)),
    st.tuples(st.just("resume"), st.just(0)),
    st.tuples(st.just("cut"), st.just(0)),
    st.tuples(st.just("stray"), st.just(0)),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(STEP, max_size=40))
def test_heard_is_no_more_than_sent_is_no_more_than_voiced(steps: list[tuple[str, int]]) -> None:
    ledger = PlayLedger()
    carrier = Carrier(ledger)
    voiced: dict[str, bytes] = {}
    open_clause = ""
    for verb, amount in steps:
        if verb == "feed":
            if not open_clause:
                open_clause = f"r1.{len(voiced) + 1}"
                voiced[open_clause] = b""
                ledger.begin(Clause(open_clause, TEXT))
            more = bytes((len(voiced[open_clause]) + n) % 255 for n in range(amount))
            voiced[open_clause] += more
            ledger.feed(open_clause, more)
        elif verb == "finish" and open_clause:
            ledger.finish(open_clause)
            open_clause = ""
        elif verb == "wait":
            carrier.wait(amount)
        elif verb == "pause":
            ledger.pause(carrier.now)
        elif verb == "resume":
            ledger.resume()
        elif verb == "cut":
            ledger.cut(carrier.now)
            open_clause = ""
        elif verb == "stray":
            ledger.mark_returned("r1.1#99", carrier.now)
        carrier.pump()
        assert carrier.generation == ledger.generation
        for clause in ledger._clauses.values():
            assert clause.sounded <= clause.sent <= clause.end <= clause.length + FRAME_BYTES
            assert clause.length == len(voiced[clause.clause.id])
        played = ledger.position(carrier.now)
        assert played is None or 0 <= played.heard_ms <= len(voiced[played.clause]) / 8
        assert sum(len(item.mulaw) for item in carrier.queue if isinstance(item, Audio)) <= 1_000 * 8
    ids = [ended.clause for ended in carrier.ended]
    assert ids == sorted(set(ids), key=lambda name: int(name.split(".")[1]))
    for ended in carrier.ended:
        assert ended.heard_ms == len(voiced[ended.clause]) / 8
        # To its end, perhaps with words said again after an interruption: nothing of it was left out.
        assert bytes(carrier.heard.get(ended.clause, b""))[-FRAME_BYTES:][:8] == _tail(voiced[ended.clause])
    for clause_id, sounded in carrier.heard.items():
        assert _is_walk(bytes(sounded), voiced[clause_id]), "bytes were left out or out of order"


def _tail(audio: bytes) -> bytes:
    padded = audio + b"\xff" * (-len(audio) % FRAME_BYTES)
    return padded[-FRAME_BYTES:][:8]


def _is_walk(sounded: bytes, audio: bytes) -> bool:
    """Steps of one byte forward, or jumps back to what had been passed already."""
    padded = audio + b"\xff" * (-len(audio) % FRAME_BYTES)
    at, furthest = 0, 0
    for byte in sounded:
        if at >= len(padded) or padded[at] != byte:
            found = padded.rfind(bytes([byte]), 0, furthest + 1)
            if found < 0:
                return False
            at = found
        at += 1
        furthest = max(furthest, at)
    return True
