"""The newest calls of a line, out of the database or an export; without either a qualification says so and goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from calls import events as ev
from calls.errors import ConfigurationError, SwitchboardError
from calls.events import CallEvent
from calls.line import Line
from switchboard.settings import Settings

Call = Sequence[CallEvent]


async def newest_calls(settings: Settings, line: Line, most: int) -> tuple[list[Call], str]:
    """At most ``most`` calls of ``line`` that have ended, newest first; and why there is none."""
    if most == 0:
        return [], "not asked for"
    if not settings.database_url and not (settings.var / "postgres").is_dir():
        return [], "there is no database here; set DATABASE_URL, or give an export with --file"
    try:
        calls = await _newest(settings, line, most)
    except (SQLAlchemyError, SwitchboardError, OSError) as why:
        return [], f"the database cannot be read ({type(why).__name__}); see switchboard doctor"
    return calls, "" if calls else f"no call of line {line.id} is stored yet"


async def _newest(settings: Settings, line: Line, most: int) -> list[Call]:
    from calls.record import stream_of
    from records.call_index import CallIndex, CallQuery
    from records.store import load_stream
    from switchboard.database import open_database

    names: list[str] = []
    async with open_database(settings) as engine:
        query = CallQuery(line=line.id)
        while len(names) < most:
            page = await CallIndex(engine).find(query)
            names += [row.call for row in page.calls if not row.live]
            if not page.cursor:
                break
            query = replace(query, cursor=page.cursor)
        streams = [await load_stream(engine, stream_of(name)) for name in names[:most]]
    return [[envelope.event() for envelope in stream] for stream in streams if stream]


def calls_of_export(path: Path, most: int) -> list[Call]:
    """The last calls of an export. Raises ConfigurationError."""
    from records.export import envelope_from

    calls: dict[str, list[CallEvent]] = {}
    try:
        for row in path.read_bytes().splitlines():
            if row.strip():
                envelope = envelope_from(row)
                calls.setdefault(envelope.stream, []).append(envelope.event())
    except OSError as why:
        raise ConfigurationError(f"{path}: cannot be read ({why.strerror}); name a .jsonl file of an export") from why
    found: list[Call] = [*calls.values()]
    return found[-most:] if most else []


def entry_of(events: Call, line: Line) -> str:
    """The script a call began with."""
    started = (event.body.script for event in events if isinstance(event.body, ev.WorkflowStarted))
    return next(started, line.script)
