"""Finished recordings are stored as FLAC, a while after their call: also those that a crash left behind."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from calls import events as ev
from calls.clock import Clock
from calls.errors import RecordError, UnknownEvent
from calls.record import stream_of
from records.cases import append_to_case, load_case
from records.converting import BUSY, NICE, Converted
from records.markers import chapters, markers_of
from records.store import load_stream
from records.tables import calls, recordings
from records.wav import RATE

log = logging.getLogger(__name__)

EVERY_MS = 20_000.0
SETTLED_S = 10.0
"""A file that was written to less long ago is left alone."""
LONGEST_S = 900.0
"""for one recording; the longest call takes a few seconds"""


@dataclass(frozen=True, slots=True)
class _Waiting:
    call: str
    tenant: str
    duration_ms: float
    source: Path


class Archive:
    """Grammar: run() until cancelled. One recording at a time, in a process of low priority."""

    def __init__(self, database: AsyncEngine, folder: Path, clock: Clock) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._failed: set[tuple[str, float]] = set()

    async def run(self) -> None:
        """Store what has ended, again and again."""
        while True:
            try:
                await self.store()
            except Exception as why:
                # The database may be away; the recordings are not lost by it.
                log.warning("finished recordings could not be stored as FLAC (%s); trying again", type(why).__name__)
            await self._clock.sleep_ms(EVERY_MS)

    async def store(self) -> list[str]:
        """Everything that waits; returns the calls whose recordings were stored."""
        done = []
        for waiting in await self._waiting(await asyncio.to_thread(self._settled, self._clock.wall())):
            if await self._store(waiting):
                done.append(waiting.call)
        return done

    def _settled(self, now: datetime) -> list[str]:
        names = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                changed = entry.stat().st_mtime
                settled = now.timestamp() - changed >= SETTLED_S
                if entry.name.endswith(".wav") and settled and (entry.name, changed) not in self._failed:
                    names.append(entry.name)
        return sorted(names)

    async def _waiting(self, names: Sequence[str]) -> list[_Waiting]:
        """Of these files those whose call has ended."""
        if not names:
            return []
        wanted = (
            select(recordings.c.call, recordings.c.path, calls.c.tenant, calls.c.duration_ms)
            .join(calls, calls.c.call == recordings.c.call)
            .where(recordings.c.path.in_(names), calls.c.ended_at.is_not(None))
            .order_by(calls.c.ended_at)
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        return [_Waiting(row.call, row.tenant, row.duration_ms or 0.0, self._folder / row.path) for row in rows]

    async def _store(self, waiting: _Waiting) -> bool:
        target = waiting.source.with_suffix(".flac")
        try:
            changed = waiting.source.stat().st_mtime
            converted = await _converted(waiting.source, target, await self._comments(waiting.call))
        except (FileNotFoundError, BlockingIOError):
            return False  # another server on this folder has stored it, or is about to
        except (RecordError, OSError, TimeoutError) as why:
            self._failed.add((waiting.source.name, changed))
            log.error("a recording stays a WAV file: %s", why if isinstance(why, RecordError) else type(why).__name__)
            return False
        await self._note(waiting, converted)
        # Only now: whenever this is interrupted, the recording is there, and is stored anew.
        waiting.source.unlink(missing_ok=True)
        return True

    async def _comments(self, call: str) -> dict[str, str]:
        events = []
        for envelope in await load_stream(self._database, stream_of(call)):
            try:
                events.append(envelope.event())
            except (UnknownEvent, ValueError):
                continue  # by a newer release; its samples are kept all the same
        return chapters(call, markers_of(events))

    async def _note(self, waiting: _Waiting, converted: Converted) -> None:
        duration_ms = converted.frames * 1000 / RATE
        body = ev.RecordingArchived(
            "flac", converted.file_digest, converted.wave_digest, converted.size, duration_ms
        )
        known = [envelope.event().body for envelope in await load_case(self._database, waiting.call)]
        if body in known:
            return
        now = self._clock.wall()
        async with self._database.begin() as connection:
            await append_to_case(connection, waiting.tenant, waiting.call, [body], waiting.duration_ms, now)


async def _converted(source: Path, target: Path, comments: dict[str, str]) -> Converted:
    pipe = asyncio.subprocess.PIPE
    # From its first instruction on: starting Python takes a third of a second of a core that callers wait for.
    politely = ("nice", "-n", str(NICE)) if shutil.which("nice") else ()
    command = (*politely, sys.executable, "-m", "records.converting", str(source), str(target))
    child = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(LONGEST_S):
            told, fault = await child.communicate(json.dumps(comments).encode())
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode == BUSY:
        raise BlockingIOError
    if child.returncode != 0:
        raise RecordError(fault.decode(errors="replace").strip().rpartition("\n")[2])
    return Converted(**json.loads(told))
