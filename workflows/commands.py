"""What the caller meant, applied: values first, then what is said about the talk itself, then yes and no."""

from __future__ import annotations

from dataclasses import dataclass, field

from calls.commands import (
    Affirm,
    AskHuman,
    AskQuestion,
    Cancel,
    Command,
    CorrectSlot,
    Deny,
    FillSlot,
    Goodbye,
    Repeat,
    Restart,
    SlowDown,
    StartWorkflow,
    SwitchLanguage,
    Value,
    Wait,
)
from calls.events import SlotFilled
from calls.run import Commanded
from spoken import Kind
from workflows.answers import affirm, deny
from workflows.asking import CHANGE, ask, offer_keys, repeat
from workflows.language.model import Choose, Collect, Confirm, End, Slot
from workflows.language.wording import ROBOT
from workflows.repair import cancel, goodbye, no_match, restart
from workflows.turn import Turn
from workflows.values import SPELLABLE, canonical, locked, objection
from workflows.walk import hand_over, start_script, walk


def obey(turn: Turn, stimulus: Commanded) -> None:
    """Everything that follows from a caller's turn."""
    commands = stimulus.commands
    turn.reset("waiting")
    if _has(commands, AskHuman) and (turn.has_human or not turn.run.awaiting):
        hand_over(turn)
    elif turn.run.awaiting:
        # What was begun in the world is not undone by talking; its answer decides what is said next.
        turn.word("busy")
    elif _has(commands, Restart):
        restart(turn)
    elif _has(commands, Cancel):
        cancel(turn)
    else:
        _answer(turn, stimulus)


def _has(commands: tuple[Command, ...], kind: type[Command]) -> bool:
    return any(isinstance(command, kind) for command in commands)


def _answer(turn: Turn, stimulus: Commanded) -> None:
    commands = stimulus.commands
    switched = _switch(turn, commands)
    changes = _take(turn, stimulus)
    if changes.filled or changes.emptied or changes.refused:
        _go_on(turn, changes)
        return
    if switched:
        walk(turn, turn.script.first)
    elif changes.agreed or _has(commands, Affirm):
        affirm(turn)
    elif _has(commands, Deny):
        deny(turn, leaving=_has(commands, Goodbye))
    elif changes.too_late:
        turn.word("already_done")
        _back(turn)
    else:
        _talk(turn, stimulus)


def _talk(turn: Turn, stimulus: Commanded) -> None:
    """Commands about the talk itself."""
    for command in stimulus.commands:
        match command:
            case Goodbye():
                goodbye(turn)
            case Wait():
                turn.count("waiting")
                turn.word("wait")
            case Repeat():
                _back(turn, whole=True)
            case SlowDown():
                turn.count("slow")
                turn.word("slow_down")
                _back(turn, whole=True)
            case AskQuestion():
                _question(turn, command.topic)
            case SwitchLanguage():
                turn.word("language")
                _back(turn)
            case StartWorkflow() if turn.run.script == command.workflow and not isinstance(turn.step, Choose | End):
                # "I'd like to book something" while booking: no answer yet, and nothing misunderstood.
                _back(turn)
            case _:
                continue
        return
    if isinstance(turn.step, End):
        walk(turn, turn.step.id)
    else:
        no_match(turn)


def _back(turn: Turn, *, whole: bool = False) -> None:
    """To the open question; where none is open, through the step again. ``whole``: with what was told before it."""
    if not isinstance(turn.step, Collect | Confirm | Choose):
        walk(turn, turn.step.id)
    elif whole:
        repeat(turn)
    else:
        ask(turn)


def _question(turn: Turn, topic: str) -> None:
    known = turn.script.topics.get(topic)
    if topic == ROBOT:
        turn.word("robot")
    elif known is not None:
        turn.say(f"topic.{topic}", known.answer)
    else:
        turn.word("no_answer")
    _back(turn)


def _switch(turn: Turn, commands: tuple[Command, ...]) -> bool:
    """Start what the caller asked for; True when another script (or the same anew) has begun."""
    wish = next((command.workflow for command in commands if isinstance(command, StartWorkflow)), "")
    step = turn.step
    if not wish and isinstance(step, Choose) and not locked(turn):
        wish = _implied(turn, step, commands)
    intents = step.intents if isinstance(step, Choose) else ()
    intent = next((intent for intent in intents if intent.id == wish), None)
    if intent is not None and intent.then:
        turn.learn(f"_chose.{step.id}", intent.id)
        walk(turn, intent.then)
        return False
    wish = intent.script if intent is not None else wish
    if wish not in turn.scripts.scripts or (wish == turn.run.script and not isinstance(step, Choose | End)):
        return False
    start_script(turn, wish, quietly=True)
    return True


def _implied(turn: Turn, step: Choose, commands: tuple[Command, ...]) -> str:
    """The one intent whose script takes the values that were given."""
    named = {command.slot for command in commands if isinstance(command, FillSlot)}
    fitting = [i.id for i in step.intents if i.script and named & set(turn.scripts.get(i.script).slots)]
    return fitting[0] if named and len(fitting) == 1 else ""


@dataclass(slots=True)
class Changes:
    """What a caller's values did."""

    filled: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    """those of ``filled`` which replaced another value"""
    emptied: list[str] = field(default_factory=list)
    """named as wrong, without a new value"""
    refused: list[str] = field(default_factory=list)
    agreed: bool = False
    """the value just read back was said again"""
    too_late: bool = False
    """it belongs to something already done"""


def _take(turn: Turn, stimulus: Commanded) -> Changes:
    """Fill, correct and clear slots, as far as the script allows it."""
    changes = Changes()
    done = locked(turn)
    for command in stimulus.commands:
        if not isinstance(command, FillSlot | CorrectSlot) or command.slot not in turn.script.slots:
            continue
        slot = turn.script.slots[command.slot]
        if slot.name in done:
            changes.too_late = True
        elif command.value is None:
            _empty(turn, slot, changes)
        elif not canonical(slot, command.value, turn):
            continue
        else:
            _fill(turn, slot, command, command.value, stimulus, changes)
    return changes


def _empty(turn: Turn, slot: Slot, changes: Changes) -> None:
    if slot.name in turn.run.slots:
        turn.clear(slot.name, "corrected")
        turn.count(f"offered.{slot.name}")
        if slot.kind in SPELLABLE:
            turn.count(f"refused.{slot.name}")
        changes.emptied.append(slot.name)


def _fill(
    turn: Turn, slot: Slot, command: FillSlot | CorrectSlot, value: Value, stimulus: Commanded, changes: Changes
) -> None:
    before = turn.known(slot.name)
    if before == value:
        changes.agreed = changes.agreed or turn.run.confirming == slot.name
        return
    reason = objection(slot, value, turn)
    if reason:
        turn.utter(f"{slot.name}.refused", reason)
        changes.refused.append(slot.name)
        return
    turn.record(SlotFilled(slot.name, value, command.text, command.confidence, stimulus.by, before))
    changes.filled.append(slot.name)
    if before is not None:
        changes.corrected.append(slot.name)
        if not turn.facts.exact_hearing and slot.kind in SPELLABLE:
            # Misheard once: from now on it is read back letter by letter.
            turn.count(f"refused.{slot.name}")


def _go_on(turn: Turn, changes: Changes) -> None:
    """After values: on from here, or from the beginning when something settled has changed."""
    step = turn.step
    own = step.slot if isinstance(step, Collect) else ""
    if changes.filled or changes.emptied:
        turn.reset(f"no_match.{step.id}", "troubled")
        turn.confirming("")
    moved = [slot for slot in (*changes.corrected, *changes.emptied) if slot != own]
    if changes.filled and not moved:
        _echo(turn, changes.filled)
    if moved or isinstance(step, Confirm):
        walk(turn, turn.script.first, again=True)
    elif changes.filled or changes.emptied:
        walk(turn, step.id)
    else:
        _refused(turn, changes.refused)


def _refused(turn: Turn, slots: list[str]) -> None:
    """The only value given cannot be taken, and the reason has been said."""
    step = turn.step
    turn.count(f"no_match.{step.id}")
    if turn.run.confirming == CHANGE:
        turn.confirming("")
        walk(turn, step.id)
        return
    ask(turn)
    if isinstance(step, Collect) and step.slot in slots and turn.counted(f"no_match.{step.id}") > 1:
        offer_keys(turn)


def _echo(turn: Turn, filled: list[str]) -> None:
    """Implicit confirmation: say what was understood in passing."""
    slots = [turn.script.slots[name] for name in filled]
    said = [turn.spoken(slot) for slot in slots if slot.confirm == "implicit" and slot.kind != Kind.free_text]
    if said:
        turn.utter("house.echo", f"{', '.join(said)}.")
