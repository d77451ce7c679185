"""What is proved of the advanced cascade: providers that fail, and what stands in for them."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from tests.proofs.commands import PROJECT, pytest, run
from tests.proofs.judging import Finding, Step, by_tests, failure

SWITCHBOARD = str(PROJECT / ".venv" / "bin" / "switchboard")
UNRULY, BOOKERS, FAST = 10_000, 1_000, 50.0


def faults() -> list[Finding]:
    """Faults from seeds in each stage; the tests print one row each."""
    ran = pytest("faults", "-s", "tests/agent/resilience/test_faults.py")
    found = []
    for stage in ("hearing", "thinking", "speaking"):
        row = re.search(rf"{stage}: (\d+) of (\d+) turns answered, p95 (\d+) ms.*", ran.text)
        holds = row is not None and row[1] == row[2] == "1000" and int(row[3]) <= 800 and ran.code == 0
        found.append(Finding(
            f"Fallback for {stage} within 800 ms p95, same turn answered, in 1,000 of 1,000 injected failures; "
            "0 keys or personal data in logs and errors",
            row[0] if row is not None else failure(ran), holds,
        ))  # fmt: skip
    return found


HEARD_ON = {"clean": "16 bits", "mu-law": "mu-law", "noise": "mu-law and noise at 15 dB",
            "babble": "mu-law and babble at 15 dB"}  # fmt: skip


def tone() -> list[Finding]:
    """Re-rendered speech of both halves of the measuring set: every change in every condition has to hold."""
    claim = (
        "Tone, half {half}, {condition}: each of pitch x0.8 and x1.3, rate x0.7 and x1.4, level -10 and +10 dB heard "
        "in the right direction in 95 %; each of pitch, pace and energy of unchanged speech as usual in 95 %, feeling "
        "neutral in 95 %"
    )
    ran = run("tone", [sys.executable, "-m", "tests.agent.tone.measure", "--json"], within_s=2_400)
    begins = ran.text.find("{")
    if ran.code != 0 or begins < 0:
        return [Finding(claim.format(half="both", condition="all"), failure(ran), False)]
    found = []
    for half, figures in json.loads(ran.text[begins:]).items():
        for condition, named in HEARD_ON.items():
            cells = sorted(
                (100 * cell["right"] / cell["trials"], cell["trials"], cell["of"])
                for cell in figures["cells"]
                if cell["condition"] == condition and cell["trials"]
            )
            told = "; ".join(f"{of} {percent:.1f} % of {trials}" for percent, trials, of in cells)
            holds = bool(cells) and cells[0][0] >= 95.0
            found.append(Finding(claim.format(half=half, condition=named), told or "nothing was tried", holds))
    return found


def _simulated(name: str, *options: str) -> dict[str, Any] | str:
    ran = run(name, [SWITCHBOARD, "workflow", "simulate", "--json", *options], within_s=4_800)
    begins = ran.text.find("{")
    if begins < 0 or ran.code not in (0, 1):
        return failure(ran)
    found: dict[str, Any] = json.loads(ran.text[begins:])
    return found


def unruly() -> list[Finding]:
    """A model at its worst in calls whose systems fail: half on the scripts, half where the model finds the words."""
    claim = f"{UNRULY:,} fault-injected calls, the model lying and breaking off: 0 claims without a receipt"
    halves = [
        _simulated("unruly-scripts", "--calls", str(UNRULY // 2), "--faults", "--model", "unruly"),
        _simulated("unruly-answers", "--calls", str(UNRULY // 2), "--seed", str(UNRULY // 2 + 1), "--faults",
                   "--model", "unruly", "--entry", "answers"),
    ]  # fmt: skip
    told: list[str] = []
    claims = calls = 0
    for name, half in zip(("scripts", "open step"), halves, strict=True):
        if isinstance(half, str):
            return [Finding(claim, half, False)]
        whole = half["whole"]
        calls, claims = calls + whole["calls"], claims + whole["claims_without_receipt"]
        told.append(f"{name}: {whole['claims_without_receipt']} claims in {whole['calls']:,} calls, "
                    f"{whole['right_percent']} % right all the same")  # fmt: skip
    return [Finding(claim, "; ".join(told), calls == UNRULY and not claims)]


def fast_path() -> list[Finding]:
    """Callers of the booking script, with the grammar alone and with a model for what it does not settle."""
    options = ("--calls", str(BOOKERS), "--entry", "book", "--goals", "book,ask_hours,ask_price,human")
    claim = (
        f"At least {FAST:.0f} % of the booking script's turns take the fast path in simulation, with no loss of task "
        "success against the grammar alone"
    )
    alone = _simulated("bookers-grammar", *options)
    model = _simulated("bookers-model", *options, "--model", "steady")
    if isinstance(alone, str) or isinstance(model, str):
        return [Finding(claim, alone if isinstance(alone, str) else str(model), False)]
    share, turns = model["whole"]["fast_path_percent"], model["whole"]["turns_understood"]
    right = alone["whole"]["right_percent"], model["whole"]["right_percent"]
    return [Finding(
        claim,
        f"{share} % of {turns:,} turns; {right[1]} % of {BOOKERS:,} calls right, {right[0]} % with the grammar alone",
        share >= FAST and right[1] >= right[0] and not model["whole"]["wrong"],
    )]  # fmt: skip


def bench() -> list[Finding]:
    """Every figure of the bench that has a limit; the machine should have nothing else to do."""
    ran = run("bench", [SWITCHBOARD, "bench", "--json"], within_s=1_800)
    begins = ran.text.find("{")
    if begins < 0:
        return [Finding("`switchboard bench`", failure(ran), False)]
    found = []
    for section in json.loads(ran.text[begins:])["sections"]:
        for figure in section["figures"]:
            if figure["limit"] is None or figure["value"] is None:
                continue
            share = figure["unit"] == "share"
            value, limit = (f"{100 * figure[key]:.0f} %" if share else f"{figure[key]:.3g} {figure['unit']}".strip()
                            for key in ("value", "limit"))  # fmt: skip
            found.append(Finding(f"Bench, {section['title']}: {figure['name'].strip()} at most {limit}", value,
                                 bool(figure["kept"])))  # fmt: skip
    return found


CASCADE_STEPS = (
    by_tests("contracts", "The contract suites of hearing, thinking and speaking pass for every provider",
             "tests/contracts", "tests/agent/providers"),
    by_tests("style", "What each voice is sent for a directive (golden table); split tokens never leak one into speech",
             "tests/agent/style", "tests/contracts/speaking"),
    Step("fast-path", fast_path),
    by_tests("long-call", "45 minutes, 300 turns: facts of minute 2 right, prompt bounded, latency p95 at most 1.2 x",
             "tests/scenes/test_long_call.py"),
    by_tests("injections", "500 spoken injection attempts on a model that obeys: no side effect, no prompt spoken",
             "tests/switchboard/test_injection.py", "tests/switchboard/test_prompting.py"),
    Step("unruly", unruly),
    by_tests("qualify", "`switchboard qualify`: stages, verdicts, masking", "tests/switchboard/qualify"),
    Step("bench", bench),
    Step("tone", tone),
    by_tests("tone-scene", "Equal words said angrily and calmly: different style, gate mode and risk; off is off",
             "tests/scenes/test_tone.py"),
    Step("faults", faults),
    by_tests("vendors", "Between any two vendors, in mid-call and in mid-sentence: no word lost, none heard twice by "
             "the ear, the same turn answered", "tests/agent/resilience/test_vendors.py"),
    by_tests("three-vendors", "The booking call over Deepgram, Anthropic and ElevenLabs on loopback",
             "tests/wire/test_cascade.py"),
    by_tests("add-a-provider", "`docs/add-a-provider.md` word for word",
             "tests/agent/providers/test_add_a_provider.py"),
)  # fmt: skip
