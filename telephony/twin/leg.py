"""One media stream of a live call: a `Line` with a socket, a reader and a writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, Literal

from calls.errors import CarrierLost
from telephony import g711
from telephony.twin.findings import Findings
from telephony.twin.line import Line
from telephony.twin.ports import TwinSocket

MAX_WAITING: Final = 250
"""frames (5 s) Twilio holds for a server that does not read; then it discards audio (31930)"""
_GOODBYE_S: Final = 2.0
Ending = Literal["server_closed", "dropped"]


class StreamLeg:
    """Runs until the server closes the socket or it is lost; cancelled, it sends `stop` and closes."""

    def __init__(self, line: Line, socket: TwinSocket, findings: Findings, now_ms: Callable[[], float]) -> None:
        self.line = line
        self._socket = socket
        self._findings = findings
        self._now_ms = now_ms
        self._outbox: asyncio.Queue[str] = asyncio.Queue()
        self._dropped = False
        self._silent = False

    async def run(self, parameters: Mapping[str, str], skip_start: bool = False) -> Ending:
        """Say `connected` and `start`, then carry frames both ways."""
        self._outbox.put_nowait(self.line.connected())
        self._silent = skip_start
        if not skip_start:
            self._outbox.put_nowait(self.line.start(parameters))
        try:
            async with asyncio.TaskGroup() as group:
                writer = group.create_task(self._write())
                await self._read()
                writer.cancel()
        except asyncio.CancelledError:
            await self._say_goodbye()
            raise
        if not self._dropped:
            self._note_unheard()
        return "dropped" if self._dropped else "server_closed"

    def tick(self, frame: bytes, at_ms: float) -> None:
        """20 ms have passed: the caller's frame goes out, play-out moves on."""
        self._send_all(self.line.play(at_ms))
        if self._silent:
            return
        if self._outbox.qsize() >= MAX_WAITING:
            what = "the server reads too slowly: caller audio was discarded"
            self._findings.add(at_ms, "31930", what, "error")
            return
        self._outbox.put_nowait(self.line.caller_audio(frame))

    def press(self, digit: str) -> None:
        """The caller pressed a key."""
        if not self._silent:
            self._outbox.put_nowait(self.line.key(digit))

    async def drop(self) -> None:
        """The socket is lost without a word."""
        self._dropped = True
        await self._socket.abort()

    async def _read(self) -> None:
        while (message := await self._socket.receive()) is not None:
            if isinstance(message, bytes):
                self.line.receive_binary(self._now_ms())
            else:
                self._send_all(self.line.receive_text(message, self._now_ms()))
        if self._socket.close_code in (None, 1006) and not self._dropped:
            self._findings.add(self._now_ms(), "31903", "the server vanished without closing the socket", "error")

    async def _write(self) -> None:
        try:
            while True:
                await self._socket.send_text(await self._outbox.get())
        except CarrierLost:
            pass  # the reader finds out, too, and knows how it was closed

    def _send_all(self, frames: list[str]) -> None:
        for frame in frames:
            self._outbox.put_nowait(frame)

    async def _say_goodbye(self) -> None:
        """What is waiting, then `stop`, then the close: the order Twilio keeps when a call ends."""
        if not self._silent:
            self._outbox.put_nowait(self.line.stop())
        try:
            async with asyncio.timeout(_GOODBYE_S):
                while not self._outbox.empty():
                    await self._socket.send_text(self._outbox.get_nowait())
                await self._socket.close()
        except (CarrierLost, TimeoutError):
            await self._socket.abort()

    def _note_unheard(self) -> None:
        self.line.play(self._now_ms())
        if (unheard := self.line.buffer.queued_ms) >= g711.FRAME_MS:
            what = "the server closed the socket before its last words were played"
            self._findings.add(self._now_ms(), "unheard", f"{what}: {unheard:.0f} ms were lost", "error")
