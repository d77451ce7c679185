"""What is proved of turn-taking and the sound of the line."""

from __future__ import annotations

import re
import sys

from tests.proofs.commands import PROJECT, Ran, run
from tests.proofs.judging import Finding, Step, by_tests, failure

SWITCHBOARD = str(PROJECT / ".venv" / "bin" / "switchboard")
TURNS, COST_MS = 150, 3.0


def _lab(name: str, about: str, *scenes: str, within_s: float = 7_200) -> Step:
    """Each limit that these scenes of the lab say something about."""

    def judge() -> list[Finding]:
        only = [word for scene in scenes for word in ("--only", scene)]
        ran = run(name, [SWITCHBOARD, "lab", *only, "--cells"], within_s=within_s)
        rows = re.findall(r"^(holds |MISSED)  (.+): ([^:]+)$", ran.text, re.MULTILINE)
        if ran.code != 0 or not rows:
            return [Finding(f"In the lab, {about}", failure(ran), False)]
        return [Finding(f"In the lab, {about}: {what}", measured, kept == "holds ") for kept, what, measured in rows]

    return Step(name, judge, long=True)


def _module(module: str, *options: str) -> Ran:
    return run(module.rpartition(".")[2], [sys.executable, "-m", module, *options], within_s=3_600)


def ends_of_turns() -> list[Finding]:
    """The held half of turns with known pauses."""
    ran = _module("switchboard.lab.endpointing", "--count", str(TURNS))
    row = r"^default +{} +(\d+) +([\d.]+)% +\d+ +(\d+)"
    asked = {
        "ordinary": "Ordinary turns are decided at most 700 ms after their true end at p50",
        "numbers": "Pauses of 350-900 ms inside numbers, codes and spelled names: no cut in 99 %",
        "patient": "Stutter and pauses of 2 s in patient mode: no cut in 99 %",
    }
    found = []
    for group, claim in asked.items():
        seen = re.search(row.format(group), ran.text, re.MULTILINE)
        if seen is None:
            found.append(Finding(claim, failure(ran), False))
            continue
        turns, cut, p50_ms = int(seen[1]), float(seen[2]), int(seen[3])
        holds = p50_ms <= 700 if group == "ordinary" else cut <= 1.0
        found.append(Finding(claim, f"{cut:.1f} % of {turns} cut, p50 {p50_ms} ms", holds))
    curve = re.search(r"^ +1\.00 +(\d+) +([\d.]+)% +([\d.]+)%", ran.text, re.MULTILINE)
    claim = "False cut-ins at most half of a plain silence rule's at equal latency"
    if curve is None:
        return [*found, Finding(claim, failure(ran), False)]
    measured = f"{curve[2]} % against {curve[3]} % at {curve[1]} ms"
    return [*found, Finding(claim, measured, 2 * float(curve[2]) <= float(curve[3]))]


def voice_gate() -> list[Finding]:
    """Onsets that the energy gate keeps from the neural detector."""
    ran = _module("switchboard.lab.voice_gate")
    seen = re.search(r"^all +(\d+) +(\d+) +([\d.]+)%", ran.text, re.MULTILINE)
    claim = "The energy gate before the neural detector loses at most 0.5 % of onsets"
    if seen is None:
        return [Finding(claim, failure(ran), False)]
    return [Finding(claim, f"{seen[2]} of {seen[1]}", float(seen[3]) <= 0.5)]


def hearing_cost() -> list[Finding]:
    """Each vendor's hearing over a call with 40 % caller speech."""
    ran = _module("tests.contracts.hearing.measure")
    costs = [float(cost) for cost in re.findall(r"([\d.]+) ms a call-second", ran.text)]
    claim = f"Hearing work with vendor hearing: at most {COST_MS:.0f} ms CPU per call-second"
    if ran.code != 0 or not costs:
        return [Finding(claim, failure(ran), False)]
    return [Finding(claim, f"{min(costs):.1f} to {max(costs):.1f} ms", max(costs) <= COST_MS)]


TURN_STEPS = (
    _lab("lab-interruptions", "callers who interrupt", "interruptions"),
    _lab("lab-little-sounds", "acknowledgements, coughs and laughter", "acknowledgements", "noises"),
    _lab("lab-pauses", "pauses inside values", "dictation", "patient"),
    _lab("lab-echo", "200 calls with echo", "echo"),
    _lab("lab-booking", "400 bookings by voice and line", "plain", "booking", within_s=14_400),
    Step("end-of-turn", ends_of_turns, long=True),
    Step("voice-gate", voice_gate, long=True),
    Step("hearing-cost", hearing_cost, long=True),
    by_tests("alignment", "Recordings lie within 20 ms of what was heard over 30 minutes with cuts",
             "tests/records/test_alignment.py", within_s=3_600),
    by_tests("recording-kill", "`kill -9` loses at most the last second of a recording",
             "tests/records/test_recording.py", "-k", "kill"),
)  # fmt: skip
