"""Voice activity: Silero's network at the telephone's own 8 kHz, one window of 32 ms at a time.

One session serves all calls; what differs per call is the network's memory, kept in `SpeechProbability`.
A window costs about 0.1 ms, so this runs on the event loop. Speech is usually taken to begin at 0.5 and
to end below 0.35.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agent import models

if TYPE_CHECKING:
    import onnxruntime

SAMPLE_RATE = 8_000
WINDOW_SAMPLES = 256
WINDOW_MS = 32
_CONTEXT_SAMPLES = 32
_WINDOW_BYTES = 2 * WINDOW_SAMPLES

_SILENCE_DBFS = -62.0
"""Below this nothing is speech on a telephone: mu-law's own smallest step lies near -72 dBFS."""
_FLOOR_MARGIN_DB = 2.5
"""Windows of steady noise vary by about 1 dB; a voice which stays within this of the noise is not audible."""
_LONGEST_REST = 8
"""Windows (256 ms) after which the network is asked again even though only noise seems to be there."""
_AFTERWARDS = 6
"""Windows (192 ms) for which the gate stays open after anything like speech."""
_REMEMBERED = _LONGEST_REST
"""Windows which the gate held back are shown to the network when it opens: it knows speech by what came before."""
_SURELY_NOT = 0.1
_FALL, _RISE = 0.3, 0.02
"""Shares by which the noise floor follows a quieter and a louder window that is not speech."""


@dataclass(frozen=True, slots=True)
class SpeechWindow:
    """How likely 32 ms of sound are speech."""

    offset_ms: int
    """Of the window's first sample, since the first byte pushed."""
    probability: float
    """0 to 1."""
    level_dbfs: float
    """RMS level; -100 for digital silence."""
    inferred: bool
    """False when the energy gate answered and the network was not asked."""


class SileroModel:
    """The network, loaded once and shared by all calls; safe to use from several threads."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._rate = np.array(SAMPLE_RATE, dtype=np.int64)

    @classmethod
    def load(cls) -> SileroModel:
        """Raises ModelMissing or ModelDigestMismatch."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        path = models.find("silero-vad")
        return cls(onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"]))

    def run(self, samples: NDArray[np.float32], state: NDArray[np.float32]) -> tuple[float, NDArray[np.float32]]:
        """One step: 32 samples of context and 256 of window, memory (2, 1, 128) -> probability, new memory."""
        feeds = {"input": samples[None, :], "state": state, "sr": self._rate}
        probability, following = self._session.run(None, feeds)
        return float(probability[0, 0]), following


class SpeechProbability:
    """Speech probability along one direction of one call. Push audio in order, in pieces of any length."""

    def __init__(self, model: SileroModel, gate: bool = True) -> None:
        self._model = model
        self._gate = gate
        self.reset()

    def reset(self) -> None:
        """Forget everything, as at the start of a call."""
        self._rest = b""
        self._windows = 0
        self._state = np.zeros((2, 1, 128), dtype=np.float32)
        self._context = np.zeros(_CONTEXT_SAMPLES, dtype=np.float32)
        self._floor_dbfs: float | None = None
        self._last = 0.0
        self._resting = 0
        self._since = _AFTERWARDS
        """windows since anything like speech"""
        self._held: deque[NDArray[np.float32]] = deque(maxlen=_REMEMBERED)
        """context and window, held back by the gate"""

    def push(self, pcm16: bytes) -> list[SpeechWindow]:
        """Take 16-bit little-endian mono at 8 kHz; return the windows which are now complete, maybe none."""
        self._rest += pcm16
        whole = len(self._rest) // _WINDOW_BYTES * _WINDOW_BYTES
        ready, self._rest = self._rest[:whole], self._rest[whole:]
        samples = np.frombuffer(ready, dtype="<i2").astype(np.float32) / np.float32(32768.0)
        return [self._judge(window) for window in samples.reshape(-1, WINDOW_SAMPLES)]

    def _judge(self, window: NDArray[np.float32]) -> SpeechWindow:
        power = float(np.dot(window, window)) / WINDOW_SAMPLES
        level = max(-100.0, 10.0 * math.log10(power)) if power > 0.0 else -100.0
        offset_ms = self._windows * WINDOW_MS
        self._windows += 1
        inferred = not self._is_hopeless(level)
        joined = np.concatenate((self._context, window))
        if inferred:
            self._resting = 0
            while self._held:
                _, self._state = self._model.run(self._held.popleft(), self._state)
            self._last, self._state = self._model.run(joined, self._state)
        else:
            self._resting += 1
            self._held.append(joined)
            self._last = 0.0
        self._context = window[-_CONTEXT_SAMPLES:]
        if self._last < _SURELY_NOT:
            self._since += 1
            self._follow_floor(level)
        else:
            self._since = 0
        return SpeechWindow(offset_ms, self._last, level, inferred)

    def _is_hopeless(self, level: float) -> bool:
        """Whether the window is too quiet to be worth the network's time."""
        if not self._gate or self._since < _AFTERWARDS:
            return False
        if level < _SILENCE_DBFS:
            return True
        floor = self._floor_dbfs
        return floor is not None and level < floor + _FLOOR_MARGIN_DB and self._resting < _LONGEST_REST

    def _follow_floor(self, level: float) -> None:
        if self._floor_dbfs is None:
            self._floor_dbfs = level
            return
        share = _FALL if level < self._floor_dbfs else _RISE
        self._floor_dbfs += share * (level - self._floor_dbfs)
