"""Turns out of a vendor's transcripts: pieces that are final, words that may still change, pauses it noticed.

The vendor says that speech has paused; whether that was the end is ours to say, by the words and by what the
script expects: "four seven one" is no whole telephone number. Where words want no more words, its pause is enough.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agent.hearing.decisions import Patience
from agent.hearing.stream.telling import Telling, spoken_words
from agent.hearing.stream.wire import Now
from calls.speech import Heard

PAUSE_MS = 500.0
"""Words that need no longer pause than this end with the vendor's own."""
VANISHED_MS = 1_500.0
"""Speech was noticed, and no word came for this long: it was none."""
LONGEST_MS = 30_000.0
LAG_MS = 300.0
"""how far behind the audio a vendor may be while it keeps up"""
LATE_MS = 700.0
"""after we asked for final words: then the last we know must do"""
LOUD_MS = 2_000.0
"""loudness without new words that still counts as speech"""
_ENDINGS = (".", "?", "!")
_SURE = 0.6
_WAITS = frozenset({"dangling", "thinking", "incomplete"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some of a turn's words, ms since answer."""

    text: str
    from_ms: float
    to_ms: float
    confidence: float = 1.0
    last_confidence: float = 1.0
    """of its last word"""


class Assembly:
    """One call's turns. ``patience`` is the rule for how long a pause these words need; ``flush_ms``: how long after
    that pause we ask for final words ourselves; ``loud_to_ms``: until when the caller was loud, where words come late;
    ``pause_ms``: where the vendor waits this long, words which need a shorter pause are asked for at its end.
    """

    def __init__(
        self,
        telling: Telling,
        patience: Callable[[str], Patience],
        flush_ms: float,
        loud_to_ms: Callable[[], float] = lambda: 0.0,
        pause_ms: float = 0.0,
    ) -> None:
        self._telling = telling
        self._rule = patience
        self._flush_ms = flush_ms
        self._loud_to_ms = loud_to_ms
        self._pause_ms = pause_ms
        self._judged: tuple[str, Patience] | None = None
        self._finals: list[Stretch] = []
        self._interim: Stretch | None = None
        self._paused = False
        """the vendor says so"""
        self._flushed_ms: float | None = None
        self._noticed_ms = 0.0
        self._told = Now(0.0, 0.0)
        """when the vendor last said anything about this turn"""
        self.done_ms: float | None = None
        """audio before this needs no second hearing"""
        self._told_ms = -1.0
        """last word of the last turn"""

    def forget_patience(self) -> None:
        """The script expects something else now."""
        self._judged = None

    def reconnected(self, now: Now) -> None:
        """Words that were not final are heard again."""
        self._interim = None
        self._told, self._noticed_ms = now, now.heard_ms
        self._flushed_ms = None

    def noticed(self, at_ms: float, now: Now) -> None:
        """Speech, or something like it."""
        if not self._telling.open:
            self._noticed_ms = now.heard_ms
        elif self._paused and at_ms > self._to_ms():
            self._paused = False  # they go on; which words follow is not known yet
        self._told = now
        self._telling.began(at_ms)

    def interim(self, stretch: Stretch, now: Now) -> None:
        """The words after the last final ones, as far as they are known."""
        if not self._new(stretch):
            return
        grown = self._interim is None or spoken_words(stretch.text) != spoken_words(self._interim.text)
        self._interim = stretch
        self.noticed(stretch.from_ms, now)
        if grown:
            self._paused, self._flushed_ms = False, None
        text = self._text()
        self._telling.grew(text)
        if stretch.last_confidence >= _SURE and self._complete(text):
            self._telling.think_over(self._heard("likely"))

    def final(self, stretch: Stretch, done_ms: float, now: Now, *, pauses: bool) -> None:
        """Words that will not change, all there are up to ``done_ms``; ``pauses``: speech has paused after them."""
        self.done_ms = max(done_ms, self.done_ms or 0.0)
        if self._new(stretch):
            self._finals.append(stretch)
            self._interim = None
            self.noticed(stretch.from_ms, now)
            self._telling.grew(self._text())
        elif not self._finals:
            # What looked like words has been taken back, or was none.
            self._interim = None
        if pauses:
            self.paused(now)
        elif self._finals and stretch.to_ms - self._telling.from_ms >= LONGEST_MS:
            self._end("longest")

    def paused(self, now: Now) -> None:
        """The vendor hears a pause: the end of the turn, unless its words want more."""
        if not self._telling.open:
            return
        text = self._text()
        if not spoken_words(text):
            self._fade()
            return
        patience = self._patience(text)
        if self._interim is None and patience.ms <= PAUSE_MS:
            self._end("vendor")
            return
        self._paused, self._told = True, now
        if patience.reason not in _WAITS:
            self._telling.think_over(self._heard("likely"))

    def tick(self, now: Now) -> bool:
        """Time has passed; True: ask the vendor for final words."""
        if not self._telling.open:
            return False
        text = self._text()
        if not text:
            if self._since(self._noticed_ms, now) >= VANISHED_MS:
                self._fade()
            return False
        patience = self._patience(text)
        if self._interim is not None:
            return self._hurry(now, patience)
        # No pause was noticed after final words: noise may hold the vendor's ear open.
        more_ms = 0.0 if self._paused else self._flush_ms + LATE_MS
        if self._since(self._to_ms(), now) >= patience.ms + more_ms:
            self._end(patience.reason if self._paused else "late")
        return False

    def _hurry(self, now: Now, patience: Patience) -> bool:
        if self._flushed_ms is None:
            # Who is loud is about to be heard; but not for ever, for it may be a lorry.
            spoke_ms = max(self._to_ms(), min(self._loud_to_ms(), self._to_ms() + LOUD_MS))
            flush_ms = 0.0 if patience.ms < self._pause_ms else self._flush_ms
            if self._since(spoke_ms, now) < patience.ms + flush_ms:
                return False
            self._flushed_ms = now.clock_ms
            return True
        if now.clock_ms - self._flushed_ms >= LATE_MS:
            self._end("late")
        return False

    def _since(self, at_ms: float, now: Now) -> float:
        """ms of the call after ``at_ms`` in which the vendor could have said more.

        Audio that is sent faster than it sounds runs ahead of the vendor: then the clock counts, from its last word.
        """
        return min(now.heard_ms - at_ms, now.clock_ms - self._told.clock_ms + LAG_MS)

    def _new(self, stretch: Stretch) -> bool:
        """Has words, and not those of the turn before, come late."""
        if not spoken_words(stretch.text):
            return False
        return stretch.to_ms > self._told_ms + 40.0

    def _complete(self, text: str) -> bool:
        patience = self._patience(text)
        if patience.reason == "complete":
            return True
        return patience.reason == "silence" and text.endswith(_ENDINGS)

    def _patience(self, text: str) -> Patience:
        if self._judged is None or self._judged[0] != text:
            self._judged = text, self._rule(text)
        return self._judged[1]

    def _parts(self) -> list[Stretch]:
        return self._finals if self._interim is None else [*self._finals, self._interim]

    def _text(self) -> str:
        return " ".join(part.text for part in self._parts())

    def _to_ms(self) -> float:
        return max((part.to_ms for part in self._parts()), default=self._telling.from_ms)

    def _heard(self, reason: str) -> Heard:
        parts = self._parts()
        weights = [max(1, len(part.text)) for part in parts]
        sure = sum(part.confidence * weight for part, weight in zip(parts, weights, strict=True)) / sum(weights)
        return Heard(self._text(), parts[0].from_ms, self._to_ms(), round(sure, 3), reason=reason)

    def _end(self, reason: str) -> None:
        heard = self._heard(reason)
        self._told_ms = heard.to_ms
        self.done_ms = max(self.done_ms or 0.0, heard.to_ms)
        self._clear()
        self._telling.said(heard)

    def _fade(self) -> None:
        self._clear()
        self._telling.faded("no words")

    def _clear(self) -> None:
        self._finals, self._interim = [], None
        self._paused, self._flushed_ms = False, None
