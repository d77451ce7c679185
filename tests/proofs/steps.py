"""What is proved, and how. A step runs something once, and judges one claim or several by what came of it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.proofs.cascade_steps import CASCADE_STEPS
from tests.proofs.commands import LOGS, PROJECT, Ran, run
from tests.proofs.gate_steps import GATE_STEPS
from tests.proofs.judging import Finding, Step, by_tests, failure
from tests.proofs.turn_steps import TURN_STEPS
from tests.proofs.workflow_steps import WORKFLOW_STEPS
from tests.wire.process import free_port

COLD_S, FIRST_TURN_S, REPLY_MS, TESTS_S = 360.0, 20.0, 1_000.0, 480.0
CALLS, FRAME_MS, MUTATED = 20, 40.0, 100_000


# --- the demo -----------------------------------------------------------------------------------


def demo_on_a_fresh_clone() -> list[Finding]:
    """Clone, no caches, `make demo`; then again."""
    folder = Path(tempfile.mkdtemp(prefix="switchboard-"))
    try:
        clone = folder / "clone"
        run("clone", ["git", "clone", "-q", str(PROJECT), str(clone)])
        env = _plain_environment() | {
            "PIP_CACHE_DIR": str(folder / "pip"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "PORT": str(free_port()),
        }
        command = ["env", "-i", *(f"{name}={value}" for name, value in env.items()), "make", "demo", "ARGS=--once"]
        cold = run("demo-cold", command, folder=clone)
        again = run("demo-again", command, folder=clone)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    claim = f"Fresh clone, empty caches: `make demo` exits 0 in at most {COLD_S / 60:.0f} min"
    measured = f"{cold.seconds:.0f} s on {os.cpu_count()} cores" if cold.code == 0 else failure(cold)
    return [Finding(claim, measured, cold.code == 0 and cold.seconds <= COLD_S), *_demo_findings(again)]


def demo_here() -> list[Finding]:
    """The demo in this project, whose environment is there already."""
    return _demo_findings(run("demo-here", ["make", "demo", "ARGS=--once"], env={"PORT": str(free_port())}))


def _demo_findings(again: Ran) -> list[Finding]:
    first = again.first(r"^ *\d+\.\d s  agent ")
    spoke = f"{first:.1f} s" if first is not None else failure(again)
    median = again.number(r"reply latency at the caller: median (\d+) ms")
    stages = again.number(r"\d ms = end of turn \+ recognizer (\d+)") is not None
    reply = f"{median:.0f} ms" if median is not None else failure(again)
    return [
        Finding(
            f"`make demo` again: first spoken turn within {FIRST_TURN_S:.0f} s, exit 0",
            spoke,
            first is not None and first <= FIRST_TURN_S and again.code == 0,
        ),
        Finding(
            "Reply latency in the demo, end of the caller's speech to the agent's first sound at the caller: "
            f"median at most {REPLY_MS / 1000:.1f} s, breakdown printed",
            reply + ("" if stages else ", no breakdown"),
            median is not None and median <= REPLY_MS and stages,
        ),
    ]


def _plain_environment() -> dict[str, str]:
    """What a person's shell has; proxies and package settings of the machine stay."""
    kept = ("PATH", "HOME", "LANG", "TERM", "USER", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    prefixes = ("PIP_", "UV_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
    return {k: v for k, v in os.environ.items() if k in kept or k.startswith(prefixes)}


# --- make test ------------------------------------------------------------------------------------


def all_tests() -> list[Finding]:
    """`make test`, as anybody runs it."""
    ran = run("make-test", ["make", "test"], within_s=2 * TESTS_S)
    counts = ran.tests or _anywhere(ran)
    told = ", ".join(f"{number} {what}" for what, number in counts.items()) or failure(ran)
    claim = f"`make test` green in at most {TESTS_S / 60:.0f} min"
    return [Finding(claim, f"{told} in {ran.seconds:.0f} s", ran.code == 0 and ran.seconds <= TESTS_S)]


def _anywhere(ran: Ran) -> dict[str, int]:
    """The count may be followed by what was left out."""
    for at in range(len(ran.lines), 0, -1):
        if counts := Ran(ran.code, ran.seconds, ran.lines[:at]).tests:
            return counts
    return {}


# --- load ---------------------------------------------------------------------------------------


def twenty_calls() -> list[Finding]:
    """Whole bookings, all at once, server on one core."""
    LOGS.mkdir(parents=True, exist_ok=True)
    figures = LOGS / "load.json"
    figures.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.wire.load", "--calls", str(CALLS), "--urgent", "--json", str(figures)]
    ran = run("load", command)
    load = json.loads(figures.read_text()) if figures.exists() else {}
    if not load:
        return [Finding(f"{CALLS} concurrent calls", failure(ran), False)]
    done = f"{load['completed']} of {load['calls']} bookings, {load['call_seconds']:.0f} call seconds"
    fine = load["completed"] == CALLS and not load["faults"]
    return [
        Finding(
            f"{CALLS} concurrent simulated calls, scripted providers, one core: inbound frame from socket to "
            f"`hear()` at most {FRAME_MS:.0f} ms p99",
            f"p50 {load['frame_p50']} ms, p99 {load['frame_p99']} ms, longest {load['frame_most']} ms, "
            f"{load['lost']} of {load['frames']} frames lost ({done})",
            fine and load["frame_p99"] <= FRAME_MS and not load["lost"],
        ),
        Finding("0 ms of starvation inside a sentence at the twin", f"{load['starved']:.0f} ms", not load["starved"]),
        Finding(
            "what a call costs the server (no promise)",
            f"{load['cpu_per_call_second'] * 1000:.1f} ms CPU per call second, {load['busy']:.0%} of the core for all, "
            f"{load['rss_mb']} MB resident",
            fine,
        ),
    ]


# --- the list -----------------------------------------------------------------------------------

SCENES = "tests/scenes"
STEPS = (
    Step("fresh-clone", demo_on_a_fresh_clone, long=True),
    Step("demo", demo_here),
    by_tests("other-order", "A caller who says things in another order gets the right appointment",
             f"{SCENES}/test_booking.py", "-k", "another_order or before_they_are_asked"),
    by_tests("corrects", "A caller who corrects a date gets the right appointment",
             f"{SCENES}/test_booking.py", f"{SCENES}/test_turns.py", "-k", "correct"),
    by_tests("keys", "A caller who answers with keys gets the right appointment",
             f"{SCENES}/test_booking.py", "-k", "keys"),
    by_tests("refuses", "A caller who says no at the confirmation has no appointment",
             f"{SCENES}/test_booking.py", "-k", "no_at_the_confirmation or no_then"),
    by_tests("human", 'A caller who says "agent" reaches the human; when nobody answers, a callback is on file',
             f"{SCENES}/test_handover.py"),
    by_tests("any-caller", "Callers drawn from seeds: the books hold what was agreed to, and nothing else",
             f"{SCENES}/test_simulation.py", "tests/workflows/test_any_call.py"),
    Step("load", twenty_calls),
    by_tests("mutated", f"{MUTATED:,} mutated frames: no unhandled exception, no growth",
             "tests/telephony/test_media_stream.py", "-k", "mutated"),
    by_tests("forged", "Forged, unsigned, replayed webhooks and sockets: 403 or 1008, no audio, no effect",
             "tests/telephony/test_signature.py", "tests/telephony/test_tokens.py",
             "tests/telephony/test_webhooks.py", "tests/telephony/test_webhooks_http.py",
             "tests/telephony/test_media_sockets.py", f"{SCENES}/test_lost_lines.py", "tests/wire/test_serve.py"),
    by_tests("strangers", "No unauthenticated way makes the server dial: every route, seven kinds of stranger",
             "tests/wire/test_routes.py"),
    by_tests("starts", "It refuses to start insecurely; --insecure-dev is loopback only; errors name the remedy",
             "tests/wire/test_serve.py", "tests/wire/test_routes.py", "-k", "refused or folder or port or insecure"),
    by_tests("determinism", "A 60 s call on virtual time in well under a second; twenty times the same, byte for byte",
             f"{SCENES}/test_determinism.py"),
    by_tests("greeting", "The greeting's first audio leaves within 50 ms of `start`",
             f"{SCENES}/test_booking.py", "-k", "greeting"),
    by_tests("kill", "kill -9 in mid-call: transcript and recording up to the last second; the caller is taken up "
             "again and books", "tests/wire/test_crash.py"),
    by_tests("pause", "`switchboard line pause` takes effect for the next call and survives a restart",
             "tests/wire/test_serve.py", "-k", "pause"),
    by_tests("card-secrecy", "1,000 payment calls, cards keyed either way or said aloud: no run of four digits of one "
             "in database, logs, traces, model requests, hearing or recordings; a missing guard is noticed",
             "tests/secrecy", within_s=7_200),
    *WORKFLOW_STEPS,
    *CASCADE_STEPS,
    *GATE_STEPS,
    *TURN_STEPS,
    Step("make-test", all_tests, long=True),
)  # fmt: skip
