"""A whole house in memory, on virtual time, with Twilio's side in front of it. A scene reads like a phone call:

    async def caller(phone: Caller) -> None:
        await asked(phone, "cleaning")
        await phone.says("a check-up please")

    played = run_scene(caller)
    assert played.bookings == [...]

Only three things are not the shipped ones: the speech in the audio is tones (``agent.scripted``), events are kept
in memory, and so are the business's books. Line limits, door, webhooks, signatures, tokens, media handler,
play-out, cascade, conversation, session and scripts are what `serve` runs.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self
from zoneinfo import ZoneInfo

from agent.cascade import CascadeEngine
from agent.guardrail.gate import RuleGuardrail
from agent.safety.watch import shipped_watch
from agent.scripted import scripted_engine, scripted_speech, scripted_words
from calls import events as ev
from calls.chain import Envelope, verify
from calls.clock import LoopClock
from calls.house_ports import LiveCall
from calls.line import IncomingCall, Line
from calls.memory_sink import MemorySink
from calls.ports import EngineSession, MediaSocket, PlayOut, Vault
from calls.randomness import SeededRandomness
from calls.record import stream_of
from calls.run import ActionRequest, ActionSettled, CallFacts
from calls.virtual_time import run_virtual
from records.transcript import transcribe
from records.transcript_formats import as_text
from switchboard.admission import Door as LineDoor
from switchboard.desk import RecordDesk
from switchboard.host import Host
from switchboard.lines import LineBook
from switchboard.rates import CallRates
from switchboard.scripts import FixedScripts
from telephony.callbacks import Callbacks
from telephony.door import Door
from telephony.media import MediaParts, handle_media
from telephony.signature import HEADER, SignatureCheck
from telephony.tokens import CallTokens
from telephony.twin import Caller, CallerGaveUp, CallerScript, CallResult, Tamper, Twin, TwinConfig
from telephony.twin.memory import MemoryNetwork, MemorySocket
from telephony.twin.ports import Form, Reply
from telephony.twin.soundcheck import spans
from workflows.language.scripts import shipped_scripts
from workflows.memory_actions import MemoryActions

PUBLIC = "https://voice.example.com"
SECRET = "the account's own auth token"
EPOCH = datetime(2026, 3, 16, 14, 0, tzinfo=UTC)
"""Monday, ten in the morning in New York, when every scene begins"""
ZONE = "America/New_York"
CALLER, FRONT, SUPPORT, HUMAN = "+12125550192", "+15550100", "+15550101", "+15550177"

LINES = """
lines:
  front:
    number: "+15550100"
    script: book
    business: Harbor Dental
    agent_name: Robin
    greeting: Hello, this is Robin, the automated assistant of Harbor Dental. This call is recorded.
    timezone: America/New_York
    human: {number: "+15550177", ring_seconds: 15}
    limits: {concurrent_calls: 2, calls_per_caller_and_hour: 30, blocked: [{number: "+12125550666", reason: abuse}]}
  support:
    number: "+15550101"
    script: support
    business: Harbor Dental
    agent_name: Robin
    greeting: Hello, this is Robin, the automated support assistant of Harbor Dental. This call is recorded.
    timezone: America/New_York
    human: {number: "+15550177", ring_seconds: 15}
"""

SCRIPTS = shipped_scripts()
TWIN = TwinConfig(voice_url=f"{PUBLIC}/twilio/voice", auth_token=SECRET, status_url=f"{PUBLIC}/twilio/status", seed=7)


@dataclass
class SlowActions:
    """Implements ``Actions`` over those in memory: each takes its time, and is done whoever still waits for it."""

    real: MemoryActions
    takes_ms: Mapping[str, float]
    clock: LoopClock
    group: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)

    async def __aenter__(self) -> Self:
        await self.group.__aenter__()
        return self

    async def __aexit__(self, *fault: Any) -> None:
        await self.group.__aexit__(*fault)

    async def run(self, call: str, facts: CallFacts, request: ActionRequest) -> ActionSettled:
        return await asyncio.shield(self.group.create_task(self._run(call, facts, request)))

    async def _run(self, call: str, facts: CallFacts, request: ActionRequest) -> ActionSettled:
        await self.clock.sleep_ms(self.takes_ms.get(request.action, 5.0))
        return await self.real.run(call, facts, request)


@dataclass
class WatchedEngine:
    """The engine, counting the sessions that were opened: what a vendor would charge for."""

    real: CascadeEngine
    opened: int = 0

    @property
    def traits(self) -> Any:
        return self.real.traits

    def open(self, line: Line, offset_ms: float) -> EngineSession:
        self.opened += 1
        return self.real.open(line, offset_ms)


@dataclass
class WatchedHost:
    """The host, remembering the sessions it built."""

    real: Host
    sessions: list[LiveCall] = field(default_factory=list)

    async def open(self, incoming: IncomingCall, line: Line, stream_id: str, playout: PlayOut) -> LiveCall:
        live = await self.real.open(incoming, line, stream_id, playout)
        self.sessions.append(live)
        return live


class House:
    """The server's side."""

    def __init__(self, seed: int, engine: CascadeEngine, takes_ms: Mapping[str, float], lines: str) -> None:
        self.clock = LoopClock(EPOCH)
        self.sink = MemorySink()
        self.engine = WatchedEngine(engine)
        self.memory = MemoryActions(EPOCH.date())
        self.actions = SlowActions(self.memory, takes_ms, self.clock)
        self.pauses: dict[str, SimpleNamespace] = {}
        self.vaults: dict[str, Vault] = {}
        """by the name lines have for them"""
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(lines)
            file.flush()
            self.book = LineBook(Path(file.name))
        self.book.reload = lambda: None  # type: ignore[method-assign]  # the file is gone; its lines stay
        self.tokens = CallTokens(SeededRandomness(seed), self.clock)
        self.door = Door(LineDoor(self.book, self, CallRates(None, b"scene", self.clock), self.clock), self.clock)
        self.desk = RecordDesk(self.sink, self.book, self.clock)
        self.host = WatchedHost(
            Host(
                sink=self.sink,
                engine_of=lambda _line: self.engine,
                scripts=FixedScripts(SCRIPTS),
                gate_of=lambda line: RuleGuardrail(),
                watch=shipped_watch(),
                actions=self.actions,
                clock=self.clock,
                recordings=None,
                make_recorder=no_recorder,
                vault_of=lambda line: self.vaults.get(line.vault),
            )
        )
        self.media = MediaParts(self.host, self.door, self.tokens, self.clock)
        self.callbacks = Callbacks(self.door, self.desk, self.tokens, self.clock, PUBLIC)
        self.check = SignatureCheck(PUBLIC, [SECRET])
        self.answers: list[tuple[str, str]] = []
        """(path, TwiML)"""
        self.sockets: list[MemorySocket] = []
        self.refuse_sockets = 0
        """so many upgrades fail"""

    async def current(self) -> Mapping[str, Any]:
        """The port ``Pauses``."""
        return self.pauses

    @property
    def bookings(self) -> list[str]:
        """Appointments on file, in the business's own time: ``checkup 2026-03-17 10:00 Anna Miller +1212...``."""
        return [
            f"{b.service} {b.span[0].astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M} {b.name} {b.phone}"
            for b in self.memory.books.bookings
        ]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[MemoryNetwork]:
        from switchboard.engines import prerender

        for line in self.book.lines:
            await prerender(self.engine.real, line)
        async with self.actions, MemoryNetwork(self._answer, self._serve, self._accept) as network:
            yield network

    async def _answer(self, method: str, url: str, form: Form, headers: Mapping[str, str]) -> Reply:
        path = url.removeprefix(PUBLIC)
        if not self.check.form(path, form, headers.get(HEADER)):
            return Reply(403, "")
        body = await self._post(path, dict(form))
        self.answers.append((path, body))
        return Reply(200 if body else 204, body)

    async def _post(self, path: str, form: dict[str, str]) -> str:
        match path:
            case "/twilio/voice":
                return await self.callbacks.voice(form)
            case "/twilio/after":
                return await self.callbacks.after(form)
            case "/twilio/status":
                await self.callbacks.status(form)
            case "/twilio/pay":
                return await self.callbacks.paid(form)
            case "/twilio/pay-status":
                self.callbacks.pay_status(form)
            case "/twilio/stream-status":
                self.callbacks.stream_status(form)
        return ""

    async def _serve(self, socket: MemorySocket) -> None:
        self.sockets.append(socket)
        shared: MediaSocket = socket
        await handle_media(shared, self.media)

    def _accept(self, url: str, headers: Mapping[str, str]) -> int:
        return 101 if self.check.socket(url.removeprefix("wss://voice.example.com"), headers.get(HEADER)) else 403


def no_recorder(path: Path) -> Any:
    """Scenes keep no recording."""
    raise AssertionError(f"no recording was asked for at {path}")


@dataclass
class Played:
    """What a scene left behind."""

    result: CallResult
    house: House
    log: list[Envelope]

    @property
    def events(self) -> list[ev.CallEvent]:
        """The record, typed."""
        return [envelope.event() for envelope in self.log]

    @property
    def names(self) -> list[str]:
        """The record's event names, in order."""
        return [envelope.name for envelope in self.log]

    def all(self, kind: type[Any]) -> list[Any]:
        """Every event body of one kind."""
        return [event.body for event in self.events if isinstance(event.body, kind)]

    def at(self, kind: type[Any]) -> list[float]:
        """When each of one kind happened, ms since answer."""
        return [event.at_ms for event in self.events if isinstance(event.body, kind)]

    @property
    def transcript(self) -> str:
        """As a person reads it."""
        return as_text(transcribe(self.events))

    @property
    def heard(self) -> str:
        """Everything the caller's own ear took in."""
        return " ".join(said.text for said in self.result.agent)

    @property
    def bookings(self) -> list[str]:
        """Appointments on file; see ``House.bookings``."""
        return self.house.bookings

    @property
    def ended(self) -> tuple[str, str]:
        """(reason, disposition) as the record has it; empty when it has no end."""
        ends = self.all(ev.CallEnded)
        assert len(ends) <= 1, "a call ends once"
        return (ends[0].reason, ends[0].disposition) if ends else ("", "")


async def asked(phone: Caller, *words: str, within_s: float = 30.0) -> str:
    """Wait until the agent has spoken and is quiet; it must have said ``words``. Returns what was heard."""
    span = await phone.waits_for_agent(within_s)
    heard = await phone.understands(span)
    missing = [word for word in words if word.lower() not in heard.lower()]
    if missing:
        raise CallerGaveUp(f"expected to hear {missing}, heard {heard!r}")
    return heard


async def speech(text: str) -> bytes:
    """The voice lent to callers."""
    return scripted_speech(text)


async def words(mulaw: bytes) -> str:
    """The ear lent to callers. Each stretch of sound is read for itself: a line that was cut goes on out of step."""
    stretches = (mulaw[span.start_ms * 8 : (span.end_ms + 20) * 8] for span in spans(mulaw, 20))
    return " ".join(text for text in map(scripted_words, stretches) if text)


def run_scene(
    script: CallerScript,
    *,
    to: str = FRONT,
    from_: str = CALLER,
    seed: int = 7,
    config: TwinConfig = TWIN,
    tamper: Tamper | None = None,
    engine: CascadeEngine | None = None,
    takes_ms: Mapping[str, float] | None = None,
    lines: str = LINES,
    prepare: Callable[[House], None] = lambda house: None,
    may_give_up: bool = False,
) -> Played:
    """One phone call on virtual time. The record's chain is verified; a caller who gave up fails the scene."""

    async def main(house: House, twin: Callable[[MemoryNetwork], Twin]) -> Played:
        async with house.open() as network:
            result = await twin(network).place_call(to=to, from_=from_, script=script, tamper=tamper)
        return Played(result, house, await house.sink.load(stream_of(result.call_sid)))

    played = run_house(main, seed, config, engine, takes_ms or {}, lines, prepare)
    verify(played.log)
    if not may_give_up:
        assert not played.result.gave_up, f"{played.result.gave_up}\n{played.transcript}"
    return played


def run_house(
    main: Callable[[House, Callable[[MemoryNetwork], Twin]], Awaitable[Any]],
    seed: int = 7,
    config: TwinConfig = TWIN,
    engine: CascadeEngine | None = None,
    takes_ms: Mapping[str, float] | None = None,
    lines: str = LINES,
    prepare: Callable[[House], None] = lambda house: None,
) -> Any:
    """Run ``main(house, make_twin)`` on virtual time, for scenes of more than one call."""

    async def run() -> Any:
        house = House(seed, engine or scripted_engine(), takes_ms or {}, lines)
        prepare(house)
        return await main(house, lambda network: Twin(config, network, house.clock, speech, words))

    return run_virtual(run())
