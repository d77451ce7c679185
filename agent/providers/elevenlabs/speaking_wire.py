"""ElevenLabs' socket with several contexts (``multi-stream-input``), without a socket.

Checked against the documentation of the multi-context WebSocket and the message types of elevenlabs 2.78. Client
fields are in snake case, the server's in camel case. Settings hold for a context, so a context serves clauses of one
style in a row; a change of style, or a cut, closes it and opens the next. At most five are open at a time.

The vendor marks the end of a context, not of a flush. A clause is complete when the alignments have covered its
letters; when they do not, the context is closed after a short quiet, and its final message ends the clause.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import json
from collections.abc import Mapping

from agent.hearing.stream.socket import Closed
from agent.providers.elevenlabs.speaking_faults import closing, fault
from agent.speaking.wire import Broken, Done, Sound, WireEvent
from agent.speaking.words import WordTimes, letters
from agent.style.render.rendering import Control, Rendering
from calls.audio import mulaw_ms

MOST_CONTEXTS = 5
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class ContextWire:
    """Implements ``VoiceWire``."""

    def __init__(self) -> None:
        self._names = itertools.count(1)
        self._open: set[str] = set()
        """contexts the vendor still has"""
        self._known: set[str] = set()
        self._context = ""
        self._settings: Mapping[str, Control] = {}
        self._speaking = False
        self._times = WordTimes()
        self._letters = 0
        self._audio_ms = 0.0

    @property
    def ready(self) -> bool:
        """Whether another context may be opened."""
        return len(self._open) < MOST_CONTEXTS

    def begin(self, rendering: Rendering) -> list[str]:
        """The text, flushed at once: a clause is said when it is there, not when enough have come together."""
        messages = []
        if self._context not in self._open or dict(self._settings) != dict(rendering.controls):
            messages = [*self._leave(), *self._enter(rendering.controls)]
        self._speaking, self._times, self._audio_ms = True, WordTimes(), 0.0
        self._letters = letters(rendering.text)
        text: Json = {"text": f"{rendering.text} ", "context_id": self._context, "flush": True}
        return [*messages, json.dumps(text)]

    def receive(self, message: str | bytes) -> list[WireEvent]:
        """Audio of the present context; that of contexts which were left is dropped."""
        try:
            tree: Json = json.loads(message)
        except (ValueError, RecursionError):
            return [Broken("garbage", "no JSON")]
        if not isinstance(tree, dict):
            return [Broken("garbage", "no object")]
        if tree.get("error"):
            return [fault(tree)]
        context = tree.get("contextId")
        if tree.get("audio") and not (isinstance(context, str) and context in self._known):
            return [Broken("garbage", "context")]
        events = self._sound(tree) if self._speaking and context == self._context and tree.get("audio") else []
        if tree.get("isFinal") and isinstance(context, str):
            self._open.discard(context)
            if self._speaking and context == self._context and not _broken(events):
                events += [*self._rest(), Done()]
        if any(isinstance(event, Done) for event in events):
            self._speaking = False
        return events

    def settle(self) -> list[str]:
        """Close the context: what is flushed is still sent, and then its final message."""
        return self._close(self._context)

    def cut(self) -> list[str]:
        """Close the context; late audio of it is dropped here."""
        self._speaking = False
        return self._leave()

    def alive(self) -> list[str]:
        """The clock of inactivity belongs to contexts: one is opened where there is none."""
        if self._context in self._open:
            return [json.dumps({"text": "", "context_id": self._context})]
        return self._enter(self._settings) if self.ready else []

    def farewell(self) -> list[str]:
        """All contexts end with the socket."""
        return [json.dumps({"close_socket": True})]

    def closed(self, closed: Closed) -> Broken:
        """What the end of the connection means."""
        return closing(closed)

    def _enter(self, settings: Mapping[str, Control]) -> list[str]:
        self._context, self._settings = f"c{next(self._names)}", settings
        self._open.add(self._context)
        self._known.add(self._context)
        first: dict[str, Json] = {"text": " ", "context_id": self._context}
        if settings:
            first["voice_settings"] = dict(settings)
        return [json.dumps(first)]

    def _leave(self) -> list[str]:
        left, self._context = self._context, ""
        return self._close(left)

    def _close(self, context: str) -> list[str]:
        return [json.dumps({"context_id": context, "close_context": True})] if context in self._open else []

    def _sound(self, tree: dict[str, Json]) -> list[WireEvent]:
        audio, alignment = tree["audio"], tree.get("alignment")
        try:
            mulaw = base64.b64decode(audio, validate=True) if isinstance(audio, str) else b""
            words = self._times.add(*_characters(alignment, self._audio_ms)) if isinstance(alignment, dict) else []
        except (binascii.Error, ValueError, TypeError):
            return [Broken("garbage", "audio")]
        if not mulaw:
            return [Broken("garbage", "audio")]
        self._audio_ms += mulaw_ms(len(mulaw))
        complete = self._letters > 0 and self._times.letters >= self._letters
        words += self._times.finish() if complete else []
        return [Sound(mulaw, tuple(words)), *([Done()] if complete else [])]

    def _rest(self) -> list[WireEvent]:
        words = self._times.finish()
        return [Sound(b"", tuple(words))] if words else []


def _broken(events: list[WireEvent]) -> bool:
    return any(isinstance(event, Broken | Done) for event in events)


def _characters(alignment: dict[str, Json], offset_ms: float) -> tuple[list[str], list[float], list[float]]:
    """Characters and their times in the clause; the vendor's are within the chunk. Raises ValueError, TypeError."""
    chars, starts, lasts = (alignment.get(name) for name in ("chars", "charStartTimesMs", "charDurationsMs"))
    if not (isinstance(chars, list) and isinstance(starts, list) and isinstance(lasts, list)):
        raise ValueError("no characters")
    began = [offset_ms + _number(start) for start in starts]
    ended = [start + _number(last) for start, last in zip(began, lasts, strict=True)]
    if len(chars) != len(began):
        raise ValueError("lengths differ")
    return [str(char) for char in chars], began, ended


def _number(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no number")
    return float(value)
