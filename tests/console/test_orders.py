"""Orders over HTTP: who may give them, what is answered, and who stands as their author."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from calls.house_ports import OrderAnswer
from records.tokens import CALLS_READ, CALLS_STEER
from tests.console.site import NOW, Site, site
from tests.records import sample_call

Scene = Callable[[Site], Awaitable[None]]
LIVE, OVER = "CA2", "CA1"
SAY = {"kind": "say", "words": "We are closing soon."}


@pytest.fixture
def play(fresh_database: str, tmp_path: Path) -> Callable[[Scene], None]:
    def run(scene: Scene) -> None:
        async def main() -> None:
            async with asyncio.timeout(30), site(fresh_database, tmp_path) as opened:
                await sample_call.tell(opened.sink)
                await sample_call.tell(opened.sink, LIVE, upto_ms=2_000.0)
                await scene(opened)

        asyncio.run(main())

    return run


async def ordered(
    at: Site, order: Any = SAY, call: str = LIVE, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    chosen = await steering(at) if headers is None else headers
    answer = await at.client.post(f"/api/v1/calls/{call}/orders", json=order, headers=chosen)
    return answer.status, await answer.json(content_type=None)


async def steering(at: Site) -> dict[str, str]:
    return {"Authorization": f"Bearer {await at.tokens.create([CALLS_STEER], NOW, 'desk')}"}


def test_an_order_is_given_in_the_name_of_the_token(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        header = await steering(at)
        (token,) = [one for one in await at.tokens.find() if one.label == "desk"]
        assert await ordered(at, headers=header) == (200, {"state": "accepted", "author": token.id})
        assert await ordered(at, {"kind": "end"}, headers=header) == (200, {"state": "accepted", "author": token.id})
        assert at.given.orders == [(LIVE, token.id, "say", SAY["words"]), (LIVE, token.id, "end", "")]

    play(scene)


@pytest.mark.parametrize(("state", "status"), [("refused", 409), ("expired", 504)])
def test_what_is_not_carried_out_says_why(play: Callable[[Scene], None], state: Any, status: int) -> None:
    async def scene(at: Site) -> None:
        at.given.answer = OrderAnswer(state, "the call is ending")
        answered, problem = await ordered(at)
        assert (answered, problem["code"], problem["detail"]) == (status, f"order.{state}", "the call is ending")

    play(scene)


def test_reading_is_not_steering(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        assert (await ordered(at, headers={}))[0] == 401
        assert (await ordered(at, headers={"Authorization": "Bearer sb_nonsense"}))[0] == 401
        status, problem = await ordered(at, headers=at.bearer)
        assert (status, problem["code"]) == (403, "token.scope")
        assert CALLS_STEER in problem["detail"]
        assert at.given.orders == []

    play(scene)


def test_a_signed_in_person_orders_but_no_other_sites_page_does(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        plain = await at.tokens.create([CALLS_READ, CALLS_STEER], NOW, "person")
        (person,) = [one for one in await at.tokens.find() if one.label == "person"]
        await at.client.post("/login", data={"token": plain}, allow_redirects=False)
        assert await ordered(at, headers={}) == (200, {"state": "accepted", "author": person.id})
        for foreign in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert (await ordered(at, headers=foreign))[0] == 403
        as_form = await at.client.post(f"/api/v1/calls/{LIVE}/orders", data=SAY)
        assert as_form.status == 400, "a form of another page could be sent without asking"
        assert len(at.given.orders) == 1

    play(scene)


@pytest.mark.parametrize(
    "order", [[], "say", {"kind": 1}, {"kind": "dance"}, {}, {"kind": "say", "words": "x", "author": "boss"}, None]
)
def test_what_is_no_order_is_told_what_one_is(play: Callable[[Scene], None], order: Any) -> None:
    async def scene(at: Site) -> None:
        status, problem = await ordered(at, order)
        assert (status, problem["code"]) == (400, "request.invalid")
        assert at.given.orders == []

    play(scene)


def test_a_call_that_is_over_or_unknown_takes_none(play: Callable[[Scene], None]) -> None:
    async def scene(at: Site) -> None:
        assert [(await ordered(at, call=call))[1]["code"] for call in (OVER, "CA9", "%00")] == [
            "call.ended", "call.unknown", "call.unknown",
        ]  # fmt: skip
        assert at.given.orders == []

    play(scene)
