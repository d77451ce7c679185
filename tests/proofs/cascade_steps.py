"""What is proved of the advanced cascade: providers that fail, and what stands in for them."""

from __future__ import annotations

import re

from tests.proofs.commands import pytest
from tests.proofs.judging import Finding, Step, failure


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


CASCADE_STEPS = (Step("faults", faults),)
