"""ElevenLabs' speaking side: ``multi-stream-input`` and ``stream/with-timestamps``, strict, with troubles.

Checked against the documentation of both and the message types of elevenlabs 2.78 (``WebsocketTtsClientMessageMulti``,
``WebsocketTtsServerMessageMulti``, ``StreamingAudioChunkWithTimestampsResponse``). Not known, and assumed: that a
flushed text is sent to its end after ``close_context`` (the type's text says so), and how close reasons are spelled.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import web

from switchboard.loopback.speaking import KEY, Fault, Lost, Piece, SpeechServer, Trouble, voiced

MOST_CONTEXTS = 5
_CLIENT = {"text", "context_id", "flush", "close_context", "close_socket", "voice_settings", "generation_config"}
_SETTINGS = {"stability", "similarity_boost", "style", "use_speaker_boost", "speed"}
_QUERY = {
    "model_id", "output_format", "enable_ssml_parsing", "language_code", "inactivity_timeout", "auto_mode",
    "sync_alignment", "enable_logging", "apply_text_normalization", "seed",
}  # fmt: skip
_TAGGED = ("eleven_v3", "eleven_v4")


class Context:
    """One context of a connection."""

    def __init__(self, name: str, settings: dict[str, Any]) -> None:
        self.name = name
        self.speed = float(settings.get("speed", 1.0))
        self.buffered = ""
        self.flushed: asyncio.Queue[str | None] = asyncio.Queue()
        """texts to be spoken; None: the context is closed"""
        self.closed = False


class ElevenLabsSpeech(SpeechServer):
    """The vendor. ``idle_s``: inactivity after which it closes."""

    idle_s = 20.0

    def routes(self) -> list[web.RouteDef]:
        """The socket, and HTTP."""
        path = "/v1/text-to-speech/{voice}"
        return [
            web.get(f"{path}/multi-stream-input", self._connect),
            web.post(f"{path}/stream/with-timestamps", self._stream),
            web.head("/v1/models", self._models),
        ]

    async def _models(self, request: web.Request) -> web.Response:
        return web.Response()

    # --- the socket -------------------------------------------------------------------------------

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        if (refusal := self.refused(request, request.headers.get("xi-api-key", ""), KEY)) is not None:
            return refusal
        wrong = request.query.keys() - _QUERY
        if wrong or request.query.get("output_format") != "ulaw_8000" or request.query["model_id"].startswith(_TAGGED):
            self.log.violations.append(f"query {sorted(wrong)}")
            return web.Response(status=400, text='{"detail":{"status":"invalid_parameters"}}')
        async with self.socket(request) as socket, until_over() as group:
            await self._serve(socket, group)
        return socket

    async def _serve(self, socket: web.WebSocketResponse, group: asyncio.TaskGroup) -> None:
        contexts: dict[str, Context] = {}
        incoming = self.messages(socket)
        while True:
            try:
                async with asyncio.timeout(self.idle_s):
                    message = await anext(incoming)
            except StopAsyncIteration:
                raise Over from None
            except TimeoutError:
                await end(socket, 1008, "input_timeout_exceeded")
            if message.get("close_socket"):
                await end(socket, 1000, "")
            problem = self._problem(message, contexts)
            if problem:
                self.log.violations.append(problem)
                reason = "max_active_conversations" if problem == "contexts" else "invalid_message"
                await end(socket, 1008, reason)
            name = message["context_id"]
            if name not in contexts:
                contexts[name] = Context(name, message.get("voice_settings") or {})
                group.create_task(self._speak(socket, contexts, contexts[name]))
            self._take(contexts[name], message)

    def _problem(self, message: dict[str, Any], contexts: dict[str, Context]) -> str:
        """What a strict wire refuses."""
        if message.keys() - _CLIENT:
            return f"fields {sorted(message.keys() - _CLIENT)}"
        name = message.get("context_id")
        if not isinstance(name, str):
            return "context_id"
        settings = message.get("voice_settings")
        if name in contexts:
            return "settings change" if settings else ""
        if message.get("text") != " " or message.get("close_context"):
            return "first message"
        if len(contexts) >= MOST_CONTEXTS:
            return "contexts"
        if settings and (settings.keys() - _SETTINGS or not 0.7 <= settings.get("speed", 1.0) <= 1.2):
            return "voice_settings"
        return ""

    def _take(self, context: Context, message: dict[str, Any]) -> None:
        text = message.get("text") or ""
        context.buffered += text
        if (message.get("flush") or message.get("close_context")) and context.buffered.strip():
            if not message.get("close_context"):
                context.flushed.put_nowait(context.buffered)
            context.buffered = ""
        if message.get("close_context"):
            context.closed = True
            context.flushed.put_nowait(None)

    def pieces(self, text: str, speed: float) -> Sequence[Piece]:
        """The audio of a text that was flushed just now."""
        return voiced(text, speed, self.delays.piece_audio_ms)

    def sounds(self, text: str) -> None:
        """The first audio of a text has left."""

    async def _speak(self, socket: web.WebSocketResponse, contexts: dict[str, Context], context: Context) -> None:
        while (text := await context.flushed.get()) is not None:
            await self._sound(socket, context, text)
        contexts.pop(context.name, None)
        with suppress(ConnectionError):
            await socket.send_json({"isFinal": True, "contextId": context.name})

    async def _sound(self, socket: web.WebSocketResponse, context: Context, text: str) -> None:
        fault = self.take(
            Trouble.SILENT, Trouble.STALL, Trouble.LOSE, Trouble.CLOSE, Trouble.ERROR, Trouble.GARBAGE,
            Trouble.UNKNOWN, Trouble.WRONG_CONTEXT, Trouble.UNALIGNED,
        )  # fmt: skip
        pieces = self.pieces(text, context.speed)
        stopped = False
        for n, piece in enumerate([*pieces, None]):
            if fault is not None and n == fault.after:
                await self._strike(socket, context, fault)
            if piece is None:
                break
            await self.clock.sleep_ms(self.delays.piece_ms if n else self.delays.first_ms)
            # What is flushed is sent on after the context was closed: the client has to drop it.
            stopped = stopped or context.closed
            with suppress(ConnectionError):
                await socket.send_json(_message(context.name, piece, aligned=not _is(fault, Trouble.UNALIGNED)))
            if n == 0:
                self.sounds(text)
        (self.log.stopped if stopped else self.log.spoken).append(text.strip())
        await self.note()

    async def _strike(self, socket: web.WebSocketResponse, context: Context, fault: Fault) -> None:
        match fault.trouble:
            case Trouble.SILENT | Trouble.STALL:
                await asyncio.Event().wait()
            case Trouble.LOSE:
                raise Lost
            case Trouble.CLOSE:
                await end(socket, fault.code, fault.reason)
            case Trouble.ERROR:
                await socket.send_json({"message": "Some words of ours", "error": fault.error, "code": fault.code})
                await end(socket, fault.code, "")
            case Trouble.GARBAGE:
                await socket.send_str(fault.body or "{not json")
            case Trouble.UNKNOWN:
                await socket.send_json({"notice": "of a later version", "contextId": context.name})
            case Trouble.WRONG_CONTEXT:
                await socket.send_json(_message("another", voiced("stranger")[0]))

    # --- HTTP -------------------------------------------------------------------------------------

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if (refusal := self.refused(request, request.headers.get("xi-api-key", ""), KEY)) is not None:
            return refusal
        body = await request.json()
        self.log.requests.append(body)
        await self.note()
        wrong = body.keys() - {"text", "model_id", "voice_settings", "language_code"}
        if wrong or request.query.get("output_format") != "ulaw_8000":
            self.log.violations.append(f"body {sorted(wrong)}")
            return web.Response(status=422, text='{"detail":[{"msg":"field"}]}')
        self.log.connections += 1
        response = web.StreamResponse(headers={"content-type": "application/json"})
        text = body["text"]
        try:
            await self._answer(request, response, text, float(body["voice_settings"].get("speed", 1.0)))
            self.log.spoken.append(text)
        except (asyncio.CancelledError, ConnectionError):
            self.log.stopped.append(text)
            raise
        except Lost:
            assert request.transport is not None
            request.transport.abort()
        finally:
            self.log.closed += 1
            await self.note()
        return response

    async def _answer(self, request: web.Request, response: web.StreamResponse, text: str, speed: float) -> None:
        fault = self.take(Trouble.SILENT, Trouble.STALL, Trouble.LOSE, Trouble.GARBAGE, Trouble.UNALIGNED)
        if fault is not None and not fault.after and fault.trouble is Trouble.LOSE:
            raise Lost
        at_ms = 0.0
        for n, piece in enumerate(voiced(text, speed, self.delays.piece_audio_ms)):
            if n == 0:
                await self.clock.sleep_ms(self.delays.first_ms)
                await response.prepare(request)
            else:
                await self.clock.sleep_ms(self.delays.piece_ms)
            if fault is not None and n == fault.after:
                match fault.trouble:
                    case Trouble.SILENT | Trouble.STALL:
                        await asyncio.Event().wait()
                    case Trouble.LOSE:
                        raise Lost
                    case Trouble.GARBAGE:
                        await response.write((fault.body or "{not json").encode() + b"\n")
            await response.write(_line(piece, at_ms, aligned=not _is(fault, Trouble.UNALIGNED)))
            at_ms += len(piece.mulaw) / 8
        await response.write_eof()


class Over(Exception):
    """The connection has ended in an orderly way."""


@asynccontextmanager
async def until_over() -> AsyncIterator[asyncio.TaskGroup]:
    """A connection's tasks: all end with it. Raises Lost where it is to be dropped."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as ended:
        if ended.subgroup(Lost) is not None:
            raise Lost from None
        _, rest = ended.split(Over)
        if rest is not None:
            raise rest from None


async def end(socket: web.WebSocketResponse, code: int, reason: str) -> None:
    await socket.close(code=code, message=reason.encode())
    raise Over


def _is(fault: Fault | None, trouble: Trouble) -> bool:
    return fault is not None and fault.trouble is trouble


def _message(context: str, piece: Piece, *, aligned: bool = True) -> dict[str, Any]:
    alignment = {
        "chars": list(piece.characters),
        "charStartTimesMs": [round(at) for at in piece.starts_ms],
        "charDurationsMs": [round(ms) for ms in piece.lasts_ms],
    }
    return {
        "audio": base64.b64encode(piece.mulaw).decode(),
        "isFinal": None,
        "alignment": alignment if aligned else None,
        "normalizedAlignment": alignment if aligned else None,
        "contextId": context,
    }


def _line(piece: Piece, at_ms: float, *, aligned: bool) -> bytes:
    starts = [(at_ms + at) / 1000 for at in piece.starts_ms]
    alignment = {
        "characters": list(piece.characters),
        "character_start_times_seconds": starts,
        "character_end_times_seconds": [at + ms / 1000 for at, ms in zip(starts, piece.lasts_ms, strict=True)],
    }
    tree = {"audio_base64": base64.b64encode(piece.mulaw).decode(), "alignment": alignment if aligned else None}
    return json.dumps(tree | {"normalized_alignment": None}).encode() + b"\n"
