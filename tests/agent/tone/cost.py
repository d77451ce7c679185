"""What tone costs: `python -m tests.agent.tone.cost` prints CPU per second of call and of speech, and bytes a call."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np

from agent.offline.resample import Samples
from agent.tone.listener import ToneListener
from calls.audio import AudioFrame
from calls.speech import Heard
from tests.agent.tone.rendering import as_mulaw, in_noise

TURNS, TURN_S, CALL_S = 40, 2.5, 5.0
"""so much of a call is the caller's speech: half"""


def buzz(seconds: float, hertz: float, seed: int) -> Samples:
    """Something that costs as much as speech: pulses in syllables, in a little noise."""
    at = np.arange(int(seconds * 8_000))
    pulses = ((at * hertz / 8_000) % 1.0 < hertz / 8_000).astype(np.float32)
    syllables = (0.55 + 0.45 * np.sin(2 * np.pi * 4 * at / 8_000)).astype(np.float32)
    return in_noise(pulses * syllables, 20, 0.01, seed)


def cost() -> tuple[float, float, float, int]:
    """ms per second of call, ms per second of speech, longest ms at the end of a turn, bytes of one call."""
    quiet = in_noise(np.zeros(int((CALL_S - TURN_S) * 8_000), np.float32), 50, 0.01, 1)
    turns = [as_mulaw(np.concatenate((buzz(TURN_S, 110 + n, n), quiet))) for n in range(TURNS)]
    tracemalloc.start()
    listener = ToneListener()
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    used, longest, at_ms = 0.0, 0.0, 0.0
    text = "i would like to book a cleaning for next tuesday"
    for mulaw in turns:
        frames = [AudioFrame(mulaw[n : n + 160], at_ms + n / 8) for n in range(0, len(mulaw), 160)]
        began = time.process_time()
        for frame in frames:
            listener.hear(frame)
        decides = time.process_time()
        listener.tone(Heard(text, at_ms, at_ms + TURN_S * 1_000))
        ended = time.process_time()
        used += ended - began
        longest = max(longest, 1_000 * (ended - decides))
        at_ms += CALL_S * 1_000
    return 1_000 * used / (TURNS * CALL_S), 1_000 * used / (TURNS * TURN_S), longest, grown


def main() -> None:
    """The command."""
    cost()
    per_call, per_speech, longest, grown = cost()
    print(f"{per_call:.2f} ms CPU per second of call ({20 * per_call:.1f} us a frame of 20 ms), "
          f"{per_speech:.2f} ms per second of speech; "
          f"at the end of a turn at most {longest:.1f} ms; {grown / 1_000:.0f} kB a call")  # fmt: skip


if __name__ == "__main__":
    main()
