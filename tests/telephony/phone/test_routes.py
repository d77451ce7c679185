"""The softphone's routes over loopback: who gets a ticket, what a ticket opens, and how calls end."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from aiohttp import WSMsgType

from calls.house_ports import Declined
from telephony.phone import Row
from telephony.phone.page import FILES
from tests.telephony.phone.house import NUMBER, House, serving, start


def in_house(act: Callable[[House], Awaitable[None]], *settings: str, **more: float) -> None:
    async def main() -> None:
        async with asyncio.timeout(20), serving(*settings, **more) as house:
            await act(house)

    asyncio.run(main())


async def ask(house: House, **request: object) -> tuple[int, str]:
    """Status and text of a ticket request."""
    request = {"json": {"line": NUMBER}, "headers": house.origin, **request}
    async with house.session.post(f"{house.url}/phone/ticket", **request) as answer:
        return answer.status, await answer.text()


async def closing(socket: aiohttp.ClientWebSocketResponse) -> int:
    """The close code; nothing may come before it."""
    message = await socket.receive()
    assert message.type is WSMsgType.CLOSE, message
    return int(message.data)


def test_a_ticket_admits_a_browser_call() -> None:
    async def act(house: House) -> None:
        ticket = await house.ticket()
        [asked] = house.guard.asked
        assert (asked.call, asked.caller, asked.called, asked.carrier) == (ticket["call"], "", NUMBER, "browser")
        assert re.fullmatch(r"PH_[0-9a-z]{20}", ticket["call"])
        assert ticket["socket"] == house.url.replace("http", "ws") + "/phone/media"
        assert house.guard.inside == [ticket["call"]]

    in_house(act)


@pytest.mark.parametrize(
    ("public_url", "origin", "host", "status"),
    [
        ("http://localhost:8080", "http://localhost:8080", None, 200),
        ("http://localhost:8080", "http://localhost:9999", "localhost:9999", 200),
        ("http://127.0.0.1:8080", "http://[::1]:7", "[::1]:7", 200),
        ("http://localhost:8080", "http://localhost:9999", "localhost:9998", 403),
        ("http://localhost:8080", "http://evil.example", None, 403),
        ("http://localhost:8080", "http://evil.example", "evil.example", 403),
        ("http://localhost:8080", "https://localhost:8080", None, 403),
        ("http://localhost:8080", "null", None, 403),
        ("http://localhost:8080", "", None, 403),
        ("https://phones.example", "https://phones.example", None, 200),
        ("https://Phones.example:443/", "https://phones.example", None, 200),
        ("https://phones.example", "https://phones.example.evil.example", None, 403),
        ("https://phones.example", "http://localhost:8080", "localhost:8080", 403),
        ("https://phones.example", "http://phones.example", None, 403),
    ],
)
def test_only_our_own_pages_get_a_ticket_or_a_socket(
    public_url: str, origin: str, host: str | None, status: int
) -> None:
    async def act(house: House) -> None:
        headers = {"Origin": origin} if origin else {}
        headers |= {"Host": host} if host else {}
        got, text = await ask(house, headers=headers)
        assert got == status, text
        if status == 403:
            assert "/phone" in text and house.guard.asked == []
        upgrade = {"headers": headers, "autoclose": False}
        if status == 403:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await house.session.ws_connect(f"{house.url}/phone/media", **upgrade)
            assert refused.value.status == 403
        else:
            async with house.session.ws_connect(f"{house.url}/phone/media", **upgrade):
                pass

    in_house(act, public_url)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"json": {"line": "+19990000"}}, 404),
        ({"json": {"line": 5}}, 400),
        ({"json": {}}, 400),
        ({"json": ["+15550100"]}, 400),
        ({"json": {"line": "x" * 65}}, 400),
        ({"json": {"line": "+1\n"}}, 400),
        ({"json": None, "data": b"{"}, 415),
        ({"json": None, "data": {"line": NUMBER}}, 415),
        ({"json": {"line": "x" * 5000}}, 413),
    ],
)
def test_a_bad_question_is_answered_with_what_was_wrong(request_: dict[str, object], status: int) -> None:
    async def act(house: House) -> None:
        got, text = await ask(house, **request_)
        assert (got, house.guard.inside) == (status, [])
        assert text

    in_house(act)


def test_a_declined_call_hears_why() -> None:
    async def act(house: House) -> None:
        house.guard.declined = Declined("busy", "All lines are busy.")
        status, text = await ask(house)
        assert (status, json.loads(text)) == (409, {"refused": "busy", "message": "All lines are busy."})
        house.guard.declined = Declined("paused", "", dial="+15550199")
        status, text = await ask(house)
        assert status == 409 and "person" in json.loads(text)["message"] and "+15550199" not in text

    in_house(act)


def test_a_call_from_start_to_stop() -> None:
    async def act(house: House) -> None:
        ticket = await house.ticket()
        async with house.session.ws_connect(ticket["socket"], headers=house.origin) as socket:
            await socket.send_str(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
            await socket.send_str(start(ticket))
            call = await house.call()
            payload = base64.b64encode(bytes(160)).decode()
            media = {"track": "inbound", "chunk": "1", "timestamp": "0", "payload": payload}
            await socket.send_str(json.dumps({"event": "media", "streamSid": "MZ1", "media": media}))
            await socket.send_str(json.dumps({"event": "dtmf", "streamSid": "MZ1", "dtmf": {"digit": "#"}}))
            await socket.send_str(json.dumps({"event": "stop", "streamSid": "MZ1", "stop": {}}))
            assert await closing(socket) == 1000
        assert call.incoming.carrier == "browser"
        assert [frame.samples for frame in call.frames] == [bytes(160)]
        assert call.keys == "#"
        assert call.farewell.ended
        await house.over_told.wait()
        assert (house.guard.inside, house.over) == ([], [ticket["call"]])

    in_house(act)


def test_a_lost_socket_ends_the_call_on_record() -> None:
    async def act(house: House) -> None:
        ticket = await house.ticket()
        socket = await house.session.ws_connect(ticket["socket"], headers=house.origin)
        await socket.send_str(start(ticket))
        call = await house.call()
        assert house.over == []
        await socket.close()
        await house.over_told.wait()
        assert not call.farewell.ended
        assert (house.guard.inside, house.over) == ([], [ticket["call"]])

    in_house(act)


@pytest.mark.parametrize("changes", [{"token": "wrong"}, {"token": ""}, {"call": "PH_other"}])
def test_a_socket_without_its_ticket_is_closed_with_1008(changes: dict[str, str]) -> None:
    async def act(house: House) -> None:
        ticket = await house.ticket()
        async with house.session.ws_connect(ticket["socket"], headers=house.origin) as socket:
            await socket.send_str(start(ticket, **changes))
            assert await closing(socket) == 1008
        assert (house.host.calls, house.over) == ([], [])

    in_house(act)


def test_a_ticket_opens_one_socket_and_its_theft_ends_no_call() -> None:
    async def act(house: House) -> None:
        ticket = await house.ticket()
        async with house.session.ws_connect(ticket["socket"], headers=house.origin) as first:
            await first.send_str(start(ticket))
            call = await house.call()
            async with house.session.ws_connect(ticket["socket"], headers=house.origin) as second:
                await second.send_str(start(ticket))
                assert await closing(second) == 1008
            assert (call.signals, house.over, house.guard.inside) == ([], [], [ticket["call"]])
        await house.over_told.wait()
        assert len(house.host.calls) == 1

    in_house(act)


def test_a_carriers_token_opens_nothing_here() -> None:
    async def act(house: House) -> None:
        ticket = await house.ticket()
        token = house.tokens.mint("CA1")
        async with house.session.ws_connect(ticket["socket"], headers=house.origin) as socket:
            await socket.send_str(start(ticket, call="CA1", token=token))
            assert await closing(socket) == 1008

    in_house(act)


def test_a_ticket_nobody_uses_gives_its_place_back() -> None:
    async def act(house: House) -> None:
        ticket = await house.ticket()
        await house.guard.left.wait()
        assert house.guard.inside == []
        async with house.session.ws_connect(ticket["socket"], headers=house.origin) as socket:
            await socket.send_str(start(ticket))
            assert await closing(socket) == 1008

    in_house(act, ticket_ttl_s=0.01)


def test_the_transcript_is_read_from_where_the_page_stands() -> None:
    async def act(house: House) -> None:
        call = (await house.ticket())["call"]
        house.rows[call] = [Row(3, "agent", "Hello."), Row(5, "caller", "A table for four <b>")]
        for query, seqs in (("", [3, 5]), ("?after=3", [5]), ("?after=5", [])):
            async with house.session.get(f"{house.url}/phone/transcript/{call}{query}") as answer:
                rows = await answer.json()
                assert [row["seq"] for row in rows] == seqs
        async with house.session.get(f"{house.url}/phone/transcript/{call}?after=4") as answer:
            assert await answer.json() == [{"seq": 5, "speaker": "caller", "text": "A table for four <b>"}]

    in_house(act)


@pytest.mark.parametrize(
    ("path", "status"),
    [("CA123", 404), ("PH_", 404), ("PH_" + "0" * 20 + "?after=x", 400), ("PH_" + "0" * 20 + "?after=" + "9" * 30, 400),
     ("PH_" + "0" * 20, 200)],
)  # fmt: skip
def test_only_browser_calls_are_read(path: str, status: int) -> None:
    async def act(house: House) -> None:
        async with house.session.get(f"{house.url}/phone/transcript/{path}") as answer:
            assert answer.status == status

    in_house(act)


def test_the_page_lists_the_lines_and_allows_no_foreign_script() -> None:
    async def act(house: House) -> None:
        async with house.session.get(f"{house.url}/phone") as answer:
            text, policy = await answer.text(), answer.headers["Content-Security-Policy"]
        assert f'<option value="{NUMBER}">Harbour &amp; Sons &lt;Dental&gt; · {NUMBER}</option>' in text
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert f"connect-src 'self' {house.url.replace('http', 'ws')};" in policy
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|https?://", text)
        files = set(re.findall(r'(?:href|src)="phone/([^"]+)"', text))
        assert files <= set(FILES) and len(files) == 3
        for name in FILES:
            async with house.session.get(f"{house.url}/phone/{name}") as answer:
                assert answer.status == 200
                assert answer.content_type in ("text/javascript", "text/css", "image/svg+xml")
                assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", await answer.text())

    in_house(act)


def test_every_route_declares_who_may() -> None:
    async def act(house: House) -> None:
        permissions = {path: permission for _, path, _, permission in house.phone.routes()}
        assert permissions.pop("/phone/media") == "phone:ticket"
        assert set(permissions.values()) == {"phone:use"}

    in_house(act)
