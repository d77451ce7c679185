"""Keying in secret, as the conversation decides it: when it opens, what is asked, how it ends; and cards said aloud.

No digit ever arrives here. On our media stream the session takes the keys and tells how far the caller is; with
the carrier the call leaves the media socket, and comes back when the carrier has the card, or gave up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from calls import events as ev
from calls import signals as sg
from calls.draft import Draft
from calls.effects import CloseCapture, OpenCapture, OpenEars, ShutEars
from calls.floor import Floor
from calls.run import ActionRequest, ActionSettled, CardSpoken, KeysWanted, ScriptLine
from calls.taping import mute, unmute

if TYPE_CHECKING:
    from calls.replies import AgentSide

SECRET, SPOKEN = "card", "card_spoken"
"""Reasons for which the recording is muted."""

LEAVE = "capture"
"""The ending of a reply after which the carrier takes the card."""

NO_VAULT = "no_vault"


def ask(draft: Draft, agent: AgentSide, request: ActionRequest) -> ActionSettled | None:
    """Have the caller key ``request.keyed``; on our stream the ears close before the first word about it is said."""
    traits = agent.vault
    if traits is None or not traits.fields.issuperset(request.keyed):
        # The script has asked for it on a line which had a vault then, or never looked.
        draft.record(ev.ActionRefused(request.key, request.action, NO_VAULT, {}, 0.0))
        return ActionSettled(request.key, request.action, refusal=NO_VAULT)
    draft.record(ev.CaptureOpened(request.key, request.keyed, traits.keys_at, traits.name))
    if traits.keys_at == "stream":
        mute(draft, SECRET)
        draft.do(ShutEars(), OpenCapture(request.key, request.action, request.keyed))
    return None


def leaves(draft: Draft, agent: AgentSide) -> bool:
    """Whether the call leaves the socket next, for the carrier to take the card."""
    return bool(draft.state.capture) and agent.vault is not None and agent.vault.keys_at == "carrier"


def left(draft: Draft) -> None:
    """The words before it were heard: the carrier goes on."""
    draft.record(ev.CaptureLeft(draft.state.capture))


def moved(draft: Draft, agent: AgentSide, signal: sg.CaptureMoved) -> None:
    """The caller has begun a field, or the next one is wanted."""
    if draft.state.capture != signal.key or draft.state.leaving:
        return
    if draft.state.yields:
        agent.interrupt(draft)  # whoever keys has heard enough of the question
    if signal.kind == "ask":
        draft.record(ev.CaptureMoved(signal.key, signal.field, signal.why))
        agent.advance(draft, KeysWanted(signal.field, signal.why))
    elif signal.kind == "whole":
        agent.advance(draft, KeysWanted("", ""))


def interrupted(draft: Draft, request: ActionRequest) -> ActionSettled:
    """The line was lost meanwhile: what had been keyed is forgotten, and the script says how it goes on."""
    draft.record(ev.ActionRefused(request.key, request.action, "interrupted", {}, 0.0))
    return ActionSettled(request.key, request.action, refusal="interrupted")


def close(draft: Draft, how: str) -> None:
    """The caller is heard and recorded again; nothing happens when nothing is keyed in."""
    key = draft.state.capture
    if not key:
        return
    draft.record(ev.CaptureClosed(key, how))
    draft.do(CloseCapture(), OpenEars())
    unmute(draft, SECRET)


def stopped(draft: Draft, agent: AgentSide, from_ms: float, turn: int, *, partial: bool, keyed: bool = False) -> None:
    """A card number is being said, or was keyed: the ears close, the recording is silent from where it began, the
    caller is asked to stop."""
    state = draft.state
    if state.leaving or state.floor in (Floor.AWAY, Floor.IDLE) or state.hushed == turn:
        return
    if state.replies:
        agent.interrupt(draft)
    draft.record(ev.CardStopped(turn, from_ms, partial))
    mute(draft, SPOKEN, from_ms)
    draft.do(ShutEars())
    agent.advance(draft, CardSpoken(keyed))
    if not draft.state.replies:
        # No script is running that could find the words.
        agent.speak(draft, (ScriptLine("card", STOP_KEYS if keyed else STOP, interruptible=False, must_say=True),))


STOP = "Please don't say card numbers aloud."
STOP_KEYS = "Please don't key in card numbers here."


def passed(draft: Draft) -> None:
    """The caller has been asked to stop; they are heard again."""
    if not draft.state.hushed or draft.state.overriding:
        return
    draft.record(ev.CardPassed(draft.state.hushed))
    if not draft.state.capture:
        draft.do(OpenEars())
    unmute(draft, SPOKEN)
