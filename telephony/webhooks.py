"""The carrier's routes on aiohttp: limits and signatures first, then `Callbacks` and the media handler."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from aiohttp import web

from calls.errors import ConfigurationError
from telephony.aiohttp_socket import AiohttpSocket
from telephony.callbacks import AFTER, MEDIA, SORRY, STATUS, STREAM_STATUS, VOICE, Callbacks, Form, NotACall
from telephony.media import MediaParts, handle_media, story
from telephony.messages import MESSAGE, MESSAGE_STATUS, MessageCallbacks, NotAMessage
from telephony.pay import PAID, PAY_STATUS
from telephony.signature import HEADER, SignatureCheck
from telephony.twiml import Hangup, Say, render

log = logging.getLogger(__name__)

SIGNED: Final = "carrier:signed"
MAX_BODY_BYTES: Final = 64 * 1024
MAX_FIELDS: Final = 200
BODY_S: Final = 5.0
"""How long a request may take to bring its body."""
ANSWER_S: Final = 8.0
"""Twilio gives up after 15 s; an apology must be there before."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Route(NamedTuple):
    """One address of ours, and who may use it."""

    method: str
    path: str
    handler: Handler
    permission: str


class Webhooks:
    """``check`` None is refused, unless ``insecure_dev`` is passed: then nothing is checked, and only this machine
    is answered."""

    def __init__(
        self,
        callbacks: Callbacks,
        media: MediaParts,
        check: SignatureCheck | None,
        *,
        insecure_dev: bool = False,
        messages: MessageCallbacks | None = None,
    ) -> None:
        if check is None and not insecure_dev:
            raise ConfigurationError(
                "webhooks need PUBLIC_URL and TWILIO_AUTH_TOKEN to check signatures; "
                "set both, or pass --insecure-dev to answer this machine only, unchecked"
            )
        self._callbacks = callbacks
        self._media = media
        self._check = check
        self._insecure_dev = insecure_dev
        self._messages = messages

    def routes(self) -> list[Route]:
        """The route table."""
        texts = []
        if self._messages is not None:
            texts.append(Route("POST", MESSAGE, self._message, SIGNED))
            texts.append(Route("POST", MESSAGE_STATUS, self._message_status, SIGNED))
        return [
            Route("POST", VOICE, self._voice, SIGNED),
            Route("GET", MEDIA, self._socket, SIGNED),
            Route("POST", AFTER, self._after, SIGNED),
            Route("POST", STATUS, self._status, SIGNED),
            Route("POST", STREAM_STATUS, self._stream_status, SIGNED),
            Route("POST", PAID, self._paid, SIGNED),
            Route("POST", PAY_STATUS, self._pay_status, SIGNED),
            *texts,
        ]

    async def _voice(self, request: web.Request) -> web.Response:
        return await self._twiml(request, self._callbacks.voice)

    async def _after(self, request: web.Request) -> web.Response:
        return await self._twiml(request, self._callbacks.after)

    async def _paid(self, request: web.Request) -> web.Response:
        return await self._twiml(request, self._callbacks.paid)

    async def _pay_status(self, request: web.Request) -> web.Response:
        self._callbacks.pay_status(await self._form(request))
        return web.Response(status=204)

    async def _status(self, request: web.Request) -> web.Response:
        form = await self._form(request)
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._callbacks.status(form)
        except NotACall as fault:
            raise web.HTTPBadRequest(text=str(fault)) from None
        except Exception as fault:
            # 500 makes the fault visible in the carrier's debugger; a later repeat may succeed.
            log.error("a status callback failed: %s", story(fault))
            return web.Response(status=500)
        return web.Response(status=204)

    async def _stream_status(self, request: web.Request) -> web.Response:
        self._callbacks.stream_status(await self._form(request))
        return web.Response(status=204)

    async def _message(self, request: web.Request) -> web.Response:
        form = await self._form(request)
        assert self._messages is not None
        try:
            async with asyncio.timeout(ANSWER_S):
                twiml = await self._messages.received(form)
        except NotAMessage as fault:
            raise web.HTTPBadRequest(text=str(fault)) from None
        except Exception as fault:
            # The carrier asks again after a 500, and STOP must not be lost.
            log.error("a text message was not taken: %s", story(fault))
            return web.Response(status=500)
        return web.Response(text=twiml, content_type="text/xml")

    async def _message_status(self, request: web.Request) -> web.Response:
        form = await self._form(request)
        assert self._messages is not None
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._messages.status(form)
        except NotAMessage as fault:
            raise web.HTTPBadRequest(text=str(fault)) from None
        except Exception as fault:
            log.error("how a text message fared was not taken: %s", story(fault))
            return web.Response(status=500)
        return web.Response(status=204)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        signature = request.headers.get(HEADER)
        self._must(request, self._check is not None and self._check.socket(request.raw_path, signature))
        async with AiohttpSocket.accepted(request) as socket:
            await handle_media(socket, self._media)
        return socket.response

    async def _twiml(self, request: web.Request, answer: Callable[[Form], Awaitable[str]]) -> web.Response:
        form = await self._form(request)
        try:
            async with asyncio.timeout(ANSWER_S):
                twiml = await answer(form)
        except NotACall as fault:
            raise web.HTTPBadRequest(text=str(fault)) from None
        except Exception as fault:
            # A person is waiting: they hear a sentence, not the carrier's "an application error has occurred".
            log.error("a webhook failed: %s", story(fault))
            twiml = render(Say(SORRY), Hangup())
        return web.Response(text=twiml, content_type="text/xml")

    # --- who asks -----------------------------------------------------------------------------------

    async def _form(self, request: web.Request) -> dict[str, str]:
        """The form of a signed request. Raises 403, 408 and 413."""
        body = await _body(request)
        try:
            pairs = parse_qsl(
                body.decode("utf-8", "surrogateescape"),
                keep_blank_values=True,
                errors="surrogateescape",
                max_num_fields=MAX_FIELDS,
            )
        except ValueError:
            raise web.HTTPForbidden(text="not a form the carrier would send") from None
        signature = request.headers.get(HEADER)
        self._must(request, self._check is not None and self._check.form(request.raw_path, pairs, signature))
        return dict(pairs)

    def _must(self, request: web.Request, authentic: bool) -> None:
        if self._insecure_dev and request.remote in ("127.0.0.1", "::1"):
            return
        if not authentic:
            # Without the address or the body: they may be an attacker's, or a caller's.
            log.warning("a request was refused: its signature does not match PUBLIC_URL and TWILIO_AUTH_TOKEN")
            raise web.HTTPForbidden(text="the signature does not match this address and body")


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(BODY_S):
            body = bytearray()
            async for piece in request.content.iter_any():
                body += piece
                if len(body) > MAX_BODY_BYTES:
                    raise web.HTTPRequestEntityTooLarge(MAX_BODY_BYTES, len(body))
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="the body took too long") from None
    return bytes(body)
