from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from calls.clock import LoopClock
from telephony.twilio_rest import CarrierRefused, TwilioRest
from telephony.twin import Twin
from telephony.twin.rest import RestApi
from tests.telephony.front import CONFIG, Front, listens

ACCOUNT, TOKEN, CALL = CONFIG.account_sid, "rest token 1234", "CA" + "1" * 32
Use = Callable[[TwilioRest], Awaitable[None]]

pytestmark = pytest.mark.wire


def against(status: int, body: object, use: Use) -> list[tuple[str, str, str]]:
    """Hang up against a server that answers this; returns (path, authorization, body) of what it was asked."""
    asked: list[tuple[str, str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append((request.path, request.headers["Authorization"], await request.text()))
        return web.Response(status=status, text=body if isinstance(body, str) else json.dumps(body))

    async def main() -> None:
        app = web.Application()
        app.router.add_post("/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            async with aiohttp.ClientSession() as session:
                await use(TwilioRest(f"http://127.0.0.1:{runner.addresses[0][1]}/", ACCOUNT, TOKEN, session))
        finally:
            await runner.cleanup()

    asyncio.run(main())
    return asked


async def hangs_up(rest: TwilioRest) -> None:
    await rest.hang_up(CALL)


def test_hanging_up_completes_the_call() -> None:
    path, authorization, body = against(200, {"sid": CALL}, hangs_up)[0]
    assert path == f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json"
    assert authorization == aiohttp.encode_basic_auth(ACCOUNT, TOKEN)
    assert body == "Status=completed"


@pytest.mark.parametrize(("status", "body"), [(404, {"code": 20404}), (404, "not json"), (400, {"code": 20404})])
def test_a_call_already_gone_is_a_success(status: int, body: object) -> None:
    assert len(against(status, body, hangs_up)) == 1


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [(401, {"code": 20003}, "check TWILIO_ACCOUNT_SID"), (500, "<html>", "500"), (302, [], "302"), (429, {}, "429")],
)
def test_a_refusal_says_what_and_never_a_credential(status: int, body: object, said: str) -> None:
    async def refused(rest: TwilioRest) -> None:
        with pytest.raises(CarrierRefused, match=said) as caught:
            await rest.hang_up(CALL)
        assert TOKEN not in repr(caught.value)
        assert ACCOUNT not in repr(caught.value)
        assert caught.value.__cause__ is None

    against(status, body, refused)


def test_a_server_that_is_not_there_is_named_without_its_address() -> None:
    async def main() -> None:
        async with aiohttp.ClientSession() as session:
            with pytest.raises(CarrierRefused, match="could not be reached") as caught:
                await TwilioRest("http://127.0.0.1:9", ACCOUNT, TOKEN, session).hang_up(CALL)
        assert ACCOUNT not in str(caught.value)

    asyncio.run(main())


@pytest.mark.parametrize("call", ["", "../Accounts", "CA1?x=1"])
def test_only_a_calls_name_goes_into_the_address(call: str) -> None:
    async def odd(rest: TwilioRest) -> None:
        with pytest.raises(CarrierRefused):
            await rest.hang_up(call)

    assert against(200, {}, odd) == []


def test_the_twins_live_call_ends_and_a_second_time_is_a_success() -> None:
    async def main() -> None:
        front = Front()
        async with front.network() as network, aiohttp.ClientSession() as session:
            twin = Twin(CONFIG, network, LoopClock())
            async with RestApi(twin, TOKEN) as api, api.serve() as base, asyncio.TaskGroup() as group:
                call = group.create_task(twin.place_call(to="+15550199", from_="+15550100", script=listens))
                while not front.host.calls:
                    await front.clock.sleep_ms(20)
                rest = TwilioRest(base, ACCOUNT, TOKEN, session)
                await rest.hang_up(front.host.calls[0].call)
                await rest.hang_up(front.host.calls[0].call)
            assert call.result().end_reason == "completed_by_rest"

    asyncio.run(main())
