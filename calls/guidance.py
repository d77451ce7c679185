"""What the script wants next, told to understanding and to the ear alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from calls.commands import Command, Value

Mode = Literal["free", "composed", "strict"]
"""How much a model may say of its own, least bound first: grounded values in free words; nothing of weight that is
not in the facts; only the script's own lines."""


@dataclass(frozen=True, slots=True)
class Option:
    """One real choice: an id of ours, and the ways people say it."""

    id: str
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyShape:
    """How a value is entered with the telephone's keys."""

    most: int
    """keys it can have"""
    fixed: bool = False
    """with so many it is complete: none is waited for"""
    whole: tuple[int, ...] = ()
    """numbers of keys which are a whole value, too"""
    star: bool = False
    """``*`` may be part of it"""
    text: bool = False
    """letters, two keys for each"""


@dataclass(frozen=True, slots=True)
class SlotExpectation:
    """A value the script would take now."""

    slot: str
    kind: str
    """a kind of ``spoken``: ``date``, ``time``, ``person_name`` ..."""
    options: tuple[Option, ...] = ()
    """for choices: the only ids there are"""
    length: int | None = None
    """characters, when fixed"""
    hours: tuple[str, str] | None = None
    """``("09:00", "18:00")``: decides which seven o'clock is meant"""
    filled: bool = False
    """already has a value: a new one is a correction"""
    names: tuple[str, ...] = ()
    """what people call it: "the date", "day" """
    optional: bool = False
    """ "I don't have one" is an answer"""
    said: str = ""
    """the words its value was taken from: "the fourteenth", which "of March" may still complete"""
    keys: KeyShape | None = None
    """None: nobody has said how it is keyed"""
    pattern: str | None = None
    """for codes: the regular expression a whole one matches"""
    free: tuple[Value, ...] = ()
    """the values it may have, where they have been looked up: free times, those the caller was told before the rest"""


LOOK_UP = "@look_up"
"""The topic of a question which the facts do not answer, where the script can look further."""


@dataclass(frozen=True, slots=True)
class Known:
    """Something a reply may be made of."""

    name: str
    text: str
    """in the words in which it can be said"""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a model may compose a reply from, where the script leaves the words to it."""

    scope: str
    """what may be talked about"""
    persona: str = ""
    """who speaks, and how"""
    never: tuple[str, ...] = ()
    """what the reply may not do: "give medical advice" """
    facts: tuple[Known, ...] = ()
    """of the business: the same in every call"""
    known: tuple[Known, ...] = ()
    """of this call: what the caller told, what was looked up, what was done"""
    looked_up: bool = False
    """the answer to the caller's question has just been looked up, and is among ``known``"""
    mode: Mode = "composed"


@dataclass(frozen=True, slots=True)
class Guidance:
    """The understander may only return what is allowed here; the script checks again."""

    step: str
    primary: str = ""
    """slot asked for just now; empty when none is"""
    slots: tuple[SlotExpectation, ...] = ()
    allowed: frozenset[str] = frozenset()
    """names of ``Command`` classes"""
    workflows: tuple[Option, ...] = ()
    """for ``StartWorkflow``"""
    topics: tuple[Option, ...] = ()
    """for ``AskQuestion``"""
    proposed: Value | None = None
    """the value just read back, when a yes or no is awaited"""
    part: Value | None = None
    """what is known so far of the value asked for"""
    offered: tuple[Value, ...] = ()
    """values just named to choose from: "the second one" """
    heard: str = ""
    """how much of a read-back the caller had heard when they set in; empty: all of it"""
    menu: tuple[Command, ...] = ()
    """what the keys 1, 2, 3 stand for"""
    more: bool = False
    """the caller was asked whether there is anything else: "that's it" is a no"""
    language: str = ""
    """locale to listen in; empty: the line's"""
    silence_ms: int = 7_000
    """how long the caller may be silent before being asked again"""
    patience: str = "normal"
    """``quick | normal | patient``: how soon a pause counts as the end of a turn"""
    unhurried: bool = False
    """this caller needs time, for the rest of the call: long pauses end no turn, no key is too late"""
    acknowledges: bool = False
    """in a long turn of theirs the caller is told that we follow: "mm-hm"; never inside digits"""
    takes_floor: bool = False
    """who has spoken for very long is politely asked for a word"""
    covers: tuple[str, ...] = ()
    """words that cover a wait while a turn is being understood, in order; empty: the house's one"""
    brief: Brief | None = None
    """set where a model may find the words; None where the script's own are said"""

    def slot(self, name: str) -> SlotExpectation | None:
        """The expectation for slot ``name``."""
        return next((slot for slot in self.slots if slot.slot == name), None)


NOTHING_EXPECTED = Guidance(step="")
