"""A supervisor's orders in a live call: fixed words, a hand-over, an end. Decided on the record like all else."""

from __future__ import annotations

from calls import events as ev
from calls.draft import Draft
from calls.floor import Floor
from calls.line import Line
from calls.replies import SILENCE, UNDERSTANDING, AgentSide
from calls.run import ScriptLine
from calls.signals import SupervisorOrdered

PUT_THROUGH = "One moment, please. I'm putting you through to a colleague."
ENDED = "A colleague of mine has to end this call now. Goodbye."
DISPOSITION = "ended_by_supervisor"


def carry_out(draft: Draft, order: SupervisorOrdered, agent: AgentSide, line: Line) -> None:
    """Accept or refuse ``order``, and do what it asks for."""
    reason = _against(draft, order, line)
    if reason:
        draft.record(ev.OrderRefused(order.id, order.author, order.kind, reason))
        return
    words = {"say": order.words, "hand_over": PUT_THROUGH, "end": ENDED}[order.kind]
    draft.record(ev.OrderAccepted(order.id, order.author, order.kind, words))
    draft.silence(SILENCE)
    if order.kind == "say":
        # Nobody is talked over; what the caller talks over is said again.
        agent.speak(draft, (ScriptLine("order.say", words, must_say=True),))
        return
    draft.silence(UNDERSTANDING)
    if draft.state.floor is Floor.CALLER:
        draft.record(ev.CallerQuieted("ordered"))
    if draft.state.replies:
        agent.interrupt(draft)
    # What must be said and was not yet comes first.
    said = ScriptLine(f"order.{order.kind}", words, interruptible=False, must_say=True)
    if order.kind == "end":
        agent.speak(draft, (said,), "hang_up", DISPOSITION)
    else:
        agent.speak(draft, (said,), "hand_over", "handed_over")


def _against(draft: Draft, order: SupervisorOrdered, line: Line) -> str:
    state = draft.state
    if state.floor is Floor.AWAY:
        return "the caller's line is lost, or they are with a person"
    if state.leaving or any(reply.ending for reply in state.replies):
        return "the call is ending"
    if order.kind not in ("say", "hand_over", "end"):
        return f"{order.kind!r} is no order; use say, hand_over or end"
    if order.kind == "say" and not order.words.strip():
        return "there are no words to say"
    if order.kind == "hand_over" and line.human is None:
        return "this line has nobody to hand over to; add human to it in lines.yaml"
    return ""
