"""When a turn is taken for over: cut-offs and latency of the offline ear, and of a plain silence rule beside it.

    python -m switchboard.lab.endpointing [--count 60] [--half held] [--seed 1] [--var var]

No call is played: turns with known pauses (``pausing``) go over a telephone line (``channel``) into the machine a call
is heard with (``agent.hearing.listening``). A turn is cut when it is taken for over before its last sound. Latency is
from that sound to the decision, recognition included at the time it takes on an idle machine. The curve follows the
benchmarks of turn-taking: the share of turns cut, at a given mean latency.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from agent.hearing.decisions import Patience
from agent.hearing.listener import Listener
from agent.hearing.listening import Latency, listen
from agent.hearing.patience import WordPatience
from agent.hearing.waits import PRESETS, Waits
from agent.offline.silero import WINDOW_MS
from agent.ports import Recognition, Recognized
from calls.guidance import NOTHING_EXPECTED, Guidance, SlotExpectation
from spoken.expectations import expectation
from switchboard.lab.clips import Bench, Clip, clips
from switchboard.lab.pausing import Saying

MIX = {"ordinary": 2, "hesitant": 1, "numbers": 1}
"""of a call, for the curve: half of all turns have no pause within, a quarter hesitate, a quarter are numbers"""
SCALES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3)
PLAIN_MS = tuple(range(200, 1_501, 50))
_WINDOW_BYTES = 16 * WINDOW_MS
_NO_LATENCY = Latency(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule made of a clip."""

    cut: bool
    latency_ms: float | None
    """None: the turn was cut, or nothing was heard at its end"""


class _KnownDetector:
    """A ``SpeechDetector`` that has heard the clip before."""

    window_ms = float(WINDOW_MS)

    def __init__(self, speech: Sequence[float]) -> None:
        self._speech = speech
        self._bytes = 0

    def push(self, pcm16_8k: bytes) -> Sequence[float]:
        """What it said then; quiet after the clip's end."""
        before = self._bytes // _WINDOW_BYTES
        self._bytes += len(pcm16_8k)
        found = self._speech[before : self._bytes // _WINDOW_BYTES]
        return [*found, *[0.0] * (self._bytes // _WINDOW_BYTES - before - len(found))]

    def reset(self) -> None:
        """Nothing to forget."""


class PlainSilence(WordPatience):
    """The rule most systems have: so much silence ends a turn, whatever was said."""

    def __init__(self, ms: float) -> None:
        super().__init__(NOTHING_EXPECTED)
        self._ms = ms

    def __call__(self, text: str, spoken_ms: float = 0.0) -> Patience:
        """Always the same."""
        return Patience(self._ms)


def guidance_of(saying: Saying) -> Guidance:
    """What a script would expect."""
    unhurried = saying.group == "patient"
    if not saying.expects:
        return Guidance("ask", unhurried=unhurried)
    length = 6 if saying.expects == "code" else None
    slot = SlotExpectation("value", saying.expects, length=length)
    allowed, patience = frozenset({"FillSlot"}), expectation(saying.expects).patience
    return Guidance("ask", "value", (slot,), allowed, patience=patience, unhurried=unhurried)


def heard_with(
    clip: Clip, patience: WordPatience, recognize: Callable[[bytes], Recognition], latency: Latency
) -> Outcome:
    """What the call's machine decides on a clip."""
    listener = Listener(_KnownDetector(clip.speech), patience)
    found = listen(clip.mulaw, listener, recognize, latency, after_ms=1_000.0)
    cut = any(turn.decided_ms < clip.ends_ms for turn in found.turns)
    last = found.turns[-1] if found.turns else None
    answered = last is not None and not cut and last.decided_ms >= clip.ends_ms
    return Outcome(cut, last.decided_ms - clip.ends_ms if last is not None and answered else None)


def ours(bench: Bench, waits: Waits, clip: Clip) -> Outcome:
    """Words, expectation and all."""
    return heard_with(clip, WordPatience(guidance_of(clip.saying), waits=waits), bench.recognize, Latency())


def plain(ms: float, clip: Clip) -> Outcome:
    """Silence alone."""
    return heard_with(clip, PlainSilence(ms), lambda _: Recognized("something"), _NO_LATENCY)


# --- figures ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """Of one rule on some clips."""

    turns: int
    cut: int
    unheard: int
    p50_ms: float
    p90_ms: float
    mean_ms: float

    @property
    def cut_rate(self) -> float:
        """0 to 1."""
        return self.cut / self.turns if self.turns else 0.0


def figure(outcomes: Sequence[Outcome]) -> Figure:
    """Latency of those that were answered."""
    known = sorted(o.latency_ms for o in outcomes if o.latency_ms is not None)
    cut = sum(o.cut for o in outcomes)
    if not known:
        return Figure(len(outcomes), cut, len(outcomes) - cut, 0.0, 0.0, 0.0)
    p90 = known[min(len(known) - 1, int(0.9 * len(known)))]
    return Figure(
        len(outcomes), cut, len(outcomes) - cut - len(known), statistics.median(known), p90, statistics.fmean(known)
    )


def mixed(by_group: dict[str, Sequence[Outcome]]) -> tuple[float, float]:
    """(mean latency in ms, share cut) of a call's mix of turns."""
    figures = {group: figure(by_group[group]) for group in MIX}
    weight = sum(MIX.values())
    mean_ms = sum(figures[group].mean_ms * share for group, share in MIX.items()) / weight
    return mean_ms, sum(figures[group].cut_rate * share for group, share in MIX.items()) / weight


def cut_rate_at(curve: Sequence[tuple[float, float]], mean_ms: float) -> float:
    """Of a curve, between its points."""
    points = sorted(curve)
    return float(np.interp(mean_ms, [x for x, _ in points], [y for _, y in points]))


def by_group(found: Sequence[Clip], judge: Callable[[Clip], Outcome]) -> dict[str, Sequence[Outcome]]:
    """Each group's outcomes."""
    groups: dict[str, list[Outcome]] = {}
    for clip in found:
        groups.setdefault(clip.saying.group, []).append(judge(clip))
    return {**groups}


def report(bench: Bench, found: Sequence[Clip]) -> Iterator[str]:
    """Lines to print."""
    yield (f"{'preset':<9} {'turns':<10} {'count':>5} {'cut':>7} {'unheard':>7} {'p50 ms':>7} {'p90 ms':>7} "
           f"{'mean ms':>7}")  # fmt: skip
    for preset, waits in PRESETS.items():
        for group, outcomes in by_group(found, partial(ours, bench, waits)).items():
            f = figure(outcomes)
            yield (f"{preset:<9} {group:<10} {f.turns:5} {f.cut_rate:7.1%} {f.unheard:7} {f.p50_ms:7.0f} "
                   f"{f.p90_ms:7.0f} {f.mean_ms:7.0f}")  # fmt: skip
    everyday = [clip for clip in found if clip.saying.group in MIX]
    silence = [mixed(by_group(everyday, partial(plain, ms))) for ms in PLAIN_MS]
    yield ""
    yield f"{'waits x':>8} {'mean ms':>8} {'cut':>7} {'plain silence, same mean':>25}"
    for scale in SCALES:
        waits = PRESETS["default"].scaled(scale)
        mean_ms, cut = mixed(by_group(everyday, partial(ours, bench, waits)))
        yield f"{scale:8.2f} {mean_ms:8.0f} {cut:7.1%} {cut_rate_at(silence, mean_ms):25.1%}"


def main() -> None:
    """Print the table and the curve."""
    arguments = argparse.ArgumentParser(prog="switchboard.lab.endpointing")
    arguments.add_argument("--count", type=int, default=60, help="turns of each of four groups")
    arguments.add_argument("--half", choices=("held", "tuning"), default="held")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--var", type=Path, default=Path("var"))
    chosen = arguments.parse_args()
    bench = Bench(chosen.var)
    found = list(clips(bench, chosen.half, chosen.count, chosen.seed))
    for line in report(bench, found):
        print(line, flush=True)
    bench.keep()


if __name__ == "__main__":
    main()
