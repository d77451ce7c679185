"""Telephone audio to linear16 and back, for what is inside the agent (ITU-T G.711)."""

from __future__ import annotations

import warnings

from calls.audio import FRAME_MS, PHONE_RATE, AudioFrame, Encoding, mulaw_bytes

with warnings.catch_warnings():
    # Deprecated since 3.11 (PEP 594) and replaced by audioop-lts; nobody else needs to hear about it.
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

BYTES_PER_MS = 16
"""linear16 at 8 kHz."""
_WINDOW = mulaw_bytes(FRAME_MS)


def mulaw_to_linear(mulaw: bytes) -> bytes:
    """mu-law -> linear16, twice as long."""
    return audioop.ulaw2lin(mulaw, 2)


def alaw_to_linear(alaw: bytes) -> bytes:
    """A-law -> linear16, twice as long."""
    return audioop.alaw2lin(alaw, 2)


def linear_to_mulaw(pcm16: bytes) -> bytes:
    """linear16 -> mu-law, half as long; half a sample at the end is dropped."""
    return audioop.lin2ulaw(pcm16[: len(pcm16) & ~1], 2)


def frame_to_linear(frame: AudioFrame) -> bytes:
    """A frame as linear16 at 8 kHz. Raises ValueError for any other rate."""
    if frame.rate != PHONE_RATE:
        raise ValueError(f"hearing takes audio at {PHONE_RATE} Hz, this frame has {frame.rate} Hz")
    if frame.encoding is Encoding.MULAW:
        return audioop.ulaw2lin(frame.samples, 2)
    if frame.encoding is Encoding.ALAW:
        return audioop.alaw2lin(frame.samples, 2)
    return frame.samples[: len(frame.samples) & ~1]


def level(frame: AudioFrame) -> int:
    """Root mean square of a telephone frame, 0 to 32767. Several want to know it of the same frame: measured once."""
    known = frame.measured
    if known is None:
        samples = frame.samples
        known = audioop.rms(audioop.ulaw2lin(samples, 2), 2) if samples else 0
        # The frame stays what it is: this was true of it before anybody looked.
        object.__setattr__(frame, "measured", known)
    return known


def levels(frame: AudioFrame) -> tuple[int, ...]:
    """Root mean square of each 20 ms of a telephone frame, and of what is left; measured once, too."""
    known = frame.measured_each
    if known is None:
        if len(frame.samples) <= _WINDOW:
            known = (level(frame),) if frame.samples else ()
        else:
            linear = audioop.ulaw2lin(frame.samples, 2)
            known = tuple([audioop.rms(linear[at : at + 2 * _WINDOW], 2) for at in range(0, len(linear), 2 * _WINDOW)])
        object.__setattr__(frame, "measured_each", known)
    return known


def louder(pcm16: bytes, factor: float) -> bytes:
    """Every sample times ``factor``, held within 16 bits."""
    return audioop.mul(pcm16, 2, factor)


def rms(pcm16: bytes) -> int:
    """Root mean square, 0 to 32767; 0 for no audio."""
    return audioop.rms(pcm16, 2) if pcm16 else 0


def crossings(pcm16: bytes) -> int:
    """How often the samples change their sign."""
    return audioop.cross(pcm16, 2)


def peak(pcm16: bytes) -> int:
    """The largest magnitude, 0 to 32768."""
    return audioop.max(pcm16, 2)
