"""Deepgram's listening sides, ``/v1/listen`` (Nova) and ``/v2/listen`` (Flux), strict in what they take.

Checked against: the message types and query parameters of deepgram-sdk 7.17 (``deepgram/listen/v1``, ``v2``); the
documentation of endpointing, utterance end and interim results for Nova, of the state machine, the end-of-turn
parameters and Configure for Flux (a text it does not know ends a connection; after 10 s of
nothing both end with NET-0001).
How long Flux waits at a given threshold is our own guess: 50 ms more for every hundredth above 0.7.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from switchboard.loopback.ears import Word
from switchboard.loopback.hearing import KEY, Ended, Fault, Log, Refused, Trouble
from switchboard.loopback.listening import HearingServer, Talk

_V1 = {
    "model", "language", "encoding", "sample_rate", "channels", "interim_results", "punctuate", "smart_format",
    "vad_events", "endpointing", "utterance_end_ms", "mip_opt_out", "keyterm", "tag", "numerals", "redact",
}  # fmt: skip
_V2 = {
    "model", "encoding", "sample_rate", "eot_threshold", "eager_eot_threshold", "eot_timeout_ms", "keyterm",
    "language_hint", "mip_opt_out", "tag", "numerals", "redact", "profanity_filter",
}  # fmt: skip
_MOST_TOKENS = 500


class DeepgramServer(HearingServer):
    """Both versions on one address."""

    def check(self, log: Log, headers: Mapping[str, str]) -> None:
        """The key, and every parameter."""
        if headers.get("authorization") != f"Token {KEY}":
            raise Refused(401)
        known = {"/v1/listen": _V1, "/v2/listen": _V2}.get(log.path)
        if known is None:
            raise Refused(404)
        names = [name for name, _ in log.query]
        single = [name for name in names if name not in ("keyterm", "tag", "language_hint", "redact")]
        if set(names) - known or len(single) != len(set(single)):
            raise Refused(400)
        if log.values("encoding") != ["mulaw"] or log.values("sample_rate") != ["8000"] or not log.values("model"):
            raise Refused(400)
        if tokens(log.values("keyterm")) > _MOST_TOKENS:
            raise Refused(400)
        (self._check_nova if log.path == "/v1/listen" else self._check_flux)(log)

    def _check_nova(self, log: Log) -> None:
        ends = log.values("utterance_end_ms")
        if ends and (int(ends[0]) < 1_000 or log.values("interim_results") != ["true"]):
            raise Refused(400)
        if log.values("keyterm") and not log.values("model")[0].startswith("nova-3"):
            raise Refused(400)

    def _check_flux(self, log: Log) -> None:
        if log.values("model")[0] not in ("flux-general-en", "flux-general-multi"):
            raise Refused(400)
        for name, least, most in (("eot_threshold", 0.5, 1.0), ("eager_eot_threshold", 0.3, 0.9)):
            if any(not least <= float(value) <= most for value in log.values(name)):
                raise Refused(400)

    def talk(self, log: Log, faults: Sequence[Fault]) -> Talk:
        """By the version."""
        kind = NovaTalk if log.path == "/v1/listen" else FluxTalk
        return kind(self.ears(), self.delays, faults, log)


class DeepgramTalk(Talk):
    """What both versions do."""

    texts: frozenset[str] = frozenset()

    def read(self, message: str | bytes) -> list[str]:
        """Audio, or one of the messages which this version knows."""
        if isinstance(message, bytes):
            self.heard(message)
            return []
        try:
            told = json.loads(message)
            kind = told["type"]
        except (ValueError, KeyError, TypeError):
            raise Ended(1008) from None
        if kind not in self.texts:
            raise Ended(1008)
        if kind == "CloseStream":
            raise Ended(1000)
        return self.control(told)

    def control(self, told: dict[str, Any]) -> list[str]:
        """Any other text message."""
        raise NotImplementedError

    def unknown(self) -> str:
        """Of a later version."""
        return json.dumps({"type": "SpeakerMood", "mood": "fine"})


class NovaTalk(DeepgramTalk):
    """``/v1/listen``."""

    texts = frozenset({"KeepAlive", "Finalize", "CloseStream", "Configure"})

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._words: list[Word] = []
        self._from_ms = 0.0

    def control(self, told: dict[str, Any]) -> list[str]:
        """KeepAlive, Finalize, Configure."""
        match told["type"]:
            case "Finalize":
                self.timetable.at(0.0, self.delays.interim, lambda: [self.results(True, False, finalize=True)])
            case "Configure":
                terms: Any = told.get("keyterms")
                good = isinstance(terms, list) and all(isinstance(term, str) for term in terms)
                if not good or set(told) - {"type", "keyterms", "features"}:
                    return [self.error("SchemaError")]
                if tokens(terms) > _MOST_TOKENS:
                    failure = {"type": "ConfigureFailure", "request_id": "r", "description": "too many"}
                    return [json.dumps({**failure, "code": "CONFIGURE_KEYTERM_LIMIT_EXCEEDED"})]
                return [json.dumps({"type": "ConfigureSuccess", "request_id": "r", "keyterms": terms})]
        return []

    def began(self, at_ms: float) -> None:
        """SpeechStarted, where it was asked for."""
        if self.log.values("vad_events") == ["true"]:
            self.timetable.at(at_ms + self.delays.began, self.delays.began, lambda: [self.started(at_ms)])

    def started(self, at_ms: float) -> str:
        """The message that speech has begun."""
        return json.dumps({"type": "SpeechStarted", "channel": [0], "timestamp": at_ms / 1000})

    def word(self, word: Word) -> None:
        """An interim result; final ones and the utterance's end when nothing follows."""
        self._words.append(word)
        said, end_ms = len(self._words), word.to_ms
        last = word

        def interim() -> list[str]:
            return [self.results(False, False, said=said)] if last in self._words else []

        self.timetable.at(end_ms + self.delays.interim, self.delays.interim, interim)
        slow = self.has(Trouble.SLOW_FINAL)
        final_ms = self.delays.final + (slow.ms if slow else 0.0)

        def final() -> list[str]:
            quiet = not self.ears.loud_between(end_ms + 10.0, end_ms + self.delays.final)
            due = last in self._words and quiet and self.has(Trouble.NO_FINAL) is None
            return [self.results(True, True)] if due else []

        self.unless_followed(word, self.delays.final, final_ms, final)
        gap_ms = float((self.log.values("utterance_end_ms") or ["0"])[0])

        def ended() -> list[str]:
            quiet = not self.ears.loud_between(end_ms + 10.0, end_ms + gap_ms)
            told = {"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": end_ms / 1000}
            return [json.dumps(told)] if quiet else []

        if gap_ms:
            self.unless_followed(word, gap_ms, gap_ms, ended)

    def error(self, code: str) -> str:
        """The error of this version."""
        return json.dumps({"type": "Error", "variant": code, "description": "something went wrong"})

    def results(self, final: bool, pause: bool, *, said: int | None = None, finalize: bool = False) -> str:
        """What was heard since the last final words; ``pause``: speech has paused."""
        words = self._words[:said]
        end_ms = self.timetable.media_ms if final else max([self._from_ms, *(word.to_ms for word in words)])
        told = {
            "type": "Results",
            "channel_index": [0, 1],
            "start": self._from_ms / 1000,
            "duration": (end_ms - self._from_ms) / 1000,
            "is_final": final,
            "speech_final": pause,
            "from_finalize": finalize,
            "channel": {"alternatives": [{
                "transcript": " ".join(word.text for word in words),
                "confidence": 0.97 if words else 0.0,
                "words": [{
                    "word": word.text.strip(".,?!").lower(), "punctuated_word": word.text, "confidence": 0.96,
                    "start": word.from_ms / 1000, "end": word.to_ms / 1000,
                } for word in words],
            }]},
            "metadata": {
                "request_id": "r", "model_uuid": "m", "model_info": {"name": "n", "version": "v", "arch": "a"},
            },
        }  # fmt: skip
        if final:
            self._from_ms = end_ms
            self._words = []
        return json.dumps(told)


class FluxTalk(DeepgramTalk):
    """``/v2/listen``."""

    texts = frozenset({"CloseStream", "Configure", "ForceEndTurn"})
    update_ms = 240.0

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._words: list[Word] = []
        self._sequence = self._turn = 0
        self._from_ms = 0.0
        self._told_ms = 0.0
        self._open = self._eager = False
        self._threshold = float((self.log.values("eot_threshold") or ["0.7"])[0])

    def greeting(self) -> list[str]:
        """Connected."""
        return [self._message("Connected", request_id="r")]

    def heard(self, audio: bytes) -> None:
        """An Update every quarter of a second, whatever was said."""
        super().heard(audio)
        media_ms = self.timetable.media_ms
        if media_ms - self._told_ms >= self.update_ms:
            self._told_ms = media_ms
            self.timetable.at(media_ms, self.delays.interim, lambda: [self.info("Update")])

    def control(self, told: dict[str, Any]) -> list[str]:
        """Configure and ForceEndTurn."""
        if told["type"] == "ForceEndTurn":
            return [self._end("manual")] if self._open else []
        thresholds = told.get("thresholds", {})
        value = thresholds.get("eot_threshold", self._threshold)
        terms = told.get("keyterms", [])
        if set(told) - {"type", "thresholds", "keyterms", "language_hints", "numerals"} or not 0.5 <= value <= 1.0:
            return [self._message("ConfigureFailure", request_id="r", code="INVALID")]
        if tokens(terms) > _MOST_TOKENS:
            return [self._message("ConfigureFailure", request_id="r", code="LIMIT")]
        self._threshold = value
        return [self._message("ConfigureSuccess", request_id="r", thresholds=thresholds, keyterms=terms)]

    def began(self, at_ms: float) -> None:
        """TurnResumed, after a likely end."""

        def resumed() -> list[str]:
            if not self._eager:
                return []
            self._eager = False
            return [self.info("TurnResumed")]

        self.timetable.at(at_ms + self.delays.began, self.delays.began, resumed)

    def word(self, word: Word) -> None:
        """Begins the turn, or goes on with it; likely ends it, ends it, when nothing follows."""
        end_ms = word.to_ms
        more_ms = max(0.0, self._threshold - 0.7) * 5_000
        slow = self.has(Trouble.SLOW_FINAL)
        wait_ms = self.delays.end + more_ms + (slow.ms if slow else 0.0)

        def grew() -> list[str]:
            self._words.append(word)
            told = [self.info("TurnResumed")] if self._eager else []
            event = "Update" if self._open else "StartOfTurn"
            self._open, self._eager = True, False
            return [*told, self.info(event)]

        def likely() -> list[str]:
            if not self._quiet(word, self.delays.eager):
                return []
            self._eager = True
            return [self.info("EagerEndOfTurn", 0.45)]

        def end() -> list[str]:
            due = self._quiet(word, self.delays.end + more_ms) and self.has(Trouble.NO_FINAL) is None
            return [self._end("model")] if due else []

        self.timetable.at(end_ms + self.delays.interim, self.delays.interim, grew)
        if self.log.values("eager_eot_threshold"):
            self.unless_followed(word, self.delays.eager, self.delays.eager, likely)
        self.unless_followed(word, self.delays.end + more_ms, wait_ms, end)

    def error(self, code: str) -> str:
        """The error of this version: it is always the end."""
        return self._message("Error", code=code, description="something went wrong")

    def _quiet(self, word: Word, ms: float) -> bool:
        return word in self._words and not self.ears.loud_between(word.to_ms + 10.0, word.to_ms + ms)

    def _end(self, trigger: str) -> str:
        told = self.info("EndOfTurn", 0.83, trigger=trigger)
        self._turn, self._words, self._from_ms = self._turn + 1, [], self.timetable.media_ms
        self._open = self._eager = False
        return told

    def info(self, event: str, sure: float = 0.02, **more: Any) -> str:
        """A message about the turn."""
        return self._message(
            "TurnInfo", request_id="r", event=event, turn_index=self._turn,
            audio_window_start=self._from_ms / 1000, audio_window_end=self.timetable.media_ms / 1000,
            transcript=" ".join(word.text for word in self._words), end_of_turn_confidence=sure,
            words=[
                {"word": w.text, "confidence": 0.96, "start": w.from_ms / 1000, "end": w.to_ms / 1000}
                for w in self._words
            ], **more,
        )  # fmt: skip

    def _message(self, kind: str, **parts: Any) -> str:
        number = self._sequence
        self._sequence += 1
        return json.dumps({"type": kind, "sequence_id": number, **parts})


def tokens(terms: Sequence[str]) -> int:
    """Of key terms; about one for three characters."""
    return sum(1 + (len(term) + 2) // 3 for term in terms)
