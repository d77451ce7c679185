"""``switchboard calls | transcript | export | verify``: what the record says."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from calls.chain import verify
from calls.errors import ConfigurationError
from calls.record import stream_of
from switchboard import settings
from switchboard.database import open_database

if TYPE_CHECKING:
    from records.export import Exported


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    calls = commands.add_parser("calls", help="the call log, newest first")
    calls.add_argument("--line", default="")
    calls.add_argument("--disposition", default="", help="how it was filed; live: those going on")
    calls.add_argument("--limit", type=int, default=20)
    calls.set_defaults(run=run_calls)
    transcript = commands.add_parser("transcript", help="what was said in a call")
    transcript.add_argument("call")
    transcript.add_argument("--format", choices=("text", "json", "vtt"), default="text")
    transcript.set_defaults(run=run_transcript)
    export = commands.add_parser("export", help="events, transcripts, a list of calls and a manifest of digests")
    export.add_argument("--from", dest="from_", required=True, type=_day, metavar="DATE")
    export.add_argument("--to", required=True, type=_day, metavar="DATE", help="the last day, included")
    export.add_argument("--out", required=True, type=Path, metavar="DIR")
    export.set_defaults(run=run_export)
    check = commands.add_parser("verify", help="whether an export is as it was made: files, chains, recordings")
    check.add_argument("folder", type=Path, metavar="DIR", help="what switchboard export wrote")
    check.set_defaults(run=run_verify)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as why:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it like 2026-03-17") from why


async def run_calls(arguments: argparse.Namespace) -> int:
    """A line each."""
    from records.call_index import CallIndex, CallQuery

    async with open_database(settings.read()) as engine:
        wanted = CallQuery(line=arguments.line, disposition=arguments.disposition, limit=arguments.limit)
        page = await CallIndex(engine).find(wanted)
    for row in page.calls:
        length = "live" if row.live else f"{(row.duration_ms or 0) / 1000:.0f} s"
        when, filed = f"{row.started_at:%Y-%m-%d %H:%M:%S}", row.disposition or row.reason
        print(f"{row.call:36} {when} {row.line:12} {length:>7} {filed}")
    return 0


async def run_transcript(arguments: argparse.Namespace) -> int:
    """Refused when the chain of events is broken: what cannot be trusted is not shown as if it could."""
    from records.store import load_stream
    from records.transcript import transcribe
    from records.transcript_formats import write

    async with open_database(settings.read()) as engine:
        past = await load_stream(engine, stream_of(arguments.call))
    if not past:
        raise ConfigurationError(f"no call {arguments.call!r} is on record; list them with: switchboard calls")
    verify(past)
    sys.stdout.write(write(transcribe(envelope.event() for envelope in past), arguments.format))
    return 0


async def run_export(arguments: argparse.Namespace) -> int:
    """Both days included, in UTC. 1 when something of it is missing or broken: the rest is exported all the same."""
    from records.export import export

    chosen = settings.read()
    start = datetime.combine(arguments.from_, time(), UTC)
    end = datetime.combine(arguments.to, time(), UTC) + timedelta(days=1)
    async with open_database(chosen) as engine:
        done = await export(engine, chosen.var / "recordings", start, end, arguments.out)
    print(f"{done.calls} calls, {done.events} events in {arguments.out}; digests in {arguments.out / 'manifest.json'}")
    return _faults(done)


async def run_verify(arguments: argparse.Namespace) -> int:
    """1 when anything was changed, added or taken away since."""
    from records.export import verify_export

    checked = verify_export(arguments.folder)
    print(f"{checked.calls} calls, {checked.events} events, {checked.files} files in {arguments.folder}")
    return _faults(checked)


def _faults(exported: Exported) -> int:
    for fault in exported.faults:
        print(fault, file=sys.stderr)
    return 1 if exported.faults else 0
