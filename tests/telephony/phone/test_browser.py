"""The page in a real browser: its voice arrives, the agent is heard, marks and clears behave as the carrier's."""

from __future__ import annotations

import asyncio
import json
import math
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from calls.house_ports import Declined
from calls.speech import Clause
from telephony import g711
from telephony.phone import Row
from telephony.play_ledger import PROBE
from tests.telephony.phone.cdp import Page, chromium
from tests.telephony.phone.house import Conversation, House, serving

pytestmark = [pytest.mark.wire, pytest.mark.chromium]

Samples = npt.NDArray[np.float64]
QUIET_S = 1.5
"""before the voice in the fake microphone: the call has begun by then"""


def voice(seconds: float = 4.0) -> Samples:
    """Something like speech at 8 kHz, 500 to 3400 Hz: gliding harmonics in syllables.

    As loud as a laptop's microphone hears a person; the browser's automatic gain is left to do its work.
    """
    at = np.arange(int(seconds * 8000)) / 8000
    pitch = 2 * np.pi * np.cumsum(150 + 35 * np.sin(2 * np.pi * 0.7 * at) + 12 * np.sin(2 * np.pi * 3.1 * at)) / 8000
    sound = np.zeros_like(at)
    for harmonic in range(5, 20):
        colour = 1 / math.sqrt(harmonic) * (1.2 + math.sin(harmonic * 1.7))
        sound += colour * np.sin(harmonic * pitch + harmonic**2) * (1 + 0.6 * np.sin(2 * np.pi * (0.4 * harmonic) * at))
    syllables = np.clip(np.sin(2 * np.pi * 2.1 * at) + 0.35, 0, 1) ** 0.7
    sound *= syllables
    return sound * 0.04 / np.max(np.abs(sound))


def resampled(sound: Samples, rate: int, to: int) -> Samples:
    """The same sound at another rate (Hz), by its spectrum: exact below half of the lower rate."""
    length = len(sound) * to // rate
    spectrum = np.fft.rfft(sound)[: length // 2 + 1]
    padded = np.concatenate([spectrum, np.zeros(length // 2 + 1 - len(spectrum))])
    return np.fft.irfft(padded, length) * (length / len(sound))


def microphone(path: Path, sound: Samples) -> str:
    """The browser flag which makes ``sound`` (8 kHz) come from the microphone, once, after 1.5 s."""
    padded = np.concatenate([np.zeros(int(QUIET_S * 8000)), sound, np.zeros(4000)])
    high = resampled(padded, 8000, 48000)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes((np.clip(high, -1, 1) * 32767).astype("<i2").tobytes())
    return f"--use-file-for-fake-audio-capture={path}%noloop"


def linear(mulaw: bytes) -> Samples:
    return np.frombuffer(g711.ulaw_to_linear(mulaw), "<i2").astype(np.float64) / 32768


def likeness(got: Samples, sent: Samples, piece: int = 8000, slip: int = 1600) -> float:
    """Pearson's correlation of two sounds at 8 kHz, at the best delay, to a quarter of a sample.

    A busy machine makes the fake microphone and the fake loudspeaker slip by blocks of 10 ms, so each quarter
    second may lie up to 50 ms beside the whole's best delay.
    """
    got, sent = (resampled(sound, 8000, 32000) for sound in (got, sent))
    size = 1 << (len(got) + len(sent)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(got, size) * np.conj(np.fft.rfft(sent, size)), size)
    whole = int(np.argmax(cross[: len(got) - len(sent) + 1]))
    around = np.concatenate([np.zeros(slip), got, np.zeros(slip)])
    aligned = []
    for begin in range(0, len(sent) - piece + 1, piece):
        field = around[whole + begin : whole + begin + piece + 2 * slip]
        best = int(np.argmax(np.correlate(field, sent[begin : begin + piece], "valid")))
        aligned.append(field[best : best + piece])
    joined = np.concatenate(aligned)
    return float(np.corrcoef(joined, sent[: len(joined)])[0, 1])


TAP = """
window.heard = [];
const add = AudioWorklet.prototype.addModule;
AudioWorklet.prototype.addModule = async function (...rest) {
    await add.apply(this, rest);
    await add.call(this, "/tap.js");
};
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
    if (target === this.context.destination && this instanceof AudioWorkletNode && this.numberOfInputs === 0) {
        const tap = new AudioWorkletNode(this.context, "tap");
        tap.port.onmessage = ({ data }) => window.heard.push(...data);
        connect.call(this, tap);
        connect.call(tap, this.context.destination);
        window.heardRate = this.context.sampleRate;
    }
    return connect.call(this, target, ...rest);
};
"""
"""Notes what goes to the loudspeaker; runs in front of the page's own scripts."""


def in_browser(act: Callable[[House, Page], Awaitable[None]], *flags: str, tap: bool = False, at: str = "") -> None:
    """``act`` on the opened page. ``at``: another name for 127.0.0.1."""

    async def main() -> None:
        async with asyncio.timeout(90), serving() as house, chromium(*flags) as page:
            if tap:
                await page.command("Page.addScriptToEvaluateOnNewDocument", source=TAP)
            await page.open(f"{house.url.replace('127.0.0.1', at or '127.0.0.1')}/phone")
            await act(house, page)

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
        assert page.complaints() == []

    in_browser(act, microphone(tmp_path / "voice.wav", sound))


def test_the_agent_is_heard_and_marks_return_in_order() -> None:
    sound = voice(3.0) * 10
    mulaw = g711.linear_to_ulaw((sound * 32767).astype("<i2").tobytes())
    pieces = [mulaw[at : at + 4000] for at in range(0, len(mulaw), 4000)]

    async def act(house: House, page: Page) -> None:
        async with calling(house, page) as call:
            for number, piece in enumerate(pieces):
                say(call, f"clause {number}", piece)
            await page.until("document.getElementById('speaker').ariaValueNow > -40")
            await call.until(lambda: len(call.ended) == len(pieces))
            await page.until(f"phone.played_ms === {len(mulaw) / 8} && phone.marks_returned === {1 + len(pieces)}")
            assert [name for _, name in call.marks] == [
                f"{PROBE}.1#1", *(f"clause {number}#1" for number in range(len(pieces)))
            ]
            assert call.ended == [f"clause {number}" for number in range(len(pieces))]
            assert await page.ask("[phone.starved_ms, phone.queued_ms, phone.clears]") == [0, 0, 0]
            await page.rest(300)
            heard = np.array(await page.ask("window.heard"), dtype=np.float64)
            low = resampled(heard, int(await page.ask("heardRate")), 8000)
            assert likeness(low, linear(mulaw)) > 0.95

    in_browser(act, tap=True)


def test_a_clear_silences_at_once_and_gives_the_marks_back() -> None:
    tone = g711.linear_to_ulaw((np.sin(np.arange(1600) * 0.5) * 9000).astype("<i2").tobytes())

    async def act(house: House, page: Page) -> None:
        async with calling(house, page) as call:
            for number in range(20):
                say(call, f"{number}", tone)
            await page.until("phone.played_ms > 500 && phone.queued_ms > 300")
            known, began = len(call.marks), asyncio.get_running_loop().time()
            call.playout.cut()
            await call.until(lambda: len(call.marks) > known + 1)
            await page.until("phone.clears === 1")
            returned = call.marks[known:]
            assert max(at for at, _ in returned) - began < 0.060
            assert [name for _, name in returned] == [f"{n}#1" for n in range(known - 1, known - 1 + len(returned))]
            played = await page.ask("phone.played_ms")
            await page.rest(500)
            assert await page.ask("[phone.played_ms, phone.queued_ms]") == [played, 0]
            assert await page.ask("Math.max(...heard.slice(-4096).map(Math.abs)) < 1e-4")
            say(call, "again", tone)
            await call.until(lambda: call.ended[-1:] == ["again"])
            assert await page.ask("phone.played_ms") == pytest.approx(played + 200, abs=60)

    in_browser(act, tap=True)


def test_keys_mute_transcript_and_focus(tmp_path: Path) -> None:
    async def act(house: House, page: Page) -> None:
        assert await page.ask("document.getElementById('keypad').disabled")
        await page.ask("document.getElementById('call').focus()")
        async with calling(house, page) as call:
            assert await page.ask("document.activeElement.id") == "hang-up"
            await page.click('[data-digit="5"]')
            await page.type_key("#")
            await call.until(lambda: call.keys == "5#")
            rows = house.rows[call.incoming.call] = [Row(1, "agent", "Good morning."), Row(2, "caller", "A tab")]
            await page.until("document.querySelectorAll('#words li').length === 2")
            rows[1] = Row(4, "caller", "A table <b>for four</b>.")
            words = "[...document.querySelectorAll('#words li')].map(row => row.innerText.replace(/\\n+/g, ': '))"
            await page.until(f"{words}.length === 3")
            assert await page.ask(words) == ["Agent: Good morning.", "You: A tab", "You: A table <b>for four</b>."]
            await page.click("#mute")
            await page.rest(200)
            quiet = len(call.frames)
            await call.until(lambda: len(call.frames) > quiet + 10)
            assert {*b"".join(frame.samples for frame in call.frames[quiet:])} <= {0xFF, 0x7F}
            await page.screenshot(tmp_path / "call.png")
            assert (tmp_path / "call.png").stat().st_size > 10_000
            house.rows[call.incoming.call].append(Row(9, "system", "The caller hung up."))
        shown = "[document.activeElement.id, document.getElementById('status').textContent, phone.problem]"
        assert await page.ask(shown) == ["call", "Call ended", None]
        await page.until("document.querySelectorAll('#words li').length === 4")
        assert await unnamed(page) == []
        assert page.complaints() == []

    in_browser(act)


async def unnamed(page: Page) -> list[object]:
    """Controls for which assistive technology has no name."""
    nodes = (await page.command("Accessibility.getFullAXTree"))["nodes"]
    assert isinstance(nodes, list)
    roles = {"button", "combobox", "meter", "log", "timer"}
    asked = [node for node in nodes if not node["ignored"] and node["role"]["value"] in roles]
    assert len(asked) > 5
    return [node for node in asked if not node.get("name", {}).get("value")]


def test_how_a_call_ends_is_told() -> None:
    async def act(house: House, page: Page) -> None:
        async def place() -> Conversation:
            house.host.opened.clear()
            await page.click("#call")
            await page.until("phone.state === 'live'")
            return await house.call()

        async def told(problem: str | None, *words: str) -> None:
            await page.until(f"phone.state === 'idle' && phone.problem === {json.dumps(problem)}")
            shown = str(await page.ask("document.getElementById('problem').textContent"))
            assert all(word in shown for word in words), shown

        (await place()).gone.set()
        await told(None)
        assert await page.ask("document.getElementById('status').textContent") == "Call ended"
        await place()
        house.cut_sockets()
        await told("lost", "connection was lost")
        house.guard.declined = Declined("busy", "All of our lines are busy.")
        await page.click("#call")
        await told("refused", "All of our lines are busy.")
        house.guard.declined = None
        house.host.broken = True
        await page.click("#call")
        await told("failed", "log")
        assert house.guard.inside == []

    in_browser(act)


@pytest.mark.parametrize(
    ("error", "problem", "words"),
    [
        ("NotAllowedError", "denied", "Allow it"),
        ("NotFoundError", "no_microphone", "Plug one in"),
        ("NotReadableError", "busy", "another program"),
        ("AbortError", "microphone", "could not be opened"),
    ],
)
def test_a_microphone_that_cannot_be_had_is_explained(error: str, problem: str, words: str) -> None:
    async def act(house: House, page: Page) -> None:
        await page.ask(
            f"void (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', '{error}')))"
        )
        await page.click("#call")
        await page.until(f"phone.problem === '{problem}' && phone.state === 'idle'")
        assert words in str(await page.ask("document.querySelector('[role=alert]').innerText"))
        assert house.guard.asked == []

    in_browser(act)


def test_without_a_secure_address_the_page_says_so() -> None:
    async def act(house: House, page: Page) -> None:
        assert await page.ask("[phone.problem, isSecureContext]") == ["insecure", False]
        await page.click("#call")
        await page.until("phone.problem === 'insecure' && phone.state === 'idle'")
        assert house.guard.asked == []

    in_browser(act, "--host-resolver-rules=MAP phone.example 127.0.0.1", at="phone.example")


def test_the_pages_arithmetic_is_the_servers() -> None:
    async def act(house: House, page: Page) -> None:
        every = np.arange(-32768, 32768).astype("<i2")
        coded = await page.ask(
            "import('/phone/g711.js').then(m => Array.from({length: 65536}, (_, i) => m.encode((i - 32768) / 32768)))"
        )
        assert coded == list(g711.linear_to_ulaw(every.tobytes()))
        decoded = await page.ask(
            "import('/phone/g711.js').then(m => Array.from(m.decode(Uint8Array.from({length: 256}, (_, i) => i))))"
        )
        assert np.array_equal(np.array(decoded) * 32768, linear(bytes(range(256))) * 32768)
        for rate in (48000, 44100, 16000, 96000):
            assert await gain_db(page, rate, 8000, 1000) == pytest.approx(0, abs=0.1)
            assert await gain_db(page, rate, 8000, 3200) == pytest.approx(0, abs=0.5)
            assert await gain_db(page, rate, 8000, 4600) < -55
            assert await gain_db(page, 8000, rate, 3200) == pytest.approx(0, abs=0.5)

    in_browser(act)


async def gain_db(page: Page, rate: int, to: int, hertz: int) -> float:
    """What the page's resampler leaves of a tone."""
    power = await page.ask(
        f"""import('/phone/resampler.js').then(({{ Resampler }}) => {{
            const resampler = new Resampler({rate}, {to});
            const out = [];
            for (let i = 0; i < {rate} / 2; i++) {{
                resampler.push(Math.sin(2 * Math.PI * {hertz} * i / {rate}), sample => out.push(sample));
            }}
            const settled = out.slice(out.length / 2);
            return settled.reduce((sum, sample) => sum + sample * sample, 0) / settled.length;
        }})"""
    )
    assert isinstance(power, float)
    return 10 * math.log10(2 * power + 1e-12)
