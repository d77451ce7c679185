"""The twin on real sockets, in real time: one short call, one drop, one refusal, REST over HTTP."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from calls.errors import CarrierLost
from telephony.signature import HEADER
from telephony.twin import Caller, CallResult, Tamper, Twin
from telephony.twin.rest import RestApi
from telephony.twin.web import WebNetwork
from tests.telephony.twin.desk import PUBLIC, Desk, tone
from tests.telephony.twin.scene import CONFIG, codes, listens

pytestmark = pytest.mark.wire


class ServerSocket:
    """aiohttp's server side as a MediaSocket."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket

    @property
    def closed(self) -> bool:
        return self._socket.closed

    async def receive(self) -> str | bytes | None:
        message = await self._socket.receive()
        known = message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY)
        return message.data if known else None

    async def send_text(self, text: str) -> None:
        try:
            await self._socket.send_str(text)
        except ConnectionError as error:
            raise CarrierLost("closed") from error

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._socket.close(code=code, message=reason.encode())


@asynccontextmanager
async def listening(desk: Desk) -> AsyncIterator[str]:
    async def webhook(request: web.Request) -> web.StreamResponse:
        form = [(name, str(value)) for name, value in (await request.post()).items()]
        reply = desk.reply(request.raw_path, form, request.headers.get(HEADER))
        return web.Response(status=reply.status, text=reply.body, content_type="application/xml")

    async def media(request: web.Request) -> web.StreamResponse:
        if desk.accept("", request.headers) != 101:
            return web.Response(status=403)
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        await desk.serve(ServerSocket(socket))
        await socket.close()
        return socket

    application = web.Application()
    application.add_routes([web.get("/media", media), web.post("/{path}", webhook)])
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def on_the_wire(desk: Desk, act: Callable[[Twin], Awaitable[CallResult]]) -> CallResult:
    async def main() -> CallResult:
        async with listening(desk) as local, WebNetwork({PUBLIC: local}) as network:
            return await act(Twin(CONFIG, network))

    return asyncio.run(main())


async def short(phone: Caller) -> None:
    await phone.waits(0.1)
    await phone.says(tone(200, 500))
    await phone.waits_for_agent_to_begin()
    await phone.waits(0.3)
    await phone.presses("0")


def test_a_call_over_loopback(tmp_path: Path) -> None:
    desk = Desk(thinks_ms=50, reply_ms=200)
    result = on_the_wire(desk, lambda twin: twin.place_call(to="+1", from_="+2", script=short))
    assert (result.end_reason, codes(result)) == ("twiml_ended", [])
    assert desk.streams[0].counts.as_dict() == {}
    assert desk.started[0].parameters["greeting"] == 'Grüezi & "hello"'
    assert result.starved_ms == 0
    assert [target for target, _ in desk.requests].count("/status") == 4
    result.write_wav(tmp_path / "call.wav")
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        assert file.getnframes() / 8 == pytest.approx(result.duration_ms, abs=100)


def test_a_lost_connection_and_a_forged_upgrade() -> None:
    async def drops(phone: Caller) -> None:
        await phone.waits(0.1)
        await phone.drops_socket()

    desk = Desk()
    result = on_the_wire(desk, lambda twin: twin.place_call(to="+1", from_="+2", script=drops))
    assert [stream.ending for stream in result.streams] == ["dropped"]
    assert desk.streams[0].open
    forged = Tamper(socket="forged")
    result = on_the_wire(desk, lambda twin: twin.place_call(to="+1", from_="+2", script=listens, tamper=forged))
    assert codes(result) == ["31920"]


def test_nobody_listens() -> None:
    async def main() -> CallResult:
        async with WebNetwork({PUBLIC: "http://127.0.0.1:1"}) as network:
            return await Twin(CONFIG, network).place_call(to="+1", from_="+2", script=listens)

    result = asyncio.run(main())
    assert (result.end_reason, result.webhooks[0].status) == ("webhook_failed", 0)


def test_rest_over_http_ends_a_live_call() -> None:
    async def act(twin: Twin) -> CallResult:
        async with RestApi(twin, "rest token") as rest, rest.serve() as base, asyncio.TaskGroup() as group:
            placed = group.create_task(twin.place_call(to="+1", from_="+2", script=listens, call_sid="CA1"))
            await asyncio.sleep(0.2)
            url = f"{base}/2010-04-01/Accounts/{CONFIG.account_sid}/Calls/CA1.json"
            secret = aiohttp.encode_basic_auth(CONFIG.account_sid, "rest token")
            async with aiohttp.ClientSession() as session:
                async with session.post(url, data={"Status": "completed"}) as answer:
                    assert answer.status == 401
                headers = {"Authorization": secret}
                async with session.post(url, data={"Status": "completed"}, headers=headers) as answer:
                    assert (answer.status, (await answer.json())["status"]) == (200, "completed")
        return placed.result()

    assert on_the_wire(Desk(), act).end_reason == "completed_by_rest"
