"""Every HTTP route of the server declares its permission, and nobody gets past it without."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.ext.asyncio import create_async_engine

from calls.clock import LoopClock
from console.access import Access
from console.permissions import CALLS_READ, CALLS_SEE, CALLS_STEER, METRICS_READ, OPEN
from records.tokens import Tokens
from switchboard.house import House
from switchboard.server import PERMISSION, build
from switchboard.settings import read
from switchboard.web import PHONE, TICKET, application
from telephony.callbacks import Callbacks
from telephony.media import MediaParts
from telephony.signature import SignatureCheck
from telephony.webhooks import SIGNED, Webhooks
from tests.architecture.sources import PROJECT

PUBLIC = "https://calls.example.com"
REFUSALS = {
    CALLS_READ: {401}, CALLS_STEER: {401}, METRICS_READ: {401}, CALLS_SEE: {303}, PHONE: {303, 401},
    SIGNED: {403}, TICKET: {400, 401, 403},
}  # fmt: skip
"""what a stranger is answered"""


class Nobody:
    """Whatever is asked of it, nothing is there."""

    def __getattr__(self, name: str) -> None:
        return None


def site() -> web.Application:
    """The whole site over a house in which nobody lives: whoever got past a guard would find no database."""
    database = create_async_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    nothing = Nobody()
    check = SignatureCheck(PUBLIC, ("a secret of the carrier",))
    house = SimpleNamespace(
        settings=read({"PUBLIC_URL": PUBLIC}),
        book=SimpleNamespace(lines=()),
        database=database,
        sink=nothing,
        desk=nothing,
        media=nothing,
        webhooks=Webhooks(cast(Callbacks, nothing), cast(MediaParts, nothing), check),
        recordings=PROJECT / "no such folder",
        clock=LoopClock(),
    )
    access = Access(Tokens(database), b"k" * 32, LoopClock(), PUBLIC)

    async def metrics(_: web.Request) -> web.StreamResponse:
        return web.Response()

    return application(cast(House, house), access, [("GET", "/metrics", metrics, METRICS_READ)])


def mounted(app: web.Application) -> set[tuple[str, str]]:
    """Method and path of everything the router knows, however it was added."""
    found = set()
    for route in app.router.routes():
        assert route.resource is not None
        found.add((route.method, route.resource.canonical))
    return found


def test_every_route_declares_its_permission() -> None:
    app = site()
    assert mounted(app) == set(app[PERMISSION])
    assert set(app[PERMISSION].values()) <= {OPEN, *REFUSALS}


def test_a_route_whose_permission_nobody_guards_is_refused() -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response()

    with pytest.raises(Exception, match="GET /x asks for 'nobody:knows', which nothing guards"):
        build([("GET", "/x", handler, "nobody:knows")], {})


def test_only_these_routes_are_open_to_anybody() -> None:
    opened = {path for (_, path), permission in site()[PERMISSION].items() if permission == OPEN}
    assert {path for path in opened if not path.startswith("/console/")} == {"/health", "/login", "/logout"}
    files = {path.removeprefix("/console/") for path in opened if path.startswith("/console/")}
    assert files <= {path.name for path in (PROJECT / "console/assets").iterdir()}


def test_a_stranger_is_refused_everywhere_else() -> None:
    async def answers() -> dict[tuple[str, str], int]:
        app = site()
        got = {}
        async with TestClient(TestServer(app)) as client:
            for (method, path), permission in app[PERMISSION].items():
                if permission != OPEN:
                    address = path.replace("{call}", "CA1").replace("{name}", "x")
                    answer = await client.request(method, address, allow_redirects=False)
                    got[method, path] = answer.status
        return got

    permissions = site()[PERMISSION]
    wrong = {route: status for route, status in asyncio.run(answers()).items()
             if status not in REFUSALS[permissions[route]]}  # fmt: skip
    assert not wrong
