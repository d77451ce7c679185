"""The page in a real browser: its voice arrives, the agent is heard, marks and clears behave as the carrier's."""

from __future__ import annotations

import asyncio
import math
import os
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soxr

from calls.ports import Declined
from calls.speech import Clause
from telephony import g711
from telephony.phone import Row
from tests.telephony.phone.cdp import Page, chromium
from tests.telephony.phone.house import NUMBER, Conversation, House, serving

pytestmark = [pytest.mark.wire, pytest.mark.chromium]

Samples = npt.NDArray[np.float64]
QUIET_S = 1.5
"""before the voice in the fake microphone: the call has begun by then"""


def voice(seconds: float = 4.0) -> Samples:
    """Something like speech at 8 kHz, 200 to 3200 Hz: gliding harmonics in syllables, loudest at 0.4."""
    at = np.arange(int(seconds * 8000)) / 8000
    pitch = 2 * np.pi * np.cumsum(150 + 35 * np.sin(2 * np.pi * 0.7 * at) + 12 * np.sin(2 * np.pi * 3.1 * at)) / 8000
    sound = np.zeros_like(at)
    for harmonic in range(2, 20):
        colour = 1 / harmonic * (1.2 + math.sin(harmonic * 1.7))
        sound += colour * np.sin(harmonic * pitch + harmonic**2) * (1 + 0.6 * np.sin(2 * np.pi * (0.4 * harmonic) * at))
    syllables = np.clip(np.sin(2 * np.pi * 2.1 * at) + 0.35, 0, 1) ** 0.7
    sound *= syllables
    return sound * 0.4 / np.max(np.abs(sound))


def microphone(path: Path, sound: Samples) -> str:
    """The browser flag which makes ``sound`` (8 kHz) come from the microphone, once, after 1.5 s."""
    padded = np.concatenate([np.zeros(int(QUIET_S * 8000)), sound, np.zeros(4000)])
    high = soxr.resample(padded, 8000, 48000, quality="VHQ")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes((np.clip(high, -1, 1) * 32767).astype("<i2").tobytes())
    return f"--use-file-for-fake-audio-capture={path}%noloop"


def linear(mulaw: bytes) -> Samples:
    return np.frombuffer(g711.ulaw_to_linear(mulaw), "<i2").astype(np.float64) / 32768


def likeness(got: Samples, sent: Samples) -> float:
    """Pearson's correlation at the best delay."""
    size = 1 << (len(got) + len(sent)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(got, size) * np.conj(np.fft.rfft(sent, size)), size)
    delay = int(np.argmax(cross[: len(got) - len(sent) + 1]))
    return float(np.corrcoef(got[delay : delay + len(sent)], sent)[0, 1])


def in_browser(act: Callable[[House, Page], Awaitable[None]], *flags: str) -> None:
    async def main() -> None:
        async with asyncio.timeout(90), serving() as house, chromium(*flags) as page:
            await page.open(f"{house.url}/phone")
            await act(house, page)
            assert page.complaints() == []

    asyncio.run(main())


@asynccontextmanager
async def calling(house: House, page: Page) -> AsyncIterator[Conversation]:
    """A call from the click on Call to the click on Hang up."""
    await page.click("#call")
    await page.until("phone.state === 'live'")
    call = await house.call()
    yield call
    await page.click("#hang-up")
    async with asyncio.timeout(5):
        await house.over_told.wait()


def say(call: Conversation, name: str, mulaw: bytes) -> None:
    call.playout.begin(Clause(name, name))
    call.playout.feed(name, mulaw)
    call.playout.finish(name)


def test_the_voice_arrives(tmp_path: Path) -> None:
    sound = voice()

    async def act(house: House, page: Page) -> None:
        async with calling(house, page) as call:
            needed = (QUIET_S + len(sound) / 8000 + 0.4) * 50
            await call.until(lambda: len(call.frames) >= needed, within_s=15)
        assert {len(frame.samples) for frame in call.frames} == {160}
        assert [frame.offset_ms for frame in call.frames] == [20.0 * n for n in range(len(call.frames))]
        got = linear(b"".join(frame.samples for frame in call.frames))
        assert likeness(got, sound) > 0.9
        assert call.farewell.ended and call.farewell.counts == {}
        assert house.guard.inside == [] and house.over == [call.incoming.call]

    in_browser(act, microphone(tmp_path / "voice.wav", sound))
