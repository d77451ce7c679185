"""What lies between a caller's mouth and our socket does what it says, and the same every time."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from calls.clock import LoopClock
from calls.virtual_time import run_virtual
from switchboard.lab import sound
from switchboard.lab.channel import GOOD_LINE, HUM_DBFS, SPEECH_DBFS, Air, BurstLoss, Conditions, Jitter
from switchboard.lab.network import LossyNetwork
from telephony import g711
from telephony.twin.memory import MemoryNetwork, MemorySocket
from telephony.twin.ports import Reply


def talk(seconds: float = 2.0, seed: int = 1) -> sound.Samples:
    """Noise in bursts of syllables at the level of speech: enough for levels."""
    noise = np.random.default_rng(seed).standard_normal(int(seconds * sound.RATE)).astype(np.float32)
    syllables = np.clip(np.sin(np.arange(len(noise)) / sound.RATE * 2 * np.pi * 4) + 0.3, 0, 1).astype(np.float32)
    return sound.at_level(noise * syllables, SPEECH_DBFS)


def through(conditions: Conditions, mouth: sound.Samples, around: sound.Samples | None = None, seed: int = 3) -> bytes:
    air = Air(conditions, sound.silence(0) if around is None else around, random.Random(seed))
    out = []
    for at in range(0, len(mouth) // sound.FRAME * sound.FRAME, sound.FRAME):
        out.append(air.capture(mouth[at : at + sound.FRAME]))
        air.played(g711.SILENT_FRAME)
    return b"".join(out)


def level(mulaw: bytes) -> float:
    return sound.active_dbfs(sound.from_mulaw(mulaw))


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    noisy = Conditions(around="babble", snr_db=10.0, codec="alaw")
    assert through(noisy, talk(), talk(seed=5)) == through(noisy, talk(), talk(seed=5))
    assert through(noisy, talk(), talk(seed=5)) != through(noisy, talk(), talk(seed=5), seed=4)


def test_a_good_line_keeps_the_level_and_hums_beneath() -> None:
    assert level(through(GOOD_LINE, talk())) == pytest.approx(SPEECH_DBFS, abs=0.5)
    silent = through(GOOD_LINE, sound.silence(1_000))
    assert HUM_DBFS - 3 < g711.level_dbfs(g711.ulaw_to_linear(silent)) < HUM_DBFS + 6


@pytest.mark.parametrize("snr_db", [20.0, 10.0, 5.0])
def test_noise_around_lies_as_far_below_speech_as_asked_for(snr_db: float) -> None:
    steady = np.random.default_rng(7).standard_normal(24_000).astype(np.float32)
    around = through(Conditions(around="babble", snr_db=snr_db), sound.silence(3_000), steady)
    assert level(around) == pytest.approx(SPEECH_DBFS - snr_db, abs=1.0)


def test_a_loud_voice_clips_and_a_low_one_is_low() -> None:
    loud = sound.from_mulaw(through(Conditions(level_db=22.0), talk()))
    assert np.mean(np.abs(loud) > 0.97) > 0.01
    assert level(through(Conditions(level_db=-18.0), talk())) == pytest.approx(SPEECH_DBFS - 18, abs=1.5)


@pytest.mark.parametrize("echo_ms", [40.0, 120.0, 200.0])
def test_what_the_agent_plays_comes_back_as_late_and_as_faint_as_said(echo_ms: float) -> None:
    air = Air(Conditions(echo_db=-20.0, echo_ms=echo_ms), sound.silence(0), random.Random(1))
    agent, out = sound.to_mulaw(talk(1.0)), []
    for at in range(0, len(agent), sound.FRAME):
        out.append(air.capture(sound.silence(20)))
        air.played(agent[at : at + sound.FRAME])
    heard = sound.from_mulaw(b"".join(out))
    late = round(echo_ms * sound.PER_MS)
    played = sound.from_mulaw(agent)[: len(heard) - late]
    assert np.corrcoef(heard[late:], played)[0, 1] > 0.9
    share = float(np.dot(heard[late:], played) / np.dot(played, played))
    assert sound.decibels(share) == pytest.approx(-20.0, abs=0.5)


def test_a_mobile_line_passes_no_high_tones() -> None:
    high = sound.at_level(np.sin(np.arange(16_000) * 2 * np.pi * 3_600 / sound.RATE).astype(np.float32), SPEECH_DBFS)
    assert level(through(Conditions(codec="mobile"), high)) < SPEECH_DBFS - 25
    assert level(through(GOOD_LINE, high)) == pytest.approx(SPEECH_DBFS, abs=0.5)


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.05])
def test_frames_are_lost_at_the_rate_asked_for_and_in_bursts(rate: float) -> None:
    loss = BurstLoss(rate, random.Random(11))
    lost = [loss.lost() for _ in range(60_000)]
    assert np.mean(lost) == pytest.approx(rate, rel=0.15)
    bursts = sum(now and not before for before, now in zip([False, *lost], lost, strict=False))
    if rate:
        assert sum(lost) / bursts == pytest.approx(3.0, rel=0.15)


def test_a_loss_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not possible"):
        BurstLoss(1.0, random.Random(1))


def test_no_frame_is_later_than_the_most() -> None:
    jitter = Jitter(60.0, random.Random(2))
    late = [jitter.late_ms() for _ in range(5_000)]
    assert max(late) == 60.0 and min(late) >= 0.0
    assert Jitter(0.0, random.Random(2)).late_ms() == 0.0


def test_the_network_loses_and_delays_frames_but_no_other_message() -> None:
    heard: list[tuple[float, dict[str, object]]] = []

    async def main() -> tuple[int, int]:
        clock = LoopClock()

        async def serve(socket: MemorySocket) -> None:
            while isinstance(text := await socket.receive(), str):
                heard.append((clock.now_ms(), json.loads(text)))

        async def answer(*_: object) -> Reply:
            return Reply(200, "")

        async with MemoryNetwork(answer, serve) as network:
            lossy = LossyNetwork(network, Conditions(loss=0.1, jitter_ms=80.0), clock, "seed")
            socket = await lossy.open_socket("wss://x", {})
            await socket.send_text(json.dumps({"event": "start"}))
            for number in range(500):
                await clock.sleep_until_ms(number * 20.0)
                media = {"timestamp": str(number * 20), "payload": ""}
                await socket.send_text(json.dumps({"event": "media", "media": media}))
            await socket.close()
        return lossy.wires[0].sent, lossy.wires[0].lost

    sent, lost = run_virtual(main())
    assert sent == 500 and 20 < lost < 90
    assert [message["event"] for _, message in heard] == ["start", *["media"] * (sent - lost)]
    stamps = [float(str(message["media"]["timestamp"])) for _, message in heard[1:]]  # type: ignore[index]
    assert stamps == sorted(stamps)
    late = [at - stamp for (at, _), stamp in zip(heard[1:], stamps, strict=True)]
    assert min(late) >= 0 and 60 < max(late) <= 81
