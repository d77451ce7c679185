"""Deepgram's speaking side: Aura-2 (``/v1/speak``) and Flux TTS (``/v2/speak``), strict, with troubles.

Checked against the documentation of both and the message types of deepgram-sdk 7.17 (``speak/v1/types``,
``speak/v2/types``). Not known, and assumed: what ``/v1/speak`` calls its errors (as ``/v2/speak`` does).
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from typing import Any

from aiohttp import web

from switchboard.loopback.elevenlabs_tts import Over, end, until_over
from switchboard.loopback.speaking import KEY, Fault, Lost, SpeechServer, Trouble, voiced

_QUERY = {
    1: {"model", "encoding", "sample_rate", "speed", "mip_opt_out"},
    2: {"model", "encoding", "sample_rate", "speed", "expressivity", "mip_opt_out", "tag"},
}
_MESSAGES: dict[int, dict[str, set[str]]] = {
    1: {"Speak": {"text"}, "Flush": set(), "Clear": set(), "Close": set()},
    2: {"Speak": {"text"}, "Flush": set(), "Interrupt": {"playback_offset"}, "Configure": {"speed"}, "Close": set()},
}


class Connection:
    """One socket's state."""

    def __init__(self, socket: web.WebSocketResponse, speed: float) -> None:
        self.socket = socket
        self.speed = speed
        self.buffered = ""
        self.turns: asyncio.Queue[tuple[str, float, int]] = asyncio.Queue()
        self.cuts = 0
        """counts the answered ones: turns flushed before are not spoken on"""
        self.active = ""
        """the turn being spoken"""
        self.sounded_ms = 0.0


class DeepgramSpeech(SpeechServer):
    """The vendor, both versions."""

    def routes(self) -> list[web.RouteDef]:
        """Both sockets."""
        return [web.get("/v1/speak", self._connect), web.get("/v2/speak", self._connect)]

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        version = int(request.path[2])
        if (refusal := self.refused(request, request.headers.get("Authorization", ""), f"Token {KEY}")) is not None:
            return refusal
        query = request.query
        family = "aura-2-" if version == 1 else "flux-"
        wrong = query.keys() - _QUERY[version] or not query.get("model", "").startswith(family)
        if wrong or query.get("encoding") != "mulaw" or query.get("sample_rate") != "8000":
            self.log.violations.append(f"query {dict(query)}")
            return web.Response(status=400, text='{"err_code":"INVALID_QUERY_PARAMETER"}')
        async with self.socket(request) as socket, until_over() as group:
            connection = Connection(socket, float(query.get("speed", "1.0")))
            if version == 2:
                await socket.send_json({
                    "type": "Connected", "request_id": "r", "model_name": query["model"], "model_version": "1",
                    "model_uuids": ["u"],
                })  # fmt: skip
            group.create_task(self._speak(connection, version))
            async for message in self.messages(socket):
                if problem := _problem(message, version):
                    self.log.violations.append(problem)
                    await self._fail(connection, "MESSAGE-0000", 1008)
                await self._take(connection, message, version)
            raise Over
        return socket

    async def _take(self, connection: Connection, message: dict[str, Any], version: int) -> None:
        socket = connection.socket
        match message["type"]:
            case "Speak":
                connection.buffered += message["text"]
            case "Flush":
                connection.turns.put_nowait((connection.buffered, connection.speed, connection.cuts))
                connection.buffered = ""
            case "Configure":
                speed = message["speed"]
                if not 0.5 <= speed <= 1.5 or abs(speed * 20 - round(speed * 20)) > 1e-6:
                    await socket.send_json({
                        "type": "ConfigureFailure", "code": "SPEED_OUT_OF_RANGE", "field": "speed", "value": speed,
                        "description": "no",
                    })  # fmt: skip
                else:
                    connection.speed = speed
                    await socket.send_json({"type": "ConfigureSuccess", "applied": {"speed": speed}})
            case "Clear" | "Interrupt":
                await self._cut(connection, version)
            case "Close":
                await end(socket, 1000, "")

    async def _cut(self, connection: Connection, version: int) -> None:
        if self.take(Trouble.DEAF):
            return
        connection.buffered = ""
        active, connection.active = connection.active, ""
        if version == 1:
            connection.cuts += 1
            await connection.socket.send_json({"type": "Cleared", "sequence_id": connection.cuts})
        elif not active and connection.turns.empty():
            await connection.socket.send_json({"type": "Warning", "code": "NO_ACTIVE_SPEECH", "description": "no"})
        else:
            connection.cuts += 1
            counts = {"speech_id": active, "audio_duration_ms": 0, "input_character_count": 0}
            await connection.socket.send_json({
                "type": "SpeechInterrupted", "audio_played_ms": round(connection.sounded_ms),
                "metadata": {**counts, "billable_character_count": 0, "controls_applied": _CONTROLS},
            })  # fmt: skip

    async def _speak(self, connection: Connection, version: int) -> None:
        socket = connection.socket
        for number in itertools.count(1):
            text, speed, cuts = await connection.turns.get()
            if cuts != connection.cuts:
                self.log.stopped.append(text)
                continue
            connection.active = speech = f"dg_sp_{number:012x}"
            if version == 2:
                await socket.send_json({"type": "SpeechStarted", "speech_id": speech})
            if not await self._sound(connection, text, speed, cuts):
                self.log.stopped.append(text)
                await self.note()
                continue
            connection.active = ""
            self.log.spoken.append(text)
            if version == 1:
                await socket.send_json({"type": "Flushed", "sequence_id": number})
            else:
                await socket.send_json({"type": "Flushed", "speech_id": speech})
                await socket.send_json({
                    "type": "SpeechMetadata", "speech_id": speech, "audio_duration_ms": round(connection.sounded_ms),
                    "input_character_count": len(text), "billable_character_count": len(text),
                    "controls_applied": _CONTROLS,
                })  # fmt: skip
            await self.note()

    async def _sound(self, connection: Connection, text: str, speed: float, cuts: int) -> bool:
        """Whether it was sent to its end."""
        fault = self.take(
            Trouble.SILENT, Trouble.STALL, Trouble.LOSE, Trouble.CLOSE, Trouble.ERROR, Trouble.GARBAGE, Trouble.UNKNOWN
        )
        for n, piece in enumerate([*voiced(text, speed, self.delays.piece_audio_ms), None]):
            if fault is not None and n == fault.after:
                await self._strike(connection, fault)
            if piece is None:
                return True
            await self.clock.sleep_ms(self.delays.piece_ms if n else self.delays.first_ms)
            if cuts != connection.cuts:
                return False
            connection.sounded_ms += len(piece.mulaw) / 8
            with suppress(ConnectionError):
                await connection.socket.send_bytes(piece.mulaw)
        return True

    async def _strike(self, connection: Connection, fault: Fault) -> None:
        match fault.trouble:
            case Trouble.SILENT | Trouble.STALL:
                await asyncio.Event().wait()
            case Trouble.LOSE:
                raise Lost
            case Trouble.CLOSE:
                await end(connection.socket, fault.code, fault.reason)
            case Trouble.ERROR:
                await self._fail(connection, fault.error, fault.code)
            case Trouble.GARBAGE:
                await connection.socket.send_str(fault.body or "{not json")
            case Trouble.UNKNOWN:
                await connection.socket.send_json({"type": "Later", "of": "another version"})

    async def _fail(self, connection: Connection, code: str, close: int) -> None:
        await connection.socket.send_json({"type": "Error", "code": code, "description": "Some words of ours"})
        await end(connection.socket, close, code)


_CONTROLS = {"pronunciations_applied": 0, "breaks_applied": 0, "pronunciation_warnings": 0}


def _problem(message: dict[str, Any], version: int) -> str:
    """What a strict wire refuses."""
    fields = _MESSAGES[version].get(message.get("type", ""))
    if fields is None or message.keys() - fields - {"type"}:
        return f"message {sorted(message)}"
    if message["type"] == "Speak" and not message.get("text"):
        return "no text"
    return ""
