"""What a conversation does about its providers: puts it on the record, and ends when the money is used up."""

from __future__ import annotations

from calls import events as ev
from calls import signals as sg
from calls.draft import Draft
from calls.floor import Floor
from calls.orders import PUT_THROUGH
from calls.replies import SILENCE, UNDERSTANDING, AgentSide
from calls.run import ScriptLine, TimeIsUp


def take_notice(
    draft: Draft, signal: sg.ProviderNoticed | sg.UsageCounted | sg.SpendNoticed, agent: AgentSide
) -> None:
    """Record it. A limit that is exceeded brings the call to the same end as its longest time."""
    match signal:
        case sg.ProviderNoticed(stage, provider, kind, reason, ms, to):
            draft.record(ev.ProviderNoticed(stage, provider, kind, reason, ms, to))
        case sg.UsageCounted(stage, provider, amounts):
            draft.record(ev.UsageCounted(stage, provider, amounts))
        case sg.SpendNoticed(scope, step, spent_usd, limit_usd):
            draft.record(ev.SpendNoticed(scope, step, spent_usd, limit_usd))
            # What was begun in the world is told first; the end comes with the caller's next turn.
            if draft.state.overspent and not draft.state.run.awaiting:
                end_for_spending(draft, agent)


def end_for_spending(draft: Draft, agent: AgentSide) -> None:
    """Bring a call that has used up a limit to a person when the line has one, otherwise to a goodbye."""
    state = draft.state
    if state.floor is Floor.AWAY or state.leaving or state.overriding or any(reply.ending for reply in state.replies):
        return
    if state.replies:
        agent.interrupt(draft)
    if agent.line.human is None or state.run.facts.get("human_missed"):
        agent.advance(draft, TimeIsUp())
        return
    for timer in (SILENCE, UNDERSTANDING):
        draft.silence(timer)
    if draft.state.floor is Floor.CALLER:
        draft.record(ev.CallerQuieted("limit"))
    said = ScriptLine("spending.hand_over", PUT_THROUGH, interruptible=False, must_say=True)
    agent.speak(draft, (said,), "hand_over", "limit")
