"""One call's hearing on a stand: a tape is played to it, its signals are noted with the time they came."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from agent.hearing.energy import EnergyDetector
from agent.hearing.local import LocalHearing
from agent.hearing.stream.provider import StreamedHearing
from agent.hearing.stream.session import StreamedSession
from agent.hearing.stream.socket import Dial
from agent.ports import CallContext, Hearing
from agent.providers.config import ProviderConfig
from agent.providers.deepgram import flux, nova
from agent.providers.elevenlabs import scribe
from agent.scripted import ScriptedRecognizer
from calls.audio import AudioFrame
from calls.clock import LoopClock
from calls.errors import EngineError
from calls.guidance import Guidance, SlotExpectation
from calls.line import Line, Term
from calls.signals import CallerSaid, Signal
from calls.speech import Heard
from calls.virtual_time import run_virtual
from switchboard.loopback.deepgram_listen import DeepgramServer
from switchboard.loopback.ears import Ears
from switchboard.loopback.hearing import KEY, Delays, Fault
from switchboard.loopback.listening import HearingServer
from tests.loopback.scribe import ScribeServer
from tests.loopback.tape import Tape, TapeEars

LINE = Line("main", "+15550100", "book", "Robin", "Harbor Dental", "Hello.")
OFFLINE = "offline"
VENDORS = ("deepgram/flux", "deepgram/nova-3", "elevenlabs/scribe")
ALL = (OFFLINE, *VENDORS)
PHONE = Guidance("phone", primary="phone", slots=(SlotExpectation("phone", "phone"),))
CLOCK = LoopClock()
_MAKE: dict[str, Callable[[ProviderConfig, Dial | None], Hearing]] = {
    "deepgram/flux": flux.make, "deepgram/nova-3": nova.make, "elevenlabs/scribe": scribe.make,
}  # fmt: skip


def server_of(
    kind: str, ears: Callable[[], Ears], delays: Delays | None = None, faults: Sequence[Fault] = ()
) -> HearingServer:
    """The vendor's side."""
    made = ScribeServer if kind.startswith("elevenlabs") else DeepgramServer
    return made(ears, delays, faults)


def hearing_of(kind: str, dial: Dial | None, *, url: str = "", session: Any = None, key: str = KEY) -> StreamedHearing:
    """Ours; without ``dial`` over the client session."""
    terms = (Term("Invisalign"),)
    config = ProviderConfig(kind, kind.partition("/")[2], "default", "en-US", url, session, CLOCK, key, terms)
    return cast(StreamedHearing, _MAKE[kind](config, dial))


@dataclass
class Played:
    """What came of it."""

    timed: list[tuple[float, Signal]] = field(default_factory=list)
    error: EngineError | None = None
    server: HearingServer | None = None
    session: StreamedSession | None = None

    @property
    def signals(self) -> list[Signal]:
        """In order."""
        return [signal for _, signal in self.timed]

    @property
    def said(self) -> list[Heard]:
        """The turns."""
        return [signal.heard for signal in self.signals if isinstance(signal, CallerSaid)]

    @property
    def texts(self) -> list[str]:
        """Their words."""
        return [heard.text for heard in self.said]

    def of(self, *kinds: type) -> list[Any]:
        """Signals of some kinds."""
        return [signal for signal in self.signals if isinstance(signal, kinds)]

    def at(self, kind: type) -> float:
        """When the first of a kind came."""
        return next(at for at, signal in self.timed if isinstance(signal, kind))


@dataclass
class Play:
    """How a tape is played."""

    guidance: Guidance | None = None
    delays: Delays | None = None
    faults: Sequence[Fault] = ()
    warm: bool = False
    key: str = KEY
    drop: Callable[[int], bool] = lambda index: False
    burst_to_ms: float = 0.0
    """frames before this are handed over all at once: a fallback catches up"""
    from_ms: float = 0.0
    tail_ms: float = 3_000.0
    stop_ms: float | None = None
    """no frames come after this"""


def play(kind: str, tape: Tape, how: Play | None = None) -> Played:
    """Play a tape on virtual time, over a network in memory."""
    return run_virtual(_play(kind, tape, how or Play()))


async def _play(kind: str, tape: Tape, how: Play) -> Played:
    played = Played()
    if kind == OFFLINE:
        await _talk(LocalHearing(ScriptedRecognizer(), EnergyDetector), tape, how, played)
        return played
    played.server = server_of(kind, lambda: TapeEars(tape), how.delays, how.faults)
    async with played.server.network() as dial:
        hearing = hearing_of(kind, dial, key=how.key)
        if how.warm:
            await hearing.warm(LINE)
        await _talk(hearing, tape, how, played)
    return played


async def _talk(hearing: Hearing, tape: Tape, how: Play, played: Played) -> None:
    def note(signal: Signal) -> None:
        played.timed.append((CLOCK.now_ms(), signal))

    session = hearing.open(CallContext("call-1", LINE, CLOCK, note))
    played.session = session if isinstance(session, StreamedSession) else None
    if how.guidance is not None:
        session.expect(how.guidance)

    async def run() -> None:
        try:
            await session.run(note)
        except EngineError as error:
            played.error = error

    async with asyncio.TaskGroup() as group:
        running = group.create_task(run())
        for frame in tape.frames(how.from_ms, how.stop_ms):
            if frame.offset_ms >= how.burst_to_ms:
                await CLOCK.sleep_ms(20)
            if not how.drop(int(frame.offset_ms / 20)):
                session.hear(frame)
        await CLOCK.sleep_ms(how.tail_ms)
        running.cancel()


__all__ = ["ALL", "LINE", "OFFLINE", "PHONE", "VENDORS", "AudioFrame", "Play", "Played", "play"]
