"""What a simulated caller wants. The oracle sees nothing else of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Literal

from switchboard.simulation.bank import Bank
from switchboard.simulation.world import World

GoalKind = Literal[
    "book", "reschedule", "cancel", "order_status", "support", "callback", "message", "payment_promise",
    "ask_hours", "ask_price", "human",
]  # fmt: skip

SCRIPT_OF: Mapping[str, tuple[str, ...]] = {
    "book": ("book",),
    "reschedule": ("reschedule",),
    "cancel": ("cancel",),
    "order_status": ("order_status", "support"),
    "support": ("support",),
    "callback": ("callback",),
    "message": ("callback",),
    "payment_promise": ("payment_promise",),
    "ask_hours": ("book",),
    "ask_price": ("book",),
    "human": ("book",),
}
"""goal -> scripts that can meet it, the best first; a call for it begins there unless one is named"""


@dataclass(frozen=True, slots=True)
class Goal:
    """One wish, in canonical values."""

    kind: GoalKind
    service: str = ""
    date: str = ""
    time: str = ""
    name: str = ""
    phone: str = ""
    order: str = ""
    code: str = ""
    last_name: str = ""
    date_of_birth: str = ""
    amount: str = ""
    problem: str = ""
    message: str = ""
    reason: str = ""
    other_time: bool = False
    """any other time on that day will do when this one is gone"""
    other_day: bool = False
    """any other day will do when nothing is free on this one"""
    declines: bool = False
    """says no in the end: nothing may be done"""
    first: Mapping[str, str] = field(default_factory=dict)
    """what they ask for before they change their mind"""

    def value(self, name: str, *, settled: bool = True) -> str:
        """A value by its name; before they change their mind when not ``settled``."""
        return str(self.first.get(name, "") if not settled and name in self.first else getattr(self, name, ""))


def draw_goal(kind: GoalKind, world: World, bank: Bank, chance: random.Random, *, changes: bool) -> Goal:
    """A wish that fits the world: mostly possible, now and then for a time or a day that is gone."""
    name, phone = chance.choice(bank.people["name"]), world.caller
    if chance.random() < 0.3 or not phone:
        phone = f"+1212555{chance.randint(100, 199):04}"
    if kind in OWN:
        return _about_own_records(kind, world, chance)
    if kind != "book":
        return Goal(
            kind,
            name=name,
            phone=phone,
            order=chance.choice(world.orders).code if world.orders else "",
            problem=chance.choice(bank.people["problem"]),
            message=chance.choice(bank.people["message"]),
            reason=chance.choice(bank.people["reason"]),
        )
    service = chance.choice(world.services).id
    day, at = _wanted_time(world, service, chance)
    other_day, other_time = _wanted_time(world, service, chance, free=True)
    first: dict[str, str] = {}
    if changes:
        first = {"date": other_day.isoformat(), "time": other_time.strftime("%H:%M")}
        first.pop(chance.choice(("date", "time")), None)
    return Goal(
        "book",
        service=service,
        date=day.isoformat(),
        time=at.strftime("%H:%M"),
        name=name,
        phone=phone,
        other_time=chance.random() < 0.8,
        other_day=chance.random() < 0.8,
        declines=chance.random() < 0.06,
        first=first,
    )


OWN = ("reschedule", "cancel", "payment_promise")
"""goals about the caller's own records: they have to prove who they are"""


def _about_own_records(kind: GoalKind, world: World, chance: random.Random) -> Goal:
    person = world.person
    goal = Goal(
        kind,
        service=world.mine.service,
        name=person.name,
        phone=person.phone,
        code=world.mine.code,
        last_name=person.name.split()[-1],
        date_of_birth=person.born.isoformat(),
        declines=chance.random() < 0.06,
        other_time=True,
        other_day=True,
    )
    if kind == "payment_promise":
        whole = chance.random() < 0.6
        amount = str(person.balance) if whole else str(chance.randint(5, int(person.balance) - 1))
        return replace(goal, amount=amount, date=chance.choice(world.days_ahead(2, 25)).isoformat())
    if kind == "cancel":
        return goal
    day, at = _wanted_time(world, world.mine.service, chance, free=chance.random() < 0.9)
    return replace(goal, date=day.isoformat(), time=at.strftime("%H:%M"))


def _wanted_time(world: World, service: str, chance: random.Random, *, free: bool = False) -> tuple[date, time]:
    """Mostly a free time on an open day."""
    days = [day for day in world.days_ahead(1, 28) if world.free(service, day)]
    lot = 0.0 if free else chance.random()
    if lot < 0.86 or not days:
        day = chance.choice(days or world.days_ahead(1, 28))
        return day, chance.choice(world.free(service, day) or [time(10)])
    if lot < 0.95:
        # A time that may be taken, on a day that has others.
        day = chance.choice(days)
        return day, chance.choice(world.starts(service, day))
    return chance.choice(world.days_ahead(1, 28)), time(10, 30)
