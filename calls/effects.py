"""What to do: the closed union of everything a conversation can ask its session for."""

from __future__ import annotations

from dataclasses import dataclass

from calls.guidance import Guidance
from calls.run import ActionRequest
from calls.speech import Clause, Heard


@dataclass(frozen=True, slots=True)
class Expect:
    """Tune the ear and the keys to what the script wants next."""

    guidance: Guidance


@dataclass(frozen=True, slots=True)
class Understand:
    """Find the commands in a turn; answered by ``Understood`` or ``StageFailed``. A newer turn replaces it."""

    turn: int
    heard: Heard
    guidance: Guidance


@dataclass(frozen=True, slots=True)
class Judge:
    """Ask the speech gate; answered by ``Judged``, in order."""

    clause: Clause
    receipts: frozenset[str]
    """idempotency keys of the receipts this call holds"""


@dataclass(frozen=True, slots=True)
class Say:
    """Voice a clause and send it after those before it."""

    clause: Clause


@dataclass(frozen=True, slots=True)
class Pause:
    """Fall silent now (``clear`` at the carrier); keep what was not heard."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Send the rest again, from the word boundary."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Fall silent now and drop the rest, voiced or not."""


@dataclass(frozen=True, slots=True)
class RunAction:
    """Do it, exactly once; answered by ``ActionDone``. Waits until the record is durable."""

    request: ActionRequest


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Ring ``timer`` in ``ms``; a timer of the same name starts anew."""

    timer: str
    ms: float


@dataclass(frozen=True, slots=True)
class StopTimer:
    """Let ``timer`` not ring."""

    timer: str


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """Close the media socket; what becomes of the call stands on the record (hang up, or hand over)."""


Effect = (
    Expect | Understand | Judge | Say | Pause | Resume | Cut | RunAction | StartTimer | StopTimer | LeaveLine
)
