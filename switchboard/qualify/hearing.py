"""Hearing, as a line would be called: answers with a value in them, spoken by caller voices over telephone audio."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from agent.companding import linear_to_mulaw
from agent.ports import CallContext, Hearing, HearingSession
from agent.resilience.prices import Prices
from calls.audio import FRAME_MS, MULAW_SILENCE, AudioFrame, mulaw_bytes, mulaw_ms
from calls.errors import ConfigurationError, EngineError, ProviderError
from calls.guidance import Guidance, SlotExpectation
from switchboard.qualify.measures import Answer, Measured, errors_of_part, spoken_words, word_errors
from switchboard.qualify.noting import Inbox
from switchboard.qualify.providers import Bench

FROZEN = Path(__file__).with_name("utterances.yaml")
LEAD_MS = 400.0
"""quiet before the caller speaks"""
WAIT_MS = 4_000.0
"""after the end of speech; a turn that has not come by then never comes"""
_FRAME = mulaw_bytes(FRAME_MS)


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something a caller says."""

    id: str
    text: str
    slot: str
    """the words in it that matter"""
    guidance: Guidance
    """what the script asked for"""
    mulaw: bytes
    """telephone audio, 8 kHz, of the speech alone"""
    voice: str = ""


def utterances(path: Path = FROZEN) -> list[Utterance]:
    """The frozen ones, by the caller voices of this machine in turn. Blocks for a second or two.

    Raises ConfigurationError when the voices' model is not installed.
    """
    from agent.models import ModelError
    from agent.offline.caller_voices import TIMBRES, caller_voice

    tree: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    names, made = list(TIMBRES), []
    for number, row in enumerate(tree["utterances"]):
        voice = names[number % len(names)]
        try:
            pcm16 = caller_voice(voice).synthesize(row["text"])
        except ModelError as why:
            raise ConfigurationError(f"hearing is tried with the caller voices of this machine: {why}") from why
        asked = Guidance("qualify", primary="value", slots=(SlotExpectation("value", row["kind"]),))
        name = f"frozen-{number + 1:02}/{voice}"
        made.append(Utterance(name, row["text"], row["slot"], asked, linear_to_mulaw(pcm16), voice))
    return made


async def measure(provider: str, hearing: Hearing, said: Sequence[Utterance], bench: Bench, prices: Prices) -> Measured:
    """Every utterance in a call of its own, in real time, one after the other."""
    measured, inbox = Measured(provider), Inbox(bench.clock.now_ms)
    for utterance in said:
        await hearing.warm(bench.line)
        session = hearing.open(CallContext("qualify", bench.line, bench.clock, inbox))
        session.expect(utterance.guidance)
        inbox.said.clear()
        inbox.faults.clear()
        answer = await _heard(utterance, session, bench, inbox)
        measured.answers.append(answer)
        if not answer.failed:
            expected = spoken_words(utterance.text)
            measured.words += len(expected)
            measured.errors += word_errors(expected, spoken_words(answer.given))
    measured.usd = inbox.usd(prices)
    return measured


async def _heard(utterance: Utterance, session: HearingSession, bench: Bench, inbox: Inbox) -> Answer:
    """One call: what was heard in it, and ms from the end of speech to the turn."""
    fault, ended_ms = "", [0.0]

    async def listen() -> None:
        nonlocal fault
        try:
            await session.run(inbox)
        except EngineError as why:
            fault = why.kind if isinstance(why, ProviderError) else why.reason

    async with asyncio.TaskGroup() as group:
        listening = group.create_task(listen())
        speaking = group.create_task(_speak(utterance, session, bench, inbox, ended_ms))
        await asyncio.wait((listening, speaking), return_when=asyncio.FIRST_COMPLETED)
        speaking.cancel()
        listening.cancel()
    text = " ".join(heard.text for _, heard in inbox.said)
    if not text and (fault or inbox.faults):
        return Answer(utterance.id, utterance.text, "", utterance.slot, failed=fault or inbox.faults[-1])
    after = [at for at, _ in inbox.said if ended_ms[0] and at >= ended_ms[0]]
    slot = spoken_words(utterance.slot)
    return Answer(
        utterance.id, utterance.text, text or "(nothing)", utterance.slot,
        right=bool(text) and errors_of_part(slot, spoken_words(text)) == 0,
        wrong=bool(text) and not after,
        ms=after[-1] - ended_ms[0] if after else None,
    )  # fmt: skip


async def _speak(
    utterance: Utterance, session: HearingSession, bench: Bench, inbox: Inbox, ended_ms: list[float]
) -> None:
    """Quiet, the words, and quiet again until the turn is told; frame by frame, as a telephone sends them."""
    lead = MULAW_SILENCE * (int(LEAD_MS / FRAME_MS) * _FRAME)
    last = -(-len(utterance.mulaw) // _FRAME) * _FRAME
    audio = lead + utterance.mulaw.ljust(last, MULAW_SILENCE)
    began, place, told = bench.clock.now_ms(), 0, 0
    speech_ms = mulaw_ms(len(lead) + len(utterance.mulaw))
    while True:
        offset_ms = mulaw_ms(place)
        await bench.clock.sleep_until_ms(began + offset_ms + FRAME_MS)
        if offset_ms + FRAME_MS >= speech_ms and not ended_ms[0]:
            ended_ms[0], told = began + speech_ms, len(inbox.said)
        session.hear(AudioFrame(audio[place : place + _FRAME] or MULAW_SILENCE * _FRAME, offset_ms))
        place += _FRAME
        if ended_ms[0] and (len(inbox.said) > told or offset_ms >= speech_ms + WAIT_MS):
            return
