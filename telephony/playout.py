"""Sends agent audio over a media stream at the carrier's pace. Implements the port ``PlayOut``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from calls.clock import Clock
from calls.ports import Emit, Recorder, WordTime
from calls.signals import PlaybackBegan, PlaybackEnded
from calls.speech import Clause, Played
from telephony.ledger import LEAD_MS, Chunk, Ended, Ledger
from telephony.media_stream import MediaStream

SOUNDED_EVERY_MS = 100.0
"""how often what sounded is handed to the recorder"""


def _nobody(_: object) -> None:
    pass


class StreamPlayOut:
    """One per media socket. Grammar: ``run()`` around everything else; set ``emit`` before the first clause."""

    def __init__(
        self,
        codec: MediaStream,
        send: Callable[[str], Awaitable[None]],
        clock: Clock,
        lead_ms: float = LEAD_MS,
    ) -> None:
        self.emit: Emit = _nobody
        self._codec = codec
        self._send = send
        self._clock = clock
        self._ledger = Ledger(lead_ms)
        self._recorder: Recorder | None = None
        self._began_ms = clock.now_ms()
        self._changed = asyncio.Event()
        self._clears = 0

    @property
    def late_marks(self) -> int:
        """Marks that never came back."""
        return self._ledger.late_marks

    def record_to(self, recorder: Recorder) -> None:
        """Give ``recorder`` what sounds at the caller, from now on."""
        self._recorder = recorder

    def begin(self, clause: Clause) -> None:
        """Announce a clause."""
        self._ledger.begin(clause)

    def feed(self, clause: str, mulaw: bytes, words: Sequence[WordTime] = ()) -> None:
        """More audio of a clause; leaves at once when nothing is ahead of it."""
        self._ledger.feed(clause, mulaw, words)
        self._changed.set()

    def finish(self, clause: str) -> None:
        """No more audio of a clause."""
        self._ledger.finish(clause)
        self._changed.set()

    def position(self) -> Played | None:
        """What sounds at the caller now."""
        return self._ledger.position(self._clock.now_ms())

    def pause(self) -> None:
        """Clear the carrier's buffer; keep the rest."""
        now = self._clock.now_ms()
        self._tell_recorder(now)
        ended = self._ledger.pause(now)
        self._clear()
        for one in ended:
            self._tell(one)

    def resume(self) -> None:
        """Send the rest from the start of the word that was cut."""
        self._ledger.resume()
        self._changed.set()

    def cut(self) -> None:
        """Clear the carrier's buffer; drop everything."""
        now = self._clock.now_ms()
        self._tell_recorder(now)
        self._ledger.cut(now)
        self._clear()

    def mark(self, name: str) -> None:
        """The carrier sent a mark back."""
        ended = self._ledger.mark(name, self._clock.now_ms())
        if ended is not None:
            self._tell(ended)
            self._changed.set()

    async def run(self) -> None:
        """Pace until cancelled. Raises CarrierLost when the socket has gone."""
        while True:
            self._changed.clear()
            await self._send_due()
            now = self._clock.now_ms()
            self._tell_recorder(now)
            overdue = self._ledger.overdue(now)
            if overdue is not None:
                self._tell(overdue)
                continue
            await self._sleep(self._ledger.due_in_ms(now))

    async def _send_due(self) -> None:
        while True:
            if self._clears:
                # Before anything else: until this arrives, the caller goes on hearing what was withdrawn.
                self._clears = 0
                await self._send(self._codec.send_clear())
                continue
            out = self._ledger.next(self._clock.now_ms())
            if out is None:
                return
            if isinstance(out, Chunk):
                if out.first:
                    self.emit(PlaybackBegan(out.clause))
                await self._send(self._codec.send_media(out.audio))
            else:
                await self._send(self._codec.send_mark(out.name))

    async def _sleep(self, due_in_ms: float | None) -> None:
        playing = self._recorder is not None and self._ledger.sounding
        if due_in_ms is None and not playing:
            await self._changed.wait()
            return
        wait_ms = SOUNDED_EVERY_MS if due_in_ms is None else due_in_ms
        if playing:
            wait_ms = min(wait_ms, SOUNDED_EVERY_MS)
        try:
            async with asyncio.timeout(max(wait_ms, 1.0) / 1000):
                await self._changed.wait()
        except TimeoutError:
            return

    def _clear(self) -> None:
        self._clears += 1
        self._changed.set()

    def _tell(self, ended: Ended) -> None:
        self.emit(PlaybackEnded(ended.clause, ended.heard_ms))

    def _tell_recorder(self, now_ms: float) -> None:
        for at_ms, audio in self._ledger.sounded(now_ms):
            if self._recorder is not None:
                self._recorder.agent(max(0.0, at_ms - self._began_ms), audio)

    def flush(self) -> None:
        """Hand the recorder what has sounded; call when the stream ends."""
        self._tell_recorder(self._clock.now_ms())
