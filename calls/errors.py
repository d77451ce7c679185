"""The error tree, drawn once. Axes: whose fault it is, and which stage of the call it broke.

SwitchboardError
|- ConfigurationError            the operator's: settings, lines, scripts; shown with the remedy
|  `- UnknownLine                a number was dialled that no line answers
|- CarrierError                  the phone side
|  |- MediaLimitExceeded         a frame or a message over the documented limits
|  |- TextRefused                a text message was not taken
|  `- CarrierLost                the media socket went away
|- EngineError(stage)            hearing, understanding or speaking failed
|  `- ProviderError(kind)        the vendor behind the stage refused, broke off or answered nonsense
|- RecordError                   the memory
|  |- StaleEpoch                 another session owns the call now
|  `- BrokenChain                an event does not follow from the one before it
`- UnknownEvent                  a stored event which this version cannot read
"""

from __future__ import annotations

from typing import Literal

Stage = Literal["hearing", "understanding", "speaking"]


class SwitchboardError(Exception):
    """The base of every error of ours. ``code`` is stable and safe to show, log and count."""

    code = "switchboard.error"


class ConfigurationError(SwitchboardError):
    """Something the operator wrote cannot be used; the message says where and how to mend it."""

    code = "configuration.invalid"


class UnknownLine(ConfigurationError):
    """No line answers this number."""

    code = "configuration.unknown_line"


class CarrierError(SwitchboardError):
    """The carrier's side misbehaved."""

    code = "carrier.error"


class MediaLimitExceeded(CarrierError):
    """A message was larger, deeper or slower than the limits allow."""

    code = "carrier.limit"


class TextRefused(CarrierError):
    """The carrier did not take a text message. ``lasting``: it would not take it later either."""

    code = "carrier.text_refused"

    def __init__(self, message: str, *, lasting: bool = False, stopped: bool = False) -> None:
        super().__init__(message)
        self.lasting = lasting
        self.stopped = stopped
        """the recipient has told the carrier STOP"""


class CarrierLost(CarrierError):
    """The media socket closed without a word."""

    code = "carrier.lost"


class EngineError(SwitchboardError):
    """A stage of the engine failed; ``reason`` carries no secret and nothing a caller said."""

    code = "engine.failed"

    def __init__(self, stage: Stage, reason: str) -> None:
        super().__init__(f"{stage} failed: {reason}")
        self.stage: Stage = stage
        self.reason = reason


ProviderFault = Literal["key", "payment", "rate", "overloaded", "timeout", "lost", "garbage", "refused", "request"]
"""What went wrong at a vendor: our key; the account; too many requests; no capacity; no answer in time; the connection
ended; an answer that cannot be read; the model would not; our request was wrong."""


class ProviderError(EngineError):
    """A vendor failed. Raised ``from None``: its own exception may carry our key and the caller's words."""

    code = "engine.provider_failed"

    def __init__(
        self, stage: Stage, provider: str, kind: ProviderFault, detail: str = "", retry_after_ms: float | None = None
    ) -> None:
        """``provider`` as lines name it (``deepgram/flux``); ``detail`` a status or a close code, nothing free."""
        super().__init__(stage, f"{provider}: {kind}{f' ({detail})' if detail else ''}")
        self.provider = provider
        self.kind: ProviderFault = kind
        self.retry_after_ms = retry_after_ms


class RecordError(SwitchboardError):
    """The record could not be written or read."""

    code = "record.error"


class StaleEpoch(RecordError):
    """Another session took this call over; nothing more may be appended under the old epoch."""

    code = "record.stale_epoch"


class BrokenChain(RecordError):
    """An event's digest does not match, or does not follow from its predecessor."""

    code = "record.broken_chain"


class UnknownEvent(RecordError):
    """A stored event has a name or a version this release does not know."""

    code = "record.unknown_event"


def reason_of(fault: Exception) -> str:
    """Why it failed, in words that are safe to log and keep: the system's own for its errors ("No space left on
    device", without the file's name), ours for ours, and of anything else its kind alone."""
    if isinstance(fault, OSError):
        return fault.strerror or type(fault).__name__
    return (str(fault) if isinstance(fault, SwitchboardError) else "") or type(fault).__name__
