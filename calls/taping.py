"""Muting the recording: the fact on the record, and the word to the recorder."""

from __future__ import annotations

from calls import events as ev
from calls.draft import Draft
from calls.effects import MuteRecording, UnmuteRecording

BEFORE_MS = 1_000
"""How much older than the socket's first decision its first frames can be."""


def mute(draft: Draft, reason: str, from_ms: float | None = None) -> None:
    """Silence on both channels from ``from_ms`` (since answer; None: now), until ``unmute`` for the same ``reason``.

    May lie in the past: what is on the disk already is overwritten. Again for the same reason reaches further back.
    """
    from_ms = draft.at_ms if from_ms is None else max(0.0, from_ms)
    draft.record(ev.RecordingMuted(from_ms, reason))
    draft.do(MuteRecording(from_ms, reason))


def unmute(draft: Draft, reason: str) -> None:
    """``reason`` is gone: from now on the call is recorded again, unless another one stands."""
    before = draft.state.recording.mutes
    if reason not in before:
        return
    draft.record(ev.RecordingUnmuted(draft.at_ms, reason))
    if not draft.state.recording.mutes:
        draft.do(UnmuteRecording(draft.at_ms))


def keep_muted(draft: Draft) -> None:
    """A new media socket carries the call, with a recorder that knows nothing yet.

    All that was to be silent is made so once more: a process that was killed may have had no time to.
    """
    recording = draft.state.recording
    for reason in recording.mutes:
        # Its first frames may be a little older than this decision.
        draft.do(MuteRecording(max(0.0, min(recording.muted_from_ms, draft.at_ms - BEFORE_MS)), reason))
