"""ElevenLabs over HTTP, one request per clause: ``elevenlabs/flash-http``, and ``v3``, ``v4`` with their audio tags.

``POST /v1/text-to-speech/{voice}/stream/with-timestamps``: JSON objects, one a line, with audio and the times of
its characters in seconds from the start of the text. Checked against the documentation and elevenlabs 2.78.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar
from urllib.parse import urlencode

import aiohttp

from agent.ports import CallContext, VoicePiece, VoiceTraits
from agent.providers.config import ProviderConfig
from agent.providers.elevenlabs.speaking import ORIGIN, TAGGED, model_id, traits, voice_id
from agent.providers.elevenlabs.speaking_faults import refused
from agent.speaking.plain import close_stream
from agent.speaking.socket_voice import tell_unused
from agent.speaking.wire import Broken, VoiceLimits
from agent.speaking.words import WordTimes, plain
from agent.style.lexicon import Lexicon
from agent.style.render.elevenlabs import render_settings, render_tags
from agent.style.render.rendering import Rendering
from calls.audio import Encoding
from calls.errors import ProviderError, ProviderFault
from calls.line import Line
from calls.ports import Emit, WordTime
from calls.signals import ProviderNoticed, Signal, UsageCounted
from calls.speech import SpeechStyle

MOST_LINE = 1 << 20
"""bytes of one line: two minutes of audio"""
MOST_ERROR = 4_096

T = TypeVar("T")


def make(config: ProviderConfig, limits: VoiceLimits | None = None) -> HttpVoice:
    """A voice over HTTP. Raises ConfigurationError for a model there is not."""
    return HttpVoice(config, limits or VoiceLimits())


class HttpVoice:
    """Implements ``Voice``."""

    def __init__(self, config: ProviderConfig, limits: VoiceLimits) -> None:
        self._config = config
        self._limits = limits
        self._model = model_id(config)
        self._lexicon = Lexicon(config.vocabulary)
        origin = config.base_url or ORIGIN
        query = urlencode({"output_format": "ulaw_8000"})
        self._origin = origin
        self._url = f"{origin}/v1/text-to-speech/{voice_id(config)}/stream/with-timestamps?{query}"

    @property
    def traits(self) -> VoiceTraits:
        """What it is and can do."""
        return traits(self._config, self._lexicon)

    async def warm(self, line: Line) -> None:
        """Have a connection in the pool; never raises."""
        try:
            async with (
                asyncio.timeout(self._limits.first_ms / 1000),
                self._config.session.head(f"{self._origin}/v1/models", allow_redirects=False) as answer,
            ):
                await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError):
            return

    def open(self, context: CallContext) -> HttpSession:
        """A call's session."""
        tell_unused(self.name, self.traits, context.emit)
        return HttpSession(self, context.emit)

    def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
        """Outside any call. Raises ProviderError."""
        return HttpSession(self, _unheard).speak(text, style)

    def render(self, text: str, style: SpeechStyle) -> Rendering:
        """Settings, or tags for the models that read them."""
        render = render_tags if self._model.startswith(TAGGED) else render_settings
        return render(text, style, self._lexicon)

    async def request(self, rendering: Rendering, deadline: float) -> AsyncIterator[VoicePiece]:
        """One request. Leaving early ends it at the vendor. Raises ProviderError."""
        clock, answer = self._config.clock, None
        try:
            answer = await self._asked(rendering, deadline)
            times, dropped, ahead = WordTimes(), rendering.dropped, b""
            # Each wait has its limit: a limit around all of them belongs to the task that set it, and who takes the
            # first audio is not always who takes the rest.
            while chunk := await self._within(deadline, answer.content.readany()):
                *lines, ahead = (ahead + chunk).split(b"\n")
                if len(ahead) > MOST_LINE:
                    raise self._fault(Broken("garbage", "line"))
                for piece in (self._piece(line, times) for line in lines if line.strip()):
                    yield VoicePiece(piece.samples, piece.words, Encoding.MULAW, dropped)
                    dropped, deadline = (), clock.now_ms() + self._limits.stall_ms
            if ahead.strip():
                yield self._piece(ahead, times)
            if rest := tuple(times.finish()):
                yield VoicePiece(b"", rest, Encoding.MULAW)
        except TimeoutError:
            raise self._fault(Broken("timeout", "no audio in time")) from None
        except (aiohttp.ClientError, OSError):
            raise self._fault(Broken("lost", "connection")) from None
        finally:
            if answer is not None and answer.content.is_eof():
                answer.release()
            elif answer is not None:
                answer.close()

    async def _asked(self, rendering: Rendering, deadline: float) -> aiohttp.ClientResponse:
        """The head of an answer with audio. Raises ProviderError, and what the client raises."""
        limit = aiohttp.ClientTimeout(total=None, sock_connect=self._limits.first_ms / 1000)
        headers, body = {"xi-api-key": self._config.key}, self._body(rendering)
        asked = self._config.session.post(self._url, json=body, headers=headers, timeout=limit)
        answer = await self._within(deadline, asked)
        if answer.status == 200:
            return answer
        try:
            told = await self._within(deadline, _beginning(answer))
        finally:
            answer.close()
        raise self._fault(refused(answer.status, answer.headers, told))

    async def _within(self, deadline: float, what: Awaitable[T]) -> T:
        async with asyncio.timeout(max(0.0, (deadline - self._config.clock.now_ms()) / 1000)):
            return await what

    @property
    def name(self) -> str:
        """As lines name it."""
        return self._config.name

    def deadline(self) -> float:
        """When the first audio of a text asked for now is due, on the loop's clock."""
        return self._config.clock.now_ms() + self._limits.first_ms

    def _body(self, rendering: Rendering) -> dict[str, object]:
        body: dict[str, object] = {
            "text": rendering.text,
            "model_id": self._model,
            "voice_settings": dict(rendering.controls),
        }
        if self._model == "eleven_flash_v2_5":
            body["language_code"] = self._config.locale.partition("-")[0] or "en"
        return body

    def _piece(self, line: bytes, times: WordTimes) -> VoicePiece:
        try:
            tree = json.loads(line)
            mulaw = base64.b64decode(tree["audio_base64"], validate=True)
            words = _words(tree.get("alignment"), times)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise self._fault(Broken("garbage", "line")) from None
        return VoicePiece(mulaw, words, Encoding.MULAW)

    def _fault(self, why: Broken) -> ProviderError:
        return ProviderError("speaking", self._config.name, why.kind, why.detail, why.retry_after_ms)


class HttpSession:
    """Implements ``VoiceSession``; needs no run() around it."""

    def __init__(self, voice: HttpVoice, emit: Emit) -> None:
        self._voice = voice
        self._emit = emit

    async def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
        """The audio of ``text``. A connection lost before any audio is tried again, once. Raises ProviderError."""
        rendering, deadline, heard = self._voice.render(text, style), self._voice.deadline(), False
        for last in (False, True):
            pieces = self._voice.request(rendering, deadline)
            try:
                async for piece in pieces:
                    if not heard:
                        heard = True
                        self._began(len(plain(rendering.text)), "lost" if last else "")
                    yield piece
            except ProviderError as fault:
                if heard or last or fault.kind != "lost":
                    raise
            else:
                return
            finally:
                await close_stream(pieces)

    async def run(self) -> None:
        """Nothing is held; until cancelled."""
        await asyncio.Event().wait()

    def _began(self, characters: int, again: ProviderFault | str) -> None:
        if again:
            self._emit(ProviderNoticed("speaking", self._voice.name, "reconnected", again))
        self._emit(UsageCounted("speaking", self._voice.name, {"characters": characters}))


def _words(alignment: object, times: WordTimes) -> tuple[WordTime, ...]:
    """From ``characters`` and their times in seconds. Raises ValueError, TypeError, KeyError."""
    if alignment is None:
        return ()
    if not isinstance(alignment, dict):
        raise TypeError("no alignment")
    characters = [str(one) for one in alignment["characters"]]
    starts = [float(at) * 1000 for at in alignment["character_start_times_seconds"]]
    ends = [float(at) * 1000 for at in alignment["character_end_times_seconds"]]
    return tuple(times.add(characters, starts, ends))


async def _beginning(answer: aiohttp.ClientResponse) -> bytes:
    return await answer.content.read(MOST_ERROR)


def _unheard(_signal: Signal) -> None:
    """Outside a call nobody listens."""
