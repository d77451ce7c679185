"""Every mounted route, asked by nobody in particular: nothing is told, nothing is dialled, nothing is begun."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import psutil
import pytest
from aiohttp import web
from sqlalchemy import func, select

from agent.scripted import scripted_engine
from records.tables import events
from switchboard import settings
from switchboard.house import House, open_house
from switchboard.server import PERMISSION, listening
from switchboard.web import access_to, application
from tests.wire.process import environment, free_port

pytestmark = pytest.mark.wire

ANYBODY = {("GET", "/health"), ("GET", "/login")}
"""answer 200 to anybody, besides the style and script of the sign-in form under /console/"""
FORM = {"CallSid": "CA" + "1" * 32, "From": "+12125550142", "To": "+15550100", "CallStatus": "ringing"}
KEY = "a" * 22 + "=="
CREDENTIALS: tuple[dict[str, str], ...] = (
    {},
    {"Authorization": "Bearer sb_not_a_token"},
    {"Authorization": "Basic YWRtaW46YWRtaW4="},
    {"Cookie": "switchboard=forged; session=forged; switchboard_demo=forged"},
    {"X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
    {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"},
    {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "a" * 22 + "==",
    },
)


@asynccontextmanager
async def carrier(asked: list[str]) -> AsyncIterator[str]:
    """Twilio's REST interface, which notes whatever it is asked."""

    async def note(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path}")
        return web.json_response({"sid": "CA" + "2" * 32}, status=201)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", note)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def on_record(house: House) -> int:
    async with house.database.connect() as connection:
        return (await connection.execute(select(func.count()).select_from(events))).scalar_one()


def in_house(folder: Path, stores: dict[str, str], act: Callable[..., Awaitable[None]]) -> None:
    async def main() -> None:
        asked: list[str] = []
        async with carrier(asked) as rest:
            more = {**stores, "TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_API_BASE_URL": rest}
            chosen = settings.read(environment(folder / "var", free_port(), **more))
            async with open_house(chosen, scripted_engine()) as house:
                app = application(house, access_to(house))
                async with listening(app, chosen), aiohttp.ClientSession() as session:
                    await act(house, app, session)
        assert asked == [], "the carrier was asked for something"

    asyncio.run(main())


def test_no_route_tells_or_does_anything_for_strangers(folder: Path, stores: dict[str, str]) -> None:
    async def act(house: House, app: web.Application, session: aiohttp.ClientSession) -> None:
        mounted = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
        declared = app[PERMISSION]
        assert {pair for pair in mounted if pair[0] != "HEAD"} == set(declared), "mounted without a permission"
        assert len(declared) >= 15
        before = await on_record(house)
        for method, path in sorted(declared):
            url = house.settings.public() + re.sub(r"\{[^}]*\}", "CA" + "1" * 32, path)
            for credentials in CREDENTIALS:
                answer = await ask(session, method, url, credentials)
                opened = (method, path) in ANYBODY or path.startswith("/console/")
                assert opened or not 200 <= answer.status < 300, (method, path, credentials, answer.status)
                assert answer.status < 500, (method, path, credentials, answer.status)
                if 300 <= answer.status < 400:
                    assert answer.headers["Location"].startswith("/login"), (method, path, answer.headers["Location"])
                assert "Set-Cookie" not in answer.headers or path == "/logout", (method, path)
        assert len(house.door) == 0, "a call was let in"
        assert await on_record(house) == before

    in_house(folder, stores, act)


async def ask(session: aiohttp.ClientSession, method: str, url: str, headers: dict[str, str]) -> aiohttp.ClientResponse:
    body = FORM if method == "POST" else None
    async with session.request(method, url, data=body, headers=headers, allow_redirects=False) as answer:
        return answer


def test_methods_nobody_declared_are_refused(folder: Path, stores: dict[str, str]) -> None:
    async def act(house: House, app: web.Application, session: aiohttp.ClientSession) -> None:
        for path in {path for _, path in app[PERMISSION] if "{" not in path}:
            for method in ("PUT", "PATCH", "DELETE", "TRACE"):
                answer = await ask(session, method, house.settings.public() + path, {})
                assert answer.status == 405, (method, path, answer.status)

    in_house(folder, stores, act)


def test_with_insecure_dev_only_loopback_is_listened_on(folder: Path, stores: dict[str, str]) -> None:
    async def main() -> None:
        chosen = settings.read(environment(folder / "var", free_port(), **stores, TWILIO_AUTH_TOKEN=""))
        chosen = replace(chosen, insecure_dev=True, public_url="")
        async with (
            open_house(chosen, scripted_engine()) as house,
            listening(application(house, access_to(house)), chosen),
            aiohttp.ClientSession() as session,
        ):
            answer = await ask(session, "POST", chosen.public() + "/twilio/voice", {})
            assert answer.status == 200
            assert set(_listening_on(chosen.port)) == {"127.0.0.1"}

    asyncio.run(main())


def _listening_on(port: int) -> list[str]:
    here = psutil.Process().net_connections(kind="inet")
    return [c.laddr.ip for c in here if c.status == psutil.CONN_LISTEN and c.laddr.port == port]
