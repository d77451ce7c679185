"""What both of Deepgram's listening protocols share: the address, key terms, words, how a message is opened.

Checked against the documentation of the streaming APIs and the message types of deepgram-sdk 7.17.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from agent.hearing.stream.audio import CallAudio
from agent.hearing.stream.socket import Handshake
from agent.hearing.stream.terms import TermLimits, fitting, guidance_terms, line_terms
from agent.hearing.stream.wire import Garbage, Json, VendorFault
from agent.providers.config import ProviderConfig
from agent.providers.refusals import fault_of
from calls.errors import ProviderFault
from calls.guidance import Guidance
from calls.line import Line
from calls.signals import ProviderNoticed

ORIGIN = "https://api.deepgram.com"
TERM_LIMITS = TermLimits(count=100, length=60, tokens=500)
"""500 tokens of key terms per connection and per Configure"""

_FAULTS: Mapping[str, ProviderFault] = {
    "INVALID_AUTH": "key", "INSUFFICIENT_PERMISSIONS": "key", "ASR_PAYMENT_REQUIRED": "payment",
    "TOO_MANY_REQUESTS": "rate", "UNPARSABLE_CLIENT_MESSAGE": "request", "SchemaError": "request",
    "DATA-0000": "request", "NET-0000": "overloaded", "NET-0001": "lost", "INTERNAL_SERVER_ERROR": "overloaded",
}  # fmt: skip


def handshake(config: ProviderConfig, path: str, query: Sequence[tuple[str, str]]) -> Handshake:
    """A socket's address with its parameters; a list is its name repeated."""
    origin = config.socket_origin(ORIGIN)
    return Handshake(f"{origin}{path}?{urlencode(query)}", {"Authorization": f"Token {config.key}"})


def opened(text: str) -> dict[str, Json]:
    """A message as an object. Raises Garbage."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise Garbage("not JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise Garbage("no message")
    return message


def broken(message: Mapping[str, Json]) -> VendorFault:
    """What an Error message says; only codes we know are kept."""
    for key in ("code", "variant"):
        code = message.get(key)
        if isinstance(code, str) and code in _FAULTS:
            return VendorFault(_FAULTS[code], code)
    return VendorFault(fault_of(message) or "overloaded", "error")


def not_configured(config: ProviderConfig) -> ProviderNoticed:
    """The vendor has refused a Configure: what it was told before still holds."""
    return ProviderNoticed("hearing", config.name, "unused", "configure refused")


class KeyTerms:
    """Key terms of one call: the line's always, the script's for as long as it expects them."""

    def __init__(self, config: ProviderConfig, line: Line) -> None:
        self._line = line_terms(line, config.vocabulary)
        self.at_start, self.unused = fitting(self._line, TERM_LIMITS)
        self.sent = self.at_start

    def of(self, guidance: Guidance) -> tuple[str, ...]:
        """For now, what the caller was asked for first."""
        used, _ = fitting((*guidance_terms(guidance), *self._line), TERM_LIMITS)
        return used


def seconds(audio: CallAudio, words: Sequence[Json], first: bool) -> float | None:
    """ms since answer at which the first word begins, or the last ends; None where no time is given."""
    word = words[0 if first else -1]
    if not isinstance(word, dict):
        raise Garbage("a word that is none")
    at = word.get("start" if first else "end")
    return audio.at_ms(float(at)) if isinstance(at, int | float) else None
