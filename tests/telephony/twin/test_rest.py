"""REST against live calls: authentication, ending, redirecting, creating, messages."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable

import pytest

from calls.clock import LoopClock
from calls.virtual_time import run_virtual
from telephony.twiml import Pause, Say, render
from telephony.twin import Caller, CallResult, Twin
from telephony.twin.rest import Answer, RestApi
from tests.telephony.twin.desk import Desk
from tests.telephony.twin.scene import CLOCK, CONFIG, listens, says_hello

BASE = f"/2010-04-01/Accounts/{CONFIG.account_sid}"
BASIC = "Basic " + base64.b64encode(f"{CONFIG.account_sid}:rest token".encode()).decode()


class Office:
    """A twin with its REST interface and, perhaps, one live call."""

    def __init__(self, twin: Twin, rest: RestApi) -> None:
        self.twin, self.rest = twin, rest

    def post(self, path: str, auth: str = BASIC, **form: str) -> Answer:
        return self.rest.handle("POST", BASE + path, auth, form)

    @property
    def live(self) -> str:
        (sid,) = self.twin.live
        return f"/Calls/{sid}.json"


def during_a_call(act: Callable[[Office], Awaitable[None]], desk: Desk | None = None) -> CallResult:
    """`act` two seconds into a call whose caller listens."""

    async def main() -> CallResult:
        server = desk or Desk()
        async with server.network() as network:
            twin = Twin(CONFIG, network, LoopClock())
            async with RestApi(twin, "rest token", says_hello) as rest, asyncio.TaskGroup() as group:
                placed = group.create_task(twin.place_call(to="+1", from_="+2", script=listens))
                await CLOCK.sleep_ms(2_000)
                await act(Office(twin, rest))
            return placed.result()

    return run_virtual(main())


def test_completing_a_live_call_stops_its_stream() -> None:
    desk = Desk()

    async def act(office: Office) -> None:
        status, body = office.post(office.live, Status="completed")
        assert (status, body["status"]) == (200, "completed")

    result = during_a_call(act, desk)
    assert (result.end_reason, result.streams[0].ending) == ("completed_by_rest", "call_ended")
    assert result.duration_ms == 2_000
    assert not desk.streams[0].open


@pytest.mark.parametrize("form", [{"Twiml": render(Say("moved"), Pause(1))}, {"Url": "/after"}])
def test_new_twiml_takes_the_call_over(form: dict[str, str]) -> None:
    desk = Desk(after=lambda _: render(Say("moved"), Pause(1)))

    async def act(office: Office) -> None:
        assert office.post(office.live, **form)[0] == 200

    result = during_a_call(act, desk)
    assert result.streams[0].ending == "call_ended"
    assert result.agent[-1].text == "moved"
    assert result.end_reason == "twiml_ended"


def test_a_call_that_is_gone_is_20404() -> None:
    async def act(office: Office) -> None:
        path = office.live
        office.post(path, Status="completed")
        await CLOCK.sleep_ms(1_000)
        status, body = office.post(path, Status="completed")
        assert (status, body["code"]) == (404, 20404)
        assert office.rest.handle("GET", BASE + path, BASIC, {})[1]["code"] == 20404

    during_a_call(act)


@pytest.mark.parametrize("auth", ["", "Basic", "Basic eDp5", BASIC + "x", "Bearer ü\udcff"])
def test_wrong_credentials_are_20003_and_change_nothing(auth: str) -> None:
    async def act(office: Office) -> None:
        status, body = office.post(office.live, auth=auth, Status="completed")
        assert (status, body["code"]) == (401, 20003)

    assert during_a_call(act).end_reason == "caller_hung_up"


@pytest.mark.parametrize(
    ("path", "form", "code"),
    [
        ("{live}", {}, 21205),
        ("{live}", {"Twiml": "<Response>"}, 12100),
        ("/Calls.json", {"From": "+1", "Twiml": "<Response/>"}, 21201),
        ("/Calls.json", {"From": "+1", "To": "+2"}, 21205),
        ("/Messages.json", {"From": "+1", "Body": "x"}, 21604),
        ("/Messages.json", {"From": "+1", "To": "+2"}, 21602),
        ("/Messages.json", {"To": "+1", "Body": "x"}, 21603),
        ("/Queues.json", {}, 20404),
        ("/Calls/../x.json", {}, 20404),
    ],
)
def test_wrong_requests_name_twilios_code(path: str, form: dict[str, str], code: int) -> None:
    async def act(office: Office) -> None:
        status, body = office.post(path.format(live=office.live), **form)
        assert status >= 400
        assert body["code"] == code

    during_a_call(act)


def test_a_call_made_by_rest_is_answered_by_the_callee() -> None:
    desk = Desk()
    office_of: list[Office] = []

    async def act(office: Office) -> None:
        office_of.append(office)
        callback = "https://voice.example.com/other-status"
        status, body = office.post(
            "/Calls.json", To="+3", From="+4", Twiml=render(*desk.answer), StatusCallback=callback
        )
        assert (status, body["direction"]) == (201, "outbound-api")

    during_a_call(act, desk)
    (placed,) = office_of[0].rest.placed
    assert (placed.to, placed.answered, placed.turns[0].response_ms) == ("+3", True, 500)
    assert [form["Direction"] for target, form in desk.requests if target == "/other-status"] == ["outbound-api"] * 4


def test_messages_are_kept() -> None:
    async def act(office: Office) -> None:
        assert office.post("/Messages.json", To="+1", From="+2", Body="see you Tuesday")[0] == 201
        assert [message.body for message in office.twin.messages] == ["see you Tuesday"]

    during_a_call(act)


def test_a_script_that_waits_ends_with_the_call() -> None:
    async def waits_in_vain(phone: Caller) -> None:
        await phone.waits(60)
        raise AssertionError("the call was over long before")

    async def main() -> CallResult:
        async with Desk().network() as network:
            twin = Twin(CONFIG, network, LoopClock())
            async with RestApi(twin, "rest token") as rest, asyncio.TaskGroup() as group:
                placed = group.create_task(twin.place_call(to="+1", from_="+2", script=waits_in_vain))
                await CLOCK.sleep_ms(1_000)
                Office(twin, rest).post(Office(twin, rest).live, Status="completed")
            return placed.result()

    assert run_virtual(main()).duration_ms == 1_000
