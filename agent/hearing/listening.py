"""What hearing decides on a recording: the call's own machine, run on audio that is already there.

Audio is the clock, so an hour takes seconds and comes out the same every time. What takes time in a call, recognizing,
counts as the audio that would have come in meanwhile: ``Latency``, measured on two cores (``docs/models.md``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from agent.companding import BYTES_PER_MS, mulaw_to_linear
from agent.hearing.decisions import Decision, Faded, Recognize, Resumed, SpeechStarted, TurnEnded
from agent.hearing.gain import Gain
from agent.hearing.listener import Listener
from agent.ports import Recognition
from calls.audio import MULAW_SILENCE, AudioFrame, mulaw_bytes, mulaw_ms

FRAME_MS = 20.0
AFTER_MS = 6_000.0
"""of silence are heard after a recording's end, so that its last turn can end"""


@dataclass(frozen=True, slots=True)
class Latency:
    """How long recognizing takes, in ms of audio."""

    base_ms: float = 45.0
    per_second_ms: float = 45.0
    """of what is recognized"""

    def ms(self, pcm16_8k: bytes) -> float:
        """Of one utterance."""
        return self.base_ms + self.per_second_ms * len(pcm16_8k) / BYTES_PER_MS / 1000


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of speech, ms since the first sample; pauses below 200 ms are part of it."""

    from_ms: float
    to_ms: float


@dataclass(slots=True)
class Findings:
    """What was decided."""

    speech: list[Span] = field(default_factory=list)
    turns: list[TurnEnded] = field(default_factory=list)
    faded: list[Faded] = field(default_factory=list)
    """sounds that were taken for speech and held no words"""
    cuts: int = 0
    """turns that were ended too early, as the machine itself noticed"""


def listen(
    mulaw: bytes,
    listener: Listener,
    recognize: Callable[[bytes], Recognition],
    latency: Latency | None = None,
    after_ms: float = AFTER_MS,
) -> Findings:
    """Hear mu-law from its first sample to its last, and ``after_ms`` of silence; ``listener`` is fresh.

    Words while somebody still speaks decide nothing, and are not asked for.
    """
    latency = latency or Latency()
    found = Findings()
    spans = _Spans(found.speech)
    due: list[tuple[float, Recognize]] = []
    gain = Gain()
    for frame in map(gain.apply, _frames(mulaw, after_ms)):
        decisions = listener.hear(frame.offset_ms, mulaw_to_linear(frame.samples), frame.duration_ms)
        while decisions or (due and due[0][0] <= listener.now_ms):
            if not decisions:
                _, asked = due.pop(0)
                heard = recognize(asked.pcm16_8k)
                decisions = listener.recognized(asked.ticket, heard.text, heard.confidence)
            decisions = _take(decisions, listener, found, spans, due, latency)
    found.cuts = listener.patience.pace.cuts
    return _within(found, mulaw_ms(len(mulaw)))


def _within(found: Findings, end_ms: float) -> Findings:
    """A detector's window, and what it holds on to, may reach beyond the last sample; speech does not."""
    found.speech = [Span(span.from_ms, min(span.to_ms, end_ms)) for span in found.speech]
    found.turns = [replace(turn, to_ms=min(turn.to_ms, end_ms)) for turn in found.turns]
    found.faded = [replace(sound, to_ms=min(sound.to_ms, end_ms)) for sound in found.faded]
    return found


def _take(
    decisions: Iterable[Decision],
    listener: Listener,
    found: Findings,
    spans: _Spans,
    due: list[tuple[float, Recognize]],
    latency: Latency,
) -> list[Decision]:
    more: list[Decision] = []
    for decision in decisions:
        spans.take(decision)
        match decision:
            case Recognize(ticket, _, True):
                more += listener.failed(ticket)
            case Recognize():
                # The newest goes before all others, which are void.
                due[:] = [(listener.now_ms + latency.ms(decision.pcm16_8k), decision)]
            case Resumed():
                due.clear()
            case TurnEnded():
                found.turns.append(decision)
            case Faded():
                found.faded.append(decision)
    return more


class _Spans:
    """Stretches of speech out of decisions."""

    def __init__(self, into: list[Span]) -> None:
        self._into = into
        self._from_ms = 0.0

    def take(self, decision: Decision) -> None:
        match decision:
            case SpeechStarted(from_ms):
                self._from_ms = from_ms
            case Resumed(from_ms, paused_ms, _):
                self._into.append(Span(self._from_ms, from_ms - paused_ms))
                self._from_ms = from_ms
            case TurnEnded(to_ms=to_ms) | Faded(to_ms=to_ms):
                self._into.append(Span(self._from_ms, to_ms))


def _frames(mulaw: bytes, after_ms: float) -> Iterator[AudioFrame]:
    """As the carrier sends them; the last one is filled up with silence."""
    size = mulaw_bytes(FRAME_MS)
    whole = mulaw + MULAW_SILENCE * (-len(mulaw) % size + mulaw_bytes(after_ms))
    for at in range(0, len(whole), size):
        yield AudioFrame(whole[at : at + size], at / size * FRAME_MS)
