"""ElevenLabs' listening side, ``/v1/speech-to-text/realtime`` (Scribe), strict in what it takes.

Checked against: the message types of elevenlabs 2.78 (``InputAudioChunkPayload``, ``ReceiveTranscription`` and its
members) and the options of its ``realtime/scribe.py``. That times count from the beginning of the connection, and that
the message with times follows the one without at once, is our reading of the documentation.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

from switchboard.loopback.ears import Word
from switchboard.loopback.hearing import KEY, Ended, Fault, Log, Refused, Trouble
from switchboard.loopback.listening import HearingServer, Talk

_KNOWN = {
    "model_id", "audio_format", "commit_strategy", "vad_silence_threshold_secs", "vad_threshold", "language_code",
    "min_speech_duration_ms", "min_silence_duration_ms", "include_timestamps", "keyterms", "no_verbatim",
    "enable_logging", "secondary_languages", "include_language_detection", "filter_background_audio",
}  # fmt: skip
_CHUNK = {"message_type", "audio_base_64", "commit", "sample_rate"}


class ScribeServer(HearingServer):
    """Realtime transcription."""

    idle_ms = 20_000.0

    def check(self, log: Log, headers: Mapping[str, str]) -> None:
        """The key, and every option."""
        if headers.get("xi-api-key") != KEY:
            raise Refused(401)
        if log.path != "/v1/speech-to-text/realtime":
            raise Refused(404)
        terms = log.values("keyterms")
        silence = [float(value) for value in log.values("vad_silence_threshold_secs")]
        wrong = (
            {name for name, _ in log.query} - _KNOWN
            or log.values("audio_format") != ["ulaw_8000"]
            or log.values("commit_strategy") not in (["vad"], ["manual"])
            or not log.values("model_id")
            or len(terms) > 50
            or any(len(term) > 20 for term in terms)
            or any(not 0.3 <= value <= 3.0 for value in silence)
        )
        if wrong:
            raise Refused(400)

    def talk(self, log: Log, faults: Sequence[Fault]) -> Talk:
        """A connection's other side."""
        return ScribeTalk(self.ears(), self.delays, faults, log)


class ScribeTalk(Talk):
    """One connection."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._words: list[Word] = []
        self._chunks = 0

    def greeting(self) -> list[str]:
        """The session has started."""
        return [json.dumps({"message_type": "session_started", "session_id": "s", "config": {}})]

    def read(self, message: str | bytes) -> list[str]:
        """Chunks of audio, and nothing else."""
        if isinstance(message, bytes):
            raise Ended(1003)
        try:
            chunk = json.loads(message)
            audio = base64.b64decode(chunk["audio_base_64"], validate=True)
        except (ValueError, KeyError, TypeError, binascii.Error):
            return [self.error("input_error")]
        extra = {"previous_text"} if self._chunks == 0 else set()
        wrong = set(chunk) - _CHUNK - extra or _CHUNK - set(chunk) or not isinstance(chunk["commit"], bool)
        if wrong or chunk["message_type"] != "input_audio_chunk" or chunk["sample_rate"] != 8_000:
            return [self.error("invalid_request")]
        self._chunks += 1
        self.log.texts.pop()
        if chunk["commit"]:
            self.log.texts.append("commit")
            self.timetable.at(0.0, self.delays.final, self._commit)
        self.heard(audio)
        return []

    def word(self, word: Word) -> None:
        """A partial transcript; committed when nothing follows."""
        self._words.append(word)
        said, end_ms = len(self._words), word.to_ms

        def partial() -> list[str]:
            text = " ".join(w.text for w in self._words[:said])
            told = json.dumps({"message_type": "partial_transcript", "text": text})
            return [told] if word in self._words else []

        self.timetable.at(end_ms + self.delays.interim, self.delays.interim, partial)
        pause_ms = 1_000 * float((self.log.values("vad_silence_threshold_secs") or ["1.5"])[0])
        slow = self.has(Trouble.SLOW_FINAL)
        wait_ms = pause_ms + self.delays.final + (slow.ms if slow else 0.0)

        def paused() -> list[str]:
            quiet = not self.ears.loud_between(end_ms + 10.0, end_ms + pause_ms)
            due = quiet and word in self._words and self.has(Trouble.NO_FINAL) is None
            return self._commit() if due else []

        if self.log.values("commit_strategy") == ["vad"]:
            self.unless_followed(word, pause_ms, wait_ms, paused)

    def error(self, code: str) -> str:
        """Every error is a type of its own."""
        return json.dumps({"message_type": code, "error": "something went wrong"})

    def unknown(self) -> str:
        """Of a later version."""
        return json.dumps({"message_type": "speaker_mood", "mood": "fine"})

    def _commit(self) -> list[str]:
        words, self._words = self._words, []
        text = " ".join(word.text for word in words)
        told = [json.dumps({"message_type": "committed_transcript", "text": text})]
        if self.log.values("include_timestamps") == ["true"]:
            timed: list[dict[str, Any]] = []
            for word in words:
                timed += [{"text": " ", "type": "spacing"}] if timed else []
                times = {"start": word.from_ms / 1000, "end": word.to_ms / 1000}
                timed.append({"text": word.text, "type": "word", "logprob": -0.04, **times})
            kind = "committed_transcript_with_timestamps"
            told.append(json.dumps({"message_type": kind, "text": text, "words": timed}))
        return told
