"""A script as the director reads it: frozen, checked, with the digest of the text it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from calls.commands import Value
from calls.guidance import Option

SHARED = "callback"
"""The script every set has: it takes a message or a number to call back, and says goodbye."""

CALL_PLACES = {"business": "free_text", "agent_name": "free_text"}
"""What every line may name of the call itself."""

CALL_TRUTHS = ("has_human", "has_caller", "human_missed")
"""What every ``decide`` may ask of the call itself."""


@dataclass(frozen=True, slots=True)
class Place:
    """A gap in a line."""

    source: Literal["slot", "fact", "receipt", "call"]
    name: str
    kind: str
    """of ``spoken``, or ``list of KIND``"""
    action: str = ""
    """whose receipt, for ``receipt``"""


@dataclass(frozen=True, slots=True)
class Line:
    """Words to be said verbatim, with gaps."""

    parts: tuple[str | Place, ...]
    at: int = 0
    """line in the file"""
    must_say: bool = False
    interruptible: bool = True

    @property
    def places(self) -> tuple[Place, ...]:
        """The gaps."""
        return tuple(part for part in self.parts if isinstance(part, Place))

    @property
    def words(self) -> str:
        """The text without its gaps."""
        return "".join(part if isinstance(part, str) else "…" for part in self.parts)


ConfirmPolicy = Literal["never", "implicit", "explicit", "unsure"]


@dataclass(frozen=True, slots=True)
class Slot:
    """Something a caller can tell us."""

    name: str
    kind: str
    names: tuple[str, ...]
    """what people call it; the first is what we call it"""
    options: tuple[Option, ...] = ()
    length: int | None = None
    pattern: str | None = None
    minimum: str | None = None
    """canonical, or ``today`` / ``today+30``"""
    maximum: str | None = None
    among: str = ""
    """fact of kind ``list of ...`` the value has to stand in"""
    confirm: ConfirmPolicy = "unsure"
    offer_caller: bool = False
    """propose the number the caller is calling from"""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Ladder:
    """What is said when an answer does not come. Shorter than three: the house's own words follow."""

    no_match: tuple[Line, ...] = ()
    silence: tuple[Line, ...] = ()
    keys: Line | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """Words; then on."""

    id: str
    lines: tuple[Line, ...]
    then: str
    clears: tuple[str, ...] = ()
    at: int = 0


@dataclass(frozen=True, slots=True)
class Collect:
    """Asks for one slot, unless it is known."""

    id: str
    slot: str
    ask: Line
    then: str
    ladder: Ladder = Ladder()
    yes: Value | None = None
    """the value a bare yes stands for"""
    no: Value | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Confirm:
    """Reads several slots back; goes on only after a yes to all of it."""

    id: str
    slots: tuple[str, ...]
    ask: Line
    change: Line | None
    """asked after a plain no"""
    declined: str
    """step after the second no"""
    then: str
    ladder: Ladder = Ladder()
    at: int = 0


@dataclass(frozen=True, slots=True)
class Argument:
    """Where an argument of an action comes from."""

    source: Literal["slot", "fact", "text", "caller", "reason"]
    name: str


@dataclass(frozen=True, slots=True)
class Act:
    """Asks for something to be done and waits for the answer."""

    id: str
    action: str
    writes: bool
    arguments: Mapping[str, Argument]
    filler: Line | None
    then: str
    """step after it went well"""
    refused: Mapping[str, str]
    """refusal -> step; ``else`` for every other"""
    outcome: str = ""
    """how the call is filed once it is committed"""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One branch: taken when the subject has one of the values, or is (not) known."""

    source: Literal["slot", "fact", "call"]
    subject: str
    values: tuple[Value, ...]
    known: bool | None
    then: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Branches; says nothing."""

    id: str
    cases: tuple[Case, ...]
    otherwise: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Intent:
    """Something the caller may want: leads to a step here, or to another script."""

    id: str
    says: tuple[str, ...]
    then: str = ""
    script: str = ""


@dataclass(frozen=True, slots=True)
class Choose:
    """Asks what the caller wants."""

    id: str
    ask: Line
    intents: tuple[Intent, ...]
    yes: str
    no: str
    ladder: Ladder = Ladder()
    at: int = 0


@dataclass(frozen=True, slots=True)
class Start:
    """Another script takes over, with some slots set."""

    id: str
    script: str
    line: Line | None
    fills: Mapping[str, Value]
    at: int = 0


@dataclass(frozen=True, slots=True)
class HandOver:
    """To a person; to ``otherwise`` (or the shared script) when there is none."""

    id: str
    line: Line | None
    otherwise: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class End:
    """Last words."""

    id: str
    lines: tuple[Line, ...]
    disposition: str
    at: int = 0


Step = Say | Collect | Confirm | Act | Decide | Choose | Start | HandOver | End


@dataclass(frozen=True, slots=True)
class Topic:
    """A question beside the script, and its answer."""

    id: str
    says: tuple[str, ...]
    answer: Line


@dataclass(frozen=True, slots=True)
class Script:
    """All of it."""

    name: str
    title: str
    digest: str
    """SHA-256, hex, of the text: its version"""
    file: str
    says: tuple[str, ...]
    """how callers ask for it"""
    hours: tuple[str, str] | None
    slots: Mapping[str, Slot]
    steps: Mapping[str, Step]
    """the first is where it begins"""
    topics: Mapping[str, Topic] = field(default_factory=dict)
    keeps: tuple[str, ...] = ()
    """slots that stay when it is started again in the same call"""
    on_cancel: str = ""
    wording: Mapping[str, Line] = field(default_factory=dict)
    committed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """step -> actions that have been committed whenever it is reached"""

    @property
    def first(self) -> str:
        """The step it begins with."""
        return next(iter(self.steps))
