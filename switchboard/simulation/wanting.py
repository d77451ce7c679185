"""What a simulated caller wants, value by value, and how they put it: what they settle for when it is not to be had."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import time

from switchboard.simulation.bank import Bank
from switchboard.simulation.goals import OWN, Goal
from switchboard.simulation.listening import CallerEar
from switchboard.simulation.personas import Persona
from switchboard.simulation.wording import CallerWords
from switchboard.simulation.world import World


@dataclass
class Wanting:
    """One caller's goal in their own words."""

    persona: Persona
    goal: Goal
    world: World
    bank: Bank
    chance: random.Random
    settled: bool = field(default=True, init=False)
    """False until they have changed their mind"""
    wish: dict[str, str] = field(default_factory=dict, init=False)
    """what they have come to want instead: a time that was offered"""
    _again: bool = field(default=False, init=False)
    """the last answer was not taken: plainer words now"""
    _wrongly: str = field(default="", init=False)
    """what was read back wrongly"""

    def __post_init__(self) -> None:
        self.ear = CallerEar(self.world)
        self.words = CallerWords(self.persona, self.bank, self.chance, self.world.today)
        self.settled = not self.goal.first

    def _chance(self, rate: float) -> bool:
        return self.chance.random() < rate

    def _wanted(self, name: str) -> str:
        return self.wish.get(name) or self.goal.value(name, settled=self.settled)

    def _given(self, without: str = "") -> dict[str, str]:
        """Values in words, for phrases that tell more than was asked."""
        names = ("service", "date", "time", "name", "phone", "order", "code", "amount")
        values = {name: self._wanted(name) for name in names if name != without}
        said = {name: self._spoken(name, value) for name, value in values.items() if value}
        if "order" in said and self.goal.kind not in OWN:
            said["code"] = said.pop("order")
        return said

    def _spoken(self, name: str, value: str) -> str:
        if name == "service":
            return self.world.service(value).title.lower()
        if name in ("name", "last_name") and (self._again or self._wrongly):
            # Once it was taken down wrongly nobody says it in a fancy way.
            return value.lower()
        return self.words.value(name, value)

    def _other(self, name: str) -> str:
        """Another value, for callers who take the first one back at once."""
        match name:
            case "service":
                return self.chance.choice(
                    [one for one in self.world.services if one.id != self._wanted(name)]
                ).title.lower()
            case "date":
                return self.words.value(name, self.chance.choice(self.world.days_ahead(2, 20)).isoformat())
            case "time":
                return self.words.value(name, f"{self.chance.randint(9, 17):02}:30")
            case _:
                return ""

    def _takes_what_there_is(self, heard: str) -> None:
        """The wish is not to be had: one of what was offered will do, or nothing does."""
        goal = self.goal
        if goal.kind not in ("book", "reschedule") or not heard:
            return
        service, day, at = goal.service, self._wanted("date"), self._wanted("time")
        refused, _, named = heard.partition("earest")
        is_refused = re.search(r"somebody else|isn't available|not available", refused)
        if is_refused and goal.other_time and self.ear.tells(refused, "time", at):
            offers = self.ear.offered_times(named or heard, service)
            others = [one.strftime("%H:%M") for one in offers if one.strftime("%H:%M") != at]
            if others:
                self.wish["time"] = self.chance.choice(others)
        gone = re.search(r"\bclosed\b|nothing is free", heard)
        if gone and goal.other_day and self.ear.tells(heard, "date", day):
            self._takes_another_day(heard, service, day)

    def _takes_another_day(self, heard: str, service: str, day: str) -> None:
        offered = self.ear.offered_day(heard)
        if offered is None or offered.isoformat() == day:
            return
        self.wish["date"] = offered.isoformat()
        free = self.world.free(service, offered)
        if free and time.fromisoformat(self._wanted("time")) not in free and self.goal.other_time:
            self.wish["time"] = self.chance.choice(free).strftime("%H:%M")
