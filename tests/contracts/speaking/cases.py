"""Every implementation of the port ``Voice``, and a call in which it speaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from agent.companding import linear_to_mulaw
from agent.ports import CallContext, Voice, VoicePiece, VoiceSession
from agent.providers.config import ProviderConfig
from agent.providers.deepgram.speaking import make_aura, make_flux
from agent.providers.elevenlabs import speaking as elevenlabs
from agent.providers.elevenlabs import speaking_http as elevenlabs_http
from agent.scripted import ScriptedVoice, scripted_words
from agent.speaking.wire import VoiceLimits
from calls.audio import Encoding
from calls.clock import LoopClock
from calls.line import Line, Term
from calls.ports import WordTime
from calls.signals import Signal
from calls.speech import NEUTRAL, SpeechStyle
from switchboard.loopback.elevenlabs_tts import ElevenLabsSpeech
from switchboard.loopback.speaking import KEY, Delays, Fault, SpeechServer
from tests.loopback.deepgram_speak import DeepgramSpeech

FAST = Delays(first_ms=10, piece_ms=2, piece_audio_ms=200)
LIMITS = VoiceLimits(first_ms=3_000, stall_ms=3_000, cut_ms=500, settle_ms=60, keep_alive_ms=5_000)
"""for a busy machine: what is not about waiting must not fail by it"""
SHORT = VoiceLimits(first_ms=400, stall_ms=200, settle_ms=40, keep_alive_ms=5_000)
LINE = Line("l", "*", "book", "Robin", "Acme", "Hello.")

Make = Callable[[ProviderConfig, VoiceLimits], Voice]


@dataclass(frozen=True, slots=True)
class Kind:
    """One implementation."""

    name: str
    model: str = ""
    server: type[SpeechServer] | None = None
    make: Make | None = None
    timed: bool = True
    """tells when words sound"""


SCRIPTED = Kind("scripted")
SOCKET = Kind("elevenlabs/flash", "flash", ElevenLabsSpeech, elevenlabs.make)
HTTP = Kind("elevenlabs/flash-http", "flash-http", ElevenLabsSpeech, elevenlabs_http.make)
AURA = Kind("deepgram/aura-2", "aura-2", DeepgramSpeech, make_aura, timed=False)
FLUX = Kind("deepgram/flux-tts", "flux-tts", DeepgramSpeech, make_flux, timed=False)
SOCKETS = (SOCKET, AURA, FLUX)
VENDORS = (SOCKET, HTTP, AURA, FLUX)
ALL = (SCRIPTED, *VENDORS)


def named(kind: Kind) -> str:
    """For a test's name."""
    return kind.name.replace("/", "-")


@dataclass
class Heard:
    """What came of one text."""

    mulaw: bytes = b""
    words: list[WordTime] = field(default_factory=list)
    dropped: tuple[str, ...] = ()
    pieces: int = 0

    @property
    def text(self) -> str:
        """The words in the audio."""
        return scripted_words(self.mulaw)

    @property
    def ms(self) -> float:
        """How long it sounds."""
        return len(self.mulaw) / 8

    def add(self, piece: VoicePiece) -> None:
        """One more piece."""
        self.mulaw += piece.samples if piece.encoding is Encoding.MULAW else linear_to_mulaw(piece.samples)
        self.words += piece.words
        self.dropped = self.dropped or piece.dropped
        self.pieces += 1


@dataclass
class Speaking:
    """A call that is on."""

    voice: Voice
    session: VoiceSession
    server: SpeechServer | None
    signals: list[Signal]
    running: asyncio.Task[None]

    @property
    def vendor(self) -> SpeechServer:
        """The pretended one."""
        assert self.server is not None
        return self.server

    async def say(self, text: str, style: SpeechStyle = NEUTRAL) -> Heard:
        """A whole text. Raises EngineError."""
        return await self.say_into(Heard(), text, style)

    async def say_into(self, heard: Heard, text: str, style: SpeechStyle = NEUTRAL) -> Heard:
        """The same; what came before a fault stays in ``heard``."""
        async for piece in self.session.speak(text, style):
            heard.add(piece)
        return heard

    async def say_until(self, text: str, pieces: int) -> Heard:
        """A text of which only the first pieces are taken: a cut."""
        heard = Heard()
        stream = self.session.speak(text, NEUTRAL)
        async for piece in stream:
            heard.add(piece)
            if heard.pieces == pieces:
                break
        await stream.aclose()  # type: ignore[attr-defined]  # a generator
        return heard


@asynccontextmanager
async def speaking(
    kind: Kind,
    *faults: Fault,
    delays: Delays = FAST,
    limits: VoiceLimits = LIMITS,
    key: str = KEY,
    vocabulary: Sequence[Term] = (),
    warm: bool = False,
) -> AsyncIterator[Speaking]:
    """A call with this voice."""
    async with AsyncExitStack() as stack:
        server: SpeechServer | None = None
        voice: Voice = ScriptedVoice()
        if kind.server is not None and kind.make is not None:
            server = await stack.enter_async_context(kind.server(delays, faults))
            session = await stack.enter_async_context(aiohttp.ClientSession())
            voice = kind.make(
                ProviderConfig(
                    kind.name, kind.model, "default", "en-US", server.url, session, LoopClock(), key, tuple(vocabulary)
                ),
                limits,
            )
        signals: list[Signal] = []
        if warm:
            await voice.warm(LINE)
        call = voice.open(CallContext("call-1", LINE, LoopClock(), signals.append))
        async with asyncio.TaskGroup() as group:
            running = group.create_task(call.run())
            try:
                yield Speaking(voice, call, server, signals, running)
            finally:
                running.cancel()
