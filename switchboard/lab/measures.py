"""From one call to its figures. Sound is judged at the caller: by what came out of the ear piece, and when.

The definitions are those of docs/lab.md. Pure: the same call gives the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Final

from calls import events as ev
from calls.events import CallEvent
from switchboard.lab import sound
from switchboard.lab.caller import Deed
from switchboard.lab.figures import Figures, Overlap, Turn
from switchboard.lab.play import Played
from switchboard.lab.words import errors
from telephony import g711
from telephony.twin.soundcheck import Span, spans

RESPONSE_WINDOW_MS: Final = 4_000.0
"""an answer that comes later is none"""
YIELD_WINDOW_MS: Final = 1_000.0
"""an agent that talks on for longer has not yielded"""
RESUME_WINDOW_MS: Final = 1_000.0
FELL_SILENT_MS: Final = 300
"""of silence between two sounds of the agent: it had stopped; pauses for breath are shorter"""
EARLY_MS: Final = 60.0
"""a decision less than this before the true end is not early: the last sound fades"""
NEAR_MS: Final = 400.0
"""hearing's end of a turn this near the true one is of that turn"""
AFTERMATH_MS: Final = 2_500.0
"""what becomes of the agent's turn is settled by then"""


def measure(played: Played, scene: str, cell: str) -> Figures:
    """Everything but the outcome, which only the scene knows."""
    setup, result = played.setup, played.result
    agent = spans(result.tape.whole("agent"), FELL_SILENT_MS)
    figures = Figures(
        scene=scene,
        cell=cell,
        seed=setup.seed,
        voice=setup.voice,
        line=setup.conditions.name,
        seconds=round(result.duration_ms / 1000, 1),
        gave_up=result.gave_up,
        notes=dict(played.notes),
    )
    talk = [deed for deed in played.deeds if deed.kind in ("turn", "keys")]
    for deed in talk:
        following = next((other.start_ms for other in played.deeds if other.start_ms > deed.end_ms), float("inf"))
        if deed.kind == "turn":
            figures.turns.append(_turn(deed, following, agent, played.events))
    for deed in played.deeds:
        if deed.kind not in ("turn", "keys"):
            figures.overlaps.append(_overlap(deed, agent, played.events))
    figures.stale_frames = stale_frames(played)
    figures.self_interruptions = len(unprovoked(played.events, played.deeds))
    for deed in talk:
        if deed.expects and deed.kind == "turn":
            wrong, count = errors(deed.text, heard_of(deed, played.events))
            figures.word_errors += wrong
            figures.words += count
    return figures


# --- turns ----------------------------------------------------------------------------------------------


def _turn(deed: Deed, following_ms: float, agent: Sequence[Span], events: Sequence[CallEvent]) -> Turn:
    longest = max((end - begin for begin, end in deed.pauses), default=0.0)
    ends_ms = following_ms if isfinite(following_ms) else max((event.at_ms for event in events), default=0.0)
    sounding = any(one.start_ms < deed.end_ms < one.end_ms for one in agent)
    answer = next((one.start_ms for one in agent if deed.end_ms <= one.start_ms < following_ms), None)
    response = None if answer is None else answer - deed.end_ms
    decided = [event for event in events if isinstance(event.body, ev.CallerSpoke)]
    within = [event for event in decided if deed.start_ms <= event.at_ms < deed.end_ms - EARLY_MS]
    own = (
        event.at_ms - deed.end_ms
        for event in decided
        if isinstance(event.body, ev.CallerSpoke) and abs(event.body.to_ms - deed.end_ms) <= NEAR_MS
    )
    over = any(deed.start_ms < one.start_ms < deed.end_ms for one in agent)
    return Turn(
        at_ms=deed.start_ms,
        expects=deed.expects,
        longest_pause_ms=longest,
        response_ms=response,
        silence_ms=0.0 if sounding else max(0.0, ends_ms - deed.end_ms) if response is None else response,
        hearing_ms=next(own, None),
        cut_in=over,
        early=bool(within),
    )


def heard_of(deed: Deed, events: Sequence[CallEvent]) -> str:
    """The words that hearing found in a deed: of every turn that overlaps it."""
    found = (event.body for event in events if isinstance(event.body, ev.CallerSpoke))
    return " ".join(one.text for one in found if one.from_ms < deed.end_ms and one.to_ms > deed.start_ms)


# --- both at once ---------------------------------------------------------------------------------------


def _overlap(deed: Deed, agent: Sequence[Span], events: Sequence[CallEvent]) -> Overlap:
    under = next((one for one in agent if one.start_ms <= deed.start_ms < one.end_ms), None)
    until = deed.end_ms + AFTERMATH_MS
    cut = any(isinstance(e.body, ev.AgentInterrupted) and deed.start_ms <= e.at_ms <= until for e in events)
    after = next((one.start_ms for one in agent if one.start_ms > deed.start_ms), None)
    if under is None:
        return Overlap(deed.start_ms, deed.kind, False, None, False, not cut, None)
    stop = under.end_ms - deed.start_ms
    talked_on = any(under.end_ms < one.start_ms < deed.end_ms for one in agent)
    silent = under.end_ms < deed.end_ms or stop <= YIELD_WINDOW_MS
    resume = 0.0 if not silent else None if after is None else after - deed.start_ms
    return Overlap(
        at_ms=deed.start_ms,
        kind=deed.kind,
        over_agent=True,
        stop_ms=stop,
        yielded=stop <= YIELD_WINDOW_MS and not talked_on,
        kept=not cut,
        resume_ms=resume,
    )


def unprovoked(events: Sequence[CallEvent], deeds: Sequence[Deed]) -> list[CallEvent]:
    """Onsets that made the agent fall silent while the caller did nothing, and had not for half a second."""
    fell = [event for event in events if isinstance(event.body, ev.AgentPaused)]
    return [event for event in fell if not any(d.start_ms - 100 <= event.at_ms <= d.end_ms + 500 for d in deeds)]


def stale_frames(played: Played) -> int:
    """Frames that left after a `clear` and before the agent's words began or went on: of what had been cleared."""
    goes_on = [
        event.at_ms
        for event in played.events
        if isinstance(event.body, ev.AgentBegan | ev.AgentResumed | ev.LineChosen)
    ]
    stale = 0
    for wire, stream in zip(played.wires, played.result.streams, strict=False):
        origin = wire.begun_ms - stream.start_ms if wire.begun_ms else played.begun_ms
        for clear_ms in wire.clears_ms:
            cleared = clear_ms - origin
            next_ms = min((at for at in goes_on if at >= cleared - 1), default=float("inf"))
            sent = (count for at, count in wire.media_ms if cleared < at - origin < next_ms - 1)
            stale += sum(sent) // g711.FRAME_BYTES
    return stale


def audible(played: Played, begin_ms: float, end_ms: float) -> bool:
    """Whether the agent was heard in between."""
    count = round((end_ms - begin_ms) * sound.PER_MS)
    piece = played.result.tape.read("agent", round(begin_ms * sound.PER_MS), count)
    return bool(spans(piece))
