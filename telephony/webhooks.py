"""The carrier's routes on aiohttp: signatures first, then the reception and the media door."""

from __future__ import annotations

import logging
import socket as sockets
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import WSMsgType, web

from calls.errors import CarrierLost
from telephony.media import MediaDoor
from telephony.reception import SORRY, NotACall, Reception
from telephony.signature import SignatureCheck
from telephony.twiml import Hangup, Say, render

PERMISSION: Final = "carrier:signed"
"""What every route here asks for: a request the carrier signed."""
MAX_FORM_BYTES: Final = 64 * 1024
MAX_FIELDS: Final = 200
MAX_MESSAGE_BYTES: Final = 64 * 1024
HEARTBEAT_S: Final = 20.0

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class AiohttpSocket:
    """``MediaSocket`` over an upgraded request."""

    def __init__(self, ws: web.WebSocketResponse) -> None:
        self._ws = ws

    @property
    def closed(self) -> bool:
        """True once either side has closed."""
        return self._ws.closed

    async def receive(self) -> str | bytes | None:
        """The next message; None once the peer has closed, or sent one over the limit."""
        message = await self._ws.receive()
        if message.type is WSMsgType.TEXT:
            return str(message.data)
        if message.type is WSMsgType.BINARY:
            return bytes(message.data)
        return None

    async def send_text(self, text: str) -> None:
        """Raises CarrierLost when the socket is closed."""
        if self._ws.closed:
            raise CarrierLost("the media socket is closed")
        try:
            await self._ws.send_str(text)
        except (ConnectionError, RuntimeError) as why:
            raise CarrierLost("the media socket is closed") from why

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """A second time does nothing."""
        if not self._ws.closed:
            await self._ws.close(code=code, message=reason.encode())


class Webhooks:
    """The five routes. ``check`` None serves unsigned requests: development on loopback, and nothing else."""

    def __init__(self, check: SignatureCheck | None, reception: Reception, media: MediaDoor) -> None:
        self._check = check
        self._reception = reception
        self._media = media

    def routes(self) -> list[tuple[str, str, Handler, str]]:
        """(method, path, handler, permission)"""
        return [
            ("POST", "/twilio/voice", self.voice, PERMISSION),
            ("GET", "/twilio/media", self.media, PERMISSION),
            ("POST", "/twilio/after", self.after, PERMISSION),
            ("POST", "/twilio/status", self.status, PERMISSION),
            ("POST", "/twilio/stream-status", self.stream_status, PERMISSION),
        ]

    async def voice(self, request: web.Request) -> web.Response:
        """TwiML for an incoming call."""
        return await self._twiml(request, self._reception.voice)

    async def after(self, request: web.Request) -> web.Response:
        """TwiML for a call whose media socket or dialled leg has ended."""
        return await self._twiml(request, self._reception.after)

    async def status(self, request: web.Request) -> web.Response:
        """A call status callback."""
        form = await self._form(request)
        await self._reception.status(form)
        return web.Response(status=204)

    async def stream_status(self, request: web.Request) -> web.Response:
        """A stream status callback."""
        form = await self._form(request)
        await self._reception.stream_status(form)
        return web.Response(status=204)

    async def media(self, request: web.Request) -> web.StreamResponse:
        """The media socket; an unsigned upgrade is refused before it is accepted."""
        signature = request.headers.get("X-Twilio-Signature")
        if self._check is not None and not self._check.socket(request.raw_path, signature):
            raise web.HTTPForbidden(text="the signature does not match")
        ws = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=MAX_MESSAGE_BYTES, compress=False)
        await ws.prepare(request)
        transport = request.transport
        raw = transport.get_extra_info("socket") if transport is not None else None
        if raw is not None:
            # 20 ms frames are small: held back to be bundled, they would come late.
            raw.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)
        await self._media.serve(AiohttpSocket(ws))
        return ws

    async def _twiml(self, request: web.Request, answer: Callable[[dict[str, str]], Awaitable[str]]) -> web.Response:
        form = await self._form(request)
        try:
            twiml = await answer(form)
        except NotACall as why:
            raise web.HTTPBadRequest(text=str(why)) from why
        except Exception as why:
            # A caller is waiting: whatever broke, they hear a sentence instead of the carrier's error tone.
            log.error("a webhook could not be answered: %s", type(why).__name__)
            twiml = render(Say(SORRY), Hangup())
        return web.Response(text=twiml, content_type="text/xml")

    async def _form(self, request: web.Request) -> dict[str, str]:
        """The form, once its signature is checked. Raises 403, and 413 for a body over the limit."""
        if request.content_length is not None and request.content_length > MAX_FORM_BYTES:
            raise web.HTTPRequestEntityTooLarge(MAX_FORM_BYTES, request.content_length)
        try:
            pairs = [(key, str(value)) for key, value in (await request.post()).items()]
        except (ValueError, LookupError) as why:
            raise web.HTTPBadRequest(text="the body is no form") from why
        signature = request.headers.get("X-Twilio-Signature")
        if self._check is not None and not self._check.form(request.raw_path, pairs, signature):
            raise web.HTTPForbidden(text="the signature does not match")
        if len(pairs) > MAX_FIELDS:
            raise web.HTTPBadRequest(text="the form has too many fields")
        return dict(pairs)
