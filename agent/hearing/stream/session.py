"""One call's hearing at a vendor: the socket, the audio on its way, and what happens when either breaks."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from agent.companding import frame_to_linear, linear_to_mulaw
from agent.hearing.stream.audio import CallAudio
from agent.hearing.stream.loudness import Loudness
from agent.hearing.stream.socket import CLOSE_S, Closed, Dial, HandshakeRefused, Unreachable, VendorSocket
from agent.hearing.stream.warm import WarmSockets
from agent.hearing.stream.wire import Garbage, Message, Now, Unknown, VendorFault, Wire
from agent.hearing.timeline import Timeline
from agent.ports import CallContext
from agent.providers.refusals import refusal
from calls.audio import AudioFrame, mulaw_ms
from calls.errors import ProviderError, ProviderFault
from calls.guidance import Guidance
from calls.ports import Emit
from calls.signals import ProviderNoticed, StageFailed, UsageCounted

BEAT_MS = 200.0
"""how often the session looks after itself; also how long without a frame is silence"""
FILL_MS = 3_000.0
"""of silence are sent when the caller's audio stops in mid-turn, so that the vendor can end it"""
MESSAGE_MS = 240.0
"""the most audio in one message, when much has to be made up for"""
SILENT_CHUNK_MS = 100.0
"""of audio in one message while nobody speaks: most of the cost of a message is the system's"""
QUIET_MS = 3_000.0
"""of audio are kept while nobody speaks"""
SEND_MS = 3_000.0
"""the vendor takes no audio for this long: it has stalled"""
HEALED_MS = 60_000.0
"""after a reconnect; another loss before that is for a fallback to mend"""
RECONNECT_S = 0.6
"""in mid-call there is less time than at its beginning: another provider may be ready"""
DIED_WAITING_MS = 500.0
"""a socket opened ahead that is lost within this was dead when it was taken"""
GARBAGE_IN_A_ROW, GARBAGE_IN_ALL = 5, 50
USAGE_S = 10.0


@dataclass(slots=True)
class Counts:
    """What one call's hearing met with."""

    unreadable: int = 0
    """frames at a rate that is not the telephone's; the first is reported"""
    garbage: int = 0
    unknown: int = 0
    """messages of types we do not know"""
    reconnects: int = 0
    replayed_ms: float = 0.0
    """audio sent a second time"""


class StreamedSession:
    """Implements ``HearingSession``. ``hear`` and ``expect`` at any time; ``run`` once, until cancelled.

    Opened in mid-call it takes older frames as fast as they are handed over, at their own offsets.
    """

    def __init__(self, provider: str, wire: Wire, dial: Dial, warm: WarmSockets, context: CallContext) -> None:
        self._provider = provider
        self._wire = wire
        self._dial = dial
        self._warm = warm
        self._clock = context.clock
        self._emit = context.emit
        self._audio = CallAudio()
        self._loud = Loudness() if wire.loudness is None else wire.loudness
        self._timeline = Timeline()
        self._awake = asyncio.Event()
        self._outbox: deque[Message] = deque()
        self._first: Now | None = None
        self._frame_ms = self._sent_ms = self._message_ms = self._filled_ms = self._ticked_ms = 0.0
        self._sending_ms: float | None = None
        self._loud_told_ms = 0.0
        self._garbled = 0
        self._used_s = 0.0
        self.counts = Counts()
        if wire.unused:
            context.emit(ProviderNoticed("hearing", provider, "unused", f"{len(wire.unused)} key terms"))

    @property
    def lost_ms(self) -> float:
        """Audio that was dropped because the vendor took none."""
        return self._audio.lost_ms

    @property
    def kept_bytes(self) -> int:
        """Audio held in memory: what waits, and what may have to be sent again."""
        return self._audio.kept_bytes

    # --- from the call ------------------------------------------------------------------------------

    def hear(self, frame: AudioFrame) -> None:
        """One frame of the caller. Never waits, never raises."""
        if not frame.telephone:
            try:
                frame = AudioFrame(linear_to_mulaw(frame_to_linear(frame)), frame.offset_ms)
            except ValueError as error:
                if not self.counts.unreadable:
                    self._emit(StageFailed("hearing", str(error)))
                self.counts.unreadable += 1
                return
        mulaw = frame.samples
        missing_ms = self._timeline.place(frame.offset_ms, mulaw_ms(len(mulaw)))
        if missing_ms is None or not mulaw:
            return
        self._frame_ms, self._filled_ms = self._clock.now_ms(), 0.0
        if self._first is None:
            self._first = Now(frame.offset_ms, self._frame_ms)
        self._loud.hear(frame)
        self._audio.add(frame.offset_ms, mulaw, missing_ms)
        if self._outbox or self._audio.waiting_ms >= self._least_ms():
            self._awake.set()

    def expect(self, guidance: Guidance) -> None:
        """What the script wants next: key terms, patience, thresholds."""
        self._outbox.extend(self._wire.expect(guidance))
        self._awake.set()

    async def run(self, emit: Emit) -> None:
        """Hear until cancelled. Raises ProviderError when this provider cannot go on in this call."""
        self._emit = emit
        retried_ms: float | None = None
        try:
            socket, fresh = await self._connect(first=True)
            while True:
                began_ms = self._clock.now_ms()
                fault = await self._serve(socket)
                now_ms = self._clock.now_ms()
                # A socket that waited for the call and died while waiting has cost nothing: it is no retry.
                spent = fresh or now_ms - began_ms >= DIED_WAITING_MS
                if fault.kind != "lost" or (spent and retried_ms is not None and now_ms - retried_ms < HEALED_MS):
                    raise fault
                retried_ms = now_ms if spent else retried_ms
                socket, fresh = await self._connect(first=False)
                self.counts.reconnects += 1
                took_ms = round(self._clock.now_ms() - now_ms, 3)
                emit(ProviderNoticed("hearing", self._provider, "reconnected", fault.kind, took_ms))
        finally:
            self._count_usage(0.0)

    # --- one connection -----------------------------------------------------------------------------

    async def _connect(self, *, first: bool) -> tuple[VendorSocket, bool]:
        """A socket, and whether it was opened just now."""
        handshake = self._wire.handshake()
        waiting = self._warm.take(handshake) if first else None
        if waiting is not None:
            return waiting, False
        try:
            async with asyncio.timeout(None if first else RECONNECT_S):
                return await self._dial(handshake), True
        except HandshakeRefused as no:
            raise refusal("hearing", self._provider, no.status, no.headers, b"") from None
        except TimeoutError:
            raise self._fault("timeout", "reconnect") from None
        except Unreachable as nobody:
            raise self._fault("timeout" if nobody.late else "lost", "connect") from None

    async def _serve(self, socket: VendorSocket) -> ProviderError:
        """Until the connection ends; why it did."""
        self.counts.replayed_ms += self._audio.begin(self._keep_from_ms())
        self._outbox = deque(self._wire.begin(self._audio, self._now()))
        self._garbled = 0
        self._message_ms = self._sent_ms = self._clock.now_ms()
        self._loud_told_ms = self._loud.loud_ms
        self._sending_ms = None
        self._awake.set()
        fault: ProviderError | None = None
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._pump(socket))]
                try:
                    async with asyncio.timeout(None) as limit:
                        tasks.append(group.create_task(self._look_after(limit)))
                        fault = await self._listen(socket)
                except TimeoutError:
                    fault = self._fault("timeout", "no message")
                finally:
                    for task in tasks:
                        task.cancel()
        finally:
            await self._leave(socket, gone=fault is not None)
        return fault

    async def _leave(self, socket: VendorSocket, *, gone: bool) -> None:
        if gone:
            socket.abort()
            return
        try:
            async with asyncio.timeout(CLOSE_S):
                if (farewell := self._wire.farewell()) is not None:
                    await socket.send(farewell)
                await socket.close()
        except (TimeoutError, ConnectionError):
            socket.abort()

    async def _pump(self, socket: VendorSocket) -> None:
        try:
            while True:
                await self._awake.wait()
                self._awake.clear()
                now = self._now()
                self._ticked_ms = now.clock_ms
                self._outbox.extend(self._wire.tick(now))
                self._tell()
                while self._outbox:
                    await self._send(socket, self._outbox.popleft())
                least_ms = self._least_ms()
                while mulaw := self._audio.take(least_ms, max(least_ms, MESSAGE_MS)):
                    await self._send(socket, self._wire.audio(mulaw))
                    self._used_s += len(mulaw) / 8_000
        except ConnectionError:
            return  # who listens to it sees it closed, and why

    def _least_ms(self) -> float:
        """Frames go out one by one as soon as anybody is loud; in silence a message may carry several."""
        silent = self._audio.heard_ms - self._loud.ended_ms >= BEAT_MS and not self._wire.telling.open
        return max(SILENT_CHUNK_MS if silent else 0.0, self._wire.traits.chunk_ms)

    async def _send(self, socket: VendorSocket, message: Message) -> None:
        self._sending_ms = self._sent_ms = self._clock.now_ms()
        await socket.send(message)
        self._sending_ms = None

    async def _listen(self, socket: VendorSocket) -> ProviderError:
        while True:
            message = await socket.receive()
            if isinstance(message, Closed):
                # RFC 6455, 7.4.1: 1008 is our fault (a policy, a payload that cannot be read).
                return self._fault("request" if message.code == 1008 else "lost", f"close {message.code}")
            try:
                self._take(message)
            except VendorFault as said:
                return self._fault(said.kind, said.detail)
            if self._garbled >= GARBAGE_IN_A_ROW or self.counts.garbage >= GARBAGE_IN_ALL:
                return self._fault("garbage", "messages that cannot be read")

    def _take(self, message: str | bytes) -> None:
        try:
            if isinstance(message, bytes):
                raise Garbage("binary")
            self._outbox.extend(self._wire.take(message, self._now()))
        except Garbage:
            self.counts.garbage += 1
            self._garbled += 1
            return
        except Unknown:
            self.counts.unknown += 1
        self._garbled = 0
        self._message_ms, self._loud_told_ms = self._clock.now_ms(), self._loud.loud_ms
        self._tell()
        self._audio.forget(self._keep_from_ms())
        if self._outbox:
            self._awake.set()

    # --- looking after it ---------------------------------------------------------------------------

    async def _look_after(self, limit: asyncio.Timeout) -> None:
        while True:
            await self._clock.sleep_ms(BEAT_MS)
            now_ms = self._clock.now_ms()
            if self._stalled(now_ms):
                limit.reschedule(asyncio.get_running_loop().time())
                return
            if self._used_s >= USAGE_S:
                self._count_usage(USAGE_S)
            traits = self._wire.traits
            silent = now_ms - self._frame_ms >= BEAT_MS
            if silent and self._wire.telling.open and self._filled_ms < FILL_MS:
                self._audio.pad(BEAT_MS)
                self._filled_ms += BEAT_MS
            elif now_ms - self._sent_ms >= traits.keep_alive_ms:
                if traits.keep_alive is None:
                    self._audio.pad(max(100.0, traits.chunk_ms))
                else:
                    self._outbox.append(traits.keep_alive)
            elif now_ms - self._ticked_ms < BEAT_MS:
                continue  # the caller's frames have just seen to it
            self._awake.set()

    def _stalled(self, now_ms: float) -> bool:
        if self._sending_ms is not None and now_ms - self._sending_ms >= SEND_MS:
            return True
        traits = self._wire.traits
        if now_ms - self._message_ms < traits.silent_limit_ms or now_ms - self._frame_ms >= BEAT_MS:
            return False
        return self._wire.telling.open or self._loud.loud_ms - self._loud_told_ms >= traits.least_loud_ms

    def _keep_from_ms(self) -> float:
        """From where a new connection would have to hear the call."""
        resume_ms = self._wire.resume_ms() or 0.0
        if self._wire.telling.open or self._first is None:
            return resume_ms
        # While old frames are made up for, what is heard now is ahead of what the vendor can have heard.
        live_ms = self._first.heard_ms + (self._clock.now_ms() - self._first.clock_ms) + 1_000.0
        return max(resume_ms, min(self._audio.heard_ms, live_ms) - QUIET_MS)

    def _now(self) -> Now:
        clock_ms = self._clock.now_ms()
        idle_ms = clock_ms - self._frame_ms
        return Now(self._audio.heard_ms + (idle_ms if idle_ms >= BEAT_MS else 0.0), clock_ms)

    def _tell(self) -> None:
        for signal in self._wire.telling.take():
            self._emit(signal)

    def _count_usage(self, least_s: float) -> None:
        if self._used_s > least_s:
            used, self._used_s = round(self._used_s, 3), 0.0
            self._emit(UsageCounted("hearing", self._provider, {"audio_seconds": used}))

    def _fault(self, kind: ProviderFault, detail: str) -> ProviderError:
        return ProviderError("hearing", self._provider, kind, detail)
