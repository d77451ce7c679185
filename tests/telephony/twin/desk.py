"""A small server for the twin to call, in memory or behind aiohttp: greets, answers each utterance, obeys keys.

Built on our own codec, so that every call is a test of codec and twin as a pair.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from calls.clock import LoopClock
from calls.errors import CarrierLost
from calls.ports import MediaSocket
from telephony import g711
from telephony.media_stream import Digit, Incoming, MarkReached, Media, MediaStream, Started, Stopped
from telephony.signature import HEADER, SignatureCheck
from telephony.twiml import Connect, Parameter, Stream, Verb, render
from telephony.twin.memory import MemoryNetwork, MemorySocket
from telephony.twin.ports import Form, Reply
from telephony.twin.soundcheck import SoundMeter

PUBLIC = "https://voice.example.com"
TOKEN = "primary auth token"


@cache
def tone(ms: int, hertz: float = 400.0) -> bytes:
    """mu-law, -12 dBFS."""
    import array

    samples = (round(11_000 * math.sin(2 * math.pi * hertz * n / 8000)) for n in range(ms * 8))
    return g711.linear_to_ulaw(array.array("h", samples).tobytes())


@dataclass
class Desk:
    """The server."""

    answer: list[Verb] = field(
        default_factory=lambda: [
            Connect(
                Stream(
                    "wss://voice.example.com/media",
                    (Parameter("token", "t-1"), Parameter("greeting", 'Grüezi & "hello"')),
                    status_callback="/stream-status",
                ),
                action="/after",
            )
        ]
    )
    after: Callable[[dict[str, str]], str] = lambda form: render()
    thinks_ms: int = 300
    reply_ms: int = 1_000
    gap_in_reply_ms: int = 0
    """starve the play-out in the middle of each reply"""
    goodbye_early: bool = False
    """close without waiting for the last words"""
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    streams: list[MediaStream] = field(default_factory=list)
    started: list[Started] = field(default_factory=list)
    keys: str = ""
    heard: bytes = b""
    marks: list[str] = field(default_factory=list)
    check: SignatureCheck = field(default_factory=lambda: SignatureCheck(PUBLIC, [TOKEN]))
    hook: Callable[[MediaSocket, MediaStream], None] | None = None

    def network(self) -> MemoryNetwork:
        return MemoryNetwork(self.request, self.serve, self.accept)

    async def request(self, method: str, url: str, form: Form, headers: Mapping[str, str]) -> Reply:
        target = url.removeprefix(PUBLIC)
        return self.reply(target, form, headers.get(HEADER))

    def reply(self, target: str, form: Form, signature: str | None) -> Reply:
        if not self.check.form(target, form, signature):
            return Reply(403, "forged")
        given = dict(form)
        self.requests.append((target, given))
        if target == "/voice":
            return Reply(200, render(*self.answer))
        if target == "/after":
            return Reply(200, self.after(given))
        return Reply(204, "")

    def accept(self, url: str, headers: Mapping[str, str]) -> int:
        return 101 if self.check.socket("/media", headers.get(HEADER)) else 403

    async def serve(self, socket: MediaSocket) -> None:
        stream, meter, clock = MediaStream(), SoundMeter(gap_ms=200), LoopClock()
        self.streams.append(stream)
        answered = 0
        try:
            while (message := await socket.receive()) is not None:
                for event in receive(stream, message):
                    match event:
                        case Started():
                            self.started.append(event)
                            if self.hook:
                                self.hook(socket, stream)
                            await self.say(socket, stream, "greeting", 800)
                        case Media(payload=payload):
                            self.heard += payload
                            meter.feed(payload)
                            if len(meter.spans) > answered:
                                answered = len(meter.spans)
                                await clock.sleep_ms(self.thinks_ms)
                                await self.say(socket, stream, f"reply:{answered}", self.reply_ms)
                        case Digit(digit="0"):
                            if self.goodbye_early:
                                await socket.close()
                            else:
                                await self.say(socket, stream, "goodbye", 500)
                        case Digit(digit="*"):
                            await socket.send_text(stream.send_clear())
                        case Digit(digit=digit):
                            self.keys += digit
                        case MarkReached(name):
                            self.marks.append(name)
                            if name == "goodbye":
                                await socket.close()
                        case Stopped():
                            return
        except CarrierLost:
            return

    async def say(self, socket: MediaSocket, stream: MediaStream, name: str, ms: int) -> None:
        audio = tone(ms)
        if self.gap_in_reply_ms and name.startswith("reply"):
            half = len(audio) // 2
            await socket.send_text(stream.send_media(audio[:half]))
            await LoopClock().sleep_ms(half / 8 + self.gap_in_reply_ms)
            audio = audio[half:]
        for at in range(0, len(audio), 1600):
            await socket.send_text(stream.send_media(audio[at : at + 1600]))
        await socket.send_text(stream.send_mark(name))


def receive(stream: MediaStream, message: str | bytes) -> list[Incoming]:
    return stream.receive_text(message) if isinstance(message, str) else stream.receive_binary(message)


__all__ = ["PUBLIC", "TOKEN", "Desk", "MemorySocket", "tone"]
