"""Who calls for an appointment, over audio: a plain person with one wish, in words that their voice has."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time
from types import MappingProxyType

from calls.events import CallEvent
from spoken import Context, Kind, cardinal_words, read_back, to_pairs, words_for_digits
from switchboard.lab.sources import RECORDED
from switchboard.simulation.bank import load_bank
from switchboard.simulation.goals import Goal
from switchboard.simulation.listening import Question
from switchboard.simulation.noise import Noise
from switchboard.simulation.oracle import Circumstances, Judgement, Rows, judge
from switchboard.simulation.people import ALIASES, Person
from switchboard.simulation.personas import RATES, Persona, load_personas
from switchboard.simulation.wording import CallerWords
from switchboard.simulation.world import World, draw_world
from workflows.backends.memory.books import Books
from workflows.language.scripts import ScriptSet

NAMES = (
    "Sarah Miller", "Anna Lund", "John Castillo", "Carl Weber", "Robert Hale", "Lucy Chen", "Elena Rossi", "Amy Sato",
    "David Park", "Tom Baker", "Grace Whitfield", "Peter Novak", "Helen Brooks", "Daniel Price", "Maria Lopez",
)  # fmt: skip
OWN_NUMBER = "+19175550142"
SPELLED = ("name", "last_name")
ENOUGH_REFUSALS = 4
"""wrong read-backs after which anybody asks for a person"""


def audio_persona() -> Persona:
    """The simulation's plain caller without its dice: what is measured is hearing, not manners."""
    plain = load_personas()["plain"]
    assert {field.name for field in fields(Persona)} >= set(RATES)
    calm = replace(plain, noise=Noise(), **dict.fromkeys(RATES, 0.0))  # type: ignore[arg-type]  # rates are floats
    return replace(
        calm,
        manners=MappingProxyType({"terse": 3.0, "chatty": 1.0}),
        styles=MappingProxyType({
            "date": MappingProxyType({"weekday": 1.0, "month_day": 3.0}),
            "time": MappingProxyType({"clock": 3.0, "oclock": 1.0}),
            "phone": MappingProxyType({"groups": 1.0, "digits": 1.0}),
            "name": MappingProxyType({"plain": 1.0}),
        }),
        pause_ms=(250, 900),
        patience=9,
    )  # fmt: skip


def audio_world(seed: int) -> World:
    """A business with an empty book, so that every time of its hours is free."""
    world = draw_world(seed)
    return replace(world, business="Harbor Dental", caller=OWN_NUMBER, taken=(), human="answered")


def audio_goal(world: World, chance: random.Random) -> Goal:
    """An appointment that can be had."""
    service = chance.choice(world.services).id
    days_open = [day for day in world.days_ahead(2, 24) if world.free(service, day)]
    day = chance.choice(days_open)
    return Goal(
        "book",
        service=service,
        date=day.isoformat(),
        time=chance.choice(world.free(service, day)).strftime("%H:%M"),
        name=chance.choice(NAMES),
        phone=world.caller if chance.random() < 0.5 else f"+1212555{chance.randint(100, 199):04}",
        other_time=False,
        other_day=False,
    )


@dataclass
class AudioPerson(Person):
    """Says no to what is wrong, spells when asked to, takes to keys that are offered; in the end asks for a person."""

    _told: str = ""
    """what the agent said last, in small letters"""

    def _is_right(self, asked: Question, heard: str = "") -> str:
        if self._refused >= ENOUGH_REFUSALS:
            self._refused = 0
            return self.words.move("human")
        before = self._refused
        reply = super()._is_right(asked, heard)
        wrong = self._refused > before
        return self._no() if wrong and ALIASES.get(asked.slot, asked.slot) in SPELLED else reply

    def _offer(self, asked: Question) -> str:
        return self._yes() if asked.name == "@human" and self._refused > 1 else super()._offer(asked)

    def _reply(self, asked: Question, heard: str) -> str:
        self._told = heard.casefold()
        return super()._reply(asked, heard)

    def _yes(self) -> str:
        return "#1" if _YES_KEY in self._told else super()._yes()

    def _no(self) -> str:
        return "#2" if _YES_KEY in self._told else super()._no()

    def _spoken(self, name: str, value: str) -> str:
        if name not in SPELLED:
            return super()._spoken(name, value)
        # A name that is put right is spelled: said, it would be misheard as before.
        return self.words.spelled(value) if self._refused else self.words.value(name, value)

    def _value(self, asked: Question, heard: str = "") -> str:
        name = ALIASES.get(asked.slot, asked.slot)
        value = self._wanted(name)
        keys = keys_told(name, value, self._told) if value else ""
        if keys:
            return f"#{keys}"
        if name in SPELLED and value and "spell" in heard:
            return self.words.spelled(value)
        return super()._value(asked, heard)


def keys_told(name: str, value: str, told: str) -> str:
    """The keys for a value as the agent has just explained them; empty when it has not."""
    match name:
        case "service":
            return _SERVICE_KEYS[value] if _SERVICE_MENU in told else ""
        case "name" | "last_name":
            return to_pairs(value) + "#" if "spell it with the keys" in told else ""
        case "date":
            return value[5:7] + value[8:10] if "month and day as four digits" in told else ""
        case "time":
            at = time.fromisoformat(value)
            typed = f"{(at.hour - 1) % 12 + 1:02}{at.minute:02}{2 if at.hour >= 12 else 1}"
            spoken = read_back(Kind.time, value, _CLOCK)
            return typed if "enter the time as four digits" in told else _in_menu(spoken, told)
        case "phone":
            return value.removeprefix("+1") + "#" if "enter the phone number" in told else ""
        case _:
            return ""


def _in_menu(words: str, told: str) -> str:
    """The key that stands before ``words`` in a menu: "press one: nine in the morning; two: ten in the morning"."""
    menu = told.rpartition("with the keys, press ")[2].partition(".")[0]
    keys = [key for key, _, offer in (item.partition(": ") for item in menu.split("; ")) if offer == words]
    return str(_DIGITS.index(keys[0])) if keys and keys[0] in _DIGITS else ""


class AudioWords(CallerWords):
    """The phrase bank's words, with letters said one by one: spelling without a pause is no spelling."""

    def spelled(self, value: str) -> str:
        """First name, then last."""
        return " ".join(", ".join(part.upper()) + "." for part in value.split())


class RecordedWords(CallerWords):
    """The words of a caller whose voice was recorded word by word: values are spoken, the rest is keys."""

    def value(self, name: str, value: str) -> str:
        """Dates, times, numbers and spelled names."""
        match name:
            case "date":
                day = date.fromisoformat(value)
                return f"{day:%A}, {day:%B} {_ORDINALS[day.day]}"
            case "time":
                return _clock(time.fromisoformat(value))
            case "phone":
                groups = value.removeprefix("+1")
                parts = (groups[:3], groups[3:6], groups[6:])
                return ", ".join(words_for_digits(part, zero="zero") for part in parts)
            case "name" | "last_name":
                return self.spelled(value)
            case _:
                return value

    def opening(self, goal: str, given: Mapping[str, str]) -> str:
        """The service by its key."""
        return f"#{_SERVICE_KEYS[given['service']]}" if "service" in given else "hello"

    def move(self, name: str, **given: str) -> str:
        """Yes and no by key; a correction is the value alone."""
        keys = {"yes": "#1", "no": "#2", "nothing_else": "no thank you", "goodbye": "goodbye", "human": "#0"}
        return given.get("value") or keys.get(name) or "sorry"

    def answer(self, name: str, said: str, others: Mapping[str, str], *, plain: bool, wrong: str) -> str:
        """The value alone."""
        return f"#{_SERVICE_KEYS[said]}" if said in _SERVICE_KEYS else said

    def spelled(self, value: str) -> str:
        """Letter by letter, first name and last."""
        return ", ".join(" ".join(part.lower()) for part in value.split())


_DIGITS = tuple(cardinal_words(digit) for digit in range(10))
_CLOCK = Context(datetime(2026, 1, 5, 12, tzinfo=UTC), "UTC", "en-US")
"""how the agent says a time: the day does not matter"""
_YES_KEY = "press one for yes"
_SERVICE_MENU = "press one for a cleaning, two for a check-up, or three for a consultation"
_SERVICE_KEYS = {"cleaning": "1", "check-up": "2", "checkup": "2", "consultation": "3"}


def _clock(at: time) -> str:
    hour = _HOURS[(at.hour - 1) % 12]
    minutes = {0: "o'clock", 30: "thirty"}[at.minute]
    return f"{hour} {minutes} {'a.m.' if at.hour < 12 else 'p.m.'}"


_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ORDINALS = (
    "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth",
    "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first",
)  # fmt: skip


def a_person(seed: int, voice: str, scripts: ScriptSet) -> tuple[World, AudioPerson]:
    """Who calls in the call of this seed."""
    chance, world = random.Random(f"lab {seed}"), audio_world(seed)
    goal, bank = audio_goal(world, chance), load_bank("worked")
    person = AudioPerson(audio_persona(), goal, world, bank, chance, scripts)
    words = RecordedWords if voice == RECORDED else AudioWords
    person.words = words(person.persona, bank, chance, world.today)
    return world, person


def outcome(person: Person, books: Books, events: list[CallEvent], heard: str) -> Judgement:
    """What came of the wish, by the rows that were left and nothing else."""
    names = {event.name for event in events}
    rows: Rows = {
        "bookings": [
            {
                "code": one.code, "service": one.service, "name": one.name, "phone": one.phone,
                "starts_at": one.span[0], "status": one.status,
            }
            for one in books.bookings
        ],
        "callbacks": [dict(row) for row in books.callbacks],
        "messages": [dict(row) for row in books.messages],
    }  # fmt: skip
    around = Circumstances(
        left_early="caller.hung_up" in names and not person.done,
        with_person="handover.answered" in names,
        heard=heard,
    )
    return judge(person.goal, person.world, rows, around)
