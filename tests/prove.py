"""Everything that is promised, measured at full counts: `make prove`.

    python -m tests.prove [--quick] [--only NAME ...] [--again] [--write]

Findings are kept in var/proof.json under the commit, so an interrupted run goes on; logs are in var/proof/.
`--write` puts the newest finding of every step into docs/proof.md, with its commit. Exit code 1 when a claim of this
run does not hold.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil

from tests.proofs.commands import PROJECT
from tests.proofs.judging import Finding, Step
from tests.proofs.ledger import Ledger, version
from tests.proofs.steps import STEPS

PAGE = PROJECT / "docs" / "proof.md"
CLAIM, MEASURED = 62, 62
FAILS, HOLDS = "FAILS", "holds"


def main() -> int:
    """Run what is missing, then show everything."""
    chosen = _arguments()
    steps = [s for s in STEPS if (not chosen.only or s.name in chosen.only) and not (s.long and chosen.quick)]
    ledger, of = Ledger(), version()
    print(f"version {of}, {_machine()}", flush=True)
    findings: list[Finding] = []
    for step in steps:
        found = None if chosen.again else ledger.find(of, step.name)
        if found is None:
            print(f"  {step.name} ...", flush=True)
            found = list(step.run())
            ledger.keep(of, step.name, found)
        findings += found
    print("\n" + _table(findings))
    if chosen.write:
        PAGE.write_text(_page(of, [(step, ledger.newest(step.name)) for step in STEPS]), encoding="utf-8")
        print(f"\nwritten to {PAGE.relative_to(PROJECT)}")
    return 0 if all(finding.holds for finding in findings) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description="Measure everything that is promised.")
    parser.add_argument("--quick", action="store_true", help="leave out the fresh clone and make test")
    names = [step.name for step in STEPS]
    parser.add_argument("--only", nargs="+", default=[], choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--again", action="store_true", help="run also what was proved at this commit already")
    parser.add_argument("--write", action="store_true", help="write docs/proof.md")
    return parser.parse_args()


def _machine() -> str:
    model = next(
        (line.partition(":")[2].strip() for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")),
        platform.machine(),
    )
    memory = psutil.virtual_memory().total / 2**30
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, {platform.system()}, {python}"


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _table(findings: Sequence[Finding]) -> str:
    rows = [f"{'claim':{CLAIM}}  {'measured':{MEASURED}}  verdict", "-" * (CLAIM + MEASURED + 11)]
    for finding in findings:
        claim, measured = textwrap.wrap(finding.claim, CLAIM), textwrap.wrap(finding.measured, MEASURED)
        for n in range(max(len(claim), len(measured))):
            left, middle = claim[n : n + 1] or [""], measured[n : n + 1] or [""]
            verdict = (HOLDS if finding.holds else FAILS) if n == 0 else ""
            rows.append(f"{left[0]:{CLAIM}}  {middle[0]:{MEASURED}}  {verdict}".rstrip())
    return "\n".join(rows)


def _page(of: str, newest: Sequence[tuple[Step, tuple[str, list[Finding]] | None]]) -> str:
    rows = [
        f"| {_cell(one.claim)} | {_cell(one.measured)} | {HOLDS if one.holds else f'**{FAILS}**'} | `{found[0]}` |"
        for _, found in newest
        if found is not None
        for one in found[1]
    ]
    missing = [step.name for step, found in newest if found is None]
    left_out = f"\nNot measured yet: {', '.join(missing)}.\n" if missing else ""
    return f"""# What is promised, and what was measured

Written by `make prove ARGS=--write` at commit `{of}` on {datetime.now(UTC):%Y-%m-%d}, the newest finding of every step:
{_machine()}.

| Claim | Measured | Verdict | At commit |
|---|---|---|---|
{chr(10).join(rows)}
{left_out}
## How

Each row is one step of `tests/proofs/steps.py`; `make prove ARGS="--only load"` repeats one, logs are in `var/proof/`.

**Load.** `python -m tests.wire.load --calls 20`: `switchboard serve` in a process of its own with the scripted engine,
its own Postgres and recordings on, every thread of it pinned to one core. The twin is another process and carries out
twenty whole bookings in real time over loopback. Both read the same monotonic clock: a frame's time runs from the
moment the twin hands it to its socket to the moment the call's session hears it. Both processes are given priority
over what else the machine does (`--urgent`), because a busy machine is not what is measured. Starvation is silence
inside a sentence in the twin's play-out buffer.

**kill -9.** The server is killed while the caller is counting; `switchboard transcript` is then run against the stores
it left behind, and the recording is repaired and read. In the second test the same port is served again by a new
process, the carrier's pending `/twilio/after` is held until then (a load balancer would), and the call goes on.
"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
