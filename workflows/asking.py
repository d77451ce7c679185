"""The question that is open, asked: for the first time, again, or with the keys."""

from __future__ import annotations

from calls.run import Commanded
from calls.speech import HeardBy
from spoken import key_prompt, key_shape, words_for_digits
from workflows.language.model import Choose, Collect, Confirm, End, Ladder, Line, Manner, Say, Slot
from workflows.language.wording import ROBOT
from workflows.menu import menu, told
from workflows.offers import ALL as ALL
from workflows.offers import CHANGE as CHANGE
from workflows.offers import OFFERS
from workflows.turn import Turn
from workflows.values import PERSONAL, SPELLABLE, caller_number, offers_caller

SHORT = "@short"
"""counter: prompts are kept short from now on"""


def asked_slot(turn: Turn) -> Slot | None:
    """The slot the open question is about."""
    step = turn.step
    if turn.run.confirming in turn.script.slots:
        return turn.script.slots[turn.run.confirming]
    if isinstance(step, Collect) and not turn.run.confirming:
        return turn.script.slots[step.slot]
    return None


def ladder(turn: Turn) -> Ladder:
    """The step's own words for when no answer comes."""
    step = turn.step
    return step.ladder if isinstance(step, Collect | Confirm | Choose) else Ladder()


def retries(turn: Turn) -> int:
    """How often the open question is asked before a way out is offered."""
    step = turn.step
    return step.manner.retries if isinstance(step, Collect | Confirm | Choose) else Manner().retries


def allows(turn: Turn, digression: str) -> bool:
    """Whether the caller may go to this script or topic from here. Who speaks to them is always answered."""
    step = turn.step
    named = step.manner.digressions if isinstance(step, Collect | Confirm | Choose) else None
    return named is None or digression in named or digression == ROBOT


def open_collect(turn: Turn, step: Collect) -> None:
    """Ask for a slot: by proposing the caller's number, or with the step's question."""
    slot = turn.script.slots[step.slot]
    turn.confirming(slot.name if offers_caller(slot, turn) else "")
    ask(turn)
    if slot.kind in SPELLABLE and (failures := name_failures(turn, slot.name)):
        if failures < ASKED:
            turn.word("spell")
        offer_keys(turn, failures)


UNHEARD = "unheard."
"""counter, by slot: how often nothing was understood where a name was asked for"""


def name_failures(turn: Turn, slot: str) -> int:
    """How often a name was refused, replaced or not understood at all."""
    return turn.counted(f"refused.{slot}") + turn.counted(f"{UNHEARD}{slot}")


def open_read_back(turn: Turn, slot: str) -> None:
    """Read one slot back and await a yes."""
    turn.confirming(slot)
    ask(turn)


def ask(turn: Turn) -> None:
    """Ask what is open where the run stands. Says nothing at a step which asks nothing."""
    _ask(turn)
    if uses_keys(turn) or (turn.facts.poor_line and turn.run.confirming):
        offer_keys(turn)


def _ask(turn: Turn) -> None:
    step, confirming = turn.step, turn.run.confirming
    if confirming in OFFERS:
        turn.word(OFFERS[confirming])
    elif confirming == CHANGE and isinstance(step, Confirm):
        if step.change is not None:
            turn.say(f"{step.id}.change", step.change)
        else:
            turn.word("change")
    elif confirming in turn.script.slots:
        _ask_slot(turn, turn.script.slots[confirming])
    elif isinstance(step, Collect | Confirm | Choose):
        # What is read back, and what names values, is never cut.
        brief = turn.counted(SHORT) > 0 and not isinstance(step, Confirm) and not step.ask.places
        before = len(turn.lines)
        turn.say(f"{step.id}.ask", step.ask, short=brief)
        if len(turn.lines) == before:
            _ask_barely(turn, step)


def _ask_barely(turn: Turn, step: Collect | Confirm | Choose) -> None:
    """The question speaks of something the world has not told: ask without it rather than fall silent."""
    match step:
        case Collect():
            own = turn.script.slots[step.slot].names[0].replace("my ", "your ", 1)
            turn.utter(f"{step.id}.ask", f"May I have {own}, please?")
        case Confirm():
            said = [turn.spoken(turn.script.slots[slot]) for slot in step.slots]
            turn.utter(f"{step.id}.ask", f"I have {', '.join(filter(None, said))}. {turn.wording('is_that_right')}")
        case Choose():
            turn.word("which")


def _ask_slot(turn: Turn, slot: Slot) -> None:
    held = turn.run.slots.get(slot.name)
    if held is None:
        last = words_for_digits(caller_number(turn)[-4:], zero="zero")
        turn.word("own_number", f"{last}?")
        return
    turn.utter(f"{slot.name}.read_back", f"I have {turn.spoken(slot)}. {turn.wording('is_that_right')}")


def offer_keys(turn: Turn, failures: int = 1) -> None:
    """How the open question can be answered with the keys; said once in a turn.

    What takes long to tell, a menu or how letters are keyed, only after a second failure (the first on a poor line),
    when the caller asks what is meant, and to callers who use the keys.
    """
    if any(line.id.endswith(".keys") for line in turn.lines):
        return
    own = ladder(turn).keys
    if own is not None and not turn.run.confirming:
        turn.say(f"{turn.step.id}.keys", own)
        return
    slot, offered = asked_slot(turn), menu(turn)
    context = turn.context(slot)
    long = len(offered) > _FEW or (not offered and slot is not None and key_shape(slot.kind, context).text)
    if long and failures < ASKED - turn.facts.poor_line and not uses_keys(turn):
        return
    prompt = told(turn) or (key_prompt(slot.kind, context) if slot else "") or ""
    if prompt and not offered and slot is not None and slot.optional:
        prompt += f" If you have none, press the {'hash' if turn.locale == 'en-GB' else 'pound'} key alone."
    if prompt:
        turn.utter("house.keys", prompt)


ASKED = 2
"""failures after which even what is long is told; who asks for it need not have failed"""

_FEW = 3
"""items of a menu that may be told at any time"""

KEYED, SPOKE = "@keyed", "@spoke"
"""Counters: turns in a row that came by keys, and whether any has been spoken."""


def by_keys(turn: Turn, stimulus: Commanded) -> None:
    """Notice how this caller answers."""
    if stimulus.by is HeardBy.KEYS:
        turn.count(KEYED)
        return
    turn.reset(KEYED)
    turn.tally(SPOKE, 1)


def uses_keys(turn: Turn) -> bool:
    """Whether the caller goes by keys: twice in a row, or from the first turn on. They hear with each question how."""
    return turn.counted(KEYED) > 1 or (turn.counted(KEYED) == 1 and not turn.counted(SPOKE))


def personal(turn: Turn) -> bool:
    """Whether asking now would say something about a person."""
    step, confirming = turn.step, turn.run.confirming
    if confirming in turn.script.slots:
        return turn.script.slots[confirming].kind in PERSONAL
    if isinstance(step, Collect | Confirm | Choose):
        return any(place.source != "call" and place.kind in PERSONAL for place in step.ask.places)
    return False


def repeat(turn: Turn) -> None:
    """Say again what was told last, and the question after it."""
    for name in str(turn.run.facts.get("_told", "")).split(","):
        script, _, step = name.partition("/")
        if script not in turn.scripts.scripts:
            continue
        # The script may have changed since: the words are those of the one that spoke.
        version = turn.run.version if script == turn.run.script else ""
        there = turn if script == turn.run.script else turn.elsewhere(script, step)
        told = turn.scripts.get(script, version).steps.get(step)
        if isinstance(told, Say | End):
            before = len(there.lines)
            say_all(there, told.id, told.lines)
            turn.lines += there.lines[before:] if there is not turn else []
            turn.told.append(name)
    ask(turn)


def say_all(turn: Turn, step: str, lines: tuple[Line, ...]) -> None:
    """The lines of a step, each with its own id."""
    for index, line in enumerate(lines):
        turn.say(step if len(lines) == 1 else f"{step}.{index + 1}", line, at=step)
