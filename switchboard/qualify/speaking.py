"""Speaking, as a line would have it: read-backs to audio, and back to words by the recognizer of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from agent.companding import mulaw_to_linear
from agent.ports import CallContext, Recognizer, Voice
from agent.resilience.prices import Prices
from agent.speaking.speaker import CallSpeaker, Speaker
from calls.audio import MULAW_SILENCE, mulaw_bytes
from calls.errors import EngineError, ProviderError
from calls.speech import NEUTRAL, Clause, SpeechStyle
from switchboard.qualify.measures import Answer, Measured, spoken_words, word_errors
from switchboard.qualify.noting import Inbox
from switchboard.qualify.providers import Bench

FROZEN = Path(__file__).with_name("read_backs.yaml")
LONGEST_S = 20.0
"""for a clause; a voice that is not done by then has failed"""
_BEFORE, _AFTER = MULAW_SILENCE * mulaw_bytes(300), MULAW_SILENCE * mulaw_bytes(200)
"""quiet that a recognizer wants around an utterance"""


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Something an agent says, and how."""

    id: str
    text: str
    style: SpeechStyle = NEUTRAL


def read_backs(path: Path = FROZEN) -> list[ReadBack]:
    """The frozen ones."""
    tree: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        ReadBack(f"frozen-{number:02}", row["text"], SpeechStyle(**row.get("style", {})))
        for number, row in enumerate(tree["texts"], 1)
    ]


async def measure(
    provider: str, voice: Voice, texts: Sequence[ReadBack], recognizer: Recognizer, bench: Bench, prices: Prices
) -> Measured:
    """Every text in one call, one after the other."""
    measured, inbox = Measured(provider), Inbox(bench.clock.now_ms)
    speaker = Speaker(voice)
    await speaker.warm(bench.line)
    call = speaker.open(CallContext("qualify", bench.line, bench.clock, inbox))
    async with asyncio.TaskGroup() as group:
        running = group.create_task(call.run())
        for one in texts:
            await _tried(one, call, recognizer, bench, measured)
        running.cancel()
    measured.usd = inbox.usd(prices)
    return measured


async def _tried(one: ReadBack, call: CallSpeaker, recognizer: Recognizer, bench: Bench, measured: Measured) -> None:
    mulaw, dropped, first_ms, began = bytearray(), set[str](), 0.0, bench.clock.now_ms()
    try:
        async with asyncio.timeout(LONGEST_S):
            async for piece in call.speak(Clause(one.id, one.text, style=one.style)):
                first_ms = first_ms or bench.clock.now_ms() - began
                mulaw += piece.mulaw
                dropped.update(piece.dropped_style)
    except TimeoutError:
        measured.answers.append(Answer(one.id, one.text, "", failed="timeout"))
        return
    except EngineError as why:
        fault = why.kind if isinstance(why, ProviderError) else why.reason
        measured.answers.append(Answer(one.id, one.text, "", failed=fault))
        return
    measured.dropped.update(dropped)
    found = await recognizer.transcribe(mulaw_to_linear(_BEFORE + bytes(mulaw) + _AFTER), one.id)
    words, heard = spoken_words(one.text), spoken_words(found.text)
    errors = word_errors(words, heard)
    measured.words += len(words)
    measured.errors += errors
    measured.answers.append(
        Answer(one.id, one.text, f"{found.text or '(nothing)'} [{errors} of {len(words)} words]", ms=first_ms)
    )
