"""A caller who does not want to be recorded: whole calls, and what is in the file afterwards."""

from __future__ import annotations

import struct
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from calls import events as ev
from records.recording import WavRecorder
from telephony.twin import Caller
from tests.scenes.stage import LINES, House, asked, run_scene


def recorded(folder: Path) -> Callable[[House], None]:
    """Give the house a recorder."""

    def prepare(house: House) -> None:
        house.host.real._recordings = folder
        house.host.real._make_recorder = lambda path, since_ms: WavRecorder(path, origin_ms=since_ms)

    return prepare


def sounding(folder: Path) -> tuple[set[int], set[int]]:
    """The tenths of a second in which something sounds, for each channel."""
    (path,) = folder.glob("*.wav")
    with wave.open(str(path)) as file:
        samples = struct.unpack(f"<{file.getnframes() * 2}h", file.readframes(file.getnframes()))
    left, right = ({n // 800 for n, sample in enumerate(samples[side::2]) if sample} for side in (0, 1))
    return left, right


@pytest.mark.parametrize("policy", ["keep", "destroy"])
def test_nothing_is_recorded_from_the_first_word_of_a_refusal_on(tmp_path: Path, policy: str) -> None:
    said_at = 0.0

    async def caller(phone: Caller) -> None:
        nonlocal said_at
        await asked(phone, "cleaning")
        said_at = phone.now_s
        await phone.says("please do not record this call")
        await asked(phone, "stopped recording")
        await phone.says("a cleaning please")
        await asked(phone, "what day")
        await phone.hangs_up()

    lines = LINES.replace("    script: book\n", f"    script: book\n    on_refusal: {policy}\n")
    played = run_scene(caller, lines=lines, prepare=recorded(tmp_path))
    (settled,) = played.all(ev.ConsentSettled)
    (muted,) = played.all(ev.RecordingMuted)
    assert settled.answer == "refused"
    assert abs(muted.from_ms / 1000 - said_at) < 0.5
    left, right = sounding(tmp_path)
    assert not any(tenth >= said_at * 10 + 1 for tenth in left | right)
    assert bool(right) == (policy == "keep"), "the greeting"
    assert "Leave to record: refused." in played.transcript
    assert len(played.all(ev.RecordingDestroyed)) == (policy == "destroy")


@pytest.mark.parametrize("answer", ["yes please", "no thank you"])
def test_a_line_that_asks_records_after_a_yes_alone(tmp_path: Path, answer: str) -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "may this call be recorded")
        await phone.says(answer)
        await asked(phone, "cleaning")
        await phone.says("a cleaning please")
        await asked(phone, "what day")
        await phone.hangs_up()

    lines = LINES.replace("    script: book\n", "    script: book\n    ask_to_record: on\n")
    played = run_scene(caller, lines=lines, prepare=recorded(tmp_path))
    (settled,) = played.at(ev.ConsentSettled)
    left, right = sounding(tmp_path)
    assert not any(tenth < settled / 100 - 1 for tenth in left | right)
    assert bool(left and right) == answer.startswith("yes")


def test_a_caller_is_answered_without_a_disk_and_the_record_says_so(tmp_path: Path) -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "would you like a cleaning")
        await phone.hangs_up()

    (tmp_path / "file").touch()
    played = run_scene(caller, prepare=recorded(tmp_path / "file" / "folder"))
    (lacking,) = played.all(ev.RecordingLacking)
    assert (lacking.part, lacking.reason) == (1, "Not a directory")
    assert not played.all(ev.RecordingStarted) and not played.all(ev.RecordingStopped)
    assert "lacks some of its sound: Not a directory." in played.transcript
