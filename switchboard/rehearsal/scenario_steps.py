"""Reading the steps of a scenario: what the caller does, and what is expected after it."""

from __future__ import annotations

import re
from dataclasses import replace

from calls.events import EVENTS
from switchboard.rehearsal.scenario import Beat, EventPattern, Expected, Move, MoveKind
from switchboard.rehearsal.scenario_fields import parsed, read_faults, scalar
from workflows.language.nodes import Fields, Node, Problem, ScriptError, suggestion

MOVES: tuple[MoveKind, ...] = (
    "says", "interrupts", "keys", "coughs", "silent", "waits", "hangs_up", "drops", "comes_back", "action",
)  # fmt: skip
OPTIONS = ("at_word", "at_ms", "after_ms", "confidence")
TEXTS = ("hears", "not_hears", "lines", "not_lines")
EXPECTATIONS = (*TEXTS, "slots", "events", "no_events", "step", "script", "reply_within_ms", "questions", "ended")


def read_beats(node: Node) -> tuple[Beat, ...]:
    """Every step. Raises ScriptError with the complaints of all."""
    beats: list[Beat] = []
    problems: list[Problem] = []
    for item in node.items("steps"):
        try:
            beats.append(_beat(item))
        except ScriptError as fault:
            problems += fault.problems
    if problems:
        raise ScriptError(problems)
    return tuple(beats)


def _beat(node: Node) -> Beat:
    if not node.is_mapping:
        return Beat(node.line, _plain(node), ())
    fields = node.fields("a step", (*MOVES, *OPTIONS, *EXPECTATIONS))
    named = [kind for kind in MOVES if kind in fields.found]
    if len(named) > 1:
        raise node.refuse(f"a step has {' and '.join(named)}", "make each of them a step of its own")
    loose = [key for key in OPTIONS if key in fields.found]
    if loose and not named:
        raise node.refuse(f"{loose[0]} belongs to something the caller does", "add says, keys or interrupts")
    expected = tuple(_expected(key, item) for key, item in fields.found.items() if key in EXPECTATIONS)
    return Beat(node.line, _move(named[0], fields) if named else None, expected)


def _plain(node: Node) -> Move:
    """A step of one word."""
    match node.one_of("a step", ("silent", "hangs_up", "drops", "comes_back", "coughs")):
        case "hangs_up":
            return Move("hangs_up")
        case "drops":
            return Move("drops")
        case "comes_back":
            return Move("comes_back")
        case "coughs":
            return Move("coughs")
        case _:
            return Move("silent")


def _move(kind: MoveKind, fields: Fields) -> Move:
    node = fields.found[kind]
    word, ms, after, sure = (fields.get(key) for key in OPTIONS)
    confidence = None
    if sure is not None:
        confidence = parsed(sure, "confidence", _share, "0.8")
    move = Move(
        kind,
        at_word=word.whole("at_word", 0, 1_000) if word is not None else None,
        at_ms=float(ms.whole("at_ms", 0, 600_000)) if ms is not None else None,
        after_ms=float(after.whole("after_ms", 0, 600_000)) if after is not None else None,
        confidence=confidence,
    )
    if kind == "interrupts" and move.at_word is None and move.at_ms is None:
        raise node.refuse("interrupts does not say when", "add at_word: N or at_ms: N")
    return _filled(move, node)


def _filled(move: Move, node: Node) -> Move:
    match move.kind:
        case "says" | "interrupts":
            return replace(move, text=node.text(move.kind))
        case "keys":
            keys = node.text("keys")
            if not re.fullmatch(r"[0-9*#]+", keys):
                raise node.refuse(f"{keys!r} are no keys", 'write digits, * and #, in quotes: "0317"')
            return replace(move, text=keys)
        case "action":
            return replace(move, faults=read_faults(node))
        case "hangs_up" | "drops":
            node.one_of(move.kind, ("true",))
            return move
        case "silent" | "comes_back" | "coughs" if node.text(move.kind) == "true":
            return move
        case _:
            most = 60_000 if move.kind == "coughs" else 3_600
            return replace(move, amount=float(node.whole(move.kind, 0, most)))


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise ValueError(text)
    return share


def _expected(key: str, node: Node) -> Expected:
    match key:
        case "slots":
            values = {name: scalar(item, name) for name, item in node.fields("slots").found.items()}
            return Expected(key, node.line, values=values)
        case "events" | "no_events":
            return Expected(key, node.line, events=tuple(read_event(item) for item in node.items(key)))
        case "reply_within_ms" | "questions":
            return Expected(key, node.line, number=node.whole(key, 0, 600_000))
        case _:
            return Expected(key, node.line, texts=tuple(item.text(key) for item in node.items(key)))


def read_event(node: Node) -> EventPattern:
    """``NAME``, or ``NAME: {field: value}``."""
    if not node.is_mapping:
        return EventPattern(_event_name(node.text("an event"), node), {}, node.line)
    found = node.fields("an event").found
    if len(found) != 1:
        raise node.refuse("an event has one name", "write - NAME: {field: value}")
    ((name, item),) = found.items()
    fields = {path: scalar(value, path) for path, value in item.fields(name).found.items()}
    return EventPattern(_event_name(name, node), fields, node.line)


def _event_name(name: str, node: Node) -> str:
    if name not in EVENTS:
        raise node.refuse(f"there is no event {name!r}", suggestion(name, sorted(EVENTS)))
    return name
