"""What a caller says in a call, as audio that a pretended recognizer can place again, however it reaches it.

Every frame of a ``Tape`` is unlike every other (there is a little noise in it), so a server recognizes by its bytes
which moment of the call it was sent: after a reconnect, with audio missing, with audio sent twice or silence put in.
The words are also there as tones, for the scripted recognizer.
"""

from __future__ import annotations

import random
from collections.abc import Iterable

from agent.scripted import scripted_noise, scripted_speech
from agent.tone_text import encode
from calls.audio import AudioFrame
from switchboard.loopback.ears import Word

FRAME = 160
FRAME_MS = 20.0
_HEARD_SHARE = 0.7
"""of a word's frames: then it is heard"""
_QUIETEST = bytes(b"\xff\xfe\x7f\x7e"[byte & 3] for byte in range(256))
_LOWEST_BIT = bytes(byte & 1 for byte in range(256))


class Tape:
    """``says``: (ms, phrase); ``noises``: (ms, length in ms). Words follow each other without a gap."""

    def __init__(
        self,
        says: Iterable[tuple[float, str]],
        length_ms: float,
        noises: Iterable[tuple[float, int]] = (),
        seed: int = 1,
    ) -> None:
        chance = random.Random(seed)
        # The four quietest codes of mu-law: comfort noise, which no detector takes for speech.
        audio = bytearray(chance.randbytes(int(length_ms * 8)).translate(_QUIETEST))
        self.words: list[Word] = []
        for at_ms, phrase in says:
            self._lay(audio, at_ms, scripted_speech(phrase), chance)
            times = encode(phrase).words
            self.words += [Word(w.word, at_ms + w.start_ms, at_ms + w.end_ms) for w in times]
        self.noises = [(at_ms, at_ms + ms) for at_ms, ms in noises]
        for at_ms, ms in noises:
            self._lay(audio, at_ms, scripted_noise(ms), chance)
        self.mulaw = bytes(audio)
        self._places = {self.mulaw[n : n + FRAME]: n // FRAME for n in range(0, len(self.mulaw) - FRAME + 1, FRAME)}
        assert len(self._places) == len(self.mulaw) // FRAME, "two frames are alike"

    def frames(self, from_ms: float = 0.0, to_ms: float | None = None) -> list[AudioFrame]:
        """The call's frames, each with its offset."""
        last = len(self.mulaw) // FRAME if to_ms is None else int(to_ms / FRAME_MS)
        places = range(int(from_ms / FRAME_MS), last)
        return [AudioFrame(self.mulaw[n * FRAME : n * FRAME + FRAME], n * FRAME_MS) for n in places]

    def place_ms(self, frame: bytes) -> float | None:
        """Which moment of the call this is; None for audio that is not the caller's."""
        place = self._places.get(frame)
        return None if place is None else place * FRAME_MS

    def speech_at(self, at_ms: float) -> bool:
        """Whether it sounds like speech then."""
        spans = [(word.from_ms, word.to_ms) for word in self.words] + self.noises
        return any(begins < at_ms + FRAME_MS and at_ms < ends for begins, ends in spans)

    @staticmethod
    def _lay(audio: bytearray, at_ms: float, sound: bytes, chance: random.Random) -> None:
        begin = int(at_ms * 8)
        # The lowest bit of every sample is noise: tones survive it, and no two frames stay alike.
        bits = chance.randbytes(len(sound)).translate(_LOWEST_BIT)
        audio[begin : begin + len(sound)] = (int.from_bytes(sound) ^ int.from_bytes(bits)).to_bytes(len(sound))


class TapeEars:
    """Hears what of a tape reaches it."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._media_ms = 0.0
        self._rest = b""
        self._seen: dict[int, list[float]] = {}
        self._told: set[int] = set()
        self._spans: list[list[float]] = []

    def loud_between(self, from_ms: float, to_ms: float) -> bool:
        """By the frames that came."""
        return any(begins < to_ms and ends > from_ms for begins, ends in self._spans)

    def hear(self, audio: bytes) -> tuple[list[float], list[Word]]:
        """Frame by frame; what is left over waits for the next."""
        audio = self._rest + audio
        began: list[float] = []
        words: list[Word] = []
        whole = len(audio) - len(audio) % FRAME
        for n in range(0, whole, FRAME):
            at_ms = self._tape.place_ms(audio[n : n + FRAME])
            loud = at_ms is not None and self._tape.speech_at(at_ms)
            if loud and self._spans and self._spans[-1][1] == self._media_ms:
                self._spans[-1][1] += FRAME_MS
            elif loud:
                began.append(self._media_ms)
                self._spans.append([self._media_ms, self._media_ms + FRAME_MS])
            if at_ms is not None:
                words += self._place(at_ms)
            self._media_ms += FRAME_MS
        self._rest = audio[whole:]
        return began, words

    def _place(self, at_ms: float) -> list[Word]:
        ended: list[Word] = []
        for n, word in enumerate(self._tape.words):
            if word.from_ms < at_ms + FRAME_MS and at_ms < word.to_ms:
                self._seen.setdefault(n, []).append(self._media_ms + max(0.0, word.from_ms - at_ms))
            if n in self._told or n not in self._seen or at_ms + FRAME_MS < word.to_ms:
                continue
            self._told.add(n)
            if len(self._seen[n]) >= _HEARD_SHARE * (word.to_ms - word.from_ms) / FRAME_MS:
                end_ms = self._media_ms + min(FRAME_MS, word.to_ms - at_ms)
                ended.append(Word(word.text, self._seen[n][0], end_ms))
        return ended
