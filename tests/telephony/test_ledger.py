from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from calls.ports import WordTime
from calls.speech import Clause
from telephony.ledger import CHUNK, LATE_MARK_MS, LEAD_MS, Chunk, Ended, Ledger, Mark


def clause(name: str = "r1.1", text: str = "one two three four") -> Clause:
    return Clause(name, text)


WORDS = [WordTime(word, n * 500.0, n * 500.0 + 400.0) for n, word in enumerate("one two three four".split())]


def loaded(ms: int = 2_000, name: str = "r1.1") -> Ledger:
    ledger = Ledger()
    ledger.begin(clause(name))
    ledger.feed(name, bytes(range(256)) * (ms * 8 // 256 + 1), WORDS)
    ledger.finish(name)
    return ledger


def send_all(ledger: Ledger, now_ms: float) -> list[Chunk | Mark]:
    out = []
    while (item := ledger.next(now_ms)) is not None:
        out.append(item)
    return out


def test_the_first_chunk_leaves_at_once() -> None:
    ledger = Ledger()
    ledger.begin(clause())
    ledger.feed("r1.1", b"\x00" * 160)
    first = ledger.next(5.0)
    assert isinstance(first, Chunk)
    assert (len(first.audio), first.first) == (160, True)


def test_no_more_than_the_lead_is_sent_ahead() -> None:
    sent = sum(len(item.audio) for item in send_all(loaded(5_000), 0.0) if isinstance(item, Chunk))
    assert LEAD_MS - CHUNK / 8 <= sent / 8 <= LEAD_MS


def test_the_mark_follows_the_last_byte() -> None:
    ledger = loaded(300)
    out = send_all(ledger, 0.0)
    assert isinstance(out[-1], Mark)
    assert out[-1].name == "r1.1#1"


def test_a_clause_is_heard_when_its_mark_comes_back() -> None:
    ledger = loaded(300)
    send_all(ledger, 0.0)
    ended = ledger.mark("r1.1#1", 320.0)
    assert ended is not None and ended.clause == "r1.1"


def test_a_mark_of_an_earlier_generation_says_nothing() -> None:
    ledger = loaded(300)
    send_all(ledger, 0.0)
    ledger.pause(100.0)
    assert ledger.mark("r1.1#1", 120.0) is None


def test_the_position_names_the_words_heard_so_far() -> None:
    ledger = loaded()
    send_all(ledger, 0.0)
    played = ledger.position(700.0)
    assert played is not None
    assert (played.clause, played.heard_ms, played.heard_text) == ("r1.1", 700.0, "one")


def test_resuming_begins_with_the_word_that_was_cut() -> None:
    ledger = loaded()
    whole = bytes(ledger._tracks[0].audio)
    send_all(ledger, 0.0)
    ledger.pause(700.0)
    assert send_all(ledger, 700.0) == []
    ledger.resume()
    again = ledger.next(900.0)
    assert isinstance(again, Chunk)
    assert again.audio == whole[500 * 8 : 500 * 8 + CHUNK]
    assert not again.first


def test_what_sounded_is_told_once_and_cut_at_the_clear() -> None:
    ledger = loaded()
    whole = bytes(ledger._tracks[0].audio)
    send_all(ledger, 0.0)
    told = ledger.sounded(300.0) + ledger.sounded(700.0)
    ledger.cut(700.0)
    assert b"".join(audio for _, audio in told) == whole[: 700 * 8]
    assert ledger.sounded(5_000.0) == []


def test_a_clause_almost_heard_counts_as_heard_at_a_pause() -> None:
    ledger = loaded(300)
    length = len(ledger._tracks[0].audio) / 8
    send_all(ledger, 0.0)
    assert ledger.pause(length - 20) == [Ended("r1.1", length)]


def test_a_mark_that_never_comes_is_counted() -> None:
    ledger = loaded(300)
    send_all(ledger, 0.0)
    assert ledger.overdue(LATE_MARK_MS) is None
    assert ledger.overdue(400 + LATE_MARK_MS) is not None
    assert ledger.late_marks == 1


def test_a_stall_of_half_a_second_leaves_no_gap() -> None:
    ledger = loaded(5_000)
    send_all(ledger, 0.0)
    sent = send_all(ledger, 500.0)
    assert isinstance(sent[0], Chunk)
    played_until = LEAD_MS - CHUNK / 8
    assert played_until > 500.0


@dataclass
class Carrier:
    """A carrier's buffer, to hold the ledger to what is really heard."""

    ledger: Ledger
    now_ms: float = 0.0
    queue: list[tuple[str, bytes]] = field(default_factory=list)
    """(mark name or empty, audio)"""
    heard: bytearray = field(default_factory=bytearray)

    def pump(self) -> None:
        for item in send_all(self.ledger, self.now_ms):
            self.queue.append(("", item.audio) if isinstance(item, Chunk) else (item.name, b""))

    def wait(self, ms: float) -> list[Ended]:
        ended = []
        self.now_ms += ms
        budget = int(ms * 8)
        while self.queue:
            name, audio = self.queue[0]
            take = audio[:budget]
            self.heard += take
            budget -= len(take)
            if len(take) < len(audio):
                self.queue[0] = ("", audio[len(take) :])
                break
            self.queue.pop(0)
            if name and (one := self.ledger.mark(name, self.now_ms)):
                ended.append(one)
        return ended


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("feed"), st.integers(1, 4_000)),
        st.tuples(st.just("finish"), st.just(0)),
        st.tuples(st.just("wait"), st.integers(20, 900)),
        st.tuples(st.just("pause"), st.just(0)),
        st.tuples(st.just("resume"), st.just(0)),
        st.tuples(st.just("cut"), st.just(0)),
    ),
    max_size=40,
)


@settings(max_examples=150)
@given(STEPS)
def test_nothing_withdrawn_is_sent_and_nothing_is_out_of_order(steps: list[tuple[str, int]]) -> None:
    ledger = Ledger()
    carrier = Carrier(ledger)
    count, current, voiced = 0, "", 0
    for verb, amount in steps:
        if verb == "feed":
            if not current:
                count += 1
                current = f"r1.{count}"
                ledger.begin(clause(current))
            ledger.feed(current, bytes([count % 200]) * amount)
            voiced += amount
        elif verb == "finish" and current:
            ledger.finish(current)
            current = ""
        elif verb == "wait":
            carrier.wait(amount)
        elif verb in ("pause", "cut"):
            generation = ledger.generation
            getattr(ledger, verb)(carrier.now_ms)
            assert ledger.generation == generation + 1
            carrier.queue.clear()
            current = "" if verb == "cut" else current
            if verb == "pause":
                assert ledger.next(carrier.now_ms) is None
        else:
            ledger.resume()
        carrier.pump()
        position = ledger.position(carrier.now_ms)
        assert position is None or position.heard_ms >= 0
        waiting = sum(len(audio) for _, audio in carrier.queue) / 8
        assert waiting <= LEAD_MS + 1
    clauses = [carrier.heard[0]] if carrier.heard else []
    for byte in carrier.heard:
        if byte != clauses[-1]:
            clauses.append(byte)
    assert clauses == sorted(set(clauses))
