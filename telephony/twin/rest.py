"""Twilio's REST interface as far as the product uses it (2010-04-01): steer a live call, make one, send a text.

    POST /2010-04-01/Accounts/{AC}/Calls/{CA}.json    Status=completed | Twiml= | Url=
    GET  /2010-04-01/Accounts/{AC}/Calls/{CA}.json
    POST /2010-04-01/Accounts/{AC}/Calls.json         To, From, Twiml | Url, StatusCallback
    POST /2010-04-01/Accounts/{AC}/Messages.json      To, From | MessagingServiceSid, Body

`RestApi.handle` needs no socket; `serve` puts it on a loopback port.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

from aiohttp import web

from telephony.twiml import Redirect, TwimlError
from telephony.twin.call import Order, TwinCall
from telephony.twin.caller import CallerScript
from telephony.twin.config import TwinConfig
from telephony.twin.result import CallResult
from telephony.twin.twiml_reader import Document, parse
from telephony.twin.twin import Message, Twin

_ROUTE = re.compile(r"/2010-04-01/Accounts/([^/]+)/(Calls|Messages)(?:/([^/]+))?\.json")
Answer = tuple[int, dict[str, object]]


class _Refused(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class RestApi:
    """Controls the calls of one twin. Use as `async with`: calls it makes are awaited on leaving.

    `callee` is the person who answers calls made by REST; without one such calls are refused.
    """

    def __init__(self, twin: Twin, api_token: str, callee: CallerScript | None = None) -> None:
        self.placed: list[CallResult] = []
        self._twin = twin
        self._callee = callee
        pair = f"{twin.config.account_sid}:{api_token}".encode()
        self._authorization = b"Basic " + base64.b64encode(pair)
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._group.__aexit__(kind, error, trace)

    def handle(self, method: str, path: str, authorization: str, form: Mapping[str, str]) -> Answer:
        """One request -> (status, JSON body)."""
        try:
            return self._route(method, path, authorization, form)
        except _Refused as refused:
            more = f"https://www.twilio.com/docs/errors/{refused.code}"
            body = {"code": refused.code, "message": refused.message, "more_info": more, "status": refused.status}
            return refused.status, body

    def _route(self, method: str, path: str, authorization: str, form: Mapping[str, str]) -> Answer:
        given = authorization.encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._authorization):
            raise _Refused(401, 20003, "Authenticate")
        route = _ROUTE.fullmatch(path)
        if route is None or route[1] != self._twin.config.account_sid:
            raise _Refused(404, 20404, f"The requested resource {path} was not found")
        match (method, route[2], route[3]):
            case ("POST", "Calls", None):
                return self._create(form)
            case ("POST", "Messages", None):
                return self._message(form)
            case ("POST", "Calls", str(sid)):
                return self._update(self._live(sid, path), form)
            case ("GET", "Calls", str(sid)):
                return 200, _describe(self._live(sid, path))
        raise _Refused(405, 20004, "Method not allowed")

    def _live(self, sid: str, path: str) -> TwinCall:
        call = self._twin.live.get(sid)
        if call is None:
            raise _Refused(404, 20404, f"The requested resource {path} was not found")
        return call

    def _update(self, call: TwinCall, form: Mapping[str, str]) -> Answer:
        if form.get("Status") in ("completed", "canceled"):
            call.order(Order(reason="completed_by_rest"))
            return 200, {**_describe(call), "status": "completed"}
        call.order(Order(_document(form), "completed_by_rest"))
        return 200, _describe(call)

    def _create(self, form: Mapping[str, str]) -> Answer:
        if self._callee is None:
            raise _Refused(400, 21215, "The twin was given nobody to answer calls made by REST")
        for name in ("To", "From"):
            if not form.get(name):
                raise _Refused(400, 21201, f"No '{name}' number is specified")
        twiml, sid = _document(form), self._twin.new_sid("CA")
        status_url = form.get("StatusCallback") or self._twin.config.status_url
        config = replace(self._twin.config, status_url=status_url)
        self._group.create_task(self._place(form["To"], form["From"], sid, twiml, config, self._callee))
        account = self._twin.config.account_sid
        return 201, {
            "sid": sid,
            "account_sid": account,
            "to": form["To"],
            "from": form["From"],
            "status": "queued",
            "direction": "outbound-api",
        }

    async def _place(
        self, to: str, from_: str, sid: str, twiml: Document, config: TwinConfig, callee: CallerScript
    ) -> None:
        result = await self._twin.place_call(
            to=to, from_=from_, script=callee, call_sid=sid, twiml=twiml, config=config, direction="outbound-api"
        )
        self.placed.append(result)

    def _message(self, form: Mapping[str, str]) -> Answer:
        if not form.get("To"):
            raise _Refused(400, 21604, "A 'To' phone number is required.")
        if not form.get("Body"):
            raise _Refused(400, 21602, "Message body is required.")
        sender = form.get("From") or form.get("MessagingServiceSid")
        if not sender:
            raise _Refused(400, 21603, "A 'From' phone number is required.")
        message = Message(self._twin.new_sid("SM"), form["To"], sender, form["Body"])
        self._twin.messages.append(message)
        return 201, {"sid": message.sid, "to": message.to, "from": message.from_, "status": "queued"}

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Listen on loopback; yields the base URL (`http://127.0.0.1:PORT`)."""
        application = web.Application(client_max_size=64 * 1024)
        application.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(application)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", port)
            await site.start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        authorization = request.headers.get("Authorization", "")
        status, body = self.handle(request.method, request.path, authorization, form)
        return web.Response(status=status, text=json.dumps(body), content_type="application/json")


def _document(form: Mapping[str, str]) -> Document:
    if form.get("Twiml"):
        try:
            return parse(form["Twiml"])
        except TwimlError as wrong:
            raise _Refused(400, 12100, f"Twiml: {wrong}") from None
    if form.get("Url"):
        return Document((Redirect(form["Url"], "GET" if form.get("Method", "").upper() == "GET" else "POST"),))
    raise _Refused(400, 21205, "Url or Twiml parameter is required.")


def _describe(call: TwinCall) -> dict[str, object]:
    identity = call.identity
    return {
        "sid": identity.call_sid,
        "account_sid": identity.account_sid,
        "to": identity.to,
        "from": identity.from_,
        "status": call.status,
        "direction": identity.direction,
    }
