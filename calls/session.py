"""The session: one call on one media socket. Takes signals in, performs effects, owns every task of the call."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field, replace

from calls import effects as ef
from calls import signals as sg
from calls.audio import AudioFrame
from calls.card_watch import CardScreen, CardWatch, NoCards
from calls.clock import Clock
from calls.conversation import Conversation
from calls.errors import EngineError, StaleEpoch, reason_of
from calls.events import DangerHeard
from calls.floor import Floor
from calls.keys import KEYS, Keypad
from calls.mouth import Mouth
from calls.ports import Actions, EngineSession, Guardrail, PlayOut, Recorded, Recorder, Vault
from calls.record import CallRecord
from calls.secure_keys import SECURE, SecureKeys
from calls.state import CallState, rebuild
from calls.thinking import Thinking
from calls.timers import Timers

KEY_TONE_MS = 300.0
"""A key sounds at most so long, where cards are taken."""

SILENCE = b"\xff"
"""A mu-law sample of nothing."""

ACTIONS_MS = 15_000
"""How long a call whose line has gone waits for its actions' answers, so that they stand on its record."""

LEAVING_MS = 1_000
"""The same while the caller waits to be put through, or to hear the line close."""

DURABLE_MS = 2_000
"""How long the end of a call waits for the database."""

_OF_THE_VOICE = (sg.Judged, sg.Voiced, sg.Composed, sg.PlaybackBegan, sg.PlaybackEnded)
"""Signals that never cut anything."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a session works with. Built by the wiring."""

    conversation: Conversation
    record: CallRecord
    engine: EngineSession
    guardrail: Guardrail
    playout: PlayOut
    actions: Actions
    clock: Clock
    recorder: Recorder | None = None
    unrecorded: str = ""
    """why there is no recorder, where the line wants one"""
    vault: Vault | None = None
    cards: CardWatch = field(default_factory=NoCards)


class CallSession:
    """Implements ``LiveCall``. Grammar: ``run()`` once; ``hear`` and ``signal`` at any time, never waiting."""

    def __init__(self, parts: Parts, stream_id: str, since_answer_ms: float = 0.0) -> None:
        self._parts = parts
        self._stream_id = stream_id
        self._state = rebuild(parts.record.past)
        self._origin_ms = parts.clock.now_ms() - since_answer_ms
        self._stream_offset_ms = since_answer_ms
        self._inbox: asyncio.Queue[tuple[sg.Signal, float]] = asyncio.Queue()
        self._verdicts: deque[sg.Judged] = deque()
        self._timers = Timers(self.signal)
        self._mouth = Mouth(parts.engine, parts.playout, parts.clock, self.signal)
        self._keypad = Keypad(self.signal, self._timers)
        self._secure = SecureKeys(parts.vault, parts.clock, self._timers, self.signal)
        agent = parts.conversation.agent
        self._cards = CardScreen(parts.cards, agent.line.locale, agent.facts_at, pays=parts.vault is not None)
        self._shut = False
        self._keys_sound_until_ms = 0.0
        self._group: asyncio.TaskGroup | None = None
        self._thinking = Thinking(parts.engine, self.signal)
        self._actions: set[asyncio.Task[None]] = set()
        self._leaving = False
        self._faulted = False

    @property
    def state(self) -> CallState:
        """Where the call stands."""
        return self._state

    def now_ms(self) -> float:
        """ms since answer."""
        # To the microsecond, as it will stand on the record: what is rebuilt from there is the very same state.
        return round(self._parts.clock.now_ms() - self._origin_ms, 3)

    # --- from the carrier's handler -----------------------------------------------------------------

    def hear(self, frame: AudioFrame) -> None:
        """One frame of the caller, its offset counted from the stream's first."""
        if self._shut or self._parts.clock.now_ms() < self._keys_sound_until_ms:
            # Time goes on for hearing, and nothing else does: no recognizer and no recorder has this sound.
            frame = replace(frame, samples=SILENCE * len(frame.samples))
        if self._parts.recorder is not None:
            self._parts.recorder.caller(frame.offset_ms, frame.samples)
        if self._stream_offset_ms:
            frame = replace(frame, offset_ms=frame.offset_ms + self._stream_offset_ms)
        self._parts.engine.hear(frame)

    def press(self, digit: str) -> None:
        """One key. While the caller keys in secret it goes to the vault's entry, and becomes no signal."""
        if self._parts.vault is not None:
            # Whoever keys a card that nobody has asked for: its tones are for nobody's ears either.
            self._keys_sound_until_ms = self._parts.clock.now_ms() + KEY_TONE_MS
        if self._secure.open and self._group is not None:
            self._secure.press(digit, self._group)
        else:
            self.signal(sg.KeyPressed(digit))

    def signal(self, signal: sg.Signal) -> None:
        """Put a signal into the inbox, stamped with now."""
        self._inbox.put_nowait((signal, self.now_ms()))

    # --- the life of a session ----------------------------------------------------------------------

    async def run(self) -> None:
        """Until the conversation has left the line; then complete the recording and the record."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                hearing = group.create_task(self._hear())
                speaking = group.create_task(self._mouth.run())
                await self._serve(group)
                hearing.cancel()
                speaking.cancel()
                self._thinking.cancel()
                self._secure.close()
                await self._settle_actions()
        except* Exception as bugs:
            # The apology path: the record says fault, the carrier dials the line's person or hangs up.
            self._faulted = True
            names = ", ".join(sorted({type(bug).__name__ for bug in bugs.exceptions}))
            self._decide(sg.StageFailed("speaking", f"internal fault: {names}"), self.now_ms())
            raise
        finally:
            self._secure.close()
            self._timers.stop_all()
            await self._close()

    async def _serve(self, group: asyncio.TaskGroup) -> None:
        opened = sg.LineOpened(
            self._stream_id,
            self._parts.clock.wall().isoformat(timespec="milliseconds"),
            self._parts.recorder is not None,
            self._parts.unrecorded,
        )
        self._take(opened, self.now_ms(), group)
        while not self._leaving:
            signal, at_ms = await self._inbox.get()
            self._take(signal, at_ms, group)

    async def _settle_actions(self) -> None:
        """What was begun in the world is answered on the record, also when the caller has gone."""
        if not self._actions:
            return
        waits = self._state.leaving or self._state.floor is not Floor.AWAY
        timeout_ms = LEAVING_MS if waits else ACTIONS_MS
        _, late = await asyncio.wait(self._actions, timeout=timeout_ms / 1000)
        for task in late:
            # The action goes on in the process's runner; its receipt reaches the record by recovery.
            task.cancel()
        while not self._inbox.empty():
            signal, at_ms = self._inbox.get_nowait()
            if isinstance(signal, sg.ActionDone):
                self._decide(signal, at_ms)

    async def _close(self) -> None:
        if not self._leaving and not self._faulted:
            # Cancelled: this process is going down. The call is not over, its carrier brings it back.
            self._decide(sg.CarrierGone(False, "shutdown"), self.now_ms())
        for fact in self._parts.playout.measured():
            self._decide(sg.LineNoticed(fact), self.now_ms())
        self._decide(sg.LineLeft(*await self._finish_recording()), self.now_ms())
        try:
            async with asyncio.timeout(DURABLE_MS / 1000):
                await self._parts.record.durable()
        except StaleEpoch:
            # A newer socket owns the call; its session writes the record from here on.
            return
        except TimeoutError:
            # The events are safe in the spool; the caller must not sit on a silent line until the database is back.
            log.warning("a call has ended before its last events were in the database")

    async def _finish_recording(self) -> Recorded:
        recorder = self._parts.recorder
        if recorder is None:
            return Recorded(0.0, "")
        # Asking where the caller's ear is brings what has sounded until now to the recorder.
        self._parts.playout.position()
        try:
            return await recorder.finish()
        except OSError as fault:
            why = reason_of(fault)
            log.error("a recording could not be completed (%s)", why)
            return Recorded(0.0, "", fault=why)

    async def _hear(self) -> None:
        try:
            await self._parts.engine.run(self.signal)
        except EngineError as fault:
            self.signal(sg.StageFailed(fault.stage, fault.reason, final=True))

    # --- deciding and doing -------------------------------------------------------------------------

    def _take(self, signal: sg.Signal, at_ms: float, group: asyncio.TaskGroup) -> None:
        match signal:
            case sg.KeyPressed():
                # Pressed before the capture opened, taken after it: it belongs there.
                if self._secure.open:
                    self._secure.press(signal.digit, group)
                else:
                    self._keypad.press(signal.digit, at_ms)
                return
            case sg.TimerRang() if signal.timer == SECURE:
                self._secure.rang(group)
                return
            case sg.SpeechGrew() | sg.TurnLikely() | sg.CallerSaid():
                signal = self._cards.clean(signal, self._keypad.guidance, self._state, at_ms)
            case sg.TimerRang() if signal.timer == KEYS:
                self._keypad.rang()
                return
        self._perform(self._decide(signal, at_ms), group)
        while self._verdicts:
            self._perform(self._decide(self._verdicts.popleft(), at_ms), group)

    def _decide(self, signal: sg.Signal, at_ms: float) -> tuple[ef.Effect, ...]:
        # Whatever is cut is cut at what was heard.
        sounds = bool(self._state.replies) and not isinstance(signal, _OF_THE_VOICE)
        playing = self._parts.playout.position() if sounds else None
        decision = self._parts.conversation.decide(self._state, signal, at_ms, playing)
        self._state = decision.state
        self._parts.record.append(decision.events, at_ms)
        for danger in decision.events:
            if isinstance(danger, DangerHeard):
                log.warning("danger heard: %s, in %s", danger.kind, self._parts.record.stream)
        return decision.effects

    def _open_capture(self, effect: ef.OpenCapture) -> None:
        self._keypad.clear()
        guidance = self._keypad.guidance
        us = self._parts.conversation.line.locale == "en-US"
        self._secure.begin(effect.key, effect.action, effect.fields, us=us, unhurried=guidance.unhurried)

    def _perform(self, effects: tuple[ef.Effect, ...], group: asyncio.TaskGroup) -> None:
        for effect in effects:
            match effect:
                case ef.Expect():
                    self._keypad.expect(effect.guidance)
                    self._parts.engine.expect(effect.guidance)
                case ef.Understand() | ef.Anticipate() | ef.Discard() | ef.Compose() | ef.Withdraw():
                    facts = self._parts.conversation.agent.facts_at(self._state, self.now_ms())
                    self._thinking.perform(effect, facts, group)
                case ef.Judge():
                    self._verdicts.append(self._parts.guardrail.judge(effect.clause, effect.ground))
                case ef.RunAction():
                    task = group.create_task(self._act(effect))
                    self._actions.add(task)
                    task.add_done_callback(self._actions.discard)
                case ef.StartTimer():
                    self._timers.start(effect.timer, effect.ms)
                case ef.StopTimer():
                    self._timers.stop(effect.timer)
                case ef.MuteRecording() | ef.UnmuteRecording():
                    self._tape(effect)
                case ef.ShutEars():
                    self._shut = True
                case ef.OpenEars():
                    self._shut = False
                case ef.OpenCapture():
                    self._open_capture(effect)
                case ef.CloseCapture():
                    self._secure.close()
                case ef.LeaveLine():
                    self._leaving = True
                case _:
                    self._sound(effect)

    def _sound(self, effect: ef.Say | ef.Pause | ef.Resume | ef.Cut | ef.StartHold | ef.StopHold) -> None:
        match effect:
            case ef.Say():
                self._mouth.say(effect.clause)
            case ef.Pause():
                self._parts.playout.pause()
            case ef.Resume():
                self._parts.playout.resume()
            case ef.Cut():
                self._mouth.cut()
                self._parts.playout.cut()
            case ef.StartHold():
                self._parts.playout.hold(effect.sound)
            case ef.StopHold():
                self._parts.playout.unhold()

    def _tape(self, effect: ef.MuteRecording | ef.UnmuteRecording) -> None:
        recorder = self._parts.recorder
        if recorder is None:
            return
        match effect:
            case ef.MuteRecording():
                recorder.mute(effect.from_ms - self._stream_offset_ms, effect.reason)
            case ef.UnmuteRecording():
                recorder.unmute(effect.at_ms - self._stream_offset_ms)

    async def _act(self, effect: ef.RunAction) -> None:
        started = self.now_ms()
        facts = self._parts.conversation.agent.facts_at(self._state, started)
        if effect.request.writes:
            # Written ahead: what cannot be undone waits until its request would survive a power cut.
            try:
                await self._parts.record.durable()
            except StaleEpoch:
                # Another process has the call, and asks for the same action under the same key.
                self.signal(sg.Displaced())
                return
        settled = await self._parts.actions.run(facts.call, facts, effect.request)
        self.signal(sg.ActionDone(settled, self.now_ms() - started))
