"""``switchboard export`` and ``verify``: what is missing or changed is said, and is the exit code."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from records.log import PostgresSink
from records.recording_path import recording_path
from records.store import serve_as_app_role
from switchboard.cli import main
from tests.records import sample_call

DAYS = ["--from", "2026-03-01", "--to", "2026-03-03"]


@pytest.fixture
def told(fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that holds one recorded call; the recording itself is not there yet."""

    async def tell() -> None:
        engine = create_async_engine(fresh_database)
        serve_as_app_role(engine)
        async with PostgresSink(engine, "w1", tmp_path / "spool").running() as sink:
            await sample_call.tell(sink)
        await engine.dispose()

    asyncio.run(tell())
    monkeypatch.setenv("DATABASE_URL", fresh_database)
    monkeypatch.setenv("SWITCHBOARD_VAR", str(tmp_path / "var"))


@pytest.mark.usefixtures("told")
def test_an_export_that_misses_a_recording_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", *DAYS, "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("1 calls, ")
    assert said.err == "CA1: its recording CA1.wav is missing\n"


@pytest.mark.usefixtures("told")
def test_an_export_is_verified_and_every_change_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "var" / "recordings", tmp_path / "out"
    folder.mkdir(parents=True)
    recording_path(folder, "CA1").write_bytes(sample_call.RECORDING)
    assert main(["export", *DAYS, "--out", str(out)]) == 0
    assert main(["verify", str(out)]) == 0
    assert capsys.readouterr().err == ""
    (out / "CA1.txt").write_text("You were never booked.")
    (out / "CA1.wav").unlink()
    assert main(["verify", str(out)]) == 1
    assert capsys.readouterr().err == "CA1.txt: its content was changed\nCA1.wav: missing\n"
    assert main(["verify", str(tmp_path)]) == 2
    assert "has no readable manifest.json" in capsys.readouterr().err
