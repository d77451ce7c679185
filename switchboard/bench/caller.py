"""One caller on a real media socket: the carrier's side of a call, no more of it than a load needs."""

from __future__ import annotations

import asyncio
import binascii
import json
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from calls.clock import Clock
from calls.errors import CarrierError, CarrierLost
from switchboard.bench.ledger import FRAME, FRAME_MS, SILENT, Ledger, Sound, Utterance
from telephony.twiml import Connect
from telephony.twin.buffer import Mark, PlayoutBuffer
from telephony.twin.config import TwinConfig
from telephony.twin.findings import Findings
from telephony.twin.ports import Network, TwinSocket
from telephony.twin.webhooks import CallIdentity, Webhooks, new_sid

LOOK_MS = 20.0
"""how often a caller looks whether it is their turn"""
ANSWER_MS = 8_000.0
"""a turn without an answer for this long is lost"""
GREETING_MS = 10_000.0
_MOST_LATE = 50
"""frames that are made up for; what is later was lost on the way"""

Course = Callable[["Caller"], Awaitable[None]]
"""What a caller does once the call is answered; then they hang up."""


@dataclass(slots=True)
class Call:
    """What came of one call. Times: ms."""

    seconds: float = 0.0
    gaps_ms: list[float] = field(default_factory=list)
    """silence in the middle of a sentence"""
    greeting_ms: float | None = None
    """from the open socket to the agent's first audio"""
    trouble: str = ""
    """why it ended before its course did"""


class NotAnswered(CarrierError):
    """The call got no media stream."""

    code = "carrier.not_answered"


class Caller:
    """Grammar: run(course) once; a course uses ``says`` and the waits."""

    def __init__(self, ledger: Ledger, network: Network, clock: Clock, config: TwinConfig) -> None:
        self.ledger = ledger
        self.call = Call()
        self.heard: deque[Sound] = deque(maxlen=8)
        """the newest of what the agent said since the last turn"""
        self._clock = clock
        self._network = network
        self._config = config
        self._chance = random.SystemRandom()
        self._webhooks = Webhooks(config, network, clock, Findings(), lambda: 0.0)
        self._buffer = PlayoutBuffer()
        self._microphone: deque[bytes] = deque()
        self._saying: Utterance | None = None
        self._sound: Sound | None = None
        self._reached: deque[Mark] = deque()
        self._open_marks = 0
        self._quiet_since = 0.0
        self._origin = 0.0
        self._over = False

    # --- what a course uses -------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """The agent has hung up."""
        return self._over

    async def says(self, said: Utterance) -> None:
        """Returns when its last audio has left."""
        self.heard.clear()
        self._saying = said
        self._microphone.extend(said.frames())
        await self._until(lambda: said.said_ms is not None, 30_000.0)

    async def answered(self, said: Utterance) -> bool:
        """Whether the agent begins to answer."""
        return await self._until(lambda: said.answered_ms is not None, ANSWER_MS)

    async def cleared(self, said: Utterance) -> bool:
        """Whether the agent's audio is taken back."""
        return await self._until(lambda: said.cleared_ms is not None, ANSWER_MS)

    async def greeted(self) -> bool:
        """Whether the agent says anything at all."""
        return await self._until(lambda: bool(self.heard), GREETING_MS)

    async def agent_finishes(self, quiet_ms: float) -> bool:
        """Whether the agent comes to be quiet for so long."""
        return await self._until(lambda: self._quiet_ms() >= quiet_ms, 60_000.0)

    async def waits(self, ms: float) -> None:
        """A moment."""
        await self._clock.sleep_ms(ms)

    async def _until(self, is_so: Callable[[], bool], limit_ms: float) -> bool:
        ends = self._clock.now_ms() + limit_ms
        while not is_so():
            if self._over or self._clock.now_ms() >= ends:
                return False
            await self._clock.sleep_ms(LOOK_MS)
        return True

    def _quiet_ms(self) -> float:
        busy = self._buffer.queued or self._open_marks
        return 0.0 if busy else self._clock.now_ms() - self._quiet_since

    # --- the call -----------------------------------------------------------------------------------

    async def run(self, course: Course, *, to: str, from_: str) -> Call:
        """From the webhook to the closed socket."""
        identity = CallIdentity(new_sid("CA", self._chance), self._config.account_sid, to, from_)
        try:
            socket = await self._connect(identity)
        except (CarrierError, TimeoutError) as why:
            self.call.trouble = str(why) or type(why).__name__
            return self.call
        self._origin = self._quiet_since = self._clock.now_ms()
        try:
            async with asyncio.TaskGroup() as group:
                beside = [group.create_task(self._talk(socket)), group.create_task(self._read(socket))]
                await course(self)
                for task in beside:
                    task.cancel()
        except* CarrierLost:
            self.call.trouble = self.call.trouble or "the socket was lost"
        await self._leave(socket)
        self.call.seconds = (self._clock.now_ms() - self._origin) / 1000
        self.call.gaps_ms = [length / 8 for _, length in self._buffer.gaps]
        return self.call

    async def _connect(self, identity: CallIdentity) -> TwinSocket:
        document = await self._webhooks.twiml("POST", self._config.voice_url, identity.form("ringing"))
        stream = next((verb.stream for verb in document.verbs if isinstance(verb, Connect)), None) if document else None
        if stream is None:
            raise NotAnswered("the webhook did not answer with a media stream")
        self._sid = new_sid("MZ", self._chance)
        socket = await self._network.open_socket(stream.url, self._webhooks.signature(stream.url, ()))
        start = {
            "accountSid": identity.account_sid,
            "streamSid": self._sid,
            "callSid": identity.call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {parameter.name: parameter.value for parameter in stream.parameters},
        }
        await socket.send_text(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        await socket.send_text(self._frame("start", json.dumps(start), 1))
        return socket

    async def _leave(self, socket: TwinSocket) -> None:
        try:
            await socket.send_text(self._frame("stop", "{}", 0))
        except CarrierLost:
            pass
        await socket.close()

    def _frame(self, event: str, body: str, sequence: int) -> str:
        number = f'"sequenceNumber":"{sequence}",' if sequence else ""
        return f'{{"event":"{event}",{number}"{event}":{body},"streamSid":"{self._sid}"}}'

    async def _talk(self, socket: TwinSocket) -> None:
        try:
            await self._pump(socket)
        except CarrierLost:
            return  # who reads it sees that the agent has hung up

    async def _pump(self, socket: TwinSocket) -> None:
        """A frame every 20 ms, and the marks that were reached."""
        count = 0
        while True:
            await self._clock.sleep_until_ms(self._origin + (count + 1) * FRAME_MS)
            late = int((self._clock.now_ms() - self._origin) / FRAME_MS) - count
            count += max(0, late - _MOST_LATE)
            speaking = bool(self._microphone)
            payload = binascii.b2a_base64(self._microphone.popleft() if speaking else SILENT, newline=False).decode()
            at, count = round(count * FRAME_MS), count + 1
            body = f'{{"track":"inbound","chunk":"{count}","timestamp":"{at}","payload":"{payload}"}}'
            await socket.send_text(self._frame("media", body, count + 1))
            if speaking and not self._microphone and self._saying is not None:
                self._saying.said_ms = self._clock.now_ms()
            self._play()
            await self._send_marks(socket)

    async def _read(self, socket: TwinSocket) -> None:
        while (message := await socket.receive()) is not None:
            tree = json.loads(message)
            match tree["event"]:
                case "media":
                    self._take(binascii.a2b_base64(tree["media"]["payload"]))
                case "mark":
                    self._play()
                    self._buffer.add_mark(tree["mark"]["name"])
                    self._open_marks += 1
                    self._play()
                    await self._send_marks(socket)
                case "clear":
                    self._play()
                    if self._saying is not None and self._saying.cleared_ms is None:
                        self._saying.cleared_ms = self._clock.now_ms()
                    self._reached += self._buffer.clear()
                    await self._send_marks(socket)
        self._over = True

    def _take(self, audio: bytes) -> None:
        now = self._clock.now_ms()
        self._play()
        self._buffer.add_audio(audio)
        sound = self.ledger.sounding(audio[:FRAME])
        if sound is None or sound is self._sound:
            return
        self._sound = sound
        self.heard.append(sound)
        if self.call.greeting_ms is None:
            self.call.greeting_ms = now - self._origin
        said = self._saying
        if said is not None and said.said_ms is not None and said.answered_ms is None:
            said.answered_ms, said.answer = now, sound

    def _play(self) -> None:
        """Move time on; marks that were reached are sent with the next frame at the latest."""
        busy = self._buffer.queued > 0
        now = self._clock.now_ms()
        _, marks = self._buffer.play_until(round((now - self._origin) * 8))
        if busy or marks:
            self._quiet_since = now
        self._reached += marks

    async def _send_marks(self, socket: TwinSocket) -> None:
        while self._reached:
            mark = self._reached.popleft()
            self._open_marks -= 1
            await socket.send_text(self._frame("mark", json.dumps({"name": mark.name}), 0))
