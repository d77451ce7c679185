"""What stands out in a recording, from the events of its call: cuts, pauses, silences on purpose, consent, parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from calls import events as ev

MarkerKind = Literal["part", "cut", "pause", "muted", "destroyed", "consent"]


@dataclass(frozen=True, slots=True)
class Marker:
    """A place in the recording, ms since answer; ``to_ms`` is the same as ``from_ms`` where nothing lasts."""

    from_ms: float
    to_ms: float
    kind: MarkerKind
    note: str = ""
    """the reason, the answer, or the number of the part"""

    @property
    def text(self) -> str:
        """For people."""
        words = {
            "part": "Recorded from here, part {note}",
            "cut": "The agent was cut",
            "pause": "The agent paused",
            "muted": "Not recorded: {note}",
            "destroyed": "Destroyed: {note}",
            "consent": "Consent to the recording {note}",
        }[self.kind]
        return words.format(note=self.note)


def markers_of(events: Iterable[ev.CallEvent]) -> tuple[Marker, ...]:
    """In the order of their beginnings. A silence that was not lifted lasts until the last event."""
    found: list[Marker] = []
    muted: dict[str, float] = {}
    paused: float | None = None
    last = 0.0
    for event in events:
        at, body = event.at_ms, event.body
        last = max(last, at)
        match body:
            case ev.RecordingStarted() if body.part > 1:
                found.append(Marker(at, at, "part", str(body.part)))
            case ev.AgentPaused():
                paused = at
            case ev.AgentResumed() if paused is not None:
                found.append(Marker(paused, at, "pause"))
                paused = None
            case ev.AgentInterrupted():
                since = at if paused is None else paused
                found.append(Marker(since, since, "cut"))
                paused = None
            case ev.RecordingMuted():
                muted[body.reason] = min(body.from_ms, muted.get(body.reason, body.from_ms))
            case ev.RecordingUnmuted() if body.reason in muted:
                found.append(Marker(muted.pop(body.reason), body.at_ms, "muted", body.reason))
            case ev.RecordingDestroyed():
                found.append(Marker(body.from_ms, body.to_ms, "destroyed", body.reason))
            case ev.ConsentSettled():
                found.append(Marker(at, at, "consent", body.answer))
    found.extend(Marker(since, max(since, last), "muted", reason) for reason, since in muted.items())
    return tuple(sorted(found, key=lambda marker: (marker.from_ms, marker.to_ms)))


RecordingBody = (
    ev.RecordingMuted
    | ev.RecordingUnmuted
    | ev.RecordingDestroyed
    | ev.RecordingLacking
    | ev.ConsentAsked
    | ev.ConsentSettled
)
"""What a transcript tells of the recording."""


def told_of(body: RecordingBody) -> str:
    """A sentence for people."""
    match body:
        case ev.RecordingMuted():
            return f"Not recorded from {_clock(body.from_ms)} on: {body.reason}."
        case ev.RecordingUnmuted():
            return f"No longer kept from the recording: {body.reason}."
        case ev.RecordingDestroyed():
            return f"The recording from {_clock(body.from_ms)} to {_clock(body.to_ms)} was destroyed: {body.reason}."
        case ev.RecordingLacking():
            much = f"{body.lost_ms / 1000:.1f} s" if body.lost_ms else "some"
            return f"Part {body.part} of the recording lacks {much} of its sound: {body.reason}."
        case ev.ConsentAsked():
            return "The caller was asked whether the call may be recorded."
        case ev.ConsentSettled():
            return f"Leave to record: {body.answer}."


def _clock(ms: float) -> str:
    return _stamp(ms).removeprefix("00:")[:-2]


def chapters(call: str, markers: Iterable[Marker]) -> dict[str, str]:
    """As Vorbis comments: players show them as chapters (Xiph, "Chapter Extension")."""
    comments = {"TITLE": f"Call {call}", "CHANNELS": "caller left, agent right"}
    for n, marker in enumerate(markers):
        comments[f"CHAPTER{n:03d}"] = _stamp(marker.from_ms)
        until = f" (until {_stamp(marker.to_ms)})" if marker.to_ms > marker.from_ms else ""
        comments[f"CHAPTER{n:03d}NAME"] = marker.text + until
    return comments


def _stamp(ms: float) -> str:
    seconds, rest = divmod(round(ms), 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


