"""A simulated caller at the telephone: hears what is asked, answers in a manner of their own, and says yes only to
what is right. Everything they do follows from a seed.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import time

from switchboard.rehearsal import Rehearsal, RehearsalError
from switchboard.simulation.bank import Bank
from switchboard.simulation.goals import OWN, Goal
from switchboard.simulation.listening import CallerEar, Question, claims_in, question
from switchboard.simulation.personas import Persona
from switchboard.simulation.wording import CallerWords
from switchboard.simulation.world import World
from workflows.language.scripts import ScriptSet

MOST_TURNS = 60
ASIDES = ("ask_hours", "ask_price", "ask_location", "robot", "chitchat")
REPAIRS = ("repeat", "slower", "louder", "explain", "what", "hold_on")
DONE_BY = {
    "book": "bookings",
    "support": "tickets",
    "callback": "callbacks",
    "message": "messages",
    "reschedule": "changed",
    "cancel": "changed",
    "payment_promise": "payment_promises",
}
"""goal -> table whose claim tells the caller that it is done"""
ASKS = {
    "human": r"put you through",
    "ask_hours": r"\bwe are open\b|\bare here\b",
    "ask_price": r"\bprice\b",
}
"""goal which is only a question -> words that answer it"""
MATTERS = {
    "order_status": ("order",),
    "support": ("problem", "name", "phone", "order"),
    "callback": ("phone", "name", "reason", "message"),
    "message": ("message", "phone", "name"),
}
"""goal -> values it makes sense to be asked for"""
CHOICES = {
    "cancel": ((r"another day\s+instead", "no"), (r"shall i cancel your", "yes")),
    "reschedule": ((r"would that suit you", "day"),),
    "payment_promise": ((r"all of it, or a part", "amount"), (r"shall i note that", "yes")),
}
"""goal -> words of a question with several answers -> which of them"""
ANY_CHOICE = (
    (r"text you a code", "human"),
    (r"how can i help you|what can i do for you", "open"),
)
ALIASES = {"day": "date", "order_code": "order", "caller_name": "name", "phone_number": "phone"}
"""what scripts call a slot -> what a goal calls it"""


@dataclass
class Person:
    """One caller in one call."""

    persona: Persona
    goal: Goal
    world: World
    bank: Bank
    scripts: ScriptSet
    chance: random.Random
    settled: bool = True
    """False until they have changed their mind"""
    done: bool = False
    """what they wanted has been confirmed to them"""
    turns: int = 0
    wish: dict[str, str] = field(default_factory=dict)
    """what they have come to want instead: a time that was offered"""
    _opened: bool = False
    _stuck: int = 0
    _asked: int = 0
    _stood: tuple[object, ...] = ()
    _refused: int = 0
    _again: bool = False
    """the last answer was not taken: plainer words now"""
    _wrongly: str = ""
    """what was read back wrongly"""

    def __post_init__(self) -> None:
        self.ear = CallerEar(self.world)
        self.words = CallerWords(self.persona, self.bank, self.chance, self.world.today)
        self.settled = not self.goal.first

    async def play(self, call: Rehearsal) -> None:
        """The whole call, until it is over or the caller has gone."""
        await call.open()
        for _ in range(MOST_TURNS):
            if call.ended:
                return
            if call.away:
                if self.chance.random() < self.persona.calls_back:
                    await call.comes_back(float(self.chance.randint(3, 90)))
                    continue
                await call.over("completed")
                return
            self.turns += 1
            await self._turn(call)
        if not call.away:
            await call.hangs_up()

    # --- a turn -----------------------------------------------------------------------------------------

    async def _turn(self, call: Rehearsal) -> None:
        asked = question(call, self.scripts)
        heard = call.words
        self.done = self.done or DONE_BY.get(self.goal.kind, "-") in claims_in(heard)
        if self._gives_up(call, asked):
            await call.hangs_up()
        elif self._chance(self.persona.hangs_up) and not self.done:
            await call.drops()
        elif self._chance(self.persona.silent):
            await call.silent()
        elif asked.kind == "none":
            await self._unasked(call)
        else:
            await self._says(call, self._reply(asked, heard), asked)

    def _chance(self, rate: float) -> bool:
        return self.chance.random() < rate

    def _gives_up(self, call: Rehearsal, asked: Question) -> bool:
        """No progress for as many turns as this caller bears."""
        run = call.state.run
        stands = (run.script, run.step, tuple(sorted((n, s.value) for n, s in run.slots.items())), asked)
        self._again = stands == self._stood
        self._stuck = self._stuck + 1 if self._again else 0
        self._stood = stands
        return self._stuck > self.persona.patience

    async def _unasked(self, call: Rehearsal) -> None:
        """Nothing is open: the call is about to end, or the agent is busy."""
        before = len(call.events)
        await call.run_until(call.now_ms + 3_000)
        await call.settle()
        if len(call.events) == before and not call.away:
            await self._says(call, self.words.move("goodbye"), Question("none"))

    async def _says(self, call: Rehearsal, reply: str, asked: Question) -> None:
        shortest, longest = self.persona.pause_ms
        pause = float(self.chance.randint(shortest, longest))
        if reply.startswith("#"):
            await call.keys(reply[1:], after_ms=pause)
        else:
            await call.says(reply, after_ms=pause)
        if self._chance(self.persona.interrupts):
            await self._cuts_in(call)
        await call.settle()

    async def _cuts_in(self, call: Rehearsal) -> None:
        """Answers before the question is over: only an open question, never what is read back."""
        try:
            await call.until_sounding()
            asked = question(call, self.scripts)
            if asked.kind != "slot" or asked.slot == "time":
                return
            await call.says(self._value(asked), at_word=self.chance.randint(2, 6))
        except RehearsalError:
            return  # nothing was said to cut into, or it was shorter than that

    # --- what to answer ---------------------------------------------------------------------------------

    def _reply(self, asked: Question, heard: str) -> str:
        aside = self._aside(asked)
        if aside:
            return aside
        match asked.kind:
            case "slot":
                return self._value(asked, heard)
            case "slot_right":
                return self._is_right(asked, heard)
            case "all_right":
                return self._decides(heard)
            case "change":
                return self._changes()
            case "offer":
                return self._offer(asked)
            case _:
                return self._else(heard)

    def _aside(self, asked: Question) -> str:
        persona = self.persona
        if self._stuck > 1 or self.done:
            return ""
        if self._chance(persona.digresses) and asked.value_kind != "free_text":
            return self.words.move(self.chance.choice(ASIDES))
        if self._chance(persona.repairs):
            return self.words.move(self.chance.choice(REPAIRS))
        return self.words.move("angry") if self._chance(persona.angry) else ""

    def _value(self, asked: Question, heard: str = "") -> str:
        """An answer to an open question."""
        name = ALIASES.get(asked.slot, asked.slot)
        if name in ("reason", "wish") and asked.value_kind == "choice":
            return self._wants(name)
        if not self._opened and name == "service":
            self._opened = True
            return self.words.opening(self.goal.kind, self._given())
        if self.goal.kind in ASKS:
            if re.search(ASKS[self.goal.kind], heard, re.IGNORECASE) or self._asked > self.persona.patience // 2:
                return self.words.move("goodbye")
            self._asked += 1
            return self.words.opening(self.goal.kind, {})
        if name in ("date", "time"):
            self._takes_what_there_is(heard)
        value = self._wanted(name)
        if name not in MATTERS.get(self.goal.kind, (name,)):
            # Asked for something that has nothing to do with it: say again what this is about.
            return self._wants("") if self._stuck < 2 else self.words.move("human")
        if not value:
            return self.words.stand_in(asked.value_kind)
        if self._chance(self.persona.keys):
            keys = self.words.keys(name, value)
            if keys:
                return f"#{keys}"
        others = {} if self._again else self._given(without=name)
        return self.words.answer(name, self._spoken(name, value), others, plain=self._again, wrong=self._other(name))

    def _wants(self, name: str) -> str:
        """What the call is about, asked openly."""
        kind = self.goal.kind
        if name == "wish" and kind not in ("callback", "message"):
            kind = "callback"
        if self._opened and self._again:
            return self.words.plain_wish(kind)
        self._opened = True
        return self.words.opening(kind, self._given())

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

    # --- read-backs -------------------------------------------------------------------------------------

    def _is_right(self, asked: Question, heard: str) -> str:
        """A single value was read back, or the caller's own number offered."""
        name = ALIASES.get(asked.slot, asked.slot)
        if name in ("reason", "wish") and asked.value_kind == "choice":
            kind = "callback" if name == "wish" and self.goal.kind != "message" else self.goal.kind
            return self._yes() if self.words.plain_wish(kind) in heard.casefold() else self._no()
        value = self._wanted(name)
        if not value or self.ear.tells(heard, name, value):
            return self._yes()
        self._refused += 1
        if "ending in" in heard and name == "phone":
            return self._no()
        if name == "name" and self._refused > 1:
            return self.words.spelled(value)
        if self._chance(0.5):
            return self._no()
        return self.words.move("correct", value=self._spoken(name, value))

    def _decides(self, heard: str) -> str:
        """Everything was read back."""
        wrong = self._wrongly = self._wrong(heard)
        if wrong:
            return self.words.move(
                "correct_earlier", slot=_called(wrong), value=self._spoken(wrong, self._wanted(wrong))
            )
        if not self.settled:
            self.settled = True
            self.wish.clear()
            changed = next(iter(self.goal.first))
            value = self._spoken(changed, self._wanted(changed))
            return self.words.move("change_of_mind_to", slot=_called(changed), value=value)
        if self.goal.declines:
            return self.chance.choice((self._no(), self.words.move("cancel")))
        return self._yes()

    def _wrong(self, heard: str) -> str:
        """The first value of the goal that was not said."""
        names = {
            "book": ("service", "date", "time", "name", "phone"),
            "support": ("problem", "name", "phone"),
            "message": ("message",),
            "reschedule": ("date", "time"),
            "payment_promise": ("amount", "date"),
        }
        for name in names.get(self.goal.kind, ()):
            value = self._wanted(name)
            if value and not self.ear.tells(heard, name, value):
                return name
        return ""

    def _changes(self) -> str:
        if self.goal.declines:
            return self.words.move("cancel")
        wrong = self._wrongly or "date"
        value = self._wanted(wrong)
        if not value:
            return self.words.move("cancel")
        return self.words.move("correct_earlier", slot=_called(wrong), value=self._spoken(wrong, value))

    def _yes(self) -> str:
        return "#1" if self._chance(self.persona.keys) else self.words.move("yes")

    def _no(self) -> str:
        return "#2" if self._chance(self.persona.keys) else self.words.move("no")

    # --- offers of the house ----------------------------------------------------------------------------

    def _offer(self, asked: Question) -> str:
        match asked.name:
            case "@human":
                return self._yes() if self.goal.kind == "human" or self._stuck > 2 else self._no()
            case "@resume" | "@earlier" | "@speaker":
                return self.words.move("resume_yes")
            case "@own_name":
                return self.words.value("name", self.goal.name)
            case _:
                return self._yes()

    def _else(self, heard: str) -> str:
        """A choice of several things."""
        says = CHOICES.get(self.goal.kind, ())
        for pattern, answer in (*says, *ANY_CHOICE):
            if re.search(pattern, heard, re.IGNORECASE):
                return self._chosen(answer, heard)
        if self.done or (self._opened and not self._again):
            return "#2" if self._chance(self.persona.keys) else self.words.move("nothing_else")
        self._opened = True
        return self.words.opening(self.goal.kind, self._given())

    def _chosen(self, answer: str, heard: str) -> str:
        match answer:
            case "yes":
                return self._no() if self.goal.declines else self._yes()
            case "no":
                return self._no()
            case "amount":
                whole = self.goal.amount == str(self.world.person.balance)
                return "all of it" if whole else self._spoken("amount", self.goal.amount)
            case "day":
                self._takes_what_there_is(heard)
                return self._yes()
            case "open":
                self._opened = True
                return self.words.opening(self.goal.kind, self._given())
            case _:
                return self.words.move(answer)


def _called(name: str) -> str:
    """What people call a value."""
    return {"date": "day", "phone": "phone number", "order": "order number", "service": "visit"}.get(name, name)
