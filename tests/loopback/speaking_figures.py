"""What our side adds to a speaking vendor's own time: ``python -m tests.loopback.speaking_figures``.

The vendors run in a process of their own, with 80 ms to first audio; one call at a time, then 50 at once.
"""

from __future__ import annotations

import asyncio
import sys
import time
from statistics import quantiles

import aiohttp

from agent.ports import CallContext, Voice
from agent.providers.config import ProviderConfig
from agent.providers.deepgram.speaking import make_aura, make_flux
from agent.providers.elevenlabs import speaking, speaking_http
from agent.speaking.plain import close_stream
from calls.clock import LoopClock
from calls.line import Line
from calls.speech import NEUTRAL
from switchboard.loopback.elevenlabs_tts import ElevenLabsSpeech
from switchboard.loopback.speaking import KEY, Delays
from tests.loopback.deepgram_speak import DeepgramSpeech

VENDOR_MS = 80.0
CLAUSES, CALLS = 40, 50
TEXT = "You can come at nine on Tuesday, or a little later on Wednesday."
LINE = Line("l", "*", "book", "Robin", "Acme", "Hello.")
VOICES = {
    "elevenlabs/flash": speaking.make,
    "elevenlabs/flash-http": speaking_http.make,
    "deepgram/aura-2": make_aura,
    "deepgram/flux-tts": make_flux,
}


async def serve() -> None:
    """Both vendors, until the process is ended."""
    delays = Delays(VENDOR_MS, 5.0, 200)
    async with ElevenLabsSpeech(delays) as eleven, DeepgramSpeech(delays) as deepgram:
        print(eleven.url, deepgram.url, flush=True)
        await asyncio.Event().wait()


async def one_call(voice: Voice, clauses: int, firsts: list[float], cuts: list[float]) -> float:
    """Speaks, and is cut every other time; how much audio came, in s."""
    session = voice.open(CallContext("c", LINE, LoopClock(), lambda _signal: None))
    seconds = 0.0
    async with asyncio.TaskGroup() as group:
        running = group.create_task(session.run())
        async for _ in session.speak("Hello", NEUTRAL):
            pass  # the connection is there from now on, as in a call that was announced
        for n in range(clauses):
            began, first, pieces = time.perf_counter(), True, session.speak(TEXT, NEUTRAL)
            async for piece in pieces:
                if first:
                    firsts.append((time.perf_counter() - began) * 1000 - VENDOR_MS)
                    first = False
                seconds += len(piece.samples) / 8000
                if n % 2:
                    began = time.perf_counter()
                    await close_stream(pieces)
                    cuts.append((time.perf_counter() - began) * 1000)
        running.cancel()
    return seconds


async def measure() -> None:
    """One table."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.loopback.speaking_figures", "--serve", stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    eleven, deepgram = (await server.stdout.readline()).decode().split()
    print(f"vendor {VENDOR_MS:g} ms; ms added to first audio, ms to stop at a cut, CPU ms per second of audio")
    print(f"{'':22} {'first p50':>9} {'p95':>6} {'cut p50':>8} {'p95':>6}   {CALLS} calls: {'first p95':>9} {'CPU':>6}")
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            for name, make in VOICES.items():
                url = eleven if name.startswith("eleven") else deepgram
                model = name.partition("/")[2]
                config = ProviderConfig(name, model, "default", "en-US", url, session, LoopClock(), KEY)
                firsts, cuts, many, others = list[float](), list[float](), list[float](), list[float]()
                await one_call(make(config), CLAUSES, firsts, cuts)
                voice, began = make(config), time.process_time()
                seconds = sum(await asyncio.gather(*(one_call(voice, 6, many, others) for _ in range(CALLS))))
                cpu = (time.process_time() - began) * 1000 / seconds
                print(
                    f"{name:22} {_at(firsts, 50):9.1f} {_at(firsts, 95):6.1f} {_at(cuts, 50):8.2f} {_at(cuts, 95):6.2f}"
                    f"             {_at(many, 95):9.1f} {cpu:6.2f}"
                )
    finally:
        server.terminate()
        await server.wait()


def _at(values: list[float], percent: int) -> float:
    return quantiles(values, n=100)[percent - 1]


if __name__ == "__main__":
    asyncio.run(serve() if "--serve" in sys.argv else measure())
