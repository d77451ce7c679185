"""What scripts may ask to be done: every action with its arguments, what it finds, and how it may refuse.

A script can only name what stands here, and has to say what follows from each refusal. Kinds are those of
``spoken``; ``list of KIND`` is a text of canonical values joined by commas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UNAVAILABLE = "unavailable"
"""The refusal every action can give: the back end did not answer, so nothing is known."""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action."""

    name: str
    writes: bool
    """changes something: needs a confirmation before and leaves a receipt"""
    arguments: Mapping[str, str]
    """argument -> kind"""
    optional: frozenset[str] = frozenset()
    """arguments that may be missing"""
    finds: Mapping[str, str] = field(default_factory=dict)
    """fact -> kind; also with a refusal"""
    receipt: Mapping[str, str] = field(default_factory=dict)
    """field -> kind"""
    refusals: frozenset[str] = frozenset()
    """codes beside ``unavailable``"""
    outcome: str = ""
    """how a call in which it was committed is filed"""
    personal: bool = False
    """speaks of a person's record, or changes it: only for a caller who is verified"""
    tentative: bool = False
    """changes something that expires by itself (a hold): needs no yes before"""


_SPECS = (
    ActionSpec(
        "find_times",
        writes=False,
        arguments={"service": "choice", "date": "date"},
        finds={"times": "list of time", "next_date": "date"},
        refusals=frozenset({"closed", "no_times"}),
    ),
    ActionSpec(
        "book",
        writes=True,
        arguments={"service": "choice", "date": "date", "time": "time", "name": "person_name", "phone": "phone"},
        finds={"times": "list of time"},
        receipt={"code": "code", "date": "date", "time": "time"},
        refusals=frozenset({"slot_taken"}),
        outcome="booked",
    ),
    ActionSpec(
        "order_status",
        writes=False,
        arguments={"code": "code"},
        finds={"order_status": "free_text", "expected_on": "date"},
        refusals=frozenset({"not_found"}),
    ),
    ActionSpec(
        "open_ticket",
        writes=True,
        arguments={"problem": "free_text", "phone": "phone", "name": "person_name", "order": "code"},
        optional=frozenset({"name", "order"}),
        outcome="ticket",
        receipt={"number": "code"},
    ),
    ActionSpec(
        "leave_callback",
        writes=True,
        arguments={"phone": "phone", "name": "person_name", "reason": "free_text"},
        optional=frozenset({"name", "reason"}),
        outcome="callback",
        receipt={"number": "code"},
    ),
    ActionSpec(
        "leave_message",
        writes=True,
        arguments={"message": "free_text", "phone": "phone", "name": "person_name"},
        optional=frozenset({"phone", "name"}),
        outcome="message",
        receipt={"number": "code"},
    ),
)

ACTIONS: Mapping[str, ActionSpec] = {spec.name: spec for spec in _SPECS}
"""The actions that ship with the project."""
