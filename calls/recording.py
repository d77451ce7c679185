"""What a call's record says of its recording: who muted it, and whether the caller allows it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from calls import events as ev

CONSENT = "consent"
"""Mutes while the caller does not allow the recording."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Folded from events. It is muted while any reason stands; each is lifted for itself."""

    running: bool = False
    """somebody writes it"""
    mutes: tuple[str, ...] = ()
    """reasons that stand, oldest first"""
    muted_from_ms: float = 0.0
    """silent since then, ms since answer, while any stands"""
    asked: int = 0
    """so often the caller was asked for leave, without an answer yet"""
    settled: int = 0
    """the caller's turn in which leave was last given or refused"""


def fold(recording: Recording, body: ev.EventBody) -> Recording:
    """``recording`` after ``body``; most events change nothing."""
    match body:
        case ev.RecordingStarted():
            return replace(recording, running=True)
        case ev.RecordingStopped():
            return replace(recording, running=False)
        case ev.RecordingMuted():
            others = tuple(reason for reason in recording.mutes if reason != body.reason)
            mutes = recording.mutes if len(others) < len(recording.mutes) else (*others, body.reason)
            from_ms = min(recording.muted_from_ms, body.from_ms) if recording.mutes else body.from_ms
            return replace(recording, mutes=mutes, muted_from_ms=from_ms)
        case ev.RecordingDestroyed():
            return replace(recording, muted_from_ms=min(recording.muted_from_ms, body.from_ms))
        case ev.RecordingUnmuted():
            return replace(recording, mutes=tuple(reason for reason in recording.mutes if reason != body.reason))
        case ev.ConsentAsked():
            return replace(recording, asked=recording.asked + 1)
        case ev.ConsentSettled():
            return replace(recording, asked=0, settled=body.turn)
        case _:
            return recording
