"""The offline voice: hibari, from text to telephone audio with the time of every word.

hibari predicts a spectrum per 12.5 ms from phonemes; its graph also computes how long each phoneme lasts but
does not hand that out. The durations are added to the outputs on loading, so word times are the network's
own, to 25 ms, not guesses. Only where a word's phonemes cannot be told apart are times shared by length.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agent import models
from agent.offline import resample
from agent.offline.speakable import Piece, pieces
from agent.offline.types import Spoken, WordTime

if TYPE_CHECKING:
    from hibari import Hibari

SAMPLE_RATE = 8_000
_MODEL_RATE = 24_000
_DURATION_OUTPUT = "/Clip_output_0"
_DURATION_MS = 25.0
_WEIGHTS = (
    "hibari-heart",
    "hibari-vocabulary",
    "hibari-unknown-words",
    "hibari-tagger",
    "misaki-lexicon-gold",
    "misaki-lexicon-silver",
)
_LEVEL_DBFS = -16.0
"""RMS of the voiced parts: what networks expect of speech (ITU-T P.56 nominal -26 dBov would be faint here)."""
_KNEE = 0.6
_LEAD_MS, _TAIL_MS = 30, 60
_PAUSE_MS = {",": 120, ";": 160, ":": 160, ".": 260, "!": 260, "?": 280}
_LONG_CLAUSE = 60


@dataclass(frozen=True, slots=True)
class Timbre:
    """How another speaker's throat differs: factors on the pitch and on the formants (below 1 is lower)."""

    pitch: float = 1.0
    formants: float = 1.0


PLAIN = Timbre()


class OfflineVoice:
    """One voice, shared by all calls; safe to use from several threads (it speaks one piece at a time)."""

    def __init__(self, engine: Hibari) -> None:
        self._engine = engine
        self._lock = threading.Lock()

    @classmethod
    def load(cls, threads: int = 1) -> OfflineVoice:
        """Raises ModelMissing or ModelDigestMismatch."""
        paths = {name: models.find(name) for name in _WEIGHTS}
        from hibari import Hibari

        engine = Hibari(model=_with_durations(paths["hibari-heart"]), threads=threads)
        engine.g2p  # noqa: B018  # reads the lexicons now, not in the first call
        return cls(engine)

    def synthesize(self, text: str, pace: float = 1.0, timbre: Timbre = PLAIN) -> Spoken:
        """Speak the whole text. Pace 1.0 is natural, clipped to 0.5 (slow) .. 2.0. Same text, same bytes."""
        audio, words, at_ms = [], [], 0
        for spoken in self.stream(text, pace, timbre):
            audio.append(spoken.pcm16)
            words += [WordTime(w.word, w.start_ms + at_ms, w.end_ms + at_ms) for w in spoken.words]
            at_ms += spoken.duration_ms
        return Spoken(b"".join(audio), tuple(words))

    def stream(self, text: str, pace: float = 1.0, timbre: Timbre = PLAIN) -> Iterator[Spoken]:
        """Speak piece by piece, so that the first sound is early: sentences, the first maybe cut at a comma.

        Each piece ends with the pause its punctuation asks for. Empty text gives no pieces.
        """
        pace = min(2.0, max(0.5, pace))
        parts = clauses(pieces(text))
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            pause_ms = _TAIL_MS if last else round(_PAUSE_MS.get(part[-1].spoken[-1], 80) / pace)
            spoken = self._speak(part, pace, timbre, pause_ms)
            if spoken is not None:
                yield spoken

    def warm(self) -> None:
        """Speak once and throw it away; includes an unknown word, whose network loads on first use."""
        self.synthesize("Hello, this is Zyxtra speaking.")

    def _speak(self, part: list[Piece], pace: float, timbre: Timbre, pause_ms: int) -> Spoken | None:
        said = " ".join(piece.spoken for piece in part)
        with self._lock:
            chunks = self._engine.phonemize(said)
            rendered = [self._render(phonemes, pace, timbre) for phonemes in chunks]
        spans, at_ms = [], 0.0
        for phonemes, (samples, durations) in zip(chunks, rendered, strict=True):
            spans += [(s + at_ms, e + at_ms) for s, e in _phoneme_words(phonemes, self._engine.vocab, durations)]
            at_ms += len(samples) * 1000 / _MODEL_RATE
        if not spans:
            return None  # punctuation alone
        samples = np.concatenate([samples for samples, _ in rendered])
        times = self._word_times(part, spans)
        return _finish(samples, times, pause_ms)

    def _render(self, phonemes: str, pace: float, timbre: Timbre) -> tuple[resample.Samples, list[float]]:
        """One run of the network: samples at 24 kHz and milliseconds per phoneme with its two pads."""
        from hibari import dsp

        ids = self._engine.ids(phonemes)
        feeds = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([pace], np.float32)}
        *outputs, durations = self._engine.sess.run(None, feeds)
        bands = [output[0] for output in outputs]
        if timbre != PLAIN:
            bands = _as_other_speaker(bands, timbre)
        samples = dsp.synth(*bands, np.random.default_rng(0))
        return samples, [float(d) * _DURATION_MS for d in durations]

    def _word_times(self, part: list[Piece], spans: list[tuple[float, float]]) -> list[WordTime]:
        counts = [len(piece.spoken.split()) for piece in part]
        if sum(counts) != len(spans):
            with self._lock:
                counts = [_sounding(self._engine.g2p(piece.spoken)) for piece in part]
        if sum(counts) != len(spans):
            return _shared_by_length(part, spans)
        times, at = [], 0
        for piece, count in zip(part, counts, strict=True):
            start = spans[at][0] if at < len(spans) else spans[-1][1]
            end = spans[at + count - 1][1] if count else start
            times.append(WordTime(piece.source, round(start), round(end)))
            at += count
        return times


def clauses(words: list[Piece]) -> list[list[Piece]]:
    """Cut at sentence ends; a long first sentence also at its first comma past three words."""
    parts: list[list[Piece]] = []
    current: list[Piece] = []
    length = sum(len(w.spoken) + 1 for w in words)
    for index, word in enumerate(words):
        current.append(word)
        following = words[index + 1].source if index + 1 < len(words) else ""
        early = not parts and length > _LONG_CLAUSE and len(current) > 3
        if _ends_sentence(word, following) or (early and word.spoken[-1] in ",;:"):
            parts.append(current)
            current = []
    return [*parts, current] if current else parts


def _ends_sentence(word: Piece, following: str) -> bool:
    mark = word.spoken.rstrip("\"')”’")[-1:]
    if mark in "!?" and mark:
        return True
    title = word.source.rstrip(".") in {"Mr", "Mrs", "Ms", "Dr", "St", "Prof"} or re.fullmatch(r"[A-Z]\.", word.source)
    return mark == "." and not title and not following[:1].islower()


def _with_durations(path: Path) -> bytes:
    """The network's file with the phoneme durations among its outputs.

    In protocol buffers, two messages one after the other are one message with their repeated fields joined
    (Encoding guide, "Last One Wins"): appending ModelProto{graph{output{...}}} adds an output to the graph.
    """

    def field(number: int, payload: bytes) -> bytes:
        return bytes([number << 3 | 2, len(payload)]) + payload

    float_tensor = field(2, field(1, b"\x08\x01"))
    output = field(1, _DURATION_OUTPUT.encode()) + float_tensor
    return path.read_bytes() + field(7, field(12, output))


def _sounding(phonemes: str) -> int:
    return sum(any(c.isalpha() for c in word) for word in phonemes.split())


def _phoneme_words(phonemes: str, vocabulary: dict[str, int], durations: list[float]) -> list[tuple[float, float]]:
    """Start and end in ms of every blank-separated group of phonemes that has a sound."""
    spans: list[tuple[float, float]] = []
    at, start, sounding = durations[0], durations[0], False
    known = [c for c in phonemes if c in vocabulary]
    end = at
    for phoneme, lasts in zip([*known, " "], [*durations[1:-1], 0.0], strict=True):
        if phoneme == " ":
            if sounding:
                spans.append((start, end))
            sounding, start = False, at + lasts
        elif phoneme.isalpha():
            sounding, end = True, at + lasts
        at += lasts
    return spans


def _shared_by_length(part: list[Piece], spans: list[tuple[float, float]]) -> list[WordTime]:
    """Estimate: the sounding stretch shared out by the letters of each word."""
    if not spans:
        return []
    start, whole = spans[0][0], spans[-1][1] - spans[0][0]
    total = sum(len(piece.spoken) for piece in part)
    times, before = [], 0
    for piece in part:
        after = before + len(piece.spoken)
        times.append(
            WordTime(piece.source, round(start + whole * before / total), round(start + whole * after / total))
        )
        before = after
    return times


def _finish(samples: resample.Samples, times: list[WordTime], pause_ms: int) -> Spoken:
    """To 8 kHz, without the silence around, at telephone level, with the pause after it."""
    low = resample.down(samples, _MODEL_RATE // SAMPLE_RATE)
    loud = np.flatnonzero(np.abs(low) > 0.02 * float(np.abs(low).max(initial=1e-9)))
    if loud.size == 0:
        return Spoken(b"", tuple(times))
    per_ms = SAMPLE_RATE // 1000
    first_ms = max(0, int(loud[0]) // per_ms - _LEAD_MS)
    last = min(len(low), int(loud[-1]) + _TAIL_MS * per_ms)
    kept = at_level(low[first_ms * per_ms : last])
    silence = np.zeros(max(0, pause_ms - _TAIL_MS) * per_ms, dtype=np.float32)
    whole = np.concatenate((kept, silence))
    whole = whole[: len(whole) // per_ms * per_ms]
    length_ms = len(whole) // per_ms
    moved = (
        WordTime(t.word, min(length_ms, max(0, t.start_ms - first_ms)), min(length_ms, max(0, t.end_ms - first_ms)))
        for t in times
    )
    return Spoken(resample.to_pcm16(whole), tuple(moved))


def at_level(samples: resample.Samples, dbfs: float = _LEVEL_DBFS) -> resample.Samples:
    """Bring the voiced parts (20 ms blocks within 30 dB of the loudest) to an RMS level; peaks are bent, not cut."""
    block = SAMPLE_RATE // 50
    blocks = samples[: len(samples) // block * block].reshape(-1, block)
    power = (blocks.astype(np.float64) ** 2).mean(axis=1) if len(blocks) else np.zeros(0)
    if not len(power) or power.max() <= 0:
        return samples
    voiced = power[power > power.max() / 1000]
    scaled = samples * np.float32(10 ** (dbfs / 20) / np.sqrt(voiced.mean()))
    over = np.abs(scaled) > _KNEE
    room = 0.95 - _KNEE
    scaled[over] = np.sign(scaled[over]) * (_KNEE + room * np.tanh((np.abs(scaled[over]) - _KNEE) / room))
    return scaled


def _as_other_speaker(bands: list[NDArray[Any]], timbre: Timbre) -> list[NDArray[Any]]:
    """Scale the pitch and stretch every spectrum along its frequency axis, between network and vocoder."""
    *spectra, pitch = bands
    bins = np.arange(spectra[0].shape[0], dtype=np.float64)
    source = np.clip(bins / timbre.formants, 0, bins[-1])
    low = np.floor(source).astype(np.int64)
    high = np.minimum(low + 1, len(bins) - 1)
    share = (source - low).astype(np.float32)[:, None]
    harmonic, angle, noise, free, free_angle = spectra
    stretched = [s[low] * (1 - share) + s[high] * share for s in (harmonic, angle, noise, free)]
    return [*stretched, free_angle[np.round(source).astype(np.int64)], pitch * np.float32(timbre.pitch)]
