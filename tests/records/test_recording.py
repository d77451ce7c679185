"""The two-channel recording: every sample at its place, whole after a kill."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import struct
import subprocess
import sys
import threading
import warnings
import wave
from pathlib import Path

import pytest

from calls.errors import RecordError
from calls.ports import Recorded
from records.recording import WavRecorder
from records.recording_disk import MOST_QUEUED, THREADS, Blank, WavFile, Write
from records.recording_path import recording_name
from records.wav import FRAME as FRAME_BYTES
from records.wav import HEADER, HIGH, LOW, header, repair

LOUD = 0x00  # mu-law: the most negative sample
FRAME = bytes([LOUD]) * 160


def channels(path: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        samples = struct.unpack(f"<{file.getnframes() * 2}h", file.readframes(file.getnframes()))
    return samples[0::2], samples[1::2]


def loud(samples: tuple[int, ...]) -> set[int]:
    """The 20 ms slots in which something sounds."""
    return {at // 160 for at, sample in enumerate(samples) if sample}


def record(path: Path, *pieces: tuple[str, float, bytes], origin_ms: float | None = None) -> Recorded:
    async def main() -> Recorded:
        recorder = WavRecorder(path, origin_ms=origin_ms)
        for side, at, mulaw in pieces:
            getattr(recorder, side)(at, mulaw)
        return await recorder.finish()

    return asyncio.run(main())


def test_mulaw_tables_agree_with_the_standard_library() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import audioop
    expected = audioop.ulaw2lin(bytes(range(256)), 2)
    assert b"".join(bytes(pair) for pair in zip(LOW, HIGH, strict=True)) == expected


def test_the_caller_is_left_the_agent_right_and_gaps_are_silent(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    length, digest, *_ = record(path, ("caller", 0.0, FRAME), ("agent", 40.0, FRAME), ("caller", 100.0, FRAME))
    left, right = channels(path)
    assert (loud(left), loud(right)) == ({0, 5}, {2})
    assert left[0] == -32124
    assert length == 120.0
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("lateness_ms", [100, 900, 5_000, 29_000])
def test_late_pieces_land_at_their_place(tmp_path: Path, lateness_ms: int) -> None:
    pieces = [("caller", at * 20.0, FRAME) for at in range(1_500)]
    at = (30_000 - lateness_ms) // 20
    record(tmp_path / "a.wav", *pieces, ("agent", at * 20.0, FRAME))
    left, right = channels(tmp_path / "a.wav")
    assert (loud(left), loud(right)) == (set(range(1_500)), {at})


def test_pieces_in_any_order_make_the_same_file(tmp_path: Path) -> None:
    pieces = [("caller", at * 20.0, FRAME) for at in range(0, 40, 2)] + [("agent", 210.0, FRAME)]
    one = record(tmp_path / "a.wav", *pieces)
    other = record(tmp_path / "b.wav", *reversed(pieces))
    assert one == other


def test_impossible_times_are_dropped_and_counted(tmp_path: Path) -> None:
    async def main() -> None:
        recorder = WavRecorder(tmp_path / "a.wav")
        recorder.caller(0.0, FRAME)
        recorder.caller(1e12, FRAME)
        recorder.caller(-1e12, FRAME)
        assert recorder.lost_ms == 40.0
        done = await recorder.finish()
        assert (done.duration_ms, done.lost_ms) == (20.0, 40.0) and "impossible times" in done.fault
        recorder.caller(20.0, FRAME)
        assert await recorder.finish() == await recorder.finish()

    asyncio.run(main())


def test_a_call_taken_up_again_goes_on_in_the_same_file(tmp_path: Path) -> None:
    record(tmp_path / "a.wav", ("caller", 0.0, FRAME))
    record(tmp_path / "a.wav", ("caller", 0.0, FRAME), origin_ms=200.0)
    assert loud(channels(tmp_path / "a.wav")[0]) == {0, 10}
    record(tmp_path / "a.wav", ("caller", 0.0, FRAME))
    assert loud(channels(tmp_path / "a.wav")[0]) == {0, 10, 11}, "nothing recorded is written over"


def test_a_full_disk_ends_the_recording_not_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        recorder = WavRecorder(tmp_path / "a.wav")

        def full(*_: object) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("records.recording_disk.os.pwrite", full)
        for at in range(500):
            recorder.caller(at * 20.0, FRAME)
        done = await recorder.finish()
        assert done.duration_ms + done.lost_ms == 10_000.0 and done.fault == "No space left on device"

    asyncio.run(main())
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert "No space left on device" in told


def test_a_disk_that_is_too_slow_costs_audio_and_no_memory(tmp_path: Path) -> None:
    file = WavFile(tmp_path / "a.wav")
    piece = bytes(FRAME_BYTES * 8_000)
    taken = sum(file.offer(Write(at * 8_000, piece)) for at in range(1_000))
    assert taken == MOST_QUEUED // len(piece)
    assert file.waiting <= MOST_QUEUED
    assert not file.offer(Write(0, piece))
    assert file.work()
    assert file.waiting == 0
    assert file.offer(Write(0, piece))
    file.end()
    assert not file.work()
    assert file.written.is_set()


def test_a_recording_that_breaks_takes_no_other_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(file: WavFile, _job: Write) -> None:
        raise MemoryError

    async def main() -> None:
        bad = WavRecorder(tmp_path / "bad.wav")
        monkeypatch.setattr(bad._file, "_write", lambda job: broken(bad._file, job), raising=True)
        others = [WavRecorder(tmp_path / f"{n}.wav") for n in range(THREADS)]
        for recorder in (bad, *others):
            recorder.caller(0.0, FRAME)
        async with asyncio.timeout(10):
            assert {(await recorder.finish())[0] for recorder in others} == {20.0}
            done = await bad.finish()
            assert (done.duration_ms, done.lost_ms, done.fault) == (0.0, 20.0, "MemoryError")

    asyncio.run(main())
    assert "MemoryError" in caplog.text


def test_many_recordings_share_few_threads(tmp_path: Path) -> None:
    before = threading.active_count()

    async def main() -> None:
        recorders = [WavRecorder(tmp_path / f"{n}.wav") for n in range(40)]
        for at in range(100):
            for recorder in recorders:
                recorder.caller(at * 20.0, FRAME)
        assert threading.active_count() <= before + THREADS
        ends = await asyncio.gather(*(recorder.finish() for recorder in recorders))
        assert {(done.duration_ms, done.lost_ms, done.fault) for done in ends} == {(2_000.0, 0.0, "")}
        assert len({done.digest for done in ends}) == 1

    asyncio.run(main())


KILLED = """
import sys, time
from pathlib import Path
from records.recording import WavRecorder
recorder = WavRecorder(Path(sys.argv[1]))
for at in range(250):
    recorder.caller(at * 20.0, bytes(160))
    recorder.agent(at * 20.0 + 600.0, bytes(160))
while recorder._file.waiting or recorder._file.frames < 250 * 160: pass
print("ready", flush=True)
sys.stdin.read()
"""


def test_after_a_kill_the_file_plays_up_to_the_last_second(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=os.getcwd()
    )
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == b"ready\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdin.close()
    child.stdout.close()
    assert repair(path) >= 4_000.0
    left, right = channels(path)
    assert len(loud(left)) >= 200
    assert len(loud(right)) >= 200


@pytest.mark.parametrize("cut", [0, 1, 43, 44, 45, 1_000])
def test_a_torn_file_is_made_whole(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes((header(0) + bytes(4_003))[:cut])
    length = repair(path)
    assert path.stat().st_size == HEADER + round(length * 8) * 4
    channels(path)
    assert repair(path) == length


def test_a_stranger_s_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"not a recording" * 10)
    with pytest.raises(RecordError, match=r"a\.wav"):
        repair(path)
    assert path.read_bytes() == b"not a recording" * 10


def test_a_call_s_name_cannot_leave_the_folder() -> None:
    assert recording_name("CA0123abc") == "CA0123abc.wav"
    for name in ("../../etc/passwd", "", "a/b", "x" * 300, "a\x00b"):
        assert "/" not in recording_name(name)
        assert len(recording_name(name)) < 100


def muted(path: Path, *spans: tuple[float, float | None], late: bool = False) -> set[int]:
    """The slots that sound on both channels of a 10 s call; each span is muted when 3 s of it have been recorded."""

    async def main() -> None:
        recorder = WavRecorder(path)
        for at in range(500):
            now = at * 20.0
            for begin, end in spans:
                if now == begin + 3_000:
                    recorder.mute(begin, "card")
                if now == end:
                    recorder.unmute(end)
            recorder.caller(now, FRAME)
            if not late:
                recorder.agent(now, FRAME)
        for at in range(500) if late else ():
            recorder.agent(at * 20.0, FRAME)
        await recorder.finish()

    asyncio.run(main())
    left, right = channels(path)
    assert loud(left) == loud(right)
    return loud(left)


@pytest.mark.parametrize("late", [False, True])
def test_a_mute_reaches_into_what_is_on_the_disk_already(tmp_path: Path, late: bool) -> None:
    assert muted(tmp_path / "a.wav", (4_000, None), late=late) == set(range(200))
    assert muted(tmp_path / "b.wav", (0, 4_000), (5_000, 9_000), late=late) == {*range(200, 250), *range(450, 500)}


def test_a_mute_may_reach_into_the_call_s_earlier_parts(tmp_path: Path) -> None:
    record(tmp_path / "a.wav", *[("caller", at * 20.0, FRAME) for at in range(100)])

    async def main() -> None:
        recorder = WavRecorder(tmp_path / "a.wav", origin_ms=3_000.0)
        recorder.caller(0.0, FRAME)
        recorder.mute(-2_000.0, "consent")
        recorder.caller(20.0, FRAME)
        recorder.unmute(40.0)
        recorder.caller(40.0, FRAME)
        await recorder.finish()

    asyncio.run(main())
    assert loud(channels(tmp_path / "a.wav")[0]) == {*range(50), 152}


def test_what_lies_on_a_disk_that_filled_up_is_made_silent_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, room = tmp_path / "a.wav", HEADER + 10_001
    written = os.pwrite

    def until_full(file: int, content: bytes, at: int) -> int:
        if at >= room:
            raise OSError(28, "No space left on device")
        return written(file, content[: room - at], at)

    monkeypatch.setattr("records.recording_disk.os.pwrite", until_full)

    file = WavFile(path)
    for at in range(3):
        file.offer(Write(at * 1_000, b"\1" * 1_000 * FRAME_BYTES))
    assert file.work() and file.fault == "No space left on device"
    assert path.stat().st_size == HEADER + 2_000 * FRAME_BYTES, "nothing behind what the header tells of"
    file.offer(Blank(500, 3_000))
    file.end()
    assert not file.work()
    samples = path.read_bytes()[HEADER:]
    assert samples == b"\1" * 500 * FRAME_BYTES + bytes(1_500 * FRAME_BYTES)


def test_what_cannot_be_made_silent_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = WavFile(tmp_path / "a.wav")
    file.offer(Write(0, b"\1" * 1_000 * FRAME_BYTES))
    assert file.work() and not file.fault

    def broken(*_: object) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("records.recording_disk.os.pwrite", broken)
    file.offer(Blank(500, 1_000))
    file.end()
    assert file.work()
    assert file.fault.startswith("Input/output error, and what was to be made silent may still be heard")
    assert not file.work() and file.written.is_set()


def test_what_was_muted_twice_is_recorded_again_after_one_end(tmp_path: Path) -> None:
    async def main() -> None:
        recorder = WavRecorder(tmp_path / "a.wav")
        recorder.unmute(0.0)
        recorder.mute(40.0, "card")
        recorder.mute(20.0, "consent")
        recorder.unmute(60.0)
        for at in range(5):
            recorder.caller(at * 20.0, FRAME)
        await recorder.finish()

    asyncio.run(main())
    assert loud(channels(tmp_path / "a.wav")[0]) == {0, 3, 4}
