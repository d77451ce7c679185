"""Every route of the server, and who guards it."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from calls.chain import Envelope
from calls.randomness import SystemRandomness
from calls.record import stream_of
from console import routes as console
from console.access import Access
from console.api import CallsApi
from console.orders_api import OrdersApi
from console.pages import CallPages
from console.permissions import METRICS_READ, OPEN
from console.reading import CallReader
from records.tokens import Tokens
from switchboard.house import House
from switchboard.orders import Orders
from switchboard.secret import signing_key
from switchboard.server import Guard, Handler, RouteRow, build, passes
from telephony.phone.routes import Row, Softphone
from telephony.webhooks import SIGNED

PHONE = "phone:use"
TICKET = "phone:ticket"


def application(house: House, access: Access, also: Sequence[RouteRow] = ()) -> web.Application:
    """The whole site, with what exporters add to it."""
    reader = CallReader(house.database, house.recordings)
    rows: list[RouteRow] = [("GET", "/health", _health(house), OPEN)]
    rows += [(r.method, r.path, r.handler, r.permission) for r in house.webhooks.routes()]
    rows += softphone(house).routes()
    orders = OrdersApi(access, reader.index, Orders(house.database, house.clock, SystemRandomness()))
    rows += console.routes(access, CallsApi(reader), orders, CallPages(reader))
    rows += also
    guards: dict[str, Guard] = {
        METRICS_READ: access.api_guard(METRICS_READ),
        **console.guards(access),
        # Signatures and tickets are checked by the handlers, which know what was signed.
        SIGNED: passes,
        TICKET: passes,
        PHONE: access.page_guard(PHONE),
    }
    return build(rows, guards)


def access_to(house: House) -> Access:
    """Tokens, sessions and sign-in links."""
    key = signing_key(house.settings.var, house.settings.secret)
    return Access(Tokens(house.database), key, house.clock, house.settings.public())


def _health(house: House) -> Handler:
    async def health(_: web.Request) -> web.StreamResponse:
        """Says that the process answers, or that it takes no new calls (503), and nothing else."""
        if house.door.draining:
            return web.json_response({"status": "draining"}, status=503)
        return web.json_response({"status": "ok"})

    return health


def softphone(house: House) -> Softphone:
    """The browser's phone over the same door and handler as the carrier's calls."""

    async def transcript(call: str, after: int) -> list[Row]:
        return rows_of(await house.sink.load(stream_of(call)), after)

    async def over(call: str) -> None:
        await house.desk.over(call, "caller_hung_up")

    return Softphone(
        house.media,
        lambda: house.book.lines,
        SystemRandomness(),
        house.settings.public(),
        transcript,
        over,
    )


def rows_of(past: Sequence[Envelope], after: int) -> list[Row]:
    """What was said, as rows numbered by the event that told it."""
    rows = []
    for envelope in past:
        if envelope.seq <= after or envelope.name not in ("caller.spoke", "caller.pressed", "agent.spoke"):
            continue
        body = envelope.event().body
        speaker = "agent" if envelope.name == "agent.spoke" else "caller"
        rows.append(Row(envelope.seq, speaker, str(getattr(body, "text", "") or getattr(body, "digits", ""))))
    return rows
