"""What a vendor's speaking protocol has to answer: the port between a call's session, which has the socket, and it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from agent.hearing.stream.socket import Closed, Handshake
from agent.ports import VoiceTraits
from agent.style.render.rendering import Control, Rendering
from calls.errors import ProviderFault
from calls.ports import WordTime
from calls.speech import SpeechStyle


@dataclass(frozen=True, slots=True)
class VoiceLimits:
    """How long a voice may keep a caller waiting, ms."""

    first_ms: float = 700
    """from the words to their first audio; beyond it another provider goes on within the same breath"""
    stall_ms: float = 1_000
    """from one piece of audio to the next: audio comes faster than it sounds, so nobody hears this much"""
    cut_ms: float = 200
    """from a cut to the vendor's answer; then a new connection speaks on"""
    settle_ms: float = 250
    """no audio for this long: a vendor that does not mark the end of a text is asked for it"""
    keep_alive_ms: float = 12_000
    """ElevenLabs closes after 20 s without a message"""


@dataclass(frozen=True, slots=True)
class Sound:
    """Audio of the text that is being spoken."""

    mulaw: bytes
    words: tuple[WordTime, ...] = ()
    """in ms from the start of the text"""


@dataclass(frozen=True, slots=True)
class Done:
    """All audio of the text has come."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The vendor cannot go on, or what it sends cannot be read. ``detail``: a code, never free text."""

    kind: ProviderFault
    detail: str = ""
    retry_after_ms: float | None = None


WireEvent = Sound | Done | Broken


class VoiceWire(Protocol):
    """One connection's side of a protocol: no socket, no clock. Grammar: (begin, receive*, cut?)*."""

    @property
    def ready(self) -> bool:
        """False while the vendor still owes the answer to a cut: until then nothing new is begun."""

    def begin(self, rendering: Rendering) -> list[str]:
        """The messages which have a text spoken."""

    def receive(self, message: str | bytes) -> list[WireEvent]:
        """What a message means for the text being spoken; nothing for what belongs to a text that was cut."""

    def settle(self) -> list[str]:
        """No audio has come for a while: the messages that make the vendor say where the text ends, if it needs any."""

    def cut(self) -> list[str]:
        """The messages which stop the text being spoken."""

    def alive(self) -> list[str]:
        """The messages which keep a silent connection."""

    def farewell(self) -> list[str]:
        """The messages before our side closes."""

    def closed(self, closed: Closed) -> Broken:
        """What the end of the connection means."""


Render = Callable[[str, SpeechStyle], Rendering]


@dataclass(frozen=True, slots=True)
class SocketVendor:
    """A voice behind a socket, as data: what is asked of its vendor, and how."""

    provider: str
    """as lines name it"""
    traits: VoiceTraits
    render: Render
    handshake: Callable[[Mapping[str, Control]], Handshake]
    """for the settings that are fixed for a connection"""
    wire: Callable[[Mapping[str, Control]], VoiceWire]
    limits: VoiceLimits = VoiceLimits()
