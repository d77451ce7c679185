"""A scenario: one call written down, with what has to come of it. Read by ``scenario_reader``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

from calls.line import Line

MoveKind = Literal[
    "says", "interrupts", "keys", "coughs", "silent", "waits", "hangs_up", "drops", "comes_back", "action"
]
CUTS_IN = ("interrupts",)
"""Moves which do not wait until the agent has finished."""
LEAVES = ("hangs_up", "drops")
"""Those which do not either when they say after how long."""


@dataclass(frozen=True, slots=True)
class Move:
    """What the caller (or the world) does."""

    kind: MoveKind
    text: str = ""
    """words, or keys"""
    amount: float | None = None
    """ms for coughs, seconds for silent, waits and comes_back"""
    at_word: int | None = None
    at_ms: float | None = None
    after_ms: float | None = None
    confidence: float | None = None
    faults: Mapping[str, Fault] = field(default_factory=dict)
    """action -> how it behaves from now on"""


@dataclass(frozen=True, slots=True)
class Fault:
    """How an action behaves: ``refuses`` with a code, or takes its time."""

    refuses: str = ""
    takes_ms: float | None = None
    finds: Mapping[str, str] = field(default_factory=dict)
    """facts that come with the refusal"""


@dataclass(frozen=True, slots=True)
class EventPattern:
    """An event that has to be there (or not): its name, and fields by dotted path."""

    name: str
    fields: Mapping[str, str]
    at: int

    def __str__(self) -> str:
        inner = ", ".join(f"{path}: {value}" for path, value in self.fields.items())
        return f"{self.name} ({inner})" if inner else self.name


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing that is expected, at its line in the file."""

    what: str
    at: int
    texts: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    events: tuple[EventPattern, ...] = ()
    number: float = 0.0


@dataclass(frozen=True, slots=True)
class Beat:
    """A move and what is expected after it."""

    at: int
    move: Move | None
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booking that is there before the call."""

    service: str
    day: date
    at: time
    resource: str = ""
    code: str = ""
    name: str = ""
    phone: str = ""
    """E.164"""
    date_of_birth: date | None = None


@dataclass(frozen=True, slots=True)
class WorldBefore:
    """What the business has on file, and how its systems behave."""

    bookings: tuple[Appointment, ...] = ()
    full: tuple[date, ...] = ()
    """days on which nothing is free"""
    orders: tuple[tuple[str, str, int | None], ...] | None = None
    """code, status, days from today; None: those of the demo business"""
    tickets: tuple[tuple[str, str], ...] = ()
    """number, status"""
    opens: time | None = None
    closes: time | None = None
    weekdays: tuple[int, ...] | None = None
    texts: str = ""
    """the one-time code that is sent when one is asked for; six digits"""
    faults: Mapping[str, Fault] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExpectedRows:
    """Exactly these rows have to be in a table; of each only the fields named count."""

    table: str
    at: int
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """All of it."""

    file: str
    title: str
    script: str
    line: Line
    now: datetime
    """aware"""
    caller: str
    human: str
    seed: int
    world: WorldBefore
    beats: tuple[Beat, ...]
    finally_: tuple[Expected, ...] = ()
    rows: tuple[ExpectedRows, ...] = ()
