"""The HTTP around the webhooks: signatures, limits, faults, and a whole call over loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web

from calls.errors import ConfigurationError
from telephony.callbacks import SORRY
from telephony.signature import HEADER, Secret, SignatureCheck, sign
from telephony.twin import Caller, Tamper, Twin
from telephony.twin.web import WebNetwork
from telephony.webhooks import MAX_BODY_BYTES, SIGNED, Webhooks
from tests.telephony.front import CONFIG, LINE, PUBLIC, TOKEN, Front, listens, presses_zero, verbs

CALL = "CA" + "1" * 32
FORM = {"CallSid": CALL, "AccountSid": "AC1", "From": "+15550100", "To": "+15550199", "CallStatus": "ringing"}
VOICE, AFTER, STATUS = "/twilio/voice", "/twilio/after", "/twilio/status"


Visit = Callable[[Front, aiohttp.ClientSession, str], Awaitable[None]]


def over_http(visit: Visit, check: SignatureCheck | None = None, *, insecure_dev: bool = False) -> Front:
    async def main() -> Front:
        front = Front()
        guard = None if insecure_dev else check or front.check
        hooks = Webhooks(front.callbacks, front.media, guard, insecure_dev=insecure_dev)
        app = web.Application()
        for method, path, handler, permission in hooks.routes():
            assert permission == SIGNED
            app.router.add_route(method, path, handler)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            async with aiohttp.ClientSession() as session:
                await visit(front, session, f"http://127.0.0.1:{runner.addresses[0][1]}")
        finally:
            await runner.cleanup()
        return front

    return asyncio.run(main())


async def post(
    session: aiohttp.ClientSession, base: str, path: str, body: str, signature: str | None
) -> tuple[int, str]:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if signature is not None:
        headers[HEADER] = signature
    async with session.post(base + path, data=body, headers=headers) as response:
        return response.status, await response.text()


def signed(path: str, secret: str | Secret = TOKEN) -> str:
    return sign(secret, PUBLIC + path, FORM.items())


@pytest.mark.wire
def test_only_what_the_carrier_signed_is_answered() -> None:
    async def visit(front: Front, session: aiohttp.ClientSession, base: str) -> None:
        body = urlencode(FORM)
        assert (await post(session, base, VOICE, body, signed(VOICE)))[0] == 200
        forged = [
            (VOICE, body, None),
            (VOICE, body, ""),
            (VOICE, body, signed(VOICE, "another token")),
            (VOICE, body, signed(AFTER)),
            (VOICE, body + "&From=%2B15550666", signed(VOICE)),
            (VOICE, body.replace("15550199", "15550198"), signed(VOICE)),
            (VOICE + "?x=1", body, signed(VOICE)),
            (VOICE, "%ff%fe" * 5, signed(VOICE)),
            (VOICE, "&".join(f"a{n}=1" for n in range(500)), signed(VOICE)),
            (AFTER, body, None),
            (STATUS, body, None),
            ("/twilio/stream-status", body, None),
        ]
        for path, given, signature in forged:
            status, text = await post(session, base, path, given, signature)
            assert status == 403, (path, status)
            assert "<" not in text
        async with session.get(base + "/twilio/media") as response:
            assert response.status == 403
        assert len(front.admission.asked) == 1

    over_http(visit)


@pytest.mark.wire
def test_while_secrets_rotate_both_are_good() -> None:
    async def visit(front: Front, session: aiohttp.ClientSession, base: str) -> None:
        for secret in ("old", "new"):
            assert (await post(session, base, VOICE, urlencode(FORM), signed(VOICE, secret)))[0] == 200

    over_http(visit, SignatureCheck(PUBLIC, ["old", "new"]))


@pytest.mark.wire
def test_a_body_over_the_limit_is_refused() -> None:
    async def visit(front: Front, session: aiohttp.ClientSession, base: str) -> None:
        status, _ = await post(session, base, VOICE, "a=" + "x" * MAX_BODY_BYTES, signed(VOICE))
        assert status == 413

    over_http(visit)


@pytest.mark.wire
def test_whatever_breaks_the_caller_hears_an_apology(caplog: pytest.LogCaptureFixture) -> None:
    async def visit(front: Front, session: aiohttp.ClientSession, base: str) -> None:
        front.admission.fault = RuntimeError("+15550100 is not in the table")
        front.desk.fault = RuntimeError("+15550100 is not in the table")
        for path in (VOICE, AFTER):
            status, text = await post(session, base, path, urlencode(FORM), signed(path))
            assert (status, verbs(text)) == (200, ["Say", "Hangup"])
            assert SORRY in text

    over_http(visit)
    assert "RuntimeError" in caplog.text
    assert "15550100" not in caplog.text


@pytest.mark.wire
def test_a_form_without_a_call_is_a_bad_request() -> None:
    async def visit(front: Front, session: aiohttp.ClientSession, base: str) -> None:
        assert (await post(session, base, VOICE, "a=1", sign(TOKEN, PUBLIC + VOICE, [("a", "1")])))[0] == 400

    over_http(visit)


def test_unsigned_webhooks_must_be_asked_for() -> None:
    front = Front()
    with pytest.raises(ConfigurationError, match="TWILIO_AUTH_TOKEN"):
        Webhooks(front.callbacks, front.media, None)


@pytest.mark.wire
def test_insecure_development_answers_this_machine() -> None:
    async def visit(front: Front, session: aiohttp.ClientSession, base: str) -> None:
        assert (await post(session, base, VOICE, urlencode(FORM), None))[0] == 200

    over_http(visit, insecure_dev=True)


@pytest.mark.wire
def test_a_whole_call_over_loopback_and_forged_ones_beside_it() -> None:
    async def visit(front: Front, session: aiohttp.ClientSession, base: str) -> None:
        async with WebNetwork({PUBLIC: base}) as network, asyncio.TaskGroup() as group:
            twin = Twin(replace(CONFIG, linger_ms=3_000), network)

            def place(script: Callable[[Caller], Awaitable[None]], tamper: Tamper | None = None) -> asyncio.Task:  # type: ignore[type-arg]
                call = twin.place_call(to=LINE.number, from_="+15550100", script=script, tamper=tamper)
                return group.create_task(call)

            good = place(presses_zero)
            unsigned = place(listens, Tamper(webhook="missing"))
            socket = place(listens, Tamper(socket="forged"))
        assert good.result().end_reason == "server_hung_up"
        assert good.result().errors == []
        assert good.result().starved_ms == 0
        assert unsigned.result().end_reason == "webhook_failed"
        assert {stream.ending for stream in socket.result().streams} == {"refused"}
        assert {call.call for call in front.host.calls} == {good.result().call_sid}

    over_http(visit)
