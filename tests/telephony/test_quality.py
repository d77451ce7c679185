from __future__ import annotations

import random
from collections.abc import Callable, Collection
from itertools import pairwise

import pytest

from calls.events import LineDegraded, LineMeasured
from telephony import g711
from telephony.quality import CLIPPED, LineMeter
from telephony.rating import burst_ratio, delay_impairment, loss_impairment, mos_of, rate
from telephony.sound_level import SoundLevel
from tests.agent.hearing.machine_sounds import mulaw
from tests.agent.hearing.voices import voice

SPEECH = mulaw(voice(2.0, 1, -20.0))
FRAMES = [SPEECH[at : at + 160] for at in range(0, len(SPEECH) - 159, 160)]


class Carrier:
    """Sends a minute's frames; what happens to each is the test's."""

    def __init__(self, delay_ms: float = 0.0) -> None:
        self.meter = LineMeter(lambda: delay_ms)
        self.told: list[LineMeasured | LineDegraded] = []
        self.meter.tell = self.told.append

    def sends(
        self,
        seconds: float,
        lost: Collection[int] = (),
        late_ms: Callable[[int], float] = lambda n: 0.0,
        frames: list[bytes] = FRAMES,
    ) -> Carrier:
        for n in range(int(seconds * 50)):
            if n not in lost:
                self.meter.frame(frames[n % len(frames)], n * 20.0, n + 1, 1_000.0 + n * 20 + late_ms(n))
            if n % 250 == 249:
                self.meter.tick(1_000.0 + n * 20 + 10)
        return self

    @property
    def minutes(self) -> list[LineMeasured]:
        return [fact for fact in self.told if isinstance(fact, LineMeasured)]

    @property
    def causes(self) -> list[str]:
        return [fact.cause for fact in self.told if isinstance(fact, LineDegraded)]

    def whole(self) -> LineMeasured:
        facts = self.meter.whole()
        self.told += facts
        last = facts[-1]
        assert isinstance(last, LineMeasured)
        return last


def test_a_good_line_is_rated_good_every_minute_and_as_a_whole() -> None:
    carrier = Carrier().sends(130)
    assert [(m.span, round(m.from_ms), round(m.to_ms)) for m in carrier.minutes] == [
        ("minute", 0, 60_000), ("minute", 60_000, 120_000),
    ]  # fmt: skip
    whole = carrier.whole()
    assert (whole.span, whole.frames, whole.lost, whole.gap_ms, whole.jitter_ms) == ("stream", 6_500, 0, 0.0, 0.0)
    assert (whole.from_ms, whole.to_ms) == (0.0, 130_000.0)
    assert whole.mos >= 4.3
    assert carrier.causes == []
    assert abs(whole.level_dbfs - -20.0) < 3


def test_jitter_is_that_of_rfc_3550() -> None:
    chance = random.Random(4)
    late = [chance.uniform(0, 40) for _ in range(3_000)]
    carrier = Carrier().sends(60, late_ms=lambda n: late[n])
    jitter = 0.0
    for before, after in pairwise(late):
        jitter += (abs(after - before) - jitter) / 16
    assert carrier.whole().jitter_ms == pytest.approx(jitter, abs=0.01)


def test_lost_frames_are_counted_by_their_numbers_and_bursts_weigh_more() -> None:
    scattered = Carrier().sends(60, lost={n for n in range(40, 3_000) if n % 40 == 0}).whole()
    bursts = Carrier().sends(60, lost={n for n in range(40, 3_000) if n % 200 < 5 and n >= 200}).whole()
    assert scattered.lost == 74
    assert bursts.lost == 70
    assert scattered.gap_ms == 74 * 20.0
    assert scattered.mos < 4.2
    assert bursts.mos < scattered.mos, "at about the same loss"


def test_loss_that_hurts_is_told_once() -> None:
    carrier = Carrier().sends(185, lost={n for n in range(1, 9_250) if n % 10 == 0})
    assert carrier.causes == ["loss"]
    assert carrier.minutes[0].mos < 2.6


def in_order(numbers: list[int]) -> LineMeasured:
    carrier = Carrier()
    for at, number in enumerate(numbers):
        carrier.meter.frame(FRAMES[number], number * 20.0, number + 1, 1_000.0 + at * 20)
    return carrier.whole()


def test_frames_out_of_order_are_no_loss_in_the_rating_either() -> None:
    straight = in_order(list(range(100)))
    swapped = in_order([n ^ 1 if n >= 20 else n for n in range(100)])
    assert (swapped.lost, swapped.gap_ms, swapped.reordered) == (0, 0.0, 40)
    late = in_order([*range(40), *range(45, 50), 42, 44, 40, 43, 41, *range(50, 100)])
    assert (late.lost, late.gap_ms, late.reordered) == (0, 0.0, 5)
    assert late.frames == straight.frames and abs(late.mos - straight.mos) < 0.02


def test_a_late_frame_takes_back_its_own_loss_alone() -> None:
    some = in_order([*range(40), *range(45, 50), 42, *range(50, 100)])
    assert (some.lost, some.gap_ms) == (4, 80.0)
    twice = in_order([*range(40), *range(45, 50), 30, 47, *range(50, 100)])
    assert twice.gap_ms == 100.0, "what has come before fills nothing"


def test_a_frame_that_is_late_or_comes_twice_is_neither_lost_nor_counted_as_more_audio() -> None:
    meter = LineMeter()
    for number in (1, 2, 4, 3, 5, 5, 6):
        meter.frame(FRAMES[0], (number - 1) * 20.0, number, number * 20.0)
    whole = meter.whole()[-1]
    assert isinstance(whole, LineMeasured)
    assert (whole.lost, whole.reordered, whole.to_ms) == (0, 2, 120.0)


def test_without_numbers_gaps_are_known_by_the_stamps() -> None:
    meter = LineMeter()
    for n in (0, 1, 2, 8, 9):
        meter.frame(FRAMES[0], n * 20.0, 0, n * 20.0)
    whole = meter.whole()[-1]
    assert isinstance(whole, LineMeasured)
    assert (whole.lost, whole.gap_ms) == (0, 100.0)
    assert whole.mos < 2.0


def test_stamps_and_numbers_that_make_no_sense_do_no_harm() -> None:
    meter = LineMeter()
    chance = random.Random(9)
    for _ in range(2_000):
        meter.frame(FRAMES[0], float(chance.randrange(2**53)), chance.randrange(2**53), chance.uniform(0, 1e9))
    whole = meter.whole()[-1]
    assert isinstance(whole, LineMeasured)
    assert 1.0 <= whole.mos <= 4.5


@pytest.mark.parametrize("jump_ms", [-500_000.0, 500_000.0, -61_000.0])
def test_a_clock_that_was_set_anew_hides_no_gap_afterwards(jump_ms: float) -> None:
    meter = LineMeter()
    for n in range(100):
        meter.frame(FRAMES[0], 600_000.0 + n * 20.0, 0, n * 20.0)
    for n in (100, 101, 107, 108):
        meter.frame(FRAMES[0], 600_000.0 + jump_ms + n * 20.0, 0, n * 20.0)
    whole = meter.whole()[-1]
    assert isinstance(whole, LineMeasured)
    assert (whole.gap_ms, whole.from_ms, whole.to_ms) == (100.0, 0.0, 2_180.0)


def test_a_line_that_falls_silent_is_told_while_it_is() -> None:
    carrier = Carrier().sends(2)
    carrier.meter.tick(1_000.0 + 2_000 + 4_000)
    assert carrier.causes == []
    carrier.meter.tick(1_000.0 + 2_000 + 6_000)
    assert carrier.causes == ["no_audio"]


def test_a_microphone_that_does_not_reach_us_is_told() -> None:
    carrier = Carrier().sends(65, frames=[g711.SILENT_FRAME])
    assert carrier.causes == ["one_way"]
    assert carrier.minutes[0].level_dbfs == carrier.minutes[0].noise_dbfs == -96.0


@pytest.mark.parametrize(("dbfs", "cause"), [(-46.0, "faint"), (-20.0, None)])
def test_a_faint_voice_is_told(dbfs: float, cause: str | None) -> None:
    audio = mulaw(voice(2.0, 1, dbfs))
    frames = [audio[at : at + 160] for at in range(0, len(audio) - 159, 160)]
    assert Carrier().sends(65, frames=frames).causes == ([cause] if cause else [])


@pytest.mark.parametrize("softer", [1.0, 0.5])
def test_clipping_is_seen_also_where_it_was_made_softer_since(softer: float) -> None:
    def clipped(peak: float) -> float:
        level = SoundLevel()
        samples = voice(8.0, 3, -20.0)
        level.add(mulaw(samples.clip(-peak, peak) / peak * 0.98 * softer))
        return level.clipped

    assert clipped(0.05) > CLIPPED
    assert clipped(1.0) < 0.001


def test_the_e_model_gives_its_known_values() -> None:
    """G.107 annex B: R 93.2 is MOS 4.41, R 50 is 2.58; G.113: random loss without concealment."""
    assert mos_of(93.2) == pytest.approx(4.41, abs=0.01)
    assert mos_of(50.0) == pytest.approx(2.58, abs=0.01)
    assert (mos_of(-3.0), mos_of(120.0)) == (1.0, 4.5)
    assert loss_impairment(0.01) == pytest.approx(95 / 5.3)
    assert delay_impairment(100.0) == pytest.approx(2.4)
    assert delay_impairment(300.0) == pytest.approx(7.2 + 0.11 * 122.7)
    assert burst_ratio(0.02, 1.02) == 1.0
    assert rate(0.0, 1.0, 150.0).mos == pytest.approx(4.33, abs=0.05)
