"""Sends agent audio through a media socket at the carrier's pace, and tells the conversation what was heard.

The decisions are `PlayLedger`'s; here are the clock, the socket and the signals. One task sends, so that a
``clear`` never overtakes the audio before it, nor is overtaken by audio after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from calls.clock import Clock
from calls.errors import CarrierLost
from calls.events import LineDegraded, LineMeasured
from calls.ports import Emit, MediaSocket, Recorder, Reference, WordTime
from calls.signals import PlaybackBegan, PlaybackEnded, Signal
from calls.speech import Clause, Played
from telephony.agent_track import AgentTrack
from telephony.media_stream import MediaStream
from telephony.play_ledger import Audio, Clear, Ended, Mark, PlayLedger
from telephony.quality import LineMeter
from telephony.stream_clock import StreamClock
from telephony.tones import hold_sound, key_tones


def _unheard(_signal: Signal) -> None:
    """Before the call is built nobody listens, and nothing plays."""


class StreamPlayOut:
    """Implements the port ``PlayOut``. Grammar: ``tell(emit)``, then run() around everything else.

    ``lead_ms``: ahead of the caller's ear, which is what a stall of the process may last without a gap;
    60 for a person speaking live. Recordings count from the caller's first frame, by ``caller_heard``.
    """

    def __init__(
        self,
        stream: MediaStream,
        socket: MediaSocket,
        clock: Clock,
        *,
        lead_ms: float = 800.0,
        chunk_ms: float = 200.0,
    ) -> None:
        self._stream = stream
        self._socket = socket
        self._clock = clock
        self._ledger = PlayLedger(lead_ms, chunk_ms)
        self._emit: Emit = _unheard
        self._wake = asyncio.Event()
        self._holds = 0
        self._held = ""
        """the sound that covers a wait, as the ledger knows it"""
        self._stream_clock = StreamClock(clock.now_ms())
        self.meter = LineMeter(lambda: self._ledger.lag_ms / 2)
        """of what comes the other way"""
        self.behind_ms: Callable[[], float] = lambda: 0.0
        """how long ago a mark came that is read now"""

    @property
    def faults(self) -> int:
        """Marks that never came back."""
        return self._ledger.faults

    def tell(self, emit: Emit) -> None:
        """Where ``PlaybackBegan`` and ``PlaybackEnded`` go."""
        self._emit = emit

    def record_to(self, recorder: Recorder) -> None:
        """Give ``recorder`` what sounds at the caller, when it sounds."""
        self._ledger.track = AgentTrack(self._stream_clock, recorder.agent)

    def reference_to(self, ear: Reference) -> None:
        """Tell ``ear`` what is sent, and when it sounds."""
        self._ledger.herald = lambda at_ms, mulaw: ear(max(0.0, self._stream_clock.offset(at_ms)), mulaw)

    def measured(self) -> tuple[LineMeasured | LineDegraded, ...]:
        """How the caller's side of the line was; asked once, when the stream is over."""
        return self.meter.whole()

    # --- PlayOut --------------------------------------------------------------------------------

    def begin(self, clause: Clause) -> None:
        """Announce a clause. Raises ValueError when one of this id is still being played."""
        self.unhold()
        self._ledger.begin(clause)

    def feed(self, clause: str, mulaw: bytes, words: Sequence[WordTime] = ()) -> None:
        """More of a clause; ignored when it was cut. Raises EngineError when far too much is waiting."""
        self._ledger.feed(clause, mulaw, words)
        self._wake.set()

    def finish(self, clause: str) -> None:
        """No more audio of this clause."""
        self._ledger.finish(clause)
        self._wake.set()

    def position(self) -> Played | None:
        """What sounds at the caller now; None when nothing does."""
        if not self._carried:
            self._ledger.close(self._clock.now_ms())
        return self._ledger.position(self._clock.now_ms())

    def pause(self) -> None:
        """Fall silent; keep what was not heard."""
        self._ledger.pause(self._clock.now_ms())
        self._wake.set()

    def resume(self) -> None:
        """Go on from the start of the word that was cut."""
        self._ledger.resume()
        self._wake.set()

    def cut(self) -> None:
        """Fall silent; drop everything."""
        self._ledger.cut(self._clock.now_ms())
        self._wake.set()

    def press(self, clause: Clause) -> None:
        """A whole clause of keys, as they sound. Raises ValueError for what are no keys."""
        mulaw = key_tones(clause.press)
        self.begin(clause)
        self.feed(clause.id, mulaw)
        self.finish(clause.id)

    def hold(self, sound: str) -> None:
        """Let a sound cover a wait, until ``unhold`` or the next clause. Raises ValueError for an unknown one."""
        mulaw = hold_sound(sound)
        self.unhold()
        self._holds += 1
        self._held = f"hold.{self._holds}"
        self._ledger.begin(Clause(self._held, ""))
        self._ledger.feed(self._held, mulaw)
        self._ledger.finish(self._held)
        self._wake.set()

    def unhold(self) -> None:
        """Silence it now; nothing else is ever waiting to be heard while it sounds."""
        if self._held:
            self._held = ""
            self.cut()

    # --- the carrier's side ---------------------------------------------------------------------

    def caller_heard(self, offset_ms: float, duration_ms: float, now_ms: float) -> None:
        """Call with the place of every frame the carrier sends, when it comes: it tells how the two clocks stand."""
        self._stream_clock.frame(offset_ms, duration_ms, now_ms)
        self._ledger.frame()

    def mark_returned(self, name: str) -> None:
        """Call with every mark the carrier sends back."""
        self._tell(self._ledger.mark_returned(name, self._clock.now_ms() - self.behind_ms()))
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled, or until the socket is gone."""
        try:
            while self._carried:
                now = self._clock.now_ms()
                self._tell(self._ledger.overdue(now))
                await self._send_or_wait(now)
        except CarrierLost:
            # The handler's reader sees the same, and tells the conversation.
            return
        finally:
            self._ledger.close(self._clock.now_ms())

    @property
    def _carried(self) -> bool:
        return self._stream.open and not self._socket.closed

    async def _send_or_wait(self, now: float) -> None:
        match self._ledger.take(now):
            case Audio(clause, mulaw, first):
                await self._socket.send_text(self._stream.send_media(mulaw))
                if first:
                    self._emit(PlaybackBegan(clause))
            case Mark(name):
                await self._socket.send_text(self._stream.send_mark(name))
            case Clear():
                await self._socket.send_text(self._stream.send_clear())
            case None:
                await self._sleep(now)

    async def _sleep(self, now: float) -> None:
        due = self._ledger.due(now)
        # Not a timeout: to wake is cheaper than to be cancelled.
        alarm = None
        if due is not None:
            alarm = asyncio.get_running_loop().call_later(max(0.001, (due - now) / 1000), self._wake.set)
        try:
            await self._wake.wait()
        finally:
            if alarm is not None:
                alarm.cancel()
        self._wake.clear()

    def _tell(self, ended: list[Ended]) -> None:
        for clause in ended:
            self._emit(PlaybackEnded(clause.clause, clause.heard_ms))
