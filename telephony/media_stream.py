"""Twilio Media Streams, the server's side of `<Connect><Stream>`, without any input or output.

Hand every text frame to `MediaStream.receive_text` and act on the events it returns; send the strings which
`send_media`, `send_mark` and `send_clear` return. Grammar of what comes in:

    Connected? Started (Media | Digit | MarkReached)* Stopped?

What cannot be read is counted in `MediaStream.counts`, per reason, and is never an exception: a caller's
network, or somebody who found the address, must not be able to end a session with a bad frame. What *we*
send is checked instead, because the carrier reports a bad frame once per stream and then drops in silence
(Twilio warning 31951).

Source: Twilio documentation, "Media Streams - WebSocket Messages".
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from telephony.untrusted_json import UnreadableJson, read_object

MAX_TEXT_BYTES: Final = 64 * 1024
MAX_PAYLOAD_BYTES: Final = 16_000
"""2 s of audio in one frame; Twilio sends 160 bytes."""
MAX_NAME_CHARS: Final = 256
MAX_PARAMETERS: Final = 64
MAX_PARAMETER_CHARS: Final = 4096
_MAX_NUMBER: Final = 2**53
_USUAL = re.compile(
    r'\{"event": ?"media", ?"sequenceNumber": ?"([0-9]{1,15})", ?"media": ?\{"track": ?"inbound", ?'
    r'"chunk": ?"([0-9]{1,15})", ?"timestamp": ?"([0-9]{1,15})", ?"payload": ?"([A-Za-z0-9+/=]+)"\}, ?'
    r'"streamSid": ?"([A-Za-z0-9_-]+)"\}'
)
"""A frame of audio as the carrier writes it: fifty a second of every call, so they are read without building an object.
Whatever is written otherwise is read as JSON."""
_NAME_OF_A_THING = re.compile(r"[A-Za-z0-9_-]{2,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Connected:
    """The socket speaks Media Streams; first, and may be absent."""

    protocol: str
    version: str


@dataclass(frozen=True, slots=True)
class Started:
    """The stream belongs to this call. Nothing else is reported before it."""

    call_sid: str
    stream_sid: str
    account_sid: str
    """empty when the carrier did not say"""
    parameters: Mapping[str, str]
    """the `<Parameter>`s of our TwiML"""
    encoding: str
    """`audio/x-mulaw` unless the carrier says otherwise"""
    rate: int
    """Hz"""


@dataclass(frozen=True, slots=True)
class Media:
    """The caller's audio, usually 20 ms."""

    payload: bytes
    """mu-law, 8000 Hz"""
    timestamp_ms: int
    """since the stream began, of the first sample; the first one need not be 0"""
    sequence: int
    """0 when the carrier did not say"""
    chunk: int
    """counts media frames, from 1; 0 when the carrier did not say"""


@dataclass(frozen=True, slots=True)
class Digit:
    """A key was pressed: 0-9, *, # or A-D. It may be a card's: it has no place in a ``repr``."""

    digit: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MarkReached:
    """Everything queued before our mark was played, or was dropped by our `clear`."""

    name: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The stream is over: the caller hung up, or the call was sent elsewhere."""

    call_sid: str


Incoming: TypeAlias = Connected | Started | Media | Digit | MarkReached | Stopped


class Trouble(StrEnum):
    """Why a frame was dropped or thought odd; the keys of `Counts`."""

    TOO_LONG = "too_long"
    TOO_DEEP = "too_deep"
    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    UNKNOWN_EVENT = "unknown_event"
    BAD_FIELD = "bad_field"
    BAD_BASE64 = "bad_base64"
    BAD_LENGTH = "bad_length"
    BINARY = "binary"
    BEFORE_START = "before_start"
    AFTER_STOP = "after_stop"
    SECOND_START = "second_start"
    FOREIGN_STREAM = "foreign_stream"
    OTHER_TRACK = "other_track"
    MISSING = "missing"
    """frames that never came: the sum of all gaps in `sequenceNumber`; nothing was dropped here"""
    OUT_OF_ORDER = "out_of_order"
    """frames that came late or twice; delivered all the same"""


class Counts:
    """How often each `Trouble` was met. Bounded: one number per reason, whatever comes in."""

    def __init__(self) -> None:
        self._by_reason: dict[Trouble, int] = dict.fromkeys(Trouble, 0)

    def add(self, reason: Trouble, times: int = 1) -> None:
        """Count, up to 2**53."""
        self._by_reason[reason] = min(self._by_reason[reason] + times, _MAX_NUMBER)

    def __getitem__(self, reason: Trouble) -> int:
        return self._by_reason[reason]

    @property
    def dropped(self) -> int:
        """Frames of which nothing was delivered."""
        return sum(self._by_reason.values()) - self[Trouble.MISSING] - self[Trouble.OUT_OF_ORDER]

    def as_dict(self) -> dict[str, int]:
        """Only what happened: reason -> times."""
        return {str(reason): times for reason, times in self._by_reason.items() if times}


class OutgoingRefused(ValueError):
    """We tried to send something the carrier would silently drop; a fault of ours, found before the wire."""


class _Unreadable(Exception):
    def __init__(self, reason: Trouble) -> None:
        self.reason = reason


@dataclass(slots=True)
class MediaStream:
    """One socket, one stream. `open` is true between `Started` and `Stopped`: the only time to send."""

    counts: Counts = field(default_factory=Counts)
    call_sid: str = ""
    stream_sid: str = ""
    open: bool = False
    _stopped: bool = False
    _sequence: int = 0
    _next_ms: int = 0
    _media_head: str = ""

    # --- coming in ------------------------------------------------------------------------------

    def receive_text(self, text: str) -> list[Incoming]:
        """Call with every text frame; returns what it meant, nothing when it could not be read."""
        usual = _USUAL.fullmatch(text) if len(text) <= MAX_TEXT_BYTES else None
        if usual is not None and self.open and usual[5] == self.stream_sid:
            try:
                return [self._audio(usual[4], int(usual[3]), int(usual[1]), int(usual[2]))]
            except _Unreadable as unreadable:
                self.counts.add(unreadable.reason)
                return []
        try:
            message = read_object(text, MAX_TEXT_BYTES)
            event = message.get("event")
            read = _READERS.get(event) if isinstance(event, str) else None
            if read is None:
                raise _Unreadable(Trouble.UNKNOWN_EVENT)
            return [read(self, message)]
        except UnreadableJson as unreadable:
            self.counts.add(Trouble(unreadable.fault))
            return []
        except _Unreadable as unreadable:
            self.counts.add(unreadable.reason)
            return []

    def receive_binary(self, frame: bytes) -> list[Incoming]:
        """Call with every binary frame. The carrier sends none: counted."""
        self.counts.add(Trouble.TOO_LONG if len(frame) > MAX_TEXT_BYTES else Trouble.BINARY)
        return []

    def _connected(self, message: dict[str, object]) -> Connected:
        return Connected(_text(message.get("protocol", "")), _text(message.get("version", "")))

    def _started(self, message: dict[str, object]) -> Started:
        if self._stopped:
            raise _Unreadable(Trouble.AFTER_STOP)
        if self.open:
            raise _Unreadable(Trouble.SECOND_START)
        start = _object(message, "start")
        shape = start.get("mediaFormat")
        shape = shape if isinstance(shape, dict) else {}
        account = start.get("accountSid")
        started = Started(
            call_sid=_sid(start.get("callSid")),
            stream_sid=_sid(message.get("streamSid", start.get("streamSid"))),
            account_sid=_sid(account) if account else "",
            parameters=_parameters(start.get("customParameters")),
            encoding=_text(shape.get("encoding", "audio/x-mulaw")),
            rate=_number(shape.get("sampleRate", 8000)),
        )
        self._sequence = _number(message.get("sequenceNumber", 0))
        self.call_sid, self.stream_sid, self.open = started.call_sid, started.stream_sid, True
        self._media_head = f'{{"event":"media","streamSid":"{self.stream_sid}","media":{{"payload":"'
        return started

    def _media(self, message: dict[str, object]) -> Media:
        self._ours(message)
        media = _object(message, "media")
        if media.get("track", "inbound") not in ("inbound", "inbound_track"):
            raise _Unreadable(Trouble.OTHER_TRACK)
        encoded = media.get("payload")
        if not isinstance(encoded, str):
            raise _Unreadable(Trouble.BAD_FIELD)
        timestamp, sequence = media.get("timestamp"), message.get("sequenceNumber")
        return self._audio(
            encoded,
            self._next_ms if timestamp is None else _number(timestamp),
            None if sequence is None else _number(sequence),
            _number(media.get("chunk", 0)),
        )

    def _audio(self, encoded: str, at_ms: int, sequence: int | None, chunk: int) -> Media:
        try:
            payload = binascii.a2b_base64(encoded, strict_mode=True)
        except ValueError:  # binascii.Error is one; so is what non-ASCII raises
            raise _Unreadable(Trouble.BAD_BASE64) from None
        if not 0 < len(payload) <= MAX_PAYLOAD_BYTES:
            raise _Unreadable(Trouble.BAD_LENGTH)
        if sequence is not None:
            self._count_order(sequence)
        self._next_ms = at_ms + len(payload) // 8
        return Media(payload, at_ms, sequence or 0, chunk)

    def _digit(self, message: dict[str, object]) -> Digit:
        self._ours(message)
        digit = _object(message, "dtmf").get("digit")
        digit = str(digit) if type(digit) is int else digit
        if not isinstance(digit, str) or len(digit) != 1 or digit not in "0123456789*#ABCD":
            raise _Unreadable(Trouble.BAD_FIELD)
        self._numbered(message)
        return Digit(digit)

    def _mark(self, message: dict[str, object]) -> MarkReached:
        self._ours(message)
        name = _text(_object(message, "mark").get("name"))
        if not name:
            raise _Unreadable(Trouble.BAD_FIELD)
        self._numbered(message)
        return MarkReached(name)

    def _stop(self, message: dict[str, object]) -> Stopped:
        self._ours(message)
        self._numbered(message)
        self.open, self._stopped = False, True
        return Stopped(self.call_sid)

    def _ours(self, message: dict[str, object]) -> None:
        if not self.open:
            raise _Unreadable(Trouble.AFTER_STOP if self._stopped else Trouble.BEFORE_START)
        if message.get("streamSid", self.stream_sid) != self.stream_sid:
            raise _Unreadable(Trouble.FOREIGN_STREAM)

    def _numbered(self, message: dict[str, object]) -> None:
        given = message.get("sequenceNumber")
        if given is not None:
            self._count_order(_number(given))

    def _count_order(self, sequence: int) -> None:
        if self._sequence and sequence > self._sequence + 1:
            self.counts.add(Trouble.MISSING, sequence - self._sequence - 1)
        elif sequence <= self._sequence:
            self.counts.add(Trouble.OUT_OF_ORDER)
        self._sequence = max(self._sequence, sequence)

    # --- going out ------------------------------------------------------------------------------

    def send_media(self, payload: bytes) -> str:
        """Append mu-law audio to the carrier's play-out queue: 1 to 16,000 bytes, bare samples, no header."""
        self._must_be_open()
        if not 0 < len(payload) <= MAX_PAYLOAD_BYTES:
            raise OutgoingRefused(f"media payload must be 1 to {MAX_PAYLOAD_BYTES} bytes, got {len(payload)}: split it")
        return f'{self._media_head}{binascii.b2a_base64(payload, newline=False).decode("ascii")}"}}}}'

    def send_mark(self, name: str) -> str:
        """Ask to be told, by `MarkReached(name)`, when what was queued so far has been played."""
        self._must_be_open()
        if not name or not _plain(name):
            raise OutgoingRefused(f"a mark's name must be 1 to {MAX_NAME_CHARS} plain characters")
        return json.dumps({"event": "mark", "streamSid": self.stream_sid, "mark": {"name": name}})

    def send_clear(self) -> str:
        """Drop everything queued; pending marks come back at once."""
        self._must_be_open()
        return f'{{"event":"clear","streamSid":"{self.stream_sid}"}}'

    def _must_be_open(self) -> None:
        if not self.open:
            state = "has stopped" if self._stopped else "has not started"
            raise OutgoingRefused(f"the stream {state}: send only while MediaStream.open")


_READERS: Final[dict[str, Callable[[MediaStream, dict[str, object]], Incoming]]] = {
    "media": MediaStream._media,
    "mark": MediaStream._mark,
    "dtmf": MediaStream._digit,
    "connected": MediaStream._connected,
    "start": MediaStream._started,
    "stop": MediaStream._stop,
}


# --- reading fields that nobody vouches for -----------------------------------------------------


def _object(message: dict[str, object], key: str) -> dict[str, object]:
    value = message.get(key)
    if not isinstance(value, dict):
        raise _Unreadable(Trouble.BAD_FIELD)
    return value


def _number(value: object) -> int:
    """A whole number from 0 to 2**53, as JSON number or as a string of digits."""
    number = -1
    if type(value) is str and len(value) <= 16 and value.isascii() and value.isdigit():
        number = int(value)
    elif type(value) is int:
        number = value
    elif type(value) is float:
        number = int(value) if value.is_integer() else -1
    if not 0 <= number <= _MAX_NUMBER:
        raise _Unreadable(Trouble.BAD_FIELD)
    return number


def _sid(value: object) -> str:
    if not isinstance(value, str) or not _NAME_OF_A_THING.fullmatch(value):
        raise _Unreadable(Trouble.BAD_FIELD)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not _plain(value):
        raise _Unreadable(Trouble.BAD_FIELD)
    return value


def _plain(text: str, limit: int = MAX_NAME_CHARS) -> bool:
    """Short, without control characters or lone surrogates: fit for a log line, a database and UTF-8."""
    return len(text) <= limit and (text.isprintable() or not _UNFIT.search(text))


_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def _parameters(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > MAX_PARAMETERS:
        raise _Unreadable(Trouble.BAD_FIELD)
    for name, text in value.items():
        if not isinstance(text, str) or not _plain(name) or not _plain(text, MAX_PARAMETER_CHARS):
            raise _Unreadable(Trouble.BAD_FIELD)
    return dict(value)
