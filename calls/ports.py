"""The ports: what the hub needs of its spokes, and the spokes of each other through it.

Each port is implemented by its owner and passed in by ``switchboard/``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from calls.audio import AudioFrame
from calls.carrier_desk import CallDesk as CallDesk
from calls.carrier_desk import Pending as Pending
from calls.chain import Envelope
from calls.effects import Compose
from calls.events import LineDegraded, LineMeasured
from calls.grounding import Ground
from calls.guidance import Guidance
from calls.line import IncomingCall, Line
from calls.run import ActionRequest, ActionSettled, Advance, CallFacts, Run, Stimulus
from calls.signals import Composed, Judged, Signal, Understood
from calls.speech import Clause, Heard, Played
from calls.state import CallState
from calls.talk import Talk
from calls.vault import Vault as Vault

Emit = Callable[[Signal], None]
"""Puts a signal into a call's inbox; never waits."""

Reference = Callable[[float, bytes], None]
"""(ms, mu-law 8 kHz): what sounds at the caller, and from when on; see ``PlayOut.reference_to``."""


# --- the phone side ---------------------------------------------------------------------------------


class MediaSocket(Protocol):
    """A carrier's socket: text frames in and out. Grammar: receive*, then receive returns None for good."""

    @property
    def closed(self) -> bool:
        """True once either side has closed."""

    async def receive(self) -> str | bytes | None:
        """The next message; bytes for a binary one; None once the peer has closed."""

    async def send_text(self, text: str) -> None:
        """Send one text frame. Raises CarrierLost when the socket is closed."""

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close; a second time does nothing."""


@dataclass(frozen=True, slots=True)
class WordTime:
    """When a word sounds within its clause."""

    word: str
    start_ms: float
    end_ms: float


class PlayOut(Protocol):
    """Sends agent audio at the carrier's pace and knows what was heard.

    Grammar per clause: begin, feed+, finish; clauses sound in the order they were begun. Emits ``PlaybackBegan`` and
    ``PlaybackEnded`` into the call's inbox.
    """

    def record_to(self, recorder: Recorder) -> None:
        """Give ``recorder`` what sounds at the caller, from now on."""

    def reference_to(self, ear: Reference) -> None:
        """Tell ``ear`` what sounds at the caller, ms on the media stream's clock, so that it knows its echo.

        Told when it is sent, so up to the play-out's lead before it sounds. Without audio: from that moment on
        nothing sounds of what was told before.
        """

    def measured(self) -> tuple[LineMeasured | LineDegraded, ...]:
        """How the caller's side of the line was, the whole stream last; asked once, when the stream is over."""

    def begin(self, clause: Clause) -> None:
        """Announce a clause."""

    def feed(self, clause: str, mulaw: bytes, words: Sequence[WordTime] = ()) -> None:
        """More audio (mu-law 8 kHz) of a begun clause; ``words`` are the times of its words, when known."""

    def finish(self, clause: str) -> None:
        """No more audio of this clause; its mark goes out after its last byte."""

    def position(self) -> Played | None:
        """What sounds at the caller now; None when nothing does."""

    def pause(self) -> None:
        """Clear the carrier's buffer; keep everything the caller has not heard."""

    def resume(self) -> None:
        """Send the rest again, from the start of the word that was cut."""

    def cut(self) -> None:
        """Clear the carrier's buffer; drop everything."""

    def press(self, clause: Clause) -> None:
        """A whole clause of keys (``clause.press``), as they sound."""

    def hold(self, sound: str) -> None:
        """Let ``music``, or a ``gentle`` sound, cover a wait: until ``unhold``, or until a clause begins.

        Neither tells of its beginning and end. Raises ValueError for a sound there is none of.
        """

    def unhold(self) -> None:
        """Silence it now; nothing happens when nothing is held."""


class Recorded(NamedTuple):
    """A recording that is complete."""

    duration_ms: float
    digest: str
    """SHA-256, hex, of the file; empty when it could not be completed"""
    lost_ms: float = 0.0
    """sound that was to be recorded and is not in it"""
    fault: str = ""
    """why it is not whole"""


class Recorder(Protocol):
    """Two channels on the media stream's sample clock."""

    def caller(self, offset_ms: float, mulaw: bytes) -> None:
        """What the caller sent, at its place in the stream."""

    def agent(self, offset_ms: float, mulaw: bytes) -> None:
        """What sounded at the caller, at the place it sounded."""

    def mute(self, offset_ms: float, reason: str) -> None:
        """Silence on both channels from ``offset_ms`` on, which may lie in the past: what is written is overwritten.

        Negative: before this media stream, in an earlier part of the call.
        """

    def unmute(self, offset_ms: float) -> None:
        """What sounds from ``offset_ms`` on is recorded again; nothing happens when it is not muted."""

    async def finish(self) -> Recorded:
        """Complete the file. A second time the same is answered. Raises OSError when it cannot be read back."""


# --- engines ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EngineTraits:
    """What an engine can do. Code branches on these, never on a class or a vendor's name."""

    text_before_audio: bool
    """every word exists as text before it is voiced, so the gate needs no hold"""
    hears_tone: bool
    keeps_turns: Literal["ours", "engine"]
    """who decides that the caller has finished"""
    media: Literal["bridged", "direct"]
    """direct: the caller's audio does not pass through us"""
    exact_hearing: bool
    """names, codes and numbers can be trusted without a read-back"""
    composes: bool = False
    """finds the words of a reply where a script leaves them open"""
    overlapping: bool = False
    """listens and speaks at once"""
    weighs_danger: bool = False
    """looks for danger in every turn beside understanding it, and has the last word where the watch is in doubt"""


@dataclass(frozen=True, slots=True)
class VoicedAudio:
    """A piece of a clause's audio."""

    mulaw: bytes
    """8 kHz"""
    words: tuple[WordTime, ...] = ()
    """times within the clause, of the words this piece carries"""
    cached: bool = False
    dropped_style: tuple[str, ...] = ()
    provider: str = ""
    """the voice, as the line names it"""


class EngineSession(Protocol):
    """One call's hearing, understanding and speaking. Grammar: run() around everything else."""

    def hear(self, frame: AudioFrame) -> None:
        """One frame of the caller. Never waits."""

    def played(self, offset_ms: float, mulaw: bytes) -> None:
        """What sounds at the caller from ``offset_ms`` since answer on, as ``PlayOut.reference_to`` tells it.

        Never waits.
        """

    def expect(self, guidance: Guidance) -> None:
        """What the script wants next."""

    async def understand(
        self, turn: int, heard: Heard, guidance: Guidance, facts: CallFacts, talk: Talk = ()
    ) -> Understood:
        """The commands in a turn, only such as ``guidance`` allows. Raises EngineError.

        Words which came with them are held for ``compose``, until ``withdraw`` or the next turn. Cancelling the
        wait ends what was begun. ``talk``: what was said and heard before.
        """

    def compose(self, asked: Compose, facts: CallFacts) -> AsyncIterator[Composed]:
        """The words of a reply, clause by clause; the last is marked. Raises EngineError.

        Those which came with the commands of the same turn, else words found now. Closing the iterator ends it.
        """

    async def withdraw(self) -> None:
        """The words that are held are not wanted."""

    def voice(self, clause: Clause) -> AsyncIterator[VoicedAudio]:
        """Audio of a clause, piece by piece. Raises EngineError."""

    async def run(self, emit: Emit) -> None:
        """Hear until cancelled; emits SpeechBegan, SpeechFaded, SpeechGrew, CallerSaid, StageFailed."""


class Engine(Protocol):
    """Makes sessions. Opening one must not block: anything slow is warmed beforehand."""

    @property
    def traits(self) -> EngineTraits:
        """What it can do."""

    def open(self, line: Line, offset_ms: float) -> EngineSession:
        """A session for a call on ``line``; ``offset_ms`` = ms since answer at the stream's first frame."""


# --- deciding ---------------------------------------------------------------------------------------


class Director(Protocol):
    """A script. Pure: no clock, no socket, no chance."""

    def advance(self, run: Run, stimulus: Stimulus, facts: CallFacts) -> Advance:
        """What follows from ``stimulus``. The events are recorded and folded by the caller."""

    def guidance(self, run: Run, facts: CallFacts) -> Guidance:
        """What is wanted where ``run`` stands; for a call taken up again."""


class Scripts(Protocol):
    """Which script a call gets, in which version."""

    async def director(self, line: Line, incoming: IncomingCall, state: CallState) -> Director:
        """Asked once per media socket. ``state`` names the versions a call began with, on which it stays."""


class Guardrail(Protocol):
    """The speech gate. Fast and local."""

    def judge(self, clause: Clause, ground: Ground) -> Judged:
        """Clear, replace or block a clause before it is voiced; ``ground`` is what it may rest on."""


class Actions(Protocol):
    """Does things in the world, exactly once per key, and outlives the call that asked."""

    async def run(self, call: str, facts: CallFacts, request: ActionRequest) -> ActionSettled:
        """Answers with a receipt, with facts, or with a refusal. Cancelling the wait does not undo it."""


# --- the memory -------------------------------------------------------------------------------------


class EventSink(Protocol):
    """Where events are kept. One owner per stream at a time; an older epoch's appends are refused."""

    async def claim(self, tenant: str, stream: str) -> tuple[int, list[Envelope]]:
        """Take a stream over: its new epoch, and everything on it, in order."""

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """Queue; committed at most 20 ms later. Never waits, never raises for storage."""

    async def durable(self, stream: str, epoch: int, seq: int) -> None:
        """Return when event ``seq`` is safe. Raises StaleEpoch when this epoch no longer owns the stream."""

    async def load(self, stream: str) -> list[Envelope]:
        """Everything on a stream, in order."""
