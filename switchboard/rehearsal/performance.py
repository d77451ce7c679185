"""Playing a scenario and comparing what came of it with what was expected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.ports import Understander
from calls import events as ev
from calls.codec import to_json
from calls.errors import SwitchboardError
from switchboard.rehearsal.rehearsal import SURE, Rehearsal
from switchboard.rehearsal.scenario import CUTS_IN, LEAVES, Beat, EventPattern, Expected, ExpectedRows, Move, Scenario
from switchboard.rehearsal.world import RehearsedWorld, Row
from workflows.advance import ScriptDirector
from workflows.language.nodes import Problem
from workflows.language.scripts import ScriptSet
from workflows.turn import Way


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a scenario."""

    scenario: Scenario
    problems: tuple[Problem, ...]
    events: tuple[ev.CallEvent, ...]

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.problems


async def perform(
    scenario: Scenario,
    scripts: ScriptSet,
    understander: Understander,
    followed: Callable[[Sequence[Way]], None] | None = None,
) -> Verdict:
    """Play ``scenario``. It stops at the first step that does not go as expected; the end is then not looked at.

    ``followed`` is told the edges of the script that were taken.
    """
    if scenario.script not in scripts.scripts:
        fix = f"use one of: {', '.join(sorted(scripts.scripts))}"
        problem = Problem(scenario.file, 1, f"there is no script {scenario.script!r}", fix)
        return Verdict(scenario, (problem,), ())
    world = RehearsedWorld(scenario.world, scenario.now, scenario.line.timezone)
    call = Rehearsal(
        line=scenario.line,
        director=ScriptDirector(scripts, scenario.script, followed),
        understander=understander,
        actions=world,
        now=scenario.now,
        seed=scenario.seed,
        caller=scenario.caller,
        human=scenario.human,
        takes_ms=world.takes_ms,
    )
    problems = await _play(scenario, call, world)
    return Verdict(scenario, tuple(problems), tuple(call.events))


async def _play(scenario: Scenario, call: Rehearsal, world: RehearsedWorld) -> list[Problem]:
    await call.open()
    seen = 0
    for place, beat in enumerate(scenario.beats):
        try:
            await _move(beat.move, call, world)
            if not _cuts_in_next(scenario.beats[place + 1 :]):
                await call.settle()
        except SwitchboardError as why:
            return [Problem(scenario.file, beat.at, str(why), _so_far(call))]
        problems = [p for expected in beat.expected for p in check(expected, call, call.events[seen:], scenario.file)]
        if problems:
            return problems
        seen = len(call.events)
    problems = [p for expected in scenario.finally_ for p in check(expected, call, call.events, scenario.file, True)]
    return [*problems, *(p for rows in scenario.rows for p in check_rows(rows, world.rows(), scenario.file))]


def _cuts_in_next(rest: Sequence[Beat]) -> bool:
    move = rest[0].move if rest else None
    if move is None:
        return False
    return move.kind in CUTS_IN or move.at_word is not None or (move.kind in LEAVES and move.after_ms is not None)


async def _move(move: Move | None, call: Rehearsal, world: RehearsedWorld) -> None:
    if move is None:
        return
    match move.kind:
        case "says" | "interrupts":
            await call.says(
                move.text,
                after_ms=move.after_ms,
                interrupts_at_ms=move.at_ms,
                at_word=move.at_word,
                confidence=SURE if move.confidence is None else move.confidence,
            )
        case "keys":
            await call.keys(move.text, after_ms=move.after_ms, at_word=move.at_word)
        case "coughs":
            await call.coughs(move.amount or 200.0, at_word=move.at_word, after_ms=move.after_ms)
        case "silent":
            await call.silent(None if move.amount is None else move.amount * 1_000)
        case "waits":
            await call.settle()
            await call.run_until(call.now_ms + (move.amount or 0.0) * 1_000)
        case "hangs_up":
            await call.hangs_up(at_word=move.at_word, after_ms=move.after_ms)
        case "drops":
            await call.drops(at_word=move.at_word, after_ms=move.after_ms)
        case "comes_back":
            await call.comes_back(5.0 if move.amount is None else move.amount)
        case "action":
            world.faults.update(move.faults)


def _so_far(call: Rehearsal) -> str:
    return f"the agent said last: {call.words!r}" if call.words else "the agent has said nothing since"


# --- comparing ------------------------------------------------------------------------------------------


def check(
    expected: Expected, call: Rehearsal, events: Sequence[ev.CallEvent], file: str, whole: bool = False
) -> Iterable[Problem]:
    """What is not as ``expected``. ``whole``: over the call, not over the last step."""
    said = call.playback.heard if whole else call.heard
    words = " ".join(one.text for one in said)
    match expected.what:
        case "hears" | "not_hears":
            reasons = _fragments(expected, words)
        case "lines" | "not_lines":
            reasons = _lines(expected, [one.line for one in said])
        case "slots":
            reasons = _slots(expected, call)
        case "events" | "no_events":
            reasons = _events(expected, events)
        case _:
            reasons = _figures(expected, call, words)
    for reason, fix in reasons:
        yield Problem(file, expected.at, reason, fix)


Reasons = Iterable[tuple[str, str]]


def _fragments(expected: Expected, words: str) -> Reasons:
    for text in expected.texts:
        found = text.casefold() in words.casefold()
        if found and expected.what == "not_hears":
            yield f"{text!r} was heard", f"it was said in: {words!r}"
        elif not found and expected.what == "hears":
            yield f"{text!r} was not heard", f"heard: {words!r}"


def _lines(expected: Expected, lines: Sequence[str]) -> Reasons:
    for name in expected.texts:
        if (name in lines) == (expected.what == "not_lines"):
            was = "was" if name in lines else "was not"
            yield f"line {name} {was} heard", f"lines heard: {', '.join(dict.fromkeys(lines)) or 'none'}"


def _slots(expected: Expected, call: Rehearsal) -> Reasons:
    held = {name: as_text(slot.value) for name, slot in call.state.run.slots.items()}
    for name, value in expected.values.items():
        if held.get(name, "") != value:
            shown = f"is {held[name]!r}" if name in held else "is empty"
            yield f"slot {name} {shown}, not {value!r}" if value else f"slot {name} {shown}", f"slots: {held}"


def _events(expected: Expected, events: Sequence[ev.CallEvent]) -> Reasons:
    for pattern in expected.events:
        found = any(matches(pattern, event) for event in events)
        if found == (expected.what == "no_events"):
            names = ", ".join(dict.fromkeys(event.name for event in events))
            yield f"{pattern} {'happened' if found else 'did not happen'}", f"events: {names or 'none'}"


def matches(pattern: EventPattern, event: ev.CallEvent) -> bool:
    """Whether an event has the name and every field of a pattern."""
    if event.name != pattern.name:
        return False
    body = to_json(event.body)
    return all(as_text(_at(body, path)) == value for path, value in pattern.fields.items())


def _at(value: object, path: str) -> object:
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def as_text(value: object) -> str:
    """A value as a scenario writes it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _figures(expected: Expected, call: Rehearsal, words: str) -> Reasons:
    run = call.state.run
    if expected.what == "reply_within_ms":
        if call.reply_ms is None or call.reply_ms > expected.number:
            yield f"the reply came after {call.reply_ms} ms, not within {expected.number:.0f}", "see the events' times"
        return
    if expected.what == "questions":
        asked = sum(said.text.rstrip().endswith("?") for said in call.heard)
        if asked != expected.number:
            yield f"{asked} questions were asked, not {expected.number:.0f}", f"heard: {words!r}"
        return
    ends = [event.body for event in call.events if isinstance(event.body, ev.CallEnded)]
    is_now = {
        "step": run.step,
        "script": run.script,
        "outcome": ends[-1].disposition if ends else run.outcome,
        "ended": ends[-1].reason if ends else "not yet",
    }[expected.what]
    if is_now not in expected.texts:
        yield f"{expected.what} is {is_now!r}, not {' or '.join(expected.texts)!r}", _so_far(call)


def check_rows(expected: ExpectedRows, rows: Mapping[str, Sequence[Row]], file: str) -> Iterable[Problem]:
    """What is not as expected in a table."""
    there = list(rows.get(expected.table, ()))
    shown = "; ".join(", ".join(f"{k}={v}" for k, v in row.items()) for row in there) or "none"
    if len(there) != len(expected.rows):
        yield Problem(file, expected.at, f"{len(there)} rows in {expected.table}, not {len(expected.rows)}", shown)
        return
    for row in expected.rows:
        match = next((one for one in there if all(one.get(k, "") == v for k, v in row.items())), None)
        if match is None:
            yield Problem(file, expected.at, f"no row of {expected.table} is {dict(row)}", f"there are: {shown}")
        else:
            there.remove(match)
