"""Deepgram's two speaking sockets, without a socket: Aura-2 (``/v1/speak``) and Flux TTS (``/v2/speak``).

Checked against the documentation of both and the message types of deepgram-sdk 7.17. Audio is binary, without a
container; neither gives times of words. A cut is answered (``Cleared``, ``SpeechInterrupted``): until then audio
still belongs to the cut text, and nothing new is begun.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from agent.hearing.stream.socket import Closed
from agent.speaking.wire import Broken, Done, Sound, WireEvent
from agent.style.render.rendering import Control, Rendering
from calls.errors import ProviderFault

_FAULTS: Mapping[str, ProviderFault] = {
    "INVALID_AUTH": "key", "INSUFFICIENT_PERMISSIONS": "key", "PAYMENT_REQUIRED": "payment",
    "TTS_PAYMENT_REQUIRED": "payment", "TOO_MANY_REQUESTS": "rate", "MESSAGE-0000": "request", "DATA-0000": "request",
    "DATA-0001": "request", "DATA-0002": "request", "BIG-0000": "request", "NET-0000": "overloaded",
    "NET-0001": "lost", "NET-0002": "lost", "NET-0003": "lost", "NET-0004": "lost",
}  # fmt: skip


class _SpeakWire:
    """What both have in common: audio goes to the text being spoken, unless a cut is not answered yet."""

    def __init__(self) -> None:
        self._speaking = False
        self._cutting = False
        self._heard = False

    @property
    def ready(self) -> bool:
        """Whether the last cut was answered."""
        return not self._cutting

    def receive(self, message: str | bytes) -> list[WireEvent]:
        """Audio, and where it ends; messages of types that are not known are passed over."""
        if isinstance(message, bytes):
            if not self._speaking or not message:
                return []
            self._heard = True
            return [Sound(message)]
        try:
            tree = json.loads(message)
        except (ValueError, RecursionError):
            return [Broken("garbage", "no JSON")]
        if not isinstance(tree, dict):
            return [Broken("garbage", "no object")]
        return self._told(tree)

    def settle(self) -> list[str]:
        """Nothing: the end of a text is told unasked."""
        return []

    def alive(self) -> list[str]:
        """Nothing: these sockets may be silent; a lost one is opened again."""
        return []

    def farewell(self) -> list[str]:
        """What is left is not generated."""
        return [_message("Close")]

    def closed(self, closed: Closed) -> Broken:
        """What the end of the connection means."""
        known = next((code for code in _FAULTS if code in closed.reason), "")
        if known:
            return Broken(_FAULTS[known], f"close {closed.code} {known}")
        kinds: dict[int, ProviderFault] = {1008: "request", 1009: "request", 1013: "overloaded"}
        return Broken(kinds.get(closed.code, "lost"), f"close {closed.code}")

    def _start(self) -> None:
        self._speaking, self._heard = True, False

    def _done(self) -> list[WireEvent]:
        self._speaking = False
        return [Done()]

    def _told(self, tree: Mapping[str, object]) -> list[WireEvent]:
        raise NotImplementedError


class AuraWire(_SpeakWire):
    """Implements ``VoiceWire``: Speak, Flush, Clear."""

    def begin(self, rendering: Rendering) -> list[str]:
        """The text, flushed at once."""
        self._start()
        return [_message("Speak", text=rendering.text), _message("Flush")]

    def cut(self) -> list[str]:
        """Empty the vendor's buffer; ``Cleared`` answers."""
        self._speaking, self._cutting = False, True
        return [_message("Clear")]

    def _told(self, tree: Mapping[str, object]) -> list[WireEvent]:
        match tree.get("type"):
            case "Flushed" if self._speaking and self._heard:
                return self._done()
            case "Cleared":
                self._cutting = False
            case "Error":
                return [_fault(tree)]
        return []


class FluxWire(_SpeakWire):
    """Implements ``VoiceWire``: Speak, Flush, Interrupt, Configure.

    No playback offset goes with an interrupt: our own play-out knows what was heard, also of what never left here.
    """

    def __init__(self, fixed: Mapping[str, Control] | None = None) -> None:
        super().__init__()
        self._speed: Control = 1.0
        self._speech: object = None
        """the turn being spoken, once the vendor has named it"""
        self.fixed_speed = False
        """the voice has no speed to be set: it has refused"""

    def begin(self, rendering: Rendering) -> list[str]:
        """The speed where it changes, and the text, flushed at once."""
        self._start()
        self._speech = None
        messages = [_message("Speak", text=rendering.text), _message("Flush")]
        speed = rendering.controls.get("speed", 1.0)
        if speed == self._speed or self.fixed_speed:
            return messages
        self._speed = speed
        return [_message("Configure", speed=speed), *messages]

    def cut(self) -> list[str]:
        """End the turn; ``SpeechInterrupted`` answers."""
        self._speaking, self._cutting = False, True
        return [_message("Interrupt")]

    def _told(self, tree: Mapping[str, object]) -> list[WireEvent]:
        match tree.get("type"):
            case "SpeechStarted" if self._speaking:
                self._speech = tree.get("speech_id")
            case "Flushed" if self._cutting:
                # The interrupt came too late, or before any audio, and was passed over.
                self._cutting = False
            case "Flushed" if self._speaking and self._heard and tree.get("speech_id") in (self._speech, None):
                return self._done()
            case "SpeechInterrupted":
                self._cutting = False
            case "Warning" if tree.get("code") == "NO_ACTIVE_SPEECH":
                self._cutting = False
            case "Warning" if tree.get("code") == "NO_SYNTHESIZABLE_TEXT" and self._speaking:
                return self._done()
            case "ConfigureFailure":
                self.fixed_speed = self.fixed_speed or tree.get("code") == "SPEED_NOT_SUPPORTED"
            case "Error":
                return [_fault(tree)]
        return []


def _message(kind: str, **fields: Control) -> str:
    return json.dumps({"type": kind, **fields})


def _fault(tree: Mapping[str, object]) -> Broken:
    code = next((str(tree[key]) for key in ("code", "err_code", "variant") if str(tree.get(key)) in _FAULTS), "")
    return Broken(_FAULTS.get(code, "overloaded"), code or "error")
