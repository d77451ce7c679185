"""Drawn callers ask both back ends the same things: every answer has to be the same, word for word."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import datetime, time
from typing import Any

import pytest

from tests.counts import count
from tests.workflows.backends.world import World, opening_on
from workflows.backends.agenda import Service
from workflows.backends.hours import Closure, HoursRow
from workflows.backends.practice import DEMO, Place, Room

PRACTICE = replace(
    DEMO,
    details=(
        Service("cleaning", 30, before=5, after=10, every=15, change_hours=2),
        Service("consultation", 60, capacity=3),
    ),
    rooms=(Room("room_1", "east", 4), Room("room_2", "west", services=("checkup", "cleaning"))),
    places=(Place("east", "Harbor Street"), Place("west", "Bay Road", "America/Los_Angeles")),
    hours=(HoursRow("west", "", 1, time(10), time(13)), HoursRow("", "room_1", 6, time(1), time(4))),
    closures=(Closure(datetime(2026, 3, 18, 9), datetime(2026, 3, 18, 17), place="east"),),
    opens=time(9),
    closes=time(12),
)
DAYS = ("2026-03-16", *["2026-03-17"] * 5, "2026-03-18", "2026-03-22", "2026-11-01", "soon")
TIMES = ("09:00", "09:15", "09:30", "10:00", "10:30", "11:00", "11:30", "01:30", "late")
PHONES = ("+12125550143", "+12125550144", "+12125550145", "+12125550199")


class Caller:
    """What one call asks, drawn from a seed; what it learned from one back end it uses on both."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.codes = ["ZZZZZ"]
        self.sent = "123456"

    def wish(self) -> tuple[str, dict[str, Any], dict[str, str]]:
        draw = self.chance.choice
        slot = {"service": draw([*["cleaning", "consultation", "checkup"] * 3, "surgery"]), "date": draw(DAYS)}
        if self.chance.random() < 0.3:
            slot["place"] = draw(["east", "west", "moon"])
        when = {"date": slot["date"], "time": draw(TIMES)}
        named = {"name": draw(["Alex Kim", "Maria Lopez", "Jo"]), "phone": draw(PHONES)}
        code, customer = draw(self.codes), draw(["c1", "c2", "c3", "c9"])
        action, arguments = draw(
            [
                ("find_times", slot), ("hold_time", {**slot, **when}), ("hold_time", {**slot, **when}),
                *[("book", {**slot, **when, **named})] * 4, ("find_booking", {}), ("reschedule", when),
                ("reschedule", when), ("cancel_booking", {}), ("cancel_booking", {}),
                ("join_wait_list", {**slot, **named}), ("join_wait_list", {**slot, **named}),
                ("take_back", {"what": draw(["book", "reschedule", "cancel_booking", "join_wait_list", "x"])}),
                ("verify_caller", {"what": "booking", "code": code, "last_name": draw(["Kim", "Lopez"])}),
                ("verify_caller", {"what": "customer", "phone": named["phone"], "last_name": draw(["Kim", "Lopez"])}),
                ("verify_caller", {"what": draw(["customer", "booking"]), "one_time_code": self.sent}),
                ("send_code", {"phone": named["phone"]}),
                ("find_answer", {"question": draw(["Is there parking?", "dogs", "teeth whitening", "insurance"])}),
                ("find_balance", {}),
                ("promise_payment", {"amount": draw(["40.00 USD", "500 USD", "3 GBP"]), "date": slot["date"]}),
                ("ticket_status", {"number": code}), ("leave_callback", {"phone": named["phone"], "when": ""}),
            ]
        )  # fmt: skip
        context = {
            "call": draw(["CA1", "CA2", "CA3"]),
            "caller": draw([*PHONES, "anonymous"]),
            "subject": draw(["", f"booking:{code}", f"booking:{code}", f"customer:{customer}"]),
        }
        return action, dict(arguments), context


@pytest.mark.parametrize("seed", range(count(60, 3)))
def test_both_back_ends_give_the_same_answers(fresh_database: str, seed: int) -> None:
    caller = Caller(seed)

    async def asked_of_both(memory: World, postgres: World) -> None:
        for n in range(120):
            action, arguments, context = caller.wish()
            key = f"wish {n if caller.chance.random() < 0.9 else max(0, n - 3)} {action}"
            here = await memory.ask(action, key=key, **context, **arguments)
            there = await postgres.ask(action, key=key, **context, **arguments)
            assert here == there, (n, action, arguments, context)
            if here.receipt is not None and "code" in here.receipt.result:
                caller.codes.append(str(here.receipt.result["code"]))
            if action == "send_code":
                mine, theirs = await memory.drawn(), await postgres.drawn()
                assert mine == theirs
                caller.sent = mine.text if mine is not None else caller.sent
            for world in (memory, postgres):
                world.passes(minutes=50 if n % 25 == 24 else n % 3, seconds=n % 2)
        assert await memory.outbox() == await postgres.outbox()

    async def main() -> None:
        async with opening_on("")(PRACTICE) as memory, opening_on(fresh_database)(PRACTICE) as postgres:
            await asked_of_both(memory, postgres)

    asyncio.run(main())
