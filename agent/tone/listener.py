"""One caller's tone, turn by turn."""

from __future__ import annotations

from collections.abc import Sequence

from agent.tone.baseline import Baseline, Deviation
from agent.tone.cues import Cues, measure
from agent.tone.feeling import judge, with_label
from agent.tone.sound import Sound, Stretch
from agent.tone.stress import stressed_words
from agent.tone.words import Lexicon, lexicon
from calls.audio import AudioFrame
from calls.ports import WordTime
from calls.speech import Heard, HeardBy, Tone

_AROUND_MS = 60.0
"""a provider's ends of speech are not exact"""


class ToneListener:
    """Grammar: ``hear`` for every frame; ``tone`` once for every whole turn, in order; ``likely`` at any time.

    None of them waits or raises.
    """

    def __init__(self, words: Lexicon | None = None) -> None:
        self._lexicon = words or lexicon()
        self._sound = Sound()
        self._baseline = Baseline()

    def hear(self, frame: AudioFrame) -> None:
        """One frame of the caller, its offset in ms since answer."""
        self._sound.hear(frame)

    def tone(self, heard: Heard, times: Sequence[WordTime] = ()) -> Tone | None:
        """How a turn was said; None for keys. ``times``: of its words in ms since answer, where they are known."""
        return self._tone(heard, times, learns=True)

    def likely(self, heard: Heard) -> Tone | None:
        """How a turn was said that is likely over; nothing is learned of it."""
        return self._tone(heard, (), learns=False)

    def deviations(self, heard: Heard) -> dict[str, Deviation]:
        """How far each cue of a turn is from usual; empty while the caller is not known. Nothing is learned of it."""
        return self._baseline.against(self._cues(heard)[1])

    def _cues(self, heard: Heard) -> tuple[Stretch, Cues]:
        stretch = self._sound.between(heard.from_ms - _AROUND_MS, heard.to_ms + _AROUND_MS)
        return stretch, measure(stretch, heard.text, self._baseline.usual("pitch"))

    def _tone(self, heard: Heard, times: Sequence[WordTime], *, learns: bool) -> Tone | None:
        if heard.by is not HeardBy.SPEECH:
            return None
        stretch, cues = self._cues(heard)
        deviations = self._baseline.against(cues)
        stressed = stressed_words(stretch, heard.text, times) if deviations else ()
        if learns:
            self._baseline.learn(cues)
        tone = judge(deviations, self._lexicon.told(heard.text), stressed)
        return with_label(tone, heard.tone) if heard.tone is not None else tone
