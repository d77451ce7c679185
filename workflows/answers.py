"""Yes and no, wherever one is awaited."""

from __future__ import annotations

import re

from calls.events import SlotConfirmed, SlotFilled
from calls.repairs import Repair
from spoken import Kind
from workflows.asking import ALL, ASKED, CHANGE, ask, name_failures, offer_keys, open_collect
from workflows.language.model import Choose, Collect, Confirm, End
from workflows.offers import CALLBACK, CALLER_NAME, EARLIER, HUMAN, OWN_NAME, RESUME, SPEAKER, STOP
from workflows.repair.circling import put_right
from workflows.repair.leaving import goodbye
from workflows.repair.misheard import no_match
from workflows.repair.remarks import begin_for
from workflows.repair.returning import begin_anew, take_up
from workflows.repair.stopping import SURE, go_on_instead, stop
from workflows.turn import Turn
from workflows.values import SPELLABLE, caller_number, remember_heard
from workflows.walk import give_up, hand_over, take_message, walk

UNMISTAKABLE = 0.7
"""confidence a yes needs before something is done on it"""

NOTHING_TO_CHANGE = "nothing_to_change."
"""counter, by step: how often a caller who said no to what was read back then had nothing to change"""

_WORD = re.compile(r"[a-z']+")
_NO = frozenset({"no", "nope", "nah", "nothing", "none", "not"})
_NOTHING = _NO | frozenset(
    _WORD.findall(
        """anything really at all to change changes else um uh er oh well actually sorry
        thanks thank you please it it's that's is all right alright fine ok okay good"""
    )
)
"""what people say who want nothing changed; "never mind" and "don't book it" go further"""

_ALL = re.compile(
    r"(?:(?:no|yes|yeah|oh|um|uh|er|well|actually|sorry|please|just|change|i'd like to|i want to|i need to) )*"
    r"(?:it's all wrong|(?:everything|the whole thing|the lot|all|all of (?:it|them))(?: (?:is|was))?(?: wrong)?)"
    r"(?: (?:please|really|actually))*"
)
"""what people say who want all of it changed; "that's all" and "that's everything" go no further"""


def affirm(turn: Turn, sure: float = 1.0, heard: float = 1.0) -> None:
    """The caller said yes. ``sure``: how certain it is that they did, going by the words; ``heard``: hearing's own
    confidence in these."""
    step, confirming = turn.step, turn.run.confirming
    if confirming == HUMAN:
        hand_over(turn)
    elif confirming == CALLBACK:
        take_message(turn)
    elif confirming in (RESUME, SPEAKER):
        _resume(turn)
    elif confirming == STOP:
        stop(turn)
    elif confirming == EARLIER:
        take_up(turn)
    elif confirming == CHANGE:
        # "Yes" to "what would you like to change?" may as well mean that all is well: ask for that.
        turn.confirming("")
        walk(turn, step.id)
    elif confirming == ALL and sure < UNMISTAKABLE:
        no_match(turn)
    elif confirming == ALL and isinstance(step, Confirm):
        turn.record(SlotConfirmed(ALL))
        turn.count(f"agreed.{step.id}")
        walk(turn, step.then)
    elif confirming in turn.script.slots and sure < UNMISTAKABLE and heard < SURE:
        no_match(turn)  # "the area of perfect nature": made up of "a real person, please"
    elif confirming in turn.script.slots:
        _agree(turn, confirming)
    else:
        _plain(turn, yes=True)


def changes_nothing(turn: Turn, said: str) -> bool:
    """Whether ``said`` answers "what would you like to change?" with "nothing"."""
    words = _WORD.findall(said.lower())
    return turn.run.confirming == CHANGE and not _NO.isdisjoint(words) and _NOTHING.issuperset(words)


def changes_all(turn: Turn, said: str) -> bool:
    """Whether ``said`` answers "what would you like to change?" with "everything"."""
    return turn.run.confirming == CHANGE and _ALL.fullmatch(" ".join(_WORD.findall(said.lower()))) is not None


def keep_all(turn: Turn) -> None:
    """Nothing is to be changed: all is read back once more. Who then says no does not want it."""
    turn.count(f"{NOTHING_TO_CHANGE}{turn.step.id}")
    turn.confirming("")
    walk(turn, turn.step.id)


def deny(turn: Turn, *, leaving: bool = False, said: str = "") -> None:
    """The caller said no, in the words ``said``. ``leaving``: and goodbye."""
    step, confirming = turn.step, turn.run.confirming
    if confirming in (HUMAN, CALLBACK):
        turn.confirming("")
        if turn.counted("troubled") > 1:
            give_up(turn, offer=False)
        else:
            walk(turn, step.id)
    elif confirming == RESUME:
        goodbye(turn)
    elif confirming == STOP:
        stop(turn) if leaving else go_on_instead(turn)
    elif confirming == EARLIER:
        begin_anew(turn)
    elif confirming == SPEAKER:
        begin_for(turn, "somebody else speaks")
    elif confirming == OWN_NAME:
        turn.learn(f"@{CALLER_NAME}", "not given")
        _resume(turn)
    elif confirming == CHANGE and not leaving and (changes_nothing(turn, said) or not said):
        keep_all(turn)
    elif isinstance(step, Confirm) and (confirming == CHANGE or (confirming == ALL and _unwanted(turn, leaving))):
        turn.confirming("")
        walk(turn, step.declined)
    elif confirming == ALL and isinstance(step, Confirm):
        turn.applied(Repair.CHANGED_AT_CONFIRMATION)
        turn.count(f"denied.{step.id}")
        turn.confirming(CHANGE)
        ask(turn)
    elif confirming in turn.script.slots:
        _disagree(turn, confirming)
    elif leaving and not isinstance(step, Choose):
        goodbye(turn)
    else:
        _plain(turn, yes=False)


def _unwanted(turn: Turn, leaving: bool) -> bool:
    return leaving or turn.counted(f"{NOTHING_TO_CHANGE}{turn.step.id}") > 0


def _resume(turn: Turn) -> None:
    """Go on where the line was lost; what awaited a yes is read back again."""
    turn.confirming("")
    walk(turn, turn.step.id)


def _agree(turn: Turn, slot: str) -> None:
    if slot not in turn.run.slots:
        turn.record(SlotFilled(slot, caller_number(turn), "", 1.0))
    turn.record(SlotConfirmed(slot))
    walk(turn, turn.step.id)


def _disagree(turn: Turn, slot: str) -> None:
    """The read-back was wrong: ask again; names by letter and then by keys, the rest with the keys as well."""
    spec, offered = turn.script.slots[slot], slot not in turn.run.slots
    turn.confirming("")
    turn.count(f"offered.{slot}")
    if offered:
        ask(turn)
        return
    turn.applied(Repair.CORRECTED)
    remember_heard(turn, spec)
    turn.clear(slot, "denied")
    refusals, circling = turn.count(f"refused.{slot}"), put_right(turn, slot)
    if refusals > 2 or circling:
        no_match(turn, at_once=True)
        return
    step = turn.step
    failures = name_failures(turn, slot) if spec.kind in SPELLABLE else 0
    turn.word("again", _how(turn, spec.kind) if failures < ASKED else "")
    if isinstance(step, Collect) and step.slot == slot:
        if failures:
            offer_keys(turn, failures)
        if spec.kind not in SPELLABLE:
            open_collect(turn, step)
            offer_keys(turn)
    else:
        walk(turn, turn.script.first, again=True)


def _how(turn: Turn, kind: str) -> str:
    """How to say it this time, so that it cannot be misheard again."""
    if kind in SPELLABLE or kind == Kind.email:
        return turn.wording("spell")
    return turn.wording("spell_code") if kind in (Kind.code, Kind.postcode, Kind.phone) else ""


def _plain(turn: Turn, *, yes: bool) -> None:
    """A bare yes or no to the step's own question."""
    step = turn.step
    if isinstance(step, Choose) and (step.yes if yes else step.no):
        walk(turn, step.yes if yes else step.no)
        return
    if isinstance(step, Collect):
        value = step.yes if yes else step.no
        if value is None and turn.script.slots[step.slot].kind == Kind.yes_no:
            value = yes
        if value is not None:
            turn.record(SlotFilled(step.slot, value, "", 1.0))
            turn.record(SlotConfirmed(step.slot))
            walk(turn, step.then)
            return
        if not yes and turn.script.slots[step.slot].optional:
            turn.count(f"skipped.{step.slot}")
            walk(turn, step.then)
            return
    if isinstance(step, End):
        walk(turn, step.id)
        return
    echoed = next((slot for slot in turn.echoed.split(",") if slot in turn.run.slots), "")
    if echoed and not yes:
        # "No" to what was only said in passing: that is what it is about.
        turn.confirming(echoed)
        _disagree(turn, echoed)
        return
    no_match(turn)
