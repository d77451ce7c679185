"""``switchboard parse``: the value in what a caller says, as one JSON object; or a stream of them, line by line."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calls.errors import ConfigurationError

_KEYS = frozenset({"id", "kind", "text", "now", "tz", "locale", "options", "length", "pattern"})


@dataclass(frozen=True, slots=True)
class Question:
    """One answer to be parsed, with what it is heard against; the fields are those of a line of ``--jsonl``."""

    kind: str
    text: str
    now: str
    tz: str
    locale: str
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()
    length: int | None = None
    pattern: str | None = None


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser("parse", help="the value in what a caller says, as JSON")
    command.add_argument("text", nargs="?", help="what the caller says")
    command.add_argument("--kind", metavar="K", help="date, time, phone, ... (see docs/values.md)")
    command.add_argument("--now", metavar="ISO", help="the moment it is said, with its offset (default: now)")
    command.add_argument("--tz", default="UTC", metavar="ZONE", help="time zone of the line (default: UTC)")
    command.add_argument("--locale", default="en-US", metavar="L", help="en-US (the default) or en-GB")
    command.add_argument(
        "--option", action="append", default=[], metavar="ID=SAYS,...", help="a choice on offer; once for each"
    )
    command.add_argument("--length", type=int, metavar="N", help="characters of a code")
    command.add_argument("--pattern", metavar="P", help="regular expression a code fits as a whole")
    command.add_argument("--jsonl", action="store_true", help="parse lines {id, kind, text, ...} from standard input")
    command.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 when a line of ``--jsonl`` could not be parsed; an answer without a value is no failure."""
    if arguments.jsonl:
        return _stream(arguments)
    if arguments.kind is None or arguments.text is None:
        raise ConfigurationError('say what to parse: switchboard parse --kind date --tz Europe/London "next Friday"')
    question = Question(
        arguments.kind, arguments.text, arguments.now or "", arguments.tz, arguments.locale,
        tuple(_option(written) for written in arguments.option), arguments.length, arguments.pattern,
    )  # fmt: skip
    try:
        print(_written(answer(question)))
    except ValueError as why:
        raise ConfigurationError(str(why)) from why
    return 0


def answer(question: Question) -> dict[str, object]:
    """``{kind, value, text, confidence, alternatives}``; raises ValueError naming what is wrong with the question."""
    from spoken import Choice, Context, Kind, parse

    if question.kind not in set(Kind):
        raise ValueError(f"kind {question.kind!r} is unknown; use one of: {', '.join(Kind)}")
    context = Context(
        now=_moment(question.now),
        tz=question.tz,
        locale=question.locale,
        choices=tuple(Choice(id, says) for id, says in question.options),
        length=question.length,
        pattern=question.pattern,
    )
    try:
        parsed = parse(question.kind, question.text, context)
    except OverflowError:
        raise ValueError(f"now {question.now!r} is at the edge of the calendar") from None
    return {
        "kind": question.kind,
        "value": parsed.value if parsed else None,
        "text": parsed.text if parsed else "",
        "confidence": parsed.confidence if parsed else 0.0,
        "alternatives": list(parsed.alternatives) if parsed else [],
    }


def _moment(written: str) -> datetime:
    if not written:
        from calls.clock import utc_now

        return utc_now()
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(f"now {written!r} is not a moment; write it as 2026-03-10T10:00:00-04:00") from None
    if moment.tzinfo is None:
        raise ValueError(f"now {written!r} has no offset; write it as {written}+00:00 or with the offset of the line")
    return moment


def _option(written: str) -> tuple[str, tuple[str, ...]]:
    name, _, says = written.partition("=")
    ways = tuple(way.strip() for way in says.split(",") if way.strip())
    if not name.strip():
        raise ConfigurationError(f"option {written!r} has no id; write it as haircut=haircut,cut,trim")
    return name.strip(), ways or (name.strip(),)


def _stream(arguments: argparse.Namespace) -> int:
    failed = False
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        identity: object = None
        try:
            record = json.loads(line)
            identity = record.get("id") if isinstance(record, dict) else None
            said: dict[str, object] = {"id": identity} | answer(_question(record, arguments))
        except (ValueError, RecursionError) as why:
            failed = True
            broken = isinstance(why, json.JSONDecodeError | RecursionError)
            reason = f"line {number} is not JSON: {why}" if broken else str(why)
            said = {"id": identity, "error": reason}
        print(_written(said), flush=True)
    return int(failed)


def _written(said: dict[str, object]) -> str:
    text = json.dumps(said, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(said)
    return text


def _question(record: Any, arguments: argparse.Namespace) -> Question:
    """A line as a question; what it leaves out comes from the command line. Raises ValueError with the field."""
    if not isinstance(record, Mapping):
        raise ValueError("a line has to be an object {id, kind, text, ...}")
    unknown = sorted(set(record) - _KEYS - {"value", "note"})
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r}; a line may have: {', '.join(sorted(_KEYS))}")
    own: dict[str, str] = {}
    for field in ("kind", "text", "now", "tz", "locale"):
        value = record.get(field)
        value = getattr(arguments, field) if value is None else value
        if not isinstance(value, str | None):
            raise ValueError(f"{field} has to be a string, not {json.dumps(value)}")
        if value is None and field in ("kind", "text"):
            raise ValueError(f"{field} is missing")
        own[field] = value or ""
    length, pattern = record.get("length", arguments.length), record.get("pattern", arguments.pattern)
    if isinstance(length, bool) or not isinstance(length, int | None):
        raise ValueError(f"length has to be a whole number, not {json.dumps(length)}")
    if not isinstance(pattern, str | None):
        raise ValueError(f"pattern has to be a string, not {json.dumps(pattern)}")
    options = _options(record["options"]) if "options" in record else tuple(map(_option, arguments.option))
    return Question(**own, options=options, length=length, pattern=pattern)


def _options(written: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """``[{"id": "s", "says": ["small", "little"]}, ...]``, or ``{"s": ["small"]}`` for short."""
    if isinstance(written, Mapping):
        written = [{"id": name, "says": says} for name, says in written.items()]
    if not isinstance(written, list):
        raise ValueError('options have to be a list of {"id": ..., "says": [...]}')
    options: list[tuple[str, tuple[str, ...]]] = []
    for option in written:
        name = option.get("id") if isinstance(option, Mapping) else option
        says = option.get("says", [name]) if isinstance(option, Mapping) else [name]
        if not isinstance(name, str) or not isinstance(says, list) or not all(isinstance(way, str) for way in says):
            raise ValueError(f'an option has to be {{"id": ..., "says": [...]}}, not {json.dumps(option)}')
        options.append((name, tuple(says)))
    return tuple(options)
