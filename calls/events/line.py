"""The call and its carrier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calls.events.base import Body


@dataclass(frozen=True, slots=True)
class CallAnswered(Body, name="call.answered"):
    """The media stream started for the first time; at_ms 0 is this moment."""

    call: str
    carrier: str
    caller: str
    called: str
    line: str
    line_version: str
    engine: str
    locale: str
    timezone: str
    answered_at: str
    """ISO 8601, UTC"""


@dataclass(frozen=True, slots=True)
class CarrierConnected(Body, name="carrier.connected"):
    """A media socket carries the call; more than once when the carrier came back."""

    stream_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class CarrierLost(Body, name="carrier.lost"):
    """The media socket went away without the call having ended."""

    reason: str


@dataclass(frozen=True, slots=True)
class CarrierReplaced(Body, name="carrier.replaced"):
    """A newer media socket with a valid token took the call over; this one was closed."""


@dataclass(frozen=True, slots=True)
class CarrierFaulted(Body, name="carrier.faulted"):
    """Frames which could not be read, counted by reason, told once when the socket ends."""

    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CallEnded(Body, name="call.ended"):
    """The last event of a call's stream."""

    reason: str
    """``agent_hung_up | caller_hung_up | handed_over | process_lost``, or the carrier's own word"""
    disposition: str
    """from the script: ``booked``, ``declined``, ``callback`` ..."""
    duration_ms: float


@dataclass(frozen=True, slots=True)
class CallerHungUp(Body, name="caller.hung_up"):
    """The carrier said the stream is over."""


@dataclass(frozen=True, slots=True)
class RecordingStarted(Body, name="recording.started"):
    """Two channels are being written, the caller left and the agent right."""

    part: int
    """from 1; a new part for each media socket"""
    rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class RecordingLacking(Body, name="recording.lacking"):
    """Sound of a part is not in its recording, and the call went on without it."""

    part: int
    lost_ms: float
    """0 where nobody can say how much"""
    reason: str
    """in the disk's words, or ``impossible times, or a disk too slow``"""


@dataclass(frozen=True, slots=True)
class RecordingStopped(Body, name="recording.stopped"):
    """A part of the recording is complete."""

    part: int
    duration_ms: float
    digest: str
    """SHA-256, hex, of the file"""
