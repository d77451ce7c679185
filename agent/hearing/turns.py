"""When the caller speaks, pauses and has finished: a state machine in which audio is the clock.

There is no I/O, no task and no clock in here; counters move by the length of the audio just seen, so that a
recording replayed faster than real time gives the very same decisions.

    quiet    -- evidence of speech >= onset_ms ------------> speaking   SpeechStarted
    speaking -- silence >= eager_ms -----------------------> pausing    Recognize (the words so far, on suspicion)
    speaking -- partial_ms since the last -----------------> speaking   Recognize(partial), then Grew
    pausing  -- speech >= resume_ms -----------------------> speaking   Resumed: its words are void
    pausing  -- words are here, silence >= patience(words) -> quiet     TurnEnded
    pausing  -- recognition found none --------------------> quiet      Faded
    speaking -- longest_ms --------------------------------> closing    Recognize
    closing  -- words are here ----------------------------> quiet      TurnEnded("longest")

Recognizing at 200 ms of silence, on suspicion, is what makes the reply fast: when the patience (350 ms and
more) is over, the words are usually there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent.companding import BYTES_PER_MS, rms
from agent.hearing.decisions import (
    Decision,
    Faded,
    Grew,
    Lasts,
    Patience,
    Recognize,
    Resumed,
    SpeechStarted,
    TurnEnded,
)
from agent.hearing.second_look import Reading, better
from agent.hearing.tuning import DEFAULT, Tuning
from agent.hearing.utterance import Utterance

_LEAST_LEVEL, _LEVEL_SHARE = 180.0, 0.15
"""-45 dBFS; share by which the level follows each window of speech"""

PatienceRule = Callable[[str, float], Patience]
"""How long a pause after these words must be, of which this many ms were speech."""


def has_words(text: str) -> bool:
    """Whether a transcript holds any letter or digit; recognizers answer noise with dots and dashes."""
    return any(character.isalnum() for character in text)


class Turns:
    """One caller's turns. ``at_ms`` is where the audio begins on the caller's time line."""

    def __init__(
        self,
        patience: PatienceRule,
        at_ms: float = 0.0,
        tuning: Tuning = DEFAULT,
        is_useful: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """``is_useful``: whether the script can do anything with some words; asked where others talk around."""
        self.patience = patience
        self._is_useful = is_useful
        self._tuning = tuning
        self._audio = bytearray()
        self._audio_ms = at_ms
        """of the first byte kept"""
        self._window_ms = at_ms
        """end of the last window judged"""
        self._speech = False
        self._evidence_ms = 0.0
        self._evidence_from_ms = at_ms
        self._utterance: Utterance | None = None
        self._faded: list[tuple[float, float]] = []
        """what just held no words, piece by piece"""
        self._tickets = 0
        self._noisy = False

    @property
    def in_speech(self) -> bool:
        """Something that may be a turn is under way."""
        return self._utterance is not None

    @property
    def now_ms(self) -> float:
        """End of the audio seen."""
        return self._audio_ms + len(self._audio) / BYTES_PER_MS

    # --- what comes in --------------------------------------------------------------------------------

    def push(
        self, pcm16_8k: bytes, speech: Sequence[float], window_ms: float, noisy: bool = False
    ) -> list[Decision]:
        """Audio, and the probabilities of the windows it completed. ``noisy``: others talk around the caller."""
        self._audio += pcm16_8k
        self._noisy = noisy
        decisions: list[Decision] = []
        for probability in speech:
            self._window_ms += window_ms
            self._speech = self._is_speech(probability, window_ms)
            if self._utterance is None:
                decisions += self._listen(self._speech, window_ms)
            else:
                if probability >= self._tuning.sure:
                    self._utterance.sure_ms += window_ms
                decisions += self._follow(self._utterance, self._speech, window_ms)
        self._trim()
        return decisions

    def _is_speech(self, probability: float, window_ms: float) -> bool:
        tuning, utterance = self._tuning, self._utterance
        if probability >= (tuning.off if self._speech else tuning.on):
            if utterance is not None:
                utterance.faint_ms = 0.0
                if utterance.keen:
                    utterance.level += _LEVEL_SHARE * (self._level(window_ms) - utterance.level)
            return True
        if utterance is None or not utterance.keen:
            return False
        if probability < tuning.faint and self._level(window_ms) < max(_LEAST_LEVEL, tuning.loud * utterance.level):
            return False
        utterance.faint_ms += window_ms
        return utterance.faint_ms <= tuning.faint_ms

    def _level(self, window_ms: float) -> float:
        """Of the last window, RMS of 16 bits."""
        return float(rms(bytes(self._audio[self._at(self._window_ms - window_ms) : self._at(self._window_ms)])))

    def lose(self, ms: float) -> list[Decision]:
        """Audio that never came. Kept as silence, so that what follows keeps its place."""
        self._window_ms += ms
        if self._utterance is None:
            self._audio_ms = self.now_ms + ms
            self._audio.clear()
            self._evidence_ms = 0.0
            return []
        self._audio += bytes(2 * int(min(ms, self._tuning.longest_ms) * BYTES_PER_MS / 2))
        counted = ms if ms >= self._tuning.dead_ms else min(ms, self._tuning.gap_ms)
        return self._quiet(self._utterance, counted)

    def stall(self, ms: float) -> list[Decision]:
        """No audio at all came for ``ms`` (a muted client sends none): silence, which takes no place."""
        return self._quiet(self._utterance, ms) if self._utterance else []

    def recognized(self, ticket: int, text: str, confidence: float) -> list[Decision]:
        """The words of a ``Recognize``. Late answers to void tickets are nothing."""
        utterance = self._utterance
        if utterance is None:
            return []
        text = text.strip()
        if ticket == utterance.partial:
            utterance.looked()
            return self._grow(utterance, text)
        if ticket != utterance.ticket or utterance.text is not None:
            return []
        return self._read(utterance, Reading(text, confidence))

    def _read(self, utterance: Utterance, found: Reading) -> list[Decision]:
        if utterance.first is not None:
            found, utterance.first = better(utterance.first, found, self._is_useful), None
        elif self._noisy and not utterance.closing and not self._is_useful(found.text):
            utterance.first = found
            return [self._ask(utterance)]
        if not found.holds_words:
            return [self._fade(utterance, "no words")]
        brief = utterance.voiced_ms < self._tuning.noise_ms and found.confidence < self._tuning.noise_confidence
        if brief or (self._noisy and found.confidence < self._tuning.hardly):
            return [self._fade(utterance, "noise")]
        utterance.text, utterance.confidence = found.text, found.confidence
        return self._settle(utterance) or self._grow(utterance, found.text)

    def failed(self, ticket: int) -> list[Decision]:
        """The recognizer gave up on a ticket: the last partial stands in, if there was one."""
        utterance = self._utterance
        if utterance is None:
            return []
        if ticket == utterance.partial:
            utterance.partial = 0
            return []
        if ticket != utterance.ticket or utterance.text is not None:
            return []
        if utterance.first is not None:
            return self._read(utterance, utterance.first)
        if not utterance.grown or utterance.grown_ms < self._tuning.partial_ms:
            # The first look is too early to stand for the whole: half a name is another name.
            return [self._fade(utterance, "recognizer")]
        return [self._end(utterance, utterance.grown, 0.5, "recognizer")]

    # --- quiet ----------------------------------------------------------------------------------------

    def _listen(self, speech: bool, window_ms: float) -> list[Decision]:
        if not speech:
            self._evidence_ms = max(0.0, self._evidence_ms - window_ms)
            return []
        if self._evidence_ms == 0.0:
            self._evidence_from_ms = self._window_ms - window_ms
        self._evidence_ms += window_ms
        if self._evidence_ms < self._tuning.onset_ms:
            return []
        began = self._evidence_from_ms
        self._utterance = Utterance(
            began, self._recent(began), began, self._window_ms, self._evidence_ms, partial_at_ms=self._window_ms
        )
        self._utterance.keen = self.patience("", 0.0).keen
        self._evidence_ms, self._faded = 0.0, []
        return [SpeechStarted(began)]

    def _recent(self, at_ms: float) -> list[tuple[float, float]]:
        """Pieces without words that may belong to what begins at ``at_ms``."""
        recent = bool(self._faded) and at_ms - self._faded[-1][1] <= self._tuning.rejoin_ms
        return self._faded if recent else []

    def _trim(self) -> None:
        """Keep what an utterance may need: its lead, or the lead and evidence of one to come."""
        lead = self._tuning.before_ms
        if self._utterance is not None:
            pieces = self._utterance.pieces
            keep_from = (pieces[0][0] if pieces else self._utterance.from_ms) - lead
        elif self._faded:
            self._faded = self._recent(self._window_ms)
            keep_from = (self._faded[0][0] if self._faded else self._window_ms) - lead
        elif self._evidence_ms > 0:
            keep_from = self._evidence_from_ms - lead
        else:
            keep_from = self._window_ms - lead
        surplus = int((keep_from - self._audio_ms) * BYTES_PER_MS / 2) * 2
        if surplus > 0:
            del self._audio[:surplus]
            self._audio_ms += surplus / BYTES_PER_MS

    # --- speaking and pausing -------------------------------------------------------------------------

    def _follow(self, utterance: Utterance, speech: bool, window_ms: float) -> list[Decision]:
        if utterance.closing:
            return []
        if not speech:
            utterance.resumed_ms = 0.0
            return self._quiet(utterance, window_ms)
        utterance.voiced_ms += window_ms
        resumed: list[Decision] = []
        if utterance.silence_ms > 0:
            utterance.resumed_ms += window_ms
            if utterance.resumed_ms < self._tuning.resume_ms:
                # It may be a click: the pause goes on. But nothing ends it while it may be the caller's next word.
                utterance.silence_ms += window_ms
                return self._lasting(utterance)
            resumed = self._resume(utterance)
        utterance.to_ms = self._window_ms
        if utterance.length_ms(self._tuning.between_ms) >= self._tuning.longest_ms:
            utterance.closing = True
            return [*resumed, self._ask(utterance)]
        return resumed + self._lasting(utterance) + self._partial(utterance)

    def _lasting(self, utterance: Utterance) -> list[Decision]:
        return [Lasts(utterance.from_ms)] if utterance.lasts(self._window_ms, self._tuning) else []

    def _resume(self, utterance: Utterance) -> list[Decision]:
        began = self._window_ms - utterance.resumed_ms
        paused = began - utterance.to_ms
        if paused >= self._tuning.eager_ms:
            utterance.pieces.append((utterance.piece_ms, utterance.to_ms))
            utterance.piece_ms = began
        text, utterance.text, utterance.first = utterance.text, None, None
        utterance.silence_ms = utterance.resumed_ms = 0.0
        utterance.ticket = 0
        return [Resumed(began, paused, text)] if paused >= self._tuning.eager_ms else []

    def _quiet(self, utterance: Utterance, ms: float) -> list[Decision]:
        utterance.silence_ms += ms
        if utterance.ticket == 0 and utterance.silence_ms >= self._tuning.eager_ms:
            return [self._ask(utterance)]
        return self._settle(utterance) or (self._lasting(utterance) if utterance.ticket == 0 else [])

    def _settle(self, utterance: Utterance) -> list[Decision]:
        """End the turn if its words are known and the pause is long enough for them."""
        if utterance.text is None:
            return []
        if utterance.closing:
            return [self._end(utterance, utterance.text, utterance.confidence, "longest")]
        if utterance.resumed_ms > 0:
            return []
        patience = self.patience(utterance.text, utterance.voiced_ms)
        utterance.keen = patience.keen
        if utterance.silence_ms < patience.ms:
            return []
        return [self._end(utterance, utterance.text, utterance.confidence, patience.reason)]

    def _ask(self, utterance: Utterance) -> Recognize:
        self._tickets += 1
        utterance.ticket, utterance.text = self._tickets, None
        utterance.partial = 0
        return Recognize(self._tickets, self._cut(utterance), False)

    def _partial(self, utterance: Utterance) -> list[Decision]:
        length = utterance.length_ms(self._tuning.between_ms)
        soon = (self._tuning.first_ms, self._tuning.second_ms)
        early = utterance.partials < len(soon)
        wait_ms = soon[utterance.partials] if early else max(self._tuning.partial_ms, 0.3 * length)
        if utterance.partial or self._window_ms < utterance.partial_at_ms + wait_ms:
            return []
        self._tickets += 1
        utterance.look(self._tickets, self._window_ms)
        return [Recognize(self._tickets, self._cut(utterance), True)]

    def _cut(self, utterance: Utterance) -> bytes:
        """The audio of an utterance, long pauses shortened."""
        pieces = [*utterance.pieces, (utterance.piece_ms, utterance.to_ms)]
        tuning, again = self._tuning, utterance.first is not None
        half, last = tuning.between_ms / 2, len(pieces) - 1
        cuts: list[bytes] = []
        from_ms = pieces[0][0] - (tuning.again_before_ms if again else tuning.before_ms)
        for number, (_, ends_ms) in enumerate(pieces):
            if number == last:
                to_ms = ends_ms + (tuning.again_after_ms if again else tuning.after_ms)
            else:
                next_ms = pieces[number + 1][0]
                to_ms = min(ends_ms + half, (ends_ms + next_ms) / 2)
            cuts.append(bytes(self._audio[self._at(from_ms) : self._at(to_ms)]))
            if number < last:
                from_ms = max(next_ms - half, to_ms)
        return b"".join(cuts)

    def _at(self, ms: float) -> int:
        """Where a moment lies in the audio kept."""
        return max(0, int((ms - self._audio_ms) * BYTES_PER_MS / 2) * 2)

    def _grow(self, utterance: Utterance, text: str) -> list[Decision]:
        if not has_words(text) or text == utterance.grown:
            return []
        utterance.grown = text
        return [Grew(utterance.from_ms, text)]

    # --- back to quiet --------------------------------------------------------------------------------

    def _end(self, utterance: Utterance, text: str, confidence: float, reason: str) -> TurnEnded:
        self._utterance, self._speech = None, False
        return TurnEnded(text, utterance.from_ms, utterance.to_ms, self.now_ms, confidence, reason)

    def _fade(self, utterance: Utterance, reason: str) -> Faded:
        self._faded = [*utterance.pieces, (utterance.piece_ms, utterance.to_ms)] if reason == "no words" else []
        self._utterance, self._speech = None, False
        return Faded(utterance.from_ms, utterance.to_ms, reason)
