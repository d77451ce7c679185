"""The server's side of a call in the lab: what `serve` runs, on virtual time, with its books and its record in memory.

Line, door, webhooks, signatures, tokens, media handler, play-out, hearing with its neural detector and recognizer,
voice, understanding, gate, conversation, session and scripts are the shipped ones. Only Postgres is not there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from agent.cascade import CascadeEngine
from agent.guardrail.gate import RuleGuardrail
from agent.safety.watch import shipped_watch
from calls.clock import LoopClock
from calls.line import HumanDestination, Line
from calls.memory_sink import MemorySink
from calls.ports import MediaSocket
from calls.randomness import SeededRandomness
from switchboard.admission import Door as LineDoor
from switchboard.desk import RecordDesk
from switchboard.engines import prerender
from switchboard.host import Host
from switchboard.rates import CallRates
from switchboard.scripts import FixedScripts
from telephony.callbacks import Callbacks
from telephony.door import Door
from telephony.media import MediaParts, handle_media
from telephony.signature import HEADER, SignatureCheck
from telephony.tokens import CallTokens
from telephony.twin import TwinConfig
from telephony.twin.memory import MemoryNetwork, MemorySocket
from telephony.twin.ports import Form, Reply
from workflows.backends.practice import BARE
from workflows.language.scripts import ScriptSet
from workflows.memory_actions import MemoryActions

PUBLIC, HOST = "https://voice.example.com", "wss://voice.example.com"
TOKEN = "the lab's own token"
NUMBER, HUMAN = "+15550100", "+15550177"


def lab_line(script: str, business: str, timezone: str) -> Line:
    """The line that is called: the shipped script, everything of this machine, nothing recorded on disk."""
    return Line(
        id="lab",
        number=NUMBER,
        script=script,
        agent_name="Robin",
        business=business,
        greeting=f"Hello, this is Robin, the automated assistant of {business}. This call is recorded.",
        timezone=timezone,
        human=HumanDestination("number", HUMAN, 15),
        record=False,
    )


def twin_config(seed: int) -> TwinConfig:
    """The carrier's account."""
    return TwinConfig(
        voice_url=f"{PUBLIC}/twilio/voice",
        auth_token=TOKEN,
        status_url=f"{PUBLIC}/twilio/status",
        seed=seed,
        limit_ms=600_000,
    )


class OneLine:
    """A line book of a single line: what the doors ask of ``LineBook``."""

    def __init__(self, line: Line) -> None:
        self.lines = (line,)

    def find(self, called: str) -> Line:
        """Whatever is called, it is this one."""
        return self.lines[0]

    def line(self, name: str) -> Line:
        """By id."""
        return self.lines[0]

    def reload(self) -> None:
        """It never changes."""


class LabHouse:
    """One server for one call. ``epoch``: aware, the moment when virtual time begins."""

    def __init__(self, engine: CascadeEngine, line: Line, scripts: ScriptSet, epoch: datetime, seed: int) -> None:
        self.clock = LoopClock(epoch)
        self.line = line
        self.scripts = scripts
        self.sink = MemorySink()
        self.memory = MemoryActions(epoch.date(), BARE)
        self._engine = engine
        book: Any = OneLine(line)
        rates = CallRates(None, b"lab", self.clock)
        self._tokens = CallTokens(SeededRandomness(seed), self.clock)
        self._door = Door(LineDoor(book, self, rates, self.clock), self.clock)
        self._desk = RecordDesk(self.sink, book, self.clock)
        host = Host(
            sink=self.sink,
            engine_of=lambda _line: self._engine,
            scripts=FixedScripts(scripts),
            gate_of=lambda _line: RuleGuardrail(),
            watch=shipped_watch(),
            actions=self.memory,
            clock=self.clock,
            recordings=None,
            make_recorder=_no_recorder,
        )
        self._media = MediaParts(host, self._door, self._tokens, self.clock)
        self._callbacks = Callbacks(self._door, self._desk, self._tokens, self.clock, PUBLIC)
        self._check = SignatureCheck(PUBLIC, [TOKEN])

    async def current(self) -> Mapping[str, Any]:
        """The port ``Pauses``: nobody has paused the line."""
        return {}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[MemoryNetwork]:
        """The network over which the carrier reaches this house."""
        await prerender(self._engine, self.line)
        async with MemoryNetwork(self._answer, self._serve, self._accept) as network:
            yield network

    async def _answer(self, method: str, url: str, form: Form, headers: Mapping[str, str]) -> Reply:
        path = url.removeprefix(PUBLIC)
        if not self._check.form(path, form, headers.get(HEADER)):
            return Reply(403, "")
        body = await self._post(path, dict(form))
        return Reply(200 if body else 204, body)

    async def _post(self, path: str, form: dict[str, str]) -> str:
        match path:
            case "/twilio/voice":
                return await self._callbacks.voice(form)
            case "/twilio/after":
                return await self._callbacks.after(form)
            case "/twilio/status":
                await self._callbacks.status(form)
            case "/twilio/stream-status":
                self._callbacks.stream_status(form)
        return ""

    async def _serve(self, socket: MemorySocket) -> None:
        shared: MediaSocket = socket
        await handle_media(shared, self._media)

    def _accept(self, url: str, headers: Mapping[str, str]) -> int:
        return 101 if self._check.socket(url.removeprefix(HOST), headers.get(HEADER)) else 403


def _no_recorder(path: Path, since_ms: float) -> Any:
    raise AssertionError(f"no recording was asked for at {path}")
