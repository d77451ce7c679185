"""The caller sets in while the agent speaks, or is about to: fall silent at once, find out what it was, go on or yield.

    an onset            -> paused: ``clear`` at the carrier, the unheard rest kept; after a row of false ones, with its
                           first words
    no words so far     -> ONSET_MS after the onset the agent goes on, from the start of the word that was cut; LASTS_MS
                           later each time that hearing says that speech lasts
    words that are none -> the same: acknowledgements, our own voice coming back, words for somebody else in the room
    words after that    -> paused again
    the end of the turn -> an interruption cuts at what was heard; anything else asks for nothing

What an onset was taken for is put on the record each time, with the time it took.
"""

from __future__ import annotations

from calls import events as ev
from calls import signals as sg
from calls.caller import Onset
from calls.draft import Draft
from calls.effects import Pause
from calls.floor import Floor
from calls.onset import NOTHING_SAID, SHORT_TURN_MS, Verdict, is_misheard, is_read_otherwise, judge
from calls.phrases import begins_acknowledgement, is_acknowledgement
from calls.replies import AGAIN_MS, ONSET, AgentSide
from calls.speech import Heard, HeardBy, Tone
from calls.state import CallState

ONSET_MS = 820.0
"""since the onset, as hearing places it; the agent is heard again within a second of the true one"""
LASTS_MS = 150.0
"""hearing tells again sooner, while speech lasts"""
MOST_ALARMS = 4
"""So many sounds in a row were nothing, and the next one no longer silences the agent: its words do."""


class Interruption:
    """What the conversation does about onsets. Pure; all state is in the draft."""

    def __init__(self, agent: AgentSide) -> None:
        self._agent = agent

    def began(self, draft: Draft, signal: sg.SpeechBegan) -> None:
        """Something set in: whoever may be interrupted falls silent."""
        draft.record(ev.CallerBegan(signal.from_ms, signal.by))
        overtalk, onset = draft.state.floor is Floor.OVERTALK, draft.state.caller.onset
        if overtalk and signal.by is HeardBy.SPEECH and onset and draft.state.caller.alarms >= MOST_ALARMS:
            # A clock that ticks, a line that returns our own voice: who stops each time comes to no end.
            self._judged(draft, onset, Verdict("noise", "again"))
            return
        if overtalk:
            self._pause(draft)
        if signal.by is HeardBy.SPEECH and (overtalk or _awaits_answer(draft.state)):
            draft.ring_in(ONSET, max(AGAIN_MS, signal.from_ms + ONSET_MS - draft.at_ms))

    def _pause(self, draft: Draft) -> bool:
        """Fall silent at the word that sounds, unless it is to be heard out."""
        state, playing = draft.state, draft.playing
        current = state.current
        if current is None:
            if state.composing is None:
                return False
            # Between two clauses: the next one waits until it is clear what the caller wants.
            draft.record(ev.AgentPaused("", 0.0, ""))
            draft.do(Pause())
            return True
        sounding = state.clause(playing.clause) if playing else None
        if not (sounding or current).interruptible:
            return False
        if playing is not None and sounding is not None:
            draft.record(ev.AgentPaused(playing.clause, playing.heard_ms, playing.heard_text))
        else:
            draft.record(ev.AgentPaused(current.id, 0.0, ""))
        draft.do(Pause())
        return True

    # --- while it lasts -----------------------------------------------------------------------------

    def lasts(self, draft: Draft) -> None:
        """It is surely speech, and goes on: the agent does not go on over it for want of words."""
        onset, state = draft.state.caller.speaking, draft.state
        if onset is not None and onset.by is HeardBy.SPEECH and state.floor is Floor.CONTESTED and not onset.words:
            draft.ring_in(ONSET, max(LASTS_MS, onset.from_ms + ONSET_MS - draft.at_ms))

    def news(self, draft: Draft, signal: sg.SpeechGrew) -> bool:
        """Whether its words make something else of the onset than those on record: then they go there, too."""
        onset = draft.state.caller.onset
        if onset is None or not (onset.paused or onset.passed or draft.state.floor is Floor.CONTESTED):
            return False
        return self._verdict(draft, signal.text, signal.softer_db) != self._verdict(draft, onset.words)

    def takes_floor(self, draft: Draft, heard: Heard) -> bool:
        """Whether words that may be the whole turn would count."""
        onset = draft.state.caller.onset
        over = draft.state.floor is Floor.CONTESTED or (onset is not None and bool(onset.passed))
        return not over or self._verdict(draft, heard.text, heard.softer_db, heard.tone).yields

    def grew(self, draft: Draft, signal: sg.SpeechGrew) -> None:
        """Words came. Where the agent had gone on over the sound, and they are for it, it falls silent again."""
        text = signal.text
        onset = draft.state.caller.onset
        if onset is None or onset.by is HeardBy.KEYS:
            return
        if not onset.passed:
            self._late(draft, onset, signal)
            return
        verdict = self._verdict(draft, text, signal.softer_db)
        if not verdict.yields or (verdict.reason == "words" and begins_acknowledgement(text)):
            return
        if onset.passed == "acknowledgement" and is_read_otherwise(text, self._agent.guidance(draft)):
            return  # its end tells
        match draft.state.floor:
            case Floor.AGENT | Floor.OVERTALK if draft.state.yields or draft.state.composing is not None:
                self._judged(draft, onset, verdict)
                self._pause(draft)
            case Floor.LISTENING | Floor.THINKING:
                # The agent has come to its end meanwhile: the floor is theirs.
                self._judged(draft, onset, verdict)
                draft.record(ev.CallerBegan(onset.from_ms, onset.by))

    def _late(self, draft: Draft, onset: Onset, signal: sg.SpeechGrew) -> None:
        """Words that ask for nothing after all, when they had been waited for: their end need not be. Words that came
        softly are not waited for: how softly is not on record when time is up."""
        if draft.state.paused is None:
            return  # nothing of ours waits for them
        verdict = self._verdict(draft, signal.text, signal.softer_db)
        waits = draft.at_ms - onset.from_ms < ONSET_MS and verdict.kind != "side_talk"
        if not waits and not verdict.yields:
            self._go_on(draft, onset, verdict)

    def rang(self, draft: Draft) -> None:
        """Time is up for an onset without words."""
        state = draft.state
        onset = state.caller.speaking
        if onset is None or onset.by is HeardBy.KEYS:
            return
        if state.floor is Floor.CALLER and not onset.words and _awaits_answer(state):
            draft.ring_in(ONSET, AGAIN_MS)  # whatever is found to say must not wait for a lorry to pass
        if state.floor is not Floor.CONTESTED:
            return
        verdict = self._verdict(draft, onset.words)
        if state.paused is None and verdict != NOTHING_SAID:
            return  # what is held back waits for the end of their words
        if verdict.reason == "words" and begins_acknowledgement(onset.words):
            verdict = Verdict("acknowledgement", "begins_to")  # if more comes of it, the agent falls silent again
        if not verdict.yields:
            self._go_on(draft, onset, verdict)

    def _go_on(self, draft: Draft, onset: Onset, verdict: Verdict) -> None:
        self._judged(draft, onset, verdict)
        self._agent.resume(draft, verdict.kind)

    # --- its end ------------------------------------------------------------------------------------

    def faded(self, draft: Draft, signal: sg.SpeechFaded) -> None:
        """It held no words."""
        onset, floor = draft.state.caller.onset, draft.state.floor
        draft.record(ev.CallerQuieted(signal.reason))
        if floor is Floor.CONTESTED:
            if onset is not None:
                self._judged(draft, onset, Verdict("noise", signal.reason))
            self._agent.resume(draft, signal.reason)

    def overheard(self, draft: Draft, before: CallState, heard: Heard) -> bool:
        """Whether a turn that has just been recorded asks for nothing: then the agent goes on, or listens on.

        ``before``: the state before it was recorded. Else whatever sounded or was held back is cut.
        """
        onset, state = before.caller.onset, draft.state
        over = before.floor is Floor.CONTESTED or (onset is not None and onset.passed)
        known = Draft(before, draft.at_ms)
        verdict = self._final(known, heard) if over else self._aside(known, heard)
        if over and onset is not None and not (verdict.yields and onset.judged == verdict.kind):
            self._judged(draft, onset, verdict, 0 if verdict.yields else state.turn)
        elif not over and not verdict.yields:
            took_ms = draft.at_ms - (onset.from_ms if onset is not None else heard.from_ms)
            draft.record(ev.OnsetJudged(verdict.kind, verdict.reason, round(took_ms, 3), state.turn))
        if verdict.yields:
            self._yield(draft, before, heard)
            return False
        if state.floor in (Floor.CONTESTED, Floor.THINKING):
            self._agent.resume(draft, verdict.kind)
        if draft.state.floor is Floor.LISTENING:
            self._agent.listen(draft)
        return True

    def _final(self, before: Draft, heard: Heard) -> Verdict:
        onset = before.state.caller.onset
        if heard.by is HeardBy.KEYS:
            return Verdict("interruption", "keys")
        if onset is not None and onset.passed == "acknowledgement" and self._acknowledged(before, heard):
            # Where the agent had come by then changes nothing: they had not heard it when they said so.
            return Verdict("acknowledgement", "acknowledges")
        verdict = self._verdict(before, heard.text, heard.softer_db, heard.tone)
        if verdict.reason == "words" and is_misheard(before.state, heard, self._agent.guidance(before)):
            return Verdict("acknowledgement", "too_short")
        return verdict

    def _acknowledged(self, before: Draft, heard: Heard) -> bool:
        brief = heard.to_ms - heard.from_ms < SHORT_TURN_MS
        guidance = self._agent.guidance(before)
        return is_acknowledgement(heard.text) or (brief and is_read_otherwise(heard.text, guidance))

    def _aside(self, before: Draft, heard: Heard) -> Verdict:
        """Nobody talks over anybody; still it may be for somebody else, if it can be nothing else."""
        state = before.state
        quiet = state.floor in (Floor.CALLER, Floor.LISTENING) and not state.replies and not state.run.awaiting
        if heard.by is HeardBy.SPEECH and quiet and state.understood == state.turn:
            verdict = self._verdict(before, heard.text)
            if verdict.kind == "side_talk":
                return verdict
        return Verdict("interruption", "words")

    def _yield(self, draft: Draft, before: CallState, heard: Heard) -> None:
        state = draft.state
        by_keys = heard.by is HeardBy.KEYS
        onset = before.caller.onset
        if state.floor is Floor.CONTESTED:
            self._agent.interrupt(draft)
        elif state.floor is not Floor.AGENT:
            return
        elif state.composing is not None and state.current is None:
            self._agent.interrupt(draft)  # between two clauses, and nothing of ours will sound any more
        elif state.yields and (by_keys or (onset is not None and onset.passed)):
            self._agent.interrupt(draft)

    # --- judging ------------------------------------------------------------------------------------

    def _verdict(self, draft: Draft, words: str, softer_db: float = 0.0, tone: Tone | None = None) -> Verdict:
        return judge(draft.state, words, lambda: self._agent.guidance(draft), tone, softer_db)

    @staticmethod
    def _judged(draft: Draft, onset: Onset, verdict: Verdict, turn: int = 0) -> None:
        took_ms = round(max(0.0, draft.at_ms - onset.from_ms), 3)
        draft.record(ev.OnsetJudged(verdict.kind, verdict.reason, took_ms, turn))


def _awaits_answer(state: CallState) -> bool:
    """Whether the caller waits for words of ours."""
    return bool(state.understood < state.turn or state.run.awaiting or state.composing is not None)
