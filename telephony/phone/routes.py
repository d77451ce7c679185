"""The softphone's routes: a page, a ticket, a media socket, and the transcript beside it."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from aiohttp import web

from calls.errors import SwitchboardError
from calls.house_ports import Declined
from calls.line import IncomingCall, Line
from calls.randomness import Randomness
from telephony.aiohttp_socket import AiohttpSocket
from telephony.media import MediaParts, handle_media
from telephony.phone import page
from telephony.phone.origins import SameOrigin
from telephony.phone.tickets import TTL_S, TicketedSocket, Tickets
from telephony.untrusted_json import UnreadableJson, read_object

PERMISSION: Final = "phone:use"
"""A person who is signed in and may place calls from the page."""
TICKET: Final = "phone:ticket"
"""Nobody signed in is asked for: the socket shows its ticket."""
CARRIER: Final = "browser"
MAX_BODY_BYTES: Final = 4_096
CALL_PREFIX: Final = "PH"

_CALL = re.compile(r"PH_[0-9a-z]{20}")
_AFTER = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_NOT_DIALLED = "This line passes its calls on to a person right now. A call from the browser cannot be passed on."

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a transcript."""

    seq: int
    """grows; a row that comes again under the same number replaces the earlier"""
    speaker: str
    """``caller | agent``, or anything else that should stand before the text"""
    text: str


Transcript = Callable[[str, int], Awaitable[Sequence[Row]]]
"""(call, after): the rows with a larger ``seq``, in order; none for a call not on record."""
Over = Callable[[str], Awaitable[None]]
"""The call has no line any more: end it on record, if its session has not. Harmless when repeated."""


class Softphone:
    """Browser calls, let in through the same door and carried by the same handler as the carrier's.

    A call's name is 100 random bits behind ``PH_``: only who placed it can ask for its transcript here.
    """

    def __init__(
        self,
        media: MediaParts,
        lines: Callable[[], Sequence[Line]],
        randomness: Randomness,
        public_url: str,
        transcript: Transcript,
        over: Over,
        ticket_ttl_s: float = TTL_S,
    ) -> None:
        self._media = media
        self._lines = lines
        self._randomness = randomness
        self._origin = SameOrigin(public_url)
        self._transcript = transcript
        self._over = over
        self._tickets = Tickets(media.tokens, media.door, ticket_ttl_s)

    def routes(self) -> list[tuple[str, str, Handler, str]]:
        """(method, path, handler, permission); the server checks the permissions."""
        files: list[tuple[str, str, Handler, str]] = [
            ("GET", f"/phone/{name}", _serve(name), PERMISSION) for name in page.FILES
        ]
        return [
            ("GET", "/phone", self.page, PERMISSION),
            ("POST", "/phone/ticket", self.ticket, PERMISSION),
            ("GET", "/phone/media", self.media, TICKET),
            ("GET", "/phone/transcript/{call}", self.transcript, PERMISSION),
            *files,
        ]

    def close(self) -> None:
        """Withdraw the tickets nobody has used yet; for shutdown."""
        self._tickets.close()

    async def page(self, request: web.Request) -> web.Response:
        """The page itself."""
        return page.page(self._lines(), self._origin.sockets(request))

    async def ticket(self, request: web.Request) -> web.Response:
        """``{"line": NUMBER}`` -> ``{call, ticket, socket}``, or ``{refused, message}`` with 404 or 409."""
        origin = self._origin.of(request)
        number = await _line_of(request)
        call = self._randomness.identifier(CALL_PREFIX)
        visit = self._media.door.visit(IncomingCall(call=call, caller="", called=number, carrier=CARRIER))
        decision = await self._media.door.decide(visit)
        if isinstance(decision, Declined):
            self._media.door.leave(visit)
            log.info("a browser call was declined: %s", decision.reason)
            message = decision.message or _NOT_DIALLED
            status = 404 if decision.reason == "unknown_line" else 409
            return web.json_response({"refused": decision.reason, "message": message}, status=status)
        socket = f"ws{origin.removeprefix('http')}{self._origin.path}/phone/media"
        answer = {"call": call, "ticket": self._tickets.issue(visit), "socket": socket}
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    async def media(self, request: web.Request) -> web.StreamResponse:
        """The media socket. A foreign page is refused before the upgrade, a bad ticket by close 1008."""
        self._origin.of(request)
        async with AiohttpSocket.accepted(request) as socket:
            ticketed = TicketedSocket(socket, self._tickets)
            try:
                await handle_media(ticketed, self._media)
            finally:
                if ticketed.visit is not None:
                    self._media.door.leave(ticketed.visit)
                    await self._end(ticketed.visit.incoming.call)
        return socket.response

    async def transcript(self, request: web.Request) -> web.Response:
        """``?after=SEQ`` -> the rows behind it."""
        call, after = request.match_info["call"], request.query.get("after", "-1")
        if not _CALL.fullmatch(call):
            raise web.HTTPNotFound(text="There is no browser call of this name.")
        if not _AFTER.fullmatch(after):
            raise web.HTTPBadRequest(text="'after' must be a whole number: the seq of the last row you have.")
        try:
            rows = await self._transcript(call, int(after))
        except SwitchboardError as why:
            log.warning("a transcript could not be read: %s", why.code)
            raise web.HTTPServiceUnavailable(text="The record cannot be read just now.") from why
        return web.json_response([asdict(row) for row in rows], headers={"Cache-Control": "no-store"})

    async def _end(self, call: str) -> None:
        # A page cannot come back to its call, so a lost socket is the end; a session that ended by itself has
        # written so already.
        try:
            await self._over(call)
        except SwitchboardError as why:
            log.error("a browser call could not be ended on record: %s", why.code)


def _serve(name: str) -> Handler:
    async def file(_request: web.Request) -> web.Response:
        return page.asset(name)

    return file


async def _line_of(request: web.Request) -> str:
    """The number in the body. Raises 413, 415 or 400."""
    # A form of a foreign page cannot send this type without being asked first (Fetch, CORS preflight).
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text='Send JSON: {"line": "+15550100"}.')
    body = b""
    async for chunk in request.content.iter_chunked(MAX_BODY_BYTES):
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise web.HTTPRequestEntityTooLarge(MAX_BODY_BYTES, len(body))
    try:
        number = read_object(body.decode(), MAX_BODY_BYTES).get("line")
    except (UnreadableJson, UnicodeDecodeError):
        number = None
    if not isinstance(number, str) or not 0 < len(number) <= 64 or not number.isprintable():
        raise web.HTTPBadRequest(text='Name the line to call: {"line": "+15550100"}.')
    return number
