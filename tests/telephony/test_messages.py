"""Texts that come in, and how those we sent fared."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from defusedxml.ElementTree import fromstring

from telephony.messages import MESSAGE, MESSAGE_STATUS, MessageCallbacks, NotAMessage, wish_of
from telephony.signature import HEADER, sign
from telephony.webhooks import Webhooks
from tests.telephony.front import PUBLIC, TOKEN, Front


class Told:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, ...]] = []
        self.fault: Exception | None = None

    async def stopped(self, phone: str) -> None:
        if self.fault is not None:
            raise self.fault
        self.heard.append(("stop", phone))

    async def started(self, phone: str) -> None:
        self.heard.append(("start", phone))

    async def help_for(self, number: str) -> str:
        return f"Harbor & Sons at {number}"

    async def fared(self, message: str, status: str, error: str) -> None:
        self.heard.append((message, status, error))


def received(**form: str) -> tuple[Told, str]:
    told = Told()
    form = {"From": "+15550123", "To": "+15550100", **form}
    twiml = asyncio.run(MessageCallbacks(told).received(form))
    message = fromstring(twiml).find("Message")
    return told, "" if message is None else str(message.text)


@pytest.mark.parametrize("body", ["STOP", "stop", " Stop. ", "Stop!", "UNSUBSCRIBE", "stop all", "End", "Opt-Out"])
def test_stop_is_understood_however_it_is_written(body: str) -> None:
    told, answer = received(Body=body)
    assert (told.heard, answer) == ([("stop", "+15550123")], "")


@pytest.mark.parametrize("body", ["START", "unstop", "Yes"])
def test_start_lets_texts_come_again(body: str) -> None:
    told, answer = received(Body=body)
    assert (told.heard, answer) == ([("start", "+15550123")], "")


@pytest.mark.parametrize("body", ["HELP", "info", "Can you move me to Friday?", "", "please stop by tomorrow", "🙂"])
def test_everything_else_is_answered_with_who_we_are(body: str) -> None:
    told, answer = received(Body=body)
    assert (told.heard, answer) == ([], "Harbor & Sons at +15550100")


def test_what_the_carrier_has_answered_is_not_answered_twice() -> None:
    assert received(Body="hjelp", OptOutType="HELP")[1] == ""
    assert received(Body="arret", OptOutType="STOP")[0].heard == [("stop", "+15550123")]


def test_a_form_that_names_nobody_is_no_message() -> None:
    with pytest.raises(NotAMessage):
        received(From="anonymous", Body="STOP")


def test_how_a_text_fared_is_told_on() -> None:
    told = Told()
    desk = MessageCallbacks(told)
    asyncio.run(desk.status({"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"}))
    asyncio.run(desk.status({"MessageSid": "SM2", "MessageStatus": "delivered", "ErrorCode": "<b>"}))
    assert told.heard == [("SM1", "undelivered", "30003"), ("SM2", "delivered", "")]
    with pytest.raises(NotAMessage):
        asyncio.run(desk.status({"MessageSid": "../x", "MessageStatus": "delivered"}))


def test_the_words_that_mean_stop_are_not_those_that_mean_start() -> None:
    assert {wish_of("stop"), wish_of("start"), wish_of("help"), wish_of("hello")} == {"stop", "start", "help", ""}


@pytest.mark.wire
def test_only_what_the_carrier_signed_is_taken_and_a_fault_is_asked_again() -> None:
    told = Told()

    async def post(session: aiohttp.ClientSession, url: str, form: dict[str, str], signed: bool) -> int:
        path = url[url.index("/twilio") :]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if signed:
            headers[HEADER] = sign(TOKEN, PUBLIC + path, form.items())
        async with session.post(url, data=urlencode(form), headers=headers) as response:
            return response.status

    async def main() -> None:
        front = Front()
        hooks = Webhooks(front.callbacks, front.media, front.check, messages=MessageCallbacks(told))
        app = web.Application()
        for method, path, handler, _ in hooks.routes():
            app.router.add_route(method, path, handler)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            base = f"http://127.0.0.1:{runner.addresses[0][1]}"
            form = {"From": "+15550123", "To": "+15550100", "Body": "STOP"}
            async with aiohttp.ClientSession() as session:
                assert await post(session, base + MESSAGE, form, False) == 403
                assert told.heard == []
                assert await post(session, base + MESSAGE, form, True) == 200
                assert await post(session, base + MESSAGE, {"Body": "STOP"}, True) == 400
                status = {"MessageSid": "SM1", "MessageStatus": "sent"}
                assert await post(session, base + MESSAGE_STATUS, status, False) == 403
                assert await post(session, base + MESSAGE_STATUS, status, True) == 204
                assert told.heard == [("stop", "+15550123"), ("SM1", "sent", "")]
                told.fault = RuntimeError("the database is away")
                assert await post(session, base + MESSAGE, form, True) == 500
        finally:
            await runner.cleanup()

    asyncio.run(main())
