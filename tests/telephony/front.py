"""A house with a real door, real webhooks and a real media handler; only the conversation is a test's own.

The scripted call greets, remembers what it hears, and obeys keys: 0 says goodbye and ends, 1 asks for a person,
2 interrupts itself, 9 breaks.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from calls.audio import AudioFrame
from calls.clock import LoopClock
from calls.house_ports import Admitted, Declined
from calls.line import HumanDestination, IncomingCall, Line
from calls.ports import Pending, PlayOut
from calls.randomness import SeededRandomness
from calls.signals import CarrierGone, Displaced, KeyPressed, PlaybackBegan, PlaybackEnded, Signal
from calls.speech import Clause
from calls.virtual_time import run_virtual
from telephony.callbacks import Callbacks, Form
from telephony.door import Door
from telephony.media import MediaParts, handle_media
from telephony.signature import HEADER, SignatureCheck
from telephony.tokens import CallTokens
from telephony.twin import Caller, CallerScript, CallResult, Tamper, Twin, TwinConfig
from telephony.twin.memory import MemoryNetwork
from telephony.twin.ports import Form as TwinForm
from telephony.twin.ports import Reply
from tests.telephony.twin.desk import tone

PUBLIC = "https://voice.example.com"
TOKEN = "primary auth token"
HUMAN = HumanDestination("number", "+15550177", ring_seconds=15)
LINE = Line("main", "+15550199", "book", "Vera", "Harbour Dental", "Hello.", human=HUMAN)
GREETING_MS = 800
CONFIG = TwinConfig(
    voice_url=f"{PUBLIC}/twilio/voice", auth_token=TOKEN, status_url=f"{PUBLIC}/twilio/status", seed=7
)


@dataclass
class FakeAdmission:
    """Implements ``Admission``."""

    verdict: Admitted | Declined = field(default_factory=lambda: Admitted(LINE))
    fault: Exception | None = None
    asked: list[IncomingCall] = field(default_factory=list)
    released: list[str] = field(default_factory=list)

    async def admit(self, call: IncomingCall) -> Admitted | Declined:
        self.asked.append(call)
        if self.fault is not None:
            raise self.fault
        return self.verdict

    async def readmit(self, call: IncomingCall) -> Admitted | Declined:
        return await self.admit(call)

    def release(self, call: str) -> None:
        self.released.append(call)


@dataclass
class FakeDesk:
    """Implements ``CallDesk``; the scripted calls write their record here."""

    state: dict[str, Pending] = field(default_factory=dict)
    handed: list[tuple[str, str, int]] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)
    captures: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    fault: Exception | None = None

    async def pending(self, call: str) -> Pending:
        if self.fault is not None:
            raise self.fault
        return self.state.get(call, Pending("unknown"))

    async def handed_over(self, call: str, status: str, seconds: int) -> None:
        self.handed.append((call, status, seconds))
        before = self.state.get(call, Pending("unknown"))
        self.state[call] = Pending("ended" if status in ("completed", "answered") else "open", before.attempts)

    async def captured(self, call: str, refusal: str, found: Mapping[str, str]) -> None:
        self.captures.append((call, refusal, dict(found)))
        self.state[call] = Pending("open", self.state.get(call, Pending("unknown")).attempts)

    async def over(self, call: str, reason: str) -> None:
        self.ended.append((call, reason))


@dataclass
class ScriptedCall:
    """Implements ``LiveCall``."""

    call: str
    playout: PlayOut
    desk: FakeDesk
    clock: LoopClock
    lingers_ms: float = 0.0
    """how long it takes to leave; what a slow record would do"""
    frames: list[AudioFrame] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    began_ms: float = 0.0
    left: bool = False
    _inbox: asyncio.Queue[Signal] = field(default_factory=asyncio.Queue)

    def hear(self, frame: AudioFrame) -> None:
        self.frames.append(frame)

    def press(self, digit: str) -> None:
        self.signal(KeyPressed(digit))

    def signal(self, signal: Signal) -> None:
        self.signals.append(signal)
        self._inbox.put_nowait(signal)

    def say(self, clause: str, ms: int) -> None:
        self.playout.begin(Clause(clause, clause))
        self.playout.feed(clause, tone(ms))
        self.playout.finish(clause)

    async def run(self) -> None:
        self.began_ms = self.clock.now_ms()
        lost = self.desk.state.get(self.call, Pending("open")).attempts
        self.desk.state[self.call] = Pending("open", lost)
        self.say("r1.1", GREETING_MS)
        while True:
            match await self._inbox.get():
                case KeyPressed("0"):
                    self.say("bye", 500)
                case KeyPressed("1"):
                    self.desk.state[self.call] = Pending("hand_over", lost, HUMAN.kind, HUMAN.address, 15)
                    break
                case KeyPressed("2"):
                    self.playout.cut()
                    self.say("r2.1", 300)
                case KeyPressed("9"):
                    raise RuntimeError("the caller's name is Anna")
                case PlaybackEnded("bye"):
                    self.desk.state[self.call] = Pending("ended", lost)
                    break
                case CarrierGone(ended):
                    self.desk.state[self.call] = Pending("ended", lost) if ended else Pending("open", lost + 1)
                    break
                case Displaced():
                    self.desk.state[self.call] = Pending("open", lost + 1)
                    break
        await self.clock.sleep_ms(self.lingers_ms)
        self.left = True


@dataclass
class FakeHost:
    """Implements ``CallHost``."""

    desk: FakeDesk
    clock: LoopClock
    lingers_ms: float = 0.0
    opening_ms: float = 0.0
    """how long a call takes to build"""
    fault: Exception | None = None
    calls: list[ScriptedCall] = field(default_factory=list)

    async def open(self, incoming: IncomingCall, line: Line, stream_id: str, playout: PlayOut) -> ScriptedCall:
        if self.fault is not None:
            raise self.fault
        await self.clock.sleep_ms(self.opening_ms)
        call = ScriptedCall(incoming.call, playout, self.desk, self.clock, self.lingers_ms)
        self.calls.append(call)
        return call


class Front:
    """The server's side of a call, and a network that leads the twin to it."""

    def __init__(self, verdict: Admitted | Declined | None = None, lingers_ms: float = 0.0) -> None:
        self.clock = LoopClock(datetime(2026, 3, 1, tzinfo=UTC))
        self.admission = FakeAdmission(verdict or Admitted(LINE))
        self.desk = FakeDesk()
        self.host = FakeHost(self.desk, self.clock, lingers_ms)
        self.tokens = CallTokens(SeededRandomness(3), self.clock)
        self.door = Door(self.admission, self.clock)
        self.callbacks = Callbacks(self.door, self.desk, self.tokens, self.clock, PUBLIC)
        self.media = MediaParts(self.host, self.door, self.tokens, self.clock)
        self.check = SignatureCheck(PUBLIC, [TOKEN])
        self.asked: list[tuple[str, dict[str, str], str]] = []
        """(path, form, answer)"""
        self.refuse_sockets = False

    def network(self) -> MemoryNetwork:
        return MemoryNetwork(self._answer, lambda socket: handle_media(socket, self.media), self._accept)

    async def _answer(self, method: str, url: str, form: TwinForm, headers: Mapping[str, str]) -> Reply:
        path = url.removeprefix(PUBLIC)
        if not self.check.form(path, form, headers.get(HEADER)):
            return Reply(403, "")
        given = dict(form)
        body = await self.post(path, given)
        self.asked.append((path, given, body))
        return Reply(200 if body else 204, body)

    async def post(self, path: str, form: Form) -> str:
        match path:
            case "/twilio/voice":
                return await self.callbacks.voice(form)
            case "/twilio/after":
                return await self.callbacks.after(form)
            case "/twilio/status":
                await self.callbacks.status(form)
            case "/twilio/stream-status":
                self.callbacks.stream_status(form)
        return ""

    def _accept(self, url: str, headers: Mapping[str, str]) -> int:
        if self.refuse_sockets:
            return 503
        return 101 if self.check.socket(url.removeprefix("wss://voice.example.com"), headers.get(HEADER)) else 403

    def answers(self, path: str) -> list[str]:
        return [body for asked, _, body in self.asked if asked == path]

    @property
    def signals(self) -> list[Signal]:
        return [signal for call in self.host.calls for signal in call.signals]


def phone_call(
    script: CallerScript, front: Front | None = None, config: TwinConfig = CONFIG, tamper: Tamper | None = None
) -> tuple[Front, CallResult]:
    """One call of the twin's, through door, webhooks and handler, on virtual time."""
    front = front or Front()

    async def main() -> CallResult:
        async with front.network() as network:
            return await Twin(config, network, front.clock).place_call(
                to=LINE.number, from_="+15550100", script=script, tamper=tamper
            )

    return front, run_virtual(main())


def virtual(scene: Callable[[Front], Awaitable[Any]], front: Front | None = None) -> Front:
    """Run ``scene(front)`` on virtual time."""
    front = front or Front()

    async def main() -> None:
        await scene(front)

    run_virtual(main())
    return front


async def presses_zero(phone: Caller) -> None:
    await phone.hears_greeting()
    await phone.presses("0")


async def listens(phone: Caller) -> None:
    """Stays on the line."""


__all__ = ["GREETING_MS", "HUMAN", "LINE", "PlaybackBegan", "presses_zero"]


def said(front: Front, kind: type) -> list[object]:
    """The signals of one kind which the call was given."""
    return [signal for signal in front.signals if isinstance(signal, kind)]


def start(call: str, token: str, **more: object) -> str:
    """The message that opens a media stream."""
    body = {"callSid": call, "customParameters": {"token": token}, **more}
    return json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": "MZ0001", "start": body})


async def admitted(front: Front, call: str = "CA0001") -> str:
    """A token for a call that was let in."""
    await front.door.decide(front.door.visit(IncomingCall(call, "+15550100", "+15550199", account="AC1")))
    return front.tokens.mint(call)


def verbs(twiml: str) -> list[str]:
    """The TwiML's verbs, in order."""
    return [verb.tag for verb in ElementTree.fromstring(twiml)]
