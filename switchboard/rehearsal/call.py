"""A call without audio: everything that decides is what ``serve`` runs, only time and sound are made up.

The same arguments and moves give the same events to the millisecond. Only what really waits (a database) is awaited.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from agent.guardrail.gate import RuleGuardrail
from agent.ports import Understander
from agent.safety.cards import CardEar
from agent.safety.watch import shipped_watch
from agent.thinking.thinker import Thinker
from calls import effects as ef
from calls import events as ev
from calls import signals as sg
from calls.card_watch import CardScreen
from calls.conversation import Conversation
from calls.danger import Watch
from calls.errors import SwitchboardError
from calls.floor import Floor
from calls.guidance import NOTHING_EXPECTED, Guidance
from calls.keys import KEYS, Keypad
from calls.line import IncomingCall, Line
from calls.ports import Actions, Director, EngineTraits, Guardrail
from calls.record import stream_of
from calls.run import Earlier
from calls.secure_keys import SECURE
from calls.session import ACTIONS_MS, LEAVING_MS
from calls.state import CallState, evolve
from switchboard.rehearsal.capture import RehearsedCapture, rehearsed_vault
from switchboard.rehearsal.playback import Playback
from switchboard.rehearsal.schedule import Schedule
from switchboard.rehearsal.thinking import RehearsedThinking
from switchboard.rehearsal.timing import Said, Timing

UNDERSTANDING, COMPOSING = "understanding", "composing"
"""Tags in the schedule."""
MOST_SIGNALS = 20_000
"""A call with more than this goes in circles."""

TRAITS = EngineTraits(
    text_before_audio=True, hears_tone=False, keeps_turns="ours", media="bridged", exact_hearing=False
)
"""The offline cascade's."""

_GATE = RuleGuardrail()
_CARDS = CardEar()


class RehearsalError(SwitchboardError):
    """A move that cannot be made in this call as it stands."""

    code = "rehearsal.impossible"


class RehearsedCall:
    """The agent's side, the line and the time. Grammar: open() first; ``ended`` when the call is over."""

    def __init__(
        self,
        *,
        line: Line,
        director: Director,
        understander: Understander,
        actions: Actions,
        now: datetime,
        seed: int = 0,
        caller: str = "+12125550192",
        guardrail: Guardrail = _GATE,
        watch: Watch | None = None,
        timing: Timing | None = None,
        human: str = "answered",
        call: str = "",
        earlier: Earlier | None = None,
        takes_ms: Callable[[str], float] | None = None,
        traits: EngineTraits = TRAITS,
        thinker: Thinker | None = None,
    ) -> None:
        """``now``: aware, the moment of the answer. ``human``: how the person's phone ends, ``answered``, ``busy``,
        ``no-answer`` or ``failed``. ``call``: the carrier's id; by default one made of ``seed``. ``takes_ms``: how long
        an action takes, by its name. ``earlier``: where a call of the same number broke off.
        ``watch``: by default the shipped one, as in ``serve``. ``thinker``: a language model, and ``understander`` in
        its place; without one no reply is composed."""
        self.timing = timing or Timing()
        self.line = line
        self.incoming = IncomingCall(call or f"CA{seed:032x}", caller, line.number, "rehearsal", earlier=earlier)
        traits = replace(traits, composes=traits.composes or thinker is not None)
        vault = rehearsed_vault(line)
        self.conversation = Conversation(line, self.incoming, director, traits, watch or shipped_watch(), vault)
        self.schedule = Schedule()
        self.playback = Playback(self.schedule, self.timing)
        self.state = CallState()
        self.events: list[ev.CallEvent] = []
        self.guidance: Guidance = NOTHING_EXPECTED
        self._thinking = RehearsedThinking(
            understander, thinker, line, self.incoming.call, self._noticed, self.timing
        )
        self._actions = actions
        self._takes_ms = takes_ms or (lambda action: self.timing.action_ms)
        self._guardrail = guardrail
        self._human = human
        self._answered = now.astimezone(UTC)
        self._stream = stream_of(self.incoming.call)
        self._verdicts: deque[sg.Judged] = deque()
        self._leaving = False
        self._taken = 0
        self._listened = 0
        self.spoke_until_ms = 0.0
        """true end of the caller's last utterance"""
        self.keypad = Keypad(self._noticed, self.schedule)
        month = (self._answered.year, self._answered.month)
        self._capture = RehearsedCapture(self.schedule, self._noticed, month, us=line.locale == "en-US")
        self._cards = CardScreen(_CARDS, line.locale, self.conversation.agent.facts_at, pays=vault is not None)

    # --- what can be looked at --------------------------------------------------------------------------

    @property
    def now_ms(self) -> float:
        """ms since answer."""
        return self.schedule.now_ms

    @property
    def ended(self) -> bool:
        """Whether the call is over for good."""
        return self.state.floor is Floor.ENDED

    @property
    def away(self) -> bool:
        """Whether there is no line right now: it was lost, or the call is over."""
        return self.state.floor in (Floor.AWAY, Floor.ENDED)

    @property
    def heard(self) -> list[Said]:
        """What the caller has heard since they last did something."""
        return self.playback.heard[self._listened :]

    @property
    def words(self) -> str:
        """The same as one text."""
        return " ".join(said.text for said in self.heard)

    @property
    def reply_ms(self) -> float | None:
        """From the end of the caller's last utterance to the agent's first word after it; None before that."""
        began_ms = self.playback.span_began_ms
        return None if began_ms is None else round(began_ms - self.spoke_until_ms, 3)

    def listen_anew(self) -> None:
        """From here on ``heard`` begins again."""
        self._listened = len(self.playback.heard)

    # --- the life of a call -----------------------------------------------------------------------------

    async def open(self) -> None:
        """The line is answered, or is back after it was lost. Returns when the agent has spoken."""
        if self.state.answered is not None and not self.away:
            raise RehearsalError("the line is open already; let it drop before it comes back")
        if self.ended:
            raise RehearsalError("the call is over; a caller who rings again makes a call of its own")
        self._leaving = False
        self.listen_anew()
        self.playback.new_span()
        attempt = self.state.sockets + 1
        await self._take(sg.LineOpened(f"MZ{attempt}", self._answered.isoformat(timespec="milliseconds")))
        await self.settle()

    async def settle(self) -> None:
        """Let everything happen that happens without the caller: the agent has spoken, the world has answered."""
        while not self.away and not self.schedule.quiet:
            await self.step()

    async def run_until(self, at_ms: float) -> None:
        """Let time pass until ``at_ms``."""
        while not self.away and (due := self.schedule.peek()) is not None and due.at_ms <= at_ms:
            await self.step()
        if not self.away:
            self.schedule.now_ms = max(self.now_ms, round(at_ms, 3))

    async def step(self) -> bool:
        """The next thing that happens; False when nothing does."""
        due = self.schedule.pop()
        if due is None:
            return False
        self._taken += 1
        if self._taken > MOST_SIGNALS:
            raise RehearsalError(f"{self.incoming.call}: more than {MOST_SIGNALS} signals; the script goes in circles")
        await self._take(due.signal)
        return True

    async def over(self, reason: str) -> None:
        """The carrier says that a call whose line is gone has ended."""
        if self.state.floor is Floor.AWAY:
            self._record(ev.CallEnded(reason, self.state.disposition, self.now_ms))

    # --- deciding and doing -----------------------------------------------------------------------------

    async def _take(self, signal: sg.Signal) -> None:
        match signal:
            case sg.KeyPressed():
                self._capture.press(signal.digit) if self._capture.open else self.keypad.press(
                    signal.digit, self.now_ms
                )
                return
            case sg.TimerRang() if signal.timer == SECURE:
                self._capture.rang()
                return
            case sg.SpeechGrew() | sg.TurnLikely() | sg.CallerSaid():
                signal = self._cards.clean(signal, self.guidance, self.state, self.now_ms)
            case sg.TimerRang() if signal.timer == KEYS:
                self.keypad.rang()
                return
            case sg.PlaybackBegan():
                self.playback.began()
            case sg.PlaybackEnded():
                self.playback.ended()
        await self._decide(signal)
        while self._verdicts:
            await self._decide(self._verdicts.popleft())
        if self._leaving:
            await self._leave()

    async def _decide(self, signal: sg.Signal) -> None:
        decision = self.conversation.decide(self.state, signal, self.now_ms, self.playback.position())
        self.state = decision.state
        for body in decision.events:
            self.events.append(ev.CallEvent(self._stream, len(self.events) + 1, self.now_ms, body))
        for effect in decision.effects:
            await self._perform(effect)

    def _record(self, body: ev.EventBody) -> None:
        """What is put on the record by others than the conversation."""
        self.state = evolve(self.state, body, self.now_ms)
        self.events.append(ev.CallEvent(self._stream, len(self.events) + 1, self.now_ms, body))

    async def _perform(self, effect: ef.Effect) -> None:
        match effect:
            case ef.Expect():
                self.guidance = effect.guidance
                self.keypad.expect(effect.guidance)
            case ef.Understand():
                await self._understand(effect)
            case ef.Compose():
                await self._compose(effect)
            case ef.Withdraw():
                self.schedule.cancel(COMPOSING)
                await self._thinking.withdraw()
            case ef.Judge():
                self._verdicts.append(self._guardrail.judge(effect.clause, effect.ground))
            case ef.Say():
                self.playback.say(effect.clause)
            case ef.Pause():
                self.playback.pause()
            case ef.Resume():
                self.playback.resume()
            case ef.Cut():
                self.playback.cut()
            case ef.RunAction():
                await self._act(effect)
            case ef.StartTimer():
                self.schedule.start(effect.timer, effect.ms)
            case ef.StopTimer():
                self.schedule.stop(effect.timer)
            case ef.OpenCapture():
                self.keypad.clear()
                self._capture.begin(effect, unhurried=self.guidance.unhurried)
            case ef.CloseCapture():
                self._capture.close()
            case ef.LeaveLine():
                self._leaving = True

    async def _understand(self, effect: ef.Understand) -> None:
        # A newer turn replaces the older one's reading.
        self.schedule.cancel(UNDERSTANDING)
        facts = self.conversation.agent.facts_at(self.state, self.now_ms)
        signal, took_ms = await self._thinking.understand(effect, facts)
        self.schedule.put(self.now_ms + took_ms, signal, UNDERSTANDING)

    async def _compose(self, effect: ef.Compose) -> None:
        self.schedule.cancel(COMPOSING)
        facts = self.conversation.agent.facts_at(self.state, self.now_ms)
        for after_ms, signal in await self._thinking.compose(effect, facts):
            self.schedule.put(self.now_ms + after_ms, signal, COMPOSING)

    def _noticed(self, signal: sg.Signal) -> None:
        """What a stage put into the call's inbox."""
        self.schedule.put(self.now_ms, signal)

    async def _act(self, effect: ef.RunAction) -> None:
        facts = self.conversation.agent.facts_at(self.state, self.now_ms)
        settled = await self._actions.run(facts.call, facts, effect.request)
        took_ms = self._takes_ms(effect.request.action)
        self.schedule.put(self.now_ms + took_ms, sg.ActionDone(settled, took_ms))

    # --- leaving the line -------------------------------------------------------------------------------

    async def _leave(self) -> None:
        self.playback.cut()
        await self._thinking.withdraw()
        waits = self.state.leaving or self.state.floor is not Floor.AWAY
        until_ms = self.now_ms + (LEAVING_MS if waits else ACTIONS_MS)
        for due in self.schedule.clear():
            # What was begun in the world is answered on the record, as far as the call waits for it.
            if due.at_ms <= until_ms:
                self.schedule.now_ms = max(self.now_ms, due.at_ms)
                await self._decide(due.signal)
        self._verdicts.clear()
        await self._decide(sg.LineLeft())
        self.schedule.clear()
        if any(isinstance(event.body, ev.HandoverRequested) for event in self.events[-8:]) and not self.ended:
            await self._ring()

    async def _ring(self) -> None:
        """A person's phone rings; without an answer the caller comes back to the agent."""
        self.schedule.now_ms = self.now_ms + self.timing.ring_ms
        if self._human == "answered":
            self._record(ev.HandoverAnswered(60))
            self._record(ev.CallEnded("handed_over", self.state.disposition, self.now_ms))
            return
        self._record(ev.HandoverFailed(self._human))
        self._leaving = False
        attempt = self.state.sockets + 1
        await self._take(sg.LineOpened(f"MZ{attempt}", self._answered.isoformat(timespec="milliseconds")))
