"""What is kept of a call: its figures, small enough for one line of a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(slots=True)
class Turn:
    """A turn of the caller. Times: ms."""

    at_ms: float
    expects: str
    longest_pause_ms: float
    """inside it"""
    response_ms: float | None
    """from its true end to the agent's first sound; None: none in the response window"""
    silence_ms: float
    """from its true end to the agent's next sound, the caller's next act or the end of the call; 0: the agent sounds"""
    hearing_ms: float | None
    """from its true end to hearing's decision that it is over; None: no decision was of it"""
    cut_in: bool
    """the agent was heard before the caller had finished"""
    early: bool
    """hearing called it over before it was, whether or not that was heard"""


@dataclass(slots=True)
class Overlap:
    """Something the caller did while the agent spoke. Times: ms."""

    at_ms: float
    kind: str
    over_agent: bool
    """the agent sounded when it set in; otherwise it counts for nothing"""
    stop_ms: float | None
    """from its onset to the last sound of the agent before it fell silent; None: it never did"""
    yielded: bool
    """silent within the yield window, and until the caller had finished"""
    kept: bool
    """the agent's turn did not end"""
    resume_ms: float | None
    """from its onset to the agent's next sound; 0 when it never fell silent; None: it did not go on"""


@dataclass(slots=True)
class Figures:
    """One call."""

    scene: str
    cell: str
    seed: int
    voice: str
    line: str
    """the conditions, by name"""
    seconds: float
    turns: list[Turn] = field(default_factory=list)
    overlaps: list[Overlap] = field(default_factory=list)
    stale_frames: int = 0
    """of 20 ms, which we sent after a `clear` and before the agent's words went on"""
    self_interruptions: int = 0
    """the agent fell silent although the caller did nothing"""
    word_errors: int = 0
    words: int = 0
    """spoken where a value was expected"""
    outcome: str = ""
    """right, wrong, helped (keys, a call back or a person) or lost; empty where nothing was wanted"""
    why: str = ""
    failed_turns: int = 0
    """the most in a row that brought nothing"""
    gave_up: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def of_json(cls, text: str) -> Figures:
        """Raises ValueError for another shape."""
        read: Mapping[str, Any] = json.loads(text)
        if set(read) != {item.name for item in fields(cls)}:
            raise ValueError("not a line of figures of this version")
        plain = {name: value for name, value in read.items() if name not in ("turns", "overlaps")}
        return cls(
            **plain, turns=[Turn(**one) for one in read["turns"]], overlaps=[Overlap(**one) for one in read["overlaps"]]
        )
