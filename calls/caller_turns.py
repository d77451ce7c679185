"""The caller's turns: what has set in, the words so far, the end of it, and what is understood of it.

Whether it takes the floor is ``Interruption``'s to say, whether it speaks of a danger the ``Watch``'s.
"""

from __future__ import annotations

from dataclasses import replace

from calls import anticipating, capturing
from calls import events as ev
from calls import signals as sg
from calls.attending import FLOOR, MURMUR, Attention
from calls.commands import Deny, Repeat, Unclear
from calls.consent import Consent
from calls.danger import Danger, Watch, answers_check, is_spelled, may_sound_again, wants_check
from calls.draft import Draft
from calls.effects import Expect, Understand
from calls.floor import Floor
from calls.guidance import Guidance
from calls.interrupting import Interruption
from calls.keys import BREATH, BREATH_MS, awaits_words, in_one_breath
from calls.lull import NO_WORDS, TAKEN_BACK, UNHEARD
from calls.rejoining import rejoin
from calls.replies import ONSET, UNDERSTANDING, AgentSide
from calls.run import Commanded
from calls.speech import Heard, HeardBy
from calls.state import CallState
from calls.talk import before as before_turns
from calls.unhurried import went_on
from calls.waiting import SILENCE, SLOW, SLOW_MS, WORDLESS

UNDERSTANDING_MS = 8_000
"""Longer than this, and the turn counts as not understood."""

CHECKPOINT_MS = 1_000
"""An unfinished utterance is put on the record at most once in each second of the call, and when it turns out to be
something else than it seemed. Counted by the second and not from the last one: words come about once a second, and one
that came a little early would be lost."""

LOOKS = (ONSET, MURMUR, FLOOR)
"""Timers by which a turn that goes on is looked at."""


class CallerTurns:
    """Pure; all state is in the draft."""

    def __init__(self, agent: AgentSide, watch: Watch) -> None:
        self._agent = agent
        self._watch = watch
        self._interruption = Interruption(agent)
        self._attention = Attention(agent)
        self._consent = Consent(agent)

    def rang(self, draft: Draft, timer: str) -> None:
        """One of ``LOOKS``."""
        if timer == ONSET:
            self._interruption.rang(draft)
        elif timer == MURMUR:
            self._attention.murmurs(draft)
        else:
            self._attention.takes_floor(draft)

    def began(self, draft: Draft, signal: sg.SpeechBegan) -> None:
        """Something has set in."""
        self._agent.waits.sounds(draft)
        self._interruption.began(draft, signal)
        self._attention.began(draft)

    def lasts(self, draft: Draft) -> None:
        """What has set in goes on."""
        self._interruption.lasts(draft)

    def grew(self, draft: Draft, signal: sg.SpeechGrew) -> None:
        """There are words so far."""
        due = draft.at_ms // CHECKPOINT_MS > draft.state.checkpointed_ms // CHECKPOINT_MS
        if due or self._interruption.news(draft, signal):
            draft.record(ev.UtteranceCheckpointed(signal.from_ms, signal.text, signal.softer_db))
        self._interruption.grew(draft, signal)
        if any(character.isalnum() for character in signal.text):
            draft.silence(WORDLESS)
        turn = draft.state.turn + 1
        self._hear_danger(draft, signal.text, turn, partial=True)
        self._consent.grew(draft, signal.text, signal.from_ms)
        if signal.card and draft.state.overridden != turn:
            capturing.stopped(draft, self._agent, signal.from_ms, turn, partial=True)

    def _hear_danger(self, draft: Draft, text: str, turn: int, *, partial: bool) -> None:
        """Answer a danger that ``text`` speaks of, unless it is answered already."""
        state = draft.state
        quiet = state.leaving or state.floor in (Floor.AWAY, Floor.IDLE)
        if quiet:
            return
        danger = self._watch.find(text, self._agent.line.locale, self._agent.line.country, partial=partial)
        if danger is None or (partial and danger.resembles):
            return
        if danger.doubtful and (partial or self._agent.traits.weighs_danger):
            return  # what the second ear says comes with Understood
        self.answer(draft, danger, turn, partial=partial)

    def answer(self, draft: Draft, danger: Danger, turn: int, *, partial: bool) -> None:
        """Answer a danger, unless it is answered already."""
        state = draft.state
        last = state.dangers.get(danger.kind, 0)
        if last == turn or state.overriding or (last and not may_sound_again(danger)):
            return
        if danger.resembles and is_spelled(state.unanswered):
            return
        checked = state.checked
        doubtful = wants_check(danger, state.sure, poor_line=state.caller.poor_line)
        if not partial and doubtful and (checked is None or checked.turn != turn - 1):
            self._agent.check(draft, danger, turn)
            return
        self._agent.answer_danger(draft, danger, turn, partial=partial)

    def _checked(self, draft: Draft, text: str, turn: int) -> bool:
        """The answer to the question whether danger was heard right; True when nothing else is to be understood."""
        checked = draft.state.checked
        if checked is None or checked.turn != turn - 1 or draft.state.overridden == turn:
            return False
        answer = answers_check(text)
        if answer:
            self._agent.answer_danger(draft, checked.danger, turn, partial=False)
        elif answer is False:
            # It answers our question, and none of the script's: that is asked once more.
            if draft.state.replies:
                self._agent.interrupt(draft)
            draft.record(ev.CommandsUnderstood(turn, (Deny(),), "danger", 0.0))
            self._agent.advance(draft, Commanded((Repeat(),), text, fallback=True))
        return answer is not None

    def faded(self, draft: Draft, signal: sg.SpeechFaded) -> None:
        """It held no words."""
        anticipating.discard(draft, "no_words")
        if draft.state.lull.keying and signal.reason != TAKEN_BACK:
            return  # the sound of the keys themselves
        if draft.state.lull.keying and draft.state.unanswered:
            # The keys were taken back; what was said while they were pressed was not.
            draft.record(ev.CallerQuieted(signal.reason))
            if draft.state.floor is Floor.CONTESTED:
                self._agent.interrupt(draft)
            self._ask(draft, Heard(draft.state.unanswered, draft.at_ms, draft.at_ms))
            return
        contested, unheard = draft.state.floor is Floor.CONTESTED, draft.state.lull.unheard
        self._interruption.faded(draft, signal)
        if contested:
            return
        if draft.state.floor is Floor.LISTENING:
            if not (self._agent.catch_up(draft) or self._not_understood(draft, unheard)):
                self._agent.listen(draft)
        elif draft.state.floor is Floor.AGENT:
            self._agent.conclude(draft)

    def _not_understood(self, draft: Draft, before: int) -> bool:
        """Ask again who has spoken to us time and again in vain; ``before``: how often until now."""
        state = draft.state
        again = state.lull.unheard > before and state.lull.unheard % UNHEARD == 0
        if not again or state.run.awaiting or state.replies or state.recording.asked or state.leaving:
            return False
        self._agent.advance(draft, Commanded((Unclear(NO_WORDS),), "", fallback=True))
        return True

    def said(self, draft: Draft, heard: Heard) -> None:
        """A whole turn, or a whole entry of keys."""
        if draft.state.floor is Floor.AWAY or draft.state.leaving:
            return
        draft.silence(SILENCE)
        before = draft.state
        turn = before.turn + 1
        if heard.tone is not None and before.floor is Floor.CONTESTED:
            heard = replace(heard, tone=replace(heard.tone, overlap=True))
        if heard.by is HeardBy.KEYS:
            anticipating.discard(draft, "keys")
            draft.record(ev.CallerPressed(turn, heard.text, heard.from_ms, heard.to_ms))
        else:
            if went_on(draft, before):
                draft.do(Expect(self._agent.guidance(draft)))
            draft.record(self._spoke(turn, heard))
            self._hear_danger(draft, draft.state.unanswered or heard.text, turn, partial=False)
        if heard.card and draft.state.overridden != turn:
            keyed = heard.by is HeardBy.KEYS
            capturing.stopped(draft, self._agent, heard.from_ms, turn, partial=False, keyed=keyed)
        if heard.by is HeardBy.SPEECH and self._checked(draft, heard.text, turn):
            anticipating.discard(draft, "danger")
            return
        if draft.state.overridden == turn or (heard.by is HeardBy.SPEECH and draft.state.overriding):
            anticipating.discard(draft, "danger")
            return
        wanted = self._wanted(draft, heard, before)
        if wanted is None:
            anticipating.discard(draft, "consent")
            return
        heard = wanted
        if heard.by is HeardBy.SPEECH and before.lull.keying:
            anticipating.discard(draft, "keys")
            return  # it belongs to the keys that are being pressed
        if self._interruption.overheard(draft, before, heard):
            anticipating.discard(draft, "went_on")
            return
        # The caller goes on: whatever was being composed is no answer any more.
        self._agent.composer.withdraw(draft)
        rejoin(draft, before, heard)
        if awaits_words(before, heard):
            draft.ring_in(BREATH, BREATH_MS)
            return
        if before.keyed is not None:
            draft.silence(BREATH)
        self._ask(draft, heard)

    def _wanted(self, draft: Draft, heard: Heard, before: CallState) -> Heard | None:
        """What of a turn is not about being recorded; None: nothing."""
        if heard.by is HeardBy.KEYS and not before.recording.asked:
            return heard
        return self._consent.said(draft, heard, pending=bool(before.unanswered))

    def silent(self, draft: Draft) -> bool:
        """The caller says nothing; True when it was an answer that was waited for here."""
        if draft.state.recording.asked:
            self._consent.unanswered(draft)
            return True
        return False

    def breath(self, draft: Draft) -> None:
        """The words before an entry of keys did not come: it stands alone."""
        state = draft.state
        if state.keyed is not None and state.understood < state.turn and not state.leaving:
            self._ask(draft, state.keyed)

    def _ask(self, draft: Draft, heard: Heard) -> None:
        turn, whole = draft.state.turn, in_one_breath(draft.state, heard)
        ready = whole.by is HeardBy.SPEECH and anticipating.ready(draft, turn, whole.text)
        talk = before_turns(draft.state.talk, draft.state.understood)
        draft.do(Understand(turn, whole, self._guidance(draft, draft.state.cut), talk, ready))
        draft.ring_in(UNDERSTANDING, UNDERSTANDING_MS)
        draft.ring_in(SLOW, SLOW_MS)

    def _guidance(self, draft: Draft, cut: str | None) -> Guidance:
        return replace(self._agent.guidance(draft), heard=cut or "")

    def likely(self, draft: Draft, heard: Heard) -> None:
        """Understand ahead what will be the turn, if the caller says no more."""
        state = draft.state
        busy = state.leaving or state.overriding or state.floor in (Floor.AWAY, Floor.IDLE)
        if busy or not self._agent.line.anticipate:
            return
        if not self._interruption.takes_floor(draft, heard) or state.recording.asked:
            return
        if state.unanswered or (state.by is HeardBy.KEYS and state.understood < state.turn):
            return  # the turn before is still being understood: it would be given up for this one
        cut = state.paused.heard_text if state.paused is not None else state.cut
        anticipating.begin(draft, heard, self._guidance(draft, cut))

    @staticmethod
    def _spoke(turn: int, heard: Heard) -> ev.CallerSpoke:
        return ev.CallerSpoke(
            turn, heard.text, heard.from_ms, heard.to_ms, heard.confidence, heard.reason, heard.tone, heard.provider,
            heard.softer_db,
        )  # fmt: skip
