"""One media stream as Twilio keeps it, without input, output or clock: frames out, frames in, play-out.

`at_ms` counts from the moment the call was answered. Grammar of a stream:

    begin (caller_audio | key | receive_text | receive_binary | play)* (stop | the socket closes)

Strict about what it is sent (Twilio's warnings 31950 and 31951): see `Findings`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from telephony import g711
from telephony.twin.buffer import Mark, PlayoutBuffer
from telephony.twin.findings import Findings
from telephony.twin.tape import Tape
from telephony.untrusted_json import UnreadableJson, read_object

MAX_FRAME_BYTES: Final = 1024 * 1024
LONG_LEAD_MS: Final = 5_000
"""further ahead than this an interruption or a lost socket costs too much; worth a note"""
MOST_QUEUED_MS: Final = 600_000
"""a server gone mad must not eat the twin's memory"""


@dataclass(frozen=True, slots=True)
class StreamIdentity:
    """Who the stream belongs to."""

    account_sid: str
    call_sid: str
    stream_sid: str


class Line:
    """The carrier's end of one `<Connect><Stream>`."""

    def __init__(self, identity: StreamIdentity, tape: Tape, findings: Findings) -> None:
        self.identity = identity
        self.buffer = PlayoutBuffer()
        self.marks: list[Mark] = []
        self.media_bytes = 0
        """audio the server sent"""
        self.clears = 0
        self._tape = tape
        self._findings = findings
        self._sequence = 0
        self._chunk = 0
        self._stopped = False

    # --- to the server --------------------------------------------------------------------------

    def connected(self) -> str:
        """The first frame on the socket."""
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, parameters: Mapping[str, str]) -> str:
        """The second."""
        identity = self.identity
        start = {
            "accountSid": identity.account_sid,
            "streamSid": identity.stream_sid,
            "callSid": identity.call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": dict(parameters),
        }
        return self._frame("start", start)

    def caller_audio(self, frame: bytes) -> str:
        """The next 20 ms of the caller."""
        timestamp = self._chunk * g711.FRAME_MS
        self._chunk += 1
        payload = base64.b64encode(frame).decode("ascii")
        media = {"track": "inbound", "chunk": str(self._chunk), "timestamp": str(timestamp), "payload": payload}
        return self._frame("media", media)

    def key(self, digit: str) -> str:
        """The caller pressed a key."""
        return self._frame("dtmf", {"track": "inbound_track", "digit": digit})

    def stop(self) -> str:
        """The stream is over because the call is, or goes elsewhere."""
        self._stopped = True
        identity = self.identity
        return self._frame("stop", {"accountSid": identity.account_sid, "callSid": identity.call_sid})

    def _frame(self, event: str, body: Mapping[str, object]) -> str:
        self._sequence += 1
        sid = self.identity.stream_sid
        return json.dumps({"event": event, "sequenceNumber": str(self._sequence), event: body, "streamSid": sid})

    # --- from the server ------------------------------------------------------------------------

    def play(self, at_ms: float) -> list[str]:
        """Move time on; what sounded goes on the tape, marks which were reached come back as frames."""
        played, reached = self.buffer.play_until(round(at_ms * g711.BYTES_PER_MS))
        for piece in played:
            self._tape.write("agent", piece.sample, piece.audio)
        return [self._frame("mark", {"name": mark.name}) for mark in reached]

    def receive_binary(self, at_ms: float) -> None:
        """The server sent a binary frame: dropped."""
        self._findings.add(at_ms, "31950", "binary frame: media must be base64 in JSON text", "error")

    def receive_text(self, text: str, at_ms: float) -> list[str]:
        """The server sent a text frame; returns the frames which answer it."""
        echoes = self.play(at_ms)
        if self._stopped:
            self._findings.add(at_ms, "after-stop", "sent a frame after the stream had stopped", "note")
            return echoes
        try:
            message = read_object(text, MAX_FRAME_BYTES)
        except UnreadableJson as unreadable:
            self._bad(at_ms, f"unreadable frame: {unreadable.fault}")
            return echoes
        return echoes + self._obey(message, at_ms)

    def _obey(self, message: dict[str, object], at_ms: float) -> list[str]:
        event = message.get("event")
        if event not in ("media", "mark", "clear"):
            self._bad(at_ms, f"unknown event {str(event)[:40]!r}: only media, mark and clear exist")
            return []
        if message.get("streamSid") != self.identity.stream_sid:
            self._bad(at_ms, f"{event} without the right streamSid: dropped")
            return []
        self._only(message, {"event", "streamSid", event} - {"clear"}, event, at_ms)
        if event == "clear":
            self.clears += 1
            return [self._frame("mark", {"name": mark.name}) for mark in self.buffer.clear()]
        body = message.get(event)
        if not isinstance(body, dict):
            self._bad(at_ms, f"{event} without its {event} object: dropped")
            return []
        self._only(body, {"payload"} if event == "media" else {"name"}, event, at_ms)
        if event == "mark":
            return self._mark(body.get("name"), at_ms)
        self._media(body.get("payload"), at_ms)
        return []

    def _mark(self, name: object, at_ms: float) -> list[str]:
        if not isinstance(name, str) or not name:
            self._bad(at_ms, "mark without a name: dropped")
            return []
        self.marks.append(self.buffer.add_mark(name))
        return self.play(at_ms)  # comes back at once when nothing is queued before it

    def _media(self, payload: object, at_ms: float) -> None:
        if not isinstance(payload, str):
            self._bad(at_ms, "media without a payload: dropped")
            return
        try:
            audio = binascii.a2b_base64(payload, strict_mode=True)
        except ValueError:
            self._bad(at_ms, "media payload is not base64: dropped")
            return
        if not audio:
            self._findings.add(at_ms, "empty-media", "media with an empty payload", "note")
            return
        if audio.startswith((b"RIFF", b"ID3", b"OggS")):
            self._findings.add(at_ms, "file-header", "media starts with a file header, heard as noise", "warning")
        if len(audio) % g711.FRAME_BYTES:
            what = f"media that is no multiple of {g711.FRAME_BYTES} bytes (20 ms)"
            self._findings.add(at_ms, "odd-length", what, "note")
        if self.buffer.queued_ms > MOST_QUEUED_MS:
            self._findings.add(at_ms, "too-much", "more than 10 minutes of audio queued: dropped", "error")
            return
        self.buffer.add_audio(audio)
        self.media_bytes += len(audio)
        if self.buffer.queued_ms > LONG_LEAD_MS:
            what = f"more than {LONG_LEAD_MS} ms queued: send closer to real time"
            self._findings.add(at_ms, "long-lead", what, "note")

    def _only(self, given: Mapping[str, object], known: set[str], event: str, at_ms: float) -> None:
        unknown = sorted(set(given) - known)
        if unknown:
            self._bad(at_ms, f"{event} with unknown field {unknown[0][:40]!r}")

    def _bad(self, at_ms: float, what: str) -> None:
        self._findings.add(at_ms, "31951", what, "warning")
