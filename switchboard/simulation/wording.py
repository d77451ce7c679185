"""How one simulated caller puts things: phrases of the bank in the persona's manner, through noise."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date

from switchboard.simulation.bank import Bank, BankError, Phrase
from switchboard.simulation.noise import heard
from switchboard.simulation.personas import Persona
from switchboard.simulation.saying import in_two_breaths

VALUE_KINDS = {
    "order": "code",
    "amount": "money",
    "problem": "free_text",
    "message": "free_text",
    "reason": "free_text",
    "last_name": "free_text",
}
"""a goal's value -> its kind in the bank, where the names differ"""
ANSWER_KINDS = {"order": "code", "last_name": "name", "people": "party_size"}
"""a goal's value -> the answers of the bank for it, where the names differ"""
STAND_INS = {"yes_no": "yes", "email": "someone@example.com", "postcode": "10013", "number": "2", "party_size": "2"}
"""what is answered to a question no goal has a value for"""
PLAIN_WISHES = {
    "order_status": "an order", "support": "a problem", "message": "a message", "callback": "a call back",
    "human": "a person",
}  # fmt: skip


class CallerWords:
    """Words of one caller in one call; what comes out is what a recognizer would write."""

    def __init__(self, persona: Persona, bank: Bank, chance: random.Random, today: date) -> None:
        self._persona = persona
        self._bank = bank
        self._chance = chance
        self._today = today

    def value(self, name: str, value: str) -> str:
        """A value in this caller's style."""
        kind = VALUE_KINDS.get(name, name)
        style = self._persona.style(kind, self._chance)
        if name == "last_name":
            return value.lower()
        return self._bank.say(kind, value, style, self._chance, today=self._today)

    def opening(self, goal: str, given: Mapping[str, str]) -> str:
        """What is said first."""
        return self._out(self._bank.opening(goal, self._chance, given), given)

    def move(self, name: str, **given: str) -> str:
        """Something that is no answer."""
        return self._out(self._bank.move(name, self._chance, given), given)

    def answer(self, name: str, said: str, others: Mapping[str, str], *, plain: bool, wrong: str) -> str:
        """An answer to the question for ``name``; ``plain`` when the last one was not taken."""
        manner = "terse" if plain else self._persona.manner(self._chance)
        if (manner == "correcting" and not wrong) or manner == "under":
            manner = "terse"
        kind = ANSWER_KINDS.get(name, name)
        given = {**others, "value": said, **({"wrong": wrong} if manner == "correcting" else {})}
        try:
            phrase = self._bank.answer(kind, manner, self._chance, given)
        except BankError:
            phrase = Phrase("{value}", frozenset({"value"}))
        return self._out(phrase, given)

    def part(self, name: str, value: str) -> tuple[str, str]:
        """A value begun, and its rest."""
        halves = in_two_breaths(VALUE_KINDS.get(name, name), value, self._chance, today=self._today)
        return halves.first, halves.rest

    def spelled(self, value: str) -> str:
        """A name by its letters."""
        return self._bank.say("name", value, "spelled", self._chance, today=self._today)

    def plain_wish(self, goal: str) -> str:
        """What the call is about, in the agent's own words: for a caller who was not understood."""
        return PLAIN_WISHES.get(goal, goal.replace("_", " "))

    def stand_in(self, kind: str) -> str:
        """An answer to a question this caller has no wish about."""
        return STAND_INS.get(kind) or self.move("no_value")

    def keys(self, name: str, value: str) -> str:
        """The keys for a value; empty when keys cannot give it."""
        match name:
            case "date":
                return value[5:7] + value[8:10]
            case "time":
                hour, minute = int(value[:2]), value[3:5]
                return f"{(hour - 1) % 12 + 1:02}{minute}{'2' if hour >= 12 else '1'}"
            case "phone":
                return value.removeprefix("+1")
            case "order" | "code" if value.isdigit():
                return value
            case _:
                return ""

    def _out(self, phrase: Phrase, given: Mapping[str, str]) -> str:
        parts = phrase.parts(given)
        return heard(parts, self._persona.noise, self._bank.noise_words, self._chance)
