"""Judges a call by what the caller wanted and by the rows it left behind. Nothing else is looked at: no event, no
slot, no transcript; only for goals that leave no row, the words the caller heard."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from switchboard.simulation.goals import Goal
from switchboard.simulation.listening import ENOUGH, overlap
from switchboard.simulation.world import Ordered, World

Result = Literal["right", "missed", "wrong"]

Rows = Mapping[str, Sequence[Mapping[str, object]]]
"""table -> rows that were not there before the call"""

WAYS_OUT = ("callbacks", "messages")
"""What a caller may be offered where the wish itself cannot be met."""

ORDER_WORDS: Mapping[str, str] = {
    "received": "has reached us",
    "packed": "is packed",
    "shipped": "is on its way",
    "delivered": "has arrived",
    "cancelled": "will not be sent",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of a call."""

    result: Result
    reason: str
    wrong_rows: tuple[str, ...] = ()
    """what was done and not wanted"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the oracle has to know of the call beside the goal, none of it from the agent."""

    left_early: bool = False
    """the caller rang off, or their line broke for good, before they were done"""
    world_failed: bool = False
    """a system the wish needs was made to fail"""
    with_person: bool = False
    """a person took the call"""
    heard: str = ""
    """every word the caller heard"""


def judge(goal: Goal, world: World, rows: Rows, around: Circumstances) -> Judgement:
    """Right, missed (nothing wrong was done, and the wish was not met) or wrong."""
    wrong = tuple(_unwanted(goal, world, rows))
    if wrong:
        return Judgement("wrong", "; ".join(wrong), wrong)
    met, reason = _met(goal, world, rows, around)
    if met:
        return Judgement("right", reason)
    if around.world_failed and any(rows.get(table) for table in WAYS_OUT):
        return Judgement("right", "the system failed, and somebody will see to it")
    if around.world_failed and around.with_person:
        return Judgement("right", "the system failed, and a person took the call")
    return Judgement("missed", reason)


# --- what must not be there ---------------------------------------------------------------------------------


def _unwanted(goal: Goal, world: World, rows: Rows) -> Sequence[str]:
    found = [text for row in rows.get("bookings", ()) if (text := _unwanted_booking(goal, world, row))]
    if len(rows.get("bookings", ())) > 1:
        found.append(f"{len(rows['bookings'])} bookings were made")
    found += [text for row in rows.get("changed", ()) if (text := _unwanted_change(goal, world, row))]
    for row in rows.get("payment_promises", ()):
        if goal.kind != "payment_promise" or goal.declines:
            found.append("a payment was promised which nobody promised")
        elif (Decimal(str(row["amount"])), str(row["promised_on"])) != (Decimal(goal.amount), goal.date):
            found.append(f"promised {row['amount']} on {row['promised_on']}, wanted {goal.amount} on {goal.date}")
    for table, kinds in (("tickets", ("support",)), ("callbacks", ()), ("messages", ())):
        for row in rows.get(table, ()):
            if table == "tickets" and goal.kind not in kinds:
                found.append("a ticket was opened which nobody asked for")
            if not _same_phone(row.get("phone"), goal, world):
                found.append(f"{table}: phone {row.get('phone')}, wanted {goal.phone}")
    return found


def _unwanted_change(goal: Goal, world: World, row: Mapping[str, object]) -> str:
    if row["code"] != world.mine.code or goal.kind not in ("reschedule", "cancel") or goal.declines:
        return f"booking {row['code']} was changed which nobody asked for"
    if goal.kind == "cancel":
        return "" if row["status"] == "cancelled" else f"the appointment is {row['status']}, not cancelled"
    if row["status"] != "booked":
        return f"the appointment is {row['status']}, not moved"
    return _other_time(goal, world, row["starts_at"])


def _unwanted_booking(goal: Goal, world: World, row: Mapping[str, object]) -> str:
    if goal.kind != "book" or goal.declines:
        return "a booking was made which nobody asked for"
    start = row["starts_at"]
    assert isinstance(start, datetime)
    is_ = {"service": row["service"], "name": row["name"], "phone": row["phone"]}
    wanted = {"service": goal.service, "name": goal.name, "phone": goal.phone}
    for field, value in wanted.items():
        if not _alike(str(is_[field]), value):
            return f"{field} is {is_[field]!r}, wanted {value!r}"
    return _other_time(goal, world, start)


def _other_time(goal: Goal, world: World, start: object) -> str:
    """What is wrong with a start; empty when it is as wanted, or what they would have taken instead."""
    assert isinstance(start, datetime)
    local = start.astimezone(world.zone)
    day, at = local.date().isoformat(), local.strftime("%H:%M")
    if (day, at) == (goal.date, goal.time):
        return ""
    if day == goal.date and goal.other_time and not _was_free(goal, world):
        return ""
    if day != goal.date and goal.other_day and not _day_had_any(goal, world):
        return ""
    return f"booked for {day} {at}, wanted {goal.date} {goal.time}"


def _was_free(goal: Goal, world: World) -> bool:
    wanted = datetime.fromisoformat(f"{goal.date}T{goal.time}")
    return wanted.time() in world.free(goal.service, wanted.date())


def _day_had_any(goal: Goal, world: World) -> bool:
    return bool(world.free(goal.service, datetime.fromisoformat(goal.date).date()))


def _same_phone(phone: object, goal: Goal, world: World) -> bool:
    # A message may carry the number the call came from: nobody asked for another.
    return str(phone or "") in (goal.phone, world.caller, world.person.phone, "")


def _alike(one: str, other: str) -> bool:
    return re.sub(r"\W", "", one.casefold()) == re.sub(r"\W", "", other.casefold())


# --- what must be there -------------------------------------------------------------------------------------


def _met(goal: Goal, world: World, rows: Rows, around: Circumstances) -> tuple[bool, str]:
    match goal.kind:
        case "book":
            return _booked(goal, world, rows, around)
        case "support":
            return _ticket(goal, rows)
        case "callback":
            return bool(rows.get("callbacks")), "a call back"
        case "message":
            return _message(goal, rows)
        case "order_status":
            order = next(one for one in world.orders if one.code == goal.order)
            return _told_order(order, around.heard), f"the order is {order.status}"
        case "cancel":
            return goal.declines or bool(rows.get("changed")), "the cancellation"
        case "reschedule":
            return goal.declines or bool(rows.get("changed")), "the move"
        case "payment_promise":
            return goal.declines or bool(rows.get("payment_promises")), "the promise"
        case "human":
            left = any(rows.get(table) for table in WAYS_OUT)
            return around.with_person or (world.human != "answered" and left), "a person, or a message to one"
        case "ask_hours":
            return "we are open" in around.heard.casefold() or "are here" in around.heard.casefold(), "the hours"
        case "ask_price":
            return "price" in around.heard.casefold(), "the price"


def _booked(goal: Goal, world: World, rows: Rows, around: Circumstances) -> tuple[bool, str]:
    if rows.get("bookings"):
        return True, "booked as wanted"
    if goal.declines:
        return True, "declined"
    if not _day_had_any(goal, world):
        return not goal.other_day, "nothing was free that day"
    if not _was_free(goal, world):
        return not goal.other_time, "the time was taken"
    return False, "not booked although it was free" + (", the caller left" if around.left_early else "")


def _ticket(goal: Goal, rows: Rows) -> tuple[bool, str]:
    for row in rows.get("tickets", ()):
        if overlap(goal.problem, str(row["problem"])) >= ENOUGH and _alike(str(row["name"]), goal.name):
            return True, "the ticket says what was told"
        return False, f"the ticket says {row['problem']!r} of {row['name']!r}"
    return False, "no ticket"


def _message(goal: Goal, rows: Rows) -> tuple[bool, str]:
    for row in rows.get("messages", ()):
        if overlap(goal.message, str(row["message"])) >= ENOUGH:
            return True, "the message says what was told"
        return False, f"the message says {row['message']!r}"
    return False, "no message"


def _told_order(order: Ordered, heard: str) -> bool:
    return ORDER_WORDS[order.status] in heard.casefold()
