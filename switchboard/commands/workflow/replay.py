"""``switchboard workflow replay``: stored calls against the present code, or against a script that is not out yet."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from calls.errors import ConfigurationError
from switchboard.commands.workflow.test import scripts_with

if TYPE_CHECKING:
    from calls.events import CallEvent
    from calls.line import Line
    from switchboard.rehearsal.replaying import Replayed

Call = list["CallEvent"]


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verb."""
    verb = verbs.add_parser("replay", help="decide stored calls again; exit 1 when something is decided differently")
    source = verb.add_mutually_exclusive_group()
    source.add_argument("--call", metavar="ID", help="this one")
    source.add_argument("--file", type=Path, metavar="EVENTS.JSONL", help="calls of an export")
    source.add_argument("--last", type=int, default=20, metavar="N", help="the newest that have ended (default 20)")
    verb.add_argument(
        "--script", action="append", type=Path, default=[], metavar="FILE",
        help="a script to use beside the shipped ones, or in place of the one of its name",
    )  # fmt: skip
    verb.add_argument("--allow", type=Path, metavar="FILE", help="changes that are meant, with their reasons")
    verb.add_argument("--line", default="", metavar="NAME", help="the line to take, when a call's own is gone")
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """0 when every call is decided as it was, or as declared; else 1."""
    from switchboard.rehearsal.allowances import load_allowances
    from switchboard.rehearsal.replaying import Replayer, retold
    from workflows.advance import ScriptDirector

    scripts = scripts_with(arguments.script)
    allowances = load_allowances(arguments.allow) if arguments.allow else []
    found: list[Replayed] = []
    for events in await read_calls(arguments):
        line = retold(line_of(events, arguments.line), events)
        director = ScriptDirector(scripts, entry_of(events, line))
        found.append(Replayer(line, director, allowances=allowances).replay(events))
    print(json.dumps(_as_json(found), indent=2, ensure_ascii=False) if arguments.json else _as_text(found))
    return 0 if found and all(one.identical for one in found) else 1


async def read_calls(arguments: argparse.Namespace) -> list[Call]:
    """The calls asked for, each whole. Raises ConfigurationError when there is none."""
    calls = _from_file(arguments.file) if arguments.file else await _from_database(arguments)
    if not calls:
        raise ConfigurationError("there is no call to replay; name one with --call, or a file with --file")
    return calls


def _from_file(path: Path) -> list[Call]:
    from records.export import envelope_from

    try:
        lines = path.read_bytes().splitlines()
    except OSError as why:
        raise ConfigurationError(f"{path}: cannot be read ({why.strerror}); name a .jsonl file of an export") from why
    calls: dict[str, Call] = {}
    for envelope in (envelope_from(line) for line in lines if line.strip()):
        calls.setdefault(envelope.stream, []).append(envelope.event())
    return list(calls.values())


async def _from_database(arguments: argparse.Namespace) -> list[Call]:
    from calls.record import stream_of
    from records.call_index import CallIndex, CallQuery
    from records.store import load_stream
    from switchboard.database import open_database
    from switchboard.settings import read

    async with open_database(read()) as engine:
        if arguments.call:
            names = [arguments.call]
        else:
            page = await CallIndex(engine).find(CallQuery(limit=arguments.last))
            names = [row.call for row in page.calls if not row.live]
        streams = [await load_stream(engine, stream_of(name)) for name in names]
    return [[envelope.event() for envelope in stream] for stream in streams if stream]


def line_of(events: Sequence[CallEvent], name: str) -> Line:
    """The line a call came in on, as it is now. Raises ConfigurationError when it is gone and none is named."""
    from calls import events as ev
    from switchboard.lines import LineBook
    from switchboard.settings import read

    book = LineBook(read().lines)
    answered = next((event.body for event in events if isinstance(event.body, ev.CallAnswered)), None)
    return book.line(name or (answered.line if answered else ""))


def entry_of(events: Sequence[CallEvent], line: Line) -> str:
    """The script a call began with."""
    from calls import events as ev

    started = (event.body.script for event in events if isinstance(event.body, ev.WorkflowStarted))
    return next(started, line.script)


def _as_text(found: Sequence[Replayed]) -> str:
    lines = [str(difference) for one in found for difference in one.divergences]
    same = sum(not one.divergences for one in found)
    meant = sum(bool(one.divergences) and one.identical for one in found)
    decisions = sum(one.decisions for one in found)
    lines.append(f"{len(found)} calls, {decisions} decisions: {same} identical, {meant} with declared changes, "
                 f"{len(found) - same - meant} decided differently")  # fmt: skip
    return "\n".join(lines)


def _as_json(found: Sequence[Replayed]) -> dict[str, object]:
    return {
        "calls": len(found),
        "identical": sum(not one.divergences for one in found),
        "undeclared": sum(not one.identical for one in found),
        "divergences": [
            {
                "call": difference.call,
                "event": difference.seq,
                "at_ms": difference.at_ms,
                "after": difference.after,
                "recorded": difference.recorded,
                "now": difference.now,
                "declared": difference.allowed,
            }
            for one in found
            for difference in one.divergences
        ],
    }
