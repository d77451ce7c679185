"""What happened: the closed union of everything that can reach a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from calls.commands import Command
from calls.danger import Danger
from calls.errors import Stage
from calls.events.quality import LineDegraded, LineMeasured
from calls.provision import NoticeKind, SpendScope, SpendStep, Unit
from calls.run import ActionSettled
from calls.speech import NEUTRAL, Clause, Heard, HeardBy, Played, SpeechStyle


@dataclass(frozen=True, slots=True)
class LineOpened:
    """A media socket carries the call; the first of a call answers it."""

    stream_id: str
    wall: str
    """ISO 8601 UTC"""
    recording: bool = False
    unrecorded: str = ""
    """why there is no recording, where the line wants one"""


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """Hearing noticed speech (or something like it)."""

    from_ms: float
    playing: Played | None = None
    """what sounded at the caller at that moment, where the session does not say"""
    by: HeardBy = HeardBy.SPEECH
    """KEYS: the first key of an entry"""


@dataclass(frozen=True, slots=True)
class SpeechFaded:
    """What had set in held no words."""

    reason: str


@dataclass(frozen=True, slots=True)
class SpeechGrew:
    """The words so far; unstable. At most one a second reaches the record."""

    from_ms: float
    text: str
    card: bool = False
    """a card number was in it, and is masked"""
    softer_db: float = 0.0
    """than this caller's turns before; 0 where hearing does not tell"""


@dataclass(frozen=True, slots=True)
class SpeechLasts:
    """What has set in goes on, and is surely speech, though no words of it may be known yet. Told once more from time
    to time while it lasts; not every hearing tells."""

    from_ms: float


@dataclass(frozen=True, slots=True)
class TurnLikely:
    """The caller's turn seems to be over: its words may be understood ahead. CallerSaid, TurnResumed or SpeechFaded
    follows."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class TurnResumed:
    """The caller goes on after TurnLikely: what was begun for those words is thrown away."""


@dataclass(frozen=True, slots=True)
class CallerSaid:
    """A whole turn."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """One key: ``0-9 * #``. Keys of a capture never become signals."""

    digit: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaptureMoved:
    """How far the caller is with keying in secret; nothing of what was keyed."""

    key: str
    kind: str
    """``keyed``: the first key of a field; ``ask``: the field is wanted (again); ``whole``: all of it is there"""
    field: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a turn meant."""

    turn: int
    commands: tuple[Command, ...]
    path: str
    took_ms: float = 0.0
    fallback: bool = False
    """the model could not: it was understood on this machine, and no model composes in this turn"""
    danger: Danger | None = None
    """what a second ear heard in the turn: goes before its commands"""
    provider: str = ""
    """the model that answered"""
    questions: int = 0
    """to a model"""
    first_token_ms: float | None = None
    """since understanding began"""


@dataclass(frozen=True, slots=True)
class Composed:
    """One more clause of a reply that a model composes; without ``text`` nothing but its end, when it is the last."""

    reply: str
    text: str
    style: SpeechStyle = NEUTRAL
    last: bool = False
    provider: str = ""
    """the model that wrote it"""
    first_token_ms: float | None = None
    """with the first clause of a question of its own, since that was asked"""


@dataclass(frozen=True, slots=True)
class Judged:
    """The speech gate's verdict on a clause: ``clause`` is what may be said, None when blocked."""

    asked: str
    """id of the clause that was judged"""
    clause: Clause | None
    rule: str = ""
    took_ms: float = 0.0
    policy: str = ""
    """``default@1``"""


@dataclass(frozen=True, slots=True)
class Voiced:
    """The voice gave its first audio for a clause."""

    clause: str
    took_ms: float
    cached: bool = False
    dropped_style: tuple[str, ...] = ()
    provider: str = ""


@dataclass(frozen=True, slots=True)
class PlaybackBegan:
    """First audio of a clause left for the carrier."""

    clause: str


@dataclass(frozen=True, slots=True)
class PlaybackEnded:
    """A clause was heard to its end."""

    clause: str
    heard_ms: float


@dataclass(frozen=True, slots=True)
class TimerRang:
    """A timer asked for by ``StartTimer``."""

    timer: str


@dataclass(frozen=True, slots=True)
class ActionDone:
    """The world answered."""

    settled: ActionSettled
    took_ms: float


@dataclass(frozen=True, slots=True)
class StageFailed:
    """A stage of the engine gave up on something."""

    stage: Stage
    reason: str
    turn: int = 0
    clause: str = ""
    reply: str = ""
    """the reply which was being composed"""
    final: bool = False
    """the stage will not come back in this call"""


@dataclass(frozen=True, slots=True)
class ProviderNoticed:
    """A provider behind a stage failed, was slow, was replaced or came back; the call goes on."""

    stage: Stage
    provider: str
    """as the line names it: ``deepgram/flux``"""
    kind: NoticeKind
    reason: str = ""
    """a code; nothing of the caller"""
    ms: float = 0.0
    to: str = ""
    """``switched``: who is at work now"""


@dataclass(frozen=True, slots=True)
class UsageCounted:
    """Something a provider charges for, as soon as it is known."""

    stage: Stage
    provider: str
    amounts: Mapping[Unit, float]


@dataclass(frozen=True, slots=True)
class SpendNoticed:
    """A limit on spending comes near, or is reached; the call's own limit brings it to an end."""

    scope: SpendScope
    step: SpendStep
    spent_usd: float
    limit_usd: float


@dataclass(frozen=True, slots=True)
class CarrierGone:
    """The media socket is gone. ``ended``: the carrier said the stream is over (the caller hung up)."""

    ended: bool
    reason: str
    counts: dict[str, int] = field(default_factory=dict)
    """frames that could not be read, by reason"""


@dataclass(frozen=True, slots=True)
class LineNoticed:
    """How the caller's line was of late, or that it is bad."""

    fact: LineMeasured | LineDegraded


@dataclass(frozen=True, slots=True)
class MachineHeard:
    """The tones of a machine are on the line."""

    kind: str
    """``fax | tty``"""
    tone: str
    from_ms: float


@dataclass(frozen=True, slots=True)
class SupervisorOrdered:
    """A person who watches the call wants something done in it."""

    id: str
    author: str
    kind: str
    """``say | hand_over | end``"""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Displaced:
    """A newer socket took the call over."""


@dataclass(frozen=True, slots=True)
class LineLeft:
    """Nothing of the call runs any more on this socket; the last signal a session gives."""

    recorded_ms: float = 0.0
    digest: str = ""
    """SHA-256 of the recording's part; empty when nothing was recorded"""
    lost_ms: float = 0.0
    """of that part, which is not in it"""
    fault: str = ""
    """why it is not whole"""


Signal = (
    LineOpened
    | SpeechBegan
    | SpeechFaded
    | SpeechGrew
    | SpeechLasts
    | TurnLikely
    | TurnResumed
    | CallerSaid
    | KeyPressed
    | CaptureMoved
    | Understood
    | Composed
    | Judged
    | Voiced
    | PlaybackBegan
    | PlaybackEnded
    | TimerRang
    | ActionDone
    | StageFailed
    | ProviderNoticed
    | UsageCounted
    | SpendNoticed
    | LineNoticed
    | MachineHeard
    | CarrierGone
    | SupervisorOrdered
    | Displaced
    | LineLeft
)
