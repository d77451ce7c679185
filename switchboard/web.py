"""Every route of the server, and who guards it."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from calls.chain import Envelope
from calls.randomness import SystemRandomness
from calls.record import stream_of
from switchboard.house import House
from switchboard.server import Guard, RouteRow, build, passes
from telephony.phone.routes import Row, Softphone
from telephony.webhooks import SIGNED


def application(house: House, *, signed_in: Guard, console: Sequence[RouteRow] = ()) -> web.Application:
    """The whole site. ``signed_in`` guards the softphone's pages."""
    rows: list[RouteRow] = [("GET", "/health", _health, "open")]
    rows += [(r.method, r.path, r.handler, r.permission) for r in house.webhooks.routes()]
    rows += softphone(house).routes()
    rows += console
    guards: dict[str, Guard] = {
        "open": passes,
        SIGNED: passes,
        "phone:use": signed_in,
        "phone:ticket": passes,
    }
    return build(rows, guards)


async def _health(_: web.Request) -> web.Response:
    """Says that the process answers, and nothing else."""
    return web.json_response({"status": "ok"})


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
