"""What understanding and the ear are told to expect, read off a run."""

from __future__ import annotations

from calls.commands import (
    Affirm,
    AskHuman,
    AskQuestion,
    CallLater,
    Cancel,
    CorrectSlot,
    Deny,
    Explain,
    FillPart,
    FillSlot,
    Goodbye,
    MachineHeard,
    NeedTime,
    Remark,
    Repeat,
    Restart,
    SlowDown,
    SpeakUp,
    StartWorkflow,
    SwitchLanguage,
    Unclear,
    UseCallerNumber,
    Value,
    Wait,
    WrongNumber,
)
from calls.guidance import LOOK_UP, Guidance, KeyShape, Option, SlotExpectation
from calls.run import CallFacts, Run
from spoken import Kind, expectation, key_shape
from workflows.asking import CHANGE, allows
from workflows.covers import thinking
from workflows.language.model import (
    Asking,
    Choose,
    Collect,
    Confirm,
    End,
    Intent,
    Manner,
    Open,
    Script,
    Slot,
    Start,
)
from workflows.language.parts import IN_PIECES, USUAL_MANNER
from workflows.language.scripts import ScriptSet
from workflows.language.wording import ROBOT, ROBOT_SAYS
from workflows.menu import menu
from workflows.offers import CALLER_NAME, GROWN_UP, OWN_NAME
from workflows.opening import brief_of, questions_of
from workflows.rendering import items, nearest, spread
from workflows.turn import ECHOED, Turn
from workflows.values import caller_number, locked

SILENCE_MS = 7_000
QUICK_SILENCE_MS = 5_000
"""for a yes or no: who waits for us to act on one that we did not hear waits for 4 s at most"""
PATIENT_SILENCE_MS = 10_000
"""for what takes a moment to find: numbers, codes, spelling"""
WAITING_MS = 30_000
"""after "hold on a moment" """

_ALWAYS = (
    AskHuman, AskQuestion, CallLater, Cancel, Explain, Goodbye, MachineHeard, NeedTime, Remark, Repeat, Restart,
    SlowDown, SpeakUp, SwitchLanguage, Unclear, UseCallerNumber, Wait, WrongNumber,
)  # fmt: skip


def guidance_for(scripts: ScriptSet, run: Run, facts: CallFacts) -> Guidance:
    """What is wanted where ``run`` stands."""
    turn = Turn(scripts, run, facts)
    slots = _slots(turn)
    primary = _primary(turn)
    workflows = () if _takes_any_words(turn, primary) else _workflows(turn)
    patience = _patience(turn, primary)
    return Guidance(
        step=run.step,
        primary=primary,
        slots=slots,
        allowed=_allowed(turn, slots, workflows),
        workflows=workflows,
        topics=(
            *(Option(topic.id, topic.says) for topic in turn.script.topics.values() if allows(turn, topic.id)),
            Option(ROBOT, ROBOT_SAYS),
            *_further(turn),
        ),
        proposed=_proposed(turn),
        part=turn.run.parts.get(primary),
        menu=tuple(item.command for item in menu(turn)),
        offered=tuple(items(turn.run.facts.get(f"_offered.{primary}"))),
        more=_asks_for_more(turn),
        language=turn.own_locale,
        silence_ms=_silence(turn, patience),
        patience=patience,
        acknowledges=_manner(turn).acknowledges and not _in_pieces(turn, primary),
        takes_floor=_manner(turn).takes_floor,
        covers=thinking(turn),
        brief=brief_of(turn),
    )


def _further(turn: Turn) -> tuple[Option, ...]:
    """Any other question, where the script can look for its answer."""
    step = turn.step
    return (Option(LOOK_UP, ()),) if isinstance(step, Open) and step.look_up else ()


def _takes_any_words(turn: Turn, primary: str) -> bool:
    """Asked for a message, "I paid the bill this morning" is the message, and no wish to speak of bills."""
    slot = turn.script.slots.get(primary)
    return slot is not None and slot.kind == Kind.free_text


def _asks_for_more(turn: Turn) -> bool:
    """A yes leads to what else there is, a no to the end."""
    step = turn.step
    if not isinstance(step, Choose) or turn.run.confirming or not (step.yes and step.no):
        return False
    steps = turn.script.steps
    return isinstance(steps[step.yes], Choose | Start) and isinstance(steps[step.no], End)


def _slots(turn: Turn) -> tuple[SlotExpectation, ...]:
    """Everything the caller may tell us now: callers answer out of turn, and take things back."""
    step = turn.step
    if turn.run.awaiting or isinstance(step, End):
        return ()
    if turn.run.confirming == OWN_NAME:
        return (SlotExpectation(CALLER_NAME, Kind.person_name, names=("my own name",)),)
    done, questions = locked(turn), questions_of(turn)
    open_slots = [
        _expected(turn, slot, turn.script, slot.name in turn.run.slots, _words_of(turn, slot.name))
        for slot in turn.script.slots.values()
        if slot.name not in done and slot.name not in questions and not _only_here(slot, turn)
    ]
    if isinstance(step, Choose):
        for intent in step.intents:
            if intent.script:
                open_slots += _slots_of(turn, turn.scripts.get(intent.script), open_slots)
    return tuple(open_slots)


def _slots_of(turn: Turn, script: Script, known: list[SlotExpectation]) -> list[SlotExpectation]:
    names = {expected.slot for expected in known}
    return [
        _expected(turn, slot, script, False)
        for slot in script.slots.values()
        if slot.name not in names and slot.kind != Kind.free_text
    ]


def _only_here(slot: Slot, turn: Turn) -> bool:
    """Free text swallows anything: it is expected where it is asked for, or to be named as wrong."""
    return slot.kind == Kind.free_text and slot.name not in turn.run.slots and slot.name != _primary(turn)


def _words_of(turn: Turn, slot: str) -> str:
    held = turn.run.slots.get(slot)
    return held.text if held else ""


def _expected(turn: Turn, slot: Slot, script: Script, filled: bool, said: str = "") -> SlotExpectation:
    return SlotExpectation(
        slot=slot.name,
        kind=slot.kind,
        options=slot.options,
        length=slot.length,
        hours=script.hours if slot.kind in (Kind.time, Kind.datetime) else None,
        filled=filled,
        names=slot.names,
        optional=slot.optional,
        said=said,
        keys=_shape(turn, slot),
        pattern=slot.pattern,
        free=_free(turn, slot),
    )


def _free(turn: Turn, slot: Slot) -> tuple[Value, ...]:
    """What has been looked up for it, as it was told."""
    offers = items(turn.run.facts.get(slot.among)) if slot.among else []
    wanted = turn.run.facts.get(f"_wanted.{slot.among}")
    told = spread(offers) if wanted is None else nearest(slot.kind, wanted, offers)
    return (*told, *(offer for offer in offers if offer not in told))


def _shape(turn: Turn, slot: Slot) -> KeyShape:
    """How it is keyed."""
    shape = key_shape(slot.kind, turn.context(slot))
    return KeyShape(shape.most, shape.fixed, shape.whole, shape.star, shape.text)


def _workflows(turn: Turn) -> tuple[Option, ...]:
    step = turn.step
    if isinstance(step, Choose):
        named = {intent.id for intent in step.intents}
        local = [Option(intent.id, _ways_to_say(turn, intent)) for intent in step.intents]
    else:
        named, local = set(), []
    others = [
        Option(script.name, script.says)
        for script in turn.scripts.scripts.values()
        if script.says and script.name not in named
    ]
    return (*local, *others)


def _ways_to_say(turn: Turn, intent: Intent) -> tuple[str, ...]:
    """Those of the choice, and those of the script it leads to."""
    script = turn.scripts.scripts.get(intent.script)
    return (*intent.says, *(script.says if script is not None else ()))


def _primary(turn: Turn) -> str:
    confirming = turn.run.confirming
    if confirming == OWN_NAME:
        return CALLER_NAME
    if confirming in turn.script.slots:
        return confirming
    step = turn.step
    if isinstance(step, Confirm) and confirming == CHANGE and len(step.slots) == 1:
        return step.slots[0]
    return step.slot if isinstance(step, Collect) and not confirming and not turn.run.awaiting else ""


def _proposed(turn: Turn) -> Value | None:
    slot = turn.run.confirming
    if slot not in turn.script.slots:
        return None
    held = turn.run.slots.get(slot)
    return held.value if held else caller_number(turn) or None


def _allowed(turn: Turn, slots: tuple[SlotExpectation, ...], workflows: tuple[Option, ...]) -> frozenset[str]:
    kinds: list[type] = list(_ALWAYS)
    if slots:
        kinds += [FillSlot, CorrectSlot, FillPart]
    if workflows:
        kinds.append(StartWorkflow)
    if _takes_yes(turn):
        kinds += [Affirm, Deny]
    elif turn.run.facts.get(ECHOED) or _may_have_none(turn):
        kinds.append(Deny)
    return frozenset(kind.__name__ for kind in kinds)


def _may_have_none(turn: Turn) -> bool:
    step = turn.step
    return isinstance(step, Collect) and turn.script.slots[step.slot].optional


def _takes_yes(turn: Turn) -> bool:
    step = turn.step
    if turn.run.confirming:
        return True
    if isinstance(step, Choose):
        return bool(step.yes or step.no)
    if isinstance(step, Collect):
        yes_no = turn.script.slots[step.slot].kind == Kind.yes_no
        return yes_no or step.yes is not None or step.no is not None
    return False


def _manner(turn: Turn) -> Manner:
    step = turn.step
    return step.manner if isinstance(step, Asking) else USUAL_MANNER


def _in_pieces(turn: Turn, primary: str) -> bool:
    """Digits and letters are given in groups: a word of ours between two of them would be taken for the end."""
    slot = turn.script.slots.get(primary)
    return slot is not None and slot.kind in IN_PIECES


def _patience(turn: Turn, primary: str) -> str:
    if turn.counted("waiting"):
        return "patient"
    if turn.run.confirming and turn.run.confirming != CHANGE:
        return "quick"
    slot = turn.script.slots.get(primary)
    return expectation(slot.kind).patience if slot else "normal"


def _silence(turn: Turn, patience: str) -> int:
    if turn.counted("waiting") or turn.run.confirming == GROWN_UP:
        return WAITING_MS
    return {"patient": PATIENT_SILENCE_MS, "quick": QUICK_SILENCE_MS}.get(patience, SILENCE_MS)
