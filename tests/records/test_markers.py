"""Markers: the same facts in the transcript, in the sidecar and in the file."""

from __future__ import annotations

from calls import events as ev
from records.markers import Marker, chapters, markers_of
from records.transcript import transcribe
from records.transcript_formats import as_text

STORY: list[tuple[float, ev.EventBody]] = [
    (0.0, ev.RecordingStarted(1, 8_000, 2)),
    (1_000.0, ev.AgentPaused("r1.1", 500.0, "Hello")),
    (1_400.0, ev.AgentResumed("acknowledgement")),
    (3_000.0, ev.AgentPaused("r1.1", 900.0, "Hello this")),
    (3_500.0, ev.AgentInterrupted("r1.1", 900.0, "Hello this")),
    (9_000.0, ev.RecordingMuted(6_200.0, "card")),
    (20_000.0, ev.RecordingUnmuted(20_000.0, "card")),
    (30_000.0, ev.RecordingStarted(2, 8_000, 2)),
    (41_000.0, ev.ConsentSettled("refused", 4, "dont", partial=True)),
    (41_000.0, ev.RecordingMuted(40_500.0, "consent")),
    (41_000.0, ev.RecordingDestroyed(0.0, 40_500.0, "consent")),
    (62_000.5, ev.CallerHungUp()),
    (62_000.5, ev.RecordingLacking(2, 1_240.0, "No space left on device")),
]
EVENTS = [ev.CallEvent("call:CA1", n, at, body) for n, (at, body) in enumerate(STORY, 1)]


def test_cuts_pauses_silences_parts_and_consent_are_marked_where_they_are() -> None:
    assert markers_of(EVENTS) == (
        Marker(0.0, 40_500.0, "destroyed", "consent"),
        Marker(1_000.0, 1_400.0, "pause"),
        Marker(3_000.0, 3_000.0, "cut"),
        Marker(6_200.0, 20_000.0, "muted", "card"),
        Marker(30_000.0, 30_000.0, "part", "2"),
        Marker(40_500.0, 62_000.5, "muted", "consent"),
        Marker(41_000.0, 41_000.0, "consent", "refused"),
    )


def test_players_see_them_as_chapters() -> None:
    told = chapters("CA1", markers_of(EVENTS))
    assert (told["CHAPTER003"], told["CHAPTER003NAME"]) == ("00:00:06.200", "Not recorded: card (until 00:00:20.000)")
    assert told["CHAPTER006NAME"] == "Consent to the recording refused"


def test_the_transcript_tells_of_them() -> None:
    text = as_text(transcribe(EVENTS))
    assert "[00:09.0]   (Not recorded from 00:06.2 on: card.)" in text
    assert "(Leave to record: refused.)" in text
    assert "(The recording from 00:00.0 to 00:40.5 was destroyed: consent.)" in text
    assert "(Part 2 of the recording lacks 1.2 s of its sound: No space left on device.)" in text
