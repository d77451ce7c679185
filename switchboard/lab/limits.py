"""What is asked of turn-taking, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from switchboard.lab.channel import GOOD_LINE
from switchboard.lab.figures import Figures
from switchboard.lab.measures import RESUME_WINDOW_MS
from switchboard.lab.table import Row, quantile

DEAD_AIR_MS = 4_000.0
MOST_FAILED_TURNS = 6
_LITTLE = ("acknowledgement", "noise")


@dataclass(frozen=True, slots=True)
class Limit:
    """One sentence, and whether it holds."""

    what: str
    measured: str
    holds: bool

    def line(self) -> str:
        """For a person."""
        return f"{'holds ' if self.holds else 'MISSED'}  {self.what}: {self.measured}"


def limits(calls: Sequence[Figures]) -> list[Limit]:
    """Those about which these calls say something."""
    return [*_interrupting(calls), *_little_sounds(calls), *_letting_finish(calls), *_alone(calls), *_outcomes(calls)]


def _row(calls: Sequence[Figures], *scenes: str) -> Row:
    return Row("", "", [call for call in calls if call.scene in scenes])


def _interrupting(calls: Sequence[Figures]) -> Iterator[Limit]:
    row = _row(calls, "interruptions")
    over = [one for one in row.overlaps if one.kind == "interruption"]
    stop = quantile((one.stop_ms for one in over if one.stop_ms is not None), 0.95)
    if stop is None:
        return
    yielded = sum(one.yielded for one in over) / len(over)
    stale = sum(call.stale_frames for call in row.calls)
    yield Limit("onset to the last audible sample, p95 at most 250 ms", f"{stop:.0f} ms", stop <= 250)
    yield Limit("yielded at least 98 %", f"{yielded:.1%} of {len(over)}", yielded >= 0.98)
    yield Limit("no frame of what was cleared after clear", str(stale), stale == 0)


def _little_sounds(calls: Sequence[Figures]) -> Iterator[Limit]:
    over = [one for one in _row(calls, "acknowledgements", "noises").overlaps if one.kind in _LITTLE]
    if over:
        well = sum(one.kept and one.resume_ms is not None and one.resume_ms <= RESUME_WINDOW_MS for one in over) / len(
            over
        )
        what = "acknowledgements and noises after which the agent goes on within 1 s, at least 85 %"
        yield Limit(what, f"{well:.1%} of {len(over)}", well >= 0.85)


def _letting_finish(calls: Sequence[Figures]) -> Iterator[Limit]:
    for scene, pauses in (("dictation", "350-900 ms inside values"), ("patient", "2 s, where time was asked for")):
        paused = [turn for turn in _row(calls, scene).turns if turn.longest_pause_ms > 0]
        if paused:
            cut = sum(turn.cut_in or turn.early for turn in paused) / len(paused)
            yield Limit(f"pauses of {pauses}: at most 1 % cut", f"{cut:.1%} of {len(paused)}", cut <= 0.01)
    ordinary = [turn.hearing_ms for turn in _row(calls, "plain", "booking").turns if turn.hearing_ms is not None]
    middle = quantile(ordinary, 0.5)
    if middle is not None:
        yield Limit("ordinary turns are over for hearing at most 700 ms after their end, p50", f"{middle:.0f} ms",
                    middle <= 700)  # fmt: skip


def _alone(calls: Sequence[Figures]) -> Iterator[Limit]:
    echo = _row(calls, "echo")
    if echo.calls:
        fell = sum(call.self_interruptions for call in echo.calls)
        yield Limit("no self-interruption under echo", f"{fell} in {len(echo.calls)} calls", fell == 0)
    row = _row(calls, "plain", "booking")
    silent = quantile((turn.silence_ms for turn in row.turns), 0.99)
    if silent is not None:
        yield Limit("dead air, p99 at most 4 s", f"{silent:.0f} ms", silent <= DEAD_AIR_MS)


def _outcomes(calls: Sequence[Figures]) -> Iterator[Limit]:
    wanted = [call for call in calls if call.outcome and call.scene in ("plain", "booking")]
    if not wanted:
        return
    wrong = sum(call.outcome == "wrong" for call in wanted)
    yield Limit("no wrong value committed", f"{wrong} of {len(wanted)}", wrong == 0)
    shares = {line: [c.outcome == "right" for c in wanted if c.line == line] for line in {c.line for c in wanted}}
    right = {line: sum(found) / len(found) for line, found in shares.items()}
    if GOOD_LINE.name in right:
        good = right[GOOD_LINE.name]
        yield Limit("the right appointment over a good line, at least 90 %", f"{good:.1%}", good >= 0.9)
    worst = min(right, key=lambda line: right[line])
    yield Limit("... and in the worst cell, at least 75 %", f"{right[worst]:.1%} ({worst})", right[worst] >= 0.75)
    others = [call for call in wanted if call.outcome not in ("right", "wrong")]
    late = sum(call.outcome == "lost" or call.failed_turns > MOST_FAILED_TURNS for call in others)
    what = "every other call ends in a call back, a message or a person within 6 failed turns"
    yield Limit(what, f"{late} of {len(others)} do not", late == 0)
