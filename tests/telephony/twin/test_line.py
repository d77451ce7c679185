"""Twilio's end of one stream: play-out by the sample, marks, clear, starvation, and strictness."""

from __future__ import annotations

import base64
import json

import pytest

from telephony.media_stream import Digit, MarkReached, Media, MediaStream, Started, Stopped
from telephony.twin.findings import MAX_FINDINGS, Findings
from telephony.twin.line import Line, StreamIdentity
from telephony.twin.tape import Tape
from tests.telephony.twin.desk import tone

SID = "MZ" + "1" * 32


class Bench:
    """A line with its tape and findings, and our codec as its server."""

    def __init__(self) -> None:
        self.tape, self.findings = Tape(), Findings()
        self.line = Line(StreamIdentity("AC1", "CA1", SID), self.tape, self.findings)
        self.server = MediaStream()
        self.server.receive_text(self.line.connected())
        self.started = self.server.receive_text(self.line.start({"token": "t"}))

    def sends(self, frame: str, at_ms: float) -> list[str]:
        """The names of the marks that come back."""
        return self.names(self.line.receive_text(frame, at_ms))

    def audio(self, ms: int, at_ms: float) -> list[str]:
        return self.sends(self.server.send_media(tone(ms)), at_ms)

    def names(self, frames: list[str]) -> list[str]:
        events = [event for frame in frames for event in self.server.receive_text(frame)]
        return [event.name for event in events if isinstance(event, MarkReached)]

    def until(self, at_ms: float) -> list[str]:
        return self.names(self.line.play(at_ms))

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings.all]


def test_the_codec_reads_all_a_line_says() -> None:
    bench = Bench()
    assert bench.started == [Started("CA1", SID, "AC1", {"token": "t"}, "audio/x-mulaw", 8000)]
    frames = [
        bench.line.caller_audio(tone(20)),
        bench.line.caller_audio(tone(20)),
        bench.line.key("#"),
        bench.line.stop(),
    ]
    events = [event for frame in frames for event in bench.server.receive_text(frame)]
    assert events == [Media(tone(20), 0, 2, 1), Media(tone(20), 20, 3, 2), Digit("#"), Stopped("CA1")]
    assert bench.server.counts.as_dict() == {}


def test_audio_plays_at_eight_bytes_a_millisecond_from_when_it_came() -> None:
    bench = Bench()
    bench.audio(100, at_ms=1000.5)
    bench.until(1050)
    assert bench.line.buffer.queued_ms == pytest.approx(50.5)
    bench.until(5000)
    assert bench.tape.read("agent", 8004, 800) == tone(100)
    assert set(bench.tape.read("agent", 0, 8004)) == {0xFF}
    assert len(bench.tape.whole("agent")) == 8004 + 800


def test_marks_come_back_when_reached() -> None:
    bench = Bench()
    bench.audio(100, at_ms=0)
    assert bench.sends(bench.server.send_mark("one"), 0) == []
    bench.audio(100, at_ms=0)
    bench.sends(bench.server.send_mark("two"), 0)
    assert bench.until(99.8) == []
    assert bench.until(100) == ["one"]
    assert bench.until(1000) == ["two"]
    assert [mark.returned_at for mark in bench.line.marks] == [800, 1600]


def test_a_mark_with_nothing_before_it_comes_back_at_once() -> None:
    bench = Bench()
    assert bench.sends(bench.server.send_mark("now"), 500) == ["now"]


def test_clear_drops_audio_and_returns_marks_at_once() -> None:
    bench = Bench()
    bench.audio(1000, at_ms=0)
    bench.sends(bench.server.send_mark("unheard"), 0)
    assert bench.sends(bench.server.send_clear(), 300) == ["unheard"]
    bench.until(2000)
    assert len(bench.tape.whole("agent")) == 300 * 8
    assert bench.line.marks[0].cleared


def test_starvation_is_silence_between_pieces_of_one_sentence() -> None:
    bench = Bench()
    bench.audio(100, at_ms=0)
    bench.audio(100, at_ms=130)
    bench.sends(bench.server.send_mark("end"), 130)
    bench.audio(100, at_ms=900)  # a new sentence: the pause before it is none of it
    assert bench.line.buffer.starved == 30 * 8
    assert bench.line.buffer.gaps == [(800, 240)]


def test_no_starvation_after_clear_or_when_late_audio_never_comes() -> None:
    bench = Bench()
    bench.audio(100, at_ms=0)
    bench.sends(bench.server.send_clear(), 200)
    bench.audio(100, at_ms=400)
    bench.until(5000)
    assert bench.line.buffer.starved == 0


MEDIA = {"event": "media", "streamSid": SID, "media": {"payload": base64.b64encode(tone(20)).decode()}}


@pytest.mark.parametrize(
    ("frame", "code", "heard"),
    [
        ("{", "31951", False),
        ("[1]", "31951", False),
        ("[" * 90_000, "31951", False),
        (json.dumps({"event": "hello", "streamSid": SID}), "31951", False),
        (json.dumps({"event": {}, "streamSid": SID}), "31951", False),
        (json.dumps(MEDIA | {"streamSid": "MZ0"}), "31951", False),
        (json.dumps({"event": "media", "stream_sid": SID, "media": MEDIA["media"]}), "31951", False),
        (json.dumps(MEDIA | {"track": "outbound"}), "31951", True),
        (json.dumps(MEDIA | {"media": {"payload": MEDIA["media"]["payload"], "chunk": "1"}}), "31951", True),  # type: ignore[index]
        (json.dumps(MEDIA | {"media": {}}), "31951", False),
        (json.dumps(MEDIA | {"media": {"payload": "?"}}), "31951", False),
        (json.dumps(MEDIA | {"media": {"payload": ""}}), "empty-media", False),
        (json.dumps(MEDIA | {"media": {"payload": base64.b64encode(b"x" * 150).decode()}}), "odd-length", True),
        (json.dumps(MEDIA | {"media": {"payload": base64.b64encode(b"RIFF" * 40).decode()}}), "file-header", True),
        (json.dumps({"event": "mark", "streamSid": SID}), "31951", False),
        (json.dumps({"event": "mark", "streamSid": SID, "mark": {"name": ""}}), "31951", False),
        (json.dumps({"event": "clear", "streamSid": SID, "clear": {}}), "31951", False),
    ],
)  # fmt: skip
def test_strictness(frame: str, code: str, heard: bool) -> None:
    bench = Bench()
    bench.line.receive_text(frame, 0)
    assert bench.codes == [code]
    assert (bench.line.media_bytes > 0) is heard


def test_what_is_right_finds_nothing() -> None:
    bench = Bench()
    bench.audio(400, 0)
    bench.sends(bench.server.send_mark("m"), 0)
    bench.sends(bench.server.send_clear(), 100)
    assert bench.codes == []


def test_binary_long_lead_and_frames_after_stop_are_findings() -> None:
    bench = Bench()
    bench.line.receive_binary(0)
    for _ in range(4):
        bench.audio(1500, 0)
    late = bench.server.send_clear()
    bench.line.stop()
    bench.line.receive_text(late, 100)
    assert bench.codes == ["31950", "long-lead", "after-stop"]


def test_a_flood_of_audio_is_cut_off() -> None:
    bench = Bench()
    frame = bench.server.send_media(tone(2000))
    for _ in range(400):
        bench.line.receive_text(frame, 0)
    assert bench.codes[-1] == "too-much"
    assert bench.line.buffer.queued_ms <= 602_000


def test_findings_are_bounded_and_counted() -> None:
    findings = Findings()
    for n in range(1000):
        findings.add(n, "31951", f"kind {n % 500}")
    assert len(findings.all) == MAX_FINDINGS
    assert findings.all[0].times == 2
