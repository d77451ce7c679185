"""What is proved of the speech gate: wrong values stopped, what may be said let through, in its time."""

from __future__ import annotations

from tests.proofs.judging import Finding, Step, by_tests

P50_MS, P99_MS, WRONG, BLOCKED = 2.0, 5.0, 5_000, 0.01


def corpora() -> list[Finding]:
    """Both halves of wrong values and of sentences that may be said."""
    from tests.corpora.gate.checking import score

    worked, held = score("worked"), score("held")
    wrong, through = worked.wrong + held.wrong, len(worked.through) + len(held.through)
    share = len(held.blocked) / held.benign
    times = f"p50 {held.p50_ms:.2f} ms, p99 {held.p99_ms:.2f} ms of its own work, with waits {held.wall_p99_ms:.2f} ms"
    return [
        Finding(
            f"{WRONG:,} scripted model outputs with a wrong price, date, time, name or code: none reaches the voice",
            f"{through} of {wrong:,} get through ({len(held.through)} of them in the held half)",
            wrong >= WRONG and not through,
        ),
        Finding(
            "Sentences that may be said (2,000 and more, held half of 1,000 written by hand): at most 1 % of the held "
            "half blocked",
            f"{100 * share:.1f} % of {held.benign:,}; worked half {100 * len(worked.blocked) / worked.benign:.1f} % "
            f"of {worked.benign:,}",
            worked.benign + held.benign >= 2_000 and share <= BLOCKED,
        ),
        Finding(
            f"Gate: at most {P50_MS:.0f} ms p50 and {P99_MS:.0f} ms p99 per clause",
            times,
            held.p50_ms <= P50_MS and held.p99_ms <= P99_MS,
        ),
    ]


GATE_STEPS = (
    Step("gate", corpora),
    by_tests(
        "gate-policies",
        "The examples of every policy of the speech gate run as tests",
        "tests/agent/guardrail",
        "tests/switchboard/test_gates.py",
    ),
    by_tests(
        "gate-calls",
        "In whole calls: verdict, rule, replacement and milliseconds on the record; modes raised by injection and "
        "anger; personal data, length and claims without a receipt held back; a policy tried on a stored call",
        "tests/scenes/test_speech_gate.py",
    ),
)
