"""A simulated caller at the telephone: hears what is asked, answers in a manner of their own, and says yes only to
what is right. Everything they do follows from a seed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from switchboard.rehearsal import RehearsalError
from switchboard.simulation.listening import Question, claims_in, question
from switchboard.simulation.telephone import Telephone
from switchboard.simulation.wanting import Wanting
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
NOBODY = r"nobody (?:could take|i can put you through to|is there)"
"""words by which a caller knows that no person is to be had: then they leave their number or a message"""
MATTERS = {
    "order_status": ("order",),
    "support": ("problem", "name", "phone", "order"),
    "callback": ("phone", "name", "reason", "message"),
    "message": ("message", "phone", "name"),
}
"""goal -> values it makes sense to be asked for"""
READ_BACK = {
    "book": ("service", "date", "time", "name", "phone"),
    "support": ("problem", "name", "phone"),
    "message": ("message",),
    "reschedule": ("date", "time"),
    "payment_promise": ("amount", "date"),
}
"""goal -> values a caller listens for before saying yes"""
CHOICES = {
    "cancel": ((r"another day\s+instead", "no"), (r"shall i cancel your", "yes")),
    "reschedule": ((r"would that suit you", "day"),),
    "book": ((r"would that suit you", "day"), (r"waiting list", "no")),
    "payment_promise": ((r"all of it, or a part", "amount"), (r"shall i note that", "yes")),
}
"""goal -> words of a question with several answers -> which of them"""
ANY_CHOICE = (
    (r"text you a code", "human"),
    (r"how can i help you|what can i do for you", "open"),
)
ALIASES = {"day": "date", "order_code": "order", "caller_name": "name", "phone_number": "phone"}
"""what scripts call a slot -> what a goal calls it"""


RINGS_AGAIN = 5
"""calls a caller makes whose line keeps breaking"""


@dataclass
class Person(Wanting):
    """One caller, in one call or in several when the line breaks."""

    scripts: ScriptSet
    done: bool = False
    """what they wanted has been confirmed to them"""
    turns: int = 0
    calls: int = 0
    _opened: bool = False
    _stuck: int = 0
    _asked: int = 0
    _stood: tuple[object, ...] = ()
    _refused: int = 0
    _summary: str = ""
    """the last read-back of everything"""
    _nobody_there: bool = False
    """they asked for a person, and heard that nobody could come"""

    @property
    def rings_again(self) -> bool:
        """Whether they ring anew after a call whose line broke: the wish is still there."""
        return not self.done and self.calls < RINGS_AGAIN

    async def play(self, call: Telephone) -> None:
        """The whole call, until it is over or the caller has gone."""
        self.calls, self._opened, self._stuck, self._stood = self.calls + 1, False, 0, ()
        await call.open()
        for _ in range(MOST_TURNS):
            if call.ended:
                return
            if call.away:
                # Half of those who are cut off are back in the same call; the carrier gives the others a new one.
                if self._chance(self.persona.calls_back / 2):
                    await call.comes_back(float(self.chance.randint(3, 90)))
                    continue
                await call.over("completed")
                return
            self.turns += 1
            await self._turn(call)
        if not call.away:
            await call.hangs_up()

    # --- a turn -----------------------------------------------------------------------------------------

    async def _turn(self, call: Telephone) -> None:
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

    def _gives_up(self, call: Telephone, asked: Question) -> bool:
        """No progress for as many turns as this caller bears."""
        run = call.state.run
        stands = (run.script, run.step, tuple(sorted((n, s.value) for n, s in run.slots.items())), asked)
        self._again = stands == self._stood
        self._stuck = self._stuck + 1 if self._again else 0
        self._stood = stands
        return self._stuck > self.persona.patience

    async def _unasked(self, call: Telephone) -> None:
        """Nothing is open: the call is about to end, or the agent is busy."""
        before = len(call.events)
        await call.run_until(call.now_ms + 3_000)
        await call.settle()
        if len(call.events) == before and not call.away:
            await self._says(call, self.words.move("goodbye"), Question("none"))

    async def _says(self, call: Telephone, reply: str, asked: Question) -> None:
        shortest, longest = self.persona.pause_ms
        pause = float(self.chance.randint(shortest, longest))
        if reply.startswith("#"):
            await call.keys(reply[1:], after_ms=pause)
        else:
            await call.says(reply, after_ms=pause)
        if self._chance(self.persona.interrupts):
            await self._cuts_in(call)
        await call.settle()

    async def _cuts_in(self, call: Telephone) -> None:
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
        self._nobody_there = self._nobody_there or bool(re.search(NOBODY, heard, re.IGNORECASE))
        aside = self._aside(asked)
        if aside:
            return aside
        if self.done and asked.kind in ("slot", "slot_right", "all_right", "change"):
            # Nobody makes a second appointment because they are asked for a day once more.
            return self._no() if asked.kind == "all_right" else self.words.move("goodbye")
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
        if self.goal.kind in ASKS and not self._nobody_there:
            if re.search(ASKS[self.goal.kind], heard, re.IGNORECASE) or self._asked > self.persona.patience // 2:
                return self.words.move("goodbye")
            self._asked += 1
            return self.words.opening(self.goal.kind, {})
        if name in ("date", "time"):
            if not self.settled and self.ear.refuses(heard):
                return self._settles()
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

    # --- read-backs -------------------------------------------------------------------------------------

    def _is_right(self, asked: Question, heard: str) -> str:
        """A single value was read back, or the caller's own number offered."""
        name = ALIASES.get(asked.slot, asked.slot)
        if name in ("reason", "wish") and asked.value_kind == "choice":
            kind = "callback" if name == "wish" and self.goal.kind != "message" else self.goal.kind
            return self._yes() if self.words.plain_wish(kind) in heard.casefold() else self._no()
        value = self._wanted(name)
        whole = name == "last_name" and self.ear.tells(heard, "name", self.goal.name)
        if not value or whole or self.ear.tells(heard, name, value):
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
        """Everything was read back, now or before they asked for a moment."""
        self._summary = heard if not self._summary or self._tells_any(heard) else self._summary
        wrong = self._wrongly = self._wrong(self._summary)
        if wrong:
            if wrong in ("date", "service"):
                # What was agreed to for the wrong day or visit says nothing about the right one.
                self.wish.pop("time", None)
            return self.words.move(
                "correct_earlier", slot=_called(wrong), value=self._spoken(wrong, self._wanted(wrong))
            )
        if not self.settled:
            return self._settles()
        if self.goal.declines:
            return self.chance.choice((self._no(), self.words.move("cancel")))
        return self._yes()

    def _settles(self) -> str:
        """Changes their mind."""
        self.settled = True
        self.wish.clear()
        changed = next(iter(self.goal.first))
        value = self._spoken(changed, self._wanted(changed))
        return self.words.move("change_of_mind_to", slot=_called(changed), value=value)

    def _tells_any(self, heard: str) -> bool:
        return any(self.ear.tells(heard, name, self._wanted(name)) for name in READ_BACK.get(self.goal.kind, ()))

    def _wrong(self, heard: str) -> str:
        """The first value of the goal that was not said."""
        for name in READ_BACK.get(self.goal.kind, ()):
            value = self._wanted(name)
            if name == "time" and "waiting list" in heard:
                continue  # a list for a day knows no time
            if name == "date" and self.goal.kind == "reschedule":
                # Two days are named, from which and to which it moves.
                heard_day = self.ear.offered_day(heard)
                if heard_day is None or heard_day.isoformat() != value:
                    return name
            elif value and not self.ear.tells(heard, name, value):
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
            case "@stop":
                leaves = self.done or self.goal.declines or self.goal.kind in ASKS
                return self._yes() if leaves else self._no()
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
                return self._yes() if self.goal.other_day else self._no()
            case "open":
                self._opened = True
                return self.words.opening(self.goal.kind, self._given())
            case _:
                return self.words.move(answer)


def _called(name: str) -> str:
    """What people call a value."""
    return {"date": "day", "phone": "phone number", "order": "order number", "service": "visit"}.get(name, name)
