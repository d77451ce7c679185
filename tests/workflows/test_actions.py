"""The port ``Actions``: one contract for Postgres and for the actions in memory."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from calls.codec import canonical
from calls.commands import Value
from calls.ports import Actions
from calls.run import ActionRequest
from tests.workflows.dialogue import TODAY
from tests.workflows.wishes import APPOINTMENT, ask, on_postgres, wish
from workflows.backends.wishes import CODE_LETTERS
from workflows.memory_actions import MemoryActions

Open = Callable[[], AbstractAsyncContextManager[Actions]]


@pytest.fixture(params=["memory", "postgres"])
def opened(request: pytest.FixtureRequest) -> Open:
    """Opens one of the implementations, holding the demo practice."""

    @asynccontextmanager
    async def opening() -> AsyncIterator[Actions]:
        if request.param == "memory":
            yield MemoryActions(TODAY)
            return
        async with on_postgres(url) as (actions, _):
            yield actions

    url = request.getfixturevalue("fresh_database") if request.param == "postgres" else ""
    return opening


def play(opened: Open, story: Callable[[Actions], Awaitable[None]]) -> None:
    async def main() -> None:
        async with opened() as actions:
            await story(actions)

    asyncio.run(main())


def test_free_times_of_a_day(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        found = await ask(actions, wish("find_times", service="cleaning", date="2026-03-17"))
        times = str(found.found["times"]).split(",")
        assert (times[0], times[-1], len(times)) == ("09:00", "17:30", 18)
        long = await ask(actions, wish("find_times", service="consultation", date="2026-03-17"))
        assert str(long.found["times"]).split(",")[-1] == "17:00"
        assert found.receipt is None

    play(opened, story)


def test_times_of_today_begin_after_now(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        found = await ask(actions, wish("find_times", service="cleaning", date="2026-03-16"))
        assert str(found.found["times"]).startswith("10:30,11:00")

    play(opened, story)


def test_a_closed_day_names_the_next(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        closed = await ask(actions, wish("find_times", service="cleaning", date="2026-03-22"))
        assert closed.refusal == "closed"
        assert closed.found == {"times": "", "next_date": "2026-03-23"}

    play(opened, story)


def test_a_day_gone_by_has_no_times(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        past = await ask(actions, wish("find_times", service="cleaning", date="2026-03-13"))
        assert past.refusal == "no_times"
        assert past.found["next_date"] == "2026-03-16"

    play(opened, story)


def test_a_booking_leaves_a_receipt_that_proves_it(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        done = await ask(actions, wish("book", **APPOINTMENT))
        assert done.receipt is not None
        result = done.receipt.result
        code = str(result["code"])
        assert len(code) == 5
        assert set(code) <= set(CODE_LETTERS)
        assert {**result, "code": ""} == {"code": "", "service": "cleaning", "date": "2026-03-17", "time": "14:30"}
        body = canonical({"action": "book", "result": dict(result)})
        assert done.receipt.digest == hashlib.sha256(body).hexdigest()

    play(opened, story)


def test_the_same_key_again_gets_the_same_receipt(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        first = await ask(actions, wish("book", **APPOINTMENT))
        second = await ask(actions, wish("book", **APPOINTMENT))
        assert first == second
        taken = await ask(actions, wish("find_times", service="cleaning", date="2026-03-17"))
        assert "14:30" in str(taken.found["times"]), "the second room is still free: nothing was booked twice"

    play(opened, story)


def test_both_rooms_taken_refuses_with_what_is_left(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        for n in range(2):
            assert (await ask(actions, wish("book", key=f"k{n}", **{**APPOINTMENT, "name": f"Booker {n}"}))).receipt
        third = await ask(actions, wish("book", key="k2", **APPOINTMENT))
        assert third.refusal == "slot_taken"
        left = str(third.found["times"]).split(",")
        assert "14:30" not in left
        assert "14:00" in left
        longer = await ask(
            actions, wish("book", key="k3", **{**APPOINTMENT, "service": "consultation", "time": "14:00"})
        )
        assert longer.refusal == "slot_taken", "an hour from two would run into it"

    play(opened, story)


@pytest.mark.parametrize(
    "when",
    [
        {"time": "08:00"},
        {"time": "17:45"},
        {"time": "14:10"},
        {"date": "2026-03-22"},
        {"date": "2026-03-13"},
    ],
)
def test_a_time_outside_the_hours_is_never_booked(opened: Open, when: dict[str, str]) -> None:
    async def story(actions: Actions) -> None:
        refused = await ask(actions, wish("book", **{**APPOINTMENT, **when}))
        assert (refused.refusal, refused.receipt) == ("slot_taken", None)

    play(opened, story)


@pytest.mark.parametrize(
    ("day", "zone", "wall"),
    [
        ("2026-03-29", "Europe/Berlin", "2026-03-28T12:00:00+01:00"),
        ("2026-11-01", "America/New_York", "2026-10-31T12:00:00-04:00"),
    ],
)
def test_days_on_which_the_clocks_change(opened: Open, day: str, zone: str, wall: str) -> None:
    """Both are Sundays: closed, and the Monday after has a whole day of times at the new offset."""

    async def story(actions: Actions) -> None:
        closed = await ask(actions, wish("find_times", service="cleaning", date=day), timezone=zone, wall=wall)
        monday = str(closed.found["next_date"])
        open_day = await ask(actions, wish("find_times", service="cleaning", date=monday), timezone=zone, wall=wall)
        assert len(str(open_day.found["times"]).split(",")) == 18
        booked = wish("book", **{**APPOINTMENT, "date": monday, "time": "09:00"})
        assert (await ask(actions, booked, timezone=zone, wall=wall)).receipt

    play(opened, story)


@pytest.mark.parametrize(
    ("code", "words", "day"),
    [
        ("482913", "is on its way", "2026-03-18"),
        ("774402", "has arrived", ""),
        ("905561", "will not be sent, because it was called off", ""),
    ],
)
def test_an_order(opened: Open, code: str, words: str, day: str) -> None:
    async def story(actions: Actions) -> None:
        found = await ask(actions, wish("order_status", code=code))
        assert found.found == {"order_status": words, "expected_on": day}

    play(opened, story)


def test_an_order_nobody_knows(opened: Open) -> None:
    async def story(actions: Actions) -> None:
        missing = await ask(actions, wish("order_status", code="1' or '1'='1"))
        assert missing.refusal == "not_found"

    play(opened, story)


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("open_ticket", {"problem": "It leaks", "phone": "+12125550143", "name": "Bo"}),
        ("open_ticket", {"problem": "Robert'); drop table tickets;--", "phone": "+12125550143"}),
        ("leave_callback", {"phone": "+12125550143", "reason": "a new appointment"}),
        ("leave_message", {"message": "Call 2 people", "phone": ""}),
    ],
)
def test_what_is_left_with_the_desk_gets_a_number(opened: Open, action: str, arguments: dict[str, Value]) -> None:
    async def story(actions: Actions) -> None:
        done = await ask(actions, wish(action, **arguments))
        assert done.receipt is not None
        assert len(str(done.receipt.result["number"])) == 5
        assert await ask(actions, wish(action, **arguments)) == done

    play(opened, story)


@pytest.mark.parametrize(
    "request_", [wish("launch_rocket"), wish("find_times", service="surgery", date="2026-03-17"),
                 wish("find_times", service="cleaning", date="soon"), wish("book", **{**APPOINTMENT, "time": "late"})],
    ids=["unknown action", "unknown service", "no date", "no time"],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_not_raised(opened: Open, request_: ActionRequest) -> None:
    async def story(actions: Actions) -> None:
        answer = await ask(actions, request_)
        assert (answer.refusal, answer.receipt) == ("unavailable", None)

    play(opened, story)
