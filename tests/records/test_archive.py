"""Finished recordings become FLAC; whatever is interrupted, the recording is there, and provably the same."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls import events as ev
from calls.clock import LoopClock
from calls.record import CallRecord
from records.archive import SETTLED_S, Archive
from records.cases import load_case
from records.converting import convert, wave_digest_of
from records.export import export, verify_export
from records.flac_reading import read_head
from records.log import PostgresSink
from records.recording_path import find_recording, recording_path
from records.store import serve_as_app_role
from tests.records import sample_call

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
Scene = Callable[[AsyncEngine, PostgresSink, Archive], Awaitable[None]]


class StoppedClock(LoopClock):
    """It is always the same time of day."""

    def wall(self) -> datetime:
        return NOW


@pytest.fixture
def play(fresh_database: str, tmp_path: Path) -> Callable[[Scene], None]:
    """Run a scene as the serving role, with the archive of ``tmp_path``."""

    def run(scene: Scene) -> None:
        async def main() -> None:
            engine = create_async_engine(fresh_database)
            serve_as_app_role(engine)
            archive = Archive(engine, tmp_path, StoppedClock())
            async with PostgresSink(engine, "w1", tmp_path / "spool").running() as sink:
                await scene(engine, sink, archive)
            await engine.dispose()

        asyncio.run(main())

    return run


def lay_down(folder: Path, call: str = "CA1", content: bytes = sample_call.RECORDING, age_s: float = 60.0) -> Path:
    path = recording_path(folder, call)
    path.write_bytes(content)
    at = (NOW - timedelta(seconds=age_s)).timestamp()
    os.utime(path, (at, at))
    return path


def test_a_finished_recording_becomes_flac_and_its_record_still_proves_it(
    play: Callable[[Scene], None], tmp_path: Path
) -> None:
    async def scene(engine: AsyncEngine, sink: PostgresSink, archive: Archive) -> None:
        await sample_call.tell(sink)
        lay_down(tmp_path)
        lay_down(tmp_path, "nobody")
        assert await archive.store() == ["CA1"]
        assert await archive.store() == []
        (told,) = [envelope.event().body for envelope in await load_case(engine, "CA1")]
        path = find_recording(tmp_path, "CA1")
        assert path == tmp_path / "CA1.flac"
        assert isinstance(told, ev.RecordingArchived)
        assert told.wave_digest == hashlib.sha256(sample_call.RECORDING).hexdigest() == wave_digest_of(path)
        assert told.file_digest == hashlib.sha256(path.read_bytes()).hexdigest()
        assert (told.codec, told.size, told.duration_ms) == ("flac", path.stat().st_size, 7_600.0)
        assert path.stat().st_mode & 0o77 == 0
        comments = read_head(path.read_bytes()).comments
        assert comments["TITLE"] == "Call CA1"
        assert "The agent was cut" in comments.values()
        out = tmp_path / "out"
        done = await export(engine, tmp_path, NOW - timedelta(days=1), NOW + timedelta(days=1), out)
        assert done.faults == () == verify_export(out).faults
        assert [m["kind"] for m in json.loads((out / "CA1.markers.json").read_text())] == ["cut"]
        _other_samples_are_found(out)

    play(scene)
    assert sorted(path.name for path in tmp_path.glob("*.wav")) == ["nobody.wav"]
    assert not list(tmp_path.glob("*.part"))


def _other_samples_are_found(out: Path) -> None:
    """Also when whoever changed them has made a whole FLAC file of them, and has changed the manifest too."""
    other = out.parent / "other.wav"
    changed = bytearray(sample_call.RECORDING)
    changed[-100] ^= 4
    other.write_bytes(changed)
    convert(other, out / "CA1.flac", {})
    other.unlink()
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["files"]["CA1.flac"]["sha256"] = hashlib.sha256((out / "CA1.flac").read_bytes()).hexdigest()
    (out / "manifest.json").write_text(json.dumps(manifest))
    assert "CA1.flac does not hold the samples" in " ".join(verify_export(out).faults)


def test_what_runs_or_was_just_written_is_left_alone(play: Callable[[Scene], None], tmp_path: Path) -> None:
    async def scene(engine: AsyncEngine, sink: PostgresSink, archive: Archive) -> None:
        record = await CallRecord.open(sink, "main", "CA2")
        answered = ev.CallAnswered("CA2", "twilio", "", "+1", "l", "v", "cascade", "en-US", "UTC", NOW.isoformat())
        record.append([answered, ev.RecordingStarted(1, 8_000, 2)], 0.0)
        await record.durable()
        lay_down(tmp_path, "CA2")
        assert await archive.store() == [], "the call still runs"
        record.append([ev.CallEnded("process_lost", "", 5.0)], 5.0)
        await record.durable()
        lay_down(tmp_path, "CA2", age_s=SETTLED_S / 2)
        assert await archive.store() == [], "somebody still writes"
        lay_down(tmp_path, "CA2", sample_call.RECORDING[:-1_001])
        (tmp_path / "CA2.flac").write_bytes(b"what a crash left behind")
        assert await archive.store() == ["CA2"], "also what a killed process left, torn"
        assert wave_digest_of(tmp_path / "CA2.flac")

    play(scene)


def test_two_servers_on_one_folder_do_not_get_into_each_others_way(
    play: Callable[[Scene], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(engine: AsyncEngine, sink: PostgresSink, archive: Archive) -> None:
        await sample_call.tell(sink)
        path = lay_down(tmp_path)
        with path.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            assert await archive.store() == [], "another server is at it"
        other = Archive(engine, tmp_path, StoppedClock())
        stored = await asyncio.gather(archive.store(), other.store())
        assert ["CA1"] in stored
        assert not path.exists()
        assert wave_digest_of(tmp_path / "CA1.flac") == hashlib.sha256(sample_call.RECORDING).hexdigest()
        assert len(await load_case(engine, "CA1")) == 1

    play(scene)
    assert not caplog.records


def test_what_cannot_be_stored_stays_what_it_is(play: Callable[[Scene], None], tmp_path: Path) -> None:
    async def scene(engine: AsyncEngine, sink: PostgresSink, archive: Archive) -> None:
        await sample_call.tell(sink)
        path = lay_down(tmp_path, content=b"RIFF but no recording of ours, and longer than a header")
        assert await archive.store() == []
        assert await archive.store() == []
        assert path.read_bytes().startswith(b"RIFF but")
        assert await load_case(engine, "CA1") == []

    play(scene)
