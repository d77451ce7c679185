"""What the caller meant, applied: values first, then what is said about the talk itself, then yes and no."""

from __future__ import annotations

import re
from typing import Literal

from calls.commands import (
    Affirm,
    AskHuman,
    AskQuestion,
    CallLater,
    Cancel,
    Command,
    Deny,
    Explain,
    FillPart,
    FillSlot,
    Goodbye,
    NeedTime,
    Remark,
    Repeat,
    Restart,
    SlowDown,
    SpeakUp,
    StartWorkflow,
    SwitchLanguage,
    UseCallerNumber,
    Wait,
    WrongNumber,
)
from calls.repairs import Repair
from calls.run import Commanded
from calls.speech import HeardBy
from workflows.answers import affirm, changes_all, changes_nothing, deny, keep_all
from workflows.asking import ASKED, allows, by_keys, offer_keys
from workflows.changes import Changes, go_on, take
from workflows.language.model import Choose, End
from workflows.language.wording import ROBOT, WHO
from workflows.offers import OFFERS, STOP
from workflows.opening import PENDING, composes, farewell, looks_up
from workflows.repair.back import back
from workflows.repair.calling_back import call_later
from workflows.repair.children import with_child
from workflows.repair.digressing import digress, remember, wishes_for_later
from workflows.repair.doubting import doubted
from workflows.repair.explaining import explain
from workflows.repair.holding import held, hold
from workflows.repair.languages import other_language
from workflows.repair.leaving import changing_what_is_done, come_back, restart
from workflows.repair.machines import machine_talks
from workflows.repair.misheard import no_match
from workflows.repair.parts import part_given
from workflows.repair.remarks import for_another, remark
from workflows.repair.stopping import SURE, asks_first, leave_for, stop
from workflows.turn import ECHOED, Turn
from workflows.values import locked
from workflows.walk import hand_over, start_script, walk

_KEYS = re.compile(r"\b(?:keys?|keypad|buttons?|press|menu|options|choices)\b", re.IGNORECASE)
"""A caller who asks what is meant, and wants to hear what can be chosen."""

_WHO = re.compile(r"\b(?:who|who['’]?s|name|called)\b", re.IGNORECASE)
"""A caller who asks whom they are talking to, and not whether it is a machine."""


def obey(turn: Turn, stimulus: Commanded) -> None:
    """Everything that follows from a caller's turn."""
    commands = stimulus.commands
    by_keys(turn, stimulus)
    if held(turn, stimulus):
        return
    if stimulus.set_aside and doubted(turn, commands):
        return
    if turn.echoed:
        turn.learn(ECHOED, "")
    if turn.run.facts.get(PENDING) and not turn.run.awaiting:
        # The way to an answer has led to a question of its own.
        turn.learn(PENDING, "")
    come_back(turn, stimulus)
    if _has(commands, AskHuman) and (turn.has_human or not turn.run.awaiting):
        turn.applied(Repair.PERSON_ASKED)
        hand_over(turn)
    elif turn.run.awaiting:
        # What was begun in the world is not undone by talking; its answer decides what is said next.
        turn.word("busy")
    elif with_child(turn, commands) or machine_talks(turn, stimulus):
        pass  # answered
    elif _has(commands, Restart) or changes_all(turn, stimulus.text):
        restart(turn)
    elif _has(commands, Cancel) and not (turn.run.confirming in OFFERS and _has(commands, Deny)):
        _leave(turn, next(command for command in commands if isinstance(command, Cancel)), stimulus)
    else:
        _answer(turn, stimulus)


def _leave(turn: Turn, command: Cancel | Goodbye | WrongNumber, stimulus: Commanded) -> None:
    """Away from here: asked about first where the words may never have been said."""
    if turn.run.confirming == STOP:
        stop(turn)
    elif not asks_first(turn, command, stimulus):
        leave_for(turn, command)


def _has(commands: tuple[Command, ...], kind: type[Command]) -> bool:
    return any(isinstance(command, kind) for command in commands)


def _answer(turn: Turn, stimulus: Commanded) -> None:
    commands = stimulus.commands
    later = next((command for command in commands if isinstance(command, CallLater)), None)
    if later is not None:
        call_later(turn, later)
        return
    if any(isinstance(command, Remark) and command.kind == "for_another" for command in commands):
        for_another(turn)
    wishes = wishes_for_later(turn, commands)
    switched = _switch(turn, commands, wishes)
    changes = take(turn, stimulus)
    remember(turn, wishes)
    if not (switched or wishes) and _leaves_open(turn, stimulus, changes):
        return
    if changes:
        _answer_topics(turn, commands)
        if switched == "begun" and not (changes.filled or changes.emptied or changes.asked_which):
            walk(turn, turn.script.first)  # what could not be taken has been told, and is asked for in its turn
        else:
            go_on(turn, stimulus, changes)
    elif switched == "begun":
        walk(turn, turn.script.first)
    elif switched == "chosen":
        pass  # and gone where it leads
    elif changes.too_late:
        changing_what_is_done(turn)
    elif turn.run.confirming == STOP and _has(commands, Affirm) and stimulus.sure < SURE:
        no_match(turn)
    elif changes.agreed or _has(commands, Affirm):
        yes = [command.confidence for command in commands if isinstance(command, Affirm)]
        affirm(turn, max(yes, default=1.0), stimulus.sure)
    elif _has(commands, Deny):
        leaving = _has(commands, Goodbye)
        if not (leaving and asks_first(turn, Goodbye(), stimulus)):
            deny(turn, leaving=leaving, said=stimulus.text)
    elif changes_nothing(turn, stimulus.text):
        keep_all(turn)
    elif wishes or _has(commands, UseCallerNumber):
        back(turn)
    else:
        _talk(turn, stimulus)


def _leaves_open(turn: Turn, stimulus: Commanded, changes: Changes) -> bool:
    """At an open step: have it looked up, or leave the words to a model. What was refused is told by the house."""
    if changes.refused or changes.asked_which or changes.too_late:
        return False
    target = farewell(turn, stimulus) or looks_up(turn, stimulus)
    if target:
        walk(turn, target)
    return bool(target) or composes(turn, stimulus)


def _answer_topics(turn: Turn, commands: tuple[Command, ...]) -> None:
    """A question asked in the same breath as a value."""
    for command in commands:
        if isinstance(command, AskQuestion) and (command.topic == ROBOT or command.topic in turn.script.topics):
            _tell(turn, command)


def _talk(turn: Turn, stimulus: Commanded) -> None:
    """Commands about the talk itself: the first that is one."""
    for command in stimulus.commands:
        if isinstance(command, Goodbye | WrongNumber):
            _leave(turn, command, stimulus)
            return
        if isinstance(command, Remark) and command.kind in ("angry", "abusive") and stimulus.sure < SURE:
            break  # what is hardly heard is no reason to reprove anybody
        if isinstance(command, FillPart):
            part_given(turn, command, keyed=stimulus.by is HeardBy.KEYS)
            return
        if _talked(turn, command):
            if isinstance(command, Explain) and _KEYS.search(stimulus.text):
                offer_keys(turn, ASKED)
            return
    if isinstance(turn.step, End):
        walk(turn, turn.step.id)
    else:
        no_match(turn)


def _talked(turn: Turn, command: Command) -> bool:
    match command:
        case Wait():
            hold(turn)
        case Repeat():
            turn.applied(Repair.REPEATED)
            back(turn, whole=True)
        case NeedTime():
            back(turn, whole=True)  # "take your time" has been said
        case SlowDown() | SpeakUp():
            _differently(turn, command)
        case Explain():
            explain(turn)
        case AskQuestion():
            _question(turn, command)
        case SwitchLanguage():
            other_language(turn, command.language)
        case Remark():
            remark(turn, command)
        case StartWorkflow() if turn.run.script == command.workflow and not isinstance(turn.step, Choose | End):
            # "I'd like to book something" while booking: no answer yet, and nothing misunderstood.
            back(turn)
        case _:
            return False
    return True


def _differently(turn: Turn, command: SlowDown | SpeakUp) -> None:
    slower = isinstance(command, SlowDown)
    turn.applied(Repair.SLOWER if slower else Repair.LOUDER)
    turn.count("@slow" if slower else "@loud")
    turn.word("slow_down" if slower else "speak_up")
    back(turn, whole=True)


def _question(turn: Turn, question: AskQuestion) -> None:
    _tell(turn, question)
    back(turn)


def _tell(turn: Turn, question: AskQuestion) -> None:
    topic = question.topic
    known = turn.script.topics.get(topic) if allows(turn, topic) else None
    if topic == ROBOT:
        turn.applied(Repair.ROBOT_ASKED)
        turn.word(WHO if _WHO.search(question.text) else ROBOT)
    elif known is not None:
        turn.applied(Repair.DIGRESSED)
        turn.say(f"topic.{topic}", known.answer)
    else:
        turn.word("no_answer")


Switched = Literal["", "begun", "chosen"]
"""Another script (or the same anew) has begun; or the choice was made that the step offers."""


def _switch(turn: Turn, commands: tuple[Command, ...], later: list[str]) -> Switched:
    """Start what the caller asked for, or go where the script leads them for it."""
    wished = (command.workflow for command in commands if isinstance(command, StartWorkflow))
    wish = next((workflow for workflow in wished if workflow not in later), "")
    step = turn.step
    if not wish and isinstance(step, Choose) and not locked(turn):
        wish = _implied(turn, step, commands)
    intents = step.intents if isinstance(step, Choose) else ()
    intent = next((intent for intent in intents if intent.id == wish), None)
    if intent is not None and intent.then:
        turn.learn(f"_chose.{step.id}", intent.id)
        walk(turn, intent.then)
        return "chosen"
    wish = intent.script if intent is not None else wish
    if wish not in turn.scripts.scripts or (wish == turn.run.script and not isinstance(step, Choose | End)):
        return ""
    if not turn.run.frames and (isinstance(step, Choose | End) or not turn.run.slots):
        start_script(turn, wish, quietly=True)
        return "begun"
    if digress(turn, wish):
        return "begun"
    later.append(wish)
    return ""


def _implied(turn: Turn, step: Choose, commands: tuple[Command, ...]) -> str:
    """The one intent whose script takes the values that were given."""
    named = {command.slot for command in commands if isinstance(command, FillSlot)}
    fitting = [i.id for i in step.intents if i.script and named & set(turn.scripts.get(i.script).slots)]
    return fitting[0] if named and len(fitting) == 1 else ""
