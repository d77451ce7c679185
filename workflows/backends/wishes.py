"""What a back end is asked, and what it answers: shared by Postgres and by its twin in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from calls.codec import canonical
from calls.commands import Value
from calls.run import ActionRequest, ActionSettled, CallFacts, Receipt

CODE_LETTERS = "ACFHJKMRUWXY34679"
"""No letter or digit that is taken for another by eye (0 O, 1 I, 5 S, 2 Z, 8 B) or by ear (B D P T V, M N, F S)."""

CODE_LENGTH = 5

MAX_CODES = 20
"""codes tried before giving up; with a million codes the second is hardly ever needed"""


@dataclass(frozen=True, slots=True)
class Wish:
    """One action, as a back end sees it."""

    key: str
    action: str
    business: str
    call: str
    timezone: str
    """IANA"""
    now: datetime
    """aware; the moment the call decided"""
    arguments: Mapping[str, Value]
    caller: str = ""
    """the caller's number as the carrier gives it: a hint, never proof; empty when withheld"""
    subject: str = ""
    """the record the caller has proved to be theirs in this call, such as ``booking:ACFHJ``; else empty"""
    earlier: str = ""
    """the call that broke off and which this one goes on with; else empty"""

    @classmethod
    def of(cls, call: str, facts: CallFacts, request: ActionRequest) -> Wish:
        """The wish in a request. Raises ValueError when the call's moment cannot be read."""
        now = datetime.fromisoformat(facts.wall)
        return cls(
            request.key,
            request.action,
            facts.business,
            call,
            facts.timezone,
            now,
            request.arguments,
            facts.caller,
            # Older records know nothing of verification: then nobody has proved anything.
            getattr(facts, "verified_subject", ""),
            getattr(facts, "earlier_call", ""),
        )

    @property
    def calls(self) -> tuple[str, ...]:
        """This call, and the one it goes on with: what either holds is the caller's own."""
        return (self.call, self.earlier) if self.earlier else (self.call,)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The telephone numbers that speak for the caller: the carrier's, and the one they gave."""
        return tuple(dict.fromkeys(number for number in (self.caller, self.text("phone")) if number))

    def for_nobody(self) -> Wish:
        """The same moment, on behalf of no caller: every hold counts."""
        return replace(self, call="", caller="", subject="", earlier="", arguments={})

    def text(self, argument: str) -> str:
        """An argument as text; empty when it was not given."""
        return str(self.arguments.get(argument, ""))


@dataclass(frozen=True, slots=True)
class Notice:
    """Something others want to hear of: becomes a row of the outbox in the transaction of what it tells."""

    kind: str
    """such as ``booking.created``"""
    subject: str
    """the code or number of the row it happened to"""
    body: Mapping[str, Value] = field(default_factory=dict)
    """without names, numbers or addresses of people"""


@dataclass(frozen=True, slots=True)
class Found:
    """A look-up's answer; also that of an action which keeps something without a receipt."""

    facts: Mapping[str, Value]
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """Something was changed; ``result`` goes onto the receipt."""

    result: Mapping[str, Value]
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """What was asked for was not done."""

    code: str
    facts: Mapping[str, Value] = field(default_factory=dict)
    keeps: bool = False
    """what was noted on the way (an attempt, a question) stays"""


Answer = Found | Done | Refused

NOT_VERIFIED = Refused("not_verified")
"""The action concerns somebody's record, and the caller has not proved that it is theirs."""


def receipt_of(key: str, action: str, result: Mapping[str, Value]) -> Receipt:
    """The receipt for a committed action."""
    digest = hashlib.sha256(canonical({"action": action, "result": dict(result)})).hexdigest()
    return Receipt(key, action, dict(result), digest)


def settled(wish: Wish, answer: Answer) -> ActionSettled:
    """An answer in the words of the port. ``Done`` here means committed."""
    match answer:
        case Found():
            return ActionSettled(wish.key, wish.action, found=answer.facts)
        case Refused():
            return ActionSettled(wish.key, wish.action, found=answer.facts, refusal=answer.code)
        case Done():
            return ActionSettled(wish.key, wish.action, receipt=receipt_of(wish.key, wish.action, answer.result))


def code_for(key: str, attempt: int = 0) -> str:
    """A code to say on the phone, drawn from an idempotency key: the same wish always gets the same code.

    ``attempt`` rises when a code turns out to be taken.
    """
    number = int.from_bytes(hashlib.sha256(f"{key}/{attempt}".encode()).digest()[:8], "big")
    letters = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[place])
    return "".join(letters)
